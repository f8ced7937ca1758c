package prove

import (
	"context"
	"math"
	"slices"
)

// This file finds multipliers in floating point. Nothing that it returns is trusted:
// multipliers are rounded to integers and outcomes are offered by their integer
// totals. It uses only + - * / and square roots, no product fused with a sum, so
// that it takes the same steps on every machine.

// A newton minimises, over multipliers z > 0 of rows in units of their widths,
//
//	Σ_issues temperature·log Σ_choices exp(z·share/temperature) - z·from - Σ β_j·log z_j
//
// by damped Newton steps while the temperature falls. Above temperature 0 this is a
// smooth stand-in for the greatest z·(total - from) over a box. For a product
// β = 1 on ranked rows: the minimum is the dual of the sum of logarithms. Otherwise
// β is the temperature, a barrier, and the ranked rows' z·unit are held at a constant
// sum, which makes the minimum the dual of the least share.
type newton struct {
	cold float64

	rows       int
	slope      []float64
	curve      []float64 // rows × rows, lower triangle
	step, hold []float64
	trial      []float64
	mean       []float64
	exps       []float64
	scores     []float64
	norm       []float64
	at         []float64 // by row, from or floor in units of width
}

const (
	firstHot = 0.05
	againHot = 1e-3
	coldest  = 1e-7
	cooling  = 0.2
	maxSteps = 6  // Newton steps at one temperature
	maxTries = 6  // shortenings of one step
	maxY     = 36 // bits of a multiplier
)

func (w *newton) resize(rows int) {
	w.cold = coldest
	if w.rows == rows {
		return
	}
	w.rows = rows
	for _, v := range []*[]float64{&w.slope, &w.step, &w.hold, &w.trial, &w.mean, &w.norm, &w.at} {
		*v = make([]float64, rows)
	}
	w.curve = make([]float64, rows*rows)
}

// decay returns exp(-x) for x ≥ 0, to about 9 digits.
func decay(x float64) float64 {
	if !(x < 40) {
		return 0
	}
	x /= 256
	e := 1 - float64(x*(1-float64(x/2*(1-float64(x/3*(1-float64(x/4*(1-float64(x/5*(1-x/6))))))))))
	for range 8 {
		e *= e
	}
	return e
}

// scoresOf fills scores with z·share of the choices and returns the place of the greatest.
func (w *newton) scoresOf(t *dualTree, choices []int32, z []float64) int {
	w.scores = w.scores[:0]
	top := 0
	for k, c := range choices {
		v := 0.0
		for j, a := range t.share[int(c)*t.rows : (int(c)+1)*t.rows] {
			v += float64(z[j] * a)
		}
		w.scores = append(w.scores, v)
		if v > w.scores[top] {
			top = k
		}
	}
	return top
}

// odds returns the weight of each choice at a temperature; they sum to 1.
func (w *newton) odds(t *dualTree, choices []int32, z []float64, temperature float64) []float64 {
	top := w.scoresOf(t, choices, z)
	w.exps = w.exps[:0]
	sum := 0.0
	for _, v := range w.scores {
		e := decay((w.scores[top] - v) / temperature)
		w.exps = append(w.exps, e)
		sum += e
	}
	for k := range w.exps {
		w.exps[k] /= sum
	}
	return w.exps
}

// evaluate fills slope and, if asked, curve at z. It returns the greatest z·(total - from)
// in the box, not smoothed, and the choices that reach it through pick when not nil.
func (w *newton) evaluate(t *dualTree, b *region, z []float64, temperature float64, curved bool, pick []int32) float64 {
	n := t.rows
	t.search.Work += int64(len(b.left) * n)
	clear(w.slope)
	clear(w.curve)
	most := 0.0
	from := int32(0)
	for _, end := range b.ends {
		choices := b.left[from:end]
		top := w.scoresOf(t, choices, z)
		most += w.scores[top]
		if pick != nil {
			pick[t.issue[choices[top]]] = choices[top]
		}
		w.exps = w.exps[:0]
		sum := 0.0
		for _, v := range w.scores {
			e := decay((w.scores[top] - v) / temperature)
			w.exps = append(w.exps, e)
			sum += e
		}
		if sum < 1+1e-9 {
			for j, a := range t.share[int(choices[top])*n : (int(choices[top])+1)*n] {
				w.slope[j] += a
			}
			from = end
			continue
		}
		clear(w.mean)
		for k, c := range choices {
			if e := w.exps[k] / sum; e > 1e-12 {
				for j, a := range t.share[int(c)*n : (int(c)+1)*n] {
					w.mean[j] += float64(e * a)
				}
			}
		}
		for j, m := range w.mean {
			w.slope[j] += m
		}
		if curved {
			t.search.Work += int64(len(choices) * n)
			for k, c := range choices {
				e := w.exps[k] / sum
				if e <= 1e-12 {
					continue
				}
				e /= temperature
				row := t.share[int(c)*n : (int(c)+1)*n]
				for j := range n {
					d := float64(e * (row[j] - w.mean[j]))
					for i := range j + 1 {
						w.curve[j*n+i] += float64(d * (row[i] - w.mean[i]))
					}
				}
			}
		}
		from = end
	}
	for j, v := range z {
		fixed := float64(b.fixed[j])/t.width[j] - w.at[j]
		w.slope[j] += fixed
		most += float64(v * fixed)
		beta := temperature
		if t.product && t.looks[j] {
			beta = 1
		}
		w.slope[j] -= beta / v
		w.curve[j*n+j] += beta / float64(v*v)
	}
	return most
}

// factor replaces curve by its Cholesky factor.
func (w *newton) factor() {
	n := w.rows
	for j := range n {
		for i := range j + 1 {
			v := w.curve[j*n+i]
			for k := range i {
				v -= float64(w.curve[j*n+k] * w.curve[i*n+k])
			}
			if i < j {
				w.curve[j*n+i] = v / w.curve[i*n+i]
				continue
			}
			w.curve[j*n+j] = math.Sqrt(max(v, 1e-14))
		}
	}
}

// solve divides v by the factored curve.
func (w *newton) solve(v []float64) {
	n := w.rows
	for j := range n {
		for k := range j {
			v[j] -= float64(w.curve[j*n+k] * v[k])
		}
		v[j] /= w.curve[j*n+j]
	}
	for j := n - 1; j >= 0; j-- {
		for k := j + 1; k < n; k++ {
			v[j] -= float64(w.curve[k*n+j] * v[k])
		}
		v[j] /= w.curve[j*n+j]
	}
}

func inner(a, b []float64) float64 {
	sum := 0.0
	for j, v := range a {
		sum += float64(v * b[j])
	}
	return sum
}

// direction fills step with Newton's, along which the held sum does not change, and
// returns the slope along it, which is not above 0.
func (w *newton) direction(t *dualTree) float64 {
	w.factor()
	for j, v := range w.slope {
		w.step[j] = -v
	}
	w.solve(w.step)
	if !t.product {
		copy(w.hold, w.norm)
		w.solve(w.hold)
		nu := inner(w.norm, w.step) / inner(w.norm, w.hold)
		for j := range w.step {
			w.step[j] -= float64(nu * w.hold[j])
		}
	}
	return inner(w.slope, w.step)
}

// bounded looks for multipliers that bound a box closely. It begins at z, or afresh when
// z is nil, and returns where it ended and the best integers that it met. At the root
// every outcome that it passes is offered, improved issue by issue.
func (t *dualTree) bounded(ctx context.Context, b *region, z []float64, root bool) ([]float64, []int64, error) {
	w := &t.newton
	w.aim(t)
	hot := againHot
	if z == nil {
		hot, z = firstHot, w.afresh(t)
	} else {
		z = w.again(t, z)
	}
	pick := make([]int32, len(t.first)-1)
	for _, c := range b.set {
		pick[t.issue[c]] = c
	}
	var best rounded
	for temperature := hot; ; temperature *= cooling {
		temperature = max(temperature, w.cold)
		for range maxSteps {
			if err := context.Cause(ctx); err != nil {
				return nil, nil, err
			}
			w.evaluate(t, b, z, temperature, true, pick)
			if root {
				t.climb.from(t, b, pick, nil)
				if t.done() {
					return z, t.round(z), nil
				}
			}
			along := w.direction(t)
			if !(along < -1e-4*temperature) {
				break
			}
			w.advance(t, b, z, temperature, along)
		}
		if best.consider(t, b, z) || temperature == w.cold {
			break
		}
	}
	if sum := t.sum(b, best.y); sum >= t.least(best.y) {
		// Multipliers that only the barrier holds above 0 cost a little each.
		bare := slices.Clone(z)
		for j := range bare {
			if !t.looks[j] && bare[j] < 1e-3 {
				bare[j] = 0
			}
		}
		if !slices.Equal(bare, z) {
			best.consider(t, b, bare)
		}
	}
	return z, best.y, nil
}

// aim makes w ready for the tree's rows as they stand.
func (w *newton) aim(t *dualTree) {
	w.resize(t.rows)
	for j := range t.rows {
		w.at[j], w.norm[j] = float64(t.floor[j])/t.width[j], 0
		if t.looks[j] {
			w.at[j], w.norm[j] = float64(t.from[j])/t.width[j], float64(t.unit[j])/t.width[j]
		}
	}
	most := slices.Max(w.norm)
	for j := range w.norm {
		w.norm[j] /= most
	}
}

// afresh returns multipliers to begin with where none are known.
func (w *newton) afresh(t *dualTree) []float64 {
	z := make([]float64, t.rows)
	for j := range z {
		switch {
		case t.product:
			z[j] = 2
		case t.looks[j]:
			z[j] = 1 / float64(w.norm[j]*float64(len(t.ranked)))
		default:
			z[j] = 0.1
		}
	}
	return z
}

// again returns the multipliers of another box as those to begin with.
func (w *newton) again(t *dualTree, z []float64) []float64 {
	z = slices.Clone(z)
	// A multiplier that the barrier holds down can rise again only slowly.
	for j := range z {
		z[j] = max(z[j], 1e-4)
	}
	if !t.product {
		sum := inner(w.norm, z)
		for j := range z {
			if t.looks[j] {
				z[j] /= sum
			}
		}
	}
	return z
}

// advance moves z along the step, on which the slope begins with along: as far as the
// barrier lets it, or less where the least point is nearer.
func (w *newton) advance(t *dualTree, b *region, z []float64, temperature, along float64) {
	length := 1.0
	for j, d := range w.step {
		if d < 0 {
			length = min(length, -0.9*z[j]/d)
		} else if d > 0 {
			length = min(length, 15*z[j]/d)
		}
	}
	for try := 0; ; try++ {
		for j := range w.trial {
			w.trial[j] = z[j] + float64(length*w.step[j])
		}
		if try == maxTries {
			break
		}
		w.evaluate(t, b, w.trial, temperature, false, nil)
		// Beyond the least point along the step the slope is positive.
		here := inner(w.slope, w.step)
		if here <= -0.7*along {
			break
		}
		guess := along / (along - here) // the secant's
		length *= max(0.1, min(guess, 0.7))
	}
	copy(z, w.trial)
}

// A rounded is the best integers met so far as multipliers of a box.
type rounded struct {
	y   []int64
	key float64
}

// consider rounds z and keeps the integers if they bound the box better. It reports
// whether they refute it.
func (r *rounded) consider(t *dualTree, b *region, z []float64) bool {
	y := t.round(z)
	sum := t.sum(b, y)
	if sum < t.least(y) {
		r.y = y
		return true
	}
	if key := t.key(sum, y); r.y == nil || key < r.key {
		r.y, r.key = y, key
	}
	return false
}

// round makes integers of multipliers: small enough for every sum to fit, and at
// least 1 on ranked rows.
func (t *dualTree) round(z []float64) []int64 {
	most, reach := 0.0, 0.0
	for j, v := range z {
		u := v / t.width[j]
		span := t.width[j] + 1
		if t.product && t.looks[j] {
			from := float64(t.from[j])
			span = max(span, from, -from)
		}
		most, reach = max(most, u), max(reach, u*span)
	}
	scale := min(float64(int64(1)<<maxY)/most, float64(int64(1)<<61)/float64(t.rows)/reach)
	y := make([]int64, t.rows)
	for j, v := range z {
		y[j] = int64(float64(v/t.width[j]) * scale)
		if t.looks[j] {
			y[j] = max(y[j], 1)
		}
	}
	return y
}

// A climb improves outcomes by changing one, two or three issues at a time.
type climb struct {
	pick  []int32
	total []int64
	cost  []float64
	moves []int32
}

// A merit orders outcomes while climbing.
type merit struct{ short, value float64 }

func (m merit) above(o merit) bool {
	return m.short < o.short || m.short == o.short && m.value > o.value
}

// merit judges totals: how far they fall short of goal, if there is one, else of the
// floors; then what the ranked rows make of them.
func (t *dualTree) merit(total []int64, goal []float64) merit {
	m := merit{value: 1}
	if !t.product {
		m.value = math.Inf(1)
	}
	for j, v := range total {
		u := float64(v) / t.width[j]
		if goal != nil {
			if d := goal[j] - u; d > 0 {
				m.short += float64(float64(d*d) * float64(d*d))
			}
		} else if d := t.floor[j] - v; d > 0 {
			m.short += float64(d) / t.width[j]
		}
		if t.looks[j] {
			if t.product {
				m.value *= max(float64(v-t.from[j])/t.width[j], 0)
			} else {
				m.value = min(m.value, float64(v-t.from[j])/float64(t.unit[j]))
			}
		}
	}
	return m
}

// swap replaces the choice of an issue.
func (l *climb) swap(t *dualTree, c int32) (was int32) {
	i := t.issue[c]
	was = l.pick[i]
	out, in := t.gain[int(was)*t.rows:(int(was)+1)*t.rows], t.gain[int(c)*t.rows:(int(c)+1)*t.rows]
	for j := range l.total {
		l.total[j] += in[j] - out[j]
	}
	l.pick[i] = c
	return was
}

// from climbs from an outcome by single changes within a box, and offers what it meets.
func (l *climb) from(t *dualTree, b *region, pick []int32, goal []float64) {
	l.pick = append(l.pick[:0], pick...)
	l.total = make([]int64, t.rows)
	for _, c := range pick {
		for j, g := range t.gain[int(c)*t.rows : (int(c)+1)*t.rows] {
			l.total[j] += g
		}
	}
	l.single(t, b, goal)
}

const maxSweeps = 12

func (l *climb) single(t *dualTree, b *region, goal []float64) {
	t.offer(l.pick, l.total)
	here := t.merit(l.total, goal)
	for range maxSweeps {
		moved := false
		t.search.Work += int64(len(b.left) * t.rows)
		from := int32(0)
		for _, end := range b.ends {
			for _, c := range b.left[from:end] {
				was := l.swap(t, c)
				if was == c {
					continue
				}
				if m := t.merit(l.total, goal); m.above(here) {
					here, moved = m, true
					t.offer(l.pick, l.total)
				} else {
					l.swap(t, was)
				}
			}
			from = end
		}
		if !moved {
			return
		}
	}
}

const (
	pairMoves   = 40
	tripleMoves = 24
	maxRounds   = 12
)

// improve looks for better outcomes near what multipliers z choose: by single changes
// and, at the root or when it is near the best known, by two and three of
// the changes that cost least.
func (l *climb) improve(t *dualTree, b *region, z []float64, goal []float64, root bool) {
	pick := make([]int32, len(t.first)-1)
	for _, c := range b.set {
		pick[t.issue[c]] = c
	}
	// The changes that cost least by the multipliers.
	l.moves, l.cost = l.moves[:0], slices.Grow(l.cost[:0], len(t.issue))[:len(t.issue)]
	from := int32(0)
	w := &t.newton
	for _, end := range b.ends {
		choices := b.left[from:end]
		top := w.scoresOf(t, choices, z)
		pick[t.issue[choices[top]]] = choices[top]
		for k, c := range choices {
			l.cost[c] = w.scores[top] - w.scores[k]
			l.moves = append(l.moves, c)
		}
		from = end
	}
	t.search.Work += int64(len(b.left) * t.rows)
	slices.SortFunc(l.moves, func(c, d int32) int {
		switch {
		case l.cost[c] < l.cost[d]:
			return -1
		case l.cost[c] > l.cost[d]:
			return 1
		}
		return int(c) - int(d)
	})
	l.from(t, b, pick, nil)
	if !root && t.found {
		return
	}
	for _, g := range [][]float64{goal, nil} {
		l.from(t, b, pick, g)
		l.several(t, b, g)
		if t.done() {
			return
		}
	}
	if t.found {
		l.from(t, b, t.pick, nil)
		l.several(t, b, nil)
	}
}

// several climbs by two and three changes at a time.
func (l *climb) several(t *dualTree, b *region, goal []float64) {
	pairs, triples := l.moves[:min(len(l.moves), pairMoves)], l.moves[:min(len(l.moves), tripleMoves)]
	here := t.merit(l.total, goal)
	// Each of the three keeps its change and reports true if the outcome got better.
	third := func(most, i, k int32) bool {
		for _, f := range triples[:most] {
			if t.issue[f] == i || t.issue[f] == k || l.pick[t.issue[f]] == f {
				continue
			}
			was := l.swap(t, f)
			if m := t.merit(l.total, goal); m.above(here) {
				here = m
				return true
			}
			l.swap(t, was)
		}
		return false
	}
	second := func(most int, i int32) bool {
		for k, d := range pairs[:most] {
			if t.issue[d] == i || l.pick[t.issue[d]] == d {
				continue
			}
			was := l.swap(t, d)
			if m := t.merit(l.total, goal); m.above(here) {
				here = m
				return true
			}
			if most < len(triples) && third(int32(k), i, t.issue[d]) {
				return true
			}
			l.swap(t, was)
		}
		return false
	}
	first := func() bool {
		for i, c := range pairs {
			if l.pick[t.issue[c]] == c {
				continue
			}
			was := l.swap(t, c)
			if second(i, t.issue[c]) {
				return true
			}
			l.swap(t, was)
		}
		return false
	}
	for range maxRounds {
		t.search.Work += int64((len(pairs)*len(pairs)/2 + len(triples)*len(triples)*len(triples)/6) * t.rows)
		if !first() {
			return
		}
		l.single(t, b, goal)
		here = t.merit(l.total, goal)
	}
}
