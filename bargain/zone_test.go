package bargain

import (
	"context"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/count"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/outcome"
)

// What a budget does not allow to be counted is not counted, rather than 0.
func TestNotCountedIsNotZero(t *testing.T) {
	sums := [][]int64{{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}}
	s := sheetSpace(sums, sums)
	s.Parties[0].Constituencies = []outcome.Row{{ID: "home", Scale: 1, Scores: sums, Threshold: outcome.Threshold{Value: 2, Set: true}}}
	for _, test := range []struct {
		method  Method
		time    time.Duration
		nobody  bool // at home has a say
		carried int64
		counted bool
	}{
		{Listing, 0, false, 60, true}, // of 64 sums 4 are 0 or 1
		{Listing, 0, true, 64, true},
		{Merging, 50, false, 60, false},
		{Merging, 50, true, 64, true},
		{Bounding, 50, false, 60, false},
		{Bounding, 50, true, 64, true},
		{Bounding, time.Millisecond, false, 60, true},
	} {
		c := *s
		if test.nobody {
			c.Parties = slices.Clone(s.Parties)
			c.Parties[0].Constituencies = nil
		}
		a, err := Analyze(context.Background(), &c, Options{Method: test.method, Time: test.time})
		if err != nil {
			t.Fatal(err)
		}
		z := &a.Zone
		if test.counted && (z.Ratifiable == nil || z.Ratifiable.Int64() != test.carried) || !test.counted && z.Ratifiable != nil {
			t.Errorf("%+v: ratifiable %v, from %v to %v", test, z.Ratifiable, z.RatifiableLow, z.RatifiableHigh)
		}
		if z.RatifiableLow.Int64() < 1 || z.RatifiableLow.Int64() > test.carried || z.RatifiableHigh.Int64() < test.carried {
			t.Errorf("%+v: ratifiable from %v to %v", test, z.RatifiableLow, z.RatifiableHigh)
		}
	}
}

// sheetSpace is a case of two parties who accept whatever is worth 0 or more.
func sheetSpace(rows ...[][]int64) *outcome.Space {
	s := &outcome.Space{}
	for i := range rows[0] {
		s.Issues = append(s.Issues, outcome.Issue{ID: string(rune('a' + i)), Options: len(rows[0][i])})
	}
	for p, scores := range rows {
		s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{ID: string(rune('p' + p)), Scale: 1, Scores: scores, Threshold: outcome.Threshold{Set: true}}})
	}
	return s
}

// An estimate lies within what is proven and has its ends in order, wherever a sample puts it.
func TestEstimateWithinBounds(t *testing.T) {
	n := big.NewInt
	for _, test := range []struct{ from, to, low, high, wantFrom, wantTo int64 }{
		{4, 9, 0, 20, 4, 9},
		{4, 9, 6, 20, 6, 9},
		{4, 9, 0, 8, 4, 8},
		{4, 9, 5, 7, 5, 7},
		{4, 9, 10, 20, 10, 20}, // the sample misleads
		{4, 9, 0, 3, 0, 3},
	} {
		e := (&Estimate{Low: n(test.from), High: n(test.to)}).within(n(test.low), n(test.high))
		if e.Low.Int64() != test.wantFrom || e.High.Int64() != test.wantTo {
			t.Errorf("%+v: from %v to %v", test, e.Low, e.High)
		}
	}
	if e := (&Estimate{Low: n(1), High: n(2)}).within(n(2), n(2)); e != nil {
		t.Errorf("an estimate of what is counted: %+v", e)
	}
	// Between 47 and 48 of 64 lies no whole number, however often a share of 0.745 is drawn.
	net := network.Frame(sheetSpace([][]int64{{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}}))
	draws := 0
	e, err := count.Estimate(context.Background(), net, 1, estimateSamples, func(outcome.Outcome, []int64) bool {
		draws++
		return draws%1000 < 742
	})
	if err != nil || e.Low.Int64() != 47 || e.High.Int64() != 48 {
		t.Errorf("from %v to %v, %v; want 47 to 48", e.Low, e.High, err)
	}
}

// Where nobody can gain every package of the zone has the same, empty, product of gains.
func TestNashWhereNobodyGains(t *testing.T) {
	s := sheetSpace([][]int64{{1, 0}, {1, 0}}, [][]int64{{0, 1}, {0, 1}})
	for p := range s.Parties {
		s.Parties[p].Threshold.Value = 1
	}
	linked := *s
	forbidden, err := outcome.NewTable(s.Issues, []int{0, 1}, func(o []int) bool { return o[0] == 0 && o[1] == 1 })
	if err != nil {
		t.Fatal(err)
	}
	linked.Requires = []outcome.Condition{{ID: "not_both", Forbidden: forbidden}}
	three := sheetSpace([][]int64{{1, 0}, {1, 0}}, [][]int64{{0, 1}, {0, 1}}, [][]int64{{0, 0}, {0, 0}})
	three.Parties[0].Threshold.Value, three.Parties[1].Threshold.Value = 1, 1
	three.Requires = linked.Requires
	for _, test := range []struct {
		s      *outcome.Space
		method Method
		first  outcome.Outcome
	}{
		{s, Listing, outcome.Outcome{0, 1}}, {s, Merging, outcome.Outcome{0, 1}}, {s, Bounding, outcome.Outcome{0, 1}},
		{&linked, Listing, outcome.Outcome{1, 0}}, {&linked, Elimination, outcome.Outcome{1, 0}}, {&linked, Branching, outcome.Outcome{1, 0}},
		{three, Listing, outcome.Outcome{1, 0}}, {three, Elimination, outcome.Outcome{1, 0}}, {three, Branching, outcome.Outcome{1, 0}},
	} {
		a, err := Analyze(context.Background(), test.s, Options{Method: test.method})
		if err != nil {
			t.Fatal(err)
		}
		for name, sol := range map[string]*Solution{"nash": a.Solutions.Nash, "kalai_smorodinsky": a.Solutions.KalaiSmorodinsky} {
			if sol == nil || sol.Gap == nil || sol.Gap.Sign() != 0 || !slices.Equal(sol.Outcome, test.first) {
				t.Errorf("%s of %d parties by %s: %+v, want %v", name, len(test.s.Parties), test.method, sol, test.first)
			}
		}
		if !a.Exact {
			t.Errorf("%s is not exact", test.method)
		}
	}
}
