package convert

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// drawScenario draws a scenario with names that files must escape, scores below 0,
// decimals and fractions, ranges and boxes; whole asks for ranges of whole numbers alone.
func drawScenario(t *rapid.T, boxes, whole bool) *scenario {
	s := &scenario{id: "drawn", title: "Drawn"}
	name := func(kind string, k int) string {
		return rapid.SampledFrom([]string{"", "a & b ", "<", `"quoted" `, "Größe ", "中文 ", "null ", "0.5 ", "it's ", "#: - ", "\U0001F54A "}).Draw(t, "name") + fmt.Sprint(kind, k)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "issues") {
		is := issue{id: fmt.Sprint("i", i), name: name("issue", i)}
		if whole || rapid.IntRange(0, 2).Draw(t, "range") == 0 {
			is.grid = &grid{big.NewRat(rapid.Int64Range(-9, 9).Draw(t, "from"), 1), rapid.SampledFrom([]*big.Rat{one, big.NewRat(3, 1), big.NewRat(1, 4)}).Draw(t, "step"), rapid.IntRange(1, 6).Draw(t, "numbers")}
			if whole {
				is.grid.step = one
			} else if rapid.IntRange(0, 3).Draw(t, "real") == 0 {
				is.grid.n = realValues
			}
		} else {
			for k := range rapid.IntRange(1, 5).Draw(t, "values") {
				is.values = append(is.values, name("value", k))
			}
		}
		s.issues = append(s.issues, is)
	}
	score := rapid.Custom(func(t *rapid.T) *big.Rat {
		low := int64(0)
		if rapid.IntRange(0, 5).Draw(t, "below") == 0 {
			low = -20
		}
		return big.NewRat(rapid.Int64Range(low, 60).Draw(t, "points"), rapid.SampledFrom([]int64{1, 1, 1, 10, 100, 3, 7}).Draw(t, "of"))
	})
	for k := range rapid.IntRange(1, 3).Draw(t, "parties") {
		p := party{id: fmt.Sprint("p", k), name: name("party", k)}
		for i := range s.issues {
			is := &s.issues[i]
			ends := rapid.IntRange(0, 1).Draw(t, "line") == 0 && is.grid != nil
			var ks []knot
			for at := range is.len() {
				if !ends || at == 0 || at == is.len()-1 {
					ks = append(ks, knot{at, score.Draw(t, "score")})
				}
			}
			p.scores = append(p.scores, ks)
		}
		if boxes {
			for range rapid.IntRange(0, 3).Draw(t, "boxes") {
				p.boxes = append(p.boxes, drawBox(t, s, score.Draw(t, "add")))
			}
		}
		if rapid.Bool().Draw(t, "threshold") {
			p.reservation = score.Draw(t, "no deal")
		}
		if rapid.IntRange(0, 2).Draw(t, "discounted") == 0 {
			p.discount = big.NewRat(rapid.Int64Range(1, 99).Draw(t, "discount"), 100)
		}
		s.parties = append(s.parties, p)
	}
	return s
}

func drawBox(t *rapid.T, s *scenario, worth *big.Rat) box {
	b := box{worth: worth, outside: rapid.Bool().Draw(t, "outside")}
	for i := range s.issues {
		if n := s.issues[i].len(); n > 1 && rapid.Bool().Draw(t, "bounded") {
			held := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "held")
			if rs := runs(n, func(o int) bool { return held[o] }); len(rs) > 0 {
				b.sides = append(b.sides, side{i, rs})
			}
		}
	}
	return b
}

func caseOf(t testing.TB, s *scenario) *casefile.Case {
	t.Helper()
	text, _, err := s.text()
	if err != nil {
		t.Fatal(err)
	}
	f, err := casefile.Parse("drawn", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f.Case
}

// throughFiles writes a case and opens the files.
func throughFiles(t testing.TB, dir string, format *Format, c *casefile.Case) (*Scenario, []Output, []Note) {
	t.Helper()
	files, lost, err := Write(format, c)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	back, err := Open(context.Background(), paths...)
	if err != nil {
		for _, f := range files {
			t.Logf("%s\n%s", f.Name, f.Data)
		}
		t.Fatal(err)
	}
	if back.Format != format {
		t.Fatalf("what was written as %s opens as %v", format.Name, back.Format)
	}
	return back, files, lost
}

// outcomes returns every outcome of a small space.
func outcomes(s *outcome.Space) []outcome.Outcome {
	all := []outcome.Outcome{nil}
	for _, is := range s.Issues {
		var more []outcome.Outcome
		for _, o := range all {
			for k := range is.Options {
				more = append(more, append(slices.Clone(o), k))
			}
		}
		all = more
	}
	return all
}

// sameUpToScale fails unless the second row is worth what the first is, but for a
// factor above 0 and a constant, in every outcome and without a deal. It returns whether
// factor and constant are 1 and 0.
func sameUpToScale(t testing.TB, a, b *outcome.Party, all []outcome.Outcome, threshold bool) (same bool) {
	t.Helper()
	worth := func(p *outcome.Party, o outcome.Outcome) *big.Rat { return p.Points(p.Value(o)) }
	first := all[0]
	other := first
	for _, o := range all {
		if worth(a, o).Cmp(worth(a, first)) != 0 {
			other = o
			break
		}
	}
	minus := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }
	factor := new(big.Rat).Set(one)
	if d := minus(worth(a, other), worth(a, first)); d.Sign() != 0 {
		factor.Quo(minus(worth(b, other), worth(b, first)), d)
	}
	if factor.Sign() <= 0 {
		t.Fatalf("%s: the factor is %v", a.ID, factor)
	}
	constant := minus(worth(b, first), new(big.Rat).Mul(worth(a, first), factor))
	same = factor.Cmp(one) == 0 && constant.Sign() == 0
	check := func(what any, x, y *big.Rat) {
		want := new(big.Rat).Mul(x, factor)
		if want.Add(want, constant).Cmp(y) != 0 {
			t.Fatalf("%s: %v is worth %v, and after the round trip %v, not %v", a.ID, what, x, y, want)
		}
	}
	for _, o := range all {
		check(o, worth(a, o), worth(b, o))
	}
	if threshold && a.Threshold.Set && len(all) > 0 && !slices.Equal(other, first) {
		check("no deal", a.Points(a.Threshold.Value), b.Points(b.Threshold.Value))
	}
	return same
}

// roundTrip writes a case and reads it, and checks that the utilities are those of the
// case but for their scale, which the notes mention, and that names stay.
func roundTrip(t testing.TB, dir string, format *Format, c *casefile.Case) (before, after *outcome.Space, back *Scenario) {
	t.Helper()
	back, _, _ = throughFiles(t, dir, format, c)
	before, err := c.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	after, err = back.File.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Issues) != len(before.Issues) || len(after.Parties) != len(before.Parties) {
		t.Fatalf("%d issues and %d parties became %d and %d", len(before.Issues), len(before.Parties), len(after.Issues), len(after.Parties))
	}
	for i := range before.Issues {
		id, is := c.Issues.At(i)
		_, got := back.File.Case.Issues.At(i)
		if want := cmp.Or(casefile.IssueID(is.Title), id); cmp.Or(casefile.IssueID(got.Title), back.File.Case.Issues.Keys()[i]) != want {
			t.Fatalf("issue %q became %q", want, got.Title)
		}
		if before.Issues[i].Options != after.Issues[i].Options {
			t.Fatalf("%d options became %d", before.Issues[i].Options, after.Issues[i].Options)
		}
		for k := range is.Len() {
			if is.OptionTitle(k) != got.OptionTitle(k) {
				t.Fatalf("option %q became %q", is.OptionTitle(k), got.OptionTitle(k))
			}
		}
	}
	// Once more, from what was read: now even the scale stays.
	again, _, more := throughFiles(t, dir, format, back.File.Case)
	third, err := again.File.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	all := outcomes(before)
	for p := range after.Parties {
		if !sameUpToScale(t, &after.Parties[p], &third.Parties[p], all, true) {
			t.Fatalf("the scale changes again: %v", more)
		}
	}
	return before, after, back
}

func mentions(lost []Note, words ...string) bool {
	return slices.ContainsFunc(lost, func(n Note) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(n.String(), w) })
	})
}

// What formats that add up issue by issue can hold comes back exactly.
func TestRoundTripsOfAdditiveFormats(t *testing.T) {
	for _, format := range []*Format{negolog, geniusweb} {
		t.Run(format.Name, func(t *testing.T) {
			dir := t.TempDir()
			rapid.Check(t, func(rt *rapid.T) {
				c := caseOf(t, drawScenario(rt, false, false))
				_, lost, err := Write(format, c)
				if err != nil {
					rt.Fatal(err)
				}
				before, after, _ := roundTrip(t, dir, format, c)
				all := outcomes(before)
				for p := range before.Parties {
					bidChanged := format == geniusweb && mentions(lost, "no agreement is worth a bid there")
					same := sameUpToScale(t, &before.Parties[p], &after.Parties[p], all, !bidChanged)
					if !same && !mentions(lost, "points are") {
						t.Fatalf("the scale changed, and nothing says so: %v", lost)
					}
				}
				if format == geniusweb { // whatever bid stands for no deal, the same bids are acceptable
					for p := range before.Parties {
						a, b := &before.Parties[p], &after.Parties[p]
						if !a.Threshold.Set || mentions(lost, "worth more than every bid") {
							continue
						}
						for _, o := range all {
							if (a.Value(o) >= a.Threshold.Value) != (b.Value(o) >= b.Threshold.Value) {
								t.Fatalf("%v is acceptable before or after, not both", o)
							}
						}
					}
				}
			})
		})
	}
}

// GENIUS holds scores, lines and, where all issues are whole numbers, boxes.
func TestRoundTripsOfGenius(t *testing.T) {
	for _, boxes := range []bool{false, true} {
		t.Run(fmt.Sprint("boxes ", boxes), func(t *testing.T) {
			dir := t.TempDir()
			rapid.Check(t, func(rt *rapid.T) {
				c := caseOf(t, drawScenario(rt, boxes, boxes))
				_, lost, err := Write(genius, c)
				if err != nil {
					rt.Fatal(err)
				}
				before, after, back := roundTrip(t, dir, genius, c)
				all := outcomes(before)
				clips := mentions(lost, "is worth 1 in GENIUS") || mentions(back.Lost, "lowered to 1")
				for p := range before.Parties {
					if clips {
						continue
					}
					if same := sameUpToScale(t, &before.Parties[p], &after.Parties[p], all, true); !same && !mentions(lost, "points are") {
						t.Fatalf("the scale changed, and nothing says so: %v", lost)
					}
				}
				if mentions(lost, "adjustment") {
					t.Fatalf("left out: %v", lost)
				}
			})
		})
	}
}

// NegMAS holds scores on any scale, ranges, boxes and discounts.
func TestRoundTripsOfNegmas(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		c := caseOf(t, drawScenario(rt, rapid.Bool().Draw(rt, "boxes"), false))
		_, lost, err := Write(negmas, c)
		if err != nil {
			rt.Fatal(err)
		}
		before, after, back := roundTrip(t, dir, negmas, c)
		all := outcomes(before)
		for p := range before.Parties {
			if same := sameUpToScale(t, &before.Parties[p], &after.Parties[p], all, true); !same && !mentions(lost, "points are") {
				t.Fatalf("the scale changed, and nothing says so: %v", lost)
			}
			if before.Parties[p].Threshold.Set != after.Parties[p].Threshold.Set {
				t.Fatal("a no-deal value is there before or after, not both")
			}
			_, was := c.Parties.At(p)
			_, is := back.File.Case.Parties.At(p)
			if (was.Discount == nil) != (is.Discount == nil) || was.Discount != nil && was.Discount.Rat().Cmp(is.Discount.Rat()) != 0 {
				t.Fatalf("the discount was %v and is %v", was.Discount, is.Discount)
			}
		}
		for i := range before.Issues {
			_, was := c.Issues.At(i)
			_, is := back.File.Case.Issues.At(i)
			if (was.Range == nil) != (is.Range == nil) {
				t.Fatalf("issue %s is a range before or after, not both", was.Title)
			}
		}
	})
}

// The ranges of a case stay ranges, and the packages that GENIUS lowers to 1 are lowered
// again.
func TestGeniusComesBackAsItWas(t *testing.T) {
	for _, tt := range [][]string{
		{geniusDomain, strings.Replace(geniusBuyer, `<item value="4" evaluation="7"/>`, `<item value="3" evaluation="4"/>`, 1), geniusSeller},
		{boxDomain, boxProfile, boxProfile},
		{
			`<negotiation_template><objective><issue index="1" name="a"><item value="x"/><item value="y"/></issue><issue index="2" name="b"><item value="x"/><item value="y"/></issue></objective></negotiation_template>`,
			`<utility_space><issue index="1"><item value="x" evaluation="1"/><item value="y" evaluation="2"/></issue><issue index="2"><item value="x" evaluation="3"/><item value="y" evaluation="4"/></issue><weight index="1" value=".5"/><weight index="2" value="0.7"/></utility_space>`,
		},
	} {
		s, err := readText(t, tt...)
		if err != nil {
			t.Fatal(err)
		}
		before, after, back := roundTrip(t, t.TempDir(), genius, s.File.Case)
		for p := range before.Parties {
			a, b := &before.Parties[p], &after.Parties[p]
			for _, o := range outcomes(before) {
				if a.Points(a.Value(o)).Cmp(b.Points(b.Value(o))) != 0 {
					t.Fatalf("%v was worth %v and is worth %v", o, a.Points(a.Value(o)), b.Points(b.Value(o)))
				}
			}
			if a.Points(a.Threshold.Value).Cmp(b.Points(b.Threshold.Value)) != 0 {
				t.Errorf("the reservation value was %v and is %v", a.Points(a.Threshold.Value), b.Points(b.Threshold.Value))
			}
		}
		for i := range before.Issues {
			_, is := s.File.Case.Issues.At(i)
			_, got := back.File.Case.Issues.At(i)
			if (is.Range == nil) != (got.Range == nil) {
				t.Errorf("issue %s is a range before or after, not both", is.Title)
			}
		}
	}
}

// A no-deal value above everything that rectangles pay is scaled down with them.
func TestGeniusNoDealAboveEverything(t *testing.T) {
	f, err := casefile.Parse("hard", []byte(`goodoffices: 1
id: hard
issues:
  a: {range: {from: 0, to: 2, step: 1}}
parties:
  one:
    scores: {a: 0}
    adjustments: [{within: {a: 0..1}, add: -3}]
    no_deal: 5
  two: {scores: {a: {0: 0, 2: 1}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := roundTrip(t, t.TempDir(), genius, f.Case)
	for p := range before.Parties {
		sameUpToScale(t, &before.Parties[p], &after.Parties[p], outcomes(before), true)
	}
}
