package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

const bargainCase = `goodoffices: 1
id: quay
issues:
  quota: {status_quo: high, options: {low: Low, middle: Middle, high: High}}
  season: {range: {from: 0, to: 4, step: 1}, status_quo: 4}
  quay: {status_quo: open, options: {open: Open, closed: Closed}}
parties:
  crews:
    scores: {quota: {low: 0, middle: 30, high: 50}, season: {0: 0, 4: 30}, quay: {open: 20, closed: 0}}
    no_deal: %d
    red_lines: [{id: not_low, never: "quota == 'low'"}]
    ratification:
      constituencies:
        boats: {scores: {quota: {low: 0, middle: 20, high: 60}, season: {0: 0, 4: 40}, quay: 0}, accepts_at: %d}
  port:
    scores: {quota: {low: 50, middle: 25, high: 0}, season: {0: 30, 4: 0}, quay: {open: 0, closed: 20}}
    no_deal: %d
requires: [{id: closed, kind: political, if: "quay == 'closed'", then: "season < 3"}]
packages: {paper: {outcome: {quota: middle, season: 2}}}
mediators: {ministry: Ministry}
`

// bargainChanges are what levers do, with N for a number.
var bargainChanges = []string{
	"add: {crews.no_deal: -N}", "add: {port.no_deal: -N}", "add: {crews.no_deal: N, port.no_deal: -20}", "add: {crews.boats.accepts_at: -N}",
	"add: {port.scores.quota.middle: N}", "add: {crews.scores.season.2: N}", "drop: [crews.red_lines.not_low]", "drop: [requires.closed]",
	"add: {port.no_deal: -N}, add_red_lines: [{party: crews, id: no_summer, never: \"season == 2\"}]",
}

func parsed(t *testing.T, text string) *casefile.File {
	t.Helper()
	f, err := casefile.Parse("quay.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

// zoneOf lists the packages that are acceptable, and counts those carried at home.
func zoneOf(s *outcome.Space) (zone []outcome.Outcome, carried int) {
	o := make(outcome.Outcome, len(s.Issues))
	for more := true; more; {
		if s.InZone(o) {
			zone = append(zone, slices.Clone(o))
			if s.Ratifiable(o) {
				carried++
			}
		}
		more = false
		for i := len(o) - 1; i >= 0 && !more; i-- {
			if o[i]++; o[i] < s.Issues[i].Options {
				more = true
			} else {
				o[i] = 0
			}
		}
	}
	return zone, carried
}

type leversJSON struct {
	Verdict string
	Levers  []struct {
		ID                  string
		Mediators, Pressure bool
	}
	Complete     bool
	Combinations []struct {
		Levers            []string
		Verdict           string
		Count, Ratifiable string
	}
	Goals map[string]struct {
		Already, Proven bool
		Cheapest        *struct {
			Levers []string
			Cost   float64
		}
		Smallest []struct{ Levers []string } `json:"smallest_sets"`
		Pressed  []struct{ Levers []string } `json:"with_pressure"`
	}
}

// What is written of levers is what compiling the case under every set of them, and visiting every package,
// gives.
func TestLeversOfCaseFiles(t *testing.T) {
	opened, pressed := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 111))
		text := fmt.Sprintf(bargainCase, 40+r.IntN(40), 30+r.IntN(60), 50+r.IntN(40)) + "levers:\n"
		cost := map[string]float64{}
		press := map[string]bool{}
		for i, k := range r.Perm(len(bargainChanges))[:4] {
			id, by := fmt.Sprint("l", i), []string{"ministry", "crews", "port"}[r.IntN(3)]
			cost[id] = float64(r.IntN(5))
			kind := []string{"pressure", "inducement", "guarantee"}[r.IntN(3)]
			press[id] = kind == "pressure"
			change := strings.ReplaceAll(bargainChanges[k], "N", fmt.Sprint(5+r.IntN(20)))
			text += fmt.Sprintf("  - {id: %s, by: %s, kind: %s, cost: %v, %s}\n", id, by, kind, cost[id], change)
		}
		file := parsed(t, text)
		levers, err := of(t, file, casefile.Choice{}).Levers(t.Context(), &study.Request{Name: "paper"}, study.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var b bytes.Buffer
		if err := WriteLeversJSON(&b, levers); err != nil {
			t.Fatal(err)
		}
		var got leversJSON
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if !got.Complete || len(got.Combinations) != 16 {
			t.Fatalf("seed %d: %d combinations", seed, len(got.Combinations))
		}
		reached := map[string]bool{}
		for _, k := range got.Combinations {
			space, err := file.Case.Compile(casefile.Choice{Levers: k.Levers})
			if err != nil {
				t.Fatal(err)
			}
			zone, carried := zoneOf(space)
			if k.Count != fmt.Sprint(len(zone)) || k.Ratifiable != fmt.Sprint(carried) || (k.Verdict == "zone") != (len(zone) > 0) {
				t.Fatalf("seed %d: %+v, want %d packages and %d carried\n%s", seed, k, len(zone), carried, text)
			}
			reached[fmt.Sprint(k.Levers)] = len(zone) > 0
		}
		g := got.Goals["zone"]
		if g.Already != reached["[]"] || !g.Proven {
			t.Fatalf("seed %d: %+v", seed, g)
		}
		if g.Already {
			continue
		}
		var want, wantPressed []string
		cheapest := -1.0
		for _, k := range got.Combinations {
			key := fmt.Sprint(k.Levers)
			if !reached[key] {
				continue
			}
			least, pressure, sum := true, false, 0.0
			for _, x := range got.Combinations {
				part := !slices.ContainsFunc(x.Levers, func(id string) bool { return !slices.Contains(k.Levers, id) })
				least = least && (len(x.Levers) == len(k.Levers) || !part || !reached[fmt.Sprint(x.Levers)])
			}
			for _, id := range k.Levers {
				pressure, sum = pressure || press[id], sum+cost[id]
			}
			switch {
			case pressure && least:
				wantPressed = append(wantPressed, key)
			case least:
				want = append(want, key)
			}
			if !pressure && (cheapest < 0 || sum < cheapest) {
				cheapest = sum
			}
		}
		keys := func(sets []struct{ Levers []string }) []string {
			var out []string
			for _, s := range sets {
				out = append(out, fmt.Sprint(s.Levers))
			}
			slices.Sort(out)
			return out
		}
		slices.Sort(want)
		slices.Sort(wantPressed)
		if !slices.Equal(keys(g.Smallest), want) || !slices.Equal(keys(g.Pressed), wantPressed) || (g.Cheapest == nil) != (cheapest < 0) || g.Cheapest != nil && g.Cheapest.Cost != cheapest {
			t.Fatalf("seed %d: %+v, want %v, with pressure %v, cheapest %v\n%s", seed, g, want, wantPressed, cheapest, text)
		}
		if len(want) > 0 {
			opened++
		}
		if len(wantPressed) > 0 {
			pressed++
		}
	}
	t.Logf("%d cases opened without pressure, %d with", opened, pressed)
	if opened < 8 || pressed < 8 {
		t.Error("too little was compared")
	}
}

type viewsJSON struct {
	Comparisons []struct {
		From, To    *string
		Assumptions []struct{ At string }
		Verdict     struct {
			Flips, FlipsBack []struct{ Assumptions []string }
			Complete         bool
		}
	}
}

// The flips that are written of a view are those of views that hold some of its changes alone.
func TestViewsOfCaseFiles(t *testing.T) {
	flips := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 112))
		base := fmt.Sprintf(bargainCase, 40+r.IntN(40), 60, 50+r.IntN(40))
		at := []string{"crews.no_deal", "port.no_deal", "port.scores.quota.middle", "crews.scores.quota.high", "crews.red_lines.not_low", "requires.closed"}
		by := []int{r.IntN(60) - 30, r.IntN(60) - 30, 1 + r.IntN(30), -1 - r.IntN(30)}
		view := func(parts []int) string {
			var add, drop []string
			for _, k := range parts {
				if k < 4 {
					add = append(add, fmt.Sprintf("%s: %d", at[k], by[k]))
				} else {
					drop = append(drop, at[k])
				}
			}
			return fmt.Sprintf("views: {v: {add: {%s}, drop: [%s]}}\n", strings.Join(add, ", "), strings.Join(drop, ", "))
		}
		all := r.Perm(len(at))[:4]
		slices.Sort(all)
		all = slices.DeleteFunc(all, func(k int) bool { return k < 4 && by[k] == 0 })
		views, err := of(t, parsed(t, base+view(all)), casefile.Choice{}).Views(t.Context(), study.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := WriteViewsJSON(&b, views); err != nil {
			t.Fatal(err)
		}
		var got viewsJSON
		text := strings.ReplaceAll(b.String(), "flips_back", "FlipsBack")
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		p := got.Comparisons[0]
		if len(got.Comparisons) != 1 || len(p.Assumptions) != len(all) || !p.Verdict.Complete {
			t.Fatalf("seed %d: %+v", seed, got)
		}
		open := make([]bool, 1<<len(all))
		for mask := range open {
			var parts []int
			for i, k := range all {
				if mask>>i&1 != 0 {
					parts = append(parts, k)
				}
			}
			space, err := parsed(t, base+view(parts)).Case.Compile(casefile.Choice{View: "v"})
			if err != nil {
				t.Fatal(err)
			}
			zone, _ := zoneOf(space)
			open[mask] = len(zone) > 0
		}
		for _, end := range []struct {
			mask int
			got  []struct{ Assumptions []string }
		}{{0, p.Verdict.Flips}, {len(open) - 1, p.Verdict.FlipsBack}} {
			want := map[string]bool{}
			for set := range open {
				least := open[end.mask^set] != open[end.mask]
				for part := range open {
					least = least && (part == set || part&^set != 0 || open[end.mask^part] == open[end.mask])
				}
				if least {
					var names []string
					for i, k := range all {
						if set>>i&1 != 0 {
							names = append(names, at[k])
						}
					}
					slices.Sort(names)
					want[fmt.Sprint(names)] = true
				}
			}
			for _, f := range end.got {
				slices.Sort(f.Assumptions)
				if !want[fmt.Sprint(f.Assumptions)] {
					t.Fatalf("seed %d: %v flips, want %v", seed, f.Assumptions, want)
				}
				flips++
			}
			if len(end.got) != len(want) {
				t.Fatalf("seed %d: %v, want %v", seed, end.got, want)
			}
		}
	}
	t.Logf("%d flips", flips)
	if flips < 30 {
		t.Error("too little was compared")
	}
}

// Every field is on the page that explains it.
func TestLeverAndViewFields(t *testing.T) {
	file := parsed(t, fmt.Sprintf(bargainCase, 70, 50, 70)+`levers:
  - {id: both, by: port, cost: 1, add: {crews.no_deal: -30, port.no_deal: 5}}
views:
  v: {set: {port.no_deal: 10}}
`)
	levers, err := of(t, file, casefile.Choice{}).Levers(t.Context(), &study.Request{Name: "paper"}, study.Options{})
	if err != nil {
		t.Fatal(err)
	}
	views, err := of(t, file, casefile.Choice{}).Views(t.Context(), study.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for page, write := range map[string]func(*bytes.Buffer) error{
		"levers": func(b *bytes.Buffer) error { return WriteLeversJSON(b, levers) },
		"views":  func(b *bytes.Buffer) error { return WriteViewsJSON(b, views) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile("../docs/formats/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		explained := func(fields map[string]any) {
			for field := range fields {
				if !bytes.Contains(text, []byte("`"+field+"`")) {
					t.Errorf("docs/formats/%s.md does not explain %s", page, field)
				}
			}
		}
		explained(doc)
		for _, list := range []string{"levers", "combinations", "views", "comparisons"} {
			if all, ok := doc[list].([]any); ok && len(all) > 0 {
				if one, ok := all[0].(map[string]any); ok {
					explained(one)
				}
			}
		}
		if goals, ok := doc["goals"].(map[string]any); ok {
			explained(goals)
			explained(goals["package"].(map[string]any))
		}
	}
}
