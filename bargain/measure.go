package bargain

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// Distances to a frontier are taken for spaces up to maxMeasured outcomes, and
// while outcomes times frontier points stay under maxDistances.
const (
	maxMeasured  = 1 << 20
	maxDistances = 1 << 31
)

// measure fills the measures. Sums are taken in the order of outcomes, and no
// product is fused with a sum, so that the same space gives the same bits everywhere.
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
	all := sc.scanner().all
	low, high := make([]int64, len(s.Parties)), make([]int64, len(s.Parties))
	for p := range low {
		low[p], high[p] = math.MaxInt64, math.MinInt64
	}
	admitted := 0
	w := sc.scanner()
	visit := func(each func(u []int64)) {
		u := make([]int64, len(s.Parties))
		for k := range sc.lister.Blocks() {
			w.cursor.MoveTo(k)
			if !w.admitted() {
				continue
			}
			w.values()
			for j := range sc.lister.Len() {
				if w.words[j/64]>>(j%64)&1 == 0 {
					continue
				}
				for p := range u {
					u[p] = w.bases[p] + w.tables[p][j]
				}
				each(u)
			}
		}
	}
	for k := range sc.lister.Blocks() {
		w.cursor.MoveTo(k)
		if w.admitted() {
			w.values()
			all.offer(w.words, w.bases, w.tables, w.tops, w.cursor.Rank(0), w.ranks)
		}
	}
	visit(func(u []int64) {
		admitted++
		for p, v := range u {
			low[p], high[p] = min(low[p], v), max(high[p], v)
		}
	})
	if admitted == 0 {
		a.Measures.Why = "no package satisfies the requirements"
		return nil
	}
	f := all.result()
	unit := newUnits(f, low, high)
	opposition := math.Inf(1)
	best := make([]float64, len(s.Parties))
	for i := range best {
		best[i] = 1
	}
	for i := range f.len() {
		opposition = min(opposition, squared(unit.points[i], best))
	}
	opposition = math.Sqrt(opposition)
	a.Measures.Opposition = &opposition
	if admitted*f.len() > maxDistances && len(s.Parties) != 2 {
		a.Measures.Why = fmt.Sprintf("distribution is computed while packages times frontier points stay under %d", maxDistances)
		return nil
	}
	sum := 0.0
	here := make([]float64, len(s.Parties))
	visit(func(u []int64) {
		unit.normalise(u, here)
		sum += math.Sqrt(unit.nearest(here))
	})
	if err := context.Cause(ctx); err != nil {
		return err
	}
	mean := sum / float64(admitted)
	a.Measures.Distribution = &mean
	return nil
}

// units normalises utilities to [0, 1] per party; a party that is indifferent has 1.
type units struct {
	low, width []float64
	points     [][]float64 // the frontier, first utility descending
}

func newUnits(f *vectors, low, high []int64) *units {
	n := &units{}
	for p := range low {
		n.low = append(n.low, float64(low[p]))
		n.width = append(n.width, float64(high[p]-low[p]))
	}
	for i := range f.len() {
		x := make([]float64, len(low))
		n.normalise(f.at(i), x)
		n.points = append(n.points, x)
	}
	return n
}

func (n *units) normalise(u []int64, to []float64) {
	for p, v := range u {
		to[p] = 1
		if n.width[p] > 0 {
			to[p] = (float64(v) - n.low[p]) / n.width[p]
		}
	}
}

func squared(x, y []float64) float64 {
	sum := 0.0
	for p := range x {
		d := x[p] - y[p]
		sum += float64(d * d)
	}
	return sum
}

// nearest returns the least squared distance of x to a point of the frontier,
// looking from x's place in the first utility outwards while that alone is nearer.
func (n *units) nearest(x []float64) float64 {
	at, _ := slices.BinarySearchFunc(n.points, x[0], func(p []float64, v float64) int {
		if p[0] > v {
			return -1
		}
		return 1
	})
	least := math.Inf(1)
	for i := at; i < len(n.points); i++ {
		if d := n.points[i][0] - x[0]; float64(d*d) >= least {
			break
		}
		least = min(least, squared(n.points[i], x))
	}
	for i := at - 1; i >= 0; i-- {
		if d := n.points[i][0] - x[0]; float64(d*d) >= least {
			break
		}
		least = min(least, squared(n.points[i], x))
	}
	return least
}
