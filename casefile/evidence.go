package casefile

import (
	"slices"
	"strings"
)

// Evidence is what a case says about one of the conditions that results name.
type Evidence struct {
	ID         string // as in results: "iran.red_lines.no_zero_enrichment"
	Title      string // in words: "Red line of Islamic Republic of Iran"
	Text       string // the condition as written; of a threshold, its number
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
	if id == "consent" {
		e.Title, e.Text = "Consent", orElse(c.Consent, "everyone")
		return e, true
	}
	first, rest, _ := strings.Cut(id, ".")
	if first == "requires" {
		for i, r := range c.Requires {
			if nameOr(r.ID, i) == rest {
				e.Title = "Requirement"
				if r.Kind != "" {
					e.Title = strings.ToUpper(r.Kind[:1]) + r.Kind[1:] + " requirement"
				}
				e.Text = r.Then
				if r.If != "" {
					e.Text = "if " + r.If + " then " + r.Then
				}
				e.Because, e.Statements, e.Confidence = r.Because, r.Statements, r.Confidence
				return e, true
			}
		}
		return e, false
	}
	p, known := c.Parties.Get(first)
	if !known {
		return e, false
	}
	who := c.ActorTitle(first)
	what, name, _ := strings.Cut(rest, ".")
	threshold := func(title string, t *Threshold) (Evidence, bool) {
		if t == nil {
			return e, false
		}
		e.Title, e.Text, e.Because, e.Statements = title, t.Value.String(), t.Because, t.Statements
		return e, true
	}
	switch what {
	case "no_deal":
		return threshold("No-deal value of "+who, p.NoDeal)
	case "red_lines":
		if l, ok := c.redLine(first, name); ok {
			e.Title, e.Text, e.Because, e.Statements, e.Confidence = "Red line of "+who, l.Never, l.Because, l.Statements, l.Confidence
			return e, true
		}
	case "adjustments":
		for i, a := range p.Adjustments {
			if nameOr(a.ID, i) == name {
				e.Title, e.Text, e.Because, e.Statements = "Adjustment of "+who, a.Condition(), a.Because, a.Statements
				return e, true
			}
		}
	case "ratification":
		if p.Ratification != nil && name == "" {
			e.Title, e.Text, e.Because = "Ratification by "+who, orElse(p.Ratification.Rule, strings.Join(p.Ratification.Constituencies.Keys(), " && ")), p.Ratification.Terms
			return e, true
		}
	default:
		if p.Ratification == nil || name != "accepts_at" {
			break
		}
		if g, ok := p.Ratification.Constituencies.Get(what); ok {
			return threshold("What "+orElse(g.Title, what)+" accepts", g.AcceptsAt)
		}
	}
	return e, false
}

// redLine finds a party's red line, its own or one that a view or lever adds.
func (c *Case) redLine(party, id string) (RedLine, bool) {
	p, _ := c.Parties.Get(party)
	for i, l := range p.RedLines {
		if nameOr(l.ID, i) == id {
			return l, true
		}
	}
	added := func(ch *Change) (RedLine, bool) {
		i := slices.IndexFunc(ch.AddRedLines, func(a AddedRedLine) bool { return a.Party == party && a.ID == id })
		if i < 0 {
			return RedLine{}, false
		}
		return ch.AddRedLines[i].RedLine, true
	}
	for _, v := range c.Views.All() {
		if l, ok := added(&v.Change); ok {
			return l, true
		}
	}
	for i := range c.Levers {
		if l, ok := added(&c.Levers[i].Change); ok {
			return l, true
		}
	}
	return RedLine{}, false
}
