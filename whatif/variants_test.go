package whatif

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// drawVariants returns spaces that differ from the first in scores of few options, in
// thresholds and, seldom, in conditions.
func drawVariants(r *rand.Rand, first *outcome.Space, n int) []*outcome.Space {
	for p := range first.Parties {
		party := &first.Parties[p]
		if r.IntN(8) > 0 && !party.Threshold.Set {
			party.Threshold = outcome.Threshold{Value: r.Int64N(12), Set: true}
		}
	}
	spaces := []*outcome.Space{first}
	for range n - 1 {
		s := *spaces[r.IntN(len(spaces))]
		s.Parties = slices.Clone(s.Parties)
		change := func(row *outcome.Row) {
			if r.IntN(3) == 0 && row.Threshold.Set {
				row.Threshold.Value += r.Int64N(7) - 3
			}
			if r.IntN(3) == 0 {
				i := r.IntN(len(row.Scores))
				row.Scores = slices.Clone(row.Scores)
				row.Scores[i] = slices.Clone(row.Scores[i])
				row.Scores[i][r.IntN(len(row.Scores[i]))] += r.Int64N(9) - 4
			}
		}
		for p := range s.Parties {
			party := &s.Parties[p]
			change(&party.Row)
			party.Constituencies = slices.Clone(party.Constituencies)
			for c := range party.Constituencies {
				change(&party.Constituencies[c])
			}
			if r.IntN(10) == 0 && len(party.RedLines) > 0 {
				party.RedLines = party.RedLines[1:]
			}
		}
		spaces = append(spaces, &s)
	}
	return spaces
}

// checkVariant compares a variant with the definitions.
func checkVariant(t *testing.T, name string, s *outcome.Space, v *Variant) {
	t.Helper()
	n := outcometest.NewNaive(s)
	if !v.Full || !v.Exact || (v.Verdict == bargain.HasZone) != (len(n.Zone) > 0) || v.Count.Int64() != int64(len(n.Zone)) || v.Ratifiable.Int64() != int64(n.Carried) {
		t.Fatalf("%s: %+v, want %d in the zone and %d carried", name, v, len(n.Zone), n.Carried)
	}
	var first []outcome.Outcome
	if len(n.Zone) > 0 {
		first = n.Solutions()["nash"]
	}
	if (v.Nash == nil) != (len(first) == 0) {
		t.Fatalf("%s: nash %+v, want %v", name, v.Nash, first)
	}
	if v.Nash == nil {
		return
	}
	if !slices.Equal(v.Nash.Outcome, first[0]) || v.Nash.Ties.Int64() != int64(len(first)) || !slices.Equal(v.Nash.Utilities, n.Utilities(first[0])) {
		t.Fatalf("%s: nash %+v, want the first of %v", name, v.Nash, first)
	}
	for _, o := range n.Zone {
		want := slices.ContainsFunc(first, func(x outcome.Outcome) bool { return slices.Equal(x, o) })
		if got := v.RanksFirst(s, o); got != want {
			t.Fatalf("%s: %v ranked first: %t, want %t", name, o, got, want)
		}
	}
}

func TestVariantsAgreeWithDefinitions(t *testing.T) {
	zones, none, cells := 0, 0, 0
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 91))
		first := outcometest.Space(r, outcometest.Shape{Coarse: seed%2 == 0, Boxes: seed%3 == 0, Parties: int(seed % 4)})
		if first.Size().Cmp(big.NewInt(300)) > 0 {
			continue
		}
		spaces := drawVariants(r, first, 8)
		got, err := Variants(t.Context(), spaces, VariantOptions{})
		if err != nil {
			t.Fatal(seed, err)
		}
		for i, s := range spaces {
			checkVariant(t, fmt.Sprintf("seed %d, space %d", seed, i), s, &got[i])
			if got[i].Verdict == bargain.HasZone {
				zones++
			} else {
				none++
			}
		}
		v := &variants{spaces: spaces, out: make([]Variant, len(spaces))}
		for _, group := range v.groups() {
			if f := (&kin{variants: v, at: group, first: spaces[group[0]]}); len(group) > 1 && f.classify() && len(f.cells) > 1 {
				cells++
			}
		}
	}
	t.Logf("%d zones, %d without; %d groups of several cells", zones, none, cells)
	if zones < 200 || none < 50 || cells < 50 {
		t.Error("too little was compared")
	}
}

// Beyond the budget a witness proves a verdict, and nothing else is claimed.
func TestVariantsBudget(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 92))
	first := outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 4, Additive: true})
	spaces := drawVariants(r, first, 6)
	all := outcometest.EveryOutcome(first)
	got, err := Variants(t.Context(), spaces, VariantOptions{Time: time.Nanosecond, Witnesses: all})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		want := bargain.Unknown
		if len(outcometest.NewNaive(spaces[i]).Zone) > 0 {
			want = bargain.HasZone
		}
		if v.Full || v.Verdict != want || v.Nash != nil || v.Count != nil {
			t.Errorf("space %d: %+v, want %s", i, v, want)
		}
	}
	if _, err := Variants(t.Context(), []*outcome.Space{first, outcometest.Space(r, outcometest.Shape{Parties: 3})}, VariantOptions{}); err == nil {
		t.Error("spaces of other parties were compared")
	}
}

func TestVariantsSameOnAnyCores(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 93))
	first := outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 5, Coarse: true})
	first.Consent = outcome.Rule{}
	spaces := drawVariants(r, first, 40)
	var before string
	for _, cores := range []int{1, 2, 5} {
		old := runtime.GOMAXPROCS(cores)
		got, err := Variants(t.Context(), spaces, VariantOptions{})
		runtime.GOMAXPROCS(old)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, v := range got {
			text += fmt.Sprintln(v.Verdict, v.Count, v.Ratifiable, v.Nash)
		}
		if before != "" && before != text {
			t.Errorf("%d cores: another result", cores)
		}
		before = text
	}
}

func TestSmallest(t *testing.T) {
	sets := [][]int{nil, {0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}}
	for want, holding := range map[string][]int{
		"[]":      nil,
		"[0]":     {0, 1, 7},
		"[2]":     {2, 4, 7},
		"[1 6]":   {1, 4, 6, 7},
		"[4 5 6]": {4, 5, 6, 7},
		"[7]":     {7},
	} {
		if got := fmt.Sprint(Smallest(sets, func(i int) bool { return slices.Contains(holding, i) })); got != want {
			t.Errorf("%v: %s, want %s", holding, got, want)
		}
	}
}
