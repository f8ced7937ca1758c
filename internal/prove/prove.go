// Package prove finds single outcomes of a network without links, each with a proof of how far any other can
// surpass it: multipliers turn parties' floors and goals into one weighted sum, which each issue bounds by itself
// (Lagrangian duality), and branch and bound closes what is left. Package verify checks such proofs with
// code of its own.
//
// A [Prover] answers for one network, a [bargain.panel] for several, an outcome of one of which is enough.
package prove

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Search finds single outcomes of a network without links, of any number of
// parties and issues, without its frontier: by a Lagrangian dual bound and branch
// and bound (Geoffrion 1974). Every answer is a [Proof]: exact, or within a bound.
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
type Search struct {
	Net *network.Network
	// Budget is the number of scores that may be read, 3 to 7 ns each. It is
	// shared by all that is asked of the search; every question may still open one node.
	Budget int64

	Work  int64 // scores read so far
	Nodes int64 // nodes opened so far
}

// A rule says how a proof ranks outcomes.
type rule uint8

const (
	ByObjective rule = iota // greatest weighted sum of utilities
	byProduct               // greatest product of gains
	byShares                // leximin of gains per unit
	ByFloors                // no rank: any outcome that meets the floors
)

// A Proof is an outcome that meets the floors, with what shows how good it is.
type Proof struct {
	Rule      rule
	Objective []int64 // byObjective: weight by row
	Floor     []int64 // by row: least utility that is admitted, noFloor for none
	Ranked    []int   // byProduct and byShares: the parties whose gains count
	From      []int64 // by row: what its gain is measured from
	Unit      []int64 // byShares, by row: the gain that counts as 1

	Outcome   outcome.Outcome // nil: none was found
	Utilities []int64
	// Value is what the rule makes of the outcome: its sum, its product or its shares
	// in ascending order.
	Value []*big.Rat
	// Proven is the number of leading entries of value that no outcome surpasses, given
	// the entries before.
	Proven int
	// Bound is at least the next entry of value of any outcome that attains those; nil
	// when all are proven, or when nothing is known.
	Bound *big.Rat
	// Exact says that value is proven whole, or that no outcome meets the floors.
	Exact bool

	Refuted []*Refutation
}

// Empty reports whether it is proven that no outcome is admitted.
func (p *Proof) Empty() bool { return p.Exact && p.Outcome == nil }

var ErrLinks = errors.New("issues are linked")

// Find looks for an outcome that meets every floor, or proves that there is none.
// Where neither is done within the budget, the proof is not exact and has no outcome.
func (s *Search) Find(ctx context.Context) (*Proof, error) {
	p := &Proof{Rule: ByFloors, Floor: slices.Clone(s.Net.Floor)}
	t, err := s.newTree(p.Floor, nil)
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
	p.Exact = p.Outcome != nil || t.open.Len() == 0
	if p.Empty() {
		p.Refuted = []*Refutation{t.refutation(nil, nil)}
	}
	return p, nil
}

// Best finds party p's greatest utility among the outcomes that meet every floor.
func (s *Search) Best(ctx context.Context, p int) (*Proof, error) {
	weights := make([]int64, len(s.Net.Floor))
	weights[p] = 1
	return s.Linear(ctx, weights)
}

// Least finds party p's least utility among the outcomes that meet every floor; the
// proof's value and bound are negative utilities.
func (s *Search) Least(ctx context.Context, p int) (*Proof, error) {
	weights := make([]int64, len(s.Net.Floor))
	weights[p] = -1
	return s.Linear(ctx, weights)
}

// Utilitarian finds the greatest sum of points. Value and bound are in units of the
// points' least common denominator.
func (s *Search) Utilitarian(ctx context.Context, scale []int64) (*Proof, error) {
	weights, err := s.Net.PointWeights(scale)
	if err != nil {
		return nil, err
	}
	return s.Linear(ctx, weights)
}

// Linear finds the greatest weighted sum of utilities.
func (s *Search) Linear(ctx context.Context, weights []int64) (*Proof, error) {
	p := &Proof{Rule: ByObjective, Floor: slices.Clone(s.Net.Floor), Objective: weights}
	t, err := s.newTree(p.Floor, weights)
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
	p.Refuted = []*Refutation{t.refutation(weights, bound)}
	return p, nil
}

// Nash finds the greatest product of gains over g's disagreement point. A party whose
// ideal is not above it cannot gain and is left out, as the extension of the
// rule asks; g's ideals must then be proven. Where nobody can, all outcomes rank alike. When no outcome gives all the
// others a gain, the proof is empty: which of them should gain is not looked for, since
// it takes a search for every set of them.
func (s *Search) Nash(ctx context.Context, g *pareto.Gauge) (*Proof, error) {
	p := ProductOf(s.Net, g)
	if len(p.Ranked) == 0 {
		return s.Find(ctx)
	}
	t, err := s.newTree(p.Floor, nil)
	if err != nil {
		return nil, err
	}
	for _, q := range p.Ranked {
		from := g.Disagreement[q] - t.base[q]
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
	p.Refuted = []*Refutation{t.refutation(nil, bound)}
	return p, nil
}

// ProductOf asks for the greatest product of the gains of those who can gain.
func ProductOf(n *network.Network, g *pareto.Gauge) *Proof {
	p := &Proof{Rule: byProduct, Floor: slices.Clone(n.Floor), From: n.Rows(g.Disagreement)}
	for q := range g.Scale {
		if g.Ideal[q] > g.Disagreement[q] {
			p.Ranked = append(p.Ranked, q)
			p.Floor[q] = max(p.Floor[q], g.Disagreement[q]+1)
		}
	}
	return p
}

// KalaiSmorodinsky finds the leximin of gains, each as a share of the gain to the
// party's ideal.
func (s *Search) KalaiSmorodinsky(ctx context.Context, g *pareto.Gauge) (*Proof, error) {
	return s.leximin(ctx, RelativeGains(s.Net, g))
}

// Egalitarian finds the leximin of gains in points.
func (s *Search) Egalitarian(ctx context.Context, g *pareto.Gauge) (*Proof, error) {
	return s.leximin(ctx, GainsOf(s.Net, g))
}

// RelativeGains asks for the leximin of gains as shares of the gains to the ideals.
func RelativeGains(n *network.Network, g *pareto.Gauge) *Proof {
	p := &Proof{Rule: byShares, Floor: slices.Clone(n.Floor), From: n.Rows(g.Disagreement), Unit: make([]int64, len(n.Floor))}
	for q := range g.Scale {
		if possible := g.Ideal[q] - g.Disagreement[q]; possible > 0 {
			p.Ranked = append(p.Ranked, q)
			p.Unit[q] = possible
		}
	}
	return p
}

// GainsOf asks for the leximin of gains in points.
func GainsOf(n *network.Network, g *pareto.Gauge) *Proof {
	return &Proof{Rule: byShares, Floor: slices.Clone(n.Floor), From: n.Rows(g.Disagreement), Unit: n.Rows(g.Scale), Ranked: pareto.Places(len(g.Scale))}
}

// take copies the tree's outcome.
func (p *Proof) take(t *dualTree) {
	if !t.found {
		return
	}
	p.Outcome = t.outcome()
	p.Utilities = make([]int64, len(p.Floor))
	for q := range p.Utilities {
		p.Utilities[q] = t.total[q] + t.base[q]
	}
	p.Value = p.Worth(p.Utilities)
}

// conclude sets what a tree that has grown proves about a rule with one value.
func (p *Proof) conclude(t *dualTree, bound *big.Rat) {
	p.Exact = t.open.Len() == 0
	p.Bound = bound
	if p.Outcome != nil && (p.Exact || bound != nil && bound.Cmp(p.Value[0]) <= 0) {
		p.Exact, p.Proven, p.Bound = true, 1, nil
	}
}

// Worth returns what the rule makes of utilities.
func (p *Proof) Worth(u []int64) []*big.Rat {
	switch p.Rule {
	case ByObjective:
		sum := new(big.Int)
		for q, w := range p.Objective {
			sum.Add(sum, new(big.Int).Mul(big.NewInt(w), big.NewInt(u[q])))
		}
		return []*big.Rat{new(big.Rat).SetInt(sum)}
	case byProduct:
		product := big.NewInt(1)
		for _, q := range p.Ranked {
			product.Mul(product, new(big.Int).Sub(big.NewInt(u[q]), big.NewInt(p.From[q])))
		}
		return []*big.Rat{new(big.Rat).SetInt(product)}
	case byShares:
		var shares []*big.Rat
		for _, q := range p.Ranked {
			shares = append(shares, big.NewRat(u[q]-p.From[q], p.Unit[q]))
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
func (s *Search) leximin(ctx context.Context, p *Proof) (*Proof, error) {
	if len(p.Ranked) == 0 {
		return s.Find(ctx)
	}
	var known *dualTree
	prefixes := [][]int{nil}
	for level := range p.Ranked {
		for _, prefix := range prefixes {
			if level > 0 && p.covers(p.Required(prefix, p.Value[level], true)) {
				continue
			}
			t, err := s.newTree(p.Required(prefix, nil, false), nil)
			if err != nil {
				return nil, err
			}
			for _, q := range p.Ranked {
				if !slices.Contains(prefix, q) {
					t.rank(q, p.From[q]-t.base[q], p.Unit[q])
				}
			}
			if level > 0 {
				t.surpass(p.Value[level])
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
			if p.Outcome == nil {
				p.Exact = t.open.Len() == 0
				if bound != nil {
					p.Bound = bound
				}
				p.Refuted = []*Refutation{t.refutation(nil, bound)}
				return p, nil
			}
			if t.open.Len() > 0 && bound.Cmp(p.Value[level]) > 0 && (p.Bound == nil || bound.Cmp(p.Bound) > 0) {
				p.Bound = bound
			}
			p.Refuted = append(p.Refuted, t.refutation(nil, bound))
		}
		if p.Bound != nil {
			if p.Bound.Cmp(p.Value[level]) > 0 {
				return p, nil
			}
			p.Bound = nil
		}
		p.Proven++
		if p.Proven == len(p.Ranked) {
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
	p.Exact = true
	return p, nil
}

// extend returns the prefixes of the next level, leaving out those that cannot be
// part of an outcome as good as p's.
func (s *Search) extend(ctx context.Context, p *Proof, prefixes [][]int) ([][]int, error) {
	var longer [][]int
	seen := make(map[string]bool)
	for _, prefix := range prefixes {
		for _, q := range p.Ranked {
			if slices.Contains(prefix, q) {
				continue
			}
			next := append(slices.Clone(prefix), q)
			weak := p.Required(next, p.Value[len(next)], false)
			// Prefixes that ask the same now and later are one.
			key := fmt.Sprint(weak, p.prefixSet(next))
			if seen[key] || p.covers(weak) {
				continue
			}
			seen[key] = true
			longer = append(longer, next)
			if pareto.AtLeast(p.Utilities, weak) || s.Work > s.Budget {
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
			budget := s.Budget
			s.Budget = min(budget, s.Work+budget/64)
			err = t.grow(ctx)
			s.Budget = budget
			if err != nil {
				return nil, err
			}
			if !t.found && t.open.Len() == 0 {
				p.Refuted = append(p.Refuted, t.refutation(nil, nil))
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
func (p *Proof) prefixSet(prefix []int) []int {
	set := slices.Clone(prefix)
	slices.Sort(set)
	return set
}

// Required returns the floors, by party, of the outcomes in which the parties of a
// prefix reach the proof's values in that order and the other ranked ones reach rest
// or, with more, pass it. A nil rest asks nothing of them.
func (p *Proof) Required(prefix []int, rest *big.Rat, more bool) []int64 {
	floor := slices.Clone(p.Floor)
	for k, q := range prefix {
		floor[q] = max(floor[q], reach(p.From[q], p.Unit[q], p.Value[k], false))
	}
	for _, q := range p.Ranked {
		if rest != nil && !slices.Contains(prefix, q) {
			floor[q] = max(floor[q], reach(p.From[q], p.Unit[q], rest, more))
		}
	}
	return floor
}

// covers reports whether outcomes that meet the floors are already refuted.
func (p *Proof) covers(floor []int64) bool {
	return slices.ContainsFunc(p.Refuted, func(r *Refutation) bool { return pareto.AtLeast(floor, r.Floor) })
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

// Surpass returns the first entry of value that an outcome admitted by the proof may
// surpass given those before it, and what it is at most, nil where nothing is known; open is
// false where none may.
func (p *Proof) Surpass(value []*big.Rat) (level int, bound *big.Rat, open bool) {
	if p.Exact {
		return 0, nil, false
	}
	for k, v := range value {
		most := p.Bound
		if k < p.Proven {
			most = p.Value[k]
		} else if k > p.Proven || most == nil {
			return k, nil, true
		}
		switch c := most.Cmp(v); {
		case c < 0:
			return 0, nil, false
		case c > 0:
			return k, most, true
		}
	}
	return 0, p.Bound, value == nil
}

// Gap returns how far beyond its outcome a proof leaves room, in units of the given
// size or, without one, as a share of the value; nil where nothing is proven.
func (p *Proof) Gap(unit *big.Rat) *big.Rat {
	if p.Exact {
		return new(big.Rat)
	}
	if p.Bound == nil || p.Proven >= len(p.Value) {
		return nil
	}
	room := new(big.Rat).Sub(p.Bound, p.Value[p.Proven])
	switch {
	case unit != nil:
		return room.Mul(room, unit)
	case p.Value[p.Proven].Sign() > 0:
		return room.Quo(room, p.Value[p.Proven])
	}
	return nil
}

// Accept takes an outcome that ranks above the proof's.
func (p *Proof) Accept(u []int64, o outcome.Outcome) bool {
	u = u[:len(p.Floor)]
	value := p.Worth(u)
	if p.Outcome != nil && slices.CompareFunc(value, p.Value, (*big.Rat).Cmp) <= 0 {
		return false
	}
	p.Outcome, p.Utilities, p.Value = o, u, value
	return true
}

func NewSearch(n *network.Network, budget int64) Prover { return &Search{Net: n, Budget: budget} }

// A Prover finds single outcomes of a network, each with how far others may surpass it.
type Prover interface {
	Find(ctx context.Context) (*Proof, error)
	Best(ctx context.Context, p int) (*Proof, error)
	Least(ctx context.Context, p int) (*Proof, error)
	Utilitarian(ctx context.Context, scale []int64) (*Proof, error)
	Nash(ctx context.Context, g *pareto.Gauge) (*Proof, error)
	KalaiSmorodinsky(ctx context.Context, g *pareto.Gauge) (*Proof, error)
	Egalitarian(ctx context.Context, g *pareto.Gauge) (*Proof, error)
	First(ctx context.Context, p *Proof, budget int64) (outcome.Outcome, []int64, bool, error)
	Represent(ctx context.Context, g *pareto.Gauge, target *big.Rat, points int) (*Representation, error)
}
