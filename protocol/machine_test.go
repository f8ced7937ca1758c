package protocol_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// cake is a space of n parties and one issue with an option per share of the first
// party, from 0 to size; the others share the rest alike.
func cake(parties, size int) *outcome.Space {
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "share", Options: size + 1}}}
	for p := range parties {
		scores := make([]int64, size+1)
		for k := range scores {
			scores[k] = int64(k)
			if p > 0 {
				scores[k] = int64(size - k)
			}
		}
		s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{ID: string(rune('a' + p)), Scale: 1, Scores: [][]int64{scores}}})
	}
	return s
}

// script is a negotiator that makes its moves in order, then stays silent.
type script struct {
	moves []protocol.Move
	next  int
	views []string
}

func (s *script) Move(v *protocol.View) protocol.Move {
	s.views = append(s.views, look(v))
	if s.next == len(s.moves) {
		return protocol.Move{}
	}
	s.next++
	return s.moves[s.next-1]
}

// look writes everything in a view, without addresses.
func look(v *protocol.View) string {
	text := fmt.Sprint(v.Seat, v.Round, v.Rounds, v.Time, v.Asked, v.Refused, v.Standing, v.By, v.Offers, v.Settled, v.New)
	for _, m := range v.Messages {
		d := m.Move.Disclosure
		m.Move.Disclosure = nil
		text += fmt.Sprintf("\n  %+v", m)
		if d != nil {
			text += fmt.Sprintf(" %+v", *d)
		}
	}
	return text
}

func offer(o ...int) protocol.Move { return protocol.Move{Kind: protocol.Offer, Outcome: o} }

var (
	accept = protocol.Move{Kind: protocol.Accept}
	leave  = protocol.Move{Kind: protocol.Leave}
	pass   = protocol.Move{}
)

func play(t *testing.T, set *protocol.Setting, rules protocol.Rules, moves ...[]protocol.Move) (protocol.Result, string) {
	t.Helper()
	m, err := protocol.New(set, rules)
	if err != nil {
		t.Fatal(err)
	}
	var seats []protocol.Negotiator
	for _, mv := range moves {
		seats = append(seats, &script{moves: mv})
	}
	var said strings.Builder
	r, err := protocol.Play(m, seats, 1, func(_ protocol.Seat, _ *protocol.Move, effects []protocol.Effect) {
		for _, e := range effects {
			if e.Reason != "" {
				fmt.Fprintf(&said, "%d %s: %s\n", e.Round, set.Name(e.Seat), e.Reason)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return *r, said.String()
}

func TestAlternatingOffers(t *testing.T) {
	for _, test := range []struct {
		name   string
		set    protocol.Setting
		moves  [][]protocol.Move
		ended  protocol.Ending
		deal   outcome.Outcome
		rounds int
		said   string
	}{
		{
			name: "an offer is accepted", set: protocol.Setting{Space: cake(2, 10), Rounds: 5},
			moves: [][]protocol.Move{{offer(9), offer(7)}, {offer(2), accept}},
			ended: protocol.Agreed, deal: outcome.Outcome{7}, rounds: 2,
		},
		{
			name: "the deadline passes", set: protocol.Setting{Space: cake(2, 10), Rounds: 2},
			moves: [][]protocol.Move{{offer(9), offer(9)}, {offer(2), offer(2)}},
			ended: protocol.Deadline, rounds: 2, said: "2 rounds passed without an agreement",
		},
		{
			name: "one walks out", set: protocol.Setting{Space: cake(2, 10), Rounds: 5},
			moves: [][]protocol.Move{{offer(9)}, {leave}},
			ended: protocol.Walkout, rounds: 1, said: "b walked out",
		},
		{
			name: "all others must accept one after the other", set: protocol.Setting{Space: cake(3, 10), Rounds: 3},
			moves: [][]protocol.Move{{offer(9), accept}, {accept, pass}, {offer(4), pass}},
			ended: protocol.Deadline, rounds: 3,
		},
		{
			name: "acceptances run over the end of a round", set: protocol.Setting{Space: cake(3, 10), Rounds: 5},
			moves: [][]protocol.Move{{offer(9), accept}, {accept, accept}, {offer(4)}},
			ended: protocol.Agreed, deal: outcome.Outcome{4}, rounds: 2,
		},
		{
			name:  "a majority is enough where the consent rule says so",
			set:   protocol.Setting{Space: majority(cake(3, 10)), Rounds: 5},
			moves: [][]protocol.Move{{offer(9)}, {accept}, {}},
			ended: protocol.Agreed, deal: outcome.Outcome{9}, rounds: 1,
		},
		{
			name:  "the others go on without one whose consent is not needed",
			set:   protocol.Setting{Space: majority(cake(3, 10)), Rounds: 5},
			moves: [][]protocol.Move{{leave}, {offer(3)}, {accept}},
			ended: protocol.Agreed, deal: outcome.Outcome{3}, rounds: 1,
		},
		{
			name: "an offer outside the mandate is refused until the principal amends it",
			set: protocol.Setting{
				Space: cake(2, 10), Rounds: 5, Outside: []outcome.Table{below(10, 5), {}},
				Events: []protocol.Event{{Round: 2, Kind: protocol.Amend, Party: 0, Outside: below(10, 3), Text: "down to 3"}},
			},
			moves: [][]protocol.Move{{offer(4), offer(6), offer(4)}, {pass, accept}},
			ended: protocol.Agreed, deal: outcome.Outcome{4}, rounds: 2, said: "1 a: the package is outside its mandate",
		},
		{
			name:  "an acceptance outside the mandate is refused",
			set:   protocol.Setting{Space: cake(2, 10), Rounds: 1, Outside: []outcome.Table{{}, below(10, 5)}},
			moves: [][]protocol.Move{{offer(4)}, {accept, accept, accept}},
			ended: protocol.Deadline, rounds: 1, said: "1 b: 3 moves of b were refused in one turn: it counts as silence",
		},
		{
			name: "mandates that exclude each other explain the end",
			set:  protocol.Setting{Space: cake(2, 10), Rounds: 1, Outside: []outcome.Table{below(10, 5), above(10, 4)}},
			moves: [][]protocol.Move{
				{offer(7)}, {offer(1)},
			},
			ended: protocol.Deadline, rounds: 1, said: "no package lies within the mandates of a and b together",
		},
		{
			name: "an unmet precondition keeps rounds from opening",
			set: protocol.Setting{
				Space: cake(2, 10), Rounds: 3,
				Preconditions: []protocol.Precondition{{ID: "a.calm", Text: "no threats", Unmet: true}},
				Events:        []protocol.Event{{Round: 3, Kind: protocol.Meet, Precondition: "a.calm"}},
			},
			moves: [][]protocol.Move{{offer(5)}, {accept}},
			ended: protocol.Agreed, deal: outcome.Outcome{5}, rounds: 3, said: "2 nobody: a.calm is not met: no threats",
		},
		{
			name: "a precondition that is never met explains the end",
			set: protocol.Setting{
				Space: cake(2, 10), Rounds: 2, Preconditions: []protocol.Precondition{{ID: "a.calm", Text: "no threats", Unmet: true}},
			},
			moves: [][]protocol.Move{{offer(5)}, {accept}},
			ended: protocol.Deadline, rounds: 2, said: "2 rounds passed without an agreement; a.calm is not met: no threats",
		},
		{
			name:  "a faction at home refuses",
			set:   protocol.Setting{Space: faction(cake(2, 10)), Rounds: 2},
			moves: [][]protocol.Move{{offer(5)}, {accept}},
			ended: protocol.RefusedAtHome, rounds: 1, said: "refused at home by a",
		},
		{
			name:  "chance ends the talks",
			set:   protocol.Setting{Space: cake(2, 10), Rounds: 9, Breakdown: 1},
			moves: [][]protocol.Move{{offer(5), offer(5)}, {offer(4), accept}},
			ended: protocol.Breakdown, rounds: 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, said := play(t, &test.set, protocol.AlternatingOffers{}, test.moves...)
			if r.Ended != test.ended || !slices.Equal(r.Agreement, test.deal) || r.Rounds != test.rounds || !strings.Contains(said, test.said) {
				t.Errorf("%+v\n%s", r, said)
			}
		})
	}
}

// below and above forbid the shares under or over a limit.
func below(size, limit int) outcome.Table { return table(size, func(k int) bool { return k < limit }) }
func above(size, limit int) outcome.Table { return table(size, func(k int) bool { return k > limit }) }

func table(size int, holds func(int) bool) outcome.Table {
	t, err := outcome.NewTable(cake(1, size).Issues, []int{0}, func(o []int) bool { return holds(o[0]) })
	if err != nil {
		panic(err)
	}
	return t
}

func majority(s *outcome.Space) *outcome.Space {
	s.Consent = outcome.CountOf(1<<len(s.Parties)-1, outcome.AtLeast, 2)
	return s
}

// faction gives the first party people at home who want more than half.
func faction(s *outcome.Space) *outcome.Space {
	row := s.Parties[0].Row
	row.ID, row.Threshold = "a.hawks", outcome.Threshold{Value: 6, Set: true}
	s.Parties[0].Constituencies = []outcome.Row{row}
	return s
}

func TestUtilitiesAreDiscounted(t *testing.T) {
	space := cake(2, 10)
	space.Parties[1].Threshold = outcome.Threshold{Value: 2, Set: true}
	set := protocol.Setting{Space: space, Rounds: 4, Discounts: []float64{0.5, 1}}
	r, _ := play(t, &set, protocol.AlternatingOffers{}, []protocol.Move{offer(9), offer(9), offer(4)}, []protocol.Move{offer(0), offer(0), accept})
	if r.Utilities[0] != 4 || r.Utilities[1] != 6 || r.Discounted[0] != 1 || r.Discounted[1] != 6 {
		t.Errorf("%+v", r)
	}
	set.DiscountBy = protocol.PerSession
	r, _ = play(t, &set, protocol.AlternatingOffers{}, []protocol.Move{offer(9), offer(9), offer(4)}, []protocol.Move{offer(0), offer(0), accept})
	if want := 4 * math.Sqrt(0.5); math.Abs(r.Discounted[0]-want) > 1e-12 {
		t.Errorf("got %v, want %v", r.Discounted[0], want)
	}
	r, _ = play(t, &set, protocol.AlternatingOffers{}, nil, []protocol.Move{leave})
	if r.Ended != protocol.Walkout || r.By != 1 || r.Utilities[0] != 0 || r.Utilities[1] != 2 || r.Discounted[1] != 2 {
		t.Errorf("without an agreement: %+v", r)
	}
}

// The chance of breakdown is the one asked for, and the seed decides.
func TestBreakdownHazard(t *testing.T) {
	set := protocol.Setting{Space: cake(2, 10), Rounds: 2, Breakdown: 0.3, Silences: 9}
	m, err := protocol.New(&set, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	broke := 0
	const n = 20_000
	for seed := range uint64(n) {
		var again [2]protocol.Ending
		for k := range again {
			r, err := protocol.Play(m, []protocol.Negotiator{&script{}, &script{}}, seed, nil)
			if err != nil {
				t.Fatal(err)
			}
			again[k] = r.Ended
		}
		if again[0] != again[1] {
			t.Fatalf("seed %d ended in two ways: %v", seed, again)
		}
		if again[0] == protocol.Breakdown {
			broke++
		}
	}
	// Two draws of 0.3 each: 0.51, within five standard errors.
	if p := float64(broke) / n; math.Abs(p-0.51) > 5*math.Sqrt(0.51*0.49/n) {
		t.Errorf("%v of sessions broke down, want about 0.51", p)
	}
}

// A hostile participant is refused, then passed over, then shown the door, and
// named; the session always ends.
func TestHostileParticipants(t *testing.T) {
	many := make([]protocol.Move, 50)
	for i := range many {
		many[i] = offer(99)
	}
	for name, test := range map[string]struct {
		rogue protocol.Negotiator
		said  string
	}{
		"illegal offers": {&script{moves: many}, "a was silent for 4 turns in a row"},
		"no issues":      {&script{moves: []protocol.Move{offer()}}, "the package settles 0 issues of 1"},
		"below":          {&script{moves: []protocol.Move{offer(-1)}}, "share has no option -1"},
		"wrong kind":     {&script{moves: []protocol.Move{{Kind: 77}}}, "kind_77 is not in order"},
		"long":           {&script{moves: []protocol.Move{{Kind: protocol.Offer, Outcome: outcome.Outcome{1}, Text: strings.Repeat("x", 1<<20)}}}, "its remark is longer than 4096 bytes"},
		"accept nothing": {&script{moves: []protocol.Move{accept}}, "accept is not in order now"},
		"silence":        {&script{}, "a was silent for 4 turns in a row: it counts as having left"},
		"panic":          {panics{}, "a failed: it panicked: boo"},
	} {
		set := protocol.Setting{Space: cake(2, 10), Rounds: 100}
		m, err := protocol.New(&set, protocol.AlternatingOffers{})
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		r, err := protocol.Play(m, []protocol.Negotiator{test.rogue, stubborn{}}, 1, func(_ protocol.Seat, _ *protocol.Move, effects []protocol.Effect) {
			for _, e := range effects {
				fmt.Fprintf(&said, "%s\n", e.Reason)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(said.String(), test.said) {
			t.Errorf("%s: nothing says %q:\n%s", name, test.said, said.String())
		}
		if r.Ended != protocol.Walkout || r.By != 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

type panics struct{}

func (panics) Move(*protocol.View) protocol.Move { panic("boo") }

type stubborn struct{}

func (stubborn) Move(*protocol.View) protocol.Move { return offer(0) }

// What does not belong to a move travels nowhere with it, however large.
func TestMovesCarryOnlyTheirOwn(t *testing.T) {
	set := protocol.Setting{Space: cake(2, 10), Rounds: 5}
	m, err := protocol.New(&set, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	m.Start(1)
	o := offer(5)
	o.Marks, o.Answer, o.Disclosure = 7, protocol.Yes, &protocol.Disclosure{}
	m.Step(0, o)
	m.Step(1, protocol.Move{Kind: protocol.Accept, Outcome: make(outcome.Outcome, 1<<20), Marks: 3, Disclosure: &protocol.Disclosure{}})
	if r := m.Result(); !m.Over() || r.Ended != protocol.Agreed {
		t.Fatalf("%+v", r)
	}
	for _, message := range m.View(0).Messages {
		mv := message.Move
		if mv.Marks != 0 || mv.Answer != protocol.No || mv.Disclosure != nil || (mv.Kind == protocol.Accept && mv.Outcome != nil) {
			t.Errorf("%+v", mv)
		}
	}
}

func TestMovesOutOfTurn(t *testing.T) {
	set := protocol.Setting{Space: cake(2, 10), Rounds: 100}
	m, err := protocol.New(&set, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	m.Start(1)
	for range 99 {
		if effects := m.Step(1, offer(1)); len(effects) != 1 || effects[0].Kind != protocol.Refuse {
			t.Fatalf("%+v", effects)
		}
	}
	if m.Step(1, offer(1)); !m.Over() || m.Result().By != 1 {
		t.Errorf("a flood did not end the talks: %+v", m.Result())
	}
	if effects := m.Step(7, offer(1)); len(effects) != 1 || effects[0].Kind != protocol.Refuse {
		t.Errorf("%+v", effects)
	}
}

// alternate offers its way down its own side of a cake.
type alternate struct {
	o    outcome.Outcome
	sign int
}

func (a *alternate) Move(v *protocol.View) protocol.Move {
	if v.Round == 90 && v.Standing != nil {
		return accept
	}
	a.o[0] = 50 + a.sign*(v.Round%50)
	return protocol.Move{Kind: protocol.Offer, Outcome: a.o}
}

func TestNoAllocationInSteadyState(t *testing.T) {
	m, seats := bench(t)
	session := func() {
		if _, err := protocol.Play(m, seats, 1, nil); err != nil {
			t.Fatal(err)
		}
	}
	session()
	if n := testing.AllocsPerRun(20, session); n != 0 {
		t.Errorf("%v allocations in a session", n)
	}
}

func bench(tb testing.TB) (*protocol.Machine, []protocol.Negotiator) {
	set := protocol.Setting{Space: cake(2, 100), Rounds: 100}
	m, err := protocol.New(&set, protocol.AlternatingOffers{})
	if err != nil {
		tb.Fatal(err)
	}
	return m, []protocol.Negotiator{&alternate{make(outcome.Outcome, 1), 1}, &alternate{make(outcome.Outcome, 1), -1}}
}

func BenchmarkMove(b *testing.B) {
	m, seats := bench(b)
	b.ReportAllocs()
	moves := 0
	for b.Loop() {
		if _, err := protocol.Play(m, seats, 1, nil); err != nil {
			b.Fatal(err)
		}
		moves += 179
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(moves), "ns/move")
}
