package vote_test

import (
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/vote"
)

// A treaty needs two thirds of all 97 members.
func Example() {
	rule, _ := vote.Lookup("two_thirds_of_members")
	result, err := rule.Count(vote.Tally{Yes: 65, No: 30, Members: 97})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Passed, result.Decisive.Margin())
	fmt.Println(result.Explanation)
	// Output:
	// true 0
	// 65 yes of 97 members; at least two thirds, 65, are needed: none to spare. Passed.
}
