package bargain

import (
	"context"
	"math/big"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/goodoffices/goodoffices/outcome"
)

// A scan lists a space on several goroutines. Each has its own scanner; what they
// find is put together at the end and does not depend on who met which block.
type scan struct {
	space  *outcome.Space
	lister *outcome.Lister
	whole  bool // also the frontier of every admitted outcome
	agreed bool // also the frontier of what every party accepts: consent is not unanimous
	home   bool // the zone is what of it every party can carry at home
	bare   bool // the zone is only counted: no frontier
	wants  []wanted
	most   int  // outcomes kept for each of wants
	alone  bool // on one goroutine: what is kept back depends on the order of blocks
}

// A scanner is one goroutine's part of a scan.
type scanner struct {
	*scan
	cursor *outcome.Cursor

	count, ratifiable int64
	least             []int64  // by party, over the zone
	seen              [][]bool // by issue and option, over the zone
	zone, all, agree  collector

	wants    []wanted // own copy
	surveyed survey
	breaker  *breaker // of a diagnosis

	words  []uint64   // the block's zone
	left   []uint64   // what of it can be carried at home
	each   [][]uint64 // by party, what it accepts in the block
	yes    []uint64   // a word per party, or per constituency
	bases  []int64
	tables [][]int64
	tops   []int64
	ranks  []int64
}

// chunk is the number of outcomes that a goroutine takes at a time.
const chunk = 1 << 18

func newScan(s *outcome.Space, whole bool) (*scan, error) {
	l, err := outcome.NewLister(s)
	if err != nil {
		return nil, err
	}
	return &scan{space: s, lister: l, whole: whole, agreed: !unanimous(s)}, nil
}

// unanimous reports whether the consent rule asks every party, however written.
func unanimous(s *outcome.Space) bool {
	n := len(s.Parties)
	if s.Consent.Everyone() {
		return true
	}
	if n > 12 {
		return false
	}
	for yes := range uint64(1) << n {
		if s.Consent.Holds(yes, n) != (yes == 1<<n-1) {
			return false
		}
	}
	return true
}

func (s *scan) scanner(ctx context.Context) *scanner {
	n := len(s.space.Parties)
	low, high := span(&s.space.Parties[0].Row)
	collect := func(asked bool) collector {
		if !asked {
			return nil
		}
		c := newCollector(n, low, high)
		if a, ok := c.(*archive); ok {
			a.stop = func() bool { return ctx.Err() != nil }
		}
		return c
	}
	words, _ := s.lister.Places()
	w := &scanner{scan: s, cursor: s.lister.Cursor(), zone: collect(!s.bare), all: collect(s.whole), agree: collect(s.agreed && !s.bare),
		wants: slices.Clone(s.wants), surveyed: newSurvey(n), words: make([]uint64, words), left: make([]uint64, words), each: make([][]uint64, n), yes: make([]uint64, outcome.MaxParties),
		bases: make([]int64, n), tables: make([][]int64, n), tops: make([]int64, n), ranks: s.lister.Ranks()}
	for p := range w.each {
		w.each[p] = make([]uint64, words)
	}
	for range n {
		w.least = append(w.least, outcome.MaxUtility)
	}
	for _, is := range s.space.Issues {
		w.seen = append(w.seen, make([]bool, is.Options))
	}
	return w
}

// span bounds the utilities of a row over all outcomes.
func span(r *outcome.Row) (low, high int64) {
	for _, scores := range r.Scores {
		low += slices.Min(scores)
		high += slices.Max(scores)
	}
	for _, a := range r.Adjustments {
		low += min(a.Add, 0)
		high += max(a.Add, 0)
	}
	return low, high
}

// run visits every block, calling visit with a scanner of the goroutine's own.
func (s *scan) run(ctx context.Context, progress func(float64), visit func(*scanner)) ([]*scanner, error) {
	outer := ctx // the archives are settled after this returns
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	blocks := s.lister.Blocks()
	step := max(1, chunk/int64(s.lister.Len()))
	workers := max(1, min(int64(runtime.GOMAXPROCS(0)), blocks/step))
	if s.alone {
		workers = 1
	}
	scanners := make([]*scanner, workers)
	var next, done atomic.Int64
	var telling sync.Mutex
	var group sync.WaitGroup
	for i := range scanners {
		group.Go(func() {
			w := s.scanner(outer)
			scanners[i] = w
			for ctx.Err() == nil {
				from := next.Add(step) - step
				if from >= blocks {
					return
				}
				to := min(from+step, blocks)
				for k := from; k < to; k++ {
					w.cursor.MoveTo(k)
					visit(w)
				}
				if err := w.err(); err != nil {
					cancel(err)
				}
				if d := done.Add(to - from); progress != nil && telling.TryLock() {
					progress(float64(d) / float64(blocks))
					telling.Unlock()
				}
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return scanners, nil
}

func (w *scanner) err() error {
	for _, c := range []collector{w.zone, w.all, w.agree} {
		if c != nil && c.err() != nil {
			return c.err()
		}
	}
	return nil
}

// admitted sets w.words to the outcomes of the block that satisfy the
// requirements, and reports whether there are any.
func (w *scanner) admitted() bool {
	_, last := w.lister.Places()
	excluded := w.cursor.Excluded()
	any := uint64(0)
	for i := range w.words {
		w.words[i] = ^uint64(0)
		if excluded != nil {
			w.words[i] = ^excluded[i]
		}
		if i == len(w.words)-1 {
			w.words[i] &= last
		}
		any |= w.words[i]
	}
	return any != 0
}

// values fetches every party's utilities in the block.
func (w *scanner) values() {
	for p := range w.bases {
		w.bases[p], w.tables[p], _, w.tops[p] = w.cursor.Values(w.lister.Row(p))
	}
}

// block judges the block on which the cursor stands.
func (w *scanner) block() {
	if !w.whole && !w.agreed && w.hopeless() {
		return
	}
	if !w.admitted() {
		return
	}
	w.values()
	if w.whole {
		w.all.offer(w.words, w.bases, w.tables, w.tops, w.cursor.Rank(0), w.ranks)
	}
	if !w.inZone() {
		return
	}
	w.count += outcome.Ones(w.words)
	w.ratifiable += w.carried()
	w.cursor.MarkOptions(w.words, w.seen)
	if w.bare {
		return
	}
	for p := range w.least {
		if !w.space.Parties[p].Threshold.Set {
			w.least[p] = min(w.least[p], w.bases[p]+leastOf(w.words, w.tables[p]))
		}
	}
	rank := w.cursor.Rank(0)
	w.zone.offer(w.words, w.bases, w.tables, w.tops, rank, w.ranks)
	if w.agreed {
		for i := range w.words {
			for p := range w.each {
				w.words[i] &= w.each[p][i]
			}
		}
		w.agree.offer(w.words, w.bases, w.tables, w.tops, rank, w.ranks)
	}
}

// hopeless reports whether a party's threshold is out of reach throughout the block.
func (w *scanner) hopeless() bool {
	for p := range w.space.Parties {
		t := w.space.Parties[p].Threshold
		if !t.Set {
			continue
		}
		if base, _, _, top := w.cursor.Values(w.lister.Row(p)); base+top < t.Value {
			return true
		}
	}
	return false
}

// inZone narrows w.words from the admitted outcomes to the zone, or with home to the
// ratifiable part of it, and reports whether any is left. With a consent rule it also
// fills w.each.
func (w *scanner) inZone() bool {
	if !w.consented() {
		return false
	}
	if !w.home {
		return true
	}
	n := w.carried()
	copy(w.words, w.left)
	return n > 0
}

// consented narrows w.words to the zone, whoever is asked at home.
func (w *scanner) consented() bool {
	if !w.agreed {
		any := true
		for p := 0; p < len(w.each) && any; p++ {
			any = w.accepted(p, w.words)
		}
		return any
	}
	for p := range w.each {
		copy(w.each[p], w.words)
		w.accepted(p, w.each[p])
	}
	any := uint64(0)
	yes := w.yes[:len(w.each)]
	for i := range w.words {
		if w.words[i] == 0 {
			continue
		}
		for p := range yes {
			yes[p] = w.each[p][i]
		}
		w.words[i] &= w.space.Consent.HoldsEach(yes)
		any |= w.words[i]
	}
	return any != 0
}

// accepted narrows words to what party p accepts, and reports whether any is left.
func (w *scanner) accepted(p int, words []uint64) bool {
	red := w.cursor.RedLines(p)
	row := w.lister.Row(p)
	any := uint64(0)
	for i := range words {
		if red != nil {
			words[i] &^= red[i]
		}
		any |= words[i]
	}
	if any == 0 {
		return false
	}
	t := w.space.Parties[p].Threshold
	if !t.Set {
		return true
	}
	return w.meets(row, t.Value, words)
}

// meets narrows words to the places where row r's utility is at least value, and
// reports whether any is left.
func (w *scanner) meets(r int, value int64, words []uint64) bool {
	base, table, low, top := w.cursor.Values(r)
	need := value - base
	if need <= low {
		return true
	}
	if need > top {
		clear(words)
		return false
	}
	any := uint64(0)
	for i := range words {
		if words[i] != 0 {
			words[i] &= reaching(table[i*64:min(i*64+64, len(table))], need)
			any |= words[i]
		}
	}
	return any != 0
}

// reaching returns the places, at most 64, at which the table is at least need.
// The sign of a difference is its answer, without a branch.
func reaching(table []int64, need int64) uint64 {
	var below uint64
	for j := len(table) - 1; j >= 0; j-- {
		below = below<<1 | uint64(table[j]-need)>>63
	}
	return ^below
}

// carried counts the outcomes of w.words that every party can carry at home.
func (w *scanner) carried() int64 {
	copy(w.left, w.words)
	for p := range w.space.Parties {
		party := &w.space.Parties[p]
		if len(party.Constituencies) == 0 {
			continue
		}
		yes := w.yes[:len(party.Constituencies)]
		for i, word := range w.left {
			if word == 0 {
				continue
			}
			for c := range yes {
				yes[c] = ^uint64(0)
				if t := party.Constituencies[c].Threshold; t.Set {
					base, table, _, _ := w.cursor.Values(w.lister.Row(p) + 1 + c)
					yes[c] = reaching(table[i*64:min(i*64+64, len(table))], t.Value-base)
				}
			}
			w.left[i] &= party.Ratification.HoldsEach(yes)
		}
	}
	return outcome.Ones(w.left)
}

func leastOf(words []uint64, table []int64) int64 {
	least := int64(outcome.MaxUtility)
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			least = min(least, table[i<<6|bits.TrailingZeros64(word)])
		}
	}
	return least
}

func greatestOf(words []uint64, table []int64) int64 {
	greatest := int64(-outcome.MaxUtility)
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			greatest = max(greatest, table[i<<6|bits.TrailingZeros64(word)])
		}
	}
	return greatest
}

// A listed is what a scan has found.
type listed struct {
	count, ratifiable int64
	least             []int64
	seen              [][]bool
	zone, all, agree  *vectors
}

func (s *scan) list(ctx context.Context, progress func(float64)) (*listed, error) {
	scanners, err := s.run(ctx, progress, (*scanner).block)
	if err != nil {
		return nil, err
	}
	first := scanners[0]
	for _, w := range scanners[1:] {
		first.count += w.count
		first.ratifiable += w.ratifiable
		for p := range first.least {
			first.least[p] = min(first.least[p], w.least[p])
		}
		for i := range first.seen {
			for o, seen := range w.seen[i] {
				first.seen[i][o] = first.seen[i][o] || seen
			}
		}
		if s.bare {
			continue
		}
		first.zone.absorb(w.zone)
		if s.whole {
			first.all.absorb(w.all)
		}
		if s.agreed {
			first.agree.absorb(w.agree)
		}
	}
	if err := first.err(); err != nil {
		return nil, err
	}
	found := &listed{count: first.count, ratifiable: first.ratifiable, least: first.least, seen: first.seen}
	if s.bare {
		return found, nil
	}
	found.zone = first.zone.result()
	if s.whole {
		found.all = first.all.result()
	}
	found.agree = found.zone
	if s.agreed {
		found.agree = first.agree.result()
	}
	return found, context.Cause(ctx)
}

// A wanted is a set of utility vectors whose first outcomes in the zone are asked for.
type wanted struct {
	vectors [][]int64
	agreed  bool // only outcomes that every party accepts
	first   []int64
}

// firstOutcomes fills each wanted's first, up to most of them, in order of rank.
func (s *scan) firstOutcomes(ctx context.Context, wants []wanted, most int) error {
	search := *s
	search.wants, search.most = wants, most
	scanners, err := search.run(ctx, nil, (*scanner).matches)
	if err != nil {
		return err
	}
	for i := range wants {
		for _, w := range scanners {
			wants[i].first = append(wants[i].first, w.wants[i].first...)
		}
		slices.Sort(wants[i].first)
		wants[i].first = wants[i].first[:min(most, len(wants[i].first))]
	}
	return nil
}

// matches adds the block's outcomes that have a wanted vector.
func (w *scanner) matches() {
	w.values()
	ready := false
	for i := range w.wants {
		want := &w.wants[i]
		for _, u := range want.vectors {
			if !w.within(u) {
				continue
			}
			if !ready {
				if !w.admitted() || !w.inZone() {
					return
				}
				ready = true
			}
			for k, word := range w.words {
				if want.agreed && w.agreed {
					for p := range w.each {
						word &= w.each[p][k]
					}
				}
				for ; word != 0; word &= word - 1 {
					j := k<<6 | bits.TrailingZeros64(word)
					if w.worth(j, u) {
						want.keep(w.cursor.Rank(j), w.most)
					}
				}
			}
		}
	}
}

func (w *scanner) within(u []int64) bool {
	for p, v := range u {
		_, _, low, top := w.cursor.Values(w.lister.Row(p))
		if v < w.bases[p]+low || v > w.bases[p]+top {
			return false
		}
	}
	return true
}

func (w *scanner) worth(j int, u []int64) bool {
	for p, v := range u {
		if w.bases[p]+w.tables[p][j] != v {
			return false
		}
	}
	return true
}

// keep adds a rank to the most least ranks.
func (w *wanted) keep(rank int64, most int) {
	if len(w.first) == most {
		if rank >= w.first[most-1] {
			return
		}
		w.first = w.first[:most-1]
	}
	at, _ := slices.BinarySearch(w.first, rank)
	w.first = slices.Insert(w.first, at, rank)
}

// A listedFront tells outcomes and ties of a frontier that listing has found.
type listedFront struct {
	*vectors
	scan   *scan
	agreed bool
}

func (f listedFront) first(i int) (outcome.Outcome, *big.Int) {
	return f.scan.lister.Outcome(f.rank[i]), big.NewInt(f.ties[i])
}
