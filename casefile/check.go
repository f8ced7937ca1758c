package casefile

import (
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

const (
	maxJoint   = 1 << 26 // joint options of all conditions of a case
	maxChanges = 1024    // views and levers
	maxMoved   = 1 << 20 // scores given for an issue, summed over the changes of its scores
)

// A checker reports everything in a case that does not fit together.
type checker struct {
	*reporter
	c      *Case
	actors []string // parties, mediators and outside actors
	sizes  []int    // options by issue
	joint  int      // joint options of the conditions so far
}

// check reports the problems of a case that has been decoded, as far as it has.
func (r *reporter) check(c *Case) {
	k := &checker{reporter: r, c: c}
	k.head()
	k.names()
	k.issues()
	for id, p := range c.Parties.All() {
		k.party(path{"parties", string(id)}, id, &p)
	}
	k.requirements()
	if c.Consent != "" && c.Consent != "everyone" {
		k.consents(path{"consent"}, c.Consent, voters{what: "party", names: Texts(c.Parties.Keys())})
	}
	k.divisible()
	k.packages()
	k.agendas()
	k.evidence()
	k.changes()
	if len(r.problems) == 0 || !slices.ContainsFunc(r.problems, func(p Problem) bool { return !p.Warning }) {
		k.limits()
		k.idle()
		k.reach()
	}
}

func (k *checker) head() {
	c := k.c
	if c.Format != 1 && !k.failed(path{"goodoffices"}) && c.Format != 0 {
		k.value(path{"goodoffices"}, "write 1, or use a newer goodoffices", "unknown version %d of the format", c.Format)
	} else if _, v := child(k.root, "goodoffices"); v != nil && c.Format == 0 && !k.failed(path{"goodoffices"}) {
		k.value(path{"goodoffices"}, "write 1", "unknown version 0 of the format")
	}
	if c.ID != "" && !validID(c.ID, true) {
		k.value(path{"id"}, "use lower case letters, digits, hyphens and underscores, a letter first, at most 64", "%s is no name of a case", quoted(c.ID))
	}
	if c.AsOf != "" && len(c.AsOf) != len("2006-01-02") {
		k.value(path{"as_of"}, "write YYYY-MM-DD", "%s is not a day", c.AsOf)
	}
}

// validID reports whether id follows the rule for names.
func validID(id string, hyphens bool) bool {
	if id == "" || len(id) > 64 || id[0] < 'a' || id[0] > 'z' {
		return false
	}
	for i := range len(id) {
		b := id[i]
		if !('a' <= b && b <= 'z' || isDigit(b) || b == '_' || hyphens && b == '-') {
			return false
		}
	}
	return true
}

// reserved names have a meaning of their own in conditions and lists of actors.
var reserved = []string{"count", "true", "false", "everyone", "mediators"}

// pathWords cannot name parties or constituencies: paths use them.
var pathWords = []string{"requires", "consent", "no_deal", "scores", "adjustments", "red_lines"}

// id reports a name that does not follow the rules.
func (k *checker) id(p path, id string, key bool, words ...string) {
	report := k.value
	if key {
		report = k.key
	}
	switch {
	case !validID(id, false):
		fix := "use lower case letters, digits and underscores, a letter first, at most 64"
		if better := properID(id); better != "" {
			fix = "write " + better
		}
		report(p, fix, "%s is no name", quoted(id))
	case slices.Contains(reserved, id), slices.Contains(words, id):
		report(p, "choose another", "the name '%s' is reserved", id)
	}
}

// properID returns the name that a text was probably meant to be, "" if there is none.
func properID(text string) string {
	if id := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(text)); validID(id, false) {
		return id
	}
	return ""
}

func (k *checker) names() {
	c := k.c
	for _, m := range []struct {
		at    string
		keys  []string
		words []string
	}{
		{"sources", c.Sources.Keys(), nil},
		{"issues", Texts(c.Issues.Keys()), nil},
		{"parties", Texts(c.Parties.Keys()), pathWords},
		{"packages", c.Packages.Keys(), nil},
		{"agendas", c.Agendas.Keys(), nil},
		{"statements", c.Statements.Keys(), nil},
		{"mediators", c.Mediators.Keys(), pathWords},
		{"outside", c.Outside.Keys(), pathWords},
		{"views", c.Views.Keys(), nil},
	} {
		for _, id := range m.keys {
			k.id(path{m.at, id}, id, true, m.words...)
		}
	}
	first := make(map[string]string)
	for _, m := range []struct {
		at   string
		keys []string
	}{{"parties", Texts(c.Parties.Keys())}, {"mediators", c.Mediators.Keys()}, {"outside", c.Outside.Keys()}} {
		for _, id := range m.keys {
			if other := first[id]; other != "" {
				k.key(path{m.at, id}, "name each actor once", "'%s' is named in %s already", id, other)
				continue
			}
			first[id] = m.at
			k.actors = append(k.actors, id)
		}
	}
	levers := newItems(path{"levers"})
	for i, l := range c.Levers {
		levers.check(k, i, l.ID)
	}
}

// items checks the ids of one list.
type items struct {
	at   path
	seen map[string]int
}

func newItems(at path) *items { return &items{at, make(map[string]int)} }

// check reports the id of the item at position i and returns the item's path.
func (s *items) check(k *checker, i int, id string) path {
	p := s.at.to(nameOr(id, i))
	if id == "" {
		return p
	}
	if other, twice := s.seen[id]; twice {
		_, list := k.find(s.at)
		if i < len(list.Content) {
			k.at(list.Content[i], p, "give each an id of its own", "the id '%s' is that of item %d already", id, other+1)
		}
		return p
	}
	s.seen[id] = i
	k.id(p.to("id"), id, false)
	return p
}

func (k *checker) issues() {
	options := 0
	for id, is := range k.c.Issues.All() {
		p := path{"issues", string(id)}
		if k.failed(p.to("range")) {
			is.Range = nil // reported; what refers to it is not reported too
			k.c.Issues.put(id, is)
		}
		k.issue(p, &is)
		options += is.Len()
		k.sizes = append(k.sizes, is.Len())
	}
	switch n := k.c.Issues.Len(); {
	case n > outcome.MaxIssues:
		k.value(path{"issues"}, "group issues into fewer", "%d issues, more than the limit of %d", n, outcome.MaxIssues)
	case n == 0 && !k.failed(path{"issues"}) && !k.missing("issues"):
		k.value(path{"issues"}, "give at least one", "there are no issues")
	}
	if options > outcome.MaxOptions {
		k.value(path{"issues"}, "use longer steps or fewer options", "%d options over all issues, more than the limit of %d", options, outcome.MaxOptions)
	}
	switch n := k.c.Parties.Len(); {
	case n > outcome.MaxParties:
		k.value(path{"parties"}, "group parties that vote together", "%d parties, more than the limit of %d", n, outcome.MaxParties)
	case n == 0 && !k.failed(path{"parties"}) && !k.missing("parties"):
		k.value(path{"parties"}, "give at least one", "there are no parties")
	}
}

// missing reports whether the file has no such key at its top.
func (k *checker) missing(key string) bool {
	_, v := child(k.root, key)
	return v == nil
}

func (k *checker) issue(p path, is *Issue) {
	if k.failed(p) {
		return
	}
	for _, id := range is.Options.Keys() {
		k.id(p.to("options", id), id, true)
	}
	switch {
	case is.Range == nil && is.Options.Len() == 0:
		k.value(p, "give options: {id: title, …} or range: {from: 0, to: 12, step: 3}", "the issue has neither options nor a range")
		return
	case is.Range != nil && is.Options.Len() > 0:
		k.key(p.to("range"), "delete one of them", "an issue has either options or a range")
		return
	case is.Range != nil:
		if !k.rangeOf(p.to("range"), is.Range) {
			return
		}
	}
	if is.StatusQuo != "" {
		k.option(p.to("status_quo"), is, is.StatusQuo)
	}
}

// rangeOf reports what makes a range malformed, and whether it is well-formed.
func (k *checker) rangeOf(p path, r *Range) bool {
	from, to, step := r.From.Rat(), r.To.Rat(), r.Step.Rat()
	span := new(big.Rat).Sub(to, from)
	switch {
	case step.Sign() <= 0:
		k.value(p.to("step"), "write a number above 0", "the step is %s", r.Step)
		return false
	case span.Sign() < 0:
		k.value(p.to("to"), "write the smaller number first", "the range goes from %s down to %s", r.From, r.To)
		return false
	}
	steps := new(big.Rat).Quo(span, step)
	if steps.Cmp(big.NewRat(maxRange-1, 1)) > 0 {
		k.value(p.to("step"), "use a longer step", "the range has more than %d values", maxRange)
		return false
	}
	if !steps.IsInt() {
		last := r.at(int(new(big.Int).Quo(steps.Num(), steps.Denom()).Int64()))
		k.value(p.to("to"), fmt.Sprintf("end it at %s, or choose a step that divides %s", last, decimalText(span)), "%s is not on the grid that begins at %s and goes by %s", r.To, r.From, r.Step)
		return false
	}
	return true
}

// option reports an option that the issue does not have.
func (k *checker) option(p path, is *Issue, id string) {
	fix, message := k.wrongOption(is, id)
	if message != "" {
		k.value(p, fix, "%s", message)
	}
}

// wrongOption says why the issue has no such option, with the likely fix; both
// are empty when it has, or when the issue itself is malformed.
func (k *checker) wrongOption(is *Issue, id string) (fix, message string) {
	if is.Len() == 0 {
		return "", ""
	}
	if is.Range == nil {
		if is.Options.Has(id) {
			return "", ""
		}
		return didYouMean(id, is.Options.Keys()), "unknown option " + quoted(id)
	}
	d, err := ParseDecimal(id)
	if err != nil {
		return fmt.Sprintf("write a number from %s to %s", is.Range.From, is.Range.To), "the range has numbers for options, not " + quoted(id)
	}
	if _, err := is.Range.position(d); err != nil {
		return err.Error(), id + " is not on the grid of the range"
	}
	return "", ""
}

// issueAt returns an issue by id and reports an unknown one.
func (k *checker) issueAt(p path, id IssueID, key bool) (Issue, bool) {
	is, ok := k.c.Issues.Get(id)
	if !ok {
		report := k.value
		if key {
			report = k.key
		}
		report(p, didYouMean(id, k.c.Issues.Keys()), "unknown issue %s", quoted(id))
	}
	return is, ok
}

func (k *checker) party(p path, id PartyID, v *Party) {
	if m := v.Mandate; m != nil {
		at := p.to("mandate")
		k.date(at.to("date"), m.Date)
		k.sources(at.to("source"), m.Source)
		if m.Only != "" {
			k.condition(at.to("only"), m.Only)
		}
	}
	pre := newItems(p.to("preconditions"))
	for i, c := range v.Preconditions {
		at := pre.check(k, i, c.ID)
		k.sources(at.to("source"), c.Source)
		k.statements(at.to("statements"), c.Statements)
	}
	k.scores(p.to("scores"), v.Scores)
	k.reasons(p.to("reasons"), v.Reasons)
	k.together(p.to("together"), v.Together)
	adjustments := newItems(p.to("adjustments"))
	for i, a := range v.Adjustments {
		at := adjustments.check(k, i, a.ID)
		k.adjustment(at, &a)
		k.statements(at.to("statements"), a.Statements)
	}
	if v.NoDeal != nil {
		k.statements(p.to("no_deal", "statements"), v.NoDeal.Statements)
	}
	if v.Discount != nil && !k.failed(p.to("discount")) {
		if d := v.Discount.Rat(); d.Sign() <= 0 || d.Cmp(big.NewRat(1, 1)) > 0 {
			k.value(p.to("discount"), "write a number above 0 and at most 1, as in 0.99", "%s is no discount factor", v.Discount)
		}
	}
	lines := newItems(p.to("red_lines"))
	for i, l := range v.RedLines {
		k.redLine(lines.check(k, i, l.ID), &l)
	}
	if v.Ratification != nil {
		k.ratification(p.to("ratification"), v.Ratification)
	}
}

// adjustment checks where an adjustment holds.
func (k *checker) adjustment(p path, a *Adjustment) {
	given := 0
	for _, has := range []bool{a.When != "", a.Within.Len() > 0, a.Outside.Len() > 0} {
		if has {
			given++
		}
	}
	switch {
	case given > 1:
		k.key(p, "keep one of them", "an adjustment has one of when, within and outside")
		return
	case given == 0 && !k.failed(p):
		k.key(p, "add when: CONDITION, or within: {ISSUE: ANSWERS}", "the adjustment does not say when it is added")
		return
	}
	if a.When != "" {
		k.condition(p.to("when"), a.When)
		return
	}
	at, box := p.to("within"), a.Within
	if a.Outside.Len() > 0 {
		at, box = p.to("outside"), a.Outside
	}
	for issue, answers := range box.All() {
		is, ok := k.issueAt(at.to(string(issue)), issue, true)
		if !ok || is.Len() == 0 {
			continue
		}
		if k.joint += is.Len(); k.joint > maxJoint {
			if k.joint-is.Len() <= maxJoint {
				k.value(at.to(string(issue)), "let adjustments name fewer issues", "the conditions up to here span more than %d joint options", maxJoint)
			}
			return
		}
		for i, run := range answers {
			where := at.to(string(issue))
			if _, n := k.find(where); len(n.Content) > i {
				where = where.to(fmt.Sprint(i + 1))
			}
			k.option(where, &is, run.First)
			if run.Last != run.First {
				k.option(where, &is, run.Last)
			}
			first, known := is.Position(run.First)
			last, also := is.Position(run.Last)
			if known && also && first > last {
				k.value(where, fmt.Sprintf("write %s..%s", run.Last, run.First), "%s comes after %s in the issue", quoted(run.First), quoted(run.Last))
			}
		}
	}
}

func (k *checker) redLine(p path, l *RedLine) {
	if l.Never != "" {
		if tree := k.condition(p.to("never"), l.Never); tree != nil {
			k.fires(p.to("never"), tree, "the red line")
		}
	}
	k.statements(p.to("statements"), l.Statements)
}

// fires warns of a condition that holds always or never.
func (k *checker) fires(p path, tree *condition, what string) {
	t, err := tree.table(k.c.Issues)
	if err != nil {
		return
	}
	switch t.Count() {
	case 0:
		k.warn(p, "check the condition", "%s rules out no package", what)
	case t.Size():
		k.warn(p, "check the condition", "%s rules out every package", what)
	}
}

func (k *checker) ratification(p path, v *Ratification) {
	k.sources(p.to("source"), v.Source)
	groups := p.to("constituencies")
	for id, g := range v.Constituencies.All() {
		at := groups.to(id)
		k.id(at, id, true, pathWords...)
		k.scores(at.to("scores"), g.Scores)
		k.reasons(at.to("reasons"), g.Reasons)
		k.together(at.to("together"), g.Together)
		if g.AcceptsAt != nil {
			k.statements(at.to("accepts_at", "statements"), g.AcceptsAt.Statements)
		}
		if g.Votes != nil && !k.failed(at.to("votes")) {
			if n := g.Votes.Rat(); !n.IsInt() || n.Sign() <= 0 || n.Cmp(big.NewRat(maxGroupVotes, 1)) > 0 {
				k.value(at.to("votes"), "write how many votes or seats the group has, as in 54", "%s is no whole number from 1 to %d", g.Votes, int64(maxGroupVotes))
			}
		}
		k.statements(at.to("statements"), g.Statements)
	}
	switch n := v.Constituencies.Len(); {
	case n > outcome.MaxConstituencies:
		k.value(groups, "group those that vote together", "%d constituencies, more than the limit of %d", n, outcome.MaxConstituencies)
	case n == 0 && !k.failed(p):
		k.value(p, "name at least one, or delete ratification", "there are no constituencies")
	}
	if v.Rule != "" {
		k.consents(p.to("rule"), v.Rule, v.voters())
	}
}

// scores reports scores that are missing or belong to nothing.
func (k *checker) scores(p path, scores Map[IssueID, IssueScores]) {
	for id, s := range scores.All() {
		at := p.to(string(id))
		is, ok := k.issueAt(at, id, true)
		if !ok || is.Len() == 0 || s.Same != nil {
			continue
		}
		if s.At.Len() == 0 && k.failed(at) {
			continue
		}
		if is.Range != nil {
			k.rangeScores(at, &is, &s)
			continue
		}
		for option := range s.At.All() {
			if fix, message := k.wrongOption(&is, option); message != "" {
				k.key(at.to(option), fix, "%s", message)
			}
		}
		var missing, write []string
		for _, option := range is.Options.Keys() {
			if !s.At.Has(option) {
				missing, write = append(missing, option), append(write, option+": …")
			}
		}
		if len(missing) > 0 {
			k.key(at, "add "+list(write, "and"), "no score for %s", list(missing, "and"))
		}
	}
	if scores.Len() == 0 && k.failed(p[:len(p)-1]) {
		return
	}
	for id, is := range k.c.Issues.All() {
		if scores.Has(id) || is.Len() == 0 {
			continue
		}
		var write []string
		for i := range is.Len() {
			if is.Range == nil || i == 0 || i == is.Len()-1 {
				write = append(write, is.OptionID(i)+": …")
			}
		}
		k.key(p, fmt.Sprintf("add %s: {%s}, or %s: 0 where its options are worth the same", id, strings.Join(write[:min(len(write), 12)], ", "), id), "no scores for the issue %s", id)
	}
}

// rangeScores reports points that are off the grid, given twice, or missing at the ends.
func (k *checker) rangeScores(p path, is *Issue, s *IssueScores) {
	given := make(map[int]string, s.At.Len())
	for id := range s.At.All() {
		at, ok := is.Position(id)
		if !ok {
			fix, message := k.wrongOption(is, id)
			k.key(p.to(id), fix, "%s", message)
			continue
		}
		if other, twice := given[at]; twice {
			k.key(p.to(id), "delete one of them", "%s is the same number as %s", id, other)
			continue
		}
		given[at] = id
	}
	var missing []string
	for _, at := range slices.Compact([]int{0, is.Len() - 1}) {
		if _, ok := given[at]; !ok {
			missing = append(missing, is.OptionID(at))
		}
	}
	if len(missing) > 0 {
		k.key(p, "add "+strings.Join(missing, ": …, ")+": …", "no score for %s: a range needs its ends, the rest is interpolated", list(missing, "and"))
	}
}

func (k *checker) reasons(p path, reasons Map[IssueID, Reason]) {
	for id, r := range reasons.All() {
		k.issueAt(p.to(string(id)), id, true)
		k.statements(p.to(string(id), "statements"), r.Statements)
	}
}

// together checks lists of issues, each of which stands in one place of one list.
func (k *checker) together(p path, lists []Refs) {
	seen := make(map[string]bool)
	for i, issues := range lists {
		at := p.to(fmt.Sprint(i + 1))
		refs(k, at, issues.issues(), "issue", k.c.Issues.Has, k.c.Issues.Keys())
		for _, id := range slices.Compact(slices.Sorted(slices.Values(issues))) {
			if seen[id] {
				k.value(at, "write one list with all that move with it", "issue '%s' stands in two lists", id)
			}
			seen[id] = true
		}
	}
}

// refs reports ids that are unknown or named twice.
// refs checks a list of ids of what there is.
func refs[K ~string](k *checker, p path, ids []K, what string, known func(K) bool, candidates []K) {
	for i, id := range ids {
		at := p
		if _, n := k.find(p); len(n.Content) > i {
			at = p.to(fmt.Sprint(i + 1))
		}
		switch {
		case !known(id) && (what != "actor" || !k.strangers()):
			k.value(at, didYouMean(id, candidates), "unknown %s %s", what, quoted(id))
		case slices.Contains(ids[:min(i, 1000)], id):
			k.value(at, "delete one of them", "%s '%s' is named twice", what, id)
		}
	}
}

func (k *checker) sources(p path, ids Refs) {
	refs(k, p, ids, "source", k.c.Sources.Has, k.c.Sources.Keys())
}

func (k *checker) statements(p path, ids Refs) {
	refs(k, p, ids, "statement", k.c.Statements.Has, k.c.Statements.Keys())
}

// strangers reports whether the actors could not be read, so that none is known.
func (k *checker) strangers() bool { return k.c.Parties.Len() == 0 }

func (k *checker) by(p path, ids Refs) {
	refs(k, p, ids, "actor", func(id string) bool { return id == "mediators" || slices.Contains(k.actors, id) }, append(slices.Clone(k.actors), "mediators"))
}

// date warns of a date that the case cannot know yet.
func (k *checker) date(p path, d Date) {
	if d.After(k.c.AsOf) {
		k.warn(p, "leave it out, or move as_of", "%s is later than the case's as_of, %s", d, k.c.AsOf)
	}
}

// condition parses a condition over packages, checks it against the case and
// reports its problems. It returns nil when there are any.
func (k *checker) condition(p path, text string) *condition {
	if k.failed(p) {
		return nil
	}
	tree, err := parseCondition(text)
	if err != nil {
		k.inside(p, err)
		return nil
	}
	good := true
	tree.checkPackages(k.c.Issues, func(err *ConditionError) {
		good = false
		k.inside(p, err)
	})
	for _, i := range tree.issues(k.c.Issues) {
		good = good && k.sizes[i] > 0
	}
	if !good {
		return nil
	}
	n, err := tree.size(k.c.Issues)
	if err != nil {
		k.inside(p, err)
		return nil
	}
	before := k.joint
	if k.joint += n; k.joint > maxJoint {
		if before <= maxJoint {
			k.value(p, "let conditions join fewer issues", "the conditions up to here span more than %d joint options", maxJoint)
		}
		return nil
	}
	return tree
}

// consents checks a condition over consents.
func (k *checker) consents(p path, text string, v voters) {
	tree, err := parseCondition(text)
	if err != nil {
		k.inside(p, err)
		return
	}
	tree.checkConsents(v, func(err *ConditionError) { k.inside(p, err) })
}

// inside reports a problem at its place inside the condition that stands at p.
func (k *checker) inside(p path, err *ConditionError) {
	_, n := k.find(p)
	at := min(err.At, len(n.Value))
	problem := Problem{Line: n.Line, Column: n.Column, Path: p.String(), Message: err.Message, Fix: err.Fix}
	if line, column, ok := k.src.inside(n, at); ok {
		problem.Line, problem.Column = line, column
	} else {
		problem.Message += fmt.Sprintf(" at position %d of the condition", 1+len([]rune(n.Value[:at])))
	}
	k.add(problem)
}

func (k *checker) requirements() {
	list := newItems(path{"requires"})
	var tables []outcome.Table
	var paths []path
	var ids []string
	for i, r := range k.c.Requires {
		p := list.check(k, i, r.ID)
		k.statements(p.to("statements"), r.Statements)
		good := r.Then != "" && !k.failed(p)
		if r.If != "" && k.condition(p.to("if"), r.If) == nil {
			good = false
		}
		if r.Then != "" && k.condition(p.to("then"), r.Then) == nil {
			good = false
		}
		if !good {
			continue
		}
		tree, err := r.broken()
		if err != nil {
			continue
		}
		n, cerr := tree.size(k.c.Issues)
		if cerr != nil {
			k.key(p, cerr.Fix, "%s", cerr.Message)
			continue
		}
		if k.joint += n; k.joint > maxJoint {
			continue
		}
		t, err := tree.table(k.c.Issues)
		if err != nil {
			continue
		}
		if t.Count() == 0 {
			k.warn(p, "check its conditions", "the requirement rules out no package")
		} else if r.If != "" {
			k.hopeless(p.to("then"), r.Then)
		}
		tables, paths, ids = append(tables, t), append(paths, p), append(ids, nameOr(r.ID, i))
	}
	k.satisfiable(tables, paths, ids)
}

// hopeless warns of what a requirement asks for where no package has it.
func (k *checker) hopeless(p path, then string) {
	tree, err := parseCondition(then)
	if err != nil {
		return
	}
	if t, err := tree.table(k.c.Issues); err == nil && t.Count() == 0 {
		k.warn(p, "check the condition", "no package satisfies it, so that the requirement excludes every package to which if applies")
	}
}

// satisfiable reports requirements that leave no package, and warns of options
// that they leave in none.
func (k *checker) satisfiable(tables []outcome.Table, paths []path, ids []string) {
	left := maxSearch
	for _, group := range groups(tables) {
		s := newSearch(pick(tables, group), k.sizes, &left)
		found, known := s.find(-1, 0)
		if !known {
			k.warn(path{"requires"}, "let requirements name fewer issues together", "whether the requirements leave any package could not be decided in %d steps", maxSearch)
			return
		}
		if !found {
			guilty := culprits(tables, group, k.sizes, &left)
			names := make([]string, len(guilty))
			for i, g := range guilty {
				names[i] = ids[g]
			}
			p := paths[guilty[len(guilty)-1]]
			if len(guilty) == 1 {
				k.key(p, "relax it", "the requirement excludes every package")
			} else {
				k.key(p, "relax one of them", "the requirements %s together exclude every package", list(names, "and"))
			}
			continue
		}
		for i, issue := range s.issues {
			id, is := k.c.Issues.At(issue)
			if is.Range != nil {
				continue
			}
			for o := range is.Len() {
				if found, known := s.find(i, o); known && !found {
					k.warn(path{"issues", string(id), "options", is.OptionID(o)}, "delete the option or relax a requirement", "the requirements rule the option out in every package")
				}
			}
		}
	}
}

func (k *checker) divisible() {
	refs(k, path{"divisible"}, Refs(k.c.Divisible).issues(), "issue", k.c.Issues.Has, k.c.Issues.Keys())
}

func (k *checker) packages() {
	for id, v := range k.c.Packages.All() {
		p := path{"packages", id}
		k.by(p.to("by"), v.By)
		k.date(p.to("date"), v.Date)
		k.sources(p.to("source"), v.Source)
		for issue, option := range v.Outcome.All() {
			at := p.to("outcome", string(issue))
			if is, ok := k.issueAt(at, issue, true); ok && option != "" {
				k.option(at, &is, option)
			}
		}
		if k.failed(p) {
			continue
		}
		var open []string
		for issue, is := range k.c.Issues.All() {
			if is.StatusQuo == "" && !v.Outcome.Has(issue) {
				open = append(open, string(issue))
			}
		}
		if len(open) > 0 {
			k.key(p.to("outcome"), "settle it in the package, or give the issue a status_quo", "the package leaves out %s, which has no status quo", list(open, "and"))
		}
	}
}

func (k *checker) agendas() {
	for id, v := range k.c.Agendas.All() {
		p := path{"agendas", id}
		k.by(p.to("by"), v.By)
		k.date(p.to("date"), v.Date)
		k.sources(p.to("source"), v.Source)
		k.statements(p.to("statements"), v.Statements)
		for issue, option := range v.Outcome.All() {
			at := p.to("outcome", string(issue))
			if is, ok := k.issueAt(at, issue, true); ok && option != "" {
				k.option(at, &is, option)
			}
		}
		seen := make(map[IssueID]bool)
		for i, file := range v.Files {
			at := p.to("files", fmt.Sprint(i+1))
			if len(file) == 0 {
				k.value(at, "name an issue or delete the file", "a file without issues")
			}
			refs(k, at, file.issues(), "issue", k.c.Issues.Has, k.c.Issues.Keys())
			for _, issue := range slices.Compact(slices.Sorted(slices.Values(file.issues()))) {
				switch {
				case seen[issue]:
					k.value(at, "settle each issue in one file", "issue '%s' stands in two files", issue)
				case v.Outcome.Has(issue):
					k.value(at, "take it out of the file or out of outcome", "issue '%s' is in a file and in outcome", issue)
				}
				seen[issue] = true
			}
		}
		if k.failed(p) {
			continue
		}
		for issue, is := range k.c.Issues.All() {
			if is.StatusQuo == "" && !seen[issue] && !v.Outcome.Has(issue) {
				k.key(p.to("files"), "put it in the first file, or give the issue a status_quo", "the agenda leaves out %s, which has no status quo", issue)
			}
		}
		for i, file := range v.Files {
			for _, issue := range file.issues() {
				if is, _ := k.c.Issues.Get(issue); i > 0 && is.StatusQuo == "" {
					k.value(p.to("files", fmt.Sprint(i+1)), "put it in the first file, or give the issue a status_quo", "%s has no status quo at which earlier files could leave it", issue)
				}
			}
		}
	}
}

// evidence checks sources, statements, actors and events.
func (k *checker) evidence() {
	c := k.c
	known := func(id string) bool { return slices.Contains(k.actors, id) || k.strangers() }
	for id, s := range c.Sources.All() {
		p := path{"sources", id}
		k.date(p.to("date"), s.Date)
		if s.Origin != "" && s.Origin != "independent" && !known(s.Origin) {
			k.value(p.to("origin"), didYouMean(s.Origin, append(slices.Clone(k.actors), "independent")), "unknown actor %s", quoted(s.Origin))
		}
		if s.URL != "" {
			u, err := url.Parse(s.URL)
			switch {
			case err != nil:
				k.value(p.to("url"), "copy it again from the browser", "%s is no address", quoted(s.URL))
			case u.Scheme != "http" && u.Scheme != "https":
				k.value(p.to("url"), "begin it with https://", "%s is no http or https address", quoted(s.URL))
			case u.Host == "" || u.User != nil:
				k.value(p.to("url"), "write https://host/path, without a user name", "%s names no host, or a user", quoted(s.URL))
			}
		}
	}
	for id, s := range c.Statements.All() {
		p := path{"statements", id}
		if s.Actor != "" && !known(s.Actor) {
			k.value(p.to("actor"), didYouMean(s.Actor, k.actors), "unknown actor %s", quoted(s.Actor))
		}
		k.date(p.to("date"), s.Date)
		k.sources(p.to("source"), s.Source)
		if len(s.Source) == 0 && s.Stance != "none_on_record" && !k.failed(p) {
			k.warn(p, "name where it was reported", "the statement has no source")
		}
		if s.On == "" {
			if s.Option != "" {
				k.value(p.to("option"), "add on: ISSUE", "an option without its issue")
			}
			continue
		}
		if is, ok := k.issueAt(p.to("on"), s.On, false); ok && s.Option != "" {
			k.option(p.to("option"), &is, s.Option)
		}
	}
	for id, a := range c.Mediators.All() {
		k.sources(path{"mediators", id, "source"}, a.Source)
	}
	for id, a := range c.Outside.All() {
		k.sources(path{"outside", id, "source"}, a.Source)
	}
	for i, e := range c.Events {
		p := path{"events", nameOr("", i)}
		k.date(p.to("date"), e.Date)
		k.sources(p.to("source"), e.Source)
	}
}

// changes checks views and levers.
func (k *checker) changes() {
	c := k.c
	if n := c.Views.Len() + len(c.Levers); n > maxChanges {
		k.value(path{"levers"}, "keep those that matter", "%d views and levers, more than the limit of %d", n, maxChanges)
		return
	}
	moved := 0
	for id, v := range c.Views.All() {
		p := path{"views", id}
		k.change(p, id, &v.Change, &moved)
		k.statements(p.to("statements"), v.Statements)
		k.sources(p.to("source"), v.Source)
	}
	reach := make(map[string][2]*big.Rat)
	if !k.failed(path{"parties"}) && !k.failed(path{"issues"}) {
		for _, r := range c.rows() {
			low, high := c.reach(r)
			reach[r.id] = [2]*big.Rat{low, high}
		}
	}
	for i, l := range c.Levers {
		p := path{"levers", nameOr(l.ID, i)}
		k.by(p.to("by"), l.By)
		if l.Cost != nil && !k.failed(p.to("cost")) && l.Cost.Rat().Sign() < 0 {
			k.value(p.to("cost"), "write 0 where it costs nothing", "a lever cannot cost less than nothing, %s", l.Cost)
		}
		k.statements(p.to("statements"), l.Statements)
		k.change(p, l.ID, &l.Change, &moved)
		for at, v := range l.Set.All() {
			t, err := c.target(at)
			if err != nil || v.Value.Mode == nil || t.Part != "no_deal" && t.Part != "accepts_at" {
				continue
			}
			id := string(t.Party)
			if t.Constituency != "" {
				id += "." + t.Constituency
			}
			ends, ok := reach[id]
			to := v.Value.Headline()
			switch before := c.threshold(t); {
			case !ok:
			case to.Cmp(ends[0]) < 0 || to.Cmp(ends[1]) > 0:
				k.warn(p.to("set", at), "if it moves the threshold by that much, write it under add", "sets the threshold to %s, but packages are worth from %s to %s", v.Value, decimalText(ends[0]), decimalText(ends[1]))
			case before != nil && to.Sign() < 0 && before.Value.Headline().Sign() > 0:
				k.warn(p.to("set", at), "if it moves the threshold by that much, write it under add", "sets the threshold to %s, which stands at %s", v.Value, before.Value)
			}
		}
	}
}

// threshold returns what stands at a path to a threshold, nil for nothing.
func (c *Case) threshold(t target) *Threshold {
	p, _ := c.Parties.Get(t.Party)
	if t.Constituency == "" {
		return p.NoDeal
	}
	g, _ := p.Ratification.Constituencies.Get(t.Constituency)
	return g.AcceptsAt
}

// reach returns bounds of what packages can be worth to a row.
func (c *Case) reach(r row) (low, high *big.Rat) {
	low, high = new(big.Rat), new(big.Rat)
	for id, is := range c.Issues.All() {
		s, _ := r.scores.Get(id)
		var least, most *big.Rat
		for _, k := range s.knots(&is) {
			if least == nil || k.score.Cmp(least) < 0 {
				least = k.score
			}
			if most == nil || k.score.Cmp(most) > 0 {
				most = k.score
			}
		}
		if least != nil {
			low, high = outward(low.Add(low, least), false), outward(high.Add(high, most), true)
		}
	}
	for _, a := range r.adjustments {
		if v := a.Add.Headline(); v.Sign() < 0 {
			low = outward(low.Add(low, v), false)
		} else {
			high = outward(high.Add(high, v), true)
		}
	}
	return low, high
}

func (k *checker) change(p path, owner string, ch *Change, moved *int) {
	c := k.c
	number := func(in string, m Map[string, Threshold]) {
		for at, v := range m.All() {
			field := p.to(in, at)
			k.statements(field.to("statements"), v.Statements)
			t, err := c.target(at)
			if err != nil {
				if !k.strangers() {
					k.key(field, "", "%v", err)
				}
				continue
			}
			switch t.Part {
			case "consent", "requires", "red_lines":
				k.key(field, "drop it instead, or add_red_lines", "%s holds no number", at)
				continue
			case "adjustments":
				k.dropped(field, at, t)
			case "scores":
				party, _ := c.Parties.Get(t.Party)
				scores := party.Scores
				if t.Constituency != "" {
					g, _ := party.Ratification.Constituencies.Get(t.Constituency)
					scores = g.Scores
				}
				s, _ := scores.Get(t.Issue)
				before := *moved
				if *moved += 1 + s.At.Len(); *moved > maxMoved && before <= maxMoved {
					k.key(field, "change fewer of its points, or give the range fewer", "too many changes of the scores of long ranges")
				}
			}
			if in != "add" {
				continue
			}
			if v.Value.Shape != Certain {
				k.value(field, "write one number", "what is added must be certain, not %s", v.Value)
			}
			if t.Part == "no_deal" || t.Part == "accepts_at" {
				if c.threshold(t) == nil && !ch.Set.Has(at) {
					k.key(field, "set it instead", "there is no number at %s to add to", at)
				}
			}
		}
	}
	number("set", ch.Set)
	number("add", ch.Add)
	for i, at := range ch.Drop {
		field := p.to("drop")
		if _, n := k.find(field); len(n.Content) > i {
			field = field.to(fmt.Sprint(i + 1))
		}
		t, err := c.target(at)
		switch {
		case err != nil:
			if !k.strangers() {
				k.value(field, "", "%v", err)
			}
		case t.Part == "scores" || t.Part == "accepts_at":
			k.value(field, "drop PARTY.no_deal, PARTY.red_lines.ID, PARTY.adjustments.ID, requires.ID or consent", "%s is no condition", quoted(at))
		case t.Part == "no_deal":
			if party, _ := c.Parties.Get(t.Party); party.NoDeal == nil {
				k.value(field, "delete it", "%s has no no_deal", t.Party)
			}
		case t.Part == "consent":
			if c.Consent == "" {
				k.value(field, "delete it", "there is no consent rule: everyone must consent")
			}
		default:
			k.dropped(field, at, t)
		}
	}
	lines := newItems(p.to("add_red_lines"))
	for i, a := range ch.AddRedLines {
		at := lines.check(k, i, a.ID)
		if a.Party == "" || k.strangers() {
			continue
		}
		party, ok := c.Parties.Get(a.Party)
		if !ok {
			k.value(at.to("party"), didYouMean(a.Party, c.Parties.Keys()), "unknown party %s", quoted(a.Party))
		}
		for j, l := range party.RedLines {
			id := nameOr(l.ID, j)
			if id == orElse(a.ID, fmt.Sprintf("%s_%d", owner, i+1)) && !slices.Contains(ch.Drop, Path{Party: a.Party, Part: PartRedLines, ID: id}.String()) {
				k.value(at, "choose another id, or drop the old line", "%s has a red line '%s' already", a.Party, id)
			}
		}
		k.redLine(at, &a.RedLine)
	}
}

// dropped reports a path to a condition that neither the case nor any view or lever has.
func (k *checker) dropped(p path, at string, t target) {
	var ids []string
	switch party, _ := k.c.Parties.Get(t.Party); t.Part {
	case "requires":
		for i, r := range k.c.Requires {
			ids = append(ids, nameOr(r.ID, i))
		}
	case "adjustments":
		for i, a := range party.Adjustments {
			ids = append(ids, nameOr(a.ID, i))
		}
	case "red_lines":
		for i, l := range party.RedLines {
			ids = append(ids, nameOr(l.ID, i))
		}
		added := func(owner string, ch *Change) {
			for i, a := range ch.AddRedLines {
				if a.Party == t.Party {
					ids = append(ids, orElse(a.ID, fmt.Sprintf("%s_%d", owner, i+1)))
				}
			}
		}
		for id, v := range k.c.Views.All() {
			added(id, &v.Change)
		}
		for i := range k.c.Levers {
			added(k.c.Levers[i].ID, &k.c.Levers[i].Change)
		}
	}
	if !slices.Contains(ids, t.ID) {
		k.value(p, didYouMean(t.ID, ids), "%s leads to nothing", quoted(at))
	}
}

// limits reports a case that is too large to compile.
func (k *checker) limits() {
	c := k.c
	options := 0
	for _, n := range k.sizes {
		options += n
	}
	rows := c.rows()
	if cells := len(rows) * options; cells > maxCells {
		k.value(path{"issues"}, "use longer steps, or fewer constituencies", "%d rows of scores over %d options pass the limit of %d scores", len(rows), options, maxCells)
		return
	}
	for _, r := range rows {
		m := c.measure(r)
		if _, _, ok := m.scale(nil); !ok {
			p := path{"parties", r.id, "scores"}
			if party, group, ok := strings.Cut(r.id, "."); ok {
				p = path{"parties", party, "ratification", "constituencies", group, "scores"}
			}
			k.key(p, "divide all of them by the same number", "scores, adjustments and threshold add up to %s points, more than fit", m.span.FloatString(0))
		}
	}
}

// idle warns of issues whose options are worth the same to everybody: their
// scores decide nothing.
func (k *checker) idle() {
	rows := k.c.rows()
	for id, is := range k.c.Issues.All() {
		if is.Len() < 2 {
			continue
		}
		moves := slices.ContainsFunc(rows, func(r row) bool {
			s, _ := r.scores.Get(id)
			knots := s.knots(&is)
			return slices.ContainsFunc(knots, func(n knot) bool { return n.score.Cmp(knots[0].score) != 0 })
		})
		if !moves {
			k.warn(path{"issues", string(id)}, "check the scores, or leave the issue out", "every party and constituency scores all its options the same: the scores are given for nothing")
		}
	}
}

// reach warns of thresholds above all that the scores can add up to.
func (k *checker) reach() {
	for _, r := range k.c.rows() {
		if r.threshold == nil {
			continue
		}
		_, most := k.c.reach(r)
		if r.threshold.Value.Headline().Cmp(most) <= 0 {
			continue
		}
		p := path{"parties", r.id, "no_deal"}
		if party, group, ok := strings.Cut(r.id, "."); ok {
			p = path{"parties", party, "ratification", "constituencies", group, "accepts_at"}
		}
		k.warn(p, "check both", "no package is worth that much: the scores add up to %s at most", decimalText(most))
	}
}
