package model_test

import (
	"fmt"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/strategy/model"
)

// What does a side want that always asks for the first option of one issue?
func Example() {
	m := model.Frequency([]outcome.Issue{{ID: "border", Options: 2}, {ID: "aid", Options: 3}})
	for round, o := range []outcome.Outcome{{0, 0}, {0, 1}, {0, 2}} {
		m.Hear(o, float64(round)/9)
	}
	fmt.Println(m.Row().Scores)
	// Output:
	// [[587 0] [413 413 413]]
}
