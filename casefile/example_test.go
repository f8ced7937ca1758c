package casefile_test

import (
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// From the words of a case to its numbers.
func Example() {
	file, err := casefile.Parse("quota.yaml", []byte(`
goodoffices: 1
id: quota
issues:
  quota: {options: {low: "20,000 tonnes", high: "60,000 tonnes"}}
parties:
  fishers: {scores: {quota: {low: 10, high: 60}}, no_deal: 7.5}
  port: {scores: {quota: {low: 40, high: 0}}, no_deal: 30}
`))
	if err != nil {
		log.Fatal(err) // every problem, with its line and column
	}
	space, err := file.Case.Compile(casefile.Choice{})
	if err != nil {
		log.Fatal(err)
	}
	for _, party := range space.Parties {
		fmt.Println(party.ID, party.Points(party.Threshold.Value).FloatString(1))
	}
	_, issue := file.Case.Issues.At(0)
	for option := range space.Issues[0].Options {
		fmt.Println(issue.OptionTitle(option), space.InZone(outcome.Outcome{option}))
	}
	// Output:
	// fishers 7.5
	// port 30.0
	// 20,000 tonnes true
	// 60,000 tonnes false
}
