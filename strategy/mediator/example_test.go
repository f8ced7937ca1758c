package mediator_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy"
	"github.com/goodoffices/goodoffices/strategy/mediator"
)

// A mediator of your own proposes the egalitarian package of what parties tell it.
func Example() {
	space := &outcome.Space{
		Issues: []outcome.Issue{{ID: "loaves", Options: 11}, {ID: "fetched_by", Options: 2}},
		Parties: []outcome.Party{
			{Row: outcome.Row{ID: "ana", Scale: 1, Scores: [][]int64{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {0, 1}}}},
			{Row: outcome.Row{ID: "ben", Scale: 1, Scores: [][]int64{{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, {3, 0}}}},
		},
	}
	m, err := protocol.New(&protocol.Setting{Space: space, Rounds: 5}, protocol.Shuttle{})
	if err != nil {
		log.Fatal(err)
	}
	makers := make([]protocol.Maker, m.Seats())
	for seat := range space.Parties {
		if makers[seat], err = strategy.Prepare(strategy.Truthful(), m.Self(protocol.Seat(seat), 0)); err != nil {
			log.Fatal(err)
		}
	}
	best := func(s *bargain.Solutions) *bargain.Solution { return s.Egalitarian }
	makers[2] = mediator.Solver(m.Self(2, 0), best, false)
	result, err := m.Sit(makers, 1).Play(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Ended, result.Agreement, result.Utilities)
	// Output:
	// agreed [6 0] [6 7]
}
