package bargain

import (
	"context"
	"math/big"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// points is a front of the points of an analysis.
type points []Point

func (f points) Len() int                                { return len(f) }
func (f points) At(i int) []int64                        { return f[i].Utilities }
func (f points) First(i int) (outcome.Outcome, *big.Int) { return f[i].Outcome, f[i].Ties }

// From the frontier of an analysis, Solve picks what the analysis picks.
func TestSolveIsWhatAnalyzePicks(t *testing.T) {
	r := rand.New(rand.NewPCG(57, 58))
	solved := 0
	for i := range 400 {
		s := outcometest.Space(r, outcometest.Shape{Coarse: i%2 == 0})
		s.Consent = outcome.Rule{}
		a, err := Analyze(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict == NoZone {
			continue
		}
		solved++
		n := outcometest.NewNaive(s)
		parties, solutions := Solve(s, points(a.Frontier.Points), func(p int) int64 {
			if s.Parties[p].Threshold.Set {
				t.Errorf("asked for the least of party %d, which has a threshold", p)
			}
			least := int64(outcome.MaxUtility)
			for _, o := range n.Zone {
				least = min(least, s.Parties[p].Value(o))
			}
			return least
		})
		for _, sol := range a.Solutions.All() {
			sol.Tied = nil
		}
		if !reflect.DeepEqual(parties, a.Parties) || !reflect.DeepEqual(solutions, a.Solutions) {
			t.Fatalf("%+v, %+v; want %+v, %+v", parties, solutions, a.Parties, a.Solutions)
		}
	}
	if solved < 100 {
		t.Errorf("only %d zones", solved)
	}
}
