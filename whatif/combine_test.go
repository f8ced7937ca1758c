package whatif

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// A changing draws changes of a space and makes sets of them.
type changing struct {
	first   *outcome.Space
	changes []func(*outcome.Space)
}

func drawChanges(r *rand.Rand, first *outcome.Space, n int) *changing {
	c := &changing{first: first}
	for i := range n {
		p := r.IntN(len(first.Parties))
		var one func(*outcome.Space)
		switch kind := r.IntN(8); {
		case kind == 0 && len(first.Parties[p].RedLines) > 0:
			id := first.Parties[p].RedLines[r.IntN(len(first.Parties[p].RedLines))].ID
			one = func(s *outcome.Space) {
				s.Parties[p].RedLines = slices.DeleteFunc(slices.Clone(s.Parties[p].RedLines), func(x outcome.Condition) bool { return x.ID == id })
			}
		case kind == 1:
			line := outcome.Condition{ID: fmt.Sprintf("%s.red_lines.new%d", first.Parties[p].ID, i), Forbidden: outcometest.Box(r, first.Issues)}
			one = func(s *outcome.Space) { s.Parties[p].RedLines = append(slices.Clip(s.Parties[p].RedLines), line) }
		case kind == 2:
			issue := r.IntN(len(first.Issues))
			option, by := r.IntN(first.Issues[issue].Options), r.Int64N(9)-3
			one = func(s *outcome.Space) {
				row := &s.Parties[p].Row
				row.Scores = slices.Clone(row.Scores)
				row.Scores[issue] = slices.Clone(row.Scores[issue])
				row.Scores[issue][option] += by
			}
		case kind == 3 && len(first.Parties[p].Constituencies) > 0:
			g, by := r.IntN(len(first.Parties[p].Constituencies)), r.Int64N(9)-4
			one = func(s *outcome.Space) {
				s.Parties[p].Constituencies = slices.Clone(s.Parties[p].Constituencies)
				s.Parties[p].Constituencies[g].Threshold.Value += by
			}
		default:
			by := r.Int64N(12) - 10
			one = func(s *outcome.Space) { s.Parties[p].Threshold.Value += by }
		}
		c.changes = append(c.changes, one)
	}
	return c
}

func (c *changing) compile(set []int) (*outcome.Space, error) {
	s := *c.first
	s.Parties = slices.Clone(s.Parties)
	for _, i := range set {
		c.changes[i](&s)
	}
	return &s, nil
}

// drawTight draws a small space whose thresholds alone may leave no zone.
func drawTight(r *rand.Rand, shape outcometest.Shape) *outcome.Space {
	for {
		s := outcometest.Space(r, shape)
		if s.Size().Cmp(big.NewInt(120)) > 0 {
			continue
		}
		if r.IntN(2) == 0 {
			s.Consent = outcome.Rule{}
		}
		loose := *s
		loose.Parties = slices.Clone(s.Parties)
		for p := range loose.Parties {
			loose.Parties[p].Threshold = outcome.Threshold{}
		}
		if len(outcometest.NewNaive(&loose).Zone) == 0 {
			continue
		}
		for p := range s.Parties {
			if most := mostOf(s, p); r.IntN(8) > 0 {
				s.Parties[p].Threshold = outcome.Threshold{Value: most - r.Int64N(14), Set: true}
			}
		}
		return s
	}
}

func mostOf(s *outcome.Space, p int) int64 {
	most := int64(-1 << 40)
	for _, o := range outcometest.EveryOutcome(s) {
		most = max(most, s.Parties[p].Value(o))
	}
	return most
}

// drawLevers draws what a search knows of n levers.
func drawLevers(r *rand.Rand, n int) []Lever {
	var levers []Lever
	for range n {
		l := Lever{Mediators: r.IntN(2) == 0, Coercive: r.IntN(4) == 0}
		if r.IntN(6) > 0 {
			l.Cost = big.NewRat(r.Int64N(6), 1+r.Int64N(2))
		}
		levers = append(levers, l)
	}
	return levers
}

// naiveGoal finds the sets of levers that reach a goal by the definitions.
func naiveGoal(levers []Lever, reached map[int]bool) (smallest, coercive map[int]bool, cheapest, mediators *big.Rat) {
	smallest, coercive = map[int]bool{}, map[int]bool{}
	cost := func(mask int) *big.Rat {
		sum := new(big.Rat)
		for i, l := range levers {
			if mask>>i&1 != 0 {
				if l.Cost == nil {
					return nil
				}
				sum.Add(sum, l.Cost)
			}
		}
		return sum
	}
	for mask := range reached {
		least, pressure, own := true, false, true
		for part := range reached {
			least = least && (part == mask || part&^mask != 0)
		}
		for i, l := range levers {
			if mask>>i&1 != 0 {
				pressure = pressure || l.Coercive
				own = own && l.Mediators
			}
		}
		switch {
		case pressure:
			if least {
				coercive[mask] = true
			}
			continue
		case least:
			smallest[mask] = true
		}
		c := cost(mask)
		if c != nil && (cheapest == nil || c.Cmp(cheapest) < 0) {
			cheapest = c
		}
		if c != nil && own && (mediators == nil || c.Cmp(mediators) < 0) {
			mediators = c
		}
	}
	return smallest, coercive, cheapest, mediators
}

func setOf(mask int) []int {
	var set []int
	for ; mask != 0; mask &= mask - 1 {
		set = append(set, bits.TrailingZeros(uint(mask)))
	}
	return set
}

func maskOf(set []int) int {
	mask := 0
	for _, i := range set {
		mask |= 1 << i
	}
	return mask
}

// Combinations of levers, what they reach, and the cheapest, agree with every set tried by the
// definitions.
func TestGoalsAgreeWithDefinitions(t *testing.T) {
	goals := map[string]func(*Combination) Reach{"zone": (*Combination).OpensZone, "carried": (*Combination).Carried,
		"package": (*Combination).PackageAccepted, "package carried": (*Combination).PackageCarried}
	several, pressed, none := 0, 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 101))
		space := drawTight(r, outcometest.Shape{Parties: int(seed % 4), Boxes: seed%3 == 0, Coarse: seed%2 == 0})
		changes := drawChanges(r, space, 1+r.IntN(6))
		levers := drawLevers(r, len(changes.changes))
		all := outcometest.EveryOutcome(space)
		pack := all[r.IntN(len(all))]
		c, err := Combine(t.Context(), len(levers), changes.compile, CombineOptions{Levers: levers, Package: pack})
		if err != nil {
			t.Fatal(seed, err)
		}
		if !c.Complete || len(c.Sets) != 1<<len(levers) {
			t.Fatalf("seed %d: %d sets of %d levers, complete %t", seed, len(c.Sets), len(levers), c.Complete)
		}
		spaces := make(map[int]*outcome.Space)
		for i := range c.Sets {
			mask := maskOf(c.Sets[i].Set)
			spaces[mask], _ = changes.compile(c.Sets[i].Set)
			checkVariant(t, fmt.Sprintf("seed %d, set %v", seed, c.Sets[i].Set), spaces[mask], &c.Sets[i].Variant)
		}
		for name, reach := range goals {
			reached := make(map[int]bool)
			for mask, s := range spaces {
				n := outcometest.NewNaive(s)
				var yes bool
				switch name {
				case "zone":
					yes = len(n.Zone) > 0
				case "carried":
					yes = n.Carried > 0
				case "package":
					yes = s.InZone(pack)
				default:
					yes = s.InZone(pack) && s.Ratifiable(pack)
				}
				if yes {
					reached[mask] = true
				}
			}
			g := c.Goal(levers, reach)
			if g.Already != reached[0] || !g.Proven || g.Unknown != 0 {
				t.Fatalf("seed %d, %s: %+v, want already %t", seed, name, g, reached[0])
			}
			if g.Already {
				continue
			}
			smallest, coercive, cheapest, mediators := naiveGoal(levers, reached)
			same := func(got []int, want map[int]bool) bool {
				return len(got) == len(want) && !slices.ContainsFunc(got, func(at int) bool { return !want[maskOf(c.Sets[at].Set)] })
			}
			if !same(g.Smallest, smallest) || !same(g.Coercive, coercive) {
				t.Fatalf("seed %d, %s: %+v, want %v and with pressure %v", seed, name, g, smallest, coercive)
			}
			for _, pick := range []struct {
				at   int
				want *big.Rat
			}{{g.Cheapest, cheapest}, {g.Mediators, mediators}} {
				if (pick.at < 0) != (pick.want == nil) || pick.at >= 0 && (Cost(levers, c.Sets[pick.at].Set).Cmp(pick.want) != 0 || Coercive(levers, c.Sets[pick.at].Set)) {
					t.Fatalf("seed %d, %s: %+v, want cost %v", seed, name, g, pick.want)
				}
			}
			switch {
			case len(g.Smallest) > 1:
				several++
			case len(reached) == 0:
				none++
			}
			if len(g.Coercive) > 0 {
				pressed++
			}
		}
	}
	t.Logf("%d goals with several smallest sets, %d with sets that need pressure, %d not reached", several, pressed, none)
	if several < 25 || pressed < 25 || none < 50 {
		t.Error("too little was compared")
	}
}

// naiveFlips finds the smallest sets that flip the answer of one end by the definitions.
func naiveFlips(n, end int, differs func(mask int) bool) map[int]bool {
	out := map[int]bool{}
	for set := range 1 << n {
		if !differs(end ^ set) {
			continue
		}
		least := true
		for part := range 1 << n {
			least = least && (part == set || part&^set != 0 || !differs(end^part))
		}
		if least {
			out[set] = true
		}
	}
	return out
}

func TestFlipsAgreeWithDefinitions(t *testing.T) {
	verdicts, packages := 0, 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 102))
		space := drawTight(r, outcometest.Shape{Parties: 1 + int(seed%3), Boxes: seed%3 == 0, Coarse: seed%2 == 0})
		changes := drawChanges(r, space, 1+r.IntN(5))
		n := len(changes.changes)
		c, err := Combine(t.Context(), n, changes.compile, CombineOptions{})
		if err != nil {
			t.Fatal(seed, err)
		}
		solved := make([]*outcometest.Naive, 1<<n)
		first := make([][]outcome.Outcome, 1<<n)
		for mask := range solved {
			s, _ := changes.compile(setOf(mask))
			if solved[mask] = outcometest.NewNaive(s); len(solved[mask].Zone) > 0 {
				first[mask] = solved[mask].Solutions()["nash"]
			}
		}
		for name, f := range map[string]Flips{"verdict": c.VerdictFlips(), "package": c.PackageFlips()} {
			for end, got := range map[int][][]int{0: f.Forward, 1<<n - 1: f.Back} {
				want := naiveFlips(n, end, func(mask int) bool {
					if name == "verdict" {
						return (len(solved[mask].Zone) > 0) != (len(solved[end].Zone) > 0)
					}
					if len(first[end]) == 0 || len(first[mask]) == 0 {
						return (len(first[end]) == 0) != (len(first[mask]) == 0)
					}
					return !slices.ContainsFunc(first[mask], func(o outcome.Outcome) bool { return slices.Equal(o, first[end][0]) })
				})
				if !f.Complete || len(got) != len(want) || slices.ContainsFunc(got, func(set []int) bool { return !want[maskOf(set)] }) {
					t.Fatalf("seed %d, %s from %b: %v (complete %t), want %v", seed, name, end, got, f.Complete, want)
				}
				if !slices.IsSortedFunc(got, compareSets) {
					t.Fatalf("seed %d: flips out of order: %v", seed, got)
				}
				if len(got) > 0 && name == "verdict" {
					verdicts++
				} else if len(got) > 0 {
					packages++
				}
			}
		}
	}
	t.Logf("%d verdicts and %d packages flip", verdicts, packages)
	if verdicts < 60 || packages < 100 {
		t.Error("too little was compared")
	}
}

// opensWith is a space of one issue in which a zone opens when the changes of either of two sets are made.
func opensWith(sets ...[]int) func(set []int) (*outcome.Space, error) {
	return func(set []int) (*outcome.Space, error) {
		s := &outcome.Space{Issues: []outcome.Issue{{ID: "only", Options: len(sets)}}}
		scores := make([]int64, len(sets))
		for o, want := range sets {
			for _, i := range want {
				if slices.Contains(set, i) {
					scores[o]++
				}
			}
			scores[o] -= int64(len(want))
		}
		s.Parties = []outcome.Party{{Row: outcome.Row{ID: "a", Scale: 1, Scores: [][]int64{scores}, Threshold: outcome.Threshold{Set: true}}}}
		return s, s.Check()
	}
}

// Of more levers than twelve, a search finds small sets, and cheap ones of any size, and says how far
// it goes.
func TestCombineMany(t *testing.T) {
	levers := make([]Lever, 30)
	for i := range levers {
		levers[i] = Lever{Cost: big.NewRat(int64(3+i%7), 1), Mediators: i%2 == 0}
	}
	cheap := []int{1, 4, 8, 13, 20} // at 1 each: five levers, beyond the sets of all sizes
	for _, i := range cheap {
		levers[i].Cost = big.NewRat(1, 1)
	}
	levers[29].Coercive = true
	c, err := Combine(t.Context(), len(levers), opensWith(cheap, []int{3, 9}, []int{29}), CombineOptions{Levers: levers})
	if err != nil {
		t.Fatal(err)
	}
	g := c.Goal(levers, (*Combination).OpensZone)
	if c.Complete || g.Cheapest < 0 || !slices.Equal(c.Sets[g.Cheapest].Set, cheap) || !g.Proven || len(g.Coercive) != 1 || len(g.Smallest) != 2 {
		t.Errorf("%d sets (%s): %+v", len(c.Sets), c.Why, g)
	}
	// Far beyond the budget nothing is claimed.
	deep := []int{0, 2, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19}
	c, err = Combine(t.Context(), len(levers), opensWith(deep), CombineOptions{Levers: levers})
	if err != nil {
		t.Fatal(err)
	}
	if g := c.Goal(levers, (*Combination).OpensZone); g.Cheapest >= 0 || g.Proven || len(g.Smallest) > 0 {
		t.Errorf("%+v", g)
	}
	// Flips: from both ends.
	c, err = Combine(t.Context(), 30, opensWith([]int{3, 9}), CombineOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f := c.VerdictFlips()
	if got := fmt.Sprint(f); got != "{[[3 9]] [[3] [9]] false}" {
		t.Error(got)
	}
}

// The cheapest sets come in order, and none is missing or comes twice.
func TestAscending(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 103))
		levers := drawLevers(r, r.IntN(8))
		able := 0
		for _, l := range levers {
			if l.Cost != nil && !l.Coercive {
				able++
			}
		}
		seen := map[int]bool{}
		var last *big.Rat
		all := ascending(levers, 1<<10, func(set []int, cost *big.Rat) {
			if seen[maskOf(set)] || !slices.IsSorted(set) || Cost(levers, set).Cmp(cost) != 0 || Coercive(levers, set) || last != nil && cost.Cmp(last) < 0 {
				t.Fatalf("seed %d: set %v at %v after %v", seed, set, cost, last)
			}
			seen[maskOf(set)], last = true, cost
		})
		if !all || len(seen) != 1<<able-1 {
			t.Fatalf("seed %d: %d sets of %d levers, all %t", seed, len(seen), able, all)
		}
	}
}

// Changes that cannot be made together are said to be so.
func TestCombineRefused(t *testing.T) {
	open := opensWith([]int{0}, []int{1})
	c, err := Combine(t.Context(), 2, func(set []int) (*outcome.Space, error) {
		if len(set) == 2 {
			return nil, errors.New("not both")
		}
		return open(set)
	}, CombineOptions{Levers: make([]Lever, 2)})
	if err != nil {
		t.Fatal(err)
	}
	g := c.Goal(make([]Lever, 2), (*Combination).OpensZone)
	if last := c.Sets[3]; last.Refused != "not both" || last.Verdict != bargain.Unknown || len(g.Smallest) != 2 || g.Unknown != 0 || g.Cheapest >= 0 {
		t.Errorf("%+v, %+v", last, g)
	}
}

// Of a space of 10^50 outcomes the verdict under every set of levers is found: two parties share out points
// that add up, so that there is a zone exactly where their no-deal values do not ask for more in all.
func TestLeversOfLargeSpaces(t *testing.T) {
	s := &outcome.Space{}
	var scores [2][][]int64
	for i := range 50 {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
		var a, b []int64
		for o := range int64(10) {
			a, b = append(a, o), append(b, 9-o)
		}
		scores[0], scores[1] = append(scores[0], a), append(scores[1], b)
	}
	for p, at := range []int64{250, 210} { // 10 more than there are
		s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{ID: fmt.Sprint("p", p), Scale: 1, Scores: scores[p], Threshold: outcome.Threshold{Value: at, Set: true}}})
	}
	r := rand.New(rand.NewPCG(4, 104))
	levers := drawLevers(r, 12)
	var by []int64
	for i := range levers {
		levers[i].Cost = big.NewRat(1+r.Int64N(9), 1)
		by = append(by, r.Int64N(9)-2)
	}
	c, err := Combine(t.Context(), len(levers), func(set []int) (*outcome.Space, error) {
		x := *s
		x.Parties = slices.Clone(s.Parties)
		for _, i := range set {
			x.Parties[i%2].Threshold.Value -= by[i]
		}
		return &x, nil
	}, CombineOptions{Levers: levers, Time: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	reached := make(map[int]bool)
	for mask := range 1 << len(levers) {
		sum := int64(0)
		for _, i := range setOf(mask) {
			sum += by[i]
		}
		if sum >= 10 {
			reached[mask] = true
		}
	}
	smallest, coercive, cheapest, mediators := naiveGoal(levers, reached)
	g := c.Goal(levers, (*Combination).OpensZone)
	if g.Unknown > 0 || !g.Proven || len(g.Smallest) != len(smallest) || len(g.Coercive) != len(coercive) || len(smallest) == 0 || len(coercive) == 0 {
		t.Fatalf("%+v, want %d and %d sets", g, len(smallest), len(coercive))
	}
	if Cost(levers, c.Sets[g.Cheapest].Set).Cmp(cheapest) != 0 || (mediators == nil) != (g.Mediators < 0) || mediators != nil && Cost(levers, c.Sets[g.Mediators].Set).Cmp(mediators) != 0 {
		t.Errorf("%+v, want %v and %v", g, cheapest, mediators)
	}
}
