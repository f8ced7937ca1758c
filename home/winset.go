// Package home asks what each party can carry at home: the win set of every party (Putnam 1988), whose answer
// decides there, what of the zone survives, and which package survives the most defections. [Find] counts
// that in one listing; [Moves] says who must change their mind for one package.
package home

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// WinSets says what each side could carry at home (Putnam 1988): the part of the
// zone, and of everything that the requirements admit, that survives its ratification.
type WinSets struct {
	Admitted, Zone int64 // packages that satisfy the requirements; those of the zone
	// OverlapAdmitted and Overlap count those of them that every party carries.
	OverlapAdmitted, Overlap int64
	Parties                  []WinSet
	// Sturdiest is the package of the zone that survives the most defections; nil where
	// every party carries none of the zone's packages, where no party has
	// constituencies, and where Why says why it was not found.
	Sturdiest *Sturdy
	Why       string
}

// A WinSet is what one party could carry at home. A party without constituencies
// carries everything.
type WinSet struct {
	Admitted, Zone int64
	Groups         []Pivot // by constituency
}

// A Pivot is what one constituency's answer is worth.
type Pivot struct {
	// Power is its power over all coalitions of constituencies, whatever their scores;
	// nil where there are too many to count.
	Power *outcome.Power
	// Of the packages of the zone, it accepts Accepts; Decides of those are carried and
	// would not be without its yes; Blocks are not carried and would be with its yes.
	Accepts, Decides, Blocks int64
	// Pivotal is its Shapley–Shubik index restricted to the packages of the zone that its party
	// carries: of the orders in which those who accept such a package can say yes, one after another,
	// the share in which its yes is the one that decides, averaged over the packages. Undoing the rule is
	// taken off. nil where there is no such package or there are too many sets of answers to follow.
	Pivotal *big.Rat
}

// A Sturdy package is one that survives defections at home.
type Sturdy struct {
	Outcome outcome.Outcome
	// Defections is the least number of constituencies of one side, among those that
	// accept the package, whose refusal makes that side fail; -1 where no refusal does.
	Defections int
	// Slack is the least number of points by which a constituency that accepts the package
	// clears its threshold; nil where none of them has one.
	Slack *big.Rat
}

// A homeTally is one goroutine's part of a WinSets.
type homeTally struct {
	admitted, zone, overlapAdmitted, overlap int64
	parties                                  []WinSet

	carried, all []uint64     // of the block's admitted packages, those one party carries, those all do
	yes          [][][]uint64 // by party, constituency and word
	defections   []map[uint64]int
	tooMany      bool
	answered     []map[uint64]int64 // by party, packages of the zone by who accepts; nil: too many sets

	robust     bool
	rank       int64
	least      int          // defections, never for none
	slack      pareto.Ratio // meaningless without limited
	limited    bool
	candidates []uint64
}

// Limits of the sets of answers that are told apart, and of the coalitions visited within them.
const (
	maxAnswers    = 1 << 14
	maxCoalitions = 1 << 24
)

// never stands for a rule that no refusal makes fail.
const never = 65

// Find counts what survives at home, in one listing of s. Everything in it is
// exact. It fails when s does not check, when it is too large to list within the budget
// of opt, and when ctx ends.
//
// The package most robust to defections has the greatest number of Defections, then the
// greatest Slack, and is the first of those in the order of issues and options.
func Find(ctx context.Context, s *outcome.Space, opt bargain.Options) (*WinSets, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if _, ok := s.Count(); !ok || visit.Work(s) > float64(cmp.Or(opt.Time, budget.DefaultTime).Nanoseconds()) {
		return nil, fmt.Errorf("%v packages are too many to list, and what survives at home is counted package by package", s.Size())
	}
	sc, err := visit.New(s)
	if err != nil {
		return nil, err
	}
	tallies, err := visit.Each(ctx, sc, opt.Progress, func(*visit.Scanner) *homeTally { return newHomeTally(sc) },
		func(w *visit.Scanner, t *homeTally) error { t.block(w); return nil })
	if err != nil {
		return nil, err
	}
	out := &WinSets{Parties: make([]WinSet, len(s.Parties))}
	for i := range s.Parties {
		p := &s.Parties[i]
		out.Parties[i].Groups = make([]Pivot, len(p.Constituencies))
		if len(p.Constituencies) == 0 {
			continue
		}
		if powers, ok := p.Ratification.Power(len(p.Constituencies)); ok {
			for k := range powers {
				out.Parties[i].Groups[k].Power = &powers[k]
			}
		}
	}
	best := &homeTally{}
	for _, t := range tallies {
		out.Admitted += t.admitted
		out.Zone += t.zone
		out.OverlapAdmitted += t.overlapAdmitted
		out.Overlap += t.overlap
		for i := range t.parties {
			to, from := &out.Parties[i], &t.parties[i]
			to.Admitted += from.Admitted
			to.Zone += from.Zone
			for k := range from.Groups {
				to.Groups[k].Accepts += from.Groups[k].Accepts
				to.Groups[k].Decides += from.Groups[k].Decides
				to.Groups[k].Blocks += from.Groups[k].Blocks
			}
		}
		for i := range t.answered {
			if best.answered == nil {
				best.answered = make([]map[uint64]int64, len(s.Parties))
				for q := range best.answered {
					best.answered[q] = make(map[uint64]int64)
				}
			}
			best.absorb(i, t.answered[i])
		}
		best.tooMany = best.tooMany || t.tooMany
		if t.robust && (!best.robust || best.worse(t.least, t.slack, t.limited, t.rank)) {
			best.robust, best.least, best.slack, best.limited, best.rank = true, t.least, t.slack, t.limited, t.rank
		}
	}
	for i := range best.answered {
		party := &s.Parties[i]
		for k, x := range pivotal(party.Ratification, len(party.Constituencies), best.answered[i]) {
			out.Parties[i].Groups[k].Pivotal = x
		}
	}
	switch {
	case best.tooMany:
		out.Why = "a ratification rule has too many groups of different weight to find the fewest that undo it"
	case best.robust:
		out.Sturdiest = &Sturdy{Outcome: sc.Lister.Outcome(best.rank), Defections: best.least}
		if best.least == never {
			out.Sturdiest.Defections = -1
		}
		if best.limited {
			out.Sturdiest.Slack = big.NewRat(best.slack.Num, best.slack.Den)
		}
	}
	return out, nil
}

// absorb adds what was counted of party i's answers elsewhere.
func (t *homeTally) absorb(i int, from map[uint64]int64) {
	if from == nil {
		t.answered[i] = nil
	}
	for yes, n := range from {
		if t.answered[i] != nil {
			t.answer(i, yes, n)
		}
	}
}

// answer counts n packages of the zone that those in yes accept.
func (t *homeTally) answer(i int, yes uint64, n int64) {
	if t.answered[i][yes] += n; len(t.answered[i]) > maxAnswers {
		t.answered[i] = nil
	}
}

// pivotal returns the restricted Shapley–Shubik index of each of n constituencies, given how
// many packages each set of them accepts; nil where there are too many coalitions or no
// package is carried.
func pivotal(rule outcome.Rule, n int, answered map[uint64]int64) []*big.Rat {
	carried, coalitions := int64(0), 0
	for yes, packages := range answered {
		if rule.Holds(yes, n) {
			carried += packages
			if coalitions += 1 << min(bits.OnesCount64(yes), 30); coalitions > maxCoalitions {
				return nil
			}
		}
	}
	if carried == 0 {
		return nil
	}
	index := make([]*big.Rat, n)
	for k := range index {
		index[k] = new(big.Rat)
	}
	for _, yes := range slices.Sorted(maps.Keys(answered)) {
		if !rule.Holds(yes, n) {
			continue
		}
		m := bits.OnesCount64(yes)
		swings := make([][]int64, n) // by constituency and number of those who said yes before it
		for k := range swings {
			swings[k] = make([]int64, m+1)
		}
		for part := yes; ; part = (part - 1) & yes { // every subset
			if rule.Holds(part, n) {
				size := bits.OnesCount64(part)
				for rest := yes; rest != 0; rest &= rest - 1 {
					k := bits.TrailingZeros64(rest)
					if part>>k&1 != 0 {
						swings[k][size-1]++
					} else {
						swings[k][size]--
					}
				}
			}
			if part == 0 {
				break
			}
		}
		whole := new(big.Int).MulRange(1, int64(m))
		for k := range swings {
			if yes>>k&1 == 0 {
				continue
			}
			for before, d := range swings[k][:m] {
				orders := new(big.Int).MulRange(1, int64(before))
				orders.Mul(orders, new(big.Int).MulRange(1, int64(m-1-before)))
				orders.Mul(orders, big.NewInt(d))
				orders.Mul(orders, big.NewInt(answered[yes]))
				index[k].Add(index[k], new(big.Rat).SetFrac(orders, whole))
			}
		}
	}
	for k := range index {
		index[k].Quo(index[k], new(big.Rat).SetInt64(carried))
	}
	return index
}

func newHomeTally(sc *visit.Scan) *homeTally {
	words, _ := sc.Lister.Places()
	t := &homeTally{parties: make([]WinSet, len(sc.Space.Parties)), carried: make([]uint64, words), all: make([]uint64, words), candidates: make([]uint64, words)}
	for i := range sc.Space.Parties {
		n := len(sc.Space.Parties[i].Constituencies)
		t.parties[i].Groups = make([]Pivot, n)
		yes := make([][]uint64, n)
		for k := range yes {
			yes[k] = make([]uint64, words)
		}
		t.yes = append(t.yes, yes)
		t.defections = append(t.defections, make(map[uint64]int))
		t.answered = append(t.answered, nil)
		if n > 0 {
			t.answered[i] = make(map[uint64]int64)
		}
	}
	return t
}

// block counts the block on which the scanner's cursor stands.
func (t *homeTally) block(w *visit.Scanner) {
	if !w.Admitted() {
		return
	}
	t.admitted += outcome.Ones(w.Words)
	copy(t.all, w.Words)
	copy(t.candidates, w.Words) // becomes the zone
	inZone := w.InZone()
	t.candidates, w.Words = w.Words, t.candidates
	if !inZone {
		clear(t.candidates)
	}
	t.zone += outcome.Ones(t.candidates)
	constituencies := false
	for p := range w.Space.Parties {
		party, win := &w.Space.Parties[p], &t.parties[p]
		n := len(party.Constituencies)
		if n == 0 {
			win.Admitted += outcome.Ones(w.Words)
			win.Zone += outcome.Ones(t.candidates)
			continue
		}
		constituencies = true
		for c := range n {
			th := party.Constituencies[c].Threshold
			base, table, _, _ := w.Cursor.Values(w.Lister.Row(p) + 1 + c)
			for i, word := range w.Words {
				switch {
				case word == 0:
				case th.Set:
					t.yes[p][c][i] = visit.Reaching(table[i*64:min(i*64+64, len(table))], th.Value-base)
				default:
					t.yes[p][c][i] = ^uint64(0)
				}
			}
		}
		yes := w.Yes[:n]
		for i, word := range w.Words {
			if word == 0 {
				continue
			}
			for c := range yes {
				yes[c] = t.yes[p][c][i]
			}
			carried := party.Ratification.HoldsEach(yes)
			zone := t.candidates[i]
			win.Admitted += int64(bits.OnesCount64(word & carried))
			win.Zone += int64(bits.OnesCount64(zone & carried))
			t.all[i] &= carried
			if zone == 0 {
				continue
			}
			for rest := zone; rest != 0 && t.answered[p] != nil; rest &= rest - 1 {
				bit := bits.TrailingZeros64(rest)
				var set uint64
				for c := range yes {
					set |= yes[c] >> bit & 1 << c
				}
				t.answer(p, set, 1)
			}
			for c := range yes {
				own := yes[c]
				g := &win.Groups[c]
				g.Accepts += int64(bits.OnesCount64(zone & own))
				yes[c] = 0
				g.Decides += int64(bits.OnesCount64(zone & own & carried &^ party.Ratification.HoldsEach(yes)))
				yes[c] = ^uint64(0)
				g.Blocks += int64(bits.OnesCount64(zone &^ own &^ carried & party.Ratification.HoldsEach(yes)))
				yes[c] = own
			}
		}
	}
	t.overlapAdmitted += outcome.Ones(t.all)
	for i := range t.candidates {
		t.candidates[i] &= t.all[i]
	}
	t.overlap += outcome.Ones(t.candidates)
	if constituencies && !t.tooMany {
		t.offer(w)
	}
}

// offer ranks the block's packages of the zone that every party carries.
func (t *homeTally) offer(w *visit.Scanner) {
	for i, word := range t.candidates {
	places:
		for ; word != 0; word &= word - 1 {
			bit := bits.TrailingZeros64(word)
			j := i<<6 | bit
			least := never
			for p := range w.Space.Parties {
				n := len(t.yes[p])
				if n == 0 {
					continue
				}
				var yes uint64
				for c := range t.yes[p] {
					yes |= t.yes[p][c][i] >> bit & 1 << c
				}
				d, ok := t.defections[p][yes]
				if !ok {
					set, found, known := w.Space.Parties[p].Ratification.Fewest(yes, yes, n, false, nil, nil)
					switch {
					case !known:
						t.tooMany = true
						return
					case found:
						d = bits.OnesCount64(set)
					default:
						d = never
					}
					t.defections[p][yes] = d
				}
				if least = min(least, d); t.robust && least < t.least {
					continue places
				}
			}
			var slack pareto.Ratio
			limited := false
			for p := range w.Space.Parties {
				for c := range t.yes[p] {
					row := &w.Space.Parties[p].Constituencies[c]
					if t.yes[p][c][i]>>bit&1 == 0 || !row.Threshold.Set {
						continue
					}
					base, table, _, _ := w.Cursor.Values(w.Lister.Row(p) + 1 + c)
					over := pareto.Ratio{Num: base + table[j] - row.Threshold.Value, Den: row.Units()}
					if !limited || over.Compare(slack) < 0 {
						slack, limited = over, true
					}
				}
			}
			if rank := w.Cursor.Rank(j); !t.robust || t.worse(least, slack, limited, rank) {
				t.robust, t.least, t.slack, t.limited, t.rank = true, least, slack, limited, rank
			}
		}
	}
}

// worse reports whether the best so far ranks behind another package.
func (t *homeTally) worse(least int, slack pareto.Ratio, limited bool, rank int64) bool {
	if least != t.least {
		return least > t.least
	}
	if limited != t.limited {
		return t.limited // without a threshold nothing can slip
	}
	if limited {
		if c := slack.Compare(t.slack); c != 0 {
			return c > 0
		}
	}
	return rank < t.rank
}

// A Move says, of one package and one party, whose answer at home would have to change.
type Move struct {
	Party   int
	Carried bool // as it stands; then Groups are the fewest whose refusal would undo it
	// Groups are the constituencies that would have to change their answer: a smallest set
	// of them and, among sets of that size, one whose points add up to the least. nil
	// where no change of answers turns the result, and where Known is false.
	Groups []int
	// Points, by Groups, are what each must gain to say yes (or lose to say no, by more than
	// that): the distance from its threshold. nil for one without a threshold.
	Points []*big.Rat
	Known  bool
}

// Moves says, of package o, who must move at home: by party that has constituencies,
// whose yes is missing where it does not carry the package, and whose no would undo it
// where it does. A group that accepts everything can refuse nothing and is left out of
// what could undo a package.
func Moves(s *outcome.Space, o outcome.Outcome) []Move {
	var moves []Move
	for i := range s.Parties {
		p := &s.Parties[i]
		n := len(p.Constituencies)
		if n == 0 {
			continue
		}
		var yes, movable uint64
		distance := make([]*big.Rat, n)
		order := make([]int, n)
		for k := range p.Constituencies {
			row := &p.Constituencies[k]
			order[k] = k
			v := row.Value(o)
			if row.Threshold.Accepts(v) {
				yes |= 1 << k
			}
			if row.Threshold.Set {
				movable |= 1 << k
				d := row.Points(v - row.Threshold.Value)
				distance[k] = d.Abs(d)
			}
		}
		m := Move{Party: i, Carried: p.Ratification.Holds(yes, n)}
		if m.Carried {
			movable &= yes
		} else {
			movable &^= yes
		}
		sum := func(set uint64) *big.Rat {
			total := new(big.Rat)
			for ; set != 0; set &= set - 1 {
				total.Add(total, distance[bits.TrailingZeros64(set)])
			}
			return total
		}
		slices.SortStableFunc(order, func(a, b int) int {
			if (movable>>a)&(movable>>b)&1 == 0 {
				return int(movable>>b&1) - int(movable>>a&1)
			}
			return distance[a].Cmp(distance[b])
		})
		set, found, known := p.Ratification.Fewest(yes, movable, n, !m.Carried, order, func(a, b uint64) bool { return sum(a).Cmp(sum(b)) < 0 })
		if m.Known = known; found {
			for ; set != 0; set &= set - 1 {
				k := bits.TrailingZeros64(set)
				m.Groups = append(m.Groups, k)
				m.Points = append(m.Points, distance[k])
			}
		}
		moves = append(moves, m)
	}
	return moves
}
