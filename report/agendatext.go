package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/agenda"
	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

// most linkages shown in the terminal.
const textLinkages = 8

// WriteAgendaText writes the agendas of a case for a terminal:
// sentences first, then the ladder, the agendas on record, talks on one issue after another, and
// linkages.
func WriteAgendaText(w io.Writer, a *study.Agendas, o TextOptions) error {
	t, s := newTerminal(o), newAgendaPaper(a)
	t.masthead(s.paper)
	t.agenda(s)
	_, err := w.Write(t.Bytes())
	return err
}

// agendaSentences says in a few sentences what depends on the agenda.
func (s *paper) agendaSentences(r *study.Agenda) []string {
	c, a := s.File.Case, r
	sets := a.Sets
	n := len(sets.Open)
	full := a.Full()
	if n == 0 {
		return []string{"No issue has a status quo to be left at, so that everything is always on the table: give issues a status_quo to compare agendas."}
	}
	var out []string
	switch {
	case full.Verdict == bargain.NoZone:
		out = append(out, fmt.Sprintf("%s, there is no deal even with everything on the table, so that no agenda has one; goodoffices diagnose says what blocks it.", s.under(r.Reading)))
	case full.Verdict == bargain.Unknown:
		out = append(out, fmt.Sprintf("%s, it is not proven whether there is a deal with everything on the table.", s.under(r.Reading)))
	case len(sets.Smallest) > 0:
		least := sets.Smallest[0]
		of := plural(len(least.Table), "issue", "issues")
		text := fmt.Sprintf("%s, a deal needs at least %s of %d on the table, the rest at the status quo", s.under(r.Reading), of, n)
		switch {
		case len(least.Table) == 0:
			text = fmt.Sprintf("%s, leaving all %d issues with a status quo at it is within the zone already", s.under(r.Reading), n)
		case !sets.Complete:
			text = fmt.Sprintf("%s, of the agendas looked at none has a deal with fewer than %s of %d on the table", s.under(r.Reading), of, n)
		}
		if len(least.Table) > 0 {
			text += ": " + sentenceList(issueTitles(c, least.Table))
		}
		if m := len(sets.Smallest) - 1; m > 0 {
			text += fmt.Sprintf(" (and %s from which none can be left out)", plural(m, "other set", "other sets"))
		}
		out = append(out, text+".")
	}
	return out
}

func (t *terminal) agenda(s *agendaPaper) {
	r, c := s.taken, s.File.Case
	a := r
	for _, text := range s.agendaSentences(r) {
		t.paragraph(text)
	}
	if names := issueTitles(c, a.Sets.Always); names != nil && len(a.Sets.Open) > 0 {
		t.paragraph("Without a status quo, and so on every table: " + sentenceList(names) + ".")
	}
	if a.Full().Nash != nil && len(a.Sets.Open) > 0 {
		t.ladder(s)
	}
	if len(a.OnRecord) > 0 || a.Asked != nil {
		t.heading("Agendas", "as one package over what is on the table, then file by file")
		if a.Asked != nil {
			t.takenUp(s, r, a.Asked, "As asked")
		}
		for i := range a.OnRecord {
			x := &a.OnRecord[i]
			title := agendaTitle(c, x.ID)
			if g, _ := c.Agendas.Get(x.ID); len(g.By) > 0 {
				var by []string
				for _, id := range g.By {
					by = append(by, actorName(c, id))
				}
				title += " (" + sentenceList(by) + ")"
			}
			t.takenUp(s, r, x, title)
		}
	}
	if len(a.Sets.Open) > 1 {
		t.heading("One issue after another", "each settled by the Nash rule against leaving it at its status quo")
		t.orders(s, a.Near, a.NearWhy, "Counting open issues at their status quo")
		t.orders(s, a.Far, a.FarWhy, "Counting open issues at what one package would make of them")
		t.linkages(s)
	}
	t.views(s)
}

// ladder shows the best agenda of every size.
func (t *terminal) ladder(s *agendaPaper) {
	r, c := s.taken, s.File.Case
	a := r
	what := "the best agenda of each size by Nash"
	if !a.Sets.LadderExact {
		what = "taking one issue off at a time, each time the one that costs least; better agendas of a size may exist"
	}
	t.heading("The ladder", what)
	head := []string{"issues", "packages"}
	for i := range r.Space.Parties {
		head = append(head, fit(r.Space.Parties[i].ID, 13))
	}
	head = append(head, "product")
	rows := [][]string{head}
	notes := []string{""}
	var before []int
	for k := range a.Sets.Ladder {
		x := &a.Sets.Ladder[k]
		row := []string{fmt.Sprint(len(x.Table)), "none"}
		if x.Count != nil && x.Count.Sign() > 0 {
			row[1] = grouped(x.Count)
		} else if x.Verdict != bargain.NoZone {
			row[1] = "some"
			if x.Verdict == bargain.Unknown {
				row[1] = "?"
			}
		}
		note := ""
		if x.Nash != nil {
			for i := range r.Space.Parties {
				row = append(row, points(&r.Space.Parties[i].Row, x.Nash.Utilities[i]))
			}
			kept := r.Kept(x.Nash.Utilities, a.Full().Nash.Utilities)
			row = append(row, percentOf(kept))
			added, dropped := differ(before, x.Table), differ(x.Table, before)
			switch {
			case before == nil:
				note = strings.Join(issueIDs(c, x.Table), ", ")
			default:
				note = "+ " + strings.Join(issueIDs(c, added), ", ")
				if dropped != nil {
					note += " − " + strings.Join(issueIDs(c, dropped), ", ")
				}
			}
			before = x.Table
		} else {
			for range r.Space.Parties {
				row = append(row, "")
			}
			row = append(row, "")
		}
		rows, notes = append(rows, row), append(notes, note)
	}
	widths := make([]int, len(head))
	for _, row := range rows {
		for k, cell := range row {
			widths[k] = max(widths[k], width(cell))
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for k, cell := range row {
			if k > 0 {
				b.WriteString("  ")
			}
			b.WriteString(pad(cell, widths[k], true))
		}
		line := strings.TrimRight(b.String(), " ")
		if n == 0 {
			line = t.style(dim, line)
		}
		room := t.cols - width(b.String()) - 2
		switch {
		case notes[n] == "":
		case room >= min(24, width(notes[n])):
			line = b.String() + "  " + t.style(dim, fit(notes[n], room))
		default:
			line += "\n" + strings.Repeat(" ", widths[0]+2) + t.style(dim, fit(notes[n], t.cols-widths[0]-2))
		}
		t.WriteString(line + "\n")
	}
}

// differ returns the members of b that are not in a.
func differ(a, b []int) []int {
	var more []int
	for _, x := range b {
		if !slices.Contains(a, x) {
			more = append(more, x)
		}
	}
	return more
}

// percentOf writes a share as a percentage, "" for none.
func percentOf(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return percent(r.Num(), r.Denom())
}

// gives says what a vector of utilities is to each party.
func (s *paper) givesEach(r *study.Agenda, u []int64) string {
	var parts []string
	for i := range r.Space.Parties {
		parts = append(parts, partyName(s.File.Case, i)+" "+points(&r.Space.Parties[i].Row, u[i]))
	}
	return strings.Join(parts, ", ")
}

// takenUpSentences says what one way to take up the issues leads to.
func (s *paper) takenUpSentences(r *study.Agenda, x *study.TakenUp) []string {
	c := s.File.Case
	full := r.Full().Nash
	var out []string
	switch g := &x.Together; {
	case g.Verdict == bargain.Unknown:
		out = append(out, "It is not proven whether a package over these issues could be agreed.")
	case g.Verdict == bargain.NoZone && len(g.Blocked) > 0:
		var why []string
		for _, id := range g.Blocked {
			why = append(why, s.blockName(r, id))
		}
		out = append(out, "No package over these issues could be agreed: every one "+sentenceList(why)+".")
	case g.Verdict == bargain.NoZone:
		out = append(out, "No package over these issues could be agreed.")
	default:
		text := "There are packages over these issues that all could accept"
		if g.Count != nil {
			text = plural2(g.Count, "package", "packages") + " over these issues could be agreed"
			if r.Space.AsksHome() && g.Ratifiable != nil {
				text += ", " + percent(g.Ratifiable, g.Count) + " of them carried at home on every side"
			}
		}
		if g.Nash != nil {
			text += "; the Nash package gives " + s.givesEach(r, g.Nash.Utilities)
			if full != nil {
				text += lostText(r, full.Utilities, g.Nash.Utilities)
			}
		}
		out = append(out, text+".")
	}
	if len(x.Followed.Files) < 2 || x.Together.Verdict == bargain.NoZone {
		return out
	}
	for _, way := range []struct {
		talks      *agenda.Talks
		why, sight string
	}{{x.Near, x.NearWhy, "near-sighted"}, {x.Far, x.FarWhy, "far-sighted"}} {
		switch t := way.talks; {
		case t == nil:
			out = append(out, fmt.Sprintf("File by file, %s: not known (%s).", way.sight, clean(way.why)))
		case t.End == nil:
			out = append(out, fmt.Sprintf("File by file, %s: the talks fail%s.", way.sight, s.failsAt(c, t, x.Followed.Files)))
		default:
			text := fmt.Sprintf("File by file, %s: %s", way.sight, s.givesEach(r, t.End.Utilities))
			if full != nil {
				text += lostText(r, full.Utilities, t.End.Utilities)
			}
			var left []string
			for _, step := range t.Steps {
				if step.Left {
					left = append(left, issueTitles(c, x.Followed.Files[step.File])...)
				}
			}
			if left != nil {
				text += "; left at the status quo: " + sentenceList(left)
			}
			out = append(out, text+".")
		}
	}
	return out
}

// failsAt says which file talks fail over.
func (s *paper) failsAt(c *casefile.Case, t *agenda.Talks, files [][]int) string {
	switch {
	case len(t.Broken) > 0:
		return ", since what is off the table " + s.blockName(s.taken, t.Broken[0])
	case len(t.Steps) < len(t.Order):
		return " over " + sentenceList(issueTitles(c, files[t.Order[len(t.Steps)]]))
	}
	return ""
}

// blockName says what breaking a condition is.
func (s *paper) blockName(r *study.Agenda, id string) string {
	for i := range r.Space.Parties {
		if strings.HasPrefix(id, r.Space.Parties[i].ID+".red_lines.") {
			return "crosses " + possessive(partyName(s.File.Case, i)) + " red line “" + lineName(s.File.Case, id) + "”"
		}
	}
	return "fails the requirement “" + lineName(s.File.Case, id) + "”"
}

// lostText says what is lost or won against the full package, by party.
func lostText(r *study.Agenda, full, u []int64) string {
	var parts []string
	same := true
	for _, d := range difference(r.Space, u, full) {
		same = same && d.Sign() == 0
		parts = append(parts, signed(d))
	}
	if same {
		return ", the same as with everything on the table"
	}
	return " (" + strings.Join(parts, " / ") + " against everything on the table)"
}

// plural2 is plural for numbers of any size.
func plural2(n *big.Int, one, many string) string {
	if n.Cmp(big.NewInt(1)) == 0 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

func (t *terminal) takenUp(s *agendaPaper, r *study.Agenda, x *study.TakenUp, title string) {
	c := s.File.Case
	t.WriteString(t.style(bold, fit(title, t.cols)) + "\n")
	var files []string
	for _, f := range x.Followed.Files {
		files = append(files, strings.Join(issueIDs(c, f), ", "))
	}
	text := strings.Join(files, "; then ")
	for i, id := range c.Issues.Keys() {
		if k, ok := x.Fixed[i]; ok {
			text += fmt.Sprintf("; with %s %s", id, issueAt(c, i).OptionID(k))
		}
	}
	for _, line := range wrap(text, t.cols-4) {
		t.WriteString("    " + t.style(dim, line) + "\n")
	}
	for _, text := range s.takenUpSentences(r, x) {
		t.item(text)
	}
}

// ordersSentences says what becomes of talks on one issue after another.
func (s *paper) ordersSentences(r *study.Agenda, o *agenda.Orders) []string {
	c := s.File.Case
	full := r.Full().Nash
	var out []string
	some := "of the orders looked at, "
	if o.Exact {
		some = ""
		switch {
		case o.Fail.Sign() == 0:
			out = append(out, fmt.Sprintf("all %s orders end in a deal, in %s", grouped(o.Total), plural(len(o.Ends), "package", "different packages")))
		case o.Fail.Cmp(o.Total) == 0:
			out = append(out, fmt.Sprintf("every one of %s orders fails", grouped(o.Total)))
		default:
			out = append(out, fmt.Sprintf("%s of %s orders fail; the others end in %s", percent(o.Fail, o.Total), grouped(o.Total), plural(len(o.Ends), "package", "different packages")))
		}
	} else {
		out = append(out, fmt.Sprintf("there are %s orders, too many to follow; those that stand best and worst after each step were", grouped(o.Total)))
	}
	describe := func(what, more string, x *agenda.Talks) {
		if x == nil {
			return
		}
		var order []string
		for _, f := range x.Order {
			order = append(order, strings.Join(issueIDs(c, o.Files[f]), "+"))
		}
		if x.End == nil {
			order = order[:min(len(order), len(x.Steps)+1)]
			text := fmt.Sprintf("%s%s order%s: %s", some, what, more, strings.Join(order, ", "))
			if len(x.Broken) > 0 {
				text = fmt.Sprintf("%s%s order%s", some, what, more)
			}
			out = append(out, text+": the talks fail"+s.failsAt(c, x, o.Files))
			return
		}
		text := fmt.Sprintf("%s%s order%s (%s): %s", some, what, more, strings.Join(order, ", "), s.givesEach(r, x.End.Utilities))
		if full != nil {
			var adds []string
			for _, d := range difference(r.Space, full.Utilities, x.End.Utilities) {
				adds = append(adds, signed(d))
			}
			text += "; a single package adds " + strings.Join(adds, " / ")
		}
		out = append(out, text)
	}
	describe("best", "", o.Best)
	describe("worst", "", o.Worst)
	if o.Worst != nil && o.Worst.End == nil && o.WorstDeal != nil && len(o.Ends) > 1 {
		describe("worst", " that does not fail", o.WorstDeal)
	}
	return out
}

func (t *terminal) orders(s *agendaPaper, o *agenda.Orders, why, sight string) {
	if o == nil {
		t.item(sight + ": not known (" + clean(why) + ").")
		return
	}
	t.WriteString(t.style(dim, fit(sight+":", t.cols)) + "\n")
	for _, text := range s.ordersSentences(s.taken, o) {
		t.item(capital(text) + ".")
	}
}

func (t *terminal) linkages(s *agendaPaper) {
	r, c := s.taken, s.File.Case
	l := r.Linkages
	switch {
	case l == nil:
		t.heading("Linkages", "")
		t.item("Not known: " + clean(r.LinkagesWhy) + ".")
		return
	case len(l.All) == 0:
		t.heading("Linkages", "")
		t.item("No pair or triple of issues does better when settled together, all others at the status quo.")
		return
	}
	t.heading("Linkages", "settled together beats one after another, all others at the status quo; points that this adds")
	for i := range l.All[:min(textLinkages, len(l.All))] {
		x := &l.All[i]
		var adds, options []string
		for p, d := range x.Created {
			row := &r.Space.Parties[p].Row
			adds = append(adds, partyName(c, p)+" "+signed(row.Points(d)))
		}
		for _, k := range x.Issues {
			options = append(options, issueTitle(c, k)+": "+optionTitle(c, k, x.Joint.Outcome[k]))
		}
		t.item(strings.Join(adds, ", ") + " for " + strings.Join(options, "; "))
	}
	if n := len(l.All) - textLinkages; n > 0 {
		t.item(fmt.Sprintf("and %d more, in --format json", n))
	}
}

// views lays what every view says of the agendas on record beside the case's own.
func (t *terminal) views(s *agendaPaper) {
	c := s.File.Case
	if len(s.by) < 2 {
		return
	}
	t.heading("Under every view", "")
	for _, a := range s.by {
		t.WriteString(t.style(bold, fit(viewTitle(c, a.View), t.cols)) + "\n")
		if least := a.Sets.Smallest; len(least) > 0 {
			t.item("Smallest agenda with a deal: " + strings.Join(issueIDs(c, least[0].Table), ", "))
		} else {
			t.item("No agenda with a deal")
		}
		for i := range a.OnRecord {
			x := &a.OnRecord[i]
			t.item(agendaTitle(c, x.ID) + ". " + strings.Join(s.takenUpSentences(a, x), " "))
		}
		for _, o := range []*agenda.Orders{a.Near, a.Far} {
			if o != nil && o.Exact {
				sight := "near-sighted"
				if o.Sight == agenda.FarSighted {
					sight = "far-sighted"
				}
				t.item(fmt.Sprintf("One issue after another, %s: %s of orders fail", sight, percent(o.Fail, o.Total)))
			}
		}
	}
}
