package strategy

import (
	"context"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/strategy/model"
)

// A responder finds the outcome that suits the other side best, by a model of it, of
// those that are worth enough to the party.
type responder struct {
	model.Model
	menu   *bargain.Responses // of what was heard when it was built
	heard  int
	built  int
	point  int // of the frontier, whose outcome is found
	found  outcome.Outcome
	failed bool
}

// respondTo returns a responder to a side of which nothing was heard.
func respondTo(r *ranking, estimate func([]outcome.Issue) model.Model) responder {
	return responder{Model: estimate(r.own.Issues)}
}

// hear takes in an offer.
func (r *responder) hear(s *state, h heard) {
	r.Hear(h.outcome, float64(min(s.round, s.rounds)-1)/float64(max(s.rounds-1, 1)))
	r.heard++
}

// stale says that the frontier is to be built anew: for each of the first offers, then
// once an eighth more have come.
func (r *responder) stale() bool { return r.menu == nil || r.heard > r.built+r.built/8 }

// refresh builds the frontier, if it is stale. It reports whether there is one: where a space
// links issues in too many ways there is none.
func (r *responder) refresh(s *state) bool {
	if r.failed || r.heard == 0 {
		return false
	}
	if r.stale() {
		menu, err := s.Respond(context.Background(), r.Row())
		if err != nil || menu.Len() == 0 {
			r.failed = true
			return false
		}
		r.menu, r.built, r.point = menu, r.heard, -1
	}
	return true
}

// meet returns the bid that suits the other side best of those worth at least target to
// the party. Before anything was heard it is the best, or the least that meets the target
// where outcomes are listed.
func (r *responder) meet(s *state, target int64) bid {
	if !r.refresh(s) {
		if s.listed {
			return bid{position: s.Lowest(target)}
		}
		return bid{outcome: s.bestOutcome}
	}
	i, ok := r.menu.Find(1, target)
	if !ok {
		return bid{outcome: s.bestOutcome}
	}
	return r.offer(i)
}

// offer returns the bid at a point of the frontier, whose outcome is found once.
func (r *responder) offer(i int) bid {
	if i != r.point {
		r.point, r.found = i, r.menu.Outcome(i)
	}
	return bid{outcome: r.found}
}
