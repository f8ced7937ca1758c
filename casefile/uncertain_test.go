package casefile

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

const uncertainCase = `
goodoffices: 1
id: quay
issues:
  quota: {options: {low: Low, middle: Middle, high: High}}
  season: {range: {from: 0, to: 12, step: 3}}
  quay: {options: {shared: Shared, closed: Closed}}
parties:
  port:
    scores:
      quota: {low: 30, middle: 10..20, high: 0..2..9}
      season: {0: 20..40, 6: 10, 12: 0}
      quay: 5..15
    adjustments: [{id: both, when: "quota == 'low' && quay == 'shared'", add: -4..0}]
    no_deal: 10..12..20
    together: [quota, [season, quay]]
  fleet:
    scores:
      quota: {low: 0, middle: 10..20, high: 30..40}
      season: {0: 0, 12: 10..30}
      quay: {shared: 1, closed: 2}
    ratification:
      constituencies:
        crews:
          scores: {quota: {low: 0, middle: 1, high: 2..3}, season: {0: 0, 12: 1}, quay: 0}
          accepts_at: 1..2
`

func uncertainFrom(t *testing.T, text string, ch Choice, spread *big.Rat) *outcome.Uncertain {
	t.Helper()
	f, err := Parse("case.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	u, err := f.Case.Uncertain(ch, spread)
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Check(); err != nil {
		t.Fatal(err)
	}
	return u
}

// What is written as a range becomes a number with its ends, shape, source and
// quantile, in the order of the file.
func TestUncertainNumbers(t *testing.T) {
	u := uncertainFrom(t, uncertainCase, Choice{}, nil)
	var rows []*outcome.Row
	u.Space.Rows(func(_ int, r *outcome.Row) bool { rows = append(rows, r); return true })
	var got []string
	for _, n := range u.Numbers {
		points := func(v int64) string { return rows[n.Row].Points(v).FloatString(1) }
		got = append(got, fmt.Sprint(n.ID, " ", points(n.Low), " ", points(n.Mode), " ", points(n.High), " ",
			[]string{"uniform", "triangular"}[n.Shape], " q", n.Quantile, " ", u.Sources[n.Source].ID))
	}
	want := `port.scores.quota.middle 10.0 15.0 20.0 uniform q0 port.scores.quota
port.scores.quota.high 0.0 2.0 9.0 triangular q0 port.scores.quota
port.scores.season.0 20.0 30.0 40.0 uniform q1 port.scores.season+quay
port.scores.quay.shared 5.0 10.0 15.0 uniform q1 port.scores.season+quay
port.scores.quay.closed 5.0 10.0 15.0 uniform q1 port.scores.season+quay
port.adjustments.both -4.0 -2.0 0.0 uniform q2 port.adjustments.both
port.no_deal 10.0 12.0 20.0 triangular q3 port.no_deal
fleet.scores.quota.middle 10.0 15.0 20.0 uniform q4 fleet.scores.quota
fleet.scores.quota.high 30.0 35.0 40.0 uniform q5 fleet.scores.quota
fleet.scores.season.12 10.0 20.0 30.0 uniform q6 fleet.scores.season
fleet.crews.scores.quota.high 2.0 2.5 3.0 uniform q7 fleet.crews.scores.quota
fleet.crews.accepts_at 1.0 1.5 2.0 uniform q8 fleet.crews.accepts_at`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	if u.Quantiles != 9 || len(u.Sources) != 8 {
		t.Errorf("%d quantiles, %d sources", u.Quantiles, len(u.Sources))
	}
}

// Draws move what is uncertain and nothing else; scores between those given of a range
// move with them; the headline is Compile's.
func TestUncertainDraws(t *testing.T) {
	u := uncertainFrom(t, uncertainCase, Choice{}, nil)
	d := u.Drawer()
	points := func(scale int64, vs []int64) string {
		var out []string
		for _, v := range vs {
			out = append(out, big.NewRat(v, scale).FloatString(2))
		}
		return strings.Join(out, " ")
	}
	place := make([]float64, u.Quantiles)
	for _, c := range []struct {
		at    float64
		share float64
		want  []string
	}{
		{0, 1, []string{"30.00 10.00 0.00", "20.00 15.00 10.00 5.00 0.00", "5.00 5.00", "0.00 2.50 5.00 7.50 10.00"}},
		{0.5, 1, []string{"30.00 15.00 3.39", "30.00 20.00 10.00 5.00 0.00", "10.00 10.00", "0.00 5.00 10.00 15.00 20.00"}},
		{1 - 0x1p-53, 1, []string{"30.00 20.00 9.00", "40.00 25.00 10.00 5.00 0.00", "15.00 15.00", "0.00 7.50 15.00 22.50 30.00"}},
		{1 - 0x1p-53, 0, []string{"30.00 15.00 2.00", "30.00 20.00 10.00 5.00 0.00", "10.00 10.00", "0.00 5.00 10.00 15.00 20.00"}},
		{1 - 0x1p-53, 0.5, []string{"30.00 17.50 5.50", "35.00 22.50 10.00 5.00 0.00", "12.50 12.50", "0.00 6.25 12.50 18.75 25.00"}},
	} {
		for k := range place {
			place[k] = c.at
		}
		d.Draw(place, c.share)
		port, fleet := &d.Space().Parties[0], &d.Space().Parties[1]
		got := []string{points(port.Scale, port.Scores[0]), points(port.Scale, port.Scores[1]), points(port.Scale, port.Scores[2]), points(fleet.Scale, fleet.Scores[1])}
		if !slices.Equal(got, c.want) {
			t.Errorf("at %v of %v: %q, want %q", c.at, c.share, got, c.want)
		}
	}
	f, err := Parse("case.yaml", []byte(uncertainCase))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := f.Case.Compile(Choice{})
	if err != nil {
		t.Fatal(err)
	}
	for p := range plain.Parties {
		a, b := &plain.Parties[p], &u.Space.Parties[p]
		for i := range a.Scores {
			for o := range a.Scores[i] {
				if a.Points(a.Scores[i][o]).Cmp(b.Points(b.Scores[i][o])) != 0 {
					t.Errorf("%s issue %d option %d: %v, want %v", a.ID, i, o, b.Points(b.Scores[i][o]), a.Points(a.Scores[i][o]))
				}
			}
		}
		if a.Threshold.Set && a.Points(a.Threshold.Value).Cmp(b.Points(b.Threshold.Value)) != 0 {
			t.Errorf("%s: threshold %v, want %v", a.ID, b.Points(b.Threshold.Value), a.Points(a.Threshold.Value))
		}
	}
}

// A spread makes certain scores uniform, and leaves ranges, zeros and thresholds alone.
func TestUncertainSpread(t *testing.T) {
	u := uncertainFrom(t, uncertainCase, Choice{}, big.NewRat(1, 5))
	var low, high string
	for _, n := range u.Numbers {
		if n.ID == "port.scores.quota.low" {
			p := &u.Space.Parties[0]
			low, high = p.Points(n.Low).FloatString(2), p.Points(n.High).FloatString(2)
		}
		if n.ID == "fleet.scores.quota.low" {
			t.Error("a score of 0 became uncertain")
		}
	}
	if low != "24.00" || high != "36.00" {
		t.Errorf("30 within a fifth goes from %q to %q", low, high)
	}
	if plain := uncertainFrom(t, uncertainCase, Choice{}, nil); len(u.Numbers) <= len(plain.Numbers) {
		t.Errorf("%d numbers with a spread, %d without", len(u.Numbers), len(plain.Numbers))
	}
}

// Lists of issues that move together are checked.
func TestTogetherIsChecked(t *testing.T) {
	for _, c := range []struct{ lists, want string }{
		{"[quota, qauy]", "unknown issue 'qauy'"},
		{"[[quota, season], season]", "issue 'season' stands in two lists"},
		{"[[quota, quota]]", "issue 'quota' is named twice"},
	} {
		text := strings.Replace(uncertainCase, "[quota, [season, quay]]", c.lists, 1)
		if _, err := Parse("case.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.lists, err, c.want)
		}
	}
}

// More uncertain numbers than are served are refused with their place.
func TestTooManyUncertainNumbers(t *testing.T) {
	var b strings.Builder
	b.WriteString("goodoffices: 1\nid: many\nissues:\n  a: {range: {from: 0, to: 65536, step: 1}}\nparties:\n  p:\n    scores:\n      a:\n")
	for k := range outcome.MaxNumbers + 1 {
		fmt.Fprintf(&b, "        %d: 0..1\n", k)
	}
	f, err := Parse("case.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Case.Uncertain(Choice{}, nil); err == nil || !strings.Contains(err.Error(), "p.scores.a.65536: more than 65536 uncertain numbers") {
		t.Errorf("%v", err)
	}
}
