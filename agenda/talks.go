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
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
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

// table is how parties look ahead, on one space.
type bargainTable struct {
	s          *outcome.Space
	g          *pareto.Gauge
	quo        outcome.Outcome // -1 where there is none
	conditions []settledCondition
	zone       *farZone // nil: near-sighted
	u          []int64  // scratch
}

// A settledCondition is a requirement or red line.
type settledCondition struct {
	id        string
	forbidden *outcome.Table
}

// A farZone holds the outcomes of the zone that every party accepts, the first by the Nash rule
// first, then the first in order.
type farZone struct {
	parties int
	options [][]int32 // by issue and outcome
	u       []int64   // parties entries an outcome
}

func (z *farZone) at(k int32) []int64 { return z.u[int(k)*z.parties : (int(k)+1)*z.parties] }

// narrow returns those of the outcomes that have the options of o on the issues of a file.
func (z *farZone) narrow(reach []int32, file []int, o outcome.Outcome) []int32 {
	for _, i := range file {
		column, want := z.options[i], int32(o[i])
		kept := make([]int32, 0, len(reach)/2)
		for _, k := range reach {
			if column[k] == want {
				kept = append(kept, k)
			}
		}
		reach = slices.Clip(kept)
	}
	return reach
}

// A standing is how far talks have come.
type standing struct {
	o       outcome.Outcome // open issues at their status quo
	settled []bool          // by issue
	reach   []int32         // far-sighted: the outcomes of the zone that can still be reached
	// By issue, the number of its options among those outcomes, once it was counted here and in
	// the standing before, where there were no fewer; 0 where it was not.
	found, before []int
}

func (t *agendaTask) newTable(s *outcome.Space, quo outcome.Outcome, zone *farZone) *bargainTable {
	b := &bargainTable{s: s, g: t.g, quo: quo, zone: zone, u: make([]int64, len(s.Parties))}
	for i := range s.Requires {
		b.conditions = append(b.conditions, settledCondition{s.Requires[i].ID, &s.Requires[i].Forbidden})
	}
	for p := range s.Parties {
		for i := range s.Parties[p].RedLines {
			c := &s.Parties[p].RedLines[i]
			b.conditions = append(b.conditions, settledCondition{c.ID, &c.Forbidden})
		}
	}
	return b
}

// begin returns the standing with nothing of the files settled, and the conditions that the
// other issues break already.
func (b *bargainTable) begin(files [][]int) (*standing, []string) {
	p := &standing{o: slices.Clone(b.quo), settled: slices.Repeat([]bool{true}, len(b.quo))}
	for _, file := range files {
		for _, i := range file {
			p.settled[i] = false
		}
	}
	if b.zone != nil {
		p.reach = make([]int32, len(b.zone.u)/b.zone.parties)
		for k := range p.reach {
			p.reach[k] = int32(k)
		}
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

func (b *bargainTable) utilities(o outcome.Outcome) []int64 {
	for p := range b.u {
		b.u[p] = b.s.Parties[p].Value(o)
	}
	return b.u
}

// deal reports whether o is in the zone and every party accepts it.
func (b *bargainTable) deal(o outcome.Outcome) bool {
	return b.s.InZone(o) && b.s.Accepted(o) == 1<<len(b.s.Parties)-1
}

// A fileOption is a joint option of a file that is open, with what the parties count.
type fileOption struct {
	options []int
	u       []int64
}

// step settles a file. It returns nil where the parties find nothing and cannot leave it. Of
// what it returns, reach is left to be narrowed.
func (b *bargainTable) step(p *standing, file []int) (*standing, *TalkStep) {
	options := b.near
	if b.zone != nil {
		options = b.far
	}
	open := options(p, file)
	step := &TalkStep{NoDeal: true, Fallback: b.g.Disagreement}
	isQuo := func(x *fileOption) bool {
		for k, i := range file {
			if x.options[k] != b.quo[i] {
				return false
			}
		}
		return true
	}
	var best *fileOption
	if at := slices.IndexFunc(open, func(x fileOption) bool { return isQuo(&x) }); at >= 0 {
		best = &open[at]
		step.NoDeal, step.Fallback = false, best.u
	}
	over := &pareto.Gauge{Scale: b.g.Scale, Disagreement: step.Fallback}
	for k := range open {
		x := &open[k]
		if slices.ContainsFunc(pareto.Places(len(x.u)), func(q int) bool { return over.Gain(x.u, q) < 0 }) {
			continue
		}
		if best == nil || over.CompareNash(x.u, best.u) > 0 {
			best = x
		}
	}
	if best == nil {
		return nil, nil
	}
	next := &standing{o: slices.Clone(p.o), settled: slices.Clone(p.settled), before: p.found}
	for k, i := range file {
		next.o[i], next.settled[i] = best.options[k], true
	}
	step.Outcome, step.Left, step.Utilities = next.o, isQuo(best), best.u
	return next, step
}

// near returns the file's open options, in order, counted with open issues at their status quo.
func (b *bargainTable) near(p *standing, file []int) []fileOption {
	var decided []*outcome.Table
	for _, c := range b.conditions {
		touched := slices.ContainsFunc(c.forbidden.Issues(), func(i int) bool { return slices.Contains(file, i) })
		if touched && p.decides(c.forbidden, file) {
			decided = append(decided, c.forbidden)
		}
	}
	last := true
	for i, settled := range p.settled {
		last = last && (settled || slices.Contains(file, i))
	}
	var open []fileOption
	o := slices.Clone(p.o)
	for _, i := range file {
		o[i] = 0
	}
	for {
		if !slices.ContainsFunc(decided, func(t *outcome.Table) bool { return t.Holds(o) }) && (!last || b.deal(o)) {
			x := fileOption{u: slices.Clone(b.utilities(o))}
			for _, i := range file {
				x.options = append(x.options, o[i])
			}
			open = append(open, x)
		}
		k := len(file) - 1
		for k >= 0 {
			i := file[k]
			if o[i]++; o[i] < b.s.Issues[i].Options {
				break
			}
			o[i] = 0
			k--
		}
		if k < 0 {
			return open
		}
	}
}

// far returns the options with which an outcome of the zone can be reached, in order, each
// counted at the first of those by the Nash rule.
func (b *bargainTable) far(p *standing, file []int) []fileOption {
	total := 1
	for _, i := range file {
		total *= b.s.Issues[i].Options
	}
	var ranks []int
	first := make(map[int]int32)
	if len(file) == 1 {
		column := b.zone.options[file[0]]
		seen := make([]bool, total)
		if p.found == nil {
			p.found = make([]int, len(p.o))
		}
		if p.before != nil && p.before[file[0]] > 0 {
			total = p.before[file[0]]
		}
		for _, k := range p.reach {
			if rank := column[k]; !seen[rank] {
				seen[rank] = true
				first[int(rank)] = k
				if ranks = append(ranks, int(rank)); len(ranks) == total {
					break
				}
			}
		}
		p.found[file[0]] = len(ranks)
	} else {
		for _, k := range p.reach {
			rank := 0
			for _, i := range file {
				rank = rank*b.s.Issues[i].Options + int(b.zone.options[i][k])
			}
			if _, seen := first[rank]; !seen {
				first[rank] = k
				if ranks = append(ranks, rank); len(ranks) == total {
					break
				}
			}
		}
	}
	slices.Sort(ranks)
	open := make([]fileOption, len(ranks))
	for at, rank := range ranks {
		k := first[rank]
		open[at] = fileOption{u: b.zone.at(k)}
		for _, i := range file {
			open[at].options = append(open[at].options, int(b.zone.options[i][k]))
		}
	}
	return open
}

// follow takes the files in one order.
func (b *bargainTable) follow(files [][]int, order []int) *Talks {
	t := &Talks{Order: order}
	p, broken := b.begin(files)
	if t.Broken = broken; broken != nil {
		return t
	}
	for _, f := range order {
		next, step := b.step(p, files[f])
		if next == nil {
			return t
		}
		if b.zone != nil {
			next.reach = b.zone.narrow(p.reach, files[f], next.o)
		}
		step.File = f
		t.Steps = append(t.Steps, *step)
		p = next
	}
	if b.deal(p.o) {
		t.End = &bargain.Point{Utilities: slices.Clone(b.utilities(p.o)), Outcome: p.o}
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
		by := make(map[string]*talkNode)
		var level []*talkNode
		for _, node := range levels[depth] {
			node.next = make([]*talkNode, n)
			for f, file := range files {
				if node.at.settled[file[0]] || depth < first && f != depth {
					continue
				}
				next, _ := b.step(node.at, file)
				if next == nil {
					continue
				}
				key := next.key()
				to, ok := by[key]
				if !ok {
					if b.zone != nil {
						next.reach = b.zone.narrow(node.at.reach, file, next.o)
					}
					to = &talkNode{at: next, ways: new(big.Int)}
					by[key] = to
					level = append(level, to)
				}
				to.ways.Add(to.ways, node.ways)
				node.next[f] = to
			}
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			node.at.reach = nil
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

// dropped stands for a node that is not followed.
var dropped = &talkNode{best: unknownEnd, worst: unknownEnd}

// Places of what is not a deal among the ends.
const (
	failedEnd  = -1 // the talks fail
	unknownEnd = -2 // not followed
)

// key names a standing among those that have settled as many files.
func (p *standing) key() string {
	var key []byte
	for i, settled := range p.settled {
		v := 0
		if settled {
			v = p.o[i] + 1
		}
		key = binary.AppendUvarint(key, uint64(v))
	}
	return string(key)
}

// beam keeps the nodes that stand best and worst.
func (b *bargainTable) beam(level []*talkNode) []*talkNode {
	value := func(n *talkNode) []int64 {
		if b.zone != nil {
			return b.zone.at(n.at.reach[0])
		}
		return slices.Clone(b.utilities(n.at.o))
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
		u := slices.Clone(b.utilities(x.at.o))
		return -b.g.CompareNash(u, b.utilities(y.at.o))
	}
	slices.SortFunc(ends, func(x, y *talkNode) int { return cmp.Or(rank(x, y), slices.Compare(x.at.o, y.at.o)) })
	place := make(map[*talkNode]int) // equal ranks have equal places
	deals := new(big.Int)
	for k, node := range ends {
		place[node] = k
		if k > 0 && rank(ends[k-1], node) == 0 {
			place[node] = place[ends[k-1]]
		}
		end := TalkEnd{Point: bargain.Point{Utilities: slices.Clone(b.utilities(node.at.o)), Outcome: node.at.o}}
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
	b, options, err := t.sit(all, t.quo, sight)
	if err != nil {
		return nil, err
	}
	out, err := b.orders(ctx, all, first, t.tell)
	if err != nil {
		return nil, err
	}
	out.Sight = sight
	for k := range out.Ends {
		out.Ends[k].Outcome = mapped(out.Ends[k].Outcome, options)
	}
	seen := make(map[*Talks]bool)
	for _, talks := range []*Talks{out.Best, out.Worst, out.WorstDeal} {
		if talks != nil && !seen[talks] {
			seen[talks] = true
			talks.translate(options)
		}
	}
	return out, nil
}

// translate turns outcomes of a restricted space into those of the whole.
func (t *Talks) translate(options [][]int) {
	turn := func(o outcome.Outcome) outcome.Outcome {
		to := make(outcome.Outcome, len(o))
		for i, k := range o {
			to[i] = -1
			if k >= 0 {
				to[i] = options[i][k]
			}
		}
		return to
	}
	for k := range t.Steps {
		t.Steps[k].Outcome = turn(t.Steps[k].Outcome)
	}
	if t.End != nil {
		t.End.Outcome = turn(t.End.Outcome)
	}
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

// sit returns a table at which only the issues of the files are open, and what the options
// of its space stand for.
func (t *agendaTask) sit(files [][]int, quo outcome.Outcome, sight Sight) (*bargainTable, [][]int, error) {
	table := slices.Concat(files...)
	hold := slices.Clone(quo)
	for i, q := range hold {
		if q < 0 && !slices.Contains(table, i) {
			return nil, nil, fmt.Errorf("%s is in no file and has no status quo", t.s.Issues[i].ID)
		}
	}
	s, options, err := t.held(table, hold)
	if err != nil {
		return nil, nil, err
	}
	inside := slices.Clone(hold)
	for i := range inside {
		if len(options[i]) == 1 {
			inside[i] = 0
		}
	}
	var zone *farZone
	if sight == NearSighted {
		for _, file := range files {
			total := 1
			for _, i := range file {
				if total = multiplied(total, s.Issues[i].Options); total > maxFileOptions {
					var names []string
					for _, i := range file {
						names = append(names, s.Issues[i].ID)
					}
					return nil, nil, fmt.Errorf("%s have more than %d joint options, too many to settle in one step", strings.Join(names, ", "), maxFileOptions)
				}
			}
		}
	} else {
		if zone, err = t.far(s); err != nil {
			return nil, nil, err
		}
	}
	return t.newTable(s, inside, zone), options, nil
}

// far gathers the zone of a restricted space.
func (t *agendaTask) far(s *outcome.Space) (*farZone, error) {
	if _, ok := s.Count(); !ok || visit.Work(s) > float64(t.opt.Time.Nanoseconds()) {
		return nil, fmt.Errorf("%v packages are too many to list, and looking ahead needs every one that all could accept", s.Size())
	}
	sc, err := visit.New(s)
	if err != nil {
		return nil, err
	}
	n := len(s.Parties)
	most := int(min(maxFarZone, t.opt.Memory/int64(4*len(s.Issues)+8*n+64)))
	lists, err := visit.Each(t.ctx, sc, nil, func(*visit.Scanner) *farList { return &farList{most: most} }, func(w *visit.Scanner, f *farList) error {
		if f.block(w); len(f.ranks) > f.most {
			return budget.TooMuch("more than %d packages are in the zone, and looking ahead keeps them all", f.most)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var all farList
	for _, f := range lists {
		all.ranks, all.u = append(all.ranks, f.ranks...), append(all.u, f.u...)
	}
	if len(all.ranks) > most {
		return nil, fmt.Errorf("more than %d packages are in the zone, and looking ahead keeps them all", most)
	}
	order := pareto.Places(len(all.ranks))
	at := func(k int) []int64 { return all.u[k*n : (k+1)*n] }
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(-t.g.CompareNash(at(x), at(y)), cmp.Compare(all.ranks[x], all.ranks[y]))
	})
	z := &farZone{parties: n, options: make([][]int32, len(s.Issues))}
	for _, k := range order {
		for i, o := range sc.Lister.Outcome(all.ranks[k]) {
			z.options[i] = append(z.options[i], int32(o))
		}
		z.u = append(z.u, at(k)...)
	}
	return z, nil
}

// A farList is what one goroutine has gathered of a zone.
type farList struct {
	most  int
	ranks []int64
	u     []int64
}

// block adds what every party accepts of the block's zone.
func (f *farList) block(w *visit.Scanner) {
	if w.Hopeless() || !w.Admitted() {
		return
	}
	w.Values()
	if !w.InZone() {
		return
	}
	for i, word := range w.Words {
		if w.Agreed {
			for p := range w.Each {
				word &= w.Each[p][i]
			}
		}
		for ; word != 0; word &= word - 1 {
			j := i<<6 | bits.TrailingZeros64(word)
			f.ranks = append(f.ranks, w.Cursor.Rank(j))
			for p := range w.Bases {
				f.u = append(f.u, w.Bases[p]+w.Tables[p][j])
			}
		}
	}
}
