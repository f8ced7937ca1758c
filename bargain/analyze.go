package bargain

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

const (
	defaultPoints  = 100_000
	defaultTies    = 16
	defaultListing = 4_000_000_000
)

// Analyze finds the zone of agreement of s, its frontier and the bargaining
// solutions. It fails when s does not check, when it is too large for the methods
// that fit it, and when ctx ends.
func Analyze(ctx context.Context, s *outcome.Space, opt Options) (*Analysis, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if opt.MaxPoints == 0 {
		opt.MaxPoints = defaultPoints
	}
	if opt.MaxTies == 0 {
		opt.MaxTies = defaultTies
	}
	if opt.MaxListing == 0 {
		opt.MaxListing = defaultListing
	}
	a := &Analysis{Outcomes: s.Size(), Exact: true}
	home := false
	for i := range s.Parties {
		home = home || len(s.Parties[i].Constituencies) > 0
	}
	listable := a.Outcomes.Cmp(big.NewInt(opt.MaxListing)) <= 0
	net, why := newNetwork(s, false)
	separable := net != nil && len(net.links) == 0
	var err error
	switch {
	case separable && len(s.Parties) == 2 && !(listable && (home || listingWork(s) <= net.mergingWork())):
		a.Method = Merging
		a.Why = "two parties, and no condition or adjustment links issues: frontiers of single issues are summed"
		err = a.eliminate(ctx, net, opt)
	case listable:
		a.Method = Listing
		switch {
		case why != "":
			a.Why = why + ": every package is visited"
		case home:
			a.Why = "constituencies are to be counted: every package is visited"
		case !separable:
			a.Why = "conditions or adjustments link issues: every package is visited"
		case len(s.Parties) != 2:
			a.Why = fmt.Sprintf("there are %d parties: every package is visited", len(s.Parties))
		default:
			a.Why = "to visit every package is less work than to sum issues"
		}
		err = a.list(ctx, s, opt)
	case net != nil:
		a.Method = Merging
		a.Why = fmt.Sprintf("%v packages are too many to list (the limit is %d): frontiers of single issues are summed", a.Outcomes, opt.MaxListing)
		if !separable {
			a.Method = Elimination
			a.Why = fmt.Sprintf("%v packages are too many to list (the limit is %d): issues are summed one by one, linked ones once per joint option", a.Outcomes, opt.MaxListing)
		}
		err = a.eliminate(ctx, net, opt)
	default:
		err = fmt.Errorf("%v packages are too many to list (the limit is %d), and issues cannot be summed one by one because %s; fewer options would make it possible",
			a.Outcomes, opt.MaxListing, why)
	}
	if err != nil {
		return nil, err
	}
	if opt.Measures {
		if err := a.measure(ctx, s); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// The work of a method is bounded beforehand in nanoseconds of one core, with
// constants measured on the benchmarks of this package; only their ratio matters.

// listingWork bounds the work of listing two parties.
func listingWork(s *outcome.Space) float64 {
	n, _ := new(big.Float).SetInt(s.Size()).Float64()
	return 1.5 * n
}

// mergingWork bounds the work of summing issues of two parties that no links join,
// and of naming the outcomes of the frontier: a partial frontier has at most as many
// points as there are sums, or utilities in the first party's range.
func (n *network) mergingWork() float64 {
	work, sums := 0.0, 1.0
	width, choices := 1.0, 0.0
	for _, issue := range slices.Backward(n.issues) {
		if len(issue) == 0 {
			return 0
		}
		low, high := issue[0].gain[0], issue[0].gain[0]
		for _, c := range issue {
			low, high = min(low, c.gain[0]), max(high, c.gain[0])
		}
		size := float64(len(issue))
		work += 5 * size * min(sums, width) * float64(bits.Len(uint(len(issue))))
		sums *= size
		width += float64(high - low)
		choices += size
	}
	return work + 50*choices*min(sums, width)
}

// list fills the analysis by visiting every outcome.
func (a *Analysis) list(ctx context.Context, s *outcome.Space, opt Options) error {
	sc, err := newScan(s, opt.Whole)
	if err != nil {
		return err
	}
	found, err := sc.list(ctx, opt.Progress)
	if err != nil {
		return err
	}
	n := big.NewInt(found.count)
	a.Zone = Zone{Low: n, High: n, Ratifiable: big.NewInt(found.ratifiable), Options: found.seen}
	zone := listedFront{vectors: found.zone, scan: sc}
	agreed := listedFront{vectors: found.agree, scan: sc, agreed: true}
	if found.count > 0 {
		g := a.bound(s, zone, func(p int) int64 { return found.least[p] })
		a.Verdict = HasZone
		if err := a.listSolutions(ctx, sc, g.solve(zone, agreed, &a.Solutions), opt.MaxTies); err != nil {
			return err
		}
	} else {
		a.Verdict = NoZone
		a.Parties = make([]PartyBounds, len(s.Parties))
	}
	if opt.Whole {
		zone = listedFront{vectors: found.all, scan: sc}
	}
	a.Frontier = frontierOf(zone, opt.MaxPoints)
	return nil
}

// bound sets what gains are measured from. zone is not empty; least tells a
// party's least utility in the zone.
func (a *Analysis) bound(s *outcome.Space, zone front, least func(p int) int64) *gauge {
	g := &gauge{}
	for p := range s.Parties {
		b := PartyBounds{Disagreement: s.Parties[p].Threshold.Value, Ideal: zone.at(0)[p]}
		for i := range zone.len() {
			b.Ideal = max(b.Ideal, zone.at(i)[p])
		}
		if !s.Parties[p].Threshold.Set {
			b.FromZone = true
			b.Disagreement = least(p)
		}
		a.Parties = append(a.Parties, b)
		g.scale = append(g.scale, s.Parties[p].Scale)
		g.disagreement = append(g.disagreement, b.Disagreement)
		g.ideal = append(g.ideal, b.Ideal)
	}
	return g
}

// A pick is what one rule ranks first: points of a front.
type pick struct {
	of     front
	points []int
	to     **Solution
}

// solve applies every rule. agreed is the frontier of what every party accepts.
func (g *gauge) solve(zone, agreed front, to *Solutions) []pick {
	picks := []pick{
		{agreed, g.nash(agreed), &to.Nash},
		{agreed, leximin(agreed, g.shares), &to.KalaiSmorodinsky},
		{agreed, leximin(agreed, g.points), &to.Egalitarian},
		{zone, g.utilitarian(zone), &to.Utilitarian},
		{zone, g.balanced(zone), &to.Balanced},
	}
	return slices.DeleteFunc(picks, func(p pick) bool { return len(p.points) == 0 })
}

// canonical returns the solution without its list of tied outcomes.
func (p *pick) canonical() *Solution {
	var sol *Solution
	ties := new(big.Int)
	for _, i := range p.points {
		o, n := p.of.first(i)
		ties.Add(ties, n)
		if sol == nil || slices.Compare(o, sol.Outcome) < 0 {
			sol = &Solution{Point: Point{Utilities: slices.Clone(p.of.at(i)), Outcome: o}}
		}
	}
	sol.Ties = ties
	return sol
}

// listSolutions fills the solutions that picks were made for, looking through sc
// again where outcomes are tied.
func (a *Analysis) listSolutions(ctx context.Context, sc *scan, picks []pick, most int) error {
	var wants []wanted
	var unsure []*Solution
	for _, p := range picks {
		sol := p.canonical()
		*p.to = sol
		if sol.Ties.Cmp(big.NewInt(1)) == 0 {
			sol.Tied = []outcome.Outcome{sol.Outcome}
			continue
		}
		// The first outcomes of all lie on the points whose own first come first.
		f := p.of.(listedFront)
		slices.SortFunc(p.points, func(i, j int) int { return cmp.Compare(f.rank[i], f.rank[j]) })
		want := wanted{agreed: f.agreed}
		for _, i := range p.points[:min(most, len(p.points))] {
			want.vectors = append(want.vectors, f.at(i))
		}
		wants, unsure = append(wants, want), append(unsure, sol)
	}
	if wants == nil {
		return nil
	}
	if err := sc.firstOutcomes(ctx, wants, most); err != nil {
		return err
	}
	for i, sol := range unsure {
		for _, rank := range wants[i].first {
			sol.Tied = append(sol.Tied, sc.lister.Outcome(rank))
		}
	}
	return nil
}

// eliminate fills the analysis by summing issues.
func (a *Analysis) eliminate(ctx context.Context, net *network, opt Options) error {
	s := net.space
	a.Zone = Zone{Low: new(big.Int), High: new(big.Int), Ratifiable: new(big.Int)}
	for _, is := range s.Issues {
		a.Zone.Options = append(a.Zone.Options, make([]bool, is.Options))
	}
	a.Verdict = NoZone
	up := make([]int64, len(s.Parties))
	for p := range up {
		up[p] = 1
	}
	// frontier sums a network that has an option left for every issue.
	frontier := func(n *network) (*eliminated, error) {
		p, err := newPlan(n)
		if err != nil {
			return nil, fmt.Errorf("%v packages are too many to list (the limit is %d), and %w; fewer links between issues would make it possible", a.Outcomes, opt.MaxListing, err)
		}
		return eliminate(ctx, p, up, opt.Progress)
	}
	var zone *eliminated
	if net.hasLeft {
		var err error
		if zone, err = frontier(net); err != nil {
			return err
		}
		zone.above(net.floor)
	}
	if zone != nil && zone.len() > 0 {
		a.Verdict = HasZone
		if err := a.solveEliminated(ctx, net, zone, opt); err != nil {
			return err
		}
	} else {
		a.Parties = make([]PartyBounds, len(s.Parties))
	}
	if opt.Whole {
		all, _ := newNetwork(s, true)
		if !all.hasLeft {
			return nil
		}
		var err error
		if zone, err = frontier(all); err != nil {
			return err
		}
	}
	if zone != nil {
		a.Frontier = frontierOf(zone, opt.MaxPoints)
	}
	return nil
}

// solveEliminated fills zone and solutions from a zone that is not empty.
func (a *Analysis) solveEliminated(ctx context.Context, net *network, zone *eliminated, opt Options) error {
	s := net.space
	a.Zone.Low, a.Zone.High = big.NewInt(int64(zone.len())), net.size
	a.Zone.Options = nil
	if len(s.Parties) == 2 {
		a.Zone.Options = zone.options()
		if len(net.links) == 0 {
			if n, ok := net.countAbove(ctx); ok {
				a.Zone.Low, a.Zone.High = n, n
			}
		}
	}
	a.Zone.Ratifiable = a.Zone.Low
	if !a.Zone.Exact() || slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return len(p.Constituencies) > 0 }) {
		a.Zone.Ratifiable = nil
	}
	var failed error
	g := a.bound(s, zone, func(p int) int64 {
		least, err := net.least(ctx, zone.plan, p)
		failed = cmp.Or(failed, err)
		return least
	})
	if failed != nil {
		return failed
	}
	for _, p := range g.solve(zone, zone, &a.Solutions) {
		sol := p.canonical()
		for _, i := range p.points {
			sol.Tied = append(sol.Tied, zone.trail(i).outcomes(opt.MaxTies)...)
		}
		slices.SortFunc(sol.Tied, slices.Compare)
		sol.Tied = sol.Tied[:min(opt.MaxTies, len(sol.Tied))]
		*p.to = sol
	}
	return context.Cause(ctx)
}

func frontierOf(f front, most int) Frontier {
	out := Frontier{Size: f.len(), Truncated: f.len() > most}
	for i := range min(f.len(), most) {
		o, ties := f.first(i)
		out.Points = append(out.Points, Point{Utilities: slices.Clone(f.at(i)), Outcome: o, Ties: ties})
	}
	return out
}
