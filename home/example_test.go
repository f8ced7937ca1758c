package home_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/home"
	"github.com/goodoffices/goodoffices/outcome"
)

// Which of the packages that fishers and a port can agree on would the fishers carry at home?
func Example() {
	fishers := outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(50)
	fishers.Constituencies = []outcome.Row{ // all of them must agree
		outcome.NewParty("fishers.villages", []int64{0, 30, 40}, []int64{0, 0}).AtLeast(30).Row,
		outcome.NewParty("fishers.fleet", []int64{0, 20, 50}, []int64{0, 20}).AtLeast(40).Row,
	}
	port := outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(40)
	space, err := outcome.NewSpace([]string{"quota", "season"}, fishers, port)
	if err != nil {
		log.Fatal(err)
	}
	sets, err := home.Find(context.Background(), space, bargain.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sets.Overlap, "of", sets.Zone, "packages are carried; the sturdiest is", sets.Sturdiest.Outcome)
	for _, move := range home.Moves(space, outcome.Outcome{0, 1}) {
		fmt.Println(space.Parties[move.Party].ID, move.Carried, move.Groups, move.Points)
	}
	// Output:
	// 1 of 2 packages are carried; the sturdiest is [2 0]
	// fishers false [0 1] [30/1 20/1]
}
