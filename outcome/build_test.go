package outcome_test

import (
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

func TestNewSpaceRefuses(t *testing.T) {
	ana := outcome.NewParty("ana", []int64{1, 2, 3}, []int64{0, 1})
	for _, test := range []struct {
		issues  []string
		parties []outcome.Party
		want    string
	}{
		{nil, []outcome.Party{ana}, "no issues"},
		{[]string{"a", "b"}, nil, "no parties"},
		{[]string{"a", "b", "c"}, []outcome.Party{ana}, "issue c has no options"},
		{[]string{"a"}, []outcome.Party{ana}, "ana: scores for 2 issues of 1"},
		{[]string{"a", "b"}, []outcome.Party{outcome.NewParty("ben", []int64{1, 2, 3}), ana}, "ben: scores for 1 issues of 2"},
		{[]string{"a", "b"}, []outcome.Party{ana, outcome.NewParty("ben", []int64{1, 2}, []int64{1, 2})}, "ben: 2 scores for the 3 options of a"},
	} {
		if s, err := outcome.NewSpace(test.issues, test.parties...); s != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, %v, want %q", test.issues, s, err, test.want)
		}
	}
}

func TestAtLeastChangesNoOtherParty(t *testing.T) {
	ana := outcome.NewParty("ana", []int64{1, 2})
	if firm := ana.AtLeast(2); ana.Threshold.Set || firm.Accepts(outcome.Outcome{0}) || !firm.Accepts(outcome.Outcome{1}) {
		t.Errorf("%v and %v", ana, firm)
	}
}
