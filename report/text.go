package report

import (
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/study"
)

// WriteText writes the answer of the main reading for a terminal, in about one
// screen: the verdict, a drawn map of the frontier, what the packages worth
// proposing give each party, who accepts the packages on record, and of each further
// question that the study has the answer to, a sentence.
func WriteText(w io.Writer, a *study.Analysis, o TextOptions) error {
	return writeText(w, analysisPaper(a), o)
}

// WriteSummary writes what WriteText does, with a sentence of each further section of a brief.
func WriteSummary(w io.Writer, b *study.Brief, o TextOptions) error {
	return writeText(w, briefPaper(b), o)
}

func writeText(w io.Writer, s *paper, o TextOptions) error {
	t := newTerminal(o)
	t.write(s)
	t.short(s)
	t.definitions(s)
	if o.Explain {
		t.explain(s.Main.Analysis)
	}
	_, err := w.Write(t.Bytes())
	return err
}

func (t *terminal) write(s *paper) {
	r := s.Main
	t.masthead(s)
	t.paragraph(s.verdict())
	if second := s.proposal(); second != "" {
		t.paragraph(second)
	}
	t.WriteByte('\n')

	var drawing []line
	if p := s.mapPlane(); p != nil {
		drawing = p.lines(t)
	}
	table := t.proposals(s)
	left := 0
	for _, line := range drawing {
		left = max(left, width(line.plain))
	}
	right := 0
	for _, line := range table {
		right = max(right, width(line.plain))
	}
	if len(table) == 0 || left+3+right > t.cols {
		for _, line := range drawing {
			t.WriteString(line.styled + "\n")
		}
		if len(drawing) > 0 && len(table) > 0 {
			t.WriteByte('\n')
		}
		for _, line := range table {
			t.WriteString(line.styled + "\n")
		}
	} else {
		for i := range max(len(drawing), len(table)) {
			used := 0
			if i < len(drawing) {
				t.WriteString(drawing[i].styled)
				used = width(drawing[i].plain)
			}
			if i < len(table) && table[i].plain != "" {
				t.WriteString(strings.Repeat(" ", left+3-used) + table[i].styled)
			}
			t.WriteByte('\n')
		}
	}
	if len(r.Packages) > 0 || r.StatusQuo != nil {
		t.WriteString("\n" + t.style(bold, "On record") + t.style(dim, ": points, who accepts, conditions broken") + "\n")
	}
	for i, p := range r.Packages {
		t.record(s, decimal(i+1), packageTitle(s.File.Case, p.ID), &p)
	}
	if r.StatusQuo != nil {
		t.record(s, "SQ", "Status quo on every issue", r.StatusQuo)
	}
}

// short writes the answers to the questions behind the verdict, a sentence each.
func (t *terminal) short(s *paper) {
	head := true
	for _, section := range s.sections() {
		if section.Short == "" {
			continue
		}
		if head {
			t.WriteByte('\n')
			head = false
		}
		for i, line := range wrap(section.Title+": "+section.Short, t.cols) {
			if i == 0 {
				line = t.style(bold, section.Title) + strings.TrimPrefix(line, section.Title)
			}
			t.WriteString(line + "\n")
		}
	}
}

// explain writes the methods that were looked at, in the order of preference.
func (t *terminal) explain(a *bargain.Analysis) {
	t.WriteString("\n" + t.style(bold, "Methods") + t.style(dim, ": in order of preference; work of one core, estimated before starting") + "\n")
	for _, c := range a.Considered {
		mark, work := " ", ""
		if c.Chosen {
			mark = "*"
		}
		switch {
		case c.Work >= 100*365*24*time.Hour:
			work = "centuries: "
		case c.Work > 0:
			work = "about " + c.Work.Round(time.Microsecond).String() + ": "
		}
		for i, line := range wrap(work+clean(c.Why), t.cols-16) {
			head := strings.Repeat(" ", 15)
			if i == 0 {
				head = pad(mark+" "+string(c.Method), 15, false)
			}
			t.WriteString(head + " " + line + "\n")
		}
	}
}

// record writes a line on a package that is on record.
func (t *terminal) record(s *paper, label, title string, p *study.Judged) {
	n := len(s.Main.Space.Parties)
	j := &p.Judgment
	var who string
	switch yes := bits.OnesCount64(j.Accepts); {
	case yes == n && n == 2:
		who = "both accept"
	case yes == n:
		who = "all accept"
	case yes == 0:
		who = "nobody accepts"
	case yes == 1:
		who = partyTitle(s.File.Case, bits.TrailingZeros64(j.Accepts)) + " accepts"
	default:
		who = fmt.Sprintf("%d of %d accept", yes, n)
	}
	if broken := len(j.Broken); broken > 0 {
		who += fmt.Sprintf(", breaks %d", broken)
	}
	var gets []string
	for i := range s.Main.Space.Parties {
		gets = append(gets, points(&s.Main.Space.Parties[i].Row, j.Utilities[i]))
	}
	who = strings.Join(gets, " / ") + "  " + who
	room := t.cols - 4 - width(who) - 2
	if room < 16 {
		t.WriteString(fmt.Sprintf("%s  %s\n", pad(label, 2, true), fit(title, t.cols-4)))
		for _, line := range wrap(who, t.cols-4) {
			t.WriteString("    " + t.style(dim, line) + "\n")
		}
		return
	}
	t.WriteString(fmt.Sprintf("%s  %s  %s\n", pad(label, 2, true), pad(fit(title, room), room, false), t.style(dim, who)))
}

// table says what each package worth proposing gives each party.
func (t *terminal) proposals(s *paper) []line {
	r := s.Main
	found := r.Proposals()
	if len(found) == 0 {
		return nil
	}
	var heads []string
	for i := range r.Space.Parties {
		heads = append(heads, fit(partyTitle(s.File.Case, i), 7))
	}
	rows := [][]string{append([]string{"", "points to"}, heads...)}
	for _, p := range found {
		row := []string{p.Letters(), fit(proposalLabel(&p), 17)}
		for i := range r.Space.Parties {
			row = append(row, points(&r.Space.Parties[i].Row, p.Judgment.Utilities[i]))
		}
		rows = append(rows, row)
	}
	row := []string{"", "no deal"}
	for i := range r.Space.Parties {
		p := &r.Space.Parties[i]
		if p.Threshold.Set {
			row = append(row, points(&p.Row, p.Threshold.Value))
		} else {
			row = append(row, "none")
		}
	}
	rows = append(rows, row)
	if r.Space.AsksHome() {
		rows[0] = append(rows[0], "at home")
		for k, p := range found {
			yes, all := 0, 0
			for i := range r.Space.Parties {
				if len(r.Space.Parties[i].Constituencies) > 0 {
					all++
					if p.Judgment.Ratifies[i] {
						yes++
					}
				}
			}
			rows[k+1] = append(rows[k+1], fmt.Sprintf("%d of %d", yes, all))
		}
	}
	return t.aligned(rows, 0, len(found)+1)
}

// mapPlane is the deal map in characters; nil where there is nothing to draw.
func (s *paper) mapPlane() *plane {
	marks, points := s.marks(), s.drawn().Points
	p := newPlane(s.Main.Space, 28, 9, func(p int) string { return partyTitle(s.File.Case, p) })
	if p == nil || len(points) == 0 && len(marks) == 0 {
		return nil
	}
	for i := range points {
		p.frontier = append(p.frontier, [2]int64{points[i].Utilities[0], points[i].Utilities[1]})
	}
	for _, m := range slices.Backward(marks) {
		u := m.judged.Judgment.Utilities
		p.label(m.label, u[0], u[1])
	}
	return p
}

// proposalLabel names a package by the first rule that picks it.
func proposalLabel(p *study.Proposal) string {
	var names []string
	for _, why := range p.Reasons {
		switch {
		case why.Rule != nil:
			names = append(names, why.Rule.Name)
		case why.Close:
			names = append(names, "near Nash")
		default:
			names = append(names, "home")
		}
	}
	if len(names) > 1 {
		return fmt.Sprintf("%s +%d", names[0], len(names)-1)
	}
	return names[0]
}

// proposalName names a package by every rule that picks it.
func (s *paper) proposalName(p *study.Proposal) string {
	var picked, other []string
	for _, why := range p.Reasons {
		switch {
		case why.Rule != nil:
			picked = append(picked, why.Rule.Name)
		case why.Close:
			other = append(other, "close to the Nash package, better for "+partyName(s.File.Case, why.Party))
		default:
			other = append(other, "most support at home")
		}
	}
	name := ""
	if len(picked) > 0 {
		name = capital(sentenceList(picked)) + " package"
	}
	if len(other) > 0 {
		if name != "" {
			name += ", "
		}
		name += sentenceList(other)
	}
	return capital(name)
}

// proposal is the second sentence of every report: which package to look at
// first, or which package on record comes closest.
func (s *paper) proposal() string {
	r, c := s.Main, s.File.Case
	found := r.Proposals()
	if len(found) == 0 {
		if r.Analysis.Verdict != bargain.NoZone {
			return ""
		}
		near := r.Closest()
		if len(near) == 0 {
			return "No package on record is in the case, so none can be said to come closest."
		}
		var names []string
		for _, p := range near {
			names = append(names, "“"+packageTitle(c, p.ID)+"”")
		}
		n := len(near[0].Judgment.Broken)
		verb := "comes closest: it breaks"
		if len(near) > 1 {
			verb = "come closest: each breaks"
		}
		return fmt.Sprintf("Of the packages on record, %s %s %s.", sentenceList(names), verb, plural(n, "condition", "conditions"))
	}
	first := &found[0]
	if r.IsStatusQuo(first.Outcome) {
		return "The only package that the rules point to leaves every issue at its status quo, which needs no agreement."
	}
	return fmt.Sprintf("The package to look at first is the %s: it gives %s.", lowerFirst(s.ruleName(first)), s.gets(&first.Judged))
}

// ruleName names a proposal by the first rule that picks it.
func (s *paper) ruleName(p *study.Proposal) string {
	if rule := p.Reasons[0].Rule; rule != nil {
		return rule.Name + " package (" + explained[rule.Key] + ")"
	}
	return s.proposalName(p)
}

// explained says in half a sentence what a rule looks for.
var explained = map[string]string{
	"nash":              "the greatest product of the gains over no deal",
	"kalai_smorodinsky": "equal shares of what each could gain at most",
	"egalitarian":       "equal gains in points",
	"utilitarian":       "the greatest sum of points",
	"balanced":          "the least difference between shares of possible gain",
}

// gets says what a package gives each party, against its no-deal value.
func (s *paper) gets(p *study.Judged) string {
	r := s.Main
	var parts []string
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		text := fmt.Sprintf("%s %s points", partyName(s.File.Case, i), points(&party.Row, p.Judgment.Utilities[i]))
		if party.Threshold.Set {
			text += fmt.Sprintf(" against %s without a deal", points(&party.Row, party.Threshold.Value))
		}
		parts = append(parts, text)
	}
	return sentenceList(parts)
}

func lowerFirst(s string) string {
	if strings.HasPrefix(s, "Nash") || strings.HasPrefix(s, "Kalai") {
		return s
	}
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
