// Package outcome holds a negotiation as numbers: the outcomes that are
// possible, what each is worth to each party and constituency, and which
// conditions rule it out. It knows no texts and no files.
//
// Utilities are fixed-point integers, so that ties are ties whatever the order
// of addition: a [Row] has one denominator, its Scale, and an outcome worth
// 61.5 points on a scale of 2 is the integer 123. Thresholds stand apart from
// score tables, so that a lever or a view can move one without building the
// tables anew. Conditions are tables over the few issues that they name, never
// interpreted text.
//
// Start with [NewSpace], or with [Space] and its Check; a [Lister] visits every outcome.
package outcome

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// Limits of a space. They keep bit masks in one word and arithmetic in range;
// Check refuses what passes them.
const (
	MaxParties        = 64      // parties in a space
	MaxConstituencies = 64      // constituencies of one party
	MaxIssues         = 4096    // issues in a space
	MaxOptions        = 1 << 20 // options over all issues
	MaxUtility        = 1 << 61 // largest absolute utility of an outcome
)

// An Issue is one question with its number of options.
type Issue struct {
	ID      string
	Options int
}

// An Outcome is the position of one option for every issue, in the order of the
// space's issues.
type Outcome []int

// A Row is what one party or constituency gets from each outcome: the sum of one
// score per issue and of the adjustments whose condition holds, in units of
// 1/Scale points.
type Row struct {
	ID          string    // "iran", or "iran.clerics" for a constituency
	Scale       int64     // units per point; 0 is 1
	Scores      [][]int64 // by issue, then option
	Adjustments []Adjustment
	Threshold   Threshold // least utility accepted
}

// An Adjustment adds to a row's utility where its table holds.
type Adjustment struct {
	ID   string
	When Table
	Add  int64
}

// A Threshold is the least utility that is accepted. The zero value accepts everything.
type Threshold struct {
	Value int64 // in the row's units
	Set   bool
}

// Accepts reports whether utility u meets the threshold.
func (t Threshold) Accepts(u int64) bool { return !t.Set || u >= t.Value }

// Kind says what a condition is, and so whether it may ever be relaxed.
type Kind uint8

// Kinds of conditions.
const (
	Logical   Kind = iota // never relaxed
	Legal                 // never relaxed
	Political             // may be relaxed, as a concession
	RedLine               // one party's; may be relaxed, as that party's concession
)

// A Condition rules out the outcomes in its table.
type Condition struct {
	ID        string // "requires.no_gap" or "iran.red_lines.no_zero"
	Kind      Kind
	Forbidden Table
}

// A Party consents by its row's threshold and its red lines; its ratification
// rule adds up the answers of its constituencies.
type Party struct {
	Row
	RedLines       []Condition
	Constituencies []Row
	Ratification   Rule // over Constituencies; the zero Rule asks all of them
}

// A Space is a negotiation as numbers.
type Space struct {
	Issues   []Issue
	Parties  []Party
	Requires []Condition
	Consent  Rule // over Parties; the zero Rule is everyone

	// Rounded says that some inputs did not fit the fixed-point range and were
	// rounded to a stated scale; results are then exact for the rounded inputs.
	Rounded bool
}

// Size returns the number of outcomes, ruled out or not.
func (s *Space) Size() *big.Int {
	n := big.NewInt(1)
	for _, is := range s.Issues {
		n.Mul(n, big.NewInt(int64(is.Options)))
	}
	return n
}

// Count returns the number of outcomes, and whether it fits in 62 bits.
func (s *Space) Count() (n int64, ok bool) {
	size := s.Size()
	if size.BitLen() > 62 {
		return 0, false
	}
	return size.Int64(), true
}

// Value returns the row's utility for outcome o.
func (r *Row) Value(o Outcome) int64 {
	var u int64
	for i, opt := range o {
		u += r.Scores[i][opt]
	}
	for _, a := range r.Adjustments {
		if a.When.Holds(o) {
			u += a.Add
		}
	}
	return u
}

// Units returns how many of the row's units are a point: its Scale, or 1.
func (r *Row) Units() int64 { return cmp.Or(r.Scale, 1) }

// Points returns utility u of the row as an exact number of points.
func (r *Row) Points(u int64) *big.Rat { return big.NewRat(u, r.Units()) }

// Span bounds the row's utilities over all outcomes.
func (r *Row) Span() (low, high int64) {
	for _, scores := range r.Scores {
		low += slices.Min(scores)
		high += slices.Max(scores)
	}
	for _, a := range r.Adjustments {
		low += min(a.Add, 0)
		high += max(a.Add, 0)
	}
	return low, high
}

// Accepts reports whether the party accepts o: no red line broken, and at least
// its threshold.
func (p *Party) Accepts(o Outcome) bool {
	for _, c := range p.RedLines {
		if c.Forbidden.Holds(o) {
			return false
		}
	}
	return p.Threshold.Accepts(p.Value(o))
}

// Ratifies reports whether the party's constituencies carry o under its rule.
func (p *Party) Ratifies(o Outcome) bool {
	var yes uint64
	for i := range p.Constituencies {
		c := &p.Constituencies[i]
		if c.Threshold.Accepts(c.Value(o)) {
			yes |= 1 << i
		}
	}
	return p.Ratification.Holds(yes, len(p.Constituencies))
}

// Admits reports whether o satisfies every requirement.
func (s *Space) Admits(o Outcome) bool {
	for _, c := range s.Requires {
		if c.Forbidden.Holds(o) {
			return false
		}
	}
	return true
}

// Accepted returns the set of parties that accept o, bit i for party i.
func (s *Space) Accepted(o Outcome) uint64 {
	var yes uint64
	for i := range s.Parties {
		if s.Parties[i].Accepts(o) {
			yes |= 1 << i
		}
	}
	return yes
}

// InZone reports whether o is in the zone of agreement: it satisfies every
// requirement, and the consent rule holds over the parties' acceptances.
func (s *Space) InZone(o Outcome) bool {
	return s.Admits(o) && s.Consent.Holds(s.Accepted(o), len(s.Parties))
}

// Unanimous reports whether the consent rule asks every party, however it is written. A rule
// over more than 12 parties is taken at its word.
func (s *Space) Unanimous() bool {
	n := len(s.Parties)
	if s.Consent.Everyone() {
		return true
	}
	if n > 12 {
		return false
	}
	for yes := range uint64(1) << n {
		if s.Consent.Holds(yes, n) != (yes == 1<<n-1) {
			return false
		}
	}
	return true
}

// Fits returns an error that says why o is not an outcome of s, nil where it is one.
func (s *Space) Fits(o Outcome) error {
	if len(o) != len(s.Issues) {
		return fmt.Errorf("a package with %d options for %d issues", len(o), len(s.Issues))
	}
	for i, k := range o {
		if k < 0 || k >= s.Issues[i].Options {
			return fmt.Errorf("a package with option %d of the %d of %s", k, s.Issues[i].Options, s.Issues[i].ID)
		}
	}
	return nil
}

// AsksHome reports whether some party has constituencies.
func (s *Space) AsksHome() bool {
	return slices.ContainsFunc(s.Parties, func(p Party) bool { return len(p.Constituencies) > 0 })
}

// Values returns every party's utility for outcome o.
func (s *Space) Values(o Outcome) []int64 {
	u := make([]int64, len(s.Parties))
	for p := range u {
		u[p] = s.Parties[p].Value(o)
	}
	return u
}

// Ratifiable reports whether every party can carry o at home.
func (s *Space) Ratifiable(o Outcome) bool {
	for i := range s.Parties {
		if !s.Parties[i].Ratifies(o) {
			return false
		}
	}
	return true
}

// Rows visits every row with the position of its party: each party's own first,
// then its constituencies'.
func (s *Space) Rows(visit func(party int, r *Row) bool) {
	for i := range s.Parties {
		p := &s.Parties[i]
		if !visit(i, &p.Row) {
			return
		}
		for j := range p.Constituencies {
			if !visit(i, &p.Constituencies[j]) {
				return
			}
		}
	}
}

// Check reports every way in which the space is malformed or passes the limits.
// Other functions of this module expect a space that checks.
func (s *Space) Check() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	options := 0
	for _, is := range s.Issues {
		if is.Options < 1 {
			fail("issue %s has no options", is.ID)
		}
		options += is.Options
		if options > MaxOptions {
			fail("more than %d options over all issues", MaxOptions)
			break
		}
	}
	switch {
	case len(s.Issues) == 0:
		fail("no issues")
	case len(s.Issues) > MaxIssues:
		fail("%d issues, more than %d", len(s.Issues), MaxIssues)
	}
	switch {
	case len(s.Parties) == 0:
		fail("no parties")
	case len(s.Parties) > MaxParties:
		fail("%d parties, more than %d", len(s.Parties), MaxParties)
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	table := func(id string, t *Table) {
		for k, i := range t.issues {
			if i >= len(s.Issues) || s.Issues[i].Options != t.sizes[k] {
				fail("%s: its table does not fit the issues", id)
				return
			}
		}
	}
	for i := range s.Parties {
		p := &s.Parties[i]
		if len(p.Constituencies) > MaxConstituencies {
			fail("%s has %d constituencies, more than %d", p.ID, len(p.Constituencies), MaxConstituencies)
		}
		for j := range p.RedLines {
			table(p.RedLines[j].ID, &p.RedLines[j].Forbidden)
		}
		if n := p.Ratification.names(); n > len(p.Constituencies) {
			fail("%s: the ratification rule names constituency %d of %d", p.ID, n, len(p.Constituencies))
		}
	}
	for i := range s.Requires {
		table(s.Requires[i].ID, &s.Requires[i].Forbidden)
	}
	if n := s.Consent.names(); n > len(s.Parties) {
		fail("the consent rule names party %d of %d", n, len(s.Parties))
	}
	s.Rows(func(_ int, r *Row) bool {
		for i := range r.Adjustments {
			table(r.ID+" "+r.Adjustments[i].ID, &r.Adjustments[i].When)
		}
		if err := r.check(s.Issues); err != nil {
			errs = append(errs, err)
		}
		return true
	})
	return errors.Join(errs...)
}

func (r *Row) check(issues []Issue) error {
	if r.Scale < 0 {
		return fmt.Errorf("%s: scale %d is below 0", r.ID, r.Scale)
	}
	if len(r.Scores) != len(issues) {
		return fmt.Errorf("%s: scores for %d issues of %d", r.ID, len(r.Scores), len(issues))
	}
	span := magnitude(r.Threshold.Value)
	for i, table := range r.Scores {
		if len(table) != issues[i].Options {
			return fmt.Errorf("%s: %d scores for the %d options of %s", r.ID, len(table), issues[i].Options, issues[i].ID)
		}
		var largest uint64
		for _, v := range table {
			largest = max(largest, magnitude(v))
		}
		span = addSaturating(span, largest)
	}
	for _, a := range r.Adjustments {
		span = addSaturating(span, magnitude(a.Add))
	}
	if span > MaxUtility {
		return fmt.Errorf("%s: utilities pass the fixed-point range of 2^61", r.ID)
	}
	return nil
}

// magnitude returns |v| without overflow.
func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-(v + 1)) + 1
	}
	return uint64(v)
}

func addSaturating(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}
