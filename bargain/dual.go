package bargain

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A search finds single outcomes of a network without links, of any number of
// parties and issues, without its frontier: by a Lagrangian dual bound and branch
// and bound (Geoffrion 1974). Every answer is a [proof]: exact, or within a bound.
//
// # How it bounds
//
// Let v_j be an outcome's total in row j: a party's or constituency's utility or, for a
// linear objective, the parties' weighted sum. For multipliers y ≥ 0, the greatest Σ y_j·v_j over a box
// of outcomes (some choices left for every issue) is the sum over issues of the greatest
// Σ y_j·gain_j: call it S. If every outcome that is wanted has Σ y_j·v_j ≥ T and S < T,
// the box holds none. If not, no outcome that is wanted has a choice that lies more
// than S - T below the greatest of its issue; such choices are dropped.
//
// What is wanted is an outcome better than the best one known. By rule:
//   - floors: v_j ≥ F_j for every row, so T = Σ y_j·F_j. This serves emptiness, with
//     the thresholds as floors; a linear objective, whose row must pass the value; and the
//     least share min (v_j - d_j)/r_j, which passes the fraction V only if
//     every v_j ≥ d_j + ⌊V·r_j⌋ + 1.
//   - product: Π (v_j - d_j) ≥ V + 1 over n rows. The arithmetic mean is at least the
//     geometric, so Σ y_j·(v_j - d_j) ≥ n·(Π y_j · (V + 1))^(1/n); T is
//     Σ y_j·d_j plus the least integer z with zⁿ ≥ nⁿ · Π y_j · (V + 1).
//
// Multipliers are looked for in floating point and rounded to integers. From then on
// everything is integers: a poor multiplier bounds poorly, never wrongly. The gap
// that no multiplier closes comes from no more issues than there are rows, however many
// issues there are (the Shapley–Folkman lemma; Bi and Tang 2020), and branching splits
// those.
type search struct {
	net *network
	// budget is the number of scores that may be read, 3 to 7 ns each. It is
	// shared by all that is asked of the search; every question may still open one node.
	budget int64

	work  int64 // scores read so far
	nodes int64 // nodes opened so far
}

// A rule says how a proof ranks outcomes.
type rule uint8

const (
	byObjective rule = iota // greatest weighted sum of utilities
	byProduct               // greatest product of gains
	byShares                // leximin of gains per unit
	byFloors                // no rank: any outcome that meets the floors
)

// A proof is an outcome that meets the floors, with what shows how good it is.
type proof struct {
	rule      rule
	objective []int64 // byObjective: weight by row
	floor     []int64 // by row: least utility that is admitted, noFloor for none
	ranked    []int   // byProduct and byShares: the parties whose gains count
	from      []int64 // by row: what its gain is measured from
	unit      []int64 // byShares, by row: the gain that counts as 1

	outcome   outcome.Outcome // nil: none was found
	utilities []int64
	// value is what the rule makes of the outcome: its sum, its product or its shares
	// in ascending order.
	value []*big.Rat
	// proven is the number of leading entries of value that no outcome surpasses, given
	// the entries before.
	proven int
	// bound is at least the next entry of value of any outcome that attains those; nil
	// when all are proven, or when nothing is known.
	bound *big.Rat
	// exact says that value is proven whole, or that no outcome meets the floors.
	exact bool

	refuted []*refutation
}

// empty reports whether it is proven that no outcome is admitted.
func (p *proof) empty() bool { return p.exact && p.outcome == nil }

var errLinks = errors.New("issues are linked")

// find looks for an outcome that meets every floor, or proves that there is none.
// Where neither is done within the budget, the proof is not exact and has no outcome.
func (s *search) find(ctx context.Context) (*proof, error) {
	p := &proof{rule: byFloors, floor: slices.Clone(s.net.floor)}
	t, err := s.newTree(p.floor, nil)
	if err != nil {
		return nil, err
	}
	for j := range t.rows {
		if t.floor[j] > 0 {
			t.rank(j, t.floor[j], max(t.top[j], 1))
		}
	}
	t.any = true
	if len(t.ranked) == 0 {
		t.rank(0, 0, max(t.top[0], 1))
	}
	if err := t.grow(ctx); err != nil {
		return nil, err
	}
	p.take(t)
	p.exact = p.outcome != nil || t.open.Len() == 0
	if p.empty() {
		p.refuted = []*refutation{t.refutation(nil, nil)}
	}
	return p, nil
}

// best finds party p's greatest utility among the outcomes that meet every floor.
func (s *search) best(ctx context.Context, p int) (*proof, error) {
	weights := make([]int64, len(s.net.floor))
	weights[p] = 1
	return s.linear(ctx, weights)
}

// least finds party p's least utility among the outcomes that meet every floor; the
// proof's value and bound are negative utilities.
func (s *search) least(ctx context.Context, p int) (*proof, error) {
	weights := make([]int64, len(s.net.floor))
	weights[p] = -1
	return s.linear(ctx, weights)
}

// utilitarian finds the greatest sum of points. Value and bound are in units of the
// points' least common denominator.
func (s *search) utilitarian(ctx context.Context, scale []int64) (*proof, error) {
	weights, err := s.net.pointWeights(scale)
	if err != nil {
		return nil, err
	}
	return s.linear(ctx, weights)
}

// linear finds the greatest weighted sum of utilities.
func (s *search) linear(ctx context.Context, weights []int64) (*proof, error) {
	p := &proof{rule: byObjective, floor: slices.Clone(s.net.floor), objective: weights}
	t, err := s.newTree(p.floor, weights)
	if err != nil {
		return nil, err
	}
	t.rank(t.rows-1, -t.base[t.rows-1], 1)
	if err := t.grow(ctx); err != nil {
		return nil, err
	}
	p.take(t)
	bound := t.bound()
	if bound != nil {
		// An objective is an integer.
		bound = new(big.Rat).SetInt(new(big.Int).Div(bound.Num(), bound.Denom()))
	}
	p.conclude(t, bound)
	p.refuted = []*refutation{t.refutation(weights, bound)}
	return p, nil
}

// nash finds the greatest product of gains over g's disagreement point. A party whose
// ideal is not above it cannot gain and is left out, as the extension of the
// rule asks; g's ideals must then be proven. Where nobody can, all outcomes rank alike. When no outcome gives all the
// others a gain, the proof is empty: which of them should gain is not looked for, since
// it takes a search for every set of them.
func (s *search) nash(ctx context.Context, g *gauge) (*proof, error) {
	p := productOf(s.net, g)
	if len(p.ranked) == 0 {
		return s.find(ctx)
	}
	t, err := s.newTree(p.floor, nil)
	if err != nil {
		return nil, err
	}
	for _, q := range p.ranked {
		from := g.disagreement[q] - t.base[q]
		if from < -maxWidth || from > maxWidth {
			return nil, errors.New("a disagreement value lies more than 2^52 units from the utilities")
		}
		t.rank(q, from, 1)
	}
	t.product = true
	if err := t.grow(ctx); err != nil {
		return nil, err
	}
	p.take(t)
	bound := t.bound()
	p.conclude(t, bound)
	p.refuted = []*refutation{t.refutation(nil, bound)}
	return p, nil
}

// productOf asks for the greatest product of the gains of those who can gain.
func productOf(n *network, g *gauge) *proof {
	p := &proof{rule: byProduct, floor: slices.Clone(n.floor), from: n.rows(g.disagreement)}
	for q := range g.scale {
		if g.ideal[q] > g.disagreement[q] {
			p.ranked = append(p.ranked, q)
			p.floor[q] = max(p.floor[q], g.disagreement[q]+1)
		}
	}
	return p
}

// kalaiSmorodinsky finds the leximin of gains, each as a share of the gain to the
// party's ideal.
func (s *search) kalaiSmorodinsky(ctx context.Context, g *gauge) (*proof, error) {
	return s.leximin(ctx, relativeGains(s.net, g))
}

// egalitarian finds the leximin of gains in points.
func (s *search) egalitarian(ctx context.Context, g *gauge) (*proof, error) {
	return s.leximin(ctx, gainsOf(s.net, g))
}

// relativeGains asks for the leximin of gains as shares of the gains to the ideals.
func relativeGains(n *network, g *gauge) *proof {
	p := &proof{rule: byShares, floor: slices.Clone(n.floor), from: n.rows(g.disagreement), unit: make([]int64, len(n.floor))}
	for q := range g.scale {
		if possible := g.ideal[q] - g.disagreement[q]; possible > 0 {
			p.ranked = append(p.ranked, q)
			p.unit[q] = possible
		}
	}
	return p
}

// gainsOf asks for the leximin of gains in points.
func gainsOf(n *network, g *gauge) *proof {
	return &proof{rule: byShares, floor: slices.Clone(n.floor), from: n.rows(g.disagreement), unit: n.rows(g.scale), ranked: count(len(g.scale))}
}

// take copies the tree's outcome.
func (p *proof) take(t *dualTree) {
	if !t.found {
		return
	}
	p.outcome = t.outcome()
	p.utilities = make([]int64, len(p.floor))
	for q := range p.utilities {
		p.utilities[q] = t.total[q] + t.base[q]
	}
	p.value = p.worth(p.utilities)
}

// conclude sets what a tree that has grown proves about a rule with one value.
func (p *proof) conclude(t *dualTree, bound *big.Rat) {
	p.exact = t.open.Len() == 0
	p.bound = bound
	if p.outcome != nil && (p.exact || bound != nil && bound.Cmp(p.value[0]) <= 0) {
		p.exact, p.proven, p.bound = true, 1, nil
	}
}

// worth returns what the rule makes of utilities.
func (p *proof) worth(u []int64) []*big.Rat {
	switch p.rule {
	case byObjective:
		sum := new(big.Int)
		for q, w := range p.objective {
			sum.Add(sum, new(big.Int).Mul(big.NewInt(w), big.NewInt(u[q])))
		}
		return []*big.Rat{new(big.Rat).SetInt(sum)}
	case byProduct:
		product := big.NewInt(1)
		for _, q := range p.ranked {
			product.Mul(product, new(big.Int).Sub(big.NewInt(u[q]), big.NewInt(p.from[q])))
		}
		return []*big.Rat{new(big.Rat).SetInt(product)}
	case byShares:
		var shares []*big.Rat
		for _, q := range p.ranked {
			shares = append(shares, big.NewRat(u[q]-p.from[q], p.unit[q]))
		}
		slices.SortFunc(shares, (*big.Rat).Cmp)
		return shares
	}
	return nil
}

// maxPrefixes bounds the cases that one level of a leximin is split in.
const maxPrefixes = 512

// leximin maximises the least share, then the second least among the outcomes that
// attain it, and so on; once the budget is spent, each case left is bounded by its root alone.
// An outcome surpasses the values V_1 ≤ V_2 ≤ … at level k
// exactly if some k-1 parties, in some order, reach V_1 … V_(k-1) and all
// others more than V_k. Each such prefix of parties is one search; a prefix is
// carried to the next level unless it is refuted even with V_(k+1) for the others.
func (s *search) leximin(ctx context.Context, p *proof) (*proof, error) {
	if len(p.ranked) == 0 {
		return s.find(ctx)
	}
	var known *dualTree
	prefixes := [][]int{nil}
	for level := range p.ranked {
		for _, prefix := range prefixes {
			if level > 0 && p.covers(p.required(prefix, p.value[level], true)) {
				continue
			}
			t, err := s.newTree(p.required(prefix, nil, false), nil)
			if err != nil {
				return nil, err
			}
			for _, q := range p.ranked {
				if !slices.Contains(prefix, q) {
					t.rank(q, p.from[q]-t.base[q], p.unit[q])
				}
			}
			if level > 0 {
				t.surpass(p.value[level])
				t.hint = known
			}
			if err := t.grow(ctx); err != nil {
				return nil, err
			}
			if t.found {
				p.take(t)
				known = t
			}
			bound := t.bound()
			if p.outcome == nil {
				p.exact = t.open.Len() == 0
				if bound != nil {
					p.bound = bound
				}
				p.refuted = []*refutation{t.refutation(nil, bound)}
				return p, nil
			}
			if t.open.Len() > 0 && bound.Cmp(p.value[level]) > 0 && (p.bound == nil || bound.Cmp(p.bound) > 0) {
				p.bound = bound
			}
			p.refuted = append(p.refuted, t.refutation(nil, bound))
		}
		if p.bound != nil {
			if p.bound.Cmp(p.value[level]) > 0 {
				return p, nil
			}
			p.bound = nil
		}
		p.proven++
		if p.proven == len(p.ranked) {
			break
		}
		var err error
		if prefixes, err = s.extend(ctx, p, prefixes); err != nil {
			return nil, err
		}
		if len(prefixes) > maxPrefixes {
			return p, nil
		}
	}
	p.exact = true
	return p, nil
}

// extend returns the prefixes of the next level, leaving out those that cannot be
// part of an outcome as good as p's.
func (s *search) extend(ctx context.Context, p *proof, prefixes [][]int) ([][]int, error) {
	var longer [][]int
	seen := make(map[string]bool)
	for _, prefix := range prefixes {
		for _, q := range p.ranked {
			if slices.Contains(prefix, q) {
				continue
			}
			next := append(slices.Clone(prefix), q)
			weak := p.required(next, p.value[len(next)], false)
			// Prefixes that ask the same now and later are one.
			key := fmt.Sprint(weak, p.prefixSet(next))
			if seen[key] || p.covers(weak) {
				continue
			}
			seen[key] = true
			longer = append(longer, next)
			if atLeast(p.utilities, weak) || s.work > s.budget {
				continue
			}
			t, err := s.newTree(weak, nil)
			if err != nil {
				return nil, err
			}
			for j := range t.rows {
				if t.floor[j] > 0 {
					t.rank(j, t.floor[j], max(t.top[j], 1))
				}
			}
			if len(t.ranked) == 0 {
				continue
			}
			t.any = true
			// A prefix that is not refuted soon is carried on.
			budget := s.budget
			s.budget = min(budget, s.work+budget/64)
			err = t.grow(ctx)
			s.budget = budget
			if err != nil {
				return nil, err
			}
			if !t.found && t.open.Len() == 0 {
				p.refuted = append(p.refuted, t.refutation(nil, nil))
				longer = longer[:len(longer)-1]
			}
			if len(longer) > maxPrefixes {
				return longer, nil
			}
		}
	}
	return longer, nil
}

// prefixSet returns the parties of a prefix in ascending order.
func (p *proof) prefixSet(prefix []int) []int {
	set := slices.Clone(prefix)
	slices.Sort(set)
	return set
}

// required returns the floors, by party, of the outcomes in which the parties of a
// prefix reach the proof's values in that order and the other ranked ones reach rest
// or, with more, pass it. A nil rest asks nothing of them.
func (p *proof) required(prefix []int, rest *big.Rat, more bool) []int64 {
	floor := slices.Clone(p.floor)
	for k, q := range prefix {
		floor[q] = max(floor[q], reach(p.from[q], p.unit[q], p.value[k], false))
	}
	for _, q := range p.ranked {
		if rest != nil && !slices.Contains(prefix, q) {
			floor[q] = max(floor[q], reach(p.from[q], p.unit[q], rest, more))
		}
	}
	return floor
}

// covers reports whether outcomes that meet the floors are already refuted.
func (p *proof) covers(floor []int64) bool {
	return slices.ContainsFunc(p.refuted, func(r *refutation) bool { return atLeast(floor, r.floor) })
}

// reach returns the least integer u with (u - from)/unit at least v or, with more,
// above it. It stays within ±2^62, which no utility passes.
func reach(from, unit int64, v *big.Rat, more bool) int64 {
	num := new(big.Int).Mul(v.Num(), big.NewInt(unit))
	q, rest := new(big.Int).DivMod(num, v.Denom(), new(big.Int))
	if more || rest.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	q.Add(q, big.NewInt(from))
	const most = 1 << 62
	if !q.IsInt64() || q.Int64() > most || q.Int64() < -most {
		if q.Sign() < 0 {
			return -most
		}
		return most
	}
	return q.Int64()
}
