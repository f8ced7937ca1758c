package exhaust

import (
	"context"
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

const (
	// maxStates bounds the partial sums that summing issues in one order holds.
	maxStates = 1 << 22
	// maxCandidates bounds the sums of one issue's options with what is efficient so far.
	maxCandidates = 1 << 23
)

// A sum is an elimination of issues in an order: after each, for every joint option of the issues so far that are
// still linked to one after, the sums of utilities that are not dominated. Sums that cannot reach every
// threshold any more are dropped, and what exceeds all that can be needed is cut off (bucket elimination;
// Dechter 1999).
type sum struct {
	space       *outcome.Space
	order       []int
	asked       []int   // parties that have a threshold
	until       []int   // by issue, the place in the order at which it is last needed
	apply       [][]due // by place, the tables of which all issues have then come
	never       bool    // a requirement that no package satisfies
	most, least [][]int64
	compared    int
}

// A due is a table that is looked up once all its issues have an option.
type due struct {
	table *outcome.Table
	party int // in asked; -1 forbids
	add   int64
}

// A partial is a choice of options of the issues that are linked to later ones, with sums that such a
// choice can have.
type partial struct {
	options []int // of those issues, in order
	sums    [][]int64
}

// Some reports whether some package satisfies every requirement, breaks no red line and reaches every
// threshold, by summing issues in an order, which has each of them once.
func Some(ctx context.Context, s *outcome.Space, order []int) (bool, error) {
	e := newSum(s, order)
	if e.never {
		return false, nil
	}
	e.bound()
	var linked []int // issues
	states := []partial{{sums: [][]int64{make([]int64, len(e.asked))}}}
	for k := range order {
		before := linked
		linked = slices.DeleteFunc(append(slices.Clone(linked), order[k]), func(i int) bool { return e.until[i] <= k })
		var err error
		if states, err = e.next(ctx, k, states, before, linked); err != nil {
			return false, err
		}
	}
	return len(states) > 0, nil
}

// newSum finds where in the order each table is due: at the last of its issues, and it keeps the others
// until then.
func newSum(s *outcome.Space, order []int) *sum {
	n := len(order)
	e := &sum{space: s, order: order, until: make([]int, n), apply: make([][]due, n)}
	for at, i := range order {
		e.until[i] = at
	}
	place := slices.Clone(e.until)
	take := func(t *outcome.Table, party int, add int64) {
		if len(t.Issues()) == 0 && !t.Holds(nil) {
			return
		}
		e.never = e.never || len(t.Issues()) == 0 && party < 0
		last := 0
		for _, i := range t.Issues() {
			last = max(last, place[i])
		}
		for _, i := range t.Issues() {
			e.until[i] = max(e.until[i], last)
		}
		e.apply[last] = append(e.apply[last], due{t, party, add})
	}
	for k := range s.Requires {
		take(&s.Requires[k].Forbidden, -1, 0)
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		for k := range party.RedLines {
			take(&party.RedLines[k].Forbidden, -1, 0)
		}
		if !party.Threshold.Set {
			continue
		}
		for k := range party.Adjustments {
			take(&party.Adjustments[k].When, len(e.asked), party.Adjustments[k].Add)
		}
		e.asked = append(e.asked, p)
	}
	return e
}

// bound finds what the issues from a place on can add at most and at least.
func (e *sum) bound() {
	n := len(e.order)
	e.most, e.least = make([][]int64, n+1), make([][]int64, n+1)
	e.most[n], e.least[n] = make([]int64, len(e.asked)), make([]int64, len(e.asked))
	for k := n - 1; k >= 0; k-- {
		e.most[k], e.least[k] = slices.Clone(e.most[k+1]), slices.Clone(e.least[k+1])
		for q, p := range e.asked {
			scores := e.space.Parties[p].Scores[e.order[k]]
			e.most[k][q] += slices.Max(scores)
			e.least[k][q] += slices.Min(scores)
		}
		for _, a := range e.apply[k] {
			if a.party >= 0 {
				e.most[k][a.party] += max(a.add, 0)
				e.least[k][a.party] += min(a.add, 0)
			}
		}
	}
}

// next adds the issue at place k: before are the issues whose options the states tell, linked those of the next.
func (e *sum) next(ctx context.Context, k int, states []partial, before, linked []int) ([]partial, error) {
	o := make(outcome.Outcome, len(e.order))
	at := make(map[string]int)
	var next []partial
	total := 0
	for _, st := range states {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		for x, i := range before {
			o[i] = st.options[x]
		}
		for option := range e.space.Issues[e.order[k]].Options {
			o[e.order[k]] = option
			gain, ok := e.gain(k, o)
			if !ok {
				continue
			}
			options := make([]int, len(linked))
			for x, i := range linked {
				options[x] = o[i]
			}
			key := fmt.Sprint(options)
			to, ok := at[key]
			if !ok {
				to = len(next)
				at[key] = to
				next = append(next, partial{options: options})
			}
			held := len(next[to].sums)
			next[to].sums = e.extend(next[to].sums, st.sums, k, gain)
			if total += len(next[to].sums) - held; total > maxStates {
				return nil, &TooLarge{fmt.Sprintf("more than %d partial sums", maxStates)}
			}
		}
	}
	for i := range next {
		if err := e.thin(&next[i]); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(next, func(st partial) bool { return len(st.sums) == 0 }), nil
}

// gain returns what the option of the issue at place k adds, or that it is ruled out.
func (e *sum) gain(k int, o outcome.Outcome) (gain []int64, ok bool) {
	i := e.order[k]
	gain = make([]int64, len(e.asked))
	for q, p := range e.asked {
		gain[q] = e.space.Parties[p].Scores[i][o[i]]
	}
	for _, a := range e.apply[k] {
		switch {
		case !a.table.Holds(o):
		case a.party < 0:
			return nil, false
		default:
			gain[a.party] += a.add
		}
	}
	return gain, true
}

// extend appends to list each sum with what the issue at place k adds, unless it is hopeless.
func (e *sum) extend(list, sums [][]int64, k int, gain []int64) [][]int64 {
	for _, sum := range sums {
		u := make([]int64, len(sum))
		hopeless := false
		for q := range sum {
			floor := e.space.Parties[e.asked[q]].Threshold.Value
			u[q] = min(sum[q]+gain[q], floor-e.least[k+1][q])
			hopeless = hopeless || u[q]+e.most[k+1][q] < floor
		}
		if !hopeless {
			list = append(list, u)
		}
	}
	return list
}

// thin drops sums that another is at least as good as for everybody.
func (e *sum) thin(st *partial) error {
	slices.SortFunc(st.sums, func(x, y []int64) int { return slices.Compare(y, x) })
	var kept [][]int64
	for _, u := range st.sums {
		from := 0
		if len(u) <= 2 && len(kept) > 0 {
			from = len(kept) - 1 // the last has the most of the second
		}
		if e.compared += len(kept) - from; e.compared > maxCompared {
			return &TooLarge{"summing the issues takes too many comparisons"}
		}
		if !slices.ContainsFunc(kept[from:], func(x []int64) bool { return Reaches(x, u) }) {
			kept = append(kept, u)
		}
	}
	st.sums = kept
	return nil
}

// Merge returns the frontier of two parties whose gains add up over issues, greatest of the first party first, and the number
// of sums that it took: the frontier of the issues so far plus each option of the next, the dominated left out
// (Nemhauser and Ullmann 1969). A sum can be efficient only if both its parts are. Gains are by issue, option
// and party.
func Merge(ctx context.Context, gains [][][]int64) (front [][2]int64, sums int, err error) {
	front = [][2]int64{{}}
	for _, options := range gains {
		if len(options)*len(front) > maxCandidates {
			return nil, 0, &TooLarge{fmt.Sprintf("merging takes more than %d sums for one issue", maxCandidates)}
		}
		sums += len(options) * len(front)
		var next, spare [][2]int64
		for _, gain := range options {
			if err := context.Cause(ctx); err != nil {
				return nil, 0, err
			}
			next, spare = join(spare[:0], next, front, [2]int64{gain[0], gain[1]}), next
		}
		front = next
	}
	return front, sums, nil
}

// join appends to out, in order, what is efficient of two frontiers, the second of which has gained.
func join(out, x, y [][2]int64, gain [2]int64) [][2]int64 {
	for len(x)+len(y) > 0 {
		var next [2]int64
		if len(y) > 0 {
			next = [2]int64{y[0][0] + gain[0], y[0][1] + gain[1]}
		}
		if len(y) == 0 || len(x) > 0 && (x[0][0] > next[0] || x[0][0] == next[0] && x[0][1] > next[1]) {
			next, x = x[0], x[1:]
		} else {
			y = y[1:]
		}
		if len(out) == 0 || next[1] > out[len(out)-1][1] {
			out = append(out, next)
		}
	}
	return out
}
