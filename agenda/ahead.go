package agenda

import (
	"fmt"
	"math/bits"
	"sync"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// An Ahead holds what far-sighted parties look ahead at: the outcomes of a space's zone that every
// party accepts. The zero value is ready to use. What the first call finds that asks for it, later
// ones about the same space and its analysis take over.
type Ahead struct {
	mu    sync.Mutex
	tried bool
	zone  *farZone
}

// A farZone holds the outcomes of the zone that every party accepts, the first by the Nash rule
// first, then the first in order. It may be of fewer issues, the others held where they are.
type farZone struct {
	parties int
	shift   []int        // by issue, where its option stands in a code; issue 0 highest
	mask    []uint64     // by issue, the bits of its option before they are shifted; 0 where it is held
	codes   []uint64     // by outcome
	u       []int64      // parties entries an outcome
	has     [][][]uint64 // by issue and option that is left, a bit for each outcome that has it; nil for an issue that is not indexed
	all     reach
}

// A reach is a set of a zone's outcomes: by 64 of them of which some are in it, which and where.
type reach struct {
	bits []uint64
	at   []int32
}

// first returns the first outcome of a reach that is not empty.
func (r *reach) first() int32 { return r.at[0]<<6 | int32(bits.TrailingZeros64(r.bits[0])) }

// list appends the outcomes of a reach, in order.
func (r *reach) list(to []int32) []int32 {
	for k, word := range r.bits {
		for ; word != 0; word &= word - 1 {
			to = append(to, r.at[k]<<6|int32(bits.TrailingZeros64(word)))
		}
	}
	return to
}

func (z *farZone) utilities(k int32) []int64 { return z.u[int(k)*z.parties : (int(k)+1)*z.parties] }

func (z *farZone) option(k int32, i int) int { return int(z.codes[k] >> z.shift[i] & z.mask[i]) }

// narrow returns those of the outcomes that have the options of o on some issues, in memory that
// follows what is in use of on.
func (z *farZone) narrow(on *reach, from reach, issues []int, o outcome.Outcome) reach {
	n := len(from.at)
	if room := cap(on.at) - len(on.at); room < n {
		room = max(n, 2*cap(on.at))
		*on = reach{make([]uint64, 0, room), make([]int32, 0, room)}
	}
	used := len(on.at)
	to := reach{on.bits[used : used+n], on.at[used : used+n]}
	for _, i := range issues {
		var has []uint64
		if z.has[i] != nil {
			has = z.has[i][uint64(o[i])&z.mask[i]]
		}
		n := 0
		for k, at := range from.at {
			word := from.bits[k]
			if has != nil {
				word &= has[at]
			} else {
				word = z.with(word, at, i, o[i])
			}
			to.at[n], to.bits[n] = at, word
			n += int((word | -word) >> 63) // 1 where a bit is set
		}
		from = reach{to.bits[:n], to.at[:n]}
	}
	on.bits, on.at = on.bits[:used+len(from.at)], on.at[:used+len(from.at)]
	return from
}

// with returns those outcomes of a word that have an option.
func (z *farZone) with(word uint64, at int32, issue, option int) (has uint64) {
	for ; word != 0; word &= word - 1 {
		if bit := bits.TrailingZeros64(word); z.option(at<<6|int32(bit), issue) == option {
			has |= 1 << bit
		}
	}
	return has
}

// maxIndexed is the number of options up to which an issue is indexed: up to it that takes no more
// memory than a number for each outcome.
const maxIndexed = 32

// index lays out the bits of every option.
func (z *farZone) index(options [][]int) {
	words := (len(z.codes) + 63) / 64
	for w := range words {
		z.all.at = append(z.all.at, int32(w))
		z.all.bits = append(z.all.bits, ^uint64(0)>>max(0, 64*(w+1)-len(z.codes)))
	}
	for i, list := range options {
		switch {
		case z.mask[i] == 0:
			z.has = append(z.has, [][]uint64{z.all.bits})
			continue
		case len(list) > maxIndexed:
			z.has = append(z.has, nil)
			continue
		}
		has := make([][]uint64, len(list))
		for o := range has {
			has[o] = make([]uint64, words)
		}
		for k, code := range z.codes {
			has[code>>z.shift[i]&z.mask[i]][k>>6] |= 1 << (k & 63)
		}
		z.has = append(z.has, has)
	}
}

// ahead returns the zone of the space with only the issues of a table open, those held or not: of
// all issues, where that is at hand or soon found.
func (t *agendaTask) ahead(table []int) (*farZone, error) {
	s, options, err := t.held(table)
	if err != nil {
		return nil, err
	}
	if a := t.opt.Ahead; a != nil && (visit.Size(s) == visit.Size(t.s) || visit.Work(t.s) < budget.Quick) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if !a.tried {
			s, options, err := t.held(pareto.Places(len(t.s.Issues)))
			if err != nil {
				return nil, err
			}
			a.tried = true
			a.zone, _ = t.zone(s, options)
		}
		if a.zone != nil {
			return a.zone, nil
		}
	}
	return t.zone(s, options)
}

// zone gathers the zone of a restricted space.
func (t *agendaTask) zone(s *outcome.Space, options [][]int) (*farZone, error) {
	z := &farZone{parties: len(s.Parties), shift: make([]int, len(options)), mask: make([]uint64, len(options))}
	width := 0
	for i := len(options) - 1; i >= 0; i-- {
		n := bits.Len(uint(len(options[i]) - 1))
		z.shift[i], z.mask[i] = min(width, 63), 1<<n-1
		width += n
	}
	if _, ok := s.Count(); !ok || width > 63 || visit.Work(s) > float64(t.opt.Time.Nanoseconds()) {
		return nil, fmt.Errorf("%v packages are too many to list, and looking ahead needs every one that all could accept", s.Size())
	}
	sc, err := visit.New(s)
	if err != nil {
		return nil, err
	}
	sc.Inside = true
	parts := newParts(sc.Lister, s.Issues, func(i, o int) uint64 { return uint64(o) << z.shift[i] })
	most := int(min(maxFarZone, t.opt.Memory/int64(4*len(s.Issues)+8*z.parties+64)))
	lists, err := visit.Each(t.ctx, sc, nil, func(*visit.Scanner) *farList { return &farList{parts: parts} }, func(w *visit.Scanner, f *farList) error {
		if f.block(w); len(f.codes) > most {
			return budget.TooMuch("more than %d packages are in the zone, and looking ahead keeps them all", most)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := lists[0]
	for _, f := range lists[1:] {
		all.codes, all.u = append(all.codes, f.codes...), append(all.u, f.u...)
	}
	if len(all.codes) > most {
		return nil, fmt.Errorf("more than %d packages are in the zone, and looking ahead keeps them all", most)
	}
	z.codes, z.u = make([]uint64, 0, len(all.codes)), make([]int64, 0, len(all.u))
	for _, k := range t.g.NashOrder(all.u, all.codes) {
		z.codes = append(z.codes, all.codes[k])
		z.u = append(z.u, all.u[int(k)*z.parties:(int(k)+1)*z.parties]...)
	}
	z.index(options)
	return z, nil
}

// A farList is what one goroutine has gathered of a zone.
type farList struct {
	*parts
	codes []uint64
	u     []int64
}

// block adds what every party accepts of the block's zone.
func (f *farList) block(w *visit.Scanner) {
	if w.Hopeless() || !w.Admitted() {
		return
	}
	w.Values()
	if !w.InZone() {
		return
	}
	outer := f.outer(w)
	for i, word := range w.Words {
		if w.Agreed {
			for p := range w.Each {
				word &= w.Each[p][i]
			}
		}
		for ; word != 0; word &= word - 1 {
			j := i<<6 | bits.TrailingZeros64(word)
			f.codes = append(f.codes, outer|f.inner[j])
			for p := range w.Bases {
				f.u = append(f.u, w.Bases[p]+w.Tables[p][j])
			}
		}
	}
}

// Parts say something of every outcome in bits that each issue sets by itself: those of the issues
// that vary within a block once for all blocks, the others once for each.
type parts struct {
	of    func(issue, option int) uint64
	inner []uint64 // by place in the block
	loose []int    // the issues that do not vary within it
}

func newParts(l *outcome.Lister, issues []outcome.Issue, of func(issue, option int) uint64) *parts {
	varies := make([]bool, len(issues))
	outcomes := make([]outcome.Outcome, l.Len())
	for j, rank := range l.Ranks() {
		outcomes[j] = l.Outcome(rank)
		for i, o := range outcomes[j] {
			varies[i] = varies[i] || o > 0
		}
	}
	p := &parts{of: of, inner: make([]uint64, l.Len())}
	for i := range issues {
		if !varies[i] {
			p.loose = append(p.loose, i)
			continue
		}
		for j, o := range outcomes {
			p.inner[j] |= of(i, o[i])
		}
	}
	return p
}

// outer returns the bits of the issues that do not vary within the block on which w stands.
func (p *parts) outer(w *visit.Scanner) (bits uint64) {
	o := w.Lister.Outcome(w.Cursor.Rank(0))
	for _, i := range p.loose {
		bits |= p.of(i, o[i])
	}
	return bits
}
