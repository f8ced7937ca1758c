package verify_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/certify"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify"
)

// family draws an additive space with issues of ten options and utilities of about 0 to
// 10,000 a party. Opposed parties want opposite ends of every issue, with noise.
func family(seed uint64, parties, issues int, opposed bool, threshold int64) *outcome.Space {
	r := rand.New(rand.NewPCG(seed, uint64(issues)))
	s := &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 100, Threshold: outcome.Threshold{Value: threshold, Set: true}}
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

// shared draws a space in which every option shares out about the same number of points
// among the parties: nearly every package is efficient.
func shared(seed uint64, parties, issues int, threshold int64) *outcome.Space {
	s := family(seed, parties, issues, false, threshold)
	r := rand.New(rand.NewPCG(seed, 7))
	for i := range issues {
		weight := 0.5 + r.Float64()
		for o := range 10 {
			cut, all := make([]float64, parties), 0.0
			for p := range cut {
				cut[p] = r.ExpFloat64()
				all += cut[p]
			}
			for p, v := range cut {
				s.Parties[p].Scores[i][o] = int64((0.9*v/all + 0.1*r.Float64()) * 10_000 * weight / float64(issues))
			}
		}
	}
	return s
}

// Certificates of 1e50 packages, thresholds at 30 (shared: 10) of about 100 points, five
// spaces of each kind: the largest of their bytes and steps, the longest time to make one
// the number of solutions that are only bounded and their widest gap as a share of the
// value, beside the time to decode and check one. Tight thresholds, at 62, leave few
// packages or none. Certificates of two parties hold the frontier.
func BenchmarkCheck(b *testing.B) {
	for _, parties := range []int{2, 3, 5} {
		for _, kind := range []struct {
			name string
			draw func(seed uint64) *outcome.Space
		}{
			{"independent", func(seed uint64) *outcome.Space { return family(seed, parties, 50, false, 3000) }},
			{"opposed", func(seed uint64) *outcome.Space { return family(seed, parties, 50, true, 3000) }},
			{"shared", func(seed uint64) *outcome.Space { return shared(seed, parties, 50, 1000) }},
			{"tight", func(seed uint64) *outcome.Space { return family(seed, parties, 50, true, 6200) }},
		} {
			b.Run(fmt.Sprintf("parties=%d/%s", parties, kind.name), func(b *testing.B) { benchmarkCheck(b, parties, kind.draw) })
		}
	}
}

func benchmarkCheck(b *testing.B, parties int, draw func(seed uint64) *outcome.Space) {
	var spaces []*outcome.Space
	var certificates [][]byte
	var bytesMost, stepsMost, bounded int
	var made time.Duration
	gap := 0.0
	for seed := range uint64(5) {
		s := draw(seed + 1)
		var a *bargain.Analysis
		if parties == 2 {
			var err error
			if a, err = bargain.Analyze(context.Background(), s, bargain.Options{}); err != nil {
				b.Fatal(err)
			}
		}
		start := time.Now()
		c, err := certify.Analysis(context.Background(), s, a)
		if err != nil {
			b.Fatal(err)
		}
		made = max(made, time.Since(start))
		data := written(b, c)
		d, report, err := check(s, data)
		if err != nil {
			b.Fatal(err, report)
		}
		steps := 0
		if d.Empty != nil {
			steps = len(d.Empty.Steps)
		}
		for _, claim := range claims(d) {
			if claim.Proven < len(claim.Value) {
				bounded++
				if v, w := rat(claim.Value[claim.Proven]), new(big.Rat); claim.Bound != "" && v.Sign() > 0 {
					share, _ := w.Quo(w.Sub(rat(claim.Bound), v), v).Float64()
					gap = max(gap, share)
				}
			}
			for _, r := range claim.Refutations {
				steps += len(r.Steps)
			}
		}
		bytesMost, stepsMost = max(bytesMost, len(data)), max(stepsMost, steps)
		spaces, certificates = append(spaces, s), append(certificates, data)
	}
	n := 0
	for b.Loop() {
		if _, _, err := check(spaces[n%5], certificates[n%5]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(bytesMost), "bytes")
	b.ReportMetric(float64(stepsMost), "steps")
	b.ReportMetric(made.Seconds(), "s/certify")
	b.ReportMetric(float64(bounded), "bounded")
	b.ReportMetric(gap, "gap")
}

// claims returns every claim of a certificate.
func claims(c *verify.Certificate) []*verify.Claim {
	all := []*verify.Claim{}
	for _, claim := range []*verify.Claim{c.Solutions.Nash, c.Solutions.KalaiSmorodinsky, c.Solutions.Egalitarian, c.Solutions.Utilitarian, c.Solutions.Balanced} {
		if claim != nil {
			all = append(all, claim)
		}
	}
	for i := range c.Parties {
		if c.Parties[i].Best != nil {
			all = append(all, c.Parties[i].Best)
		}
		if c.Parties[i].Least != nil {
			all = append(all, c.Parties[i].Least)
		}
	}
	return all
}

// linked adds a red line of each party over two issues, so that the space is listed.
func linked(b *testing.B, s *outcome.Space) *outcome.Space {
	for p := range s.Parties {
		table, err := outcome.NewTable(s.Issues, []int{p % (len(s.Issues) - 1), len(s.Issues) - 1}, func(o []int) bool { return (o[0]+2*o[len(o)-1]+p)%7 == 0 })
		if err != nil {
			b.Fatal(err)
		}
		s.Parties[p].RedLines = []outcome.Condition{{ID: s.Parties[p].ID + ".red_lines.0", Kind: outcome.RedLine, Forbidden: table}}
	}
	return s
}

// Certificates by listing of 1e3 to 1e6 packages: an analysis of a case with a zone, and diagnoses of one with a zone
// and one without. "of making" is the time to decode and check one as a share of the time to make it.
func BenchmarkCheckListing(b *testing.B) {
	for _, parties := range []int{2, 3, 5} {
		for issues := 3; issues <= 6; issues++ {
			zone := linked(b, family(1, parties, issues, true, 4000))
			none := linked(b, family(1, parties, issues, true, 6500))
			for _, kind := range []struct {
				name string
				s    *outcome.Space
				make func(*outcome.Space) []byte
			}{
				{"analysis", zone, func(s *outcome.Space) []byte { return certificate(b, s) }},
				{"slack", zone, func(s *outcome.Space) []byte { return diagnosed(b, s, diagnose.Options{}) }},
				{"diagnosis", none, func(s *outcome.Space) []byte { return diagnosed(b, s, diagnose.Options{}) }},
			} {
				b.Run(fmt.Sprintf("%s/parties=%d/packages=1e%d", kind.name, parties, issues), func(b *testing.B) {
					start := time.Now()
					data := kind.make(kind.s)
					made := time.Since(start)
					for b.Loop() {
						if err := checkAny(kind.s, data); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/made.Seconds(), "of-making")
				})
			}
		}
	}
}
