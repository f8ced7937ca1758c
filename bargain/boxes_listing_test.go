package bargain

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/boxes"
	"github.com/goodoffices/goodoffices/internal/network"
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
		net, _ := network.New(s, whole)
		if net == nil {
			continue
		}
		compared++
		links += len(net.Links)
		f, err := boxes.Solve(context.Background(), net, boxes.DefaultWork)
		if err != nil {
			t.Fatal(err)
		}
		listed, err := Analyze(context.Background(), s, Options{Whole: whole, MaxTies: 1, Method: Listing})
		if err != nil {
			t.Fatal(err)
		}
		want := listed.Frontier.Points
		if !f.Exact || !f.Canonical || slices.Max(f.Epsilon) > 0 {
			t.Fatalf("exact %t, canonical %t, epsilon %v", f.Exact, f.Canonical, f.Epsilon)
		}
		if f.Len() != len(want) {
			t.Fatalf("%d points, want %d", f.Len(), len(want))
		}
		if points += len(want); len(want) == 0 {
			empty++
		}
		for i, p := range want {
			if o, _ := f.First(i); !slices.Equal(f.At(i), p.Utilities) || !slices.Equal(o, p.Outcome) {
				t.Fatalf("point %d: %v %v, want %v %v", i, f.At(i), o, p.Utilities, p.Outcome)
			}
		}
		for p := range f.Least {
			low, high := int64(math.MaxInt64), int64(math.MinInt64)
			for _, o := range outcometest.EveryOutcome(s) {
				if v := s.Parties[p].Value(o); s.Admits(o) {
					low, high = min(low, v), max(high, v)
				}
			}
			if f.Least[p] < low || f.Greatest[p] > high || f.Least[p] > f.Greatest[p] {
				t.Fatalf("party %d meets %d..%d, its range is %d..%d", p, f.Least[p], f.Greatest[p], low, high)
			}
		}
	}
	if compared < 2500 || points < 5000 || links < 5000 || empty < 100 {
		t.Errorf("%d spaces, %d points, %d links, %d without: the test compares too little", compared, points, links, empty)
	}
}
