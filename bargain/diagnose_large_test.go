package bargain

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

// planted makes a space of issues with ten options in which groups of three conditions, each
// on issues of its own, exclude every outcome, and two no-deal values do. With links the conditions of a
// group are about two issues. Red lines, political requirements and parties take turns; others condition
// much and exclude nothing.
func planted(issues, groups, idle int, links bool) (s *outcome.Space, blocking [][]string) {
	s = &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	const parties = 2
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 10}
		for i := range issues {
			scores := make([]int64, 10)
			for o := range scores {
				scores[o] = int64((o*(7+i%5) + i) % 23)
				if p == 1 {
					scores[o] = 40 - scores[o] - int64((o+i)%2)
				}
			}
			row.Scores = append(row.Scores, scores)
		}
		low, high := row.Span()
		row.Threshold = outcome.Threshold{Value: low + (high-low)*4/5, Set: true}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	blocking = append(blocking, []string{"p0.no_deal", "p1.no_deal"})
	add := func(k int, name string, forbidden outcome.Table) string {
		if k%3 == 0 {
			s.Requires = append(s.Requires, outcome.Condition{ID: "requires." + name, Kind: outcome.Political, Forbidden: forbidden})
			return "requires." + name
		}
		p := &s.Parties[k%parties]
		id := p.ID + ".red_lines." + name
		p.RedLines = append(p.RedLines, outcome.Condition{ID: id, Kind: outcome.RedLine, Forbidden: forbidden})
		return id
	}
	table := func(on []int, holds func(o []int) bool) outcome.Table {
		t, err := outcome.NewTable(s.Issues, on, holds)
		if err != nil {
			panic(err)
		}
		return t
	}
	for g := range groups {
		on := []int{g}
		if links {
			on = []int{2 * g, 2*g + 1}
		}
		var set []string
		for k := range 3 {
			set = append(set, add(g+k, fmt.Sprintf("g%d_%d", g, k), table(on, func(o []int) bool {
				sum := 0
				for _, v := range o {
					sum += v
				}
				return sum%3 == k
			})))
		}
		blocking = append(blocking, set)
	}
	for k := range idle {
		at := issues - 1 - k
		add(k, fmt.Sprint("idle", k), table([]int{at}, func(o []int) bool { return o[0] >= 8 }))
	}
	return s, blocking
}

// canonical writes sets of ids so that two families compare.
func canonical(sets [][]string) []string {
	var out []string
	for _, set := range sets {
		set = slices.Sorted(slices.Values(set))
		out = append(out, strings.Join(set, " "))
	}
	slices.Sort(out)
	return out
}

func TestPlantedConflicts(t *testing.T) {
	type planting struct {
		issues, groups, idle int
		links                bool
	}
	all := []planting{{50, 4, 20, false}, {10, 3, 4, false}, {50, 3, 20, true}}
	for _, c := range all[:trials.Of(2, 3)] { // package verify plants linked ones, too
		s, want := planted(c.issues, c.groups, c.idle, c.links)
		d, err := Diagnose(context.Background(), s, DiagnoseOptions{Method: HittingSets})
		if err != nil {
			t.Fatal(err)
		}
		if !d.Complete || d.Verdict != NoZone || d.Method != HittingSets {
			t.Fatalf("%+v: %s, complete %v: %s", c, d.Verdict, d.Complete, d.Why)
		}
		var got [][]string
		for _, b := range d.BlockingSets {
			got = append(got, b.Conditions)
			for k, o := range b.Needed {
				if o == nil || len(slices.DeleteFunc(Judge(s, o).Broken, func(id string) bool { return id == b.Conditions[k] || !slices.Contains(b.Conditions, id) })) > 0 {
					t.Fatalf("%v does not need %s alone", o, b.Conditions[k])
				}
			}
		}
		if !slices.Equal(canonical(got), canonical(want)) {
			t.Fatalf("%+v: blocking sets %v, want %v", c, got, want)
		}
		sets := 2
		for range c.groups {
			sets *= 3
		}
		if len(d.OpeningSets) != sets {
			t.Fatalf("%+v: %d opening sets, want %d", c, len(d.OpeningSets), sets)
		}
		for _, o := range d.OpeningSets {
			if !slices.Equal(slices.Sorted(slices.Values(Judge(s, o.Outcome).Broken)), slices.Sorted(slices.Values(o.Relax))) {
				t.Fatalf("package %v breaks %v, not %v", o.Outcome, Judge(s, o.Outcome).Broken, o.Relax)
			}
			if !o.Least || o.Points.Sign() <= 0 {
				t.Fatalf("%v points for %v, least %v", o.Points, o.Relax, o.Least)
			}
		}
		// No package survives all red lines, so that no-deal values alone change nothing.
		if len(d.Concessions) > 0 || !d.ConcessionsComplete || d.ConcessionsWhy == "" || len(d.OpeningSets[0].Concessions) == 0 {
			t.Fatalf("%+v: %d concessions, %s", c, len(d.Concessions), d.ConcessionsWhy)
		}
	}
}

// Where only no-deal values conflict, the concessions are what the frontier falls short by.
func TestConcessionsOfLargeSpaces(t *testing.T) {
	for _, links := range []bool{false, true} {
		s, _ := planted(40, 0, 20, links)
		d, err := Diagnose(context.Background(), s, DiagnoseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if d.Verdict != NoZone || !d.Complete || !d.ConcessionsComplete || len(d.Concessions) < 10 {
			t.Fatalf("%s, complete %v, %d concessions: %s", d.Verdict, d.Complete, len(d.Concessions), d.Why)
		}
		lowered := *s
		for _, c := range d.Concessions {
			lowered.Parties = slices.Clone(s.Parties)
			for _, less := range []int64{0, 1} {
				for p := range lowered.Parties {
					units := new(big.Rat).Mul(c.Points[p], big.NewRat(10, 1))
					lowered.Parties[p].Threshold.Value = s.Parties[p].Threshold.Value - max(0, units.Num().Int64()-less)
				}
				if less == 0 && !lowered.InZone(c.Outcome) {
					t.Fatalf("%v does not open %v", c.Points, c.Outcome)
				}
			}
			// A point less for everybody opens nothing.
			net, _ := newNetwork(&lowered, false)
			p, err := (&search{net: net, budget: certifyBudget}).find(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if !p.empty() {
				t.Fatalf("%v is not needed", c.Points)
			}
		}
		// The least by one party alone is what its opening set asks.
		for _, o := range d.OpeningSets {
			p := o.Concedes[0].Party
			if !slices.ContainsFunc(d.Concessions, func(c Concession) bool { return c.Points[p].Cmp(o.Points) == 0 && c.Points[1-p].Sign() == 0 }) {
				t.Fatalf("%v alone asks %v", o.Relax, o.Points)
			}
		}
	}
}

// A certificate of a large space has what shows that every blocking set excludes all.
func TestDiagnosisCertificateOfLargeSpaces(t *testing.T) {
	for _, links := range []bool{false, true} {
		s, blocking := planted(trials.Of(16, 24), 1, 6, links)
		d, err := Diagnose(context.Background(), s, DiagnoseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := CertifyDiagnosis(context.Background(), s, d)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{false: "multipliers", true: "elimination"}[links]; c.Method != want || len(c.BlockingSets) != len(blocking) {
			t.Fatalf("method %s, %d blocking sets", c.Method, len(c.BlockingSets))
		}
		for _, b := range c.BlockingSets {
			if b.Excludes == nil || b.Excludes.Refutation == nil && len(b.Excludes.Order) != len(s.Issues) {
				t.Fatalf("%v: %+v", b.Conditions, b.Excludes)
			}
		}
		if c.ConcessionsComplete || c.Slack != nil {
			t.Fatal("more is claimed than can be checked")
		}
	}
}

// What the budget does not reach is left out, and said.
func TestDiagnoseWithinBudget(t *testing.T) {
	s, _ := planted(50, 5, 20, false)
	for _, budget := range []int64{1, 1e5, 1e6, 4e6} {
		d, err := Diagnose(context.Background(), s, DiagnoseOptions{Method: HittingSets, Time: time.Duration(budget)})
		if err != nil {
			t.Fatal(err)
		}
		if d.Complete || d.Why == "" {
			t.Fatalf("budget %d: complete", budget)
		}
		for _, o := range d.OpeningSets {
			if !slices.Equal(slices.Sorted(slices.Values(Judge(s, o.Outcome).Broken)), slices.Sorted(slices.Values(o.Relax))) {
				t.Fatalf("budget %d: package %v breaks %v, not %v", budget, o.Outcome, Judge(s, o.Outcome).Broken, o.Relax)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Diagnose(ctx, s, DiagnoseOptions{}); err == nil {
		t.Error("a diagnosis of a context that has ended")
	}
}
