package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/study"
)

// rehearsed is the section on talks that were rehearsed.
func (s *paper) rehearsed() section {
	out := section{
		ID: "rehearsal", Title: "If the talks were played", More: "Every rehearsal, as a table",
		Notes: []string{"Each protocol was played once, with the strategies named, which are automated negotiators of published rules. Rehearsals show how rules and firmness work on these numbers. They forecast nothing."},
	}
	var chance []string // protocols in which it had a part
	bound := slices.ContainsFunc(s.sessions, func(x study.Rehearsed) bool { return x.Freed })
	for _, freed := range []bool{false, true} {
		g := grid{Caption: "Played once each", Heads: []string{"Protocol", "Played by", "End", "Round"}, Numbers: false}
		switch {
		case freed:
			g.Caption = "With the mandates lifted"
		case bound:
			g.Caption = "With the mandates on record"
		}
		for p := range s.Main.Space.Parties {
			g.Heads = append(g.Heads, partyTitle(s.File.Case, p))
		}
		agreed, played := 0, 0
		var reached []string
		why := ""
		for i := range s.sessions {
			x := &s.sessions[i]
			if x.Freed != freed {
				continue
			}
			played++
			if !x.Fixed {
				chance = append(chance, spoken(x.Protocol))
			}
			row := []cell{{Text: spoken(x.Protocol)}, {Text: playedBy(x)}, {Text: endWords[x.Result.Ended]}, {Text: decimal(x.Result.Rounds)}}
			o := x.Result.Agreement
			if o == nil {
				o = x.Result.Refused
				why = x.Result.Reason
			} else {
				agreed++
				reached = append(reached, spoken(x.Protocol))
			}
			for p := range s.Main.Space.Parties {
				row = append(row, cell{Text: s.rehearsedPoints(p, o)})
			}
			g.Rows = append(g.Rows, row)
		}
		if played == 0 {
			continue
		}
		out.Tables = append(out.Tables, g)
		before := fmt.Sprintf("%s, played by automated negotiators", capital(s.under(s.Main)))
		switch {
		case freed:
			before = g.Caption
		case bound:
			before += " with the mandates on record"
		}
		text := fmt.Sprintf("%s, %d of %d protocols come to an agreement", before, agreed, played)
		switch {
		case agreed > 0:
			text += ": " + sentenceList(reached)
		case why != "":
			text += "; the last of them ends so: " + clean(why)
		}
		out.Sentences = append(out.Sentences, text+".")
		if out.Short != "" {
			out.Short += " "
		}
		out.Short += fmt.Sprintf("%s, %d of %d rehearsed protocols come to an agreement.", g.Caption, agreed, played)
	}
	text := "Nothing in them is left to chance: played again, each goes the same way."
	if len(chance) > 0 {
		slices.Sort(chance)
		text = "Chance has a part in " + sentenceList(slices.Compact(chance)) + ", which may end otherwise when played again."
		if len(chance) < len(s.sessions) {
			text += " The others go the same way every time."
		}
	}
	out.Notes = append(out.Notes, text)
	return out
}

// endWords say how talks ended, in a table.
var endWords = map[protocol.Ending]string{
	protocol.Agreed: "agreement", protocol.Deadline: "no agreement", protocol.Walkout: "a side walks out",
	protocol.Breakdown: "breakdown", protocol.RefusedAtHome: "refused at home",
}

// spoken writes an id in words.
func spoken(id string) string {
	return strings.ReplaceAll(id, "_", " ")
}

// playedBy says who plays what.
func playedBy(x *study.Rehearsed) string {
	parties := len(x.Setting.Space.Parties)
	same := !slices.ContainsFunc(x.Strategies[:parties], func(spec string) bool { return spec != x.Strategies[0] })
	if same {
		text := "all " + clean(x.Strategies[0])
		if len(x.Strategies) > parties {
			text += ", mediator " + clean(x.Strategies[parties])
		}
		return text
	}
	var all []string
	for seat, spec := range x.Strategies {
		all = append(all, clean(x.Setting.Name(protocol.Seat(seat)))+" "+clean(spec))
	}
	return sentenceList(all)
}

func (s *paper) rehearsedPoints(p int, o outcome.Outcome) string {
	if o == nil {
		return "–"
	}
	row := &s.Main.Space.Parties[p].Row
	return points(row, row.Value(o))
}
