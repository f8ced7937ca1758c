package network

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// The least sets are those that hold while none of theirs does with one name less, and a
// rule holds exactly where one of them says yes.
func TestCoalitions(t *testing.T) {
	r := rand.New(rand.NewPCG(53, 54))
	refused := 0
	for range 4000 {
		n := 1 + r.IntN(6)
		rule := outcometest.Rule(r, n, 3)
		if r.IntN(10) == 0 {
			rule = outcome.Rule{}
		}
		always, never := uint64(0), uint64(0)
		for i := range n {
			switch r.IntN(6) {
			case 0:
				always |= 1 << i
			case 1:
				never |= 1 << i
			}
		}
		sets, why := coalitions(rule, n, always, never, "the rule")
		monotone := true
		for yes := range uint64(1) << n {
			if yes&always != always || yes&never != 0 {
				continue
			}
			for i := range n {
				if never>>i&1 == 0 && rule.Holds(yes, n) && !rule.Holds(yes|1<<i, n) {
					monotone = false
				}
			}
			if why != "" {
				continue
			}
			if slices.ContainsFunc(sets, func(set uint64) bool { return yes&set == set }) != rule.Holds(yes, n) {
				t.Fatalf("sets %b for yes %b", sets, yes)
			}
		}
		if monotone != (why == "") {
			t.Fatalf("monotone %t, refused for %q", monotone, why)
		}
		if why != "" {
			refused++
			continue
		}
		for i, set := range sets {
			for j, other := range sets {
				if i != j && set&other == set {
					t.Fatalf("%b is within %b", set, other)
				}
			}
			if set&(always|never) != 0 {
				t.Fatalf("%b asks whose answer is known", set)
			}
		}
	}
	if refused < 500 || refused > 3500 {
		t.Errorf("%d rules refused: the test compares too little", refused)
	}
}

// Sixty-four parties and a rule among them: the masks have no room to spare.
func TestSixtyFourParties(t *testing.T) {
	s := outcometest.Family(1, 64, 3, false)
	if who := EveryParty(s); bits.OnesCount64(who.parties) != 64 {
		t.Fatalf("%d parties asked", bits.OnesCount64(who.parties))
	}
	sets, why := coalitions(outcome.Rule{}, 64, 0, 0, "the rule")
	if why != "" || len(sets) != 1 || sets[0] != ^uint64(0) {
		t.Fatalf("%b %s", sets, why)
	}
}
