package bargain

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

func benchmarkCount(b *testing.B, s *outcome.Space, budget countBudget) {
	net, why := newNetwork(s, false)
	if net == nil {
		b.Fatal(why)
	}
	b.ReportAllocs()
	var c zoneCount
	for b.Loop() {
		var err error
		if c, err = net.countZone(context.Background(), budget); err != nil {
			b.Fatal(err)
		}
	}
	plan := net.planCount(budget)
	b.ReportMetric(float64(plan.work), "work")
	b.ReportMetric(float64(plan.bytes), "held-B")
	if c.low.Sign() > 0 {
		ratio, _ := new(big.Rat).SetFrac(c.high, c.low).Float64()
		b.ReportMetric(ratio, "high/low")
	}
}

func BenchmarkCountHalves(b *testing.B) {
	for _, issues := range []int{6, 8, 10, 12} {
		b.Run(fmt.Sprintf("issues=%d", issues), func(b *testing.B) {
			net, why := newNetwork(finer(family(1, 2, issues, false), 1e9), false)
			if net == nil {
				b.Fatal(why)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := net.countAbove(context.Background()); !ok {
					b.Fatal("halves do not fit")
				}
			}
		})
	}
}

// On about ten thousand units a party, and on a hundred.
func BenchmarkCountGrid(b *testing.B) {
	for _, opposed := range []bool{false, true} {
		for _, issues := range []int{14, 20, 30, 50, 100} {
			b.Run(fmt.Sprintf("opposed=%t/issues=%d", opposed, issues), func(b *testing.B) {
				benchmarkCount(b, family(1, 2, issues, opposed), countBudget{1 << 40, 1 << 32})
			})
		}
	}
	for _, parties := range []int{2, 3, 4} {
		b.Run(fmt.Sprintf("units=100/parties=%d/issues=50", parties), func(b *testing.B) {
			benchmarkCount(b, coarser(family(1, parties, 50, false), 100), countBudget{1 << 40, 1 << 32})
		})
	}
}

// coarser divides every score and floor.
func coarser(s *outcome.Space, by int64) *outcome.Space {
	for p := range s.Parties {
		row := &s.Parties[p].Row
		row.Threshold.Value /= by
		for _, scores := range row.Scores {
			for o := range scores {
				scores[o] /= by
			}
		}
	}
	return s
}

// finer multiplies every score and floor of s, and adds noise below the factor, so that
// no coarser grid holds the scores exactly.
func finer(s *outcome.Space, factor int64) *outcome.Space {
	r := rand.New(rand.NewPCG(17, uint64(factor)))
	for p := range s.Parties {
		row := &s.Parties[p].Row
		row.Scale *= factor
		row.Threshold.Value *= factor
		for _, scores := range row.Scores {
			for o := range scores {
				scores[o] = scores[o]*factor + r.Int64N(factor)
			}
		}
	}
	return s
}

func BenchmarkCountBounds(b *testing.B) {
	for _, opposed := range []bool{false, true} {
		for _, issues := range []int{20, 50, 100} {
			b.Run(fmt.Sprintf("opposed=%t/issues=%d", opposed, issues), func(b *testing.B) {
				benchmarkCount(b, finer(family(1, 2, issues, opposed), 1000), defaultCount)
			})
		}
	}
	for _, parties := range []int{3, 5} {
		b.Run(fmt.Sprintf("parties=%d/issues=20", parties), func(b *testing.B) {
			benchmarkCount(b, family(1, parties, 20, false), defaultCount)
		})
	}
	for _, width := range []int{1, 2, 3} {
		b.Run(fmt.Sprintf("links of width=%d/issues=30", width), func(b *testing.B) {
			s := band(30, width)
			s.Parties[0].Threshold.Value, s.Parties[1].Threshold.Value = 2000, 6000
			benchmarkCount(b, s, defaultCount)
		})
	}
}

func BenchmarkEstimate(b *testing.B) {
	net, why := newNetwork(family(1, 2, 50, true), false)
	if net == nil {
		b.Fatal(why)
	}
	for _, samples := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("samples=%d", samples), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := net.estimateZone(context.Background(), 1, samples); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
