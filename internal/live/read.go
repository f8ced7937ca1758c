package live

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/goodoffices/goodoffices/outcome"
)

// chunk is the number of packages that a goroutine takes at a time.
const chunk = 1 << 16

// A reader reads the blocks of a listing, on a goroutine of its own.
type reader struct {
	space  *outcome.Space // with the thresholds to read by
	lister *outcome.Lister
	cursor *outcome.Cursor
	all    []uint64   // the places in use
	home   []uint64   // what of the block is carried at home
	each   [][]uint64 // scratch, by name of a rule
	yes    []uint64   // likewise
}

func newReader(s *outcome.Space, l *outcome.Lister) *reader {
	n, last := l.Places()
	r := &reader{space: s, lister: l, cursor: l.Cursor(), all: make([]uint64, n), home: make([]uint64, n), yes: make([]uint64, 64)}
	for i := range r.all {
		r.all[i] = ^uint64(0)
	}
	r.all[n-1] = last
	for range r.yes {
		r.each = append(r.each, make([]uint64, n))
	}
	return r
}

// read visits every block of a listing, on several goroutines, each with a reader and a
// visit of its own, which start makes.
func read(ctx context.Context, s *outcome.Space, l *outcome.Lister, start func(*reader) (visit func() error)) error {
	step := max(1, chunk/int64(l.Len()))
	var next atomic.Int64
	workers := min(int64(runtime.GOMAXPROCS(0)), (l.Blocks()+step-1)/step)
	return share(ctx, int(workers), func() func() (bool, error) {
		r := newReader(s, l)
		visit := start(r)
		return func() (bool, error) {
			from := next.Add(step) - step
			to := min(from+step, l.Blocks())
			for k := from; k < to; k++ {
				r.cursor.MoveTo(k)
				if err := visit(); err != nil {
					return false, err
				}
			}
			return from < to, nil
		}
	})
}

// share runs workers that start makes, one after the other, until each reports that no
// more is to be done, one fails or ctx ends.
func share(ctx context.Context, workers int, start func() (work func() (more bool, err error))) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for range workers {
		work := start()
		group.Go(func() {
			for more := true; more && ctx.Err() == nil; {
				var err error
				if more, err = work(); err != nil {
					cancel(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// meets narrows words to the places where row r's utility meets a threshold.
func (r *reader) meets(row int, t outcome.Threshold, words []uint64) {
	base, table, low, top := r.cursor.Values(row)
	switch need := t.Value - base; {
	case !t.Set || need <= low:
	case need > top:
		clear(words)
	default:
		for i := range words {
			if words[i] != 0 {
				words[i] &= reaching(table[i*64:min(i*64+64, len(table))], need)
			}
		}
	}
}

// reaching returns the places, at most 64, at which the table is at least need.
func reaching(table []int64, need int64) uint64 {
	var below uint64
	for j := len(table) - 1; j >= 0; j-- {
		below = below<<1 | uint64(table[j]-need)>>63
	}
	return ^below
}

// carried sets r.home to the outcomes of the block that every party can carry at home.
func (r *reader) carried() {
	copy(r.home, r.all)
	for p := range r.space.Parties {
		party := &r.space.Parties[p]
		n := len(party.Constituencies)
		if n == 0 {
			continue
		}
		for c := range n {
			copy(r.each[c], r.all)
			r.meets(r.lister.Row(p)+1+c, party.Constituencies[c].Threshold, r.each[c])
		}
		r.hold(party.Ratification, n, r.home)
	}
}

// hold narrows words to where a rule holds over the answers of its n names in r.each.
func (r *reader) hold(rule outcome.Rule, n int, words []uint64) {
	for i := range words {
		for k := range n {
			r.yes[k] = r.each[k][i]
		}
		words[i] &= rule.HoldsEach(r.yes[:n])
	}
}

// broken returns the outcomes of the block that break a condition, nil for none.
func (r *reader) broken(at place) []uint64 {
	if at.party < 0 {
		return r.cursor.Excluding(at.k)
	}
	return r.cursor.RedLine(at.party, at.k)
}
