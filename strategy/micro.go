package strategy

import (
	"container/heap"
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// MiCRO, the Minimal Concession in Reply to Offers of de Jonge (2022): all outcomes stand
// in order of their worth to the party. It offers the next one as long as it has made no
// more different offers than it has received; otherwise it repeats one of its own, drawn
// evenly. It accepts what is worth at least the offer that it would make next or, where
// it would not concede, its least offer so far.
//
// Ours: equals stand in the order of issues and options; offers of several other
// parties count together; where the space cannot be listed, the next outcome is found by
// summing issues, best first.

var micro = []Entry{{
	Name: "micro", Role: Party, Rule: "one small concession for each new offer received",
	Source: "de Jonge 2022 (An Analysis of the Linear Bilateral ANAC Domains Using the MiCRO Benchmark Strategy, sec. 4)",
	party: func(r *ranking, _ values) (func() tactic, error) {
		if !r.listed {
			if err := r.summable(); err != nil {
				return nil, err
			}
		}
		return func() tactic {
			m := &microTactic{}
			if r.listed && r.All() <= maxMarked {
				m.received = make([]uint64, (r.All()+63)/64)
			} else {
				m.others = map[string]bool{}
			}
			if !r.listed {
				m.walk = r.walk()
			}
			return m
		}, nil
	},
}}

// maxMarked is the largest number of outcomes of which each has a bit.
const maxMarked = 1 << 18

type microTactic struct {
	received []uint64        // by rank: offered by the others
	others   map[string]bool // the same, by outcome, where there are too many to mark
	distinct int             // different offers received
	made     int             // different offers made: the best outcomes, in order
	walk     *walk           // where outcomes are not listed, with those found
}

func (m *microTactic) hear(s *state, h heard) {
	if m.received != nil {
		rank := s.Encode(h.outcome)
		if bit := uint64(1) << (rank % 64); m.received[rank/64]&bit == 0 {
			m.received[rank/64] |= bit
			m.distinct++
		}
		return
	}
	if key := keyOf(h.outcome); !m.others[key] {
		m.others[key] = true
		m.distinct++
	}
}

// conceding reports whether the next offer is a new one.
func (m *microTactic) conceding(s *state) bool {
	if m.made > m.distinct {
		return false
	}
	if m.walk != nil {
		return m.walk.reach(m.made)
	}
	return m.made < s.Len()
}

func (m *microTactic) bid(s *state, i int) bid {
	if i < 0 || m.walk != nil && len(m.walk.found) == 0 {
		return bid{outcome: s.bestOutcome}
	}
	if m.walk != nil {
		return bid{outcome: m.walk.found[i]}
	}
	return bid{position: i}
}

func (m *microTactic) next(s *state) bid {
	if m.conceding(s) {
		return m.bid(s, m.made)
	}
	return m.bid(s, s.rng.IntN(max(m.made, 1)))
}

func (m *microTactic) accepts(s *state, h heard, _ int64) bool {
	least := m.made
	if !m.conceding(s) {
		least--
	}
	b := m.bid(s, least)
	if b.outcome != nil {
		return h.u >= s.row.Value(b.outcome)
	}
	return h.u >= s.Utility[b.position]
}

func (m *microTactic) sent(s *state) {
	// A repeated offer is worth at least the least made so far; only a new one can be next.
	if m.conceding(s) {
		m.made++
	}
}

func keyOf(o outcome.Outcome) string {
	key := make([]byte, 0, 2*len(o))
	for _, option := range o {
		key = append(key, byte(option), byte(option>>8), byte(option>>16))
	}
	return string(key)
}

// summable reports why a party's outcomes cannot be walked best first without listing.
func (r *ranking) summable() error {
	if len(r.row.Adjustments) > 0 {
		return fmt.Errorf("%v packages are too many to rank, and adjustments link their issues", r.own.Size())
	}
	return nil
}

// A walk finds the outcomes of an additive row one after the other, best first: each
// is reached from a better one by moving one issue to its next best option, the issues
// before it being at their best.
type walk struct {
	*ranking
	order [][]int // by issue, options from best to worst
	queue steps
	found []outcome.Outcome
	spent int // outcomes looked at
}

// maxWalk bounds the outcomes that are looked at, the refused ones included.
const maxWalk = 1 << 13

type step struct {
	u     int64
	at    []uint32 // by issue, place in order
	first int      // issues before it may not move any more
}

type steps []step

func (q steps) Len() int { return len(q) }
func (q steps) Less(i, j int) bool {
	if q[i].u != q[j].u {
		return q[i].u > q[j].u
	}
	return slices.Compare(q[i].at, q[j].at) < 0
}
func (q steps) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *steps) Push(x any)   { *q = append(*q, x.(step)) }
func (q *steps) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func (r *ranking) walk() *walk {
	w := &walk{ranking: r}
	first := step{at: make([]uint32, len(r.row.Scores))}
	for _, scores := range r.row.Scores {
		order := make([]int, len(scores))
		for o := range order {
			order[o] = o
		}
		slices.SortStableFunc(order, func(x, y int) int {
			if scores[x] > scores[y] {
				return -1
			} else if scores[x] < scores[y] {
				return 1
			}
			return 0
		})
		w.order = append(w.order, order)
		first.u += scores[order[0]]
	}
	w.queue = steps{first}
	return w
}

// reach finds outcomes up to the i-th, from 0, and reports whether there are so many.
func (w *walk) reach(i int) bool {
	for len(w.found) <= i && len(w.queue) > 0 && w.spent < maxWalk {
		s := heap.Pop(&w.queue).(step)
		w.spent++
		if !w.row.Threshold.Accepts(s.u) {
			w.queue = nil
			break
		}
		o := make(outcome.Outcome, len(s.at))
		for k, at := range s.at {
			o[k] = w.order[k][at]
		}
		if w.own.Admits(o) {
			w.found = append(w.found, o)
		}
		for k := s.first; k < len(s.at); k++ {
			if int(s.at[k])+1 == len(w.order[k]) {
				continue
			}
			scores := w.row.Scores[k]
			next := step{s.u - scores[w.order[k][s.at[k]]] + scores[w.order[k][s.at[k]+1]], slices.Clone(s.at), k}
			next.at[k]++
			heap.Push(&w.queue, next)
		}
	}
	return i < len(w.found)
}
