package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
)

func newLevers(s *streams) *cobra.Command {
	var (
		format, view, name string
		set                []string
		quiet              bool
		budget             budget
	)
	cmd := &cobra.Command{
		Use:   "levers CASE",
		Short: "Pull levers, each alone and in combination: what they open, and what backfires",
		Long: `Levers pulls the levers of a case, each alone and all combinations of up to twelve; of
more, a search that it states. It says what each does to the zone, the solutions, every party
and every group at home, what backfires, and which sets of levers open a zone or, with
--package, make a package acceptable: those of mediators first, then the cheapest by the
case's own costs. A set with pressure in it is shown, and never ranked by cost.

NAME is a package on record, status_quo, or a solution: nash, kalai_smorodinsky,
egalitarian, utilitarian, balanced. --set changes an issue of it.`,
		Example: `  goodoffices levers catalog:iran-us-2026
  goodoffices levers catalog:iran-us-2026 --package mediators_paper
  goodoffices levers catalog:iran-us-2026 --view sebenius_singh --format json > levers.json`,
		Args:              arguments(1, 1, oneCase),
		ValidArgsFunction: completeCases(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(diagnoseFormats, format) {
				return usagef(cmd, "no format %q%s", format, didYouMean(format, diagnoseFormats))
			}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			settings, err := readSettings(cmd, set)
			if err != nil {
				return err
			}
			var request *report.PackageRequest
			if name != "" || len(settings) > 0 {
				request = &report.PackageRequest{Name: name, Set: settings}
			} else if cmd.Flags().Changed("package") {
				return usagef(cmd, "an empty NAME of a package")
			}
			file, err := s.openCase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := knows(cmd, file, casefile.Choice{View: view}); err != nil {
				return err
			}
			p := s.newProgress("pulling levers", quiet)
			study, err := report.NewLeverStudy(cmd.Context(), file, view, request,
				bargain.Options{Time: budget.time, Memory: budget.memory << 20, Progress: p.report})
			p.clear()
			if err != nil {
				return asUsage(cmd, err)
			}
			return show(s, format, study, report.WriteLeversJSON, report.WriteLeversText)
		},
	}
	cmd.Flags().StringVar(&name, "package", "", "look for what makes package `NAME` acceptable")
	cmd.Flags().StringArrayVar(&set, "set", nil, "settle an issue of the package: `ISSUE=OPTION`; may be given again for others")
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	cmd.Flags().StringVar(&view, "view", "", "use the rival assumptions of view `VIEW`")
	cmd.Flags().DurationVar(&budget.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
	cmd.Flags().Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "no progress and no warnings")
	completeFlag(cmd, "format", cobra.FixedCompletions(diagnoseFormats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	completeFlag(cmd, "set", completeFrom(s, settings))
	completeFlag(cmd, "package", completeFrom(s, func(f *casefile.File) []string { return report.PackageNames(f.Case) }))
	return cmd
}

// readSettings reads the values of --set.
func readSettings(cmd *cobra.Command, set []string) ([]casefile.Setting, error) {
	var all []casefile.Setting
	for _, text := range set {
		issue, option, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef(cmd, "--set %q settles nothing: write --set ISSUE=OPTION", text)
		}
		all = append(all, casefile.Setting{Issue: issue, Option: option})
	}
	return all, nil
}
