package convert

import (
	"fmt"
	"math/big"
	"slices"
)

// An additive is a party's scores as most formats want them: weights that add up to 1
// and utilities from 0 to 1, each a decimal.
type additive struct {
	weights     []*big.Rat
	utilities   [][]*big.Rat // by issue and answer
	reservation *big.Rat     // nil: none
	scaling
}

// A scaling is how utilities follow from points.
type scaling struct {
	raised  *big.Rat // what was added to all packages, in points
	divisor *big.Rat // by which points were then divided
	rounded bool     // some numbers are rounded to 18 digits
}

// notes says what became of the points.
func (sc *scaling) notes(at string) []Note {
	var notes []Note
	if sc.raised.Sign() != 0 {
		notes = append(notes, Note{at, fmt.Sprintf("%s points are added to every package and to the no-deal value, since utilities there begin at 0", shortest(sc.raised))})
	}
	if sc.divisor.Cmp(one) != 0 {
		notes = append(notes, Note{at, fmt.Sprintf("points are divided by %s, since utilities there end at 1", shortest(sc.divisor))})
	}
	if sc.rounded {
		notes = append(notes, Note{at, roundedNote})
	}
	return notes
}

const roundedNote = "utilities are rounded to 18 digits: no decimals hold them exactly"

var one = big.NewRat(1, 1)

func shortest(r *big.Rat) string {
	text, _ := numberText(r)
	return text
}

// raise lifts the scores of each issue that has some below 0 so that the least is 0, and
// returns the sum of what was added.
func raise(tables [][]*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, table := range tables {
		least := slices.MinFunc(table, (*big.Rat).Cmp)
		if least.Sign() >= 0 {
			continue
		}
		by := new(big.Rat).Neg(least)
		for k := range table {
			table[k] = new(big.Rat).Add(table[k], by)
		}
		sum.Add(sum, by)
	}
	return sum
}

// tables returns what every answer of every issue is worth to the party.
func (s *scenario) tables(p *party) [][]*big.Rat {
	tables := make([][]*big.Rat, len(s.issues))
	for i := range s.issues {
		tables[i] = p.table(&s.issues[i], i)
	}
	return tables
}

// additive puts a party's scores, but not its boxes, in that form. Weights are the
// greatest score of each issue as a share of their sum where decimals hold that; else
// they are powers of two, which decimals and floating point both hold exactly. Scores
// keep their scale if they can.
func (s *scenario) additive(p *party) *additive {
	tables := s.tables(p)
	a := &additive{scaling: scaling{raised: raise(tables)}}
	if p.reservation != nil {
		a.reservation = new(big.Rat).Add(p.reservation, a.raised)
	}
	greatest := make([]*big.Rat, len(tables))
	total := new(big.Rat)
	for i, table := range tables {
		greatest[i] = slices.MaxFunc(table, (*big.Rat).Cmp)
		total.Add(total, greatest[i])
	}
	divisor := total
	if total.Cmp(one) <= 0 {
		divisor = one
	}
	shares := make([]*big.Rat, len(greatest))
	slack := new(big.Rat).Set(one)
	for i, g := range greatest {
		shares[i] = new(big.Rat).Quo(g, divisor)
		slack.Sub(slack, shares[i])
	}
	const tries = 16 // issues that might take what is missing to 1
	for i := range shares[:min(len(shares), tries)] {
		weights := slices.Clone(shares)
		weights[i] = new(big.Rat).Add(shares[i], slack)
		if a.fit(tables, weights, divisor) {
			return a
		}
		if slack.Sign() == 0 {
			break
		}
	}
	if weights, divisor := dyadic(greatest, oddPart(tables, a.reservation)); a.fit(tables, weights, divisor) {
		return a
	}
	a.rounded = true
	most, sum := 0, new(big.Rat)
	for i, g := range greatest {
		shares[i] = rounded(shares[i])
		sum.Add(sum, shares[i])
		if g.Cmp(greatest[most]) > 0 {
			most = i
		}
	}
	shares[most].Add(shares[most], sum.Sub(one, sum))
	a.fit(tables, shares, divisor)
	return a
}

// fit fills in weights and the utilities that belong to them, and reports whether all
// are decimals and none is above 1; where a.rounded is set they are made so.
func (a *additive) fit(tables [][]*big.Rat, weights []*big.Rat, divisor *big.Rat) bool {
	a.weights, a.divisor = weights, divisor
	a.utilities = make([][]*big.Rat, len(tables))
	for i, w := range weights {
		if !a.rounded && !isDecimal(w) {
			return false
		}
		over := new(big.Rat).Mul(w, divisor)
		us := make([]*big.Rat, len(tables[i]))
		for k, score := range tables[i] {
			us[k] = new(big.Rat)
			if over.Sign() > 0 {
				us[k].Quo(score, over)
			}
			switch {
			case a.rounded:
				us[k] = rounded(us[k])
				if us[k].Cmp(one) > 0 {
					us[k] = one
				}
			case !isDecimal(us[k]) || us[k].Cmp(one) > 0 || over.Sign() == 0 && score.Sign() != 0:
				return false
			}
		}
		a.utilities[i] = us
	}
	if a.reservation == nil {
		return true
	}
	r := new(big.Rat).Quo(a.reservation, divisor)
	switch {
	case a.rounded:
		r = rounded(r)
	case !isDecimal(r):
		return false
	}
	a.reservation = r
	return true
}

// isDecimal reports whether a case file's decimals hold a number.
func isDecimal(r *big.Rat) bool {
	n, ok := r.FloatPrec()
	return ok && n <= digits
}

func rounded(r *big.Rat) *big.Rat {
	out, _ := new(big.Rat).SetString(r.FloatString(digits))
	return out
}

// oddPart returns the least number by which all scores become decimals.
func oddPart(tables [][]*big.Rat, more ...*big.Rat) *big.Int {
	const longest = 64 // bits: beyond, numbers are rounded anyway
	odd := big.NewInt(1)
	take := func(r *big.Rat) {
		if r == nil || odd.BitLen() > longest {
			return
		}
		d := new(big.Int).Set(r.Denom())
		for _, prime := range []*big.Int{big.NewInt(2), big.NewInt(5)} {
			for {
				q, rest := new(big.Int).QuoRem(d, prime, new(big.Int))
				if rest.Sign() != 0 {
					break
				}
				d = q
			}
		}
		common := new(big.Int).GCD(nil, nil, odd, d)
		odd.Mul(odd, d.Quo(d, common))
	}
	for _, table := range tables {
		for _, r := range table {
			take(r)
		}
	}
	for _, r := range more {
		take(r)
	}
	return odd
}

// dyadic returns weights that are powers of two (or 0), add up to 1 and leave room for
// the greatest scores, and the divisor that goes with them.
func dyadic(greatest []*big.Rat, odd *big.Int) (weights []*big.Rat, divisor *big.Rat) {
	half := big.NewRat(1, 2)
	divisor = new(big.Rat).SetFrac(big.NewInt(1), odd)
	for ; ; divisor.Add(divisor, divisor) {
		weights = make([]*big.Rat, len(greatest))
		sum := new(big.Rat)
		for i, g := range greatest {
			share := new(big.Rat).Quo(g, divisor)
			weights[i] = new(big.Rat)
			if share.Sign() == 0 {
				continue
			}
			w := new(big.Rat).Set(one)
			for next := new(big.Rat).Mul(w, half); next.Cmp(share) >= 0 && next.Denom().BitLen() <= digits; next.Mul(next, half) {
				w.Set(next)
			}
			if share.Cmp(one) > 0 {
				w = big.NewRat(2, 1) // too large: doubles the divisor
			}
			weights[i] = w
			sum.Add(sum, w)
		}
		if sum.Cmp(one) > 0 {
			continue
		}
		for sum.Cmp(one) < 0 { // the least weight always fits into what is missing
			least := -1
			for i, w := range weights {
				if w.Sign() > 0 && (least < 0 || w.Cmp(weights[least]) < 0) {
					least = i
				}
			}
			if least < 0 { // nothing is worth anything
				weights[0] = new(big.Rat).Set(one)
				break
			}
			sum.Add(sum, weights[least])
			weights[least].Add(weights[least], weights[least])
		}
		return weights, divisor
	}
}
