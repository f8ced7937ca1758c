package bargain

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

func analyze(t *testing.T, s *outcome.Space) *Analysis {
	t.Helper()
	a, err := Analyze(context.Background(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// table makes a space of one issue: a row of points per party, a column per
// outcome, every party with a no-deal value of 0.
func table(rows ...[]int64) *outcome.Space {
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "deal", Options: len(rows[0])}}}
	for _, r := range rows {
		s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{ID: "p", Scale: 1, Scores: [][]int64{r},
			Threshold: outcome.Threshold{Set: true}}})
	}
	return s
}

func deal(s *Solution) int {
	if s == nil {
		return -1
	}
	return s.Outcome[0]
}

// transform multiplies party p's utilities by factor and adds shift points to one
// of its issues and to its threshold.
func transform(s *outcome.Space, p int, factor, shift int64) *outcome.Space {
	c := *s
	c.Parties = slices.Clone(s.Parties)
	row := &c.Parties[p].Row
	row.Scores = slices.Clone(row.Scores)
	for i := range row.Scores {
		row.Scores[i] = slices.Clone(row.Scores[i])
		for o := range row.Scores[i] {
			row.Scores[i][o] *= factor
			if i == 0 {
				row.Scores[i][o] += shift * row.Scale
			}
		}
	}
	row.Adjustments = slices.Clone(row.Adjustments)
	for k := range row.Adjustments {
		row.Adjustments[k].Add *= factor
	}
	if row.Threshold.Set {
		row.Threshold.Value = row.Threshold.Value*factor + shift*row.Scale
	}
	return &c
}

// Nash (1950), axiom 2: the solution does not depend on the unit or the zero of
// anybody's utility. The same holds for Kalai and Smorodinsky (1975) and for the
// balanced point. The egalitarian solution does not depend on zeros (Kalai 1977),
// the utilitarian one does not depend on zeros either; on units both may.
func TestScalesAndZeros(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	moved := map[string]int{}
	zones := 0
	for zones < 300 {
		s := outcometest.Space(r, outcometest.Shape{})
		a := analyze(t, s)
		if a.Verdict != HasZone {
			continue
		}
		zones++
		p := r.IntN(len(s.Parties))
		shifted := named(&analyze(t, transform(s, p, 1, int64(r.IntN(50)-25))).Solutions)
		b := analyze(t, transform(s, p, 3, 0))
		scaled := named(&b.Solutions)
		if a.Zone.Low.Cmp(b.Zone.Low) != 0 || a.Frontier.Size != b.Frontier.Size {
			t.Fatal("a rescaling changed the zone or its frontier")
		}
		for name, sol := range named(&a.Solutions) {
			same := func(o *Solution) bool {
				return sol == o || sol != nil && o != nil && slices.EqualFunc(sol.Tied, o.Tied, slices.Equal[outcome.Outcome])
			}
			if !same(shifted[name]) {
				t.Fatalf("%s depends on the zero of %s", name, s.Parties[p].ID)
			}
			// Where nobody can gain alone, products of different parties are compared in points.
			degenerate := name == "nash" && sol != nil && slices.ContainsFunc(pareto.Places(len(s.Parties)), func(q int) bool {
				return sol.Utilities[q] <= a.Parties[q].Disagreement
			})
			if !same(scaled[name]) {
				moved[name]++
				if name != "egalitarian" && name != "utilitarian" && !degenerate {
					t.Fatalf("%s depends on the unit of %s: %v, %v", name, s.Parties[p].ID, sol, scaled[name])
				}
			}
		}
	}
	if moved["egalitarian"] == 0 || moved["utilitarian"] == 0 {
		t.Errorf("no egalitarian or utilitarian solution ever moved with a unit: %v", moved)
	}
}

// Nash (1950), axiom 3: what was best remains best when other outcomes are taken away.
func TestNashIndependenceOfIrrelevantAlternatives(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for range 500 {
		s := table(draw(r, 12), draw(r, 12), draw(r, 12))
		was := deal(analyze(t, s).Solutions.Nash)
		var keep []int
		for o := range 12 {
			if o == was || r.IntN(2) == 0 {
				keep = append(keep, o)
			}
		}
		var rows [][]int64
		for p := range s.Parties {
			var row []int64
			for _, o := range keep {
				row = append(row, s.Parties[p].Scores[0][o])
			}
			rows = append(rows, row)
		}
		if got := keep[deal(analyze(t, table(rows...)).Solutions.Nash)]; got != was {
			t.Fatalf("%v: was %d, of %v is %d", s.Parties, was, keep, got)
		}
	}
}

func draw(r *rand.Rand, n int) []int64 {
	row := make([]int64, n)
	for i := range row {
		row[i] = 1 + r.Int64N(100)
	}
	return row
}

// Nash (1950), axiom 4, and the other rules with it: in a symmetric problem with a
// symmetric efficient outcome, parties that cannot be told apart get the same.
func TestSymmetry(t *testing.T) {
	a := analyze(t, table([]int64{9, 6, 4, 2}, []int64{2, 6, 4, 9}))
	for name, sol := range named(&a.Solutions) {
		if deal(sol) != 1 {
			t.Errorf("%s picks %v, want the symmetric 6 and 6", name, sol)
		}
	}
}

// Kalai and Smorodinsky (1975), the reason for their rule: in the example where the
// Nash solution gives a party less although its prospects have improved, theirs
// does not.
func TestKalaiSmorodinskyIsMonotonic(t *testing.T) {
	// Both sets reach 100 for either party; the second is larger.
	small := table([]int64{0, 75, 100}, []int64{100, 75, 0})
	large := table([]int64{0, 75, 70, 100, 100}, []int64{100, 75, 99, 0, 70})
	a, b := analyze(t, small), analyze(t, large)
	if a.Solutions.KalaiSmorodinsky.Utilities[1] > b.Solutions.KalaiSmorodinsky.Utilities[1] {
		t.Error("Kalai–Smorodinsky gave less in the larger set")
	}
	if got := b.Solutions.Nash.Utilities; !slices.Equal(got, []int64{100, 70}) {
		t.Errorf("Nash picks %v: the example no longer shows what it should", got)
	}
	if a.Solutions.Nash.Utilities[1] <= b.Solutions.Nash.Utilities[1] {
		t.Error("Nash is expected to give the second party less in the larger set")
	}
}

// Kalai (1977): the egalitarian solution is monotonic: with more outcomes no party
// gets less, as long as gains can be equal. With discrete outcomes this holds for
// the worst-off party.
func TestEgalitarianIsMonotonic(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	for range 500 {
		x, y := draw(r, 10), draw(r, 10)
		a, b := analyze(t, table(x[:6], y[:6])), analyze(t, table(x, y))
		if slices.Min(a.Solutions.Egalitarian.Utilities) > slices.Min(b.Solutions.Egalitarian.Utilities) {
			t.Fatalf("%v %v: the worst-off gets less from more", x, y)
		}
	}
}

// Imai (1983) and Chun and Peters (1988): leximin breaks ties of the worst-off in
// favour of the next; plain max-min could pick a dominated outcome.
func TestLeximinIsEfficient(t *testing.T) {
	a := analyze(t, table([]int64{5, 5, 5}, []int64{5, 9, 7}, []int64{5, 6, 6}))
	if deal(a.Solutions.Egalitarian) != 1 || a.Solutions.Egalitarian.Ties.Int64() != 1 {
		t.Errorf("egalitarian picks %v, want the only efficient outcome", a.Solutions.Egalitarian)
	}
}

// Caragiannis and others (2019): where no outcome gives everybody a gain,
// the greatest number of parties gains first, then their product is greatest.
func TestNashWhereNobodyCanGainAlone(t *testing.T) {
	a := analyze(t, table([]int64{50, 3, 4, 0}, []int64{0, 3, 2, 0}, []int64{0, 0, 0, 90}))
	if got := deal(a.Solutions.Nash); got != 1 {
		t.Errorf("Nash picks %d, want 1: two gain, product 9", got)
	}
}

func TestSolutionsThatEverybodyAccepts(t *testing.T) {
	// The consent of two of three makes an agreement.
	s := table([]int64{9, 4, 1}, []int64{9, 4, -1}, []int64{-5, 1, 9})
	s.Consent = outcome.CountOf(0b111, outcome.AtLeast, 2)
	a := analyze(t, s)
	if a.Zone.Low.Int64() != 3 {
		t.Errorf("zone of %v, want 3", a.Zone.Low)
	}
	if deal(a.Solutions.Nash) != 1 || deal(a.Solutions.KalaiSmorodinsky) != 1 || deal(a.Solutions.Egalitarian) != 1 {
		t.Error("Nash, Kalai–Smorodinsky and egalitarian must rank only what all three accept")
	}
	if deal(a.Solutions.Utilitarian) != 0 {
		t.Error("utilitarian ranks the whole zone")
	}
	s = table([]int64{9, -1}, []int64{-1, 9})
	s.Consent = outcome.Or(outcome.Name(0), outcome.Name(1))
	a = analyze(t, s)
	if a.Solutions.Nash != nil || a.Solutions.Utilitarian == nil {
		t.Error("no outcome is accepted by both: Nash must be missing, utilitarian must not")
	}
}

// Results do not depend on the rounding of floating point: products beyond 2^53
// that differ in the last unit are told apart, and equal ones tie.
func TestProductsAreComparedExactly(t *testing.T) {
	big1 := int64(1)<<55 + 1
	a := analyze(t, table([]int64{big1, big1 - 1}, []int64{big1 - 2, big1 - 1}, []int64{big1, big1}))
	if deal(a.Solutions.Nash) != 1 || a.Solutions.Nash.Ties.Int64() != 1 {
		t.Errorf("Nash %v: (x-1)² is greater than x(x-2)", a.Solutions.Nash)
	}
	if a.Solutions.Utilitarian.Ties.Int64() != 2 {
		t.Errorf("utilitarian %v: both sums are equal", a.Solutions.Utilitarian)
	}
}

// Raiffa (1982) and Brams and Taylor (1996): points of the United States and of
// Panama on ten issues.
var panama = [2][]int64{
	{22, 22, 15, 14, 11, 6, 4, 2, 2, 2},
	{9, 15, 15, 3, 15, 5, 11, 7, 7, 13},
}

// items makes a space in which each issue goes to one party or the other.
func items(points [2][]int64) *outcome.Space {
	s := &outcome.Space{Parties: make([]outcome.Party, 2)}
	for i := range points[0] {
		s.Issues = append(s.Issues, outcome.Issue{ID: "i", Options: 2})
		s.Parties[0].Scores = append(s.Parties[0].Scores, []int64{points[0][i], 0})
		s.Parties[1].Scores = append(s.Parties[1].Scores, []int64{0, points[1][i]})
	}
	s.Parties[0].Scale, s.Parties[1].Scale = 1, 1
	return s
}

func TestPanamaCanal(t *testing.T) {
	s := items(panama)
	a := analyze(t, s)
	if a.Outcomes.Int64() != 1024 || a.Frontier.Size != 20 {
		t.Errorf("%v outcomes, %d efficient; published 1,024 and 20", a.Outcomes, a.Frontier.Size)
	}
	if !slices.Equal(a.Solutions.Nash.Utilities, []int64{64, 68}) {
		t.Errorf("Nash at %v, computed 64 and 68", a.Solutions.Nash.Utilities)
	}
	d, err := AdjustedWinner(s, []int{2})
	if err != nil {
		t.Fatal(err)
	}
	if d.Points[0].Cmp(big.NewRat(66, 1)) != 0 || d.Points[1].Cmp(big.NewRat(66, 1)) != 0 || !d.Equitable {
		t.Errorf("points %v, published 66 each", d.Points)
	}
	if d.Split != 2 || d.Shares[2].Cmp(big.NewRat(2, 15)) != 0 {
		t.Errorf("issue %d split, the United States keeps %v; published 2/15 of land and water", d.Split, d.Shares[2])
	}
}

// The divorce example on the authors' page: the retirement account is split.
func TestAdjustedWinnerOfTheAuthorsPage(t *testing.T) {
	s := items([2][]int64{{50, 20, 15, 10, 5}, {40, 30, 10, 10, 10}})
	d, err := AdjustedWinner(s, []int{0, 1, 2, 3, 4})
	if err != nil {
		t.Fatal(err)
	}
	if d.Split != 0 || d.Shares[0].Cmp(big.NewRat(5, 6)) != 0 || d.Points[0].Cmp(big.NewRat(170, 3)) != 0 || d.Points[1].Cmp(big.NewRat(170, 3)) != 0 {
		t.Errorf("%+v", d)
	}
	d, err = AdjustedWinner(s, []int{3})
	if err != nil {
		t.Fatal(err)
	}
	if d.Equitable || d.Split != -1 {
		t.Errorf("the retirement account may not be split: %+v", d)
	}
}

// Brams and Taylor (1996, theorem 4.1): the result is efficient, equitable and
// envy-free, whatever the points.
func TestAdjustedWinnerTheorem(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for range 500 {
		n := 1 + r.IntN(7)
		points := [2][]int64{}
		all := pareto.Places(n)
		for p := range points {
			points[p] = make([]int64, n)
			for range 100 {
				points[p][r.IntN(n)]++
			}
		}
		s := items(points)
		d, err := AdjustedWinner(s, all)
		if err != nil {
			t.Fatal(err)
		}
		if !d.Equitable || d.Points[0].Cmp(d.Points[1]) != 0 {
			t.Fatalf("%v: points %v are not equal", points, d.Points)
		}
		if d.Points[0].Cmp(big.NewRat(50, 1)) < 0 {
			t.Fatalf("%v: %v, so one party prefers the other's part", points, d.Points)
		}
		got := [2]*big.Rat{new(big.Rat), new(big.Rat)}
		for i, share := range d.Shares {
			got[0].Add(got[0], new(big.Rat).Mul(share, big.NewRat(points[0][i], 1)))
			got[1].Add(got[1], new(big.Rat).Mul(new(big.Rat).Sub(big.NewRat(1, 1), share), big.NewRat(points[1][i], 1)))
		}
		if got[0].Cmp(d.Points[0]) != 0 || got[1].Cmp(d.Points[1]) != 0 {
			t.Fatalf("%v: shares are worth %v, not %v", points, got, d.Points)
		}
		// Efficient: no whole-item division gives both more (a split one is between two of these
		// in ratio order, so it is enough to compare along the order of ratios).
		for _, o := range outcometest.EveryOutcome(s) {
			u := []*big.Rat{big.NewRat(s.Parties[0].Value(o), 1), big.NewRat(s.Parties[1].Value(o), 1)}
			if u[0].Cmp(d.Points[0]) >= 0 && u[1].Cmp(d.Points[1]) >= 0 && (u[0].Cmp(d.Points[0]) > 0 || u[1].Cmp(d.Points[1]) > 0) {
				t.Fatalf("%v: %v gives both at least as much as %v", points, o, d.Points)
			}
		}
	}
}

func TestAnalyzeRefusesWhatIsTooLarge(t *testing.T) {
	voted := outcometest.Conditioned(outcometest.Family(1, 2, 30, true))
	voted.Consent = outcome.CountOf(3, outcome.Equal, 1) // one and not the other: a yes can lose it
	if _, err := Analyze(context.Background(), voted, Options{}); err == nil {
		t.Error("1e30 outcomes with a consent rule were analysed")
	} else if !strings.Contains(err.Error(), "1000000000000000000000000000000 packages") {
		t.Errorf("the refusal does not tell the size: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Analyze(ctx, outcometest.Conditioned(outcometest.Family(1, 2, 8, true)), Options{}); err == nil {
		t.Error("a cancelled analysis ended well")
	}
}

// Thirty issues of ten options, no two of which may settle alike: there are more issues than
// options, so that no outcome is possible. A search that ends early may not know that; it
// must not claim the contrary.
func TestNothingClaimedOfAllLinks(t *testing.T) {
	s := outcometest.Family(1, 3, 30, true)
	for i := range s.Issues {
		for j := range i {
			both, err := outcome.NewTable(s.Issues, []int{j, i}, func(o []int) bool { return o[0] == o[1] })
			if err != nil {
				t.Fatal(err)
			}
			s.Requires = append(s.Requires, outcome.Condition{ID: "requires.all_different", Forbidden: both})
		}
	}
	a, err := Analyze(context.Background(), s, Options{Time: time.Second / 4})
	if err != nil {
		t.Fatal(err)
	}
	switch a.Verdict {
	case NoZone:
	case Unknown:
		if a.Exact || a.Zone.Low.Sign() != 0 || a.Zone.High.Sign() == 0 || len(a.Frontier.Points) > 0 {
			t.Errorf("unknown, but exact %t, zone %v..%v, %d points", a.Exact, a.Zone.Low, a.Zone.High, len(a.Frontier.Points))
		}
		for name, sol := range named(&a.Solutions) {
			if sol != nil {
				t.Errorf("%s: %v of a zone that is empty", name, sol.Outcome)
			}
		}
	default:
		t.Errorf("verdict %s of an empty zone", a.Verdict)
	}
}

// At 1e50 outcomes the frontier, the solutions and the size of the zone are exact.
func TestAdditiveOfFiftyIssues(t *testing.T) {
	a := analyze(t, outcometest.Family(1, 2, 50, true))
	if a.Method != Merging || a.Verdict != HasZone || !a.Exact || !a.Zone.Exact() || len(a.Zone.Low.String()) < 40 {
		t.Errorf("%s %s zone %v..%v", a.Method, a.Verdict, a.Zone.Low, a.Zone.High)
	}
}

// The five-party exercise of the same size: no frontier, every solution proven.
func TestFivePartiesOfFiftyIssues(t *testing.T) {
	s := outcometest.Family(1, 5, 50, false)
	for p := range s.Parties {
		s.Parties[p].Threshold.Value = 3000
	}
	a := analyze(t, s)
	if a.Method != Bounding || a.Verdict != HasZone || !a.Exact || a.Frontier.Size != -1 || len(a.Frontier.Points) == 0 {
		t.Errorf("%s %s, exact %t, frontier of %d with %d points", a.Method, a.Verdict, a.Exact, a.Frontier.Size, len(a.Frontier.Points))
	}
	for name, sol := range named(&a.Solutions) {
		if name == "balanced" {
			continue
		}
		if sol == nil || sol.Gap == nil || sol.Gap.Sign() != 0 {
			t.Errorf("%s: %+v", name, sol)
		}
	}
}

// permuted returns the space with its issues in another order: issue k of the result
// is issue order[k] of s.
func permuted(s *outcome.Space, order []int) *outcome.Space {
	c := &outcome.Space{Consent: s.Consent}
	at := make([]int, len(order)) // new position by old
	for k, i := range order {
		c.Issues = append(c.Issues, s.Issues[i])
		at[i] = k
	}
	table := func(t outcome.Table) outcome.Table {
		var issues []int
		for _, i := range t.Issues() {
			issues = append(issues, at[i])
		}
		slices.Sort(issues)
		o := make(outcome.Outcome, len(order))
		moved, err := outcome.NewTable(c.Issues, issues, func(options []int) bool {
			for k, i := range issues {
				o[order[i]] = options[k]
			}
			return t.Holds(o)
		})
		if err != nil {
			panic(err) // it spans what t spans
		}
		return moved
	}
	conditions := func(list []outcome.Condition) []outcome.Condition {
		list = slices.Clone(list)
		for k := range list {
			list[k].Forbidden = table(list[k].Forbidden)
		}
		return list
	}
	row := func(r outcome.Row) outcome.Row {
		scores := r.Scores
		r.Scores = nil
		for _, i := range order {
			r.Scores = append(r.Scores, scores[i])
		}
		r.Adjustments = slices.Clone(r.Adjustments)
		for k := range r.Adjustments {
			r.Adjustments[k].When = table(r.Adjustments[k].When)
		}
		return r
	}
	c.Requires = conditions(s.Requires)
	for _, p := range s.Parties {
		p.Row, p.RedLines = row(p.Row), conditions(p.RedLines)
		p.Constituencies = slices.Clone(p.Constituencies)
		for k := range p.Constituencies {
			p.Constituencies[k] = row(p.Constituencies[k])
		}
		c.Parties = append(c.Parties, p)
	}
	return c
}

// The order of issues changes which of several equal outcomes is first, and nothing else.
func TestOrderOfIssuesDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	zones := 0
	for range 300 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4})
		order := r.Perm(4)
		a, b := analyze(t, s), analyze(t, permuted(s, order))
		if a.Verdict != b.Verdict || a.Zone.Low.Cmp(b.Zone.Low) != 0 || a.Zone.Ratifiable.Cmp(b.Zone.Ratifiable) != 0 ||
			!slices.EqualFunc(a.Frontier.Points, b.Frontier.Points, func(p, q Point) bool {
				return slices.Equal(p.Utilities, q.Utilities) && p.Ties.Cmp(q.Ties) == 0
			}) {
			t.Fatalf("order %v: zone %v and %v, frontier of %d and %d", order, a.Zone.Low, b.Zone.Low, a.Frontier.Size, b.Frontier.Size)
		}
		theirs := named(&b.Solutions)
		for name, sol := range named(&a.Solutions) {
			if sol == nil {
				continue
			}
			zones++
			if sol.Ties.Cmp(theirs[name].Ties) != 0 || sol.Ties.Int64() == 1 && !slices.Equal(sol.Utilities, theirs[name].Utilities) {
				t.Fatalf("%s: %v and %v", name, sol, theirs[name])
			}
		}
	}
	if zones < 300 {
		t.Errorf("only %d solutions compared", zones)
	}
}

// An option that is worth less to everybody than another changes neither frontier nor
// solutions where scores add up, by whatever method; it can only enlarge the zone.
func TestDominatedOptionChangesNoSolution(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	compared := 0
	for range 200 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4, Additive: true})
		for p := range s.Parties { // a disagreement point may depend on the least in the zone
			s.Parties[p].Threshold.Set = true
			s.Parties[p].RedLines, s.Parties[p].Adjustments = nil, nil
		}
		s.Requires = nil
		i := r.IntN(4)
		wide := *s
		wide.Issues, wide.Parties = slices.Clone(s.Issues), slices.Clone(s.Parties)
		wide.Issues[i].Options++
		for p := range wide.Parties {
			scores := slices.Clone(s.Parties[p].Scores)
			scores[i] = append(slices.Clone(scores[i]), scores[i][0]-1-r.Int64N(3))
			wide.Parties[p].Scores = scores
		}
		for _, method := range []Method{Listing, Merging} {
			a, err := Analyze(context.Background(), s, Options{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			b, err := Analyze(context.Background(), &wide, Options{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			if a.Zone.Low.Cmp(b.Zone.Low) > 0 {
				t.Fatalf("zone of %v shrank to %v", a.Zone.Low, b.Zone.Low)
			}
			if a.Verdict == HasZone {
				compared++
			}
			same(t, a, b)
		}
	}
	if compared < 100 {
		t.Errorf("only %d zones compared", compared)
	}
}

// Whatever the budget, what is claimed is true, and nothing panics.
func TestBoundingUnderAnyBudget(t *testing.T) {
	s := outcometest.Family(1, 5, 12, false)
	const ample = time.Second
	full, err := Analyze(context.Background(), s, Options{Method: Bounding, Time: ample})
	if err != nil {
		t.Fatal(err)
	}
	if full.Verdict != HasZone || full.Solutions.Egalitarian == nil {
		t.Fatalf("%s: the test needs a zone", full.Verdict)
	}
	least := slices.Min(full.Solutions.Egalitarian.Utilities)
	for _, floor := range []int64{least - 500, least, least + 500} {
		for p := range s.Parties {
			s.Parties[p].Threshold.Value = floor
		}
		settled, err := Analyze(context.Background(), s, Options{Method: Bounding, Time: ample})
		if err != nil {
			t.Fatal(err)
		}
		if settled.Verdict == Unknown {
			t.Fatalf("floor %d: not settled", floor)
		}
		for _, time := range []time.Duration{time.Nanosecond, time.Microsecond, time.Millisecond, 10 * time.Millisecond} {
			a, err := Analyze(context.Background(), s, Options{Method: Bounding, Time: time})
			if err != nil {
				t.Fatal(err)
			}
			if a.Verdict != Unknown && a.Verdict != settled.Verdict {
				t.Errorf("floor %d, %v: %s, settled as %s", floor, time, a.Verdict, settled.Verdict)
			}
			for name, sol := range named(&a.Solutions) {
				if sol != nil && !s.InZone(sol.Outcome) {
					t.Errorf("floor %d, %v: %s picks %v, which is not in the zone", floor, time, name, sol.Outcome)
				}
			}
		}
	}
}
