package live

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
)

// listed answers by listing the space anew.
func (x *Index) listed(ctx context.Context, to *changed) (*Picture, error) {
	a, err := analyze(ctx, x.applied(to))
	if err != nil {
		return nil, err
	}
	p := &Picture{Frontier: Frontier{points: a.Frontier.Points}, Parties: a.Parties, Solutions: a.Solutions}
	for _, sol := range p.Solutions.All() {
		if sol != nil {
			sol.Tied = nil
		}
	}
	more, err := x.tally(ctx, to, p)
	if err != nil {
		return nil, err
	}
	for k, id := range x.ids {
		if !to.drop[k] {
			p.Without = append(p.Without, Dropped{id, p.Zone + more[k]})
		}
	}
	return p, nil
}

func analyze(ctx context.Context, s *outcome.Space) (*bargain.Analysis, error) {
	return bargain.Analyze(ctx, s, bargain.Options{Method: bargain.Listing, MaxPoints: math.MaxInt, MaxTies: 1})
}

// applied returns the space with a change, its conditions dropped.
func (x *Index) applied(to *changed) *outcome.Space {
	s := *to.space
	keep := func(conditions []outcome.Condition) []outcome.Condition {
		return slices.DeleteFunc(slices.Clone(conditions), func(c outcome.Condition) bool { return to.drop[x.at[c.ID]] })
	}
	s.Requires, s.Parties = keep(s.Requires), slices.Clone(s.Parties)
	for p := range s.Parties {
		s.Parties[p].RedLines = keep(s.Parties[p].RedLines)
	}
	return &s
}

// tally counts the zone and what of it is carried at home, and returns by condition how many
// more packages the zone holds without it.
func (x *Index) tally(ctx context.Context, to *changed, p *Picture) ([]int64, error) {
	more := make([]int64, len(x.ids))
	err := read(ctx, to.space, x.lister, func(r *reader) func() error {
		t := &teller{reader: r, zone: slices.Clone(r.all)}
		for range to.space.Parties {
			t.met = append(t.met, slices.Clone(r.all))
		}
		return func() error {
			t.block(x, to)
			n := t.count(-1)
			atomic.AddInt64(&p.Zone, n)
			if n > 0 {
				r.carried()
				for i := range t.zone {
					t.zone[i] &= r.home[i]
				}
				atomic.AddInt64(&p.Ratifiable, outcome.Ones(t.zone))
			}
			for _, id := range t.ids {
				atomic.AddInt64(&more[id], t.count(id)-n)
			}
			return nil
		}
	})
	return more, err
}

// A teller counts the zone of a block.
type teller struct {
	*reader
	met   [][]uint64 // by party, where its threshold is met
	lines []line
	ids   []int // of the lines, each once
	zone  []uint64
}

// A line is a condition that some package of the block breaks.
type line struct {
	place
	words []uint64
}

// block reads the block on which the cursor stands.
func (t *teller) block(x *Index, to *changed) {
	for p, words := range t.met {
		copy(words, t.all)
		t.meets(t.lister.Row(p), t.space.Parties[p].Threshold, words)
	}
	t.lines, t.ids = t.lines[:0], t.ids[:0]
	for _, at := range x.places {
		if words := t.broken(at); words != nil && !to.drop[at.id] {
			t.lines = append(t.lines, line{at, words})
			if !slices.Contains(t.ids, at.id) {
				t.ids = append(t.ids, at.id)
			}
		}
	}
}

// count sets t.zone to the zone without one more condition, or -1, and counts it.
func (t *teller) count(without int) int64 {
	copy(t.zone, t.all)
	for p, words := range t.met {
		copy(t.each[p], words)
	}
	for _, l := range t.lines {
		words := t.zone
		if l.id == without {
			continue
		} else if l.party >= 0 {
			words = t.each[l.party]
		}
		for i := range words {
			words[i] &^= l.words[i]
		}
	}
	t.hold(t.space.Consent, len(t.met), t.zone)
	return outcome.Ones(t.zone)
}
