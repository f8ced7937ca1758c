package study

import (
	"context"
	"errors"
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

// Rehearsal solves the case, so that talks at the table can be compared with its solutions; what comes of them is
// then filled in.
func (s *Study) Rehearsal(ctx context.Context, t *Table, opts Options) (*Rehearsal, error) {
	c, err := s.main(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &Rehearsal{c, Played{Setting: t.Setting, Protocol: t.Protocol, Strategies: t.Specs, Seed: t.Seed}}, nil
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

// rehearsed plays every protocol once with its default strategies and, where mandates bind, again without
// them. A protocol that the case does not allow, or that a party cannot play, is left out.
func (s *Study) rehearsed(ctx context.Context, opts Options) ([]Rehearsed, error) {
	var all []Rehearsed
	var names, freed []string
	bound := false
	for id, p := range s.File.Case.Parties.All() {
		bound = bound || p.Mandate != nil && p.Mandate.Only != ""
		names, freed = append(names, s.File.Case.ActorName(string(id))), append(freed, "1:"+string(id)+":")
	}
	for _, amend := range [][]string{nil, freed} {
		if amend != nil && !bound {
			break
		}
		for i := range Protocols {
			x, err := s.playedOnce(ctx, Protocols[i].Name, amend, names)
			var unfit *UnfitError
			if errors.As(err, &unfit) {
				continue
			}
			if err != nil {
				return nil, err
			}
			all = append(all, *x)
			if opts.Progress != nil {
				opts.Progress(float64(i+1) / float64(len(Protocols)))
			}
		}
	}
	return all, nil
}

// playedOnce plays a protocol with its default strategies.
func (s *Study) playedOnce(ctx context.Context, name string, amend, names []string) (*Rehearsed, error) {
	talks := DefaultTalks()
	talks.Protocol, talks.Amend = name, amend
	t, err := s.Table(talks)
	if err != nil {
		return nil, err
	}
	t.Setting.Names = names
	m, makers, err := t.Machine()
	if err != nil {
		return nil, err
	}
	session := m.Sit(makers, t.Seed)
	result, err := session.Play(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &Rehearsed{Protocol: name, Strategies: t.Specs, Setting: t.Setting, Freed: amend != nil, Fixed: session.Fixed(), Result: *result}, nil
}
