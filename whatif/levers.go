// Package whatif asks how the answer changes with what somebody does or assumes: [Combine] pulls levers, alone and
// together, and finds the smallest combinations that reach a goal; [Variants] answers many spaces that differ little,
// as rival views of a case do, visiting what they share once.
package whatif

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
)

// A Lever is what a search over levers needs to know of one.
type Lever struct {
	Cost      *big.Rat // at least 0; nil where it is not stated
	Mediators bool     // mediators alone can pull it
	Coercive  bool     // it is pressure
}

// A Goal is something that levers may reach, such as that a zone opens, and the sets of them that
// do. A set is smallest if no part of it reaches the goal too. Sets are positions in
// Combinations.Sets.
//
// Pressure is never ranked: sets without it come in Smallest, those of mediators alone first, then
// those that cost less (a set without a stated cost is dearer than any), then those with fewer levers;
// sets that need it come in Coercive, in the order of Combinations.Sets.
type Goal struct {
	Already  bool // it is reached without levers
	Smallest []int
	Coercive []int
	// Cheapest is the cheapest set without pressure, and Mediators the cheapest of mediators alone,
	// of those whose costs are stated; -1 where none is known, and where the goal is reached already.
	Cheapest, Mediators int
	// Proven says that no set without pressure that is not in Smallest, and no part of one, reaches the
	// goal at a lower cost than Cheapest or, where that is -1, at all.
	Proven bool
	// Unknown is the number of sets looked at of which it is not known whether they reach the goal.
	Unknown int
}

// A Reach says whether a combination reaches a goal.
type Reach uint8

// What is known of a combination and a goal.
const (
	ReachUnknown Reach = iota
	Missed
	Reached
)

// OpensZone reports whether a combination has a zone.
func (k *Combination) OpensZone() Reach {
	switch k.Verdict {
	case bargain.HasZone:
		return Reached
	case bargain.NoZone:
		return Missed
	}
	return ReachUnknown
}

// Carried reports whether some outcome of the zone is carried at home on every side.
func (k *Combination) Carried() Reach {
	switch {
	case k.Verdict == bargain.NoZone:
		return Missed
	case !k.Space.AsksHome():
		return k.OpensZone()
	case k.Nash != nil && k.Space.Ratifiable(k.Nash.Outcome), k.Ratifiable != nil && k.Ratifiable.Sign() > 0:
		return Reached
	case k.Ratifiable == nil:
		return ReachUnknown
	}
	return Missed
}

// PackageAccepted reports whether the package asked for lies in the zone.
func (k *Combination) PackageAccepted() Reach {
	switch {
	case k.Package == nil:
		return ReachUnknown
	case k.Package.InZone:
		return Reached
	}
	return Missed
}

// PackageCarried reports whether it does and every side carries it at home.
func (k *Combination) PackageCarried() Reach {
	if k.Package != nil && k.Package.InZone && slices.Contains(k.Package.Ratifies, false) {
		return Missed
	}
	return k.PackageAccepted()
}

// AlwaysBroken returns the conditions that the package asked for breaks under every combination.
func (c *Combinations) AlwaysBroken() []string {
	var always []string
	for i := range c.Sets {
		switch k := c.Sets[i].Package; {
		case k == nil:
		case i == 0:
			always = slices.Clone(k.Broken)
		default:
			always = slices.DeleteFunc(always, func(id string) bool { return !slices.Contains(k.Broken, id) })
		}
	}
	return always
}

// Cost returns what a set of levers costs in all; nil where the cost of one is not stated.
func Cost(levers []Lever, set []int) *big.Rat {
	sum := new(big.Rat)
	for _, i := range set {
		if levers[i].Cost == nil {
			return nil
		}
		sum.Add(sum, levers[i].Cost)
	}
	return sum
}

// Coercive reports whether a set of levers has pressure in it.
func Coercive(levers []Lever, set []int) bool {
	return slices.ContainsFunc(set, func(i int) bool { return levers[i].Coercive })
}

// ByMediators reports whether mediators alone can pull a set of levers.
func ByMediators(levers []Lever, set []int) bool {
	return !slices.ContainsFunc(set, func(i int) bool { return !levers[i].Mediators })
}

// Goal finds the sets of levers that reach a goal.
func (c *Combinations) Goal(levers []Lever, reach func(*Combination) Reach) Goal {
	g := Goal{Cheapest: -1, Mediators: -1}
	reached := make([]bool, len(c.Sets))
	var sets [][]int
	for i := range c.Sets {
		k := &c.Sets[i]
		sets = append(sets, k.Set)
		if k.Refused != "" {
			continue
		}
		switch reach(k) {
		case Reached:
			reached[i] = true
		case ReachUnknown:
			g.Unknown++
		}
	}
	if g.Already = reached[0]; g.Already {
		g.Proven = true
		return g
	}
	for _, i := range Smallest(sets, func(i int) bool { return reached[i] }) {
		if Coercive(levers, sets[i]) {
			g.Coercive = append(g.Coercive, i)
		} else {
			g.Smallest = append(g.Smallest, i)
		}
	}
	cost := make(map[int]*big.Rat)
	for _, i := range g.Smallest {
		cost[i] = Cost(levers, sets[i])
	}
	slices.SortStableFunc(g.Smallest, func(x, y int) int {
		return cmp.Or(first(ByMediators(levers, sets[x]), ByMediators(levers, sets[y])), dearer(cost[x], cost[y]))
	})
	for _, i := range g.Smallest {
		if cost[i] == nil {
			continue
		}
		if ByMediators(levers, sets[i]) && g.Mediators < 0 {
			g.Mediators = i
		}
		if g.Cheapest < 0 || cost[i].Cmp(cost[g.Cheapest]) < 0 {
			g.Cheapest = i
		}
	}
	g.Proven = c.proven(levers, g.Cheapest, func(i int) bool { return c.Sets[i].Refused == "" && reach(&c.Sets[i]) == ReachUnknown })
	return g
}

// proven reports whether no set without pressure can be cheaper than the one at a position, or
// whether there can be none if that is below 0.
func (c *Combinations) proven(levers []Lever, at int, unknown func(i int) bool) bool {
	var most *big.Rat
	if at >= 0 {
		most = Cost(levers, c.Sets[at].Set)
	}
	for i := range c.Sets {
		set := c.Sets[i].Set
		if !unknown(i) || Coercive(levers, set) {
			continue
		}
		if cost := Cost(levers, set); most == nil || cost != nil && cost.Cmp(most) < 0 {
			return false
		}
	}
	switch {
	case c.Complete:
		return true
	case most == nil: // sets with a lever whose cost is not stated were not all looked at
		return c.dear == nil && !slices.ContainsFunc(levers, func(l Lever) bool { return l.Cost == nil && !l.Coercive })
	}
	return c.dear == nil || most.Cmp(c.dear) <= 0
}

// first orders what is before what is not.
func first(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// dearer orders costs, nil last.
func dearer(x, y *big.Rat) int {
	switch {
	case x == nil || y == nil:
		return first(x != nil, y != nil)
	}
	return x.Cmp(y)
}
