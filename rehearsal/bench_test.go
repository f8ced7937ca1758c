package rehearsal_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy"
)

// rivals is a space of two parties with random scores, independent of each other or,
// opposed, almost each other's contrary.
func rivals(opposed bool, options ...int) *outcome.Space {
	r := rand.New(rand.NewPCG(1, uint64(len(options))))
	s := &outcome.Space{}
	for i, n := range options {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprintf("i%d", i+1), Options: n})
	}
	for p := range 2 {
		row := outcome.Row{ID: string(rune('a' + p)), Scale: 1}
		for _, n := range options {
			scores := make([]int64, n)
			weight := 100 + r.Int64N(900)
			for k := range scores {
				scores[k] = r.Int64N(1000)
				if opposed {
					at := int64(k)
					if p == 1 {
						at = int64(n - 1 - k)
					}
					scores[k] = weight*at/int64(n-1) + r.Int64N(20)
				}
			}
			row.Scores = append(row.Scores, scores)
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

var sizes = []struct {
	name    string
	options []int
}{
	{"1e3", []int{10, 10, 10}},
	{"5e4", []int{10, 10, 10, 10, 5}},
	{"1e50", []int{10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}},
}

// BenchmarkSession plays Boulware against conceder, with the exponents 1/4 and 4 that NegMAS
// gives them, set up before.
func BenchmarkSession(b *testing.B) {
	for _, size := range sizes {
		for k, rounds := range []int{100, 1000, 100, 1000} {
			opposed := k > 1
			b.Run(fmt.Sprintf("outcomes=%s/opposed=%v/rounds=%d", size.name, opposed, rounds), func(b *testing.B) {
				m, makers := table(b, rivals(opposed, size.options...), rounds, "boulware:e=0.25", "conceder:e=4")
				seats := make([]protocol.Negotiator, 2)
				moves := 0
				count := func(protocol.Seat, *protocol.Move, []protocol.Effect) { moves++ }
				session := func(seed uint64, watch func(protocol.Seat, *protocol.Move, []protocol.Effect)) {
					for seat, maker := range makers {
						seats[seat] = maker(m.Self(protocol.Seat(seat), seed).Seed)
					}
					if _, err := protocol.Play(m, seats, seed, watch); err != nil {
						b.Fatal(err)
					}
				}
				session(1, count)
				b.ReportAllocs()
				for seed := uint64(0); b.Loop(); seed++ {
					session(seed, nil)
				}
				b.ReportMetric(float64(moves), "moves/session")
			})
		}
	}
}

// BenchmarkSetUp makes the machine and prepares both strategies.
func BenchmarkSetUp(b *testing.B) {
	for _, size := range sizes {
		b.Run("outcomes="+size.name, func(b *testing.B) {
			space := rivals(false, size.options...)
			b.ReportAllocs()
			for b.Loop() {
				table(b, space, 100, "boulware:e=0.25", "conceder:e=4")
			}
		})
	}
}

func table(tb testing.TB, space *outcome.Space, rounds int, specs ...string) (*protocol.Machine, []strategy.Maker) {
	tb.Helper()
	m, err := protocol.New(&protocol.Setting{Space: space, Rounds: rounds}, protocol.AlternatingOffers{})
	if err != nil {
		tb.Fatal(err)
	}
	var makers []strategy.Maker
	for seat, spec := range specs {
		maker, err := strategy.Prepare(spec, m.Self(protocol.Seat(seat), 0))
		if err != nil {
			tb.Fatal(err)
		}
		makers = append(makers, maker)
	}
	return m, makers
}
