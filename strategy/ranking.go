package strategy

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// maxListed is the largest number of outcomes that are ranked one by one.
const maxListed = 1 << 24

// A Ranking is what a party works out before it sits down: the outcomes that it may
// offer, best first. Those satisfy every requirement, break none of its red lines,
// stay within its mandate and are worth at least its no-deal value. Equals stand in
// the order of issues and options.
//
// A space of more than [maxListed] outcomes is not ranked; its best outcomes are
// then found by [bargain.Responses]. A Ranking is immutable and may be shared by any
// number of sessions at once.
type Ranking struct {
	self protocol.Self
	own  *outcome.Space // one party: the mandate and red lines are requirements
	row  *outcome.Row
	keep func(outcome.Outcome) bool // what else an outcome must pass; nil for nothing

	listed bool
	// By position, best first; empty where the space is not listed.
	utility []int64
	rank    []int32  // in the order of issues and options
	sizes   []int32  // options by issue
	inverse []uint64 // 2^64 over each of them, rounded up; 0 for 1
	index   buckets

	best, floor int64           // greatest and least utility that may be offered
	bestOutcome outcome.Outcome // one worth best

	mu     sync.Mutex
	atHome *Ranking // the part of it that the party's people carry, once it was asked for
}

// NewRanking ranks the outcomes of a party. It fails when self is not a party's, when
// there is nothing that the party may offer, and when a space too large to list links
// issues in more ways than can be summed.
func NewRanking(self protocol.Self) (*Ranking, error) {
	if self.Space == nil || len(self.Space.Parties) != 1 {
		return nil, fmt.Errorf("a party's strategy needs a space with this one party")
	}
	return rankAdmitted(self, nil)
}

// rankAdmitted ranks the outcomes that keep, if there is one, lets pass.
func rankAdmitted(self protocol.Self, keep func(outcome.Outcome) bool) (*Ranking, error) {
	party := &self.Space.Parties[0]
	own := *self.Space
	own.Consent = outcome.Rule{}
	own.Requires = slices.Concat(self.Space.Requires, party.RedLines)
	if self.Mandate.Count() > 0 {
		own.Requires = append(own.Requires, outcome.Condition{ID: party.ID + ".mandate", Forbidden: self.Mandate})
	}
	own.Parties = []outcome.Party{{Row: party.Row}}
	r := &Ranking{self: self, own: &own, row: &own.Parties[0].Row, keep: keep}
	n, ok := own.Count()
	var err error
	if ok && n <= maxListed {
		err = r.list(int(n), keep)
	} else if keep != nil {
		err = fmt.Errorf("%v packages are too many to ask the people at home about each", own.Size())
	} else {
		err = r.bound()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", party.ID, err)
	}
	return r, nil
}

// list ranks every outcome.
func (r *Ranking) list(n int, keep func(outcome.Outcome) bool) error {
	lister, err := outcome.NewLister(r.own)
	if err != nil {
		return err
	}
	var utility []int64
	var rank []int32
	cursor := lister.Cursor()
	words, last := lister.Places()
	ranks := lister.Ranks()
	o := make(outcome.Outcome, len(r.own.Issues))
	r.sizes = make([]int32, len(r.own.Issues))
	r.inverse = make([]uint64, len(r.own.Issues))
	for i, issue := range r.own.Issues {
		r.sizes[i] = int32(issue.Options)
		r.inverse[i] = ^uint64(0)/uint64(issue.Options) + 1
	}
	for block := range lister.Blocks() {
		cursor.MoveTo(block)
		base, table, _, _ := cursor.Values(0)
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
				at := int32(first + ranks[j])
				if r.row.Threshold.Accepts(u) && (keep == nil || keep(r.decode(o, at))) {
					utility, rank = append(utility, u), append(rank, at)
				}
			}
		}
	}
	if len(utility) == 0 {
		return errNothing
	}
	r.listed = true
	r.utility, r.rank = bestFirst(utility, rank, int64(n))
	r.settle()
	return nil
}

// bestFirst sorts utilities in descending order, equals by rank, which is below n.
func bestFirst(utility []int64, rank []int32, n int64) ([]int64, []int32) {
	best, least := slices.Max(utility), slices.Min(utility)
	if high, _ := bits.Mul64(uint64(best-least)+1, uint64(n)); high != 0 {
		order := make([]int32, len(rank))
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortFunc(order, func(a, b int32) int {
			return cmp.Or(cmp.Compare(utility[b], utility[a]), cmp.Compare(rank[a], rank[b]))
		})
		sorted, ranks := make([]int64, len(rank)), make([]int32, len(rank))
		for i, k := range order {
			sorted[i], ranks[i] = utility[k], rank[k]
		}
		return sorted, ranks
	}
	// What is missing to the best and the rank fit into one word, which sorts faster.
	keys := make([]uint64, len(rank))
	for i, u := range utility {
		keys[i] = uint64(best-u)*uint64(n) + uint64(rank[i])
	}
	slices.Sort(keys)
	for i, key := range keys {
		missing := key / uint64(n)
		utility[i], rank[i] = best-int64(missing), int32(key-missing*uint64(n))
	}
	return utility, rank
}

// errNothing says that a party has nothing to offer.
var errNothing = fmt.Errorf("nothing satisfies the requirements, its red lines, its mandate and its no-deal value at once, so there is nothing that it may offer")

// settle fills in what follows from a listing.
func (r *Ranking) settle() {
	n := len(r.utility)
	r.best, r.floor = r.utility[0], r.utility[n-1]
	r.bestOutcome = r.decode(make(outcome.Outcome, len(r.sizes)), r.rank[0])
	r.index = newBuckets(r.utility)
}

// bound finds the ends of a space that is not listed.
func (r *Ranking) bound() error {
	// To one who wants nothing, the first party's best; to one who wants the
	// opposite, its least.
	most, err := r.Respond(context.Background(), r.opposite(0))
	if err != nil {
		return err
	}
	if most.Len() == 0 {
		return errNothing
	}
	r.best, r.bestOutcome = most.At(0)[0], most.Outcome(0)
	r.floor = r.row.Threshold.Value
	if !r.row.Threshold.Set {
		r.floor, _ = possible(r.row, nil)
	}
	r.floor = min(r.floor, r.best)
	return nil
}

// opposite returns a row over the same issues whose scores are the party's times factor.
func (r *Ranking) opposite(factor int64) *outcome.Row {
	row := &outcome.Row{ID: "other", Scale: 1, Scores: make([][]int64, len(r.row.Scores))}
	for i, scores := range r.row.Scores {
		row.Scores[i] = make([]int64, len(scores))
		for o, s := range scores {
			row.Scores[i][o] = factor * s
		}
	}
	return row
}

// possible returns bounds of a row's utilities over the outcomes that agree with the
// options settled, -1 standing for any; nil settles nothing.
func possible(row *outcome.Row, settled outcome.Outcome) (least, most int64) {
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

// Respond finds, for every level, the party's best outcome that is at least this good
// for the other side as it is estimated, and the other way round.
func (r *Ranking) Respond(ctx context.Context, other *outcome.Row) (*bargain.Responses, error) {
	s := *r.own
	s.Parties = []outcome.Party{r.own.Parties[0], {Row: *other}}
	return bargain.NewResponses(ctx, &s, bargain.Options{Time: time.Minute, Memory: 1 << 30})
}

// Len returns the number of outcomes ranked; 0 where the space is not listed.
func (r *Ranking) Len() int { return len(r.utility) }

// Lowest returns the position of the least outcome that is worth at least target; of
// equals the last. It is 0, the best, where none is.
func (r *Ranking) Lowest(target int64) int {
	return max(0, r.index.above(r.utility, target)-1)
}

// decode writes the outcome of a rank into o.
func (r *Ranking) decode(o outcome.Outcome, rank int32) outcome.Outcome {
	k := uint64(rank)
	inverse := r.inverse[:len(o)]
	sizes := r.sizes[:len(o)]
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

// At writes the outcome at a position into o, which it returns, with its utility.
func (r *Ranking) At(o outcome.Outcome, position int) (outcome.Outcome, int64) {
	return r.decode(o, r.rank[position]), r.utility[position]
}

// Value returns what an outcome is worth to the party, and whether it may agree to it.
func (r *Ranking) Value(o outcome.Outcome) (u int64, may bool) {
	u = r.row.Value(o)
	return u, r.row.Threshold.Accepts(u) && r.own.Admits(o) && (r.keep == nil || r.keep(o))
}

// part returns the given share, a fixed-point number of 32 binary places, of the way from
// the best utility down to the floor.
func (r *Ranking) part(share uint64) int64 { return r.best - scaled(r.best-r.floor, share) }

// gained returns how far above the floor a utility is, as a share of the whole way, from 0 to one.
func (r *Ranking) gained(u int64) uint64 {
	if u >= r.best {
		return one
	}
	if u <= r.floor {
		return 0
	}
	return ratio(uint64(u-r.floor), uint64(r.best-r.floor))
}

// Home returns the part of the ranking that the party's people carry.
func (r *Ranking) Home() (*Ranking, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.atHome != nil {
		return r.atHome, nil
	}
	party := &r.self.Space.Parties[0]
	if len(party.Constituencies) == 0 {
		return r, nil
	}
	home, err := rankAdmitted(r.self, party.Ratifies)
	if err != nil {
		return nil, err
	}
	r.atHome = home
	return home, nil
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
