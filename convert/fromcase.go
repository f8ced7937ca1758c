package convert

import (
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// fromCase returns what a case says in the terms of other tools, and notes all that
// they have no place for: words, and conditions other than adjustments.
func fromCase(c *casefile.Case) (*scenario, []Note, error) {
	space, err := c.Compile(casefile.Choice{})
	if err != nil {
		return nil, nil, err
	}
	notes := unheld(c, space)
	s := &scenario{id: c.ID, title: c.Title}
	if s.title == "" {
		s.title = c.ID
	}
	issueNames := names(c.Issues.Len(), func(k int) (id, title string) {
		issue, is := c.Issues.At(k)
		return string(issue), is.Title
	})
	for k, name := range issueNames {
		id, given := c.Issues.At(k)
		is := issue{id: string(id), name: name}
		if r := given.Range; r != nil {
			is.grid = &grid{r.From.Rat(), r.Step.Rat(), given.Len()}
		} else {
			is.values = names(given.Len(), func(o int) (id, title string) {
				id, option := given.Options.At(o)
				return id, option.Title
			})
		}
		s.issues = append(s.issues, is)
	}
	partyNames := names(c.Parties.Len(), func(k int) (id, title string) {
		party, p := c.Parties.At(k)
		return string(party), p.Title
	})
	for k := range space.Parties {
		row := &space.Parties[k].Row
		p := party{id: row.ID, name: partyNames[k]}
		for i, column := range row.Scores {
			p.scores = append(p.scores, knots(row, column, s.issues[i].grid != nil))
		}
		for _, a := range row.Adjustments {
			boxes, ok := boxesOf(space, &a.When)
			if !ok {
				notes = append(notes, Note{a.ID, "left out: its condition comes to too many pieces"})
				continue
			}
			for _, b := range boxes {
				b.worth = row.Points(a.Add)
				p.boxes = append(p.boxes, b)
			}
		}
		if _, given := c.Parties.At(k); given.Discount != nil && given.Discount.Rat().Cmp(one) != 0 {
			p.discount = given.Discount.Rat()
		}
		if row.Threshold.Set {
			p.reservation = row.Points(row.Threshold.Value)
		}
		s.parties = append(s.parties, p)
	}
	return s, notes, nil
}

// undiscounted notes the discount factors, for formats that count time otherwise.
func (s *scenario) undiscounted() []Note {
	var notes []Note
	for _, p := range s.parties {
		if p.discount != nil {
			notes = append(notes, Note{"parties." + p.id + ".discount", shortest(p.discount) + " for each round is left out: the format has no discount by rounds"})
		}
	}
	return notes
}

// unboxed notes the adjustments, for formats that add up issue by issue.
func (s *scenario) unboxed() []Note {
	var notes []Note
	for _, p := range s.parties {
		if n := len(p.boxes); n > 0 {
			notes = append(notes, Note{"parties." + p.id + ".adjustments", several(n, "adjustment is", "adjustments are") + " left out: the format adds up issue by issue"})
		}
	}
	return notes
}

// unordered notes that a folder lists the parties in another order than the case.
func (s *scenario) unordered() []Note {
	if slices.IsSortedFunc(s.parties, func(a, b party) int { return strings.Compare(a.id, b.id) }) {
		return nil
	}
	return []Note{{"parties", "a folder lists the profiles by their names: name the files to keep the order of the parties"}}
}

// names returns what people call n things, where that tells them apart, else their ids.
func names(n int, at func(k int) (id, title string)) []string {
	out := make([]string, n)
	seen := make(map[string]bool, n)
	apart := true
	for k := range out {
		id, title := at(k)
		if out[k] = title; title == "" {
			out[k] = id
		}
		apart = apart && !seen[out[k]]
		seen[out[k]] = true
	}
	if !apart {
		for k := range out {
			out[k], _ = at(k)
		}
	}
	return out
}

// knots returns the scores of an issue; of a grid, those at which a line bends.
func knots(row *outcome.Row, column []int64, isGrid bool) []knot {
	var ks []knot
	for k, v := range column {
		if isGrid && k > 0 && k < len(column)-1 && v-column[k-1] == column[k+1]-v {
			continue
		}
		ks = append(ks, knot{k, row.Points(v)})
	}
	return ks
}

// maxBoxes bounds the boxes that one condition becomes.
const maxBoxes = 1000

// boxesOf returns boxes that together hold where a table does, none of them where
// another does; ok is false when there are too many.
func boxesOf(s *outcome.Space, t *outcome.Table) (boxes []box, ok bool) {
	issues := t.Issues()
	if is, inside := t.Box(); is {
		b := box{outside: !inside}
		for k, i := range issues {
			b.sides = append(b.sides, side{i, runs(s.Issues[i].Options, func(o int) bool { return t.Within(k, o) })})
		}
		return []box{b}, true
	}
	if len(issues) == 0 {
		if t.Count() > 0 {
			boxes = []box{{}}
		}
		return boxes, true
	}
	// One box for each joint option of all issues but the last.
	last := issues[len(issues)-1]
	n := s.Issues[last].Options
	for from := 0; from < t.Size(); from += n {
		rs := runs(n, func(o int) bool { return t.At(from + o) })
		if len(rs) == 0 {
			continue
		}
		if len(boxes) == maxBoxes {
			return nil, false
		}
		var b box
		rank := from / n
		for k := len(issues) - 2; k >= 0; k-- {
			size := s.Issues[issues[k]].Options
			at := rank % size
			rank /= size
			b.sides = append([]side{{issues[k], [][2]int{{at, at}}}}, b.sides...)
		}
		if rs[0] != [2]int{0, n - 1} {
			b.sides = append(b.sides, side{last, rs})
		}
		boxes = append(boxes, b)
	}
	return boxes, true
}

// runs returns the runs of positions below n that are held.
func runs(n int, held func(int) bool) [][2]int {
	var rs [][2]int
	for k := range n {
		switch {
		case !held(k):
		case len(rs) > 0 && rs[len(rs)-1][1] == k-1:
			rs[len(rs)-1][1] = k
		default:
			rs = append(rs, [2]int{k, k})
		}
	}
	return rs
}

// unheld notes what no format of another tool holds.
func unheld(c *casefile.Case, s *outcome.Space) []Note {
	var notes []Note
	note := func(place string, n int, one, many, why string) {
		if n > 0 {
			notes = append(notes, Note{place, several(n, one, many) + " left out: " + why})
		}
	}
	const words = "the format has no place for them"
	if s.Rounded {
		notes = append(notes, Note{"parties", "points are rounded: their common denominator does not fit 61 bits"})
	}
	note("requires", len(c.Requires), "requirement is", "requirements are", "packages that they rule out are possible there")
	if !s.Consent.Everyone() {
		notes = append(notes, Note{"consent", "the rule is left out: everyone must consent there"})
	}
	for id, p := range c.Parties.All() {
		at := "parties." + id
		note(string(at), len(p.RedLines), "red line is", "red lines are", "packages that break them are possible there")
		if p.Ratification != nil {
			notes = append(notes, Note{string(at + ".ratification"), "left out: the format has no place for it"})
		}
		if p.Mandate != nil {
			notes = append(notes, Note{string(at + ".mandate"), "left out: the format has no place for it"})
		}
		note(string(at), len(p.Preconditions), "precondition is", "preconditions are", words)
		note(string(at), p.Reasons.Len(), "reason is", "reasons are", words)
		uncertain := 0
		count := func(n casefile.Number) {
			if n.Shape != casefile.Certain {
				uncertain++
			}
		}
		for _, scores := range p.Scores.All() {
			if scores.Same != nil {
				count(*scores.Same)
			}
			for _, n := range scores.At.All() {
				count(n)
			}
		}
		for _, a := range p.Adjustments {
			count(a.Add)
		}
		if p.NoDeal != nil {
			count(p.NoDeal.Value)
		}
		if uncertain > 0 {
			notes = append(notes, Note{string(at), several(uncertain, "uncertain number stands", "uncertain numbers stand") + " at the midpoint or the most likely value"})
		}
	}
	for _, m := range []struct {
		place, one, many string
		n                int
	}{
		{"packages", "named package is", "named packages are", c.Packages.Len()},
		{"statements", "statement is", "statements are", c.Statements.Len()},
		{"sources", "source is", "sources are", c.Sources.Len()},
		{"mediators", "mediator is", "mediators are", c.Mediators.Len()},
		{"outside", "outside actor is", "outside actors are", c.Outside.Len()},
		{"events", "event is", "events are", len(c.Events)},
		{"levers", "lever is", "levers are", len(c.Levers)},
		{"views", "view is", "views are", c.Views.Len()},
	} {
		note(m.place, m.n, m.one, m.many, words)
	}
	quo, notesOf := 0, 0
	for _, is := range c.Issues.All() {
		if is.StatusQuo != "" {
			quo++
		}
		if is.Note != "" {
			notesOf++
		}
		for _, o := range is.Options.All() {
			if o.Note != "" {
				notesOf++
			}
		}
		if is.Range != nil && is.Range.Unit != "" {
			notesOf++
		}
	}
	note("issues", quo, "status quo is", "status quos are", words)
	note("issues", notesOf, "note or unit is", "notes and units are", words)
	if c.Marking != "" {
		notes = append(notes, Note{"marking", "the handling line is left out: mark the files yourself"})
	}
	if c.About != "" || c.AsOf != "" || c.Analyst != "" {
		notes = append(notes, Note{"about", "what the case says of itself (about, as_of, analyst) is left out"})
	}
	return notes
}
