package protocol

// Rules are a protocol. The rules of this package are structs whose fields are
// the protocol's parameters; others may be written outside it, and
// protocoltest.Rules puts any through the same checks.
type Rules interface {
	// Name is the protocol's id, such as alternating_offers.
	Name() string
	// Mediated reports whether a mediator sits at the table.
	Mediated() bool
	// Check says in a plain sentence why the protocol cannot be played in a setting
	// that checks; nil when it can.
	Check(s *Setting) error
	// Start returns the state of a new session. It may be used for one session after
	// another.
	Start(s *Setting) Course
}

// A Course is a session's state under some rules. The machine calls it with legal
// moves only, and opens the next round when nobody is asked any more.
type Course interface {
	// Reset begins a session anew.
	Reset()
	// Open begins a round: it asks somebody, agrees or ends.
	Open(t *Table)
	// Move takes the move of a seat that was asked, who is then no longer asked. A
	// Silence is a turn that passed, also because the seat has left.
	Move(t *Table, seat Seat, m *Move)
}

// A Refuser is a [Course] that refuses moves that are otherwise in order.
type Refuser interface {
	// Refuse says why a move is against these rules; empty when it is not.
	Refuse(t *Table, seat Seat, m *Move) string
}
