// Package live keeps a listed space ready for the questions of somebody who drags a
// threshold or ticks a condition off, and wants the whole picture at once: how many
// packages the zone holds and how many of them can be carried at home, the frontier, the
// solutions, and how many packages the zone would hold without each single condition.
// Every answer is what [bargain.Analyze] says of the space with the change applied.
//
// # Two parties who must both consent
//
// [New] lists the space once and groups its packages by the set of conditions that they
// break, which no threshold changes; whether a package is carried at home is one more
// condition, that nobody drops. A change picks the groups whose conditions are all dropped.
//
// Each group keeps its staircase, the frontier of all its packages. What dominates a
// package meets every threshold that the package meets, so that thresholds cut one run of
// stairs out of it. Staircases of several groups are merged.
//
// Each group also keeps what counts its packages at or above two thresholds: shards of
// up to 32,768, each with the order of either party's utility, and a grid that holds the
// counts beyond every 256th place. A zone without one condition is the zone and the
// groups that break that condition alone.
//
// Of ten million packages in some hundreds of groups, a frontier takes microseconds and a
// picture less than a millisecond, and about 300 ns more for every point of the frontier
// that rules rank. To build takes some 20 ns a package of one core, and shares itself out
// over all; 6 to 8 bytes a package are kept where packages share utilities, and up to 160
// are needed meanwhile where they do not and nearly all are efficient. A space that may
// need more than Options.Memory is refused before anything is allocated.
//
// # Everything else
//
// More parties, or one, consent rules that can overrule a party, and spaces of more than
// 65,536 groups keep no index: each question lists the space anew with the change
// applied, [bargain.Analyze] for frontier and solutions and a pass of counting beside it.
// That is as exact and needs no memory but the frontier's. It costs what an analysis costs,
// of one core some 5 ns a package of two parties, 12 of three, 100 and more of four, and
// about 5 more for the counts. [Index.Live] tells the two apart.
package live

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
)

// Options bound an index. The zero value is ready to use.
type Options struct {
	// Memory bounds the bytes that the index may need while it is built; 0 is 4 GiB.
	Memory int64

	shard int // packages in a shard; 0 is maxShard
}

const (
	defaultMemory = 4 << 30
	packageBytes  = 160     // that a package may need while the index is built
	maxListed     = 1 << 30 // packages that are listed for every question
	maxGroups     = 1 << 16
)

// An Index is a space ready for questions. It may be shared.
type Index struct {
	space  *outcome.Space
	lister *outcome.Lister
	places []place
	ids    []string       // of conditions, each once: requirements first, then each party's red lines
	at     map[string]int // position of each
	room   []uint64       // by party, the largest threshold that keeps utilities in range
	live   bool
	groups []group
}

// A Change lays other thresholds over a space and drops conditions. The zero Change is
// the space as it is.
type Change struct {
	Thresholds []outcome.Threshold // by party, all of them; nil keeps the space's
	Drop       []string            // ids of requirements and red lines
}

// A Picture is what a changed space holds.
type Picture struct {
	Zone       int64 // packages in the zone
	Ratifiable int64 // packages in the zone that every party can carry at home
	Frontier   Frontier
	// Parties and Solutions are those of a [bargain.Analysis], the lists of tied packages
	// left out: the zero values where the zone is empty.
	Parties   []bargain.PartyBounds
	Solutions bargain.Solutions
	// Without says, for each condition that is not dropped, what dropping it as well would do.
	Without []Dropped
}

// A Dropped is a condition with the number of packages in the zone without it.
type Dropped struct {
	ID   string
	Zone int64
}

// New lists s, which must not be changed afterwards. It fails when s does not check, when it
// is too large for the budget or for a listing, and when ctx ends.
func New(ctx context.Context, s *outcome.Space, opt Options) (*Index, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	x := &Index{space: s, at: make(map[string]int), live: len(s.Parties) == 2 && both(s.Consent)}
	n, ok := s.Count()
	opt.Memory = cmp.Or(opt.Memory, defaultMemory)
	switch most := opt.Memory / packageBytes; {
	case x.live && (!ok || n > most):
		return nil, fmt.Errorf("%v packages are too many to keep at hand: %d bytes of memory hold %d, at up to %d bytes for each; fewer options or issues, or more memory, would make it possible",
			s.Size(), opt.Memory, most, packageBytes)
	case !x.live && (!ok || n > maxListed):
		return nil, fmt.Errorf("%v packages are too many to list for every question: the most is %d; fewer options or issues would make it possible", s.Size(), maxListed)
	}
	var err error
	if x.lister, err = outcome.NewLister(s); err != nil {
		return nil, err
	}
	x.name(-1, s.Requires)
	for p := range s.Parties {
		x.name(p, s.Parties[p].RedLines)
		x.room = append(x.room, room(&s.Parties[p].Row))
	}
	if x.live {
		if err := x.build(ctx, cmp.Or(opt.shard, maxShard)); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// Live reports whether questions are answered from an index, and not by listing the space anew.
func (x *Index) Live() bool { return x.live }

// both reports whether a rule asks each of two parties, however written.
func both(r outcome.Rule) bool {
	for yes := range uint64(4) {
		if r.Holds(yes, 2) != (yes == 3) {
			return false
		}
	}
	return true
}

// A place is where a condition stands in its space.
type place struct {
	party int // whose k-th red line it is, or -1 for the k-th requirement
	k     int
	id    int
}

func (x *Index) name(party int, conditions []outcome.Condition) {
	for k, c := range conditions {
		at, known := x.at[c.ID]
		if !known {
			at = len(x.ids)
			x.at[c.ID] = at
			x.ids = append(x.ids, c.ID)
		}
		x.places = append(x.places, place{party, k, at})
	}
}

// room returns the largest threshold with which a row still checks.
func room(r *outcome.Row) uint64 {
	left := uint64(outcome.MaxUtility)
	for _, scores := range r.Scores {
		left -= uint64(max(slices.Max(scores), -slices.Min(scores)))
	}
	for _, a := range r.Adjustments {
		left -= uint64(max(a.Add, -a.Add))
	}
	return left
}

// A changed is a change that has been checked.
type changed struct {
	space *outcome.Space // with the thresholds of the change, and all conditions
	drop  []bool         // by condition
	floor [2]int64       // of the first two parties: their thresholds, or less than any utility
}

func (x *Index) change(c Change) (*changed, error) {
	s := *x.space
	to := &changed{space: &s, drop: make([]bool, len(x.ids)), floor: [2]int64{math.MinInt64, math.MinInt64}}
	for _, id := range c.Drop {
		k, known := x.at[id]
		if !known {
			return nil, fmt.Errorf("there is no condition %q to drop; the space has %q", id, x.ids)
		}
		to.drop[k] = true
	}
	if c.Thresholds != nil && len(c.Thresholds) != len(s.Parties) {
		return nil, fmt.Errorf("%d thresholds for %d parties: there is one for each, in their order", len(c.Thresholds), len(s.Parties))
	}
	s.Parties = slices.Clone(s.Parties)
	for p := range s.Parties {
		t := &s.Parties[p].Threshold
		if c.Thresholds != nil {
			*t = c.Thresholds[p]
		}
		if !t.Set {
			t.Value = 0
		} else if p < len(to.floor) {
			to.floor[p] = t.Value
		}
		if uint64(max(t.Value, -t.Value)) > x.room[p] {
			return nil, fmt.Errorf("%s: a threshold of %d passes the fixed-point range of 2^61", s.Parties[p].ID, t.Value)
		}
	}
	return to, nil
}

// Picture returns everything about the space with a change. It fails when the change names a
// condition that is not there, has not one threshold per party, or one out of range; where
// the space is listed anew, also as [bargain.Analyze] does.
func (x *Index) Picture(ctx context.Context, c Change) (*Picture, error) {
	to, err := x.change(c)
	if err != nil {
		return nil, err
	}
	if !x.live {
		return x.listed(ctx, to)
	}
	p := &Picture{Frontier: x.frontier(to), Parties: make([]bargain.PartyBounds, 2)}
	single := make([]int64, len(x.ids)) // by condition, what breaks it alone
	for i := range x.groups {
		g := &x.groups[i]
		switch k, n := g.breaks(to.drop); n {
		case 0:
			n := g.count(to.floor)
			p.Zone += n
			if g.carried {
				p.Ratifiable += n
			}
		case 1:
			single[k] += g.count(to.floor)
		}
	}
	for k, id := range x.ids {
		if !to.drop[k] {
			p.Without = append(p.Without, Dropped{id, p.Zone + single[k]})
		}
	}
	if p.Zone > 0 {
		p.Parties, p.Solutions = bargain.Solve(to.space, p.Frontier, func(party int) int64 { return x.least(to, party) })
	}
	return p, nil
}

// Frontier returns the frontier of the zone with a change, which Picture holds too.
func (x *Index) Frontier(ctx context.Context, c Change) (Frontier, error) {
	to, err := x.change(c)
	if err != nil {
		return Frontier{}, err
	}
	if x.live {
		return x.frontier(to), nil
	}
	a, err := analyze(ctx, x.applied(to))
	if err != nil {
		return Frontier{}, err
	}
	return Frontier{points: a.Frontier.Points}, nil
}

func (x *Index) frontier(to *changed) Frontier {
	var all [][]stair
	for i := range x.groups {
		g := &x.groups[i]
		if _, n := g.breaks(to.drop); n > 0 {
			continue
		}
		from := sort.Search(len(g.stairs), func(i int) bool { return g.stairs[i].u[1] >= to.floor[1] })
		end := sort.Search(len(g.stairs), func(i int) bool { return g.stairs[i].u[0] < to.floor[0] })
		if from < end {
			all = append(all, g.stairs[from:end])
		}
	}
	return Frontier{lister: x.lister, stairs: merge(all)}
}

// least returns a party's least utility in a zone that is not empty.
func (x *Index) least(to *changed, party int) int64 {
	least := int64(math.MaxInt64)
	for i := range x.groups {
		g := &x.groups[i]
		if _, n := g.breaks(to.drop); n > 0 {
			continue
		}
		for k := range g.shards {
			least = g.shards[k].least(to.floor, party, least)
		}
	}
	return least
}

// A group is the packages that break the same conditions and are all carried at home, or
// all not.
type group struct {
	broken  []int // conditions, ascending
	carried bool
	stairs  []stair
	shards  []shard
}

// breaks returns the number of conditions that the group breaks and that are not dropped,
// or 2 where there are more, and one of them.
func (g *group) breaks(drop []bool) (k, n int) {
	for _, i := range g.broken {
		if !drop[i] {
			if k, n = i, n+1; n == 2 {
				break
			}
		}
	}
	return k, n
}

func (g *group) count(floor [2]int64) (n int64) {
	for i := range g.shards {
		n += int64(g.shards[i].count(floor))
	}
	return n
}

// A Frontier is the frontier of a zone, a [bargain.Front]. It names a package when it is
// asked for it.
type Frontier struct {
	lister *outcome.Lister
	stairs []stair
	points []bargain.Point // of a listing
}

// Len returns the number of different vectors of utilities.
func (f Frontier) Len() int { return len(f.stairs) + len(f.points) }

// At returns the utilities of point i by party, the greatest of the first party first; they
// must not be changed.
func (f Frontier) At(i int) []int64 {
	if f.stairs == nil {
		return f.points[i].Utilities
	}
	return f.stairs[i].u[:]
}

// First returns the first package that reaches point i, and the number that do.
func (f Frontier) First(i int) (outcome.Outcome, *big.Int) {
	if f.stairs == nil {
		return f.points[i].Outcome, f.points[i].Ties
	}
	return f.lister.Outcome(f.stairs[i].rank), big.NewInt(f.stairs[i].ties)
}

// A stair is a point of a staircase: the first utility descends, the second ascends.
type stair struct {
	u    [2]int64
	rank int64 // of the first package that reaches it
	ties int64
}

// climb puts p on top of a staircase all of whose stairs come before it in descending
// order of utilities, unless one of them dominates it.
func climb(to []stair, p stair) []stair {
	n := len(to)
	switch {
	case n == 0 || p.u[1] > to[n-1].u[1]:
		return append(to, p)
	case p.u == to[n-1].u:
		to[n-1].ties += p.ties
		to[n-1].rank = min(to[n-1].rank, p.rank)
	}
	return to
}

// merge returns the staircase of what several hold, and leaves them as they are.
func merge(all [][]stair) []stair {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	x, y := merge(all[:len(all)/2]), merge(all[len(all)/2:])
	to := make([]stair, 0, len(x)+len(y))
	for len(x)+len(y) > 0 {
		if len(y) == 0 || len(x) > 0 && (x[0].u[0] > y[0].u[0] || x[0].u[0] == y[0].u[0] && x[0].u[1] >= y[0].u[1]) {
			to, x = climb(to, x[0]), x[1:]
		} else {
			to, y = climb(to, y[0]), y[1:]
		}
	}
	return to
}
