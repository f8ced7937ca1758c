package namedfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts data at a name whole or not at all: a reader finds the old file or the new
// one, never a part. A new file has the permissions given, an existing one keeps its own.
// A pipe or device takes what it is given. A symbolic link is refused, since whoever made
// the folder may have planted it; [Follow] says where a link leads that may be followed.
func Write(ctx context.Context, name string, data []byte, perm fs.FileMode) error {
	switch info, err := os.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return cannot("write", name, err)
	case info.Mode()&(fs.ModeNamedPipe|fs.ModeDevice) != 0:
		_, err := until(ctx, func() ([]byte, error) { return nil, os.WriteFile(name, data, perm) })
		return err
	case !info.Mode().IsRegular():
		return &KindError{name, info.Mode()}
	default:
		perm = info.Mode().Perm()
	}
	folder := filepath.Dir(name)
	f, err := createTemp(folder)
	if err != nil {
		return cannot("write beside", name, err)
	}
	if err := fill(ctx, f, data, perm, name); err != nil {
		f.Close()
		os.Remove(f.Name())
		return err
	}
	if dir, err := os.Open(folder); err == nil {
		dir.Sync() // best effort: not every file system can
		dir.Close()
	}
	return nil
}

// fill writes a temporary file and gives it its name.
func fill(ctx context.Context, f *os.File, data []byte, perm fs.FileMode, name string) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Chmod(perm)
	}
	if err == nil {
		err = f.Sync()
	}
	if !locks { // and open files may have no other name
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return cannot("write", name, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return cannot("write", name, err)
	}
	f.Close() // and with it the lock: nobody took it for left behind
	return nil
}

// Follow returns where a name leads that the user wrote: to itself, or to the end of
// symbolic links. A link that belongs to another user, root excepted, is refused.
func Follow(name string) (string, error) {
	info, err := os.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return name, nil // what is wrong with it, writing will say
	}
	if !trusted(info) {
		return "", fmt.Errorf("%s is a symbolic link that another user made: name what it leads to", name)
	}
	target, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
			return name, nil // /dev/stdout
		}
		return "", fmt.Errorf("%s is a symbolic link that leads nowhere: remove it, or name another file", name)
	}
	if err != nil {
		return "", cannot("write", name, err)
	}
	return target, nil
}
