// Package protocoltest puts protocols and negotiators through the checks that every
// one of them must pass: [Rules] for a protocol, [Negotiator] for a participant.
package protocoltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
)

// sessions is the number of random sessions that one check plays.
const sessions = 60

// Rules plays random sessions under the rules, with participants that move at
// random, illegally, too often, not at all, or panic, and checks that
//   - every session ends, and the same seeds end it the same way;
//   - an agreement is a package of the space that its requirements admit, its
//     utilities are its worth, and it carries at home;
//   - a view holds exactly the messages that the machine addressed to its seat;
//   - what a view holds follows from those messages: between sessions in which a
//     seat was shown the same and did the same, its views are the same byte for byte,
//     whatever the others kept to themselves;
//   - what others have on their score sheets changes nothing for a seat while moves
//     stay the same;
//   - a transcript of the session, written, read and replayed, does not depart.
//
// The setting must have a deadline, which should be short.
func Rules(t *testing.T, rules protocol.Rules, set *protocol.Setting) {
	t.Helper()
	if set.Rounds < 1 || set.Rounds > 50 {
		t.Fatalf("a setting with a deadline of 1 to 50 rounds is needed, not %d", set.Rounds)
	}
	m, err := protocol.New(set, rules)
	if err != nil {
		t.Fatal(err)
	}
	disturbed, err := protocol.New(disturb(set), rules)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{} // history of a seat -> its view
	for seed := range uint64(sessions) {
		first := record(t, m, seed, nil)
		if again := record(t, m, seed, nil); again.text != first.text || again.result != first.result {
			t.Fatalf("seed %d: two sessions differ:\n%s\n%s", seed, first.text, again.text)
		}
		checkResult(t, set, m, seed)
		for history, view := range first.views {
			if before, ok := known[history]; ok && before != view {
				t.Fatalf("seed %d: a seat that was shown the same twice has two views:\n%s\nand\n%s\nafter\n%s", seed, before, view, history)
			}
			known[history] = view
		}
		if other := record(t, disturbed, seed, nil); other.legal && first.legal && other.text != first.text {
			t.Fatalf("seed %d: with other score sheets the same moves led elsewhere:\n%s\n%s", seed, first.text, other.text)
		}
		replay(t, m, seed, first.lines)
	}
}

// A session is what a check keeps of one.
type session struct {
	text   string // every effect
	result string
	views  map[string]string
	lines  []transcript.Line
	legal  bool // it was not ended by people at home
}

// record plays one random session.
func record(t *testing.T, m *protocol.Machine, seed uint64, seats []protocol.Negotiator) session {
	t.Helper()
	s := session{views: map[string]string{}}
	n := m.Seats()
	shown := make([][]protocol.Message, n)
	history := make([]strings.Builder, n)
	if seats == nil {
		for seat := range n {
			seats = append(seats, newRandom(m, seat, seed))
		}
	}
	for seat := range seats {
		inner := seats[seat]
		seats[seat] = negotiatorFunc(func(v *protocol.View) protocol.Move {
			if len(v.Messages) != len(shown[seat]) {
				t.Fatalf("seed %d: seat %d has %d messages in view and was shown %d", seed, seat, len(v.Messages), len(shown[seat]))
			}
			for i := range shown[seat] {
				if a, b := render(v.Messages[i]), render(shown[seat][i]); a != b {
					t.Fatalf("seed %d: seat %d was shown %s and has %s in view", seed, seat, b, a)
				}
			}
			s.views[fmt.Sprintf("%d\n%s", seat, history[seat].String())] = renderView(v)
			return inner.Move(v)
		})
	}
	var text strings.Builder
	recorder := transcript.NewRecorder(m.Setting())
	steps := 0
	r, err := protocol.Play(m, seats, seed, func(from protocol.Seat, move *protocol.Move, effects []protocol.Effect) {
		if steps++; steps > 1_000_000 {
			t.Fatalf("seed %d: the session does not end", seed)
		}
		recorder.Watch(from, move, effects)
		if from >= 0 && move != nil {
			fmt.Fprintf(&history[from], "did %s\n", renderMove(move))
		}
		for _, e := range effects {
			fmt.Fprintf(&text, "%d %d %d %x %s\n", e.Kind, e.Round, e.Seat, e.Seats, e.Reason)
			switch e.Kind {
			case protocol.Show:
				for seat := range n {
					if e.Seats>>seat&1 != 0 {
						shown[seat] = append(shown[seat], *e.Message)
						fmt.Fprintf(&history[seat], "saw %s\n", render(*e.Message))
					}
				}
			case protocol.Ask, protocol.Refuse, protocol.Fault:
				if e.Seat >= 0 && int(e.Seat) < n {
					fmt.Fprintf(&history[e.Seat], "%d %d %s\n", e.Kind, e.Round, e.Reason)
				}
			case protocol.Opened, protocol.NotOpened, protocol.Changed, protocol.Agenda, protocol.Happened:
				for seat := range n { // everybody is told
					fmt.Fprintf(&history[seat], "%d %d %s\n", e.Kind, e.Round, e.Reason)
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	s.text, s.result, s.lines = text.String(), fmt.Sprintf("%+v", *r), recorder.Lines
	s.legal = r.Ended != protocol.RefusedAtHome
	return s
}

func render(m protocol.Message) string {
	return fmt.Sprintf("%d from %d: %s", m.Round, m.From, renderMove(&m.Move))
}

func renderMove(m *protocol.Move) string {
	d := "nothing"
	if m.Disclosure != nil {
		d = fmt.Sprintf("%+v", *m.Disclosure)
	}
	return fmt.Sprintf("%d %v %d %x %q %s", m.Kind, m.Outcome, m.Answer, m.Marks, m.Text, d)
}

func renderView(v *protocol.View) string {
	return fmt.Sprintf("%d %d %d %v %v %q %v %d %v %v %d %d",
		v.Seat, v.Round, v.Rounds, v.Time, v.Asked, v.Refused, v.Standing, v.By, v.Offers, v.Settled, len(v.Messages), v.New)
}

func checkResult(t *testing.T, set *protocol.Setting, m *protocol.Machine, seed uint64) {
	t.Helper()
	r := m.Result()
	if r.Reason == "" || r.Rounds < 1 || r.Rounds > set.Rounds {
		t.Errorf("seed %d: %+v", seed, r)
	}
	switch r.Ended {
	case protocol.Agreed:
		o := r.Agreement
		if len(o) != len(set.Space.Issues) || !set.Space.Admits(o) || !set.Space.Ratifiable(o) {
			t.Fatalf("seed %d: %v was agreed, which cannot be", seed, o)
		}
		for p := range set.Space.Parties {
			if r.Utilities[p] != set.Space.Parties[p].Value(o) {
				t.Errorf("seed %d: %v is not worth %d to party %d", seed, o, r.Utilities[p], p)
			}
		}
	case protocol.RefusedAtHome:
		if r.Agreement != nil || set.Space.Ratifiable(r.Refused) || r.Refusers == 0 {
			t.Errorf("seed %d: %+v", seed, r)
		}
	case protocol.Deadline, protocol.Breakdown, protocol.Walkout:
		if r.Agreement != nil || r.Refused != nil || (r.Ended == protocol.Walkout) != (r.By >= 0) {
			t.Errorf("seed %d: %+v", seed, r)
		}
	default:
		t.Errorf("seed %d: ended %q", seed, r.Ended)
	}
}

// disturb returns the setting with other scores for everybody, which the random
// participants do not look at.
func disturb(set *protocol.Setting) *protocol.Setting {
	d, space := *set, *set.Space
	space.Parties = slices.Clone(space.Parties)
	for p := range space.Parties {
		party := &space.Parties[p]
		party.Scores = slices.Clone(party.Scores)
		for i := range party.Scores {
			party.Scores[i] = slices.Clone(party.Scores[i])
			slices.Reverse(party.Scores[i])
		}
		party.Threshold.Value++
		party.RedLines = nil
	}
	d.Space = &space
	return &d
}

func replay(t *testing.T, m *protocol.Machine, seed uint64, lines []transcript.Line) {
	t.Helper()
	var b strings.Builder
	if _, err := (&transcript.Transcript{Fields: []transcript.Field{{Key: "note", Value: "random"}}, Lines: lines}).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	read, err := transcript.Parse("session", []byte(b.String()))
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, b.String())
	}
	var again strings.Builder
	if _, err := read.WriteTo(&again); err != nil {
		t.Fatal(err)
	}
	if again.String() != b.String() {
		t.Fatalf("seed %d: a transcript read and written again differs:\n%s\n%s", seed, b.String(), again.String())
	}
	d, err := (&transcript.Replay{Session: protocol.Session{Machine: m, Seed: seed}}).Run(read)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, b.String())
	}
	if d != nil {
		t.Fatalf("seed %d: the replay departs at line %d: recorded %q, now %q\n%s", seed, d.Line, d.Recorded, d.Now, b.String())
	}
}

type negotiatorFunc func(*protocol.View) protocol.Move

func (f negotiatorFunc) Move(v *protocol.View) protocol.Move { return f(v) }

// random moves at random, mostly legally, whatever its scores are. What it does
// depends on its seed and the moves before, so that sessions part only now and then.
type random struct {
	rand   *rand.Rand
	issues []outcome.Issue
	temper int
}

func newRandom(m *protocol.Machine, seat int, seed uint64) *random {
	return &random{rand.New(rand.NewPCG(seed/3, uint64(seat))), m.Setting().Space.Issues, int(seed % 10)}
}

func (r *random) Move(v *protocol.View) protocol.Move {
	switch k := r.rand.IntN(100); {
	case r.temper == 7 && k < 10:
		return protocol.Move{Kind: protocol.MoveKind(r.rand.IntN(12))}
	case r.temper == 8 && k < 30:
		return protocol.Move{}
	case r.temper == 9 && k < 3:
		panic("out of temper")
	case r.temper == 9 && k < 6:
		return protocol.Move{Kind: protocol.Leave, Text: "enough"}
	}
	m := protocol.Move{Kind: v.Asked[r.rand.IntN(len(v.Asked))]}
	switch m.Kind {
	case protocol.Offer, protocol.Draft:
		m.Outcome = make(outcome.Outcome, len(r.issues))
		for i := range m.Outcome {
			m.Outcome[i] = r.rand.IntN(r.issues[i].Options)
			if v.Settled != nil && v.Settled[i] >= 0 && r.rand.IntN(20) > 0 {
				m.Outcome[i] = v.Settled[i]
			}
		}
		if r.temper == 6 && r.rand.IntN(10) == 0 {
			m.Outcome[0] = 99
		}
	case protocol.Vote:
		m.Marks = r.rand.Uint64() & (1<<len(v.Offers) - 1)
	case protocol.Answer:
		m.Answer = protocol.Reply(r.rand.IntN(3))
	case protocol.Criticise:
		m.Answer = protocol.Reply(r.rand.IntN(2))
		m.Marks = r.rand.Uint64() & (1<<min(63, len(r.issues)) - 1)
	case protocol.Disclose:
		if r.rand.IntN(2) == 0 {
			m.Disclosure = &protocol.Disclosure{Scale: 10, Scores: make([][]int64, len(r.issues)), NoDeal: outcome.Threshold{Value: r.rand.Int64N(100), Set: true}}
			for i := range r.issues {
				for range r.issues[i].Options {
					m.Disclosure.Scores[i] = append(m.Disclosure.Scores[i], r.rand.Int64N(100))
				}
			}
			never, err := outcome.NewTable(r.issues, []int{0}, func(o []int) bool { return o[0] == 0 })
			if err == nil {
				m.Disclosure.Never = append(m.Disclosure.Never, never)
			}
		}
	}
	if r.rand.IntN(20) == 0 {
		m.Text = "a remark, \"quoted\"\nover two lines"
	}
	return m
}

// Negotiator puts a negotiator through random sessions in every seat that fits and
// checks that it moves in time, only as it was asked to, without a panic, without
// changing what it was shown, and alike when it is made alike. make is called for
// every session; it may return nil for a seat that the negotiator cannot fill.
func Negotiator(t *testing.T, rules protocol.Rules, set *protocol.Setting, make func(self protocol.Self) protocol.Negotiator) {
	t.Helper()
	m, err := protocol.New(set, rules)
	if err != nil {
		t.Fatal(err)
	}
	for seat := range m.Seats() {
		for seed := range uint64(20) {
			var texts [2]string
			for k := range texts {
				inner := make(m.Self(protocol.Seat(seat), seed))
				if inner == nil {
					break
				}
				var seats []protocol.Negotiator
				for other := range m.Seats() {
					r := newRandom(m, other, seed*10) // of an even temper
					seats = append(seats, r)
				}
				seats[seat] = negotiatorFunc(func(v *protocol.View) protocol.Move {
					before := renderView(v) + fmt.Sprint(v.Messages)
					move := inner.Move(v)
					if after := renderView(v) + fmt.Sprint(v.Messages); after != before {
						t.Fatalf("seat %d, seed %d: it changed what it was shown:\n%s\n%s", seat, seed, before, after)
					}
					return move
				})
				var text strings.Builder
				if _, err := protocol.Play(m, seats, seed, func(from protocol.Seat, move *protocol.Move, effects []protocol.Effect) {
					if from == protocol.Seat(seat) && move != nil {
						fmt.Fprintln(&text, renderMove(move))
					}
					for _, e := range effects {
						if e.Seat == protocol.Seat(seat) && (e.Kind == protocol.Refuse || e.Kind == protocol.Fault) {
							t.Errorf("seat %d, seed %d, round %d: %s", seat, seed, e.Round, e.Reason)
						}
					}
				}); err != nil {
					t.Fatal(err)
				}
				texts[k] = text.String()
			}
			if texts[0] != texts[1] {
				t.Errorf("seat %d, seed %d: made alike, it moved in two ways:\n%s\n%s", seat, seed, texts[0], texts[1])
			}
		}
	}
}

// Talks returns a setting of two or more parties with something of everything: names, mandates, red
// lines, people at home, preconditions, events and a chance of breakdown.
func Talks(parties int) *protocol.Setting {
	space := &outcome.Space{Issues: []outcome.Issue{{ID: "arms", Options: 3}, {ID: "aid", Options: 4}, {ID: "border", Options: 2}}}
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprintf("p%d", p+1), Scale: 2, Threshold: outcome.Threshold{Value: 3, Set: p > 0}}
		for i, is := range space.Issues {
			var scores []int64
			for k := range is.Options {
				scores = append(scores, int64((k*(p+1)+i)%5))
			}
			row.Scores = append(row.Scores, scores)
		}
		space.Parties = append(space.Parties, outcome.Party{Row: row})
	}
	hawks := space.Parties[0].Row
	hawks.ID, hawks.Threshold = "p1.hawks", outcome.Threshold{Value: 5, Set: true}
	hawks.Scores = [][]int64{{0, 4, 1}, {2, 3, 0, 1}, {1, 0}}
	space.Parties[0].Constituencies = []outcome.Row{hawks}
	not := func(issues []int, holds func(o []int) bool) outcome.Table {
		t, err := outcome.NewTable(space.Issues, issues, holds)
		if err != nil {
			panic(err)
		}
		return t
	}
	space.Requires = []outcome.Condition{{ID: "requires.gap", Forbidden: not([]int{0, 1}, func(o []int) bool { return o[0] == 2 && o[1] == 0 })}}
	outside := make([]outcome.Table, parties)
	outside[1] = not([]int{2}, func(o []int) bool { return o[0] == 1 })
	return &protocol.Setting{
		Space: space, Rounds: 6, StatusQuo: []int{0, 1, 0}, Outside: outside,
		Options:       [][]string{{"all", "half", "none"}, {"0", "10", "20", "30"}, {"old", "new"}},
		Preconditions: []protocol.Precondition{{ID: "p1.calm", Text: "no threats"}, {ID: "p2.press", Text: "no press", Unmet: true}},
		Events: []protocol.Event{
			{Round: 2, Kind: protocol.Meet, Precondition: "p2.press"},
			{Round: 4, Kind: protocol.Amend, Party: 1, Text: "anything"},
		},
		Breakdown: 0.02,
	}
}
