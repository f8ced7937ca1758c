package report

import (
	"fmt"
	"html/template"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
)

// agenda is the section on which issues to open, and in which order.
func (s *paper) agenda() section {
	a, c := s.taken.Sets, s.File.Case
	out := section{ID: "agenda", Title: "The agenda"}
	all := len(a.Open)
	if len(a.Smallest) > 0 {
		first := &a.Smallest[0]
		var text string
		switch k := len(first.Table); {
		case k == 0:
			text = fmt.Sprintf("%s, a deal is possible with every issue that has one left at its status quo.", s.under(s.Main))
		case k == all:
			text = fmt.Sprintf("%s, a deal is possible only with all %s on the table: with any one left at its status quo there is none.", s.under(s.Main), plural(all, "issue", "issues"))
		default:
			text = fmt.Sprintf("%s, a deal needs at least %d of %s on the table, the others staying at their status quo: %s.",
				s.under(s.Main), k, plural(all, "issue", "issues"), sentenceList(issueTitles(c, first.Table)))
			out.Short = fmt.Sprintf("A deal needs at least %d of %s on the table.", k, plural(all, "issue", "issues"))
		}
		if n := len(a.Smallest); n > 1 {
			text += fmt.Sprintf(" There are %d such smallest agendas.", n)
		}
		if !a.Complete || !a.Exact {
			text += " Not every agenda was looked at: there may be smaller ones."
		}
		out.Sentences = append(out.Sentences, text)
	}
	if text := s.ladderText(); text != "" {
		out.Sentences = append(out.Sentences, text)
	}
	if long, short := s.orderText(); long != "" {
		out.Sentences = append(out.Sentences, long)
		out.Short = strings.TrimSpace(out.Short + " " + short)
	}
	if text := s.linkageText(); text != "" {
		out.Sentences = append(out.Sentences, text)
	}
	record := sectionList{Head: "Agendas on record"}
	for i := range s.taken.OnRecord {
		x := &s.taken.OnRecord[i]
		record.Items = append(record.Items, agendaTitle(c, x.ID)+": "+strings.Join(s.takenUpSentences(s.taken, x), " "))
	}
	if len(record.Items) > 0 {
		out.Lists = []sectionList{record}
	}
	out.Drawing, out.Caption = s.ladder()
	return out
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

// orderText says what becomes of talks that settle one issue after another, at length and in short.
func (s *paper) orderText() (long, short string) {
	o, r, c := s.taken.Near, s.Main, s.File.Case
	if o == nil || !o.Exact || o.Total.Cmp(big.NewInt(1)) <= 0 {
		return "", ""
	}
	gives := func(u []int64) string {
		var parts []string
		for p := range r.Space.Parties {
			parts = append(parts, partyName(c, p)+" "+points2(&r.Space.Parties[p].Row, u[p]))
		}
		return sentenceList(parts)
	}
	lead := "Settled one by one by the Nash rule, each party counting open issues at their status quo,"
	switch {
	case o.Fail.Sign() == 0:
		long = fmt.Sprintf("%s the issues end in a deal in every one of %s orders", lead, grouped(o.Total))
		short = "Settled one by one, every order of the issues ends in a deal."
	case o.Fail.Cmp(o.Total) == 0:
		long = fmt.Sprintf("%s the issues end in no deal in any of %s orders", lead, grouped(o.Total))
		short = "Settled one by one, no order of the issues ends in a deal."
	default:
		long = fmt.Sprintf("%s the issues end without a deal in %s of %s orders", lead, percent(o.Fail, o.Total), grouped(o.Total))
		short = fmt.Sprintf("Settled one by one, %s of the orders end without one.", percent(o.Fail, o.Total))
	}
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

// ladderParties is the largest number of parties each of which has a bar on a rung.
const ladderParties = 3

// ladder draws, for every number of issues on the table, the best agenda of that size and
// what each party would gain over no deal.
func (s *paper) ladder() (template.HTML, string) {
	a, r, c := s.taken.Sets, s.Main, s.File.Case
	if len(a.Ladder) == 0 || a.Disagreement == nil {
		return "", ""
	}
	gain := func(p int, u []int64) int64 { return max(0, u[p]-a.Disagreement[p]) }
	top := make([]int64, len(r.Space.Parties))
	for i := range a.Ladder {
		if x := a.Ladder[i].Nash; x != nil {
			for p := range top {
				top[p] = max(top[p], gain(p, x.Utilities))
			}
		}
	}
	const length = drawingWidth - 60
	long := func(p int, u []int64) int {
		if top[p] == 0 {
			return 0
		}
		return axis{row: &r.Space.Parties[p].Row, high: top[p]}.at(gain(p, u), length)
	}
	var d drawing
	var said []string
	if len(top) <= ladderParties {
		for p := range top {
			d.key(p, partyTitle(c, p))
		}
	}
	var before []int
	for i := 0; i < len(a.Ladder); i++ {
		rung := &a.Ladder[i]
		if rung.Nash == nil {
			from := i
			for i+1 < len(a.Ladder) && a.Ladder[i+1].Nash == nil && a.Ladder[i+1].Verdict == rung.Verdict {
				i++
			}
			text := plural(len(rung.Table), "issue", "issues")
			if i > from {
				text = fmt.Sprintf("%d to %s", len(rung.Table), plural(len(a.Ladder[i].Table), "issue", "issues"))
			}
			if rung.Verdict == bargain.NoZone {
				text += ": no deal, whichever they are"
				if !a.LadderExact {
					text = strings.TrimSuffix(text, ", whichever they are")
				}
			} else {
				text += ": not known"
			}
			d.y += 4
			d.words("", text)
			said = append(said, text)
			continue
		}
		text := plural(len(rung.Table), "issue", "issues") + ": "
		added, gone := differ(before, rung.Table), differ(rung.Table, before)
		switch {
		case before == nil:
			text += sentenceList(issueTitles(c, rung.Table))
		default:
			text += "with " + sentenceList(issueTitles(c, added))
			if len(gone) > 0 {
				text += ", without " + sentenceList(issueTitles(c, gone))
			}
		}
		before = rung.Table
		d.y += 4
		d.words("", text)
		var gains []string
		least := length
		for p := range top {
			gains = append(gains, partyName(c, p)+" "+signed(r.Space.Parties[p].Points(rung.Nash.Utilities[p]-a.Disagreement[p])))
			least = min(least, long(p, rung.Nash.Utilities))
		}
		if len(top) > ladderParties {
			d.bar(true, least, "")
		} else {
			for p := range top {
				d.slim(p, long(p, rung.Nash.Utilities), signed(r.Space.Parties[p].Points(rung.Nash.Utilities[p]-a.Disagreement[p])))
			}
			d.y += 4
		}
		said = append(said, text+": "+sentenceList(gains))
	}
	caption := "The best agenda of each size, all other issues at their status quo. Bars: what its Nash package would give each party over no deal, in points; a full bar is the most that any rung gives that party."
	if len(top) > ladderParties {
		caption = "The best agenda of each size, all other issues at their status quo. Bars: what the party has that keeps least of the most that any rung gives it over no deal."
	}
	if !a.LadderExact {
		caption += " Issues were taken off one after another, each time the one that costs least; another agenda of the same size may be better."
	}
	return d.figure("agenda", "What agendas of each size could reach", strings.Join(said, ". ")+"."), caption
}
