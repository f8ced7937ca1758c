package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

// A leverPaper is the paper on levers.
type leverPaper struct {
	*paper
	Levers       []whatif.Lever
	Combinations *whatif.Combinations
	Alone        []*study.Reading
	Package      *study.Judged
	Goals        []study.LeverGoal
	of           *study.Levers
}

func newLeverPaper(l *study.Levers) *leverPaper {
	return &leverPaper{&paper{Case: l.Case}, l.Levers, l.Combinations, l.Alone, l.Package, l.Goals, l}
}

// goalWords says what a goal is, to stand after "to".
func (s *leverPaper) goalWords(g *study.LeverGoal) string {
	switch g.Kind {
	case study.GoalZone:
		return "open a zone of agreement"
	case study.GoalCarried:
		return "have a package that is also carried at home on every side"
	case study.GoalPackage:
		return "make " + s.packageWords() + " acceptable"
	}
	return "make " + s.packageWords() + " acceptable and have it carried at home on every side"
}

// packageWords names the package asked for in a sentence.
func (s *leverPaper) packageWords() string {
	c := s.File.Case
	switch {
	case c.Packages.Has(s.Package.ID):
		return "“" + packageTitle(c, s.Package.ID) + "”"
	case s.Package.ID == "":
		return "the package"
	}
	for _, rule := range study.Rules {
		if rule.Key == s.Package.ID {
			return "the " + rule.Name + " package"
		}
	}
	return "the status quo"
}

// WriteLeversText writes the study for a terminal: what levers can reach, then what each does.
func WriteLeversText(w io.Writer, l *study.Levers, o TextOptions) error {
	s := newLeverPaper(l)
	s.alone = true
	return writeSections(w, s.paper, o, []string{s.verdict()}, s.section())
}

// section is the section on what levers reach, and what backfires.
func (s *leverPaper) section() section {
	out := section{ID: "levers", Title: "Levers", More: "Each lever alone, as a table"}
	if len(s.Levers) == 0 {
		out.Sentences = []string{"The case has no levers."}
		return out
	}
	out.Tables, out.Notes = []grid{s.grid()}, []string{s.searched()}
	out.Sentences = append(out.Sentences, s.under(s.Main)+", "+s.opens()+". Levers of mediators come first; pressure is shown and never ranked.")
	for i := range s.Goals {
		g := &s.Goals[i]
		head := "To " + s.goalWords(g)
		if g.Kind.OfHome() && !s.Main.Space.AsksHome() {
			continue // the same as the goal before
		}
		if !s.alone {
			if g.Already || g.Kind.OfHome() && sameSets(g, &s.Goals[i-1]) {
				continue
			}
			if s.Main.Space.AsksHome() && i+1 < len(s.Goals) && s.Goals[i+1].Kind.OfHome() && sameSets(g, &s.Goals[i+1]) && len(g.Smallest) > 0 {
				head += ", and to have it carried at home"
			}
		}
		lines, more := s.goalLines(g)
		if out.Short == "" {
			out.Short = "To " + s.goalWords(g) + ": " + lowerFirst(lines[0])
		}
		out.Lists = append(out.Lists, sectionList{Head: head, Items: lines, Left: left(more, true)})
	}
	var worse []string
	for _, i := range s.of.Ordered() {
		if len(s.backfires(i)) > 0 {
			worse = append(worse, "“"+leverTitle(s.File.Case, s.File.Case.Levers[i].ID)+"”")
		}
	}
	if len(worse) > 0 {
		verb := "backfires"
		if len(worse) > 1 {
			verb = "backfire"
		}
		text := fmt.Sprintf("Pulled alone, %s %s: something hardens or fewer packages are left.", sentenceList(worse), verb)
		out.Sentences = append(out.Sentences, text)
		if out.Short == "" {
			out.Short = text
		}
	}
	if out.Drawing, out.Caption = s.setsDrawing(&s.Goals[0]); out.Drawing == "" {
		out.Drawing, out.Caption = s.drawing()
	}
	return out
}

// opens says, in a clause, what opens a zone of agreement.
func (s *leverPaper) opens() string {
	zone := &s.Goals[0]
	var open []string
	for _, i := range s.of.Ordered() {
		if s.Combinations.Sets[0].Verdict == bargain.NoZone && s.of.Single(i).Verdict == bargain.HasZone && !s.Levers[i].Coercive {
			open = append(open, "“"+leverTitle(s.File.Case, s.File.Case.Levers[i].ID)+"”")
		}
	}
	switch n := len(zone.Smallest); {
	case zone.Already:
		return "no lever is needed for a zone of agreement: there is one"
	case len(open) > 0:
		return "a zone of agreement opens with " + orList(open) + " alone"
	case n > 0:
		return fmt.Sprintf("no lever alone opens a zone of agreement; %s of levers without pressure would", plural(n, "smallest set", "smallest sets"))
	case zone.Proven:
		return "no set of levers without pressure opens a zone of agreement"
	}
	return "no set of levers without pressure is known to open a zone of agreement"
}

// sameSets reports whether the same sets of levers reach two goals.
func sameSets(a, b *study.LeverGoal) bool {
	return a.Already == b.Already && slices.Equal(a.Smallest, b.Smallest) && slices.Equal(a.Coercive, b.Coercive)
}

// searched says which combinations were looked at.
func (s *leverPaper) searched() string {
	n := len(s.Combinations.Sets)
	text := fmt.Sprintf("All %s combinations of the %d levers were looked at.", grouped(big.NewInt(int64(n))), len(s.Levers))
	if !s.Combinations.Complete {
		text = fmt.Sprintf("%s combinations were looked at: %s.", grouped(big.NewInt(int64(n))), s.Combinations.Why)
	}
	return text + " Costs are in the analyst’s own unit. A set with pressure in it is never ranked by cost."
}

// goalLines say which levers reach a goal, and how many sets they leave out.
func (s *leverPaper) goalLines(g *study.LeverGoal) (lines []string, more int) {
	named := func(at int) string {
		var names []string
		for _, i := range s.Combinations.Sets[at].Set {
			names = append(names, "“"+leverTitle(s.File.Case, s.File.Case.Levers[i].ID)+"”")
		}
		return sentenceList(names)
	}
	set := func(at int) string {
		if cost := whatif.Cost(s.Levers, s.Combinations.Sets[at].Set); cost != nil {
			return named(at) + ", at a cost of " + decimals(cost)
		}
		return named(at) + "; its cost is not stated"
	}
	if g.Already {
		return []string{"No lever is needed: that is so already."}, 0
	}
	if g.Mediators >= 0 {
		lines = append(lines, "Mediators alone: "+set(g.Mediators)+".")
	} else if len(g.Smallest) > 0 {
		lines = append(lines, "Mediators alone: none is known whose cost is stated.")
	}
	if g.Cheapest >= 0 && g.Cheapest != g.Mediators {
		lines = append(lines, "The cheapest of all without pressure: "+set(g.Cheapest)+".")
	} else if g.Cheapest >= 0 {
		lines[len(lines)-1] += " That is also the cheapest of all without pressure."
	}
	if g.Cheapest >= 0 && !g.Proven {
		lines = append(lines, "Whether a cheaper set would do is not proven.")
	}
	others, most := 0, 1 // beside the cheapest
	if s.alone {
		most = shownSets
	}
	for _, at := range g.Smallest {
		if at == g.Mediators || at == g.Cheapest {
			continue
		}
		if others++; others <= most {
			lines = append(lines, "Also: "+set(at)+".")
		}
	}
	switch {
	case len(g.Smallest) == 0 && g.Proven:
		lines = append(lines, "No set of levers without pressure reaches it.")
	case len(g.Smallest) == 0:
		lines = append(lines, "No set of levers without pressure is known that reaches it.")
	}
	if len(g.AlwaysBroken) > 0 {
		var names []string
		for _, id := range g.AlwaysBroken {
			names = append(names, s.against(s.Main, id, &s.Package.Judgment))
		}
		lines = append(lines, "Whatever is pulled, the package fails here: "+strings.Join(names, "; ")+".")
	}
	if n := len(g.Coercive); n > 0 {
		var pressed []string
		for _, at := range g.Coercive[:min(n, 2)] {
			pressed = append(pressed, named(at))
		}
		text := "With pressure, not ranked: " + strings.Join(pressed, "; or ")
		if n > len(pressed) {
			text += fmt.Sprintf("; and %d more sets", n-len(pressed))
		}
		lines = append(lines, text+".")
	}
	if g.Unknown > 0 {
		lines = append(lines, fmt.Sprintf("Of %s it is not proven.", plural(g.Unknown, "combination", "combinations")))
	}
	return lines, max(0, others-most)
}

// grid is the table of what each lever does alone.
func (s *leverPaper) grid() grid {
	home := s.Main.Space.AsksHome()
	g := grid{Caption: "What each lever does alone", Heads: []string{"Lever"}}
	if s.alone {
		g.Heads = append(g.Heads, "Verdict")
	}
	g.Heads = append(g.Heads, "Acceptable packages")
	if home {
		g.Heads = append(g.Heads, "Carried at home on every side")
	}
	g.Heads = append(g.Heads, "The Nash package gives", "Backfires")
	if s.alone {
		g.Heads = append(g.Heads, "Added to others")
		if s.Package != nil {
			g.Heads = append(g.Heads, capital(s.packageWords()))
		}
	}
	g.Rows = append(g.Rows, s.row("None", &s.Combinations.Sets[0], "", ""))
	for _, i := range s.of.Ordered() {
		var worse []string
		for _, b := range s.backfires(i) {
			worse = append(worse, b.text)
		}
		harmful := ""
		if bad, of := s.harmful(i); bad > 0 {
			harmful = fmt.Sprintf("fewer packages acceptable or carried at home in %d of %d combinations", bad, of)
		}
		g.Rows = append(g.Rows, s.row(s.leverName(i), s.of.Single(i), capital(strings.Join(worse, "; ")), harmful))
	}
	return g
}

// row says what comes of a combination.
func (s *leverPaper) row(title string, k *whatif.Combination, backfires, harmful string) []cell {
	count := func(n *big.Int) cell {
		if n == nil {
			return cell{Text: "not known"}
		}
		return cell{Text: grouped(n)}
	}
	nash := "none"
	if k.Nash != nil {
		nash = strings.Join(each(s.File.Case, k.Space, k.Nash.Utilities), ", ")
		if was := s.Main.Analysis.Solutions.Nash; s.alone && len(k.Set) > 0 && was != nil {
			what := "another package"
			if r := s.Alone[k.Set[0]]; r != nil && sameNash(s.Main, r) {
				what = "the same package"
			}
			nash += " (" + what + ")"
		}
	}
	if k.Refused != "" {
		nash, backfires = "–", "It cannot be pulled: "+clean(k.Refused)
	}
	cells := []cell{{Text: title}}
	if s.alone {
		cells = append(cells, cell{Text: verdictWord(k.Verdict)})
	}
	cells = append(cells, count(k.Count))
	if s.Main.Space.AsksHome() {
		cells = append(cells, count(k.Ratifiable))
	}
	cells = append(cells, cell{Text: nash}, cell{Text: backfires})
	if s.alone {
		cells = append(cells, cell{Text: harmful})
		if s.Package != nil {
			cells = append(cells, cell{Text: s.accepted(k)})
		}
	}
	return cells
}

// accepted says who accepts the package asked for.
func (s *leverPaper) accepted(k *whatif.Combination) string {
	if k.Package == nil {
		return ""
	}
	who := "nobody"
	if names := members(s.File.Case, len(s.Main.Space.Parties), k.Package.Accepts); len(names) > 0 {
		who = sentenceList(names)
	}
	text := "accepted by " + who
	if k.Package.InZone {
		text += ", in the zone"
	}
	var home []string
	for p := range k.Package.Ratifies {
		if len(s.Main.Space.Parties[p].Constituencies) > 0 && k.Package.Ratifies[p] {
			home = append(home, partyName(s.File.Case, p))
		}
	}
	if len(home) > 0 {
		text += "; carried at home by " + sentenceList(home)
	}
	return text
}

// leverName names a lever with who can pull it and at what cost.
func (s *leverPaper) leverName(i int) string {
	c := s.File.Case
	l := &c.Levers[i]
	var about []string
	if by := s.actors(l.By); by != "" {
		about = append(about, by)
	}
	if l.Cost != nil {
		about = append(about, "cost "+l.Cost.String())
	}
	if s.Levers[i].Coercive {
		about = append(about, "pressure")
	}
	name := leverTitle(c, l.ID)
	if len(about) > 0 {
		name += " (" + strings.Join(about, "; ") + ")"
	}
	return name
}
