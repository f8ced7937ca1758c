package casefile

import (
	"fmt"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Setting gives one issue one of its options; of a range, a number.
type Setting struct {
	Issue  IssueID
	Option string
}

// Outcome returns the outcome in which each setting holds and every other issue has
// its option in base or, where base is nil, its status quo; left holds the positions of
// the issues that stay at their status quo because nothing else is said about them. It
// fails on an unknown issue or option, on an issue that is set twice, and on one that
// has to be set because it has no status quo.
func (c *Case) Outcome(base outcome.Outcome, settings []Setting) (o outcome.Outcome, left []int, err error) {
	set := make(map[IssueID]int)
	for _, s := range settings {
		is, ok := c.Issues.Get(s.Issue)
		if !ok {
			return nil, nil, unknown("issue", s.Issue, c.Issues.Keys())
		}
		if _, twice := set[s.Issue]; twice {
			return nil, nil, fmt.Errorf("%s is set twice: a package has one option of every issue", s.Issue)
		}
		k, ok := is.Position(s.Option)
		if !ok {
			return nil, nil, is.noOption(s)
		}
		set[s.Issue] = k
	}
	o = make(outcome.Outcome, c.Issues.Len())
	var missing []string
	for i, id := range c.Issues.Keys() {
		is, _ := c.Issues.Get(id)
		k, ok := set[id]
		switch {
		case ok:
		case base != nil:
			k = base[i]
		default:
			if k, ok = is.Position(is.StatusQuo); !ok {
				missing = append(missing, fmt.Sprintf("%s (%s)", id, is.choices()))
			}
			left = append(left, i)
		}
		o[i] = k
	}
	if n := len(missing); n > 0 {
		const most = 5
		text := strings.Join(missing[:min(n, most)], ", ")
		if n > most {
			text += fmt.Sprintf(" and %d more", n-most)
		}
		return nil, nil, fmt.Errorf("a package must settle what has no status quo: set %s", text)
	}
	return o, left, nil
}

// noOption says that a setting names no option of the issue, and which was probably meant.
func (is *Issue) noOption(s Setting) error {
	fix := is.choices()
	if is.Range == nil {
		fix = orElse(didYouMean(s.Option, is.Options.Keys()), fix)
	}
	return fmt.Errorf("%s has no option %s: %s", s.Issue, quoted(s.Option), fix)
}

// choices says what the issue can be set to.
func (is *Issue) choices() string {
	if is.Range != nil {
		return fmt.Sprintf("%s to %s in steps of %s", is.Range.From, is.Range.To, is.Range.Step)
	}
	return list(is.Options.Keys(), "or")
}
