package rehearsal_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/rehearsal"
	"github.com/goodoffices/goodoffices/strategy"
)

// How often do talks that may break down after any round come to an agreement?
func Example() {
	space, err := outcome.NewSpace([]string{"loaves"},
		outcome.NewParty("ana", []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
		outcome.NewParty("ben", []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}),
	)
	if err != nil {
		log.Fatal(err)
	}
	plan := rehearsal.Plan{
		Setting: &protocol.Setting{Space: space, Rounds: 20, Breakdown: 0.05}, Rules: protocol.AlternatingOffers{},
		Seed: 1, Sessions: 1000,
	}
	m, err := protocol.New(plan.Setting, plan.Rules)
	if err != nil {
		log.Fatal(err)
	}
	for seat := range m.Seats() {
		maker, err := strategy.Prepare(strategy.Linear(), m.Self(protocol.Seat(seat), 0))
		if err != nil {
			log.Fatal(err)
		}
		plan.Makers = append(plan.Makers, maker)
	}
	tally := rehearsal.NewTally()
	if err := plan.Play(context.Background(), tally); err != nil {
		log.Fatal(err)
	}
	fmt.Println(tally.Count(protocol.Agreed), "of", tally.Sessions)
	for _, p := range tally.Packages() {
		fmt.Println(p.Outcome, p.Sessions)
	}
	// Output:
	// 598 of 1000
	// [5] 598
}
