package strategy

import (
	"fmt"
	"testing"

	"github.com/goodoffices/goodoffices/protocol"
)

// spaces are the sizes at which sessions are timed: 1e3 and 5e4 outcomes.
var spaces = []struct {
	name            string
	issues, options int
}{{"1000", 3, 10}, {"50625", 4, 15}}

// BenchmarkSession times whole sessions through the machine, set-up apart.
func BenchmarkSession(b *testing.B) {
	for _, space := range spaces {
		s := opposed(1, 2, space.issues, space.options)
		for _, pair := range [][2]string{{"boulware", "conceder"}, {"boulware", "boulware"}, {"micro", "micro"}, {"tft-relative", "linear"}, {"random:floor=60", "linear"}, {"hardheaded", "boulware"}, {"tft-nice", "boulware"}, {"agentk", "boulware"}} {
			for _, rounds := range []int{100, 1000} {
				b.Run(fmt.Sprintf("outcomes=%s/%s-%s/rounds=%d", space.name, pair[0], pair[1], rounds), func(b *testing.B) {
					m, err := protocol.New(&protocol.Setting{Space: s, Rounds: rounds}, protocol.AlternatingOffers{})
					if err != nil {
						b.Fatal(err)
					}
					var makers [2]Maker
					for seat, spec := range pair {
						if makers[seat], err = Prepare(spec, m.Self(protocol.Seat(seat), 0)); err != nil {
							b.Fatal(err)
						}
					}
					seats := make([]protocol.Negotiator, 2)
					held := 0
					b.ReportAllocs()
					for n := uint64(0); b.Loop(); n++ {
						for seat, make := range makers {
							seats[seat] = make(m.Self(protocol.Seat(seat), n).Seed)
						}
						r, err := protocol.Play(m, seats, n, nil)
						if err != nil {
							b.Fatal(err)
						}
						held += r.Rounds
					}
					b.ReportMetric(float64(held)/float64(b.N), "rounds")
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*held), "ns/offer")
				})
			}
		}
	}
}

// BenchmarkPrepare times the set-up: the ranking of a party's outcomes.
func BenchmarkPrepare(b *testing.B) {
	for _, space := range spaces {
		s := opposed(1, 1, space.issues, space.options)
		b.Run("outcomes="+space.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Prepare("boulware", protocol.Self{Parties: 1, Space: s, Rounds: 100}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLargeSession plays 50 issues of 10 options, which cannot be listed.
func BenchmarkLargeSession(b *testing.B) {
	s := opposed(9, 2, 50, 10)
	for _, pair := range [][2]string{{"boulware", "conceder"}, {"hardheaded", "linear"}, {"tft-nice", "linear"}, {"micro", "micro"}} {
		b.Run(pair[0]+"-"+pair[1], func(b *testing.B) {
			m, err := protocol.New(&protocol.Setting{Space: s, Rounds: 100}, protocol.AlternatingOffers{})
			if err != nil {
				b.Fatal(err)
			}
			rounds := 0
			for n := uint64(0); b.Loop(); n++ {
				var seats []protocol.Negotiator
				for seat, spec := range pair {
					player, err := New(spec, m.Self(protocol.Seat(seat), n))
					if err != nil {
						b.Fatal(err)
					}
					seats = append(seats, player)
				}
				r, err := protocol.Play(m, seats, n, nil)
				if err != nil {
					b.Fatal(err)
				}
				rounds += r.Rounds
			}
			b.ReportMetric(float64(rounds)/float64(b.N), "rounds")
		})
	}
}
