package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/study"
)

// A rehearsalPaper is the paper on rehearsed talks.
type rehearsalPaper struct {
	*paper
	*study.Played
}

func newRehearsalPaper(x *study.Rehearsal) *rehearsalPaper {
	return &rehearsalPaper{&paper{Case: x.Case}, &x.Played}
}

// Explain says in sentences what stood between the parties and the packages on the
// table of one session: nothing where there was an agreement.
func Explain(x *study.Rehearsal) []string { return newRehearsalPaper(x).explain() }

func (x *rehearsalPaper) explain() []string {
	if x.Result == nil || x.Result.Agreement != nil {
		return nil
	}
	all := make([]string, 0, len(x.Why))
	for _, why := range x.Why {
		all = append(all, clean(why))
	}
	if x.Protocol == (protocol.FileByFile{}).Name() {
		return all // its offers are packages in the making
	}
	space := x.Main.Space
	for seat, from := range x.seats() {
		offered := 0
		for _, o := range x.Offers {
			if o.Seat == protocol.Seat(seat) {
				offered++
			}
		}
		if offered == 0 {
			continue
		}
		for p := range space.Parties {
			party := &space.Parties[p]
			if p == seat {
				continue
			}
			var crossed, below, held, outside int
			for _, o := range x.Offers {
				switch {
				case o.Seat != protocol.Seat(seat):
				case x.Setting.Outside != nil && x.Setting.Outside[p].Holds(o.Outcome):
					outside++
				case !party.Threshold.Accepts(party.Value(o.Outcome)):
					below++
				case !party.Accepts(o.Outcome):
					crossed++
				default:
					held++
				}
			}
			var parts []string
			add := func(n int, what string) {
				if n > 0 {
					parts = append(parts, fmt.Sprintf("%d %s", n, what))
				}
			}
			add(outside, "are outside the mandate with which its negotiators came")
			add(below, "are worth less to it than no deal")
			add(crossed, "cross a red line of its")
			add(held, "it could have accepted, and held out for more")
			all = append(all, fmt.Sprintf("of %s that %s put on the table, for %s: %s", plural(offered, "package", "packages"), clean(from), party.ID, strings.Join(parts, ", ")))
		}
	}
	return all
}

// seats returns the names of the seats that have a strategy.
func (x *rehearsalPaper) seats() []string {
	var names []string
	for seat := range x.Strategies {
		names = append(names, x.Setting.Name(protocol.Seat(seat)))
	}
	return names
}

// WriteRehearsalText writes the rehearsal for a terminal.
func WriteRehearsalText(w io.Writer, rehearsed *study.Rehearsal, o TextOptions) error {
	x := newRehearsalPaper(rehearsed)
	if x.Result != nil {
		return writeSections(w, x.paper, o, nil, x.oneSession())
	}
	return writeSections(w, x.paper, o, nil, x.manySessions())
}

// players says who plays what.
func (x *rehearsalPaper) players() string {
	names, parties := x.seats(), len(x.Main.Space.Parties)
	var all []string
	for seat, name := range names {
		all = append(all, clean(name)+" plays "+clean(x.Strategies[seat]))
	}
	if parties > 2 && !slices.ContainsFunc(x.Strategies[:parties], func(spec string) bool { return spec != x.Strategies[0] }) {
		all = append([]string{"every party plays " + clean(x.Strategies[0])}, all[parties:]...)
	}
	return sentenceList(all)
}

// met says which preconditions were taken as met.
func (x *rehearsalPaper) met() string {
	var met []string
	for _, p := range x.Setting.Preconditions {
		if !p.Unmet {
			met = append(met, clean(p.ID))
		}
	}
	if met == nil {
		return ""
	}
	return "Preconditions taken as met: " + sentenceList(met) + "."
}

// party names a party in a table, as it is named on the command line and in transcripts.
func (x *rehearsalPaper) party(p int) string { return x.Main.Space.Parties[p].ID }

// points writes what a package gives each party, a cell each.
func (x *rehearsalPaper) points(o outcome.Outcome) []cell {
	var cells []cell
	for p := range x.Main.Space.Parties {
		row := &x.Main.Space.Parties[p].Row
		cells = append(cells, cell{Text: points(row, row.Value(o))})
	}
	return cells
}

// oneSession is the section on one session: how it ended, the offers drawn, and who got what.
func (x *rehearsalPaper) oneSession() section {
	res := x.Result
	end := ""
	switch res.Ended {
	case protocol.Agreed:
		end = fmt.Sprintf("the talks end with an agreement in round %d", res.Rounds)
	case protocol.RefusedAtHome:
		end = fmt.Sprintf("in round %d the talks are %s", res.Rounds, clean(res.Reason))
	default:
		end = "the talks end without an agreement: " + clean(res.Reason)
	}
	out := section{Sentences: []string{fmt.Sprintf("%s and the protocol %s, where %s, %s.", x.under(x.Main), x.Protocol, x.players(), end)}}
	if met := x.met(); met != "" {
		out.Sentences = append(out.Sentences, met)
	}
	out.Instead = standIn{Plane: x.offers(), Tables: []grid{x.ends()}}
	if why := x.explain(); len(why) > 0 {
		out.Lists = []sectionList{{Head: "What stood between them", Items: why}}
	}
	if len(x.Offers) > 0 {
		out.Tables = append(out.Tables, x.course())
	}
	o := res.Agreement
	if o == nil {
		o = res.Refused
	}
	if o != nil {
		g := grid{Caption: "The package", Heads: []string{"Issue", "Settled as"}}
		for i := range x.Main.Space.Issues {
			g.Rows = append(g.Rows, []cell{{Text: x.Main.Space.Issues[i].ID}, {Text: optionTitle(x.File.Case, i, o[i])}})
		}
		out.Tables = append(out.Tables, g)
	}
	return out
}

// markOfSeat is the letter that stands for the offers of a seat.
func markOfSeat(seat protocol.Seat) string {
	if seat < 26 {
		return string(rune('a' + seat))
	}
	return "·"
}

// offers draws every offer as the letter of its seat, * for the agreement.
func (x *rehearsalPaper) offers() *plane {
	r := x.Main
	p := newPlane(r.Space, 36, 12, x.party)
	if p == nil || len(x.Offers) == 0 {
		return nil
	}
	mark := func(label string, o outcome.Outcome) {
		p.label(label, r.Space.Parties[0].Value(o), r.Space.Parties[1].Value(o))
	}
	for _, at := range thinned(x.drawn().Points, 2000) {
		p.frontier = append(p.frontier, [2]int64{at.Utilities[0], at.Utilities[1]})
	}
	for _, o := range x.Offers {
		mark(markOfSeat(o.Seat), o.Outcome)
	}
	if n := r.Analysis.Solutions.Nash; n != nil {
		mark("N", n.Outcome)
	}
	if x.Result.Agreement != nil {
		mark("*", x.Result.Agreement)
	} else if x.Result.Refused != nil {
		mark("x", x.Result.Refused)
	}
	for seat, name := range x.seats() {
		if slices.ContainsFunc(x.Offers, func(o study.Offer) bool { return o.Seat == protocol.Seat(seat) }) {
			p.legend = append(p.legend, markOfSeat(protocol.Seat(seat))+"  offers of "+clean(name))
		}
	}
	return p
}

// ends says what the end gives each party, beside the solutions and no deal.
func (x *rehearsalPaper) ends() grid {
	r, res := x.Main, x.Result
	g := grid{Caption: "What the end gives, in points", Heads: []string{"Points to"}, Numbers: true}
	for p := range r.Space.Parties {
		g.Heads = append(g.Heads, x.party(p))
	}
	add := func(label string, cells []cell) { g.Rows = append(g.Rows, append([]cell{{Text: label}}, cells...)) }
	switch {
	case res.Agreement != nil:
		add("* the agreement", x.points(res.Agreement))
		if slices.ContainsFunc(x.Setting.Discounts, func(d float64) bool { return d != 1 }) {
			var cells []cell
			for p := range r.Space.Parties {
				cells = append(cells, cell{Text: strconv.FormatFloat(res.Discounted[p], 'f', 2, 64)})
			}
			add("discounted", cells)
		}
	case res.Refused != nil:
		add("x refused at home", x.points(res.Refused))
	}
	for _, rule := range study.Rules {
		if s := rule.Pick(&r.Analysis.Solutions); s != nil {
			add(rule.Letter+" "+rule.Name, x.points(s.Outcome))
		}
	}
	var none []cell
	for p := range r.Space.Parties {
		none = append(none, cell{Text: noDealText(&r.Space.Parties[p])})
	}
	add("no deal", none)
	return g
}

// course lists some rounds: what the offers on the table were worth to each party.
func (x *rehearsalPaper) course() grid {
	const most = 12
	n := len(x.Offers)
	g := grid{Caption: "The course: what was put on the table, in points", Heads: []string{"Round, offer of"}, Numbers: true}
	if n > most {
		g.Caption = fmt.Sprintf("The course: %d of %d packages put on the table, in points", most, n)
	}
	for p := range x.Main.Space.Parties {
		g.Heads = append(g.Heads, x.party(p))
	}
	for k := range min(n, most) {
		i := k
		if n > most {
			i = k * (n - 1) / (most - 1)
		}
		o := x.Offers[i]
		g.Rows = append(g.Rows, append([]cell{{Text: decimal(o.Round) + ", " + clean(x.Setting.Name(o.Seat))}}, x.points(o.Outcome)...))
	}
	return g
}

// manySessions is the section on what came of many sessions.
func (x *rehearsalPaper) manySessions() section {
	y := x.Tally
	agreed := y.Count(protocol.Agreed)
	share := robust.ShareOf(agreed, y.Sessions)
	come := fmt.Sprintf("%s of %s sessions end with an agreement (95\u00a0%% interval %s)", shareText(share), grouped(big.NewInt(int64(y.Sessions))), interval(share))
	switch {
	case y.Fixed && agreed > 0:
		come = "the talks end with an agreement"
	case y.Fixed:
		come = "the talks end without an agreement"
	}
	out := section{Sentences: []string{fmt.Sprintf("%s and the protocol %s, where %s, %s.", x.under(x.Main), x.Protocol, x.players(), come)}}
	switch {
	case y.Fixed:
		out.Sentences = append(out.Sentences, fmt.Sprintf("Deterministic: played once, of %s asked for. Neither the rules nor these strategies leave anything to chance, so that every session is this one.", plural(y.Asked, "session", "sessions")))
	case len(y.Ends) == 1 && y.Sessions > 1:
		out.Sentences = append(out.Sentences, "All sessions end in the same way.")
	}
	for _, g := range []grid{x.endings(), x.byRound(), x.worth(), x.agreed(), x.firmness()} {
		if g.Rows != nil {
			out.Tables = append(out.Tables, g)
		}
	}
	if met := x.met(); met != "" {
		out.Notes = append(out.Notes, met)
	}
	out.Notes = append(out.Notes, "Shares are shares of sessions under these assumptions, strategies and rules. They forecast nothing.")
	return out
}

// endings says how often sessions end without an agreement, and how.
func (x *rehearsalPaper) endings() grid {
	g := grid{Caption: "How the others end", Heads: []string{"", "", ""}}
	for _, e := range []struct {
		how  protocol.Ending
		text string
	}{
		{protocol.Deadline, "no agreement by the deadline"}, {protocol.Walkout, "somebody walks out"},
		{protocol.Breakdown, "chance breaks the talks off"}, {protocol.RefusedAtHome, "agreed at the table and refused at home"},
	} {
		if n := x.Tally.Count(e.how); n > 0 {
			s := robust.ShareOf(n, x.Tally.Sessions)
			row := []cell{{Text: e.text}, {Text: shareText(s)}, {}}
			if !x.Tally.Fixed {
				row[2].Text = interval(s)
			}
			g.Rows = append(g.Rows, row)
		}
	}
	return g
}

// byRound says how many sessions have an agreement by which round.
func (x *rehearsalPaper) byRound() grid {
	g := grid{Caption: "Agreement by round: share of sessions that have one", Heads: []string{"", "", ""}}
	by := x.Tally.ByRound()
	for _, q := range roundsShown(by, 10) {
		s := robust.ShareOf(by[q], x.Tally.Sessions)
		g.Rows = append(g.Rows, []cell{{Text: decimal(q + 1)}, {Text: textBar(s.Value(), 24)}, {Text: shareText(s)}})
	}
	return g
}

func twoDigits(v float64) cell { return cell{Text: strconv.FormatFloat(v, 'f', 2, 64)} }

// worth says what the talks are worth to each party.
func (x *rehearsalPaper) worth() grid {
	g := grid{Caption: "What it is worth, in mean points", Heads: []string{"", "Agreement", "All sessions", "No deal", "Breakdown costs"}, Numbers: true}
	for p, w := range x.Tally.Worth(x.Setting) {
		row := []cell{{Text: x.party(p)}, {Text: "none"}, twoDigits(w.All), twoDigits(w.NoDeal), {Text: "none"}}
		if x.Tally.Count(protocol.Agreed) > 0 {
			row[1], row[4] = twoDigits(w.Agreed), twoDigits(w.Agreed-w.NoDeal)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// agreed lists the packages that sessions agree on most often.
func (x *rehearsalPaper) agreed() grid {
	const most = 6
	all := x.Tally.Packages()
	g := grid{Caption: "What is agreed: " + plural(len(all), "package", "different packages"), Heads: []string{"Share", "Points", "Package"}, Left: left(len(all)-most, true)}
	for _, p := range all[:min(len(all), most)] {
		var gets, names []string
		for _, c := range x.points(p.Outcome) {
			gets = append(gets, c.Text)
		}
		for i := range x.Main.Space.Issues {
			names = append(names, issueAt(x.File.Case, i).OptionID(p.Outcome[i]))
		}
		g.Rows = append(g.Rows, []cell{{Text: shareText(robust.ShareOf(p.Sessions, x.Tally.Sessions))}, {Text: strings.Join(gets, " / ")}, {Text: strings.Join(names, " ")}})
	}
	return g
}

// firmness says what other strategies buy each party.
func (x *rehearsalPaper) firmness() grid {
	g := grid{Caption: "What firmness buys: the others as above; mean points over all sessions", Heads: []string{"", "Plays", "Agreement", "Own points"}, Numbers: true}
	for _, f := range x.Firmness {
		g.Rows = append(g.Rows, []cell{{Text: x.party(f.Party)}, {Text: f.Level},
			{Text: shareText(robust.ShareOf(f.Tally.Count(protocol.Agreed), f.Tally.Sessions))}, twoDigits(f.Tally.Worth(x.Setting)[f.Party].All)})
	}
	return g
}

// roundsShown returns at most n rounds, from 0, at which the count of agreements has grown.
func roundsShown(by []int, n int) []int {
	var grown []int
	for i := range by {
		if i == 0 && by[i] > 0 || i > 0 && by[i] > by[i-1] {
			grown = append(grown, i)
		}
	}
	if len(grown) <= n {
		return grown
	}
	shown := make([]int, n)
	for k := range shown {
		shown[k] = grown[k*(len(grown)-1)/(n-1)]
	}
	return shown
}
