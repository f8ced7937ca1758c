package protocol_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/protocoltest"
)

// What the first party is shown, whatever the second does in secret: each case plays
// a session twice with moves of the second that the protocol hides from the first, and
// says whether the first may notice.
func TestSecretsStaySecret(t *testing.T) {
	answer := func(r protocol.Reply) protocol.Move { return protocol.Move{Kind: protocol.Answer, Answer: r} }
	tell := func(told int64) protocol.Move {
		return protocol.Move{Kind: protocol.Disclose, Disclosure: &protocol.Disclosure{Scale: 1, Scores: [][]int64{{told, 0, 0}, nil, nil}}}
	}
	criticise := func(r protocol.Reply, issues uint64, text string) protocol.Move {
		return protocol.Move{Kind: protocol.Criticise, Answer: r, Marks: issues, Text: text}
	}
	draft := protocol.Move{Kind: protocol.Draft, Outcome: outcome.Outcome{0, 1, 0}}
	vote := func(v uint64) protocol.Move { return protocol.Move{Kind: protocol.Vote, Marks: v} }
	shuttle := func(second ...protocol.Move) [][]protocol.Move {
		var all []protocol.Move
		for _, m := range second {
			all = append(all, tell(1), m)
		}
		return [][]protocol.Move{
			{tell(1), answer(protocol.No), tell(1), answer(protocol.No)}, all, {offer(0, 1, 0), offer(0, 2, 0)},
		}
	}
	for _, test := range []struct {
		name   string
		rules  protocol.Rules
		a, b   [][]protocol.Move
		notice bool
	}{
		{"what a party tells the mediator", protocol.Shuttle{},
			[][]protocol.Move{{tell(1), answer(protocol.No), tell(1)}, {tell(1), answer(protocol.No), tell(1)}, {offer(0, 1, 0)}},
			[][]protocol.Move{{tell(1), answer(protocol.No), tell(1)}, {tell(2), answer(protocol.No), tell(7)}, {offer(0, 1, 0)}}, false},
		{"yes if the others do, beside no", protocol.Shuttle{}, shuttle(answer(protocol.No), answer(protocol.No)), shuttle(answer(protocol.YesIfOthers), answer(protocol.No)), false},
		{"silence, beside no", protocol.Shuttle{}, shuttle(answer(protocol.No), answer(protocol.No)), shuttle(pass, answer(protocol.No)), false},
		{"an unconditional yes", protocol.Shuttle{}, shuttle(answer(protocol.No), answer(protocol.No)), shuttle(answer(protocol.Yes), answer(protocol.No)), true},
		{"a criticism", protocol.SingleText{},
			[][]protocol.Move{{criticise(0, 1, ""), criticise(0, 1, "")}, {criticise(0, 1, "no"), criticise(0, 2, "")}, {draft, draft}},
			[][]protocol.Move{{criticise(0, 1, ""), criticise(0, 1, "")}, {criticise(1, 2, "yes"), criticise(0, 3, "never")}, {draft, draft}}, false},
		{"that a draft became the text in force", protocol.SingleText{},
			[][]protocol.Move{{criticise(1, 0, ""), criticise(0, 0, "")}, {criticise(0, 0, "")}, {draft, draft}},
			[][]protocol.Move{{criticise(1, 0, ""), criticise(0, 0, "")}, {criticise(1, 0, "")}, {draft, draft}}, true},
		{"an offer, until all have offered", protocol.Voting{},
			[][]protocol.Move{{offer(0, 1, 0)}, {offer(1, 1, 0)}}, [][]protocol.Move{{offer(0, 1, 0)}, {offer(1, 2, 0)}}, true},
		{"a vote that changes nothing, until all have voted", protocol.Voting{},
			[][]protocol.Move{{offer(0, 1, 0), vote(0), offer(0, 1, 0)}, {offer(1, 1, 0), vote(0)}},
			[][]protocol.Move{{offer(0, 1, 0), vote(0), offer(0, 1, 0)}, {offer(1, 1, 0), vote(2)}}, true},
	} {
		set := protocoltest.Talks(2)
		set.Preconditions, set.Events, set.Breakdown = nil, nil, 0
		set.Outside = nil
		a, b := firstParty(t, set, test.rules, test.a), firstParty(t, set, test.rules, test.b)
		if (a != b) != test.notice {
			t.Errorf("%s: the first party notices: %v\n%s\n%s", test.name, a != b, a, b)
		}
	}
}

// firstParty plays the moves and returns everything that the first party was shown.
func firstParty(t *testing.T, set *protocol.Setting, rules protocol.Rules, moves [][]protocol.Move) string {
	t.Helper()
	m, err := protocol.New(set, rules)
	if err != nil {
		t.Fatal(err)
	}
	first := &script{moves: moves[0]}
	seats := []protocol.Negotiator{first}
	for _, mv := range moves[1:] {
		seats = append(seats, &script{moves: mv})
	}
	if _, err := protocol.Play(m, seats, 1, nil); err != nil {
		t.Fatal(err)
	}
	return strings.Join(first.views, "\n")
}

// In voting, nobody has seen an offer of the round when it makes its own.
func TestOffersAreSimultaneous(t *testing.T) {
	set := protocoltest.Talks(2)
	set.Preconditions, set.Events, set.Outside = nil, nil, nil
	m, err := protocol.New(set, protocol.Voting{})
	if err != nil {
		t.Fatal(err)
	}
	var views [2]string
	for k, o := range []protocol.Move{offer(0, 1, 0), offer(2, 3, 1)} {
		m.Start(1)
		m.Step(0, o)
		views[k] = look(m.View(1))
	}
	if views[0] != views[1] {
		t.Errorf("the second party sees the first one's offer:\n%s\n%s", views[0], views[1])
	}
}

// A party is told nothing of another when it sits down.
func TestSelfIsOnesOwn(t *testing.T) {
	var before []string
	for k := range 2 {
		set := protocoltest.Talks(3)
		if k == 1 { // everything that is p3's own
			p := &set.Space.Parties[2]
			p.Scores[0][0], p.Threshold = 77, outcome.Threshold{Value: 9, Set: true}
			p.RedLines = []outcome.Condition{{ID: "p3.red_lines.x", Kind: outcome.RedLine, Forbidden: set.Outside[1]}}
			p.Constituencies = []outcome.Row{set.Space.Parties[0].Row}
			set.Outside[2] = set.Outside[1]
			set.Discounts = []float64{1, 1, 0.5}
		}
		m, err := protocol.New(set, protocol.Shuttle{})
		if err != nil {
			t.Fatal(err)
		}
		for seat := range m.Seats() {
			self := m.Self(protocol.Seat(seat), 1)
			text := fmt.Sprintf("%+v %+v", self, *self.Space)
			text = text[strings.Index(text, "Parties:"):] // without addresses
			if i := strings.Index(text, "Space:"); i >= 0 {
				text = text[:i] + text[strings.Index(text, " Mandate"):]
			}
			if k == 0 {
				before = append(before, text)
			} else if (before[seat] != text) != (seat == 2) {
				t.Errorf("seat %d knows of p3: %v\n%s\n%s", seat, before[seat] != text, before[seat], text)
			}
		}
	}
}
