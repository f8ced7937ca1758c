package strategy

import (
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/goodoffices/goodoffices/internal/bestfirst"
	"github.com/goodoffices/goodoffices/internal/chance"
	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A tactic decides what a party offers next: what a strategy's file implements. It is
// asked once a round and for each offer heard, and is made for one session.
//
// A tactic that also has one of the methods of listener, acceptor, critic, conditional or sender takes
// part in more than that.
type tactic interface {
	next(s *state) bid
}

// A listener is told every offer of another seat, before next is asked.
type listener interface {
	hear(s *state, h heard)
}

// An acceptor decides itself what to accept, next being what the offer is worth that it would
// make now. Other tactics accept what is worth at least that: AC-next (Baarslag, Hindriks and Jonker 2013), the
// rule of Faratin, Sierra and Jennings (1998, sec. 3).
type acceptor interface {
	accepts(s *state, h heard, next int64) bool
}

// A critic decides itself which draft of a mediator it would rather have than the text in
// force. Other tactics climb: they say yes to what is worth no less (Klein, Faratin, Sayama
// and Bar-Yam 2003).
type critic interface {
	prefers(s *state, draft, text heard) bool
}

// A conditional tactic may say yes-if-the-others-do to whatever the party may agree to.
type conditional interface {
	conditional() bool
}

// A sender is told that its next bid was put on the table.
type sender interface {
	sent(s *state)
}

// A bid is an outcome that a party may offer: by itself or, where that is nil, by its
// position in the ranking.
type bid struct {
	outcome  outcome.Outcome
	position int
}

// A heard is another seat's offer, with what it is worth to this party and whether the
// party may agree to it.
type heard struct {
	from    protocol.Seat
	outcome outcome.Outcome
	u       int64
	may     bool
}

// A state is what a tactic may know.
type state struct {
	*ranking
	rng           *rand.Rand
	round, rounds int // from 1; rounds is the deadline or, without one, the horizon
}

// horizon is the number of rounds over which a party concedes where there is no
// deadline.
const horizon = 100

// A making is how to make a tactic for one ranking.
type making struct {
	ranking *ranking
	make    func() tactic
}

// A staff prepares the party's sessions: one making for the whole agenda, and one for
// each state of the files where they are negotiated one by one.
type staff struct {
	whole making
	build func(r *ranking) (making, error)

	mu      sync.Mutex
	files   map[string]making
	amended *staff // for the mandate last amended
}

// amend returns the staff for another mandate; nil where that leaves nothing to offer.
func (st *staff) amend(mandate outcome.Table) *staff {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.amended != nil && sameTable(&st.amended.whole.ranking.self.Mandate, &mandate) {
		return st.amended
	}
	self := st.whole.ranking.self
	self.Mandate = mandate
	ranking, err := st.whole.ranking.from.rank(self, st.whole.ranking.keep != nil)
	if err != nil {
		return nil
	}
	m, err := st.build(ranking)
	if err != nil {
		return nil
	}
	st.amended = &staff{whole: m, build: st.build}
	return st.amended
}

// sameTable reports whether two tables were made as one.
func sameTable(a, b *outcome.Table) bool {
	x, y := a.Issues(), b.Issues()
	return len(x) == len(y) && a.Count() == b.Count() && (len(x) == 0 || &x[0] == &y[0])
}

// maxFiles bounds the states of the files that are remembered.
const maxFiles = 256

// file returns the making for the options that settled leaves open, later being the
// issues of files not yet opened.
func (st *staff) file(settled outcome.Outcome, later []bool) (making, bool) {
	key := make([]byte, 0, 4*len(settled))
	for i, o := range settled {
		key = append(key, byte(o), byte(o>>8), byte(o>>16), 0)
		if later[i] {
			key[len(key)-1] = 1
		}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if m, ok := st.files[string(key)]; ok {
		return m, m.ranking != nil
	}
	if len(st.files) == maxFiles {
		clear(st.files)
	}
	m := making{}
	if ranking := st.whole.ranking.within(settled, later); ranking != nil {
		if built, err := st.build(ranking); err == nil {
			m = built
		}
	}
	if st.files == nil {
		st.files = map[string]making{}
	}
	st.files[string(key)] = m
	return m, m.ranking != nil
}

// within ranks the outcomes that agree with the options settled; nil where there are none.
// Conditions and adjustments that speak of later issues wait, and so do people at home. Of
// what the open issues can be worth, the party keeps the share that its no-deal value is of
// what all issues can be worth: if no adjustment links issues and it keeps that of every
// file, the whole is worth its no-deal value.
func (r *ranking) within(settled outcome.Outcome, later []bool) *ranking {
	self, space := r.self, *r.self.Space
	speaks := func(t *outcome.Table) bool {
		return slices.ContainsFunc(t.Issues(), func(i int) bool { return later[i] })
	}
	waits := func(c outcome.Condition) bool { return speaks(&c.Forbidden) }
	space.Requires = slices.DeleteFunc(slices.Clone(space.Requires), waits)
	for i, held := range settled {
		if held < 0 {
			continue
		}
		table, err := outcome.NewTable(space.Issues, []int{i}, func(o []int) bool { return o[0] != held })
		if err != nil {
			return nil
		}
		space.Requires = append(space.Requires, outcome.Condition{ID: space.Issues[i].ID + ".settled", Forbidden: table})
	}
	space.Parties = slices.Clone(space.Parties)
	party := &space.Parties[0]
	party.RedLines = slices.DeleteFunc(slices.Clone(party.RedLines), waits)
	party.Adjustments = slices.DeleteFunc(slices.Clone(party.Adjustments), func(a outcome.Adjustment) bool { return speaks(&a.When) })
	party.Threshold = outcome.Threshold{}
	if speaks(&self.Mandate) {
		self.Mandate = outcome.Table{}
	}
	self.Space = &space
	file := unranked(self)
	file.from = r.from
	var err error
	if file.ranked, err = rank(file.own, settled); err != nil {
		return nil
	}
	if least, most := bestfirst.Possible(r.row, nil); r.row.Threshold.Set && r.row.Threshold.Value > least {
		share := fixed.Ratio(uint64(r.row.Threshold.Value-least), uint64(max(most, r.row.Threshold.Value)-least))
		low, high := bestfirst.Possible(&party.Row, settled)
		file.cut(min(low+fixed.Scaled(high-low, share), file.best))
	}
	return file
}

// cut leaves out what is worth less than least, which is at most the best.
func (r *ranking) cut(least int64) {
	r.row.Threshold = outcome.Threshold{Value: least, Set: true}
	if !r.listed {
		r.floor = least
		return
	}
	r.List = r.From(least)
	r.settle()
}

// A party plays a tactic under any protocol.
type party struct {
	first   *staff          // for the mandate with which it came
	staff   *staff          // for the mandate in force
	settled outcome.Outcome // the file in hand
	later   []bool          // issues of files not yet opened
	since   int             // round in which the file was taken up
	until   int             // round by which it should be settled; 0 for none
	seen    int             // round of the view last seen
	mandate *outcome.Table  // in force
	idle    bool            // nothing can be offered on it
	last    bool            // all files are settled, and to refuse the whole ends the talks
	tactic
	listener
	acceptor
	sender
	state
	chance.Stream
	buffer  outcome.Outcome // of the offer at position written
	written int
	told    bool // the mediator has been told everything

	bid   bid   // the next one
	worth int64 // of it
	fresh bool
}

func (st *staff) sit(seed uint64) *party {
	p := &party{first: st, staff: st, mandate: &st.whole.ranking.self.Mandate}
	p.rng = p.Seeded(seed, 0x9e3779b97f4a7c15)
	p.take(st.whole)
	return p
}

// take begins with a making.
func (p *party) take(m making) {
	p.ranking, p.tactic = m.ranking, m.make()
	p.listener, _ = p.tactic.(listener)
	p.acceptor, _ = p.tactic.(acceptor)
	p.sender, _ = p.tactic.(sender)
	p.fresh, p.written = false, -1
}

// Move implements [protocol.Negotiator].
func (p *party) Move(v *protocol.View) protocol.Move {
	var asked uint
	for _, kind := range v.Asked {
		asked |= 1 << kind
	}
	may := func(kind protocol.MoveKind) bool { return asked>>kind&1 != 0 }
	if v.Mandate != nil && !sameTable(v.Mandate, p.mandate) {
		p.bindTo(*v.Mandate)
	}
	if v.Settled != nil && !slices.Equal(v.Settled, p.settled) {
		p.turnTo(v)
	}
	if v.Round != p.seen {
		p.seen, p.fresh = v.Round, false
		p.round, p.rounds = v.Round, v.Rounds
		if p.rounds == 0 {
			p.rounds = horizon
		}
		if p.until > 0 && !p.last {
			p.round, p.rounds = v.Round-p.since+1, max(p.until, v.Round)-p.since+1
		}
	}
	if p.listener != nil && !p.idle {
		p.listen(v)
	}
	switch {
	case may(protocol.Accept) && v.Standing != nil && (p.last && p.allowed(v.Standing) || p.agrees(v.By, v.Standing)):
		return protocol.Move{Kind: protocol.Accept}
	case may(protocol.Offer) && !p.idle:
		return protocol.Move{Kind: protocol.Offer, Outcome: p.send()}
	case may(protocol.Vote):
		move := protocol.Move{Kind: protocol.Vote}
		for i, offered := range v.Offers[:min(len(v.Offers), 64)] {
			if offered.By == v.Seat || p.agrees(offered.By, offered.Outcome) {
				move.Marks |= 1 << i
			}
		}
		return move
	case may(protocol.Disclose):
		move := protocol.Move{Kind: protocol.Disclose}
		if !p.told {
			move.Disclosure, p.told = p.disclose(), true
		}
		return move
	case may(protocol.Criticise) && v.Standing != nil:
		var text outcome.Outcome // in force
		if len(v.Offers) > 0 {
			text = v.Offers[0].Outcome
		}
		return p.criticise(v.Standing, text)
	case may(protocol.Answer) && v.Standing != nil:
		return protocol.Move{Kind: protocol.Answer, Answer: p.reply(v)}
	case may(protocol.Reject):
		return protocol.Move{Kind: protocol.Reject}
	}
	return protocol.Move{}
}

// bindTo takes up the mandate that is in force from now on.
func (p *party) bindTo(mandate outcome.Table) {
	p.mandate, p.settled = &mandate, p.settled[:0]
	amended := p.first.amend(mandate)
	if p.idle = amended == nil; !p.idle {
		p.staff = amended
		p.take(amended.whole)
	}
}

// listen tells the tactic what the other parties have offered since it was last asked.
func (p *party) listen(v *protocol.View) {
	for i := v.New; i < len(v.Messages); i++ {
		m := &v.Messages[i]
		if m.From != v.Seat && m.Move.Kind == protocol.Offer && int(m.From) < p.self.Parties {
			u, may := p.Value(m.Move.Outcome)
			p.hear(&p.state, heard{m.From, m.Move.Outcome, u, may})
			p.fresh = false
		}
	}
}

// turnTo takes up the file that is open now. A file has its own clock: it should be
// settled when as large a share of the rounds is over as of the issues has been opened.
func (p *party) turnTo(v *protocol.View) {
	settled := v.Settled
	p.seen = 0
	p.settled = append(p.settled[:0], settled...)
	if p.last = !slices.Contains(settled, -1); p.last {
		p.idle = false
		p.take(p.staff.whole)
		return
	}
	if p.later == nil {
		p.later = slices.Repeat([]bool{true}, len(settled))
	}
	for i, o := range settled {
		p.later[i] = p.later[i] && o >= 0
	}
	opened := 0
	for _, later := range p.later {
		if !later {
			opened++
		}
	}
	p.since, p.until = v.Round, v.Rounds*opened/len(settled)
	m, ok := p.staff.file(settled, p.later)
	if p.idle = !ok; ok {
		p.take(m)
	}
}

// upcoming works out the offer that the party would make now, and returns what it is worth.
func (p *party) upcoming() int64 {
	if !p.fresh {
		p.decide()
	}
	return p.worth
}

func (p *party) decide() {
	p.bid = p.next(&p.state)
	if p.fresh = true; p.bid.outcome == nil {
		p.worth = p.Utility[p.bid.position]
	} else {
		p.worth = p.row.Value(p.bid.outcome)
	}
}

// send returns the outcome of the next offer.
func (p *party) send() outcome.Outcome {
	p.upcoming()
	if p.sender != nil {
		p.sent(&p.state)
	}
	p.fresh = false
	if p.bid.outcome != nil {
		return p.bid.outcome
	}
	if p.buffer == nil {
		p.buffer, p.written = make(outcome.Outcome, p.Issues()), -1
	}
	if p.bid.position != p.written {
		p.Decode(p.buffer, p.List.Rank[p.bid.position])
		p.written = p.bid.position
	}
	return p.buffer
}

// agrees reports whether the party accepts o, which another seat has offered.
func (p *party) agrees(from protocol.Seat, o outcome.Outcome) bool {
	if p.idle {
		return false
	}
	u, may := p.Value(o)
	if !may {
		return false
	}
	if p.acceptor != nil {
		return p.accepts(&p.state, heard{from, o, u, may}, p.upcoming())
	}
	return u >= p.upcoming()
}

// allowed reports whether the party may agree to o, whatever it hopes for.
func (p *party) allowed(o outcome.Outcome) bool {
	_, may := p.Value(o)
	return may
}

// reply answers a mediator's proposal: yes to what the party would accept of another
// party and, of a tactic that says so, yes if the others do to whatever it may agree to.
func (p *party) reply(v *protocol.View) protocol.Reply {
	if p.agrees(v.By, v.Standing) {
		return protocol.Yes
	}
	if c, ok := p.tactic.(conditional); ok && c.conditional() && p.allowed(v.Standing) {
		return protocol.YesIfOthers
	}
	return protocol.No
}

// criticise says whether the party would rather have the draft than the text in force,
// which may be nil, and on which issues it wants more.
func (p *party) criticise(draft, text outcome.Outcome) protocol.Move {
	move := protocol.Move{Kind: protocol.Criticise, Marks: p.wanted(draft)}
	if p.idle {
		return move
	}
	d, t := heard{outcome: draft}, heard{u: p.floor, may: true}
	d.u, d.may = p.Value(draft)
	if text != nil {
		t.outcome = text
		t.u, t.may = p.Value(text)
	}
	yes := d.may && climbs(d, t)
	if c, ok := p.tactic.(critic); ok && d.may {
		yes = c.prefers(&p.state, d, t)
	}
	if yes {
		move.Answer = protocol.Yes
	}
	return move
}

// climbs reports whether a draft is worth no less than the text in force.
func climbs(draft, text heard) bool { return !text.may || draft.u >= text.u }

// disclose tells the mediator everything, truthfully. Adjustments, which link issues,
// cannot be told as scores and are left out.
func (p *party) disclose() *protocol.Disclosure {
	own := &p.self.Space.Parties[0]
	d := &protocol.Disclosure{Scores: p.row.Scores, Scale: p.row.Units(), NoDeal: own.Threshold}
	for _, line := range own.RedLines {
		d.Never = append(d.Never, line.Forbidden)
	}
	if p.self.Mandate.Count() > 0 {
		d.Never = append(d.Never, p.self.Mandate)
	}
	return d
}

// wanted names the issues, of the first 64, on which the party loses most with o against
// its best options: those on which it loses at least half of what it loses on the worst.
func (p *party) wanted(o outcome.Outcome) uint64 {
	var set uint64
	var most int64
	loss := func(i int) int64 {
		return slices.Max(p.row.Scores[i]) - p.row.Scores[i][o[i]]
	}
	n := min(len(o), 64)
	for i := range n {
		most = max(most, loss(i))
	}
	for i := range n {
		if l := loss(i); l > 0 && l >= most-l {
			set |= 1 << i
		}
	}
	return set
}
