package diagnose

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

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
		s, want := outcometest.Planted(c.issues, c.groups, c.idle, c.links)
		d, err := Diagnose(context.Background(), s, Options{Method: HittingSets})
		if err != nil {
			t.Fatal(err)
		}
		if !d.Complete || d.Verdict != bargain.NoZone || d.Method != HittingSets {
			t.Fatalf("%+v: %s, complete %v: %s", c, d.Verdict, d.Complete, d.Why)
		}
		var got [][]string
		for _, b := range d.BlockingSets {
			got = append(got, b.Conditions)
			for k, o := range b.Needed {
				if o == nil || len(slices.DeleteFunc(bargain.Judge(s, o).Broken, func(id string) bool { return id == b.Conditions[k] || !slices.Contains(b.Conditions, id) })) > 0 {
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
			if !slices.Equal(slices.Sorted(slices.Values(bargain.Judge(s, o.Outcome).Broken)), slices.Sorted(slices.Values(o.Relax))) {
				t.Fatalf("package %v breaks %v, not %v", o.Outcome, bargain.Judge(s, o.Outcome).Broken, o.Relax)
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
		s, _ := outcometest.Planted(40, 0, 20, links)
		d, err := Diagnose(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d.Verdict != bargain.NoZone || !d.Complete || !d.ConcessionsComplete || len(d.Concessions) < 10 {
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
			net, _ := network.New(&lowered, false)
			p, err := (&prove.Search{Net: net, Budget: 1 << 28}).Find(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if !p.Empty() {
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

// What the budget does not reach is left out, and said.
func TestDiagnoseWithinBudget(t *testing.T) {
	s, _ := outcometest.Planted(50, 5, 20, false)
	for _, budget := range []int64{1, 1e5, 1e6, 4e6} {
		d, err := Diagnose(context.Background(), s, Options{Method: HittingSets, Time: time.Duration(budget)})
		if err != nil {
			t.Fatal(err)
		}
		if d.Complete || d.Why == "" {
			t.Fatalf("budget %d: complete", budget)
		}
		for _, o := range d.OpeningSets {
			if !slices.Equal(slices.Sorted(slices.Values(bargain.Judge(s, o.Outcome).Broken)), slices.Sorted(slices.Values(o.Relax))) {
				t.Fatalf("budget %d: package %v breaks %v, not %v", budget, o.Outcome, bargain.Judge(s, o.Outcome).Broken, o.Relax)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Diagnose(ctx, s, Options{}); err == nil {
		t.Error("a diagnosis of a context that has ended")
	}
}
