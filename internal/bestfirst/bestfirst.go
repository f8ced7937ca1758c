// Package bestfirst ranks the outcomes of a space that its one party may offer, best first.
package bestfirst

import (
	"cmp"
	"errors"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"github.com/goodoffices/goodoffices/outcome"
)

// MaxListed is the largest number of outcomes of a space that is ranked.
const MaxListed = 1 << 24

// ErrNothing says that a party has nothing to offer.
var ErrNothing = errors.New("nothing satisfies the requirements, its red lines, its mandate and its no-deal value at once, so there is nothing that it may offer")

// A List is what a party may offer, by position, best first, equals in the order of issues and
// options. It is only read once it is made.
type List struct {
	Utility []int64
	Rank    []int32 // in the order of issues and options, among all outcomes of the space

	index   buckets
	sizes   []int32  // options by issue
	inverse []uint64 // 2^64 over each of them, rounded up; 0 for 1
}

// Rank ranks what the one party of a space of at most [MaxListed] outcomes may offer: what no
// requirement rules out and what meets its threshold, its red lines not being looked at. Settled,
// where it is not nil, holds the options that the requirements fix, -1 for others: only what agrees with
// them is looked at. It fails with [ErrNothing] where nothing is left.
func Rank(own *outcome.Space, settled outcome.Outcome) (List, error) {
	l := List{sizes: make([]int32, len(own.Issues)), inverse: make([]uint64, len(own.Issues))}
	for i, issue := range own.Issues {
		l.sizes[i] = int32(issue.Options)
		l.inverse[i] = ^uint64(0)/uint64(issue.Options) + 1
	}
	within, err := restrict(own, settled)
	if err != nil {
		return List{}, err
	}
	if l.Utility, l.Rank, err = list(within); err != nil {
		return List{}, err
	}
	if settled != nil {
		unfold(l.Rank, own.Issues, settled)
	}
	l.Index()
	return l, nil
}

// Index prepares what finds utilities; it is called again where they were changed.
func (l *List) Index() { l.index = newBuckets(l.Utility) }

// Lowest returns the position of the least outcome that is worth at least target; of
// equals the last. It is 0, the best, where none is.
func (l *List) Lowest(target int64) int {
	return max(0, l.index.above(l.Utility, target)-1)
}

// Only returns what keep lets pass.
func (l List) Only(keep func(outcome.Outcome) bool) (List, error) {
	utility, rank := l.Utility, l.Rank
	l.Utility, l.Rank = nil, nil
	o := make(outcome.Outcome, len(l.sizes))
	for i, k := range rank {
		if keep(l.Decode(o, k)) {
			l.Utility, l.Rank = append(l.Utility, utility[i]), append(l.Rank, k)
		}
	}
	if len(l.Rank) == 0 {
		return List{}, ErrNothing
	}
	l.Index()
	return l, nil
}

// From returns what is worth at least least, which is at most the best.
func (l List) From(least int64) List {
	n := l.index.above(l.Utility, least)
	l.Utility, l.Rank = l.Utility[:n], l.Rank[:n]
	l.Index()
	return l
}

// Issues returns the number of issues.
func (l *List) Issues() int { return len(l.sizes) }

// All returns the number of outcomes of the space, admitted or not.
func (l *List) All() int {
	n := 1
	for _, size := range l.sizes {
		n *= int(size)
	}
	return n
}

// Encode returns the rank of an outcome.
func (l *List) Encode(o outcome.Outcome) int {
	rank := 0
	for i, option := range o {
		rank = rank*int(l.sizes[i]) + option
	}
	return rank
}

// Decode writes the outcome of a rank into o.
func (l *List) Decode(o outcome.Outcome, rank int32) outcome.Outcome {
	k := uint64(rank)
	inverse, sizes := l.inverse[:len(o)], l.sizes[:len(o)]
	for i := len(o) - 1; i > 0; i-- {
		// Exact, as k and the size are below 2^32; to divide takes longer.
		q, _ := bits.Mul64(k, inverse[i])
		if inverse[i] == 0 {
			q = k
		}
		o[i], k = int(k-q*uint64(sizes[i])), q
	}
	o[0] = int(k)
	return o
}

// list returns the utilities of what the party of a space may offer, best first, equals in the
// order of issues and options, and their ranks in that order.
func list(own *outcome.Space) (utility []int64, rank []int32, err error) {
	lister, err := outcome.NewLister(own)
	if err != nil {
		return nil, nil, err
	}
	row := &own.Parties[0].Row
	n, _ := own.Count()
	least, most := Possible(row, nil)
	if row.Threshold.Set {
		least = max(least, row.Threshold.Value)
	}
	if least > most {
		return nil, nil, ErrNothing
	}
	low := uint(bits.Len64(uint64(n - 1))) // places of a rank
	high := uint(bits.Len64(uint64(most - least)))
	if high+low > 63 {
		return listWide(lister, row.Threshold)
	}
	// What is missing to the best and the rank fit into one number.
	sorted := sortParts(gather(lister, row.Threshold, func(u int64, rank int32) int64 { return (most-u)<<low | int64(rank) }), high+low)
	if len(sorted) == 0 {
		return nil, nil, ErrNothing
	}
	rank = make([]int32, len(sorted))
	for i, k := range sorted {
		sorted[i], rank[i] = most-k>>low, int32(k&(1<<low-1))
	}
	return sorted, rank, nil
}

// listWide does the same where utilities are too far apart to fit into a number with a rank.
func listWide(lister *outcome.Lister, threshold outcome.Threshold) (utility []int64, rank []int32, err error) {
	type pair struct {
		u    int64
		rank int32
	}
	pairs := slices.Concat(gather(lister, threshold, func(u int64, rank int32) pair { return pair{u, rank} })...)
	if len(pairs) == 0 {
		return nil, nil, ErrNothing
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(b.u, a.u), cmp.Compare(a.rank, b.rank)) })
	for _, p := range pairs {
		utility, rank = append(utility, p.u), append(rank, p.rank)
	}
	return utility, rank, nil
}

// gather lists a space of one party on all cores and returns, in parts, what key makes of each
// outcome that no requirement rules out and that meets the threshold.
func gather[K any](lister *outcome.Lister, threshold outcome.Threshold, key func(u int64, rank int32) K) [][]K {
	const worth = 1 << 16 // outcomes that are worth a goroutine
	workers := max(1, min(int64(runtime.GOMAXPROCS(0)), lister.Blocks()*int64(lister.Len())/worth))
	parts := make([][][]K, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			parts[w] = gatherBlocks(lister, threshold, lister.Blocks()*w/workers, lister.Blocks()*(w+1)/workers, key)
		})
	}
	wait.Wait()
	return slices.Concat(parts...)
}

// gatherBlocks gathers from some blocks. Parts are of one size: one slice that grows would be
// copied again and again.
func gatherBlocks[K any](lister *outcome.Lister, threshold outcome.Threshold, from, to int64, key func(u int64, rank int32) K) (parts [][]K) {
	const size = 1 << 15
	cursor, ranks := lister.Cursor(), lister.Ranks()
	words, last := lister.Places()
	var part []K
	for block := from; block < to; block++ {
		cursor.MoveTo(block)
		base, table, _, top := cursor.Values(0)
		if !threshold.Accepts(base + top) {
			continue
		}
		excluded := cursor.Excluded()
		first := cursor.Rank(0) - ranks[0]
		for w := range words {
			in := ^uint64(0)
			if w == words-1 {
				in = last
			}
			if excluded != nil {
				in &^= excluded[w]
			}
			for ; in != 0; in &= in - 1 {
				j := w<<6 | bits.TrailingZeros64(in)
				u := base + table[j]
				if !threshold.Accepts(u) {
					continue
				}
				if len(part) == size {
					parts, part = append(parts, part), make([]K, 0, size)
				}
				part = append(part, key(u, int32(first+ranks[j])))
			}
		}
	}
	return append(parts, part)
}

// sortParts returns the numbers in the parts in ascending order, all from 0 up to 2^width: where
// they are many, by a digit at a time, the last first.
func sortParts(parts [][]int64, width uint) []int64 {
	const digit = 11
	n := 0
	for _, part := range parts {
		n += len(part)
	}
	if n < 1<<12 {
		all := slices.Concat(parts...)
		slices.Sort(all)
		return all
	}
	var to, other []int64
	for shift := uint(0); shift < width; shift += digit {
		var at [1 << digit]int
		for _, part := range parts {
			for _, k := range part {
				at[k>>shift&(1<<digit-1)]++
			}
		}
		next := 0
		for i, n := range at {
			at[i] = next
			next += n
		}
		if to == nil {
			to = make([]int64, n)
		}
		for _, part := range parts {
			for _, k := range part {
				i := &at[k>>shift&(1<<digit-1)]
				to[*i] = k
				*i++
			}
		}
		parts, to, other = [][]int64{to}, other, to
	}
	return other
}

// restrict returns a space in which every issue that is settled has the settled option alone;
// the space itself where settled is nil.
func restrict(s *outcome.Space, settled outcome.Outcome) (*outcome.Space, error) {
	if settled == nil {
		return s, nil
	}
	within := *s
	within.Issues = slices.Clone(s.Issues)
	row := s.Parties[0].Row
	row.Scores = slices.Clone(row.Scores)
	for i, o := range settled {
		if o >= 0 {
			within.Issues[i].Options = 1
			row.Scores[i] = row.Scores[i][o : o+1]
		}
	}
	within.Requires = slices.Clone(s.Requires)
	row.Adjustments = slices.Clone(row.Adjustments)
	var errs []error
	for i := range within.Requires {
		errs = append(errs, restrictTable(&within.Requires[i].Forbidden, within.Issues, settled))
	}
	for i := range row.Adjustments {
		errs = append(errs, restrictTable(&row.Adjustments[i].When, within.Issues, settled))
	}
	within.Requires = slices.DeleteFunc(within.Requires, func(c outcome.Condition) bool { return c.Forbidden.Count() == 0 })
	within.Parties = []outcome.Party{{Row: row}}
	return &within, errors.Join(errs...)
}

// restrictTable leaves of a table what agrees with the options settled.
func restrictTable(t *outcome.Table, issues []outcome.Issue, settled outcome.Outcome) (err error) {
	spans := t.Issues()
	if !slices.ContainsFunc(spans, func(i int) bool { return settled[i] >= 0 }) {
		return nil
	}
	if box, inside := t.Box(); box {
		sets := make([][]int, len(spans))
		for k, i := range spans {
			for o := range issues[i].Options {
				if t.Within(k, o+max(settled[i], 0)) {
					sets[k] = append(sets[k], o)
				}
			}
		}
		*t, err = outcome.NewBox(issues, spans, sets, inside)
		return err
	}
	o := slices.Clone(settled)
	*t, err = outcome.NewTable(issues, spans, func(options []int) bool {
		for k, i := range spans {
			o[i] = options[k] + max(settled[i], 0)
		}
		return t.Holds(o)
	})
	return err
}

// unfold turns ranks among the outcomes that agree with the options settled into ranks among all.
func unfold(ranks []int32, issues []outcome.Issue, settled outcome.Outcome) {
	for k, rank := range ranks {
		stride, whole, left := 1, 0, int(rank)
		for i := len(issues) - 1; i >= 0; i-- {
			o := settled[i]
			if o < 0 {
				o, left = left%issues[i].Options, left/issues[i].Options
			}
			whole += o * stride
			stride *= issues[i].Options
		}
		ranks[k] = int32(whole)
	}
}

// Possible returns bounds of a row's utilities over the outcomes that agree with the
// options settled, -1 standing for any; nil settles nothing.
func Possible(row *outcome.Row, settled outcome.Outcome) (least, most int64) {
	for i, scores := range row.Scores {
		if settled != nil && settled[i] >= 0 {
			scores = scores[settled[i] : settled[i]+1]
		}
		least += slices.Min(scores)
		most += slices.Max(scores)
	}
	for _, a := range row.Adjustments {
		least += min(a.Add, 0)
		most += max(a.Add, 0)
	}
	return least, most
}

// buckets finds a utility among descending ones by two looks and a short walk: the
// range is cut into equal steps, about one per utility, and each knows where the
// utilities above it end.
type buckets struct {
	low   int64
	shift uint
	ends  []int32 // by step: the number of utilities on this step or higher
}

func newBuckets(utility []int64) buckets {
	n := len(utility)
	b := buckets{low: utility[n-1]}
	span := uint64(utility[0] - b.low)
	for span>>b.shift > uint64(2*n) {
		b.shift++
	}
	b.ends = make([]int32, span>>b.shift+2)
	for _, u := range utility {
		b.ends[uint64(u-b.low)>>b.shift]++
	}
	for i := len(b.ends) - 2; i >= 0; i-- {
		b.ends[i] += b.ends[i+1]
	}
	return b
}

// above returns how many of the utilities are at least target.
func (b *buckets) above(utility []int64, target int64) int {
	if target <= b.low {
		return len(utility)
	}
	step := uint64(target-b.low) >> b.shift
	if step >= uint64(len(b.ends)) {
		return 0
	}
	from, to := int(b.ends[min(step+1, uint64(len(b.ends)-1))]), int(b.ends[step])
	// Within a step utilities are close; many fall into one only where they are bunched.
	for to-from > 8 {
		if mid := (from + to) / 2; utility[mid] >= target {
			from = mid + 1
		} else {
			to = mid
		}
	}
	for from < to && utility[from] >= target {
		from++
	}
	return from
}
