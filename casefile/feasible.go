package casefile

import (
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// maxSearch bounds the steps of all searches of one file for packages that
// satisfy its requirements. A step looks at one joint option of one table.
const maxSearch = 1 << 24

// A search looks for joint options that no table of a few forbids. It is
// complete: it tries the options of one issue after another, and after each choice
// strikes out options of the other issues that no longer occur in any joint option
// that a table allows (generalised arc consistency; Mackworth 1977).
type search struct {
	tables []outcome.Table
	issues []int    // ascending positions of the issues that the tables span
	open   [][]bool // by place in issues: the options that are not ruled out at once
	places [][]int  // by table: places of its issues
	spans  [][]int  // by place: the tables that span it
	trail  []struck // rows of open to put back, for the choices being tried
	none   bool     // nothing is left
	left   *int     // steps that may still be made
}

// struck is a row of open as it was before options were struck out.
type struck struct {
	place int
	row   []bool
}

// newSearch prepares a search over the tables that takes its steps from left.
// Sizes holds the number of options of every issue of the case.
func newSearch(tables []outcome.Table, sizes []int, left *int) *search {
	s := &search{tables: tables, left: left}
	for i := range tables {
		s.issues = append(s.issues, tables[i].Issues()...)
	}
	slices.Sort(s.issues)
	s.issues = slices.Compact(s.issues)
	s.spans = make([][]int, len(s.issues))
	for _, i := range s.issues {
		s.open = append(s.open, slices.Repeat([]bool{true}, sizes[i]))
	}
	all := make([]int, len(tables))
	for i := range tables {
		all[i] = i
		places := make([]int, len(tables[i].Issues()))
		for k, issue := range tables[i].Issues() {
			places[k], _ = slices.BinarySearch(s.issues, issue)
			s.spans[places[k]] = append(s.spans[places[k]], i)
		}
		s.places = append(s.places, places)
	}
	s.none = !s.narrow(all) && *left >= 0
	s.trail = nil
	return s
}

// narrow strikes out options that no joint option allowed by the tables has any
// more, until nothing changes. It returns false when an issue has no option left,
// or no steps are left.
func (s *search) narrow(tables []int) bool {
	queued := make([]bool, len(s.tables))
	for _, i := range tables {
		queued[i] = true
	}
	for len(tables) > 0 {
		i := tables[0]
		tables, queued[i] = tables[1:], false
		supported, any := s.supported(i)
		if !any || *s.left < 0 {
			return false
		}
		for k, place := range s.places[i] {
			if slices.Equal(s.open[place], supported[k]) {
				continue
			}
			s.set(place, supported[k])
			for _, other := range s.spans[place] {
				if other != i && !queued[other] {
					tables, queued[other] = append(tables, other), true
				}
			}
		}
	}
	return true
}

// supported returns, by issue of a table, the open options that occur in a joint
// option that the table allows, and whether there is any.
func (s *search) supported(table int) (supported [][]bool, any bool) {
	t, places, open := &s.tables[table], s.places[table], s.open
	for _, place := range places {
		supported = append(supported, make([]bool, len(open[place])))
	}
	at := make([]int, len(places))
	var visit func(k, rank int)
	visit = func(k, rank int) {
		if *s.left < 0 {
			return
		}
		if k == len(places) {
			*s.left--
			if t.At(rank) {
				return
			}
			any = true
			for k, o := range at {
				supported[k][o] = true
			}
			return
		}
		for o, ok := range open[places[k]] {
			if ok {
				at[k] = o
				visit(k+1, rank*len(open[places[k]])+o)
			}
		}
	}
	visit(0, 0)
	return supported, any
}

// find reports whether there are joint options that no table forbids, with the
// issue at a place, unless it is negative, held at an option. It gives up, and
// says so with known false, when no steps are left.
func (s *search) find(place, option int) (found, known bool) {
	if s.none || place >= 0 && !s.open[place][option] {
		return false, true
	}
	if *s.left < 0 {
		return false, false
	}
	if place >= 0 {
		found = s.try(place, option)
	} else {
		found = s.complete()
	}
	return found, found || *s.left >= 0
}

// set replaces the open options of an issue; try puts them back.
func (s *search) set(place int, row []bool) {
	s.trail = append(s.trail, struck{place, s.open[place]})
	s.open[place] = row
}

// try reports whether an option can be completed, and leaves everything as it was.
func (s *search) try(place, option int) bool {
	mark := len(s.trail)
	only := make([]bool, len(s.open[place]))
	only[option] = true
	s.set(place, only)
	found := s.narrow(slices.Clone(s.spans[place])) && s.complete()
	for len(s.trail) > mark {
		last := s.trail[len(s.trail)-1]
		s.open[last.place] = last.row
		s.trail = s.trail[:len(s.trail)-1]
	}
	return found
}

// complete goes through the issue with the fewest options left, if any has several.
func (s *search) complete() bool {
	fewest, least := -1, 0
	for place, options := range s.open {
		*s.left -= len(options)
		n := 0
		for _, ok := range options {
			if ok {
				n++
			}
		}
		if n > 1 && (fewest < 0 || n < least) {
			fewest, least = place, n
		}
	}
	if fewest < 0 {
		return true
	}
	options := s.open[fewest]
	for option, ok := range options {
		if *s.left < 0 {
			return false
		}
		if ok && s.try(fewest, option) {
			return true
		}
	}
	return false
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
