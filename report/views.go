package report

import (
	"fmt"
	"html/template"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

// A viewPaper is the paper on views set side by side.
type viewPaper struct {
	*paper
	Diagnoses []*diagnose.Diagnosis // by reading; nil for none
	Pairs     []study.ViewPair
}

func newViewPaper(v *study.Views) *viewPaper {
	return &viewPaper{&paper{Case: v.Case}, v.Diagnoses, v.Pairs}
}

// sameNash reports whether the Nash package of a reading is that of another, or tied with it there; neither
// having one is the same.
func sameNash(from, to *study.Reading) bool {
	a, b := from.Analysis.Solutions.Nash, to.Analysis.Solutions.Nash
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return slices.Equal(a.Outcome, b.Outcome) || slices.ContainsFunc(b.Tied, func(o outcome.Outcome) bool { return slices.Equal(o, a.Outcome) })
}

// WriteViewsText writes the study for a terminal: the readings in columns, then what their
// differences hang on.
func WriteViewsText(w io.Writer, v *study.Views, o TextOptions) error {
	s := newViewPaper(v)
	s.alone = true
	return writeSections(w, s.paper, o, []string{s.verdict()}, s.section())
}

// section sets the readings side by side and says what their difference hangs on.
func (s *viewPaper) section() section {
	out := section{ID: "views", Title: "Views", More: "The views as a table"}
	if len(s.Readings) < 2 {
		out.Sentences = []string{"The case has no views: there is nothing to set side by side."}
		return out
	}
	out.Sentences = []string{s.agreement()}
	if len(s.Pairs) > 0 {
		out.Short = s.agreement()
	}
	if s.alone {
		columns, differ := s.columns()
		out.Instead.Tables = []grid{columns}
		if len(differ) > 0 {
			out.Lists = []sectionList{{Head: "Where the packages named above differ", Items: differ}}
		}
		out.Lists = append(out.Lists, s.pairLists()...)
	} else {
		out.Tables, out.Lists = []grid{s.grid()}, s.viewLists()
	}
	out.Drawing, out.Caption = s.drawing()
	return out
}

// viewLists say of each view why, what it assumes and what hangs on that.
func (s *viewPaper) viewLists() []sectionList {
	c := s.File.Case
	var lists []sectionList
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
		at := slices.IndexFunc(s.Pairs, func(p study.ViewPair) bool { return p.From == s.Main && p.To == r || p.From == r && p.To == s.Main })
		if s.Main.View == "" {
			list.Items = append(list.Items, s.changes(&view.Change)...)
		} else if at >= 0 {
			list.Items = append(list.Items, s.differs(&s.Pairs[at])...)
		}
		if at >= 0 {
			list.Items = append(list.Items, s.hangs(&s.Pairs[at])...)
		}
		if len(list.Items) > 0 {
			lists = append(lists, list)
		}
	}
	return lists
}

// pairLists say of any two readings what they assume otherwise and what hangs on that.
func (s *viewPaper) pairLists() []sectionList {
	var lists []sectionList
	for i := range s.Pairs {
		p := &s.Pairs[i]
		head := fmt.Sprintf("From %s to %s: %s", s.readingTitle(p.From), s.readingTitle(p.To), plural(len(p.Assumptions), "assumption differs", "assumptions differ"))
		lists = append(lists, sectionList{Head: head, Items: append(s.differs(p), s.hangs(p)...)})
	}
	return lists
}

// differs says what two readings assume otherwise.
func (s *viewPaper) differs(p *study.ViewPair) []string {
	most := shownSets
	if s.alone {
		most = shownAssumptions
	}
	var out []string
	for i := range p.Assumptions[:min(len(p.Assumptions), most)] {
		out = append(out, s.assumption(p, i))
	}
	if n := len(p.Assumptions) - most; n > 0 {
		out = append(out, fmt.Sprintf("And %d more.", n))
	}
	return out
}

// shownAssumptions is the largest number of differing assumptions that are listed of two readings.
const shownAssumptions = 12

// hangs says on which of the assumptions in which two readings differ an answer flips: in a brief, on the way
// from the main reading to the other; alone, on the way there and back, and what there is then.
func (s *viewPaper) hangs(p *study.ViewPair) []string {
	verdict := func(k *whatif.Combination) string { return lowerFirst(verdictWord(k.Verdict)) }
	out := s.flips(p, "The verdict", &p.Verdict, verdict)
	if p.From.Analysis.Solutions.Nash == nil && p.To.Analysis.Solutions.Nash == nil {
		return out
	}
	return append(out, s.flips(p, "The Nash package", &p.Package, func(k *whatif.Combination) string {
		if k.Nash == nil {
			return "there is none"
		}
		return "it gives " + strings.Join(each(s.File.Case, k.Space, k.Nash.Utilities), ", ")
	})...)
}

func (s *viewPaper) flips(p *study.ViewPair, what string, f *whatif.Flips, then func(*whatif.Combination) string) []string {
	say := func(what string, sets [][]int, back bool) string {
		verb := "is taken over"
		if back {
			verb = "is given up"
		}
		var names []string
		for _, set := range sets[:min(len(sets), shownSets)] {
			text := s.set(p, set)
			if s.alone {
				text += " (then " + then(p.Combinations.After(set, back)) + ")"
			}
			names = append(names, text)
		}
		text := fmt.Sprintf("%s becomes another as soon as this %s: %s", what, verb, strings.Join(names, "; or "))
		if n := len(sets) - shownSets; s.alone && n > 0 {
			text += fmt.Sprintf("; and %s", plural(n, "more smallest set", "more smallest sets"))
		}
		return text + "."
	}
	forward, back := f.Forward, f.Back
	if !s.alone {
		if p.To == s.Main {
			forward = nil
		} else {
			back = nil
		}
	}
	if len(forward)+len(back) == 0 {
		if f.Complete {
			return []string{what + " stays the same whichever of these are taken over."}
		}
		return []string{what + " stays the same in every combination that was searched."}
	}
	var out []string
	of := func(r *study.Reading) string {
		if s.alone {
			return what + " of " + s.readingTitle(r)
		}
		return what
	}
	if len(forward) > 0 {
		out = append(out, say(of(p.From), forward, false))
	}
	if len(back) > 0 {
		out = append(out, say(of(p.To), back, true))
	}
	if s.alone && !f.Complete {
		out = append(out, "Not every combination was searched or is known: there may be other sets.")
	}
	return out
}

// assumption says in words how the second reading of a pair differs from the first.
func (s *viewPaper) assumption(p *study.ViewPair, i int) string {
	a := &p.Assumptions[i]
	from, to := clean(p.From.Case.Stands(a.At)), clean(p.To.Case.Stands(a.At))
	what := s.path(a.At)
	switch {
	case from == "":
		return fmt.Sprintf("%s: %s instead of none", what, to)
	case to == "":
		return fmt.Sprintf("%s: none instead of %s", what, from)
	}
	return fmt.Sprintf("%s: %s instead of %s", what, to, from)
}

// set names assumptions by what they are about.
func (s *viewPaper) set(p *study.ViewPair, set []int) string {
	var names []string
	for _, i := range set {
		names = append(names, s.path(p.Assumptions[i].At))
	}
	return sentenceList(names)
}

// agreement says whether the readings come to the same.
func (s *viewPaper) agreement() string {
	same, nash := true, true
	for _, r := range s.Readings {
		same = same && r.Analysis.Verdict == s.Readings[0].Analysis.Verdict
		nash = nash && sameNash(s.Readings[0], r)
	}
	text := fmt.Sprintf("Under %s assumptions and those of %s, ", possessive(s.analyst()), plural(len(s.Readings)-1, "view", "views"))
	switch {
	case same && nash:
		return text + "the verdict is the same, and so is the Nash package."
	case same:
		return text + "the verdict is the same; the Nash package is not."
	}
	return text + "the verdict differs: the answer hangs on whose assumptions hold."
}

// readingTitle names a reading in a sentence.
func (s *viewPaper) readingTitle(r *study.Reading) string {
	if r.View == "" {
		return "the case as written"
	}
	return "“" + viewTitle(s.File.Case, r.View) + "”"
}

// columns are the readings side by side, and where the packages named there differ.
func (s *viewPaper) columns() (grid, []string) {
	c := s.File.Case
	var named []outcome.Outcome
	label := func(o outcome.Outcome) string {
		at := slices.IndexFunc(named, func(x outcome.Outcome) bool { return slices.Equal(x, o) })
		if at < 0 {
			at = len(named)
			named = append(named, o)
		}
		return fmt.Sprintf("P%d", at+1)
	}
	g := grid{Caption: "The same case under rival assumptions", Heads: []string{""}}
	for _, r := range s.Readings {
		head := "As written"
		if r.View != "" {
			head = viewTitle(c, r.View)
		}
		g.Heads = append(g.Heads, head)
	}
	add := func(label string, of func(r *study.Reading) string) {
		row := []cell{{Text: label}}
		for _, r := range s.Readings {
			row = append(row, cell{Text: of(r)})
		}
		g.Rows = append(g.Rows, row)
	}
	add("Verdict", func(r *study.Reading) string { return verdictWord(r.Analysis.Verdict) })
	add("Packages in the zone", s.zoneText)
	if s.Main.Space.AsksHome() {
		add("Of these carried at home", func(r *study.Reading) string {
			if n := r.ZoneCount(); n != nil && n.Sign() > 0 && r.Analysis.Zone.Ratifiable != nil {
				return percent(r.Analysis.Zone.Ratifiable, n)
			}
			return "–"
		})
	}
	for p := range s.Main.Space.Parties {
		add(partyTitle(c, p)+", no deal", func(r *study.Reading) string { return noDealText(&r.Space.Parties[p]) })
	}
	for _, rule := range study.Rules {
		add(capital(rule.Name), func(r *study.Reading) string {
			x := rule.Pick(&r.Analysis.Solutions)
			if x == nil {
				return "none"
			}
			var u []string
			for p := range r.Space.Parties {
				u = append(u, points(&r.Space.Parties[p].Row, x.Utilities[p]))
			}
			return label(x.Outcome) + " " + strings.Join(u, "/")
		})
	}
	for k := range s.Main.Packages {
		add(packageTitle(c, s.Main.Packages[k].ID), func(r *study.Reading) string {
			j := &r.Packages[k].Judgment
			if j.InZone {
				return "in the zone"
			}
			if names := members(c, len(r.Space.Parties), j.Accepts); len(names) > 0 {
				return "only " + sentenceList(names)
			}
			return "nobody"
		})
	}
	return g, s.whereDiffer(named)
}

// whereDiffer says on which issues packages named P1, P2 … differ.
func (s *viewPaper) whereDiffer(named []outcome.Outcome) []string {
	var out []string
	for i := range s.Main.Space.Issues {
		by := make(map[int][]string)
		var order []int
		for k, o := range named {
			if by[o[i]] == nil {
				order = append(order, o[i])
			}
			by[o[i]] = append(by[o[i]], fmt.Sprintf("P%d", k+1))
		}
		if len(order) < 2 {
			continue
		}
		var parts []string
		for _, k := range order {
			parts = append(parts, sentenceList(by[k])+" “"+optionTitle(s.File.Case, i, k)+"”")
		}
		out = append(out, issueTitle(s.File.Case, i)+": "+strings.Join(parts, "; ")+".")
	}
	return out
}

// zoneText says how many packages are in a reading's zone.
func (s *viewPaper) zoneText(r *study.Reading) string {
	a := r.Analysis
	if n := r.ZoneCount(); n != nil {
		return grouped(n) + " (" + percent(n, a.Outcomes) + ")"
	} else if a.Zone.Low != nil && a.Zone.High != nil {
		return grouped(a.Zone.Low) + " to " + grouped(a.Zone.High)
	}
	return "not counted"
}

// noDealText writes what a party has without a deal.
func noDealText(p *outcome.Party) string {
	if p.Threshold.Set {
		return points(&p.Row, p.Threshold.Value)
	}
	return "none"
}

// grid is the table of the readings.
func (s *viewPaper) grid() grid {
	c := s.File.Case
	g := grid{Caption: "The same case under rival assumptions", Heads: []string{"View", "Verdict", "Packages in the zone", "Nash package", "Its points"}}
	base := s.Readings[0].Analysis.Solutions.Nash
	for _, r := range s.Readings {
		a := r.Analysis
		var nash []string
		gets := ""
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
			gets = strings.Join(each(s.File.Case, r.Space, n.Utilities), ", ")
		}
		g.Rows = append(g.Rows, []cell{{Text: viewTitle(c, r.View)}, {Text: verdictWord(a.Verdict)}, {Text: s.zoneText(r)}, {Text: strings.Join(nash, "; ")}, {Text: gets}})
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
			line = "Nash: " + strings.Join(each(s.File.Case, r.Space, n.Utilities), ", ")
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
