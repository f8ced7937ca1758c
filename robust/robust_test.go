package robust

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/count"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// uncertain makes some of the numbers of a random space uncertain.
func uncertain(r *rand.Rand, s *outcome.Space) *outcome.Uncertain {
	u := &outcome.Uncertain{Space: s}
	row := -1
	add := func(n outcome.Number) {
		n.Low, n.High = n.Mode-int64(r.IntN(12)), n.Mode+int64(r.IntN(12))
		n.Shape = outcome.Shape(r.IntN(2))
		if k := len(u.Sources) - 1; k >= 0 && u.Sources[k].Row == n.Row && r.IntN(3) == 0 {
			n.Source = k
		} else {
			n.Source = len(u.Sources)
			u.Sources = append(u.Sources, outcome.Source{ID: fmt.Sprint("source", n.Source), Row: n.Row})
		}
		n.Quantile = u.Quantiles
		u.Quantiles++
		n.ID = fmt.Sprint("number", len(u.Numbers))
		u.Sources[n.Source].Numbers = append(u.Sources[n.Source].Numbers, len(u.Numbers))
		u.Numbers = append(u.Numbers, n)
	}
	s.Rows(func(_ int, rw *outcome.Row) bool {
		row++
		for i, scores := range rw.Scores {
			for o, v := range scores {
				if r.IntN(3) == 0 {
					add(outcome.Number{Kind: outcome.Score, Row: row, Issue: i, At: o, Mode: v})
				}
			}
		}
		for k, a := range rw.Adjustments {
			if r.IntN(2) == 0 {
				add(outcome.Number{Kind: outcome.Addition, Row: row, At: k, Mode: a.Add})
			}
		}
		if rw.Threshold.Set && r.IntN(2) == 0 {
			add(outcome.Number{Kind: outcome.Level, Row: row, Mode: rw.Threshold.Value})
		}
		return true
	})
	return u
}

// What a draw's solver says of zone, Nash package and margin is what Analyze, or a
// look at every package, says of the same space: for any number of parties, rules of
// consent, conditions and ties.
func TestDrawsAreSolvedAsAnalyzed(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 8))
	summed, zones, outdone := 0, 0, 0
	for k := range 400 {
		shape := outcometest.Shape{Coarse: k%3 == 0, Additive: k%5 == 0, Boxes: k%7 == 0}
		if k%2 == 0 {
			shape.Parties = 2
		}
		s := outcometest.Space(r, shape)
		u := uncertain(r, s)
		if err := u.Check(); err != nil {
			t.Fatal(err)
		}
		plan, _ := newDrawPlan(s)
		if plan != nil {
			summed++
		}
		d := u.Drawer()
		solver := newDrawSolver(d.Space(), plan, math.Inf(1))
		if k%4 < 2 {
			solver.all = keepAll(s)
		}
		lister, err := outcome.NewLister(s)
		if err != nil {
			t.Fatal(err)
		}
		places := make([]float64, u.Quantiles)
		var known []fixedPackage
		for range 6 {
			o := make(outcome.Outcome, len(s.Issues))
			for i := range o {
				o[i] = r.IntN(s.Issues[i].Options)
			}
			known = append(known, newFixed(s, o))
		}
		for draw := range 6 {
			outcome.Fill(places, 3, 0, uint64(draw))
			d.Draw(places, 1)
			want, err := bargain.Analyze(t.Context(), d.Space(), bargain.Options{Method: bargain.Listing})
			if err != nil {
				t.Fatal(err)
			}
			nash := want.Solutions.Nash
			for i := range known {
				if !solver.outdone(&known[i], known) {
					continue
				}
				outdone++
				if want.Verdict != bargain.HasZone || nash == nil || slices.Equal(nash.Outcome, known[i].outcome) {
					t.Fatalf("case %d draw %d: %v is outdone, and Analyze says %s, %v", k, draw, known[i].outcome, want.Verdict, nash)
				}
			}
			for _, hints := range [][]fixedPackage{nil, known} {
				got, err := solver.solve(t.Context(), hints)
				if err != nil {
					t.Fatal(err)
				}
				if got.zone != (want.Verdict == bargain.HasZone) {
					t.Fatalf("case %d draw %d: zone %v, want %s", k, draw, got.zone, want.Verdict)
				}
				if has, err := solver.hasZone(t.Context(), hints); err != nil || has != got.zone {
					t.Fatalf("case %d draw %d: hasZone %v %v, want %v", k, draw, has, err, got.zone)
				}
				switch {
				case want.Solutions.Nash == nil && got.nash >= 0:
					t.Fatalf("case %d draw %d: a Nash package out of nothing", k, draw)
				case want.Solutions.Nash != nil && (got.nash < 0 || !slices.Equal(lister.Outcome(got.nash), want.Solutions.Nash.Outcome)):
					t.Fatalf("case %d draw %d: Nash package of rank %d, want %v", k, draw, got.nash, want.Solutions.Nash.Outcome)
				}
				zones += len(hints) / 6 * b2i(got.zone)
				margin, ok, err := solver.margin(t.Context(), hints)
				if err != nil {
					t.Fatal(err)
				}
				if plan == nil {
					continue
				}
				best := naiveMargin(d.Space())
				if ok != (best != nil) || ok && big.NewRat(margin.Num, margin.Den).Cmp(best) != 0 {
					t.Fatalf("case %d draw %d: margin %v %v, want %v", k, draw, margin, ok, best)
				}
			}
		}
	}
	if summed < 200 || zones < 300 || outdone < 500 {
		t.Errorf("only %d spaces were summed, %d draws had a zone, %d packages were outdone: the test shows little", summed, zones, outdone)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// naiveMargin looks at every package that breaks no requirement or red line.
func naiveMargin(s *outcome.Space) *big.Rat {
	var best *big.Rat
	for _, o := range outcometest.EveryOutcome(s) {
		clean := s.Admits(o)
		var least *big.Rat
		for q := range s.Parties {
			p := &s.Parties[q]
			for _, c := range p.RedLines {
				clean = clean && !c.Forbidden.Holds(o)
			}
			if p.Threshold.Set {
				if m := p.Points(p.Value(o) - p.Threshold.Value); least == nil || m.Cmp(least) < 0 {
					least = m
				}
			}
		}
		if clean && least != nil && (best == nil || least.Cmp(best) > 0) {
			best = least
		}
	}
	return best
}

// Counts of a run are those of judging every candidate in every draw.
func TestRobustCountsDrawByDraw(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for k := range 40 {
		s := outcometest.Space(r, outcometest.Shape{})
		u := uncertain(r, s)
		o := make(outcome.Outcome, len(s.Issues))
		got, err := Measure(t.Context(), u, Options{Draws: 200, Seed: uint64(k), Candidates: []Candidate{{[]string{"first"}, o}}, Pairs: 10})
		if err != nil {
			t.Fatal(err)
		}
		d := u.Drawer()
		places := make([]float64, u.Quantiles)
		zones, nashes := 0, map[string]int{}
		type counts struct{ zone, carried, both, first int }
		want := make([]counts, len(got.Candidates))
		for draw := range 200 {
			outcome.Fill(places, uint64(k), streamDraws, uint64(draw))
			d.Draw(places, 1)
			a, err := bargain.Analyze(t.Context(), d.Space(), bargain.Options{Method: bargain.Listing})
			if err != nil {
				t.Fatal(err)
			}
			zones += b2i(a.Verdict == bargain.HasZone)
			if a.Solutions.Nash != nil {
				nashes[fmt.Sprint(a.Solutions.Nash.Outcome)]++
			}
			for c := range want {
				j := bargain.Judge(d.Space(), got.Candidates[c].Outcome)
				carried := !slices.Contains(j.Ratifies, false)
				want[c].zone += b2i(j.InZone)
				want[c].carried += b2i(carried)
				want[c].both += b2i(carried && j.InZone)
				want[c].first += int(j.Accepts & 1)
			}
		}
		if got.Zone.Hits != zones || got.Draws != 200 || got.Nash.Different != len(nashes) {
			t.Fatalf("case %d: zone in %d of %d draws, %d Nash packages; want %d and %d", k, got.Zone.Hits, got.Draws, got.Nash.Different, zones, len(nashes))
		}
		for c, w := range want {
			g := &got.Candidates[c]
			if g.Zone.Hits != w.zone || g.Carried.Hits != w.carried || g.ZoneCarried.Hits != w.both || g.Parties[0].Hits != w.first || g.Nash.Hits != nashes[fmt.Sprint(g.Outcome)] {
				t.Fatalf("case %d candidate %d: %+v, want %+v and Nash in %d", k, c, g, w, nashes[fmt.Sprint(g.Outcome)])
			}
		}
	}
}

// oneParty is a party with one issue of one option, its score uncertain.
func oneParty(n outcome.Number, threshold int64) *outcome.Uncertain {
	n.Kind = outcome.Score
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "i", Options: 1}},
		Parties: []outcome.Party{{Row: outcome.Row{ID: "p", Scale: 1000, Scores: [][]int64{{n.Mode}}, Threshold: outcome.Threshold{Value: threshold, Set: true}}}}}
	return &outcome.Uncertain{Space: s, Numbers: []outcome.Number{n}, Sources: []outcome.Source{{ID: "p.scores.i", Numbers: []int{0}}}, Quantiles: 1}
}

// One threshold under one score: the share is the distribution's, in closed form, and
// intervals of 95 percent enclose it about as often as they say, over many seeds.
func TestRobustAgainstClosedForms(t *testing.T) {
	for _, c := range []struct {
		shape           outcome.Shape
		low, mode, high int64
		threshold       int64
		share           float64
	}{
		{outcome.Uniform, 0, 50_000, 100_000, 70_000, 0.3},
		{outcome.Uniform, 0, 50_000, 100_000, 95_000, 0.05},
		{outcome.Triangular, 0, 20_000, 100_000, 60_000, 0.4 * 0.4 / 0.8},
		{outcome.Triangular, 0, 80_000, 100_000, 40_000, 1 - 0.4*0.4/0.8},
		{outcome.Triangular, 0, 0, 100_000, 50_000, 0.25},
		{outcome.Triangular, 0, 100_000, 100_000, 50_000, 0.75},
	} {
		u := oneParty(outcome.Number{Shape: c.shape, Low: c.low, Mode: c.mode, High: c.high}, c.threshold)
		inside := 0
		const runs = 400
		for seed := range uint64(runs) {
			got, err := Measure(t.Context(), u, Options{Draws: 500, Seed: seed, Pairs: 2})
			if err != nil {
				t.Fatal(err)
			}
			if got.Zone.Low <= c.share && c.share <= got.Zone.High {
				inside++
			}
		}
		// 95 % or a little more; below 92 % or at 100 % would be a chance of less than 1 in 100.
		if inside < runs*92/100 || inside == runs {
			t.Errorf("%+v: %d of %d intervals enclose the share", c, inside, runs)
		}
	}
}

// The quick interval is the proven one.
func TestShareIntervals(t *testing.T) {
	for _, n := range []int{1, 2, 10, 100, 999, 10_000} {
		for _, h := range []int{0, 1, 2, n / 3, n / 2, n - 1, n} {
			if h < 0 || h > n {
				continue
			}
			proven := float64(count.LeastShare(n, h)) / (1 << count.ShareBits)
			if got := lowEnd(h, n); got > proven || got < proven-2.1e-6 {
				t.Errorf("%d of %d: low end %v, want %v", h, n, got, proven)
			}
		}
	}
	if s := share(0, 0); s.Low != 0 || s.High != 1 {
		t.Errorf("no draws: %+v", s)
	}
}

// Indices of functions whose indices are known: a linear one, and Ishigami's, whose
// third factor counts only together with the first (Ishigami and Homma 1990).
func TestIndicesOfKnownFunctions(t *testing.T) {
	ishigami := func(x []float64) float64 {
		for i := range x {
			x[i] = math.Pi * (2*x[i] - 1)
		}
		return math.Sin(x[0]) + 7*math.Pow(math.Sin(x[1]), 2) + 0.1*math.Pow(x[2], 4)*math.Sin(x[0])
	}
	v := 49.0/8 + 0.1*math.Pow(math.Pi, 4)/5 + 0.01*math.Pow(math.Pi, 8)/18 + 0.5
	v1 := 0.5 * math.Pow(1+0.1*math.Pow(math.Pi, 4)/5, 2)
	v13 := 8 * 0.01 * math.Pow(math.Pi, 8) / 225
	for _, c := range []struct {
		name         string
		f            func(x []float64) float64
		first, total []float64
	}{
		{"linear", func(x []float64) float64 { return 3*x[0] + 2*x[1] }, []float64{9.0 / 13, 4.0 / 13, 0}, []float64{9.0 / 13, 4.0 / 13, 0}},
		{"Ishigami", ishigami, []float64{v1 / v, 49.0 / 8 / v, 0}, []float64{(v1 + v13) / v, 49.0 / 8 / v, v13 / v}},
		{"constant", func([]float64) float64 { return 1 }, []float64{0, 0, 0}, []float64{0, 0, 0}},
	} {
		const n, runs = 2000, 100
		missed := 0
		for seed := range uint64(runs) {
			a, b := make([]float64, n), make([]float64, n)
			mixed := [3][]float64{make([]float64, n), make([]float64, n), make([]float64, n)}
			var x, y [3]float64
			for i := range n {
				outcome.Fill(x[:], seed, 1, uint64(i))
				outcome.Fill(y[:], seed, 2, uint64(i))
				at := func(z [3]float64) float64 { return c.f(z[:]) }
				a[i], b[i] = at(x), at(y)
				for k := range mixed {
					z := x
					z[k] = y[k]
					mixed[k][i] = at(z)
				}
			}
			for k := range mixed {
				first, total := indices(a, b, mixed[k])
				if math.Abs(first.value-c.first[k]) > 1.96*first.err+1e-9 {
					missed++
				}
				if math.Abs(total.value-c.total[k]) > 1.96*total.err+1e-9 {
					missed++
				}
			}
		}
		// 600 intervals of 95 %, those of one run not independent.
		if missed > 600*9/100 {
			t.Errorf("%s: %d of 600 intervals miss the index", c.name, missed)
		}
	}
}

// A yes or no answer: with two equal factors of which both must hold, total and first
// index are known, and flips are twice the total index's numerator.
func TestEffectsOfAKnownAnswer(t *testing.T) {
	row := func(id string) outcome.Party {
		return outcome.Party{Row: outcome.Row{ID: id, Scale: 1, Scores: [][]int64{{500}}, Threshold: outcome.Threshold{Value: 501, Set: true}}}
	}
	u := &outcome.Uncertain{Space: &outcome.Space{Issues: []outcome.Issue{{ID: "i", Options: 1}}, Parties: []outcome.Party{row("a"), row("b")}}, Quantiles: 2}
	for k := range 2 {
		u.Numbers = append(u.Numbers, outcome.Number{ID: fmt.Sprint(k), Row: k, Low: 1, Mode: 501, High: 1001, Quantile: k, Source: k})
		u.Sources = append(u.Sources, outcome.Source{ID: fmt.Sprint(k), Row: k, Numbers: []int{k}})
	}
	got, err := Measure(t.Context(), u, Options{Draws: 8192, Pairs: 8192, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	// P = 1/4, V = 3/16; the first moves E(Y|X) between 0 and 1/2: first 1/3, total 2/3; flips 1/4.
	for _, e := range got.Effects {
		p := e.Parts[0]
		if math.Abs(p.First-1.0/3) > 3*p.FirstError || math.Abs(p.Total-2.0/3) > 3*p.TotalError || math.Abs(p.Flips.Value()-0.25) > 3*math.Sqrt(0.25*0.75/8192) {
			t.Errorf("%+v", p)
		}
	}
	if len(got.Effects) != 2 || got.Answers[0].Question != QuestionZone {
		t.Errorf("%d effects of %+v", len(got.Effects), got.Answers)
	}
}

// The same bytes on one core and on two; another seed, another sample.
func TestRobustDependsOnTheSeedAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	for k := range 6 {
		u := uncertain(r, outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 4, Additive: k%2 == 0}))
		run := func(cores int, seed uint64) *Robustness {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			got, err := Measure(t.Context(), u, Options{Draws: 700, Seed: seed, Pairs: 100})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		one, two := run(1, 7), run(2, 7)
		if !reflect.DeepEqual(one, two) {
			t.Errorf("case %d: one core and two differ:\n%+v\n%+v", k, one, two)
		}
		if three := run(2, 8); u.Quantiles > 3 && three.Seed == one.Seed {
			t.Error("the seed is lost")
		}
	}
}

// Within the radius every draw accepts; a little beyond, the worst corner does not.
func TestRadiusIsWhereAPartyBeginsToRefuse(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	tried := 0
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{})
		u := uncertain(r, s)
		o := make(outcome.Outcome, len(s.Issues))
		for i := range o {
			o[i] = r.IntN(s.Issues[i].Options)
		}
		f := newFixed(s, o)
		b := &robust{u: u, r: &Robustness{}}
		radius := b.radius(&f)
		if radius.Ranges == nil {
			continue
		}
		tried++
		accepts := func(at *big.Rat) bool {
			// Every number of a row at its worse end, in fractions.
			row := -1
			all := true
			yes := f.accepted(s)
			s.Rows(func(q int, rw *outcome.Row) bool {
				row++
				if row != f.rows[q] || yes>>q&1 == 0 || !rw.Threshold.Set {
					return true
				}
				sum := new(big.Rat).SetInt64(f.worth(s, q) - rw.Threshold.Value)
				for k := range u.Numbers {
					n := &u.Numbers[k]
					by := int64(0)
					switch {
					case n.Row != row:
					case n.Kind == outcome.Score && o[n.Issue] == n.At, n.Kind == outcome.Addition && rw.Adjustments[n.At].When.Holds(o):
						by = n.Mode - n.Low
					case n.Kind == outcome.Level:
						by = n.High - n.Mode
					}
					sum.Sub(sum, new(big.Rat).Mul(at, new(big.Rat).SetInt64(by)))
				}
				all = all && sum.Sign() >= 0
				return true
			})
			return all
		}
		if beyond := new(big.Rat).Add(radius.Ranges, big.NewRat(1, 1000)); !accepts(radius.Ranges) || accepts(beyond) {
			t.Fatalf("radius %v is not where acceptance ends", radius.Ranges)
		}
	}
	if tried < 100 {
		t.Errorf("only %d radii", tried)
	}
}

// Tight intervals end the drawing early, at a power of two.
func TestDrawingStopsWhenSettled(t *testing.T) {
	u := oneParty(outcome.Number{Low: 0, Mode: 50_000, High: 100_000}, 10)
	got, err := Measure(t.Context(), u, Options{Draws: 100_000, Seed: 1, Pairs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got.Ended != Settled || got.Draws != 1024 {
		t.Errorf("%d draws, %s", got.Draws, got.Ended)
	}
	u = oneParty(outcome.Number{Low: 0, Mode: 50_000, High: 100_000}, 50_000)
	if got, err = Measure(t.Context(), u, Options{Draws: 100_000, Seed: 1, Pairs: 2}); err != nil || got.Ended != Settled || got.Draws != 16384 {
		t.Errorf("an even chance: %d draws, %s, %v", got.Draws, got.Ended, err)
	}
}

// What cannot be served is refused in words, at once.
func TestRobustRefuses(t *testing.T) {
	u := oneParty(outcome.Number{Low: 0, Mode: 50_000, High: 100_000}, 10)
	many := *u
	many.Numbers = make([]outcome.Number, 1_000_000)
	turned := *u
	turned.Numbers = []outcome.Number{{Low: 5, Mode: 4, High: 3}}
	lost := *u
	lost.Numbers = []outcome.Number{{Row: 7}}
	for _, c := range []struct {
		u    *outcome.Uncertain
		opt  Options
		want string
	}{
		{u, Options{Draws: 1_000_000_000_000}, "ask for 1 to 10000000"},
		{u, Options{Draws: -1}, "ask for 1 to 10000000"},
		{u, Options{Focus: outcome.Outcome{1}}, "option 1 of the 1"},
		{u, Options{Focus: outcome.Outcome{0, 0}}, "2 options for 1 issues"},
		{&many, Options{}, "1000000 uncertain numbers"},
		{&turned, Options{}, "out of order"},
		{&lost, Options{}, "does not fit"},
	} {
		if _, err := Measure(t.Context(), c.u, c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.opt, err, c.want)
		}
	}
}

// What is done when the context ends is not lost; with nothing done, it is an error.
func TestRobustInterrupted(t *testing.T) {
	u := oneParty(outcome.Number{Low: 0, Mode: 50_000, High: 100_000}, 50_000)
	ctx, cancel := context.WithCancel(t.Context())
	got, err := Measure(ctx, u, Options{Draws: MaxDraws, Seed: 1, Progress: func(float64) { cancel() }})
	if err != nil {
		t.Fatal(err)
	}
	if got.Ended != Interrupted || got.Draws == 0 || got.Draws >= MaxDraws || len(got.Candidates) == 0 || got.Candidates[0].Zone.Draws != got.Draws {
		t.Errorf("%+v", got)
	}
	if _, err := Measure(ctx, u, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
