package report

import (
	"fmt"
	"io"
	"math/big"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/home"
	"github.com/goodoffices/goodoffices/study"
)

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
