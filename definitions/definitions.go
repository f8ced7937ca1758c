// Package definitions computes what other tools of the field report of a scenario, under
// the names that they use. The same word means different points there: "Kalai" is the
// egalitarian point in NegMAS, the one of least difference in the measures of the
// Automated Negotiation League, and the one of greatest sum in NegoLog. Ours are in
// package bargain; docs/methods/foreign.md sets all of them side by side.
//
// Start with [Compute]. Utilities are used as they stand in the space, and points are
// compared as exact fractions, where those tools compare floating-point numbers: theirs
// may list a point more, or break a tie by the last bit.
package definitions

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Tool names whose definitions are meant.
type Tool string

// The tools.
const (
	NegMAS    Tool = "negmas"    // NegMAS 0.15
	GENIUS    Tool = "genius"    // GENIUS 10.4, its BidSpace
	GeniusWeb Tool = "geniusweb" // the measures published with the GeniusWeb domains of the ANL 2023
	NegoLog   Tool = "negolog"   // NegoLog, its BidSpace
)

// Tools returns all of them.
func Tools() []Tool { return []Tool{NegMAS, GENIUS, GeniusWeb, NegoLog} }

// A Result is what a tool reports of a space.
type Result struct {
	Tool     Tool
	Points   []Named
	Measures []Measure
	// Why says what is missing and why; empty where nothing is.
	Why string

	space    *outcome.Space
	frontier []point
	least    []*big.Rat // by party, of the whole space; nil where it was not found
	greatest []*big.Rat
}

// A Named point is what a rule of the tool picks.
type Named struct {
	Name  string // as the tool calls it
	Means string // in one phrase
	// Picks are the frontier's points that tie. The first is the one that the tool
	// itself would report, where it reports one.
	Picks []bargain.Point
}

// A Measure is a number that the tool reports.
type Measure struct {
	Name  string
	Means string
	Value *float64 // nil where it does not exist or was not found
}

// A point is a point of a frontier with its utilities in points.
type point struct {
	bargain.Point
	u []*big.Rat
}

// Compute analyses a space by a tool's definitions. Consent is everyone's there. Where
// the space has requirements and red lines, packages that break them are passed over:
// the other tools know none. What cannot be had within the options' budget is left out,
// and Result.Why says so.
func Compute(ctx context.Context, s *outcome.Space, tool Tool, opt bargain.Options) (*Result, error) {
	unanimous := *s
	unanimous.Consent = outcome.Rule{}
	c := &calculator{ctx: ctx, s: &unanimous, opt: opt, r: &Result{Tool: tool, space: s}}
	c.opt.Whole, c.opt.Ratifiable, c.opt.Measures = false, false, false
	var err error
	switch tool {
	case NegMAS:
		err = c.negmas()
	case GENIUS:
		err = c.genius()
	case GeniusWeb:
		err = c.geniusweb()
	case NegoLog:
		err = c.negolog()
	default:
		err = fmt.Errorf("no definitions of %q are known", tool)
	}
	if err != nil {
		return nil, err
	}
	return c.r, nil
}

// A calculator computes one result.
type calculator struct {
	ctx context.Context
	s   *outcome.Space
	opt bargain.Options
	r   *Result
}

func (c *calculator) missing(format string, args ...any) {
	if c.r.Why == "" {
		c.r.Why = fmt.Sprintf(format, args...)
	}
}

func (c *calculator) analyze(s *outcome.Space, whole bool) (*bargain.Analysis, error) {
	opt := c.opt
	opt.Whole = whole
	return bargain.Analyze(c.ctx, s, opt)
}

// front finds the frontier of the zone or, whole, of every package; known is false
// where not all of it is.
func (c *calculator) front(whole bool) (known bool, err error) {
	a, err := c.analyze(c.s, whole)
	if err != nil {
		return false, err
	}
	f := &a.Frontier
	if f.Size < 0 || f.Truncated || f.Epsilon != nil || !a.Exact {
		c.missing("the frontier is not fully known, and every point is looked for on it")
		return false, nil
	}
	for _, p := range f.Points {
		c.r.frontier = append(c.r.frontier, point{p, points(c.s, p.Utilities)})
	}
	return true, nil
}

func points(s *outcome.Space, utilities []int64) []*big.Rat {
	u := make([]*big.Rat, len(utilities))
	for p, v := range utilities {
		u[p] = s.Parties[p].Points(v)
	}
	return u
}

// add picks the points of the frontier with the greatest score. Of those that tie, the
// one that comes first in the order of cmp is the tool's own.
func (c *calculator) add(name, means string, score func(u []*big.Rat) *big.Rat, cmp func(a, b point) int) {
	var picks []point
	var best *big.Rat
	for _, p := range c.r.frontier {
		v := score(p.u)
		if v == nil {
			continue
		}
		order := 1
		if best != nil {
			order = v.Cmp(best)
		}
		if order > 0 {
			best, picks = v, picks[:0]
		}
		if order >= 0 {
			picks = append(picks, p)
		}
	}
	if cmp != nil {
		slices.SortStableFunc(picks, cmp)
	}
	n := Named{Name: name, Means: means}
	for _, p := range picks {
		n.Picks = append(n.Picks, p.Point)
	}
	c.r.Points = append(c.r.Points, n)
}

func (c *calculator) measure(name, means string, v *float64) {
	c.r.Measures = append(c.r.Measures, Measure{name, means, v})
}

// ranges finds the least and greatest utility of every party over all packages.
func (c *calculator) ranges() error {
	for p := range c.s.Parties {
		high, err := c.most(p, 1)
		if err != nil {
			return err
		}
		low, err := c.most(p, -1)
		if err != nil {
			return err
		}
		if low != nil {
			low.Neg(low)
		}
		c.r.least, c.r.greatest = append(c.r.least, low), append(c.r.greatest, high)
		if low == nil || high == nil {
			c.missing("the least and greatest utility of %s are not proven", c.s.Parties[p].ID)
			c.r.least, c.r.greatest = nil, nil
			return nil
		}
	}
	return nil
}

// most returns the greatest utility of party p, or of its negative; nil where it is not
// proven.
func (c *calculator) most(p int, sign int64) (*big.Rat, error) {
	row := c.s.Parties[p].Row
	alone := outcome.Party{Row: outcome.Row{ID: row.ID, Scale: row.Scale}}
	sum := int64(0)
	for _, column := range row.Scores {
		turned := make([]int64, len(column))
		for k, v := range column {
			turned[k] = sign * v
		}
		alone.Scores = append(alone.Scores, turned)
		sum += slices.Max(turned)
	}
	if len(row.Adjustments) == 0 && len(c.s.Requires) == 0 {
		return row.Points(sum), nil
	}
	for _, a := range row.Adjustments {
		a.Add *= sign
		alone.Adjustments = append(alone.Adjustments, a)
	}
	a, err := c.analyze(&outcome.Space{Issues: c.s.Issues, Requires: c.s.Requires, Parties: []outcome.Party{alone}}, false)
	if err != nil {
		return nil, err
	}
	best := a.Solutions.Utilitarian
	if best == nil || best.Gap == nil || best.Gap.Sign() != 0 {
		return nil, nil
	}
	return row.Points(best.Utilities[0]), nil
}

// mean returns a party's mean utility over all packages.
func mean(s *outcome.Space, p int) *big.Rat {
	row := &s.Parties[p].Row
	sum := new(big.Rat)
	for _, column := range row.Scores {
		all := new(big.Int)
		for _, v := range column {
			all.Add(all, big.NewInt(v))
		}
		sum.Add(sum, new(big.Rat).SetFrac(all, big.NewInt(int64(len(column)))))
	}
	for k := range row.Adjustments {
		a := &row.Adjustments[k]
		share := new(big.Rat).SetInt64(a.Add)
		sum.Add(sum, share.Mul(share, shareOf(s, &a.When)))
	}
	return sum.Quo(sum, new(big.Rat).SetInt64(row.Units()))
}

// shareOf returns the share of all packages in which a table holds.
func shareOf(s *outcome.Space, t *outcome.Table) *big.Rat {
	issues := t.Issues()
	box, inside := t.Box()
	if !box {
		if len(issues) == 0 {
			return new(big.Rat).SetInt64(int64(min(t.Count(), 1)))
		}
		return big.NewRat(int64(t.Count()), int64(t.Size()))
	}
	share := big.NewRat(1, 1)
	for k, i := range issues {
		held := int64(0)
		for o := range s.Issues[i].Options {
			if t.Within(k, o) {
				held++
			}
		}
		share.Mul(share, big.NewRat(held, int64(s.Issues[i].Options)))
	}
	if !inside {
		share.Sub(big.NewRat(1, 1), share)
	}
	return share
}

func sum(u []*big.Rat) *big.Rat {
	s := new(big.Rat)
	for _, v := range u {
		s.Add(s, v)
	}
	return s
}

func product(u []*big.Rat) *big.Rat {
	s := big.NewRat(1, 1)
	for _, v := range u {
		s.Mul(s, v)
	}
	return s
}

func minus(u, d []*big.Rat) []*big.Rat {
	out := make([]*big.Rat, len(u))
	for p := range u {
		out[p] = new(big.Rat).Sub(u[p], d[p])
	}
	return out
}

// over divides, and leaves as they are the numbers whose divisor is 0.
func over(u, by []*big.Rat) []*big.Rat {
	out := make([]*big.Rat, len(u))
	for p := range u {
		out[p] = u[p]
		if by[p].Sign() != 0 {
			out[p] = new(big.Rat).Quo(u[p], by[p])
		}
	}
	return out
}

func leastOf(u []*big.Rat) *big.Rat    { return slices.MinFunc(u, (*big.Rat).Cmp) }
func greatestOf(u []*big.Rat) *big.Rat { return slices.MaxFunc(u, (*big.Rat).Cmp) }

// evenness is how little the greatest and the least of some numbers differ, as a score.
func evenness(u []*big.Rat) *big.Rat { return new(big.Rat).Sub(leastOf(u), greatestOf(u)) }

// closeness is how little numbers differ, summed over pairs, as a score.
func closeness(u []*big.Rat) *big.Rat {
	s := new(big.Rat)
	for i := range u {
		for _, v := range u[i+1:] {
			d := new(big.Rat).Sub(u[i], v)
			s.Sub(s, d.Abs(d))
		}
	}
	return s
}

// toOnes returns the distance of utilities to (1, …, 1).
func toOnes(u []*big.Rat) float64 {
	s := 0.0
	for _, v := range u {
		d, _ := new(big.Rat).Sub(big.NewRat(1, 1), v).Float64()
		s += float64(d * d)
	}
	return math.Sqrt(s)
}

// nearestToOnes returns the least distance of the frontier to (1, …, 1).
func (c *calculator) nearestToOnes(scale func(u []*big.Rat) []*big.Rat) *float64 {
	if len(c.r.frontier) == 0 {
		return nil
	}
	least := math.Inf(1)
	for _, p := range c.r.frontier {
		least = min(least, toOnes(scale(p.u)))
	}
	return &least
}

func float(r *big.Rat) *float64 {
	f, _ := r.Float64()
	return &f
}

// pick returns the utilities of the tool's own pick, nil where there is none.
func (c *calculator) pick(name string) []*big.Rat {
	for _, n := range c.r.Points {
		if n.Name == name && len(n.Picks) > 0 {
			return points(c.s, n.Picks[0].Utilities)
		}
	}
	return nil
}

// unit reports whether all utilities of the frontier lie from 0 to 1, without which
// distances to 1 say nothing.
func (c *calculator) unit() bool {
	most := big.NewRat(1_000_000_001, 1_000_000_000) // weights are often rounded
	for _, p := range c.r.frontier {
		if leastOf(p.u).Sign() < 0 || greatestOf(p.u).Cmp(most) > 0 {
			c.missing("distances to 1 are left out: they are for utilities from 0 to 1")
			return false
		}
	}
	return true
}

// reservation returns what no agreement is worth to each party, 0 where that is not said.
func (c *calculator) reservation() []*big.Rat {
	out := make([]*big.Rat, len(c.s.Parties))
	for p := range c.s.Parties {
		out[p] = new(big.Rat)
		if t := c.s.Parties[p].Threshold; t.Set {
			out[p] = c.s.Parties[p].Points(t.Value)
		}
	}
	return out
}

// bestFirst orders points by one party's utility, best first, as tools do that sort its
// bids.
func bestFirst(party int) func(a, b point) int {
	return func(a, b point) int { return b.u[party].Cmp(a.u[party]) }
}

// worstFirst is the other way round.
func worstFirst(party int) func(a, b point) int {
	return func(a, b point) int { return a.u[party].Cmp(b.u[party]) }
}
