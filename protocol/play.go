package protocol

import (
	"fmt"
	"math/bits"
)

// Play drives a machine through one session with a negotiator in every seat, and
// returns how it ended, which is good until the machine's next session. It asks
// one negotiator at a time: of several that are asked at once, the lowest seat
// first. A negotiator that panics has left. watch, which may be nil, is called
// with the effects of every step and the move that led to them; from is -1 where
// none did.
func Play(m *Machine, negotiators []Negotiator, seed uint64, watch func(from Seat, move *Move, effects []Effect)) (*Result, error) {
	if len(negotiators) != m.Seats() {
		return nil, fmt.Errorf("%s has %d seats: %d negotiators cannot fill them", m.Rules().Name(), m.Seats(), len(negotiators))
	}
	if watch == nil {
		watch = func(Seat, *Move, []Effect) {}
	}
	watch(-1, nil, m.Start(seed))
	for !m.Over() {
		asked := m.Asked()
		if asked == 0 {
			watch(-1, nil, m.TimeOut())
			continue
		}
		seat := Seat(bits.TrailingZeros64(asked))
		var failed string
		m.made, failed = ask(negotiators[seat], m.View(seat))
		if failed != "" {
			watch(seat, nil, m.Fail(seat, failed))
			continue
		}
		watch(seat, &m.made, m.Step(seat, m.made))
	}
	return m.Result(), nil
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
