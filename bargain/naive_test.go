package bargain

import (
	"context"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

func named(s *Solutions) map[string]*Solution {
	return map[string]*Solution{"nash": s.Nash, "kalai_smorodinsky": s.KalaiSmorodinsky,
		"egalitarian": s.Egalitarian, "utilitarian": s.Utilitarian, "balanced": s.Balanced}
}

// agree fails the test where an analysis differs from the naive one.
func agree(t *testing.T, s *outcome.Space, a *Analysis, whole bool) {
	t.Helper()
	n := outcometest.NaiveOf(s, a.Ratifiable)
	if a.Outcomes.Int64() != int64(len(outcometest.EveryOutcome(s))) {
		t.Fatalf("outcomes %v, want %d", a.Outcomes, len(outcometest.EveryOutcome(s)))
	}
	if !a.Zone.Exact() || a.Zone.Low.Int64() != int64(len(n.Zone)) {
		t.Fatalf("zone %v..%v, want %d", a.Zone.Low, a.Zone.High, len(n.Zone))
	}
	if a.Zone.Ratifiable == nil || a.Zone.Ratifiable.Int64() != int64(n.Carried) {
		t.Fatalf("ratifiable %v, want %d", a.Zone.Ratifiable, n.Carried)
	}
	for i, is := range s.Issues {
		for k := range is.Options {
			want := slices.ContainsFunc(n.Zone, func(o outcome.Outcome) bool { return o[i] == k })
			if a.Zone.Options[i][k] != want {
				t.Fatalf("option %d of issue %d in the zone: %t, want %t", k, i, !want, want)
			}
		}
	}
	if rules := len(a.Solutions.All()); len(named(&a.Solutions)) != rules || len(n.Solutions()) != rules {
		t.Fatalf("%d rules: each needs its definition in outcometest and its name here", rules)
	}
	of := n.Zone
	if whole {
		of = n.Admitted
	}
	want := n.Frontier(of)
	if a.Frontier.Size != len(want) || len(a.Frontier.Points) != len(want) {
		t.Fatalf("frontier of %d, want %d", a.Frontier.Size, len(want))
	}
	for i, p := range a.Frontier.Points {
		if !slices.Equal(p.Utilities, want[i].Utilities) || !slices.Equal(p.Outcome, want[i].Outcome) || p.Ties.Cmp(want[i].Ties) != 0 {
			t.Fatalf("frontier point %d: %v %v ×%v, want %v %v ×%v", i, p.Utilities, p.Outcome, p.Ties,
				want[i].Utilities, want[i].Outcome, want[i].Ties)
		}
	}
	if len(n.Zone) == 0 {
		if a.Verdict != NoZone || a.Solutions != (Solutions{}) {
			t.Fatalf("verdict %s with solutions %+v for an empty zone", a.Verdict, a.Solutions)
		}
		return
	}
	if a.Verdict != HasZone {
		t.Fatalf("verdict %s, want zone", a.Verdict)
	}
	got := named(&a.Solutions)
	for name, first := range n.Solutions() {
		sol := got[name]
		if sol == nil || len(first) == 0 {
			if sol != nil || len(first) > 0 {
				t.Fatalf("%s: %v, want %v", name, sol, first)
			}
			continue
		}
		if !slices.Equal(sol.Outcome, first[0]) || sol.Ties.Int64() != int64(len(first)) {
			t.Fatalf("%s: %v ×%v, want %v ×%d", name, sol.Outcome, sol.Ties, first[0], len(first))
		}
		if !slices.Equal(sol.Utilities, n.Utilities(first[0])) {
			t.Fatalf("%s: utilities %v of %v", name, sol.Utilities, sol.Outcome)
		}
		if !slices.EqualFunc(sol.Tied, first[:min(3, len(first))], slices.Equal[outcome.Outcome]) {
			t.Fatalf("%s: tied %v, want the first of %v", name, sol.Tied, first)
		}
	}
}

func TestAnalyzeAgreesWithDefinitions(t *testing.T) {
	for _, test := range []struct {
		name   string
		shape  outcometest.Shape
		rounds int
	}{
		{"any", outcometest.Shape{}, 700},
		{"ties", outcometest.Shape{Coarse: true, Issues: 3}, 500},
		{"two parties", outcometest.Shape{Parties: 2, Issues: 4}, 200},
		{"three parties", outcometest.Shape{Parties: 3, Issues: 3}, 300},
		{"five parties", outcometest.Shape{Parties: 5, Issues: 3}, 200},
		{"additive", outcometest.Shape{Parties: 2, Additive: true}, 700},
		{"additive ties", outcometest.Shape{Parties: 2, Additive: true, Coarse: true}, 500},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, uint64(test.rounds)))
			zones, methods := 0, map[Method]int{}
			for round := range test.rounds {
				s := outcometest.Space(r, test.shape)
				if s.Size().Int64() > 400 {
					continue
				}
				opt := Options{Whole: round%2 == 1, MaxTies: 3, Ratifiable: round%3 == 2}
				a, err := Analyze(context.Background(), s, opt)
				if err != nil {
					t.Fatal(err)
				}
				agree(t, s, a, opt.Whole)
				methods[a.Method]++
				if a.Verdict == HasZone {
					zones++
				}
			}
			t.Logf("%d zones, %v", zones, methods)
			if zones < test.rounds/20 {
				t.Errorf("only %d zones: the test compares too little", zones)
			}
		})
	}
}

// Summing and listing are independent; wherever both serve they must agree.
func TestEliminationAgreesWithListing(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	links, zones := 0, 0
	for range 600 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4 + r.IntN(3), Parties: r.IntN(5), Additive: r.IntN(4) == 0, Coarse: r.IntN(2) == 0})
		whole := r.IntN(3) == 0
		opt := Options{Whole: whole, Method: Merging}
		net, why := network.New(s, false)
		if net == nil {
			if s.Unanimous() {
				t.Fatal(why)
			}
			continue
		}
		links += len(net.Links)
		if len(net.Links) > 0 {
			opt.Method = Elimination
		}
		summed, err := Analyze(context.Background(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.Method = Listing
		listed, err := Analyze(context.Background(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		if summed.Zone.Low.Cmp(listed.Zone.Low) > 0 || summed.Zone.High.Cmp(listed.Zone.High) < 0 {
			t.Fatalf("zone between %v and %v, counted %v", summed.Zone.Low, summed.Zone.High, listed.Zone.Low)
		}
		if summed.Zone.Exact() && len(s.Parties) == 2 && len(net.Links) == 0 && summed.Zone.Low.Cmp(listed.Zone.Low) != 0 {
			t.Fatalf("zone of %v, counted %v", summed.Zone.Low, listed.Zone.Low)
		}
		if summed.Zone.Options != nil && !slices.EqualFunc(summed.Zone.Options, listed.Zone.Options, slices.Equal[[]bool]) {
			t.Fatalf("options in the zone\n%v\n%v", summed.Zone.Options, listed.Zone.Options)
		}
		if listed.Verdict == HasZone {
			zones++
		}
		same(t, summed, listed)
	}
	if links < 200 || zones < 100 {
		t.Errorf("%d links and %d zones: the test compares too little", links, zones)
	}
}

// Bounding finds the same solutions without the frontier, where one outcome is best.
func TestBoundingAgreesWithListing(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	compared, zones := 0, 0
	for range 400 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 3 + r.IntN(3), Additive: true})
		listed, err := Analyze(context.Background(), s, Options{Method: Listing})
		if err != nil {
			t.Fatal(err)
		}
		bounded, err := Analyze(context.Background(), s, Options{Method: Bounding})
		if err != nil {
			t.Fatal(err)
		}
		if listed.Verdict != bounded.Verdict || listed.Zone.Low.Cmp(bounded.Zone.Low) != 0 {
			t.Fatalf("%s with %v, by listing %s with %v", bounded.Verdict, bounded.Zone.Low, listed.Verdict, listed.Zone.Low)
		}
		if listed.Verdict == NoZone {
			continue
		}
		zones++
		if !slices.Equal(listed.Parties, bounded.Parties) {
			t.Fatalf("bounds %v, by listing %v", bounded.Parties, listed.Parties)
		}
		theirs := named(&listed.Solutions)
		for name, sol := range named(&bounded.Solutions) {
			if sol == nil {
				continue
			}
			compared++
			if !slices.Equal(sol.Outcome, theirs[name].Outcome) || sol.Gap.Sign() != 0 || !sol.First {
				t.Fatalf("%s: %v with a gap of %v, by listing %v", name, sol.Outcome, sol.Gap, theirs[name].Outcome)
			}
		}
	}
	if zones < 100 || compared < 200 {
		t.Errorf("%d zones and %d solutions: the test compares too little", zones, compared)
	}
}

// Branching over conditions finds the same frontier and solutions, ties apart.
func TestBranchingAgreesWithListing(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	zones := 0
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 3 + r.IntN(3), Parties: 2, Boxes: true})
		net, _ := network.New(s, false)
		if net == nil || len(net.Links) == 0 {
			continue
		}
		opt := Options{Method: Branching, Whole: r.IntN(3) == 0}
		branched, err := Analyze(context.Background(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.Method = Listing
		listed, err := Analyze(context.Background(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		if branched.Verdict != listed.Verdict || !branched.Exact || listed.Verdict == HasZone && !slices.Equal(branched.Parties, listed.Parties) {
			t.Fatalf("%s %v, by listing %s %v", branched.Verdict, branched.Parties, listed.Verdict, listed.Parties)
		}
		if !slices.EqualFunc(branched.Frontier.Points, listed.Frontier.Points, func(p, q Point) bool {
			return slices.Equal(p.Utilities, q.Utilities) && slices.Equal(p.Outcome, q.Outcome)
		}) {
			t.Fatalf("frontier %v, by listing %v", branched.Frontier.Points, listed.Frontier.Points)
		}
		theirs := named(&listed.Solutions)
		for name, sol := range named(&branched.Solutions) {
			if sol == nil || theirs[name] == nil {
				if sol != theirs[name] {
					t.Fatalf("%s: %v, by listing %v", name, sol, theirs[name])
				}
				continue
			}
			zones++
			if !slices.Equal(sol.Outcome, theirs[name].Outcome) || sol.Gap.Sign() != 0 {
				t.Fatalf("%s: %v, by listing %v", name, sol, theirs[name])
			}
		}
	}
	if zones < 100 {
		t.Errorf("%d solutions: the test compares too little", zones)
	}
}

// same fails the test unless both analyses have the same verdict, frontier and solutions.
func same(t *testing.T, a, b *Analysis) {
	t.Helper()
	if a.Verdict != b.Verdict {
		t.Fatalf("verdicts %s and %s", a.Verdict, b.Verdict)
	}
	point := func(p, q Point) bool {
		return slices.Equal(p.Utilities, q.Utilities) && slices.Equal(p.Outcome, q.Outcome) && p.Ties.Cmp(q.Ties) == 0
	}
	if !slices.EqualFunc(a.Frontier.Points, b.Frontier.Points, point) {
		t.Fatalf("frontiers\n%v\n%v", a.Frontier, b.Frontier)
	}
	if !slices.Equal(a.Parties, b.Parties) {
		t.Fatalf("bounds %v and %v", a.Parties, b.Parties)
	}
	theirs := named(&b.Solutions)
	for name, sol := range named(&a.Solutions) {
		other := theirs[name]
		if sol == nil || other == nil {
			if sol != other {
				t.Fatalf("%s: %v and %v", name, sol, other)
			}
			continue
		}
		if !point(sol.Point, other.Point) || !slices.EqualFunc(sol.Tied, other.Tied, slices.Equal[outcome.Outcome]) {
			t.Fatalf("%s: %v and %v", name, sol, other)
		}
	}
}

// Spaces of many blocks, with conditions that lie within a block, across blocks
// and both, on one goroutine and on several.
func TestListingOfManyBlocks(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	r := rand.New(rand.NewPCG(13, 14))
	for listed := 0; listed < 40; {
		s := outcometest.Space(r, outcometest.Shape{Issues: 7, Coarse: r.IntN(2) == 0})
		if n, _ := s.Count(); n < 1<<13 || n > 1<<17 {
			continue
		}
		listed++
		list := func() *Analysis {
			a, err := Analyze(context.Background(), s, Options{Method: Listing})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		runtime.GOMAXPROCS(1)
		a := list()
		runtime.GOMAXPROCS(4)
		b := list()
		same(t, a, b)
		if a.Zone.Low.Cmp(b.Zone.Low) != 0 {
			t.Fatalf("zones of %v and %v", a.Zone.Low, b.Zone.Low)
		}

		var zone, carried int64
		var front []Point
		for _, o := range outcometest.EveryOutcome(s) {
			if !s.InZone(o) {
				continue
			}
			zone++
			if s.Ratifiable(o) {
				carried++
			}
			var u []int64
			for p := range s.Parties {
				u = append(u, s.Parties[p].Value(o))
			}
			at := slices.IndexFunc(front, func(p Point) bool { return pareto.AtLeast(p.Utilities, u) })
			switch {
			case at < 0:
				front = slices.DeleteFunc(front, func(p Point) bool { return pareto.Dominates(u, p.Utilities) })
				front = append(front, Point{Utilities: u, Outcome: o, Ties: big.NewInt(1)})
			case slices.Equal(front[at].Utilities, u):
				front[at].Ties.Add(front[at].Ties, big.NewInt(1))
			}
		}
		if a.Zone.Low.Int64() != zone || a.Zone.Ratifiable.Int64() != carried {
			t.Fatalf("zone %v, ratifiable %v; want %d, %d", a.Zone.Low, a.Zone.Ratifiable, zone, carried)
		}
		slices.SortFunc(front, func(p, q Point) int { return slices.Compare(q.Utilities, p.Utilities) })
		if !slices.EqualFunc(a.Frontier.Points, front, func(p, q Point) bool {
			return slices.Equal(p.Utilities, q.Utilities) && slices.Equal(p.Outcome, q.Outcome) && p.Ties.Cmp(q.Ties) == 0
		}) {
			t.Fatalf("frontier\n%v, want\n%v", a.Frontier.Points, front)
		}
	}
}
