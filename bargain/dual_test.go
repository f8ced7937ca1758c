package bargain

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// unlinked draws an additive space, its network and, of a zone that is not empty, the gauge.
func unlinked(t *testing.T, r *rand.Rand, shape outcometest.Shape) (*outcome.Space, *network, *naive, *gauge) {
	t.Helper()
	shape.Additive = true
	s := outcometest.Space(r, shape)
	net, why := newNetwork(s, false)
	if net == nil {
		t.Fatal(why)
	}
	n := newNaive(s)
	if len(n.zone) == 0 {
		return s, net, n, nil
	}
	g := &gauge{}
	for p := range s.Parties {
		party := &s.Parties[p]
		least, most := party.Value(n.zone[0]), party.Value(n.zone[0])
		for _, o := range n.zone {
			least, most = min(least, party.Value(o)), max(most, party.Value(o))
		}
		if party.Threshold.Set {
			least = party.Threshold.Value
		}
		g.scale = append(g.scale, party.Scale)
		g.disagreement, g.ideal = append(g.disagreement, least), append(g.ideal, most)
	}
	return s, net, n, g
}

// proves fails the test unless a proof checks and is exact.
func proves(t *testing.T, net *network, p *proof, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.check(net); err != nil {
		t.Fatal(err)
	}
	if !p.exact {
		t.Fatalf("not exact: value %v, bound %v", p.value, p.bound)
	}
}

func TestDualAgreesWithDefinitions(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(51, 52))
	zones, empty, some := 0, 0, 0
	for round := range trials.Of(800, 2500) {
		s, net, n, g := unlinked(t, r, outcometest.Shape{Coarse: round%3 == 0, Parties: round % 6, Issues: 1 + round%5})
		if len(n.zone) > 0 && len(everyOutcome(s)) > 1500 {
			continue
		}
		search := &search{net: net, budget: 1 << 30}
		found, err := search.find(ctx)
		proves(t, net, found, err)
		if found.empty() != (len(n.zone) == 0) {
			t.Fatalf("empty %t, with %d outcomes in the zone", found.empty(), len(n.zone))
		}
		if found.empty() {
			empty++
			p, err := search.best(ctx, 0)
			proves(t, net, p, err)
			if !p.empty() {
				t.Fatal("a best outcome of an empty zone")
			}
			continue
		}
		zones++
		for p := range s.Parties {
			best, err := search.best(ctx, p)
			proves(t, net, best, err)
			if best.value[0].Cmp(new(big.Rat).SetInt64(g.ideal[p])) != 0 {
				t.Fatalf("best %v, want %d", best.value, g.ideal[p])
			}
			least, err := search.least(ctx, p)
			proves(t, net, least, err)
			if !s.Parties[p].Threshold.Set && least.value[0].Cmp(new(big.Rat).SetInt64(-g.disagreement[p])) != 0 {
				t.Fatalf("least %v, want %d", least.value, g.disagreement[p])
			}
		}
		solutions := n.solutions()
		tied := func(name string, p *proof) {
			t.Helper()
			if !slices.ContainsFunc(solutions[name], func(o outcome.Outcome) bool { return slices.Equal(n.utilities(o), p.utilities) }) {
				t.Fatalf("%s: %v with %v, want one of %v", name, p.outcome, p.utilities, solutions[name])
			}
		}
		sum, err := search.utilitarian(ctx, g.scale)
		proves(t, net, sum, err)
		tied("utilitarian", sum)
		ks, err := search.kalaiSmorodinsky(ctx, g)
		proves(t, net, ks, err)
		tied("kalai_smorodinsky", ks)
		equal, err := search.egalitarian(ctx, g)
		proves(t, net, equal, err)
		tied("egalitarian", equal)
		able := 0
		for p := range g.scale {
			if g.ideal[p] > g.disagreement[p] {
				able++
			}
		}
		if able == 0 {
			continue
		}
		nash, err := search.nash(ctx, g)
		proves(t, net, nash, err)
		if nash.empty() {
			some++
			for _, o := range n.zone {
				gaining := 0
				for p, u := range n.utilities(o) {
					if u > g.disagreement[p] {
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
func gaugeOf(t *testing.T, net *network) *gauge {
	t.Helper()
	g := &gauge{}
	for p := range net.floor {
		best, err := (&search{net: net, budget: 1 << 30}).best(context.Background(), p)
		proves(t, net, best, err)
		g.scale = append(g.scale, net.space.Parties[p].Scale)
		g.disagreement = append(g.disagreement, net.floor[p])
		g.ideal = append(g.ideal, best.value[0].Num().Int64())
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
			s := demanding(family(uint64(100+seed), test.parties, test.issues, opposed), int64(3000+500*(seed%3)))
			net, why := newNetwork(s, false)
			if net == nil {
				t.Fatal(why)
			}
			plan, err := newPlan(net)
			if err != nil {
				t.Fatal(err)
			}
			up := []int64{1, 1, 1}[:test.parties]
			zone, err := eliminate(context.Background(), plan, up, budget.Unlimited, nil)
			if err != nil {
				t.Fatal(err)
			}
			zone.above(net.floor)
			search := &search{net: net, budget: 1 << 32}
			g := gaugeOf(t, net)
			for p := range up {
				most := int64(noFloor)
				for i := range zone.len() {
					most = max(most, zone.at(i)[p])
				}
				if most != g.ideal[p] {
					t.Fatalf("best %d, want %d", g.ideal[p], most)
				}
			}
			within := func(points []int, p *proof, err error) {
				t.Helper()
				proves(t, net, p, err)
				if !slices.ContainsFunc(points, func(i int) bool { return slices.Equal(zone.at(i), p.utilities) }) {
					t.Fatalf("%v, want %v", p.utilities, zone.at(points[0]))
				}
			}
			p, err := search.nash(context.Background(), g)
			within(g.nash(zone), p, err)
			p, err = search.kalaiSmorodinsky(context.Background(), g)
			within(leximin(zone, g.shares), p, err)
			p, err = search.egalitarian(context.Background(), g)
			within(leximin(zone, g.points), p, err)
			p, err = search.utilitarian(context.Background(), g.scale)
			within(g.utilitarian(zone), p, err)
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
		net, why := newNetwork(s, false)
		if net == nil {
			t.Fatal(why)
		}
		g := gaugeOf(t, net)
		p, err := (&search{net: net, budget: 1 << 30}).nash(context.Background(), g)
		proves(t, net, p, err)
		if u := p.utilities; u[0] != 1000 || u[1] != 1000 {
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
		s := demanding(family(seed, 4, 25, seed%2 == 0), 3500)
		value := func(s *outcome.Space) []string {
			net, why := newNetwork(s, false)
			if net == nil {
				t.Fatal(why)
			}
			g := gaugeOf(t, net)
			var values []string
			for _, find := range []func(*search, context.Context, *gauge) (*proof, error){(*search).nash, (*search).kalaiSmorodinsky, (*search).egalitarian} {
				p, err := find(&search{net: net, budget: 1 << 31}, ctx, g)
				proves(t, net, p, err)
				values = append(values, fmt.Sprint(p.value))
				for _, ref := range p.refuted {
					for _, s := range ref.steps {
						if s.form == stepSplit {
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
		net, why := newNetwork(demanding(family(uint64(seed), 5, 30, seed%2 == 0), 3000), false)
		if net == nil {
			t.Fatal(why)
		}
		g := gaugeOf(t, net)
		for _, find := range []func(*search) (*proof, error){
			func(s *search) (*proof, error) { return s.nash(ctx, g) },
			func(s *search) (*proof, error) { return s.kalaiSmorodinsky(ctx, g) },
			func(s *search) (*proof, error) { return s.egalitarian(ctx, g) },
		} {
			full, err := find(&search{net: net, budget: 1 << 32})
			proves(t, net, full, err)
			for _, budget := range []int64{0, 1 << 16, 1 << 19, 1 << 21} {
				p, err := find(&search{net: net, budget: budget})
				if err != nil {
					t.Fatal(err)
				}
				if err := p.check(net); err != nil {
					t.Fatal(err)
				}
				for k := range p.proven {
					if p.value[k].Cmp(full.value[k]) != 0 {
						t.Fatalf("value %d is %v, but %v within a budget of %d", k, full.value[k], p.value[k], budget)
					}
				}
				if p.exact {
					continue
				}
				unproven++
				if p.outcome != nil && p.value[p.proven].Cmp(full.value[p.proven]) > 0 || p.bound != nil && p.bound.Cmp(full.value[p.proven]) < 0 {
					t.Fatalf("value %v and bound %v, but the value is %v", p.value[p.proven], p.bound, full.value[p.proven])
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
		net, why := newNetwork(demanding(family(seed, parties, 15, seed%2 == 0), 3500), false)
		if net == nil {
			t.Fatal(why)
		}
		g := gaugeOf(t, net)
		s := &search{net: net, budget: 1 << 30}
		for _, find := range []func() (*proof, error){
			func() (*proof, error) { return s.nash(ctx, g) },
			func() (*proof, error) { return s.kalaiSmorodinsky(ctx, g) },
			func() (*proof, error) { return s.least(ctx, 0) },
			func() (*proof, error) { return s.find(ctx) },
		} {
			p, err := find()
			proves(t, net, p, err)
			fmt.Fprintln(hash, p.outcome, p.utilities, p.value)
			for _, r := range p.refuted {
				fmt.Fprintln(hash, r.floor, r.product, r.multipliers, r.roots, r.steps)
			}
		}
		fmt.Fprintln(hash, s.work, s.nodes)
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != goldenDual {
		t.Errorf("hash %s, want %s", got, goldenDual)
	}
}

// A hostile size is refused or stopped at once, and a search ends with its context.
func TestDualRefuses(t *testing.T) {
	net, why := newNetwork(demanding(family(1, 60, 300, false), 4000), false)
	if net == nil {
		t.Fatal(why)
	}
	p, err := (&search{net: net}).find(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.check(net); err != nil {
		t.Error(err)
	}
	many := demanding(family(1, 1, 1, false), 4000)
	for len(many.Parties) < 64 {
		many.Parties = append(many.Parties, many.Parties[0])
	}
	const options = 1 << 17
	many.Issues[0].Options = options
	for p := range many.Parties {
		many.Parties[p].Scores = [][]int64{make([]int64, options)}
	}
	large, why := newNetwork(many, false)
	if large == nil {
		t.Fatal(why)
	}
	if _, err := (&search{net: large}).find(context.Background()); err == nil {
		t.Errorf("%d options of 64 parties pass", options)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&search{net: net, budget: 1 << 40}).best(ctx, 0); err == nil {
		t.Error("a search went on after its context had ended")
	}
	linked, why := newNetwork(band(4, 1), false)
	if linked == nil {
		t.Fatal(why)
	}
	if _, err := (&search{net: linked, budget: 1 << 20}).find(context.Background()); err != errLinks {
		t.Errorf("linked issues: %v", err)
	}
	s := family(1, 2, 3, false)
	for p := range s.Parties {
		for i := range s.Parties[p].Scores {
			s.Parties[p].Scores[i][0] = 1 << 58
		}
	}
	wide, why := newNetwork(s, false)
	if wide == nil {
		t.Fatal(why)
	}
	if _, err := (&search{net: wide, budget: 1 << 20}).find(context.Background()); err == nil {
		t.Error("utilities too fine for the multipliers pass")
	}
}

// Whoever tampers with a proof is found out.
func TestDualTampering(t *testing.T) {
	ctx := context.Background()
	net, why := newNetwork(demanding(family(3, 4, 20, true), 3000), false)
	if net == nil {
		t.Fatal(why)
	}
	g := gaugeOf(t, net)
	for name, find := range map[string]func(*search) (*proof, error){
		"nash":              func(s *search) (*proof, error) { return s.nash(ctx, g) },
		"kalai_smorodinsky": func(s *search) (*proof, error) { return s.kalaiSmorodinsky(ctx, g) },
		"utilitarian":       func(s *search) (*proof, error) { return s.utilitarian(ctx, g.scale) },
		"best":              func(s *search) (*proof, error) { return s.best(ctx, 2) },
	} {
		for what, tamper := range map[string]func(p *proof){
			"an outcome that is another": func(p *proof) { p.outcome[0] = (p.outcome[0] + 1) % 10 },
			"a utility too high":         func(p *proof) { p.utilities[1]++ },
			"a value too high":           func(p *proof) { p.value[0].Add(p.value[0], big.NewRat(1, 1)) },
			"a floor too low":            func(p *proof) { p.floor[0]-- },
			"a refutation dropped":       func(p *proof) { p.refuted = p.refuted[1:] },
			"the last leaf dropped":      func(p *proof) { p.refuted[0].steps = p.refuted[0].steps[:len(p.refuted[0].steps)-1] },
			"a leaf too many":            func(p *proof) { p.refuted[0].steps = append(p.refuted[0].steps, proofStep{multipliers: -1}) },
			"no multipliers": func(p *proof) {
				for i := range p.refuted[0].steps {
					p.refuted[0].steps[i].multipliers = -1
				}
			},
			"multipliers of one party": func(p *proof) {
				for _, y := range p.refuted[0].multipliers {
					clear(y[1:])
				}
			},
			"a multiplier below 0": func(p *proof) { p.refuted[0].multipliers[0][1] = -1 },
			"a root too large": func(p *proof) {
				for _, z := range p.refuted[0].roots {
					z.Add(z, big.NewInt(2))
				}
				if p.refuted[0].roots == nil {
					p.refuted[0].multipliers[0] = nil
				}
			},
			"a worse outcome called the best": func(p *proof) {
				// Everything fits the worse outcome but the refutation, which cannot.
				for i := range p.outcome {
					was := p.outcome[i]
					for o := range 10 {
						p.outcome[i] = o
						u, _ := net.totals(p.outcome)
						if v := p.worth(u); atLeast(u, p.floor) && slices.CompareFunc(v, p.value, (*big.Rat).Cmp) < 0 && v[0].Cmp(p.value[0]) < 0 {
							p.utilities, p.value = u, v
							for _, r := range p.refuted {
								switch p.rule {
								case byProduct:
									r.product.Set(v[0].Num())
								case byShares:
									copy(r.floor, p.required(nil, v[0], true))
								default:
									r.floor[len(r.floor)-1] = v[0].Num().Int64() + 1
								}
							}
							for k, z := range p.refuted[0].roots {
								product := new(big.Int).Add(v[0].Num(), big.NewInt(1))
								for _, y := range p.refuted[0].multipliers[k] {
									product.Mul(product, big.NewInt(y))
								}
								z.Set(leastMean(product, len(p.ranked)))
							}
							return
						}
					}
					p.outcome[i] = was
				}
				t.Fatal("no worse outcome")
			},
		} {
			p, err := find(&search{net: net, budget: 1 << 30})
			proves(t, net, p, err)
			if p.refuted[0].multipliers == nil {
				t.Fatalf("%s: a proof without multipliers", name)
			}
			tamper(p)
			if p.check(net) == nil {
				t.Errorf("%s: %s passes", name, what)
			}
		}
	}
}
