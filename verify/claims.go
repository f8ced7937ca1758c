package verify

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// maxPrefixes bounds the orders of parties, and the sets of them, that one claim is split in.
const maxPrefixes = 1 << 14

// ends are what gains are measured from and to, by party, in its row's units.
type ends struct {
	from, ideal []*big.Int
	most        []*big.Int // what the ideal is proven to be at most
}

// utilities returns what an outcome of the zone is worth to each party.
func utilities(s *outcome.Space, options []int, claimed []string) ([]int64, error) {
	if err := inZone(s, options); err != nil {
		return nil, err
	}
	if len(claimed) != len(s.Parties) {
		return nil, fmt.Errorf("%d utilities for %d parties", len(claimed), len(s.Parties))
	}
	u := make([]int64, len(s.Parties))
	for p := range u {
		u[p] = s.Parties[p].Value(options)
		if fmt.Sprint(u[p]) != claimed[p] {
			return nil, fmt.Errorf("package %v is worth %d to %s, not %.40s", options, u[p], s.Parties[p].ID, claimed[p])
		}
	}
	return u, nil
}

// inZone reports why options are not a package in the zone.
func inZone(s *outcome.Space, options []int) error {
	err := fits(s, options)
	if err == nil && !s.InZone(options) {
		err = fmt.Errorf("package %v is not in the zone", options)
	}
	return err
}

// fits reports why options are not one for every issue.
func fits(s *outcome.Space, options []int) error {
	if len(options) != len(s.Issues) {
		return fmt.Errorf("a package of %d options for %d issues", len(options), len(s.Issues))
	}
	for i, o := range options {
		if o < 0 || o >= s.Issues[i].Options {
			return fmt.Errorf("option %d of issue %s, which has %d", o, s.Issues[i].ID, s.Issues[i].Options)
		}
	}
	return nil
}

// read checks that a claim's outcome is in the zone and has the claimed utilities and
// value, and returns the value.
func (c *Claim) read(s *outcome.Space, value func(u []int64) []*big.Rat) ([]*big.Rat, error) {
	u, err := utilities(s, c.Outcome, c.Utilities)
	if err != nil {
		return nil, err
	}
	v := value(u)
	if len(c.Value) != len(v) {
		return nil, fmt.Errorf("a value of %d numbers where %d are due", len(c.Value), len(v))
	}
	for i := range v {
		if v[i].RatString() != c.Value[i] {
			return nil, fmt.Errorf("number %d of the value is %s, not %.40s", i+1, v[i].RatString(), c.Value[i])
		}
	}
	switch {
	case c.Proven < 0 || c.Proven > len(v) || c.Proven == len(v) && c.Bound != "":
		return nil, fmt.Errorf("%d of %d numbers of the value proven", c.Proven, len(v))
	case c.Proven == 0 && len(v) > 0 && c.Bound == "":
		return nil, errors.New("nothing of it is proven, and nothing bounds it")
	}
	return v, nil
}

// bound returns what the first entry that is not proven is claimed to be at most, the
// last entry itself when all are proven, nil when nothing is claimed.
func (c *Claim) bound(v []*big.Rat) (*big.Rat, error) {
	if c.Proven == len(v) {
		return v[len(v)-1], nil
	}
	if c.Bound == "" {
		return nil, nil
	}
	bound, err := fraction(c.Bound)
	if err == nil && bound.Cmp(v[c.Proven]) <= 0 {
		err = fmt.Errorf("its own package has %s as number %d, which is not below the bound %.40s", decimal(v[c.Proven]), c.Proven+1, c.Bound)
	}
	return bound, err
}

// refuteAll checks every refutation of a claim by multipliers.
func (k *prover) refuteAll(ctx context.Context, c *Claim) (refuted, error) {
	if c.Ties != "" {
		return nil, errors.New("multipliers count no ties")
	}
	var all refuted
	for i := range c.Refutations {
		s, err := k.refute(ctx, &c.Refutations[i])
		if err != nil {
			return nil, fmt.Errorf("refutation %d: %w", i, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// refuted are statements that no outcome meets.
type refuted []*statement

func (k *prover) covers(all refuted, s *statement) (bool, error) {
	return slices.ContainsFunc(all, s.implies), k.spend(int64(len(all) * len(s.floor)))
}

// need fails unless a statement is refuted.
func (k *prover) need(all refuted, s *statement, what string) error {
	ok, err := k.covers(all, s)
	if err == nil && !ok {
		err = fmt.Errorf("nothing shows that no package has %s", what)
	}
	return err
}

// thresholds returns the statement that an outcome is in the zone.
func thresholds(s *outcome.Space) *statement {
	t := &statement{floor: make([]*big.Int, len(s.Parties))}
	for p := range s.Parties {
		if th := s.Parties[p].Threshold; th.Set {
			t.floor[p] = big.NewInt(th.Value)
		}
	}
	return t
}

// linear checks a claim about the greatest sum of utilities with these integer
// weights, divided by unit.
func (k *prover) linear(ctx context.Context, s *outcome.Space, c *Claim, weights []*big.Int, unit *big.Int) (value, bound *big.Rat, err error) {
	v, err := c.read(s, func(u []int64) []*big.Rat {
		sum := new(big.Int)
		for p, w := range weights {
			sum.Add(sum, times(w, big.NewInt(u[p])))
		}
		return []*big.Rat{new(big.Rat).SetFrac(sum, unit)}
	})
	if err != nil {
		return nil, nil, err
	}
	all, err := k.refuteAll(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	if bound, err = c.bound(v); err != nil {
		return nil, nil, err
	}
	better := thresholds(s)
	better.weights = weights
	better.sum = above(new(big.Rat).Mul(bound, new(big.Rat).SetInt(unit)))
	return v[0], bound, k.need(all, better, "more than "+decimal(bound))
}

// above returns the least integer above v.
func above(v *big.Rat) *big.Int {
	q := new(big.Int).Div(v.Num(), v.Denom()) // rounded down: the denominator is above 0
	return q.Add(q, big.NewInt(1))
}

// atLeast returns the least integer that is v or more.
func atLeast(v *big.Rat) *big.Int {
	if v.IsInt() {
		return new(big.Int).Set(v.Num())
	}
	return above(v)
}

// party checks what gains of party p are measured from and to.
func (k *prover) party(ctx context.Context, s *outcome.Space, p int, c *PartyClaim, e *ends) (string, error) {
	from, err := integer(c.Disagreement)
	if err != nil {
		return "", err
	}
	ideal, err := integer(c.Ideal)
	if err != nil {
		return "", err
	}
	party := &s.Parties[p]
	if c.FromZone == party.Threshold.Set || c.FromZone != (c.Least != nil) || c.Best == nil {
		return "", errors.New("the disagreement point is the no-deal value where there is one, and has a claim of its own where there is none; the ideal has one always")
	}
	points := func(v *big.Int) string { return decimal(new(big.Rat).SetFrac(v, big.NewInt(party.Scale))) }
	said := "its no-deal value " + points(from)
	one := big.NewInt(1)
	weights := make([]*big.Int, len(s.Parties))
	for q := range weights {
		weights[q] = new(big.Int)
	}
	if !c.FromZone {
		if from.Cmp(big.NewInt(party.Threshold.Value)) != 0 {
			return "", fmt.Errorf("the no-deal value is %d, not %s", party.Threshold.Value, c.Disagreement)
		}
	} else {
		weights[p] = big.NewInt(-1)
		value, bound, err := k.linear(ctx, s, c.Least, weights, one)
		if err != nil {
			return "", fmt.Errorf("least: %w", err)
		}
		if value.Num().Cmp(new(big.Int).Neg(from)) != 0 {
			return "", errors.New("the disagreement point is not that of its package")
		}
		said = points(from) + ", its least in the zone"
		if bound.Cmp(value) != 0 {
			said += fmt.Sprintf(" to within %s", points(new(big.Int).Sub(atLeast(bound), value.Num())))
		}
	}
	weights[p] = big.NewInt(1)
	value, bound, err := k.linear(ctx, s, c.Best, weights, one)
	if err != nil {
		return "", fmt.Errorf("best: %w", err)
	}
	if value.Num().Cmp(ideal) != 0 {
		return "", errors.New("the ideal is not that of its package")
	}
	e.from[p], e.ideal[p] = from, ideal
	said = fmt.Sprintf("%s: gains from %s; ideal %s, reached by package %v", party.ID, said, points(ideal), c.Best.Outcome)
	e.most[p] = new(big.Int).Div(bound.Num(), bound.Denom())
	if e.most[p].Cmp(ideal) != 0 {
		return said + fmt.Sprintf(", and no package has more than %s", points(e.most[p])), nil
	}
	return said + ", and no package has more", nil
}

// utilitarian checks a claim about the greatest sum of points.
func (k *prover) utilitarian(ctx context.Context, s *outcome.Space, c *Claim) error {
	common := big.NewInt(1)
	for p := range s.Parties {
		d := big.NewInt(s.Parties[p].Scale)
		common.Div(times(common, d), new(big.Int).GCD(nil, nil, common, d))
	}
	weights := make([]*big.Int, len(s.Parties))
	for p := range weights {
		weights[p] = new(big.Int).Div(common, big.NewInt(s.Parties[p].Scale))
	}
	_, _, err := k.linear(ctx, s, c, weights, common)
	return err
}

// nash checks a claim about the most parties that gain, then the greatest product of
// their gains in points. Only parties whose ideal may lie above what they gain from can
// gain. If k gain, nothing is better exactly if no k+1 parties gain together, and no k
// have a greater product.
func (k *prover) nash(ctx context.Context, s *outcome.Space, c *Claim, e *ends) error {
	v, err := c.read(s, func(u []int64) []*big.Rat { return nashValue(s, e, u) })
	if err != nil {
		return err
	}
	if c.Proven == 0 {
		return errors.New("a product without a proof of how many parties can gain")
	}
	all, err := k.refuteAll(ctx, c)
	if err != nil {
		return err
	}
	bound, err := c.bound(v)
	if err != nil {
		return err
	}
	var able []int
	for p := range s.Parties {
		if e.most[p].Cmp(e.from[p]) > 0 {
			able = append(able, p)
		}
	}
	gaining := int(v[0].Num().Int64())
	none := func(set []int, product *big.Int, what string) error {
		t := thresholds(s)
		t.gaining, t.product = set, product
		for _, p := range set {
			t.floor[p] = higher(new(big.Int).Add(e.from[p], big.NewInt(1)), t.floor[p])
		}
		return k.need(all, t, what)
	}
	if err := subsets(able, gaining+1, func(set []int) error {
		return none(set, new(big.Int), fmt.Sprintf("a gain for each of parties %v", set))
	}); err != nil || gaining == 0 || bound == nil {
		return err
	}
	return subsets(able, gaining, func(set []int) error {
		product := new(big.Rat).Set(bound) // above that of the package, so above 0
		for _, p := range set {
			product.Mul(product, new(big.Rat).SetInt64(s.Parties[p].Scale))
		}
		return none(set, new(big.Int).Div(product.Num(), product.Denom()), "a product of more than "+decimal(bound))
	})
}

// subsets visits the subsets of list with n members.
func subsets(list []int, n int, visit func([]int) error) error {
	if new(big.Int).Binomial(int64(len(list)), int64(n)).Cmp(big.NewInt(maxPrefixes)) > 0 {
		return &tooLarge{Why: fmt.Sprintf("more than %d sets of parties would have to be looked at", maxPrefixes)}
	}
	var extend func(set []int, from int) error
	extend = func(set []int, from int) error {
		if len(set) == n {
			return visit(slices.Clone(set))
		}
		for at := from; at <= len(list)-n+len(set); at++ {
			if err := extend(append(set, list[at]), at+1); err != nil {
				return err
			}
		}
		return nil
	}
	return extend(nil, 0)
}

// leximin checks a claim about the leximin of gains per unit of the given parties.
//
// An outcome surpasses V1 ≤ V2 ≤ … at entry l exactly if l-1 parties in some order
// reach V1 … V(l-1) and all others more than Vl. Every such order of parties, a
// prefix, has to be refuted; the longer ones that begin with it need not be
// when it is refuted even with the others at Vl.
func (k *prover) leximin(ctx context.Context, s *outcome.Space, c *Claim, e *ends, ranked []int, unit []*big.Int) error {
	v, err := c.read(s, func(u []int64) []*big.Rat { return shares(e, ranked, unit, u) })
	if err != nil {
		return err
	}
	all, err := k.refuteAll(ctx, c)
	if err != nil || len(v) == 0 {
		return err
	}
	bound, err := c.bound(v)
	if err != nil {
		return err
	}
	// reach returns the least integer utility that gives party q the share v.
	reach := func(q int, v *big.Rat, round func(*big.Rat) *big.Int) *big.Int {
		least := round(new(big.Rat).Mul(v, new(big.Rat).SetInt(unit[q])))
		return least.Add(least, e.from[q])
	}
	required := func(prefix []int, rest *big.Rat, round func(*big.Rat) *big.Int) *statement {
		t := thresholds(s)
		for _, q := range ranked {
			var need *big.Int
			if at := slices.Index(prefix, q); at >= 0 {
				need = reach(q, v[at], atLeast)
			} else if rest != nil {
				need = reach(q, rest, round)
			} else {
				continue
			}
			t.floor[q] = higher(need, t.floor[q])
		}
		return t
	}
	prefixes := [][]int{nil}
	for level := range v {
		rest := v[level]
		if level == c.Proven {
			rest = bound
		}
		if level > c.Proven || rest == nil {
			return nil
		}
		seen := make(map[string]bool)
		var longer [][]int
		for _, prefix := range prefixes {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			if level > 0 {
				done, err := k.covers(all, required(prefix, v[level], atLeast))
				if err != nil {
					return err
				}
				if done {
					continue
				}
			}
			if err := k.need(all, required(prefix, rest, above), fmt.Sprintf("more than %s as number %d", decimal(rest), level+1)); err != nil {
				return err
			}
			for _, q := range ranked {
				if slices.Contains(prefix, q) {
					continue
				}
				next := append(slices.Clone(prefix), q)
				set := slices.Sorted(slices.Values(next))
				key := fmt.Sprint(set, required(next, nil, nil).floor)
				if !seen[key] { // orders that ask the same of the same parties are one
					seen[key] = true
					longer = append(longer, next)
				}
			}
			if len(longer) > maxPrefixes {
				return &tooLarge{Why: fmt.Sprintf("more than %d orders of parties would have to be looked at", maxPrefixes)}
			}
		}
		prefixes = longer
	}
	return nil
}

// nashValue returns how many parties gain, and the product of their gains in points.
func nashValue(s *outcome.Space, e *ends, u []int64) []*big.Rat {
	count, product := new(big.Rat), big.NewRat(1, 1)
	for p := range u {
		gain := new(big.Int).Sub(big.NewInt(u[p]), e.from[p])
		if gain.Sign() > 0 {
			count.Add(count, big.NewRat(1, 1))
			product.Mul(product, new(big.Rat).SetFrac(gain, big.NewInt(s.Parties[p].Scale)))
		}
	}
	return []*big.Rat{count, product}
}

// shares returns the gains per unit of the given parties, ascending.
func shares(e *ends, ranked []int, unit []*big.Int, u []int64) []*big.Rat {
	var out []*big.Rat
	for _, p := range ranked {
		out = append(out, new(big.Rat).SetFrac(new(big.Int).Sub(big.NewInt(u[p]), e.from[p]), unit[p]))
	}
	slices.SortFunc(out, (*big.Rat).Cmp)
	return out
}

// byScale ranks every party by points.
func byScale(s *outcome.Space) (ranked []int, unit []*big.Int) {
	for p := range s.Parties {
		ranked, unit = append(ranked, p), append(unit, big.NewInt(s.Parties[p].Scale))
	}
	return ranked, unit
}

// byIdeal ranks the parties whose ideal is a gain, by its share.
func byIdeal(e *ends) (ranked []int, unit []*big.Int) {
	for p, ideal := range e.ideal {
		unit = append(unit, new(big.Int).Sub(ideal, e.from[p]))
		if unit[p].Sign() > 0 {
			ranked = append(ranked, p)
		}
	}
	return ranked, unit
}

// decimal writes a fraction with at most six decimals, and marks it where it has more.
func decimal(v *big.Rat) string {
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

// atMost writes a bound with at most six decimals, rounded up.
func atMost(v *big.Rat) string {
	million := big.NewRat(1_000_000, 1)
	up := new(big.Rat).SetInt(atLeast(new(big.Rat).Mul(v, million)))
	return decimal(up.Quo(up, million))
}
