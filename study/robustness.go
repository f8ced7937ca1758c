package study

import (
	"context"
	"math/big"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/robust"
)

// A Robustness says how far the answer under the study's choice hangs on numbers that the case
// gives as ranges.
type Robustness struct {
	*Case
	*robust.Robustness
	Uncertain *outcome.Uncertain
	// Spread is the share by which certain scores were varied too; nil: not at all.
	Spread *big.Rat
}

// DefaultSeed is the stream of draws where none is asked for: a brief and a question about robustness
// make the same draws.
const DefaultSeed = 1

// RobustnessOptions direct a robustness. The zero value is ready to use.
type RobustnessOptions struct {
	Options
	// Spread is the share by which every score without a range varies too; nil: not at all.
	Spread *big.Rat
	// Draws and Seed are as in [robust.Options].
	Draws int
	Seed  uint64
}

// Robustness draws the case's uncertain numbers, and follows the solutions, the packages on record
// and the first package worth proposing. Interrupted draws are an answer: what was drawn until then.
func (s *Study) Robustness(ctx context.Context, opts RobustnessOptions) (*Robustness, error) {
	quiet := opts.Options
	quiet.Progress = nil
	c, err := s.main(ctx, quiet)
	if err != nil {
		return nil, err
	}
	u, err := s.File.Case.Uncertain(s.Choice, opts.Spread)
	if err != nil {
		return nil, err
	}
	draws := robust.Options{Draws: opts.Draws, Seed: opts.Seed, Time: opts.Time, Progress: opts.Progress}
	for _, rule := range Rules {
		if x := rule.Pick(&c.Main.Analysis.Solutions); x != nil {
			draws.Candidates = append(draws.Candidates, robust.Candidate{IDs: []string{rule.Key}, Outcome: x.Outcome})
		}
	}
	for _, p := range c.Main.Packages {
		draws.Candidates = append(draws.Candidates, robust.Candidate{IDs: []string{"packages." + p.ID}, Outcome: p.Outcome})
	}
	if first := c.Main.Proposals(); len(first) > 0 {
		draws.Focus = first[0].Outcome
	}
	result, err := robust.Measure(ctx, u, draws)
	if err != nil {
		return nil, err
	}
	return &Robustness{c, result, u, opts.Spread}, nil
}
