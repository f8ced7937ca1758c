package protocol

import (
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Setting is who sits at the table, what may be agreed, and what binds whom. It
// is only read, and may serve many machines at once.
type Setting struct {
	// Space holds what may be agreed and what it is worth to whom. An offer outside its
	// requirements is refused; its consent rule decides what makes an agreement, and
	// its ratification rules run over the result.
	Space *outcome.Space
	// Options names the options, by issue, for transcripts and refusals; nil: by their
	// position from 0.
	Options [][]string
	// Names are the parties' names in what the machine says; nil: their ids. Transcripts need
	// the ids.
	Names []string
	// Mediator is the mediator's name; empty means "mediator". Only protocols with a
	// mediator seat one.
	Mediator string
	// StatusQuo is the option in force today, by issue, -1 where there is none; nil: nowhere.
	StatusQuo []int
	// Outside holds, by party, what its negotiators may not agree to; nil: nobody is
	// bound. The zero Table binds to nothing.
	Outside []outcome.Table
	// Preconditions gate every round: while one is unmet, no round opens.
	Preconditions []Precondition
	// Discounts are, by party, the factor above 0 and at most 1 by which the worth of an
	// agreement falls; nil: no discount. What a party has without one is not discounted.
	Discounts []float64
	// DiscountBy says what one step of the discount is.
	DiscountBy DiscountBy
	// Rounds is the deadline, the number of rounds that may be held; 0 is as many as
	// can be, at most [MaxRounds].
	Rounds int
	// Clock says what View.Time counts.
	Clock Clock
	// Breakdown is the chance, from 0 to 1, that the talks break down after a round that
	// ended without an agreement (Binmore, Rubinstein and Wolinsky 1986).
	Breakdown float64
	// Events come from outside while the talks go on, in the order of their rounds.
	Events []Event
	// Patience is the number of refused moves after which a turn counts as silence; 0 is 3.
	Patience int
	// Silences is the number of a seat's turns in a row that may pass in silence; one more,
	// and it has left. 0 is 3.
	Silences int
}

// Limits of a session, which keep what its participants were shown within memory.
const (
	MaxRounds = 100_000 // rounds
	maxTurns  = 1 << 20 // rounds times seats
)

// A Precondition is what a party wants fulfilled before it talks.
type Precondition struct {
	ID    string // "iran.free_of_threats"
	Text  string
	Unmet bool // when the talks begin
}

// DiscountBy says what one step of a discount is.
type DiscountBy uint8

// Steps of a discount d for an agreement in round r of n.
const (
	PerRound   DiscountBy = iota // d to the power r-1
	PerSession                   // d to the power (r-1)/n
)

// A Clock says what View.Time counts in round r of n.
type Clock uint8

// Clocks.
const (
	Elapsed  Clock = iota // (r-1)/n: the share of the rounds that are over
	Counting              // r/(n+1): as GENIUS and NegMAS count rounds
)

// An EventKind says what happens outside the table.
type EventKind uint8

// Kinds of events.
const (
	Amend  EventKind = iota // a principal gives its negotiators another mandate
	Meet                    // a precondition is met
	Unmeet                  // a precondition is no longer met
)

// An Event happens before a round opens.
type Event struct {
	Round        int // from 1
	Kind         EventKind
	Party        Seat          // of Amend
	Outside      outcome.Table // of Amend: what may not be agreed to from now on
	Precondition string        // of Meet and Unmeet
	Text         string        // for the record
}

// Check reports every way in which the setting is malformed.
func (s *Setting) Check() error {
	if s.Space == nil {
		return errors.New("a setting needs a space")
	}
	if err := s.Space.Check(); err != nil {
		return err
	}
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	issues, parties := s.Space.Issues, s.Space.Parties
	if s.Options != nil {
		if len(s.Options) != len(issues) {
			fail("names for the options of %d issues of %d", len(s.Options), len(issues))
		} else {
			for i, names := range s.Options {
				if len(names) != issues[i].Options {
					fail("%d names for the %d options of %s", len(names), issues[i].Options, issues[i].ID)
				}
			}
		}
	}
	if s.StatusQuo != nil {
		if len(s.StatusQuo) != len(issues) {
			fail("a status quo of %d issues of %d", len(s.StatusQuo), len(issues))
		} else {
			for i, o := range s.StatusQuo {
				if o < -1 || o >= issues[i].Options {
					fail("the status quo of %s is option %d of %d", issues[i].ID, o, issues[i].Options)
				}
			}
		}
	}
	if s.Outside != nil && len(s.Outside) != len(parties) {
		fail("mandates for %d parties of %d", len(s.Outside), len(parties))
	}
	for p := range s.Outside {
		if !fits(&s.Outside[p], issues) {
			fail("the mandate of party %d does not fit the issues", p+1)
		}
	}
	return errors.Join(append(errs, s.checkParties(), s.checkEvents())...)
}

// checkParties reports what is wrong with what is said of parties and with the session's numbers.
func (s *Setting) checkParties() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	parties := s.Space.Parties
	if s.Names != nil && len(s.Names) != len(parties) {
		fail("names for %d parties of %d", len(s.Names), len(parties))
	}
	if s.Discounts != nil && len(s.Discounts) != len(parties) {
		fail("discounts for %d parties of %d", len(s.Discounts), len(parties))
	}
	for p, d := range s.Discounts {
		if !(d > 0 && d <= 1) {
			fail("the discount of party %d is %v: it must be above 0 and at most 1", p+1, d)
		}
	}
	if s.Rounds < 0 || s.Rounds > MaxRounds {
		fail("%d rounds: a session has from 1 to %d, or 0 for no deadline of its own", s.Rounds, MaxRounds)
	}
	if !(s.Breakdown >= 0 && s.Breakdown <= 1) {
		fail("a chance of breakdown of %v: it must be from 0 to 1", s.Breakdown)
	}
	if s.Patience < 0 || s.Silences < 0 {
		fail("patience and silences must not be below 0")
	}
	return errors.Join(errs...)
}

// checkEvents reports what is wrong with preconditions and events.
func (s *Setting) checkEvents() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	issues, parties := s.Space.Issues, s.Space.Parties
	known := map[string]bool{}
	for _, p := range s.Preconditions {
		if known[p.ID] {
			fail("precondition %s stands there twice", p.ID)
		}
		known[p.ID] = true
	}
	round := 1
	for _, e := range s.Events {
		switch {
		case e.Round < round:
			fail("events must come in the order of their rounds, from 1: round %d comes after %d", e.Round, round)
		case e.Kind == Amend && (e.Party < 0 || int(e.Party) >= len(parties)):
			fail("the event of round %d amends the mandate of party %d of %d", e.Round, e.Party+1, len(parties))
		case e.Kind == Amend && !fits(&e.Outside, issues):
			fail("the mandate amended in round %d does not fit the issues", e.Round)
		case e.Kind > Unmeet:
			fail("the event of round %d is of no known kind", e.Round)
		case e.Kind != Amend && !known[e.Precondition]:
			fail("the event of round %d names the unknown precondition %q", e.Round, e.Precondition)
		}
		round = max(round, e.Round)
	}
	return errors.Join(errs...)
}

// fits reports whether a table is one over these issues.
func fits(t *outcome.Table, issues []outcome.Issue) bool {
	at := t.Issues()
	if len(at) == 0 {
		return true
	}
	if at[len(at)-1] >= len(issues) {
		return false
	}
	size := 1
	for _, i := range at {
		hi, lo := bits.Mul64(uint64(size), uint64(issues[i].Options))
		if hi != 0 || lo > math.MaxInt {
			return t.Size() == math.MaxInt
		}
		size = int(lo)
	}
	return t.Size() == size
}

// rounds returns the number of rounds after which the deadline passes.
func (s *Setting) rounds() int {
	if s.Rounds == 0 {
		return min(MaxRounds, maxTurns/(len(s.Space.Parties)+1))
	}
	return s.Rounds
}

// outside returns what the party's negotiators may not agree to.
func (s *Setting) outside(party int) outcome.Table {
	if s.Outside == nil {
		return outcome.Table{}
	}
	return s.Outside[party]
}

// time returns View.Time in a round.
func (s *Setting) time(round int) float64 {
	switch {
	case s.Rounds == 0:
		return 0
	case s.Clock == Counting:
		return float64(round) / float64(s.Rounds+1)
	}
	return float64(round-1) / float64(s.Rounds)
}

// Discounted returns what u points agreed in a round are worth to the party.
func (s *Setting) Discounted(party int, u float64, round int) float64 {
	if s.Discounts == nil || s.Discounts[party] == 1 || round <= 1 {
		return u
	}
	steps := float64(round - 1)
	if s.DiscountBy == PerSession {
		steps /= float64(s.rounds())
	}
	return float64(u * math.Pow(s.Discounts[party], steps))
}

// Name returns the id of a seat: the party's, or the mediator's name.
func (s *Setting) Name(seat Seat) string {
	switch n := len(s.Space.Parties); {
	case seat >= 0 && int(seat) < n && s.Names != nil:
		return s.Names[seat]
	case seat >= 0 && int(seat) < n:
		return s.Space.Parties[seat].ID
	case int(seat) == n && s.Mediator != "":
		return s.Mediator
	case int(seat) == n:
		return "mediator"
	}
	return "nobody"
}

// Option returns the name of an option.
func (s *Setting) Option(issue, option int) string {
	if s.Options == nil {
		return fmt.Sprint(option)
	}
	return s.Options[issue][option]
}
