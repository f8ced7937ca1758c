package report

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// analyst returns whose assumptions the scores of the case are.
func (s *paper) analyst() string {
	if a := name(s.File.Case.Analyst); a != "" {
		return a
	}
	return "the analyst"
}

func (s *paper) title() string {
	if t := clean(s.File.Case.Title); t != "" {
		return t
	}
	return s.File.Case.ID
}

func (s *paper) marking() string {
	if m := clean(s.File.Case.Marking); m != "" {
		return m
	}
	return "Not marked"
}

func (s *paper) asOf() string {
	if d := clean(string(s.File.Case.AsOf)); d != "" {
		return d
	}
	return "no date stated"
}

// shortHash returns the first eight digits of the hash of the case.
func (s *paper) shortHash() string { return s.hash()[:8] }

func (s *paper) hash() string {
	if s.copied != nil {
		return s.copied.hash
	}
	return s.File.Hash()
}

// sides returns the ids of all parties, those included of which a copy holds no
// more than the name.
func (s *paper) sides() []string {
	if s.copied != nil {
		return s.copied.sides
	}
	return casefile.Texts(s.File.Case.Parties.Keys())
}

// under begins every verdict: whose assumptions it rests on.
func (s *paper) under(r *study.Reading) string {
	u := "Under " + possessive(s.analyst()) + " assumptions"
	if r.View != "" {
		u += ", changed as in the view “" + viewTitle(s.File.Case, r.View) + "”"
	}
	if n := len(s.Choice.Levers); n > 0 {
		var names []string
		for _, id := range s.Choice.Levers {
			names = append(names, "“"+leverTitle(s.File.Case, id)+"”")
		}
		u += ", with " + sentenceList(names) + " done"
	}
	return u
}

// The accessors below return cleaned titles: texts of a case reach a reader
// through them or through clean itself.

// name returns s cleaned and fit to stand within a sentence: after a text of a
// right-to-left script comes a left-to-right mark, so that a number that follows
// is not drawn on its wrong side.
func name(s string) string {
	s = clean(s)
	for _, r := range s {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko) {
			return s + "\u200e"
		}
	}
	return s
}

func issueAt(c *casefile.Case, i int) *casefile.Issue {
	is, _ := c.Issues.Get(c.Issues.Keys()[i])
	return &is
}

func issueTitle(c *casefile.Case, i int) string {
	if t := name(issueAt(c, i).Title); t != "" {
		return t
	}
	return humane(string(c.Issues.Keys()[i]))
}

func optionTitle(c *casefile.Case, i, k int) string { return name(issueAt(c, i).OptionTitle(k)) }

func actorTitle(c *casefile.Case, id string) string {
	if t := name(c.ActorTitle(id)); t != "" {
		return t
	}
	return humane(id)
}

func partyTitle(c *casefile.Case, i int) string { return actorTitle(c, string(c.Parties.Keys()[i])) }

// actorName is actorTitle within a sentence: with its article.
func actorName(c *casefile.Case, id string) string {
	if n := name(c.ActorName(id)); n != id {
		return n
	}
	return humane(id)
}

func partyName(c *casefile.Case, i int) string { return actorName(c, string(c.Parties.Keys()[i])) }

func partyAt(c *casefile.Case, i int) *casefile.Party {
	p, _ := c.Parties.Get(c.Parties.Keys()[i])
	return &p
}

func constituencyTitle(c *casefile.Case, party, k int) string {
	r := partyAt(c, party).Ratification
	if r == nil {
		return ""
	}
	id := r.Constituencies.Keys()[k]
	g, _ := r.Constituencies.Get(id)
	if t := name(g.Title); t != "" {
		return t
	}
	return humane(id)
}

func packageTitle(c *casefile.Case, id string) string {
	p, _ := c.Packages.Get(id)
	if t := name(p.Title); t != "" {
		return t
	}
	return humane(id)
}

func viewTitle(c *casefile.Case, id string) string {
	if id == "" {
		return "As the case states it"
	}
	v, _ := c.Views.Get(id)
	if t := name(v.Title); t != "" {
		return t
	}
	return humane(id)
}

func leverTitle(c *casefile.Case, id string) string {
	for i := range c.Levers {
		if c.Levers[i].ID == id && c.Levers[i].Title != "" {
			return name(c.Levers[i].Title)
		}
	}
	return humane(id)
}

// lineName returns what people call a red line, adjustment or requirement.
func lineName(c *casefile.Case, id string) string {
	if e, ok := c.Condition(id); ok && e.Name != "" {
		return name(e.Name)
	}
	return humane(id[strings.LastIndexByte(id, '.')+1:])
}

// humane turns an id into words.
func humane(id string) string { return strings.ReplaceAll(clean(id), "_", " ") }

func partyIDs(s *outcome.Space) []string {
	ids := make([]string, len(s.Parties))
	for i := range s.Parties {
		ids[i] = s.Parties[i].ID
	}
	return ids
}

// constituencyID returns the id of a constituency within its party.
func constituencyID(r *outcome.Row) string {
	_, id, _ := strings.Cut(r.ID, ".")
	return id
}

func decimal(n int) string { return strconv.Itoa(n) }

// members returns the titles of the parties in the set.
func members(c *casefile.Case, n int, set uint64) []string {
	var names []string
	for i := range n {
		if set>>i&1 != 0 {
			names = append(names, partyName(c, i))
		}
	}
	return names
}

// each says what utilities are to every party: "Iran 61.75".
func each(c *casefile.Case, space *outcome.Space, u []int64) []string {
	var all []string
	for p := range space.Parties {
		all = append(all, partyName(c, p)+" "+points2(&space.Parties[p].Row, u[p]))
	}
	return all
}

// unanimous reports whether the consent rule asks every party.
func unanimous(s *outcome.Space) bool { return s.Consent.Everyone() }

// verdict is the first sentence of every report: is there a deal.
func (s *paper) verdict() string {
	r := s.Main
	a := r.Analysis
	all := grouped(a.Outcomes)
	whom := "every party could accept"
	if !unanimous(r.Space) {
		whom = "meet the consent rule"
	}
	if a.Ratifiable {
		return s.ratifiableVerdict(whom) + s.idle()
	}
	switch a.Verdict {
	case bargain.NoZone:
		if !unanimous(r.Space) {
			return fmt.Sprintf("%s, no package meets the consent rule: of %s possible packages, none satisfies every requirement and is accepted by enough parties.", s.under(r), all)
		}
		return fmt.Sprintf("%s, there is no package that every party could accept: each of the %s possible packages fails a requirement, crosses a red line or leaves a party below what it has without a deal.", s.under(r), all)
	case bargain.Unknown:
		return fmt.Sprintf("%s, it is not proven whether any of the %s possible packages would %s: %s.", s.under(r), all, strings.Replace(whom, "every party could accept", "be accepted by every party", 1), strings.TrimSuffix(clean(a.Why), "."))
	}
	n := r.ZoneCount()
	if n == nil && (a.Zone.Low == nil || a.Zone.High == nil) {
		return fmt.Sprintf("%s, there are packages that %s, among %s possible ones.", s.under(r), whom, all) + s.idle()
	}
	if n == nil {
		text := fmt.Sprintf("%s, there are packages that %s: between %s and %s of %s", s.under(r), whom, grouped(a.Zone.Low), grouped(a.Zone.High), all)
		if e := a.Zone.Estimate; e != nil {
			text += fmt.Sprintf(", and between %s and %s of them by a sample of %s (95\u00a0%% interval)",
				percent(e.Low, a.Outcomes), percent(e.High, a.Outcomes), grouped(big.NewInt(int64(e.Samples))))
		}
		return text + carriedAtHome(r) + "." + s.idle()
	}
	var text string
	if n.Cmp(big.NewInt(1)) == 0 {
		text = fmt.Sprintf("%s, one of %s possible packages is one that %s", s.under(r), all, strings.Replace(whom, "meet", "meets", 1))
	} else {
		text = fmt.Sprintf("%s, there are packages that %s: %s of %s, or %s of the possible packages", s.under(r), whom, grouped(n), all, percent(n, a.Outcomes))
	}
	return text + carriedAtHome(r) + "." + s.idle()
}

// carriedAtHome goes on from a verdict with a zone, in a clause: how much of it people at home would carry.
func carriedAtHome(r *study.Reading) string {
	z, n := &r.Analysis.Zone, r.ZoneCount()
	if !r.Space.AsksHome() {
		return ""
	}
	if home := z.Ratifiable; home != nil {
		switch {
		case home.Sign() == 0:
			return "; none of them would be carried at home on every side"
		case n == nil:
			return fmt.Sprintf("; %s of them would also be carried at home on every side", grouped(home))
		case home.Cmp(n) == 0:
			return "; all of them would be carried at home on every side"
		}
		return fmt.Sprintf("; %s of those would also be carried at home on every side", percent(home, n))
	}
	if e := z.RatifiableEstimate; e != nil {
		all := r.Analysis.Outcomes
		return fmt.Sprintf("; between %s and %s of the possible packages would also be carried at home on every side, by a sample of %s (95\u00a0%% interval)",
			percent(e.Low, all), percent(e.High, all), grouped(big.NewInt(int64(e.Samples))))
	}
	return "; how many of them would be carried at home on every side was not counted"
}

// ratifiableVerdict is the first sentence where only what can be carried at home counts.
func (s *paper) ratifiableVerdict(whom string) string {
	r := s.Main
	a := r.Analysis
	all := grouped(a.Outcomes)
	whom += " and carry at home"
	if !unanimous(r.Space) {
		whom = "meet the consent rule and that every party could carry at home"
	}
	n := r.ZoneCount()
	switch {
	case a.Verdict == bargain.NoZone:
		return fmt.Sprintf("%s, of %s possible packages there is none that %s.", s.under(r), all, strings.Replace(whom, "meet ", "would meet ", 1))
	case a.Verdict == bargain.Unknown:
		return fmt.Sprintf("%s, it is not proven whether there is a package that %s among the %s possible ones.", s.under(r), strings.Replace(whom, "meet ", "would meet ", 1), all)
	case n != nil:
		return fmt.Sprintf("%s, the number of packages that %s is %s of %s, or %s of the possible packages. Only those are compared here.", s.under(r), whom, grouped(n), all, percent(n, a.Outcomes))
	}
	text := fmt.Sprintf("%s, there are packages that %s: between %s and %s of %s", s.under(r), whom, grouped(a.Zone.Low), grouped(a.Zone.High), all)
	if e := a.Zone.Estimate; e != nil {
		text += fmt.Sprintf(", and between %s and %s of them by a sample of %s (95\u00a0%% interval)",
			percent(e.Low, a.Outcomes), percent(e.High, a.Outcomes), grouped(big.NewInt(int64(e.Samples))))
	}
	return text + ". Only those are compared here."
}

// idle says so when the status quo itself is in the zone.
func (s *paper) idle() string {
	if q := s.Main.StatusQuo; q != nil && q.Judgment.InZone && !(s.Main.Analysis.Ratifiable && slices.Contains(q.Judgment.Ratifies, false)) {
		return " One of them leaves every issue at its status quo, which is no deal."
	}
	return ""
}

// against says in words why a package breaks the condition of the given id.
func (s *paper) against(r *study.Reading, id string, j *bargain.Judgment) string {
	c := s.File.Case
	if id == "consent" {
		return "The parties that accept are too few for the consent rule"
	}
	for i := range r.Space.Parties {
		p := &r.Space.Parties[i]
		rest, ok := strings.CutPrefix(id, p.ID+".")
		if !ok {
			continue
		}
		if rest == "no_deal" {
			return fmt.Sprintf("%s gets %s points, below its no-deal value of %s", capital(partyName(c, i)), points(&p.Row, j.Utilities[i]), points(&p.Row, p.Threshold.Value))
		}
		return fmt.Sprintf("crosses %s red line: %s", possessive(partyName(c, i)), s.condition(id))
	}
	return "fails a requirement: " + s.condition(id)
}

// condition returns a condition's reason, or its name where the case gives none.
func (s *paper) condition(id string) string {
	name := lineName(s.Main.Case, id)
	if e, ok := s.Main.Case.Condition(id); ok && clean(e.Because) != "" {
		return name + " (" + strings.TrimSuffix(clean(e.Because), ".") + ")"
	}
	return name
}
