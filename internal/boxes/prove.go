package boxes

import (
	"context"
	"errors"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/outcome"
)

// A boxProver finds single outcomes of a network whose links are boxes or are cut into
// boxes, of any number of rows. Whatever a rule asks comes down to whether an outcome gives
// every row a goal, which a boxSearch answers.
type boxProver struct {
	net  *network.Network
	work int64 // options that may still be visited
}

func NewProver(n *network.Network, work int64) prove.Prover { return &boxProver{n, work} }

// lookShare is the part of the work left that one look for an outcome may take.
const lookShare = 4

// A boxLook asks a network for outcomes that reach goals.
type boxLook struct {
	prover *boxProver
	net    *network.Network
	search *boxSearch // nil where conditions leave no outcome
	span   []int64
}

func (b *boxProver) open(ctx context.Context, n *network.Network) (*boxLook, error) {
	l := &boxLook{prover: b, net: n}
	boxes, err := newBoxed(ctx, n, false)
	switch {
	case errors.Is(err, errNoOutcome):
		return l, nil
	case ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, budget.TooMuch("%v", err)
	}
	l.search = newBoxSearch(boxes)
	for p, low := range boxes.low {
		l.span = append(l.span, max(boxes.high[p]-low, 1))
	}
	return l, nil
}

// ask looks for an outcome that gives every row its goal. Without one, none says whether
// it is proven that there is none.
func (l *boxLook) ask(ctx context.Context, goal []int64) (u []int64, o outcome.Outcome, none bool, err error) {
	s := l.search
	if s == nil {
		return nil, nil, true, nil
	}
	s.ctx, s.err = ctx, nil
	share := max(l.prover.work/lookShare, s.pass)
	s.work = share
	s.goal = slices.Clone(goal)
	for p, low := range s.low {
		s.goal[p] = min(max(goal[p], low), s.high[p]+1)
	}
	found := s.look(l.span)
	l.prover.work = max(l.prover.work-share+s.work, 0)
	switch {
	case found != nil:
		for i, c := range found {
			o = append(o, s.issues[i][c].Option)
		}
		return s.utilities(found), o, false, nil
	case s.err != nil && !errors.Is(s.err, errNoWork):
		return nil, nil, false, s.err
	}
	return nil, nil, s.err == nil, nil
}

func (b *boxProver) Find(ctx context.Context) (*prove.Proof, error) {
	p := &prove.Proof{Rule: prove.ByFloors, Floor: slices.Clone(b.net.Floor)}
	_, err := b.begin(ctx, p)
	if p.Outcome != nil {
		p.Exact = true
	}
	return p, err
}

// begin opens the prover's network and takes an outcome that meets the proof's floors; where
// there is proven to be none, the proof is exact.
func (b *boxProver) begin(ctx context.Context, p *prove.Proof) (*boxLook, error) {
	l, err := b.open(ctx, b.net)
	if err != nil {
		return nil, err
	}
	u, o, none, err := l.ask(ctx, p.Floor)
	if o != nil {
		p.Accept(u, o)
	}
	p.Exact = none
	return l, err
}

func (b *boxProver) Best(ctx context.Context, p int) (*prove.Proof, error) {
	weights := make([]int64, len(b.net.Floor))
	weights[p] = 1
	return b.linear(ctx, b.net.Floor, weights)
}

func (b *boxProver) Least(ctx context.Context, p int) (*prove.Proof, error) {
	weights := make([]int64, len(b.net.Floor))
	weights[p] = -1
	return b.linear(ctx, b.net.Floor, weights)
}

func (b *boxProver) Utilitarian(ctx context.Context, scale []int64) (*prove.Proof, error) {
	weights, err := b.net.PointWeights(scale)
	if err != nil {
		return nil, err
	}
	return b.linear(ctx, b.net.Floor, weights)
}

// linear finds the greatest weighted sum of utilities among the outcomes that meet the
// floors: what lies between the best one met and what is out of reach is halved until
// nothing is left.
func (b *boxProver) linear(ctx context.Context, floor, weights []int64) (*prove.Proof, error) {
	p := &prove.Proof{Rule: prove.ByObjective, Floor: slices.Clone(floor), Objective: weights}
	net, span := b.net.WithSum(weights)
	if span >= maxSpan/2 {
		return p, nil
	}
	l, err := b.open(ctx, net)
	if err != nil {
		return nil, err
	}
	row := len(floor)
	goal := append(slices.Clone(floor), network.NoFloor)
	u, o, none, err := l.ask(ctx, goal)
	if err != nil || o == nil {
		p.Exact = none
		return p, err
	}
	p.Accept(u, o)
	low, high := u[row], l.search.high[row]
	for low < high {
		goal[row] = high - (high-low)/2
		switch u, o, none, err = l.ask(ctx, goal); {
		case err != nil:
			return nil, err
		case o != nil:
			low = u[row]
			p.Accept(u, o)
			continue
		case none:
			high = goal[row] - 1
			continue
		}
		p.Bound = new(big.Rat).SetInt64(high)
		return p, nil
	}
	p.Exact, p.Proven = true, 1
	return p, nil
}

func (b *boxProver) KalaiSmorodinsky(ctx context.Context, g *pareto.Gauge) (*prove.Proof, error) {
	return b.leximin(ctx, prove.RelativeGains(b.net, g))
}

func (b *boxProver) Egalitarian(ctx context.Context, g *pareto.Gauge) (*prove.Proof, error) {
	return b.leximin(ctx, prove.GainsOf(b.net, g))
}

// leximin maximises the least share by halving what is open, and then the second least
// and so on: an outcome that surpasses the one known at some level gives the parties of some
// order the values before, and all others more (see search.leximin).
func (b *boxProver) leximin(ctx context.Context, p *prove.Proof) (*prove.Proof, error) {
	if len(p.Ranked) == 0 {
		return b.Find(ctx)
	}
	l, err := b.begin(ctx, p)
	if err != nil || p.Outcome == nil {
		return p, err
	}
	high := big.NewRat(math.MaxInt64, 1)
	for _, q := range p.Ranked {
		if most := big.NewRat(l.search.high[q]-p.From[q], p.Unit[q]); most.Cmp(high) < 0 {
			high = most
		}
	}
	for high.Cmp(p.Value[0]) > 0 {
		middle := new(big.Rat).Add(high, p.Value[0])
		middle.Mul(middle, big.NewRat(1, 2))
		goal, more := p.Required(nil, middle, false), p.Required(nil, p.Value[0], true)
		u, o, none, err := l.ask(ctx, goal)
		switch {
		case err != nil:
			return nil, err
		case o != nil:
			p.Accept(u, o)
		case none && slices.Equal(goal, more):
			high = p.Value[0]
		case none:
			high = middle
		default:
			p.Bound = high
			return p, nil
		}
	}
	p.Proven = 1
	var refuted [][]int64
	for p.Proven < len(p.Ranked) {
		found, done, err := b.surpass(ctx, l, p, nil, &refuted)
		if err != nil || !done {
			return p, err
		}
		if !found {
			p.Proven++
		}
	}
	p.Exact = true
	return p, nil
}

// maxRefuted bounds the cases that a leximin is split in.
const maxRefuted = 1 << 10

// surpass looks for an outcome better than the proof's at the first level that is not
// proven, with the parties of a prefix first in order, and takes it. It reports false for done where
// the work ends before.
func (b *boxProver) surpass(ctx context.Context, l *boxLook, p *prove.Proof, prefix []int, refuted *[][]int64) (found, done bool, err error) {
	if len(prefix) == p.Proven {
		goal := p.Required(prefix, p.Value[p.Proven], true)
		if slices.ContainsFunc(*refuted, func(r []int64) bool { return pareto.AtLeast(goal, r) }) {
			return false, true, nil
		}
		u, o, none, err := l.ask(ctx, goal)
		if err != nil || o != nil {
			return o != nil && p.Accept(u, o), true, err
		}
		*refuted = append(*refuted, goal)
		return false, none && len(*refuted) <= maxRefuted, nil
	}
	for _, q := range p.Ranked {
		if slices.Contains(prefix, q) {
			continue
		}
		found, done, err := b.surpass(ctx, l, p, append(slices.Clone(prefix), q), refuted)
		if found || !done || err != nil {
			return found, done, err
		}
	}
	return false, true, nil
}

// Nash looks for the greatest product of gains. At the best outcome known, with gains g, no product
// surpasses (Σ w·gain / n)ⁿ / Π w for any positive weights w, and with weights in proportion to 1/g that
// is least: so the greatest weighted sum bounds the product, and is often the outcome to go on from.
func (b *boxProver) Nash(ctx context.Context, g *pareto.Gauge) (*prove.Proof, error) {
	p := prove.ProductOf(b.net, g)
	if len(p.Ranked) == 0 {
		return b.Find(ctx)
	}
	if _, err := b.begin(ctx, p); err != nil || p.Outcome == nil {
		return p, err
	}
	for {
		weights := make([]int64, len(p.Floor))
		for _, q := range p.Ranked {
			weights[q] = max(1, nashWeight/(p.Utilities[q]-p.From[q]))
		}
		sum, err := b.linear(ctx, p.Floor, weights)
		if err != nil {
			return nil, err
		}
		if sum.Outcome == nil {
			return p, nil
		}
		most := sum.Bound
		if sum.Exact {
			most = sum.Value[0]
		}
		n := int64(len(p.Ranked))
		bound := new(big.Rat).Set(most)
		for _, q := range p.Ranked {
			from := new(big.Int).Mul(big.NewInt(weights[q]), big.NewInt(p.From[q]))
			bound.Sub(bound, new(big.Rat).SetInt(from))
		}
		bound.Quo(bound, big.NewRat(n, 1))
		power := big.NewRat(1, 1)
		for _, q := range p.Ranked {
			power.Mul(power, bound)
			power.Quo(power, big.NewRat(weights[q], 1))
		}
		// A product is an integer.
		power.SetInt(new(big.Int).Div(power.Num(), power.Denom()))
		if p.Bound == nil || power.Cmp(p.Bound) < 0 {
			p.Bound = power
		}
		if !p.Accept(sum.Utilities, sum.Outcome) {
			break
		}
	}
	if p.Bound.Cmp(p.Value[0]) <= 0 {
		p.Exact, p.Proven, p.Bound = true, 1, nil
	}
	return p, nil
}

// nashWeight is what a weight is divided from: a weight times a gain is at most this.
const nashWeight = 1 << 24

// first does not look for the first of equal outcomes: it gives back the proof's.
func (b *boxProver) First(_ context.Context, p *prove.Proof, _ int64) (outcome.Outcome, []int64, bool, error) {
	return p.Outcome, p.Utilities, false, nil
}

// Represent finds no points: nothing here says how far others lie beyond them.
func (b *boxProver) Represent(context.Context, *pareto.Gauge, *big.Rat, int) (*prove.Representation, error) {
	return &prove.Representation{}, nil
}
