package count

import (
	"cmp"
	"errors"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
)

// A countGraph writes the outcomes of a network as the paths of a layered graph, from
// the one node before the first layer to the one node behind the last: a layer is an
// issue, an edge one of its options, a node what later issues must know of earlier ones
// (see plan). Gains are of the parties that still ask for something, and never negative.
type countGraph struct {
	layers []countLayer
	need   []int64  // by party, the least total gain that it accepts
	factor *big.Int // outcomes for which each path stands
}

type countLayer struct {
	from, to int // nodes before the layer and behind it
	edges    []countEdge
}

type countEdge struct {
	from, to int
	times    uint64 // options that do the same
	gain     []int64
}

// Limits of a graph, of which planning makes some twenty copies.
const (
	maxCountGains  = 1 << 18 // of options, by party
	maxLinkedGains = 1 << 20 // of joint options
)

var (
	errTooMany   = errors.New("there are too many options")
	errTooLinked = errors.New("links between issues leave too many joint options")
)

// newCountGraph writes the outcomes of n, and the given parties' floors, as a graph.
// It fails when there are too many options, or joint options of linked issues.
func newCountGraph(n *network.Network, parties []int) (*countGraph, error) {
	g := &countGraph{factor: big.NewInt(1)}
	for _, p := range parties {
		g.need = append(g.need, n.Floor[p])
	}
	options := 0
	for _, choices := range n.Issues {
		options += len(choices)
	}
	if options*len(n.Floor) > maxCountGains {
		return nil, errTooMany
	}
	linked := make([]bool, len(n.Issues))
	for _, l := range n.Links {
		for _, i := range l.Table.Issues() {
			linked[i] = true
		}
	}
	edge := func(from, to int, all []int64) countEdge {
		e := countEdge{from, to, 1, make([]int64, len(parties))}
		for k, p := range parties {
			e.gain[k] = all[p]
		}
		return e
	}
	for i, choices := range n.Issues {
		if linked[i] {
			continue
		}
		layer := countLayer{from: 1, to: 1}
		for _, c := range choices {
			layer.edges = append(layer.edges, edge(0, 0, c.Gain))
		}
		g.layers = append(g.layers, layer)
	}
	if len(n.Links) == 0 {
		return g, nil
	}
	plan, err := network.NewPlan(n)
	if err != nil {
		return nil, err
	}
	if plan.Cells*float64(len(n.Floor)+4) > maxLinkedGains {
		return nil, errTooLinked
	}
	up := make([]int64, len(n.Floor))
	for p := range up {
		up[p] = 1
	}
	e := &network.Eliminated{Plan: plan, Flip: up, Next: make([][]int32, len(plan.Order)), Gain: make([][]int64, len(plan.Order))}
	for k, i := range plan.Order {
		if !linked[i] {
			continue
		}
		e.Lay(k)
		layer := countLayer{from: plan.States[k], to: 1}
		if k+1 < len(plan.Order) {
			layer.to = plan.States[k+1]
		}
		choices := len(n.Issues[i])
		for at, to := range e.Next[k] {
			if to >= 0 {
				layer.edges = append(layer.edges, edge(at/choices, int(to), e.Gain[k][at*len(up):(at+1)*len(up)]))
			}
		}
		e.Next[k], e.Gain[k] = nil, nil
		g.layers = append(g.layers, layer)
	}
	return g, nil
}

// reduce makes a graph that counts the same as small as it can: every layer starts at
// no gain, gains share no divisor, parties whom every path satisfies and layers of a
// single edge are left out. It reports false when no path can satisfy some party. The
// graph itself is changed.
func (g *countGraph) reduce() bool {
	asking := make([]bool, len(g.need))
	divisor := make([]int64, len(g.need))
	for p := range g.need {
		var most int64
		for _, l := range g.layers {
			if len(l.edges) == 0 {
				return false
			}
			low, high := l.edges[0].gain[p], l.edges[0].gain[p]
			for _, e := range l.edges {
				low, high = min(low, e.gain[p]), max(high, e.gain[p])
			}
			for _, e := range l.edges {
				e.gain[p] -= low
				divisor[p] = commonDivisor(divisor[p], e.gain[p])
			}
			g.need[p] -= low
			most += high - low
		}
		if g.need[p] > most {
			return false
		}
		asking[p] = g.need[p] > 0
	}
	need := g.need[:0]
	for p, v := range g.need {
		if asking[p] {
			need = append(need, divideUp(v, divisor[p]))
		}
	}
	g.need = need
	layers := g.layers[:0]
	for _, l := range g.layers {
		for i := range l.edges {
			gain := l.edges[i].gain[:0]
			for p, v := range l.edges[i].gain {
				if asking[p] {
					gain = append(gain, v/divisor[p])
				}
			}
			l.edges[i].gain = gain
		}
		l.merge()
		if l.from == 1 && l.to == 1 && len(l.edges) == 1 {
			g.factor.Mul(g.factor, new(big.Int).SetUint64(l.edges[0].times))
			continue
		}
		layers = append(layers, l)
	}
	g.layers = layers
	return true
}

// merge sorts the edges by the node that they reach and makes one of those that do the same.
func (l *countLayer) merge() {
	slices.SortFunc(l.edges, func(a, b countEdge) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from), slices.Compare(a.gain, b.gain))
	})
	kept := l.edges[:0]
	for _, e := range l.edges {
		if n := len(kept); n > 0 && kept[n-1].to == e.to && kept[n-1].from == e.from && slices.Equal(kept[n-1].gain, e.gain) {
			kept[n-1].times += e.times
		} else {
			kept = append(kept, e)
		}
	}
	l.edges = kept
}

// clone returns a copy that shares nothing.
func (g *countGraph) clone() *countGraph {
	c := &countGraph{need: slices.Clone(g.need), factor: new(big.Int).Set(g.factor)}
	for _, l := range g.layers {
		l.edges = slices.Clone(l.edges)
		flat := make([]int64, 0, len(l.edges)*len(g.need))
		for i := range l.edges {
			flat = append(flat, l.edges[i].gain...)
			l.edges[i].gain = flat[len(flat)-len(g.need) : len(flat) : len(flat)]
		}
		c.layers = append(c.layers, l)
	}
	return c
}

// most returns the greatest gain of a layer by party, of a reduced graph.
func (l *countLayer) most(parties int) []int64 {
	most := make([]int64, parties)
	for _, e := range l.edges {
		for p, v := range e.gain {
			most[p] = max(most[p], v)
		}
	}
	return most
}

// widths returns, by party, what no path gains more than, of a reduced graph.
func (g *countGraph) widths() []int64 {
	widths := make([]int64, len(g.need))
	for i := range g.layers {
		for p, v := range g.layers[i].most(len(widths)) {
			widths[p] += v
		}
	}
	return widths
}

// paths returns the number of outcomes, whatever they are worth.
func (g *countGraph) paths() *big.Int {
	ways := []*big.Int{new(big.Int).Set(g.factor)}
	term := new(big.Int)
	for _, l := range g.layers {
		next := make([]*big.Int, l.to)
		for t := range next {
			next[t] = new(big.Int)
		}
		for _, e := range l.edges {
			next[e.to].Add(next[e.to], term.Mul(term.SetUint64(e.times), ways[e.from]))
		}
		ways = next
	}
	return ways[0]
}

// limit returns the number of paths: outcomes without factor.
func (g *countGraph) limit() *big.Int {
	return (&countGraph{layers: g.layers, factor: big.NewInt(1)}).paths()
}

// coarse returns a graph in which a party's gains are counted in steps of step,
// rounded down, or up with up: it counts at most, or at least, what g counts. With a
// gain g written as b + step·q + r, 0 <= r < step, for an offset b of the layer, the
// sum of the q can reach (need - sum of b)/step only if the gains reach need; with q
// rounded up, it must whenever they do. The offset is where rounding moves least.
func (g *countGraph) coarse(step []int64, up bool) *countGraph {
	c := g.clone()
	for p, d := range step {
		if d == 1 {
			continue
		}
		for _, l := range c.layers {
			if len(l.edges) == 0 {
				continue
			}
			rest := make([]int64, len(l.edges))
			for i, e := range l.edges {
				rest[i] = e.gain[p] % d
			}
			b := bestOffset(rest, d, up)
			c.need[p] -= b
			for _, e := range l.edges {
				if v := e.gain[p] - b; up {
					e.gain[p] = divideUp(v, d)
				} else {
					e.gain[p] = -divideUp(-v, d)
				}
			}
		}
		c.need[p] = divideUp(c.need[p], d)
	}
	return c
}

// bestOffset returns the remainder from which the others, modulo d, are least far: up
// to it with up, down to it otherwise. It sorts rest.
func bestOffset(rest []int64, d int64, up bool) int64 {
	slices.Sort(rest)
	best, least := rest[0], 0.0
	sum := 0.0
	for _, r := range rest {
		sum += float64(r)
	}
	for k, r := range rest {
		var far float64
		if up { // those above r go round
			above := len(rest) - k - 1
			far = float64(float64(len(rest))*float64(r)) + float64(float64(above)*float64(d)) - sum
		} else { // those below r go round
			far = float64(float64(k)*float64(d)) - float64(float64(len(rest))*float64(r)) + sum
		}
		if k == 0 || far < least {
			best, least = r, far
		}
	}
	return best
}

// flipped returns the graph that counts what g counts with party p's answer turned to
// no: its gains are measured from the greatest down. g must be reduced.
func (g *countGraph) flipped(p int) *countGraph {
	c := g.clone()
	need := 1 - c.need[p]
	for _, l := range c.layers {
		high := l.most(len(c.need))[p]
		need += high
		for _, e := range l.edges {
			e.gain[p] = high - e.gain[p]
		}
	}
	c.need[p] = need
	return c
}

// without returns the graph in which party p does not ask.
func (g *countGraph) without(p int) *countGraph {
	c := g.clone()
	c.need = slices.Delete(c.need, p, p+1)
	for _, l := range c.layers {
		for i := range l.edges {
			l.edges[i].gain = slices.Delete(l.edges[i].gain, p, p+1)
		}
	}
	return c
}

func commonDivisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// divideUp returns a/b rounded up; b is above 0.
func divideUp(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}
