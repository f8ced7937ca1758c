package count

import (
	"context"
	"math/big"
	"math/rand/v2"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A ZoneEstimate is the number of outcomes that satisfy every condition and meet every
// floor, estimated from a sample.
type ZoneEstimate struct {
	// Low and high enclose the number with a probability of at least 95 percent over
	// the draw of the sample, whatever the number is (Clopper and Pearson 1934).
	Low, High     *big.Int
	hits, Samples int
	Seed          uint64
}

// sampleBlock is the number of outcomes drawn from one stream.
const sampleBlock = 1 << 13

// EstimateZone draws outcomes uniformly, with replacement, from all that the options
// left allow, and judges each. One that a link forbids is a draw like any other, and a
// miss. Blocks of draws have streams of their own, numbered, under the seed. It fails
// only when ctx ends. With carried, it is the part of the zone that is estimated which
// every party can carry at home.
func EstimateZone(ctx context.Context, n *network.Network, seed uint64, samples int, carried bool) (ZoneEstimate, error) {
	return Estimate(ctx, n, seed, samples, func(o outcome.Outcome, worth []int64) bool {
		return meets(n, o, worth) && (!carried || n.Space.Ratifiable(o))
	})
}

// Estimate draws as estimateZone does and estimates the number of the outcomes that hit.
// Without links, worth is what an outcome is worth to each row; hit may change it.
func Estimate(ctx context.Context, n *network.Network, seed uint64, samples int, hit func(o outcome.Outcome, worth []int64) bool) (ZoneEstimate, error) {
	e := ZoneEstimate{Low: new(big.Int), High: new(big.Int), Seed: seed}
	if !n.HasLeft {
		return e, nil
	}
	e.Samples = max(samples, 1)
	o := make(outcome.Outcome, len(n.Issues))
	worth := make([]int64, len(n.Floor))
	for block := uint64(0); int(block)*sampleBlock < e.Samples; block++ {
		if ctx.Err() != nil {
			return e, context.Cause(ctx)
		}
		r := rand.New(rand.NewPCG(seed, block))
		for range min(sampleBlock, e.Samples-int(block)*sampleBlock) {
			clear(worth)
			for i, choices := range n.Issues {
				c := &choices[r.Uint32N(uint32(len(choices)))]
				o[i] = c.Option
				for p, v := range c.Gain {
					worth[p] += v
				}
			}
			if hit(o, worth) {
				e.hits++
			}
		}
	}
	// The shares of the space: whole outcomes that the interval does not leave out.
	whole := new(big.Int).Lsh(big.NewInt(1), ShareBits)
	e.Low.Mul(n.Size, big.NewInt(LeastShare(e.Samples, e.hits)))
	e.Low.Add(e.Low, whole).Sub(e.Low, big.NewInt(1)).Rsh(e.Low, ShareBits)
	e.High.Mul(n.Size, big.NewInt(LeastShare(e.Samples, e.Samples-e.hits)))
	e.High.Add(e.High, whole).Sub(e.High, big.NewInt(1)).Rsh(e.High, ShareBits)
	e.High.Sub(n.Size, e.High)
	if e.Low.Cmp(e.High) > 0 { // no whole number lies between the ends
		e.Low, e.High = e.High, e.Low
	}
	return e, nil
}

// meets reports whether an outcome breaks no link and meets every floor. Without
// links, worth is what it is worth to each party; what links add is added to it.
func meets(n *network.Network, o outcome.Outcome, worth []int64) bool {
	for _, l := range n.Links {
		if l.Table.Holds(o) {
			if l.Party < 0 {
				return false
			}
			worth[l.Party] += l.Add
		}
	}
	return pareto.AtLeast(worth, n.Floor)
}

const (
	ShareBits = 40  // shares are in units of 2^-40
	tailFine  = 160 // bits of a number in a tail
)

// LeastShare returns the least share of successes, in units of 2^-shareBits and rounded
// down, under which hits or more of draws are drawn with a probability above 1/40: the
// lower end of the two-sided interval of 95 percent.
func LeastShare(draws, hits int) int64 {
	if hits == 0 {
		return 0
	}
	ways := choose(draws, hits)
	// With an even chance or better of hits or more, hits/draws is too high.
	low, high := int64(0), new(big.Int).Div(new(big.Int).Lsh(big.NewInt(int64(hits)), ShareBits), big.NewInt(int64(draws))).Int64()
	for low < high {
		mid := low + (high-low+1)/2
		if tailBelow(ways, draws, hits, mid) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low
}

// tailBelow reports whether hits or more of draws come with a probability of at most
// 1/40 under the given share, which is above 0 and at most hits/draws; ways is the number
// of ways to choose hits of draws. The tail is summed from its greatest term; the rest
// is less than a geometric series. Each of the operations, fewer than 2^32, is off
// by at most one part in 2^160, and the sum by less than one in 2^120, which is added.
func tailBelow(ways *big.Float, draws, hits int, share int64) bool {
	float := func() *big.Float { return new(big.Float).SetPrec(tailFine) }
	one := int64(1) << ShareBits
	p, q := float().SetInt64(share), float().SetInt64(one-share)
	unit := float().SetInt64(one)
	p.Quo(p, unit)
	q.Quo(q, unit)
	if q.Sign() == 0 {
		return false
	}
	term := float().Mul(ways, power(p, hits))
	term.Mul(term, power(q, draws-hits))
	limit := float().Quo(float().SetInt64(1), float().SetInt64(40))
	odds := float().Quo(p, q)
	sum, ratio := float().Set(term), float()
	for k := hits; k < draws && sum.Cmp(limit) <= 0; k++ {
		// The next terms shrink by ratio, and by ever more.
		ratio.Quo(ratio.SetInt64(int64(draws-k)), float().SetInt64(int64(k+1)))
		ratio.Mul(ratio, odds)
		term.Mul(term, ratio)
		sum.Add(sum, term)
		if term.MantExp(nil) < sum.MantExp(nil)-130 && ratio.Cmp(float().SetFloat64(0.999)) < 0 {
			break
		}
	}
	margin := float().SetMantExp(sum, -115)
	return sum.Add(sum, margin).Cmp(limit) <= 0
}

// choose returns the number of ways to choose k of n, off by at most 2k parts in 2^160.
func choose(n, k int) *big.Float {
	ways, factor := new(big.Float).SetPrec(tailFine).SetInt64(1), new(big.Float).SetPrec(tailFine)
	k = min(k, n-k)
	for i := 1; i <= k; i++ {
		ways.Mul(ways, factor.SetInt64(int64(n-k+i)))
		ways.Quo(ways, factor.SetInt64(int64(i)))
	}
	return ways
}

// power returns x to the n-th power.
func power(x *big.Float, n int) *big.Float {
	result := new(big.Float).SetPrec(tailFine).SetInt64(1)
	square := new(big.Float).SetPrec(tailFine).Set(x)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result.Mul(result, square)
		}
		square.Mul(square, square)
	}
	return result
}
