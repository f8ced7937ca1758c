package live

import (
	"math"
	"math/bits"
	"slices"
	"sort"
)

const (
	// maxShard is the number of packages that are sorted together: few enough that they
	// stay in a core's second cache, and that their number fits in 16 bits.
	maxShard = 1 << 15
	// stripe is the number of packages between two lines of a shard's grid.
	stripe = 1 << 8
)

// A shard is part of a group's packages. It counts those that are worth at least so much
// to both parties: in the order of either party's utility those are the packages from a
// place on, and a grid counts the packages beyond two of its lines.
type shard struct {
	of   [2]values
	far  [2][]uint16 // by place in one party's order, the place in the other's
	grid []uint16    // packages at or beyond the first party's line, and the second's
	side int         // lines a party
}

// values are a party's utilities in ascending order, each once, with the place of the
// first package that has it.
type values struct {
	u  []int64
	at []uint16
}

// from returns the first place whose utility is at least floor, n where there is none.
func (v *values) from(floor int64, n int) int {
	if k := sort.Search(len(v.u), func(k int) bool { return v.u[k] >= floor }); k < len(v.u) {
		return int(v.at[k])
	}
	return n
}

func (s *shard) count(floor [2]int64) int {
	n := len(s.far[0])
	return s.beyond(s.of[0].from(floor[0], n), s.of[1].from(floor[1], n))
}

// beyond counts the packages at or beyond one place in the first party's order and another
// in the second's: those of the grid, and those between each place and the next line.
func (s *shard) beyond(a, b int) int {
	n := len(s.far[0])
	lineA, lineB := (a+stripe-1)/stripe, (b+stripe-1)/stripe
	sum := int(s.grid[lineA*s.side+lineB])
	for _, other := range s.far[0][a:min(lineA*stripe, n)] {
		sum += int(uint64(b-1-int(other)) >> 63)
	}
	for _, other := range s.far[1][b:min(lineB*stripe, n)] {
		sum += int(uint64(min(lineA*stripe, n)-1-int(other)) >> 63)
	}
	return sum
}

// least returns a party's least utility among the packages that meet the thresholds, or
// most where none has less.
func (s *shard) least(floor [2]int64, party int, most int64) int64 {
	n := len(s.far[0])
	var at [2]int
	for p := range at {
		at[p] = s.of[p].from(floor[p], n)
	}
	v := &s.of[party]
	k, _ := slices.BinarySearch(v.u, floor[party])
	if k == len(v.u) || v.u[k] >= most {
		return most
	}
	sum := s.beyond(at[0], at[1])
	if sum == 0 {
		return most
	}
	k += sort.Search(len(v.u)-1-k, func(i int) bool {
		at[party] = int(v.at[k+i+1])
		return s.beyond(at[0], at[1]) < sum
	})
	return min(most, v.u[k])
}

// A pack is a package while an index is built: what it is worth to two parties, above
// their lows, and its rank.
type pack[T uint32 | uint64] struct {
	u    [2]T
	rank T
}

// A scratch is memory that shards are made with, one after the other.
type scratch[T uint32 | uint64] struct {
	low   [2]int64
	packs []pack[T]
	worth []T // to the second party, in its order
}

// shard makes a shard of packages, which it reorders, and finds their staircase.
func (s *scratch[T]) shard(packs []pack[T]) (shard, []stair) {
	n := len(packs)
	s.packs = slices.Grow(s.packs[:0], n)[:n]
	s.worth = slices.Grow(s.worth[:0], n)[:n]
	h := shard{far: [2][]uint16{make([]uint16, n), make([]uint16, n)}, side: (n+stripe-1)/stripe + 1}
	packs, other := radix(packs, s.packs, 1)
	h.of[1] = s.values(packs, 1)
	for i := range packs {
		s.worth[i], packs[i].u[1] = packs[i].u[1], T(i)
	}
	packs, _ = radix(packs, other, 0)
	h.of[0] = s.values(packs, 0)
	h.grid = make([]uint16, h.side*h.side)
	for i := range packs {
		k := int(packs[i].u[1])
		h.far[0][i], h.far[1][k] = uint16(k), uint16(i)
		h.grid[i/stripe*h.side+k/stripe]++
	}
	for at := len(h.grid) - 1; at >= 0; at-- {
		if at%h.side < h.side-1 {
			h.grid[at] += h.grid[at+1]
		}
	}
	for at := len(h.grid) - 1 - h.side; at >= 0; at-- {
		h.grid[at] += h.grid[at+h.side]
	}
	var stairs []stair
	best := int64(math.MinInt64)
	for _, p := range slices.Backward(packs) {
		if b := s.low[1] + int64(s.worth[p.u[1]]); b >= best {
			stairs, best = climb(stairs, stair{[2]int64{s.low[0] + int64(p.u[0]), b}, int64(p.rank), 1}), b
		}
	}
	return h, stairs
}

// values returns a party's utilities of packages in its order.
func (s *scratch[T]) values(packs []pack[T], p int) values {
	n := 0
	for i := range packs {
		if i == 0 || packs[i].u[p] != packs[i-1].u[p] {
			n++
		}
	}
	v := values{make([]int64, 0, n), make([]uint16, 0, n)}
	for i := range packs {
		if i == 0 || packs[i].u[p] != packs[i-1].u[p] {
			v.u, v.at = append(v.u, s.low[p]+int64(packs[i].u[p])), append(v.at, uint16(i))
		}
	}
	return v
}

// radix sorts packs by what they are worth to a party; those that are equal stay in their
// order. It returns them in one of the two slices, which are equally long, and the other.
func radix[T uint32 | uint64](packs, other []pack[T], p int) (sorted, rest []pack[T]) {
	low, high := packs[0].u[p], packs[0].u[p]
	for i := range packs {
		low, high = min(low, packs[i].u[p]), max(high, packs[i].u[p])
	}
	const most = 11 // bits of a digit
	width := bits.Len64(uint64(high - low))
	passes := (width + most - 1) / most
	for pass := range passes {
		digit := (width + passes - 1) / passes
		shift, mask := pass*digit, T(1)<<digit-1
		var at [1 << most]int
		for i := range packs {
			at[(packs[i].u[p]-low)>>shift&mask]++
		}
		sum := 0
		for d, n := range at[:mask+1] {
			at[d], sum = sum, sum+n
		}
		for i := range packs {
			d := (packs[i].u[p] - low) >> shift & mask
			other[at[d]] = packs[i]
			at[d]++
		}
		packs, other = other, packs
	}
	return packs, other
}
