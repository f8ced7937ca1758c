package prove

import (
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Representation is a short list of outcomes that stands for a frontier too large to list.
//
// For every outcome that meets the floors there is a listed point of which the utilities,
// with epsilon times the party's range added to each, are at least the outcome's for every
// party at once. A party's range is high - low: from its disagreement value, or the least
// that its options can add up to where that is more, to its ideal; at least one unit.
type Representation struct {
	Points  []representative // greatest utility of the first party first; then of the second, and so on
	Epsilon *big.Rat         // nil where no outcome was found, and it is not proven that there is none
	exact   bool             // the points are the whole frontier
	low     []int64          // by party
	high    []int64
}

// A representative is a vector of utilities with an outcome that reaches it.
type representative struct {
	Utilities []int64
	Outcome   outcome.Outcome
	// efficient says that no outcome is proven to be worth more to one party and no less to
	// all others; without it none is known to be.
	efficient bool
}

// Represent looks for points until epsilon is at most target, or there are as many as most,
// or the budget is spent; whatever epsilon is proven by then is told. It serves networks
// without links, of any number of parties: the cost grows with about the inverse of
// epsilon to the power of one less than there are parties.
func (s *Search) Represent(ctx context.Context, g *pareto.Gauge, target *big.Rat, most int) (*Representation, error) {
	net, err := s.Net.WithoutDominated(ctx)
	if err != nil {
		return nil, err
	}
	own := *s
	own.Net = net
	c, err := newCover(&own, g, target, most)
	if err != nil {
		return nil, err
	}
	// A quarter of what is left is kept for proving points efficient.
	own.Budget -= max(s.Budget-s.Work, 0) / 4
	if err = c.run(ctx); err == nil {
		own.Budget = s.Budget
		err = c.prove(ctx)
	}
	s.Work, s.Nodes = own.Work, own.Nodes
	if err != nil {
		return nil, err
	}
	return c.representation(), nil
}

// A cover proves how far outcomes can lie beyond its points (search zones: Klamroth, Lacour
// and Vanderpooten 2015).
//
// An outcome x that no point covers within e passes every point in some coordinate by
// more than e times that party's range. The vectors that pass every point in some coordinate are
// the union of the regions above corners: x_p > at_p for every p of which the corner
// asks anything. Hence x lies above some corner by more than e ranges in all of those.
// A corner's excess is the greatest such e of any outcome that meets the floors, and epsilon is
// the greatest excess of a corner. A corner above which no outcome has more than the
// goal is closed: it is not split by later points, since what it proves stays true.
type cover struct {
	search *Search
	whole  *dualTree // of all outcomes
	all    *region   // likewise
	base   []int64   // by party, the least possible
	top    []int64   // by party, the greatest possible above base
	floor  []int64   // by party
	low    []int64
	unit   []int64 // by party, its range
	most   int

	goal   *big.Rat
	points []representative
	open   []*corner
	proven *big.Rat // greatest excess of closed corners
	planes []plane
	known  bool // there are points, or it is proven that there is no outcome
	full   bool // there is no room for more corners
}

// A corner is where a region begins that no point covers.
type corner struct {
	at     []int64  // by party, noFloor where nothing is asked but the floor
	bound  *big.Rat // nothing above it has a greater excess
	key    float64  // about bound
	effort int64    // scores that may be read before it is split by what is known
}

// A plane bounds all outcomes: Σ y·(u - base) ≤ sum.
type plane struct {
	y   []int64
	sum int64
}

const (
	maxCorners = 1 << 16 // open corners
	maxPlanes  = 1 << 10
	firstTry   = 1 << 20 // scores read above a corner before it is split by what is known, and for a point when it is added
	lastTry    = 1 << 24 // scores read at the end to prove a point efficient
)

func newCover(s *Search, g *pareto.Gauge, target *big.Rat, most int) (*cover, error) {
	t, err := s.newTree(s.Net.Floor, nil)
	if err != nil {
		return nil, err
	}
	c := &cover{search: s, whole: t, all: &region{ends: t.first[1:], fixed: make([]int64, t.rows)},
		base: t.base, top: t.top, most: most, goal: target, proven: new(big.Rat)}
	for k := range t.issue {
		c.all.left = append(c.all.left, int32(k))
	}
	if target.Sign() < 0 {
		c.goal = new(big.Rat)
	}
	for p, f := range s.Net.Floor {
		c.floor = append(c.floor, max(f, t.base[p]))
		if p >= s.Net.Parties {
			c.low, c.unit = append(c.low, t.base[p]), append(c.unit, 1)
			continue
		}
		low := min(max(g.Disagreement[p], t.base[p]), t.base[p]+t.top[p])
		high := min(g.Ideal[p], t.base[p]+t.top[p])
		c.low = append(c.low, low)
		c.unit = append(c.unit, max(high-low, 1))
	}
	return c, nil
}

// run adds points until every corner is closed or a limit is reached.
func (c *cover) run(ctx context.Context) error {
	if c.most < 1 {
		return nil
	}
	first := &corner{at: make([]int64, len(c.floor))}
	for p := range first.at {
		first.at[p] = network.NoFloor
	}
	t, err := c.look(ctx, first, nil)
	if err != nil {
		return err
	}
	if !t.found {
		c.known = t.open.Len() == 0
		return nil
	}
	c.known = true
	c.open = []*corner{first}
	for {
		x := representative{Utilities: make([]int64, len(c.floor)), Outcome: t.outcome()}
		for p := range x.Utilities {
			x.Utilities[p] = t.total[p] + t.base[p]
		}
		if err := c.polish(ctx, &x, firstTry); err != nil {
			return err
		}
		if err := c.add(ctx, x); err != nil {
			return err
		}
		if t, err = c.next(ctx); t == nil {
			return err
		}
	}
}

// next closes corners, the one of greatest excess first, until it finds an outcome above one
// that has to be split. The tree is nil when there is none, or a limit is reached.
func (c *cover) next(ctx context.Context) (*dualTree, error) {
	for len(c.open) > 0 && !c.full && c.search.Work <= c.search.Budget {
		c.search.Work += int64(len(c.open))
		at := 0
		for k, l := range c.open {
			if l.key > c.open[at].key {
				at = k
			}
		}
		l := c.open[at]
		c.lower(l) // by planes that are newer than it
		last := len(c.points) >= c.most
		if l.bound.Cmp(c.goal) > 0 {
			least := c.goal
			if !last {
				// An outcome of half the excess will do where more cannot soon be refuted.
				least = new(big.Rat).Mul(c.goal, big.NewRat(1, 2))
			}
			t, err := c.look(ctx, l, least)
			if err != nil {
				return nil, err
			}
			l.lower(t.bound())
			switch {
			case l.bound.Cmp(c.goal) <= 0:
			case last:
				// This corner cannot be split: to prove less of the others is no use.
				c.goal = l.bound
			case t.found:
				return t, nil
			default:
				l.effort *= 4
				continue
			}
		}
		c.close(l)
		c.open = slices.Delete(c.open, at, at+1)
	}
	return nil, nil
}

// close takes in that a corner's excess is at most its bound.
func (c *cover) close(l *corner) {
	if l.bound.Cmp(c.proven) > 0 {
		c.proven = l.bound
	}
}

// look searches above a corner for an outcome of which the excess is more than the goal, or
// at least passes least, and for a proof that there is none. Above the first corner any
// outcome will do.
func (c *cover) look(ctx context.Context, l *corner, least *big.Rat) (*dualTree, error) {
	floor := slices.Clone(c.floor)
	for p, v := range l.at {
		if v > network.NoFloor {
			floor[p] = max(floor[p], v+1)
		}
	}
	find := *c.search
	h, _ := c.nearest(l.at)
	if h != nil {
		need := slices.Clone(floor)
		for p, v := range l.at {
			if v > network.NoFloor {
				need[p] = max(need[p], reach(v, c.unit[p], least, true))
			}
		}
		find.Net = c.reaching(need, h)
	}
	t, err := find.newTree(floor, nil)
	if err != nil {
		return nil, err
	}
	for p, v := range l.at {
		switch {
		case least == nil && p < c.search.Net.Parties:
			t.rank(p, c.low[p]-t.base[p], c.unit[p])
		case v > network.NoFloor:
			t.rank(p, v-t.base[p], c.unit[p])
		}
	}
	if least != nil {
		t.surpass(least)
	}
	if h != nil {
		t.start = t.unround(h.y)
	}
	goal, _ := c.goal.Float64()
	begun := find.Work
	t.stop = func() bool {
		switch {
		case t.found && (least == nil || t.value.Cmp(c.goal) > 0):
			return true
		case least != nil && t.open[0].key <= goal:
			return t.bound().Cmp(c.goal) <= 0
		}
		return find.Work-begun > l.effort && least != nil
	}
	err = t.grow(ctx)
	c.search.Work, c.search.Nodes = find.Work, find.Nodes
	if err != nil {
		return nil, err
	}
	if n := &t.nodes[0]; n.multipliers >= 0 && len(c.planes) < maxPlanes {
		c.planes = append(c.planes, c.plane(t.multipliers[n.multipliers]))
	}
	return t, nil
}

// plane returns what multipliers prove of all outcomes.
func (c *cover) plane(y []int64) plane {
	span := 0.0
	for p, v := range y {
		span = max(span, float64(v)*float64(c.top[p]+1))
	}
	y = slices.Clone(y)
	for ; span > float64(int64(1)<<60)/float64(len(y)); span /= 2 {
		for p := range y {
			y[p] /= 2
		}
	}
	return plane{y, c.whole.sum(c.all, y)}
}

// reaching returns the network without the choices that, by a plane, no outcome has that
// is worth what the parties need.
func (c *cover) reaching(need []int64, h *plane) *network.Network {
	slack := h.sum
	for p, v := range need {
		slack -= h.y[p] * (min(v, c.base[p]+c.top[p]+1) - c.base[p])
	}
	c.whole.sum(c.all, h.y)
	less := *c.search.Net
	less.Issues = make([][]network.Choice, len(c.search.Net.Issues))
	for k, i := range c.whole.issue {
		if c.whole.tops[i]-c.whole.values[k] <= slack {
			less.Issues[i] = append(less.Issues[i], c.search.Net.Issues[i][int32(k)-c.whole.first[i]])
		}
	}
	return &less
}

// unround returns multipliers in units of widths; nil where no ranked row has one.
func (t *dualTree) unround(y []int64) []float64 {
	z, sum, most := make([]float64, t.rows), 0.0, 0.0
	for j := range t.rows {
		if t.looks[j] {
			most = max(most, float64(t.unit[j])/t.width[j])
		}
	}
	for j, v := range y {
		z[j] = float64(v) * t.width[j]
		if t.looks[j] {
			sum += float64(z[j] * (float64(t.unit[j]) / t.width[j] / most))
		}
	}
	if sum == 0 {
		return nil
	}
	for j := range z {
		z[j] /= sum
	}
	return z
}

// nearest returns the plane that bounds the excess of a corner most, and that bound; nil
// if none bounds it.
func (c *cover) nearest(at []int64) (*plane, *big.Rat) {
	c.search.Work += int64(len(c.planes) * len(at))
	best, least := -1, 0.0
	for k := range c.planes {
		// A plane's sums stay below 2^62 in either part.
		over, per := c.planes[k].over(c, at)
		if per == 0 {
			continue
		}
		if key := float64(over) / float64(per); best < 0 || key < least {
			best, least = k, key
		}
	}
	if best < 0 {
		return nil, nil
	}
	over, per := c.planes[best].over(c, at)
	return &c.planes[best], big.NewRat(over, per)
}

// over returns what a plane leaves above a corner, and how much of it one unit of excess takes.
func (h *plane) over(c *cover, at []int64) (over, per int64) {
	over = h.sum
	for p, v := range at {
		if v > network.NoFloor {
			over -= h.y[p] * (v - c.base[p])
			per += h.y[p] * c.unit[p]
		} else {
			over -= h.y[p] * (c.floor[p] - c.base[p])
		}
	}
	return over, per
}

// add takes in a point and splits the corners that it lies above.
func (c *cover) add(ctx context.Context, x representative) error {
	c.points = append(c.points, x)
	var rest, split []*corner
	for _, l := range c.open {
		if above(x.Utilities, l.at) {
			split = append(split, l)
		} else {
			rest = append(rest, l)
		}
	}
	c.search.Work += int64((len(rest) + len(split)) * len(c.floor))
	if len(rest)+len(split)*len(c.floor) > maxCorners {
		// What is proven of corners that are not split stays true.
		c.full = true
		return nil
	}
	c.open = rest
	for p, v := range x.Utilities[:c.search.Net.Parties] {
		var same []*corner // the corners that ask as much of this party
		for _, l := range rest {
			if l.at[p] == v {
				same = append(same, l)
			}
		}
		var fresh []*corner
		for _, l := range split {
			at := slices.Clone(l.at)
			at[p] = v
			fresh = append(fresh, &corner{at: at, bound: l.bound, key: l.key, effort: firstTry})
		}
		for k, l := range fresh {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			if c.search.Work > c.search.Budget {
				c.bound(l)
				continue
			}
			// A corner above another adds nothing to its region.
			c.search.Work += int64(len(fresh) + len(same))
			if slices.ContainsFunc(same, func(o *corner) bool { return pareto.AtLeast(l.at, o.at) }) {
				continue
			}
			within := false
			for j, o := range fresh {
				if j != k && pareto.AtLeast(l.at, o.at) && (j < k || !slices.Equal(l.at, o.at)) {
					within = true
					break
				}
			}
			if !within {
				c.bound(l)
			}
		}
	}
	return nil
}

// bound bounds a fresh corner by what is known, and keeps it open if that does not close it.
func (c *cover) bound(l *corner) {
	for p, v := range l.at {
		if v > network.NoFloor {
			l.lower(big.NewRat(c.base[p]+c.top[p]-v, c.unit[p]))
		}
	}
	c.lower(l)
	if l.bound.Cmp(c.goal) <= 0 {
		c.close(l)
		return
	}
	c.open = append(c.open, l)
}

// lower bounds a corner by the planes.
func (c *cover) lower(l *corner) {
	if _, b := c.nearest(l.at); b != nil {
		l.lower(b)
	}
}

func (l *corner) lower(b *big.Rat) {
	if l.bound == nil || b.Cmp(l.bound) < 0 {
		l.bound = b
		l.key, _ = b.Float64()
	}
}

func above(u, at []int64) bool {
	for p, v := range at {
		if u[p] <= v {
			return false
		}
	}
	return true
}

// prove looks again at the points that are not proven efficient.
func (c *cover) prove(ctx context.Context) error {
	for k := range c.points {
		if c.points[k].efficient {
			continue
		}
		if c.search.Work > c.search.Budget {
			return nil
		}
		if err := c.polish(ctx, &c.points[k], lastTry); err != nil {
			return err
		}
	}
	return nil
}

// polish turns a point into one that is worth no less to any party and has the greatest
// weighted sum of utilities of those, all weights above 0, and so is efficient. Weights are the
// multipliers of a plane near the point, which leave the sum little room to rise.
func (c *cover) polish(ctx context.Context, x *representative, effort int64) error {
	s := *c.search
	y := make([]int64, len(c.floor))
	need := slices.Concat(x.Utilities[:s.Net.Parties], c.floor[s.Net.Parties:])
	if h := c.tangent(need); h != nil {
		y = h.y
		s.Net = c.reaching(need, h)
	}
	t, err := s.newTree(need, c.weights(y))
	if err != nil {
		return nil // it stays unproven
	}
	last := t.rows - 1
	t.rank(last, -t.base[last], 1)
	t.hint = &dualTree{pick: make([]int32, len(s.Net.Issues))}
	for i, list := range s.Net.Issues {
		at := slices.IndexFunc(list, func(ch network.Choice) bool { return ch.Option == x.Outcome[i] })
		t.hint.pick[i] = t.first[i] + int32(at)
	}
	t.start = make([]float64, t.rows)
	t.start[last] = 1
	begun := s.Work
	t.stop = func() bool { return s.Work-begun > effort }
	err = t.grow(ctx)
	c.search.Work, c.search.Nodes = s.Work, s.Nodes
	if err != nil || !t.found {
		return err
	}
	x.Outcome = t.outcome()
	for p := range x.Utilities {
		x.Utilities[p] = t.total[p] + t.base[p]
	}
	x.efficient = t.open.Len() == 0
	return nil
}

// tangent returns the plane nearest to utilities, in ranges; nil where there is none.
func (c *cover) tangent(u []int64) *plane {
	c.search.Work += int64(len(c.planes) * len(u))
	best, least := 0, 0.0
	for k := range c.planes {
		h := &c.planes[k]
		over, per := h.sum, int64(0)
		for p, v := range u {
			over -= h.y[p] * (v - c.base[p])
			per += h.y[p] * c.unit[p]
		}
		if key := float64(over) / float64(max(per, 1)); k == 0 || key < least {
			best, least = k, key
		}
	}
	if len(c.planes) == 0 {
		return nil
	}
	return &c.planes[best]
}

// weights returns multipliers as weights above 0 of which the sums stay within what a tree serves.
func (c *cover) weights(y []int64) []int64 {
	const most = maxWidth / 4
	sum := 0.0
	for p, v := range y {
		sum += float64(float64(v) * float64(c.top[p]))
	}
	scale := 1.0
	if sum > most {
		scale = most / sum
	}
	w := make([]int64, len(y))
	for p, v := range y[:c.search.Net.Parties] {
		w[p] = max(1, int64(float64(v)*scale))
	}
	return w
}

// representation returns what is proven by now.
func (c *cover) representation() *Representation {
	parties := c.search.Net.Parties
	r := &Representation{low: c.low[:parties]}
	for p, v := range r.low {
		r.high = append(r.high, v+c.unit[p])
	}
	if !c.known {
		return r
	}
	r.Epsilon = c.proven
	for _, l := range c.open {
		if l.bound.Cmp(r.Epsilon) > 0 {
			r.Epsilon = l.bound
		}
	}
	// A point that is not proven efficient may be dominated by a later one.
	list := slices.Clone(c.points)
	for k := range list {
		list[k].Utilities = list[k].Utilities[:parties]
	}
	slices.SortFunc(list, func(x, y representative) int { return slices.Compare(y.Utilities, x.Utilities) })
	sweep := pareto.NewSweep(parties)
	for _, x := range list {
		if !sweep.Dominated(x.Utilities) {
			sweep.Add(x.Utilities)
			r.Points = append(r.Points, x)
		}
	}
	if r.Epsilon.Sign() == 0 {
		r.exact = true
		for k := range r.Points {
			r.Points[k].efficient = true
		}
	}
	return r
}
