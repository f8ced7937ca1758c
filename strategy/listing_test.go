package strategy

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/protocol"
)

// naiveRank ranks what own's party may offer by looking at every outcome.
func naiveRank(own *outcome.Space) (utility []int64, outcomes []outcome.Outcome) {
	n, _ := own.Count()
	for rank := range n {
		o := make(outcome.Outcome, len(own.Issues))
		for i := len(o) - 1; i >= 0; i-- {
			o[i], rank = int(rank)%own.Issues[i].Options, rank/int64(own.Issues[i].Options)
		}
		if own.Admits(o) && own.Parties[0].Accepts(o) {
			outcomes = append(outcomes, o)
		}
	}
	row := &own.Parties[0].Row
	slices.SortStableFunc(outcomes, func(a, b outcome.Outcome) int { return cmp.Compare(row.Value(b), row.Value(a)) })
	for _, o := range outcomes {
		utility = append(utility, row.Value(o))
	}
	return utility, outcomes
}

func sameRanking(t *testing.T, r *ranked, own *outcome.Space) {
	t.Helper()
	utility, outcomes := naiveRank(own)
	if !slices.Equal(r.utility, utility) {
		t.Fatalf("%d utilities %v, want %d: %v", len(r.utility), r.utility[:min(9, len(r.utility))], len(utility), utility[:min(9, len(utility))])
	}
	o := make(outcome.Outcome, len(own.Issues))
	for i, want := range outcomes {
		if r.decode(o, r.rank[i]); !slices.Equal(o, want) {
			t.Fatalf("at %d stands %v, want %v", i, o, want)
		}
	}
}

// Over random spaces with conditions, adjustments and boxes: small ones and ones that are sorted by
// digits, utilities that fit into a word with a rank and ones that do not; what agrees with
// options settled is ranked the same alone.
func TestRankAgainstNaive(t *testing.T) {
	ranked, within, byDigits, wide := 0, 0, 0, 0
	for seed := range uint64(trials.Of(60, 600)) {
		rng := rand.New(rand.NewPCG(seed, 21))
		shape := outcometest.Shape{Parties: 1, Issues: 1 + rng.IntN(5), Boxes: seed%4 == 1}
		if seed%6 == 0 {
			shape.Issues = 8
		}
		s := outcometest.Space(rng, shape)
		party := &s.Parties[0]
		party.Constituencies, party.Ratification = nil, outcome.Rule{}
		if seed%5 == 0 {
			for _, scores := range party.Scores {
				for o := range scores {
					scores[o] *= 1 << 50
				}
			}
			party.Threshold.Value *= 1 << 50
		}
		if seed%3 == 0 {
			s.Requires = append(s.Requires, outcome.Condition{ID: "box", Forbidden: outcometest.Box(rng, s.Issues)})
		}
		own := unranked(protocol.Self{Parties: 1, Space: s}).own
		whole, err := rank(own, nil)
		if err != nil {
			if utility, _ := naiveRank(own); !errors.Is(err, errNothing) || len(utility) > 0 {
				t.Fatalf("seed %d: %v, but %d packages may be offered", seed, err, len(utility))
			}
			continue
		}
		ranked++
		if len(whole.rank) >= 1<<12 {
			byDigits++
		}
		if whole.best-whole.floor > 1<<54 {
			wide++
		}
		sameRanking(t, &whole, own)

		settled := make(outcome.Outcome, len(s.Issues))
		for i := range settled {
			if settled[i] = -1; rng.IntN(2) == 0 {
				settled[i] = rng.IntN(s.Issues[i].Options)
				held, err := outcome.NewTable(s.Issues, []int{i}, func(o []int) bool { return o[0] != settled[i] })
				if err != nil {
					t.Fatal(err)
				}
				own.Requires = append(own.Requires, outcome.Condition{ID: "settled", Forbidden: held})
			}
		}
		file, err := rank(own, settled)
		if err != nil {
			if utility, _ := naiveRank(own); !errors.Is(err, errNothing) || len(utility) > 0 {
				t.Fatalf("seed %d: %v, but %d packages of the file may be offered", seed, err, len(utility))
			}
			continue
		}
		within++
		sameRanking(t, &file, own)
	}
	if ranked < 20 || within < 10 || byDigits == 0 || wide == 0 {
		t.Errorf("only %d rankings, %d large and %d wide, and %d of files were compared", ranked, byDigits, wide, within)
	}
}

// What is kept is what would be ranked anew, also for people at home, and it is the same memory
// wherever all that decides it is the same.
func TestRankingsAreShared(t *testing.T) {
	for seed := range uint64(trials.Of(30, 300)) {
		rng := rand.New(rand.NewPCG(seed, 22))
		s := outcometest.Space(rng, outcometest.Shape{Parties: 2, Issues: 4})
		var all Rankings
		for _, rounds := range []int{10, 20} {
			for p := range s.Parties {
				own := *s
				own.Parties = s.Parties[p : p+1]
				self := protocol.Self{Seat: protocol.Seat(p), Parties: 2, Space: &own, Rounds: rounds}
				r, err := all.Rank(self)
				alone, err2 := new(Rankings).Rank(self)
				if (err == nil) != (err2 == nil) {
					t.Fatalf("seed %d: kept %v, alone %v", seed, err, err2)
				}
				if err != nil {
					continue
				}
				again, err := all.Rank(self)
				if err != nil || &again.utility[0] != &r.utility[0] {
					t.Fatalf("seed %d: ranked again", seed)
				}
				if !slices.Equal(r.rank, alone.rank) || !slices.Equal(r.utility, alone.utility) {
					t.Fatalf("seed %d: what is kept is not what is ranked alone", seed)
				}
				home, err := r.Home()
				var want []int32
				o := make(outcome.Outcome, len(s.Issues))
				for i, rank := range r.rank {
					if r.At(o, i); s.Parties[p].Ratifies(o) {
						want = append(want, rank)
					}
				}
				if err == nil && !slices.Equal(home.rank, want) || err != nil && (len(want) > 0 || !strings.Contains(err.Error(), errNothing.Error())) {
					t.Fatalf("seed %d: at home %v, %v; want %v", seed, home, err, want)
				}
			}
		}
	}
}
