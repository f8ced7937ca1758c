package diagnose

import (
	"cmp"
	"math/bits"
	"slices"
)

// MaxConditions is the largest number of relaxable conditions that a diagnosis tells apart.
const MaxConditions = 256

// A condSet is a set of conditions by position.
type condSet [MaxConditions / 64]uint64

func (s *condSet) add(k int)     { s[k/64] |= 1 << (k % 64) }
func (s condSet) has(k int) bool { return s[k/64]>>(k%64)&1 != 0 }
func (s condSet) empty() bool    { return s == condSet{} }

func (s condSet) len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s condSet) and(t condSet) condSet {
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

func (s condSet) or(t condSet) condSet {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

func (s condSet) minus(t condSet) condSet {
	for i := range s {
		s[i] &^= t[i]
	}
	return s
}

// within reports whether every member of s is in t.
func (s condSet) within(t condSet) bool {
	for i := range s {
		if s[i]&^t[i] != 0 {
			return false
		}
	}
	return true
}

func (s condSet) meets(t condSet) bool {
	for i := range s {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

// members returns the positions in ascending order.
func (s condSet) members() []int {
	var list []int
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			list = append(list, i*64+bits.TrailingZeros64(w))
		}
	}
	return list
}

// compare orders sets as lists of their members.
func (s condSet) compare(t condSet) int { return slices.Compare(s.members(), t.members()) }

func firstConditions(n int) condSet {
	var s condSet
	for k := range n {
		s.add(k)
	}
	return s
}

const (
	// maxSets is the largest number of sets held while a family is built.
	maxSets = 1 << 14
	// setsWork is the number of comparisons of two sets after which a family is cut: about
	// two seconds.
	setsWork = 1 << 29
)

// hittingSets returns the minimal sets that share a member with every set of a family, and the size up to which none is missing: no limit, unless there are
// too many on the way. It multiplies out one set after the other (Berge 1989).
// A minimal hitting set of some sets becomes one of more by at most growing, so that
// dropping those above a size loses none below it.
func hittingSets(family []condSet) (sets []condSet, limit int) {
	family = slices.Clone(family)
	slices.SortFunc(family, func(x, y condSet) int { return cmp.Or(cmp.Compare(x.len(), y.len()), x.compare(y)) })
	h := newHitter(maxSets)
	for _, f := range family {
		h.multiply(f)
	}
	return h.sets, h.limit
}

// A hitter holds the minimal hitting sets of a growing family.
type hitter struct {
	sets  []condSet
	limit int // sets of more members are not held
	most  int
	work  int64 // comparisons left before the limit falls
	spell int64 // comparisons between one fall of the limit and the next
}

func newHitter(most int) *hitter {
	return &hitter{sets: []condSet{{}}, limit: MaxConditions, most: most, work: setsWork, spell: setsWork}
}

// multiply takes one more set into the family.
func (h *hitter) multiply(f condSet) {
	var kept, missing, grown []condSet
	for _, t := range h.sets {
		if t.meets(f) {
			kept = append(kept, t)
		} else {
			missing = append(missing, t)
		}
	}
	members := f.members()
	// Of two grown sets neither is part of the other: it would be so before they grew,
	// since none of them met f then.
	for _, t := range missing {
		if t.len() >= h.limit {
			continue
		}
		for _, k := range members {
			g := t
			g.add(k)
			h.work -= int64(len(kept)) + 1
			if !slices.ContainsFunc(kept, func(x condSet) bool { return x.within(g) }) {
				grown = append(grown, g)
			}
		}
		if h.work < 0 {
			h.spell = max(h.spell/2, setsWork>>6)
			h.work = h.spell
			grown = h.cut(grown, len(grown)-1)
		}
		if len(grown) > 4*h.most {
			grown = h.cut(grown, h.most)
		}
	}
	h.sets = h.cut(append(kept, grown...), h.most)
}

// cut lowers the limit until at most n sets are within it, and returns those.
func (h *hitter) cut(sets []condSet, n int) []condSet {
	within := func() {
		sets = slices.DeleteFunc(sets, func(s condSet) bool { return s.len() > h.limit })
	}
	for within(); len(sets) > max(n, 0) && h.limit > 0; within() {
		longest := 0
		for _, s := range sets {
			longest = max(longest, s.len())
		}
		h.limit = min(h.limit, longest) - 1
	}
	return sets
}
