// Package casefiletest draws random case files for tests.
package casefiletest

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// A Model is a random case that knows its own meaning without parser or compiler.
type Model struct {
	text    strings.Builder
	Issues  []Issue
	Parties []Party
	require []func(o []int) bool // holds where satisfied
	Consent func(yes []bool) bool
	// what the one view and the one lever do
	view, lever func(m *State)
}

// An Issue is one of the case's.
type Issue struct {
	ID      string
	Options []string // ids, or numbers of a range
	IsRange bool
}

// A Party is one of the case's, with those who must ratify.
type Party struct {
	ID      string
	Row     Row
	Lines   []Line
	Groups  []Row // constituencies
	Ratify  func(yes []bool) bool
	Mandate func(o []int) bool // nil: none
}

// A Row is what outcomes are worth to a party or constituency.
type Row struct {
	ID          string
	Scores      []map[int]*big.Rat // by issue, points given
	Adjustments []Adjustment
	Threshold   *big.Rat // nil: none
}

// An Adjustment adds points where it holds.
type Adjustment struct {
	ID   string
	When func(o []int) bool
	Add  *big.Rat
}

// A Line is a red line.
type Line struct {
	ID    string
	Never func(o []int) bool
}

// A State is the part of a model that views and levers change.
type State struct {
	Parties []Party
	Consent func(yes []bool) bool
}

// Text is the case as a file.
func (m *Model) Text() string { return m.text.String() }

// Example returns the case of a seed, as a file.
func Example(seed int) string {
	return rapid.Custom(func(t *rapid.T) string { return Draw(t).Text() }).Example(seed)
}

// State returns what the case says under its view and with its lever pulled.
func (m *Model) State(view, lever bool) *State {
	s := &State{Consent: m.Consent}
	copyRow := func(r Row) Row {
		c := r
		c.Scores = nil
		for _, points := range r.Scores {
			p := make(map[int]*big.Rat)
			for k, v := range points {
				p[k] = v
			}
			c.Scores = append(c.Scores, p)
		}
		c.Adjustments = slices.Clone(r.Adjustments)
		return c
	}
	for _, p := range m.Parties {
		c := p
		c.Row = copyRow(p.Row)
		c.Lines = slices.Clone(p.Lines)
		c.Groups = nil
		for _, g := range p.Groups {
			c.Groups = append(c.Groups, copyRow(g))
		}
		s.Parties = append(s.Parties, c)
	}
	if view {
		m.view(s)
	}
	if lever {
		m.lever(s)
	}
	return s
}

// Value adds up what outcome o is worth to the row.
func (m *Model) Value(r *Row, o []int) *big.Rat {
	sum := new(big.Rat)
	for i, at := range o {
		sum.Add(sum, interpolate(r.Scores[i], at))
	}
	for _, a := range r.Adjustments {
		if a.When(o) {
			sum.Add(sum, a.Add)
		}
	}
	return sum
}

// interpolate looks left and right for the nearest points given.
func interpolate(points map[int]*big.Rat, at int) *big.Rat {
	if v, ok := points[at]; ok {
		return v
	}
	left, right := at, at
	for points[left] == nil {
		left--
	}
	for points[right] == nil {
		right++
	}
	share := big.NewRat(int64(at-left), int64(right-left))
	v := new(big.Rat).Sub(points[right], points[left])
	return v.Add(v.Mul(v, share), points[left])
}

func drawDecimal(t *rapid.T, label string) (string, *big.Rat) {
	n := rapid.IntRange(-3000, 3000).Draw(t, label)
	digits := rapid.IntRange(0, 2).Draw(t, label+" digits")
	r := big.NewRat(int64(n), []int64{1, 10, 100}[digits])
	return r.FloatString(digits), r
}

// Number draws a number of any shape with its headline value.
func Number(t *rapid.T, label string) (string, *big.Rat) {
	text, a := drawDecimal(t, label)
	shape := rapid.IntRange(0, 6).Draw(t, label+" shape")
	if shape == 6 {
		over, under := rapid.IntRange(-300, 300).Draw(t, label), rapid.IntRange(1, 12).Draw(t, label+" divided by")
		return fmt.Sprintf("%d/%d", over, under), big.NewRat(int64(over), int64(under))
	}
	if shape > 1 {
		return text, a
	}
	_, b := drawDecimal(t, label+" second")
	if shape == 0 {
		low, high := a, b
		if low.Cmp(high) > 0 {
			low, high = high, low
		}
		middle := new(big.Rat).Add(low, high)
		return low.FloatString(2) + ".." + high.FloatString(2), middle.Mul(middle, big.NewRat(1, 2))
	}
	_, c := drawDecimal(t, label+" third")
	all := []*big.Rat{a, b, c}
	slices.SortFunc(all, (*big.Rat).Cmp)
	return all[0].FloatString(2) + ".." + all[1].FloatString(2) + " .. " + all[2].FloatString(2), all[1]
}

// drawCondition draws a condition over packages with its meaning.
func (m *Model) drawCondition(t *rapid.T, depth int) (string, func(o []int) bool) {
	switch kind := rapid.IntRange(0, 5).Draw(t, "condition"); {
	case kind == 0 && depth > 0:
		text, f := m.drawCondition(t, depth-1)
		return "!(" + text + ")", func(o []int) bool { return !f(o) }
	case kind <= 2 && depth > 0:
		a, f := m.drawCondition(t, depth-1)
		b, g := m.drawCondition(t, depth-1)
		if kind == 1 {
			return "(" + a + " && " + b + ")", func(o []int) bool { return f(o) && g(o) }
		}
		return "(" + a + "||" + b + ")", func(o []int) bool { return f(o) || g(o) }
	case kind == 3 && depth > 0:
		// && binds more strongly than ||.
		a, f := m.drawCondition(t, 0)
		b, g := m.drawCondition(t, 0)
		c, h := m.drawCondition(t, 0)
		return "(" + a + " || " + b + " && " + c + ")", func(o []int) bool { return f(o) || g(o) && h(o) }
	}
	i := rapid.IntRange(0, len(m.Issues)-1).Draw(t, "issue")
	is := m.Issues[i]
	k := rapid.IntRange(0, len(is.Options)-1).Draw(t, "option")
	if !is.IsRange {
		if rapid.Bool().Draw(t, "equal") {
			return fmt.Sprintf("%s == '%s'", is.ID, is.Options[k]), func(o []int) bool { return o[i] == k }
		}
		return fmt.Sprintf("%s != '%s'", is.ID, is.Options[k]), func(o []int) bool { return o[i] != k }
	}
	op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "operator")
	return is.ID + op + is.Options[k], func(o []int) bool {
		switch op {
		case "==":
			return o[i] == k
		case "!=":
			return o[i] != k
		case "<":
			return o[i] < k
		case "<=":
			return o[i] <= k
		case ">":
			return o[i] > k
		}
		return o[i] >= k
	}
}

// drawBox draws answers of one or more issues with their meaning.
func (m *Model) drawBox(t *rapid.T) (string, func(o []int) bool) {
	inside := rapid.Bool().Draw(t, "inside")
	in := make([]map[int]bool, len(m.Issues)) // nil: not named
	var fields []string
	first := rapid.IntRange(0, len(m.Issues)-1).Draw(t, "first issue")
	for i, is := range m.Issues {
		if i != first && rapid.Bool().Draw(t, "left out") {
			continue
		}
		in[i] = make(map[int]bool)
		var runs []string
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			a := rapid.IntRange(0, len(is.Options)-1).Draw(t, "from")
			b := rapid.IntRange(a, len(is.Options)-1).Draw(t, "to")
			for k := a; k <= b; k++ {
				in[i][k] = true
			}
			if a == b && rapid.Bool().Draw(t, "single") {
				runs = append(runs, is.Options[a])
			} else {
				runs = append(runs, is.Options[a]+".."+is.Options[b])
			}
		}
		if len(runs) == 1 && rapid.Bool().Draw(t, "bare") {
			fields = append(fields, is.ID+": "+runs[0])
		} else {
			fields = append(fields, is.ID+": ["+strings.Join(runs, ", ")+"]")
		}
	}
	word := "within"
	if !inside {
		word = "outside"
	}
	return word + ": {" + strings.Join(fields, ", ") + "}", func(o []int) bool {
		for i, set := range in {
			if set != nil && !set[o[i]] {
				return !inside
			}
		}
		return inside
	}
}

// drawRule draws a rule over names with its meaning.
func drawRule(t *rapid.T, names []string) (string, func(yes []bool) bool) {
	i := rapid.IntRange(0, len(names)-1).Draw(t, "name")
	j := rapid.IntRange(0, len(names)-1).Draw(t, "other name")
	n := rapid.IntRange(0, len(names)).Draw(t, "how many")
	count := func(yes []bool) (k int) {
		for _, y := range yes {
			if y {
				k++
			}
		}
		return k
	}
	switch rapid.IntRange(0, 3).Draw(t, "rule") {
	case 0:
		return names[i] + " && " + names[j], func(yes []bool) bool { return yes[i] && yes[j] }
	case 1:
		return names[i] + " || !" + names[j], func(yes []bool) bool { return yes[i] || !yes[j] }
	case 2:
		return fmt.Sprintf("count(%s) >= %d", strings.Join(names, ", "), n), func(yes []bool) bool { return count(yes) >= n }
	}
	return fmt.Sprintf("%s && count(%s) < %d || false", names[i], strings.Join(names, ","), n), func(yes []bool) bool { return yes[i] && count(yes) < n }
}

func everyone(yes []bool) bool { return !slices.Contains(yes, false) }

func (m *Model) line(format string, args ...any) { fmt.Fprintf(&m.text, format+"\n", args...) }

// drawRow draws scores and writes them at an indentation.
func (m *Model) drawRow(t *rapid.T, id, indent string) Row {
	r := Row{ID: id}
	m.line("%sscores:", indent)
	for _, is := range m.Issues {
		points := make(map[int]*big.Rat)
		if rapid.IntRange(0, 7).Draw(t, "same") == 0 {
			text, v := Number(t, "score")
			m.line("%s  %s: %s", indent, is.ID, text)
			for k := range is.Options {
				points[k] = v
			}
			r.Scores = append(r.Scores, points)
			continue
		}
		m.line("%s  %s:", indent, is.ID)
		for k, option := range is.Options {
			if is.IsRange && k > 0 && k < len(is.Options)-1 && rapid.Bool().Draw(t, "interpolated") {
				continue
			}
			text, v := Number(t, "score")
			m.line("%s    %s: %s", indent, option, text)
			points[k] = v
		}
		r.Scores = append(r.Scores, points)
	}
	return r
}

// Draw draws a case with every feature of the format that says what outcomes are worth and to whom they are
// acceptable, and some that say nothing of it: a status quo, packages, what may be split.
func Draw(t *rapid.T) *Model {
	m := &Model{Consent: everyone}
	m.line("goodoffices: 1\nid: random\nissues:")
	for i := range rapid.IntRange(1, 4).Draw(t, "issues") {
		is := Issue{ID: fmt.Sprintf("i%d", i)}
		n := rapid.IntRange(1, 5).Draw(t, "options")
		if is.IsRange = rapid.Bool().Draw(t, "range"); is.IsRange {
			_, from := drawDecimal(t, "from")
			step := big.NewRat(int64(rapid.IntRange(1, 30).Draw(t, "step")), 4)
			to := new(big.Rat).Add(from, new(big.Rat).Mul(step, big.NewRat(int64(n-1), 1)))
			m.line("  %s:\n    range: {from: %s, to: %s, step: %s}", is.ID, from.FloatString(2), to.FloatString(2), step.FloatString(2))
			for k := range n {
				v := new(big.Rat).Mul(step, big.NewRat(int64(k), 1))
				is.Options = append(is.Options, v.Add(v, from).FloatString(2))
			}
		} else {
			m.line("  %s:\n    options:", is.ID)
			for k := range n {
				is.Options = append(is.Options, fmt.Sprintf("o%d", k))
				m.line("      o%d: Option %d", k, k)
			}
		}
		if rapid.Bool().Draw(t, "status quo") {
			m.line("    status_quo: %s", rapid.SampledFrom(is.Options).Draw(t, "in force"))
		}
		m.Issues = append(m.Issues, is)
	}
	if rapid.Bool().Draw(t, "divisible") {
		m.line("divisible: [%s]", rapid.SampledFrom(m.Issues).Draw(t, "may be split").ID)
	}
	if rapid.Bool().Draw(t, "package") {
		m.line("packages:\n  offer:\n    outcome:")
		for _, is := range m.Issues {
			m.line("      %s: %s", is.ID, rapid.SampledFrom(is.Options).Draw(t, "offered"))
		}
	}
	m.line("parties:")
	for i := range rapid.IntRange(1, 3).Draw(t, "parties") {
		m.drawParty(t, fmt.Sprintf("p%d", i))
	}
	names := make([]string, len(m.Parties))
	for i, p := range m.Parties {
		names[i] = p.ID
	}
	if rapid.Bool().Draw(t, "consent rule") {
		var text string
		text, m.Consent = drawRule(t, names)
		m.line("consent: %s", text)
	}
	m.line("requires:")
	m.line("  - {id: nothing, then: 'true'}")
	for range rapid.IntRange(0, 3).Draw(t, "requirements") {
		then, f := m.drawCondition(t, 2)
		if rapid.Bool().Draw(t, "if") {
			when, g := m.drawCondition(t, 1)
			m.line("  - {kind: political, if: \"%s\", then: \"%s\"}", when, then)
			m.require = append(m.require, func(o []int) bool { return !g(o) || f(o) })
		} else {
			m.line("  - then: \"%s\"", then)
			m.require = append(m.require, f)
		}
	}
	m.drawChanges(t)
	return m
}

func (m *Model) drawParty(t *rapid.T, id string) {
	p := Party{ID: id, Ratify: everyone}
	m.line("  %s:", id)
	p.Row = m.drawRow(t, id, "    ")
	if rapid.Bool().Draw(t, "no_deal") {
		text, v := Number(t, "no_deal")
		m.line("    no_deal: %s", text)
		p.Row.Threshold = v
	}
	if n := rapid.IntRange(0, 2).Draw(t, "adjustments"); n > 0 {
		m.line("    adjustments:")
		for k := range n {
			var when string
			var f func(o []int) bool
			if rapid.Bool().Draw(t, "box") {
				when, f = m.drawBox(t)
			} else {
				when, f = m.drawCondition(t, 2)
				when = fmt.Sprintf("when: \"%s\"", when)
			}
			text, v := Number(t, "add")
			m.line("      - {id: a%d, %s, add: %s}", k, when, text)
			p.Row.Adjustments = append(p.Row.Adjustments, Adjustment{fmt.Sprintf("a%d", k), f, v})
		}
	}
	if n := rapid.IntRange(0, 2).Draw(t, "red lines"); n > 0 {
		m.line("    red_lines:")
		for k := range n {
			never, f := m.drawCondition(t, 2)
			m.line("      - never: \"%s\"", never)
			p.Lines = append(p.Lines, Line{fmt.Sprint(k + 1), f})
		}
	}
	if rapid.Bool().Draw(t, "mandate") {
		only, f := m.drawCondition(t, 2)
		m.line("    mandate: {only: \"%s\"}", only)
		p.Mandate = f
	}
	if n := rapid.IntRange(0, 3).Draw(t, "constituencies"); n > 0 {
		names := make([]string, n)
		m.line("    ratification:\n      constituencies:")
		for k := range n {
			names[k] = fmt.Sprintf("c%d", k)
			m.line("        %s:", names[k])
			g := m.drawRow(t, id+"."+names[k], "          ")
			if rapid.Bool().Draw(t, "accepts_at") {
				text, v := Number(t, "accepts_at")
				m.line("          accepts_at: {value: %s}", text)
				g.Threshold = v
			}
			p.Groups = append(p.Groups, g)
		}
		if rapid.Bool().Draw(t, "ratification rule") {
			var text string
			text, p.Ratify = drawRule(t, names)
			m.line("      rule: \"%s\"", text)
		}
	}
	m.Parties = append(m.Parties, p)
}

// drawChanges writes one view and one lever.
func (m *Model) drawChanges(t *rapid.T) {
	draw := func(indent string) func(*State) {
		var acts []func(*State)
		i := rapid.IntRange(0, len(m.Parties)-1).Draw(t, "party")
		p := m.Parties[i]
		issue := rapid.IntRange(0, len(m.Issues)-1).Draw(t, "issue")
		option := rapid.IntRange(0, len(m.Issues[issue].Options)-1).Draw(t, "option")
		at := fmt.Sprintf("%s.%s", m.Issues[issue].ID, m.Issues[issue].Options[option])
		text, v := Number(t, "set")
		m.line("%sset:\n%s  %s.no_deal: %s", indent, indent, p.ID, text)
		acts = append(acts, func(s *State) { s.Parties[i].Row.Threshold = v })
		// A range's number for all answers stands at its ends; others are drawn point by point.
		same := len(p.Row.Scores[issue]) == len(m.Issues[issue].Options)
		if rapid.Bool().Draw(t, "set score") && !(m.Issues[issue].IsRange && same) {
			text, v := Number(t, "score")
			m.line("%s  %s.scores.%s: %s", indent, p.ID, at, text)
			acts = append(acts, func(s *State) { s.Parties[i].Row.Scores[issue][option] = v })
		}
		m.line("%sadd:", indent)
		by, add := drawDecimal(t, "by")
		m.line("%s  %s.no_deal: %s", indent, p.ID, by)
		m.line("%s  %s.scores.%s: {value: %s}", indent, p.ID, at, by)
		if m.Issues[issue].IsRange && same {
			t.Skip("flat ranges have a test of their own")
		}
		acts = append(acts, func(s *State) {
			r := &s.Parties[i].Row
			if r.Threshold != nil {
				r.Threshold = new(big.Rat).Add(r.Threshold, add)
			}
			r.Scores[issue][option] = new(big.Rat).Add(interpolate(r.Scores[issue], option), add)
		})
		m.line("%sdrop:\n%s  - requires.nothing", indent, indent)
		if len(p.Lines) > 0 && rapid.Bool().Draw(t, "drop red line") {
			m.line("%s  - %s.red_lines.1", indent, p.ID)
			acts = append(acts, func(s *State) {
				s.Parties[i].Lines = slices.DeleteFunc(s.Parties[i].Lines, func(l Line) bool { return l.ID == "1" })
			})
		}
		if len(p.Row.Adjustments) > 0 && rapid.Bool().Draw(t, "drop adjustment") {
			m.line("%s  - %s.adjustments.a0", indent, p.ID)
			acts = append(acts, func(s *State) {
				s.Parties[i].Row.Adjustments = slices.DeleteFunc(s.Parties[i].Row.Adjustments, func(a Adjustment) bool { return a.ID == "a0" })
			})
		}
		if strings.Contains(m.text.String(), "\nconsent: ") && rapid.Bool().Draw(t, "drop consent") {
			m.line("%s  - consent", indent)
			acts = append(acts, func(s *State) { s.Consent = everyone })
		}
		never, f := m.drawCondition(t, 1)
		m.line("%sadd_red_lines: [{party: %s, never: \"%s\"}]", indent, p.ID, never)
		acts = append(acts, func(s *State) { s.Parties[i].Lines = append(s.Parties[i].Lines, Line{"", f}) })
		return func(s *State) {
			for _, act := range acts {
				act(s)
			}
		}
	}
	m.line("views:\n  rival:")
	m.view = draw("    ")
	// no_deal is set by every view before a lever adds to it.
	m.line("levers:\n  - id: push")
	m.lever = draw("    ")
}

// Satisfiable reports whether some outcome satisfies every requirement.
func (m *Model) Satisfiable() bool {
	o := make([]int, len(m.Issues))
	for {
		if m.Admits(o) {
			return true
		}
		i := len(o) - 1
		for ; i >= 0; i-- {
			if o[i]++; o[i] < len(m.Issues[i].Options) {
				break
			}
			o[i] = 0
		}
		if i < 0 {
			return false
		}
	}
}

// Admits reports whether outcome o does.
func (m *Model) Admits(o []int) bool {
	for _, f := range m.require {
		if !f(o) {
			return false
		}
	}
	return true
}
