package diagnose

import (
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

const (
	// manyConditions is the number of relaxable conditions up to which all sets of them can
	// be held at once.
	manyConditions = 16
	// maxLenses is the largest number of ways to meet a consent rule that are told apart.
	maxLenses = 1 << 12
	// maxVoters is the largest number of parties whose consent rule is tried on every set.
	maxVoters = 16
	// longDiagnosis is the work of listing, in nanoseconds, beyond which a case that needs
	// everyone's consent is searched instead.
	longDiagnosis = 1e10
	// maxWitnessed is the largest number of opening sets held while a space is listed.
	maxWitnessed = 1 << 12
)

// A lens is one way to have consent: these parties accept.
type lens struct {
	parties []int
	refuse  []int   // parties that must not accept: the rule is not met if they do
	look    condSet // the conditions that count: political requirements and those of the parties
	list    []int   // its members
	consent bool    // the consent rule is relaxed, and nobody has to accept
}

// lenses returns the ways to have consent, that with the consent rule relaxed last; or
// says why they cannot be told apart. Where more acceptance never hurts, they
// are the smallest winning coalitions; else every set of parties that meets the rule, all others refusing.
func (d *diagnosing) lenses() (all []lens, monotone bool, refused string) {
	n, rule := len(d.s.Parties), d.s.Consent
	c := d.conditions
	add := func(yes uint64, refuse []int) {
		l := lens{look: c.public, refuse: refuse}
		for p := range n {
			if yes>>p&1 != 0 {
				l.parties = append(l.parties, p)
				l.look = l.look.or(c.of[p])
			}
		}
		l.list = l.look.members()
		all = append(all, l)
	}
	if rule.Everyone() {
		add(^uint64(0)>>(64-n), nil)
		return all, true, ""
	}
	if n > maxVoters {
		return nil, false, fmt.Sprintf("a consent rule over %d parties has too many ways to be met; %d is the limit", n, maxVoters)
	}
	wins := make([]bool, 1<<n)
	for yes := range wins {
		wins[yes] = rule.Holds(uint64(yes), n)
	}
	monotone = rule.Monotone(n)
	for yes, w := range wins {
		if !w {
			continue
		}
		smallest := true
		var refuse []int
		for p := range n {
			switch {
			case yes>>p&1 == 0:
				refuse = append(refuse, p)
			case wins[yes&^(1<<p)]:
				smallest = false
			}
		}
		if monotone {
			refuse = nil
			if !smallest {
				continue
			}
		}
		if len(all) == maxLenses {
			return nil, monotone, fmt.Sprintf("the consent rule can be met in more than %d ways", maxLenses)
		}
		add(uint64(yes), refuse)
	}
	l := lens{look: c.public, consent: true}
	l.look.add(c.consent)
	l.list = c.public.members()
	return append(all, l), monotone, ""
}

// canList reports whether the space is listed within the budget.
func (d *diagnosing) canList() (bool, string) {
	all, _, refused := d.lenses()
	if refused != "" {
		return false, refused
	}
	_, ok := d.s.Count()
	size, _ := new(big.Float).SetInt(d.s.Size()).Float64()
	each := 2 + float64(0.2*float64(len(d.conditions.list))) + float64(2*float64(len(all)))
	limit := float64(d.opt.Time.Nanoseconds())
	if d.s.Consent.Everyone() && d.opt.Method != bargain.Listing {
		limit = min(limit, longDiagnosis)
	}
	if !ok || float64(each*size) > limit {
		return false, fmt.Sprintf("%v packages are too many to list", d.s.Size())
	}
	return true, ""
}

// A survey of conditions is what a listing for a diagnosis asks of every scanner.
type conditionSurvey struct {
	d       *diagnosing
	lenses  []lens
	weights []int64 // by party, what one unit counts in the sum of points; nil where sums pass 64 bits
	common  int64   // units of that sum in a point

	tasks []concessionTask // what concessions are wanted
}

// A concessionTask asks for concessions with some conditions relaxed.
type concessionTask struct {
	relaxed condSet
}

// A breaker is one scanner's part of a listing for a diagnosis.
type breaker struct {
	*conditionSurvey
	w      *visit.Scanner
	broken [][]uint64 // by condition, the places of the block that break it; nil for none
	own    [][]uint64 // by condition, room for a no-deal value's

	found []witnessed // an antichain
	limit int         // sets of more members are not held
	many  bool        // sets have to be held back

	offers  []pareto.Collector // by task
	clipped [][]int64
	lanes   []uint64

	slack *slackCount
}

// A witnessed is an opening set with the best outcome met so far.
type witnessed struct {
	set  condSet
	list []int
	rest []int // no-deal values of the set, by party
	cost int64
	sum  *big.Rat // in place of cost, where weights are nil
	rank int64
}

func (d *diagnosing) survey(all []lens) *conditionSurvey {
	v := &conditionSurvey{d: d, lenses: all}
	var scales []int64
	room := new(big.Int)
	for p := range d.s.Parties {
		scales = append(scales, d.s.Parties[p].Units())
	}
	v.common = pareto.CommonScale(scales)
	for p, scale := range scales {
		weight := v.common / scale
		if v.common%scale != 0 {
			return v // no common scale within 64 bits
		}
		v.weights = append(v.weights, weight)
		row := &d.s.Parties[p].Row
		low, high := row.Span()
		width := new(big.Int).Sub(big.NewInt(max(high, row.Threshold.Value)), big.NewInt(min(low, row.Threshold.Value)))
		room.Add(room, width.Mul(width, big.NewInt(weight)))
	}
	if room.BitLen() > 62 {
		v.weights = nil
	}
	return v
}

// breaker returns a scanner's part of the listing.
func (v *conditionSurvey) breaker(w *visit.Scanner) *breaker {
	c := v.d.conditions
	words, _ := w.Lister.Places()
	b := &breaker{conditionSurvey: v, w: w, limit: MaxConditions, many: len(c.list) > manyConditions,
		broken: make([][]uint64, len(c.list)), own: make([][]uint64, len(c.list)), lanes: make([]uint64, words)}
	for k, r := range c.list {
		if r.NoDeal {
			b.own[k] = make([]uint64, words)
		}
	}
	n := len(v.d.s.Parties)
	for range v.tasks {
		var low, high int64
		if n == 2 {
			low, high = v.d.s.Parties[0].Span()
			t := v.d.s.Parties[0].Threshold
			low, high = min(low, t.Value), max(high, t.Value)
		}
		b.offers = append(b.offers, pareto.NewCollector(n, low, high))
	}
	if v.tasks != nil {
		for range n {
			b.clipped = append(b.clipped, make([]int64, w.Lister.Len()))
		}
	}
	return b
}

// look finds out what the block breaks, and reports false where requirements that
// never give way exclude all of it. w.words then holds what they admit.
func (b *breaker) look() bool {
	w, c := b.w, b.d.conditions
	_, last := w.Lister.Places()
	any := uint64(0)
	for i := range w.Words {
		w.Words[i] = ^uint64(0)
	}
	w.Words[len(w.Words)-1] = last
	for _, k := range c.kept {
		for i, x := range w.Cursor.Excluding(k) {
			w.Words[i] &^= x
		}
	}
	for _, x := range w.Words {
		any |= x
	}
	if any == 0 {
		return false
	}
	w.Values()
	for k, r := range c.list {
		switch {
		case r.NoDeal:
			b.broken[k] = b.short(k, r.Party)
		case r.Party >= 0:
			b.broken[k] = w.Cursor.RedLine(r.Party, c.at[k])
		case k != c.consent:
			b.broken[k] = w.Cursor.Excluding(c.at[k])
		}
	}
	return true
}

// short returns the places at which party p stays below its no-deal value.
func (b *breaker) short(k, p int) []uint64 {
	w := b.w
	base, table, low, top := w.Cursor.Values(w.Lister.Row(p))
	need := w.Space.Parties[p].Threshold.Value - base
	if need <= low {
		return nil
	}
	out := b.own[k]
	if need > top {
		for i := range out {
			out[i] = ^uint64(0)
		}
		return out
	}
	for i := range out {
		out[i] = ^visit.Reaching(table[i*64:min(i*64+64, len(table))], need)
	}
	return out
}

// admittedBy sets b.lanes to the admitted places of the block at which the parties that a
// lens wants to refuse do, and reports whether there are any.
func (b *breaker) admittedBy(l *lens) bool {
	copy(b.lanes, b.w.Words)
	for _, p := range l.refuse {
		own := b.d.conditions.of[p].members()
		for i := range b.lanes {
			var refuses uint64
			for _, k := range own {
				if b.broken[k] != nil {
					refuses |= b.broken[k][i]
				}
			}
			b.lanes[i] &= refuses
		}
	}
	return slices.ContainsFunc(b.lanes, func(x uint64) bool { return x != 0 })
}

// open takes the block into the antichain of sets broken.
func (b *breaker) open() {
	if !b.look() {
		return
	}
	for n := range b.lenses {
		l := &b.lenses[n]
		if !b.admittedBy(l) {
			continue
		}
		for i, x := range b.lanes {
			if x == 0 {
				continue
			}
			for m := 0; m < len(b.found) && x != 0; m++ {
				x &^= b.cover(l, &b.found[m], i, x)
			}
			for x != 0 {
				j := bits.TrailingZeros64(x)
				if set := b.brokenAt(l, i, j); set.len() > b.limit {
					x &^= 1 << j
				} else {
					b.insert(set)
					x &^= b.cover(l, &b.found[len(b.found)-1], i, x)
				}
			}
			if b.many && len(b.found) > maxWitnessed {
				b.holdBack()
			}
		}
	}
}

// brokenAt returns the set that place j of word i breaks, seen through a lens.
func (b *breaker) brokenAt(l *lens, i, j int) condSet {
	var set condSet
	for _, k := range l.list {
		if b.broken[k] != nil && b.broken[k][i]>>j&1 != 0 {
			set.add(k)
		}
	}
	if l.consent {
		set.add(b.d.conditions.consent)
	}
	return set
}

// cover returns those of the places x of word i that break all of a found set, and
// judges as its outcomes those that break nothing else.
func (b *breaker) cover(l *lens, f *witnessed, i int, x uint64) uint64 {
	if !f.set.within(l.look) {
		return 0
	}
	for _, k := range f.list {
		if k == b.d.conditions.consent {
			continue
		}
		if b.broken[k] == nil {
			return 0
		}
		if x &= b.broken[k][i]; x == 0 {
			return 0
		}
	}
	exact := x
	if l.consent && !f.set.has(b.d.conditions.consent) {
		exact = 0
	}
	for _, k := range l.list {
		if exact == 0 {
			break
		}
		if b.broken[k] != nil && !f.set.has(k) {
			exact &^= b.broken[k][i]
		}
	}
	for ; exact != 0; exact &= exact - 1 {
		b.judge(f, i<<6|bits.TrailingZeros64(exact))
	}
	return x
}

// judge takes the outcome at place j for a set's if it asks fewer points, or comes first.
func (b *breaker) judge(f *witnessed, j int) {
	w := b.w
	rank := w.Cursor.Rank(j)
	if b.weights == nil {
		sum := new(big.Rat)
		for _, p := range f.rest {
			party := &w.Space.Parties[p]
			sum.Add(sum, party.Points(party.Threshold.Value-w.Bases[p]-w.Tables[p][j]))
		}
		if f.rank < 0 || sum.Cmp(f.sum) < 0 || sum.Cmp(f.sum) == 0 && rank < f.rank {
			f.sum, f.rank = sum, rank
		}
		return
	}
	var cost int64
	for _, p := range f.rest {
		cost += b.weights[p] * (w.Space.Parties[p].Threshold.Value - w.Bases[p] - w.Tables[p][j])
	}
	if f.rank < 0 || cost < f.cost || cost == f.cost && rank < f.rank {
		f.cost, f.rank = cost, rank
	}
}

// insert puts a set that none of the found is part of in place of those that it is part of.
func (b *breaker) insert(set condSet) {
	b.found = slices.DeleteFunc(b.found, func(f witnessed) bool { return set.within(f.set) })
	f := witnessed{set: set, list: set.members(), rank: -1}
	for _, k := range f.list {
		if r := b.d.conditions.list[k]; r.NoDeal {
			f.rest = append(f.rest, r.Party)
		}
	}
	b.found = append(b.found, f)
}

// holdBack lowers the limit until half of the room is free.
func (b *breaker) holdBack() {
	for len(b.found) > maxWitnessed/2 {
		longest := 0
		for _, f := range b.found {
			longest = max(longest, len(f.list))
		}
		b.limit = longest - 1
		b.found = slices.DeleteFunc(b.found, func(f witnessed) bool { return len(f.list) > b.limit })
	}
}

// absorb takes in what another scanner has found.
func (b *breaker) absorb(other *breaker) {
	for _, f := range other.found {
		at := slices.IndexFunc(b.found, func(x witnessed) bool { return x.set.within(f.set) })
		switch {
		case at < 0:
			b.insert(f.set)
			b.found[len(b.found)-1] = f
		case b.found[at].set == f.set:
			x := &b.found[at]
			better := f.cost < x.cost || f.cost == x.cost && f.rank < x.rank
			if b.weights == nil {
				better = f.sum.Cmp(x.sum) < 0 || f.sum.Cmp(x.sum) == 0 && f.rank < x.rank
			}
			if better {
				*x = f
			}
		}
	}
}

// offer takes the block into the concessions of every task.
func (b *breaker) offer() {
	if !b.look() {
		return
	}
	s, c := b.d.s, b.d.conditions
	for t := range b.tasks {
		for n := range b.lenses {
			l := &b.lenses[n]
			if l.consent && !b.tasks[t].relaxed.has(c.consent) || !b.admittedBy(l) {
				continue
			}
			any := uint64(0)
			for i := range b.lanes {
				for _, k := range l.list {
					if b.lanes[i] != 0 && b.broken[k] != nil && !c.list[k].NoDeal && !b.tasks[t].relaxed.has(k) {
						b.lanes[i] &^= b.broken[k][i]
					}
				}
				any |= b.lanes[i]
			}
			if any == 0 {
				continue
			}
			zero := make([]int64, len(s.Parties))
			tops := make([]int64, len(s.Parties))
			for p := range s.Parties {
				t := s.Parties[p].Threshold
				if !t.Set || !slices.Contains(l.parties, p) {
					tops[p] = t.Value
					for j := range b.clipped[p] {
						b.clipped[p][j] = t.Value
					}
					continue
				}
				base, table, _, top := b.w.Cursor.Values(b.w.Lister.Row(p))
				tops[p] = min(base+top, t.Value)
				for j, v := range table {
					b.clipped[p][j] = min(base+v, t.Value)
				}
			}
			b.offers[t].Offer(b.lanes, zero, b.clipped, tops, b.w.Cursor.Rank(0), b.w.Ranks)
		}
	}
}

// scanWith lists the space with a survey.
func (d *diagnosing) scanWith(v *conditionSurvey, from, to float64, look func(*breaker)) ([]*breaker, *visit.Scan, error) {
	sc, err := visit.New(d.s)
	if err != nil {
		return nil, nil, err
	}
	sc.Alone = len(d.conditions.list) > manyConditions
	var tell func(float64)
	if d.opt.Progress != nil {
		tell = func(done float64) { d.opt.Progress(from + float64((to-from)*done)) }
	}
	all, err := visit.Each(d.ctx, sc, tell, v.breaker, func(_ *visit.Scanner, b *breaker) error { look(b); return nil })
	return all, sc, err
}

// list diagnoses by visiting every outcome.
func (d *diagnosing) list() error {
	all, monotone, _ := d.lenses()
	if d.out.Verdict != bargain.HasZone {
		if err := d.listSets(all); err != nil {
			return err
		}
	}
	switch d.out.Verdict {
	case bargain.HasZone:
		d.out.Complete, d.out.ConcessionsComplete = true, true
		d.out.BlockingSets, d.out.OpeningSets, d.out.Concessions = []BlockingSet{}, []OpeningSet{}, []Concession{}
		return d.listSlack(all, monotone)
	case bargain.NoZone:
		return d.listConcessions(all)
	}
	return nil
}

func (d *diagnosing) listSets(all []lens) error {
	v := d.survey(all)
	found, sc, err := d.scanWith(v, 0, 0.5, (*breaker).open)
	if err != nil {
		return err
	}
	b := found[0]
	for _, other := range found[1:] {
		b.absorb(other)
	}
	d.out.Verdict, d.out.Complete = bargain.NoZone, true
	if len(b.found) == 1 && b.found[0].set.empty() {
		d.out.Verdict = bargain.HasZone
		return nil
	}
	if len(b.found) == 0 && b.limit == MaxConditions {
		d.hopeless()
		return nil
	}
	var opening []opener
	var sets []condSet
	for _, f := range b.found {
		o := opener{set: f.set, outcome: sc.Lister.Outcome(f.rank), points: f.sum, least: true}
		if v.weights != nil {
			o.points = big.NewRat(f.cost, v.common)
		}
		opening = append(opening, o)
		sets = append(sets, f.set)
	}
	if b.limit < MaxConditions {
		d.out.Complete = false
		d.why("there are very many opening sets: all of at most %s are listed, and larger ones are not", members(b.limit))
		// What hits every small opening set need not hit the larger ones.
		d.conclude(opening, nil)
		return nil
	}
	blocking, limit := hittingSets(sets)
	if limit < MaxConditions {
		d.out.Complete = false
		d.why("there are very many blocking sets: all of at most %s are listed, and larger ones are not", members(limit))
	}
	d.conclude(opening, blocking)
	return nil
}

func members(n int) string {
	if n == 1 {
		return "1 condition"
	}
	return fmt.Sprintf("%d conditions", n)
}

// hopeless says that nothing relaxable stands in the way.
func (d *diagnosing) hopeless() {
	d.out.Verdict, d.out.Complete, d.out.Hopeless = bargain.NoZone, true, true
	d.why("logical and legal requirements alone exclude every package")
	d.conclude(nil, nil)
	d.out.Concessions, d.out.ConcessionsComplete, d.out.ConcessionsWhy = []Concession{}, true, d.out.Why
}

// listConcessions lists the space for concessions, and where there are none once more for
// those of the smallest opening sets.
func (d *diagnosing) listConcessions(all []lens) error {
	if d.out.Hopeless {
		return nil
	}
	d.out.Concessions, d.out.ConcessionsComplete = []Concession{}, true
	v := d.survey(all)
	v.tasks = []concessionTask{{}}
	lists, err := d.listTasks(v, 0.5, 0.75)
	if err != nil || lists == nil {
		return err
	}
	if len(lists[0]) > 0 {
		d.out.Concessions = d.someConcessions(lists[0])
		return nil
	}
	d.out.ConcessionsWhy = noSurvivor
	v.tasks = nil
	smallest := d.smallest()
	for _, i := range smallest {
		set := d.out.OpeningSets[i].set
		v.tasks = append(v.tasks, concessionTask{set.minus(d.conditions.noDeal(set))})
	}
	if v.tasks == nil {
		return nil
	}
	if lists, err = d.listTasks(v, 0.75, 1); err != nil || lists == nil {
		return err
	}
	for k, i := range smallest {
		d.out.OpeningSets[i].Concessions = d.someConcessions(lists[k])
	}
	return nil
}

const noSurvivor = "no package survives the red lines and requirements, so that no change of no-deal values opens a zone"

// maxConceding is the largest number of opening sets for which concessions are looked for.
const maxConceding = 16

// smallest returns the positions of the opening sets of the fewest conditions.
func (d *diagnosing) smallest() []int {
	var at []int
	for i := range d.out.OpeningSets {
		if len(d.out.OpeningSets[i].Relax) == len(d.out.OpeningSets[0].Relax) && len(at) < maxConceding {
			at = append(at, i)
		}
	}
	return at
}

func (d *diagnosing) someConcessions(list []Concession) []Concession {
	if most := d.opt.MaxSets; len(list) > most {
		d.out.ConcessionsComplete = false
		d.out.ConcessionsWhy = fmt.Sprintf("there are %d, and the first %d are listed", len(list), most)
		list = list[:most]
	}
	return list
}

// listTasks returns the concessions of every task, or nil where they are too many.
func (d *diagnosing) listTasks(v *conditionSurvey, from, to float64) ([][]Concession, error) {
	found, sc, err := d.scanWith(v, from, to, (*breaker).offer)
	if err != nil {
		return nil, err
	}
	out := make([][]Concession, len(v.tasks))
	for t := range v.tasks {
		first := found[0].offers[t]
		for _, b := range found[1:] {
			first.Absorb(b.offers[t])
		}
		if err := first.Err(); err != nil {
			d.out.ConcessionsComplete, d.out.ConcessionsWhy = false, err.Error()
			return nil, nil
		}
		kept := first.Result()
		for i := range kept.Len() {
			out[t] = append(out[t], d.concession(kept.At(i), sc.Lister.Outcome(kept.Rank[i])))
		}
		sortConcessions(out[t])
	}
	return out, nil
}

// concession returns that of utilities that are clipped at the no-deal values.
func (d *diagnosing) concession(u []int64, o outcome.Outcome) Concession {
	c := Concession{Outcome: o}
	for p := range d.s.Parties {
		c.Points = append(c.Points, d.short(p, u[p]))
	}
	return c
}
