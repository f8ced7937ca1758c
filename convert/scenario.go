package convert

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"
)

// A scenario is what the formats of other tools have in common: issues, and what
// each answer is worth to each party.
type scenario struct {
	id      string // of the case; empty: made from the title
	title   string
	about   string
	issues  []issue
	parties []party
}

// An issue has values, or is a grid of numbers.
type issue struct {
	id     string // in the case; empty: made from the name
	name   string
	values []string // the names of its options
	grid   *grid    // nil for an issue with values
}

// A grid is the numbers from, from + step and so on, n in all.
type grid struct {
	from, step *big.Rat
	n          int
}

// at returns the number at a position.
func (g *grid) at(k int) *big.Rat {
	v := new(big.Rat).SetInt64(int64(k))
	return v.Mul(v, g.step).Add(v, g.from)
}

// len returns the number of answers.
func (is *issue) len() int {
	if is.grid != nil {
		return is.grid.n
	}
	return len(is.values)
}

// value returns the name of the answer at a position.
func (is *issue) value(k int) string {
	if is.grid != nil {
		text, _ := numberText(is.grid.at(k))
		return text
	}
	return is.values[k]
}

// A party's scores are those of an issue's answers, added up over the issues, and
// those of its boxes.
type party struct {
	id, name    string
	scores      [][]knot // by issue
	boxes       []box
	reservation *big.Rat // the least that it accepts; nil: anything
	because     string   // why the reservation value is what it is
	discount    *big.Rat // by which a deal loses value each round; nil: none
}

// A knot is what the answer at a position is worth. A grid needs knots at its ends,
// and is worth what a straight line gives between neighbouring ones; an issue with
// values needs one for each. None at all: the issue is worth nothing.
type knot struct {
	at    int
	worth *big.Rat
}

// A box is worth its points where every issue that it names has one of its answers;
// or, outside, everywhere else.
type box struct {
	id      string // of the adjustment; may be empty
	sides   []side // by ascending issue
	outside bool
	worth   *big.Rat
	because string
}

// A side is the answers of one issue that a box holds, as runs of positions with
// both ends included, ascending and apart.
type side struct {
	issue int
	runs  [][2]int
}

// nearOne reports whether weights add up to 1 but for their rounding.
func nearOne(sum *big.Rat) bool {
	off := new(big.Rat).Sub(sum, one)
	return off.Abs(off).Cmp(big.NewRat(1, 1_000_000_000)) <= 0
}

// noReservation says why a reservation value is 0 that a profile does not give.
const noReservation = "the profile gives no reservation value, which counts as 0"

// worth returns what the answer of issue i at position k is worth to the party.
func (p *party) worth(i, k int) *big.Rat {
	if i >= len(p.scores) || len(p.scores[i]) == 0 {
		return new(big.Rat)
	}
	ks := p.scores[i]
	n, found := slices.BinarySearchFunc(ks, k, func(kn knot, k int) int { return kn.at - k })
	if found {
		return new(big.Rat).Set(ks[n].worth)
	}
	from, to := ks[n-1], ks[n]
	u := new(big.Rat).Sub(to.worth, from.worth)
	u.Mul(u, big.NewRat(int64(k-from.at), int64(to.at-from.at)))
	return u.Add(u, from.worth)
}

// most returns what no package is worth more than: the greatest scores and all boxes that
// pay something, or little more.
func (p *party) most() *big.Rat {
	var all []*big.Rat
	for _, knots := range p.scores {
		if len(knots) > 0 {
			all = append(all, slices.MaxFunc(knots, func(a, b knot) int { return a.worth.Cmp(b.worth) }).worth)
		}
	}
	for k := range p.boxes {
		if w := p.boxes[k].worth; w.Sign() > 0 {
			all = append(all, w)
		}
	}
	return atMost(all)
}

// table returns what every answer of issue i is worth to the party.
func (p *party) table(is *issue, i int) []*big.Rat {
	worth := make([]*big.Rat, is.len())
	if i >= len(p.scores) || len(p.scores[i]) == 0 {
		for k := range worth {
			worth[k] = new(big.Rat)
		}
		return worth
	}
	ks := p.scores[i]
	for n, k := range ks {
		worth[k.at] = k.worth
		if n == 0 {
			continue
		}
		before := ks[n-1]
		slope := new(big.Rat).Sub(k.worth, before.worth)
		slope.Quo(slope, new(big.Rat).SetInt64(int64(k.at-before.at)))
		for at := before.at + 1; at < k.at; at++ {
			worth[at] = new(big.Rat).Add(worth[at-1], slope)
		}
	}
	return worth
}

// maxAnswers bounds the answers of all issues, times one more than the parties: about
// as many values as a case file may have.
const maxAnswers = 120_000

// text writes the scenario as a case file and notes what had to be changed.
func (s *scenario) text() ([]byte, []Note, error) {
	answers := 0
	for i := range s.issues {
		if s.issues[i].grid == nil {
			answers += len(s.issues[i].values)
		}
	}
	if answers > maxAnswers/(len(s.parties)+1) {
		return nil, nil, fmt.Errorf("%d options for %d parties are more than fit a case file", answers, len(s.parties))
	}
	w := &scenarioWriter{s: s}
	w.writeHead()
	if err := w.writeIssues(); err != nil {
		return nil, nil, err
	}
	w.line("parties:")
	names := newNamer([]string{"requires", "consent", "no_deal", "scores", "adjustments", "red_lines"})
	for k := range s.parties {
		p := &s.parties[k]
		id := p.id
		if id == "" {
			id = names.id(p.name, "party")
		}
		w.writeParty(p, id)
		if w.large {
			return nil, nil, fmt.Errorf("a number of party %s is larger than a case file can hold", quote(p.name))
		}
	}
	return []byte(w.String()), w.notes, nil
}

// A scenarioWriter writes a scenario as a case file.
type scenarioWriter struct {
	writer
	s       *scenario
	ids     []string   // of issues
	options [][]string // ids by issue; none of a grid
	notes   []Note
}

func (w *scenarioWriter) writeHead() {
	w.line("goodoffices: 1")
	id := w.s.id
	if id == "" {
		id = newNamer(nil).id(w.s.title, "case")
	}
	w.line("id: %s", id)
	w.title("", w.s.title, id)
	if w.s.about != "" {
		w.line("about: %s", quote(plainText(w.s.about)))
	}
}

func (w *scenarioWriter) writeIssues() error {
	w.line("issues:")
	names := newNamer(nil)
	w.options = make([][]string, len(w.s.issues))
	for i := range w.s.issues {
		is := &w.s.issues[i]
		id := is.id
		if id == "" {
			id = names.id(is.name, "issue")
		}
		w.ids = append(w.ids, id)
		w.line("  %s:", id)
		w.title("    ", is.name, id)
		if is.grid != nil {
			if err := w.writeRange(is); err != nil {
				return err
			}
			continue
		}
		w.line("    options:")
		names := newNamer(nil)
		for _, v := range is.values {
			option := names.id(v, "option")
			w.options[i] = append(w.options[i], option)
			title := plainText(v)
			if title == "" {
				title = option
			}
			w.line("      %s: %s", option, quote(title))
		}
	}
	return nil
}

func (w *scenarioWriter) writeRange(is *issue) error {
	g := is.grid
	from, ok := numberText(g.from)
	to, ok2 := numberText(g.at(g.n - 1))
	step, ok3 := numberText(g.step)
	if !ok || !ok2 || !ok3 || strings.Contains(from+to+step, "/") {
		return fmt.Errorf("the numbers of issue %s from %s to %s have more than 18 digits", quote(is.name), g.from.FloatString(3), g.at(g.n-1).FloatString(3))
	}
	w.line("    range: {from: %s, to: %s, step: %s}", from, to, step)
	return nil
}

func (w *scenarioWriter) writeParty(p *party, id string) {
	w.rounded = 0
	w.line("  %s:", id)
	w.title("    ", p.name, id)
	w.line("    scores:")
	for i := range w.s.issues {
		var knots []knot
		if i < len(p.scores) {
			knots = p.scores[i]
		}
		w.writeScores(i, knots)
	}
	if len(p.boxes) > 0 {
		w.line("    adjustments:")
	}
	for k := range p.boxes {
		w.writeBox(&p.boxes[k])
	}
	if p.reservation != nil {
		if p.because == "" {
			w.line("    no_deal: %s", w.number(p.reservation))
		} else {
			w.line("    no_deal: {value: %s, because: %s}", w.number(p.reservation), quote(p.because))
		}
	}
	if p.discount != nil {
		text, exact := numberText(p.discount)
		if !exact || strings.Contains(text, "/") {
			text = p.discount.FloatString(digits)
			w.rounded++
		}
		w.line("    discount: %s", text)
	}
	if w.rounded > 0 {
		w.notes = append(w.notes, Note{"parties." + id, fmt.Sprintf("%s rounded to 18 digits behind the point", several(w.rounded, "number is", "numbers are"))})
	}
}

// writeScores writes what the answers of issue i are worth.
func (w *scenarioWriter) writeScores(i int, knots []knot) {
	if same(knots) {
		v := new(big.Rat)
		if len(knots) > 0 {
			v = knots[0].worth
		}
		w.line("      %s: %s", w.ids[i], w.number(v))
		return
	}
	w.part("      %s: {", w.ids[i])
	for n, k := range knots {
		if n > 0 {
			w.part(", ")
		}
		w.part("%s: %s", w.answer(i, k.at), w.number(k.worth))
	}
	w.line("}")
}

// writeBox writes a box as an adjustment.
func (w *scenarioWriter) writeBox(b *box) {
	w.part("      - {")
	if b.id != "" {
		w.part("id: %s, ", b.id)
	}
	word := "within"
	if b.outside {
		word = "outside"
	}
	if len(b.sides) == 0 {
		w.part("when: %q", fmt.Sprint(!b.outside))
	} else {
		w.part("%s: {", word)
		for n := range b.sides {
			if n > 0 {
				w.part(", ")
			}
			w.part("%s: %s", w.ids[b.sides[n].issue], w.answers(&b.sides[n]))
		}
		w.part("}")
	}
	w.part(", add: %s", w.number(b.worth))
	if b.because != "" {
		w.part(", because: %s", quote(b.because))
	}
	w.line("}")
}

// answer returns what the answer of issue i at a position is called in the case.
func (w *scenarioWriter) answer(i, at int) string {
	if is := &w.s.issues[i]; is.grid != nil {
		return is.value(at)
	}
	return w.options[i][at]
}

// answers writes the answers of a side.
func (w *scenarioWriter) answers(sd *side) string {
	var runs []string
	for _, r := range sd.runs {
		text := w.answer(sd.issue, r[0])
		if r[1] > r[0] {
			text += ".." + w.answer(sd.issue, r[1])
		}
		if text == "null" {
			text = `"null"`
		}
		runs = append(runs, text)
	}
	if len(runs) == 1 {
		return runs[0]
	}
	return "[" + strings.Join(runs, ", ") + "]"
}

// same reports whether all knots are worth the same.
func same(ks []knot) bool {
	return !slices.ContainsFunc(ks, func(k knot) bool { return k.worth.Cmp(ks[0].worth) != 0 })
}

// A writer writes YAML.
type writer struct {
	strings.Builder
	rounded int  // numbers that did not fit
	large   bool // a number was beyond any rounding
}

func (w *writer) part(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *writer) line(format string, args ...any) {
	w.part(format, args...)
	w.WriteByte('\n')
}

// title writes a title where it says more than the id.
func (w *writer) title(indent, name, id string) {
	if title := plainText(name); title != "" && title != id {
		w.line("%stitle: %s", indent, quote(title))
	}
}

// number writes a number exactly if a case file can hold it, else rounded.
func (w *writer) number(r *big.Rat) string {
	text, ok := numberText(r)
	if !ok {
		w.rounded++
		if whole, _, _ := strings.Cut(strings.TrimPrefix(text, "-"), "."); len(whole) > digits {
			w.large = true
		}
	}
	return text
}

const digits = 18 // of a case file's numbers, on either side

// numberText writes a number as a case file does, and whether that is exact: a
// decimal where one holds it, else a fraction, else a decimal rounded to 18 digits.
func numberText(r *big.Rat) (text string, exact bool) {
	if n, ok := r.FloatPrec(); ok && n <= digits {
		text = r.FloatString(n)
		whole, _, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
		return text, len(whole) <= digits
	}
	over := strings.TrimPrefix(r.Num().String(), "-")
	if under := r.Denom().String(); len(over) <= digits && len(under) <= digits {
		return r.RatString(), true
	}
	return r.FloatString(digits), false
}

// quote writes a text in YAML's double quotes.
func quote(text string) string { return `"` + quoted.Replace(text) + `"` }

var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// plainText returns a text as a case file may hold it: white space is single
// blanks, and what prints nothing or changes the direction of writing is left out.
func plainText(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unprintable(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	const longest = 2000
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}

// unprintable reports whether a character prints nothing or changes the direction of
// writing, so that a case file refuses it.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff ||
		r >= 0xfff0 && r <= 0xffff || r >= 0xe0000
}

// several writes a count with its noun and verb.
func several(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// A namer makes ids from names, each once.
type namer struct {
	used map[string]bool
	next map[string]int
}

func newNamer(reserved []string) *namer {
	n := &namer{make(map[string]bool), make(map[string]int)}
	for _, id := range append([]string{"count", "true", "false", "everyone", "mediators"}, reserved...) {
		n.used[id] = true
	}
	return n
}

// id returns an id that resembles the name; kind begins it where the name's first
// character cannot.
func (n *namer) id(name, kind string) string {
	const longest = 48
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune("'’\u00ad", r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
		if b.Len() >= longest {
			break
		}
	}
	slug := strings.Trim(b.String(), "_")
	switch {
	case slug == "":
		slug = kind
	case slug[0] < 'a':
		slug = kind + "_" + slug
	}
	if !n.used[slug] {
		n.used[slug] = true
		return slug
	}
	for k := max(2, n.next[slug]); ; k++ {
		if id := fmt.Sprintf("%s_%d", slug, k); !n.used[id] {
			n.used[id], n.next[slug] = true, k+1
			return id
		}
	}
}
