package report

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/study"
)

// drawn returns the robustness of a fixture with every score varied by a quarter.
func drawn(t *testing.T, name string) *study.Robustness {
	t.Helper()
	x, err := of(t, fixture(t, name), casefile.Choice{}).Robustness(t.Context(), study.RobustnessOptions{Spread: big.NewRat(1, 4), Draws: 600, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// assessed returns the paper on the analysis of a fixture and its robustness.
func assessed(t *testing.T, name string) *paper {
	t.Helper()
	s := paperOn(t, name, casefile.Choice{}, study.AnalyzeOptions{})
	s.robustness = drawn(t, name)
	return s
}

func TestSurenessOfEveryFixture(t *testing.T) {
	for _, name := range cases {
		s := assessed(t, name)
		var text, doc bytes.Buffer
		if err := WriteRobustnessText(&text, drawn(t, name), TextOptions{Width: 60}); err != nil {
			t.Fatal(err)
		}
		if err := WriteRobustnessJSON(&doc, drawn(t, name)); err != nil {
			t.Fatal(err)
		}
		var fields struct {
			Numbers, Draws int
			Zone           *struct{ Share, Low, High float64 }
			Candidates     []struct{ Zone struct{ Count, Draws int } }
		}
		if err := json.Unmarshal(doc.Bytes(), &fields); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if fields.Numbers == 0 || fields.Draws != 600 || fields.Zone == nil || fields.Zone.Low > fields.Zone.Share || fields.Zone.Share > fields.Zone.High {
			t.Errorf("%s: %+v", name, fields)
		}
		for _, c := range fields.Candidates {
			if c.Zone.Draws != 600 {
				t.Errorf("%s: a candidate judged in %d draws", name, c.Zone.Draws)
			}
		}
		if !strings.Contains(text.String(), "Under ") || !strings.Contains(text.String(), "share of draws under these") {
			t.Errorf("%s: the text is\n%s", name, text.String())
		}
		for _, line := range strings.Split(text.String(), "\n") {
			if width(line) > 60 {
				t.Errorf("%s: a line of %d columns: %q", name, width(line), line)
			}
		}
		if page := string(brief(t, s)); !strings.Contains(page, `<section id="sure"`) {
			t.Errorf("%s: the brief has no section on uncertainty", name)
		}
	}
}

// Without ranges the section says so and how to get an answer; without an assessment
// there is none, and no copy for a party has one.
func TestSurenessWithoutRanges(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	if strings.Contains(string(brief(t, s)), `id="sure"`) {
		t.Error("a brief that was not assessed has the section")
	}
	s.robustness = &study.Robustness{Case: s.Case, Robustness: &robust.Robustness{}}
	if page := string(brief(t, s)); !strings.Contains(page, "vary every score by a percentage") {
		t.Error("the section does not say how to get an answer")
	}
	var copied bytes.Buffer
	if err := WriteCopy(&copied, s.File, s.File.Case.Parties.Keys()[0], BriefOptions{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(copied.String(), `id="sure"`) {
		t.Error("the copy for a party has the section")
	}
}
