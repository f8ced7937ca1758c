package protocol

// AlternatingOffers are the rules of stacked alternating offers for two or more
// parties (Aydoğan, Festen, Hindriks and Jonker 2017, the stacked alternating
// offers protocol; for two parties, Rubinstein 1982).
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
)

type alternating struct {
	consents uint64
}

func (a *alternating) Reset() { a.consents = 0 }

func (a *alternating) Open(t *Table) { a.turn(t, 0) }

// turn asks the first party from the given seat on that is present.
func (a *alternating) turn(t *Table, seat Seat) {
	for ; int(seat) < t.Parties(); seat++ {
		kinds := mayOffer
		if o, by := t.Standing(); o != nil && by != seat {
			kinds = mayAccept
		}
		if t.Ask(seat, kinds) {
			return
		}
	}
}

func (a *alternating) Refuse(*Table, Seat, *Move) string { return "" }

func (a *alternating) Move(t *Table, seat Seat, m *Move) {
	t.ShowAll(seat, m)
	switch m.Kind {
	case Offer:
		t.Put(seat, m.Outcome)
		a.consents = 1 << seat
	case Accept:
		a.consents |= 1 << seat
	default:
		a.turn(t, seat+1)
		return
	}
	if t.Consents(a.consents) {
		o, _ := t.Standing()
		t.Agree(o)
		return
	}
	a.turn(t, seat+1)
}
