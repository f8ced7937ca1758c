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

// shownTrades is the largest number of trades of two parties that are listed.
const shownTrades = 4

// WritePackageText writes the study for a terminal.
func WritePackageText(w io.Writer, of *study.Package, o TextOptions) error {
	p := newPackagePaper(of)
	return writeSections(w, p.paper, o, nil, p.section())
}

// section is the section on one package: who takes it, what it settles and gives, what it trades, and what
// would be better.
func (p *packagePaper) section() section {
	out := section{ID: "package"}
	for _, text := range []string{p.accepts(), p.carried(), p.left()} {
		if text != "" {
			out.Sentences = append(out.Sentences, text)
		}
	}
	out.Lists = []sectionList{p.settles(), p.gives()}
	if len(p.Judgment.Broken) > 0 {
		broken := sectionList{Head: "What it breaks"}
		for _, id := range p.Judgment.Broken {
			broken.Items = append(broken.Items, p.against(p.Main, id, &p.Judgment))
		}
		out.Lists = append(out.Lists, broken)
	}
	out.Lists = append(out.Lists, p.distances())
	out.Lists = append(out.Lists, p.trades()...)
	out.Lists = append(out.Lists, p.improvements())
	return out
}

// settles lists the terms.
func (p *packagePaper) settles() sectionList {
	l := sectionList{Head: "What it settles"}
	for i := range p.Main.Space.Issues {
		text := issueTitle(p.File.Case, i) + ": " + optionTitle(p.File.Case, i, p.Outcome[i])
		if is := issueAt(p.File.Case, i); is.OptionID(p.Outcome[i]) == is.StatusQuo {
			text += " (status quo)"
		}
		l.Items = append(l.Items, text)
	}
	return l
}

// gives lists what each side has from the package.
func (p *packagePaper) gives() sectionList {
	r := p.Main
	l := sectionList{Head: "What each side has from it", About: "points; share of the most that it could gain in the zone"}
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		text := fmt.Sprintf("%s: %s points", partyTitle(p.File.Case, i), points(&party.Row, p.Judgment.Utilities[i]))
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
		if p.beyondMandate(casefile.PartyID(party.ID), p.Outcome) {
			text += "; beyond the mandate of its negotiators"
		}
		l.Items = append(l.Items, text)
	}
	return l
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

// distances says how far the solutions are.
func (p *packagePaper) distances() sectionList {
	r, c := p.Main, p.File.Case
	l := sectionList{Head: "Distance to the solutions"}
	switch {
	case r.HasZone():
		l.About = "what each side would have there more or less, and the issues that differ"
	case r.Analysis.Verdict == bargain.Unknown:
		l.Items = []string{"No solution to compare with: " + clean(r.Analysis.Why)}
	default:
		l.Items = []string{"There is no zone of agreement under these assumptions, so no solution to compare with."}
	}
	for _, rule := range study.Rules {
		x := rule.Pick(&r.Analysis.Solutions)
		if x == nil || !r.HasZone() {
			continue
		}
		text := ": this package"
		if differ := differing(p.Outcome, x.Outcome); len(differ) > 0 {
			text = fmt.Sprintf(": %s; %s: %s", p.shifts(x.Utilities), plural(len(differ), "issue", "issues"), sentenceList(issueTitles(c, differ)))
		}
		l.Items = append(l.Items, capital(rule.Name)+text)
	}
	return l
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

// trades lists what changes of single issues trade.
func (p *packagePaper) trades() []sectionList {
	r, c := p.Main, p.File.Case
	lists := []sectionList{{Head: "What single changes trade"}}
	switch {
	case p.SwapsWhy != "":
		lists[0].Items = []string{capital(p.SwapsWhy) + "."}
		return lists
	case len(r.Space.Parties) > 4:
		lists[0].Left = "Trades are shown for up to four parties"
		return lists
	}
	lists[0].About = "points given for one point of the other side, cheapest first; changes that break a requirement or red line that now holds are left out"
	for a := range r.Space.Parties {
		for b := range r.Space.Parties {
			if a == b {
				continue
			}
			trades := bargain.Trades(r.Space, p.Swaps, a, b)
			l := sectionList{Head: fmt.Sprintf("%s gives to %s", partyTitle(c, a), partyTitle(c, b)), Left: left(len(trades)-shownTrades, true)}
			for _, tr := range trades[:min(shownTrades, len(trades))] {
				sw := &p.Swaps[tr.Swap]
				l.Items = append(l.Items, fmt.Sprintf("%s for 1: %s to %s (%s)", fraction(tr.Rate), issueTitle(c, sw.Issue), optionTitle(c, sw.Issue, sw.Option), p.changes(sw)))
			}
			if l.Items != nil {
				lists = append(lists, l)
			}
		}
	}
	if len(lists) == 1 {
		lists[0].Items = []string{"No change of a single issue lets one side give and another gain without breaking a requirement or red line that holds."}
	}
	return lists
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

// improvements lists packages that are better for somebody and worse for nobody.
func (p *packagePaper) improvements() sectionList {
	im := p.Improvements
	l := sectionList{Head: "Better for somebody, worse for nobody", About: "among the packages that satisfy every requirement and cross no red line, no-deal values aside"}
	switch {
	case im == nil:
		l.Items = []string{"Not looked for: " + clean(p.ImprovementsWhy) + "."}
		return l
	case !im.Any && im.Known:
		l.Items = []string{"There is none."}
		return l
	case !im.Any:
		l.Items = []string{"None was found within the budget; that there is none is not proven."}
		return l
	}
	for _, b := range p.betters() {
		l.Items = append(l.Items, b.what+": "+p.described(b.Better)+".")
	}
	switch {
	case im.Nearest == nil:
		l.Items = append(l.Items, fmt.Sprintf("The nearest was not found within the budget: it changes at least %s.", plural(im.NearestLeast, "issue", "issues")))
	case !im.NearestExact:
		l.Items = append(l.Items, fmt.Sprintf("That the nearest is the nearest is not proven: every other changes at least %s.", plural(im.NearestLeast, "issue", "issues")))
	}
	if !im.Exact {
		l.Items = append(l.Items, "The best are the best that were found, not proven.")
	}
	return l
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
