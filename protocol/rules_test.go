package protocol_test

import (
	"fmt"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/protocoltest"
)

// talks is a setting of three issues with everything that binds.
func talks(parties int) *protocol.Setting {
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

func allRules() []protocol.Rules {
	return []protocol.Rules{
		protocol.AlternatingOffers{},
		protocol.Voting{},
		protocol.SingleText{},
		protocol.Shuttle{},
		protocol.FileByFile{},
		protocol.FileByFile{Files: [][]int{{2, 0}, {1}}, Reopen: true},
		protocol.IndirectThenDirect{Indirect: protocol.Shuttle{}, Direct: protocol.AlternatingOffers{}, After: 3, Yeses: 1},
	}
}

func TestConformance(t *testing.T) {
	for _, rules := range allRules() {
		for _, parties := range []int{2, 3} {
			set := talks(parties)
			t.Run(fmt.Sprintf("%+v/%d", rules, parties), func(t *testing.T) { protocoltest.Rules(t, rules, set) })
			set = talks(parties)
			set.Space.Consent = outcome.CountOf(1<<parties-1, outcome.AtLeast, 2)
			set.Events = set.Events[:1]
			t.Run(fmt.Sprintf("%+v/any two of %d", rules, parties), func(t *testing.T) { protocoltest.Rules(t, rules, set) })
		}
	}
}
