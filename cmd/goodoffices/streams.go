package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/term"
)

// streams are where a command reads and writes, and what it may ask of its
// environment.
type streams struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

// terminal returns the file descriptor of v if it is a terminal that can move
// its cursor and show colours.
func (s *streams) terminal(v any) (fd int, ok bool) {
	f, ok := v.(*os.File)
	if !ok || s.getenv("TERM") == "dumb" {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// color reports whether standard output wants colours.
func (s *streams) color() bool {
	_, ok := s.terminal(s.out)
	return ok && s.getenv("NO_COLOR") == ""
}

// width returns the columns of standard output: the terminal's, else those that
// COLUMNS names, else 80.
func (s *streams) width() int {
	const least, most = 40, 200
	if fd, ok := s.terminal(s.out); ok {
		if w, _, err := term.GetSize(fd); err == nil && w > 0 {
			return min(max(w, least), most)
		}
	}
	if w, err := strconv.Atoi(s.getenv("COLUMNS")); err == nil && w > 0 {
		return min(max(w, least), most)
	}
	return 80
}

// say tells the person at the keyboard something that is not a result.
func (s *streams) say(format string, args ...any) {
	fmt.Fprintf(s.err, "%s\n", clean(fmt.Sprintf(format, args...)))
}

// A progress line tells a person on a terminal how far long work has come. It
// shows nothing in the first second.
type progress struct {
	w       io.Writer // nil: tells nobody
	what    string
	started time.Time
	shown   time.Time
}

// newProgress starts the clock. The clock decides only what is shown while
// waiting, never a result.
func (s *streams) newProgress(what string, quiet bool) *progress {
	p := &progress{what: what, started: time.Now()}
	if _, ok := s.terminal(s.err); ok && !quiet {
		p.w = s.err
	}
	return p
}

// report takes the share of the work that is done, from 0 to 1.
func (p *progress) report(done float64) {
	now := time.Now()
	if p.w == nil || now.Sub(p.started) < time.Second || now.Sub(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = now
	fmt.Fprintf(p.w, "\r%s: %2.0f %% ", p.what, math.Floor(100*done))
}

// clear takes the line away.
func (p *progress) clear() {
	if !p.shown.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// replaceFile puts data at path whole or not at all: readers see the old file or
// the new one. A symbolic link is followed, and what it names is replaced. A new
// file can be read by its owner only, since a brief is confidential until
// somebody decides otherwise; a replaced file keeps its permissions.
func replaceFile(ctx context.Context, path string, data []byte) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := fs.FileMode(0o600)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder: name a file in it", path)
	case !info.Mode().IsRegular():
		return os.WriteFile(path, data, mode) // a device or pipe takes what it is given
	default:
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".goodoffices-*")
	if err != nil {
		return fmt.Errorf("cannot write beside %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
