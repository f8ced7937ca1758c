// Package rehearsal plays one session of talks again and again, with other seeds,
// and counts what comes of it: how often there is an agreement, on what, by which
// round, and at what cost talks that fail come.
//
// Everything is counted in whole numbers, and a session's seed is the plan's plus
// the session's number, so that the same plan counts the same on any number of
// cores, and any session can be played alone.
package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A Plan says what is played how often.
type Plan struct {
	Setting *protocol.Setting
	Rules   protocol.Rules
	Makers  []protocol.Maker // by seat
	Seed    uint64           // of the first session; session k, from 0, has Seed + k
	// Sessions is how many are played, at most [MaxSessions].
	Sessions int
	// Workers is how many play at once; 0 is one a core. It changes nothing in the result.
	Workers int
	// Progress is told now and then, from one goroutine at a time, the share of the
	// sessions that were played. It may be nil.
	Progress func(done float64)
}

// Limits of a plan. Sessions are played, and kept when the work is interrupted, a
// block at a time.
const (
	MaxSessions = 10_000_000
	blockSize   = 250
)

// An End is one way in which a session can end.
type End struct {
	Ended protocol.Ending
	Round int
	// Package is what was agreed, or agreed at the table and refused at home, its options
	// packed so that ends can be compared: see Outcome. It is empty without one.
	Package string
	// By is the seat that walked out, -1 for nobody; Refusers are the parties whose people
	// refused, bit i for party i.
	By       protocol.Seat
	Refusers uint64
}

// A Tally is what came of the sessions played.
type Tally struct {
	Asked    int // sessions that were asked for
	Sessions int // played
	// Fixed says that nothing in the plan is left to chance: one session was played, and
	// every other would be the same.
	Fixed  bool
	Ends   map[End]int // how often each
	blocks map[int]bool
}

// NewTally returns one of nothing.
func NewTally() *Tally { return &Tally{Ends: map[End]int{}, blocks: map[int]bool{}} }

// Play plays the sessions that are not in the tally yet, and adds them to it. Where the first
// session draws nothing by chance, it is the only one that is played. When
// ctx ends it returns early with ctx's error, and the tally holds what was done.
func (p *Plan) Play(ctx context.Context, t *Tally) error {
	if p.Sessions < 1 || p.Sessions > MaxSessions {
		return fmt.Errorf("%d sessions: ask for 1 to %d", p.Sessions, MaxSessions)
	}
	t.Asked = p.Sessions
	if len(t.blocks) == 0 {
		if done, err := p.fixed(ctx, t); done || err != nil {
			return err
		}
	}
	workers := p.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var todo []int
	for b := range (p.Sessions + blockSize - 1) / blockSize {
		if !t.blocks[b] {
			todo = append(todo, b)
		}
	}
	var (
		next atomic.Int64
		mu   sync.Mutex
		wg   sync.WaitGroup
		errs []error
	)
	for range min(workers, len(todo)) {
		m, err := protocol.New(p.Setting, p.Rules)
		if err != nil {
			return err
		}
		wg.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(todo) {
					return
				}
				ends, err := p.block(ctx, m, todo[k])
				mu.Lock()
				if err != nil {
					errs = append(errs, err)
					mu.Unlock()
					return
				}
				if ends != nil {
					t.add(p, todo[k], ends)
					if p.Progress != nil {
						p.Progress(float64(t.Sessions) / float64(p.Sessions))
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// fixed plays the first session where it may be the only one, and reports whether it is.
func (p *Plan) fixed(ctx context.Context, t *Tally) (bool, error) {
	m, err := protocol.New(p.Setting, p.Rules)
	if err != nil {
		return false, err
	}
	session := m.Sit(p.Makers, p.Seed)
	if !session.Fixed() {
		session.Close()
		return false, nil
	}
	r, err := session.Play(ctx, nil)
	if err := cmp.Or(ctx.Err(), err); err != nil {
		return false, err
	}
	if t.Fixed = session.Fixed(); t.Fixed {
		t.Sessions = 1
		t.Ends[endOf(r)]++
	}
	return t.Fixed, nil
}

// block plays a block of sessions; nil when ctx ended before they were over.
func (p *Plan) block(ctx context.Context, m *protocol.Machine, block int) (map[End]int, error) {
	ends := map[End]int{}
	for k := block * blockSize; k < min(p.Sessions, (block+1)*blockSize); k++ {
		if ctx.Err() != nil {
			return nil, nil
		}
		r, err := m.Sit(p.Makers, p.Seed+uint64(k)).Play(ctx, nil)
		if ctx.Err() != nil {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		ends[endOf(r)]++
	}
	return ends, nil
}

func endOf(r *protocol.Result) End {
	e := End{Ended: r.Ended, Round: r.Rounds, By: r.By, Refusers: r.Refusers}
	if o := r.Agreement; o != nil {
		e.Package = pack(o)
	} else if r.Refused != nil {
		e.Package = pack(r.Refused)
	}
	return e
}

func (t *Tally) add(p *Plan, block int, ends map[End]int) {
	t.blocks[block] = true
	t.Sessions += min(p.Sessions, (block+1)*blockSize) - block*blockSize
	for e, n := range ends {
		t.Ends[e] += n
	}
}

// pack writes an outcome as a key, three bytes an option.
func pack(o outcome.Outcome) string {
	b := make([]byte, 0, 3*len(o))
	for _, k := range o {
		b = append(b, byte(k>>16), byte(k>>8), byte(k))
	}
	return string(b)
}

// Outcome returns what the end's package is; nil without one.
func (e *End) Outcome() outcome.Outcome {
	if e.Package == "" {
		return nil
	}
	o := make(outcome.Outcome, len(e.Package)/3)
	for i := range o {
		o[i] = int(e.Package[3*i])<<16 | int(e.Package[3*i+1])<<8 | int(e.Package[3*i+2])
	}
	return o
}

// sorted returns the ends in a fixed order.
func (t *Tally) sorted() []End {
	return slices.SortedFunc(maps.Keys(t.Ends), func(a, b End) int {
		return cmp.Or(cmp.Compare(a.Ended, b.Ended), cmp.Compare(a.Package, b.Package),
			cmp.Compare(a.Round, b.Round), cmp.Compare(a.By, b.By), cmp.Compare(a.Refusers, b.Refusers))
	})
}

// Count returns how many sessions ended that way.
func (t *Tally) Count(how protocol.Ending) int {
	n := 0
	for e, k := range t.Ends {
		if e.Ended == how {
			n += k
		}
	}
	return n
}

// A Package is an agreement with how often it was reached.
type Package struct {
	Outcome  outcome.Outcome
	Sessions int
}

// Packages returns what was agreed, the most frequent first, equals in the order of
// issues and options.
func (t *Tally) Packages() []Package {
	counts := map[string]int{}
	for e, n := range t.Ends {
		if e.Ended == protocol.Agreed {
			counts[e.Package] += n
		}
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b))
	})
	var all []Package
	for _, k := range keys {
		e := End{Package: k}
		all = append(all, Package{e.Outcome(), counts[k]})
	}
	return all
}

// ByRound returns, by round from 1 to the last in which something was agreed, how
// many sessions had an agreement by then.
func (t *Tally) ByRound() []int {
	last := 0
	for e := range t.Ends {
		if e.Ended == protocol.Agreed {
			last = max(last, e.Round)
		}
	}
	by := make([]int, last)
	for e, n := range t.Ends {
		if e.Ended == protocol.Agreed {
			by[e.Round-1] += n
		}
	}
	for i := 1; i < len(by); i++ {
		by[i] += by[i-1]
	}
	return by
}

// A Worth is what sessions were worth to a party, in points.
type Worth struct {
	Agreed float64 // mean worth of an agreement, without discount; 0 without any
	All    float64 // mean over all sessions, discounted, a session without an agreement counting with the no-deal value
	NoDeal float64 // what the party has without an agreement; 0 where it has no no-deal value
}

// Worth returns what the sessions were worth to each party.
func (t *Tally) Worth(s *protocol.Setting) []Worth {
	all := make([]Worth, len(s.Space.Parties))
	for p := range all {
		row := &s.Space.Parties[p].Row
		w := &all[p]
		if row.Threshold.Set {
			w.NoDeal = float64(row.Threshold.Value) / float64(row.Units())
		}
		agreed := 0
		for _, e := range t.sorted() {
			n := t.Ends[e]
			if e.Ended != protocol.Agreed {
				w.All += float64(w.NoDeal * float64(n))
				continue
			}
			u := float64(row.Value(e.Outcome())) / float64(row.Units())
			agreed += n
			w.Agreed += float64(u * float64(n))
			w.All += float64(s.Discounted(p, u, e.Round) * float64(n))
		}
		if agreed > 0 {
			w.Agreed /= float64(agreed)
		}
		if t.Sessions > 0 {
			w.All /= float64(t.Sessions)
		}
	}
	return all
}
