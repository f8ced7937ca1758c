// Package fixed computes shares and probabilities as fixed-point numbers with 32 binary places, with
// integers alone: math.Pow, Exp and Log have assembly of their own on some machines and may
// differ there in the last place.
package fixed

import (
	"math/big"
	"math/bits"
	"sync"
)

// One is the share 1.
const One = 1 << 32

// Of returns the fixed-point number nearest to x, which is from 0 to 2^30.
func Of(x float64) uint64 { return uint64(float64(x*One) + 0.5) }

// Scaled returns the share of x, which is at least 0, rounded down.
func Scaled(x int64, share uint64) int64 {
	high, low := bits.Mul64(uint64(x), share)
	return int64(high<<32 | low>>32)
}

// Ratio returns a/b, rounded down, for a <= b.
func Ratio(a, b uint64) uint64 {
	if b == 0 {
		return 0
	}
	if a >= b {
		return One
	}
	q, _ := bits.Div64(a>>32, a<<32, b)
	return q
}

// roots holds 2^-(1/2), 2^-(1/4), … with 64 binary places.
var roots = sync.OnceValue(func() (r [40]uint64) {
	// The square root of x·2^128 is that of x with 64 places.
	square := new(big.Int).Lsh(big.NewInt(1), 127) // 1/2
	for i := range r {
		root := new(big.Int).Sqrt(square)
		r[i] = root.Uint64()
		square.Lsh(root, 64)
	}
	return r
})

// Half returns 2^-y for y with 40 binary places.
func Half(y uint64) uint64 {
	whole := y >> 40
	if whole >= 33 {
		return 0
	}
	x := ^uint64(0) // just under 1, with 64 places
	for i, root := range roots() {
		if y>>(39-i)&1 != 0 {
			x, _ = bits.Mul64(x, root)
		}
	}
	x >>= whole
	return (x>>31 + 1) >> 1
}

// Log2 returns -log2(a/b), 0 < a <= b < 2^62, with 40 binary places: bit by bit, as
// squaring a number doubles its logarithm.
func Log2(a, b uint64) uint64 {
	shift := uint(bits.LeadingZeros64(a) - bits.LeadingZeros64(b)) // a·2^shift has as many digits as b
	a <<= shift
	if a > b {
		a >>= 1
		shift--
	}
	y := uint64(shift) << 40
	if a == b {
		return y
	}
	// x = b/a is from 1 to 2, with 63 binary places.
	x, _ := bits.Div64(b>>1, b<<63, a)
	for i := 39; i >= 0; i-- {
		high, low := bits.Mul64(x, x) // from 1 to 4, with 126 places
		if high >= 1<<63 {
			y += 1 << i
			x = high
		} else {
			x = high<<1 | low>>63
		}
	}
	return y
}

// Power returns (a/b)^e for 0 <= a <= b and e with 32 binary places.
func Power(a, b, e uint64) uint64 {
	switch {
	case e == 0 || a >= b:
		return One
	case a == 0:
		return 0
	}
	high, low := bits.Mul64(Log2(a, b), e)
	if high>>32 != 0 {
		return 0
	}
	return Half(high<<32 | low>>32)
}

// Exponential returns e^-x for x with 32 binary places.
func Exponential(x uint64) uint64 {
	// log2(e) with 32 places is 6196328019.
	high, low := bits.Mul64(x, 6196328019)
	if high>>24 != 0 {
		return 0
	}
	return Half(high<<40 | low>>24)
}
