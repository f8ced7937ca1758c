package casefile

import (
	"strconv"

	"github.com/goodoffices/goodoffices/outcome"
)

// Talks are a case as numbers for those who rehearse or run talks on it: beside the
// space, everything that binds who sits at the table.
type Talks struct {
	Space   *outcome.Space
	Options [][]string // ids of options, by issue; of a range, its numbers
	// StatusQuo is the option in force today by issue, -1 where there is none.
	StatusQuo []int
	// Outside holds, by party, the packages that its mandate does not admit; the zero
	// Table for a party without one.
	Outside []outcome.Table
	// Mandates are, by party, what its mandate admits as written; empty for none.
	Mandates      []string
	Preconditions []TalksPrecondition
	// Discounts are, by party, the factor by which an agreement loses worth each round.
	Discounts []float64
}

// A TalksPrecondition is a party's precondition by its full id, PARTY.ID.
type TalksPrecondition struct {
	ID, Text string
}

// Talks compiles the case under a choice. It fails as Compile does.
func (c *Case) Talks(ch Choice) (*Talks, error) {
	changed, err := c.With(ch)
	if err != nil {
		return nil, err
	}
	t := &Talks{}
	if t.Space, err = c.Compile(ch); err != nil {
		return nil, err
	}
	for _, is := range changed.Issues.All() {
		names := make([]string, is.Len())
		for k := range names {
			names[k] = is.OptionID(k)
		}
		t.Options = append(t.Options, names)
		k, ok := is.Position(is.StatusQuo)
		if !ok {
			k = -1
		}
		t.StatusQuo = append(t.StatusQuo, k)
	}
	for id, p := range changed.Parties.All() {
		var outside outcome.Table
		var only string
		if p.Mandate != nil && p.Mandate.Only != "" {
			only = p.Mandate.Only
			if outside, err = changed.MandateOutside(id, only); err != nil {
				return nil, err
			}
		}
		t.Outside, t.Mandates = append(t.Outside, outside), append(t.Mandates, only)
		for k, pre := range p.Preconditions {
			t.Preconditions = append(t.Preconditions, TalksPrecondition{string(id) + "." + nameOr(pre.ID, k), pre.Text})
		}
		discount := 1.0
		if p.Discount != nil {
			if discount, err = strconv.ParseFloat(p.Discount.String(), 64); err != nil {
				return nil, err
			}
		}
		t.Discounts = append(t.Discounts, discount)
	}
	return t, nil
}

// MandateOutside returns the packages that a party may not agree to under a mandate that
// admits only those for which a condition holds.
func (c *Case) MandateOutside(party PartyID, only string) (outcome.Table, error) {
	return c.table(string(party)+".mandate.only", only, true)
}
