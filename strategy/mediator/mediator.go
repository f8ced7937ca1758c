// Package mediator holds automated mediators. They know the issues, the public requirements and what
// they are told, and no score that they are not told. Each plays under any mediated protocol: where
// it is told scores (shuttle) and where it only hears criticism (single text).
package mediator

import (
	"context"
	"math/bits"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/chance"
	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// Drafter returns a maker of mediators that change one issue of the text in force at a time and
// keep what nobody refuses (hill climbing; Klein, Faratin, Sayama and Bar-Yam 2003). With chance
// listen the issue is one that a party wants improved. Heat is the chance, at first, of going on from a
// draft that half the parties refused.
func Drafter(self protocol.Self, listen, heat float64) protocol.Maker {
	return func(seed uint64) protocol.Negotiator {
		d := newDrafter(self, seed)
		d.listen, d.heat = fixed.Of(listen), fixed.Of(heat)
		return &d
	}
}

// A drafter writes texts by changing one issue at a time.
type drafter struct {
	self protocol.Self
	*chance.Stream
	rng    *rand.Rand
	listen uint64
	heat   uint64

	at     outcome.Outcome // the text that it works on
	draft  outcome.Outcome // the one last put
	yeses  int             // to the draft, so far
	wanted uint64          // issues that a party wants improved, of the draft last put
	best   int             // most yeses so far
}

func newDrafter(self protocol.Self, seed uint64) drafter {
	c := &chance.Stream{}
	return drafter{self: self, Stream: c, rng: c.Seeded(seed, 0x2545f4914f6cdd1d)}
}

// Move implements [protocol.Negotiator].
func (d *drafter) Move(v *protocol.View) protocol.Move {
	d.hear(v)
	return d.write(v, nil)
}

// hear takes in criticism and answers.
func (d *drafter) hear(v *protocol.View) {
	for _, m := range v.Messages[v.New:] {
		if int(m.From) >= d.self.Parties {
			continue
		}
		switch m.Move.Kind {
		case protocol.Criticise, protocol.Answer:
			if m.Move.Answer != protocol.No {
				d.yeses++
			}
			if m.Move.Kind == protocol.Criticise {
				d.wanted |= m.Move.Marks
			}
		}
	}
}

// write puts the given text or, with nil, the next draft.
func (d *drafter) write(v *protocol.View, text outcome.Outcome) protocol.Move {
	if !slices.Contains(v.Asked, protocol.Draft) && v.Standing != nil {
		// The last round of a single text: what is in force is put as it is.
		return protocol.Move{Kind: protocol.Offer, Outcome: v.Standing}
	}
	if text == nil {
		d.judge(v)
		text = d.change()
	}
	if text == nil {
		return protocol.Move{}
	}
	d.draft, d.yeses, d.wanted = text, 0, 0
	kind := protocol.Offer
	if slices.Contains(v.Asked, protocol.Draft) {
		kind = protocol.Draft
	}
	return protocol.Move{Kind: kind, Outcome: text}
}

// judge decides from which text to go on.
func (d *drafter) judge(v *protocol.View) {
	if d.draft == nil {
		return
	}
	no := d.self.Parties - d.yeses
	switch {
	case v.Standing != nil && slices.Equal(v.Standing, d.draft), no == 0,
		v.Standing == nil && (d.at == nil || d.yeses >= d.best): // nothing is in force yet: towards more yeses
		d.at, d.best = d.draft, max(d.best, d.yeses)
	case d.heat > 0 && d.rng.Uint64N(fixed.One) < d.goingOn(v, no):
		d.at = d.draft
	case v.Standing != nil:
		d.at = v.Standing
	}
}

// goingOn is the chance of going on from a draft that so many refused: at first heat where half
// did; it falls evenly to 0 at the deadline.
func (d *drafter) goingOn(v *protocol.View, no int) uint64 {
	rounds := uint64(v.Rounds)
	if rounds == 0 {
		rounds = horizon
	}
	left := fixed.Ratio(rounds-min(uint64(v.Round), rounds), rounds)
	// heat^(2·no/parties)
	c := fixed.Power(d.heat, fixed.One, uint64(2*no)<<32/uint64(d.self.Parties))
	return uint64(fixed.Scaled(int64(c), left))
}

// horizon is the number of rounds over which it cools where there is no deadline.
const horizon = 100

// maxTries bounds how often a mediator draws until a text satisfies the requirements.
const maxTries = 1000

// change returns the text that it works on with one issue changed, or a first text.
func (d *drafter) change() outcome.Outcome {
	issues := d.self.Space.Issues
	o := make(outcome.Outcome, len(issues))
	for range maxTries {
		if d.at == nil {
			for i, issue := range issues {
				o[i] = d.rng.IntN(issue.Options)
			}
		} else {
			copy(o, d.at)
			i := d.rng.IntN(len(issues))
			if d.wanted != 0 && d.rng.Uint64N(fixed.One) < d.listen {
				left := d.wanted
				for range d.rng.IntN(bits.OnesCount64(left)) {
					left &= left - 1
				}
				if k := bits.TrailingZeros64(left); k < len(issues) {
					i = k
				}
			}
			if issues[i].Options > 1 {
				o[i] = (o[i] + 1 + d.rng.IntN(issues[i].Options-1)) % issues[i].Options
			}
		}
		if d.self.Space.Admits(o) {
			return o
		}
	}
	return nil
}

// Solver returns a maker of mediators that propose the solution that pick takes of what parties told.
// A wary one believes no stated no-deal value: it learns from refusals what a party does not take.
func Solver(self protocol.Self, pick func(s *bargain.Solutions) *bargain.Solution, wary bool) protocol.Maker {
	return func(seed uint64) protocol.Negotiator {
		return &solver{drafter: newDrafter(self, seed), pick: pick, wary: wary}
	}
}

// A solver proposes a bargaining solution of what it was told. What parties do not tell it
// takes to be worth nothing to them. Where nobody tells anything, it drafts.
//
// A wary one takes no party's word for its no-deal value. It measures gains from the least
// that a party's scores allow; a refusal by a party shows that it wants more than the refused package
// gives it by its own scores. When nothing is left that gives everybody more than what
// they have refused, it forgets refusals and begins anew.
type solver struct {
	drafter
	pick func(s *bargain.Solutions) *bargain.Solution
	wary bool

	told   []*protocol.Disclosure // by party
	floors []outcome.Threshold    // of a wary one: what it has learnt
	stale  bool
	plan   outcome.Outcome
}

// Move implements [protocol.Negotiator].
func (m *solver) Move(v *protocol.View) protocol.Move {
	if m.told == nil {
		m.told = make([]*protocol.Disclosure, m.self.Parties)
		m.floors = make([]outcome.Threshold, m.self.Parties)
	}
	m.hear(v)
	for _, message := range v.Messages[v.New:] {
		p := int(message.From)
		if p >= m.self.Parties {
			continue
		}
		switch move := &message.Move; move.Kind {
		case protocol.Disclose:
			if move.Disclosure != nil {
				m.told[p], m.stale = move.Disclosure, true
			}
		case protocol.Answer:
			if m.wary && move.Answer == protocol.No && m.plan != nil && m.told[p] != nil {
				u := valueOf(m.told[p].Scores, m.plan)
				if f := &m.floors[p]; !f.Set || u >= f.Value {
					*f = outcome.Threshold{Value: u + 1, Set: true}
				}
				m.stale = true
			}
		}
	}
	if !slices.ContainsFunc(m.told, func(d *protocol.Disclosure) bool { return d != nil }) {
		return m.write(v, nil)
	}
	if m.stale {
		m.plan, m.stale = m.solve(), false
	}
	return m.write(v, m.plan)
}

func valueOf(scores [][]int64, o outcome.Outcome) int64 {
	var u int64
	for i, s := range scores {
		if s != nil {
			u += s[o[i]]
		}
	}
	return u
}

// solve finds the solution of what was told: with thresholds, else without.
func (m *solver) solve() outcome.Outcome {
	for _, bound := range []bool{true, false} {
		s := m.reported(bound)
		a, err := bargain.Analyze(context.Background(), s, bargain.Options{Time: 20 * time.Second, Memory: 1 << 30, MaxPoints: 1, MaxTies: 1})
		if err == nil && a.Verdict == bargain.HasZone {
			if pick := m.pick(&a.Solutions); pick != nil {
				return pick.Outcome
			}
		}
		clear(m.floors)
	}
	return nil
}

// reported is the space as the parties have told it.
func (m *solver) reported(bound bool) *outcome.Space {
	s := *m.self.Space
	s.Parties = make([]outcome.Party, m.self.Parties)
	for p := range s.Parties {
		row := outcome.Row{ID: "p" + string(rune('a'+p%26)) + string(rune('a'+p/26)), Scale: 1, Scores: make([][]int64, len(s.Issues))}
		d := m.told[p]
		for i, issue := range s.Issues {
			if d != nil && d.Scores != nil && d.Scores[i] != nil {
				row.Scores[i] = d.Scores[i]
			} else {
				row.Scores[i] = make([]int64, issue.Options)
			}
		}
		if d != nil {
			row.Scale = max(1, d.Scale)
			if bound {
				row.Threshold = d.NoDeal
				if m.wary {
					row.Threshold = m.floors[p]
				}
			}
			for _, never := range d.Never {
				s.Parties[p].RedLines = append(s.Parties[p].RedLines, outcome.Condition{ID: row.ID + ".told", Kind: outcome.RedLine, Forbidden: never})
			}
		}
		s.Parties[p].Row = row
	}
	return &s
}
