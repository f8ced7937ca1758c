package outcome

import (
	"fmt"
	"math/bits"
	"slices"
)

// MaxTable is the largest number of joint options that one table may span.
const MaxTable = 1 << 20

// A Table is a set of joint options of a few issues: the compiled form of a
// condition. The zero Table holds nowhere. [NewTable] makes one that knows each
// joint option, [NewBox] one that knows a set of options per issue.
type Table struct {
	issues []int    // ascending positions of the issues that it spans
	sizes  []int    // their numbers of options
	bits   []uint64 // bit k: the joint option of rank k, last issue fastest

	box     bool       // sets, not bits, say where it holds
	sets    [][]uint64 // by issue that it spans; bit o: option o; at least one option is missing
	outside bool       // it holds outside the sets
}

// NewTable returns the table over the given issues of s, whose ascending
// positions it takes, that holds where holds reports true. It calls holds once for each joint option,
// with a slice that it reuses. An empty list of issues asks once, with an empty
// slice. It fails when the issues span more than [MaxTable] joint options.
func NewTable(s []Issue, issues []int, holds func(options []int) bool) (Table, error) {
	for k, i := range issues {
		if i < 0 || i >= len(s) || k > 0 && i <= issues[k-1] {
			return Table{}, fmt.Errorf("issues of a table must be positions in ascending order: %v", issues)
		}
	}
	t := Table{issues: slices.Clone(issues), sizes: make([]int, len(issues))}
	n := 1
	for k, i := range issues {
		t.sizes[k] = s[i].Options
		if n *= s[i].Options; n > MaxTable {
			return Table{}, fmt.Errorf("more than %d joint options", MaxTable)
		}
	}
	t.bits = make([]uint64, (n+63)/64)
	options := make([]int, len(issues))
	for rank := range n {
		if holds(options) {
			t.bits[rank/64] |= 1 << (rank % 64)
		}
		for k := len(options) - 1; k >= 0; k-- {
			if options[k]++; options[k] < t.sizes[k] {
				break
			}
			options[k] = 0
		}
	}
	return t, nil
}

// Issues returns the ascending positions of the issues that the table spans.
// The caller must not change it.
func (t *Table) Issues() []int { return t.issues }

// Equal reports whether two tables span the same issues and are written alike, so that they
// hold for the same joint options.
func (t *Table) Equal(o *Table) bool {
	return slices.Equal(t.issues, o.issues) && slices.Equal(t.sizes, o.sizes) && slices.Equal(t.bits, o.bits) &&
		t.box == o.box && t.outside == o.outside && slices.EqualFunc(t.sets, o.sets, slices.Equal[[]uint64])
}

// Holds reports whether the table holds for outcome o.
func (t *Table) Holds(o Outcome) bool {
	if t.box {
		return t.holdsBox(o)
	}
	rank := 0
	for k, i := range t.issues {
		rank = rank*t.sizes[k] + o[i]
	}
	return t.At(rank)
}

// At reports whether the table holds for the joint option of the given rank,
// last issue fastest. Its Size must not be the largest int.
func (t *Table) At(rank int) bool {
	if t.box {
		return t.atBox(rank)
	}
	return len(t.bits) > 0 && t.bits[rank/64]>>(rank%64)&1 != 0
}

// Size returns the number of joint options that the table spans, or the largest
// int when there are more, which only a box can span.
func (t *Table) Size() int {
	if len(t.bits) == 0 && !t.box {
		return 0
	}
	n := 1
	for _, size := range t.sizes {
		n = multiply(n, size)
	}
	return n
}

// Count returns the number of joint options for which the table holds; for a box
// that spans more than an int can count, a number that is 0 or Size exactly when
// the box holds nowhere or everywhere.
func (t *Table) Count() int {
	if t.box {
		return t.countBox()
	}
	n := 0
	for _, w := range t.bits {
		n += bits.OnesCount64(w)
	}
	return n
}
