package boxes

import "github.com/goodoffices/goodoffices/outcome"

// A boxBound bounds, from above, the sum of the parties' utilities in one direction
// of positive weights. Each open box pays its worth to its issues in parts, to the
// options in it, and every issue then chooses for itself: the Lagrangian dual of the
// boxes' sides, improved box by box (Globerson and Jaakkola 2007). Any parts at all
// give a bound, so that parts carry over from branch to branch; what a box keeps
// back is added where it could help.
type boxBound struct {
	weight []int64 // by party
	worth  []int64 // by box
	part   []int64 // by side
	score  []int64 // by option, its own gain and the parts of open boxes that it is in
	earned int64   // what every outcome gets; utilities are counted from their lower bounds
	value  int64   // the bound, when last computed
	top    []int64 // by issue, the greatest score alive, when last computed
}

func (s *boxSearch) newBound(weight []int64) *boxBound {
	d := &boxBound{weight: weight, worth: make([]int64, len(s.boxes)), part: make([]int64, len(s.spans)),
		score: make([]int64, len(s.issueOf)), top: make([]int64, len(s.left))}
	for p, w := range weight {
		d.earned += w * (s.base[p] - s.low[p])
	}
	for o, i := range s.issueOf {
		d.score[o] = dot(weight, s.issues[i][int32(o)-s.first[i]].Gain)
	}
	for b, x := range s.boxes {
		if x.party >= 0 {
			d.worth[b] = weight[x.party] * x.add
		}
		if s.status[b] == heldBox {
			d.earned += d.worth[b]
		}
	}
	return d
}

func dot(x, y []int64) int64 {
	var sum int64
	for k := range x {
		sum += x[k] * y[k]
	}
	return sum
}

// close takes a box that was open out of the bound.
func (d *boxBound) close(s *boxSearch, b int32, held bool) { d.toggle(s, b, held, -1) }

// reopen puts it back.
func (d *boxBound) reopen(s *boxSearch, b int32, held bool) { d.toggle(s, b, held, 1) }

func (d *boxBound) toggle(s *boxSearch, b int32, held bool, sign int64) {
	if held {
		d.earned -= sign * d.worth[b]
	}
	for side := s.sideOf[b]; side < s.sideOf[b+1]; side++ {
		d.pay(s, side, sign*d.part[side])
	}
}

// pay adds to the score of every option in a side.
func (d *boxBound) pay(s *boxSearch, side int32, v int64) {
	if v == 0 {
		return
	}
	from := s.first[s.spans[side]]
	for c, in := range s.inSide[side] {
		if in {
			d.score[from+int32(c)] += v
		}
	}
}

// ends returns the greatest scores alive in a side and out of it; there must be an
// option in it. Without one out of it the second is the first.
func (d *boxBound) ends(s *boxSearch, side int32) (in, out int64) {
	from := s.first[s.spans[side]]
	noIn, noOut := true, true
	for c, is := range s.inSide[side] {
		o := from + int32(c)
		if !s.alive[o] {
			continue
		}
		if v := d.score[o]; is {
			if noIn || v > in {
				in, noIn = v, false
			}
		} else if noOut || v > out {
			out, noOut = v, false
		}
	}
	if noOut {
		out = in
	}
	return in, out
}

// improve pays out every open box anew, once.
func (d *boxBound) improve(s *boxSearch) {
	for b := range int32(len(s.boxes)) {
		if s.isOpen(b) {
			if s.boxes[b].add > 0 {
				d.spread(s, b)
			} else {
				d.deter(s, b)
			}
		}
	}
}

// spread pays a box that adds first to sides where that costs nothing, because
// options out of it score more, in proportion; and what is left to all free sides alike.
func (d *boxBound) spread(s *boxSearch, b int32) {
	from, to := s.sideOf[b], s.sideOf[b+1]
	var room [64]int64
	n := int(to - from)
	caps := room[:]
	if n > len(room) {
		caps = make([]int64, n)
	}
	total, free := int64(0), int64(0)
	for k := range n {
		side := from + int32(k)
		caps[k] = 0
		if s.out[side] == 0 {
			continue
		}
		free++
		in, out := d.ends(s, side)
		caps[k] = max(0, out-(in-d.part[side]))
		total += caps[k]
	}
	w := d.worth[b]
	rest := w
	for k := range n {
		side := from + int32(k)
		part := int64(0)
		switch {
		case s.out[side] == 0:
		case total <= w:
			part = caps[k] + (w-total)/free
		default:
			// Rounding and its order do not matter: any part is allowed.
			part = min(caps[k], int64(float64(w)*(float64(caps[k])/float64(total))))
		}
		caps[k] -= part // what it still has room for
		rest -= part
		d.pay(s, side, part-d.part[side])
		d.part[side] = part
	}
	if total > w {
		for k := range n {
			if more := min(rest, caps[k]); more > 0 {
				side := from + int32(k)
				d.pay(s, side, more)
				d.part[side] += more
				rest -= more
			}
		}
	}
}

// deter takes from every free side of a box that takes away, or is forbidden, what
// all of them can bear before options out of it score more.
func (d *boxBound) deter(s *boxSearch, b int32) {
	from, to := s.sideOf[b], s.sideOf[b+1]
	most := -d.worth[b]
	unset := s.status[b] == forbidden
	for side := from; side < to; side++ {
		if s.out[side] == 0 {
			continue
		}
		in, out := d.ends(s, side)
		if bear := in - d.part[side] - out; unset || bear < most {
			most, unset = bear, false
		}
	}
	most = max(most, 0)
	for side := from; side < to; side++ {
		part := -most
		if s.out[side] == 0 {
			part = 0
		}
		d.pay(s, side, part-d.part[side])
		d.part[side] = part
	}
}

// kept returns the most that an open box could add to what it has paid its issues.
func (d *boxBound) kept(s *boxSearch, b int32) int64 {
	sum, certain, gain, least := int64(0), int64(0), int64(0), int64(0)
	unset := true
	for side := s.sideOf[b]; side < s.sideOf[b+1]; side++ {
		part := d.part[side]
		sum += part
		if s.out[side] == 0 {
			certain -= part
			continue
		}
		// Where the box is not held, a side that has been charged gains by being in,
		// but at least one must be out.
		charge := max(0, -part)
		gain += charge
		if unset || charge < least {
			unset, least = false, charge
		}
	}
	out := certain + gain - least
	if s.status[b] == forbidden {
		return out
	}
	return max(out, d.worth[b]-sum)
}

// compute fills value and top.
func (d *boxBound) compute(s *boxSearch) {
	d.value = d.earned
	for i := range d.top {
		first := true
		for o := s.first[i]; o < s.first[i+1]; o++ {
			if s.alive[o] && (first || d.score[o] > d.top[i]) {
				d.top[i], first = d.score[o], false
			}
		}
		d.value += d.top[i]
	}
	for b := range int32(len(s.boxes)) {
		if s.isOpen(b) {
			d.value += d.kept(s, b)
		}
	}
}

// choose returns the outcome that the issues choose for themselves.
func (d *boxBound) choose(s *boxSearch) outcome.Outcome {
	c := make(outcome.Outcome, len(s.left))
	for i := range c {
		c[i] = -1
		for o := s.first[i]; o < s.first[i+1]; o++ {
			if s.alive[o] && (c[i] < 0 || d.score[o] > d.score[int(s.first[i])+c[i]]) {
				c[i] = int(o - s.first[i])
			}
		}
	}
	return c
}

// prepare improves a new bound until that is worth little more, and reports whether
// the goal is within its reach; not, too, when work has run out.
func (d *boxBound) prepare(s *boxSearch) bool {
	d.compute(s)
	for range 12 {
		if !s.spend(4) {
			return false
		}
		before := d.slack(s)
		for range 4 {
			d.improve(s)
		}
		d.compute(s)
		after := d.slack(s)
		if after < 0 {
			return false
		}
		if before-after <= after/64 {
			break
		}
	}
	return true
}

// slack returns by how much the bound passes what the goal needs: when it is
// negative, no outcome reaches the goal.
func (d *boxBound) slack(s *boxSearch) int64 {
	slack := d.value
	for p, w := range d.weight {
		slack -= w * (s.goal[p] - s.low[p])
	}
	return slack
}

// conclude removes the options, and closes the boxes, without which the bound would
// not reach the goal. It reports whether the bound reaches it at all.
func (d *boxBound) conclude(s *boxSearch) bool {
	slack := d.slack(s)
	if slack < 0 {
		return false
	}
	per := float64(slack) + 1
	// All conclusions are drawn from the same state before any is acted upon.
	s.useless, s.unheld, s.held = s.useless[:0], s.unheld[:0], s.held[:0]
	for i, top := range d.top {
		for o := s.first[i]; o < s.first[i+1]; o++ {
			if s.alive[o] && top-d.score[o] > slack {
				s.useless = append(s.useless, o)
			}
		}
	}
	for b := range int32(len(s.boxes)) {
		if s.status[b] != openBox {
			continue
		}
		hold, not := d.losses(s, b)
		less, more := float64(min(hold, not))/per, float64(max(hold, not))/per
		if less > s.lesser || less == s.lesser && more > s.greater {
			s.branch, s.lesser, s.greater = b, less, more
		}
		if hold > slack || not > slack && s.boxes[b].add < 0 {
			s.unheld = append(s.unheld, b)
		} else if not > slack {
			s.held = append(s.held, b)
		}
	}
	for _, o := range s.useless {
		s.remove(o)
	}
	for _, b := range s.unheld {
		if s.status[b] == openBox {
			if s.boxes[b].add > 0 {
				s.set(b, deadBox)
			} else {
				s.set(b, forbidden)
			}
		}
	}
	for _, b := range s.held {
		if s.status[b] == deadBox {
			return false
		}
		s.hold(b)
	}
	return true
}

// losses returns what the bound loses at least when a box is held, and when it is
// not counted: for one that adds, when its worth is not; for one that takes away,
// when it is paid.
func (d *boxBound) losses(s *boxSearch, b int32) (hold, not int64) {
	kept := d.kept(s, b)
	sum := int64(0)
	not = kept
	for side := s.sideOf[b]; side < s.sideOf[b+1]; side++ {
		in, out := d.ends(s, side)
		part := d.part[side]
		sum += part
		top := d.top[s.spans[side]]
		hold += top - in
		if s.out[side] == 0 {
			out = in - part
		}
		not += top - max(out, in-part)
	}
	hold += kept - (d.worth[b] - sum)
	if s.boxes[b].add < 0 {
		not -= d.worth[b]
	}
	return hold, not
}
