package verify

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exact"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
)

// ends are what gains are measured from and to, by party, in its row's units.
type ends struct {
	from, ideal []*big.Int
	most        []*big.Int // what the ideal is proven to be at most
}

func newEnds(parties int) *ends {
	return &ends{make([]*big.Int, parties), make([]*big.Int, parties), make([]*big.Int, parties)}
}

// worth returns what an outcome is worth to each party.
func worth(s *outcome.Space, options []int, claimed []string) ([]int64, error) {
	if err := fits(s, options); err != nil {
		return nil, err
	}
	if len(claimed) != len(s.Parties) {
		return nil, fmt.Errorf("%d utilities for %d parties", len(claimed), len(s.Parties))
	}
	u := make([]int64, len(s.Parties))
	for p := range u {
		u[p] = s.Parties[p].Value(options)
		if fmt.Sprint(u[p]) != claimed[p] {
			return nil, fmt.Errorf("package %v is worth %d to %s, not %.40s", options, u[p], s.Parties[p].ID, claimed[p])
		}
	}
	return u, nil
}

// utilities returns what an outcome of the zone is worth to each party.
func utilities(s *outcome.Space, options []int, claimed []string) ([]int64, error) {
	if err := inZone(s, options); err != nil {
		return nil, err
	}
	return worth(s, options, claimed)
}

// inZone reports why options are not a package in the zone.
func inZone(s *outcome.Space, options []int) error {
	err := fits(s, options)
	if err == nil && !s.InZone(options) {
		err = fmt.Errorf("package %v is not in the zone", options)
	}
	return err
}

// fits reports why options are not one for every issue.
func fits(s *outcome.Space, options []int) error {
	if len(options) != len(s.Issues) {
		return fmt.Errorf("a package of %d options for %d issues", len(options), len(s.Issues))
	}
	for i, o := range options {
		if o < 0 || o >= s.Issues[i].Options {
			return fmt.Errorf("option %d of issue %s, which has %d", o, s.Issues[i].ID, s.Issues[i].Options)
		}
	}
	return nil
}

// read checks that a claim's outcome is in the zone and has the claimed utilities and
// value, and returns both.
func (c *Claim) read(s *outcome.Space, value func(u []int64) []*big.Rat) ([]int64, []*big.Rat, error) {
	u, err := utilities(s, c.Outcome, c.Utilities)
	if err != nil {
		return nil, nil, err
	}
	v := value(u)
	if len(c.Value) != len(v) {
		return nil, nil, fmt.Errorf("a value of %d numbers where %d are due", len(c.Value), len(v))
	}
	for i := range v {
		if v[i].RatString() != c.Value[i] {
			return nil, nil, fmt.Errorf("number %d of the value is %s, not %.40s", i+1, v[i].RatString(), c.Value[i])
		}
	}
	switch {
	case c.Proven < 0 || c.Proven > len(v) || c.Proven == len(v) && c.Bound != "":
		return nil, nil, fmt.Errorf("%d of %d numbers of the value proven", c.Proven, len(v))
	case c.Proven == 0 && len(v) > 0 && c.Bound == "":
		return nil, nil, errors.New("nothing of it is proven, and nothing bounds it")
	}
	return u, v, nil
}

// bound returns what the first entry that is not proven is claimed to be at most, the
// last entry itself when all are proven, nil when nothing is claimed.
func (c *Claim) bound(v []*big.Rat) (*big.Rat, error) {
	switch {
	case len(v) > 0 && c.Proven == len(v):
		return v[len(v)-1], nil
	case c.Bound == "":
		return nil, nil
	}
	bound, err := exact.Fraction(c.Bound)
	if err == nil && bound.Cmp(v[c.Proven]) <= 0 {
		err = fmt.Errorf("its own package has %s as number %d, which is not below the bound %.40s", exact.Decimal(v[c.Proven]), c.Proven+1, c.Bound)
	}
	return bound, err
}

// A rule ranks packages by a value, which is compared entry by entry.
type rule struct {
	name, numbers string // numbers: what its value holds
	claim         *Claim
	agreed        bool   // it ranks what every party accepts, by gains
	ideals        bool   // which it measures to ideals
	scale         *scale // of a rule that ranks by the least share, then the next
	value         func(u []int64) []*big.Rat
}

// rules returns the rules that a certificate may make claims by.
func (v *checking) rules(e *ends) []rule {
	s, c := v.space, &v.c.Solutions
	points, shares := byScale(s, e), byIdeal(e)
	return []rule{
		{"nash", "parties that gain, product of gains", c.Nash, true, false, nil, func(u []int64) []*big.Rat { return nashValue(s, e, u) }},
		{"kalai_smorodinsky", "shares of the gain to the ideal", c.KalaiSmorodinsky, true, true, shares, shares.of},
		{"egalitarian", "gains in points", c.Egalitarian, true, false, points, points.of},
		{"utilitarian", "sum of points", c.Utilitarian, false, false, nil, func(u []int64) []*big.Rat { return []*big.Rat{sumOfPoints(s, u)} }},
		{"balanced", "least share less the greatest", c.Balanced, false, true, nil, func(u []int64) []*big.Rat { return []*big.Rat{spread(shares.of(u))} }},
	}
}

// nashValue returns how many parties gain, and the product of their gains in points.
func nashValue(s *outcome.Space, e *ends, u []int64) []*big.Rat {
	count, product := new(big.Rat), big.NewRat(1, 1)
	for p := range u {
		gain := new(big.Int).Sub(big.NewInt(u[p]), e.from[p])
		if gain.Sign() > 0 {
			count.Add(count, big.NewRat(1, 1))
			product.Mul(product, new(big.Rat).SetFrac(gain, big.NewInt(s.Parties[p].Units())))
		}
	}
	return []*big.Rat{count, product}
}

// A scale measures the gains of some parties, by party in units.
type scale struct {
	ends   *ends
	ranked []int
	unit   []*big.Int
}

// byScale ranks every party by points.
func byScale(s *outcome.Space, e *ends) *scale {
	m := &scale{ends: e}
	for p := range s.Parties {
		m.ranked, m.unit = append(m.ranked, p), append(m.unit, big.NewInt(s.Parties[p].Units()))
	}
	return m
}

// byIdeal ranks the parties whose ideal is a gain, by its share.
func byIdeal(e *ends) *scale {
	m := &scale{ends: e}
	for p, ideal := range e.ideal {
		m.unit = append(m.unit, new(big.Int).Sub(ideal, e.from[p]))
		if m.unit[p].Sign() > 0 {
			m.ranked = append(m.ranked, p)
		}
	}
	return m
}

// of returns the gains in units, ascending.
func (m *scale) of(u []int64) []*big.Rat {
	var out []*big.Rat
	for _, p := range m.ranked {
		out = append(out, new(big.Rat).SetFrac(new(big.Int).Sub(big.NewInt(u[p]), m.ends.from[p]), m.unit[p]))
	}
	slices.SortFunc(out, (*big.Rat).Cmp)
	return out
}

func sumOfPoints(s *outcome.Space, u []int64) *big.Rat {
	sum := new(big.Rat)
	for p := range u {
		sum.Add(sum, big.NewRat(u[p], s.Parties[p].Units()))
	}
	return sum
}

// spread returns the least of ascending numbers less the greatest.
func spread(shares []*big.Rat) *big.Rat {
	if len(shares) == 0 {
		return new(big.Rat)
	}
	return new(big.Rat).Sub(shares[0], shares[len(shares)-1])
}

// frontier checks the claim that these points, in order, are the frontier.
func (v *checking) frontier(own []exhaust.Point) error {
	c := v.c.Frontier
	if c == nil {
		v.say("frontier: nothing is claimed")
		return nil
	}
	if c.Size != len(own) || len(c.Points) > c.Size {
		return refusal("frontier", fmt.Errorf("%d points, not %d", len(own), c.Size))
	}
	for i, p := range c.Points {
		u, err := utilities(v.space, p.Outcome, p.Utilities)
		if err != nil {
			return refusal(fmt.Sprintf("frontier point %d", i), err)
		}
		if !slices.Equal(u, own[i].U) {
			return refusal(fmt.Sprintf("frontier point %d", i), fmt.Errorf("utilities %v, but %v is the next efficient point", u, own[i].U))
		}
	}
	v.say("frontier: %d points, of which %d are listed, each reached by its package; none is missing, none is dominated", c.Size, len(c.Points))
	return nil
}
