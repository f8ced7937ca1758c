package visit

import (
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// A scan that passes over what holds nothing of the zone meets all of the zone.
func TestInsideMeetsTheZone(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 71))
	full, passed, overruled := 0, 0, 0
	for range 400 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 5 + r.IntN(3), Boxes: r.IntN(2) == 0})
		n, _ := s.Count()
		if n > 20_000 {
			continue
		}
		sc, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		want := int64(0)
		for rank := range n {
			if s.InZone(sc.Lister.Outcome(rank)) {
				want++
			}
		}
		visits := 0
		sc.Inside, sc.Alone = true, true
		counts, err := Each(t.Context(), sc, nil, func(*Scanner) *int64 { return new(int64) }, func(w *Scanner, n *int64) error {
			if visits++; w.Admitted() && w.InZone() {
				*n += outcome.Ones(w.Words)
			}
			return nil
		})
		if err != nil || *counts[0] != want {
			t.Fatalf("%d of %d in the zone, %v", *counts[0], want, err)
		}
		if want > 0 && int64(visits) < sc.Lister.Blocks() {
			passed++
			if sc.Agreed {
				overruled++
			}
		}
		full += min(1, int(want))
	}
	t.Logf("%d zones, %d met without a visit of every block, %d of those of parties that can be overruled", full, passed, overruled)
	if full < 60 || passed < 10 || overruled < 3 {
		t.Error("too little was compared")
	}
}
