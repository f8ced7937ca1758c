package network

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/outcome/outcometest"
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
			cells = append(cells, slices.Concat(outcometest.Efficient(all)...))
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
		if got, want := j.frontier(), slices.Concat(outcometest.Efficient(sums)...); !slices.Equal(got, want) {
			t.Fatalf("%d parties, %d parts: %v, want %v", n, len(j.parts), got, want)
		}
	}
	for _, way := range []string{"packed", "vectors", "tabled", "pairs"} {
		if took[way] < 100 {
			t.Errorf("%s: only %d times", way, took[way])
		}
	}
}
