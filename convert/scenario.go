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
	var notes []Note
	answers := 0
	for i := range s.issues {
		if s.issues[i].grid == nil {
			answers += len(s.issues[i].values)
		}
	}
	if answers > maxAnswers/(len(s.parties)+1) {
		return nil, nil, fmt.Errorf("%d options for %d parties are more than fit a case file", answers, len(s.parties))
	}
	w := &writer{}
	w.line("goodoffices: 1")
	id := s.id
	if id == "" {
		id = newNamer(nil).id(s.title, "case")
	}
	w.line("id: %s", id)
	if title := plainText(s.title); title != "" && title != id {
		w.line("title: %s", quote(title))
	}
	if s.about != "" {
		w.line("about: %s", quote(plainText(s.about)))
	}
	w.line("issues:")
	issueIDs := newNamer(nil)
	ids := make([]string, len(s.issues))
	options := make([][]string, len(s.issues))
	for i := range s.issues {
		is := &s.issues[i]
		ids[i] = is.id
		if ids[i] == "" {
			ids[i] = issueIDs.id(is.name, "issue")
		}
		w.line("  %s:", ids[i])
		w.title("    ", is.name, ids[i])
		if g := is.grid; g != nil {
			from, ok := numberText(g.from)
			to, ok2 := numberText(g.at(g.n - 1))
			step, ok3 := numberText(g.step)
			if !ok || !ok2 || !ok3 || strings.Contains(from+to+step, "/") {
				return nil, nil, fmt.Errorf("the numbers of issue %s from %s to %s have more than 18 digits", quote(is.name), g.from.FloatString(3), g.at(g.n-1).FloatString(3))
			}
			w.line("    range: {from: %s, to: %s, step: %s}", from, to, step)
			continue
		}
		w.line("    options:")
		names := newNamer(nil)
		for _, v := range is.values {
			option := names.id(v, "option")
			options[i] = append(options[i], option)
			title := plainText(v)
			if title == "" {
				title = option
			}
			w.line("      %s: %s", option, quote(title))
		}
	}
	w.line("parties:")
	partyIDs := newNamer([]string{"requires", "consent", "no_deal", "scores", "adjustments", "red_lines"})
	for k := range s.parties {
		p := &s.parties[k]
		name := p.id
		if name == "" {
			name = partyIDs.id(p.name, "party")
		}
		w.rounded = 0
		w.line("  %s:", name)
		w.title("    ", p.name, name)
		w.line("    scores:")
		for i := range s.issues {
			is := &s.issues[i]
			var ks []knot
			if i < len(p.scores) {
				ks = p.scores[i]
			}
			if same(ks) {
				v := new(big.Rat)
				if len(ks) > 0 {
					v = ks[0].worth
				}
				w.line("      %s: %s", ids[i], w.number(v))
				continue
			}
			w.part("      %s: {", ids[i])
			for n, kn := range ks {
				if n > 0 {
					w.part(", ")
				}
				if is.grid != nil {
					w.part("%s: %s", is.value(kn.at), w.number(kn.worth))
				} else {
					w.part("%s: %s", options[i][kn.at], w.number(kn.worth))
				}
			}
			w.line("}")
		}
		if len(p.boxes) > 0 {
			w.line("    adjustments:")
		}
		for _, b := range p.boxes {
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
				for n, side := range b.sides {
					if n > 0 {
						w.part(", ")
					}
					w.part("%s: %s", ids[side.issue], side.text(&s.issues[side.issue], options[side.issue]))
				}
				w.part("}")
			}
			w.part(", add: %s", w.number(b.worth))
			if b.because != "" {
				w.part(", because: %s", quote(b.because))
			}
			w.line("}")
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
			notes = append(notes, Note{"parties." + name, fmt.Sprintf("%s rounded to 18 digits behind the point", several(w.rounded, "number is", "numbers are"))})
		}
		if w.large {
			return nil, nil, fmt.Errorf("a number of party %s is larger than a case file can hold", quote(p.name))
		}
	}
	return []byte(w.String()), notes, nil
}

// same reports whether all knots are worth the same.
func same(ks []knot) bool {
	return !slices.ContainsFunc(ks, func(k knot) bool { return k.worth.Cmp(ks[0].worth) != 0 })
}

func (sd *side) text(is *issue, options []string) string {
	var runs []string
	for _, r := range sd.runs {
		name := func(k int) string {
			if is.grid != nil {
				return is.value(k)
			}
			return options[k]
		}
		text := name(r[0])
		if r[1] > r[0] {
			text += ".." + name(r[1])
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
