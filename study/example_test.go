package study_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/study"
)

// A case from the catalogue, and what its zone holds.
func Example() {
	file, err := catalog.Open("panama-canal-1974")
	if err != nil {
		log.Fatal(err)
	}
	s, err := study.New(file, casefile.Choice{})
	if err != nil {
		log.Fatal(err)
	}
	analysis, err := s.Analyze(context.Background(), study.AnalyzeOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(analysis.Main.Analysis.Verdict, analysis.Main.Analysis.Zone.Low)
	for i, option := range analysis.Main.Analysis.Solutions.Nash.Outcome {
		id, issue := file.Case.Issues.At(i)
		fmt.Println(id+":", issue.OptionTitle(option))
	}
	// Output:
	// zone 1024
	// us_defense_rights: The United States has its way
	// use_rights: The United States has its way
	// land_and_water: Panama has its way
	// expansion_rights: The United States has its way
	// duration: Panama has its way
	// expansion_routes: The United States has its way
	// compensation: Panama has its way
	// jurisdiction: Panama has its way
	// us_military_rights: Panama has its way
	// panama_defense_role: Panama has its way
}
