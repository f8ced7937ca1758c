package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
	"github.com/goodoffices/goodoffices/verify/internal/sets"
)

// large checks the certificate of a case too large to list, in which everyone must consent.
func (v *diagnosing) large(ctx context.Context) error {
	c := v.c
	switch {
	case v.consent >= 0:
		return refusal("method", errors.New("only listing proves anything about a consent rule"))
	case c.Slack != nil || c.ConcessionsComplete:
		return refusal("method", errors.New("only listing proves slack, and that no concession is missing"))
	case slices.ContainsFunc(c.OpeningSets, func(o OpeningClaim) bool { return o.Least }):
		return refusal("method", errors.New("only listing proves that no package asks fewer points"))
	}
	switch c.Verdict {
	case hasZone:
		return v.largeZone()
	case unknown:
		return v.notKnown()
	case noZone:
		return v.largeNone(ctx)
	}
	return refusal("verdict", fmt.Errorf("%.40q is none", c.Verdict))
}

// largeZone checks that a package is acceptable to every party.
func (v *diagnosing) largeZone() error {
	s, c := v.space, v.c
	if err := v.nothing(); err != nil {
		return err
	}
	if err := inZone(s, c.Witness); err != nil {
		return refusal("witness", err)
	}
	v.say("verdict zone: package %v is acceptable to every party", c.Witness)
	return nil
}

// notKnown checks that nothing is claimed.
func (v *diagnosing) notKnown() error {
	c := v.c
	if c.Witness != nil || c.Complete {
		return refusal("verdict", errors.New("a package or completeness of what is not known"))
	}
	if err := v.nothing(); err != nil {
		return err
	}
	v.say("verdict unknown: nothing is claimed")
	return nil
}

// largeNone checks that the zone is empty, and the sets and concessions that say why.
func (v *diagnosing) largeNone(ctx context.Context) error {
	c := v.c
	if c.Witness != nil {
		return refusal("witness", errors.New("a package of an empty zone"))
	}
	if c.Hopeless {
		if len(v.blocking)+len(v.opening)+len(c.Concessions) > 0 || c.Empty == nil {
			return refusal("hopeless", errors.New("sets are claimed, or nothing shows it"))
		}
		if err := v.exclude(ctx, c.Empty, conds{}); err != nil {
			return refusal("hopeless", err)
		}
		v.say("hopeless: logical and legal requirements alone exclude every package")
		return nil
	}
	if c.Empty != nil || len(v.blocking) == 0 {
		return refusal("verdict", errors.New("no blocking set shows that the zone is empty"))
	}
	if err := v.largeBlocking(ctx); err != nil {
		return err
	}
	if err := v.largeOpening(ctx); err != nil {
		return err
	}
	if err := v.terms("concessions", c.Concessions, conds{}); err != nil {
		return err
	}
	for i := range c.OpeningSets {
		if err := v.terms(fmt.Sprintf("concessions of opening set %d", i), c.OpeningSets[i].Concessions, v.opening[i].Minus(v.noDeals)); err != nil {
			return err
		}
	}
	v.say("%d concessions in points: the package of each is possible on its terms", len(c.Concessions))
	return nil
}

// largeBlocking checks that each blocking set excludes every package, and says whether it needs all of its conditions.
func (v *diagnosing) largeBlocking(ctx context.Context) error {
	c := v.c
	unshown := 0
	for i, set := range v.blocking {
		name := fmt.Sprintf("blocking set %d", i)
		if c.BlockingSets[i].Excludes == nil {
			return refusal(name, errors.New("nothing shows that it excludes every package"))
		}
		if err := v.exclude(ctx, c.BlockingSets[i].Excludes, set); err != nil {
			return refusal(name, err)
		}
		if err := v.spend(ctx, i, 0); err != nil {
			return refusal(name, err)
		}
		// Sets come in the order of their sizes, so that a part of one comes before it.
		if slices.ContainsFunc(v.blocking[:i], func(b conds) bool { return b.Within(set) }) {
			return refusal(name, errors.New("another blocking set is part of it"))
		}
		// Packages that are needed are those of opening sets, which were checked; each breaks, of this
		// set, its own condition at most.
		if slices.ContainsFunc(c.BlockingSets[i].Needed, func(o []int) bool { return o == nil }) {
			unshown++
		}
	}
	v.say("verdict no_zone; %d blocking sets: each excludes every package", len(v.blocking))
	if unshown > 0 {
		v.say("of %d blocking sets it is not shown that each condition in them is needed", unshown)
	} else {
		v.say("each of them needs every condition in it: a package is possible without it")
	}
	return nil
}

// largeOpening checks that no part of an opening set opens, and that there are no more sets where that is claimed.
func (v *diagnosing) largeOpening(ctx context.Context) error {
	for i, set := range v.opening {
		for _, k := range set.List() {
			// Without k relaxed, a blocking set is still wholly in force.
			if !slices.ContainsFunc(v.blocking, func(b conds) bool { return b.And(set).Within(conds{}.With(k)) }) {
				return refusal(fmt.Sprintf("opening set %d", i), fmt.Errorf("nothing shows that it needs %s", v.ids[k]))
			}
		}
	}
	v.say("%d opening sets: the package of each is possible, and no part of any of them opens a zone", len(v.opening))
	if !v.c.Complete {
		v.say("whether there are more sets is not claimed")
		return nil
	}
	all, err := sets.Hitting(v.blocking, v.spending(ctx))
	if err != nil {
		return refusal("complete", err)
	}
	claimed := slices.Clone(v.opening)
	slices.SortFunc(claimed, conds.Compare)
	if !slices.Equal(all, claimed) {
		return refusal("complete", fmt.Errorf("%d sets share a condition with every blocking set, and not all of them are opening sets", len(all)))
	}
	v.say("complete: the opening sets are all that share a condition with every blocking set, and none of those is part of another, so that there are no others of either kind")
	return nil
}

// terms checks that the package of each concession is possible on its terms and no other, and that none
// of them asks as much as another of everybody.
func (v *diagnosing) terms(name string, claims []ConcessionClaim, relaxed conds) error {
	var all []concession
	for i := range claims {
		claimed, err := v.concession(&claims[i])
		if err == nil {
			err = v.term(claimed, relaxed)
		}
		switch {
		case err != nil:
		case slices.ContainsFunc(all, func(x concession) bool {
			return exhaust.Reaches(claimed.units, x.units) || exhaust.Reaches(x.units, claimed.units)
		}):
			err = errors.New("another asks as little of everybody")
		case i > 0 && all[i-1].compare(claimed) >= 0:
			err = errors.New("it is out of order")
		}
		if err != nil {
			return refusal(fmt.Sprintf("%s, number %d", name, i), err)
		}
		all = append(all, claimed)
	}
	return nil
}

// term checks that a concession's package is possible on its terms.
func (v *diagnosing) term(c concession, relaxed conds) error {
	broken, admitted := v.broken(c.o)
	if !admitted || !broken.Within(relaxed.Or(v.noDeals)) {
		return fmt.Errorf("package %v breaks another condition", c.o)
	}
	for p := range v.noDeal {
		if c.units[p] != v.short(p, v.space.Parties[p].Value(c.o)) {
			return fmt.Errorf("package %v asks another number of points of %s", c.o, v.space.Parties[p].ID)
		}
	}
	return nil
}

// exclude checks that no package satisfies a set of conditions and what never gives way.
func (v *diagnosing) exclude(ctx context.Context, e *Exclusion, set conds) error {
	s := v.inForce(set)
	if (e.Refutation == nil) == (e.Order == nil) || e.Order != nil && v.c.Method != "elimination" {
		return fmt.Errorf("what shows it does not go with the method %s", v.c.Method)
	}
	if e.Order != nil {
		return excludedBySums(ctx, s, e.Order)
	}
	k, err := newProver(s)
	if err != nil {
		return err
	}
	return k.empty(ctx, e.Refutation)
}

// inForce returns the space with the conditions of a set in force and no others.
func (v *diagnosing) inForce(set conds) *outcome.Space {
	s := v.space
	out := &outcome.Space{Issues: s.Issues}
	k := 0
	next := func() bool {
		k++
		return set.Has(k - 1)
	}
	for i := range s.Requires {
		if s.Requires[i].Kind != outcome.Political || next() {
			out.Requires = append(out.Requires, s.Requires[i])
		}
	}
	for p := range s.Parties {
		party := s.Parties[p]
		party.RedLines, party.Threshold = nil, outcome.Threshold{}
		for i := range s.Parties[p].RedLines {
			if next() {
				party.RedLines = append(party.RedLines, s.Parties[p].RedLines[i])
			}
		}
		if s.Parties[p].Threshold.Set && next() {
			party.Threshold = s.Parties[p].Threshold
		}
		out.Parties = append(out.Parties, party)
	}
	return out
}

// excludedBySums checks that summing issues in an order finds no package.
func excludedBySums(ctx context.Context, s *outcome.Space, order []int) error {
	n, sorted := len(s.Issues), slices.Sorted(slices.Values(order))
	if len(order) != n || len(slices.Compact(sorted)) != n || sorted[0] != 0 || sorted[n-1] != n-1 {
		return fmt.Errorf("the order does not have each of %d issues once", len(s.Issues))
	}
	some, err := exhaust.Some(ctx, s, order)
	if some {
		return errors.New("summing the issues finds a package that satisfies all of it")
	}
	return err
}
