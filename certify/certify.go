// Package certify writes certificates: what an analysis or a diagnosis found, with what proves it to somebody who
// trusts neither this module nor its answers. Package verify checks them and shares no code with the rest.
package certify

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Certificate states what was found about a space, with what proves it to
// somebody who trusts neither this package nor its answers: package verify checks it
// and shares no code with this one. docs/formats/certificate.md describes its JSON.
//
// Parties, issues and options are positions from 0. Numbers that may pass 2^53
// are decimal strings, fractions "n/d" in lowest terms; utilities are in their row's
// units.
type Certificate struct {
	Version   int                `json:"goodoffices_certificate"`
	Proves    string             `json:"proves"` // what it proves whole; in part; not at all
	Case      string             `json:"case"`   // set by the caller, like the next three
	Hash      string             `json:"hash"`   // SHA-256 of the case file
	View      string             `json:"view"`   // "" for the case as written
	Levers    []string           `json:"levers"` // never nil
	Space     string             `json:"space"`  // fingerprint of the space's numbers
	Method    string             `json:"method"` // "multipliers" or "listing"
	Outcomes  string             `json:"outcomes"`
	Verdict   bargain.Verdict    `json:"verdict"`
	Witness   outcome.Outcome    `json:"witness,omitempty"`   // multipliers: an outcome in the zone
	Empty     *Refutation        `json:"empty,omitempty"`     // multipliers: that there is none
	ZoneLow   string             `json:"zone_low,omitempty"`  // listing: bounds of the zone's count
	ZoneHigh  string             `json:"zone_high,omitempty"` // listing
	Parties   []CertifiedParty   `json:"parties,omitempty"`
	Solutions CertifiedSolutions `json:"solutions"`
	Frontier  *CertifiedFrontier `json:"frontier,omitempty"`
}

// A CertifiedParty is what a party's gains are measured from, and to.
type CertifiedParty struct {
	Disagreement string `json:"disagreement"`
	FromZone     bool   `json:"from_zone"`
	Ideal        string `json:"ideal"`
	Least        *Claim `json:"least,omitempty"` // multipliers, with FromZone: of negative utilities
	Best         *Claim `json:"best,omitempty"`  // multipliers
}

// CertifiedSolutions are the claims about each rule's pick, nil where nothing is claimed.
type CertifiedSolutions struct {
	Nash             *Claim `json:"nash,omitempty"`
	KalaiSmorodinsky *Claim `json:"kalai_smorodinsky,omitempty"`
	Egalitarian      *Claim `json:"egalitarian,omitempty"`
	Utilitarian      *Claim `json:"utilitarian,omitempty"`
	Balanced         *Claim `json:"balanced,omitempty"` // listing
}

// A Claim says how good an outcome is by one rule. Values are compared entry by
// entry: for Nash the number of parties that gain and the product of their gains
// in points; for Kalai–Smorodinsky and egalitarian the shares in ascending order; for
// utilitarian the sum of points; for balanced the least share less the greatest.
type Claim struct {
	Outcome   outcome.Outcome `json:"outcome"`
	Utilities []string        `json:"utilities"`
	Value     []string        `json:"value"`
	// Proven is the number of leading entries that no outcome surpasses, given the
	// entries before; Bound is what the next is at most, "" where nothing is known.
	Proven      int          `json:"proven"`
	Bound       string       `json:"bound,omitempty"`
	Ties        string       `json:"ties,omitempty"` // listing
	Refutations []Refutation `json:"refutations,omitempty"`
}

// A Refutation shows that no outcome meets the floors that it lists. The package
// comment of verify says how it is checked.
type Refutation struct {
	Floors      []string   `json:"floors"`
	Objective   []string   `json:"objective,omitempty"`
	Sum         string     `json:"sum,omitempty"`
	Gaining     []int      `json:"gaining,omitempty"`
	Product     string     `json:"product,omitempty"`
	Multipliers [][]string `json:"multipliers"`
	Roots       []string   `json:"roots,omitempty"`
	Steps       []Step     `json:"steps"`
}

// A Step is one node of a refutation's tree, parents before children.
type Step struct {
	Multipliers *int  `json:"y,omitempty"`
	Chain       bool  `json:"chain,omitempty"`
	Split       *int  `json:"split,omitempty"`
	Keep        []int `json:"keep,omitempty"`
}

// A CertifiedFrontier is the zone's frontier, or its beginning.
type CertifiedFrontier struct {
	Size   int              `json:"size"`
	Points []CertifiedPoint `json:"points"`
}

// A CertifiedPoint is a vector of utilities with an outcome that reaches it.
type CertifiedPoint struct {
	Outcome   outcome.Outcome `json:"outcome"`
	Utilities []string        `json:"utilities"`
}

const (
	certificateVersion = 2
	// certifyBudget bounds the scores read for the verdict, for all ideals, for all least
	// utilities and for each rule: about a second and a half each.
	certifyBudget = 1 << 28
	// certifyListing is the largest space that a checker lists again.
	certifyListing = 1 << 26
	// certifySets bounds the sets of parties for which a Nash product is bounded.
	certifySets = 256
	// certifyBytes bounds the frontier that a certificate lists.
	certifyBytes = 1 << 24
)

// Analysis returns a certificate of what a says of s; a must be an analysis of the zone,
// without [Options.Whole]. Without one, nil, a certificate rests on proofs alone and has no
// frontier. It fails where proofs contradict the analysis.
//
// Where consent is unanimous and no condition links issues, the certificate proves
// by multipliers, whatever the size: the verdict, what gains are measured from and to, and
// how good the picks of Nash, Kalai–Smorodinsky, egalitarian and utilitarian are,
// each exact or within a bound. A rule about which nothing is proven within
// the budget has no claim. Of two parties it holds the frontier too.
//
// Any other certificate restates the analysis, and whoever checks it has to list all
// outcomes again; so their number is limited to 2^26.
func Analysis(ctx context.Context, s *outcome.Space, a *bargain.Analysis) (*Certificate, error) {
	return certify(ctx, s, a, certifyBudget)
}

func certify(ctx context.Context, s *outcome.Space, a *bargain.Analysis, budget int64) (*Certificate, error) {
	c, err := certificateOf(ctx, s, a, budget)
	if err == nil {
		c.Proves = c.proves()
	}
	return c, err
}

// proves names what a reader may look for in a certificate under what is proven of it: whole, in part, not at all.
func (c *Certificate) proves() string {
	if c.Verdict != bargain.HasZone {
		return extents([]string{"verdict"}, nil, nil)
	}
	names := [3][]string{{"verdict"}}
	add := func(name string, claimed, all bool) {
		at := 2
		if claimed && all {
			at = 0
		} else if claimed {
			at = 1
		}
		names[at] = append(names[at], name)
	}
	disagreement, ideal := c.ends()
	add("count", c.ZoneLow != "", c.ZoneLow == c.ZoneHigh)
	add("disagreement", true, disagreement)
	add("ideal", true, ideal)
	for _, rule := range []struct {
		name  string
		claim *Claim
	}{{"nash", c.Solutions.Nash}, {"kalai_smorodinsky", c.Solutions.KalaiSmorodinsky}, {"egalitarian", c.Solutions.Egalitarian},
		{"utilitarian", c.Solutions.Utilitarian}, {"balanced", c.Solutions.Balanced}} {
		add(rule.name, rule.claim != nil, rule.claim != nil && rule.claim.Proven == len(rule.claim.Value))
	}
	add("frontier", c.Frontier != nil, c.Frontier != nil && len(c.Frontier.Points) == c.Frontier.Size)
	return extents(names[0], names[1], names[2])
}

// ends reports whether every disagreement point and every ideal is proven.
func (c *Certificate) ends() (disagreement, ideal bool) {
	disagreement, ideal = true, true
	for _, p := range c.Parties {
		disagreement = disagreement && (p.Least == nil || p.Least.Proven == 1)
		ideal = ideal && (p.Best == nil || p.Best.Proven == 1)
	}
	return disagreement, ideal
}

// extents writes what is proven whole, in part and not at all.
func extents(whole, part, not []string) string {
	var texts []string
	if len(whole) > 0 {
		texts = append(texts, strings.Join(whole, ", "))
	}
	if len(part) > 0 {
		texts = append(texts, "in part: "+strings.Join(part, ", "))
	}
	if len(not) > 0 {
		texts = append(texts, "not: "+strings.Join(not, ", "))
	}
	return strings.Join(texts, "; ")
}

// certificateOf makes a certificate, but for what it proves.
func certificateOf(ctx context.Context, s *outcome.Space, a *bargain.Analysis, budget int64) (*Certificate, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	print, err := fingerprint(s)
	if err != nil {
		return nil, err
	}
	if a == nil {
		a = &bargain.Analysis{Frontier: bargain.Frontier{Size: -1}}
	}
	c := &certifier{ctx: ctx, space: s, analysis: a, budget: budget}
	c.out = &Certificate{Version: certificateVersion, Levers: []string{}, Space: print, Outcomes: s.Size().String()}
	var why string
	if c.net, why = network.New(s, false); c.net == nil {
		return c.restate(why)
	}
	if len(c.net.Links) > 0 {
		return c.restate(prove.ErrLinks.Error())
	}
	why, err = c.prove()
	if err != nil {
		return nil, err
	}
	if why != "" {
		c.out = &Certificate{Version: certificateVersion, Levers: []string{}, Space: print, Outcomes: s.Size().String()}
		return c.restate(why)
	}
	return c.out, nil
}

type certifier struct {
	ctx      context.Context
	space    *outcome.Space
	analysis *bargain.Analysis
	budget   int64
	net      *network.Network
	gauge    *pareto.Gauge
	most     []int64 // by party, what its ideal is proven to be at most
	out      *Certificate
}

// search returns a search for one of several questions that share a budget.
func (c *certifier) search(share int) *prove.Search {
	return &prove.Search{Net: c.net, Budget: c.budget / int64(share)}
}

// known are the outcomes that the analysis names.
func (c *certifier) known() []outcome.Outcome {
	var all []outcome.Outcome
	for _, sol := range c.analysis.Solutions.All() {
		if sol != nil {
			all = append(all, sol.Outcome)
		}
	}
	for _, p := range c.analysis.Frontier.Points {
		all = append(all, p.Outcome)
	}
	return slices.DeleteFunc(all, func(o outcome.Outcome) bool { return o == nil })
}

// prove fills a certificate by multipliers, or says why it cannot. It fails where the
// proofs contradict the analysis.
func (c *certifier) prove() (why string, err error) {
	c.out.Method = "multipliers"
	found, err := c.search(1).Find(c.ctx)
	if cause := context.Cause(c.ctx); cause != nil {
		return "", cause
	}
	if err != nil {
		return err.Error(), nil
	}
	known := c.known()
	switch {
	case found.Empty():
		if c.analysis.Verdict == bargain.HasZone {
			return "", errors.New("the analysis has a zone that a proof excludes")
		}
		c.out.Verdict = bargain.NoZone
		r := c.refutation(found.Refuted[0])
		c.out.Empty = &r
		return "", nil
	case found.Outcome != nil:
		c.out.Witness = found.Outcome
	case len(known) > 0:
		c.out.Witness = known[0]
	default:
		return "the verdict is not proven within the budget", nil
	}
	if !c.space.InZone(c.out.Witness) || c.analysis.Verdict == bargain.NoZone {
		return "", fmt.Errorf("the analysis does not agree that package %v is in the zone", c.out.Witness)
	}
	c.out.Verdict = bargain.HasZone
	switch err := c.bounds(append(known, c.out.Witness)); {
	case errors.Is(err, errUnbounded):
		return "what parties can gain is not bounded within the budget", nil
	case err != nil:
		return "", err
	}
	sols := &c.analysis.Solutions
	disagreement, ideal := c.out.ends()
	for _, rule := range []struct {
		rests bool // on ends that are proven
		claim func() (*Claim, error)
		to    **Claim
	}{
		{disagreement, c.nash, &c.out.Solutions.Nash},
		{disagreement && ideal, func() (*Claim, error) {
			return c.shares("kalai_smorodinsky", c.search(1).KalaiSmorodinsky, sols.KalaiSmorodinsky)
		}, &c.out.Solutions.KalaiSmorodinsky},
		{disagreement, func() (*Claim, error) { return c.shares("egalitarian", c.search(1).Egalitarian, sols.Egalitarian) }, &c.out.Solutions.Egalitarian},
		{true, c.utilitarian, &c.out.Solutions.Utilitarian},
	} {
		if !rule.rests {
			continue
		}
		claim, err := rule.claim()
		if cause := context.Cause(c.ctx); cause != nil {
			return "", cause
		}
		var wrong *contradiction
		if errors.As(err, &wrong) {
			return "", err
		}
		if err == nil {
			*rule.to = claim
		}
	}
	if len(c.space.Parties) == 2 {
		c.out.Frontier, err = c.frontier()
	}
	return "", err
}

// A contradiction is an outcome of the analysis that a proof excludes, or that is
// proven not to be best.
type contradiction struct {
	rule string
	what string
}

func (e *contradiction) Error() string {
	return fmt.Sprintf("%s: the analysis and its proof disagree: %s", e.rule, e.what)
}

// bounds proves what gains are measured from and to, each exactly or within a bound.
func (c *certifier) bounds(known []outcome.Outcome) error {
	g := &pareto.Gauge{}
	for p := range c.space.Parties {
		party := &c.space.Parties[p]
		e := CertifiedParty{FromZone: !party.Threshold.Set}
		best, err := c.search(len(c.space.Parties)).Best(c.ctx, p)
		if err != nil {
			return err
		}
		from := party.Threshold.Value
		if e.FromZone {
			least, err := c.search(len(c.space.Parties)).Least(c.ctx, p)
			if err != nil {
				return err
			}
			if e.Least, err = c.linear("least", least, 1, known, nil); err != nil {
				return err
			}
			from = party.Value(e.Least.Outcome)
		}
		if e.Best, err = c.linear("best", best, 1, known, nil); err != nil {
			return err
		}
		ideal := party.Value(e.Best.Outcome)
		most := ideal
		if e.Best.Proven == 0 {
			most = outcome.MaxUtility
			if best.Bound.Num().IsInt64() {
				most = min(most, best.Bound.Num().Int64())
			}
		}
		e.Disagreement, e.Ideal = fmt.Sprint(from), fmt.Sprint(ideal)
		c.most = append(c.most, most)
		c.out.Parties = append(c.out.Parties, e)
		g.Scale = append(g.Scale, party.Units())
		g.Disagreement, g.Ideal = append(g.Disagreement, from), append(g.Ideal, ideal)
	}
	c.gauge = g
	return nil
}

// claim writes a proof about the best of its own outcome, the known ones and that of
// the analysis's solution, if there is one; value is what the rule makes of utilities, unit
// what the proof's numbers are divided by.
func (c *certifier) claim(rule string, p *prove.Proof, value func(u []int64) []*big.Rat, unit *big.Rat, known []outcome.Outcome, sol *bargain.Solution) (*Claim, error) {
	if sol != nil {
		known = append(known, sol.Outcome)
	}
	o := p.Outcome
	var v []*big.Rat
	if o != nil {
		v = value(c.utilities(o))
	}
	for _, k := range known {
		if !c.space.InZone(k) {
			return nil, &contradiction{rule, fmt.Sprintf("package %v is not in the zone", k)}
		}
		if w := value(c.utilities(k)); v == nil || slices.CompareFunc(w, v, (*big.Rat).Cmp) >= 0 {
			if p.Exact && (o == nil || slices.CompareFunc(w, v, (*big.Rat).Cmp) > 0) {
				return nil, &contradiction{rule, fmt.Sprintf("package %v is better than the proven best", k)}
			}
			o, v = k, w
		}
	}
	if o == nil {
		return nil, fmt.Errorf("%s: no package was found within the budget", rule)
	}
	if sol != nil && sol.Gap != nil && sol.Gap.Sign() == 0 && !slices.Equal(o, sol.Outcome) {
		return nil, &contradiction{rule, fmt.Sprintf("package %v is better than its best", o)}
	}
	out := &Claim{Outcome: o, Utilities: decimals(c.utilities(o)), Value: []string{}, Proven: p.Proven}
	for _, x := range v {
		out.Value = append(out.Value, x.RatString())
	}
	if p.Bound != nil && p.Proven < len(v) {
		switch bound := new(big.Rat).Quo(p.Bound, unit); bound.Cmp(v[p.Proven]) {
		case 1:
			out.Bound = bound.RatString()
		case 0: // what nothing surpasses is proven
			out.Proven++
		default:
			return nil, &contradiction{rule, fmt.Sprintf("package %v has more than the proven bound", o)}
		}
	}
	if out.Proven == 0 && out.Bound == "" && len(v) > 0 {
		return nil, fmt.Errorf("%s: %w", rule, errUnbounded)
	}
	for _, r := range p.Refuted {
		out.Refutations = append(out.Refutations, c.refutation(r))
	}
	return out, nil
}

// errUnbounded is that a claim would say nothing.
var errUnbounded = errors.New("nothing bounds it within the budget")

// linear writes a proof about a weighted sum of utilities, divided by unit.
func (c *certifier) linear(rule string, p *prove.Proof, unit int64, known []outcome.Outcome, sol *bargain.Solution) (*Claim, error) {
	by := new(big.Rat).SetInt64(unit)
	return c.claim(rule, p, func(u []int64) []*big.Rat {
		v := p.Worth(u)
		v[0].Quo(v[0], by)
		return v
	}, by, known, sol)
}

func (c *certifier) utilitarian() (*Claim, error) {
	p, err := c.search(1).Utilitarian(c.ctx, c.gauge.Scale)
	if err != nil {
		return nil, err
	}
	// The proof weighs every party by common / scale.
	return c.linear("utilitarian", p, p.Objective[0]*c.gauge.Scale[0], nil, c.analysis.Solutions.Utilitarian)
}

// shares writes a proof about a leximin.
func (c *certifier) shares(rule string, find func(context.Context, *pareto.Gauge) (*prove.Proof, error), sol *bargain.Solution) (*Claim, error) {
	p, err := find(c.ctx, c.gauge)
	if err != nil {
		return nil, err
	}
	return c.claim(rule, p, p.Worth, big.NewRat(1, 1), nil, c.measured(sol))
}

// measured returns a solution if the analysis measures gains as the certificate does,
// else nil.
func (c *certifier) measured(sol *bargain.Solution) *bargain.Solution {
	for p, b := range c.analysis.Parties {
		if b.Disagreement != c.gauge.Disagreement[p] || b.Ideal != c.gauge.Ideal[p] {
			return nil
		}
	}
	return sol
}

// nash proves how many parties can gain together, and bounds the product of gains of
// every set of so many.
func (c *certifier) nash() (*Claim, error) {
	var able []int
	for q, most := range c.most {
		if most > c.gauge.Disagreement[q] {
			able = append(able, q)
		}
	}
	value := c.gauge.NashValue
	var more []*prove.Refutation // that no larger set gains together
	for size := len(able); size > 0; size-- {
		p := &prove.Proof{Exact: true, Proven: 2}
		var found []outcome.Outcome
		sets := subsets(able, size)
		if sets == nil {
			return nil, fmt.Errorf("more than %d sets of parties could gain together", certifySets)
		}
		for _, set := range sets {
			// Who is not in the set is made unable to gain.
			g := &pareto.Gauge{Scale: c.gauge.Scale, Disagreement: c.gauge.Disagreement, Ideal: slices.Clone(c.gauge.Disagreement)}
			points := big.NewRat(1, 1)
			for _, q := range set {
				g.Ideal[q]++
				points.Mul(points, new(big.Rat).SetInt64(g.Scale[q]))
			}
			q, err := c.search(len(sets)).Nash(c.ctx, g)
			if err != nil {
				return nil, err
			}
			p.Refuted = append(p.Refuted, q.Refuted...)
			if q.Empty() {
				continue
			}
			if q.Outcome == nil {
				return nil, errors.New("whether more parties can gain is not proven within the budget")
			}
			found = append(found, q.Outcome)
			if !q.Exact {
				p.Exact, p.Proven = false, 1
			}
			most := q.Bound
			if most == nil {
				most = q.Value[0]
			}
			if most = new(big.Rat).Quo(most, points); p.Bound == nil || most.Cmp(p.Bound) > 0 {
				p.Bound = most
			}
		}
		if found == nil {
			more = p.Refuted
			continue
		}
		p.Outcome = slices.MaxFunc(found, func(x, y outcome.Outcome) int {
			return slices.CompareFunc(value(c.utilities(x)), value(c.utilities(y)), (*big.Rat).Cmp)
		})
		p.Refuted = append(p.Refuted, more...)
		if p.Bound.Cmp(value(c.utilities(p.Outcome))[1]) <= 0 {
			p.Exact, p.Proven = true, 2
		}
		return c.claim("nash", p, value, big.NewRat(1, 1), nil, c.measured(c.analysis.Solutions.Nash))
	}
	return c.claim("nash", &prove.Proof{Exact: true, Proven: 2, Outcome: c.out.Witness, Refuted: more}, value, big.NewRat(1, 1), nil, c.measured(c.analysis.Solutions.Nash))
}

// subsets returns the subsets of list with n members, nil where they are too many.
func subsets(list []int, n int) [][]int {
	if new(big.Int).Binomial(int64(len(list)), int64(n)).Cmp(big.NewInt(certifySets)) > 0 {
		return nil
	}
	if n == 0 {
		return [][]int{nil}
	}
	var sets [][]int
	for at := 0; at+n <= len(list); at++ {
		for _, rest := range subsets(list[at+1:], n-1) {
			sets = append(sets, append([]int{list[at]}, rest...))
		}
	}
	return sets
}

func (c *certifier) utilities(o outcome.Outcome) []int64 {
	u := make([]int64, len(c.space.Parties))
	for p := range u {
		u[p] = c.space.Parties[p].Value(o)
	}
	return u
}

func decimals(u []int64) []string {
	out := make([]string, len(u))
	for p, v := range u {
		out[p] = fmt.Sprint(v)
	}
	return out
}

// refutation writes r down.
func (c *certifier) refutation(r *prove.Refutation) Refutation {
	parties := len(c.space.Parties)
	out := Refutation{Multipliers: [][]string{}, Steps: []Step{}}
	for p := range parties {
		floor := ""
		if r.Floor[p] > network.NoFloor {
			floor = fmt.Sprint(r.Floor[p])
		}
		out.Floors = append(out.Floors, floor)
	}
	if r.Objective != nil {
		out.Objective = decimals(r.Objective)
		if r.Floor[parties] > network.NoFloor {
			out.Sum = fmt.Sprint(r.Floor[parties])
		}
	}
	if r.Product != nil {
		out.Gaining, out.Product = r.Ranked, r.Product.String()
		for _, z := range r.Roots {
			out.Roots = append(out.Roots, z.String())
		}
	}
	for _, y := range r.Multipliers {
		out.Multipliers = append(out.Multipliers, decimals(y))
	}
	for _, s := range r.Steps {
		step := Step{Chain: s.Form == prove.StepChain}
		if s.Multipliers >= 0 {
			step.Multipliers = &s.Multipliers
		}
		if s.Form == prove.StepSplit {
			step.Split, step.Keep = &s.Issue, s.Part
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

// frontier writes down the analysis's frontier or its beginning, nil where it has none.
func (c *certifier) frontier() (*CertifiedFrontier, error) {
	f := &c.analysis.Frontier
	if f.Size < 0 || f.Epsilon != nil {
		return nil, nil
	}
	out := &CertifiedFrontier{Size: f.Size, Points: []CertifiedPoint{}}
	width := 32 + 24*len(c.space.Parties) // bytes of a point, at most
	for _, is := range c.space.Issues {
		width += 1 + len(fmt.Sprint(is.Options))
	}
	for _, p := range f.Points[:min(len(f.Points), certifyBytes/width)] {
		if !c.space.InZone(p.Outcome) {
			return nil, fmt.Errorf("package %v of the frontier is not in the zone: the frontier of the zone is needed", p.Outcome)
		}
		out.Points = append(out.Points, CertifiedPoint{p.Outcome, decimals(p.Utilities)})
	}
	return out, nil
}

// restate fills a certificate that is checked by listing; why says why no other serves.
func (c *certifier) restate(why string) (*Certificate, error) {
	s, a, out := c.space, c.analysis, c.out
	if s.Size().Cmp(big.NewInt(certifyListing)) > 0 {
		return nil, fmt.Errorf("no certificate: %s, and %v packages are more than the %d that can be listed again to check one", why, s.Size(), certifyListing)
	}
	if !a.Exact {
		return nil, fmt.Errorf("no certificate: %s, and the analysis is not exact", why)
	}
	out.Method, out.Verdict = "listing", a.Verdict
	out.ZoneLow, out.ZoneHigh = a.Zone.Low.String(), a.Zone.High.String()
	if a.Verdict == bargain.NoZone {
		return out, nil
	}
	g := &pareto.Gauge{}
	for p, b := range a.Parties {
		out.Parties = append(out.Parties, CertifiedParty{Disagreement: fmt.Sprint(b.Disagreement), FromZone: b.FromZone, Ideal: fmt.Sprint(b.Ideal)})
		g.Scale = append(g.Scale, s.Parties[p].Units())
		g.Disagreement, g.Ideal = append(g.Disagreement, b.Disagreement), append(g.Ideal, b.Ideal)
	}
	var err error
	if out.Frontier, err = c.frontier(); err != nil {
		return nil, err
	}
	fractions := func(measure func([]int64, []pareto.Ratio) []pareto.Ratio, u []int64) []*big.Rat {
		var v []*big.Rat
		for _, r := range measure(u, nil) {
			v = append(v, big.NewRat(r.Num, r.Den))
		}
		slices.SortFunc(v, (*big.Rat).Cmp)
		return v
	}
	for _, rule := range []struct {
		sol   *bargain.Solution
		to    **Claim
		value func(u []int64) []*big.Rat
	}{
		{a.Solutions.Nash, &out.Solutions.Nash, g.NashValue},
		{a.Solutions.KalaiSmorodinsky, &out.Solutions.KalaiSmorodinsky, func(u []int64) []*big.Rat { return fractions(g.Shares, u) }},
		{a.Solutions.Egalitarian, &out.Solutions.Egalitarian, func(u []int64) []*big.Rat { return fractions(g.Points, u) }},
		{a.Solutions.Utilitarian, &out.Solutions.Utilitarian, func(u []int64) []*big.Rat {
			sum := new(big.Rat)
			for p, v := range u {
				sum.Add(sum, big.NewRat(v, g.Scale[p]))
			}
			return []*big.Rat{sum}
		}},
		{a.Solutions.Balanced, &out.Solutions.Balanced, func(u []int64) []*big.Rat {
			v := fractions(g.Shares, u)
			if len(v) == 0 {
				return []*big.Rat{new(big.Rat)}
			}
			return []*big.Rat{new(big.Rat).Sub(v[0], v[len(v)-1])}
		}},
	} {
		if rule.sol == nil || rule.sol.Ties == nil || rule.sol.Gap == nil || rule.sol.Gap.Sign() != 0 {
			continue
		}
		claim := &Claim{Outcome: rule.sol.Outcome, Utilities: decimals(rule.sol.Utilities), Value: []string{}, Ties: rule.sol.Ties.String()}
		for _, v := range rule.value(rule.sol.Utilities) {
			claim.Value = append(claim.Value, v.RatString())
		}
		claim.Proven = len(claim.Value)
		*rule.to = claim
	}
	return out, nil
}

// fingerprint returns the SHA-256 of a space's numbers, in the encoding that
// docs/formats/certificate.md describes.
func fingerprint(s *outcome.Space) (string, error) {
	hash := sha256.New()
	w := bufio.NewWriter(hash)
	fmt.Fprintln(w, "goodoffices space 1")
	for _, is := range s.Issues {
		fmt.Fprintf(w, "issue %q %d\n", is.ID, is.Options)
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		threshold := ""
		if party.Threshold.Set {
			threshold = fmt.Sprint(" ", party.Threshold.Value)
		}
		fmt.Fprintf(w, "party %q %d%s\n", party.ID, party.Units(), threshold)
		for _, scores := range party.Scores {
			io.WriteString(w, "scores")
			for _, v := range scores {
				fmt.Fprintf(w, " %d", v)
			}
			fmt.Fprintln(w)
		}
		for k := range party.Adjustments {
			fmt.Fprintf(w, "add %d ", party.Adjustments[k].Add)
			printTable(w, s, &party.Adjustments[k].When)
		}
		for k := range party.RedLines {
			io.WriteString(w, "red ")
			printTable(w, s, &party.RedLines[k].Forbidden)
		}
	}
	for k := range s.Requires {
		io.WriteString(w, "never ")
		printTable(w, s, &s.Requires[k].Forbidden)
	}
	switch n := len(s.Parties); {
	case s.Consent.Everyone():
		fmt.Fprintln(w, "consent everyone")
	case n > 20:
		return "", fmt.Errorf("no certificate: a consent rule over %d parties is too large to be written out; 20 is the limit", n)
	default:
		io.WriteString(w, "consent ")
		for yes := range uint64(1) << n {
			w.WriteByte(oneOrZero(s.Consent.Holds(yes, n)))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func printTable(w *bufio.Writer, s *outcome.Space, t *outcome.Table) {
	for _, i := range t.Issues() {
		fmt.Fprintf(w, "%d ", i)
	}
	if box, inside := t.Box(); box {
		fmt.Fprintf(w, "box %t", inside)
		for k, i := range t.Issues() {
			w.WriteByte(' ')
			for o := range s.Issues[i].Options {
				w.WriteByte(oneOrZero(t.Within(k, o)))
			}
		}
	} else {
		io.WriteString(w, "table ")
		for rank := range t.Size() {
			w.WriteByte(oneOrZero(t.At(rank)))
		}
	}
	fmt.Fprintln(w)
}

func oneOrZero(b bool) byte {
	if b {
		return '1'
	}
	return '0'
}
