package prove

import (
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/outcome"
)

// maxOrders bounds the orders of parties that a leximin's ties are split in.
const maxOrders = 120

// First returns the first outcome that is worth as much as that of a proof, and its
// utilities. Issue by issue it asks whether an outcome as good has an earlier option, those of
// the issues before held, until there is none. It reports false where the budget ends before.
func (s *Search) First(ctx context.Context, p *Proof, budget int64) (outcome.Outcome, []int64, bool, error) {
	held := *s.Net
	held.Issues = slices.Clone(s.Net.Issues)
	own := &Search{Net: &held, Budget: budget}
	o, u := p.Outcome, p.Utilities
	proven := true
	floors := p.asGood()
	if floors == nil {
		return o, u, false, nil
	}
	for i, choices := range s.Net.Issues {
		for proven {
			at := slices.IndexFunc(choices, func(c network.Choice) bool { return c.Option == o[i] })
			if at == 0 {
				break
			}
			held.Issues[i] = choices[:at]
			t, ok, err := own.asGood(ctx, p, floors)
			if err != nil {
				return nil, nil, false, err
			}
			if t == nil {
				proven = ok
				break
			}
			o = t.outcome()
			u = make([]int64, len(p.Floor))
			for q := range u {
				u[q] = t.total[q] + t.base[q]
			}
		}
		at := slices.IndexFunc(choices, func(c network.Choice) bool { return c.Option == o[i] })
		held.Issues[i] = choices[at : at+1]
	}
	s.Work += own.Work
	return o, u, proven, nil
}

// asGood returns floors of which every outcome that is worth as much as the proof's meets
// one; nil where there would be too many. For a leximin that is one list for every order in
// which the ranked parties can reach the proof's values.
func (p *Proof) asGood() [][]int64 {
	if p.Rule != byShares || len(p.Ranked) == 0 {
		return [][]int64{p.Floor}
	}
	var floors [][]int64
	var order []int
	var extend func() bool
	extend = func() bool {
		if len(order) == len(p.Ranked) {
			floor := p.Required(order, nil, false)
			if slices.ContainsFunc(floors, func(f []int64) bool { return slices.Equal(f, floor) }) || p.covers(floor) {
				return true
			}
			floors = append(floors, floor)
			return len(floors) <= maxOrders
		}
		for k, q := range p.Ranked {
			if slices.Contains(order, q) || p.covers(p.Required(append(slices.Clone(order), q), p.Value[len(order)], false)) {
				continue
			}
			// Parties of equal values and measures need no order among themselves.
			if k > 0 && len(order) > 0 && p.Value[len(order)].Cmp(p.Value[len(order)-1]) == 0 && order[len(order)-1] > q {
				continue
			}
			order = append(order, q)
			if !extend() {
				return false
			}
			order = order[:len(order)-1]
		}
		return true
	}
	if !extend() {
		return nil
	}
	return floors
}

// asGood looks for an outcome that is worth as much as the proof's and meets one of the
// floors: the tree that found it, or nil, with whether it is then proven that there is none.
func (s *Search) asGood(ctx context.Context, p *Proof, floors [][]int64) (*dualTree, bool, error) {
	for _, floor := range floors {
		if s.Work > s.Budget {
			return nil, false, nil
		}
		t, err := s.newTree(floor, p.Objective)
		if err != nil {
			return nil, false, err
		}
		t.any = true
		if p.Rule == byProduct {
			for _, q := range p.Ranked {
				t.rank(q, p.From[q]-t.base[q], 1)
				t.total[q] = p.Utilities[q] - t.base[q] // worth exactly the value
			}
			t.product = true
			t.surpass(new(big.Rat).Sub(p.Value[0], big.NewRat(1, 1)))
		} else {
			if p.Objective != nil {
				last := t.rows - 1
				value := p.Value[0].Num()
				t.floor[last] = min(max(value.Int64(), t.base[last])-t.base[last], t.top[last]+1)
				t.target[last] = t.floor[last]
			}
			for j := range t.rows {
				if t.floor[j] > 0 {
					t.rank(j, t.floor[j], max(t.top[j], 1))
				}
			}
			if len(t.ranked) == 0 {
				t.rank(0, 0, max(t.top[0], 1))
			}
		}
		if err := t.grow(ctx); err != nil {
			return nil, false, err
		}
		if t.found {
			return t, true, nil
		}
		if t.open.Len() > 0 {
			return nil, false, nil
		}
	}
	return nil, true, nil
}
