package casefile

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// maxCells bounds the scores of a compiled case: rows of parties and
// constituencies times options over all issues.
const maxCells = 1 << 24

// Compile returns the case under a choice as numbers. The case must check, as
// every case that [Open] and [Parse] return does.
//
// Each row of scores, of a party or of one of its constituencies, gets one
// denominator for everything that it is compared with and added from: headline
// scores, adjustments and its threshold, under this choice and, where that fits,
// under every view and every lever, so that the scale stays the same between
// them. Where the denominator of the choice alone does not fit
// [outcome.MaxUtility], the row is rounded, half away from 0, to the largest power
// of ten that fits, and the space says so.
//
// Ids: a requirement is "requires.ID", a red line "PARTY.red_lines.ID", an
// adjustment "PARTY.adjustments.ID", a constituency's row "PARTY.CONSTITUENCY".
//
// It fails on a choice that With refuses, and on scores that pass
// outcome.MaxUtility even when rounded to whole points.
func (c *Case) Compile(ch Choice) (*outcome.Space, error) {
	_, space, err := c.Under(ch)
	return space, err
}

// Under returns the case with a choice applied, as With does, and the space that Compile makes of it.
func (c *Case) Under(ch Choice) (*Case, *outcome.Space, error) {
	v, err := c.With(ch)
	if err != nil {
		return nil, nil, err
	}
	space, err := v.compiled(c.denominators())
	if err != nil {
		return nil, nil, err
	}
	return v, space, nil
}

// compiled compiles the case as it stands, with the denominators that its rows shall have
// where they fit.
func (c *Case) compiled(wide map[string]*big.Int) (*outcome.Space, error) {
	var err error
	s := &outcome.Space{Issues: make([]outcome.Issue, 0, c.Issues.Len())}
	for id, is := range c.Issues.All() {
		s.Issues = append(s.Issues, outcome.Issue{ID: string(id), Options: is.Len()})
	}
	if c.Consent != "" && c.Consent != "everyone" {
		if s.Consent, err = consentRule("consent", c.Consent, voters{what: "party", names: Texts(c.Parties.Keys())}); err != nil {
			return nil, err
		}
	}
	for i, r := range c.Requires {
		name := "requires." + nameOr(r.ID, i)
		t, err := c.forbidden(name, &r)
		if err != nil {
			return nil, err
		}
		kind := outcome.Logical
		switch r.Kind {
		case "legal":
			kind = outcome.Legal
		case "political":
			kind = outcome.Political
		}
		s.Requires = append(s.Requires, outcome.Condition{ID: name, Kind: kind, Forbidden: t})
	}
	for id, p := range c.Parties.All() {
		party, err := c.compileParty(id, &p, wide, &s.Rounded)
		if err != nil {
			return nil, err
		}
		s.Parties = append(s.Parties, party)
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("%s cannot be compiled: %w", orElse(c.ID, "the case"), err)
	}
	return s, nil
}

func (c *Case) compileParty(id PartyID, p *Party, wide map[string]*big.Int, rounded *bool) (outcome.Party, error) {
	var party outcome.Party
	var err error
	if party.Row, err = c.compileRow(p.row(string(id)), wide[string(id)], rounded); err != nil {
		return party, err
	}
	for i, r := range p.RedLines {
		name := Path{Party: id, Part: PartRedLines, ID: nameOr(r.ID, i)}.String()
		t, err := c.table(name, r.Never, false)
		if err != nil {
			return party, err
		}
		party.RedLines = append(party.RedLines, outcome.Condition{ID: name, Kind: outcome.RedLine, Forbidden: t})
	}
	if p.Ratification == nil {
		return party, nil
	}
	groups := p.Ratification.Constituencies
	for name, g := range groups.All() {
		r := g.row(string(id) + "." + name)
		row, err := c.compileRow(r, wide[r.id], rounded)
		if err != nil {
			return party, err
		}
		party.Constituencies = append(party.Constituencies, row)
	}
	if p.Ratification.Rule != "" {
		party.Ratification, err = consentRule(string(id)+".ratification.rule", p.Ratification.Rule, p.Ratification.voters())
	}
	return party, err
}

// A row is what a party or constituency says about its own points.
type row struct {
	id          string
	party       string
	scores      Map[IssueID, IssueScores]
	adjustments []Adjustment
	threshold   *Threshold
	together    []Refs
}

func (p *Party) row(id string) row {
	return row{id: id, party: id, scores: p.Scores, adjustments: p.Adjustments, threshold: p.NoDeal, together: p.Together}
}

func (g *Constituency) row(id string) row {
	return row{id: id, scores: g.Scores, threshold: g.AcceptsAt, together: g.Together}
}

// rows returns the rows of the case, each party's own before its constituencies'.
func (c *Case) rows() []row {
	var rows []row
	for id, p := range c.Parties.All() {
		rows = append(rows, p.row(string(id)))
		if p.Ratification != nil {
			for name, g := range p.Ratification.Constituencies.All() {
				rows = append(rows, g.row(string(id)+"."+name))
			}
		}
	}
	return rows
}

// A knot is a given score at a position of an issue.
type knot struct {
	at    int
	score *big.Rat
}

// value returns the score at a position between knots a and b, interpolated.
func (a knot) value(b knot, at int) *big.Rat {
	v := a.slope(b)
	v.Mul(v, big.NewRat(int64(at-a.at), 1))
	return v.Add(v, a.score)
}

// slope returns the difference of neighbouring scores between knots a and b.
func (a knot) slope(b knot) *big.Rat {
	v := new(big.Rat).Sub(b.score, a.score)
	return v.Quo(v, big.NewRat(int64(b.at-a.at), 1))
}

// knots returns the headline scores given for an issue in the order of its
// options. Only a range may have fewer knots than answers.
func (s *IssueScores) knots(is *Issue) []knot {
	n := is.Len()
	if s.Same != nil {
		if is.Range != nil && n > 1 {
			return []knot{{0, s.Same.Headline()}, {n - 1, s.Same.Headline()}}
		}
		ks := make([]knot, n)
		for k := range ks {
			ks[k] = knot{k, s.Same.Headline()}
		}
		return ks
	}
	ks := make([]knot, 0, s.At.Len())
	for id, score := range s.At.All() {
		if k, ok := is.Position(id); ok {
			ks = append(ks, knot{k, score.Headline()})
		}
	}
	slices.SortStableFunc(ks, func(a, b knot) int { return cmp.Compare(a.at, b.at) })
	return slices.CompactFunc(ks, func(a, b knot) bool { return a.at == b.at })
}

// A measure adds up what a row's scale must satisfy.
type measure struct {
	denominator *big.Int // nil when it has grown too large
	span        *big.Rat // greatest absolute utility or threshold that can come up in a sum
	terms       int64
}

func newMeasure() *measure { return &measure{big.NewInt(1), new(big.Rat), 0} }

// divides makes the denominator a multiple of r's.
func (m *measure) divides(r *big.Rat) {
	if m.denominator == nil || r.IsInt() {
		return
	}
	m.merge(r.Denom())
}

func (m *measure) merge(d *big.Int) {
	if d == nil || m.denominator == nil {
		m.denominator = nil
		return
	}
	gcd := new(big.Int).GCD(nil, nil, m.denominator, d)
	m.denominator = gcd.Mul(gcd.Quo(m.denominator, gcd), d)
	if m.denominator.BitLen() > 62 {
		m.denominator = nil
	}
}

func (m *measure) term(largest *big.Rat) {
	m.span = outward(m.span.Add(m.span, largest), true)
	m.terms++
}

func (m *measure) number(n Number) {
	m.divides(n.Headline())
	m.term(new(big.Rat).Abs(n.Headline()))
}

// issue takes in the scores of one issue.
func (m *measure) issue(is *Issue, s *IssueScores) {
	largest, abs := new(big.Rat), new(big.Rat)
	knots := s.knots(is)
	for i, k := range knots {
		m.divides(k.score)
		if abs.Abs(k.score).Cmp(largest) > 0 {
			largest.Set(abs)
		}
		if is.Range != nil && i > 0 {
			m.divides(knots[i-1].slope(k))
		}
	}
	m.term(largest)
}

func (c *Case) measure(r row) *measure {
	m := newMeasure()
	for id, is := range c.Issues.All() {
		s, _ := r.scores.Get(id)
		m.issue(&is, &s)
	}
	for _, a := range r.adjustments {
		m.number(a.Add)
	}
	if r.threshold != nil {
		m.number(r.threshold.Value)
	}
	return m
}

// fits reports whether the row's utilities keep within outcome.MaxUtility at a
// scale, with room for rounding.
func (m *measure) fits(scale *big.Int) bool {
	if scale == nil {
		return false
	}
	top := new(big.Rat).SetInt(scale)
	top.Mul(top, m.span)
	top.Add(top, big.NewRat(m.terms, 1))
	return top.Cmp(big.NewRat(outcome.MaxUtility, 1)) <= 0
}

// scale returns the units per point of a row: the wide denominator if it is a multiple of
// the row's own and fits, else the row's own, else the largest power of ten that
// fits, which rounds.
func (m *measure) scale(wide *big.Int) (scale *big.Int, rounded, ok bool) {
	if m.denominator != nil {
		if wide != nil {
			both := newMeasure()
			both.merge(wide)
			both.merge(m.denominator)
			if m.fits(both.denominator) {
				return both.denominator, false, true
			}
		}
		if m.fits(m.denominator) {
			return m.denominator, false, true
		}
	}
	ten := big.NewInt(10)
	for k := int64(18); k >= 0; k-- {
		if scale := new(big.Int).Exp(ten, big.NewInt(k), nil); m.fits(scale) {
			return scale, true, true
		}
	}
	return nil, true, false
}

// denominators returns, by row, the common denominator of the case as it stands
// and under each single view and lever; nil where it does not fit 62 bits. It
// looks only at what a view or lever touches, and stops looking when a case has
// more changes of long ranges than a file in earnest.
func (c *Case) denominators() map[string]*big.Int {
	all := make(map[string]*measure)
	for _, r := range c.rows() {
		all[r.id] = c.measure(r)
	}
	given := 0 // a view or lever copies the parties that it touches
	for _, r := range c.rows() {
		for _, s := range r.scores.All() {
			given += 1 + s.At.Len()
		}
	}
	work := 1 << 21
	take := func(ch *Change) {
		var touched []target
		for _, m := range []Map[string, Threshold]{ch.Set, ch.Add} {
			for at := range m.All() {
				if t, err := c.target(at); err == nil {
					touched = append(touched, t)
				}
			}
		}
		if len(touched) == 0 || work < 0 {
			return
		}
		d := c.draft()
		if d.apply(&Change{Set: ch.Set, Add: ch.Add}, "") != nil {
			return
		}
		rows := make(map[string]row)
		for _, r := range d.to.rows() {
			rows[r.id] = r
		}
		seen := make(map[Path]bool)
		for _, t := range touched {
			id := string(t.Party)
			if t.Constituency != "" {
				id += "." + t.Constituency
			}
			r, m := rows[id], all[id]
			key := Path{Party: t.Party, Constituency: t.Constituency, Part: t.Part, Issue: t.Issue}
			if m == nil || seen[key] {
				continue
			}
			seen[key] = true
			switch t.Part {
			case "scores":
				is, _ := c.Issues.Get(t.Issue)
				s, _ := r.scores.Get(t.Issue)
				m.issue(&is, &s)
				work -= s.At.Len() + 1
			case "adjustments":
				for _, a := range r.adjustments {
					m.divides(a.Add.Headline())
				}
				work -= len(r.adjustments)
			default:
				if r.threshold != nil {
					m.divides(r.threshold.Value.Headline())
				}
				work--
			}
		}
		work -= given + len(rows)
	}
	for _, v := range c.Views.All() {
		take(&v.Change)
	}
	for i := range c.Levers {
		take(&c.Levers[i].Change)
	}
	wide := make(map[string]*big.Int, len(all))
	for id, m := range all {
		wide[id] = m.denominator
	}
	return wide
}

// compileRow writes a row in whole units.
func (c *Case) compileRow(r row, wide *big.Int, rounded *bool) (outcome.Row, error) {
	m := c.measure(r)
	scale, rounds, ok := m.scale(wide)
	if !ok {
		return outcome.Row{}, fmt.Errorf("%s: scores, adjustments and threshold add up to %s points, more than fit: divide all of them by the same number", r.id, m.span.FloatString(0))
	}
	if rounds {
		*rounded = true
	}
	units := new(big.Rat).SetInt(scale)
	round := func(points *big.Rat) int64 { return nearestInt(new(big.Rat).Mul(points, units)) }
	out := outcome.Row{ID: r.id, Scale: scale.Int64(), Scores: make([][]int64, 0, c.Issues.Len())}
	for id, is := range c.Issues.All() {
		s, _ := r.scores.Get(id)
		knots := s.knots(&is)
		if want := is.Len(); len(knots) < want && (is.Range == nil || len(knots) == 0 || knots[0].at > 0 || knots[len(knots)-1].at < want-1) {
			return out, fmt.Errorf("%s: scores of %s are missing", r.id, id)
		}
		table := make([]int64, is.Len())
		for i, k := range knots {
			table[k.at] = round(k.score)
			if is.Range == nil || i == 0 {
				continue
			}
			before := knots[i-1]
			if !rounds {
				step := round(before.slope(k))
				for at := before.at + 1; at < k.at; at++ {
					table[at] = table[at-1] + step
				}
				continue
			}
			for at := before.at + 1; at < k.at; at++ {
				table[at] = round(before.value(k, at))
			}
		}
		out.Scores = append(out.Scores, table)
	}
	for i, a := range r.adjustments {
		name := r.id + ".adjustments." + nameOr(a.ID, i)
		when, err := c.adjusted(name, &a)
		if err != nil {
			return out, err
		}
		out.Adjustments = append(out.Adjustments, outcome.Adjustment{ID: name, When: when, Add: round(a.Add.Headline())})
	}
	if r.threshold != nil {
		out.Threshold = outcome.Threshold{Value: round(r.threshold.Value.Headline()), Set: true}
	}
	return out, nil
}

// adjusted compiles where an adjustment is added.
func (c *Case) adjusted(name string, a *Adjustment) (outcome.Table, error) {
	if a.When != "" {
		return c.table(name, a.When, false)
	}
	box, inside := a.Within, true
	if a.Outside.Len() > 0 {
		box, inside = a.Outside, false
	}
	issues := make([]outcome.Issue, 0, c.Issues.Len())
	sets := make(map[int][]int, box.Len())
	for id, is := range c.Issues.All() {
		issues = append(issues, outcome.Issue{ID: string(id), Options: is.Len()})
	}
	for id, answers := range box.All() {
		at, ok := c.Issues.Position(id)
		if !ok {
			return outcome.Table{}, fmt.Errorf("%s: %w", name, unknown("issue", id, c.Issues.Keys()))
		}
		_, is := c.Issues.At(at)
		var err error
		if sets[at], err = answers.positions(&is); err != nil {
			return outcome.Table{}, fmt.Errorf("%s: %s: %w", name, id, err)
		}
	}
	at := slices.Sorted(maps.Keys(sets))
	options := make([][]int, len(at))
	for k, i := range at {
		options[k] = sets[i]
	}
	return outcome.NewBox(issues, at, options, inside)
}

// nearestInt rounds to the nearest integer, half away from 0.
func nearestInt(r *big.Rat) int64 {
	if r.IsInt() {
		return r.Num().Int64()
	}
	n := new(big.Int).Abs(r.Num())
	n.Lsh(n, 1)
	n.Add(n, r.Denom())
	n.Quo(n, new(big.Int).Lsh(r.Denom(), 1))
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return n.Int64()
}
