package whatif

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// Combinations of changes that add to thresholds and to scores of one option, of a listed space of 10^6
// outcomes and of one of 10^50.
func BenchmarkCombine(b *testing.B) {
	for _, issues := range []int{6, 50} {
		const grid = 10_000
		s := outcometest.Drawn(outcometest.Opposed, 1, 2, issues, grid)
		for _, n := range []int{4, 8, 12} {
			b.Run(fmt.Sprintf("%d issues/levers=%d", issues, n), func(b *testing.B) {
				compile := func(set []int) (*outcome.Space, error) {
					x := *s
					x.Parties = slices.Clone(s.Parties)
					for _, i := range set {
						party := &x.Parties[i%2]
						if i%3 == 0 {
							party.Scores = slices.Clone(party.Scores)
							party.Scores[i%issues] = slices.Clone(party.Scores[i%issues])
							party.Scores[i%issues][i%10] += grid / 50
							continue
						}
						party.Threshold.Value -= grid / 50
					}
					return &x, nil
				}
				trials.Report(b, 1, func(int) error {
					_, err := Combine(context.Background(), n, compile, CombineOptions{Levers: make([]Lever, n)})
					return err
				})
			})
		}
	}
}
