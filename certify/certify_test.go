package certify

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
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
		s := outcometest.Demanding(outcometest.Family(3, parties, 50, parties == 3), 3000)
		c, err := Analysis(ctx, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Analysis(ctx, s, nil)
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
func measured(t *testing.T, net *network.Network) *pareto.Gauge {
	g := &pareto.Gauge{Disagreement: net.Floor}
	find := &prove.Search{Net: net, Budget: 1 << 40}
	for p := range net.Space.Parties {
		best, err := find.Best(t.Context(), p)
		if err != nil || !best.Exact {
			t.Fatal(err)
		}
		g.Scale = append(g.Scale, net.Space.Parties[p].Scale)
		g.Ideal = append(g.Ideal, best.Value[0].Num().Int64())
	}
	return g
}

// Without the budget to finish, a certificate says less, and still holds.
func TestCertifyWithinBudget(t *testing.T) {
	ctx := context.Background()
	claims, bounded := 0, 0
	for seed := range uint64(6) {
		s := outcometest.Demanding(outcometest.Family(seed, 5, 12, seed%2 == 0), 2000)
		net, why := network.New(s, false)
		if net == nil {
			t.Fatal(why)
		}
		full := map[string]*prove.Proof{}
		// Thresholds that few outcomes reach are hard to meet within the budget.
		equal, err := (&prove.Search{Net: net, Budget: 1 << 30}).Egalitarian(ctx, &pareto.Gauge{Scale: []int64{1, 1, 1, 1, 1}, Disagreement: make([]int64, 5), Ideal: net.Floor})
		if err != nil {
			t.Fatal(err)
		}
		for _, threshold := range []int64{2000, slices.Min(equal.Utilities) - 5} {
			s := outcometest.Demanding(s, threshold)
			net, _ := network.New(s, false)
			g := measured(t, net)
			find := &prove.Search{Net: net, Budget: 1 << 30}
			for name, ask := range map[string]func(context.Context, *pareto.Gauge) (*prove.Proof, error){"nash": find.Nash, "egalitarian": find.Egalitarian} {
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
					best := full[name].Value
					if name == "nash" { // in points, after the number of parties that gain
						best = g.NashValue(full[name].Utilities)
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
	s := outcometest.Demanding(outcometest.Family(4, 2, 6, true), 3000)
	a, err := bargain.Analyze(ctx, s, bargain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Analysis(ctx, s, a)
	if err != nil {
		t.Fatal(err)
	}
	checked(t, s, c)
	for name, change := range map[string]func(a *bargain.Analysis){
		"no zone":             func(a *bargain.Analysis) { a.Verdict = bargain.NoZone },
		"a worse Nash":        func(a *bargain.Analysis) { a.Solutions.Nash = a.Solutions.Utilitarian },
		"a worse egalitarian": func(a *bargain.Analysis) { a.Solutions.Egalitarian = a.Solutions.Utilitarian },
		"a worse utilitarian": func(a *bargain.Analysis) { a.Solutions.Utilitarian = a.Solutions.Nash },
		"a package outside": func(a *bargain.Analysis) {
			a.Solutions.Nash = &bargain.Solution{Point: bargain.Point{Outcome: make(outcome.Outcome, 6)}}
		},
		"a frontier of all of it": func(a *bargain.Analysis) {
			whole, err := bargain.Analyze(ctx, s, bargain.Options{Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			a.Frontier = whole.Frontier
		},
	} {
		wrong := *a
		change(&wrong)
		if _, err := Analysis(ctx, s, &wrong); err == nil {
			t.Errorf("%s: certified", name)
		}
	}
}

func TestCertifyRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	large := outcometest.Conditioned(outcometest.Demanding(outcometest.Family(1, 2, 9, false), 3000))
	if _, err := Analysis(ctx, large, &bargain.Analysis{Exact: true, Verdict: bargain.HasZone}); err == nil || !strings.Contains(err.Error(), "1000000000 packages are more than") {
		t.Errorf("1e9 packages to be listed again: %v", err)
	}
	small := outcometest.Conditioned(outcometest.Demanding(outcometest.Family(1, 2, 3, false), 3000))
	if _, err := Analysis(ctx, small, nil); err == nil {
		t.Error("linked issues are certified without an analysis")
	}
	if _, err := Analysis(ctx, &outcome.Space{}, nil); err == nil {
		t.Error("a space that does not check is certified")
	}
	cancel()
	if _, err := Analysis(ctx, outcometest.Demanding(outcometest.Family(1, 5, 50, true), 3000), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}
