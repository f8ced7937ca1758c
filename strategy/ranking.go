package strategy

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/bestfirst"
	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A ranking is what a party works out before it sits down: the outcomes that it may
// offer, best first. Those satisfy every requirement, break none of its red lines,
// stay within its mandate and are worth at least its no-deal value. Equals stand in
// the order of issues and options.
//
// A space of more than 2^24 outcomes is not ranked; its best outcomes are
// then found by [bargain.Responses]. A ranking is immutable and may be shared by any
// number of sessions at once.
type ranking struct {
	self protocol.Self
	own  *outcome.Space // one party: the mandate and red lines are requirements
	row  *outcome.Row
	keep func(outcome.Outcome) bool // what else an outcome must pass; nil for nothing
	from *Rankings                  // where the rankings that follow from it are kept
	ranked
}

// A Rankings keeps rankings, so that a space is ranked once for a party, whatever the protocol,
// strategy and seat: two parties share a ranking where their issues, scores, no-deal value and
// all that rules packages out are the same. Whoever plays many talks hands one to all of them. The
// zero value is empty. It may be used by many goroutines at once, and holds 12 bytes for
// each package that it has ranked.
type Rankings struct {
	mu   sync.Mutex
	kept []kept
}

// A kept ranking is that of own, the people at home of its party being asked where it has them.
type kept struct {
	own outcome.Space
	ranked
	err error
}

// Prepare prepares a party's strategy as [Prepare] does, with a ranking that is kept, or a
// mediator's.
func (k *Rankings) Prepare(spec string, self protocol.Self) (Maker, error) {
	if int(self.Seat) >= self.Parties {
		return prepareMediator(spec, self)
	}
	ranking, err := k.of(self)
	if err != nil {
		return nil, err
	}
	return ranking.prepare(spec)
}

// of ranks the outcomes of a party. It fails when self is not a party's, when
// there is nothing that the party may offer, and when a space too large to list links
// issues in more ways than can be summed.
func (k *Rankings) of(self protocol.Self) (*ranking, error) {
	if self.Space == nil || len(self.Space.Parties) != 1 {
		return nil, fmt.Errorf("a party's strategy needs a space with this one party")
	}
	return k.rank(self, false)
}

// rank ranks the outcomes of a party or, of them, those that its people at home carry.
func (k *Rankings) rank(self protocol.Self, home bool) (*ranking, error) {
	r := unranked(self)
	r.from = k
	people := &self.Space.Parties[0]
	key := *r.own
	if home {
		r.keep = people.Ratifies
		key.Parties = []outcome.Party{{Row: *r.row, Constituencies: people.Constituencies, Ratification: people.Ratification}}
	}
	var err error
	if r.ranked, err = k.find(&key); err != nil {
		return nil, fmt.Errorf("%s: %w", r.row.ID, err)
	}
	return r, nil
}

// unranked returns a party's ranking before anything is ranked.
func unranked(self protocol.Self) *ranking {
	party := &self.Space.Parties[0]
	own := *self.Space
	own.Consent = outcome.Rule{}
	own.Requires = slices.Concat(self.Space.Requires, party.RedLines)
	if self.Mandate.Count() > 0 {
		own.Requires = append(own.Requires, outcome.Condition{ID: party.ID + ".mandate", Forbidden: self.Mandate})
	}
	own.Parties = []outcome.Party{{Row: party.Row}}
	return &ranking{self: self, own: &own, row: &own.Parties[0].Row}
}

// find returns what own's party may offer, and ranks it where that is not kept.
func (k *Rankings) find(own *outcome.Space) (ranked, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.findLocked(own)
}

func (k *Rankings) findLocked(own *outcome.Space) (ranked, error) {
	for i := range k.kept {
		if reflect.DeepEqual(&k.kept[i].own, own) {
			return k.kept[i].ranked, k.kept[i].err
		}
	}
	party := &own.Parties[0]
	var r ranked
	var err error
	if len(party.Constituencies) == 0 {
		r, err = rank(own, nil)
	} else {
		alone := *own
		alone.Parties = []outcome.Party{{Row: party.Row}}
		if r, err = k.findLocked(&alone); err == nil && !r.listed {
			err = fmt.Errorf("%v packages are too many to ask the people at home about each", own.Size())
		} else if err == nil {
			if r.List, err = r.Only(party.Ratifies); err == nil {
				r.settle()
			}
		}
	}
	k.kept = append(k.kept, kept{*own, r, err})
	return r, err
}

// A ranked party knows the ends of what it may offer and, where that is listed, all of it.
type ranked struct {
	listed bool
	bestfirst.List
	best, floor int64           // greatest and least utility that may be offered
	bestOutcome outcome.Outcome // one worth best
}

// rank ranks what the one party of a space may offer; see [bestfirst.Rank].
func rank(own *outcome.Space, settled outcome.Outcome) (r ranked, err error) {
	if n, ok := own.Count(); !ok || n > bestfirst.MaxListed {
		return bound(own)
	}
	if r.List, err = bestfirst.Rank(own, settled); err == nil {
		r.settle()
	}
	return r, err
}

// settle fills in what follows from a list.
func (r *ranked) settle() {
	r.listed = true
	r.best, r.floor = r.Utility[0], r.Utility[len(r.Utility)-1]
	r.bestOutcome = r.Decode(make(outcome.Outcome, r.Issues()), r.List.Rank[0])
}

// bound finds the ends of a space that is not listed.
func bound(own *outcome.Space) (ranked, error) {
	row := &own.Parties[0].Row
	// To one who wants nothing, the first party's best.
	nothing := &outcome.Row{ID: "other", Scale: 1}
	for _, issue := range own.Issues {
		nothing.Scores = append(nothing.Scores, make([]int64, issue.Options))
	}
	most, err := respond(context.Background(), own, nothing)
	if err != nil {
		return ranked{}, err
	}
	if most.Len() == 0 {
		return ranked{}, bestfirst.ErrNothing
	}
	r := ranked{best: most.At(0)[0], bestOutcome: most.Outcome(0), floor: row.Threshold.Value}
	if !row.Threshold.Set {
		r.floor, _ = bestfirst.Possible(row, nil)
	}
	r.floor = min(r.floor, r.best)
	return r, nil
}

// Respond finds, for every level, the party's best outcome that is at least this good
// for the other side as it is estimated, and the other way round.
func (r *ranking) Respond(ctx context.Context, other *outcome.Row) (*bargain.Responses, error) {
	return respond(ctx, r.own, other)
}

func respond(ctx context.Context, own *outcome.Space, other *outcome.Row) (*bargain.Responses, error) {
	s := *own
	s.Parties = []outcome.Party{own.Parties[0], {Row: *other}}
	return bargain.NewResponses(ctx, &s, bargain.Options{Time: time.Minute, Memory: 1 << 30})
}

// Len returns the number of outcomes ranked; 0 where the space is not listed.
func (r *ranking) Len() int { return len(r.Utility) }

// At writes the outcome at a position into o, which it returns, with its utility.
func (r *ranking) At(o outcome.Outcome, position int) (outcome.Outcome, int64) {
	return r.Decode(o, r.List.Rank[position]), r.Utility[position]
}

// Value returns what an outcome is worth to the party, and whether it may agree to it.
func (r *ranking) Value(o outcome.Outcome) (u int64, may bool) {
	u = r.row.Value(o)
	return u, r.row.Threshold.Accepts(u) && r.own.Admits(o) && (r.keep == nil || r.keep(o))
}

// part returns the given share, a fixed-point number of 32 binary places, of the way from
// the best utility down to the floor.
func (r *ranking) part(share uint64) int64 { return r.best - fixed.Scaled(r.best-r.floor, share) }

// gained returns how far above the floor a utility is, as a share of the whole way, from 0 to one.
func (r *ranking) gained(u int64) uint64 {
	if u >= r.best {
		return fixed.One
	}
	if u <= r.floor {
		return 0
	}
	return fixed.Ratio(uint64(u-r.floor), uint64(r.best-r.floor))
}

// home returns the part of the ranking that the party's people carry.
func (r *ranking) home() (*ranking, error) {
	if r.keep != nil || len(r.self.Space.Parties[0].Constituencies) == 0 {
		return r, nil
	}
	return r.from.rank(r.self, true)
}
