package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

func newPackage(s *streams) *cobra.Command {
	q := s.question("text", "json")
	cmd := &cobra.Command{
		Use:   "package CASE [NAME]",
		Short: "Judge any package: who accepts it, what it trades, what would be better",
		Long: `Package answers for one package: who accepts it, what it breaks, what each side
gains over no deal, who carries it at home, how far it lies from each solution, what
every change of a single issue would give and take, and which packages would be
better for somebody and worse for nobody.

NAME is a package on record, status_quo, or a solution: nash, kalai_smorodinsky,
egalitarian, utilitarian, balanced. --set changes an issue of it. Without NAME, the
issues that are not set stay at their status quo; an issue without one must be set.`,
		Example: `  goodoffices package catalog:iran-us-2026 mediators_paper
  goodoffices package catalog:iran-us-2026 nash --set relief=waivers
  goodoffices package catalog:iran-us-2026 status_quo --format json > status-quo.json`,
		Args:              arguments(1, 2, "a CASE (a folder, a .yaml file, catalog:NAME, or - for standard input) and at most one NAME"),
		ValidArgsFunction: completePackage(s),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.check(cmd); err != nil {
				return err
			}
			if len(args) > 1 {
				if q.name = args[1]; q.name == "" {
					return usagef(cmd, "an empty NAME of a package")
				}
			}
			request, err := q.request(cmd)
			if err != nil {
				return err
			}
			of, err := q.open(cmd, args[0])
			if err != nil {
				return err
			}
			if request == nil {
				return usagef(cmd, "which package? name one (%s) or settle issues with --set ISSUE=OPTION", strings.Join(few(study.PackageNames(of.File.Case), 8), ", "))
			}
			return ask(q, cmd, "weighing packages", func(ctx context.Context, o study.Options) (*study.Package, error) {
				return of.Package(ctx, *request, o)
			},
				report.WritePackageJSON, report.WritePackageText)
		},
	}
	q.setFlag(cmd)
	q.formatFlag(cmd)
	q.choiceFlags(cmd)
	q.bounds.flags(cmd.Flags())
	q.quietFlag(cmd.Flags())
	return cmd
}

// few returns the first n of the names, and that there are more.
func few(names []string, n int) []string {
	if len(names) <= n {
		return names
	}
	return append(slices.Clone(names[:n-1]), "and others")
}

// settings lists everything that --set can say about a case.
func settings(file *casefile.File) []string {
	var all []string
	for id, is := range file.Case.Issues.All() {
		for k := range min(is.Len(), 100) {
			all = append(all, string(id+"=")+is.OptionID(k))
		}
	}
	return all
}

// completePackage completes the case, then the package's name.
func completePackage(s *streams) cobra.CompletionFunc {
	cases := completeCases(1)
	names := completeFrom(s, func(f *casefile.File) []string { return study.PackageNames(f.Case) })
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return names(cmd, args, begun)
		}
		return cases(cmd, args, begun)
	}
}
