package bargain

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// moved is how much x differs from o, straight from the definition.
func moved(s *outcome.Space, o, x outcome.Outcome) *big.Rat {
	sum := new(big.Rat)
	for p := range s.Parties {
		var span, changed int64
		for i, scores := range s.Parties[p].Scores {
			span += slices.Max(scores) - slices.Min(scores)
			if d := scores[x[i]] - scores[o[i]]; d > 0 {
				changed += d
			} else {
				changed -= d
			}
		}
		if span > 0 {
			sum.Add(sum, big.NewRat(changed, span))
		}
	}
	return sum
}

func TestImproveAgreesWithDefinitions(t *testing.T) {
	kinds := map[string]int{}
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 71))
		s := outcometest.Space(r, outcometest.Shape{Coarse: seed%3 == 0, Additive: seed%4 == 1, Boxes: seed%5 == 2})
		if s.Size().Cmp(big.NewInt(800)) > 0 {
			continue
		}
		all := outcometest.EveryOutcome(s)
		o := all[r.IntN(len(all))]
		from := s.Values(o)
		var as, better []outcome.Outcome // admitted: as good for everybody; and better for somebody
		for _, x := range all {
			u := s.Values(x)
			worse := false
			for p := range u {
				worse = worse || u[p] < from[p]
			}
			if worse || !admitted(s, x) {
				continue
			}
			as = append(as, x)
			if !slices.Equal(u, from) {
				better = append(better, x)
			}
		}
		got, err := Improve(t.Context(), s, o, Options{})
		if err != nil {
			t.Fatal(seed, err)
		}
		if !got.Known || !got.Exact || got.Any != (len(better) > 0) || got.Low.Int64() != int64(len(as)) && got.Method == Listing {
			t.Fatalf("seed %d: %+v, want %d as good and %d better", seed, got, len(as), len(better))
		}
		// The nearest.
		var nearest outcome.Outcome
		for _, x := range better {
			if nearest == nil || len(differing(o, x)) < len(differing(o, nearest)) ||
				len(differing(o, x)) == len(differing(o, nearest)) && moved(s, o, x).Cmp(moved(s, o, nearest)) < 0 {
				nearest = x
			}
		}
		if !got.NearestExact || (got.Nearest == nil) != (nearest == nil) {
			t.Fatalf("seed %d: nearest %+v, want %v", seed, got.Nearest, nearest)
		}
		if nearest != nil {
			kinds["better"]++
			n := got.Nearest
			if !slices.Equal(n.Outcome, nearest) || n.Moved.Cmp(moved(s, o, nearest)) != 0 || got.NearestLeast != len(n.Changed) ||
				n.InZone != s.InZone(nearest) || !slices.Equal(n.Utilities, s.Values(nearest)) {
				t.Fatalf("seed %d: nearest %+v, want %v", seed, n, nearest)
			}
		}
		// The best of each party, and of all.
		efficient := func(x outcome.Outcome) bool {
			return !slices.ContainsFunc(better, func(y outcome.Outcome) bool { return pareto.Dominates(s.Values(y), s.Values(x)) })
		}
		for p := range s.Parties {
			var best outcome.Outcome
			for _, x := range better {
				if v := s.Parties[p].Value(x); v > from[p] && efficient(x) && (best == nil || v > s.Parties[p].Value(best)) {
					best = x
				}
			}
			if b := got.Best[p]; (b == nil) != (best == nil) || b != nil && !slices.Equal(b.Outcome, best) {
				t.Fatalf("seed %d: best for party %d is %+v, want %v", seed, p, b, best)
			}
			if best != nil {
				kinds["best"]++
			}
		}
		if len(better) == 0 {
			kinds["none"]++
			if got.Nash != nil || got.Egalitarian != nil {
				t.Fatalf("seed %d: improvements out of nothing", seed)
			}
			continue
		}
		want := outcometest.NewNaive(asGoodAs(s, o)).Solutions()
		if got.Nash == nil || !slices.Equal(got.Nash.Outcome, want["nash"][0]) {
			t.Fatalf("seed %d: nash %+v, want %v", seed, got.Nash, want["nash"])
		}
		if first := want["egalitarian"][0]; !slices.Equal(s.Values(first), from) && (got.Egalitarian == nil || !slices.Equal(got.Egalitarian.Outcome, first)) {
			t.Fatalf("seed %d: egalitarian %+v, want %v", seed, got.Egalitarian, first)
		}
	}
	for _, kind := range []string{"better", "best", "none"} {
		if kinds[kind] < 100 {
			t.Errorf("only %d cases of kind %s", kinds[kind], kind)
		}
	}
}

func TestImproveLargeSpaces(t *testing.T) {
	// Sixty issues of ten options; elimination for two parties, bounds for five. Nobody can
	// visit 10^60 packages.
	for _, parties := range []int{2, 5} {
		r := rand.New(rand.NewPCG(uint64(parties), 72))
		s := &outcome.Space{}
		for range 60 {
			s.Issues = append(s.Issues, outcome.Issue{ID: "i", Options: 10})
		}
		for i := range s.Issues {
			s.Issues[i].ID = string(rune('a'+i/26)) + string(rune('a'+i%26))
		}
		for p := range parties {
			row := outcome.Row{ID: string(rune('a' + p)), Scale: 1}
			for range s.Issues {
				var scores []int64
				for range 10 {
					scores = append(scores, r.Int64N(20))
				}
				row.Scores = append(row.Scores, scores)
			}
			s.Parties = append(s.Parties, outcome.Party{Row: row})
		}
		o := make(outcome.Outcome, 60)
		got, err := Improve(t.Context(), s, o, Options{Time: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if !got.Any || !got.Known || got.Nearest == nil {
			t.Fatalf("%d parties: %+v", parties, got)
		}
		from := s.Values(o)
		for _, x := range append(slices.Clone(got.Best), got.Nearest, got.Nash) {
			if x == nil || !pareto.Dominates(x.Utilities, from) || !slices.Equal(x.Utilities, s.Values(x.Outcome)) {
				t.Errorf("%d parties: %+v is no improvement of %v", parties, x, from)
			}
		}
		if !got.NearestExact || len(got.Nearest.Changed) > 2 {
			t.Errorf("%d parties: nearest %+v, %v", parties, got.Nearest, got.NearestExact)
		}
	}
}

// A budget that ends bounds the number of issues from below and says so.
func TestImproveNearestBudget(t *testing.T) {
	// Only changing all of eight issues together helps.
	s := &outcome.Space{Parties: []outcome.Party{{Row: outcome.Row{ID: "p", Scale: 1}}}}
	var issues []int
	for i := range 8 {
		s.Issues = append(s.Issues, outcome.Issue{ID: string(rune('a' + i)), Options: 4})
		s.Parties[0].Scores = append(s.Parties[0].Scores, []int64{1, 0, 0, 0})
		issues = append(issues, i)
	}
	all, err := outcome.NewTable(s.Issues, issues, func(o []int) bool { return !slices.Contains(o, 0) && o[7] == 3 && o[0] == 2 })
	if err != nil {
		t.Fatal(err)
	}
	s.Parties[0].Adjustments = []outcome.Adjustment{{ID: "p.adjustments.1", When: all, Add: 9}}
	o := make(outcome.Outcome, 8)
	im, err := Improve(t.Context(), s, o, Options{})
	if err != nil || !im.NearestExact || len(im.Nearest.Changed) != 8 {
		t.Fatalf("%+v, %v", im, err)
	}
	n := newNearer(t.Context(), s, o, s.Values(o), 20_000)
	im = &Improvements{}
	if err := im.near(t.Context(), s, o, s.Values(o), 20*time.Microsecond); err != nil {
		t.Fatal(err)
	}
	if im.NearestExact || im.Nearest != nil || im.NearestLeast < 2 || im.NearestLeast > 7 || n.left != 20_000 {
		t.Errorf("%+v", im)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Improve(ctx, s, o, Options{}); err == nil {
		t.Error("no error after the context ended")
	}
	if _, err := Improve(t.Context(), s, o[1:], Options{}); err == nil {
		t.Error("an outcome of another space was taken")
	}
}

func TestSwaps(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 73))
		s := outcometest.Space(r, outcometest.Shape{})
		o := make(outcome.Outcome, len(s.Issues))
		for i := range o {
			o[i] = r.IntN(s.Issues[i].Options)
		}
		swaps, err := Swaps(s, o)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		before := Judge(s, o)
		for i := range s.Issues {
			for k := range s.Issues[i].Options {
				if k == o[i] {
					continue
				}
				x := slices.Clone(o)
				x[i] = k
				after, sw := Judge(s, x), swaps[n]
				n++
				if sw.Issue != i || sw.Option != k || sw.InZone != after.InZone {
					t.Fatalf("seed %d: %+v", seed, sw)
				}
				for p := range s.Parties {
					if sw.Change[p] != after.Utilities[p]-before.Utilities[p] {
						t.Fatalf("seed %d: %+v", seed, sw)
					}
				}
				if admitted(s, x) && sw.Breaks != nil {
					t.Fatalf("seed %d: %+v breaks something in an admitted outcome", seed, sw)
				}
			}
		}
		if n != len(swaps) {
			t.Fatalf("seed %d: %d swaps, want %d", seed, len(swaps), n)
		}
		if len(s.Parties) < 2 {
			continue
		}
		trades := Trades(s, swaps, 0, 1)
		for i, tr := range trades {
			sw := swaps[tr.Swap]
			want := new(big.Rat).Quo(s.Parties[0].Points(-sw.Change[0]), s.Parties[1].Points(sw.Change[1]))
			if sw.Change[0] >= 0 || sw.Change[1] <= 0 || sw.Breaks != nil || tr.Rate.Cmp(want) != 0 || i > 0 && trades[i-1].Rate.Cmp(tr.Rate) > 0 {
				t.Fatalf("seed %d: trade %+v of %+v", seed, tr, sw)
			}
		}
		useful := 0
		for _, sw := range swaps {
			if sw.Change[0] < 0 && sw.Change[1] > 0 && sw.Breaks == nil {
				useful++
			}
		}
		if useful != len(trades) {
			t.Fatalf("seed %d: %d trades, want %d", seed, len(trades), useful)
		}
	}
}
