//go:build unix

package outside_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy"
	"github.com/goodoffices/goodoffices/strategy/outside"
)

// A program of one line that asks for seven loaves, whatever it is told.
func Example() {
	space := &outcome.Space{Issues: []outcome.Issue{{ID: "loaves", Options: 11}}, Parties: []outcome.Party{
		{Row: outcome.Row{ID: "ana", Scale: 1, Scores: [][]int64{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}},
		{Row: outcome.Row{ID: "ben", Scale: 1, Scores: [][]int64{{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}}},
	}}
	m, err := protocol.New(&protocol.Setting{Space: space, Rounds: 20}, protocol.AlternatingOffers{})
	if err != nil {
		log.Fatal(err)
	}
	ana := outside.Maker(`sh -c 'while read line; do case "$line" in *ask*) echo "{\"move\":\"offer\",\"outcome\":[7]}";; esac; done'`, m.Self(0, 0))
	ben, err := strategy.Prepare(strategy.Linear(), m.Self(1, 0))
	if err != nil {
		log.Fatal(err)
	}
	result, err := m.Sit([]protocol.Maker{ana, ben}, 1).Play(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Ended, "in round", result.Rounds, result.Agreement)
	// Output:
	// agreed in round 15 [7]
}
