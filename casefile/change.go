package casefile

import (
	"fmt"
	"slices"
	"strings"
)

// A Choice names the assumptions under which a case is read: at most one view,
// and the levers that are pulled. The zero Choice is the case as it stands.
type Choice struct {
	View   string   // id of a view; empty for none
	Levers []string // ids of levers, in any order
}

// With returns the case as the choice makes it: the view is laid over it first,
// then the levers in the order of the file, whatever their order in the choice.
// Each of them sets, then adds, then drops, then adds red lines. A change to
// something that an earlier one has dropped has no effect, but for a no-deal value, which
// can be set again. c stays as it is. It
// fails on an unknown view or lever, on a lever named twice, and when two of them
// add red lines of the same id to one party.
func (c *Case) With(ch Choice) (*Case, error) {
	d := c.draft()
	if ch.View != "" {
		v, ok := c.Views.Get(ch.View)
		if !ok {
			return nil, unknown("view", ch.View, c.Views.Keys())
		}
		if err := d.apply(&v.Change, v.Because); err != nil {
			return nil, fmt.Errorf("view %s: %w", ch.View, err)
		}
	}
	for i, id := range ch.Levers {
		if _, ok := c.lever(id); !ok {
			return nil, unknown("lever", id, c.LeverIDs())
		}
		if slices.Contains(ch.Levers[:i], id) {
			return nil, fmt.Errorf("lever %s is named twice: a lever is pulled or not", id)
		}
	}
	for _, l := range c.Levers {
		if slices.Contains(ch.Levers, l.ID) {
			if err := d.apply(&l.Change, l.Because); err != nil {
				return nil, fmt.Errorf("lever %s: %w", l.ID, err)
			}
		}
	}
	return d.to, nil
}

// A draft is a copy of a case that is being changed. Parties are copied when they
// are first touched.
type draft struct {
	to    *Case
	owned map[string]*Party
}

func (c *Case) draft() *draft {
	to := *c
	to.Parties = NewMap[PartyID, Party]()
	for id, p := range c.Parties.All() {
		to.Parties.put(id, p)
	}
	to.Requires = slices.Clone(c.Requires)
	return &draft{&to, make(map[string]*Party)}
}

// party returns the draft's own copy of a party, nil for an unknown one.
func (d *draft) party(id PartyID) *Party {
	if p := d.owned[string(id)]; p != nil {
		return p
	}
	k, ok := d.to.Parties.Position(id)
	if !ok {
		return nil
	}
	p := &d.to.Parties.vals[k]
	p.Scores = d.to.copyScores(p.Scores)
	p.Adjustments = slices.Clone(p.Adjustments)
	p.RedLines = slices.Clone(p.RedLines)
	for i := range p.RedLines {
		p.RedLines[i].ID = nameOr(p.RedLines[i].ID, i)
	}
	for i := range p.Adjustments {
		p.Adjustments[i].ID = nameOr(p.Adjustments[i].ID, i)
	}
	if p.Ratification != nil {
		r := *p.Ratification
		r.Constituencies = NewMap[string, Constituency]()
		for id, g := range p.Ratification.Constituencies.All() {
			g.Scores = d.to.copyScores(g.Scores)
			r.Constituencies.put(id, g)
		}
		p.Ratification = &r
	}
	d.owned[string(id)] = p
	return p
}

// copyScores copies tables of scores and writes the numbers of ranges in their
// shortest form, so that each has one key.
func (c *Case) copyScores(m Map[IssueID, IssueScores]) Map[IssueID, IssueScores] {
	var to Map[IssueID, IssueScores]
	for id, s := range m.All() {
		is, _ := c.Issues.Get(id)
		at := NewMap[string, Number]()
		for option, n := range s.At.All() {
			if is.Range != nil {
				if v, err := ParseDecimal(option); err == nil {
					option = v.String()
				}
			}
			at.put(option, n)
		}
		to.put(id, IssueScores{s.Same, at})
	}
	return to
}

// apply makes the change.
func (d *draft) apply(ch *Change, because string) error {
	for at, to := range ch.Set.All() {
		if to.Because == "" {
			to.Because = because
		}
		if err := d.set(at, func(*Threshold) *Threshold { return &to }); err != nil {
			return err
		}
	}
	for at, by := range ch.Add.All() {
		if err := d.set(at, func(old *Threshold) *Threshold {
			if old == nil {
				return nil
			}
			moved := *old
			moved.Value = old.Value.plus(by.Value)
			return &moved
		}); err != nil {
			return err
		}
	}
	for _, at := range ch.Drop {
		if err := d.drop(at); err != nil {
			return err
		}
	}
	for k, a := range ch.AddRedLines {
		p := d.party(a.Party)
		if p == nil {
			return unknown("party", a.Party, d.to.Parties.Keys())
		}
		line := a.RedLine
		line.ID = nameOr(line.ID, k)
		if slices.ContainsFunc(p.RedLines, func(r RedLine) bool { return r.ID == line.ID }) {
			return fmt.Errorf("%s has a red line %s already", a.Party, line.ID)
		}
		p.RedLines = append(p.RedLines, line)
	}
	return nil
}

// set replaces the number at a path by what change makes of it; change gets and
// returns nil for no number.
func (d *draft) set(at string, change func(*Threshold) *Threshold) error {
	t, err := d.to.target(at)
	if err != nil {
		return err
	}
	p := d.party(t.Party)
	number := func(n *Number) {
		if to := change(&Threshold{Value: *n}); to != nil {
			*n = to.Value
		}
	}
	var group *Constituency
	if t.Constituency != "" {
		k, _ := p.Ratification.Constituencies.Position(t.Constituency)
		group = &p.Ratification.Constituencies.vals[k]
	}
	switch t.Part {
	case "no_deal":
		p.NoDeal = change(p.NoDeal)
	case "accepts_at":
		group.AcceptsAt = change(group.AcceptsAt)
	case "adjustments":
		for i := range p.Adjustments {
			if p.Adjustments[i].ID == t.ID {
				number(&p.Adjustments[i].Add)
			}
		}
	case "scores":
		scores := &p.Scores
		if group != nil {
			scores = &group.Scores
		}
		is, _ := d.to.Issues.Get(t.Issue)
		s, _ := scores.Get(t.Issue)
		s.spread(&is)
		n := s.value(&is, t.option)
		number(&n)
		s.At.put(is.OptionID(t.option), n)
		scores.put(t.Issue, s)
	default:
		return fmt.Errorf("%s holds no number: set PARTY.no_deal, PARTY.scores.ISSUE.OPTION, PARTY.adjustments.ID, PARTY.CONSTITUENCY.accepts_at or its scores", quoted(at))
	}
	return nil
}

// spread writes a single number for all answers as a table of scores.
func (s *IssueScores) spread(is *Issue) {
	if s.Same == nil {
		return
	}
	s.At = NewMap[string, Number]()
	for k := range is.Len() {
		if is.Range == nil || k == 0 || k == is.Len()-1 {
			s.At.put(is.OptionID(k), *s.Same)
		}
	}
	s.Same = nil
}

// value returns the score of an option, interpolated where a range gives none.
func (s *IssueScores) value(is *Issue, option int) Number {
	if n, ok := s.At.Get(is.OptionID(option)); ok {
		return n
	}
	if s.Same != nil {
		return *s.Same
	}
	knots := s.knots(is)
	for i := 1; i < len(knots); i++ {
		if a, b := knots[i-1], knots[i]; a.at < option && option < b.at {
			v := a.value(b, option)
			return Number{Low: v, Mode: v, High: v}
		}
	}
	return Number{}
}

func (d *draft) drop(at string) error {
	t, err := d.to.target(at)
	if err != nil {
		return err
	}
	switch t.Part {
	case "consent":
		d.to.Consent = ""
	case "requires":
		for i := range d.to.Requires {
			d.to.Requires[i].ID = nameOr(d.to.Requires[i].ID, i)
		}
		d.to.Requires = slices.DeleteFunc(d.to.Requires, func(r Requirement) bool { return r.ID == t.ID })
	case "no_deal":
		d.party(t.Party).NoDeal = nil
	case "red_lines":
		p := d.party(t.Party)
		p.RedLines = slices.DeleteFunc(p.RedLines, func(r RedLine) bool { return r.ID == t.ID })
	case "adjustments":
		p := d.party(t.Party)
		p.Adjustments = slices.DeleteFunc(p.Adjustments, func(a Adjustment) bool { return a.ID == t.ID })
	default:
		return fmt.Errorf("%s is no condition: drop PARTY.no_deal, PARTY.red_lines.ID, PARTY.adjustments.ID, requires.ID or consent", quoted(at))
	}
	return nil
}

// A target is what a path of a change leads to.
type target struct {
	Path
	option int // of scores
}

// target resolves a path as far as it names parties, constituencies, issues and
// options; conditions may be gone, or be added by a view or lever.
func (c *Case) target(at string) (target, error) {
	path := ParsePath(at)
	t := target{Path: path}
	switch {
	case path.Part == PartConsent:
		return t, nil
	case path.Part == PartRequires:
		if path.ID == "" {
			return t, fmt.Errorf("%s names no requirement: write requires.ID", quoted(at))
		}
		return t, nil
	}
	p, ok := c.Parties.Get(path.Party)
	if !ok {
		return target{}, unknown("party", path.Party, c.Parties.Keys())
	}
	if err := c.leads(at, path, &p); err != nil {
		return target{Path: Path{Party: path.Party}}, err
	}
	switch path.Part {
	case PartNoDeal, PartAcceptsAt:
		if path.ID != "" {
			return t, fmt.Errorf("%s leads nowhere: end it with %s", quoted(at), path.Part)
		}
	case PartAdjustments, PartRedLines:
		if path.ID == "" {
			return t, fmt.Errorf("%s names none of the %s: write %s.%s.ID", quoted(at), strings.ReplaceAll(string(path.Part), "_", " "), path.Party, path.Part)
		}
	case PartScores:
		is, known := c.Issues.Get(path.Issue)
		if !known {
			t.Issue = ""
			return t, unknown("issue", path.Issue, c.Issues.Keys())
		}
		if path.Option == "" {
			return t, fmt.Errorf("%s names no option: write %s.OPTION", quoted(at), at)
		}
		if t.option, ok = is.Position(path.Option); !ok {
			if is.Range != nil {
				return t, fmt.Errorf("%s is no value of %s, which goes from %s to %s by %s", quoted(path.Option), path.Issue, is.Range.From, is.Range.To, is.Range.Step)
			}
			return t, unknown("option", path.Option, is.Options.Keys())
		}
	}
	return t, nil
}

// leads checks that a path leads to a part of a party, or of one of its constituencies.
func (c *Case) leads(at string, path Path, p *Party) error {
	fields := []string{string(PartNoDeal), string(PartScores), string(PartAdjustments), string(PartRedLines)}
	what, field := path.Constituency, string(path.Part)
	switch {
	case path.Part == PartRatification:
		what, field = field, "" // no change is laid over it
	case what == "" && path.Part.ofParty():
		return nil
	}
	if p.Ratification == nil || !p.Ratification.Constituencies.Has(what) {
		if p.Ratification != nil {
			fields = append(fields, p.Ratification.Constituencies.Keys()...)
		}
		if c.Issues.Has(IssueID(what)) {
			return fmt.Errorf("%s leads nowhere: did you mean '%s.scores.%s'?", quoted(at), path.Party, strings.TrimPrefix(at, string(path.Party)+"."))
		}
		return fmt.Errorf("%s leads nowhere%s", quoted(at), suggestion(what, fields))
	}
	if fields = []string{string(PartAcceptsAt), string(PartScores)}; !slices.Contains(fields, field) {
		return fmt.Errorf("%s leads nowhere%s", quoted(at), suggestion(field, fields))
	}
	return nil
}

func suggestion(text string, candidates []string) string {
	if fix := didYouMean(text, candidates); fix != "" {
		return ": " + fix
	}
	return ""
}
