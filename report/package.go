package report

import (
	"fmt"
	"io"
	"math/big"
	"math/bits"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// A packagePaper is the paper on one package.
type packagePaper struct {
	*paper
	study.Asked
	Improvements    *bargain.Improvements
	ImprovementsWhy string
	Swaps           []bargain.Swap
	SwapsWhy        string
}

func newPackagePaper(p *study.Package) *packagePaper {
	return &packagePaper{&paper{Case: p.Case}, p.Asked, p.Improvements, p.ImprovementsWhy, p.Swaps, p.SwapsWhy}
}

// called names the package in a sentence.
func (p *packagePaper) called() string {
	c, n := p.File.Case, len(p.Request.Set)
	base := "the status quo"
	if c.Packages.Has(p.ID) {
		base = "“" + packageTitle(c, p.ID) + "”"
	} else {
		for _, rule := range study.Rules {
			if rule.Key == p.ID {
				base = "the " + rule.Name + " package"
			}
		}
	}
	switch {
	case n == 0:
		return base
	case p.ID == "":
		return "the package with " + plural(n, "issue", "issues") + " set"
	}
	return base + " with " + plural(n, "issue", "issues") + " changed"
}

// accepts says in a sentence who takes the package.
func (p *packagePaper) accepts() string {
	r, c, j := p.Main, p.File.Case, &p.Judgment
	n := len(r.Space.Parties)
	text := p.under(r) + ", " + p.called()
	refusers := members(c, n, ^j.Accepts)
	switch {
	case bits.OnesCount64(j.Accepts) == n:
		text += " is accepted by every party"
	case j.Accepts == 0:
		text += " is accepted by no party"
	default:
		text += " is accepted by " + sentenceList(members(c, n, j.Accepts)) + " and refused by " + sentenceList(refusers)
	}
	switch {
	case j.InZone:
		text += "; it lies in the zone of agreement."
	case j.Accepts == 1<<n-1:
		text += ", but fails a requirement, so that it is no possible agreement."
	default:
		text += "; it lies outside the zone of agreement."
	}
	if r.IsStatusQuo(p.Outcome) {
		text += " It leaves every issue at its status quo, which is no deal."
	}
	return text
}

// carried says in a sentence what becomes of the package at home; empty where nobody at home
// has a say.
func (p *packagePaper) carried() string {
	r, c, j := p.Main, p.File.Case, &p.Judgment
	var parts []string
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if len(party.Constituencies) == 0 {
			continue
		}
		text := partyTitle(c, i) + " " + p.homeVerdict(j, i)
		var no []string
		for k := range party.Constituencies {
			if j.ConstituencyAccepts[i]>>k&1 == 0 {
				no = append(no, constituencyTitle(c, i, k))
			}
		}
		if len(no) > 0 {
			text += " (against: " + sentenceList(no) + ")"
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return ""
	}
	return "At home: " + strings.Join(parts, "; ") + "."
}

// A stake is what the package is to one party, in points.
type stake struct {
	from     *big.Rat // what gains are measured from; nil without no-deal value and zone
	fromZone bool
	gain     *big.Rat // nil without from
	possible *big.Rat // the party's greatest gain in the zone; nil without a zone
	share    *big.Rat // gain/possible; nil where nothing can be gained, or without a zone
}

func (p *packagePaper) stake(i int) stake {
	r := p.Main
	party := &r.Space.Parties[i]
	var s stake
	zone := r.HasZone() && len(r.Analysis.Parties) > i
	switch {
	case party.Threshold.Set:
		s.from = party.Points(party.Threshold.Value)
	case zone:
		s.from, s.fromZone = party.Points(r.Analysis.Parties[i].Disagreement), true
	default:
		return s
	}
	s.gain = new(big.Rat).Sub(party.Points(p.Judgment.Utilities[i]), s.from)
	if zone {
		s.possible = new(big.Rat).Sub(party.Points(r.Analysis.Parties[i].Ideal), s.from)
		if s.possible.Sign() > 0 {
			s.share = new(big.Rat).Quo(s.gain, s.possible)
		}
	}
	return s
}

// most trades shown, in text and in JSON.
const (
	textTrades = 4
	jsonTrades = 50
)

// WritePackageText writes the study for a terminal.
func WritePackageText(w io.Writer, p *study.Package, o TextOptions) error {
	t := newTerminal(o)
	t.pack(newPackagePaper(p))
	_, err := w.Write(t.Bytes())
	return err
}

func (t *terminal) heading(s, more string) {
	t.WriteString("\n" + t.style(bold, s))
	if more != "" && width(s)+2+width(more) <= t.cols {
		t.WriteString(t.style(dim, ": "+more))
		more = ""
	}
	t.WriteByte('\n')
	for _, line := range wrap(more, t.cols) {
		t.WriteString(t.style(dim, line) + "\n")
	}
}

// item writes a paragraph that hangs from a dash.
func (t *terminal) item(s string) {
	for i, line := range wrap(capital(s), t.cols-4) {
		head := "    "
		if i == 0 {
			head = "  - "
		}
		t.WriteString(head + line + "\n")
	}
}

func (t *terminal) pack(p *packagePaper) {
	r, c := p.Main, p.File.Case
	t.WriteString(t.style(bold, fit(p.title(), t.cols)) + "\n")
	about := fmt.Sprintf("%s  %s %s  as of %s  %s", p.marking(), c.ID, p.shortHash(), p.asOf(), p.analyst())
	t.WriteString(t.style(dim, fit(about, t.cols)) + "\n\n")
	t.paragraph(p.accepts())
	if home := p.carried(); home != "" {
		t.paragraph(home)
	}
	if text := p.left(); text != "" {
		t.paragraph(text)
	}

	t.heading("What it settles", "")
	for i := range r.Space.Issues {
		text := issueTitle(c, i) + ": " + optionTitle(c, i, p.Outcome[i])
		if is := issueAt(c, i); is.OptionID(p.Outcome[i]) == is.StatusQuo {
			text += " (status quo)"
		}
		t.item(text)
	}

	t.heading("What each side has from it", "points; share of the most that it could gain in the zone")
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		text := fmt.Sprintf("%s: %s points", partyTitle(c, i), points(&party.Row, p.Judgment.Utilities[i]))
		switch s := p.stake(i); {
		case s.from == nil:
			text += "; no no-deal value is stated"
		default:
			what := "without a deal"
			if s.fromZone {
				what = "at the least in the zone"
			}
			text += fmt.Sprintf(" against %s %s, %s", decimals(s.from), what, signed(s.gain))
			if s.share != nil {
				text += fmt.Sprintf(", %s\u00a0%% of %s", strings.Replace(decimals(new(big.Rat).Mul(s.share, big.NewRat(100, 1))), "-", "−", 1), decimals(s.possible))
			}
		}
		if p.beyondMandate(party.ID, p.Outcome) {
			text += "; beyond the mandate of its negotiators"
		}
		t.item(text)
	}

	if len(p.Judgment.Broken) > 0 {
		t.heading("What it breaks", "")
		for _, id := range p.Judgment.Broken {
			t.item(p.against(r, id, &p.Judgment))
		}
	}
	t.distances(p)
	t.trades(p)
	t.improvements(p)
}

// left says which issues stay at their status quo because nothing else was said.
func (p *packagePaper) left() string {
	if len(p.Left) == 0 || p.Request.Name == "status_quo" && len(p.Request.Set) == 0 {
		return ""
	}
	var names []string
	for _, i := range p.Left {
		names = append(names, issueTitle(p.File.Case, i))
	}
	return "Not set, and so left at the status quo: " + sentenceList(names) + "."
}

func (t *terminal) distances(p *packagePaper) {
	r, c := p.Main, p.File.Case
	if !r.HasZone() {
		text := "There is no zone of agreement under these assumptions, so no solution to compare with."
		if r.Analysis.Verdict == bargain.Unknown {
			text = "No solution to compare with: " + clean(r.Analysis.Why)
		}
		t.heading("Distance to the solutions", "")
		t.item(text)
		return
	}
	t.heading("Distance to the solutions", "what each side would have there more or less, and the issues that differ")
	for _, rule := range study.Rules {
		x := rule.Pick(&r.Analysis.Solutions)
		if x == nil {
			continue
		}
		differ := differing(p.Outcome, x.Outcome)
		if len(differ) == 0 {
			t.item(capital(rule.Name) + ": this package")
			continue
		}
		t.item(fmt.Sprintf("%s: %s; %s: %s", capital(rule.Name), p.shifts(x.Utilities), plural(len(differ), "issue", "issues"), sentenceList(issueTitles(c, differ))))
	}
}

func issueTitles(c *casefile.Case, at []int) []string {
	var names []string
	for _, i := range at {
		names = append(names, issueTitle(c, i))
	}
	return names
}

// shifts says what each party would have more or less with the utilities given.
func (p *packagePaper) shifts(u []int64) string {
	var parts []string
	for i := range p.Main.Space.Parties {
		party := &p.Main.Space.Parties[i]
		parts = append(parts, partyTitle(p.File.Case, i)+" "+signed(party.Points(u[i]-p.Judgment.Utilities[i])))
	}
	return strings.Join(parts, ", ")
}

func (t *terminal) trades(p *packagePaper) {
	r, c := p.Main, p.File.Case
	if p.SwapsWhy != "" {
		t.heading("What single changes trade", "")
		t.item(capital(p.SwapsWhy) + ".")
		return
	}
	t.heading("What single changes trade", "points given for one point of the other side, cheapest first; changes that break a requirement or red line that now holds are left out")
	shown := false
	for a := range r.Space.Parties {
		for b := range r.Space.Parties {
			if a == b || len(r.Space.Parties) > 4 {
				continue
			}
			trades := bargain.Trades(r.Space, p.Swaps, a, b)
			if len(trades) == 0 {
				continue
			}
			shown = true
			text := fmt.Sprintf("%s gives to %s", partyTitle(c, a), partyTitle(c, b))
			if n := len(trades); n > textTrades {
				text += fmt.Sprintf(" (best %d of %d)", textTrades, n)
			}
			for _, line := range wrap(text, t.cols-2) {
				t.WriteString("  " + line + "\n")
			}
			for _, tr := range trades[:min(textTrades, len(trades))] {
				sw := &p.Swaps[tr.Swap]
				t.item(fmt.Sprintf("%s for 1: %s to %s (%s)", fraction(tr.Rate), issueTitle(c, sw.Issue), optionTitle(c, sw.Issue, sw.Option), p.changes(sw)))
			}
		}
	}
	if !shown {
		text := "No change of a single issue lets one side give and another gain without breaking a requirement or red line that holds."
		if len(r.Space.Parties) > 4 {
			text = "Trades are shown for up to four parties; the JSON has them for every pair."
		}
		t.item(text)
	}
}

// changes says what a swap adds for each party.
func (p *packagePaper) changes(sw *bargain.Swap) string {
	var parts []string
	for i := range p.Main.Space.Parties {
		parts = append(parts, partyTitle(p.File.Case, i)+" "+signed(p.Main.Space.Parties[i].Points(sw.Change[i])))
	}
	return strings.Join(parts, ", ")
}

// fraction writes an exact fraction, with its decimals where it is no whole number.
func fraction(r *big.Rat) string {
	s := r.RatString()
	if r.IsInt() {
		return s
	}
	exact := new(big.Rat)
	if d := decimals(r); len(s) > 9 {
		return "about " + d
	} else if exact.SetString(d); exact.Cmp(r) == 0 {
		return d
	} else {
		return s + " (" + d + ")"
	}
}

func (t *terminal) improvements(p *packagePaper) {
	im := p.Improvements
	t.heading("Better for somebody, worse for nobody", "among the packages that satisfy every requirement and cross no red line, no-deal values aside")
	switch {
	case im == nil:
		t.item("Not looked for: " + clean(p.ImprovementsWhy) + ".")
		return
	case !im.Any && im.Known:
		t.item("There is none.")
		return
	case !im.Any:
		t.item("None was found within the budget; that there is none is not proven.")
		return
	}
	for _, b := range p.betters() {
		t.item(b.what + ": " + p.described(b.Better) + ".")
	}
	switch {
	case im.Nearest == nil:
		t.item(fmt.Sprintf("The nearest was not found within the budget: it changes at least %s.", plural(im.NearestLeast, "issue", "issues")))
	case !im.NearestExact:
		t.item(fmt.Sprintf("That the nearest is the nearest is not proven: every other changes at least %s.", plural(im.NearestLeast, "issue", "issues")))
	}
	if !im.Exact {
		t.item("The best are the best that were found, not proven.")
	}
}

// A betterLine is an improvement with what it is for.
type betterLine struct {
	*bargain.Better
	what string
}

// betters lists the improvements, equal ones once.
func (p *packagePaper) betters() []betterLine {
	im := p.Improvements
	var all []betterLine
	add := func(b *bargain.Better, what string) {
		if b == nil {
			return
		}
		for i := range all {
			if slices.Equal(all[i].Outcome, b.Outcome) {
				all[i].what += "; " + lowerFirst(what)
				return
			}
		}
		all = append(all, betterLine{b, what})
	}
	add(im.Nearest, "Nearest")
	for i, b := range im.Best {
		add(b, "Best for "+partyName(p.File.Case, i))
	}
	add(im.Nash, "Best for all (greatest product of gains over this package)")
	add(im.Egalitarian, "Best for the one that gains least")
	return all
}

// described says what a better package changes, gives and breaks.
func (p *packagePaper) described(b *bargain.Better) string {
	c := p.File.Case
	var terms []string
	for _, i := range b.Changed {
		terms = append(terms, issueTitle(c, i)+" to "+optionTitle(c, i, b.Outcome[i]))
	}
	where := "in the zone"
	if !b.InZone {
		where = "outside the zone"
	}
	return fmt.Sprintf("%s (%s; %s)", strings.Join(terms, "; "), p.shifts(b.Utilities), where)
}

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
		set = append(set, member{s.Issue, optionValue(&is, k)})
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
			{"beyond_mandate", p.beyondMandate(party.ID, p.Outcome)},
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
		ids = append(ids, c.Issues.Keys()[i])
	}
	return ids
}

// distance writes how another package differs from this one.
func (p *packagePaper) distance(x outcome.Outcome, u []int64) object {
	more := object{}
	for i := range p.Main.Space.Parties {
		party := &p.Main.Space.Parties[i]
		more = append(more, member{party.ID, number(float(party.Points(u[i] - p.Judgment.Utilities[i])))})
	}
	differ := object{}
	for _, i := range differing(p.Outcome, x) {
		is := issueAt(p.File.Case, i)
		differ = append(differ, member{p.File.Case.Issues.Keys()[i], optionValue(is, x[i])})
	}
	return object{{"points", more}, {"differs", differ}}
}

func (p *packagePaper) swapsJSON() (changes, rates any) {
	if p.Swaps == nil && p.SwapsWhy != "" {
		return nil, nil
	}
	r, c := p.Main, p.File.Case
	swap := func(sw *bargain.Swap) object {
		return object{{"issue", c.Issues.Keys()[sw.Issue]}, {"option", optionValue(issueAt(c, sw.Issue), sw.Option)}}
	}
	all := list{}
	for i := range p.Swaps {
		sw := &p.Swaps[i]
		more := object{}
		for k := range r.Space.Parties {
			party := &r.Space.Parties[k]
			more = append(more, member{party.ID, number(float(party.Points(sw.Change[k])))})
		}
		all = append(all, append(swap(sw), member{"points", more}, member{"breaks", texts(sw.Breaks)}, member{"in_zone", sw.InZone}))
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
