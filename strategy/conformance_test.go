package strategy_test

import (
	"fmt"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/protocoltest"
	"github.com/goodoffices/goodoffices/strategy"
)

// table is a small setting with everything that binds: a requirement, a red line, a
// mandate, people at home, a status quo.
func table(t *testing.T) *protocol.Setting {
	s := &outcome.Space{}
	for i := range 3 {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprintf("i%d", i), Options: 4})
	}
	only := func(issue, option int) outcome.Table {
		table, err := outcome.NewTable(s.Issues, []int{issue}, func(o []int) bool { return o[0] == option })
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	for p := range 2 {
		row := outcome.Row{ID: fmt.Sprintf("p%d", p), Scale: 1, Threshold: outcome.Threshold{Value: 25, Set: true}}
		home := outcome.Row{ID: row.ID + ".home", Scale: 1, Threshold: outcome.Threshold{Value: 2, Set: true}}
		for i := range 3 {
			scores, people := make([]int64, 4), make([]int64, 4)
			for o := range scores {
				at := o
				if p == 1 {
					at = 3 - o
				}
				scores[o] = int64(at * (6 + 4*((i+p)%3)))
				people[o] = int64(at)
			}
			row.Scores = append(row.Scores, scores)
			home.Scores = append(home.Scores, people)
		}
		s.Parties = append(s.Parties, outcome.Party{
			Row: row, Constituencies: []outcome.Row{home},
			RedLines: []outcome.Condition{{ID: row.ID + ".red", Kind: outcome.RedLine, Forbidden: only(2, 3*p)}},
		})
	}
	s.Requires = []outcome.Condition{{ID: "requires.one", Forbidden: only(1, 1)}}
	return &protocol.Setting{
		Space: s, Rounds: 12, StatusQuo: []int{1, 0, 1},
		Outside: []outcome.Table{only(0, 0), {}},
	}
}

// protocols are the rules under which every strategy is played.
var protocols = []protocol.Rules{
	protocol.AlternatingOffers{}, protocol.Voting{}, protocol.SingleText{}, protocol.Shuttle{}, protocol.FileByFile{},
	protocol.FileByFile{Files: [][]int{{1, 2}, {0}}, Reopen: true},
	protocol.IndirectThenDirect{Indirect: protocol.Shuttle{}, Direct: protocol.AlternatingOffers{}, After: 4},
}

// TestConformance puts every strategy through the suite, under every protocol.
func TestConformance(t *testing.T) {
	for _, e := range strategy.List() {
		spec := e.Name
		switch {
		case e.Name == "outside":
			continue // it has tests of its own
		case e.Role == strategy.Wrapper:
			spec += "(micro)"
		}
		for i, rules := range protocols {
			t.Run(fmt.Sprintf("%s/%d %s", spec, i, rules.Name()), func(t *testing.T) {
				if testing.Short() && i > 0 {
					t.Skip("one protocol is enough for a short run")
				}
				set := table(t)
				seats := 0
				protocoltest.Negotiator(t, rules, set, func(self protocol.Self) protocol.Negotiator {
					if (int(self.Seat) >= self.Parties) != (e.Role == strategy.Mediator) {
						return nil
					}
					seats++
					n, err := strategy.New(spec, self)
					if err != nil {
						t.Fatal(err)
					}
					return n
				})
				if seats == 0 && e.Role != strategy.Mediator {
					t.Error("it sat nowhere")
				}
			})
		}
	}
}
