// Package namedfile reads and writes files by the names that a user or a stranger's
// folder gives them.
//
// Only regular files are opened: a pipe, a device or a folder in a file's place is
// refused with what it is, decided on the opened file and not before it. Nothing is read
// beyond a limit, and reading ends when a context does. Files are written whole or not at
// all, and never through a symbolic link.
package namedfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// A SizeError is more than may be read.
type SizeError struct {
	Name  string
	Limit int64 // in bytes
}

func (e *SizeError) Error() string {
	if e.Limit < 1<<20 {
		return fmt.Sprintf("%s is larger than %d bytes", e.Name, e.Limit)
	}
	return fmt.Sprintf("%s is larger than %d MiB", e.Name, e.Limit>>20)
}

// A KindError is something else in a file's place.
type KindError struct {
	Name string
	Mode fs.FileMode
}

func (e *KindError) Error() string {
	what, fix := "something else", "name a file"
	switch m := e.Mode; {
	case m.IsDir():
		what, fix = "a folder", "name a file in it"
	case m&fs.ModeSymlink != 0:
		what, fix = "a symbolic link", "name what it leads to"
	case m&fs.ModeNamedPipe != 0:
		what, fix = "a pipe", "save what comes through it in a file, or give - where standard input is read"
	case m&fs.ModeSocket != 0:
		what = "a socket"
	case m&fs.ModeDevice != 0:
		what = "a device"
	}
	return fmt.Sprintf("%s is not a regular file but %s: %s", e.Name, what, fix)
}

// Open opens a regular file for reading. It does not wait for a pipe's other end.
func Open(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|nonblock, 0)
	return regular(name, f, err)
}

// OpenIn opens a regular file of a folder; links may not leave it. The file is called
// shown in errors.
func OpenIn(root *os.Root, name, shown string) (*os.File, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	return regular(shown, f, err)
}

// OpenRecord opens a file of this program's for reading and writing, and makes it where
// there is none. It follows no symbolic link.
func OpenRecord(name string) (*os.File, error) {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return nil, &KindError{name, info.Mode()}
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|nonblock|nofollow, 0o600)
	return regular(name, f, err)
}

func regular(name string, f *os.File, err error) (*os.File, error) {
	if err != nil {
		return nil, cannot("open", name, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = cannot("open", name, err)
	case !info.Mode().IsRegular():
		err = &KindError{name, info.Mode()}
	default:
		return f, nil
	}
	f.Close()
	return nil, err
}

// List returns what a folder holds, by name. It reads no more than one entry beyond most, and may then
// have missed any.
func List(folder string, most int) ([]fs.DirEntry, error) {
	f, err := os.OpenFile(folder, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, cannot("open", folder, err)
	}
	defer f.Close()
	entries, err := f.ReadDir(most + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, cannot("list", folder, err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// cannot says what could not be done with a file, naming it once.
func cannot(do, name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("cannot %s %s: %w", do, name, err)
}

// Read returns the bytes of a regular file of at most limit bytes. It returns early
// with ctx's error when ctx ends, even while a far disk does not answer.
func Read(ctx context.Context, name string, limit int64) ([]byte, error) {
	return until(ctx, func() ([]byte, error) {
		f, err := Open(name)
		if err != nil {
			return nil, err
		}
		return ReadOpen(ctx, name, f, limit)
	})
}

// ReadOpen reads what [Open] or [OpenIn] opened, as [Read] does, and closes it.
func ReadOpen(ctx context.Context, name string, f *os.File, limit int64) ([]byte, error) {
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, cannot("read", name, err)
	}
	if info.Size() > limit {
		return nil, &SizeError{name, limit}
	}
	return readAll(ctx, name, f, info.Size(), limit)
}

// Head returns the beginning of a regular file, at most limit bytes.
func Head(ctx context.Context, name string, limit int64) ([]byte, error) {
	return until(ctx, func() ([]byte, error) {
		f, err := Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readAll(ctx, name, io.LimitReader(f, limit), limit, limit)
	})
}

// ReadStream returns at most limit bytes of a stream such as standard input. It
// returns early with ctx's error when ctx ends, even while nobody writes.
func ReadStream(ctx context.Context, name string, r io.Reader, limit int64) ([]byte, error) {
	return until(ctx, func() ([]byte, error) { return readAll(ctx, name, r, 0, limit) })
}

// readAll reads in pieces, so that it notices when ctx ends or the limit is passed.
func readAll(ctx context.Context, name string, r io.Reader, size, limit int64) ([]byte, error) {
	const piece = 1 << 20
	data := make([]byte, 0, min(size, limit)+512)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := r.Read(data[len(data):min(cap(data), len(data)+piece)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit:
			return nil, &SizeError{name, limit}
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, cannot("read", name, err)
		}
	}
}

// until returns what read returns, or early when ctx ends.
func until(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := read()
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
