package network

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// An Eliminated is a frontier found by summing issues one at a time, with what is
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
type Eliminated struct {
	Plan *plan
	Flip []int64 // by row, -1 where the utility is taken negative, to ask for the least of it

	// By position: for state s and choice c, at s·choices + c, the state at the next
	// position, -1 where a link forbids it, and what the choice adds for each row.
	Next [][]int32
	Gain [][]int64

	// By position and state, the frontier of the sums from there on: utilities of all
	// rows, vector after vector, in descending lexicographic order.
	Cells [][][]int64

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

// Eliminate sums the issues of a plan from the last position to the first.
func Eliminate(ctx context.Context, p *plan, flip []int64, most budget.Limit, progress func(float64)) (*Eliminated, error) {
	e := &Eliminated{Plan: p, Flip: flip, Next: make([][]int32, len(p.Order)), Gain: make([][]int64, len(p.Order)),
		Cells: make([][][]int64, len(p.Order)+1), ranked: make([][]int, len(p.Order))}
	n := len(flip)
	e.Cells[len(p.Order)] = [][]int64{make([]int64, n)}
	join := joiner{parties: n}
	join.stop = func() bool { return join.work > most.Work || ctx.Err() != nil }
	if laid := p.Cells * float64(8*n+4); laid > float64(most.Bytes) {
		return nil, budget.TooMuch("linked issues would have to be held fixed in more ways than %d MiB hold", most.Bytes>>20)
	}
	held := int64(0)
	screened := n > p.Network.Parties
	if screened {
		e.screen()
	}
	for k := len(p.Order) - 1; k >= 0; k-- {
		if !screened {
			e.Lay(k)
		}
		choices := len(p.Network.Issues[p.Order[k]])
		if !screened && choices > manyChoices && p.States[k] == 1 && len(e.Cells[k+1]) == 1 {
			e.ranked[k] = pareto.Places(choices)
			slices.SortStableFunc(e.ranked[k], func(x, y int) int {
				return slices.Compare(e.Gain[k][y*n:(y+1)*n], e.Gain[k][x*n:(x+1)*n])
			})
		}
		e.Cells[k] = make([][]int64, p.States[k])
		for s := range e.Cells[k] {
			join.parts = join.parts[:0]
			for c := s * choices; c < (s+1)*choices; c++ {
				if to := e.Next[k][c]; to >= 0 {
					join.parts = append(join.parts, part{int(to), e.Cells[k+1][to], e.Gain[k][c*n : (c+1)*n]})
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
			overspent := budget.TooMuch("summing %d of %d issues already takes more than the budget of work", len(p.Order)-k, len(p.Order))
			each := float64(budget.Merge)
			if n <= 3 {
				each = budget.Candidate(n)
			}
			if join.work += float64(each * float64(merging/n)); join.work > most.Work {
				return nil, overspent
			}
			if screened {
				e.Cells[k][s] = join.screened(e.need[k], e.enough[k])
			} else {
				e.Cells[k][s] = join.frontier()
			}
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
			if join.work > most.Work {
				return nil, overspent
			}
			held += 8 * int64(len(e.Cells[k][s]))
		}
		if progress != nil {
			// Work grows with about the cube of the issues done.
			done := float64(len(p.Order)-k) / float64(len(p.Order))
			progress(done * done * done)
		}
	}
	e.front = e.Cells[0][0]
	if screened {
		// What is left meets the floors of all rows that are no party's, and is cut off there.
		e.front = nil
		for cell := e.Cells[0][0]; len(cell) > 0; cell = cell[n:] {
			e.front = append(e.front, cell[:p.Network.Parties]...)
		}
	}
	return e, nil
}

// screen lays all positions and finds need, enough and least.
func (e *Eliminated) screen() {
	p, n := e.Plan, len(e.Flip)
	low, high := make([][]int64, len(p.Order)), make([][]int64, len(p.Order)) // by position and row, what its choices add
	for k := range p.Order {
		e.Lay(k)
		low[k], high[k] = make([]int64, n), make([]int64, n)
		any := false
		for at, to := range e.Next[k] {
			if to < 0 {
				continue
			}
			for j, v := range e.Gain[k][at*n : (at+1)*n] {
				if !any {
					low[k][j], high[k][j] = v, v
				}
				low[k][j], high[k][j] = min(low[k][j], v), max(high[k][j], v)
			}
			any = true
		}
	}
	rows := func() [][]int64 {
		table := make([][]int64, len(p.Order)+1)
		for k := range table {
			table[k] = make([]int64, n)
		}
		return table
	}
	e.need, e.enough, e.least = rows(), rows(), rows()
	for j := range n {
		floor := p.Network.Floor[j]
		e.need[0][j], e.enough[0][j] = floor, floor
		if j < p.Network.Parties {
			e.enough[0][j] = math.MaxInt64 / 2
		}
		if floor == NoFloor || e.Flip[j] < 0 {
			e.need[0][j] = math.MinInt64 / 2
		}
		for k := range p.Order {
			e.need[k+1][j] = e.need[k][j] - high[k][j]
			e.enough[k+1][j] = e.enough[k][j] - low[k][j]
		}
		for k := len(p.Order) - 1; k >= 0; k-- {
			e.least[k][j] = e.least[k+1][j] + low[k][j]
		}
		for k := range e.least {
			e.least[k][j] = min(e.least[k][j], e.enough[k][j])
		}
	}
}

// Lay fills next and gain of position k.
func (e *Eliminated) Lay(k int) {
	p := e.Plan
	net := p.Network
	n := len(e.Flip)
	issue := p.Order[k]
	choices := net.Issues[issue]
	e.Next[k] = make([]int32, p.States[k]*len(choices))
	e.Gain[k] = make([]int64, p.States[k]*len(choices)*n)

	var links []Link // those whose last issue this is
	for _, l := range net.Links {
		last := 0
		for _, i := range l.Table.Issues() {
			last = max(last, p.At[i])
		}
		if last == k {
			links = append(links, l)
		}
	}
	// Weight of an issue's choice in the rank of the next state.
	weight := make(map[int]int)
	if k+1 < len(p.Order) {
		w := 1
		for j := len(p.State[k+1]) - 1; j >= 0; j-- {
			i := p.State[k+1][j]
			weight[i] = w
			w *= len(net.Issues[i])
		}
	}
	o := make(outcome.Outcome, len(net.Issues)) // options of the state and of this issue
	digits := make([]int, len(p.State[k]))
	for s := range p.States[k] {
		rank := s
		to := 0
		for j := len(digits) - 1; j >= 0; j-- {
			i := p.State[k][j]
			digits[j] = rank % len(net.Issues[i])
			rank /= len(net.Issues[i])
			o[i] = net.Issues[i][digits[j]].Option
			to += digits[j] * weight[i]
		}
		for c := range choices {
			at := s*len(choices) + c
			o[issue] = choices[c].Option
			e.Next[k][at] = int32(to + c*weight[issue])
			gain := e.Gain[k][at*n : (at+1)*n]
			copy(gain, choices[c].Gain)
			for _, l := range links {
				if !l.Table.Holds(o) {
					continue
				}
				if l.Party < 0 {
					e.Next[k][at] = -1
				} else {
					gain[l.Party] += l.Add
				}
			}
			for q := range gain {
				gain[q] *= e.Flip[q]
			}
		}
	}
}

// Above narrows the frontier to the vectors that meet every floor.
func (e *Eliminated) Above(floor []int64) {
	n := e.Plan.Network.Parties
	floor = floor[:n]
	var out []int64
	for from := 0; from < len(e.front); from += n {
		if u := e.front[from : from+n]; pareto.AtLeast(u, floor) {
			out = append(out, u...)
		}
	}
	e.front = out
}

func (e *Eliminated) Len() int { return len(e.front) / e.Plan.Network.Parties }
func (e *Eliminated) At(i int) []int64 {
	n := e.Plan.Network.Parties
	return e.front[i*n : (i+1)*n]
}

// start returns what the sums of all positions must come to for point i.
func (e *Eliminated) start(i int) []int64 {
	return append(slices.Clone(e.At(i)), e.Plan.Network.Floor[e.Plan.Network.Parties:]...)
}

func (e *Eliminated) First(i int) (outcome.Outcome, *big.Int) {
	if e.need != nil && e.Len() <= maxTrailed {
		if t := e.trail(i); t != nil {
			return t.outcomes(1)[0], t.ways()
		}
	}
	o := e.Outcomes(i, 1)[0]
	if e.ways == nil {
		return o, nil
	}
	return o, e.ways[0][0][find(e.Cells[0][0], e.At(i))]
}

const (
	maxWays    = 1 << 23 // vectors whose ways are counted
	maxTrailed = 1 << 14 // points with constituencies whose ways are counted, one by one
)

// CountWays counts the outcomes that reach each vector, from the last position to the
// first: a vector's ways are those of what is left of it after each choice. Where the
// partial frontiers are too large it counts none.
func (e *Eliminated) CountWays(ctx context.Context) error {
	if e.need != nil {
		return nil // what a constituency has less of may have been dropped
	}
	n, held := len(e.Flip), 0
	for _, cells := range e.Cells {
		for _, cell := range cells {
			held += len(cell) / n
		}
	}
	if held > maxWays {
		return nil
	}
	ways := make([][][]*big.Int, len(e.Cells))
	ways[len(e.Next)] = [][]*big.Int{{big.NewInt(1)}}
	left := make([]int64, n)
	for k := len(e.Next) - 1; k >= 0; k-- {
		ways[k] = make([][]*big.Int, len(e.Cells[k]))
		for s, cell := range e.Cells[k] {
			ways[k][s] = make([]*big.Int, len(cell)/n)
			for j := range ways[k][s] {
				if j%1024 == 0 && ctx.Err() != nil {
					return context.Cause(ctx)
				}
				sum := new(big.Int)
				e.onward(k, &place{state: s, left: cell[j*n : (j+1)*n]}, left, func(_, to int) bool {
					sum.Add(sum, ways[k+1][to][find(e.Cells[k+1][to], left)])
					return true
				})
				ways[k][s][j] = sum
			}
		}
	}
	e.ways = ways
	return nil
}

// Outcomes returns the first outcomes that reach point i, up to most, in the order of
// issues and options. Where links have changed the order in which issues are summed
// and very many outcomes tie, they are the first in that order instead.
func (e *Eliminated) Outcomes(i, most int) []outcome.Outcome {
	if len(e.Plan.Network.Links) > 0 && e.wide < maxWide {
		if t := e.trail(i); t != nil {
			return t.outcomes(most)
		}
		e.wide++
	}
	return e.Walk(i, most)
}

// canonical reports whether outcomes are given in the order of issues and options.
func (e *Eliminated) canonical(i int) bool {
	return len(e.Plan.Network.Links) == 0 || e.wide < maxWide && e.trail(i) != nil
}

// Walk returns the first outcomes that reach point i, up to most, in the order in which
// issues are summed. Every sum that it comes to leads on to the end.
func (e *Eliminated) Walk(i, most int) []outcome.Outcome {
	var found []outcome.Outcome
	issues := e.Plan.Network.Issues
	o := make(outcome.Outcome, len(issues))
	var step func(k int, from *place) bool
	step = func(k int, from *place) bool {
		if k == len(e.Next) {
			found = append(found, slices.Clone(o))
			return len(found) < most
		}
		left := make([]int64, len(e.Flip))
		issue := e.Plan.Order[k]
		return e.onward(k, from, left, func(choice, to int) bool {
			o[issue] = issues[issue][choice].Option
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
	of     *Eliminated
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
func (e *Eliminated) trail(i int) *trail {
	t := &trail{of: e, places: make([][]place, len(e.Next)+1)}
	t.places[0] = []place{{0, e.start(i), nil}}
	left := make([]int64, len(e.Flip))
	var key []byte
	total := 0
	for k := range e.Next {
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
func (e *Eliminated) onward(k int, from *place, left []int64, visit func(choice, to int) bool) bool {
	n := len(left)
	choices := len(e.Plan.Network.Issues[e.Plan.Order[k]])
	gain := func(c int) []int64 {
		at := from.state*choices + c
		return e.Gain[k][at*n : (at+1)*n]
	}
	if ranked := e.ranked[k]; ranked != nil && len(e.Cells[k+1][0])/n < choices {
		cell := e.Cells[k+1][0]
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
		to := int(e.Next[k][from.state*choices+c])
		if to < 0 {
			continue
		}
		for p, v := range gain(c) {
			left[p] = from.left[p] - v
		}
		if e.need == nil {
			if find(e.Cells[k+1][to], left) < 0 {
				continue
			}
		} else {
			parties := e.Plan.Network.Parties
			if !reaches(e.Cells[k+1][to], left, parties) {
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
		if pareto.AtLeast(x[parties:], u[parties:]) {
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
	issues := t.of.Plan.Network.Issues
	if t.single() {
		o := make(outcome.Outcome, len(issues))
		for k, i := range t.of.Plan.Order {
			o[i] = issues[i][t.places[k][0].on[0].choice].Option
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
				o[j] = issues[j][c].Option
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
	order := t.of.Plan.Order
	may := make([]bool, len(t.of.Plan.Network.Issues[i]))
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
func (e *Eliminated) options() [][]bool {
	p := e.Plan
	net := p.Network
	seen := make([][]bool, len(net.Issues))
	for i := range seen {
		seen[i] = make([]bool, net.Space.Issues[i].Options)
	}
	join := joiner{parties: 2}
	before := [][]int64{{0, 0}} // by state, the frontier of the sums up to it
	for k, issue := range p.Order {
		choices := net.Issues[issue]
		parts := make([][]part, 1)
		if k+1 < len(p.Order) {
			parts = make([][]part, p.States[k+1])
		}
		for s := range before {
			for c := range choices {
				at := s*len(choices) + c
				to := e.Next[k][at]
				if to < 0 || len(before[s]) == 0 {
					continue
				}
				gain := e.Gain[k][at*2 : at*2+2]
				if o := choices[c].Option; !seen[issue][o] {
					seen[issue][o] = meet(before[s], e.Cells[k+1][to], net.Floor[0]-gain[0], net.Floor[1]-gain[1])
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

// Least returns party p's least utility among the outcomes that meet the other
// parties' floors, of which there is at least one; p itself has no floor.
func (n *Network) Least(ctx context.Context, pl *plan, p int, most budget.Limit) (int64, error) {
	flip := make([]int64, len(n.Floor))
	floor := slices.Clone(n.Floor)
	for q := range flip {
		flip[q] = 1
	}
	flip[p], floor[p] = -1, NoFloor
	e, err := Eliminate(ctx, pl, flip, most, nil)
	if err != nil {
		return 0, err
	}
	e.Above(floor)
	least := int64(math.MaxInt64)
	for i := range e.Len() {
		least = min(least, -e.At(i)[p])
	}
	return least, nil
}
