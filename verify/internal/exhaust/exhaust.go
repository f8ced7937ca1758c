// Package exhaust goes through all packages of a space, for the checks of package verify: one by one, in
// blocks, or issue by issue, in sums. It computes and decides nothing about a certificate. Like verify it
// shares no code with the packages that search: it lists for itself.
//
// [List] keeps the order of packages. The last issues make up a block, of which each party's utilities stand
// in one table; the issues before it add one number to all of a block. Where a condition holds is a word of bits
// for 64 packages at a time. A block is then split into parts by the tests that its packages fail, so that what
// depends on those alone is asked once for a part.
package exhaust

import (
	"fmt"
	"slices"
)

// maxCompared bounds the comparisons of vectors.
const maxCompared = 1 << 33

// A TooLarge is a claim that would take too much to check.
type TooLarge struct{ Why string }

func (e *TooLarge) Error() string { return "too large to check: " + e.Why }

// A Point is a vector, of which more is better in every entry.
type Point struct {
	U     []int64
	First int64 // rank of the first package that reaches it
	Ties  int64 // packages that do
}

// A Front holds the points that no other dominates.
type Front struct {
	Points   []Point
	compared int64
}

// Offer adds the vector of the package of this rank, unless it is dominated.
func (f *Front) Offer(u []int64, rank int64) error {
	if f.compared > maxCompared {
		return &TooLarge{fmt.Sprintf("the frontier takes more than %d comparisons", int64(maxCompared))}
	}
	for i := range f.Points {
		f.compared++
		if p := &f.Points[i]; Reaches(p.U, u) {
			if slices.Equal(p.U, u) {
				p.First, p.Ties = min(p.First, rank), p.Ties+1
			}
			f.promote(i)
			return nil
		}
	}
	f.compared += int64(len(f.Points))
	f.Points = slices.DeleteFunc(f.Points, func(p Point) bool { return Reaches(u, p.U) })
	f.Points = append(f.Points, Point{slices.Clone(u), rank, 1})
	return nil
}

// Take offers the packages of a part. Shape, if there is one, changes what a package is worth first; it makes no less
// of more, and then ties are not counted. Packages are passed over where a point is better than any of them can be.
func (f *Front) Take(p *Part, shape func(u []int64)) error {
	u := make([]int64, len(p.l.rows))
	look := func(from int64) bool {
		if shape != nil {
			shape(u)
		}
		return !f.passes(u, from, shape == nil)
	}
	return p.Bounded(u, look, func(rank int64) error {
		if shape != nil {
			shape(u)
		}
		return f.Offer(u, rank)
	})
}

// passes reports whether a point is better than u; or, where ties do not count, as good and before a rank.
func (f *Front) passes(u []int64, from int64, ties bool) bool {
	for i := range f.Points {
		f.compared++
		if p := &f.Points[i]; Reaches(p.U, u) && (!ties && p.First < from || !slices.Equal(p.U, u)) {
			f.promote(i)
			return true
		}
	}
	return false
}

// promote moves a point forward: what dominates one is likely to dominate the next.
func (f *Front) promote(i int) {
	if i > 0 {
		f.Points[i/2], f.Points[i] = f.Points[i], f.Points[i/2]
	}
}

// Sort puts the greatest first entry first, then the greatest second, and so on.
func (f *Front) Sort() {
	slices.SortFunc(f.Points, func(a, b Point) int { return slices.Compare(b.U, a.U) })
}

// Reaches reports whether x is at least y in every entry.
func Reaches(x, y []int64) bool {
	for p, v := range x {
		if v < y[p] {
			return false
		}
	}
	return true
}
