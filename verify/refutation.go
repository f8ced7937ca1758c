package verify

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

const (
	maxLeaf = 64      // outcomes of a leaf that are tried one by one
	maxWork = 1 << 30 // multiplications of all refutations of a certificate
	maxBits = 64      // of a multiplier or weight
	maxOpen = 1 << 24 // options and issues of all boxes that wait for their steps
)

// A statement is what a refutation refutes: that some outcome meets all of it.
type statement struct {
	floor   []*big.Int // by party, least utility; nil asks nothing
	weights []*big.Int // by party, of a weighted sum; nil for none
	sum     *big.Int   // least weighted sum; nil asks nothing
	lowest  *big.Int   // the least that any outcome's is
	gaining []int      // the parties, ascending, whose gains are multiplied; each gains something
	product *big.Int   // what the product passes; nil for none
}

// implies reports whether every outcome that meets s meets t.
func (s *statement) implies(t *statement) bool {
	for p, f := range t.floor {
		if f != nil && (s.floor[p] == nil || s.floor[p].Cmp(f) < 0) {
			return false
		}
	}
	if t.sum != nil {
		if s.sum == nil || s.sum.Cmp(t.sum) < 0 ||
			!slices.EqualFunc(s.weights, t.weights, func(x, y *big.Int) bool { return x.Cmp(y) == 0 }) {
			return false
		}
	}
	return t.product == nil || s.product != nil && slices.Equal(s.gaining, t.gaining) && s.product.Cmp(t.product) >= 0
}

// A prover checks refutations over one space and remembers what they refute.
type prover struct {
	*tables
	from []*big.Int // by party, what gains are measured from
	work int64
}

// refute walks the steps of r and returns what they refute.
func (k *prover) refute(ctx context.Context, r *Refutation) (*statement, error) {
	s, err := k.statement(r)
	if err != nil {
		return nil, err
	}
	if k.none() {
		return s, nil
	}
	vectors := make([]*vector, len(r.Vectors))
	open := []box{k.left}
	for at, step := range r.Steps {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if len(open) == 0 {
			return nil, fmt.Errorf("%d steps are left over", len(r.Steps)-at)
		}
		b := open[len(open)-1]
		open = open[:len(open)-1]
		if step.Vector != nil && b != nil {
			y := *step.Vector
			if y < 0 || y >= len(vectors) {
				return nil, fmt.Errorf("step %d uses multipliers %d of %d", at, y, len(vectors))
			}
			if vectors[y] == nil {
				if vectors[y], err = k.vector(r, s, y); err != nil {
					return nil, fmt.Errorf("multipliers %d: %w", y, err)
				}
			}
			if err := k.spend(k.size); err != nil {
				return nil, err
			}
			b = k.narrow(b, vectors[y])
		}
		switch {
		case step.Chain && step.Split == nil:
			open = append(open, b)
		case step.Split != nil && !step.Chain:
			i := *step.Split
			if i < 0 || i >= len(k.left) {
				return nil, fmt.Errorf("step %d splits issue %d of %d", at, i, len(k.left))
			}
			if err := k.spend(int64(len(k.left) + len(step.Keep))); err != nil {
				return nil, err
			}
			one, other := b.split(i, step.Keep)
			if open = append(open, other, one); int64(len(open)) > max(64, maxOpen/(k.size+int64(len(k.left)))) {
				return nil, &tooLarge{Why: "the steps keep too many boxes open"}
			}
		case step.Chain:
			return nil, fmt.Errorf("step %d both goes on and splits", at)
		case b != nil:
			if err := k.try(b, s); err != nil {
				return nil, fmt.Errorf("step %d: %w", at, err)
			}
		}
	}
	if len(open) > 0 {
		return nil, errors.New("steps are missing")
	}
	return s, nil
}

// spend counts multiplications, or what takes as long.
func (k *prover) spend(n int64) error {
	if k.work += n; k.work > maxWork {
		return &tooLarge{Why: fmt.Sprintf("the refutations take more than %d multiplications", maxWork)}
	}
	return nil
}

// statement reads what r refutes.
func (k *prover) statement(r *Refutation) (*statement, error) {
	parties := len(k.low)
	s := &statement{floor: make([]*big.Int, parties)}
	if len(r.Floors) != parties {
		return nil, fmt.Errorf("%d floors for %d parties", len(r.Floors), parties)
	}
	var err error
	for p, f := range r.Floors {
		if f != "" {
			if s.floor[p], err = integer(f); err != nil {
				return nil, err
			}
		}
	}
	if r.Objective != nil {
		if s.weights, err = integers(r.Objective, parties, maxBits); err != nil {
			return nil, err
		}
		if err := k.spend(k.size); err != nil {
			return nil, err
		}
		if !k.none() {
			s.lowest = k.lowest(s.weights)
		}
	}
	if r.Sum != "" {
		if s.sum, err = integer(r.Sum); err != nil {
			return nil, err
		}
		if s.weights == nil {
			return nil, errors.New("the floor of a sum without weights")
		}
	}
	if r.Product == "" {
		if len(r.Gaining) > 0 || len(r.Roots) > 0 {
			return nil, errors.New("roots or gaining parties without a product")
		}
		return s, nil
	}
	if s.product, err = integer(r.Product); err != nil {
		return nil, err
	}
	if s.product.Sign() < 0 || len(r.Gaining) == 0 || len(r.Roots) != len(r.Vectors) {
		return nil, errors.New("a product below 0, of no party, or without a root for each of its multipliers")
	}
	for at, p := range r.Gaining {
		if p < 0 || p >= parties || at > 0 && p <= r.Gaining[at-1] {
			return nil, errors.New("gaining parties that are none or do not ascend")
		}
		if k.from[p] == nil || higher(big.NewInt(k.low[p]), s.floor[p]).Cmp(k.from[p]) <= 0 {
			return nil, errors.New("a product of gains that need not be above 0")
		}
	}
	s.gaining = r.Gaining
	return s, nil
}

// A vector is a set of multipliers made ready: by party the weight of its utility,
// and what the weighted sum of every outcome in question is at least.
type vector struct {
	weight []*big.Int
	least  *big.Int // T of the package comment
}

func (k *prover) vector(r *Refutation, s *statement, at int) (*vector, error) {
	parties := len(k.low)
	rows := parties
	if s.weights != nil {
		rows++
	}
	y, err := integers(r.Vectors[at], rows, maxBits)
	if err != nil {
		return nil, err
	}
	for _, v := range y {
		if v.Sign() < 0 {
			return nil, errors.New("one is below 0")
		}
	}
	v := &vector{weight: y[:parties:parties], least: new(big.Int)}
	low := make([]*big.Int, parties)
	for p := range low {
		low[p] = big.NewInt(k.low[p])
		v.least.Add(v.least, times(y[p], higher(low[p], s.floor[p])))
	}
	if s.product != nil {
		// By the inequality of means, Σ y·gain over the n gaining parties is at least
		// the root z of nⁿ·Π y·(product+1), rounded up.
		root, err := integer(r.Roots[at])
		if err != nil {
			return nil, err
		}
		n := big.NewInt(int64(len(s.gaining)))
		need := times(new(big.Int).Exp(n, n, nil), new(big.Int).Add(s.product, big.NewInt(1)))
		mean := new(big.Int).Set(root)
		for p := range y[:parties] {
			if slices.Contains(s.gaining, p) {
				need.Mul(need, y[p])
				mean.Add(mean, times(y[p], k.from[p]))
			} else {
				mean.Add(mean, times(y[p], higher(low[p], s.floor[p])))
			}
		}
		if root.Sign() > 0 && new(big.Int).Exp(new(big.Int).Sub(root, big.NewInt(1)), n, nil).Cmp(need) >= 0 {
			return nil, errors.New("the root is too large")
		}
		if root.Sign() >= 0 && s.weights == nil {
			v.least = higher(v.least, mean)
		}
	}
	if s.weights != nil && y[parties].Sign() > 0 {
		// The weighted sum is one more row, which the parties' weights take in.
		v.least.Add(v.least, times(y[parties], higher(s.lowest, s.sum)))
		v.weight = slices.Clone(v.weight)
		for p, w := range s.weights {
			v.weight[p] = new(big.Int).Add(y[p], times(y[parties], w))
		}
	}
	return v, nil
}

func times(x, y *big.Int) *big.Int { return new(big.Int).Mul(x, y) }

// higher returns the larger of two numbers, of which the second may be missing.
func higher(x, y *big.Int) *big.Int {
	if y != nil && y.Cmp(x) > 0 {
		return y
	}
	return x
}

// lowest returns the least weighted sum of any outcome.
func (k *prover) lowest(weights []*big.Int) *big.Int {
	sum := new(big.Int)
	for i, left := range k.left {
		var least *big.Int
		for _, o := range left {
			v := new(big.Int)
			for p, w := range weights {
				v.Add(v, times(w, big.NewInt(k.gain[i][o][p])))
			}
			if least == nil || v.Cmp(least) < 0 {
				least = v
			}
		}
		sum.Add(sum, least)
	}
	return sum
}

// A box is what is left of the outcomes: by issue, options. A nil box is refuted.
type box [][]int

// split shares out the options of issue i.
func (b box) split(i int, keep []int) (one, other box) {
	if b == nil {
		return nil, nil
	}
	first := make(map[int]bool, len(keep))
	for _, o := range keep {
		first[o] = true
	}
	one, other = slices.Clone(b), slices.Clone(b)
	one[i], other[i] = nil, nil
	for _, o := range b[i] {
		if first[o] {
			one[i] = append(one[i], o)
		} else {
			other[i] = append(other[i], o)
		}
	}
	if one[i] == nil {
		one = nil
	}
	if other[i] == nil {
		other = nil
	}
	return one, other
}

// narrow drops the options that no outcome in question has, and returns nil when
// there is none.
func (k *prover) narrow(b box, v *vector) box {
	worth := make([][]big.Int, len(b))
	most := make([]*big.Int, len(b))
	slack := new(big.Int).Neg(v.least) // S - T
	term, gain := new(big.Int), new(big.Int)
	for i, left := range b {
		worth[i] = make([]big.Int, len(left))
		for at, o := range left {
			sum := &worth[i][at]
			for p, w := range v.weight {
				sum.Add(sum, term.Mul(w, gain.SetInt64(k.gain[i][o][p])))
			}
			if at == 0 || sum.Cmp(most[i]) > 0 {
				most[i] = sum
			}
		}
		slack.Add(slack, most[i])
	}
	if slack.Sign() < 0 {
		return nil
	}
	less := make(box, len(b))
	for i, left := range b {
		for at, o := range left {
			if term.Sub(most[i], &worth[i][at]).Cmp(slack) <= 0 {
				less[i] = append(less[i], o)
			}
		}
	}
	return less
}

// try finds that each outcome of a small box fails the statement.
func (k *prover) try(b box, s *statement) error {
	n := 1
	for _, left := range b {
		if n *= len(left); n > maxLeaf {
			return errors.New("a leaf with more than 64 packages is not refuted")
		}
	}
	if err := k.spend(int64(n * len(b) * len(k.low))); err != nil {
		return err
	}
	for rank := range n {
		total := make([]int64, len(k.low))
		for i, left := range b {
			for p, v := range k.gain[i][left[rank%len(left)]] {
				total[p] += v
			}
			rank /= len(left)
		}
		if k.meets(total, s) {
			return fmt.Errorf("a package with utilities %v is not refuted", total)
		}
	}
	return nil
}

// meets reports whether an outcome with these utilities meets a statement.
func (k *prover) meets(total []int64, s *statement) bool {
	sum, product := new(big.Int), big.NewInt(1)
	for p, u := range total {
		v := big.NewInt(u)
		if s.floor[p] != nil && v.Cmp(s.floor[p]) < 0 {
			return false
		}
		if s.weights != nil {
			sum.Add(sum, times(s.weights[p], v))
		}
		if slices.Contains(s.gaining, p) {
			product.Mul(product, new(big.Int).Sub(v, k.from[p]))
		}
	}
	return (s.sum == nil || sum.Cmp(s.sum) >= 0) && (s.product == nil || product.Cmp(s.product) > 0)
}
