package outcome

// NewSpace returns the space in which the named parties settle the named issues: an issue has
// as many options as the parties score. It fails as [Space.Check] does, so also where they do
// not score the same options. Conditions and ratification are the parties' own, or set in the
// space afterwards.
func NewSpace(issues []string, parties ...Party) (*Space, error) {
	s := &Space{Parties: parties}
	for i, id := range issues {
		is := Issue{ID: id}
		for p := range parties {
			if scores := parties[p].Scores; i < len(scores) {
				is.Options = max(is.Options, len(scores[i]))
			}
		}
		s.Issues = append(s.Issues, is)
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// NewParty returns a party that gets whole points, for each issue as many as its list says of
// each option, and that accepts everything.
func NewParty(id string, scores ...[]int64) Party {
	return Party{Row: Row{ID: id, Scores: scores}}
}

// AtLeast returns the party with a no-deal value: it accepts utilities from there on.
func (p Party) AtLeast(u int64) Party {
	p.Threshold = Threshold{Value: u, Set: true}
	return p
}
