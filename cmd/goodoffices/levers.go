package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

func newLevers(s *streams) *cobra.Command {
	q := s.question("text", "json")
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
			if err := q.check(cmd); err != nil {
				return err
			}
			request, err := q.request(cmd)
			if err != nil {
				return err
			}
			of, err := q.open(cmd, args[0])
			if err != nil {
				return err
			}
			return ask(q, cmd, "pulling levers", func(ctx context.Context, o study.Options) (*study.Levers, error) { return of.Levers(ctx, request, o) },
				report.WriteLeversJSON, report.WriteLeversText)
		},
	}
	q.packageFlag(cmd, "look for what makes acceptable package")
	q.setFlag(cmd)
	q.formatFlag(cmd)
	q.viewFlag(cmd)
	q.bounds.flags(cmd.Flags())
	q.quietFlag(cmd.Flags())
	return cmd
}
