package robust

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// least number of pairs from which parts are estimated.
const fewestPairs = 64

// effects finds what single sources do to the answers. A source's numbers are drawn
// anew while all others stay: how often that turns an answer around is twice the
// numerator of its total index (Jansen 1999), and being a share of independent draws it
// has an exact interval. Since the answers are yes or no, that share is what is shown first.
func (b *robust) effects() error {
	r := b.r
	if r.Numbers == 0 {
		return nil
	}
	home := b.homeRows()
	if r.Solved {
		r.Answers = append(r.Answers, Answer{Question: QuestionZone})
		if b.nash >= 0 {
			r.Answers = append(r.Answers, Answer{Question: QuestionNash})
		}
	}
	if b.focus != nil {
		r.Answers = append(r.Answers, Answer{Question: QuestionFocus})
		if slices.Contains(home, true) {
			r.Answers = append(r.Answers, Answer{Question: QuestionCarried})
		}
	}
	if len(r.Answers) == 0 {
		return nil
	}
	sources := b.widest()
	r.LeftOut = len(r.Sources) - len(sources)
	if err := b.ends(sources); err != nil {
		return err
	}
	if err := b.pairs(sources, home); err != nil {
		return err
	}
	slices.SortStableFunc(r.Effects, func(x, y Effect) int {
		for _, by := range []func(e *Effect) float64{
			func(e *Effect) float64 { return -float64(e.flips()) },
			func(e *Effect) float64 { return -e.swing() },
		} {
			if c := cmp.Compare(by(&x), by(&y)); c != 0 {
				return c
			}
		}
		return cmp.Compare(x.Source, y.Source)
	})
	return nil
}

// flips adds up the pairs in which an answer turns around.
func (e *Effect) flips() int {
	n := 0
	for _, p := range e.Parts {
		n += p.Flips.Hits
	}
	return n
}

// swing is how far the egalitarian margin goes between the ends.
func (e *Effect) swing() float64 {
	if e.Low.Margin == nil || e.High.Margin == nil {
		return 0
	}
	d, _ := new(big.Rat).Sub(e.High.Margin, e.Low.Margin).Float64()
	return math.Abs(d)
}

// homeRows says of each row whether it is a constituency's.
func (b *robust) homeRows() []bool {
	var home []bool
	party := -1
	b.u.Space.Rows(func(q int, _ *outcome.Row) bool {
		home = append(home, q == party)
		party = q
		return true
	})
	return home
}

// widest returns the sources with the widest ranges in points, in order.
func (b *robust) widest() []int {
	var scale []float64
	b.u.Space.Rows(func(_ int, row *outcome.Row) bool { scale = append(scale, float64(row.Units())); return true })
	width := make([]float64, len(b.u.Sources))
	for s := range width {
		for _, k := range b.u.Sources[s].Numbers {
			n := &b.u.Numbers[k]
			width[s] += float64(n.High-n.Low) / scale[n.Row]
		}
	}
	at := pareto.Places(len(width))
	slices.SortStableFunc(at, func(x, y int) int { return cmp.Compare(width[y], width[x]) })
	at = at[:min(maxSources, len(at))]
	slices.Sort(at)
	return at
}

// answers returns the word of a draw, bit i for question i, given what solving it says, and of the
// focus whether it is in the zone and carried.
func (b *robust) answers(a verdict, focus, carried bool) (word byte) {
	for i, q := range b.r.Answers {
		is := false
		switch q.Question {
		case QuestionZone:
			is = a.zone
		case QuestionNash:
			is = a.same
		case QuestionFocus:
			is = focus
		default:
			is = focus && carried
		}
		if is {
			word |= 1 << i
		}
	}
	return word
}

func (b *robust) carries(s *outcome.Space) bool {
	for q := range s.Parties {
		if _, home := b.focus.carried(s, q); !home {
			return false
		}
	}
	return true
}

// pairs draws pairs and fills the parts of the sources.
func (b *robust) pairs(sources []int, home []bool) error {
	r := b.r
	pairs := b.opt.Pairs
	each := float64(50 * (len(sources) + 2) * (len(b.u.Space.Issues) + 8)) // nanoseconds, to judge the focus
	if r.Solved {
		atTable := 2
		for _, s := range sources {
			if !home[r.Sources[s].Row] {
				atTable++
			}
		}
		each += float64(b.used / float64(max(r.Draws, 1)) * float64(atTable))
	}
	if left := (float64(b.opt.Time.Nanoseconds()) - b.used) / each; left < float64(pairs) {
		pairs = int(left)
	}
	if pairs < fewestPairs && pairs < b.opt.Pairs {
		r.Answers = nil
		for k := range r.Effects {
			r.Effects[k].Parts = nil
		}
		return nil
	}
	first, second := make([]byte, pairs), make([]byte, pairs)
	mixed := make([]byte, pairs*len(sources))
	if _, err := b.each(pairs, func(w *drawWorker, item int) error {
		words := mixed[item*len(sources) : (item+1)*len(sources)]
		return b.pair(w, item, sources, home, &first[item], &second[item], words)
	}); err != nil {
		r.Answers = nil
		var over *budget.Excess
		if errors.As(err, &over) {
			return nil
		}
		return err
	}
	r.Pairs = pairs
	column := func(words []byte, question, from, step int) []float64 {
		y := make([]float64, pairs)
		for i := range y {
			y[i] = float64(words[from+i*step] >> question & 1)
		}
		return y
	}
	for q := range r.Answers {
		a, c := column(first, q, 0, 1), column(second, q, 0, 1)
		hits := 0
		for i := range a {
			hits += int(a[i])
		}
		r.Answers[q].Share = share(hits, pairs)
		for k := range r.Effects {
			mix := column(mixed, q, k, len(sources))
			flips := 0
			for i := range mix {
				if mix[i] != a[i] {
					flips++
				}
			}
			first, total := indices(a, c, mix)
			r.Effects[k].Parts = append(r.Effects[k].Parts, Part{share(flips, pairs), first.value, first.err, total.value, total.err})
		}
	}
	return nil
}

// pair finds the words of one pair of draws, and of the first with each source taken from the second. A
// source of a constituency changes nothing at the table, and one at the table nothing at home.
func (b *robust) pair(w *drawWorker, item int, sources []int, home []bool, first, second *byte, mixed []byte) error {
	outcome.Fill(w.places, b.opt.Seed, streamPairs, uint64(item))
	outcome.Fill(w.other, b.opt.Seed, streamOthers, uint64(item))
	s := w.drawer.Space()
	table := func() (a verdict, focus bool, err error) {
		a, err = b.verdict(w)
		return a, b.focus != nil && b.focus.inZone(s), err
	}
	carried := func() bool { return b.focus != nil && b.carries(s) }
	w.drawer.Draw(w.other, 1)
	a, focus, err := table()
	if err != nil {
		return err
	}
	*second = b.answers(a, focus, carried())
	w.drawer.Draw(w.places, 1)
	here, focusHere, err := table()
	if err != nil {
		return err
	}
	carriedHere := carried()
	*first = b.answers(here, focusHere, carriedHere)
	for k, source := range sources {
		w.drawer.DrawSource(source, w.other, 1)
		if home[b.r.Sources[source].Row] {
			mixed[k] = b.answers(here, focusHere, carried())
		} else {
			if a, focus, err = table(); err != nil {
				return err
			}
			mixed[k] = b.answers(a, focus, carriedHere)
		}
		w.drawer.DrawSource(source, w.places, 1)
	}
	return nil
}

// An index is an estimate with its standard error.
type index struct{ value, err float64 }

// indices estimates the first-order and the total index of Sobol of one source: a and c
// are a function's values at two independent samples, mix those at the first with the
// source taken from the second, and V the variance over both. Then
//
//	first = E (c − mean)(mix − a) / V,   total = E (mix − a)² / 2V
//
// after Saltelli and others (2010, table 2, b) and Jansen (1999). A source that never
// changes anything has 0 for both, without error. The standard errors are those of a
// ratio of means (the delta method). Both are 0 where the function does not vary.
func indices(a, c, mix []float64) (first, total index) {
	n := float64(len(a))
	mean := 0.0
	for i := range a {
		mean += a[i] + c[i]
	}
	mean /= 2 * n
	v, f, t := make([]float64, len(a)), make([]float64, len(a)), make([]float64, len(a))
	for i := range a {
		x, y := a[i]-mean, c[i]-mean
		v[i] = (float64(x*x) + float64(y*y)) / 2
		d := mix[i] - a[i]
		f[i], t[i] = float64(y*d), float64(d*d)/2
	}
	return ratioOfMeans(f, v), ratioOfMeans(t, v)
}

// ratioOfMeans returns the mean of x over that of v, 0 where that is 0.
func ratioOfMeans(x, v []float64) index {
	n := float64(len(x))
	mx, mv := 0.0, 0.0
	for i := range x {
		mx += x[i]
		mv += v[i]
	}
	if mv == 0 {
		return index{}
	}
	ratio := mx / mv
	sum := 0.0
	for i := range x {
		e := x[i] - float64(ratio*v[i])
		sum += float64(e * e)
	}
	return index{ratio, math.Sqrt(sum) / mv * math.Sqrt(n/math.Max(n-1, 1))}
}

// ends finds the answers with each source at its ends and all others at the headline.
func (b *robust) ends(sources []int) error {
	r := b.r
	at := make([]End, 2*len(sources)+1) // the last is the headline
	if _, err := b.each(len(at), func(w *drawWorker, item int) error {
		w.drawer.Draw(w.places, 0)
		if item < len(at)-1 {
			w.drawer.SetSource(sources[item/2], func(n *outcome.Number) int64 {
				if item%2 == 0 {
					return n.Low
				}
				return n.High
			})
		}
		e := &at[item]
		s := w.drawer.Space()
		if b.focus != nil {
			e.Focus = b.focus.inZone(s)
			e.Carried = e.Focus && b.carries(s)
		}
		if !r.Solved {
			return nil
		}
		a, err := b.verdict(w)
		if err != nil {
			return err
		}
		e.Zone, e.Same = a.zone, a.same
		margin, ok, err := w.solver.margin(b.ctx, b.known)
		if ok {
			e.Margin = big.NewRat(margin.Num, margin.Den)
		}
		return err
	}); err != nil {
		var over *budget.Excess
		if errors.As(err, &over) {
			return nil
		}
		return err
	}
	r.Margin = at[len(at)-1].Margin
	for k, s := range sources {
		r.Effects = append(r.Effects, Effect{Source: s, Low: at[2*k], High: at[2*k+1]})
	}
	b.tell(0.85)
	return nil
}
