package bargain

import (
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

// bound fills the analysis with single solutions, each proven or with the gap that is
// left, and with a short list of points that stands for the frontier. That list cannot be
// ranked, and so there is no balanced solution. Budget is in the units of the provers.
func (r *runner) bound(a *Analysis, on *ground, budget int64, start func(n *network, budget int64) prover) error {
	s := r.s
	if r.opt.Whole {
		if err := r.boundWhole(a, budget, start); err != nil {
			return err
		}
	} else {
		a.Frontier = Frontier{Size: -1, Truncated: true}
	}
	a.Parties = make([]PartyBounds, len(s.Parties))
	all := newPanel(possible(on.zone), budget, start)
	zone, err := all.ask(func(s prover) (*proof, error) { return s.find(r.ctx) })
	if err != nil {
		return err
	}
	switch {
	case zone.empty():
		a.Verdict = NoZone
		if !r.opt.Whole {
			a.Frontier = Frontier{}
		}
		return nil
	case zone.outcome == nil:
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
	if on.agreed != nil {
		agreed = newPanel(possible(on.agreed), budget, start)
		some, err := agreed.ask(func(s prover) (*proof, error) { return s.find(r.ctx) })
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
	questions := []question{{all, func(s prover) (*proof, error) { return s.utilitarian(r.ctx, g.scale) }, &a.Solutions.Utilitarian, big.NewRat(1, commonScale(g.scale))}}
	if from && len(agreed.provers) > 0 {
		// An ideal that is not proven may hide that a party can gain.
		if measured || !slices.ContainsFunc(a.Parties, func(b PartyBounds) bool { return b.Ideal <= b.Disagreement }) {
			questions = append(questions, question{agreed, func(s prover) (*proof, error) { return s.nash(r.ctx, g) }, &a.Solutions.Nash, nil})
		}
		if measured {
			questions = append(questions, question{agreed, func(s prover) (*proof, error) { return s.kalaiSmorodinsky(r.ctx, g) }, &a.Solutions.KalaiSmorodinsky, one})
		}
		questions = append(questions, question{agreed, func(s prover) (*proof, error) { return s.egalitarian(r.ctx, g) }, &a.Solutions.Egalitarian, one})
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
func (r *runner) measure(a *Analysis, all *panel, zone *answer) (g *gauge, from, measured bool, err error) {
	s := r.s
	g, from, measured = &gauge{}, true, true
	for p := range s.Parties {
		b := &a.Parties[p]
		best, err := all.ask(func(s prover) (*proof, error) { return s.best(r.ctx, p) })
		if err != nil {
			return nil, false, false, err
		}
		// Where the budget ends before an outcome is found, the zone's witness is what is known.
		b.Ideal, b.Disagreement = zone.utilities[p], s.Parties[p].Threshold.Value
		if best.outcome != nil {
			b.Ideal = max(b.Ideal, best.utilities[p])
		}
		measured = measured && best.exact
		if !s.Parties[p].Threshold.Set {
			least, err := all.ask(func(s prover) (*proof, error) { return s.least(r.ctx, p) })
			if err != nil {
				return nil, false, false, err
			}
			b.FromZone, b.Disagreement = true, zone.utilities[p]
			if least.outcome != nil {
				b.Disagreement = min(b.Disagreement, least.utilities[p])
			}
			from = from && least.exact
		}
		g.scale = append(g.scale, s.Parties[p].Scale)
		g.disagreement = append(g.disagreement, b.Disagreement)
		g.ideal = append(g.ideal, b.Ideal)
	}
	return g, from, measured && from, nil
}

// A question asks a panel for the solution of a rule.
type question struct {
	of   *panel
	ask  func(prover) (*proof, error)
	to   **Solution
	unit *big.Rat // of the rule's value, in terms of Solution.Gap; nil: the value itself
}

// settle fills in the solution that a question asks for, and reports whether it is proven. Where the budget ends
// before any package is found there is none.
func (r *runner) settle(q question, budget int64) (proven bool, err error) {
	p, err := q.of.ask(q.ask)
	if err != nil || p.outcome == nil {
		return false, err
	}
	sol := &Solution{Gap: p.gap(q.unit)}
	if p.exact {
		if sol.First, err = q.of.first(r.ctx, p, budget/firstShare); err != nil {
			return false, err
		}
	}
	sol.Point = Point{Utilities: p.utilities[:len(r.s.Parties)], Outcome: p.outcome}
	sol.Tied = []outcome.Outcome{p.outcome}
	*q.to = sol
	return p.exact, nil
}

// boundWhole fills the frontier of all that satisfies the requirements with points that stand for it.
func (r *runner) boundWhole(a *Analysis, budget int64, start func(n *network, budget int64) prover) error {
	all := newPanel(possible([]*network{frame(r.s)}), budget, start)
	some, err := all.ask(func(s prover) (*proof, error) { return s.find(r.ctx) })
	if err != nil || some.empty() {
		return err
	}
	a.Frontier = Frontier{Size: -1, Truncated: true}
	g := &gauge{}
	for p := range r.s.Parties {
		best, err := all.ask(func(s prover) (*proof, error) { return s.best(r.ctx, p) })
		if err != nil {
			return err
		}
		least, err := all.ask(func(s prover) (*proof, error) { return s.least(r.ctx, p) })
		if err != nil || !best.exact || !least.exact {
			return err
		}
		g.scale = append(g.scale, r.s.Parties[p].Scale)
		g.disagreement = append(g.disagreement, least.utilities[p])
		g.ideal = append(g.ideal, best.utilities[p])
	}
	return r.represent(a, all.nets, g, budget, start)
}

// represent adds points to the frontier that stand for that of the networks, measured by g.
func (r *runner) represent(a *Analysis, nets []*network, g *gauge, budget int64, start func(n *network, budget int64) prover) error {
	epsilon := new(big.Rat)
	for _, find := range newPanel(nets, budget/representShare, start).provers {
		stand, err := find.represent(r.ctx, g, representTarget, max(1, representPoints/len(nets)))
		if err != nil {
			return err
		}
		for _, p := range stand.points {
			a.Frontier.add(Point{Utilities: p.utilities, Outcome: p.outcome})
		}
		if stand.epsilon == nil || epsilon == nil {
			epsilon = nil
		} else if stand.epsilon.Cmp(epsilon) > 0 {
			epsilon = stand.epsilon
		}
	}
	a.Frontier.Epsilon = epsilon
	slices.SortFunc(a.Frontier.Points, func(x, y Point) int { return slices.Compare(y.Utilities, x.Utilities) })
	if len(nets) > 1 {
		// A point of one network may be dominated by one of another.
		sweep := newSweep(len(g.scale))
		a.Frontier.Points = slices.DeleteFunc(a.Frontier.Points, func(p Point) bool {
			if sweep.dominated(p.Utilities) {
				return true
			}
			sweep.add(p.Utilities)
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
