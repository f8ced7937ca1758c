package count

import (
	"cmp"
	"context"
	"math/big"
	"math/bits"
	"slices"
)

// A countGrid counts the paths of a graph that meet every need. From either end of the
// graph it spreads the number of ways over a grid of total gains, one row of cells for
// every total of the other parties; where the two meet, in the middle layer, the cells
// of one side are multiplied with the cumulated cells of the other. Half the layers span
// half the range of every party, so that for n parties this costs about 2^n less than
// one grid; and the middle layer, the widest, is never spread.
//
// Numbers of ways are kept modulo a few primes, one pass for each, and the count is
// put together from its remainders.
type countGrid struct {
	graph       *countGraph
	left, right gridSide
	middle      countLayer // edges sorted by the node that they leave
	leave       []int      // by that node, its first edge in middle
}

// A gridShape is a space of totals. The last party's are the cells of a row; the others'
// make the row's index.
type gridShape struct {
	width  []int64 // by party, the greatest total
	stride []int   // by party but the last, in a row's index
	rows   int     // for every node
}

// A gridSide is the layers at one end of a graph, the outermost first.
type gridSide struct {
	gridShape
	layers []countLayer
	// By layer, node and row, the least total of the last party from which the rest of
	// the graph can still meet every need.
	least [][]int32
}

// A gridSpan is the part of a row that can hold ways: from low up to high, exclusive.
type gridSpan struct{ low, high int32 }

func (s gridSpan) len() int { return max(0, int(s.high-s.low)) }

func (s gridSpan) hull(o gridSpan) gridSpan {
	switch {
	case s.len() == 0:
		return o
	case o.len() == 0:
		return s
	}
	return gridSpan{min(s.low, o.low), max(s.high, o.high)}
}

// Limits of a grid that hold whatever the budget: they bound what is needed to plan one.
const (
	maxGridRows = 1 << 22 // for a node; and the range of a party but the last
	maxGridSpan = 1 << 28 // range of the last party
)

// newCountGrid arranges the layers of a reduced graph that has a layer and a need. It
// fails where the grid is too large even to be planned within the given additions.
func newCountGrid(g *countGraph, adds int64) (*countGrid, bool) {
	g = g.clone()
	g.widestLast()
	parties := len(g.need)
	widths := g.widths()
	for p, w := range widths {
		if w >= maxGridSpan || p < parties-1 && w >= maxGridRows {
			return nil, false
		}
	}
	// A layer's share is the mean part that it has of the parties' ranges.
	share := func(l *countLayer) float64 {
		sum := 0.0
		for p, v := range l.most(parties) {
			sum += float64(v) / float64(widths[p])
		}
		return sum
	}
	// Layers that are linked stand at the left end, where the grid is small; then come the
	// others, the widest in the middle and the rest in turn on the side that is narrower.
	type free struct {
		layer countLayer
		share float64
	}
	var linked, left, right []countLayer
	var others []free
	leftShare, rightShare := 0.0, 0.0
	for _, l := range g.layers {
		if l.from == 1 && l.to == 1 {
			others = append(others, free{l, share(&l)})
		} else {
			linked = append(linked, l)
			leftShare += share(&l)
		}
	}
	slices.SortStableFunc(others, func(a, b free) int { return cmp.Compare(b.share, a.share) })
	for k, f := range others {
		switch {
		case k == 0 || leftShare <= rightShare:
			left = append(left, f.layer)
			if k > 0 {
				leftShare += f.share
			}
		default:
			right = append(right, f.layer)
			rightShare += f.share
		}
	}
	slices.Reverse(left)
	order := slices.Concat(linked, left, right)
	c := &countGrid{graph: g}
	at := c.middleOf(order, widths)
	c.middle = order[at]
	c.middle.edges = slices.Clone(c.middle.edges)
	slices.SortStableFunc(c.middle.edges, func(a, b countEdge) int { return cmp.Compare(a.from, b.from) })
	c.leave = groups(c.middle.edges, c.middle.from, func(e countEdge) int { return e.from })
	c.left.layers, c.right.layers = order[:at], reversed(order[at+1:])
	for _, s := range []*gridSide{&c.left, &c.right} {
		var ok bool
		if s.gridShape, ok = newGridShape(s.layers, parties); !ok {
			return nil, false
		}
		s.least = make([][]int32, len(s.layers))
		for k, l := range s.layers {
			if adds -= int64(len(l.edges)+8*l.to*parties) * int64(s.rows); adds < 0 {
				return nil, false
			}
			s.least[k] = make([]int32, l.to*s.rows)
		}
	}
	toLeft, toRight := reversed(order), order
	for p := range max(1, parties-1) {
		for _, l := range order {
			if adds -= 8 * int64(len(l.edges)) * (widths[p] + 1); parties > 1 && adds < 0 {
				return nil, false
			}
		}
		c.left.prune(p, g.need, widths, toLeft)
		c.right.prune(p, g.need, widths, toRight)
	}
	return c, true
}

// reversed returns the layers seen from the other end.
func reversed(layers []countLayer) []countLayer {
	out := slices.Clone(layers)
	slices.Reverse(out)
	for i, l := range out {
		l = countLayer{l.to, l.from, slices.Clone(l.edges)}
		for k, e := range l.edges {
			l.edges[k].from, l.edges[k].to = e.to, e.from
		}
		l.merge()
		out[i] = l
	}
	return out
}

// newGridShape returns the shape of the totals of layers, false where it is too large.
func newGridShape(layers []countLayer, parties int) (gridShape, bool) {
	s := gridShape{width: make([]int64, parties), rows: 1}
	for i := range layers {
		for p, v := range layers[i].most(parties) {
			s.width[p] += v
		}
	}
	for _, w := range s.width[:parties-1] {
		s.stride = append(s.stride, s.rows)
		if (w+1)*int64(s.rows) > maxGridRows {
			return s, false
		}
		s.rows *= int(w) + 1
	}
	return s, true
}

// prune raises least to what party p and the last need of the rest of the graph, whose
// layers are given from the other end, all of them: behind each, by node and total of p,
// it finds the greatest total of the last party with which p's is at least that. Of a
// single party, there is but the total itself.
func (s *gridSide) prune(p int, need, widths []int64, layers []countLayer) {
	last := len(need) - 1
	total := func(e *countEdge) int { return int(e.gain[p]) }
	rows := int(widths[p]) + 1
	if p == last {
		total = func(*countEdge) int { return 0 }
		rows = 1
	}
	best := make([]int32, rows)
	for r := range best {
		best[r] = -1
	}
	best[0] = 0
	for j := range len(layers) - 1 {
		l := &layers[j]
		next := make([]int32, l.to*rows)
		for i := range next {
			next[i] = -1
		}
		for i := range l.edges {
			e := &l.edges[i]
			gain := int32(e.gain[last])
			to := next[e.to*rows+total(e) : (e.to+1)*rows]
			for r, v := range best[e.from*rows : (e.from+1)*rows][:len(to)] {
				if v >= 0 {
					to[r] = max(to[r], v+gain)
				}
			}
		}
		best = next
		k := len(layers) - 2 - j
		if k >= len(s.layers) {
			continue
		}
		for t := range l.to {
			reach := slices.Clone(best[t*rows : (t+1)*rows])
			for r := rows - 2; r >= 0; r-- {
				reach[r] = max(reach[r], reach[r+1])
			}
			least := s.least[k][t*s.rows : (t+1)*s.rows]
			for r := range least {
				want := int64(0)
				if p < last {
					want = max(0, need[p]-int64(r/s.stride[p]%(int(s.width[p])+1)))
				}
				if v := reach[want]; v < 0 {
					least[r] = maxGridSpan
				} else {
					least[r] = max(least[r], int32(max(0, need[last]-int64(v))))
				}
			}
		}
	}
}

// widestLast puts the party with the widest range last, so that rows are long.
func (g *countGraph) widestLast() {
	widths := g.widths()
	last := len(widths) - 1
	widest := 0
	for p, w := range widths {
		if w > widths[widest] {
			widest = p
		}
	}
	g.need[widest], g.need[last] = g.need[last], g.need[widest]
	for _, l := range g.layers {
		for _, e := range l.edges {
			e.gain[widest], e.gain[last] = e.gain[last], e.gain[widest]
		}
		l.merge()
	}
}

// middleOf returns the layer to put in the middle: the one with which the fewest cells
// are added up, taking grids for full.
// Its arithmetic is the same everywhere: no product is fused with a sum.
func (c *countGrid) middleOf(order []countLayer, widths []int64) int {
	cells := func(total []int64) float64 {
		n := 1.0
		for _, v := range total {
			n *= float64(v) + 1
		}
		return n
	}
	parties := len(widths)
	taken := make([]int64, parties)
	before := make([]float64, len(order)+1) // cost of the layers before, from the left
	behind := make([]float64, len(order)+1)
	meet := make([]float64, len(order)) // cost of the middle
	for k := range order {
		edges := float64(len(order[k].edges))
		meet[k] = (edges + float64(4*order[k].from)) * cells(taken)
		before[k+1] = before[k] + float64(edges*cells(taken))
		for p, v := range order[k].most(parties) {
			taken[p] += v
		}
	}
	clear(taken)
	for k := len(order) - 1; k >= 0; k-- {
		behind[k] = behind[k+1] + float64(float64(len(order[k].edges))*cells(taken))
		for p, v := range order[k].most(parties) {
			taken[p] += v
		}
	}
	at, least := -1, 0.0
	for k := range order {
		if cost := before[k] + meet[k] + behind[k+1]; at < 0 || cost < least {
			at, least = k, cost
		}
	}
	return at
}

// groups returns where the edges of each key begin; they are sorted by it.
func groups(edges []countEdge, keys int, key func(countEdge) int) []int {
	first := make([]int, keys+1)
	for _, e := range edges {
		first[key(e)+1]++
	}
	for k := range keys {
		first[k+1] += first[k]
	}
	return first
}

// start returns the spans before the first layer: one cell for no gain.
func (s *gridSide) start() []gridSpan {
	spans := make([]gridSpan, s.rows)
	spans[0] = gridSpan{0, 1}
	return spans
}

// spread returns the spans behind layer k from those before it, and the number of
// cells to be added up.
func (s *gridSide) spread(k int, before []gridSpan) (after []gridSpan, adds int64) {
	l := &s.layers[k]
	after = make([]gridSpan, l.to*s.rows)
	last := len(s.width) - 1
	for _, e := range l.edges {
		shift, right := s.shift(e.gain), int32(e.gain[last])
		to := after[e.to*s.rows : (e.to+1)*s.rows]
		for r, span := range before[e.from*s.rows : (e.from+1)*s.rows] {
			if span.len() > 0 {
				adds += int64(span.len() + rowCost)
				to[r+shift] = to[r+shift].hull(gridSpan{span.low + right, span.high + right})
			}
		}
	}
	for i, low := range s.least[k] {
		if span := &after[i]; low > span.low {
			span.low = min(span.high, low)
		}
	}
	return after, adds
}

// rowCost is what a row costs beside its cells, in cells.
const rowCost = 32

// shift returns what a gain adds to the index of a row.
func (s *gridShape) shift(gain []int64) int {
	shift := 0
	for p, d := range s.stride {
		shift += int(gain[p]) * d
	}
	return shift
}

// cumulated returns, from the spans behind the last layer, those of the cells that are
// wanted in the middle: of all totals at least a row's, for every party but the last,
// and counted from the last party's greatest total down.
func (s *gridSide) cumulated(spans []gridSpan) []gridSpan {
	out := slices.Clone(spans)
	end := int32(s.width[len(s.width)-1]) + 1
	for i, span := range out {
		if span.len() > 0 {
			out[i] = gridSpan{end - span.high, end - span.low}
		} else {
			out[i] = gridSpan{}
		}
	}
	s.downwards(func(row, next int) {
		for at := 0; at < len(out); at += s.rows {
			out[at+row] = out[at+row].hull(out[at+next])
		}
	})
	return out
}

// downwards visits, party by party but for the last, each row that has a next one for
// that party, the last first.
func (s *gridShape) downwards(visit func(row, next int)) {
	for p, stride := range s.stride {
		size := int(s.width[p]) + 1
		for r := s.rows - 1; r >= 0; r-- {
			if r/stride%size < size-1 {
				visit(r, r+stride)
			}
		}
	}
}

func cellsOf(spans []gridSpan) (n int64) {
	for _, s := range spans {
		n += int64(s.len())
	}
	return n
}

// A gridCost is what a grid takes: additions for every prime, and cells held at once.
type gridCost struct {
	adds  int64
	cells [3]int64 // behind layers of odd and even position, and cumulated
	rows  int64
}

func (c *gridCost) words() int64 { return c.cells[0] + c.cells[1] + c.cells[2] }

// bytes counts cells, and of each row a span and a place three times over.
func (c *gridCost) bytes() int64 { return 8*c.words() + 48*c.rows }

// cost measures the grid, giving up with false where it passes the limits: additions a
// prime, and bytes.
func (c *countGrid) cost(adds, bytes int64) (gridCost, bool) {
	var cost gridCost
	end := func(s *gridSide) ([]gridSpan, bool) {
		for i := range s.layers { // planning alone takes this much
			l := &s.layers[i]
			cost.rows = max(cost.rows, int64(s.rows)*int64(l.to))
			if cost.adds += 4 * int64(len(l.edges)) * int64(s.rows); cost.adds > adds || cost.bytes() > bytes {
				return nil, false
			}
		}
		spans := s.start()
		cost.cells[0] = max(cost.cells[0], 1)
		for k := range s.layers {
			var n int64
			spans, n = s.spread(k, spans)
			cost.adds += n
			half := &cost.cells[(k+1)%2]
			*half = max(*half, cellsOf(spans))
			if cost.adds > adds || cost.bytes() > bytes {
				return nil, false
			}
		}
		return spans, true
	}
	spans, ok := end(&c.right)
	if !ok {
		return cost, false
	}
	cost.cells[2] = cellsOf(c.right.cumulated(spans))
	cost.adds += cost.cells[2] * int64(4*len(c.graph.need))
	if spans, ok = end(&c.left); !ok {
		return cost, false
	}
	for n := range c.middle.from {
		cells := cellsOf(spans[n*c.left.rows:(n+1)*c.left.rows]) + rowCost*int64(c.left.rows)
		cost.adds += cells * int64(c.leave[n+1]-c.leave[n]+4)
	}
	return cost, cost.adds <= adds && cost.bytes() <= bytes
}

// A gridHold is the memory of a grid, which others can use after it.
type gridHold struct{ n []uint64 }

func (h *gridHold) grow(words int64) {
	if int64(len(h.n)) < words {
		h.n = nil
		h.n = make([]uint64, words)
	}
}

// cut returns memory for what a grid holds at once.
func (h *gridHold) cut(c gridCost) (parts [3][]uint64) {
	h.grow(c.words())
	n := h.n
	for i, size := range c.cells {
		parts[i], n = n[:size], n[size:]
	}
	return parts
}

// count returns the number of outcomes.
func (c *countGrid) count(ctx context.Context, cost gridCost, hold *gridHold) (*big.Int, error) {
	parts := hold.cut(cost)
	total, modulus := new(big.Int), big.NewInt(1)
	for _, m := range countPrimes()[:primesFor(c.graph.limit())] {
		rest, err := c.pass(ctx, m, parts)
		if err != nil {
			return nil, err
		}
		// total += modulus · ((rest - total)/modulus mod p)
		p := new(big.Int).SetUint64(m.p)
		d := new(big.Int).SetUint64(rest)
		d.Sub(d, total)
		d.Mul(d, new(big.Int).ModInverse(modulus, p))
		d.Mod(d, p)
		total.Add(total, d.Mul(d, modulus))
		modulus.Mul(modulus, p)
	}
	return total.Mul(total, c.graph.factor), nil
}

// gridCells are the cells behind a layer, or cumulated, row after row.
type gridCells struct {
	spans []gridSpan
	at    []int // where each row begins in n
	n     []uint64
}

func newGridCells(spans []gridSpan, hold []uint64) *gridCells {
	c := &gridCells{spans: spans, at: make([]int, len(spans)+1), n: hold}
	for i, s := range spans {
		c.at[i+1] = c.at[i] + s.len()
	}
	return c
}

func (c *gridCells) row(i int) []uint64 { return c.n[c.at[i]:c.at[i+1]] }

// pass counts modulo one prime.
func (c *countGrid) pass(ctx context.Context, m countPrime, hold [3][]uint64) (uint64, error) {
	cells, err := c.right.fill(ctx, m, hold)
	if err != nil {
		return 0, err
	}
	behind := c.right.cumulate(m, cells, hold[2])
	if cells, err = c.left.fill(ctx, m, hold); err != nil {
		return 0, err
	}
	return c.meet(ctx, m, cells, behind)
}

// fill returns the ways, by node, to each total of the side's layers.
func (s *gridSide) fill(ctx context.Context, m countPrime, hold [3][]uint64) (*gridCells, error) {
	cells := newGridCells(s.start(), hold[0])
	cells.n[0] = 1
	last := len(s.width) - 1
	largest := uint64(1) // no cell is greater
	var from []gridRow
	for k := range s.layers {
		l := &s.layers[k]
		spans, _ := s.spread(k, cells.spans)
		after := newGridCells(spans, hold[(k+1)%2])
		first := groups(l.edges, l.to, func(e countEdge) int { return e.to })
		ways := uint64(0) // of a cell before to one behind
		for t := range l.to {
			sum := uint64(0)
			for _, e := range l.edges[first[t]:first[t+1]] {
				sum += e.times
			}
			ways = max(ways, sum)
		}
		if hi, lo := bits.Mul64(largest, ways); hi == 0 && lo < m.p {
			largest = lo
		} else {
			largest = m.p
		}
		for i, span := range spans {
			if i%64 == 0 && ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if span.len() == 0 {
				continue
			}
			t, r := i/s.rows, i%s.rows
			from = from[:0]
			for _, e := range l.edges[first[t]:first[t+1]] {
				b := r - s.shift(e.gain)
				if b < 0 {
					continue
				}
				b += e.from * s.rows
				from = appendRow(from, cells.row(b), int(cells.spans[b].low)+int(e.gain[last])-int(span.low), span.len(), e.times)
			}
			row := after.row(i)
			clear(row)
			m.sum(row, from, largest < m.p)
		}
		cells = after
	}
	return cells, nil
}

// cumulate returns the cells cumulated as the middle wants them.
func (s *gridSide) cumulate(m countPrime, cells *gridCells, hold []uint64) *gridCells {
	out := newGridCells(s.cumulated(cells.spans), hold)
	end := int(s.width[len(s.width)-1]) + 1
	for i, span := range cells.spans {
		to := out.row(i)
		clear(to)
		from := cells.row(i)
		at := end - int(span.high) - int(out.spans[i].low)
		for j := range from {
			to[at+j] = from[len(from)-1-j]
		}
	}
	s.downwards(func(row, next int) {
		for at := 0; at < len(out.spans); at += s.rows {
			to, from := out.row(at+row), out.row(at+next)
			to = to[int(out.spans[at+next].low)-int(out.spans[at+row].low)*min(1, len(from)):]
			for j, v := range from {
				to[j] = m.fold(to[j] + v)
			}
		}
	})
	for i := range out.spans {
		sum := uint64(0)
		row := out.row(i)
		for j, v := range row {
			sum = m.fold(sum + v)
			row[j] = sum
		}
	}
	return out
}

// meet multiplies the cells before the middle layer with the ways behind it that, with
// an edge of the layer, make up what is needed.
func (c *countGrid) meet(ctx context.Context, m countPrime, before, behind *gridCells) (uint64, error) {
	last := len(c.graph.need) - 1
	var total, high, low uint64
	var from []gridRow
	ways := make([]uint64, c.left.width[last]+1)
	for i, span := range before.spans {
		if i%64 == 0 && ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		if span.len() == 0 {
			continue
		}
		node, r := i/c.left.rows, i%c.left.rows
		sums := ways[:span.len()]
		clear(sums)
		from = from[:0]
		for _, e := range c.middle.edges[c.leave[node]:c.leave[node+1]] {
			b := e.to * c.right.rows
			reached := true
			for p, stride := range c.left.stride {
				have := int64(r/stride%(int(c.left.width[p])+1)) + e.gain[p]
				want := max(0, c.graph.need[p]-have)
				if want > c.right.width[p] {
					reached = false
					break
				}
				b += int(want) * c.right.stride[p]
			}
			row := behind.row(b)
			if !reached || len(row) == 0 {
				continue
			}
			// The cell for a total a of the last party is the one behind that stands at
			// width - (need - a - gain); past the last of the row, all its ways serve.
			at := int(int64(behind.spans[b].low) - (int64(span.low) + c.right.width[last] - c.graph.need[last] + e.gain[last]))
			from = appendRow(from, row, at, len(sums), e.times)
			if at += len(row); at < len(sums) {
				all := m.times(row[len(row)-1], e.times)
				for j := max(0, at); j < len(sums); j++ {
					sums[j] = m.fold(sums[j] + all)
				}
			}
		}
		m.sum(sums, from, false)
		for j, v := range before.row(i) {
			hi, lo := bits.Mul64(v, sums[j])
			var carry uint64
			low, carry = bits.Add64(low, lo, 0)
			high, _ = bits.Add64(high, hi, carry)
			if j%256 == 255 { // each product is below 2^119
				total = (total + bits.Rem64(high, low, m.p)) % m.p
				high, low = 0, 0
			}
		}
		total = (total + bits.Rem64(high, low, m.p)) % m.p
		high, low = 0, 0
	}
	return total, nil
}

// A gridRow is a row to be added to another from place at on, times times.
type gridRow struct {
	n     []uint64
	at    int
	times uint64
}

// appendRow cuts a row to what falls on places 0 to length-1 and appends it.
func appendRow(rows []gridRow, n []uint64, at, length int, times uint64) []gridRow {
	if at < 0 {
		n = n[min(-at, len(n)):]
		at = 0
	}
	n = n[:max(0, min(len(n), length-at))]
	if len(n) == 0 {
		return rows
	}
	return append(rows, gridRow{n, at, times})
}
