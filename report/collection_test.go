package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

// collected measures the fixtures, with a row for one that could not be read and texts
// that are hostile.
func collected(t *testing.T) *Collection {
	t.Helper()
	c := &Collection{Folder: "test <data>", Left: []string{"six: 9 profiles"}}
	for _, name := range cases {
		file, err := casefile.Open(filepath.Join("testdata", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		m := study.Measured{Scenario: name, Format: "case", Files: []string{name + ".yaml"}}
		if err := m.Measure(t.Context(), file, bargain.Options{}); err != nil {
			t.Fatal(err)
		}
		c.Scenarios = append(c.Scenarios, m)
	}
	c.Scenarios = append(c.Scenarios, study.Measured{Scenario: "=cmd()\u202e<b>", Format: "genius", Problems: []string{"bad <i>: \x1b[31mred"}, Lost: []string{"@x"}})
	return c
}

// TestMeasuredAgreesWithTheStudy compares rows with what analyze prints of the same case.
func TestMeasuredAgreesWithTheStudy(t *testing.T) {
	c := collected(t)
	for i, name := range cases {
		m := &c.Scenarios[i]
		var want struct {
			Hash     string
			Outcomes string
			Verdict  string
			Zone     struct{ Count *string }
			Frontier struct{ Size *int }
			Solution map[string]any `json:"solutions"`
			Measures struct{ Opposition, Distribution *float64 }
		}
		var b bytes.Buffer
		if err := WriteJSON(&b, analysed(t, name, casefile.Choice{}, study.AnalyzeOptions{Measures: true})); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if *m.Hash != want.Hash || *m.Outcomes != want.Outcomes || string(*m.Verdict) != want.Verdict ||
			!reflect.DeepEqual(m.Zone, want.Zone.Count) || !reflect.DeepEqual(m.Frontier, want.Frontier.Size) ||
			!reflect.DeepEqual(m.Opposition, want.Measures.Opposition) || !reflect.DeepEqual(m.Distribution, want.Measures.Distribution) {
			t.Errorf("%s: %+v", name, m)
		}
		for key, got := range map[string][]float64{"nash": m.Nash, "kalai_smorodinsky": m.KalaiSmorodinsky, "egalitarian": m.Egalitarian, "utilitarian": m.Utilitarian, "balanced": m.Balanced} {
			solution, _ := want.Solution[key].(map[string]any)
			if (solution == nil) != (got == nil) {
				t.Errorf("%s: %s is %v, want %v", name, key, got, solution)
				continue
			}
			for k, party := range m.Parties {
				if got != nil && solution["utilities"].(map[string]any)[party] != got[k] {
					t.Errorf("%s: %s is %v, want %v", name, key, got, solution)
				}
			}
		}
	}
}

// TestMeasuredReadsBack holds a row against its own JSON, from which interrupted work
// goes on.
func TestMeasuredReadsBack(t *testing.T) {
	for _, m := range collected(t).Scenarios {
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back study.Measured
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back)
		if err != nil || !bytes.Equal(text, again) {
			t.Errorf("%s\nreads back as\n%s", text, again)
		}
	}
}

func TestCollectionTables(t *testing.T) {
	c := collected(t)
	var text, table, doc bytes.Buffer
	if err := c.WriteText(&text, TextOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(text.String(), "\x1b\u202e") || !strings.Contains(text.String(), "6 scenarios: ") && !strings.Contains(text.String(), "5 scenarios: ") {
		t.Errorf("text:\n%s", &text)
	}
	if err := c.WriteCSV(&table); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if last := records[len(records)-1]; last[0] != "'=cmd()<b>" || last[len(last)-1] != "bad <i>: [31mred" {
		t.Errorf("last row %q", last)
	}
	if err := c.WriteJSON(&doc); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Folder    string
		LeftOut   []string `json:"left_out"`
		Scenarios []study.Measured
	}
	if err := json.Unmarshal(doc.Bytes(), &back); err != nil {
		t.Fatalf("%v\n%s", err, &doc)
	}
	if back.Folder != c.Folder || len(back.LeftOut) != 1 || len(back.Scenarios) != len(c.Scenarios) || strings.Contains(doc.String(), `"files":null`) {
		t.Errorf("%s", &doc)
	}
}

func TestCollectionPageStandsAlone(t *testing.T) {
	var b bytes.Buffer
	if err := collected(t).WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	checkPage(t, b.Bytes())
	if page := b.String(); strings.Contains(page, "<b>") || strings.Contains(page, "<i>") {
		t.Error("a name is not escaped")
	}
}

func savedCollection(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := collected(t).WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "collection.html")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// TestBrowserSortsTheCollection sorts by the keyboard, both ways, and is told so.
func TestBrowserSortsTheCollection(t *testing.T) {
	ctx := browser(t)
	address := savedCollection(t)
	checkScreens(t, ctx, map[string]string{"collection": address})
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address))
	column := func() string {
		return eval[string](t, ctx, `[...document.querySelectorAll("#scenarios tbody tr")].map(r => r.cells[3].textContent).join()`)
	}
	before := column()
	press := `document.querySelectorAll("#scenarios thead button")[3].click()`
	eval[any](t, ctx, press)
	up := column()
	if up == before || eval[string](t, ctx, `document.querySelectorAll("#scenarios th")[3].getAttribute("aria-sort")`) != "ascending" {
		t.Errorf("pressing a heading sorts %s to %s", before, up)
	}
	if said := eval[string](t, ctx, `document.getElementById("sorted").textContent`); said != "Sorted by Issues, ascending." {
		t.Errorf("a listener hears %q", said)
	}
	eval[any](t, ctx, press)
	down := column()
	last := func(s string) string { return s[strings.LastIndex(s, ",")+1:] }
	if down == up || last(up) != "" || last(down) != "" {
		t.Errorf("ascending %s, descending %s: an empty cell comes last", up, down)
	}
}

func TestBrowserCollectionAccessibility(t *testing.T) {
	checkAccessible(t, map[string]string{"collection": savedCollection(t)})
}
