package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

// A leverPaper is the paper on levers.
type leverPaper struct {
	*paper
	Levers       []whatif.Lever
	Combinations *whatif.Combinations
	Alone        []*study.Reading
	Package      *study.Judged
	Goals        []study.LeverGoal
	of           *study.Levers
}

func newLeverPaper(l *study.Levers) *leverPaper {
	return &leverPaper{&paper{Case: l.Case}, l.Levers, l.Combinations, l.Alone, l.Package, l.Goals, l}
}

// goalWords says what a goal is, to stand after "to".
func (s *leverPaper) goalWords(g *study.LeverGoal) string {
	switch g.Kind {
	case study.GoalZone:
		return "open a zone of agreement"
	case study.GoalCarried:
		return "have a package that is also carried at home on every side"
	case study.GoalPackage:
		return "make " + s.packageWords() + " acceptable"
	}
	return "make " + s.packageWords() + " acceptable and have it carried at home on every side"
}

// packageWords names the package asked for in a sentence.
func (s *leverPaper) packageWords() string {
	c := s.File.Case
	switch {
	case c.Packages.Has(s.Package.ID):
		return "“" + packageTitle(c, s.Package.ID) + "”"
	case s.Package.ID == "":
		return "the package"
	}
	for _, rule := range study.Rules {
		if rule.Key == s.Package.ID {
			return "the " + rule.Name + " package"
		}
	}
	return "the status quo"
}

// A leverEffect is one thing that a lever changes in the numbers of a case.
type leverEffect struct {
	what  string // no_deal, accepts_at, red_line, requirement, consent, score or adjustment
	at    string // its path
	party int    // -1: nobody's
	group int    // -1: the party's own
	by    *big.Rat
	eases bool // more is accepted than before, by somebody; else less
	text  string
}

// effects compares the case with and without a lever. A threshold that falls, a condition that goes and
// a score that rises ease; what does the opposite hardens.
func (s *leverPaper) effects(i int) []leverEffect {
	r := s.Alone[i]
	if r == nil {
		return nil
	}
	var all []leverEffect
	c, was, is := s.File.Case, s.Main.Space, r.Space
	conditions := func(what, prefix string, party int, before, after []outcome.Condition) {
		has := func(list []outcome.Condition, id string) bool {
			return slices.ContainsFunc(list, func(x outcome.Condition) bool { return x.ID == id })
		}
		for _, x := range before {
			if !has(after, x.ID) {
				all = append(all, leverEffect{what: what, at: x.ID, party: party, group: -1, eases: true, text: s.path(x.ID) + " is dropped"})
			}
		}
		for _, x := range after {
			if !has(before, x.ID) {
				e, _ := r.Case.Condition(x.ID)
				all = append(all, leverEffect{what: what, at: x.ID, party: party, group: -1, text: prefix + "never " + clean(e.Text)})
			}
		}
	}
	conditions("requirement", "", -1, was.Requires, is.Requires)
	if was.Consent.Everyone() != is.Consent.Everyone() {
		all = append(all, leverEffect{what: "consent", at: "consent", party: -1, group: -1, eases: is.Consent.Everyone(), text: "the consent rule changes"})
	}
	row := func(p, g int, before, after *outcome.Row) {
		who, id := partyTitle(c, p), "no_deal"
		prefix := was.Parties[p].ID
		if g >= 0 {
			who, id = constituencyTitle(c, p, g)+" ("+partyTitle(c, p)+")", "accepts_at"
			prefix = before.ID
		}
		moved := func(what, at, name string, by *big.Rat, eases bool) {
			verb, size := "rises", by
			if by.Sign() < 0 {
				verb, size = "falls", new(big.Rat).Neg(by)
			}
			text := fmt.Sprintf("the %s of %s %s by %s", name, who, verb, pointsOf(size))
			all = append(all, leverEffect{what, at, p, g, by, eases, text})
		}
		name := "no-deal value"
		if g >= 0 {
			name = "threshold"
		}
		switch a, b := before.Threshold, after.Threshold; {
		case a == b:
		case a.Set && b.Set:
			moved(id, prefix+"."+id, name, before.Points(b.Value-a.Value), b.Value < a.Value)
		default:
			text := who + " has no " + name + " any more"
			if b.Set {
				text = who + " has a " + name + " of " + pointsOf(after.Points(b.Value))
			}
			all = append(all, leverEffect{id, prefix + "." + id, p, g, nil, a.Set, text})
		}
		for issue := range before.Scores {
			for o, v := range before.Scores[issue] {
				if d := after.Scores[issue][o] - v; d != 0 {
					moved("score", prefix+".scores."+was.Issues[issue].ID+"."+issueAt(c, issue).OptionID(o),
						"score for “"+optionTitle(c, issue, o)+"” ("+issueTitle(c, issue)+")", before.Points(d), d > 0)
				}
			}
		}
		for _, a := range before.Adjustments {
			at := slices.IndexFunc(after.Adjustments, func(x outcome.Adjustment) bool { return x.ID == a.ID })
			d := -a.Add
			if at >= 0 {
				d += after.Adjustments[at].Add
			}
			if d != 0 {
				moved("adjustment", prefix+".adjustments."+a.ID, "adjustment “"+lineName(s.Main.Case, prefix+".adjustments."+a.ID)+"”", before.Points(d), d > 0)
			}
		}
	}
	for p := range was.Parties {
		conditions("red_line", "new red line of "+partyName(c, p)+": ", p, was.Parties[p].RedLines, is.Parties[p].RedLines)
		row(p, -1, &was.Parties[p].Row, &is.Parties[p].Row)
		for g := range was.Parties[p].Constituencies {
			row(p, g, &was.Parties[p].Constituencies[g], &is.Parties[p].Constituencies[g])
		}
	}
	return all
}

// A backfire is something that a lever makes worse.
type backfire struct {
	kind     string // hardens, zone_closes, zone_shrinks, home_shrinks or package
	at       string // of hardens: a path; of package: a party or PARTY.CONSTITUENCY
	from, to *big.Int
	text     string
}

// backfires lists what a lever makes worse when it is pulled alone. That it hardens something counts only
// beside something that it eases.
func (s *leverPaper) backfires(i int) []backfire {
	var all []backfire
	effects := s.effects(i)
	if slices.ContainsFunc(effects, func(e leverEffect) bool { return e.eases }) {
		for _, e := range effects {
			if !e.eases {
				all = append(all, backfire{kind: "hardens", at: e.at, text: e.text})
			}
		}
	}
	was, is := &s.Combinations.Sets[0], s.of.Single(i)
	if is.Refused != "" {
		return all
	}
	if was.Verdict == bargain.HasZone && is.Verdict == bargain.NoZone {
		all = append(all, backfire{kind: "zone_closes", from: was.Count, to: is.Count, text: "the zone of agreement closes"})
	} else if fewer(was.Count, is.Count) {
		all = append(all, backfire{kind: "zone_shrinks", from: was.Count, to: is.Count,
			text: fmt.Sprintf("the zone shrinks from %s packages to %s", grouped(was.Count), grouped(is.Count))})
	}
	if fewer(was.Ratifiable, is.Ratifiable) {
		all = append(all, backfire{kind: "home_shrinks", from: was.Ratifiable, to: is.Ratifiable,
			text: fmt.Sprintf("fewer packages are carried at home on every side: %s instead of %s", grouped(is.Ratifiable), grouped(was.Ratifiable))})
	}
	if s.Package == nil {
		return all
	}
	c := s.File.Case
	for p := range s.Main.Space.Parties {
		party := &s.Main.Space.Parties[p]
		if was.Package.Accepts&^is.Package.Accepts>>p&1 != 0 {
			all = append(all, backfire{kind: "package", at: party.ID, text: partyName(c, p) + " no longer accepts " + s.packageWords()})
		}
		for g := range party.Constituencies {
			if was.Package.ConstituencyAccepts[p]&^is.Package.ConstituencyAccepts[p]>>g&1 != 0 {
				all = append(all, backfire{kind: "package", at: party.Constituencies[g].ID,
					text: constituencyTitle(c, p, g) + " (" + partyTitle(c, p) + ") no longer accepts " + s.packageWords()})
			}
		}
	}
	return all
}

func fewer(was, is *big.Int) bool { return was != nil && is != nil && is.Cmp(was) < 0 }

// harmful counts the combinations of other levers to which adding one leaves fewer packages in the zone or
// fewer of them carried at home, and of how many both numbers are known.
func (s *leverPaper) harmful(i int) (worse, of int) {
	sets := s.Combinations.Sets
	with := make(map[string]*whatif.Combination)
	for k := range sets {
		with[fmt.Sprint(sets[k].Set)] = &sets[k]
	}
	for k := range sets {
		at, in := slices.BinarySearch(sets[k].Set, i)
		if in {
			continue
		}
		was, is := &sets[k], with[fmt.Sprint(slices.Insert(slices.Clone(sets[k].Set), at, i))]
		if is == nil || was.Count == nil || is.Count == nil || was.Ratifiable == nil || is.Ratifiable == nil {
			continue
		}
		of++
		if fewer(was.Count, is.Count) || fewer(was.Ratifiable, is.Ratifiable) {
			worse++
		}
	}
	return worse, of
}

// WriteLeversJSON writes the study as one JSON document. docs/formats/levers.md explains each
// field.
func WriteLeversJSON(w io.Writer, l *study.Levers) error {
	return writeDocument(w, newLeverPaper(l).document())
}

func (s *leverPaper) document() object {
	r, c := s.Main, s.File.Case
	levers, combinations, goals := list{}, list{}, object{}
	for _, i := range s.of.Ordered() {
		levers = append(levers, s.leverObject(i))
	}
	for i := range s.Combinations.Sets {
		combinations = append(combinations, s.set(i))
	}
	for i := range s.Goals {
		goals = append(goals, member{string(s.Goals[i].Kind), s.goal(&s.Goals[i])})
	}
	return object{
		{"case", c.ID},
		{"hash", s.hash()},
		{"view", textOrNull(r.View)},
		{"parties", texts(partyIDs(r.Space))},
		{"outcomes", r.Analysis.Outcomes.String()},
		{"inputs_rounded", r.Space.Rounded},
		{"verdict", string(s.Combinations.Sets[0].Verdict)},
		{"zone", zoneObject(r)},
		{"solutions", solutionsObject(r, c)},
		{"package", s.packageObject()},
		{"levers", levers},
		{"complete", s.Combinations.Complete},
		{"why", textOrNull(s.Combinations.Why)},
		{"goals", goals},
		{"combinations", combinations},
	}
}

// solutionsObject writes what each rule picks.
func solutionsObject(r *study.Reading, c *casefile.Case) object {
	all := object{}
	for _, rule := range study.Rules {
		all = append(all, member{rule.Key, solutionObject(r, c, rule.Pick(&r.Analysis.Solutions))})
	}
	return all
}

func (s *leverPaper) packageObject() any {
	if s.Package == nil {
		return nil
	}
	return append(object{{"name", textOrNull(s.Package.ID)}, {"in_zone", s.Package.Judgment.InZone}}, judgedObject(s.Main, s.File.Case, s.Package)...)
}

func (s *leverPaper) leverObject(i int) object {
	c := s.File.Case
	l, k := &c.Levers[i], s.of.Single(i)
	worse, of := s.harmful(i)
	changes, backfires := list{}, list{}
	for _, e := range s.effects(i) {
		var group any
		if e.group >= 0 {
			group = constituencyID(&s.Main.Space.Parties[e.party].Constituencies[e.group])
		}
		changes = append(changes, object{{"what", e.what}, {"at", e.at}, {"party", partyOrNull(s.Main, e.party)}, {"constituency", group},
			{"points", ratOrNull(e.by)}, {"eases", e.eases}, {"text", e.text}})
	}
	for _, b := range s.backfires(i) {
		backfires = append(backfires, object{{"kind", b.kind}, {"at", textOrNull(b.at)}, {"from", countText(b.from)}, {"to", countText(b.to)}, {"text", b.text}})
	}
	var cost any
	if l.Cost != nil {
		cost = number(float(l.Cost.Rat()))
	}
	o := object{
		{"id", l.ID}, {"title", leverTitle(c, l.ID)}, {"by", texts(l.By)}, {"mediators", s.Levers[i].Mediators},
		{"kind", textOrNull(l.Kind)}, {"pressure", s.Levers[i].Coercive}, {"cost", cost},
		{"because", textOrNull(clean(l.Because))}, {"statements", texts(l.Statements)},
		{"changes", changes}, {"backfires", backfires}, {"harmful_in", object{{"sets", worse}, {"of", of}}},
		{"refused", textOrNull(clean(k.Refused))},
	}
	r := s.Alone[i]
	if r == nil {
		return append(o, member{"verdict", string(bargain.Unknown)}, member{"zone", nil}, member{"solutions", nil}, member{"effect", nil}, member{"package", nil})
	}
	var pack any
	if s.Package != nil {
		pack = append(object{{"in_zone", k.Package.InZone}}, judgedObject(r, c, &study.Judged{ID: s.Package.ID, Outcome: s.Package.Outcome, Judgment: *k.Package})...)
	}
	return append(o, member{"verdict", string(k.Verdict)}, member{"zone", zoneObject(r)}, member{"solutions", solutionsObject(r, c)},
		member{"effect", s.effectObject(r)}, member{"package", pack})
}

// effectObject writes what a lever alone means to each party and constituency.
func (s *leverPaper) effectObject(r *study.Reading) object {
	was, is := s.Main.Analysis.Solutions.Nash, r.Analysis.Solutions.Nash
	threshold := func(row *outcome.Row) any {
		if !row.Threshold.Set {
			return nil
		}
		return number(float(row.Points(row.Threshold.Value)))
	}
	pair := func(before, after any) object { return object{{"from", before}, {"to", after}} }
	at := func(row *outcome.Row, x *bargain.Solution) any {
		if x == nil {
			return nil
		}
		return number(float(row.Points(row.Value(x.Outcome))))
	}
	accepts := func(row *outcome.Row, x *bargain.Solution) any {
		if x == nil {
			return nil
		}
		return row.Threshold.Accepts(row.Value(x.Outcome))
	}
	parties := object{}
	for p := range r.Space.Parties {
		b, a := &s.Main.Space.Parties[p], &r.Space.Parties[p]
		groups := object{}
		for g := range a.Constituencies {
			x, y := &b.Constituencies[g], &a.Constituencies[g]
			groups = append(groups, member{constituencyID(y), object{{"accepts_at", pair(threshold(x), threshold(y))},
				{"nash", pair(at(x, was), at(y, is))}, {"accepts_nash", pair(accepts(x, was), accepts(y, is))}}})
		}
		parties = append(parties, member{a.ID, object{{"no_deal", pair(threshold(&b.Row), threshold(&a.Row))},
			{"nash", pair(at(&b.Row, was), at(&a.Row, is))}, {"constituencies", groups}}})
	}
	return parties
}

func (s *leverPaper) leverIDs(set []int) []string {
	var ids []string
	for _, i := range set {
		ids = append(ids, s.File.Case.Levers[i].ID)
	}
	return ids
}

// set writes a combination.
func (s *leverPaper) set(at int) object {
	k := &s.Combinations.Sets[at]
	var nash any
	if k.Nash != nil {
		u := object{}
		for p := range k.Space.Parties {
			party := &k.Space.Parties[p]
			u = append(u, member{party.ID, number(float(party.Points(k.Nash.Utilities[p])))})
		}
		nash = u
	}
	o := object{{"levers", texts(s.leverIDs(k.Set))}, {"cost", ratOrNull(whatif.Cost(s.Levers, k.Set))},
		{"mediators", len(k.Set) > 0 && whatif.ByMediators(s.Levers, k.Set)}, {"pressure", whatif.Coercive(s.Levers, k.Set)},
		{"refused", textOrNull(clean(k.Refused))}, {"verdict", string(k.Verdict)}, {"count", countText(k.Count)}, {"ratifiable", countText(k.Ratifiable)},
		{"nash", nash}}
	if s.Package == nil {
		return o
	}
	if k.Package == nil {
		return append(o, member{"package", nil})
	}
	var accepted, ratified list = list{}, list{}
	for p := range k.Space.Parties {
		if k.Package.Accepts>>p&1 != 0 {
			accepted = append(accepted, k.Space.Parties[p].ID)
		}
		if k.Package.Ratifies[p] {
			ratified = append(ratified, k.Space.Parties[p].ID)
		}
	}
	return append(o, member{"package", object{{"in_zone", k.Package.InZone}, {"accepted_by", accepted}, {"ratified_by", ratified}, {"broken", texts(k.Package.Broken)}}})
}

func (s *leverPaper) goal(g *study.LeverGoal) object {
	one := func(at int) any {
		if at < 0 {
			return nil
		}
		return s.set(at)
	}
	sets := func(all []int) list {
		out := list{}
		for _, at := range all {
			out = append(out, s.set(at))
		}
		return out
	}
	var always any
	if s.Package != nil && g.Kind != study.GoalZone && g.Kind != study.GoalCarried {
		always = texts(g.AlwaysBroken)
	}
	return object{{"already", g.Already}, {"mediators", one(g.Mediators)}, {"cheapest", one(g.Cheapest)}, {"proven", g.Proven},
		{"smallest_sets", sets(g.Smallest)}, {"with_pressure", sets(g.Coercive)}, {"unknown", g.Unknown}, {"always_broken", always}}
}
