package additive

import (
	"context"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
)

// drawRefutation draws a refutation of anything by anything.
func drawRefutation(r *rand.Rand, s *outcome.Space, from []*big.Int) *Refutation {
	number := func(n int) *big.Int { return big.NewInt(int64(n)) }
	f := &Refutation{}
	for range s.Parties {
		var floor *big.Int
		if r.IntN(3) > 0 {
			floor = number(r.IntN(40) - 8)
		}
		f.Floor = append(f.Floor, floor)
	}
	rows := len(s.Parties)
	if r.IntN(2) == 0 {
		rows++
		for range s.Parties {
			f.Weights = append(f.Weights, number(r.IntN(7)-2))
		}
		if r.IntN(4) > 0 {
			f.Sum = number(r.IntN(120) - 20)
		}
	}
	vectors := r.IntN(4)
	for range vectors {
		var y []*big.Int
		for range rows {
			y = append(y, number(r.IntN(5)))
		}
		f.Vectors = append(f.Vectors, y)
	}
	if r.IntN(2) == 0 {
		f.Product = number(r.IntN(200))
		for p := range s.Parties {
			if r.IntN(3) == 0 {
				continue
			}
			f.Gaining = append(f.Gaining, p)
			if from[p] != nil && r.IntN(3) > 0 {
				f.Floor[p] = big.NewInt(from[p].Int64() + 1 + r.Int64N(3))
			}
		}
		for range vectors {
			f.Roots = append(f.Roots, number(r.IntN(60)-1))
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
		space, err := Fold(s)
		if err != nil {
			t.Fatal(err)
		}
		from := make([]*big.Int, len(s.Parties))
		for p := range from {
			if r.IntN(5) > 0 {
				from[p] = big.NewInt(r.Int64N(20) - 5)
			}
		}
		for range 40 {
			f := drawRefutation(r, s, from)
			k := &Prover{Space: space, From: from}
			tried++
			if err := k.Refute(context.Background(), f); err != nil {
				continue
			}
			accepted++
			if f.Product != nil {
				products++
			}
			if f.Sum != nil {
				sums++
			}
			for rank := range s.Size().Int64() {
				o := exhaust.Outcome(s, rank)
				if !s.Admits(o) {
					continue
				}
				u := make([]int64, len(s.Parties))
				broken := false
				for p := range u {
					party := &s.Parties[p]
					u[p] = party.Value(o)
					for i := range party.RedLines {
						broken = broken || party.RedLines[i].Forbidden.Holds(o)
					}
				}
				if !broken && k.meets(u, &f.Statement) {
					t.Fatalf("package %v meets what was refuted: %+v", o, f)
				}
			}
		}
	}
	t.Logf("%d refutations, of which %d were accepted, %d of a product, %d of a sum", tried, accepted, products, sums)
	if accepted < rounds || products < rounds/10 || sums < rounds/10 {
		t.Error("the test compares too little")
	}
}
