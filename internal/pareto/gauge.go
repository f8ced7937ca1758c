package pareto

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Front is a frontier that can name its outcomes.
type Front interface {
	Len() int
	At(i int) []int64 // utilities by party
	// First returns the first outcome that reaches point i, and the number that do.
	First(i int) (outcome.Outcome, *big.Int)
}

// A Gauge measures what a vector of utilities means to each party.
type Gauge struct {
	Scale        []int64 // units per point
	Disagreement []int64
	Ideal        []int64
}

func (g *Gauge) Gain(u []int64, p int) int64 { return u[p] - g.Disagreement[p] }

// Nash returns the points of f that the Nash rule ranks first, in order. A point is
// ranked by the number of parties that gain, then by the product of their gains.
func (g *Gauge) Nash(f Front) []int {
	n := len(g.Scale)
	gaining := 0
	var best []int
	for i := range f.Len() {
		k := 0
		for p := range n {
			if g.Gain(f.At(i), p) > 0 {
				k++
			}
		}
		if k > gaining {
			gaining, best = k, best[:0]
		}
		if k == gaining {
			best = append(best, i)
		}
	}
	if n == 2 && gaining == 2 {
		return greatest(best, func(i int) [2]uint64 {
			high, low := bits.Mul64(uint64(g.Gain(f.At(i), 0)), uint64(g.Gain(f.At(i), 1)))
			return [2]uint64{high, low}
		}, compare128)
	}
	// Of the parties that do not gain, a point's product holds the scale instead:
	// every product is then in points, times the product of all scales.
	factor := func(i, p int) int64 {
		if v := g.Gain(f.At(i), p); v > 0 {
			return v
		}
		return g.Scale[p]
	}
	// A product of n factors in floating point is off by less than 2n units of
	// relative size 2^-53, unless it falls below the normal numbers; what is further
	// below the greatest than twice that is out.
	narrow := make([]float64, len(best))
	top := 0.0
	for k, i := range best {
		narrow[k] = 1
		for p := range n {
			narrow[k] *= float64(factor(i, p)) / float64(g.Scale[p])
		}
		top = max(top, narrow[k])
	}
	margin := top * (1 - float64(8*n)/(1<<53))
	if top < 1e-290 {
		margin = 0
	}
	kept := best[:0]
	for k, i := range best {
		if narrow[k] >= margin {
			kept = append(kept, i)
		}
	}
	return greatest(kept, func(i int) *big.Int {
		v := big.NewInt(1)
		for p := range n {
			v.Mul(v, big.NewInt(factor(i, p)))
		}
		return v
	}, (*big.Int).Cmp)
}

// greatest returns those of is that have the greatest key, in order.
func greatest[K any](is []int, key func(i int) K, compare func(x, y K) int) []int {
	var best []int
	var top K
	for _, i := range is {
		k := key(i)
		c := 1
		if best != nil {
			c = compare(k, top)
		}
		if c > 0 {
			top, best = k, best[:0]
		}
		if c >= 0 {
			best = append(best, i)
		}
	}
	return best
}

// compare128 compares numbers of two words, the higher first.
func compare128(x, y [2]uint64) int {
	return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
}

// A Ratio is an exact fraction; its denominator is above 0.
type Ratio struct{ Num, Den int64 }

func (r Ratio) Compare(s Ratio) int {
	if (r.Num < 0) != (s.Num < 0) {
		if r.Num < 0 {
			return -1
		}
		return 1
	}
	if r.Num < 0 {
		return Ratio{-s.Num, s.Den}.Compare(Ratio{-r.Num, r.Den})
	}
	var x, y [2]uint64
	x[0], x[1] = bits.Mul64(uint64(r.Num), uint64(s.Den))
	y[0], y[1] = bits.Mul64(uint64(s.Num), uint64(r.Den))
	return compare128(x, y)
}

func (r Ratio) Float() float64 { return float64(r.Num) / float64(r.Den) }

// Shares returns each party's gain as a share of its greatest possible gain,
// leaving out parties that cannot gain at all.
func (g *Gauge) Shares(u []int64, out []Ratio) []Ratio {
	out = out[:0]
	for p := range g.Scale {
		if possible := g.Ideal[p] - g.Disagreement[p]; possible > 0 {
			out = append(out, Ratio{g.Gain(u, p), possible})
		}
	}
	return out
}

// Points returns each party's gain in points.
func (g *Gauge) Points(u []int64, out []Ratio) []Ratio {
	out = out[:0]
	for p, scale := range g.Scale {
		out = append(out, Ratio{g.Gain(u, p), scale})
	}
	return out
}

// Leximin returns the points of f whose ascending list of measures is
// lexicographically greatest, in order.
func Leximin(f Front, measure func(u []int64, out []Ratio) []Ratio) []int {
	var best []int
	var top, here []Ratio
	for i := range f.Len() {
		here = measure(f.At(i), here)
		slices.SortFunc(here, Ratio.Compare)
		c := 1
		if best != nil {
			c = slices.CompareFunc(here, top, Ratio.Compare)
		}
		if c > 0 {
			best = best[:0]
			top, here = here, top
		}
		if c >= 0 {
			best = append(best, i)
		}
	}
	return best
}

// Utilitarian returns the points of f with the greatest sum of points, in order.
func (g *Gauge) Utilitarian(f Front) []int {
	// Sums are compared in a common denominator.
	common := big.NewInt(1)
	for _, s := range g.Scale {
		v := big.NewInt(s)
		common.Div(new(big.Int).Mul(common, v), new(big.Int).GCD(nil, nil, common, v))
	}
	weight := make([]*big.Int, len(g.Scale))
	small := true
	for p, s := range g.Scale {
		weight[p] = new(big.Int).Div(common, big.NewInt(s))
		small = small && weight[p].Cmp(big.NewInt(1)) == 0
	}
	if small && len(g.Scale) <= 3 { // 3·2^61 does not overflow
		return greatest(Places(f.Len()), func(i int) (n int64) {
			for _, v := range f.At(i) {
				n += v
			}
			return n
		}, cmp.Compare[int64])
	}
	term := new(big.Int)
	return greatest(Places(f.Len()), func(i int) *big.Int {
		sum := new(big.Int)
		for p, v := range f.At(i) {
			sum.Add(sum, term.Mul(term.SetInt64(v), weight[p]))
		}
		return sum
	}, (*big.Int).Cmp)
}

func Places(n int) []int {
	is := make([]int, n)
	for i := range is {
		is[i] = i
	}
	return is
}

// Balanced returns the points of f with the least difference between the largest
// and the smallest share of possible gain, in order.
func (g *Gauge) Balanced(f Front) []int {
	spread := func(i int, scratch []Ratio) (low, high Ratio) {
		shares := g.Shares(f.At(i), scratch)
		if len(shares) == 0 {
			return Ratio{0, 1}, Ratio{0, 1}
		}
		return slices.MinFunc(shares, Ratio.Compare), slices.MaxFunc(shares, Ratio.Compare)
	}
	// Each share is off by less than 3 units of relative size 2^-53 and their
	// difference by one more: less than 8·2^-53 of the larger share in all.
	scratch := make([]Ratio, 0, len(g.Scale))
	narrow := make([]float64, f.Len())
	least, slack := 0.0, 0.0
	for i := range narrow {
		low, high := spread(i, scratch)
		narrow[i] = high.Float() - low.Float()
		slack = max(slack, high.Float(), -low.Float())
		if i == 0 || narrow[i] < least {
			least = narrow[i]
		}
	}
	slack *= 32.0 / (1 << 53)
	near := slices.DeleteFunc(Places(f.Len()), func(i int) bool { return narrow[i] > least+slack })
	return greatest(near, func(i int) *big.Rat {
		low, high := spread(i, scratch)
		exact := big.NewRat(high.Num, high.Den)
		return exact.Sub(exact, big.NewRat(low.Num, low.Den))
	}, func(x, y *big.Rat) int { return y.Cmp(x) })
}

// CommonScale returns the least common multiple of the scales, or 1 where it passes
// 2^63; the utilitarian search then fails before its unit is asked for.
func CommonScale(scales []int64) int64 {
	common := big.NewInt(1)
	for _, s := range scales {
		v := big.NewInt(s)
		common.Mul(common, new(big.Int).Quo(v, new(big.Int).GCD(nil, nil, common, v)))
	}
	if !common.IsInt64() {
		return 1
	}
	return common.Int64()
}

// CompareNash orders two vectors as the Nash rule does, by the number of parties that gain
// and then by the product of their gains: the sign of the result says whether it ranks u before v.
func (g *Gauge) CompareNash(u, v []int64) int {
	x, y := 0, 0
	for p := range g.Scale {
		if g.Gain(u, p) > 0 {
			x++
		}
		if g.Gain(v, p) > 0 {
			y++
		}
	}
	if x != y {
		return cmp.Compare(x, y)
	}
	// Of the parties that do not gain the product holds the scale, as in nash.
	factor := func(u []int64, p int) int64 {
		if gain := g.Gain(u, p); gain > 0 {
			return gain
		}
		return g.Scale[p]
	}
	if len(g.Scale) == 2 {
		var a, b [2]uint64
		a[0], a[1] = bits.Mul64(uint64(factor(u, 0)), uint64(factor(u, 1)))
		b[0], b[1] = bits.Mul64(uint64(factor(v, 0)), uint64(factor(v, 1)))
		return compare128(a, b)
	}
	// In floating point a product of up to 64 factors of 1 and more is off by less than 2^-45 of
	// its size, if it does not overflow; then neither is above the other.
	x64, y64 := 1.0, 1.0
	for p := range g.Scale {
		x64 *= float64(factor(u, p))
		y64 *= float64(factor(v, p))
	}
	const margin = 1 + 1.0/(1<<40)
	if x64 > y64*margin || y64 > x64*margin {
		return cmp.Compare(x64, y64)
	}
	a, b := big.NewInt(1), big.NewInt(1)
	for p := range g.Scale {
		a.Mul(a, big.NewInt(factor(u, p)))
		b.Mul(b, big.NewInt(factor(v, p)))
	}
	return a.Cmp(b)
}

// NashValue returns how many parties gain, and the product of their gains in points.
func (g *Gauge) NashValue(u []int64) []*big.Rat {
	gaining, product := new(big.Rat), big.NewRat(1, 1)
	for q, scale := range g.Scale {
		if v := g.Gain(u, q); v > 0 {
			gaining.Add(gaining, big.NewRat(1, 1))
			product.Mul(product, big.NewRat(v, scale))
		}
	}
	return []*big.Rat{gaining, product}
}

// NashRank returns the least rank among the points of a list that the Nash rule ranks first.
func (g *Gauge) NashRank(list []int64) int64 {
	n := len(g.Scale)
	if n == 2 {
		var top [2]uint64
		rank := int64(-1)
		for f := list; len(f) > 2; f = f[3:] {
			a, b := f[0]-g.Disagreement[0], f[1]-g.Disagreement[1]
			if a <= 0 || b <= 0 {
				continue
			}
			high, low := bits.Mul64(uint64(a), uint64(b))
			c := compare128([2]uint64{high, low}, top)
			if c > 0 || c == 0 && f[2] < rank {
				top, rank = [2]uint64{high, low}, f[2]
			}
		}
		if rank >= 0 {
			return rank
		}
	}
	f := rankedFront{n, list}
	rank := int64(math.MaxInt64)
	for _, i := range g.Nash(f) {
		rank = min(rank, f.rank(i))
	}
	return rank
}

// A rankedFront is a list of vectors with ranks as a front; it names no outcomes.
type rankedFront struct {
	n    int
	list []int64
}

func (f rankedFront) Len() int                              { return len(f.list) / (f.n + 1) }
func (f rankedFront) At(i int) []int64                      { return f.list[i*(f.n+1) : i*(f.n+1)+f.n] }
func (f rankedFront) First(int) (outcome.Outcome, *big.Int) { return nil, nil }
func (f rankedFront) rank(i int) int64                      { return f.list[i*(f.n+1)+f.n] }
