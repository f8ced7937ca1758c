package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/collection"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/report"
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
		return s.SparesTerminal("page", x.output)
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
	if x.output, err = console.OutputPath(tableIn(x.format), x.output, inputs...); err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("%s holds no scenarios: no cases, score sheets or files of %s", folder, strings.Join(formatTitles(), ", "))
	}
	w, state := collection.New(found, number(), bargain.Options{Time: x.bounds.time, Memory: x.bounds.memory << 20}), ""
	if x.output != "" && x.output != "-" {
		state = x.output + ".partial"
		if err := w.Resume(ctx, state, x.fresh); err != nil {
			return err
		}
		if w.Reused > 0 && !x.quiet {
			s.Say("%s of %d measured before, in %s", console.Plural(w.Reused, "scenario"), len(found), state)
		}
	}
	p := s.NewProgress("measuring scenarios", x.quiet)
	err = w.Run(ctx, p.Report)
	p.Clear()
	if err := errors.Join(err, w.Close()); err != nil {
		if ctx.Err() != nil && state != "" && !x.quiet {
			s.Say("%d of %d scenarios are kept in %s; the same command goes on", w.Done, len(found), state)
		}
		return err
	}
	table := report.Collection{Folder: filepath.ToSlash(folder), Scenarios: w.Rows}
	for _, n := range left {
		table.Left = append(table.Left, n.String())
	}
	return s.writeTable(cmd, &table, x.format, x.output, state, x.quiet)
}

// tables are the formats of a table.
var tables = map[string]console.Product{
	"text": {Name: "table", Format: "plain text", Endings: []string{".txt", ".text"}},
	"csv":  {Name: "table", Format: "CSV", Endings: []string{".csv"}},
	"json": {Name: "table", Format: "JSON", Endings: []string{".json"}},
	"html": {Name: "table", Format: "one HTML page", Endings: []string{".html", ".htm"}},
}

// formatOf returns the format of a table that the name of its file ends in: text for one that
// says none, empty for one that says what no table has.
func formatOf(output string) string {
	ext := strings.ToLower(filepath.Ext(output))
	for _, format := range report.CollectionFormats {
		if slices.Contains(tables[format].Endings, ext) {
			return format
		}
	}
	if _, known := console.Endings[ext]; known {
		return ""
	}
	return "text"
}

// tableIn returns the table as a product in a format, or in any where that is empty.
func tableIn(format string) console.Product {
	if format == "" {
		return console.Product{Name: "table", Format: "CSV, text, JSON or an HTML page", Endings: []string{".csv", ".txt", ".json", ".html"}}
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
		out := bufio.NewWriter(s.Out)
		if err := table.Write(out, format, s.textOptions()); err != nil {
			return err
		}
		return out.Flush()
	}
	var b bytes.Buffer
	if err := table.Write(&b, format, report.TextOptions{Width: 200}); err != nil {
		return err
	}
	if err := s.Deliver(cmd.Context(), output, b.Bytes()); err != nil {
		return fmt.Errorf("the table was not written: %w", err)
	}
	if err := os.Remove(state); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !quiet {
		s.Say("%s in %s", console.Plural(len(table.Scenarios), "scenario"), output)
	}
	return nil
}
