package diagnose

import (
	"context"
	"fmt"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

func diagnosed(s *outcome.Space) func(int) error {
	return func(int) error {
		d, err := Diagnose(context.Background(), s, Options{})
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
			s, _ := outcometest.Planted(issues, 3, 2, false)
			trials.Report(b, 1, diagnosed(s))
		})
	}
	for _, idle := range []int{0, 20, 40} {
		s, _ := outcometest.Planted(60, 3, idle, false)
		b.Run(fmt.Sprintf("60 issues/conditions=%d", len(conditionsOf(s).list)), func(b *testing.B) { trials.Report(b, 1, diagnosed(s)) })
	}
	for _, issues := range []int{15, 25, 50, 100} {
		b.Run(fmt.Sprintf("21 conditions/issues=%d", issues), func(b *testing.B) {
			s, _ := outcometest.Planted(issues, 3, 10, false)
			trials.Report(b, 1, diagnosed(s))
		})
	}
	for _, groups := range []int{1, 2, 3, 4, 5} {
		b.Run(fmt.Sprintf("50 issues/groups=%d", groups), func(b *testing.B) {
			s, _ := outcometest.Planted(50, groups, 0, false)
			trials.Report(b, 1, diagnosed(s))
		})
	}
}
