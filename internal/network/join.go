package network

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
)

// A joiner makes one frontier of several, each shifted. Its buffers are used again.
type joiner struct {
	parties int
	parts   []part
	vectors rounds[int64]
	words   rounds[uint64]
	packed  []uint64 // cells, as words
	best    []int64  // by utility of one party, the greatest of another

	// Of merged, made once.
	pair func(out []int64, k int) []int64
	both func(out, x, y []int64) []int64

	work float64     // so far, in nanoseconds
	stop func() bool // may be nil; once true, what is joined is of no use
}

// A part is a frontier, the state whose it is, and what is added to each of its vectors.
type part struct {
	to    int
	cell  []int64
	shift []int64
}

// A rounds merges sorted lists two by two until one is left.
type rounds[T any] struct {
	spare [2][]T
	ends  [2][]int
}

// run starts with a number of lists, of which pair appends the k-th and the one behind it,
// if any, merged; merge appends two lists merged. The result is good until the next run.
func (r *rounds[T]) run(lists int, pair func(out []T, k int) []T, merge func(out, x, y []T) []T) []T {
	here, there := r.spare[0][:0], r.spare[1][:0]
	ends, next := r.ends[0][:0], r.ends[1][:0]
	for k := 0; k < lists; k += 2 {
		here = pair(here, k)
		ends = append(ends, len(here))
	}
	for len(ends) > 1 {
		there, next = there[:0], next[:0]
		from := 0
		for k := 0; k < len(ends); k += 2 {
			if k+1 < len(ends) {
				there = merge(there, here[from:ends[k]], here[ends[k]:ends[k+1]])
				from = ends[k+1]
			} else {
				there = append(there, here[from:ends[k]]...)
			}
			next = append(next, len(there))
		}
		here, there = there, here
		ends, next = next, ends
	}
	r.spare, r.ends = [2][]T{here, there}, [2][]int{ends, next}
	return here
}

// frontier merges the parts, which have been pruned.
func (j *joiner) frontier() []int64 {
	switch {
	case len(j.parts) == 0:
		return nil
	case j.parties == 2:
		if out, ok := j.tabled(); ok {
			return out
		}
		return slices.Clone(j.merged())
	case j.parties == 3:
		if p, ok := j.packing(); ok {
			return j.unpacked(p)
		}
	}
	return j.swept(j.merged())
}

// merged merges the parts in descending lexicographic order, equal vectors once; of two
// parties only the efficient ones.
func (j *joiner) merged() []int64 {
	if j.pair == nil {
		merge, zero := j.mergeVectors, make([]int64, j.parties)
		if j.parties == 2 {
			merge = j.mergePairs
		}
		j.pair = func(out []int64, k int) []int64 {
			other := part{shift: zero}
			if k+1 < len(j.parts) {
				other = j.parts[k+1]
			}
			return merge(out, j.parts[k], other)
		}
		j.both = func(out, x, y []int64) []int64 {
			return merge(out, part{cell: x, shift: zero}, part{cell: y, shift: zero})
		}
	}
	return j.vectors.run(len(j.parts), j.pair, j.both)
}

// tabled serves two parties whose sums are close together: each utility of the first
// party has a place with the greatest of the second. It reports false where there would be
// many more places than sums.
func (j *joiner) tabled() (out []int64, ok bool) {
	low, high, sums := int64(math.MaxInt64), int64(math.MinInt64), 0
	for _, p := range j.parts {
		high = max(high, p.cell[0]+p.shift[0])
		low = min(low, p.cell[len(p.cell)-2]+p.shift[0])
		sums += len(p.cell) / 2
	}
	if high-low >= int64(sums) {
		return nil, false
	}
	places := int(high-low) + 1
	j.best = slices.Grow(j.best[:0], places)[:places] // from the greatest utility down
	for i := range j.best {
		j.best[i] = math.MinInt64
	}
	for _, p := range j.parts {
		from, add := high-p.shift[0], p.shift[1]
		for cell := p.cell; len(cell) > 1; cell = cell[2:] {
			at := from - cell[0]
			j.best[at] = max(j.best[at], cell[1]+add)
		}
	}
	stairs, top := 0, int64(math.MinInt64)
	for _, b := range j.best {
		if b > top {
			stairs, top = stairs+1, b
		}
	}
	out, top = make([]int64, 0, 2*stairs), math.MinInt64
	for i, b := range j.best {
		if b > top {
			out, top = append(out, high-int64(i), b), b
		}
	}
	return out, true
}

// A packing lays the utilities of three parties side by side in one word, the first
// highest, each in a field wide enough for every sum: words then compare as vectors do in
// lexicographic order, and adding words adds vectors.
type packing struct {
	cell, shift [3]int64 // what the utilities of cells and of shifts are counted from
	at          [3]uint  // the lowest bit of each field
	most        int64    // the greatest that the second field holds
}

// maxField is the number of bits of a field.
const maxField = 21

// packing finds fields for the sums of the parts. It reports false where they do not
// fit in a word, or where the second party's range is so much wider than there are sums
// that a place for every utility in it does not pay.
func (j *joiner) packing() (p packing, ok bool) {
	var high, most [3]int64
	copy(p.cell[:], j.parts[0].cell)
	copy(p.shift[:], j.parts[0].shift)
	high, most = p.cell, p.shift
	sums := 0
	for k, part := range j.parts {
		for d, v := range part.shift {
			p.shift[d], most[d] = min(p.shift[d], v), max(most[d], v)
		}
		sums += len(part.cell) / 3
		if k > 0 && part.to == j.parts[k-1].to {
			continue
		}
		for cell := part.cell; len(cell) > 2; cell = cell[3:] {
			for d, v := range cell[:3] {
				p.cell[d], high[d] = min(p.cell[d], v), max(high[d], v)
			}
		}
	}
	at := uint(0)
	for d := 2; d >= 0; d-- {
		p.at[d] = at
		width := uint64(high[d]-p.cell[d]) + uint64(most[d]-p.shift[d])
		if width >= 1<<maxField {
			return p, false
		}
		at += uint(bits.Len64(width))
	}
	p.most = high[1] - p.cell[1] + most[1] - p.shift[1]
	return p, p.most < int64(4*sums)
}

func (p *packing) word(u []int64, from *[3]int64) uint64 {
	return uint64(u[0]-from[0])<<p.at[0] | uint64(u[1]-from[1])<<p.at[1] | uint64(u[2]-from[2])
}

// unpacked merges the parts as words, and keeps the efficient ones.
func (j *joiner) unpacked(p packing) []int64 {
	j.packed = j.packed[:0]
	from := make([]int, len(j.parts)) // where each part's words begin
	for k, part := range j.parts {
		if k > 0 && part.to == j.parts[k-1].to {
			from[k] = from[k-1]
			continue
		}
		from[k] = len(j.packed)
		for cell := part.cell; len(cell) > 2; cell = cell[3:] {
			j.packed = append(j.packed, p.word(cell, &p.cell))
		}
	}
	words := func(k int) (list []uint64, add uint64) {
		if k == len(j.parts) {
			return nil, 0
		}
		return j.packed[from[k]:][:len(j.parts[k].cell)/3], p.word(j.parts[k].shift, &p.shift)
	}
	list := j.words.run(len(j.parts), func(out []uint64, k int) []uint64 {
		x, addX := words(k)
		y, addY := words(k + 1)
		return mergeWords(out, x, addX, y, addY)
	}, func(out, x, y []uint64) []uint64 { return mergeWords(out, x, 0, y, 0) })

	// In descending order a word is dominated by, or the same as, one before it exactly if
	// the greatest third utility of those with at least its second is at least its own.
	places := int(p.most) + 1
	j.best = slices.Grow(j.best[:0], places)[:places]
	for i := range j.best {
		j.best[i] = -1
	}
	second, third := uint64(1)<<(p.at[0]-p.at[1])-1, uint64(1)<<p.at[1]-1
	kept := list[:0]
	for _, w := range list {
		b, c := int(w>>p.at[1]&second), int64(w&third)
		if j.best[b] >= c {
			continue
		}
		kept = append(kept, w)
		for ; b >= 0 && j.best[b] < c; b-- {
			j.best[b] = c
		}
	}
	out := make([]int64, 0, 3*len(kept))
	for _, w := range kept {
		out = append(out, int64(w>>p.at[0])+p.cell[0]+p.shift[0],
			int64(w>>p.at[1]&second)+p.cell[1]+p.shift[1], int64(w&third)+p.cell[2]+p.shift[2])
	}
	return out
}

// mergeWords appends two lists in descending order to out, with what is added to each.
func mergeWords(out, x []uint64, addX uint64, y []uint64, addY uint64) []uint64 {
	n := len(out)
	out = slices.Grow(out, len(x)+len(y))[:n+len(x)+len(y)]
	merged := out[n:]
	i, k := 0, 0
	for i < len(x) && k < len(y) {
		if a, b := x[i]+addX, y[k]+addY; a >= b {
			merged[i+k] = a
			i++
		} else {
			merged[i+k] = b
			k++
		}
	}
	for ; i < len(x); i++ {
		merged[i+k] = x[i] + addX
	}
	for ; k < len(y); k++ {
		merged[i+k] = y[k] + addY
	}
	return out
}

// screened makes one frontier of the parts, of sums that reach need, cut off at enough.
func (j *joiner) screened(need, enough []int64) []int64 {
	n := j.parties
	list := j.vectors.spare[0][:0]
	for _, p := range j.parts {
		for at := 0; at < len(p.cell); at += n {
			from := len(list)
			for k, v := range p.cell[at : at+n] {
				list = append(list, min(v+p.shift[k], enough[k]))
			}
			if !pareto.AtLeast(list[from:], need) {
				list = list[:from]
			}
		}
	}
	j.vectors.spare[0] = list
	order := pareto.Places(len(list) / n)
	vector := func(i int) []int64 { return list[i*n : (i+1)*n] }
	slices.SortFunc(order, func(x, y int) int { return slices.Compare(vector(y), vector(x)) })
	sorted := j.vectors.spare[1][:0]
	for k, i := range order {
		if k == 0 || !slices.Equal(vector(i), vector(order[k-1])) {
			sorted = append(sorted, vector(i)...)
		}
	}
	j.vectors.spare[1] = sorted
	return j.swept(sorted)
}

// prune drops parts that another part of the same cell makes needless.
func (j *joiner) prune() {
	slices.SortStableFunc(j.parts, func(x, y part) int {
		return cmp.Or(cmp.Compare(x.to, y.to), slices.Compare(y.shift, x.shift))
	})
	kept := j.parts[:0]
	var sweep pareto.Sweep
	for i, p := range j.parts {
		if len(p.cell) == 0 {
			continue
		}
		if i == 0 || sweep == nil || kept[len(kept)-1].to != p.to {
			sweep = pareto.NewSweep(j.parties)
		} else if sweep.Dominated(p.shift) {
			continue
		}
		sweep.Add(p.shift)
		kept = append(kept, p)
	}
	j.parts = kept
}

// mergePairs appends to out the frontier of two staircases.
func (j *joiner) mergePairs(out []int64, x, y part) []int64 {
	out = slices.Grow(out, len(x.cell)+len(y.cell))
	f, fa, fb := x.cell, x.shift[0], x.shift[1]
	g, ga, gb := y.cell, y.shift[0], y.shift[1]
	best := int64(math.MinInt64)
	for len(f) > 1 && len(g) > 1 {
		a, b := f[0]+fa, f[1]+fb
		if c, d := g[0]+ga, g[1]+gb; a > c || a == c && b >= d {
			f = f[2:]
		} else {
			a, b = c, d
			g = g[2:]
		}
		if b > best {
			best = b
			out = append(out, a, b)
		}
	}
	if len(g) > 1 {
		f, fa, fb = g, ga, gb
	}
	for ; len(f) > 1; f = f[2:] {
		if b := f[1] + fb; b > best {
			best = b
			out = append(out, f[0]+fa, b)
		}
	}
	return out
}

// mergeVectors appends to out the vectors of two lists in descending
// lexicographic order, equal ones once.
func (j *joiner) mergeVectors(out []int64, x, y part) []int64 {
	n := j.parties
	out = slices.Grow(out, len(x.cell)+len(y.cell))
	f, g := x.cell, y.cell
	for len(f) > 0 || len(g) > 0 {
		from := &f
		shift := x.shift
		if len(f) == 0 {
			from, shift = &g, y.shift
		} else if len(g) > 0 {
			c := 0
			for p := 0; p < n && c == 0; p++ {
				if a, b := f[p]+x.shift[p], g[p]+y.shift[p]; a > b {
					c = 1
				} else if a < b {
					c = -1
				}
			}
			switch {
			case c < 0:
				from, shift = &g, y.shift
			case c == 0:
				g = g[n:]
			}
		}
		for p, v := range (*from)[:n] {
			out = append(out, v+shift[p])
		}
		*from = (*from)[n:]
	}
	return out
}

// swept returns the efficient ones of different vectors in descending lexicographic order.
func (j *joiner) swept(list []int64) []int64 {
	n := j.parties
	sweep := pareto.NewSweep(n)
	tree, _ := sweep.(*pareto.TreeSweep)
	var out []int64
	before := j.work
	for from := 0; from < len(list); from += n {
		if tree != nil && from/n%1024 == 0 {
			j.work = before + float64(budget.TreeVisit*float64(tree.Visits))
			if j.stop != nil && j.stop() {
				return nil
			}
		}
		u := list[from : from+n]
		if !sweep.Dominated(u) {
			sweep.Add(u)
			out = append(out, u...)
		}
	}
	if tree != nil {
		j.work = before + float64(budget.TreeVisit*float64(tree.Visits))
	}
	return out
}
