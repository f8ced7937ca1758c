package protocol

import (
	"context"
	"fmt"
	"io"
	"math/bits"
)

// Play drives a machine through one session with a negotiator in every seat, and
// returns how it ended, which is good until the machine's next session. It asks
// one negotiator at a time: of several that are asked at once, the lowest seat
// first. A negotiator that panics has left; one that is an io.Closer is closed at
// the end. watch, which may be nil, is called with the effects of every step and
// the move that led to them; from is -1 where none did.
func Play(m *Machine, negotiators []Negotiator, seed uint64, watch func(from Seat, move *Move, effects []Effect)) (*Result, error) {
	if len(negotiators) != m.Seats() {
		return nil, fmt.Errorf("%s has %d seats: %d negotiators cannot fill them", m.Rules().Name(), m.Seats(), len(negotiators))
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

// CloseAfter closes negotiators that are io.Closers when ctx ends, so that none of
// them keeps a session waiting. What is played after that is worth nothing. Calling stop ends
// this.
func CloseAfter(ctx context.Context, negotiators []Negotiator) (stop func() bool) {
	return context.AfterFunc(ctx, func() { closeAll(negotiators) })
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

// ask asks a negotiator for its move, and says how it failed if it did.
func ask(n Negotiator, v *View) (move Move, failed string) {
	defer func() {
		if p := recover(); p != nil {
			failed = fmt.Sprintf("it panicked: %v", p)
		}
	}()
	return n.Move(v), ""
}
