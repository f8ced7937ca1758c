package boxes

import (
	"context"
	"errors"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A boxSearch looks for an outcome of a boxed space that gives every party at least
// a goal, by branching on whether boxes are held.
//
// To hold a box is to keep, of each of its issues, only the options in it. Not to
// hold one that adds asks nothing, as its worth is merely not counted; a box that
// takes away may be paid, which asks nothing either, or avoided. An outcome that
// reaches the goal is thus found, with its full worth counted, in one branch at
// least.
type boxSearch struct {
	*boxed
	ctx  context.Context
	work int64 // options still to be visited before giving up
	pass int64 // options visited to compute one bound: those of the issues and of the sides of boxes
	err  error

	// Options of all issues in one row, sides of all boxes in another.
	first   []int32 // by issue, its first option; one more at the end
	issueOf []int32 // by option
	sideOf  []int32 // by box, its first side; one more at the end
	spans   []int32 // by side, its issue
	boxOf   []int32 // by side
	inSide  [][]bool
	touched [][]int32  // by issue, the sides on it
	place   []int32    // by side, its position among those on its issue
	good    [][]uint64 // by option, as in needed: the sides that it is well to be in or out of

	alive  []bool // by option
	left   []int32
	status []boxStatus
	in     []int32    // by side, options alive in it
	out    []int32    // and out of it
	free   []int32    // by box, sides with options out of it
	open   [][]uint64 // by issue, the sides on it whose boxes are open
	trail  []step
	failed bool
	dirty  []bool // by issue: options may have become needless
	avoids []int32

	bounds []*boxBound
	goal   []int64
	found  outcome.Outcome // positions of options, by issue
	alike  bool            // options that others replace stay
	nodes  int64

	useless, unheld, held []int32 // of conclude

	// The open box on which it is best to branch, -1 for none: the one whose lesser
	// loss, of holding it and of not, is the greatest share of what a bound has to lose.
	branch          int32
	lesser, greater float64
}

type boxStatus uint8

const (
	openBox   boxStatus = iota
	forbidden           // open, and not to be held
	heldBox             // every side is certain, or the worth is counted as if
	deadBox             // cannot be held, or is not counted
)

// A step is undone in reverse: an option was removed, or a box's status changed.
type step struct {
	option int32 // -1 for a change of status
	box    int32
	was    boxStatus
}

func newBoxSearch(b *boxed) *boxSearch {
	s := &boxSearch{boxed: b}
	for i, choices := range b.issues {
		s.first = append(s.first, int32(len(s.issueOf)))
		for range choices {
			s.issueOf = append(s.issueOf, int32(i))
			s.alive = append(s.alive, true)
		}
		s.left = append(s.left, int32(len(choices)))
	}
	s.first = append(s.first, int32(len(s.issueOf)))
	s.touched = make([][]int32, len(b.issues))
	for k, x := range b.boxes {
		s.sideOf = append(s.sideOf, int32(len(s.spans)))
		s.free = append(s.free, int32(len(x.sides)))
		st := openBox
		if x.party < 0 {
			st = forbidden
		}
		s.status = append(s.status, st)
		for _, side := range x.sides {
			at := int32(len(s.spans))
			s.spans = append(s.spans, int32(side.issue))
			s.boxOf = append(s.boxOf, int32(k))
			s.inSide = append(s.inSide, side.in)
			s.place = append(s.place, int32(len(s.touched[side.issue])))
			s.touched[side.issue] = append(s.touched[side.issue], at)
			n := int32(0)
			for _, in := range side.in {
				if in {
					n++
				}
			}
			s.in = append(s.in, n)
			s.out = append(s.out, int32(len(side.in))-n)
		}
	}
	s.sideOf = append(s.sideOf, int32(len(s.spans)))
	s.pass = int64(len(s.issueOf))
	for _, in := range s.inSide {
		s.pass += int64(len(in))
	}
	s.good = make([][]uint64, len(s.issueOf))
	s.open = make([][]uint64, len(b.issues))
	s.dirty = make([]bool, len(b.issues))
	for i := range b.issues {
		words := len(s.touched[i])/64 + 1
		s.open[i] = make([]uint64, words)
		for o := s.first[i]; o < s.first[i+1]; o++ {
			s.good[o] = make([]uint64, words)
		}
		for k, side := range s.touched[i] {
			s.open[i][k/64] |= 1 << (k % 64)
			for c, in := range s.inSide[side] {
				if in == (b.boxes[s.boxOf[side]].add > 0) {
					s.good[int(s.first[i])+c][k/64] |= 1 << (k % 64)
				}
			}
		}
	}
	return s
}

// lies reports whether an option is in a side on its issue.
func (s *boxSearch) lies(option, side int32) bool {
	return s.inSide[side][option-s.first[s.spans[side]]]
}

func (s *boxSearch) isOpen(box int32) bool { return s.status[box] <= forbidden }

// remove removes an option that is alive.
func (s *boxSearch) remove(o int32) {
	i := s.issueOf[o]
	s.alive[o] = false
	s.left[i]--
	s.dirty[i] = true
	s.trail = append(s.trail, step{option: o})
	if s.left[i] == 0 {
		s.failed = true
	}
	for _, side := range s.touched[i] {
		b := s.boxOf[side]
		if s.lies(o, side) {
			if s.in[side]--; s.in[side] == 0 && s.isOpen(b) {
				s.set(b, deadBox)
			}
			continue
		}
		if s.out[side]--; s.out[side] > 0 {
			continue
		}
		if s.free[b]--; !s.isOpen(b) {
			continue
		}
		switch {
		case s.status[b] == openBox && s.free[b] == 0:
			s.set(b, heldBox)
		case s.status[b] == forbidden && s.free[b] == 0:
			s.failed = true
		case s.status[b] == forbidden && s.free[b] == 1:
			s.avoids = append(s.avoids, b)
		}
	}
}

// set changes the status of a box that is open.
func (s *boxSearch) set(b int32, to boxStatus) {
	was := s.status[b]
	s.trail = append(s.trail, step{-1, b, was})
	s.status[b] = to
	if to == forbidden {
		if s.free[b] == 1 {
			s.avoids = append(s.avoids, b)
		}
		return
	}
	for side := s.sideOf[b]; side < s.sideOf[b+1]; side++ {
		i, k := s.spans[side], s.place[side]
		s.open[i][k/64] &^= 1 << (k % 64)
		s.dirty[i] = true
	}
	for _, d := range s.bounds {
		d.close(s, b, to == heldBox)
	}
}

// undo returns to where the trail was n steps long.
func (s *boxSearch) undo(n int) {
	for len(s.trail) > n {
		t := s.trail[len(s.trail)-1]
		s.trail = s.trail[:len(s.trail)-1]
		if t.option < 0 {
			if to := s.status[t.box]; to != forbidden {
				for side := s.sideOf[t.box]; side < s.sideOf[t.box+1]; side++ {
					i, k := s.spans[side], s.place[side]
					s.open[i][k/64] |= 1 << (k % 64)
				}
				for _, d := range s.bounds {
					d.reopen(s, t.box, to == heldBox)
				}
			}
			s.status[t.box] = t.was
			continue
		}
		i := s.issueOf[t.option]
		s.alive[t.option] = true
		s.left[i]++
		for _, side := range s.touched[i] {
			if s.lies(t.option, side) {
				s.in[side]++
			} else if s.out[side]++; s.out[side] == 1 {
				s.free[s.boxOf[side]]++
			}
		}
	}
	s.failed = false
	s.avoids = s.avoids[:0]
	clear(s.dirty)
}

// hold keeps, of the issues of a box, the options in it.
func (s *boxSearch) hold(b int32) {
	for side := s.sideOf[b]; side < s.sideOf[b+1] && !s.failed; side++ {
		if s.out[side] > 0 {
			s.keepSide(side, true)
		}
	}
}

// keepSide keeps the options in a side, or out of it.
func (s *boxSearch) keepSide(side int32, in bool) {
	i := s.spans[side]
	for o := s.first[i]; o < s.first[i+1]; o++ {
		if s.alive[o] && s.lies(o, side) != in {
			s.remove(o)
		}
	}
}

// only keeps one option of its issue.
func (s *boxSearch) only(option int32) {
	i := s.issueOf[option]
	for o := s.first[i]; o < s.first[i+1]; o++ {
		if s.alive[o] && o != option {
			s.remove(o)
		}
	}
}

// settle draws the conclusions from removed options and closed boxes that need no
// bound: a forbidden box with one free side loses the options in it, and options that
// others replace go. It reports whether anything is left.
func (s *boxSearch) settle() bool {
	for !s.failed {
		if n := len(s.avoids); n > 0 {
			b := s.avoids[n-1]
			s.avoids = s.avoids[:n-1]
			if s.status[b] != forbidden {
				continue
			}
			for side := s.sideOf[b]; side < s.sideOf[b+1]; side++ {
				if s.out[side] > 0 {
					s.keepSide(side, false)
					break
				}
			}
			continue
		}
		i := slices.Index(s.dirty, true)
		if i < 0 {
			return true
		}
		s.dirty[i] = false
		s.thin(int32(i))
	}
	return false
}

// thin removes the options of an issue that others replace.
func (s *boxSearch) thin(i int32) {
	if s.alike || s.left[i] < 2 || s.left[i] > maxPairwise {
		return
	}
	for o := s.first[i]; o < s.first[i+1]; o++ {
		if !s.alive[o] {
			continue
		}
		for q := s.first[i]; q < s.first[i+1]; q++ {
			if q != o && s.alive[q] && s.replaces(q, o, i) {
				s.remove(o)
				break
			}
		}
	}
}

func (s *boxSearch) replaces(q, o, i int32) bool {
	for w, open := range s.open[i] {
		if s.good[o][w]&open&^s.good[q][w] != 0 {
			return false
		}
	}
	return pareto.AtLeast(s.issues[i][q-s.first[i]].Gain, s.issues[i][o-s.first[i]].Gain)
}

var errNoWork = errors.New("the work allowed has run out")

// find reports whether an outcome gives every party its goal, and leaves it in
// found; no, too, when work has run out or the context has ended, with err set.
func (s *boxSearch) find() bool {
	s.nodes++
	if !s.narrow() {
		return false
	}
	if s.err != nil {
		return false
	}
	for _, d := range s.bounds {
		if o := d.choose(s); pareto.AtLeast(s.utilities(o), s.goal) {
			s.found = o
			return true
		}
	}
	mark := len(s.trail)
	try := func(branch func()) bool {
		branch()
		if !s.failed && s.find() {
			return true
		}
		s.undo(mark)
		return false
	}
	if b := s.branch; b >= 0 {
		if s.boxes[b].add > 0 {
			return try(func() { s.hold(b) }) || s.err == nil && try(func() { s.set(b, deadBox) })
		}
		return try(func() { s.set(b, forbidden) }) || s.err == nil && try(func() { s.set(b, heldBox) })
	}
	for b := range int32(len(s.boxes)) {
		if s.status[b] != forbidden {
			continue
		}
		for side := s.sideOf[b]; side < s.sideOf[b+1]; side++ {
			if s.out[side] > 0 {
				return try(func() { s.keepSide(side, false) }) || s.err == nil && try(func() { s.keepSide(side, true) })
			}
		}
	}
	// Only options of single issues are left. One that scores well is tried first.
	issue, widest := int32(-1), int32(1)
	for i, n := range s.left {
		if n > widest {
			issue, widest = int32(i), n
		}
	}
	if issue < 0 {
		return false // the one outcome left was tried above
	}
	d := s.bounds[0]
	best := int32(-1)
	for o := s.first[issue]; o < s.first[issue+1]; o++ {
		if s.alive[o] && (best < 0 || d.score[o] > d.score[best]) {
			best = o
		}
	}
	return try(func() { s.only(best) }) || s.err == nil && try(func() { s.remove(best) })
}

// utilities returns what an outcome, by positions of options, gives each party,
// below every goal when it is forbidden.
func (s *boxSearch) utilities(o outcome.Outcome) []int64 {
	u := slices.Clone(s.base)
	for i, c := range o {
		for p, v := range s.issues[i][c].Gain {
			u[p] += v
		}
	}
boxes:
	for _, x := range s.boxes {
		for _, side := range x.sides {
			if !side.in[o[side.issue]] {
				continue boxes
			}
		}
		if x.party < 0 {
			for p := range u {
				u[p] = network.NoFloor
			}
			return u
		}
		u[x.party] += x.add
	}
	return u
}

// spend takes the work of some passes, and reports whether that much was left and
// the context goes on; if not, err says so.
func (s *boxSearch) spend(passes int) bool {
	if s.err == nil {
		s.err = context.Cause(s.ctx)
	}
	if s.work -= int64(passes) * s.pass; s.work < 0 && s.err == nil {
		s.err = errNoWork
	}
	return s.err == nil
}

// narrowAlike draws the conclusions that hold of every outcome that reaches the goal,
// and reports whether there is one as far as that tells, and work to go on.
func (s *boxSearch) narrowAlike() bool {
	s.alike = true
	defer func() { s.alike = false }()
	return s.narrow() && s.err == nil
}

// narrow draws conclusions, from bounds too, until there are no more, and reports
// whether the goal is still within reach of every bound.
func (s *boxSearch) narrow() bool {
	for {
		if !s.settle() {
			return false
		}
		if !s.spend(len(s.bounds)) {
			return true
		}
		mark := len(s.trail)
		s.branch, s.lesser, s.greater = -1, -1, -1
		for _, d := range s.bounds {
			d.improve(s)
			d.compute(s)
			if !d.conclude(s) || s.failed {
				return false
			}
		}
		if len(s.trail) == mark {
			return true
		}
	}
}
