package bargain

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

// family draws a space of two or more parties with issues of ten options and
// utilities of about 0 to 10,000 a party. Opposed parties want opposite ends of
// every issue, with noise; otherwise scores are independent.
func family(seed uint64, parties, issues int, opposed bool) *outcome.Space {
	r := rand.New(rand.NewPCG(seed, uint64(issues)))
	s := &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 100, Threshold: outcome.Threshold{Value: 5000, Set: true}}
		weights, sum := make([]float64, issues), 0.0
		for i := range weights {
			weights[i] = r.ExpFloat64()
			sum += weights[i]
		}
		for i := range weights {
			scores := make([]int64, 10)
			for o := range scores {
				v := r.Float64()
				if opposed {
					at := float64(o) / 9
					if p%2 == 1 {
						at = 1 - at
					}
					v = (v + 4*at) / 5
				}
				scores[o] = int64(v * 10_000 * weights[i] / sum)
			}
			row.Scores = append(row.Scores, scores)
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

// conditioned adds two red lines and two adjustments a party, and three
// requirements, each over two neighbouring issues.
func conditioned(s *outcome.Space) *outcome.Space {
	r := rand.New(rand.NewPCG(99, 1))
	at := 0
	pair := func(share float64) outcome.Table {
		i := at % (len(s.Issues) - 1)
		at++
		t, err := outcome.NewTable(s.Issues, []int{i, i + 1}, func([]int) bool { return r.Float64() < share })
		if err != nil {
			panic(err)
		}
		return t
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		for range 2 {
			party.RedLines = append(party.RedLines, outcome.Condition{ID: "red", Kind: outcome.RedLine, Forbidden: pair(0.05)})
			party.Adjustments = append(party.Adjustments, outcome.Adjustment{ID: "adj", When: pair(0.2), Add: -300})
		}
	}
	for range 3 {
		s.Requires = append(s.Requires, outcome.Condition{ID: "req", Forbidden: pair(0.05)})
	}
	return s
}

func benchmarkListing(b *testing.B, make func(issues int) *outcome.Space) {
	for issues := 3; issues <= 8; issues++ {
		s := make(issues)
		n, _ := s.Count()
		b.Run(fmt.Sprintf("outcomes=1e%d", issues), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Analyze(context.Background(), s, Options{Method: Listing}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/outcome")
		})
	}
}

func BenchmarkListingAdditive(b *testing.B) {
	for _, opposed := range []bool{false, true} {
		b.Run(fmt.Sprintf("opposed=%t", opposed), func(b *testing.B) {
			benchmarkListing(b, func(n int) *outcome.Space { return family(1, 2, n, opposed) })
		})
	}
}

func BenchmarkListingConditions(b *testing.B) {
	for _, parties := range []int{2, 3, 5} {
		b.Run(fmt.Sprintf("parties=%d", parties), func(b *testing.B) {
			benchmarkListing(b, func(n int) *outcome.Space { return conditioned(family(1, parties, n, false)) })
		})
	}
}

func BenchmarkListingConstituencies(b *testing.B) {
	benchmarkListing(b, func(n int) *outcome.Space {
		s := conditioned(family(1, 2, n, false))
		for p := range s.Parties {
			for _, c := range family(uint64(10+p), 3, n, false).Parties {
				s.Parties[p].Constituencies = append(s.Parties[p].Constituencies, c.Row)
			}
		}
		return s
	})
}

// Merging alone: the frontier of the whole space.
func BenchmarkMerging(b *testing.B) {
	for _, opposed := range []bool{false, true} {
		for _, issues := range []int{10, 20, 30, 50, 100} {
			b.Run(fmt.Sprintf("opposed=%t/issues=%d", opposed, issues), func(b *testing.B) {
				net, why := newNetwork(family(1, 2, issues, opposed), true)
				if net == nil {
					b.Fatal(why)
				}
				plan, err := newPlan(net)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				size := 0
				for b.Loop() {
					m, err := eliminate(context.Background(), plan, []int64{1, 1}, unlimited, nil)
					if err != nil {
						b.Fatal(err)
					}
					size = m.len()
				}
				b.ReportMetric(float64(size), "frontier")
			})
		}
	}
}

// The whole analysis of an additive case of two parties: frontier, solutions with
// ties, options that occur in the zone, and the zone's count where it is exact.
func BenchmarkAnalyzeAdditive(b *testing.B) {
	for _, issues := range []int{3, 6, 8, 10, 12, 50} {
		b.Run(fmt.Sprintf("issues=%d", issues), func(b *testing.B) {
			s := family(1, 2, issues, true)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Analyze(context.Background(), s, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// band draws a space of two parties whose issues of five options are linked with
// the next width issues: by an adjustment for either party and, for a tenth of the
// joint options of neighbours, by a requirement.
func band(issues, width int) *outcome.Space {
	s := family(3, 2, issues, true)
	r := rand.New(rand.NewPCG(5, uint64(width)))
	for i := range s.Issues {
		s.Issues[i].Options = 5
		for p := range s.Parties {
			s.Parties[p].Scores[i] = s.Parties[p].Scores[i][:5]
		}
	}
	link := func(i, j int, share float64) outcome.Table {
		t, err := outcome.NewTable(s.Issues, []int{i, j}, func([]int) bool { return r.Float64() < share })
		if err != nil {
			panic(err)
		}
		return t
	}
	for i := range s.Issues {
		for j := i + 1; j <= min(i+width, len(s.Issues)-1); j++ {
			for p := range s.Parties {
				s.Parties[p].Adjustments = append(s.Parties[p].Adjustments,
					outcome.Adjustment{ID: "adj", When: link(i, j, 0.5), Add: r.Int64N(100) - 50})
			}
			s.Requires = append(s.Requires, outcome.Condition{ID: "req", Forbidden: link(i, j, 0.1)})
		}
	}
	return s
}

func benchmarkElimination(b *testing.B, s *outcome.Space) {
	net, why := newNetwork(s, true)
	if net == nil {
		b.Fatal(why)
	}
	up := make([]int64, len(s.Parties))
	for p := range up {
		up[p] = 1
	}
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		plan, err := newPlan(net)
		if err != nil {
			b.Fatal(err)
		}
		e, err := eliminate(context.Background(), plan, up, unlimited, nil)
		if err != nil {
			b.Fatal(err)
		}
		size = e.len()
	}
	b.ReportMetric(float64(size), "frontier")
}

func BenchmarkElimination(b *testing.B) {
	for _, issues := range []int{30, 50} {
		for _, width := range []int{1, 2, 3, 4} {
			b.Run(fmt.Sprintf("issues=%d/width=%d", issues, width), func(b *testing.B) {
				benchmarkElimination(b, band(issues, width))
			})
		}
	}
}

func BenchmarkMergingThreeParties(b *testing.B) {
	for _, issues := range []int{10, 15, 20, 30} {
		b.Run(fmt.Sprintf("issues=%d", issues), func(b *testing.B) {
			benchmarkElimination(b, family(1, 3, issues, false))
		})
	}
}
