package bargain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/count"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

const (
	defaultPoints = 100_000
	defaultTies   = 16
)

// Analyze finds the zone of agreement of s, its frontier and the bargaining
// solutions. It fails when s does not check, when no method can serve it within the
// budget, and when ctx ends.
func Analyze(ctx context.Context, s *outcome.Space, opt Options) (*Analysis, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	opt.MaxPoints = cmp.Or(opt.MaxPoints, defaultPoints)
	opt.MaxTies = cmp.Or(opt.MaxTies, defaultTies)
	opt.Time = cmp.Or(opt.Time, budget.DefaultTime)
	opt.Memory = cmp.Or(opt.Memory, budget.DefaultMemory)
	run := &runner{ctx, s, opt}
	a := &Analysis{}
	var considered []Considered
	var refusals []string
	for _, c := range a.candidates(s, run) {
		look := Considered{Method: c.method, Why: c.refused, Work: time.Duration(min(c.work, math.MaxInt64/2))}
		if opt.Method != "" && opt.Method != c.method {
			look.Why = "another method was asked for"
		} else if c.refused == "" && !slices.ContainsFunc(considered, func(l Considered) bool { return l.Chosen }) {
			*a = Analysis{Outcomes: s.Size(), Ratifiable: opt.Ratifiable, Method: c.method, Why: c.why, Exact: true}
			err := c.run()
			var over *budget.Excess
			switch {
			case err == nil:
				look.Chosen, look.Why = true, c.why
			case errors.As(err, &over):
				look.Why = over.What
			default:
				return nil, err
			}
		} else if c.refused == "" {
			look.Why = "not needed"
		}
		considered = append(considered, look)
		refusals = append(refusals, string(c.method)+": "+look.Why)
	}
	if !slices.ContainsFunc(considered, func(l Considered) bool { return l.Chosen }) {
		return nil, fmt.Errorf("no method serves these %v packages: %s; fewer options, fewer links between issues or a larger budget would make it possible",
			s.Size(), strings.Join(refusals, "; "))
	}
	a.Considered = considered
	a.settle(s)
	if opt.Measures {
		if err := a.measure(ctx, s); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// A runner carries what every method needs.
type runner struct {
	ctx context.Context
	s   *outcome.Space
	opt Options
}

// list fills the analysis by visiting every outcome.
func (r *runner) list(a *Analysis) error {
	ctx, s, opt := r.ctx, r.s, r.opt
	sc, err := visit.New(s)
	if err != nil {
		return err
	}
	sc.Home = opt.Ratifiable
	found, err := (&visit.Listing{Scan: sc, Whole: opt.Whole}).Run(ctx, opt.Progress)
	if err != nil {
		return err
	}
	a.Zone.counted(found)
	a.Zone.Options = found.Seen
	zone := visit.ListedFront{Vectors: found.Zone, Scan: sc}
	agreed := visit.ListedFront{Vectors: found.Agree, Scan: sc, Agreed: true}
	if found.Count > 0 {
		g := a.bound(s, zone, func(p int) int64 { return found.Least[p] })
		a.Verdict = HasZone
		if err := a.listSolutions(ctx, sc, solve(g, zone, agreed, &a.Solutions), opt.MaxTies); err != nil {
			return err
		}
	} else {
		a.Verdict = NoZone
		a.Parties = make([]PartyBounds, len(s.Parties))
	}
	if opt.Whole {
		zone = visit.ListedFront{Vectors: found.All, Scan: sc}
	}
	a.Frontier = frontierOf(zone, opt.MaxPoints)
	return nil
}

// bound sets what gains are measured from. zone is not empty; least tells a
// party's least utility in the zone.
func (a *Analysis) bound(s *outcome.Space, zone pareto.Front, least func(p int) int64) *pareto.Gauge {
	g := &pareto.Gauge{}
	for p := range s.Parties {
		b := PartyBounds{Disagreement: s.Parties[p].Threshold.Value, Ideal: zone.At(0)[p]}
		for i := range zone.Len() {
			b.Ideal = max(b.Ideal, zone.At(i)[p])
		}
		if !s.Parties[p].Threshold.Set {
			b.FromZone = true
			b.Disagreement = least(p)
		}
		a.Parties = append(a.Parties, b)
		g.Scale = append(g.Scale, s.Parties[p].Units())
		g.Disagreement = append(g.Disagreement, b.Disagreement)
		g.Ideal = append(g.Ideal, b.Ideal)
	}
	return g
}

// A pick is what one rule ranks first: points of a front.
type pick struct {
	of     pareto.Front
	points []int
	to     **Solution
}

// solve applies every rule. agreed is the frontier of what every party accepts.
func solve(g *pareto.Gauge, zone, agreed pareto.Front, to *Solutions) []pick {
	picks := []pick{
		{agreed, g.Nash(agreed), &to.Nash},
		{agreed, pareto.Leximin(agreed, g.Shares), &to.KalaiSmorodinsky},
		{agreed, pareto.Leximin(agreed, g.Points), &to.Egalitarian},
		{zone, g.Utilitarian(zone), &to.Utilitarian},
		{zone, g.Balanced(zone), &to.Balanced},
	}
	return slices.DeleteFunc(picks, func(p pick) bool { return len(p.points) == 0 })
}

// canonical returns the solution without its list of tied outcomes.
func (p *pick) canonical() *Solution {
	var sol *Solution
	ties := new(big.Int)
	for _, i := range p.points {
		o, n := p.of.First(i)
		if ties != nil && n != nil {
			ties.Add(ties, n)
		} else {
			ties = nil
		}
		if sol == nil || slices.Compare(o, sol.Outcome) < 0 {
			sol = &Solution{Point: Point{Utilities: slices.Clone(p.of.At(i)), Outcome: o}}
		}
	}
	sol.Ties, sol.Gap, sol.First = ties, new(big.Rat), true
	return sol
}

// listSolutions fills the solutions that picks were made for, looking through sc
// again where outcomes are tied.
func (a *Analysis) listSolutions(ctx context.Context, sc *visit.Scan, picks []pick, most int) error {
	var wants []visit.Wanted
	var unsure []*Solution
	for _, p := range picks {
		sol := p.canonical()
		*p.to = sol
		if sol.Ties.Cmp(big.NewInt(1)) == 0 {
			sol.Tied = []outcome.Outcome{sol.Outcome}
			continue
		}
		// The first outcomes of all lie on the points whose own first come first.
		f := p.of.(visit.ListedFront)
		slices.SortFunc(p.points, func(i, j int) int { return cmp.Compare(f.Rank[i], f.Rank[j]) })
		want := visit.Wanted{Agreed: f.Agreed}
		for _, i := range p.points[:min(most, len(p.points))] {
			want.Vectors = append(want.Vectors, f.At(i))
		}
		wants, unsure = append(wants, want), append(unsure, sol)
	}
	if wants == nil {
		return nil
	}
	if err := sc.FirstOutcomes(ctx, wants, most); err != nil {
		return err
	}
	for i, sol := range unsure {
		for _, rank := range wants[i].First {
			sol.Tied = append(sol.Tied, sc.Lister.Outcome(rank))
		}
	}
	return nil
}

// eliminate fills the analysis by summing issues, of each way to agree by itself.
func (r *runner) eliminate(a *Analysis, on *network.Ground) error {
	s, opt := r.s, r.opt
	a.Verdict = NoZone
	zone, err := r.sum(on.Zone)
	if err != nil {
		return err
	}
	if zone.Len() > 0 {
		a.Verdict = HasZone
		agreed := zone
		if on.Agreed != nil {
			if agreed, err = r.sum(on.Agreed); err != nil {
				return err
			}
		}
		if err := r.solveEliminated(a, on, zone, agreed); err != nil {
			return err
		}
	} else {
		a.Parties = make([]PartyBounds, len(s.Parties))
	}
	if opt.Whole {
		if zone, err = r.sum([]*network.Network{network.Asking(s, network.Asked{})}); err != nil {
			return err
		}
	}
	if zone.Len() > 0 {
		a.Frontier = frontierOf(zone, opt.MaxPoints)
	}
	return nil
}

// sum sums the issues of each network, and puts together what meets the floors of one.
func (r *runner) sum(nets []*network.Network) (*network.Union, error) {
	nets = network.Possible(nets)
	most := budget.Limit{Work: float64(r.opt.Time.Nanoseconds()), Bytes: r.opt.Memory}
	most.Work /= float64(max(1, len(nets)))
	most.Bytes /= int64(max(1, len(nets)))
	var parts []*network.Eliminated
	for k, n := range nets {
		p, err := network.NewPlan(n)
		if err != nil {
			return nil, err
		}
		up := make([]int64, len(n.Floor))
		for j := range up {
			up[j] = 1
		}
		var progress func(float64)
		if r.opt.Progress != nil {
			progress = func(done float64) { r.opt.Progress((float64(k) + done) / float64(len(nets))) }
		}
		e, err := network.Eliminate(r.ctx, p, up, most, progress)
		if err != nil {
			return nil, err
		}
		if err := e.CountWays(r.ctx); err != nil {
			return nil, err
		}
		e.Above(n.Floor)
		parts = append(parts, e)
	}
	return network.NewUnion(parts), nil
}

// solveEliminated fills zone and solutions from a zone that is not empty.
func (r *runner) solveEliminated(a *Analysis, on *network.Ground, zone, agreed *network.Union) error {
	s, opt := r.s, r.opt
	a.Zone.Options = zone.Options()
	if err := r.count(a, on); err != nil {
		return err
	}
	a.Zone.atLeast(int64(zone.Len()))
	var failed error
	g := a.bound(s, zone, func(p int) int64 {
		least := int64(math.MaxInt64)
		for _, e := range zone.Parts {
			v, err := e.Plan.Network.Least(r.ctx, e.Plan, p, budget.Limit{Work: float64(opt.Time.Nanoseconds()), Bytes: opt.Memory})
			failed = cmp.Or(failed, err)
			least = min(least, v)
		}
		return least
	})
	if failed != nil {
		return failed
	}
	for _, p := range solve(g, zone, agreed, &a.Solutions) {
		sol := p.canonical()
		of := p.of.(*network.Union)
		// The first outcomes of all lie on the points whose own first come first.
		first := make(map[int]outcome.Outcome, len(p.points))
		for _, i := range p.points {
			first[i] = of.Outcomes(i, 1)[0]
			sol.First = sol.First && of.Canonical(i)
		}
		slices.SortFunc(p.points, func(i, j int) int { return slices.Compare(first[i], first[j]) })
		for _, i := range p.points[:min(opt.MaxTies, len(p.points))] {
			sol.Tied = append(sol.Tied, of.Outcomes(i, opt.MaxTies)...)
		}
		slices.SortFunc(sol.Tied, slices.Compare)
		sol.Tied = sol.Tied[:min(opt.MaxTies, len(sol.Tied))]
		*p.to = sol
	}
	return context.Cause(r.ctx)
}

// count fills the zone's number of outcomes: exact, or bounds with an estimate.
func (r *runner) count(a *Analysis, on *network.Ground) error {
	s := r.s
	if _, ok := s.Count(); ok && visit.CountWork(s) < min(budget.Quick, float64(r.opt.Time.Nanoseconds())) {
		sc, err := visit.New(s)
		if err != nil {
			return err
		}
		sc.Home = r.opt.Ratifiable
		found, err := (&visit.Listing{Scan: sc, Bare: true}).Run(r.ctx, nil)
		if err != nil {
			return err
		}
		a.Zone.counted(found)
		return nil
	}
	if r.opt.Uncounted {
		a.Zone.Low, a.Zone.High = new(big.Int), s.Size()
		a.Zone.RatifiableLow, a.Zone.RatifiableHigh = a.Zone.Low, a.Zone.High
		return nil
	}
	budget := count.Budget{Work: min(count.Default.Work, 2*r.opt.Time.Nanoseconds()), Bytes: min(count.Default.Bytes, r.opt.Memory)}
	zone, err := count.Union(r.ctx, on.Zone, budget)
	if err != nil {
		return err
	}
	a.Zone.Low, a.Zone.High = zone.Low, zone.High
	if !zone.Exact() {
		if a.Zone.Estimate, err = r.estimate(on, r.opt.Ratifiable); err != nil {
			return err
		}
	}
	if r.opt.Ratifiable || !s.AsksHome() {
		return nil
	}
	carried := count.ZoneCount{Low: new(big.Int), High: zone.High}
	if at, why := network.NewGround(s, true); why == "" {
		if carried, err = count.Union(r.ctx, at.Zone, budget); err != nil {
			return err
		}
	}
	a.Zone.RatifiableLow, a.Zone.RatifiableHigh = carried.Low, carried.High
	if !carried.Exact() {
		a.Zone.RatifiableEstimate, err = r.estimate(on, true)
	}
	return err
}

func (r *runner) estimate(on *network.Ground, carried bool) (*Estimate, error) {
	var e count.ZoneEstimate
	var err error
	if len(on.Zone) == 1 {
		e, err = count.EstimateZone(r.ctx, on.Zone[0], estimateSeed, estimateSamples, carried)
	} else {
		e, err = count.Estimate(r.ctx, network.Frame(r.s), estimateSeed, estimateSamples, func(o outcome.Outcome, _ []int64) bool {
			return r.s.InZone(o) && (!carried || r.s.Ratifiable(o))
		})
	}
	return &Estimate{Low: e.Low, High: e.High, Samples: e.Samples, Seed: e.Seed}, err
}

const (
	estimateSeed    = 1
	estimateSamples = 200_000
)

func frontierOf(f pareto.Front, most int) Frontier {
	out := Frontier{Size: f.Len(), Truncated: f.Len() > most}
	for i := range min(f.Len(), most) {
		o, ties := f.First(i)
		out.Points = append(out.Points, Point{Utilities: slices.Clone(f.At(i)), Outcome: o, Ties: ties})
	}
	return out
}
