package report

import (
	"fmt"
	"html/template"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

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
	b := s.newBars(order, was)
	var said []string
	b.heading(fmt.Sprintf("Acceptable packages more or fewer than %s", grouped(was)))
	before := ""
	for _, i := range order[:min(len(order), drawnLevers)] {
		if who := s.whose(i); who != before {
			b.heading(who)
			before = who
		}
		name := s.leverName(i)
		b.words("", name)
		text := name + ": " + b.change(i, s.Levers[i].Coercive)
		if len(s.backfires(i)) > 0 {
			b.y -= 3
			b.beside("soft", "▲ backfires")
			b.y += 18
			text += ", backfires"
		}
		said = append(said, text)
	}
	caption := "Each lever alone, in the order of the file. Bars to the right: more packages that every party accepts; to the left: fewer; hollow: by pressure. ▲: something hardens, or fewer packages are carried at home."
	if n := len(order) - drawnLevers; n > 0 {
		caption += fmt.Sprintf(" %s not drawn; the table has them.", plural(n, "lever is", "levers are"))
	}
	return b.figure("levers", "What each lever does to the zone of agreement", strings.Join(said, ". ")+"."), caption
}

// leverBars are bars to the left and right of a line: fewer packages, and more.
type leverBars struct {
	drawing
	changes      map[int]*big.Int // by lever, where it is known
	zero, length int
	span         *big.Int
}

func (s *leverPaper) newBars(order []int, was *big.Int) *leverBars {
	b := &leverBars{changes: make(map[int]*big.Int)}
	least, most := new(big.Int), new(big.Int)
	for _, i := range order {
		if n := s.of.Single(i).Count; n != nil {
			d := new(big.Int).Sub(n, was)
			b.changes[i] = d
			if d.Cmp(most) > 0 {
				most = d
			}
			if d.Cmp(least) < 0 {
				least = d
			}
		}
	}
	b.span = new(big.Int).Sub(most, least)
	if b.span.Sign() == 0 {
		b.span.SetInt64(1)
	}
	room := 8 * max(width(signedCount(most)), width(signedCount(least)))
	b.length = drawingWidth - room - 8
	left := new(big.Int).Neg(least)
	b.zero = scaled(ratio(left), ratio(b.span), b.length)
	if least.Sign() < 0 { // room for a number at the left of the longest bar
		b.length -= room
		b.zero = room + scaled(ratio(left), ratio(b.span), b.length)
	}
	return b
}

// signedCount writes a difference of two counts with its sign.
func signedCount(d *big.Int) string {
	if d.Sign() > 0 {
		return "+" + grouped(d)
	}
	return strings.Replace(grouped(d), "-", "−", 1)
}

// beside writes words at the right of the line or, where there is no room, at its left.
func (b *leverBars) beside(class, words string) {
	at := b.zero
	if at+5+7*width(words) > drawingWidth {
		class += " end"
		at -= 10
	}
	b.text(class, at+5, b.y+15, words)
}

// change draws the bar of a lever, and returns what it says.
func (b *leverBars) change(lever int, hollow bool) string {
	by, known := b.changes[lever]
	what := "not known"
	switch {
	case !known:
		b.beside("value", what)
	case by.Sign() == 0:
		what = "no change"
		b.beside("value", what)
	default:
		what = signedCount(by)
		size := max(1, scaled(ratio(new(big.Int).Abs(by)), ratio(b.span), b.length))
		class := "full"
		if hollow {
			class = "hollow"
		}
		if by.Sign() > 0 {
			b.rect(class, b.zero, b.y+5, size, 11)
			b.text("value", b.zero+size+5, b.y+15, what)
		} else {
			b.rect(class, b.zero-size, b.y+5, size, 11)
			b.text("value end", b.zero-size-5, b.y+15, what)
		}
	}
	b.path("axis", "M%d %dv17", b.zero, b.y+2)
	b.y += 20
	return what
}
