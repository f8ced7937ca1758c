package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/plain"
)

func newCheck(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "check CASE...",
		Short: "List every problem of case files, each with its place",
		Long: `Check reads each case and lists all its problems at once, one a line, as
FILE:LINE:COLUMN: what is wrong and the likely fix. Warnings are listed too, and what
was lost or interpreted in reading another tool's file or a score sheet; they do not
count against a case. A case without problems is "ok", with what it holds.

The exit status is 1 if any case has a problem.`,
		Example: `  goodoffices check catalog:iran-us-2026
  goodoffices new my-talks && goodoffices check my-talks
  goodoffices catalog show panama-canal-1974 | goodoffices check -`,
		Args:              arguments(1, -1, "at least one CASE (a folder, a .yaml file, catalog:NAME, or - for standard input)"),
		ValidArgsFunction: completeCases(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			bad := 0
			for _, name := range args {
				scenario, err := s.openScenario(cmd.Context(), []string{name})
				if err := cmd.Context().Err(); err != nil {
					return err
				}
				if err != nil {
					bad++
					if err := s.printProblems(name, err); err != nil {
						return err
					}
					continue
				}
				if err := s.printOK(name, scenario); err != nil {
					return err
				}
			}
			if bad > 0 {
				return fmt.Errorf("%s of %d with problems", console.Plural(bad, "case"), len(args))
			}
			return nil
		},
	}
}

// printProblems lists what is wrong with a case on standard output, where it is
// this command's result.
func (s *streams) printProblems(name string, err error) error {
	var problems casefile.Problems
	if !errors.As(err, &problems) {
		_, err := fmt.Fprintf(s.Out, "%s: %s\n", console.OneLine(name), console.Clean(console.InOneLine(err.Error(), name)))
		return err
	}
	return s.printEach(problems)
}

func (s *streams) printEach(problems casefile.Problems) error {
	for _, p := range problems {
		if _, err := fmt.Fprintln(s.Out, console.OneLine(p.String())); err != nil {
			return err
		}
	}
	return nil
}

// lost returns what was lost or interpreted in reading, as warnings.
func lost(name string, scenario *convert.Scenario) casefile.Problems {
	var out casefile.Problems
	for _, n := range scenario.Lost {
		p := casefile.Problem{File: n.Place, Message: n.Text, Warning: true}
		if !slices.ContainsFunc(scenario.File.Conversion.Files, func(file string) bool { return strings.HasPrefix(n.Place, file) }) {
			p.File, p.Path = name, n.Place
		}
		out = append(out, p)
	}
	return out
}

func (s *streams) printOK(name string, scenario *convert.Scenario) error {
	file := scenario.File
	if err := s.printEach(append(lost(name, scenario), file.Warnings()...)); err != nil {
		return err
	}
	space, err := file.Case.Compile(casefile.Choice{})
	if err != nil {
		return err
	}
	c := file.Case
	constituencies := 0
	for i := range space.Parties {
		constituencies += len(space.Parties[i].Constituencies)
	}
	_, err = fmt.Fprintf(s.Out, "%s: ok: %s, %s, %s, %s, %s, %s; %s\n", console.OneLine(name),
		console.Plural(c.Issues.Len(), "issue"), console.Plural(c.Parties.Len(), "party"),
		console.Plural(constituencies, "constituency"), console.Plural(c.Statements.Len(), "statement"),
		console.Plural(c.Sources.Len(), "source"), console.Plural(c.Views.Len(), "view"),
		plain.Grouped(space.Size().String())+" packages")
	return err
}
