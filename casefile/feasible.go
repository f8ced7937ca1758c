package casefile

import (
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// maxSearch bounds the steps of all searches of one file for packages that satisfy its requirements.
const maxSearch = 1 << 24

// A search looks for joint options that none of a few tables forbids. It is
// complete: it goes through the issues in order, and keeps a choice only while
// every table can still be satisfied as far as the choices made reach into it.
type search struct {
	issues []int // ascending positions of the issues that the tables span
	sizes  []int // their numbers of options
	// By issue, the tables that span it with what they allow up to it.
	steps [][]prefix
	none  bool // a table over no issues forbids everything
	left  *int // steps that may still be made
}

// A prefix says of one table which choices for its issues so far can be completed.
type prefix struct {
	issues  []int // places in search.issues
	allowed []bool
}

// newSearch prepares a search over the tables that takes its steps from left.
// Sizes holds the number of options of every issue of the case.
func newSearch(tables []outcome.Table, sizes []int, left *int) *search {
	s := &search{left: left}
	for i := range tables {
		s.issues = append(s.issues, tables[i].Issues()...)
	}
	slices.Sort(s.issues)
	s.issues = slices.Compact(s.issues)
	for _, i := range s.issues {
		s.sizes = append(s.sizes, sizes[i])
	}
	s.steps = make([][]prefix, len(s.issues))
	for i := range tables {
		t := &tables[i]
		places := make([]int, len(t.Issues()))
		for k, issue := range t.Issues() {
			places[k], _ = slices.BinarySearch(s.issues, issue)
		}
		allowed := make([]bool, t.Size())
		for rank := range allowed {
			allowed[rank] = !t.At(rank)
		}
		for k := len(places) - 1; k >= 0; k-- {
			s.steps[places[k]] = append(s.steps[places[k]], prefix{places[:k+1], allowed})
			n := s.sizes[places[k]]
			shorter := make([]bool, len(allowed)/n)
			for rank, ok := range allowed {
				if ok {
					shorter[rank/n] = true
				}
			}
			allowed = shorter
		}
		s.none = s.none || !slices.Contains(allowed, true)
		*left -= t.Size()/8 + len(places)
	}
	return s
}

// find reports whether there are joint options that no table forbids, with the
// issue at position fixed, unless it is negative, held at an option. It gives up,
// and says so with known false, when no steps are left.
func (s *search) find(fixed, option int) (found, known bool) {
	if s.none {
		return false, true
	}
	at := make([]int, len(s.issues))
	var try func(place int) bool
	try = func(place int) bool {
		if place == len(at) {
			return true
		}
		for o := range s.sizes[place] {
			if s.issues[place] == fixed && o != option {
				continue
			}
			if *s.left -= 1 + len(s.steps[place]); *s.left < 0 {
				return false
			}
			at[place] = o
			if s.allows(place, at) && try(place+1) {
				return true
			}
		}
		return false
	}
	found = try(0)
	return found, found || *s.left >= 0
}

func (s *search) allows(place int, at []int) bool {
	for _, p := range s.steps[place] {
		rank := 0
		for _, i := range p.issues {
			rank = rank*s.sizes[i] + at[i]
		}
		if !p.allowed[rank] {
			return false
		}
	}
	return true
}

// groups splits tables into sets that share no issues, and returns the positions
// of the tables of each, ascending.
func groups(tables []outcome.Table) [][]int {
	group := make([]int, len(tables)) // the first table of the same set
	byIssue := make(map[int]int)
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	for i := range tables {
		group[i] = i
		for _, issue := range tables[i].Issues() {
			if other, ok := byIssue[issue]; ok {
				a, b := find(i), find(other)
				group[max(a, b)] = min(a, b)
			} else {
				byIssue[issue] = i
			}
		}
	}
	var sets [][]int
	index := make(map[int]int)
	for i := range tables {
		first := find(i)
		k, ok := index[first]
		if !ok {
			k = len(sets)
			index[first] = k
			sets = append(sets, nil)
		}
		sets[k] = append(sets[k], i)
	}
	return sets
}

// culprits returns a smallest-by-removal subset of tables that already leaves
// nothing: none of them can be left out, as far as the steps suffice. The tables
// together must leave nothing.
func culprits(tables []outcome.Table, of []int, sizes []int, left *int) []int {
	keep := slices.Clone(of)
	for _, drop := range of {
		if len(keep) == 1 || *left < 0 {
			break
		}
		rest := slices.DeleteFunc(slices.Clone(keep), func(i int) bool { return i == drop })
		if found, known := newSearch(pick(tables, rest), sizes, left).find(-1, 0); known && !found {
			keep = rest
		}
	}
	return keep
}

func pick(tables []outcome.Table, at []int) []outcome.Table {
	picked := make([]outcome.Table, len(at))
	for k, i := range at {
		picked[k] = tables[i]
	}
	return picked
}
