package protocol

import (
	"context"
	"fmt"
	"io"
	"math/bits"
	"slices"
)

// Play drives a machine through one session with a negotiator in every seat, and
// returns how it ended, which is good until the machine's next session. It asks
// one negotiator at a time: of several that are asked at once, the lowest seat
// first. A negotiator that panics has left; one that is an io.Closer is closed at
// the end. watch, which may be nil, is called with the effects of every step and
// the move that led to them; from is -1 where none did.
func Play(m *Machine, negotiators []Negotiator, seed uint64, watch func(from Seat, move *Move, effects []Effect)) (*Result, error) {
	if len(negotiators) != m.Seats() {
		return nil, fmt.Errorf("%s has %d seats: %d negotiators cannot fill them", m.table.rules.Name(), m.Seats(), len(negotiators))
	}
	t := &m.table
	t.mute = watch == nil
	defer func() {
		t.mute = false
		closeAll(negotiators)
	}()
	effects := m.Start(seed)
	if watch != nil {
		watch(-1, nil, effects)
	}
	for !t.over {
		if seat, failed := m.run(negotiators, watch); failed != "" {
			effects := m.Fail(seat, failed)
			if watch != nil {
				watch(seat, nil, effects)
			}
		}
	}
	return m.Result(), nil
}

// A Maker makes the participant in a seat for one session: seed is that of its own
// chance. It may be called from many goroutines. A negotiator with a method Drew() bool says
// whether any of its moves so far depended on the seed; one without it is taken to depend on it.
type Maker func(seed uint64) Negotiator

// A Session is one session on a machine: a negotiator in every seat, and the seed that decides
// all chance, theirs and the machine's.
type Session struct {
	Machine     *Machine
	Seed        uint64
	Negotiators []Negotiator // by seat
}

// Sit has the makers, one a seat, make the negotiators for the session of the seed. Where
// a maker is nil, nobody sits.
func (m *Machine) Sit(makers []Maker, seed uint64) Session {
	s := Session{m, seed, make([]Negotiator, len(makers))}
	for seat, maker := range makers {
		if maker != nil {
			s.Negotiators[seat] = maker(m.Self(Seat(seat), seed).Seed)
		}
	}
	return s
}

// Play plays the session as [Play] does. When ctx ends first, negotiators that are
// io.Closers are closed, so that none keeps it waiting, and it returns ctx's error.
func (s Session) Play(ctx context.Context, watch func(from Seat, move *Move, effects []Effect)) (*Result, error) {
	stop := context.AfterFunc(ctx, s.Close)
	r, err := Play(s.Machine, s.Negotiators, s.Seed, watch)
	if !stop() {
		return nil, ctx.Err()
	}
	return r, err
}

// Close closes negotiators that are io.Closers, of a session that is not played.
func (s Session) Close() { closeAll(s.Negotiators) }

// Fixed reports whether the negotiators, before or after they have played, have drawn nothing by
// chance, and neither does the machine: then any other seed gives the same session.
func (s Session) Fixed() bool {
	return s.Machine.Setting().Breakdown == 0 && !slices.ContainsFunc(s.Negotiators, func(n Negotiator) bool {
		d, ok := n.(interface{ Drew() bool })
		return !ok || d.Drew()
	})
}

func closeAll(negotiators []Negotiator) {
	for _, n := range negotiators {
		if c, ok := n.(io.Closer); ok {
			c.Close()
		}
	}
}

// run goes on until the session is over or a negotiator panics, and then says whose
// and how.
func (m *Machine) run(negotiators []Negotiator, watch func(Seat, *Move, []Effect)) (seat Seat, failed string) {
	asking := false
	defer func() {
		if !asking {
			return // a panic of the machine or of watch is not the negotiator's
		}
		if p := recover(); p != nil {
			failed = fmt.Sprintf("it panicked: %v", p)
		}
	}()
	t := &m.table
	for !t.over {
		if t.waiting == 0 {
			effects := m.TimeOut()
			if watch != nil {
				watch(-1, nil, effects)
			}
			continue
		}
		seat = Seat(bits.TrailingZeros64(t.waiting))
		v := m.View(seat)
		asking = true
		t.move = negotiators[seat].Move(v)
		asking = false
		if watch == nil {
			t.made(seat)
			continue
		}
		move := t.move
		t.made(seat)
		watch(seat, &move, t.effects)
	}
	return seat, ""
}
