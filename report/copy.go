package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

// WriteCopy writes a brief that one party may see, as a page like WriteBrief's. It
// holds the public record, that party's own numbers, and what they make of the
// packages on record. It holds nothing that the case assumes about another party,
// and nothing that rests on the estimates of more than one: no verdict, map,
// proposals, consent rule, levers or views. Nothing is analysed for it.
//
// Texts are copied as written: where the analyst speaks of another party in the
// title of an issue, the note of a package, or a reason of this party's, the copy
// does too. The hash is that of the whole file.
//
// It fails where the case has no such party, and where the party's scores do not
// compile.
func WriteCopy(w io.Writer, file *casefile.File, party casefile.PartyID, o BriefOptions) error {
	s, err := newCopy(file, party)
	if err != nil {
		return fmt.Errorf("copy of %s for %s: %w", file.Case.ID, party, err)
	}
	return writePage(w, s, newCopyPage(s, o))
}

// A copied says what a study of one party alone still knows of the whole case.
type copied struct {
	hash  string   // of the file, in hexadecimal
	sides []string // ids of all parties
}

// newCopy returns a paper on a case in which there is one party. What it is made
// from is all that the page can show: the file's bytes, the other parties and the
// analysis are not in it.
func newCopy(file *casefile.File, party casefile.PartyID) (*paper, error) {
	c, err := restricted(file.Case, party)
	if err != nil {
		return nil, err
	}
	r, err := study.Read(c, casefile.Choice{})
	if err != nil {
		return nil, err
	}
	return &paper{
		Case:   &study.Case{File: &casefile.File{Case: c}, Main: r},
		copied: &copied{file.Hash(), casefile.Texts(file.Case.Parties.Keys())},
	}, nil
}

// restricted returns the public record of a case with what it assumes about one
// party. Field by field: what is not named here stays out. To this party the
// others are actors with a title and statements, and no more.
func restricted(c *casefile.Case, party casefile.PartyID) (*casefile.Case, error) {
	own, ok := c.Parties.Get(party)
	if !ok {
		return nil, fmt.Errorf("the case has no party %q: its parties are %s", party, sentenceList(casefile.Texts(c.Parties.Keys())))
	}
	var outside []casefile.Entry[string, casefile.Actor]
	for id, p := range c.Parties.All() {
		if id != party {
			outside = append(outside, casefile.Entry[string, casefile.Actor]{ID: string(id), Value: casefile.Actor{Title: p.Title}})
		}
	}
	for id, a := range c.Outside.All() {
		outside = append(outside, casefile.Entry[string, casefile.Actor]{ID: id, Value: a})
	}
	out := &casefile.Case{
		Format: c.Format, ID: c.ID, Title: c.Title, AsOf: c.AsOf, Analyst: c.Analyst, Marking: c.Marking,
		Issues:     c.Issues,
		Parties:    casefile.NewMap(casefile.Entry[casefile.PartyID, casefile.Party]{ID: party, Value: own}),
		Requires:   c.Requires,
		Packages:   c.Packages,
		Statements: c.Statements,
		Mediators:  c.Mediators,
		Outside:    casefile.NewMap(outside...),
		Events:     c.Events,
	}
	var sources []casefile.Entry[string, casefile.Source]
	cited := cited(out)
	for id, src := range c.Sources.All() {
		if cited[id] {
			sources = append(sources, casefile.Entry[string, casefile.Source]{ID: id, Value: src})
		}
	}
	out.Sources = casefile.NewMap(sources...)
	return out, nil
}

// cited returns the ids of the sources that the case's statements, packages,
// events and parties rest on. A source behind nothing else would tell what a view
// or another party's mandate was taken from.
func cited(c *casefile.Case) map[string]bool {
	ids := map[string]bool{}
	add := func(refs casefile.Refs) {
		for _, id := range refs {
			ids[id] = true
		}
	}
	for _, st := range c.Statements.All() {
		add(st.Source)
	}
	for _, pk := range c.Packages.All() {
		add(pk.Source)
	}
	for _, e := range c.Events {
		add(e.Source)
	}
	for _, p := range c.Parties.All() {
		if p.Mandate != nil {
			add(p.Mandate.Source)
		}
		for _, pre := range p.Preconditions {
			add(pre.Source)
		}
	}
	return ids
}

// newCopyPage fills the page of a copy.
func newCopyPage(s *paper, o BriefOptions) *page {
	p := newRecord(s)
	p.Copy = partyTitle(s.File.Case, 0)
	p.Answer = []string{s.leftOut()}
	if text := s.accepted(); text != "" {
		p.Answer = append(p.Answer, text)
	}
	if s.Main.Space.AsksHome() {
		p.Sections = []section{s.home()}
	}
	p.Method = s.copyMethod(o)
	return p
}

// others names the parties that a copy must not reach, joined by word.
func (s *paper) others(word string) string {
	own := string(s.File.Case.Parties.Keys()[0])
	var names []string
	for _, id := range s.sides() {
		if id != own {
			names = append(names, actorName(s.File.Case, id))
		}
	}
	if len(names) == 0 || len(names) > 3 {
		return "any other party"
	}
	return strings.Join(names, " "+word+" ")
}

// shows says which of the party's own numbers a copy gives away.
func (s *paper) shows() string {
	what := "scores"
	if partyAt(s.File.Case, 0).NoDeal != nil {
		what = "no-deal value and scores"
	}
	return "It shows " + possessive(partyName(s.File.Case, 0)) + " own estimated " + what
}

func (s *paper) copyWarning() string {
	return fmt.Sprintf("Copy for %s alone. %s, and must not reach %s, nor anybody who reports to them. What is assumed about %s is left out.",
		partyTitle(s.File.Case, 0), s.shows(), s.others("or"), s.others("and"))
}

func (s *paper) leftOut() string {
	return fmt.Sprintf("This copy is for %s. It leaves out everything that the case assumes about %s: scores, no-deal values, red lines, adjustments, reasons, mandates, preconditions and groups at home. "+
		"It leaves out what rests on the estimates of more than one side: whether there is a deal, the deal map, the packages worth proposing; and the consent rule, levers, rival views and the introduction to the case. "+
		"%s, and must not reach %s.", partyTitle(s.File.Case, 0), s.others("and"), s.shows(), s.others("or"))
}

// accepted says which packages on record the party would accept.
func (s *paper) accepted() string {
	r, c := s.Main, s.File.Case
	if len(r.Packages) == 0 {
		return ""
	}
	var yes []string
	for _, p := range r.Packages {
		if p.Judgment.Accepts != 0 {
			yes = append(yes, "“"+packageTitle(c, p.ID)+"”")
		}
	}
	text := fmt.Sprintf("%s, %s would accept ", s.under(r), partyName(c, 0))
	all := plural(len(r.Packages), "package", "packages") + " on record"
	switch len(yes) {
	case 0:
		return text + "none of the " + all + "."
	case len(r.Packages):
		return text + "every package on record: " + sentenceList(yes) + "."
	}
	return text + fmt.Sprintf("%d of the %s: %s.", len(yes), all, sentenceList(yes))
}

func (s *paper) copyMethod(o BriefOptions) []string {
	out := []string{"Nothing here was computed from more than one side’s estimates. What a package is worth is the sum of " + possessive(partyName(s.File.Case, 0)) + " own scores for what it settles, and of the adjustments that apply to it."}
	if s.Main.Space.Rounded {
		out = append(out, roundedNote)
	}
	return slices.Concat(out, []string{uncertainNote, acceptsNote, s.written(o)})
}
