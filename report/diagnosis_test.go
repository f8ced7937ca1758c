package report

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

// Every field of the document is on the page that explains it, in a case without a deal, too.
func TestDiagnosisFields(t *testing.T) {
	page, err := os.ReadFile("../docs/formats/diagnose.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"nozone", "harbour"} {
		d := &study.Diagnosis{Analysis: analysed(t, id, casefile.Choice{}, study.AnalyzeOptions{})}
		d.Certificate = []byte(`{"x":1}`)
		var b bytes.Buffer
		if err := WriteDiagnosisJSON(&b, d); err != nil {
			t.Fatal(err)
		}
		var got map[string]json.RawMessage
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		for field := range got {
			if !bytes.Contains(page, []byte("`"+field+"`")) {
				t.Errorf("docs/formats/diagnose.md does not explain %s", field)
			}
		}
		if string(got["certificate"]) != `{"x":1}` {
			t.Errorf("certificate %s", got["certificate"])
		}
	}
}

const weakCase = `
goodoffices: 1
id: weak
sources:
  good: {title: Gazette, source_reliability: A, information_credibility: 1}
  poor: {title: Rumour, source_reliability: E, information_credibility: 3}
  vague: {title: Talk, source_reliability: B, information_credibility: 5}
issues:
  price: {range: {from: 0, to: 10, step: 1}}
parties:
  buyer:
    scores: {price: {0: 10, 10: 0}}
    no_deal: {value: 4, because: "a", statements: [firm]}
    red_lines:
      - {id: cheap, never: "price > 3", because: "b", statements: [heard, told], confidence: high}
  seller:
    scores: {price: {0: 0, 10: 10}}
    no_deal: {value: 5, because: "c", statements: [firm, heard]}
    red_lines:
      - {id: dear, never: "price < 5", because: "d", statements: [heard]}
      - {id: odd, never: "price == 7", because: "e", statements: [firm], confidence: low}
      - {id: even, never: "price == 8", because: "f"}
requires:
  - {id: whole, kind: political, then: "price != 9", because: "g", statements: [unsourced]}
statements:
  firm: {actor: seller, date: 2026-01-01, source: [poor, good], gist: "x"}
  heard: {actor: seller, date: 2026-01-02, source: poor, gist: "y"}
  told: {actor: buyer, date: 2026-01-03, source: [vague, poor], gist: "z"}
  unsourced: {actor: buyer, date: 2026-01-04, gist: "w"}
`

func TestWeakPoints(t *testing.T) {
	file, err := casefile.Parse("weak.yaml", []byte(weakCase))
	if err != nil {
		t.Fatal(err)
	}
	a, err := of(t, file, casefile.Choice{}).Analyze(t.Context(), study.AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := analysisPaper(a)
	var got []string
	for _, w := range s.weakPoints() {
		opens := "?"
		switch {
		case w.Opening != nil:
			opens = strings.Join(w.Opening, "+")
		case w.Sure:
			opens = "no"
		}
		got = append(got, w.Kind+" "+w.Statement+": "+strings.Join(w.Conditions, "+")+" -> "+opens)
	}
	want := []string{
		// Price 5 or 6 has both red lines to pass on the buyer's side, 0 to 3 on the seller's.
		"statement heard: seller.red_lines.dear -> no",
		"statement unsourced: requires.whole -> no",
		"confidence : seller.red_lines.odd -> no",
		"no_statement : seller.red_lines.even -> no",
		"together : requires.whole+buyer.red_lines.cheap+seller.red_lines.dear+seller.red_lines.odd+seller.red_lines.even -> buyer.red_lines.cheap",
	}
	if !slices.Equal(got, want) {
		t.Errorf("weak points:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var b bytes.Buffer
	if err := WriteDiagnosisText(&b, &study.Diagnosis{Analysis: a}, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, part := range []string{
		"Under the analyst’s assumptions, there is no package",
		"seller’s red line “dear”",
		"Without them there would be a package.",
		"rests on one statement (seller, 2026-01-02) alone: every source of it is rated low (E3). Without it there would still be none.",
		"rests on one statement (buyer, 2026-01-04) alone: no source is stated.",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, b.String())
		}
	}
}

// What can still be withdrawn: each party's best answer in the zone, and the answers that all share.
func TestSlackWords(t *testing.T) {
	file, err := casefile.Parse("slack.yaml", []byte(`
goodoffices: 1
id: slack
issues:
  land: {options: {all: All, half: Half, none: None}}
  water: {options: {shared: Shared, split: Split}}
parties:
  north: {scores: {land: {all: 50, half: 30, none: 0}, water: {shared: 10, split: 50}}, no_deal: 40}
  south: {scores: {land: {all: 0, half: 30, none: 50}, water: {shared: 50, split: 0}}, no_deal: 60}
`))
	if err != nil {
		t.Fatal(err)
	}
	a, err := of(t, file, casefile.Choice{}).Analyze(t.Context(), study.AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := analysisPaper(a)
	// half and shared: 40 and 80. No other package leaves both where they are without a deal.
	shared := s.shared()
	if len(shared) != 2 || shared[0].option != 1 || !slices.Equal(shared[0].by, []int{0, 1}) || shared[1].option != 0 || !slices.Equal(shared[1].by, []int{0}) {
		t.Fatalf("shared %v", shared)
	}
	if s.insist(0, 0) != 1 || s.insist(1, 1) != 0 {
		t.Errorf("insisting on %d and %d", s.insist(0, 0), s.insist(1, 1))
	}
	var b bytes.Buffer
	if err := WriteDiagnosisText(&b, &study.Diagnosis{Analysis: a}, TextOptions{Width: 200}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"north 40 0 points", "south 60 20 points", "could rise together by 0 points",
		"Land: every acceptable package has “Half”"} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), part) {
			t.Errorf("%q is missing in:\n%s", part, b.String())
		}
	}
}
