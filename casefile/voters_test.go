package casefile

import (
	"fmt"
	"strings"
	"testing"
)

// TestVotesInRules compiles rules over votes and holds them to the sums.
func TestVotesInRules(t *testing.T) {
	votes := []int64{45, 40, 15} // of a, b and c
	for rule, carried := range map[string]func(sum, groups int64) bool{
		"majority":                           func(sum, _ int64) bool { return sum >= 51 },
		"two_thirds_of_members":              func(sum, _ int64) bool { return sum >= 67 },
		"cloture":                            func(sum, _ int64) bool { return sum >= 60 },
		"disapproval_by_cloture":             func(sum, _ int64) bool { return 100-sum < 60 },
		"disapproval_over_veto":              func(sum, _ int64) bool { return 100-sum < 67 },
		"double_majority":                    func(sum, groups int64) bool { return sum >= 51 && groups >= 2 },
		"every_group":                        func(_, groups int64) bool { return groups == 3 },
		"at_least_55":                        func(sum, _ int64) bool { return sum >= 55 },
		"votes(a, b, c) >= 60":               func(sum, _ int64) bool { return sum >= 60 },
		"votes(a, b, c) == 55":               func(sum, _ int64) bool { return sum == 55 },
		"!(votes(a, b, c) < 60) && majority": func(sum, _ int64) bool { return sum >= 60 },
	} {
		text := fmt.Sprintf("goodoffices: 1\nid: x\nissues: {i: {options: {u: U, v: V}}}\nparties:\n  p:\n    scores: {i: 0}\n    ratification:\n      rule: %q\n      constituencies:\n"+
			"        a: {votes: 45, scores: {i: 0}}\n        b: {votes: 40, scores: {i: 0}}\n        c: {votes: 15, scores: {i: 0}}\n", rule)
		file, err := Parse("case.yaml", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", rule, err)
			continue
		}
		if err := validate(t, text); err != nil {
			t.Errorf("%s: the schema refuses it: %v", rule, err)
		}
		s, err := file.Case.Compile(Choice{})
		if err != nil {
			t.Fatal(err)
		}
		for yes := range uint64(8) {
			var sum, groups int64
			for i, v := range votes {
				if yes>>i&1 != 0 {
					sum, groups = sum+v, groups+1
				}
			}
			if got := s.Parties[0].Ratification.Holds(yes, 3); got != carried(sum, groups) {
				t.Errorf("%s: %b with %d votes: %v", rule, yes, sum, got)
			}
		}
	}
	// A constituency keeps its name where a rule has the same.
	text := "goodoffices: 1\nid: x\nissues: {i: {options: {u: U, v: V}}}\nparties: {p: {scores: {i: 0}, ratification: {rule: majority, constituencies: {majority: {scores: {i: 0}}, other: {scores: {i: 0}}}}}}\n"
	file, err := Parse("case.yaml", []byte(text))
	if err != nil || strings.Contains(fmt.Sprint(err), "votes") {
		t.Fatal(err)
	}
	s, err := file.Case.Compile(Choice{})
	if err != nil || !s.Parties[0].Ratification.Holds(1, 2) || s.Parties[0].Ratification.Holds(2, 2) {
		t.Errorf("the constituency's own name does not come first: %v", err)
	}
}
