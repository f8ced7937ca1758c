package diagnose

import (
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// A slackCount is what one scanner counts of a zone's slack.
type slackCount struct {
	zone    []uint64   // the block's
	growth  []int64    // by condition
	best    []int64    // by party, its greatest utility where it is asked
	free    []bool     // by party: there is consent without it
	seen    [][]bool   // by issue and option
	first   int64      // rank of the zone's first outcome
	endless bool       // there is consent that no no-deal value can undo
	margin  *witnessed // least gain over a no-deal value, negated, and its first outcome
	yes     []uint64
}

func (b *breaker) newSlack() *slackCount {
	s := b.d.s
	c := &slackCount{zone: make([]uint64, len(b.lanes)), growth: make([]int64, len(b.broken)),
		first: math.MaxInt64,
		best:  make([]int64, len(s.Parties)), free: make([]bool, len(s.Parties)), yes: make([]uint64, len(s.Parties))}
	for p := range c.best {
		c.best[p] = network.NoFloor
	}
	for _, is := range s.Issues {
		c.seen = append(c.seen, make([]bool, is.Options))
	}
	return c
}

// count takes the block into the slack of the zone.
func (b *breaker) count() {
	if b.slack == nil {
		b.slack = b.newSlack()
	}
	if !b.look() {
		return
	}
	c := b.slack
	clear(c.zone)
	for n := range b.lenses {
		l := &b.lenses[n]
		if l.consent || !b.admittedBy(l) {
			continue
		}
		any := uint64(0)
		for _, k := range l.list {
			if b.broken[k] != nil {
				for i := range b.lanes {
					b.lanes[i] &^= b.broken[k][i]
				}
			}
		}
		for i, x := range b.lanes {
			any |= x
			c.zone[i] |= x
		}
		if any != 0 {
			b.raise(l)
		}
	}
	if outcome.Ones(c.zone) > 0 {
		for i, x := range c.zone {
			for ; x != 0 && b.w.Cursor.Rank(0) < c.first; x &= x - 1 { // ranks ascend from the first place on
				c.first = min(c.first, b.w.Cursor.Rank(i<<6|bits.TrailingZeros64(x)))
			}
		}
		b.w.Cursor.MarkOptions(c.zone, c.seen)
	}
	if b.d.s.Consent.Everyone() {
		b.grow()
	} else {
		b.growByRule()
	}
}

// raise takes in the outcomes at b.lanes, to which the parties of a lens consent.
func (b *breaker) raise(l *lens) {
	c, w := b.slack, b.w
	in := make([]bool, len(c.free))
	var asked []int // parties of the lens with a no-deal value
	for _, p := range l.parties {
		in[p] = true
		if !w.Space.Parties[p].Threshold.Set {
			continue
		}
		asked = append(asked, p)
		if w.Bases[p]+w.Tops[p] > c.best[p] {
			c.best[p] = max(c.best[p], w.Bases[p]+visit.GreatestOf(b.lanes, w.Tables[p]))
		}
	}
	for p := range c.free {
		c.free[p] = c.free[p] || !in[p]
	}
	if len(asked) == 0 {
		c.endless = true
		return
	}
	if c.margin == nil {
		c.margin = &witnessed{rank: -1}
	}
	if b.weights == nil {
		b.raiseExactly(asked)
		return
	}
	least := func(at func(p int) int64) int64 {
		least := int64(outcome.MaxUtility)
		for _, p := range asked {
			least = min(least, b.weights[p]*(w.Bases[p]+at(p)-w.Space.Parties[p].Threshold.Value))
		}
		return -least
	}
	if c.margin.rank >= 0 && least(func(p int) int64 { return w.Tops[p] }) > c.margin.cost {
		return
	}
	for i, x := range b.lanes {
		for ; x != 0; x &= x - 1 {
			j := i<<6 | bits.TrailingZeros64(x)
			cost := int64(-outcome.MaxUtility)
			for _, p := range asked {
				cost = max(cost, b.weights[p]*(w.Space.Parties[p].Threshold.Value-w.Bases[p]-w.Tables[p][j]))
			}
			if rank := w.Cursor.Rank(j); c.margin.rank < 0 || cost < c.margin.cost || cost == c.margin.cost && rank < c.margin.rank {
				c.margin.cost, c.margin.rank = cost, rank
			}
		}
	}
}

// raiseExactly is the margin's part of raise where sums of points pass 64 bits.
func (b *breaker) raiseExactly(asked []int) {
	c, w := b.slack, b.w
	for i, x := range b.lanes {
		for ; x != 0; x &= x - 1 {
			j := i<<6 | bits.TrailingZeros64(x)
			var cost *big.Rat
			for _, p := range asked {
				party := &w.Space.Parties[p]
				if short := party.Points(party.Threshold.Value - w.Bases[p] - w.Tables[p][j]); cost == nil || short.Cmp(cost) > 0 {
					cost = short
				}
			}
			if rank := w.Cursor.Rank(j); c.margin.rank < 0 || cost.Cmp(c.margin.sum) < 0 || cost.Cmp(c.margin.sum) == 0 && rank < c.margin.rank {
				c.margin.sum, c.margin.rank = cost, rank
			}
		}
	}
}

// grow counts, by condition, the outcomes that break it and nothing else.
func (b *breaker) grow() {
	for i, x := range b.w.Words {
		if x == 0 {
			continue
		}
		var once, twice uint64
		for k := range b.broken {
			if b.broken[k] != nil {
				twice |= once & b.broken[k][i]
				once |= b.broken[k][i]
			}
		}
		if once &= x &^ twice; once == 0 {
			continue
		}
		for k := range b.broken {
			if b.broken[k] != nil {
				b.slack.growth[k] += int64(bits.OnesCount64(once & b.broken[k][i]))
			}
		}
	}
}

// growByRule counts the outcomes that a zone without each condition has more, or fewer.
func (b *breaker) growByRule() {
	c, s := b.d.conditions, b.d.s
	breaks := func(i, k int) uint64 {
		if b.broken[k] == nil {
			return 0
		}
		return b.broken[k][i]
	}
	public := c.public.members()
	own := make([][]int, len(s.Parties))
	for p := range own {
		own[p] = c.of[p].members()
	}
	for i, x := range b.w.Words {
		if x == 0 {
			continue
		}
		// admitted and accepted leave condition not out.
		admitted := func(not int) uint64 {
			y := x
			for _, k := range public {
				if k != not {
					y &^= breaks(i, k)
				}
			}
			return y
		}
		accepted := func(p, not int) uint64 {
			y := ^uint64(0)
			for _, k := range own[p] {
				if k != not {
					y &^= breaks(i, k)
				}
			}
			return y
		}
		yes := b.slack.yes
		for p := range yes {
			yes[p] = accepted(p, -1)
		}
		all, agreed := admitted(-1), s.Consent.HoldsEach(yes)
		zone := bits.OnesCount64(all & agreed)
		for k, r := range c.list {
			var without uint64
			switch {
			case k == c.consent:
				without = all
			case r.Party < 0:
				without = admitted(k) & agreed
			default:
				before := yes[r.Party]
				yes[r.Party] = accepted(r.Party, k)
				without = all & s.Consent.HoldsEach(yes)
				yes[r.Party] = before
			}
			b.slack.growth[k] += int64(bits.OnesCount64(without) - zone)
		}
	}
}

func (c *slackCount) absorb(o *slackCount, exactly bool) {
	for k, n := range o.growth {
		c.growth[k] += n
	}
	for p := range c.best {
		c.best[p] = max(c.best[p], o.best[p])
		c.free[p] = c.free[p] || o.free[p]
	}
	for i := range c.seen {
		for k, seen := range o.seen[i] {
			c.seen[i][k] = c.seen[i][k] || seen
		}
	}
	c.first, c.endless = min(c.first, o.first), c.endless || o.endless
	switch x, y := c.margin, o.margin; {
	case y == nil || y.rank < 0:
	case x == nil || x.rank < 0,
		!exactly && (y.cost < x.cost || y.cost == x.cost && y.rank < x.rank),
		exactly && (y.sum.Cmp(x.sum) < 0 || y.sum.Cmp(x.sum) == 0 && y.rank < x.rank):
		c.margin = y
	}
}

// listSlack lists the space for the slack of its zone.
func (d *diagnosing) listSlack(all []lens, monotone bool) error {
	v := d.survey(all)
	found, sc, err := d.scanWith(v, 0.5, 1, (*breaker).count)
	if err != nil {
		return err
	}
	var c *slackCount
	for _, b := range found {
		switch {
		case b.slack == nil:
		case c == nil:
			c = b.slack
		default:
			c.absorb(b.slack, v.weights == nil)
		}
	}
	n := len(d.s.Parties)
	out := &Slack{Raise: make([]*big.Rat, n), Dispensable: c.free, Options: c.seen, Exact: true, Witness: sc.Lister.Outcome(c.first)}
	d.out.Slack = out
	if monotone {
		for p := range n {
			if party := &d.s.Parties[p]; party.Threshold.Set && !c.free[p] {
				out.Raise[p] = party.Points(c.best[p] - party.Threshold.Value)
			}
		}
		if !c.endless {
			out.MarginOutcome = sc.Lister.Outcome(c.margin.rank)
			out.Margin = new(big.Rat)
			if v.weights != nil {
				out.Margin.SetFrac64(-c.margin.cost, v.common)
			} else {
				out.Margin.Neg(c.margin.sum)
			}
		}
	} else {
		out.Exact, out.Dispensable = false, nil
		out.Why = "a refusal can help to meet this consent rule, so that a higher no-deal value does not only close the zone"
	}
	for k, r := range d.out.Conditions {
		if !r.NoDeal {
			out.Conditions = append(out.Conditions, Binding{r.ID, big.NewInt(c.growth[k])})
		}
	}
	return nil
}

// readSlack reads the slack of a zone that was not listed off its analysis.
func (d *diagnosing) readSlack() error {
	a := d.opt.Analysis
	n := len(d.s.Parties)
	out := &Slack{Raise: make([]*big.Rat, n)}
	d.out.Slack = out
	d.out.BlockingSets, d.out.OpeningSets, d.out.Concessions = []BlockingSet{}, []OpeningSet{}, []Concession{}
	d.out.Complete, d.out.ConcessionsComplete = true, true
	for _, r := range d.out.Conditions {
		if !r.NoDeal {
			out.Conditions = append(out.Conditions, Binding{Condition: r.ID})
		}
	}
	if a == nil || a.Verdict != bargain.HasZone {
		out.Why = "the zone was not analysed"
		return nil
	}
	if !d.s.Unanimous() {
		out.Why = "consent is not unanimous, and the space is too large to be listed for it"
		out.Options = a.Zone.Options
		return nil
	}
	out.Why = "by how much the zone would grow without a condition was not counted for a space of this size"
	out.Options = a.Zone.Options
	for _, rule := range []*bargain.Solution{a.Solutions.Egalitarian, a.Solutions.Nash, a.Solutions.Utilitarian} {
		if rule != nil && d.s.InZone(rule.Outcome) {
			out.Witness = rule.Outcome
			break
		}
	}
	if !a.Exact {
		return nil
	}
	out.Dispensable = make([]bool, n)
	var asked []int
	for p := range n {
		if party := &d.s.Parties[p]; party.Threshold.Set {
			asked = append(asked, p)
			out.Raise[p] = party.Points(a.Parties[p].Ideal - party.Threshold.Value)
		}
	}
	least := func(u []int64) *big.Rat {
		var least *big.Rat
		for _, p := range asked {
			if party := &d.s.Parties[p]; least == nil || party.Points(u[p]-party.Threshold.Value).Cmp(least) < 0 {
				least = party.Points(u[p] - party.Threshold.Value)
			}
		}
		return least
	}
	points := a.Frontier.Points
	switch e := a.Solutions.Egalitarian; {
	case len(asked) == n && e != nil && e.Gap != nil && e.Gap.Sign() == 0:
		points = []bargain.Point{e.Point} // the leximin of gains over no-deal values
	case a.Frontier.Truncated || slices.ContainsFunc(points, func(p bargain.Point) bool { return !d.s.InZone(p.Outcome) }):
		points = nil // not the zone's frontier, or not all of it
	}
	for i := range points {
		if m := least(points[i].Utilities); m != nil && (out.Margin == nil || m.Cmp(out.Margin) > 0) {
			out.Margin, out.MarginOutcome = m, points[i].Outcome
		}
	}
	return nil
}
