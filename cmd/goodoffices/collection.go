package main

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
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

const (
	scenarioTime   = 10 * time.Second // budget of one scenario's analysis, by default
	scenarioMemory = 512              // MiB
)

// A collectionRun is what is asked of one run of collection.
type collectionRun struct {
	format, output string
	find           convert.FindOptions
	bounds
	quiet, fresh bool
}

func newCollection(s *streams) *cobra.Command {
	var x collectionRun
	cmd := &cobra.Command{
		Use:   "collection DIR",
		Short: "Measure every scenario under a folder: a table",
		Long: `Collection finds every scenario under DIR, cases, score sheets and those of other
tools, and prints a table: issues, packages, zone, frontier, solutions, opposition,
distribution, nonlinear or not, and the problems found.

A domain with more profiles than a scenario has gives one row for each choice of
profiles; --parties says how many make a scenario, --per-folder how many choices of a
folder are taken. Each scenario has its own budget, counted and not clocked, so that
the table is the same on every machine; what does not fit is a row that says why.

With -o the work can be interrupted: what is done is kept in FILE.partial, and the same
command goes on from there. A scenario whose files have changed is measured anew.

A scenario that cannot be read is a row of the table, and no failure of the command.`,
		Example: `  goodoffices new scenarios/bay && goodoffices collection scenarios
  goodoffices collection scenarios --format csv -o scenarios.csv
  goodoffices collection scenarios --format html -o scenarios.html`,
		Args: arguments(1, 1, "a DIR, the folder that holds the scenarios"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := x.check(s, cmd); err != nil {
				return err
			}
			return x.run(s, cmd, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.format, "format", "text", "`FORMAT` of the table: text, csv, json or html")
	f.StringVarP(&x.output, "output", "o", "", "write the table to `FILE`, in the format that its name ends in, and go on where an interrupted run ended")
	f.IntVar(&x.find.Parties, "parties", 2, "take `N` profiles of a domain for a scenario")
	f.IntVar(&x.find.PerFolder, "per-folder", 100, "take at most `N` choices of profiles in a folder")
	f.DurationVar(&x.bounds.time, "time", scenarioTime, "bound each step of a scenario's analysis by `TIME` of one core, estimated and not clocked")
	f.Int64Var(&x.bounds.memory, "memory", scenarioMemory, "bound a scenario's partial results by `MIB` MiB of memory")
	f.BoolVar(&x.fresh, "fresh", false, "measure everything anew")
	f.BoolVarP(&x.quiet, "quiet", "q", false, "no progress")
	completeFlag(cmd, "format", cobra.FixedCompletions(report.CollectionFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// check refuses what does not go together, before any work.
func (x *collectionRun) check(s *streams, cmd *cobra.Command) error {
	switch {
	case !cmd.Flags().Changed("format") && x.output != "":
		x.format = formatOf(x.output)
	case !slices.Contains(report.CollectionFormats, x.format):
		return usagef(cmd, "no format %q%s", x.format, plain.Meant(x.format, report.CollectionFormats))
	}
	switch {
	case x.find.Parties < 2 || x.find.Parties > 64:
		return usagef(cmd, "--parties %d: a scenario has 2 to 64", x.find.Parties)
	case x.find.PerFolder < 1:
		return usagef(cmd, "--per-folder %d: take at least 1", x.find.PerFolder)
	case x.format == "html":
		return s.sparesTerminal("page", x.output)
	}
	return x.bounds.check(cmd)
}

// run finds the scenarios of a folder, measures them and writes the table.
func (x *collectionRun) run(s *streams, cmd *cobra.Command, folder string) error {
	ctx := cmd.Context()
	found, left, err := convert.Find(ctx, folder, x.find)
	if err != nil {
		return err
	}
	var inputs []string
	for i := range found {
		inputs = append(inputs, found[i].Paths...)
	}
	if x.output, err = outputPath(tableIn(x.format), x.output, inputs...); err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("%s holds no scenarios: no cases, score sheets or files of %s", folder, strings.Join(formatTitles(), ", "))
	}
	w := &collectionWork{budget: bargain.Options{Time: x.bounds.time, Memory: x.bounds.memory << 20}, found: found, rows: make([]study.Measured, len(found))}
	if x.output != "" && x.output != "-" {
		if err := w.resume(ctx, x.output+".partial", x.fresh); err != nil {
			return err
		}
		if w.reused > 0 && !x.quiet {
			s.say("%s of %d measured before, in %s", plural(w.reused, "scenario"), len(found), w.state)
		}
	}
	p := s.newProgress("measuring scenarios", x.quiet)
	err = w.run(ctx, p.report)
	p.clear()
	if err := errors.Join(err, w.close()); err != nil {
		if ctx.Err() != nil && w.state != "" && !x.quiet {
			s.say("%d of %d scenarios are kept in %s; the same command goes on", w.done, len(found), w.state)
		}
		return err
	}
	table := report.Collection{Folder: filepath.ToSlash(folder), Scenarios: w.rows}
	for _, n := range left {
		table.Left = append(table.Left, n.String())
	}
	return s.writeTable(cmd, &table, x.format, x.output, w.state, x.quiet)
}

// tables are the formats of a table.
var tables = map[string]product{
	"text": {"table", "plain text", []string{".txt", ".text"}},
	"csv":  {"table", "CSV", []string{".csv"}},
	"json": {"table", "JSON", []string{".json"}},
	"html": {"table", "one HTML page", []string{".html", ".htm"}},
}

// formatOf returns the format of a table that the name of its file ends in: text for one that
// says none, empty for one that says what no table has.
func formatOf(output string) string {
	ext := strings.ToLower(filepath.Ext(output))
	for _, format := range report.CollectionFormats {
		if slices.Contains(tables[format].endings, ext) {
			return format
		}
	}
	if _, known := endings[ext]; known {
		return ""
	}
	return "text"
}

// tableIn returns the table as a product in a format, or in any where that is empty.
func tableIn(format string) product {
	if format == "" {
		return product{"table", "CSV, text, JSON or an HTML page", []string{".csv", ".txt", ".json", ".html"}}
	}
	return tables[format]
}

func formatTitles() []string {
	var all []string
	for _, f := range convert.Formats() {
		all = append(all, f.Title)
	}
	return all
}

// writeTable writes the table and takes the record of the work away.
func (s *streams) writeTable(cmd *cobra.Command, table *report.Collection, format, output, state string, quiet bool) error {
	if output == "" || output == "-" {
		out := bufio.NewWriter(s.out)
		if err := table.Write(out, format, s.textOptions()); err != nil {
			return err
		}
		return out.Flush()
	}
	var b bytes.Buffer
	if err := table.Write(&b, format, report.TextOptions{Width: 200}); err != nil {
		return err
	}
	if err := s.deliver(cmd.Context(), output, b.Bytes()); err != nil {
		return fmt.Errorf("the table was not written: %w", err)
	}
	if err := os.Remove(state); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !quiet {
		s.say("%s in %s", plural(len(table.Scenarios), "scenario"), output)
	}
	return nil
}

// collectionWork measures scenarios and keeps a record of what is done: a file of lines
// in JSON, each a [record]. A last line that was not written in full is dropped.
type collectionWork struct {
	budget bargain.Options
	found  []convert.Found
	rows   []study.Measured // by position in found
	keys   []string         // by position in found
	known  map[string]study.Measured
	state  string // path of the record; empty for none
	file   *os.File
	mu     sync.Mutex // guards file, done
	done   int
	reused int
}

// A record is a scenario that has been measured. Key is a digest of all that decides
// the row: the program, the budget, the scenario's name and its files' bytes.
type record struct {
	Key string
	Row study.Measured
}

// maxRecord bounds a line of the record.
const maxRecord = 64 << 20

// resume opens the record at a path and reads what it has. What follows the last good line
// is written over.
func (w *collectionWork) resume(ctx context.Context, path string, fresh bool) (err error) {
	w.state = path
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
	w.keys = make([]string, len(w.found))
	for i := range w.found {
		if w.keys[i], err = w.key(ctx, &w.found[i]); err != nil {
			return err
		}
		if row, ok := w.known[w.keys[i]]; ok && row.Scenario == w.found[i].Name {
			w.reused++
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

func (w *collectionWork) close() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}

// key returns the digest of all that decides a scenario's row. A file that cannot be
// read has a digest of its own, and its row says what is wrong.
func (w *collectionWork) key(ctx context.Context, f *convert.Found) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "1\n%s\n%d %d\n%s\n%s\n", number(), w.budget.Time, w.budget.Memory, f.Name, f.Problem)
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

// run measures the scenarios, several at a time, each on its own.
func (w *collectionWork) run(ctx context.Context, progress func(float64)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(w.found)) {
		workers.Go(func() {
			for i := range next {
				if err := w.measure(ctx, i); err != nil {
					cancel(err)
					return
				}
				w.mu.Lock()
				w.done++
				progress(float64(w.done) / float64(len(w.found)))
				w.mu.Unlock()
			}
		})
	}
feed:
	for i := range w.found {
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
func (w *collectionWork) measure(ctx context.Context, i int) error {
	f := &w.found[i]
	if w.file != nil {
		if row, ok := w.known[w.keys[i]]; ok && row.Scenario == f.Name {
			w.rows[i] = row
			return nil
		}
	}
	row, err := measured(ctx, f, w.budget)
	if err != nil {
		return err
	}
	w.rows[i] = row
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
func measured(ctx context.Context, f *convert.Found, budget bargain.Options) (study.Measured, error) {
	row := study.Measured{Scenario: f.Name, Format: ownFormat, Files: f.Paths}
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
	return row, row.Measure(ctx, scenario.File, budget)
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
			return append(out, fmt.Sprintf("%d more, which goodoffices check lists", len(problems)-i))
		}
		if !p.Warning {
			out = append(out, p.String())
		}
	}
	return out
}
