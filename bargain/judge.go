package bargain

import "github.com/goodoffices/goodoffices/outcome"

// A Judgment is what one outcome means to everybody.
type Judgment struct {
	Utilities      []int64   // by party, in its row's units
	Constituencies [][]int64 // by party and constituency, in their rows' units
	Accepts        uint64    // bit i: party i accepts
	InZone         bool

	// Broken are the ids of the conditions that the outcome breaks: requirements,
	// then each party's red lines and its no-deal value (PARTY.no_deal), then
	// "consent" when a consent rule other than everyone refuses.
	Broken []string

	ConstituencyAccepts []uint64 // by party; bit j: constituency j accepts
	Ratifies            []bool   // by party: its constituencies carry the outcome under its rule
}

// Judge says what outcome o means to every party and constituency of s.
func Judge(s *outcome.Space, o outcome.Outcome) Judgment {
	var j Judgment
	for _, c := range s.Requires {
		if c.Forbidden.Holds(o) {
			j.Broken = append(j.Broken, c.ID)
		}
	}
	for i := range s.Parties {
		p := &s.Parties[i]
		u := p.Value(o)
		j.Utilities = append(j.Utilities, u)
		accepts := true
		for _, c := range p.RedLines {
			if c.Forbidden.Holds(o) {
				j.Broken = append(j.Broken, c.ID)
				accepts = false
			}
		}
		if !p.Threshold.Accepts(u) {
			j.Broken = append(j.Broken, p.ID+".no_deal")
			accepts = false
		}
		if accepts {
			j.Accepts |= 1 << i
		}
		values := make([]int64, len(p.Constituencies))
		var yes uint64
		for k := range p.Constituencies {
			c := &p.Constituencies[k]
			values[k] = c.Value(o)
			if c.Threshold.Accepts(values[k]) {
				yes |= 1 << k
			}
		}
		j.Constituencies = append(j.Constituencies, values)
		j.ConstituencyAccepts = append(j.ConstituencyAccepts, yes)
		j.Ratifies = append(j.Ratifies, p.Ratification.Holds(yes, len(p.Constituencies)))
	}
	consents := s.Consent.Holds(j.Accepts, len(s.Parties))
	if !consents && !s.Consent.Everyone() {
		j.Broken = append(j.Broken, "consent")
	}
	j.InZone = consents && s.Admits(o)
	return j
}
