package bargain

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

func TestMeasuresAgreeWithDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	measured := 0
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + r.IntN(4)})
		a, err := Analyze(context.Background(), s, Options{Measures: true})
		if err != nil {
			t.Fatal(err)
		}
		n := outcometest.NewNaive(s)
		if len(n.Admitted) == 0 {
			if a.Measures.Opposition != nil || a.Measures.Distribution != nil || a.Measures.Why == "" {
				t.Fatalf("measures %+v of nothing", a.Measures)
			}
			continue
		}
		measured++
		low, high := make([]float64, len(s.Parties)), make([]float64, len(s.Parties))
		for p := range low {
			low[p], high[p] = math.Inf(1), math.Inf(-1)
			for _, o := range n.Admitted {
				u := float64(s.Parties[p].Value(o))
				low[p], high[p] = min(low[p], u), max(high[p], u)
			}
		}
		unit := func(u []int64) []float64 {
			x := make([]float64, len(u))
			for p, v := range u {
				x[p] = 1
				if high[p] > low[p] {
					x[p] = (float64(v) - low[p]) / (high[p] - low[p])
				}
			}
			return x
		}
		distance := func(x, y []float64) float64 {
			sum := 0.0
			for p := range x {
				sum += math.Pow(x[p]-y[p], 2)
			}
			return math.Sqrt(sum)
		}
		best := make([]float64, len(s.Parties))
		for p := range best {
			best[p] = 1
		}
		frontier := n.Frontier(n.Admitted)
		opposition, sum := math.Inf(1), 0.0
		for _, o := range n.Admitted {
			x := unit(n.Utilities(o))
			opposition = min(opposition, distance(x, best))
			nearest := math.Inf(1)
			for _, p := range frontier {
				nearest = min(nearest, distance(x, unit(p.Utilities)))
			}
			sum += nearest
		}
		if math.Abs(*a.Measures.Opposition-opposition) > 1e-12 || math.Abs(*a.Measures.Distribution-sum/float64(len(n.Admitted))) > 1e-12 {
			t.Fatalf("opposition %v, distribution %v; want %v, %v", *a.Measures.Opposition, *a.Measures.Distribution, opposition, sum/float64(len(n.Admitted)))
		}
	}
	if measured < 100 {
		t.Errorf("only %d spaces measured", measured)
	}
}

// A naiveFinder looks at every point.
type naiveFinder struct {
	parties int
	x       []float64
}

func (f naiveFinder) start() func(x []float64) float64 {
	return func(x []float64) float64 {
		least := math.Inf(1)
		for at := range slices.Chunk(f.x, f.parties) {
			least = min(least, squared(at, x))
		}
		return least
	}
}

// Whatever is done to look at few points, the nearest is found to the last bit: about
// frontiers that bend outwards, inwards, that crowd in a corner or lie on a line, from
// anywhere, edges of cells and the points themselves included.
func TestNearestToTheLastBit(t *testing.T) {
	r := rand.New(rand.NewPCG(53, 54))
	grids := 0
	for range trials.Of(200, 2000) {
		points := 1 + r.IntN(1<<r.IntN(10))
		bend, crowd := []float64{0.3, 1, 3}[r.IntN(3)], []float64{1, 1, 1e-3, 1e-14}[r.IntN(4)]
		even := r.IntN(2) == 0
		var x []float64
		for i := range points {
			a := r.Float64()
			if even {
				a = float64(i) / float64(max(1, points-1))
			}
			x = append(x, a*crowd, math.Pow(1-math.Pow(a, bend), 1/bend))
		}
		u := &units{low: []float64{0, 0}, width: []float64{1, 1}}
		f := newFinder(u, slices.Clone(x), int64(1+r.IntN(1<<14)))
		if _, ok := f.(*nearestGrid); ok {
			grids++
		}
		nearest, naive := f.start(), naiveFinder{2, x}.start()
		for range 300 {
			at := []float64{r.Float64(), r.Float64()}
			switch r.IntN(4) {
			case 0:
				at = []float64{float64(r.IntN(65)) / 64, float64(r.IntN(65)) / 64}
			case 1:
				copy(at, x[2*r.IntN(points):])
			}
			if got, want := nearest(at), naive(at); got != want {
				t.Fatalf("%T of %d points, bend %v, crowd %v: from %v %v, want %v", f, points, bend, crowd, at, got, want)
			}
		}
	}
	if grids < trials.Of(200, 2000)/2 {
		t.Errorf("only %d grids", grids)
	}
}

// Sums of distances are the same bits as with the naive nearest, block by block, in spaces of
// any number of parties and of scores beyond what floating point holds.
func TestDistancesToTheLastBit(t *testing.T) {
	r := rand.New(rand.NewPCG(55, 56))
	for range trials.Of(100, 1000) {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + r.IntN(5)})
		for p := range s.Parties {
			s.Parties[p].Scores[0] = slices.Clone(s.Parties[p].Scores[0])
			for o := range s.Parties[p].Scores[0] {
				switch r.IntN(12) {
				case 0:
					s.Parties[p].Scores[0][o] += r.Int64N(1000)
				case 1:
					s.Parties[p].Scores[0][o] += 1 << 59
				}
			}
		}
		sc, err := visit.New(s)
		if err != nil {
			t.Fatal(err)
		}
		all, err := surveyed(t.Context(), sc)
		if err != nil {
			t.Fatal(err)
		}
		if all.admitted == 0 {
			continue
		}
		u, front := all.units(), all.front.Result()
		x := make([]float64, len(front.U))
		for i := range front.Len() {
			u.normalise(front.At(i), x[i*len(u.low):][:len(u.low)])
		}
		n, _ := s.Count()
		got, err := distances(t.Context(), sc, u, newFinder(u, slices.Clone(x), n))
		if err != nil {
			t.Fatal(err)
		}
		want, err := distances(t.Context(), sc, u, naiveFinder{len(u.low), x})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("sums %v, want %v", got, want)
		}
	}
}

// A prize that one must lose: nothing is better than the other end, so that
// full satisfaction is one away. A win-win has none of it.
func TestOpposition(t *testing.T) {
	for _, test := range []struct {
		rows [2][]int64
		want float64
	}{
		{[2][]int64{{0, 10}, {10, 0}}, 1},
		{[2][]int64{{0, 10}, {0, 10}}, 0},
		{[2][]int64{{0, 5, 10}, {10, 5, 0}}, math.Sqrt(0.5)},
	} {
		a, err := Analyze(context.Background(), table(test.rows[0], test.rows[1]), Options{Measures: true})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(*a.Measures.Opposition-test.want) > 1e-12 {
			t.Errorf("%v: opposition %v, want %v", test.rows, *a.Measures.Opposition, test.want)
		}
	}
}

// Where many analyses share the cores, a goroutine of one may find no block left to look at. It has
// then nothing to say, and what the others found is what there is.
func TestMeasuresBesideOthers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	s := outcometest.Family(3, 2, 10, false)
	for i := range s.Issues { // of four options: 2^20 packages, four chunks of work
		s.Issues[i].Options = 4
		for p := range s.Parties {
			s.Parties[p].Scores[i] = s.Parties[p].Scores[i][:4]
		}
	}
	settled, err := outcome.NewTable(s.Issues, []int{0, 1, 2}, func(o []int) bool { return o[0]+o[1]+o[2] > 0 })
	if err != nil {
		t.Fatal(err)
	}
	s.Requires = []outcome.Condition{{ID: "settled", Forbidden: settled}}
	analyse := func() *Analysis {
		a, err := Analyze(context.Background(), s, Options{Measures: true, MaxPoints: 1, MaxTies: 1})
		if err != nil {
			t.Error(err)
			return &Analysis{}
		}
		return a
	}
	alone := analyse()
	var group sync.WaitGroup
	for range 24 {
		group.Go(func() {
			a := analyse()
			if a.Measures.Opposition == nil || a.Measures.Distribution == nil {
				t.Errorf("nothing measured: %s", a.Measures.Why)
			} else if *a.Measures.Opposition != *alone.Measures.Opposition || *a.Measures.Distribution != *alone.Measures.Distribution {
				t.Errorf("opposition %v, distribution %v; alone %v, %v", *a.Measures.Opposition, *a.Measures.Distribution, *alone.Measures.Opposition, *alone.Measures.Distribution)
			}
		})
	}
	group.Wait()
}
