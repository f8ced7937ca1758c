package casefile

import "strings"

// A PartyID is the id of a party.
type PartyID string

// An IssueID is the id of an issue.
type IssueID string

// A Path says where in a case a number or a condition stands, as the ids of results, views and levers do:
// PARTY.no_deal, PARTY.red_lines.ID, PARTY.adjustments.ID, PARTY.scores.ISSUE.OPTION, PARTY.ratification,
// PARTY.CONSTITUENCY.accepts_at, PARTY.CONSTITUENCY.scores.ISSUE.OPTION, requires.ID or consent.
type Path struct {
	Party        PartyID // empty for a requirement and the consent rule
	Constituency string  // empty for the party's own
	Part         Part
	ID           string  // of a requirement, red line or adjustment
	Issue        IssueID // of a score
	Option       string  // of a score; empty for the whole issue
}

// A Part is a part of a case that paths lead to; a path of another is none that a case can have.
type Part string

// The parts.
const (
	PartConsent      Part = "consent"
	PartRequires     Part = "requires"
	PartNoDeal       Part = "no_deal"
	PartAcceptsAt    Part = "accepts_at"
	PartScores       Part = "scores"
	PartAdjustments  Part = "adjustments"
	PartRedLines     Part = "red_lines"
	PartRatification Part = "ratification"
)

// ofParty reports whether a part may follow a party's id; anything else there is a constituency.
func (p Part) ofParty() bool {
	switch p {
	case PartNoDeal, PartScores, PartAdjustments, PartRedLines, PartRatification:
		return true
	}
	return false
}

// ParsePath reads a path. It knows no case: whether what it names is there is for others to say.
func ParsePath(text string) Path {
	if text == string(PartConsent) {
		return Path{Part: PartConsent}
	}
	first, rest, _ := strings.Cut(text, ".")
	if first == string(PartRequires) {
		return Path{Part: PartRequires, ID: rest}
	}
	p := Path{Party: PartyID(first)}
	what, rest, _ := strings.Cut(rest, ".")
	if !Part(what).ofParty() || what == string(PartRatification) && rest != "" {
		p.Constituency = what
		what, rest, _ = strings.Cut(rest, ".")
	}
	p.Part = Part(what)
	if p.Part == PartScores {
		issue, option, _ := strings.Cut(rest, ".")
		p.Issue, p.Option = IssueID(issue), option
		return p
	}
	p.ID = rest
	return p
}

// String writes the path as [ParsePath] reads it.
func (p Path) String() string {
	var parts []string
	for _, s := range []string{string(p.Party), p.Constituency, string(p.Part), p.ID, string(p.Issue), p.Option} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ".")
}
