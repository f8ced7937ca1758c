package casefile

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/goodoffices/goodoffices/casefile/casefiletest"
	"github.com/goodoffices/goodoffices/outcome"
)

func TestCompileMeansWhatTheCaseSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := casefiletest.Draw(t)
		f, err := Parse("case.yaml", []byte(m.Text()))
		if !m.Satisfiable() {
			if err == nil || !strings.Contains(err.Error(), "every package") {
				t.Fatalf("requirements exclude every package, but: %v\n%s", err, m.Text())
			}
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, m.Text())
		}
		view, lever := rapid.Bool().Draw(t, "view"), rapid.Bool().Draw(t, "lever")
		var choice Choice
		if view {
			choice.View = "rival"
		}
		if lever {
			choice.Levers = []string{"push"}
		}
		before := fmt.Sprintf("%+v", *f.Case)
		s, err := f.Case.Compile(choice)
		if err != nil {
			t.Fatalf("%v\n%s", err, m.Text())
		}
		if fmt.Sprintf("%+v", *f.Case) != before {
			t.Fatal("compiling changed the case")
		}
		if s.Rounded {
			t.Fatal("small numbers were rounded")
		}
		want := m.State(view, lever)
		for range 20 {
			o := make(outcome.Outcome, len(m.Issues))
			for i, is := range m.Issues {
				o[i] = rapid.IntRange(0, len(is.Options)-1).Draw(t, "answer")
			}
			compare(t, m, f.Case, s, want, o)
		}
	})
}

func compare(t *rapid.T, m *casefiletest.Model, c *Case, s *outcome.Space, want *casefiletest.State, o outcome.Outcome) {
	if s.Admits(o) != m.Admits(o) {
		t.Fatalf("Admits(%v) = %v\n%s", o, s.Admits(o), m.Text())
	}
	row := func(got *outcome.Row, want *casefiletest.Row) bool {
		value := m.Value(want, o)
		if points := got.Points(got.Value(o)); points.Cmp(value) != 0 {
			t.Fatalf("%s: %v is worth %v, want %v\n%s", want.ID, o, points, value, m.Text())
		}
		if got.ID != want.ID {
			t.Fatalf("row %s, want %s", got.ID, want.ID)
		}
		return want.Threshold == nil || value.Cmp(want.Threshold) >= 0
	}
	yes := make([]bool, len(want.Parties))
	for i := range want.Parties {
		w, p := &want.Parties[i], &s.Parties[i]
		yes[i] = row(&p.Row, &w.Row)
		for _, l := range w.Lines {
			yes[i] = yes[i] && !l.Never(o)
		}
		if p.Accepts(o) != yes[i] {
			t.Fatalf("%s accepts %v: %v\n%s", w.ID, o, p.Accepts(o), m.Text())
		}
		votes := make([]bool, len(w.Groups))
		for k := range w.Groups {
			votes[k] = row(&p.Constituencies[k], &w.Groups[k])
		}
		if p.Ratifies(o) != w.Ratify(votes) {
			t.Fatalf("%s ratifies %v: %v\n%s", w.ID, o, p.Ratifies(o), m.Text())
		}
		mandate, bound, err := c.MandateTable(PartyID(w.ID))
		if err != nil || bound != (w.Mandate != nil) {
			t.Fatalf("mandate of %s: %v, %v", w.ID, bound, err)
		}
		if bound && mandate.Holds(o) != w.Mandate(o) {
			t.Fatalf("mandate of %s over %v: %v\n%s", w.ID, o, mandate.Holds(o), m.Text())
		}
	}
	if zone := m.Admits(o) && want.Consent(yes); s.InZone(o) != zone {
		t.Fatalf("InZone(%v) = %v\n%s", o, s.InZone(o), m.Text())
	}
}

func TestSetChangesOneValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := casefiletest.Draw(t)
		ends := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line ending")
		before := strings.ReplaceAll(m.Text(), "\n", ends)
		f, err := Parse("case.yaml", []byte(before))
		if err != nil {
			return
		}
		p := rapid.SampledFrom(m.Parties).Draw(t, "party")
		i := rapid.IntRange(0, len(m.Issues)-1).Draw(t, "issue")
		k := rapid.IntRange(0, len(m.Issues[i].Options)-1).Draw(t, "option")
		at := fmt.Sprintf("parties.%s.scores.%s.%s", p.ID, m.Issues[i].ID, m.Issues[i].Options[k])
		value, want := casefiletest.Number(t, "value")
		g, err := f.Set(at, value)
		if err != nil {
			if !strings.Contains(err.Error(), "cannot set") {
				t.Fatalf("%s: %v\n%s", at, err, before)
			}
			return // the issue has one number for all its options
		}
		party, _ := g.Case.Parties.Get(PartyID(p.ID))
		scores, _ := party.Scores.Get(IssueID(m.Issues[i].ID))
		is, _ := g.Case.Issues.Get(IssueID(m.Issues[i].ID))
		if got := scores.value(&is, k).Headline(); got.Cmp(want) != 0 {
			t.Fatalf("%s reads %v, want %v\n%s", at, got, want, g.Data)
		}
		title := rapid.StringMatching(`[ -~äüß]{0,20}`).Draw(t, "title")
		h, err := g.Set("issues."+m.Issues[i].ID+".title", title)
		if err != nil {
			if m.Issues[i].IsRange || strings.Contains(err.Error(), "no one-line value") {
				return
			}
			t.Fatal(err)
		}
		is, _ = h.Case.Issues.Get(IssueID(m.Issues[i].ID))
		if is.Title != title {
			t.Fatalf("title %q, want %q", is.Title, title)
		}
	})
}
