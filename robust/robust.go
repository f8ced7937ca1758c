// Package robust asks how far an answer hangs on uncertain numbers. [Measure] draws scores and no-deal values
// as often as it takes, solves every drawn case exactly, and tells in which share of the draws there is a zone,
// which packages the Nash rule picks, which numbers matter, and how far each may move before the answer turns.
//
// A share is a share of draws under the stated assumptions, never a probability of a deal. The same seed draws the
// same numbers on any number of cores.
package robust

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/outcome"
)

const (
	// DefaultDraws is how many draws Robust makes at most where none are asked for.
	DefaultDraws     = 10_000
	defaultFavourite = 5
	// MaxDraws is the largest number of draws that Robust takes.
	MaxDraws = 10_000_000
	// maxSources bounds the sources whose part in the answers is measured.
	maxSources = 256
	// settled is the half-width of intervals at which drawing may stop early.
	settled = 0.01
	// judgedAtOnce is the number of draws in which candidates are judged even after
	// an interruption: it takes less than a second.
	judgedAtOnce = 1 << 16
	// knownPackages bounds the packages that each draw looks at first.
	knownPackages = 32
)

// Options direct Robust. The zero value is ready to use.
type Options struct {
	// Draws is the most that are made; 0 is DefaultDraws.
	Draws int
	// Seed names the draws.
	Seed uint64
	// Candidates are packages to follow through the draws. Those that come up most
	// often as the Nash package are added.
	Candidates []Candidate
	// Focus is the package whose standing is explained: how far it stands, and which
	// uncertain numbers move it. nil is the Nash package of the headline values.
	Focus outcome.Outcome
	// Favourites is the number of packages, most often Nash, that are added to the
	// candidates; 0 is 5.
	Favourites int
	// Pairs is the number of pairs of draws from which the parts of the sources are
	// estimated; 0 is 1,024, and at most the number of draws.
	Pairs int
	// Time bounds the work, in time of all cores together as estimated by counting
	// operations, never by a clock; 0 is two minutes.
	Time time.Duration
	// Progress is told, now and then and from one goroutine at a time, the share of
	// the work that is done, from 0 to 1. It may be nil.
	Progress func(done float64)
}

// A Candidate is a package with the names under which it is known.
type Candidate struct {
	IDs     []string // "nash", "packages.mediators_paper"
	Outcome outcome.Outcome
}

// Ended says why no more draws were made.
type Ended string

// The reasons.
const (
	AllDrawn    Ended = "all_drawn"
	Settled     Ended = "settled"     // the intervals were tight
	OverBudget  Ended = "over_budget" // more would have passed the budget of work
	Interrupted Ended = "interrupted"
)

// A Robustness says what of an answer stands when uncertain numbers vary. Shares are
// shares of draws under the distributions given, and of nothing else.
type Robustness struct {
	Numbers int // uncertain numbers
	Sources []outcome.Source
	Draws   int // made
	Asked   int
	Seed    uint64
	Ended   Ended

	// Solved says that each draw was solved, exactly for its numbers, by Method: zone
	// and Nash package are known. Where it is false, Why is the reason, and Zone, Nash
	// and what rests on them are empty; fixed packages are judged all the same.
	Solved bool
	Method bargain.Method
	Why    string

	// Headline says whether there is a zone at the headline values.
	Headline bool
	Zone     Share
	Nash     NashSpread

	Candidates []CandidateShares
	// Most is the position of the candidate that is in the zone most often, the first
	// of equals; -1 without candidates.
	Most int
	// Focus is the position of the focus among the candidates, -1 without one.
	Focus  int
	Radius Radius

	// Margin is the egalitarian margin at the headline values, as in End.
	Margin *big.Rat

	Pairs   int      // of draws; 0 where sources were not measured
	Answers []Answer // the questions asked, in order
	// Effects holds what single sources do, those first that turn most answers around.
	Effects []Effect
	// LeftOut is the number of sources, those of the narrowest ranges, that were not measured.
	LeftOut int
}

// A Share is a share of draws with its interval of 95 percent (Clopper and Pearson 1934).
type Share struct {
	Hits, Draws int
	Low, High   float64
}

// Value returns the share, 0 of no draws.
func (s Share) Value() float64 {
	if s.Draws == 0 {
		return 0
	}
	return float64(s.Hits) / float64(s.Draws)
}

// A NashSpread says how stable the Nash package is.
type NashSpread struct {
	// Different is the number of different Nash packages that came up.
	Different int
	// Modal is the share of the package that came up most often, the first of equals.
	Modal        Share
	ModalPackage outcome.Outcome
	// Stays is the share of draws in which the Nash package of the headline values is
	// the Nash package; Package is nil without one, and Stays then empty.
	Stays   Share
	Package outcome.Outcome
	// Narrowed holds the share in which it stays when all ranges are drawn together
	// around the headline values.
	Narrowed []Narrowed
}

// Narrowed is a share of draws from ranges of which only part is left.
type Narrowed struct {
	Ranges float64 // what is left of every range: 0.5 is half
	Stays  Share
}

// CandidateShares says in which share of draws a package is accepted by whom.
type CandidateShares struct {
	Candidate
	Parties        []Share
	Constituencies [][]Share // by party and constituency
	Accepted       Share     // by every party
	Zone           Share     // the consent rule agrees and the requirements hold
	Home           []Share   // by party: it carries the package at home
	Carried        Share     // by every party, packages outside the zone included
	ZoneCarried    Share     // in the zone, and carried by every party
	Nash           Share     // the package is the Nash package; empty where draws were not solved
}

// A Radius says how much all numbers may be off at once before one of the parties that
// accept a package no longer does. It is exact: what a package is worth is linear in
// the scores.
type Radius struct {
	// Ranges is the greatest factor by which all ranges may be drawn out or together
	// around the headline values so that the package is accepted wherever the numbers lie
	// in them: 1 is the ranges as given. nil where no range matters to it.
	Ranges *big.Rat
	// RangesParty is the position of the party that refuses first; -1 without one.
	RangesParty int
	// Scores is the greatest share of its own size by which every score of the package
	// may be too high at once. nil where no score matters.
	Scores      *big.Rat
	ScoresParty int
}

// Question names an answer that sources can move.
type Question string

// The questions.
const (
	QuestionZone    Question = "zone"    // is there a zone
	QuestionNash    Question = "nash"    // is the Nash package that of the headline values
	QuestionFocus   Question = "focus"   // is the focus in the zone
	QuestionCarried Question = "carried" // is it in the zone, and carried at home by every party
)

// An Answer is a question with the share of pairs of draws whose first answers yes.
type Answer struct {
	Question Question
	Share    Share
}

// An Effect says what one source does to the answers.
type Effect struct {
	Source int    // its position in Sources
	Parts  []Part // by answer
	// Low and High are what follows when every number of the source stands at its low
	// or high end and all others at the headline.
	Low, High End
}

// A Part is a source's part in one answer.
type Part struct {
	// Flips is the share of pairs of draws in which drawing this source alone anew
	// turns the answer around.
	Flips Share
	// First and Total are the first-order and total indices of Sobol, estimated after
	// Saltelli and others (2010) and Jansen (1999), with their standard errors; zero where the answer never varies.
	First, FirstError float64
	Total, TotalError float64
}

// An End is the answer with one source at an end.
type End struct {
	Zone    bool
	Focus   bool // the focus is in the zone
	Carried bool // and every party carries it
	Same    bool // the Nash package is that of the headline values
	// Margin is the egalitarian margin: what the best package gives the worst-off party
	// beyond its no-deal value, in points; below 0 it is what is missing. nil where it is
	// not known.
	Margin *big.Rat
}

// robust carries a run.
type robust struct {
	ctx      context.Context
	u        *outcome.Uncertain
	opt      Options
	plan     *drawPlan
	all      []fixedPackage // without a plan, where they are few
	most     float64
	known    []fixedPackage
	focus    *fixedPackage
	nash     int64         // rank of the headline's Nash package, -1 without one
	headline *fixedPackage // that package
	r        *Robustness
	names    *outcome.Lister
	used     float64 // work so far, in nanoseconds
}

// A drawWorker is one goroutine's part of a run.
type drawWorker struct {
	drawer *outcome.Drawer
	solver *drawSolver
	places []float64
	other  []float64
}

func (b *robust) worker() *drawWorker {
	d := b.u.Drawer()
	solver := newDrawSolver(d.Space(), b.plan, b.most)
	solver.all = b.all
	return &drawWorker{d, solver, make([]float64, b.u.Quantiles), make([]float64, b.u.Quantiles)}
}

// sumWork estimates, in nanoseconds, the work for one vector that is summed in a draw.
const sumWork = 8

// Streams of a seed.
const (
	streamDraws = iota
	streamPairs
	streamOthers
	streamNarrowed
)

// Measure draws the uncertain numbers again and again, and says what of the zone, the
// Nash package and the candidates stands. Each draw is an ordinary space, solved
// exactly. The result depends on the seed and not on the number of cores.
//
// A space without uncertain numbers is not drawn: the result then has no draws.
//
// Drawing stops early at 1,024 draws or a later power of two when every interval that
// the summary shows (zone, Nash package, focus) is at most one point of percent to
// either side. When ctx ends after some draws have been made, Robust returns what they
// say, with Ended Interrupted.
//
// It fails when u does not check, when options are out of range, and when ctx ends
// before anything is known.
func Measure(ctx context.Context, u *outcome.Uncertain, opt Options) (*Robustness, error) {
	if err := u.Check(); err != nil {
		return nil, err
	}
	opt.Draws = cmp.Or(opt.Draws, DefaultDraws)
	opt.Favourites = cmp.Or(opt.Favourites, defaultFavourite)
	opt.Time = cmp.Or(opt.Time, budget.DefaultTime)
	opt.Pairs = min(cmp.Or(opt.Pairs, 1024), opt.Draws)
	if opt.Draws < 1 || opt.Draws > MaxDraws {
		return nil, fmt.Errorf("%d draws: ask for 1 to %d; the interval of a share is about 1/√draws wide, so that more would tell nothing new", opt.Draws, MaxDraws)
	}
	if opt.Pairs < 1 || opt.Favourites < 0 || opt.Time < 0 {
		return nil, errors.New("pairs of draws, favourites and time must not be below 0")
	}
	for _, c := range append(slices.Clone(opt.Candidates), Candidate{[]string{"the focus"}, opt.Focus}) {
		if err := u.Space.Fits(c.Outcome); c.Outcome != nil && err != nil {
			return nil, fmt.Errorf("%v: %w", c.IDs, err)
		}
	}
	b := &robust{ctx: ctx, u: u, opt: opt, nash: -1, most: float64(opt.Time.Nanoseconds()) / sumWork / 128}
	b.r = &Robustness{Numbers: len(u.Numbers), Sources: u.Sources, Asked: opt.Draws, Seed: opt.Seed, Most: -1, Focus: -1, Ended: AllDrawn}
	if err := b.run(); err != nil {
		return nil, err
	}
	return b.r, nil
}

func (b *robust) run() error {
	if err := b.prepare(); err != nil {
		return err
	}
	if b.r.Numbers == 0 {
		return nil
	}
	counts, err := b.draw()
	if err != nil {
		return err
	}
	b.favour(counts)
	if b.r.Ended == Interrupted && b.r.Draws <= judgedAtOnce {
		b.ctx = context.WithoutCancel(b.ctx)
		if err := b.judge(); err != nil {
			return err
		}
		return nil
	}
	for _, step := range []func() error{b.judge, b.narrow, b.effects} {
		if err := step(); err != nil {
			if b.ctx.Err() == nil {
				return err
			}
			b.r.Ended = Interrupted
			return nil
		}
	}
	b.tell(1)
	return nil
}

func (b *robust) tell(done float64) {
	if b.opt.Progress != nil {
		b.opt.Progress(done)
	}
}

// prepare plans, and solves the headline.
func (b *robust) prepare() error {
	s := b.u.Space
	var unfit string
	b.plan, unfit = newDrawPlan(s)
	b.r.Method = bargain.Elimination
	if b.plan == nil {
		b.r.Method, b.all = bargain.Listing, keepAll(s)
	}
	b.r.Solved = true
	if _, ok := s.Count(); !ok {
		b.r.Solved, b.r.Why = false, unfit
	} else {
		var err error
		if b.names, err = outcome.NewLister(s); err != nil {
			return err
		}
	}
	for _, c := range b.opt.Candidates {
		b.candidate(c)
	}
	b.hold(nil)
	if b.r.Solved {
		w := b.worker()
		a, err := w.solver.solve(b.ctx, b.known)
		var over *budget.Excess
		switch {
		case errors.As(err, &over):
			b.r.Solved, b.r.Why = false, over.What
		case err != nil:
			return err
		}
		b.used += float64(sumWork * w.solver.work)
		b.r.Headline, b.nash = a.zone, a.nash
		if a.nash >= 0 {
			b.r.Nash.Package = b.names.Outcome(a.nash)
		}
	}
	focus := b.opt.Focus
	if focus == nil {
		focus = b.r.Nash.Package
	}
	if focus != nil {
		b.r.Focus = b.candidate(Candidate{nil, focus})
		f := newFixed(s, focus)
		b.focus = &f
		b.r.Radius = b.radius(&f)
	}
	if b.nash >= 0 {
		b.candidate(Candidate{nil, b.r.Nash.Package})
		f := newFixed(s, b.r.Nash.Package)
		b.headline = &f
	}
	b.hold(nil)
	return nil
}

// candidate adds a candidate, or the ids to one of the same outcome, and returns its position.
func (b *robust) candidate(c Candidate) int {
	for k := range b.r.Candidates {
		if have := &b.r.Candidates[k]; slices.Equal(have.Outcome, c.Outcome) {
			have.IDs = append(have.IDs, c.IDs...)
			return k
		}
	}
	b.r.Candidates = append(b.r.Candidates, CandidateShares{Candidate: Candidate{slices.Clone(c.IDs), c.Outcome}})
	return len(b.r.Candidates) - 1
}

// hold sets the known packages: candidates that break no condition, then those of the
// given ranks. They speed the work up and change no answer.
func (b *robust) hold(ranks []int64) {
	b.known = b.known[:0]
	add := func(o outcome.Outcome) {
		if f := newFixed(b.u.Space, o); len(b.known) < knownPackages && f.clean() {
			b.known = append(b.known, f)
		}
	}
	for k := range b.r.Candidates {
		add(b.r.Candidates[k].Outcome)
	}
	for _, rank := range ranks {
		add(b.names.Outcome(rank))
	}
}

// each visits the items from 0 to n on several goroutines, and returns how many of
// the first ones were visited: all of them, unless ctx ended. visit may fail.
func (b *robust) each(n int, visit func(w *drawWorker, item int) error) (int, error) {
	const chunk = 16
	var next atomic.Int64
	var group sync.WaitGroup
	done := make([]bool, (n+chunk-1)/chunk)
	workers := max(1, min(runtime.GOMAXPROCS(0), len(done)))
	errs := make([]error, workers)
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	for i := range workers {
		group.Go(func() {
			w := b.worker()
			for ctx.Err() == nil {
				c := int(next.Add(1)) - 1
				if c >= len(done) {
					return
				}
				for item := c * chunk; item < min(n, (c+1)*chunk); item++ {
					if err := visit(w, item); err != nil {
						errs[i] = err
						cancel()
						return
					}
				}
				done[c] = true
			}
		})
	}
	group.Wait()
	first := 0
	for first < len(done) && done[first] {
		first++
	}
	var over *budget.Excess
	for _, err := range errs {
		if errors.As(err, &over) { // whichever draw met it first, the words are the same
			return min(n, first*chunk), err
		}
	}
	return min(n, first*chunk), cmp.Or(slices.Concat(errs, []error{context.Cause(b.ctx)})...)
}

// What a draw holds.
const (
	drawZone = 1 << iota
	drawFocus
)

// draw makes the draws, in waves, and returns how often each package was Nash.
func (b *robust) draw() (map[int64]int, error) {
	r := b.r
	counts := make(map[int64]int)
	var zone, focus int
	var held [1 << 16]byte
	var nash [1 << 16]int64
	var work [1 << 16]float64
	checks := 1024
	for r.Draws < b.opt.Draws {
		wave := min(max(r.Draws, 64), len(held), b.opt.Draws-r.Draws)
		if r.Draws > 0 && b.used/float64(r.Draws)*float64(wave) > float64(b.opt.Time.Nanoseconds())-b.used {
			r.Ended = OverBudget
			break
		}
		n, err := b.each(wave, func(w *drawWorker, item int) error {
			outcome.Fill(w.places, b.opt.Seed, streamDraws, uint64(r.Draws+item))
			w.drawer.Draw(w.places, 1)
			held[item], nash[item] = 0, -1
			s := w.drawer.Space()
			if b.focus != nil && b.focus.inZone(s) {
				held[item] |= drawFocus
			}
			work[item] = float64(20 * len(b.u.Numbers))
			if !r.Solved {
				return nil
			}
			a, err := w.solver.solve(b.ctx, b.known)
			if err != nil {
				return err
			}
			if a.zone {
				held[item] |= drawZone
			}
			nash[item] = a.nash
			work[item] += float64(sumWork * w.solver.work)
			return nil
		})
		var over *budget.Excess
		if errors.As(err, &over) {
			// From the first draw again, without solving.
			r.Solved, r.Why = false, over.What
			r.Zone, r.Nash, r.Draws = Share{}, NashSpread{}, 0
			b.nash, focus, zone = -1, 0, 0
			clear(counts)
			continue
		}
		for i := range n {
			zone += int(held[i] & drawZone)
			focus += int(held[i] & drawFocus / drawFocus)
			b.used += work[i]
			if nash[i] >= 0 {
				counts[nash[i]]++
			}
		}
		r.Draws += n
		b.tell(0.7 * float64(r.Draws) / float64(b.opt.Draws))
		if err != nil {
			if b.ctx.Err() == nil || r.Draws == 0 {
				return nil, err
			}
			r.Ended = Interrupted
			break
		}
		if r.Solved {
			b.hold(favourites(counts, knownPackages))
		}
		if r.Draws >= checks {
			for checks <= r.Draws {
				checks *= 2
			}
			if b.tight(zone, focus, counts[b.nash]) && r.Draws < b.opt.Draws {
				r.Ended = Settled
				break
			}
		}
	}
	if r.Solved {
		r.Zone = share(zone, r.Draws)
		r.Nash.Different = len(counts)
		if top := favourites(counts, 1); len(top) > 0 {
			r.Nash.Modal, r.Nash.ModalPackage = share(counts[top[0]], r.Draws), b.names.Outcome(top[0])
		}
		if b.nash >= 0 {
			r.Nash.Stays = share(counts[b.nash], r.Draws)
		}
	}
	return counts, nil
}

// tight reports whether the intervals that a summary shows are.
func (b *robust) tight(hits ...int) bool {
	for _, h := range hits {
		if s := share(h, b.r.Draws); s.High-s.Low > 2*settled {
			return false
		}
	}
	return true
}

// favourites returns the ranks that came up most often, up to most; of equals the first.
func favourites(counts map[int64]int, most int) []int64 {
	ranks := make([]int64, 0, len(counts))
	for rank := range counts {
		ranks = append(ranks, rank)
	}
	slices.SortFunc(ranks, func(x, y int64) int { return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y)) })
	return ranks[:min(most, len(ranks))]
}

// favour adds the packages that were Nash most often to the candidates.
func (b *robust) favour(counts map[int64]int) {
	for _, rank := range favourites(counts, b.opt.Favourites) {
		b.candidate(Candidate{nil, b.names.Outcome(rank)})
	}
	if !b.r.Solved {
		return
	}
	nash := make(map[string]int)
	for rank, n := range counts {
		nash[outcomeKey(b.names.Outcome(rank))] = n
	}
	for k := range b.r.Candidates {
		c := &b.r.Candidates[k]
		c.Nash = share(nash[outcomeKey(c.Outcome)], b.r.Draws)
	}
}

func outcomeKey(o outcome.Outcome) string {
	var key []byte
	for _, k := range o {
		key = strconv.AppendInt(append(key, ' '), int64(k), 10)
	}
	return string(key)
}

// A tally counts, for one candidate, the draws in which things hold.
type tally struct {
	parties, home                        []int
	groups                               [][]int
	accepted, zone, carried, zoneCarried int
}

// judge counts in which draws each candidate is accepted by whom.
func (b *robust) judge() error {
	s := b.u.Space
	fixed := make([]fixedPackage, len(b.r.Candidates))
	for k := range fixed {
		fixed[k] = newFixed(s, b.r.Candidates[k].Outcome)
	}
	fresh := func() []tally {
		ts := make([]tally, len(fixed))
		for k := range ts {
			ts[k].parties, ts[k].home = make([]int, len(s.Parties)), make([]int, len(s.Parties))
			for q := range s.Parties {
				ts[k].groups = append(ts[k].groups, make([]int, len(s.Parties[q].Constituencies)))
			}
		}
		return ts
	}
	everyone := ^uint64(0) >> (64 - len(s.Parties))
	sum := fresh()
	var adding sync.Mutex
	const block = 64
	blocks := (b.r.Draws + block - 1) / block
	_, err := b.each(blocks, func(w *drawWorker, item int) error {
		ts := fresh()
		for i := item * block; i < min(b.r.Draws, (item+1)*block); i++ {
			outcome.Fill(w.places, b.opt.Seed, streamDraws, uint64(i))
			w.drawer.Draw(w.places, 1)
			s := w.drawer.Space()
			for k := range fixed {
				f, t := &fixed[k], &ts[k]
				yes := f.accepted(s)
				var home uint64
				for q := range s.Parties {
					groups, carried := f.carried(s, q)
					addBits(t.groups[q], groups)
					if carried {
						home |= 1 << q
					}
				}
				addBits(t.parties, yes)
				addBits(t.home, home)
				zone := f.admitted && s.Consent.Holds(yes, len(s.Parties))
				for _, c := range []struct {
					n  *int
					is bool
				}{{&t.accepted, f.admitted && yes == everyone}, {&t.zone, zone}, {&t.carried, home == everyone}, {&t.zoneCarried, zone && home == everyone}} {
					if c.is {
						*c.n++
					}
				}
			}
		}
		adding.Lock() // whole numbers: the order does not matter
		defer adding.Unlock()
		for k := range sum {
			a, t := &sum[k], &ts[k]
			addAll(a.parties, t.parties)
			addAll(a.home, t.home)
			for q := range a.groups {
				addAll(a.groups[q], t.groups[q])
			}
			a.accepted += t.accepted
			a.zone += t.zone
			a.carried += t.carried
			a.zoneCarried += t.zoneCarried
		}
		return nil
	})
	if err != nil {
		// Without all draws, shares would be of another number than is said.
		b.r.Candidates, b.r.Focus = nil, -1
		return err
	}
	n := b.r.Draws
	shares := func(hits []int) []Share {
		var out []Share
		for _, h := range hits {
			out = append(out, share(h, n))
		}
		return out
	}
	for k := range sum {
		c, t := &b.r.Candidates[k], &sum[k]
		c.Parties, c.Home = shares(t.parties), shares(t.home)
		for q := range t.groups {
			c.Constituencies = append(c.Constituencies, shares(t.groups[q]))
		}
		c.Accepted, c.Zone, c.Carried, c.ZoneCarried = share(t.accepted, n), share(t.zone, n), share(t.carried, n), share(t.zoneCarried, n)
		if b.r.Most < 0 || t.zone > b.r.Candidates[b.r.Most].Zone.Hits {
			b.r.Most = k
		}
	}
	b.tell(0.75)
	return nil
}

func addBits(n []int, yes uint64) {
	for i := range n {
		n[i] += int(yes >> i & 1)
	}
}

func addAll(n, more []int) {
	for i, v := range more {
		n[i] += v
	}
}

// narrow finds how often the Nash package stays when ranges are drawn together.
func (b *robust) narrow() error {
	if b.nash < 0 || !b.r.Solved {
		return nil
	}
	draws := max(1, min(b.r.Draws/4, 1024))
	for k, part := range []float64{0.25, 0.5} {
		if b.used/float64(b.r.Draws)*float64(draws) > float64(b.opt.Time.Nanoseconds())-b.used {
			return nil
		}
		stays := make([]bool, draws)
		if _, err := b.each(draws, func(w *drawWorker, item int) error {
			outcome.Fill(w.places, b.opt.Seed, streamNarrowed+uint64(k), uint64(item))
			w.drawer.Draw(w.places, part)
			a, err := b.verdict(w)
			stays[item] = a.same
			return err
		}); err != nil {
			var over *budget.Excess
			if errors.As(err, &over) {
				return nil // what is narrower was harder to solve: leave it out
			}
			return err
		}
		hits := 0
		for _, yes := range stays {
			if yes {
				hits++
			}
		}
		b.r.Nash.Narrowed = append(b.r.Nash.Narrowed, Narrowed{part, share(hits, draws)})
	}
	b.tell(0.8)
	return nil
}

// A verdict is what a draw says beside the headline.
type verdict struct {
	zone bool
	same bool // its Nash package is that of the headline values
}

// verdict returns that of the worker's draw; nothing where draws are not solved. A draw is solved no
// further than it takes.
func (b *robust) verdict(w *drawWorker) (verdict, error) {
	switch {
	case !b.r.Solved:
		return verdict{}, nil
	case b.nash < 0:
		zone, err := w.solver.hasZone(b.ctx, b.known)
		return verdict{zone: zone}, err
	case w.solver.outdone(b.headline, b.known):
		return verdict{zone: true}, nil
	}
	a, err := w.solver.solve(b.ctx, b.known)
	return verdict{a.zone, a.nash == b.nash}, err
}

// radius finds how far a package stands.
func (b *robust) radius(f *fixedPackage) Radius {
	s := b.u.Space
	r := Radius{RangesParty: -1, ScoresParty: -1}
	yes := f.accepted(s)
	var rows []*outcome.Row
	s.Rows(func(_ int, row *outcome.Row) bool { rows = append(rows, row); return true })
	for q := range s.Parties {
		p := &s.Parties[q]
		if yes>>q&1 == 0 || !p.Threshold.Set {
			continue
		}
		margin := big.NewInt(f.worth(s, q) - p.Threshold.Value)
		// Scores lie lower by what reaches down from the mode, the threshold higher by
		// what reaches up.
		down, size := new(big.Rat), new(big.Int)
		for k := range b.u.Numbers {
			n := &b.u.Numbers[k]
			if n.Row != f.rows[q] {
				continue
			}
			switch n.Kind {
			case outcome.Score:
				if w := b.u.Weight(n, f.outcome[n.Issue]); w.Sign() > 0 {
					down.Add(down, w.Mul(w, new(big.Rat).SetInt64(n.Mode-n.Low)))
				}
			case outcome.Addition:
				if slices.Contains(f.adds[n.Row], n.At) {
					down.Add(down, new(big.Rat).SetInt64(n.Mode-n.Low))
				}
			default:
				down.Add(down, new(big.Rat).SetInt64(n.High-n.Mode))
			}
		}
		for i, o := range f.outcome {
			v := big.NewInt(rows[f.rows[q]].Scores[i][o])
			size.Add(size, v.Abs(v))
		}
		if down.Sign() > 0 {
			at := new(big.Rat).SetInt(margin)
			if at.Quo(at, down); r.Ranges == nil || at.Cmp(r.Ranges) < 0 {
				r.Ranges, r.RangesParty = at, q
			}
		}
		if size.Sign() > 0 {
			if at := new(big.Rat).SetFrac(margin, size); r.Scores == nil || at.Cmp(r.Scores) < 0 {
				r.Scores, r.ScoresParty = at, q
			}
		}
	}
	return r
}
