package outcome

import "slices"

// Restrict returns s with the given options of each issue alone, in the order given: option k
// of an issue of the result is option options[issue][k] of s. No list may be empty.
func (s *Space) Restrict(options [][]int) (*Space, error) {
	to := &Space{Rounded: s.Rounded, Consent: s.Consent}
	for i, is := range s.Issues {
		to.Issues = append(to.Issues, Issue{ID: is.ID, Options: len(options[i])})
	}
	table := func(t *Table) (Table, error) {
		issues := t.Issues()
		if box, inside := t.Box(); box {
			sets := make([][]int, len(issues))
			for k, i := range issues {
				for at, o := range options[i] {
					if t.Within(k, o) {
						sets[k] = append(sets[k], at)
					}
				}
			}
			return NewBox(to.Issues, issues, sets, inside)
		}
		return NewTable(to.Issues, issues, func(chosen []int) bool {
			rank := 0
			for k, i := range issues {
				rank = rank*s.Issues[i].Options + options[i][chosen[k]]
			}
			return t.At(rank)
		})
	}
	row := func(r *Row) (Row, error) {
		copied := *r
		copied.Scores, copied.Adjustments = make([][]int64, len(r.Scores)), slices.Clone(r.Adjustments)
		for i, list := range options {
			for _, o := range list {
				copied.Scores[i] = append(copied.Scores[i], r.Scores[i][o])
			}
		}
		for i := range copied.Adjustments {
			var err error
			if copied.Adjustments[i].When, err = table(&r.Adjustments[i].When); err != nil {
				return copied, err
			}
		}
		return copied, nil
	}
	conditions := func(from []Condition) ([]Condition, error) {
		copied := slices.Clone(from)
		for i := range copied {
			var err error
			if copied[i].Forbidden, err = table(&from[i].Forbidden); err != nil {
				return nil, err
			}
		}
		return copied, nil
	}
	var err error
	if to.Requires, err = conditions(s.Requires); err != nil {
		return nil, err
	}
	for p := range s.Parties {
		party := s.Parties[p]
		if party.Row, err = row(&party.Row); err != nil {
			return nil, err
		}
		if party.RedLines, err = conditions(party.RedLines); err != nil {
			return nil, err
		}
		party.Constituencies = slices.Clone(party.Constituencies)
		for c := range party.Constituencies {
			if party.Constituencies[c], err = row(&party.Constituencies[c]); err != nil {
				return nil, err
			}
		}
		to.Parties = append(to.Parties, party)
	}
	return to, nil
}
