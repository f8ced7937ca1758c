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

// leversSection is the section on what levers reach, and what backfires.
func (s *paper) leversSection() section {
	l := s.levers
	out := section{ID: "levers", Title: "Levers", More: "Each lever alone, as a table", Tables: []grid{l.grid()}, Notes: []string{l.searched()}}
	was := l.Combinations.Sets[0].Verdict
	var open, worse []string
	for _, i := range l.of.Ordered() {
		title := "“" + leverTitle(s.File.Case, s.File.Case.Levers[i].ID) + "”"
		if was == bargain.NoZone && l.of.Single(i).Verdict == bargain.HasZone && !l.Levers[i].Coercive {
			open = append(open, title)
		}
		if len(l.backfires(i)) > 0 {
			worse = append(worse, title)
		}
	}
	zone := &l.Goals[0]
	var first string
	switch n := len(zone.Smallest); {
	case zone.Already:
		first = "no lever is needed for a zone of agreement: there is one"
	case len(open) > 0:
		first = "a zone of agreement opens with " + orList(open) + " alone"
	case n > 0:
		first = fmt.Sprintf("no lever alone opens a zone of agreement; %s of levers without pressure would", plural(n, "smallest set", "smallest sets"))
	case zone.Proven:
		first = "no set of levers without pressure opens a zone of agreement"
	default:
		first = "no set of levers without pressure is known to open a zone of agreement"
	}
	out.Sentences = append(out.Sentences, s.under(s.Main)+", "+first+". Levers of mediators come first; pressure is shown and never ranked.")
	for i := range l.Goals {
		g := &l.Goals[i]
		if g.Already || g.Kind.OfHome() && (!s.Main.Space.AsksHome() || sameSets(g, &l.Goals[i-1])) {
			continue
		}
		lines := l.goalLines(g, 1)
		if out.Short == "" {
			out.Short = "To " + l.goalWords(g) + ": " + lowerFirst(lines[0])
		}
		head := "To " + l.goalWords(g)
		if s.Main.Space.AsksHome() && i+1 < len(l.Goals) && l.Goals[i+1].Kind.OfHome() && sameSets(g, &l.Goals[i+1]) && len(g.Smallest) > 0 {
			head += ", and to have it carried at home"
		}
		out.Lists = append(out.Lists, sectionList{Head: head, Items: lines})
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
	if out.Drawing, out.Caption = l.setsDrawing(zone); out.Drawing == "" {
		out.Drawing, out.Caption = l.drawing()
	}
	return out
}

// sameSets reports whether the same sets of levers reach two goals.
func sameSets(a, b *study.LeverGoal) bool {
	return a.Already == b.Already && slices.Equal(a.Smallest, b.Smallest) && slices.Equal(a.Coercive, b.Coercive)
}

// setsDrawing draws the smallest sets without pressure that reach a goal; empty where
// each of them is one lever.
func (s *leverPaper) setsDrawing(g *study.LeverGoal) (template.HTML, string) {
	sets := g.Smallest[:min(len(g.Smallest), shownSets)]
	var rows []int
	for _, i := range s.of.Ordered() {
		if slices.ContainsFunc(sets, func(at int) bool { return slices.Contains(s.Combinations.Sets[at].Set, i) }) {
			rows = append(rows, i)
		}
	}
	if !slices.ContainsFunc(sets, func(at int) bool { return len(s.Combinations.Sets[at].Set) > 1 }) {
		return "", ""
	}
	titles := make([]string, len(rows))
	for k, i := range rows {
		titles[k] = s.leverName(i)
	}
	var costs, said []string
	for k, at := range sets {
		cost := ""
		if c := whatif.Cost(s.Levers, s.Combinations.Sets[at].Set); c != nil {
			cost = decimals(c)
		}
		costs = append(costs, cost)
		var names []string
		for _, i := range s.Combinations.Sets[at].Set {
			names = append(names, leverTitle(s.File.Case, s.File.Case.Levers[i].ID))
		}
		said = append(said, fmt.Sprintf("%d: %s", k+1, sentenceList(names)))
	}
	caption := "Each column is a smallest set of levers without pressure that opens a zone, those of mediators alone first, then the cheapest by the case’s own costs, which stand below."
	if n := len(g.Smallest) - len(sets); n > 0 {
		caption += fmt.Sprintf(" %s not drawn.", plural(n, "more set is", "more sets are"))
	}
	return setDrawing("levers", "Which levers open a zone of agreement together", strings.Join(said, ". ")+".", titles, len(sets),
		func(row, k int) bool { return slices.Contains(s.Combinations.Sets[sets[k]].Set, rows[row]) }, "Cost", costs), caption
}

// grid is the table of what each lever does alone.
func (s *leverPaper) grid() grid {
	c := s.File.Case
	g := grid{Caption: "What each lever does alone", Heads: []string{"Lever", "Acceptable packages"}}
	home := s.Main.Space.AsksHome()
	if home {
		g.Heads = append(g.Heads, "Carried at home on every side")
	}
	g.Heads = append(g.Heads, "The Nash package gives", "Backfires")
	count := func(n *big.Int) cell {
		if n == nil {
			return cell{Text: "not known"}
		}
		return cell{Text: grouped(n)}
	}
	row := func(title string, k *whatif.Combination, backfires string) {
		cells := []cell{{Text: title}, count(k.Count)}
		if home {
			cells = append(cells, count(k.Ratifiable))
		}
		nash := "none"
		if k.Nash != nil {
			var gets []string
			for p := range k.Space.Parties {
				gets = append(gets, partyName(c, p)+" "+points2(&k.Space.Parties[p].Row, k.Nash.Utilities[p]))
			}
			nash = strings.Join(gets, ", ")
		}
		if k.Refused != "" {
			nash, backfires = "–", "It cannot be pulled: "+clean(k.Refused)
		}
		g.Rows = append(g.Rows, append(cells, cell{Text: nash}, cell{Text: backfires}))
	}
	row("None", &s.Combinations.Sets[0], "")
	for _, i := range s.of.Ordered() {
		var worse []string
		for _, b := range s.backfires(i) {
			worse = append(worse, b.text)
		}
		row(s.leverName(i), s.of.Single(i), capital(strings.Join(worse, "; ")))
	}
	return g
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

// whose says under which heading a lever stands: mediators' own first, pressure last.
func (s *leverPaper) whose(i int) string {
	switch {
	case s.Levers[i].Coercive:
		return "Pressure: shown, never ranked"
	case s.Levers[i].Mediators:
		return "Mediators’ own"
	}
	return "Others’"
}

// drawnLevers is the largest number of levers that are drawn.
const drawnLevers = 14

// drawing draws by how many packages the zone grows or shrinks with each lever alone.
func (s *leverPaper) drawing() (template.HTML, string) {
	was := s.Combinations.Sets[0].Count
	if was == nil {
		return "", ""
	}
	order := s.of.Ordered()
	slices.SortStableFunc(order, func(x, y int) int {
		switch a, b := s.Levers[x].Coercive, s.Levers[y].Coercive; {
		case a == b:
			return 0
		case b:
			return -1
		}
		return 1
	})
	changes := make(map[int]*big.Int)
	least, most := new(big.Int), new(big.Int)
	for _, i := range order {
		if n := s.of.Single(i).Count; n != nil {
			d := new(big.Int).Sub(n, was)
			changes[i] = d
			if d.Cmp(most) > 0 {
				most = d
			}
			if d.Cmp(least) < 0 {
				least = d
			}
		}
	}
	span := new(big.Int).Sub(most, least)
	if span.Sign() == 0 {
		span.SetInt64(1)
	}
	text := func(d *big.Int) string {
		if d.Sign() > 0 {
			return "+" + grouped(d)
		}
		return strings.Replace(grouped(d), "-", "−", 1)
	}
	room := 8 * max(width(text(most)), width(text(least)))
	length := drawingWidth - room - 8
	zero := scaled(ratio(new(big.Int).Neg(least)), ratio(span), length)
	if least.Sign() < 0 { // room for a number at the left of the longest bar
		length -= room
		zero = room + scaled(ratio(new(big.Int).Neg(least)), ratio(span), length)
	}
	var d drawing
	var said []string
	beside := func(at int, class, words string) { // at the right of a place, or where there is no room at its left
		if at+5+7*width(words) > drawingWidth {
			class += " end"
			at -= 10
		}
		d.text(class, at+5, d.y+15, words)
	}
	d.heading(fmt.Sprintf("Acceptable packages more or fewer than %s", grouped(was)))
	before, drawn := "", 0
	for _, i := range order {
		if drawn++; drawn > drawnLevers {
			break
		}
		if who := s.whose(i); who != before {
			d.heading(who)
			before = who
		}
		name := s.leverName(i)
		d.words("", name)
		by, known := changes[i]
		what := "not known"
		switch size := 0; {
		case !known:
			beside(zero, "value", what)
		case by.Sign() == 0:
			what = "no change"
			beside(zero, "value", what)
		default:
			what = text(by)
			size = max(1, scaled(ratio(new(big.Int).Abs(by)), ratio(span), length))
			class := "full"
			if s.Levers[i].Coercive {
				class = "hollow"
			}
			if by.Sign() > 0 {
				d.rect(class, zero, d.y+5, size, 11)
				d.text("value", zero+size+5, d.y+15, what)
			} else {
				d.rect(class, zero-size, d.y+5, size, 11)
				d.text("value end", zero-size-5, d.y+15, what)
			}
		}
		d.path("axis", "M%d %dv17", zero, d.y+2)
		d.y += 20
		said = append(said, name+": "+what)
		if len(s.backfires(i)) > 0 {
			d.y -= 3
			beside(zero, "soft", "▲ backfires")
			d.y += 18
			said[len(said)-1] += ", backfires"
		}
	}
	caption := "Each lever alone, in the order of the file. Bars to the right: more packages that every party accepts; to the left: fewer; hollow: by pressure. ▲: something hardens, or fewer packages are carried at home."
	if n := len(order) - drawnLevers; n > 0 {
		caption += fmt.Sprintf(" %s not drawn; the table has them.", plural(n, "lever is", "levers are"))
	}
	return d.figure("levers", "What each lever does to the zone of agreement", strings.Join(said, ". ")+"."), caption
}
