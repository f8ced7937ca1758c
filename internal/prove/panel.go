package prove

import (
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

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

// A Panel asks the same question of several networks, an outcome belonging to one of
// which is enough. Each has a prover with an equal part of the budget.
type Panel struct {
	Nets    []*network.Network
	Provers []Prover
	budget  int64
	start   func(n *network.Network, budget int64) Prover
}

func NewPanel(nets []*network.Network, budget int64, start func(n *network.Network, budget int64) Prover) *Panel {
	p := &Panel{Nets: nets, budget: budget, start: start}
	for _, n := range nets {
		p.Provers = append(p.Provers, start(n, budget/int64(len(nets))))
	}
	return p
}

func NewSearch(n *network.Network, budget int64) Prover { return &Search{Net: n, Budget: budget} }

// An Answer is the best that the proofs of a panel found, with what they prove together.
type Answer struct {
	Proof
	by []*Proof
}

// Ask puts a question to every search.
func (p *Panel) Ask(question func(Prover) (*Proof, error)) (*Answer, error) {
	a := &Answer{}
	for _, s := range p.Provers {
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
func (a *Answer) combine() {
	for _, q := range a.by {
		if q.Outcome != nil && (a.Outcome == nil || slices.CompareFunc(q.Value, a.Value, (*big.Rat).Cmp) > 0) {
			a.Outcome, a.Utilities, a.Value = q.Outcome, q.Utilities, q.Value
		}
	}
	a.Exact, a.Proven = true, len(a.Value)
	for _, q := range a.by {
		level, bound, open := q.surpass(a.Value)
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

// surpass returns the first entry of value that an outcome admitted by the proof may
// surpass given those before it, and what it is at most, nil where nothing is known; open is
// false where none may.
func (p *Proof) surpass(value []*big.Rat) (level int, bound *big.Rat, open bool) {
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

// First replaces the outcome of an exact answer by the first, in the order of issues and
// options, that is worth the same. It reports whether that is proven; without, the outcome is the
// first of those that it met.
func (p *Panel) First(ctx context.Context, a *Answer, budget int64) (bool, error) {
	proven := true
	best := *a
	for k, q := range a.by {
		if q.Outcome == nil || slices.CompareFunc(q.Value, a.Value, (*big.Rat).Cmp) != 0 {
			// No outcome of this network is as good: the answer is exact.
			proven = proven && (q.Exact || q.Bound != nil && q.Proven == 0 && q.Bound.Cmp(a.Value[0]) < 0)
			continue
		}
		o, u, ok, err := p.Provers[k].First(ctx, q, budget/int64(len(p.Nets)))
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

// Without leaves out the networks that an answer proves to have no outcome.
func (p *Panel) Without(a *Answer) *Panel {
	left := &Panel{budget: p.budget, start: p.start}
	for k, n := range p.Nets {
		if !a.by[k].Empty() {
			left.Nets = append(left.Nets, n)
		}
	}
	if len(left.Nets) == len(p.Nets) {
		return p
	}
	return NewPanel(left.Nets, p.budget, p.start)
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
