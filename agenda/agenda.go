// Package agenda asks which issues to take up together, in which order, and what is lost otherwise: [Find] tries sets of
// issues, what is left out staying at its status quo; [FindOrders] tries orders of files, settled one after the other
// by parties that look ahead or do not; [FindLinkages] says which issues need each other; [Follow] follows one way
// of taking them up.
package agenda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// Options bound and direct [Find], [FindOrders], [FindLinkages] and [Follow].
type Options struct {
	// StatusQuo holds, by issue, the option in force today, -1 where there is none.
	StatusQuo []int
	// Analysis is that of the space, where it is at hand; nil: it is made.
	Analysis *bargain.Analysis
	// Time and Memory are as in [bargain.Options], for everything that one call does.
	Time   time.Duration
	Memory int64
	// Ahead is shared by calls about one space and its analysis; nil: each looks for itself.
	Ahead *Ahead
	// Progress is told the share of the work that is done. It may be nil.
	Progress func(done float64)
}

// Agendas says, of sets of issues put on the table, what talks about these alone could
// agree on, every other issue staying at its status quo. An issue without a status quo
// has nowhere to stay and is on every table. Gains are measured from what the whole
// case is measured from, so that agendas can be laid side by side.
type Agendas struct {
	// Open are the issues that may be on the table or off: those with a status quo and
	// something else to choose. Always are those without a status quo.
	Open, Always []int
	// Disagreement is what gains are measured from, by party; nil where there is no zone.
	Disagreement []int64
	// Sets are the agendas that were asked about, by number of issues and then in the
	// order of issues: all of them where Complete says so, else classes of those with few
	// issues on the table or few off it. The last is the full agenda.
	Sets     []Agenda
	Complete bool
	// Smallest are the smallest agendas by inclusion that have a zone. They are all such where
	// the agendas are complete; else those known, each proven smallest among Sets.
	Smallest []Agenda
	// Ladder holds, for every number of issues from one up, an agenda of that many with
	// the most that Nash's rule finds (of its ties, the first). LadderExact says that none of that size is
	// better; else issues were taken off the full agenda one after another, each time the one that costs least.
	// Agendas without a zone are rungs too.
	Ladder      []Agenda
	LadderExact bool
	// Exact says that every verdict, count and Nash outcome is proven.
	Exact  bool
	Method bargain.Method // Listing: one visit of every outcome; empty: each agenda analysed by itself
}

// An Agenda is what talks about a set of issues could agree on.
type Agenda struct {
	Table   []int // the issues on the table, ascending, without those that always are
	Verdict bargain.Verdict
	// Count and Ratifiable are the numbers of outcomes in the zone, and of those that every
	// party can carry at home; nil where they are not known exactly.
	Count, Ratifiable *big.Int
	// Nash is the first of the outcomes that the Nash rule ranks first, Ties not counted; nil where there is
	// none or none is proven.
	Nash *bargain.Point
	// Blocked are the ids of requirements and red lines that each of the agenda's outcomes
	// breaks: more issues, or another status quo, would be needed to meet them.
	Blocked []string
}

// Limits of agendas.
const (
	maxAgendas      = 1 << 12 // sets asked about: every one of twelve issues
	maxListedIssues = 20      // open issues whose every set is kept while outcomes are listed
)

// An agendaTask is what the functions about agendas share.
type agendaTask struct {
	ctx  context.Context
	s    *outcome.Space
	opt  Options
	a    *bargain.Analysis
	g    *pareto.Gauge // gains over the whole case's disagreement point
	quo  outcome.Outcome
	open []int // as in Agendas
	none []int // issues without a status quo

	growing bool // one more acceptance never breaks the consent rule
}

func newAgendaTask(ctx context.Context, s *outcome.Space, opt Options) (*agendaTask, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if len(opt.StatusQuo) != len(s.Issues) {
		return nil, fmt.Errorf("the status quo of %d issues of %d", len(opt.StatusQuo), len(s.Issues))
	}
	opt.Time, opt.Memory = cmp.Or(opt.Time, budget.DefaultTime), cmp.Or(opt.Memory, budget.DefaultMemory)
	t := &agendaTask{ctx: ctx, s: s, opt: opt, a: opt.Analysis, quo: slices.Clone(opt.StatusQuo), growing: s.Consent.Monotone(len(s.Parties))}
	for i, is := range s.Issues {
		switch q := opt.StatusQuo[i]; {
		case q < -1 || q >= is.Options:
			return nil, fmt.Errorf("%s has no option %d to be its status quo", is.ID, q)
		case is.Options == 1:
			t.quo[i] = 0
		case q < 0:
			t.none = append(t.none, i)
		default:
			t.open = append(t.open, i)
		}
	}
	if t.a == nil {
		var err error
		if t.a, err = bargain.Analyze(ctx, s, bargain.Options{Time: opt.Time, Memory: opt.Memory, MaxPoints: 1, MaxTies: 1}); err != nil {
			return nil, err
		}
	}
	t.g = &pareto.Gauge{}
	for p := range s.Parties {
		t.g.Scale = append(t.g.Scale, s.Parties[p].Units())
		d := s.Parties[p].Threshold.Value
		if !s.Parties[p].Threshold.Set {
			if t.a.Verdict == bargain.Unknown {
				return nil, fmt.Errorf("%s has no no-deal value and what it gets at least in the zone is not known, so that gains cannot be measured", s.Parties[p].ID)
			}
			d = t.a.Parties[p].Disagreement
		}
		t.g.Disagreement = append(t.g.Disagreement, d)
	}
	return t, nil
}

func (t *agendaTask) tell(done float64) {
	if t.opt.Progress != nil {
		t.opt.Progress(done)
	}
}

// Find asks of sets of issues what could be agreed on with these alone on the
// table. With up to twelve issues it asks about every set; with more, about those of one
// issue and those that leave one out, of two and those that leave two out, and so on, while a class fits in 4,096 sets in
// all. A space that can be listed is visited once for all of them, and then ladder and smallest agendas are exact
// up to twenty issues. Else each set is analysed by itself, as [bargain.Analyze] would.
// It fails when s does not check, when no method serves it, and when ctx ends.
func Find(ctx context.Context, s *outcome.Space, opt Options) (*Agendas, error) {
	t, err := newAgendaTask(ctx, s, opt)
	if err != nil {
		return nil, err
	}
	out := &Agendas{Open: t.open, Always: t.none, Exact: true}
	if t.a.Verdict != bargain.NoZone {
		out.Disagreement = t.g.Disagreement
	}
	sets, complete := t.classes()
	out.Complete = complete
	if _, ok := s.Count(); ok && len(t.open) <= maxListedIssues && visit.Work(s) <= float64(t.opt.Time.Nanoseconds()) {
		return out, t.listed(out, sets)
	}
	return out, t.alone(out, sets)
}

// classes returns the sets to ask about, as ascending positions in t.open, and whether they
// are all.
func (t *agendaTask) classes() (sets [][]int, complete bool) {
	n := len(t.open)
	left := maxAgendas
	take := make([]bool, n+1)
	complete = true
	for k := range n/2 + 1 {
		for _, size := range []int{k, n - k} {
			if take[size] {
				continue
			}
			c := new(big.Int).Binomial(int64(n), int64(size))
			if !complete || !c.IsInt64() || c.Int64() > int64(left) {
				complete = false
				continue
			}
			take[size] = true
			left -= int(c.Int64())
		}
	}
	for size, in := range take {
		if in {
			sets = appendSubsets(sets, n, size)
		}
	}
	return sets, complete
}

// appendSubsets appends the subsets of 0…n-1 of one size, in lexicographic order.
func appendSubsets(sets [][]int, n, size int) [][]int {
	set := pareto.Places(size)
	for {
		sets = append(sets, slices.Clone(set))
		k := size - 1
		for k >= 0 && set[k] == n-size+k {
			k--
		}
		if k < 0 {
			return sets
		}
		set[k]++
		for j := k + 1; j < size; j++ {
			set[j] = set[j-1] + 1
		}
	}
}

// table returns the issues at positions of t.open.
func (t *agendaTask) table(set []int) []int {
	issues := make([]int, 0, len(set))
	for _, k := range set {
		issues = append(issues, t.open[k])
	}
	return issues
}

// An agendaTally is what the outcomes of each support hold: of the set of open issues,
// as a mask of positions, that are not at their status quo. Later it is what the
// outcomes within each set hold.
type agendaTally struct {
	*parts
	count, carried []int64
	best           *bestPoints
	u              []int64
}

// A bestPoints keeps, for each of many places, the first outcome that the Nash rule ranks first.
type bestPoints struct {
	g    *pareto.Gauge
	u    []int64 // by place and party
	rank []int64 // -1: none
}

func newBestPoints(g *pareto.Gauge, n int) *bestPoints {
	b := &bestPoints{g: g, u: make([]int64, n*len(g.Scale)), rank: make([]int64, n)}
	for i := range b.rank {
		b.rank[i] = -1
	}
	return b
}

func (b *bestPoints) at(i int) []int64 { return b.u[i*len(b.g.Scale) : (i+1)*len(b.g.Scale)] }

func (b *bestPoints) offer(i int, u []int64, rank int64) {
	if b.rank[i] >= 0 {
		c := b.g.CompareNash(u, b.at(i))
		if c < 0 || c == 0 && rank > b.rank[i] {
			return
		}
	}
	copy(b.at(i), u)
	b.rank[i] = rank
}

func (t *agendaTask) newTally(p *parts) *agendaTally {
	n := 1 << len(t.open)
	return &agendaTally{parts: p, count: make([]int64, n), carried: make([]int64, n), best: newBestPoints(t.g, n), u: make([]int64, len(t.s.Parties))}
}

// block counts the block on which w stands.
func (y *agendaTally) block(w *visit.Scanner) {
	if !w.Agreed && w.Hopeless() || !w.Admitted() {
		return
	}
	w.Values()
	if !w.InZone() {
		return
	}
	w.Carried()
	outer := y.outer(w)
	for i, word := range w.Words {
		agreed := word
		if w.Agreed {
			for p := range w.Each {
				agreed &= w.Each[p][i]
			}
		}
		for ; word != 0; word &= word - 1 {
			bit := bits.TrailingZeros64(word)
			j := i<<6 | bit
			at := outer | y.inner[j]
			y.count[at]++
			y.carried[at] += int64(w.Left[i] >> bit & 1)
			if agreed>>bit&1 != 0 {
				for p := range y.u {
					y.u[p] = w.Bases[p] + w.Tables[p][j]
				}
				y.best.offer(int(at), y.u, w.Cursor.Rank(j))
			}
		}
	}
}

func (y *agendaTally) absorb(from *agendaTally) {
	for i := range y.count {
		y.count[i] += from.count[i]
		y.carried[i] += from.carried[i]
		if from.best.rank[i] >= 0 {
			y.best.offer(i, from.best.at(i), from.best.rank[i])
		}
	}
}

// gather makes every set hold what its subsets do.
func (y *agendaTally) gather() {
	for k := range bits.Len(uint(len(y.count) - 1)) {
		for i := range y.count {
			if i>>k&1 != 0 {
				from := i &^ (1 << k)
				y.count[i] += y.count[from]
				y.carried[i] += y.carried[from]
				if y.best.rank[from] >= 0 {
					y.best.offer(i, y.best.at(from), y.best.rank[from])
				}
			}
		}
	}
}

// moved returns an open issue as a bit where an option is not its status quo.
func (t *agendaTask) moved(issue, option int) uint64 {
	if k, open := slices.BinarySearch(t.open, issue); open && option != t.quo[issue] {
		return 1 << k
	}
	return 0
}

// listed fills the result by one visit of every outcome.
func (t *agendaTask) listed(out *Agendas, sets [][]int) error {
	sc, err := visit.New(t.s)
	if err != nil {
		return err
	}
	sc.Inside = true
	support := newParts(sc.Lister, t.s.Issues, t.moved)
	tallies, err := visit.Each(t.ctx, sc, t.opt.Progress, func(*visit.Scanner) *agendaTally { return t.newTally(support) },
		func(w *visit.Scanner, y *agendaTally) error { y.block(w); return nil })
	if err != nil {
		return err
	}
	sum := tallies[0]
	for _, y := range tallies[1:] {
		sum.absorb(y)
	}
	sum.gather()
	out.Method = bargain.Listing
	agenda := func(mask int) Agenda {
		a := Agenda{Table: t.table(bitsOf(uint64(mask))), Verdict: bargain.NoZone, Count: big.NewInt(sum.count[mask]), Ratifiable: big.NewInt(sum.carried[mask])}
		if sum.count[mask] > 0 {
			a.Verdict = bargain.HasZone
		}
		if rank := sum.best.rank[mask]; rank >= 0 {
			a.Nash = &bargain.Point{Utilities: slices.Clone(sum.best.at(mask)), Outcome: sc.Lister.Outcome(rank)}
		}
		a.Blocked = t.blocked(a.Table)
		return a
	}
	for _, set := range sets {
		mask := 0
		for _, k := range set {
			mask |= 1 << k
		}
		out.Sets = append(out.Sets, agenda(mask))
	}
	rungs, smallest := t.extremes(sum)
	for _, mask := range rungs[1:] {
		out.Ladder = append(out.Ladder, agenda(mask))
	}
	out.LadderExact = true
	for _, mask := range smallest[:min(len(smallest), maxAgendas)] {
		out.Smallest = append(out.Smallest, agenda(mask))
	}
	return nil
}

// extremes returns the best set of every size, and the smallest by inclusion that have a zone.
func (t *agendaTask) extremes(sum *agendaTally) (rungs, smallest []int) {
	n := len(t.open)
	rungs = slices.Repeat([]int{-1}, n+1)
	for mask := range sum.count {
		size := bits.OnesCount(uint(mask))
		if rungs[size] < 0 || t.higher(sum, mask, rungs[size]) {
			rungs[size] = mask
		}
		least := sum.count[mask] > 0
		for k := range n {
			least = least && (mask>>k&1 == 0 || sum.count[mask&^(1<<k)] == 0)
		}
		if least {
			smallest = append(smallest, mask)
		}
	}
	slices.SortFunc(smallest, bySizeThenOrder)
	return rungs, smallest
}

// bitsOf lists the positions of the bits of a mask.
func bitsOf(mask uint64) []int {
	var set []int
	for ; mask != 0; mask &= mask - 1 {
		set = append(set, bits.TrailingZeros64(mask))
	}
	return set
}

// bySizeThenOrder orders masks by their number of bits, then by the positions of those.
func bySizeThenOrder(a, b int) int {
	return cmp.Or(cmp.Compare(bits.OnesCount(uint(a)), bits.OnesCount(uint(b))), slices.Compare(bitsOf(uint64(a)), bitsOf(uint64(b))))
}

// higher reports whether set a is a better rung than b of the same size: by Nash, then by the
// size of the zone, then by order.
func (t *agendaTask) higher(y *agendaTally, a, b int) bool {
	x, z := y.best.rank[a] >= 0, y.best.rank[b] >= 0
	if x != z {
		return x
	}
	if x {
		if c := t.g.CompareNash(y.best.at(a), y.best.at(b)); c != 0 {
			return c > 0
		}
	}
	return cmp.Or(cmp.Compare(y.count[a], y.count[b]), -bySizeThenOrder(a, b)) > 0
}

// alone fills the result by an analysis of each set.
func (t *agendaTask) alone(out *Agendas, sets [][]int) error {
	n := len(t.open)
	rungs := 0
	if !out.Complete {
		rungs = n * (n + 1) / 2
	}
	total, done := len(sets)+rungs, 0
	each := t.opt.Time / time.Duration(total)
	ask := func(sets [][]int) ([]Agenda, error) {
		found := make([]Agenda, len(sets))
		failed := make([]error, len(sets))
		var next atomic.Int64
		var group sync.WaitGroup
		for range min(runtime.GOMAXPROCS(0), len(sets)) {
			group.Go(func() {
				for t.ctx.Err() == nil {
					k := int(next.Add(1)) - 1
					if k >= len(sets) {
						return
					}
					found[k], failed[k] = t.analysed(t.table(sets[k]), each)
				}
			})
		}
		group.Wait()
		done += len(sets)
		t.tell(float64(done) / float64(total))
		return found, errors.Join(context.Cause(t.ctx), errors.Join(failed...))
	}
	for at := 0; at < len(sets); at += 64 {
		found, err := ask(sets[at:min(at+64, len(sets))])
		if err != nil {
			return err
		}
		out.Sets = append(out.Sets, found...)
	}
	by := make(map[string]*Agenda, len(sets)) // by the issues on the table
	for i := range out.Sets {
		a := &out.Sets[i]
		out.Exact = out.Exact && a.Verdict != bargain.Unknown && (a.Nash != nil || a.Verdict == bargain.NoZone)
		by[fmt.Sprint(a.Table)] = a
	}
	for i := range out.Sets {
		if a := &out.Sets[i]; a.Verdict == bargain.HasZone && t.provenSmallest(a, by) {
			out.Smallest = append(out.Smallest, *a)
		}
	}
	if out.Complete {
		out.Ladder = make([]Agenda, n)
		taken := make([]bool, n+1)
		for i := range out.Sets {
			a := &out.Sets[i]
			if size := len(a.Table); size > 0 && (!taken[size] || t.better(a, &out.Ladder[size-1])) {
				out.Ladder[size-1], taken[size] = *a, true
			}
		}
		out.LadderExact = out.Exact
		return nil
	}
	// The last of the sets is the full agenda.
	set, rung := pareto.Places(n), out.Sets[len(out.Sets)-1]
	for len(set) > 0 {
		out.Ladder = append(out.Ladder, rung)
		var smaller [][]int
		for k := range set {
			smaller = append(smaller, slices.Delete(slices.Clone(set), k, k+1))
		}
		without, err := ask(smaller)
		if err != nil {
			return err
		}
		best := 0
		for k := range without {
			if t.better(&without[k], &without[best]) {
				best = k
			}
		}
		set, rung = smaller[best], without[best]
	}
	slices.Reverse(out.Ladder)
	return nil
}

// provenSmallest reports whether every agenda with one issue less is known to have no zone:
// then no smaller one has, since an agenda's zone holds those of all its parts.
func (t *agendaTask) provenSmallest(a *Agenda, by map[string]*Agenda) bool {
	for k := range a.Table {
		less, ok := by[fmt.Sprint(slices.Delete(slices.Clone(a.Table), k, k+1))]
		if !ok || less.Verdict != bargain.NoZone {
			return false
		}
	}
	return true
}

// better reports whether a is the better rung of two agendas of the same size.
func (t *agendaTask) better(a, b *Agenda) bool {
	if (a.Nash == nil) != (b.Nash == nil) {
		return a.Nash != nil
	}
	return a.Nash != nil && t.g.CompareNash(a.Nash.Utilities, b.Nash.Utilities) > 0
}

// held returns the space in which only the given issues, and those without a status quo,
// are open, and the options of each issue that are left.
func (t *agendaTask) held(table []int) (*outcome.Space, [][]int, error) {
	options := make([][]int, len(t.s.Issues))
	for i, is := range t.s.Issues {
		options[i] = []int{t.quo[i]}
		if t.quo[i] < 0 || slices.Contains(table, i) {
			options[i] = pareto.Places(is.Options)
		}
	}
	s, err := t.s.Restrict(options)
	if err != nil {
		return nil, nil, err
	}
	for p := range s.Parties {
		// Gains are measured from the same point whatever is on the table. No outcome of the
		// zone is worth less, so that the threshold shuts out none, and lets none in unless the
		// consent rule can be met by a refusal.
		if t.a.Verdict == bargain.HasZone && t.growing {
			s.Parties[p].Threshold = outcome.Threshold{Value: t.g.Disagreement[p], Set: true}
		}
	}
	return s, options, nil
}

// analysed asks about one set of issues by itself.
func (t *agendaTask) analysed(table []int, budget time.Duration) (Agenda, error) {
	out := Agenda{Table: table, Verdict: bargain.Unknown, Blocked: t.blocked(table)}
	s, options, err := t.held(table)
	if err != nil {
		return out, err
	}
	a, err := bargain.Analyze(t.ctx, s, bargain.Options{Time: max(budget, time.Millisecond), Memory: t.opt.Memory, MaxPoints: 1, MaxTies: 1})
	if err != nil {
		return out, context.Cause(t.ctx) // refused: unknown
	}
	out.Verdict = a.Verdict
	if a.Zone.Low != nil && a.Zone.High != nil && a.Zone.Exact() {
		out.Count, out.Ratifiable = a.Zone.Low, a.Zone.Ratifiable
	}
	same := true // gains are measured from the whole case's point
	for p, b := range a.Parties {
		same = same && b.Disagreement == t.g.Disagreement[p]
	}
	if n := a.Solutions.Nash; same && n != nil && n.Gap != nil && n.Gap.Sign() == 0 {
		out.Nash = &bargain.Point{Utilities: n.Utilities, Outcome: mapped(n.Outcome, options)}
	}
	return out, nil
}

// mapped returns an outcome of a restricted space as one of the whole.
func mapped(o outcome.Outcome, options [][]int) outcome.Outcome {
	to := make(outcome.Outcome, len(o))
	for i, k := range o {
		to[i] = options[i][k]
	}
	return to
}

// blocked returns the ids of the requirements and red lines that every outcome with the
// given issues on the table breaks.
func (t *agendaTask) blocked(table []int) []string {
	var ids []string
	for _, list := range t.conditions() {
		for k := range list {
			if !t.escapable(&list[k].Forbidden, table) {
				ids = append(ids, list[k].ID)
			}
		}
	}
	return ids
}

// conditions returns the requirements, then each party's red lines.
func (t *agendaTask) conditions() [][]outcome.Condition {
	all := [][]outcome.Condition{t.s.Requires}
	for p := range t.s.Parties {
		all = append(all, t.s.Parties[p].RedLines)
	}
	return all
}

// escapable reports whether some outcome with the given issues on the table is not in the
// forbidden table.
func (t *agendaTask) escapable(forbidden *outcome.Table, table []int) bool {
	issues := forbidden.Issues()
	moves := func(i int) bool { return t.quo[i] < 0 || slices.Contains(table, i) }
	if box, inside := forbidden.Box(); box {
		for k, i := range issues {
			var in, out bool
			for o := range t.s.Issues[i].Options {
				if moves(i) || o == t.quo[i] {
					in, out = in || forbidden.Within(k, o), out || !forbidden.Within(k, o)
				}
			}
			switch {
			case inside && out:
				return true // step outside the box
			case !inside && !in:
				return false // nothing lies within it
			}
		}
		return !inside
	}
	var visit func(k, rank int) bool
	visit = func(k, rank int) bool {
		if k == len(issues) {
			return !forbidden.At(rank)
		}
		i := issues[k]
		n := t.s.Issues[i].Options
		if !moves(i) {
			return visit(k+1, rank*n+t.quo[i])
		}
		for o := range n {
			if visit(k+1, rank*n+o) {
				return true
			}
		}
		return false
	}
	return visit(0, 0)
}
