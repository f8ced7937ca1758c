package outcome

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestNearestIsRound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	try := func(x float64) {
		if got, want := nearest(x), int64(math.Round(x)); got != want {
			t.Fatalf("%v: %d, want %d", x, got, want)
		}
	}
	for range 100_000 {
		x := math.Ldexp(r.Float64(), r.IntN(63))
		half := math.Floor(x) + 0.5
		for _, x := range []float64{x, math.Floor(x), half, math.Nextafter(half, 0), math.Nextafter(half, math.Inf(1))} {
			try(x)
		}
	}
	for _, x := range []float64{0, 0.5, math.Nextafter(0.5, 0), 1 << 52, 1<<53 + 2, 1 << 62} {
		try(x)
	}
}
