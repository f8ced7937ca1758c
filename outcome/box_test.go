package outcome_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// asTable multiplies a table of any form out over the issues given.
func asTable(t *testing.T, issues []outcome.Issue, box outcome.Table) outcome.Table {
	t.Helper()
	o := make(outcome.Outcome, len(issues))
	table, err := outcome.NewTable(issues, box.Issues(), func(options []int) bool {
		for k, i := range box.Issues() {
			o[i] = options[k]
		}
		return box.Holds(o)
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestBoxHoldsWithinItsSets(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	inside := 0
	for range 2000 {
		var issues []outcome.Issue
		for range 1 + r.IntN(5) {
			issues = append(issues, outcome.Issue{Options: 1 + r.IntN(6)})
		}
		named := r.Perm(len(issues))[:r.IntN(len(issues)+1)]
		slices.Sort(named)
		var sets [][]int
		for _, i := range named {
			sets = append(sets, r.Perm(issues[i].Options)[:r.IntN(issues[i].Options+1)])
		}
		within := r.IntN(2) == 0
		box, err := outcome.NewBox(issues, named, sets, within)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			o := make(outcome.Outcome, len(issues))
			for i := range o {
				o[i] = r.IntN(issues[i].Options)
			}
			want := within
			for k, i := range named {
				if !slices.Contains(sets[k], o[i]) {
					want = !within
				}
			}
			if box.Holds(o) != want {
				t.Fatalf("%v in %v of %v, inside %t: %t", o, sets, named, within, !want)
			}
			if want {
				inside++
			}
		}
		table := asTable(t, issues, box)
		if box.Size() != table.Size() || box.Count() != table.Count() {
			t.Fatalf("size %d and count %d, want %d and %d", box.Size(), box.Count(), table.Size(), table.Count())
		}
		for rank := range box.Size() {
			if box.At(rank) != table.At(rank) {
				t.Fatalf("rank %d: %t", rank, box.At(rank))
			}
		}
	}
	if inside < 5000 || inside > 35000 {
		t.Errorf("%d of 40000 outcomes hold: the test compares too little", inside)
	}
}

// Every listing of boxes equals that of the same conditions multiplied out.
func TestListOfBoxesEqualsListOfTables(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{Boxes: true, Issues: 1 + r.IntN(6)})
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		twin := *s
		twin.Parties = slices.Clone(s.Parties)
		twin.Requires = slices.Clone(s.Requires)
		for i := range twin.Requires {
			twin.Requires[i].Forbidden = asTable(t, s.Issues, s.Requires[i].Forbidden)
		}
		row := func(r *outcome.Row) {
			r.Adjustments = slices.Clone(r.Adjustments)
			for i := range r.Adjustments {
				r.Adjustments[i].When = asTable(t, s.Issues, r.Adjustments[i].When)
			}
		}
		for p := range twin.Parties {
			party := &twin.Parties[p]
			row(&party.Row)
			party.Constituencies = slices.Clone(party.Constituencies)
			for c := range party.Constituencies {
				row(&party.Constituencies[c])
			}
			party.RedLines = slices.Clone(party.RedLines)
			for i := range party.RedLines {
				party.RedLines[i].Forbidden = asTable(t, s.Issues, party.RedLines[i].Forbidden)
			}
		}
		a, err := outcome.NewLister(s)
		if err != nil {
			t.Fatal(err)
		}
		b, err := outcome.NewLister(&twin)
		if err != nil {
			t.Fatal(err)
		}
		if a.Blocks() != b.Blocks() || a.Len() != b.Len() {
			t.Fatalf("%d blocks of %d and %d of %d", a.Blocks(), a.Len(), b.Blocks(), b.Len())
		}
		c, d := a.Cursor(), b.Cursor()
		for range a.Blocks() {
			k := r.Int64N(a.Blocks())
			c.MoveTo(k)
			d.MoveTo(k)
			for j := range a.Len() {
				if bit(c.Excluded(), j) != bit(d.Excluded(), j) {
					t.Fatalf("block %d, place %d: excluded %t", k, j, bit(c.Excluded(), j))
				}
				o := a.Outcome(c.Rank(j))
				if bit(c.Excluded(), j) == s.Admits(o) {
					t.Fatalf("%v: excluded %t", o, bit(c.Excluded(), j))
				}
				at := 0
				for p := range s.Parties {
					if bit(c.RedLines(p), j) != bit(d.RedLines(p), j) {
						t.Fatalf("%v: red line of party %d %t", o, p, bit(c.RedLines(p), j))
					}
				}
				s.Rows(func(_ int, row *outcome.Row) bool {
					base, table, low, high := c.Values(at)
					if got, want := base+table[j], row.Value(o); got != want {
						t.Fatalf("%v is worth %d, want %d", o, got, want)
					}
					if table[j] < low || table[j] > high {
						t.Fatalf("entry %d outside %d..%d", table[j], low, high)
					}
					at++
					return true
				})
			}
		}
	}
}

// A box over more joint options than an int counts still tells nowhere, somewhere
// and everywhere apart.
func TestBoxTooLargeToCount(t *testing.T) {
	var issues []outcome.Issue
	var named []int
	var some, all [][]int
	for i := range 100 {
		issues = append(issues, outcome.Issue{Options: 10})
		named = append(named, i)
		some = append(some, []int{1, 2, 3, 4, 5, 6, 7, 8, 9})
		all = append(all, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	}
	none := slices.Clone(some)
	none[50] = nil
	for _, test := range []struct {
		sets       [][]int
		inside     bool
		spans      int
		never, all bool
	}{
		{some, true, 100, false, false},
		{some, false, 100, false, false},
		{none, true, 100, true, false},
		{none, false, 100, false, true},
		{all, true, 0, false, true},
		{all, false, 0, true, false},
	} {
		box, err := outcome.NewBox(issues, named, test.sets, test.inside)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(box.Issues()); n != test.spans {
			t.Errorf("spans %d issues, want %d", n, test.spans)
		}
		if n := box.Size(); test.spans > 0 && n != math.MaxInt {
			t.Errorf("size %d, want the largest int", n)
		}
		if never, all := box.Count() == 0, box.Count() == box.Size(); never != test.never || all != test.all {
			t.Errorf("holds nowhere %t and everywhere %t, want %t and %t", never, all, test.never, test.all)
		}
	}
}

func TestNewBoxRefuses(t *testing.T) {
	issues := []outcome.Issue{{ID: "a", Options: 2}, {ID: "b", Options: 3}}
	for _, test := range []struct {
		named []int
		sets  [][]int
	}{
		{[]int{0}, nil},
		{[]int{1, 0}, [][]int{{0}, {0}}},
		{[]int{0, 0}, [][]int{{0}, {0}}},
		{[]int{2}, [][]int{{0}}},
		{[]int{-1}, [][]int{{0}}},
		{[]int{0}, [][]int{{2}}},
		{[]int{0}, [][]int{{-1}}},
	} {
		if _, err := outcome.NewBox(issues, test.named, test.sets, true); err == nil {
			t.Errorf("a box over issues %v with options %v was made", test.named, test.sets)
		}
	}
	box, err := outcome.NewBox(issues, []int{1}, [][]int{{2}}, true)
	if err != nil {
		t.Fatal(err)
	}
	s := &outcome.Space{Issues: issues[:1], Requires: []outcome.Condition{{ID: "r", Forbidden: box}},
		Parties: []outcome.Party{{Row: outcome.Row{ID: "p", Scale: 1, Scores: [][]int64{{0, 1}}}}}}
	if s.Check() == nil {
		t.Error("a box over an issue that the space does not have checks")
	}
}
