package report

import (
	"io"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

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
		nash = pointsObject(k.Space, k.Nash.Utilities)
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
