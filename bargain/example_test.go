package bargain_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
)

// Is there a deal between fishers and a port, and which one does the Nash rule pick?
func Example() {
	space, err := outcome.NewSpace([]string{"quota", "season"},
		outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(50),
		outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(40),
	)
	if err != nil {
		log.Fatal(err)
	}
	analysis, err := bargain.Analyze(context.Background(), space, bargain.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(analysis.Verdict, analysis.Zone.Low, "of", analysis.Outcomes)
	nash := analysis.Solutions.Nash
	fmt.Println("Nash:", nash.Outcome, nash.Utilities)
	// Output:
	// zone 2 of 6
	// Nash: [2 0] [60 60]
}
