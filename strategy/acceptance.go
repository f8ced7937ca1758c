package strategy

import (
	"github.com/goodoffices/goodoffices/internal/fixed"
)

// Acceptance conditions (Baarslag, Hindriks and Jonker 2013, Acceptance Conditions in Automated
// Negotiation): each adds to what the wrapped strategy accepts itself.

var acceptance = []Entry{
	{
		Name: "acconst", Role: Wrapper, Rule: "also accepts what is worth a constant share of the best",
		Source: "Baarslag, Hindriks and Jonker 2013, ACconst",
		Params: []Param{{"share", 90, 0, 100, "percent of the way from the no-deal value to the best"}},
		wrapper: func(v values) wrapping {
			return also(func(r *ranking) condition {
				least := r.percent(v["share"])
				return func(_ *state, h heard, _ []offerHeard) bool { return h.u >= least }
			})
		},
	},
	{
		Name: "actime", Role: Wrapper, Rule: "also accepts anything that it may once so much of the time is over",
		Source: "Baarslag, Hindriks and Jonker 2013, ACtime",
		Params: []Param{{"from", 0.95, 0, 1, "share of the rounds"}},
		wrapper: func(v values) wrapping {
			from := fixed.Of(v["from"])
			return also(func(*ranking) condition {
				return func(s *state, _ heard, _ []offerHeard) bool { return s.over() >= from }
			})
		},
	},
	{
		Name: "accombi", Role: Wrapper, Rule: "late, also accepts what is worth the best offer heard over as many rounds as are left",
		Source: "Baarslag, Hindriks and Jonker 2013, ACcombi(T, MAX^W)",
		Params: []Param{{"from", 0.95, 0, 1, "share of the rounds"}},
		wrapper: func(v values) wrapping {
			from := fixed.Of(v["from"])
			return also(func(*ranking) condition {
				return func(s *state, h heard, before []offerHeard) bool {
					if s.over() < from {
						return false
					}
					for i := len(before) - 1; i >= 0 && before[i].round >= s.round-(s.rounds-s.round); i-- {
						if before[i].u > h.u {
							return false
						}
					}
					return true
				}
			})
		},
	},
}

// over returns the share of the rounds that are over: 0 in the first, 1 in the last.
func (s *state) over() uint64 {
	if s.rounds == 1 {
		return fixed.One
	}
	return fixed.Ratio(uint64(s.round-1), uint64(s.rounds-1))
}

// A condition says whether an offer is accepted besides, given all offers heard.
type condition func(s *state, h heard, before []offerHeard) bool

type offerHeard struct {
	round int
	u     int64
}

func also(rule func(r *ranking) condition) wrapping {
	return wrapping{tactic: func(r *ranking, inner tactic) tactic { return &conditioned{inner: inner, also: rule(r)} }}
}

// A conditioned tactic accepts more than the tactic in it, and is that tactic else.
type conditioned struct {
	inner  tactic
	also   condition
	before []offerHeard
}

func (c *conditioned) next(s *state) bid { return c.inner.next(s) }

func (c *conditioned) hear(s *state, h heard) {
	c.before = append(c.before, offerHeard{s.round, h.u})
	if l, ok := c.inner.(listener); ok {
		l.hear(s, h)
	}
}

func (c *conditioned) accepts(s *state, h heard, next int64) bool {
	if c.also(s, h, c.before) {
		return true
	}
	if a, ok := c.inner.(acceptor); ok {
		return a.accepts(s, h, next)
	}
	return h.u >= next
}

func (c *conditioned) sent(s *state) {
	if sender, ok := c.inner.(sender); ok {
		sender.sent(s)
	}
}

func (c *conditioned) prefers(s *state, draft, text heard) bool {
	if critic, ok := c.inner.(critic); ok {
		return critic.prefers(s, draft, text)
	}
	return climbs(draft, text)
}

func (c *conditioned) conditional() bool {
	inner, ok := c.inner.(conditional)
	return ok && inner.conditional()
}
