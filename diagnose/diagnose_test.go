package diagnose

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// A naiveDiagnosis answers by the definitions, for spaces of a few hundred outcomes and up to
// ten conditions.
type naiveDiagnosis struct {
	s    *outcome.Space
	all  []outcome.Outcome
	ids  []string
	zone [][]outcome.Outcome // by set of relaxed conditions, a bit each
	open []bool              // whether some part of the set opens
}

// inRelaxed reports whether o is in the zone with the named conditions relaxed, and no-deal
// values lowered by party.
func inRelaxed(s *outcome.Space, o outcome.Outcome, relaxed []string, lowered []int64) bool {
	in := func(id string) bool { return slices.Contains(relaxed, id) }
	for _, c := range s.Requires {
		if c.Forbidden.Holds(o) && !(c.Kind == outcome.Political && in(c.ID)) {
			return false
		}
	}
	if !s.Consent.Everyone() && in("consent") {
		return true
	}
	var yes uint64
	for p := range s.Parties {
		party := &s.Parties[p]
		accepts := true
		for _, c := range party.RedLines {
			if c.Forbidden.Holds(o) && !in(c.ID) {
				accepts = false
			}
		}
		t := party.Threshold
		if lowered != nil {
			t.Value -= lowered[p]
		}
		if !t.Accepts(party.Value(o)) && !in(party.ID+".no_deal") {
			accepts = false
		}
		if accepts {
			yes |= 1 << p
		}
	}
	return s.Consent.Holds(yes, len(s.Parties))
}

func newNaiveDiagnosis(s *outcome.Space) *naiveDiagnosis {
	n := &naiveDiagnosis{s: s, all: outcometest.EveryOutcome(s), ids: outcometest.ConditionIDs(s)}
	sets := 1 << len(n.ids)
	n.zone, n.open = make([][]outcome.Outcome, sets), make([]bool, sets)
	for set := range sets {
		for _, o := range n.all {
			if inRelaxed(s, o, n.names(set), nil) {
				n.zone[set] = append(n.zone[set], o)
			}
		}
		n.open[set] = len(n.zone[set]) > 0
		for k := range n.ids {
			if set>>k&1 != 0 && n.open[set&^(1<<k)] {
				n.open[set] = true
			}
		}
	}
	return n
}

func (n *naiveDiagnosis) names(set int) []string {
	names := []string{}
	for k, id := range n.ids {
		if set>>k&1 != 0 {
			names = append(names, id)
		}
	}
	return names
}

// minimal returns the sets that have a property which larger sets keep, and whose parts do not.
func (n *naiveDiagnosis) minimal(has func(set int) bool) []int {
	var out []int
	for set := range n.open {
		if !has(set) {
			continue
		}
		least := true
		for k := range n.ids {
			if set>>k&1 != 0 && has(set&^(1<<k)) {
				least = false
			}
		}
		if least {
			out = append(out, set)
		}
	}
	return out
}

func (n *naiveDiagnosis) short(p int, o outcome.Outcome) *big.Rat {
	party := &n.s.Parties[p]
	if u := party.Value(o); !party.Threshold.Accepts(u) {
		return party.Points(party.Threshold.Value - u)
	}
	return new(big.Rat)
}

// cheapest returns the first outcome of those that a set opens that asks the fewest points.
func (n *naiveDiagnosis) cheapest(set int) (best outcome.Outcome, least *big.Rat) {
	for _, o := range n.zone[set] {
		sum := new(big.Rat)
		for p := range n.s.Parties {
			if slices.Contains(n.names(set), n.s.Parties[p].ID+".no_deal") {
				sum.Add(sum, n.short(p, o))
			}
		}
		if least == nil || sum.Cmp(least) < 0 {
			best, least = o, sum
		}
	}
	return best, least
}

// concessions tries every vector of concessions that an outcome and a set of parties suggest.
func (n *naiveDiagnosis) concessions(relaxed []string) [][]*big.Rat {
	parties := len(n.s.Parties)
	var works [][]*big.Rat
	for _, o := range n.all {
		for set := range 1 << parties {
			lowered := make([]int64, parties)
			points := make([]*big.Rat, parties)
			for p := range parties {
				points[p] = new(big.Rat)
				if t := n.s.Parties[p].Threshold; set>>p&1 != 0 && t.Set {
					lowered[p] = max(0, t.Value-n.s.Parties[p].Value(o))
					points[p] = n.s.Parties[p].Points(lowered[p])
				}
			}
			if inRelaxed(n.s, o, relaxed, lowered) {
				works = append(works, points)
			}
		}
	}
	var out [][]*big.Rat
	for _, v := range works {
		least := !slices.ContainsFunc(out, func(w []*big.Rat) bool {
			return slices.CompareFunc(w, v, (*big.Rat).Cmp) == 0
		})
		for _, w := range works {
			below, differs := true, false
			for p := range v {
				below = below && w[p].Cmp(v[p]) <= 0
				differs = differs || w[p].Cmp(v[p]) != 0
			}
			least = least && !(below && differs)
		}
		if least {
			out = append(out, v)
		}
	}
	return out
}

func sameVector(x, y []*big.Rat) bool { return slices.CompareFunc(x, y, (*big.Rat).Cmp) == 0 }

// checkDiagnosis compares a complete diagnosis with the definitions. least says that
// outcomes are the first of those that tie.
func checkDiagnosis(t *testing.T, s *outcome.Space, d *Diagnosis, least bool) {
	t.Helper()
	n := newNaiveDiagnosis(s)
	if !d.Complete || !d.ConcessionsComplete {
		t.Fatalf("not complete: %s; %s", d.Why, d.ConcessionsWhy)
	}
	if want := n.open[0]; (d.Verdict == bargain.HasZone) != want || !want && d.Verdict != bargain.NoZone {
		t.Fatalf("verdict %s, zone %v", d.Verdict, want)
	}
	for k, c := range d.Conditions {
		if c.ID != n.ids[k] {
			t.Fatalf("conditions %v, want %v", d.Conditions, n.ids)
		}
	}
	if d.Verdict == bargain.HasZone {
		if len(d.BlockingSets)+len(d.OpeningSets)+len(d.Concessions) > 0 {
			t.Fatal("sets beside a zone")
		}
		if least {
			checkSlack(t, n, d.Slack)
		}
		return
	}
	all := len(n.open) - 1
	if d.Slack != nil || d.Hopeless == n.open[all] {
		t.Fatalf("slack %v, hopeless %v", d.Slack, d.Hopeless)
	}
	opening := n.minimal(func(set int) bool { return n.open[set] })
	if len(opening) != len(d.OpeningSets) {
		t.Fatalf("%d opening sets, want %d: %v", len(d.OpeningSets), len(opening), d.OpeningSets)
	}
	order := func(x, y OpeningSet) int {
		if c := len(x.Relax) - len(y.Relax); c != 0 {
			return c
		}
		if c := x.Points.Cmp(y.Points); c != 0 {
			return c
		}
		return slices.CompareFunc(x.Relax, y.Relax, func(a, b string) int { return slices.Index(n.ids, a) - slices.Index(n.ids, b) })
	}
	if !slices.IsSortedFunc(d.OpeningSets, order) {
		t.Fatalf("opening sets out of order: %v", d.OpeningSets)
	}
	for _, set := range opening {
		i := slices.IndexFunc(d.OpeningSets, func(o OpeningSet) bool { return slices.Equal(o.Relax, n.names(set)) })
		if i < 0 {
			t.Fatalf("opening set %v is missing in %v", n.names(set), d.OpeningSets)
		}
		o, points := n.cheapest(set)
		got := d.OpeningSets[i]
		if got.Points.Cmp(points) != 0 || !got.Least || least && !slices.Equal(got.Outcome, o) || !inRelaxed(s, got.Outcome, got.Relax, nil) {
			t.Fatalf("%v: package %v for %v points, want %v for %v", got.Relax, got.Outcome, got.Points, o, points)
		}
		for k, c := range got.Concedes {
			want := -1
			for p := range s.Parties {
				if id := s.Parties[p].ID + "."; len(c.Condition) > len(id) && c.Condition[:len(id)] == id {
					want = p
				}
			}
			noDeal := want >= 0 && c.Condition == s.Parties[want].ID+".no_deal"
			if c.Condition != got.Relax[k] || c.Party != want || (c.Points != nil) != noDeal || noDeal && c.Points.Cmp(n.short(want, got.Outcome)) != 0 {
				t.Fatalf("%v concedes %v", got.Relax, got.Concedes)
			}
		}
		for p, u := range got.Utilities {
			if s.Parties[p].Value(got.Outcome) != u {
				t.Fatalf("utilities %v of %v", got.Utilities, got.Outcome)
			}
		}
	}
	blocking := n.minimal(func(set int) bool { return !n.open[all&^set] })
	if !n.open[all] {
		blocking = nil
	}
	var want, got [][]string
	for _, set := range blocking {
		want = append(want, n.names(set))
	}
	for _, b := range d.BlockingSets {
		got = append(got, b.Conditions)
		for k, o := range b.Needed {
			rest := slices.DeleteFunc(slices.Clone(n.ids), func(id string) bool { return slices.Contains(b.Conditions, id) && id != b.Conditions[k] })
			if o == nil || !inRelaxed(s, o, relaxedOf(d, o, rest), nil) {
				t.Fatalf("%v: package %v does not need %s alone", b.Conditions, o, b.Conditions[k])
			}
		}
	}
	key := func(x, y []string) int {
		if c := len(x) - len(y); c != 0 {
			return c
		}
		return slices.CompareFunc(x, y, func(a, b string) int { return slices.Index(n.ids, a) - slices.Index(n.ids, b) })
	}
	slices.SortFunc(want, key)
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("blocking sets %v, want %v", got, want)
	}
	if d.Hopeless {
		return
	}
	checkConcessions(t, n, d.Concessions, nil, least)
	if len(d.Concessions) == 0 {
		for _, o := range d.OpeningSets {
			if len(o.Relax) > len(d.OpeningSets[0].Relax) {
				break
			}
			relaxed := slices.DeleteFunc(slices.Clone(o.Relax), func(id string) bool { return len(id) > 8 && id[len(id)-8:] == ".no_deal" })
			if len(o.Concessions) == 0 {
				t.Fatalf("%v has no concessions", o.Relax)
			}
			checkConcessions(t, n, o.Concessions, relaxed, least)
		}
	}
}

// relaxedOf returns the opening set that an outcome is for, of those within rest.
func relaxedOf(d *Diagnosis, o outcome.Outcome, rest []string) []string {
	for _, set := range d.OpeningSets {
		inside := true
		for _, id := range set.Relax {
			inside = inside && slices.Contains(rest, id)
		}
		if inside && slices.Equal(set.Outcome, o) {
			return set.Relax
		}
	}
	return nil
}

func checkConcessions(t *testing.T, n *naiveDiagnosis, got []Concession, relaxed []string, least bool) {
	t.Helper()
	want := n.concessions(relaxed)
	if len(want) != len(got) {
		t.Fatalf("with %v relaxed, concessions %v, want %v", relaxed, got, want)
	}
	for _, c := range got {
		if !slices.ContainsFunc(want, func(v []*big.Rat) bool { return sameVector(v, c.Points) }) {
			t.Fatalf("with %v relaxed, concessions %v, want %v", relaxed, got, want)
		}
		lowered := make([]int64, len(n.s.Parties))
		for p := range lowered {
			units := new(big.Rat).Mul(c.Points[p], big.NewRat(n.s.Parties[p].Scale, 1))
			lowered[p] = units.Num().Int64()
		}
		first := slices.IndexFunc(n.all, func(o outcome.Outcome) bool { return inRelaxed(n.s, o, relaxed, lowered) })
		if least && !slices.Equal(n.all[first], c.Outcome) || !inRelaxed(n.s, c.Outcome, relaxed, lowered) {
			t.Fatalf("concession %v has package %v, want %v", c.Points, c.Outcome, n.all[first])
		}
	}
}

func checkSlack(t *testing.T, n *naiveDiagnosis, got *Slack) {
	t.Helper()
	s := n.s
	zone := func(lowered []int64, relaxed ...string) (first outcome.Outcome, count int64) {
		for _, o := range n.all {
			if inRelaxed(s, o, relaxed, lowered) {
				if count++; first == nil {
					first = o
				}
			}
		}
		return first, count
	}
	_, size := zone(nil)
	at := 0
	for k, id := range n.ids {
		if len(id) > 8 && id[len(id)-8:] == ".no_deal" {
			continue
		}
		_, without := zone(nil, id)
		if b := got.Conditions[at]; b.Condition != n.ids[k] || b.Growth.Cmp(big.NewInt(without-size)) != 0 {
			t.Fatalf("without %s the zone grows by %v, want %d", id, b.Growth, without-size)
		}
		at++
	}
	for i := range got.Options {
		for k, seen := range got.Options[i] {
			want := slices.ContainsFunc(n.all, func(o outcome.Outcome) bool { return o[i] == k && s.InZone(o) })
			if seen != want {
				t.Fatalf("option %d of issue %d seen: %v", k, i, seen)
			}
		}
	}
	if !s.Consent.Monotone(len(s.Parties)) {
		if got.Exact || got.Why == "" || got.Margin != nil {
			t.Fatalf("slack under a rule that a refusal helps: %+v", got)
		}
		return
	}
	if !got.Exact {
		t.Fatalf("slack is not exact: %s", got.Why)
	}
	const never = 1 << 40
	raised := func(p int, by int64) bool {
		lowered := make([]int64, len(s.Parties))
		lowered[p] = -by
		first, _ := zone(lowered)
		return first != nil
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		if !party.Threshold.Set {
			if got.Raise[p] != nil {
				t.Fatalf("raise of %d without a no-deal value", p)
			}
			continue
		}
		if free := raised(p, never); free != got.Dispensable[p] || free != (got.Raise[p] == nil) {
			t.Fatalf("party %d dispensable: %v, raise %v", p, got.Dispensable[p], got.Raise[p])
		} else if free {
			continue
		}
		units := new(big.Rat).Mul(got.Raise[p], big.NewRat(party.Scale, 1))
		if by := units.Num().Int64(); !units.IsInt() || !raised(p, by) || raised(p, by+1) {
			t.Fatalf("the no-deal value of %d could rise by %v", p, got.Raise[p])
		}
	}
	// Together: an outcome stays while everybody asked gains at least as much.
	together := func(by *big.Rat, more int64) outcome.Outcome {
		lowered := make([]int64, len(s.Parties))
		for p := range lowered {
			units := new(big.Rat).Mul(by, big.NewRat(s.Parties[p].Scale, 1))
			up := new(big.Int).Div(new(big.Int).Add(units.Num(), new(big.Int).Sub(units.Denom(), big.NewInt(1))), units.Denom()).Int64()
			if more > 0 { // strictly more than by points
				up = new(big.Int).Div(units.Num(), units.Denom()).Int64() + 1
			}
			lowered[p] = -up
		}
		first, _ := zone(lowered)
		return first
	}
	if got.Margin == nil {
		if together(big.NewRat(never, 1), 0) == nil {
			t.Fatal("no margin is known, and no-deal values matter")
		}
		return
	}
	if o := together(got.Margin, 0); o == nil || !slices.Equal(o, got.MarginOutcome) || together(got.Margin, 1) != nil {
		t.Fatalf("margin %v with %v, first is %v", got.Margin, got.MarginOutcome, o)
	}
}

func TestDiagnoseByDefinition(t *testing.T) {
	verdicts := map[bargain.Verdict]int{}
	var ruled, blocked int
	for seed := range uint64(trials.Of(240, 700)) {
		r := rand.New(rand.NewPCG(seed, 11))
		s := outcometest.Troubled(r, outcometest.Shape{Coarse: seed%3 == 0, Boxes: seed%5 == 0})
		d, err := Diagnose(context.Background(), s, Options{Method: bargain.Listing})
		if err != nil {
			t.Fatal(err)
		}
		checkDiagnosis(t, s, d, true)
		verdicts[d.Verdict]++
		if d.Verdict == bargain.NoZone && !s.Consent.Everyone() {
			ruled++
		}
		if len(d.BlockingSets) > 1 {
			blocked++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	few := trials.Of(34, 100)
	if verdicts[bargain.HasZone] < few || verdicts[bargain.NoZone] < few || 10*ruled < 3*few || 10*blocked < 6*few {
		t.Errorf("%v, %d with a rule, %d with several blocking sets: the draw tests too little", verdicts, ruled, blocked)
	}
}

// A space as large as any is asked for feasibility; on small ones that gives what the
// definitions say, linked or not, also where the rule says everyone in other words.
func TestDiagnoseByHittingSets(t *testing.T) {
	verdicts := map[bargain.Verdict]int{}
	var linked, written, several, surviving int
	for seed := range uint64(trials.Of(400, 1200)) {
		r := rand.New(rand.NewPCG(seed, 13))
		s := outcometest.Troubled(r, outcometest.Shape{Additive: seed%3 == 0, Coarse: seed%4 == 0, Boxes: seed%5 == 0})
		s.Consent = outcome.Rule{}
		if seed%7 == 0 {
			s.Consent = outcome.CountOf(1<<len(s.Parties)-1, outcome.AtLeast, len(s.Parties))
			if len(outcometest.ConditionIDs(s)) > 8 {
				continue
			}
			written++
		}
		d, err := Diagnose(context.Background(), s, Options{Method: HittingSets})
		if err != nil {
			t.Fatal(err)
		}
		checkDiagnosis(t, s, d, false)
		verdicts[d.Verdict]++
		if net, _ := network.New(s, false); len(net.Links) > 0 && d.Verdict == bargain.NoZone {
			linked++
		}
		if len(d.BlockingSets) > 1 {
			several++
		}
		if len(d.Concessions) > 0 {
			surviving++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		if d.Verdict == bargain.HasZone {
			checkReadSlack(t, s)
		}
	}
	few := trials.Of(33, 100)
	if verdicts[bargain.HasZone] < few || verdicts[bargain.NoZone] < 3*few || linked < few || written < few || several < few || surviving < few {
		t.Errorf("%v, %d linked, %d written, %d several, %d surviving: the draw tests too little", verdicts, linked, written, several, surviving)
	}
}

// What is read off an analysis is what listing finds, as far as it goes.
func checkReadSlack(t *testing.T, s *outcome.Space) {
	t.Helper()
	a, err := bargain.Analyze(context.Background(), s, bargain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	read, err := Diagnose(context.Background(), s, Options{Method: HittingSets, Analysis: a})
	if err != nil {
		t.Fatal(err)
	}
	listed, err := Diagnose(context.Background(), s, Options{Method: bargain.Listing, Analysis: a})
	if err != nil {
		t.Fatal(err)
	}
	x, y := read.Slack, listed.Slack
	if (x.Margin == nil) != (y.Margin == nil) || x.Margin != nil && x.Margin.Cmp(y.Margin) != 0 {
		t.Fatalf("margin %v, listed %v", x.Margin, y.Margin)
	}
	for p := range x.Raise {
		if (x.Raise[p] == nil) != (y.Raise[p] == nil) || x.Raise[p] != nil && x.Raise[p].Cmp(y.Raise[p]) != 0 {
			t.Fatalf("raise %v, listed %v", x.Raise, y.Raise)
		}
	}
	for k, b := range x.Conditions {
		if b.Condition != y.Conditions[k].Condition || b.Growth != nil && b.Growth.Cmp(y.Conditions[k].Growth) != 0 {
			t.Fatalf("growth %v, listed %v", x.Conditions, y.Conditions)
		}
	}
	if !s.InZone(x.Witness) {
		t.Fatalf("witness %v", x.Witness)
	}
}
