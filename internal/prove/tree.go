package prove

import (
	"container/heap"
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A dualTree is one branch and bound over a network: it looks for the outcomes that reach
// every floor, and of those for the best by the rows that it ranks.
//
// Totals are counted above the least possible, so that they lie between 0 and top.
type dualTree struct {
	search *Search
	rows   int       // one per party, and the objective's if there is one
	first  []int32   // by issue, its first choice; one more at the end
	issue  []int32   // by choice
	gain   []int64   // by choice and row, above the row's least in the issue
	share  []float64 // gain / width
	base   []int64   // by row, the least possible
	top    []int64   // by row, the greatest possible above base
	width  []float64 // top, at least 1

	floor   []int64   // by row, above base, from 0 to top+1
	ranked  []int     // rows that the value looks at
	looks   []bool    // by row, whether it is ranked
	from    []int64   // by ranked row, where its gains begin, above base (and so perhaps negative)
	unit    []int64   // by ranked row, the gain that counts as 1
	product bool      // the value is the product of gains, not the least share
	any     bool      // the first outcome that meets the floors will do
	hint    *dualTree // its outcome is where to begin looking

	// start holds the multipliers to begin with, in units of widths; nil begins afresh.
	start []float64
	// stop, if there is one, ends the search between two nodes.
	stop func() bool

	found  bool
	pick   []int32 // choice by issue
	total  []int64
	value  *big.Rat // what a better outcome must surpass; nil before one is known
	target []int64  // by row, what a better outcome must reach; from 0 to top+1
	more   *big.Int // product: what a better outcome must reach

	nodes       []dualNode
	open        nodeHeap
	held        int // choices held by open boxes
	multipliers [][]int64

	newton newton
	climb  climb
	values []int64 // scratch: by choice left
	tops   []int64 // scratch: by open issue
	marked []bool  // scratch: by choice
}

// A region is what is left of a tree's outcomes.
type region struct {
	set   []int32 // choices of issues that have one left
	ends  []int32 // by issue that has more, the end of its part of left
	left  []int32
	fixed []int64 // by row, the sum of set
}

// A dualNode is a region with the multipliers that bound it and narrow it.
type dualNode struct {
	multipliers int32    // -1: none
	split       int32    // issue that is split; -1: none
	part        []int32  // its choices that the first child keeps
	kids        [2]int32 // 0: none; a node that was narrowed again has one
	box         *region  // nil once it is closed or split
	sum         int64    // greatest Σ multiplier·total
	key         float64  // about what its best outcome may be worth
	z           []float64
}

const (
	maxScores = 1 << 28 // options times rows squared, what one Newton step costs
	maxHeld   = 1 << 25 // choices in open boxes
	maxNodes  = 1 << 18 // nodes of one tree
	maxListed = 64      // outcomes in a box that is listed
	maxWidth  = 1 << 52 // range of a row's totals
)

func (s *Search) newTree(floor []int64, objective []int64) (*dualTree, error) {
	if len(s.Net.Links) > 0 {
		return nil, ErrLinks
	}
	parties := len(floor)
	t := &dualTree{search: s, rows: parties}
	if objective != nil {
		t.rows++
		// A float bound with room to spare for its own rounding.
		span := 0.0
		for _, choices := range s.Net.Issues {
			most := 0.0
			for _, c := range choices {
				sum := 0.0
				for p, w := range objective {
					v := float64(float64(w) * float64(c.Gain[p]))
					sum += max(v, -v)
				}
				most = max(most, sum)
			}
			span += most
		}
		if span > outcome.MaxUtility/2 {
			return nil, budget.TooMuch("weighted sums of utilities pass 2^60")
		}
	}
	choices := 0
	for _, c := range s.Net.Issues {
		choices += len(c)
	}
	if choices*t.rows > maxScores/t.rows {
		return nil, budget.TooMuch("%d options for %d parties are too many to bound: options times the square of parties pass %d", choices, parties, maxScores)
	}
	t.base, t.top, t.width = make([]int64, t.rows), make([]int64, t.rows), make([]float64, t.rows)
	t.gain, t.share = make([]int64, choices*t.rows), make([]float64, choices*t.rows)
	t.issue, t.marked = make([]int32, choices), make([]bool, choices)
	c := 0
	for i, list := range s.Net.Issues {
		t.first = append(t.first, int32(c))
		from := c
		for _, ch := range list {
			t.issue[c] = int32(i)
			row := t.gain[c*t.rows : (c+1)*t.rows]
			copy(row, ch.Gain)
			for p, w := range objective {
				row[parties] += w * ch.Gain[p]
			}
			c++
		}
		if from == c {
			continue
		}
		for j := range t.rows {
			least, most := t.gain[from*t.rows+j], t.gain[from*t.rows+j]
			for k := from; k < c; k++ {
				least, most = min(least, t.gain[k*t.rows+j]), max(most, t.gain[k*t.rows+j])
			}
			for k := from; k < c; k++ {
				t.gain[k*t.rows+j] -= least
			}
			t.base[j] += least
			t.top[j] += most - least
		}
	}
	t.first = append(t.first, int32(c))
	for j := range t.rows {
		t.width[j] = float64(max(t.top[j], 1))
		if t.top[j] > maxWidth {
			return nil, budget.TooMuch("utilities that range over more than 2^52 units are too fine to search; coarser scores would do")
		}
	}
	for k := range t.share {
		t.share[k] = float64(t.gain[k]) / t.width[k%t.rows]
	}
	t.floor, t.from, t.unit = make([]int64, t.rows), make([]int64, t.rows), make([]int64, t.rows)
	t.looks = make([]bool, t.rows)
	for p, f := range floor {
		t.floor[p] = min(max(f, t.base[p])-t.base[p], t.top[p]+1)
	}
	t.target = slices.Clone(t.floor)
	t.more = big.NewInt(1)
	t.total = make([]int64, t.rows)
	return t, nil
}

// rank makes the value look at a row.
func (t *dualTree) rank(j int, from, unit int64) {
	t.ranked = append(t.ranked, j)
	t.looks[j], t.from[j], t.unit[j] = true, from, unit
}

// surpass sets the value that a better outcome must surpass.
func (t *dualTree) surpass(v *big.Rat) {
	t.value = v
	if t.product {
		t.more = new(big.Int).Add(v.Num(), big.NewInt(1))
		return
	}
	for _, j := range t.ranked {
		t.target[j] = min(max(t.floor[j], reach(t.from[j], t.unit[j], v, true)), t.top[j]+1)
	}
}

// offer makes an outcome of which totals are given the best, if it is better.
func (t *dualTree) offer(pick []int32, total []int64) bool {
	if !pareto.AtLeast(total, t.target) {
		return false
	}
	if t.product && t.value != nil {
		// Off by less than 2n units of relative size 2^-53.
		have, need := 1.0, 1.0
		for _, j := range t.ranked {
			have *= float64(total[j]-t.from[j]) / t.width[j]
			need *= float64(t.total[j]-t.from[j]) / t.width[j]
		}
		if need > 1e-290 && have < need*(1-float64(float64(16*len(t.ranked))/(1<<53))) {
			return false
		}
	}
	value := t.worth(total)
	if t.value != nil && value.Cmp(t.value) <= 0 {
		return false
	}
	t.found = true
	t.pick = append(t.pick[:0], pick...)
	copy(t.total, total)
	t.surpass(value)
	return true
}

// worth returns the value of totals.
func (t *dualTree) worth(total []int64) *big.Rat {
	if t.product {
		v := big.NewInt(1)
		for _, j := range t.ranked {
			v.Mul(v, big.NewInt(total[j]-t.from[j]))
		}
		return new(big.Rat).SetInt(v)
	}
	var least *big.Rat
	for _, j := range t.ranked {
		if v := big.NewRat(total[j]-t.from[j], t.unit[j]); least == nil || v.Cmp(least) < 0 {
			least = v
		}
	}
	return least
}

func (t *dualTree) outcome() outcome.Outcome {
	o := make(outcome.Outcome, len(t.pick))
	for i, c := range t.pick {
		o[i] = t.search.Net.Issues[i][c-t.first[i]].Option
	}
	return o
}

// done reports whether nothing more is wanted.
func (t *dualTree) done() bool { return t.any && t.found }

// grow searches until every node is closed, the budget is spent or the first
// outcome found will do.
func (t *dualTree) grow(ctx context.Context) error {
	root := &region{fixed: make([]int64, t.rows)}
	for i := range len(t.first) - 1 {
		if t.first[i] == t.first[i+1] {
			t.nodes = append(t.nodes, dualNode{multipliers: -1, split: -1})
			return nil
		}
		for c := t.first[i]; c < t.first[i+1]; c++ {
			root.left = append(root.left, c)
		}
		root.ends = append(root.ends, t.first[i+1])
	}
	root = t.settle(root)
	if len(t.ranked) == 1 {
		// The outcome that is best for the one row often meets the floors of the others.
		j := t.ranked[0]
		pick := make([]int32, len(t.first)-1)
		for c, i := range t.issue {
			if int32(c) == t.first[i] || t.gain[c*t.rows+j] > t.gain[int(pick[i])*t.rows+j] {
				pick[i] = int32(c)
			}
		}
		total := make([]int64, t.rows)
		for _, c := range pick {
			for k, g := range t.gain[int(c)*t.rows : (int(c)+1)*t.rows] {
				total[k] += g
			}
		}
		t.offer(pick, total)
	}
	if t.hint != nil {
		t.climb.from(t, root, t.hint.pick, nil)
	}
	if err := t.visit(ctx, root, t.start); err != nil {
		return err
	}
	for t.open.Len() > 0 && !t.done() && (t.stop == nil || !t.stop()) {
		if t.search.Work > t.search.Budget || t.held > maxHeld || len(t.nodes) > maxNodes {
			return nil
		}
		id := heap.Pop(&t.open).(opened).id
		n := &t.nodes[id]
		b := n.box
		n.box = nil
		t.held -= len(b.left)
		if n.sum < t.least(t.multipliers[n.multipliers]) {
			continue
		}
		b, _ = t.narrow(b, t.multipliers[n.multipliers])
		if b.count() <= maxListed {
			t.list(b)
			continue
		}
		i, part := t.divide(b, n.z)
		n.split, n.part = t.issue[part[0]], part
		z := n.z
		n.z = nil
		for k, half := range b.halves(t, i, part) {
			t.nodes[id].kids[k] = int32(len(t.nodes))
			if err := t.visit(ctx, half, z); err != nil {
				return err
			}
		}
	}
	return nil
}

// visit opens a node for a box: it closes it, or bounds and narrows it and keeps it open.
func (t *dualTree) visit(ctx context.Context, b *region, z []float64) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	t.search.Nodes++
	id := int32(len(t.nodes))
	t.nodes = append(t.nodes, dualNode{multipliers: -1, split: -1})
	for {
		n := &t.nodes[id]
		if y := t.single(b); y != nil {
			n.multipliers = t.keep(y)
			return nil
		}
		if b.count() <= maxListed {
			t.list(b)
			return nil
		}
		atRoot := id == 0
		last, y, err := t.bounded(ctx, b, z, atRoot)
		if err != nil || t.done() {
			return err
		}
		n.multipliers = t.keep(y)
		n.sum = t.sum(b, y)
		if n.sum < t.least(y) {
			return nil
		}
		less, _ := t.narrow(b, y)
		n.key = t.key(n.sum, y)
		t.climb.improve(t, less, last, t.guess(n.key), atRoot)
		if n.sum < t.least(y) {
			return nil
		}
		less, _ = t.narrow(b, y)
		if 4*len(less.left) > 3*len(b.left) && less.count() > maxListed {
			n.box, n.z = less, last
			t.held += len(less.left)
			heap.Push(&t.open, opened{n.key, id})
			return nil
		}
		// Much was dropped: bound what is left anew.
		b, z = less, last
		n.kids[0] = int32(len(t.nodes))
		id = n.kids[0]
		t.nodes = append(t.nodes, dualNode{multipliers: -1, split: -1})
	}
}

func (t *dualTree) keep(y []int64) int32 {
	t.multipliers = append(t.multipliers, y)
	return int32(len(t.multipliers) - 1)
}

// single returns the multipliers of one row that cannot reach its target in the
// box, nil if every row can.
func (t *dualTree) single(b *region) []int64 {
	t.search.Work += int64(len(b.left) * t.rows)
	sum := slices.Clone(b.fixed)
	most := make([]int64, t.rows)
	from := int32(0)
	for _, end := range b.ends {
		clear(most)
		for _, c := range b.left[from:end] {
			for j, v := range t.gain[int(c)*t.rows : (int(c)+1)*t.rows] {
				most[j] = max(most[j], v)
			}
		}
		for j, v := range most {
			sum[j] += v
		}
		from = end
	}
	for j := range sum {
		if sum[j] < t.target[j] {
			y := make([]int64, t.rows)
			y[j] = 1
			return y
		}
	}
	return nil
}

// sum returns the greatest Σ y·total in the box, and leaves in values what each
// choice adds to it and in tops the greatest by issue.
func (t *dualTree) sum(b *region, y []int64) int64 {
	t.search.Work += int64(len(b.left) * t.rows)
	t.values = slices.Grow(t.values[:0], len(b.left))[:len(b.left)]
	t.tops = slices.Grow(t.tops[:0], len(b.ends))[:len(b.ends)]
	var sum int64
	for j, v := range b.fixed {
		sum += y[j] * v
	}
	from := int32(0)
	for k, end := range b.ends {
		most := int64(-1)
		for at := from; at < end; at++ {
			c := int(b.left[at])
			var v int64
			for j, g := range t.gain[c*t.rows : (c+1)*t.rows] {
				v += y[j] * g
			}
			t.values[at] = v
			most = max(most, v)
		}
		t.tops[k] = most
		sum += most
		from = end
	}
	return sum
}

// least returns a number below which Σ y·total lies for no better outcome.
func (t *dualTree) least(y []int64) int64 {
	var sum int64
	for j, v := range t.target {
		sum += y[j] * v
	}
	if !t.product {
		return sum
	}
	var own int64
	product := new(big.Int).Set(t.more)
	for j, v := range y {
		if t.looks[j] {
			own += v * t.from[j]
			product.Mul(product, big.NewInt(v))
		} else {
			own += v * t.target[j]
		}
	}
	if product.Sign() == 0 {
		return sum
	}
	root := leastMean(product, len(t.ranked))
	if !root.IsInt64() || root.Int64() > 1<<62 {
		return max(sum, own+1<<62)
	}
	return max(sum, own+root.Int64())
}

// leastMean returns the least z with zⁿ ≥ nⁿ·product, for a product above 0.
func leastMean(product *big.Int, n int) *big.Int {
	power := big.NewInt(int64(n))
	p := new(big.Int).Exp(big.NewInt(int64(n)), power, nil)
	p.Mul(p, product)
	// Newton's method in integers falls from above to the root rounded down.
	less := big.NewInt(int64(n - 1))
	z := new(big.Int).Lsh(big.NewInt(1), uint((p.BitLen()+n-1)/n))
	if guess := floatRoot(p, n); guess != nil {
		z = guess
	}
	next := new(big.Int)
	for {
		next.Exp(z, less, nil)
		next.Div(p, next)
		next.Add(next, new(big.Int).Mul(less, z))
		next.Div(next, power)
		if next.Cmp(z) >= 0 {
			break
		}
		z, next = next, z
	}
	if new(big.Int).Exp(z, power, nil).Cmp(p) < 0 {
		z.Add(z, big.NewInt(1))
	}
	return z
}

// floatRoot returns a number a little above the nth root of p, nil if it finds none.
func floatRoot(p *big.Int, n int) *big.Int {
	m := new(big.Float).SetInt(p)
	e := m.MantExp(m)
	shift := ((e % n) + n) % n
	v, _ := m.SetMantExp(m, shift).Float64() // below 2^n
	x := 2.0
	for range 200 {
		power := 1.0
		for range n - 1 {
			power *= x
		}
		next := (float64(float64(n-1)*x) + v/power) / float64(n)
		if next >= x {
			break
		}
		x = next
	}
	root := new(big.Float).SetPrec(64).SetFloat64(x * (1 + 1.0/(1<<44)))
	root.SetMantExp(root, (e-shift)/n)
	z, _ := root.Int(nil)
	z.Add(z, big.NewInt(1))
	if new(big.Int).Exp(z, big.NewInt(int64(n)), nil).Cmp(p) < 0 {
		return nil
	}
	return z
}

// narrow drops the choices that no better outcome has, by multipliers.
func (t *dualTree) narrow(b *region, y []int64) (*region, int64) {
	sum := t.sum(b, y)
	slack := sum - t.least(y)
	less := &region{set: b.set, fixed: b.fixed}
	from := int32(0)
	for k, end := range b.ends {
		for at := from; at < end; at++ {
			if t.tops[k]-t.values[at] <= slack {
				less.left = append(less.left, b.left[at])
			}
		}
		less.ends = append(less.ends, int32(len(less.left)))
		from = end
	}
	return t.settle(less), sum
}

// settle moves issues that have one choice left to the fixed ones.
func (t *dualTree) settle(b *region) *region {
	out := &region{set: slices.Clone(b.set), fixed: slices.Clone(b.fixed)}
	from := int32(0)
	for _, end := range b.ends {
		if end == from+1 {
			c := b.left[from]
			out.set = append(out.set, c)
			for j, g := range t.gain[int(c)*t.rows : (int(c)+1)*t.rows] {
				out.fixed[j] += g
			}
		} else {
			out.left = append(out.left, b.left[from:end]...)
			out.ends = append(out.ends, int32(len(out.left)))
		}
		from = end
	}
	return out
}

// count returns the number of outcomes, at most a little above maxListed.
func (b *region) count() int {
	n, from := 1, int32(0)
	for _, end := range b.ends {
		if n *= int(end - from); n > maxListed || n == 0 {
			return n
		}
		from = end
	}
	return n
}

// halves returns the two boxes that a split of open issue i makes.
func (b *region) halves(t *dualTree, i int, part []int32) [2]*region {
	var out [2]*region
	for _, c := range part {
		t.marked[c] = true
	}
	defer func() {
		for _, c := range part {
			t.marked[c] = false
		}
	}()
	for h := range out {
		half := &region{set: b.set, fixed: b.fixed}
		from := int32(0)
		for k, end := range b.ends {
			for _, c := range b.left[from:end] {
				if k != i || t.marked[c] == (h == 0) {
					half.left = append(half.left, c)
				}
			}
			half.ends = append(half.ends, int32(len(half.left)))
			from = end
		}
		out[h] = t.settle(half)
	}
	return out
}

// list offers every outcome of a small box.
func (t *dualTree) list(b *region) {
	pick := make([]int32, len(t.first)-1)
	for _, c := range b.set {
		pick[t.issue[c]] = c
	}
	total := slices.Clone(b.fixed)
	var hold func(k int, from int32)
	hold = func(k int, from int32) {
		if k == len(b.ends) {
			t.offer(pick, total)
			return
		}
		for _, c := range b.left[from:b.ends[k]] {
			row := t.gain[int(c)*t.rows : (int(c)+1)*t.rows]
			for j, g := range row {
				total[j] += g
			}
			pick[t.issue[c]] = c
			hold(k+1, b.ends[k])
			for j, g := range row {
				total[j] -= g
			}
		}
	}
	hold(0, 0)
	t.search.Work += int64(maxListed * t.rows)
}

// divide chooses the open issue whose choices the multipliers leave most in
// doubt, and the choices of one side of that doubt.
func (t *dualTree) divide(b *region, z []float64) (issue int, part []int32) {
	w := &t.newton
	w.resize(t.rows)
	best, row := -1.0, 0
	mean := make([]float64, t.rows)
	from := int32(0)
	var middle float64
	for k, end := range b.ends {
		odds := w.odds(t, b.left[from:end], z, w.cold)
		clear(mean)
		for at, c := range b.left[from:end] {
			for j, a := range t.share[int(c)*t.rows : (int(c)+1)*t.rows] {
				mean[j] += float64(odds[at] * a)
			}
		}
		doubt, most, widest := 0.0, -1.0, 0
		for j := range t.rows {
			spread := 0.0
			for at, c := range b.left[from:end] {
				d := z[j] * (t.share[int(c)*t.rows+j] - mean[j])
				// Where nothing is in doubt, the widest range decides.
				spread += float64(float64(odds[at]+1e-9) * float64(d*d))
			}
			doubt += spread
			if spread > most {
				most, widest = spread, j
			}
		}
		if doubt > best {
			best, issue, row, middle = doubt, k, widest, mean[widest]
		}
		from = end
	}
	from = 0
	if issue > 0 {
		from = b.ends[issue-1]
	}
	choices := b.left[from:b.ends[issue]]
	for _, c := range choices {
		if t.share[int(c)*t.rows+row] <= middle {
			part = append(part, c)
		}
	}
	if len(part) == 0 || len(part) == len(choices) {
		part = []int32{choices[0]}
	}
	return issue, part
}

// key returns about what Σ y·total of at most sum allows an outcome to be worth,
// to choose the node to open next.
func (t *dualTree) key(sum int64, y []int64) float64 {
	over, per := float64(sum), 0.0
	for j, v := range y {
		at := t.floor[j]
		if t.looks[j] {
			at = t.from[j]
			per += float64(float64(v) * float64(t.unit[j]))
		}
		over -= float64(float64(v) * float64(at))
	}
	if !t.product {
		if per == 0 {
			per = 1e-300
		}
		return over / per
	}
	key := 1.0
	for _, j := range t.ranked {
		key *= max(over, 0) / (float64(max(y[j], 1)) * t.width[j] * float64(len(t.ranked)))
	}
	return key
}

// guess returns by row what an outcome worth key would reach.
func (t *dualTree) guess(key float64) []float64 {
	goal := make([]float64, t.rows)
	for j := range goal {
		goal[j] = float64(t.floor[j])
		if t.looks[j] && !t.product {
			goal[j] = max(goal[j], float64(t.from[j])+float64(key*float64(t.unit[j])))
		}
		goal[j] /= t.width[j]
	}
	return goal
}

// bound returns what no outcome's value passes: the value that was to be surpassed,
// or what open nodes still allow. It is nil when nothing was found and nothing
// is open.
func (t *dualTree) bound() *big.Rat {
	bound := t.value
	for _, o := range t.open {
		n := &t.nodes[o.id]
		y := t.multipliers[n.multipliers]
		over, per := big.NewInt(n.sum), new(big.Int)
		product := big.NewInt(1)
		for j, v := range y {
			w := big.NewInt(v)
			at := t.floor[j]
			if t.looks[j] {
				at = t.from[j]
				per.Add(per, new(big.Int).Mul(w, big.NewInt(t.unit[j])))
				product.Mul(product, w)
			}
			over.Sub(over, new(big.Int).Mul(w, big.NewInt(at)))
		}
		var v *big.Rat
		if t.product {
			n := big.NewInt(int64(len(t.ranked)))
			if over.Sign() < 0 {
				over.SetInt64(0)
			}
			over.Exp(over, n, nil)
			product.Mul(product, new(big.Int).Exp(n, n, nil))
			v = new(big.Rat).SetInt(over.Div(over, product))
		} else {
			v = new(big.Rat).SetFrac(over, per)
		}
		if bound == nil || v.Cmp(bound) > 0 {
			bound = v
		}
	}
	return bound
}

// An opened is an open node in a heap: the greatest key first, then the oldest.
type opened struct {
	key float64
	id  int32
}

type nodeHeap []opened

func (h nodeHeap) Len() int { return len(h) }
func (h nodeHeap) Less(i, j int) bool {
	return h[i].key > h[j].key || h[i].key == h[j].key && h[i].id < h[j].id
}
func (h nodeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *nodeHeap) Push(x any)   { *h = append(*h, x.(opened)) }
func (h *nodeHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
