package casefile

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// maxDigits is the largest number of digits on either side of a decimal point.
const maxDigits = 18

// A Decimal is a number read exactly: an optional sign, at most 18 digits, and
// optionally a point and at most 18 digits. The zero Decimal is 0.
type Decimal struct {
	rat *big.Rat
}

// ParseDecimal reads a decimal. It refuses exponents, infinities, digit
// separators and more than 18 digits on either side of the point.
func ParseDecimal(text string) (Decimal, error) {
	bad := func(why string) (Decimal, error) {
		return Decimal{}, fmt.Errorf("%s is not a number: %s", quoted(text), why)
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	if len(text)-len(digits) > 1 {
		return bad("it has two signs")
	}
	whole, fraction, point := strings.Cut(digits, ".")
	if !allDigits(whole) || !allDigits(fraction) || whole == "" || point && fraction == "" {
		meant := meantNumber(text)
		switch lower := strings.ToLower(strings.TrimLeft(digits, ".")); {
		case text == "":
			return bad("it is empty")
		case meant != "":
			return bad(meant)
		case lower == "nan" || lower == "inf" || lower == "infinity":
			return bad("a number must be finite")
		case allDigits(strings.NewReplacer("e", "", "+", "", "-", "", ".", "").Replace(lower)) && strings.Contains(lower, "e"):
			return bad("write it out without an exponent")
		case allDigits(strings.NewReplacer(",", "", "_", "", " ", "", ".", "").Replace(lower)):
			return bad("write digits with at most one decimal point, as in 12 or 2.5")
		}
		return bad("write it as in 12, -3 or 2.5")
	}
	if len(whole) > maxDigits || len(fraction) > maxDigits {
		return bad(fmt.Sprintf("more than %d digits before or after the point", maxDigits))
	}
	rat, ok := new(big.Rat).SetString(text)
	if !ok {
		return bad("write it as in 12, -3 or 2.5")
	}
	return Decimal{rat}, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Rat returns the number. The caller may change it.
func (d Decimal) Rat() *big.Rat {
	if d.rat == nil {
		return new(big.Rat)
	}
	return new(big.Rat).Set(d.rat)
}

// String returns the number in its shortest decimal form.
func (d Decimal) String() string { return decimalText(d.Rat()) }

// decimalText writes a number that at most 18 digits behind the point hold in its
// shortest form, and any other as a fraction.
func decimalText(r *big.Rat) string {
	n, exact := r.FloatPrec()
	if !exact || n > maxDigits {
		return r.RatString()
	}
	return r.FloatString(n)
}

// A Shape says how the values of an uncertain number are spread.
type Shape uint8

// The shapes.
const (
	Certain    Shape = iota // one value
	Uniform                 // every value from Low to High equally likely
	Triangular              // from Low up to Mode and down to High
)

// outward returns r, or, where sums of fractions have made its denominator long, a
// number below or above it that differs by less than 2^-62. Bounds need no more, and
// further sums stay short.
func outward(r *big.Rat, up bool) *big.Rat {
	if r.Denom().BitLen() <= 128 {
		return r
	}
	n := new(big.Int).Lsh(r.Num(), 62)
	n.Div(n, r.Denom()) // rounds down, whatever the sign
	if up {
		n.Add(n, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(n, new(big.Int).Lsh(big.NewInt(1), 62))
}

// A Number is a score or threshold with what is known of it. Low <= Mode <= High;
// all three are equal for a certain number, and Mode is the midpoint of a uniform
// one. They are nil in the zero Number, which stands for 0.
type Number struct {
	Shape           Shape
	Low, Mode, High *big.Rat
}

// parseExact reads a decimal, or a fraction of two whole numbers of at most 18
// digits such as 2/3.
func parseExact(text string) (*big.Rat, error) {
	over, under, ok := strings.Cut(text, "/")
	if !ok {
		d, err := ParseDecimal(text)
		return d.rat, err
	}
	over, under = strings.TrimSpace(over), strings.TrimSpace(under)
	digits := strings.TrimPrefix(strings.TrimPrefix(over, "-"), "+")
	switch {
	case !allDigits(digits) || !allDigits(under) || digits == "" || under == "" || len(over)-len(digits) > 1:
		return nil, fmt.Errorf("%s is not a number: a fraction is two whole numbers, as in 2/3", quoted(text))
	case len(digits) > maxDigits || len(under) > maxDigits:
		return nil, fmt.Errorf("%s is not a number: more than %d digits on a side of the fraction", quoted(text), maxDigits)
	case strings.Trim(under, "0") == "":
		return nil, fmt.Errorf("%s is not a number: it divides by 0", quoted(text))
	}
	rat, ok := new(big.Rat).SetString(over + "/" + strings.TrimLeft(under, "0"))
	if !ok {
		return nil, fmt.Errorf("%s is not a number: a fraction is two whole numbers, as in 2/3", quoted(text))
	}
	return rat, nil
}

// ParseNumber reads a decimal or a fraction such as 2/3, low..high (uniform) or
// low..mode..high (triangular).
func ParseNumber(text string) (Number, error) {
	parts := strings.Split(text, "..")
	if len(parts) > 3 {
		return Number{}, fmt.Errorf("%s is not a number: write low..high or low..mode..high", quoted(text))
	}
	var values [3]*big.Rat
	for i, part := range parts {
		v, err := parseExact(strings.TrimSpace(part))
		if err != nil {
			if meant := meantRange(text); meant != "" {
				return Number{}, fmt.Errorf("%s is not a number: %s", quoted(text), meant)
			}
			if len(parts) > 1 {
				return Number{}, fmt.Errorf("%s is not a number: write low..high or low..mode..high, as in 8..14", quoted(text))
			}
			return Number{}, err
		}
		values[i] = v
	}
	low, high := values[0], values[len(parts)-1]
	n := Number{Low: low, Mode: low, High: high}
	switch len(parts) {
	case 2:
		n.Shape = Uniform
		n.Mode = new(big.Rat).Add(low, high)
		n.Mode.Mul(n.Mode, big.NewRat(1, 2))
	case 3:
		n.Shape = Triangular
		n.Mode = values[1]
	}
	if low.Cmp(n.Mode) > 0 || n.Mode.Cmp(high) > 0 {
		return Number{}, fmt.Errorf("%s is out of order: write %s", quoted(text), ascending(values[:len(parts)]))
	}
	if low.Cmp(high) == 0 {
		n.Shape = Certain
	}
	return n, nil
}

// Headline returns the value that headline results use: the number itself, the
// midpoint of a uniform one, the mode of a triangular one. The caller must not
// change it.
func (n Number) Headline() *big.Rat {
	if n.Mode == nil {
		return new(big.Rat)
	}
	return n.Mode
}

// String writes the number as in a case file.
func (n Number) String() string {
	switch {
	case n.Mode == nil:
		return "0"
	case n.Shape == Uniform:
		return decimalText(n.Low) + ".." + decimalText(n.High)
	case n.Shape == Triangular:
		return decimalText(n.Low) + ".." + decimalText(n.Mode) + ".." + decimalText(n.High)
	}
	return decimalText(n.Mode)
}

// plus returns n moved by the headline of by.
func (n Number) plus(by Number) Number {
	move := func(r *big.Rat) *big.Rat {
		if r == nil {
			r = new(big.Rat)
		}
		return new(big.Rat).Add(r, by.Headline())
	}
	return Number{n.Shape, move(n.Low), move(n.Mode), move(n.High)}
}

// A Date is a day, a month or a year: YYYY-MM-DD, YYYY-MM or YYYY; empty when not stated.
type Date string

// parseDate reads a date and refuses days that do not exist.
func parseDate(text string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if len(text) == len(layout) {
			if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
				return Date(text), nil
			}
			return "", fmt.Errorf("%s is not a date in the calendar: %s", quoted(text), meantDate(text))
		}
	}
	return "", fmt.Errorf("%s is not a date: %s", quoted(text), meantDate(text))
}

// After reports whether every day of d lies after every day of e. A date that is not
// stated is after nothing, and nothing is after it.
func (d Date) After(e Date) bool {
	n := min(len(d), len(e))
	return n > 0 && d[:n] > e[:n]
}

// Refs are ids of sources, statements or actors. A bare id stands for a list of one.
type Refs []string

// issues returns the ids as those of issues.
func (r Refs) issues() []IssueID {
	ids := make([]IssueID, len(r))
	for i, id := range r {
		ids[i] = IssueID(id)
	}
	return ids
}
