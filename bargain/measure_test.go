package bargain

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

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
