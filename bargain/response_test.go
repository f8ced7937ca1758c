package bargain

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// TestResponsesAgainstListing compares every answer with that of a search through
// all outcomes.
func TestResponsesAgainstListing(t *testing.T) {
	for seed := range uint64(400) {
		s := outcometest.Space(rand.New(rand.NewPCG(seed, 3)), outcometest.Shape{Parties: 2})
		s.Consent = outcome.Rule{}
		r, err := NewResponses(t.Context(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var zone [][2]int64
		for _, o := range outcometest.EveryOutcome(s) {
			if s.InZone(o) {
				zone = append(zone, [2]int64{s.Parties[0].Value(o), s.Parties[1].Value(o)})
			}
		}
		for p := range 2 {
			for _, z := range append(zone, [2]int64{-1 << 40, -1 << 40}, [2]int64{1 << 40, 1 << 40}) {
				least := z[1-p]
				want, any := int64(0), false
				for _, y := range zone {
					if y[1-p] >= least && (!any || y[p] > want) {
						want, any = y[p], true
					}
				}
				i, ok := r.Find(p, least)
				if ok != any {
					t.Fatalf("seed %d: party %d at least %d for the other: found %v, want %v", seed, p, least, ok, any)
				}
				if !ok {
					continue
				}
				o := r.Outcome(i)
				if got := s.Parties[p].Value(o); got != want || s.Parties[1-p].Value(o) < least || !s.InZone(o) {
					t.Fatalf("seed %d: party %d gets %d from %v, want %d with at least %d for the other", seed, p, got, o, want, least)
				}
			}
		}
	}
}

// BenchmarkResponses sums 50 issues of 10 options, which cannot be listed: own
// scores in hundredths, the other's estimated on a grid of about a thousand.
func BenchmarkResponses(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := &outcome.Space{Parties: make([]outcome.Party, 2)}
	for p := range s.Parties {
		s.Parties[p].Row = outcome.Row{ID: string(rune('a' + p)), Scale: 1}
	}
	for i := range 50 {
		s.Issues = append(s.Issues, outcome.Issue{ID: "i" + string(rune('a'+i/26)) + string(rune('a'+i%26)), Options: 10})
		for p, top := range []int64{200, 20} {
			scores := make([]int64, 10)
			for o := range scores {
				scores[o] = rng.Int64N(top + 1)
			}
			s.Parties[p].Scores = append(s.Parties[p].Scores, scores)
		}
	}
	for b.Loop() {
		r, err := NewResponses(b.Context(), s, Options{Time: time.Minute})
		if err != nil {
			b.Fatal(err)
		}
		i, _ := r.Find(1, 5000)
		r.Outcome(i)
	}
}
