package report

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/home"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// A homePaper is the paper on people at home.
type homePaper struct {
	*packagePaper // of the package that was asked about; without an outcome, none was
	Carried       []*bargain.Zone
}

func newHomePaper(h *study.Home) *homePaper {
	p := &homePaper{&packagePaper{paper: &paper{Case: h.Case, winSets: h.WinSets}}, h.Carried}
	if h.Asked != nil {
		p.Asked = *h.Asked
	}
	return p
}

// homePackages are the packages whose fate at home is told: the one asked about alone or,
// without one, those worth proposing, the sturdiest, those on record and the status quo.
func (h *homePaper) homePackages() (names, ids []string, packages []study.Judged) {
	r := h.Main
	if h.Outcome != nil {
		id := h.Request.Name
		if id == "" {
			id = "status_quo"
		}
		if len(h.Request.Set) > 0 {
			id = "asked"
		}
		return []string{h.called()}, []string{id}, []study.Judged{h.Judged}
	}
	add := func(name, id string, j study.Judged) {
		names, ids, packages = append(names, name), append(ids, id), append(packages, j)
	}
	for _, rule := range study.Rules {
		if x := rule.Pick(&r.Analysis.Solutions); x != nil {
			add("the "+rule.Name+" package", rule.Key, r.Judge(rule.Key, x.Outcome))
		}
	}
	if w := h.winSets.Sets; w != nil && w.Sturdiest != nil {
		add("the package that stands the most refusals", "sturdiest", r.Judge("sturdiest", w.Sturdiest.Outcome))
	}
	for _, p := range r.Packages {
		add("“"+packageTitle(h.File.Case, p.ID)+"”", "packages."+p.ID, p)
	}
	if r.StatusQuo != nil {
		add("the status quo", "status_quo", *r.StatusQuo)
	}
	return names, ids, packages
}

// WriteHomeText writes the study for a terminal.
func WriteHomeText(w io.Writer, home *study.Home, o TextOptions) error {
	t, h := newTerminal(o), newHomePaper(home)
	t.masthead(h.paper)
	t.home(h)
	_, err := w.Write(t.Bytes())
	return err
}

func (t *terminal) home(h *homePaper) {
	r, c := h.Main, h.File.Case
	if !r.Space.AsksHome() {
		t.paragraph("Nobody at home has a say in this case: no party has constituencies.")
		return
	}
	switch {
	case h.winSets.Why != "":
		t.paragraph("How much of the zone survives at home was not counted one by one: " + clean(h.winSets.Why) + ".")
		for i, z := range h.Carried {
			if z != nil && z.RatifiableLow != nil && z.RatifiableHigh != nil && z.Low != nil {
				text := "between " + grouped(z.RatifiableLow) + " and " + grouped(z.RatifiableHigh)
				if z.RatifiableLow.Cmp(z.RatifiableHigh) == 0 {
					text = grouped(z.RatifiableLow)
				}
				t.item(fmt.Sprintf("%s could carry %s of the packages in the zone", partyTitle(c, i), text))
			}
		}
	case h.winSets.Sets != nil && h.winSets.Sets.Zone == 0:
		t.paragraph(fmt.Sprintf("%s, there is no package in the zone; of the %s that satisfy every requirement, every side could carry %s at home.",
			h.under(r), plural64(h.winSets.Sets.Admitted, "package", "packages"), grouped(big.NewInt(h.winSets.Sets.OverlapAdmitted))))
	default:
		for _, text := range h.winSetSentences() {
			t.paragraph(text)
		}
		for _, text := range h.homeSentences()[min(1, len(r.Proposals())):] {
			t.paragraph(text)
		}
	}
	if h.winSets.Sets != nil {
		t.power(h)
	}
	names, _, packages := h.homePackages()
	t.heading("Who must move", "the fewest whose change of answer turns a side, and by how many points")
	for k := range packages {
		var parts []string
		for _, m := range home.Moves(r.Space, packages[k].Outcome) {
			parts = append(parts, h.moved(&m))
		}
		t.item(capital(names[k]) + ": " + strings.Join(parts, "; ") + ".")
	}
	if h.Outcome == nil {
		return
	}
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if len(party.Constituencies) == 0 {
			continue
		}
		t.heading(partyTitle(c, i)+" "+h.homeVerdict(&h.Judgment, i), "rule: "+ruleText(c, i))
		for k := range party.Constituencies {
			row := &party.Constituencies[k]
			u := h.Judgment.Constituencies[i][k]
			text := fmt.Sprintf("%s: %s points", constituencyTitle(c, i, k), points(row, u))
			if row.Threshold.Set {
				text += fmt.Sprintf(", accepts at %s (%s)", points(row, row.Threshold.Value), signed(row.Points(u-row.Threshold.Value)))
			} else {
				text += ", accepts anything"
			}
			t.item(text)
		}
	}
}

func ruleText(c *casefile.Case, i int) string {
	p := partyAt(c, i)
	if p.Ratification == nil || clean(p.Ratification.Rule) == "" {
		return "all of them"
	}
	return clean(c.RuleInWords(c.Parties.Keys()[i], p.Ratification.Rule))
}

// power shows what each constituency's answer is worth.
func (t *terminal) power(h *homePaper) {
	r, c, w := h.Main, h.File.Case, h.winSets.Sets
	t.heading("Whose answer decides", "Banzhaf and Shapley–Shubik indices over all coalitions, and what answers do in the zone")
	rows := [][]string{{"", "Banzhaf", "Shapley", "accepts", "critical", "Shapley"}, {"", "all", "all", "zone", "zone", "zone"}}
	share := func(n int64) string {
		if w.Zone == 0 {
			return "–"
		}
		return percent(big.NewInt(n), big.NewInt(w.Zone))
	}
	for i := range r.Space.Parties {
		groups := w.Parties[i].Groups
		if len(groups) == 0 {
			continue
		}
		total := swings(groups)
		rows = append(rows, []string{partyTitle(c, i), "", "", share(w.Parties[i].Zone), "", ""})
		for k := range groups {
			g := &groups[k]
			row := []string{"  " + constituencyTitle(c, i, k), "?", "?", share(g.Accepts), share(g.Decides + g.Blocks), "–"}
			if g.Power != nil {
				row[1], row[2] = banzhaf(g.Power, total), percentOf(g.Power.ShapleyShubik)
			}
			if g.Pivotal != nil {
				row[5] = percentOf(g.Pivotal)
			}
			rows = append(rows, row)
		}
	}
	room := t.cols - 5*10
	for n, row := range rows {
		line := pad(fit(row[0], room), room, false)
		for _, cell := range row[1:] {
			line += " " + pad(cell, 9, true)
		}
		line = strings.TrimRight(line, " ")
		if n < 2 {
			line = t.style(dim, line)
		}
		t.WriteString(line + "\n")
	}
	t.WriteString(t.style(dim, "critical: whose change alone would turn the side's answer\n"))
}

// banzhaf writes the Banzhaf index: the share of the swings of all groups.
func banzhaf(p *outcome.Power, total *big.Int) string {
	if total.Sign() <= 0 {
		return "–"
	}
	return percent(p.Swings, total)
}

// swings adds up the swings of all groups, 0 where they were not counted.
func swings(groups []home.Pivot) *big.Int {
	sum := new(big.Int)
	for k := range groups {
		if p := groups[k].Power; p != nil {
			sum.Add(sum, p.Swings)
		}
	}
	return sum
}

// WriteHomeJSON writes the study as one JSON document. docs/formats/home.md explains each
// field.
func WriteHomeJSON(w io.Writer, home *study.Home) error {
	h := newHomePaper(home)
	r, c := h.Main, h.File.Case
	packages := object{}
	_, ids, judged := h.homePackages()
	for k := range judged {
		packages = append(packages, member{ids[k], h.homeObject(&judged[k])})
	}
	doc := object{
		{"case", c.ID},
		{"hash", h.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(h.Choice.Levers)},
		{"win_sets", h.winSetsObject()},
		{"carried", h.carriedObject()},
		{"packages", packages},
	}
	return writeDocument(w, doc)
}

// carriedObject writes what each side could carry where win-sets were not counted.
func (h *homePaper) carriedObject() any {
	if h.Carried == nil {
		return nil
	}
	o := object{}
	for i, z := range h.Carried {
		if z != nil {
			o = append(o, member{h.Main.Space.Parties[i].ID, object{
				{"low", countText(z.RatifiableLow)}, {"high", countText(z.RatifiableHigh)}, {"estimate", estimate(z.RatifiableEstimate)}}})
		}
	}
	return o
}

// winSets writes what of the zone survives at home and what each constituency's answer is
// worth; null with the reason in why where it was not counted.
func (s *paper) winSetsObject() any {
	w, r, c := s.winSets.Sets, s.Main, s.File.Case
	if w == nil {
		if s.winSets.Why == "" {
			return nil
		}
		return object{{"why", clean(s.winSets.Why)}}
	}
	share := func(n int64) any {
		if w.Zone == 0 {
			return nil
		}
		return number(float(big.NewRat(n, w.Zone)))
	}
	n64 := func(n int64) any { return fmt.Sprint(n) }
	parties := object{}
	for i := range r.Space.Parties {
		party, win := &r.Space.Parties[i], &w.Parties[i]
		groups := object{}
		total := swings(win.Groups)
		others := new(big.Int).Lsh(big.NewInt(1), uint(max(0, len(win.Groups)-1)))
		for k := range win.Groups {
			g := &win.Groups[k]
			var count, normal, absolute, shapley any
			if g.Power != nil {
				count, shapley = g.Power.Swings.String(), ratOrNull(g.Power.ShapleyShubik)
				absolute = number(float(new(big.Rat).SetFrac(g.Power.Swings, others)))
				if total.Sign() > 0 {
					normal = number(float(new(big.Rat).SetFrac(g.Power.Swings, total)))
				}
			}
			groups = append(groups, member{constituencyID(&party.Constituencies[k]), object{
				{"swings", count}, {"banzhaf", normal}, {"banzhaf_absolute", absolute}, {"shapley_shubik", shapley},
				{"in_zone", object{
					{"accepts", n64(g.Accepts)}, {"decides", n64(g.Decides)}, {"blocks", n64(g.Blocks)},
					{"banzhaf", share(g.Decides + g.Blocks)}, {"shapley_shubik", ratOrNull(g.Pivotal)}}},
			}})
		}
		var rule any
		if len(win.Groups) > 0 {
			rule = ruleText(c, i)
		}
		parties = append(parties, member{party.ID, object{
			{"rule", rule}, {"admitted", n64(win.Admitted)}, {"zone", n64(win.Zone)}, {"zone_share", share(win.Zone)}, {"constituencies", groups}}})
	}
	var sturdiest any
	if b := w.Sturdiest; b != nil {
		j := bargain.Judge(r.Space, b.Outcome)
		var defections any
		if b.Defections >= 0 {
			defections = b.Defections
		}
		sturdiest = append(placeObject(r, c, j.Utilities, b.Outcome), member{"defections", defections}, member{"slack", ratOrNull(b.Slack)})
	}
	return object{
		{"admitted", n64(w.Admitted)}, {"zone", n64(w.Zone)},
		{"overlap_admitted", n64(w.OverlapAdmitted)}, {"overlap", n64(w.Overlap)}, {"overlap_share", share(w.Overlap)},
		{"parties", parties},
		{"sturdiest", sturdiest}, {"sturdiest_why", textOrNull(clean(w.Why))},
	}
}

// homeObject writes what people at home make of one package, and who must move.
func (h *homePaper) homeObject(p *study.Judged) object {
	r, c := h.Main, h.File.Case
	o := append(placeObject(r, c, p.Judgment.Utilities, p.Outcome), member{"in_zone", p.Judgment.InZone})
	parties := object{}
	moves := home.Moves(r.Space, p.Outcome)
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if len(party.Constituencies) == 0 {
			continue
		}
		groups := object{}
		for k := range party.Constituencies {
			row := &party.Constituencies[k]
			u := p.Judgment.Constituencies[i][k]
			var at, margin any
			if row.Threshold.Set {
				at, margin = number(float(row.Points(row.Threshold.Value))), number(float(row.Points(u-row.Threshold.Value)))
			}
			groups = append(groups, member{constituencyID(row), object{
				{"score", number(float(row.Points(u)))}, {"accepts_at", at}, {"accepts", p.Judgment.ConstituencyAccepts[i]>>k&1 != 0}, {"margin", margin}}})
		}
		of := object{{"carried", p.Judgment.Ratifies[i]}}
		for _, m := range moves {
			if m.Party != i {
				continue
			}
			var who any
			if m.Groups != nil {
				l := list{}
				for j, k := range m.Groups {
					l = append(l, object{{"constituency", constituencyID(&party.Constituencies[k])}, {"points", ratOrNull(m.Points[j])}})
				}
				who = l
			}
			must, undo := any(nil), who
			if !m.Carried {
				must, undo = who, nil
			}
			of = append(of, member{"must_move", must}, member{"undone_by", undo}, member{"known", m.Known})
		}
		parties = append(parties, member{party.ID, append(of, member{"constituencies", groups})})
	}
	return append(o, member{"parties", parties})
}
