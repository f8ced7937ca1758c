package bargain

import (
	"math/big"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Front is the frontier of a zone as [Solve] reads it: its points in the order of
// [Frontier], each with what names its outcomes.
type Front interface {
	Len() int
	At(i int) []int64 // utilities by party, which are not changed
	// First returns the first outcome that reaches point i, in the order of issues and
	// options, and the number of outcomes that do.
	First(i int) (outcome.Outcome, *big.Int)
}

// Solve applies the rules to the frontier of a zone to which every party of s must
// consent, and which is not empty. Of s it reads the parties' scales and thresholds
// alone; least tells the least utility in the zone of a party without threshold.
// Solutions come with their first outcome and the number of those tied, which are not listed.
func Solve(s *outcome.Space, zone Front, least func(p int) int64) ([]PartyBounds, Solutions) {
	var a Analysis
	for _, p := range solve(a.bound(s, zone, least), zone, zone, &a.Solutions) {
		*p.to = p.canonical()
	}
	return a.Parties, a.Solutions
}
