package main

import (
	"bufio"
	"slices"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

func newAnalyze(s *streams) *cobra.Command {
	q := s.question("text", "json", "csv")
	var (
		asked   study.AnalyzeOptions
		explain bool
		defined []string
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
			if err := q.check(cmd); err != nil {
				return err
			}
			var err error
			if asked.Tools, err = toolsNamed(cmd, defined); err != nil {
				return err
			}
			of, err := q.open(cmd, args...)
			if err != nil {
				return err
			}
			// CSV and text have no place for measures, which take passes of their own.
			asked.Measures, asked.Certified, asked.Home = q.format == "json", q.format == "json", q.format == "json"
			p := s.NewProgress("weighing packages", q.quiet)
			asked.Options = q.options(p.Report)
			a, err := of.Analyze(cmd.Context(), asked)
			p.Clear()
			if err != nil {
				return err
			}
			out := bufio.NewWriter(s.Out)
			switch q.format {
			case "json":
				err = report.WriteJSON(out, a)
			case "csv":
				err = report.WriteCSV(out, a)
			default:
				options := s.textOptions()
				options.Explain = explain
				err = report.WriteText(out, a, options)
			}
			if err != nil {
				return err
			}
			return out.Flush()
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asked.Whole, "whole", false, "frontier of every possible package, no-deal values and red lines ignored")
	f.BoolVar(&asked.Ratifiable, "ratifiable", false, "only packages that every party could also carry at home")
	f.BoolVar(&explain, "explain", false, "add which method was chosen and why, with estimates of work")
	f.StringSliceVar(&defined, "definitions", nil, "add what `TOOL` calls Nash, Kalai, opposition …: negmas, genius, geniusweb or negolog; may be given again")
	completeFlag(cmd, "definitions", cobra.FixedCompletions(toolNames(), cobra.ShellCompDirectiveNoFileComp))
	q.formatFlag(cmd)
	q.choiceFlags(cmd)
	q.bounds.flags(f)
	q.quietFlag(f)
	return cmd
}

// toolsNamed reads the tools whose definitions are asked for, each once.
func toolsNamed(cmd *cobra.Command, names []string) ([]definitions.Tool, error) {
	var tools []definitions.Tool
	for _, name := range names {
		tool := definitions.Tool(name)
		if !slices.Contains(definitions.Tools(), tool) {
			return nil, usagef(cmd, "no definitions of %q are known%s", name, plain.Meant(name, toolNames()))
		}
		if !slices.Contains(tools, tool) {
			tools = append(tools, tool)
		}
	}
	return tools, nil
}

// toolNames returns the tools whose definitions are known.
func toolNames() []string {
	var names []string
	for _, t := range definitions.Tools() {
		names = append(names, string(t))
	}
	return names
}
