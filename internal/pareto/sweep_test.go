package pareto

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// A sweep of four parties and more splits its boxes many times over here.
func TestSweepAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	for round := range 40 {
		n := 2 + round%5
		var all [][]int64
		for range 1500 {
			u, sum := make([]int64, n), int64(0)
			for p := range u {
				u[p] = r.Int64N(40)
				sum += u[p]
			}
			u[n-1] = 20*int64(n) - sum + r.Int64N(6) // near a plane, so that most are efficient
			all = append(all, u)
		}
		want := outcometest.Efficient(all)
		slices.SortFunc(all, func(x, y []int64) int { return slices.Compare(y, x) })
		all = slices.CompactFunc(all, slices.Equal[[]int64])
		s := NewSweep(n)
		var kept [][]int64
		for _, u := range all {
			if !s.Dominated(u) {
				s.Add(u)
				kept = append(kept, u)
			}
		}
		if !slices.EqualFunc(kept, want, slices.Equal[[]int64]) {
			t.Fatalf("%d parties: %d kept, want %d", n, len(kept), len(want))
		}
		for _, u := range s.strongest(archiveGuards) {
			if !slices.ContainsFunc(want, func(v []int64) bool { return slices.Equal(u, v) }) {
				t.Fatalf("%v is a guard and no kept vector", u)
			}
		}
	}
}
