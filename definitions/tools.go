package definitions

import (
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// negmas follows preferences/ops.py of NegMAS 0.15. Its frontier is that of the outcomes
// that give everybody at least the reserved value; its disagreement point is the reserved
// value or, where that is greater, the least utility of all.
func (c *calculator) negmas() error {
	if err := c.ranges(); err != nil {
		return err
	}
	known, err := c.front(false)
	if err != nil {
		return err
	}
	low, high := c.r.least, c.r.greatest
	if known && low != nil {
		d := slices.Clone(low)
		for p := range d {
			if t := c.s.Parties[p].Threshold; t.Set && c.s.Parties[p].Points(t.Value).Cmp(low[p]) > 0 {
				d[p] = c.s.Parties[p].Points(t.Value)
			}
		}
		tiny := func(from []*big.Rat) bool { // then NegMAS returns the whole frontier
			return slices.ContainsFunc(minus(high, from), func(w *big.Rat) bool { return w.Cmp(big.NewRat(1, 1_000_000_000_000)) <= 0 })
		}
		rule := func(name, means string, from []*big.Rat, score func(u []*big.Rat) *big.Rat) {
			if tiny(from) {
				score = func([]*big.Rat) *big.Rat { return new(big.Rat) }
			}
			// It lists the frontier by welfare, best first.
			c.add(name, means, score, func(a, b point) int { return sum(b.u).Cmp(sum(a.u)) })
		}
		rule("nash", "greatest product of utilities above the disagreement point", d,
			func(u []*big.Rat) *big.Rat { return product(minus(u, d)) })
		rule("kalai", "greatest least utility above the disagreement point", d,
			func(u []*big.Rat) *big.Rat { return leastOf(minus(u, d)) })
		rule("modified_kalai", "greatest least utility", d, leastOf)
		rule("ks", "least difference of utilities above the disagreement point, each as a share of the greatest of all outcomes", d,
			func(u []*big.Rat) *big.Rat { return evenness(over(minus(u, d), minus(high, d))) })
		rule("modified_ks", "least difference of utilities, each as a share of the greatest of all outcomes", d,
			func(u []*big.Rat) *big.Rat { return evenness(over(u, high)) })
		rule("max_welfare", "greatest sum of utilities", low, sum)
		rule("max_relative_welfare", "greatest sum of utilities above the least, each as a share of the greatest above the disagreement point", low,
			func(u []*big.Rat) *big.Rat { return sum(over(minus(u, low), minus(high, d))) })
		c.measure("opposition", "least distance of an acceptable outcome to everybody's greatest utility, each as a share of it",
			c.nearestToOnes(func(u []*big.Rat) []*big.Rat { return over(u, high) }))
	}
	above := *c.s // a unit more than the reserved value
	above.Parties = slices.Clone(c.s.Parties)
	for p := range above.Parties {
		if t := &above.Parties[p].Threshold; t.Set {
			t.Value++
		}
	}
	a, err := c.analyze(&above, false)
	if err != nil {
		return err
	}
	var share *float64
	if a.Zone.Exact() {
		share = float(new(big.Rat).SetFrac(a.Zone.Low, c.s.Size()))
	} else {
		c.missing("the outcomes above the reserved values are not counted")
	}
	c.measure("rational_fraction", "share of outcomes that give everybody more than the reserved value", share)
	return nil
}

// genius follows BidSpace of GENIUS 10.4. Its frontier ignores reservation values and
// begins with the bid that is worst for the first party.
func (c *calculator) genius() error {
	known, err := c.front(true)
	if err != nil || !known {
		return err
	}
	d := c.reservation()
	floor := big.NewRat(-1, 1) // no product below counts
	c.add("nash", "greatest product of utilities above the reservation values, over the whole frontier",
		func(u []*big.Rat) *big.Rat {
			if v := product(minus(u, d)); v.Cmp(floor) > 0 {
				return v
			}
			return nil
		}, worstFirst(0))
	c.add("kalai_smorodinsky", "least sum of differences between utilities, over the whole frontier", closeness, worstFirst(0))
	c.add("social_welfare", "greatest sum of utilities", sum, worstFirst(0))
	var opposition *float64
	if c.unit() {
		opposition = c.nearestToOnes(func(u []*big.Rat) []*big.Rat { return u })
	}
	c.measure("opposition", "least distance of a bid to (1, …, 1)", opposition)
	return nil
}

// geniusweb follows the specials.json of the ANL 2023, which ignores what no agreement is
// worth.
func (c *calculator) geniusweb() error {
	known, err := c.front(true)
	if err != nil || !known {
		return err
	}
	c.add("social_welfare", "greatest sum of utilities", sum, bestFirst(0))
	c.add("nash", "greatest product of utilities", product, bestFirst(0))
	c.add("kalai", "least difference of utilities, over the whole frontier", closeness, bestFirst(0))
	var opposition, distribution *float64
	if c.unit() {
		if u := c.pick("kalai"); u != nil {
			v := toOnes(u)
			opposition = &v
		}
		if n, ok := c.s.Count(); ok && n <= maxDistributed && float64(n)*float64(len(c.r.frontier)) <= maxDistances {
			v, err := c.distribution()
			if err != nil {
				return err
			}
			distribution = &v
		} else {
			c.missing("the distribution is left out: there are too many bids")
		}
	}
	c.measure("opposition", "distance of the Kalai point to (1, 1)", opposition)
	c.measure("distribution", "mean distance of a bid to the nearest point of the frontier", distribution)
	return nil
}

const (
	maxDistributed = 1 << 22 // bids
	maxDistances   = 1 << 30 // bids times points of the frontier
)

// distribution returns the mean distance of a bid to the frontier.
func (c *calculator) distribution() (float64, error) {
	front := make([][]float64, len(c.r.frontier))
	for k, p := range c.r.frontier {
		for _, v := range p.u {
			f, _ := v.Float64()
			front[k] = append(front[k], f)
		}
	}
	total, n := 0.0, 0
	o := make(outcome.Outcome, len(c.s.Issues))
	u := make([]float64, len(c.s.Parties))
	for {
		if n++; n%4096 == 0 {
			if err := c.ctx.Err(); err != nil {
				return 0, err
			}
		}
		for p := range u {
			row := &c.s.Parties[p].Row
			u[p] = float64(row.Value(o)) / float64(row.Units())
		}
		least := math.Inf(1)
		for _, at := range front {
			d := 0.0
			for p := range u {
				e := u[p] - at[p]
				d += float64(e * e)
			}
			least = min(least, d)
		}
		total += math.Sqrt(least)
		i := len(o) - 1
		for ; i >= 0; i-- {
			if o[i]++; o[i] < c.s.Issues[i].Options {
				break
			}
			o[i] = 0
		}
		if i < 0 {
			return total / float64(n), nil
		}
	}
}

// negolog follows BidSpace of NegoLog, which ignores reservation values and takes, of bids
// that tie, the best for the first party.
func (c *calculator) negolog() error {
	if len(c.s.Parties) != 2 {
		c.missing("NegoLog negotiates between two parties, and here there are %d", len(c.s.Parties))
		return nil
	}
	known, err := c.front(true)
	if err != nil || !known {
		return err
	}
	c.add("nash", "greatest product of utilities", product, bestFirst(0))
	c.add("kalai", "greatest sum of utilities", sum, bestFirst(0))
	var nash, welfare, opposition *float64
	if u := c.pick("nash"); u != nil {
		nash = float(product(u))
	}
	if u := c.pick("kalai"); u != nil {
		welfare = float(sum(u))
		if c.unit() {
			v := toOnes(u)
			opposition = &v
		}
	}
	c.measure("nash_product", "the product at the Nash point", nash)
	c.measure("social_welfare", "the sum at the Kalai point", welfare)
	c.measure("opposition", "distance of the Kalai point to (1, 1)", opposition)
	c.measure("balance_score", "mean utility of the first party less that of the second",
		float(new(big.Rat).Sub(mean(c.s, 0), mean(c.s, 1))))
	return nil
}

// A Distance says how far an agreement is from what a rule picks.
type Distance struct {
	Name string // of the rule, or "pareto"
	// Distance is Euclidean, to the nearest point that the rule picks.
	Distance float64
	// Optimality is NegMAS' 1 - distance / D, at least 0, where D is the length of the
	// diagonal of everybody's utilities from least to greatest; nil for other tools, and
	// where D is 0 or not known.
	Optimality *float64
}

// Distances returns how far an outcome is from the frontier, and from what each rule picks.
func (r *Result) Distances(o outcome.Outcome) []Distance {
	at := make([]int64, len(r.space.Parties))
	for p := range at {
		at[p] = r.space.Parties[p].Value(o)
	}
	u := points(r.space, at)
	diagonal := 0.0
	if r.Tool == NegMAS && r.least != nil {
		for _, w := range minus(r.greatest, r.least) {
			f, _ := w.Float64()
			diagonal += float64(f * f)
		}
		diagonal = math.Sqrt(diagonal)
	}
	distance := func(name string, to [][]*big.Rat) Distance {
		d := Distance{Name: name, Distance: math.Inf(1)}
		for _, v := range to {
			s := 0.0
			for _, w := range minus(u, v) {
				f, _ := w.Float64()
				s += float64(f * f)
			}
			d.Distance = min(d.Distance, math.Sqrt(s))
		}
		if diagonal > 1e-12 {
			v := max(0, 1-d.Distance/diagonal)
			d.Optimality = &v
		}
		return d
	}
	var all []Distance
	if len(r.frontier) > 0 {
		var front [][]*big.Rat
		for _, p := range r.frontier {
			front = append(front, p.u)
		}
		all = append(all, distance("pareto", front))
	}
	for _, n := range r.Points {
		if len(n.Picks) == 0 {
			continue
		}
		var picks [][]*big.Rat
		for _, p := range n.Picks {
			picks = append(picks, points(r.space, p.Utilities))
		}
		all = append(all, distance(n.Name, picks))
	}
	return all
}
