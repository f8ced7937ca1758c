// Package count counts the outcomes of a network that meet every floor, exactly or between proven bounds.
//
// Sums of utilities are counted on grids, modulo primes, issue by issue ([Zone]); for two halves of a space by
// sorting; and where neither fits the budget, on coarser grids that bound the number from both sides.
// [Union] counts what belongs to one of several networks. [Estimate] draws a sample instead, with
// an interval (Clopper and Pearson 1934).
package count

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
)

// A ZoneCount bounds the number of outcomes that satisfy every condition and every
// party's floor.
type ZoneCount struct {
	Low, High *big.Int // proven; equal when the count is exact
	method    string   // how it was counted, as a clause
}

func (c ZoneCount) Exact() bool { return c.Low.Cmp(c.High) == 0 }

// A Budget bounds what counting a zone may take. Work is estimated, not timed, so
// that the same space is counted in the same way everywhere.
type Budget struct {
	Work  int64 // additions of 64-bit cells, about half a nanosecond each, or what costs as much
	Bytes int64 // held at once by cells and rows of grids, or by halves
}

// Default takes at most about three seconds of one core.
var Default = Budget{Work: 5e9, Bytes: 1 << 30}

// A countTask is a count on grids that is planned: the sum of its terms' counts, each
// with its sign.
type countTask struct {
	terms []countTerm
	work  int64 // additions, all primes and terms
	bytes int64 // of the largest term
	words int64 // and its cells
}

type countTerm struct {
	minus bool
	grid  *countGrid // nil: the count is known
	cost  gridCost
	count *big.Int
}

// maxFlipped is the most parties for which lenient needs are turned round.
const maxFlipped = 6

// planShare is the part of a budget's work that planning a grid may take: several are
// planned for one that is counted.
const planShare = 6

// newCountTask plans the count of g within a budget, and reports false where the
// budget does not suffice. A need that more than half of a party's range meets is
// turned round, since what is counted then fills less of the grid: those who accept are
// those who are not asked less those who refuse. g itself is changed.
func newCountTask(g *countGraph, budget Budget) (*countTask, bool) {
	t := &countTask{}
	return t, t.add(g, false, budget)
}

func (t *countTask) add(g *countGraph, minus bool, budget Budget) bool {
	if !g.reduce() {
		return true
	}
	if len(g.need) == 0 {
		t.terms = append(t.terms, countTerm{minus: minus, count: g.paths()})
		return true
	}
	if len(g.need) <= maxFlipped {
		for p, w := range g.widths() {
			if g.need[p] <= w/2 {
				return t.add(g.without(p), minus, budget) && t.add(g.flipped(p), !minus, budget)
			}
		}
	}
	passes := primesFor(g.limit())
	if passes == 0 {
		return true // links forbid every path
	}
	if passes > maxPrimes {
		return false
	}
	grid, ok := newCountGrid(g, budget.Work/planShare)
	if !ok {
		return false
	}
	cost, ok := grid.cost((budget.Work-t.work)/passes, budget.Bytes)
	if !ok {
		return false
	}
	t.work += cost.adds * passes
	t.bytes, t.words = max(t.bytes, cost.bytes()), max(t.words, cost.words())
	t.terms = append(t.terms, countTerm{minus: minus, grid: grid, cost: cost})
	return true
}

func (t *countTask) run(ctx context.Context, hold *gridHold) (*big.Int, error) {
	total := new(big.Int)
	for _, term := range t.terms {
		n := term.count
		if term.grid != nil {
			var err error
			if n, err = term.grid.count(ctx, term.cost, hold); err != nil {
				return nil, err
			}
		}
		if term.minus {
			total.Sub(total, n)
		} else {
			total.Add(total, n)
		}
	}
	return total, nil
}

// A zonePlan says how a zone will be counted, and what it takes at most.
type zonePlan struct {
	method string
	work   int64 // additions, as a budget counts them
	bytes  int64
	words  int64 // of it, cells of grids

	network *network.Network
	budget  Budget
	halves  bool
	exact   *countTask
	low     *countTask // nil: nothing better than 0 and the network's size is known
	high    *countTask
	relaxed *zonePlan // not nil: its upper bound is all that is known, and that of strict
	strict  *zonePlan // not nil: its lower bound is known too
}

// planCount plans the count of the zone within a budget.
func planCount(n *network.Network, budget Budget) *zonePlan {
	p := &zonePlan{network: n, budget: budget}
	var asking []int
	for k, floor := range n.Floor {
		if floor > network.NoFloor {
			asking = append(asking, k)
		}
	}
	if !n.HasLeft {
		p.method, p.exact = "some issue has no option left", &countTask{}
		return p
	}
	if len(n.Links) == 0 && len(n.Floor) == 2 && len(asking) > 0 {
		if entries := halfSizes(n); entries > 0 && entries*halfWork <= budget.Work && entries*halfBytes <= budget.Bytes {
			p.method, p.work, p.bytes, p.halves = "pairs of halves are counted", entries*halfWork, entries*halfBytes, true
			if entries <= fewHalves {
				return p
			}
			budget.Work = p.work
		}
	}
	g, err := newCountGraph(n, asking)
	if err != nil && len(n.Links) == 0 {
		if !p.halves {
			p.method = fmt.Sprintf("not counted: %v", err)
		}
		return p
	}
	if err != nil {
		relaxed, strict := n.Unlinked()
		p.relaxed = planCount(relaxed, budget)
		p.method = fmt.Sprintf("a bound that leaves out what links issues, since %v: %s", err, p.relaxed.method)
		p.work, p.bytes, p.words = p.relaxed.work, p.relaxed.bytes, p.relaxed.words
		if strict != nil {
			budget.Work -= p.work
			p.strict = planCount(strict, budget)
			p.work += p.strict.work
			p.bytes, p.words = max(p.bytes, p.strict.bytes), max(p.words, p.strict.words)
		}
		return p
	}
	if t, ok := newCountTask(g.clone(), budget); ok {
		p.method, p.exact = "every sum of scores is counted, on a grid of whole units", t
		p.work, p.bytes, p.words, p.halves = t.work, t.bytes, t.words, false
		return p
	}
	if !p.halves {
		p.planBounds(g)
	}
	return p
}

// planBounds plans counts on the finest coarser grids that the budget allows.
func (p *zonePlan) planBounds(g *countGraph) {
	half := Budget{p.budget.Work / 2, p.budget.Bytes}
	g.reduce()
	widths := g.widths()
	// A grid has at most parts steps for a party, 2^(j/4) of them.
	for low, high := 8, 4*26; low <= high; {
		j := (low + high) / 2
		parts := int64(1) << (j / 4)
		parts += parts * int64(j%4) / 4
		step := make([]int64, len(widths))
		for k, w := range widths {
			step[k] = max(1, divideUp(w, parts))
		}
		down, ok := newCountTask(g.coarse(step, false), half)
		if ok {
			var up *countTask
			if up, ok = newCountTask(g.coarse(step, true), half); ok {
				p.low, p.high = down, up
				p.work, p.bytes, p.words = down.work+up.work, max(down.bytes, up.bytes), max(down.words, up.words)
				p.method = fmt.Sprintf("scores rounded down and up to about %d steps a party are counted", parts)
			}
		}
		if ok {
			low = j + 1
		} else {
			high = j - 1
		}
	}
	if p.low == nil {
		p.method = "not counted: too many joint options of linked issues and parties"
	}
}

// run counts, on memory that may serve more counts. It fails only when ctx ends.
func (p *zonePlan) run(ctx context.Context, hold *gridHold) (ZoneCount, error) {
	c := ZoneCount{new(big.Int), new(big.Int).Set(p.network.Size), p.method}

	hold.grow(p.words)
	var err error
	switch {
	case p.halves:
		n, ok := countAbove(ctx, p.network)
		if ok {
			c.Low, c.High = n, n
			return c, nil
		}
		return c, context.Cause(ctx)
	case p.relaxed != nil:
		most, err := p.relaxed.run(ctx, hold)
		if c.High = most.High; err != nil || p.strict == nil {
			return c, err
		}
		least, err := p.strict.run(ctx, hold)
		c.Low = least.Low
		return c, err
	case p.exact != nil:
		if c.Low, err = p.exact.run(ctx, hold); err != nil {
			return c, err
		}
		c.High = c.Low
	case p.low != nil:
		if c.Low, err = p.low.run(ctx, hold); err != nil {
			return c, err
		}
		if c.High, err = p.high.run(ctx, hold); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Zone counts the outcomes of the network that meet every floor, exactly where the
// budget allows, and else between bounds: those that scores rounded down and up prove,
// and those that parties taken alone or in pairs prove. It fails only when ctx ends.
func Zone(ctx context.Context, n *network.Network, budget Budget) (ZoneCount, error) {
	hold := new(gridHold)
	c, err := planCount(n, budget).run(ctx, hold)
	if err == nil && !c.Exact() {
		err = tighten(ctx, n, budget, &c, hold)
	}
	return c, err
}

// maxPaired is the most parties that are also counted two by two.
const maxPaired = 8

// tighten narrows bounds by the counts of fewer parties: no more outcomes meet every
// floor than meet some of them, and no more miss one than miss the first, or the second,
// and so on. A quarter of the budget's work is shared out among them.
func tighten(ctx context.Context, n *network.Network, budget Budget, c *ZoneCount, hold *gridHold) error {
	var asking []int
	for p, floor := range n.Floor {
		if floor > network.NoFloor {
			asking = append(asking, p)
		}
	}
	var groups [][]int
	for i, p := range asking {
		groups = append(groups, []int{p})
		if len(asking) > 2 && len(asking) <= maxPaired {
			for _, q := range asking[:i] {
				groups = append(groups, []int{q, p})
			}
		}
	}
	// What is held already may be garbage when more is asked for.
	share := Budget{budget.Work / 4 / int64(len(groups)+1), max(budget.Bytes/2, 8*int64(len(hold.n)))}
	only := func(parties []int) (ZoneCount, error) {
		m := *n
		m.Floor = slices.Clone(n.Floor)
		for p := range m.Floor {
			if !slices.Contains(parties, p) {
				m.Floor[p] = network.NoFloor
			}
		}
		return planCount(&m, share).run(ctx, hold)
	}
	all, err := only(nil)
	if err != nil {
		return err
	}
	c.High = MinInt(c.High, all.High)
	// low: all, less those who miss each floor.
	low := new(big.Int).Set(all.Low)
	for _, parties := range groups {
		some, err := only(parties)
		if err != nil {
			return err
		}
		c.High = MinInt(c.High, some.High)
		if len(parties) == 1 {
			low.Sub(low, new(big.Int).Sub(all.High, some.Low))
		}
	}
	if low.Cmp(c.Low) > 0 {
		c.Low = low
	}
	return nil
}

func MinInt(a, b *big.Int) *big.Int {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

// maxCounted bounds the networks of which common outcomes are counted.
const maxCounted = 5

// Union counts the outcomes that belong to one of the networks, exactly or between
// bounds. Where there are few networks it adds and subtracts the counts of what several of them
// have in common (inclusion and exclusion): that is what all whom they ask accept.
func Union(ctx context.Context, nets []*network.Network, budget Budget) (ZoneCount, error) {
	nets = network.Possible(nets)
	switch len(nets) {
	case 0:
		return ZoneCount{new(big.Int), new(big.Int), "nothing can be accepted by enough"}, nil
	case 1:
		return Zone(ctx, nets[0], budget)
	}
	type term struct {
		net   *network.Network
		times int64
	}
	var terms []term
	if len(nets) <= maxCounted {
		for set := 1; set < 1<<len(nets); set++ {
			who, sign := network.Asked{}, int64(-1)
			for k, n := range nets {
				if set>>k&1 != 0 {
					who, sign = who.With(n.Asked), -sign
				}
			}
			at := slices.IndexFunc(terms, func(t term) bool { return t.net.Asked.Equal(who) })
			if at < 0 {
				at = len(terms)
				terms = append(terms, term{net: network.Asking(nets[0].Space, who)})
			}
			terms[at].times += sign
		}
		terms = slices.DeleteFunc(terms, func(t term) bool { return t.times == 0 })
	} else {
		for _, n := range nets {
			terms = append(terms, term{n, 1})
		}
	}
	share := Budget{budget.Work / int64(len(terms)), budget.Bytes}
	sum := ZoneCount{new(big.Int), new(big.Int), ""}
	low, high := new(big.Int), new(big.Int) // of any single network, and of all one by one
	exact := len(nets) <= maxCounted
	for _, t := range terms {
		n := ZoneCount{new(big.Int), new(big.Int), ""}
		if t.net.Reachable() {
			var err error
			if n, err = Zone(ctx, t.net, share); err != nil {
				return n, err
			}
		}
		sum.method = n.method
		exact = exact && n.Exact()
		sum.Low.Add(sum.Low, new(big.Int).Mul(n.Low, big.NewInt(t.times)))
		low = MaxInt(low, n.Low) // each term is a part of the whole
		if slices.ContainsFunc(nets, func(m *network.Network) bool { return m.Asked.Equal(t.net.Asked) }) {
			high.Add(high, n.High)
		}
	}
	if exact {
		sum.High = sum.Low
		return sum, nil
	}
	sum.Low, sum.High = low, MinInt(high, network.Frame(nets[0].Space).Size)
	return sum, nil
}

func MaxInt(x, y *big.Int) *big.Int {
	if x.Cmp(y) < 0 {
		return y
	}
	return x
}
