package bargain

import (
	"context"
	"fmt"
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
