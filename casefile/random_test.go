package casefile

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"pgregory.net/rapid"
)

// A model is a random case that knows its own meaning without parser or compiler.
type model struct {
	text    strings.Builder
	issues  []modelIssue
	parties []modelParty
	require []func(o []int) bool // holds where satisfied
	consent func(yes []bool) bool
	// what the one view and the one lever do
	view, lever func(m *modelState)
}

type modelIssue struct {
	id      string
	options []string // ids, or numbers of a range
	isRange bool
}

type modelParty struct {
	id      string
	row     modelRow
	lines   []modelLine
	groups  []modelRow
	ratify  func(yes []bool) bool
	mandate func(o []int) bool
}

type modelRow struct {
	id          string
	scores      []map[int]*big.Rat // by issue, points given
	adjustments []modelAdjustment
	threshold   *big.Rat
}

type modelAdjustment struct {
	id   string
	when func(o []int) bool
	add  *big.Rat
}

type modelLine struct {
	id    string
	never func(o []int) bool
}

// A modelState is the part of a model that views and levers change.
type modelState struct {
	parties []modelParty
	consent func(yes []bool) bool
}

func (m *model) state(view, lever bool) *modelState {
	s := &modelState{consent: m.consent}
	copyRow := func(r modelRow) modelRow {
		c := r
		c.scores = nil
		for _, points := range r.scores {
			p := make(map[int]*big.Rat)
			for k, v := range points {
				p[k] = v
			}
			c.scores = append(c.scores, p)
		}
		c.adjustments = slices.Clone(r.adjustments)
		return c
	}
	for _, p := range m.parties {
		c := p
		c.row = copyRow(p.row)
		c.lines = slices.Clone(p.lines)
		c.groups = nil
		for _, g := range p.groups {
			c.groups = append(c.groups, copyRow(g))
		}
		s.parties = append(s.parties, c)
	}
	if view {
		m.view(s)
	}
	if lever {
		m.lever(s)
	}
	return s
}

// value adds up what outcome o is worth to the row.
func (m *model) value(r *modelRow, o []int) *big.Rat {
	sum := new(big.Rat)
	for i, at := range o {
		sum.Add(sum, interpolate(r.scores[i], at))
	}
	for _, a := range r.adjustments {
		if a.when(o) {
			sum.Add(sum, a.add)
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

// drawNumber draws a number of any shape with its headline value.
func drawNumber(t *rapid.T, label string) (string, *big.Rat) {
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
func (m *model) drawCondition(t *rapid.T, depth int) (string, func(o []int) bool) {
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
	i := rapid.IntRange(0, len(m.issues)-1).Draw(t, "issue")
	is := m.issues[i]
	k := rapid.IntRange(0, len(is.options)-1).Draw(t, "option")
	if !is.isRange {
		if rapid.Bool().Draw(t, "equal") {
			return fmt.Sprintf("%s == '%s'", is.id, is.options[k]), func(o []int) bool { return o[i] == k }
		}
		return fmt.Sprintf("%s != '%s'", is.id, is.options[k]), func(o []int) bool { return o[i] != k }
	}
	op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "operator")
	return is.id + op + is.options[k], func(o []int) bool {
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
func (m *model) drawBox(t *rapid.T) (string, func(o []int) bool) {
	inside := rapid.Bool().Draw(t, "inside")
	in := make([]map[int]bool, len(m.issues)) // nil: not named
	var fields []string
	first := rapid.IntRange(0, len(m.issues)-1).Draw(t, "first issue")
	for i, is := range m.issues {
		if i != first && rapid.Bool().Draw(t, "left out") {
			continue
		}
		in[i] = make(map[int]bool)
		var runs []string
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			a := rapid.IntRange(0, len(is.options)-1).Draw(t, "from")
			b := rapid.IntRange(a, len(is.options)-1).Draw(t, "to")
			for k := a; k <= b; k++ {
				in[i][k] = true
			}
			if a == b && rapid.Bool().Draw(t, "single") {
				runs = append(runs, is.options[a])
			} else {
				runs = append(runs, is.options[a]+".."+is.options[b])
			}
		}
		if len(runs) == 1 && rapid.Bool().Draw(t, "bare") {
			fields = append(fields, is.id+": "+runs[0])
		} else {
			fields = append(fields, is.id+": ["+strings.Join(runs, ", ")+"]")
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

func (m *model) line(format string, args ...any) { fmt.Fprintf(&m.text, format+"\n", args...) }

// drawRow draws scores and writes them at an indentation.
func (m *model) drawRow(t *rapid.T, id, indent string) modelRow {
	r := modelRow{id: id}
	m.line("%sscores:", indent)
	for _, is := range m.issues {
		points := make(map[int]*big.Rat)
		if rapid.IntRange(0, 7).Draw(t, "same") == 0 {
			text, v := drawNumber(t, "score")
			m.line("%s  %s: %s", indent, is.id, text)
			for k := range is.options {
				points[k] = v
			}
			r.scores = append(r.scores, points)
			continue
		}
		m.line("%s  %s:", indent, is.id)
		for k, option := range is.options {
			if is.isRange && k > 0 && k < len(is.options)-1 && rapid.Bool().Draw(t, "interpolated") {
				continue
			}
			text, v := drawNumber(t, "score")
			m.line("%s    %s: %s", indent, option, text)
			points[k] = v
		}
		r.scores = append(r.scores, points)
	}
	return r
}

func drawModel(t *rapid.T) *model {
	m := &model{consent: everyone}
	m.line("goodoffices: 1\nid: random\nissues:")
	for i := range rapid.IntRange(1, 4).Draw(t, "issues") {
		is := modelIssue{id: fmt.Sprintf("i%d", i)}
		n := rapid.IntRange(1, 5).Draw(t, "options")
		if is.isRange = rapid.Bool().Draw(t, "range"); is.isRange {
			_, from := drawDecimal(t, "from")
			step := big.NewRat(int64(rapid.IntRange(1, 30).Draw(t, "step")), 4)
			to := new(big.Rat).Add(from, new(big.Rat).Mul(step, big.NewRat(int64(n-1), 1)))
			m.line("  %s: {range: {from: %s, to: %s, step: %s}}", is.id, from.FloatString(2), to.FloatString(2), step.FloatString(2))
			for k := range n {
				v := new(big.Rat).Mul(step, big.NewRat(int64(k), 1))
				is.options = append(is.options, v.Add(v, from).FloatString(2))
			}
		} else {
			m.line("  %s:\n    options:", is.id)
			for k := range n {
				is.options = append(is.options, fmt.Sprintf("o%d", k))
				m.line("      o%d: Option %d", k, k)
			}
		}
		m.issues = append(m.issues, is)
	}
	m.line("parties:")
	for i := range rapid.IntRange(1, 3).Draw(t, "parties") {
		m.drawParty(t, fmt.Sprintf("p%d", i))
	}
	names := make([]string, len(m.parties))
	for i, p := range m.parties {
		names[i] = p.id
	}
	if rapid.Bool().Draw(t, "consent rule") {
		var text string
		text, m.consent = drawRule(t, names)
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

func (m *model) drawParty(t *rapid.T, id string) {
	p := modelParty{id: id, ratify: everyone}
	m.line("  %s:", id)
	p.row = m.drawRow(t, id, "    ")
	if rapid.Bool().Draw(t, "no_deal") {
		text, v := drawNumber(t, "no_deal")
		m.line("    no_deal: %s", text)
		p.row.threshold = v
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
			text, v := drawNumber(t, "add")
			m.line("      - {id: a%d, %s, add: %s}", k, when, text)
			p.row.adjustments = append(p.row.adjustments, modelAdjustment{fmt.Sprintf("a%d", k), f, v})
		}
	}
	if n := rapid.IntRange(0, 2).Draw(t, "red lines"); n > 0 {
		m.line("    red_lines:")
		for k := range n {
			never, f := m.drawCondition(t, 2)
			m.line("      - never: \"%s\"", never)
			p.lines = append(p.lines, modelLine{fmt.Sprint(k + 1), f})
		}
	}
	if rapid.Bool().Draw(t, "mandate") {
		only, f := m.drawCondition(t, 2)
		m.line("    mandate: {only: \"%s\"}", only)
		p.mandate = f
	}
	if n := rapid.IntRange(0, 3).Draw(t, "constituencies"); n > 0 {
		names := make([]string, n)
		m.line("    ratification:\n      constituencies:")
		for k := range n {
			names[k] = fmt.Sprintf("c%d", k)
			m.line("        %s:", names[k])
			g := m.drawRow(t, id+"."+names[k], "          ")
			if rapid.Bool().Draw(t, "accepts_at") {
				text, v := drawNumber(t, "accepts_at")
				m.line("          accepts_at: {value: %s}", text)
				g.threshold = v
			}
			p.groups = append(p.groups, g)
		}
		if rapid.Bool().Draw(t, "ratification rule") {
			var text string
			text, p.ratify = drawRule(t, names)
			m.line("      rule: \"%s\"", text)
		}
	}
	m.parties = append(m.parties, p)
}

// drawChanges writes one view and one lever.
func (m *model) drawChanges(t *rapid.T) {
	draw := func(indent string) func(*modelState) {
		var acts []func(*modelState)
		i := rapid.IntRange(0, len(m.parties)-1).Draw(t, "party")
		p := m.parties[i]
		issue := rapid.IntRange(0, len(m.issues)-1).Draw(t, "issue")
		option := rapid.IntRange(0, len(m.issues[issue].options)-1).Draw(t, "option")
		at := fmt.Sprintf("%s.%s", m.issues[issue].id, m.issues[issue].options[option])
		text, v := drawNumber(t, "set")
		m.line("%sset:\n%s  %s.no_deal: %s", indent, indent, p.id, text)
		acts = append(acts, func(s *modelState) { s.parties[i].row.threshold = v })
		// A range's number for all answers stands at its ends; others are drawn point by point.
		same := len(p.row.scores[issue]) == len(m.issues[issue].options)
		if rapid.Bool().Draw(t, "set score") && !(m.issues[issue].isRange && same) {
			text, v := drawNumber(t, "score")
			m.line("%s  %s.scores.%s: %s", indent, p.id, at, text)
			acts = append(acts, func(s *modelState) { s.parties[i].row.scores[issue][option] = v })
		}
		m.line("%sadd:", indent)
		by, add := drawDecimal(t, "by")
		m.line("%s  %s.no_deal: %s", indent, p.id, by)
		m.line("%s  %s.scores.%s: {value: %s}", indent, p.id, at, by)
		if m.issues[issue].isRange && same {
			t.Skip("flat ranges have a test of their own")
		}
		acts = append(acts, func(s *modelState) {
			r := &s.parties[i].row
			if r.threshold != nil {
				r.threshold = new(big.Rat).Add(r.threshold, add)
			}
			r.scores[issue][option] = new(big.Rat).Add(interpolate(r.scores[issue], option), add)
		})
		m.line("%sdrop:\n%s  - requires.nothing", indent, indent)
		if len(p.lines) > 0 && rapid.Bool().Draw(t, "drop red line") {
			m.line("%s  - %s.red_lines.1", indent, p.id)
			acts = append(acts, func(s *modelState) {
				s.parties[i].lines = slices.DeleteFunc(s.parties[i].lines, func(l modelLine) bool { return l.id == "1" })
			})
		}
		if len(p.row.adjustments) > 0 && rapid.Bool().Draw(t, "drop adjustment") {
			m.line("%s  - %s.adjustments.a0", indent, p.id)
			acts = append(acts, func(s *modelState) {
				s.parties[i].row.adjustments = slices.DeleteFunc(s.parties[i].row.adjustments, func(a modelAdjustment) bool { return a.id == "a0" })
			})
		}
		if strings.Contains(m.text.String(), "\nconsent: ") && rapid.Bool().Draw(t, "drop consent") {
			m.line("%s  - consent", indent)
			acts = append(acts, func(s *modelState) { s.consent = everyone })
		}
		never, f := m.drawCondition(t, 1)
		m.line("%sadd_red_lines: [{party: %s, never: \"%s\"}]", indent, p.id, never)
		acts = append(acts, func(s *modelState) { s.parties[i].lines = append(s.parties[i].lines, modelLine{"", f}) })
		return func(s *modelState) {
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

func (m *model) satisfiable() bool {
	o := make([]int, len(m.issues))
	for {
		if m.admits(o) {
			return true
		}
		i := len(o) - 1
		for ; i >= 0; i-- {
			if o[i]++; o[i] < len(m.issues[i].options) {
				break
			}
			o[i] = 0
		}
		if i < 0 {
			return false
		}
	}
}

func (m *model) admits(o []int) bool {
	for _, f := range m.require {
		if !f(o) {
			return false
		}
	}
	return true
}

func TestCompileMeansWhatTheCaseSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		f, err := Parse("case.yaml", []byte(m.text.String()))
		if !m.satisfiable() {
			if err == nil || !strings.Contains(err.Error(), "every package") {
				t.Fatalf("requirements exclude every package, but: %v\n%s", err, m.text.String())
			}
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, m.text.String())
		}
		view, lever := rapid.Bool().Draw(t, "view"), rapid.Bool().Draw(t, "lever")
		var choice Choice
		if view {
			choice.View = "rival"
		}
		if lever {
			choice.Levers = []string{"push"}
		}
		before := fmt.Sprintf("%+v", *f.Case)
		s, err := f.Case.Compile(choice)
		if err != nil {
			t.Fatalf("%v\n%s", err, m.text.String())
		}
		if fmt.Sprintf("%+v", *f.Case) != before {
			t.Fatal("compiling changed the case")
		}
		if s.Rounded {
			t.Fatal("small numbers were rounded")
		}
		want := m.state(view, lever)
		for range 20 {
			o := make(outcome.Outcome, len(m.issues))
			for i, is := range m.issues {
				o[i] = rapid.IntRange(0, len(is.options)-1).Draw(t, "answer")
			}
			m.compare(t, f.Case, s, want, o)
		}
	})
}

func (m *model) compare(t *rapid.T, c *Case, s *outcome.Space, want *modelState, o outcome.Outcome) {
	if s.Admits(o) != m.admits(o) {
		t.Fatalf("Admits(%v) = %v\n%s", o, s.Admits(o), m.text.String())
	}
	row := func(got *outcome.Row, want *modelRow) bool {
		value := m.value(want, o)
		if points := got.Points(got.Value(o)); points.Cmp(value) != 0 {
			t.Fatalf("%s: %v is worth %v, want %v\n%s", want.id, o, points, value, m.text.String())
		}
		if got.ID != want.id {
			t.Fatalf("row %s, want %s", got.ID, want.id)
		}
		return want.threshold == nil || value.Cmp(want.threshold) >= 0
	}
	yes := make([]bool, len(want.parties))
	for i := range want.parties {
		w, p := &want.parties[i], &s.Parties[i]
		yes[i] = row(&p.Row, &w.row)
		for _, l := range w.lines {
			yes[i] = yes[i] && !l.never(o)
		}
		if p.Accepts(o) != yes[i] {
			t.Fatalf("%s accepts %v: %v\n%s", w.id, o, p.Accepts(o), m.text.String())
		}
		votes := make([]bool, len(w.groups))
		for k := range w.groups {
			votes[k] = row(&p.Constituencies[k], &w.groups[k])
		}
		if p.Ratifies(o) != w.ratify(votes) {
			t.Fatalf("%s ratifies %v: %v\n%s", w.id, o, p.Ratifies(o), m.text.String())
		}
		mandate, bound, err := c.MandateTable(w.id)
		if err != nil || bound != (w.mandate != nil) {
			t.Fatalf("mandate of %s: %v, %v", w.id, bound, err)
		}
		if bound && mandate.Holds(o) != w.mandate(o) {
			t.Fatalf("mandate of %s over %v: %v\n%s", w.id, o, mandate.Holds(o), m.text.String())
		}
	}
	if zone := m.admits(o) && want.consent(yes); s.InZone(o) != zone {
		t.Fatalf("InZone(%v) = %v\n%s", o, s.InZone(o), m.text.String())
	}
}

func TestSetChangesOneValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		ends := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line ending")
		before := strings.ReplaceAll(m.text.String(), "\n", ends)
		f, err := Parse("case.yaml", []byte(before))
		if err != nil {
			return
		}
		p := rapid.SampledFrom(m.parties).Draw(t, "party")
		i := rapid.IntRange(0, len(m.issues)-1).Draw(t, "issue")
		k := rapid.IntRange(0, len(m.issues[i].options)-1).Draw(t, "option")
		at := fmt.Sprintf("parties.%s.scores.%s.%s", p.id, m.issues[i].id, m.issues[i].options[k])
		value, want := drawNumber(t, "value")
		g, err := f.Set(at, value)
		if err != nil {
			if !strings.Contains(err.Error(), "cannot set") {
				t.Fatalf("%s: %v\n%s", at, err, before)
			}
			return // the issue has one number for all its options
		}
		party, _ := g.Case.Parties.Get(p.id)
		scores, _ := party.Scores.Get(m.issues[i].id)
		is, _ := g.Case.Issues.Get(m.issues[i].id)
		if got := scores.value(&is, k).Headline(); got.Cmp(want) != 0 {
			t.Fatalf("%s reads %v, want %v\n%s", at, got, want, g.Data)
		}
		title := rapid.StringMatching(`[ -~äüß]{0,20}`).Draw(t, "title")
		h, err := g.Set("issues."+m.issues[i].id+".title", title)
		if err != nil {
			if m.issues[i].isRange || strings.Contains(err.Error(), "no one-line value") {
				return
			}
			t.Fatal(err)
		}
		is, _ = h.Case.Issues.Get(m.issues[i].id)
		if is.Title != title {
			t.Fatalf("title %q, want %q", is.Title, title)
		}
	})
}
