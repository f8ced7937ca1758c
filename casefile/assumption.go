package casefile

import (
	"slices"
	"strings"
)

// An Assumption is one thing about which two views of a case differ: a number, or whether a condition
// is in force.
type Assumption struct {
	// At is its path, as in a [Change]. Where either view adds to a score of a range, whose other
	// scores hang on it, it is that of all scores of the issue: PARTY.scores.ISSUE.
	At string
	// From and To are what either view changes there; nothing where it leaves the case as
	// written.
	From, To Change
}

// differences returns the assumptions in which two views differ, in the order in which from, then to,
// first touches them, and what from changes that comes to the same in both.
func (c *Case) differences(from, to string) (differ []Assumption, common []Change, err error) {
	var ends [2]*Case
	var parts [2][]touched
	for i, view := range []string{from, to} {
		if ends[i], err = c.With(Choice{View: view}); err != nil {
			return nil, nil, err
		}
		if view != "" {
			v, _ := c.Views.Get(view)
			parts[i] = c.touched(&v.Change)
		}
	}
	// A score of a range that one view adds to goes with all that the other sets.
	for i := range parts {
		parts[i] = c.together(parts[i], parts[1-i])
	}
	var all []Assumption
	for i, of := range parts {
		for _, g := range of {
			at := slices.IndexFunc(all, func(a Assumption) bool { return a.At == g.at })
			if at < 0 {
				at = len(all)
				all = append(all, Assumption{At: g.at})
			}
			if i == 0 {
				all[at].From = g.change
			} else {
				all[at].To = g.change
			}
		}
	}
	for _, a := range all {
		if ends[0].Stands(a.At) != ends[1].Stands(a.At) {
			differ = append(differ, a)
		} else {
			common = append(common, a.From)
		}
	}
	return differ, common, nil
}

// Stands returns what stands at the path of an [Assumption]: a number as the file writes it, the
// text of a condition, the scores of a range one by one; empty for nothing.
func (c *Case) Stands(at string) string {
	t, err := c.target(at)
	if err != nil {
		if t.Part == "scores" && t.Issue != "" { // the whole range
			is, _ := c.Issues.Get(t.Issue)
			var all []string
			for k := range is.Len() {
				all = append(all, c.score(t, k).String())
			}
			return strings.Join(all, " ")
		}
		return ""
	}
	switch t.Part {
	case "scores":
		return c.score(t, t.option).String()
	case "adjustments":
		p, _ := c.Parties.Get(t.Party)
		for i, a := range p.Adjustments {
			if nameOr(a.ID, i) == t.ID {
				return a.Add.String()
			}
		}
		return ""
	case "red_lines":
		p, _ := c.Parties.Get(t.Party)
		for i, l := range p.RedLines {
			if nameOr(l.ID, i) == t.ID {
				return l.Never
			}
		}
		return ""
	}
	e, _ := c.Condition(at)
	return e.Text
}

// score returns a party's or a group's score of an option.
func (c *Case) score(t target, option int) Number {
	p, _ := c.Parties.Get(t.Party)
	scores := p.Scores
	if t.Constituency != "" {
		g, _ := p.Ratification.Constituencies.Get(t.Constituency)
		scores = g.Scores
	}
	is, _ := c.Issues.Get(t.Issue)
	s, _ := scores.Get(t.Issue)
	return s.value(&is, option)
}

// A touched path is what a change does there.
type touched struct {
	at     string
	change Change
}

// touched splits a change by what it touches, in the order in which it is made.
func (c *Case) touched(ch *Change) []touched {
	var all []touched
	at := func(path string) *Change {
		if t, err := c.target(path); err == nil && t.Part == "scores" {
			is, _ := c.Issues.Get(t.Issue)
			path = t.scores() + "." + is.OptionID(t.option)
		}
		i := slices.IndexFunc(all, func(g touched) bool { return g.at == path })
		if i < 0 {
			i = len(all)
			all = append(all, touched{at: path})
		}
		return &all[i].change
	}
	for path, to := range ch.Set.All() {
		at(path).Set.put(path, to)
	}
	for path, by := range ch.Add.All() {
		at(path).Add.put(path, by)
	}
	for _, path := range ch.Drop {
		to := at(path)
		to.Drop = append(to.Drop, path)
	}
	for k, line := range ch.AddRedLines {
		line.ID = nameOr(line.ID, k)
		to := at(line.path(k))
		to.AddRedLines = append(to.AddRedLines, line)
	}
	return c.together(all, nil)
}

// together makes one of all that touches a range of scores where these or the others add to it.
func (c *Case) together(all, others []touched) []touched {
	added := make(map[string]bool)
	for _, g := range slices.Concat(all, others) {
		for path := range g.change.Add.All() {
			if whole, of := c.wholeRange(path); of {
				added[whole] = true
			}
		}
	}
	var out []touched
	for _, g := range all {
		if whole, of := c.wholeRange(g.at); of && added[whole] {
			g.at = whole
		}
		at := slices.IndexFunc(out, func(o touched) bool { return o.at == g.at })
		if at < 0 {
			out = append(out, g)
			continue
		}
		to := &out[at].change
		for path, v := range g.change.Set.All() {
			to.Set.put(path, v)
		}
		for path, v := range g.change.Add.All() {
			to.Add.put(path, v)
		}
	}
	return out
}

// wholeRange returns the path of all scores of an issue for that of one of them, if the issue is a
// range.
func (c *Case) wholeRange(at string) (path string, ok bool) {
	t, err := c.target(at)
	if err != nil || t.Part != "scores" {
		return at, false
	}
	if is, _ := c.Issues.Get(t.Issue); is.Range == nil {
		return at, false
	}
	return t.scores(), true
}

// scores returns the path of all scores of a target's issue.
func (t target) scores() string {
	p := t.Path
	p.Option = ""
	return p.String()
}

// path returns that of the red line that an item of a list adds.
func (a *AddedRedLine) path(k int) string {
	return Path{Party: a.Party, Part: PartRedLines, ID: nameOr(a.ID, k)}.String()
}

// ByMediators reports whether mediators can pull the lever, and nobody else is needed.
func (c *Case) ByMediators(l *Lever) bool {
	return len(l.By) > 0 && !slices.ContainsFunc(l.By, func(id string) bool { return id != "mediators" && !c.Mediators.Has(id) })
}

// Coercive reports whether a lever is pressure. That is what its kind says or, where it has none,
// that it lowers or drops the no-deal value of a party that does not pull it, and somebody other than a
// mediator does.
func (c *Case) Coercive(l *Lever) bool {
	if l.Kind != "" {
		return l.Kind == "pressure"
	}
	if len(l.By) == 0 || c.ByMediators(l) {
		return false
	}
	worse := func(at string) bool {
		t, err := c.target(at)
		return err == nil && t.Part == "no_deal" && !slices.Contains(l.By, string(t.Party))
	}
	for at, to := range l.Set.All() {
		if t, err := c.target(at); err == nil && worse(at) {
			if before := c.threshold(t); before != nil && to.Value.Headline().Cmp(before.Value.Headline()) < 0 {
				return true
			}
		}
	}
	for at, by := range l.Add.All() {
		if worse(at) && by.Value.Headline().Sign() < 0 {
			return true
		}
	}
	return slices.ContainsFunc(l.Drop, worse)
}
