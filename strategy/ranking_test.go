package strategy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/bestfirst"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/protocol"
)

// What is kept is what would be ranked anew, also for people at home, and it is the same memory
// wherever all that decides it is the same.
func TestRankingsAreShared(t *testing.T) {
	for seed := range uint64(trials.Of(30, 300)) {
		rng := rand.New(rand.NewPCG(seed, 22))
		s := outcometest.Space(rng, outcometest.Shape{Parties: 2, Issues: 4})
		var all Rankings
		for _, rounds := range []int{10, 20} {
			for p := range s.Parties {
				own := *s
				own.Parties = s.Parties[p : p+1]
				self := protocol.Self{Seat: protocol.Seat(p), Parties: 2, Space: &own, Rounds: rounds}
				r, err := all.of(self)
				alone, err2 := new(Rankings).of(self)
				if (err == nil) != (err2 == nil) {
					t.Fatalf("seed %d: kept %v, alone %v", seed, err, err2)
				}
				if err != nil {
					continue
				}
				again, err := all.of(self)
				if err != nil || &again.Utility[0] != &r.Utility[0] {
					t.Fatalf("seed %d: ranked again", seed)
				}
				if !slices.Equal(r.List.Rank, alone.List.Rank) || !slices.Equal(r.Utility, alone.Utility) {
					t.Fatalf("seed %d: what is kept is not what is ranked alone", seed)
				}
				home, err := r.home()
				var want []int32
				o := make(outcome.Outcome, len(s.Issues))
				for i, rank := range r.List.Rank {
					if r.At(o, i); s.Parties[p].Ratifies(o) {
						want = append(want, rank)
					}
				}
				if err == nil && !slices.Equal(home.List.Rank, want) || err != nil && (len(want) > 0 || !strings.Contains(err.Error(), bestfirst.ErrNothing.Error())) {
					t.Fatalf("seed %d: at home %v, %v; want %v", seed, home, err, want)
				}
			}
		}
	}
}
