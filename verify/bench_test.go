package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
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

// Certificates of 1e50 packages, thresholds at 30 of about 100 points: bytes and steps of a
// certificate, seconds to make it, and the time to decode and check it.
func BenchmarkCheck(b *testing.B) {
	for _, parties := range []int{2, 3, 5} {
		for _, opposed := range []bool{false, true} {
			b.Run(fmt.Sprintf("parties=%d/opposed=%t", parties, opposed), func(b *testing.B) {
				s := family(1, parties, 50, opposed, 3000)
				a, err := bargain.Analyze(context.Background(), s, bargain.Options{})
				if err != nil {
					b.Fatal(err)
				}
				start := time.Now()
				c, err := bargain.Certify(context.Background(), s, a)
				if err != nil {
					b.Fatal(err)
				}
				made := time.Since(start).Seconds()
				data := written(b, c)
				for b.Loop() {
					_, report, err := check(s, data)
					if err != nil {
						b.Fatal(err, report)
					}
				}
				d, err := verify.Decode(bytes.NewReader(data))
				if err != nil {
					b.Fatal(err)
				}
				steps := 0
				for _, claim := range claims(d) {
					for _, r := range claim.Refutations {
						steps += len(r.Steps)
					}
				}
				b.ReportMetric(float64(len(data)), "bytes")
				b.ReportMetric(float64(steps), "steps")
				b.ReportMetric(made, "s/certify")
			})
		}
	}
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
