package bargain

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/verify"
)

// checked fails the test unless package verify accepts a certificate.
func checked(t *testing.T, s *outcome.Space, c *Certificate) []byte {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify.Decode(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	if report, err := verify.Check(context.Background(), s, v); err != nil {
		t.Fatal(err, report)
	}
	return data
}

// Both packages write a space out by themselves, and must come to the same bytes.
func TestFingerprintIsTheCheckers(t *testing.T) {
	r := rand.New(rand.NewPCG(101, 102))
	seen := make(map[string]bool)
	for round := range 300 {
		s := outcometest.Space(r, outcometest.Shape{Boxes: round%2 == 0})
		own, err := fingerprint(s)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := verify.Fingerprint(s)
		if err != nil || own != theirs {
			t.Fatalf("%s and %s, %v", own, theirs, err)
		}
		seen[own] = true
		s.Parties[0].Scores[0][0]++
		if other, err := fingerprint(s); err != nil || other == own {
			t.Fatalf("a score more, and the same fingerprint: %v", err)
		}
	}
	if len(seen) != 300 {
		t.Errorf("300 spaces have %d fingerprints", len(seen))
	}
	s := &outcome.Space{Issues: []outcome.Issue{{Options: 1}}, Consent: outcome.Name(0)}
	for range 21 {
		s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{Scale: 1, Scores: [][]int64{{0}}}})
	}
	_, own := fingerprint(s)
	if _, theirs := verify.Fingerprint(s); own == nil || theirs == nil {
		t.Error("a rule over 21 parties has a fingerprint")
	}
}

// Without an analysis a certificate holds as much, but for the frontier, and is the
// same every time.
func TestCertifyByProofsAlone(t *testing.T) {
	ctx := context.Background()
	for _, parties := range []int{2, 3, 5} {
		s := demanding(family(3, parties, 50, parties == 3), 3000)
		c, err := Certify(ctx, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Certify(ctx, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := checked(t, s, c), checked(t, s, again); !slices.Equal(a, b) {
			t.Error("two certificates of one space differ")
		}
		for name, claim := range map[string]*Claim{"nash": c.Solutions.Nash, "kalai_smorodinsky": c.Solutions.KalaiSmorodinsky,
			"egalitarian": c.Solutions.Egalitarian, "utilitarian": c.Solutions.Utilitarian} {
			if claim == nil || claim.Proven != len(claim.Value) {
				t.Errorf("%d parties: %s is not proven: %+v", parties, name, claim)
			}
		}
	}
}

// measured returns a gauge from the thresholds to the ideals of a network.
func measured(t *testing.T, net *network) *gauge {
	g := &gauge{disagreement: net.floor}
	find := &search{net: net, budget: 1 << 40}
	for p := range net.space.Parties {
		best, err := find.best(t.Context(), p)
		if err != nil || !best.exact {
			t.Fatal(err)
		}
		g.scale = append(g.scale, net.space.Parties[p].Scale)
		g.ideal = append(g.ideal, best.value[0].Num().Int64())
	}
	return g
}

// Without the budget to finish, a certificate says less, and still holds.
func TestCertifyWithinBudget(t *testing.T) {
	ctx := context.Background()
	claims, bounded := 0, 0
	for seed := range uint64(6) {
		s := demanding(family(seed, 5, 12, seed%2 == 0), 2000)
		net, why := newNetwork(s, false)
		if net == nil {
			t.Fatal(why)
		}
		full := map[string]*proof{}
		// Thresholds that few outcomes reach are hard to meet within the budget.
		equal, err := (&search{net: net, budget: 1 << 30}).egalitarian(ctx, &gauge{scale: []int64{1, 1, 1, 1, 1}, disagreement: make([]int64, 5), ideal: net.floor})
		if err != nil {
			t.Fatal(err)
		}
		for _, threshold := range []int64{2000, slices.Min(equal.utilities) - 5} {
			s := demanding(s, threshold)
			net, _ := newNetwork(s, false)
			g := measured(t, net)
			find := &search{net: net, budget: 1 << 30}
			for name, ask := range map[string]func(context.Context, *gauge) (*proof, error){"nash": find.nash, "egalitarian": find.egalitarian} {
				p, err := ask(ctx, g)
				if err != nil {
					t.Fatal(err)
				}
				full[name] = p
			}
			for _, budget := range []int64{0, 1 << 16, 1 << 20, 1 << 23} {
				c, err := certify(ctx, s, nil, budget)
				if err != nil {
					if budget > 1<<20 {
						t.Errorf("nothing within a budget of %d: %v", budget, err)
					}
					continue
				}
				checked(t, s, c)
				for name, claim := range map[string]*Claim{"nash": c.Solutions.Nash, "egalitarian": c.Solutions.Egalitarian} {
					if claim == nil {
						continue
					}
					claims++
					best := full[name].value
					if name == "nash" { // in points, after the number of parties that gain
						best = g.nashValue(full[name].utilities)
					}
					if claim.Proven < len(claim.Value) {
						bounded++
					}
					for k, v := range claim.Value[:claim.Proven] {
						if best[k].RatString() != v {
							t.Fatalf("%s: entry %d proven to be %s, but it is %v", name, k, v, best[k])
						}
					}
					if bound, ok := new(big.Rat).SetString(claim.Bound); ok && bound.Cmp(best[claim.Proven]) < 0 {
						t.Fatalf("%s: a bound of %v, but %v is reached", name, bound, best[claim.Proven])
					}
				}
			}
		}
	}
	t.Logf("%d claims, of which %d are only bounded", claims, bounded)
	if bounded < 10 || claims-bounded < 10 {
		t.Error("the test compares too little")
	}
}

// An analysis that a proof contradicts gets no certificate.
func TestCertifyContradicts(t *testing.T) {
	ctx := context.Background()
	s := demanding(family(4, 2, 6, true), 3000)
	a, err := Analyze(ctx, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Certify(ctx, s, a)
	if err != nil {
		t.Fatal(err)
	}
	checked(t, s, c)
	for name, change := range map[string]func(a *Analysis){
		"no zone":             func(a *Analysis) { a.Verdict = NoZone },
		"a worse Nash":        func(a *Analysis) { a.Solutions.Nash = a.Solutions.Utilitarian },
		"a worse egalitarian": func(a *Analysis) { a.Solutions.Egalitarian = a.Solutions.Utilitarian },
		"a worse utilitarian": func(a *Analysis) { a.Solutions.Utilitarian = a.Solutions.Nash },
		"a package outside":   func(a *Analysis) { a.Solutions.Nash = &Solution{Point: Point{Outcome: make(outcome.Outcome, 6)}} },
		"a frontier of all of it": func(a *Analysis) {
			whole, err := Analyze(ctx, s, Options{Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			a.Frontier = whole.Frontier
		},
	} {
		wrong := *a
		change(&wrong)
		if _, err := Certify(ctx, s, &wrong); err == nil {
			t.Errorf("%s: certified", name)
		}
	}
}

func TestCertifyRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	large := conditioned(demanding(family(1, 2, 9, false), 3000))
	if _, err := Certify(ctx, large, &Analysis{Exact: true, Verdict: HasZone}); err == nil || !strings.Contains(err.Error(), "1000000000 packages are more than") {
		t.Errorf("1e9 packages to be listed again: %v", err)
	}
	small := conditioned(demanding(family(1, 2, 3, false), 3000))
	if _, err := Certify(ctx, small, nil); err == nil {
		t.Error("linked issues are certified without an analysis")
	}
	if _, err := Certify(ctx, &outcome.Space{}, nil); err == nil {
		t.Error("a space that does not check is certified")
	}
	cancel()
	if _, err := Certify(ctx, demanding(family(1, 5, 50, true), 3000), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}
