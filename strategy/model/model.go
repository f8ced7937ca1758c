// Package model holds models of the other side: estimates of what it wants, from what it offers.
// docs/methods/strategies.md says how well each does.
package model

import (
	"slices"

	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Model estimates the scores of the other side from its offers.
type Model interface {
	// Hear takes in one offer, in the order in which they were made; done is the share of the
	// session that was over, from 0 in the first round to 1 in the last.
	Hear(o outcome.Outcome, done float64)
	// Row returns the estimate: additive scores of about 1,000 in all. It is good until the next
	// call.
	Row() *outcome.Row
}

// modelGrid is what an estimated row's best outcome is worth, nearly: coarse, so that the
// frontier of own and estimated utilities has few points.
const modelGrid = 1000

// estimated is a row whose score of option o of issue i is weight[i]·value[i][o], the
// weights adding up to 1 and each issue's best value being 1.
func estimated(row *outcome.Row, weight []float64, value func(i, o int) float64) *outcome.Row {
	for i := range row.Scores {
		for o := range row.Scores[i] {
			row.Scores[i][o] = int64(float64(float64(modelGrid*weight[i])*value(i, o)) + 0.5)
		}
	}
	return row
}

func emptyRow(issues []outcome.Issue) *outcome.Row {
	row := &outcome.Row{ID: "other", Scale: modelGrid, Scores: make([][]int64, len(issues))}
	for i, issue := range issues {
		row.Scores[i] = make([]int64, issue.Options)
	}
	return row
}

// counts holds how often each option was offered.
type counts struct {
	of     [][]int // by issue, then option
	most   []int   // by issue, the greatest of them
	offers int
}

func newCounts(issues []outcome.Issue) counts {
	c := counts{of: make([][]int, len(issues)), most: make([]int, len(issues))}
	for i, issue := range issues {
		c.of[i] = make([]int, issue.Options)
	}
	return c
}

func (c *counts) add(o outcome.Outcome) {
	for i, option := range o {
		c.of[i][option]++
		c.most[i] = max(c.most[i], c.of[i][option])
	}
	c.offers++
}

// share returns how often an option was offered against the one offered most.
func (c *counts) share(i, o int) float64 {
	if c.most[i] == 0 {
		return 0
	}
	return float64(c.of[i][o]) / float64(c.most[i])
}

// A frequency is the model of HardHeaded (van Krimpen, Looije and Hajizadeh 2013): an
// option is worth what share of the most frequent option's offers it has; an issue on
// which two offers in a row agree gains weight.
type frequency struct {
	counts
	estimate *outcome.Row
	weight   []float64
	last     outcome.Outcome
}

// frequencyStep is what the issues that stay unchanged gain in all at each offer.
const frequencyStep = 0.2

// Frequency returns a model of which nothing was heard.
func Frequency(issues []outcome.Issue) Model {
	f := &frequency{counts: newCounts(issues), estimate: emptyRow(issues), weight: make([]float64, len(issues))}
	for i := range f.weight {
		f.weight[i] = 1 / float64(len(issues))
	}
	return f
}

func (f *frequency) Hear(o outcome.Outcome, _ float64) {
	f.add(o)
	if f.last != nil {
		each := frequencyStep / float64(len(o))
		total := 1.0
		for i := range o {
			if o[i] == f.last[i] {
				f.weight[i] += each
				total += each
			}
		}
		for i := range f.weight {
			f.weight[i] /= total
		}
	}
	f.last = append(f.last[:0], o...)
}

func (f *frequency) Row() *outcome.Row { return estimated(f.estimate, f.weight, f.share) }

// A smith is the model of AgentSmith (van Galen Last 2012): an issue weighs as much as its
// most frequent option is frequent.
type smith struct {
	counts
	estimate *outcome.Row
	weight   []float64
}

// Smith returns a model of which nothing was heard.
func Smith(issues []outcome.Issue) Model {
	return &smith{newCounts(issues), emptyRow(issues), make([]float64, len(issues))}
}

func (m *smith) Hear(o outcome.Outcome, _ float64) { m.add(o) }

func (m *smith) Row() *outcome.Row {
	var sum float64
	for i, n := range m.most {
		m.weight[i] = float64(n)
		sum += m.weight[i]
	}
	for i := range m.weight {
		if sum > 0 {
			m.weight[i] /= sum
		}
	}
	return estimated(m.estimate, m.weight, m.share)
}

// A bayesian is the scalable model of Hindriks and Tykhonov (2008): for every issue
// there are hypotheses about its weight and about the shape of its values (rising,
// falling, or with its peak at an inner option, in the order of the options). They are
// updated issue by issue, the others at their expected values, as if the other side had
// offered what it values at a utility that falls over time, with a normal error.
type bayesian struct {
	estimate *outcome.Row
	levels   [weightLevels]float64   // weights by hypothesis
	weights  [][weightLevels]float64 // by issue, probabilities
	shapes   [][]float64             // by issue, probabilities
	mean     []float64               // by issue, expected weight, adding up to 1
	last     outcome.Outcome
}

const (
	weightLevels  = 11
	bayesSpread   = 0.25 // standard deviation of the error
	bayesConcedes = 0.5  // what the other side is taken to have conceded at the deadline
)

// Bayesian returns a model of which nothing was heard.
func Bayesian(issues []outcome.Issue) Model {
	b := &bayesian{estimate: emptyRow(issues), weights: make([][weightLevels]float64, len(issues)),
		shapes: make([][]float64, len(issues)), mean: make([]float64, len(issues))}
	for k := range b.levels {
		b.levels[k] = float64(k) / (weightLevels - 1)
	}
	for i, issue := range issues {
		for k := range b.weights[i] {
			b.weights[i][k] = 1.0 / weightLevels
		}
		b.shapes[i] = make([]float64, issue.Options) // the shape whose peak is at each option
		for h := range b.shapes[i] {
			b.shapes[i][h] = 1 / float64(issue.Options)
		}
	}
	b.expect()
	return b
}

// shape is the value of option o of n under the hypothesis whose peak is at h: it falls
// in a straight line to 0 at the far end, or at both ends where the peak is inside.
func shape(h, o, n int) float64 {
	switch {
	case o == h:
		return 1
	case o < h:
		return float64(o) / float64(h)
	default:
		return float64(n-1-o) / float64(n-1-h)
	}
}

// expect works out the expected weights.
func (b *bayesian) expect() {
	var sum float64
	for i := range b.weights {
		b.mean[i] = 0
		for k, p := range b.weights[i] {
			b.mean[i] += float64(p * b.levels[k])
		}
		sum += b.mean[i]
	}
	for i := range b.mean {
		if sum > 0 {
			b.mean[i] /= sum
		} else {
			b.mean[i] = 1 / float64(len(b.mean))
		}
	}
}

// value is the expected value of an option.
func (b *bayesian) value(i, o int) float64 {
	var v float64
	n := len(b.shapes[i])
	for h, p := range b.shapes[i] {
		v += float64(p * shape(h, o, n))
	}
	return v
}

func (b *bayesian) Hear(o outcome.Outcome, done float64) {
	if b.last != nil && slices.Equal(b.last, o) {
		return // the same offer again tells nothing new
	}
	b.last = append(b.last[:0], o...)
	aim := 1 - float64(bayesConcedes*done)
	values := make([]float64, len(o))
	var all float64
	for i, option := range o {
		values[i] = b.value(i, option)
		all += float64(b.mean[i] * values[i])
	}
	for i, option := range o {
		rest := all - float64(b.mean[i]*values[i])
		n := len(b.shapes[i])
		update(b.shapes[i], func(h int) float64 {
			return rest + float64(b.mean[i]*shape(h, option, n)) - aim
		})
		// A weight leaves the others what it does not take.
		others := 1 - b.mean[i]
		update(b.weights[i][:], func(k int) float64 {
			w := b.levels[k]
			if others <= 0 {
				return float64(w*values[i]) - aim
			}
			return float64(w*values[i]) + float64((1-w)*rest)/others - aim
		})
	}
	b.expect()
}

// update multiplies probabilities by the likelihood of their errors.
func update(p []float64, miss func(h int) float64) {
	var sum float64
	for h := range p {
		x := miss(h) / bayesSpread
		p[h] = float64(p[h] * (float64(fixed.Exponential(fixed.Of(float64(x*x)/2))) / fixed.One))
		sum += p[h]
	}
	for h := range p {
		if sum > 0 {
			p[h] /= sum
		} else {
			p[h] = 1 / float64(len(p))
		}
	}
}

func (b *bayesian) Row() *outcome.Row {
	for i := range b.estimate.Scores {
		best := 0.0
		n := len(b.estimate.Scores[i])
		values := make([]float64, n)
		for o := range values {
			values[o] = b.value(i, o)
			best = max(best, values[o])
		}
		for o, v := range values {
			if best > 0 {
				v /= best
			}
			b.estimate.Scores[i][o] = int64(float64(float64(modelGrid*b.mean[i])*v) + 0.5)
		}
	}
	return b.estimate
}

// A similarity is the model by which a tradeOff chooses: what is like the last offer.
type similarity struct {
	counts
	estimate *outcome.Row
	weight   []float64
	last     outcome.Outcome
}

// Similarity returns a model of which nothing was heard.
func Similarity(issues []outcome.Issue) Model {
	return &similarity{counts: newCounts(issues), estimate: emptyRow(issues), weight: make([]float64, len(issues))}
}

func (m *similarity) Hear(o outcome.Outcome, _ float64) {
	m.add(o)
	m.last = append(m.last[:0], o...)
}

func (m *similarity) Row() *outcome.Row {
	var sum float64
	for i, o := range m.last {
		m.weight[i] = float64(m.of[i][o])
		sum += m.weight[i]
	}
	for i := range m.weight {
		m.weight[i] /= sum
	}
	return estimated(m.estimate, m.weight, func(i, o int) float64 {
		if o == m.last[i] {
			return 1
		}
		return 0
	})
}
