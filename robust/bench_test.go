package robust

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/outcome"
)

// opposedDraws is an additive space of two parties who want opposite ends of each of k
// issues of ten options, every score uncertain by thirty percent.
func opposedDraws(k int, seed uint64) *outcome.Uncertain {
	r := rand.New(rand.NewPCG(seed, 1))
	s := &outcome.Space{Parties: make([]outcome.Party, 2)}
	u := &outcome.Uncertain{Space: s}
	for q := range s.Parties {
		s.Parties[q].Row = outcome.Row{ID: fmt.Sprint("p", q), Scale: 1_000_000_000, Threshold: outcome.Threshold{Value: int64(k) * 300_000_000_000, Set: true}}
	}
	for i := range k {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
		for q := range s.Parties {
			weight := r.ExpFloat64()
			scores := make([]int64, 10)
			u.Sources = append(u.Sources, outcome.Source{ID: fmt.Sprint(q, " ", i), Row: q})
			for o := range scores {
				x := float64(o) / 9
				if q == 1 {
					x = 1 - x
				}
				scores[o] = int64(1e12 * weight * min(1, max(0, x+0.2*(r.Float64()-0.5))))
				at := len(u.Sources) - 1
				u.Sources[at].Numbers = append(u.Sources[at].Numbers, len(u.Numbers))
				by := scores[o] / 10 * 3
				u.Numbers = append(u.Numbers, outcome.Number{ID: fmt.Sprint(q, " ", i, " ", o), Row: q, Issue: i, At: o,
					Low: scores[o] - by, Mode: scores[o], High: scores[o] + by, Quantile: u.Quantiles, Source: at})
				u.Quantiles++
			}
			s.Parties[q].Scores = append(s.Parties[q].Scores, scores)
		}
	}
	return u
}

// Ten thousand draws of an additive case, zone and Nash package of each, on one core.
func BenchmarkRobust(b *testing.B) {
	for _, k := range []int{5, 6, 8, 10, 20} {
		b.Run(fmt.Sprintf("issues=%d", k), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			u := opposedDraws(k, 1)
			if err := u.Check(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				run := &robust{ctx: b.Context(), u: u, opt: Options{Draws: 10_000, Time: budget.DefaultTime}, nash: -1, most: 1e9}
				run.r = &Robustness{Numbers: len(u.Numbers), Sources: u.Sources, Asked: 10_000, Most: -1, Focus: -1}
				if err := run.prepare(); err != nil {
					b.Fatal(err)
				}
				if _, err := run.draw(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(run.r.Draws), "draws")
				b.ReportMetric(float64(run.r.Nash.Different), "different")
			}
		})
	}
}
