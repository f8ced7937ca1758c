package strategy

import (
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A tactic decides what a party offers next: what a strategy's file implements. It is
// asked once a round and for each offer heard, and is made for one session.
//
// A tactic that also has one of the methods of listener, acceptor or sender takes part
// in more than that.
type tactic interface {
	next(s *state) bid
}

// A listener is told every offer of another seat, before next is asked.
type listener interface {
	hear(s *state, h heard)
}

// An acceptor decides itself what to accept. Other tactics accept what is worth at least
// the offer that they would make now: AC-next (Baarslag, Hindriks and Jonker 2013), the
// rule of Faratin, Sierra and Jennings (1998, sec. 3).
type acceptor interface {
	accepts(s *state, h heard, next bid) bool
}

// A sender is told which of its bids was put on the table.
type sender interface {
	sent(s *state, b bid)
}

// A bid is an outcome that a party may offer: by its position in the ranking or, with
// position -1, by itself.
type bid struct {
	u        int64
	position int
	outcome  outcome.Outcome
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
	*Ranking
	rng           *rand.Rand
	round, rounds int // from 1; rounds is the deadline or, without one, the horizon
	offered       int // offers made so far
}

// position is the bid at a position of the ranking.
func (s *state) position(i int) bid { return bid{u: s.utility[i], position: i} }

// horizon is the number of rounds over which a party concedes where there is no
// deadline.
const horizon = 100

// A making is how to make a tactic for one ranking.
type making struct {
	ranking *Ranking
	make    func() tactic
}

// A staff prepares the party's sessions: one making for the whole agenda, and one for
// each state of the files where they are negotiated one by one.
type staff struct {
	entry *Entry
	values
	whole making

	mu    sync.Mutex
	files map[string]making
}

// maxFiles bounds the states of the files that are remembered.
const maxFiles = 256

// file returns the making for the options that settled leaves open.
func (st *staff) file(settled outcome.Outcome) (making, bool) {
	key := make([]byte, 0, 2*len(settled))
	for _, o := range settled {
		key = append(key, byte(o), byte(o>>8), byte(o>>16))
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
	if ranking := st.whole.ranking.within(settled); ranking != nil {
		if make, err := st.entry.party(ranking, st.values); err == nil {
			m = making{ranking, make}
		}
	}
	if st.files == nil {
		st.files = map[string]making{}
	}
	st.files[string(key)] = m
	return m, m.ranking != nil
}

// within ranks the outcomes that agree with the options settled: those at least as
// good as the no-deal value or, where there are none, all; nil where none is admitted.
func (r *Ranking) within(settled outcome.Outcome) *Ranking {
	self, space := r.self, *r.self.Space
	space.Requires = slices.Clone(space.Requires)
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
	self.Space = &space
	if ranked, err := rankAdmitted(self, nil); err == nil {
		return ranked
	}
	space.Parties = slices.Clone(space.Parties)
	space.Parties[0].Threshold = outcome.Threshold{}
	ranked, err := rankAdmitted(self, nil)
	if err != nil {
		return nil
	}
	return ranked
}

// A party plays a tactic under any protocol.
type party struct {
	staff   *staff
	settled outcome.Outcome // the file in hand
	idle    bool            // nothing can be offered on it
	tactic
	listener
	acceptor
	sender
	state
	source rand.PCG
	seed   uint64
	buffer outcome.Outcome
	answer outcome.Outcome // the text or proposal last said yes to

	bid   bid // the next one
	fresh bool
}

func (st *staff) sit(seed uint64) *party {
	p := &party{staff: st, seed: seed}
	p.source.Seed(seed, 0x9e3779b97f4a7c15)
	p.rng = rand.New(&p.source)
	p.take(st.whole)
	return p
}

// take begins with a making.
func (p *party) take(m making) {
	p.Ranking, p.tactic = m.ranking, m.make()
	p.listener, _ = p.tactic.(listener)
	p.acceptor, _ = p.tactic.(acceptor)
	p.sender, _ = p.tactic.(sender)
	p.fresh, p.offered = false, 0
}

// Move implements [protocol.Negotiator].
func (p *party) Move(v *protocol.View) protocol.Move {
	var asked uint
	for _, kind := range v.Asked {
		asked |= 1 << kind
	}
	may := func(kind protocol.MoveKind) bool { return asked>>kind&1 != 0 }
	if v.Settled != nil && !slices.Equal(v.Settled, p.settled) {
		p.settled = slices.Clone(v.Settled)
		m, ok := p.staff.file(v.Settled)
		if p.idle = !ok; ok {
			p.take(m)
		}
	}
	if v.Round != p.round {
		p.round, p.fresh = v.Round, false
		if p.rounds = v.Rounds; p.rounds == 0 {
			p.rounds = horizon
		}
	}
	if p.listener != nil && !p.idle {
		for i := v.New; i < len(v.Messages); i++ {
			m := &v.Messages[i]
			if m.From != v.Seat && m.Move.Kind == protocol.Offer && int(m.From) < p.self.Parties {
				u, may := p.Value(m.Move.Outcome)
				p.hear(&p.state, heard{m.From, m.Move.Outcome, u, may})
				p.fresh = false
			}
		}
	}
	switch {
	case may(protocol.Accept) && v.Standing != nil && p.agrees(v.By, v.Standing):
		return protocol.Move{Kind: protocol.Accept}
	case may(protocol.Offer) && !p.idle:
		return protocol.Move{Kind: protocol.Offer, Outcome: p.send()}
	case may(protocol.Vote):
		move := protocol.Move{Kind: protocol.Vote}
		for i, offered := range v.Offers[:min(len(v.Offers), 64)] {
			if offered.By == v.Seat || p.agrees(offered.By, offered.Outcome) {
				move.Votes |= 1 << i
			}
		}
		return move
	case may(protocol.Disclose):
		return protocol.Move{Kind: protocol.Disclose, Disclosure: p.disclose()}
	case may(protocol.Criticise) && v.Standing != nil:
		return protocol.Move{Kind: protocol.Criticise, Answer: p.reply(v), Issues: p.wanted(v.Standing)}
	case may(protocol.Answer) && v.Standing != nil:
		return protocol.Move{Kind: protocol.Answer, Answer: p.reply(v)}
	case may(protocol.Reject):
		return protocol.Move{Kind: protocol.Reject}
	}
	return protocol.Move{}
}

// upcoming returns the offer that the party would make now.
func (p *party) upcoming() bid {
	if !p.fresh {
		p.bid, p.fresh = p.next(&p.state), true
	}
	return p.bid
}

// send returns the outcome of the next offer.
func (p *party) send() outcome.Outcome {
	b := p.upcoming()
	if p.sender != nil {
		p.sent(&p.state, b)
	}
	p.offered++
	p.fresh = false
	if b.position < 0 {
		return b.outcome
	}
	if p.buffer == nil {
		p.buffer = make(outcome.Outcome, len(p.sizes))
	}
	return p.decode(p.buffer, p.rank[b.position])
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
	return u >= p.upcoming().u
}

// reply answers a mediator's text or proposal: yes to what the party would accept of
// another party; yes if the others do to whatever else it may agree to.
func (p *party) reply(v *protocol.View) protocol.Reply {
	if p.agrees(v.By, v.Standing) {
		return protocol.Yes
	}
	if _, may := p.Value(v.Standing); may && !p.idle {
		return protocol.YesIfOthers
	}
	return protocol.No
}

// disclose tells the mediator everything, truthfully. Adjustments, which link issues,
// cannot be told as scores and are left out.
func (p *party) disclose() *protocol.Disclosure {
	own := &p.self.Space.Parties[0]
	d := &protocol.Disclosure{Scores: p.row.Scores, Scale: p.row.Scale, NoDeal: own.Threshold}
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
