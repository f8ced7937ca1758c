// Package bargain answers questions about an [outcome.Space]: is there a zone of
// agreement, how large is it, which of its outcomes are efficient, and which of
// those do the bargaining solutions of the literature pick.
//
// Start with [Analyze]. It plans before it computes: an additive case of two
// parties is summed issue by issue (Nemhauser and Ullmann 1969), whatever its
// size; any other case is listed, outcome by outcome with nothing stored, while
// that is possible; a larger one is summed too, with one partial frontier for
// every joint option of the issues that conditions link. All are exact, and give
// the same bytes on any number of cores. A case too large for them is refused
// with its size and the reason.
//
// # Meanings
//
// A party accepts an outcome that breaks none of its red lines and is worth at
// least its no-deal value. The zone of agreement is the set of outcomes that
// satisfy every requirement and to which the consent rule agrees. Solutions rank
// the zone; where consent is not unanimous, Nash, Kalai–Smorodinsky and
// egalitarian rank only the outcomes of the zone that every party accepts.
// Every solution lies on the Pareto frontier of what it ranks.
//
// Ranks are decided on integers and exact fractions. Where floating point
// narrows the candidates, its error bound is stated beside it and exact
// arithmetic decides among what is left.
package bargain

import (
	"math/big"
	"time"

	"github.com/goodoffices/goodoffices/outcome"
)

// Verdict says whether there is a zone of agreement.
type Verdict string

// The verdicts.
const (
	HasZone Verdict = "zone"
	NoZone  Verdict = "no_zone"
	Unknown Verdict = "unknown" // not proven within the budget
)

// Method names the algorithm that an analysis used.
type Method string

// The methods.
const (
	Listing     Method = "listing"     // every outcome visited, nothing stored
	Merging     Method = "merging"     // frontiers of single issues summed and pruned
	Elimination Method = "elimination" // the same, with a frontier per joint option of linked issues
	Branching   Method = "branching"   // branch and bound over conditions: a frontier of two parties, or single solutions
	Bounding    Method = "bounding"    // no frontier: each solution by dual bounds, with branch and bound
)

// Options bound and direct an analysis. The zero value is ready to use.
type Options struct {
	// Whole asks for the frontier of every outcome that satisfies the
	// requirements, thresholds and red lines ignored. Solutions still rank the zone.
	Whole bool
	// Ratifiable narrows the zone to the part that every party can also carry at home:
	// verdict, count, frontier and solutions then speak of that. No-deal values stay what
	// gains are measured from.
	Ratifiable bool
	// MaxPoints is the largest number of frontier points returned; 0 is 100,000.
	MaxPoints int
	// MaxTies is the largest number of tied outcomes returned with a solution; 0 is 16.
	MaxTies int
	// Time bounds the work of each step of the analysis, in time of one core as
	// estimated by counting operations, never by a clock: the same budget gives the same
	// answer on every machine. 0 is two minutes.
	Time time.Duration
	// Memory bounds the bytes held by partial results, likewise estimated; 0 is 4 GiB.
	Memory int64
	// Method asks for one method; empty lets the planner choose.
	Method Method
	// Measures asks for opposition and distribution, which need passes of their own.
	Measures bool
	// Uncounted leaves a zone uncounted where that is work of its own: its bounds are then those of the space.
	Uncounted bool
	// Progress is told, now and then and from one goroutine at a time, the share
	// of the work that is done, from 0 to 1. It may be nil.
	Progress func(done float64)
}

// An Analysis is what a space holds for its parties.
type Analysis struct {
	Outcomes *big.Int // in the whole space
	// Ratifiable says that "the zone" is the part of it that every party can carry at home.
	Ratifiable bool
	Method     Method
	Why        string // one sentence: why this method
	// Considered holds every method that was looked at, in the order of preference.
	Considered []Considered
	// Exact says that verdict, frontier and solutions are proven for the space's
	// integers. The zone's count carries its own bounds, and so does each solution that
	// is not exact.
	Exact   bool
	Verdict Verdict
	Zone    Zone
	// Frontier of the zone, or of the whole space when Options.Whole asks for it.
	Frontier Frontier
	// Parties holds, in the order of the space, what the solutions were measured from.
	Parties   []PartyBounds
	Solutions Solutions
	Measures  Measures
}

// A Zone is the set of outcomes on which agreement is possible.
type Zone struct {
	// Low and High bound the number of outcomes; they are equal when it is exact.
	Low, High *big.Int
	// Estimate encloses the number where it is not exact; else it is nil.
	Estimate *Estimate
	// Ratifiable is the number of outcomes of the zone that every party can carry
	// at home, nil when it was not counted. Without ratification rules it is the
	// whole zone.
	Ratifiable *big.Int
	// RatifiableLow and RatifiableHigh bound that number; they are equal where it is counted.
	RatifiableLow, RatifiableHigh *big.Int
	// RatifiableEstimate encloses that number where there are constituencies and it was
	// not counted; else it is nil.
	RatifiableEstimate *Estimate
	// Options says, by issue and option, whether any outcome of the zone has the
	// option; nil when that was not found out.
	Options [][]bool
}

// Exact reports whether the number of outcomes is known exactly.
func (z *Zone) Exact() bool { return z.Low.Cmp(z.High) == 0 }

// An Estimate encloses a number of outcomes with a probability of at least 95 percent
// over the draw of a sample (Clopper and Pearson 1934).
type Estimate struct {
	Low, High *big.Int
	Samples   int
	Seed      uint64
}

// PartyBounds are a party's ends within the zone, in its row's units. They are
// meaningless when the zone is empty.
type PartyBounds struct {
	// Disagreement is the no-deal value or, without one, the least utility in the zone.
	Disagreement int64
	// FromZone says that Disagreement is the least utility in the zone.
	FromZone bool
	// Ideal is the party's greatest utility in the zone.
	Ideal int64
}

// A Point is a vector of utilities with an outcome that reaches it.
type Point struct {
	Utilities []int64         // by party, each in its row's units
	Outcome   outcome.Outcome // one that reaches it; where Ties is counted, the first in the order of issues and options
	Ties      *big.Int        // number of outcomes that reach it, at least 1; nil where it was not counted
}

// A Frontier is the set of utility vectors that no other dominates.
type Frontier struct {
	Size      int     // number of distinct vectors, -1 where it is not known
	Points    []Point // greatest utility of the first party first; then of the second, and so on
	Truncated bool    // Points holds fewer than Size
	// Epsilon says how far the frontier can lie beyond the points, where they are not
	// all of it: adding this share of its range to each party's utilities, some point gives
	// everybody at least as much as any outcome does. A range ends at the party's ideal, or
	// the greatest utility met, and begins at its disagreement value, or the least met. nil
	// where the points are exact, and where nothing is proven.
	Epsilon *big.Rat
}

// A Solution is what one rule picks.
type Solution struct {
	Point                   // the first of the tied; Ties counts all outcomes that the rule ranks first
	Tied  []outcome.Outcome // all of them up to Options.MaxTies, in order
	// First says that Outcome is proven to be the first of the tied, in the order of issues
	// and options. Without it, it is one of them, and an earlier one may exist.
	First bool
	// Gap is how much better than this, at most, an outcome could be: as a share of the
	// product of gains (Nash), of a party's possible gain (Kalai–Smorodinsky), or in
	// points (egalitarian, utilitarian). It is 0 where the solution is proven, and nil where
	// nothing is. For a leximin it speaks of the first least gain that is not proven.
	Gap *big.Rat
}

// Solutions are the picks of the named rules; nil where a rule has nothing to rank.
type Solutions struct {
	// Nash has the greatest product of gains over the disagreement point (Nash
	// 1950). Where no outcome gives every party a gain, it is the greatest product
	// among the most parties that can gain together (Caragiannis and others 2019).
	Nash *Solution
	// KalaiSmorodinsky is the leximin of gains, each as a share of the party's
	// greatest gain in the zone (Kalai and Smorodinsky 1975; leximin after Imai 1983).
	KalaiSmorodinsky *Solution
	// Egalitarian is the leximin of gains in points (Kalai 1977; leximin after Chun and Peters 1988).
	Egalitarian *Solution
	// Utilitarian has the greatest sum of points.
	Utilitarian *Solution
	// Balanced has, among frontier points, the least difference between the largest
	// and the smallest share of possible gain.
	Balanced *Solution
}

// All returns the picks in the order of the rules; nil where a rule picks nothing.
func (s *Solutions) All() []*Solution {
	return []*Solution{s.Nash, s.KalaiSmorodinsky, s.Egalitarian, s.Utilitarian, s.Balanced}
}

// Measures describe a whole space rather than a point in it. They are floating
// point and decide nothing. Utilities are normalised per party to [0, 1] between
// its least and greatest utility over the outcomes that satisfy the
// requirements; thresholds and red lines are ignored.
type Measures struct {
	// Opposition is the least Euclidean distance of any outcome to full
	// satisfaction of every party, (1, …, 1): 0 where one outcome is best for all
	// (Baarslag and others 2013).
	Opposition *float64
	// Distribution is the mean Euclidean distance of an outcome to the nearest
	// point of the frontier of the whole space (same source).
	Distribution *float64
	// Why is the reason where one of them was asked for and is missing.
	Why string
}
