package strategy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// opposed returns an additive space of two or more parties, with scores per issue that
// run against each other, and no-deal values that leave a zone.
func opposed(seed uint64, parties, issues, options int) *outcome.Space {
	rng := rand.New(rand.NewPCG(seed, 77))
	s := &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprintf("i%d", i), Options: options})
	}
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprintf("p%d", p), Scale: 10, Threshold: outcome.Threshold{Value: 200, Set: true}}
		weights := make([]int64, issues)
		var sum int64
		for i := range weights {
			weights[i] = 1 + rng.Int64N(9)
			sum += weights[i]
		}
		for i := range issues {
			scores := make([]int64, options)
			for o := range scores {
				place := o
				if p%2 == 1 {
					place = options - 1 - o
				}
				noise := rng.IntN(3) - 1
				place = max(0, min(options-1, place+noise))
				scores[o] = 1000 * weights[i] * int64(place) / (sum * int64(options-1))
			}
			row.Scores = append(row.Scores, scores)
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

// session plays one session of alternating offers and returns its offers, as
// (seat, outcome), and its result.
func session(t testing.TB, set *protocol.Setting, seed uint64, specs ...string) ([]protocol.Message, protocol.Result) {
	t.Helper()
	m, err := protocol.New(set, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	var seats []protocol.Negotiator
	for i, spec := range specs {
		n, err := New(spec, m.Self(protocol.Seat(i), seed))
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		seats = append(seats, n)
	}
	return play(t, m, seats, seed)
}

func play(t testing.TB, m *protocol.Machine, seats []protocol.Negotiator, seed uint64) ([]protocol.Message, protocol.Result) {
	t.Helper()
	var offers []protocol.Message
	result, err := protocol.Play(m, seats, seed, func(from protocol.Seat, move *protocol.Move, effects []protocol.Effect) {
		for _, e := range effects {
			if e.Kind == protocol.Refuse || e.Kind == protocol.Fault {
				t.Errorf("round %d: the move of seat %d was refused: %s", e.Round, e.Seat, e.Reason)
			}
			if e.Kind == protocol.Show && e.Message.Move.Kind == protocol.Offer {
				msg := *e.Message
				msg.Move.Outcome = slices.Clone(msg.Move.Outcome)
				offers = append(offers, msg)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return offers, *result
}

// partySpecs returns a spec for every party's strategy, with defaults.
func partySpecs() []string {
	var specs []string
	for _, e := range entries {
		if e.Role == Party {
			specs = append(specs, e.Name)
		}
	}
	return specs
}

// TestEveryPairPlays plays every strategy against every other. No move may be refused, no
// offer is below the offerer's no-deal value, and nobody agrees to less than that. The
// same seed gives the same session.
func TestEveryPairPlays(t *testing.T) {
	for parties := 2; parties <= 3; parties++ {
		s := opposed(uint64(parties), parties, 4, 5)
		set := &protocol.Setting{Space: s, Rounds: 30}
		specs := partySpecs()
		for _, a := range specs {
			for _, b := range specs {
				seats := []string{a, b, "linear"}[:parties]
				t.Run(strings.Join(seats, " "), func(t *testing.T) {
					offers, result := session(t, set, 5, seats...)
					for _, m := range offers {
						if u := s.Parties[m.From].Value(m.Move.Outcome); u < 200 {
							t.Errorf("round %d: seat %d offers what is worth %d to it, below its no-deal value", m.Round, m.From, u)
						}
					}
					if result.Agreement != nil && !s.InZone(result.Agreement) {
						t.Errorf("agreed on %v, outside the zone", result.Agreement)
					}
					again, _ := session(t, set, 5, seats...)
					if fmt.Sprint(again) != fmt.Sprint(offers) {
						t.Errorf("the same seed played another session")
					}
				})
			}
		}
	}
}

// TestTooLargeToList plays every strategy that can on 50 issues of 10 options.
func TestTooLargeToList(t *testing.T) {
	s := opposed(9, 2, 50, 10)
	set := &protocol.Setting{Space: s, Rounds: 20}
	for _, spec := range partySpecs() {
		t.Run(spec, func(t *testing.T) {
			offers, result := session(t, set, 3, spec, "conceder")
			if len(offers) == 0 {
				t.Error("nothing was offered")
			}
			for _, m := range offers {
				if u := s.Parties[m.From].Value(m.Move.Outcome); u < 200 {
					t.Errorf("round %d: seat %d offers what is worth %d to it", m.Round, m.From, u)
				}
			}
			if result.Agreement != nil && !s.InZone(result.Agreement) {
				t.Errorf("agreed on %v, outside the zone", result.Agreement)
			}
		})
	}
}

// TestSpecs says what each bad spec is told.
func TestSpecs(t *testing.T) {
	for _, c := range [][2]string{
		{"boulwar", `there is no strategy "boulwar": did you mean "boulware"?`},
		{"", `there is no strategy ""`},
		{"boulware:e=0", "e is a number from 0.001 to 1000"},
		{"boulware:f=1", `"f=1" is none of its parameters (e=0.2, k=0)`},
		{"boulware:e=NaN", "e is a number"},
		{"micro:x=1", "it has none"},
		{"micro(boulware)", "micro wraps no other strategy"},
		{"outside:", "outside: needs a command"},
		{"boulware:", `"" is none of its parameters`},
	} {
		if err := Check(c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: %v, want %q in it", c[0], err, c[1])
		}
	}
	for _, good := range []string{"boulware", " boulware:e=0.1,k=0.2", "random:floor=60", "outside:python3 my.py"} {
		if err := Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// TestNothingToOffer refuses to seat a party whose own conditions exclude everything.
func TestNothingToOffer(t *testing.T) {
	s := opposed(1, 2, 3, 3)
	s.Parties[0].Threshold.Value = 5000
	m, err := protocol.New(&protocol.Setting{Space: s}, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New("linear", m.Self(0, 1)); err == nil || !strings.Contains(err.Error(), "p0: nothing satisfies") {
		t.Errorf("error is %v", err)
	}
}

// TestRankingAgainstListing compares a ranking's answers with a plain search.
func TestRankingAgainstListing(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := opposed(seed, 1, 1+rng.IntN(4), 2+rng.IntN(5))
		s.Parties[0].Threshold.Set = false
		red, err := outcome.NewTable(s.Issues, []int{0}, func(o []int) bool { return o[0] == 1 })
		if err != nil {
			t.Fatal(err)
		}
		s.Parties[0].RedLines = []outcome.Condition{{ID: "red", Kind: outcome.RedLine, Forbidden: red}}
		r, err := new(Rankings).of(protocol.Self{Parties: 1, Space: s})
		if err != nil {
			t.Fatal(err)
		}
		var want []int64
		n, _ := s.Count()
		o := make(outcome.Outcome, len(s.Issues))
		for rank := range n {
			r.Decode(o, int32(rank))
			if r.Encode(o) != int(rank) {
				t.Fatalf("%v has rank %d, not %d", o, r.Encode(o), rank)
			}
			if s.Parties[0].Accepts(o) {
				want = append(want, s.Parties[0].Value(o))
			}
		}
		slices.Sort(want)
		slices.Reverse(want)
		if !slices.Equal(r.Utility, want) {
			t.Fatalf("seed %d: utilities are %v, want %v", seed, r.Utility, want)
		}
		for target := int64(-10); target < 1100; target += 3 {
			at := 0
			for i, u := range want {
				if u >= target {
					at = i
				}
			}
			if got := r.Lowest(target); got != at {
				t.Fatalf("seed %d: the least worth at least %d is at %d, want %d", seed, target, got, at)
			}
		}
	}
}
