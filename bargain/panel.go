package bargain

import (
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/prove"
)

// firstShare is the part of the budget that finding the first of the tied outcomes of a
// solution may take.
const firstShare = 24

// A panel asks the same question of several networks, an outcome belonging to one of
// which is enough. Each has a prover with an equal part of the budget.
type panel struct {
	nets    []*network.Network
	provers []prove.Prover
	budget  int64
	start   func(n *network.Network, budget int64) prove.Prover
}

func newPanel(nets []*network.Network, budget int64, start func(n *network.Network, budget int64) prove.Prover) *panel {
	p := &panel{nets: nets, budget: budget, start: start}
	for _, n := range nets {
		p.provers = append(p.provers, start(n, budget/int64(len(nets))))
	}
	return p
}

// An answer is the best that the proofs of a panel found, with what they prove together.
type answer struct {
	prove.Proof
	by []*prove.Proof
}

// ask puts a question to every search.
func (p *panel) ask(question func(prove.Prover) (*prove.Proof, error)) (*answer, error) {
	a := &answer{}
	for _, s := range p.provers {
		q, err := question(s)
		if err != nil {
			return nil, err
		}
		a.by = append(a.by, q)
	}
	a.combine()
	return a, nil
}

// combine finds the best outcome of all proofs and how far others can lie beyond it.
// What a proof that is not exact admits, at most, begins with its proven values and goes on
// with its bound.
func (a *answer) combine() {
	for _, q := range a.by {
		if q.Outcome != nil && (a.Outcome == nil || slices.CompareFunc(q.Value, a.Value, (*big.Rat).Cmp) > 0) {
			a.Outcome, a.Utilities, a.Value = q.Outcome, q.Utilities, q.Value
		}
	}
	a.Exact, a.Proven = true, len(a.Value)
	for _, q := range a.by {
		level, bound, open := q.Surpass(a.Value)
		switch {
		case !open:
			continue
		case a.Exact || level < a.Proven:
			a.Proven, a.Bound = level, bound
		case level == a.Proven && (bound == nil || a.Bound != nil && bound.Cmp(a.Bound) > 0):
			a.Bound = bound
		}
		a.Exact = false
	}
}

// first replaces the outcome of an exact answer by the first, in the order of issues and
// options, that is worth the same. It reports whether that is proven; without, the outcome is the
// first of those that it met.
func (p *panel) first(ctx context.Context, a *answer, budget int64) (bool, error) {
	proven := true
	best := *a
	for k, q := range a.by {
		if q.Outcome == nil || slices.CompareFunc(q.Value, a.Value, (*big.Rat).Cmp) != 0 {
			// No outcome of this network is as good: the answer is exact.
			proven = proven && (q.Exact || q.Bound != nil && q.Proven == 0 && q.Bound.Cmp(a.Value[0]) < 0)
			continue
		}
		o, u, ok, err := p.provers[k].First(ctx, q, budget/int64(len(p.nets)))
		if err != nil {
			return false, err
		}
		proven = proven && ok
		if slices.Compare(o, best.Outcome) < 0 {
			best.Outcome, best.Utilities = o, u
		}
	}
	a.Outcome, a.Utilities = best.Outcome, best.Utilities
	return proven, nil
}

// without leaves out the networks that an answer proves to have no outcome.
func (p *panel) without(a *answer) *panel {
	left := &panel{budget: p.budget, start: p.start}
	for k, n := range p.nets {
		if !a.by[k].Empty() {
			left.nets = append(left.nets, n)
		}
	}
	if len(left.nets) == len(p.nets) {
		return p
	}
	return newPanel(left.nets, p.budget, p.start)
}
