package report

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// decimals returns r with at most two digits after the point and none that say nothing.
func decimals(r *big.Rat) string {
	s := r.FloatString(2)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// points returns utility u of a row as people read it.
func points(r *outcome.Row, u int64) string { return decimals(r.Points(u)) }

// float returns the shortest decimal that reads back as the float64 nearest to
// r, without an exponent.
func float(r *big.Rat) string {
	f, _ := r.Float64()
	if f == 0 {
		return "0"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// grouped writes n with a comma between thousands.
func grouped(n *big.Int) string {
	s := n.String()
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	if len(s) > 30 { // a power of ten says more than a page of digits
		return sign + "about " + s[:1] + "." + s[1:3] + " × 10^" + strconv.Itoa(len(s)-1)
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// percent writes the share part/whole, rounded so that what is there never reads
// as nothing and what is missing never reads as everything.
func percent(part, whole *big.Int) string {
	if whole.Sign() == 0 {
		return "none"
	}
	r := new(big.Rat).SetFrac(new(big.Int).Mul(part, big.NewInt(100)), whole)
	switch {
	case r.Sign() == 0:
		return "0\u00a0%"
	case part.Cmp(whole) == 0:
		return "100\u00a0%"
	case r.Cmp(big.NewRat(1, 100)) < 0:
		return "under 0.01\u00a0%"
	case r.Cmp(big.NewRat(9999, 100)) > 0:
		return "over 99.99\u00a0%"
	case r.Cmp(big.NewRat(1, 1)) < 0 || r.Cmp(big.NewRat(99, 1)) > 0:
		return decimals(r) + "\u00a0%"
	}
	return strings.TrimSuffix(r.FloatString(1), ".0") + "\u00a0%"
}

// plural returns "1 package" or "12 packages".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// counted is plural for numbers of any size.
func counted(n *big.Int, one, many string) string {
	if n.Cmp(big.NewInt(1)) == 0 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// sentenceList joins names as a sentence does: "a", "a and b", "a, b and c".
func sentenceList(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// orList joins names as sentenceList does, with "or".
func orList(names []string) string {
	if len(names) < 2 {
		return sentenceList(names)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// possessive returns "Ana's" or "the authors'".
func possessive(name string) string {
	if strings.HasSuffix(name, "s") {
		return name + "’"
	}
	return name + "’s"
}

// capital returns s with its first letter in upper case.
func capital(s string) string {
	for i, r := range s {
		if i == 0 {
			return strings.ToUpper(string(r)) + s[len(string(r)):]
		}
	}
	return s
}

// pointsOf writes a number of points in a sentence.
func pointsOf(r *big.Rat) string {
	text := decimals(r)
	if text == "1" {
		return "1 point"
	}
	return text + " points"
}
