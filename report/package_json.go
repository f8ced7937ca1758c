package report

import (
	"io"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// jsonTrades is the largest number of trades of two parties that are written.
const jsonTrades = 50

// WritePackageJSON writes the study as one JSON document. docs/formats/package.md explains
// each field.
func WritePackageJSON(w io.Writer, p *study.Package) error {
	return writeDocument(w, newPackagePaper(p).document())
}

func (p *packagePaper) document() object {
	r, c := p.Main, p.File.Case
	a := r.Analysis
	set := object{}
	for _, s := range p.Request.Set {
		is, _ := c.Issues.Get(s.Issue)
		k, _ := is.Position(s.Option)
		set = append(set, member{string(s.Issue), optionValue(&is, k)})
	}
	broken := list{}
	for _, id := range p.Judgment.Broken {
		broken = append(broken, object{{"id", id}, {"text", p.against(r, id, &p.Judgment)}})
	}
	judged := judgedObject(r, c, &p.Judged)
	parties := object{}
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		s := p.stake(i)
		from := any(nil)
		if s.from != nil {
			from = "no_deal"
			if s.fromZone {
				from = "zone"
			}
		}
		parties = append(parties, member{party.ID, object{
			{"points", number(float(party.Points(p.Judgment.Utilities[i])))},
			{"accepts", p.Judgment.Accepts>>i&1 != 0},
			{"disagreement", ratOrNull(s.from)},
			{"from", from},
			{"gain", ratOrNull(s.gain)},
			{"possible_gain", ratOrNull(s.possible)},
			{"share", ratOrNull(s.share)},
			{"beyond_mandate", p.beyondMandate(casefile.PartyID(party.ID), p.Outcome)},
		}})
	}
	solutions := object{}
	for _, rule := range study.Rules {
		x := rule.Pick(&a.Solutions)
		if x == nil {
			solutions = append(solutions, member{rule.Key, nil})
			continue
		}
		solutions = append(solutions, member{rule.Key, p.distance(x.Outcome, x.Utilities)})
	}
	out := object{
		{"case", c.ID},
		{"hash", p.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(p.Choice.Levers)},
		{"package", textOrNull(p.Request.Name)},
		{"set", set},
		{"left_at_status_quo", texts(issueIDs(c, p.Left))},
		{"status_quo", r.IsStatusQuo(p.Outcome)},
		{"inputs_rounded", r.Space.Rounded},
		{"in_zone", p.Judgment.InZone},
		{"verdict", string(a.Verdict)},
		{"parties", parties},
	}
	for _, m := range judged {
		if m.key == "broken" {
			m.value = broken
		}
		if m.key != "utilities" {
			out = append(out, m)
		}
	}
	swaps, rates := p.swapsJSON()
	return append(out,
		member{"solutions", solutions},
		member{"changes", swaps},
		member{"changes_why", textOrNull(clean(p.SwapsWhy))},
		member{"rates", rates},
		member{"improvements", p.improvementsJSON()},
		member{"improvements_why", textOrNull(clean(p.ImprovementsWhy))},
		member{"conversion", conversion(p.File)},
	)
}

// optionValue writes an option as the case file does: by its id, of a range as a number.
func optionValue(is *casefile.Issue, k int) any {
	if is.Range != nil {
		return number(is.OptionID(k))
	}
	return is.OptionID(k)
}

func issueIDs(c *casefile.Case, at []int) []string {
	var ids []string
	for _, i := range at {
		ids = append(ids, string(c.Issues.Keys()[i]))
	}
	return ids
}

// distance writes how another package differs from this one.
func (p *packagePaper) distance(x outcome.Outcome, u []int64) object {
	differ := object{}
	for _, i := range differing(p.Outcome, x) {
		is := issueAt(p.File.Case, i)
		differ = append(differ, member{string(p.File.Case.Issues.Keys()[i]), optionValue(is, x[i])})
	}
	return object{{"points", moreObject(p.Main.Space, u, p.Judgment.Utilities)}, {"differs", differ}}
}

func (p *packagePaper) swapsJSON() (changes, rates any) {
	if p.Swaps == nil && p.SwapsWhy != "" {
		return nil, nil
	}
	r, c := p.Main, p.File.Case
	swap := func(sw *bargain.Swap) object {
		return object{{"issue", string(c.Issues.Keys()[sw.Issue])}, {"option", optionValue(issueAt(c, sw.Issue), sw.Option)}}
	}
	all := list{}
	for i := range p.Swaps {
		sw := &p.Swaps[i]
		all = append(all, append(swap(sw), member{"points", pointsObject(r.Space, sw.Change)}, member{"breaks", texts(sw.Breaks)}, member{"in_zone", sw.InZone}))
	}
	pairs := list{}
	for a := range r.Space.Parties {
		for b := range r.Space.Parties {
			if a == b {
				continue
			}
			trades := bargain.Trades(r.Space, p.Swaps, a, b)
			if len(trades) == 0 {
				continue
			}
			best := list{}
			for _, tr := range trades[:min(jsonTrades, len(trades))] {
				best = append(best, append(swap(&p.Swaps[tr.Swap]), member{"rate", tr.Rate.RatString()}))
			}
			pairs = append(pairs, object{{"gives", r.Space.Parties[a].ID}, {"gets", r.Space.Parties[b].ID}, {"count", len(trades)}, {"best", best}})
		}
	}
	return all, pairs
}

func (p *packagePaper) improvementsJSON() any {
	im := p.Improvements
	if im == nil {
		return nil
	}
	better := func(b *bargain.Better) any {
		if b == nil {
			return nil
		}
		o := append(p.distance(b.Outcome, b.Utilities), member{"issues_changed", len(b.Changed)}, member{"moved", number(float(b.Moved))},
			member{"in_zone", b.InZone}, member{"gap", ratOrNull(b.Gap)})
		return o
	}
	best := object{}
	for i := range im.Best {
		best = append(best, member{p.Main.Space.Parties[i].ID, better(im.Best[i])})
	}
	var found, least any
	if im.Known || im.Any {
		found = im.Any
	}
	if im.NearestLeast > 0 {
		least = im.NearestLeast
	}
	return object{
		{"any", found},
		{"exact", im.Exact},
		{"method", string(im.Method)},
		{"as_good_low", countText(im.Low)},
		{"as_good_high", countText(im.High)},
		{"nearest", better(im.Nearest)},
		{"nearest_exact", im.NearestExact},
		{"nearest_least", least},
		{"best", best},
		{"nash", better(im.Nash)},
		{"egalitarian", better(im.Egalitarian)},
	}
}
