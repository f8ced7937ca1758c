package verify

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
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
	broken  conds
	count   int64
	opening []int      // claimed opening sets with which they become possible
	concede [][]uint64 // by task, parties whose no-deal values have to fall together
}

// A task asks for concessions with a set of conditions relaxed that are no no-deal values.
type task struct {
	relaxed conds
	found   []vectorAt
}

// A vectorAt is a vector of units by party, and the first package with it.
type vectorAt struct {
	units []int64
	o     outcome.Outcome
}

// A cheapest is the package that asks the fewest points of those that an opening set makes possible.
type cheapest struct {
	points *big.Int // over the common scale; nil for none
	o      outcome.Outcome
}

// walk visits every package in order.
func (v *diagnosing) walk(ctx context.Context, visit func(o outcome.Outcome) error) error {
	s := v.space
	o := make(outcome.Outcome, len(s.Issues))
	for rank, more := 0, true; more; rank++ {
		if rank%4096 == 0 {
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
		if err := visit(o); err != nil {
			return err
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
	return nil
}

// listing checks the certificate by visiting every package twice: once for the sets of conditions that
// packages break, once for what the claims say about packages.
func (v *diagnosing) listing(ctx context.Context) error {
	s, c := v.space, v.c
	if s.Size().Cmp(big.NewInt(MaxListing)) > 0 {
		return refusal("method", &tooLarge{fmt.Sprintf("%v packages are more than the %d that are listed again", s.Size(), MaxListing)})
	}
	if c.Empty != nil || slices.ContainsFunc(c.BlockingSets, func(b BlockingClaim) bool { return b.Excludes != nil }) {
		return refusal("method", errors.New("a certificate by listing has no exclusions"))
	}
	patterns := make(map[conds]*pattern)
	err := v.walk(ctx, func(o outcome.Outcome) error {
		broken, admitted := v.broken(o)
		if !admitted {
			return nil
		}
		x := patterns[broken]
		if x == nil {
			if len(patterns) == maxPatterns {
				return &tooLarge{fmt.Sprintf("packages break more than %d different sets of conditions", maxPatterns)}
			}
			x = &pattern{broken: broken}
			patterns[broken] = x
		}
		x.count++
		return nil
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
		return v.zone(ctx, patterns)
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
	return v.packages(ctx, patterns)
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
			return nil, &tooLarge{"there are too many sets whose relaxation would make packages possible"}
		}
	}
	var all []conds
	for w := range seen {
		all = append(all, w)
	}
	slices.SortFunc(all, compareConds)
	var least []conds
	for _, w := range all {
		if err := v.spend(ctx, len(least)); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(least, func(x conds) bool { return x.within(w) }) {
			if least = append(least, w); len(least) > maxPatterns/4 {
				return nil, &tooLarge{"there are too many opening sets"}
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
	public := broken.and(v.public)
	ways := []conds{public.with(v.consent)}
	var refusers []conds
	for _, own := range v.own {
		if b := broken.and(own); b != (conds{}) {
			refusers = append(refusers, b)
		}
	}
	if len(refusers) > maxRefusers {
		return nil, &tooLarge{fmt.Sprintf("more than %d parties refuse one package", maxRefusers)}
	}
	for mask := range uint64(1) << len(refusers) {
		w := public
		for ; mask != 0; mask &= mask - 1 {
			w = w.or(refusers[bits.TrailingZeros64(mask)])
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
	for _, k := range set.list() {
		ids = append(ids, v.ids[k])
	}
	return ids
}

// families checks the claimed sets against the smallest opening sets.
func (v *diagnosing) families(ctx context.Context, least []conds) error {
	c := v.c
	for i, set := range v.opening {
		if _, found := slices.BinarySearchFunc(least, set, compareConds); !found {
			return refusal(fmt.Sprintf("opening set %d", i), errors.New("a part of it opens a zone"))
		}
	}
	for i, set := range v.blocking {
		if err := v.spend(ctx, len(c.BlockingSets[i].Conditions)*len(least)); err != nil {
			return refusal("blocking sets", err)
		}
		if at := slices.IndexFunc(least, func(x conds) bool { return x.and(set) == conds{} }); at >= 0 {
			return refusal(fmt.Sprintf("blocking set %d", i), fmt.Errorf("a package satisfies all of it: it breaks no more than %q", v.named(least[at])))
		}
		for _, k := range set.list() {
			if !slices.ContainsFunc(least, func(x conds) bool { return x.and(set) == conds{}.with(k) }) {
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

// packages checks what is claimed of packages and points.
func (v *diagnosing) packages(ctx context.Context, patterns map[conds]*pattern) error {
	s, c := v.space, v.c
	tasks := []*task{{}}
	of := make(map[int]int) // the task of an opening set
	for i := range c.OpeningSets {
		if c.OpeningSets[i].Concessions == nil {
			continue
		}
		relaxed := v.opening[i]
		for _, k := range v.noDeal {
			if k >= 0 {
				relaxed = relaxed.minus(conds{}.with(k))
			}
		}
		of[i] = len(tasks)
		tasks = append(tasks, &task{relaxed: relaxed})
	}
	if len(tasks) > maxTasks {
		return refusal("opening sets", &tooLarge{fmt.Sprintf("more than %d have concessions of their own", maxTasks-1)})
	}
	for _, x := range patterns {
		if err := v.spend(ctx, len(v.opening)); err != nil {
			return refusal("opening sets", err)
		}
		for i, set := range v.opening {
			if v.possible(x.broken, set) {
				x.opening = append(x.opening, i)
			}
		}
		for _, t := range tasks {
			masks, err := v.conceding(x.broken, t.relaxed)
			if err != nil {
				return refusal("concessions", err)
			}
			x.concede = append(x.concede, masks)
		}
	}
	common := big.NewInt(1)
	for p := range s.Parties {
		d := big.NewInt(s.Parties[p].Scale)
		common.Div(times(common, d), new(big.Int).GCD(nil, nil, common, d))
	}
	weight := make([]*big.Int, len(s.Parties))
	for p := range weight {
		weight[p] = new(big.Int).Div(common, big.NewInt(s.Parties[p].Scale))
	}
	best := make([]cheapest, len(v.opening))
	short := make([]int64, len(s.Parties))
	sum, term := new(big.Int), new(big.Int)
	compared := 0
	err := v.walk(ctx, func(o outcome.Outcome) error {
		broken, admitted := v.broken(o)
		if !admitted {
			return nil
		}
		x := patterns[broken]
		if len(x.opening) == 0 && !slices.ContainsFunc(x.concede, func(m []uint64) bool { return m != nil }) {
			return nil
		}
		for p := range short {
			short[p] = v.short(p, s.Parties[p].Value(o))
		}
		for _, i := range x.opening {
			sum.SetInt64(0)
			for p, k := range v.noDeal {
				if k >= 0 && v.opening[i].has(k) {
					sum.Add(sum, term.Mul(weight[p], term.SetInt64(short[p])))
				}
			}
			if b := &best[i]; b.points == nil || sum.Cmp(b.points) < 0 {
				*b = cheapest{new(big.Int).Set(sum), slices.Clone(o)}
			}
		}
		for at, t := range tasks {
			for _, mask := range x.concede[at] {
				if compared += len(t.found); compared > maxCompared {
					return &tooLarge{"the concessions take too many comparisons"}
				}
				t.offer(short, mask, o)
			}
		}
		return nil
	})
	if err != nil {
		return refusal("listing", err)
	}
	for i := range c.OpeningSets {
		claim := &c.OpeningSets[i]
		if claim.Least && !slices.Equal(claim.Outcome, best[i].o) {
			return refusal(fmt.Sprintf("opening set %d", i), fmt.Errorf("package %v asks as few points or fewer, and comes first", best[i].o))
		}
	}
	v.say("of every opening set that claims it, the package asks the fewest points, and is the first that does")
	if err := v.conceded("concessions", c.Concessions, tasks[0], c.ConcessionsComplete); err != nil {
		return err
	}
	for i := range c.OpeningSets {
		at, ok := of[i]
		if !ok {
			continue
		}
		if err := v.conceded(fmt.Sprintf("concessions of opening set %d", i), c.OpeningSets[i].Concessions, tasks[at], c.ConcessionsComplete); err != nil {
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
	left := broken.minus(relaxed)
	if left.and(v.public) != (conds{}) {
		return nil, nil
	}
	if v.consent >= 0 && relaxed.has(v.consent) {
		return []uint64{0}, nil
	}
	var yes uint64
	var short []int // parties that refuse for their no-deal value alone
	for p, own := range v.own {
		switch b := left.and(own); {
		case b == conds{}:
			yes |= 1 << p
		case v.noDeal[p] >= 0 && b == conds{}.with(v.noDeal[p]):
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
		return nil, &tooLarge{fmt.Sprintf("more than %d parties are short of their no-deal values", maxRefusers)}
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

// offer takes in the concession of the parties of a mask for a package; packages come in order.
func (t *task) offer(short []int64, mask uint64, o outcome.Outcome) {
	units := make([]int64, len(short))
	for p, x := range short {
		if mask>>p&1 != 0 {
			units[p] = x
		}
	}
	for _, f := range t.found {
		if reaches(units, f.units) {
			return
		}
	}
	t.found = slices.DeleteFunc(t.found, func(f vectorAt) bool { return reaches(f.units, units) })
	t.found = append(t.found, vectorAt{units, slices.Clone(o)})
}

// conceded compares claimed concessions with those found.
func (v *diagnosing) conceded(name string, claims []ConcessionClaim, t *task, complete bool) error {
	slices.SortFunc(t.found, func(x, y vectorAt) int { return v.order(x.units, y.units, x.o, y.o) })
	if complete && len(claims) < len(t.found) {
		return refusal(name, fmt.Errorf("there are %d, not %d", len(t.found), len(claims)))
	}
	last := -1
	for i := range claims {
		units, err := v.concession(&claims[i])
		if err != nil {
			return refusal(fmt.Sprintf("%s, number %d", name, i), err)
		}
		at := slices.IndexFunc(t.found, func(f vectorAt) bool { return slices.Equal(f.units, units) && slices.Equal(f.o, claims[i].Outcome) })
		if at <= last {
			return refusal(fmt.Sprintf("%s, number %d", name, i), errors.New("another asks less, or its package is not the first, or it is out of order"))
		}
		last = at
	}
	return nil
}

// zone checks what is claimed of a case with a zone.
func (v *diagnosing) zone(ctx context.Context, patterns map[conds]*pattern) error {
	s, c := v.space, v.c
	if err := v.nothing(); err != nil {
		return err
	}
	if c.Witness != nil {
		if err := fits(s, c.Witness); err != nil {
			return refusal("witness", err)
		}
		if !s.InZone(c.Witness) {
			return refusal("witness", fmt.Errorf("package %v is not in the zone", c.Witness))
		}
	}
	if c.Slack == nil {
		v.say("slack: nothing is claimed")
		return nil
	}
	k, n := c.Slack, len(s.Parties)
	found := &slackFound{best: make([]*int64, n), free: make([]bool, n)}
	for _, is := range s.Issues {
		found.options = append(found.options, make([]bool, is.Options))
	}
	monotone := v.monotone()
	if err := v.walk(ctx, func(o outcome.Outcome) error {
		broken, admitted := v.broken(o)
		if admitted && broken.and(v.public) == (conds{}) {
			found.take(v, o, broken)
		}
		return nil
	}); err != nil {
		return refusal("listing", err)
	}
	same := func(claim string, got *string, want *big.Rat) error {
		if (got == nil) != (want == nil) || want != nil && want.RatString() != *got {
			return refusal("slack: "+claim, errors.New("it is another number, or none"))
		}
		return nil
	}
	if len(k.Raise) != n || (k.Dispensable == nil) == monotone {
		return refusal("slack", errors.New("by how much no-deal values can rise is not said of each party"))
	}
	if monotone && !slices.Equal(k.Dispensable, found.free) {
		return refusal("slack: dispensable", errors.New("it is not so of every party"))
	}
	for p := range s.Parties {
		var want *big.Rat
		if t := s.Parties[p].Threshold; monotone && t.Set && !found.free[p] {
			want = big.NewRat(*found.best[p]-t.Value, s.Parties[p].Scale)
		}
		if err := same("raise of "+s.Parties[p].ID, k.Raise[p], want); err != nil {
			return err
		}
	}
	if !monotone || found.endless {
		found.margin, found.marginOutcome = nil, nil
	}
	if err := same("margin", k.Margin, found.margin); err != nil {
		return err
	}
	if (k.MarginOutcome == nil) != (found.marginOutcome == nil) || !slices.Equal(k.MarginOutcome, found.marginOutcome) {
		return refusal("slack: margin_outcome", errors.New("another package is the first that is left"))
	}
	var others []int
	for at := range v.ids {
		if !slices.Contains(v.noDeal, at) {
			others = append(others, at)
		}
	}
	if len(k.Growth) != len(others) {
		return refusal("slack: growth", fmt.Errorf("%d numbers for %d conditions", len(k.Growth), len(others)))
	}
	for i, at := range others {
		growth := new(big.Int)
		for _, x := range patterns {
			if v.possible(x.broken, conds{}.with(at)) {
				growth.Add(growth, big.NewInt(x.count))
			}
			if v.possible(x.broken, conds{}) {
				growth.Sub(growth, big.NewInt(x.count))
			}
		}
		if k.Growth[i] == nil || *k.Growth[i] != growth.String() {
			return refusal("slack: growth", fmt.Errorf("without %s the zone grows by %v packages", v.ids[at], growth))
		}
	}
	if !slices.EqualFunc(k.Options, found.options, slices.Equal[[]bool]) {
		return refusal("slack: options", errors.New("the zone has others"))
	}
	v.say("slack: by how much each no-deal value and all together can rise, what each other condition keeps out, and which options the zone has")
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

// slackFound is what a visit of all packages finds of a zone's slack.
type slackFound struct {
	best          []*int64 // by party, the greatest utility in the zone
	free          []bool   // by party: some package has consent without it
	options       [][]bool
	endless       bool
	margin        *big.Rat
	marginOutcome outcome.Outcome
}

// take takes in a package that satisfies every requirement.
func (f *slackFound) take(v *diagnosing, o outcome.Outcome, broken conds) {
	s, n := v.space, len(v.own)
	accepted := uint64(0)
	for p, own := range v.own {
		if broken.and(own) == (conds{}) {
			accepted |= 1 << p
		}
	}
	holds := func(yes uint64) bool { return s.Consent.Holds(yes, n) }
	if v.consent < 0 {
		holds = func(yes uint64) bool { return bits.OnesCount64(yes) == n }
	}
	if !holds(accepted) {
		return
	}
	for i, option := range o {
		f.options[i][option] = true
	}
	// Parties leave in the order of their gains as all no-deal values rise.
	staying, rising := accepted, []int(nil)
	gain := make([]*big.Rat, n)
	for p := range n {
		f.free[p] = f.free[p] || holds(accepted&^(1<<p))
		if accepted>>p&1 == 0 || !s.Parties[p].Threshold.Set {
			continue
		}
		u := s.Parties[p].Value(o)
		if f.best[p] == nil || u > *f.best[p] {
			f.best[p] = &u
		}
		gain[p] = big.NewRat(u-s.Parties[p].Threshold.Value, s.Parties[p].Scale)
		rising = append(rising, p)
	}
	slices.SortFunc(rising, func(x, y int) int { return gain[x].Cmp(gain[y]) })
	for _, p := range rising {
		staying &^= 1 << p
		if holds(staying) {
			continue
		}
		if f.margin == nil || gain[p].Cmp(f.margin) > 0 {
			f.margin, f.marginOutcome = gain[p], slices.Clone(o)
		}
		return
	}
	f.endless = true
}
