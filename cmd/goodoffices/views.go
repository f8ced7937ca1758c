package main

import (
	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/report"
)

func newViews(s *streams) *cobra.Command {
	q := s.question("text", "json")
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
			if err := q.check(cmd); err != nil {
				return err
			}
			of, err := q.open(cmd, args[0])
			if err != nil {
				return err
			}
			return ask(q, cmd, "weighing views", of.Views, report.WriteViewsJSON, report.WriteViewsText)
		},
	}
	q.formatFlag(cmd)
	q.leverFlag(cmd)
	q.bounds.flags(cmd.Flags())
	q.quietFlag(cmd.Flags())
	return cmd
}
