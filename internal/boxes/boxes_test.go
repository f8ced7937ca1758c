package boxes

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
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// solveBoxes finds the frontier of a space that a network describes.
func solveBoxes(t testing.TB, s *outcome.Space, whole bool, work int64) *Frontier {
	t.Helper()
	net, why := network.New(s, whole)
	if net == nil {
		t.Fatal(why)
	}
	f, err := Solve(context.Background(), net, work)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Summing along an order of the issues is another exact method.
func TestNonlinearAgreesWithElimination(t *testing.T) {
	for seed := range uint64(6) {
		s := outcometest.BoxFamily(seed, 9)
		f := solveBoxes(t, s, true, DefaultWork)
		b, err := newBoxed(context.Background(), networkOf(network.New(s, true)), false)
		if err != nil {
			t.Fatal(err)
		}
		// Only the options that are kept, with their own scores, make it possible.
		net := *b.network
		net.Issues = slices.Clone(net.Issues)
		for i, kept := range b.issues {
			net.Issues[i] = slices.DeleteFunc(slices.Clone(net.Issues[i]), func(c network.Choice) bool {
				return !slices.ContainsFunc(kept, func(k network.Choice) bool { return k.Option == c.Option })
			})
		}
		plan, err := network.NewPlan(&net)
		if err != nil {
			t.Fatal(err)
		}
		e, err := network.Eliminate(context.Background(), plan, []int64{1, 1}, budget.Unlimited, nil)
		if err != nil {
			t.Fatal(err)
		}
		if e.Len() != f.Len() || e.Len() < 2 {
			t.Fatalf("%d points, %d by elimination", f.Len(), e.Len())
		}
		for i := range e.Len() {
			if !slices.Equal(e.At(i), f.At(i)) {
				t.Fatalf("point %d: %v, %v by elimination", i, f.At(i), e.At(i))
			}
		}
	}
}

func networkOf(n *network.Network, why string) *network.Network {
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
		s := outcometest.BoxFamily(seed, 14)
		if seed%2 == 1 { // a zone
			for p := range s.Parties {
				s.Parties[p].Threshold = outcome.Threshold{Value: 600, Set: true}
			}
		}
		exact := solveBoxes(t, s, false, DefaultWork)
		if !exact.Exact || exact.Len() == 0 {
			t.Fatalf("exact %t with %d points", exact.Exact, exact.Len())
		}
		for work := int64(2000); ; work = work * 4 / 3 {
			f := solveBoxes(t, s, false, work)
			if f.Exact {
				if !slices.EqualFunc(f.points, exact.points, func(a, b boxPoint) bool { return slices.Equal(a.u, b.u) }) {
					t.Fatalf("with work %d: %v, want %v", work, f.points, exact.points)
				}
				break
			}
			if f.Len() == 0 {
				continue
			}
			if share := f.Share(); share.Sign() <= 0 {
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
					return p.u[0] <= x.u[0]+f.Epsilon[0] && p.u[1] <= x.u[1]+f.Epsilon[1]
				}) {
					t.Fatalf("seed %d, work %d: %v is not within %v of any of %v", seed, work, p.u, f.Epsilon, f.points)
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
			s, worth, folder := outcometest.Peers(t, test.name)
			f := solveBoxes(t, s, true, DefaultWork)
			if !f.Exact || f.Len() != test.size {
				t.Errorf("exact %t with %d points, want %d", f.Exact, f.Len(), test.size)
			}
			for i := range f.Len() {
				o, _ := f.First(i)
				for p := range s.Parties {
					if v := s.Parties[p].Value(o); v != f.At(i)[p] {
						t.Fatalf("point %d gives party %d %d, not %d", i, p, v, f.At(i)[p])
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
				for i := range f.Len() {
					covered = covered || pareto.AtLeast(f.At(i), u)
					if pareto.Dominates(f.At(i), u) {
						beaten++
						break
					}
				}
				if !covered {
					t.Errorf("the published %v is not covered", u)
				}
			}
			if published < 10 || test.equals && (beaten > 0 || published != f.Len()) {
				t.Errorf("%d published points, %d of them dominated", published, beaten)
			}
			t.Logf("%d points, %d published, %d of them dominated", f.Len(), published, beaten)
		})
	}
}

func TestNonlinearTenIssueFrontierIsTheKnownOne(t *testing.T) {
	s, worth, _ := outcometest.Peers(t, "anac/y2014/10issues")
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
	f := solveBoxes(t, s, true, DefaultWork)
	if f.Len() != len(known[0].Front) {
		t.Fatalf("%d points, want %d", f.Len(), len(known[0].Front))
	}
	for i := range f.Len() {
		k := known[0].Front[f.Len()-1-i]
		for p, v := range f.At(i) {
			if math.Abs(float64(v)/worth[p]-k[p]) > 1e-9 {
				t.Errorf("point %d: %v, want %v of %v", i, f.At(i), k, worth)
			}
		}
	}
}

func TestNonlinearRefuses(t *testing.T) {
	net := networkOf(network.New(outcometest.BoxFamily(1, 30), true))
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Solve(ended, net, DefaultWork); err != context.Canceled {
		t.Errorf("after the context has ended: %v", err)
	}
	if f, err := Solve(context.Background(), net, 0); err != nil || f.Exact || f.Len() > 0 || f.Share() != nil {
		t.Errorf("without work: %+v, %v", f, err)
	}
	three := outcometest.Space(rand.New(rand.NewPCG(1, 1)), outcometest.Shape{Parties: 3, Issues: 2, Additive: true})
	if _, err := Solve(context.Background(), networkOf(network.New(three, true)), DefaultWork); err == nil {
		t.Error("three parties are taken")
	}
	fine := outcometest.BoxFamily(1, 5)
	fine.Parties[0].Scores[0][0] = 1 << 60
	if _, err := Solve(context.Background(), networkOf(network.New(fine, true)), DefaultWork); err == nil {
		t.Error("utilities of 2^60 are taken")
	}
	wide := outcometest.BoxFamily(1, 20)
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
	if _, err := Solve(context.Background(), networkOf(network.New(wide, true)), DefaultWork); err == nil {
		t.Error("80,000 boxes are taken")
	}
}

// An irregular table is cut into boxes that hold just where it does.
func TestCut(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	cuts := 0
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4, Parties: 2})
		net, _ := network.New(s, true)
		if net == nil || !net.HasLeft {
			continue
		}
		b := &boxed{network: net, issues: net.Issues}
		for _, l := range net.Links {
			held := make(map[string]int)
			err := b.cut(l.Table, func(sides []side) error {
				cuts++
				for _, o := range outcometest.EveryOutcome(s) {
					in := true
					for _, x := range sides {
						c := slices.IndexFunc(net.Issues[x.issue], func(c network.Choice) bool { return c.Option == o[x.issue] })
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
			for _, o := range outcometest.EveryOutcome(s) {
				left := true
				for _, i := range l.Table.Issues() {
					left = left && slices.ContainsFunc(net.Issues[i], func(c network.Choice) bool { return c.Option == o[i] })
				}
				if want := left && l.Table.Holds(o); held[fmt.Sprint(o)] > 1 || (held[fmt.Sprint(o)] == 1) != want {
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
		for _, work := range []int64{50_000, 500_000, 5_000_000, DefaultWork} {
			f := solveBoxes(t, outcometest.BoxFamily(seed, 16), true, work)
			fmt.Fprintln(hash, f.points, f.Exact, f.Epsilon, f.Least, f.Greatest, f.Canonical, f.nodes, f.work)
		}
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != goldenBoxes {
		t.Errorf("hash %s, want %s", got, goldenBoxes)
	}
}

func benchmarkNonlinear(b *testing.B, s *outcome.Space, work int64) {
	net := networkOf(network.New(s, true))
	b.ReportAllocs()
	var f *Frontier
	for b.Loop() {
		var err error
		if f, err = Solve(context.Background(), net, work); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(f.Len()), "points")
	b.ReportMetric(float64(f.nodes), "nodes")
	b.ReportMetric(float64(f.work), "work")
	if share := f.Share(); share != nil {
		epsilon, _ := share.Float64()
		b.ReportMetric(100*epsilon, "epsilon-%")
	}
}

func BenchmarkNonlinear(b *testing.B) {
	for _, issues := range []int{10, 20, 30, 40, 50, 70} {
		for seed := range uint64(3) {
			b.Run(fmt.Sprintf("issues=%d/seed=%d", issues, seed), func(b *testing.B) {
				benchmarkNonlinear(b, outcometest.BoxFamily(seed, issues), DefaultWork/4)
			})
		}
	}
}

// What ten million visits prove.
func BenchmarkNonlinearInHaste(b *testing.B) {
	for _, issues := range []int{20, 30, 40, 50} {
		b.Run(fmt.Sprintf("issues=%d", issues), func(b *testing.B) {
			benchmarkNonlinear(b, outcometest.BoxFamily(0, issues), 10_000_000)
		})
	}
}

func BenchmarkNonlinearScenarios(b *testing.B) {
	for _, name := range []string{"anac/y2014/10issues", "other/S-1NIKFRT-3", "anac/y2014/30issuesDiscountedwithRV",
		"anac/y2014/50issuesDiscountedwithRV", "other/S-1NAGUNL-255"} {
		b.Run(name, func(b *testing.B) {
			s, _, _ := outcometest.Peers(b, name)
			benchmarkNonlinear(b, s, DefaultWork)
		})
	}
}
