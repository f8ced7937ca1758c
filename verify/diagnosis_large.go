package verify

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// maxStates bounds the partial sums that summing issues in one order holds.
const maxStates = 1 << 22

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
	if err := fits(s, c.Witness); err != nil {
		return refusal("witness", err)
	}
	if !s.InZone(c.Witness) {
		return refusal("witness", fmt.Errorf("package %v is not in the zone", c.Witness))
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
		relaxed := v.opening[i]
		for _, k := range v.noDeal {
			if k >= 0 {
				relaxed = relaxed.minus(conds{}.with(k))
			}
		}
		if err := v.terms(fmt.Sprintf("concessions of opening set %d", i), c.OpeningSets[i].Concessions, relaxed); err != nil {
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
		if err := v.spend(ctx, i); err != nil {
			return refusal(name, err)
		}
		// Sets come in the order of their sizes, so that a part of one comes before it.
		if slices.ContainsFunc(v.blocking[:i], func(b conds) bool { return b.within(set) }) {
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
		for _, k := range set.list() {
			// Without k relaxed, a blocking set is still wholly in force.
			if !slices.ContainsFunc(v.blocking, func(b conds) bool { return b.and(set).within(conds{}.with(k)) }) {
				return refusal(fmt.Sprintf("opening set %d", i), fmt.Errorf("nothing shows that it needs %s", v.ids[k]))
			}
		}
	}
	v.say("%d opening sets: the package of each is possible, and no part of any of them opens a zone", len(v.opening))
	if !v.c.Complete {
		v.say("whether there are more sets is not claimed")
		return nil
	}
	all, err := v.hit(ctx, v.blocking)
	if err != nil {
		return refusal("complete", err)
	}
	claimed := slices.Clone(v.opening)
	slices.SortFunc(claimed, compareConds)
	if !slices.Equal(all, claimed) {
		return refusal("complete", fmt.Errorf("%d sets share a condition with every blocking set, and not all of them are opening sets", len(all)))
	}
	v.say("complete: the opening sets are all that share a condition with every blocking set, and none of those is part of another, so that there are no others of either kind")
	return nil
}

// terms checks that the package of each concession is possible on its terms and no other, and that none
// of them asks as much as another of everybody.
func (v *diagnosing) terms(name string, claims []ConcessionClaim, relaxed conds) error {
	var all [][]int64
	for i := range claims {
		units, err := v.concession(&claims[i])
		if err != nil {
			return refusal(fmt.Sprintf("%s, number %d", name, i), err)
		}
		o := claims[i].Outcome
		broken, admitted := v.broken(o)
		left := broken.minus(relaxed)
		for p, k := range v.noDeal {
			if k >= 0 {
				left = left.minus(conds{}.with(k))
			}
			if units[p] != v.short(p, v.space.Parties[p].Value(o)) {
				err = fmt.Errorf("package %v asks another number of points of %s", o, v.space.Parties[p].ID)
			}
		}
		switch {
		case err != nil:
		case !admitted || left != conds{}:
			err = fmt.Errorf("package %v breaks another condition", o)
		case slices.ContainsFunc(all, func(x []int64) bool { return reaches(units, x) || reaches(x, units) }):
			err = errors.New("another asks as little of everybody")
		case i > 0 && v.order(all[i-1], units, claims[i-1].Outcome, o) >= 0:
			err = errors.New("it is out of order")
		}
		if err != nil {
			return refusal(fmt.Sprintf("%s, number %d", name, i), err)
		}
		all = append(all, units)
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
	t, err := newTables(s)
	if err != nil {
		return err
	}
	k := &prover{tables: t, from: make([]*big.Int, len(s.Parties))}
	refuted, err := k.refute(ctx, e.Refutation)
	if err != nil {
		return err
	}
	return k.need([]*statement{refuted}, thresholds(s), "every no-deal value of the set")
}

// inForce returns the space with the conditions of a set in force and no others.
func (v *diagnosing) inForce(set conds) *outcome.Space {
	s := v.space
	out := &outcome.Space{Issues: s.Issues}
	k := 0
	next := func() bool {
		k++
		return set.has(k - 1)
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

// A partial is a choice of options of the issues that are linked to later ones, with sums that such a
// choice can have.
type partial struct {
	options []int // of those issues, in order
	sums    [][]int64
}

// excludedBySums sums issues in an order: after each, for every joint option of the issues
// before that are still linked to one after, the sums of utilities that are not dominated. Sums that
// cannot reach every no-deal value any more are dropped, and what exceeds all that can be needed is cut off
// (bucket elimination; Dechter 1999). It fails unless nothing is left.
func excludedBySums(ctx context.Context, s *outcome.Space, order []int) error {
	n := len(s.Issues)
	place := make([]int, n) // by issue
	for i := range place {
		place[i] = -1
	}
	for at, i := range order {
		if i < 0 || i >= n || place[i] >= 0 {
			return fmt.Errorf("the order has issue %d twice, or has no such issue", i)
		}
		place[i] = at
	}
	if len(order) != n {
		return fmt.Errorf("the order has %d issues of %d", len(order), n)
	}
	var asked []int // parties
	for p := range s.Parties {
		if s.Parties[p].Threshold.Set {
			asked = append(asked, p)
		}
	}
	// Every table is applied at the last of its issues, and keeps the others until then.
	type at struct {
		table *outcome.Table
		party int // in asked; -1 forbids
		add   int64
	}
	apply := make([][]at, n)
	until := slices.Clone(place) // by issue, the place at which it is last needed
	never := false
	take := func(t *outcome.Table, party int, add int64) {
		issues := t.Issues()
		if len(issues) == 0 {
			if !t.Holds(make(outcome.Outcome, n)) {
				return
			}
			if party < 0 {
				never = true
				return
			}
		}
		last := 0
		for _, i := range issues {
			last = max(last, place[i])
		}
		for _, i := range issues {
			until[i] = max(until[i], last)
		}
		apply[last] = append(apply[last], at{t, party, add})
	}
	for k := range s.Requires {
		take(&s.Requires[k].Forbidden, -1, 0)
	}
	for p := range s.Parties {
		for k := range s.Parties[p].RedLines {
			take(&s.Parties[p].RedLines[k].Forbidden, -1, 0)
		}
	}
	for q, p := range asked {
		for k := range s.Parties[p].Adjustments {
			take(&s.Parties[p].Adjustments[k].When, q, s.Parties[p].Adjustments[k].Add)
		}
	}
	if never {
		return nil
	}
	// What the issues from a place on can add at most and at least.
	most, least := make([][]int64, n+1), make([][]int64, n+1)
	most[n], least[n] = make([]int64, len(asked)), make([]int64, len(asked))
	for k := n - 1; k >= 0; k-- {
		most[k], least[k] = slices.Clone(most[k+1]), slices.Clone(least[k+1])
		for q, p := range asked {
			most[k][q] += slices.Max(s.Parties[p].Scores[order[k]])
			least[k][q] += slices.Min(s.Parties[p].Scores[order[k]])
		}
		for _, a := range apply[k] {
			if a.party >= 0 {
				most[k][a.party] += max(a.add, 0)
				least[k][a.party] += min(a.add, 0)
			}
		}
	}
	var linked []int // issues
	states := []partial{{sums: [][]int64{make([]int64, len(asked))}}}
	o := make(outcome.Outcome, n)
	compared := 0
	for k, i := range order {
		before := linked
		if linked = append(slices.Clone(linked), i); until[i] == k || len(linked) > 0 {
			linked = slices.DeleteFunc(linked, func(x int) bool { return until[x] <= k })
		}
		next := make(map[string]*partial)
		var keys []string
		total := 0
		for _, st := range states {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			for at, x := range before {
				o[x] = st.options[at]
			}
			for option := range s.Issues[i].Options {
				o[i] = option
				gain := make([]int64, len(asked))
				for q, p := range asked {
					gain[q] = s.Parties[p].Scores[i][option]
				}
				out := false
				for _, a := range apply[k] {
					if !a.table.Holds(o) {
						continue
					}
					if a.party < 0 {
						out = true
						break
					}
					gain[a.party] += a.add
				}
				if out {
					continue
				}
				options := make([]int, len(linked))
				for at, x := range linked {
					options[at] = o[x]
				}
				key := fmt.Sprint(options)
				to := next[key]
				if to == nil {
					to = &partial{options: options}
					next[key] = to
					keys = append(keys, key)
				}
				for _, sum := range st.sums {
					u := make([]int64, len(sum))
					hopeless := false
					for q := range sum {
						floor := s.Parties[asked[q]].Threshold.Value
						u[q] = min(sum[q]+gain[q], floor-least[k+1][q])
						hopeless = hopeless || u[q]+most[k+1][q] < floor
					}
					if !hopeless {
						to.sums = append(to.sums, u)
						total++
					}
				}
				if total > maxStates {
					return &tooLarge{fmt.Sprintf("more than %d partial sums", maxStates)}
				}
			}
		}
		states = nil
		for _, key := range keys {
			st := next[key]
			if err := st.thin(&compared); err != nil {
				return err
			}
			if len(st.sums) > 0 {
				states = append(states, *st)
			}
		}
	}
	if len(states) > 0 {
		return errors.New("summing the issues finds a package that satisfies all of it")
	}
	return nil
}

// thin drops sums that another is at least as good as for everybody.
func (st *partial) thin(compared *int) error {
	slices.SortFunc(st.sums, func(x, y []int64) int { return slices.Compare(y, x) })
	var kept [][]int64
	for _, u := range st.sums {
		from := 0
		if len(u) <= 2 && len(kept) > 0 {
			from = len(kept) - 1 // the last has the most of the second
		}
		if *compared += len(kept) - from; *compared > maxCompared {
			return &tooLarge{"summing the issues takes too many comparisons"}
		}
		if !slices.ContainsFunc(kept[from:], func(x []int64) bool { return reaches(x, u) }) {
			kept = append(kept, u)
		}
	}
	st.sums = kept
	return nil
}
