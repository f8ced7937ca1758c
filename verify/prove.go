package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/additive"
	"github.com/goodoffices/goodoffices/verify/internal/exact"
)

const (
	// maxPrefixes bounds the orders of parties, and the sets of them, that one claim is split in.
	maxPrefixes = 1 << 14
	// maxBits bounds a multiplier or weight.
	maxBits = 64
)

// A prover checks claims by refutations.
type prover struct {
	*additive.Prover
	space *outcome.Space
	ends  *ends
}

// newProver fails where consent is not unanimous or where issues are linked.
func newProver(s *outcome.Space) (*prover, error) {
	t, err := additive.Fold(s)
	if err != nil {
		return nil, err
	}
	e := newEnds(len(s.Parties))
	return &prover{&additive.Prover{Space: t, From: e.from}, s, e}, nil
}

// read reads the numbers of a refutation.
func (r *Refutation) read(parties int) (*additive.Refutation, error) {
	switch {
	case len(r.Floors) != parties:
		return nil, fmt.Errorf("%d floors for %d parties", len(r.Floors), parties)
	case r.Sum != "" && r.Objective == nil:
		return nil, errors.New("the floor of a sum without weights")
	case r.Product == "" && (len(r.Gaining) > 0 || len(r.Roots) > 0):
		return nil, errors.New("roots or gaining parties without a product")
	case r.Product != "" && len(r.Roots) != len(r.Vectors):
		return nil, errors.New("a product without a root for each of its multipliers")
	}
	var err error
	number := func(s string) (v *big.Int) {
		if s != "" && err == nil {
			v, err = exact.Integer(s)
		}
		return v
	}
	row := func(list []string, length int) (v []*big.Int) {
		if err == nil {
			v, err = integers(list, length, maxBits)
		}
		return v
	}
	out := &additive.Refutation{}
	for _, f := range r.Floors {
		out.Floor = append(out.Floor, number(f))
	}
	rows := parties
	if r.Objective != nil {
		out.Weights = row(r.Objective, parties)
		rows++
	}
	out.Sum, out.Product, out.Gaining = number(r.Sum), number(r.Product), r.Gaining
	for _, y := range r.Vectors {
		out.Vectors = append(out.Vectors, row(y, rows))
	}
	for _, z := range r.Roots {
		root, of := exact.Integer(z)
		out.Roots, err = append(out.Roots, root), cmp.Or(err, of)
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, additive.Step(s))
	}
	return out, err
}

// integers reads a list of the given length, of numbers of a few bits.
func integers(list []string, length, bits int) ([]*big.Int, error) {
	if len(list) != length {
		return nil, fmt.Errorf("%d numbers where %d are due", len(list), length)
	}
	out := make([]*big.Int, length)
	for i, s := range list {
		v, err := exact.Integer(s)
		if err != nil {
			return nil, err
		}
		if v.BitLen() > bits {
			return nil, &tooLarge{Why: fmt.Sprintf("%.40s has more than %d bits", s, bits)}
		}
		out[i] = v
	}
	return out, nil
}

// refuted are statements that no outcome meets.
type refuted []*additive.Statement

// refute checks refutations, and returns what they refute.
func (k *prover) refute(ctx context.Context, list []Refutation) (refuted, error) {
	var all refuted
	for i := range list {
		r, err := list[i].read(len(k.space.Parties))
		if err == nil {
			err = k.Refute(ctx, r)
		}
		if err != nil {
			return nil, fmt.Errorf("refutation %d: %w", i, err)
		}
		all = append(all, &r.Statement)
	}
	return all, nil
}

func (k *prover) covers(all refuted, s *additive.Statement) (bool, error) {
	return slices.ContainsFunc(all, s.Implies), k.Spend(int64(len(all) * len(s.Floor)))
}

// need fails unless a statement is refuted.
func (k *prover) need(all refuted, s *additive.Statement, what string) error {
	ok, err := k.covers(all, s)
	if err == nil && !ok {
		err = fmt.Errorf("nothing shows that no package has %s", what)
	}
	return err
}

// zone returns the statement that an outcome is in the zone.
func (k *prover) zone() *additive.Statement {
	t := &additive.Statement{Floor: make([]*big.Int, len(k.space.Parties))}
	for p := range k.space.Parties {
		if th := k.space.Parties[p].Threshold; th.Set {
			t.Floor[p] = big.NewInt(th.Value)
		}
	}
	return t
}

// empty checks that a refutation shows that the zone is empty.
func (k *prover) empty(ctx context.Context, r *Refutation) error {
	all, err := k.refute(ctx, []Refutation{*r})
	if err != nil {
		return err
	}
	return k.need(all, k.zone(), "every no-deal value")
}

// claimed reads a claim and checks its refutations. It returns the value, what bounds the first entry that is
// not proven, and what is refuted.
func (k *prover) claimed(ctx context.Context, c *Claim, of func(u []int64) []*big.Rat) (v []*big.Rat, bound *big.Rat, all refuted, err error) {
	if _, v, err = c.read(k.space, of); err != nil {
		return nil, nil, nil, err
	}
	if c.Ties != "" {
		return nil, nil, nil, errors.New("multipliers count no ties")
	}
	if all, err = k.refute(ctx, c.Refutations); err != nil {
		return nil, nil, nil, err
	}
	bound, err = c.bound(v)
	return v, bound, all, err
}

// linear checks a claim about the greatest sum of utilities with these integer
// weights, divided by unit.
func (k *prover) linear(ctx context.Context, c *Claim, weights []*big.Int, unit *big.Int) (value, bound *big.Rat, err error) {
	v, bound, all, err := k.claimed(ctx, c, func(u []int64) []*big.Rat {
		sum := new(big.Int)
		for p, w := range weights {
			sum.Add(sum, new(big.Int).Mul(w, big.NewInt(u[p])))
		}
		return []*big.Rat{new(big.Rat).SetFrac(sum, unit)}
	})
	if err != nil {
		return nil, nil, err
	}
	better := k.zone()
	better.Weights = weights
	better.Sum = exact.Above(new(big.Rat).Mul(bound, new(big.Rat).SetInt(unit)))
	return v[0], bound, k.need(all, better, "more than "+exact.Decimal(bound))
}

// party checks what gains of party p are measured from and to, and says it.
func (k *prover) party(ctx context.Context, p int, c *PartyClaim) (string, error) {
	from, err := exact.Integer(c.Disagreement)
	if err != nil {
		return "", err
	}
	ideal, err := exact.Integer(c.Ideal)
	if err != nil {
		return "", err
	}
	party := &k.space.Parties[p]
	if c.FromZone == party.Threshold.Set || c.FromZone != (c.Least != nil) || c.Best == nil {
		return "", errors.New("the disagreement point is the no-deal value where there is one, and has a claim of its own where there is none; the ideal has one always")
	}
	points := func(v *big.Int) string { return exact.Decimal(new(big.Rat).SetFrac(v, big.NewInt(party.Units()))) }
	said := "its no-deal value " + points(from)
	if c.FromZone {
		least := new(big.Int).Neg(from)
		bound, err := k.greatest(ctx, p, -1, c.Least, least)
		if err != nil {
			return "", fmt.Errorf("least: %w", err)
		}
		said = points(from) + ", its least in the zone"
		if within := exact.AtLeast(bound); within.Cmp(least) != 0 {
			said += " to within " + points(within.Sub(within, least))
		}
	} else if from.Cmp(big.NewInt(party.Threshold.Value)) != 0 {
		return "", fmt.Errorf("the no-deal value is %d, not %s", party.Threshold.Value, c.Disagreement)
	}
	bound, err := k.greatest(ctx, p, 1, c.Best, ideal)
	if err != nil {
		return "", fmt.Errorf("best: %w", err)
	}
	most := new(big.Int).Div(bound.Num(), bound.Denom())
	k.ends.from[p], k.ends.ideal[p], k.ends.most[p] = from, ideal, most
	said = fmt.Sprintf("%s: gains from %s; ideal %s, reached by package %v, and no package has more", party.ID, said, points(ideal), c.Best.Outcome)
	if most.Cmp(ideal) != 0 {
		said += " than " + points(most)
	}
	return said, nil
}

// greatest checks a claim about the greatest utility of party p, or of the least with the sign -1, and returns its bound.
func (k *prover) greatest(ctx context.Context, p int, sign int64, c *Claim, claimed *big.Int) (*big.Rat, error) {
	weights := make([]*big.Int, len(k.space.Parties))
	for q := range weights {
		weights[q] = new(big.Int)
	}
	weights[p].SetInt64(sign)
	value, bound, err := k.linear(ctx, c, weights, big.NewInt(1))
	if err == nil && value.Num().Cmp(claimed) != 0 {
		err = errors.New("it is not that of its package")
	}
	return bound, err
}

// common returns the least number of which all parties' scales are divisors, and by party how often.
func common(s *outcome.Space) (scale *big.Int, times []*big.Int) {
	scale = big.NewInt(1)
	for p := range s.Parties {
		d := big.NewInt(s.Parties[p].Units())
		scale.Div(new(big.Int).Mul(scale, d), new(big.Int).GCD(nil, nil, scale, d))
	}
	for p := range s.Parties {
		times = append(times, new(big.Int).Div(scale, big.NewInt(s.Parties[p].Units())))
	}
	return scale, times
}

// utilitarian checks a claim about the greatest sum of points.
func (k *prover) utilitarian(ctx context.Context, c *Claim) error {
	scale, weights := common(k.space)
	_, _, err := k.linear(ctx, c, weights, scale)
	return err
}

// nash checks a claim about the most parties that gain, then the greatest product of
// their gains in points. Only parties whose ideal may lie above what they gain from can
// gain. If k gain, nothing is better exactly if no k+1 parties gain together, and no k
// have a greater product.
func (k *prover) nash(ctx context.Context, r *rule) error {
	s, c, e := k.space, r.claim, k.ends
	v, bound, all, err := k.claimed(ctx, c, r.value)
	if err != nil {
		return err
	}
	if c.Proven == 0 {
		return errors.New("a product without a proof of how many parties can gain")
	}
	var able []int
	for p := range s.Parties {
		if e.most[p].Cmp(e.from[p]) > 0 {
			able = append(able, p)
		}
	}
	gaining := int(v[0].Num().Int64())
	none := func(set []int, product *big.Int, what string) error {
		t := k.zone()
		t.Gaining, t.Product = set, product
		for _, p := range set {
			t.Floor[p] = exact.Higher(new(big.Int).Add(e.from[p], big.NewInt(1)), t.Floor[p])
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
			product.Mul(product, new(big.Rat).SetInt64(s.Parties[p].Units()))
		}
		return none(set, new(big.Int).Div(product.Num(), product.Denom()), "a product of more than "+exact.Decimal(bound))
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

// A leximin is the check of a claim that no outcome surpasses V1 ≤ V2 ≤ …, the ascending shares of some parties.
//
// An outcome surpasses them at entry l exactly if l-1 parties in some order
// reach V1 … V(l-1) and all others more than Vl. Every such order of parties, a
// prefix, has to be refuted; the longer ones that begin with it need not be
// when it is refuted even with the others at Vl.
type leximin struct {
	*prover
	scale *scale
	v     []*big.Rat
	all   refuted
}

// leximin checks a claim about the shares of the parties that a rule ranks.
func (k *prover) leximin(ctx context.Context, r *rule) error {
	v, bound, all, err := k.claimed(ctx, r.claim, r.value)
	if err != nil {
		return err
	}
	x := &leximin{k, r.scale, v, all}
	prefixes := [][]int{nil}
	for level := range v {
		rest := v[level]
		if level == r.claim.Proven {
			rest = bound
		}
		if level > r.claim.Proven || rest == nil {
			return nil
		}
		if prefixes, err = x.level(ctx, prefixes, level, rest); err != nil {
			return err
		}
	}
	return nil
}

// level checks that no outcome surpasses rest at an entry with one of the prefixes, and returns the longer
// prefixes that are to be refuted at the next.
func (x *leximin) level(ctx context.Context, prefixes [][]int, level int, rest *big.Rat) ([][]int, error) {
	seen := make(map[string]bool)
	var longer [][]int
	for _, prefix := range prefixes {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if level > 0 {
			done, err := x.covers(x.all, x.required(prefix, x.v[level], exact.AtLeast))
			if err != nil {
				return nil, err
			}
			if done {
				continue
			}
		}
		if err := x.need(x.all, x.required(prefix, rest, exact.Above), fmt.Sprintf("more than %s as number %d", exact.Decimal(rest), level+1)); err != nil {
			return nil, err
		}
		for _, q := range x.scale.ranked {
			if slices.Contains(prefix, q) {
				continue
			}
			next := append(slices.Clone(prefix), q)
			set := slices.Sorted(slices.Values(next))
			key := fmt.Sprint(set, x.required(next, nil, nil).Floor)
			if !seen[key] { // orders that ask the same of the same parties are one
				seen[key] = true
				longer = append(longer, next)
			}
		}
		if len(longer) > maxPrefixes {
			return nil, &tooLarge{Why: fmt.Sprintf("more than %d orders of parties would have to be looked at", maxPrefixes)}
		}
	}
	return longer, nil
}

// required returns the statement that the parties of a prefix reach the shares in order, and all others rest,
// rounded, if there is one.
func (x *leximin) required(prefix []int, rest *big.Rat, round func(*big.Rat) *big.Int) *additive.Statement {
	t := x.zone()
	for _, q := range x.scale.ranked {
		share, round := rest, round
		if at := slices.Index(prefix, q); at >= 0 {
			share, round = x.v[at], exact.AtLeast
		}
		if share != nil {
			least := round(new(big.Rat).Mul(share, new(big.Rat).SetInt(x.scale.unit[q])))
			t.Floor[q] = exact.Higher(least.Add(least, x.ends.from[q]), t.Floor[q])
		}
	}
	return t
}
