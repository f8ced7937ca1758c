package bargain

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// Boxes, tables, requirements, red lines and floors together: the frontier and the
// first outcome of each of its points are those of a listing.
func TestNonlinearAgreesWithListing(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	compared, points, links, empty := 0, 0, 0, 0
	for round := range 4000 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + r.IntN(6), Parties: 2, Boxes: round%3 > 0, Coarse: r.IntN(2) == 0})
		whole := round%2 == 0
		net, _ := newNetwork(s, whole)
		if net == nil {
			continue
		}
		compared++
		links += len(net.links)
		f, err := nonlinear(context.Background(), net, defaultBoxWork)
		if err != nil {
			t.Fatal(err)
		}
		listed, err := Analyze(context.Background(), s, Options{Whole: whole, MaxTies: 1, Method: Listing})
		if err != nil {
			t.Fatal(err)
		}
		want := listed.Frontier.Points
		if !f.exact || !f.canonical || slices.Max(f.epsilon) > 0 {
			t.Fatalf("exact %t, canonical %t, epsilon %v", f.exact, f.canonical, f.epsilon)
		}
		if f.len() != len(want) {
			t.Fatalf("%d points, want %d", f.len(), len(want))
		}
		if points += len(want); len(want) == 0 {
			empty++
		}
		for i, p := range want {
			if o, _ := f.first(i); !slices.Equal(f.at(i), p.Utilities) || !slices.Equal(o, p.Outcome) {
				t.Fatalf("point %d: %v %v, want %v %v", i, f.at(i), o, p.Utilities, p.Outcome)
			}
		}
		for p := range f.least {
			low, high := int64(math.MaxInt64), int64(math.MinInt64)
			for _, o := range everyOutcome(s) {
				if v := s.Parties[p].Value(o); s.Admits(o) {
					low, high = min(low, v), max(high, v)
				}
			}
			if f.least[p] < low || f.greatest[p] > high || f.least[p] > f.greatest[p] {
				t.Fatalf("party %d meets %d..%d, its range is %d..%d", p, f.least[p], f.greatest[p], low, high)
			}
		}
	}
	if compared < 2500 || points < 5000 || links < 5000 || empty < 100 {
		t.Errorf("%d spaces, %d points, %d links, %d without: the test compares too little", compared, points, links, empty)
	}
}
