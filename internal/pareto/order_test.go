package pareto

import (
	"cmp"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNashOrderAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 61))
	for range 400 {
		g := &Gauge{}
		n := 1 + r.IntN(4)
		most := int64(3) << r.IntN(56) // at times so much that products pass every float's exact range
		for range n {
			g.Scale = append(g.Scale, 1+r.Int64N(3))
			g.Disagreement = append(g.Disagreement, r.Int64N(2))
		}
		var u []int64
		var ties []uint64
		for range r.IntN(80) {
			if len(ties) > 0 && r.IntN(3) == 0 {
				k := r.IntN(len(ties))
				u = append(u, u[k*n:(k+1)*n]...)
			} else {
				for range n {
					u = append(u, r.Int64N(most)-r.Int64N(2))
				}
			}
			ties = append(ties, r.Uint64()>>r.IntN(64)<<7|uint64(len(ties)))
		}
		want := make([]int32, len(ties))
		values := make([][]*big.Rat, len(ties))
		for k := range want {
			want[k], values[k] = int32(k), g.NashValue(u[k*n:(k+1)*n])
		}
		slices.SortFunc(want, func(x, y int32) int {
			return cmp.Or(slices.CompareFunc(values[y], values[x], (*big.Rat).Cmp), cmp.Compare(ties[x], ties[y]))
		})
		if got := g.NashOrder(u, ties); !slices.Equal(got, want) {
			t.Fatalf("%v from %v, scale %v: %v, want %v", u, g.Disagreement, g.Scale, got, want)
		}
	}
}

func TestSortBitsIsStable(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 61))
	for range 300 {
		keys := make([]uint64, r.IntN(300))
		order := make([]int32, len(keys))
		for k := range keys {
			keys[k], order[k] = r.Uint64()>>r.IntN(64), int32(k)
		}
		mask := r.Uint64() & r.Uint64() & r.Uint64() >> r.IntN(64)
		want := slices.Clone(order)
		slices.SortStableFunc(want, func(x, y int32) int { return cmp.Compare(keys[x]&mask, keys[y]&mask) })
		if SortBits(order, keys, mask); !slices.Equal(order, want) {
			t.Fatalf("%x by %x: %v, want %v", keys, mask, order, want)
		}
	}
}

func BenchmarkNashOrder(b *testing.B) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		r := rand.New(rand.NewPCG(3, 61))
		g := &Gauge{Scale: []int64{20, 20}, Disagreement: []int64{0, 0}}
		u, ties := make([]int64, 2*n), make([]uint64, n)
		for k := range ties {
			u[2*k], u[2*k+1], ties[k] = r.Int64N(2000), r.Int64N(2000), r.Uint64()>>30
		}
		b.Run(big.NewInt(int64(n)).String(), func(b *testing.B) {
			for b.Loop() {
				g.NashOrder(u, ties)
			}
		})
	}
}
