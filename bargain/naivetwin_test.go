package bargain

import (
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A naive analysis lists every outcome, compares every pair and computes every
// rule in exact fractions, straight from its definition.
type naive struct {
	space    *outcome.Space
	zone     []outcome.Outcome
	agreed   []outcome.Outcome
	admitted []outcome.Outcome
	carried  int
}

func everyOutcome(s *outcome.Space) []outcome.Outcome {
	all := []outcome.Outcome{nil}
	for _, is := range s.Issues {
		var next []outcome.Outcome
		for _, o := range all {
			for k := range is.Options {
				next = append(next, append(slices.Clone(o), k))
			}
		}
		all = next
	}
	return all
}

func newNaive(s *outcome.Space) *naive { return naiveOf(s, false) }

// naiveOf takes as the zone, with home, the part of it that every party carries at home.
func naiveOf(s *outcome.Space, home bool) *naive {
	n := &naive{space: s}
	for _, o := range everyOutcome(s) {
		if s.Admits(o) {
			n.admitted = append(n.admitted, o)
		}
		if !s.InZone(o) || home && !s.Ratifiable(o) {
			continue
		}
		n.zone = append(n.zone, o)
		if s.Accepted(o) == 1<<len(s.Parties)-1 {
			n.agreed = append(n.agreed, o)
		}
		if s.Ratifiable(o) {
			n.carried++
		}
	}
	return n
}

func (n *naive) utilities(o outcome.Outcome) []int64 {
	var u []int64
	for p := range n.space.Parties {
		u = append(u, n.space.Parties[p].Value(o))
	}
	return u
}

// A naivePoint is a point of a frontier with its first outcome and the number of them.
type naivePoint struct {
	Utilities []int64
	Outcome   outcome.Outcome
	Ties      *big.Int
}

// dominatesNaively reports whether u is nowhere below v, and somewhere above.
func dominatesNaively(u, v []int64) bool {
	above := false
	for p := range u {
		if u[p] < v[p] {
			return false
		}
		above = above || u[p] > v[p]
	}
	return above
}

func (n *naive) frontier(of []outcome.Outcome) []naivePoint {
	var points []naivePoint
	for _, o := range of {
		u := n.utilities(o)
		if slices.ContainsFunc(of, func(x outcome.Outcome) bool { return dominatesNaively(n.utilities(x), u) }) {
			continue
		}
		at := slices.IndexFunc(points, func(p naivePoint) bool { return slices.Equal(p.Utilities, u) })
		if at < 0 {
			points = append(points, naivePoint{Utilities: u, Outcome: o, Ties: big.NewInt(1)})
			continue
		}
		points[at].Ties.Add(points[at].Ties, big.NewInt(1))
	}
	slices.SortFunc(points, func(p, q naivePoint) int { return slices.Compare(q.Utilities, p.Utilities) })
	return points
}

// ends returns the disagreement point and the ideal, in points.
func (n *naive) ends() (d, ideal []*big.Rat) {
	for p := range n.space.Parties {
		party := &n.space.Parties[p]
		least, most := party.Value(n.zone[0]), party.Value(n.zone[0])
		for _, o := range n.zone {
			least, most = min(least, party.Value(o)), max(most, party.Value(o))
		}
		if party.Threshold.Set {
			least = party.Threshold.Value
		}
		d, ideal = append(d, party.Points(least)), append(ideal, party.Points(most))
	}
	return d, ideal
}

func (n *naive) gains(o outcome.Outcome) []*big.Rat {
	d, _ := n.ends()
	var g []*big.Rat
	for p := range n.space.Parties {
		v := n.space.Parties[p].Points(n.space.Parties[p].Value(o))
		g = append(g, v.Sub(v, d[p]))
	}
	return g
}

func (n *naive) shares(o outcome.Outcome) []*big.Rat {
	d, ideal := n.ends()
	var out []*big.Rat
	for p, g := range n.gains(o) {
		if possible := new(big.Rat).Sub(ideal[p], d[p]); possible.Sign() > 0 {
			out = append(out, g.Quo(g, possible))
		}
	}
	return out
}

func ascendingRats(rs []*big.Rat) []*big.Rat {
	slices.SortFunc(rs, (*big.Rat).Cmp)
	return rs
}

// best returns the outcomes that key ranks highest, in order.
func best(of []outcome.Outcome, key func(outcome.Outcome) []*big.Rat) []outcome.Outcome {
	var first []outcome.Outcome
	var top []*big.Rat
	for _, o := range of {
		k := key(o)
		c := 1
		if first != nil {
			c = slices.CompareFunc(k, top, (*big.Rat).Cmp)
		}
		if c > 0 {
			first, top = nil, k
		}
		if c >= 0 {
			first = append(first, o)
		}
	}
	return first
}

func (n *naive) efficient(of []outcome.Outcome) []outcome.Outcome {
	points := n.frontier(of)
	return slices.DeleteFunc(slices.Clone(of), func(o outcome.Outcome) bool {
		return !slices.ContainsFunc(points, func(p naivePoint) bool { return slices.Equal(p.Utilities, n.utilities(o)) })
	})
}

func (n *naive) solutions() map[string][]outcome.Outcome {
	agreed := n.efficient(n.agreed)
	return map[string][]outcome.Outcome{
		"nash": best(agreed, func(o outcome.Outcome) []*big.Rat {
			gaining, product := new(big.Rat), big.NewRat(1, 1)
			for _, g := range n.gains(o) {
				if g.Sign() > 0 {
					gaining.Add(gaining, big.NewRat(1, 1))
					product.Mul(product, g)
				}
			}
			return []*big.Rat{gaining, product}
		}),
		"kalai_smorodinsky": best(agreed, func(o outcome.Outcome) []*big.Rat { return ascendingRats(n.shares(o)) }),
		"egalitarian":       best(agreed, func(o outcome.Outcome) []*big.Rat { return ascendingRats(n.gains(o)) }),
		"utilitarian": best(n.zone, func(o outcome.Outcome) []*big.Rat {
			sum := new(big.Rat)
			for p, u := range n.utilities(o) {
				sum.Add(sum, n.space.Parties[p].Points(u))
			}
			return []*big.Rat{sum}
		}),
		"balanced": best(n.efficient(n.zone), func(o outcome.Outcome) []*big.Rat {
			s := ascendingRats(n.shares(o))
			if len(s) == 0 {
				return []*big.Rat{new(big.Rat)}
			}
			return []*big.Rat{new(big.Rat).Sub(s[0], s[len(s)-1])}
		}),
	}
}

// efficient returns the different vectors that none dominates, in descending order.
func efficient(all [][]int64) [][]int64 {
	var out [][]int64
	for _, u := range all {
		if !slices.ContainsFunc(all, func(v []int64) bool { return dominatesNaively(v, u) }) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(x, y []int64) int { return slices.Compare(y, x) })
	return slices.CompactFunc(out, slices.Equal[[]int64])
}
