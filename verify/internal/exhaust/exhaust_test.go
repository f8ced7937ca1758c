package exhaust

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/verify/internal/sets"
)

// draw draws a space, with tests of all its conditions and what never gives way.
func draw(r *rand.Rand, round int) (s *outcome.Space, never []*outcome.Table, tests []Test) {
	s = outcometest.Space(r, outcometest.Shape{Boxes: round%3 == 0, Coarse: round%2 == 0})
	for k := range s.Requires {
		never = append(never, &s.Requires[k].Forbidden)
	}
	for p := range s.Parties {
		s.Parties[p].Threshold = outcome.Threshold{Value: r.Int64N(40), Set: r.IntN(4) > 0}
		test := Test{Floors: []int{p}}
		for k := range s.Parties[p].RedLines {
			test.Tables = append(test.Tables, &s.Parties[p].RedLines[k].Forbidden)
		}
		tests = append(tests, test)
	}
	return s, never, append(tests, Test{}, Test{Tables: tests[0].Tables})
}

// A listing says of every package what the tests, the utilities and the rank by definition are, in blocks of any length
// and whether or not what was found before is kept.
func TestListIsExact(t *testing.T) {
	blocks := 0
	for round := range trials.Of(300, 5000) {
		r := rand.New(rand.NewPCG(uint64(round), 1))
		s, never, tests := draw(r, round)
		n := len(s.Parties)
		listed := make(map[int64]string)
		least, most := slices.Repeat([]int64{1 << 40}, n), slices.Repeat([]int64{-1 << 40}, n)
		seen, want := make([][]bool, len(s.Issues)), make([][]bool, len(s.Issues))
		for i, is := range s.Issues {
			seen[i], want[i] = make([]bool, is.Options), make([]bool, is.Options)
		}
		u := make([]int64, n)
		last := int64(-1)
		l := newLister(s, never, tests, []int{1, 5, 40, 200, maxBlock}[r.IntN(5)], []int{0, 3, maxKept}[r.IntN(3)])
		if err := l.all(context.Background(), func(p *Part) error {
			if p.l.start > last {
				last = p.l.start
				blocks++
			}
			p.Range(least, most)
			p.Options(seen)
			count := int64(0)
			for j := range p.places() {
				p.utilities(j, u)
				listed[p.rank(j)] = fmt.Sprint(p.Failed, u)
				count++
			}
			if count == 0 || count != p.Count() || p.l.start < last {
				t.Fatalf("round %d: %d packages, not %d, from %d", round, count, p.Count(), p.l.start)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for rank := range s.Size().Int64() {
			o := Outcome(s, rank)
			if slices.ContainsFunc(never, func(x *outcome.Table) bool { return x.Holds(o) }) {
				if listed[rank] != "" {
					t.Fatalf("round %d: package %v was listed", round, o)
				}
				continue
			}
			var failed sets.Set
			for k := range tests {
				if tests[k].Fails(s, o) {
					failed = failed.With(k)
				}
			}
			for p := range u {
				u[p] = s.Parties[p].Value(o)
				if u[p] < least[p] || u[p] > most[p] {
					t.Fatalf("round %d: %d is not within %d and %d", round, u[p], least[p], most[p])
				}
			}
			if got := fmt.Sprint(failed, u); listed[rank] != got {
				t.Fatalf("round %d: package %v: %s, want %s", round, o, listed[rank], got)
			}
			for i, option := range o {
				want[i][option] = true
			}
		}
		if !slices.EqualFunc(seen, want, slices.Equal[[]bool]) {
			t.Fatalf("round %d: options %v, want %v", round, seen, want)
		}
	}
	if blocks < 10*trials.Of(300, 5000) {
		t.Errorf("only %d blocks", blocks)
	}
}

// A front holds what no vector dominates, with how many reach it and the first that does, whether packages are offered
// one by one or by parts.
func TestFrontIsExact(t *testing.T) {
	for round := range trials.Of(300, 3000) {
		r := rand.New(rand.NewPCG(uint64(round), 2))
		s, never, tests := draw(r, round)
		shape := func(u []int64) {
			u[0] = min(u[0], 5)
			u[len(u)-1] = 0
		}
		if round%2 == 0 {
			shape = nil
		}
		var front Front
		type vector struct {
			u    []int64
			rank int64
		}
		var all []vector
		l := newLister(s, never, tests, []int{5, 40, maxBlock}[r.IntN(3)], maxKept)
		if err := l.all(context.Background(), func(p *Part) error {
			for j := range p.places() {
				u := make([]int64, len(s.Parties))
				p.utilities(j, u)
				if shape != nil {
					shape(u)
				}
				all = append(all, vector{u, p.rank(j)})
			}
			return front.Take(p, shape)
		}); err != nil {
			t.Fatal(err)
		}
		var want []Point
		for _, x := range all {
			point := Point{x.u, x.rank, 0}
			dominated := false
			for _, y := range all {
				if slices.Equal(x.u, y.u) {
					point.Ties++
					dominated = dominated || y.rank < x.rank
				} else {
					dominated = dominated || Reaches(y.u, x.u)
				}
			}
			if !dominated {
				want = append(want, point)
			}
		}
		front.Sort()
		slices.SortFunc(want, func(a, b Point) int { return slices.Compare(b.U, a.U) })
		if !slices.EqualFunc(front.Points, want, func(a, b Point) bool {
			return slices.Equal(a.U, b.U) && a.First == b.First && (a.Ties == b.Ties || shape != nil)
		}) {
			t.Fatalf("round %d: %v, want %v", round, front.Points, want)
		}
	}
}

// Merging finds the front of all sums.
func TestMergeIsExact(t *testing.T) {
	for round := range trials.Of(500, 5000) {
		r := rand.New(rand.NewPCG(uint64(round), 3))
		var gains [][][]int64
		sums := [][]int64{{0, 0}}
		for range 1 + r.IntN(4) {
			var options [][]int64
			var next [][]int64
			for range 1 + r.IntN(4) {
				gain := []int64{r.Int64N(9) - 4, r.Int64N(9) - 4}
				options = append(options, gain)
				for _, x := range sums {
					next = append(next, []int64{x[0] + gain[0], x[1] + gain[1]})
				}
			}
			gains, sums = append(gains, options), next
		}
		var want Front
		for _, x := range sums {
			if err := want.Offer(x, 0); err != nil {
				t.Fatal(err)
			}
		}
		want.Sort()
		got, _, err := Merge(context.Background(), gains)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, want.Points, func(x [2]int64, p Point) bool { return slices.Equal(x[:], p.U) }) {
			t.Fatalf("round %d: %v, want %v", round, got, want.Points)
		}
	}
}

// Summing issues in any order finds no package exactly when the zone is empty.
func TestSummingIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	empty, full := 0, 0
	for range 400 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + r.IntN(4), Boxes: r.IntN(2) == 0})
		s.Consent = outcome.Rule{}
		zone := false
		for rank := range s.Size().Int64() {
			zone = zone || s.InZone(Outcome(s, rank))
		}
		if some, err := Some(context.Background(), s, r.Perm(len(s.Issues))); err != nil || some != zone {
			t.Fatalf("a zone: %t, but %t, %v", zone, some, err)
		}
		if zone {
			full++
		} else {
			empty++
		}
	}
	if empty < 50 || full < 50 {
		t.Errorf("%d empty and %d others: the test compares too little", empty, full)
	}
}
