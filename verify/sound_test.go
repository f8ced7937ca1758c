package verify

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// everyPackage visits every package of a space.
func everyPackage(s *outcome.Space, visit func(o outcome.Outcome)) {
	for rank := range s.Size().Int64() {
		o := make(outcome.Outcome, len(s.Issues))
		for i := len(o) - 1; i >= 0; i-- {
			o[i] = int(rank % int64(s.Issues[i].Options))
			rank /= int64(s.Issues[i].Options)
		}
		visit(o)
	}
}

// drawRefutation draws a refutation of anything by anything.
func drawRefutation(r *rand.Rand, s *outcome.Space, from []*big.Int) *Refutation {
	f := &Refutation{}
	for range s.Parties {
		floor := ""
		if r.IntN(3) > 0 {
			floor = fmt.Sprint(r.IntN(40) - 8)
		}
		f.Floors = append(f.Floors, floor)
	}
	rows := len(s.Parties)
	if r.IntN(2) == 0 {
		rows++
		for range s.Parties {
			f.Objective = append(f.Objective, fmt.Sprint(r.IntN(7)-2))
		}
		if r.IntN(4) > 0 {
			f.Sum = fmt.Sprint(r.IntN(120) - 20)
		}
	}
	vectors := r.IntN(4)
	for range vectors {
		var y []string
		for range rows {
			y = append(y, fmt.Sprint(r.IntN(5)))
		}
		f.Vectors = append(f.Vectors, y)
	}
	if r.IntN(2) == 0 {
		f.Product = fmt.Sprint(r.IntN(200))
		for p := range s.Parties {
			if r.IntN(3) == 0 {
				continue
			}
			f.Gaining = append(f.Gaining, p)
			if from[p] != nil && r.IntN(3) > 0 {
				f.Floors[p] = fmt.Sprint(from[p].Int64() + 1 + r.Int64N(3))
			}
		}
		for range vectors {
			f.Roots = append(f.Roots, fmt.Sprint(r.IntN(60)-1))
		}
	}
	var grow func(depth int)
	grow = func(depth int) {
		step := Step{}
		if vectors > 0 && r.IntN(4) > 0 {
			y := r.IntN(vectors)
			step.Vector = &y
		}
		kind := r.IntN(6)
		if depth > 4 {
			kind = 5
		}
		switch kind {
		case 0:
			step.Chain = true
		case 1:
			i := r.IntN(len(s.Issues))
			step.Split = &i
			for o := range s.Issues[i].Options {
				if r.IntN(2) == 0 {
					step.Keep = append(step.Keep, o)
				}
			}
		}
		f.Steps = append(f.Steps, step)
		for range map[int]int{0: 1, 1: 2}[kind] {
			grow(depth + 1)
		}
	}
	grow(0)
	return f
}

// Whatever multipliers, roots and trees are made up, what a refutation refutes has no package.
func TestRefutationsAreSound(t *testing.T) {
	rounds := trials.Of(300, 10_000)
	r := rand.New(rand.NewPCG(61, 62))
	tried, accepted, products, sums := 0, 0, 0, 0
	for range rounds {
		s := outcometest.Space(r, outcometest.Shape{Additive: true, Issues: 1 + r.IntN(4), Parties: 1 + r.IntN(3), Coarse: r.IntN(2) == 0})
		if n, _ := s.Count(); n > 300 {
			continue
		}
		from := make([]*big.Int, len(s.Parties))
		for p := range from {
			if r.IntN(5) > 0 {
				from[p] = big.NewInt(r.Int64N(20) - 5)
			}
		}
		for range 40 {
			f := drawRefutation(r, s, from)
			k, err := newProver(s)
			if err != nil {
				t.Fatal(err)
			}
			k.From = from
			tried++
			all, err := k.refute(context.Background(), []Refutation{*f})
			if err != nil {
				continue
			}
			refuted := all[0]
			accepted++
			if refuted.Product != nil {
				products++
			}
			if refuted.Sum != nil {
				sums++
			}
			everyPackage(s, func(o outcome.Outcome) {
				if !s.Admits(o) {
					return
				}
				u := make([]int64, len(s.Parties))
				for p := range u {
					party := &s.Parties[p]
					u[p] = party.Value(o)
					for i := range party.RedLines {
						if party.RedLines[i].Forbidden.Holds(o) {
							return
						}
					}
				}
				if k.Meets(u, refuted) {
					t.Fatalf("package %v meets what was refuted: %+v", o, f)
				}
			})
		}
	}
	t.Logf("%d refutations, of which %d were accepted, %d of a product, %d of a sum", tried, accepted, products, sums)
	if accepted < rounds || products < rounds/10 || sums < rounds/10 {
		t.Error("the test compares too little")
	}
}

// Summing issues in any order excludes every package exactly when the zone is empty.
func TestSummingIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	empty, full := 0, 0
	for range 400 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + r.IntN(4), Boxes: r.IntN(2) == 0})
		s.Consent = outcome.Rule{}
		zone := false
		everyPackage(s, func(o outcome.Outcome) { zone = zone || s.InZone(o) })
		if err := excludedBySums(context.Background(), s, r.Perm(len(s.Issues))); (err != nil) != zone {
			t.Fatalf("a zone: %t, but %v", zone, err)
		}
		if zone {
			full++
		} else {
			empty++
		}
	}
	if empty < 50 || full < 50 {
		t.Errorf("%d empty and %d others: the test compares too little", empty, full)
	}
}
