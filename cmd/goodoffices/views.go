package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
)

func newViews(s *streams) *cobra.Command {
	var (
		format string
		levers []string
		quiet  bool
		budget budget
	)
	cmd := &cobra.Command{
		Use:   "views CASE",
		Short: "Set rival assumptions side by side, and find on which of them the answer flips",
		Long: `Views reads a case as it is written and under each of its views, and sets the verdicts,
the solutions and the packages on record side by side. Then it searches, for any two
readings, the smallest sets of the assumptions in which they differ on which the verdict
flips, or the package that the Nash rule ranks first.`,
		Example: `  goodoffices views catalog:iran-us-2026
  goodoffices views catalog:iran-us-2026 --lever joint_guarantee --format json`,
		Args:              arguments(1, 1, oneCase),
		ValidArgsFunction: completeCases(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(diagnoseFormats, format) {
				return usagef(cmd, "no format %q%s", format, didYouMean(format, diagnoseFormats))
			}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			file, err := s.openCase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := knows(cmd, file, casefile.Choice{Levers: levers}); err != nil {
				return err
			}
			p := s.newProgress("weighing views", quiet)
			study, err := report.NewViewStudy(cmd.Context(), file, levers,
				bargain.Options{Time: budget.time, Memory: budget.memory << 20, Progress: p.report})
			p.clear()
			if err != nil {
				return err
			}
			return show(s, format, study, report.WriteViewsJSON, report.WriteViewsText)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	cmd.Flags().StringArrayVar(&levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	cmd.Flags().DurationVar(&budget.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
	cmd.Flags().Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "no progress and no warnings")
	completeFlag(cmd, "format", cobra.FixedCompletions(diagnoseFormats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "lever", completeFrom(s, leverNames))
	return cmd
}
