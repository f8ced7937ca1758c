package main

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/study"
)

func newRobustness(s *streams) *cobra.Command {
	q := s.question("text", "json")
	var (
		spread string
		draws  int64
		seed   uint64
	)
	cmd := &cobra.Command{
		Use:   "robustness CASE",
		Short: "Say how far the answer hangs on uncertain numbers",
		Long: `Robustness draws the numbers that the case gives as ranges again and again, solves
every draw exactly, and answers: in which share of draws there is a package that all
could accept; who accepts which package, and whether it is carried at home; how often
the Nash package stays the Nash package; how far all numbers may be off before
somebody refuses; and which numbers turn the answer around.

A number 8..14 is uniform, 8..10..14 triangular. Numbers vary by themselves, but for
those that the case says move together. --spread varies every score without a range
too, by so many percent of its size to either side.

Every share is a share of draws under these assumptions, with its interval of 95
percent. The same seed gives the same draws on every machine. Drawing stops early
when the intervals are tight. Interrupted work prints what has been drawn.`,
		Example: `  goodoffices robustness catalog:iran-us-2026
  goodoffices robustness catalog:panama-canal-1974 --spread 20
  goodoffices robustness catalog:iran-us-2026 --draws 50000 --seed 2 --format json > sure.json`,
		Args:              arguments(1, -1, anyCase),
		ValidArgsFunction: completeCases(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.check(cmd); err != nil {
				return err
			}
			if draws < 1 || draws > robust.MaxDraws {
				return usagef(cmd, "%d draws: ask for 1 to %s", draws, plain.Grouped(fmt.Sprint(robust.MaxDraws)))
			}
			by, err := percentage(spread)
			if err != nil {
				return usagef(cmd, "--spread %q: %s", spread, err)
			}
			of, err := q.open(cmd, args...)
			if err != nil {
				return err
			}
			if err := ask(q, cmd, "drawing", func(ctx context.Context, o study.Options) (*study.Robustness, error) {
				return of.Robustness(ctx, study.RobustnessOptions{Options: o, Spread: by, Draws: int(draws), Seed: seed})
			}, report.WriteRobustnessJSON, report.WriteRobustnessText); err != nil {
				return err
			}
			return context.Cause(cmd.Context()) // interrupted: what was done has been printed
		},
	}
	f := cmd.Flags()
	f.Int64Var(&draws, "draws", robust.DefaultDraws, "make at most `N` draws")
	f.Uint64Var(&seed, "seed", study.DefaultSeed, "take the draws from stream `N`")
	f.StringVar(&spread, "spread", "", "vary every score without a range by `PERCENT` of its size to either side")
	q.formatFlag(cmd)
	q.choiceFlags(cmd)
	q.bounds.flags(f)
	q.quietFlag(f)
	return cmd
}

// percentage reads a share in percent, above 0 and up to 100; empty is none.
func percentage(text string) (*big.Rat, error) {
	if text == "" {
		return nil, nil
	}
	d, err := casefile.ParseDecimal(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	if err != nil {
		return nil, err
	}
	share := d.Rat()
	if share.Sign() <= 0 || share.Cmp(big.NewRat(100, 1)) > 0 {
		return nil, fmt.Errorf("write a number above 0 and up to 100, as in 20")
	}
	return share.Quo(share, big.NewRat(100, 1)), nil
}
