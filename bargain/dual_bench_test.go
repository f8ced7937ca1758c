package bargain

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

// Solutions without the frontier, thresholds at 30 of about 100 points. gap is the
// proven one, as a share of the value; it is 0 for a search that ended.
func BenchmarkDual(b *testing.B) {
	ctx := context.Background()
	for _, rule := range []struct {
		name  string
		solve func(*search, *gauge) (*proof, error)
	}{
		{"nash", func(s *search, g *gauge) (*proof, error) { return s.nash(ctx, g) }},
		{"ks", func(s *search, g *gauge) (*proof, error) { return s.kalaiSmorodinsky(ctx, g) }},
		{"utilitarian", func(s *search, g *gauge) (*proof, error) { return s.utilitarian(ctx, g.scale) }},
	} {
		for _, opposed := range []bool{false, true} {
			for _, parties := range []int{2, 3, 5, 8} {
				for _, issues := range []int{10, 20, 30, 50, 100} {
					if parties*issues > 500 {
						continue
					}
					b.Run(fmt.Sprintf("%s/opposed=%t/parties=%d/issues=%d", rule.name, opposed, parties, issues), func(b *testing.B) {
						benchmarkDual(b, 3000, func(seed uint64) *outcome.Space { return family(seed, parties, issues, opposed) }, rule.solve)
					})
				}
			}
		}
	}
}

// pie draws a space in which every option shares out the same number of points among the
// parties; with noise, about that number.
func pie(seed uint64, parties, issues int, noise float64) *outcome.Space {
	r := rand.New(rand.NewPCG(seed, uint64(issues)))
	s := family(seed, parties, issues, false)
	weights, sum := make([]float64, issues), 0.0
	for i := range weights {
		weights[i] = r.ExpFloat64()
		sum += weights[i]
	}
	for i, w := range weights {
		for o := range s.Issues[i].Options {
			cut, all := make([]float64, parties), 0.0
			for p := range cut {
				cut[p] = r.ExpFloat64()
				all += cut[p]
			}
			for p, v := range cut {
				s.Parties[p].Scores[i][o] = int64((v/all*(1-noise) + float64(noise*r.Float64())) * 10_000 * w / sum)
			}
		}
	}
	return s
}

// Near-zero-sum and zero-sum cases, the hardest: nearly every package is efficient.
func BenchmarkDualPie(b *testing.B) {
	for _, noise := range []float64{0.1, 0} {
		for _, parties := range []int{3, 5} {
			for _, issues := range []int{10, 50} {
				for _, rule := range []string{"nash", "ks"} {
					b.Run(fmt.Sprintf("%s/noise=%g/parties=%d/issues=%d", rule, noise, parties, issues), func(b *testing.B) {
						benchmarkDual(b, 1000, func(seed uint64) *outcome.Space { return pie(seed, parties, issues, noise) }, func(s *search, g *gauge) (*proof, error) {
							if rule == "ks" {
								return s.kalaiSmorodinsky(context.Background(), g)
							}
							return s.nash(context.Background(), g)
						})
					})
				}
			}
		}
	}
}

// benchmarkDual solves one of nine spaces after the other.
func benchmarkDual(b *testing.B, threshold int64, draw func(seed uint64) *outcome.Space, solve func(*search, *gauge) (*proof, error)) {
	var nets []*network
	var gauges []*gauge
	for seed := range uint64(9) {
		s := demanding(draw(seed+1), threshold)
		net, why := newNetwork(s, false)
		if net == nil {
			b.Fatal(why)
		}
		g := &gauge{disagreement: net.floor}
		for p := range s.Parties {
			best, err := (&search{net: net, budget: 1 << 30}).best(context.Background(), p)
			if err != nil {
				b.Fatal(err)
			}
			if best.outcome == nil {
				b.Skip("an empty zone")
			}
			g.scale = append(g.scale, s.Parties[p].Scale)
			g.ideal = append(g.ideal, best.value[0].Num().Int64())
		}
		nets, gauges = append(nets, net), append(gauges, g)
	}
	b.ReportAllocs()
	var nodes int64
	worst, unproven := 0.0, 0
	n := 0
	for b.Loop() {
		s := &search{net: nets[n%9], budget: 1 << 30}
		p, err := solve(s, gauges[n%9])
		n++
		if err != nil {
			b.Fatal(err)
		}
		nodes += s.nodes
		if !p.exact {
			unproven++
			if p.bound != nil && p.value != nil {
				gap, _ := new(big.Rat).Quo(p.bound, p.value[p.proven]).Float64()
				worst = max(worst, gap-1)
			}
		}
	}
	b.ReportMetric(float64(nodes)/float64(n), "nodes")
	b.ReportMetric(worst, "gap")
	b.ReportMetric(float64(unproven)/float64(n), "unproven")
}
