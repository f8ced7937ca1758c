package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
)

func newHome(s *streams) *cobra.Command {
	var (
		format, named string
		choice        casefile.Choice
		set           []string
		quiet         bool
		budget        budget
	)
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "home CASE",
		Short: "Say what each side could carry at home, whose answer decides, and who must move",
		Long: `Home counts each side's win-set: the part of the zone of agreement that its people
at home would carry under its ratification rule. It says what each constituency's
answer is worth (Banzhaf and Shapley-Shubik indices over all coalitions, and over the
packages on the table), which package stands the most refusals, and for each package
who at home would have to move, and by how many points.

--package asks about one package: one on record, status_quo, or a solution such as nash.
--set changes an issue of it; without --package, the others stay at their status quo.`,
		Example: `  goodoffices home catalog:iran-us-2026
  goodoffices home catalog:iran-us-2026 --package mediators_paper
  goodoffices home catalog:iran-us-2026 --package nash --set relief=waivers --format json`,
		Args:              arguments(1, 1, oneCase),
		ValidArgsFunction: completeCases(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(formats, format) {
				return usagef(cmd, "no format %q%s", format, didYouMean(format, formats))
			}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			var request *report.PackageRequest
			if cmd.Flags().Changed("package") || len(set) > 0 {
				request = &report.PackageRequest{Name: named}
				for _, text := range set {
					issue, option, ok := strings.Cut(text, "=")
					if !ok {
						return usagef(cmd, "--set %q settles nothing: write --set ISSUE=OPTION", text)
					}
					request.Set = append(request.Set, casefile.Setting{Issue: issue, Option: option})
				}
				if named == "" && cmd.Flags().Changed("package") {
					return usagef(cmd, "an empty NAME of a package")
				}
			}
			file, err := s.openCase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := knows(cmd, file, choice); err != nil {
				return err
			}
			p := s.newProgress("weighing packages", quiet)
			study, err := report.NewHomeStudy(cmd.Context(), file, choice, request,
				bargain.Options{Time: budget.time, Memory: budget.memory << 20, Progress: p.report})
			p.clear()
			if err != nil {
				return asUsage(cmd, err)
			}
			return show(s, format, study, report.WriteHomeJSON, report.WriteHomeText)
		},
	}
	f := cmd.Flags()
	f.StringVar(&named, "package", "", "ask about package `NAME`: on record, status_quo, or a solution")
	f.StringArrayVar(&set, "set", nil, "settle an issue: `ISSUE=OPTION`; may be given again for others")
	f.StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	f.StringVar(&choice.View, "view", "", "use the rival assumptions of view `VIEW`")
	f.StringArrayVar(&choice.Levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	f.DurationVar(&budget.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
	f.Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	f.BoolVarP(&quiet, "quiet", "q", false, "no progress")
	completeFlag(cmd, "format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	completeFlag(cmd, "lever", completeFrom(s, leverNames))
	completeFlag(cmd, "package", completeFrom(s, func(f *casefile.File) []string { return report.PackageNames(f.Case) }))
	completeFlag(cmd, "set", completeFrom(s, settings))
	return cmd
}
