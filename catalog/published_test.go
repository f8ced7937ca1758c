package catalog_test

import (
	"context"
	"math/big"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/outcome"
)

func analyze(t *testing.T, name string, opt bargain.Options) (*casefile.Case, *outcome.Space, *bargain.Analysis) {
	t.Helper()
	f, err := catalog.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := bargain.Analyze(context.Background(), s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return f.Case, s, a
}

// Raiffa (1982) and Brams and Taylor (1996): 66 points each, the United States
// keeping 2/15 of land and water; of 1,024 packages of whole issues 20 pairs of
// points are efficient, the greatest product at 64 and 68.
func TestPanamaCanalAsPublished(t *testing.T) {
	c, s, a := analyze(t, "panama-canal-1974", bargain.Options{})
	if a.Outcomes.Int64() != 1024 || a.Frontier.Size != 20 {
		t.Errorf("%v packages, %d efficient pairs of points", a.Outcomes, a.Frontier.Size)
	}
	if got := a.Solutions.Nash.Utilities; !slices.Equal(got, []int64{64, 68}) {
		t.Errorf("greatest product at %v", got)
	}
	var divisible []int
	for _, id := range c.Divisible {
		i, _ := c.Issues.Position(casefile.IssueID(id))
		divisible = append(divisible, i)
	}
	d, err := bargain.AdjustedWinner(s, divisible)
	if err != nil {
		t.Fatal(err)
	}
	split, _ := c.Issues.Position("land_and_water")
	if d.Points[0].Cmp(big.NewRat(66, 1)) != 0 || d.Points[1].Cmp(big.NewRat(66, 1)) != 0 ||
		d.Split != split || d.Shares[split].Cmp(big.NewRat(2, 15)) != 0 {
		t.Errorf("points %v, share of issue %d: %v", d.Points, d.Split, d.Shares[split])
	}
}

// Abdelnabi and others (2024), base game: 720 deals, 55 that both veto parties and at
// least five of six accept, 12 that all six accept. Computed from their scores: the
// Nash deal among the twelve, the greatest sum among the 55 and over all deals.
func TestSixPartyExerciseAsPublished(t *testing.T) {
	c, s, a := analyze(t, "six-party-exercise", bargain.Options{Whole: true})
	if a.Outcomes.Int64() != 720 || a.Zone.Low.Int64() != 55 {
		t.Errorf("%v deals, %v feasible", a.Outcomes, a.Zone.Low)
	}
	everyone := *s
	everyone.Consent = outcome.Rule{}
	b, err := bargain.Analyze(context.Background(), &everyone, bargain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b.Zone.Low.Int64() != 12 {
		t.Errorf("%v deals that all accept", b.Zone.Low)
	}
	is := func(o outcome.Outcome, want ...int) bool {
		return slices.EqualFunc(o, want, func(got, want int) bool { return got == want-1 })
	}
	sum := func(u []int64) (n int64) {
		for _, v := range u {
			n += v
		}
		return n
	}
	for i := range s.Parties {
		if s.Parties[i].Scale != 1 {
			t.Fatalf("%s has scale %d", s.Parties[i].ID, s.Parties[i].Scale)
		}
	}
	if n := a.Solutions.Nash; !is(n.Outcome, 2, 3, 3, 2, 3) || !slices.Equal(n.Utilities, b.Solutions.Nash.Utilities) {
		t.Errorf("Nash deal %v of %s", n.Outcome, c.ID)
	}
	if u := a.Solutions.Utilitarian; !is(u.Outcome, 2, 3, 2, 2, 4) || sum(u.Utilities) != 391 {
		t.Errorf("greatest sum among feasible deals: %v with %d", u.Outcome, sum(u.Utilities))
	}
	var most bargain.Point
	for _, p := range a.Frontier.Points {
		if sum(p.Utilities) > sum(most.Utilities) {
			most = p
		}
	}
	if !is(most.Outcome, 2, 3, 1, 1, 1) || sum(most.Utilities) != 412 {
		t.Errorf("greatest sum over all deals: %v with %d", most.Outcome, sum(most.Utilities))
	}
}
