//go:build unix

package bargain

import (
	"context"
	"fmt"
	"math/big"
	"runtime"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/boxes"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/count"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// In the name of a benchmark's row the last key is the size along which growth is
// fitted; docs/performance.md is made of these rows.

// fine is the grid of scores that stand for real numbers, coarse that of scores of a
// hundredth of a point.
const (
	fine   = 1_000_000_000_000
	coarse = 10_000
)

// benchLimit is what a row may take: five seconds of estimated work and 1 GiB.
var benchLimit = budget.Limit{Work: 5e9, Bytes: 1 << 30}

// spaces draws one space for each seed from 1.
func spaces(n int, draw func(seed uint64) *outcome.Space) []*outcome.Space {
	var all []*outcome.Space
	for seed := range uint64(n) {
		all = append(all, draw(seed+1))
	}
	return all
}

func analyzing(spaces []*outcome.Space, opt Options) func(k int) error {
	return func(k int) error {
		_, err := Analyze(context.Background(), spaces[k], opt)
		return err
	}
}

// benchmarkListing visits every package of a space on a number of cores.
func benchmarkListing(b *testing.B, s []*outcome.Space, cores int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	trials.Report(b, len(s), analyzing(s, Options{Method: Listing}))
}

func BenchmarkListing(b *testing.B) {
	for _, with := range []struct {
		name string
		add  func(*outcome.Space) *outcome.Space
	}{
		{"additive", func(s *outcome.Space) *outcome.Space { return s }},
		{"conditions", outcometest.Conditioned},
		{"conditions and constituencies", func(s *outcome.Space) *outcome.Space { return outcometest.Represented(outcometest.Conditioned(s)) }},
	} {
		for _, parties := range []int{2, 3, 5} {
			for _, cores := range []int{1, 2} {
				for issues := 3; issues <= 8; issues++ {
					b.Run(fmt.Sprintf("with=%s/parties=%d/cores=%d/outcomes=1e%d", with.name, parties, cores, issues), func(b *testing.B) {
						n := 3
						if issues == 8 {
							n = 1
						}
						benchmarkListing(b, spaces(n, func(seed uint64) *outcome.Space { return with.add(outcometest.Family(seed, parties, issues, false)) }), cores)
					})
				}
			}
		}
	}
}

// benchmarkFrontier sums the issues of spaces to the frontier of all outcomes, and ranks
// by every rule the part that meets the thresholds. Apart from that it times, once,
// naming the outcomes of the Nash solution and counting those that tie.
func benchmarkFrontier(b *testing.B, spaces []*outcome.Space) {
	var nets []*network.Network
	for _, s := range spaces {
		nets = append(nets, networkOf(network.New(s, false)))
	}
	sizes := make([]float64, len(nets))
	var first *pick
	done := trials.Report(b, len(nets), func(k int) error {
		net := nets[k]
		p, err := network.NewPlan(net)
		if err != nil {
			return err
		}
		up := make([]int64, len(net.Floor))
		for p := range up {
			up[p] = 1
		}
		e, err := network.Eliminate(context.Background(), p, up, benchLimit, nil)
		if err != nil {
			return err
		}
		sizes[k] = float64(e.Len())
		if e.Above(net.Floor); e.Len() > 0 {
			a := &Analysis{}
			picks := solve(a.bound(net.Space, e, nil), e, e, &a.Solutions)
			if first == nil {
				first = &picks[0]
			}
		}
		return nil
	})
	if done {
		b.ReportMetric(trials.Median(sizes), "points")
	}
	if first != nil {
		used := trials.ProcessorTime(b)
		first.canonical()
		b.ReportMetric(float64(trials.ProcessorTime(b)-used), "naming-ns")
	}
}

func BenchmarkFrontier(b *testing.B) {
	for _, parties := range []int{2, 3, 5} {
		for _, grid := range []int64{fine, coarse} {
			for _, k := range []outcometest.Kind{outcometest.Independent, outcometest.Opposed, outcometest.NearZeroSum, outcometest.ZeroSum} {
				sizes := []int{10, 20, 30, 50, 100}
				if parties == 5 {
					sizes = []int{4, 6, 8}
				}
				for _, issues := range sizes {
					// Beyond, a run takes from many seconds to minutes.
					if parties == 5 && (grid == fine || k != outcometest.Independent && k != outcometest.Opposed) {
						continue
					}
					if parties == 3 && (issues > 30 || k != outcometest.Independent && k != outcometest.Opposed && (issues > 20 || k == outcometest.ZeroSum)) {
						continue
					}
					b.Run(fmt.Sprintf("parties=%d/family=%s/grid=%.0e/issues=%d", parties, k, float64(grid), issues), func(b *testing.B) {
						benchmarkFrontier(b, spaces(3, func(seed uint64) *outcome.Space { return outcometest.Drawn(k, seed, parties, issues, grid) }))
					})
				}
			}
		}
	}
}

// Issues of five options linked with the next few.
func BenchmarkLinked(b *testing.B) {
	for _, grid := range []int64{fine, coarse} {
		for _, issues := range []int{30, 50} {
			for width := 1; width <= 4; width++ {
				b.Run(fmt.Sprintf("grid=%.0e/issues=%d/width=%d", float64(grid), issues, width), func(b *testing.B) {
					benchmarkFrontier(b, spaces(3, func(seed uint64) *outcome.Space {
						return outcometest.Banded(outcometest.Drawn(outcometest.Opposed, seed, 2, issues, grid), seed, width)
					}))
				})
			}
		}
	}
}

// rules are the solutions that are found one by one.
var rules = []struct {
	name  string
	solve func(*prove.Search, *pareto.Gauge) (*prove.Proof, error)
}{
	{"nash", func(s *prove.Search, g *pareto.Gauge) (*prove.Proof, error) { return s.Nash(context.Background(), g) }},
	{"kalai-smorodinsky", func(s *prove.Search, g *pareto.Gauge) (*prove.Proof, error) {
		return s.KalaiSmorodinsky(context.Background(), g)
	}},
	{"utilitarian", func(s *prove.Search, g *pareto.Gauge) (*prove.Proof, error) {
		return s.Utilitarian(context.Background(), g.Scale)
	}},
}

// benchmarkBounding finds a solution of spaces, given each party's best in the zone. It
// reports how many are not proven within the budget of scores read, and the gap left.
func benchmarkBounding(b *testing.B, spaces []*outcome.Space, budget int64, solve func(*prove.Search, *pareto.Gauge) (*prove.Proof, error)) {
	var nets []*network.Network
	var gauges []*pareto.Gauge
	for _, s := range spaces {
		net := networkOf(network.New(s, false))
		g := &pareto.Gauge{Disagreement: net.Floor}
		for p := range s.Parties {
			best, err := (&prove.Search{Net: net, Budget: budget}).Best(context.Background(), p)
			if err != nil {
				b.Fatal(err)
			}
			if best.Outcome == nil {
				b.Fatal("no package meets the thresholds")
			}
			g.Scale = append(g.Scale, s.Parties[p].Scale)
			g.Ideal = append(g.Ideal, best.Utilities[p])
		}
		nets, gauges = append(nets, net), append(gauges, g)
	}
	nodes, gaps := make([]float64, len(nets)), make([]float64, len(nets))
	trials.Report(b, len(nets), func(k int) error {
		s := &prove.Search{Net: nets[k], Budget: budget}
		p, err := solve(s, gauges[k])
		if err != nil {
			return err
		}
		nodes[k], gaps[k] = float64(s.Nodes), -1
		if !p.Exact {
			gaps[k] = 0
			if p.Bound != nil && p.Proven < len(p.Value) && p.Value[p.Proven].Sign() > 0 {
				ratio, _ := new(big.Rat).Quo(p.Bound, p.Value[p.Proven]).Float64()
				gaps[k] = ratio - 1
			}
		}
		return nil
	})
	b.ReportMetric(trials.Median(nodes), "nodes")
	trials.ReportUnproven(b, gaps, "gap-%")
}

// benchScores is about a quarter of a second's.
const benchScores = 50_000_000

func BenchmarkBounding(b *testing.B) {
	for _, rule := range rules {
		for _, k := range []outcometest.Kind{outcometest.Independent, outcometest.Opposed, outcometest.NearZeroSum, outcometest.ZeroSum} {
			for _, issues := range []int{10, 20, 50, 100} {
				b.Run(fmt.Sprintf("rule=%s/family=%s/parties=5/grid=%.0e/issues=%d", rule.name, k, float64(fine), issues), func(b *testing.B) {
					benchmarkBounding(b, spaces(3, func(seed uint64) *outcome.Space { return outcometest.Drawn(k, seed, 5, issues, fine) }), benchScores, rule.solve)
				})
			}
		}
		for _, parties := range []int{2, 3, 5, 8} {
			b.Run(fmt.Sprintf("rule=%s/family=%s/grid=%.0e/issues=50/parties=%d", rule.name, outcometest.Opposed, float64(coarse), parties), func(b *testing.B) {
				benchmarkBounding(b, spaces(3, func(seed uint64) *outcome.Space {
					return outcometest.Drawn(outcometest.Opposed, seed, parties, 50, coarse)
				}), benchScores, rule.solve)
			})
		}
	}
}

// benchmarkBoxes finds the frontiers of nonlinear spaces.
func benchmarkBoxes(b *testing.B, spaces []*outcome.Space, work int64) {
	var nets []*network.Network
	for _, s := range spaces {
		nets = append(nets, networkOf(network.New(s, true)))
	}
	sizes, gaps := make([]float64, len(nets)), make([]float64, len(nets))
	trials.Report(b, len(nets), func(k int) error {
		f, err := boxes.Solve(context.Background(), nets[k], work)
		if err != nil {
			return err
		}
		sizes[k], gaps[k] = float64(f.Len()), -1
		if !f.Exact {
			gaps[k] = 1
			if share := f.Share(); share != nil {
				gaps[k], _ = share.Float64()
			}
		}
		return nil
	})
	b.ReportMetric(trials.Median(sizes), "points")
	trials.ReportUnproven(b, gaps, "epsilon-%")
}

func BenchmarkBoxes(b *testing.B) {
	for _, issues := range []int{10, 20, 30, 40, 50} {
		b.Run(fmt.Sprintf("issues=%d", issues), func(b *testing.B) {
			benchmarkBoxes(b, spaces(3, func(seed uint64) *outcome.Space { return outcometest.BoxFamily(seed, issues) }), boxes.DefaultWork/20)
		})
	}
}

// Three parties whose scores are boxes, each with a threshold of a quarter of what all its boxes are worth:
// verdict, bests and solutions one by one. The gap is that of the Nash product.
func BenchmarkBranching(b *testing.B) {
	for _, issues := range []int{10, 20, 30} {
		b.Run(fmt.Sprintf("parties=3/issues=%d", issues), func(b *testing.B) {
			var all []*outcome.Space
			for seed := range uint64(3) {
				s := outcometest.BoxFamilyOf(seed+1, 3, issues)
				for p := range s.Parties {
					most := int64(0)
					for _, a := range s.Parties[p].Adjustments {
						most += a.Add
					}
					s.Parties[p].Threshold = outcome.Threshold{Value: most / 4, Set: true}
				}
				all = append(all, s)
			}
			gaps := make([]float64, len(all))
			trials.Report(b, len(all), func(k int) error {
				a, err := Analyze(context.Background(), all[k], Options{Method: Branching, Time: 10 * time.Second})
				if err != nil {
					return err
				}
				gaps[k] = -1
				for name, sol := range named(&a.Solutions) {
					switch {
					case sol == nil || sol.Gap != nil && sol.Gap.Sign() == 0:
					case sol.Gap != nil && name == "nash":
						gap, _ := sol.Gap.Float64()
						gaps[k] = max(gaps[k], gap)
					default:
						gaps[k] = max(gaps[k], 0)
					}
				}
				return nil
			})
			trials.ReportUnproven(b, gaps, "gap-%")
		})
	}
}

// benchmarkZone counts the zones of networks, and reports how far apart proven bounds are,
// as a share of the lower.
func benchmarkZone(b *testing.B, spaces []*outcome.Space) {
	var nets []*network.Network
	for _, s := range spaces {
		nets = append(nets, networkOf(network.New(s, false)))
	}
	gaps := make([]float64, len(nets))
	trials.Report(b, len(nets), func(k int) error {
		c, err := count.Zone(context.Background(), nets[k], count.Default)
		if err != nil {
			return err
		}
		gaps[k] = -1
		if !c.Exact() {
			gaps[k] = 0
			if c.Low.Sign() > 0 {
				gaps[k], _ = new(big.Rat).SetFrac(new(big.Int).Sub(c.High, c.Low), c.Low).Float64()
			}
		}
		return nil
	})
	trials.ReportUnproven(b, gaps, "apart-%")
}

func BenchmarkZone(b *testing.B) {
	for _, test := range []struct {
		parties int
		grid    int64
		issues  []int
	}{
		{2, 100, []int{14, 20, 30, 50, 100}},
		{2, 1000, []int{14, 20, 30, 50, 100}},
		{2, coarse, []int{14, 20, 30, 50, 100}},
		{2, fine, []int{6, 8, 10, 12}},
		{2, 10 * coarse, []int{20, 50}},
		{3, 100, []int{10, 20, 50}},
		{3, 1000, []int{20, 50}},
		{5, 100, []int{20, 50}},
	} {
		for _, issues := range test.issues {
			b.Run(fmt.Sprintf("family=opposed/parties=%d/grid=%.0e/issues=%d", test.parties, float64(test.grid), issues), func(b *testing.B) {
				benchmarkZone(b, spaces(2, func(seed uint64) *outcome.Space {
					return outcometest.Drawn(outcometest.Opposed, seed, test.parties, issues, test.grid)
				}))
			})
		}
	}
	for width := 1; width <= 3; width++ {
		b.Run(fmt.Sprintf("linked issues=30/grid=%.0e/width=%d", float64(coarse), width), func(b *testing.B) {
			benchmarkZone(b, spaces(2, func(seed uint64) *outcome.Space {
				return outcometest.Banded(outcometest.Drawn(outcometest.Opposed, seed, 2, 30, coarse), seed, width)
			}))
		})
	}
}

func BenchmarkEstimate(b *testing.B) {
	net := networkOf(network.New(outcometest.Family(1, 2, 50, true), false))
	for _, samples := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("samples=%d", samples), func(b *testing.B) {
			trials.Report(b, 1, func(int) error {
				_, err := count.EstimateZone(context.Background(), net, 1, samples, false)
				return err
			})
		})
	}
}

// The whole analysis of an additive case of two parties: frontier, solutions with
// ties, options that occur in the zone, and the zone's count where it is exact.
func BenchmarkAnalyze(b *testing.B) {
	for _, test := range []struct {
		kind   outcometest.Kind
		grid   int64
		issues []int
	}{
		{outcometest.Opposed, coarse, []int{3, 6, 8, 10, 12, 50}},
		{outcometest.ZeroSum, 300, []int{10, 20, 30}},
	} {
		for _, issues := range test.issues {
			b.Run(fmt.Sprintf("family=%s/parties=2/grid=%.0e/issues=%d", test.kind, float64(test.grid), issues), func(b *testing.B) {
				s := spaces(3, func(seed uint64) *outcome.Space { return outcometest.Drawn(test.kind, seed, 2, issues, test.grid) })
				trials.Report(b, len(s), analyzing(s, Options{}))
			})
		}
	}
}

// What the project promises of one core, by up to nine instances a row.
func BenchmarkBars(b *testing.B) {
	nine := func(k outcometest.Kind, parties, issues int, grid int64) []*outcome.Space {
		return spaces(9, func(seed uint64) *outcome.Space { return outcometest.Drawn(k, seed, parties, issues, grid) })
	}
	for _, bar := range []struct {
		name string
		run  func(b *testing.B)
	}{
		{"frontier of 2 parties/50 issues/opposed", func(b *testing.B) { benchmarkFrontier(b, nine(outcometest.Opposed, 2, 50, fine)) }},
		{"frontier of 2 parties/50 issues/zero-sum on 10,000 units", func(b *testing.B) { benchmarkFrontier(b, nine(outcometest.ZeroSum, 2, 50, coarse)) }},
		{"frontier of 2 parties/50 issues/near zero-sum on 10,000 units", func(b *testing.B) { benchmarkFrontier(b, nine(outcometest.NearZeroSum, 2, 50, coarse)) }},
		{"frontier of 3 parties/30 issues/independent on 10,000 units", func(b *testing.B) { benchmarkFrontier(b, nine(outcometest.Independent, 3, 30, coarse)[:5]) }},
		{"frontier of 3 parties/30 issues/opposed on 10,000 units", func(b *testing.B) { benchmarkFrontier(b, nine(outcometest.Opposed, 3, 30, coarse)[:3]) }},
		{"Nash of 5 parties/50 issues/independent", func(b *testing.B) {
			benchmarkBounding(b, nine(outcometest.Independent, 5, 50, fine), benchScores, rules[0].solve)
		}},
		{"Nash of 5 parties/50 issues/opposed", func(b *testing.B) {
			benchmarkBounding(b, nine(outcometest.Opposed, 5, 50, fine), benchScores, rules[0].solve)
		}},
		{"links of width 3/50 issues/opposed", func(b *testing.B) {
			benchmarkFrontier(b, spaces(9, func(seed uint64) *outcome.Space {
				return outcometest.Banded(outcometest.Drawn(outcometest.Opposed, seed, 2, 50, fine), seed, 3)
			}))
		}},
		{"nonlinear/10 issues", func(b *testing.B) {
			benchmarkBoxes(b, spaces(9, func(seed uint64) *outcome.Space { return outcometest.BoxFamily(seed, 10) }), boxes.DefaultWork)
		}},
		{"nonlinear/20 issues", func(b *testing.B) {
			benchmarkBoxes(b, spaces(9, func(seed uint64) *outcome.Space { return outcometest.BoxFamily(seed, 20) }), boxes.DefaultWork)
		}},
		{"nonlinear/30 issues", func(b *testing.B) {
			benchmarkBoxes(b, spaces(3, func(seed uint64) *outcome.Space { return outcometest.BoxFamily(seed, 30) }), boxes.DefaultWork/10)
		}},
		{"listing with conditions/1e7 outcomes/2 parties", func(b *testing.B) {
			benchmarkListing(b, spaces(9, func(seed uint64) *outcome.Space {
				return outcometest.Conditioned(outcometest.Family(seed, 2, 7, false))
			}), 1)
		}},
	} {
		b.Run(bar.name, bar.run)
	}
}

func networkOf(n *network.Network, why string) *network.Network {
	if n == nil {
		panic(why)
	}
	return n
}
