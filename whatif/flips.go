package whatif

import (
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
)

// Flips are the smallest sets of the assumptions in which two readings of a case differ on which an
// answer flips: a set flips the answer, and no part of it does. An answer need not
// change for good: more assumptions may change it back.
type Flips struct {
	// Forward are sets that, taken over from the second reading into the first, flip the first's
	// answer; Back sets that, taken over from the first into the second, flip the second's.
	Forward, Back [][]int
	// Complete says that there are no others.
	Complete bool
}

// VerdictFlips returns the flips of the verdict. The changes of c are assumptions that lead from a
// first reading to a second.
func (c *Combinations) VerdictFlips() Flips {
	return c.flips(func(k *Combination) bool { return k.Verdict != bargain.Unknown },
		func(from, k *Combination) bool { return k.Verdict != from.Verdict })
}

// PackageFlips returns the flips of the package that the Nash rule ranks first: it flips where the first
// of them is no longer among those that tie for it, and where there is none any more, or one where
// there was none.
func (c *Combinations) PackageFlips() Flips {
	return c.flips(func(k *Combination) bool { return k.Full && k.Exact },
		func(from, k *Combination) bool {
			if from.Nash == nil || k.Nash == nil {
				return (from.Nash == nil) != (k.Nash == nil)
			}
			return !k.RanksFirst(k.Space, from.Nash.Outcome)
		})
}

func (c *Combinations) flips(known func(*Combination) bool, differ func(from, k *Combination) bool) Flips {
	f := Flips{Complete: c.Complete}
	f.Complete = f.Complete && !slices.ContainsFunc(c.Sets, func(k Combination) bool { return !known(&k) })
	f.Forward = c.flipsFrom(nil, known, differ)
	f.Back = c.flipsFrom(complement(nil, c.n), known, differ)
	return f
}

// flipsFrom returns the smallest sets of changes on which the answer differs from that of the set end,
// which is empty or holds every change; sets are of what is made or taken back.
func (c *Combinations) flipsFrom(end []int, known func(*Combination) bool, differ func(from, k *Combination) bool) [][]int {
	at := c.find(end)
	if at < 0 || !known(&c.Sets[at]) {
		return nil
	}
	from := &c.Sets[at]
	type moved struct {
		set []int
		to  *Combination
	}
	var all []moved
	for i := range c.Sets {
		set := c.Sets[i].Set
		if len(end) > 0 {
			set = complement(set, c.n)
		}
		all = append(all, moved{set, &c.Sets[i]})
	}
	slices.SortFunc(all, func(x, y moved) int { return compareSets(x.set, y.set) })
	sets := make([][]int, len(all))
	for i := range all {
		sets[i] = all[i].set
	}
	var found [][]int
	for _, i := range Smallest(sets, func(i int) bool { return known(all[i].to) && differ(from, all[i].to) }) {
		found = append(found, sets[i])
	}
	return found
}

// After returns the combination in which a set of changes is made, or, back, in which it is not and all
// others are; nil where it was not looked at.
func (c *Combinations) After(set []int, back bool) *Combination {
	if back {
		set = complement(set, c.n)
	}
	if at := c.find(set); at >= 0 {
		return &c.Sets[at]
	}
	return nil
}
