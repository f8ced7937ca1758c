package robust_test

import (
	"context"
	"fmt"
	"log"
	"math/big"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/robust"
)

// How far does the answer hang on the scores?
func Example() {
	file, err := catalog.Open("panama-canal-1974")
	if err != nil {
		log.Fatal(err)
	}
	spread := big.NewRat(1, 10) // scores without ranges may be off by a tenth
	uncertain, err := file.Case.Uncertain(casefile.Choice{}, spread)
	if err != nil {
		log.Fatal(err)
	}
	result, err := robust.Measure(context.Background(), uncertain, robust.Options{Draws: 1000, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("a zone in", result.Zone.Hits, "of", result.Draws, "draws")
	fmt.Println("the Nash package stays in", result.Nash.Stays.Hits)
	// Output:
	// a zone in 1000 of 1000 draws
	// the Nash package stays in 915
}
