package boxes

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/outcome"
)

// DefaultWork is the work allowed to a nonlinear frontier unless said otherwise,
// in options visited to bound utilities, each some nanoseconds.
const DefaultWork = 10_000_000_000

// A Frontier is the frontier of two parties of the outcomes of a network
// that meet its floors, or points near it.
type Frontier struct {
	points []boxPoint // greatest utility of the first party first; none dominates another

	// Exact says that points are the whole frontier. Otherwise, when there are points,
	// every outcome that meets the floors gives some point's utilities or less once
	// epsilon is added to each: epsilon is additive, by party and in its units.
	Exact   bool
	Epsilon []int64

	// By party, the least and the greatest utility of some outcomes met; a true range
	// can only be wider, and epsilon a smaller share of it.
	Least, Greatest []int64

	// Canonical says that every point is named by the first outcome that reaches it.
	Canonical bool

	nodes, work int64 // branches and options visited
}

type boxPoint struct {
	u       []int64
	outcome outcome.Outcome
}

func (f *Frontier) Len() int         { return len(f.points) }
func (f *Frontier) At(i int) []int64 { return f.points[i].u }

// First returns the outcome that names point i. How many more reach the point is not
// counted: the number is always 1.
func (f *Frontier) First(i int) (outcome.Outcome, *big.Int) {
	return f.points[i].outcome, big.NewInt(1)
}

// Share returns epsilon as a share of a party's range, the greatest over the parties;
// nil when no point is known, or a party has no range.
func (f *Frontier) Share() *big.Rat {
	if len(f.points) == 0 {
		return nil
	}
	worst := new(big.Rat)
	for p, e := range f.Epsilon {
		if e == 0 {
			continue
		}
		width := f.Greatest[p] - f.Least[p]
		if width == 0 {
			return nil
		}
		if r := big.NewRat(e, width); r.Cmp(worst) > 0 {
			worst = r
		}
	}
	return worst
}

// Solve finds the frontier of a network of two parties whose links are few and
// sparse, above all boxes, over any number of issues. Work is what it may spend, as
// defaultBoxWork counts; when that is not enough the result is not exact, and its
// epsilon says what is proven. It fails when the network passes the limits of its
// method, and when ctx ends.
func Solve(ctx context.Context, net *network.Network, work int64) (*Frontier, error) {
	if len(net.Floor) != 2 {
		return nil, fmt.Errorf("the frontier of conditions over many issues is found for two parties, not for %d", len(net.Floor))
	}
	b, err := newBoxed(ctx, net, false)
	if errors.Is(err, errNoOutcome) {
		return &Frontier{Exact: true, Epsilon: make([]int64, 2), Canonical: true}, nil
	}
	if err != nil {
		return nil, err
	}
	z := &zones{search: newBoxSearch(b), unproven: []uint{0}}
	z.search.ctx, z.search.work = ctx, work
	for p, floor := range net.Floor {
		z.floor = append(z.floor, min(max(floor, b.low[p]), b.high[p]+1))
		z.span = append(z.span, b.high[p]-b.low[p])
	}
	z.run()
	if err := z.search.err; err != nil && !errors.Is(err, errNoWork) {
		return nil, err
	}
	f := &Frontier{Epsilon: []int64{0, 0}, Exact: true}
	for _, shift := range z.unproven {
		for p, e := range z.span {
			f.Epsilon[p] = max(f.Epsilon[p], e>>shift)
		}
		f.Exact = f.Exact && shift == allProven
	}
	for _, x := range z.points {
		o := make(outcome.Outcome, len(x.outcome))
		for i, c := range x.outcome {
			o[i] = b.issues[i][c].Option
		}
		f.points = append(f.points, boxPoint{x.u, o})
	}
	f.measure(net)
	if f.Exact {
		if z.name(ctx, f); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	f.nodes, f.work = z.search.nodes, work-z.search.work
	return f, nil
}

// zones hold the points found so far, as steps of a staircase, and what is proven
// of the gaps between them. An outcome that no point dominates lies above a gap's
// corner, which takes its first utility from the point after the gap and its second
// from the point before. The gap is proven to a margin when no outcome passes the
// corner by more than the margin in both utilities; before the first point and after the last one,
// in the one utility that such an outcome would have to pass.
//
// Proven gaps make the margin an epsilon. Let v be an outcome that no point
// dominates or equals. It lies above the corners of some gaps in a row; the point
// before them is above it in the first utility, the point after them in the second.
// Unless the point before covers v, v passes the first gap's corner by more than the
// margin in its second utility, and so by no more in its first. Then either the next
// point covers v, or the same holds of the next gap, and so on to the point after them,
// which covers v. Where the row begins with the gap before all points, the first
// utility is within the margin of the first point; where it ends with the gap after
// them, the second is within that of the last.
type zones struct {
	search   *boxSearch
	span     []int64 // by party, an upper bound of the difference of two utilities
	floor    []int64
	points   []boxPoint // greatest first utility first; outcomes by positions of options
	unproven []uint     // by gap, one more than points, the gap before a point first: the margin proven is the span shifted right by this
}

// allProven is a shift that leaves no margin.
const allProven = 63

// run proves all gaps to half the span, then to half of that, and so on to nothing,
// splitting a gap where an outcome is found in it.
func (z *zones) run() {
	for shift := uint(1); ; shift++ {
		if z.span[0]>>shift == 0 && z.span[1]>>shift == 0 {
			shift = allProven
		}
		for gap := 0; gap < len(z.unproven); {
			if z.unproven[gap] >= shift {
				gap++
				continue
			}
			found := z.look(gap, shift)
			if z.search.err != nil {
				return
			}
			if found == nil {
				z.unproven[gap] = shift
			} else {
				gap = min(gap, z.insert(found))
			}
		}
		if shift == allProven {
			return
		}
	}
}

// look searches a gap for an outcome beyond a margin, and returns nil when there is
// none, or when work runs out.
func (z *zones) look(gap int, shift uint) outcome.Outcome {
	s := z.search
	s.goal = slices.Clone(z.floor)
	if gap < len(z.points) {
		s.goal[0] = z.points[gap].u[0] + 1 + z.span[0]>>shift
	}
	if gap > 0 {
		s.goal[1] = z.points[gap-1].u[1] + 1 + z.span[1]>>shift
	}
	return s.look(z.scale(gap))
}

// scale returns how much each party's utility changes over a few points around a
// gap: what one party must give there for what the other gains. The two ends of the
// gap alone would say less of the frontier that bounds have to lie along.
func (z *zones) scale(gap int) []int64 {
	const few = 4
	from, to := max(gap-few, 0), min(gap+few, len(z.points))-1
	if from >= to {
		return z.span
	}
	return []int64{z.points[from].u[0] - z.points[to].u[0], z.points[to].u[1] - z.points[from].u[1]}
}

// look searches for the goal, with bounds in directions made for a part of the
// space that is as wide as scale.
func (s *boxSearch) look(scale []int64) outcome.Outcome {
	s.bounds, s.found = s.bounds[:0], nil
	for _, share := range directions(len(scale)) {
		d := s.newBound(s.weights(scale, share))
		s.bounds = append(s.bounds, d)
		if !d.prepare(s) {
			return nil
		}
	}
	s.find()
	s.undo(0)
	return s.found
}

// directions returns the shares that parties have in the weights of the bounds: all
// equal, each alone, and each three times the others. With fewer, searches
// visited several times as many branches.
func directions(parties int) [][]float64 {
	equal := make([]float64, parties)
	for p := range equal {
		equal[p] = 1
	}
	all := [][]float64{equal}
	for p := range equal {
		alone := make([]float64, parties)
		alone[p] = 1
		all = append(all, alone)
	}
	for p := range equal {
		more := slices.Clone(equal)
		more[p] = 3
		all = append(all, more)
	}
	return all
}

// weights returns integer weights in about the given shares, each a party's weight
// for scale of its units, so small that no weighted sum of utilities passes 2^47. Any weights
// give a bound.
func (s *boxSearch) weights(scale []int64, share []float64) []int64 {
	sum := 0.0
	for p := range scale {
		sum += float64(share[p] / float64(max(scale[p], 1)) * float64(s.high[p]-s.low[p]+1))
	}
	w := make([]int64, len(scale))
	for p := range w {
		if share[p] > 0 {
			w[p] = max(1, int64(share[p]/float64(max(scale[p], 1))/sum*(1<<46)))
		}
	}
	return w
}

// insert adds a point, drops those that it dominates, and returns the first gap that
// is new. The gaps to its sides lie within old ones, and what was proven of those holds.
func (z *zones) insert(o outcome.Outcome) int {
	u := z.search.utilities(o)
	from := 0
	for from < len(z.points) && z.points[from].u[0] > u[0] {
		from++
	}
	to := from
	for to < len(z.points) && z.points[to].u[1] <= u[1] {
		to++
	}
	before, after := z.unproven[from], z.unproven[to]
	z.points = slices.Replace(z.points, from, to, boxPoint{u, o})
	z.unproven = slices.Replace(z.unproven, from, to+1, before, after)
	return from
}

// name names every point by the first outcome that reaches it, in the order of
// issues and options, while work lasts. The points are the frontier, so that what
// gives every party at least a point's utilities gives just them.
func (z *zones) name(ctx context.Context, f *Frontier) {
	b, err := newBoxed(ctx, z.search.network, true)
	if err != nil {
		return
	}
	s := newBoxSearch(b)
	s.ctx, s.work = ctx, z.search.work
	defer func() { z.search.nodes, z.search.work = z.search.nodes+s.nodes, s.work }()
	for k := range f.points {
		s.goal = f.points[k].u
		best := s.look(z.scale(k))
		for i := int32(0); i < int32(len(best)) && s.narrowAlike(); i++ {
			for c := range best[i] {
				o := s.first[i] + int32(c)
				if !s.alive[o] {
					continue
				}
				mark := len(s.trail)
				if s.only(o); s.find() {
					best = s.found
				}
				if s.undo(mark); best[i] == c || s.err != nil {
					break
				}
			}
			s.only(s.first[i] + int32(best[i]))
		}
		s.undo(0)
		if s.err != nil {
			return
		}
		for i, c := range best {
			f.points[k].outcome[i] = b.issues[i][c].Option
		}
	}
	f.Canonical = true
}

// maxMet bounds the outcomes that measure looks at for each party.
const maxMet = 1 << 14

// measure fills least and greatest: from the points, and from a descent of each
// party's utility, issue by issue.
func (f *Frontier) measure(net *network.Network) {
	if len(f.points) == 0 {
		return
	}
	admitted := func(o outcome.Outcome) bool {
		return !slices.ContainsFunc(net.Links, func(l network.Link) bool { return l.Party < 0 && l.Table.Holds(o) })
	}
	for p := range net.Floor {
		row := &net.Space.Parties[p].Row
		o := slices.Clone(f.points[0].outcome)
		least, greatest := row.Value(o), row.Value(o)
		for _, x := range f.points {
			greatest = max(greatest, x.u[p])
			if x.u[p] < least {
				least = x.u[p]
				copy(o, x.outcome)
			}
		}
		met := 0
		for changed := true; changed; {
			changed = false
			for i, choices := range net.Issues {
				best := o[i]
				for _, c := range choices {
					if met++; met > maxMet {
						break
					}
					o[i] = c.Option
					if v := row.Value(o); v < least && admitted(o) {
						least, best, changed = v, c.Option, true
					}
				}
				o[i] = best
			}
		}
		f.Least, f.Greatest = append(f.Least, least), append(f.Greatest, greatest)
	}
}
