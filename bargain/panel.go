package bargain

import (
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A prover finds single outcomes of a network, each with how far others may surpass it.
type prover interface {
	find(ctx context.Context) (*proof, error)
	best(ctx context.Context, p int) (*proof, error)
	least(ctx context.Context, p int) (*proof, error)
	utilitarian(ctx context.Context, scale []int64) (*proof, error)
	nash(ctx context.Context, g *gauge) (*proof, error)
	kalaiSmorodinsky(ctx context.Context, g *gauge) (*proof, error)
	egalitarian(ctx context.Context, g *gauge) (*proof, error)
	first(ctx context.Context, p *proof, budget int64) (outcome.Outcome, []int64, bool, error)
	represent(ctx context.Context, g *gauge, target *big.Rat, points int) (*representation, error)
}

// A panel asks the same question of several networks, an outcome belonging to one of
// which is enough. Each has a prover with an equal part of the budget.
type panel struct {
	nets    []*network
	provers []prover
	budget  int64
	start   func(n *network, budget int64) prover
}

func newPanel(nets []*network, budget int64, start func(n *network, budget int64) prover) *panel {
	p := &panel{nets: nets, budget: budget, start: start}
	for _, n := range nets {
		p.provers = append(p.provers, start(n, budget/int64(len(nets))))
	}
	return p
}

func newSearch(n *network, budget int64) prover { return &search{net: n, budget: budget} }

// An answer is the best that the proofs of a panel found, with what they prove together.
type answer struct {
	proof
	by []*proof
}

// ask puts a question to every search.
func (p *panel) ask(question func(prover) (*proof, error)) (*answer, error) {
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
		if q.outcome != nil && (a.outcome == nil || slices.CompareFunc(q.value, a.value, (*big.Rat).Cmp) > 0) {
			a.outcome, a.utilities, a.value = q.outcome, q.utilities, q.value
		}
	}
	a.exact, a.proven = true, len(a.value)
	for _, q := range a.by {
		level, bound, open := q.surpass(a.value)
		switch {
		case !open:
			continue
		case a.exact || level < a.proven:
			a.proven, a.bound = level, bound
		case level == a.proven && (bound == nil || a.bound != nil && bound.Cmp(a.bound) > 0):
			a.bound = bound
		}
		a.exact = false
	}
}

// surpass returns the first entry of value that an outcome admitted by the proof may
// surpass given those before it, and what it is at most, nil where nothing is known; open is
// false where none may.
func (p *proof) surpass(value []*big.Rat) (level int, bound *big.Rat, open bool) {
	if p.exact {
		return 0, nil, false
	}
	for k, v := range value {
		most := p.bound
		if k < p.proven {
			most = p.value[k]
		} else if k > p.proven || most == nil {
			return k, nil, true
		}
		switch c := most.Cmp(v); {
		case c < 0:
			return 0, nil, false
		case c > 0:
			return k, most, true
		}
	}
	return 0, p.bound, value == nil
}

// first replaces the outcome of an exact answer by the first, in the order of issues and
// options, that is worth the same. It reports whether that is proven; without, the outcome is the
// first of those that it met.
func (p *panel) first(ctx context.Context, a *answer, budget int64) (bool, error) {
	proven := true
	best := *a
	for k, q := range a.by {
		if q.outcome == nil || slices.CompareFunc(q.value, a.value, (*big.Rat).Cmp) != 0 {
			// No outcome of this network is as good: the answer is exact.
			proven = proven && (q.exact || q.bound != nil && q.proven == 0 && q.bound.Cmp(a.value[0]) < 0)
			continue
		}
		o, u, ok, err := p.provers[k].first(ctx, q, budget/int64(len(p.nets)))
		if err != nil {
			return false, err
		}
		proven = proven && ok
		if slices.Compare(o, best.outcome) < 0 {
			best.outcome, best.utilities = o, u
		}
	}
	a.outcome, a.utilities = best.outcome, best.utilities
	return proven, nil
}

// gap returns how far beyond its outcome a proof leaves room, in units of the given
// size or, without one, as a share of the value; nil where nothing is proven.
func (p *proof) gap(unit *big.Rat) *big.Rat {
	if p.exact {
		return new(big.Rat)
	}
	if p.bound == nil || p.proven >= len(p.value) {
		return nil
	}
	room := new(big.Rat).Sub(p.bound, p.value[p.proven])
	switch {
	case unit != nil:
		return room.Mul(room, unit)
	case p.value[p.proven].Sign() > 0:
		return room.Quo(room, p.value[p.proven])
	}
	return nil
}

// without leaves out the networks that an answer proves to have no outcome.
func (p *panel) without(a *answer) *panel {
	left := &panel{budget: p.budget, start: p.start}
	for k, n := range p.nets {
		if !a.by[k].empty() {
			left.nets = append(left.nets, n)
		}
	}
	if len(left.nets) == len(p.nets) {
		return p
	}
	return newPanel(left.nets, p.budget, p.start)
}

// accept takes an outcome that ranks above the proof's.
func (p *proof) accept(u []int64, o outcome.Outcome) bool {
	u = u[:len(p.floor)]
	value := p.worth(u)
	if p.outcome != nil && slices.CompareFunc(value, p.value, (*big.Rat).Cmp) <= 0 {
		return false
	}
	p.outcome, p.utilities, p.value = o, u, value
	return true
}
