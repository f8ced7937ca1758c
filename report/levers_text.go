package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

// WriteLeversText writes the study for a terminal: what levers can reach, then what each does.
func WriteLeversText(w io.Writer, l *study.Levers, o TextOptions) error {
	t, s := newTerminal(o), newLeverPaper(l)
	t.masthead(s.paper)
	t.paragraph(s.verdict())
	if len(s.Levers) == 0 {
		t.paragraph("The case has no levers.")
	} else {
		for i := range s.Goals {
			if s.Goals[i].Kind.OfHome() {
				if !s.home() {
					continue // the same as the goal before
				}
			}
			t.head(capital("To " + s.goalWords(&s.Goals[i])))
			for _, line := range s.goalLines(&s.Goals[i], shownSets) {
				t.entry(" -", line)
			}
		}
		t.head("What each lever does alone, those of mediators first")
		for _, i := range s.of.Ordered() {
			t.entry(" -", strings.Join(s.leverLines(i), " "))
		}
		t.WriteByte('\n')
		t.paragraph(s.searched())
	}
	_, err := w.Write(t.Bytes())
	return err
}

// home reports whether anybody at home has a say.
func (s *leverPaper) home() bool {
	return slices.ContainsFunc(s.Main.Space.Parties, func(p outcome.Party) bool { return len(p.Constituencies) > 0 })
}

// searched says which combinations were looked at.
func (s *leverPaper) searched() string {
	n := len(s.Combinations.Sets)
	text := fmt.Sprintf("All %s combinations of the %d levers were looked at.", grouped(big.NewInt(int64(n))), len(s.Levers))
	if !s.Combinations.Complete {
		text = fmt.Sprintf("%s combinations were looked at: %s.", grouped(big.NewInt(int64(n))), s.Combinations.Why)
	}
	return text + " Costs are in the analyst’s own unit. A set with pressure in it is never ranked by cost."
}

// goalLines say which levers reach a goal, with at most so many sets beside the cheapest.
func (s *leverPaper) goalLines(g *study.LeverGoal, most int) []string {
	sets := s.Combinations.Sets
	set := func(at int) string {
		var names []string
		for _, i := range sets[at].Set {
			names = append(names, "“"+leverTitle(s.File.Case, s.File.Case.Levers[i].ID)+"”")
		}
		text := sentenceList(names)
		if cost := whatif.Cost(s.Levers, sets[at].Set); cost != nil {
			return text + ", at a cost of " + decimals(cost)
		}
		return text + "; its cost is not stated"
	}
	if g.Already {
		return []string{"No lever is needed: that is so already."}
	}
	var lines []string
	if g.Mediators >= 0 {
		lines = append(lines, "Mediators alone: "+set(g.Mediators)+".")
	} else if len(g.Smallest) > 0 {
		lines = append(lines, "Mediators alone: none is known whose cost is stated.")
	}
	if g.Cheapest >= 0 && g.Cheapest != g.Mediators {
		lines = append(lines, "The cheapest of all without pressure: "+set(g.Cheapest)+".")
	} else if g.Cheapest >= 0 {
		lines[len(lines)-1] += " That is also the cheapest of all without pressure."
	}
	if g.Cheapest >= 0 && !g.Proven {
		lines = append(lines, "Whether a cheaper set would do is not proven.")
	}
	others := 0
	for _, at := range g.Smallest {
		if at == g.Mediators || at == g.Cheapest {
			continue
		}
		if others++; others <= most {
			lines = append(lines, "Also: "+set(at)+".")
		}
	}
	if others > most {
		lines = append(lines, fmt.Sprintf("And %d more sets; the JSON of goodoffices levers has them.", others-most))
	}
	switch {
	case len(g.Smallest) == 0 && g.Proven:
		lines = append(lines, "No set of levers without pressure reaches it.")
	case len(g.Smallest) == 0:
		lines = append(lines, "No set of levers without pressure is known that reaches it.")
	}
	if len(g.AlwaysBroken) > 0 {
		var names []string
		for _, id := range g.AlwaysBroken {
			names = append(names, s.against(s.Main, id, &s.Package.Judgment))
		}
		lines = append(lines, "Whatever is pulled, the package fails here: "+strings.Join(names, "; ")+".")
	}
	if n := len(g.Coercive); n > 0 {
		var named []string
		for _, at := range g.Coercive[:min(n, 2)] {
			var names []string
			for _, i := range sets[at].Set {
				names = append(names, "“"+leverTitle(s.File.Case, s.File.Case.Levers[i].ID)+"”")
			}
			named = append(named, sentenceList(names))
		}
		text := "With pressure, not ranked: " + strings.Join(named, "; or ")
		if n > len(named) {
			text += fmt.Sprintf("; and %d more sets", n-len(named))
		}
		lines = append(lines, text+".")
	}
	if g.Unknown > 0 {
		lines = append(lines, fmt.Sprintf("Of %s it is not known.", plural(g.Unknown, "combination", "combinations")))
	}
	return lines
}

// leverLines say what a lever does alone.
func (s *leverPaper) leverLines(i int) []string {
	was, is := &s.Combinations.Sets[0], s.of.Single(i)
	lines := []string{s.leverName(i) + "."}
	if is.Refused != "" {
		return append(lines, "It cannot be pulled: "+clean(is.Refused)+".")
	}
	switch {
	case was.Verdict != is.Verdict:
		lines = append(lines, fmt.Sprintf("%s, where there was %s.", capital(verdictClause(is.Verdict)), verdictClause(was.Verdict)))
	case is.Verdict == bargain.NoZone:
		lines = append(lines, "There is still no zone of agreement.")
	}
	if was.Count != nil && is.Count != nil && is.Count.Sign() > 0 {
		lines = append(lines, from(was.Count, is.Count, "acceptable package", "acceptable packages")+".")
		if was.Ratifiable != nil && is.Ratifiable != nil && was.Ratifiable.Cmp(was.Count)+is.Ratifiable.Cmp(is.Count) != 0 {
			lines = append(lines, from(was.Ratifiable, is.Ratifiable, "package carried at home on every side", "packages carried at home on every side")+".")
		}
	}
	lines = append(lines, s.nashLine(i)...)
	if s.Package != nil && is.Package != nil {
		lines = append(lines, s.packageLine(is))
	}
	var worse []string
	for _, b := range s.backfires(i) {
		worse = append(worse, b.text)
	}
	if len(worse) > 0 {
		lines = append(lines, "It backfires: "+strings.Join(worse, "; ")+".")
	}
	if bad, of := s.harmful(i); bad > 0 {
		lines = append(lines, fmt.Sprintf("Added to other levers, it leaves fewer packages acceptable or carried at home in %d of %d combinations.", bad, of))
	}
	return lines
}

func verdictClause(v bargain.Verdict) string {
	switch v {
	case bargain.HasZone:
		return "there is a zone of agreement"
	case bargain.NoZone:
		return "there is no zone of agreement"
	}
	return "whether there is a zone is not known"
}

// from says how a number of packages moved.
func from(was, is *big.Int, one, many string) string {
	word := many
	if is.Cmp(big.NewInt(1)) == 0 {
		word = one
	}
	if was.Cmp(is) == 0 {
		return grouped(is) + " " + word + ", as before"
	}
	return fmt.Sprintf("%s %s instead of %s", grouped(is), word, grouped(was))
}

// nashLine says what becomes of the Nash package.
func (s *leverPaper) nashLine(i int) []string {
	r := s.Alone[i]
	if r == nil || r.Analysis.Solutions.Nash == nil {
		return nil
	}
	was, is := s.Main.Analysis.Solutions.Nash, r.Analysis.Solutions.Nash
	if was != nil && sameNash(s.Main, r) {
		return []string{"The Nash package stays."}
	}
	var gets []string
	for p := range r.Space.Parties {
		gets = append(gets, partyName(s.File.Case, p)+" "+points(&r.Space.Parties[p].Row, is.Utilities[p]))
	}
	if was == nil {
		return []string{"The Nash package gives " + sentenceList(gets) + "."}
	}
	return []string{"The Nash package is another, and gives " + sentenceList(gets) + "."}
}

// packageLine says who accepts the package asked for.
func (s *leverPaper) packageLine(k *whatif.Combination) string {
	c, n := s.File.Case, len(s.Main.Space.Parties)
	who := "nobody"
	if names := members(c, n, k.Package.Accepts); len(names) > 0 {
		who = sentenceList(names)
	}
	text := capital(s.packageWords()) + " is accepted by " + who
	if k.Package.InZone {
		text += ", and in the zone"
	}
	var home []string
	for p := range k.Package.Ratifies {
		if len(s.Main.Space.Parties[p].Constituencies) > 0 && k.Package.Ratifies[p] {
			home = append(home, partyName(c, p))
		}
	}
	if len(home) > 0 {
		text += "; at home it is carried by " + sentenceList(home)
	}
	return text + "."
}
