package prove

import (
	"math/big"

	"github.com/goodoffices/goodoffices/internal/network"
)

// A Refutation shows that no outcome of a network without links reaches every floor
// and, if there is a product, has a product of gains above it.
//
// Whoever checks it walks the steps in order with a box, at first all of the network:
//
//   - A step with multipliers y computes S, the sum over issues of the greatest
//     Σ y_j·gain_j, and T as [Search] defines it. With S < T the box is refuted.
//     Else every choice that lies more than S - T below the greatest of its issue leaves
//     the box.
//   - A leaf must be refuted by then, or hold at most 64 outcomes, each of which fails when
//     tried.
//   - A chain goes on to the next step with the same box.
//   - A split goes on with two boxes, one after the other, each to the end of its own
//     steps: the issue's choices that are in part, and its others.
//
// A floor below the least possible total of its row is taken as that total.
// Nothing but additions, multiplications and comparisons of integers is needed; T of a
// product holds an integer root, which is given and checked by its powers.
type Refutation struct {
	Objective []int64 // by party, weights of one more row; nil for none
	Floor     []int64 // by row
	Product   *big.Int
	Ranked    []int   // product: the parties whose gains are multiplied
	from      []int64 // product, by party: what gains are measured from

	Multipliers [][]int64  // by row
	Roots       []*big.Int // product: by multipliers, the least z with zⁿ ≥ nⁿ·Π y·(product+1) over ranked, 0 if a y of those is
	Steps       []proofStep
}

type stepForm uint8

const (
	stepLeaf stepForm = iota
	StepChain
	StepSplit
)

// A proofStep is a node of the tree, parents before children.
type proofStep struct {
	Form        stepForm
	Multipliers int   // -1 for none
	Issue       int   // split
	Part        []int // split: options of the issue that the first child keeps
}

// refutation writes down a tree that has grown: that no outcome surpasses bound or,
// where it is nil, that none reaches the floors.
func (t *dualTree) refutation(objective []int64, bound *big.Rat) *Refutation {
	r := &Refutation{Objective: objective, Floor: make([]int64, t.rows)}
	for j := range r.Floor {
		r.Floor[j] = network.NoFloor
		if t.floor[j] > 0 {
			r.Floor[j] = t.floor[j] + t.base[j]
		}
	}
	switch {
	case t.product:
		r.Ranked = append(r.Ranked, t.ranked...)
		for j, v := range t.from {
			r.from = append(r.from, v+t.base[j])
		}
		r.Product = new(big.Int)
		if bound != nil {
			r.Product.Set(bound.Num())
		}
	case bound != nil:
		for _, j := range t.ranked {
			r.Floor[j] = max(r.Floor[j], reach(t.from[j]+t.base[j], t.unit[j], bound, true))
		}
	}
	used := make([]int, len(t.multipliers))
	var write func(id int32)
	write = func(id int32) {
		n := &t.nodes[id]
		s := proofStep{Multipliers: -1}
		if n.multipliers >= 0 {
			if used[n.multipliers] == 0 {
				r.Multipliers = append(r.Multipliers, t.multipliers[n.multipliers])
				used[n.multipliers] = len(r.Multipliers)
			}
			s.Multipliers = used[n.multipliers] - 1
		}
		switch {
		case n.split >= 0:
			s.Form, s.Issue = StepSplit, int(n.split)
			for _, c := range n.part {
				s.Part = append(s.Part, t.search.Net.Issues[n.split][c-t.first[n.split]].Option)
			}
		case n.kids[0] > 0:
			s.Form = StepChain
		}
		r.Steps = append(r.Steps, s)
		for _, k := range n.kids {
			if k > 0 {
				write(k)
			}
		}
	}
	write(0)
	if t.product {
		for _, y := range r.Multipliers {
			product := new(big.Int).Add(r.Product, big.NewInt(1))
			for _, j := range r.Ranked {
				product.Mul(product, big.NewInt(y[j]))
			}
			root := new(big.Int)
			if product.Sign() > 0 {
				root = leastMean(product, len(r.Ranked))
			}
			r.Roots = append(r.Roots, root)
		}
	}
	return r
}
