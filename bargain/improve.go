package bargain

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/outcome"
)

// Improvements are the outcomes that are better than a given one for some party and worse
// for none (Pareto), among the outcomes that are admitted: that satisfy every requirement and
// cross no party's red line. No-deal values and the consent rule play no part: an improvement
// may lie outside the zone.
type Improvements struct {
	// Any says whether there is an improvement; it is proven where Known is set. An admitted
	// outcome without one is efficient among the admitted.
	Any, Known bool
	// Exact says that Best, Nash and Egalitarian are proven. Nearest speaks for itself.
	Exact  bool
	Method Method
	Why    string // one sentence: why this method
	// Low and High bound the number of admitted outcomes that are worse for nobody, the given one
	// among them where it is admitted; equal where it is exact.
	Low, High *big.Int

	// Nearest changes the fewest issues; among those it moves the least, see [Better]; among
	// those it is the first in the order of issues and options. nil where there is none, or
	// none was found within the budget.
	Nearest *Better
	// NearestLeast is a number of issues that every improvement changes at least. Where Nearest
	// is proven, it is the number that Nearest changes.
	NearestLeast int
	// NearestExact says that Nearest is proven.
	NearestExact bool

	// Best holds, by party, the efficient improvement that gives that party the most, the
	// first in order among several; nil where no improvement gives it more.
	Best []*Better
	// Nash has the greatest product of gains over the given outcome (as [Solutions.Nash] with that
	// outcome for a disagreement point), Egalitarian the leximin of those gains in points.
	Nash, Egalitarian *Better
}

// A Better outcome is an improvement.
type Better struct {
	Outcome   outcome.Outcome
	Utilities []int64 // by party, each in its row's units
	Changed   []int   // positions of the issues that differ
	// Moved is how much changes in all: the sum over parties, and over the issues that differ,
	// of the absolute change of the issue's score as a share of the party's span, which is the
	// sum over issues of its greatest less its least score. A party's scale does not matter.
	Moved  *big.Rat
	InZone bool
	// Gap is how much better, at most, another could be, as in [Solution]; for the best of one
	// party in points. 0 where it is proven, nil where nothing is.
	Gap *big.Rat
}

// nearestTime bounds the work of looking for the nearest improvement.
const nearestTime = 10 * time.Second

// Improve looks for improvements of outcome o. It analyses the admitted outcomes that are worth
// at least as much as o to every party, by the method and within the budget that opt and the
// size of the space ask for, and looks for the nearest issue by issue. It fails where o is no
// outcome of s, and where [Analyze] would fail.
func Improve(ctx context.Context, s *outcome.Space, o outcome.Outcome, opt Options) (*Improvements, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if err := s.Fits(o); err != nil {
		return nil, err
	}
	floors := asGoodAs(s, o)
	opt.Whole, opt.Measures, opt.MaxTies = false, false, 1
	opt.MaxPoints = 1 << 22
	a, err := Analyze(ctx, floors, opt)
	if err != nil {
		return nil, err
	}
	from := s.Values(o)
	im := &Improvements{Method: a.Method, Why: a.Why, Exact: a.Exact, Known: a.Verdict != Unknown,
		Low: a.Zone.Low, High: a.Zone.High, Best: make([]*Better, len(s.Parties))}
	better := func(x outcome.Outcome, gap *big.Rat) *Better {
		u := s.Values(x)
		if slices.Equal(u, from) {
			return nil
		}
		im.Any = true
		return &Better{x, u, differing(o, x), newMoves(s, o).share(x), s.InZone(x), gap}
	}
	switch {
	case a.Verdict == NoZone:
		im.NearestExact = true
		return im, nil
	case a.Method == Bounding:
		err = im.bound(ctx, s, floors, opt, better)
	default:
		im.rank(a, from, better)
	}
	if err != nil {
		return nil, err
	}
	if x := a.Solutions.Nash; x != nil {
		im.Nash = better(x.Outcome, x.Gap)
	}
	if x := a.Solutions.Egalitarian; x != nil {
		im.Egalitarian = better(x.Outcome, x.Gap)
	}
	if !im.Any {
		// A frontier that is complete would show an improvement, and so would a best outcome
		// that is proven. A party that could gain would be found among them.
		im.Known = im.Known && im.Exact
		im.NearestExact = im.Known
		if im.Known {
			return im, nil
		}
	}
	return im, im.near(ctx, s, o, from, min(cmp.Or(opt.Time, budget.DefaultTime), nearestTime))
}

// asGoodAs returns the space of the admitted outcomes that are worth as much as o to everybody:
// its zone.
func asGoodAs(s *outcome.Space, o outcome.Outcome) *outcome.Space {
	floors := &outcome.Space{Issues: s.Issues, Requires: s.Requires, Rounded: s.Rounded}
	for _, p := range s.Parties {
		p.Threshold = outcome.Threshold{Value: p.Value(o), Set: true}
		p.Constituencies, p.Ratification = nil, outcome.Rule{}
		floors.Parties = append(floors.Parties, p)
	}
	return floors
}

func differing(o, x outcome.Outcome) []int {
	var at []int
	for i := range o {
		if o[i] != x[i] {
			at = append(at, i)
		}
	}
	return at
}

// rank fills the best of each party from a frontier.
func (im *Improvements) rank(a *Analysis, from []int64, better func(outcome.Outcome, *big.Rat) *Better) {
	im.Exact = im.Exact && !a.Frontier.Truncated
	gap := new(big.Rat)
	if !im.Exact {
		gap = nil
	}
	points := a.Frontier.Points
	for p := range im.Best {
		best := -1
		for i := range points {
			u := points[i].Utilities
			if u[p] <= from[p] {
				continue
			}
			if best < 0 || u[p] > points[best].Utilities[p] ||
				u[p] == points[best].Utilities[p] && slices.Compare(points[i].Outcome, points[best].Outcome) < 0 {
				best = i
			}
		}
		if best >= 0 {
			im.Best[p] = better(points[best].Outcome, gap)
		}
	}
}

// bound fills the best of each party by searches of their own. They are greatest for the
// party; whether another gives it as much and somebody else more is not looked into.
func (im *Improvements) bound(ctx context.Context, s, floors *outcome.Space, opt Options, better func(outcome.Outcome, *big.Rat) *Better) error {
	net, unfit := network.New(floors, false)
	if net == nil {
		return fmt.Errorf("improvements cannot be bounded: %s", unfit)
	}
	find := &prove.Search{Net: net, Budget: cmp.Or(opt.Time, budget.DefaultTime).Nanoseconds() / budget.Score}
	for p := range s.Parties {
		best, err := find.Best(ctx, p)
		if err != nil {
			return err
		}
		im.Exact = im.Exact && best.Exact
		if best.Outcome != nil && best.Utilities[p] > floors.Parties[p].Threshold.Value {
			im.Best[p] = better(best.Outcome, best.Gap(big.NewRat(1, s.Parties[p].Units())))
		}
	}
	return nil
}

// moves measures how much an outcome differs from another, in one unit for all parties.
type moves struct {
	s    *outcome.Space
	from outcome.Outcome
	// by party: the weight that makes a change of one unit a share of the party's span, over a
	// common denominator; nil for a party whose scores are the same throughout.
	weight []*big.Int
	whole  *big.Int
}

func newMoves(s *outcome.Space, from outcome.Outcome) *moves {
	m := &moves{s: s, from: from, whole: big.NewInt(1)}
	spans := make([]*big.Int, len(s.Parties))
	for p := range s.Parties {
		span := new(big.Int)
		for _, scores := range s.Parties[p].Scores {
			span.Add(span, big.NewInt(slices.Max(scores)-slices.Min(scores)))
		}
		if spans[p] = span; span.Sign() > 0 {
			m.whole.Mul(m.whole, new(big.Int).Quo(span, new(big.Int).GCD(nil, nil, m.whole, span)))
		}
	}
	for _, span := range spans {
		var w *big.Int
		if span.Sign() > 0 {
			w = new(big.Int).Quo(m.whole, span)
		}
		m.weight = append(m.weight, w)
	}
	return m
}

// of returns how much x differs, times whole.
func (m *moves) of(x outcome.Outcome) *big.Int {
	sum, term := new(big.Int), new(big.Int)
	for p, w := range m.weight {
		if w == nil {
			continue
		}
		for i, k := range x {
			if was := m.from[i]; k != was {
				d := m.s.Parties[p].Scores[i][k] - m.s.Parties[p].Scores[i][was]
				sum.Add(sum, term.Mul(w, big.NewInt(max(d, -d))))
			}
		}
	}
	return sum
}

func (m *moves) share(x outcome.Outcome) *big.Rat { return new(big.Rat).SetFrac(m.of(x), m.whole) }

// near fills the nearest improvement: it tries every way to change one issue, then two, and
// so on, leaving out what cannot keep some party whole.
func (im *Improvements) near(ctx context.Context, s *outcome.Space, o outcome.Outcome, from []int64, budget time.Duration) error {
	// What is known already bounds how far to look.
	most := len(s.Issues)
	for _, x := range append(slices.Clone(im.Best), im.Nash, im.Egalitarian) {
		if x != nil && (im.Nearest == nil || len(x.Changed) < len(im.Nearest.Changed)) {
			im.Nearest, most = x, len(x.Changed)
		}
	}
	n := newNearer(ctx, s, o, from, budget.Nanoseconds())
	for k := 1; k <= most; k++ {
		im.NearestLeast = k
		found, done := n.at(k)
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if found != nil && (done || k == most || im.Nearest == nil) {
			im.Any, im.Known = true, true
			im.Nearest = &Better{found, s.Values(found), differing(o, found), n.moves.share(found), s.InZone(found), nil}
		}
		if !done {
			return nil
		}
		if found != nil {
			im.NearestExact, im.Nearest.Gap = true, new(big.Rat)
			return nil
		}
	}
	if im.Nearest == nil { // every outcome was tried
		im.NearestExact, im.Known, im.NearestLeast = true, true, 0
	}
	return nil
}

// A nearer tries the outcomes that differ from one in a number of issues.
type nearer struct {
	ctx   context.Context
	s     *outcome.Space
	o     outcome.Outcome
	from  []int64
	moves *moves
	// need is, by party, the least that changes of scores must add up to where adjustments
	// add all that they could.
	need []int64
	rise [][]int64 // by issue and party, the most that changing the issue adds
	// reach is, by number of changes, first issue and party, the most that so many changes
	// from that issue on add; unreachable where there are too few issues.
	reach [][][]int64
	left  int64 // nanoseconds of work, estimated
	x     outcome.Outcome
	sum   []int64
	best  outcome.Outcome
	least *big.Int
}

const unreachable = network.NoFloor

func newNearer(ctx context.Context, s *outcome.Space, o outcome.Outcome, from []int64, budget int64) *nearer {
	n := &nearer{ctx: ctx, s: s, o: o, from: from, moves: newMoves(s, o), left: budget,
		x: slices.Clone(o), sum: make([]int64, len(s.Parties))}
	for p := range s.Parties {
		row := &s.Parties[p].Row
		need := int64(0)
		for i := range row.Adjustments {
			a := &row.Adjustments[i]
			if a.When.Holds(o) {
				need += a.Add
			}
			need -= max(a.Add, 0)
		}
		n.need = append(n.need, need)
	}
	none := make([][]int64, len(s.Issues)+1)
	for i := range none {
		none[i] = make([]int64, len(s.Parties))
	}
	n.reach = [][][]int64{none}
	for i := range s.Issues {
		rise := make([]int64, len(s.Parties))
		for p := range rise {
			rise[p] = unreachable
			scores := s.Parties[p].Scores[i]
			for k, v := range scores {
				if k != o[i] {
					rise[p] = max(rise[p], v-scores[o[i]])
				}
			}
		}
		n.rise = append(n.rise, rise)
	}
	return n
}

// at returns the first of the least moved improvements that change k issues, nil where there
// is none, and whether all of them were tried.
func (n *nearer) at(k int) (outcome.Outcome, bool) {
	issues, parties := len(n.s.Issues), len(n.s.Parties)
	n.spend(int64(issues) * int64(parties) * 2)
	if n.left < 0 {
		return nil, false
	}
	reach := make([][]int64, issues+1)
	reach[issues] = slices.Repeat([]int64{unreachable}, parties)
	for i := issues - 1; i >= 0; i-- {
		reach[i] = slices.Clone(reach[i+1])
		for p := range reach[i] {
			if fewer := n.reach[k-1][i+1][p]; fewer != unreachable && n.rise[i][p] != unreachable {
				reach[i][p] = max(reach[i][p], fewer+n.rise[i][p])
			}
		}
	}
	n.reach = append(n.reach, reach)
	n.best, n.least = nil, nil
	n.visit(0, k)
	return n.best, n.left >= 0
}

func (n *nearer) spend(work int64) {
	before := n.left
	n.left -= work
	if before>>20 != n.left>>20 && n.ctx.Err() != nil {
		n.left = -1
	}
}

// visit tries every way to change k issues from position i on.
func (n *nearer) visit(i, k int) {
	if n.left < 0 {
		return
	}
	if k == 0 {
		n.judge()
		return
	}
	n.spend(int64(10 + 2*len(n.sum)))
	for p, sum := range n.sum {
		if r := n.reach[k][i][p]; r == unreachable || sum+r < n.need[p] {
			return
		}
	}
	for option := range n.s.Issues[i].Options {
		if option == n.o[i] {
			continue
		}
		n.change(i, option, 1)
		n.x[i] = option
		n.visit(i+1, k-1)
		n.x[i] = n.o[i]
		n.change(i, option, -1)
	}
	n.visit(i+1, k)
}

func (n *nearer) change(i, option int, sign int64) {
	for p := range n.sum {
		scores := n.s.Parties[p].Scores[i]
		n.sum[p] += sign * (scores[option] - scores[n.o[i]])
	}
}

// judge keeps the outcome that stands if it is the best improvement so far.
func (n *nearer) judge() {
	for p, sum := range n.sum {
		if sum < n.need[p] {
			return
		}
	}
	n.spend(int64(20 * (len(n.x) + len(n.sum))))
	more := false
	for p := range n.sum {
		u := n.s.Parties[p].Value(n.x)
		if u < n.from[p] {
			return
		}
		more = more || u > n.from[p]
	}
	if !more || !admitted(n.s, n.x) {
		return
	}
	moved := n.moves.of(n.x)
	if c := -1; n.best != nil {
		if c = moved.Cmp(n.least); c > 0 || c == 0 && slices.Compare(n.x, n.best) >= 0 {
			return
		}
	}
	n.best, n.least = slices.Clone(n.x), moved
}

// admitted reports whether o satisfies every requirement of s and crosses no party's red line.
func admitted(s *outcome.Space, o outcome.Outcome) bool {
	if !s.Admits(o) {
		return false
	}
	for p := range s.Parties {
		for _, c := range s.Parties[p].RedLines {
			if c.Forbidden.Holds(o) {
				return false
			}
		}
	}
	return true
}

// A Swap changes one issue of an outcome to another option.
type Swap struct {
	Issue, Option int
	Change        []int64 // by party, what it adds to the utility, in its row's units
	// Breaks are the requirements and red lines that the outcome keeps and the swap breaks.
	Breaks []string
	InZone bool // of the outcome after it
}

// maxSwaps is the largest number of swaps that [Swaps] lists.
const maxSwaps = 20_000

// Swaps lists every change of one issue of o, in the order of issues and options; it fails
// where there are more than 20,000.
func Swaps(s *outcome.Space, o outcome.Outcome) ([]Swap, error) {
	if err := s.Fits(o); err != nil {
		return nil, err
	}
	n := -len(s.Issues)
	for _, is := range s.Issues {
		n += is.Options
	}
	if n > maxSwaps {
		return nil, fmt.Errorf("%d changes of a single issue are more than the %d that are listed", n, maxSwaps)
	}
	from, kept := s.Values(o), crossed(s, o)
	var all []Swap
	x := slices.Clone(o)
	for i, is := range s.Issues {
		for k := range is.Options {
			if k == o[i] {
				continue
			}
			x[i] = k
			sw := Swap{Issue: i, Option: k, Change: s.Values(x), InZone: s.InZone(x)}
			for p := range sw.Change {
				sw.Change[p] -= from[p]
			}
			for _, id := range crossed(s, x) {
				if !slices.Contains(kept, id) {
					sw.Breaks = append(sw.Breaks, id)
				}
			}
			all = append(all, sw)
		}
		x[i] = o[i]
	}
	return all, nil
}

// crossed returns the ids of the requirements and red lines that o breaks.
func crossed(s *outcome.Space, o outcome.Outcome) []string {
	var ids []string
	for _, c := range s.Requires {
		if c.Forbidden.Holds(o) {
			ids = append(ids, c.ID)
		}
	}
	for p := range s.Parties {
		for _, c := range s.Parties[p].RedLines {
			if c.Forbidden.Holds(o) {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids
}

// A Trade is a swap by which one party gives and another gets.
type Trade struct {
	Swap int      // position in the list of swaps
	Rate *big.Rat // points that the giver loses for each point that the other gains
}

// Trades returns the swaps by which giver loses and getter gains, and that break nothing new,
// cheapest for the giver first; equal rates in the order of the swaps. A rate compares points
// of two parties, which nothing in a case warrants: it serves to order concessions.
func Trades(s *outcome.Space, swaps []Swap, giver, getter int) []Trade {
	var all []Trade
	for i, sw := range swaps {
		if gives, gets := -sw.Change[giver], sw.Change[getter]; gives > 0 && gets > 0 && sw.Breaks == nil {
			rate := s.Parties[giver].Points(gives)
			all = append(all, Trade{i, rate.Quo(rate, s.Parties[getter].Points(gets))})
		}
	}
	slices.SortStableFunc(all, func(a, b Trade) int { return a.Rate.Cmp(b.Rate) })
	return all
}
