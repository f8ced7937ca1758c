package bargain

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/boxes"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// Branching for one solution after the other, for any parties, consent rule and
// constituencies, finds what listing finds, but for which of equal outcomes it names; a product that it
// does not prove is within its gap.
func TestBranchingOneByOneAgreesWithListing(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 72))
	zones, gaps := 0, 0
	compared := make(map[string]int)
	for range trials.Of(250, 400) {
		s := outcometest.Space(r, outcometest.Shape{Issues: 3 + r.IntN(2), Boxes: r.IntN(2) == 0})
		opt := Options{Method: Branching, Ratifiable: r.IntN(2) == 0}
		on, why := network.NewGround(s, opt.Ratifiable)
		if why != "" || !on.Linked() || len(s.Parties) == 2 && len(on.Zone) == 1 && on.Agreed == nil && len(on.Zone[0].Floor) == 2 {
			continue
		}
		branched, err := Analyze(context.Background(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.Method = Listing
		listed, err := Analyze(context.Background(), s, opt)
		if err != nil {
			t.Fatal(err)
		}
		if branched.Verdict != listed.Verdict {
			t.Fatalf("%s, by listing %s", branched.Verdict, listed.Verdict)
		}
		if listed.Verdict == NoZone {
			continue
		}
		zones++
		if !slices.Equal(branched.Parties, listed.Parties) {
			t.Fatalf("bounds %v, by listing %v", branched.Parties, listed.Parties)
		}
		g := &pareto.Gauge{}
		for p, b := range branched.Parties {
			g.Scale = append(g.Scale, s.Parties[p].Scale)
			g.Disagreement = append(g.Disagreement, b.Disagreement)
			g.Ideal = append(g.Ideal, b.Ideal)
		}
		net := network.Frame(s)
		theirs, ours := named(&listed.Solutions), named(&branched.Solutions)
		weights, err := net.PointWeights(g.Scale)
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range map[string]*prove.Proof{
			"kalai_smorodinsky": prove.RelativeGains(net, g), "egalitarian": prove.GainsOf(net, g), "nash": prove.ProductOf(net, g),
			"utilitarian": {Rule: prove.ByObjective, Objective: weights},
		} {
			if ours[name] == nil {
				if name != "nash" && theirs[name] != nil {
					t.Fatalf("no %s, by listing %v", name, theirs[name])
				}
				continue
			}
			compared[name]++
			value, want := p.Worth(ours[name].Utilities), p.Worth(theirs[name].Utilities)
			if ours[name].Gap.Sign() == 0 {
				if slices.CompareFunc(value, want, (*big.Rat).Cmp) != 0 {
					t.Fatalf("%s: %v, by listing %v", name, value, want)
				}
				continue
			}
			if name != "nash" {
				t.Fatalf("%s has a gap of %v", name, ours[name].Gap)
			}
			gaps++
			most := new(big.Rat).Mul(value[0], new(big.Rat).Add(ours[name].Gap, big.NewRat(1, 1)))
			if want[0].Cmp(most) > 0 {
				t.Fatalf("a product of %v within %v, by listing %v", value[0], most, want[0])
			}
		}
	}
	if zones < trials.Of(38, 60) || gaps < trials.Of(4, 5) || compared["nash"]-gaps < trials.Of(4, 5) || compared["utilitarian"] < trials.Of(38, 60) {
		t.Errorf("%d zones, %d gaps, %v compared: too little", zones, gaps, compared)
	}
}

// A small budget leaves a verdict open, or solutions with gaps, and never a wrong claim.
func TestBranchingOneByOneWithinBudget(t *testing.T) {
	r := rand.New(rand.NewPCG(73, 74))
	open := 0
	for range 60 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4, Parties: 3, Boxes: true})
		on, why := network.NewGround(s, false)
		if why != "" || !on.Linked() {
			continue
		}
		listed, err := Analyze(context.Background(), s, Options{Method: Listing})
		if err != nil {
			t.Fatal(err)
		}
		for _, most := range []int64{1, 100, 3_000, 20_000} {
			a := &Analysis{}
			run := &runner{context.Background(), s, Options{MaxPoints: 10, MaxTies: 3, Time: budget.DefaultTime, Memory: budget.DefaultMemory}}
			if err := run.bound(a, on, most, boxes.NewProver); err != nil {
				t.Fatal(err)
			}
			if a.Verdict == Unknown {
				open++
				continue
			}
			if a.Verdict != listed.Verdict {
				t.Fatalf("%s within %d, by listing %s", a.Verdict, most, listed.Verdict)
			}
			for name, sol := range named(&a.Solutions) {
				if sol != nil && !s.InZone(sol.Outcome) {
					t.Fatalf("%s is not in the zone", name)
				}
			}
		}
	}
	if open < 5 {
		t.Errorf("only %d verdicts left open", open)
	}
}
