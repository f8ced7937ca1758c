package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

const (
	// MaxListing is the largest number of packages that is listed again.
	MaxListing = 1 << 26
	// maxCompared bounds the comparisons of utility vectors while listing.
	maxCompared = 1 << 33
	// maxCandidates bounds the sums of one issue's options with what is efficient so far.
	maxCandidates = 1 << 23
)

// A point is a vector of utilities with the number of outcomes that reach it.
type point struct {
	u    []int64
	ties int64
}

// A front is a frontier under construction.
type front struct {
	points   []point
	compared int64
}

// offer adds an outcome's utilities, unless they are dominated.
func (f *front) offer(u []int64) error {
	if f.compared > maxCompared {
		return &tooLarge{fmt.Sprintf("the frontier takes more than %d comparisons", int64(maxCompared))}
	}
	for i := range f.points {
		f.compared++
		if reaches(f.points[i].u, u) {
			if slices.Equal(f.points[i].u, u) {
				f.points[i].ties++
			}
			// What dominates one is likely to dominate the next.
			f.points[i/2], f.points[i] = f.points[i], f.points[i/2]
			return nil
		}
	}
	f.compared += int64(len(f.points))
	f.points = slices.DeleteFunc(f.points, func(p point) bool { return reaches(u, p.u) })
	f.points = append(f.points, point{slices.Clone(u), 1})
	return nil
}

// sort puts the greatest utility of the first party first, then of the second, and so on.
func (f *front) sort() {
	slices.SortFunc(f.points, func(a, b point) int { return slices.Compare(b.u, a.u) })
}

// reaches reports whether x is at least y for every party.
func reaches(x, y []int64) bool {
	for p, v := range x {
		if v < y[p] {
			return false
		}
	}
	return true
}

// A listed is what one pass over every outcome finds.
type listed struct {
	zone, agreed front // of the zone, and of what every party accepts in it
	count        int64 // outcomes in the zone
	least, most  []int64
}

// list visits every outcome of a space that is small enough.
func list(ctx context.Context, s *outcome.Space) (*listed, error) {
	if s.Size().Cmp(big.NewInt(MaxListing)) > 0 {
		return nil, &tooLarge{fmt.Sprintf("%v packages are more than the %d that are listed again", s.Size(), MaxListing)}
	}
	l := &listed{least: make([]int64, len(s.Parties)), most: make([]int64, len(s.Parties))}
	everyone := unanimous(s)
	o := make(outcome.Outcome, len(s.Issues))
	u := make([]int64, len(s.Parties))
	for rank, more := 0, true; more; rank++ {
		if rank%4096 == 0 {
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
		}
		if s.Admits(o) {
			accepted := s.Accepted(o)
			if s.Consent.Holds(accepted, len(s.Parties)) {
				for p := range u {
					u[p] = s.Parties[p].Value(o)
					if l.count == 0 {
						l.least[p], l.most[p] = u[p], u[p]
					}
					l.least[p], l.most[p] = min(l.least[p], u[p]), max(l.most[p], u[p])
				}
				l.count++
				if err := l.zone.offer(u); err != nil {
					return nil, err
				}
				if !everyone && accepted == 1<<len(u)-1 {
					if err := l.agreed.offer(u); err != nil {
						return nil, err
					}
				}
			}
		}
		more = false
		for i := len(o) - 1; i >= 0 && !more; i-- {
			if o[i]++; o[i] < s.Issues[i].Options {
				more = true
			} else {
				o[i] = 0
			}
		}
	}
	if everyone {
		l.agreed = l.zone
	}
	return l, nil
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
	l.zone.sort()
	if err := v.frontier(l.zone.points); err != nil {
		return err
	}
	l.agreed.sort()
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
		of := l.zone.points
		if rule.agreed {
			of = l.agreed.points
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
func (c *Claim) first(s *outcome.Space, of []point, value func(u []int64) []*big.Rat) error {
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
		switch slices.CompareFunc(value(p.u), v, (*big.Rat).Cmp) {
		case 1:
			return fmt.Errorf("a package with utilities %v ranks higher", p.u)
		case 0:
			ties += p.ties
			found = found || slices.Equal(p.u, u)
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
func (v *checking) frontier(own []point) error {
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
		if !slices.Equal(u, own[i].u) {
			return refusal(fmt.Sprintf("frontier point %d", i), fmt.Errorf("utilities %v, but %v is the next efficient point", u, own[i].u))
		}
	}
	v.say("frontier: %d points, of which %d are listed, each reached by its package; none is missing, none is dominated", c.Size, len(c.Points))
	return nil
}

// merge returns the frontier of the zone of two parties, each issue counting for
// itself, and the number of sums that it took: the frontier of the issues so far plus each option
// of the next, sorted, the dominated left out (Nemhauser and Ullmann 1969). A sum can be
// efficient only if both its parts are.
func (t *tables) merge(ctx context.Context, s *outcome.Space) (zone []point, sums int, err error) {
	type pair struct{ a, b int64 }
	front := []pair{{}}
	for i, left := range t.left {
		if err := context.Cause(ctx); err != nil {
			return nil, 0, err
		}
		if len(left)*len(front) > maxCandidates {
			return nil, 0, &tooLarge{fmt.Sprintf("merging takes more than %d sums for one issue", maxCandidates)}
		}
		var all []pair
		for _, o := range left {
			for _, f := range front {
				all = append(all, pair{f.a + t.gain[i][o][0], f.b + t.gain[i][o][1]})
			}
		}
		sums += len(all)
		slices.SortFunc(all, func(x, y pair) int { return cmp.Or(cmp.Compare(y.a, x.a), cmp.Compare(y.b, x.b)) })
		front = front[:0]
		for _, x := range all {
			if len(front) == 0 || x.b > front[len(front)-1].b {
				front = append(front, x)
			}
		}
	}
	for _, f := range front {
		if s.Parties[0].Threshold.Accepts(f.a) && s.Parties[1].Threshold.Accepts(f.b) {
			zone = append(zone, point{u: []int64{f.a, f.b}})
		}
	}
	return zone, sums, nil
}
