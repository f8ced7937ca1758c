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
	"github.com/goodoffices/goodoffices/rehearsal"
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

// WriteRehearsalJSON writes the rehearsal as one JSON document; docs/formats/simulate.md
// explains each field.
func WriteRehearsalJSON(w io.Writer, x *study.Rehearsal) error {
	return writeDocument(w, newRehearsalPaper(x).document())
}

func (x *rehearsalPaper) document() object {
	r, c := x.Main, x.File.Case
	strategies := object{}
	for seat, name := range x.seats() {
		strategies = append(strategies, member{clean(name), clean(x.Strategies[seat])})
	}
	doc := object{
		{"case", c.ID},
		{"hash", x.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(x.Choice.Levers)},
		{"protocol", x.Protocol},
		{"strategies", strategies},
		{"deadline", x.Setting.Rounds},
		{"seed", number(strconv.FormatUint(x.Seed, 10))},
	}
	if x.Result != nil {
		return append(doc, x.session()...)
	}
	return append(doc, x.sessions()...)
}

// worths writes a number of points for every party.
func (x *rehearsalPaper) worths(at func(p int) any) object {
	o := object{}
	for p := range x.Main.Space.Parties {
		o = append(o, member{x.Main.Space.Parties[p].ID, at(p)})
	}
	return o
}

func (x *rehearsalPaper) packageOf(o outcome.Outcome) any {
	if o == nil {
		return nil
	}
	return optionsObject(x.Main, x.File.Case, o)
}

// A flat list stands on one line.
type flat list

// session writes what came of one session.
func (x *rehearsalPaper) session() object {
	r, res := x.Main, x.Result
	row := func(p int) *outcome.Row { return &r.Space.Parties[p].Row }
	offers := list{}
	for _, o := range x.Offers {
		offers = append(offers, flat(list{o.Round, clean(x.Setting.Name(o.Seat)), optionsObject(r, x.File.Case, o.Outcome)}))
	}
	refusers, why := list{}, list{}
	for p := range r.Space.Parties {
		if res.Refusers>>p&1 != 0 {
			refusers = append(refusers, row(p).ID)
		}
	}
	for _, text := range x.explain() {
		why = append(why, text)
	}
	var by any
	if res.By >= 0 {
		by = clean(x.Setting.Name(res.By))
	}
	solutions := object{}
	for _, rule := range study.Rules {
		s := rule.Pick(&r.Analysis.Solutions)
		if s == nil || res.Agreement == nil {
			solutions = append(solutions, member{rule.Key, nil})
			continue
		}
		solutions = append(solutions, member{rule.Key, x.worths(func(p int) any {
			return number(float(row(p).Points(res.Utilities[p] - s.Utilities[p])))
		})})
	}
	return object{
		{"agreement", x.packageOf(res.Agreement)},
		{"rounds", res.Rounds},
		{"utilities", x.worths(func(p int) any { return number(float(row(p).Points(res.Utilities[p]))) })},
		{"discounted", x.worths(func(p int) any { return sixDigits(res.Discounted[p]) })},
		{"ended", string(res.Ended)},
		{"reason", clean(res.Reason)},
		{"why", why},
		{"refused", x.packageOf(res.Refused)},
		{"refused_by", refusers},
		{"walked_out", by},
		{"against_solutions", solutions},
		{"offers", offers},
	}
}

// sessionShare returns a share of the sessions, exact where every other session would be the same.
func sessionShare(t *rehearsal.Tally, n int) robust.Share {
	s := robust.ShareOf(n, t.Sessions)
	if t.Fixed {
		s.Low, s.High = s.Value(), s.Value()
	}
	return s
}

// sessions writes what came of many.
func (x *rehearsalPaper) sessions() object {
	t := x.Tally
	endings := []protocol.Ending{protocol.Agreed, protocol.Deadline, protocol.Walkout, protocol.Breakdown, protocol.RefusedAtHome}
	ended := object{}
	for _, e := range endings {
		ended = append(ended, member{string(e), shareObject(sessionShare(t, t.Count(e)))})
	}
	agreements := list{}
	all := t.Packages()
	for _, p := range all[:min(len(all), 1000)] {
		agreements = append(agreements, object{
			{"outcome", x.packageOf(p.Outcome)},
			{"utilities", x.worths(func(q int) any {
				row := &x.Main.Space.Parties[q].Row
				return number(float(row.Points(row.Value(p.Outcome))))
			})},
			{"share", shareObject(sessionShare(t, p.Sessions))},
		})
	}
	by := list{}
	last := 0
	for round, n := range t.ByRound() {
		if n != last {
			by = append(by, flat(list{round + 1, shareObject(sessionShare(t, n))}))
		}
		last = n
	}
	worth := func(t *rehearsal.Tally) object {
		w := t.Worth(x.Setting)
		return x.worths(func(p int) any {
			var agreed any
			if t.Count(protocol.Agreed) > 0 {
				agreed = sixDigits(w[p].Agreed)
			}
			return object{{"agreed", agreed}, {"all", sixDigits(w[p].All)}, {"no_deal", sixDigits(w[p].NoDeal)}}
		})
	}
	firmness := list{}
	for _, f := range x.Firmness {
		firmness = append(firmness, object{
			{"party", x.Main.Space.Parties[f.Party].ID},
			{"strategy", f.Level},
			{"sessions", f.Tally.Sessions},
			{"agreed", shareObject(sessionShare(f.Tally, f.Tally.Count(protocol.Agreed)))},
			{"worth", worth(f.Tally)},
		})
	}
	return object{
		{"sessions", t.Sessions},
		{"asked", t.Asked},
		{"deterministic", t.Fixed},
		{"ended", ended},
		{"worth", worth(t)},
		{"by_round", by},
		{"different_agreements", len(all)},
		{"agreements", agreements},
		{"firmness", firmness},
	}
}

// WriteRehearsalText writes the rehearsal for a terminal.
func WriteRehearsalText(w io.Writer, rehearsed *study.Rehearsal, o TextOptions) error {
	t, x := newTerminal(o), newRehearsalPaper(rehearsed)
	t.masthead(x.paper)
	if x.Result != nil {
		t.session(x)
	} else {
		t.sessions(x)
	}
	_, err := w.Write(t.Bytes())
	return err
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

// session writes one session: how it ended, the offers drawn, and who got what.
func (t *terminal) session(x *rehearsalPaper) {
	r, res := x.Main, x.Result
	end := ""
	switch res.Ended {
	case protocol.Agreed:
		end = fmt.Sprintf("the talks end with an agreement in round %d", res.Rounds)
	case protocol.RefusedAtHome:
		end = fmt.Sprintf("in round %d the talks are %s", res.Rounds, clean(res.Reason))
	default:
		end = "the talks end without an agreement: " + clean(res.Reason)
	}
	t.paragraph(fmt.Sprintf("%s and the protocol %s, where %s, %s.", x.under(r), x.Protocol, x.players(), end))
	for _, why := range x.explain() {
		for k, line := range wrap(why, t.cols-4) {
			head := "    "
			if k == 0 {
				head = "  - "
			}
			t.WriteString(head + line + "\n")
		}
	}
	t.WriteByte('\n')
	if met := x.met(); met != "" {
		t.paragraph(met)
		t.WriteByte('\n')
	}
	drawing, table := t.offers(x), t.outcomes(x)
	left, right := 0, 0
	for _, l := range drawing {
		left = max(left, width(l.plain))
	}
	for _, l := range table {
		right = max(right, width(l.plain))
	}
	if left+3+right > t.cols || len(drawing) == 0 {
		for _, l := range drawing {
			t.WriteString(l.styled + "\n")
		}
		if len(drawing) > 0 {
			t.WriteByte('\n')
		}
		for _, l := range table {
			t.WriteString(l.styled + "\n")
		}
	} else {
		for i := range max(len(drawing), len(table)) {
			used := 0
			if i < len(drawing) {
				t.WriteString(drawing[i].styled)
				used = width(drawing[i].plain)
			}
			if i < len(table) && table[i].plain != "" {
				t.WriteString(strings.Repeat(" ", left+3-used) + table[i].styled)
			}
			t.WriteByte('\n')
		}
	}
	t.course(x)
	o := res.Agreement
	if o == nil {
		o = res.Refused
	}
	if o != nil {
		t.WriteString("\n" + t.style(bold, "The package") + "\n")
		longest := 0
		for i := range r.Space.Issues {
			longest = max(longest, width(r.Space.Issues[i].ID))
		}
		for i := range r.Space.Issues {
			is := issueAt(x.File.Case, i)
			t.WriteString("  " + fit(pad(r.Space.Issues[i].ID, min(longest, 30), false)+" "+clean(is.OptionTitle(o[i])), t.cols-2) + "\n")
		}
	}
}

// markOfSeat is the letter that stands for the offers of a seat.
func markOfSeat(seat protocol.Seat) string {
	if seat < 26 {
		return string(rune('a' + seat))
	}
	return "·"
}

// offers draws the plane of the first two parties' utilities: the frontier in dots,
// no-deal values as lines, every offer as the letter of its seat, * for the agreement.
func (t *terminal) offers(x *rehearsalPaper) []line {
	r := x.Main
	if len(r.Space.Parties) < 2 || len(x.Offers) == 0 {
		return nil
	}
	const cols, rows = 36, 12
	px, py := &r.Space.Parties[0], &r.Space.Parties[1]
	value := func(o outcome.Outcome) (int64, int64) { return px.Value(o), py.Value(o) }
	var across, up []int64
	for _, o := range x.Offers {
		u, v := value(o.Outcome)
		across, up = append(across, u), append(up, v)
	}
	points := thinned(x.drawn().Points, 2000)
	for i := range points {
		across, up = append(across, points[i].Utilities[0]), append(up, points[i].Utilities[1])
	}
	if px.Threshold.Set {
		across = append(across, px.Threshold.Value)
	}
	if py.Threshold.Set {
		up = append(up, py.Threshold.Value)
	}
	ax, ay := axisOver(&px.Row, across), axisOver(&py.Row, up)
	c := newCanvas(cols, rows)
	if px.Threshold.Set {
		for k := 0; k < c.height(); k += 2 {
			c.dot(ax.at(px.Threshold.Value, c.width()-1), k)
		}
	}
	if py.Threshold.Set {
		for k := 0; k < c.width(); k += 2 {
			c.dot(k, c.height()-1-ay.at(py.Threshold.Value, c.height()-1))
		}
	}
	for i := range points {
		c.dot(ax.at(points[i].Utilities[0], c.width()-1), c.height()-1-ay.at(points[i].Utilities[1], c.height()-1))
	}
	mark := func(o outcome.Outcome, label string) {
		u, v := value(o)
		c.label(ax.at(u, cols-1), rows-1-ay.at(v, rows-1), label)
	}
	for _, o := range x.Offers {
		mark(o.Outcome, markOfSeat(o.Seat))
	}
	if n := r.Analysis.Solutions.Nash; n != nil {
		mark(n.Outcome, "N")
	}
	if x.Result.Agreement != nil {
		mark(x.Result.Agreement, "*")
	} else if x.Result.Refused != nil {
		mark(x.Result.Refused, "x")
	}
	head := fit(py.ID+" ↑", cols+1)
	lines := []line{{head, t.style(dim, head)}}
	for _, text := range c.lines() {
		lines = append(lines, line{"│" + text, t.style(dim, "│") + t.ink(text)})
	}
	foot := "└" + strings.Repeat("─", max(0, cols-width(px.ID)-3)) + " " + fit(px.ID, cols-4) + " →"
	return append(lines, line{foot, t.style(dim, foot)})
}

// outcomes says what the end gives each party, beside the solutions and no deal.
func (t *terminal) outcomes(x *rehearsalPaper) []line {
	r, res := x.Main, x.Result
	head := []string{"", "points to"}
	for p := range r.Space.Parties {
		head = append(head, fit(r.Space.Parties[p].ID, 13))
	}
	rows := [][]string{head}
	add := func(mark, label string, at func(p int) string) {
		row := []string{mark, label}
		for p := range r.Space.Parties {
			row = append(row, at(p))
		}
		rows = append(rows, row)
	}
	pointsOf := func(o outcome.Outcome) func(int) string {
		return func(p int) string { return points(&r.Space.Parties[p].Row, r.Space.Parties[p].Value(o)) }
	}
	switch {
	case res.Agreement != nil:
		add("*", "the agreement", pointsOf(res.Agreement))
		if x.Setting.Discounts != nil {
			discounts := false
			for _, d := range x.Setting.Discounts {
				discounts = discounts || d != 1
			}
			if discounts {
				add("", "discounted", func(p int) string { return strconv.FormatFloat(res.Discounted[p], 'f', 2, 64) })
			}
		}
	case res.Refused != nil:
		add("x", "refused at home", pointsOf(res.Refused))
	}
	for _, rule := range study.Rules {
		if s := rule.Pick(&r.Analysis.Solutions); s != nil {
			add(rule.Letter, rule.Name, pointsOf(s.Outcome))
		}
	}
	add("", "no deal", func(p int) string {
		if party := &r.Space.Parties[p]; party.Threshold.Set {
			return points(&party.Row, party.Threshold.Value)
		}
		return "none"
	})
	lines := t.aligned(rows, 0)
	for seat, name := range x.seats() {
		for _, o := range x.Offers {
			if o.Seat == protocol.Seat(seat) {
				text := markOfSeat(o.Seat) + "  offers of " + clean(name)
				lines = append(lines, line{text, t.style(dim, text)})
				break
			}
		}
	}
	return lines
}

// aligned lays rows out, those at the given positions dimmed.
func (t *terminal) aligned(rows [][]string, dimmed ...int) []line {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for k, cell := range row {
			widths[k] = max(widths[k], width(cell))
		}
	}
	var out []line
	for n, row := range rows {
		var b strings.Builder
		for k, cell := range row {
			if k > 0 {
				b.WriteString("  ")
			}
			b.WriteString(pad(cell, widths[k], k > 1))
		}
		plain := strings.TrimRight(b.String(), " ")
		shown := plain
		if slices.Contains(dimmed, n) {
			shown = t.style(dim, plain)
		}
		out = append(out, line{plain, shown})
	}
	return out
}

// course lists some rounds: what the offers on the table were worth to each party.
func (t *terminal) course(x *rehearsalPaper) {
	if len(x.Offers) == 0 {
		return
	}
	const most = 12
	r := x.Main
	rows := [][]string{{"round", "offer of"}}
	for p := range r.Space.Parties {
		rows[0] = append(rows[0], fit(r.Space.Parties[p].ID, 13))
	}
	n := len(x.Offers)
	for k := range min(n, most) {
		i := k
		if n > most {
			i = k * (n - 1) / (most - 1)
		}
		o := x.Offers[i]
		row := []string{pad(decimal(o.Round), 5, true), fit(clean(x.Setting.Name(o.Seat)), 16)}
		for p := range r.Space.Parties {
			row = append(row, points(&r.Space.Parties[p].Row, r.Space.Parties[p].Value(o.Outcome)))
		}
		rows = append(rows, row)
	}
	about := ": what was put on the table, in points"
	if n > most {
		about = fmt.Sprintf(": %d of %d packages put on the table, in points", most, n)
	}
	t.WriteString("\n" + t.style(bold, "The course") + t.style(dim, about) + "\n")
	for _, l := range t.aligned(rows, 0) {
		t.WriteString(l.styled + "\n")
	}
}

// sessions writes what came of many sessions.
func (t *terminal) sessions(x *rehearsalPaper) {
	r, y := x.Main, x.Tally
	agreed := y.Count(protocol.Agreed)
	share := robust.ShareOf(agreed, y.Sessions)
	come := fmt.Sprintf("%s of %s sessions end with an agreement (95\u00a0%% interval %s)", shareText(share), grouped(big.NewInt(int64(y.Sessions))), interval(share))
	switch {
	case y.Fixed && agreed > 0:
		come = "the talks end with an agreement"
	case y.Fixed:
		come = "the talks end without an agreement"
	}
	t.paragraph(fmt.Sprintf("%s and the protocol %s, where %s, %s.", x.under(r), x.Protocol, x.players(), come))
	switch {
	case y.Fixed:
		t.paragraph(fmt.Sprintf("Deterministic: played once, of %s asked for. Neither the rules nor these strategies leave anything to chance, so that every session is this one.", plural(y.Asked, "session", "sessions")))
	case len(y.Ends) == 1 && y.Sessions > 1:
		t.paragraph("All sessions end in the same way.")
	}
	for _, e := range []struct {
		how  protocol.Ending
		text string
	}{
		{protocol.Deadline, "no agreement by the deadline"}, {protocol.Walkout, "somebody walks out"},
		{protocol.Breakdown, "chance breaks the talks off"}, {protocol.RefusedAtHome, "agreed at the table and refused at home"},
	} {
		if n := y.Count(e.how); n > 0 {
			s := robust.ShareOf(n, y.Sessions)
			line := "  " + pad(shareText(s), 8, true) + "  " + e.text
			if !y.Fixed {
				line += t.style(dim, "  ("+interval(s)+")")
			}
			t.WriteString(line + "\n")
		}
	}
	if by := y.ByRound(); len(by) > 0 {
		t.WriteString("\n" + t.style(bold, "Agreement by round") + t.style(dim, ": share of sessions that have one") + "\n")
		for _, q := range roundsShown(by, 10) {
			s := robust.ShareOf(by[q], y.Sessions)
			bar := strings.Repeat("█", max(1, int(float64(24*s.Value())+0.5)))
			t.WriteString("  " + pad(decimal(q+1), 6, true) + "  " + t.style(blue, pad(bar, 24, false)) + "  " + shareText(s) + "\n")
		}
	}
	t.WriteString("\n" + t.style(bold, "What it is worth") + t.style(dim, ": mean points") + "\n")
	rows := [][]string{{"", "", "agreement", "all sessions", "no deal", "breakdown costs"}}
	for p, w := range y.Worth(x.Setting) {
		f := func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
		row := []string{"", fit(r.Space.Parties[p].ID, 20), "none", f(w.All), f(w.NoDeal), "none"}
		if agreed > 0 {
			row[2], row[5] = f(w.Agreed), f(w.Agreed-w.NoDeal)
		}
		rows = append(rows, row)
	}
	for _, l := range t.aligned(rows, 0) {
		t.WriteString(l.styled + "\n")
	}
	if all := y.Packages(); len(all) > 0 {
		t.WriteString("\n" + t.style(bold, "What is agreed") + t.style(dim, fmt.Sprintf(": %s", plural(len(all), "package", "different packages"))) + "\n")
		for _, p := range all[:min(len(all), 6)] {
			var gets []string
			for q := range r.Space.Parties {
				gets = append(gets, points(&r.Space.Parties[q].Row, r.Space.Parties[q].Value(p.Outcome)))
			}
			t.WriteString("  " + pad(shareText(robust.ShareOf(p.Sessions, y.Sessions)), 8, true) + "  " + strings.Join(gets, " / ") + "\n")
			var names []string
			for i := range r.Space.Issues {
				names = append(names, issueAt(x.File.Case, i).OptionID(p.Outcome[i]))
			}
			for _, text := range wrap(strings.Join(names, " "), t.cols-12) {
				t.WriteString(strings.Repeat(" ", 12) + t.style(dim, text) + "\n")
			}
		}
	}
	if len(x.Firmness) > 0 {
		t.WriteString("\n" + t.style(bold, "What firmness buys") + t.style(dim, ": the others as above; mean points over all sessions") + "\n")
		rows := [][]string{{"", "", "plays", "agreement", "own points"}}
		for _, f := range x.Firmness {
			w := f.Tally.Worth(x.Setting)
			rows = append(rows, []string{"", fit(r.Space.Parties[f.Party].ID, 20), f.Level,
				shareText(robust.ShareOf(f.Tally.Count(protocol.Agreed), f.Tally.Sessions)), strconv.FormatFloat(w[f.Party].All, 'f', 2, 64)})
		}
		for _, l := range t.aligned(rows, 0) {
			t.WriteString(l.styled + "\n")
		}
	}
	t.WriteByte('\n')
	if met := x.met(); met != "" {
		t.paragraph(met)
	}
	t.paragraph("Shares are shares of sessions under these assumptions, strategies and rules. They forecast nothing.")
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
