package casefile

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

const combineBase = `goodoffices: 1
id: combine
consent: a || b
issues:
  quota: {status_quo: high, options: {low: Low, middle: Middle, high: High}}
  season: {range: {from: 0, to: 6, step: 1}, status_quo: 6}
  quay: {options: {open: Open, closed: Closed}}
parties:
  a:
    scores: {quota: {low: 1, middle: 2..3, high: 4}, season: {0: 0, 6: 12}, quay: 3}
    no_deal: 5
    adjustments: [{id: both, when: "quota == 'low' && quay == 'open'", add: 2}, {id: late, when: "season > 3", add: -1}]
    red_lines: [{id: never_low, never: "quota == 'low'"}]
    ratification:
      constituencies:
        crews: {scores: {quota: {low: 0, middle: 1, high: 2}, season: 1, quay: 0}, accepts_at: 2}
        owners: {scores: {quota: 1, season: 1, quay: {open: 0, closed: 9}}}
  b:
    scores: {quota: {low: 9, middle: 2, high: 0}, season: {0: 6, 3: 5, 6: 0}, quay: {open: 1, closed: 0}}
requires:
  - {id: law, kind: political, then: "quota != 'middle' || quay == 'open'"}
`

// drawChange draws a change of one to three things, of few paths so that changes collide.
func drawChange(r *rand.Rand) string {
	numbers := []string{"a.no_deal", "b.no_deal", "a.scores.quota.low", "a.scores.quota.high", "a.scores.season.3", "a.scores.season.6", "a.scores.quay.open",
		"b.scores.season.3", "a.adjustments.both", "a.adjustments.late", "a.crews.accepts_at", "a.owners.accepts_at", "a.crews.scores.quota.low", "a.owners.scores.season.2"}
	drops := []string{"a.no_deal", "b.no_deal", "a.red_lines.never_low", "a.adjustments.both", "requires.law", "consent", "b.red_lines.extra"}
	sets, adds, dropped, lines := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	var set, add, drop, line []string
	for range 1 + r.IntN(3) {
		value := []string{"-3", "0.5", "2", "1..2", "7", "1.25"}[r.IntN(6)]
		at := numbers[r.IntN(len(numbers))]
		switch r.IntN(6) {
		case 0:
			if !sets[at] {
				set = append(set, at+": "+value)
			}
			sets[at] = true
		case 1:
			if d := drops[r.IntN(len(drops))]; !dropped[d] {
				drop = append(drop, d)
				dropped[d] = true
			}
		case 2:
			id := []string{"extra", "other", "never_low"}[r.IntN(3)]
			party := []string{"a", "b"}[r.IntN(2)]
			if !lines[party+id] {
				line = append(line, fmt.Sprintf(`{party: %s, id: %s, never: "season > %d"}`, party, id, r.IntN(6)))
			}
			lines[party+id] = true
		default:
			if !adds[at] {
				add = append(add, at+": "+strings.ReplaceAll(value, "1..2", "1"))
			}
			adds[at] = true
		}
	}
	return fmt.Sprintf("set: {%s}, add: {%s}, drop: [%s], add_red_lines: [%s]", strings.Join(set, ", "), strings.Join(add, ", "), strings.Join(drop, ", "), strings.Join(line, ", "))
}

// A Combiner gives what applying the changes one after the other gives, and mostly without
// doing so.
func TestCombinerAgreesWithApplying(t *testing.T) {
	held, sets, failed := 0, 0, 0
	for seed := range uint64(trials.Of(1000, 3000)) {
		r := rand.New(rand.NewPCG(seed, 81))
		text := combineBase + "levers:\n"
		for i := range 5 {
			text += fmt.Sprintf("  - {id: l%d, because: x, %s}\n", i, drawChange(r))
		}
		text += "views:\n  v: {because: y, " + drawChange(r) + "}\n"
		f, err := Parse("combine.yaml", []byte(text))
		if err != nil {
			failed++ // such as a red line of an id that there is already
			continue
		}
		var k *Combiner
		if seed%2 == 0 {
			k, err = f.Case.CombineLevers([]string{"", "v"}[r.IntN(2)])
		} else {
			k, _, err = f.Case.CombineViews("", "v", []string{"l3", "l1"})
		}
		if err != nil {
			failed++
			continue
		}
		for i := range k.effects {
			if k.effects[i] != nil {
				held++
			}
		}
		for set := range 1 << k.Len() {
			var at []int
			for i := range k.Len() {
				if set>>i&1 != 0 {
					at = append(at, i)
				}
			}
			got, err := k.Compile(at)
			want, wrong := k.apply(at)
			if (err == nil) != (wrong == nil) {
				t.Fatalf("seed %d, %v: %v, want %v\n%s", seed, at, err, wrong, text)
			}
			if err != nil {
				continue
			}
			sets++
			if !sameSpace(got, want) {
				t.Fatalf("seed %d, %v:\n%+v\nwant\n%+v\n%s", seed, at, got, want, text)
			}
		}
	}
	t.Logf("%d changes held as effects, %d sets, %d cases failed", held, sets, failed)
	if held < trials.Of(165, 500) || sets < trials.Of(1650, 5000) {
		t.Error("too little was compared")
	}
}

func sameSpace(a, b *outcome.Space) bool {
	tidy := func(s *outcome.Space) outcome.Space {
		to := *s
		if len(to.Requires) == 0 {
			to.Requires = nil
		}
		to.Parties = append([]outcome.Party(nil), to.Parties...)
		for p := range to.Parties {
			if len(to.Parties[p].RedLines) == 0 {
				to.Parties[p].RedLines = nil
			}
			if len(to.Parties[p].Adjustments) == 0 {
				to.Parties[p].Adjustments = nil
			}
		}
		return to
	}
	return reflect.DeepEqual(tidy(a), tidy(b))
}

func TestCombineCatalogueLevers(t *testing.T) {
	f, err := Open("../catalog/cases/iran-us-2026")
	if err != nil {
		t.Fatal(err)
	}
	k, err := f.Case.CombineLevers("")
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range k.effects {
		if e == nil {
			t.Errorf("lever %s has to be applied", f.Case.Levers[i].ID)
		}
	}
	ids := f.Case.LeverIDs()
	for _, set := range [][]int{nil, {0}, {1, 6}, {8, 9}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}} {
		var levers []string
		for _, i := range set {
			levers = append(levers, ids[i])
		}
		want, err := f.Case.Compile(Choice{Levers: levers})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Compile(set); err != nil || !sameSpace(got, want) {
			t.Errorf("%v: another space than Compile's, %v", levers, err)
		}
	}
}

// The assumptions in which two views differ lead from one to the other, and those that they share
// are none of them.
func TestCombineViews(t *testing.T) {
	assumptions, none, held := 0, 0, 0
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 82))
		text := combineBase + "levers:\n  - {id: l, because: x, " + drawChange(r) + "}\nviews:\n  v: {because: y, " + drawChange(r) + "}\n  w: {because: z, " + drawChange(r) + "}\n"
		f, err := Parse("combine.yaml", []byte(text))
		if err != nil {
			continue
		}
		from, to := []string{"", "v", "w"}[r.IntN(3)], []string{"", "v", "w"}[r.IntN(3)]
		levers := [][]string{nil, {"l"}}[r.IntN(2)]
		start, err := f.Case.compiledWith(from, levers)
		if err != nil {
			continue
		}
		end, err := f.Case.compiledWith(to, levers)
		if err != nil {
			continue
		}
		k, differ, err := f.Case.CombineViews(from, to, levers)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if k.Len() != len(differ) || from == to && len(differ) > 0 {
			t.Fatalf("seed %d: %d changes of %+v", seed, k.Len(), differ)
		}
		for _, end := range []struct {
			of   []int
			want *outcome.Space
		}{{nil, start}, {k.indices(), end}} {
			if got, err := k.Compile(end.of); err != nil || !sameNumbers(got, end.want) {
				t.Fatalf("seed %d: %s to %s, %v of %+v: %v\n%+v\nwant\n%+v\n%s", seed, from, to, end.of, differ, err, got, end.want, text)
			}
		}
		for i := range k.effects {
			if k.effects[i] != nil {
				held++
			}
		}
		assumptions += len(differ)
		if len(differ) == 0 && from != to {
			none++
		}
		for set := range 1 << k.Len() {
			var at []int
			for i := range k.Len() {
				if set>>i&1 != 0 {
					at = append(at, i)
				}
			}
			got, err := k.Compile(at)
			want, wrong := k.apply(at)
			if (err == nil) != (wrong == nil) || err == nil && !sameSpace(got, want) {
				t.Fatalf("seed %d, %v: %v, %+v\nwant %v, %+v\n%s", seed, at, err, got, wrong, want, text)
			}
		}
	}
	t.Logf("%d assumptions, %d held as effects; %d pairs of views that come to the same", assumptions, held, none)
	if assumptions < 500 || held < 300 {
		t.Error("too little was compared")
	}
}

// compiledWith compiles in the units of all views and levers.
func (c *Case) compiledWith(view string, levers []string) (*outcome.Space, error) {
	return c.Compile(Choice{View: view, Levers: levers})
}

// sameNumbers is sameSpace but for the order of conditions.
func sameNumbers(a, b *outcome.Space) bool {
	tidy := func(s *outcome.Space) *outcome.Space {
		to := *s
		byID := func(x, y outcome.Condition) int { return strings.Compare(x.ID, y.ID) }
		to.Parties = slices.Clone(to.Parties)
		for p := range to.Parties {
			to.Parties[p].RedLines = slices.Clone(to.Parties[p].RedLines)
			slices.SortFunc(to.Parties[p].RedLines, byID)
		}
		return &to
	}
	return sameSpace(tidy(a), tidy(b))
}

func TestDifferences(t *testing.T) {
	f, err := Parse("combine.yaml", []byte(combineBase+`views:
  v: {set: {a.no_deal: 7, a.scores.season.3: 2, b.no_deal: 1}, drop: [requires.law, a.red_lines.never_low]}
  w: {set: {b.no_deal: 1}, add: {a.no_deal: 2, a.scores.season.6: 1}, add_red_lines: [{party: b, id: extra, never: "season > 2"}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for want, views := range map[string][2]string{
		"[a.no_deal a.scores.season.3 b.no_deal requires.law a.red_lines.never_low]": {"", "v"},
		"[a.scores.season requires.law a.red_lines.never_low b.red_lines.extra]":     {"v", "w"},
		"[b.no_deal a.no_deal a.scores.season b.red_lines.extra]":                    {"", "w"},
		"[a.scores.season b.red_lines.extra requires.law a.red_lines.never_low]":     {"w", "v"},
		"[]": {"w", "w"},
	} {
		_, differ, err := f.Case.CombineViews(views[0], views[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		at := []string{}
		for _, a := range differ {
			at = append(at, a.At)
		}
		if got := fmt.Sprint(at); got != want {
			t.Errorf("%v: %s, want %s", views, got, want)
		}
	}
	v, _ := f.Case.With(Choice{View: "v"})
	for at, want := range map[string]string{"a.no_deal": "7", "a.scores.season": "0 1 2 2 6 9 12", "requires.law": "", "a.red_lines.never_low": "", "b.scores.quota.low": "9", "a.adjustments.both": "2", "consent": "a || b"} {
		if got := v.Stands(at); at != "a.scores.season" && got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	if _, _, err := f.Case.CombineViews("x", "v", nil); err == nil {
		t.Error("an unknown view was combined")
	}
	if _, _, err := f.Case.CombineViews("v", "w", []string{"none"}); err == nil {
		t.Error("an unknown lever was pulled")
	}
}

func TestCoercive(t *testing.T) {
	f, err := Parse("combine.yaml", []byte(combineBase+`mediators: {ministry: Ministry}
levers:
  - {id: guarantee, by: mediators, add: {a.no_deal: -3}}
  - {id: sanction, by: b, add: {a.no_deal: -3}}
  - {id: concession, by: a, add: {a.no_deal: -3}}
  - {id: threat, by: [ministry, b], set: {a.no_deal: 1}}
  - {id: comfort, by: b, set: {a.no_deal: 9}}
  - {id: gift, by: b, add: {a.scores.quota.low: 3}}
  - {id: blow, by: b, drop: [a.no_deal]}
  - {id: nobody, add: {a.no_deal: -3}}
  - {id: stated, kind: pressure, by: mediators, add: {a.no_deal: -3}}
  - {id: assured, kind: guarantee, by: b, add: {a.no_deal: -3}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var coercive, mediators []string
	for i := range f.Case.Levers {
		l := &f.Case.Levers[i]
		if f.Case.Coercive(l) {
			coercive = append(coercive, l.ID)
		}
		if f.Case.ByMediators(l) {
			mediators = append(mediators, l.ID)
		}
	}
	if got := fmt.Sprint(coercive, mediators); got != "[sanction threat blow stated] [guarantee stated]" {
		t.Error(got)
	}
}
