package bargain

import (
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/outcome"
)

// A representation takes a part of the budget of work, ends at a number of points that
// people read, and aims at one twentieth of each party's range.
const (
	representShare  = 24
	representPoints = 200
)

var representTarget = big.NewRat(1, 20)

// bound fills the analysis with single solutions, each proven or with the gap that is
// left, and with a short list of points that stands for the frontier. That list cannot be
// ranked, and so there is no balanced solution. Budget is in the units of the provers.
func (r *runner) bound(a *Analysis, on *network.Ground, budget int64, start func(n *network.Network, budget int64) prove.Prover) error {
	s := r.s
	if r.opt.Whole {
		if err := r.boundWhole(a, budget, start); err != nil {
			return err
		}
	} else {
		a.Frontier = Frontier{Size: -1, Truncated: true}
	}
	a.Parties = make([]PartyBounds, len(s.Parties))
	all := newPanel(network.Possible(on.Zone), budget, start)
	zone, err := all.ask(func(s prove.Prover) (*prove.Proof, error) { return s.Find(r.ctx) })
	if err != nil {
		return err
	}
	switch {
	case zone.Empty():
		a.Verdict = NoZone
		if !r.opt.Whole {
			a.Frontier = Frontier{}
		}
		return nil
	case zone.Outcome == nil:
		a.Verdict, a.Exact = Unknown, false
		return r.count(a, on)
	}
	a.Verdict = HasZone
	if err := r.count(a, on); err != nil {
		return err
	}
	a.Zone.atLeast(1)
	all = all.without(zone)
	agreed := all
	if on.Agreed != nil {
		agreed = newPanel(network.Possible(on.Agreed), budget, start)
		some, err := agreed.ask(func(s prove.Prover) (*prove.Proof, error) { return s.Find(r.ctx) })
		if err != nil {
			return err
		}
		agreed = agreed.without(some)
	}

	g, from, measured, err := r.measure(a, all, zone)
	if err != nil {
		return err
	}
	a.Exact = measured
	one := big.NewRat(1, 1)
	questions := []question{{all, func(s prove.Prover) (*prove.Proof, error) { return s.Utilitarian(r.ctx, g.Scale) }, &a.Solutions.Utilitarian, big.NewRat(1, pareto.CommonScale(g.Scale))}}
	if from && len(agreed.provers) > 0 {
		// An ideal that is not proven may hide that a party can gain.
		if measured || !slices.ContainsFunc(a.Parties, func(b PartyBounds) bool { return b.Ideal <= b.Disagreement }) {
			questions = append(questions, question{agreed, func(s prove.Prover) (*prove.Proof, error) { return s.Nash(r.ctx, g) }, &a.Solutions.Nash, nil})
		}
		if measured {
			questions = append(questions, question{agreed, func(s prove.Prover) (*prove.Proof, error) { return s.KalaiSmorodinsky(r.ctx, g) }, &a.Solutions.KalaiSmorodinsky, one})
		}
		questions = append(questions, question{agreed, func(s prove.Prover) (*prove.Proof, error) { return s.Egalitarian(r.ctx, g) }, &a.Solutions.Egalitarian, one})
	}
	for _, q := range questions {
		proven, err := r.settle(q, budget)
		if err != nil {
			return err
		}
		a.Exact = a.Exact && proven
		if proven && q.of == all && !r.opt.Whole {
			a.Frontier.add((*q.to).Point)
		}
	}
	if measured && !r.opt.Whole {
		return r.represent(a, all.nets, g, budget, start)
	}
	return nil
}

// measure asks for the ideal of each party, and for the least that it gets in the zone where it has no
// no-deal value. It reports whether the disagreement point is proven, and whether both are.
func (r *runner) measure(a *Analysis, all *panel, zone *answer) (g *pareto.Gauge, from, measured bool, err error) {
	s := r.s
	g, from, measured = &pareto.Gauge{}, true, true
	for p := range s.Parties {
		b := &a.Parties[p]
		best, err := all.ask(func(s prove.Prover) (*prove.Proof, error) { return s.Best(r.ctx, p) })
		if err != nil {
			return nil, false, false, err
		}
		// Where the budget ends before an outcome is found, the zone's witness is what is known.
		b.Ideal, b.Disagreement = zone.Utilities[p], s.Parties[p].Threshold.Value
		if best.Outcome != nil {
			b.Ideal = max(b.Ideal, best.Utilities[p])
		}
		measured = measured && best.Exact
		if !s.Parties[p].Threshold.Set {
			least, err := all.ask(func(s prove.Prover) (*prove.Proof, error) { return s.Least(r.ctx, p) })
			if err != nil {
				return nil, false, false, err
			}
			b.FromZone, b.Disagreement = true, zone.Utilities[p]
			if least.Outcome != nil {
				b.Disagreement = min(b.Disagreement, least.Utilities[p])
			}
			from = from && least.Exact
		}
		g.Scale = append(g.Scale, s.Parties[p].Units())
		g.Disagreement = append(g.Disagreement, b.Disagreement)
		g.Ideal = append(g.Ideal, b.Ideal)
	}
	return g, from, measured && from, nil
}

// A question asks a panel for the solution of a rule.
type question struct {
	of   *panel
	ask  func(prove.Prover) (*prove.Proof, error)
	to   **Solution
	unit *big.Rat // of the rule's value, in terms of Solution.Gap; nil: the value itself
}

// settle fills in the solution that a question asks for, and reports whether it is proven. Where the budget ends
// before any package is found there is none.
func (r *runner) settle(q question, budget int64) (proven bool, err error) {
	p, err := q.of.ask(q.ask)
	if err != nil || p.Outcome == nil {
		return false, err
	}
	sol := &Solution{Gap: p.Gap(q.unit)}
	if p.Exact {
		if sol.First, err = q.of.first(r.ctx, p, budget/firstShare); err != nil {
			return false, err
		}
	}
	sol.Point = Point{Utilities: p.Utilities[:len(r.s.Parties)], Outcome: p.Outcome}
	sol.Tied = []outcome.Outcome{p.Outcome}
	*q.to = sol
	return p.Exact, nil
}

// boundWhole fills the frontier of all that satisfies the requirements with points that stand for it.
func (r *runner) boundWhole(a *Analysis, budget int64, start func(n *network.Network, budget int64) prove.Prover) error {
	all := newPanel(network.Possible([]*network.Network{network.Frame(r.s)}), budget, start)
	some, err := all.ask(func(s prove.Prover) (*prove.Proof, error) { return s.Find(r.ctx) })
	if err != nil || some.Empty() {
		return err
	}
	a.Frontier = Frontier{Size: -1, Truncated: true}
	g := &pareto.Gauge{}
	for p := range r.s.Parties {
		best, err := all.ask(func(s prove.Prover) (*prove.Proof, error) { return s.Best(r.ctx, p) })
		if err != nil {
			return err
		}
		least, err := all.ask(func(s prove.Prover) (*prove.Proof, error) { return s.Least(r.ctx, p) })
		if err != nil || !best.Exact || !least.Exact {
			return err
		}
		g.Scale = append(g.Scale, r.s.Parties[p].Units())
		g.Disagreement = append(g.Disagreement, least.Utilities[p])
		g.Ideal = append(g.Ideal, best.Utilities[p])
	}
	return r.represent(a, all.nets, g, budget, start)
}

// represent adds points to the frontier that stand for that of the networks, measured by g.
func (r *runner) represent(a *Analysis, nets []*network.Network, g *pareto.Gauge, budget int64, start func(n *network.Network, budget int64) prove.Prover) error {
	epsilon := new(big.Rat)
	for _, find := range newPanel(nets, budget/representShare, start).provers {
		stand, err := find.Represent(r.ctx, g, representTarget, max(1, representPoints/len(nets)))
		if err != nil {
			return err
		}
		for _, p := range stand.Points {
			a.Frontier.add(Point{Utilities: p.Utilities, Outcome: p.Outcome})
		}
		if stand.Epsilon == nil || epsilon == nil {
			epsilon = nil
		} else if stand.Epsilon.Cmp(epsilon) > 0 {
			epsilon = stand.Epsilon
		}
	}
	a.Frontier.Epsilon = epsilon
	slices.SortFunc(a.Frontier.Points, func(x, y Point) int { return slices.Compare(y.Utilities, x.Utilities) })
	if len(nets) > 1 {
		// A point of one network may be dominated by one of another.
		sweep := pareto.NewSweep(len(g.Scale))
		a.Frontier.Points = slices.DeleteFunc(a.Frontier.Points, func(p Point) bool {
			if sweep.Dominated(p.Utilities) {
				return true
			}
			sweep.Add(p.Utilities)
			return false
		})
	}
	return nil
}

// add adds a point that is not there yet.
func (f *Frontier) add(p Point) {
	if !slices.ContainsFunc(f.Points, func(x Point) bool { return slices.Equal(x.Utilities, p.Utilities) }) {
		f.Points = append(f.Points, p)
	}
}
