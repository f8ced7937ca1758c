package pareto

import (
	"math/bits"
	"slices"
)

// NashOrder returns the positions of vectors, as many entries of u each as there are parties: first
// those that the Nash rule ranks first, equal ones in ascending order of ties.
func (g *Gauge) NashOrder(u []int64, ties []uint64) []int32 {
	n := len(g.Scale)
	order := make([]int32, len(ties))
	keys := make([]uint64, len(ties)) // ascending from what the rule ranks first, if exact
	exact := true                     // no product passes 2^53
	for k := range order {
		order[k] = int32(k)
		gaining, product := 0, 1.0
		for p, v := range u[k*n : (k+1)*n] {
			v -= g.Disagreement[p]
			if v > 0 {
				gaining++
			} else {
				v = g.Scale[p] // as in CompareNash
			}
			product *= float64(v)
		}
		exact = exact && product < 1<<53
		keys[k] = ^(uint64(gaining)<<53 | uint64(product))
	}
	SortBits(order, ties, ^uint64(0))
	if !exact {
		at := func(k int32) []int64 { return u[int(k)*n : (int(k)+1)*n] }
		slices.SortStableFunc(order, func(x, y int32) int { return g.CompareNash(at(y), at(x)) })
		return order
	}
	SortBits(order, keys, ^uint64(0))
	return order
}

// SortBits sorts positions of keys by the bits of a mask alone; those that are equal stay in their order.
func SortBits(order []int32, keys []uint64, mask uint64) {
	if len(order) == 0 {
		return
	}
	const digit = 1<<11 - 1
	varies, first := uint64(0), keys[order[0]]
	for _, k := range order {
		varies |= (keys[k] ^ first) & mask
	}
	from, to := order, make([]int32, len(order))
	for shift := 0; varies>>shift != 0; shift += 11 {
		shift += bits.TrailingZeros64(varies >> shift)
		var at [digit + 1]int32
		for _, k := range from {
			at[keys[k]&mask>>shift&digit]++
		}
		sum := int32(0)
		for d, n := range at {
			at[d], sum = sum, sum+n
		}
		for _, k := range from {
			d := keys[k] & mask >> shift & digit
			to[at[d]] = k
			at[d]++
		}
		from, to = to, from
	}
	if &from[0] != &order[0] {
		copy(order, from)
	}
}
