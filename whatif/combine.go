package whatif

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Combination is what a case becomes when a set of changes is made to it: levers that are pulled,
// or assumptions that are taken over from another view.
type Combination struct {
	Set []int // positions of the changes, ascending
	// Refused says why they cannot be made together; nothing else is known then.
	Refused string
	Space   *outcome.Space
	Variant
	Package *bargain.Judgment // of CombineOptions.Package; nil without one
}

// Combinations are sets of some changes of one case.
type Combinations struct {
	// Sets begin with the empty one; those with fewer changes come first, then by position.
	Sets []Combination
	// Complete says that every set is there, and Why otherwise which are.
	Complete bool
	Why      string

	n    int
	dear *big.Rat // where not complete: every set without pressure that costs less is there
	at   map[string]int
}

// CombineOptions bound [Combine] and say what it looks for. The zero value is ready to use.
type CombineOptions struct {
	// Time, Memory and Progress are as in [VariantOptions]; a Time of 0 is fifteen seconds.
	Time     time.Duration
	Memory   int64
	Progress func(done float64)
	// Package is judged under every set.
	Package outcome.Outcome
	// Witnesses are outcomes that may lie in zones that cannot be searched within the budget.
	Witnesses []outcome.Outcome
	// Levers say, by change, what a search over more than 12 needs to know; nil for changes that are
	// no levers.
	Levers []Lever
}

const (
	combineTime = 15 * time.Second
	// maxAllSets is the largest number of changes of which every set is looked at.
	maxAllSets = 12
	// maxTried bounds the sets of more changes.
	maxTried = 1 << maxAllSets
)

// Combine finds the verdict, the size of the zone and the Nash outcome under every set of n changes;
// compile returns the space under a set. Of more than twelve changes it looks at those sets of up to so many
// changes that are no more than 2,048. To these it adds, of levers, the cheapest that need no pressure; of
// other changes, those that lack as few. It fails where the case does not compile as it is, and when ctx ends.
func Combine(ctx context.Context, n int, compile func(set []int) (*outcome.Space, error), opt CombineOptions) (*Combinations, error) {
	c := &Combinations{n: n, at: make(map[string]int)}
	sets := c.choose(opt.Levers)
	var spaces []*outcome.Space
	var of []int
	for i, set := range sets {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		c.at[fmt.Sprint(set)] = i
		k := Combination{Set: set}
		space, err := compile(set)
		switch {
		case err != nil && len(set) == 0:
			return nil, err
		case err != nil:
			k.Refused, k.Verdict = err.Error(), bargain.Unknown
		default:
			k.Space = space
			spaces, of = append(spaces, space), append(of, i)
			if opt.Package != nil {
				j := bargain.Judge(space, opt.Package)
				k.Package = &j
			}
		}
		c.Sets = append(c.Sets, k)
	}
	witnesses := opt.Witnesses
	if opt.Package != nil {
		witnesses = append(slices.Clip(witnesses), opt.Package)
	}
	found, err := Variants(ctx, spaces, VariantOptions{Time: cmp.Or(opt.Time, combineTime), Memory: opt.Memory, Witnesses: witnesses, Progress: opt.Progress})
	if err != nil {
		return nil, err
	}
	for k, i := range of {
		c.Sets[i].Variant = found[k]
	}
	return c, nil
}

// choose returns the sets to look at, in the order of Combinations.Sets.
func (c *Combinations) choose(levers []Lever) [][]int {
	var sets [][]int
	have := make(map[string]bool)
	take := func(set []int) {
		if key := fmt.Sprint(set); !have[key] {
			have[key] = true
			sets = append(sets, set)
		}
	}
	if c.n <= maxAllSets {
		for mask := range 1 << c.n {
			var set []int
			for i := range c.n {
				if mask>>i&1 != 0 {
					set = append(set, i)
				}
			}
			take(set)
		}
		c.Complete = true
		sortSets(sets)
		return sets
	}
	size := 0
	for number := 1; size <= c.n; size++ {
		choose := new(big.Int).Binomial(int64(c.n), int64(size))
		if size > 1 && choose.Cmp(big.NewInt(int64(maxTried/2-number))) > 0 {
			break
		}
		number += int(choose.Int64())
		each(c.n, size, func(set []int) { take(slices.Clone(set)) })
	}
	c.Why = fmt.Sprintf("of %d, every set of up to %d was looked at", c.n, size-1)
	if levers == nil {
		for _, set := range slices.Clone(sets) {
			take(complement(set, c.n))
		}
		c.Why += ", and every set that lacks as few"
	} else {
		c.dear = new(big.Rat)
		all := ascending(levers, maxTried/2, func(set []int, cost *big.Rat) {
			c.dear = cost
			take(set)
		})
		if all {
			c.dear = nil
			c.Why += ", and every set without pressure whose costs are stated"
		} else {
			c.Why += fmt.Sprintf(", and every set without pressure that costs less than %s", c.dear.FloatString(2))
		}
	}
	sortSets(sets)
	return sets
}

func sortSets(sets [][]int) {
	slices.SortFunc(sets, compareSets)
}

// compareSets puts sets with fewer members first, then goes by position.
func compareSets(x, y []int) int { return cmp.Or(cmp.Compare(len(x), len(y)), slices.Compare(x, y)) }

// complement returns the positions below n that an ascending set lacks.
func complement(set []int, n int) []int {
	rest := []int{}
	for i := range n {
		if _, in := slices.BinarySearch(set, i); !in {
			rest = append(rest, i)
		}
	}
	return rest
}

// each visits the sets of the given size.
func each(n, size int, visit func(set []int)) {
	set := make([]int, size)
	var extend func(k, from int)
	extend = func(k, from int) {
		if k == size {
			visit(set)
			return
		}
		for i := from; i <= n-size+k; i++ {
			set[k] = i
			extend(k+1, i+1)
		}
	}
	extend(0, 0)
}

// find returns the position of a set in Sets, -1 where it was not looked at.
func (c *Combinations) find(set []int) int {
	if i, ok := c.at[fmt.Sprint(set)]; ok {
		return i
	}
	return -1
}

// ascending visits the sets of levers that are no pressure and state their costs, each once, the cheapest
// first, then those with fewer levers, until there are most of them; all says that none is left.
// A set is reached from one that is not dearer: with the dearest lever's successor added to it, or
// put in its place.
func ascending(levers []Lever, most int, visit func(set []int, cost *big.Rat)) (all bool) {
	var by []int // levers by cost
	for i := range levers {
		if !levers[i].Coercive && levers[i].Cost != nil {
			by = append(by, i)
		}
	}
	slices.SortStableFunc(by, func(x, y int) int { return levers[x].Cost.Cmp(levers[y].Cost) })
	if len(by) == 0 {
		return true
	}
	queue := costQueue{{[]int{0}, levers[by[0]].Cost}}
	for n := 0; len(queue) > 0; n++ {
		if n == most {
			return false
		}
		s := heap.Pop(&queue).(costSet)
		set := make([]int, len(s.at))
		for k, i := range s.at {
			set[k] = by[i]
		}
		slices.Sort(set)
		visit(set, s.cost)
		last := s.at[len(s.at)-1]
		if last+1 == len(by) {
			continue
		}
		next := levers[by[last+1]].Cost
		heap.Push(&queue, costSet{append(slices.Clone(s.at), last+1), new(big.Rat).Add(s.cost, next)})
		moved := new(big.Rat).Sub(s.cost, levers[by[last]].Cost)
		heap.Push(&queue, costSet{append(slices.Clone(s.at[:len(s.at)-1]), last+1), moved.Add(moved, next)})
	}
	return true
}

type costSet struct {
	at   []int // positions by cost, ascending
	cost *big.Rat
}

// A costQueue is a heap of sets, the cheapest first.
type costQueue []costSet

func (q costQueue) Len() int      { return len(q) }
func (q costQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q costQueue) Less(i, j int) bool {
	x, y := q[i], q[j]
	return cmp.Or(x.cost.Cmp(y.cost), cmp.Compare(len(x.at), len(y.at)), slices.Compare(x.at, y.at)) < 0
}
func (q *costQueue) Push(x any) { *q = append(*q, x.(costSet)) }
func (q *costQueue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}
