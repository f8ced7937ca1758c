package fixed

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestFixedPoint(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		b := 1 + rng.Uint64N(1<<uint(1+rng.IntN(61)))
		a := rng.Uint64N(b + 1)
		e := math.Exp(4*rng.Float64() - 2)
		if got, want := float64(Power(a, b, Of(e)))/One, math.Pow(float64(a)/float64(b), e); math.Abs(got-want) > 3e-9 {
			t.Fatalf("(%d/%d)^%v = %v, want %v", a, b, e, got, want)
		}
		x := 40 * rng.Float64()
		if got, want := float64(Exponential(Of(x)))/One, math.Exp(-x); math.Abs(got-want) > 1e-9 {
			t.Fatalf("e^-%v = %v, want %v", x, got, want)
		}
		if got, want := float64(Ratio(a, b))/One, float64(a)/float64(b); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%d/%d = %v, want %v", a, b, got, want)
		}
	}
	for _, e := range []float64{0.2, 1, 2, 5} {
		if Power(0, 7, Of(e)) != 0 || Power(7, 7, Of(e)) != One {
			t.Errorf("exponent %v: the ends are not 0 and 1", e)
		}
	}
	if Power(1, 2, Of(1)) != One/2 || Power(1, 4, Of(0.5)) != One/2 {
		t.Errorf("powers of 2 are not exact")
	}
}
