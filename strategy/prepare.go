package strategy

import (
	"fmt"
	"io"

	"github.com/goodoffices/goodoffices/internal/chance"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy/outside"
)

// prepare returns a maker of negotiators that play a spec with this ranking.
func (r *ranking) prepare(spec string) (Maker, error) {
	p, err := parse(spec)
	if err != nil {
		return nil, err
	}
	if p.entry.Role == Mediator {
		return nil, fmt.Errorf("%s is a mediator's strategy, and %s is a party", p.entry.Name, r.self.Space.Parties[0].ID)
	}
	return p.maker(r)
}

func prepareMediator(spec string, self protocol.Self) (Maker, error) {
	p, err := parse(spec)
	if err != nil {
		return nil, err
	}
	switch {
	case p.entry == &outsideEntry:
		return outside.Maker(p.command, self), nil
	case p.entry.Role != Mediator:
		return nil, fmt.Errorf("%s is a party's strategy, and this is the mediator's seat", p.entry.Name)
	}
	return p.entry.mediator(self, p.values), nil
}

// A wrapping changes how a strategy behaves. Each part may be nil.
type wrapping struct {
	// ranking narrows or widens what may be offered.
	ranking func(r *ranking) (*ranking, error)
	// tactic stands between the seat and the tactic.
	tactic func(r *ranking, inner tactic) tactic
	// conduct returns what has the last word on a session's moves.
	conduct func(r *ranking, seed uint64, c *chance.Stream) func(v *protocol.View, m protocol.Move) protocol.Move
}

// maker returns a maker of what the spec says.
func (p *parsed) maker(r *ranking) (Maker, error) {
	if p.entry == &outsideEntry {
		return outside.Maker(p.command, r.self), nil
	}
	if p.inner == nil {
		return seated(r, p.tactic)
	}
	inner := p
	var wraps []wrapping // outermost first
	for ; inner.inner != nil; inner = inner.inner {
		w := inner.entry.wrapper(inner.values)
		wraps = append(wraps, w)
		if w.ranking != nil {
			var err error
			if r, err = w.ranking(r); err != nil {
				return nil, fmt.Errorf("%s: %w", inner.entry.Name, err)
			}
		}
		if w.tactic != nil && inner.inner.entry == &outsideEntry {
			return nil, fmt.Errorf("%s changes how a strategy of ours accepts; an outside program decides that itself", inner.entry.Name)
		}
	}
	base := r
	make, err := inner.maker(r)
	if inner.entry != &outsideEntry {
		make, err = seated(r, func(r *ranking) (func() tactic, error) {
			tactics, err := inner.tactic(r)
			if err != nil {
				return nil, err
			}
			return func() tactic {
				t := tactics()
				for i := len(wraps) - 1; i >= 0; i-- {
					if wraps[i].tactic != nil {
						t = wraps[i].tactic(r, t)
					}
				}
				return t
			}, nil
		})
	}
	if err != nil {
		return nil, err
	}
	return func(seed uint64) protocol.Negotiator {
		n := make(seed)
		for i := len(wraps) - 1; i >= 0; i-- {
			if wraps[i].conduct != nil {
				seed += 0x9e3779b97f4a7c15
				c := &conducted{inner: n}
				c.change = wraps[i].conduct(base, seed, &c.Stream)
				n = c
			}
		}
		return n
	}, nil
}

// tactic returns how to make the strategy's tactic.
func (p *parsed) tactic(r *ranking) (func() tactic, error) {
	make, err := p.entry.party(r, p.values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.entry.Name, err)
	}
	return make, nil
}

// seated returns a maker of seats that play tactics.
func seated(r *ranking, tactics func(r *ranking) (func() tactic, error)) (Maker, error) {
	build := func(r *ranking) (making, error) {
		make, err := tactics(r)
		return making{r, make}, err
	}
	whole, err := build(r)
	if err != nil {
		return nil, err
	}
	st := &staff{whole: whole, build: build}
	return func(seed uint64) protocol.Negotiator { return st.sit(seed) }, nil
}

// A conducted negotiator's moves pass through somebody else's hands.
type conducted struct {
	chance.Stream
	inner  protocol.Negotiator
	change func(v *protocol.View, m protocol.Move) protocol.Move
}

// Move implements [protocol.Negotiator].
func (c *conducted) Move(v *protocol.View) protocol.Move { return c.change(v, c.inner.Move(v)) }

// Drew reports whether any move so far depended on the seed, or may have: of another program
// that is not known.
func (c *conducted) Drew() bool {
	inner, ok := c.inner.(interface{ Drew() bool })
	return !ok || inner.Drew() || c.Stream.Drew()
}

// Close ends what the inner negotiator holds, if it holds something.
func (c *conducted) Close() error {
	if closer, ok := c.inner.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
