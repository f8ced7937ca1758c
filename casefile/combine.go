package casefile

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Combiner compiles a case under any set of some changes: its levers, or the assumptions in which
// two of its views differ. It gives what applying them one after the other and compiling would give, but
// takes most sets together from what each change does alone. It is not for several
// goroutines at a time; the spaces that it returns share memory and must not be changed.
type Combiner struct {
	from    *Case  // before the changes
	changes []step // those to combine, in order
	after   []step // those that always follow
	wide    map[string]*big.Int
	base    *outcome.Space
	effects []*effect                 // by change; nil for one that has to be applied
	applied map[string]*outcome.Space // by those of a set that have to be
}

// A step is a change, and what is changed instead where it is not made.
type step struct {
	Change
	because, name string
	instead       *step
}

// CombineLevers returns a Combiner of the levers of the case, in the order of the file, over a
// view, empty for the case as written.
func (c *Case) CombineLevers(view string) (*Combiner, error) {
	from, err := c.With(Choice{View: view})
	if err != nil {
		return nil, err
	}
	var steps []step
	for _, l := range c.Levers {
		steps = append(steps, step{l.Change, l.Because, "lever " + l.ID, nil})
	}
	return c.combiner(from, steps, nil)
}

// CombineViews returns the assumptions in which the view to differs from the view from, empty names
// for the case as written, and a Combiner of them: with none of them the case is as in from, with all
// as in to, with levers pulled after them.
func (c *Case) CombineViews(from, to string, levers []string) (*Combiner, []Assumption, error) {
	if _, err := c.With(Choice{Levers: levers}); err != nil {
		return nil, nil, err
	}
	assumptions, common, err := c.differences(from, to)
	if err != nil {
		return nil, nil, err
	}
	start := c.draft()
	for i := range common {
		if err := start.apply(&common[i], ""); err != nil {
			return nil, nil, err
		}
	}
	because := func(view string) string {
		v, _ := c.Views.Get(view)
		return v.Because
	}
	var steps, after []step
	for _, a := range assumptions {
		steps = append(steps, step{a.To, because(to), "view " + to, &step{a.From, because(from), "view " + from, nil}})
	}
	for _, l := range c.Levers {
		if slices.Contains(levers, l.ID) {
			after = append(after, step{l.Change, l.Because, "lever " + l.ID, nil})
		}
	}
	k, err := c.combiner(start.to, steps, after)
	return k, assumptions, err
}

func (c *Case) combiner(from *Case, changes, after []step) (*Combiner, error) {
	k := &Combiner{from: from, changes: changes, after: after, wide: c.denominators(),
		effects: make([]*effect, len(changes)), applied: make(map[string]*outcome.Space)}
	var err error
	if k.base, err = k.apply(nil); err != nil {
		return nil, err
	}
	for i := range changes {
		if k.apart(i) {
			// A change that fails by itself has to be applied, and fails then.
			if alone, err := k.apply([]int{i}); err == nil {
				k.effects[i] = effectOf(k.base, alone)
			}
		}
	}
	if !k.roomy() {
		clear(k.effects)
	}
	// Red lines that are added stand in the order of the changes.
	lines := func(s step) bool {
		return len(s.AddRedLines) > 0 || s.instead != nil && len(s.instead.AddRedLines) > 0
	}
	if slices.ContainsFunc(k.indices(), func(i int) bool { return k.effects[i] == nil && lines(changes[i]) }) ||
		slices.ContainsFunc(after, lines) {
		for i := range changes {
			if lines(changes[i]) {
				k.effects[i] = nil
			}
		}
	}
	return k, nil
}

// Len returns the number of changes.
func (k *Combiner) Len() int { return len(k.changes) }

func (k *Combiner) indices() []int {
	all := make([]int, len(k.changes))
	for i := range all {
		all[i] = i
	}
	return all
}

// Compile returns the space with the changes at the given ascending positions made. It fails
// as [Case.With] and [Case.Compile] do, for instance on two changes that add red lines of the same id.
func (k *Combiner) Compile(set []int) (*outcome.Space, error) {
	var apply []int
	for _, i := range set {
		if k.effects[i] == nil {
			apply = append(apply, i)
		}
	}
	s := k.base
	if len(apply) > 0 {
		key := fmt.Sprint(apply)
		if s = k.applied[key]; s == nil {
			var err error
			if s, err = k.apply(apply); err != nil {
				return nil, err
			}
			if len(k.applied) < maxApplied {
				k.applied[key] = s
			}
		}
		if !sameScales(k.base, s) {
			return k.apply(set)
		}
	}
	if len(apply) == len(set) {
		return s, nil
	}
	to := *s
	to.Parties = slices.Clone(s.Parties)
	for _, i := range set {
		if e := k.effects[i]; e != nil {
			e.add(s, &to)
		}
	}
	return &to, nil
}

// maxApplied bounds the spaces that a Combiner keeps.
const maxApplied = 1 << 10

// apply makes the changes one after the other.
func (k *Combiner) apply(set []int) (*outcome.Space, error) {
	d := k.from.draft()
	make := func(s *step) error {
		if err := d.apply(&s.Change, s.because); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		return nil
	}
	for i := range k.changes {
		s := &k.changes[i]
		if !slices.Contains(set, i) {
			s = s.instead
		}
		if s == nil {
			continue
		}
		if err := make(s); err != nil {
			return nil, err
		}
	}
	for i := range k.after {
		if err := make(&k.after[i]); err != nil {
			return nil, err
		}
	}
	return d.to.compiled(k.wide)
}

// touches returns the paths that change i, or what is changed instead, adds to, and those that it
// sets, drops or makes. A range interpolates between its scores, so that adding to one of them is
// about all of them.
func (k *Combiner) touches(i int) (adds, others map[string]bool) {
	adds, others = make(map[string]bool), make(map[string]bool)
	for s := &k.changes[i]; s != nil; s = s.instead {
		for at := range s.Set.All() {
			path, _ := k.from.wholeRange(at)
			others[path] = true
		}
		for at := range s.Add.All() {
			if path, of := k.from.wholeRange(at); of {
				others[path] = true
			} else {
				adds[path] = true
			}
		}
		for _, at := range s.Drop {
			others[at] = true
		}
		for n, line := range s.AddRedLines {
			others[line.path(n)] = true
		}
	}
	return adds, others
}

// apart reports whether an effect can hold change i: nothing that it touches is touched by another,
// but for numbers that several add to, and it leaves the consent rule alone.
func (k *Combiner) apart(i int) bool {
	adds, others := k.touches(i)
	for s := &k.changes[i]; s != nil; s = s.instead {
		for n, line := range s.AddRedLines {
			if slices.Contains(s.Drop, line.path(n)) {
				return false
			}
		}
	}
	if s := k.changes[i].instead; s != nil && len(s.Drop)+len(s.AddRedLines) > 0 {
		return false // conditions would come back, in their places
	}
	if others["consent"] {
		return false
	}
	for j := range k.changes {
		if j == i {
			continue
		}
		jAdds, jOthers := k.touches(j)
		for at := range jAdds {
			if others[at] {
				return false
			}
		}
		for at := range jOthers {
			if others[at] || adds[at] {
				return false
			}
		}
	}
	return true
}

// roomy reports whether utilities stay in bounds whatever changes are taken together.
func (k *Combiner) roomy() bool {
	rows := make(map[string]float64)
	for _, r := range rowsOf(k.base) {
		sum := abs(r.Threshold.Value)
		for _, scores := range r.Scores {
			sum += max(abs(slices.Min(scores)), abs(slices.Max(scores)))
		}
		for _, a := range r.Adjustments {
			sum += abs(a.Add)
		}
		rows[r.ID] = sum
	}
	for _, e := range k.effects {
		if e == nil {
			continue
		}
		for id, r := range e.rows {
			for _, s := range r.scores {
				rows[id] += abs(s.by)
			}
			for _, by := range r.adjustments {
				rows[id] += abs(by)
			}
			if r.threshold != nil {
				rows[id] += abs(r.threshold.Value)
			}
		}
	}
	for sum := range maps.Values(rows) {
		if sum > outcome.MaxUtility/2 {
			return false
		}
	}
	return true
}

func abs(v int64) float64 { return float64(max(v, -v)) }

// An effect is what a change does to a space by itself.
type effect struct {
	rows    map[string]*rowEffect
	dropped map[string]bool       // ids of requirements, red lines and adjustments
	lines   [][]outcome.Condition // by party: red lines added
}

type rowEffect struct {
	scores      []scoreEffect
	adjustments map[string]int64
	threshold   *outcome.Threshold // what it becomes or, where it was set and stays so, what is added
	replaced    bool
}

type scoreEffect struct {
	issue, option int
	by            int64
}

func rowsOf(s *outcome.Space) []*outcome.Row {
	var rows []*outcome.Row
	s.Rows(func(_ int, r *outcome.Row) bool {
		rows = append(rows, r)
		return true
	})
	return rows
}

func sameScales(a, b *outcome.Space) bool {
	if a.Rounded || b.Rounded {
		return false
	}
	as, bs := rowsOf(a), rowsOf(b)
	for i := range as {
		if as[i].Units() != bs[i].Units() {
			return false
		}
	}
	return true
}

// effectOf compares a space with and without a change; nil where the change is more than an
// effect can hold.
func effectOf(base, with *outcome.Space) *effect {
	if !sameScales(base, with) {
		return nil
	}
	e := &effect{rows: make(map[string]*rowEffect), dropped: make(map[string]bool), lines: make([][]outcome.Condition, len(base.Parties))}
	missing := func(was, is []outcome.Condition) {
		for _, c := range was {
			if !slices.ContainsFunc(is, func(x outcome.Condition) bool { return x.ID == c.ID }) {
				e.dropped[c.ID] = true
			}
		}
	}
	missing(base.Requires, with.Requires)
	for p := range base.Parties {
		was, is := base.Parties[p].RedLines, with.Parties[p].RedLines
		missing(was, is)
		for _, c := range is {
			if !slices.ContainsFunc(was, func(x outcome.Condition) bool { return x.ID == c.ID }) {
				e.lines[p] = append(e.lines[p], c)
			}
		}
	}
	bases, withs := rowsOf(base), rowsOf(with)
	for i, was := range bases {
		is, r := withs[i], &rowEffect{adjustments: make(map[string]int64)}
		for issue := range was.Scores {
			for o, v := range was.Scores[issue] {
				if d := is.Scores[issue][o] - v; d != 0 {
					r.scores = append(r.scores, scoreEffect{issue, o, d})
				}
			}
		}
		for _, a := range was.Adjustments {
			at := slices.IndexFunc(is.Adjustments, func(x outcome.Adjustment) bool { return x.ID == a.ID })
			if at < 0 {
				e.dropped[a.ID] = true
			} else if d := is.Adjustments[at].Add - a.Add; d != 0 {
				r.adjustments[a.ID] = d
			}
		}
		switch a, b := was.Threshold, is.Threshold; {
		case a == b:
		case a.Set && b.Set:
			r.threshold = &outcome.Threshold{Value: b.Value - a.Value, Set: true}
		default:
			r.threshold, r.replaced = &b, true
		}
		if r.scores != nil || len(r.adjustments) > 0 || r.threshold != nil {
			e.rows[was.ID] = r
		}
	}
	return e
}

// add adds the effect to a space that shares what is not changed with from, and has its own list
// of parties.
func (e *effect) add(from, to *outcome.Space) {
	kept := func(all []outcome.Condition) []outcome.Condition {
		if !slices.ContainsFunc(all, func(c outcome.Condition) bool { return e.dropped[c.ID] }) {
			return all
		}
		return slices.DeleteFunc(slices.Clone(all), func(c outcome.Condition) bool { return e.dropped[c.ID] })
	}
	to.Requires = kept(to.Requires)
	for p := range to.Parties {
		party := &to.Parties[p]
		party.RedLines = kept(party.RedLines)
		if lines := e.lines[p]; len(lines) > 0 {
			party.RedLines = append(slices.Clip(party.RedLines), lines...)
		}
		e.row(&party.Row, &from.Parties[p].Row)
		for c := range party.Constituencies {
			if e.rows[party.Constituencies[c].ID] == nil {
				continue
			}
			if &party.Constituencies[c] == &from.Parties[p].Constituencies[c] {
				party.Constituencies = slices.Clone(party.Constituencies)
			}
			e.row(&party.Constituencies[c], &from.Parties[p].Constituencies[c])
		}
	}
}

// row adds the effect on one row, whose slices are still those of from where nothing has
// changed them.
func (e *effect) row(r, from *outcome.Row) {
	if slices.ContainsFunc(r.Adjustments, func(a outcome.Adjustment) bool { return e.dropped[a.ID] }) {
		r.Adjustments = slices.DeleteFunc(slices.Clone(r.Adjustments), func(a outcome.Adjustment) bool { return e.dropped[a.ID] })
	}
	by := e.rows[r.ID]
	if by == nil {
		return
	}
	if len(by.scores) > 0 {
		r.Scores = slices.Clone(r.Scores)
		for i, s := range by.scores {
			if i == 0 || by.scores[i-1].issue != s.issue {
				r.Scores[s.issue] = slices.Clone(r.Scores[s.issue])
			}
			r.Scores[s.issue][s.option] += s.by
		}
	}
	if len(by.adjustments) > 0 {
		r.Adjustments = slices.Clone(r.Adjustments)
		for i := range r.Adjustments {
			r.Adjustments[i].Add += by.adjustments[r.Adjustments[i].ID]
		}
	}
	switch {
	case by.threshold == nil:
	case by.replaced:
		r.Threshold = *by.threshold
	default:
		r.Threshold.Value += by.threshold.Value
	}
}
