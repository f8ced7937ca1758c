package bargain

import (
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A representation takes a part of the budget of work, ends at a number of points that
// people read, and aims at one twentieth of each party's range.
const (
	representShare  = 24
	representPoints = 200
)

var representTarget = big.NewRat(1, 20)

// bound fills the analysis with single solutions of a network without links, each
// proven or with the gap that is left, and with a short list of points that stands for
// the frontier. That list cannot be ranked, and so there is no balanced solution.
func (r *runner) bound(a *Analysis, net *network) error {
	s := r.s
	a.Frontier = Frontier{Size: -1, Truncated: true}
	a.Parties = make([]PartyBounds, len(s.Parties))
	find := &search{net: net, budget: r.opt.Time.Nanoseconds() / scoreWork}
	zone, err := find.find(r.ctx)
	if err != nil {
		return err
	}
	switch {
	case zone.empty():
		a.Verdict = NoZone
		a.Frontier = Frontier{}
		a.Zone = Zone{Low: new(big.Int), High: new(big.Int), Ratifiable: new(big.Int)}
		return nil
	case zone.outcome == nil:
		a.Verdict, a.Exact = Unknown, false
		return r.count(a, net)
	}
	a.Verdict = HasZone
	if err := r.count(a, net); err != nil {
		return err
	}
	a.Zone.Low = maxInt(a.Zone.Low, big.NewInt(1))

	g := &gauge{}
	measured := true // disagreement point and ideals are proven
	for p := range s.Parties {
		b := &a.Parties[p]
		best, err := find.best(r.ctx, p)
		if err != nil {
			return err
		}
		// Where the budget ends before an outcome is found, the zone's witness is what is known.
		b.Ideal, b.Disagreement = zone.utilities[p], s.Parties[p].Threshold.Value
		if best.outcome != nil {
			b.Ideal = max(b.Ideal, best.utilities[p])
		}
		measured = measured && best.exact
		if !s.Parties[p].Threshold.Set {
			least, err := find.least(r.ctx, p)
			if err != nil {
				return err
			}
			b.FromZone, b.Disagreement = true, zone.utilities[p]
			if least.outcome != nil {
				b.Disagreement = min(b.Disagreement, least.utilities[p])
			}
			measured = measured && least.exact
		}
		g.scale = append(g.scale, s.Parties[p].Scale)
		g.disagreement = append(g.disagreement, b.Disagreement)
		g.ideal = append(g.ideal, b.Ideal)
	}
	a.Exact = measured
	type question struct {
		ask  func(context.Context) (*proof, error)
		to   **Solution
		unit *big.Rat // of the rule's value, in terms of Solution.Gap; nil: the value itself
	}
	questions := []question{{func(ctx context.Context) (*proof, error) { return find.utilitarian(ctx, g.scale) }, &a.Solutions.Utilitarian, big.NewRat(1, commonScale(g.scale))}}
	if measured {
		one := big.NewRat(1, 1)
		if slices.ContainsFunc(a.Parties, func(b PartyBounds) bool { return b.Ideal > b.Disagreement }) {
			questions = append(questions, question{func(ctx context.Context) (*proof, error) { return find.nash(ctx, g) }, &a.Solutions.Nash, nil})
		}
		questions = append(questions,
			question{func(ctx context.Context) (*proof, error) { return find.kalaiSmorodinsky(ctx, g) }, &a.Solutions.KalaiSmorodinsky, one},
			question{func(ctx context.Context) (*proof, error) { return find.egalitarian(ctx, g) }, &a.Solutions.Egalitarian, one})
	}
	for _, q := range questions {
		p, err := q.ask(r.ctx)
		if err != nil {
			return err
		}
		if p.outcome == nil {
			a.Exact = false
			continue
		}
		*q.to = &Solution{Point: Point{Utilities: p.utilities, Outcome: p.outcome}, Tied: []outcome.Outcome{p.outcome}, Gap: p.gap(q.unit)}
		a.Exact = a.Exact && p.exact
		if p.exact {
			a.Frontier.add((*q.to).Point)
		}
	}
	if measured {
		list := &search{net: net, budget: find.budget / representShare}
		stand, err := list.represent(r.ctx, g, representTarget, representPoints)
		if err != nil {
			return err
		}
		for _, p := range stand.points {
			a.Frontier.add(Point{Utilities: p.utilities, Outcome: p.outcome})
		}
		a.Frontier.Epsilon = stand.epsilon
	}
	slices.SortFunc(a.Frontier.Points, func(x, y Point) int { return slices.Compare(y.Utilities, x.Utilities) })
	return nil
}

// add adds a point that is not there yet.
func (f *Frontier) add(p Point) {
	if !slices.ContainsFunc(f.Points, func(x Point) bool { return slices.Equal(x.Utilities, p.Utilities) }) {
		f.Points = append(f.Points, p)
	}
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

// commonScale returns the least common multiple of the scales, or 1 where it passes
// 2^63; the utilitarian search then fails before its unit is asked for.
func commonScale(scales []int64) int64 {
	common := big.NewInt(1)
	for _, s := range scales {
		v := big.NewInt(s)
		common.Mul(common, new(big.Int).Quo(v, new(big.Int).GCD(nil, nil, common, v)))
	}
	if !common.IsInt64() {
		return 1
	}
	return common.Int64()
}
