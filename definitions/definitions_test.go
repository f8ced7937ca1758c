package definitions_test

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// listed is one issue whose options are worth these hundredths to two parties.
func listed(u [][2]int64, r ...int64) *outcome.Space {
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "deal", Options: len(u)}}}
	for p := range 2 {
		row := outcome.Row{ID: []string{"a", "b"}[p], Scale: 100}
		var scores []int64
		for _, v := range u {
			scores = append(scores, v[p])
		}
		row.Scores = [][]int64{scores}
		if len(r) > p {
			row.Threshold = outcome.Threshold{Value: r[p], Set: true}
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

// Five deals tell the rules apart that share a name.
func TestTheSameWords(t *testing.T) {
	deals := [][2]int64{{100, 10}, {90, 40}, {58, 60}, {40, 95}, {5, 97}, {0, 0}}
	s := listed(deals, 30, 0)
	for _, tt := range []struct {
		tool definitions.Tool
		rule string
		want [2]float64
	}{
		{definitions.NegMAS, "nash", [2]float64{.9, .4}},               // .60 · .40, against .28 · .60 and .10 · .95
		{definitions.NegMAS, "kalai", [2]float64{.9, .4}},              // least gain .40, against .28
		{definitions.NegMAS, "modified_kalai", [2]float64{.58, .6}},    // least utility .58
		{definitions.NegMAS, "ks", [2]float64{.58, .6}},                // shares .40 and .62, against .86 and .41
		{definitions.NegMAS, "modified_ks", [2]float64{.58, .6}},       // .58 and .62
		{definitions.NegMAS, "max_welfare", [2]float64{.4, .95}},       // 1.35
		{definitions.GENIUS, "nash", [2]float64{.9, .4}},               //
		{definitions.GENIUS, "kalai_smorodinsky", [2]float64{.58, .6}}, // .02 apart
		{definitions.GeniusWeb, "kalai", [2]float64{.58, .6}},          //
		{definitions.GeniusWeb, "nash", [2]float64{.4, .95}},           // .38, reservation values ignored
		{definitions.NegoLog, "nash", [2]float64{.4, .95}},             //
		{definitions.NegoLog, "kalai", [2]float64{.4, .95}},            // greatest sum
	} {
		got := picks(s, compute(t, s, tt.tool), tt.rule)
		if len(got) != 1 || !slices.EqualFunc(got[0], tt.want[:], near) {
			t.Errorf("%s %s: %v, want %v", tt.tool, tt.rule, got, tt.want)
		}
	}
	dist := func(x, y float64) float64 { return math.Hypot(1-x, 1-y) }
	for _, tt := range []struct {
		tool definitions.Tool
		name string
		want float64
	}{
		{definitions.NegMAS, "opposition", dist(.58, .6/.97)},
		{definitions.NegMAS, "rational_fraction", 4. / 6},
		{definitions.GENIUS, "opposition", dist(.58, .6)},
		{definitions.GeniusWeb, "opposition", dist(.58, .6)},
		{definitions.GeniusWeb, "distribution", math.Hypot(.58, .6) / 6}, // of the deal that nobody wants, to the nearest
		{definitions.NegoLog, "opposition", dist(.4, .95)},
		{definitions.NegoLog, "balance_score", (2.93 - 3.02) / 6},
		{definitions.NegoLog, "nash_product", .38},
		{definitions.NegoLog, "social_welfare", 1.35},
	} {
		r := compute(t, s, tt.tool)
		got := measureOf(t, r, tt.name)
		if !near(got, tt.want) {
			t.Errorf("%s %s: %v, want %v", tt.tool, tt.name, got, tt.want)
		}
	}
}

// NegMAS' definitions word by word, on random small spaces with adjustments.
func TestNegmasNaively(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + r.IntN(3), Boxes: r.IntN(2) == 0})
		s.Consent, s.Requires = outcome.Rule{}, nil
		for p := range s.Parties {
			s.Parties[p].RedLines = nil
		}
		var all [][]*big.Rat
		var visit func(o outcome.Outcome)
		visit = func(o outcome.Outcome) {
			if len(o) < len(s.Issues) {
				for k := range s.Issues[len(o)].Options {
					visit(append(slices.Clone(o), k))
				}
				return
			}
			var u []*big.Rat
			for p := range s.Parties {
				u = append(u, s.Parties[p].Points(s.Parties[p].Value(o)))
			}
			all = append(all, u)
		}
		visit(nil)
		got := compute(t, s, definitions.NegMAS)
		n := len(s.Parties)
		low, high, d := make([]*big.Rat, n), make([]*big.Rat, n), make([]*big.Rat, n)
		above := 0
		var zone [][]*big.Rat
		for _, u := range all {
			strict, weak := true, true
			for p, v := range u {
				if low[p] == nil || v.Cmp(low[p]) < 0 {
					low[p] = v
				}
				if high[p] == nil || v.Cmp(high[p]) > 0 {
					high[p] = v
				}
				if t := s.Parties[p].Threshold; t.Set {
					order := v.Cmp(s.Parties[p].Points(t.Value))
					strict, weak = strict && order > 0, weak && order >= 0
				}
			}
			if strict {
				above++
			}
			if weak {
				zone = append(zone, u)
			}
		}
		if f := measureOf(t, got, "rational_fraction"); !near(f, float64(above)/float64(len(all))) {
			t.Fatalf("rational fraction %v, want %d of %d", f, above, len(all))
		}
		if n == 2 {
			mean := 0.0
			for _, u := range all {
				f, _ := new(big.Rat).Sub(u[0], u[1]).Float64()
				mean += f / float64(len(all))
			}
			if b := measureOf(t, compute(t, s, definitions.NegoLog), "balance_score"); !near(b, mean) {
				t.Fatalf("balance %v, want %v", b, mean)
			}
		}
		flat := false
		for p := range d {
			d[p] = low[p]
			if t := s.Parties[p].Threshold; t.Set && s.Parties[p].Points(t.Value).Cmp(low[p]) > 0 {
				d[p] = s.Parties[p].Points(t.Value)
			}
			flat = flat || high[p].Cmp(d[p]) <= 0
		}
		if flat || len(zone) == 0 {
			continue
		}
		var best *big.Rat // the greatest least gain
		for _, u := range zone {
			var least *big.Rat
			for p, v := range u {
				if g := new(big.Rat).Sub(v, d[p]); least == nil || g.Cmp(least) < 0 {
					least = g
				}
			}
			if best == nil || least.Cmp(best) > 0 {
				best = least
			}
		}
		for _, pick := range got.Points {
			if pick.Name != "kalai" {
				continue
			}
			for _, at := range pick.Picks {
				var least *big.Rat
				for p, v := range at.Utilities {
					if g := new(big.Rat).Sub(s.Parties[p].Points(v), d[p]); least == nil || g.Cmp(least) < 0 {
						least = g
					}
				}
				if least.Cmp(best) != 0 {
					t.Fatalf("least gain %v, and %v can be had", least, best)
				}
			}
		}
	}
}

// Distances are to the nearest of what a rule picks.
func TestDistances(t *testing.T) {
	s := listed([][2]int64{{100, 0}, {0, 100}, {60, 60}, {0, 0}})
	r := compute(t, s, definitions.NegMAS)
	found := make(map[string]definitions.Distance)
	for _, d := range r.Distances(outcome.Outcome{3}) {
		found[d.Name] = d
	}
	for _, name := range []string{"pareto", "nash", "kalai", "ks", "max_welfare"} {
		d, ok := found[name]
		if !ok || !near(d.Distance, math.Hypot(.6, .6)) || d.Optimality == nil || !near(*d.Optimality, 1-math.Hypot(.6, .6)/math.Sqrt2) {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// What cannot be had says why.
func TestMissing(t *testing.T) {
	s := listed([][2]int64{{10000, 0}, {0, 5000}})
	if r := compute(t, s, definitions.GENIUS); r.Why == "" || r.Measures[0].Value != nil {
		t.Errorf("distances to 1 of utilities of 100: %+v", r.Measures)
	}
	three := *s
	three.Parties = append(slices.Clone(s.Parties), s.Parties[0])
	three.Parties[2].ID = "c"
	if r := compute(t, &three, definitions.NegoLog); r.Why == "" || len(r.Points) > 0 {
		t.Errorf("NegoLog with three parties: %+v", r)
	}
	if _, err := definitions.Compute(context.Background(), s, "excel", bargain.Options{}); err == nil {
		t.Error("unknown definitions are no error")
	}
}
