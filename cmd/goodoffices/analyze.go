package main

import (
	"bufio"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/report"
)

var formats = []string{"text", "json", "csv"}

func newAnalyze(s *streams) *cobra.Command {
	var (
		format       string
		choice       casefile.Choice
		whole, quiet bool
		ratifiable   bool
		explain      bool
		budget       budget
		defined      []string
	)
	cmd := &cobra.Command{
		Use:   "analyze CASE",
		Short: "Print zone, frontier and solutions as text, JSON or CSV",
		Long: `Analyze answers on standard output: whether any package is acceptable to all who
must consent and how many are, the frontier, the solutions that the literature's
rules pick, and how each named package fares.

JSON is the whole result and its fields are stable. CSV has one row per point of
the frontier. Text is the summary that brief prints.`,
		Example: `  goodoffices analyze catalog:iran-us-2026
  goodoffices analyze catalog:panama-canal-1974 --format json > canal.json
  goodoffices analyze catalog:panama-canal-1974 --format csv --whole > canal.csv`,
		Args:              arguments(1, -1, anyCase),
		ValidArgsFunction: completeCases(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			write := s.writer(format, explain)
			if write == nil {
				return usagef(cmd, "no format %q%s", format, didYouMean(format, formats))
			}
			var tools []definitions.Tool
			for _, name := range defined {
				tool := definitions.Tool(name)
				if !slices.Contains(definitions.Tools(), tool) {
					return usagef(cmd, "no definitions of %q are known%s", name, didYouMean(name, toolNames()))
				}
				if !slices.Contains(tools, tool) {
					tools = append(tools, tool)
				}
			}
			file, err := s.openCase(cmd.Context(), args...)
			if err != nil {
				return err
			}
			// CSV and text have no place for measures, which take passes of their own.
			options := bargain.Options{Whole: whole, Ratifiable: ratifiable, Measures: format == "json", Time: budget.time, Memory: budget.memory << 20}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			study, err := s.study(cmd, file, choice, options, quiet)
			if err != nil {
				return err
			}
			if err := study.Define(cmd.Context(), tools, options); err != nil {
				return err
			}
			if format == "json" {
				var refused error // null stands for a certificate that cannot be had
				if study.Certificate, refused = certifyDiagnosis(cmd.Context(), study); refused != nil && cmd.Context().Err() != nil {
					return refused
				}
				if err := study.CountHome(cmd.Context(), bargain.Options{Time: budget.time, Memory: budget.memory << 20}); err != nil {
					return err
				}
			}
			out := bufio.NewWriter(s.out)
			if err := write(out, study); err != nil {
				return err
			}
			return out.Flush()
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the result: text, json or csv")
	cmd.Flags().StringVar(&choice.View, "view", "", "use the rival assumptions of view `VIEW`")
	cmd.Flags().StringArrayVar(&choice.Levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	cmd.Flags().BoolVar(&whole, "whole", false, "frontier of every possible package, no-deal values and red lines ignored")
	cmd.Flags().BoolVar(&ratifiable, "ratifiable", false, "only packages that every party could also carry at home")
	cmd.Flags().BoolVar(&explain, "explain", false, "add which method was chosen and why, with estimates of work")
	cmd.Flags().DurationVar(&budget.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
	cmd.Flags().Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "no progress and no warnings")
	cmd.Flags().StringSliceVar(&defined, "definitions", nil, "add what `TOOL` calls Nash, Kalai, opposition …: negmas, genius, geniusweb or negolog; may be given again")
	completeFlag(cmd, "definitions", cobra.FixedCompletions(toolNames(), cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	completeFlag(cmd, "lever", completeFrom(s, leverNames))
	return cmd
}

// toolNames returns the tools whose definitions are known.
func toolNames() []string {
	var names []string
	for _, t := range definitions.Tools() {
		names = append(names, string(t))
	}
	return names
}

// A budget bounds an analysis; zeros leave it to the library.
type budget struct {
	time   time.Duration
	memory int64 // MiB
}

// writer returns what writes a study in the format, nil for an unknown one.
func (s *streams) writer(format string, explain bool) func(io.Writer, *report.Study) error {
	switch format {
	case "text":
		return func(w io.Writer, study *report.Study) error {
			options := s.textOptions()
			options.Explain = explain
			return report.WriteText(w, study, options)
		}
	case "json":
		return report.WriteJSON
	case "csv":
		return report.WriteCSV
	}
	return nil
}
