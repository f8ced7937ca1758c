package strategy

import (
	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/strategy/model"
)

// The time-dependent family of Faratin, Sierra and Jennings (1998, sec. 4.2) over
// whole packages: the utility asked for falls from the best to the no-deal value as
//
//	target(t) = best - a(t)·(best - no deal),   a(t) = k + (1-k)·t^(1/e)
//
// (their polynomial function, e written there as β). t runs from 0 in the first round
// to 1 in the last. An offer is accepted that is worth at least the next own one.
//
// Ours: the offer made is the least of those that meet the target, where outcomes can
// be listed; else, of those that meet it, the one that suits the other side best, as
// estimated from its offers.

var timeDependent = []Entry{
	conceding("boulware", 0.2, "firm until late: e below 1 concedes near the deadline"),
	conceding("linear", 1, "concedes the same each round"),
	conceding("conceder", 2, "concedes early: e above 1"),
}

func conceding(name string, e float64, rule string) Entry {
	return Entry{
		Name: name, Role: Party, Rule: rule,
		Source: "Faratin, Sierra and Jennings 1998, sec. 4.2",
		Params: []Param{
			{"e", e, 0.001, 1000, "below 1 firm, 1 linear, above 1 yielding"},
			{"k", 0, 0, 1, "share conceded in the first round"},
		},
		party: func(r *ranking, v values) (func() tactic, error) {
			c := newConcession(r, v["e"], v["k"])
			if r.listed {
				return func() tactic { return timeTactic{c} }, nil
			}
			return func() tactic { return &modelTactic{c, respondTo(r, model.Frequency)} }, nil
		},
	}
}

// A concession is a curve of targets by round. For the deadline of the session, the
// targets and, where outcomes are listed, the offers are tabulated.
type concession struct {
	e, k      uint64 // 1/e and k, fixed-point
	rounds    int
	target    []int64 // by round from 0
	positions []int32
}

// maxTabled is the largest number of rounds that are tabulated.
const maxTabled = 1 << 14

func newConcession(r *ranking, e, k float64) *concession {
	c := &concession{e: fixed.Of(1 / e), k: fixed.Of(k), rounds: r.self.Rounds}
	if c.rounds == 0 {
		c.rounds = horizon
	}
	if c.rounds > maxTabled {
		return c
	}
	c.target = make([]int64, c.rounds)
	for i := range c.target {
		c.target[i] = r.part(c.share(i+1, c.rounds))
	}
	if r.listed {
		c.positions = make([]int32, c.rounds)
		for i, target := range c.target {
			c.positions[i] = int32(r.Lowest(target))
		}
	}
	return c
}

// share returns a(t) in a round, from 1.
func (c *concession) share(round, rounds int) uint64 {
	t := fixed.Power(uint64(max(min(round, rounds), 1)-1), uint64(max(rounds-1, 1)), c.e)
	if rounds == 1 {
		t = fixed.One // the first round is the last
	}
	return c.k + uint64(fixed.Scaled(int64(fixed.One-c.k), t))
}

// at returns the target of the round.
func (c *concession) at(s *state) int64 {
	if s.rounds != c.rounds || c.target == nil {
		return s.part(c.share(s.round, s.rounds))
	}
	return c.target[min(s.round, s.rounds)-1]
}

// A timeTactic offers the least that meets the target.
type timeTactic struct{ *concession }

func (t timeTactic) next(s *state) bid {
	if s.rounds == t.rounds && t.positions != nil {
		return bid{position: int(t.positions[min(s.round, s.rounds)-1])}
	}
	return bid{position: s.Lowest(t.at(s))}
}

// A modelTactic offers what suits the other side best of what meets the target.
type modelTactic struct {
	*concession
	responder
}

func (t *modelTactic) next(s *state) bid {
	return t.meet(s, t.at(s))
}
