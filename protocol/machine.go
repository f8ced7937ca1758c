package protocol

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// An Ending says how talks ended.
type Ending string

// The endings.
const (
	Agreed        Ending = "agreed"          // an agreement that carries at home
	Deadline      Ending = "deadline"        // the rounds are over
	Walkout       Ending = "walkout"         // somebody left without whom nothing can be agreed
	Breakdown     Ending = "breakdown"       // chance ended the talks
	RefusedAtHome Ending = "refused_at_home" // an agreement that a party cannot carry at home
)

// A Result is how a session ended.
type Result struct {
	Ended  Ending
	Reason string // a sentence
	// Agreement is what is agreed; nil without one.
	Agreement outcome.Outcome
	// Refused is what was agreed at the table and refused at home; else nil.
	Refused outcome.Outcome
	Rounds  int // rounds begun, those that did not open included
	// Utilities holds, by party, the worth of the agreement in its row's units, without
	// any discount; without an agreement the no-deal value, or 0 for a party that has none.
	Utilities []int64
	// Discounted holds the same in points, discounted.
	Discounted []float64
	// By is who walked out; -1 for nobody. Refusers holds the parties that could not carry
	// the result at home, bit i for party i.
	By       Seat
	Refusers uint64
}

// An EffectKind says what follows.
type EffectKind uint8

// Kinds of effects.
const (
	Ask       EffectKind = iota // Seat is to move; its View says what is in order
	Show                        // Message is shown to every seat in Seats
	Refuse                      // Seat's move does not count, for Reason
	Fault                       // Seat broke a rule of conduct, for Reason: its turn counts as silence, or it has left
	Opened                      // a round opens
	NotOpened                   // a round does not open, for Reason
	Happened                    // Event happened
	Changed                     // the protocol changes, for Reason
	Agenda                      // a file opens, is settled or is set aside: Reason says which
	Ended                       // the talks are over, for Reason; see Machine.Result
)

// An Effect is something that follows from a move or an event. A driver acts on
// effects in their order.
type Effect struct {
	Kind    EffectKind
	Round   int
	Seat    Seat
	Seats   uint64   // of Show: bit i for seat i
	Message *Message // of Show; good until the next call
	Event   *Event   // of Happened
	Reason  string
}

// A Machine plays one session at a time. It holds no clock and no chance but a
// stream that the session's seed decides. Moves and events go in, effects come
// out; the slices it returns are good until its next call. It is for one
// goroutine.
type Machine struct {
	table Table
}

// A Table is what [Rules] see and do of a machine.
type Table struct {
	set     *Setting
	rules   Rules
	course  Course
	refuser Refuser // course, where it is one
	selves  []Self
	names   []string

	seats, parties int
	seed           uint64
	round          int
	now            float64 // View.Time
	open           bool
	over           bool
	happened       int // events applied
	mandates       []outcome.Table
	bound          uint64 // parties with a mandate
	amended        uint64 // parties whose mandate was
	unmet          []bool
	left           uint64
	waiting        uint64 // seats asked
	sits           []sits
	move           Move // the one being made: courses are given its address

	standing outcome.Outcome
	by       Seat
	offers   []Offered
	settled  outcome.Outcome
	later    []bool // by issue: not on the agenda yet

	common  []Message // what every seat was shown, while nobody was shown less
	private bool      // sits have messages of their own
	effects []Effect
	mute    bool // nobody listens to effects
	arena   arena
	result  Result
}

// sits is what the machine keeps of one seat.
type sits struct {
	view     View
	seen     int
	refused  int // moves refused in this turn
	silences int // turns in a row that passed in silence
	strays   int // moves out of turn
	messages []Message
}

// maxStrays is the number of moves out of turn after which a seat has left: no
// participant can keep the record busy for ever.
const maxStrays = 100

// New returns a machine for sessions under the rules. It fails, with every reason,
// when the setting does not check or the rules cannot be played in it.
func New(set *Setting, rules Rules) (*Machine, error) {
	if err := set.Check(); err != nil {
		return nil, err
	}
	if err := rules.Check(set); err != nil {
		return nil, fmt.Errorf("%s: %w", rules.Name(), err)
	}
	t := Table{set: set, rules: rules, parties: len(set.Space.Parties), course: rules.Start(set)}
	t.refuser, _ = t.course.(Refuser)
	t.seats = t.parties
	if rules.Mediated() {
		t.seats++
	}
	if t.seats > 64 {
		return nil, fmt.Errorf("%s: %d seats, more than 64", rules.Name(), t.seats)
	}
	if set.rounds() > maxTurns/t.seats {
		return nil, fmt.Errorf("%s: %d rounds of %d seats: at most %d rounds can be held", rules.Name(), set.rounds(), t.seats, maxTurns/t.seats)
	}
	t.arena.width = len(set.Space.Issues)
	t.sits = make([]sits, t.seats)
	t.mandates = make([]outcome.Table, t.parties)
	t.unmet = make([]bool, len(set.Preconditions))
	t.result.Utilities = make([]int64, t.parties)
	t.result.Discounted = make([]float64, t.parties)
	for seat := range t.seats {
		t.names = append(t.names, set.Name(Seat(seat)))
		t.selves = append(t.selves, set.self(Seat(seat), t.seats, rules.Name()))
	}
	return &Machine{table: t}, nil
}

// self returns what the participant in a seat knows when it sits down.
func (s *Setting) self(seat Seat, seats int, protocol string) Self {
	space := *s.Space
	self := Self{
		Seat: seat, Seats: seats, Parties: len(space.Parties), Space: &space,
		StatusQuo: s.StatusQuo, Discount: 1, Rounds: s.Rounds, Protocol: protocol,
	}
	space.Consent = outcome.Rule{}
	if int(seat) < len(space.Parties) {
		if s.Discounts != nil {
			self.Discount = s.Discounts[seat]
		}
		self.Mandate = s.outside(int(seat))
		space.Parties = space.Parties[seat : seat+1 : seat+1]
	} else {
		space.Parties = nil
	}
	return self
}

// Seats returns the number of seats.
func (m *Machine) Seats() int { return m.table.seats }

// Setting returns the machine's setting, and Rules its rules.
func (m *Machine) Setting() *Setting { return m.table.set }

// Self returns what the participant in a seat knows when it sits down to the
// session of the given seed. Its own seed depends on that and its seat alone.
func (m *Machine) Self(seat Seat, seed uint64) Self {
	self := m.table.selves[seat]
	self.Seed = mix(seed, uint64(seat)+1)
	return self
}

// Start begins a session, whatever came before: what the machine returned of an
// earlier one is no longer good. It allocates nothing once earlier sessions have
// been as long.
func (m *Machine) Start(seed uint64) []Effect {
	t := &m.table
	t.seed, t.round, t.open, t.over, t.happened = seed, 0, false, false, 0
	t.left, t.waiting, t.bound, t.amended = 0, 0, 0, 0
	t.standing, t.by, t.settled, t.later = nil, -1, nil, nil
	t.offers, t.common, t.private = t.offers[:0], t.common[:0], false
	t.arena.reset()
	for p := range t.mandates {
		t.mandate(p, t.set.outside(p))
	}
	for i, p := range t.set.Preconditions {
		t.unmet[i] = p.Unmet
	}
	for i := range t.sits {
		s := &t.sits[i]
		*s = sits{messages: s.messages[:0], view: View{Seat: Seat(i), Rounds: t.set.Rounds}}
	}
	r := &t.result
	*r = Result{Utilities: r.Utilities, Discounted: r.Discounted, By: -1}
	t.effects = t.effects[:0]
	t.course.Reset()
	t.nextRound()
	return t.effects
}

// mandate binds a party to what is not outside.
func (t *Table) mandate(party int, outside outcome.Table) {
	t.mandates[party] = outside
	t.bound &^= 1 << party
	if outside.Count() > 0 {
		t.bound |= 1 << party
	}
}

// Over reports whether the session has ended.
func (m *Machine) Over() bool { return m.table.over }

// Result returns how the session ended; it is good until the next one starts.
func (m *Machine) Result() *Result { return &m.table.result }

// Asked returns the seats that are to move, bit i for seat i.
func (m *Machine) Asked() uint64 { return m.table.waiting }

// View returns what the participant in a seat is shown now. The messages in it
// count as seen.
func (m *Machine) View(seat Seat) *View {
	t := &m.table
	s := &t.sits[seat]
	messages := t.common
	if t.private {
		messages = s.messages
	}
	// What rarely changes is written only where it does: this is half the work of a move.
	v := &s.view
	v.Round, v.Time = t.round, t.now
	if t.waiting>>seat&1 == 0 {
		v.Asked = nil
	}
	v.Standing, v.By = t.standing, t.by
	if v.Offers != nil || len(t.offers) > 0 {
		v.Offers = t.offers
	}
	if v.Settled != nil || t.settled != nil {
		v.Settled = t.settled
	}
	v.Messages, v.New = messages, s.seen
	if t.amended>>seat&1 != 0 {
		v.Mandate = &t.mandates[seat]
	}
	return v
}

// Step takes a participant's move.
func (m *Machine) Step(seat Seat, move Move) []Effect {
	t := &m.table
	t.move = move
	t.made(seat)
	return t.effects
}

// made takes the move of a seat that stands in t.move.
func (t *Table) made(seat Seat) {
	t.effects = t.effects[:0]
	switch move := &t.move; {
	case seat < 0 || int(seat) >= t.seats:
		t.refuse(seat, "there is no such seat")
	case t.over:
		t.refuse(seat, "the talks are over")
	case t.left>>seat&1 != 0:
		t.refuse(seat, "it has left")
	case move.Kind == Leave:
		t.leave(seat, move.Text, "")
	case t.waiting>>seat&1 == 0:
		t.stray(seat)
	case move.Kind == Silence:
		t.silent(seat, "")
	default:
		t.step(seat, move)
	}
}

func (t *Table) step(seat Seat, move *Move) {
	move.keepItsOwn()
	if why := t.objection(seat, move); why != "" {
		t.reject(seat, why)
		return
	}
	t.sits[seat].silences = 0
	if move.Outcome != nil {
		move.Outcome = t.arena.copy(move.Outcome)
	}
	if move.Disclosure != nil {
		move.Disclosure = move.Disclosure.clone()
	}
	t.settle(seat)
	t.course.Move(t, seat, move)
	t.advance()
}

// reject asks a seat for another move, unless too many were refused in this turn.
func (t *Table) reject(seat Seat, why string) {
	t.refuse(seat, why)
	s := &t.sits[seat]
	s.refused++
	s.view.Refused = why
	if s.refused >= orDefault(t.set.Patience, 3) {
		t.silent(seat, fmt.Sprintf("%d moves of %s were refused in one turn: it counts as silence", s.refused, t.names[seat]))
		return
	}
	t.ask(seat)
}

// settle ends a seat's turn.
func (t *Table) settle(seat Seat) {
	s := &t.sits[seat]
	t.waiting &^= 1 << seat
	if s.refused > 0 {
		s.refused, s.view.Refused = 0, ""
	}
	s.seen = len(t.common)
	if t.private {
		s.seen = len(s.messages)
	}
}

// advance opens the next round when nobody is asked any more.
func (t *Table) advance() {
	if t.waiting == 0 && !t.over {
		t.nextRound()
	}
}

// TimeOut says that the time for answers is over: those who are still asked are
// silent, and a round that did not open passes.
func (m *Machine) TimeOut() []Effect {
	t := &m.table
	t.effects = t.effects[:0]
	if t.over {
		return t.effects
	}
	if !t.open {
		t.nextRound()
		return t.effects
	}
	round := t.round
	for waiting := t.waiting; waiting != 0 && !t.over && t.round == round; waiting &= waiting - 1 {
		if seat := Seat(bits.TrailingZeros64(waiting)); t.waiting>>seat&1 != 0 {
			t.silent(seat, "")
		}
	}
	return t.effects
}

// Fail says that the participant in a seat can no longer take part, and why: its
// program panicked, or its process ended. It has left.
func (m *Machine) Fail(seat Seat, why string) []Effect {
	t := &m.table
	t.effects = t.effects[:0]
	if !t.over && seat >= 0 && int(seat) < t.seats && t.left>>seat&1 == 0 {
		t.fault(seat, fmt.Sprintf("%s failed: %s", t.names[seat], why))
		t.leave(seat, "", "it failed")
	}
	return t.effects
}

// Happen takes an event from outside; its round does not matter. When it meets the
// last precondition of a round that did not open, the round opens.
func (m *Machine) Happen(e Event) ([]Effect, error) {
	t := &m.table
	t.effects = t.effects[:0]
	e.Round = max(1, t.round)
	check := *t.set
	check.Events = []Event{e}
	if err := check.Check(); err != nil {
		return nil, err
	}
	if t.over {
		return t.effects, nil
	}
	t.happen(&e)
	if !t.open && t.barrier() == "" {
		t.openRound()
	}
	return t.effects, nil
}

func (t *Table) happen(e *Event) {
	switch e.Kind {
	case Amend:
		t.mandate(int(e.Party), e.Outside)
		t.amended |= 1 << e.Party
	default:
		for i := range t.set.Preconditions {
			if t.set.Preconditions[i].ID == e.Precondition {
				t.unmet[i] = e.Kind == Unmeet
			}
		}
	}
	t.tell(Effect{Kind: Happened, Seat: e.Party, Event: e})
}

// nextRound begins the next round, if there is one.
func (t *Table) nextRound() {
	t.open = false
	if t.round > 0 && t.set.Breakdown > 0 && chance(t.seed, uint64(t.round)) < t.set.Breakdown {
		t.end(Breakdown, fmt.Sprintf("the talks broke down after round %d", t.round))
		return
	}
	if t.round >= t.set.rounds() {
		t.end(Deadline, fmt.Sprintf("%d rounds passed without an agreement", t.round)+t.blocked())
		return
	}
	t.round++
	for t.happened < len(t.set.Events) && t.set.Events[t.happened].Round <= t.round {
		t.happen(&t.set.Events[t.happened])
		t.happened++
	}
	if len(t.unmet) > 0 {
		if why := t.barrier(); why != "" {
			t.tell(Effect{Kind: NotOpened, Seat: -1, Reason: why})
			return
		}
	}
	t.openRound()
}

func (t *Table) openRound() {
	t.open = true
	t.now = t.set.time(t.round)
	t.tell(Effect{Kind: Opened, Seat: -1})
	t.course.Open(t)
	t.advance()
}

// barrier says why a round cannot open; empty when it can.
func (t *Table) barrier() string {
	for i, unmet := range t.unmet {
		if unmet {
			p := &t.set.Preconditions[i]
			if p.Text == "" {
				return p.ID + " is not met"
			}
			return fmt.Sprintf("%s is not met: %s", p.ID, p.Text)
		}
	}
	return ""
}

// blocked says what kept the talks from any agreement at all; empty where nothing did.
func (t *Table) blocked() string {
	if barrier := t.barrier(); barrier != "" {
		return "; " + barrier
	}
	if names := t.excluding(); names != "" {
		return "; no package lies within the mandates of " + names + " together"
	}
	return ""
}

// excluding names the bound parties whose mandates together leave no package; empty
// when they leave one, and when they span too many joint options to be sure.
func (t *Table) excluding() string {
	if t.bound == 0 {
		return ""
	}
	var all []*outcome.Table
	var names []string
	in := map[int]bool{}
	for p := range t.mandates {
		if t.bound>>p&1 != 0 {
			all = append(all, &t.mandates[p])
			names = append(names, t.names[p])
			for _, i := range t.mandates[p].Issues() {
				in[i] = true
			}
		}
	}
	var issues []int
	for i := range t.set.Space.Issues {
		if in[i] {
			issues = append(issues, i)
		}
	}
	some := false
	o := make(outcome.Outcome, len(t.set.Space.Issues))
	_, err := outcome.NewTable(t.set.Space.Issues, issues, func(options []int) bool {
		for k, i := range issues {
			o[i] = options[k]
		}
		some = some || !slices.ContainsFunc(all, func(t *outcome.Table) bool { return t.Holds(o) })
		return false
	})
	if err != nil || some {
		return ""
	}
	return strings.Join(names, " and ")
}

// set makes m the move from. A move that was just written field by field is copied so as well:
// a copy of larger pieces would wait until the fields have reached memory.
func (m *Move) set(from *Move) {
	m.Kind, m.Answer, m.Marks = from.Kind, from.Answer, from.Marks
	m.Outcome, m.Disclosure, m.Text = from.Outcome, from.Disclosure, from.Text
}

// keepItsOwn clears what does not belong to a move of its kind, so that nothing
// travels with it unseen.
func (m *Move) keepItsOwn() {
	if m.Kind != Offer && m.Kind != Draft && m.Outcome != nil {
		m.Outcome = nil
	}
	if m.Kind != Vote && m.Kind != Criticise {
		m.Marks = 0
	}
	if m.Kind != Answer && m.Kind != Criticise {
		m.Answer = No
	}
	if m.Kind != Disclose && m.Disclosure != nil {
		m.Disclosure = nil
	}
}

// objection says why a move is not in order; empty when it is.
func (t *Table) objection(seat Seat, m *Move) string {
	s := &t.sits[seat]
	if !slices.Contains(s.view.Asked, m.Kind) {
		return fmt.Sprintf("%s is not in order now", m.Kind)
	}
	if len(m.Text) > MaxText {
		return fmt.Sprintf("its remark is longer than %d bytes", MaxText)
	}
	switch m.Kind {
	case Offer, Draft:
		if why := t.unfit(m.Outcome); why != "" {
			return why
		}
		if t.outside(seat, m.Outcome) {
			return "the package is outside its mandate"
		}
	case Accept:
		if t.standing == nil {
			return "there is nothing to accept"
		}
		if t.outside(seat, t.standing) {
			return "what is on the table is outside its mandate"
		}
	case Answer:
		if m.Answer > YesIfOthers {
			return "the answer is none of no, yes and yes if the others do"
		}
		if m.Answer != No && t.standing != nil && t.outside(seat, t.standing) {
			return "what is proposed is outside its mandate"
		}
	case Criticise:
		if m.Answer > Yes {
			return "a criticism says yes or no"
		}
		if n := len(t.set.Space.Issues); n < 64 && m.Marks>>n != 0 {
			return fmt.Sprintf("it criticises more than the %d issues", n)
		}
	case Vote:
		if len(t.offers) < 64 && m.Marks>>len(t.offers) != 0 {
			return fmt.Sprintf("it votes for more than the %d offers", len(t.offers))
		}
		for votes := m.Marks; votes != 0; votes &= votes - 1 {
			if i := bits.TrailingZeros64(votes); t.outside(seat, t.offers[i].Outcome) {
				return fmt.Sprintf("offer %d is outside its mandate", i+1)
			}
		}
	case Disclose:
		if m.Disclosure != nil {
			if why := m.Disclosure.unfit(t.set.Space.Issues); why != "" {
				return why
			}
		}
	}
	if t.refuser != nil {
		return t.refuser.Refuse(t, seat, m)
	}
	return ""
}

// unfit says why o is no package of the space.
func (t *Table) unfit(o outcome.Outcome) string {
	issues := t.set.Space.Issues
	if len(o) != len(issues) {
		return fmt.Sprintf("the package settles %d issues of %d", len(o), len(issues))
	}
	for i, option := range o {
		if option < 0 || option >= issues[i].Options {
			return fmt.Sprintf("%s has no option %d", issues[i].ID, option)
		}
	}
	if len(t.set.Space.Requires) > 0 {
		if broken := t.Broken(o); broken != "" {
			return "the package breaks " + broken
		}
	}
	return ""
}

// outside reports whether o is outside the mandate of the party in the seat.
func (t *Table) outside(seat Seat, o outcome.Outcome) bool {
	return t.bound>>seat&1 != 0 && t.holds(&t.mandates[seat], o)
}

// holds reports whether a table whose issues are all on the agenda holds for o.
func (t *Table) holds(table *outcome.Table, o outcome.Outcome) bool {
	if t.later != nil {
		for _, i := range table.Issues() {
			if t.later[i] {
				return false
			}
		}
	}
	return table.Holds(o)
}

// tell adds an effect of this round.
func (t *Table) tell(e Effect) {
	if !t.mute {
		t.add(e)
	}
}

func (t *Table) add(e Effect) {
	e.Round = t.round
	t.effects = append(t.effects, e)
}

func (t *Table) ask(seat Seat) {
	t.tell(Effect{Kind: Ask, Seat: seat})
}

func (t *Table) refuse(seat Seat, why string) {
	t.tell(Effect{Kind: Refuse, Seat: seat, Reason: why})
}

func (t *Table) fault(seat Seat, why string) {
	t.tell(Effect{Kind: Fault, Seat: seat, Reason: why})
}

// stray refuses a move of a seat that was not asked.
func (t *Table) stray(seat Seat) {
	t.refuse(seat, "it was not asked")
	s := &t.sits[seat]
	if s.strays++; s.strays >= maxStrays {
		why := fmt.Sprintf("%s moved %d times without being asked: it counts as having left", t.names[seat], s.strays)
		t.fault(seat, why)
		t.leave(seat, "", why)
	}
}

// silent lets a seat's turn pass.
func (t *Table) silent(seat Seat, fault string) {
	if fault != "" {
		t.fault(seat, fault)
	}
	s := &t.sits[seat]
	if s.silences++; s.silences > orDefault(t.set.Silences, 3) {
		why := fmt.Sprintf("%s was silent for %d turns in a row: it counts as having left", t.names[seat], s.silences)
		t.fault(seat, why)
		t.leave(seat, "", why)
		return
	}
	t.pass(seat)
}

// pass ends a seat's turn without a move.
func (t *Table) pass(seat Seat) {
	t.settle(seat)
	t.move = Move{}
	t.course.Move(t, seat, &t.move)
	t.advance()
}

// leave takes a seat from the table. The talks end unless those who are left can
// still agree.
func (t *Table) leave(seat Seat, text, why string) {
	if len(text) > MaxText {
		text = ""
	}
	t.move = Move{Kind: Leave, Text: text}
	t.ShowAll(seat, &t.move)
	t.left |= 1 << seat
	here := (uint64(1)<<t.parties - 1) &^ t.left
	if int(seat) >= t.parties || !t.Consents(here) {
		t.result.By = seat
		reason := fmt.Sprintf("%s walked out", t.names[seat])
		if why != "" {
			reason += ": " + why
		}
		t.end(Walkout, reason+t.blocked())
		return
	}
	if t.waiting>>seat&1 != 0 {
		t.pass(seat)
	}
}

func (t *Table) end(how Ending, why string) {
	t.over, t.waiting, t.open = true, 0, false
	r := &t.result
	r.Ended, r.Reason, r.Rounds = how, why, t.round
	for p := range t.set.Space.Parties {
		row := &t.set.Space.Parties[p].Row
		if r.Agreement != nil {
			r.Utilities[p] = row.Value(r.Agreement)
			r.Discounted[p] = t.set.Discounted(p, float64(r.Utilities[p])/float64(row.Units()), t.round)
			continue
		}
		r.Utilities[p] = 0
		if row.Threshold.Set {
			r.Utilities[p] = row.Threshold.Value
		}
		r.Discounted[p] = float64(r.Utilities[p]) / float64(row.Units())
	}
	t.tell(Effect{Kind: Ended, Seat: r.By, Reason: why})
}

func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// What rules do at the table.

// Parties returns the number of parties.
func (t *Table) Parties() int { return t.parties }

// Mediator returns the mediator's seat; -1 without one.
func (t *Table) Mediator() Seat {
	if t.seats == t.parties {
		return -1
	}
	return Seat(t.parties)
}

// Round returns the round, from 1; Last reports whether it is the last.
func (t *Table) Round() int { return t.round }

// Last reports whether no round can follow this one.
func (t *Table) Last() bool { return t.round >= t.set.rounds() }

// Setting returns the setting.
func (t *Table) Setting() *Setting { return t.set }

// Met reports whether a precondition is met.
func (t *Table) Met(id string) bool {
	for i := range t.set.Preconditions {
		if t.set.Preconditions[i].ID == id {
			return !t.unmet[i]
		}
	}
	return false
}

// Present reports whether the participant in the seat has not left.
func (t *Table) Present(seat Seat) bool { return t.left>>seat&1 == 0 }

// Waiting reports whether some seat is still to move.
func (t *Table) Waiting() bool { return t.waiting != 0 }

// Ask asks a seat for a move of one of the kinds, unless it has left: it reports
// whether it has asked. A seat may always be silent or leave. kinds is kept.
func (t *Table) Ask(seat Seat, kinds []MoveKind) bool {
	if t.over || !t.Present(seat) {
		return false
	}
	t.waiting |= 1 << seat
	t.sits[seat].view.Asked = kinds
	t.ask(seat)
	return true
}

// Put lays an outcome of some seat on the table, or takes it off when o is nil.
func (t *Table) Put(by Seat, o outcome.Outcome) { t.standing, t.by = o, by }

// Standing returns what is on the table, nil when nothing is, and who put it there.
func (t *Table) Standing() (outcome.Outcome, Seat) { return t.standing, t.by }

// Lay adds to the offers on the table; Clear takes them all off.
func (t *Table) Lay(by Seat, o outcome.Outcome) { t.offers = append(t.offers, Offered{by, o}) }

// Clear takes all offers that were laid on the table off it.
func (t *Table) Clear() { t.offers = t.offers[:0] }

// Offers returns the offers on the table.
func (t *Table) Offers() []Offered { return t.offers }

// Fix says which issues are settled, as View.Settled explains.
func (t *Table) Fix(settled outcome.Outcome) { t.settled = t.arena.copy(settled) }

// Postpone says which issues are not on the agenda yet: what requirements and
// mandates say about them does not bind offers. later is kept.
func (t *Table) Postpone(later []bool) { t.later = later }

// Broken returns the id of a requirement that o breaks; empty when it breaks none.
func (t *Table) Broken(o outcome.Outcome) string {
	for i := range t.set.Space.Requires {
		if c := &t.set.Space.Requires[i]; t.holds(&c.Forbidden, o) {
			return c.ID
		}
	}
	return ""
}

// Keep returns a copy of o that is good until the session ends.
func (t *Table) Keep(o outcome.Outcome) outcome.Outcome { return t.arena.copy(o) }

// everybody is all seats.
func (t *Table) everybody() uint64 { return uint64(1)<<(t.seats-1)<<1 - 1 }

// ShowAll shows a seat's move to every seat.
func (t *Table) ShowAll(from Seat, m *Move) {
	if t.private {
		t.Show(from, m, t.everybody())
		return
	}
	n := len(t.common)
	if n == cap(t.common) {
		t.common = slices.Grow(t.common, 1)
	}
	t.common = t.common[:n+1]
	c := &t.common[n]
	c.Round, c.From = t.round, from
	c.Move.set(m)
	if !t.mute {
		t.add(Effect{Kind: Show, Seat: from, Seats: t.everybody(), Message: c})
	}
}

// Show shows a seat's move to the given seats, bit i for seat i.
func (t *Table) Show(from Seat, m *Move, seats uint64) {
	if !t.private {
		if seats == t.everybody() {
			t.ShowAll(from, m)
			return
		}
		t.private = true
		for i := range t.sits {
			t.sits[i].messages = append(t.sits[i].messages[:0], t.common...)
		}
	}
	message := Message{Round: t.round, From: from, Move: *m}
	e := Effect{Kind: Show, Seat: from, Seats: seats}
	for ; seats != 0; seats &= seats - 1 {
		s := &t.sits[bits.TrailingZeros64(seats)]
		s.messages = append(s.messages, message)
		e.Message = &s.messages[len(s.messages)-1]
	}
	if e.Message != nil {
		t.tell(e)
	}
}

// Consents reports whether the consent of exactly these parties, those who have
// left taken away, makes an agreement.
func (t *Table) Consents(parties uint64) bool {
	return t.set.Space.Consent.Holds(parties&^t.left, t.parties)
}

// Note tells the record that the protocol changes, or that a part is settled.
func (t *Table) Note(kind EffectKind, why string) {
	t.tell(Effect{Kind: kind, Seat: -1, Reason: why})
}

// Agree ends the talks with an agreement, if every party can carry it at home.
func (t *Table) Agree(o outcome.Outcome) {
	var names []string
	for p := range t.set.Space.Parties {
		if party := &t.set.Space.Parties[p]; len(party.Constituencies) > 0 && !party.Ratifies(o) {
			t.result.Refusers |= 1 << p
			names = append(names, t.names[p])
		}
	}
	if names != nil {
		t.result.Refused = o
		t.end(RefusedAtHome, "agreed at the table, and refused at home by "+strings.Join(names, " and "))
		return
	}
	t.result.Agreement = o
	t.end(Agreed, "agreed")
}

// Stop ends the talks without an agreement before their deadline, since nothing is
// left to do under the rules.
func (t *Table) Stop(why string) { t.end(Deadline, why+t.blocked()) }

// clone copies a disclosure.
func (d *Disclosure) clone() *Disclosure {
	c := *d
	c.Scores = slices.Clone(d.Scores)
	for i := range c.Scores {
		c.Scores[i] = slices.Clone(c.Scores[i])
	}
	c.Never = slices.Clone(d.Never)
	return &c
}

// Limits of a disclosure.
const (
	maxDisclosed = 64      // red lines
	MaxJoint     = 4096    // joint options that a disclosed red line spans
	maxTold      = 1 << 40 // magnitude of a number
)

// unfit says why a disclosure is not one about these issues.
func (d *Disclosure) unfit(issues []outcome.Issue) string {
	told := func(v int64) bool { return v >= -maxTold && v <= maxTold }
	switch {
	case d.Scores != nil && len(d.Scores) != len(issues):
		return fmt.Sprintf("it discloses scores of %d issues of %d", len(d.Scores), len(issues))
	case d.Scale < 1 || d.Scale > maxTold:
		return fmt.Sprintf("it discloses scores on a scale of %d", d.Scale)
	case !told(d.NoDeal.Value):
		return "it discloses a no-deal value out of range"
	case len(d.Never) > maxDisclosed:
		return fmt.Sprintf("it discloses more than %d red lines", maxDisclosed)
	}
	for i, scores := range d.Scores {
		if scores != nil && len(scores) != issues[i].Options {
			return fmt.Sprintf("it discloses %d scores for the %d options of %s", len(scores), issues[i].Options, issues[i].ID)
		}
		for _, v := range scores {
			if !told(v) {
				return "it discloses a score out of range"
			}
		}
	}
	for i := range d.Never {
		if !fits(&d.Never[i], issues) {
			return "it discloses a red line that does not fit the issues"
		}
		if d.Never[i].Size() > MaxJoint {
			return fmt.Sprintf("it discloses a red line over more than %d joint options", MaxJoint)
		}
	}
	return ""
}

// An arena holds the outcomes of a session. What it returned stays good until reset.
type arena struct {
	width  int
	blocks [][]int
	block  int // in use
	used   int // of that block
}

// arenaBlock is the number of ints in a block, unless an outcome is longer.
const arenaBlock = 4096

func (a *arena) reset() { a.block, a.used = 0, 0 }

func (a *arena) copy(o outcome.Outcome) outcome.Outcome {
	if a.block < len(a.blocks) && a.used+len(o) > len(a.blocks[a.block]) {
		a.block, a.used = a.block+1, 0
	}
	if a.block == len(a.blocks) {
		a.blocks = append(a.blocks, make([]int, max(arenaBlock, a.width)))
	}
	to := a.blocks[a.block][a.used : a.used+len(o) : a.used+len(o)]
	a.used += len(o)
	copy(to, o)
	return to
}

// mix is a counter-based stream: a word that depends on seed and counter alone
// (SplitMix64; Steele, Lea and Flood 2014).
func mix(seed, counter uint64) uint64 {
	z := seed + counter*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// chance returns a number from 0 up to, not including, 1.
func chance(seed, counter uint64) float64 { return float64(mix(^seed, counter)>>11) / (1 << 53) }
