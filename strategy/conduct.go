package strategy

import (
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/internal/chance"
	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// How people behave beyond their strategy: these wrappers change what a participant tells a
// mediator, what it may agree to, or whether it stays.

var conduct = []Entry{
	{
		Name: "bluff", Role: Wrapper, Rule: "pretends until late that its no-deal value is higher than it is: in offers, answers and to a mediator",
		Params: []Param{
			{"by", 50, 0, 100, "percent of the way from the no-deal value to the best"},
			{"until", 0.9, 0, 1, "share of the rounds after which it gives the bluff up"},
		},
		wrapper: func(v values) wrapping {
			return wrapping{conduct: func(r *ranking, _ uint64, _ *chance.Stream) func(*protocol.View, protocol.Move) protocol.Move {
				b := &bluff{ranking: r, claimed: r.percent(v["by"]), until: fixed.Of(v["until"])}
				return b.move
			}}
		},
	},
	{
		Name: "exaggerate", Role: Wrapper, Rule: "tells a mediator a higher no-deal value, and lower scores for everything but its best options",
		Params: []Param{
			{"nodeal", 30, 0, 100, "percent of the way to the best by which it raises its no-deal value"},
			{"scores", 0, 0, 100, "percent by which it lowers its scores of other options than the best"},
		},
		wrapper: func(v values) wrapping {
			return wrapping{conduct: func(r *ranking, _ uint64, _ *chance.Stream) func(*protocol.View, protocol.Move) protocol.Move {
				return disclosing(func(d *protocol.Disclosure) { exaggerate(r, d, v["nodeal"], v["scores"]) })
			}}
		},
	},
	{
		Name: "withhold", Role: Wrapper, Rule: "tells a mediator nothing of the issues that matter most to it, nor its no-deal value",
		Params: []Param{{"share", 50, 0, 100, "percent of the issues of which it tells nothing"}},
		wrapper: func(v values) wrapping {
			return wrapping{conduct: func(r *ranking, _ uint64, _ *chance.Stream) func(*protocol.View, protocol.Move) protocol.Move {
				return disclosing(func(d *protocol.Disclosure) { withhold(d, v["share"]) })
			}}
		},
	},
	{
		Name: "leak", Role: Wrapper, Rule: "lets its no-deal value slip in a remark that everybody hears",
		Params: []Param{{"chance", 10, 0, 100, "percent, at each offer"}},
		wrapper: func(v values) wrapping {
			often := fixed.Of(v["chance"] / 100)
			return wrapping{conduct: func(r *ranking, seed uint64, c *chance.Stream) func(*protocol.View, protocol.Move) protocol.Move {
				rng := c.Seeded(seed, 1)
				return func(_ *protocol.View, m protocol.Move) protocol.Move {
					if m.Kind == protocol.Offer && rng.Uint64N(fixed.One) < often {
						m.Text = fmt.Sprintf("Between us: we would settle for %s points.", r.row.Points(r.floor).RatString())
					}
					return m
				}
			}}
		},
	},
	{
		Name: "breakdown", Role: Wrapper, Rule: "walks out, by chance",
		Params: []Param{{"chance", 2, 0, 100, "percent, at each turn"}},
		wrapper: func(v values) wrapping {
			often := fixed.Of(v["chance"] / 100)
			return wrapping{conduct: func(_ *ranking, seed uint64, c *chance.Stream) func(*protocol.View, protocol.Move) protocol.Move {
				rng := c.Seeded(seed, 2)
				return func(_ *protocol.View, m protocol.Move) protocol.Move {
					if rng.Uint64N(fixed.One) < often {
						return protocol.Move{Kind: protocol.Leave, Text: "We see no point in going on."}
					}
					return m
				}
			}}
		},
	},
	{
		Name: "home", Role: Wrapper, Rule: "offers and accepts only what its people at home carry",
		wrapper: func(values) wrapping {
			return wrapping{ranking: (*ranking).home}
		},
	},
	{
		Name: "overreach", Role: Wrapper, Rule: "negotiates as if it had no mandate, until the move is refused",
		wrapper: func(values) wrapping {
			var bound *ranking
			return wrapping{
				ranking: func(r *ranking) (*ranking, error) {
					bound = r
					self := r.self
					self.Mandate = outcome.Table{}
					return r.from.of(self)
				},
				conduct: func(*ranking, uint64, *chance.Stream) func(*protocol.View, protocol.Move) protocol.Move {
					return bound.backDown
				},
			}
		},
	},
}

// A bluff makes moves fit a claimed no-deal value.
type bluff struct {
	*ranking
	claimed int64
	until   uint64
	said    bool
	buffer  outcome.Outcome
}

func (b *bluff) move(v *protocol.View, m protocol.Move) protocol.Move {
	rounds := v.Rounds
	if rounds == 0 {
		rounds = horizon
	}
	s := state{round: min(v.Round, rounds), rounds: rounds}
	if s.over() > b.until {
		return m
	}
	low := func(o outcome.Outcome) bool {
		u, _ := b.Value(o)
		return u < b.claimed
	}
	switch {
	case m.Kind == protocol.Offer && low(m.Outcome), m.Kind == protocol.Accept && low(v.Standing):
		if slices.Contains(v.Asked, protocol.Offer) && v.Settled == nil {
			m = protocol.Move{Kind: protocol.Offer, Outcome: b.insist()}
		} else if m.Kind == protocol.Accept && slices.Contains(v.Asked, protocol.Reject) {
			m = protocol.Move{Kind: protocol.Reject}
		}
	case m.Kind == protocol.Vote:
		for i, offered := range v.Offers[:min(len(v.Offers), 64)] {
			if low(offered.Outcome) {
				m.Marks &^= 1 << i
			}
		}
	case m.Kind == protocol.Answer && v.Standing != nil && low(v.Standing):
		m.Answer = protocol.No
	case m.Kind == protocol.Disclose && m.Disclosure != nil:
		told := *m.Disclosure
		told.NoDeal = outcome.Threshold{Value: b.claimed, Set: true}
		m.Disclosure = &told
	}
	if m.Kind == protocol.Offer && !b.said {
		m.Text, b.said = "We cannot go any lower than this.", true
	}
	return m
}

// insist returns the least outcome that meets the claim.
func (b *bluff) insist() outcome.Outcome {
	if !b.listed {
		return b.bestOutcome
	}
	if b.buffer == nil {
		b.buffer = make(outcome.Outcome, b.Issues())
	}
	o, _ := b.At(b.buffer, b.Lowest(b.claimed))
	return o
}

// disclosing lets change edit what is told to a mediator.
func disclosing(change func(d *protocol.Disclosure)) func(*protocol.View, protocol.Move) protocol.Move {
	return func(_ *protocol.View, m protocol.Move) protocol.Move {
		if m.Kind == protocol.Disclose && m.Disclosure != nil {
			told := *m.Disclosure
			told.Scores = slices.Clone(told.Scores)
			change(&told)
			m.Disclosure = &told
		}
		return m
	}
}

func exaggerate(r *ranking, d *protocol.Disclosure, noDeal, lower float64) {
	d.NoDeal = outcome.Threshold{Value: r.percent(noDeal), Set: true}
	part := min(fixed.One, fixed.Of(lower/100))
	for i, scores := range d.Scores {
		if scores == nil {
			continue
		}
		most, least := slices.Max(scores), slices.Min(scores)
		told := make([]int64, len(scores))
		for o, score := range scores {
			if told[o] = score; score != most {
				told[o] -= fixed.Scaled(score-least, part)
			}
		}
		d.Scores[i] = told
	}
}

func withhold(d *protocol.Disclosure, share float64) {
	d.NoDeal = outcome.Threshold{}
	order := make([]int, len(d.Scores))
	for i := range order {
		order[i] = i
	}
	spread := func(i int) int64 {
		if d.Scores[i] == nil {
			return 0
		}
		return slices.Max(d.Scores[i]) - slices.Min(d.Scores[i])
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := spread(a), spread(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	for _, i := range order[:int(fixed.Scaled(int64(len(order)), min(fixed.One, fixed.Of(share/100))))] {
		d.Scores[i] = nil
	}
}

// backDown answers a refusal with the best that is within the mandate, or by a no.
func (r *ranking) backDown(v *protocol.View, m protocol.Move) protocol.Move {
	if v.Refused == "" {
		return m
	}
	switch m.Kind {
	case protocol.Offer:
		if v.Settled != nil {
			return protocol.Move{} // the best of the whole may not fit the file
		}
		m.Outcome = r.bestOutcome
	case protocol.Accept:
		if slices.Contains(v.Asked, protocol.Reject) {
			return protocol.Move{Kind: protocol.Reject}
		}
		return protocol.Move{Kind: protocol.Offer, Outcome: r.bestOutcome}
	case protocol.Answer:
		return protocol.Move{Kind: protocol.Answer}
	case protocol.Vote:
		return protocol.Move{Kind: protocol.Vote}
	}
	return m
}
