package additive

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/verify/internal/exact"
)

const (
	maxLeaf = 64      // outcomes of a leaf that are tried one by one
	maxWork = 1 << 30 // multiplications of all refutations of a certificate
	maxOpen = 1 << 24 // options and issues of all boxes that wait for their steps
)

// A Statement is that some outcome meets all of it. Numbers are by party.
type Statement struct {
	Floor   []*big.Int // least utility; nil asks nothing
	Weights []*big.Int // of a weighted sum; nil for none
	Sum     *big.Int   // least weighted sum; nil asks nothing
	Gaining []int      // the parties, ascending, whose gains are multiplied; each gains something
	Product *big.Int   // what the product passes; nil for none

	lowest *big.Int // the least that any outcome's weighted sum is
}

// Implies reports whether every outcome that meets s meets t.
func (s *Statement) Implies(t *Statement) bool {
	for p, f := range t.Floor {
		if f != nil && (s.Floor[p] == nil || s.Floor[p].Cmp(f) < 0) {
			return false
		}
	}
	if t.Sum != nil {
		if s.Sum == nil || s.Sum.Cmp(t.Sum) < 0 ||
			!slices.EqualFunc(s.Weights, t.Weights, func(x, y *big.Int) bool { return x.Cmp(y) == 0 }) {
			return false
		}
	}
	return t.Product == nil || s.Product != nil && slices.Equal(s.Gaining, t.Gaining) && s.Product.Cmp(t.Product) >= 0
}

// A Refutation is a statement with a tree that shows that no outcome meets it.
type Refutation struct {
	Statement
	Vectors [][]*big.Int // multipliers by party, then that of the weighted sum, if any
	Roots   []*big.Int   // by vector, with a product
	Steps   []Step
}

// A Step is one node of the tree, parents before children.
type Step struct {
	Vector *int  // the multipliers to apply first
	Chain  bool  // the next step goes on with what is left
	Split  *int  // the issue whose options the next two subtrees share out
	Keep   []int // the first subtree's
}

// A Prover checks refutations over one space, within one limit for all of them.
type Prover struct {
	*Space
	From []*big.Int // by party, what gains are measured from; nil where it is not known
	work int64
}

// Refute walks the steps of r, and fails unless they refute its statement. Numbers have the lengths that the number of
// parties asks for.
func (k *Prover) Refute(ctx context.Context, r *Refutation) error {
	if err := k.ready(&r.Statement); err != nil {
		return err
	}
	if k.none() {
		return nil
	}
	vectors := make([]*vector, len(r.Vectors))
	open := []box{k.left}
	for at, step := range r.Steps {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if len(open) == 0 {
			return fmt.Errorf("%d steps are left over", len(r.Steps)-at)
		}
		b := open[len(open)-1]
		open = open[:len(open)-1]
		if step.Vector != nil && b != nil {
			y := *step.Vector
			if y < 0 || y >= len(vectors) {
				return fmt.Errorf("step %d uses multipliers %d of %d", at, y, len(vectors))
			}
			if vectors[y] == nil {
				var err error
				if vectors[y], err = k.vector(r, y); err != nil {
					return fmt.Errorf("multipliers %d: %w", y, err)
				}
			}
			if err := k.Spend(k.size); err != nil {
				return err
			}
			b = k.narrow(b, vectors[y])
		}
		switch {
		case step.Chain && step.Split == nil:
			open = append(open, b)
		case step.Split != nil && !step.Chain:
			i := *step.Split
			if i < 0 || i >= len(k.left) {
				return fmt.Errorf("step %d splits issue %d of %d", at, i, len(k.left))
			}
			if err := k.Spend(int64(len(k.left) + len(step.Keep))); err != nil {
				return err
			}
			one, other := b.split(i, step.Keep)
			if open = append(open, other, one); int64(len(open)) > max(64, maxOpen/(k.size+int64(len(k.left)))) {
				return &tooLarge{Why: "the steps keep too many boxes open"}
			}
		case step.Chain:
			return fmt.Errorf("step %d both goes on and splits", at)
		case b != nil:
			if err := k.try(b, &r.Statement); err != nil {
				return fmt.Errorf("step %d: %w", at, err)
			}
		}
	}
	if len(open) > 0 {
		return errors.New("steps are missing")
	}
	return nil
}

// Spend counts multiplications, or what takes as long.
func (k *Prover) Spend(n int64) error {
	if k.work += n; k.work > maxWork {
		return &tooLarge{Why: fmt.Sprintf("the refutations take more than %d multiplications", maxWork)}
	}
	return nil
}

// ready checks that a statement means something in the space.
func (k *Prover) ready(s *Statement) error {
	if s.Weights != nil {
		if err := k.Spend(k.size); err != nil {
			return err
		}
		if !k.none() {
			s.lowest = k.lowest(s.Weights)
		}
	}
	if s.Product == nil {
		return nil
	}
	if s.Product.Sign() < 0 || len(s.Gaining) == 0 {
		return errors.New("a product below 0, or of no party")
	}
	for at, p := range s.Gaining {
		if p < 0 || p >= len(k.low) || at > 0 && p <= s.Gaining[at-1] {
			return errors.New("gaining parties that are none or do not ascend")
		}
		if k.From[p] == nil || exact.Higher(big.NewInt(k.low[p]), s.Floor[p]).Cmp(k.From[p]) <= 0 {
			return errors.New("a product of gains that need not be above 0")
		}
	}
	return nil
}

// A vector is a set of multipliers made ready: by party the weight of its utility,
// and what the weighted sum of every outcome in question is at least.
type vector struct {
	weight []*big.Int
	least  *big.Int // T of the comment of verify
}

func (k *Prover) vector(r *Refutation, at int) (*vector, error) {
	s, y, parties := &r.Statement, r.Vectors[at], len(k.low)
	for _, v := range y {
		if v.Sign() < 0 {
			return nil, errors.New("one is below 0")
		}
	}
	v := &vector{weight: y[:parties:parties], least: new(big.Int)}
	low := make([]*big.Int, parties)
	for p := range low {
		low[p] = big.NewInt(k.low[p])
		v.least.Add(v.least, times(y[p], exact.Higher(low[p], s.Floor[p])))
	}
	if s.Product != nil {
		// By the inequality of means, Σ y·gain over the n gaining parties is at least
		// the root z of nⁿ·Π y·(product+1), rounded up.
		root := r.Roots[at]
		n := big.NewInt(int64(len(s.Gaining)))
		need := times(new(big.Int).Exp(n, n, nil), new(big.Int).Add(s.Product, big.NewInt(1)))
		mean := new(big.Int).Set(root)
		for p := range y[:parties] {
			if slices.Contains(s.Gaining, p) {
				need.Mul(need, y[p])
				mean.Add(mean, times(y[p], k.From[p]))
			} else {
				mean.Add(mean, times(y[p], exact.Higher(low[p], s.Floor[p])))
			}
		}
		if root.Sign() > 0 && new(big.Int).Exp(new(big.Int).Sub(root, big.NewInt(1)), n, nil).Cmp(need) >= 0 {
			return nil, errors.New("the root is too large")
		}
		if root.Sign() >= 0 && s.Weights == nil {
			v.least = exact.Higher(v.least, mean)
		}
	}
	if s.Weights != nil && y[parties].Sign() > 0 {
		// The weighted sum is one more row, which the parties' weights take in.
		v.least.Add(v.least, times(y[parties], exact.Higher(s.lowest, s.Sum)))
		v.weight = slices.Clone(v.weight)
		for p, w := range s.Weights {
			v.weight[p] = new(big.Int).Add(y[p], times(y[parties], w))
		}
	}
	return v, nil
}

func times(x, y *big.Int) *big.Int { return new(big.Int).Mul(x, y) }

// lowest returns the least weighted sum of any outcome.
func (k *Prover) lowest(weights []*big.Int) *big.Int {
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
func (k *Prover) narrow(b box, v *vector) box {
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
func (k *Prover) try(b box, s *Statement) error {
	n := 1
	for _, left := range b {
		if n *= len(left); n > maxLeaf {
			return errors.New("a leaf with more than 64 packages is not refuted")
		}
	}
	if err := k.Spend(int64(n * len(b) * len(k.low))); err != nil {
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
func (k *Prover) meets(total []int64, s *Statement) bool {
	sum, product := new(big.Int), big.NewInt(1)
	for p, u := range total {
		v := big.NewInt(u)
		if s.Floor[p] != nil && v.Cmp(s.Floor[p]) < 0 {
			return false
		}
		if s.Weights != nil {
			sum.Add(sum, times(s.Weights[p], v))
		}
		if slices.Contains(s.Gaining, p) {
			product.Mul(product, new(big.Int).Sub(v, k.From[p]))
		}
	}
	return (s.Sum == nil || sum.Cmp(s.Sum) >= 0) && (s.Product == nil || product.Cmp(s.Product) > 0)
}
