// Package sets holds small sets, of the conditions of a case, and finds the smallest ones, for package verify.
package sets

import (
	"cmp"
	"math/bits"
	"slices"
)

// Max is the largest number of elements that a set tells apart.
const Max = 256

// A Set is a set of positions from 0 to Max-1.
type Set [Max / 64]uint64

// Has reports whether k is in the set.
func (s Set) Has(k int) bool { return s[k/64]>>(k%64)&1 != 0 }

// With returns the set with k.
func (s Set) With(k int) Set {
	s[k/64] |= 1 << (k % 64)
	return s
}

// And returns what is in both sets.
func (s Set) And(t Set) Set {
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

// Or returns what is in either set.
func (s Set) Or(t Set) Set {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

// Minus returns what is in s and not in t.
func (s Set) Minus(t Set) Set {
	for i := range s {
		s[i] &^= t[i]
	}
	return s
}

// Within reports whether s is part of t.
func (s Set) Within(t Set) bool { return s.Minus(t) == Set{} }

// Size returns the number of elements of the set.
func (s Set) Size() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// List returns the elements of the set, ascending.
func (s Set) List() []int {
	var out []int
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			out = append(out, i*64+bits.TrailingZeros64(w))
		}
	}
	return out
}

// Compare puts smaller sets first, then goes by position.
func (s Set) Compare(t Set) int {
	if c := cmp.Compare(s.Size(), t.Size()); c != 0 {
		return c
	}
	for i, w := range s {
		if d := w ^ t[i]; d != 0 { // the set with the first that is not in both comes first
			return 1 - 2*int(w>>bits.TrailingZeros64(d)&1)
		}
	}
	return 0
}

// Least returns the sets of a family of which no other is part, in order. It tells spend how many sets it is about
// to compare, and how many it holds, and ends with its error.
func Least(family []Set, spend func(compared, held int) error) ([]Set, error) {
	family = slices.Compact(slices.SortedFunc(slices.Values(family), Set.Compare))
	var least []Set
	for _, s := range family {
		if err := spend(len(least), len(least)); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(least, func(x Set) bool { return x.Within(s) }) {
			least = append(least, s)
		}
	}
	return least, nil
}

// Hitting returns the minimal sets that share an element with every set of a family, in order (Berge 1989). It uses
// spend as [Least] does.
func Hitting(family []Set, spend func(compared, held int) error) ([]Set, error) {
	sets := []Set{{}}
	for _, f := range family {
		var kept, missing []Set
		for _, s := range sets {
			if s.And(f) != (Set{}) {
				kept = append(kept, s)
			} else {
				missing = append(missing, s)
			}
		}
		sets = kept
		for _, s := range missing {
			if err := spend(len(kept)+1, len(sets)); err != nil {
				return nil, err
			}
			for _, k := range f.List() {
				grown := s.With(k)
				if !slices.ContainsFunc(kept, func(x Set) bool { return x.Within(grown) }) {
					sets = append(sets, grown)
				}
			}
		}
	}
	slices.SortFunc(sets, Set.Compare)
	return sets, nil
}
