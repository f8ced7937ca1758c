package bargain_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
)

// These tests hold analyses to the answers that other tools recorded on their own
// scenarios. What a tool calls by a name of ours is compared; what it defines otherwise
// is computed here from our frontier by its definition, and compared too. A difference
// that a definition, a tie, rounding or clipping explains is proven to be of that kind
// and listed by scenario; any other fails.

// tolerance is what published floating-point utilities, and sums and products of them,
// may be off.
const tolerance = 1e-9

func near(x, y float64) bool { return math.Abs(x-y) <= tolerance }

func nearVector(x, y []float64) bool { return slices.EqualFunc(x, y, near) }

func holdsNear(vectors [][]float64, v []float64) bool {
	return slices.ContainsFunc(vectors, func(u []float64) bool { return nearVector(u, v) })
}

// A sheet is what a file says about one party.
type sheet struct {
	scores      [][]*big.Rat // by issue, then option
	floats      [][]float64  // the same as a tool computes them in floating point, or nil
	reservation *big.Rat
}

// A scenario is a space without thresholds, with the reservation values beside it.
type scenario struct {
	*outcome.Space
	names       [][]string // of options, by issue
	reservation []int64
	floats      [][][]float64 // scores as a tool computes them, by party, or nil
}

func decimal(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// roundedScale is the scale of scores whose common denominator does not fit: weights
// of 16 digits divided by the greatest evaluation of an issue.
const roundedScale = 1_000_000_000_000

// newScenario builds the space from scores that are not negative: exactly where a
// party's common denominator fits, else with its scores rounded to roundedScale.
func newScenario(t *testing.T, issues []string, names [][]string, sheets []sheet) *scenario {
	t.Helper()
	s := &scenario{Space: &outcome.Space{}, names: names}
	for i, id := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: id, Options: len(names[i])})
	}
	for p, sh := range sheets {
		common := big.NewInt(1)
		take := func(r *big.Rat) {
			d := r.Denom()
			common.Mul(common, new(big.Int).Div(d, new(big.Int).GCD(nil, nil, common, d)))
		}
		take(sh.reservation)
		// Thresholds are set at the reservation value or the least utility, and a little beyond.
		span, low := big.NewRat(1, 100), new(big.Rat)
		for _, scores := range sh.scores {
			for _, r := range scores {
				take(r)
			}
			span.Add(span, slices.MaxFunc(scores, (*big.Rat).Cmp))
			low.Add(low, slices.MinFunc(scores, (*big.Rat).Cmp))
		}
		if low.Cmp(sh.reservation) < 0 {
			low = sh.reservation
		}
		span.Add(span, low)
		scale := int64(roundedScale)
		if span.Mul(span, new(big.Rat).SetInt(common)).Cmp(new(big.Rat).SetInt64(outcome.MaxUtility)) <= 0 {
			scale = common.Int64()
		} else {
			s.Rounded = true
		}
		units := func(r *big.Rat) int64 {
			n := new(big.Rat).Mul(r, new(big.Rat).SetInt64(2*scale))
			n.Add(n, big.NewRat(1, 1)) // floor((2·r·scale + 1) / 2)
			return new(big.Int).Div(n.Num(), new(big.Int).Mul(n.Denom(), big.NewInt(2))).Int64()
		}
		row := outcome.Row{ID: fmt.Sprint("party", p), Scale: scale}
		for _, scores := range sh.scores {
			var column []int64
			for _, r := range scores {
				column = append(column, units(r))
			}
			row.Scores = append(row.Scores, column)
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
		s.reservation = append(s.reservation, units(sh.reservation))
		s.floats = append(s.floats, sh.floats)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	return s
}

// least returns party p's least utility of all.
func (s *scenario) least(p int) int64 {
	sum := int64(0)
	for _, column := range s.Parties[p].Scores {
		sum += slices.Min(column)
	}
	return sum
}

// mean returns party p's mean utility over all outcomes.
func (s *scenario) mean(p int) float64 {
	row := &s.Parties[p].Row
	sum := new(big.Rat)
	for _, column := range row.Scores {
		for _, u := range column {
			sum.Add(sum, big.NewRat(u, int64(len(column))))
		}
	}
	for _, a := range row.Adjustments {
		held := big.NewRat(int64(a.When.Count()), int64(a.When.Size()))
		sum.Add(sum, held.Mul(held, new(big.Rat).SetInt64(a.Add)))
	}
	f, _ := sum.Mul(sum, big.NewRat(1, row.Scale)).Float64()
	return f
}

// from returns the space with the thresholds given, in units.
func (s *scenario) from(threshold func(p int) int64) *outcome.Space {
	c := *s.Space
	c.Parties = slices.Clone(c.Parties)
	for p := range c.Parties {
		c.Parties[p].Threshold = outcome.Threshold{Value: threshold(p), Set: true}
	}
	return &c
}

// reserved returns the space in which every party accepts its reservation value.
func (s *scenario) reserved() *outcome.Space {
	return s.from(func(p int) int64 { return s.reservation[p] })
}

// points returns a vector of utilities in points.
func (s *scenario) points(u []int64) []float64 {
	out := make([]float64, len(u))
	for p, v := range u {
		out[p], _ = s.Parties[p].Points(v).Float64()
	}
	return out
}

func (s *scenario) vectors(f bargain.Frontier) [][]float64 {
	var out [][]float64
	for _, p := range f.Points {
		out = append(out, s.points(p.Utilities))
	}
	return out
}

// picked returns the different vectors of utilities that a solution's outcomes have.
func (s *scenario) picked(sol *bargain.Solution) [][]float64 {
	var out [][]float64
	if sol == nil {
		return nil
	}
	for _, o := range sol.Tied {
		v := s.points(s.utilities(o))
		if !slices.ContainsFunc(out, func(u []float64) bool { return slices.Equal(u, v) }) {
			out = append(out, v)
		}
	}
	return out
}

func (s *scenario) utilities(o outcome.Outcome) []int64 {
	var u []int64
	for p := range s.Parties {
		u = append(u, s.Parties[p].Value(o))
	}
	return u
}

// outcome returns the outcome with the options of the given names.
func (s *scenario) outcome(t *testing.T, names []string) outcome.Outcome {
	t.Helper()
	var o outcome.Outcome
	for i, name := range names {
		at := slices.Index(s.names[i], name)
		if at < 0 {
			t.Fatalf("issue %s has no option %q", s.Issues[i].ID, name)
		}
		o = append(o, at)
	}
	return o
}

// analyze analyzes s, whose consent is unanimous, as it is planned; and by the methods
// that were passed over, which must answer the same.
func analyze(t *testing.T, s *outcome.Space) *bargain.Analysis {
	t.Helper()
	by := func(m bargain.Method) *bargain.Analysis {
		a, err := bargain.Analyze(context.Background(), s, bargain.Options{Method: m})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := by("")
	summing, linked := bargain.Merging, false
	for i := range s.Parties {
		linked = linked || len(s.Parties[i].Adjustments) > 0
	}
	if linked {
		summing = bargain.Elimination
	}
	if a.Method == bargain.Listing {
		compareMethods(t, a, by(summing))
	} else {
		compareMethods(t, a, by(bargain.Listing))
	}
	// Bounding refuses utilities that range over more than 2^52 units.
	if !linked && !slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return p.Scale > 1<<52 }) {
		compareBounds(t, a, by(bargain.Bounding))
	}
	return a
}

func compareMethods(t *testing.T, a, b *bargain.Analysis) {
	t.Helper()
	if a.Verdict != b.Verdict || !slices.Equal(a.Parties, b.Parties) || !a.Exact || !b.Exact {
		t.Errorf("%s: %s, %v; %s: %s, %v", a.Method, a.Verdict, a.Parties, b.Method, b.Verdict, b.Parties)
	}
	if a.Zone.Low.Cmp(b.Zone.High) > 0 || a.Zone.High.Cmp(b.Zone.Low) < 0 {
		t.Errorf("%s: %v to %v in the zone; %s: %v to %v", a.Method, a.Zone.Low, a.Zone.High, b.Method, b.Zone.Low, b.Zone.High)
	}
	if !slices.EqualFunc(a.Frontier.Points, b.Frontier.Points, samePoint) {
		t.Errorf("%s and %s find different frontiers", a.Method, b.Method)
	}
	theirs := b.Solutions.All()
	for k, sol := range a.Solutions.All() {
		other := theirs[k]
		if sol == nil || other == nil {
			if sol != other {
				t.Errorf("solution %d: %s %v, %s %v", k, a.Method, sol, b.Method, other)
			}
			continue
		}
		if !samePoint(sol.Point, other.Point) || !slices.EqualFunc(sol.Tied, other.Tied, slices.Equal[outcome.Outcome]) {
			t.Errorf("solution %d: %s %v, %s %v", k, a.Method, *sol, b.Method, *other)
		}
	}
}

// compareBounds compares the single solutions of b with those read off a's frontier: they
// must be proven, and among those that are tied.
func compareBounds(t *testing.T, a, b *bargain.Analysis) {
	t.Helper()
	if a.Verdict != b.Verdict || b.Exact && !slices.Equal(a.Parties, b.Parties) {
		t.Errorf("%s: %s, %v; %s: %s, %v", a.Method, a.Verdict, a.Parties, b.Method, b.Verdict, b.Parties)
	}
	if a.Zone.Low.Cmp(b.Zone.High) > 0 || a.Zone.High.Cmp(b.Zone.Low) < 0 {
		t.Errorf("%s: %v to %v in the zone; %s: %v to %v", a.Method, a.Zone.Low, a.Zone.High, b.Method, b.Zone.Low, b.Zone.High)
	}
	theirs := b.Solutions.All()
	for k, sol := range a.Solutions.All() {
		other := theirs[k]
		if sol == a.Solutions.Balanced || sol == nil && other == nil { // there is no balanced solution without a frontier
			continue
		}
		if sol == nil || other == nil || other.Gap == nil || other.Gap.Sign() > 0 ||
			!slices.ContainsFunc(sol.Tied, func(o outcome.Outcome) bool { return slices.Equal(o, other.Outcome) }) {
			t.Errorf("solution %d: %s %v, %s %v", k, a.Method, sol, b.Method, other)
		}
	}
}

func samePoint(p, q bargain.Point) bool {
	return slices.Equal(p.Utilities, q.Utilities) && slices.Equal(p.Outcome, q.Outcome) && p.Ties.Cmp(q.Ties) == 0
}

// best returns the vectors that score highest, near ties included, and their score.
func best(vectors [][]float64, score func(u []float64) float64) (top [][]float64, value float64) {
	value = math.Inf(-1)
	for _, u := range vectors {
		value = max(value, score(u))
	}
	for _, u := range vectors {
		if near(score(u), value) {
			top = append(top, u)
		}
	}
	return top, value
}

func total(u []float64) float64 {
	sum := 0.0
	for _, v := range u {
		sum += v
	}
	return sum
}

// product returns the product of gains over d.
func product(u, d []float64) float64 {
	n := 1.0
	for p := range u {
		n *= u[p] - d[p]
	}
	return n
}

// gains returns u - d.
func gains(u, d []float64) []float64 {
	out := slices.Clone(u)
	for p := range out {
		out[p] -= d[p]
	}
	return out
}

// toIdeal returns the distance to the point where every party has what ideal says,
// utilities as shares of it.
func toIdeal(u, ideal []float64) float64 {
	sum := 0.0
	for p := range u {
		d := 1 - u[p]/ideal[p]
		sum += d * d
	}
	return math.Sqrt(sum)
}

// inFloats returns the utilities of every outcome as a tool computes them: scores added
// in the order of issues, in floating point.
func (s *scenario) inFloats() [][]float64 {
	sums := [][]float64{make([]float64, len(s.Parties))}
	for i, is := range s.Issues {
		var next [][]float64
		for _, sum := range sums {
			for o := range is.Options {
				u := slices.Clone(sum)
				for p := range u {
					u[p] += s.floats[p][i][o]
				}
				next = append(next, u)
			}
		}
		sums = next
	}
	return sums
}

// floatFront returns the size of the frontier of two parties' vectors when floats are
// compared as they are, and the number of vectors that lie on it, equal ones counted.
func floatFront(vectors [][]float64) (size, all int) {
	slices.SortFunc(vectors, func(x, y []float64) int { return slices.Compare(y, x) })
	var last []float64
	for _, u := range vectors {
		switch {
		case last == nil || u[1] > last[1]:
			last = u
			size++
			all++
		case slices.Equal(u, last):
			all++
		}
	}
	return size, all
}

// compareFronts compares frontiers as sets of vectors, within the tolerance. With ties,
// equal utilities that floating point told apart may add vectors to either side, which
// the other side then reaches but for the tolerance.
func compareFronts(t *testing.T, ours, theirs [][]float64, ties bool) {
	t.Helper()
	for _, u := range theirs {
		if !holdsNear(ours, u) && !(ties && dominated(u, ours)) {
			t.Errorf("their frontier has %v, and ours does not", u)
		}
	}
	for _, u := range ours {
		if !holdsNear(theirs, u) && !(ties && dominated(u, theirs)) {
			t.Errorf("our frontier has %v, and theirs does not", u)
		}
	}
}

// dominated reports whether one of vectors is nowhere below u, but for the tolerance.
func dominated(u []float64, vectors [][]float64) bool {
	return slices.ContainsFunc(vectors, func(v []float64) bool {
		return slices.Min(gains(v, u)) >= -tolerance
	})
}

// subset reports whether every vector of x is one of y, within the tolerance.
func subset(x, y [][]float64) bool {
	return !slices.ContainsFunc(x, func(u []float64) bool { return !holdsNear(y, u) })
}

// distinct returns the number of vectors that differ by more than the tolerance from
// those before them.
func distinct(vectors [][]float64) int {
	var kept [][]float64
	for _, u := range vectors {
		if !holdsNear(kept, u) {
			kept = append(kept, u)
		}
	}
	return len(kept)
}

// A tally lists scenarios by what was found about them.
type tally struct {
	seen  []string
	found map[string][]string
}

func (c *tally) add(kind, scenario string) {
	if c.found == nil {
		c.found = make(map[string][]string)
	}
	c.found[kind] = append(c.found[kind], scenario)
}

// expect fails unless exactly the scenarios given, of those seen, were found.
func (c *tally) expect(t *testing.T, want map[string][]string) {
	t.Helper()
	kinds := slices.AppendSeq(slices.Collect(maps.Keys(c.found)), maps.Keys(want))
	slices.Sort(kinds)
	for _, kind := range slices.Compact(kinds) {
		expected := slices.DeleteFunc(slices.Clone(want[kind]), func(id string) bool { return !slices.Contains(c.seen, id) })
		found := slices.Sorted(slices.Values(c.found[kind]))
		slices.Sort(expected)
		if !slices.Equal(expected, found) {
			t.Errorf("%s:\n%q\nwant\n%q", kind, found, expected)
		}
	}
}
