package convert

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// genius is the XML of GENIUS, the platform of the ANAC competitions (Lin, Kraus,
// Baarslag, Tykhonov, Hindriks and Jonker 2014), read as GENIUS 10.4 reads it: a
// domain file, and a profile for each party.
var genius = &Format{
	Name: "genius", Title: "GENIUS XML", Extension: ".xml",
	part: geniusPart,
	read: readGenius, write: writeGenius,
}

func geniusPart(_ string, head []byte) part {
	switch rootName(head) {
	case "negotiation_template":
		return domain
	case "utility_space":
		return profile
	}
	return none
}

// realValues is the number of values that GENIUS gives a real-valued issue when it
// lists bids.
const realValues = 21

// maxGrid is the largest number of values of an integer issue: that of a case file's range.
const maxGrid = 100_000

// A geniusIssue is an issue of a domain, with its index there.
type geniusIssue struct {
	issue
	index   int64
	kind    string // discrete, integer or real
	at      *element
	indexOf map[string]int // of values
}

func readGenius(ctx context.Context, files []input) (*scenario, []Note, error) {
	var notes []Note
	var base *element // whose issues count
	var profiles []*element
	var names []string
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		root, more, err := readXML(f.name, f.data)
		if err != nil {
			return nil, nil, err
		}
		notes = append(notes, more...)
		notes = append(notes, prune(root)...)
		switch {
		case f.part == profile:
			profiles = append(profiles, root)
			names = append(names, strings.TrimSuffix(filepath.Base(f.name), filepath.Ext(f.name)))
		case base != nil:
			return nil, nil, fmt.Errorf("%s and %s are both domains: name one, with its profiles", base.doc.name, f.name)
		default:
			base = root
		}
	}
	if len(profiles) == 0 {
		return nil, nil, fmt.Errorf("%s is a domain without profiles: name the profile of each party, too", base.doc.name)
	}
	if base == nil {
		base = profiles[0]
		notes = append(notes, Note{base.doc.name, "no domain was named: its issues are taken for the domain's"})
	}
	g := &geniusReader{notes: notes}
	if err := g.domain(base); err != nil {
		return nil, nil, err
	}
	s := &scenario{}
	if named := base.all("objective"); len(named) > 0 {
		if title, _ := named[0].attr("name"); title != "" && title != "root" && title != "Objective" {
			s.title = title
		}
	}
	for i := range g.issues {
		s.issues = append(s.issues, g.issues[i].issue)
	}
	for k, root := range profiles {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p, err := g.profile(root)
		if err != nil {
			return nil, nil, err
		}
		p.name = names[k]
		s.parties = append(s.parties, *p)
	}
	return s, g.notes, nil
}

// A geniusReader reads the files of one scenario.
type geniusReader struct {
	issues []geniusIssue // by ascending index
	place  map[int64]int // of issues, by index
	notes  []Note
}

func (g *geniusReader) note(at *element, format string, args ...any) {
	g.notes = append(g.notes, at.note(format, args...))
}

// geniusPreferences are the elements below a utility space that are read.
var geniusPreferences = []string{"objective", "issue", "weight", "utility", "reservation", "discount_factor"}

// geniusElements are the elements that are read, or say nothing about utilities, by the
// element that holds them.
var geniusElements = map[string][]string{
	"negotiation_template": append([]string{"utility_space", "agent"}, geniusPreferences...),
	"utility_space":        geniusPreferences,
	"objective":            geniusPreferences,
	"issue":                {"item", "range", "evaluator", "similarity_function"},
	"utility":              {"ufun"},
	"ufun":                 {"ufun", "hyperRectangle"},
	"hyperRectangle":       {"INCLUDES", "EXCLUDES"},
}

// prune takes out of a file what is not read, so that nothing inside of it is taken for
// something else.
func prune(e *element) (notes []Note) {
	known, holds := geniusElements[e.name]
	if !holds {
		return nil
	}
	e.kids = slices.DeleteFunc(e.kids, func(kid *element) bool {
		if slices.Contains(known, kid.name) {
			if kid.name == "objective" && e.name == "objective" {
				notes = append(notes, kid.note("an objective inside of an objective: its issues are taken as if they stood in one"))
			}
			notes = append(notes, prune(kid)...)
			return false
		}
		what := "<" + plainText(kid.name) + ">"
		if name, _ := kid.attr("name", "value"); name != "" {
			what += " " + short(name)
		}
		notes = append(notes, kid.note("%s is not read, and is left out", what))
		return true
	})
	return notes
}

// first returns the first of several elements, the one that counts, or nil.
func (g *geniusReader) first(es []*element) *element {
	if len(es) == 0 {
		return nil
	}
	for _, e := range es[1:] {
		g.note(e, "only the first <%s> counts: this one is left out", e.name)
	}
	return es[0]
}

// byIndex returns elements by their index attributes, refusing the same one twice.
func byIndex(elements []*element) (map[int64]*element, error) {
	out := make(map[int64]*element, len(elements))
	for _, e := range elements {
		k, err := e.integer("index")
		if err != nil {
			return nil, err
		}
		if first := out[k]; first != nil {
			return nil, e.errorf("index %d of <%s> was given before, at %s", k, e.name, first.doc.place(first.at))
		}
		out[k] = e
	}
	return out, nil
}

// kindOf returns what an issue is: its type or, without one, its vtype or etype.
func (g *geniusReader) kindOf(e *element) (string, error) {
	kind := ""
	for _, name := range []string{"type", "vtype", "etype"} {
		k, ok := e.attr(name)
		switch k = strings.ToLower(strings.TrimSpace(k)); {
		case !ok || k == "":
		case k != "discrete" && k != "integer" && k != "real":
			return "", e.errorf("issues of type %s are not known: discrete, integer and real are", short(k))
		case kind != "" && kind != k:
			g.note(e, "the issue is %s and %s at once: it is taken for %s", kind, k, kind)
		default:
			kind = cmp.Or(kind, k)
		}
	}
	return cmp.Or(kind, "discrete"), nil
}

// domain reads the issues.
func (g *geniusReader) domain(root *element) error {
	elements := root.all("issue")
	switch {
	case len(elements) == 0:
		return root.errorf("there are no issues")
	case len(elements) > outcome.MaxIssues:
		return elements[outcome.MaxIssues].errorf("%d issues, more than the limit of %d: group issues into fewer", len(elements), outcome.MaxIssues)
	}
	if _, err := byIndex(elements); err != nil {
		return err
	}
	for _, e := range elements {
		is := geniusIssue{at: e, indexOf: make(map[string]int)}
		var err error
		if is.index, err = e.integer("index"); err != nil {
			return err
		}
		if is.kind, err = g.kindOf(e); err != nil {
			return err
		}
		if is.name, _ = e.attr("name"); is.name == "" {
			is.name = fmt.Sprint("issue ", is.index)
		}
		if is.kind == "discrete" {
			err = g.items(&is)
		} else {
			err = g.bounds(&is)
		}
		if err != nil {
			return err
		}
		g.issues = append(g.issues, is)
	}
	slices.SortFunc(g.issues, func(a, b geniusIssue) int { return cmp.Compare(a.index, b.index) })
	g.place = make(map[int64]int, len(g.issues))
	for i := range g.issues {
		g.place[g.issues[i].index] = i
	}
	return nil
}

// items reads the values of a discrete issue. Only those directly below it count: deeper
// ones belong to similarity functions.
func (g *geniusReader) items(is *geniusIssue) error {
	for _, item := range is.at.children("item") {
		value, ok := item.attr("value")
		if !ok {
			g.note(item, "an item without a value is left out")
			continue
		}
		if _, twice := is.indexOf[value]; twice {
			g.note(item, "the value %s was given before", short(value))
			continue
		}
		is.indexOf[value] = len(is.values)
		is.values = append(is.values, value)
	}
	if len(is.values) == 0 {
		return is.at.errorf("the issue %s has no values", short(is.name))
	}
	return nil
}

// bounds reads the numbers of an integer or real issue.
func (g *geniusReader) bounds(is *geniusIssue) error {
	from := is.at
	if r := g.first(from.children("range")); r != nil {
		from = r
	}
	low, ok, err := from.number("lowerbound")
	if err != nil {
		return err
	}
	high, ok2, err := from.number("upperbound")
	if err != nil {
		return err
	}
	switch {
	case !ok || !ok2:
		return from.errorf("the issue %s needs a lowerbound and an upperbound", short(is.name))
	case low.Cmp(high) > 0:
		return from.errorf("the issue %s goes from %s down to %s", short(is.name), low.RatString(), high.RatString())
	}
	span := new(big.Rat).Sub(high, low)
	if is.kind == "real" {
		is.grid = &grid{low, big.NewRat(1, 1), 1}
		if span.Sign() > 0 {
			is.grid.step, is.grid.n = span.Quo(span, big.NewRat(realValues-1, 1)), realValues
		}
		g.note(is.at, "the real numbers of %s are taken at %d equally distant values, as GENIUS does when it lists bids", short(is.name), is.grid.n)
		return nil
	}
	if !low.IsInt() || !high.IsInt() {
		return from.errorf("the issue %s counts whole numbers, but goes from %s to %s", short(is.name), low.RatString(), high.RatString())
	}
	if span.Cmp(big.NewRat(maxGrid-1, 1)) > 0 {
		return from.errorf("the issue %s has more than %d values", short(is.name), maxGrid)
	}
	is.grid = &grid{low, big.NewRat(1, 1), int(span.Num().Int64()) + 1}
	return nil
}

// profile reads what one party thinks of the issues.
func (g *geniusReader) profile(root *element) (*party, error) {
	kind, _ := root.attr("type")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); kind {
	case "", "linear", "nonlinear", "uncertain": // the last knows only the order of some bids, beside the same utilities
	default:
		return nil, root.errorf("profiles of type %s are not read: linear and nonlinear are", short(kind))
	}
	elements := root.all("issue")
	own, err := byIndex(elements)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		k, _ := e.integer("index")
		if _, known := g.place[k]; !known {
			g.note(e, "index %d is no issue of the domain: it is left out", k)
		}
	}
	p := &party{scores: make([][]knot, len(g.issues))}
	if kind == "nonlinear" || len(root.all("hyperRectangle")) > 0 {
		err = g.rectangles(root, p)
	} else {
		err = g.additive(root, own, p)
	}
	if err != nil {
		return nil, err
	}
	return p, g.terms(root, p)
}

// terms reads the reservation value and the discount factor.
func (g *geniusReader) terms(root *element, p *party) error {
	p.reservation = new(big.Rat)
	if r := g.first(root.all("reservation")); r != nil {
		value, ok, err := r.number("value")
		if err != nil {
			return err
		}
		if ok {
			p.reservation = value
			if value.Cmp(one) > 0 {
				g.note(r, "the reservation value %s is above every package, for none is worth more than 1: the party accepts nothing", shortest(value))
			}
		} else {
			g.note(r, "a reservation without a value counts as 0")
		}
	} else {
		p.because = noReservation
	}
	if d := g.first(root.all("discount_factor")); d != nil {
		value, ok, err := d.number("value")
		if err != nil {
			return err
		}
		if ok && value.Cmp(one) != 0 {
			text, _ := d.attr("value")
			g.note(d, "the discount factor %s is left out: it is for the whole time of a negotiation, and a case discounts by rounds", strings.TrimSpace(text))
		}
	}
	return nil
}

// additive reads weights and evaluations: a value is worth its evaluation as a share
// of the issue's greatest, times the weight as it is written.
func (g *geniusReader) additive(root *element, own map[int64]*element, p *party) error {
	weights, err := byIndex(root.all("weight"))
	if err != nil {
		return err
	}
	sum := new(big.Rat)
	used := 0
	for i := range g.issues {
		is := &g.issues[i]
		at, given := weights[is.index], own[is.index]
		weight := new(big.Rat)
		if at != nil {
			used++
			w, ok, err := at.number("value")
			if err != nil {
				return err
			}
			if !ok || w.Sign() < 0 {
				return at.errorf("the weight of %s must be a number from 0", short(is.name))
			}
			weight = w
		}
		switch {
		case given == nil && weight.Sign() > 0:
			g.note(root, "the issue %s has a weight, but no evaluations: it is worth nothing", short(is.name))
			continue
		case given == nil:
			g.note(root, "the issue %s is not there: it is worth nothing", short(is.name))
			continue
		case at == nil:
			g.note(given, "the issue %s has no weight: it is worth nothing", short(is.name))
			continue
		}
		if name, _ := given.attr("name"); strings.TrimSpace(name) != strings.TrimSpace(is.name) && name != "" {
			g.note(given, "the domain calls this issue %s", short(is.name))
		}
		kind, err := g.kindOf(given)
		if err != nil {
			return err
		}
		if kind != is.kind {
			return given.errorf("the issue %s is %s here, and %s in %s", short(is.name), kind, is.kind, is.at.doc.place(is.at.at))
		}
		var scores []knot
		if kind == "discrete" {
			scores, err = g.evaluations(is, given)
		} else {
			scores, err = g.evaluator(is, given)
		}
		if err != nil {
			return err
		}
		for k := range scores {
			scores[k].worth = new(big.Rat).Mul(scores[k].worth, weight)
		}
		p.scores[i] = scores
		sum.Add(sum, weight)
	}
	if used < len(weights) {
		var left []string
		for _, k := range slices.Sorted(keys(weights)) {
			if _, known := g.place[k]; !known {
				left = append(left, strconv.FormatInt(k, 10))
			}
		}
		g.note(root, "weights of no issue are left out: index %s", strings.Join(left[:min(len(left), 10)], ", "))
	}
	if !nearOne(sum) {
		f, _ := sum.Float64()
		g.note(root, "the weights add up to %v, and are used as written", f)
	}
	g.clip(root, p)
	return nil
}

func keys(m map[int64]*element) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// leastGreatest is what the greatest evaluation of an issue must reach to count.
var leastGreatest = big.NewRat(1, 100_000)

// evaluations reads what the values of a discrete issue are worth, from 0 to 1.
func (g *geniusReader) evaluations(is *geniusIssue, given *element) ([]knot, error) {
	found := make([]*big.Rat, len(is.values))
	strange := make(map[string]*big.Rat) // evaluations of values that the domain lacks
	for _, item := range given.children("item") {
		value, ok := item.attr("value")
		if !ok {
			continue
		}
		text, _ := item.attr("evaluation")
		if text == "" || text == "null" {
			g.note(item, "the value %s has no evaluation, and counts as 0", short(value))
			text = "0"
		}
		e, err := parseNumber(text)
		if err != nil {
			return nil, item.errorf("evaluation of %s: %v", short(value), err)
		}
		if e.Sign() < 0 {
			g.note(item, "the evaluation of %s is below 0, and is used as written", short(value))
		}
		at, known := is.indexOf[value]
		switch {
		case !known:
			g.note(item, "the domain has no value %s of %s: it is left out", short(value), short(is.name))
			strange[value] = e
			continue
		case found[at] != nil && found[at].Cmp(e) != 0:
			g.note(item, "the value %s was evaluated before, at %s: this one counts", short(value), found[at].RatString())
		}
		found[at] = e
	}
	greatest := new(big.Rat)
	for _, e := range found {
		if e != nil && e.Cmp(greatest) > 0 {
			greatest = e
		}
	}
	for _, e := range strange { // GENIUS compares with them, too
		if e.Cmp(greatest) > 0 {
			greatest = e
		}
	}
	ks := make([]knot, len(found))
	for k, e := range found {
		switch {
		case e == nil:
			g.note(given, "the value %s of %s is not evaluated, and counts as 0", short(is.values[k]), short(is.name))
			e = new(big.Rat)
		case greatest.Cmp(leastGreatest) < 0:
			e = new(big.Rat)
		default:
			e = new(big.Rat).Quo(e, greatest)
		}
		ks[k] = knot{k, e}
	}
	return ks, nil
}

// evaluator reads what the numbers of an integer or real issue are worth: a straight
// line, for integers counted from the profile's lower bound, cut at 0 and 1; for real
// issues a constant or a triangle, too.
func (g *geniusReader) evaluator(is *geniusIssue, given *element) ([]knot, error) {
	e := g.first(given.children("evaluator"))
	if e == nil {
		if is.kind == "real" {
			return nil, given.errorf("the issue %s has a weight, but no <evaluator>", short(is.name))
		}
		g.note(given, "the issue %s has no <evaluator>: it is worth nothing", short(is.name))
		return nil, nil
	}
	kind, _ := e.attr("ftype")
	kind = strings.ToLower(kind)
	if is.kind == "integer" && kind != "linear" && kind != "" {
		g.note(e, "evaluators of integers are straight lines: %s is read as one", short(kind))
		kind = "linear"
	}
	parameters := func(names ...[]string) ([]*big.Rat, error) {
		var out []*big.Rat
		for _, n := range names {
			r, ok, err := e.number(n...)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, e.errorf("the evaluator of %s has no %s", short(is.name), n[0])
			}
			out = append(out, r)
		}
		return out, nil
	}
	switch kind {
	case "constant":
		c, err := parameters([]string{"parameter0", "offset"})
		if err != nil {
			return nil, err
		}
		return sampled(is.grid, func(*big.Rat) *big.Rat { return new(big.Rat).Set(c[0]) }), nil
	case "triangular":
		c, err := parameters([]string{"parameter0"}, []string{"parameter1"}, []string{"parameter2"})
		if err != nil {
			return nil, err
		}
		return sampled(is.grid, func(x *big.Rat) *big.Rat { return triangle(x, c[0], c[1], c[2]) }), nil
	case "linear", "":
	default:
		return nil, e.errorf("evaluators of type %s are not known: linear, constant and triangular are", short(kind))
	}
	c, err := parameters([]string{"offset", "parameter0"}, []string{"slope", "parameter1"})
	if err != nil {
		return nil, err
	}
	offset, slope := c[0], c[1]
	from := new(big.Rat) // where the line begins
	if is.kind == "integer" {
		from.Set(is.grid.from)
		low, ok, err := given.number("lowerbound")
		if err != nil {
			return nil, err
		}
		if ok && low.Cmp(from) != 0 {
			g.note(given, "the line of %s begins at %s, and the domain's numbers at %s", short(is.name), low.RatString(), from.RatString())
			from = low
		}
	}
	// worth at position k: start + k·rise
	start := new(big.Rat).Sub(is.grid.from, from)
	start.Mul(start, slope).Add(start, offset)
	rise := new(big.Rat).Mul(slope, is.grid.step)
	n := is.grid.n
	at := []int{0, n - 1}
	for _, level := range []int64{0, 1} { // the line bends where it is cut
		if rise.Sign() == 0 {
			break
		}
		x := new(big.Rat).Sub(big.NewRat(level, 1), start)
		x.Quo(x, rise)
		below := new(big.Int).Div(x.Num(), x.Denom())
		if below.IsInt64() && below.Int64() >= 0 && below.Int64() < int64(n-1) {
			at = append(at, int(below.Int64()), int(below.Int64())+1)
		}
	}
	slices.Sort(at)
	var ks []knot
	for _, k := range slices.Compact(at) {
		v := new(big.Rat).SetInt64(int64(k))
		ks = append(ks, knot{k, clipped(v.Mul(v, rise).Add(v, start))})
	}
	return ks, nil
}

// sampled returns what a function gives at each number of a grid.
func sampled(g *grid, f func(x *big.Rat) *big.Rat) []knot {
	ks := make([]knot, g.n)
	for k := range ks {
		ks[k] = knot{k, f(g.at(k))}
	}
	return ks
}

// triangle returns the height at x of a triangle that rises from 0 at low to 1 at top and
// falls to 0 at high.
func triangle(x, low, high, top *big.Rat) *big.Rat {
	part := func(from, to *big.Rat) *big.Rat {
		run := new(big.Rat).Sub(x, from)
		return run.Quo(run, new(big.Rat).Sub(to, from))
	}
	switch {
	case x.Cmp(low) < 0:
	case x.Cmp(top) < 0:
		return part(low, top)
	case x.Cmp(high) < 0:
		return part(high, top)
	}
	return new(big.Rat)
}

// clipped returns v cut at 0 and 1.
func clipped(v *big.Rat) *big.Rat {
	switch {
	case v.Sign() < 0:
		return new(big.Rat)
	case v.Cmp(big.NewRat(1, 1)) > 0:
		return big.NewRat(1, 1)
	}
	return v
}

// maxBits bounds the numbers that weights multiply to and sums are exact in: those that files
// have by chance are far smaller, and larger ones make sums slow beyond measure.
const maxBits = 4096

// addable reports whether numbers have a common denominator of at most maxBits.
func addable(numbers iter.Seq[*big.Rat]) bool {
	common := big.NewInt(1)
	for v := range numbers {
		d := v.Denom()
		if rest := new(big.Int).Rem(common, d); rest.Sign() != 0 {
			common.Mul(common, new(big.Int).Quo(d, rest.GCD(nil, nil, rest, d)))
		}
		if common.BitLen() > maxBits {
			return false
		}
	}
	return true
}

const (
	maxClipped  = 1000    // packages that are cut at 1, each by an adjustment
	maxClipWork = 1 << 18 // steps to find them
)

// clip lowers what is worth more than 1 to 1, as GENIUS does, by an adjustment for
// each such package. Weights whose sum passes 1 by no more than rounding are left alone.
func (g *geniusReader) clip(root *element, p *party) {
	boxes, known := clipBoxes(g.plainIssues(), p)
	switch {
	case !known:
		g.note(root, "packages worth more than 1 are worth 1 in GENIUS; there are too many of them to say so here, and they keep what they are worth")
	case len(boxes) > 0:
		g.clippedNote(root, len(boxes))
		p.boxes = append(p.boxes, boxes...)
	}
}

func (g *geniusReader) clippedNote(at *element, n int) {
	g.note(at, "%s worth more than 1 and, as in GENIUS, lowered to 1 by adjustments", several(n, "package is", "packages are"))
}

// atMost returns the sum of numbers or, where it would be slow to say exactly, little more.
func atMost(numbers []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	exact := addable(slices.Values(numbers))
	for _, v := range numbers {
		if !exact {
			const bits = 64
			up := new(big.Int).Lsh(v.Num(), bits)
			up.Add(up.Div(up, v.Denom()), big.NewInt(1))
			v = new(big.Rat).SetFrac(up, new(big.Int).Lsh(big.NewInt(1), bits))
		}
		sum.Add(sum, v)
	}
	return sum
}

// clipBoxes returns an adjustment for each package that is worth more than 1, to 1;
// known is false when there are more than maxClipped, or finding them takes too long.
func clipBoxes(issues []issue, p *party) (boxes []box, known bool) {
	c := &clipper{p: p, rest: make([]*big.Rat, len(issues)+1), tables: make([][]*big.Rat, len(issues)), closes: make([][]int, len(issues)+1)}
	c.rest[len(issues)] = new(big.Rat)
	for k := range p.boxes {
		b := &p.boxes[k]
		last := 0 // issues that decide about the box
		if n := len(b.sides); n > 0 {
			last = b.sides[n-1].issue + 1
		}
		c.closes[last] = append(c.closes[last], k)
	}
	top := p.most()
	if top.Cmp(one) <= 0 || nearOne(top) {
		return nil, true
	}
	for i := range issues {
		c.tables[i] = p.table(&issues[i], i)
	}
	if !addable(func(yield func(*big.Rat) bool) {
		for _, table := range c.tables {
			for _, v := range table {
				if !yield(v) {
					return
				}
			}
		}
		for k := range p.boxes {
			if !yield(p.boxes[k].worth) {
				return
			}
		}
	}) {
		return nil, false
	}
	for i := len(issues) - 1; i >= 0; i-- {
		c.rest[i] = new(big.Rat).Add(c.rest[i+1], slices.MaxFunc(c.tables[i], (*big.Rat).Cmp))
		for _, k := range c.closes[i+1] {
			if w := p.boxes[k].worth; w.Sign() > 0 {
				c.rest[i].Add(c.rest[i], w)
			}
		}
	}
	c.chosen = make([]int, len(issues))
	if !c.visit(0, new(big.Rat)) {
		return nil, false
	}
	return c.found, true
}

// A clipper looks for packages that are worth more than 1, issue by issue.
type clipper struct {
	p      *party
	tables [][]*big.Rat
	rest   []*big.Rat // the most that issues from i on, and the boxes that they decide about, add
	closes [][]int    // boxes that the first i issues decide about, and no fewer
	chosen []int
	work   int
	found  []box
}

// visit goes on from issue i; it returns false when there is too much.
func (c *clipper) visit(i int, sum *big.Rat) bool {
	if c.work += 1 + len(c.closes[i]); c.work > maxClipWork {
		return false
	}
	for _, k := range c.closes[i] {
		if b := &c.p.boxes[k]; b.holds(c.chosen) {
			sum = new(big.Rat).Add(sum, b.worth)
		}
	}
	if new(big.Rat).Add(sum, c.rest[i]).Cmp(one) <= 0 {
		return true
	}
	if i == len(c.tables) {
		if len(c.found) == maxClipped {
			return false
		}
		b := box{worth: new(big.Rat).Sub(one, sum), because: "utilities end at 1"}
		for k, o := range c.chosen {
			b.sides = append(b.sides, side{k, [][2]int{{o, o}}})
		}
		c.found = append(c.found, b)
		return true
	}
	for o, v := range c.tables[i] {
		c.chosen[i] = o
		if !c.visit(i+1, new(big.Rat).Add(sum, v)) {
			return false
		}
	}
	return true
}

// holds reports whether a box pays at a package.
func (b *box) holds(o []int) bool {
	for _, sd := range b.sides {
		if !slices.ContainsFunc(sd.runs, func(r [2]int) bool { return r[0] <= o[sd.issue] && o[sd.issue] <= r[1] }) {
			return b.outside
		}
	}
	return !b.outside
}

// rectangles reads a nonlinear utility: the sum of what the hyper-rectangles pay that
// a package is in, or for EXCLUDES is not in, divided by maxutility. Bounds are
// inclusive (Ito, Hattori and Klein 2007).
func (g *geniusReader) rectangles(root *element, p *party) error {
	us := g.first(root.all("utility"))
	if us == nil {
		return root.errorf("a nonlinear profile needs <utility>")
	}
	most, ok, err := us.number("maxutility")
	if err != nil {
		return err
	}
	if !ok || most.Sign() <= 0 {
		return us.errorf("maxutility must be a number above 0")
	}
	first := true
	for _, u := range us.kids {
		switch {
		case u.name != "ufun":
		case !first:
			g.note(u, "only the first <ufun> counts in GENIUS: this one is left out")
		default:
			first = false // its own weight does not count
			if err := g.ufun(u, new(big.Rat).Inv(most), p); err != nil {
				return err
			}
		}
	}
	issues := g.plainIssues()
	boxes, known := clipBoxes(issues, p)
	switch {
	case !known:
		g.note(us, "the hyper-rectangles together pay more than maxutility: a package worth more than 1, if there is one, is worth 1 in GENIUS and keeps its worth here")
	case len(boxes) > 0:
		g.clippedNote(us, len(boxes))
		p.boxes = append(p.boxes, boxes...)
	}
	return nil
}

// ufun reads the hyper-rectangles of a function and of the functions in it, whose
// weights multiply.
func (g *geniusReader) ufun(u *element, share *big.Rat, p *party) error {
	if kind, ok := u.attr("aggregation"); ok && kind != "" && !strings.EqualFold(kind, "sum") {
		return u.errorf("utilities that are aggregated by %s are not known: sums are", short(kind))
	}
	for _, r := range u.kids {
		weight, ok, err := r.number("weight")
		if err != nil {
			return err
		}
		if !ok {
			weight = one
		}
		weight = new(big.Rat).Mul(weight, share)
		if max(weight.Num().BitLen(), weight.Denom().BitLen()) > maxBits {
			return r.errorf("the weights of the functions that hold this one multiply to a number of more than %d bits", maxBits)
		}
		switch r.name {
		case "ufun":
			if err := g.ufun(r, weight, p); err != nil {
				return err
			}
		case "hyperRectangle":
			pays, ok, err := r.number("utility")
			if err != nil {
				return err
			}
			if !ok {
				return r.errorf("the hyper-rectangle has no utility")
			}
			b, reachable, err := g.rectangle(r)
			if err != nil {
				return err
			}
			if !reachable {
				if !b.outside {
					g.note(r, "no package is in this hyper-rectangle: it is left out")
					continue
				}
				g.note(r, "every package is outside of this hyper-rectangle")
				b = box{}
			}
			b.worth = pays.Mul(pays, weight)
			p.boxes = append(p.boxes, b)
		}
	}
	return nil
}

func (g *geniusReader) plainIssues() []issue {
	issues := make([]issue, len(g.issues))
	for i := range issues {
		issues[i] = g.issues[i].issue
	}
	return issues
}

// rectangle reads one hyper-rectangle. Several bounds of an issue must all hold.
// It is not reachable when no value meets the bounds of some issue.
func (g *geniusReader) rectangle(r *element) (b box, reachable bool, err error) {
	low, high := make(map[int]int64), make(map[int]int64)
	for _, bound := range r.kids {
		outside := bound.name == "EXCLUDES"
		if !outside && bound.name != "INCLUDES" {
			continue
		}
		if len(low) > 0 && outside != b.outside {
			return b, false, bound.errorf("INCLUDES and EXCLUDES in one hyper-rectangle")
		}
		b.outside = outside
		index, err := bound.integer("index")
		if err != nil {
			return b, false, err
		}
		i, ok := g.place[index]
		if !ok {
			return b, false, bound.errorf("index %d is no issue of the domain", index)
		}
		if g.issues[i].kind != "integer" {
			return b, false, bound.errorf("bounds of the issue %s, which is %s: only integer issues have an order here", short(g.issues[i].name), g.issues[i].kind)
		}
		from, err := bound.integer("min")
		if err != nil {
			return b, false, err
		}
		to, err := bound.integer("max")
		if err != nil {
			return b, false, err
		}
		first := g.issues[i].grid.from.Num().Int64()
		from, to = from-first, to-first
		if _, twice := low[i]; twice {
			from, to = max(from, low[i]), min(to, high[i])
		}
		low[i], high[i] = max(from, 0), min(to, int64(g.issues[i].grid.n-1))
	}
	reachable = true
	for i := range g.issues {
		from, named := low[i]
		if !named {
			continue
		}
		if from > high[i] {
			return b, false, nil
		}
		if n := int64(g.issues[i].grid.n); from > 0 || high[i] < n-1 {
			b.sides = append(b.sides, side{i, [][2]int{{int(from), int(high[i])}}})
		}
	}
	return b, true, nil
}
