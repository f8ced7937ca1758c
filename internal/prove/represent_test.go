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
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// covered returns the least epsilon with which the points cover all vectors.
func (r *Representation) covered(vectors [][]int64) *big.Rat {
	worst := new(big.Rat)
	for _, u := range vectors {
		var best *big.Rat
		for _, x := range r.Points {
			need := new(big.Rat)
			for p, v := range u {
				if e := big.NewRat(v-x.Utilities[p], r.high[p]-r.low[p]); e.Cmp(need) > 0 {
					need = e
				}
			}
			if best == nil || need.Cmp(best) < 0 {
				best = need
			}
		}
		if best.Cmp(worst) > 0 {
			worst = best
		}
	}
	return worst
}

// zoneFrontier sums issues and returns the frontier of what meets the floors.
func zoneFrontier(t testing.TB, net *network.Network) [][]int64 {
	t.Helper()
	plan, err := network.NewPlan(net)
	if err != nil {
		t.Fatal(err)
	}
	up := make([]int64, len(net.Floor))
	for p := range up {
		up[p] = 1
	}
	front, err := network.Eliminate(context.Background(), plan, up, budget.Unlimited, nil)
	if err != nil {
		t.Fatal(err)
	}
	front.Above(net.Floor)
	var list [][]int64
	for i := range front.Len() {
		list = append(list, front.At(i))
	}
	return list
}

// holds fails the test unless what a representation says is true of the frontier.
func (r *Representation) holds(t *testing.T, net *network.Network, front [][]int64) {
	t.Helper()
	if r.Epsilon == nil {
		if len(r.Points) > 0 {
			t.Fatal("points without an epsilon")
		}
		return
	}
	if len(r.Points) == 0 {
		if len(front) > 0 {
			t.Fatal("no points of a zone that is not empty")
		}
		return
	}
	for k, x := range r.Points {
		if k > 0 && slices.Compare(r.Points[k-1].Utilities, x.Utilities) <= 0 {
			t.Fatal("points are out of order")
		}
		u, err := net.Totals(x.Outcome)
		if err != nil || !slices.Equal(u, x.Utilities) {
			t.Fatalf("%v reaches %v, not %v: %v", x.Outcome, u, x.Utilities, err)
		}
		if !pareto.AtLeast(u, net.Floor) {
			t.Fatalf("%v does not meet the floors %v", u, net.Floor)
		}
		if x.efficient && !slices.ContainsFunc(front, func(v []int64) bool { return slices.Equal(u, v) }) {
			t.Fatalf("%v is not efficient", u)
		}
	}
	if e := r.covered(front); e.Cmp(r.Epsilon) > 0 {
		t.Fatalf("epsilon is %v, but %v is needed", r.Epsilon, e)
	}
	if r.exact && len(r.Points) != len(front) {
		t.Fatalf("%d points of a frontier of %d", len(r.Points), len(front))
	}
	if r.exact != (r.Epsilon.Sign() == 0) {
		t.Fatalf("exact %t with epsilon %v", r.exact, r.Epsilon)
	}
}

func TestRepresentAgreesWithElimination(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(81, 82))
	none, zones, exact, within, unsure := 0, 0, 0, 0, 0
	for round := range trials.Of(330, 1000) {
		var net *network.Network
		var g *pareto.Gauge
		if parties := 3 + round%3; round%5 > 0 {
			_, net, _, g = unlinked(t, r, outcometest.Shape{Coarse: round%2 == 0, Parties: parties, Issues: 1 + round%5})
		} else {
			// Utilities of thousands of units, so that there is something to leave out.
			s := outcometest.Family(uint64(round), parties, 2+round%2, round%4 < 2)
			if round%3 == 0 {
				s = outcometest.Pie(uint64(round), parties, 2, 0.2, 10_000)
			}
			net, _ = network.New(outcometest.Demanding(s, int64(500*(round%4))), false)
			g = &pareto.Gauge{Disagreement: net.Floor}
			for p := range net.Floor {
				best, err := (&Search{Net: net, Budget: 1 << 30}).Best(ctx, p)
				proves(t, net, best, err)
				if best.Empty() {
					g = nil
					break
				}
				g.Ideal = append(g.Ideal, best.Utilities[p])
			}
		}
		if g == nil {
			g = &pareto.Gauge{Disagreement: net.Floor, Ideal: make([]int64, len(net.Floor))}
			got, err := (&Search{Net: net, Budget: 1 << 30}).Represent(ctx, g, new(big.Rat), 10)
			if err != nil {
				t.Fatal(err)
			}
			if !got.exact || len(got.Points) > 0 {
				t.Fatalf("%d points, exact %t of an empty zone", len(got.Points), got.exact)
			}
			none++
			continue
		}
		front := zoneFrontier(t, net)
		if len(front) > 80 {
			continue
		}
		zones++
		ask := func(budget int64, target *big.Rat, most int) *Representation {
			t.Helper()
			got, err := (&Search{Net: net, Budget: budget}).Represent(ctx, g, target, most)
			if err != nil {
				t.Fatal(err)
			}
			got.holds(t, net, front)
			if len(got.Points) > most {
				t.Fatalf("%d points, asked were %d", len(got.Points), most)
			}
			return got
		}
		for _, target := range []*big.Rat{new(big.Rat), big.NewRat(1, 20), big.NewRat(1, 4)} {
			got := ask(1<<40, target, 1000)
			if got.Epsilon.Cmp(target) > 0 {
				t.Fatalf("epsilon is %v, asked was %v", got.Epsilon, target)
			}
			if got.exact {
				exact++
			} else {
				within++
			}
			for _, x := range got.Points {
				if !x.efficient {
					unsure++
				}
			}
		}
		ask(1<<40, new(big.Rat), 1+round%4)
		ask(int64(1)<<(round%24), big.NewRat(1, 100), 1000)
	}
	t.Logf("%d zones, %d empty; %d representations exact, %d within an epsilon, %d points not proven efficient", zones, none, exact, within, unsure)
	if zones < trials.Of(66, 200) || within < trials.Of(33, 100) {
		t.Errorf("%d zones, %d representations within an epsilon: the test compares too little", zones, within)
	}
}

// At a size that is summed but not listed, every budget and number of points leaves a
// claim that is true, and more budget never proves less here.
func TestRepresentAnytime(t *testing.T) {
	ctx := context.Background()
	for _, opposed := range []bool{false, true} {
		net, why := network.New(outcometest.Demanding(outcometest.Family(7, 3, 10, opposed), 3000), false)
		if net == nil {
			t.Fatal(why)
		}
		g := gaugeOf(t, net)
		front := zoneFrontier(t, net)
		last := big.NewRat(1, 1)
		for _, budget := range []int64{0, 1 << 12, 1 << 18, 1 << 20, 1 << 22, 1 << 24} {
			got, err := (&Search{Net: net, Budget: budget}).Represent(ctx, g, big.NewRat(1, 200), 1000)
			if err != nil {
				t.Fatal(err)
			}
			got.holds(t, net, front)
			if got.Epsilon.Cmp(last) > 0 {
				t.Errorf("epsilon %v, %v with less of a budget", got.Epsilon, last)
			}
			last = got.Epsilon
		}
		if last.Cmp(big.NewRat(1, 15)) > 0 {
			t.Errorf("epsilon is still %v", last)
		}
		for _, most := range []int{0, 1, 2, 5, 20} {
			got, err := (&Search{Net: net, Budget: 1 << 40}).Represent(ctx, g, new(big.Rat), most)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Points) != most {
				t.Errorf("%d points, asked were %d", len(got.Points), most)
			}
			got.holds(t, net, front)
		}
	}
}

// goldenRepresentation is the hash of the representations below, the same on every machine.
const goldenRepresentation = "ce57075f5a9834fd708c2df34f32037ee9858ff43b04f7b8cf11c1033d15e460"

func TestRepresentSameBytesEverywhere(t *testing.T) {
	hash := sha256.New()
	for seed := range uint64(6) {
		net, why := network.New(outcometest.Demanding(outcometest.Family(seed, 3+int(seed)%3, 20, seed%2 == 0), 3000), false)
		if net == nil {
			t.Fatal(why)
		}
		s := &Search{Net: net, Budget: 1 << 24}
		r, err := s.Represent(context.Background(), gaugeOf(t, net), big.NewRat(1, 10), 50)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(hash, r.Points, r.Epsilon, r.exact, r.low, r.high, s.Work, s.Nodes)
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != goldenRepresentation {
		t.Errorf("hash %s, want %s", got, goldenRepresentation)
	}
}

func TestRepresentRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	net, why := network.New(outcometest.Demanding(outcometest.Family(1, 5, 50, true), 3000), false)
	if net == nil {
		t.Fatal(why)
	}
	g := gaugeOf(t, net)
	if _, err := (&Search{Net: net, Budget: 1 << 40}).Represent(ctx, g, new(big.Rat), 10); err == nil {
		t.Error("a search went on after its context had ended")
	}
	ctx = context.Background()
	linked, why := network.New(outcometest.Band(4, 1), false)
	if linked == nil {
		t.Fatal(why)
	}
	if _, err := (&Search{Net: linked, Budget: 1 << 20}).Represent(ctx, g, new(big.Rat), 10); err != ErrLinks {
		t.Errorf("linked issues: %v", err)
	}
	// Sixty parties make sixty corners of one, and again of each.
	many, why := network.New(outcometest.Demanding(outcometest.Family(1, 60, 60, false), 4000), false)
	if many == nil {
		t.Fatal(why)
	}
	g = &pareto.Gauge{Disagreement: many.Floor}
	for range many.Floor {
		g.Ideal = append(g.Ideal, 10_000)
	}
	got, err := (&Search{Net: many, Budget: 1 << 26}).Represent(ctx, g, new(big.Rat), 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range got.Points {
		if !pareto.AtLeast(x.Utilities, many.Floor) {
			t.Errorf("%v does not meet the floors", x.Utilities)
		}
	}
	if got.exact {
		t.Error("a frontier of sixty parties is all known")
	}
}

func BenchmarkRepresent(b *testing.B) {
	ctx := context.Background()
	for _, test := range []struct {
		parties int
		opposed bool
		target  *big.Rat
		budget  int64
	}{
		{3, false, big.NewRat(1, 20), 1 << 40},
		{3, true, big.NewRat(1, 20), 1 << 40},
		{3, false, big.NewRat(1, 50), 1 << 32},
		{3, true, big.NewRat(1, 50), 1 << 32},
		{5, false, big.NewRat(1, 10), 1 << 30},
		{5, true, big.NewRat(1, 10), 1 << 30},
	} {
		target, _ := test.target.Float64()
		b.Run(fmt.Sprintf("parties=%d/opposed=%t/target=%g", test.parties, test.opposed, target), func(b *testing.B) {
			var nets []*network.Network
			var gauges []*pareto.Gauge
			for seed := range uint64(5) {
				net, why := network.New(outcometest.Demanding(outcometest.Family(seed+1, test.parties, 50, test.opposed), 3000), false)
				if net == nil {
					b.Fatal(why)
				}
				g := &pareto.Gauge{Disagreement: net.Floor}
				for p := range net.Floor {
					best, err := (&Search{Net: net, Budget: 1 << 30}).Best(ctx, p)
					if err != nil {
						b.Fatal(err)
					}
					g.Ideal = append(g.Ideal, best.Utilities[p])
				}
				nets, gauges = append(nets, net), append(gauges, g)
			}
			points, nodes, work, unsure, n, worst := 0, int64(0), int64(0), 0, 0, 0.0
			for b.Loop() {
				s := &Search{Net: nets[n%5], Budget: test.budget}
				r, err := s.Represent(ctx, gauges[n%5], test.target, 100_000)
				if err != nil {
					b.Fatal(err)
				}
				e, _ := r.Epsilon.Float64()
				worst = max(worst, e)
				points += len(r.Points)
				nodes += s.Nodes
				work += s.Work
				for _, x := range r.Points {
					if !x.efficient {
						unsure++
					}
				}
				n++
			}
			b.ReportMetric(worst, "epsilon")
			b.ReportMetric(float64(points)/float64(n), "points")
			b.ReportMetric(float64(nodes)/float64(n), "nodes")
			b.ReportMetric(float64(work)/float64(n)/1e6, "Mscores")
			b.ReportMetric(float64(unsure)/float64(n), "unsure")
		})
	}
}
