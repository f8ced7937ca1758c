package namedfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// TempPrefix begins the names of temporary files and folders beside what is written. They
// are locked as long as somebody needs them. Whoever makes the next one removes
// those that nobody holds, which a program left that was killed.
const TempPrefix = ".goodoffices-"

const (
	sweepMost = 10_000         // names looked at
	abandoned = 24 * time.Hour // age of what is left behind, where the system has no locks
)

// createTemp makes a temporary file in a folder. Closing it gives up its lock.
func createTemp(folder string) (*os.File, error) {
	sweep(folder, TempPrefix)
	for {
		f, err := os.CreateTemp(folder, TempPrefix+"*")
		if err != nil {
			return nil, err
		}
		if held(f) {
			return f, nil
		}
		f.Close() // swept before it was locked
	}
}

// TempFolder makes a folder whose name begins with prefix in another one. The function
// returned removes it.
func TempFolder(in, prefix string) (folder string, remove func() error, err error) {
	sweep(in, prefix)
	for {
		if folder, err = os.MkdirTemp(in, prefix+"*"); err != nil {
			return "", nil, err
		}
		f, err := os.Open(folder)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return "", nil, errors.Join(err, os.Remove(folder))
		}
		if held(f) {
			return folder, func() error { return errors.Join(os.RemoveAll(folder), f.Close()) }, nil
		}
		f.Close()
	}
}

// held locks a new temporary file or folder, and reports whether it is still there.
func held(f *os.File) bool {
	lock(f, true)
	now, err := os.Lstat(f.Name())
	if err != nil {
		return false
	}
	was, err := f.Stat()
	return err == nil && os.SameFile(was, now)
}

// sweep removes what is left behind in a folder: this user's files and folders of the
// prefix that nobody holds. What cannot be removed stays.
func sweep(folder, prefix string) {
	dir, err := os.Open(folder)
	if err != nil {
		return
	}
	names, _ := dir.Readdirnames(sweepMost)
	dir.Close()
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			sweepOne(filepath.Join(folder, name))
		}
	}
}

func sweepOne(name string) {
	info, err := os.Lstat(name)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() || !mine(info) {
		return
	}
	f, err := os.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		return
	}
	if locks && lock(f, false) || !locks && time.Since(info.ModTime()) > abandoned {
		if !locks {
			f.Close() // or some systems do not remove it
		}
		os.RemoveAll(name)
	}
}
