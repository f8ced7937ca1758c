package diagnose

import (
	"cmp"
	"context"
	"errors"
	"math/big"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/outcome"
)

// A reply says whether any outcome satisfies a set of conditions.
type reply uint8

const (
	unsure reply = iota
	feasible
	infeasible
)

// A feasibility answers questions about one space after the other that differ in the
// conditions in force, within a budget.
type feasibility struct {
	d    *diagnosing
	left float64 // nanoseconds of work
	most float64 // of one question

	met []condSet // what the outcomes that were found break
}

// askWork is the work of a question beside what its search reads, for each option and party.
const askWork = 40

func newFeasibility(d *diagnosing) *feasibility {
	total := float64(d.opt.Time.Nanoseconds())
	return &feasibility{d: d, left: total, most: total / 32}
}

// ask looks for an outcome that satisfies the given conditions, and the requirements that
// never give way.
func (f *feasibility) ask(keep condSet) (reply, outcome.Outcome, error) {
	if err := context.Cause(f.d.ctx); err != nil {
		return unsure, nil, err
	}
	if f.left < 0 {
		return unsure, nil, nil
	}
	s := f.d.conditions.keeping(f.d.s, keep)
	net, why := network.New(s, false)
	if net == nil {
		return unsure, nil, errors.New(why)
	}
	f.spend(net)
	if !net.HasLeft {
		return infeasible, nil, nil
	}
	loose := net
	if len(net.Links) > 0 {
		loose, _ = net.Unlinked()
	}
	p, err := f.find(loose)
	if err != nil {
		return unsure, nil, err
	}
	switch {
	case p == nil:
	case p.Empty():
		return infeasible, nil, nil
	case p.Outcome != nil && s.InZone(p.Outcome):
		f.meet(p.Outcome)
		return feasible, p.Outcome, nil
	}
	if len(net.Links) == 0 {
		return unsure, nil, nil
	}
	e, err := f.sum(net.Narrowed(nil))
	if err != nil || e == nil {
		return unsure, nil, err
	}
	e.Above(net.Floor)
	if e.Len() == 0 {
		return infeasible, nil, nil
	}
	o := e.Walk(0, 1)[0]
	f.meet(o)
	return feasible, o, nil
}

// Feasible looks for an outcome of the zone of s, or proves that there is none, without a listing and
// within the budget of opt. It also says what work that took, in time of one core. The verdict is
// [bargain.Unknown] where the budget ends first, and for a space with a consent rule other than everyone, or
// with more conditions than can be told apart.
func Feasible(ctx context.Context, s *outcome.Space, opt Options) (bargain.Verdict, outcome.Outcome, time.Duration, error) {
	d := &diagnosing{ctx: ctx, s: s, opt: opt, conditions: conditionsOf(s)}
	if d.conditions.consent >= 0 || len(d.conditions.list) > MaxConditions {
		return bargain.Unknown, nil, 0, nil
	}
	f := newFeasibility(d)
	said, o, err := f.ask(firstConditions(len(d.conditions.list)))
	verdict := [...]bargain.Verdict{unsure: bargain.Unknown, feasible: bargain.HasZone, infeasible: bargain.NoZone}[said]
	return verdict, o, opt.Time - time.Duration(f.left), err
}

// Keeping returns s with only the conditions of the given ids, and the requirements that never give
// way, in force; without the consent rule, it does not matter what keeps a party from accepting.
func Keeping(s *outcome.Space, ids []string) *outcome.Space {
	c := conditionsOf(s)
	var set condSet
	for k, r := range c.list {
		if slices.Contains(ids, r.ID) {
			set.add(k)
		}
	}
	return c.keeping(s, set)
}

// keeping returns the space with only the given conditions, and the requirements that never
// give way, in force; without the consent rule, it does not matter what keeps a party from
// accepting.
func (c *conditions) keeping(s *outcome.Space, set condSet) *outcome.Space {
	if c.consent >= 0 && !set.has(c.consent) {
		set = set.and(c.public)
	}
	out := &outcome.Space{Issues: s.Issues}
	for _, k := range c.kept {
		out.Requires = append(out.Requires, s.Requires[k])
	}
	for p := range s.Parties {
		party := s.Parties[p]
		party.RedLines, party.Threshold = nil, outcome.Threshold{}
		out.Parties = append(out.Parties, party)
	}
	for _, k := range set.members() {
		switch r := c.list[k]; {
		case r.NoDeal:
			out.Parties[r.Party].Threshold = s.Parties[r.Party].Threshold
		case r.Party >= 0:
			out.Parties[r.Party].RedLines = append(out.Parties[r.Party].RedLines, s.Parties[r.Party].RedLines[c.at[k]])
		case k != c.consent:
			out.Requires = append(out.Requires, s.Requires[c.at[k]])
		}
	}
	return out
}

// spend takes off the budget what a question costs before its search.
func (f *feasibility) spend(net *network.Network) {
	for _, issue := range net.Issues {
		f.left -= float64(askWork * float64(len(issue)*len(net.Floor)))
	}
}

// meet remembers what an outcome breaks.
func (f *feasibility) meet(o outcome.Outcome) {
	broken := f.d.brokenBy(o)
	if !slices.Contains(f.met, broken) {
		f.met = append(f.met, broken)
	}
}

// brokenBy returns the relaxable conditions that an outcome breaks.
func (d *diagnosing) brokenBy(o outcome.Outcome) condSet {
	var set condSet
	for k, r := range d.conditions.list {
		switch at := d.conditions.at[k]; {
		case r.NoDeal:
			if p := &d.s.Parties[r.Party]; !p.Threshold.Accepts(p.Value(o)) {
				set.add(k)
			}
		case r.Party >= 0:
			if d.s.Parties[r.Party].RedLines[at].Forbidden.Holds(o) {
				set.add(k)
			}
		case k != d.conditions.consent:
			if d.s.Requires[at].Forbidden.Holds(o) {
				set.add(k)
			}
		}
	}
	return set
}

// find searches a network without links; nil where it cannot be searched.
func (f *feasibility) find(net *network.Network) (*prove.Proof, error) {
	find := &prove.Search{Net: net, Budget: int64(min(f.most, f.left) / budget.Score)}
	p, err := find.Find(f.d.ctx)
	f.left -= float64(budget.Score * float64(find.Work))
	if err != nil && context.Cause(f.d.ctx) != nil {
		return nil, context.Cause(f.d.ctx)
	}
	if err != nil {
		return nil, nil // numbers that the search does not take
	}
	return p, nil
}

// sum returns the frontier of a network that has an option left for every issue, nil where
// it passes the budget.
func (f *feasibility) sum(net *network.Network) (*network.Eliminated, error) {
	p, err := network.NewPlan(net)
	var over *budget.Excess
	if errors.As(err, &over) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	up := make([]int64, len(net.Floor))
	for q := range up {
		up[q] = 1
	}
	most := min(f.left, 4*f.most)
	e, err := network.Eliminate(f.d.ctx, p, up, budget.Limit{Work: most, Bytes: f.d.opt.Memory}, nil)
	if errors.As(err, &over) {
		f.left -= most
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for k, cells := range e.Cells[1:] {
		for _, cell := range cells {
			f.left -= float64(budget.Candidate(len(up)) * float64(len(cell)/len(up)*len(net.Issues[p.Order[k]])))
		}
	}
	return e, nil
}

// hit diagnoses a space that cannot be listed, for the reason given. Every blocking set
// known is a set of which something has to give way; a minimal set that hits all of them
// either opens a zone, and is then an opening set, or what it leaves in force excludes every
// outcome and is shrunk to one more blocking set (Reiter 1987, with the minimal hitting sets
// kept whole instead of as a tree). Smaller sets are tried first. When every
// minimal hitting set opens, both lists are complete.
func (d *diagnosing) hit(refused string) error {
	if d.out.Verdict == bargain.HasZone {
		return d.readSlack()
	}
	if net, why := network.New(d.s, true); net == nil {
		d.why("%s, and %s", refused, why)
		return nil
	}
	c := d.conditions
	all := firstConditions(len(c.list))
	f := newFeasibility(d)
	switch a, _, err := f.ask(condSet{}); {
	case err != nil:
		return err
	case a == infeasible:
		d.hopeless()
		return nil
	case a == unsure:
		d.why("whether logical and legal requirements alone exclude every package is not known within the budget")
		return nil
	}
	h := newHitter(maxSets)
	tried := make(map[condSet]reply)
	var opening []opener
	var cores []condSet
	proven := true // every core is proven minimal
	for {
		next, ok := nextTry(h.sets, tried)
		if !ok {
			break
		}
		a, o, err := f.ask(all.minus(next))
		if err != nil {
			return err
		}
		tried[next] = a
		switch a {
		case feasible:
			if next.empty() {
				d.out.Verdict = bargain.HasZone
				return d.readSlack()
			}
			opening = append(opening, opener{set: next, outcome: o, points: d.points(next, o)})
		case infeasible:
			d.out.Verdict = bargain.NoZone
			core, minimal, err := f.shrink(all.minus(next))
			if err != nil {
				return err
			}
			if minimal {
				cores = append(cores, core)
			}
			proven = proven && minimal
			h.multiply(core)
		}
		if d.opt.Progress != nil {
			d.opt.Progress(1 - max(0, f.left/float64(d.opt.Time.Nanoseconds())))
		}
		if f.left < 0 {
			break
		}
	}
	unknown := 0
	for _, t := range h.sets {
		if tried[t] == unsure {
			unknown++
		}
	}
	d.out.Complete = d.out.Verdict == bargain.NoZone && unknown == 0 && proven && h.limit == MaxConditions
	switch {
	case d.out.Verdict != bargain.NoZone:
		d.why("whether there is a zone is not proven within the budget")
	case h.limit < MaxConditions:
		d.why("there are very many opening sets: those of at most %s were looked for", members(h.limit))
	case unknown > 0:
		d.why("whether %d more sets would open a zone is not known within the budget", unknown)
	case !proven:
		d.why("a blocking set that is not proven to be smallest is left out")
	}
	// What is asked of the fewest comes first, as far as a quarter of the budget goes.
	slices.SortFunc(opening, func(x, y opener) int { return cmp.Or(cmp.Compare(x.set.len(), y.set.len()), x.set.compare(y.set)) })
	rest := min(f.left, float64(d.opt.Time.Nanoseconds()/4))
	before := f.left
	for i := range opening {
		if before-f.left > rest {
			break
		}
		if err := f.cheapen(&opening[i]); err != nil {
			return err
		}
	}
	d.conclude(opening, cores)
	if d.out.Verdict != bargain.NoZone {
		return nil
	}
	return f.concede()
}

// nextTry returns the first set, of the fewest conditions, that has not been tried.
func nextTry(sets []condSet, tried map[condSet]reply) (next condSet, ok bool) {
	for _, t := range sets {
		if _, done := tried[t]; done {
			continue
		}
		if !ok || cmp.Or(cmp.Compare(t.len(), next.len()), t.compare(next)) < 0 {
			next, ok = t, true
		}
	}
	return next, ok
}

// shrink returns a smallest part of a set of conditions that excludes every outcome, and
// whether it is proven to be one.
func (f *feasibility) shrink(set condSet) (core condSet, minimal bool, err error) {
	core, minimal = set, true
	var needed condSet
	// A condition that alone of the set stands against an outcome is needed.
	learn := func() {
		for _, broken := range f.met {
			if both := broken.and(core); both.len() == 1 {
				needed = needed.or(both)
			}
		}
	}
	// Many at a time while that works, then one by one.
	for step := max(1, core.len()/2); ; step = max(1, step/2) {
		learn()
		list := core.minus(needed).members()
		for from := 0; from < len(list); from += step {
			var some condSet
			for _, k := range list[from:min(from+step, len(list))] {
				if !needed.has(k) {
					some.add(k)
				}
			}
			if some.empty() {
				continue
			}
			a, _, err := f.ask(core.minus(some))
			if err != nil {
				return core, false, err
			}
			switch {
			case a == infeasible:
				core = core.minus(some)
			case a == feasible:
				if step == 1 {
					needed = needed.or(some)
				}
				learn()
			case step == 1:
				minimal = false
			}
		}
		if step == 1 {
			return core, minimal, nil
		}
	}
}

// cheapen looks for the outcome that asks the fewest points of those that a set opens.
func (f *feasibility) cheapen(o *opener) error {
	d := f.d
	paying := d.conditions.noDeal(o.set).members()
	if len(paying) == 0 {
		o.least = true
		return nil
	}
	var parties []int
	scales := make([]int64, 0, len(paying))
	for _, k := range paying {
		p := d.conditions.list[k].Party
		parties, scales = append(parties, p), append(scales, d.s.Parties[p].Units())
	}
	common := pareto.CommonScale(scales)
	weights := make([]int64, len(d.s.Parties))
	for k, p := range parties {
		if weights[p] = common / scales[k]; common%scales[k] != 0 {
			return nil
		}
	}
	keep := firstConditions(len(d.conditions.list)).minus(o.set)
	net, _ := network.New(d.conditions.keeping(d.s, keep), false)
	f.spend(net)
	if f.left < 0 {
		return nil
	}
	better := func(x outcome.Outcome) {
		if points := d.points(o.set, x); points.Cmp(o.points) < 0 || points.Cmp(o.points) == 0 && slices.Compare(x, o.outcome) < 0 {
			o.outcome, o.points = x, points
		}
	}
	// Frontiers of two parties are short; of more, a bound says as much for less.
	narrow := net.Narrowed(parties)
	counted := 0
	for p := range d.s.Parties {
		if net.Floor[p] > network.NoFloor || slices.Contains(parties, p) {
			counted++
		}
	}
	if len(net.Links) == 0 && (counted > 2 || net.MergingWork() > f.most) {
		find := &prove.Search{Net: net, Budget: int64(min(f.most/16, f.left) / budget.Score)}
		p, err := find.Linear(d.ctx, weights)
		f.left -= float64(budget.Score * float64(find.Work))
		if err != nil {
			return context.Cause(d.ctx) // or weights that the search does not take
		}
		if p.Outcome != nil {
			better(p.Outcome)
			o.least = p.Exact
		}
		return nil
	}
	e, err := f.sum(narrow)
	if err != nil || e == nil {
		return err
	}
	e.Above(net.Floor)
	best, most := -1, new(big.Int)
	for i := range e.Len() {
		sum := new(big.Int)
		for _, p := range parties {
			sum.Add(sum, new(big.Int).Mul(big.NewInt(weights[p]), big.NewInt(e.At(i)[p])))
		}
		if best < 0 || sum.Cmp(most) > 0 {
			best, most = i, sum
		}
	}
	better(e.Outcomes(best, 1)[0])
	o.least = true
	return nil
}

// concede finds the concessions, and where there are none those of the smallest opening sets.
func (f *feasibility) concede() error {
	d := f.d
	d.out.Concessions = []Concession{}
	all := firstConditions(len(d.conditions.list))
	hard := all.minus(d.conditions.noDeal(all))
	list, complete, err := f.conceding(hard)
	if err != nil {
		return err
	}
	d.out.ConcessionsComplete = complete
	if len(list) > 0 {
		d.out.Concessions = d.someConcessions(list)
		return nil
	}
	if !complete {
		d.out.ConcessionsWhy = "their vectors are too many for the budget; those listed ask of the fewest parties"
		for i := range d.out.OpeningSets {
			o := &d.out.OpeningSets[i]
			if !o.Least || o.set.meets(hard) {
				continue
			}
			d.out.Concessions = append(d.out.Concessions, d.concession(o.Utilities, o.Outcome))
		}
		sortConcessions(d.out.Concessions)
		return nil
	}
	d.out.ConcessionsWhy = noSurvivor
	for _, i := range d.smallest() {
		o := &d.out.OpeningSets[i]
		list, complete, err := f.conceding(hard.minus(o.set))
		if err != nil {
			return err
		}
		o.Concessions = d.someConcessions(list)
		if !complete {
			d.out.ConcessionsComplete = false
		}
	}
	return nil
}

// conceding returns the least vectors of points by which no-deal values fall short of outcomes
// that satisfy other conditions, and whether they are all: the frontier, cut off at the no-deal values.
func (f *feasibility) conceding(keep condSet) (list []Concession, complete bool, err error) {
	d := f.d
	net, _ := network.New(d.conditions.keeping(d.s, keep), false)
	f.spend(net)
	if !net.HasLeft {
		return nil, true, nil
	}
	matters := d.conditions.consent < 0 || keep.has(d.conditions.consent)
	var asked []int
	for p := range d.s.Parties {
		if d.s.Parties[p].Threshold.Set && matters {
			asked = append(asked, p)
		}
	}
	e, err := f.sum(net.Narrowed(asked))
	if err != nil || e == nil {
		return nil, false, err
	}
	var cut pareto.Vectors
	cut.Parties = len(d.s.Parties)
	for i := range e.Len() {
		u := slices.Clone(e.At(i))
		for p := range u {
			u[p] = min(u[p], d.s.Parties[p].Threshold.Value)
			if !slices.Contains(asked, p) {
				u[p] = d.s.Parties[p].Threshold.Value // nothing is asked
			}
		}
		cut.Add(u, int64(i), 1)
	}
	kept := pareto.Archive{Parties: cut.Parties}
	kept.Scratch()
	for i := range cut.Len() {
		kept.Add(cut.At(i), cut.Rank[i], 1)
	}
	front := kept.Result()
	if front.Len() > maxConcessions {
		return nil, false, nil
	}
	for i := range front.Len() {
		list = append(list, d.concession(front.At(i), e.Outcomes(int(front.Rank[i]), 1)[0]))
	}
	sortConcessions(list)
	return list, true, nil
}

// maxConcessions is the largest number of vectors for which packages are named.
const maxConcessions = 1 << 16
