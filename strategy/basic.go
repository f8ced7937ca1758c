package strategy

import (
	"slices"

	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/strategy/model"
)

// Strategies that do not look at the other side: baselines of the field.

var basic = []Entry{
	{
		Name: "hardliner", Role: Party, Rule: "insists on its best package and accepts nothing worth less",
		Source: "Baarslag, Hindriks, Hendrikx, Dirkzwager and Jonker 2014 (Decoupling Negotiating Agents to Explore the Space of Negotiation Strategies)",
		party: func(*ranking, values) (func() tactic, error) {
			return func() tactic { return hardliner{} }, nil
		},
	},
	{
		Name: "random", Role: Party, Rule: "offers any package above a floor, each as likely, and accepts what is above it",
		Source: "after the zero-intelligence traders of Gode and Sunder 1993",
		Params: []Param{{"floor", 0, 0, 100, "percent of the way from the no-deal value to the best"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			return func() tactic { return &drawing{floor: r.percent(v["floor"]), own: true} }, nil
		},
	},
	{
		Name: "crazyhaggler", Role: Party, Rule: "offers any package worth 90 percent or more, each as likely, and accepts what is worth its next offer",
		Source: "Williams, Robu, Gerding and Jennings 2012 (IAMhaggler: A Negotiation Agent for Complex Environments), there IAMcrazyHaggler",
		Params: []Param{{"floor", 90, 0, 100, "percent of the way from the no-deal value to the best"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			return func() tactic { return &drawing{floor: r.percent(v["floor"])} }, nil
		},
	},
	{
		Name: "resource", Role: Party, Rule: "concedes as the number of turns left to the other side shrinks: patience wears out exponentially",
		Source: "Faratin, Sierra and Jennings 1998, sec. 4.3 (resource-dependent tactics)",
		Params: []Param{{"k", 0, 0, 1, "share conceded with all the resource left"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			k := fixed.Of(v["k"])
			// a = k + (1-k)·e^-resource, the resource being the rounds left.
			return func() tactic {
				return newCurve(r, func(round, rounds int) uint64 {
					left := fixed.Exponential(uint64(max(rounds-round, 0)) << 32)
					return k + uint64(fixed.Scaled(int64(fixed.One-k), left))
				})
			}, nil
		},
	},
	{
		Name: "exponential", Role: Party, Rule: "concedes by the exponential time-dependent curve",
		Source: "Faratin, Sierra and Jennings 1998, sec. 4.2 (exponential function)",
		Params: []Param{
			{"beta", 1, 0.001, 1000, "below 1 firmer, above 1 more yielding"},
			{"k", 0.05, 0.001, 1, "share conceded in the first round"},
		},
		party: func(r *ranking, v values) (func() tactic, error) {
			beta, logK := fixed.Of(v["beta"]), fixed.Log2(fixed.Of(v["k"]), fixed.One)
			// a = e^((1-t)^beta · ln k) = 2^-((1-t)^beta · -log2 k).
			return func() tactic {
				return newCurve(r, func(round, rounds int) uint64 {
					left := fixed.Power(uint64(max(rounds-round, 0)), uint64(max(rounds-1, 1)), beta)
					return fixed.Half(uint64(fixed.Scaled(int64(logK), left)))
				})
			}, nil
		},
	},
}

type hardliner struct{}

func (hardliner) next(s *state) bid {
	if s.listed {
		return bid{position: 0}
	}
	return bid{outcome: s.bestOutcome}
}

// percent returns the utility at a percentage of the way from the no-deal value to the best.
func (r *ranking) percent(p float64) int64 {
	return r.part(fixed.One - min(fixed.One, fixed.Of(p/100)))
}

// A drawing offers any outcome worth at least its floor.
type drawing struct {
	floor int64
	own   bool // accepts what is above the floor, whatever it offers itself
}

func (d *drawing) next(s *state) bid {
	if s.listed {
		return bid{position: s.rng.IntN(s.Lowest(d.floor) + 1)}
	}
	return s.drawLarge(d.floor)
}

func (d *drawing) accepts(_ *state, h heard, next int64) bool {
	if d.own {
		return h.u >= d.floor
	}
	return h.u >= next
}

// drawLarge draws an outcome worth at least floor from a space that cannot be listed:
// any outcome, then one issue after the other, in random order, set as in the best
// outcome until enough is reached. Such outcomes are not equally likely.
func (s *state) drawLarge(floor int64) bid {
	o := make(outcome.Outcome, len(s.own.Issues))
	for i, issue := range s.own.Issues {
		o[i] = s.rng.IntN(issue.Options)
	}
	for _, i := range append(s.rng.Perm(len(o)), -1) {
		if u, may := s.Value(o); may && u >= floor {
			return bid{outcome: o}
		}
		if i >= 0 {
			o[i] = s.bestOutcome[i]
		}
	}
	return bid{outcome: slices.Clone(s.bestOutcome)}
}

// A curve concedes by a share of the way for every round.
type curve struct {
	share func(round, rounds int) uint64
	responder
}

func newCurve(r *ranking, share func(round, rounds int) uint64) tactic {
	c := curve{share: share}
	if r.listed {
		return c
	}
	c.responder = respondTo(r, model.Frequency)
	return &largeCurve{c}
}

func (c curve) next(s *state) bid {
	return bid{position: s.Lowest(s.part(c.share(s.round, s.rounds)))}
}

type largeCurve struct{ curve }

func (c *largeCurve) next(s *state) bid { return c.meet(s, s.part(c.share(s.round, s.rounds))) }
