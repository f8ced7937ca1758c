package bargain

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/outcome"
)

// An eliminated is a frontier found by summing issues one at a time, with what is
// needed to name its outcomes.
//
// Without links this is the sequential method of Nemhauser and Ullmann (1969): a sum
// can be efficient only if its parts are. With links it is bucket elimination along a
// linear order with frontiers for messages (Rollon and Larrosa 2006): for every
// state, the joint options of the earlier issues on which later sums depend, there
// is one partial frontier.
//
// A constituency's row is one more utility, which no sum needs more of than its floor,
// less the least that the earlier issues can add, nor can do with less than the floor less the
// most that they can add. Sums are cut off at the one and dropped below the other, so that few
// values are left.
type eliminated struct {
	plan *plan
	flip []int64 // by row, -1 where the utility is taken negative, to ask for the least of it

	// By position: for state s and choice c, at s·choices + c, the state at the next
	// position, -1 where a link forbids it, and what the choice adds for each row.
	next [][]int32
	gain [][]int64

	// By position and state, the frontier of the sums from there on: utilities of all
	// rows, vector after vector, in descending lexicographic order.
	cells [][][]int64

	// With rows that are no party's, by position and row, what a sum from there on must
	// come to at least, where it is cut off, and what it comes to whatever is chosen; else nil.
	need, enough, least [][]int64

	// By position without links and with many choices, the choices in descending
	// lexicographic order of what they add; else nil.
	ranked [][]int

	front []int64 // the part of the first cell that is asked for: utilities of the parties

	// ways holds, by position, state and place in the cell, the number of ways to sum up
	// to the vector; nil where it was not counted.
	ways [][][]*big.Int

	wide int // trails that were given up
}

// eliminate sums the issues of a plan from the last position to the first.
func eliminate(ctx context.Context, p *plan, flip []int64, most budget.Limit, progress func(float64)) (*eliminated, error) {
	e := &eliminated{plan: p, flip: flip, next: make([][]int32, len(p.order)), gain: make([][]int64, len(p.order)),
		cells: make([][][]int64, len(p.order)+1), ranked: make([][]int, len(p.order))}
	n := len(flip)
	e.cells[len(p.order)] = [][]int64{make([]int64, n)}
	join := joiner{parties: n}
	join.stop = func() bool { return join.work > most.Work || ctx.Err() != nil }
	if laid := p.cells * float64(8*n+4); laid > float64(most.Bytes) {
		return nil, budget.TooMuch("linked issues would have to be held fixed in more ways than %d MiB hold", most.Bytes>>20)
	}
	held := int64(0)
	screened := n > p.network.parties
	if screened {
		e.screen()
	}
	for k := len(p.order) - 1; k >= 0; k-- {
		if !screened {
			e.lay(k)
		}
		choices := len(p.network.issues[p.order[k]])
		if !screened && choices > manyChoices && p.states[k] == 1 && len(e.cells[k+1]) == 1 {
			e.ranked[k] = count(choices)
			slices.SortStableFunc(e.ranked[k], func(x, y int) int {
				return slices.Compare(e.gain[k][y*n:(y+1)*n], e.gain[k][x*n:(x+1)*n])
			})
		}
		e.cells[k] = make([][]int64, p.states[k])
		for s := range e.cells[k] {
			join.parts = join.parts[:0]
			for c := s * choices; c < (s+1)*choices; c++ {
				if to := e.next[k][c]; to >= 0 {
					join.parts = append(join.parts, part{int(to), e.cells[k+1][to], e.gain[k][c*n : (c+1)*n]})
				}
			}
			join.prune()
			merging := 0 // numbers to be merged
			for _, part := range join.parts {
				merging += len(part.cell)
			}
			// Two buffers and the result hold at most what is merged.
			if held+3*8*int64(merging) > most.Bytes {
				return nil, budget.TooMuch("partial frontiers would take more than %d MiB", most.Bytes>>20)
			}
			overspent := budget.TooMuch("summing %d of %d issues already takes more than the budget of work", len(p.order)-k, len(p.order))
			each := float64(budget.Merge)
			if n <= 3 {
				each = budget.Candidate(n)
			}
			if join.work += float64(each * float64(merging/n)); join.work > most.Work {
				return nil, overspent
			}
			if screened {
				e.cells[k][s] = join.screened(e.need[k], e.enough[k])
			} else {
				e.cells[k][s] = join.frontier()
			}
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
			if join.work > most.Work {
				return nil, overspent
			}
			held += 8 * int64(len(e.cells[k][s]))
		}
		if progress != nil {
			// Work grows with about the cube of the issues done.
			done := float64(len(p.order)-k) / float64(len(p.order))
			progress(done * done * done)
		}
	}
	e.front = e.cells[0][0]
	if screened {
		// What is left meets the floors of all rows that are no party's, and is cut off there.
		e.front = nil
		for cell := e.cells[0][0]; len(cell) > 0; cell = cell[n:] {
			e.front = append(e.front, cell[:p.network.parties]...)
		}
	}
	return e, nil
}

// screen lays all positions and finds need, enough and least.
func (e *eliminated) screen() {
	p, n := e.plan, len(e.flip)
	low, high := make([][]int64, len(p.order)), make([][]int64, len(p.order)) // by position and row, what its choices add
	for k := range p.order {
		e.lay(k)
		low[k], high[k] = make([]int64, n), make([]int64, n)
		any := false
		for at, to := range e.next[k] {
			if to < 0 {
				continue
			}
			for j, v := range e.gain[k][at*n : (at+1)*n] {
				if !any {
					low[k][j], high[k][j] = v, v
				}
				low[k][j], high[k][j] = min(low[k][j], v), max(high[k][j], v)
			}
			any = true
		}
	}
	rows := func() [][]int64 {
		table := make([][]int64, len(p.order)+1)
		for k := range table {
			table[k] = make([]int64, n)
		}
		return table
	}
	e.need, e.enough, e.least = rows(), rows(), rows()
	for j := range n {
		floor := p.network.floor[j]
		e.need[0][j], e.enough[0][j] = floor, floor
		if j < p.network.parties {
			e.enough[0][j] = math.MaxInt64 / 2
		}
		if floor == noFloor || e.flip[j] < 0 {
			e.need[0][j] = math.MinInt64 / 2
		}
		for k := range p.order {
			e.need[k+1][j] = e.need[k][j] - high[k][j]
			e.enough[k+1][j] = e.enough[k][j] - low[k][j]
		}
		for k := len(p.order) - 1; k >= 0; k-- {
			e.least[k][j] = e.least[k+1][j] + low[k][j]
		}
		for k := range e.least {
			e.least[k][j] = min(e.least[k][j], e.enough[k][j])
		}
	}
}

// lay fills next and gain of position k.
func (e *eliminated) lay(k int) {
	p := e.plan
	net := p.network
	n := len(e.flip)
	issue := p.order[k]
	choices := net.issues[issue]
	e.next[k] = make([]int32, p.states[k]*len(choices))
	e.gain[k] = make([]int64, p.states[k]*len(choices)*n)

	var links []link // those whose last issue this is
	for _, l := range net.links {
		last := 0
		for _, i := range l.table.Issues() {
			last = max(last, p.at[i])
		}
		if last == k {
			links = append(links, l)
		}
	}
	// Weight of an issue's choice in the rank of the next state.
	weight := make(map[int]int)
	if k+1 < len(p.order) {
		w := 1
		for j := len(p.state[k+1]) - 1; j >= 0; j-- {
			i := p.state[k+1][j]
			weight[i] = w
			w *= len(net.issues[i])
		}
	}
	o := make(outcome.Outcome, len(net.issues)) // options of the state and of this issue
	digits := make([]int, len(p.state[k]))
	for s := range p.states[k] {
		rank := s
		to := 0
		for j := len(digits) - 1; j >= 0; j-- {
			i := p.state[k][j]
			digits[j] = rank % len(net.issues[i])
			rank /= len(net.issues[i])
			o[i] = net.issues[i][digits[j]].option
			to += digits[j] * weight[i]
		}
		for c := range choices {
			at := s*len(choices) + c
			o[issue] = choices[c].option
			e.next[k][at] = int32(to + c*weight[issue])
			gain := e.gain[k][at*n : (at+1)*n]
			copy(gain, choices[c].gain)
			for _, l := range links {
				if !l.table.Holds(o) {
					continue
				}
				if l.party < 0 {
					e.next[k][at] = -1
				} else {
					gain[l.party] += l.add
				}
			}
			for q := range gain {
				gain[q] *= e.flip[q]
			}
		}
	}
}

// above narrows the frontier to the vectors that meet every floor.
func (e *eliminated) above(floor []int64) {
	n := e.plan.network.parties
	floor = floor[:n]
	var out []int64
	for from := 0; from < len(e.front); from += n {
		if u := e.front[from : from+n]; atLeast(u, floor) {
			out = append(out, u...)
		}
	}
	e.front = out
}

func (e *eliminated) len() int { return len(e.front) / e.plan.network.parties }
func (e *eliminated) at(i int) []int64 {
	n := e.plan.network.parties
	return e.front[i*n : (i+1)*n]
}

// start returns what the sums of all positions must come to for point i.
func (e *eliminated) start(i int) []int64 {
	return append(slices.Clone(e.at(i)), e.plan.network.floor[e.plan.network.parties:]...)
}

func (e *eliminated) first(i int) (outcome.Outcome, *big.Int) {
	if e.need != nil && e.len() <= maxTrailed {
		if t := e.trail(i); t != nil {
			return t.outcomes(1)[0], t.ways()
		}
	}
	o := e.outcomes(i, 1)[0]
	if e.ways == nil {
		return o, nil
	}
	return o, e.ways[0][0][find(e.cells[0][0], e.at(i))]
}

const (
	maxWays    = 1 << 23 // vectors whose ways are counted
	maxTrailed = 1 << 14 // points with constituencies whose ways are counted, one by one
)

// countWays counts the outcomes that reach each vector, from the last position to the
// first: a vector's ways are those of what is left of it after each choice. Where the
// partial frontiers are too large it counts none.
func (e *eliminated) countWays(ctx context.Context) error {
	if e.need != nil {
		return nil // what a constituency has less of may have been dropped
	}
	n, held := len(e.flip), 0
	for _, cells := range e.cells {
		for _, cell := range cells {
			held += len(cell) / n
		}
	}
	if held > maxWays {
		return nil
	}
	ways := make([][][]*big.Int, len(e.cells))
	ways[len(e.next)] = [][]*big.Int{{big.NewInt(1)}}
	left := make([]int64, n)
	for k := len(e.next) - 1; k >= 0; k-- {
		ways[k] = make([][]*big.Int, len(e.cells[k]))
		for s, cell := range e.cells[k] {
			ways[k][s] = make([]*big.Int, len(cell)/n)
			for j := range ways[k][s] {
				if j%1024 == 0 && ctx.Err() != nil {
					return context.Cause(ctx)
				}
				sum := new(big.Int)
				e.onward(k, &place{state: s, left: cell[j*n : (j+1)*n]}, left, func(_, to int) bool {
					sum.Add(sum, ways[k+1][to][find(e.cells[k+1][to], left)])
					return true
				})
				ways[k][s][j] = sum
			}
		}
	}
	e.ways = ways
	return nil
}

// outcomes returns the first outcomes that reach point i, up to most, in the order of
// issues and options. Where links have changed the order in which issues are summed
// and very many outcomes tie, they are the first in that order instead.
func (e *eliminated) outcomes(i, most int) []outcome.Outcome {
	if len(e.plan.network.links) > 0 && e.wide < maxWide {
		if t := e.trail(i); t != nil {
			return t.outcomes(most)
		}
		e.wide++
	}
	return e.walk(i, most)
}

// canonical reports whether outcomes are given in the order of issues and options.
func (e *eliminated) canonical(i int) bool {
	return len(e.plan.network.links) == 0 || e.wide < maxWide && e.trail(i) != nil
}

// walk returns the first outcomes that reach point i, up to most, in the order in which
// issues are summed. Every sum that it comes to leads on to the end.
func (e *eliminated) walk(i, most int) []outcome.Outcome {
	var found []outcome.Outcome
	issues := e.plan.network.issues
	o := make(outcome.Outcome, len(issues))
	var step func(k int, from *place) bool
	step = func(k int, from *place) bool {
		if k == len(e.next) {
			found = append(found, slices.Clone(o))
			return len(found) < most
		}
		left := make([]int64, len(e.flip))
		issue := e.plan.order[k]
		return e.onward(k, from, left, func(choice, to int) bool {
			o[issue] = issues[issue][choice].option
			return step(k+1, &place{state: to, left: slices.Clone(left)})
		})
	}
	step(0, &place{left: e.start(i)})
	return found
}

// A trail holds every way to a point of the frontier: by position, the states and
// sums still to come that a way can pass, each with the choices that lead on. A sum
// that is efficient has only efficient sums on its ways, so that none is missing.
type trail struct {
	of     *eliminated
	places [][]place
}

type place struct {
	state int
	left  []int64
	on    []onward
}

type onward struct{ choice, to int }

// maxTrail bounds the places of a trail, and maxWide the trails that are given up before
// none is followed any more.
const (
	maxTrail = 1 << 12
	maxWide  = 64
)

// trail returns the trail of point i, nil where it has more than maxTrail places.
func (e *eliminated) trail(i int) *trail {
	t := &trail{of: e, places: make([][]place, len(e.next)+1)}
	t.places[0] = []place{{0, e.start(i), nil}}
	left := make([]int64, len(e.flip))
	var key []byte
	total := 0
	for k := range e.next {
		known := make(map[string]int)
		if total += len(t.places[k]); total > maxTrail {
			return nil
		}
		for x := range t.places[k] {
			from := &t.places[k][x]
			e.onward(k, from, left, func(choice, to int) bool {
				key = binary.AppendVarint(key[:0], int64(to))
				for _, v := range left {
					key = binary.AppendVarint(key, v)
				}
				y, ok := known[string(key)]
				if !ok {
					y = len(t.places[k+1])
					known[string(key)] = y
					t.places[k+1] = append(t.places[k+1], place{to, slices.Clone(left), nil})
				}
				from.on = append(from.on, onward{choice, y})
				return true
			})
		}
	}
	return t
}

// manyChoices is the number of choices beyond which an issue's are ranked.
const manyChoices = 64

// onward visits the choices at position k that lead from a place to an efficient
// sum at the next position, with its state; left then holds what is still to come.
// Either every choice is looked up among the sums or, where those are fewer, every
// sum among the ranked choices. Choices come in order. It stops, and reports
// false, when visit does.
func (e *eliminated) onward(k int, from *place, left []int64, visit func(choice, to int) bool) bool {
	n := len(left)
	choices := len(e.plan.network.issues[e.plan.order[k]])
	gain := func(c int) []int64 {
		at := from.state*choices + c
		return e.gain[k][at*n : (at+1)*n]
	}
	if ranked := e.ranked[k]; ranked != nil && len(e.cells[k+1][0])/n < choices {
		cell := e.cells[k+1][0]
		want := make([]int64, n)
		var found [][2]int // choice, and where in the cell the rest is
		for at := 0; at < len(cell); at += n {
			for p := range want {
				want[p] = from.left[p] - cell[at+p]
			}
			first, _ := slices.BinarySearchFunc(ranked, want, func(c int, want []int64) int {
				return slices.Compare(want, gain(c))
			})
			for _, c := range ranked[first:] {
				if !slices.Equal(gain(c), want) {
					break
				}
				found = append(found, [2]int{c, at})
			}
		}
		slices.SortFunc(found, func(x, y [2]int) int { return cmp.Compare(x[0], y[0]) })
		for _, f := range found {
			copy(left, cell[f[1]:f[1]+n])
			if !visit(f[0], 0) {
				return false
			}
		}
		return true
	}
	for c := range choices {
		to := int(e.next[k][from.state*choices+c])
		if to < 0 {
			continue
		}
		for p, v := range gain(c) {
			left[p] = from.left[p] - v
		}
		if e.need == nil {
			if find(e.cells[k+1][to], left) < 0 {
				continue
			}
		} else {
			parties := e.plan.network.parties
			if !reaches(e.cells[k+1][to], left, parties) {
				continue
			}
			for j := parties; j < n; j++ {
				left[j] = max(left[j], e.least[k+1][j]) // what asks nothing is all the same
			}
		}
		if !visit(c, to) {
			return false
		}
	}
	return true
}

// find returns the place of a vector in a cell, or -1.
func find(cell, u []int64) int {
	n := len(u)
	low, high := 0, len(cell)/n
	for low < high {
		mid := (low + high) / 2
		switch slices.Compare(cell[mid*n:(mid+1)*n], u) {
		case 0:
			return mid
		case 1:
			low = mid + 1
		default:
			high = mid
		}
	}
	return -1
}

// reaches reports whether a cell has a vector that gives the parties exactly u, and the
// other rows at least that. As u is part of an efficient sum, none gives the parties more.
func reaches(cell, u []int64, parties int) bool {
	n := len(u)
	low, high := 0, len(cell)/n
	for low < high {
		mid := (low + high) / 2
		if slices.Compare(cell[mid*n:mid*n+parties], u[:parties]) > 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for ; low < len(cell)/n; low++ {
		x := cell[low*n : (low+1)*n]
		if !slices.Equal(x[:parties], u[:parties]) {
			return false
		}
		if atLeast(x[parties:], u[parties:]) {
			return true
		}
	}
	return false
}

// ways counts the outcomes of a trail.
func (t *trail) ways() *big.Int {
	next := []*big.Int{big.NewInt(1)}
	for k := len(t.places) - 2; k >= 0; k-- {
		here := make([]*big.Int, len(t.places[k]))
		for x := range t.places[k] {
			here[x] = new(big.Int)
			for _, on := range t.places[k][x].on {
				here[x].Add(here[x], next[on.to])
			}
		}
		next = here
	}
	return next[0]
}

// single reports whether there is one way only.
func (t *trail) single() bool {
	for _, places := range t.places[:len(t.places)-1] {
		if len(places) != 1 || len(places[0].on) != 1 {
			return false
		}
	}
	return true
}

// outcomes returns the first outcomes, up to most, in the order of issues and
// options: one issue after the other is held at each of its options that a way still has.
func (t *trail) outcomes(most int) []outcome.Outcome {
	var found []outcome.Outcome
	issues := t.of.plan.network.issues
	if t.single() {
		o := make(outcome.Outcome, len(issues))
		for k, i := range t.of.plan.order {
			o[i] = issues[i][t.places[k][0].on[0].choice].option
		}
		return append(found, o)
	}
	held := make([]int, len(issues)) // choice by issue
	for i := range held {
		held[i] = -1
	}
	var hold func(i int)
	hold = func(i int) {
		if i == len(held) {
			o := make(outcome.Outcome, len(held))
			for j, c := range held {
				o[j] = issues[j][c].option
			}
			found = append(found, o)
			return
		}
		for c, ok := range t.possible(i, held) {
			if len(found) == most {
				break
			}
			if ok {
				held[i] = c
				hold(i + 1)
			}
		}
		held[i] = -1
	}
	hold(0)
	return found
}

// possible says which choices of issue i are on a way that makes the choices held.
func (t *trail) possible(i int, held []int) []bool {
	order := t.of.plan.order
	may := make([]bool, len(t.of.plan.network.issues[i]))
	reaches := make([][]bool, len(t.places)) // whether a way leads on to the end
	reaches[len(order)] = []bool{true}
	for k := len(order) - 1; k >= 0; k-- {
		reaches[k] = make([]bool, len(t.places[k]))
		for x := range t.places[k] {
			for _, on := range t.places[k][x].on {
				if h := held[order[k]]; (h < 0 || h == on.choice) && reaches[k+1][on.to] {
					reaches[k][x] = true
				}
			}
		}
	}
	here := []bool{true}
	for k := range order {
		next := make([]bool, len(t.places[k+1]))
		for x := range t.places[k] {
			if !here[x] {
				continue
			}
			for _, on := range t.places[k][x].on {
				if h := held[order[k]]; (h < 0 || h == on.choice) && reaches[k+1][on.to] {
					next[on.to] = true
					if order[k] == i {
						may[on.choice] = true
					}
				}
			}
		}
		here = next
	}
	return may
}

// options says, by issue and option, whether any outcome meets every floor with it.
// It serves two parties: for them, the best partner of a sum before the issue among
// the sums behind it is found by walking both frontiers once.
func (e *eliminated) options() [][]bool {
	p := e.plan
	net := p.network
	seen := make([][]bool, len(net.issues))
	for i := range seen {
		seen[i] = make([]bool, net.space.Issues[i].Options)
	}
	join := joiner{parties: 2}
	before := [][]int64{{0, 0}} // by state, the frontier of the sums up to it
	for k, issue := range p.order {
		choices := net.issues[issue]
		parts := make([][]part, 1)
		if k+1 < len(p.order) {
			parts = make([][]part, p.states[k+1])
		}
		for s := range before {
			for c := range choices {
				at := s*len(choices) + c
				to := e.next[k][at]
				if to < 0 || len(before[s]) == 0 {
					continue
				}
				gain := e.gain[k][at*2 : at*2+2]
				if o := choices[c].option; !seen[issue][o] {
					seen[issue][o] = meet(before[s], e.cells[k+1][to], net.floor[0]-gain[0], net.floor[1]-gain[1])
				}
				parts[to] = append(parts[to], part{s, before[s], gain})
			}
		}
		before = make([][]int64, len(parts))
		for s := range parts {
			join.parts = parts[s]
			join.prune()
			before[s] = join.frontier()
		}
	}
	return seen
}

// meet reports whether a point of f and one of g together reach a and b. As the
// first utility of f's point falls, g's must rise.
func meet(f, g []int64, a, b int64) bool {
	y := len(g) - 2
	for ; len(f) > 1; f = f[2:] {
		for y >= 0 && f[0]+g[y] < a {
			y -= 2
		}
		if y < 0 {
			return false
		}
		if f[1]+g[y+1] >= b {
			return true
		}
	}
	return false
}

// least returns party p's least utility among the outcomes that meet the other
// parties' floors, of which there is at least one; p itself has no floor.
func (n *network) least(ctx context.Context, pl *plan, p int, most budget.Limit) (int64, error) {
	flip := make([]int64, len(n.floor))
	floor := slices.Clone(n.floor)
	for q := range flip {
		flip[q] = 1
	}
	flip[p], floor[p] = -1, noFloor
	e, err := eliminate(ctx, pl, flip, most, nil)
	if err != nil {
		return 0, err
	}
	e.above(floor)
	least := int64(math.MaxInt64)
	for i := range e.len() {
		least = min(least, -e.at(i)[p])
	}
	return least, nil
}
