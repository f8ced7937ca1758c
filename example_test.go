package goodoffices_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
)

const quota = `
goodoffices: 1
id: fishing-quota
issues:
  quota:
    options: {low: "20,000 tonnes", middle: "40,000 tonnes", high: "60,000 tonnes"}
  season:
    range: {from: 3, to: 9, step: 3, unit: months}
parties:
  fishers:
    scores:
      quota: {low: 10, middle: 45, high: 60}
      season: {3: 0, 9: 40}
    no_deal: 45..55
  port:
    scores:
      quota: {low: 40, middle: 30, high: 0}
      season: {3: 60, 6: 50, 9: 0}
    no_deal: 40
`

// From a case file to the zone of agreement and the package that the Nash
// solution picks.
func Example() {
	file, err := casefile.Parse("quota.yaml", []byte(quota))
	if err != nil {
		log.Fatal(err) // every problem, with its line and column
	}
	space, err := file.Case.Compile(casefile.Choice{})
	if err != nil {
		log.Fatal(err)
	}
	analysis, err := bargain.Analyze(context.Background(), space, bargain.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v of %v packages are acceptable to both\n", analysis.Zone.Low, analysis.Outcomes)
	nash := analysis.Solutions.Nash
	for i, option := range nash.Outcome {
		id, issue := file.Case.Issues.At(i)
		fmt.Printf("%s: %s\n", id, issue.OptionTitle(option))
	}
	for i, u := range nash.Utilities {
		party := &space.Parties[i]
		fmt.Printf("%s gets %s points\n", party.ID, party.Points(u).FloatString(1))
	}
	// Output:
	// 4 of 9 packages are acceptable to both
	// quota: 40,000 tonnes
	// season: 6 months
	// fishers gets 65.0 points
	// port gets 80.0 points
}
