package report

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/study"
)

// warning says who must not see the brief.
func (s *paper) warning() string {
	if s.copied != nil {
		return s.copyWarning()
	}
	c := s.File.Case
	var names []string
	for i := range c.Parties.Len() {
		names = append(names, partyName(c, i))
	}
	if len(names) > 4 {
		return "This brief shows estimates of every side’s no-deal value and red lines. No party, and nobody who reports to one, should see it."
	}
	return "This brief shows estimates of every side’s no-deal value and red lines. Neither " + strings.Join(names, " nor ") + ", nor anybody who reports to one of them, should see it."
}

// hangsOn is the third sentence: the thresholds that the first package meets
// most narrowly, and the groups at home that could undo it.
func (s *paper) hangsOn() string {
	r, c := s.Main, s.File.Case
	found := r.Proposals()
	if len(found) == 0 {
		if r.Analysis.Verdict != bargain.NoZone {
			return ""
		}
		near := r.Closest()
		if len(near) == 0 {
			return "The map shows what is possible when thresholds and red lines are ignored; it is not a deal."
		}
		var why []string
		for _, id := range near[0].Judgment.Broken {
			why = append(why, s.against(r, id, &near[0].Judgment))
		}
		return "What stands against “" + packageTitle(c, near[0].ID) + "”: " + strings.Join(why, "; ") + "."
	}
	first := &found[0]
	var parts []string
	tight, narrow := -1, new(big.Rat)
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		if !party.Threshold.Set || first.Judgment.Accepts>>i&1 == 0 {
			continue
		}
		margin := party.Points(first.Judgment.Utilities[i] - party.Threshold.Value)
		if tight < 0 || margin.Cmp(narrow) < 0 {
			tight, narrow = i, margin
		}
	}
	if tight >= 0 {
		text := fmt.Sprintf("%s no-deal value, which the package clears by %s points", possessive(partyName(c, tight)), decimals(narrow))
		if nd := partyAt(r.Case, tight).NoDeal; nd != nil && nd.Value.Low != nil && nd.Value.High != nil && nd.Value.Low.Cmp(nd.Value.High) != 0 {
			party := &r.Space.Parties[tight]
			text += fmt.Sprintf(" and which is assumed anywhere from %s to %s", decimals(nd.Value.Low), decimals(nd.Value.High))
			if party.Points(first.Judgment.Utilities[tight]).Cmp(nd.Value.High) < 0 {
				text += ": at the upper end the package would be refused"
			}
		}
		parts = append(parts, text)
	}
	var lines []string
	for i := range r.Case.Parties.Len() {
		if n := len(partyAt(r.Case, i).RedLines); n > 0 {
			lines = append(lines, fmt.Sprintf("%s %d", partyName(c, i), n))
		}
	}
	if len(lines) > 0 {
		parts = append(parts, "the red lines as stated ("+strings.Join(lines, ", ")+")")
	}
	if home := s.fragile(first); home != "" {
		parts = append(parts, home)
	}
	if len(parts) == 0 {
		return "It hangs on the scores alone: no party has a no-deal value, a red line or a ratification rule in this case."
	}
	return "It hangs on " + strings.Join(parts, "; on ") + "."
}

// fragile says whose single refusal at home would undo a package, or that the
// package is not carried at all.
func (s *paper) fragile(p *study.Proposal) string {
	r, c := s.Main, s.File.Case
	var refused, turns []string
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		n := len(party.Constituencies)
		if n == 0 {
			continue
		}
		if !p.Judgment.Ratifies[i] {
			refused = append(refused, partyName(c, i))
			continue
		}
		yes := p.Judgment.ConstituencyAccepts[i]
		var pivots []string
		for k := range n {
			if yes>>k&1 != 0 && !party.Ratification.Holds(yes&^(1<<k), n) {
				pivots = append(pivots, constituencyTitle(c, i, k))
			}
		}
		if len(pivots) > 0 {
			turns = append(turns, fmt.Sprintf("%s (%s)", partyName(c, i), sentenceList(pivots)))
		}
	}
	switch {
	case len(refused) > 0:
		return "changing minds at home, where " + sentenceList(refused) + " could not carry it as assumed"
	case len(turns) > 0:
		return "ratification, which the refusal of one group alone would undo in " + sentenceList(turns)
	}
	return ""
}
