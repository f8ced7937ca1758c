package live

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/goodoffices/goodoffices/outcome"
)

// A pile is what is known of a group while it is built: packages that wait, and shards of
// those that no longer do, each with its staircase.
type pile[T uint32 | uint64] struct {
	broken []byte // a bit per condition, the last for those not carried at home
	wait   []pack[T]
	shards []shard
	stairs [][]stair
}

var errGroups = errors.New("too many groups")

// build fills the groups. A space of too many is left to be listed for each question.
func (x *Index) build(ctx context.Context, size int) error {
	var low [2]int64
	narrow := true // numbers of 32 bits hold everything
	for p := range low {
		var high int64
		low[p], high = span(&x.space.Parties[p].Row)
		narrow = narrow && high-low[p] <= math.MaxUint32
	}
	n, _ := x.space.Count()
	var err error
	if narrow && n <= math.MaxUint32 {
		err = sortOut[uint32](ctx, x, low, size)
	} else {
		err = sortOut[uint64](ctx, x, low, size)
	}
	if err == errGroups {
		x.live, x.groups, err = false, nil, nil
	}
	return err
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

// sortOut lists the space and makes groups of its packages, in shards of a size.
func sortOut[T uint32 | uint64](ctx context.Context, x *Index, low [2]int64, size int) error {
	var sorters []*sorter[T]
	if err := read(ctx, x.space, x.lister, func(r *reader) func() error {
		s := &sorter[T]{reader: r, index: x, size: size, piles: make(map[string]*pile[T]), scratch: scratch[T]{low: low}}
		sorters = append(sorters, s)
		return s.block
	}); err != nil {
		return err
	}
	piles := sorters[0].piles
	for _, s := range sorters[1:] {
		for key, from := range s.piles {
			to := piles[key]
			if to == nil {
				piles[key] = from
				continue
			}
			to.wait = append(to.wait, from.wait...)
			to.shards = append(to.shards, from.shards...)
			to.stairs = append(to.stairs, from.stairs...)
			from.wait = nil
		}
	}
	if len(piles) > maxGroups {
		return errGroups
	}
	keys := slices.Sorted(maps.Keys(piles))
	x.groups = make([]group, len(keys))
	var next atomic.Int64
	return share(ctx, len(sorters), func() func() (bool, error) {
		s := &scratch[T]{low: low}
		return func() (bool, error) {
			k := int(next.Add(1)) - 1
			if k < len(keys) {
				p := piles[keys[k]]
				p.settle(s, size)
				p.wait = nil
				x.groups[k] = p.group(len(x.ids))
			}
			return k < len(keys), nil
		}
	})
}

// group returns the pile as a group; n is the number of conditions.
func (p *pile[T]) group(n int) group {
	g := group{shards: p.shards, stairs: slices.Clone(merge(p.stairs))}
	for k := range n {
		if p.broken[k/8]>>(k%8)&1 != 0 {
			g.broken = append(g.broken, k)
		}
	}
	g.carried = p.broken[n/8]>>(n%8)&1 == 0
	return g
}

// settle makes shards of the packages that wait.
func (p *pile[T]) settle(s *scratch[T], size int) {
	for packs := range slices.Chunk(p.wait, size) {
		shard, stairs := s.shard(packs)
		p.shards = append(p.shards, shard)
		p.stairs = append(p.stairs, stairs)
	}
	p.wait = p.wait[:0]
}

// A sorter sorts the packages of a listing into piles, on a goroutine of its own.
type sorter[T uint32 | uint64] struct {
	*reader
	index   *Index
	size    int // of a shard
	piles   map[string]*pile[T]
	parts   []part
	scratch scratch[T]
}

// A part is the packages of a block that break the same conditions.
type part struct {
	broken []byte
	words  []uint64
}

// block takes in the block on which the cursor stands.
func (s *sorter[T]) block() error {
	s.parts = s.parts[:0]
	all := s.part()
	all.broken = append(all.broken, make([]byte, len(s.index.ids)/8+1)...)
	copy(all.words, s.all)
	for _, at := range s.index.places {
		if words := s.broken(at); words != nil {
			s.split(at.id, words)
		}
	}
	s.carried()
	for i := range s.home {
		s.home[i] ^= s.all[i]
	}
	s.split(len(s.index.ids), s.home)
	for i := range s.parts {
		p := s.piles[string(s.parts[i].broken)]
		if p == nil {
			if len(s.piles) == maxGroups {
				return errGroups
			}
			p = &pile[T]{broken: slices.Clone(s.parts[i].broken)}
			s.piles[string(p.broken)] = p
		}
		s.add(p, s.parts[i].words)
		if len(p.wait) >= s.size {
			p.settle(&s.scratch, s.size)
		}
	}
	return nil
}

// add lets packages of the block wait on a pile.
func (s *sorter[T]) add(p *pile[T], words []uint64) {
	var base [2]int64
	var table [2][]int64
	for p := range base {
		base[p], table[p], _, _ = s.cursor.Values(s.lister.Row(p))
		base[p] -= s.scratch.low[p]
	}
	rank, ranks := s.cursor.Rank(0), s.lister.Ranks()
	k, n := len(p.wait), int(outcome.Ones(words))
	if cap(p.wait)-k < n {
		p.wait = slices.Grow(p.wait, max(k, n)) // twice as much each time
	}
	p.wait = p.wait[:k+n]
	for w, word := range words {
		for ; word != 0; word &= word - 1 {
			j := w<<6 | bits.TrailingZeros64(word)
			p.wait[k] = pack[T]{[2]T{T(base[0] + table[0][j]), T(base[1] + table[1][j])}, T(rank + ranks[j])}
			k++
		}
	}
}

// part returns one more part, with words of any content.
func (s *sorter[T]) part() *part {
	n := len(s.parts)
	if n < cap(s.parts) {
		s.parts = s.parts[:n+1] // with the memory that it had
	} else {
		s.parts = append(s.parts, part{})
	}
	p := &s.parts[n]
	if p.words == nil {
		p.words = make([]uint64, len(s.all))
	}
	p.broken = p.broken[:0]
	return p
}

// split takes apart what breaks a condition and what does not.
func (s *sorter[T]) split(id int, words []uint64) {
	for i := range len(s.parts) {
		p := &s.parts[i]
		in, out := uint64(0), uint64(0)
		for w, x := range p.words {
			in |= x & words[w]
			out |= x &^ words[w]
		}
		switch {
		case in == 0:
		case out == 0:
			p.broken[id/8] |= 1 << (id % 8)
		default:
			to := s.part()
			p = &s.parts[i] // which may have moved
			to.broken = append(to.broken, p.broken...)
			to.broken[id/8] |= 1 << (id % 8)
			for w, x := range p.words {
				to.words[w], p.words[w] = x&words[w], x&^words[w]
			}
		}
	}
}
