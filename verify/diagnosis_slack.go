package verify

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
)

// zone checks what is claimed of a case with a zone.
func (v *diagnosing) zone(patterns map[conds]*pattern, found *slack) error {
	s, c := v.space, v.c
	if err := v.nothing(); err != nil {
		return err
	}
	if c.Witness != nil {
		if err := inZone(s, c.Witness); err != nil {
			return refusal("witness", err)
		}
	}
	if c.Slack == nil {
		v.say("slack: nothing is claimed")
		return nil
	}
	if err := v.raises(found); err != nil {
		return err
	}
	if err := v.growth(patterns); err != nil {
		return err
	}
	if !slices.EqualFunc(c.Slack.Options, found.options, slices.Equal[[]bool]) {
		return refusal("slack: options", errors.New("the zone has others"))
	}
	v.say("slack: by how much each no-deal value and all together can rise, what each other condition keeps out, and which options the zone has")
	return nil
}

// raises checks by how much no-deal values can rise, each for itself and all together.
func (v *diagnosing) raises(found *slack) error {
	s, k, monotone := v.space, v.c.Slack, v.monotone()
	same := func(claim string, got *string, want *big.Rat) error {
		if (got == nil) != (want == nil) || want != nil && want.RatString() != *got {
			return refusal("slack: "+claim, errors.New("it is another number, or none"))
		}
		return nil
	}
	if len(k.Raise) != len(s.Parties) || (k.Dispensable == nil) == monotone {
		return refusal("slack", errors.New("by how much no-deal values can rise is not said of each party"))
	}
	if monotone && !slices.Equal(k.Dispensable, found.free) {
		return refusal("slack: dispensable", errors.New("it is not so of every party"))
	}
	for p := range s.Parties {
		var want *big.Rat
		if t := s.Parties[p].Threshold; monotone && t.Set && !found.free[p] {
			want = big.NewRat(found.most[p]-t.Value, s.Parties[p].Units())
		}
		if err := same("raise of "+s.Parties[p].ID, k.Raise[p], want); err != nil {
			return err
		}
	}
	var margin *big.Rat
	var first outcome.Outcome
	if monotone && !found.endless {
		margin = big.NewRat(found.margin.units, found.margin.scale)
		first = exhaust.Outcome(s, found.first)
	}
	if err := same("margin", k.Margin, margin); err != nil {
		return err
	}
	if (k.MarginOutcome == nil) != (first == nil) || !slices.Equal(k.MarginOutcome, first) {
		return refusal("slack: margin_outcome", errors.New("another package is the first that is left"))
	}
	return nil
}

// growth checks by how many packages the zone grows without each condition that is no no-deal value.
func (v *diagnosing) growth(patterns map[conds]*pattern) error {
	k := v.c.Slack
	if n := len(v.ids) - v.noDeals.Size(); len(k.Growth) != n {
		return refusal("slack: growth", fmt.Errorf("%d numbers for %d conditions", len(k.Growth), n))
	}
	i := 0
	for at := range v.ids {
		if v.noDeals.Has(at) {
			continue
		}
		var growth int64
		for _, x := range patterns {
			if v.possible(x.broken, conds{}.With(at)) {
				growth += x.count
			}
			if x.zone {
				growth -= x.count
			}
		}
		if k.Growth[i] == nil || *k.Growth[i] != fmt.Sprint(growth) {
			return refusal("slack: growth", fmt.Errorf("without %s the zone grows by %v packages", v.ids[at], growth))
		}
		i++
	}
	return nil
}

// monotone reports whether no refusal helps to meet the consent rule.
func (v *diagnosing) monotone() bool {
	if v.consent < 0 {
		return true
	}
	n := len(v.own)
	for yes := range uint64(1) << n {
		if !v.space.Consent.Holds(yes, n) {
			continue
		}
		for p := range n {
			if !v.space.Consent.Holds(yes|1<<p, n) {
				return false
			}
		}
	}
	return true
}

// A slack is what a visit of all packages finds of a zone's slack.
type slack struct {
	space   *outcome.Space
	most    []int64  // by party, the greatest utility in the zone
	least   []int64  // and the least
	free    []bool   // by party: some package has consent without it
	options [][]bool // by issue: those that the zone has
	endless bool     // some package has consent however no-deal values rise
	margin  gain     // by how much all of them can rise
	first   int64    // rank of the first package that is left then; -1 for none yet

	u       []int64
	leaving []leave
}

// A leave is a party whose no-deal value passes what it gets once all of them have risen by its gain.
type leave struct {
	party int
	at    gain
}

// A gain is a number of points, 0 or more.
type gain struct{ units, scale int64 }

func (g gain) compare(h gain) int {
	a, b := bits.Mul64(uint64(g.units), uint64(h.scale))
	c, d := bits.Mul64(uint64(h.units), uint64(g.scale))
	return cmp.Or(cmp.Compare(a, c), cmp.Compare(b, d))
}

func (v *diagnosing) newSlack() *slack {
	s, n := v.space, len(v.space.Parties)
	f := &slack{space: s, least: slices.Repeat([]int64{math.MaxInt64}, n), most: slices.Repeat([]int64{math.MinInt64}, n), free: make([]bool, n), first: -1, u: make([]int64, n)}
	for _, is := range s.Issues {
		f.options = append(f.options, make([]bool, is.Options))
	}
	return f
}

// take takes in packages of a pattern. The margin is that of a consent rule that no refusal helps to meet.
func (f *slack) take(x *pattern, part *exhaust.Part) error {
	if !x.zone {
		return nil
	}
	part.Options(f.options)
	part.Range(f.least, f.most)
	for p := range f.free {
		f.free[p] = f.free[p] || f.space.Consent.Holds(x.accepted&^(1<<p), len(f.free))
	}
	look := func(int64) bool {
		at, closes := f.closing(x.accepted)
		return f.first < 0 || !closes || at.compare(f.margin) >= 0
	}
	return part.Bounded(f.u, look, func(rank int64) error {
		at, closes := f.closing(x.accepted)
		if !closes {
			f.endless = true
		} else if f.first < 0 || at.compare(f.margin) > 0 || at.compare(f.margin) == 0 && rank < f.first {
			f.margin, f.first = at, rank
		}
		return nil
	})
}

// closing returns the gain at which consent to the utilities in u is lost, if it is, as all no-deal values rise: parties
// leave in the order of their gains.
func (f *slack) closing(staying uint64) (at gain, closes bool) {
	f.leaving = f.leaving[:0]
	for p, u := range f.u {
		if t := f.space.Parties[p].Threshold; t.Set && staying>>p&1 != 0 {
			f.leaving = append(f.leaving, leave{p, gain{u - t.Value, f.space.Parties[p].Units()}})
		}
	}
	slices.SortFunc(f.leaving, func(x, y leave) int { return x.at.compare(y.at) })
	for _, x := range f.leaving {
		if staying &^= 1 << x.party; !f.space.Consent.Holds(staying, len(f.u)) {
			return x.at, true
		}
	}
	return gain{}, false
}
