package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exact"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
	"github.com/goodoffices/goodoffices/verify/internal/sets"
)

// DiagnosisVersion is the version of certificates of diagnoses that this package reads.
const DiagnosisVersion = 2

// A Diagnosis is the certificate of a diagnosis: what excludes every package of a case, and what
// would open a zone. docs/formats/diagnosis.md says what each claim means. Conventions are those of
// [Certificate]; conditions go by their ids.
type Diagnosis struct {
	Version             int               `json:"goodoffices_diagnosis"`
	Proves              string            `json:"proves"`
	Case                string            `json:"case"`
	Hash                string            `json:"hash"`
	View                string            `json:"view"`
	Levers              []string          `json:"levers"`
	Space               string            `json:"space"`
	Method              string            `json:"method"` // "listing", "multipliers" or "elimination"
	Outcomes            string            `json:"outcomes"`
	Verdict             string            `json:"verdict"`
	Complete            bool              `json:"complete"`
	Hopeless            bool              `json:"hopeless"`
	Conditions          []string          `json:"conditions"`
	Witness             []int             `json:"witness,omitempty"`
	Empty               *Exclusion        `json:"empty,omitempty"`
	BlockingSets        []BlockingClaim   `json:"blocking_sets"`
	OpeningSets         []OpeningClaim    `json:"opening_sets"`
	Concessions         []ConcessionClaim `json:"concessions"`
	ConcessionsComplete bool              `json:"concessions_complete"`
	Slack               *SlackClaim       `json:"slack,omitempty"`
}

// A BlockingClaim is a smallest set of conditions that exclude every package together.
type BlockingClaim struct {
	Conditions []string   `json:"conditions"`
	Needed     [][]int    `json:"needed"` // by condition; nil where none is known
	Excludes   *Exclusion `json:"excludes,omitempty"`
}

// An Exclusion shows that no package satisfies a set of conditions: by multipliers, or with an order in
// which issues are summed.
type Exclusion struct {
	Refutation *Refutation `json:"refutation,omitempty"`
	Order      []int       `json:"order,omitempty"`
}

// An OpeningClaim is a smallest set of conditions whose relaxation opens a zone.
type OpeningClaim struct {
	Relax       []string          `json:"relax"`
	Outcome     []int             `json:"outcome"`
	Utilities   []string          `json:"utilities"`
	Points      string            `json:"points"`
	Least       bool              `json:"least"`
	Concessions []ConcessionClaim `json:"concessions,omitempty"`
}

// A ConcessionClaim is a vector of points by which no-deal values would have to fall.
type ConcessionClaim struct {
	Points  []string `json:"points"`
	Outcome []int    `json:"outcome"`
}

// A SlackClaim says how close a zone is to closing.
type SlackClaim struct {
	Raise         []*string `json:"raise"`
	Dispensable   []bool    `json:"dispensable"`
	Margin        *string   `json:"margin"`
	MarginOutcome []int     `json:"margin_outcome"`
	Growth        []*string `json:"growth"`
	Options       [][]bool  `json:"options"`
}

// conds is a set of conditions by position.
type conds = sets.Set

// A diagnosing is the check of one certificate of a diagnosis.
type diagnosing struct {
	space *outcome.Space
	c     *Diagnosis
	Report

	ids     []string
	kept    []*outcome.Table // what never gives way
	tests   []exhaust.Test   // by condition, what packages that break it fail; nothing for consent
	public  conds            // political requirements
	own     []conds          // by party, its conditions
	noDeal  []int            // by party, the position of its no-deal value, -1 without one
	noDeals conds            // those positions
	weights []*big.Int       // by party, what a unit of it is over the common scale
	consent int              // -1 where everyone must consent

	opening, blocking []conds // as claimed
	work              int64   // comparisons of two sets
}

const (
	// maxClaimed bounds the sets of either kind that a certificate lists.
	maxClaimed = 1 << 14
	// maxHeld bounds the sets that are held to find the smallest.
	maxHeld = 1 << 16
	// maxCompared bounds the comparisons of two sets.
	maxCompared = 1 << 33
)

// spend counts comparisons of two sets, and ends the check when they, or the sets that are held, are too many or ctx
// ends.
func (v *diagnosing) spend(ctx context.Context, compared, held int) error {
	if v.work += int64(compared); v.work > maxCompared || held > maxHeld {
		return &tooLarge{Why: fmt.Sprintf("more than %d sets would have to be held, or %d compared", maxHeld, int64(maxCompared))}
	}
	return context.Cause(ctx)
}

// spending is spend until ctx ends.
func (v *diagnosing) spending(ctx context.Context) func(compared, held int) error {
	return func(compared, held int) error { return v.spend(ctx, compared, held) }
}

// CheckDiagnosis verifies the certificate of a diagnosis against space s, as [Check] does that of an
// analysis.
func CheckDiagnosis(ctx context.Context, s *outcome.Space, c *Diagnosis) (*Report, error) {
	v := &diagnosing{space: s, c: c, consent: -1}
	if err := s.Check(); err != nil {
		return &v.Report, err
	}
	return &v.Report, v.check(ctx)
}

func (v *diagnosing) check(ctx context.Context) error {
	s, c := v.space, v.c
	if c.Version != DiagnosisVersion {
		return refusal("goodoffices_diagnosis", &VersionError{Diagnosis: true, Version: c.Version})
	}
	if own := c.proves(); c.Proves != own {
		return refusal("proves", fmt.Errorf("it proves %s, not %.200q", own, c.Proves))
	}
	said, err := about(s, c.Space, c.Outcomes)
	if err != nil {
		return err
	}
	v.say("%s", said)
	if err := v.conditions(); err != nil {
		return refusal("conditions", err)
	}
	if err := v.sets(ctx); err != nil {
		return err
	}
	switch c.Method {
	case "listing":
		err = v.listing(ctx)
	case "multipliers", "elimination":
		err = v.large(ctx)
	default:
		err = refusal("method", fmt.Errorf("%.40q is none", c.Method))
	}
	if err == nil {
		v.Proves = c.Proves
	}
	return err
}

// conditions finds what may be relaxed, and compares its ids with those of the certificate.
func (v *diagnosing) conditions() error {
	s := v.space
	add := func(to *conds, id string, test exhaust.Test) (at int) {
		if at = len(v.ids); at < sets.Max {
			*to = to.With(at)
		}
		v.ids, v.tests = append(v.ids, id), append(v.tests, test)
		return at
	}
	forbids := func(c *outcome.Condition) exhaust.Test { return exhaust.Test{Tables: []*outcome.Table{&c.Forbidden}} }
	for k := range s.Requires {
		if c := &s.Requires[k]; c.Kind == outcome.Political {
			add(&v.public, c.ID, forbids(c))
		} else {
			v.kept = append(v.kept, &c.Forbidden)
		}
	}
	v.own, v.noDeal = make([]conds, len(s.Parties)), make([]int, len(s.Parties))
	for p := range s.Parties {
		party := &s.Parties[p]
		for k := range party.RedLines {
			add(&v.own[p], party.RedLines[k].ID, forbids(&party.RedLines[k]))
		}
		v.noDeal[p] = -1
		if party.Threshold.Set {
			v.noDeal[p] = add(&v.own[p], party.ID+".no_deal", exhaust.Test{Floors: []int{p}})
		}
	}
	if !s.Consent.Everyone() {
		v.consent = add(new(conds), "consent", exhaust.Test{})
	}
	if !slices.Equal(v.ids, v.c.Conditions) {
		return fmt.Errorf("they are %q, not %.200q", v.ids, v.c.Conditions)
	}
	const maxConditions = sets.Max
	if len(v.ids) > maxConditions {
		return &tooLarge{Why: fmt.Sprintf("%d conditions are more than %d", len(v.ids), maxConditions)}
	}
	if ids := slices.Sorted(slices.Values(v.ids)); len(slices.Compact(ids)) < len(v.ids) {
		return fmt.Errorf("two of %q have one id", v.ids)
	}
	for _, k := range v.noDeal {
		if k >= 0 {
			v.noDeals = v.noDeals.With(k)
		}
	}
	_, v.weights = common(s)
	return nil
}

// set reads a list of ids, which must ascend.
func (v *diagnosing) set(ids []string) (conds, error) {
	var set conds
	last := -1
	for _, id := range ids {
		k := slices.Index(v.ids, id)
		if k <= last {
			return set, fmt.Errorf("%.60q is no condition, or out of order", id)
		}
		set, last = set.With(k), k
	}
	return set, nil
}

// sets reads the sets and checks their order and the form of what is said about them.
func (v *diagnosing) sets(ctx context.Context) error {
	c := v.c
	if n := max(len(c.BlockingSets), len(c.OpeningSets)); n > maxClaimed {
		return refusal("sets", &tooLarge{Why: fmt.Sprintf("%d sets are more than %d", n, maxClaimed)})
	}
	for i := range c.BlockingSets {
		b := &c.BlockingSets[i]
		set, err := v.set(b.Conditions)
		if err == nil && i > 0 && v.blocking[i-1].Compare(set) >= 0 {
			err = errors.New("it is out of order")
		}
		if err == nil && len(b.Needed) != len(b.Conditions) {
			err = fmt.Errorf("%d packages for %d conditions", len(b.Needed), len(b.Conditions))
		}
		if err != nil {
			return refusal(fmt.Sprintf("blocking set %d", i), err)
		}
		v.blocking = append(v.blocking, set)
	}
	points, seen := make([]*big.Rat, len(c.OpeningSets)), make(map[conds]bool)
	for i := range c.OpeningSets {
		o := &c.OpeningSets[i]
		set, err := v.set(o.Relax)
		if err == nil {
			points[i], err = v.opens(o, set)
		}
		if err == nil && i > 0 {
			last := v.opening[i-1]
			if cmp.Or(cmp.Compare(last.Size(), set.Size()), points[i-1].Cmp(points[i]), last.Compare(set)) >= 0 {
				err = errors.New("it is out of order")
			}
		}
		if err == nil && seen[set] {
			err = errors.New("it is listed twice")
		}
		if err != nil {
			return refusal(fmt.Sprintf("opening set %d", i), err)
		}
		v.opening = append(v.opening, set)
		seen[set] = true
	}
	// What a condition is needed for is shown by the first opening set that shares no other with it.
	for i, set := range v.blocking {
		if err := v.spend(ctx, len(c.BlockingSets[i].Conditions)*len(v.opening), 0); err != nil {
			return refusal("blocking sets", err)
		}
		for at, k := range set.List() {
			var want []int
			if j := slices.IndexFunc(v.opening, func(o conds) bool { return o.And(set) == conds{}.With(k) }); j >= 0 {
				want = c.OpeningSets[j].Outcome
			}
			if got := c.BlockingSets[i].Needed[at]; (got == nil) != (want == nil) || !slices.Equal(got, want) {
				return refusal(fmt.Sprintf("blocking set %d", i), fmt.Errorf("the package for %s is not that of the first opening set that shares no other condition", v.ids[k]))
			}
		}
	}
	return nil
}

// opens checks that an opening set's package is possible with exactly the set relaxed, and worth and short
// of no-deal values what is claimed; it returns the points.
func (v *diagnosing) opens(o *OpeningClaim, set conds) (*big.Rat, error) {
	s := v.space
	u, err := worth(s, o.Outcome, o.Utilities)
	if err != nil {
		return nil, err
	}
	broken, admitted := v.broken(o.Outcome)
	if !admitted {
		return nil, fmt.Errorf("package %v breaks a requirement that never gives way", o.Outcome)
	}
	if !v.possible(broken, set) {
		return nil, fmt.Errorf("package %v is not possible with %q relaxed", o.Outcome, o.Relax)
	}
	sum := new(big.Rat)
	for p, k := range v.noDeal {
		if k >= 0 && set.Has(k) {
			sum.Add(sum, new(big.Rat).SetFrac64(v.short(p, u[p]), s.Parties[p].Units()))
		}
	}
	if sum.RatString() != o.Points {
		return nil, fmt.Errorf("it asks %s points, not %.40s", sum.RatString(), o.Points)
	}
	return sum, nil
}

// short returns how far a utility lies below a party's no-deal value, at least 0.
func (v *diagnosing) short(p int, u int64) int64 {
	if t := v.space.Parties[p].Threshold; t.Set {
		return max(0, t.Value-u)
	}
	return 0
}

// broken returns the conditions that a package breaks, consent apart, and whether it satisfies what never
// gives way.
func (v *diagnosing) broken(o outcome.Outcome) (broken conds, admitted bool) {
	for k := range v.tests {
		if v.tests[k].Fails(v.space, o) {
			broken = broken.With(k)
		}
	}
	return broken, !slices.ContainsFunc(v.kept, func(t *outcome.Table) bool { return t.Holds(o) })
}

// possible reports whether a package that breaks these conditions is acceptable with exactly the set
// relaxed.
func (v *diagnosing) possible(broken, relaxed conds) bool {
	return broken.And(v.public).Within(relaxed) && (v.consent >= 0 && relaxed.Has(v.consent) || v.agreed(broken, relaxed))
}

// accepting returns the parties that accept a package that breaks these conditions, with the set relaxed.
func (v *diagnosing) accepting(broken, relaxed conds) (yes uint64) {
	left := broken.Minus(relaxed)
	for p, own := range v.own {
		if left.And(own) == (conds{}) {
			yes |= 1 << p
		}
	}
	return yes
}

// agreed reports whether there is consent with the set relaxed.
func (v *diagnosing) agreed(broken, relaxed conds) bool {
	return v.space.Consent.Holds(v.accepting(broken, relaxed), len(v.own))
}

// A concession is what every party gives, in units, with the first package that asks it.
type concession struct {
	units  []int64
	o      outcome.Outcome
	points *big.Int // in all, over the scale that is common to all parties
}

func (v *diagnosing) newConcession(units []int64, o outcome.Outcome) concession {
	points, term := new(big.Int), new(big.Int)
	for p, u := range units {
		points.Add(points, term.Mul(v.weights[p], term.SetInt64(u)))
	}
	return concession{units, o, points}
}

// compare goes by points, then the vector, then the package.
func (c concession) compare(d concession) int {
	return cmp.Or(c.points.Cmp(d.points), slices.Compare(c.units, d.units), slices.Compare(c.o, d.o))
}

// concession reads a claimed vector.
func (v *diagnosing) concession(c *ConcessionClaim) (read concession, err error) {
	if err := fits(v.space, c.Outcome); err != nil {
		return read, err
	}
	if len(c.Points) != len(v.space.Parties) {
		return read, fmt.Errorf("%d points for %d parties", len(c.Points), len(v.space.Parties))
	}
	units := make([]int64, len(c.Points))
	for p, text := range c.Points {
		points, err := exact.Fraction(text)
		if err != nil {
			return read, err
		}
		n := points.Mul(points, new(big.Rat).SetInt64(v.space.Parties[p].Units()))
		if !n.IsInt() || !n.Num().IsInt64() || n.Sign() < 0 {
			return read, fmt.Errorf("%.40s is no number of points of %s", text, v.space.Parties[p].ID)
		}
		units[p] = n.Num().Int64()
	}
	return v.newConcession(units, c.Outcome), nil
}

// nothing checks that nothing is said that only an empty zone has.
func (v *diagnosing) nothing() error {
	c := v.c
	if c.Hopeless || c.Empty != nil || len(c.BlockingSets)+len(c.OpeningSets)+len(c.Concessions) > 0 {
		return refusal("verdict", fmt.Errorf("sets or concessions are claimed although it is %q", c.Verdict))
	}
	return nil
}
