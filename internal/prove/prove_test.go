package prove

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// unlinked draws an additive space, its network and, of a zone that is not empty, the gauge.
func unlinked(t *testing.T, r *rand.Rand, shape outcometest.Shape) (*outcome.Space, *network.Network, *outcometest.Naive, *pareto.Gauge) {
	t.Helper()
	shape.Additive = true
	s := outcometest.Space(r, shape)
	net, why := network.New(s, false)
	if net == nil {
		t.Fatal(why)
	}
	n := outcometest.NewNaive(s)
	if len(n.Zone) == 0 {
		return s, net, n, nil
	}
	g := &pareto.Gauge{}
	for p := range s.Parties {
		party := &s.Parties[p]
		least, most := party.Value(n.Zone[0]), party.Value(n.Zone[0])
		for _, o := range n.Zone {
			least, most = min(least, party.Value(o)), max(most, party.Value(o))
		}
		if party.Threshold.Set {
			least = party.Threshold.Value
		}
		g.Scale = append(g.Scale, party.Scale)
		g.Disagreement, g.Ideal = append(g.Disagreement, least), append(g.Ideal, most)
	}
	return s, net, n, g
}

// proves fails the test unless a proof checks and is exact.
func proves(t *testing.T, net *network.Network, p *Proof, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.check(net); err != nil {
		t.Fatal(err)
	}
	if !p.Exact {
		t.Fatalf("not exact: value %v, bound %v", p.Value, p.Bound)
	}
}

func TestDualAgreesWithDefinitions(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(51, 52))
	zones, empty, some := 0, 0, 0
	for round := range trials.Of(800, 2500) {
		s, net, n, g := unlinked(t, r, outcometest.Shape{Coarse: round%3 == 0, Parties: round % 6, Issues: 1 + round%5})
		if len(n.Zone) > 0 && len(outcometest.EveryOutcome(s)) > 1500 {
			continue
		}
		search := &Search{Net: net, Budget: 1 << 30}
		found, err := search.Find(ctx)
		proves(t, net, found, err)
		if found.Empty() != (len(n.Zone) == 0) {
			t.Fatalf("empty %t, with %d outcomes in the zone", found.Empty(), len(n.Zone))
		}
		if found.Empty() {
			empty++
			p, err := search.Best(ctx, 0)
			proves(t, net, p, err)
			if !p.Empty() {
				t.Fatal("a best outcome of an empty zone")
			}
			continue
		}
		zones++
		for p := range s.Parties {
			best, err := search.Best(ctx, p)
			proves(t, net, best, err)
			if best.Value[0].Cmp(new(big.Rat).SetInt64(g.Ideal[p])) != 0 {
				t.Fatalf("best %v, want %d", best.Value, g.Ideal[p])
			}
			least, err := search.Least(ctx, p)
			proves(t, net, least, err)
			if !s.Parties[p].Threshold.Set && least.Value[0].Cmp(new(big.Rat).SetInt64(-g.Disagreement[p])) != 0 {
				t.Fatalf("least %v, want %d", least.Value, g.Disagreement[p])
			}
		}
		solutions := n.Solutions()
		tied := func(name string, p *Proof) {
			t.Helper()
			if !slices.ContainsFunc(solutions[name], func(o outcome.Outcome) bool { return slices.Equal(n.Utilities(o), p.Utilities) }) {
				t.Fatalf("%s: %v with %v, want one of %v", name, p.Outcome, p.Utilities, solutions[name])
			}
		}
		sum, err := search.Utilitarian(ctx, g.Scale)
		proves(t, net, sum, err)
		tied("utilitarian", sum)
		ks, err := search.KalaiSmorodinsky(ctx, g)
		proves(t, net, ks, err)
		tied("kalai_smorodinsky", ks)
		equal, err := search.Egalitarian(ctx, g)
		proves(t, net, equal, err)
		tied("egalitarian", equal)
		able := 0
		for p := range g.Scale {
			if g.Ideal[p] > g.Disagreement[p] {
				able++
			}
		}
		if able == 0 {
			continue
		}
		nash, err := search.Nash(ctx, g)
		proves(t, net, nash, err)
		if nash.Empty() {
			some++
			for _, o := range n.Zone {
				gaining := 0
				for p, u := range n.Utilities(o) {
					if u > g.Disagreement[p] {
						gaining++
					}
				}
				if gaining == able {
					t.Fatalf("%v gives all a gain", o)
				}
			}
			continue
		}
		tied("nash", nash)
	}
	t.Logf("%d zones, %d empty; in %d not all can gain together", zones, empty, some)
}

// gaugeOf measures from the thresholds, and to ideals that search proves.
func gaugeOf(t *testing.T, net *network.Network) *pareto.Gauge {
	t.Helper()
	g := &pareto.Gauge{}
	for p := range net.Floor {
		best, err := (&Search{Net: net, Budget: 1 << 30}).Best(context.Background(), p)
		proves(t, net, best, err)
		g.Scale = append(g.Scale, net.Space.Parties[p].Scale)
		g.Disagreement = append(g.Disagreement, net.Floor[p])
		g.Ideal = append(g.Ideal, best.Value[0].Num().Int64())
	}
	return g
}

// Summing issues and bounding by multipliers are independent; at sizes that nobody
// can list they must agree.
func TestDualAgreesWithElimination(t *testing.T) {
	for _, test := range []struct{ parties, issues, seeds int }{{2, 20, 6}, {2, 50, 4}, {3, 12, 4}, {3, 20, 1}} {
		for seed := range 2 * test.seeds {
			opposed := seed%2 == 1
			if opposed && test.parties == 3 && test.issues > 12 {
				continue
			}
			s := outcometest.Demanding(outcometest.Family(uint64(100+seed), test.parties, test.issues, opposed), int64(3000+500*(seed%3)))
			net, why := network.New(s, false)
			if net == nil {
				t.Fatal(why)
			}
			plan, err := network.NewPlan(net)
			if err != nil {
				t.Fatal(err)
			}
			up := []int64{1, 1, 1}[:test.parties]
			zone, err := network.Eliminate(context.Background(), plan, up, budget.Unlimited, nil)
			if err != nil {
				t.Fatal(err)
			}
			zone.Above(net.Floor)
			search := &Search{Net: net, Budget: 1 << 32}
			g := gaugeOf(t, net)
			for p := range up {
				most := int64(network.NoFloor)
				for i := range zone.Len() {
					most = max(most, zone.At(i)[p])
				}
				if most != g.Ideal[p] {
					t.Fatalf("best %d, want %d", g.Ideal[p], most)
				}
			}
			within := func(points []int, p *Proof, err error) {
				t.Helper()
				proves(t, net, p, err)
				if !slices.ContainsFunc(points, func(i int) bool { return slices.Equal(zone.At(i), p.Utilities) }) {
					t.Fatalf("%v, want %v", p.Utilities, zone.At(points[0]))
				}
			}
			p, err := search.Nash(context.Background(), g)
			within(g.Nash(zone), p, err)
			p, err = search.KalaiSmorodinsky(context.Background(), g)
			within(pareto.Leximin(zone, g.Shares), p, err)
			p, err = search.Egalitarian(context.Background(), g)
			within(pareto.Leximin(zone, g.Points), p, err)
			p, err = search.Utilitarian(context.Background(), g.Scale)
			within(g.Utilitarian(zone), p, err)
		}
	}
}

// On the integer grid opposite parties share a fixed sum: every package is efficient
// and ties abound.
func TestDualZeroSum(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	for range 10 {
		s := &outcome.Space{}
		rows := make([][][]int64, 2)
		for i := range 20 {
			s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
			a, b := make([]int64, 10), make([]int64, 10)
			for o := range a {
				a[o] = int64(r.IntN(101))
				b[o] = 100 - a[o]
			}
			rows[0], rows[1] = append(rows[0], a), append(rows[1], b)
		}
		for p, scores := range rows {
			s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{ID: fmt.Sprint("p", p), Scale: 1, Scores: scores,
				Threshold: outcome.Threshold{Value: 300, Set: true}}})
		}
		net, why := network.New(s, false)
		if net == nil {
			t.Fatal(why)
		}
		g := gaugeOf(t, net)
		p, err := (&Search{Net: net, Budget: 1 << 30}).Nash(context.Background(), g)
		proves(t, net, p, err)
		if u := p.Utilities; u[0] != 1000 || u[1] != 1000 {
			t.Errorf("Nash gives %v of a fixed sum of 2000", u)
		}
	}
}

// What issues and parties are called first does not change what a solution is worth.
func TestDualOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 72))
	ctx := context.Background()
	splits := 0
	for seed := range uint64(12) {
		s := outcometest.Demanding(outcometest.Family(seed, 4, 25, seed%2 == 0), 3500)
		value := func(s *outcome.Space) []string {
			net, why := network.New(s, false)
			if net == nil {
				t.Fatal(why)
			}
			g := gaugeOf(t, net)
			var values []string
			for _, find := range []func(*Search, context.Context, *pareto.Gauge) (*Proof, error){(*Search).Nash, (*Search).KalaiSmorodinsky, (*Search).Egalitarian} {
				p, err := find(&Search{Net: net, Budget: 1 << 31}, ctx, g)
				proves(t, net, p, err)
				values = append(values, fmt.Sprint(p.Value))
				for _, ref := range p.Refuted {
					for _, s := range ref.Steps {
						if s.Form == StepSplit {
							splits++
						}
					}
				}
			}
			return values
		}
		other := &outcome.Space{}
		issues := r.Perm(len(s.Issues))
		for _, i := range issues {
			other.Issues = append(other.Issues, s.Issues[i])
		}
		for _, p := range r.Perm(len(s.Parties)) {
			party := s.Parties[p]
			party.Scores = nil
			for _, i := range issues {
				party.Scores = append(party.Scores, s.Parties[p].Scores[i])
			}
			other.Parties = append(other.Parties, party)
		}
		if a, b := value(s), value(other); !slices.Equal(a, b) {
			t.Errorf("values %v, in another order %v", a, b)
		}
	}
	if splits < 100 {
		t.Errorf("only %d splits: the test searches too little", splits)
	}
}

// Without the budget to finish, a proof tells a bound that holds.
func TestDualBudget(t *testing.T) {
	ctx := context.Background()
	unproven := 0
	for seed := range 6 {
		net, why := network.New(outcometest.Demanding(outcometest.Family(uint64(seed), 5, 30, seed%2 == 0), 3000), false)
		if net == nil {
			t.Fatal(why)
		}
		g := gaugeOf(t, net)
		for _, find := range []func(*Search) (*Proof, error){
			func(s *Search) (*Proof, error) { return s.Nash(ctx, g) },
			func(s *Search) (*Proof, error) { return s.KalaiSmorodinsky(ctx, g) },
			func(s *Search) (*Proof, error) { return s.Egalitarian(ctx, g) },
		} {
			full, err := find(&Search{Net: net, Budget: 1 << 32})
			proves(t, net, full, err)
			for _, budget := range []int64{0, 1 << 16, 1 << 19, 1 << 21} {
				p, err := find(&Search{Net: net, Budget: budget})
				if err != nil {
					t.Fatal(err)
				}
				if err := p.check(net); err != nil {
					t.Fatal(err)
				}
				for k := range p.Proven {
					if p.Value[k].Cmp(full.Value[k]) != 0 {
						t.Fatalf("value %d is %v, but %v within a budget of %d", k, full.Value[k], p.Value[k], budget)
					}
				}
				if p.Exact {
					continue
				}
				unproven++
				if p.Outcome != nil && p.Value[p.Proven].Cmp(full.Value[p.Proven]) > 0 || p.Bound != nil && p.Bound.Cmp(full.Value[p.Proven]) < 0 {
					t.Fatalf("value %v and bound %v, but the value is %v", p.Value[p.Proven], p.Bound, full.Value[p.Proven])
				}
			}
		}
	}
	if unproven < 10 {
		t.Errorf("only %d answers within a bound: the test compares too little", unproven)
	}
}

// goldenDual is the hash of the proofs below, multipliers and trees included. It is the
// same on every machine: fused arithmetic would change the steps of the search.
const goldenDual = "f4758dfcf801878c12af0d329cce1e914359a12f6a111dd8224f091d17fe4b2b"

func TestDualSameBytesEverywhere(t *testing.T) {
	ctx := context.Background()
	hash := sha256.New()
	for seed := range uint64(8) {
		parties := 2 + int(seed)%4
		net, why := network.New(outcometest.Demanding(outcometest.Family(seed, parties, 15, seed%2 == 0), 3500), false)
		if net == nil {
			t.Fatal(why)
		}
		g := gaugeOf(t, net)
		s := &Search{Net: net, Budget: 1 << 30}
		for _, find := range []func() (*Proof, error){
			func() (*Proof, error) { return s.Nash(ctx, g) },
			func() (*Proof, error) { return s.KalaiSmorodinsky(ctx, g) },
			func() (*Proof, error) { return s.Least(ctx, 0) },
			func() (*Proof, error) { return s.Find(ctx) },
		} {
			p, err := find()
			proves(t, net, p, err)
			fmt.Fprintln(hash, p.Outcome, p.Utilities, p.Value)
			for _, r := range p.Refuted {
				fmt.Fprintln(hash, r.Floor, r.Product, r.Multipliers, r.Roots, r.Steps)
			}
		}
		fmt.Fprintln(hash, s.Work, s.Nodes)
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != goldenDual {
		t.Errorf("hash %s, want %s", got, goldenDual)
	}
}

// A hostile size is refused or stopped at once, and a search ends with its context.
func TestDualRefuses(t *testing.T) {
	net, why := network.New(outcometest.Demanding(outcometest.Family(1, 60, 300, false), 4000), false)
	if net == nil {
		t.Fatal(why)
	}
	p, err := (&Search{Net: net}).Find(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.check(net); err != nil {
		t.Error(err)
	}
	many := outcometest.Demanding(outcometest.Family(1, 1, 1, false), 4000)
	for len(many.Parties) < 64 {
		many.Parties = append(many.Parties, many.Parties[0])
	}
	const options = 1 << 17
	many.Issues[0].Options = options
	for p := range many.Parties {
		many.Parties[p].Scores = [][]int64{make([]int64, options)}
	}
	large, why := network.New(many, false)
	if large == nil {
		t.Fatal(why)
	}
	if _, err := (&Search{Net: large}).Find(context.Background()); err == nil {
		t.Errorf("%d options of 64 parties pass", options)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&Search{Net: net, Budget: 1 << 40}).Best(ctx, 0); err == nil {
		t.Error("a search went on after its context had ended")
	}
	linked, why := network.New(outcometest.Band(4, 1), false)
	if linked == nil {
		t.Fatal(why)
	}
	if _, err := (&Search{Net: linked, Budget: 1 << 20}).Find(context.Background()); err != ErrLinks {
		t.Errorf("linked issues: %v", err)
	}
	s := outcometest.Family(1, 2, 3, false)
	for p := range s.Parties {
		for i := range s.Parties[p].Scores {
			s.Parties[p].Scores[i][0] = 1 << 58
		}
	}
	wide, why := network.New(s, false)
	if wide == nil {
		t.Fatal(why)
	}
	if _, err := (&Search{Net: wide, Budget: 1 << 20}).Find(context.Background()); err == nil {
		t.Error("utilities too fine for the multipliers pass")
	}
}

// Whoever tampers with a proof is found out.
func TestDualTampering(t *testing.T) {
	ctx := context.Background()
	net, why := network.New(outcometest.Demanding(outcometest.Family(3, 4, 20, true), 3000), false)
	if net == nil {
		t.Fatal(why)
	}
	g := gaugeOf(t, net)
	for name, find := range map[string]func(*Search) (*Proof, error){
		"nash":              func(s *Search) (*Proof, error) { return s.Nash(ctx, g) },
		"kalai_smorodinsky": func(s *Search) (*Proof, error) { return s.KalaiSmorodinsky(ctx, g) },
		"utilitarian":       func(s *Search) (*Proof, error) { return s.Utilitarian(ctx, g.Scale) },
		"best":              func(s *Search) (*Proof, error) { return s.Best(ctx, 2) },
	} {
		for what, tamper := range map[string]func(p *Proof){
			"an outcome that is another": func(p *Proof) { p.Outcome[0] = (p.Outcome[0] + 1) % 10 },
			"a utility too high":         func(p *Proof) { p.Utilities[1]++ },
			"a value too high":           func(p *Proof) { p.Value[0].Add(p.Value[0], big.NewRat(1, 1)) },
			"a floor too low":            func(p *Proof) { p.Floor[0]-- },
			"a refutation dropped":       func(p *Proof) { p.Refuted = p.Refuted[1:] },
			"the last leaf dropped":      func(p *Proof) { p.Refuted[0].Steps = p.Refuted[0].Steps[:len(p.Refuted[0].Steps)-1] },
			"a leaf too many":            func(p *Proof) { p.Refuted[0].Steps = append(p.Refuted[0].Steps, proofStep{Multipliers: -1}) },
			"no multipliers": func(p *Proof) {
				for i := range p.Refuted[0].Steps {
					p.Refuted[0].Steps[i].Multipliers = -1
				}
			},
			"multipliers of one party": func(p *Proof) {
				for _, y := range p.Refuted[0].Multipliers {
					clear(y[1:])
				}
			},
			"a multiplier below 0": func(p *Proof) { p.Refuted[0].Multipliers[0][1] = -1 },
			"a root too large": func(p *Proof) {
				for _, z := range p.Refuted[0].Roots {
					z.Add(z, big.NewInt(2))
				}
				if p.Refuted[0].Roots == nil {
					p.Refuted[0].Multipliers[0] = nil
				}
			},
			"a worse outcome called the best": func(p *Proof) {
				// Everything fits the worse outcome but the refutation, which cannot.
				for i := range p.Outcome {
					was := p.Outcome[i]
					for o := range 10 {
						p.Outcome[i] = o
						u, _ := net.Totals(p.Outcome)
						if v := p.Worth(u); pareto.AtLeast(u, p.Floor) && slices.CompareFunc(v, p.Value, (*big.Rat).Cmp) < 0 && v[0].Cmp(p.Value[0]) < 0 {
							p.Utilities, p.Value = u, v
							for _, r := range p.Refuted {
								switch p.Rule {
								case byProduct:
									r.Product.Set(v[0].Num())
								case byShares:
									copy(r.Floor, p.Required(nil, v[0], true))
								default:
									r.Floor[len(r.Floor)-1] = v[0].Num().Int64() + 1
								}
							}
							for k, z := range p.Refuted[0].Roots {
								product := new(big.Int).Add(v[0].Num(), big.NewInt(1))
								for _, y := range p.Refuted[0].Multipliers[k] {
									product.Mul(product, big.NewInt(y))
								}
								z.Set(leastMean(product, len(p.Ranked)))
							}
							return
						}
					}
					p.Outcome[i] = was
				}
				t.Fatal("no worse outcome")
			},
		} {
			p, err := find(&Search{Net: net, Budget: 1 << 30})
			proves(t, net, p, err)
			if p.Refuted[0].Multipliers == nil {
				t.Fatalf("%s: a proof without multipliers", name)
			}
			tamper(p)
			if p.check(net) == nil {
				t.Errorf("%s: %s passes", name, what)
			}
		}
	}
}
