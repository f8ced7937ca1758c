package bargain

import (
	"cmp"
	"context"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// refusals are all reasons for which a method does not serve a space. A new one is a method that has
// become narrower, or a reason that users have not seen before.
var refusals = regexp.MustCompile(`^\w+: (` + strings.Join([]string{
	`another method was asked for`,
	`\d+ packages are too many to list`,
	`of \d+ packages about \d+ would be efficient, too many to compare with each other`,
	`issues cannot be summed one by one, because (the consent rule|p\d's ratification rule) (can be lost by one more yes|can be met in \d+ ways, more than \d+)`,
	`issues cannot be summed one by one, because consent and ratification can be met in more than \d+ ways together`,
	`no condition or adjustment links issues`,
	`conditions or adjustments link issues`,
	`summing \d+ of \d+ issues already takes more than the budget of work`,
}, "|") + `)$`)

// refused reports whether an error is nothing but known reasons of every method.
func refused(err error) bool {
	text, ok := strings.CutPrefix(err.Error(), "no method serves these ")
	_, text, _ = strings.Cut(text, " packages: ")
	text, also := strings.CutSuffix(text, "; fewer options, fewer links between issues or a larger budget would make it possible")
	for reason := range strings.SplitSeq(text, "; ") {
		ok = ok && refusals.MatchString(reason)
	}
	return ok && also
}

// Every method gives the same answer to the same space: equal where it says that it is exact, else within
// the bounds that it states. Nothing is said that is not so, whatever the budget forces.
func TestMethodsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(91, 92))
	served := make(map[Method]int)
	estimates, missed := 0, 0
	for round := range trials.Of(80, 600) {
		s := outcometest.Space(r, outcometest.Shape{Issues: 1 + round%4, Parties: round % 5, Coarse: round%3 == 0,
			Unlinked: round%2 == 0, Boxes: round%8 == 1})
		if n, _ := s.Count(); n > 700 {
			continue
		}
		if round%7 == 0 {
			demandMost(s)
		}
		opt := Options{Whole: round%11 < 3, Ratifiable: round%5 < 2, MaxTies: 1 << 20, Method: Listing}
		truth := methodAnalysis(t, s, opt)
		for _, method := range []Method{Listing, Merging, Elimination, Branching, Bounding, ""} {
			for _, budget := range []time.Duration{0, 1, 100, 3000, 100_000} {
				opt := opt
				opt.Method, opt.Time, opt.MaxTies = method, budget, 5
				a := methodAnalysis(t, s, opt)
				if a == nil {
					continue
				}
				served[a.Method]++
				c := comparison{t, s, opt, truth, a}
				c.run()
				for _, e := range []struct {
					of   *Estimate
					true *big.Int
				}{{a.Zone.Estimate, truth.Zone.Low}, {a.Zone.RatifiableEstimate, truth.Zone.Ratifiable}} {
					if e.of != nil {
						estimates++
						if e.true.Cmp(e.of.Low) < 0 || e.true.Cmp(e.of.High) > 0 {
							missed++
						}
					}
				}
				if t.Failed() {
					t.Fatalf("round %d, %s asked for, %s within %v, whole %t, ratifiable %t", round, method, a.Method, budget, opt.Whole, opt.Ratifiable)
				}
			}
		}
	}
	t.Logf("served %v; %d estimates, of which %d miss", served, estimates, missed)
	if 20*missed > estimates+20 {
		t.Errorf("%d of %d estimates miss", missed, estimates)
	}
	for _, method := range []Method{Listing, Merging, Elimination, Branching, Bounding} {
		if served[method] < 30 {
			t.Errorf("%s served %d times: the test compares too little", method, served[method])
		}
	}
}

// demandMost makes parties ask for so much that hardly anybody can gain.
func demandMost(s *outcome.Space) {
	for p := range s.Parties {
		best := int64(-1 << 40)
		for _, o := range outcometest.EveryOutcome(s) {
			if s.InZone(o) {
				best = max(best, s.Parties[p].Value(o))
			}
		}
		if best > -1<<40 && s.Parties[p].Threshold.Set {
			s.Parties[p].Threshold.Value = best
		}
	}
}

// methodAnalysis returns nil where the method refuses for a known reason.
func methodAnalysis(t *testing.T, s *outcome.Space, opt Options) *Analysis {
	t.Helper()
	a, err := Analyze(context.Background(), s, opt)
	if err != nil && !refused(err) {
		t.Fatalf("%s: refused for a reason that is new: %v", opt.Method, err)
	}
	return a
}

// A comparison is of what a method says with the truth.
type comparison struct {
	t     *testing.T
	s     *outcome.Space
	opt   Options
	truth *Analysis
	got   *Analysis
}

func (c *comparison) run() {
	got, truth := c.got, c.truth
	if got.Verdict != truth.Verdict && (got.Exact || got.Verdict != Unknown) {
		c.t.Errorf("verdict %s, want %s", got.Verdict, truth.Verdict)
	}
	c.counts()
	c.frontier()
	if got.Verdict != truth.Verdict || truth.Verdict != HasZone {
		if got.Solutions != (Solutions{}) {
			c.t.Errorf("solutions %+v without a zone", got.Solutions)
		}
		return
	}
	if got.Exact && !slices.Equal(got.Parties, truth.Parties) {
		c.t.Errorf("ends %v, want %v", got.Parties, truth.Parties)
	}
	theirs := named(&truth.Solutions)
	for name, sol := range named(&got.Solutions) {
		c.solution(name, sol, theirs[name])
	}
}

// counts compares what is said of numbers of outcomes.
func (c *comparison) counts() {
	z, true := &c.got.Zone, &c.truth.Zone
	holds := func(what string, low, high, n *big.Int, e *Estimate) {
		if low == nil || high == nil || low.Cmp(n) > 0 || high.Cmp(n) < 0 {
			c.t.Errorf("%s between %v and %v, want %v", what, low, high, n)
			return
		}
		if e != nil && (e.Low.Cmp(e.High) > 0 || e.Low.Cmp(low) < 0 || e.High.Cmp(high) > 0 || low.Cmp(high) == 0) {
			c.t.Errorf("%s estimated from %v to %v, proven from %v to %v", what, e.Low, e.High, low, high)
		}
	}
	holds("zone", z.Low, z.High, true.Low, z.Estimate)
	holds("ratifiable", z.RatifiableLow, z.RatifiableHigh, true.Ratifiable, z.RatifiableEstimate)
	if counted := z.RatifiableLow.Cmp(z.RatifiableHigh) == 0; counted != (z.Ratifiable != nil) || counted && z.Ratifiable.Cmp(true.Ratifiable) != 0 {
		c.t.Errorf("ratifiable %v, between %v and %v, want %v", z.Ratifiable, z.RatifiableLow, z.RatifiableHigh, true.Ratifiable)
	}
	if z.RatifiableEstimate != nil && !c.s.AsksHome() {
		c.t.Error("an estimate of what nobody at home is asked")
	}
	if z.Options != nil && !slices.EqualFunc(z.Options, true.Options, slices.Equal[[]bool]) {
		c.t.Errorf("options %v, want %v", z.Options, true.Options)
	}
}

func (c *comparison) frontier() {
	f, true := &c.got.Frontier, &c.truth.Frontier
	for _, p := range f.Points {
		within := c.s.InZone(p.Outcome) && (!c.opt.Ratifiable || c.s.Ratifiable(p.Outcome))
		if c.opt.Whole {
			within = c.s.Admits(p.Outcome)
		}
		if !within || !slices.Equal(p.Utilities, outcometest.NewNaive(c.s).Utilities(p.Outcome)) {
			c.t.Errorf("frontier point %v with %v", p.Outcome, p.Utilities)
		}
	}
	if f.Size < 0 {
		return
	}
	if f.Size != true.Size || !slices.EqualFunc(f.Points, true.Points, func(p, q Point) bool {
		return slices.Equal(p.Utilities, q.Utilities) && (p.Ties == nil || p.Ties.Cmp(q.Ties) == 0 && slices.Equal(p.Outcome, q.Outcome))
	}) {
		c.t.Errorf("frontier of %d, %v, want %d, %v", f.Size, f.Points, true.Size, true.Points)
	}
}

// solution compares what a rule picks. The truth lists all ties.
func (c *comparison) solution(name string, sol, true *Solution) {
	if sol == nil {
		// Without a frontier there is nothing to balance.
		if true != nil && c.got.Exact && !(name == "balanced" && c.got.Frontier.Size < 0) {
			c.t.Errorf("no %s, want %v", name, true.Outcome)
		}
		return
	}
	if true == nil {
		c.t.Errorf("%s at %v, want none", name, sol.Outcome)
		return
	}
	tied := func(o outcome.Outcome) bool {
		return slices.ContainsFunc(true.Tied, func(p outcome.Outcome) bool { return slices.Equal(o, p) })
	}
	if !slices.Equal(sol.Utilities, outcometest.NewNaive(c.s).Utilities(sol.Outcome)) {
		c.t.Errorf("%s: %v is not worth %v", name, sol.Outcome, sol.Utilities)
	}
	proven := sol.Gap != nil && sol.Gap.Sign() == 0
	switch {
	case c.got.Exact && !proven:
		c.t.Errorf("%s: a gap of %v in an exact analysis", name, sol.Gap)
	case proven && !tied(sol.Outcome):
		c.t.Errorf("%s at %v with %v, want one of %v with %v", name, sol.Outcome, sol.Utilities, true.Tied, true.Utilities)
	case proven && sol.First && !slices.Equal(sol.Outcome, true.Outcome):
		c.t.Errorf("%s first at %v, want %v", name, sol.Outcome, true.Outcome)
	case proven && sol.Ties != nil && sol.Ties.Cmp(true.Ties) != 0:
		c.t.Errorf("%s: %v tied, want %v", name, sol.Ties, true.Ties)
	case proven && slices.ContainsFunc(sol.Tied, func(o outcome.Outcome) bool { return !tied(o) }):
		c.t.Errorf("%s: tied %v, want of %v", name, sol.Tied, true.Tied)
	case proven && sol.First && sol.Ties != nil && !slices.EqualFunc(sol.Tied, true.Tied[:min(len(true.Tied), c.opt.MaxTies)], slices.Equal[outcome.Outcome]):
		c.t.Errorf("%s: tied %v, want the first of %v", name, sol.Tied, true.Tied)
	case sol.Gap != nil && sol.Gap.Sign() < 0:
		c.t.Errorf("%s: a gap of %v", name, sol.Gap)
	case sol.Gap != nil && !proven && slices.Equal(c.got.Parties, c.truth.Parties) && c.beyond(name, sol.Utilities, true.Utilities).Cmp(sol.Gap) > 0:
		c.t.Errorf("%s: %v beyond %v, the gap is %v", name, true.Utilities, sol.Utilities, sol.Gap)
	}
}

// beyond returns how much better v is than u, as Solution.Gap counts it; 0 of what the first entry of a
// leximin does not tell.
func (c *comparison) beyond(name string, u, v []int64) *big.Rat {
	least := func(u []int64, unit func(p int) *big.Rat) *big.Rat {
		var low *big.Rat
		for p, b := range c.truth.Parties {
			per := unit(p)
			if per.Sign() <= 0 {
				continue
			}
			if share := new(big.Rat).Quo(big.NewRat(u[p]-b.Disagreement, 1), per); low == nil || share.Cmp(low) < 0 {
				low = share
			}
		}
		return cmp.Or(low, new(big.Rat))
	}
	value := func(u []int64) *big.Rat {
		switch name {
		case "nash":
			product := big.NewRat(1, 1)
			for p, b := range c.truth.Parties {
				if b.Ideal > b.Disagreement {
					product.Mul(product, big.NewRat(max(0, u[p]-b.Disagreement), 1))
				}
			}
			return product
		case "kalai_smorodinsky":
			return least(u, func(p int) *big.Rat {
				return big.NewRat(c.truth.Parties[p].Ideal-c.truth.Parties[p].Disagreement, 1)
			})
		case "egalitarian":
			return least(u, func(p int) *big.Rat { return big.NewRat(c.s.Parties[p].Scale, 1) })
		}
		sum := new(big.Rat)
		for p := range u {
			sum.Add(sum, c.s.Parties[p].Points(u[p]))
		}
		return sum
	}
	x, y := value(u), value(v)
	more := new(big.Rat).Sub(y, x)
	if name == "nash" && x.Sign() > 0 {
		more.Quo(more, x)
	} else if name == "nash" {
		return new(big.Rat)
	}
	return more
}

// What a budget ends before it has begun is still told without a slip: a least utility that no search
// reached is that of the zone's outcomes which are known.
func TestBranchingWithoutBudget(t *testing.T) {
	r := rand.New(rand.NewPCG(93, 94))
	zones := 0
	for range trials.Of(20, 400) {
		s := outcometest.Space(r, outcometest.Shape{Issues: 4, Parties: 2, Boxes: true})
		s.Parties[1].Threshold = outcome.Threshold{}
		truth := methodAnalysis(t, s, Options{Method: Listing, MaxTies: 1 << 20})
		for budget := time.Duration(100); budget < 20_000; budget *= 2 {
			a := methodAnalysis(t, s, Options{Method: Branching, Time: budget, MaxTies: 5})
			if a == nil {
				break
			}
			if a.Verdict == HasZone && !a.Exact {
				zones++
			}
			c := comparison{t, s, Options{MaxTies: 5}, truth, a}
			if c.run(); t.Failed() {
				t.FailNow()
			}
		}
	}
	if zones < 10 {
		t.Errorf("%d zones without a proof: the test compares too little", zones)
	}
}
