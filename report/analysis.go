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
	all := append([]section{s.answerSection(), summary(s.sections())}, s.defined()...)
	if o.Explain {
		all = append(all, methods(s.Main.Analysis))
	}
	return writeSections(w, s, o, nil, all...)
}

// answerSection is the answer as a section: the verdict, the map, and the packages worth proposing and on record.
func (s *paper) answerSection() section {
	out := section{Sentences: []string{s.verdict()}, Instead: standIn{Plane: s.mapPlane()}}
	if second := s.proposal(); second != "" {
		out.Sentences = append(out.Sentences, second)
	}
	if g := s.proposals(); g.Rows != nil {
		out.Instead.Tables = []grid{g}
	}
	record := grid{Caption: "On record: points, who accepts, conditions broken", Heads: []string{"", "", ""}}
	add := func(title string, p *study.Judged) {
		var gets []string
		for i := range s.Main.Space.Parties {
			gets = append(gets, points(&s.Main.Space.Parties[i].Row, p.Judgment.Utilities[i]))
		}
		record.Rows = append(record.Rows, []cell{{Text: title}, {Text: strings.Join(gets, " / ")}, {Text: s.whoAccepts(&p.Judgment)}})
	}
	for i, p := range s.Main.Packages {
		add(decimal(i+1)+" "+packageTitle(s.File.Case, p.ID), &p)
	}
	if q := s.Main.StatusQuo; q != nil {
		add("SQ Status quo on every issue", q)
	}
	if record.Rows != nil {
		out.Tables = []grid{record}
	}
	return out
}

// whoAccepts says in few words who accepts a package and how many conditions it breaks.
func (s *paper) whoAccepts(j *bargain.Judgment) string {
	n := len(s.Main.Space.Parties)
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
	return who
}

// summary holds the answers to the questions behind the verdict, a sentence each.
func summary(all []section) section {
	var out section
	for _, x := range all {
		if x.Short != "" {
			out.Shorts = append(out.Shorts, [2]string{x.Title, x.Short})
		}
	}
	return out
}

// methods lists the methods that were looked at, in the order of preference.
func methods(a *bargain.Analysis) section {
	g := grid{Caption: "Methods: in order of preference; work of one core, estimated before starting", Heads: []string{"", "", ""}}
	for _, c := range a.Considered {
		mark, work := "", ""
		if c.Chosen {
			mark = "*"
		}
		switch {
		case c.Work >= 100*365*24*time.Hour:
			work = "centuries: "
		case c.Work > 0:
			work = "about " + c.Work.Round(time.Microsecond).String() + ": "
		}
		g.Rows = append(g.Rows, []cell{{Text: mark}, {Text: string(c.Method)}, {Text: work + clean(c.Why)}})
	}
	return section{Tables: []grid{g}}
}

// proposals says what each package worth proposing gives each party.
func (s *paper) proposals() grid {
	r := s.Main
	g := grid{Caption: "Packages worth proposing, in points", Heads: []string{"Points to"}, Numbers: true}
	for i := range r.Space.Parties {
		g.Heads = append(g.Heads, partyTitle(s.File.Case, i))
	}
	if r.Space.AsksHome() {
		g.Heads = append(g.Heads, "At home")
	}
	found := r.Proposals()
	if len(found) == 0 {
		return g
	}
	for k := range found {
		p := &found[k]
		row := []cell{{Text: p.Letters() + " " + proposalLabel(p)}}
		yes, all := 0, 0
		for i := range r.Space.Parties {
			row = append(row, cell{Text: points(&r.Space.Parties[i].Row, p.Judgment.Utilities[i])})
			if len(r.Space.Parties[i].Constituencies) > 0 {
				all++
				if p.Judgment.Ratifies[i] {
					yes++
				}
			}
		}
		if r.Space.AsksHome() {
			row = append(row, cell{Text: fmt.Sprintf("%d of %d", yes, all)})
		}
		g.Rows = append(g.Rows, row)
	}
	row := []cell{{Text: "no deal"}}
	for i := range r.Space.Parties {
		row = append(row, cell{Text: noDealText(&r.Space.Parties[i])})
	}
	g.Rows = append(g.Rows, row)
	return g
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
		return rule.Name + " package (" + rule.Aim + ")"
	}
	return s.proposalName(p)
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
