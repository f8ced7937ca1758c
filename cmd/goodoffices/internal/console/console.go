// Package console is what commands stand on: the streams that they read and write, a person at a terminal or
// none, progress, files that are written whole, and words made safe to show.
package console

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

// Streams are where a command reads and writes, and what it may ask of its
// environment.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
}

// Terminal returns the file descriptor of v if it is a terminal that can move
// its cursor and show colours.
func (s *Streams) Terminal(v any) (fd int, ok bool) {
	fd, ok = terminal(v)
	return fd, ok && s.Getenv("TERM") != "dumb"
}

// terminal returns the file descriptor of v if it is a terminal, whatever that can do.
func terminal(v any) (fd int, ok bool) {
	if o, ok := v.(*Output); ok {
		v = o.Writer
	}
	f, ok := v.(*os.File)
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// SparesTerminal refuses to fill a terminal with what only programs read, unless - asks for
// that.
func (s *Streams) SparesTerminal(what, output string) error {
	if _, ok := terminal(s.Out); !ok || output != "" {
		return nil
	}
	return UsageError{fmt.Sprintf("name a file with -o FILE, or pipe the %s on; -o - prints it here", what)}
}

// Color reports whether standard output wants colours.
func (s *Streams) Color() bool {
	_, ok := s.Terminal(s.Out)
	return ok && s.Getenv("NO_COLOR") == ""
}

// Width returns the columns of standard output: the terminal's, else those that
// COLUMNS names, else 80.
func (s *Streams) Width() int {
	const least, most = 40, 200
	if fd, ok := s.Terminal(s.Out); ok {
		if w, _, err := term.GetSize(fd); err == nil && w > 0 {
			return min(max(w, least), most)
		}
	}
	if w, err := strconv.Atoi(s.Getenv("COLUMNS")); err == nil && w > 0 {
		return min(max(w, least), most)
	}
	return 80
}

// Say tells the person at the keyboard something that is not a result.
func (s *Streams) Say(format string, args ...any) {
	fmt.Fprintf(s.Err, "%s\n", Clean(fmt.Sprintf(format, args...)))
}

// A Progress line tells a person on a terminal how far long work has come. It
// shows nothing in the first second.
type Progress struct {
	w       io.Writer // nil: tells nobody
	what    string
	started time.Time
	shown   time.Time
}

// NewProgress starts the clock. The clock decides only what is shown while
// waiting, never a result.
func (s *Streams) NewProgress(what string, quiet bool) *Progress {
	p := &Progress{what: what, started: time.Now()}
	if _, ok := s.Terminal(s.Err); ok && !quiet {
		p.w = s.Err
	}
	return p
}

// Report takes the share of the work that is done, from 0 to 1.
func (p *Progress) Report(done float64) {
	now := time.Now()
	if p.w == nil || now.Sub(p.started) < time.Second || now.Sub(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = now
	fmt.Fprintf(p.w, "\r%s: %2.0f %% ", p.what, math.Floor(100*done))
}

// Clear takes the line away.
func (p *Progress) Clear() {
	if !p.shown.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// An Output remembers the first error of a writer, for those who do not look.
type Output struct {
	io.Writer
	Failed error
}

func (o *Output) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	o.Failed = cmp.Or(o.Failed, err)
	return n, err
}

// Read returns what a named file holds, or for - standard input, of at most limit
// bytes.
func (s *Streams) Read(ctx context.Context, name string, limit int64) ([]byte, error) {
	if name == "-" {
		return namedfile.ReadStream(ctx, "standard input", s.In, limit)
	}
	return namedfile.Read(ctx, name, limit)
}

// OutputPath returns where a product goes that the user named a file for: there, or where a link of
// the user's leads. It refuses before any work is done what could not be written
// afterwards, what would be written over the inputs, and names that promise another format.
func OutputPath(p Product, name string, inputs ...string) (string, error) {
	if name == "" || name == "-" {
		return name, nil
	}
	path, err := writable(p.Name, name, inputs)
	return path, cmp.Or(err, p.Fits(name))
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

// Deliver writes a result to a path that [OutputPath] returned, whole or not at all, or for - to
// standard output. A new file can be read by its owner only, since a brief is confidential
// until somebody decides otherwise.
func (s *Streams) Deliver(ctx context.Context, path string, data []byte) error {
	if path == "-" {
		_, err := s.Out.Write(data)
		return err
	}
	return namedfile.Write(ctx, path, data, 0o600)
}

// A UsageError is a command line that cannot be obeyed.
type UsageError struct{ Message string }

func (e UsageError) Error() string { return e.Message }
