package report

import (
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/casefile"
)

type issueSection struct {
	ID, Title, Note string
	Options         []optionLine
	Said            []said
	Silent          []string // parties with nothing on record
	Reasons         []reason
}

type optionLine struct {
	Title, Note string
	StatusQuo   bool
}

type said struct {
	ID, Who, Speaker, Stance, Option, After, Date, Gist, Quote string
	Sources                                                    []ref
}

type reason struct {
	Who, Text string
	Refs      []citation
}

// A stance in words: what comes before and after an option, and what stands where none is named.
var stances = map[string]struct{ before, after, alone string }{
	"ask":            {"asks for", "", "makes a demand"},
	"propose":        {"proposes", "", "makes a proposal"},
	"accept":         {"accepts", "", "agrees"},
	"conditional":    {"would accept", " on conditions", "would agree on conditions"},
	"reject":         {"rejects", "", "refuses"},
	"none_on_record": {"has nothing on record about", "", "has nothing on record"},
	"disputed":       {"is reported both ways on", "", "is reported both ways"},
}

// A citation refers to a statement by who said it and when. What was said stands in it for readers
// who cannot follow the reference.
type citation struct{ ID, Text, Said string }

// cite returns citations of statements.
func (s *paper) cite(ids []string) []citation {
	var out []citation
	for _, id := range ids {
		if st, ok := s.File.Case.Statements.Get(id); ok {
			said := ""
			if quote, gist := clean(st.Quote), clean(st.Gist); quote != "" {
				said = ": “" + quote + "”"
			} else if gist != "" {
				said = ": " + gist
			}
			out = append(out, citation{id, s.sayer(&st), said})
		}
	}
	return out
}

// sayer returns who made a statement, and when.
func (s *paper) sayer(st *casefile.Statement) string {
	who := clean(st.Speaker)
	if who == "" {
		who = actorTitle(s.File.Case, st.Actor)
	}
	if d := clean(string(st.Date)); d != "" {
		who += ", " + d
	}
	return who
}

func (s *paper) said(id string, st *casefile.Statement) said {
	c := s.File.Case
	stance := stances[st.Stance]
	out := said{ID: id, Who: actorTitle(c, st.Actor), Speaker: clean(st.Speaker), Stance: stance.alone,
		Date: clean(string(st.Date)), Gist: clean(st.Gist), Quote: clean(st.Quote), Sources: s.refs(st.Source)}
	if k, ok := c.Issues.Position(st.On); ok && st.Option != "" {
		out.Option, out.Stance, out.After = humane(st.Option), stance.before, stance.after
		if o, ok := issueAt(c, k).Position(st.Option); ok {
			out.Option = optionTitle(c, k, o)
		}
	}
	return out
}

// order ranks actors as the brief lists them: parties, mediators, outside.
func (s *paper) order(actor string) int {
	c := s.File.Case
	if k := slices.Index(s.sides(), actor); k >= 0 {
		return k
	}
	if k, ok := c.Mediators.Position(actor); ok {
		return 1000 + k
	}
	if k, ok := c.Outside.Position(actor); ok {
		return 100000 + k
	}
	return 1 << 30
}

func (p *page) positions(s *paper) {
	c := s.File.Case
	type entry struct {
		id string
		st casefile.Statement
	}
	by := map[casefile.IssueID][]entry{}
	for id, st := range c.Statements.All() {
		by[st.On] = append(by[st.On], entry{id, st})
	}
	list := func(on casefile.IssueID) []said {
		entries := by[on]
		slices.SortStableFunc(entries, func(a, b entry) int { return s.order(a.st.Actor) - s.order(b.st.Actor) })
		var out []said
		for _, e := range entries {
			out = append(out, s.said(e.id, &e.st))
		}
		return out
	}
	p.Talks = list("")
	for i, id := range c.Issues.Keys() {
		is := issueAt(c, i)
		sec := issueSection{ID: string(id), Title: issueTitle(c, i), Note: clean(is.Note), Said: list(id)}
		if is.Range != nil {
			text := fmt.Sprintf("From %s to %s", optionTitle(c, i, 0), optionTitle(c, i, is.Len()-1))
			if is.Len() > 1 {
				text += " in steps of " + is.Range.Step.String()
			}
			sec.Options = append(sec.Options, optionLine{Title: text})
			if is.StatusQuo != "" {
				if k, ok := is.Position(is.StatusQuo); ok {
					sec.Options = append(sec.Options, optionLine{Title: optionTitle(c, i, k), StatusQuo: true})
				}
			}
		} else {
			for k := range is.Len() {
				_, o := is.Options.At(k)
				sec.Options = append(sec.Options, optionLine{optionTitle(c, i, k), clean(o.Note), is.OptionID(k) == is.StatusQuo})
			}
		}
		for _, side := range s.sides() {
			silent := true
			for _, e := range by[id] {
				if e.st.Actor == side && e.st.Stance != "none_on_record" {
					silent = false
				}
			}
			if silent {
				sec.Silent = append(sec.Silent, actorTitle(c, side))
			}
		}
		for k := range c.Parties.Len() {
			pt := partyAt(c, k)
			if why, ok := pt.Reasons.Get(id); ok {
				sec.Reasons = append(sec.Reasons, reason{partyTitle(c, k), clean(why.Text), s.cite(why.Statements)})
			}
			if pt.Ratification != nil {
				for g, gv := range pt.Ratification.Constituencies.All() {
					if why, ok := gv.Reasons.Get(id); ok {
						n, _ := pt.Ratification.Constituencies.Position(g)
						sec.Reasons = append(sec.Reasons, reason{constituencyTitle(c, k, n) + " (" + partyTitle(c, k) + ")", clean(why.Text), s.cite(why.Statements)})
					}
				}
			}
		}
		p.Issues = append(p.Issues, sec)
	}
}

// symmetry counts what the case holds on each party.
func (p *page) symmetry(s *paper) {
	c := s.File.Case
	g := &grid{Caption: "What the case holds on each party, counted", Heads: []string{"On record"}, Numbers: true}
	for i := range c.Parties.Len() {
		g.Heads = append(g.Heads, partyTitle(c, i))
	}
	add := func(name string, count func(i int, id string, party *casefile.Party) int) {
		row := []cell{{Text: name}}
		for i, id := range c.Parties.Keys() {
			n := count(i, string(id), partyAt(c, i))
			text := decimal(n)
			if n == 0 {
				text = "none on record"
			}
			row = append(row, cell{Text: text})
		}
		g.Rows = append(g.Rows, row)
	}
	statements := func(keep func(st *casefile.Statement) bool) func(int, string, *casefile.Party) int {
		return func(_ int, id string, _ *casefile.Party) int {
			n := 0
			for _, st := range c.Statements.All() {
				if st.Actor == id && st.Stance != "none_on_record" && keep(&st) {
					n++
				}
			}
			return n
		}
	}
	add("Statements", statements(func(*casefile.Statement) bool { return true }))
	add("Statements quoted word for word", statements(func(st *casefile.Statement) bool { return st.Quote != "" }))
	add("Issues with a statement", func(_ int, id string, _ *casefile.Party) int {
		seen := map[casefile.IssueID]bool{}
		for _, st := range c.Statements.All() {
			if st.Actor == id && st.On != "" && st.Stance != "none_on_record" {
				seen[st.On] = true
			}
		}
		return len(seen)
	})
	origins := []string{}
	for _, src := range c.Sources.All() {
		if !slices.Contains(origins, src.Origin) {
			origins = append(origins, src.Origin)
		}
	}
	for _, from := range origins {
		add("Sources cited for its statements, origin: "+origin(c, from), func(_ int, id string, _ *casefile.Party) int {
			seen := map[string]bool{}
			for _, st := range c.Statements.All() {
				if st.Actor != id {
					continue
				}
				for _, ref := range st.Source {
					if src, ok := c.Sources.Get(ref); ok && src.Origin == from {
						seen[ref] = true
					}
				}
			}
			return len(seen)
		})
	}
	add("Reasons given for scores", func(_ int, _ string, party *casefile.Party) int { return party.Reasons.Len() })
	add("Adjustments", func(_ int, _ string, party *casefile.Party) int { return len(party.Adjustments) })
	add("Red lines", func(_ int, _ string, party *casefile.Party) int { return len(party.RedLines) })
	add("Preconditions", func(_ int, _ string, party *casefile.Party) int { return len(party.Preconditions) })
	add("Constituencies", func(_ int, _ string, party *casefile.Party) int {
		if party.Ratification == nil {
			return 0
		}
		return party.Ratification.Constituencies.Len()
	})
	add("Mandate", func(_ int, _ string, party *casefile.Party) int {
		if party.Mandate == nil {
			return 0
		}
		return 1
	})
	p.Symmetry = g
}
