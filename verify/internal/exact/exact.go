// Package exact reads, rounds and writes the numbers of certificates, for package verify.
package exact

import (
	"fmt"
	"math/big"
	"strings"
)

// maxDigits bounds the decimal digits of one number: a product of the gains of 64
// parties, each below 2^62, has fewer.
const maxDigits = 2000

// Integer reads a decimal integer in its one form.
func Integer(s string) (*big.Int, error) {
	if len(s) <= maxDigits {
		if v, ok := new(big.Int).SetString(s, 10); ok && v.String() == s {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%.40q is not an integer of at most %d digits", s, maxDigits)
}

// Fraction reads a fraction in lowest terms.
func Fraction(s string) (*big.Rat, error) {
	num, den, ok := strings.Cut(s, "/")
	if !ok {
		den = "1"
	}
	n, err := Integer(num)
	if err != nil {
		return nil, err
	}
	d, err := Integer(den)
	if err != nil {
		return nil, err
	}
	if d.Sign() > 0 {
		if v := new(big.Rat).SetFrac(n, d); v.RatString() == s {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%.40q is not a fraction in lowest terms", s)
}

// Above returns the least integer above v.
func Above(v *big.Rat) *big.Int {
	q := new(big.Int).Div(v.Num(), v.Denom()) // rounded down: the denominator is above 0
	return q.Add(q, big.NewInt(1))
}

// AtLeast returns the least integer that is v or more.
func AtLeast(v *big.Rat) *big.Int {
	if v.IsInt() {
		return new(big.Int).Set(v.Num())
	}
	return Above(v)
}

// Higher returns the larger of two numbers, of which the second may be missing.
func Higher(x, y *big.Int) *big.Int {
	if y != nil && y.Cmp(x) > 0 {
		return y
	}
	return x
}

// Decimal writes a fraction with at most six decimals, and marks it where it has more.
func Decimal(v *big.Rat) string {
	if v == nil {
		return ""
	}
	const most = 6
	places, exact := v.FloatPrec()
	text := v.FloatString(min(places, most))
	if !exact || places > most {
		text = "about " + v.FloatString(most)
	}
	return text
}

// AtMost writes a bound with at most six decimals, rounded up.
func AtMost(v *big.Rat) string {
	million := big.NewRat(1_000_000, 1)
	up := new(big.Rat).SetInt(AtLeast(new(big.Rat).Mul(v, million)))
	return Decimal(up.Quo(up, million))
}
