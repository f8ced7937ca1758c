package outcome

import (
	"fmt"
	"math"
	"math/bits"
)

// NewBox returns the table that holds where every given issue of s, by ascending
// position, has an option of its set; or, with inside false, everywhere else. This
// is the hyper-rectangle of nonlinear utilities (Ito, Hattori and Klein 2007), its
// sets not limited to intervals. It is kept as it is, never multiplied out, and so
// may span any number of issues; one whose set is every option is left out.
// It fails when issues or options are not those of s, or issues do not ascend.
func NewBox(s []Issue, issues []int, sets [][]int, inside bool) (Table, error) {
	if len(sets) != len(issues) {
		return Table{}, fmt.Errorf("a box over %d issues has %d sets of options", len(issues), len(sets))
	}
	t := Table{box: true, outside: !inside}
	for k, i := range issues {
		if i < 0 || i >= len(s) || k > 0 && i <= issues[k-1] {
			return Table{}, fmt.Errorf("issues of a box must be positions in ascending order: %v", issues)
		}
		set := make([]uint64, (s[i].Options+63)/64)
		held := 0
		for _, o := range sets[k] {
			if o < 0 || o >= s[i].Options {
				return Table{}, fmt.Errorf("a box names option %d of the %d of %s", o, s[i].Options, s[i].ID)
			}
			if set[o/64]>>(o%64)&1 == 0 {
				set[o/64] |= 1 << (o % 64)
				held++
			}
		}
		if held == s[i].Options {
			continue
		}
		t.issues = append(t.issues, i)
		t.sizes = append(t.sizes, s[i].Options)
		t.sets = append(t.sets, set)
	}
	return t, nil
}

// Box reports whether the table was made by [NewBox], and whether it then holds
// inside its sets.
func (t *Table) Box() (box, inside bool) { return t.box, t.box && !t.outside }

// Within reports, for a table made by [NewBox], whether option o of the k-th issue
// that it spans is in the issue's set.
func (t *Table) Within(k, o int) bool { return t.sets[k][o/64]>>(o%64)&1 != 0 }

func (t *Table) holdsBox(o Outcome) bool {
	for k, i := range t.issues {
		if !t.Within(k, o[i]) {
			return t.outside
		}
	}
	return !t.outside
}

// atBox is At for a box.
func (t *Table) atBox(rank int) bool {
	for k := len(t.issues) - 1; k >= 0; k-- {
		if !t.Within(k, rank%t.sizes[k]) {
			return t.outside
		}
		rank /= t.sizes[k]
	}
	return !t.outside
}

// countBox is Count for a box.
func (t *Table) countBox() int {
	held := 1
	for _, set := range t.sets {
		n := 0
		for _, w := range set {
			n += bits.OnesCount64(w)
		}
		held = multiply(held, n)
	}
	size := t.Size()
	some := len(t.sets) > 0 && held > 0 // it holds for some and not for all: full sets are left out
	if t.outside {
		held = size - held
		if some {
			held = max(held, 1) // both may have passed an int
		}
	}
	if some {
		held = min(held, math.MaxInt-1)
	}
	return held
}

// multiply returns a·b of numbers that are not negative, or the largest int.
func multiply(a, b int) int {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high > 0 || low > math.MaxInt {
		return math.MaxInt
	}
	return int(low)
}
