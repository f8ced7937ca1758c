package bargain

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// An additive is a space of two parties whose every condition and adjustment is
// about one issue: then utilities are sums over issues, and the frontier of the
// sums is built issue by issue from the frontiers of the parts.
type additive struct {
	space   *outcome.Space
	issues  [][]choice // options left, by issue
	size    *big.Int   // outcomes of the options left
	floor   [2]int64   // thresholds
	hasLeft bool       // every issue has an option left
}

// A choice is an option with what it adds for each party.
type choice struct {
	a, b   int64
	option int
}

// separate writes s as an additive, or says why it cannot. With whole, red lines
// and thresholds are left out.
func separate(s *outcome.Space, whole bool) (*additive, string) {
	if len(s.Parties) != 2 {
		return nil, fmt.Sprintf("there are %d parties", len(s.Parties))
	}
	if !unanimous(s) {
		return nil, "consent is not unanimous"
	}
	barred := make([][]bool, len(s.Issues))
	value := [2][][]int64{}
	for i, is := range s.Issues {
		barred[i] = make([]bool, is.Options)
		for p := range value {
			value[p] = append(value[p], slices.Clone(s.Parties[p].Scores[i]))
		}
	}
	// each calls visit for the options of the one issue that t is about.
	each := func(t *outcome.Table, visit func(i, o int)) bool {
		held, size := t.Count(), t.Size()
		switch issues := t.Issues(); {
		case held == 0:
		case held == size:
			for o := range barred[0] {
				visit(0, o)
			}
		case len(issues) == 1:
			for o := range barred[issues[0]] {
				if t.At(o) {
					visit(issues[0], o)
				}
			}
		default:
			return false
		}
		return true
	}
	bar := func(c *outcome.Condition) bool {
		return each(&c.Forbidden, func(i, o int) { barred[i][o] = true })
	}
	for i := range s.Requires {
		if !bar(&s.Requires[i]) {
			return nil, s.Requires[i].ID + " links issues"
		}
	}
	a := &additive{space: s, size: big.NewInt(1), floor: [2]int64{-outcome.MaxUtility * 2, -outcome.MaxUtility * 2}, hasLeft: true}
	for p := range value {
		party := &s.Parties[p]
		for k := range party.Adjustments {
			adj := &party.Adjustments[k]
			if !each(&adj.When, func(i, o int) { value[p][i][o] += adj.Add }) {
				return nil, adj.ID + " links issues"
			}
		}
		if whole {
			continue
		}
		for k := range party.RedLines {
			if !bar(&party.RedLines[k]) {
				return nil, party.RedLines[k].ID + " links issues"
			}
		}
		if party.Threshold.Set {
			a.floor[p] = party.Threshold.Value
		}
	}
	for i := range s.Issues {
		var left []choice
		for o, out := range barred[i] {
			if !out {
				left = append(left, choice{value[0][i][o], value[1][i][o], o})
			}
		}
		a.issues = append(a.issues, left)
		a.size.Mul(a.size, big.NewInt(int64(len(left))))
		a.hasLeft = a.hasLeft && len(left) > 0
	}
	return a, ""
}

// A step is a point of a partial frontier.
type step struct{ a, b int64 }

// maxSteps bounds the points of all partial frontiers together: 16 bytes each.
const maxSteps = 1 << 26

// A merged is the frontiers of every suffix of the issues: stage[i] is that of the
// issues from i on, first utility descending, second ascending. Outcomes and ties
// are found by walking the stages from the first issue to the last, which meets
// outcomes in their order. flip is -1 where the utility is taken negative, to ask
// for the least of it.
type merged struct {
	issues [][]choice
	flip   [2]int64
	stage  [][]step
	from   int // the part of stage[0] that is asked for
	to     int
}

// merge builds the frontier by adding one issue at a time, the last first
// (Nemhauser and Ullmann 1969). A sum can be efficient only if its parts are.
func merge(ctx context.Context, issues [][]choice, flip [2]int64, progress func(float64)) (*merged, error) {
	m := &merged{issues: issues, flip: flip, stage: make([][]step, len(issues)+1)}
	m.stage[len(issues)] = []step{{}}
	var sum merger
	total := 1
	for i := len(issues) - 1; i >= 0; i-- {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		m.stage[i] = sum.add(m.stage[i+1], efficient(issues[i], flip))
		if total += len(m.stage[i]); total > maxSteps {
			return nil, fmt.Errorf("the partial frontiers pass %d points: nearly every package is efficient, so scores coarser than the present ones would tell more", maxSteps)
		}
		if progress != nil {
			// Work grows with about the cube of the issues done.
			done := float64(len(issues)-i) / float64(len(issues))
			progress(done * done * done)
		}
	}
	m.to = len(m.stage[0])
	return m, nil
}

// efficient returns the frontier of one issue's options.
func efficient(choices []choice, flip [2]int64) []step {
	steps := make([]step, len(choices))
	for k, c := range choices {
		steps[k] = step{flip[0] * c.a, flip[1] * c.b}
	}
	slices.SortFunc(steps, func(p, q step) int {
		return descending(stair{a: p.a, b: p.b}, stair{a: q.a, b: q.b})
	})
	out := steps[:0]
	for _, s := range steps {
		if len(out) == 0 || s.b > out[len(out)-1].b {
			out = append(out, s)
		}
	}
	return out
}

// A merger adds an issue to a partial frontier. Its buffers are used again.
type merger struct {
	spare [2][]step
	runs  [2][]int
}

// add returns the frontier of the sums of f and the issue's options: one shifted
// copy of f per option, merged two by two.
func (m *merger) add(f, options []step) []step {
	here, there := m.spare[0][:0], m.spare[1][:0]
	ends, next := m.runs[0][:0], m.runs[1][:0]
	for k := 0; k < len(options); k += 2 {
		if k+1 < len(options) {
			here = mergeSteps(here, f, options[k], f, options[k+1])
		} else {
			here = mergeSteps(here, f, options[k], nil, step{})
		}
		ends = append(ends, len(here))
	}
	for len(ends) > 1 {
		there, next = there[:0], next[:0]
		from := 0
		for k := 0; k < len(ends); k += 2 {
			if k+1 < len(ends) {
				there = mergeSteps(there, here[from:ends[k]], step{}, here[ends[k]:ends[k+1]], step{})
				from = ends[k+1]
			} else {
				there = append(there, here[from:ends[k]]...)
			}
			next = append(next, len(there))
		}
		here, there = there, here
		ends, next = next, ends
	}
	m.spare, m.runs = [2][]step{here, there}, [2][]int{ends, next}
	return slices.Clone(here)
}

// mergeSteps appends to out the frontier of two staircases, each shifted.
func mergeSteps(out, f []step, df step, g []step, dg step) []step {
	out = slices.Grow(out, len(f)+len(g))
	best := int64(math.MinInt64)
	i, j := 0, 0
	for i < len(f) && j < len(g) {
		p := step{f[i].a + df.a, f[i].b + df.b}
		q := step{g[j].a + dg.a, g[j].b + dg.b}
		if p.a > q.a || p.a == q.a && p.b >= q.b {
			i++
		} else {
			p = q
			j++
		}
		if p.b > best {
			best = p.b
			out = append(out, p)
		}
	}
	if j < len(g) {
		f, df, i = g, dg, j
	}
	for ; i < len(f); i++ {
		if p := (step{f[i].a + df.a, f[i].b + df.b}); p.b > best {
			best = p.b
			out = append(out, p)
		}
	}
	return out
}

// above narrows the frontier to the points that meet both floors.
func (m *merged) above(floor [2]int64) {
	f := m.stage[0]
	m.to, _ = slices.BinarySearchFunc(f, floor[0], func(s step, a int64) int {
		if s.a >= a {
			return -1
		}
		return 1
	})
	m.from, _ = slices.BinarySearchFunc(f, floor[1], func(s step, b int64) int {
		if s.b < b {
			return -1
		}
		return 1
	})
	m.from = min(m.from, m.to)
}

func (m *merged) len() int         { return m.to - m.from }
func (m *merged) step(i int) step  { return m.stage[0][m.from+i] }
func (m *merged) at(i int) []int64 { s := m.step(i); return []int64{s.a, s.b} }

// rest returns what is left of s after choice c, and whether the issues from i on
// can reach it.
func (m *merged) rest(i int, s step, c choice) (step, bool) {
	s.a -= m.flip[0] * c.a
	s.b -= m.flip[1] * c.b
	f := m.stage[i]
	k, _ := slices.BinarySearchFunc(f, s.a, func(x step, a int64) int {
		if x.a > a {
			return -1
		}
		return 1
	})
	return s, k < len(f) && f[k] == s
}

// outcomes returns, in their order, the first outcomes that reach point i, up to most.
func (m *merged) outcomes(i, most int) []outcome.Outcome {
	var found []outcome.Outcome
	o := make(outcome.Outcome, len(m.issues))
	var walk func(at int, s step)
	walk = func(at int, s step) {
		if at == len(m.issues) {
			found = append(found, slices.Clone(o))
			return
		}
		for _, c := range m.issues[at] {
			if len(found) == most {
				return
			}
			if next, ok := m.rest(at+1, s, c); ok {
				o[at] = c.option
				walk(at+1, next)
			}
		}
	}
	walk(0, m.step(i))
	return found
}

func (m *merged) outcome(i int) outcome.Outcome { return m.outcomes(i, 1)[0] }

// tiesOf counts the outcomes that reach point i: every step that a walk could
// take is efficient, or its sum would not be.
func (m *merged) tiesOf(i int) *big.Int {
	ways := map[step]*big.Int{m.step(i): big.NewInt(1)}
	for at, choices := range m.issues {
		next := make(map[step]*big.Int)
		for s, n := range ways {
			for _, c := range choices {
				if r, ok := m.rest(at+1, s, c); ok {
					if next[r] == nil {
						next[r] = new(big.Int)
					}
					next[r].Add(next[r], n)
				}
			}
		}
		ways = next
	}
	return ways[step{}]
}

// options says, by issue and option, whether any outcome meets both floors with it.
func (m *merged) options(a *additive) [][]bool {
	seen := make([][]bool, len(a.issues))
	prefix := []step{{}}
	var sum merger
	for i, choices := range a.issues {
		seen[i] = make([]bool, a.space.Issues[i].Options)
		for _, c := range choices {
			seen[i][c.option] = meet(prefix, m.stage[i+1], step{a.floor[0] - c.a, a.floor[1] - c.b})
		}
		prefix = sum.add(prefix, efficient(choices, m.flip))
	}
	return seen
}

// meet reports whether a point of f and one of g together reach need. As the first
// utility of f's point falls, g's must rise.
func meet(f, g []step, need step) bool {
	j := len(g) - 1
	for _, p := range f {
		for j >= 0 && p.a+g[j].a < need.a {
			j--
		}
		if j < 0 {
			return false
		}
		if p.b+g[j].b >= need.b {
			return true
		}
	}
	return false
}

// maxHalf is the largest half of a space that is laid out to count a zone.
const maxHalf = 1 << 22

// countAbove returns the number of outcomes that meet both floors, or false when
// the space is too large to cut in two halves of at most maxHalf. Every outcome is
// a pair of halves; pairs are counted, not visited, by sweeping the first halves in
// ascending first utility while a Fenwick tree holds the second utilities of the
// second halves that are still high enough.
func (a *additive) countAbove(ctx context.Context) (*big.Int, bool) {
	left, right := a.halves()
	if left == nil {
		return nil, false
	}
	ascending := func(p, q step) int { return -descending(stair{a: p.a, b: p.b}, stair{a: q.a, b: q.b}) }
	slices.SortFunc(left, ascending)
	if ctx.Err() != nil {
		return nil, false
	}
	slices.SortFunc(right, ascending)
	seconds := make([]int64, len(right))
	for i, s := range right {
		seconds[i] = s.b
	}
	slices.Sort(seconds)
	seconds = slices.Compact(seconds)
	tree := make([]int32, len(seconds)+1)
	held := 0
	j := len(right)
	total, part := new(big.Int), uint64(0)
	for _, p := range left {
		for j > 0 && p.a+right[j-1].a >= a.floor[0] {
			j--
			held++
			k, _ := slices.BinarySearch(seconds, right[j].b)
			for k++; k < len(tree); k += k & -k {
				tree[k]++
			}
		}
		lower, _ := slices.BinarySearch(seconds, a.floor[1]-p.b)
		n := held
		for k := lower; k > 0; k -= k & -k {
			n -= int(tree[k])
		}
		if part += uint64(n); part >= 1<<62 {
			total.Add(total, new(big.Int).SetUint64(part))
			part = 0
		}
	}
	return total.Add(total, new(big.Int).SetUint64(part)), true
}

// halves lays out the sums of two groups of issues, chosen so that the larger is
// as small as a greedy choice makes it.
func (a *additive) halves() (left, right []step) {
	order := count(len(a.issues))
	slices.SortStableFunc(order, func(i, j int) int { return len(a.issues[j]) - len(a.issues[i]) })
	left, right = []step{{}}, []step{{}}
	for _, i := range order {
		side := &left
		if len(right) < len(left) {
			side = &right
		}
		n := len(a.issues[i])
		if len(*side) > maxHalf/max(n, 1) {
			return nil, nil
		}
		sums := make([]step, 0, len(*side)*n)
		for _, s := range *side {
			for _, c := range a.issues[i] {
				sums = append(sums, step{s.a + c.a, s.b + c.b})
			}
		}
		*side = sums
	}
	return left, right
}

// least returns party p's least utility among the outcomes that meet the other
// party's floor, of which there is at least one; p itself has no floor.
func (a *additive) least(ctx context.Context, p int) (int64, error) {
	flip := [2]int64{1, 1}
	flip[p] = -1
	m, err := merge(ctx, a.issues, flip, nil)
	if err != nil {
		return 0, err
	}
	floor := a.floor
	floor[p] = -outcome.MaxUtility * 2
	m.above(floor)
	least := int64(math.MaxInt64)
	for i := range m.len() {
		least = min(least, -m.at(i)[p])
	}
	return least, nil
}
