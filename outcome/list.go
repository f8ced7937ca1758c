package outcome

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// blockSize is the largest number of outcomes in a block: small enough that the
// tables of a few rows stay in a core's first cache.
const blockSize = 2048

// maxMaskWords is the largest number of words kept per piece in a mask cache.
const maxMaskWords = 1 << 16

// A Lister visits every outcome of a space, a block at a time, without storing
// any. It splits the issues in three: those that conditions and adjustments
// touch are set first and stay fixed through a frame; then the remaining outer
// issues; and the issues of the innermost block, chosen free of conditions while
// there are such, are not stepped through at all but laid out as one table per
// row. Within a block a row's utility is one base plus one table entry.
//
// A Lister is immutable once made and may be shared; each goroutine takes its own
// [Cursor].
type Lister struct {
	space *Space
	rows  []*Row // every row, in the order of Space.Rows
	first []int  // by party, the position of its own row among rows

	frame []int // issues fixed through a frame, slowest first
	loose []int // other outer issues
	inner []int // issues of the block, last fastest

	strides  []int64 // by issue, weight of its option in an outcome's rank
	blocks   int64   // number of blocks
	perFrame int64   // blocks in a frame
	length   int     // outcomes in a block

	ranks   []int64      // by place in the block, its part of the rank
	digits  [][]int      // by inner issue, its option at each place
	tables  [][]int64    // by row, scores of the inner issues and of adjustments wholly within them
	lows    []int64      // by row, its table's least entry
	tops    []int64      // and its greatest
	has     [][][]uint64 // by inner issue and option, the places that have it
	adjusts [][]piece    // by row, adjustments not wholly within the block
	require []piece
	redLine [][]piece // by party
	bars    []bar     // of conditions that do not vary within the block, the longest first
}

// A bar is a condition that the outer issues decide, and the number of blocks that follow one another
// with the same options of those that it names.
type bar struct {
	*piece
	redLine bool
	span    int64
}

// A piece is a condition split into a part that the frame decides and a part
// that varies within the block.
type piece struct {
	table *Table
	add   int64
	outer []term  // issues of the frame
	size  int     // joint options of those
	inner []int32 // by place in the block, its part of the table's rank; nil when the block does not matter

	// A box has these instead of strides, weights, size and inner: the frame's rank is
	// 1 when the outer issues are all in their sets, else 0.
	within []uint64 // the places of the block where its issues are in their sets; nil when the block does not matter
}

type term struct {
	issue  int
	stride int // in the table's rank; of a box, the issue's position among those that it spans
	weight int // in the rank among the frame's joint options
}

// varies reports whether the block matters to the piece.
func (p *piece) varies() bool { return p.inner != nil || p.within != nil }

// NewLister plans the listing of s, which must check. It fails when the number
// of outcomes passes 2^62.
func NewLister(s *Space) (*Lister, error) {
	if _, ok := s.Count(); !ok {
		return nil, fmt.Errorf("%v packages are too many to list", s.Size())
	}
	l := &Lister{space: s, strides: make([]int64, len(s.Issues))}
	stride := int64(1)
	for i := len(s.Issues) - 1; i >= 0; i-- {
		l.strides[i] = stride
		stride *= int64(s.Issues[i].Options)
	}
	s.Rows(func(p int, r *Row) bool {
		if p == len(l.first) {
			l.first = append(l.first, len(l.rows))
		}
		l.rows = append(l.rows, r)
		return true
	})
	l.split()
	l.layOut()
	return l, nil
}

// conditions visits every table of the space.
func (s *Space) conditions(visit func(*Table)) {
	for i := range s.Requires {
		visit(&s.Requires[i].Forbidden)
	}
	for i := range s.Parties {
		for j := range s.Parties[i].RedLines {
			visit(&s.Parties[i].RedLines[j].Forbidden)
		}
	}
	s.Rows(func(_ int, r *Row) bool {
		for i := range r.Adjustments {
			visit(&r.Adjustments[i].When)
		}
		return true
	})
}

// split chooses the issues of the block: free ones first, the largest that still
// fit, then touched ones while the block is small.
func (l *Lister) split() {
	touched := make([]int, len(l.space.Issues))
	l.space.conditions(func(t *Table) {
		for _, i := range t.issues {
			touched[i]++
		}
	})
	order := make([]int, len(l.space.Issues))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if d := touched[a] - touched[b]; d != 0 {
			return d
		}
		return l.space.Issues[b].Options - l.space.Issues[a].Options
	})
	l.length = 1
	in := make([]bool, len(order))
	for _, i := range order {
		n := l.space.Issues[i].Options
		if l.length*n > blockSize || touched[i] > 0 && l.length >= blockSize/16 {
			continue
		}
		l.length *= n
		in[i] = true
	}
	if i := order[len(order)-1]; l.length == 1 && l.space.Issues[i].Options <= 32*blockSize {
		l.length *= l.space.Issues[i].Options
		in[i] = true
	}
	l.blocks, l.perFrame = 1, 1
	for i, is := range l.space.Issues {
		switch {
		case in[i]:
			l.inner = append(l.inner, i)
			continue
		case touched[i] > 0:
			l.frame = append(l.frame, i)
		default:
			l.loose = append(l.loose, i)
			l.perFrame *= int64(is.Options)
		}
		l.blocks *= int64(is.Options)
	}
}

// layOut fills the tables of the block.
func (l *Lister) layOut() {
	l.ranks = make([]int64, l.length)
	l.digits = make([][]int, len(l.inner))
	l.has = make([][][]uint64, len(l.inner))
	for k, i := range l.inner {
		l.digits[k] = make([]int, l.length)
		l.has[k] = make([][]uint64, l.space.Issues[i].Options)
		for o := range l.has[k] {
			l.has[k][o] = make([]uint64, (l.length+63)/64)
		}
	}
	for j := range l.length {
		rest := j
		for k := len(l.inner) - 1; k >= 0; k-- {
			i := l.inner[k]
			o := rest % l.space.Issues[i].Options
			rest /= l.space.Issues[i].Options
			l.digits[k][j] = o
			l.has[k][o][j/64] |= 1 << (j % 64)
			l.ranks[j] += int64(o) * l.strides[i]
		}
	}
	l.tables = make([][]int64, len(l.rows))
	l.adjusts = make([][]piece, len(l.rows))
	for r, row := range l.rows {
		table := make([]int64, l.length)
		for k, i := range l.inner {
			for j, o := range l.digits[k] {
				table[j] += row.Scores[i][o]
			}
		}
		for a := range row.Adjustments {
			p := l.piece(&row.Adjustments[a].When)
			p.add = row.Adjustments[a].Add
			if len(p.outer) > 0 || !p.varies() {
				l.adjusts[r] = append(l.adjusts[r], p)
				continue
			}
			at, _ := p.rank(nil)
			for j := range table {
				if p.holds(at, j) {
					table[j] += p.add
				}
			}
		}
		l.tables[r] = table
		l.lows = append(l.lows, slices.Min(table))
		l.tops = append(l.tops, slices.Max(table))
	}
	for i := range l.space.Requires {
		l.require = append(l.require, l.piece(&l.space.Requires[i].Forbidden))
	}
	l.redLine = make([][]piece, len(l.space.Parties))
	for p := range l.space.Parties {
		for i := range l.space.Parties[p].RedLines {
			l.redLine[p] = append(l.redLine[p], l.piece(&l.space.Parties[p].RedLines[i].Forbidden))
		}
	}
	l.bar(l.require, false)
	for _, pieces := range l.redLine {
		l.bar(pieces, true)
	}
	slices.SortStableFunc(l.bars, func(x, y bar) int { return cmp.Compare(y.span, x.span) })
}

func (l *Lister) bar(pieces []piece, redLine bool) {
	for i := range pieces {
		b := bar{&pieces[i], redLine, l.blocks}
		if b.varies() {
			continue
		}
		left := len(b.outer) // issues of the condition that are not passed yet
		for _, i := range l.frame {
			if left == 0 {
				break
			}
			b.span /= int64(l.space.Issues[i].Options)
			if slices.Contains(b.table.issues, i) {
				left--
			}
		}
		l.bars = append(l.bars, b)
	}
}

func (l *Lister) piece(t *Table) piece {
	if t.box {
		return l.boxPiece(t)
	}
	p := piece{table: t, size: 1}
	stride := t.Size()
	for k, i := range t.issues {
		stride /= t.sizes[k]
		if at := slices.Index(l.inner, i); at >= 0 {
			if p.inner == nil {
				p.inner = make([]int32, l.length)
			}
			for j, o := range l.digits[at] {
				p.inner[j] += int32(o * stride)
			}
			continue
		}
		p.outer = append(p.outer, term{issue: i, stride: stride, weight: p.size})
		p.size *= t.sizes[k]
	}
	return p
}

func (l *Lister) boxPiece(t *Table) piece {
	p := piece{table: t}
	for k, i := range t.issues {
		at := slices.Index(l.inner, i)
		if at < 0 {
			p.outer = append(p.outer, term{issue: i, stride: k})
			continue
		}
		if p.within == nil {
			words, last := l.Places()
			p.within = make([]uint64, words)
			for w := range p.within {
				p.within[w] = ^uint64(0)
			}
			p.within[words-1] = last
		}
		for j, o := range l.digits[at] {
			if !t.Within(k, o) {
				p.within[j/64] &^= 1 << (j % 64)
			}
		}
	}
	return p
}

// Blocks returns the number of blocks.
func (l *Lister) Blocks() int64 { return l.blocks }

// Len returns the number of outcomes in every block.
func (l *Lister) Len() int { return l.length }

// Row returns the position, as [Cursor.Values] counts, of party p's own row; its
// constituencies' rows follow it.
func (l *Lister) Row(p int) int { return l.first[p] }

// Outcome returns the outcome of the given rank: its place among all outcomes,
// in the order of issues and options.
func (l *Lister) Outcome(rank int64) Outcome {
	o := make(Outcome, len(l.strides))
	for i, s := range l.strides {
		o[i] = int(rank / s)
		rank %= s
	}
	return o
}

// A Cursor stands on one block of a listing.
type Cursor struct {
	l     *Lister
	at    int64
	o     Outcome // options of the outer issues
	rank  int64   // their part of the rank
	base  []int64 // by row, scores of the outer issues
	frame []rowFrame
	stamp int64 // counts frames

	barred int64 // the latest frame of which it is known that no condition bars it

	require mask
	redLine []mask   // by party
	single  [][]held // of one condition: requirements first, then each party's red lines
}

// A held is where in the block one condition holds, while the frame lasts.
type held struct {
	stamp int64
	words []uint64
}

// A rowFrame is what a frame's adjustments make of a row: an addition to its
// base, and a table of its own where they vary within the block.
type rowFrame struct {
	stamp    int64
	add      int64
	values   []int64 // the block's values; the lister's table or own
	own      []int64
	low, top int64 // bounds of values
	masks    maskCache
}

// A mask is the union of a list of conditions over the block.
type mask struct {
	stamp int64
	words []uint64 // nil: holds nowhere
	own   []uint64
	masks maskCache
}

// A maskCache keeps, by piece and rank within the frame, where in the block the
// piece holds: nil is not known yet, nowhere is nowhere.
type maskCache [][][]uint64

var nowhere = []uint64{}

// Cursor returns a new cursor, on no block yet.
func (l *Lister) Cursor() *Cursor {
	c := &Cursor{l: l, at: -1, o: make(Outcome, len(l.strides)),
		base: make([]int64, len(l.rows)), frame: make([]rowFrame, len(l.rows)),
		redLine: make([]mask, len(l.redLine)), single: make([][]held, 1+len(l.redLine))}
	c.single[0] = make([]held, len(l.require))
	for p := range l.redLine {
		c.single[1+p] = make([]held, len(l.redLine[p]))
	}
	return c
}

// MoveTo moves the cursor to block k, from 0 to Blocks()-1. Moving to the next
// block is cheap.
func (c *Cursor) MoveTo(k int64) {
	l := c.l
	if c.at >= 0 && k == c.at+1 && k%l.perFrame != 0 {
		c.at = k
		for n := len(l.loose) - 1; n >= 0; n-- {
			i := l.loose[n]
			from := c.o[i]
			to := from + 1
			if to == l.space.Issues[i].Options {
				to = 0
			}
			c.o[i] = to
			c.rank += int64(to-from) * l.strides[i]
			for r, row := range l.rows {
				c.base[r] += row.Scores[i][to] - row.Scores[i][from]
			}
			if to != 0 {
				return
			}
		}
		return
	}
	c.at = k
	rest := k
	for n := len(l.loose) - 1; n >= 0; n-- {
		size := int64(l.space.Issues[l.loose[n]].Options)
		c.o[l.loose[n]] = int(rest % size)
		rest /= size
	}
	for n := len(l.frame) - 1; n >= 0; n-- {
		size := int64(l.space.Issues[l.frame[n]].Options)
		c.o[l.frame[n]] = int(rest % size)
		rest /= size
	}
	c.stamp++
	c.rank = 0
	clear(c.base)
	for _, group := range [2][]int{l.frame, l.loose} {
		for _, i := range group {
			c.rank += int64(c.o[i]) * l.strides[i]
			for r, row := range l.rows {
				c.base[r] += row.Scores[i][c.o[i]]
			}
		}
	}
}

// Block returns the position of the block on which the cursor stands.
func (c *Cursor) Block() int64 { return c.at }

// Ranks returns, by place in the block, what the place adds to an outcome's rank.
// The caller must not change it.
func (l *Lister) Ranks() []int64 { return l.ranks }

// Rank returns the rank of the outcome at place j of the block.
func (c *Cursor) Rank(j int) int64 { return c.rank + c.l.ranks[j] }

// Barred returns the number of blocks, the cursor's and those after it, that one requirement rules out whole,
// or with redLines a red line, as far as the outer issues alone tell; 0 where none does.
func (c *Cursor) Barred(redLines bool) int64 {
	if c.barred == c.stamp {
		return 0
	}
	for i := range c.l.bars {
		b := &c.l.bars[i]
		if b.redLine && !redLines {
			continue
		}
		if at, _ := b.rank(c.o); b.holds(at, 0) {
			return b.span - c.at%b.span
		}
	}
	c.barred = c.stamp
	return 0
}

// Values returns row r's utilities in the block: that of the outcome at place j
// is base + table[j]. low and high bound the entries of the table, closely where
// no adjustment varies within the block. The table must not be changed.
func (c *Cursor) Values(r int) (base int64, table []int64, low, high int64) {
	f := &c.frame[r]
	if f.stamp != c.stamp {
		c.fill(f, r)
	}
	return c.base[r] + f.add, f.values, f.low, f.top
}

func (c *Cursor) fill(f *rowFrame, r int) {
	l := c.l
	f.stamp, f.add = c.stamp, 0
	f.values, f.low, f.top = l.tables[r], l.lows[r], l.tops[r]
	for i := range l.adjusts[r] {
		p := &l.adjusts[r][i]
		if !p.varies() {
			if at, _ := p.rank(c.o); p.holds(at, 0) {
				f.add += p.add
			}
			continue
		}
		words := c.mask(&f.masks, l.adjusts[r], i)
		if words == nil {
			continue
		}
		if &f.values[0] == &l.tables[r][0] {
			if f.own == nil {
				f.own = make([]int64, l.length)
			}
			copy(f.own, f.values)
			f.values = f.own
		}
		for w, word := range words {
			for ; word != 0; word &= word - 1 {
				f.own[w<<6|bits.TrailingZeros64(word)] += p.add
			}
		}
		f.low += min(p.add, 0)
		f.top += max(p.add, 0)
	}
}

// rank returns the frame's part of the table's rank, and the frame's rank among
// its own joint options.
func (p *piece) rank(o Outcome) (at, key int) {
	if p.table.box {
		for _, t := range p.outer {
			if !p.table.Within(t.stride, o[t.issue]) {
				return 0, 0
			}
		}
		return 1, 1
	}
	for _, t := range p.outer {
		at += o[t.issue] * t.stride
		key += o[t.issue] * t.weight
	}
	return at, key
}

// holds reports whether the piece holds at place j of the block, at being the
// frame's part of the rank.
func (p *piece) holds(at, j int) bool {
	if p.table.box {
		in := at == 1 && (p.within == nil || p.within[j/64]>>(j%64)&1 != 0)
		return in != p.table.outside
	}
	if p.inner != nil {
		at += int(p.inner[j])
	}
	return p.table.At(at)
}

// Excluded returns the outcomes of the block that a requirement rules out, bit j
// for the outcome at place j; nil when there are none. The words must not be changed.
func (c *Cursor) Excluded() []uint64 { return c.union(&c.require, c.l.require) }

// RedLines returns, likewise, the outcomes that break a red line of party p.
func (c *Cursor) RedLines(p int) []uint64 { return c.union(&c.redLine[p], c.l.redLine[p]) }

// Excluding returns, likewise, the outcomes that the k-th requirement alone rules out.
func (c *Cursor) Excluding(k int) []uint64 { return c.one(0, k, &c.require.masks, c.l.require) }

// RedLine returns, likewise, the outcomes that break the k-th red line of party p.
func (c *Cursor) RedLine(p, k int) []uint64 {
	return c.one(1+p, k, &c.redLine[p].masks, c.l.redLine[p])
}

func (c *Cursor) one(group, k int, kept *maskCache, pieces []piece) []uint64 {
	h := &c.single[group][k]
	if h.stamp != c.stamp {
		h.stamp, h.words = c.stamp, c.mask(kept, pieces, k)
	}
	return h.words
}

func (c *Cursor) union(m *mask, pieces []piece) []uint64 {
	if m.stamp == c.stamp {
		return m.words
	}
	m.stamp = c.stamp
	m.words = nil
	for i := range pieces {
		words := c.mask(&m.masks, pieces, i)
		if words == nil {
			continue
		}
		if m.words == nil {
			if m.own == nil {
				m.own = make([]uint64, (c.l.length+63)/64)
			}
			m.words = m.own
			copy(m.words, words)
			continue
		}
		for w, x := range words {
			m.words[w] |= x
		}
	}
	return m.words
}

// mask returns where in the block piece i holds, nil for nowhere. Masks are kept
// while they are few.
func (c *Cursor) mask(kept *maskCache, pieces []piece, i int) []uint64 {
	p := &pieces[i]
	at, key := p.rank(c.o)
	words := (c.l.length + 63) / 64
	if *kept == nil {
		*kept = make(maskCache, len(pieces))
	}
	cache := &(*kept)[i]
	if key < len(*cache) && (*cache)[key] != nil {
		if known := (*cache)[key]; len(known) > 0 {
			return known
		}
		return nil
	}
	var made []uint64
	set := func(j int) {
		if made == nil {
			made = make([]uint64, words)
		}
		made[j/64] |= 1 << (j % 64)
	}
	if p.varies() || p.holds(at, 0) {
		for j := range c.l.length {
			if !p.varies() || p.holds(at, j) {
				set(j)
			}
		}
	}
	if key*words < maxMaskWords {
		if key >= len(*cache) {
			*cache = append(*cache, make([][]uint64, key+1-len(*cache))...)
		}
		(*cache)[key] = made
		if made == nil {
			(*cache)[key] = nowhere
		}
	}
	return made
}

// MarkOptions sets seen[i][o] for every issue i and option o that occurs among
// the outcomes of the block given by words.
func (c *Cursor) MarkOptions(words []uint64, seen [][]bool) {
	for _, group := range [2][]int{c.l.frame, c.l.loose} {
		for _, i := range group {
			seen[i][c.o[i]] = true
		}
	}
	for k, i := range c.l.inner {
		for o, has := range c.l.has[k] {
			if seen[i][o] {
				continue
			}
			for w, x := range words {
				if x&has[w] != 0 {
					seen[i][o] = true
					break
				}
			}
		}
	}
}

// Places returns the number of words in which a block's places fit, and the
// places in use of the last word.
func (l *Lister) Places() (words int, last uint64) {
	words = (l.length + 63) / 64
	return words, ^uint64(0) >> (words*64 - l.length)
}

// Ones returns the number of places set in words.
func Ones(words []uint64) int64 {
	var n int
	for _, w := range words {
		n += bits.OnesCount64(w)
	}
	return int64(n)
}
