package strategy

import (
	"math/bits"

	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/strategy/model"
)

// The behaviour-dependent family of Faratin, Sierra and Jennings (1998, sec. 4.4): a
// party concedes as the other side has conceded. Theirs speak of the value of one
// issue; ours apply the same formulas to what the other side's offers are worth to
// the party, measured from its no-deal value (0) to its best (1). Until there are two
// offers to compare, the party insists on its best.
//
// With u the worth of the other side's offers, latest last, and x the last own target:
//
//	relative   x' = x · u[n-1]/u[n]
//	absolute   x' = x - (u[n] - u[n-1])
//	averaged   x' = x · u[n-window]/u[n]
//
// never above 1 nor below 0. Offers and acceptance are those of the time-dependent
// family. With several other parties, their offers count as one stream.

var titForTat = []Entry{
	{
		Name: "tft-relative", Role: Party, Rule: "concedes the share that the other side last conceded",
		Source: "Faratin, Sierra and Jennings 1998, sec. 4.4",
		party: func(r *ranking, _ values) (func() tactic, error) {
			return imitating(r, 1, relative), nil
		},
	},
	{
		Name: "tft-absolute", Role: Party, Rule: "concedes as much as the other side last conceded",
		Source: "Faratin, Sierra and Jennings 1998, sec. 4.4",
		party: func(r *ranking, _ values) (func() tactic, error) {
			return imitating(r, 1, absolute), nil
		},
	},
	{
		Name: "tft-averaged", Role: Party, Rule: "concedes the share that the other side conceded over a window of offers",
		Source: "Faratin, Sierra and Jennings 1998, sec. 4.4",
		Params: []Param{{"window", 4, 1, 1000, "offers over which it looks back"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			return imitating(r, int(v["window"]), relative), nil
		},
	},
	{
		Name: "tft-nice", Role: Party, Rule: "concedes towards the estimated Nash package as far as the other side has",
		Source: "Baarslag, Hindriks and Jonker 2013 (A Tit for Tat Negotiation Strategy for Real-Time Bilateral Negotiations)",
		party: func(r *ranking, _ values) (func() tactic, error) {
			return func() tactic { return &nice{responder: respondTo(r, model.Bayesian)} }, nil
		},
	},
}

// relative and absolute return the next target from the last one and from what the
// other side offered before and offers now, all shares of the way from no deal to best.
func relative(x, before, now uint64) uint64 {
	if now == 0 {
		return x // nothing to take a share of
	}
	if before >= now<<8 {
		return fixed.One
	}
	return min(fixed.One, x*before/now)
}

func absolute(x, before, now uint64) uint64 {
	return min(fixed.One, x+before-min(now, x+before))
}

type imitation struct {
	window int
	rule   func(x, before, now uint64) uint64
	heard  []uint64 // the last offers, as many as the window needs
	target uint64
	responder
}

func imitating(r *ranking, window int, rule func(x, before, now uint64) uint64) func() tactic {
	return func() tactic {
		t := &imitation{window: window, rule: rule, target: fixed.One}
		if !r.listed {
			t.responder = respondTo(r, model.Frequency)
		}
		return t
	}
}

func (t *imitation) hear(s *state, h heard) {
	if !s.listed {
		t.responder.hear(s, h)
	}
	now := s.gained(h.u)
	if len(t.heard) > 0 {
		t.target = t.rule(t.target, t.heard[0], now)
	}
	if len(t.heard) == t.window {
		copy(t.heard, t.heard[1:])
		t.heard = t.heard[:t.window-1]
	}
	t.heard = append(t.heard, now)
}

func (t *imitation) next(s *state) bid {
	target := s.part(fixed.One - t.target)
	if s.listed {
		return bid{position: s.Lowest(target)}
	}
	return t.meet(s, target)
}

// A nice is the nice tit for tat: it estimates the Nash package by its model of the
// other side, finds how far towards that the other side's offers have come, and comes
// as far itself. Of what is worth its target it offers what suits the other side best.
//
// Ours: the model is the Bayesian one of this package, and nothing is given away for time
// alone near the deadline.
type nice struct {
	responder
	least, most int64 // worth of the other side's worst and best offer
}

func (t *nice) hear(s *state, h heard) {
	if t.heard == 0 {
		t.least, t.most = h.u, h.u
	}
	t.least, t.most = min(t.least, h.u), max(t.most, h.u)
	t.responder.hear(s, h)
}

func (t *nice) next(s *state) bid {
	if !t.refresh(s) {
		return t.meet(s, s.best)
	}
	nash := t.menu.At(nashOf(t.menu.Len(), t.menu.At, s.floor, 0))[0]
	// The other side's part of the way from its worst offer to the Nash package.
	moved := uint64(fixed.One)
	if nash > t.least {
		moved = fixed.Ratio(uint64(min(t.most, nash)-t.least), uint64(nash-t.least))
	}
	return t.meet(s, s.best-fixed.Scaled(s.best-nash, moved))
}

// nashOf returns the point with the greatest product of gains over two floors.
func nashOf(n int, at func(int) []int64, floor0, floor1 int64) int {
	best := 0
	var bestHigh, bestLow uint64
	for i := range n {
		u := at(i)
		high, low := bits.Mul64(uint64(max(0, u[0]-floor0)), uint64(max(0, u[1]-floor1)))
		if high > bestHigh || high == bestHigh && low > bestLow {
			best, bestHigh, bestLow = i, high, low
		}
	}
	return best
}
