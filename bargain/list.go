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
	agreed bool // consent is not unanimous: what each party accepts is kept apart
	home   bool // the zone is what of it every party can carry at home
	alone  bool // on one goroutine: what is kept back depends on the order of blocks
}

// A scanner is one goroutine's part of a scan: it stands on one block after the other, and
// narrows words to the outcomes that are asked for.
type scanner struct {
	*scan
	cursor *outcome.Cursor

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

func newScan(s *outcome.Space) (*scan, error) {
	l, err := outcome.NewLister(s)
	if err != nil {
		return nil, err
	}
	return &scan{space: s, lister: l, agreed: !s.Unanimous()}, nil
}

func (s *scan) scanner() *scanner {
	n := len(s.space.Parties)
	words, _ := s.lister.Places()
	w := &scanner{scan: s, cursor: s.lister.Cursor(), words: make([]uint64, words), left: make([]uint64, words), each: make([][]uint64, n),
		yes: make([]uint64, outcome.MaxParties), bases: make([]int64, n), tables: make([][]int64, n), tops: make([]int64, n), ranks: s.lister.Ranks()}
	for p := range w.each {
		w.each[p] = make([]uint64, words)
	}
	return w
}

// visitEach visits every block of the scan with a state of each goroutine's own, and
// returns the states in no order, at least one. The first error of a visit ends all of them.
func visitEach[T any](ctx context.Context, s *scan, progress func(float64), begin func(*scanner) T, visit func(*scanner, T) error) ([]T, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	blocks := s.lister.Blocks()
	step := max(1, chunk/int64(s.lister.Len()))
	workers := max(1, min(int64(runtime.GOMAXPROCS(0)), blocks/step))
	if s.alone {
		workers = 1
	}
	states := make([]T, workers)
	var next, done atomic.Int64
	var telling sync.Mutex
	var group sync.WaitGroup
	for i := range states {
		group.Go(func() {
			w := s.scanner()
			states[i] = begin(w)
			for ctx.Err() == nil {
				from := next.Add(step) - step
				if from >= blocks {
					return
				}
				to := min(from+step, blocks)
				for k := from; k < to; k++ {
					w.cursor.MoveTo(k)
					if err := visit(w, states[i]); err != nil {
						cancel(err)
						return
					}
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
	return states, nil
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

// A listing says what is wanted of a list of all outcomes.
type listing struct {
	*scan
	whole bool // also the frontier of every admitted outcome
	bare  bool // the zone is only counted: no frontier
}

// A listed is what a listing has found.
type listed struct {
	count, ratifiable int64
	least             []int64  // by party without a threshold, over the zone
	seen              [][]bool // by issue and option, over the zone
	zone, all, agree  *vectors
}

// A finding is one goroutine's part of a listing.
type finding struct {
	*listing
	listed
	inZone, inAll, inAgree collector
}

func (l *listing) finding(ctx context.Context) *finding {
	t := &finding{listing: l}
	if !l.bare {
		t.inZone = l.collector(ctx)
	}
	if l.whole {
		t.inAll = l.collector(ctx)
	}
	if l.agreed && !l.bare {
		t.inAgree = l.collector(ctx)
	}
	for range l.space.Parties {
		t.least = append(t.least, outcome.MaxUtility)
	}
	for _, is := range l.space.Issues {
		t.seen = append(t.seen, make([]bool, is.Options))
	}
	return t
}

// collector returns a collector of the scan's outcomes that ends with ctx.
func (s *scan) collector(ctx context.Context) collector {
	low, high := s.space.Parties[0].Span()
	c := newCollector(len(s.space.Parties), low, high)
	if a, ok := c.(*archive); ok {
		a.stop = func() bool { return ctx.Err() != nil }
	}
	return c
}

// offer offers the outcomes of w.words to a collector, and fails when it holds too many.
func (w *scanner) offer(to collector) error {
	to.offer(w.words, w.bases, w.tables, w.tops, w.cursor.Rank(0), w.ranks)
	return to.err()
}

// block judges the block on which w stands.
func (t *finding) block(w *scanner) error {
	if !t.whole && !w.agreed && w.hopeless() || !w.admitted() {
		return nil
	}
	w.values()
	if t.whole {
		if err := w.offer(t.inAll); err != nil {
			return err
		}
	}
	if !w.inZone() {
		return nil
	}
	t.count += outcome.Ones(w.words)
	t.ratifiable += w.carried()
	w.cursor.MarkOptions(w.words, t.seen)
	if t.bare {
		return nil
	}
	for p := range t.least {
		if !w.space.Parties[p].Threshold.Set {
			t.least[p] = min(t.least[p], w.bases[p]+leastOf(w.words, w.tables[p]))
		}
	}
	err := w.offer(t.inZone)
	if err == nil && w.agreed {
		for i := range w.words {
			for p := range w.each {
				w.words[i] &= w.each[p][i]
			}
		}
		err = w.offer(t.inAgree)
	}
	return err
}

func (t *finding) absorb(o *finding) {
	t.count += o.count
	t.ratifiable += o.ratifiable
	for p := range t.least {
		t.least[p] = min(t.least[p], o.least[p])
	}
	for i := range t.seen {
		for k, seen := range o.seen[i] {
			t.seen[i][k] = t.seen[i][k] || seen
		}
	}
	for _, c := range [][2]collector{{t.inZone, o.inZone}, {t.inAll, o.inAll}, {t.inAgree, o.inAgree}} {
		if c[0] != nil {
			c[0].absorb(c[1])
		}
	}
}

// result settles the frontiers.
func (t *finding) result() (*listed, error) {
	for _, c := range []struct {
		from collector
		to   **vectors
	}{{t.inZone, &t.zone}, {t.inAll, &t.all}, {t.inAgree, &t.agree}} {
		if c.from == nil {
			continue
		}
		if err := c.from.err(); err != nil {
			return nil, err
		}
		*c.to = c.from.result()
	}
	if !t.agreed {
		t.agree = t.zone
	}
	return &t.listed, nil
}

// run visits every outcome.
func (l *listing) run(ctx context.Context, progress func(float64)) (*listed, error) {
	found, err := visitEach(ctx, l.scan, progress, func(*scanner) *finding { return l.finding(ctx) }, func(w *scanner, t *finding) error { return t.block(w) })
	if err != nil {
		return nil, err
	}
	for _, t := range found[1:] {
		found[0].absorb(t)
	}
	sum, err := found[0].result()
	if err != nil {
		return nil, err
	}
	return sum, context.Cause(ctx)
}

// A wanted is a set of utility vectors whose first outcomes in the zone are asked for.
type wanted struct {
	vectors [][]int64
	agreed  bool // only outcomes that every party accepts
	first   []int64
}

// firstOutcomes fills each wanted's first, up to most of them, in order of rank.
func (s *scan) firstOutcomes(ctx context.Context, wants []wanted, most int) error {
	found, err := visitEach(ctx, s, nil, func(*scanner) []wanted { return slices.Clone(wants) }, func(w *scanner, own []wanted) error {
		w.match(own, most)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range wants {
		for _, own := range found {
			wants[i].first = append(wants[i].first, own[i].first...)
		}
		slices.Sort(wants[i].first)
		wants[i].first = wants[i].first[:min(most, len(wants[i].first))]
	}
	return nil
}

// match adds the block's outcomes that have a wanted vector.
func (w *scanner) match(wants []wanted, most int) {
	w.values()
	ready := false
	for i := range wants {
		want := &wants[i]
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
						want.keep(w.cursor.Rank(j), most)
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

// listingWork estimates the work of listing.
func listingWork(s *outcome.Space) float64 {
	each := 1.5
	switch n := len(s.Parties); {
	case n == 3:
		each = 8
	case n > 3:
		each = 100
	}
	for i := range s.Parties {
		each += float64(0.5 * float64(len(s.Parties[i].Constituencies)))
	}
	return each * outcomes(s)
}

// countingWork estimates the work of listing for the zone's size alone.
func countingWork(s *outcome.Space) float64 {
	each := 0.5
	for i := range s.Parties {
		each += float64(0.5 * float64(1+len(s.Parties[i].Constituencies)))
	}
	return each * outcomes(s)
}

func outcomes(s *outcome.Space) float64 {
	n, _ := new(big.Float).SetInt(s.Size()).Float64()
	return n
}
