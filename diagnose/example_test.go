package diagnose_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/outcome"
)

// Why is there no deal, and what would open one?
func Example() {
	space, err := outcome.NewSpace([]string{"quota", "season"},
		outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(65),
		outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(70),
	)
	if err != nil {
		log.Fatal(err)
	}
	diagnosis, err := diagnose.Diagnose(context.Background(), space, diagnose.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(diagnosis.Verdict)
	for _, set := range diagnosis.BlockingSets {
		fmt.Println("together they leave nothing:", set.Conditions)
	}
	for _, set := range diagnosis.OpeningSets {
		fmt.Println("would open a zone:", set.Relax, "for", set.Outcome, "at", set.Points.FloatString(0), "points")
	}
	// Output:
	// no_zone
	// together they leave nothing: [fishers.no_deal port.no_deal]
	// would open a zone: [fishers.no_deal] for [1 0] at 20 points
	// would open a zone: [port.no_deal] for [1 1] at 40 points
}
