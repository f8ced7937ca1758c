package casefile

import (
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// InWords returns a condition over packages as people read it, with the titles of issues and options: “Relief” is “None” and
// “Term” is at least 12 months. What is no condition comes back as it is.
func (c *Case) InWords(text string) string { return speller{c: c}.condition(text) }

// RuleInWords returns a condition over the consents of a party's constituencies, or of the parties where
// party is "", as people read it.
func (c *Case) RuleInWords(party PartyID, text string) string {
	if party != "" {
		party += "."
	}
	return speller{c, string(party)}.condition(text)
}

// InWords returns when an adjustment is added, as people read it.
func (a *Adjustment) InWords(c *Case) string {
	s := speller{c: c}
	switch {
	case a.When != "":
		return s.condition(a.When)
	case a.Outside.Len() > 0:
		return "not all of this holds: " + s.box(a.Outside)
	}
	return s.box(a.Within)
}

// A speller writes conditions in words.
type speller struct {
	c      *Case
	prefix string // of names of constituencies
}

func (s speller) condition(text string) string {
	tree, err := parseCondition(text)
	if err != nil {
		return text
	}
	return s.tree(tree, opTrue)
}

var predicates = [...]string{outcome.Equal: "is", outcome.NotEqual: "is not", outcome.Less: "is below", outcome.AtMost: "is at most",
	outcome.Greater: "is above", outcome.AtLeast: "is at least"}

// tree writes a tree that stands below an operator.
func (s speller) tree(t *condition, above conditionOp) string {
	switch t.op {
	case opTrue:
		return "always"
	case opFalse:
		return "never"
	case opNot:
		return "not " + s.tree(t.args[0], opNot)
	case opCompare:
		return s.issue(IssueID(t.name)) + " " + predicates[t.cmp] + " " + s.option(IssueID(t.name), t.literal.text)
	case opName:
		return s.voter(t.name)
	case opCount, opVotes:
		var names []string
		for _, name := range t.names {
			names = append(names, s.voter(name.text))
		}
		of := " of "
		if t.op == opVotes {
			of = " votes of "
		}
		return strings.TrimPrefix(predicates[t.cmp], "is ") + " " + t.literal.text + of + list(names, "and")
	}
	if text := s.oneIssue(t); text != "" {
		return text
	}
	var parts []string
	for _, arg := range t.args {
		parts = append(parts, s.tree(arg, t.op))
	}
	join := map[conditionOp]string{opAnd: " and ", opOr: " or "}[t.op]
	text := strings.Join(parts, join)
	if above != opTrue && above != t.op {
		text = "(" + text + ")"
	}
	return text
}

// oneIssue writes that one issue has one of several options, or none of them; "" where a tree says something else.
func (s speller) oneIssue(t *condition) string {
	is, cmp, join := "is ", outcome.Equal, " or "
	if t.op == opAnd {
		is, cmp, join = "is neither ", outcome.NotEqual, " nor "
	}
	var options []string
	for _, arg := range t.args {
		if arg.op != opCompare || arg.cmp != cmp || arg.name != t.args[0].name {
			return ""
		}
		options = append(options, s.option(IssueID(arg.name), arg.literal.text))
	}
	return s.issue(IssueID(t.args[0].name)) + " " + is + strings.Join(options, join)
}

// box writes answers by issue.
func (s speller) box(box Map[IssueID, Answers]) string {
	var parts []string
	for id, answers := range box.All() {
		var options []string
		for _, run := range answers {
			text := s.option(id, run.First)
			if run.Last != run.First {
				text += " to " + s.option(id, run.Last)
			}
			options = append(options, text)
		}
		parts = append(parts, s.issue(id)+" is "+list(options, "or"))
	}
	return strings.Join(parts, " and ")
}

func (s speller) issue(id IssueID) string { return "“" + s.c.IssueTitle(id) + "”" }

// option writes an option's title in quotation marks, or a number of a range with its unit.
func (s speller) option(issue IssueID, id string) string {
	is, _ := s.c.Issues.Get(issue)
	if is.Range != nil {
		return strings.TrimSpace(id + " " + is.Range.Unit)
	}
	if k, ok := is.Position(id); ok {
		id = is.OptionTitle(k)
	}
	return "“" + id + "”"
}

// voter writes who consents in quotation marks, since titles have words such as and in them.
func (s speller) voter(id string) string {
	if title := s.c.ActorTitle(s.prefix + id); title != s.prefix+id {
		return "“" + title + "”"
	}
	return strings.ReplaceAll(id, "_", " ") // a named rule, or a voter without a title
}
