// Package protocol holds the rules of negotiations as deterministic machines:
// what a participant does goes in as a [Move], what follows from it comes out as
// [Effect] values. There is no clock, network, disk or unseeded chance inside, so
// that a rehearsal with automated negotiators and a session with people run on
// the same [Machine], and every session can be replayed from its transcript.
//
// Start with a [Setting] (who sits at the table, what may be agreed), a [Rules]
// (the protocol) and [New]. [Play] drives a machine with a [Negotiator] in every
// seat.
//
// # Who sees what
//
// A participant's [View] is made of the messages that the machine addressed to its
// seat and of nothing else. A participant is given its own scores when it sits
// down ([Self]) and never another's.
package protocol

import (
	"slices"
	"strconv"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Seat is a place at the table. The parties sit first, in the order of the
// space; a mediator, where the protocol has one, sits after them.
type Seat int

// A MoveKind says what a participant does.
type MoveKind uint8

// Kinds of moves. A protocol's documentation says which it asks for.
const (
	Silence   MoveKind = iota // nothing: what a driver reports of a participant that did not answer
	Offer                     // puts Outcome on the table
	Accept                    // takes what stands on the table
	Reject                    // refuses it
	Leave                     // walks out
	Vote                      // says yes to the offers in Marks, no to the others
	Disclose                  // tells the mediator alone what Disclosure holds
	Draft                     // the mediator's text: Outcome
	Criticise                 // a party's criticism of the text
	Answer                    // a blind answer to the mediator's proposal
)

// A Move is what a participant does when it is asked. The zero Move is silence.
type Move struct {
	Kind       MoveKind
	Answer     Reply           // of Answer and Criticise
	Outcome    outcome.Outcome // of Offer and Draft
	Marks      uint64          // of Vote: bit i for the i-th offer of the round; of Criticise: for the i-th issue, which the party asks to be improved for it
	Disclosure *Disclosure     // of Disclose
	Text       string          // a remark for the record, at most MaxText bytes
}

var kindNames = [...]string{"silence", "offer", "accept", "reject", "leave", "vote", "disclose", "draft", "criticise", "answer"}

// String returns the kind's word in transcripts.
func (k MoveKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind_" + strconv.Itoa(int(k)) // no kind of move
}

// ParseKind returns the kind of a word in transcripts.
func ParseKind(word string) (k MoveKind, ok bool) {
	at := slices.Index(kindNames[:], word)
	return MoveKind(max(at, 0)), at >= 0
}

// A Reply is a blind answer.
type Reply uint8

// Replies.
const (
	No          Reply = iota
	Yes               // whatever the others say
	YesIfOthers       // only if everybody else says yes or yes-if-others
)

var replyNames = [...]string{"no", "yes", "yes_if_others"}

// String returns no, yes or yes_if_others.
func (r Reply) String() string {
	if int(r) < len(replyNames) {
		return replyNames[r]
	}
	return strconv.Itoa(int(r))
}

// ParseReply returns the reply of a word.
func ParseReply(word string) (r Reply, ok bool) {
	at := slices.Index(replyNames[:], word)
	return Reply(max(at, 0)), at >= 0
}

// A Disclosure is what a party chooses to tell a mediator of itself: as much, and
// as truthfully, as it wants.
type Disclosure struct {
	// Scores by issue, then option, in units of 1/Scale points; an issue of which
	// nothing is told is nil.
	Scores [][]int64
	Scale  int64
	// NoDeal is the least utility that it says it accepts, in the same units.
	NoDeal outcome.Threshold
	// Never are red lines that it tells.
	Never []outcome.Table
}

// MaxText is the longest remark, in bytes.
const MaxText = 4 << 10

// A Message is a move as it was shown to a seat. What a seat must not see of a
// move is not in its message.
type Message struct {
	Round int // from 1
	From  Seat
	Move  Move
}

// A View is what one participant is shown when it is asked to move. It is read
// only; its memory belongs to the machine and is good until the session ends.
type View struct {
	Seat     Seat
	Round    int             // from 1
	Rounds   int             // deadline; 0 means none
	Time     float64         // share of the session that is over, from 0 to below 1, as Setting.Clock counts it; 0 without a deadline
	Asked    []MoveKind      // kinds of moves that are in order, besides Silence and Leave
	Mandate  *outcome.Table  // what the party's negotiators may not agree to, once it was amended; nil until then
	Refused  string          // why the move just made was refused; empty for a new turn
	Standing outcome.Outcome // what is on the table; nil when nothing is
	By       Seat            // who put it there
	Offers   []Offered       // all that is on the table, where that is more than one
	Settled  outcome.Outcome // file by file: option of each issue settled or at its status quo, -1 where the file is open now; nil elsewhere
	Messages []Message       // everything shown to this seat, in order
	New      int             // Messages[New:] came since this seat was last asked
}

// Offered is one of several offers on the table.
type Offered struct {
	By      Seat
	Outcome outcome.Outcome
}

// Self is what a participant knows of itself and of the rules when it sits down.
type Self struct {
	Seat    Seat
	Seats   int // parties and mediator
	Parties int
	// Space has every issue and the public requirements, and as its only party
	// this one, with its red lines and its people at home. A mediator's has none.
	Space *outcome.Space
	// Mandate is what the party's negotiators may not agree to; the zero Table is nothing.
	Mandate outcome.Table
	// StatusQuo is the option in force today by issue, -1 where there is none.
	StatusQuo []int
	Discount  float64 // factor on the worth of an agreement, per round; 1 when there is none
	Rounds    int     // deadline; 0 means none
	Protocol  string  // name of the rules
	Seed      uint64  // for this participant's own chance, in this session
}

// A Negotiator decides one move at a time from what it has been shown. It is
// made for one session, and is asked by one goroutine at a time. The outcome in
// its move may be memory that it uses again: the machine copies it.
type Negotiator interface {
	Move(v *View) Move
}
