package verify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exact"
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
	everyone := uint64(1)<<n - 1
	err := exhaust.List(ctx, s, forbidden(s.Requires), refuses, func(part *exhaust.Part) error {
		accepted := everyone &^ part.Failed[0]
		if !s.Consent.Holds(accepted, n) {
			return nil
		}
		l.count += part.Count()
		part.Range(l.least, l.most)
		if accepted == everyone && !s.Consent.Everyone() {
			if err := l.agreed.Take(part, nil); err != nil {
				return err
			}
		}
		return l.zone.Take(part, nil)
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
	c := v.c
	l, err := list(ctx, v.space)
	if err != nil {
		return refusal("listing", err)
	}
	v.say("all %v packages were listed", v.space.Size())
	if c.Empty != nil || c.Witness != nil {
		return refusal("method", errors.New("a certificate by listing has neither a witness nor a refutation"))
	}
	if err := l.counted(c); err != nil {
		return refusal("zone", err)
	}
	if c.Verdict != verdictOf(l.count > 0) {
		return refusal("verdict", fmt.Errorf("it is %.40q, but %d packages are in the zone", c.Verdict, l.count))
	}
	v.say("verdict %s: %d packages are in the zone", c.Verdict, l.count)
	if l.count == 0 {
		return v.nothing()
	}
	e, err := l.ends(v.space, c.Parties)
	if err != nil {
		return refusal("parties", err)
	}
	v.say("disagreement point and ideal of every party")
	if err := v.frontier(l.zone.Points); err != nil {
		return err
	}
	for _, rule := range v.rules(e) {
		if rule.claim == nil {
			v.say("%s: nothing is claimed", rule.name)
			continue
		}
		of := l.zone.Points
		if rule.agreed {
			of = l.agreed.Points
		}
		if err := rule.first(v.space, of); err != nil {
			return refusal(rule.name, err)
		}
		v.say("%s: package %v ranks first, with %s in all, of all that are efficient", rule.name, rule.claim.Outcome, rule.claim.Ties)
	}
	return nil
}

// counted checks the claimed bounds of the zone's count.
func (l *listed) counted(c *Certificate) error {
	low, err := exact.Integer(c.ZoneLow)
	if err != nil {
		return err
	}
	high, err := exact.Integer(c.ZoneHigh)
	if err != nil {
		return err
	}
	if n := big.NewInt(l.count); low.Cmp(n) > 0 || high.Cmp(n) < 0 {
		return fmt.Errorf("%d packages are in the zone, not %v to %v", l.count, low, high)
	}
	return nil
}

// ends checks the claimed ends of every party's gains, and returns them.
func (l *listed) ends(s *outcome.Space, claims []PartyClaim) (*ends, error) {
	if len(claims) != len(s.Parties) {
		return nil, fmt.Errorf("%d of %d", len(claims), len(s.Parties))
	}
	e := newEnds(len(s.Parties))
	for p := range s.Parties {
		party, claim := &s.Parties[p], &claims[p]
		from := party.Threshold.Value
		if !party.Threshold.Set {
			from = l.least[p]
		}
		if claim.FromZone == party.Threshold.Set || claim.Disagreement != fmt.Sprint(from) || claim.Ideal != fmt.Sprint(l.most[p]) || claim.Least != nil || claim.Best != nil {
			return nil, fmt.Errorf("%s gains from %d to at most %d", party.ID, from, l.most[p])
		}
		e.from[p], e.ideal[p] = big.NewInt(from), big.NewInt(l.most[p])
	}
	return e, nil
}

// first checks that the claim's package is among those that the rule ranks first of these points, and how many those
// are.
func (r *rule) first(s *outcome.Space, of []exhaust.Point) error {
	c := r.claim
	u, v, err := c.read(s, r.value)
	if err != nil {
		return err
	}
	if c.Proven != len(v) || c.Refutations != nil {
		return errors.New("a certificate by listing proves all of a value, without refutations")
	}
	if r.agreed && s.Accepted(c.Outcome) != 1<<len(s.Parties)-1 {
		return fmt.Errorf("a party refuses package %v, and the rule ranks what every party accepts", c.Outcome)
	}
	ties, found := int64(0), false
	for _, p := range of {
		switch slices.CompareFunc(r.value(p.U), v, (*big.Rat).Cmp) {
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
