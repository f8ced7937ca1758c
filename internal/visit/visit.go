// Package visit lists the outcomes of a space, block by block, on every core.
//
// [Each] gives every goroutine a state of its caller's type and a [Scanner] that stands on one
// block after the other and narrows it to what is admitted, in the zone, carried at home. It knows none of
// its callers. A [Listing] is the caller that most ask for: the zone, its size and its frontier.
package visit

import (
	"context"
	"math/big"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Scan lists a space on several goroutines. Each has its own scanner; what they
// find is put together at the end and does not depend on who met which block.
type Scan struct {
	Space  *outcome.Space
	Lister *outcome.Lister
	Agreed bool // consent is not unanimous: what each party accepts is kept apart
	Home   bool // the zone is what of it every party can carry at home
	Alone  bool // on one goroutine: what is kept back depends on the order of blocks
	Inside bool // only blocks that may hold some of the zone are asked for
}

// A Scanner is one goroutine's part of a scan: it stands on one block after the other, and
// narrows words to the outcomes that are asked for.
type Scanner struct {
	*Scan
	Cursor *outcome.Cursor

	Words  []uint64   // the block's zone
	Left   []uint64   // what of it can be carried at home
	Each   [][]uint64 // by party, what it accepts in the block
	Yes    []uint64   // a word per party, or per constituency
	Bases  []int64
	Tables [][]int64
	Tops   []int64
	Ranks  []int64
}

// chunk is the number of outcomes that a goroutine takes at a time.
const chunk = 1 << 18

func New(s *outcome.Space) (*Scan, error) {
	l, err := outcome.NewLister(s)
	if err != nil {
		return nil, err
	}
	return &Scan{Space: s, Lister: l, Agreed: !s.Unanimous()}, nil
}

func (s *Scan) scanner() *Scanner {
	n := len(s.Space.Parties)
	words, _ := s.Lister.Places()
	w := &Scanner{Scan: s, Cursor: s.Lister.Cursor(), Words: make([]uint64, words), Left: make([]uint64, words), Each: make([][]uint64, n),
		Yes: make([]uint64, outcome.MaxParties), Bases: make([]int64, n), Tables: make([][]int64, n), Tops: make([]int64, n), Ranks: s.Lister.Ranks()}
	for p := range w.Each {
		w.Each[p] = make([]uint64, words)
	}
	return w
}

// Each visits the blocks of the scan with a state of each goroutine's own, and
// returns the states in no order, at least one. The first error of a visit ends all of them.
func Each[T any](ctx context.Context, s *Scan, progress func(float64), begin func(*Scanner) T, visit func(*Scanner, T) error) ([]T, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	blocks := s.Lister.Blocks()
	step := max(1, chunk/int64(s.Lister.Len()))
	workers := max(1, min(int64(runtime.GOMAXPROCS(0)), blocks/step))
	if s.Alone {
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
					w.Cursor.MoveTo(k)
					if s.Inside {
						if n := w.Cursor.Barred(!s.Agreed); n > 0 {
							k += n - 1
							continue
						}
					}
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

// Admitted sets w.words to the outcomes of the block that satisfy the
// requirements, and reports whether there are any.
func (w *Scanner) Admitted() bool {
	_, last := w.Lister.Places()
	excluded := w.Cursor.Excluded()
	any := uint64(0)
	for i := range w.Words {
		w.Words[i] = ^uint64(0)
		if excluded != nil {
			w.Words[i] = ^excluded[i]
		}
		if i == len(w.Words)-1 {
			w.Words[i] &= last
		}
		any |= w.Words[i]
	}
	return any != 0
}

// Values fetches every party's utilities in the block.
func (w *Scanner) Values() {
	for p := range w.Bases {
		w.Bases[p], w.Tables[p], _, w.Tops[p] = w.Cursor.Values(w.Lister.Row(p))
	}
}

// Hopeless reports whether a party's threshold is out of reach throughout the block.
func (w *Scanner) Hopeless() bool {
	for p := range w.Space.Parties {
		t := w.Space.Parties[p].Threshold
		if !t.Set {
			continue
		}
		if base, _, _, top := w.Cursor.Values(w.Lister.Row(p)); base+top < t.Value {
			return true
		}
	}
	return false
}

// InZone narrows w.words from the admitted outcomes to the zone, or with home to the
// ratifiable part of it, and reports whether any is left. With a consent rule it also
// fills w.each.
func (w *Scanner) InZone() bool {
	if !w.consented() {
		return false
	}
	if !w.Home {
		return true
	}
	n := w.Carried()
	copy(w.Words, w.Left)
	return n > 0
}

// consented narrows w.words to the zone, whoever is asked at home.
func (w *Scanner) consented() bool {
	if !w.Agreed {
		any := true
		for p := 0; p < len(w.Each) && any; p++ {
			any = w.accepted(p, w.Words)
		}
		return any
	}
	for p := range w.Each {
		copy(w.Each[p], w.Words)
		w.accepted(p, w.Each[p])
	}
	any := uint64(0)
	yes := w.Yes[:len(w.Each)]
	for i := range w.Words {
		if w.Words[i] == 0 {
			continue
		}
		for p := range yes {
			yes[p] = w.Each[p][i]
		}
		w.Words[i] &= w.Space.Consent.HoldsEach(yes)
		any |= w.Words[i]
	}
	return any != 0
}

// accepted narrows words to what party p accepts, and reports whether any is left.
func (w *Scanner) accepted(p int, words []uint64) bool {
	red := w.Cursor.RedLines(p)
	row := w.Lister.Row(p)
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
	t := w.Space.Parties[p].Threshold
	if !t.Set {
		return true
	}
	return w.meets(row, t.Value, words)
}

// meets narrows words to the places where row r's utility is at least value, and
// reports whether any is left.
func (w *Scanner) meets(r int, value int64, words []uint64) bool {
	base, table, low, top := w.Cursor.Values(r)
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
			words[i] &= Reaching(table[i*64:min(i*64+64, len(table))], need)
			any |= words[i]
		}
	}
	return any != 0
}

// Reaching returns the places, at most 64, at which the table is at least need.
// The sign of a difference is its answer, without a branch.
func Reaching(table []int64, need int64) uint64 {
	var below uint64
	for j := len(table) - 1; j >= 0; j-- {
		below = below<<1 | uint64(table[j]-need)>>63
	}
	return ^below
}

// Carried counts the outcomes of w.words that every party can carry at home.
func (w *Scanner) Carried() int64 {
	copy(w.Left, w.Words)
	for p := range w.Space.Parties {
		party := &w.Space.Parties[p]
		if len(party.Constituencies) == 0 {
			continue
		}
		yes := w.Yes[:len(party.Constituencies)]
		for i, word := range w.Left {
			if word == 0 {
				continue
			}
			for c := range yes {
				yes[c] = ^uint64(0)
				if t := party.Constituencies[c].Threshold; t.Set {
					base, table, _, _ := w.Cursor.Values(w.Lister.Row(p) + 1 + c)
					yes[c] = Reaching(table[i*64:min(i*64+64, len(table))], t.Value-base)
				}
			}
			w.Left[i] &= party.Ratification.HoldsEach(yes)
		}
	}
	return outcome.Ones(w.Left)
}

func LeastOf(words []uint64, table []int64) int64 {
	least := int64(outcome.MaxUtility)
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			least = min(least, table[i<<6|bits.TrailingZeros64(word)])
		}
	}
	return least
}

func GreatestOf(words []uint64, table []int64) int64 {
	greatest := int64(-outcome.MaxUtility)
	for i, word := range words {
		for ; word != 0; word &= word - 1 {
			greatest = max(greatest, table[i<<6|bits.TrailingZeros64(word)])
		}
	}
	return greatest
}

// A Listing says what is wanted of a list of all outcomes.
type Listing struct {
	*Scan
	Whole bool // also the frontier of every admitted outcome
	Bare  bool // the zone is only counted: no frontier
}

// A Listed is what a listing has found.
type Listed struct {
	Count, Ratifiable int64
	Least             []int64  // by party without a threshold, over the zone
	Seen              [][]bool // by issue and option, over the zone
	Zone, All, Agree  *pareto.Vectors
}

// A finding is one goroutine's part of a listing.
type finding struct {
	*Listing
	Listed
	inZone, inAll, inAgree pareto.Collector
}

func (l *Listing) finding(ctx context.Context) *finding {
	t := &finding{Listing: l}
	if !l.Bare {
		t.inZone = l.Collector(ctx)
	}
	if l.Whole {
		t.inAll = l.Collector(ctx)
	}
	if l.Agreed && !l.Bare {
		t.inAgree = l.Collector(ctx)
	}
	for range l.Space.Parties {
		t.Least = append(t.Least, outcome.MaxUtility)
	}
	for _, is := range l.Space.Issues {
		t.Seen = append(t.Seen, make([]bool, is.Options))
	}
	return t
}

// Collector returns a collector of the scan's outcomes that ends with ctx.
func (s *Scan) Collector(ctx context.Context) pareto.Collector {
	low, high := s.Space.Parties[0].Span()
	c := pareto.NewCollector(len(s.Space.Parties), low, high)
	if a, ok := c.(*pareto.Archive); ok {
		a.Stop = func() bool { return ctx.Err() != nil }
	}
	return c
}

// Offer offers the outcomes of w.words to a collector, and fails when it holds too many.
func (w *Scanner) Offer(to pareto.Collector) error {
	to.Offer(w.Words, w.Bases, w.Tables, w.Tops, w.Cursor.Rank(0), w.Ranks)
	return to.Err()
}

// block judges the block on which w stands.
func (t *finding) block(w *Scanner) error {
	if !t.Whole && !w.Agreed && w.Hopeless() || !w.Admitted() {
		return nil
	}
	w.Values()
	if t.Whole {
		if err := w.Offer(t.inAll); err != nil {
			return err
		}
	}
	if !w.InZone() {
		return nil
	}
	t.Count += outcome.Ones(w.Words)
	t.Ratifiable += w.Carried()
	w.Cursor.MarkOptions(w.Words, t.Seen)
	if t.Bare {
		return nil
	}
	for p := range t.Least {
		if !w.Space.Parties[p].Threshold.Set {
			t.Least[p] = min(t.Least[p], w.Bases[p]+LeastOf(w.Words, w.Tables[p]))
		}
	}
	err := w.Offer(t.inZone)
	if err == nil && w.Agreed {
		for i := range w.Words {
			for p := range w.Each {
				w.Words[i] &= w.Each[p][i]
			}
		}
		err = w.Offer(t.inAgree)
	}
	return err
}

func (t *finding) absorb(o *finding) {
	t.Count += o.Count
	t.Ratifiable += o.Ratifiable
	for p := range t.Least {
		t.Least[p] = min(t.Least[p], o.Least[p])
	}
	for i := range t.Seen {
		for k, seen := range o.Seen[i] {
			t.Seen[i][k] = t.Seen[i][k] || seen
		}
	}
	for _, c := range [][2]pareto.Collector{{t.inZone, o.inZone}, {t.inAll, o.inAll}, {t.inAgree, o.inAgree}} {
		if c[0] != nil {
			c[0].Absorb(c[1])
		}
	}
}

// result settles the frontiers.
func (t *finding) result() (*Listed, error) {
	for _, c := range []struct {
		from pareto.Collector
		to   **pareto.Vectors
	}{{t.inZone, &t.Zone}, {t.inAll, &t.All}, {t.inAgree, &t.Agree}} {
		if c.from == nil {
			continue
		}
		if err := c.from.Err(); err != nil {
			return nil, err
		}
		*c.to = c.from.Result()
	}
	if !t.Agreed {
		t.Agree = t.Zone
	}
	return &t.Listed, nil
}

// Run visits every outcome.
func (l *Listing) Run(ctx context.Context, progress func(float64)) (*Listed, error) {
	scan := *l.Scan
	scan.Inside = !l.Whole
	found, err := Each(ctx, &scan, progress, func(*Scanner) *finding { return l.finding(ctx) }, func(w *Scanner, t *finding) error { return t.block(w) })
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

// A Wanted is a set of utility vectors whose first outcomes in the zone are asked for.
type Wanted struct {
	Vectors [][]int64
	Agreed  bool // only outcomes that every party accepts
	First   []int64
}

// FirstOutcomes fills each wanted's first, up to most of them, in order of rank.
func (s *Scan) FirstOutcomes(ctx context.Context, wants []Wanted, most int) error {
	scan := *s
	scan.Inside = true
	found, err := Each(ctx, &scan, nil, func(*Scanner) []Wanted { return slices.Clone(wants) }, func(w *Scanner, own []Wanted) error {
		w.match(own, most)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range wants {
		for _, own := range found {
			wants[i].First = append(wants[i].First, own[i].First...)
		}
		slices.Sort(wants[i].First)
		wants[i].First = wants[i].First[:min(most, len(wants[i].First))]
	}
	return nil
}

// match adds the block's outcomes that have a wanted vector.
func (w *Scanner) match(wants []Wanted, most int) {
	w.Values()
	ready := false
	for i := range wants {
		want := &wants[i]
		for _, u := range want.Vectors {
			if !w.within(u) {
				continue
			}
			if !ready {
				if !w.Admitted() || !w.InZone() {
					return
				}
				ready = true
			}
			for k, word := range w.Words {
				if want.Agreed && w.Agreed {
					for p := range w.Each {
						word &= w.Each[p][k]
					}
				}
				for ; word != 0; word &= word - 1 {
					j := k<<6 | bits.TrailingZeros64(word)
					if w.worth(j, u) {
						want.keep(w.Cursor.Rank(j), most)
					}
				}
			}
		}
	}
}

func (w *Scanner) within(u []int64) bool {
	for p, v := range u {
		_, _, low, top := w.Cursor.Values(w.Lister.Row(p))
		if v < w.Bases[p]+low || v > w.Bases[p]+top {
			return false
		}
	}
	return true
}

func (w *Scanner) worth(j int, u []int64) bool {
	for p, v := range u {
		if w.Bases[p]+w.Tables[p][j] != v {
			return false
		}
	}
	return true
}

// keep adds a rank to the most least ranks.
func (w *Wanted) keep(rank int64, most int) {
	if len(w.First) == most {
		if rank >= w.First[most-1] {
			return
		}
		w.First = w.First[:most-1]
	}
	at, _ := slices.BinarySearch(w.First, rank)
	w.First = slices.Insert(w.First, at, rank)
}

// A ListedFront tells outcomes and ties of a frontier that listing has found.
type ListedFront struct {
	*pareto.Vectors
	Scan   *Scan
	Agreed bool
}

func (f ListedFront) First(i int) (outcome.Outcome, *big.Int) {
	return f.Scan.Lister.Outcome(f.Rank[i]), big.NewInt(f.Ties[i])
}

// Work estimates the work of listing.
func Work(s *outcome.Space) float64 {
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
	return each * Size(s)
}

// CountWork estimates the work of listing for the zone's size alone.
func CountWork(s *outcome.Space) float64 {
	each := 0.5
	for i := range s.Parties {
		each += float64(0.5 * float64(1+len(s.Parties[i].Constituencies)))
	}
	return each * Size(s)
}

func Size(s *outcome.Space) float64 {
	n, _ := new(big.Float).SetInt(s.Size()).Float64()
	return n
}
