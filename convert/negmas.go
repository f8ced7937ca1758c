package convert

import (
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goodoffices/goodoffices/internal/plain"
)

// negmas is the YAML of NegMAS (Mohammad, Nakadai and Greenwald 2021), and the same in
// JSON: an outcome space, and a utility function for each party. The types that they name
// are Python classes; here they only say how the data beside them is meant.
var negmas = &Format{
	Name: "negmas", Title: "NegMAS YAML", Extension: ".yaml",
	part: negmasPart,
	read: readNegmas, write: writeNegmas,
}

var yamlKey = regexp.MustCompile(`(?m)^['"]?([A-Za-z_]+)['"]?:[ \t]*(.*)$`)

func negmasPart(name string, head []byte) part {
	keys := topKeys(head)
	switch {
	case plain.IsYAML(name):
		keys = make(map[string]string)
		for _, m := range yamlKey.FindAllSubmatch(head, -1) {
			keys[string(m[1])] = strings.Trim(strings.TrimSpace(string(m[2])), `'"`)
		}
	case !strings.EqualFold(filepath.Ext(name), ".json"):
		return none
	}
	has := func(key string) bool { _, ok := keys[key]; return ok }
	class := className(keys["type"])
	switch {
	case has("goodoffices"):
		return none
	case strings.Contains(class, "OutcomeSpace"):
		return domain
	case strings.Contains(strings.ToLower(class), "fun"):
		return profile
	case strings.HasPrefix(filepath.Base(name), "_"), has("opposition_level"), has("pareto_utils"), has("nash_utils"):
		return aside // information and statistics
	case has("outcome_ranges"), has("ufun") && has("discount"), has("weights") && has("values"):
		return profile
	case has("issues") && !has("parties") && !has("issueWeights") && len(keys) > 1 && !has("reservationValue"):
		return domain
	}
	return none
}

// className returns the last part of the name of a class.
func className(text string) string { return text[strings.LastIndexByte(text, '.')+1:] }

func readNegmas(ctx context.Context, files []input) (*scenario, []Note, error) {
	r := &negmasReader{}
	var space *node
	var ufuns []*node
	var names []string
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		read := readYAML
		if strings.EqualFold(filepath.Ext(f.name), ".json") {
			read = readJSON
		}
		root, more, err := read(f.name, f.data)
		if err != nil {
			return nil, nil, err
		}
		r.notes = append(r.notes, more...)
		switch {
		case root.kind != object:
			return nil, nil, root.errorf("the file is %v, not an object", root.kind)
		case f.part == profile:
			ufuns, names = append(ufuns, root), append(names, baseName(f.name))
		case space != nil:
			return nil, nil, fmt.Errorf("%s and %s are both outcome spaces: name one, with its utility functions", space.doc.name, f.name)
		default:
			space = root
		}
	}
	switch {
	case space == nil:
		return nil, nil, fmt.Errorf("%s is a utility function without its outcome space: name that file, too", ufuns[0].doc.name)
	case len(ufuns) == 0:
		return nil, nil, fmt.Errorf("%s is an outcome space without utility functions: name that of each party, too", space.doc.name)
	}
	if err := r.space(space); err != nil {
		return nil, nil, err
	}
	s := r.scenario()
	if name := space.child("name"); name != nil && name.text != "" {
		s.title = className(strings.ReplaceAll(name.text, "/", "."))
	}
	for k, n := range ufuns {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p, err := r.party(n)
		if err != nil {
			return nil, nil, err
		}
		p.name = names[k]
		s.parties = append(s.parties, *p)
	}
	return s, r.notes, nil
}

// A negmasReader reads the files of one scenario.
type negmasReader struct {
	linearReader
	values [][]*big.Rat // of issues with options, the number that each is, or nil
	work   int          // options looked at for boxes
}

// space reads the issues.
func (r *negmasReader) space(n *node) error {
	issues, err := n.want("issues", list)
	if err != nil {
		return err
	}
	r.unread(n, "type", "name", "path", "issues")
	if len(issues.kids) == 0 {
		return issues.errorf("there are no issues")
	}
	for i, n := range issues.kids {
		if n.kind != object {
			return n.errorf("an issue is %v, not an object", n.kind)
		}
		is := issue{name: fmt.Sprint("issue", i)}
		if name := n.child("name"); name != nil && name.text != "" {
			is.name = name.text
		}
		if r.known[is.name] {
			return n.errorf("the issue %s is there twice", short(is.name))
		}
		numbers, err := r.issueValues(&is, n)
		if err != nil {
			return err
		}
		r.add(is)
		r.unread(n, "type", "name", "values", "n_levels")
		r.values = append(r.values, numbers)
	}
	return nil
}

// issueValues reads the answers of an issue, and returns the number that each is where
// they are options.
func (r *negmasReader) issueValues(is *issue, n *node) ([]*big.Rat, error) {
	class := ""
	if c := n.child("type"); c != nil {
		class = className(c.text)
	}
	values := n.child("values")
	if values == nil {
		return nil, n.errorf("the issue %s has no values", short(is.name))
	}
	if values.kind == number { // so many, from 0
		count, err := values.rat("values")
		if err != nil {
			return nil, err
		}
		last := new(big.Rat).Sub(count, one)
		if !count.IsInt() || last.Sign() < 0 {
			return nil, values.errorf("the issue %s has %s values", short(is.name), values.text)
		}
		if class != "ContiguousIssue" && class != "" {
			return nil, values.errorf("the issue %s has a number of values: list them", short(is.name))
		}
		return nil, r.addRange(is, values, new(big.Rat), last, one)
	}
	if values.kind != list || len(values.kids) == 0 {
		return nil, values.errorf("the values of %s are %v, not a list", short(is.name), values.kind)
	}
	switch class {
	case "ContiguousIssue", "ContinuousIssue":
		if len(values.kids) != 2 {
			return nil, values.errorf("the issue %s needs two values, the least and the greatest", short(is.name))
		}
		var ends [2]*big.Rat
		for k := range ends {
			var err error
			if ends[k], err = values.kids[k].rat("a value of " + short(is.name)); err != nil {
				return nil, err
			}
		}
		if class == "ContiguousIssue" {
			return nil, r.addRange(is, values, ends[0], ends[1], one)
		}
		levels := 10
		if given := n.child("n_levels"); given != nil {
			l, err := given.rat("n_levels")
			if err != nil {
				return nil, err
			}
			if !l.IsInt() || l.Cmp(big.NewRat(2, 1)) < 0 || l.Cmp(big.NewRat(maxGrid, 1)) > 0 {
				return nil, given.errorf("the issue %s has %s levels", short(is.name), given.text)
			}
			levels = int(l.Num().Int64())
		}
		r.note(n, "the real numbers of %s are taken at %d equally distant values", short(is.name), levels)
		step := new(big.Rat).Sub(ends[1], ends[0])
		return nil, r.addRange(is, values, ends[0], ends[1], step.Quo(step, big.NewRat(int64(levels-1), 1)))
	case "CallableIssue", "CountableInfiniteIssue", "ContinuousInfiniteIssue", "OptionalIssue":
		return nil, n.errorf("issues of the class %s are not known: their values cannot be listed", short(class))
	}
	numbers := make([]*big.Rat, len(values.kids))
	all := true
	seen := make(map[string]bool, len(values.kids))
	for k, v := range values.kids {
		switch v.kind {
		case list, object, null:
			return nil, v.errorf("a value of %s is %v", short(is.name), v.kind)
		case number:
			var err error
			if numbers[k], err = v.rat("a value of " + short(is.name)); err != nil {
				return nil, err
			}
		}
		all = all && numbers[k] != nil
		if seen[v.text] {
			return nil, v.errorf("the value %s of %s is there twice", short(v.text), short(is.name))
		}
		seen[v.text] = true
		is.values = append(is.values, v.text)
	}
	if all && class != "CategoricalIssue" {
		if g := gridOf(numbers); g != nil {
			is.values, is.grid = nil, g
			return nil, nil
		}
	}
	return numbers, nil
}

func (r *negmasReader) addRange(is *issue, at *node, low, high, step *big.Rat) error {
	g, err := newGrid(low, high, step)
	if err != nil {
		return at.errorf("the issue %s: %v", short(is.name), err)
	}
	is.grid = g
	return nil
}

// gridOf returns the grid that lists ascending numbers, if there is one.
func gridOf(numbers []*big.Rat) *grid {
	if len(numbers) == 1 {
		return &grid{numbers[0], one, 1}
	}
	step := new(big.Rat).Sub(numbers[1], numbers[0])
	for k := 1; k < len(numbers); k++ {
		if step.Sign() <= 0 || new(big.Rat).Sub(numbers[k], numbers[k-1]).Cmp(step) != 0 {
			return nil
		}
	}
	return &grid{numbers[0], step, len(numbers)}
}

// numberAt returns the number that an answer is, or nil.
func (r *negmasReader) numberAt(i, k int) *big.Rat {
	if g := r.issues[i].grid; g != nil {
		return g.at(k)
	}
	return r.values[i][k]
}

// find returns the position of the answer that a text is.
func (r *negmasReader) find(i int, name string) (int, bool) {
	is := &r.issues[i]
	if k, ok := is.answer(&node{kind: text, text: name}); ok {
		return k, true
	}
	v, err := parseNumber(name)
	if err != nil || is.grid != nil {
		return 0, false
	}
	for k, w := range r.values[i] {
		if w != nil && w.Cmp(v) == 0 {
			return k, true
		}
	}
	return 0, false
}

// party reads a utility function and the utility without an agreement.
func (r *negmasReader) party(n *node) (*party, error) {
	s := &negmasSum{worth: make([][]*big.Rat, len(r.issues)), constant: new(big.Rat)}
	p := &party{}
	at := n
	for wrapped := 0; ; wrapped++ {
		class, err := classOf(at)
		if err != nil {
			return nil, err
		}
		if class != "ExpDiscountedUFun" && class != "LinDiscountedUFun" || wrapped > maxDepth {
			break
		}
		r.unreadUfun(at, "ufun", "discount", "factor", "dynamic_reservation")
		if err := r.discount(at, class, p); err != nil {
			return nil, err
		}
		if at, err = at.want("ufun", object); err != nil {
			return nil, err
		}
	}
	if at != n {
		if outer, inner := n.child("reserved_value"), at.child("reserved_value"); inner != nil && (outer == nil || outer.text != inner.text) {
			r.note(inner, "the reserved value of the discounted function counts, not this one, as in NegMAS")
		}
	}
	if err := r.ufun(at, one, s); err != nil {
		return nil, err
	}
	if err := r.fill(s, p); err != nil {
		return nil, err
	}
	return p, r.reserved(n, p)
}

// unreadUfun notes the keys of a utility function beside those of its class and those that
// every one has.
func (r *negmasReader) unreadUfun(n *node, known ...string) {
	r.unread(n, append(known, "type", "name", "id", "outcome_space", "stability", "bias", "reserved_value", "reserved_outcome")...)
}

func classOf(n *node) (string, error) {
	c := n.child("type")
	if c == nil || c.kind != text {
		return "", n.errorf("the function has no type")
	}
	return className(c.text), nil
}

func (r *negmasReader) discount(n *node, class string, p *party) error {
	d := n.child("discount")
	if d == nil || d.kind == null {
		return nil
	}
	v, err := d.rat("discount")
	if err != nil {
		return err
	}
	factor := n.child("factor")
	switch {
	case v.Cmp(one) == 0 && class == "ExpDiscountedUFun", v.Sign() == 0 && class == "LinDiscountedUFun":
	case class != "ExpDiscountedUFun":
		r.note(n, "the cost of time is left out: a case discounts by a factor")
	case factor != nil && factor.text != "step":
		r.note(factor, "the discount by %s is left out: a case discounts by rounds", short(factor.text))
	case v.Sign() <= 0 || v.Cmp(one) > 0 || p.discount != nil:
		r.note(d, "the discount %s is left out: a case has one from 0 to 1", short(d.text))
	default:
		p.discount = v
		if dynamic := n.child("dynamic_reservation"); dynamic != nil && dynamic.text == "true" {
			r.note(dynamic, "the reserved value is not discounted in a case")
		}
	}
	return nil
}

// reserved reads the utility without an agreement. None, or minus infinity: any agreement
// is acceptable.
func (r *negmasReader) reserved(n *node, p *party) error {
	v := n.child("reserved_value")
	if v == nil || v.kind == null {
		return r.reservedOutcome(n, p)
	}
	switch strings.ToLower(strings.TrimLeft(v.text, "-.")) {
	case "inf", "infinity":
		if !strings.HasPrefix(v.text, "-") {
			return v.errorf("the reserved value is infinite: no agreement could be acceptable")
		}
		return r.reservedOutcome(n, p)
	}
	var err error
	if p.reservation, err = v.rat("reserved_value"); err == nil {
		r.beyond(v, p)
	}
	return err
}

func (r *negmasReader) reservedOutcome(n *node, p *party) error {
	o := n.child("reserved_outcome")
	if o == nil || o.kind == null {
		return nil
	}
	if o.kind != list || len(o.kids) != len(r.issues) {
		return o.errorf("the reserved outcome is not a list of %d values", len(r.issues))
	}
	at := make([]int, len(r.issues))
	p.reservation = new(big.Rat)
	for i, v := range o.kids {
		k, ok := r.find(i, v.text)
		if !ok {
			return v.errorf("the reserved outcome has %s, which is no value of %s", short(v.text), short(r.issues[i].name))
		}
		at[i] = k
		p.reservation.Add(p.reservation, p.worth(i, k))
	}
	for k := range p.boxes {
		if b := &p.boxes[k]; b.holds(at) {
			p.reservation.Add(p.reservation, b.worth)
		}
	}
	p.because = "worth of the reserved outcome"
	return nil
}
