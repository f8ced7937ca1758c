package strategy

import (
	"math/bits"

	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/strategy/model"
)

// Strategies that watch the other side. Each comment says what is the published rule, and
// after "Ours:" what is this package's completion of it.

var advanced = []Entry{
	{
		Name: "truthful", Role: Party, Rule: "concedes linearly; tells a mediator the truth and says yes-if-the-others-do to all it may agree to",
		Source: "",
		party: func(r *ranking, _ values) (func() tactic, error) {
			c := newConcession(r, 1, 0)
			return func() tactic { return &truthful{modelTactic{c, respondTo(r, model.Frequency)}} }, nil
		},
	},
	{
		Name: "tradeoff", Role: Party, Rule: "keeps its aspiration and offers what is most like the other side's last offer; concedes when that no longer brings them closer",
		Source: "Faratin, Sierra and Jennings 2002 (Using similarity criteria to make issue trade-offs in automated negotiations)",
		Params: []Param{{"step", 5, 0.1, 100, "percent of the way to the no-deal value conceded in a deadlock"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			step := fixed.Of(v["step"] / 100)
			return func() tactic {
				return &tradeOff{responder: respondTo(r, model.Similarity), step: step}
			}, nil
		},
	},
	{
		Name: "zeuthen", Role: Party, Rule: "the side with less to lose from conflict insists; the other concedes just enough to turn that round",
		Source: "Zeuthen 1930, as the Zeuthen strategy of Rosenschein and Zlotkin 1994 (Rules of Encounter)",
		party: func(r *ranking, _ values) (func() tactic, error) {
			return func() tactic { return &zeuthen{responder: respondTo(r, model.Frequency)} }, nil
		},
	},
	{
		Name: "hardheaded", Role: Party, Rule: "very firm in time; of what meets the target offers what suits the other side best, or their best offer if that meets it",
		Source: "van Krimpen, Looije and Hajizadeh 2013 (HardHeaded)",
		Params: []Param{{"e", 0.05, 0.001, 1000, "as for boulware"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			c := newConcession(r, v["e"], 0)
			return func() tactic { return &hardHeaded{modelTactic: modelTactic{c, respondTo(r, model.Frequency)}} }, nil
		},
	},
	{
		Name: "agentk", Role: Party, Rule: "estimates the best it will be offered from the mean and spread of what it was offered, and concedes to that",
		Source: "Kawaguchi, Fujita and Ito 2011 (Compromising strategy based on estimated maximum utility for automated negotiation agents)",
		Params: []Param{{"a", 3, 0.1, 20, "exponent of time: greater concedes later"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			a := fixed.Of(v["a"])
			return func() tactic { return &agentK{responder: respondTo(r, model.Frequency), a: a} }, nil
		},
	},
	{
		Name: "abines", Role: Party, Rule: "falls to what the discount leaves at its non-exploitation time, then holds; offers what suits the other side best",
		Source: "Hao and Leung 2012 (ABiNeS: An Adaptive Bilateral Negotiating Strategy over Multiple Items), the strategy of CUHKAgent",
		Params: []Param{
			{"alpha", 2, 0.1, 20, "exponent of time: greater concedes later"},
			{"lambda", 0.7, 0, 1, "non-exploitation time, as a share of the rounds"},
			{"least", 60, 0, 100, "percent of the way to the best at which it stops where there is no discount"},
		},
		party: func(r *ranking, v values) (func() tactic, error) {
			p := abines{alpha: fixed.Of(v["alpha"]), lambda: fixed.Of(v["lambda"]), least: fixed.One - fixed.Of(v["least"]/100)}
			return func() tactic {
				t := p
				t.responder = respondTo(r, model.Frequency)
				return &t
			}, nil
		},
	},
	{
		Name: "gahboninho", Role: Party, Rule: "holds firm while it watches whether the other side gives way, then asks for the more the more it did",
		Source: "after Ben Adan and Gal (Gahboninho, second in ANAC 2011)",
		Params: []Param{{"watch", 0.1, 0.01, 1, "share of the rounds in which it only watches"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			watch := fixed.Of(v["watch"])
			return func() tactic { return &gahboninho{responder: respondTo(r, model.Frequency), watch: watch} }, nil
		},
	},
	{
		Name: "annealer", Role: Party, Rule: "concedes linearly; of a mediator's drafts it also takes worse ones, with a chance that falls with the loss and the rounds",
		Source: "Klein, Faratin, Sayama and Bar-Yam 2003 (Negotiating Complex Contracts)",
		Params: []Param{{"heat", 10, 0, 1000, "temperature at first, in percent of the way from no deal to best"}},
		party: func(r *ranking, v values) (func() tactic, error) {
			c := newConcession(r, 1, 0)
			heat := uint64(max(0, fixed.Scaled(r.best-r.floor, fixed.Of(v["heat"]/100))))
			return func() tactic { return &annealing{modelTactic{c, respondTo(r, model.Frequency)}, heat} }, nil
		},
	},
}

// A truthful is open with a mediator. See [party.reply].
type truthful struct{ modelTactic }

func (*truthful) conditional() bool { return true }

// A tradeOff stays on its iso-curve while the other side's offers keep getting better for
// it, and concedes a step when they do not.
//
// The published rule seeks the offer most similar to the other side's last one among those
// of equal worth to the party, by fuzzy similarity of each issue. Ours: similarity counts
// the issues on which the offers agree, each weighted by how often the other side has asked
// for that option; the search is exact, over all offers worth at least the aspiration,
// where theirs climbs at random.
type tradeOff struct {
	responder
	step    uint64
	share   uint64 // conceded so far
	last    int64  // worth of the other side's best offer when last asked
	started bool
}

func (t *tradeOff) hear(s *state, h heard) {
	t.responder.hear(s, h)
	if !t.started || h.u > t.last {
		t.last, t.started = h.u, true
		return
	}
	t.share = min(fixed.One, t.share+t.step)
}

func (t *tradeOff) next(s *state) bid { return t.meet(s, s.part(t.share)) }

// A zeuthen compares the risks of conflict that the two sides can bear: how much of its
// gain by its own offer a side loses by taking the other's. The one that can bear less
// concedes, as little as turns the comparison round (Rosenschein and Zlotkin 1994).
//
// Ours: the other side's utilities are estimated by frequency; its no-deal value is taken
// to be the least utility on the estimated frontier.
type zeuthen struct {
	responder
	point    int // of the frontier: the present offer
	offering bool
	received heard
}

func (t *zeuthen) hear(s *state, h heard) {
	t.responder.hear(s, h)
	if t.received.outcome == nil || h.u > t.received.u {
		t.received = h
	}
}

func (t *zeuthen) next(s *state) bid {
	if !t.refresh(s) {
		return t.meet(s, s.best)
	}
	row, n := t.Row(), t.menu.Len()
	theirs := func(o outcome.Outcome) int64 { return row.Value(o) }
	least := t.menu.At(0)[1]
	if !t.offering || t.point >= n {
		t.point, t.offering = 0, true
	}
	wanted := theirs(t.received.outcome)
	for t.point+1 < n {
		u := t.menu.At(t.point)
		// Own risk: (own offer - their offer)/(own offer - no deal); theirs likewise.
		own, whole := max(0, u[0]-max(t.received.u, s.floor)), max(1, u[0]-s.floor)
		other, all := max(0, wanted-u[1]), max(1, wanted-least)
		ownHigh, ownLow := bits.Mul64(uint64(own), uint64(all))
		otherHigh, otherLow := bits.Mul64(uint64(other), uint64(whole))
		if ownHigh > otherHigh || ownHigh == otherHigh && ownLow > otherLow {
			break // the other side has less to lose: it is their turn to concede
		}
		t.point++
		if t.menu.At(t.point)[0] < s.floor {
			t.point--
			break
		}
	}
	return t.offer(t.point)
}

// A hardHeaded is a very firm time-dependent tactic that offers what suits the other side
// best by its frequency model, and gives back their own best offer once that meets its
// target. Ours: no randomness among equals; the discount is not looked at.
type hardHeaded struct {
	modelTactic
	best heard
}

func (t *hardHeaded) hear(s *state, h heard) {
	t.modelTactic.hear(s, h)
	if h.may && (t.best.outcome == nil || h.u > t.best.u) {
		t.best = h
	}
}

func (t *hardHeaded) next(s *state) bid {
	target := t.at(s)
	if t.best.outcome != nil && t.best.u >= target {
		return bid{outcome: t.best.outcome}
	}
	return t.meet(s, target)
}

// An agentK estimates the most that it will be offered as
//
//	emax = mean + (1 - mean)·deviation
//
// from the utilities of what it was offered, 0 at no deal and 1 at its best, and asks for
//
//	target(t) = 1 - (1 - emax)·t^a
//
// It accepts by its published score t^5/5 + (offer - emax) + (offer - target): where that is
// above 0. Ours: the deviation is the standard deviation times √12, the width of a uniform
// distribution with it; the published rule accepts by a chance that is this score; the
// concession rate is not changed as time goes on.
type agentK struct {
	responder
	a       uint64
	n       uint64
	sum     uint64 // of the offers' shares
	squares uint64 // of their squares, with 32 places
}

func (t *agentK) hear(s *state, h heard) {
	t.responder.hear(s, h)
	g := s.gained(h.u)
	t.n++
	t.sum += g
	t.squares += uint64(fixed.Scaled(int64(g), g))
}

// most returns emax.
func (t *agentK) most() uint64 {
	if t.n == 0 {
		return fixed.One
	}
	mean := t.sum / t.n
	variance := int64(t.squares/t.n) - fixed.Scaled(int64(mean), mean)
	width := min(fixed.One, root(uint64(max(0, 12*variance))))
	return mean + uint64(fixed.Scaled(int64(fixed.One-mean), width))
}

func (t *agentK) target(s *state) uint64 {
	time := fixed.Power(uint64(s.round-1), uint64(max(s.rounds-1, 1)), t.a)
	return fixed.One - uint64(fixed.Scaled(int64(fixed.One-t.most()), time))
}

func (t *agentK) next(s *state) bid { return t.meet(s, s.part(fixed.One-t.target(s))) }

func (t *agentK) accepts(s *state, h heard, _ int64) bool {
	offer := int64(s.gained(h.u))
	fifth := int64(fixed.Power(uint64(s.round-1), uint64(max(s.rounds-1, 1)), 5<<32) / 5)
	return fifth+(offer-int64(t.most()))+(offer-int64(t.target(s))) > 0
}

// root returns the square root of a fixed-point number of at most 12.
func root(x uint64) uint64 {
	// √(x·2^-32)·2^32 = √(x·2^32)
	low, high := uint64(0), uint64(1)<<34
	for low+1 < high {
		if mid := (low + high) / 2; fixed.Scaled(int64(mid), mid) <= int64(x) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// An abines falls from the best utility to what the discount d leaves of it at its
// non-exploitation time λ,
//
//	best - (best - best·d^(1-λ))·(t/λ)^α   while t < λ,   then best·d^(1-t)
//
// t being the share of the rounds that are over. Ours: λ is given, not adapted; utilities count from the no-deal value; where there is no
// discount the part "least" stands for d^(1-λ), and is held.
type abines struct {
	responder
	alpha, lambda, least uint64
}

func (t *abines) next(s *state) bid {
	rounds := uint64(max(s.rounds-1, 1))
	at := fixed.Ratio(uint64(s.round-1), rounds)
	// What the discount leaves of the last part of the session, by its rounds.
	left := func(from uint64) uint64 {
		if s.self.Discount >= 1 {
			return fixed.One - t.least
		}
		d := fixed.Of(s.self.Discount)
		return fixed.Power(d, fixed.One, uint64(fixed.Scaled(int64(rounds), fixed.One-min(from, fixed.One)))<<32)
	}
	kept := left(at)
	if at < t.lambda {
		passed := fixed.Power(at, t.lambda, t.alpha)
		kept = fixed.One - uint64(fixed.Scaled(int64(fixed.One-left(t.lambda)), passed))
	}
	return t.meet(s, s.part(fixed.One-kept))
}

// A gahboninho keeps to its best while it watches, then asks for a share of its way that
// grows with how far the other side's offers have come towards it, and falls a little with
// time. The published agent is known to us by its results and descriptions of its idea, to
// bully whoever gives way; the formula is ours:
//
//	target = 1 - t·(1 - watched)/2,
//
// watched being the other side's best offer less its first, as a share of what was missing.
type gahboninho struct {
	responder
	watch       uint64
	first, most uint64
}

func (t *gahboninho) hear(s *state, h heard) {
	g := s.gained(h.u)
	if t.heard == 0 {
		t.first = g
	}
	t.most = max(t.most, g)
	t.responder.hear(s, h)
}

func (t *gahboninho) next(s *state) bid {
	at := fixed.Ratio(uint64(s.round-1), uint64(max(s.rounds-1, 1)))
	if at < t.watch || t.heard == 0 {
		return t.meet(s, s.best)
	}
	moved := uint64(fixed.One)
	if t.first < fixed.One {
		moved = fixed.Ratio(t.most-min(t.first, t.most), fixed.One-t.first)
	}
	return t.meet(s, s.part(uint64(fixed.Scaled(int64(at), fixed.One-moved))/2))
}

// An annealing takes a draft that is worth Δ less with chance e^(-Δ/T), T falling evenly
// to 0 at the deadline.
type annealing struct {
	modelTactic
	heat uint64
}

func (t *annealing) prefers(s *state, draft, text heard) bool {
	loss := text.u - draft.u
	if loss <= 0 || !text.may {
		return true
	}
	temperature := uint64(fixed.Scaled(int64(t.heat), fixed.Ratio(uint64(max(s.rounds-s.round, 0)), uint64(s.rounds))))
	if temperature == 0 || uint64(loss)>>5 >= temperature {
		return false
	}
	// loss/temperature is below 32.
	q, _ := bits.Div64(uint64(loss)>>32, uint64(loss)<<32, temperature)
	return s.rng.Uint64N(fixed.One) < fixed.Exponential(q)
}
