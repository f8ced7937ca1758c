package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// The JSON writer's own values: Go maps have no order, and the members of every
// object here come in the order of the file or of the documentation.
type (
	object []member
	member struct {
		key   string
		value any
	}
	list   []any
	number string // a JSON number, written as it stands
	raw    []byte // a JSON value, written as it stands
)

// WriteJSON writes the study's main reading, and a summary of every other, as
// one JSON document. docs/formats/analyze.md explains each field.
func WriteJSON(w io.Writer, a *study.Analysis) error {
	return writeDocument(w, analysisPaper(a).document())
}

// writeDocument writes one JSON document.
func writeDocument(w io.Writer, o object) error {
	var b bytes.Buffer
	if err := encode(&b, o, 0); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// encode writes the outer two levels one member to a line, and the frontier one
// point to a line, so that the document reads and compares well; everything
// deeper stands on the line of its member.
func encode(b *bytes.Buffer, v any, depth int) error {
	open := func(c byte, n int, write func(i int) error) error {
		closing := byte('}')
		if c == '[' {
			closing = ']'
		}
		b.WriteByte(c)
		lines := n > 0 && (depth < 2 || depth == 2 && c == '[')
		for i := range n {
			switch {
			case i > 0 && lines:
				b.WriteByte(',')
			case i > 0:
				b.WriteString(", ")
			}
			if lines {
				b.WriteByte('\n')
				for range depth + 1 {
					b.WriteString("  ")
				}
			}
			if err := write(i); err != nil {
				return err
			}
		}
		if lines {
			b.WriteByte('\n')
			for range depth {
				b.WriteString("  ")
			}
		}
		b.WriteByte(closing)
		return nil
	}
	switch v := v.(type) {
	case object:
		return open('{', len(v), func(i int) error {
			if err := encode(b, v[i].key, depth); err != nil {
				return err
			}
			b.WriteString(": ")
			return encode(b, v[i].value, depth+1)
		})
	case flat:
		return encode(b, list(v), 3)
	case list:
		return open('[', len(v), func(i int) error { return encode(b, v[i], depth+1) })
	case number:
		b.WriteString(string(v))
		return nil
	case raw:
		b.Write(v)
		return nil
	case nil, bool, int, string:
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the encoder's line break
		return nil
	}
	return fmt.Errorf("no JSON form for a %T", v)
}

func (s *paper) document() object {
	r, c := s.Main, s.File.Case
	a := r.Analysis
	frontier := list{}
	for i := range a.Frontier.Points {
		p := &a.Frontier.Points[i]
		frontier = append(frontier, append(placeObject(r, c, p.Utilities, p.Outcome), member{"ties", count(p.Ties)}))
	}
	solutions := object{}
	for _, rule := range study.Rules {
		solutions = append(solutions, member{rule.Key, solutionObject(r, c, rule.Pick(&a.Solutions))})
	}
	packages := object{}
	for _, p := range r.Packages {
		packages = append(packages, member{p.ID, judgedObject(r, c, &p)})
	}
	warnings := list{}
	for _, p := range s.File.Warnings() {
		warnings = append(warnings, clean(p.String()))
	}
	views := object{}
	for _, v := range s.Readings {
		if v.View == "" {
			continue
		}
		va := v.Analysis
		views = append(views, member{v.View, object{
			{"verdict", string(va.Verdict)},
			{"zone", zoneObject(v)},
			{"nash", solutionObject(v, c, va.Solutions.Nash)},
		}})
	}
	return object{
		{"case", c.ID},
		{"hash", s.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(s.Choice.Levers)},
		{"parties", texts(partyIDs(r.Space))},
		{"outcomes", a.Outcomes.String()},
		{"exact", a.Exact},
		{"inputs_rounded", r.Space.Rounded},
		{"ratifiable_only", a.Ratifiable},
		{"method", string(a.Method)},
		{"why", clean(a.Why)},
		{"considered", considered(a)},
		{"verdict", string(a.Verdict)},
		{"zone", zoneObject(r)},
		{"disagreement", disagreementObject(r)},
		{"ideal", idealObject(r)},
		{"frontier", object{
			{"size", frontierSize(&a.Frontier)},
			{"truncated", a.Frontier.Truncated},
			{"epsilon", ratOrNull(a.Frontier.Epsilon)},
			{"points", frontier},
		}},
		{"solutions", solutions},
		{"packages", packages},
		{"status_quo", judgedOrNull(r, c, r.StatusQuo)},
		{"measures", object{
			{"opposition", measure(a.Measures.Opposition)},
			{"distribution", measure(a.Measures.Distribution)},
			{"why", textOrNull(clean(a.Measures.Why))},
		}},
		{"definitions", s.definitionsObject()},
		{"adjusted_winner", s.divisionObject()},
		{"home", s.winSetsObject()},
		{"diagnosis", s.diagnosis()},
		{"views", views},
		{"warnings", warnings},
		{"conversion", conversion(s.File)},
	}
}

// cleaned returns texts from outside as a list.
func cleaned(all []string) list {
	l := list{}
	for _, text := range all {
		l = append(l, clean(text))
	}
	return l
}

// conversion returns what the case was read from, null for a case file.
func conversion(f *casefile.File) any {
	c := f.Conversion
	if c == nil {
		return nil
	}
	return object{{"format", clean(c.Format)}, {"files", cleaned(c.Files)}, {"lost", cleaned(c.Notes)}}
}

func zoneObject(r *study.Reading) object {
	z := &r.Analysis.Zone
	n := r.ZoneCount()
	var exact, share, ratifiable any
	if n != nil {
		exact = n.String()
		if r.Analysis.Outcomes.Sign() > 0 {
			share = number(float(new(big.Rat).SetFrac(n, r.Analysis.Outcomes)))
		}
		if z.Ratifiable != nil && n.Sign() > 0 {
			ratifiable = number(float(new(big.Rat).SetFrac(z.Ratifiable, n)))
		}
	}
	return object{
		{"count", exact},
		{"count_low", countText(z.Low)},
		{"count_high", countText(z.High)},
		{"estimate", estimate(z.Estimate)},
		{"share", share},
		{"ratifiable", countText(z.Ratifiable)},
		{"ratifiable_low", countText(z.RatifiableLow)},
		{"ratifiable_high", countText(z.RatifiableHigh)},
		{"ratifiable_estimate", estimate(z.RatifiableEstimate)},
		{"ratifiable_share", ratifiable},
	}
}

func disagreementObject(r *study.Reading) any {
	if !r.HasZone() {
		return nil
	}
	o := object{}
	for i := range r.Space.Parties {
		p, b := &r.Space.Parties[i], r.Analysis.Parties[i]
		from := "no_deal"
		if b.FromZone {
			from = "zone"
		}
		o = append(o, member{p.ID, object{
			{"value", number(float(p.Points(b.Disagreement)))}, {"from", from}}})
	}
	return o
}

func idealObject(r *study.Reading) any {
	if !r.HasZone() {
		return nil
	}
	return byParty(r.Space, func(p int) any { return number(float(r.Space.Parties[p].Points(r.Analysis.Parties[p].Ideal))) })
}

// byParty writes a value for every party.
func byParty(s *outcome.Space, value func(p int) any) object {
	o := object{}
	for p := range s.Parties {
		o = append(o, member{s.Parties[p].ID, value(p)})
	}
	return o
}

// pointsObject writes what utilities are to every party, in points.
func pointsObject(s *outcome.Space, u []int64) object {
	return byParty(s, func(p int) any { return number(float(s.Parties[p].Points(u[p]))) })
}

// moreObject writes, in points, what u gives every party more than v.
func moreObject(s *outcome.Space, u, v []int64) object {
	return byParty(s, func(p int) any { return number(float(s.Parties[p].Points(u[p] - v[p]))) })
}

// placeObject writes what a package is worth to each party, and its options.
func placeObject(r *study.Reading, c *casefile.Case, utilities []int64, o outcome.Outcome) object {
	return object{{"utilities", pointsObject(r.Space, utilities)}, {"outcome", optionsObject(r, c, o)}}
}

func optionsObject(r *study.Reading, c *casefile.Case, o outcome.Outcome) object {
	options := object{}
	for i, id := range c.Issues.Keys() {
		options = append(options, member{string(id), optionValue(issueAt(c, i), o[i])})
	}
	return options
}

func solutionObject(r *study.Reading, c *casefile.Case, s *bargain.Solution) any {
	if s == nil {
		return nil
	}
	tied := list{}
	for _, o := range s.Tied {
		tied = append(tied, optionsObject(r, c, o))
	}
	j := bargain.Judge(r.Space, s.Outcome)
	o := append(placeObject(r, c, s.Utilities, s.Outcome), member{"ties", count(s.Ties)}, member{"tied", tied}, member{"gap", ratOrNull(s.Gap)}, member{"first", s.First})
	return append(o, atHomeObject(r, &j)...)
}

func judgedOrNull(r *study.Reading, c *casefile.Case, p *study.Judged) any {
	if p == nil {
		return nil
	}
	return judgedObject(r, c, p)
}

func judgedObject(r *study.Reading, c *casefile.Case, p *study.Judged) object {
	j := &p.Judgment
	accepted := list{}
	for i, id := range partyIDs(r.Space) {
		if j.Accepts>>i&1 != 0 {
			accepted = append(accepted, id)
		}
	}
	o := append(placeObject(r, c, j.Utilities, p.Outcome),
		member{"accepted_by", accepted},
		member{"broken", texts(j.Broken)})
	return append(o, atHomeObject(r, j)...)
}

// atHomeObject writes what constituencies make of a package.
func atHomeObject(r *study.Reading, j *bargain.Judgment) object {
	ratified, groups := list{}, object{}
	for i := range r.Space.Parties {
		p := &r.Space.Parties[i]
		if j.Ratifies[i] {
			ratified = append(ratified, p.ID)
		}
		if len(p.Constituencies) == 0 {
			continue
		}
		of := object{}
		for k := range p.Constituencies {
			row := &p.Constituencies[k]
			of = append(of, member{constituencyID(row), object{
				{"score", number(float(row.Points(j.Constituencies[i][k])))},
				{"accepts", j.ConstituencyAccepts[i]>>k&1 != 0},
			}})
		}
		groups = append(groups, member{p.ID, of})
	}
	return object{{"ratified_by", ratified}, {"constituencies", groups}}
}

func frontierSize(f *bargain.Frontier) any {
	if f.Size < 0 {
		return nil
	}
	return f.Size
}

func ratOrNull(r *big.Rat) any {
	if r == nil {
		return nil
	}
	return number(float(r))
}

func estimate(e *bargain.Estimate) any {
	if e == nil {
		return nil
	}
	return object{{"low", e.Low.String()}, {"high", e.High.String()}, {"confidence", number("0.95")},
		{"samples", e.Samples}, {"seed", number(strconv.FormatUint(e.Seed, 10))}}
}

func considered(a *bargain.Analysis) list {
	out := list{}
	for _, c := range a.Considered {
		out = append(out, object{{"method", string(c.Method)}, {"chosen", c.Chosen}, {"why", clean(c.Why)},
			{"seconds", seconds(c.Work)}})
	}
	return out
}

// seconds writes an estimate of work, null where there is none.
func seconds(work time.Duration) any {
	if work == 0 {
		return nil
	}
	return number(strconv.FormatFloat(work.Seconds(), 'f', -1, 64))
}

// count writes a number of packages: an integer of any size.
func count(n *big.Int) any {
	if n == nil {
		return nil
	}
	return number(n.String())
}

// countText writes a number of packages as a decimal string.
func countText(n *big.Int) any {
	if n == nil {
		return nil
	}
	return n.String()
}

func measure(f *float64) any {
	if f == nil {
		return nil
	}
	return number(strconv.FormatFloat(*f, 'f', -1, 64))
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func texts(ids []string) list {
	l := list{}
	for _, id := range ids {
		l = append(l, id)
	}
	return l
}

func (s *paper) divisionObject() any {
	r, c, d := s.Main, s.File.Case, s.division
	if d == nil {
		return nil
	}
	shares, points := object{}, object{}
	var split any
	for i, id := range c.Issues.Keys() {
		shares = append(shares, member{string(id), number(float(d.Shares[i]))})
		if i == d.Split {
			split = string(id)
		}
	}
	for i, id := range partyIDs(r.Space) {
		points = append(points, member{id, number(float(d.Points[i]))})
	}
	return object{{"points", points}, {"shares", shares}, {"split", split}, {"equitable", d.Equitable}}
}
