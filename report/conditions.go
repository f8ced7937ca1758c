package report

import (
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
)

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

// rule says what a condition asks for.
func (n *named) rule() string {
	if n.Kind == "red_line" {
		return "never " + n.Words
	}
	return n.Words
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

// weakLines are the weak points as sentences, those first that would open a zone.
func (s *paper) weakLines() []string {
	all := s.names()
	var opens, others []string
	for _, w := range s.weakPoints() {
		var names []string
		for _, id := range w.Conditions {
			names = append(names, all[id].Name)
		}
		what := sentenceList(names)
		text := ""
		switch w.Kind {
		case "statement":
			said := "one statement"
			if st, ok := s.File.Case.Statements.Get(w.Statement); ok {
				said += " (" + s.sayer(&st) + ")"
			}
			verb := "rests"
			if len(names) > 1 {
				verb = "rest"
			}
			text = fmt.Sprintf("%s %s on %s alone: %s", what, verb, said, w.Why)
		case "together":
			text = fmt.Sprintf("taken together, what is weakly supported is %s", what)
		default:
			text = fmt.Sprintf("%s: %s", what, w.Why)
		}
		it := "it"
		if len(names) > 1 {
			it = "them"
		}
		switch {
		case w.Opening != nil:
			opens = append(opens, fmt.Sprintf("%s. Without %s there would be a package.", capital(text), it))
		case w.Sure:
			others = append(others, fmt.Sprintf("%s. Without %s there would still be none.", capital(text), it))
		default:
			others = append(others, fmt.Sprintf("%s. Whether there would be a package without %s is not known.", capital(text), it))
		}
	}
	return append(opens, others...)
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
