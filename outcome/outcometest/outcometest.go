// Package outcometest draws random spaces for tests of packages that work on them.
package outcometest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Shape says what kind of space to draw. The zero value draws up to five issues
// of up to six options, one to four parties, conditions and adjustments over
// several issues, constituencies with rules, and any consent rule.
type Shape struct {
	Parties  int  // number of parties; 0 is one to four
	Additive bool // conditions and adjustments about at most one issue; everyone consents; no constituencies
	Unlinked bool // conditions and adjustments about at most one issue
	Issues   int  // number of issues; 0 is one to five
	Coarse   bool // scores of 0 to 3, so that ties abound
	Boxes    bool // conditions and adjustments are boxes, or their outsides, over up to four issues, and more adjustments
}

// Space draws a space.
func Space(r *rand.Rand, shape Shape) *outcome.Space {
	s := &outcome.Space{}
	issues := shape.Issues
	if issues == 0 {
		issues = 1 + r.IntN(5)
	}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 1 + r.IntN(6)})
	}
	parties := shape.Parties
	if parties == 0 {
		parties = 1 + r.IntN(4)
	}
	for p := range parties {
		id := fmt.Sprint("p", p)
		party := outcome.Party{Row: row(r, s.Issues, id, shape)}
		for k := range r.IntN(3) {
			party.RedLines = append(party.RedLines, outcome.Condition{ID: fmt.Sprint(id, ".red_lines.", k),
				Kind: outcome.RedLine, Forbidden: table(r, s.Issues, shape)})
		}
		if !shape.Additive {
			for c := range r.IntN(3) {
				party.Constituencies = append(party.Constituencies, row(r, s.Issues, fmt.Sprint(id, ".c", c), shape))
			}
			if n := len(party.Constituencies); n > 0 && r.IntN(2) == 0 {
				party.Ratification = Rule(r, n, 2)
			}
		}
		s.Parties = append(s.Parties, party)
	}
	for k := range r.IntN(3) {
		s.Requires = append(s.Requires, outcome.Condition{ID: fmt.Sprint("requires.", k), Forbidden: table(r, s.Issues, shape)})
	}
	if !shape.Additive && r.IntN(3) == 0 {
		s.Consent = Rule(r, parties, 2)
	}
	return s
}

func row(r *rand.Rand, issues []outcome.Issue, id string, shape Shape) outcome.Row {
	row := outcome.Row{ID: id, Scale: []int64{1, 2, 6, 10}[r.IntN(4)]}
	for _, is := range issues {
		scores := make([]int64, is.Options)
		for o := range scores {
			scores[o] = int64(r.IntN(41) - 10)
			if shape.Coarse {
				scores[o] = int64(r.IntN(4))
			}
		}
		row.Scores = append(row.Scores, scores)
	}
	adjustments := r.IntN(3)
	if shape.Boxes {
		adjustments = r.IntN(8)
	}
	for k := range adjustments {
		row.Adjustments = append(row.Adjustments, outcome.Adjustment{ID: fmt.Sprint(id, ".adjustments.", k),
			When: table(r, issues, shape), Add: int64(r.IntN(21) - 10)})
	}
	if r.IntN(4) > 0 {
		row.Threshold = outcome.Threshold{Value: int64(r.IntN(60) - 10), Set: true}
		if shape.Coarse {
			row.Threshold.Value = int64(r.IntN(6))
		}
	}
	return row
}

func table(r *rand.Rand, issues []outcome.Issue, shape Shape) outcome.Table {
	if shape.Boxes {
		return Box(r, issues)
	}
	most := 3
	if shape.Additive || shape.Unlinked {
		most = 1
	}
	named := r.Perm(len(issues))[:r.IntN(min(most, len(issues))+1)]
	slices.Sort(named)
	share := r.IntN(5)
	t, err := outcome.NewTable(issues, named, func([]int) bool { return r.IntN(8) < share })
	if err != nil {
		panic(err) // three issues of six options fit
	}
	return t
}

// Box draws a box over up to four of the issues, mostly of intervals, or its outside.
func Box(r *rand.Rand, issues []outcome.Issue) outcome.Table {
	named := r.Perm(len(issues))[:r.IntN(min(4, len(issues))+1)]
	slices.Sort(named)
	var sets [][]int
	for _, i := range named {
		var set []int
		n := issues[i].Options
		if r.IntN(4) > 0 {
			from := r.IntN(n)
			for o := from; o <= from+r.IntN(n-from); o++ {
				set = append(set, o)
			}
		} else {
			set = r.Perm(n)[:r.IntN(n+1)]
		}
		sets = append(sets, set)
	}
	t, err := outcome.NewBox(issues, named, sets, r.IntN(4) > 0)
	if err != nil {
		panic(err) // positions and options are those of the issues
	}
	return t
}

// Rule draws a rule over n names, at most depth operators deep.
func Rule(r *rand.Rand, n, depth int) outcome.Rule {
	switch k := r.IntN(5); {
	case depth == 0 || k == 0:
		return outcome.Name(r.IntN(n))
	case k == 1:
		return outcome.Not(Rule(r, n, depth-1))
	case k == 2:
		return outcome.And(Rule(r, n, depth-1), Rule(r, n, depth-1))
	case k == 3:
		return outcome.Or(Rule(r, n, depth-1), Rule(r, n, depth-1))
	}
	return outcome.CountOf(r.Uint64()&(1<<n-1), outcome.Compare(r.IntN(6)), r.IntN(n+3)-1)
}
