package casefile_test

import (
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

const talking = `goodoffices: 1
id: talking
issues:
  arms: {options: {all: All, none: None}, status_quo: all}
  months: {range: {from: 0, to: 12, step: 6, unit: months}}
parties:
  a:
    scores: {arms: {all: 10, none: 0}, months: {0: 0, 12: 6}}
    discount: 0.95
    no_deal: 4
    mandate: {only: "arms == 'none' || months > 0"}
    preconditions: [{text: No threats.}, {id: quiet, text: No press.}]
  b:
    scores: {arms: {all: 0, none: 10}, months: {0: 6, 12: 0}}
views:
  hard: {set: {a.no_deal: 8}}
`

func TestTalks(t *testing.T) {
	file, err := casefile.Parse("case.yaml", []byte(talking))
	if err != nil {
		t.Fatal(err)
	}
	c := file.Case
	talks, err := c.Talks(casefile.Choice{View: "hard"})
	if err != nil {
		t.Fatal(err)
	}
	if a := &talks.Space.Parties[0]; a.Threshold.Value != 8*a.Scale {
		t.Errorf("the view was not laid over the case: no deal at %d of scale %d", a.Threshold.Value, a.Scale)
	}
	if len(talks.Options) != 2 || !slices.Equal(talks.Options[0], []string{"all", "none"}) || !slices.Equal(talks.Options[1], []string{"0", "6", "12"}) {
		t.Errorf("options %q", talks.Options)
	}
	if !slices.Equal(talks.StatusQuo, []int{0, -1}) || !slices.Equal(talks.Discounts, []float64{0.95, 1}) {
		t.Errorf("status quo %v, discounts %v", talks.StatusQuo, talks.Discounts)
	}
	if want := []casefile.TalksPrecondition{{ID: "a.1", Text: "No threats."}, {ID: "a.quiet", Text: "No press."}}; !slices.Equal(talks.Preconditions, want) {
		t.Errorf("preconditions %+v", talks.Preconditions)
	}
	// What is outside a mandate is what it does not admit.
	admits, _, err := c.MandateTable("a")
	if err != nil {
		t.Fatal(err)
	}
	for arms := range 2 {
		for months := range 3 {
			o := outcome.Outcome{arms, months}
			if talks.Outside[0].Holds(o) == admits.Holds(o) {
				t.Errorf("%v is outside and admitted, or neither", o)
			}
			if talks.Outside[1].Holds(o) {
				t.Errorf("%v is outside the mandate of b, which has none", o)
			}
		}
	}
	if talks.Mandates[0] == "" || talks.Mandates[1] != "" {
		t.Errorf("mandates %q", talks.Mandates)
	}
	if _, err := c.MandateOutside("a", "arms == 'some'"); err == nil {
		t.Error("a mandate over an unknown option was compiled")
	}
	if _, err := c.Talks(casefile.Choice{View: "soft"}); err == nil {
		t.Error("an unknown view was used")
	}
}
