package exhaust

import (
	"context"
	"iter"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/sets"
)

const (
	// maxBlock is the number of packages in a block, unless the last issue alone has more.
	maxBlock = 1 << 11
	// maxKept bounds the words of bits that are kept for when the same options come again.
	maxKept = 1 << 22
)

// A Test is what a listing asks of every package. A package fails it where one of the tables holds, and where a
// party gets less than its threshold.
type Test struct {
	Tables []*outcome.Table
	Floors []int // parties
}

// Fails reports whether a package fails the test.
func (t *Test) Fails(s *outcome.Space, o outcome.Outcome) bool {
	return slices.ContainsFunc(t.Tables, func(x *outcome.Table) bool { return x.Holds(o) }) ||
		slices.ContainsFunc(t.Floors, func(p int) bool { return !s.Parties[p].Threshold.Accepts(s.Parties[p].Value(o)) })
}

// A Part is the packages of a block that fail the same tests. It is good until the visit ends.
type Part struct {
	Failed sets.Set
	words  []uint64 // bit j%64 of word j/64 is set for the package at place j of the block
	l      *lister
}

// Count returns the number of packages in the part.
func (p *Part) Count() int64 {
	n := 0
	for _, w := range p.words {
		n += bits.OnesCount64(w)
	}
	return int64(n)
}

// places returns the places in the block at which the part has its packages, ascending.
func (p *Part) places() iter.Seq[int] {
	return func(yield func(int) bool) {
		for k, w := range p.words {
			for ; w != 0; w &= w - 1 {
				if !yield(k*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// rank returns the position, among all of the space, of the package at place j.
func (p *Part) rank(j int) int64 { return p.l.start + int64(j) }

// utilities puts into u what the package at place j is worth to each party.
func (p *Part) utilities(j int, u []int64) {
	for q := range u {
		r := &p.l.rows[q]
		u[q] = r.base + r.table[j]
	}
}

// Range raises the entries of most, by party, to what packages of the part are worth, and lowers those of least.
func (p *Part) Range(least, most []int64) {
	for w, word := range p.words {
		if word == 0 {
			continue
		}
		for q := range most {
			r := &p.l.rows[q]
			if r.base+r.low[w] >= least[q] && r.base+r.top[w] <= most[q] {
				continue
			}
			for x := word; x != 0; x &= x - 1 {
				u := r.base + r.table[w*64+bits.TrailingZeros64(x)]
				least[q], most[q] = min(least[q], u), max(most[q], u)
			}
		}
	}
}

// Bounded visits the packages of the part, 64 at a time: first what none of them is worth more than to any party,
// with the rank from which they come; where that is to be looked into, each with its rank.
func (p *Part) Bounded(u []int64, look func(from int64) bool, visit func(rank int64) error) error {
	for w, word := range p.words {
		if word == 0 {
			continue
		}
		for q := range u {
			u[q] = p.l.rows[q].base + p.l.rows[q].top[w]
		}
		if !look(p.rank(w * 64)) {
			continue
		}
		for ; word != 0; word &= word - 1 {
			j := w*64 + bits.TrailingZeros64(word)
			p.utilities(j, u)
			if err := visit(p.rank(j)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Options marks, by issue, the options that packages of the part have.
func (p *Part) Options(seen [][]bool) {
	l := p.l
	for i, option := range l.o[:l.first] {
		seen[i][option] = true
	}
	stride := 1
	for i := len(l.o) - 1; i >= l.first; i-- {
		n := l.space.Issues[i].Options
		if slices.Contains(seen[i], false) {
			for j := range p.places() {
				seen[i][j/stride%n] = true
			}
		}
		stride *= n
	}
}

// Outcome returns the package of a rank.
func Outcome(s *outcome.Space, rank int64) outcome.Outcome {
	o := make(outcome.Outcome, len(s.Issues))
	for i := len(o) - 1; i >= 0; i-- {
		n := int64(s.Issues[i].Options)
		o[i] = int(rank % n)
		rank /= n
	}
	return o
}

// A lister stands on one block.
type lister struct {
	space *outcome.Space
	first int             // issues from here on are the block's
	o     outcome.Outcome // options of the issues before
	start int64           // rank of the block's first package
	full  []uint64        // the places of a block
	room  int             // words that may still be kept

	never []cut
	tests []question
	rows  []row
}

// A question is a test as a block sees it.
type question struct {
	tables        []cut
	floors        []int
	failed        []uint64
	fails, passes []uint64 // room for the two parts that it makes
}

// A cut is a table as a block sees it: issues before the block decide which of its places it holds at.
type cut struct {
	table *outcome.Table
	at    int // key of the options of its issues before the block
	holds []uint64
	kept  map[int][]uint64
}

// A row is a party's utilities in a block: at place j, base + table[j].
type row struct {
	of          *outcome.Row
	adjustments []cut
	scores      []int64 // of the block's issues alone
	base        int64
	table       []int64
	low, top    []int64 // of each 64 entries of the table
}

// List visits, in blocks that come in order, every package at which none of the tables in never holds. Each visit
// is about packages of one block that fail the same tests. It ends with the error of a visit, or when ctx
// ends. The tests are at most [sets.Max], and the space has at most 2^62 packages.
func List(ctx context.Context, s *outcome.Space, never []*outcome.Table, tests []Test, visit func(*Part) error) error {
	return newLister(s, never, tests, maxBlock, maxKept).all(ctx, visit)
}

// all visits the parts of every block.
func (l *lister) all(ctx context.Context, visit func(*Part) error) error {
	for more := true; more; more = advance(l.space, l.o[:l.first], 0) {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := l.block(visit); err != nil {
			return err
		}
		l.start += int64(len(l.rows[0].table))
	}
	return nil
}

// advance goes to the next options of issues from first on, and reports whether there are any.
func advance(s *outcome.Space, options outcome.Outcome, first int) bool {
	for i := len(options) - 1; i >= 0; i-- {
		if options[i]++; options[i] < s.Issues[first+i].Options {
			return true
		}
		options[i] = 0
	}
	return false
}

func newLister(s *outcome.Space, never []*outcome.Table, tests []Test, block, kept int) *lister {
	l := &lister{space: s, first: len(s.Issues) - 1, o: make(outcome.Outcome, len(s.Issues)), room: kept}
	length := s.Issues[l.first].Options
	for l.first > 0 && length*s.Issues[l.first-1].Options <= block {
		l.first--
		length *= s.Issues[l.first].Options
	}
	l.full = make([]uint64, (length+63)/64)
	for j := range length {
		l.full[j/64] |= 1 << (j % 64)
	}
	l.never = cuts(never)
	for _, t := range tests {
		l.tests = append(l.tests, question{cuts(t.Tables), t.Floors, l.none(), l.none(), l.none()})
	}
	for p := range s.Parties {
		r := row{of: &s.Parties[p].Row, scores: make([]int64, length)}
		for k := range r.of.Adjustments {
			r.adjustments = append(r.adjustments, cut{table: &r.of.Adjustments[k].When})
		}
		for j := range length {
			for i, option := range l.o[l.first:] {
				r.scores[j] += r.of.Scores[l.first+i][option]
			}
			advance(s, l.o[l.first:], l.first)
		}
		l.rows = append(l.rows, r)
	}
	return l
}

// none returns no places of a block.
func (l *lister) none() []uint64 { return make([]uint64, len(l.full)) }

func cuts(tables []*outcome.Table) []cut {
	var all []cut
	for _, t := range tables {
		all = append(all, cut{table: t})
	}
	return all
}

// key returns a number for the options that a table's issues before the block have, the same for those between
// which it does not tell.
func (l *lister) key(t *outcome.Table) int {
	box, _ := t.Box()
	key := 0
	for k, i := range t.Issues() {
		switch {
		case i >= l.first:
			return key
		case !box:
			key = key*l.space.Issues[i].Options + l.o[i]
		case !t.Within(k, l.o[i]):
			return 1
		}
	}
	return key
}

// move finds where in the block a table holds, and reports whether that may have changed.
func (l *lister) move(c *cut) bool {
	key := l.key(c.table)
	if c.holds != nil && key == c.at {
		return false
	}
	c.at = key
	if c.holds = c.kept[key]; c.holds != nil {
		return true
	}
	c.holds = l.none()
	for j := range len(l.rows[0].scores) {
		if c.table.Holds(l.o) {
			c.holds[j/64] |= 1 << (j % 64)
		}
		advance(l.space, l.o[l.first:], l.first)
	}
	if l.room -= len(c.holds); l.room >= 0 {
		if c.kept == nil {
			c.kept = make(map[int][]uint64)
		}
		c.kept[key] = c.holds
	}
	return true
}

// block splits the present block and visits its parts.
func (l *lister) block(visit func(*Part) error) error {
	left := slices.Clone(l.full)
	for k := range l.never {
		l.move(&l.never[k])
		for w, x := range l.never[k].holds {
			left[w] &^= x
		}
	}
	for p := range l.rows {
		l.rows[p].move(l)
	}
	for k := range l.tests {
		t := &l.tests[k]
		clear(t.failed)
		for at := range t.tables {
			l.move(&t.tables[at])
			for w, x := range t.tables[at].holds {
				t.failed[w] |= x
			}
		}
		for _, p := range t.floors {
			if th := l.space.Parties[p].Threshold; th.Set {
				l.rows[p].below(th.Value, t.failed)
			}
		}
	}
	return l.split(0, &Part{words: left, l: l}, visit)
}

// split visits the parts that tests from k on make of a part.
func (l *lister) split(k int, p *Part, visit func(*Part) error) error {
	var some uint64
	for _, w := range p.words {
		some |= w
	}
	if some == 0 {
		return nil
	}
	if k == len(l.tests) {
		return visit(p)
	}
	t := &l.tests[k]
	fails, passes := Part{p.Failed.With(k), t.fails, l}, Part{p.Failed, t.passes, l}
	for w, x := range t.failed {
		fails.words[w], passes.words[w] = p.words[w]&x, p.words[w]&^x
	}
	if err := l.split(k+1, &passes, visit); err != nil {
		return err
	}
	return l.split(k+1, &fails, visit)
}

// move makes the row ready for the present block.
func (r *row) move(l *lister) {
	r.base = 0
	for i, option := range l.o[:l.first] {
		r.base += r.of.Scores[i][option]
	}
	changed := r.table == nil
	for k := range r.adjustments {
		changed = l.move(&r.adjustments[k]) || changed
	}
	if !changed {
		return
	}
	r.table = append(r.table[:0], r.scores...)
	for k := range r.adjustments {
		add := r.of.Adjustments[k].Add
		for at, w := range r.adjustments[k].holds {
			for ; w != 0; w &= w - 1 {
				r.table[at*64+bits.TrailingZeros64(w)] += add
			}
		}
	}
	r.low, r.top = r.low[:0], r.top[:0]
	for chunk := range slices.Chunk(r.table, 64) {
		r.low, r.top = append(r.low, slices.Min(chunk)), append(r.top, slices.Max(chunk))
	}
}

// below adds the places at which the row has less than a threshold.
func (r *row) below(threshold int64, places []uint64) {
	need, w := threshold-r.base, 0
	for chunk := range slices.Chunk(r.table, 64) {
		var word uint64
		switch {
		case need <= r.low[w]:
		case need > r.top[w]:
			word = ^uint64(0)
		default:
			for _, v := range chunk {
				word = word>>1 | uint64(v-need)&(1<<63) // the sign: neither passes 2^62
			}
		}
		places[w] |= word >> (64 - len(chunk))
		w++
	}
}
