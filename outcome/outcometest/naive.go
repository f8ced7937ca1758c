package outcometest

import (
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Naive analysis lists every outcome, compares every pair and computes every
// rule in exact fractions, straight from its definition.
type Naive struct {
	Space    *outcome.Space
	Zone     []outcome.Outcome
	Agreed   []outcome.Outcome
	Admitted []outcome.Outcome
	Carried  int
}

func EveryOutcome(s *outcome.Space) []outcome.Outcome {
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

func NewNaive(s *outcome.Space) *Naive { return NaiveOf(s, false) }

// NaiveOf takes as the zone, with home, the part of it that every party carries at home.
func NaiveOf(s *outcome.Space, home bool) *Naive {
	n := &Naive{Space: s}
	for _, o := range EveryOutcome(s) {
		if s.Admits(o) {
			n.Admitted = append(n.Admitted, o)
		}
		if !s.InZone(o) || home && !s.Ratifiable(o) {
			continue
		}
		n.Zone = append(n.Zone, o)
		if s.Accepted(o) == 1<<len(s.Parties)-1 {
			n.Agreed = append(n.Agreed, o)
		}
		if s.Ratifiable(o) {
			n.Carried++
		}
	}
	return n
}

func (n *Naive) Utilities(o outcome.Outcome) []int64 {
	var u []int64
	for p := range n.Space.Parties {
		u = append(u, n.Space.Parties[p].Value(o))
	}
	return u
}

// A Point is a point of a frontier with its first outcome and the number of them.
type Point struct {
	Utilities []int64
	Outcome   outcome.Outcome
	Ties      *big.Int
}

// dominates reports whether u is nowhere below v, and somewhere above.
func dominates(u, v []int64) bool {
	above := false
	for p := range u {
		if u[p] < v[p] {
			return false
		}
		above = above || u[p] > v[p]
	}
	return above
}

func (n *Naive) Frontier(of []outcome.Outcome) []Point {
	var points []Point
	for _, o := range of {
		u := n.Utilities(o)
		if slices.ContainsFunc(of, func(x outcome.Outcome) bool { return dominates(n.Utilities(x), u) }) {
			continue
		}
		at := slices.IndexFunc(points, func(p Point) bool { return slices.Equal(p.Utilities, u) })
		if at < 0 {
			points = append(points, Point{Utilities: u, Outcome: o, Ties: big.NewInt(1)})
			continue
		}
		points[at].Ties.Add(points[at].Ties, big.NewInt(1))
	}
	slices.SortFunc(points, func(p, q Point) int { return slices.Compare(q.Utilities, p.Utilities) })
	return points
}

// Ends returns the disagreement point and the ideal, in points.
func (n *Naive) Ends() (d, ideal []*big.Rat) {
	for p := range n.Space.Parties {
		party := &n.Space.Parties[p]
		least, most := party.Value(n.Zone[0]), party.Value(n.Zone[0])
		for _, o := range n.Zone {
			least, most = min(least, party.Value(o)), max(most, party.Value(o))
		}
		if party.Threshold.Set {
			least = party.Threshold.Value
		}
		d, ideal = append(d, party.Points(least)), append(ideal, party.Points(most))
	}
	return d, ideal
}

func (n *Naive) gains(o outcome.Outcome) []*big.Rat {
	d, _ := n.Ends()
	var g []*big.Rat
	for p := range n.Space.Parties {
		v := n.Space.Parties[p].Points(n.Space.Parties[p].Value(o))
		g = append(g, v.Sub(v, d[p]))
	}
	return g
}

func (n *Naive) shares(o outcome.Outcome) []*big.Rat {
	d, ideal := n.Ends()
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

func (n *Naive) efficient(of []outcome.Outcome) []outcome.Outcome {
	points := n.Frontier(of)
	return slices.DeleteFunc(slices.Clone(of), func(o outcome.Outcome) bool {
		return !slices.ContainsFunc(points, func(p Point) bool { return slices.Equal(p.Utilities, n.Utilities(o)) })
	})
}

func (n *Naive) Solutions() map[string][]outcome.Outcome {
	agreed := n.efficient(n.Agreed)
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
		"utilitarian": best(n.Zone, func(o outcome.Outcome) []*big.Rat {
			sum := new(big.Rat)
			for p, u := range n.Utilities(o) {
				sum.Add(sum, n.Space.Parties[p].Points(u))
			}
			return []*big.Rat{sum}
		}),
		"balanced": best(n.efficient(n.Zone), func(o outcome.Outcome) []*big.Rat {
			s := ascendingRats(n.shares(o))
			if len(s) == 0 {
				return []*big.Rat{new(big.Rat)}
			}
			return []*big.Rat{new(big.Rat).Sub(s[0], s[len(s)-1])}
		}),
	}
}

// Efficient returns the different vectors that none dominates, in descending order.
func Efficient(all [][]int64) [][]int64 {
	var out [][]int64
	for _, u := range all {
		if !slices.ContainsFunc(all, func(v []int64) bool { return dominates(v, u) }) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(x, y []int64) int { return slices.Compare(y, x) })
	return slices.CompactFunc(out, slices.Equal[[]int64])
}
