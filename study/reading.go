package study

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Reading is one set of assumptions and what follows from it.
type Reading struct {
	View     string         // id of the view, empty for the case as written
	Case     *casefile.Case // with the view and the levers applied
	Space    *outcome.Space
	Analysis *bargain.Analysis
	// Packages on record, in the order of the file.
	Packages []Judged
	// StatusQuo is the package in which every issue stays as it is; nil where an
	// issue has no status quo.
	StatusQuo *Judged

	propose func() []Proposal
}

// A Judged package is one that somebody named, with what it is worth and who
// accepts it.
type Judged struct {
	ID       string
	Outcome  outcome.Outcome
	Judgment bargain.Judgment
}

// Judge judges an outcome under the reading.
func (r *Reading) Judge(id string, o outcome.Outcome) Judged {
	return Judged{id, o, bargain.Judge(r.Space, o)}
}

// Read returns a case under a choice, its packages judged and nothing solved.
func Read(c *casefile.Case, choice casefile.Choice) (*Reading, error) {
	under, space, err := c.Under(choice)
	if err != nil {
		return nil, err
	}
	return readSpace(c, choice.View, under, space)
}

// readSpace is Read for a case that is compiled.
func readSpace(c *casefile.Case, view string, under *casefile.Case, space *outcome.Space) (*Reading, error) {
	r := &Reading{View: view, Case: under, Space: space}
	r.propose = sync.OnceValue(r.proposals)
	for id := range c.Packages.All() {
		o, err := c.PackageOutcome(id)
		if err != nil {
			return nil, fmt.Errorf("package %s: %w", id, err)
		}
		r.Packages = append(r.Packages, r.Judge(id, o))
	}
	if o, ok := c.StatusQuo(); ok {
		quo := r.Judge("status_quo", o)
		r.StatusQuo = &quo
	}
	return r, nil
}

// A refused reading is one that passes the limits of an analysis; its verdict is unknown.
type refused struct {
	err     error
	reading *Reading
}

func (e *refused) Error() string { return e.err.Error() }
func (e *refused) Unwrap() error { return e.err }

// solve analyses the reading. Where that passes its limits, the error is a refusal that holds the
// reading with an unknown verdict.
func (r *Reading) solve(ctx context.Context, opts bargain.Options) error {
	var err error
	if r.Analysis, err = bargain.Analyze(ctx, r.Space, opts); err != nil && ctx.Err() == nil {
		r.Analysis = &bargain.Analysis{Outcomes: r.Space.Size(), Verdict: bargain.Unknown, Why: err.Error()}
		err = &refused{err, r}
	}
	return err
}

// HasZone reports whether the reading's zone holds a package.
func (r *Reading) HasZone() bool { return r.Analysis.Verdict == bargain.HasZone }

// ZoneCount returns the number of packages in the zone, nil where it is not known exactly.
func (r *Reading) ZoneCount() *big.Int {
	z := &r.Analysis.Zone
	if z.Low == nil || z.High == nil || !z.Exact() {
		return nil
	}
	return z.Low
}

// IsStatusQuo reports whether o leaves every issue as it is.
func (r *Reading) IsStatusQuo(o outcome.Outcome) bool {
	return r.StatusQuo != nil && slices.Equal(r.StatusQuo.Outcome, o)
}

// Closest returns the packages on record that break the fewest conditions, at least one of them.
func (r *Reading) Closest() []Judged {
	var best []Judged
	for _, p := range r.Packages {
		switch n := len(p.Judgment.Broken); {
		case len(best) == 0 || n < len(best[0].Judgment.Broken):
			best = []Judged{p}
		case n == len(best[0].Judgment.Broken):
			best = append(best, p)
		}
	}
	return best
}

// winners returns what the rules pick, in their order.
func (r *Reading) winners() []outcome.Outcome {
	var all []outcome.Outcome
	for _, rule := range Rules {
		if x := rule.Pick(&r.Analysis.Solutions); x != nil {
			all = append(all, x.Outcome)
		}
	}
	return all
}

// A Rule is a bargaining solution with the name that people read.
type Rule struct {
	Key    string // in JSON
	Name   string
	Letter string // as marked on a map
	Aim    string // what it looks for, in half a sentence
	Gap    string // what its gap is measured in, after the number; empty for a rule that has none
	Pick   func(*bargain.Solutions) *bargain.Solution
}

// Rules lists the solutions in the order in which they are shown. It must not be changed.
var Rules = []Rule{
	{"nash", "Nash", "N", "the greatest product of the gains over no deal", " of the product of gains",
		func(s *bargain.Solutions) *bargain.Solution { return s.Nash }},
	{"kalai_smorodinsky", "Kalai–Smorodinsky", "K", "equal shares of what each could gain at most", " of a party’s possible gain",
		func(s *bargain.Solutions) *bargain.Solution { return s.KalaiSmorodinsky }},
	{"egalitarian", "egalitarian", "E", "equal gains in points", " points",
		func(s *bargain.Solutions) *bargain.Solution { return s.Egalitarian }},
	{"utilitarian", "utilitarian", "U", "the greatest sum of points", " points",
		func(s *bargain.Solutions) *bargain.Solution { return s.Utilitarian }},
	{"balanced", "balanced", "B", "the least difference between shares of possible gain", "",
		func(s *bargain.Solutions) *bargain.Solution { return s.Balanced }},
}

// A Proposal is a package worth proposing, and what says so.
type Proposal struct {
	Judged
	Reasons []Reason
	Ties    *big.Int
}

// A Reason says why a package is worth proposing: a rule picks it; it has the most support at
// home; or it lies close to the Nash package and is better for one party.
type Reason struct {
	Rule  *Rule // nil for the others
	Close bool
	Party int // Close: who is better off
}

// letter is the reason's mark on the deal map.
func (w Reason) letter() string {
	switch {
	case w.Rule != nil:
		return w.Rule.Letter
	case w.Close:
		return "F"
	}
	return "H"
}

// Letters are the marks of a proposal's reasons, each once.
func (p *Proposal) Letters() string {
	letters := ""
	for _, w := range p.Reasons {
		if !strings.Contains(letters, w.letter()) {
			letters += w.letter()
		}
	}
	return letters
}

// Proposals returns the distinct packages that the rules pick, in the order of
// rules, each with every rule that picks it; then the one with the most support
// at home. Where they are fewer than three, the frontier's next best by Nash's
// product for each party in turn are added. At most six are returned. The status
// quo is not proposed while there is anything else. A reading that is not solved has none. The
// result must not be changed.
func (r *Reading) Proposals() []Proposal { return r.propose() }

func (r *Reading) proposals() []Proposal {
	a := r.Analysis
	if a == nil || !r.HasZone() {
		return nil
	}
	var found []Proposal
	add := func(o outcome.Outcome, why Reason, ties *big.Int) {
		at := slices.IndexFunc(found, func(p Proposal) bool { return slices.Equal(p.Outcome, o) })
		if at < 0 {
			at = len(found)
			found = append(found, Proposal{Judged: r.Judge("", o), Ties: ties})
		}
		found[at].Reasons = append(found[at].Reasons, why)
	}
	for i := range Rules {
		if x := Rules[i].Pick(&a.Solutions); x != nil {
			add(x.Outcome, Reason{Rule: &Rules[i]}, x.Ties)
		}
	}
	if p := r.mostSupported(found); p != nil {
		add(p.Outcome, Reason{}, p.Ties)
	}
	if len(found) < 3 && a.Solutions.Nash != nil {
		for i := range r.Space.Parties {
			if p := r.nextBest(i); p != nil && len(found) < 6 {
				add(p.Outcome, Reason{Close: true, Party: i}, p.Ties)
			}
		}
	}
	kept := slices.DeleteFunc(slices.Clone(found), func(p Proposal) bool { return r.IsStatusQuo(p.Outcome) })
	if len(kept) == 0 {
		kept = found
	}
	return kept[:min(6, len(kept))]
}

// support orders packages by what people at home make of them: parties that
// ratify, then constituencies that accept.
func support(j *bargain.Judgment) (parties, groups int) {
	for i, ok := range j.Ratifies {
		if ok {
			parties++
		}
		for set := j.ConstituencyAccepts[i]; set != 0; set &= set - 1 {
			groups++
		}
	}
	return parties, groups
}

// mostSupported returns the point of the zone's frontier with the most support
// at home: a proposal's where it ties with one, else the first; nil where nobody
// at home has a say.
func (r *Reading) mostSupported(found []Proposal) *bargain.Point {
	if !r.Space.AsksHome() {
		return nil
	}
	var best *bargain.Point
	parties, groups := -1, -1
	try := func(p *bargain.Point) {
		j := bargain.Judge(r.Space, p.Outcome)
		if !j.InZone {
			return
		}
		if n, m := support(&j); n > parties || n == parties && m > groups {
			best, parties, groups = p, n, m
		}
	}
	for _, p := range found {
		try(&bargain.Point{Utilities: p.Judgment.Utilities, Outcome: p.Outcome, Ties: p.Ties})
	}
	for i := range r.Analysis.Frontier.Points {
		try(&r.Analysis.Frontier.Points[i])
	}
	return best
}

// nextBest returns the frontier point of the zone that gives party i more than
// the Nash package does and has the greatest product of gains among those; nil
// where there is none.
func (r *Reading) nextBest(i int) *bargain.Point {
	a := r.Analysis
	var best *bargain.Point
	var most *big.Int
	for k := range a.Frontier.Points {
		p := &a.Frontier.Points[k]
		if p.Utilities[i] <= a.Solutions.Nash.Utilities[i] || !r.Space.InZone(p.Outcome) || r.IsStatusQuo(p.Outcome) {
			continue
		}
		product := big.NewInt(1)
		for q, u := range p.Utilities {
			product.Mul(product, big.NewInt(max(0, u-a.Parties[q].Disagreement)))
		}
		if most == nil || product.Cmp(most) > 0 {
			best, most = p, product
		}
	}
	return best
}
