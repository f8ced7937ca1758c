package outcome_test

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

func TestListVisitsEveryOutcomeAsEvaluated(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		s := outcometest.Space(r, outcometest.Shape{})
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		l, err := outcome.NewLister(s)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := s.Count()
		if l.Blocks()*int64(l.Len()) != n {
			t.Fatalf("%d blocks of %d for %d outcomes", l.Blocks(), l.Len(), n)
		}
		order := r.Perm(int(l.Blocks()))
		if r.IntN(2) == 0 { // the cheap path of consecutive moves
			for i := range order {
				order[i] = i
			}
		}
		seen := make([]bool, n)
		c := l.Cursor()
		for _, k := range order {
			c.MoveTo(int64(k))
			for j := range l.Len() {
				rank := c.Rank(j)
				if seen[rank] {
					t.Fatalf("outcome %d visited twice", rank)
				}
				seen[rank] = true
				o := l.Outcome(rank)
				if got, want := bit(c.Excluded(), j), !s.Admits(o); got != want {
					t.Fatalf("%v excluded %t, want %t", o, got, want)
				}
				at := 0
				for p := range s.Parties {
					broken := false
					for _, red := range s.Parties[p].RedLines {
						broken = broken || red.Forbidden.Holds(o)
					}
					if got := bit(c.RedLines(p), j); got != broken {
						t.Fatalf("%v breaks a red line %t, want %t", o, got, broken)
					}
					if l.Row(p) != at {
						t.Fatalf("row of party %d is %d, want %d", p, l.Row(p), at)
					}
					at += 1 + len(s.Parties[p].Constituencies)
				}
				at = 0
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

// Every outcome of a barred block breaks a requirement or, where they were asked for, a red line.
func TestBarredBlocksHoldNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 2))
	barred, skipped := 0, int64(0)
	for range 400 {
		s := outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 6 + r.IntN(3), Boxes: r.IntN(2) == 0})
		if n, _ := s.Count(); n > 40_000 {
			continue
		}
		l, err := outcome.NewLister(s)
		if err != nil {
			t.Fatal(err)
		}
		c, redLines := l.Cursor(), r.IntN(2) == 0
		bars := func(o outcome.Outcome) bool {
			bar := !s.Admits(o)
			for p := range s.Parties {
				for _, red := range s.Parties[p].RedLines {
					bar = bar || redLines && red.Forbidden.Holds(o)
				}
			}
			return bar
		}
		for k := r.Int64N(l.Blocks()); k < l.Blocks(); {
			c.MoveTo(k)
			n := c.Barred(redLines)
			if n == 0 {
				k++
				continue
			}
			if k+n > l.Blocks() {
				t.Fatalf("%d blocks are barred from block %d of %d", n, k, l.Blocks())
			}
			barred, skipped = barred+1, skipped+n-1
			for last := k + n; k < last; k++ {
				c.MoveTo(k)
				for j := range l.Len() {
					if o := l.Outcome(c.Rank(j)); !bars(o) {
						t.Fatalf("%v lies in a barred block", o)
					}
				}
			}
		}
	}
	t.Logf("%d barred, %d passed over with them", barred, skipped)
	if barred < 150 || skipped < 300 {
		t.Error("too little was compared")
	}
}

func bit(words []uint64, j int) bool { return words != nil && words[j/64]>>(j%64)&1 != 0 }

func TestMarkOptions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		s := outcometest.Space(r, outcometest.Shape{})
		l, err := outcome.NewLister(s)
		if err != nil {
			t.Fatal(err)
		}
		got, want := make([][]bool, len(s.Issues)), make([][]bool, len(s.Issues))
		for i, is := range s.Issues {
			got[i], want[i] = make([]bool, is.Options), make([]bool, is.Options)
		}
		c := l.Cursor()
		words, _ := l.Places()
		for k := range l.Blocks() {
			c.MoveTo(k)
			set := make([]uint64, words)
			for range r.IntN(3) {
				j := r.IntN(l.Len())
				set[j/64] |= 1 << (j % 64)
				for i, o := range l.Outcome(c.Rank(j)) {
					want[i][o] = true
				}
			}
			if outcome.Ones(set) > 0 {
				c.MarkOptions(set, got)
			}
		}
		for i := range got {
			for o := range got[i] {
				if got[i][o] != want[i][o] {
					t.Fatalf("issue %d option %d marked %t, want %t", i, o, got[i][o], want[i][o])
				}
			}
		}
	}
}

func TestRuleDecidesLanesAsCases(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		n := 1 + r.IntN(8)
		rule := outcometest.Rule(r, n, 4)
		if r.IntN(20) == 0 {
			rule = outcome.Rule{}
		}
		yes := make([]uint64, n)
		for i := range yes {
			yes[i] = r.Uint64()
		}
		got := rule.HoldsEach(yes)
		for k := range 64 {
			var who uint64
			for i, w := range yes {
				who |= w >> k & 1 << i
			}
			if want := rule.Holds(who, n); got>>k&1 != 0 != want {
				t.Fatalf("lane %d with %b: %t, want %t", k, who, !want, want)
			}
		}
	}
}

func TestRuleOfSixtyFourNames(t *testing.T) {
	rule := outcome.CountOf(^uint64(0), outcome.AtLeast, 64)
	yes := make([]uint64, 64)
	for i := range yes {
		yes[i] = ^uint64(0)
	}
	yes[63] = 1
	if got := rule.HoldsEach(yes); got != 1 {
		t.Errorf("lanes %b, want only the first", got)
	}
	if !rule.Holds(^uint64(0), 64) || rule.Holds(1, 64) || bits.OnesCount64(rule.HoldsEach(yes)) != 1 {
		t.Error("count of 64 names is wrong")
	}
}
