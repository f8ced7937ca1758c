package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/goodoffices/goodoffices/internal/namedfile"
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
	fd, ok = terminal(v)
	return fd, ok && s.getenv("TERM") != "dumb"
}

// terminal returns the file descriptor of v if it is a terminal, whatever that can do.
func terminal(v any) (fd int, ok bool) {
	if o, ok := v.(*output); ok {
		v = o.Writer
	}
	f, ok := v.(*os.File)
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// sparesTerminal refuses to fill a terminal with what only programs read, unless - asks for
// that.
func (s *streams) sparesTerminal(what, output string) error {
	if _, ok := terminal(s.out); !ok || output != "" {
		return nil
	}
	return usageError{fmt.Sprintf("name a file with -o FILE, or pipe the %s on; -o - prints it here", what)}
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

// An output remembers the first error of a writer, for those who do not look.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// read returns what a named file holds, or for - standard input, of at most limit
// bytes.
func (s *streams) read(ctx context.Context, name string, limit int64) ([]byte, error) {
	if name == "-" {
		return namedfile.ReadStream(ctx, "standard input", s.in, limit)
	}
	return namedfile.Read(ctx, name, limit)
}

// outputPath returns where a product goes that the user named a file for: there, or where a link of
// the user's leads. It refuses before any work is done what could not be written
// afterwards, what would be written over the inputs, and names that promise another format.
func outputPath(p product, name string, inputs ...string) (string, error) {
	if name == "" || name == "-" {
		return name, nil
	}
	path, err := writable(p.name, name, inputs)
	return path, cmp.Or(err, p.fits(name))
}

func writable(what, name string, inputs []string) (string, error) {
	path, err := namedfile.Follow(name)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return "", fmt.Errorf("the %s cannot be written to %s: %w", what, name, err)
		}
		return path, nil
	}
	if info.IsDir() {
		return "", fmt.Errorf("%s is a folder: name a file in it", name)
	}
	for _, input := range inputs {
		for _, read := range []string{input, filepath.Join(input, "case.yaml")} {
			if from, err := os.Stat(read); err == nil && os.SameFile(info, from) {
				return "", fmt.Errorf("%s would be written over %s, which is read: name another file", name, read)
			}
		}
	}
	return path, nil
}

// deliver writes a result to a path that [outputPath] returned, whole or not at all, or for - to
// standard output. A new file can be read by its owner only, since a brief is confidential
// until somebody decides otherwise.
func (s *streams) deliver(ctx context.Context, path string, data []byte) error {
	if path == "-" {
		_, err := s.out.Write(data)
		return err
	}
	return namedfile.Write(ctx, path, data, 0o600)
}
