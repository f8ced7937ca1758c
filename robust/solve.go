package robust

import (
	"context"
	"math"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// A drawPlan is what all draws of one uncertain space have in common when each is
// solved by summing issues: the order of the issues, the states between them, and
// which adjustments count where. It holds no utilities. It is used by any number of
// solvers at once.
type drawPlan struct {
	parties   int
	positions []drawPosition
}

// A drawPosition is one issue of a plan.
type drawPosition struct {
	issue   int
	options []int
	rank    []int64        // by choice, its part of an outcome's rank
	alone   [][]drawAdjust // by choice, adjustments that this issue decides
	states  int
	next    []int32        // by state and choice, the state at the next position; -1 where a condition forbids it
	linked  [][]drawAdjust // by state and choice, adjustments whose last issue this is; nil when there are none
}

type drawAdjust struct{ party, adjustment int }

// newDrawPlan plans for every draw of s, or says why issues cannot be summed. Only
// scores, adjustments and thresholds may differ between draws.
func newDrawPlan(s *outcome.Space) (*drawPlan, string) {
	if _, ok := s.Count(); !ok {
		return nil, "there are too many packages to number"
	}
	net, unfit := network.New(s, false)
	if net == nil {
		return nil, unfit
	}
	d := &drawPlan{parties: len(s.Parties)}
	if !net.HasLeft {
		return d, ""
	}
	p, err := network.NewPlan(net)
	if err != nil {
		return nil, err.Error()
	}
	if p.Cells > network.ManyCells {
		return nil, "conditions link too many issues"
	}
	stride := make([]int64, len(s.Issues))
	step := int64(1)
	for i := len(s.Issues) - 1; i >= 0; i-- {
		stride[i] = step
		step *= int64(s.Issues[i].Options)
	}
	alone, linked := drawTables(s, p.At)
	o := make(outcome.Outcome, len(s.Issues))
	for k, issue := range p.Order {
		at := drawPosition{issue: issue, states: p.States[k]}
		at.choices(net.Issues[issue], stride[issue], alone[k], o)
		var onward []int
		if k+1 < len(p.Order) {
			onward = p.State[k+1]
		}
		at.lay(net, p.State[k], onward, linked[k], o)
		d.positions = append(d.positions, at)
	}
	return d, ""
}

// A drawTable is a condition's table with what it does where it holds.
type drawTable struct {
	table *outcome.Table
	drawAdjust
}

// forbid is what requirements and red lines do.
var forbid = drawAdjust{party: -1}

// drawTables returns the tables of s by the last position of their issues: those that are
// about one issue, and those that link several.
func drawTables(s *outcome.Space, position []int) (alone, linked [][]drawTable) {
	alone, linked = make([][]drawTable, len(position)), make([][]drawTable, len(position))
	take := func(t *outcome.Table, a drawAdjust) {
		last, held := 0, t.Count()
		if held == 0 {
			return
		}
		for _, i := range t.Issues() {
			last = max(last, position[i])
		}
		to := linked
		if len(t.Issues()) < 2 || held == t.Size() {
			to = alone
		}
		to[last] = append(to[last], drawTable{t, a})
	}
	for i := range s.Requires {
		take(&s.Requires[i].Forbidden, forbid)
	}
	for q := range s.Parties {
		party := &s.Parties[q]
		for k := range party.RedLines {
			take(&party.RedLines[k].Forbidden, forbid)
		}
		for k := range party.Adjustments {
			take(&party.Adjustments[k].When, drawAdjust{q, k})
		}
	}
	return alone, linked
}

// choices fills what choices are without links. o is scratch.
func (at *drawPosition) choices(choices []network.Choice, stride int64, tables []drawTable, o outcome.Outcome) {
	at.alone = make([][]drawAdjust, len(choices))
	for c, choice := range choices {
		at.options = append(at.options, choice.Option)
		at.rank = append(at.rank, int64(choice.Option)*stride)
		o[at.issue] = choice.Option
		for _, t := range tables {
			if t.drawAdjust != forbid && t.table.Holds(o) { // what forbids has left the choice out
				at.alone[c] = append(at.alone[c], t.drawAdjust)
			}
		}
	}
}

// lay fills next and linked: here are the issues of this position's state, onward those of
// the next one's. o is scratch.
func (at *drawPosition) lay(net *network.Network, here, onward []int, tables []drawTable, o outcome.Outcome) {
	at.next = make([]int32, at.states*len(at.options))
	if slices.ContainsFunc(tables, func(t drawTable) bool { return t.drawAdjust != forbid }) {
		at.linked = make([][]drawAdjust, len(at.next))
	}
	weight := make(map[int]int) // of an issue's choice in the rank of the next state
	w := 1
	for _, i := range slices.Backward(onward) {
		weight[i] = w
		w *= len(net.Issues[i])
	}
	for state := range at.states {
		rank, to := state, 0
		for _, i := range slices.Backward(here) {
			c := rank % len(net.Issues[i])
			rank /= len(net.Issues[i])
			o[i] = net.Issues[i][c].Option
			to += c * weight[i]
		}
		for c, option := range at.options {
			o[at.issue] = option
			cell := state*len(at.options) + c
			at.next[cell] = int32(to + c*weight[at.issue])
			for _, t := range tables {
				switch {
				case !t.table.Holds(o):
				case t.drawAdjust == forbid:
					at.next[cell] = -1
				default:
					at.linked[cell] = append(at.linked[cell], t.drawAdjust)
				}
			}
		}
	}
}

// A drawSolver answers questions about the space of one drawer, in whatever draw it
// stands. Its buffers are used again.
//
// It sums issues as [bargain.Analyze] does, and drops on the way every sum that no choice of
// the other issues can bring up to the floors, or to a package that is known to be in
// the zone: with that package's gains g*, a product of gains at least as great needs
// a sum of the ratios g/g* of at least the number of parties, since the arithmetic
// mean bounds the geometric one, and what is still to come adds at most the greatest
// such sum of each issue. So what is left need not be the whole frontier; it holds all
// packages that the Nash rule ranks first.
type drawSolver struct {
	space *outcome.Space
	plan  *drawPlan      // nil: every outcome is listed
	all   []fixedPackage // then all that satisfy the requirements, in order of rank; nil where they are too many
	most  float64        // sums, or outcomes, that one question may take
	work  float64        // sums, or outcomes, of the last question

	rival int // of the known packages, what outdid another one last

	flip  int // the party whose utility is taken negative; -1 for none
	floor []int64
	// A sum is dropped when its weighted utilities, with the most that is still to
	// come, fall below target.
	weight []float64
	target float64

	gains [][]int64    // by position, choice and party, what a choice adds without links
	best  [][]int64    // by position and party, the most that earlier positions add
	lead  []float64    // by position, the most weighted utility that earlier positions add
	cells [][]int64    // by position, vectors with ranks, state after state
	ends  [][]int      // by position and state, where its vectors end
	spare [2][]int64   // lists being merged
	stops [2][]int     // and their ends
	order []int32      // of vectors being sorted
	shift [][]int64    // by choice of one cell, what it adds: by party, then to the rank
	use   []drawChoice // of one cell
	gauge pareto.Gauge
}

type drawChoice struct {
	choice, to int32 // to the state at the next position
}

func newDrawSolver(s *outcome.Space, p *drawPlan, most float64) *drawSolver {
	n := len(s.Parties)
	d := &drawSolver{space: s, plan: p, most: most, flip: -1, floor: make([]int64, n), weight: make([]float64, n)}
	if p == nil {
		return d
	}
	k := len(p.positions)
	d.gains, d.best, d.lead = make([][]int64, k), make([][]int64, k+1), make([]float64, k+1)
	d.cells, d.ends = make([][]int64, k+1), make([][]int, k+1)
	for i := range d.best {
		d.best[i] = make([]int64, n)
	}
	for i := range p.positions {
		at := &p.positions[i]
		d.gains[i] = make([]int64, len(at.options)*n)
		for len(d.shift) < len(at.options) {
			d.shift = append(d.shift, make([]int64, n+1))
		}
	}
	return d
}

// fill reads the draw's utilities.
func (d *drawSolver) fill() {
	n := d.plan.parties
	for k := range d.plan.positions {
		at := &d.plan.positions[k]
		for q := range n {
			row := &d.space.Parties[q].Row
			scores := row.Scores[at.issue]
			for c, o := range at.options {
				v := scores[o]
				for _, a := range at.alone[c] {
					if a.party == q {
						v += row.Adjustments[a.adjustment].Add
					}
				}
				if q == d.flip {
					v = -v
				}
				d.gains[k][c*n+q] = v
			}
		}
	}
}

// bound fills best and lead.
func (d *drawSolver) bound() {
	n := d.plan.parties
	clear(d.best[0])
	d.lead[0] = 0
	for k := range d.plan.positions {
		at := &d.plan.positions[k]
		top := d.best[k+1]
		lead := math.Inf(-1)
		for q := range top {
			top[q] = math.MinInt64
		}
		u := d.shift[0][:n]
		take := func() {
			sum := 0.0
			for q, v := range u {
				top[q] = max(top[q], v)
				sum += float64(d.weight[q] * float64(v))
			}
			lead = max(lead, sum)
		}
		if at.linked == nil {
			for c := range at.options {
				copy(u, d.gains[k][c*n:(c+1)*n])
				take()
			}
		} else {
			for here, to := range at.next {
				if to >= 0 {
					c := here % len(at.options)
					copy(u, d.gains[k][c*n:(c+1)*n])
					d.adjust(u, at.linked[here])
					take()
				}
			}
		}
		for q := range top {
			if top[q] > math.MinInt64 {
				top[q] += d.best[k][q]
			}
		}
		d.lead[k+1] = d.lead[k] + lead
	}
}

func (d *drawSolver) adjust(u []int64, adjusts []drawAdjust) {
	for _, a := range adjusts {
		v := d.space.Parties[a.party].Adjustments[a.adjustment].Add
		if a.party == d.flip {
			v = -v
		}
		u[a.party] += v
	}
}

// sum sums the issues and returns vectors that meet the floors, each with the least
// rank that reaches it, among them all efficient ones that are not dropped. fill and
// bound go before. The result lasts until the next call.
func (d *drawSolver) sum(ctx context.Context) ([]int64, error) {
	n := d.plan.parties
	if len(d.plan.positions) == 0 {
		return nil, nil // an issue has no option left
	}
	last := len(d.plan.positions)
	d.cells[last] = append(d.cells[last][:0], make([]int64, n+1)...)
	d.ends[last] = append(d.ends[last][:0], n+1)
	for k := last - 1; k >= 0; k-- {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		at := &d.plan.positions[k]
		d.cells[k], d.ends[k] = d.cells[k][:0], d.ends[k][:0]
		for state := range at.states {
			d.choose(k, state)
			if n == 2 {
				d.mergePairs(k)
			} else {
				d.mergeVectors(k)
			}
			d.ends[k] = append(d.ends[k], len(d.cells[k]))
			if d.work > d.most {
				return nil, budget.TooMuch("to solve one draw takes too long")
			}
		}
	}
	return d.cells[0], nil
}

// maxPruned is the largest number of choices among which the needless are looked for.
const maxPruned = 64

// choose sets use to the choices of a cell, without those that another one of the same
// next state makes needless.
func (d *drawSolver) choose(k, state int) {
	n := d.plan.parties
	at := &d.plan.positions[k]
	d.use = d.use[:0]
	m := len(at.options)
choices:
	for c := range m {
		here := state*m + c
		to := at.next[here]
		if to < 0 {
			continue
		}
		u := d.shift[c]
		copy(u, d.gains[k][c*n:(c+1)*n])
		if at.linked != nil {
			d.adjust(u[:n], at.linked[here])
		}
		u[n] = at.rank[c]
		if m <= maxPruned {
			kept := d.use[:0]
			for _, s := range d.use {
				if s.to == to {
					other := d.shift[s.choice]
					if pareto.AtLeast(other[:n], u[:n]) { // its rank is less too: choices ascend
						continue choices
					}
					if pareto.Dominates(u[:n], other[:n]) {
						continue
					}
				}
				kept = append(kept, s)
			}
			d.use = kept
		}
		d.use = append(d.use, drawChoice{int32(c), to})
	}
}

// cell returns the vectors of a state at a position.
func (d *drawSolver) cell(k int, state int32) []int64 {
	from := 0
	if state > 0 {
		from = d.ends[k][state-1]
	}
	return d.cells[k][from:d.ends[k][state]]
}

// mergePairs adds the cell of the chosen choices of two parties to position k.
func (d *drawSolver) mergePairs(k int) {
	here, ends := d.spare[0][:0], d.stops[0][:0]
	needA, needB := d.floor[0]-d.best[k][0], d.floor[1]-d.best[k][1]
	need := d.target - d.lead[k]
	wa, wb := d.weight[0], d.weight[1]
	for _, s := range d.use {
		from, shift := d.cell(k+1, s.to), d.shift[s.choice]
		d.work += float64(len(from) / 3)
		a, b, rank := shift[0], shift[1], shift[2]
		start := len(here)
		for ; len(from) > 2; from = from[3:] {
			x, y := from[0]+a, from[1]+b
			if x < needA {
				break // they fall from here on
			}
			if y < needB || float64(wa*float64(x))+float64(wb*float64(y)) < need {
				continue
			}
			here = append(here, x, y, from[2]+rank)
		}
		if len(here) > start {
			ends = append(ends, len(here))
		}
	}
	there, next := d.spare[1], d.stops[1]
	for len(ends) > 2 {
		there, next = there[:0], next[:0]
		from := 0
		for i := 0; i < len(ends); i += 2 {
			if i+1 < len(ends) {
				there = mergeRanked(there, here[from:ends[i]], here[ends[i]:ends[i+1]])
				from = ends[i+1]
			} else {
				there = append(there, here[from:ends[i]]...)
			}
			next = append(next, len(there))
		}
		here, there = there, here
		ends, next = next, ends
	}
	if len(ends) == 2 {
		d.cells[k] = mergeRanked(d.cells[k], here[:ends[0]], here[ends[0]:])
	} else {
		d.cells[k] = append(d.cells[k], here...)
	}
	d.spare, d.stops = [2][]int64{here, there}, [2][]int{ends, next}
}

// mergeRanked appends the frontier of two staircases of pairs with ranks; of equal
// pairs the lesser rank.
func mergeRanked(out, f, g []int64) []int64 {
	best := int64(math.MinInt64)
	for len(f) > 2 && len(g) > 2 {
		a, b, rank := f[0], f[1], f[2]
		if a < g[0] || a == g[0] && (b < g[1] || b == g[1] && rank > g[2]) {
			a, b, rank = g[0], g[1], g[2]
			g = g[3:]
		} else {
			f = f[3:]
		}
		if b > best {
			best = b
			out = append(out, a, b, rank)
		}
	}
	if len(f) == 0 {
		f = g
	}
	for ; len(f) > 2; f = f[3:] {
		if f[1] > best {
			return append(out, f...) // a staircase rises from here on
		}
	}
	return out
}

// mergeVectors adds the cell of the chosen choices to position k, for any number of parties.
func (d *drawSolver) mergeVectors(k int) {
	n := d.plan.parties
	width := n + 1
	list := d.spare[0][:0]
	need := d.target - d.lead[k]
	for _, s := range d.use {
		from, shift := d.cell(k+1, s.to), d.shift[s.choice]
		d.work += float64(len(from) / width)
	vectors:
		for ; len(from) > 0; from = from[width:] {
			sum := 0.0
			for q := range n {
				v := from[q] + shift[q]
				if v < d.floor[q]-d.best[k][q] {
					continue vectors
				}
				sum += float64(d.weight[q] * float64(v))
			}
			if sum < need {
				continue
			}
			for q := range width {
				list = append(list, from[q]+shift[q])
			}
		}
	}
	d.spare[0] = list
	d.order = d.order[:0]
	for i := range len(list) / width {
		d.order = append(d.order, int32(i))
	}
	vector := func(i int32) []int64 { return list[int(i)*width : int(i)*width+n] }
	slices.SortFunc(d.order, func(x, y int32) int {
		if c := slices.Compare(vector(y), vector(x)); c != 0 {
			return c
		}
		return int(min(max(list[int(x)*width+n]-list[int(y)*width+n], -1), 1))
	})
	sweep := pareto.NewSweep(n)
	for i, x := range d.order {
		u := vector(x)
		d.work += float64(n)
		if i > 0 && slices.Equal(u, vector(d.order[i-1])) || sweep.Dominated(u) {
			continue
		}
		sweep.Add(u)
		d.cells[k] = append(d.cells[k], list[int(x)*width:(int(x)+1)*width]...)
	}
}

// floors sets the floors to the thresholds and the weights to each party's range, so
// that what cannot reach all of them together is dropped.
func (d *drawSolver) floors() {
	d.target = 0
	for q := range d.space.Parties {
		p := &d.space.Parties[q]
		d.floor[q], d.weight[q] = network.NoFloor, 0
		if p.Threshold.Set {
			low, high := p.Span()
			d.floor[q], d.weight[q] = p.Threshold.Value, 1/(float64(high-low)+1)
			d.target += float64(d.weight[q] * float64(d.floor[q]))
		}
	}
	d.slacken()
}

// slacken lowers the target by more than rounding can amount to.
func (d *drawSolver) slacken() {
	size := math.Abs(d.target)
	for q := range d.space.Parties {
		low, high := d.space.Parties[q].Span()
		size += float64(d.weight[q] * float64(max(high, -low)))
	}
	d.target -= 1e-9 + float64(1e-13*size)
}

// A drawAnswer is what one draw holds.
type drawAnswer struct {
	zone bool
	nash int64 // rank of the first package that the Nash rule ranks first; -1 without one
}

// solve says whether there is a zone, and which package is Nash. known are packages
// that are looked at first.
func (d *drawSolver) solve(ctx context.Context, known []fixedPackage) (drawAnswer, error) {
	d.work = 0
	none := drawAnswer{nash: -1}
	if d.plan == nil {
		return d.list(ctx)
	}
	n := d.plan.parties
	g := &d.gauge
	g.Scale, g.Disagreement = g.Scale[:0], g.Disagreement[:0]
	d.floors()
	d.fill()
	d.bound()
	filled := true
	for q := range d.space.Parties {
		p := &d.space.Parties[q]
		g.Scale = append(g.Scale, p.Units())
		g.Disagreement = append(g.Disagreement, p.Threshold.Value)
		if p.Threshold.Set {
			continue
		}
		d.flip, filled = q, false
		d.fill()
		d.bound()
		list, err := d.sum(ctx)
		d.flip = -1
		if err != nil || len(list) == 0 {
			return none, err
		}
		least := int64(math.MaxInt64)
		for ; len(list) > 0; list = list[n+1:] {
			least = min(least, -list[q])
		}
		g.Disagreement[q] = least
	}
	if !filled {
		d.fill()
	}
	d.aim(g, known)
	d.bound()
	list, err := d.sum(ctx)
	if err != nil || len(list) == 0 {
		return none, err
	}
	return drawAnswer{true, g.NashRank(list)}, nil
}

// outdone reports whether the Nash rule is certain to rank a known package before this one, of which
// there is then a zone. It may miss some.
func (d *drawSolver) outdone(by *fixedPackage, known []fixedPackage) bool {
	n := len(d.space.Parties)
	var own [outcome.MaxParties]float64
	gains := by.clean()
	for q := range n {
		p := &d.space.Parties[q]
		if !p.Threshold.Set {
			return false // what gains are measured from takes the zone
		}
		own[q] = float64(by.worth(d.space, q) - p.Threshold.Value)
		gains = gains && own[q] > 0
	}
	if everyone := ^uint64(0) >> (64 - n); !d.space.Consent.Holds(everyone, n) {
		return false
	}
	for k := range known {
		at := (k + d.rival) % len(known) // what outdid it last first
		if f := &known[at]; f.clean() && d.outdoes(f, own[:n], gains) {
			d.rival = at
			return true
		}
	}
	return false
}

// outdoes reports whether every party gains by a package, and the product of gains is certain to be
// greater than that of the given ones, unless those are not gains.
func (d *drawSolver) outdoes(f *fixedPackage, than []float64, gains bool) bool {
	ratio := 1.0
	for q := range than {
		gain := f.worth(d.space, q) - d.space.Parties[q].Threshold.Value
		if gain <= 0 {
			return false
		}
		if ratio *= float64(gain) / than[q]; gains && (ratio < 1e-280 || ratio > 1e280) {
			return false // a product of more parties might leave what a float holds
		}
	}
	return !gains || ratio > 1+1e-9 // rounding is less than 1e-13
}

// aim sets the weights by the best of the known packages, where one gives every party a gain.
func (d *drawSolver) aim(g *pareto.Gauge, known []fixedPackage) {
	n := len(g.Scale)
	var best [outcome.MaxParties]int64
	top := 0.0
	for k := range known {
		f := &known[k]
		if !f.clean() {
			continue
		}
		var gains [outcome.MaxParties]int64
		product := 1.0
		for q := 0; q < n && product > 0; q++ {
			gains[q] = f.worth(d.space, q) - g.Disagreement[q]
			product *= float64(max(gains[q], 0)) / float64(g.Scale[q])
		}
		if product > top {
			top, best = product, gains
		}
	}
	if top == 0 {
		return // the floors' weights stay
	}
	d.target = float64(n)
	for q := range n {
		d.weight[q] = 1 / float64(best[q])
		d.target += float64(d.weight[q] * float64(g.Disagreement[q]))
	}
	d.slacken()
}

// maxKept is the largest space whose packages are kept to be judged in every draw.
const maxKept = 1 << 13

// keepAll returns the packages of a space that satisfy its requirements, nil where the
// space is too large.
func keepAll(s *outcome.Space) []fixedPackage {
	if n, ok := s.Count(); !ok || n > maxKept {
		return nil
	}
	all := []fixedPackage{}
	o := make(outcome.Outcome, len(s.Issues))
	for i := len(o) - 1; i >= 0; {
		if s.Admits(o) {
			all = append(all, newFixed(s, slices.Clone(o)))
		}
		for i = len(o) - 1; i >= 0; i-- {
			if o[i]++; o[i] < s.Issues[i].Options {
				break
			}
			o[i] = 0
		}
	}
	return all
}

// judgeAll answers by judging every package that was kept. What the Nash rule ranks
// first among all that every party accepts is efficient, so that no frontier is needed.
func (d *drawSolver) judgeAll() drawAnswer {
	n := len(d.space.Parties)
	answer := drawAnswer{nash: -1}
	list := d.spare[0][:0]
	least := make([]int64, n)
	for q := range least {
		least[q] = math.MaxInt64
	}
	everyone := ^uint64(0) >> (64 - n)
	for k := range d.all {
		f := &d.all[k]
		yes := ^f.broken & everyone
		start := len(list)
		for q := range n {
			u := f.worth(d.space, q)
			if !d.space.Parties[q].Threshold.Accepts(u) {
				yes &^= 1 << q
			}
			list = append(list, u)
		}
		if d.space.Consent.Holds(yes, n) {
			answer.zone = true
			for q, u := range list[start:] {
				least[q] = min(least[q], u)
			}
			if yes == everyone {
				list = append(list, int64(k))
				continue
			}
		}
		list = list[:start]
	}
	d.work += float64(n * len(d.all))
	d.spare[0] = list
	if len(list) == 0 {
		return answer
	}
	g := &pareto.Gauge{}
	for q := range n {
		p := &d.space.Parties[q]
		low := p.Threshold.Value
		if !p.Threshold.Set {
			low = least[q]
		}
		g.Scale, g.Disagreement = append(g.Scale, p.Units()), append(g.Disagreement, low)
	}
	answer.nash = d.rankOf(d.all[g.NashRank(list)].outcome)
	return answer
}

func (d *drawSolver) rankOf(o outcome.Outcome) int64 {
	rank := int64(0)
	for i, k := range o {
		rank = rank*int64(d.space.Issues[i].Options) + int64(k)
	}
	return rank
}

// list answers by visiting every outcome.
func (d *drawSolver) list(ctx context.Context) (drawAnswer, error) {
	none := drawAnswer{nash: -1}
	if d.all != nil {
		return d.judgeAll(), context.Cause(ctx)
	}
	if d.work += visit.Work(d.space); visit.Work(d.space) > d.most {
		return none, budget.TooMuch("to list the packages of one draw takes too long")
	}
	sc, err := visit.New(d.space)
	if err != nil {
		return none, err
	}
	found, err := (&visit.Listing{Scan: sc}).Run(ctx, nil)
	if err != nil || found.Count == 0 {
		return none, err
	}
	g := &pareto.Gauge{}
	for q := range d.space.Parties {
		p := &d.space.Parties[q]
		low := p.Threshold.Value
		if !p.Threshold.Set {
			low = found.Least[q]
		}
		g.Scale, g.Disagreement = append(g.Scale, p.Units()), append(g.Disagreement, low)
	}
	f := visit.ListedFront{Vectors: found.Agree, Scan: sc, Agreed: true}
	answer := drawAnswer{true, -1}
	for _, i := range g.Nash(f) {
		if rank := f.Rank[i]; answer.nash < 0 || rank < answer.nash {
			answer.nash = rank
		}
	}
	return answer, nil
}

// hasZone says whether there is a zone.
func (d *drawSolver) hasZone(ctx context.Context, known []fixedPackage) (bool, error) {
	d.work = 0
	for k := range known {
		if known[k].inZone(d.space) {
			return true, nil
		}
	}
	if d.plan == nil {
		a, err := d.list(ctx)
		return a.zone, err
	}
	d.floors()
	d.fill()
	d.bound()
	list, err := d.sum(ctx)
	return len(list) > 0, err
}

// margin returns how much the package that is best for the party that is worst off
// gives it beyond its no-deal value, in points: below 0 it is how much is missing. Red
// lines and requirements hold. It reports false where no package satisfies them,
// where no party has a no-deal value, and where issues are not summed.
func (d *drawSolver) margin(ctx context.Context, known []fixedPackage) (pareto.Ratio, bool, error) {
	d.work = 0
	if d.plan == nil {
		return pareto.Ratio{}, false, nil
	}
	n := d.plan.parties
	least := func(worth func(q int) int64) (r pareto.Ratio, ok bool) {
		for q := range n {
			if p := &d.space.Parties[q]; p.Threshold.Set {
				if here := (pareto.Ratio{Num: worth(q) - p.Threshold.Value, Den: p.Units()}); !ok || here.Compare(r) < 0 {
					r, ok = here, true
				}
			}
		}
		return r, ok
	}
	var best pareto.Ratio
	found := false
	for k := range known {
		if f := &known[k]; f.clean() {
			r, ok := least(func(q int) int64 { return f.worth(d.space, q) })
			if ok && (!found || r.Compare(best) > 0) {
				best, found = r, true
			}
		}
	}
	d.target = 0
	for q := range n {
		p := &d.space.Parties[q]
		d.floor[q], d.weight[q] = network.NoFloor, 0
		if p.Threshold.Set && found {
			low, high := p.Span()
			at := float64(p.Units()) * best.Float()
			d.floor[q] = p.Threshold.Value + int64(math.Floor(at-float64(1e-12*math.Abs(at)))) - 1
			d.weight[q] = 1 / (float64(high-low) + 1)
			d.target += float64(d.weight[q] * float64(d.floor[q]))
		}
	}
	d.slacken()
	d.fill()
	d.bound()
	list, err := d.sum(ctx)
	if err != nil {
		return pareto.Ratio{}, false, err
	}
	for ; len(list) > 0; list = list[n+1:] {
		r, ok := least(func(q int) int64 { return list[q] })
		if !ok {
			return pareto.Ratio{}, false, nil
		}
		if !found || r.Compare(best) > 0 {
			best, found = r, true
		}
	}
	return best, found, nil
}

// A fixedPackage is one package with all that no draw changes about it.
type fixedPackage struct {
	outcome  outcome.Outcome
	admitted bool
	broken   uint64  // parties whose red lines it breaks
	rows     []int   // by party, the position of its own row in adds
	adds     [][]int // by row, the adjustments that hold
}

func newFixed(s *outcome.Space, o outcome.Outcome) fixedPackage {
	f := fixedPackage{outcome: o, admitted: s.Admits(o)}
	for q := range s.Parties {
		for _, c := range s.Parties[q].RedLines {
			if c.Forbidden.Holds(o) {
				f.broken |= 1 << q
			}
		}
	}
	s.Rows(func(q int, r *outcome.Row) bool {
		if q == len(f.rows) {
			f.rows = append(f.rows, len(f.adds))
		}
		var adds []int
		for k := range r.Adjustments {
			if r.Adjustments[k].When.Holds(o) {
				adds = append(adds, k)
			}
		}
		f.adds = append(f.adds, adds)
		return true
	})
	return f
}

// clean reports whether it satisfies the requirements and breaks no red line.
func (f *fixedPackage) clean() bool { return f.admitted && f.broken == 0 }

func (f *fixedPackage) value(r *outcome.Row, at int) int64 {
	var u int64
	scores := r.Scores[:len(f.outcome)]
	for i, o := range f.outcome {
		u += scores[i][o]
	}
	for _, k := range f.adds[at] {
		u += r.Adjustments[k].Add
	}
	return u
}

// worth returns what it is worth to party q of a draw s.
func (f *fixedPackage) worth(s *outcome.Space, q int) int64 {
	return f.value(&s.Parties[q].Row, f.rows[q])
}

// accepted returns the parties that accept it in a draw s.
func (f *fixedPackage) accepted(s *outcome.Space) uint64 {
	var yes uint64
	for q := range s.Parties {
		if s.Parties[q].Threshold.Accepts(f.worth(s, q)) {
			yes |= 1 << q
		}
	}
	return yes &^ f.broken
}

func (f *fixedPackage) inZone(s *outcome.Space) bool {
	return f.admitted && s.Consent.Holds(f.accepted(s), len(s.Parties))
}

// carried reports whether party q can carry it at home in a draw s, and which of its constituencies
// say yes.
func (f *fixedPackage) carried(s *outcome.Space, q int) (yes uint64, home bool) {
	p := &s.Parties[q]
	for j := range p.Constituencies {
		if c := &p.Constituencies[j]; c.Threshold.Accepts(f.value(c, f.rows[q]+1+j)) {
			yes |= 1 << j
		}
	}
	return yes, p.Ratification.Holds(yes, len(p.Constituencies))
}
