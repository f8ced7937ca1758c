package bargain

import (
	"cmp"

	"github.com/goodoffices/goodoffices/internal/boxes"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/outcome"
)

// branch fills the analysis from the frontier of two parties whose links are boxes, or
// are cut into boxes: exact, or within a proven distance. With exact it settles for
// nothing less. Each of its searches has the given work, in nanoseconds.
func (r *runner) branch(a *Analysis, on *network.Ground, work int64, exact bool) error {
	s, opt, net := r.s, r.opt, on.Zone[0]
	search := func(n *network.Network) (*boxes.Frontier, error) {
		f, err := boxes.Solve(r.ctx, n, work/budget.Branch)
		if err != nil && r.ctx.Err() == nil {
			return nil, budget.TooMuch("%v", err)
		}
		if err == nil && exact && !f.Exact {
			return nil, budget.TooMuch("to branch on conditions until nothing is left to prove is more work than to visit every package")
		}
		return f, err
	}
	zone, err := search(net)
	if err != nil {
		return err
	}
	a.Exact = zone.Exact
	a.Parties = make([]PartyBounds, len(s.Parties))
	switch {
	case zone.Len() > 0:
		a.Verdict = HasZone
		if err := r.count(a, on); err != nil {
			return err
		}
		a.Zone.atLeast(int64(zone.Len()))
		var failed error
		a.Parties = nil
		g := a.bound(s, zone, func(p int) int64 {
			f, err := search(net.Negated(p))
			if failed = cmp.Or(failed, err); err != nil {
				return 0
			}
			a.Exact = a.Exact && f.Exact
			// Where the budget ends before an outcome is found, the zone's are what is known.
			least := zone.At(0)[p]
			for i := range zone.Len() {
				least = min(least, zone.At(i)[p])
			}
			for i := range f.Len() {
				least = min(least, -f.At(i)[p])
			}
			return least
		})
		if failed != nil {
			return failed
		}
		for _, p := range solve(g, zone, zone, &a.Solutions) {
			sol := p.canonical()
			sol.Ties, sol.Tied, sol.First = nil, []outcome.Outcome{sol.Outcome}, zone.Canonical
			if !a.Exact {
				sol.Gap = nil
			}
			*p.to = sol
		}
	case zone.Exact:
		a.Verdict = NoZone
	default:
		a.Verdict = Unknown
		if err := r.count(a, on); err != nil {
			return err
		}
	}
	if opt.Whole {
		if zone, err = search(network.Asking(s, network.Asked{})); err != nil {
			return err
		}
	}
	a.Frontier = frontierOf(zone, opt.MaxPoints)
	for i := range a.Frontier.Points {
		a.Frontier.Points[i].Ties = nil
	}
	if !zone.Exact {
		a.Exact = false
		a.Frontier.Size, a.Frontier.Truncated, a.Frontier.Epsilon = -1, true, zone.Share()
	}
	return nil
}
