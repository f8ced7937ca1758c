package exact

import (
	"math/big"
	"testing"
)

// A number has one form, in which alone it is read.
func TestOneForm(t *testing.T) {
	for _, s := range []string{"0", "7", "-7", "123456789012345678901234567890"} {
		if v, err := Integer(s); err != nil || v.String() != s {
			t.Errorf("%s: %v, %v", s, v, err)
		}
	}
	for _, s := range []string{"", "+7", "07", "-0", "7 ", "7.0", "1e3", "0x7", "1_000"} {
		if v, err := Integer(s); err == nil {
			t.Errorf("%q was read as %v", s, v)
		}
		if v, err := Fraction(s); err == nil {
			t.Errorf("%q was read as %v", s, v)
		}
	}
	for _, s := range []string{"3", "-1/2", "22/7"} {
		if v, err := Fraction(s); err != nil || v.RatString() != s {
			t.Errorf("%s: %v, %v", s, v, err)
		}
	}
	for _, s := range []string{"2/4", "3/1", "1/-2", "1/0", "1/", "/2", "1/2/3"} {
		if v, err := Fraction(s); err == nil {
			t.Errorf("%q was read as %v", s, v)
		}
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		v              *big.Rat
		above, atLeast int64
		decimal, most  string
	}{
		{big.NewRat(3, 1), 4, 3, "3", "3"},
		{big.NewRat(-3, 1), -2, -3, "-3", "-3"},
		{big.NewRat(7, 2), 4, 4, "3.5", "3.5"},
		{big.NewRat(-7, 2), -3, -3, "-3.5", "-3.5"},
		{big.NewRat(1, 3), 1, 1, "about 0.333333", "0.333334"},
		{big.NewRat(-1, 3), 0, 0, "about -0.333333", "-0.333333"},
	} {
		if a, l := Above(c.v), AtLeast(c.v); a.Int64() != c.above || l.Int64() != c.atLeast {
			t.Errorf("%v: above %v, at least %v", c.v, a, l)
		}
		if d, m := Decimal(c.v), AtMost(c.v); d != c.decimal || m != c.most {
			t.Errorf("%v: %s, at most %s", c.v, d, m)
		}
	}
}
