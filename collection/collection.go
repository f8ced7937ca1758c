// Package collection measures every scenario that convert finds under a folder, several at a time, each on its own
// and within its own bounds, so that the rows are the same on every machine. Interrupted work goes on where it
// ended.
package collection

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/study"
)

// Work is a collection that is measured. It can keep a record of what is done: a file of lines
// in JSON, each a [record]. A last line that was not written in full is dropped.
type Work struct {
	Found []convert.Found
	Rows  []study.Measured // by position in Found
	// Done scenarios have a row; Reused are those that an earlier record has.
	Done, Reused int

	program string
	bounds  bargain.Options
	keys    []string // by position in Found
	known   map[string]study.Measured
	file    *os.File   // of the record; nil for none
	mu      sync.Mutex // guards file, Done
}

// New returns the work of measuring what was found, within bounds for each scenario. A record of another
// program, such as another version, is not reused.
func New(found []convert.Found, program string, bounds bargain.Options) *Work {
	return &Work{Found: found, Rows: make([]study.Measured, len(found)), program: program, bounds: bounds}
}

// A record is a scenario that has been measured. Key is a digest of all that decides
// the row: the program, the budget, the scenario's name and its files' bytes.
type record struct {
	Key string
	Row study.Measured
}

// maxRecord bounds a line of the record.
const maxRecord = 64 << 20

// Resume opens the record at a path and, unless fresh, reads what it has. What follows the last good line
// is written over.
func (w *Work) Resume(ctx context.Context, path string, fresh bool) (err error) {
	if w.file, err = namedfile.OpenRecord(path); err != nil {
		return fmt.Errorf("the work cannot be recorded: %w: remove it, or write the table elsewhere", err)
	}
	var good int64
	if !fresh {
		if w.known, good, err = readRecords(ctx, w.file); err != nil {
			return err
		}
	}
	if err := w.file.Truncate(good); err != nil {
		return err
	}
	if _, err := w.file.Seek(good, io.SeekStart); err != nil {
		return err
	}
	w.keys = make([]string, len(w.Found))
	for i := range w.Found {
		if w.keys[i], err = w.key(ctx, &w.Found[i]); err != nil {
			return err
		}
		if row, ok := w.known[w.keys[i]]; ok && row.Scenario == w.Found[i].Name {
			w.Reused++
		}
	}
	return nil
}

// readRecords returns the rows of a record by their keys, and how many bytes are good:
// a run that was killed may have left part of a line.
func readRecords(ctx context.Context, r io.Reader) (known map[string]study.Measured, good int64, err error) {
	known = make(map[string]study.Measured)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxRecord)
	lines.Split(func(data []byte, _ bool) (int, []byte, error) {
		if n := bytes.IndexByte(data, '\n') + 1; n > 0 {
			return n, data[:n], nil
		}
		return 0, nil, nil // what is left at the end is no line
	})
	for ctx.Err() == nil && lines.Scan() {
		var r record
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			break
		}
		known[r.Key] = r.Row
		good += int64(len(lines.Bytes()))
	}
	return known, good, ctx.Err()
}

// Close closes the record.
func (w *Work) Close() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}

// key returns the digest of all that decides a scenario's row. A file that cannot be
// read has a digest of its own, and its row says what is wrong.
func (w *Work) key(ctx context.Context, f *convert.Found) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "1\n%s\n%d %d\n%s\n%s\n", w.program, w.bounds.Time, w.bounds.Memory, f.Name, f.Problem)
	for _, path := range f.Paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path = filepath.Join(path, "case.yaml")
		}
		fmt.Fprintf(h, "%s\n", path)
		data, err := namedfile.Read(ctx, path, convert.MaxFile)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		fmt.Fprintf(h, "%x %v\n", sha256.Sum256(data), err != nil)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Run measures the scenarios, several at a time, each on its own. progress is told the share that is
// done; it may be nil.
func (w *Work) Run(ctx context.Context, progress func(float64)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(w.Found)) {
		workers.Go(func() {
			for i := range next {
				if err := w.measure(ctx, i); err != nil {
					cancel(err)
					return
				}
				w.mu.Lock()
				w.Done++
				if progress != nil {
					progress(float64(w.Done) / float64(len(w.Found)))
				}
				w.mu.Unlock()
			}
		})
	}
feed:
	for i := range w.Found {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// measure fills the row of a scenario, from the record where it has it.
func (w *Work) measure(ctx context.Context, i int) error {
	f := &w.Found[i]
	if w.file != nil {
		if row, ok := w.known[w.keys[i]]; ok && row.Scenario == f.Name {
			w.Rows[i] = row
			return nil
		}
	}
	row, err := measured(ctx, f, w.bounds)
	if err != nil {
		return err
	}
	w.Rows[i] = row
	if w.file == nil {
		return nil
	}
	line, err := json.Marshal(record{w.keys[i], row})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("the work cannot be recorded: %w", err)
	}
	return nil
}

// measured opens and measures a scenario. Problems of the scenario stand in the row;
// the error is not nil only when ctx has ended.
func measured(ctx context.Context, f *convert.Found, bounds bargain.Options) (study.Measured, error) {
	row := study.Measured{Scenario: f.Name, Format: convert.OwnFormat, Files: f.Paths}
	if f.Format != nil {
		row.Format = f.Format.Name
	}
	if f.Problem != "" {
		row.Problems = []string{f.Problem}
		return row, nil
	}
	scenario, err := convert.Open(ctx, f.Paths...)
	if err != nil {
		row.Problems = problemLines(err)
		return row, ctx.Err()
	}
	return row, row.Measure(ctx, scenario.File, bounds)
}

// problemLines returns the problems of a file, the first few of many.
func problemLines(err error) []string {
	const most = 20
	var problems casefile.Problems
	if !errors.As(err, &problems) {
		return []string{err.Error()}
	}
	var out []string
	for i, p := range problems {
		if i == most {
			return append(out, fmt.Sprintf("%d more problems", len(problems)-i))
		}
		if !p.Warning {
			out = append(out, p.String())
		}
	}
	return out
}
