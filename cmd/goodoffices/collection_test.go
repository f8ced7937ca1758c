package main

import (
	"context"
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
	work := func(state string) *collectionWork {
		w := &collectionWork{found: found, rows: make([]study.Measured, len(found))}
		if state != "" {
			if err := w.resume(t.Context(), state, false); err != nil {
				t.Fatal(err)
			}
		}
		return w
	}
	whole := work("")
	if err := whole.run(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	want := table(t, whole.rows)

	state := filepath.Join(t.TempDir(), "x.partial")
	stopped := work(state)
	ctx, stop := context.WithCancel(t.Context())
	err := stopped.run(ctx, func(done float64) {
		if done >= 0.4 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || stopped.done == len(found) {
		t.Fatalf("stopped with %v after %d", err, stopped.done)
	}
	if err := stopped.close(); err != nil {
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
	if again.reused < 8 {
		t.Errorf("%d scenarios are in the record, want at least 8", again.reused)
	}
	if err := again.run(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	if err := again.close(); err != nil {
		t.Fatal(err)
	}
	if got := table(t, again.rows); got != want {
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
	if last.reused != len(found)-1 {
		t.Errorf("%d of %d are reused after one file has changed", last.reused, len(found))
	}
	last.close()
	last.budget.Time = time.Second
	if err := last.resume(t.Context(), state, false); err != nil || last.reused != len(found)-1 {
		t.Errorf("another budget reuses rows of the first: %v", err)
	}
	last.close()
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
	w := &collectionWork{found: found, rows: make([]study.Measured, len(found)), budget: bargain.Options{Time: scenarioTime, Memory: scenarioMemory << 20}}
	if err := w.run(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]study.Measured)
	for i := range found {
		rows[name(&found[i])] = w.rows[i]
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
