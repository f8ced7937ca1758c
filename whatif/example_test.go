package whatif_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/whatif"
)

// What do two levers do, alone and together?
func Example() {
	compile := func(pulled []int) (*outcome.Space, error) {
		fishers := outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(65)
		port := outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(70)
		for _, lever := range pulled {
			switch lever {
			case 0: // compensation
				fishers = fishers.AtLeast(50)
			case 1: // a second berth
				port = port.AtLeast(60)
			}
		}
		return outcome.NewSpace([]string{"quota", "season"}, fishers, port)
	}
	all, err := whatif.Combine(context.Background(), 2, compile, whatif.CombineOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range all.Sets {
		fmt.Println(c.Set, c.Verdict, c.Count)
	}
	// Output:
	// [] no_zone 0
	// [0] no_zone 0
	// [1] no_zone 0
	// [0 1] zone 1
}
