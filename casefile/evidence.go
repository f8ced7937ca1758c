package casefile

import (
	"slices"
	"strings"
)

// Evidence is what a case says about one of the conditions that results name.
type Evidence struct {
	ID         string // as in results: "iran.red_lines.no_zero_enrichment"
	Title      string // in words: "Red line of Islamic Republic of Iran"
	Name       string // what people call a red line, adjustment or requirement: "no zero enrichment"
	Text       string // the condition as written; of a threshold, its number
	Words      string // the condition as people read it
	Because    string // why; may be empty
	Statements Refs   // ids of the statements that it rests on
	Confidence string // high, medium, low, or empty when not stated
}

// Condition returns what the case says about a condition by the id that results
// give it: PARTY.no_deal, PARTY.red_lines.ID, PARTY.adjustments.ID,
// PARTY.CONSTITUENCY.accepts_at, PARTY.ratification, requires.ID or consent. It
// knows the red lines that views and levers add. ok is false for anything else.
func (c *Case) Condition(id string) (e Evidence, ok bool) {
	e.ID = id
	at := ParsePath(id)
	switch at.Part {
	case PartConsent:
		e.Title, e.Text = "Consent", orElse(c.Consent, "everyone")
		e.Words = e.Text
		if e.Text != "everyone" {
			e.Words = c.RuleInWords("", e.Text)
		}
		return e, true
	case PartRequires:
		ok = c.requirement(&e, at.ID)
		return e, ok
	}
	p, known := c.Parties.Get(at.Party)
	if !known {
		return e, false
	}
	who := c.ActorTitle(string(at.Party))
	switch {
	case at.Constituency != "":
		if p.Ratification == nil || at.Part != PartAcceptsAt || at.ID != "" {
			return e, false
		}
		g, ok := p.Ratification.Constituencies.Get(at.Constituency)
		ok = ok && e.threshold("What "+orElse(g.Title, at.Constituency)+" accepts", g.AcceptsAt)
		return e, ok
	case at.Part == PartNoDeal:
		ok = e.threshold("No-deal value of "+who, p.NoDeal)
		return e, ok
	case at.Part == PartRedLines:
		if l, i := c.redLine(at.Party, at.ID); i >= 0 {
			e.Name, e.Words = lineName(l.Title, l.ID, i), c.InWords(l.Never)
			e.Title, e.Text, e.Because, e.Statements, e.Confidence = "Red line of "+who, l.Never, l.Because, l.Statements, l.Confidence
			return e, true
		}
	case at.Part == PartAdjustments:
		for i, a := range p.Adjustments {
			if nameOr(a.ID, i) == at.ID {
				e.Name, e.Words = lineName(a.Title, a.ID, i), a.InWords(c)
				e.Title, e.Text, e.Because, e.Statements = "Adjustment of "+who, a.condition(), a.Because, a.Statements
				return e, true
			}
		}
	case at.Part == PartRatification:
		if p.Ratification != nil {
			e.Title, e.Text, e.Because = "Ratification by "+who, orElse(p.Ratification.Rule, strings.Join(p.Ratification.Constituencies.Keys(), " && ")), p.Ratification.Terms
			return e, true
		}
	}
	return e, false
}

// requirement takes in what the case says about a requirement, and reports whether it has it.
func (c *Case) requirement(e *Evidence, id string) bool {
	for i, r := range c.Requires {
		if nameOr(r.ID, i) != id {
			continue
		}
		e.Title = "Requirement"
		if r.Kind != "" {
			e.Title = strings.ToUpper(r.Kind[:1]) + r.Kind[1:] + " requirement"
		}
		e.Name = lineName(r.Title, r.ID, i)
		e.Text, e.Words = r.Then, c.InWords(r.Then)
		if r.If != "" {
			e.Text, e.Words = "if "+r.If+" then "+r.Then, "if "+c.InWords(r.If)+", then "+e.Words
		}
		e.Because, e.Statements, e.Confidence = r.Because, r.Statements, r.Confidence
		return true
	}
	return false
}

// threshold takes in a threshold, and reports whether there is one.
func (e *Evidence) threshold(title string, t *Threshold) bool {
	if t == nil {
		return false
	}
	e.Title, e.Text, e.Words, e.Because, e.Statements = title, t.Value.String(), t.Value.String(), t.Because, t.Statements
	return true
}

// lineName returns what people call a line: its title, its name in words, or its number in the list.
func lineName(title, id string, i int) string {
	return orElse(title, strings.ReplaceAll(nameOr(id, i), "_", " "))
}

// redLine finds a party's red line, its own or one that a view or lever adds, and its position in the list, -1
// where there is none.
func (c *Case) redLine(party PartyID, id string) (RedLine, int) {
	p, _ := c.Parties.Get(party)
	for i, l := range p.RedLines {
		if nameOr(l.ID, i) == id {
			return l, i
		}
	}
	added := func(ch *Change) (RedLine, int) {
		i := slices.IndexFunc(ch.AddRedLines, func(a AddedRedLine) bool { return a.Party == party && a.ID == id })
		if i < 0 {
			return RedLine{}, i
		}
		return ch.AddRedLines[i].RedLine, i
	}
	for _, v := range c.Views.All() {
		if l, i := added(&v.Change); i >= 0 {
			return l, i
		}
	}
	for i := range c.Levers {
		if l, i := added(&c.Levers[i].Change); i >= 0 {
			return l, i
		}
	}
	return RedLine{}, -1
}
