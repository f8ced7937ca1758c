package convert

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math/big"
	"slices"
)

// writeGenius writes a domain, and a profile for each party. Issues that are ranges of
// whole numbers stay so where every party's scores are lines that GENIUS can hold; others
// become lists of values. Adjustments are held by nonlinear profiles, which need every issue
// to be a range of whole numbers.
func writeGenius(s *scenario) ([]Output, []Note, error) {
	w := &geniusWriter{s: s, kinds: make([]string, len(s.issues)), nonlinear: make([]bool, len(s.parties))}
	w.notes = slices.Concat(s.undiscounted(), s.unordered())
	w.plan()
	domain, err := w.file("negotiation_template", fmt.Sprintf(` number_of_issues="%d"`, len(s.issues)), nil)
	if err != nil {
		return nil, nil, err
	}
	out := []Output{{s.id + "_domain.xml", domain}}
	for k := range s.parties {
		p := &s.parties[k]
		write := w.linear
		kind := ""
		if w.nonlinear[k] {
			write, kind = w.rectangles, ` type="nonlinear"`
		}
		data, err := w.file("utility_space", kind+fmt.Sprintf(` number_of_issues="%d"`, len(s.issues)), func(b *xmlWriter) { write(b, p) })
		if err != nil {
			return nil, nil, err
		}
		out = append(out, Output{p.id + ".xml", data})
	}
	return out, w.notes, nil
}

type geniusWriter struct {
	s         *scenario
	kinds     []string // of the issues
	nonlinear []bool   // by party
	notes     []Note
}

// plan decides what the issues and profiles are.
func (w *geniusWriter) plan() {
	s := w.s
	whole := true
	for i := range s.issues {
		w.kinds[i] = "discrete"
		if g := s.issues[i].grid; g != nil && g.from.IsInt() && g.step.Cmp(one) == 0 {
			w.kinds[i] = "integer"
		} else {
			whole = false
			if g != nil && g.n == realValues {
				w.kinds[i] = "real"
			}
		}
	}
	for k := range s.parties {
		p := &s.parties[k]
		if len(p.boxes) == 0 {
			continue
		}
		bare := *p
		bare.boxes = nil
		clips, known := clipBoxes(s.issues, &bare)
		switch {
		case known && slices.EqualFunc(clips, p.boxes, sameBox):
			p.boxes = clips // GENIUS lowers the same packages
		case whole:
			w.nonlinear[k] = true
		default:
			w.notes = append(w.notes, Note{"parties." + p.id + ".adjustments", several(len(p.boxes), "adjustment is", "adjustments are") + " left out: GENIUS has them over ranges of whole numbers only, and here not every issue is one"})
			p.boxes = nil
		}
	}
	for i := range s.issues {
		if w.kinds[i] == "discrete" {
			if s.issues[i].grid != nil {
				w.listed(i)
			}
			continue
		}
		for k := range s.parties {
			p := &s.parties[k]
			if w.nonlinear[k] {
				continue
			}
			tables := s.tables(p)
			raise(tables)
			if _, ok := fitLine(tables[i], w.scale(i)); ok {
				continue
			}
			if slices.Contains(w.nonlinear, true) {
				w.nonlinear[k] = true // the ranges must stay
				continue
			}
			w.kinds[i] = "discrete"
			w.listed(i)
			break
		}
	}
}

// scale returns the numbers that the line of a real issue is about; nil for positions.
func (w *geniusWriter) scale(i int) *grid {
	if w.kinds[i] == "real" {
		return w.s.issues[i].grid
	}
	return nil
}

func (w *geniusWriter) listed(i int) {
	is := &w.s.issues[i]
	w.notes = append(w.notes, Note{"issues." + is.id, fmt.Sprintf("the range is written as %d values: GENIUS has ranges of whole numbers, and scores on a straight line", is.len())})
}

func sameBox(a, b box) bool {
	return a.outside == b.outside && a.worth.Cmp(b.worth) == 0 &&
		slices.EqualFunc(a.sides, b.sides, func(x, y side) bool { return x.issue == y.issue && slices.Equal(x.runs, y.runs) })
}

// file writes what domains and profiles have in common; fill, if not nil, adds a
// profile's own.
func (w *geniusWriter) file(root, attributes string, fill func(*xmlWriter)) ([]byte, error) {
	b := &xmlWriter{}
	isDomain := fill == nil
	if isDomain {
		b.line(0, "<%s>", root)
		b.line(1, "<utility_space%s>", attributes)
	} else {
		b.line(0, "<%s%s>", root, attributes)
	}
	b.line(1, `<objective index="0" etype="objective" type="objective" description="" name=%s>`, b.quote(w.s.title))
	if isDomain {
		for i := range w.s.issues {
			w.issue(b, i, nil, nil)
		}
		b.line(1, "</objective>")
		b.line(1, "</utility_space>")
	} else {
		fill(b)
	}
	b.line(0, "</%s>", root)
	return b.Bytes(), b.err
}

// issue writes an issue; with the evaluations of its items or its evaluator in profiles.
func (w *geniusWriter) issue(b *xmlWriter, i int, evaluations []*big.Rat, l *line) {
	is, kind := &w.s.issues[i], w.kinds[i]
	head := fmt.Sprintf(`<issue index="%d" name=%s type="%s" etype="%[3]s" vtype="%[3]s"`, i+1, b.quote(is.name), kind)
	if kind == "integer" {
		head += fmt.Sprintf(` lowerbound="%s" upperbound="%s"`, is.grid.from.RatString(), is.grid.at(is.grid.n-1).RatString())
		if l == nil {
			b.line(2, "%s/>", head)
			return
		}
	}
	b.line(2, "%s>", head)
	switch kind {
	case "discrete":
		for k := range is.len() {
			evaluation := ""
			if evaluations != nil {
				evaluation = fmt.Sprintf(` evaluation="%s"`, decimal(evaluations[k]))
			}
			b.line(3, `<item index="%d" value=%s%s/>`, k+1, b.quote(is.value(k)), evaluation)
		}
	case "integer":
		b.line(3, `<evaluator ftype="linear" offset="%s" slope="%s"/>`, decimal(l.offset), decimal(l.slope))
	case "real":
		b.line(3, `<range lowerbound="%s" upperbound="%s"/>`, decimal(is.grid.from), decimal(is.grid.at(is.grid.n-1)))
		if l != nil {
			b.line(3, `<evaluator ftype="linear" parameter0="%s" parameter1="%s"/>`, decimal(l.offset), decimal(l.slope))
		}
	}
	b.line(2, "</issue>")
}

// A line is how GENIUS values the numbers of a range: weight times offset + x·slope, cut
// at 0 and 1, where x is the position of a whole number, or a real number itself.
type line struct{ weight, offset, slope *big.Rat }

func (l *line) at(x *big.Rat) *big.Rat {
	v := new(big.Rat).Mul(x, l.slope)
	return clipped(v.Add(v, l.offset))
}

// fitLine returns the line that gives scores from 0 on, if there is one of decimals. It
// is over the numbers of a grid or, without one, over positions.
func fitLine(table []*big.Rat, numbers *grid) (*line, bool) {
	if numbers == nil {
		numbers = &grid{new(big.Rat), one, len(table)}
	}
	most := slices.MaxFunc(table, (*big.Rat).Cmp)
	if most.Sign() == 0 {
		return &line{new(big.Rat), new(big.Rat), new(big.Rat)}, true
	}
	for _, weight := range []*big.Rat{most, powerOfTen(most)} {
		share := func(k int) *big.Rat { return new(big.Rat).Quo(table[k], weight) }
		l := &line{weight, share(0), new(big.Rat)}
		steepest := new(big.Rat)
		for k := range len(table) - 1 { // not where the line is cut
			rise := new(big.Rat).Sub(share(k+1), share(k))
			if size := new(big.Rat).Abs(rise); size.Cmp(steepest) > 0 {
				steepest, l.slope = size, rise.Quo(rise, numbers.step)
				l.offset = new(big.Rat).Mul(numbers.at(k), l.slope)
				l.offset.Sub(share(k), l.offset)
			}
		}
		fits := isDecimal(l.offset) && isDecimal(l.slope)
		for k := range table {
			fits = fits && l.at(numbers.at(k)).Cmp(share(k)) == 0
		}
		if fits {
			return l, true
		}
	}
	return nil, false
}

// powerOfTen returns the least power of ten that is not below r, which is above 0.
func powerOfTen(r *big.Rat) *big.Rat {
	p, ten := big.NewRat(1, 1), big.NewRat(10, 1)
	for p.Cmp(r) >= 0 {
		p.Quo(p, ten)
	}
	for p.Cmp(r) < 0 {
		p.Mul(p, ten)
	}
	return p
}

// linear writes a profile of weights, evaluations and lines. The evaluations are the points
// of the case where decimals hold them, and weights the greatest of each issue, divided by
// one number so that no package is worth more than 1.
func (w *geniusWriter) linear(b *xmlWriter, p *party) {
	s := w.s
	at := "parties." + p.id
	tables := s.tables(p)
	raised := raise(tables)
	weights := make([]*big.Rat, len(s.issues))
	lines := make([]*line, len(s.issues))
	total := new(big.Rat)
	for i, table := range tables {
		weights[i] = slices.MaxFunc(table, (*big.Rat).Cmp)
		total.Add(total, weights[i])
		if w.kinds[i] != "discrete" {
			lines[i], _ = fitLine(table, w.scale(i)) // planned so
			weights[i] = lines[i].weight
		}
	}
	var reservation *big.Rat
	if p.reservation != nil {
		reservation = new(big.Rat).Add(p.reservation, raised)
	}
	sc := scaling{raised: raised, divisor: one}
	clips := len(p.boxes) > 0
	if !clips && total.Cmp(one) > 0 && !nearOne(total) {
		sc.divisor = total
	}
	held := func() bool {
		for _, weight := range weights {
			if !isDecimal(new(big.Rat).Quo(weight, sc.divisor)) {
				return false
			}
		}
		return reservation == nil || isDecimal(new(big.Rat).Quo(reservation, sc.divisor))
	}
	if !held() && !clips {
		odd := new(big.Rat).SetInt(oddPart([][]*big.Rat{weights}, reservation))
		sc.divisor = powerOfTen(new(big.Rat).Mul(sc.divisor, odd))
		sc.divisor.Quo(sc.divisor, odd)
	}
	sc.rounded = !held()
	worth := make([][]*big.Rat, len(s.issues)) // evaluations
	for i, table := range tables {
		if w.kinds[i] == "discrete" {
			var exact bool
			if worth[i], exact = evaluations(table); !exact {
				sc.rounded = true
			}
		}
	}
	for i := range s.issues {
		w.issue(b, i, worth[i], lines[i])
	}
	for i := range s.issues {
		b.line(2, `<weight index="%d" value="%s"/>`, i+1, decimal(rounded(new(big.Rat).Quo(weights[i], sc.divisor))))
	}
	b.line(1, "</objective>")
	if reservation != nil {
		reservation.Quo(reservation, sc.divisor)
	}
	w.terms(b, at, reservation)
	w.notes = append(w.notes, sc.notes(at)...)
}

// terms writes the reservation value and the discount factor.
func (w *geniusWriter) terms(b *xmlWriter, at string, reservation *big.Rat) {
	b.line(1, `<discount_factor value="1.0"/>`)
	if reservation == nil {
		w.notes = append(w.notes, Note{at + ".no_deal", "there is none: GENIUS takes that for 0"})
		return
	}
	b.line(1, `<reservation value="%s"/>`, decimal(rounded(reservation)))
}

// evaluations returns decimals in the proportions of scores, the scores themselves if they
// can be.
func evaluations(table []*big.Rat) (out []*big.Rat, exact bool) {
	factor := new(big.Rat).SetInt(oddPart([][]*big.Rat{table}))
	most := slices.MaxFunc(table, (*big.Rat).Cmp)
	if least := big.NewRat(1, 1000); most.Sign() > 0 && most.Cmp(least) < 0 { // GENIUS passes over small ones
		factor.Quo(factor, powerOfTen(most))
	}
	exact = true
	for _, score := range table {
		e := new(big.Rat).Mul(score, factor)
		exact = exact && isDecimal(e)
		out = append(out, rounded(e))
	}
	return out, exact
}

// rectangles writes a nonlinear profile: a hyper-rectangle for each score and for each
// adjustment.
func (w *geniusWriter) rectangles(b *xmlWriter, p *party) {
	s := w.s
	at := "parties." + p.id
	type rectangle struct {
		word  string
		sides []side // one run each
		pays  *big.Rat
	}
	var all []rectangle
	large := p.reservation != nil && p.reservation.Cmp(one) > 0
	bound := new(big.Rat)
	add := func(r rectangle) {
		if r.pays.Sign() == 0 {
			return
		}
		if r.pays.Sign() > 0 {
			bound.Add(bound, r.pays)
		}
		large = large || r.pays.Cmp(one) > 0
		all = append(all, r)
	}
	for i, table := range s.tables(p) {
		for k := 0; k < len(table); {
			last := k
			for last+1 < len(table) && table[last+1].Cmp(table[k]) == 0 {
				last++
			}
			add(rectangle{"INCLUDES", []side{{i, [][2]int{{k, last}}}}, table[k]})
			k = last + 1
		}
	}
	for _, bx := range p.boxes {
		parts, ok := bx.parts()
		switch {
		case !ok:
			w.notes = append(w.notes, Note{at + ".adjustments", "an adjustment is left out: it comes to too many hyper-rectangles"})
		case bx.outside && len(bx.sides) == 0: // outside of everything
		case bx.outside && len(parts) == 1:
			add(rectangle{"EXCLUDES", parts[0], bx.worth})
		case bx.outside:
			add(rectangle{"INCLUDES", nil, bx.worth})
			for _, part := range parts {
				add(rectangle{"INCLUDES", part, new(big.Rat).Neg(bx.worth)})
			}
		default:
			for _, part := range parts {
				add(rectangle{"INCLUDES", part, bx.worth})
			}
		}
	}
	sc := scaling{raised: new(big.Rat), divisor: one}
	if large {
		most := bound
		if p.reservation != nil && p.reservation.Cmp(most) > 0 {
			most = p.reservation // more than any package may be worth
		}
		sc.divisor = powerOfTen(most)
	}
	var pays []*big.Rat
	for _, r := range all {
		pays = append(pays, r.pays)
	}
	odd := new(big.Rat).SetInt(oddPart([][]*big.Rat{pays}, p.reservation))
	if p.reservation != nil && !isDecimal(new(big.Rat).Quo(p.reservation, sc.divisor)) {
		more := new(big.Rat).SetInt(oddPart(nil, p.reservation))
		sc.divisor = powerOfTen(new(big.Rat).Mul(sc.divisor, more))
		sc.divisor.Quo(sc.divisor, more)
	}
	most := new(big.Rat).Mul(sc.divisor, odd)
	sc.rounded = !isDecimal(most)
	for i := range s.issues {
		w.issue(b, i, nil, nil)
	}
	b.line(2, `<utility maxutility="%s">`, decimal(rounded(most)))
	b.line(3, `<ufun type="PlainUfun" weight="1" aggregation="sum">`)
	for _, r := range all {
		worth := new(big.Rat).Mul(r.pays, odd)
		sc.rounded = sc.rounded || !isDecimal(worth)
		b.line(4, `<hyperRectangle utility="%s">`, decimal(rounded(worth)))
		for _, sd := range r.sides {
			g := s.issues[sd.issue].grid
			b.line(5, `<%s index="%d" min="%s" max="%s"/>`, r.word, sd.issue+1, g.at(sd.runs[0][0]).RatString(), g.at(sd.runs[0][1]).RatString())
		}
		b.line(4, "</hyperRectangle>")
	}
	b.line(3, "</ufun>")
	b.line(2, "</utility>")
	b.line(1, "</objective>")
	var reservation *big.Rat
	if p.reservation != nil {
		reservation = new(big.Rat).Quo(p.reservation, sc.divisor)
		sc.rounded = sc.rounded || !isDecimal(reservation)
	}
	w.terms(b, at, reservation)
	if !large && bound.Cmp(one) > 0 {
		w.notes = append(w.notes, Note{at, "a package worth more than 1, if there is one, is worth 1 in GENIUS"})
	}
	w.notes = append(w.notes, sc.notes(at)...)
}

// parts returns boxes of one run a side that together are the box; ok is false when they are
// too many.
func (b *box) parts() (parts [][]side, ok bool) {
	parts = [][]side{nil}
	for _, sd := range b.sides {
		if len(parts)*len(sd.runs) > maxBoxes {
			return nil, false
		}
		var more [][]side
		for _, part := range parts {
			for _, r := range sd.runs {
				more = append(more, append(slices.Clone(part), side{sd.issue, [][2]int{r}}))
			}
		}
		parts = more
	}
	return parts, true
}

// An xmlWriter writes lines of XML.
type xmlWriter struct {
	bytes.Buffer
	err error
}

func (b *xmlWriter) line(depth int, format string, args ...any) {
	for range depth {
		b.WriteString("  ")
	}
	fmt.Fprintf(b, format, args...)
	b.WriteByte('\n')
}

// quote writes a text in quotes, as the value of an attribute.
func (b *xmlWriter) quote(text string) string {
	var q bytes.Buffer
	if err := xml.EscapeText(&q, []byte(text)); err != nil {
		b.err = err
	}
	return `"` + q.String() + `"`
}
