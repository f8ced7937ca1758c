package definitions_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/outcome"
)

// What two tools pick under the same name.
func Example() {
	space, err := outcome.NewSpace([]string{"quota", "season"},
		outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(50),
		outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(40),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, tool := range []definitions.Tool{definitions.NegMAS, definitions.NegoLog} {
		result, err := definitions.Compute(context.Background(), space, tool, bargain.Options{})
		if err != nil {
			log.Fatal(err)
		}
		nash := result.Points[0]
		fmt.Println(tool, nash.Name, nash.Picks[0].Outcome, nash.Means)
	}
	// Output:
	// negmas nash [2 0] greatest product of utilities above the disagreement point
	// negolog nash [1 0] greatest product of utilities
}
