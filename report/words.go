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
)

// analyst returns whose assumptions the scores of the case are.
func (s *Study) analyst() string {
	if a := name(s.File.Case.Analyst); a != "" {
		return a
	}
	return "the analyst"
}

func (s *Study) title() string {
	if t := clean(s.File.Case.Title); t != "" {
		return t
	}
	return s.File.Case.ID
}

func (s *Study) marking() string {
	if m := clean(s.File.Case.Marking); m != "" {
		return m
	}
	return "Not marked"
}

func (s *Study) asOf() string {
	if d := clean(string(s.File.Case.AsOf)); d != "" {
		return d
	}
	return "no date stated"
}

// shortHash returns the first eight digits of the hash of the case.
func (s *Study) shortHash() string { return s.hash()[:8] }

func (s *Study) hash() string {
	if s.copied != nil {
		return s.copied.hash
	}
	return s.File.Hash()
}

// sides returns the ids of all parties, those included of which a copy holds no
// more than the name.
func (s *Study) sides() []string {
	if s.copied != nil {
		return s.copied.sides
	}
	return s.File.Case.Parties.Keys()
}

// under begins every verdict: whose assumptions it rests on.
func (s *Study) under(r *Reading) string {
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
	return humane(c.Issues.Keys()[i])
}

func optionTitle(c *casefile.Case, i, k int) string { return name(issueAt(c, i).OptionTitle(k)) }

func actorTitle(c *casefile.Case, id string) string {
	if t := name(c.ActorTitle(id)); t != "" {
		return t
	}
	return humane(id)
}

func partyTitle(c *casefile.Case, i int) string { return actorTitle(c, c.Parties.Keys()[i]) }

// actorName is actorTitle within a sentence: with its article.
func actorName(c *casefile.Case, id string) string {
	if n := name(c.ActorName(id)); n != id {
		return n
	}
	return humane(id)
}

func partyName(c *casefile.Case, i int) string { return actorName(c, c.Parties.Keys()[i]) }

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

// unanimous reports whether the consent rule asks every party.
func unanimous(s *outcome.Space) bool { return s.Consent.Everyone() }

// verdict is the first sentence of every report: is there a deal.
func (s *Study) verdict() string {
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
	n := r.zoneCount()
	if n == nil && (a.Zone.Low == nil || a.Zone.High == nil) {
		return fmt.Sprintf("%s, there are packages that %s, among %s possible ones.", s.under(r), whom, all) + s.idle()
	}
	if n == nil {
		text := fmt.Sprintf("%s, there are packages that %s: between %s and %s of %s", s.under(r), whom, grouped(a.Zone.Low), grouped(a.Zone.High), all)
		if e := a.Zone.Estimate; e != nil {
			text += fmt.Sprintf(", and between %s and %s of them by a sample of %s (95\u00a0%% interval)",
				percent(e.Low, a.Outcomes), percent(e.High, a.Outcomes), grouped(big.NewInt(int64(e.Samples))))
		}
		return text + r.carriedAtHome() + "." + s.idle()
	}
	var text string
	if n.Cmp(big.NewInt(1)) == 0 {
		text = fmt.Sprintf("%s, one of %s possible packages is one that %s", s.under(r), all, strings.Replace(whom, "meet", "meets", 1))
	} else {
		text = fmt.Sprintf("%s, there are packages that %s: %s of %s, or %s of the possible packages", s.under(r), whom, grouped(n), all, percent(n, a.Outcomes))
	}
	return text + r.carriedAtHome() + "." + s.idle()
}

// carriedAtHome goes on from a verdict with a zone, in a clause: how much of it people at home would carry.
func (r *Reading) carriedAtHome() string {
	z, n := &r.Analysis.Zone, r.zoneCount()
	if !r.ratified() {
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
func (s *Study) ratifiableVerdict(whom string) string {
	r := s.Main
	a := r.Analysis
	all := grouped(a.Outcomes)
	whom += " and carry at home"
	if !unanimous(r.Space) {
		whom = "meet the consent rule and that every party could carry at home"
	}
	n := r.zoneCount()
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
func (s *Study) idle() string {
	if q := s.Main.StatusQuo; q != nil && q.Judgment.InZone && !(s.Main.Analysis.Ratifiable && slices.Contains(q.Judgment.Ratifies, false)) {
		return " One of them leaves every issue at its status quo, which is no deal."
	}
	return ""
}

// ratified reports whether anybody at home has a say.
func (r *Reading) ratified() bool {
	for i := range r.Space.Parties {
		if len(r.Space.Parties[i].Constituencies) > 0 {
			return true
		}
	}
	return false
}

// propose returns the distinct packages that the rules pick, in the order of
// rules, each with every rule that picks it; then the one with the most support
// at home. Where they are fewer than three, the frontier's next best by Nash's
// product for each party in turn are added. At most six are returned. The status
// quo is not proposed while there is anything else.
func (r *Reading) propose() []proposal {
	a := r.Analysis
	if !r.hasZone() {
		return nil
	}
	var found []proposal
	add := func(o outcome.Outcome, letter, why string, ties *big.Int) {
		for i := range found {
			if slices.Equal(found[i].Outcome, o) {
				if !strings.Contains(found[i].Letters, letter) {
					found[i].Letters += letter
				}
				found[i].Why = append(found[i].Why, why)
				return
			}
		}
		found = append(found, proposal{Letters: letter, Why: []string{why}, Ties: ties,
			Judged: Judged{"", o, bargain.Judge(r.Space, o)}})
	}
	for _, rule := range rules {
		if x := rule.pick(&a.Solutions); x != nil {
			add(x.Outcome, rule.letter, rule.name, x.Ties)
		}
	}
	if p := r.mostSupported(found); p != nil {
		add(p.Outcome, "H", "most support at home", p.Ties)
	}
	if len(found) < 3 && a.Solutions.Nash != nil {
		for i := range r.Space.Parties {
			if p := r.nextBest(i); p != nil && len(found) < 6 {
				add(p.Outcome, "F", "close to the Nash package, better for "+partyName(r.Case, i), p.Ties)
			}
		}
	}
	kept := found[:0:0]
	for _, p := range found {
		if !r.isStatusQuo(p.Outcome) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		kept = found
	}
	return kept[:min(6, len(kept))]
}

// A proposal is a package worth proposing, and the rules that say so.
type proposal struct {
	Judged
	Letters string // of the rules, as marked on the deal map
	Why     []string
	Ties    *big.Int
}

// support orders packages by what people at home make of them: parties that
// ratify, then constituencies that accept.
func support(j *bargain.Judgment) (parties, groups int) {
	for i, ok := range j.Ratifies {
		if ok {
			parties++
		}
		for set := j.ConstituencyAccepts[i]; set != 0; set &= set - 1 {
			groups++
		}
	}
	return parties, groups
}

// mostSupported returns the point of the zone's frontier with the most support
// at home: a proposal's where it ties with one, else the first; nil where nobody
// at home has a say.
func (r *Reading) mostSupported(found []proposal) *bargain.Point {
	if !r.ratified() {
		return nil
	}
	var best *bargain.Point
	parties, groups := -1, -1
	try := func(p *bargain.Point) {
		j := bargain.Judge(r.Space, p.Outcome)
		if !j.InZone {
			return
		}
		if n, m := support(&j); n > parties || n == parties && m > groups {
			best, parties, groups = p, n, m
		}
	}
	for _, p := range found {
		try(&bargain.Point{Utilities: p.Judgment.Utilities, Outcome: p.Outcome, Ties: p.Ties})
	}
	for i := range r.Analysis.Frontier.Points {
		try(&r.Analysis.Frontier.Points[i])
	}
	return best
}

// nextBest returns the frontier point of the zone that gives party i more than
// the Nash package does and has the greatest product of gains among those; nil
// where there is none.
func (r *Reading) nextBest(i int) *bargain.Point {
	a := r.Analysis
	var best *bargain.Point
	var most *big.Int
	for k := range a.Frontier.Points {
		p := &a.Frontier.Points[k]
		if p.Utilities[i] <= a.Solutions.Nash.Utilities[i] || !r.Space.InZone(p.Outcome) || r.isStatusQuo(p.Outcome) {
			continue
		}
		product := big.NewInt(1)
		for q, u := range p.Utilities {
			product.Mul(product, big.NewInt(max(0, u-a.Parties[q].Disagreement)))
		}
		if most == nil || product.Cmp(most) > 0 {
			best, most = p, product
		}
	}
	return best
}

// against says in words why a package breaks the condition of the given id.
func (s *Study) against(r *Reading, id string, j *bargain.Judgment) string {
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
func (s *Study) condition(id string) string {
	name := lineName(s.Main.Case, id)
	if e, ok := s.Main.Case.Condition(id); ok && clean(e.Because) != "" {
		return name + " (" + strings.TrimSuffix(clean(e.Because), ".") + ")"
	}
	return name
}

// closest returns the packages on record that break the fewest conditions, at
// least one of them.
func (r *Reading) closest() []Judged {
	var best []Judged
	for _, p := range r.Packages {
		switch n := len(p.Judgment.Broken); {
		case len(best) == 0 || n < len(best[0].Judgment.Broken):
			best = []Judged{p}
		case n == len(best[0].Judgment.Broken):
			best = append(best, p)
		}
	}
	return best
}
