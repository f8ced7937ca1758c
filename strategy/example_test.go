package strategy_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy"
)

// Two parties talk about how many of ten loaves each gets, and about who fetches them.
func Example() {
	space, err := outcome.NewSpace([]string{"loaves", "fetched_by"},
		outcome.NewParty("ana", []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, []int64{0, 1}),
		outcome.NewParty("ben", []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, []int64{3, 0}),
	)
	if err != nil {
		log.Fatal(err)
	}
	m, err := protocol.New(&protocol.Setting{Space: space, Rounds: 20}, protocol.AlternatingOffers{})
	if err != nil {
		log.Fatal(err)
	}
	var rankings strategy.Rankings
	makers := make([]protocol.Maker, m.Seats())
	for seat, spec := range []string{strategy.Boulware(0.25), "linear"} {
		if makers[seat], err = rankings.Prepare(spec, m.Self(protocol.Seat(seat), 0)); err != nil {
			log.Fatal(err)
		}
	}
	result, err := m.Sit(makers, 1).Play(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Ended, "in round", result.Rounds, result.Agreement, result.Utilities)
	// Output:
	// agreed in round 15 [8 0] [8 5]
}
