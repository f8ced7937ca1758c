package protocol

// AlternatingOffers are the rules of stacked alternating offers for two or more
// parties (Aydoğan, Festen, Hindriks and Jonker 2017, "Alternating offers
// protocols for multilateral negotiation"; for two parties, Rubinstein 1982).
//
// Rules. In every round each party has one turn, in the order of the space. In
// its turn it accepts what is on the table, or puts an offer of its own in its
// place, which says no to what was there. Its own offer counts as its consent.
// There is an agreement as soon as those who have consented to what is on the
// table are enough for the consent rule: for a rule of everyone, when all others
// accepted it one after the other. Where the consent rule asks less than everyone,
// those who have not had a turn yet count as saying no. A turn that passes in
// silence leaves the offer where it is.
//
// Who sees what. Every move is shown to every party at once.
type AlternatingOffers struct{}

// Name returns alternating_offers.
func (AlternatingOffers) Name() string { return "alternating_offers" }

// Mediated reports false.
func (AlternatingOffers) Mediated() bool { return false }

// Check accepts every setting.
func (AlternatingOffers) Check(*Setting) error { return nil }

// Start returns a session's state.
func (AlternatingOffers) Start(*Setting) Course { return &alternating{} }

var (
	mayOffer  = []MoveKind{Offer}
	mayAccept = []MoveKind{Accept, Offer}
	mayVote   = []MoveKind{Vote}

	mayOfferOrPass  = []MoveKind{Offer, Reject}
	mayAcceptOrPass = []MoveKind{Accept, Offer, Reject}
)

type alternating struct {
	consents uint64
	passing  bool // a party may also pass, by Reject
}

func (a *alternating) Reset() { a.consents = 0 }

func (a *alternating) Open(t *Table) { a.turn(t, 0) }

// turn asks the first party from the given seat on that is present.
func (a *alternating) turn(t *Table, seat Seat) {
	for ; int(seat) < t.Parties(); seat++ {
		kinds, passing := mayOffer, mayOfferOrPass
		if o, by := t.Standing(); o != nil && by != seat {
			kinds, passing = mayAccept, mayAcceptOrPass
		}
		if a.passing {
			kinds = passing
		}
		if t.Ask(seat, kinds) {
			return
		}
	}
}

func (a *alternating) Move(t *Table, seat Seat, m *Move) {
	if a.consent(t, seat, m) {
		o, _ := t.Standing()
		t.Agree(o)
		return
	}
	a.turn(t, seat+1)
}

// consent makes the move, and reports whether what is on the table now has all the
// consent that it needs.
func (a *alternating) consent(t *Table, seat Seat, m *Move) bool {
	t.ShowAll(seat, m)
	switch m.Kind {
	case Offer:
		t.Put(seat, m.Outcome)
		a.consents = 1 << seat
	case Accept:
		a.consents |= 1 << seat
	default:
		return false
	}
	return t.Consents(a.consents)
}

// Voting are the rules of alternating multiple offers: everybody offers, then
// everybody votes on every offer (Aydoğan, Festen, Hindriks and Jonker 2017, the
// alternating multiple offers protocol).
//
// Rules. In every round each party makes one offer or none. Then each votes yes or
// no on every offer; its own has its yes. Of the offers whose yeses are enough for
// the consent rule, the one with the most is agreed; of several, that of the party
// that comes first in the space. Offers of earlier rounds are off the table.
//
// Who sees what. Nobody sees an offer of the round before all have offered, nor a
// vote before all have voted; then every party sees them all.
type Voting struct{}

// Name returns voting.
func (Voting) Name() string { return "voting" }

// Mediated reports false.
func (Voting) Mediated() bool { return false }

// Check accepts every setting.
func (Voting) Check(*Setting) error { return nil }

// Start returns a session's state.
func (Voting) Start(s *Setting) Course {
	return &voting{moves: make([]Move, len(s.Space.Parties))}
}

type voting struct {
	moves  []Move // of this half of the round, by party
	voting bool
}

func (c *voting) Reset() { c.voting = false }

func (c *voting) Open(t *Table) {
	t.Clear()
	c.voting = false
	c.ask(t, mayOffer)
}

// ask asks all parties at once.
func (c *voting) ask(t *Table, kinds []MoveKind) {
	clear(c.moves)
	for p := range c.moves {
		t.Ask(Seat(p), kinds)
	}
}

func (c *voting) Move(t *Table, seat Seat, m *Move) {
	c.moves[seat] = *m
	if t.Waiting() {
		return
	}
	for p := range c.moves {
		if c.moves[p].Kind != Silence {
			t.ShowAll(Seat(p), &c.moves[p])
		}
	}
	if c.voting {
		c.count(t)
		return
	}
	for p := range c.moves {
		if c.moves[p].Kind == Offer {
			t.Lay(Seat(p), c.moves[p].Outcome)
		}
	}
	if len(t.Offers()) > 0 {
		c.voting = true
		c.ask(t, mayVote)
	}
}

// count agrees on an offer that has enough votes, if there is one.
func (c *voting) count(t *Table) {
	best, most := -1, 0
	for i, o := range t.Offers() {
		yes, n := uint64(1)<<o.By, 1
		for p := range c.moves {
			if Seat(p) != o.By && c.moves[p].Marks>>i&1 != 0 {
				yes |= 1 << p
				n++
			}
		}
		if n > most && t.Consents(yes) {
			best, most = i, n
		}
	}
	if best >= 0 {
		t.Agree(t.Offers()[best].Outcome)
	}
}
