package report

import (
	"bytes"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// WriteDiagnosisJSON writes the diagnosis of the study's main reading as one JSON document.
// docs/formats/diagnose.md explains each field.
func WriteDiagnosisJSON(w io.Writer, d *study.Diagnosis) error {
	s := analysisPaper(d.Analysis)
	return writeDocument(w, append(s.diagnosis(), member{"conversion", conversion(s.File)}))
}

// diagnosis is the document of goodoffices diagnose, and the member of the same name in
// that of analyze.
func (s *paper) diagnosis() object {
	r := s.Main
	d := s.diagnosed
	blocking, needed := list{}, list{}
	for i := range d.BlockingSets {
		b := &d.BlockingSets[i]
		blocking = append(blocking, texts(b.Conditions))
		with := list{}
		for _, o := range b.Needed {
			with = append(with, packageOrNull(r, s, o))
		}
		needed = append(needed, with)
	}
	opening := list{}
	for i := range d.OpeningSets {
		o := &d.OpeningSets[i]
		concedes := list{}
		for _, c := range o.Concedes {
			var points any
			if c.Points != nil {
				points = number(float(c.Points))
			}
			concedes = append(concedes, object{{"condition", c.Condition}, {"party", partyOrNull(r, c.Party)}, {"points", points}})
		}
		var concessions any
		if o.Concessions != nil {
			concessions = concessionList(r, o.Concessions)
		}
		set := object{{"relax", texts(o.Relax)}}
		set = append(set, placeObject(r, s.File.Case, o.Utilities, o.Outcome)...)
		opening = append(opening, append(set, member{"points", number(float(o.Points))}, member{"least", o.Least},
			member{"concedes", concedes}, member{"concessions", concessions}))
	}
	packages := list{}
	for i := range d.Concessions {
		packages = append(packages, packageOrNull(r, s, d.Concessions[i].Outcome))
	}
	weak := list{}
	for _, w := range s.weakPoints() {
		weak = append(weak, w.object())
	}
	var proof any
	if s.certificate != nil {
		proof = raw(bytes.TrimSpace(s.certificate))
	}
	return object{
		{"case", s.File.Case.ID},
		{"hash", s.hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(s.Choice.Levers)},
		{"parties", texts(partyIDs(r.Space))},
		{"outcomes", d.Outcomes.String()},
		{"method", string(d.Method)},
		{"verdict", string(d.Verdict)},
		{"complete", d.Complete},
		{"hopeless", d.Hopeless},
		{"why", textOrNull(clean(d.Why))},
		{"conditions", s.conditionList()},
		{"blocking_sets", blocking},
		{"needed", needed},
		{"opening_sets", opening},
		{"concessions", concessionList(r, d.Concessions)},
		{"concession_packages", packages},
		{"concessions_complete", d.ConcessionsComplete},
		{"concessions_why", textOrNull(clean(d.ConcessionsWhy))},
		{"weak_points", weak},
		{"slack", s.slack()},
		{"certificate", proof},
	}
}

func packageOrNull(r *study.Reading, s *paper, o outcome.Outcome) any {
	if o == nil {
		return nil
	}
	return placeObject(r, s.File.Case, bargain.Judge(r.Space, o).Utilities, o)
}

func partyOrNull(r *study.Reading, p int) any {
	if p < 0 {
		return nil
	}
	return r.Space.Parties[p].ID
}

func concessionList(r *study.Reading, all []diagnose.Concession) list {
	out := list{}
	for i := range all {
		o := object{}
		for p, points := range all[i].Points {
			o = append(o, member{r.Space.Parties[p].ID, number(float(points))})
		}
		out = append(out, o)
	}
	return out
}

// A named condition is one that a diagnosis speaks of, with what the case says about it.
type named struct {
	ID, Kind   string // kind: no_deal, red_line, requirement or consent
	Party      int    // -1: nobody's alone
	Name       string // in words, to stand in a sentence: "Iran’s red line “no zero enrichment”"
	Text       string // as written; of a no-deal value, its number
	Words      string // as people read it
	Because    string
	Confidence string
	Statements []string
	Said       []said
}

// named returns a relaxable condition of the main reading.
func (s *paper) named(c *diagnose.Relaxable) named {
	r := s.Main
	e, _ := r.Case.Condition(c.ID)
	n := named{ID: c.ID, Party: c.Party, Text: clean(e.Text), Words: clean(e.Words), Because: clean(e.Because), Confidence: clean(e.Confidence), Statements: e.Statements}
	short := lineName(r.Case, c.ID)
	switch {
	case c.NoDeal:
		party := &r.Space.Parties[c.Party]
		n.Kind = "no_deal"
		n.Name = fmt.Sprintf("%s no-deal value of %s points", possessive(partyName(s.File.Case, c.Party)), points(&party.Row, party.Threshold.Value))
	case c.Party >= 0:
		n.Kind, n.Name = "red_line", fmt.Sprintf("%s red line “%s”", possessive(partyName(s.File.Case, c.Party)), short)
	case c.ID == "consent":
		n.Kind, n.Name = "consent", "the consent rule"
	default:
		n.Kind, n.Name = "requirement", fmt.Sprintf("the political requirement “%s”", short)
	}
	for _, id := range e.Statements {
		if st, ok := s.File.Case.Statements.Get(id); ok {
			n.Said = append(n.Said, s.said(id, &st))
		}
	}
	return n
}

// names returns every relaxable condition by id.
func (s *paper) names() map[string]named {
	out := make(map[string]named)
	for i := range s.diagnosed.Conditions {
		c := &s.diagnosed.Conditions[i]
		out[c.ID] = s.named(c)
	}
	return out
}

func (s *paper) conditionList() list {
	out := list{}
	for i := range s.diagnosed.Conditions {
		n := s.named(&s.diagnosed.Conditions[i])
		quotes := list{}
		for _, said := range n.Said {
			if said.Quote != "" {
				quotes = append(quotes, object{{"statement", said.ID}, {"quote", said.Quote}})
			}
		}
		out = append(out, object{{"id", n.ID}, {"kind", n.Kind}, {"party", partyOrNull(s.Main, n.Party)}, {"text", textOrNull(n.Text)},
			{"because", textOrNull(n.Because)}, {"statements", texts(n.Statements)}, {"quotes", quotes}, {"confidence", textOrNull(n.Confidence)}})
	}
	return out
}

// A weakPoint is something weakly supported on which a verdict of no zone may rest.
type weakPoint struct {
	Kind       string // statement, confidence, no_statement, or together for all of them
	Statement  string // id, of kind statement
	Why        string // a clause
	Conditions []string
	Opening    []string // an opening set among Conditions; nil where none is known
	Sure       bool     // that there is none, where Opening is nil
}

func (w *weakPoint) object() object {
	var opens, set any = nil, nil
	switch {
	case w.Opening != nil:
		opens, set = true, texts(w.Opening)
	case w.Sure:
		opens = false
	}
	return object{{"kind", w.Kind}, {"statement", textOrNull(w.Statement)}, {"why", w.Why}, {"conditions", texts(w.Conditions)},
		{"opens", opens}, {"opening_set", set}}
}

// weakPoints lists what a verdict of no zone rests on and is weakly supported: weak statements
// in the order of the file, each with the conditions that have no other statement; then conditions of
// low confidence and those without any statement; then, where there are several, all of them, with
// the conditions all of whose statements are weak. docs/methods/diagnosis.md states the rule.
func (s *paper) weakPoints() []weakPoint {
	d := s.diagnosed
	if d.Verdict != bargain.NoZone || d.Hopeless {
		return nil
	}
	c := s.File.Case
	why := map[string]string{} // of weak statements
	for id := range c.Statements.All() {
		if text := s.weakStatement(id); text != "" {
			why[id] = text
		}
	}
	var points []weakPoint
	weak := map[string]bool{}
	all := s.names()
	for id := range c.Statements.All() {
		if why[id] == "" {
			continue
		}
		p := weakPoint{Kind: "statement", Statement: id, Why: why[id]}
		for _, r := range d.Conditions {
			if refs := all[r.ID].Statements; len(refs) > 0 && !slices.ContainsFunc(refs, func(ref string) bool { return ref != id }) {
				p.Conditions = append(p.Conditions, r.ID)
			}
		}
		if p.Conditions != nil {
			points = append(points, p)
		}
	}
	for _, r := range d.Conditions {
		n := all[r.ID]
		if len(n.Statements) > 0 && !slices.ContainsFunc(n.Statements, func(ref string) bool { return why[ref] == "" }) {
			weak[r.ID] = true
		}
		if n.Confidence == "low" {
			points = append(points, weakPoint{Kind: "confidence", Why: "the case rates its confidence as low", Conditions: []string{r.ID}})
			weak[r.ID] = true
		}
		if len(n.Statements) == 0 && n.Kind != "consent" {
			points = append(points, weakPoint{Kind: "no_statement", Why: "the case cites no statement for it", Conditions: []string{r.ID}})
			weak[r.ID] = true
		}
	}
	if len(weak) > 1 {
		p := weakPoint{Kind: "together", Why: "all of this together"}
		for _, r := range d.Conditions {
			if weak[r.ID] {
				p.Conditions = append(p.Conditions, r.ID)
			}
		}
		points = append(points, p)
	}
	for i := range points {
		p := &points[i]
		p.Sure = d.Complete
		for k := range d.OpeningSets {
			if !slices.ContainsFunc(d.OpeningSets[k].Relax, func(id string) bool { return !slices.Contains(p.Conditions, id) }) {
				p.Opening = d.OpeningSets[k].Relax
				break
			}
		}
	}
	return points
}

// weakStatement says why a statement is weakly sourced; empty where it is not.
func (s *paper) weakStatement(id string) string {
	c := s.File.Case
	st, _ := c.Statements.Get(id)
	if len(st.Source) == 0 {
		return "no source is stated"
	}
	var ratings []string
	for _, ref := range st.Source {
		src, ok := c.Sources.Get(ref)
		if !ok || !(src.Reliability >= "D" || src.Credibility >= 4) {
			return ""
		}
		ratings = append(ratings, rating(&src))
	}
	return "every source of it is rated low (" + sentenceList(ratings) + ")"
}

// slack writes how close a zone is to closing, null without one.
func (s *paper) slack() any {
	r, d := s.Main, s.diagnosed
	k := d.Slack
	if k == nil {
		return nil
	}
	raise := object{}
	for p := range r.Space.Parties {
		var dispensable any
		if k.Dispensable != nil {
			dispensable = k.Dispensable[p]
		}
		raise = append(raise, member{r.Space.Parties[p].ID, object{{"points", ratOrNull(k.Raise[p])}, {"dispensable", dispensable}}})
	}
	without := list{}
	for _, b := range k.Conditions {
		var binds any
		if b.Growth != nil {
			binds = b.Growth.Sign() != 0
		}
		without = append(without, object{{"condition", b.Condition}, {"binds", binds}, {"growth", countText(b.Growth)}})
	}
	var shared, insist any
	if k.Options != nil {
		all := list{}
		for _, x := range s.shared() {
			var by list = list{}
			for _, p := range x.by {
				by = append(by, r.Space.Parties[p].ID)
			}
			all = append(all, object{{"issue", r.Space.Issues[x.issue].ID}, {"option", optionValue(issueAt(s.File.Case, x.issue), x.option)}, {"conceded_by", by}})
		}
		shared = all
		by := object{}
		for p := range r.Space.Parties {
			best := object{}
			for i := range r.Space.Issues {
				best = append(best, member{r.Space.Issues[i].ID, optionValue(issueAt(s.File.Case, i), s.insist(p, i))})
			}
			by = append(by, member{r.Space.Parties[p].ID, best})
		}
		insist = by
	}
	return object{
		{"exact", k.Exact}, {"why", textOrNull(clean(k.Why))}, {"raise", raise}, {"margin", ratOrNull(k.Margin)},
		{"margin_package", packageOrNull(r, s, k.MarginOutcome)}, {"without", without}, {"shared", shared}, {"insist", insist},
	}
}

// A sharedOption is one that every package of the zone has, with the parties to whom
// another answer to the issue would be worth more.
type sharedOption struct {
	issue, option int
	by            []int
}

// shared lists the options that nobody can withdraw without closing the zone.
func (s *paper) shared() []sharedOption {
	r := s.Main
	var all []sharedOption
	for i, seen := range s.diagnosed.Slack.Options {
		n, at := 0, 0
		for o, in := range seen {
			if in {
				n, at = n+1, o
			}
		}
		if n != 1 || len(seen) == 1 {
			continue
		}
		x := sharedOption{issue: i, option: at}
		for p := range r.Space.Parties {
			if scores := r.Space.Parties[p].Scores[i]; slices.Max(scores) > scores[at] {
				x.by = append(x.by, p)
			}
		}
		all = append(all, x)
	}
	return all
}

// insist returns the best answer to an issue for a party of those in the zone, the first where several are.
func (s *paper) insist(p, issue int) int {
	best := -1
	scores := s.Main.Space.Parties[p].Scores[issue]
	for o, in := range s.diagnosed.Slack.Options[issue] {
		if in && (best < 0 || scores[o] > scores[best]) {
			best = o
		}
	}
	return best
}

// pointsOf writes a number of points in a sentence.
func pointsOf(r *big.Rat) string {
	text := decimals(r)
	if text == "1" {
		return "1 point"
	}
	return text + " points"
}
