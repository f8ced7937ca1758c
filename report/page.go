package report

import (
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
)

// The types below are the brief as the template reads it: texts, already joined
// and cleaned, in the order in which they are shown.
type page struct {
	Policy  string
	Style   template.CSS
	Script  template.JS
	Case    *casefile.Case
	Copy    string // title of the one party that may see the page; empty for the whole brief
	Title   string
	Marking string
	Hash    string
	Short   string
	AsOf    string
	Analyst string
	Under   string
	Warning string
	View    string // title of the view, where one was chosen
	Changes []string

	Answer  []string // three sentences
	HasZone bool
	NoZone  bool

	StatusQuo bool // every issue has one

	Map      mapFigure
	Parties  []string
	Terms    *grid // options of each package worth proposing
	Packages []card
	Closest  []recordRow
	Records  []recordRow
	Bounds   []grid // minimum and maximum, by party
	Sections []section
	Division *grid
	DivWhy   string
	Issues   []issueSection
	Talks    []said // statements on the talks as a whole
	Symmetry *grid
	Mandates []mandate
	Levers   []lever
	Events   []event
	Scores   []grid
	Groups   []grid
	Limits   []limit
	Adjusted []limit
	Requires []limit
	Sources  []source
	Method   []string
	Read     *conversionNote
}

type ref struct {
	ID, Text, Rating, URL string
}

// A conversionNote says what the case was read from and what was lost.
type conversionNote struct {
	Text string
	Lost []string
}

type event struct {
	Date, Text string
	Sources    []ref
}

type source struct {
	ID, Title, Publisher, Origin, Date, Rating, URL, Note string
}

// newPage fills the page of a whole brief.
func newPage(s *paper, o BriefOptions) *page {
	c, r := s.File.Case, s.Main
	p := newRecord(s)
	p.HasZone, p.NoZone = r.HasZone(), r.Analysis.Verdict == bargain.NoZone
	if r.View != "" {
		v, _ := c.Views.Get(r.View)
		p.View = viewTitle(c, r.View)
		p.Changes = s.changes(&v.Change)
	}
	p.Answer = []string{s.verdict()}
	if text := s.proposal(); text != "" {
		p.Answer = append(p.Answer, text)
	}
	if text := s.hangsOn(); text != "" {
		p.Answer = append(p.Answer, text)
	}
	p.Map = s.mapFigure()
	p.packages(s)
	p.closest(s)
	p.bounds(s)
	p.Sections = s.sections()
	p.division(s)
	p.symmetry(s)
	p.levers(s)
	p.Method = s.method(o)
	p.Read = s.conversionNote()
	return p
}

// newRecord fills what a brief and a copy for one party share: the public record,
// and of each party in the study its own numbers and what they make of the packages
// on record. It reads no analysis.
func newRecord(s *paper) *page {
	c, r := s.File.Case, s.Main
	p := &page{
		Case: c, Title: s.title(), Marking: s.marking(), Hash: s.hash(), Short: s.shortHash(),
		AsOf: s.asOf(), Analyst: s.analyst(), Under: s.under(r), Warning: s.warning(),
		StatusQuo: r.StatusQuo != nil,
	}
	for i := range r.Space.Parties {
		p.Parties = append(p.Parties, partyTitle(c, i))
	}
	p.records(s)
	p.positions(s)
	p.mandates(s)
	p.assumptions(s)
	for _, e := range sortedEvents(c.Events) {
		p.Events = append(p.Events, event{clean(string(e.Date)), clean(e.Text), s.refs(e.Source)})
	}
	for id, src := range c.Sources.All() {
		p.Sources = append(p.Sources, source{id, orText(clean(src.Title), humane(id)), publisher(&src), origin(c, src.Origin),
			clean(string(src.Date)), rating(&src), safeLink(src.URL), s.spelled(clean(src.Note))})
	}
	return p
}

// ids matches what may be the id of a source or statement in a text.
var ids = regexp.MustCompile(`[a-z][a-z0-9]*(?:_[a-z0-9]+)+`)

// spelled returns a text with what it names by an id named by its words.
func (s *paper) spelled(text string) string {
	return ids.ReplaceAllStringFunc(text, func(id string) string {
		if refs := s.refs(casefile.Refs{id}); len(refs) > 0 {
			return refs[0].Text
		}
		if st, ok := s.File.Case.Statements.Get(id); ok {
			return s.sayer(&st)
		}
		return id
	})
}

// conversionNote is nil for a case that was written as one.
func (s *paper) conversionNote() *conversionNote {
	c := s.File.Conversion
	if c == nil {
		return nil
	}
	n := &conversionNote{Text: "The case was read from " + clean(c.Format) + ". Nothing was lost or had to be interpreted."}
	if len(c.Notes) > 0 {
		n.Text = "The case was read from " + clean(c.Format) + ". This was lost, repaired or could have been read otherwise:"
	}
	for _, note := range c.Notes {
		n.Lost = append(n.Lost, clean(note))
	}
	return n
}

func sortedEvents(events []casefile.Event) []casefile.Event {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b casefile.Event) int { return strings.Compare(string(a.Date), string(b.Date)) })
	return sorted
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func publisher(src *casefile.Source) string {
	text := clean(src.Publisher)
	if o := clean(src.Original); o != "" {
		if text == "" {
			return o
		}
		text += ", reprinting " + o
	}
	return text
}

func origin(c *casefile.Case, id string) string {
	switch id {
	case "":
		return "not stated"
	case "independent":
		return "independent"
	}
	return actorTitle(c, id)
}

func rating(src *casefile.Source) string {
	text := clean(src.Reliability)
	if src.Credibility > 0 {
		text += decimal(src.Credibility)
	}
	return text
}

// refs joins ids of sources, each once, to what a reader needs to find them.
func (s *paper) refs(ids casefile.Refs) []ref {
	var out []ref
	for i, id := range ids {
		src, ok := s.File.Case.Sources.Get(id)
		if !ok || slices.Contains(ids[:i], id) {
			continue
		}
		text := publisher(&src)
		if text == "" {
			text = orText(clean(src.Title), humane(id))
		}
		if d := clean(string(src.Date)); d != "" {
			text += ", " + d
		}
		out = append(out, ref{id, text, rating(&src), safeLink(src.URL)})
	}
	return out
}

func (s *paper) actors(ids casefile.Refs) string {
	var names []string
	for _, id := range ids {
		if id == "mediators" {
			names = append(names, "the mediators")
			continue
		}
		names = append(names, actorName(s.File.Case, id))
	}
	return sentenceList(names)
}
