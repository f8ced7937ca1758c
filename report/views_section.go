package report

import (
	"fmt"
	"html/template"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

// viewsSection sets the readings side by side and says what their difference hangs on.
func (s *paper) viewsSection() section {
	c := s.File.Case
	v := &viewPaper{paper: s, Pairs: s.pairs}
	out := section{ID: "views", Title: "Views", Sentences: []string{v.agreement()}, More: "The views as a table", Tables: []grid{v.grid()}}
	if len(s.pairs) > 0 {
		out.Short = v.agreement()
	}
	for _, r := range s.Readings {
		if r == s.Main {
			continue
		}
		view, _ := c.Views.Get(r.View)
		list := sectionList{Head: viewTitle(c, r.View)}
		if after := clean(view.After); after != "" {
			list.Head += ", after " + after
		}
		if because := clean(view.Because); because != "" {
			list.Items = append(list.Items, because)
		}
		at := slices.IndexFunc(s.pairs, func(p study.ViewPair) bool { return p.From == s.Main && p.To == r || p.From == r && p.To == s.Main })
		if s.Main.View == "" {
			list.Items = append(list.Items, s.changes(&view.Change)...)
		} else if at >= 0 {
			list.Items = append(list.Items, v.differs(&s.pairs[at])...)
		}
		if at >= 0 {
			list.Items = append(list.Items, v.hangs(&s.pairs[at])...)
		}
		if len(list.Items) > 0 {
			out.Lists = append(out.Lists, list)
		}
	}
	out.Drawing, out.Caption = v.drawing()
	return out
}

// differs says what two readings assume otherwise.
func (s *viewPaper) differs(p *study.ViewPair) []string {
	var out []string
	for i := range p.Assumptions[:min(len(p.Assumptions), shownSets)] {
		out = append(out, s.assumption(p, i))
	}
	if n := len(p.Assumptions) - shownSets; n > 0 {
		out = append(out, fmt.Sprintf("And %d more.", n))
	}
	return out
}

// hangs says on which of the assumptions in which two readings differ an answer flips.
func (s *viewPaper) hangs(p *study.ViewPair) []string {
	flips := func(what string, f *whatif.Flips) string {
		sets, verb := f.Forward, "is taken over"
		if p.To == s.Main {
			sets, verb = f.Back, "is given up"
		}
		if len(sets) == 0 {
			if f.Complete {
				return what + " stays the same whichever of these are taken over."
			}
			return what + " stays the same in every combination that was searched."
		}
		var names []string
		for _, set := range sets[:min(len(sets), shownSets)] {
			names = append(names, s.set(p, set))
		}
		return fmt.Sprintf("%s becomes another as soon as this %s: %s.", what, verb, strings.Join(names, "; or "))
	}
	out := []string{flips("The verdict", &p.Verdict)}
	if p.From.Analysis.Solutions.Nash != nil || p.To.Analysis.Solutions.Nash != nil {
		out = append(out, flips("The Nash package", &p.Package))
	}
	return out
}

// grid is the table of the readings.
func (s *viewPaper) grid() grid {
	c := s.File.Case
	g := grid{Caption: "The same case under rival assumptions", Heads: []string{"View", "Verdict", "Packages in the zone", "Nash package", "Its points"}}
	base := s.Readings[0].Analysis.Solutions.Nash
	for _, r := range s.Readings {
		a := r.Analysis
		count := "not counted"
		if n := r.ZoneCount(); n != nil {
			count = grouped(n) + " (" + percent(n, a.Outcomes) + ")"
		} else if a.Zone.Low != nil && a.Zone.High != nil {
			count = grouped(a.Zone.Low) + " to " + grouped(a.Zone.High)
		}
		var nash, gets []string
		switch n := a.Solutions.Nash; {
		case n == nil:
			nash = []string{"none"}
		case r == s.Main && r == s.Readings[0]:
			nash = []string{"the Nash package above"}
		case r != s.Readings[0] && base != nil && slices.Equal(n.Outcome, base.Outcome):
			nash = []string{"the same package as in the case"}
		default:
			for i := range r.Space.Issues {
				if r == s.Readings[0] || base == nil || n.Outcome[i] != base.Outcome[i] {
					nash = append(nash, issueTitle(c, i)+": "+optionTitle(c, i, n.Outcome[i]))
				}
			}
		}
		if n := a.Solutions.Nash; n != nil {
			for i := range r.Space.Parties {
				gets = append(gets, partyName(c, i)+" "+points2(&r.Space.Parties[i].Row, n.Utilities[i]))
			}
		}
		g.Rows = append(g.Rows, []cell{{Text: viewTitle(c, r.View)}, {Text: verdictWord(a.Verdict)}, {Text: count}, {Text: strings.Join(nash, "; ")}, {Text: strings.Join(gets, ", ")}})
	}
	g.Notes = []string{"Of a Nash package, the issues on which it differs from that of the case as written are named."}
	return g
}

// drawing draws each reading's zone, and the part of it that is carried at home.
func (s *viewPaper) drawing() (template.HTML, string) {
	c := s.File.Case
	top := new(big.Int)
	for _, r := range s.Readings {
		if n := r.ZoneCount(); n != nil && n.Cmp(top) > 0 {
			top = n
		}
	}
	home := s.Main.Space.AsksHome()
	var d drawing
	var said []string
	room := 7*width(grouped(top)) + 14
	for _, r := range s.Readings {
		mark := map[bargain.Verdict]string{bargain.HasZone: "✓", bargain.NoZone: "✕"}[r.Analysis.Verdict]
		if mark == "" {
			mark = "?"
		}
		text := mark + " " + viewTitle(c, r.View)
		d.words("head", text)
		line := verdictWord(r.Analysis.Verdict)
		if n := r.Analysis.Solutions.Nash; n != nil {
			var gets []string
			for p := range r.Space.Parties {
				gets = append(gets, partyName(c, p)+" "+points2(&r.Space.Parties[p].Row, n.Utilities[p]))
			}
			line = "Nash: " + strings.Join(gets, ", ")
		}
		d.words("", line)
		said = append(said, text+": "+line)
		if n := r.ZoneCount(); n != nil && top.Sign() > 0 {
			length := scaled(ratio(n), ratio(top), drawingWidth-room)
			class := "full"
			if home && r.Analysis.Zone.Ratifiable != nil {
				class = "hollow"
			}
			d.rect(class, 1, d.y+5, max(1, length), 11)
			if class == "hollow" {
				d.rect("full", 1, d.y+5, scaled(ratio(r.Analysis.Zone.Ratifiable), ratio(top), drawingWidth-room), 11)
			}
			d.text("value", max(1, length)+7, d.y+15, grouped(n))
			said[len(said)-1] += ", " + grouped(n) + " packages in the zone"
		}
		d.y += 26
	}
	caption := "✓ there is a zone of agreement, ✕ there is none, ? not proven. Bars: packages in the zone"
	if home {
		caption += "; the full part is carried at home on every side"
	}
	return d.figure("views", "The zone of agreement under each view", strings.Join(said, ". ")+"."), caption + "."
}
