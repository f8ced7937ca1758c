package outcome_test

import (
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/outcome"
)

// Fishers and a port settle a quota (low, middle, high) and a season (short, long).
func Example() {
	space, err := outcome.NewSpace([]string{"quota", "season"},
		outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(50),
		outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(40),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(space.Size(), "packages")
	for _, o := range []outcome.Outcome{{1, 0}, {0, 1}, {2, 0}} {
		fmt.Println(o, space.Values(o), space.InZone(o))
	}
	// Output:
	// 6 packages
	// [1 0] [45 90] false
	// [0 1] [50 40] true
	// [2 0] [60 60] true
}

// A condition over several issues is a table.
func ExampleNewTable() {
	space, err := outcome.NewSpace([]string{"quota", "season"},
		outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}),
		outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}),
	)
	if err != nil {
		log.Fatal(err)
	}
	plenty, err := outcome.NewTable(space.Issues, []int{0, 1}, func(options []int) bool { return options[0] == 2 && options[1] == 1 })
	if err != nil {
		log.Fatal(err)
	}
	space.Requires = []outcome.Condition{{ID: "requires.stock", Kind: outcome.Legal, Forbidden: plenty}}
	fmt.Println(space.Admits(outcome.Outcome{2, 0}), space.Admits(outcome.Outcome{2, 1}))
	// Output: true false
}
