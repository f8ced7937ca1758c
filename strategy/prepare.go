package strategy

import (
	"fmt"

	"github.com/goodoffices/goodoffices/protocol"
)

// Prepare returns a maker of negotiators that play a spec with this ranking.
func (r *Ranking) Prepare(spec string) (Maker, error) {
	p, err := parse(spec)
	if err != nil {
		return nil, err
	}
	if p.entry.Role == Mediator {
		return nil, fmt.Errorf("%s is a mediator's: %s is a party", p.entry.Name, r.self.Space.Parties[0].ID)
	}
	return r.prepare(p)
}

func (r *Ranking) prepare(p *parsed) (Maker, error) {
	make, err := p.entry.party(r, p.values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.entry.Name, err)
	}
	st := &staff{entry: p.entry, values: p.values, whole: making{r, make}}
	return func(seed uint64) protocol.Negotiator { return st.sit(seed) }, nil
}

func prepareMediator(spec string, self protocol.Self) (Maker, error) {
	return nil, fmt.Errorf("no mediators yet")
}

type mediator = protocol.Negotiator
type wrapper struct{}
