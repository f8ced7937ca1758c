package report

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/whatif"
)

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
