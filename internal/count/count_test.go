package count

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// ample is a budget that no test passes.
var ample = Budget{1 << 40, 1 << 33}

func inZone(s *outcome.Space) (n int64) {
	for _, o := range outcometest.EveryOutcome(s) {
		if s.InZone(o) {
			n++
		}
	}
	return n
}

// onGrids counts the zone of a network on grids, whatever else would do.
func onGrids(t *testing.T, n *network.Network) *big.Int {
	t.Helper()
	var asking []int
	for p, floor := range n.Floor {
		if floor > network.NoFloor {
			asking = append(asking, p)
		}
	}
	if !n.HasLeft {
		return new(big.Int)
	}
	g, err := newCountGraph(n, asking)
	if err != nil {
		t.Fatal(err)
	}
	task, ok := newCountTask(g, ample)
	if !ok {
		t.Fatal("not planned")
	}
	c, err := task.run(context.Background(), new(gridHold))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// zoneOf counts within a budget and fails the test on an error.
func zoneOf(t *testing.T, n *network.Network, budget Budget) ZoneCount {
	t.Helper()
	c, err := Zone(context.Background(), n, budget)
	if err != nil {
		t.Fatal(err)
	}
	if c.Low.Cmp(c.High) > 0 {
		t.Fatalf("between %v and %v", c.Low, c.High)
	}
	return c
}

func TestCountAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	links, zones, parties := 0, 0, [5]int{}
	for range 3500 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + r.IntN(5), Coarse: r.IntN(2) == 0, Additive: r.IntN(2) == 0})
		net, _ := network.New(s, false)
		if net == nil || len(s.Parties) == 4 && s.Size().Int64() > 40 {
			continue
		}
		want := inZone(s)
		if got := onGrids(t, net); got.Cmp(big.NewInt(want)) != 0 {
			t.Fatalf("counted %v, want %d", got, want)
		}
		if c := zoneOf(t, net, ample); !c.Exact() || c.Low.Cmp(big.NewInt(want)) != 0 {
			t.Fatalf("%s: between %v and %v, want %d", c.method, c.Low, c.High, want)
		}
		links += len(net.Links)
		parties[len(s.Parties)]++
		if want > 0 {
			zones++
		}
	}
	t.Logf("%d links, %d zones, by parties %v", links, zones, parties)
	if links < 1000 || zones < 1000 || parties[4] < 200 {
		t.Error("the test compares too little")
	}
}

// With budgets too small for an exact count, and with links that cannot be
// planned, bounds hold what they bound.
func TestCountBoundsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	open, loose := 0, 0
	for range 1000 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4 + r.IntN(2), Additive: r.IntN(2) == 0})
		net, _ := network.New(s, false)
		if net == nil || s.Size().Int64() > 2000 {
			continue
		}
		want := big.NewInt(inZone(s))
		for _, work := range []int64{1 << 11, 1 << 14, 1 << 17} {
			c := zoneOf(t, net, Budget{work, 1 << 20})
			if c.Low.Cmp(want) > 0 || c.High.Cmp(want) < 0 {
				t.Fatalf("%s: between %v and %v, want %v", c.method, c.Low, c.High, want)
			}
			if !c.Exact() {
				open++
				if c.Low.Sign() > 0 && c.High.Cmp(net.Size) < 0 {
					loose++
				}
			}
		}
	}
	t.Logf("%d bounds, %d that say something on both sides", open, loose)
	if loose < 100 {
		t.Error("the test compares too little")
	}
}

// Rounded graphs bound the count for any step, and a step of one is the count.
func TestCoarseGraphsBound(t *testing.T) {
	r := rand.New(rand.NewPCG(65, 66))
	counted := func(g *countGraph) *big.Int {
		task, ok := newCountTask(g, ample)
		if !ok {
			t.Fatal("not planned")
		}
		n, err := task.run(context.Background(), new(gridHold))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	apart := 0
	for range 600 {
		s := outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 4, Additive: r.IntN(2) == 0})
		net, _ := network.New(s, false)
		if net == nil || !net.HasLeft || s.Size().Int64() > 2000 {
			continue
		}
		g, err := newCountGraph(net, []int{0, 1})
		if err != nil {
			t.Fatal(err)
		}
		step := []int64{1 + r.Int64N(9), 1 + r.Int64N(9)}
		want := big.NewInt(inZone(s))
		low, high := counted(g.coarse(step, false)), counted(g.coarse(step, true))
		if low.Cmp(want) > 0 || high.Cmp(want) < 0 {
			t.Fatalf("steps %v: between %v and %v, want %v", step, low, high, want)
		}
		if low.Cmp(high) < 0 {
			apart++
		}
		if n := counted(g.coarse([]int64{1, 1}, r.IntN(2) == 0)); n.Cmp(want) != 0 {
			t.Fatalf("steps of one: %v, want %v", n, want)
		}
	}
	if apart < 100 {
		t.Errorf("bounds were apart %d times only", apart)
	}
}

// Halves and grids share nothing but the network.
func TestHalvesAgreeWithGrids(t *testing.T) {
	for issues := 8; issues <= 10; issues++ {
		for _, opposed := range []bool{false, true} {
			for _, floor := range []int64{2500, 5500} {
				s := outcometest.Family(7, 2, issues, opposed)
				for p := range s.Parties {
					for _, scores := range s.Parties[p].Scores {
						for o := range scores {
							scores[o] /= 8
						}
					}
					s.Parties[p].Threshold.Value = floor / 8
				}
				net, _ := network.New(s, false)
				n, ok := countAbove(context.Background(), net)
				if !ok {
					t.Fatal("halves do not fit")
				}
				if grid := onGrids(t, net); n.Cmp(grid) != 0 {
					t.Fatalf("%d issues: %v by halves, %v on grids", issues, n, grid)
				}
			}
		}
	}
}

// Where every issue has the same two options, one for either party, what a party gets
// is the number of its options: a count is a sum of binomials.
func TestCountsOfIdenticalIssues(t *testing.T) {
	for _, test := range []struct {
		issues, first, second int64
	}{{170, 80, 70}, {170, 100, 60}, {170, 0, 85}, {170, 90, 81}, {400, 190, 185}, {600, 290, 280}} {
		s := &outcome.Space{Parties: make([]outcome.Party, 2)}
		for p := range s.Parties {
			s.Parties[p].Row = outcome.Row{ID: fmt.Sprint("p", p), Scale: 1}
		}
		for i := range test.issues {
			s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 2})
			s.Parties[0].Scores = append(s.Parties[0].Scores, []int64{7, 0})
			s.Parties[1].Scores = append(s.Parties[1].Scores, []int64{-2, 1})
		}
		// k issues go to the first party: 7k and n-3k.
		s.Parties[0].Threshold = outcome.Threshold{Value: 7*test.first - 3, Set: true}
		s.Parties[1].Threshold = outcome.Threshold{Value: test.issues - 3*(test.issues-test.second), Set: true}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		want := new(big.Int)
		for k := test.first; k <= test.issues-test.second; k++ {
			want.Add(want, new(big.Int).Binomial(test.issues, k))
		}
		net, _ := network.New(s, false)
		if c := zoneOf(t, net, Default); !c.Exact() || c.Low.Cmp(want) != 0 {
			t.Errorf("%+v: between %v and %v, want %v", test, c.Low, c.High, want)
		}
	}
}

// Three parties share out identical items: counts are sums of multinomials.
func TestCountsOfSharedItems(t *testing.T) {
	const items = 105 // 3^105 is above 10^50
	s := &outcome.Space{Parties: make([]outcome.Party, 3)}
	floor := []int64{30, 33, 36}
	for p := range s.Parties {
		s.Parties[p].Row = outcome.Row{ID: fmt.Sprint("p", p), Scale: 1, Threshold: outcome.Threshold{Value: floor[p] * 5, Set: true}}
	}
	for i := range items {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 3})
		for p := range s.Parties {
			scores := make([]int64, 3)
			scores[p] = 5
			s.Parties[p].Scores = append(s.Parties[p].Scores, scores)
		}
	}
	want := new(big.Int)
	for a := floor[0]; a <= items; a++ {
		for b := floor[1]; a+b <= items-floor[2]; b++ {
			n := new(big.Int).Binomial(items, a)
			want.Add(want, n.Mul(n, new(big.Int).Binomial(items-a, b)))
		}
	}
	net, _ := network.New(s, false)
	if c := zoneOf(t, net, Default); !c.Exact() || c.Low.Cmp(want) != 0 {
		t.Errorf("between %v and %v, want %v", c.Low, c.High, want)
	}
}

// Whatever is asked for, planning ends at once and says what it takes.
func TestCountBudget(t *testing.T) {
	for _, s := range []*outcome.Space{
		outcometest.Family(1, 2, 50, true), outcometest.Family(1, 2, 1000, false), outcometest.Family(1, 5, 50, false), outcometest.Family(1, 64, 40, false),
		outcometest.Finer(outcometest.Family(1, 2, 50, false), 1e9), outcometest.Finer(outcometest.Family(1, 7, 9, false), 1e6), outcometest.Band(40, 3), outcometest.Band(30, 9),
	} {
		net, why := network.New(s, false)
		if net == nil {
			t.Fatal(why)
		}
		for _, budget := range []Budget{{1, 1}, {1e6, 1 << 16}, {1e8, 1 << 26}} {
			p := planCount(net, budget)
			if p.work > budget.Work || p.bytes > budget.Bytes {
				t.Errorf("%s: %d additions and %d bytes planned within %+v", p.method, p.work, p.bytes, budget)
			}
		}
		zoneOf(t, net, Budget{1e5, 1 << 20})
	}
}

// goldenCount is the hash of the counts below, which are the same on every machine: the
// choice of grids, and so of bounds, rests on no fused arithmetic.
const goldenCount = "99497730fd6ad5dbc423dead457cc183147418daaac59bad9861c6ea651fdf67"

func TestSameCountsEverywhere(t *testing.T) {
	hash := sha256.New()
	for seed := range uint64(3) {
		for _, s := range []*outcome.Space{
			outcometest.Family(seed, 2, 30, true), outcometest.Finer(outcometest.Family(seed, 2, 17, false), 777), outcometest.Coarser(outcometest.Family(seed, 4, 12, true), 60),
			outcometest.Finer(outcometest.Family(seed, 3, 9, false), 31), outcometest.Band(12+int(seed), 2),
		} {
			for p := range s.Parties {
				s.Parties[p].Threshold.Value = s.Parties[p].Threshold.Value * 9 / 10
			}
			net, why := network.New(s, false)
			if net == nil {
				t.Fatal(why)
			}
			c := zoneOf(t, net, Budget{2e6, 1 << 22})
			e, err := EstimateZone(context.Background(), net, seed, 1000, false)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(hash, c.Low, c.High, c.method, e.Low, e.High, e.hits)
		}
	}
	if got := fmt.Sprintf("%x", hash.Sum(nil)); got != goldenCount {
		t.Errorf("hash %s, want %s", got, goldenCount)
	}
}

func TestCountIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	net, _ := network.New(outcometest.Family(1, 2, 50, true), false)
	if _, err := Zone(ctx, net, ample); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := EstimateZone(ctx, net, 1, 100, false); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// The ends of Clopper and Pearson's interval solve a binomial tail; here they are
// checked against it in exact fractions, and its cover at every share of a grid.
func TestIntervalCovers(t *testing.T) {
	const draws = 30
	pmf := func(share *big.Rat, k int64) *big.Rat {
		v := new(big.Rat).SetInt(new(big.Int).Binomial(draws, k))
		miss := new(big.Rat).Sub(big.NewRat(1, 1), share)
		for i := range int64(draws) {
			if i < k {
				v.Mul(v, share)
			} else {
				v.Mul(v, miss)
			}
		}
		return v
	}
	tail := func(share int64, hits int) *big.Rat {
		sum := new(big.Rat)
		for k := hits; k <= draws; k++ {
			sum.Add(sum, pmf(big.NewRat(share, 1<<ShareBits), int64(k)))
		}
		return sum
	}
	limit := big.NewRat(1, 40)
	var low, high [draws + 1]*big.Rat
	for h := range low {
		v := LeastShare(draws, h)
		low[h] = big.NewRat(v, 1<<ShareBits)
		high[draws-h] = new(big.Rat).Sub(big.NewRat(1, 1), low[h])
		if h == 0 {
			continue
		}
		if tail(v, h).Cmp(limit) > 0 || tail(v+1, h).Cmp(limit) <= 0 {
			t.Errorf("%d hits of %d: least share %d", h, draws, v)
		}
	}
	for i := range int64(201) {
		share := big.NewRat(i, 200)
		covered := new(big.Rat)
		for h := range low {
			if low[h].Cmp(share) <= 0 && share.Cmp(high[h]) <= 0 {
				covered.Add(covered, pmf(share, int64(h)))
			}
		}
		if covered.Cmp(big.NewRat(95, 100)) < 0 {
			t.Errorf("share %v is covered with probability %v", share, covered)
		}
	}
}

// Of many estimates of counts that are known, at least about 95 in a hundred hold it.
func TestEstimatesHold(t *testing.T) {
	r := rand.New(rand.NewPCG(67, 68))
	estimates, held := 0, 0
	for estimates < 300 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4})
		net, _ := network.New(s, false)
		if net == nil || s.Size().Int64() > 1500 {
			continue
		}
		want := big.NewInt(inZone(s))
		e, err := EstimateZone(context.Background(), net, r.Uint64(), 500, false)
		if err != nil {
			t.Fatal(err)
		}
		estimates++
		if e.Low.Cmp(want) <= 0 && want.Cmp(e.High) <= 0 {
			held++
		}
	}
	t.Logf("%d of %d hold", held, estimates)
	if held < estimates*95/100 {
		t.Errorf("%d of %d hold", held, estimates)
	}
	net, _ := network.New(outcometest.Family(1, 2, 50, false), false)
	e, err := EstimateZone(context.Background(), net, 5, 4000, false)
	if err != nil {
		t.Fatal(err)
	}
	again, err := EstimateZone(context.Background(), net, 5, 4000, false)
	if err != nil {
		t.Fatal(err)
	}
	if c := zoneOf(t, net, Budget{1e8, 1 << 26}); e.Low.Cmp(c.High) > 0 || e.High.Cmp(c.Low) < 0 || again.hits != e.hits {
		t.Errorf("%d hits, then %d: between %v and %v, counted %v to %v", e.hits, again.hits, e.Low, e.High, c.Low, c.High)
	}
}

// Spaces at the limits of what checks are planned, counted or refused without panic,
// within the budget.
func TestCountsOfHostileSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(69, 70))
	for _, size := range []struct {
		parties, issues, options int
		span                     int64
	}{
		{2, 4096, 4, 1e14}, {2, 1, 1 << 18, 1 << 60}, {2, 2, 1 << 14, 1 << 59}, {1, 3, 1 << 14, 1 << 58},
		{3, 8, 1 << 10, 1e9}, {64, 40, 10, 1000}, {64, 64, 2, 1 << 50}, {3, 30, 2, 1e9}, {2, 4096, 1, 5}, {5, 2000, 2, 3},
	} {
		s := &outcome.Space{}
		for i := range size.issues {
			s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: size.options})
		}
		for p := range size.parties {
			row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 1}
			row.Threshold = outcome.Threshold{Value: size.span / 3 * int64(size.issues), Set: true}
			for range s.Issues {
				scores := make([]int64, size.options)
				for o := range scores {
					scores[o] = r.Int64N(size.span)
				}
				row.Scores = append(row.Scores, scores)
			}
			s.Parties = append(s.Parties, outcome.Party{Row: row})
		}
		if err := s.Check(); err != nil {
			t.Fatalf("%+v: %v", size, err)
		}
		net, why := network.New(s, false)
		if net == nil {
			t.Fatal(why)
		}
		budget := Budget{1e7, 1 << 24}
		if p := planCount(net, budget); p.work > budget.Work || p.bytes > budget.Bytes {
			t.Errorf("%+v, %s: %d additions and %d bytes planned", size, p.method, p.work, p.bytes)
		}
		if c := zoneOf(t, net, budget); c.Low.Sign() < 0 || c.High.Cmp(net.Size) > 0 {
			t.Errorf("%+v: between %v and %v", size, c.Low, c.High)
		}
	}
}

// At 1e50, tables of all sums in plain integers count the same.
func TestCountsAgreeWithPlainTables(t *testing.T) {
	for _, opposed := range []bool{false, true} {
		for _, floor := range []int64{25, 40, 55} {
			s := outcometest.Coarser(outcometest.Family(9, 2, 50, opposed), 100)
			net, _ := network.New(s, true)
			net.Floor = []int64{floor, floor}
			const size = 101 // utilities are at most 100
			ways := make([]*big.Int, size*size)
			for i := range ways {
				ways[i] = new(big.Int)
			}
			ways[0].SetInt64(1)
			for _, choices := range net.Issues {
				next := make([]*big.Int, size*size)
				for i := range next {
					next[i] = new(big.Int)
				}
				for at, n := range ways {
					if n.Sign() == 0 {
						continue
					}
					for _, c := range choices {
						to := next[at+int(c.Gain[0])*size+int(c.Gain[1])]
						to.Add(to, n)
					}
				}
				ways = next
			}
			want := new(big.Int)
			for a := floor; a < size; a++ {
				for b := floor; b < size; b++ {
					want.Add(want, ways[a*size+b])
				}
			}
			if c := zoneOf(t, net, Default); !c.Exact() || c.Low.Cmp(want) != 0 {
				t.Errorf("opposed %t, floors %d: between %v and %v, want %v", opposed, floor, c.Low, c.High, want)
			}
		}
	}
}
