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
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// difference returns, by party and in points, what u gives more than v.
func difference(s *outcome.Space, u, v []int64) []*big.Rat {
	var by []*big.Rat
	for p := range s.Parties {
		by = append(by, s.Parties[p].Points(u[p]-v[p]))
	}
	return by
}

func agendaTitle(c *casefile.Case, id string) string {
	a, _ := c.Agendas.Get(id)
	if t := name(a.Title); t != "" {
		return t
	}
	return humane(id)
}

// An agendaPaper is the paper on agendas.
type agendaPaper struct {
	*paper
	by []*study.Agenda // by reading
}

func newAgendaPaper(a *study.Agendas) *agendaPaper {
	s := &agendaPaper{&paper{Case: a.Case}, a.By}
	for _, one := range a.By {
		if one.Reading == a.Main {
			s.taken = one
		}
	}
	return s
}

// WriteAgendaText writes the agendas of a case for a terminal: what a deal needs on the table, the ladder,
// the agendas on record, talks on one issue after another, linkages, and what every view says.
func WriteAgendaText(w io.Writer, a *study.Agendas, o TextOptions) error {
	s := newAgendaPaper(a)
	s.alone = true
	out := s.agenda()
	out.Lists = append(out.Lists, s.viewLists()...)
	return writeSections(w, s.paper, o, nil, out)
}

// agenda is the section on which issues to open, and in which order.
func (s *paper) agenda() section {
	a := s.taken.Sets
	out := section{ID: "agenda", Title: "The agenda"}
	if len(a.Open) == 0 {
		out.Sentences = []string{"No issue has a status quo to be left at, so that everything is always on the table: give issues a status_quo to compare agendas."}
		return out
	}
	say := func(text string) {
		if text != "" {
			out.Sentences = append(out.Sentences, text)
		}
	}
	long, short := s.needed()
	say(long)
	if names := issueTitles(s.File.Case, a.Always); s.alone && names != nil {
		say("Without a status quo, and so on every table: " + sentenceList(names) + ".")
	}
	say(s.ladderText())
	out.Short = short
	if long, short := s.orderText(); long != "" && !s.alone {
		say(long)
		out.Short = strings.TrimSpace(out.Short + " " + short)
	}
	say(s.linkageText())
	out.Drawing, out.Caption = s.ladder()
	if s.taken.Full().Nash != nil {
		out.Instead.Tables = []grid{s.ladderGrid()}
	}
	out.Lists = s.recordLists()
	if s.alone && len(a.Open) > 1 {
		out.Lists = append(out.Lists, s.ordersList(s.taken.Near, s.taken.NearWhy, "counting open issues at their status quo"),
			s.ordersList(s.taken.Far, s.taken.FarWhy, "counting open issues at what one package would make of them"))
		s.linkages(&out)
	}
	return out
}

// needed says which issues a deal needs on the table, at length and in short.
func (s *paper) needed() (long, short string) {
	a, c := s.taken.Sets, s.File.Case
	under, all := s.under(s.Main), len(a.Open)
	switch full := s.taken.Full(); {
	case full.Verdict == bargain.NoZone:
		return under + ", there is no deal even with everything on the table, so that no agenda has one.", ""
	case full.Verdict == bargain.Unknown:
		return under + ", it is not proven whether there is a deal with everything on the table.", ""
	case len(a.Smallest) == 0:
		return "", ""
	}
	first := &a.Smallest[0]
	switch k := len(first.Table); {
	case k == 0:
		long = under + ", a deal is possible with every issue that has one left at its status quo."
	case k == all:
		long = fmt.Sprintf("%s, a deal is possible only with all %s on the table: with any one left at its status quo there is none.", under, plural(all, "issue", "issues"))
	default:
		short = fmt.Sprintf("A deal needs at least %d of %s on the table.", k, plural(all, "issue", "issues"))
		long = fmt.Sprintf("%s, %s, the others staying at their status quo: %s.", under, lowerFirst(strings.TrimSuffix(short, ".")), sentenceList(issueTitles(c, first.Table)))
	}
	if n := len(a.Smallest); n > 1 {
		long += fmt.Sprintf(" There are %d such smallest agendas.", n)
	}
	if !a.Complete || !a.Exact {
		long += " Not every agenda was looked at: there may be smaller ones."
	}
	return long, short
}

// ladderText says what leaving one issue off costs.
func (s *paper) ladderText() string {
	a := s.taken.Sets
	n := len(a.Ladder)
	if n < 2 || a.Ladder[n-1].Nash == nil {
		return ""
	}
	full := &a.Ladder[n-1]
	free := n - 1
	for free > 0 && a.Ladder[free-1].Nash != nil && slices.Equal(a.Ladder[free-1].Nash.Utilities, full.Nash.Utilities) {
		free--
	}
	if free == n-1 {
		return ""
	}
	off := differ(a.Ladder[free].Table, full.Table)
	it := "it"
	if len(off) > 1 {
		it = "them"
	}
	return fmt.Sprintf("%s can stay off the table at no loss to the Nash package: what it gives is the same without %s.", capital(sentenceList(issueTitles(s.File.Case, off))), it)
}

// ended says in a clause in how many orders of the issues talks end in a deal.
func ended(o *agenda.Orders) string {
	switch {
	case o.Fail.Sign() == 0:
		return fmt.Sprintf("the issues end in a deal in every one of %s orders", grouped(o.Total))
	case o.Fail.Cmp(o.Total) == 0:
		return fmt.Sprintf("the issues end in no deal in any of %s orders", grouped(o.Total))
	}
	return fmt.Sprintf("the issues end without a deal in %s of %s orders", percent(o.Fail, o.Total), grouped(o.Total))
}

// orderText says what becomes of talks that settle one issue after another, at length and in short.
func (s *paper) orderText() (long, short string) {
	o, r := s.taken.Near, s.Main
	if o == nil || !o.Exact || o.Total.Cmp(big.NewInt(1)) <= 0 {
		return "", ""
	}
	long = "Settled one by one by the Nash rule, each party counting open issues at their status quo, " + ended(o)
	switch {
	case o.Fail.Sign() == 0:
		short = "Settled one by one, every order of the issues ends in a deal."
	case o.Fail.Cmp(o.Total) == 0:
		short = "Settled one by one, no order of the issues ends in a deal."
	default:
		short = fmt.Sprintf("Settled one by one, %s of the orders end without one.", percent(o.Fail, o.Total))
	}
	gives := func(u []int64) string { return sentenceList(each(s.File.Case, r.Space, u)) }
	if o.Best != nil && o.Best.End != nil {
		long += "; the best gives " + gives(o.Best.End.Utilities)
		if n := r.Analysis.Solutions.Nash; n != nil {
			long += ", one package " + gives(n.Utilities)
		}
	}
	return long + ".", short
}

// linkageText names the issues whose joint settlement creates most.
func (s *paper) linkageText() string {
	l, r, c := s.taken.Linkages, s.Main, s.File.Case
	if l == nil || len(l.All) == 0 {
		return ""
	}
	first := &l.All[0]
	var parts []string
	for p := range r.Space.Parties {
		parts = append(parts, partyName(c, p)+" "+signed(r.Space.Parties[p].Points(first.Created[p])))
	}
	over := "against the best that comes of them one by one"
	if first.Separate == nil {
		over = "where one by one there is no settlement"
	}
	return fmt.Sprintf("Settled together, %s create most: %s, %s.", sentenceList(issueTitles(c, first.Issues)), sentenceList(parts), over)
}

// ladderGrid is the best agenda of every size.
func (s *paper) ladderGrid() grid {
	r := s.taken
	g := grid{Caption: "The best agenda of each size, by the Nash rule", Heads: []string{"Issues", "Packages"}}
	if !r.Sets.LadderExact {
		g.Notes = []string{"Issues were taken off one after another, each time the one that costs least; another agenda of the same size may be better."}
	}
	for i := range r.Space.Parties {
		g.Heads = append(g.Heads, partyTitle(s.File.Case, i))
	}
	g.Heads = append(g.Heads, "Product of gains kept", "On the table")
	var before []int
	for k := range r.Sets.Ladder {
		x := &r.Sets.Ladder[k]
		row := make([]cell, len(g.Heads))
		row[0].Text = decimal(len(x.Table))
		switch {
		case x.Count != nil && x.Count.Sign() > 0:
			row[1].Text = grouped(x.Count)
		case x.Verdict == bargain.NoZone:
			row[1].Text = "none"
		case x.Verdict == bargain.Unknown:
			row[1].Text = "not proven"
		default:
			row[1].Text = "some"
		}
		if x.Nash != nil {
			for i := range r.Space.Parties {
				row[2+i].Text = points(&r.Space.Parties[i].Row, x.Nash.Utilities[i])
			}
			row[len(row)-2].Text = percentOf(r.Kept(x.Nash.Utilities, r.Full().Nash.Utilities))
			row[len(row)-1].Text = s.rungWords(before, x.Table)
			before = x.Table
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// recordLists say what the agendas on record lead to, and the one that is asked about.
func (s *paper) recordLists() []sectionList {
	c := s.File.Case
	var lists []sectionList
	if s.taken.Asked != nil {
		lists = append(lists, s.takenUp("As asked", s.taken.Asked))
	}
	record := sectionList{Head: "Agendas on record"}
	for i := range s.taken.OnRecord {
		x := &s.taken.OnRecord[i]
		title := agendaTitle(c, x.ID)
		if !s.alone {
			record.Items = append(record.Items, title+": "+strings.Join(s.takenUpSentences(s.taken, x), " "))
			continue
		}
		if a, _ := c.Agendas.Get(x.ID); len(a.By) > 0 {
			title += " (" + s.actors(a.By) + ")"
		}
		lists = append(lists, s.takenUp("Agenda on record: "+title, x))
	}
	if len(record.Items) > 0 {
		lists = append(lists, record)
	}
	return lists
}

// takenUp says what one way to take up the issues is, and leads to.
func (s *paper) takenUp(head string, x *study.TakenUp) sectionList {
	c := s.File.Case
	var files []string
	for _, f := range x.Followed.Files {
		files = append(files, strings.Join(issueIDs(c, f), ", "))
	}
	what := "On the table: " + strings.Join(files, "; then ")
	for i, id := range c.Issues.Keys() {
		if k, ok := x.Fixed[i]; ok {
			what += fmt.Sprintf("; with %s %s", id, issueAt(c, i).OptionID(k))
		}
	}
	return sectionList{Head: head, Items: append([]string{what + "."}, s.takenUpSentences(s.taken, x)...)}
}

// ordersList says what becomes of talks on one issue after another.
func (s *paper) ordersList(o *agenda.Orders, why, sight string) sectionList {
	l := sectionList{Head: "Settled one by one by the Nash rule, each party " + sight}
	if o == nil {
		l.Items = []string{"Not known: " + clean(why) + "."}
		return l
	}
	some := ""
	if o.Exact {
		l.Items = append(l.Items, capital(ended(o))+".")
		if o.Fail.Cmp(o.Total) != 0 {
			l.Items = append(l.Items, "Those that end in a deal end in "+plural(len(o.Ends), "package", "different packages")+".")
		}
	} else {
		some = "of the orders looked at, "
		l.Items = append(l.Items, fmt.Sprintf("There are %s orders, too many to follow; those that stand best and worst after each step were.", grouped(o.Total)))
	}
	add := func(what string, x *agenda.Talks) {
		if x != nil {
			l.Items = append(l.Items, capital(some+what+s.course(o, x))+".")
		}
	}
	add("best order", o.Best)
	add("worst order", o.Worst)
	if o.Worst != nil && o.Worst.End == nil && o.WorstDeal != nil && len(o.Ends) > 1 {
		add("worst order that does not fail", o.WorstDeal)
	}
	return l
}

// course says in which order talks take up the issues and how they end.
func (s *paper) course(o *agenda.Orders, x *agenda.Talks) string {
	c := s.File.Case
	var order []string
	for _, f := range x.Order {
		order = append(order, strings.Join(issueIDs(c, o.Files[f]), "+"))
	}
	if x.End == nil {
		if len(x.Broken) > 0 {
			return ": the talks fail" + s.failsAt(c, x, o.Files)
		}
		return ": " + strings.Join(order[:min(len(order), len(x.Steps)+1)], ", ") + ": the talks fail" + s.failsAt(c, x, o.Files)
	}
	text := " (" + strings.Join(order, ", ") + "): " + strings.Join(each(s.File.Case, s.taken.Space, x.End.Utilities), ", ")
	if full := s.taken.Full().Nash; full != nil {
		var adds []string
		for _, d := range difference(s.taken.Space, full.Utilities, x.End.Utilities) {
			adds = append(adds, signed(d))
		}
		text += "; a single package adds " + strings.Join(adds, " / ")
	}
	return text
}

// shownLinkages is the largest number of linkages that are listed.
const shownLinkages = 8

// linkages adds the issues that do better when settled together.
func (s *paper) linkages(out *section) {
	c, l := s.File.Case, s.taken.Linkages
	switch {
	case l == nil:
		out.Notes = append(out.Notes, "Which issues do better when settled together is not known: "+clean(s.taken.LinkagesWhy)+".")
		return
	case len(l.All) == 0:
		out.Notes = append(out.Notes, "No pair or triple of issues does better when settled together, all others at the status quo.")
		return
	}
	g := grid{Caption: "Points that settling issues together adds to settling them one after another, all others at the status quo", Heads: []string{"Together"}}
	for p := range s.taken.Space.Parties {
		g.Heads = append(g.Heads, partyTitle(c, p))
	}
	for i := range l.All[:min(shownLinkages, len(l.All))] {
		x := &l.All[i]
		var options []string
		for _, k := range x.Issues {
			options = append(options, issueTitle(c, k)+": "+optionTitle(c, k, x.Joint.Outcome[k]))
		}
		row := []cell{{Text: strings.Join(options, "; ")}}
		for p, d := range x.Created {
			row = append(row, cell{Text: signed(s.taken.Space.Parties[p].Row.Points(d))})
		}
		g.Rows = append(g.Rows, row)
	}
	g.Left = left(len(l.All)-shownLinkages, true)
	out.Tables = append(out.Tables, g)
}

// viewLists say of every view what is said of the case's own agendas.
func (s *agendaPaper) viewLists() []sectionList {
	if len(s.by) < 2 {
		return nil
	}
	c := s.File.Case
	var lists []sectionList
	for _, a := range s.by {
		l := sectionList{Head: "Under the view: " + viewTitle(c, a.View)}
		if a.View == "" {
			l.Head = viewTitle(c, "")
		}
		if least := a.Sets.Smallest; len(least) > 0 {
			l.Items = append(l.Items, "Smallest agenda with a deal: "+strings.Join(issueIDs(c, least[0].Table), ", ")+".")
		} else {
			l.Items = append(l.Items, "No agenda with a deal.")
		}
		for i := range a.OnRecord {
			x := &a.OnRecord[i]
			l.Items = append(l.Items, agendaTitle(c, x.ID)+": "+strings.Join(s.takenUpSentences(a, x), " "))
		}
		for _, o := range []*agenda.Orders{a.Near, a.Far} {
			if o != nil && o.Exact {
				sight := "near-sighted"
				if o.Sight == agenda.FarSighted {
					sight = "far-sighted"
				}
				l.Items = append(l.Items, fmt.Sprintf("Settled one by one, %s: %s.", sight, ended(o)))
			}
		}
		lists = append(lists, l)
	}
	return lists
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
			text = counted(g.Count, "package", "packages") + " over these issues could be agreed"
			if r.Space.AsksHome() && g.Ratifiable != nil {
				text += ", " + percent(g.Ratifiable, g.Count) + " of them carried at home on every side"
			}
		}
		if g.Nash != nil {
			text += "; the Nash package gives " + strings.Join(each(s.File.Case, r.Space, g.Nash.Utilities), ", ")
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
			text := fmt.Sprintf("File by file, %s: %s", way.sight, strings.Join(each(s.File.Case, r.Space, t.End.Utilities), ", "))
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
