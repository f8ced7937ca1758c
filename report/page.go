package report

import (
	"fmt"
	"html/template"
	"math/big"
	"math/bits"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// The types below are the brief as the template reads it: texts, already joined
// and cleaned, in the order in which they are shown.
type page struct {
	Policy  string
	Style   template.CSS
	Script  template.JS
	Case    *casefile.Case
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
	Home     []grid // constituencies, by party
	Views    []viewRow
	ViewNote string
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
}

// A grid is a table: a caption, column heads and rows whose first cell heads
// them. A row of one cell heads those that follow.
type grid struct {
	Caption string
	Heads   []string
	Rows    [][]cell
	Notes   []string
	Numbers bool // cells after the first are numbers
}

type cell struct {
	Text string
	Mark string // "yes", "no", "changed" or empty: how the cell is drawn
	Said string // what a listener must hear with it, where the drawing alone says it
}

// A card is a package worth proposing.
type card struct {
	Label   string
	Name    string
	Ties    string
	Status  bool // every issue at its status quo
	Parties []cardParty
}

type cardParty struct {
	Party    string
	Score    string
	Versus   string
	Gains    []string
	Gives    []string
	Gets     []string // where there is no status quo to compare with
	Explains []string
	Home     string
}

type recordRow struct {
	Label    string
	Title    string
	By       string
	Date     string
	Note     string
	Status   bool
	Scores   []cell
	Accepted string
	Home     string
	Broken   []string
	Terms    []string
	Sources  []ref
}

type viewRow struct {
	Title, After, Because string
	Changes               []string
	Verdict, Count, Share string
	Nash                  []string
	Scores                []string
}

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
	ID, Who, Speaker, Stance, Option, Date, Gist, Quote string
	Sources                                             []ref
}

type reason struct {
	Who, Text string
	Refs      []string
}

type ref struct {
	ID, Text, Rating, URL string
}

type mandate struct {
	Party         string
	Lines         []string
	Sources       []ref
	Preconditions []reasoned
}

type reasoned struct {
	Text    string
	Sources []ref
}

type lever struct {
	Title, By, Cost, Because string
	Changes                  []string
	Pulled                   bool
}

type event struct {
	Date, Text string
	Sources    []ref
}

type limit struct {
	Who, What, Because, Confidence string
	Refs                           []string
}

// limits is a table of assumptions that are not scores.
type limits struct {
	Caption string
	Rows    []limit
}

type source struct {
	ID, Title, Publisher, Origin, Date, Rating, URL, Note string
}

// warning says who must not see the brief.
func (s *Study) warning() string {
	c := s.File.Case
	var names []string
	for i := range c.Parties.Len() {
		names = append(names, partyTitle(c, i))
	}
	if len(names) > 4 {
		return "This brief shows estimates of every side’s no-deal value and red lines. No party, and nobody who reports to one, should see it."
	}
	return "This brief shows estimates of every side’s no-deal value and red lines. Neither " + strings.Join(names, " nor ") + ", nor anybody who reports to one of them, should see it."
}

func newPage(s *Study, o BriefOptions) *page {
	c, r := s.File.Case, s.Main
	p := &page{
		Case: c, Title: s.title(), Marking: s.marking(), Hash: s.File.Hash(), Short: s.shortHash(),
		AsOf: s.asOf(), Analyst: s.analyst(), Under: s.under(r), Warning: s.warning(),
		StatusQuo: r.StatusQuo != nil,
		HasZone:   r.hasZone(), NoZone: r.Analysis.Verdict == bargain.NoZone,
	}
	if r.View != "" {
		v, _ := c.Views.Get(r.View)
		p.View = viewTitle(c, r.View)
		p.Changes = s.changes(&v.Change)
	}
	for i := range r.Space.Parties {
		p.Parties = append(p.Parties, partyTitle(c, i))
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
	p.records(s)
	p.bounds(s)
	p.home(s)
	p.views(s)
	p.division(s)
	p.positions(s)
	p.symmetry(s)
	p.mandates(s)
	p.levers(s)
	p.assumptions(s)
	for _, e := range sortedEvents(c.Events) {
		p.Events = append(p.Events, event{clean(string(e.Date)), clean(e.Text), s.refs(e.Source)})
	}
	for id, src := range c.Sources.All() {
		p.Sources = append(p.Sources, source{id, orText(clean(src.Title), humane(id)), publisher(&src), origin(c, src.Origin),
			clean(string(src.Date)), rating(&src), safeLink(src.URL), clean(src.Note)})
	}
	p.Method = s.method(o)
	return p
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

// refs joins ids of sources to what a reader needs to find them.
func (s *Study) refs(ids casefile.Refs) []ref {
	var out []ref
	for _, id := range ids {
		src, ok := s.File.Case.Sources.Get(id)
		if !ok {
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

// hangsOn is the third sentence: the thresholds that the first package meets
// most narrowly, and the groups at home that could undo it.
func (s *Study) hangsOn() string {
	r, c := s.Main, s.File.Case
	found := r.proposals
	if len(found) == 0 {
		if r.Analysis.Verdict != bargain.NoZone {
			return ""
		}
		near := r.closest()
		if len(near) == 0 {
			return "The map shows what is possible when thresholds and red lines are ignored; it is not a deal."
		}
		var why []string
		for _, id := range near[0].Judgment.Broken {
			why = append(why, s.against(r, id, &near[0].Judgment))
		}
		return "What stands against “" + packageTitle(c, near[0].ID) + "”: " + strings.Join(why, "; ") + "."
	}
	first := &found[0]
	var parts []string
	tight, narrow := -1, new(big.Rat)
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if !party.Threshold.Set || first.Judgment.Accepts>>i&1 == 0 {
			continue
		}
		margin := party.Points(first.Judgment.Utilities[i] - party.Threshold.Value)
		if tight < 0 || margin.Cmp(narrow) < 0 {
			tight, narrow = i, margin
		}
	}
	if tight >= 0 {
		text := fmt.Sprintf("%s no-deal value, which the package clears by %s points", possessive(partyTitle(c, tight)), decimals(narrow))
		if nd := partyAt(r.Case, tight).NoDeal; nd != nil && nd.Value.Low != nil && nd.Value.High != nil && nd.Value.Low.Cmp(nd.Value.High) != 0 {
			party := &r.Space.Parties[tight]
			text += fmt.Sprintf(" and which is assumed anywhere from %s to %s", decimals(nd.Value.Low), decimals(nd.Value.High))
			if party.Points(first.Judgment.Utilities[tight]).Cmp(nd.Value.High) < 0 {
				text += ": at the upper end the package would be refused"
			}
		}
		parts = append(parts, text)
	}
	var lines []string
	for i := range r.Case.Parties.Len() {
		if n := len(partyAt(r.Case, i).RedLines); n > 0 {
			lines = append(lines, fmt.Sprintf("%s %d", partyTitle(c, i), n))
		}
	}
	if len(lines) > 0 {
		parts = append(parts, "the red lines as stated ("+strings.Join(lines, ", ")+")")
	}
	if home := s.fragile(first); home != "" {
		parts = append(parts, home)
	}
	if len(parts) == 0 {
		return "It hangs on the scores alone: no party has a no-deal value, a red line or a ratification rule in this case."
	}
	return "It hangs on " + strings.Join(parts, "; on ") + "."
}

// fragile says whose single refusal at home would undo a package, or that the
// package is not carried at all.
func (s *Study) fragile(p *proposal) string {
	r, c := s.Main, s.File.Case
	var refused, turns []string
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		n := len(party.Constituencies)
		if n == 0 {
			continue
		}
		if !p.Judgment.Ratifies[i] {
			refused = append(refused, partyTitle(c, i))
			continue
		}
		yes := p.Judgment.ConstituencyAccepts[i]
		var pivots []string
		for k := range n {
			if yes>>k&1 != 0 && !party.Ratification.Holds(yes&^(1<<k), n) {
				pivots = append(pivots, constituencyTitle(c, i, k))
			}
		}
		if len(pivots) > 0 {
			turns = append(turns, fmt.Sprintf("%s (%s)", partyTitle(c, i), sentenceList(pivots)))
		}
	}
	switch {
	case len(refused) > 0:
		return "changing minds at home, where " + sentenceList(refused) + " could not carry it as assumed"
	case len(turns) > 0:
		return "ratification, which the refusal of one group alone would undo in " + sentenceList(turns)
	}
	return ""
}

// packages fills the table of terms and the cards.
func (p *page) packages(s *Study) {
	r, c := s.Main, s.File.Case
	found := r.proposals
	if len(found) == 0 {
		return
	}
	terms := &grid{Caption: "What each package settles, issue by issue", Heads: []string{"Issue"}}
	for k := range found {
		terms.Heads = append(terms.Heads, packageHead(&found[k]))
	}
	if r.StatusQuo != nil {
		terms.Heads = append(terms.Heads, "Status quo")
	}
	for i := range r.Space.Issues {
		row := []cell{{Text: issueTitle(c, i)}}
		for k := range found {
			text := optionTitle(c, i, found[k].Outcome[i])
			mark := ""
			if r.StatusQuo != nil && r.StatusQuo.Outcome[i] != found[k].Outcome[i] {
				mark = "changed"
			}
			row = append(row, cell{Text: text, Mark: mark})
		}
		if r.StatusQuo != nil {
			row = append(row, cell{Text: optionTitle(c, i, r.StatusQuo.Outcome[i])})
		}
		terms.Rows = append(terms.Rows, row)
	}
	p.Terms = terms
	for k := range found {
		f := &found[k]
		card := card{Label: f.Letters, Name: s.proposalName(f), Status: r.isStatusQuo(f.Outcome)}
		if f.Ties != nil && f.Ties.Cmp(big.NewInt(1)) > 0 {
			card.Ties = "One of " + grouped(f.Ties) + " packages that the rule ranks alike; shown is the first in the order of the file."
		}
		for i := range r.Space.Parties {
			card.Parties = append(card.Parties, s.cardParty(f, i))
		}
		p.Packages = append(p.Packages, card)
	}
}

func packageHead(p *proposal) string { return p.Letters + " · " + proposalLabel(p) }

func (s *Study) cardParty(f *proposal, i int) cardParty {
	r, c := s.Main, s.File.Case
	party := &r.Space.Parties[i]
	u := f.Judgment.Utilities[i]
	out := cardParty{Party: partyTitle(c, i), Score: points(&party.Row, u)}
	if party.Threshold.Set {
		margin := party.Points(u - party.Threshold.Value)
		out.Versus = fmt.Sprintf("%s without a deal, %s", points(&party.Row, party.Threshold.Value), signed(margin))
	} else {
		out.Versus = "no no-deal value is stated"
	}
	if r.StatusQuo != nil {
		for k := range r.Space.Issues {
			was, is := r.StatusQuo.Outcome[k], f.Outcome[k]
			if was == is {
				continue
			}
			d := party.Scores[k][is] - party.Scores[k][was]
			text := fmt.Sprintf("%s: %s", issueTitle(c, k), optionTitle(c, k, is))
			switch {
			case d > 0:
				out.Gains = append(out.Gains, text+" ("+signed(party.Points(d))+")")
			case d < 0:
				out.Gives = append(out.Gives, text+" ("+signed(party.Points(d))+")")
			}
		}
		var together int64
		for _, a := range party.Adjustments {
			if a.When.Holds(f.Outcome) {
				together += a.Add
			}
			if a.When.Holds(r.StatusQuo.Outcome) {
				together -= a.Add
			}
		}
		switch {
		case together > 0:
			out.Gains = append(out.Gains, "Taken together ("+signed(party.Points(together))+")")
		case together < 0:
			out.Gives = append(out.Gives, "Taken together ("+signed(party.Points(together))+")")
		}
	}
	if r.StatusQuo == nil {
		for k := range r.Space.Issues {
			scores := party.Scores[k]
			out.Gets = append(out.Gets, fmt.Sprintf("%s: %s (%s of at most %s)", issueTitle(c, k), optionTitle(c, k, f.Outcome[k]),
				points2(&party.Row, scores[f.Outcome[k]]), points2(&party.Row, slices.Max(scores))))
		}
	}
	out.Explains = s.explains(f, i)
	out.Home = s.homeVerdict(&f.Judgment, i)
	return out
}

// signed writes a difference of points with its sign.
func signed(d *big.Rat) string {
	if d.Sign() > 0 {
		return "+" + decimals(d)
	}
	return strings.Replace(decimals(d), "-", "−", 1)
}

// homeVerdict says whether a party's constituencies carry a package.
func (s *Study) homeVerdict(j *bargain.Judgment, i int) string {
	party := &s.Main.Space.Parties[i]
	n := len(party.Constituencies)
	if n == 0 {
		return "no constituencies in the case"
	}
	yes := bits.OnesCount64(j.ConstituencyAccepts[i])
	text := fmt.Sprintf("%d of %d groups accept", yes, n)
	if j.Ratifies[i] {
		return "carried: " + text
	}
	return "not carried: " + text
}

// explains lists what a party must explain at home: groups that refuse, its own
// statements against what the package settles, other options it asked for, and a
// mandate that does not cover the package.
func (s *Study) explains(f *proposal, i int) []string {
	r, c := s.Main, s.File.Case
	party := &r.Space.Parties[i]
	var out []string
	for k := range party.Constituencies {
		row := &party.Constituencies[k]
		if f.Judgment.ConstituencyAccepts[i]>>k&1 == 0 {
			out = append(out, fmt.Sprintf("%s would refuse: %s points, below the %s at which they accept", constituencyTitle(c, i, k),
				points(row, f.Judgment.Constituencies[i][k]), points(row, row.Threshold.Value)))
		}
	}
	for _, id := range f.Judgment.Broken {
		if strings.HasPrefix(id, party.ID+".") {
			out = append(out, capital(s.against(r, id, &f.Judgment)))
		}
	}
	own := c.Parties.Keys()[i]
	for k, issue := range c.Issues.Keys() {
		is := issueAt(c, k)
		chosen := is.OptionID(f.Outcome[k])
		var asked []string
		met := false
		for _, st := range c.Statements.All() {
			if st.Actor != own || st.On != issue || st.Option == "" {
				continue
			}
			switch st.Stance {
			case "reject":
				if st.Option == chosen {
					text := fmt.Sprintf("%s: it rejected “%s”", issueTitle(c, k), optionTitle(c, k, f.Outcome[k]))
					if d := clean(string(st.Date)); d != "" {
						text += " (" + d + ")"
					}
					out = append(out, text)
				}
			case "ask":
				if st.Option == chosen {
					met = true
				} else if at, ok := is.Position(st.Option); ok {
					if title := "“" + optionTitle(c, k, at) + "”"; !slices.Contains(asked, title) {
						asked = append(asked, title)
					}
				}
			}
		}
		if !met && len(asked) > 0 {
			out = append(out, fmt.Sprintf("%s: it asked for %s", issueTitle(c, k), strings.Join(asked, " or ")))
		}
	}
	if s.beyondMandate(own, f.Outcome) {
		out = append(out, "The package goes beyond the mandate of its negotiators")
	}
	return out
}

// records fills the table of packages on record.
func (p *page) records(s *Study) {
	r, c := s.Main, s.File.Case
	row := func(label, title string, j *Judged) recordRow {
		out := recordRow{Label: label, Title: title}
		for i := range r.Space.Parties {
			party := &r.Space.Parties[i]
			mark, verb := "no", "refuses"
			if j.Judgment.Accepts>>i&1 != 0 {
				mark, verb = "yes", "accepts"
			}
			out.Scores = append(out.Scores, cell{Text: points(&party.Row, j.Judgment.Utilities[i]) + ", " + verb, Mark: mark})
		}
		var home []string
		for i := range r.Space.Parties {
			if len(r.Space.Parties[i].Constituencies) > 0 {
				home = append(home, partyTitle(c, i)+": "+s.homeVerdict(&j.Judgment, i))
			}
		}
		out.Home = strings.Join(home, "; ")
		for _, id := range j.Judgment.Broken {
			out.Broken = append(out.Broken, capital(s.against(r, id, &j.Judgment)))
		}
		for i := range r.Space.Issues {
			if r.StatusQuo == nil || r.StatusQuo.Outcome[i] != j.Outcome[i] {
				out.Terms = append(out.Terms, issueTitle(c, i)+": "+optionTitle(c, i, j.Outcome[i]))
			}
		}
		return out
	}
	for n := range r.Packages {
		j := &r.Packages[n]
		pk, _ := c.Packages.Get(j.ID)
		out := row(decimal(n+1), packageTitle(c, j.ID), j)
		out.By = s.actors(pk.By)
		out.Date, out.Note, out.Sources = clean(string(pk.Date)), clean(pk.Note), s.refs(pk.Source)
		p.Records = append(p.Records, out)
	}
	if r.StatusQuo != nil {
		out := row("SQ", "Status quo on every issue", r.StatusQuo)
		out.Status = true
		out.Terms = nil
		p.Records = append(p.Records, out)
	}
	if p.NoZone {
		for _, near := range r.closest() {
			for _, rec := range p.Records {
				if !rec.Status && rec.Title == packageTitle(c, near.ID) {
					p.Closest = append(p.Closest, rec)
					break
				}
			}
		}
	}
}

func (s *Study) actors(ids casefile.Refs) string {
	var names []string
	for _, id := range ids {
		if id == "mediators" {
			names = append(names, "the mediators")
			continue
		}
		names = append(names, actorTitle(s.File.Case, id))
	}
	return sentenceList(names)
}

// bounds fills the minimum–maximum tables.
func (p *page) bounds(s *Study) {
	r, c := s.Main, s.File.Case
	if !r.hasZone() || r.Analysis.Zone.Options == nil {
		return
	}
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		g := grid{Caption: "Minimum and maximum for " + partyTitle(c, i), Heads: []string{"Issue", "Acceptable minimum", "Practical maximum"}}
		for k, uses := range r.Analysis.Zone.Options {
			least, most := -1, -1
			for o, occurs := range uses {
				if !occurs {
					continue
				}
				if least < 0 || party.Scores[k][o] < party.Scores[k][least] {
					least = o
				}
				if most < 0 || party.Scores[k][o] > party.Scores[k][most] {
					most = o
				}
			}
			if least < 0 {
				continue
			}
			name := func(at int) string {
				var names []string
				more := 0
				for o, occurs := range uses {
					if !occurs || party.Scores[k][o] != party.Scores[k][at] {
						continue
					}
					if len(names) == 3 {
						more++
						continue
					}
					names = append(names, optionTitle(c, k, o))
				}
				text := strings.Join(names, " or ")
				if more > 0 {
					text += fmt.Sprintf(" or %d more", more)
				}
				return text + " (" + decimals(party.Points(party.Scores[k][at])) + ")"
			}
			row := []cell{{Text: issueTitle(c, k)}}
			if party.Scores[k][least] == party.Scores[k][most] {
				row = append(row, cell{Text: "indifferent: " + name(least)}, cell{Text: "the same"})
			} else {
				row = append(row, cell{Text: name(least)}, cell{Text: name(most)})
			}
			g.Rows = append(g.Rows, row)
		}
		p.Bounds = append(p.Bounds, g)
	}
}

// home fills the tables of constituencies: a row each, a column for each package.
func (p *page) home(s *Study) {
	r, c := s.Main, s.File.Case
	var columns []mark
	for _, m := range s.marks() {
		if m.kind != "status" {
			columns = append(columns, m)
		}
	}
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if len(party.Constituencies) == 0 {
			continue
		}
		ratification := partyAt(c, i).Ratification
		g := grid{Caption: "Who accepts what at home: " + partyTitle(c, i), Heads: []string{"Group", "Accepts at"}}
		for _, m := range columns {
			g.Heads = append(g.Heads, m.label)
		}
		for k := range party.Constituencies {
			row := &party.Constituencies[k]
			at := "anything"
			if row.Threshold.Set {
				at = points(row, row.Threshold.Value)
			}
			cells := []cell{{Text: constituencyTitle(c, i, k)}, {Text: at}}
			for _, m := range columns {
				text, mark := points(row, m.judged.Judgment.Constituencies[i][k]), "no"
				if m.judged.Judgment.ConstituencyAccepts[i]>>k&1 != 0 {
					mark = "yes"
				}
				cells = append(cells, cell{text, mark, mark})
			}
			g.Rows = append(g.Rows, cells)
		}
		total := []cell{{Text: "Carried at home"}, {Text: ""}}
		for _, m := range columns {
			mark := "no"
			if m.judged.Judgment.Ratifies[i] {
				mark = "yes"
			}
			total = append(total, cell{Text: mark, Mark: mark})
		}
		g.Rows = append(g.Rows, total)
		if ratification != nil {
			rule := clean(ratification.Rule)
			if rule == "" {
				rule = "all of them"
			}
			g.Notes = append(g.Notes, "Rule: "+rule)
			if t := clean(ratification.Terms); t != "" {
				g.Notes = append(g.Notes, t)
			}
		}
		p.Home = append(p.Home, g)
	}
}

// views fills the rows that set the readings side by side.
func (p *page) views(s *Study) {
	c := s.File.Case
	if len(s.Readings) < 2 {
		return
	}
	same, sameNash := true, true
	for _, r := range s.Readings {
		a := r.Analysis
		v := viewRow{Title: viewTitle(c, r.View), Verdict: verdictWord(a.Verdict)}
		if r.View != "" {
			view, _ := c.Views.Get(r.View)
			v.After, v.Because = clean(view.After), clean(view.Because)
			v.Changes = s.changes(&view.Change)
		}
		if n := r.zoneCount(); n != nil {
			v.Count, v.Share = grouped(n), percent(n, a.Outcomes)
		} else if a.Zone.Low != nil && a.Zone.High != nil {
			v.Count = grouped(a.Zone.Low) + " to " + grouped(a.Zone.High)
		}
		same = same && a.Verdict == s.Readings[0].Analysis.Verdict
		base := s.Readings[0].Analysis.Solutions.Nash
		switch n := a.Solutions.Nash; {
		case n == nil:
			v.Nash = []string{"none"}
			sameNash = sameNash && base == nil
		case r == s.Main && r == s.Readings[0]:
			v.Nash = []string{"the Nash package above"}
		case r == s.Readings[0] || base == nil:
			sameNash = sameNash && base != nil
			for i := range r.Space.Issues {
				v.Nash = append(v.Nash, issueTitle(c, i)+": "+optionTitle(c, i, n.Outcome[i]))
			}
		case equal(n.Outcome, base.Outcome):
			v.Nash = []string{"the same package as in the case"}
		default:
			sameNash = false
			for i := range r.Space.Issues {
				if n.Outcome[i] != base.Outcome[i] {
					v.Nash = append(v.Nash, issueTitle(c, i)+": "+optionTitle(c, i, n.Outcome[i]))
				}
			}
		}
		if n := a.Solutions.Nash; n != nil {
			for i := range r.Space.Parties {
				v.Scores = append(v.Scores, partyTitle(c, i)+" "+points(&r.Space.Parties[i].Row, n.Utilities[i]))
			}
		}
		p.Views = append(p.Views, v)
	}
	switch {
	case same && sameNash:
		p.ViewNote = "All readings agree, on the verdict and on the Nash package."
	case same:
		p.ViewNote = "All readings agree on the verdict; the Nash package differs between them."
	default:
		p.ViewNote = "The readings disagree on the verdict: the answer hangs on whose assumptions hold."
	}
}

func verdictWord(v bargain.Verdict) string {
	switch v {
	case bargain.HasZone:
		return "There is a zone of agreement"
	case bargain.NoZone:
		return "No zone of agreement"
	}
	return "Not proven"
}

// changes says in words what a view or lever changes.
func (s *Study) changes(ch *casefile.Change) []string {
	var out []string
	with := func(text, because string) string {
		if b := clean(because); b != "" {
			text += " (" + strings.TrimSuffix(b, ".") + ")"
		}
		return text
	}
	for path, t := range ch.Set.All() {
		out = append(out, with(s.path(path)+" becomes "+numberText(t.Value), t.Because))
	}
	for path, t := range ch.Add.All() {
		n := numberText(t.Value)
		if !strings.HasPrefix(n, "−") {
			n = "+" + n
		}
		out = append(out, with(s.path(path)+" "+n, t.Because))
	}
	for _, path := range ch.Drop {
		out = append(out, s.path(path)+" is dropped")
	}
	for _, l := range ch.AddRedLines {
		out = append(out, with("New red line of "+actorTitle(s.File.Case, l.Party)+": never "+clean(l.Never), l.Because))
	}
	return out
}

// path says in words what a path of a change names.
func (s *Study) path(path string) string {
	c := s.File.Case
	parts := strings.Split(path, ".")
	if path == "consent" {
		return "The consent rule"
	}
	at, ok := c.Parties.Position(parts[0])
	if !ok || len(parts) < 2 {
		return "Requirement: " + humane(parts[len(parts)-1])
	}
	who := possessive(partyTitle(c, at))
	rest := parts[1:]
	if r := partyAt(c, at).Ratification; r != nil {
		if k, ok := r.Constituencies.Position(rest[0]); ok && len(rest) > 1 {
			who = possessive(constituencyTitle(c, at, k) + " (" + partyTitle(c, at) + ")")
			rest = rest[1:]
		}
	}
	switch rest[0] {
	case "no_deal":
		return who + " no-deal value"
	case "accepts_at":
		return who + " acceptance threshold"
	case "red_lines":
		return who + " red line “" + humane(rest[len(rest)-1]) + "”"
	case "adjustments":
		return who + " adjustment “" + humane(rest[len(rest)-1]) + "”"
	case "scores":
		if len(rest) == 3 {
			if k, ok := c.Issues.Position(rest[1]); ok {
				option := humane(rest[2])
				if o, ok := issueAt(c, k).Position(rest[2]); ok {
					option = optionTitle(c, k, o)
				}
				return who + " score for “" + option + "” (" + issueTitle(c, k) + ")"
			}
		}
	}
	return who + " " + humane(strings.Join(rest, " "))
}

// numberText writes a number of the case as people read it, its uncertainty shown.
func numberText(n casefile.Number) string {
	if n.Low == nil || n.High == nil {
		return ""
	}
	minus := func(s string) string { return strings.Replace(s, "-", "−", 1) }
	low, high := minus(decimals(n.Low)), minus(decimals(n.High))
	if n.Low.Cmp(n.High) == 0 {
		return low
	}
	head := minus(decimals(n.Headline()))
	return head + " (" + low + " to " + high + ")"
}

func (p *page) division(s *Study) {
	r, c := s.Main, s.File.Case
	p.DivWhy = r.DivisionWhy
	d := r.Division
	if d == nil {
		return
	}
	g := &grid{Caption: "Adjusted Winner", Heads: []string{"Issue"}, Numbers: true}
	for i := range r.Space.Parties {
		g.Heads = append(g.Heads, partyTitle(c, i))
	}
	one := big.NewRat(1, 1)
	for i := range r.Space.Issues {
		share := d.Shares[i]
		other := new(big.Rat).Sub(one, share)
		g.Rows = append(g.Rows, []cell{{Text: issueTitle(c, i)}, {Text: share.RatString()}, {Text: other.RatString()}})
	}
	g.Rows = append(g.Rows, []cell{{Text: "Points out of 100"}, {Text: decimals(d.Points[0])}, {Text: decimals(d.Points[1])}})
	if !d.Equitable {
		g.Notes = append(g.Notes, "The points are not equal: the issue that would have to be split is not divisible.")
	}
	p.Division = g
}

var stances = map[string]string{
	"ask": "asks for", "propose": "proposes", "accept": "accepts", "conditional": "would accept, on conditions,",
	"reject": "rejects", "none_on_record": "has nothing on record about", "disputed": "is reported both ways on",
}

func (s *Study) said(id string, st *casefile.Statement) said {
	c := s.File.Case
	out := said{ID: id, Who: actorTitle(c, st.Actor), Speaker: clean(st.Speaker), Stance: stances[st.Stance],
		Date: clean(string(st.Date)), Gist: clean(st.Gist), Quote: clean(st.Quote), Sources: s.refs(st.Source)}
	if k, ok := c.Issues.Position(st.On); ok && st.Option != "" {
		out.Option = humane(st.Option)
		if o, ok := issueAt(c, k).Position(st.Option); ok {
			out.Option = optionTitle(c, k, o)
		}
	}
	return out
}

// order ranks actors as the brief lists them: parties, mediators, outside.
func (s *Study) order(actor string) int {
	c := s.File.Case
	if k, ok := c.Parties.Position(actor); ok {
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

func (p *page) positions(s *Study) {
	c := s.File.Case
	type entry struct {
		id string
		st casefile.Statement
	}
	by := map[string][]entry{}
	for id, st := range c.Statements.All() {
		by[st.On] = append(by[st.On], entry{id, st})
	}
	list := func(on string) []said {
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
		sec := issueSection{ID: id, Title: issueTitle(c, i), Note: clean(is.Note), Said: list(id)}
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
		for k, party := range c.Parties.Keys() {
			silent := true
			for _, e := range by[id] {
				if e.st.Actor == party && e.st.Stance != "none_on_record" {
					silent = false
				}
			}
			if silent {
				sec.Silent = append(sec.Silent, partyTitle(c, k))
			}
			pt := partyAt(c, k)
			if why, ok := pt.Reasons.Get(id); ok {
				sec.Reasons = append(sec.Reasons, reason{partyTitle(c, k), clean(why.Text), why.Statements})
			}
			if pt.Ratification != nil {
				for g, gv := range pt.Ratification.Constituencies.All() {
					if why, ok := gv.Reasons.Get(id); ok {
						n, _ := pt.Ratification.Constituencies.Position(g)
						sec.Reasons = append(sec.Reasons, reason{constituencyTitle(c, k, n) + " (" + partyTitle(c, k) + ")", clean(why.Text), why.Statements})
					}
				}
			}
		}
		p.Issues = append(p.Issues, sec)
	}
}

// symmetry counts what the case holds on each party.
func (p *page) symmetry(s *Study) {
	c := s.File.Case
	g := &grid{Caption: "What the case holds on each party, counted", Heads: []string{"On record"}, Numbers: true}
	for i := range c.Parties.Len() {
		g.Heads = append(g.Heads, partyTitle(c, i))
	}
	add := func(name string, count func(i int, id string, party *casefile.Party) int) {
		row := []cell{{Text: name}}
		for i, id := range c.Parties.Keys() {
			n := count(i, id, partyAt(c, i))
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
		seen := map[string]bool{}
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

func (p *page) mandates(s *Study) {
	c := s.File.Case
	for i := range c.Parties.Len() {
		party := partyAt(c, i)
		m := mandate{Party: partyTitle(c, i)}
		if x := party.Mandate; x != nil {
			for _, line := range []struct{ head, text string }{
				{"Given by", clean(x.GivenBy)}, {"Held by", clean(x.HeldBy)}, {"Date", clean(string(x.Date))},
				{"Terms", clean(x.Terms)}, {"Covers only packages with", clean(x.Only)},
			} {
				if line.text != "" {
					m.Lines = append(m.Lines, line.head+": "+line.text)
				}
			}
			m.Sources = s.refs(x.Source)
		}
		for _, pre := range party.Preconditions {
			sources := s.refs(pre.Source)
			for _, id := range pre.Statements {
				if st, ok := c.Statements.Get(id); ok {
					sources = append(sources, s.refs(st.Source)...)
				}
			}
			m.Preconditions = append(m.Preconditions, reasoned{clean(pre.Text), sources})
		}
		p.Mandates = append(p.Mandates, m)
	}
}

// levers lists levers, those of mediators first, otherwise in the order of the file.
func (p *page) levers(s *Study) {
	c := s.File.Case
	mediators := func(l *casefile.Lever) bool {
		for _, id := range l.By {
			if id != "mediators" && !c.Mediators.Has(id) {
				return false
			}
		}
		return len(l.By) > 0
	}
	for _, first := range []bool{true, false} {
		for k := range c.Levers {
			l := &c.Levers[k]
			if mediators(l) != first {
				continue
			}
			cost := ""
			if l.Cost != nil {
				cost = l.Cost.String()
			}
			p.Levers = append(p.Levers, lever{leverTitle(c, l.ID), s.actors(l.By), cost, clean(l.Because),
				s.changes(&l.Change), slices.Contains(s.Choice.Levers, l.ID)})
		}
	}
}

// maxScoreRows is the largest number of options of one issue shown in the tables
// of scores; of a longer range, the numbers given in the case are shown.
const maxScoreRows = 40

func (p *page) assumptions(s *Study) {
	c := s.File.Case
	scored := func(scores casefile.Map[casefile.IssueScores], issue, option string) string {
		is, ok := scores.Get(issue)
		if !ok {
			return ""
		}
		if is.Same != nil {
			return numberText(*is.Same)
		}
		n, ok := is.At.Get(option)
		if !ok {
			return "in between"
		}
		return numberText(n)
	}
	type column struct {
		name   string
		scores casefile.Map[casefile.IssueScores]
	}
	table := func(caption string, columns []column) grid {
		g := grid{Caption: caption, Heads: []string{"Option"}, Numbers: true}
		for _, col := range columns {
			g.Heads = append(g.Heads, col.name)
		}
		skipped := 0
		for i, id := range c.Issues.Keys() {
			is := issueAt(c, i)
			g.Rows = append(g.Rows, []cell{{Text: issueTitle(c, i)}})
			for k := range is.Len() {
				option := is.OptionID(k)
				given := false
				for _, col := range columns {
					if scores, ok := col.scores.Get(id); ok && scores.At.Has(option) {
						given = true
					}
				}
				if is.Len() > maxScoreRows && !given {
					skipped++
					continue
				}
				row := []cell{{Text: optionTitle(c, i, k)}}
				if option == is.StatusQuo {
					row[0].Text += " (status quo)"
				}
				for _, col := range columns {
					row = append(row, cell{Text: scored(col.scores, id, option)})
				}
				g.Rows = append(g.Rows, row)
			}
		}
		if skipped > 0 {
			g.Notes = append(g.Notes, plural(skipped, "further answer is", "further answers are")+" not shown; between the numbers given, scores are interpolated in a straight line.")
		}
		return g
	}
	var parties []column
	for k := range c.Parties.Len() {
		parties = append(parties, column{partyTitle(c, k), partyAt(c, k).Scores})
	}
	p.Scores = append(p.Scores, table("What each answer is worth to each party", parties))
	for k := range c.Parties.Len() {
		party := partyAt(c, k)
		name := partyTitle(c, k)
		if party.NoDeal != nil {
			p.Limits = append(p.Limits, limit{name, "No-deal value: " + numberText(party.NoDeal.Value), clean(party.NoDeal.Because), "", party.NoDeal.Statements})
		} else {
			p.Limits = append(p.Limits, limit{name, "No-deal value: none stated, so nothing is too little", "", "", nil})
		}
		for n, l := range party.RedLines {
			p.Limits = append(p.Limits, limit{name, "Red line “" + humane(orText(l.ID, decimal(n+1))) + "”: never " + clean(l.Never), clean(l.Because), clean(l.Confidence), l.Statements})
		}
		for n, a := range party.Adjustments {
			p.Adjusted = append(p.Adjusted, limit{name, numberText(a.Add) + " points when " + clean(a.When) + " (“" + humane(orText(a.ID, decimal(n+1))) + "”)", clean(a.Because), "", a.Statements})
		}
		if party.Ratification == nil {
			continue
		}
		var groups []column
		for n, id := range party.Ratification.Constituencies.Keys() {
			group, _ := party.Ratification.Constituencies.Get(id)
			title := constituencyTitle(c, k, n)
			groups = append(groups, column{title, group.Scores})
			text := "Accepts everything"
			because := ""
			var refs []string
			if t := group.AcceptsAt; t != nil {
				text, because, refs = "Accepts at "+numberText(t.Value), clean(t.Because), t.Statements
			}
			p.Limits = append(p.Limits, limit{title + " (" + name + ")", text, because, "", append(slices.Clone(refs), group.Statements...)})
		}
		p.Groups = append(p.Groups, table("What each answer is worth at home: "+name, groups))
	}
	for n, q := range c.Requires {
		what := clean(q.Then)
		if cond := clean(q.If); cond != "" {
			what = "if " + cond + ", then " + what
		}
		p.Requires = append(p.Requires, limit{humane(orText(q.ID, decimal(n+1))) + " (" + orText(clean(q.Kind), "logical") + ")", capital(what), clean(q.Because), clean(q.Confidence), q.Statements})
	}
	if rule := clean(c.Consent); rule != "" && rule != "everyone" {
		p.Requires = append(p.Requires, limit{"Consent", rule, "", "", nil})
	}
}

// beyondMandate reports whether a package goes beyond what the party's
// negotiators may agree to.
func (s *Study) beyondMandate(party string, o outcome.Outcome) bool {
	table, limited, err := s.File.Case.MandateTable(party)
	return err == nil && limited && !table.Holds(o)
}

// method says how the answer was computed and what its words mean.
func (s *Study) method(o BriefOptions) []string {
	r := s.Main
	a := r.Analysis
	var out []string
	how := map[bargain.Method]string{
		bargain.Listing: "Every possible package was visited.",
		bargain.Merging: "Frontiers of single issues were merged, which loses nothing for scores that add up.",
	}[a.Method]
	out = append(out, how+" "+capital(clean(a.Why)))
	if a.Exact {
		out = append(out, "The verdict, the frontier and the packages picked are exact for the numbers of the case: they are computed in whole numbers and fractions, and equal values count as equal.")
	} else {
		out = append(out, "The verdict, the frontier and the packages picked are not proven in full; bounds are stated where they apply.")
	}
	if r.Space.Rounded {
		out = append(out, "Some numbers of the case did not fit the fixed-point range and were rounded first; results are exact for the rounded numbers.")
	}
	out = append(out,
		"An uncertain number enters with its mode, or its midpoint where it has none. Points are shown with at most two digits after the point.",
		"A party accepts a package that crosses none of its red lines and gives it at least its no-deal value. The zone of agreement holds the packages that satisfy every requirement and that all parties, or those whom the consent rule asks, accept. Ratification at home never shrinks the zone.",
		"The frontier holds the packages of the zone that cannot be improved for one party without loss to another. Gains are measured from the no-deal values or, for a party without one, from its least score in the zone.",
		"Nash: greatest product of gains. Kalai–Smorodinsky: largest equal shares of each party’s greatest possible gain. Egalitarian: largest equal gains in points, the least first. Utilitarian: greatest sum of points; it compares points between parties, which nothing in the case warrants. Balanced: least difference between shares of possible gain among frontier packages.",
		"A share of packages says how many combinations of options fall in the zone. It is not a likelihood of agreement.")
	if m := a.Measures; m.Opposition != nil {
		text := "Opposition " + fmt.Sprintf("%.3f", *m.Opposition)
		if m.Distribution != nil {
			text += fmt.Sprintf(", distribution %.3f", *m.Distribution)
		}
		out = append(out, text+": the least distance of any package to full satisfaction of every party, and the mean distance of a package to the frontier, on scores scaled from 0 to 1, thresholds and red lines ignored.")
	}
	text := "Case " + s.File.Case.ID + ", SHA-256 of its file " + s.File.Hash()
	if o.Version != "" {
		text += ", written by goodoffices " + clean(o.Version)
	}
	return append(out, text+".")
}
