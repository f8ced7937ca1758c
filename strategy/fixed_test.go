package strategy

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
		if got, want := float64(power(a, b, fixed(e)))/one, math.Pow(float64(a)/float64(b), e); math.Abs(got-want) > 3e-9 {
			t.Fatalf("(%d/%d)^%v = %v, want %v", a, b, e, got, want)
		}
		x := 40 * rng.Float64()
		if got, want := float64(exponential(fixed(x)))/one, math.Exp(-x); math.Abs(got-want) > 1e-9 {
			t.Fatalf("e^-%v = %v, want %v", x, got, want)
		}
		if got, want := float64(ratio(a, b))/one, float64(a)/float64(b); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%d/%d = %v, want %v", a, b, got, want)
		}
	}
	for _, e := range []float64{0.2, 1, 2, 5} {
		if power(0, 7, fixed(e)) != 0 || power(7, 7, fixed(e)) != one {
			t.Errorf("exponent %v: the ends are not 0 and 1", e)
		}
	}
	if power(1, 2, fixed(1)) != one/2 || power(1, 4, fixed(0.5)) != one/2 {
		t.Errorf("powers of 2 are not exact")
	}
}
