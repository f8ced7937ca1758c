package convert

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// writeNegmas writes an outcome space, and a utility function for each party: additive
// without adjustments, else of hyper-rectangles. The scale stays.
func writeNegmas(s *scenario) ([]Output, []Note, error) {
	notes := s.unordered()
	w := &writer{}
	w.line("name: %s", jsonText(s.id))
	w.line("type: DiscreteCartesianOutcomeSpace")
	w.line("issues:")
	for i := range s.issues {
		is := &s.issues[i]
		g := is.grid
		kind, values := "CategoricalIssue", ""
		switch {
		case g == nil:
			values = inLine(is.len(), func(k int) string { return jsonText(is.value(k)) })
		case g.from.IsInt() && g.step.Cmp(one) == 0:
			kind, values = "ContiguousIssue", fmt.Sprintf("[%s, %s]", g.from.RatString(), g.at(g.n-1).RatString())
		default:
			kind, values = "DiscreteOrdinalIssue", inLine(is.len(), is.value)
			if g.from.IsInt() && g.step.IsInt() {
				kind = "DiscreteCardinalIssue"
			}
		}
		w.line("- {name: %s, type: %s, values: %s}", jsonText(is.name), kind, values)
	}
	out := []Output{{s.id + "_domain.yaml", []byte(w.String())}}
	for k := range s.parties {
		file, more := s.negmasParty(&s.parties[k])
		out = append(out, file)
		notes = append(notes, more...)
	}
	return out, notes, nil
}

// inLine writes a list in one line.
func inLine(n int, at func(k int) string) string {
	parts := make([]string, n)
	for k := range parts {
		parts[k] = at(k)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// jsonText quotes a text as JSON does, which YAML reads, too.
func jsonText(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(text) // of a string, into memory: cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

func (s *scenario) negmasParty(p *party) (Output, []Note) {
	at := "parties." + p.id
	tables := s.tables(p)
	all := slices.Clone(tables)
	var adds []*big.Rat
	for _, b := range p.boxes {
		adds = append(adds, b.worth)
	}
	odd := new(big.Rat).SetInt(oddPart(append(all, adds), p.reservation))
	inexact := false
	points := func(r *big.Rat) json.Number {
		v := new(big.Rat).Mul(r, odd)
		inexact = inexact || !isDecimal(v)
		return decimal(rounded(v))
	}
	w := &writer{}
	indent := ""
	reserved := func() {
		if p.reservation != nil {
			w.line("%sreserved_value: %s", indent, points(p.reservation))
		} else {
			w.line("%sreserved_value: -.inf", indent)
		}
	}
	w.line("name: %s", jsonText(p.id))
	if p.discount != nil {
		w.line("type: ExpDiscountedUFun")
		w.line("discount: %s", decimal(rounded(p.discount)))
		w.line("factor: step")
		w.line("dynamic_reservation: false")
		reserved()
		w.line("ufun:")
		indent = "  "
	}
	if len(p.boxes) == 0 {
		w.line("%stype: LinearAdditiveUtilityFunction", indent)
		reserved()
		w.line("%sweights: %s", indent, inLine(len(s.issues), func(int) string { return "1.0" }))
		w.line("%svalues:", indent)
		for i := range s.issues {
			is := &s.issues[i]
			w.line("%s- type: TableFun", indent)
			w.line("%s  mapping:", indent)
			for k, v := range tables[i] {
				key := is.value(k)
				if is.grid == nil {
					key = jsonText(key)
				}
				if len(key) > longestKey {
					w.line("%s    ? %s", indent, key)
					key = ""
				}
				w.line("%s    %s: %s", indent, key, points(v))
			}
		}
	} else {
		w.line("%stype: HyperRectangleUtilityFunction", indent)
		reserved()
		var ranges, pays []string
		add := func(sides []side, worth *big.Rat) {
			var parts []string
			for _, sd := range sides {
				parts = append(parts, fmt.Sprintf("%d: %s", sd.issue, s.negmasSide(&sd)))
			}
			ranges, pays = append(ranges, "{"+strings.Join(parts, ", ")+"}"), append(pays, points(worth).String())
		}
		for i, table := range tables {
			for k, v := range table {
				if v.Sign() != 0 {
					add([]side{{i, [][2]int{{k, k}}}}, v)
				}
			}
		}
		for _, b := range p.boxes {
			switch {
			case !b.outside:
				add(b.sides, b.worth)
			case len(b.sides) > 0:
				add(nil, b.worth)
				add(b.sides, new(big.Rat).Neg(b.worth))
			}
		}
		w.line("%soutcome_ranges:", indent)
		for _, r := range ranges {
			w.line("%s- %s", indent, r)
		}
		w.line("%sutilities: [%s]", indent, strings.Join(pays, ", "))
	}
	var notes []Note
	if odd.Cmp(one) != 0 {
		notes = append(notes, Note{at, "points are multiplied by " + shortest(odd) + ", since decimals do not hold all of them"})
	}
	if inexact {
		notes = append(notes, Note{at, roundedNote})
	}
	return Output{p.id + ".yaml", []byte(w.String())}, notes
}

// longestKey is the length up to which YAML takes a key without a mark.
const longestKey = 1000

// negmasSide writes what a side admits: for numbers, a list of pairs around its runs.
func (s *scenario) negmasSide(sd *side) string {
	is := &s.issues[sd.issue]
	var parts []string
	for _, r := range sd.runs {
		if g := is.grid; g != nil { // half a step further: the ends do not count
			half := new(big.Rat).Mul(g.step, big.NewRat(1, 2))
			low, high := new(big.Rat).Sub(g.at(r[0]), half), new(big.Rat).Add(g.at(r[1]), half)
			parts = append(parts, fmt.Sprintf("[%s, %s]", decimal(low), decimal(high)))
			continue
		}
		for k := r[0]; k <= r[1]; k++ {
			parts = append(parts, jsonText(is.value(k)))
		}
	}
	if is.grid != nil && len(parts) == 1 {
		return parts[0]
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
