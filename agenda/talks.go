package agenda

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// Sight is what parties who settle one file count the issues at that are still open.
type Sight string

// The ways of looking ahead.
const (
	// NearSighted counts an open issue at its status quo.
	NearSighted Sight = "near_sighted"
	// FarSighted counts all open issues at what one package over them would make of them,
	// given what is settled: the outcome that the Nash rule ranks first.
	FarSighted Sight = "far_sighted"
)

// A TalkStep settles one file: a list of issues that are settled together. The parties choose
// among its joint options by the Nash rule, and what each has without a choice is that the
// file stays at its status quo (the step-by-step negotiations of Kalai 1977, with Nash's rule). Where leaving it there can no
// longer become a deal, each has its no-deal value instead.
//
// Every party must agree to every step, whatever the consent rule. An option is open where it
// breaks no requirement or red line whose issues are all settled with it and, in the last step, where it makes
// an outcome of the zone that every party accepts; far-sighted, where such an outcome can
// still be reached. Nobody may lose by it. Options that the rule ranks alike are taken in the order
// of issues and options, the status quo before all others.
type TalkStep struct {
	File int // position of the file
	// Outcome is what is settled after the step, open issues at their status quo; -1 where an open
	// issue has none.
	Outcome outcome.Outcome
	// Left says that the file stays at its status quo.
	Left bool
	// Fallback is what each party has if the file is not settled, and Utilities what the
	// step gives it, as the parties count.
	Fallback, Utilities []int64
	// NoDeal says that the fallback is no deal.
	NoDeal bool
}

// Talks are what one order of files leads to.
type Talks struct {
	Order []int // positions of the files
	// Steps are those taken; fewer than files where the talks fail.
	Steps []TalkStep
	// End is the deal that they end in, nil where they fail; Ties is not counted.
	End *bargain.Point
	// Broken are, where the talks fail before the first step, the conditions that what is off the
	// table breaks.
	Broken []string
}

// Orders says what becomes of files that are settled one after another, over every order.
type Orders struct {
	Sight Sight
	Files [][]int // ascending issues
	// First is the number of files that come first whatever the order: the issues without
	// a status quo are one.
	First int
	// Total is the number of orders and Fail that of orders in which talks fail. Ends are what the
	// others end in, with most for the Nash rule first. Exact says that every order was followed; else Fail is nil, and
	// so are the numbers of Ends, which hold what was met.
	Total, Fail *big.Int
	Ends        []TalkEnd
	Exact       bool
	// Best and Worst are the orders with the most and the least for the Nash rule, gains taken over
	// no deal; an order that fails is worse than all others. Of equal ones, the first in the order of files.
	// WorstDeal is the worst of those that do not fail, nil where all do.
	Best, Worst *Talks
	WorstDeal   *Talks
}

// A TalkEnd is a deal in which some orders end.
type TalkEnd struct {
	bargain.Point // Ties is not counted
	Orders        *big.Int
}

// Limits of orders.
const (
	maxFiles       = 64
	maxFileOptions = 1 << 20 // joint options of one file
	maxTalkNodes   = 1 << 16 // sets of settled files with what was settled
	beamNodes      = 512     // of those, followed a level where they are too many: the best half and the worst
	maxFarZone     = 1 << 22 // outcomes of a zone kept to look ahead
)

// A bargainTable is how parties look ahead, on one space.
type bargainTable struct {
	s          *outcome.Space
	g          *pareto.Gauge
	quo        outcome.Outcome // -1 where there is none
	conditions []settledCondition
	touching   [][]*outcome.Table // by issue, the conditions that span it
	zone       *farZone           // nil: near-sighted

	// Memory of the latest step.
	open    []fileOption
	u       []int64
	decided []*outcome.Table
	missing []int
	next    standing
	key     []byte
	listed  []int32

	// What can be reached from the nodes of the latest level of orders, and from those before.
	on, spare reach
}

// A settledCondition is a requirement or red line.
type settledCondition struct {
	id        string
	forbidden *outcome.Table
}

// A standing is how far talks have come.
type standing struct {
	o       outcome.Outcome // open issues at their status quo
	settled []bool          // by issue
	reach   reach           // far-sighted: the outcomes of the zone that can still be reached
	// By issue, the number of its options among those outcomes, once it was counted here and in
	// the standing before, where there were no fewer; 0 where it was not.
	found, before []int
}

func (p *standing) clone() *standing {
	return &standing{o: slices.Clone(p.o), settled: slices.Clone(p.settled)}
}

func (t *agendaTask) newTable(quo outcome.Outcome, zone *farZone) *bargainTable {
	b := &bargainTable{s: t.s, g: t.g, quo: quo, zone: zone, touching: make([][]*outcome.Table, len(t.s.Issues))}
	for _, list := range t.conditions() {
		for i := range list {
			c := settledCondition{list[i].ID, &list[i].Forbidden}
			b.conditions = append(b.conditions, c)
			for _, at := range c.forbidden.Issues() {
				b.touching[at] = append(b.touching[at], c.forbidden)
			}
		}
	}
	return b
}

// begin returns the standing with nothing of the files settled, and the conditions that the
// other issues break already.
func (b *bargainTable) begin(files [][]int) (*standing, []string) {
	p := &standing{o: slices.Clone(b.quo), settled: slices.Repeat([]bool{true}, len(b.quo))}
	rest := pareto.Places(len(b.quo))
	for _, file := range files {
		for _, i := range file {
			p.settled[i] = false
		}
	}
	if b.zone != nil {
		rest = slices.DeleteFunc(rest, func(i int) bool { return !p.settled[i] })
		p.reach = b.zone.narrow(&reach{}, b.zone.all, rest, p.o)
	}
	var broken []string
	for _, c := range b.conditions {
		if p.decides(c.forbidden, nil) && c.forbidden.Holds(p.o) {
			broken = append(broken, c.id)
		}
	}
	return p, broken
}

// decides reports whether every issue of a condition is settled or in the file.
func (p *standing) decides(t *outcome.Table, file []int) bool {
	for _, i := range t.Issues() {
		if !p.settled[i] && !slices.Contains(file, i) {
			return false
		}
	}
	return true
}

// deal reports whether o is in the zone and every party accepts it.
func (b *bargainTable) deal(o outcome.Outcome) bool {
	return b.s.InZone(o) && b.s.Accepted(o) == 1<<len(b.s.Parties)-1
}

// A fileOption is a joint option of a file that is open, by its rank among them, with what the
// parties count.
type fileOption struct {
	at int
	u  []int64
}

// rank returns the rank of a file's options in o, -1 where one has none.
func (b *bargainTable) rank(file []int, o outcome.Outcome) int {
	rank := 0
	for _, i := range file {
		if o[i] < 0 {
			return -1
		}
		rank = rank*b.s.Issues[i].Options + o[i]
	}
	return rank
}

// A choice is what the parties make of a file: an option, and what they had without it.
type choice struct {
	fileOption
	fallback     []int64
	noDeal, left bool // as in TalkStep
}

// choose returns what the parties make of a file, until the next is chosen; ok is false where
// they find nothing and cannot leave it.
func (b *bargainTable) choose(p *standing, file []int) (c choice, ok bool) {
	b.open = b.open[:0]
	if b.zone != nil {
		b.far(p, file)
	} else {
		b.near(p, file)
	}
	c = choice{fallback: b.g.Disagreement, noDeal: true}
	quo := b.rank(file, b.quo)
	if k := slices.IndexFunc(b.open, func(x fileOption) bool { return x.at == quo }); k >= 0 {
		c, ok = choice{fileOption: b.open[k], fallback: b.open[k].u, left: true}, true
	}
	over := pareto.Gauge{Scale: b.g.Scale, Disagreement: c.fallback}
	for _, x := range b.open {
		if !pareto.AtLeast(x.u, c.fallback) {
			continue
		}
		d := 1
		if ok {
			d = over.CompareNash(x.u, c.u)
		}
		if d > 0 || d == 0 && !c.left && x.at < c.at {
			c.fileOption, c.left, ok = x, false, true
		}
	}
	return c, ok
}

// settle returns the standing with an option of a file settled, until the next is, and without
// what can be reached. p may be the latest itself.
func (b *bargainTable) settle(p *standing, file []int, at int) *standing {
	b.next.o, b.next.settled = append(b.next.o[:0], p.o...), append(b.next.settled[:0], p.settled...)
	for _, i := range slices.Backward(file) {
		n := b.s.Issues[i].Options
		b.next.o[i], b.next.settled[i] = at%n, true
		at /= n
	}
	return &b.next
}

// near lists the file's open options, counted with open issues at their status quo.
func (b *bargainTable) near(p *standing, file []int) {
	b.decided = b.decided[:0]
	for _, i := range file {
		for _, c := range b.touching[i] {
			if p.decides(c, file) && !slices.Contains(b.decided, c) {
				b.decided = append(b.decided, c)
			}
		}
	}
	last := true
	for i, settled := range p.settled {
		last = last && (settled || slices.Contains(file, i))
	}
	total := 1
	for _, i := range file {
		total *= b.s.Issues[i].Options
	}
	b.u = b.u[:0]
	for at := range total {
		o := b.settle(p, file, at).o
		if slices.ContainsFunc(b.decided, func(t *outcome.Table) bool { return t.Holds(o) }) || last && !b.deal(o) {
			continue
		}
		from := len(b.u)
		for q := range b.s.Parties {
			b.u = append(b.u, b.s.Parties[q].Value(o))
		}
		b.open = append(b.open, fileOption{at, b.u[from:]})
	}
}

// far lists the options with which an outcome of the zone can be reached, each counted at the
// first of those by the Nash rule. Where the status quo is not one of them, it may list only those that can be chosen.
func (b *bargainTable) far(p *standing, file []int) {
	i := file[0]
	if len(file) > 1 || b.zone.has[i] == nil {
		b.farTogether(p, file)
		return
	}
	if p.found == nil {
		p.found = make([]int, len(p.o))
	}
	has, total := b.zone.has[i], b.s.Issues[i].Options
	if p.before != nil && p.before[i] > 0 {
		total = p.before[i]
	}
	b.missing = b.missing[:0]
	for o := range has {
		b.missing = append(b.missing, o)
	}
	for k := 0; k < len(p.reach.at) && len(b.open) < total; k++ {
		at := p.reach.at[k]
		for n := 0; n < len(b.missing); n++ {
			if word := p.reach.bits[k] & has[b.missing[n]][at]; word != 0 {
				b.open = append(b.open, fileOption{b.missing[n], b.zone.utilities(at<<6 | int32(bits.TrailingZeros64(word)))})
				b.missing = slices.Delete(b.missing, n, n+1)
				n--
			}
		}
	}
	p.found[i] = len(b.open)
}

// farTogether is far for a file of several issues, or of one of many options.
func (b *bargainTable) farTogether(p *standing, file []int) {
	if len(p.reach.at) == 0 {
		return
	}
	add := func(k int32) {
		o := b.next.o[:0]
		for i := range b.s.Issues {
			o = append(o, b.zone.option(k, i))
		}
		b.next.o = o
		b.open = append(b.open, fileOption{b.rank(file, o), b.zone.utilities(k)})
	}
	top := b.zone.utilities(p.reach.first())
	b.listed = p.reach.list(b.listed[:0])
	if b.rank(file, b.quo) < 0 || len(b.zone.narrow(&reach{}, p.reach, file, b.quo).at) == 0 {
		// Gains are those by which the outcomes are in order.
		for _, k := range b.listed {
			if b.g.CompareNash(b.zone.utilities(k), top) < 0 {
				return
			}
			add(k)
		}
		return
	}
	var mask uint64
	for _, i := range file {
		mask |= b.zone.mask[i] << b.zone.shift[i]
	}
	pareto.SortBits(b.listed, b.zone.codes, mask)
	for at, k := range b.listed {
		if at == 0 || (b.zone.codes[k]^b.zone.codes[b.listed[at-1]])&mask != 0 {
			add(k)
		}
	}
}

// follow takes the files in one order.
func (b *bargainTable) follow(files [][]int, order []int) *Talks {
	t := &Talks{Order: order}
	p, broken := b.begin(files)
	if t.Broken = broken; broken != nil {
		return t
	}
	for _, f := range order {
		c, ok := b.choose(p, files[f])
		if !ok {
			return t
		}
		next := b.settle(p, files[f], c.at).clone()
		if b.zone != nil {
			next.reach = b.zone.narrow(&b.on, p.reach, files[f], next.o)
		}
		p = next
		t.Steps = append(t.Steps, TalkStep{File: f, Outcome: p.o, Left: c.left, NoDeal: c.noDeal,
			Fallback: slices.Clone(c.fallback), Utilities: slices.Clone(c.u)})
	}
	if b.deal(p.o) {
		t.End = &bargain.Point{Utilities: b.s.Values(p.o), Outcome: p.o}
	}
	return t
}

// A talkNode is a set of settled files with what was settled.
type talkNode struct {
	at   *standing
	ways *big.Int
	next []*talkNode // by file; nil where it is settled, or where the talks fail
	// the ends that can be reached, as positions among the ends; -1: the talks fail
	best, worst, worstDeal  int
	bestBy, worstBy, dealBy int // by settling which file next

	// Until what can be reached is known: whence it is found with the least work, and by which file.
	from *talkNode
	by   int
}

// orders follows every order of the files, of which the first few come first.
func (b *bargainTable) orders(ctx context.Context, files [][]int, first int, tell func(float64)) (*Orders, error) {
	n := len(files)
	out := &Orders{Files: files, First: first, Exact: true, Total: new(big.Int).MulRange(1, int64(max(1, n-first)))}
	begin, broken := b.begin(files)
	if broken != nil {
		out.Fail = out.Total
		out.Best = &Talks{Order: pareto.Places(n), Broken: broken}
		out.Worst = out.Best
		return out, nil
	}
	levels := [][]*talkNode{{{at: begin, ways: big.NewInt(1)}}}
	nodes := 1
	for depth := range n {
		level := b.expand(levels[depth], out, depth)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if nodes+len(level) > maxTalkNodes || !out.Exact && len(level) > beamNodes {
			out.Exact = false
			level = b.beam(level)
			kept := make(map[*talkNode]bool, len(level))
			for _, node := range level {
				kept[node] = true
			}
			for _, node := range levels[depth] {
				for f, to := range node.next {
					if to != nil && !kept[to] {
						node.next[f] = dropped
					}
				}
			}
		}
		nodes += len(level)
		levels = append(levels, level)
		tell(float64(depth+1) / float64(n))
	}
	b.tally(out, levels)
	return out, nil
}

// expand settles one more file from every node of a level.
func (b *bargainTable) expand(from []*talkNode, out *Orders, depth int) (level []*talkNode) {
	by := make(map[string]*talkNode)
	for _, node := range from {
		node.next = make([]*talkNode, len(out.Files))
		for f, file := range out.Files {
			if node.at.settled[file[0]] || depth < out.First && f != depth {
				continue
			}
			c, ok := b.choose(node.at, file)
			if !ok {
				continue
			}
			next := b.settle(node.at, file, c.at)
			b.key = next.appendKey(b.key[:0])
			to, ok := by[string(b.key)]
			if !ok {
				to = &talkNode{at: next.clone(), ways: new(big.Int), from: node, by: f}
				by[string(b.key)] = to
				level = append(level, to)
			}
			if len(node.at.reach.at) < len(to.from.at.reach.at) {
				to.from, to.by = node, f
			}
			to.ways.Add(to.ways, node.ways)
			node.next[f] = to
		}
	}
	if b.zone != nil {
		b.on, b.spare = reach{b.spare.bits[:0], b.spare.at[:0]}, b.on
		for _, to := range level {
			p := to.from.at
			to.at.reach, to.at.before = b.zone.narrow(&b.on, p.reach, out.Files[to.by], to.at.o), p.found
			to.from = nil
		}
		for _, node := range from {
			node.at.reach = reach{}
		}
	}
	return level
}

// dropped stands for a node that is not followed.
var dropped = &talkNode{best: unknownEnd, worst: unknownEnd}

// Places of what is not a deal among the ends.
const (
	failedEnd  = -1 // the talks fail
	unknownEnd = -2 // not followed
)

// appendKey names a standing among those that have settled as many files.
func (p *standing) appendKey(key []byte) []byte {
	for i, settled := range p.settled {
		v := 0
		if settled {
			v = p.o[i] + 1
		}
		key = binary.AppendUvarint(key, uint64(v))
	}
	return key
}

// beam keeps the nodes that stand best and worst.
func (b *bargainTable) beam(level []*talkNode) []*talkNode {
	value := func(n *talkNode) []int64 {
		if b.zone != nil {
			return b.zone.utilities(n.at.reach.first())
		}
		return b.s.Values(n.at.o)
	}
	order := pareto.Places(len(level))
	values := make([][]int64, len(level))
	for k, n := range level {
		values[k] = value(n)
	}
	slices.SortStableFunc(order, func(x, y int) int { return b.g.CompareNash(values[y], values[x]) })
	if len(order) > beamNodes {
		order = slices.Concat(order[:beamNodes/2], order[len(order)-beamNodes/2:])
	}
	slices.Sort(order)
	var kept []*talkNode
	for _, k := range order {
		kept = append(kept, level[k])
	}
	return kept
}

// tally finds what the orders end in, and the best and the worst of them.
func (b *bargainTable) tally(out *Orders, levels [][]*talkNode) {
	n := len(out.Files)
	var ends []*talkNode
	for _, node := range levels[n] {
		if b.deal(node.at.o) {
			ends = append(ends, node)
		}
	}
	rank := func(x, y *talkNode) int {
		return -b.g.CompareNash(b.s.Values(x.at.o), b.s.Values(y.at.o))
	}
	slices.SortFunc(ends, func(x, y *talkNode) int { return cmp.Or(rank(x, y), slices.Compare(x.at.o, y.at.o)) })
	place := make(map[*talkNode]int) // equal ranks have equal places
	deals := new(big.Int)
	for k, node := range ends {
		place[node] = k
		if k > 0 && rank(ends[k-1], node) == 0 {
			place[node] = place[ends[k-1]]
		}
		end := TalkEnd{Point: bargain.Point{Utilities: b.s.Values(node.at.o), Outcome: node.at.o}}
		if out.Exact {
			end.Orders = node.ways
			deals.Add(deals, node.ways)
		}
		out.Ends = append(out.Ends, end)
	}
	if out.Exact {
		out.Fail = new(big.Int).Sub(out.Total, deals)
	}
	for depth := n; depth >= 0; depth-- {
		for _, node := range levels[depth] {
			node.best, node.worst, node.worstDeal = unknownEnd, unknownEnd, failedEnd
			if depth == n {
				node.best, node.worst = failedEnd, failedEnd
				if k, ok := place[node]; ok {
					node.best, node.worst, node.worstDeal = k, k, k
				}
				continue
			}
			for f, file := range out.Files {
				if node.at.settled[file[0]] || depth < out.First && f != depth {
					continue
				}
				best, worst, deal := failedEnd, failedEnd, failedEnd
				if to := node.next[f]; to != nil {
					best, worst, deal = to.best, to.worst, to.worstDeal
				}
				if best == unknownEnd {
					continue
				}
				if node.best == unknownEnd || best != failedEnd && (node.best == failedEnd || best < node.best) {
					node.best, node.bestBy = best, f
				}
				if node.worst == unknownEnd || node.worst != failedEnd && (worst == failedEnd || worst > node.worst) {
					node.worst, node.worstBy = worst, f
				}
				if deal != failedEnd && (node.worstDeal == failedEnd || deal > node.worstDeal) {
					node.worstDeal, node.dealBy = deal, f
				}
			}
		}
	}
	follow := func(by func(*talkNode) int) *Talks {
		var order []int
		done := make([]bool, n)
		node := levels[0][0]
		for len(order) < n {
			f := slices.Index(done, false) // after a failure the order no longer matters
			if node != nil {
				f = by(node)
				node = node.next[f]
			}
			order, done[f] = append(order, f), true
		}
		return b.follow(out.Files, order)
	}
	out.Best = follow(func(x *talkNode) int { return x.bestBy })
	out.Worst = follow(func(x *talkNode) int { return x.worstBy })
	if levels[0][0].worstDeal != failedEnd {
		out.WorstDeal = follow(func(x *talkNode) int { return x.dealBy })
	}
}

// FindOrders follows every order in which the files are settled one after another, near- or
// far-sighted. A file is a list of issues; nil asks for every issue by itself. Issues in no
// file stay at their status quo; those without one are a file of their own that comes first,
// unless the first file given holds them. What is reached is kept by set of settled files and what was settled, so that
// orders that agree so far are followed once. Where there is too much of that, only what stands best and
// worst after each step is followed, and Exact says so.
//
// It returns an error where the files are not such, where a space is too large to look ahead, and
// when ctx ends.
func FindOrders(ctx context.Context, s *outcome.Space, files [][]int, sight Sight, opt Options) (*Orders, error) {
	t, err := newAgendaTask(ctx, s, opt)
	if err != nil {
		return nil, err
	}
	all, first, err := t.files(files)
	if err != nil {
		return nil, err
	}
	b, err := t.sit(all, sight)
	if err != nil {
		return nil, err
	}
	out, err := b.orders(ctx, all, first, t.tell)
	if err != nil {
		return nil, err
	}
	out.Sight = sight
	return out, nil
}

// files checks the files, puts the issues without a status quo in front, and says how many
// come first whatever the order.
func (t *agendaTask) files(files [][]int) (all [][]int, first int, err error) {
	if files == nil {
		for _, i := range t.open {
			files = append(files, []int{i})
		}
	}
	seen := make([]bool, len(t.s.Issues))
	for _, file := range files {
		if len(file) == 0 {
			return nil, 0, fmt.Errorf("a file without issues")
		}
		sorted := slices.Sorted(slices.Values(file))
		for _, i := range sorted {
			switch {
			case i < 0 || i >= len(seen):
				return nil, 0, fmt.Errorf("a file with issue %d of %d", i, len(seen))
			case seen[i]:
				return nil, 0, fmt.Errorf("%s is settled twice", t.s.Issues[i].ID)
			}
			seen[i] = true
		}
		all = append(all, sorted)
	}
	var missing []int
	for _, i := range t.none {
		if !seen[i] {
			missing = append(missing, i)
		}
	}
	if missing != nil {
		all = slices.Insert(all, 0, missing)
	}
	if len(t.none) > 0 {
		first = 1
		for _, file := range all[1:] {
			for _, i := range file {
				if t.quo[i] < 0 {
					return nil, 0, fmt.Errorf("%s has no status quo to be left at, so it must be settled in the first file", t.s.Issues[i].ID)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil, 0, fmt.Errorf("no issue can be settled")
	}
	if len(all) > maxFiles {
		return nil, 0, fmt.Errorf("%d files, more than %d", len(all), maxFiles)
	}
	return all, first, nil
}

// multiplied is a·b, or more than maxFileOptions.
func multiplied(a, b int) int {
	if a > maxFileOptions || b > maxFileOptions {
		return maxFileOptions + 1
	}
	return a * b
}

// sit returns a table at which only the issues of the files are open.
func (t *agendaTask) sit(files [][]int, sight Sight) (*bargainTable, error) {
	table := slices.Concat(files...)
	for i, q := range t.quo {
		if q < 0 && !slices.Contains(table, i) {
			return nil, fmt.Errorf("%s is in no file and has no status quo", t.s.Issues[i].ID)
		}
	}
	if sight == FarSighted {
		zone, err := t.ahead(table)
		if err != nil {
			return nil, err
		}
		return t.newTable(t.quo, zone), nil
	}
	for _, file := range files {
		total := 1
		for _, i := range file {
			if total = multiplied(total, t.s.Issues[i].Options); total > maxFileOptions {
				var names []string
				for _, i := range file {
					names = append(names, t.s.Issues[i].ID)
				}
				return nil, fmt.Errorf("%s have more than %d joint options, too many to settle in one step", strings.Join(names, ", "), maxFileOptions)
			}
		}
	}
	return t.newTable(t.quo, nil), nil
}
