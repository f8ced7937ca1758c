package bargain

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sort"

	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// The largest space whose measures are computed; and the largest number of packages
// times the square root of that of frontier points, about the points that finding the
// nearest must look at where the frontier is a slanting line.
const (
	maxMeasured = 1 << 27
	maxNearest  = 1 << 28
)

// A survey is what a scanner learns of the outcomes that satisfy the requirements.
type survey struct {
	admitted  int64
	low, high []int64 // by party
	front     pareto.Collector
}

func newSurvey(parties int, front pareto.Collector) *survey {
	v := &survey{front: front}
	for range parties {
		v.low, v.high = append(v.low, math.MaxInt64), append(v.high, math.MinInt64)
	}
	return v
}

// measure fills the measures. The distances of a block are summed in its own order and
// the blocks in theirs, and no product is fused with a sum, so that the same space
// gives the same bits everywhere.
func (a *Analysis) measure(ctx context.Context, s *outcome.Space) error {
	n, ok := s.Count()
	if !ok || n > maxMeasured {
		a.Measures.Why = fmt.Sprintf("opposition and distribution are computed for up to %d packages", maxMeasured)
		return nil
	}
	sc, err := visit.New(s)
	if err != nil {
		return err
	}
	all, err := surveyed(ctx, sc)
	if err != nil {
		return err
	}
	if all.admitted == 0 {
		a.Measures.Why = "no package satisfies the requirements"
		return nil
	}
	u := all.units()
	front := all.front.Result()
	best, opposition := make([]float64, len(u.low)), math.Inf(1)
	for p := range best {
		best[p] = 1
	}
	points := make([]float64, len(front.U))
	for i := range front.Len() {
		at := points[i*len(best):][:len(best)]
		opposition = min(opposition, squared(u.normalise(front.At(i), at), best))
	}
	opposition = math.Sqrt(opposition)
	a.Measures.Opposition = &opposition
	if float64(n)*math.Sqrt(float64(front.Len())) > maxNearest {
		a.Measures.Why = fmt.Sprintf("the distances of %d packages to a frontier of %d points would take too long", n, front.Len())
		return nil
	}
	sums, err := distances(ctx, sc, u, newFinder(u, points, n))
	if err != nil {
		return err
	}
	mean := 0.0
	for _, sum := range sums {
		mean += sum
	}
	mean /= float64(all.admitted)
	a.Measures.Distribution = &mean
	return nil
}

// distances sums, by block, how far the outcomes that satisfy the requirements lie from
// the nearest point of the frontier.
func distances(ctx context.Context, sc *visit.Scan, u *units, f finder) ([]float64, error) {
	sums := make([]float64, sc.Lister.Blocks())
	begin := func(*visit.Scanner) func(x []float64) float64 { return f.start() }
	_, err := visit.Each(ctx, sc, nil, begin, func(w *visit.Scanner, nearest func(x []float64) float64) error {
		if !w.Admitted() {
			return nil
		}
		w.Values()
		sum := 0.0
		v, here := make([]int64, len(u.low)), make([]float64, len(u.low))
		for i, word := range w.Words {
			for ; word != 0; word &= word - 1 {
				j := i<<6 | bits.TrailingZeros64(word)
				for p := range v {
					v[p] = w.Bases[p] + w.Tables[p][j]
				}
				sum += math.Sqrt(nearest(u.normalise(v, here)))
			}
		}
		sums[w.Cursor.Block()] = sum
		return nil
	})
	return sums, err
}

// surveyed visits every outcome for a survey.
func surveyed(ctx context.Context, sc *visit.Scan) (*survey, error) {
	surveys, err := visit.Each(ctx, sc, nil, func(*visit.Scanner) *survey { return newSurvey(len(sc.Space.Parties), sc.Collector(ctx)) },
		func(w *visit.Scanner, v *survey) error { return v.block(w) })
	if err != nil {
		return nil, err
	}
	all := surveys[0]
	for _, v := range surveys[1:] {
		all.admitted += v.admitted
		all.front.Absorb(v.front)
		for p := range all.low {
			all.low[p] = min(all.low[p], v.low[p])
			all.high[p] = max(all.high[p], v.high[p])
		}
	}
	return all, nil
}

// block takes in the block's outcomes that satisfy the requirements.
func (v *survey) block(w *visit.Scanner) error {
	if !w.Admitted() {
		return nil
	}
	w.Values()
	v.admitted += outcome.Ones(w.Words)
	for p, base := range w.Bases {
		_, table, low, top := w.Cursor.Values(w.Lister.Row(p))
		if base+low < v.low[p] {
			v.low[p] = min(v.low[p], base+visit.LeastOf(w.Words, table))
		}
		if base+top > v.high[p] {
			v.high[p] = max(v.high[p], base+visit.GreatestOf(w.Words, table))
		}
	}
	return w.Offer(v.front)
}

// units returns how utilities between the least and the greatest are normalised.
func (v *survey) units() *units {
	u := &units{}
	for p, low := range v.low {
		u.low = append(u.low, float64(low))
		u.width = append(u.width, float64(v.high[p]-low))
	}
	return u
}

// units normalises utilities to [0, 1] per party; a party that is indifferent has 1.
type units struct{ low, width []float64 }

func (n *units) normalise(u []int64, to []float64) []float64 {
	for p, v := range u {
		to[p] = 1
		if n.width[p] > 0 {
			to[p] = (float64(v) - n.low[p]) / n.width[p]
		}
	}
	return to
}

// exact reports whether floating point holds every utility, so that none is normalised
// to more than 1.
func (n *units) exact() bool {
	for p, low := range n.low {
		if math.Abs(low)+n.width[p] > 1<<53 {
			return false
		}
	}
	return true
}

func squared(x, y []float64) float64 {
	sum := 0.0
	for p := range x {
		d := x[p] - y[p]
		sum += float64(d * d)
	}
	return sum
}

// A finder finds the points of a frontier that are nearest to others.
type finder interface {
	// start returns a function, for one goroutine, that tells the squared distance
	// from x to the nearest point.
	start() func(x []float64) float64
}

// newFinder returns a finder for a frontier whose normalised points follow each other
// in x; about n questions will be asked.
func newFinder(u *units, x []float64, n int64) finder {
	parties := len(u.low)
	if parties == 2 && len(x) <= 2*maxGridPoints && u.exact() {
		if g := newNearestGrid(x, n); len(g.items) <= maxGridList*g.side*g.side {
			return g
		}
	}
	t := &nearestTree{n: parties, x: x}
	t.arrange(0, len(x)/parties, 0)
	return t
}

// The limits of a grid: points of the frontier; their number in a cell's list, on average;
// and entries of all lists at which cells are no longer halved.
const (
	maxGridPoints = 1 << 12
	maxGridList   = 64
	maxGridItems  = 1 << 22
)

// A nearestGrid cuts the square of two parties' normalised utilities into cells. Each
// lists the points that are nearest to some place in it.
type nearestGrid struct {
	x     []float64 // two coordinates per point
	side  int       // cells along each axis, a power of two
	from  []int32   // by cell, and one more: where its list begins in items
	items []uint16
}

func newNearestGrid(x []float64, n int64) *nearestGrid {
	g := &nearestGrid{x: x, side: 1, from: []int32{0, int32(len(x) / 2)}}
	for i := range len(x) / 2 {
		g.items = append(g.items, uint16(i))
	}
	for cells := 1; len(g.items) > 2*cells && len(g.items) <= maxGridItems && int64(4*cells) <= n; cells *= 4 {
		g = g.finer()
	}
	return g
}

// finer halves the cells. A point is left out of a cell's list where the point that is
// nearest to the middle is nearer all over the cell. The difference of two squared
// distances is linear, so that it is least in a corner; rounding moves it by less than
// a tenth of the slack.
func (g *nearestGrid) finer() *nearestGrid {
	const slack = 1e-13
	f := &nearestGrid{x: g.x, side: 2 * g.side, from: []int32{0}, items: make([]uint16, 0, 3*len(g.items))}
	half := 0.5 / float64(f.side)
	var d []float64
	for row := range f.side {
		for column := range f.side {
			parent := row/2*g.side + column/2
			list := g.items[g.from[parent]:g.from[parent+1]]
			middle := [2]float64{float64(2*column+1) * half, float64(2*row+1) * half}
			d = d[:0]
			for _, i := range list {
				d = append(d, g.squared(int(i), middle[0], middle[1]))
			}
			least := slices.Min(d)
			c := 2 * int(list[slices.Index(d, least)])
			for k, i := range list {
				way := math.Abs(g.x[2*int(i)]-g.x[c]) + math.Abs(g.x[2*int(i)+1]-g.x[c+1])
				if d[k]-least <= 2*half*way+slack {
					f.items = append(f.items, i)
				}
			}
			f.from = append(f.from, int32(len(f.items)))
		}
	}
	return f
}

// squared returns what the function squared does for point i and a place.
func (g *nearestGrid) squared(i int, x, y float64) float64 {
	dx, dy := g.x[2*i]-x, g.x[2*i+1]-y
	return float64(dx*dx) + float64(dy*dy)
}

func (g *nearestGrid) start() func(x []float64) float64 {
	scale := float64(g.side)
	return func(x []float64) float64 {
		column, row := min(int(x[0]*scale), g.side-1), min(int(x[1]*scale), g.side-1)
		cell := row*g.side + column
		least := math.Inf(1)
		for _, i := range g.items[g.from[cell]:g.from[cell+1]] {
			least = min(least, g.squared(int(i), x[0], x[1]))
		}
		return least
	}
}

// A nearestTree is a k-d tree (Bentley 1975): the middle point of a range divides
// the others by one coordinate, and each half is a tree by the next.
type nearestTree struct {
	n int
	x []float64 // n coordinates per point
}

func (t *nearestTree) at(i int) []float64 { return t.x[i*t.n : (i+1)*t.n] }

// arrange makes a tree of the points from one position to another.
func (t *nearestTree) arrange(from, to, axis int) {
	if to-from < 2 {
		return
	}
	sort.Sort(byAxis{t, from, to - from, axis})
	mid, next := (from+to)/2, (axis+1)%t.n
	t.arrange(from, mid, next)
	t.arrange(mid+1, to, next)
}

// byAxis sorts a range of points by one coordinate.
type byAxis struct {
	t             *nearestTree
	from, n, axis int
}

func (b byAxis) Len() int           { return b.n }
func (b byAxis) Less(i, j int) bool { return b.t.at(b.from + i)[b.axis] < b.t.at(b.from + j)[b.axis] }
func (b byAxis) Swap(i, j int) {
	x, y := b.t.at(b.from+i), b.t.at(b.from+j)
	for p := range x {
		x[p], y[p] = y[p], x[p]
	}
}

func (t *nearestTree) start() func(x []float64) float64 {
	q := query{off: make([]float64, t.n)} // neighbours in a listing are often near the same point
	return func(x []float64) float64 {
		q.x, q.least = x, squared(t.at(q.at), x)
		t.nearest(&q, 0, len(t.x)/t.n, 0)
		return q.least
	}
}

// A query holds the nearest point found so far and its squared distance.
type query struct {
	x     []float64
	off   []float64 // by coordinate, how far the range that is looked at is at least
	least float64
	at    int
}

// nearest looks for a nearer point from one position to another. Differences,
// squares and sums round monotonically, so that no point of a range is computed to be
// nearer than the range is, and none that is passed over could have been the nearest.
func (t *nearestTree) nearest(q *query, from, to, axis int) {
	if from >= to {
		return
	}
	mid := (from + to) / 2
	if d := squared(t.at(mid), q.x); d < q.least {
		q.least, q.at = d, mid
	}
	d := q.x[axis] - t.x[mid*t.n+axis]
	next := axis + 1
	if next == t.n {
		next = 0
	}
	nearFrom, nearTo, farFrom, farTo := from, mid, mid+1, to
	if d > 0 {
		nearFrom, nearTo, farFrom, farTo = farFrom, farTo, nearFrom, nearTo
	}
	t.nearest(q, nearFrom, nearTo, next)
	was := q.off[axis]
	q.off[axis] = max(was, math.Abs(d))
	sum := 0.0
	for _, v := range q.off {
		sum += float64(v * v)
	}
	if sum < q.least {
		t.nearest(q, farFrom, farTo, next)
	}
	q.off[axis] = was
}
