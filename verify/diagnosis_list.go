package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
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
	relaxed conds // with what else relaxed
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
	opening, conceding, err := v.tasks()
	if err != nil {
		return err
	}
	patterns := make(map[conds]*pattern)
	err = exhaust.List(ctx, s, v.kept, v.tests, func(part *exhaust.Part) error {
		x := patterns[part.Failed]
		if x == nil {
			if len(patterns) == maxPatterns {
				return &tooLarge{Why: fmt.Sprintf("packages break more than %d different sets of conditions", maxPatterns)}
			}
			var err error
			if x, err = v.pattern(ctx, part.Failed, opening, conceding); err != nil {
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
	v.say("verdict no_zone: no package is acceptable")
	if c.Witness != nil || c.Slack != nil {
		return refusal("verdict", errors.New("a package or slack of an empty zone"))
	}
	if c.Hopeless != (len(patterns) == 0) {
		return refusal("hopeless", fmt.Errorf("%t, but packages that satisfy what never gives way: %t", c.Hopeless, len(patterns) > 0))
	}
	if c.Hopeless {
		if len(v.blocking)+len(v.opening)+len(c.Concessions) > 0 {
			return refusal("hopeless", errors.New("sets or concessions although nothing may give way"))
		}
		v.say("hopeless: logical and legal requirements alone exclude every package")
	}
	if err := v.families(ctx, least); err != nil {
		return err
	}
	return v.packages(opening, conceding)
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
	var all []conds
	for w := range seen {
		all = append(all, w)
	}
	slices.SortFunc(all, conds.Compare)
	var least []conds
	for _, w := range all {
		if err := v.spend(ctx, len(least)); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(least, func(x conds) bool { return x.Within(w) }) {
			if least = append(least, w); len(least) > maxPatterns/4 {
				return nil, &tooLarge{Why: "there are too many opening sets"}
			}
		}
	}
	return least, nil
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
		if err := v.spend(ctx, len(c.BlockingSets[i].Conditions)*len(least)); err != nil {
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
	all, err := v.hit(ctx, v.opening)
	if err != nil {
		return refusal("complete", err)
	}
	if !slices.Equal(all, v.blocking) {
		return refusal("complete", fmt.Errorf("%d blocking sets, or others, not %d", len(all), len(v.blocking)))
	}
	v.say("complete: there are no other blocking and opening sets")
	return nil
}

// tasks returns what a listing is asked of packages: for each opening set, and for concessions with it, nil where
// none are claimed. The first of the latter is for those with nothing else relaxed.
func (v *diagnosing) tasks() (opening, conceding []*task, err error) {
	conceding = []*task{{}}
	count := 1
	for i, set := range v.opening {
		opening = append(opening, &task{relaxed: set})
		conceding = append(conceding, nil)
		if v.c.OpeningSets[i].Concessions != nil {
			conceding[i+1] = &task{relaxed: set.Minus(v.noDeals)}
			count++
		}
	}
	if count > maxTasks {
		err = refusal("opening sets", &tooLarge{Why: fmt.Sprintf("more than %d have concessions of their own", maxTasks-1)})
	}
	return opening, conceding, err
}

// pattern finds what the tasks make of packages that break these conditions.
func (v *diagnosing) pattern(ctx context.Context, broken conds, opening, conceding []*task) (*pattern, error) {
	x := &pattern{broken: broken, accepted: v.accepting(broken, conds{}), zone: v.possible(broken, conds{})}
	if err := v.spend(ctx, len(opening)); err != nil {
		return nil, err
	}
	for _, t := range opening {
		if v.possible(broken, t.relaxed) {
			parties := uint64(0)
			for p, k := range v.noDeal {
				if k >= 0 && t.relaxed.Has(k) {
					parties |= 1 << p
				}
			}
			x.gives = append(x.gives, giving{t, parties})
		}
	}
	for _, t := range conceding {
		if t == nil {
			continue
		}
		masks, err := v.conceding(broken, t.relaxed)
		if err != nil {
			return nil, err
		}
		for _, parties := range masks {
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
func (v *diagnosing) packages(opening, conceding []*task) error {
	c := v.c
	for i, t := range opening {
		if !c.OpeningSets[i].Least {
			continue
		}
		first := slices.MinFunc(v.found(t), func(x, y concession) int { return cmp.Or(x.points.Cmp(y.points), slices.Compare(x.o, y.o)) })
		if !slices.Equal(c.OpeningSets[i].Outcome, first.o) {
			return refusal(fmt.Sprintf("opening set %d", i), fmt.Errorf("package %v asks as few points or fewer, and comes first", first.o))
		}
	}
	v.say("of every opening set that claims it, the package asks the fewest points, and is the first that does")
	for i, t := range conceding {
		name, claims := "concessions", c.Concessions
		if i > 0 {
			name, claims = fmt.Sprintf("concessions of opening set %d", i-1), c.OpeningSets[i-1].Concessions
		}
		if t == nil {
			continue
		}
		if err := v.conceded(name, claims, v.found(t)); err != nil {
			return err
		}
	}
	all := ""
	if c.ConcessionsComplete {
		all = ", and there are no others"
	}
	v.say("%d concessions in points: none asks less of everybody%s", len(c.Concessions), all)
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
func (v *diagnosing) conceded(name string, claims []ConcessionClaim, found []concession) error {
	slices.SortFunc(found, concession.compare)
	if v.c.ConcessionsComplete && len(claims) < len(found) {
		return refusal(name, fmt.Errorf("there are %d, not %d", len(found), len(claims)))
	}
	last := -1
	for i := range claims {
		claimed, err := v.concession(&claims[i])
		if err != nil {
			return refusal(fmt.Sprintf("%s, number %d", name, i), err)
		}
		at := slices.IndexFunc(found, func(f concession) bool { return f.compare(claimed) == 0 })
		if at <= last {
			return refusal(fmt.Sprintf("%s, number %d", name, i), errors.New("another asks less, or its package is not the first, or it is out of order"))
		}
		last = at
	}
	return nil
}

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
			want = big.NewRat(found.most[p]-t.Value, s.Parties[p].Scale)
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
			f.leaving = append(f.leaving, leave{p, gain{u - t.Value, f.space.Parties[p].Scale}})
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
