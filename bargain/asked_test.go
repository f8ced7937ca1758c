package bargain

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/count"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// monotone draws a rule over n names that no further yes can lose.
func monotone(r *rand.Rand, n, depth int) outcome.Rule {
	switch k := r.IntN(4); {
	case depth == 0 || k == 0:
		return outcome.Name(r.IntN(n))
	case k == 1:
		return outcome.And(monotone(r, n, depth-1), monotone(r, n, depth-1))
	case k == 2:
		return outcome.Or(monotone(r, n, depth-1), monotone(r, n, depth-1))
	}
	return outcome.CountOf(1<<n-1, outcome.AtLeast, 1+r.IntN(n))
}

// voting draws a space in which people at home are asked and, now and then, not every
// party's consent is needed. With links, conditions and adjustments may name several issues.
func voting(r *rand.Rand, parties int, links bool) *outcome.Space {
	shape := outcometest.Shape{Issues: 3 + r.IntN(2), Parties: parties, Additive: true, Coarse: r.IntN(2) == 0}
	s := outcometest.Space(r, shape)
	for p := range s.Parties {
		party := &s.Parties[p]
		if r.IntN(3) > 0 {
			// Others' rows over the same issues serve as people at home.
			other := shape
			other.Parties = 1 + r.IntN(3)
			for k, row := range outcometest.Space(r, other).Parties {
				c := row.Row
				c.ID = fmt.Sprint(party.ID, ".c", k)
				c.Scores, c.Adjustments = nil, nil
				for _, is := range s.Issues {
					var scores []int64
					for range is.Options {
						scores = append(scores, int64(r.IntN(12)))
					}
					c.Scores = append(c.Scores, scores)
				}
				if c.Threshold.Set {
					c.Threshold.Value = int64(r.IntN(9 * len(s.Issues)))
				}
				if links && r.IntN(3) == 0 {
					c.Adjustments = []outcome.Adjustment{{ID: "adj", When: outcometest.Box(r, s.Issues), Add: int64(r.IntN(9) - 4)}}
				}
				party.Constituencies = append(party.Constituencies, c)
			}
			if r.IntN(2) == 0 {
				party.Ratification = monotone(r, len(party.Constituencies), 2)
			}
		}
		if party.Threshold.Set {
			party.Threshold.Value /= 2
		}
		if links && r.IntN(3) == 0 {
			party.Adjustments = append(party.Adjustments, outcome.Adjustment{ID: "adj", When: outcometest.Box(r, s.Issues), Add: int64(r.IntN(9) - 4)})
			party.RedLines = append(party.RedLines, outcome.Condition{ID: "red", Kind: outcome.RedLine, Forbidden: outcometest.Box(r, s.Issues)})
		}
	}
	if parties > 1 && r.IntN(3) == 0 {
		s.Consent = monotone(r, parties, 2)
	}
	return s
}

// Every method that knows who is asked finds what listing finds, ties included where it
// counts them.
func TestEveryMethodAsksAtHome(t *testing.T) {
	for parties := 1; parties <= 5; parties++ {
		t.Run(fmt.Sprint(parties, " parties"), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(51, uint64(parties)))
			tally := map[string]int{}
			rounds := trials.Of(150, 500)
			if parties > 3 { // each takes several times as long
				rounds /= 2
			}
			for round := range rounds {
				s := voting(r, parties, round%2 == 0)
				if s.Size().Int64() > 1500 {
					continue
				}
				opt := Options{Ratifiable: r.IntN(4) > 0, Whole: r.IntN(4) == 0, Method: Listing, MaxTies: 3}
				listed, err := Analyze(context.Background(), s, opt)
				if err != nil {
					t.Fatal(err)
				}
				if round%5 == 0 && s.Size().Int64() < 150 {
					agree(t, s, listed, opt.Whole)
				}
				on, why := network.NewGround(s, opt.Ratifiable)
				if why != "" {
					t.Fatal(why)
				}
				linked := on.Linked()
				opt.Method = Merging
				if linked {
					opt.Method = Elimination
				}
				summed, err := Analyze(context.Background(), s, opt)
				if err != nil {
					t.Fatal(err)
				}
				same(t, summed, listed)
				for _, sol := range named(&summed.Solutions) {
					if sol != nil && !sol.First {
						t.Fatalf("%v is not proven to be the first", sol.Outcome)
					}
				}
				tally["ways"] += len(on.Zone)
				tally["summed"]++
				if listed.Verdict == HasZone {
					tally["zones"]++
				}
				counted, err := count.Union(context.Background(), on.Zone, count.Default)
				if err != nil {
					t.Fatal(err)
				}
				if counted.Low.Cmp(listed.Zone.Low) > 0 || counted.High.Cmp(listed.Zone.High) < 0 {
					t.Fatalf("zone between %v and %v, listed %v", counted.Low, counted.High, listed.Zone.Low)
				}
				if counted.Exact() {
					tally["counted"]++
				}
				if linked || opt.Whole {
					continue
				}
				opt.Method = Bounding
				bounded, err := Analyze(context.Background(), s, opt)
				if err != nil {
					t.Fatal(err)
				}
				if bounded.Verdict != listed.Verdict {
					t.Fatalf("%s, by listing %s", bounded.Verdict, listed.Verdict)
				}
				if listed.Verdict == NoZone {
					continue
				}
				if !slices.Equal(listed.Parties, bounded.Parties) {
					t.Fatalf("bounds %v, by listing %v", bounded.Parties, listed.Parties)
				}
				theirs := named(&listed.Solutions)
				for name, sol := range named(&bounded.Solutions) {
					other := theirs[name]
					if sol == nil {
						if name == "egalitarian" && other != nil || name == "utilitarian" {
							t.Fatalf("no %s solution, by listing %v", name, other)
						}
						continue
					}
					tally["solutions"]++
					if !slices.Equal(sol.Outcome, other.Outcome) || !slices.Equal(sol.Utilities, other.Utilities) || sol.Gap.Sign() != 0 || !sol.First {
						t.Fatalf("%s: %v with a gap of %v, by listing %v", name, sol.Outcome, sol.Gap, other.Outcome)
					}
				}
				covers(t, s, listed, bounded)
			}
			t.Log(tally)
			if tally["zones"] < trials.Of(18, 60) || tally["solutions"] < trials.Of(18, 60) || tally["ways"] < 4*rounds/5 {
				t.Errorf("%v: the test compares too little", tally)
			}
		})
	}
}

// covers fails the test unless the points of a representation stand for the frontier
// within its epsilon.
func covers(t *testing.T, s *outcome.Space, exact, some *Analysis) {
	t.Helper()
	for _, x := range exact.Frontier.Points {
		if !slices.ContainsFunc(some.Frontier.Points, func(p Point) bool {
			for q, v := range x.Utilities {
				b := exact.Parties[q]
				least := b.Disagreement
				width := max(1, b.Ideal-least)
				room := new(big.Rat).Mul(some.Frontier.Epsilon, new(big.Rat).SetInt64(width))
				if room.Cmp(new(big.Rat).SetInt64(v-p.Utilities[q])) < 0 {
					return false
				}
			}
			return true
		}) {
			t.Fatalf("no point is within %v of %v", some.Frontier.Epsilon, x.Utilities)
		}
	}
	for _, p := range some.Frontier.Points {
		if !s.InZone(p.Outcome) || some.Ratifiable && !s.Ratifiable(p.Outcome) {
			t.Fatalf("%v is not in the zone", p.Outcome)
		}
	}
}

// Rules with very many ways to meet them are refused before anything is computed.
func TestTooManyWays(t *testing.T) {
	s := outcometest.Family(1, 2, 50, true)
	for p := range s.Parties {
		for k := range 40 {
			c := s.Parties[1-p].Row
			c.ID = fmt.Sprint(s.Parties[p].ID, ".c", k)
			c.Threshold = outcome.Threshold{Value: 1000, Set: true}
			s.Parties[p].Constituencies = append(s.Parties[p].Constituencies, c)
		}
	}
	for _, test := range []struct {
		rule outcome.Rule
		want string
	}{
		{outcome.CountOf(1<<40-1, outcome.AtLeast, 20), "every set"},
		{outcome.And(outcome.CountOf(1<<10-1, outcome.AtLeast, 5), outcome.CountOf(1<<40-1<<10, outcome.AtLeast, 30)), "every set"},
		{outcome.Not(outcome.Name(3)), "every set"},
	} {
		s.Parties[0].Ratification = test.rule
		if _, err := Analyze(context.Background(), s, Options{Ratifiable: true}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one about %q", err, test.want)
		}
	}
	for p := range s.Parties {
		s.Parties[p].Constituencies = s.Parties[p].Constituencies[:6]
		s.Parties[p].Ratification = outcome.CountOf(1<<6-1, outcome.AtLeast, 3)
	}
	if _, err := Analyze(context.Background(), s, Options{Ratifiable: true}); err == nil || !strings.Contains(err.Error(), "64 ways") {
		t.Errorf("error %v, want one about 400 ways", err)
	}
	s.Parties[0].Ratification = outcome.CountOf(1<<6-1, outcome.AtMost, 3)
	if _, err := Analyze(context.Background(), s, Options{Ratifiable: true}); err == nil || !strings.Contains(err.Error(), "one more yes") {
		t.Errorf("error %v, want one about a yes too many", err)
	}
}
