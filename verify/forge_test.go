package verify_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify"
)

// A forgery makes a certificate of the analysis of a space say what it did not.
type forgery func(r *rand.Rand, t *truth, c *verify.Certificate)

// forgeries are the ways that anybody has found so far, each drawn at random.
var forgeries = map[string]forgery{
	"another value":                        tamperOnce,
	"two other values":                     func(r *rand.Rand, t *truth, c *verify.Certificate) { tamperOnce(r, t, c); tamperOnce(r, t, c) },
	"another package, said to be best":     worsen,
	"ends that nothing proves":             moveEnds,
	"a package that somebody refuses":      swapRefused,
	"a bound that its own package reaches": lowerBound,
	"a claim without a proof":              unprove,
	"a frontier cut short":                 shorten,
	"a refutation of something else":       func(r *rand.Rand, t *truth, c *verify.Certificate) { tamperRefutation(r, c) },
}

func tamperOnce(r *rand.Rand, _ *truth, c *verify.Certificate) {
	all := places("", reflect.ValueOf(c).Elem())
	tamper(r, all[r.IntN(len(all))])
}

// solutionClaims returns the claims of the solutions that are there, by name.
func solutionClaims(c *verify.Certificate) (names []string, list []*verify.Claim) {
	v := reflect.ValueOf(&c.Solutions).Elem()
	for i, name := range []string{"nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "balanced"} {
		if claim := v.Field(i).Interface().(*verify.Claim); claim != nil {
			names, list = append(names, name), append(list, claim)
		}
	}
	return names, list
}

// put writes a package into a claim, with what it is worth and what the rule makes of it.
func put(t *truth, claim *verify.Claim, o outcome.Outcome, value []*big.Rat) {
	claim.Outcome, claim.Utilities, claim.Value = o, strings.Fields(strings.Trim(fmt.Sprint(t.utilities(o)), "[]")), []string{}
	for _, x := range value {
		claim.Value = append(claim.Value, x.RatString())
	}
	claim.Proven, claim.Bound = len(value), ""
}

// moveEnds measures gains from or to what a package is worth, proven or not, and puts another
// package first by that measure.
func moveEnds(r *rand.Rand, t *truth, c *verify.Certificate) {
	if len(t.zone) == 0 || len(c.Parties) == 0 {
		return
	}
	o := t.zone[r.IntN(len(t.zone))]
	u := t.utilities(o)
	everyone := r.IntN(2) == 0
	for p := range c.Parties {
		party := &c.Parties[p]
		if !everyone && r.IntN(2) == 0 {
			continue
		}
		unproven := func(claim *verify.Claim, v int64) {
			if claim == nil {
				return
			}
			put(t, claim, o, []*big.Rat{new(big.Rat).SetInt64(v)})
			switch r.IntN(3) {
			case 0:
				claim.Proven, claim.Refutations = 0, nil
			case 1:
				claim.Proven, claim.Bound, claim.Refutations = 0, fmt.Sprint(v+r.Int64N(9)-1), nil
			}
		}
		if party.FromZone {
			party.Disagreement = fmt.Sprint(u[p])
			unproven(party.Least, -u[p])
		}
		if r.IntN(3) > 0 {
			party.Ideal = fmt.Sprint(u[p])
			unproven(party.Best, u[p])
		}
	}
	var from, ideal []*big.Rat
	for _, p := range c.Parties {
		from, ideal = append(from, rat(p.Disagreement)), append(ideal, rat(p.Ideal))
	}
	names, list := solutionClaims(c)
	for k, claim := range list {
		if r.IntN(2) == 0 {
			x := t.zone[r.IntN(len(t.zone))]
			put(t, claim, x, t.value(names[k], t.utilities(x), from, ideal))
			if r.IntN(2) == 0 {
				claim.Refutations = nil
			}
		}
	}
}

// swapRefused puts another package with the same utilities into a claim, or into the frontier.
func swapRefused(r *rand.Rand, t *truth, c *verify.Certificate) {
	same := func(u []string) []outcome.Outcome {
		var all []outcome.Outcome
		for _, o := range t.every {
			if fmt.Sprint(t.utilities(o)) == "["+strings.Join(u, " ")+"]" {
				all = append(all, o)
			}
		}
		return all
	}
	if f := c.Frontier; f != nil && len(f.Points) > 0 && r.IntN(4) == 0 {
		point := &f.Points[r.IntN(len(f.Points))]
		if all := same(point.Utilities); len(all) > 0 {
			point.Outcome = all[r.IntN(len(all))]
		}
		return
	}
	if _, list := solutionClaims(c); len(list) > 0 {
		claim := list[r.IntN(len(list))]
		if all := same(claim.Utilities); len(all) > 0 {
			claim.Outcome = all[r.IntN(len(all))]
		}
	}
}

// lowerBound proves less of a claim and bounds the rest, often by too little.
func lowerBound(r *rand.Rand, t *truth, c *verify.Certificate) {
	_, list := solutionClaims(c)
	for p := range c.Parties {
		list = append(list, c.Parties[p].Best)
	}
	list = slices.DeleteFunc(list, func(c *verify.Claim) bool { return c == nil || len(c.Value) == 0 })
	if len(list) == 0 {
		return
	}
	claim := list[r.IntN(len(list))]
	claim.Proven = r.IntN(len(claim.Value))
	v := rat(claim.Value[claim.Proven])
	claim.Bound = v.Add(v, big.NewRat(r.Int64N(12)-8, 1+r.Int64N(2))).RatString()
}

// unprove takes proof away.
func unprove(r *rand.Rand, t *truth, c *verify.Certificate) {
	_, list := solutionClaims(c)
	for p := range c.Parties {
		list = append(list, c.Parties[p].Best, c.Parties[p].Least)
	}
	list = slices.DeleteFunc(list, func(c *verify.Claim) bool { return c == nil })
	if len(list) == 0 {
		return
	}
	claim := list[r.IntN(len(list))]
	claim.Refutations = nil
	if r.IntN(2) == 0 {
		claim.Proven, claim.Bound = r.IntN(len(claim.Value)+1), ""
	}
}

func shorten(r *rand.Rand, t *truth, c *verify.Certificate) {
	if f := c.Frontier; f != nil && len(f.Points) > 0 {
		i := r.IntN(len(f.Points))
		f.Points = slices.Delete(slices.Clone(f.Points), i, i+1)
		if r.IntN(2) == 0 {
			f.Size--
		}
	}
}

// A diagnosisForgery makes a certificate of the diagnosis of a space say what it did not.
type diagnosisForgery func(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis)

var diagnosisForgeries = map[string]diagnosisForgery{
	"another value": tamperDiagnosis,
	"two other values": func(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
		tamperDiagnosis(r, t, c)
		tamperDiagnosis(r, t, c)
	},
	"a blocking set padded":      padBlocking,
	"a set more or less":         changeSets,
	"a dearer concession":        dearer,
	"an opening set made larger": widen,
	"a blocking set cut short":   cutBlocking,
	"no hope":                    noHope,
	"another order":              turn,
	"another verdict": func(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
		c.Verdict = []string{"zone", "no_zone", "unknown"}[r.IntN(3)]
	},
}

func tamperDiagnosis(r *rand.Rand, _ *diagnosisTruth, c *verify.Diagnosis) {
	all := places("", reflect.ValueOf(c).Elem())
	tamper(r, all[r.IntN(len(all))])
}

// resort puts sets and what stands beside them in their order, and gives each member of a blocking set the
// package of the first opening set that shares no other with it.
func resort(t *diagnosisTruth, c *verify.Diagnosis) {
	at := func(ids []string) (out []int) {
		for _, id := range ids {
			out = append(out, slices.Index(c.Conditions, id))
		}
		return out
	}
	compare := func(x, y []string) int {
		if len(x) != len(y) {
			return len(x) - len(y)
		}
		return slices.Compare(at(x), at(y))
	}
	slices.SortStableFunc(c.BlockingSets, func(x, y verify.BlockingClaim) int { return compare(x.Conditions, y.Conditions) })
	for i := range c.BlockingSets {
		b := &c.BlockingSets[i]
		b.Needed = make([][]int, len(b.Conditions))
		for k, id := range b.Conditions {
			for _, o := range c.OpeningSets {
				if slices.Contains(o.Relax, id) && !slices.ContainsFunc(o.Relax, func(x string) bool { return x != id && slices.Contains(b.Conditions, x) }) {
					b.Needed[k] = o.Outcome
					break
				}
			}
		}
	}
}

// padBlocking adds a condition to a blocking set, or lists one beside a larger one, with the proof of the smaller.
func padBlocking(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
	if len(c.BlockingSets) == 0 {
		return
	}
	b := c.BlockingSets[r.IntN(len(c.BlockingSets))]
	id := c.Conditions[r.IntN(len(c.Conditions))]
	if slices.Contains(b.Conditions, id) {
		return
	}
	more := verify.BlockingClaim{Conditions: append(slices.Clone(b.Conditions), id), Excludes: b.Excludes}
	slices.SortFunc(more.Conditions, func(x, y string) int { return slices.Index(c.Conditions, x) - slices.Index(c.Conditions, y) })
	if r.IntN(2) == 0 {
		for i := range c.BlockingSets {
			if slices.Equal(c.BlockingSets[i].Conditions, b.Conditions) {
				c.BlockingSets[i] = more
			}
		}
	} else {
		c.BlockingSets = append(c.BlockingSets, more)
	}
	resort(t, c)
	if c.Method == "listing" && r.IntN(2) == 0 {
		c.Complete = false
	}
}

// cutBlocking takes a condition out of a blocking set.
func cutBlocking(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
	if len(c.BlockingSets) == 0 {
		return
	}
	b := &c.BlockingSets[r.IntN(len(c.BlockingSets))]
	k := r.IntN(len(b.Conditions))
	b.Conditions = slices.Delete(slices.Clone(b.Conditions), k, k+1)
	if r.IntN(2) == 0 {
		c.BlockingSets = []verify.BlockingClaim{*b}
	}
	if r.IntN(2) == 0 {
		c.OpeningSets = slices.DeleteFunc(slices.Clone(c.OpeningSets), func(o verify.OpeningClaim) bool { return r.IntN(2) == 0 })
	}
	c.Complete = c.Complete && r.IntN(2) == 0
	resort(t, c)
}

// noHope says that nothing may give way.
func noHope(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
	c.Hopeless = true
	c.BlockingSets, c.OpeningSets, c.Concessions = []verify.BlockingClaim{}, []verify.OpeningClaim{}, []verify.ConcessionClaim{}
	c.Complete = r.IntN(2) == 0
}

// changeSets leaves out a set, with or without saying that the rest is not all.
func changeSets(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
	c.Complete = r.IntN(2) == 0
	if n := len(c.BlockingSets); n > 0 && r.IntN(2) == 0 {
		c.BlockingSets = slices.Delete(slices.Clone(c.BlockingSets), 0, 1+r.IntN(n))
	} else if n := len(c.OpeningSets); n > 0 {
		i := r.IntN(n)
		c.OpeningSets = slices.Delete(slices.Clone(c.OpeningSets), i, i+1)
	}
	resort(t, c)
}

// turn turns the order of sets or concessions round, or leaves out a concession.
func turn(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
	switch n := len(c.Concessions); r.IntN(4) {
	case 0:
		slices.Reverse(c.BlockingSets)
	case 1:
		slices.Reverse(c.OpeningSets)
		resort(t, c)
	case 2:
		slices.Reverse(c.Concessions)
	case 3:
		if n > 0 {
			c.Concessions = slices.Delete(slices.Clone(c.Concessions), n-1, n)
		}
	}
	c.Complete = c.Complete && r.IntN(2) == 0
}

// dearer replaces concessions by those of other packages.
func dearer(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
	if len(t.all) == 0 {
		return
	}
	var points []string
	o := t.all[r.IntN(len(t.all))]
	for p := range t.s.Parties {
		party := &t.s.Parties[p]
		short := new(big.Rat)
		if u := party.Value(o); party.Threshold.Set && u < party.Threshold.Value {
			short.SetFrac64(party.Threshold.Value-u, party.Scale)
		}
		points = append(points, short.RatString())
	}
	claim := verify.ConcessionClaim{Points: points, Outcome: o}
	if len(c.Concessions) > 0 && r.IntN(2) == 0 {
		c.Concessions = slices.Clone(c.Concessions)
		c.Concessions[r.IntN(len(c.Concessions))] = claim
	} else {
		c.Concessions = append(slices.Clone(c.Concessions), claim)
	}
	if r.IntN(2) == 0 {
		c.ConcessionsComplete = false
	}
}

// widen adds a condition to an opening set, with a package that the larger set makes possible.
func widen(r *rand.Rand, t *diagnosisTruth, c *verify.Diagnosis) {
	if len(c.OpeningSets) == 0 || len(t.all) == 0 {
		return
	}
	i := r.IntN(len(c.OpeningSets))
	claim := c.OpeningSets[i]
	if id := c.Conditions[r.IntN(len(c.Conditions))]; !slices.Contains(claim.Relax, id) {
		claim.Relax = append(slices.Clone(claim.Relax), id)
		slices.SortFunc(claim.Relax, func(x, y string) int { return slices.Index(c.Conditions, x) - slices.Index(c.Conditions, y) })
	}
	if r.IntN(2) == 0 {
		claim.Outcome = t.all[r.IntN(len(t.all))]
		claim.Utilities = nil
		points := new(big.Rat)
		for p := range t.s.Parties {
			party := &t.s.Parties[p]
			u := party.Value(claim.Outcome)
			claim.Utilities = append(claim.Utilities, fmt.Sprint(u))
			if party.Threshold.Set && u < party.Threshold.Value && slices.Contains(claim.Relax, party.ID+".no_deal") {
				points.Add(points, big.NewRat(party.Threshold.Value-u, party.Scale))
			}
		}
		claim.Points = points.RatString()
	}
	claim.Least = claim.Least && r.IntN(2) == 0
	if r.IntN(2) == 0 {
		c.OpeningSets = slices.Clone(c.OpeningSets)
		c.OpeningSets[i] = claim
	} else {
		c.OpeningSets = append(slices.Clone(c.OpeningSets), claim)
	}
	slices.SortStableFunc(c.OpeningSets, func(x, y verify.OpeningClaim) int { return len(x.Relax) - len(y.Relax) })
	resort(t, c)
	c.Complete = c.Complete && r.IntN(2) == 0
}

// names returns what a first line says is proven whole, in part and not at all.
func names(proves string) (whole, part, not []string) {
	for _, text := range strings.Split(proves, "; ") {
		list := &whole
		if rest, ok := strings.CutPrefix(text, "in part: "); ok {
			list, text = &part, rest
		} else if rest, ok := strings.CutPrefix(text, "not: "); ok {
			list, text = &not, rest
		}
		*list = strings.Split(text, ", ")
	}
	return whole, part, not
}
