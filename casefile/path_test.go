package casefile

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// A path is read as it is written, whatever it names, and a constituency may have the name of what is no part of a party.
func TestPathsReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]Path{
		"consent":                         {Part: PartConsent},
		"requires.no_gap":                 {Part: PartRequires, ID: "no_gap"},
		"iran.no_deal":                    {Party: "iran", Part: PartNoDeal},
		"iran.red_lines.no_zero":          {Party: "iran", Part: PartRedLines, ID: "no_zero"},
		"iran.adjustments.a":              {Party: "iran", Part: PartAdjustments, ID: "a"},
		"iran.scores.relief.waivers":      {Party: "iran", Part: PartScores, Issue: "relief", Option: "waivers"},
		"iran.scores.months.1.5":          {Party: "iran", Part: PartScores, Issue: "months", Option: "1.5"},
		"iran.scores.relief":              {Party: "iran", Part: PartScores, Issue: "relief"},
		"iran.ratification":               {Party: "iran", Part: PartRatification},
		"iran.clerics.accepts_at":         {Party: "iran", Constituency: "clerics", Part: PartAcceptsAt},
		"iran.clerics.scores.relief.all":  {Party: "iran", Constituency: "clerics", Part: PartScores, Issue: "relief", Option: "all"},
		"iran.ratification.accepts_at":    {Party: "iran", Constituency: "ratification", Part: PartAcceptsAt},
		"iran.ratification.scores.months": {Party: "iran", Constituency: "ratification", Part: PartScores, Issue: "months"},
		"iran.accepts_at.accepts_at":      {Party: "iran", Constituency: "accepts_at", Part: PartAcceptsAt},
	} {
		if got := ParsePath(text); got != want || got.String() != text {
			t.Errorf("%s is read as %+v, written as %s", text, got, got)
		}
	}
	r := rand.New(rand.NewPCG(11, 12))
	words := []string{"iran", "clerics", "no_deal", "scores", "requires", "consent", "red_lines", "accepts_at", "ratification", "x", "7"}
	for range 2000 {
		var parts []string
		for range 1 + r.IntN(5) {
			parts = append(parts, words[r.IntN(len(words))])
		}
		if text := strings.Join(parts, "."); text != "requires" && ParsePath(ParsePath(text).String()) != ParsePath(text) {
			t.Errorf("%s is read as %+v, and that as %+v", text, ParsePath(text), ParsePath(ParsePath(text).String()))
		}
	}
}
