package study

import (
	"context"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/rehearsal"
)

// A Rehearsal is talks on a case as automated negotiators played them. Main, solved, is what a
// session is compared with; where it cannot be solved within the budget, its verdict is unknown.
type Rehearsal struct {
	*Case
	Played
}

// Played are talks that were played: one session, or many.
type Played struct {
	Setting    *protocol.Setting
	Protocol   string
	Strategies []string // by seat, as they are named on the command line
	Seed       uint64
	// Result and Offers are those of one session; Result is nil where many were played.
	Result *protocol.Result
	Offers []Offer
	// Why holds what the machine said that explains the end: refusals, faults, rounds that
	// did not open, each once.
	Why []string
	// Tally is what came of many sessions, and Firmness what came of the same with other
	// firmness on one side.
	Tally    *rehearsal.Tally
	Firmness []Firmness
}

// An Offer is a package that was put on the table.
type Offer struct {
	Round   int
	Seat    protocol.Seat
	Outcome outcome.Outcome
}

// Firmness says what came of the talks when one party conceded otherwise.
type Firmness struct {
	Party int
	Level string // its strategy
	Tally *rehearsal.Tally
}

// Rehearsal solves the case, so that talks on it can be compared with its solutions.
func (s *Study) Rehearsal(ctx context.Context, opts Options) (*Rehearsal, error) {
	c, err := s.main(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &Rehearsal{Case: c}, nil
}

// maxWhy bounds the explanations that are kept of one session.
const maxWhy = 40

// Watch keeps what a report of one session tells; it is for [protocol.Play].
func (x *Played) Watch(_ protocol.Seat, _ *protocol.Move, effects []protocol.Effect) {
	for i := range effects {
		e := &effects[i]
		why := ""
		switch e.Kind {
		case protocol.Show:
			if m := &e.Message.Move; m.Kind == protocol.Offer || m.Kind == protocol.Draft {
				x.Offers = append(x.Offers, Offer{e.Round, e.Seat, slices.Clone(m.Outcome)})
			}
		case protocol.Refuse:
			why = "a move of " + x.Setting.Name(e.Seat) + " was refused: " + e.Reason
		case protocol.Fault, protocol.Changed, protocol.Agenda:
			why = e.Reason
		case protocol.NotOpened:
			why = "a round did not open: " + e.Reason
		}
		if why != "" && len(x.Why) < maxWhy && !slices.Contains(x.Why, why) {
			x.Why = append(x.Why, why)
		}
	}
}

// A Rehearsed session is one that the brief tells of.
type Rehearsed struct {
	Protocol   string
	Strategies []string // by seat
	Setting    *protocol.Setting
	Freed      bool // the mandates on record were lifted
	Fixed      bool // nothing was left to chance
	Result     protocol.Result
}
