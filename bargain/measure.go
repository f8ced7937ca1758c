package bargain

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// maxMeasured is the largest space whose measures are computed.
const maxMeasured = 1 << 27

// A survey is what a scanner learns of the outcomes that satisfy the requirements.
type survey struct {
	admitted  int64
	low, high []int64 // by party
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
	sc, err := newScan(s, true)
	if err != nil {
		return err
	}
	scanners, err := sc.run(ctx, nil, (*scanner).survey)
	if err != nil {
		return err
	}
	first := scanners[0]
	for _, w := range scanners[1:] {
		first.surveyed.admitted += w.surveyed.admitted
		first.all.absorb(w.all)
		for p := range first.surveyed.low {
			first.surveyed.low[p] = min(first.surveyed.low[p], w.surveyed.low[p])
			first.surveyed.high[p] = max(first.surveyed.high[p], w.surveyed.high[p])
		}
	}
	if first.surveyed.admitted == 0 {
		a.Measures.Why = "no package satisfies the requirements"
		return nil
	}
	u := &units{}
	for p, low := range first.surveyed.low {
		u.low = append(u.low, float64(low))
		u.width = append(u.width, float64(first.surveyed.high[p]-low))
	}
	front := first.all.result()
	tree := make(nearestTree, front.len())
	best, opposition := make([]float64, len(u.low)), math.Inf(1)
	for p := range best {
		best[p] = 1
	}
	for i := range tree {
		tree[i] = u.normalise(front.at(i), make([]float64, len(u.low)))
		opposition = min(opposition, squared(tree[i], best))
	}
	tree.arrange(0)
	opposition = math.Sqrt(opposition)
	a.Measures.Opposition = &opposition

	sums := make([]float64, sc.lister.Blocks())
	distances := func(w *scanner) {
		if !w.admitted() {
			return
		}
		w.values()
		here, sum := make([]float64, len(u.low)), 0.0
		v := make([]int64, len(u.low))
		for j := range w.lister.Len() {
			if w.words[j/64]>>(j%64)&1 == 0 {
				continue
			}
			for p := range v {
				v[p] = w.bases[p] + w.tables[p][j]
			}
			sum += math.Sqrt(tree.nearest(u.normalise(v, here), 0, math.Inf(1)))
		}
		sums[w.cursor.Block()] = sum
	}
	if _, err := sc.run(ctx, nil, distances); err != nil {
		return err
	}
	mean := 0.0
	for _, sum := range sums {
		mean += sum
	}
	mean /= float64(first.surveyed.admitted)
	a.Measures.Distribution = &mean
	return nil
}

// survey takes in the block's outcomes that satisfy the requirements.
func (w *scanner) survey() {
	v := &w.surveyed
	if v.low == nil {
		for range w.bases {
			v.low, v.high = append(v.low, math.MaxInt64), append(v.high, math.MinInt64)
		}
	}
	if !w.admitted() {
		return
	}
	w.values()
	v.admitted += outcome.Ones(w.words)
	w.all.offer(w.words, w.bases, w.tables, w.tops, w.cursor.Rank(0), w.ranks)
	for p := range w.bases {
		v.low[p] = min(v.low[p], w.bases[p]+leastOf(w.words, w.tables[p]))
		v.high[p] = max(v.high[p], w.bases[p]+greatestOf(w.words, w.tables[p]))
	}
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

// A nearestTree is a k-d tree (Bentley 1975): the middle point divides the others
// by one coordinate, and each half is a tree by the next.
type nearestTree [][]float64

func (t nearestTree) arrange(axis int) {
	if len(t) < 2 {
		return
	}
	slices.SortFunc(t, func(x, y []float64) int { return cmp.Compare(x[axis], y[axis]) })
	mid, next := len(t)/2, (axis+1)%len(t[0])
	t[:mid].arrange(next)
	t[mid+1:].arrange(next)
}

// nearest returns the lesser of least and the least squared distance of x to a
// point of the tree. A rounded sum of squares is never less than one of them, so
// that what is passed over cannot be nearer.
func (t nearestTree) nearest(x []float64, axis int, least float64) float64 {
	if len(t) == 0 {
		return least
	}
	mid, next := len(t)/2, axis+1
	if next == len(x) {
		next = 0
	}
	least = min(least, squared(t[mid], x))
	d := x[axis] - t[mid][axis]
	near, far := t[:mid], t[mid+1:]
	if d > 0 {
		near, far = far, near
	}
	least = near.nearest(x, next, least)
	if float64(d*d) < least {
		least = far.nearest(x, next, least)
	}
	return least
}
