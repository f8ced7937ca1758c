package outcome

import (
	"math"
	"testing"
)

// Drawn values have the mean, variance and distribution function of their shape.
func TestNumbersHaveTheirDistribution(t *testing.T) {
	for _, n := range []Number{
		{Shape: Uniform, Low: -1000, Mode: 0, High: 1000},
		{Shape: Triangular, Low: 0, Mode: 300, High: 1000},
		{Shape: Triangular, Low: 0, Mode: 0, High: 1000},
		{Shape: Triangular, Low: 0, Mode: 1000, High: 1000},
		{Shape: Triangular, Low: 7, Mode: 7, High: 7},
	} {
		a, m, b := float64(n.Low), float64(n.Mode), float64(n.High)
		mean, variance := (a+b)/2, (b-a)*(b-a)/12
		if n.Shape == Triangular {
			mean, variance = (a+m+b)/3, (a*a+m*m+b*b-a*m-a*b-m*b)/18
		}
		const draws = 40_000
		sum, squares := 0.0, 0.0
		var place [1]float64
		for k := range uint64(draws) {
			Fill(place[:], 1, 2, k)
			v := n.at01(place[0])
			if v < n.Low || v > n.High {
				t.Fatalf("%+v: %d is out of range", n, v)
			}
			sum += float64(v)
			squares += (float64(v) - mean) * (float64(v) - mean)
		}
		if math.Abs(sum/draws-mean) > 4*math.Sqrt(variance/draws) || math.Abs(squares/draws-variance) > 0.03*variance+1 {
			t.Errorf("%+v: mean %v, variance %v; want %v, %v", n, sum/draws, squares/draws, mean, variance)
		}
		before := n.Low
		for p := 0.0; p < 1; p += 1.0 / 64 {
			v := n.at01(p)
			if v < before {
				t.Errorf("%+v: values fall at place %v", n, p)
			}
			before = v
		}
	}
}

// Streams are what they were: a seed in a paper must still give its draws.
func TestFillIsFixed(t *testing.T) {
	var a [3]float64
	Fill(a[:], 1, 0, 7)
	if want := [3]float64{0.5804211282337087, 0.8023033148869713, 0.5521290364829623}; a != want {
		t.Errorf("%v, want %v", a, want)
	}
	var b, c [3]float64
	Fill(b[:], 1, 1, 7)
	Fill(c[:], 1, 0, 8)
	if a == b || a == c || b == c {
		t.Error("two streams are the same")
	}
}

// A part of a span is rounded to the nearest, without overflow.
func TestPortion(t *testing.T) {
	for _, c := range []struct {
		v    int64
		k, n uint64
		want int64
	}{{10, 1, 3, 3}, {10, 2, 3, 7}, {-10, 2, 3, -7}, {1, 1, 2, 1}, {-1, 1, 2, -1}, {MaxUtility, 1 << 19, 1 << 20, MaxUtility / 2}, {0, 1, 2, 0}} {
		if got := portion(c.v, c.k, c.n); got != c.want {
			t.Errorf("%d·%d/%d: %d, want %d", c.v, c.k, c.n, got, c.want)
		}
	}
}
