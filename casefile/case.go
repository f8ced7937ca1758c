package casefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// Len returns the number of possible answers to the issue.
func (is *Issue) Len() int {
	if is.Range != nil {
		return is.Range.len()
	}
	return is.Options.Len()
}

// OptionID returns the id of the option at position k; of a range, its number.
func (is *Issue) OptionID(k int) string {
	if is.Range != nil {
		return is.Range.at(k).String()
	}
	return is.Options.Keys()[k]
}

// OptionTitle returns what people call the option at position k: its title, else
// its id; of a range, the number with its unit, as in "12 months".
func (is *Issue) OptionTitle(k int) string {
	if is.Range != nil {
		return strings.TrimSpace(is.Range.at(k).String() + " " + is.Range.Unit)
	}
	id, o := is.Options.At(k)
	return orElse(o.Title, id)
}

// Position returns the position of an option by its id, or of a value of a range
// by its number, and whether there is one.
func (is *Issue) Position(optionID string) (int, bool) {
	if is.Range == nil {
		return is.Options.Position(optionID)
	}
	d, err := ParseDecimal(optionID)
	if err != nil || is.Range.len() == 0 {
		return 0, false
	}
	k, err := is.Range.position(d)
	return k, err == nil
}

// positions returns the positions of the answers, each once, in the order of the issue.
func (a Answers) positions(is *Issue) ([]int, error) {
	in := make([]bool, is.Len())
	for _, run := range a {
		first, ok := is.Position(run.First)
		last, also := is.Position(run.Last)
		if !ok || !also || first > last {
			return nil, fmt.Errorf("%s are no answers in the order of the issue", quoted(run.String()))
		}
		for k := first; k <= last; k++ {
			in[k] = true
		}
	}
	var at []int
	for k, held := range in {
		if held {
			at = append(at, k)
		}
	}
	return at, nil
}

// String writes the run as in a case file.
func (r Run) String() string {
	if r.First == r.Last {
		return r.First
	}
	return r.First + ".." + r.Last
}

// String lists the answers as a case file does.
func (a Answers) String() string {
	runs := make([]string, len(a))
	for i, r := range a {
		runs[i] = r.String()
	}
	return strings.Join(runs, ", ")
}

// condition says in words where the adjustment is added: its condition as
// written, or the answers that it names.
func (a *Adjustment) condition() string {
	words := func(box Map[IssueID, Answers]) string {
		var parts []string
		for id, answers := range box.All() {
			parts = append(parts, string(id)+" in "+answers.String())
		}
		return strings.Join(parts, " and ")
	}
	switch {
	case a.When != "":
		return a.When
	case a.Outside.Len() > 0:
		return "not (" + words(a.Outside) + ")"
	}
	return words(a.Within)
}

func orElse(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

// IssueTitle returns what people call the issue: its title, else its id.
func (c *Case) IssueTitle(id IssueID) string {
	is, _ := c.Issues.Get(id)
	return orElse(is.Title, string(id))
}

// ActorTitle returns what people call a party, mediator, outside actor,
// constituency ("PARTY.CONSTITUENCY") or "mediators": its title, else its id.
func (c *Case) ActorTitle(id string) string {
	if id == "mediators" {
		return "the mediators"
	}
	if p, ok := c.Parties.Get(PartyID(id)); ok {
		return orElse(p.Title, id)
	}
	if a, ok := c.Mediators.Get(id); ok {
		return orElse(a.Title, id)
	}
	if a, ok := c.Outside.Get(id); ok {
		return orElse(a.Title, id)
	}
	if party, group, ok := strings.Cut(id, "."); ok {
		if p, _ := c.Parties.Get(PartyID(party)); p.Ratification != nil {
			if g, ok := p.Ratification.Constituencies.Get(group); ok {
				return orElse(g.Title, group)
			}
		}
	}
	return id
}

// ActorName returns what [Case.ActorTitle] does, with the article that it takes within a sentence: the United States.
func (c *Case) ActorName(id string) string {
	article := ""
	if p, ok := c.Parties.Get(PartyID(id)); ok {
		article = p.Article
	} else if a, ok := c.Mediators.Get(id); ok {
		article = a.Article
	} else if a, ok := c.Outside.Get(id); ok {
		article = a.Article
	}
	if article != "" {
		article += " "
	}
	return article + c.ActorTitle(id)
}

// PackageOutcome returns the outcome that a named package stands for. Issues that
// it leaves out stay at their status quo.
func (c *Case) PackageOutcome(id string) (outcome.Outcome, error) {
	p, ok := c.Packages.Get(id)
	if !ok {
		return nil, unknown("package", id, c.Packages.Keys())
	}
	o := make(outcome.Outcome, c.Issues.Len())
	for i, issue := range c.Issues.Keys() {
		is, _ := c.Issues.Get(issue)
		option, ok := p.Outcome.Get(issue)
		if !ok {
			if is.StatusQuo == "" {
				return nil, fmt.Errorf("package %s leaves out %s, which has no status quo", id, issue)
			}
			option = is.StatusQuo
		}
		if o[i], ok = is.Position(option); !ok {
			return nil, fmt.Errorf("package %s: %s has no option %s", id, issue, quoted(option))
		}
	}
	return o, nil
}

// A Way is an agenda as numbers: files of issues, and the options that it fixes, by the
// positions of both.
type Way struct {
	Files [][]int
	Fixed map[int]int
}

// AgendaWay returns what a named agenda stands for.
func (c *Case) AgendaWay(id string) (Way, error) {
	a, ok := c.Agendas.Get(id)
	if !ok {
		return Way{}, unknown("agenda", id, c.Agendas.Keys())
	}
	var settings []Setting
	for issue, option := range a.Outcome.All() {
		settings = append(settings, Setting{issue, option})
	}
	files := make([][]IssueID, len(a.Files))
	for i, file := range a.Files {
		files[i] = file.issues()
	}
	return c.Way(files, settings)
}

// Way returns the agenda with the given files of issues and fixed options. It fails on what the
// case does not have, and on an issue that is named twice.
func (c *Case) Way(files [][]IssueID, fixed []Setting) (Way, error) {
	w := Way{Fixed: make(map[int]int)}
	ids := c.Issues.Keys()
	named := make(map[IssueID]bool)
	once := func(id IssueID) error {
		if !c.Issues.Has(id) {
			return unknown("issue", id, ids)
		}
		if named[id] {
			return fmt.Errorf("%s is named twice: an issue is in one file, or its option is fixed", id)
		}
		named[id] = true
		return nil
	}
	for _, s := range fixed {
		if err := once(s.Issue); err != nil {
			return w, err
		}
		is, _ := c.Issues.Get(s.Issue)
		k, ok := is.Position(s.Option)
		if !ok {
			return w, is.noOption(s)
		}
		w.Fixed[slices.Index(ids, s.Issue)] = k
	}
	for _, file := range files {
		var at []int
		for _, id := range file {
			if err := once(id); err != nil {
				return w, err
			}
			at = append(at, slices.Index(ids, id))
		}
		w.Files = append(w.Files, at)
	}
	return w, nil
}

// StatusQuos returns the position of each issue's status quo, -1 where it has none.
func (c *Case) StatusQuos() []int {
	at := make([]int, 0, c.Issues.Len())
	for _, issue := range c.Issues.Keys() {
		is, _ := c.Issues.Get(issue)
		k, ok := is.Position(is.StatusQuo)
		if !ok {
			k = -1
		}
		at = append(at, k)
	}
	return at
}

// StatusQuo returns the outcome in which every issue stays at its status quo, and
// whether every issue has one.
func (c *Case) StatusQuo() (outcome.Outcome, bool) {
	o := make(outcome.Outcome, c.Issues.Len())
	for i, issue := range c.Issues.Keys() {
		is, _ := c.Issues.Get(issue)
		k, ok := is.Position(is.StatusQuo)
		if !ok {
			return nil, false
		}
		o[i] = k
	}
	return o, true
}

// MandateTable returns the packages that the party's mandate admits; ok is false
// when it admits every package.
func (c *Case) MandateTable(party PartyID) (t outcome.Table, ok bool, err error) {
	p, known := c.Parties.Get(party)
	if !known {
		return t, false, unknown("party", party, c.Parties.Keys())
	}
	if p.Mandate == nil || p.Mandate.Only == "" {
		return t, false, nil
	}
	t, err = c.table(string(party)+".mandate.only", p.Mandate.Only, false)
	return t, err == nil, err
}

// table compiles a condition over packages, or its contrary.
func (c *Case) table(name, text string, not bool) (outcome.Table, error) {
	tree, perr := parseCondition(text)
	if perr != nil {
		return outcome.Table{}, fmt.Errorf("%s: %w", name, perr)
	}
	if not {
		tree = &condition{op: opNot, args: []*condition{tree}}
	}
	t, err := tree.checkedTable(c.Issues)
	if err != nil {
		return t, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

// forbidden compiles what a requirement rules out.
func (c *Case) forbidden(name string, r *Requirement) (outcome.Table, error) {
	tree, err := r.broken()
	if err != nil {
		return outcome.Table{}, fmt.Errorf("%s: %w", name, err)
	}
	t, terr := tree.checkedTable(c.Issues)
	if terr != nil {
		return t, fmt.Errorf("%s: %w", name, terr)
	}
	return t, nil
}

// broken returns the condition under which the requirement is not satisfied.
func (r *Requirement) broken() (*condition, error) {
	then, err := parseCondition(r.Then)
	if err != nil {
		return nil, err
	}
	c := &condition{op: opNot, args: []*condition{then}}
	if r.If != "" {
		when, err := parseCondition(r.If)
		if err != nil {
			return nil, err
		}
		c = &condition{op: opAnd, args: []*condition{when, c}}
	}
	return c, nil
}

// checkedTable is table for a condition that nobody has checked yet.
func (c *condition) checkedTable(issues Map[IssueID, Issue]) (outcome.Table, error) {
	var first *ConditionError
	c.checkPackages(issues, func(e *ConditionError) {
		if first == nil {
			first = e
		}
	})
	if first != nil {
		return outcome.Table{}, first
	}
	return c.table(issues)
}

// rule compiles a condition over consents.
func consentRule(name, text string, v voters) (outcome.Rule, error) {
	tree, perr := parseCondition(text)
	if perr != nil {
		return outcome.Rule{}, fmt.Errorf("%s: %w", name, perr)
	}
	var first *ConditionError
	tree.checkConsents(v, func(e *ConditionError) {
		if first == nil {
			first = e
		}
	})
	if first != nil {
		return outcome.Rule{}, fmt.Errorf("%s: %w", name, first)
	}
	return tree.rule(v), nil
}

// unknown says that nothing has the id, and suggests what has.
func unknown[I, K ~string](what string, id I, candidates []K) error {
	fix := didYouMean(id, candidates)
	if fix != "" {
		fix = ": " + fix
	}
	return fmt.Errorf("unknown %s %s%s", what, quoted(id), fix)
}

// nameOr returns the id of a list's item, else its position from 1.
func nameOr(id string, k int) string {
	return orElse(id, strconv.Itoa(k+1))
}

// settle gives every condition without an id its position for one, and writes the
// numbers of ranges in tables of scores in their shortest form.
func (c *Case) settle() {
	for i := range c.Requires {
		c.Requires[i].ID = nameOr(c.Requires[i].ID, i)
	}
	for i := range c.Parties.vals {
		p := &c.Parties.vals[i]
		for k := range p.RedLines {
			p.RedLines[k].ID = nameOr(p.RedLines[k].ID, k)
		}
		for k := range p.Adjustments {
			p.Adjustments[k].ID = nameOr(p.Adjustments[k].ID, k)
		}
		for k := range p.Preconditions {
			p.Preconditions[k].ID = nameOr(p.Preconditions[k].ID, k)
		}
		p.Scores = c.copyScores(p.Scores)
		if p.Ratification != nil {
			for k := range p.Ratification.Constituencies.vals {
				g := &p.Ratification.Constituencies.vals[k]
				g.Scores = c.copyScores(g.Scores)
			}
		}
	}
	name := func(owner string, ch *Change) {
		for k := range ch.AddRedLines {
			a := &ch.AddRedLines[k]
			a.ID = orElse(a.ID, fmt.Sprintf("%s_%d", owner, k+1))
		}
	}
	for i := range c.Levers {
		name(c.Levers[i].ID, &c.Levers[i].Change)
	}
	for i, id := range c.Views.keys {
		name(id, &c.Views.vals[i].Change)
	}
}

// lever returns the lever with the id.
func (c *Case) lever(id string) (*Lever, bool) {
	k := slices.IndexFunc(c.Levers, func(l Lever) bool { return l.ID == id })
	if k < 0 {
		return nil, false
	}
	return &c.Levers[k], true
}

// LeverIDs returns the ids of the levers in the order of the file.
func (c *Case) LeverIDs() []string {
	ids := make([]string, len(c.Levers))
	for i, l := range c.Levers {
		ids[i] = l.ID
	}
	return ids
}
