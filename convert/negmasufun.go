package convert

import (
	"math/big"
	"slices"
)

// A negmasSum is what functions add up to.
type negmasSum struct {
	worth    [][]*big.Rat // by issue and answer; nil: nothing
	constant *big.Rat
	boxes    []box
	answers  int // looked at
}

// fill turns a sum into scores.
func (r *negmasReader) fill(s *negmasSum, p *party) error {
	if s.constant.Sign() != 0 && len(r.issues) > 0 {
		s.add(r, 0, func(k int) *big.Rat { return s.constant })
	}
	p.scores, p.boxes = make([][]knot, len(r.issues)), s.boxes
	for i, worth := range s.worth {
		for k, w := range worth {
			if r.issues[i].grid != nil && k > 0 && k < len(worth)-1 && onLine(worth[k-1], w, worth[k+1]) {
				continue
			}
			p.scores[i] = append(p.scores[i], knot{k, w})
		}
	}
	return nil
}

// onLine reports whether b is halfway from a to c.
func onLine(a, b, c *big.Rat) bool {
	return new(big.Rat).Sub(b, a).Cmp(new(big.Rat).Sub(c, b)) == 0
}

// add adds to what the answers of an issue are worth.
func (s *negmasSum) add(r *negmasReader, i int, f func(k int) *big.Rat) {
	if s.worth[i] == nil {
		s.worth[i] = make([]*big.Rat, r.issues[i].len())
		for k := range s.worth[i] {
			s.worth[i][k] = new(big.Rat)
		}
	}
	for k, w := range s.worth[i] {
		s.worth[i][k] = new(big.Rat).Add(w, f(k))
	}
}

// maxSummed bounds the answers for which value functions are computed.
const maxSummed = 2_000_000

// ufunKeys are what utility functions are read by, by class.
var ufunKeys = map[string][]string{
	"LinearAdditiveUtilityFunction":    {"weights", "values"},
	"LinearUtilityAggregationFunction": {"weights", "values"},
	"LinearUtilityFunction":            {"weights"},
	"AffineUtilityFunction":            {"weights"},
	"ConstUtilityFunction":             {"value"},
	"HyperRectangleUtilityFunction":    {"outcome_ranges", "utilities", "weights"},
	"WeightedUtilityFunction":          {"ufuns", "values", "weights"},
}

// ufun adds a utility function, times its share.
func (r *negmasReader) ufun(n *node, share *big.Rat, s *negmasSum) error {
	if n.kind != object {
		return n.errorf("a utility function is %v, not an object", n.kind)
	}
	class, err := classOf(n)
	if err != nil {
		return err
	}
	bias, err := r.scalar(n, "bias", new(big.Rat))
	if err != nil {
		return err
	}
	s.constant.Add(s.constant, bias.Mul(bias, share))
	known, ok := ufunKeys[class]
	if !ok {
		return n.errorf("utility functions of the class %s are not known", short(class))
	}
	r.unreadUfun(n, known...)
	switch class {
	case "LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction":
		values := n.child("values")
		if values == nil {
			return n.errorf("values is missing")
		}
		return r.aggregation(n, share, s, func(i int) *node { return r.byIssue(values, i) })
	case "LinearUtilityFunction", "AffineUtilityFunction":
		identity := &node{kind: object, doc: n.doc, at: n.at, line: n.line, col: n.col}
		identity.add("type", false)
		identity.kids = []*node{{kind: text, text: "IdentityFun"}}
		return r.aggregation(n, share, s, func(int) *node { return identity })
	case "ConstUtilityFunction":
		value, err := r.scalar(n, "value", nil)
		if err != nil {
			return err
		}
		s.constant.Add(s.constant, value.Mul(value, share))
		return nil
	case "HyperRectangleUtilityFunction":
		return r.rectangles(n, share, s)
	case "WeightedUtilityFunction":
		parts := n.child("ufuns")
		if parts == nil {
			parts = n.child("values")
		}
		if parts == nil || parts.kind != list {
			return n.errorf("ufuns is not a list")
		}
		weights := n.child("weights")
		r.surplus(weights, len(parts.kids))
		for k, part := range parts.kids {
			w, err := item(weights, k, "weight")
			if err != nil {
				return err
			}
			if err := r.ufun(part, new(big.Rat).Mul(share, w), s); err != nil {
				return err
			}
		}
	}
	return nil
}

// surplus notes the items of a list beyond those that are needed.
func (r *negmasReader) surplus(n *node, needed int) {
	if n != nil && n.kind == list && len(n.kids) > needed {
		r.note(n.kids[needed], "the list has %d items where %d are needed: the rest is left out", len(n.kids), needed)
	}
}

// byIssue returns what a list or an object has for an issue, or nil.
func (r *negmasReader) byIssue(n *node, i int) *node {
	switch {
	case n.kind == list && i < len(n.kids):
		return n.kids[i]
	case n.kind == object:
		return n.child(r.issues[i].name)
	}
	return nil
}

// item returns the number at a position of a list, 1 where there is no list.
func item(n *node, k int, what string) (*big.Rat, error) {
	switch {
	case n == nil || n.kind == null:
		return one, nil
	case n.kind != list:
		return nil, n.errorf("%ss are %v, not a list", what, n.kind)
	case k >= len(n.kids):
		return nil, n.errorf("there are %d %ss, and more are needed", len(n.kids), what)
	}
	return n.kids[k].rat("a " + what)
}

// scalar returns the number of a key; without one, missing, or an error if that is nil.
func (r *negmasReader) scalar(n *node, key string, missing *big.Rat) (*big.Rat, error) {
	c := n.child(key)
	if c == nil || c.kind == null {
		if missing == nil {
			return nil, n.errorf("%s is missing", key)
		}
		return missing, nil
	}
	return c.rat(key)
}

// aggregation adds up value functions, each times its weight, which is 1 if not given.
func (r *negmasReader) aggregation(n *node, share *big.Rat, s *negmasSum, f func(i int) *node) error {
	weights := n.child("weights")
	for _, given := range []*node{weights, n.child("values")} {
		if given != nil && given.kind == object {
			r.strangers(given)
		}
		r.surplus(given, len(r.issues))
	}
	for i := range r.issues {
		is := &r.issues[i]
		weight := one
		if weights != nil && weights.kind != null {
			at := r.byIssue(weights, i)
			switch {
			case at != nil:
				var err error
				if weight, err = at.rat("the weight of " + short(is.name)); err != nil {
					return err
				}
			case weights.kind != object:
				return weights.errorf("the issue %s has no weight", short(is.name))
			}
		}
		v := f(i)
		if v == nil {
			return n.errorf("the issue %s has no value function", short(is.name))
		}
		if s.answers += is.len(); s.answers > maxSummed {
			return v.errorf("more than %d values of functions", maxSummed)
		}
		worth, err := r.valueFun(v, i)
		if err != nil {
			return err
		}
		weight = new(big.Rat).Mul(weight, share)
		s.add(r, i, func(k int) *big.Rat { return new(big.Rat).Mul(worth[k], weight) })
	}
	return nil
}

// valueFunKeys are the parameters of value functions, by class, in the order of their formulas.
var valueFunKeys = map[string][]string{
	"TableFun":       {"mapping"},
	"ConstFun":       {"bias"},
	"IdentityFun":    nil,
	"LinearFun":      {"bias", "slope"},
	"AffineFun":      {"bias", "slope"},
	"QuadraticFun":   {"bias", "a1", "a2"},
	"PolynomialFun":  {"bias", "coefficients"},
	"TriangularFun":  {"start", "middle", "end", "bias", "scale"},
	"TrapezoidalFun": {"start", "rise_end", "fall_start", "end", "bias", "scale"},
}

// valueFun returns what a value function gives for each answer of an issue.
func (r *negmasReader) valueFun(n *node, i int) ([]*big.Rat, error) {
	is := &r.issues[i]
	if n.kind != object {
		return nil, n.errorf("the value function of %s is %v, not an object", short(is.name), n.kind)
	}
	mapping := n.child("mapping")
	if n.child("type") == nil && mapping == nil {
		mapping = n // a bare table
	}
	class := "TableFun"
	if mapping == nil || n.child("type") != nil {
		var err error
		if class, err = classOf(n); err != nil {
			return nil, err
		}
	}
	known, ok := valueFunKeys[class]
	if !ok {
		return nil, n.errorf("value functions of the class %s are not known", short(class))
	}
	if mapping != n {
		r.unread(n, append([]string{"type", "name", "id"}, known...)...)
	}
	if class == "TableFun" {
		if mapping == nil || mapping.kind != object {
			return nil, n.errorf("the table of %s has no mapping", short(is.name))
		}
		return r.mapped(mapping, i)
	}
	f, err := r.valueOf(n, class)
	if err != nil {
		return nil, err
	}
	worth := make([]*big.Rat, is.len())
	for k := range worth {
		x := r.numberAt(i, k)
		if x == nil && class != "ConstFun" {
			return nil, n.errorf("the value function of %s is for numbers, and %s is none", short(is.name), short(is.value(k)))
		}
		worth[k] = f(x)
	}
	return worth, nil
}

// valueOf returns the function of a class with the parameters that n holds.
func (r *negmasReader) valueOf(n *node, class string) (func(x *big.Rat) *big.Rat, error) {
	missing := map[string]*big.Rat{"bias": new(big.Rat), "scale": one}
	var c []*big.Rat
	for _, key := range valueFunKeys[class] {
		if key == "coefficients" {
			more, err := coefficients(n)
			if err != nil {
				return nil, err
			}
			c = append(c, more...)
			continue
		}
		v, err := r.scalar(n, key, missing[key])
		if err != nil {
			return nil, err
		}
		c = append(c, v)
	}
	switch class {
	case "ConstFun":
		return func(*big.Rat) *big.Rat { return c[0] }, nil
	case "IdentityFun":
		return func(x *big.Rat) *big.Rat { return x }, nil
	case "TriangularFun":
		return trapezoid(slices.Insert(c, 1, c[1]), false), nil
	case "TrapezoidalFun":
		return trapezoid(c, true), nil
	}
	return polynomial(c), nil
}

// coefficients returns the list of numbers of a polynomial.
func coefficients(n *node) ([]*big.Rat, error) {
	const most = 20
	all := n.child("coefficients")
	if all == nil || all.kind != list || len(all.kids) > most {
		return nil, n.errorf("coefficients is not a list of at most %d numbers", most)
	}
	var c []*big.Rat
	for k := range all.kids {
		v, err := item(all, k, "coefficient")
		if err != nil {
			return nil, err
		}
		c = append(c, v)
	}
	return c, nil
}

// polynomial returns the function with coefficients c, from the constant on, by Horner's rule.
func polynomial(c []*big.Rat) func(x *big.Rat) *big.Rat {
	return func(x *big.Rat) *big.Rat {
		v := new(big.Rat)
		for k := len(c) - 1; k >= 0; k-- {
			v.Mul(v, x).Add(v, c[k])
		}
		return v
	}
}

// trapezoid returns a function that rises from bias to bias + scale, stays there and falls
// again; c holds where it starts, has risen, begins to fall and ends, bias and scale. At
// its ends NegMAS' triangle is already down, and its trapezoid may not be.
func trapezoid(c []*big.Rat, ends bool) func(x *big.Rat) *big.Rat {
	start, risen, falls, end, bias, scale := c[0], c[1], c[2], c[3], c[4], c[5]
	return func(x *big.Rat) *big.Rat {
		height := new(big.Rat)
		switch {
		case x.Cmp(start) < 0, x.Cmp(end) > 0, !ends && (x.Cmp(start) == 0 || x.Cmp(end) == 0):
		case x.Cmp(risen) <= 0 && risen.Cmp(start) != 0:
			height.Quo(new(big.Rat).Sub(x, start), new(big.Rat).Sub(risen, start))
		case x.Cmp(falls) <= 0, falls.Cmp(end) == 0:
			height.Set(one)
		default:
			height.Quo(new(big.Rat).Sub(end, x), new(big.Rat).Sub(end, falls))
		}
		return height.Mul(height, scale).Add(height, bias)
	}
}

// mapped reads a table of values. Values that are missing count as 0.
func (r *negmasReader) mapped(n *node, i int) ([]*big.Rat, error) {
	is := &r.issues[i]
	worth := make([]*big.Rat, is.len())
	for j, key := range n.keys {
		k, ok := r.find(i, key)
		if !ok {
			r.note(n.kids[j], "the outcome space has no value %s of %s: it is left out", short(key), short(is.name))
			continue
		}
		v, err := n.kids[j].rat("the worth of " + short(key))
		if err != nil {
			return nil, err
		}
		worth[k] = v
	}
	missing := 0
	for k, w := range worth {
		if w == nil {
			worth[k] = new(big.Rat)
			if missing++; missing == 1 {
				r.note(n, "the value %s of %s is not in the table, and counts as 0", short(is.value(k)), short(is.name))
			}
		}
	}
	if missing > 1 {
		r.note(n, "so do %d more values of %s", missing-1, short(is.name))
	}
	return worth, nil
}

// maxBoxWork bounds the options that are compared with the sides of boxes.
const maxBoxWork = 5_000_000

// rectangles adds what hyper-rectangles pay. A pair of numbers is what lies between
// them, both excluded; a list, what any of its items is; anything else, itself.
func (r *negmasReader) rectangles(n *node, share *big.Rat, s *negmasSum) error {
	ranges, err := n.want("outcome_ranges", list)
	if err != nil {
		return err
	}
	pays, err := n.want("utilities", list)
	if err != nil {
		return err
	}
	weights := n.child("weights")
	r.surplus(weights, len(ranges.kids))
	if len(pays.kids) != len(ranges.kids) {
		return pays.errorf("there are %d utilities for %d ranges", len(pays.kids), len(ranges.kids))
	}
	for k, at := range ranges.kids {
		worth, err := item(pays, k, "utility")
		if err != nil {
			return err
		}
		weight, err := item(weights, k, "weight")
		if err != nil {
			return err
		}
		b := box{worth: new(big.Rat).Mul(worth, weight)}
		b.worth.Mul(b.worth, share)
		if at.kind != object && at.kind != null {
			return at.errorf("a range of outcomes is %v, not an object", at.kind)
		}
		held := make(map[int][][2]int)
		reachable := true
		for j, key := range at.keys {
			i := -1
			if index, err := parseNumber(key); err == nil && index.IsInt() && index.Sign() >= 0 && index.Num().IsInt64() && index.Num().Int64() < int64(len(r.issues)) {
				i = int(index.Num().Int64())
			}
			if r.known[key] && !(at.numbers[j] && i >= 0) {
				i = slices.IndexFunc(r.issues, func(l labelled) bool { return l.name == key })
			}
			if i < 0 {
				return at.kids[j].errorf("%s is neither the name nor the position of an issue", short(key))
			}
			rs, err := r.held(at.kids[j], i)
			if err != nil {
				return err
			}
			reachable = reachable && len(rs) > 0
			if len(rs) > 0 && (len(rs) > 1 || rs[0] != [2]int{0, r.issues[i].len() - 1}) {
				held[i] = rs
			}
		}
		if !reachable {
			r.note(at, "no outcome is in this range: it is left out")
			continue
		}
		for i := range r.issues {
			if rs := held[i]; rs != nil {
				b.sides = append(b.sides, side{i, rs})
			}
		}
		if len(b.sides) == 0 {
			s.constant.Add(s.constant, b.worth)
			continue
		}
		s.boxes = append(s.boxes, b)
	}
	return nil
}

// held returns the answers of issue i that a condition of a range admits.
func (r *negmasReader) held(n *node, i int) ([][2]int, error) {
	is := &r.issues[i]
	pair := func(n *node) bool {
		return n.kind == list && len(n.kids) == 2 && n.kids[0].kind == number && n.kids[1].kind == number
	}
	conditions := []*node{n}
	if n.kind == list && !pair(n) {
		conditions = n.kids
	}
	if r.work += is.len() * (1 + len(conditions)); r.work > maxBoxWork {
		return nil, n.errorf("the ranges of outcomes are too many to read")
	}
	admits := make([]bool, is.len())
	for _, c := range conditions {
		switch {
		case pair(c):
			low, err := c.kids[0].rat("the lower end")
			if err != nil {
				return nil, err
			}
			high, err := c.kids[1].rat("the upper end")
			if err != nil {
				return nil, err
			}
			for k := range admits {
				x := r.numberAt(i, k)
				if x == nil {
					return nil, c.errorf("the values of %s are no numbers", short(is.name))
				}
				admits[k] = admits[k] || x.Cmp(low) > 0 && x.Cmp(high) < 0
			}
		case c.kind == list:
			for _, v := range c.kids {
				if k, ok := r.find(i, v.text); ok {
					admits[k] = true
				}
			}
		case c.kind == null || c.kind == object:
			return nil, c.errorf("a condition on %s is %v", short(is.name), c.kind)
		default:
			if k, ok := r.find(i, c.text); ok {
				admits[k] = true
			}
		}
	}
	return runs(is.len(), func(k int) bool { return admits[k] }), nil
}
