package bargain

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Joining shifted frontiers gives the efficient ones of all sums, whatever the ranges, the
// number of lists and how many of them are one frontier.
func TestJoinAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	join := make(map[int]*joiner) // buffers are used again
	took := make(map[string]int)
	for range 3000 {
		n := 2 + r.IntN(4)
		ranges := make([]int64, n)
		for p := range ranges {
			ranges[p] = 1 + r.Int64N([]int64{3, 40, 1 << 12, 1 << 30}[r.IntN(4)])
		}
		vector := func() []int64 {
			u := make([]int64, n)
			for p := range u {
				u[p] = r.Int64N(ranges[p]) - ranges[p]/3
			}
			return u
		}
		var cells [][]int64
		for range 1 + r.IntN(3) {
			var all [][]int64
			for range 1 + r.IntN(60) {
				all = append(all, vector())
			}
			cells = append(cells, slices.Concat(efficient(all)...))
		}
		j := join[n]
		if j == nil {
			j = &joiner{parties: n}
			join[n] = j
		}
		var sums [][]int64
		j.parts = j.parts[:0]
		for range 1 + r.IntN(9) {
			to, shift := r.IntN(len(cells)), vector()
			j.parts = append(j.parts, part{to, cells[to], shift})
			for u := range slices.Chunk(cells[to], n) {
				sum := make([]int64, n)
				for p, v := range u {
					sum[p] = v + shift[p]
				}
				sums = append(sums, sum)
			}
		}
		j.prune()
		if n == 3 {
			if _, ok := j.packing(); ok {
				took["packed"]++
			} else {
				took["vectors"]++
			}
		}
		if n == 2 {
			if _, ok := j.tabled(); ok {
				took["tabled"]++
			} else {
				took["pairs"]++
			}
		}
		if got, want := j.frontier(), slices.Concat(efficient(sums)...); !slices.Equal(got, want) {
			t.Fatalf("%d parties, %d parts: %v, want %v", n, len(j.parts), got, want)
		}
	}
	for _, way := range []string{"packed", "vectors", "tabled", "pairs"} {
		if took[way] < 100 {
			t.Errorf("%s: only %d times", way, took[way])
		}
	}
}

// efficient returns the different vectors that none dominates, in descending order.
func efficient(all [][]int64) [][]int64 {
	var out [][]int64
	for _, u := range all {
		if !slices.ContainsFunc(all, func(v []int64) bool { return dominates(v, u) }) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(x, y []int64) int { return slices.Compare(y, x) })
	return slices.CompactFunc(out, slices.Equal[[]int64])
}

// A sweep of four parties and more splits its boxes many times over here.
func TestSweepAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	for round := range 40 {
		n := 2 + round%5
		var all [][]int64
		for range 1500 {
			u, sum := make([]int64, n), int64(0)
			for p := range u {
				u[p] = r.Int64N(40)
				sum += u[p]
			}
			u[n-1] = 20*int64(n) - sum + r.Int64N(6) // near a plane, so that most are efficient
			all = append(all, u)
		}
		want := efficient(all)
		slices.SortFunc(all, func(x, y []int64) int { return slices.Compare(y, x) })
		all = slices.CompactFunc(all, slices.Equal[[]int64])
		s := newSweep(n)
		var kept [][]int64
		for _, u := range all {
			if !s.dominated(u) {
				s.add(u)
				kept = append(kept, u)
			}
		}
		if !slices.EqualFunc(kept, want, slices.Equal[[]int64]) {
			t.Fatalf("%d parties: %d kept, want %d", n, len(kept), len(want))
		}
		for _, u := range s.strongest(archiveGuards) {
			if !slices.ContainsFunc(want, func(v []int64) bool { return slices.Equal(u, v) }) {
				t.Fatalf("%v is a guard and no kept vector", u)
			}
		}
	}
}
