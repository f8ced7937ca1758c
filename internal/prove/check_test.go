package prove

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
)

// A checker walks a refutation. It shares only the network with the search.
type checker struct {
	r       *Refutation
	net     *network.Network
	gains   [][][]*big.Int // by issue, choice and row
	floor   []*big.Int
	steps   []proofStep
	scratch *big.Int
}

// maxDeep bounds how deep steps may nest.
const maxDeep = 100_000

func (r *Refutation) check(net *network.Network) error {
	parties := len(net.Floor)
	rows := parties
	if r.Objective != nil {
		rows++
		if len(r.Objective) != parties {
			return errors.New("the objective has not one weight per party")
		}
	}
	if len(r.Floor) != rows || r.Product != nil && (len(r.from) != rows || len(r.Roots) != len(r.Multipliers) || r.Product.Sign() < 0) {
		return errors.New("the refutation does not fit the parties")
	}
	c := &checker{r: r, net: net, steps: r.Steps, scratch: new(big.Int)}
	least := make([]*big.Int, rows)
	for j := range least {
		least[j] = new(big.Int)
	}
	var all [][]int
	for _, choices := range net.Issues {
		var gains [][]*big.Int
		for _, ch := range choices {
			row := make([]*big.Int, rows)
			for p, v := range ch.Gain {
				row[p] = big.NewInt(v)
			}
			if r.Objective != nil {
				row[parties] = new(big.Int)
				for p, v := range r.Objective {
					row[parties].Add(row[parties], new(big.Int).Mul(big.NewInt(v), row[p]))
				}
			}
			gains = append(gains, row)
		}
		if len(gains) == 0 {
			return nil // no outcome at all
		}
		for j := range least {
			least[j].Add(least[j], slices.MinFunc(gains, func(x, y []*big.Int) int { return x[j].Cmp(y[j]) })[j])
		}
		c.gains = append(c.gains, gains)
		all = append(all, pareto.Places(len(gains)))
	}
	for j, f := range r.Floor {
		v := big.NewInt(f)
		if v.Cmp(least[j]) < 0 {
			v = least[j]
		}
		c.floor = append(c.floor, v)
	}
	for _, y := range r.Multipliers {
		if len(y) != rows || slices.Min(y) < 0 {
			return errors.New("multipliers do not fit the rows, or are negative")
		}
	}
	if r.Product != nil {
		if err := c.checkRoots(); err != nil {
			return err
		}
	}
	if err := c.walk(all, false, 0); err != nil {
		return err
	}
	if len(c.steps) > 0 {
		return fmt.Errorf("%d steps too many", len(c.steps))
	}
	return nil
}

// checkRoots checks that no outcome in question has a Σ y·gain below the roots.
func (c *checker) checkRoots() error {
	for _, q := range c.r.Ranked {
		if q < 0 || q >= len(c.net.Floor) || c.floor[q].Cmp(big.NewInt(c.r.from[q])) <= 0 {
			return errors.New("a product of gains that need not be above 0")
		}
	}
	if len(c.r.Ranked) == 0 || !slices.IsSorted(c.r.Ranked) || len(slices.Compact(slices.Clone(c.r.Ranked))) != len(c.r.Ranked) {
		return errors.New("a product of no party, or of one party twice")
	}
	n := big.NewInt(int64(len(c.r.Ranked)))
	for k, y := range c.r.Multipliers {
		need := new(big.Int).Exp(n, n, nil)
		need.Mul(need, new(big.Int).Add(c.r.Product, big.NewInt(1)))
		for _, q := range c.r.Ranked {
			need.Mul(need, big.NewInt(y[q]))
		}
		if z := c.r.Roots[k]; z.Sign() < 0 || z.Sign() > 0 &&
			new(big.Int).Exp(new(big.Int).Sub(z, big.NewInt(1)), n, nil).Cmp(need) >= 0 {
			return errors.New("a root is too large")
		}
	}
	return nil
}

// walk reads the steps of one box. left is by issue the choices left; with done, the
// box is refuted already and its steps are only read over.
func (c *checker) walk(left [][]int, done bool, deep int) error {
	for {
		if len(c.steps) == 0 {
			return errors.New("steps are missing")
		}
		if deep++; deep > maxDeep {
			return errors.New("steps are nested too deep")
		}
		s := c.steps[0]
		c.steps = c.steps[1:]
		if !done && s.Multipliers >= 0 {
			if s.Multipliers >= len(c.r.Multipliers) {
				return errors.New("a step without multipliers")
			}
			left, done = c.narrow(left, s.Multipliers)
		}
		switch s.Form {
		case stepLeaf:
			if done {
				return nil
			}
			return c.try(left)
		case StepChain:
		case StepSplit:
			if s.Issue < 0 || s.Issue >= len(left) {
				return errors.New("a split of no issue")
			}
			var first, second []int
			for _, ch := range left[s.Issue] {
				if slices.Contains(s.Part, c.net.Issues[s.Issue][ch].Option) {
					first = append(first, ch)
				} else {
					second = append(second, ch)
				}
			}
			one, other := slices.Clone(left), slices.Clone(left)
			one[s.Issue], other[s.Issue] = first, second
			if err := c.walk(one, done || len(first) == 0, deep); err != nil {
				return err
			}
			left, done = other, done || len(second) == 0
		default:
			return errors.New("an unknown form of step")
		}
	}
}

// narrow applies multipliers to a box; done says that they refute it.
func (c *checker) narrow(left [][]int, multipliers int) (less [][]int, done bool) {
	y := make([]*big.Int, len(c.floor))
	need, root := new(big.Int), new(big.Int)
	for j, v := range c.r.Multipliers[multipliers] {
		y[j] = big.NewInt(v)
		need.Add(need, new(big.Int).Mul(y[j], c.floor[j]))
		at := c.floor[j]
		if c.r.Product != nil && slices.Contains(c.r.Ranked, j) {
			at = big.NewInt(c.r.from[j])
		}
		root.Add(root, new(big.Int).Mul(y[j], at))
	}
	if c.r.Product != nil {
		if root.Add(root, c.r.Roots[multipliers]); root.Cmp(need) > 0 {
			need = root
		}
	}
	sums := make([][]*big.Int, len(left))
	tops := make([]*big.Int, len(left))
	slack := new(big.Int).Neg(need)
	for i, choices := range left {
		for _, ch := range choices {
			sum := new(big.Int)
			for j, g := range c.gains[i][ch] {
				sum.Add(sum, c.scratch.Mul(y[j], g))
			}
			sums[i] = append(sums[i], sum)
			if tops[i] == nil || sum.Cmp(tops[i]) > 0 {
				tops[i] = sum
			}
		}
		slack.Add(slack, tops[i])
	}
	if slack.Sign() < 0 {
		return left, true
	}
	less = make([][]int, len(left))
	for i, choices := range left {
		for k, ch := range choices {
			if c.scratch.Sub(tops[i], sums[i][k]).Cmp(slack) <= 0 {
				less[i] = append(less[i], ch)
			}
		}
	}
	return less, false
}

// try lists a box of few outcomes and finds that each fails.
func (c *checker) try(left [][]int) error {
	n := 1
	for _, choices := range left {
		if n *= len(choices); n > maxListed {
			return errors.New("a leaf is not refuted")
		}
	}
	total := make([]*big.Int, len(c.floor))
	for j := range total {
		total[j] = new(big.Int)
	}
	var hold func(i int) error
	hold = func(i int) error {
		if i == len(left) {
			return c.fails(total)
		}
		for _, ch := range left[i] {
			for j, g := range c.gains[i][ch] {
				total[j].Add(total[j], g)
			}
			if err := hold(i + 1); err != nil {
				return err
			}
			for j, g := range c.gains[i][ch] {
				total[j].Sub(total[j], g)
			}
		}
		return nil
	}
	return hold(0)
}

func (c *checker) fails(total []*big.Int) error {
	for j, v := range total {
		if v.Cmp(c.floor[j]) < 0 {
			return nil
		}
	}
	if c.r.Product != nil {
		product := big.NewInt(1)
		for _, q := range c.r.Ranked {
			product.Mul(product, c.scratch.Sub(total[q], big.NewInt(c.r.from[q])))
		}
		if product.Cmp(c.r.Product) <= 0 {
			return nil
		}
	}
	return errors.New("an outcome in a leaf reaches what should be out of reach")
}

// check reports why a proof does not show what it claims of a network. What gains are
// measured from, their units and which parties are ranked it takes as given: they rest
// on proofs of their own.
func (p *Proof) check(net *network.Network) error {
	if len(net.Links) > 0 {
		return ErrLinks
	}
	parties := len(net.Floor)
	for _, list := range [][]int64{p.Floor, p.From, p.Unit, p.Objective} {
		if list != nil && len(list) != parties {
			return errors.New("the proof does not fit the parties")
		}
	}
	want := slices.Clone(net.Floor)
	for k, q := range p.Ranked {
		if k > 0 && q <= p.Ranked[k-1] {
			return errors.New("ranked parties do not ascend")
		}
		if q < 0 || q >= parties || p.From == nil || p.Rule == byShares && (p.Unit == nil || p.Unit[q] < 1) {
			return errors.New("a ranked party has no unit, or is none")
		}
		if p.Rule == byProduct {
			want[q] = max(want[q], p.From[q]+1)
		}
	}
	if !slices.Equal(p.Floor, want) {
		return errors.New("the floors are not those of the network")
	}
	if p.Outcome != nil {
		u, err := net.Totals(p.Outcome)
		if err != nil {
			return err
		}
		if !slices.Equal(u, p.Utilities) {
			return errors.New("the utilities are not those of the outcome")
		}
		if !pareto.AtLeast(u, p.Floor) {
			return errors.New("the outcome does not reach the floors")
		}
		if !slices.EqualFunc(p.Worth(u), p.Value, func(x, y *big.Rat) bool { return x.Cmp(y) == 0 }) {
			return errors.New("the value is not that of the outcome")
		}
	}
	for _, r := range p.Refuted {
		if err := r.check(net); err != nil {
			return err
		}
	}
	switch {
	case p.Proven > len(p.Value) || p.Outcome == nil && p.Proven > 0:
		return errors.New("more is proven than there are values")
	case p.Exact && p.Outcome != nil && p.Proven < len(p.Value):
		return errors.New("an exact proof leaves values unproven")
	case p.Exact && p.Outcome == nil:
		if !p.shows(p.Floor, nil, nil) {
			return errors.New("nothing shows that no outcome is admitted")
		}
		return nil
	case p.Rule == byShares:
		return p.checkShares(nil, make(map[string]bool))
	}
	bound := p.Bound
	if p.Proven == 1 {
		bound = p.Value[0]
	}
	if bound == nil {
		return nil
	}
	switch p.Rule {
	case ByObjective:
		if !p.shows(append(slices.Clone(p.Floor), reach(0, 1, bound, true)), p.Objective, nil) {
			return errors.New("nothing shows that the bound holds")
		}
	case byProduct:
		if !p.shows(p.Floor, nil, bound) {
			return errors.New("nothing shows that the bound holds")
		}
	}
	return nil
}

// shows reports whether a refutation excludes the outcomes that meet the floors and,
// if there is a bound, have a greater product.
func (p *Proof) shows(floor, objective []int64, bound *big.Rat) bool {
	return slices.ContainsFunc(p.Refuted, func(r *Refutation) bool {
		if r.Objective != nil && objective == nil {
			// One row more, of which nothing may be asked.
			if r.Floor[len(floor)] > network.NoFloor {
				return false
			}
		} else if !slices.Equal(r.Objective, objective) {
			return false
		}
		if r.Product != nil && r.Product.Sign() > 0 && bound == nil {
			return false
		}
		for j, f := range floor {
			if r.Floor[j] > f {
				return false
			}
		}
		if r.Product == nil {
			return true
		}
		for _, q := range r.Ranked {
			if r.from[q] != p.From[q] {
				return false
			}
		}
		if !slices.Equal(r.Ranked, p.Ranked) {
			return false
		}
		return bound == nil || new(big.Rat).SetInt(r.Product).Cmp(bound) <= 0
	})
}

// checkShares checks every way of surpassing the proven values, and the bound of the next.
func (p *Proof) checkShares(prefix []int, seen map[string]bool) error {
	level := len(prefix)
	if level == len(p.Ranked) || level > p.Proven {
		return nil
	}
	rest := p.Bound
	if level < p.Proven {
		rest = p.Value[level]
	}
	if rest == nil {
		return nil
	}
	key := fmt.Sprint(p.prefixSet(prefix), p.Required(prefix, nil, false))
	if seen[key] {
		return nil
	}
	seen[key] = true
	if level > 0 && p.shows(p.Required(prefix, p.Value[level], false), nil, nil) {
		return nil
	}
	if !p.shows(p.Required(prefix, rest, true), nil, nil) {
		return fmt.Errorf("nothing shows that value %d cannot be surpassed", level+1)
	}
	for _, q := range p.Ranked {
		if !slices.Contains(prefix, q) {
			if err := p.checkShares(append(slices.Clone(prefix), q), seen); err != nil {
				return err
			}
		}
	}
	return nil
}
