package collection

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

// scenarioFolder writes n small cases and returns what Find finds of them.
func scenarioFolder(t testing.TB, n int) []convert.Found {
	t.Helper()
	dir := t.TempDir()
	for k := range n {
		text := fmt.Sprintf("goodoffices: 1\nid: c%d\nissues: {a: {options: {x: X, y: Y, z: Z}}}\nparties: {p: {scores: {a: {x: %[1]d, y: 3, z: 1}}, no_deal: 2}, q: {scores: {a: {x: 0, y: %[1]d, z: 5}}}}\n", k)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("c%02d.yaml", k)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, _, err := convert.Find(t.Context(), dir, convert.FindOptions{})
	if err != nil || len(found) != n {
		t.Fatalf("%d scenarios found, %v", len(found), err)
	}
	return found
}

func table(t testing.TB, rows []study.Measured) string {
	t.Helper()
	var b strings.Builder
	if err := (&report.Collection{Scenarios: rows}).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCollectionGoesOn stops the work in the middle and goes on from its record, also
// after its last line was torn and after a file has changed.
func TestCollectionGoesOn(t *testing.T) {
	found := scenarioFolder(t, 20)
	work := func(state string) *Work {
		w := New(found, "test", bargain.Options{})
		if state != "" {
			if err := w.Resume(t.Context(), state, false); err != nil {
				t.Fatal(err)
			}
		}
		return w
	}
	whole := work("")
	if err := whole.Run(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	want := table(t, whole.Rows)

	state := filepath.Join(t.TempDir(), "x.partial")
	stopped := work(state)
	ctx, stop := context.WithCancel(t.Context())
	err := stopped.Run(ctx, func(done float64) {
		if done >= 0.4 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || stopped.Done == len(found) {
		t.Fatalf("stopped with %v after %d", err, stopped.Done)
	}
	if err := stopped.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(state, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"Key":"torn`); err != nil {
		t.Fatal(err)
	}
	f.Close()

	again := work(state)
	if again.Reused < 8 {
		t.Errorf("%d scenarios are in the record, want at least 8", again.Reused)
	}
	if err := again.Run(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if got := table(t, again.Rows); got != want {
		t.Errorf("after an interruption the table is\n%s\nwant\n%s", got, want)
	}

	changed := found[3].Paths[0]
	data, err := os.ReadFile(changed)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, append(data, "# changed\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	last := work(state)
	if last.Reused != len(found)-1 {
		t.Errorf("%d of %d are reused after one file has changed", last.Reused, len(found))
	}
	last.Close()
	last.bounds.Time = time.Second
	if err := last.Resume(t.Context(), state, false); err != nil || last.Reused != len(found)-1 {
		t.Errorf("another budget reuses rows of the first: %v", err)
	}
	last.Close()
}

// measureAll measures what is under a folder, by the paths below it.
func measureAll(t testing.TB, folder string, o convert.FindOptions, asked map[string]bool) map[string]study.Measured {
	t.Helper()
	found, _, err := convert.Find(t.Context(), folder, o)
	if err != nil {
		t.Fatal(err)
	}
	name := func(f *convert.Found) string {
		var names []string
		for _, path := range f.Paths {
			name, err := filepath.Rel(folder, path)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.ToSlash(name))
		}
		return strings.Join(names, " ")
	}
	found = slices.DeleteFunc(found, func(f convert.Found) bool { return asked != nil && !asked[name(&f)] })
	w := New(found, "test", bargain.Options{Time: 10 * time.Second, Memory: 512 << 20})
	if err := w.Run(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]study.Measured)
	for i := range found {
		rows[name(&found[i])] = w.Rows[i]
	}
	return rows
}

func near(a, b []float64, within float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Abs(a[i]-b[i]) > within {
			return false
		}
	}
	return true
}

// TestCollectionAgreesWithGENIUS holds the table against what GENIUS 10.4 recorded:
// sizes, the frontier of all packages, and the Nash product.
func TestCollectionAgreesWithGENIUS(t *testing.T) {
	var recorded struct {
		Records []struct {
			ID       string
			Domain   string
			Profiles []string
			Outcomes float64 `json:"n_outcomes"`
			Frontier *int    `json:"pareto_unique"`
			Nash     []float64
			Reserved []float64 `json:"reservation"`
		}
	}
	trials.ReadJSON(t, trials.Peers(t, "genius/genius-reference.json"), &recorded)
	key := func(i int) string {
		r := &recorded.Records[i]
		names := []string{r.ID + "/" + r.Domain}
		for _, p := range r.Profiles {
			names = append(names, r.ID+"/"+p)
		}
		return strings.Join(names, " ")
	}
	every := trials.Of(3, 1)
	asked := make(map[string]bool)
	for i := range recorded.Records {
		asked[key(i)] = i%every == 0
	}
	rows := measureAll(t, trials.Peers(t, "genius/scenarios"), convert.FindOptions{PerFolder: 30}, asked)
	checked, noise := 0, 0
	for i, r := range recorded.Records {
		if i%every != 0 {
			continue
		}
		names := key(i)
		m, ok := rows[names]
		if !ok {
			t.Errorf("%v is not in the table", names)
			continue
		}
		if m.Outcomes == nil {
			t.Errorf("%s: %v", r.ID, m.Problems)
			continue
		}
		checked++
		if n, _ := strconv.ParseFloat(*m.Outcomes, 64); math.Abs(n-r.Outcomes) > 1e-9*n {
			t.Errorf("%s has %s packages, theirs %v", r.ID, *m.Outcomes, r.Outcomes)
		}
		// GENIUS compares floating-point numbers, so that noise keeps dominated points and
		// tells equal ones apart.
		if r.Frontier != nil && m.FrontierWhole != nil && *m.FrontierWhole != *r.Frontier {
			if noise++; *m.FrontierWhole > *r.Frontier || *r.Frontier-*m.FrontierWhole > 4 {
				t.Errorf("%s %v: %d points of the frontier, theirs %d", r.ID, r.Profiles, *m.FrontierWhole, *r.Frontier)
			}
		}
		if r.Nash == nil || *m.Verdict != bargain.HasZone {
			continue // GENIUS ranks packages below the reservation values, too
		}
		product := func(u []float64) float64 {
			p := 1.0
			for i := range u {
				p *= u[i] - r.Reserved[i]
			}
			return p
		}
		if ours, theirs := product(m.Nash), product(r.Nash); math.Abs(ours-theirs) > 1e-9 {
			t.Errorf("%s %v: Nash %v with product %v, theirs %v with %v", r.ID, r.Profiles, m.Nash, ours, r.Nash, theirs)
		}
	}
	if checked < 100/every || noise > 6 {
		t.Errorf("%d scenarios checked, %d frontiers with noise", checked, noise)
	}
}

// TestCollectionAgreesWithPublishedValues holds the tables of the ANL-2023 and NegoLog
// domains against the values published with them.
func TestCollectionAgreesWithPublishedValues(t *testing.T) {
	type point struct{ Utility []float64 }
	anl := measureAll(t, trials.Peers(t, "geniusweb"), convert.FindOptions{}, nil)
	if len(anl) < 27 {
		t.Errorf("%d domains of GeniusWeb", len(anl))
	}
	for name, m := range anl {
		var specials struct {
			Size         float64
			Distribution float64
			Welfare      point `json:"social_welfare"`
			Nash         point
		}
		trials.ReadJSON(t, filepath.Join(trials.Peers(t, "geniusweb"), m.Scenario, "specials.json"), &specials)
		if m.Outcomes == nil || *m.Outcomes != fmt.Sprint(int(specials.Size)) || !near(m.Nash, specials.Nash.Utility, 1e-6) ||
			!near(m.Utilitarian, specials.Welfare.Utility, 1e-6) || m.Distribution == nil || math.Abs(*m.Distribution-specials.Distribution) > 1e-6 {
			t.Errorf("%s: %+v, published %+v", name, m, specials)
		}
	}
	negolog := measureAll(t, trials.Peers(t, "negolog"), convert.FindOptions{}, nil)
	if len(negolog) < 40 {
		t.Errorf("%d domains of NegoLog", len(negolog))
	}
	for name, m := range negolog {
		var specs struct {
			Size    int     `json:"NumberOfBids"`
			Issues  int     `json:"NumberOfIssues"`
			Product float64 `json:"Nash Product"`
			Welfare float64 `json:"Social Welfare"`
			A       float64 `json:"ReservationValueProfileA"`
			B       float64 `json:"ReservationValueProfileB"`
		}
		trials.ReadJSON(t, filepath.Join(trials.Peers(t, "negolog"), m.Scenario, "specs.json"), &specs)
		if m.Outcomes == nil {
			t.Errorf("%s: %v", name, m.Problems)
			continue
		}
		if *m.Outcomes != fmt.Sprint(specs.Size) || m.Issues != specs.Issues {
			t.Errorf("%s has %s packages and %d issues, published %+v", name, *m.Outcomes, m.Issues, specs)
		}
		if specs.A != 0 || specs.B != 0 {
			continue // NegoLog ranks packages below the reservation values, too
		}
		product, sum := m.Nash[0]*m.Nash[1], m.Utilitarian[0]+m.Utilitarian[1]
		if specs.Product != 0 && math.Abs(product-specs.Product) > 1e-9 || math.Abs(sum-specs.Welfare) > 1e-9 {
			t.Errorf("%s: greatest product %v and sum %v, published %+v", name, product, sum, specs)
		}
	}
}

// FuzzRecords: of a record that was torn or changed, whole lines count, up to the first that is none, and
// the rows that they give can be written in every format.
func FuzzRecords(f *testing.F) {
	one := "x"
	row := study.Measured{Scenario: "bay", Format: convert.OwnFormat, Files: []string{"bay.yaml"}, Case: &one, Parties: []string{"p", "q"}, Issues: 2, Outcomes: &one, Nash: []float64{1, 2}}
	line, err := json.Marshal(record{"key", row})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(line, '\n'))
	f.Add(slices.Concat(line, []byte("\n"), line[:20]))
	f.Add([]byte("{}\n{\"Key\":\"k\",\"Row\":{\"nash\":[1],\"verdict\":\"\",\"zone\":\"1e9\",\"no_deal\":[null]}}\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		known, good, err := readRecords(t.Context(), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if good < 0 || good > int64(len(data)) || good > 0 && data[good-1] != '\n' {
			t.Fatalf("%d of %d bytes are good", good, len(data))
		}
		again, same, err := readRecords(t.Context(), bytes.NewReader(data[:good]))
		if err != nil || same != good || fmt.Sprint(len(again)) != fmt.Sprint(len(known)) {
			t.Errorf("the good bytes are %d, and of those %d", good, same)
		}
		if bytes.Count(data[:good], []byte("\n")) < len(known) {
			t.Errorf("%d rows of %d lines", len(known), bytes.Count(data[:good], []byte("\n")))
		}
		table := report.Collection{Folder: "x"}
		for _, row := range known {
			table.Scenarios = append(table.Scenarios, row)
		}
		for _, format := range report.CollectionFormats {
			var b strings.Builder
			if err := table.Write(&b, format, report.TextOptions{Width: 80}); err != nil {
				t.Errorf("%s: %v", format, err)
			}
			if format == "json" && !json.Valid([]byte(b.String())) {
				t.Errorf("no JSON: %s", &b)
			}
		}
	})
}
