package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/robust"
)

func newRobustness(s *streams) *cobra.Command {
	var (
		format, spread string
		choice         casefile.Choice
		draws          int64
		seed           uint64
		quiet          bool
		budget         budget
	)
	formats := []string{"text", "json"}
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
			write := report.WriteSurenessJSON
			switch format {
			case "json":
			case "text":
				write = func(w io.Writer, study *report.Study) error {
					return report.WriteSurenessText(w, study, s.textOptions())
				}
			default:
				return usagef(cmd, "no format %q%s", format, didYouMean(format, formats))
			}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			if draws < 1 || draws > robust.MaxDraws {
				return usagef(cmd, "%d draws: ask for 1 to %s", draws, grouped(fmt.Sprint(robust.MaxDraws)))
			}
			by, err := percentage(spread)
			if err != nil {
				return usagef(cmd, "--spread %q: %s", spread, err)
			}
			file, err := s.openCase(cmd.Context(), args...)
			if err != nil {
				return err
			}
			if !quiet {
				s.sayConversion(file)
			}
			if err := knows(cmd, file, choice); err != nil {
				return err
			}
			p := s.newProgress("drawing", quiet)
			study, err := report.NewSureness(cmd.Context(), file, choice, by,
				bargain.Options{Time: budget.time, Memory: budget.memory << 20},
				robust.Options{Draws: int(draws), Seed: seed, Time: budget.time, Progress: p.report})
			p.clear()
			if err != nil {
				return err
			}
			out := bufio.NewWriter(s.out)
			if err := write(out, study); err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
			return context.Cause(cmd.Context()) // interrupted: what was done has been printed
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	f.StringVar(&choice.View, "view", "", "use the rival assumptions of view `VIEW`")
	f.StringArrayVar(&choice.Levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	f.Int64Var(&draws, "draws", robust.DefaultDraws, "make at most `N` draws")
	f.Uint64Var(&seed, "seed", defaultSeed, "take the draws from stream `N`")
	f.StringVar(&spread, "spread", "", "vary every score without a range by `PERCENT` of its size to either side")
	f.DurationVar(&budget.time, "time", 0, "bound the work by `TIME` of one core, estimated and not clocked (default 2m)")
	f.Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	f.BoolVarP(&quiet, "quiet", "q", false, "no progress")
	completeFlag(cmd, "format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	completeFlag(cmd, "lever", completeFrom(s, leverNames))
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
