package catalog_test

import (
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/catalog"
)

// What there is, and one case of it.
func Example() {
	for _, entry := range catalog.List() {
		fmt.Println(entry.Name, entry.Size)
	}
	file, err := catalog.Open("panama-canal-1974")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.Case.Title, file.Case.Parties.Keys())
	// Output:
	// iran-us-2026 9289728
	// panama-canal-1974 1024
	// six-party-exercise 720
	// The Panama Canal, 1974 [united_states panama]
}
