package bargain

import (
	"context"
	"fmt"
	"math"
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
	surveys, err := visit.Each(ctx, sc, nil, func(*visit.Scanner) *survey { return newSurvey(len(s.Parties), sc.Collector(ctx)) },
		func(w *visit.Scanner, v *survey) error { return v.block(w) })
	if err != nil {
		return err
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
	if all.admitted == 0 {
		a.Measures.Why = "no package satisfies the requirements"
		return nil
	}
	u := &units{}
	for p, low := range all.low {
		u.low = append(u.low, float64(low))
		u.width = append(u.width, float64(all.high[p]-low))
	}
	front := all.front.Result()
	best, opposition := make([]float64, len(u.low)), math.Inf(1)
	for p := range best {
		best[p] = 1
	}
	tree := &nearestTree{n: len(u.low), x: make([]float64, len(front.U))}
	for i := range front.Len() {
		opposition = min(opposition, squared(u.normalise(front.At(i), tree.at(i)), best))
	}
	opposition = math.Sqrt(opposition)
	a.Measures.Opposition = &opposition
	if float64(n)*math.Sqrt(float64(front.Len())) > maxNearest {
		a.Measures.Why = fmt.Sprintf("the distances of %d packages to a frontier of %d points would take too long", n, front.Len())
		return nil
	}
	tree.arrange(0, front.Len(), 0)

	sums := make([]float64, sc.Lister.Blocks())
	distances := func(w *visit.Scanner, _ struct{}) error {
		if !w.Admitted() {
			return nil
		}
		w.Values()
		here, sum := make([]float64, len(u.low)), 0.0
		v := make([]int64, len(u.low))
		q := query{x: here, off: make([]float64, len(u.low))}
		last := 0 // neighbours in a listing are often near the same point
		for j := range w.Lister.Len() {
			if w.Words[j/64]>>(j%64)&1 == 0 {
				continue
			}
			for p := range v {
				v[p] = w.Bases[p] + w.Tables[p][j]
			}
			u.normalise(v, here)
			q.least, q.at = squared(tree.at(last), here), last
			tree.nearest(&q, 0, front.Len(), 0)
			last = q.at
			sum += math.Sqrt(q.least)
		}
		sums[w.Cursor.Block()] = sum
		return nil
	}
	if _, err := visit.Each(ctx, sc, nil, func(*visit.Scanner) struct{} { return struct{}{} }, distances); err != nil {
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

// block takes in the block's outcomes that satisfy the requirements.
func (v *survey) block(w *visit.Scanner) error {
	if !w.Admitted() {
		return nil
	}
	w.Values()
	v.admitted += outcome.Ones(w.Words)
	for p := range w.Bases {
		v.low[p] = min(v.low[p], w.Bases[p]+visit.LeastOf(w.Words, w.Tables[p]))
		v.high[p] = max(v.high[p], w.Bases[p]+visit.GreatestOf(w.Words, w.Tables[p]))
	}
	return w.Offer(v.front)
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

func squared(x, y []float64) float64 {
	sum := 0.0
	for p := range x {
		d := x[p] - y[p]
		sum += float64(d * d)
	}
	return sum
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
