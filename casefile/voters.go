package casefile

import (
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/vote"
)

// maxGroupVotes is the largest number of votes of one constituency.
const maxGroupVotes = 1_000_000_000_000

// voters are those whose yes a condition over consents adds up.
type voters struct {
	what  string // "party" or "constituency"
	names []string
	votes []int64 // by name, 0 where none are stated; nil for parties, which have none
}

// voters returns the constituencies with their votes.
func (r *Ratification) voters() voters {
	v := voters{what: "constituency", names: r.Constituencies.Keys(), votes: make([]int64, r.Constituencies.Len())}
	for i, g := range r.Constituencies.vals {
		if g.Votes != nil && g.Votes.Rat().IsInt() && g.Votes.Rat().Num().IsInt64() {
			v.votes[i] = min(max(0, g.Votes.Rat().Num().Int64()), maxGroupVotes)
		}
	}
	return v
}

// form returns the named rule that a name stands for. Names of voters come first.
func (v voters) form(name string) (vote.Rule, bool) {
	if v.votes == nil || slices.Contains(v.names, name) {
		return vote.Rule{}, false
	}
	return vote.Lookup(name)
}

func (v voters) total() (total int64) {
	for _, n := range v.votes {
		total += n
	}
	return total
}

// checkForm says why a named rule cannot be used here.
func (v voters) checkForm(leaf *condition, form *vote.Rule) *ConditionError {
	if len(v.names) > outcome.MaxConstituencies {
		return nil // reported at the constituencies
	}
	votes, _, ok := form.Threshold(max(1, v.total()), int64(len(v.names)))
	if !ok {
		return &ConditionError{leaf.at, fmt.Sprintf("the rule %s needs what constituencies do not have", leaf.name), "write it out with count, votes, && and ||"}
	}
	if votes == 0 {
		return nil
	}
	if i := slices.Index(v.votes, 0); i >= 0 {
		return &ConditionError{leaf.at, fmt.Sprintf("the rule %s adds up votes, and %s has none", leaf.name, v.names[i]), "give every constituency its votes, as in votes: 54"}
	}
	if votes > v.total() {
		return &ConditionError{leaf.at, fmt.Sprintf("the rule %s needs %d votes, and all constituencies together have %d", leaf.name, votes, v.total()), ""}
	}
	return nil
}

// checkVotes says what is wrong with a sum of votes.
func (v voters) checkVotes(leaf *condition) *ConditionError {
	if v.votes == nil {
		return &ConditionError{leaf.at, "parties have no votes", "write count(…) >= number"}
	}
	var total int64
	for _, n := range leaf.names {
		i := slices.Index(v.names, n.text)
		if i < 0 || i >= outcome.MaxConstituencies {
			return nil // reported as unknown, or as too many
		}
		if v.votes[i] == 0 {
			return &ConditionError{n.at, n.text + " has no votes", fmt.Sprintf("give %s its votes, as in votes: 54", n.text)}
		}
		total += v.votes[i]
	}
	d, err := ParseDecimal(leaf.literal.text)
	if err != nil || !d.Rat().IsInt() || d.Rat().Sign() < 0 || !d.Rat().Num().IsInt64() || d.Rat().Num().Int64() > total {
		return &ConditionError{leaf.literal.at, fmt.Sprintf("these %d votes are never compared with %s", total, leaf.literal.text),
			fmt.Sprintf("use a whole number from 0 to %d", total)}
	}
	return nil
}

// formRule returns a named rule that checks as a rule over the voters.
func (v voters) formRule(form *vote.Rule) outcome.Rule {
	votes, of, _ := form.Threshold(v.total(), int64(len(v.names)))
	all := ^uint64(0) >> (outcome.MaxConstituencies - len(v.names))
	enough := outcome.VotesOf(v.votes, outcome.AtLeast, votes)
	groups := outcome.CountOf(all, outcome.AtLeast, int(of))
	switch {
	case of == 0:
		return enough
	case votes == 0:
		return groups
	}
	return outcome.And(enough, groups)
}

// votesRule returns a sum of votes that checks as a rule over the voters.
func (v voters) votesRule(c *condition) outcome.Rule {
	votes := make([]int64, len(v.names))
	for _, n := range c.names {
		i := slices.Index(v.names, n.text)
		votes[i] = v.votes[i]
	}
	d, _ := ParseDecimal(c.literal.text)
	return outcome.VotesOf(votes, c.cmp, d.Rat().Num().Int64())
}
