package verify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
)

// MaxListing is the largest number of packages that is listed again.
const MaxListing = 1 << 26

// A listed is what one pass over every package finds.
type listed struct {
	zone, agreed exhaust.Front // of the zone, and of what every party accepts in it
	count        int64         // packages in the zone
	least, most  []int64
}

// listable reports that a space has more packages than are listed again.
func listable(s *outcome.Space) error {
	if s.Size().Cmp(big.NewInt(MaxListing)) > 0 {
		return &tooLarge{Why: fmt.Sprintf("%v packages are more than the %d that are listed again", s.Size(), MaxListing)}
	}
	return nil
}

// forbidden returns the tables of conditions.
func forbidden(list []outcome.Condition) []*outcome.Table {
	var all []*outcome.Table
	for k := range list {
		all = append(all, &list[k].Forbidden)
	}
	return all
}

// list visits every package of a space that is small enough.
func list(ctx context.Context, s *outcome.Space) (*listed, error) {
	if err := listable(s); err != nil {
		return nil, err
	}
	n := len(s.Parties)
	l := &listed{least: slices.Repeat([]int64{math.MaxInt64}, n), most: slices.Repeat([]int64{math.MinInt64}, n)}
	refuses := make([]exhaust.Test, n) // by party
	for p := range s.Parties {
		refuses[p] = exhaust.Test{Tables: forbidden(s.Parties[p].RedLines), Floors: []int{p}}
	}
	u := make([]int64, n)
	everyone := uint64(1)<<n - 1
	err := exhaust.List(ctx, s, forbidden(s.Requires), refuses, func(part *exhaust.Part) error {
		accepted := everyone &^ part.Failed[0]
		if !s.Consent.Holds(accepted, n) {
			return nil
		}
		l.count += part.Count()
		for j := range part.Places() {
			part.Utilities(j, u)
			for p, v := range u {
				l.least[p], l.most[p] = min(l.least[p], v), max(l.most[p], v)
			}
			if err := l.zone.Offer(u, part.Rank(j)); err != nil {
				return err
			}
			if accepted == everyone && !s.Consent.Everyone() {
				if err := l.agreed.Offer(u, part.Rank(j)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if s.Consent.Everyone() {
		l.agreed = l.zone
	}
	l.zone.Sort()
	l.agreed.Sort()
	return l, err
}

// verdictOf returns what a certificate by listing has to say of a space whose zone has a package or none.
func verdictOf(zone bool) string {
	if zone {
		return hasZone
	}
	return noZone
}

// listing checks a certificate by listing every outcome again.
func (v *checking) listing(ctx context.Context) error {
	s, c := v.space, v.c
	l, err := list(ctx, s)
	if err != nil {
		return refusal("listing", err)
	}
	v.say("all %v packages were listed", s.Size())
	if c.Empty != nil || c.Witness != nil {
		return refusal("method", errors.New("a certificate by listing has neither a witness nor a refutation"))
	}
	low, err := integer(c.ZoneLow)
	if err != nil {
		return refusal("zone_low", err)
	}
	high, err := integer(c.ZoneHigh)
	if err != nil {
		return refusal("zone_high", err)
	}
	if n := big.NewInt(l.count); low.Cmp(n) > 0 || high.Cmp(n) < 0 {
		return refusal("zone", fmt.Errorf("%d packages are in the zone, not %v to %v", l.count, low, high))
	}
	if c.Verdict != verdictOf(l.count > 0) {
		return refusal("verdict", fmt.Errorf("it is %.40q, but %d packages are in the zone", c.Verdict, l.count))
	}
	v.say("verdict %s: %d packages are in the zone", c.Verdict, l.count)
	if l.count == 0 {
		return v.nothing()
	}
	if len(c.Parties) != len(s.Parties) {
		return refusal("parties", fmt.Errorf("%d of %d", len(c.Parties), len(s.Parties)))
	}
	e := newEnds(len(s.Parties))
	for p := range s.Parties {
		party, claim := &s.Parties[p], &c.Parties[p]
		from := party.Threshold.Value
		if !party.Threshold.Set {
			from = l.least[p]
		}
		if claim.FromZone == party.Threshold.Set || claim.Disagreement != fmt.Sprint(from) || claim.Ideal != fmt.Sprint(l.most[p]) || claim.Least != nil || claim.Best != nil {
			return refusal("parties", fmt.Errorf("%s gains from %d to at most %d", party.ID, from, l.most[p]))
		}
		e.from[p], e.ideal[p] = big.NewInt(from), big.NewInt(l.most[p])
	}
	v.say("disagreement point and ideal of every party")
	if err := v.frontier(l.zone.Points); err != nil {
		return err
	}
	ranked, unit := byIdeal(e)
	everyone, scale := byScale(s)
	for _, rule := range []struct {
		name   string
		claim  *Claim
		agreed bool // it ranks what every party accepts
		value  func(u []int64) []*big.Rat
	}{
		{"nash", c.Solutions.Nash, true, func(u []int64) []*big.Rat { return nashValue(s, e, u) }},
		{"kalai_smorodinsky", c.Solutions.KalaiSmorodinsky, true, func(u []int64) []*big.Rat { return shares(e, ranked, unit, u) }},
		{"egalitarian", c.Solutions.Egalitarian, true, func(u []int64) []*big.Rat { return shares(e, everyone, scale, u) }},
		{"utilitarian", c.Solutions.Utilitarian, false, func(u []int64) []*big.Rat { return []*big.Rat{sumOfPoints(s, u)} }},
		{"balanced", c.Solutions.Balanced, false, func(u []int64) []*big.Rat { return []*big.Rat{spread(shares(e, ranked, unit, u))} }},
	} {
		if rule.claim == nil {
			v.say("%s: nothing is claimed", rule.name)
			continue
		}
		of := l.zone.Points
		if rule.agreed {
			of = l.agreed.Points
		}
		err := rule.claim.first(s, of, rule.value)
		if err == nil && rule.agreed && s.Accepted(rule.claim.Outcome) != 1<<len(s.Parties)-1 {
			err = fmt.Errorf("a party refuses package %v, and the rule ranks what every party accepts", rule.claim.Outcome)
		}
		if err != nil {
			return refusal(rule.name, err)
		}
		v.say("%s: package %v ranks first, with %s in all, of all that are efficient", rule.name, rule.claim.Outcome, rule.claim.Ties)
	}
	return nil
}

// first checks that a claim's outcome is among those that the greatest value of
// these points ranks first, and how many those are.
func (c *Claim) first(s *outcome.Space, of []exhaust.Point, value func(u []int64) []*big.Rat) error {
	v, err := c.read(s, value)
	if err != nil {
		return err
	}
	if c.Proven != len(v) || c.Refutations != nil {
		return errors.New("a certificate by listing proves all of a value, without refutations")
	}
	u := make([]int64, len(s.Parties))
	for p := range u {
		u[p] = s.Parties[p].Value(c.Outcome)
	}
	ties, found := int64(0), false
	for _, p := range of {
		switch slices.CompareFunc(value(p.U), v, (*big.Rat).Cmp) {
		case 1:
			return fmt.Errorf("a package with utilities %v ranks higher", p.U)
		case 0:
			ties += p.Ties
			found = found || slices.Equal(p.U, u)
		}
	}
	if !found {
		return errors.New("its package is not among those that the rule ranks")
	}
	if c.Ties != fmt.Sprint(ties) {
		return fmt.Errorf("%d packages rank first, not %.40s", ties, c.Ties)
	}
	return nil
}

func sumOfPoints(s *outcome.Space, u []int64) *big.Rat {
	sum := new(big.Rat)
	for p := range u {
		sum.Add(sum, big.NewRat(u[p], s.Parties[p].Scale))
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

// merge returns the frontier of the zone of two parties, each issue counting for itself, and the number of
// sums that it took.
func (t *tables) merge(ctx context.Context, s *outcome.Space) (zone []exhaust.Point, sums int, err error) {
	var gains [][][]int64
	for i, left := range t.left {
		var of [][]int64
		for _, o := range left {
			of = append(of, t.gain[i][o])
		}
		gains = append(gains, of)
	}
	front, sums, err := exhaust.Merge(ctx, gains)
	for _, f := range front {
		if s.Parties[0].Threshold.Accepts(f[0]) && s.Parties[1].Threshold.Accepts(f[1]) {
			zone = append(zone, exhaust.Point{U: f[:]})
		}
	}
	return zone, sums, err
}
