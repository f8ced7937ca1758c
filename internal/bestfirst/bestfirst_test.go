package bestfirst

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
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

func sameRanking(t *testing.T, r *List, own *outcome.Space) {
	t.Helper()
	utility, outcomes := naiveRank(own)
	if !slices.Equal(r.Utility, utility) {
		t.Fatalf("%d utilities %v, want %d: %v", len(r.Utility), r.Utility[:min(9, len(r.Utility))], len(utility), utility[:min(9, len(utility))])
	}
	o := make(outcome.Outcome, len(own.Issues))
	for i, want := range outcomes {
		if r.Decode(o, r.Rank[i]); !slices.Equal(o, want) {
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
		party.RedLines = nil
		own := s
		whole, err := Rank(own, nil)
		if err != nil {
			if utility, _ := naiveRank(own); !errors.Is(err, ErrNothing) || len(utility) > 0 {
				t.Fatalf("seed %d: %v, but %d packages may be offered", seed, err, len(utility))
			}
			continue
		}
		ranked++
		if len(whole.Rank) >= 1<<12 {
			byDigits++
		}
		if whole.Utility[0]-whole.Utility[len(whole.Utility)-1] > 1<<54 {
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
		file, err := Rank(own, settled)
		if err != nil {
			if utility, _ := naiveRank(own); !errors.Is(err, ErrNothing) || len(utility) > 0 {
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
