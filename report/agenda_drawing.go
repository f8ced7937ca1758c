package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/goodoffices/goodoffices/agenda"
	"github.com/goodoffices/goodoffices/bargain"
)

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
			text := s.withoutDeal(&a.Ladder[from], &a.Ladder[i])
			d.y += 4
			d.words("", text)
			said = append(said, text)
			continue
		}
		text := plural(len(rung.Table), "issue", "issues") + ": " + s.rungWords(before, rung.Table)
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

// withoutDeal says of rungs without a Nash package, from one to another, what is known.
func (s *paper) withoutDeal(from, to *agenda.Agenda) string {
	text := plural(len(from.Table), "issue", "issues")
	if to != from {
		text = fmt.Sprintf("%d to %s", len(from.Table), plural(len(to.Table), "issue", "issues"))
	}
	switch {
	case from.Verdict != bargain.NoZone:
		return text + ": not proven"
	case s.taken.Sets.LadderExact:
		return text + ": no deal, whichever they are"
	}
	return text + ": no deal"
}

// rungWords says what is on the table of a rung: all of it or, after another rung, what is added and gone.
func (s *paper) rungWords(before, table []int) string {
	c := s.File.Case
	if before == nil {
		return sentenceList(issueTitles(c, table))
	}
	text := "with " + sentenceList(issueTitles(c, differ(before, table)))
	if gone := differ(table, before); len(gone) > 0 {
		text += ", without " + sentenceList(issueTitles(c, gone))
	}
	return text
}
