package bargain

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// solveBoxes finds the frontier of a space that a network describes.
func solveBoxes(t testing.TB, s *outcome.Space, whole bool, work int64) *nonlinearFrontier {
	t.Helper()
	net, why := newNetwork(s, whole)
	if net == nil {
		t.Fatal(why)
	}
	f, err := nonlinear(context.Background(), net, work)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Summing along an order of the issues is another exact method.
func TestNonlinearAgreesWithElimination(t *testing.T) {
	for seed := range uint64(6) {
		s := boxFamily(seed, 9)
		f := solveBoxes(t, s, true, defaultBoxWork)
		b, err := newBoxed(context.Background(), networkOf(newNetwork(s, true)), false)
		if err != nil {
			t.Fatal(err)
		}
		// Only the options that are kept, with their own scores, make it possible.
		net := *b.network
		net.issues = slices.Clone(net.issues)
		for i, kept := range b.issues {
			net.issues[i] = slices.DeleteFunc(slices.Clone(net.issues[i]), func(c choice) bool {
				return !slices.ContainsFunc(kept, func(k choice) bool { return k.option == c.option })
			})
		}
		plan, err := newPlan(&net)
		if err != nil {
			t.Fatal(err)
		}
		e, err := eliminate(context.Background(), plan, []int64{1, 1}, budget.Unlimited, nil)
		if err != nil {
			t.Fatal(err)
		}
		if e.len() != f.len() || e.len() < 2 {
			t.Fatalf("%d points, %d by elimination", f.len(), e.len())
		}
		for i := range e.len() {
			if !slices.Equal(e.at(i), f.at(i)) {
				t.Fatalf("point %d: %v, %v by elimination", i, f.at(i), e.at(i))
			}
		}
	}
}

func networkOf(n *network, why string) *network {
	if n == nil {
		panic(why)
	}
	return n
}

// Whatever the work allowed, every efficient outcome is covered once epsilon is
// added to some point.
func TestNonlinearEpsilonHolds(t *testing.T) {
	between := 0
	for seed := range uint64(8) {
		s := boxFamily(seed, 14)
		if seed%2 == 1 { // a zone
			for p := range s.Parties {
				s.Parties[p].Threshold = outcome.Threshold{Value: 600, Set: true}
			}
		}
		exact := solveBoxes(t, s, false, defaultBoxWork)
		if !exact.exact || exact.len() == 0 {
			t.Fatalf("exact %t with %d points", exact.exact, exact.len())
		}
		for work := int64(2000); ; work = work * 4 / 3 {
			f := solveBoxes(t, s, false, work)
			if f.exact {
				if !slices.EqualFunc(f.points, exact.points, func(a, b boxPoint) bool { return slices.Equal(a.u, b.u) }) {
					t.Fatalf("with work %d: %v, want %v", work, f.points, exact.points)
				}
				break
			}
			if f.len() == 0 {
				continue
			}
			if share := f.share(); share.Sign() <= 0 {
				t.Fatalf("not exact, and epsilon is a share of %v", share)
			} else if share.Cmp(big.NewRat(1, 4)) < 0 {
				between++
			}
			for i, p := range f.points {
				for q, u := range p.u {
					if v := s.Parties[q].Value(p.outcome); v != u || !s.Parties[q].Threshold.Accepts(v) {
						t.Fatalf("point %d gives party %d %d, not %d", i, q, v, u)
					}
				}
			}
			for _, p := range exact.points {
				if !slices.ContainsFunc(f.points, func(x boxPoint) bool {
					return p.u[0] <= x.u[0]+f.epsilon[0] && p.u[1] <= x.u[1]+f.epsilon[1]
				}) {
					t.Fatalf("seed %d, work %d: %v is not within %v of any of %v", seed, work, p.u, f.epsilon, f.points)
				}
			}
		}
	}
	if between < 10 {
		t.Errorf("only %d results have an epsilon below a quarter: the test compares too little", between)
	}
}

// The published frontier of the ten-issue scenario of ANAC 2014 is exact; those of
// larger ones were found by heuristics, and none of their points may dominate ours.
func TestNonlinearScenarios(t *testing.T) {
	all := []struct {
		name   string
		size   int
		equals bool
	}{
		{"anac/y2014/10issues", 10, true},
		{"other/S-1NIKFRT-3", 22, false},
		{"anac/y2014/30issuesDiscountedwithRV", 57, false},
		{"other/S-1NAGUNL-255", 202, false},
		{"anac/y2014/50issuesDiscountedwithRV", 89, false},
	}
	for _, test := range all[:trials.Of(4, 5)] {
		t.Run(test.name, func(t *testing.T) {
			s, worth, folder := peers(t, test.name)
			f := solveBoxes(t, s, true, defaultBoxWork)
			if !f.exact || f.len() != test.size {
				t.Errorf("exact %t with %d points, want %d", f.exact, f.len(), test.size)
			}
			for i := range f.len() {
				o, _ := f.first(i)
				for p := range s.Parties {
					if v := s.Parties[p].Value(o); v != f.at(i)[p] {
						t.Fatalf("point %d gives party %d %d, not %d", i, p, v, f.at(i)[p])
					}
				}
			}
			data, err := os.ReadFile(filepath.Join(folder, "pareto.xml"))
			if err != nil {
				t.Fatal(err)
			}
			published, beaten := 0, 0
			for line := range strings.Lines(string(data)) {
				var a, b float64
				if _, err := fmt.Sscanf(strings.TrimSpace(line), "%g, %g", &a, &b); err != nil {
					continue
				}
				published++
				u := []int64{int64(math.Round(a * worth[0])), int64(math.Round(b * worth[1]))}
				covered := false
				for i := range f.len() {
					covered = covered || atLeast(f.at(i), u)
					if dominates(f.at(i), u) {
						beaten++
						break
					}
				}
				if !covered {
					t.Errorf("the published %v is not covered", u)
				}
			}
			if published < 10 || test.equals && (beaten > 0 || published != f.len()) {
				t.Errorf("%d published points, %d of them dominated", published, beaten)
			}
			t.Logf("%d points, %d published, %d of them dominated", f.len(), published, beaten)
		})
	}
}

func TestNonlinearTenIssueFrontierIsTheKnownOne(t *testing.T) {
	s, worth, _ := peers(t, "anac/y2014/10issues")
	data, err := os.ReadFile(trials.Peers(t, "genius", "nonlinear-fronts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var known []struct {
		Scenario string
		Exact    bool
		Front    [][]float64
	}
	if err := json.Unmarshal(data, &known); err != nil {
		t.Fatal(err)
	}
	if len(known) == 0 || known[0].Scenario != "anac/y2014/10issues" || !known[0].Exact {
		t.Fatal("the known frontier is not there")
	}
	f := solveBoxes(t, s, true, defaultBoxWork)
	if f.len() != len(known[0].Front) {
		t.Fatalf("%d points, want %d", f.len(), len(known[0].Front))
	}
	for i := range f.len() {
		k := known[0].Front[f.len()-1-i]
		for p, v := range f.at(i) {
			if math.Abs(float64(v)/worth[p]-k[p]) > 1e-9 {
				t.Errorf("point %d: %v, want %v of %v", i, f.at(i), k, worth)
			}
		}
	}
}

func TestNonlinearRefuses(t *testing.T) {
	net := networkOf(newNetwork(boxFamily(1, 30), true))
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := nonlinear(ended, net, defaultBoxWork); err != context.Canceled {
		t.Errorf("after the context has ended: %v", err)
	}
	if f, err := nonlinear(context.Background(), net, 0); err != nil || f.exact || f.len() > 0 || f.share() != nil {
		t.Errorf("without work: %+v, %v", f, err)
	}
	three := outcometest.Space(rand.New(rand.NewPCG(1, 1)), outcometest.Shape{Parties: 3, Issues: 2, Additive: true})
	if _, err := nonlinear(context.Background(), networkOf(newNetwork(three, true)), defaultBoxWork); err == nil {
		t.Error("three parties are taken")
	}
	fine := boxFamily(1, 5)
	fine.Parties[0].Scores[0][0] = 1 << 60
	if _, err := nonlinear(context.Background(), networkOf(newNetwork(fine, true)), defaultBoxWork); err == nil {
		t.Error("utilities of 2^60 are taken")
	}
	wide := boxFamily(1, 20)
	for i := range wide.Issues {
		for range 4000 {
			named := []int{i, (i + 1) % 20}
			slices.Sort(named)
			when, err := outcome.NewBox(wide.Issues, named, [][]int{{0, 1}, {2, 3}}, true)
			if err != nil {
				t.Fatal(err)
			}
			wide.Parties[0].Adjustments = append(wide.Parties[0].Adjustments, outcome.Adjustment{When: when, Add: 1})
		}
	}
	if _, err := nonlinear(context.Background(), networkOf(newNetwork(wide, true)), defaultBoxWork); err == nil {
		t.Error("80,000 boxes are taken")
	}
}

// An irregular table is cut into boxes that hold just where it does.
func TestCut(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	cuts := 0
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4, Parties: 2})
		net, _ := newNetwork(s, true)
		if net == nil || !net.hasLeft {
			continue
		}
		b := &boxed{network: net, issues: net.issues}
		for _, l := range net.links {
			held := make(map[string]int)
			err := b.cut(l.table, func(sides []side) error {
				cuts++
				for _, o := range everyOutcome(s) {
					in := true
					for _, x := range sides {
						c := slices.IndexFunc(net.issues[x.issue], func(c choice) bool { return c.option == o[x.issue] })
						in = in && c >= 0 && x.in[c]
					}
					if in {
						held[fmt.Sprint(o)]++
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range everyOutcome(s) {
				left := true
				for _, i := range l.table.Issues() {
					left = left && slices.ContainsFunc(net.issues[i], func(c choice) bool { return c.option == o[i] })
				}
				if want := left && l.table.Holds(o); held[fmt.Sprint(o)] > 1 || (held[fmt.Sprint(o)] == 1) != want {
					t.Fatalf("%v lies in %d boxes; the table holds: %t", o, held[fmt.Sprint(o)], want)
				}
			}
		}
	}
	if cuts < 500 {
		t.Errorf("only %d boxes: the test compares too little", cuts)
	}
}

// goldenBoxes is the hash of the frontiers below, finished and not, on every machine.
const goldenBoxes = "a2bb8905a8322b06427ceb695810fe1ffa80214af19b796c05cf6f1ee666a1d0"

func TestNonlinearSameBytesEverywhere(t *testing.T) {
	hash := sha256.New()
	for seed := range uint64(3) {
		for _, work := range []int64{50_000, 500_000, 5_000_000, defaultBoxWork} {
			f := solveBoxes(t, boxFamily(seed, 16), true, work)
			fmt.Fprintln(hash, f.points, f.exact, f.epsilon, f.least, f.greatest, f.canonical, f.nodes, f.work)
		}
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != goldenBoxes {
		t.Errorf("hash %s, want %s", got, goldenBoxes)
	}
}

func benchmarkNonlinear(b *testing.B, s *outcome.Space, work int64) {
	net := networkOf(newNetwork(s, true))
	b.ReportAllocs()
	var f *nonlinearFrontier
	for b.Loop() {
		var err error
		if f, err = nonlinear(context.Background(), net, work); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(f.len()), "points")
	b.ReportMetric(float64(f.nodes), "nodes")
	b.ReportMetric(float64(f.work), "work")
	if share := f.share(); share != nil {
		epsilon, _ := share.Float64()
		b.ReportMetric(100*epsilon, "epsilon-%")
	}
}

func BenchmarkNonlinear(b *testing.B) {
	for _, issues := range []int{10, 20, 30, 40, 50, 70} {
		for seed := range uint64(3) {
			b.Run(fmt.Sprintf("issues=%d/seed=%d", issues, seed), func(b *testing.B) {
				benchmarkNonlinear(b, boxFamily(seed, issues), defaultBoxWork/4)
			})
		}
	}
}

// What ten million visits prove.
func BenchmarkNonlinearInHaste(b *testing.B) {
	for _, issues := range []int{20, 30, 40, 50} {
		b.Run(fmt.Sprintf("issues=%d", issues), func(b *testing.B) {
			benchmarkNonlinear(b, boxFamily(0, issues), 10_000_000)
		})
	}
}

func BenchmarkNonlinearScenarios(b *testing.B) {
	for _, name := range []string{"anac/y2014/10issues", "other/S-1NIKFRT-3", "anac/y2014/30issuesDiscountedwithRV",
		"anac/y2014/50issuesDiscountedwithRV", "other/S-1NAGUNL-255"} {
		b.Run(name, func(b *testing.B) {
			s, _, _ := peers(b, name)
			benchmarkNonlinear(b, s, defaultBoxWork)
		})
	}
}
