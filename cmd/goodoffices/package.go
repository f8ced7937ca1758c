package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
)

func newPackage(s *streams) *cobra.Command {
	var (
		format  string
		choice  casefile.Choice
		request report.PackageRequest
		set     []string
		quiet   bool
		budget  budget
	)
	formats := []string{"text", "json"}
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
			if !slices.Contains(formats, format) {
				return usagef(cmd, "no format %q%s", format, didYouMean(format, formats))
			}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			var err error
			if request.Set, err = readSettings(cmd, set); err != nil {
				return err
			}
			if len(args) > 1 {
				request.Name = args[1]
				if request.Name == "" {
					return usagef(cmd, "an empty NAME of a package")
				}
			}
			file, err := s.openCase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if len(args) == 1 && len(set) == 0 {
				return usagef(cmd, "which package? name one (%s) or settle issues with --set ISSUE=OPTION", strings.Join(few(report.PackageNames(file.Case), 8), ", "))
			}
			if !quiet {
				s.sayConversion(file)
			}
			if err := knows(cmd, file, choice); err != nil {
				return err
			}
			p := s.newProgress("weighing packages", quiet)
			study, err := report.NewPackageStudy(cmd.Context(), file, choice, request,
				bargain.Options{Time: budget.time, Memory: budget.memory << 20, Progress: p.report})
			p.clear()
			if err != nil {
				return asUsage(cmd, err)
			}
			return show(s, format, study, report.WritePackageJSON, report.WritePackageText)
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "settle an issue: `ISSUE=OPTION`; may be given again for others")
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	cmd.Flags().StringVar(&choice.View, "view", "", "use the rival assumptions of view `VIEW`")
	cmd.Flags().StringArrayVar(&choice.Levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	cmd.Flags().DurationVar(&budget.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
	cmd.Flags().Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "no progress")
	completeFlag(cmd, "format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	completeFlag(cmd, "lever", completeFrom(s, leverNames))
	completeFlag(cmd, "set", completeFrom(s, settings))
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
			all = append(all, id+"="+is.OptionID(k))
		}
	}
	return all
}

// completePackage completes the case, then the package's name.
func completePackage(s *streams) cobra.CompletionFunc {
	cases := completeCases(1)
	names := completeFrom(s, func(f *casefile.File) []string { return report.PackageNames(f.Case) })
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return names(cmd, args, begun)
		}
		return cases(cmd, args, begun)
	}
}
