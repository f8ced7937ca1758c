package bargain_test

import (
	"context"
	"encoding/csv"
	"math/big"
	"os"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

// readTable reads a case of two parties from a table with a line per option: weights,
// evaluations, which count as shares of the greatest of their issue, and the products,
// rounded to six decimals.
func readTable(t *testing.T, path string) *scenario {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const issue, weight, option, evaluation, utility = 1, 2, 4, 5, 7 // columns, the second party's one further
	var issues []string
	var names [][]string
	sheets := []sheet{{reservation: new(big.Rat)}, {reservation: new(big.Rat)}}
	for _, line := range lines[1:] {
		if n := len(issues); n == 0 || issues[n-1] != line[issue] {
			issues, names = append(issues, line[issue]), append(names, nil)
			for p := range sheets {
				sheets[p].scores = append(sheets[p].scores, nil)
			}
		}
		at := len(issues) - 1
		names[at] = append(names[at], line[option])
		for p := range sheets {
			sheets[p].scores[at] = append(sheets[p].scores[at], decimal(t, line[evaluation+p]))
		}
	}
	for p := range sheets {
		at := 1
		for _, scores := range sheets[p].scores {
			greatest := new(big.Rat).Set(slices.MaxFunc(scores, (*big.Rat).Cmp))
			for _, r := range scores {
				r.Quo(r, greatest).Mul(r, decimal(t, lines[at][weight+p]))
				got, _ := r.Float64()
				want, _ := decimal(t, lines[at][utility+p]).Float64()
				if d := got - want; d > 0.500001e-6 || d < -0.500001e-6 {
					t.Errorf("%s, %s: %v, the table says %v", lines[at][issue], lines[at][option], got, want)
				}
				at++
			}
		}
	}
	return newScenario(t, issues, names, sheets)
}

// Two cases that GENIUS ships, as tables: labour talks between a police union and a city,
// and talks on a fund. The numbers are those recorded beside the tables.
func TestTables(t *testing.T) {
	for _, test := range []struct {
		file     string
		outcomes int64
		front    int
		decimals int
		nash     [2]string
	}{
		{"ampo_vs_city.csv", 1_944_000, 192, 4, [2]string{"0.7060", "0.7830"}},
		{"england_zimbabwe.csv", 576, 25, 5, [2]string{"0.91092", "0.73322"}},
	} {
		s := readTable(t, trials.Peers(t, "practice", test.file))
		if n, _ := s.Count(); n != test.outcomes {
			t.Errorf("%s: %d outcomes, want %d", test.file, n, test.outcomes)
		}
		a := analyze(t, s.reserved())
		if a.Frontier.Size != test.front {
			t.Errorf("%s: frontier of %d, want %d", test.file, a.Frontier.Size, test.front)
		}
		for p, want := range test.nash {
			if got := s.Parties[p].Points(a.Solutions.Nash.Utilities[p]).FloatString(test.decimals); got != want {
				t.Errorf("%s: Nash gives party %d %s, want %s", test.file, p, got, want)
			}
		}
	}
}

// analyzeListed analyzes a space that can only be listed.
func analyzeListed(t *testing.T, s *outcome.Space, opt bargain.Options) *bargain.Analysis {
	t.Helper()
	a, err := bargain.Analyze(context.Background(), s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// deal reads a deal such as A2 B3 C1, one letter an issue and options from 1.
func deal(t *testing.T, s *outcome.Space, names []string) outcome.Outcome {
	t.Helper()
	var o outcome.Outcome
	for i, name := range names {
		if name[0] != "ABCDE"[i] || int(name[1]-'0') > s.Issues[i].Options {
			t.Fatalf("deal %v", names)
		}
		o = append(o, int(name[1]-'1'))
	}
	return o
}

// Scored games of six parties (Abdelnabi and others 2024, after the Harborco family): a
// deal needs both veto parties, and all but one of the parties at or above their
// thresholds.
func TestScoredGames(t *testing.T) {
	var file struct {
		Games map[string]struct {
			Parties []struct {
				Name      string
				Role      string
				Scores    [][]int64
				Threshold int64
			}
			Deals     int64            `json:"n_deals"`
			Feasible  int64            `json:"feasible_n_minus_1_with_vetoes"`
			Unanimous int64            `json:"feasible_unanimous"`
			PerParty  map[string]int64 `json:"per_party"` // feasible deals that the party accepts
			Efficient int64            `json:"pareto_deals"`
			Vectors   int              `json:"pareto_vectors"`
			MaxSum    struct {
				Deal []string
				Sum  int64
			} `json:"max_sum"` // over all deals
			Nash struct {
				Deal    []string
				Scores  []int64
				Product int64 // over thresholds
			}
		}
	}
	trials.ReadJSON(t, trials.Peers(t, "practice", "scored-games.json"), &file)
	// The greatest joint score among feasible deals, as recorded beside the file.
	joint := map[string]struct {
		sum  int64
		deal []string
	}{
		"base":  {391, []string{"A2", "B3", "C2", "D2", "E4"}},
		"game1": {428, []string{"A3", "B3", "C3", "D4", "E3"}},
		"game3": {481, []string{"A2", "B2", "C1", "D4", "E2"}},
	}
	if len(file.Games) == 0 {
		t.Error("no games")
	}
	for name, game := range file.Games {
		t.Run(name, func(t *testing.T) {
			s := &outcome.Space{}
			for i, column := range game.Parties[0].Scores {
				s.Issues = append(s.Issues, outcome.Issue{ID: string("ABCDE"[i]), Options: len(column)})
			}
			everyone := uint64(1)<<len(game.Parties) - 1
			s.Consent = outcome.CountOf(everyone, outcome.AtLeast, len(game.Parties)-1)
			vetoes := 0
			for p, party := range game.Parties {
				s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{ID: party.Name, Scale: 1, Scores: party.Scores,
					Threshold: outcome.Threshold{Value: party.Threshold, Set: true}}})
				if party.Role == "p1" || party.Role == "p2" {
					vetoes++
					s.Consent = outcome.And(s.Consent, outcome.Name(p))
				}
			}
			if vetoes != 2 {
				t.Errorf("%d veto parties", vetoes)
			}
			a := analyzeListed(t, s, bargain.Options{Whole: true})
			if a.Outcomes.Cmp(big.NewInt(game.Deals)) != 0 || a.Zone.Low.Cmp(big.NewInt(game.Feasible)) != 0 || !a.Zone.Exact() {
				t.Errorf("%v deals, %v feasible; want %d, %d", a.Outcomes, a.Zone.Low, game.Deals, game.Feasible)
			}
			efficient := new(big.Int)
			for _, p := range a.Frontier.Points {
				efficient.Add(efficient, p.Ties)
			}
			if a.Frontier.Size != game.Vectors || efficient.Cmp(big.NewInt(game.Efficient)) != 0 {
				t.Errorf("%d efficient vectors of %v deals, want %d of %d", a.Frontier.Size, efficient, game.Vectors, game.Efficient)
			}
			only := func(rule string, sol *bargain.Solution, names []string) {
				t.Helper()
				if want := deal(t, s, names); len(sol.Tied) != 1 || !slices.Equal(sol.Outcome, want) {
					t.Errorf("%s: %v, want %v", rule, sol.Tied, want)
				}
			}
			sum := func(u []int64) (n int64) {
				for _, v := range u {
					n += v
				}
				return n
			}
			nash := func(a *bargain.Analysis) {
				t.Helper()
				only("nash", a.Solutions.Nash, game.Nash.Deal)
				product := int64(1)
				for p, u := range a.Solutions.Nash.Utilities {
					product *= u - game.Parties[p].Threshold
				}
				if !slices.Equal(a.Solutions.Nash.Utilities, game.Nash.Scores) || product != game.Nash.Product {
					t.Errorf("Nash gives %v, product %d; want %v, %d", a.Solutions.Nash.Utilities, product, game.Nash.Scores, game.Nash.Product)
				}
			}
			nash(a) // of the zone's deals, Nash ranks those that every party accepts
			if want, ok := joint[name]; ok {
				only("joint score", a.Solutions.Utilitarian, want.deal)
				if n := sum(a.Solutions.Utilitarian.Utilities); n != want.sum {
					t.Errorf("joint score %d, want %d", n, want.sum)
				}
			}

			unanimous := *s
			unanimous.Consent = outcome.Rule{}
			b := analyze(t, &unanimous)
			if b.Zone.Low.Cmp(big.NewInt(game.Unanimous)) != 0 || !b.Zone.Exact() {
				t.Errorf("%v unanimous deals, want %d", b.Zone.Low, game.Unanimous)
			}
			nash(b)

			for p, party := range game.Parties {
				also := *s
				also.Consent = outcome.And(s.Consent, outcome.Name(p))
				if n := analyzeListed(t, &also, bargain.Options{}).Zone.Low; n.Cmp(big.NewInt(game.PerParty[party.Name])) != 0 {
					t.Errorf("%s accepts %v feasible deals, want %d", party.Name, n, game.PerParty[party.Name])
				}
			}

			open := *s
			open.Consent = outcome.Always()
			c := analyzeListed(t, &open, bargain.Options{})
			only("joint score of all", c.Solutions.Utilitarian, game.MaxSum.Deal)
			if n := sum(c.Solutions.Utilitarian.Utilities); n != game.MaxSum.Sum {
				t.Errorf("joint score of all %d, want %d", n, game.MaxSum.Sum)
			}
		})
	}
}

// Adjusted Winner: the Panama Canal talks of 1974 (Raiffa 1982; Brams and Taylor 1996),
// and the example of New York University's page. Besides, the packages in which each
// issue goes to one side.
func TestAdjustedWinnerCases(t *testing.T) {
	var file map[string]struct {
		Parties []string
		Issues  []struct {
			Name   string
			Points map[string]int64
		}
		Expected struct {
			Initial    map[string]int64  `json:"initial_no_transfer"`
			Final      string            `json:"final_points"`
			Split      string            `json:"split_issue"`
			Share      string            `json:"share_to_first_party"`
			Allocation map[string]string // the first party's share
			Efficient  int               `json:"discrete_pareto_points"`
			Nash       []int64           `json:"discrete_nash"`
			Wins       []string          `json:"discrete_nash_wins_first"`
		}
	}
	trials.ReadJSON(t, trials.Peers(t, "practice", "adjusted_winner_cases.json"), &file)
	if len(file) == 0 {
		t.Error("no cases")
	}
	for name, c := range file {
		t.Run(name, func(t *testing.T) {
			s := &outcome.Space{}
			for p, id := range c.Parties {
				row := outcome.Row{ID: id, Scale: 1, Threshold: outcome.Threshold{Set: true}}
				for range c.Issues {
					row.Scores = append(row.Scores, make([]int64, 2))
				}
				for i, is := range c.Issues {
					row.Scores[i][p] = is.Points[id]
				}
				s.Parties = append(s.Parties, outcome.Party{Row: row})
			}
			var every []int
			for i, is := range c.Issues {
				s.Issues = append(s.Issues, outcome.Issue{ID: is.Name, Options: 2})
				every = append(every, i)
			}

			d, err := bargain.AdjustedWinner(s, every)
			if err != nil {
				t.Fatal(err)
			}
			final := decimal(t, c.Expected.Final)
			if !d.Equitable || d.Points[0].Cmp(final) != 0 || d.Points[1].Cmp(final) != 0 {
				t.Errorf("points %v and %v, want %v each", d.Points[0], d.Points[1], final)
			}
			if d.Split < 0 || s.Issues[d.Split].ID != c.Expected.Split || d.Shares[d.Split].Cmp(decimal(t, c.Expected.Share)) != 0 {
				t.Errorf("issue %d is split, want %s at %s", d.Split, c.Expected.Split, c.Expected.Share)
			}
			for i, share := range d.Shares {
				if want := decimal(t, c.Expected.Allocation[s.Issues[i].ID]); share.Cmp(want) != 0 {
					t.Errorf("%s: share %v, want %v", s.Issues[i].ID, share, want)
				}
			}
			// Here the first transfer would turn the lead around, so that without divisible
			// issues there is none.
			whole, err := bargain.AdjustedWinner(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			for p, id := range c.Parties {
				if whole.Points[p].Cmp(new(big.Rat).SetInt64(c.Expected.Initial[id])) != 0 {
					t.Errorf("%s has %v points before any transfer, want %d", id, whole.Points[p], c.Expected.Initial[id])
				}
			}

			a := analyze(t, s)
			if a.Frontier.Size != c.Expected.Efficient {
				t.Errorf("%d efficient packages, want %d", a.Frontier.Size, c.Expected.Efficient)
			}
			var wins []string
			for i, o := range a.Solutions.Nash.Outcome {
				if o == 0 {
					wins = append(wins, s.Issues[i].ID)
				}
			}
			if !slices.Equal(a.Solutions.Nash.Utilities, c.Expected.Nash) || !slices.Equal(wins, c.Expected.Wins) {
				t.Errorf("Nash gives %v, the first party %q; want %v, %q", a.Solutions.Nash.Utilities, wins, c.Expected.Nash, c.Expected.Wins)
			}
		})
	}
}
