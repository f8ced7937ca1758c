package bargain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Responses holds, for a space of two parties, what each can get for every level
// that the other insists on: the frontier of the outcomes that satisfy every
// requirement and that both accept, found by summing issues one at a time
// (Nemhauser and Ullmann 1969), so that the space need not be listed.
//
// A negotiator makes one with its own row and its estimate of the other's, and
// asks for its best outcome that is at least this good for them. Once made, a
// Responses may be shared.
type Responses struct {
	of *network.Eliminated
}

// NewResponses sums the issues of s, which must check and have two parties and
// unanimous consent, within the budgets of time and memory of opt; the rest of
// opt is not used.
func NewResponses(ctx context.Context, s *outcome.Space, opt Options) (*Responses, error) {
	if len(s.Parties) != 2 || !s.Unanimous() {
		return nil, fmt.Errorf("responses are those of two parties to each other: the space has %d, or one can be overruled", len(s.Parties))
	}
	net := network.Asking(s, network.EveryParty(s))
	if !net.HasLeft {
		return &Responses{}, nil
	}
	p, err := network.NewPlan(net)
	if err != nil {
		return nil, err
	}
	most := budget.Limit{Work: float64((2 * time.Minute).Nanoseconds()), Bytes: 4 << 30}
	if opt.Time > 0 {
		most.Work = float64(opt.Time.Nanoseconds())
	}
	if opt.Memory > 0 {
		most.Bytes = opt.Memory
	}
	e, err := network.Eliminate(ctx, p, []int64{1, 1}, most, nil)
	if err != nil {
		var over *budget.Excess
		if errors.As(err, &over) {
			err = fmt.Errorf("%w; coarser scores or fewer links between issues would make it possible", err)
		}
		return nil, err
	}
	e.Above(net.Floor)
	return &Responses{of: e}, nil
}

// Len returns the number of different pairs of utilities on the frontier.
func (r *Responses) Len() int {
	if r.of == nil {
		return 0
	}
	return r.of.Len()
}

// At returns the utilities of the two parties at point i: the greatest utility of the
// first party first. The caller must not change them.
func (r *Responses) At(i int) []int64 { return r.of.At(i) }

// Find returns the point that is best for party p, 0 or 1, of those that are worth
// at least least to the other; ok is false where there is none.
func (r *Responses) Find(p int, least int64) (i int, ok bool) {
	n := r.Len()
	low, high := 0, n // points before low are on the near side
	for low < high {
		mid := (low + high) / 2
		// Along the frontier the first party's utility falls, the second's rises.
		if u := r.of.At(mid); p == 0 && u[1] < least || p == 1 && u[0] >= least {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if p == 1 {
		low--
	}
	return low, low >= 0 && low < n
}

// Outcome returns an outcome that reaches point i.
func (r *Responses) Outcome(i int) outcome.Outcome { return r.of.Walk(i, 1)[0] }
