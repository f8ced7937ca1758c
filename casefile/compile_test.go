package casefile

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

func parse(t *testing.T, text string) *Case {
	t.Helper()
	f, err := Parse("case.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f.Case
}

func compile(t *testing.T, c *Case, ch Choice) *outcome.Space {
	t.Helper()
	s, err := c.Compile(ch)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const small = `goodoffices: 1
id: small
issues:
  a: {options: {x: X, y: Y}, status_quo: y}
  months: {range: {from: 0, to: 9, step: 1, unit: months}, status_quo: 9}
parties:
  p:
    scores: {a: {x: 1, y: 0.5}, months: {0: 0, 9: 1}}
    no_deal: 0.25
    adjustments:
      - {when: "a == 'x' && months > 3", add: -0.5}
      - {id: late, when: "months == 9", add: 2}
    red_lines:
      - {never: "a == 'y' && months == 0", because: Too little, confidence: low}
      - {id: slow, never: "months > 8"}
  q:
    title: The other side
    scores: {a: 3, months: 4}
    ratification:
      constituencies:
        home: {title: People at home, scores: {a: {x: 0, y: 1}, months: 0}, accepts_at: {value: 1, because: Pride}}
requires:
  - {then: "a == 'x' || months < 9", kind: legal}
  - {id: early, kind: political, if: "a == 'x'", then: "months < 9"}
packages:
  paper: {outcome: {a: x}}
views:
  high: {set: {p.no_deal: 1, q.no_deal: 1..8}}
  third: {set: {p.scores.months.7: 1}}
levers:
  - {id: second, by: [], add: {p.no_deal: 1}}
  - {id: first, by: [], set: {p.no_deal: 5}}
  - {id: free, by: [], drop: [p.no_deal, p.red_lines.1, requires.1, p.adjustments.late], add_red_lines: [{party: q, never: "a == 'y'", because: Hardened}]}
`

func TestCompile(t *testing.T) {
	s := compile(t, parse(t, small), Choice{})
	p := &s.Parties[0]
	if p.ID != "p" || p.Scale%36 != 0 {
		t.Errorf("row %s has scale %d, which does not hold quarters and ninths", p.ID, p.Scale)
	}
	for _, tt := range []struct {
		o    outcome.Outcome
		want *big.Rat
	}{
		{outcome.Outcome{0, 0}, big.NewRat(1, 1)},
		{outcome.Outcome{1, 4}, big.NewRat(17, 18)},
		{outcome.Outcome{0, 4}, big.NewRat(17, 18)},
		{outcome.Outcome{0, 9}, big.NewRat(7, 2)},
	} {
		if got := p.Points(p.Value(tt.o)); got.Cmp(tt.want) != 0 {
			t.Errorf("%v is worth %v, want %v", tt.o, got, tt.want)
		}
	}
	var ids []string
	for _, c := range s.Requires {
		ids = append(ids, c.ID)
	}
	for _, c := range p.RedLines {
		ids = append(ids, c.ID)
	}
	for _, a := range p.Adjustments {
		ids = append(ids, a.ID)
	}
	ids = append(ids, s.Parties[1].Constituencies[0].ID)
	want := []string{"requires.1", "requires.early", "p.red_lines.1", "p.red_lines.slow", "p.adjustments.1", "p.adjustments.late", "q.home"}
	if !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
	if s.Requires[0].Kind != outcome.Legal || s.Requires[1].Kind != outcome.Political || p.RedLines[0].Kind != outcome.RedLine {
		t.Error("kinds are wrong")
	}
	if s.Parties[1].Threshold.Set || !s.Consent.Everyone() || !s.Parties[1].Ratification.Everyone() {
		t.Error("what is absent has got a meaning of its own")
	}
	if v := &s.Parties[1]; v.Points(v.Value(outcome.Outcome{1, 5})).Cmp(big.NewRat(7, 1)) != 0 {
		t.Error("a single number is not worth the same everywhere")
	}
}

func TestScaleStaysBetweenViewsAndLevers(t *testing.T) {
	c := parse(t, small)
	base := compile(t, c, Choice{})
	for _, ch := range []Choice{{View: "high"}, {View: "third"}, {Levers: []string{"first"}}, {View: "high", Levers: []string{"free", "second"}}} {
		s := compile(t, c, ch)
		for i := range s.Parties {
			if s.Parties[i].Scale != base.Parties[i].Scale {
				t.Errorf("%+v: scale of %s is %d, without it %d", ch, s.Parties[i].ID, s.Parties[i].Scale, base.Parties[i].Scale)
			}
		}
	}
}

func TestChoices(t *testing.T) {
	c := parse(t, small)
	threshold := func(ch Choice) string {
		p := compile(t, c, ch).Parties[0]
		if !p.Threshold.Set {
			return "none"
		}
		return p.Points(p.Threshold.Value).RatString()
	}
	for _, tt := range []struct {
		ch   Choice
		want string
	}{
		{Choice{}, "1/4"},
		{Choice{View: "high"}, "1"},
		{Choice{Levers: []string{"second"}}, "5/4"},
		{Choice{View: "high", Levers: []string{"second"}}, "2"},
		// Levers come in the order of the file: second adds, then first sets.
		{Choice{Levers: []string{"first", "second"}}, "5"},
		{Choice{Levers: []string{"second", "first"}}, "5"},
		{Choice{Levers: []string{"free"}}, "none"},
	} {
		if got := threshold(tt.ch); got != tt.want {
			t.Errorf("%+v: no-deal value %s, want %s", tt.ch, got, tt.want)
		}
	}
	s := compile(t, c, Choice{Levers: []string{"free"}})
	if p := s.Parties[0]; len(p.RedLines) != 1 || p.RedLines[0].ID != "p.red_lines.slow" || len(p.Adjustments) != 1 || p.Adjustments[0].ID != "p.adjustments.1" {
		t.Errorf("after drops: red lines %v, adjustments %v", p.RedLines, p.Adjustments)
	}
	if len(s.Requires) != 1 || s.Requires[0].ID != "requires.early" {
		t.Errorf("after drops: requirements %v", s.Requires)
	}
	if q := s.Parties[1]; len(q.RedLines) != 1 || q.RedLines[0].ID != "q.red_lines.free_1" {
		t.Errorf("added red lines: %v", q.RedLines)
	}
	for _, tt := range []struct {
		ch   Choice
		want string
	}{
		{Choice{View: "hihg"}, "unknown view 'hihg': did you mean 'high'?"},
		{Choice{Levers: []string{"fist"}}, "unknown lever 'fist': did you mean 'first'?"},
		{Choice{Levers: []string{"first", "first"}}, "lever first is named twice"},
	} {
		if _, err := c.Compile(tt.ch); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.ch, err)
		}
	}
	if base := compile(t, c, Choice{}); len(base.Parties[0].RedLines) != 2 {
		t.Error("a choice changed the case")
	}
}

// What one lever drops another cannot change, in whichever order the file has them; a no-deal value can be
// set anew. Levers are pulled in the order of the file, and combinations are what pulling them makes.
func TestDroppedAndSet(t *testing.T) {
	const text = `goodoffices: 1
id: dropped
issues: {price: {options: {low: Low, high: High}}}
parties:
  p: {scores: {price: {low: 1, high: 5}}, no_deal: 2, adjustments: [{id: bonus, when: "price == 'low'", add: 3}]}
levers:
`
	levers := map[string]string{
		"drop": "  - {id: drop, drop: [p.adjustments.bonus, p.no_deal]}\n",
		"set":  "  - {id: set, set: {p.adjustments.bonus: 10, p.no_deal: 4}}\n",
		"add":  "  - {id: add, add: {p.adjustments.bonus: 1, p.no_deal: 1}}\n",
	}
	for _, test := range []struct {
		file, pulled string
		low, noDeal  string // what the low price is worth, and the no-deal value
	}{
		{"drop set add", "", "4", "2"},
		{"drop set add", "drop", "1", "none"},
		{"drop set add", "set", "11", "4"},
		{"drop set add", "drop set", "1", "4"},
		{"drop set add", "set drop", "1", "4"},
		{"set drop add", "set drop", "1", "none"},
		{"drop add set", "drop add", "1", "none"},
		{"add drop set", "add drop", "1", "none"},
		{"drop set add", "drop set add", "1", "5"},
		{"set add drop", "drop set add", "1", "none"},
		{"set add drop", "set add", "12", "5"},
	} {
		file := text
		for _, id := range strings.Fields(test.file) {
			file += levers[id]
		}
		c := parse(t, file)
		pulled := strings.Fields(test.pulled)
		combined, err := c.CombineLevers("")
		if err != nil {
			t.Fatal(err)
		}
		var set []int
		for i, id := range c.LeverIDs() {
			if slices.Contains(pulled, id) {
				set = append(set, i)
			}
		}
		s, err := combined.Compile(set)
		if err != nil {
			t.Fatal(err)
		}
		for how, s := range map[string]*outcome.Space{"one after the other": compile(t, c, Choice{Levers: pulled}), "combined": s} {
			p := &s.Parties[0]
			noDeal := "none"
			if p.Threshold.Set {
				noDeal = p.Points(p.Threshold.Value).RatString()
			}
			if low := p.Points(p.Value(outcome.Outcome{0})).RatString(); low != test.low || noDeal != test.noDeal {
				t.Errorf("%+v, %s: the low price is worth %s, no deal %s", test, how, low, noDeal)
			}
		}
	}
}

// A score set inside a range bends the line there; a flat range keeps its number at both ends.
func TestSetInsideARange(t *testing.T) {
	text := strings.Replace(small, "third: {set: {p.scores.months.7: 1}}", "third: {set: {p.scores.months.7: 1, q.scores.months.3: 10}}", 1)
	s := compile(t, parse(t, text), Choice{View: "third"})
	check := func(row *outcome.Row, month int, want *big.Rat) {
		t.Helper()
		if got := row.Points(row.Scores[1][month]); got.Cmp(want) != 0 {
			t.Errorf("%s, month %d: %v, want %v", row.ID, month, got, want)
		}
	}
	p, q := &s.Parties[0].Row, &s.Parties[1].Row
	check(p, 0, new(big.Rat))
	check(p, 1, big.NewRat(1, 7))
	check(p, 7, big.NewRat(1, 1))
	check(p, 8, big.NewRat(1, 1))
	check(q, 0, big.NewRat(4, 1))
	check(q, 3, big.NewRat(10, 1))
	check(q, 6, big.NewRat(7, 1))
	check(q, 9, big.NewRat(4, 1))
}

// Where no exact scale fits, scores are rounded to the largest power of ten that does.
func TestRounding(t *testing.T) {
	c := parse(t, strings.Replace(small, "a: {x: 1, y: 0.5}", "a: {x: 100, y: 0.000000000000000001}", 1))
	s := compile(t, c, Choice{})
	if !s.Rounded {
		t.Fatal("ninths of a quintillionth fit 62 bits")
	}
	p := &s.Parties[0]
	if p.Scale != 1e16 {
		t.Errorf("scale %d, want 10^16", p.Scale)
	}
	if p.Scores[0][1] != 0 || p.Scores[0][0] != 1e18 {
		t.Errorf("scores %v", p.Scores[0])
	}
	if p.Scores[1][1] != 1111111111111111 || p.Scores[1][5] != 5555555555555556 {
		t.Errorf("ninths are rounded to %d and %d", p.Scores[1][1], p.Scores[1][5])
	}
	if s.Parties[1].Scale == p.Scale {
		t.Error("rounding one party rounded the other")
	}
	for _, tt := range []struct {
		num, den, want int64
	}{{1, 2, 1}, {-1, 2, -1}, {1, 3, 0}, {-2, 3, -1}, {5, 2, 3}, {7, 1, 7}} {
		if got := nearestInt(big.NewRat(tt.num, tt.den)); got != tt.want {
			t.Errorf("%d/%d rounds to %d, want %d", tt.num, tt.den, got, tt.want)
		}
	}
}

// A view whose numbers would spoil the exact scale does not spoil it for others.
func TestScaleOfTheChoiceAlone(t *testing.T) {
	c := parse(t, strings.Replace(small, "high: {set: {p.no_deal: 1,", "high: {set: {p.no_deal: 100.000000000000000001,", 1))
	if s := compile(t, c, Choice{}); s.Rounded || s.Parties[0].Scale%36 != 0 {
		t.Errorf("without the view: rounded %v, scale %d", s.Rounded, s.Parties[0].Scale)
	}
	if s := compile(t, c, Choice{View: "high"}); !s.Rounded {
		t.Error("with the view: not rounded")
	}
}

func TestPackages(t *testing.T) {
	c := parse(t, small)
	o, err := c.PackageOutcome("paper")
	if err != nil || !slices.Equal(o, outcome.Outcome{0, 9}) {
		t.Errorf("paper is %v, %v", o, err)
	}
	if _, err := c.PackageOutcome("papre"); err == nil || err.Error() != "unknown package 'papre': did you mean 'paper'?" {
		t.Errorf("got %v", err)
	}
	if o, ok := c.StatusQuo(); !ok || !slices.Equal(o, outcome.Outcome{1, 9}) {
		t.Errorf("status quo is %v, %v", o, ok)
	}
	if _, ok := parse(t, strings.Replace(small, ", status_quo: y", "", 1)).StatusQuo(); !ok {
		return
	}
	t.Error("a case has a status quo though an issue has none")
}

func TestTitles(t *testing.T) {
	c := parse(t, small)
	months, _ := c.Issues.Get("months")
	if months.Len() != 10 || months.OptionID(4) != "4" || months.OptionTitle(4) != "4 months" {
		t.Errorf("%d months, %q, %q", months.Len(), months.OptionID(4), months.OptionTitle(4))
	}
	if k, ok := months.Position("4.0"); !ok || k != 4 {
		t.Errorf("4.0 is at %d, %v", k, ok)
	}
	for _, id := range []string{"10", "4.5", "-1", "x", ""} {
		if _, ok := months.Position(id); ok {
			t.Errorf("%q has a position", id)
		}
	}
	for id, want := range map[string]string{"p": "p", "q": "The other side", "q.home": "People at home", "mediators": "the mediators", "nobody": "nobody"} {
		if got := c.ActorTitle(id); got != want {
			t.Errorf("title of %s is %q, want %q", id, got, want)
		}
	}
}

func TestCondition(t *testing.T) {
	c := parse(t, small)
	for _, tt := range []struct{ id, title, text, because string }{
		{"p.no_deal", "No-deal value of p", "0.25", ""},
		{"p.red_lines.1", "Red line of p", "a == 'y' && months == 0", "Too little"},
		{"p.adjustments.late", "Adjustment of p", "months == 9", ""},
		{"q.home.accepts_at", "What People at home accepts", "1", "Pride"},
		{"q.ratification", "Ratification by The other side", "home", ""},
		{"q.red_lines.free_1", "Red line of The other side", "a == 'y'", "Hardened"},
		{"requires.early", "Political requirement", "if a == 'x' then months < 9", ""},
		{"requires.1", "Legal requirement", "a == 'x' || months < 9", ""},
		{"consent", "Consent", "everyone", ""},
	} {
		e, ok := c.Condition(tt.id)
		if !ok || e.ID != tt.id || e.Title != tt.title || e.Text != tt.text || e.Because != tt.because {
			t.Errorf("%s: %+v, %v", tt.id, e, ok)
		}
	}
	for _, id := range []string{"", "p", "q.no_deal", "p.red_lines.2", "requires.2", "x.no_deal", "p.scores.a.x", "q.away.accepts_at"} {
		if e, ok := c.Condition(id); ok {
			t.Errorf("%q is a condition: %+v", id, e)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		text, headline, again string
		shape                 Shape
	}{
		{"12", "12", "12", Certain},
		{"-2.50", "-5/2", "-2.5", Certain},
		{"+3", "3", "3", Certain},
		{"8..14", "11", "8..14", Uniform},
		{"8 .. 9", "17/2", "8..9", Uniform},
		{"-3..-1", "-2", "-3..-1", Uniform},
		{"8..10..14", "10", "8..10..14", Triangular},
		{"8..8..14", "8", "8..8..14", Triangular},
		{"5..5", "5", "5", Certain},
		{"2/3", "2/3", "2/3", Certain},
		{"-4/ 6", "-2/3", "-2/3", Certain},
		{"1/2", "1/2", "0.5", Certain},
		{"1/576460752303423488", "1/576460752303423488", "1/576460752303423488", Certain},
		{"1/3..2/3", "1/2", "1/3..2/3", Uniform},
		{"0.25..1/3..2/3", "1/3", "0.25..1/3..2/3", Triangular},
		{"0.000000000000000001", "1/1000000000000000000", "0.000000000000000001", Certain},
		{"999999999999999999", "999999999999999999", "999999999999999999", Certain},
	} {
		n, err := ParseNumber(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if n.Headline().RatString() != tt.headline || n.String() != tt.again || n.Shape != tt.shape {
			t.Errorf("%s: headline %s, written %s, shape %d", tt.text, n.Headline().RatString(), n, n.Shape)
		}
	}
	for _, text := range []string{"", "-", ".", "1.", ".5", "--1", "1e3", "1E-3", "nan", ".inf", "0x1", "1/0", "1/00", "1/-2", "1.5/2", "1/2.5", "/2", "1/", "1/2/3", "--1/2", "1/1234567890123456789", "1..", "..1", "1...2", "3..1", "1..2..3..4", "1 2", "１", "1_0", "0000000000000000000"} {
		if n, err := ParseNumber(text); err == nil {
			t.Errorf("%q reads as %v", text, n)
		}
	}
	if got := (Number{}).String() + (Number{}).Headline().String() + (Decimal{}).String(); got != "00/10" {
		t.Errorf("zero values print as %q", got)
	}
}

func TestDates(t *testing.T) {
	for _, text := range []string{"2026", "2026-02", "2026-02-28", "2024-02-29"} {
		if d, err := parseDate(text); err != nil || string(d) != text {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "26", "2026-2-3", "2026-02-30", "2026-13", "0000", "02/03/2026", "2026-02-03T00:00:00Z"} {
		if _, err := parseDate(text); err == nil {
			t.Errorf("%q is a date", text)
		}
	}
	for _, tt := range []struct {
		d, e Date
		want bool
	}{
		{"2026-02-05", "2026-02-04", true},
		{"2026-02-04", "2026-02-04", false},
		{"2026-02", "2026-02-04", false},
		{"2026-03", "2026-02-04", true},
		{"2026", "2026-02-04", false},
		{"2027", "2026-02-04", true},
		{"", "2026-02-04", false},
		{"2026", "", false},
	} {
		if got := tt.d.After(tt.e); got != tt.want {
			t.Errorf("%q after %q: %v", tt.d, tt.e, got)
		}
	}
}

func TestMap(t *testing.T) {
	m := NewMap(Entry[string, int]{"b", 1}, Entry[string, int]{"a", 2}, Entry[string, int]{"b", 3})
	var got []string
	for id := range m.All() {
		got = append(got, id)
	}
	if v, ok := m.Get("b"); !slices.Equal(got, []string{"b", "a"}) || v != 3 || !ok || m.Len() != 2 {
		t.Errorf("keys %q, b is %d", got, v)
	}
	if v, ok := m.Get("c"); ok || v != 0 || m.Has("c") {
		t.Errorf("c is %d, %v", v, ok)
	}
}

// Adjustments over fifty issues compile to boxes, which are never multiplied out.
func TestWithinSpansAnyNumberOfIssues(t *testing.T) {
	var b strings.Builder
	b.WriteString("goodoffices: 1\nid: wide\nissues:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "  i%d: {range: {from: 0, to: 9, step: 1}}\n", i)
	}
	for p := range 2 {
		if p == 0 {
			b.WriteString("parties:\n")
		}
		fmt.Fprintf(&b, "  p%d:\n    scores: {", p)
		for i := range 50 {
			fmt.Fprintf(&b, "i%d: 0, ", i)
		}
		b.WriteString("}\n    adjustments:\n      - within: {")
		for i := range 50 {
			fmt.Fprintf(&b, "i%d: %d..9, ", i, i%9)
		}
		b.WriteString("}\n        add: 2/3\n      - {outside: {i3: [0, 7..9]}, add: 1/7}\n")
	}
	f, err := Parse("case.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Case.Compile(Choice{})
	if err != nil {
		t.Fatal(err)
	}
	r := &s.Parties[0].Row
	if box, inside := r.Adjustments[0].When.Box(); !box || !inside {
		t.Error("within is no box")
	}
	if box, inside := r.Adjustments[1].When.Box(); !box || inside {
		t.Error("outside is no box")
	}
	high, low := make(outcome.Outcome, 50), make(outcome.Outcome, 50)
	for i := range high {
		high[i] = 9
	}
	low[3] = 4
	if got := r.Points(r.Value(high)).RatString() + " " + r.Points(r.Value(low)).RatString(); got != "2/3 1/7" {
		t.Errorf("worth %s", got)
	}
}

// Sums of thousands of fractions without a common denominator take no longer than
// reading them, and are rounded to a stated scale.
func TestManyFractionsAreRounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("goodoffices: 1\nid: odd\nissues:\n")
	const issues = 4000
	for i := range issues {
		fmt.Fprintf(&b, "  i%d: {options: {a: A, b: B}}\n", i)
	}
	b.WriteString("parties:\n  p:\n    scores:\n")
	for i := range issues {
		fmt.Fprintf(&b, "      i%d: {a: 0, b: 1/%d}\n", i, 999_999_999_999_999_999-2*i)
	}
	f, err := Parse("case.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Case.Compile(Choice{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Rounded {
		t.Error("not rounded")
	}
}
