package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

func newHome(s *streams) *cobra.Command {
	q := s.question("text", "json")
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
			return ask(q, cmd, "weighing packages", func(ctx context.Context, o study.Options) (*study.Home, error) { return of.Home(ctx, request, o) },
				report.WriteHomeJSON, report.WriteHomeText)
		},
	}
	q.packageFlag(cmd, "ask about package")
	q.setFlag(cmd)
	q.formatFlag(cmd)
	q.choiceFlags(cmd)
	q.bounds.flags(cmd.Flags())
	q.quietFlag(cmd.Flags())
	return cmd
}
