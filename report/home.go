package report

import (
	"fmt"
	"html/template"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/home"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// A homePaper is the paper on people at home.
type homePaper struct {
	*packagePaper // of the package that was asked about; without an outcome, none was
	Carried       []*bargain.Zone
}

func newHomePaper(h *study.Home) *homePaper {
	p := &homePaper{&packagePaper{paper: &paper{Case: h.Case, winSets: h.WinSets}}, h.Carried}
	if h.Asked != nil {
		p.Asked = *h.Asked
		p.asked = &mark{name: capital(p.called()), judged: p.Judged}
	}
	return p
}

// WriteHomeText writes the study for a terminal.
func WriteHomeText(w io.Writer, home *study.Home, o TextOptions) error {
	h := newHomePaper(home)
	h.alone = true
	if !h.Main.Space.AsksHome() {
		return writeSections(w, h.paper, o, []string{"Nobody at home has a say in this case: no party has constituencies."})
	}
	out := h.home()
	if w := h.winSets.Sets; w != nil && w.Zone == 0 {
		out.Sentences = []string{fmt.Sprintf("%s, there is no package in the zone; of the %s that satisfy every requirement, every side could carry %s at home.",
			h.under(h.Main), counted(big.NewInt(w.Admitted), "package", "packages"), grouped(big.NewInt(w.OverlapAdmitted)))}
	}
	out.Lists = append(out.Lists, h.bounds()...)
	return writeSections(w, h.paper, o, nil, out)
}

// bounds say how much of the zone each side could carry where that was not counted package by package.
func (h *homePaper) bounds() []sectionList {
	l := sectionList{Head: "How much of the zone each side could carry"}
	for i, z := range h.Carried {
		if z != nil && z.RatifiableLow != nil && z.RatifiableHigh != nil && z.Low != nil {
			text := "between " + grouped(z.RatifiableLow) + " and " + grouped(z.RatifiableHigh)
			if z.RatifiableLow.Cmp(z.RatifiableHigh) == 0 {
				text = grouped(z.RatifiableLow)
			}
			l.Items = append(l.Items, fmt.Sprintf("%s: %s of the packages in the zone", partyTitle(h.File.Case, i), text))
		}
	}
	if l.Items == nil {
		return nil
	}
	return []sectionList{l}
}

// home is the section on constituencies: what they make of the packages worth
// proposing and on record. In a copy for one party these are its own.
func (s *paper) home() section {
	out := section{ID: "home", Title: "At home", More: "Every group and every package, as tables"}
	if !s.alone || s.asked != nil {
		out.Tables = s.homeGrids()
	}
	of := "on record"
	if s.copied == nil {
		out.Short = s.homeShort()
		out.Sentences = s.winSetSentences()
		if text := s.firstMoves(); text != "" && !s.alone {
			out.Sentences = append(out.Sentences, text)
		}
		if text := s.sturdy(); text != "" {
			out.Sentences = append(out.Sentences, text)
		}
		of = "labelled on the deal map"
		for _, g := range []*grid{s.powerGrid(), s.sturdyGrid()} {
			if g != nil {
				out.Tables = append(out.Tables, *g)
			}
		}
	}
	if s.alone {
		out.Lists = []sectionList{s.whoMust()}
		of = "named above"
	}
	if len(out.Sentences) == 0 {
		out.Sentences = []string{fmt.Sprintf("What each group makes of each package %s, in its own points, and whether the rule at home then carries it.", of)}
	}
	out.Drawing, out.Caption = s.homeDrawing()
	if s.winSets.Why != "" {
		out.Notes = append(out.Notes, "How much of the zone survives at home was not counted: "+clean(s.winSets.Why)+".")
	}
	return out
}

// whoMust lists who at home would have to move for each package.
func (s *paper) whoMust() sectionList {
	l := sectionList{Head: "Who must move: the fewest whose answer turns a side, and by how many points"}
	add := func(name string, o outcome.Outcome) {
		var parts []string
		for _, m := range home.Moves(s.Main.Space, o) {
			parts = append(parts, s.moved(&m))
		}
		l.Items = append(l.Items, name+": "+strings.Join(parts, "; ")+".")
	}
	for _, m := range s.homeMarks() {
		name := m.name
		if m.label != "" {
			name = m.label + ", " + name
		}
		add(name, m.judged.Outcome)
	}
	if s.asked != nil {
		return l
	}
	if w := s.winSets.Sets; w != nil && w.Sturdiest != nil {
		add("The package that stands the most refusals", w.Sturdiest.Outcome)
	}
	if q := s.Main.StatusQuo; q != nil {
		add("The status quo", q.Outcome)
	}
	return l
}

// homeShort says how much of the zone survives at home.
func (s *paper) homeShort() string {
	w := s.winSets.Sets
	if w == nil || w.Zone == 0 {
		return ""
	}
	text := fmt.Sprintf("%s of the zone could be carried on every side at once.", percent(big.NewInt(w.Overlap), big.NewInt(w.Zone)))
	for i := range w.Parties {
		if w.Parties[i].Zone == w.Zone {
			continue
		}
		if turns := s.turnsOn(i); turns != "" {
			text += " " + turns
		}
	}
	return text
}

// winSetSentences say how much of the zone each side could carry and whose answer decides.
func (s *paper) winSetSentences() []string {
	w, r, c := s.winSets.Sets, s.Main, s.File.Case
	if w == nil || w.Zone == 0 {
		return nil
	}
	share := func(n int64) string { return percent(big.NewInt(n), big.NewInt(w.Zone)) }
	var parts, turns []string
	for i := range r.Space.Parties {
		if len(r.Space.Parties[i].Constituencies) == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %s", partyName(c, i), share(w.Parties[i].Zone)))
		if text := s.turnsOn(i); text != "" {
			turns = append(turns, text)
		}
	}
	text := fmt.Sprintf("%s, of the %s in the zone this share could be carried at home: %s.", s.under(r), counted(big.NewInt(w.Zone), "package", "packages"), parts[0])
	if len(parts) > 1 {
		text = fmt.Sprintf("%s, of the %s in the zone each side could carry at home: %s; every side at once, %s.", s.under(r), counted(big.NewInt(w.Zone), "package", "packages"), sentenceList(parts), share(w.Overlap))
	}
	return append([]string{text}, strings.Join(turns, " "))
}

// turnsOn says which group's answer matters most to what a party could carry.
func (s *paper) turnsOn(i int) string {
	w, c := s.winSets.Sets, s.File.Case
	groups := w.Parties[i].Groups
	share := func(n int64) string { return percent(big.NewInt(n), big.NewInt(w.Zone)) }
	missing, decisive := 0, 0
	for k := range groups {
		if groups[k].Blocks > groups[missing].Blocks {
			missing = k
		}
		if groups[k].Decides > groups[decisive].Decides {
			decisive = k
		}
	}
	switch {
	case groups[missing].Blocks > 0:
		return fmt.Sprintf("In %s the yes that is missing most often is that of %s: with it, a further %s of the zone would be carried.", partyName(c, i), lowerThe(constituencyTitle(c, i, missing)), share(groups[missing].Blocks))
	case groups[decisive].Decides > 0:
		return fmt.Sprintf("In %s no group alone stands in the way; the refusal of %s alone would undo %s of the zone.", partyName(c, i), lowerThe(constituencyTitle(c, i, decisive)), share(groups[decisive].Decides))
	case w.Parties[i].Zone > 0:
		return fmt.Sprintf("In %s no group’s answer alone changes whether a package of the zone is carried.", partyName(c, i))
	}
	return ""
}

// lowerThe returns a title fit to stand within a sentence.
func lowerThe(s string) string {
	if rest, ok := strings.CutPrefix(s, "The "); ok {
		return "the " + rest
	}
	return s
}

// firstMoves says who would have to move for the first package worth proposing.
func (s *paper) firstMoves() string {
	found := s.Main.Proposals()
	if len(found) == 0 {
		return ""
	}
	var parts []string
	for _, m := range home.Moves(s.Main.Space, found[0].Outcome) {
		parts = append(parts, s.moved(&m))
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("The %s: %s.", lowerFirst(s.proposalName(&found[0])), strings.Join(parts, "; "))
}

// sturdy says which package of the zone stands the most refusals.
func (s *paper) sturdy() string {
	w := s.winSets.Sets
	if w == nil || w.Sturdiest == nil {
		return ""
	}
	b, found := w.Sturdiest, s.Main.Proposals()
	what := "The package that stands the most refusals at home"
	for k := range found {
		if slices.Equal(found[k].Outcome, b.Outcome) {
			what += ", " + found[k].Letters() + " on the map,"
		}
	}
	switch {
	case b.Defections < 0:
		what += " is carried whoever refuses"
	case b.Defections == 1:
		what += " is undone by one group that refuses, like every other that all sides could carry"
	default:
		what += fmt.Sprintf(" is undone only when %d groups of one side refuse", b.Defections)
	}
	if b.Slack != nil {
		what += fmt.Sprintf("; each group that accepts it clears its threshold by %s or more", pointsOf(b.Slack))
	}
	return what + "."
}

// differing returns the issues on which two packages differ.
func differing(a, b outcome.Outcome) []int {
	var at []int
	for i := range a {
		if a[i] != b[i] {
			at = append(at, i)
		}
	}
	return at
}

// moved says what would turn a party's answer at home.
func (s *paper) moved(m *home.Move) string {
	c := s.File.Case
	who := partyName(c, m.Party)
	var groups []string
	for j, k := range m.Groups {
		text := lowerThe(constituencyTitle(c, m.Party, k))
		if m.Points[j] != nil {
			verb := "gained"
			if m.Carried {
				verb = "lost more than"
			}
			text += fmt.Sprintf(" %s %s", verb, pointsOf(m.Points[j]))
		}
		groups = append(groups, text)
	}
	switch {
	case !m.Known && m.Carried:
		return who + " carries it; whose refusal would undo it was not found"
	case !m.Known:
		return who + " does not carry it; whose yes is missing was not found"
	case m.Carried && groups == nil:
		return who + " carries it whoever refuses"
	case m.Carried:
		return fmt.Sprintf("%s carries it, and would not if %s", who, sentenceList(groups))
	case groups == nil:
		return who + " does not carry it, whatever its groups answer"
	}
	return fmt.Sprintf("%s does not carry it, and would if %s", who, sentenceList(groups))
}

// homeMarks are the packages that the section sets beside thresholds: the one that is asked about or
// those on the deal map but the status quo; of a copy those on record.
func (s *paper) homeMarks() []mark {
	if s.asked != nil {
		return []mark{*s.asked}
	}
	return slices.DeleteFunc(s.marks(), func(m mark) bool { return m.kind == "status" })
}

// homeGrids are the tables of constituencies: a row each, a column for each package.
func (s *paper) homeGrids() []grid {
	r, c := s.Main, s.File.Case
	columns := s.homeMarks()
	var all []grid
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if len(party.Constituencies) == 0 {
			continue
		}
		g := grid{Caption: "Who accepts what at home: " + partyTitle(c, i), Heads: []string{"Group", "Accepts at"}}
		for _, m := range columns {
			g.Heads = append(g.Heads, orText(m.label, m.name))
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
				cells = append(cells, cell{Text: text, Mark: mark, Said: mark})
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
		if ratification := partyAt(c, i).Ratification; ratification != nil {
			g.Notes = append(g.Notes, "Rule: "+ruleText(c, i))
			if t := clean(ratification.Terms); t != "" {
				g.Notes = append(g.Notes, t)
			}
		}
		all = append(all, g)
	}
	return all
}

// powerGrid says what each group's answer is worth, over all coalitions and in the zone;
// nil where it was not counted.
func (s *paper) powerGrid() *grid {
	w, r, c := s.winSets.Sets, s.Main, s.File.Case
	if w == nil {
		return nil
	}
	g := &grid{Caption: "What each group’s answer decides", Heads: []string{"Group", "Accepts", "Decides", "Is missing", "Shapley–Shubik index", "Banzhaf index"}, Numbers: true,
		Narrow: []string{"Group", "Accepts", "Decides", "Is missing", "Shapley", "Banzhaf", "Shapley in zone"},
		Notes:  []string{"Accepts, decides, is missing: shares of the packages in the zone that the group accepts; that are carried and would not be without its yes; that are not carried and would be with it. The indices are over all combinations of answers, whatever the scores; Banzhaf’s is the group’s share of all the times that one group’s yes decides."}}
	if s.alone {
		g.Heads = append(g.Heads, "Shapley–Shubik index in the zone")
	}
	share := func(n int64) cell {
		if w.Zone == 0 {
			return cell{Text: "–"}
		}
		return cell{Text: percent(big.NewInt(n), big.NewInt(w.Zone))}
	}
	for i := range r.Space.Parties {
		groups := w.Parties[i].Groups
		if len(groups) == 0 {
			continue
		}
		g.Rows = append(g.Rows, []cell{{Text: partyTitle(c, i)}})
		total := swings(groups)
		for k := range groups {
			row := []cell{{Text: constituencyTitle(c, i, k)}, share(groups[k].Accepts), share(groups[k].Decides), share(groups[k].Blocks)}
			if x := groups[k].Power; x != nil {
				row = append(row, cell{Text: percentRat(x.ShapleyShubik)}, cell{Text: banzhaf(x, total)})
			} else {
				row = append(row, cell{Text: "not counted"}, cell{Text: "not counted"})
			}
			if s.alone {
				row = append(row, cell{Text: orText(percentOf(groups[k].Pivotal), "–")})
			}
			g.Rows = append(g.Rows, row)
		}
	}
	return g
}

// sturdyGrid lists the terms of the package that stands the most refusals; nil where it is
// not known or is shown already.
func (s *paper) sturdyGrid() *grid {
	r, c := s.Main, s.File.Case
	if s.winSets.Sets == nil || s.winSets.Sets.Sturdiest == nil {
		return nil
	}
	o := s.winSets.Sets.Sturdiest.Outcome
	if slices.ContainsFunc(r.Proposals(), func(p study.Proposal) bool { return slices.Equal(p.Outcome, o) }) {
		return nil
	}
	j := bargain.Judge(r.Space, o)
	g := &grid{Caption: "The package that stands the most refusals at home", Heads: []string{"Issue", "Settled as"}}
	for i := range r.Space.Issues {
		g.Rows = append(g.Rows, []cell{{Text: issueTitle(c, i)}, {Text: optionTitle(c, i, o[i])}})
	}
	g.Notes = []string{"It gives " + s.worth(j.Utilities) + "."}
	return g
}

// drawnGroups is the largest number of groups of one party that are drawn.
const drawnGroups = 8

// homeDrawing draws what each group would have in the first package against what it asks,
// with strokes for the other packages.
func (s *paper) homeDrawing() (template.HTML, string) {
	r, c := s.Main, s.File.Case
	marks := s.homeMarks()
	if len(marks) == 0 {
		return "", ""
	}
	first, others := marks[0], marks[1:]
	var d drawing
	var said []string
	left := 0
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if len(party.Constituencies) == 0 {
			continue
		}
		verdict := "would not carry it"
		if first.judged.Judgment.Ratifies[i] {
			verdict = "would carry it"
		}
		d.heading(partyTitle(c, i) + " " + verdict)
		for k := range party.Constituencies {
			if k == drawnGroups {
				left += len(party.Constituencies) - k
				break
			}
			row := &party.Constituencies[k]
			value := first.judged.Judgment.Constituencies[i][k]
			yes := first.judged.Judgment.ConstituencyAccepts[i]>>k&1 != 0
			asks, mark := "accepts anything", "✓"
			if row.Threshold.Set {
				asks = "accepts at " + points2(row, row.Threshold.Value)
			}
			if !yes {
				mark = "✕"
			}
			text := fmt.Sprintf("%s %s: %s, %s", mark, constituencyTitle(c, i, k), points2(row, value), asks)
			d.words("", text)
			said = append(said, text)
			a := rowAxis(row)
			const length = drawingWidth
			d.path("rule", "M0 %dH%d", d.y+16, length)
			class := "full"
			if !yes {
				class = "hollow"
			}
			from, to := a.at(min(value, 0), length), a.at(max(value, 0), length)
			d.rect(class, from, d.y+6, max(1, to-from), 10)
			for _, m := range others {
				d.path("stroke", "M%d %dv6", a.at(m.judged.Judgment.Constituencies[i][k], length), d.y+17)
			}
			if row.Threshold.Set {
				at := min(max(a.at(row.Threshold.Value, length), 1), length-1)
				d.path("halo", "M%d %dv20", at, d.y+3)
				d.path("limit", "M%d %dv20", at, d.y+3)
			}
			d.y += 24
		}
	}
	caption := fmt.Sprintf("Bars: what each group has in package %s, from nothing to the most that any package could give it; full where it accepts, hollow where it refuses. Upright line: where it begins to accept. Short strokes: the other packages.", first.label)
	if left > 0 {
		caption += fmt.Sprintf(" %s not drawn; the tables have them.", plural(left, "group is", "groups are"))
	}
	return d.figure("home", "What groups at home have in package "+first.label+", against what they ask", strings.Join(said, ". ")+"."), caption
}

// rowAxis runs from nothing to the most that any package could give the row, wider
// where packages are worth less than nothing or the threshold lies outside.
func rowAxis(row *outcome.Row) axis {
	a := extent(row)
	a.low, a.high = min(a.low, 0), max(a.high, 0)
	if row.Threshold.Set {
		a.low, a.high = min(a.low, row.Threshold.Value), max(a.high, row.Threshold.Value)
	}
	if a.low == a.high {
		a.high++
	}
	return a
}

func ruleText(c *casefile.Case, i int) string {
	p := partyAt(c, i)
	if p.Ratification == nil || clean(p.Ratification.Rule) == "" {
		return "all of them"
	}
	return clean(c.RuleInWords(c.Parties.Keys()[i], p.Ratification.Rule))
}

// banzhaf writes the Banzhaf index: the share of the swings of all groups.
func banzhaf(p *outcome.Power, total *big.Int) string {
	if total.Sign() <= 0 {
		return "–"
	}
	return percent(p.Swings, total)
}

// swings adds up the swings of all groups, 0 where they were not counted.
func swings(groups []home.Pivot) *big.Int {
	sum := new(big.Int)
	for k := range groups {
		if p := groups[k].Power; p != nil {
			sum.Add(sum, p.Swings)
		}
	}
	return sum
}
