package live

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
)

// A shard counts, bounds and climbs as one does who looks at every package, whatever its
// size and however far apart utilities are.
func TestShard(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 72))
	for range trials.Of(60, 600) {
		n := 1 + r.IntN(1<<r.IntN(13))
		spread := int64(1) << r.IntN(40)
		s := scratch[uint64]{low: [2]int64{r.Int64N(100) - 50, r.Int64N(100) - 50}}
		var packs []pack[uint64]
		var all [][3]int64
		for range n {
			a, b, rank := r.Int64N(spread), r.Int64N(spread), r.Int64N(1000)
			if r.IntN(2) == 0 {
				b = spread - 1 - a
			}
			packs = append(packs, pack[uint64]{[2]uint64{uint64(a), uint64(b)}, uint64(rank)})
			all = append(all, [3]int64{s.low[0] + a, s.low[1] + b, rank})
		}
		h, stairs := s.shard(packs)
		for range 20 {
			floor := [2]int64{math.MinInt64, math.MinInt64}
			for p := range floor {
				switch r.IntN(3) {
				case 0:
					floor[p] = s.low[p] + r.Int64N(spread)
				case 1:
					floor[p] = all[r.IntN(n)][p] + int64(r.IntN(2))
				}
			}
			most := s.low[0] + r.Int64N(2*spread)
			count, least := 0, [2]int64{most, most}
			for _, u := range all {
				if u[0] >= floor[0] && u[1] >= floor[1] {
					count++
					least[0], least[1] = min(least[0], u[0]), min(least[1], u[1])
				}
			}
			if got := h.count(floor); got != count {
				t.Fatalf("%d of %d packages at %v, want %d", got, n, floor, count)
			}
			for p := range least {
				if got := h.least(floor, p, most); got != least[p] {
					t.Fatalf("least %d of party %d at %v, want %d", got, p, floor, least[p])
				}
			}
		}
		if want := climbed(all); !slices.Equal(stairs, want) {
			t.Fatalf("stairs %v, want %v", stairs, want)
		}
	}
}

// climbed returns the staircase of packages.
func climbed(all [][3]int64) (stairs []stair) {
	slices.SortFunc(all, func(x, y [3]int64) int { return cmp.Or(cmp.Compare(y[0], x[0]), cmp.Compare(y[1], x[1])) })
	for _, u := range all {
		dominated := slices.ContainsFunc(stairs, func(p stair) bool {
			return p.u[0] >= u[0] && p.u[1] >= u[1] && p.u != [2]int64{u[0], u[1]}
		})
		if k := len(stairs) - 1; k >= 0 && stairs[k].u == [2]int64{u[0], u[1]} {
			stairs[k].ties++
			stairs[k].rank = min(stairs[k].rank, u[2])
		} else if !dominated {
			stairs = append(stairs, stair{[2]int64{u[0], u[1]}, u[2], 1})
		}
	}
	return stairs
}

// Staircases merge to that of all their packages, and stay as they were.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(73, 74))
	for range trials.Of(200, 2000) {
		var all [][3]int64
		var parts, before [][]stair
		for range r.IntN(6) {
			var some [][3]int64
			for range r.IntN(30) {
				some = append(some, [3]int64{r.Int64N(20), r.Int64N(20), r.Int64N(1000)})
			}
			all = append(all, some...)
			parts = append(parts, climbed(some))
			before = append(before, slices.Clone(parts[len(parts)-1]))
		}
		if got, want := merge(parts), climbed(all); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for i := range parts {
			if !slices.Equal(parts[i], before[i]) {
				t.Fatalf("part %d was changed", i)
			}
		}
	}
}
