package bargain

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

func diagnosed(s *outcome.Space) func(int) error {
	return func(int) error {
		d, err := Diagnose(context.Background(), s, DiagnoseOptions{})
		if err == nil && !d.Complete {
			err = fmt.Errorf("not complete: %s", d.Why)
		}
		return err
	}
}

// Planted conflicts: two no-deal values, and groups of three conditions, that each exclude every
// outcome, among conditions that exclude none.
func BenchmarkDiagnose(b *testing.B) {
	for _, issues := range []int{4, 5, 6, 7} {
		b.Run(fmt.Sprintf("listing, 13 conditions/issues=%d", issues), func(b *testing.B) {
			s, _ := planted(issues, 3, 2, false)
			report(b, 1, diagnosed(s))
		})
	}
	for _, idle := range []int{0, 20, 40} {
		s, _ := planted(60, 3, idle, false)
		b.Run(fmt.Sprintf("60 issues/conditions=%d", len(conditionsOf(s).list)), func(b *testing.B) { report(b, 1, diagnosed(s)) })
	}
	for _, issues := range []int{15, 25, 50, 100} {
		b.Run(fmt.Sprintf("21 conditions/issues=%d", issues), func(b *testing.B) {
			s, _ := planted(issues, 3, 10, false)
			report(b, 1, diagnosed(s))
		})
	}
	for _, groups := range []int{1, 2, 3, 4, 5} {
		b.Run(fmt.Sprintf("50 issues/groups=%d", groups), func(b *testing.B) {
			s, _ := planted(50, groups, 0, false)
			report(b, 1, diagnosed(s))
		})
	}
}

// Combinations of changes that add to thresholds and to scores of one option, of a listed space of 10^6
// outcomes and of one of 10^50.
func BenchmarkCombine(b *testing.B) {
	for _, issues := range []int{6, 50} {
		s := drawn(opposed, 1, 2, issues, coarse)
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
							party.Scores[i%issues][i%10] += coarse / 50
							continue
						}
						party.Threshold.Value -= coarse / 50
					}
					return &x, nil
				}
				report(b, 1, func(int) error {
					_, err := Combine(context.Background(), n, compile, CombineOptions{Levers: make([]Lever, n)})
					return err
				})
			})
		}
	}
}
