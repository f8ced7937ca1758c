package casefile

import (
	"strings"
	"testing"
)

func TestInWords(t *testing.T) {
	f, err := Parse("case.yaml", []byte(strings.NewReplacer("quota:\n    status_quo", "quota:\n    title: Yearly quota\n    status_quo",
		"options: {low: 20, high: 60}", "options: {low: A low one, high: A high one, none: None}", "step: 3}", "step: 3, unit: months}",
		"{low: 10, high: 60}", "{low: 10, high: 60, none: 0}", "{low: 40, high: 0}", "{low: 40, high: 0, none: 0}").Replace(base)))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ condition, want string }{
		{"quota == 'high'", "“Yearly quota” is “A high one”"},
		{"quota == 'high' || quota == 'low'", "“Yearly quota” is “A high one” or “A low one”"},
		{"quota != 'high' && quota != 'low'", "“Yearly quota” is neither “A high one” nor “A low one”"},
		{"quota == 'high' && season > 3", "“Yearly quota” is “A high one” and “season” is above 3 months"},
		{"(quota == 'high' || season <= 6) && !(season == 9 && quota == 'low')",
			"(“Yearly quota” is “A high one” or “season” is at most 6 months) and not (“season” is 9 months and “Yearly quota” is “A low one”)"},
		{"true", "always"},
		{"no condition", "no condition"},
	} {
		if got := f.Case.InWords(tt.condition); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.condition, got, tt.want)
		}
	}
	for _, tt := range []struct{ party, rule, want string }{
		{"", "fishers && !port", "fishers and not port"},
		{"", "count(fishers, port) >= 1", "at least 1 of fishers and port"},
		{"fishers", "boats", "“boats”"},
		{"fishers", "votes(boats) > 3 || two_thirds_of_members", "above 3 votes of “boats” or two thirds of members"},
	} {
		if got := f.Case.RuleInWords(PartyID(tt.party), tt.rule); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.rule, got, tt.want)
		}
	}
}
