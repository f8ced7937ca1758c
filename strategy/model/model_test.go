package model

import (
	"math"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

var issues = []outcome.Issue{{ID: "a", Options: 3}, {ID: "b", Options: 3}}

// TestFrequencyModel follows the rule of HardHeaded through three offers by hand.
func TestFrequencyModel(t *testing.T) {
	f := Frequency(issues).(*frequency)
	for _, o := range []outcome.Outcome{{0, 0}, {0, 1}, {0, 2}} {
		f.Hear(o, 0)
	}
	// The first issue twice stayed as it was and gained 0.1 of a weight, then scaled to a sum of 1.
	first := 0.5
	for range 2 {
		first = (first + 0.1) / 1.1
	}
	if math.Abs(f.weight[0]-first) > 1e-12 || math.Abs(f.weight[0]+f.weight[1]-1) > 1e-12 {
		t.Errorf("weights are %v, want %v and the rest", f.weight, first)
	}
	row := f.Row()
	if row.Scores[0][0] <= row.Scores[0][1] || row.Scores[1][0] != row.Scores[1][2] {
		t.Errorf("scores are %v", row.Scores)
	}
}

// TestSmithModel: an issue weighs as its most frequent option is frequent.
func TestSmithModel(t *testing.T) {
	m := Smith(issues)
	for _, o := range []outcome.Outcome{{0, 0}, {0, 1}, {0, 2}} {
		m.Hear(o, 0)
	}
	if got := m.Row().Scores; got[0][0] != 750 || got[1][0] != 250 || got[1][1] != 250 || got[0][1] != 0 {
		t.Errorf("scores are %v, want 750 for the option always offered, 250 for each of the others offered", got)
	}
}
