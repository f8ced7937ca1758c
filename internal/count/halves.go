package count

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
)

// maxHalf is the largest half of a space that is laid out to count a zone.
const maxHalf = 1 << 22

type pair struct{ a, b int64 }

// countAbove returns the number of outcomes that meet both floors of a network of
// two parties without links, or false when it is too large to cut in two halves of at
// most maxHalf, or ctx ends. Every outcome is a pair of halves; pairs are counted, not visited,
// by sweeping the first halves in ascending first utility while a Fenwick tree holds
// the second utilities of the second halves that are still high enough.
func countAbove(ctx context.Context, n *network.Network) (*big.Int, bool) {
	left, right := halvesOf(n)
	if left == nil {
		return nil, false
	}
	ascending := func(p, q pair) int { return cmp.Or(cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b)) }
	slices.SortFunc(left, ascending)
	if ctx.Err() != nil {
		return nil, false
	}
	slices.SortFunc(right, ascending)
	seconds := make([]int64, len(right))
	for i, s := range right {
		seconds[i] = s.b
	}
	slices.Sort(seconds)
	seconds = slices.Compact(seconds)
	tree := make([]int32, len(seconds)+1)
	held := 0
	j := len(right)
	total, part := new(big.Int), uint64(0)
	for i, p := range left {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, false
		}
		for j > 0 && p.a+right[j-1].a >= n.Floor[0] {
			j--
			held++
			k, _ := slices.BinarySearch(seconds, right[j].b)
			for k++; k < len(tree); k += k & -k {
				tree[k]++
			}
		}
		lower, _ := slices.BinarySearch(seconds, n.Floor[1]-p.b)
		high := held
		for k := lower; k > 0; k -= k & -k {
			high -= int(tree[k])
		}
		if part += uint64(high); part >= 1<<62 {
			total.Add(total, new(big.Int).SetUint64(part))
			part = 0
		}
	}
	return total.Add(total, new(big.Int).SetUint64(part)), true
}

// halvesOf lays out the sums of two groups of issues, each issue going to the smaller.
func halvesOf(n *network.Network) (left, right []pair) {
	order := pareto.Places(len(n.Issues))
	slices.SortStableFunc(order, func(i, j int) int { return len(n.Issues[j]) - len(n.Issues[i]) })
	left, right = []pair{{}}, []pair{{}}
	for _, i := range order {
		side := &left
		if len(right) < len(left) {
			side = &right
		}
		if len(*side) > maxHalf/max(len(n.Issues[i]), 1) {
			return nil, nil
		}
		sums := make([]pair, 0, len(*side)*len(n.Issues[i]))
		for _, s := range *side {
			for _, c := range n.Issues[i] {
				sums = append(sums, pair{s.a + c.Gain[0], s.b + c.Gain[1]})
			}
		}
		*side = sums
	}
	return left, right
}

// What a half's entry costs: sorting, searching and counting in its tree, in additions
// of a grid; and the bytes of the lists that hold it.
const (
	halfWork  = 1000
	halfBytes = 40
	fewHalves = 1 << 14 // entries that take less than planning a grid does
)

// halfSizes returns the sums that halves lays out on both sides, 0 where it will not.
func halfSizes(n *network.Network) int64 {
	order := pareto.Places(len(n.Issues))
	slices.SortStableFunc(order, func(i, j int) int { return len(n.Issues[j]) - len(n.Issues[i]) })
	left, right := 1, 1
	for _, i := range order {
		side := &left
		if right < left {
			side = &right
		}
		if *side > maxHalf/max(len(n.Issues[i]), 1) {
			return 0
		}
		*side *= len(n.Issues[i])
	}
	return int64(left) + int64(right)
}
