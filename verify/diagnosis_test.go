package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/certify"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/verify"
)

// diagnosed diagnoses and certifies a space, and returns what is written.
func diagnosed(t testing.TB, s *outcome.Space, opt diagnose.Options) []byte {
	t.Helper()
	d, err := diagnose.Diagnose(context.Background(), s, opt)
	if err != nil {
		t.Fatal(err)
	}
	c, err := certify.Diagnosis(context.Background(), s, d)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c)
}

func checkDiagnosis(s *outcome.Space, data []byte) (*verify.Diagnosis, *verify.Report, error) {
	_, c, err := verify.DecodeAny(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	report, err := verify.CheckDiagnosis(context.Background(), s, c)
	return c, report, err
}

// drawTroubled draws a small space in which conditions often exclude every package.
func drawTroubled(r *rand.Rand, round int) *outcome.Space {
	for {
		s := outcometest.Space(r, outcometest.Shape{Additive: round%3 == 1, Parties: 1 + round%3, Issues: 1 + round%4, Boxes: round%5 == 0, Coarse: round%2 == 0})
		if round%3 == 2 {
			s.Consent = outcome.Rule{}
		}
		for k := range s.Requires {
			s.Requires[k].Kind = []outcome.Kind{outcome.Political, outcome.Political, outcome.Legal}[r.IntN(3)]
		}
		for p := range s.Parties {
			if r.IntN(3) > 0 {
				row := &s.Parties[p].Row
				most := row.Value(make(outcome.Outcome, len(s.Issues)))
				row.Threshold = outcome.Threshold{Value: most + r.Int64N(15) - 4, Set: true}
			}
		}
		if t := newDiagnosisTruth(s); t != nil {
			return s
		}
	}
}

// A diagnosisTruth is what is so of the conditions of a small space, by the definitions alone. Sets are
// masks of conditions.
type diagnosisTruth struct {
	s        *outcome.Space
	ids      []string
	all      []outcome.Outcome // that satisfy what never gives way
	broken   []int             // by those, what they break, consent apart
	opening  []int             // smallest sets
	blocking []int
	consent  int // mask
}

// newDiagnosisTruth returns nil for a space that is too large for it.
func newDiagnosisTruth(s *outcome.Space) *diagnosisTruth {
	t := &diagnosisTruth{s: s}
	for _, c := range s.Requires {
		if c.Kind == outcome.Political {
			t.ids = append(t.ids, c.ID)
		}
	}
	for p := range s.Parties {
		for _, c := range s.Parties[p].RedLines {
			t.ids = append(t.ids, c.ID)
		}
		if s.Parties[p].Threshold.Set {
			t.ids = append(t.ids, s.Parties[p].ID+".no_deal")
		}
	}
	if !s.Consent.Everyone() {
		t.consent = 1 << len(t.ids)
		t.ids = append(t.ids, "consent")
	}
	if len(t.ids) > 9 || s.Size().Cmp(big.NewInt(100)) > 0 {
		return nil
	}
	o := make(outcome.Outcome, len(s.Issues))
	for more := true; more; {
		if broken, ok := t.breaks(o); ok {
			t.all, t.broken = append(t.all, slices.Clone(o)), append(t.broken, broken)
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
	n := 1 << len(t.ids)
	opens := make([]bool, n) // by set: some part of it makes a package possible
	for set := range n {
		for _, broken := range t.broken {
			opens[set] = opens[set] || t.possible(broken, set)
		}
		for k := range t.ids {
			opens[set] = opens[set] || set>>k&1 != 0 && opens[set&^(1<<k)]
		}
	}
	for set := range n {
		if least := opens[set]; least {
			for k := range t.ids {
				least = least && (set>>k&1 == 0 || !opens[set&^(1<<k)])
			}
			if least {
				t.opening = append(t.opening, set)
			}
		}
		if rest := n - 1 - set; !opens[rest] {
			least := true
			for k := range t.ids {
				least = least && (set>>k&1 == 0 || opens[rest|1<<k])
			}
			if least && opens[n-1] {
				t.blocking = append(t.blocking, set)
			}
		}
	}
	return t
}

func (t *diagnosisTruth) id(id string) int { return 1 << slices.Index(t.ids, id) }

func (t *diagnosisTruth) breaks(o outcome.Outcome) (broken int, ok bool) {
	for _, c := range t.s.Requires {
		if !c.Forbidden.Holds(o) {
			continue
		}
		if c.Kind != outcome.Political {
			return 0, false
		}
		broken |= t.id(c.ID)
	}
	for p := range t.s.Parties {
		party := &t.s.Parties[p]
		for _, c := range party.RedLines {
			if c.Forbidden.Holds(o) {
				broken |= t.id(c.ID)
			}
		}
		if !party.Threshold.Accepts(party.Value(o)) {
			broken |= t.id(party.ID + ".no_deal")
		}
	}
	return broken, true
}

// possible reports whether a package is acceptable with exactly a set relaxed.
func (t *diagnosisTruth) possible(broken, relaxed int) bool {
	left := broken &^ relaxed
	for k, id := range t.ids {
		if left>>k&1 != 0 && strings.HasPrefix(id, "requires.") {
			return false
		}
	}
	if relaxed&t.consent != 0 {
		return true
	}
	var yes uint64
	for p := range t.s.Parties {
		refuses := false
		for k, id := range t.ids {
			refuses = refuses || left>>k&1 != 0 && strings.HasPrefix(id, t.s.Parties[p].ID+".")
		}
		if !refuses {
			yes |= 1 << p
		}
	}
	return t.s.Consent.Holds(yes, len(t.s.Parties))
}

func (t *diagnosisTruth) mask(ids []string) int {
	mask := 0
	for _, id := range ids {
		mask |= t.id(id)
	}
	return mask
}

// lowered reports whether a package is acceptable with a set relaxed and no-deal values lowered by points.
func (t *diagnosisTruth) lowered(o outcome.Outcome, relaxed int, points []*big.Rat) bool {
	s := *t.s
	s.Parties = slices.Clone(s.Parties)
	for p := range s.Parties {
		party := &s.Parties[p]
		if party.Threshold.Set {
			units := new(big.Rat).Mul(points[p], new(big.Rat).SetInt64(party.Scale))
			party.Threshold.Value -= units.Num().Int64()
		}
	}
	broken, ok := (&diagnosisTruth{s: &s, ids: t.ids, consent: t.consent}).breaks(o)
	return ok && t.possible(broken, relaxed)
}

// vectors returns the least vectors of points that make a package possible with a set relaxed, each with
// the first package.
func (t *diagnosisTruth) vectors(relaxed int) map[string]string {
	type entry struct {
		points []*big.Rat
		o      outcome.Outcome
	}
	var all []entry
	for _, o := range t.all {
		for mask := range 1 << len(t.s.Parties) {
			points := make([]*big.Rat, len(t.s.Parties))
			for p := range points {
				points[p] = new(big.Rat)
				party := &t.s.Parties[p]
				if u := party.Value(o); mask>>p&1 != 0 && party.Threshold.Set && u < party.Threshold.Value {
					points[p] = big.NewRat(party.Threshold.Value-u, party.Scale)
				}
			}
			if t.lowered(o, relaxed, points) {
				all = append(all, entry{points, o})
			}
		}
	}
	out := make(map[string]string)
	for _, e := range all {
		least := !slices.ContainsFunc(all, func(x entry) bool {
			less := false
			for p := range e.points {
				if x.points[p].Cmp(e.points[p]) > 0 {
					return false
				}
				less = less || x.points[p].Cmp(e.points[p]) < 0
			}
			return less
		})
		if key := fmt.Sprint(e.points); least && out[key] == "" {
			out[key] = fmt.Sprint(e.o)
		}
	}
	return out
}

// lie returns a claim of the certificate that is not so, "" if all of it is.
func (t *diagnosisTruth) lie(c *verify.Diagnosis) string {
	s := t.s
	zone := len(t.opening) == 1 && t.opening[0] == 0
	if c.Verdict != "unknown" && (c.Verdict == "zone") != zone {
		return "verdict"
	}
	if c.Outcomes != s.Size().String() || !slices.Equal(c.Conditions, t.ids) {
		return "outcomes or conditions"
	}
	if c.Hopeless && len(t.all) > 0 {
		return "hopeless"
	}
	if c.Witness != nil && !s.InZone(c.Witness) {
		return "witness"
	}
	if zone {
		if len(c.BlockingSets)+len(c.OpeningSets)+len(c.Concessions) > 0 {
			return "sets of a zone"
		}
		return t.slackLie(c.Slack)
	}
	seen := map[string]bool{}
	for _, b := range c.BlockingSets {
		mask := t.mask(b.Conditions)
		least := slices.Contains(t.blocking, mask)
		excludes := slices.ContainsFunc(t.blocking, func(x int) bool { return x&^mask == 0 })
		shown := c.Complete || !slices.ContainsFunc(b.Needed, func(o []int) bool { return o == nil })
		if !excludes || shown && !least || seen[fmt.Sprint(b.Conditions)] {
			return "blocking set"
		}
		seen[fmt.Sprint(b.Conditions)] = true
		for k, o := range b.Needed {
			if o == nil {
				continue
			}
			broken, ok := t.breaks(o)
			rest := (1<<len(t.ids)-1)&^t.mask(b.Conditions) | t.id(b.Conditions[k])
			possible := false
			for part := range 1 << len(t.ids) {
				possible = possible || part&^rest == 0 && t.possible(broken, part)
			}
			if !ok || !possible {
				return "needed"
			}
		}
	}
	for i, o := range c.OpeningSets {
		mask := t.mask(o.Relax)
		if !slices.Contains(t.opening, mask) || i > 0 && slices.Equal(o.Relax, c.OpeningSets[i-1].Relax) {
			return "opening set"
		}
		points := func(o outcome.Outcome) *big.Rat {
			sum := new(big.Rat)
			for p := range s.Parties {
				party := &s.Parties[p]
				if u := party.Value(o); party.Threshold.Set && mask&t.id(party.ID+".no_deal") != 0 && u < party.Threshold.Value {
					sum.Add(sum, big.NewRat(party.Threshold.Value-u, party.Scale))
				}
			}
			return sum
		}
		broken, ok := t.breaks(o.Outcome)
		if !ok || !t.possible(broken, mask) || points(o.Outcome).RatString() != o.Points {
			return "package of an opening set"
		}
		for p := range s.Parties {
			if fmt.Sprint(s.Parties[p].Value(o.Outcome)) != o.Utilities[p] {
				return "utilities"
			}
		}
		if o.Least {
			for k, x := range t.all {
				if t.possible(t.broken[k], mask) && (points(x).Cmp(points(o.Outcome)) < 0 || points(x).Cmp(points(o.Outcome)) == 0 && slices.Compare(x, o.Outcome) < 0) {
					return "least"
				}
			}
		}
		if o.Concessions != nil {
			relaxed := mask
			for p := range s.Parties {
				if s.Parties[p].Threshold.Set {
					relaxed &^= t.id(s.Parties[p].ID + ".no_deal")
				}
			}
			if said := t.concessionLie(c.Method, o.Concessions, relaxed, c.ConcessionsComplete); said != "" {
				return said
			}
		}
	}
	if c.Complete && (len(c.BlockingSets) != len(t.blocking) || len(c.OpeningSets) != len(t.opening)) {
		return "complete"
	}
	return t.concessionLie(c.Method, c.Concessions, 0, c.ConcessionsComplete)
}

func (t *diagnosisTruth) concessionLie(method string, claims []verify.ConcessionClaim, relaxed int, complete bool) string {
	want := t.vectors(relaxed)
	if complete && len(claims) != len(want) {
		return "concessions complete"
	}
	for _, c := range claims {
		var points []*big.Rat
		for _, text := range c.Points {
			points = append(points, rat(text))
		}
		switch {
		case method == "listing" && want[fmt.Sprint(points)] != fmt.Sprint(c.Outcome):
			return "concession"
		case !t.lowered(c.Outcome, relaxed, points):
			return "package of a concession"
		}
	}
	return ""
}

func (t *diagnosisTruth) slackLie(k *verify.SlackClaim) string {
	if k == nil {
		return ""
	}
	s := t.s
	zone := func(s *outcome.Space) (in []outcome.Outcome) {
		for _, o := range t.all {
			if s.InZone(o) {
				in = append(in, o)
			}
		}
		return in
	}
	raised := func(by []*big.Rat) *outcome.Space {
		x := *s
		x.Parties = slices.Clone(s.Parties)
		for p := range x.Parties {
			party := &x.Parties[p]
			if by[p] == nil || !party.Threshold.Set {
				continue
			}
			// The least integer at or above the raised value.
			units := new(big.Rat).Add(new(big.Rat).SetInt64(party.Threshold.Value), new(big.Rat).Mul(by[p], new(big.Rat).SetInt64(party.Scale)))
			up := new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(units.Num()), units.Denom()))
			party.Threshold.Value = up.Int64()
		}
		return &x
	}
	tiny := big.NewRat(1, 1<<20)
	for p, text := range k.Raise {
		if text == nil {
			continue
		}
		by := make([]*big.Rat, len(s.Parties))
		by[p] = rat(*text)
		if len(zone(raised(by))) == 0 {
			return "raise too high"
		}
		if by[p] = new(big.Rat).Add(by[p], tiny); len(zone(raised(by))) > 0 {
			return "raise too low"
		}
	}
	if k.Margin != nil {
		by := make([]*big.Rat, len(s.Parties))
		for p := range by {
			by[p] = rat(*k.Margin)
		}
		if in := zone(raised(by)); len(in) == 0 || !slices.Equal(in[0], k.MarginOutcome) {
			return "margin"
		}
		for p := range by {
			by[p] = new(big.Rat).Add(by[p], tiny)
		}
		if len(zone(raised(by))) > 0 {
			return "margin too low"
		}
	}
	at := 0
	for i, id := range t.ids {
		if strings.HasSuffix(id, ".no_deal") {
			continue
		}
		n := 0
		for _, broken := range t.broken {
			if t.possible(broken, 1<<i) {
				n++
			}
			if t.possible(broken, 0) {
				n--
			}
		}
		if *k.Growth[at] != fmt.Sprint(n) {
			return "growth"
		}
		at++
	}
	for i := range s.Issues {
		for o := range s.Issues[i].Options {
			if k.Options[i][o] != slices.ContainsFunc(zone(s), func(x outcome.Outcome) bool { return x[i] == o }) {
				return "options"
			}
		}
	}
	return ""
}

// The certificates of random diagnoses hold, by every method, and say what is so.
func TestDiagnosesOfRandomSpacesHold(t *testing.T) {
	rounds := trials.Of(300, 1000)
	methods, verdicts := map[string]int{}, map[string]int{}
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 301))
		s := drawTroubled(r, round)
		options := []diagnose.Options{{}}
		if s.Consent.Everyone() {
			options = append(options, diagnose.Options{Method: diagnose.HittingSets})
		}
		for _, opt := range options {
			if opt.Method == diagnose.HittingSets {
				a, err := bargain.Analyze(context.Background(), s, bargain.Options{})
				if err != nil {
					t.Fatal(err)
				}
				opt.Analysis = a
			}
			data := diagnosed(t, s, opt)
			c, report, err := checkDiagnosis(s, data)
			if err != nil {
				t.Fatalf("round %d: %v\n%s", round, err, data)
			}
			if len(report.Checked) < 2 {
				t.Fatalf("round %d: only %q was checked", round, report.Checked)
			}
			if said := newDiagnosisTruth(s).lie(c); said != "" {
				t.Fatalf("round %d: %s is not so, and was not refused\n%s", round, said, data)
			}
			if !c.Complete {
				t.Fatalf("round %d: not complete", round)
			}
			methods[c.Method]++
			verdicts[c.Verdict]++
			if c.Hopeless {
				verdicts["hopeless"]++
			}
		}
	}
	t.Log(methods, verdicts)
	few := rounds / 100
	if methods["listing"] < 90*few || methods["multipliers"] < 10*few || methods["elimination"] < 5*few || verdicts["zone"] < 10*few || verdicts["no_zone"] < 30*few || verdicts["hopeless"] < few {
		t.Error("too little was checked")
	}
}

// A certificate that was changed so that something is not so is refused.
func TestTamperedDiagnoses(t *testing.T) {
	refused, harmless := map[string]int{}, map[string]int{}
	kinds := slices.Sorted(maps.Keys(diagnosisForgeries))
	for round := range trials.Of(200, 2000) {
		r := rand.New(rand.NewPCG(uint64(round), 302))
		s, truth, data := troubled(t, r, round)
		for k := range 70 {
			_, c, err := verify.DecodeAny(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			kind := kinds[k%len(kinds)]
			diagnosisForgeries[kind](r, truth, c)
			if r.IntN(8) > 0 {
				c.State()
			}
			changed := written(t, c)
			if bytes.Equal(changed, data) {
				continue
			}
			c, _, err = checkDiagnosis(s, changed)
			if err != nil {
				refused[kind]++
				continue
			}
			harmless[kind]++
			if said := truth.lie(c); said != "" {
				t.Fatalf("round %d: %s, and %s is not so, and was not refused\n%s\nwas\n%s", round, kind, said, changed, data)
			}
		}
	}
	t.Logf("refused %v, harmless %v", refused, harmless)
	for kind := range diagnosisForgeries {
		if refused[kind] < trials.Of(100, 1000) {
			t.Errorf("%s: only %d refused", kind, refused[kind])
		}
	}
}

// troubled draws a space, and returns the certificate of its diagnosis by one method or the other.
func troubled(t testing.TB, r *rand.Rand, round int) (*outcome.Space, *diagnosisTruth, []byte) {
	s := drawTroubled(r, round)
	opt := diagnose.Options{}
	if s.Consent.Everyone() && round%2 == 0 {
		opt.Method = diagnose.HittingSets
		opt.Analysis, _ = bargain.Analyze(context.Background(), s, bargain.Options{})
	}
	return s, newDiagnosisTruth(s), diagnosed(t, s, opt)
}

// Sets that are changed on purpose are refused.
func TestFalseDiagnoses(t *testing.T) {
	changes := map[string]func(r *rand.Rand, c *verify.Diagnosis) bool{
		"a blocking set less": func(r *rand.Rand, c *verify.Diagnosis) bool {
			i := r.IntN(len(c.BlockingSets))
			c.BlockingSets = slices.Delete(c.BlockingSets, i, i+1)
			return true
		},
		"an opening set less": func(r *rand.Rand, c *verify.Diagnosis) bool {
			i := r.IntN(len(c.OpeningSets))
			c.OpeningSets = slices.Delete(c.OpeningSets, i, i+1)
			return true
		},
		"a condition less in a blocking set": func(r *rand.Rand, c *verify.Diagnosis) bool {
			b := &c.BlockingSets[r.IntN(len(c.BlockingSets))]
			k := r.IntN(len(b.Conditions))
			b.Conditions, b.Needed = slices.Delete(slices.Clone(b.Conditions), k, k+1), slices.Delete(slices.Clone(b.Needed), k, k+1)
			return true
		},
		"a condition more in a blocking set": func(r *rand.Rand, c *verify.Diagnosis) bool {
			b := &c.BlockingSets[r.IntN(len(c.BlockingSets))]
			at := len(b.Conditions)
			id := c.Conditions[r.IntN(len(c.Conditions))]
			for at > 0 && slices.Index(c.Conditions, b.Conditions[at-1]) >= slices.Index(c.Conditions, id) {
				at--
			}
			if slices.Contains(b.Conditions, id) {
				return false
			}
			b.Conditions, b.Needed = slices.Insert(slices.Clone(b.Conditions), at, id), slices.Insert(slices.Clone(b.Needed), at, nil)
			return true
		},
		"another package of an opening set": func(r *rand.Rand, c *verify.Diagnosis) bool {
			o := &c.OpeningSets[r.IntN(len(c.OpeningSets))]
			o.Outcome = slices.Clone(o.Outcome)
			o.Outcome[r.IntN(len(o.Outcome))] ^= 1
			return true
		},
		"a condition more in an opening set": func(r *rand.Rand, c *verify.Diagnosis) bool {
			o := &c.OpeningSets[r.IntN(len(c.OpeningSets))]
			id := c.Conditions[r.IntN(len(c.Conditions))]
			if slices.Contains(o.Relax, id) {
				return false
			}
			o.Relax = append(slices.Clone(o.Relax), id)
			slices.SortFunc(o.Relax, func(x, y string) int { return slices.Index(c.Conditions, x) - slices.Index(c.Conditions, y) })
			return true
		},
		"a zone": func(r *rand.Rand, c *verify.Diagnosis) bool {
			c.Verdict = "zone"
			return true
		},
	}
	tried := map[string]int{}
	for round := range 300 {
		r := rand.New(rand.NewPCG(uint64(round), 303))
		s, _, data := troubled(t, r, round)
		for name, change := range changes {
			_, c, err := verify.DecodeAny(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if len(c.BlockingSets) == 0 || len(c.OpeningSets) == 0 || !change(r, c) {
				continue
			}
			tried[name]++
			c.State()
			if _, err := verify.CheckDiagnosis(context.Background(), s, c); err == nil {
				t.Fatalf("round %d: %s was not refused\n%s\nwas\n%s", round, name, written(t, c), data)
			}
		}
	}
	for name := range changes {
		if tried[name] < 50 {
			t.Errorf("%s: only %d tried", name, tried[name])
		}
	}
}

// Certificates of the catalogue's diagnoses hold, under every view.
func TestDiagnosesOfTheCatalogueHold(t *testing.T) {
	for _, e := range catalog.List() {
		file, err := catalog.Open(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, view := range append([]string{""}, file.Case.Views.Keys()...) {
			s, err := file.Case.Compile(casefile.Choice{View: view})
			if err != nil {
				t.Fatal(err)
			}
			if view != "" && s.Size().Cmp(big.NewInt(1<<20)) > 0 && trials.Of(0, 1) == 0 {
				continue
			}
			c, _, err := checkDiagnosis(s, diagnosed(t, s, diagnose.Options{}))
			if err != nil {
				t.Errorf("%s %s: %v", e.Name, view, err)
			} else if c.Verdict == "unknown" {
				t.Errorf("%s %s: unknown", e.Name, view)
			}
		}
	}
}

// Conflicts planted among 50 issues of ten options are found and certified: by multipliers, and, where
// conditions link issues, by summing.
func TestDiagnosesOfLargeSpacesHold(t *testing.T) {
	for _, linked := range []bool{false, true} {
		s := plantedConflicts(t, linked)
		data := diagnosed(t, s, diagnose.Options{})
		c, report, err := checkDiagnosis(s, data)
		if err != nil {
			t.Fatalf("linked %t: %v", linked, err)
		}
		if want := map[bool]string{false: "multipliers", true: "elimination"}[linked]; c.Method != want || !c.Complete || len(c.BlockingSets) != 3 || len(c.OpeningSets) != 8 {
			t.Errorf("linked %t: %s, complete %t, %d and %d sets", linked, c.Method, c.Complete, len(c.BlockingSets), len(c.OpeningSets))
		}
		t.Log(strings.Join(report.Checked, "\n"))
	}
}

// plantedConflicts returns a space of 50 issues in which two pairs of red lines and both no-deal values each
// exclude every package.
func plantedConflicts(t *testing.T, linked bool) *outcome.Space {
	s := &outcome.Space{}
	for i := range 50 {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	for p := range 2 {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 10}
		most := int64(0)
		for range s.Issues {
			var scores []int64
			for o := range int64(10) {
				scores = append(scores, []int64{o * o, 90 - o*10}[p])
			}
			most += slices.Max(scores)
			row.Scores = append(row.Scores, scores)
		}
		row.Threshold = outcome.Threshold{Value: most * 9 / 10, Set: true}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	for g := range 2 {
		on := []int{g}
		if linked {
			on = []int{2 * g, 2*g + 1}
		}
		for p := range 2 {
			table, err := outcome.NewTable(s.Issues, on, func(o []int) bool { return bits.OnesCount(uint(o[0]+o[len(o)-1]*3))%2 == p })
			if err != nil {
				t.Fatal(err)
			}
			s.Parties[p].RedLines = append(s.Parties[p].RedLines, outcome.Condition{ID: fmt.Sprintf("p%d.red_lines.g%d", p, g), Kind: outcome.RedLine, Forbidden: table})
		}
	}
	return s
}

func TestDecodeDiagnosisRefuses(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 304))
	s := drawTroubled(r, 2)
	data := string(diagnosed(t, s, diagnose.Options{}))
	for _, c := range []struct{ text, want string }{
		{strings.Replace(data, `"goodoffices_diagnosis":2`, `"goodoffices_diagnosis":1`, 1), "version 1"},
		{`{"certificate": ` + data + `}`, "save what stands under certificate"},
		{`{"case": "x"}`, "neither"},
		{strings.Replace(data, `"complete"`, `"more":1,"complete"`, 1), "unknown field"},
		{strings.Replace(data, `"view":"","levers":[]`, `"levers":[],"view":""`, 1), "one form"},
	} {
		if _, _, err := verify.DecodeAny(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if _, err := verify.Decode(strings.NewReader(data)); err == nil {
		t.Error("a diagnosis was read as an analysis")
	}
}

// Whatever a certificate says, what is accepted is so.
func FuzzDecodeAndCheckDiagnosis(f *testing.F) {
	var spaces []*outcome.Space
	var truths []*diagnosisTruth
	for round := range 8 {
		r := rand.New(rand.NewPCG(uint64(round), 305))
		s, truth, data := troubled(f, r, round)
		spaces, truths = append(spaces, s), append(truths, truth)
		f.Add(data)
		for _, kind := range slices.Sorted(maps.Keys(diagnosisForgeries)) {
			_, c, err := verify.DecodeAny(bytes.NewReader(data))
			if err != nil {
				f.Fatal(err)
			}
			diagnosisForgeries[kind](r, truth, c)
			c.State()
			f.Add(written(f, c))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for i, s := range spaces {
			_, d, err := verify.DecodeAny(bytes.NewReader(data))
			if err != nil || d == nil {
				return
			}
			if c, _, err := checkDiagnosis(s, data); err == nil {
				if said := truths[i].lie(c); said != "" {
					t.Errorf("%s is not so", said)
				}
			}
		}
	})
}
