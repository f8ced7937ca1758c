package protocol

import (
	"errors"
	"fmt"
)

// SingleText are the rules of the single negotiating text, or one-text procedure
// (Fisher and Raiffa, in Raiffa 1982, The Art and Science of Negotiation, chapter
// 14, on Camp David): a mediator drafts, the parties criticise, the mediator
// drafts again, and at the end asks for a yes or no to the whole. The text in force
// moves only where the parties let it, as in the mediated single text protocol of
// Klein, Faratin, Sayama and Bar-Yam (2003, "Negotiating complex contracts").
//
// Rules. In every round the mediator writes a draft, and each party says, without
// seeing what others say, whether it would rather have the draft than the text in
// force (of the first draft: than none), and which issues it wants improved. When
// the parties that said yes are enough for the consent rule, the draft becomes the
// text in force. In place of a draft the mediator may put a final text: each party
// accepts or rejects it, again without seeing the others' answers, and the consent
// rule decides. After a final text that was refused, drafting goes on. In the last
// round the mediator is asked for a final text only; if it is silent, the text in
// force is put.
//
// While a draft is criticised it stands on the table, and the text in force, once
// there is one, is the only one of View.Offers. When the mediator is asked, the text
// in force stands on the table.
//
// Who sees what. Drafts and final texts are shown to everybody. A criticism is shown
// to the mediator and to nobody else. Everybody is told when a draft becomes the text
// in force. Answers to a final text are shown to everybody when all are in.
type SingleText struct{}

// Name returns single_text.
func (SingleText) Name() string { return "single_text" }

// Mediated reports true.
func (SingleText) Mediated() bool { return true }

// Check accepts every setting.
func (SingleText) Check(*Setting) error { return nil }

// Start returns a session's state.
func (SingleText) Start(s *Setting) Course {
	return &singleText{moves: make([]Move, len(s.Space.Parties))}
}

var (
	mayDraft     = []MoveKind{Draft, Offer}
	mayCriticise = []MoveKind{Criticise}
	mayDecide    = []MoveKind{Accept, Reject}
	mayDisclose  = []MoveKind{Disclose}
	mayAnswer    = []MoveKind{Answer}
)

type singleText struct {
	moves  []Move // the parties' answers, by party
	phase  textPhase
	text   []int // in force
	wanted []int // the draft
}

type textPhase uint8

const (
	drafting textPhase = iota
	criticising
	deciding
)

func (c *singleText) Reset() { c.text, c.wanted = nil, nil }

func (c *singleText) Open(t *Table) {
	c.phase = drafting
	t.Clear()
	t.Put(t.Mediator(), c.text)
	if t.Last() {
		t.Ask(t.Mediator(), mayOffer)
	} else {
		t.Ask(t.Mediator(), mayDraft)
	}
}

func (c *singleText) Move(t *Table, seat Seat, m *Move) {
	switch c.phase {
	case drafting:
		c.draft(t, seat, m)
		return
	case criticising:
		if m.Kind == Criticise {
			t.Show(seat, m, 1<<seat|1<<t.Mediator())
		}
	}
	c.moves[seat] = *m
	if t.Waiting() {
		return
	}
	var yes uint64
	for p := range c.moves {
		if a := &c.moves[p]; a.Kind == Criticise && a.Answer != No || a.Kind == Accept {
			yes |= 1 << p
		}
	}
	if c.phase == criticising {
		if t.Consents(yes) {
			c.text = c.wanted
			t.Note(Agenda, "the draft becomes the text in force")
		}
		return
	}
	for p := range c.moves {
		if c.moves[p].Kind != Silence {
			t.ShowAll(Seat(p), &c.moves[p])
		}
	}
	if t.Consents(yes) {
		t.Agree(c.wanted)
	}
}

// draft takes what the mediator wrote.
func (c *singleText) draft(t *Table, seat Seat, m *Move) {
	kinds := mayCriticise
	c.phase = criticising
	switch {
	case m.Kind == Draft:
		t.ShowAll(seat, m)
		t.Put(seat, m.Outcome)
		if c.text != nil {
			t.Lay(seat, c.text)
		}
	case m.Kind == Offer:
		t.ShowAll(seat, m)
		t.Put(seat, m.Outcome)
		c.phase, kinds = deciding, mayDecide
	case t.Last() && c.text != nil:
		put := Move{Kind: Offer, Outcome: c.text}
		t.ShowAll(seat, &put)
		m = &put
		c.phase, kinds = deciding, mayDecide
	default:
		return // a round without a draft
	}
	c.wanted = m.Outcome
	clear(c.moves)
	for p := range c.moves {
		t.Ask(Seat(p), kinds)
	}
}

// Shuttle are the rules of talks through a mediator who carries messages between
// sides that do not meet (proximity talks), with answers that cost nothing when the
// other side says no.
//
// Rules. In every round each party may disclose to the mediator as much of itself
// as it wants, true or not. The mediator then makes one proposal or none. Each
// party answers no, yes, or yes if the others do, which is a yes when every other
// party says yes or yes if the others do, and else a no. The consent rule decides.
//
// Who sees what. A disclosure is shown to the mediator alone. A proposal is shown
// to everybody. Answers are shown to the mediator; when a proposal has failed, the
// parties are shown which of them said an unconditional yes. Who said yes if the
// others do, and who said no, they cannot tell apart.
type Shuttle struct{}

// Name returns shuttle.
func (Shuttle) Name() string { return "shuttle" }

// Mediated reports true.
func (Shuttle) Mediated() bool { return true }

// Check accepts every setting.
func (Shuttle) Check(*Setting) error { return nil }

// Start returns a session's state.
func (Shuttle) Start(s *Setting) Course {
	return &shuttle{moves: make([]Move, len(s.Space.Parties))}
}

type shuttle struct {
	moves []Move // the parties' moves in this part of the round
	phase shuttlePhase
	yeses int // unconditional, to the proposal before
}

type shuttlePhase uint8

const (
	disclosing shuttlePhase = iota
	proposing
	answering
)

func (c *shuttle) Reset() { c.yeses = 0 }

func (c *shuttle) Open(t *Table) {
	c.phase = disclosing
	t.Put(-1, nil)
	c.ask(t, mayDisclose)
}

func (c *shuttle) ask(t *Table, kinds []MoveKind) {
	clear(c.moves)
	for p := range c.moves {
		t.Ask(Seat(p), kinds)
	}
}

func (c *shuttle) Move(t *Table, seat Seat, m *Move) {
	if c.phase == proposing {
		if m.Kind == Offer {
			t.ShowAll(seat, m)
			t.Put(seat, m.Outcome)
			c.phase = answering
			c.ask(t, mayAnswer)
		}
		return
	}
	if m.Kind != Silence {
		t.Show(seat, m, 1<<seat|1<<t.Mediator())
	}
	c.moves[seat] = *m
	switch {
	case t.Waiting():
	case c.phase == disclosing:
		c.phase = proposing
		t.Ask(t.Mediator(), mayOffer)
	default:
		c.decide(t)
	}
}

func (c *shuttle) decide(t *Table) {
	var yes, conditional uint64
	all := true
	c.yeses = 0
	for p := range c.moves {
		switch {
		case c.moves[p].Answer == Yes:
			yes |= 1 << p
			c.yeses++
		case c.moves[p].Answer == YesIfOthers:
			conditional |= 1 << p
		case t.Present(Seat(p)):
			all = false
		}
	}
	if all {
		yes |= conditional
	}
	if o, _ := t.Standing(); t.Consents(yes) {
		t.Agree(o)
		return
	}
	for p := range c.moves {
		if c.moves[p].Answer == Yes {
			t.Show(Seat(p), &Move{Kind: Answer, Answer: Yes}, (1<<t.Parties()-1)&^(1<<p))
		}
	}
}

// IndirectThenDirect are talks that begin through a mediator and go on face to face
// once a stated condition is met, as was proposed for the talks of Iran and the
// United States in 2026: indirect at first, direct when an agreement looks
// attainable.
//
// Rules. Rounds are held under Indirect until, at the start of a round, one of the
// conditions holds; from then on under Direct, which begins with nothing on the
// table.
//
// Who sees what. As under the rules in force. That the talks have become direct, and
// by which condition, everybody learns; every condition speaks of what everybody
// knows already.
type IndirectThenDirect struct {
	Indirect, Direct Rules
	// After is the number of indirect rounds after which talks become direct; 0: no such condition.
	After int
	// Yeses is the least number of parties that must have said an unconditional yes to the
	// proposal of the round before, of shuttle talks; 0: no such condition.
	Yeses int
	// Precondition is one that, once met, makes talks direct; empty: no such condition.
	Precondition string
}

// Name returns indirect_then_direct.
func (IndirectThenDirect) Name() string { return "indirect_then_direct" }

// Mediated reports whether either of the two needs a mediator.
func (r IndirectThenDirect) Mediated() bool { return r.Indirect.Mediated() || r.Direct.Mediated() }

// Check asks for a condition that can come about.
func (r IndirectThenDirect) Check(s *Setting) error {
	if r.Indirect == nil || r.Direct == nil {
		return errors.New("rules are needed for both the indirect and the direct part")
	}
	if r.After <= 0 && r.Yeses <= 0 && r.Precondition == "" {
		return errors.New("no condition is stated under which the talks become direct")
	}
	if _, ok := r.Indirect.(Shuttle); r.Yeses > 0 && !ok {
		return fmt.Errorf("yeses to a proposal are counted in shuttle talks, and the indirect part is %s", r.Indirect.Name())
	}
	known := r.Precondition == ""
	for _, p := range s.Preconditions {
		known = known || p.ID == r.Precondition
	}
	if !known {
		return fmt.Errorf("the talks become direct with precondition %q, which the setting does not have", r.Precondition)
	}
	return errors.Join(r.Indirect.Check(s), r.Direct.Check(s))
}

// Start returns a session's state.
func (r IndirectThenDirect) Start(s *Setting) Course {
	return &twoParts{rules: r, parts: [2]Course{r.Indirect.Start(s), r.Direct.Start(s)}}
}

type twoParts struct {
	rules IndirectThenDirect
	parts [2]Course
	part  int // in force
	held  int // indirect rounds
}

func (c *twoParts) Reset() {
	c.part, c.held = 0, 0
	c.parts[0].Reset()
	c.parts[1].Reset()
}

func (c *twoParts) Open(t *Table) {
	if c.part == 0 {
		if why := c.change(t); why != "" {
			c.part = 1
			t.Clear()
			t.Put(-1, nil)
			t.Note(Changed, "the talks become direct, by "+c.rules.Direct.Name()+": "+why)
		} else {
			c.held++
		}
	}
	c.parts[c.part].Open(t)
}

// change says which condition for direct talks is met; empty when none is.
func (c *twoParts) change(t *Table) string {
	r := &c.rules
	if r.Precondition != "" && t.Met(r.Precondition) {
		return r.Precondition + " is met"
	}
	if s, ok := c.parts[0].(*shuttle); ok && r.Yeses > 0 && s.yeses >= r.Yeses {
		return fmt.Sprintf("%d said yes to the proposal", s.yeses)
	}
	if r.After > 0 && c.held >= r.After {
		return fmt.Sprintf("%d indirect rounds were held", c.held)
	}
	return ""
}

func (c *twoParts) Refuse(t *Table, seat Seat, m *Move) string {
	if r, ok := c.parts[c.part].(Refuser); ok {
		return r.Refuse(t, seat, m)
	}
	return ""
}

func (c *twoParts) Move(t *Table, seat Seat, m *Move) { c.parts[c.part].Move(t, seat, m) }
