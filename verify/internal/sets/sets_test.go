package sets

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
)

// The smallest sets, and the smallest that hit all, are those that a search over every subset finds.
func TestSmallestSets(t *testing.T) {
	places := []int{0, 1, 63, 64, 130, 255} // over every word
	free := func(int, int) error { return nil }
	for round := range trials.Of(500, 5000) {
		r := rand.New(rand.NewPCG(uint64(round), 1))
		var every, family []Set
		for mask := range 1 << len(places) {
			var s Set
			for k, at := range places {
				if mask>>k&1 != 0 {
					s = s.With(at)
				}
			}
			every = append(every, s)
		}
		slices.SortFunc(every, func(x, y Set) int {
			a, b := x.List(), y.List()
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			return slices.Compare(a, b)
		})
		for range r.IntN(6) {
			family = append(family, every[1+r.IntN(len(every)-1)])
		}
		smallest := func(good func(Set) bool) []Set {
			var all []Set
			for _, s := range every {
				if good(s) && !slices.ContainsFunc(all, func(x Set) bool { return x.Within(s) }) {
					all = append(all, s)
				}
			}
			return all
		}
		want := smallest(func(s Set) bool { return slices.Contains(family, s) })
		if got, err := Least(family, free); err != nil || !slices.Equal(got, want) {
			t.Fatalf("round %d: least %v, %v, want %v", round, got, err, want)
		}
		want = smallest(func(s Set) bool {
			return !slices.ContainsFunc(family, func(f Set) bool { return f.And(s) == Set{} })
		})
		if got, err := Hitting(family, free); err != nil || !slices.Equal(got, want) {
			t.Fatalf("round %d: hitting %v, %v, want %v", round, got, err, want)
		}
	}
	end := errors.New("enough")
	if _, err := Hitting([]Set{Set{}.With(1)}, func(int, int) error { return end }); !errors.Is(err, end) {
		t.Errorf("%v, want %v", err, end)
	}
}
