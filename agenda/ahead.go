package agenda

import (
	"fmt"
	"math/bits"
	"slices"
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
	shift   []int    // by issue, where its option stands in a code; issue 0 highest
	mask    []uint64 // by issue, the bits of its option before they are shifted; 0 where it is held
	codes   []uint64 // by outcome
	u       []int64  // parties entries an outcome
	all     []int32  // every outcome
}

func (z *farZone) at(k int32) []int64 { return z.u[int(k)*z.parties : (int(k)+1)*z.parties] }

func (z *farZone) option(k int32, i int) int { return int(z.codes[k] >> z.shift[i] & z.mask[i]) }

// code returns where a code tells the options of issues, and how it tells those of o.
func (z *farZone) code(issues []int, o outcome.Outcome) (mask, want uint64) {
	for _, i := range issues {
		mask |= z.mask[i] << z.shift[i]
		want |= uint64(o[i]) & z.mask[i] << z.shift[i]
	}
	return mask, want
}

// narrow returns those of the outcomes that have the options of o on some issues. What it writes
// on is as long as reach at least.
func (z *farZone) narrow(on, reach []int32, issues []int, o outcome.Outcome) []int32 {
	mask, want := z.code(issues, o)
	if mask == 0 {
		return reach
	}
	n := 0
	for _, k := range reach {
		on[n] = k
		d := z.codes[k]&mask ^ want
		n += int((d - 1) >> 63) // 1 where there is no difference: a code has 63 bits
	}
	return slices.Clone(on[:n])
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
	z.all = t.g.NashOrder(all.u, all.codes)
	z.codes, z.u = make([]uint64, len(z.all)), make([]int64, 0, len(all.u))
	for at, k := range z.all {
		z.codes[at] = all.codes[k]
		z.u = append(z.u, all.u[int(k)*z.parties:(int(k)+1)*z.parties]...)
		z.all[at] = int32(at)
	}
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
