package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
	"github.com/goodoffices/goodoffices/verify/internal/sets"
)

const (
	// maxPatterns bounds the different sets of conditions that packages break.
	maxPatterns = 1 << 18
	// maxTasks bounds the lists of concessions of one certificate.
	maxTasks = 17
	// maxRefusers bounds the parties that refuse one package, where not everyone must consent.
	maxRefusers = 16
)

// A pattern is what all packages that break the same conditions have in common.
type pattern struct {
	broken   conds
	accepted uint64 // parties
	zone     bool
	count    int64
	gives    []giving
}

// A giving is a set of parties whose no-deal values have to fall for packages of a pattern, by the lights of a task.
type giving struct {
	to      *task
	parties uint64
}

// A task asks of a listing which packages ask least: each is a vector of what every party gives, in units, below 0,
// and 0 for parties that are not asked.
type task struct {
	name    string
	relaxed conds             // with what relaxed
	opening *OpeningClaim     // that its package asks the fewest points; nil for concessions
	claims  []ConcessionClaim // that these ask least of everybody
	front   exhaust.Front
}

// listing checks the certificate by visiting every package, for the sets of conditions that
// packages break, and for what the claims say about packages.
func (v *diagnosing) listing(ctx context.Context) error {
	s, c := v.space, v.c
	if err := listable(s); err != nil {
		return refusal("method", err)
	}
	if c.Empty != nil || slices.ContainsFunc(c.BlockingSets, func(b BlockingClaim) bool { return b.Excludes != nil }) {
		return refusal("method", errors.New("a certificate by listing has no exclusions"))
	}
	slack := v.newSlack()
	tasks, err := v.tasks()
	if err != nil {
		return refusal("opening sets", err)
	}
	patterns := make(map[conds]*pattern)
	err = exhaust.List(ctx, s, v.kept, v.tests, func(part *exhaust.Part) error {
		x := patterns[part.Failed]
		if x == nil {
			if len(patterns) == maxPatterns {
				return &tooLarge{Why: fmt.Sprintf("packages break more than %d different sets of conditions", maxPatterns)}
			}
			var err error
			if x, err = v.pattern(ctx, part.Failed, tasks); err != nil {
				return err
			}
			patterns[part.Failed] = x
		}
		x.count += part.Count()
		if c.Verdict == hasZone {
			return slack.take(x, part)
		}
		return v.take(x, part)
	})
	if err != nil {
		return refusal("listing", err)
	}
	v.say("all %v packages were listed", s.Size())
	least, err := v.leastSets(ctx, patterns)
	if err != nil {
		return refusal("listing", err)
	}
	zone := slices.Contains(least, conds{})
	if c.Verdict != verdictOf(zone) {
		return refusal("verdict", fmt.Errorf("it is %.40q, but there is a package in the zone: %t", c.Verdict, zone))
	}
	if zone {
		v.say("verdict zone")
		return v.zone(patterns, slack)
	}
	if err := v.none(len(patterns) == 0); err != nil {
		return err
	}
	if err := v.families(ctx, least); err != nil {
		return err
	}
	return v.packages(tasks)
}

// none checks what is claimed of an empty zone beside its sets.
func (v *diagnosing) none(hopeless bool) error {
	c := v.c
	v.say("verdict no_zone: no package is acceptable")
	if c.Witness != nil || c.Slack != nil {
		return refusal("verdict", errors.New("a package or slack of an empty zone"))
	}
	if c.Hopeless != hopeless {
		return refusal("hopeless", fmt.Errorf("%t, but packages that satisfy what never gives way: %t", c.Hopeless, !hopeless))
	}
	if !hopeless {
		return nil
	}
	if len(v.blocking)+len(v.opening)+len(c.Concessions) > 0 {
		return refusal("hopeless", errors.New("sets or concessions although nothing may give way"))
	}
	v.say("hopeless: logical and legal requirements alone exclude every package")
	return nil
}

// leastSets returns the smallest sets whose relaxation makes some package possible, in order.
func (v *diagnosing) leastSets(ctx context.Context, patterns map[conds]*pattern) ([]conds, error) {
	seen := make(map[conds]bool)
	for broken := range patterns {
		ways, err := v.ways(broken)
		if err != nil {
			return nil, err
		}
		for _, w := range ways {
			seen[w] = true
		}
		if len(seen) > 4*maxPatterns {
			return nil, &tooLarge{Why: "there are too many sets whose relaxation would make packages possible"}
		}
	}
	return sets.Least(slices.Collect(maps.Keys(seen)), v.spending(ctx))
}

// ways returns sets whose exact relaxation makes packages possible that break these conditions; every
// other such set has one of them in it.
func (v *diagnosing) ways(broken conds) ([]conds, error) {
	if v.consent < 0 {
		return []conds{broken}, nil
	}
	public := broken.And(v.public)
	ways := []conds{public.With(v.consent)}
	var refusers []conds
	for _, own := range v.own {
		if b := broken.And(own); b != (conds{}) {
			refusers = append(refusers, b)
		}
	}
	if len(refusers) > maxRefusers {
		return nil, &tooLarge{Why: fmt.Sprintf("more than %d parties refuse one package", maxRefusers)}
	}
	for mask := range uint64(1) << len(refusers) {
		w := public
		for ; mask != 0; mask &= mask - 1 {
			w = w.Or(refusers[bits.TrailingZeros64(mask)])
		}
		if v.agreed(broken, w) {
			ways = append(ways, w)
		}
	}
	return ways, nil
}

// named returns the ids of a set.
func (v *diagnosing) named(set conds) []string {
	ids := []string{}
	for _, k := range set.List() {
		ids = append(ids, v.ids[k])
	}
	return ids
}

// families checks the claimed sets against the smallest opening sets.
func (v *diagnosing) families(ctx context.Context, least []conds) error {
	c := v.c
	for i, set := range v.opening {
		if _, found := slices.BinarySearchFunc(least, set, conds.Compare); !found {
			return refusal(fmt.Sprintf("opening set %d", i), errors.New("a part of it opens a zone"))
		}
	}
	for i, set := range v.blocking {
		if err := v.spend(ctx, len(c.BlockingSets[i].Conditions)*len(least), 0); err != nil {
			return refusal("blocking sets", err)
		}
		if at := slices.IndexFunc(least, func(x conds) bool { return x.And(set) == conds{} }); at >= 0 {
			return refusal(fmt.Sprintf("blocking set %d", i), fmt.Errorf("a package satisfies all of it: it breaks no more than %q", v.named(least[at])))
		}
		for _, k := range set.List() {
			if !slices.ContainsFunc(least, func(x conds) bool { return x.And(set) == conds{}.With(k) }) {
				return refusal(fmt.Sprintf("blocking set %d", i), fmt.Errorf("it excludes every package without %s too", v.ids[k]))
			}
		}
	}
	v.say("%d blocking sets: no package satisfies any of them, and each needs every condition in it", len(v.blocking))
	v.say("%d opening sets: no part of any of them opens a zone", len(v.opening))
	if !c.Complete {
		v.say("whether there are more sets is not claimed")
		return nil
	}
	if c.Hopeless {
		return nil
	}
	// An opening set that is missing would make a blocking set too small, and that was refused.
	all, err := sets.Hitting(v.opening, v.spending(ctx))
	if err != nil {
		return refusal("complete", err)
	}
	if !slices.Equal(all, v.blocking) {
		return refusal("complete", fmt.Errorf("%d blocking sets, or others, not %d", len(all), len(v.blocking)))
	}
	v.say("complete: there are no other blocking and opening sets")
	return nil
}

// tasks returns what a listing is asked of packages.
func (v *diagnosing) tasks() (all []*task, err error) {
	for i, set := range v.opening {
		if o := &v.c.OpeningSets[i]; o.Least {
			all = append(all, &task{name: fmt.Sprintf("opening set %d", i), relaxed: set, opening: o})
		}
	}
	most := len(all) + maxTasks
	all = append(all, &task{name: "concessions", claims: v.c.Concessions})
	for i, set := range v.opening {
		if claims := v.c.OpeningSets[i].Concessions; claims != nil {
			all = append(all, &task{name: fmt.Sprintf("concessions of opening set %d", i), relaxed: set.Minus(v.noDeals), claims: claims})
		}
	}
	if len(all) > most {
		err = &tooLarge{Why: fmt.Sprintf("more than %d have concessions of their own", maxTasks-1)}
	}
	return all, err
}

// pattern finds what the tasks make of packages that break these conditions.
func (v *diagnosing) pattern(ctx context.Context, broken conds, tasks []*task) (*pattern, error) {
	x := &pattern{broken: broken, accepted: v.accepting(broken, conds{}), zone: v.possible(broken, conds{})}
	if err := v.spend(ctx, len(tasks), 0); err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.opening == nil {
			masks, err := v.conceding(broken, t.relaxed)
			if err != nil {
				return nil, err
			}
			for _, parties := range masks {
				x.gives = append(x.gives, giving{t, parties})
			}
		} else if v.possible(broken, t.relaxed) {
			parties := uint64(0)
			for p, k := range v.noDeal {
				if k >= 0 && t.relaxed.Has(k) {
					parties |= 1 << p
				}
			}
			x.gives = append(x.gives, giving{t, parties})
		}
	}
	return x, nil
}

// take offers packages of a pattern to its tasks.
func (v *diagnosing) take(x *pattern, part *exhaust.Part) error {
	for _, g := range x.gives {
		if err := g.to.front.Take(part, func(u []int64) {
			for p := range u {
				if g.parties>>p&1 != 0 {
					u[p] = -v.short(p, u[p])
				} else {
					u[p] = 0
				}
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// found returns the concessions of a task.
func (v *diagnosing) found(t *task) []concession {
	var all []concession
	for _, x := range t.front.Points {
		units := make([]int64, len(x.U))
		for p, u := range x.U {
			units[p] = -u
		}
		all = append(all, v.newConcession(units, exhaust.Outcome(v.space, x.First)))
	}
	return all
}

// packages checks what is claimed of packages and points.
func (v *diagnosing) packages(tasks []*task) error {
	for _, t := range tasks {
		found := v.found(t)
		if t.opening == nil {
			if err := v.conceded(t, found); err != nil {
				return err
			}
			continue
		}
		first := slices.MinFunc(found, func(x, y concession) int { return cmp.Or(x.points.Cmp(y.points), slices.Compare(x.o, y.o)) })
		if !slices.Equal(t.opening.Outcome, first.o) {
			return refusal(t.name, fmt.Errorf("package %v asks as few points or fewer, and comes first", first.o))
		}
	}
	v.say("of every opening set that claims it, the package asks the fewest points, and is the first that does")
	all := ""
	if v.c.ConcessionsComplete {
		all = ", and there are no others"
	}
	v.say("%d concessions in points: none asks less of everybody%s", len(v.c.Concessions), all)
	return nil
}

// conceding returns the sets of parties whose no-deal values have to fall for packages that break these
// conditions, with others relaxed: each for itself makes them possible.
func (v *diagnosing) conceding(broken, relaxed conds) ([]uint64, error) {
	left := broken.Minus(relaxed)
	if left.And(v.public) != (conds{}) {
		return nil, nil
	}
	if v.consent >= 0 && relaxed.Has(v.consent) {
		return []uint64{0}, nil
	}
	var yes uint64
	var short []int // parties that refuse for their no-deal value alone
	for p, own := range v.own {
		switch b := left.And(own); {
		case b == conds{}:
			yes |= 1 << p
		case v.noDeal[p] >= 0 && b == conds{}.With(v.noDeal[p]):
			short = append(short, p)
		case v.consent < 0:
			return nil, nil
		}
	}
	if v.consent < 0 {
		var all uint64
		for _, p := range short {
			all |= 1 << p
		}
		return []uint64{all}, nil
	}
	if len(short) > maxRefusers {
		return nil, &tooLarge{Why: fmt.Sprintf("more than %d parties are short of their no-deal values", maxRefusers)}
	}
	var masks []uint64
	for subset := range uint64(1) << len(short) {
		var mask uint64
		for ; subset != 0; subset &= subset - 1 {
			mask |= 1 << short[bits.TrailingZeros64(subset)]
		}
		if v.space.Consent.Holds(yes|mask, len(v.own)) {
			masks = append(masks, mask)
		}
	}
	return masks, nil
}

// conceded compares claimed concessions with those found.
func (v *diagnosing) conceded(t *task, found []concession) error {
	slices.SortFunc(found, concession.compare)
	if v.c.ConcessionsComplete && len(t.claims) < len(found) {
		return refusal(t.name, fmt.Errorf("there are %d, not %d", len(found), len(t.claims)))
	}
	last := -1
	for i := range t.claims {
		claimed, err := v.concession(&t.claims[i])
		if err != nil {
			return refusal(fmt.Sprintf("%s, number %d", t.name, i), err)
		}
		at := slices.IndexFunc(found, func(f concession) bool { return f.compare(claimed) == 0 })
		if at <= last {
			return refusal(fmt.Sprintf("%s, number %d", t.name, i), errors.New("another asks less, or its package is not the first, or it is out of order"))
		}
		last = at
	}
	return nil
}
