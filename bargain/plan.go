package bargain

import (
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Considered is a method that the planner looked at, in the order of preference.
type Considered struct {
	Method Method
	Chosen bool
	Why    string        // why it was chosen, or passed over
	Work   time.Duration // estimated before starting, of one core; 0 where it was not
}

// An excess is an error that says that a method's work or memory passes its budget.
// The planner then turns to the next method.
type excess struct{ what string }

func (e *excess) Error() string { return e.what }

func tooMuch(format string, args ...any) error { return &excess{fmt.Sprintf(format, args...)} }

// Work is estimated, in nanoseconds of one core, by counting operations with
// constants measured on the benchmarks of this package. It is never timed, so that the
// same space is analysed in the same way on every machine. Products are rounded before
// they are added, so that no machine fuses the two.

// listingWork estimates the work of listing.
func listingWork(s *outcome.Space) float64 {
	each := 1.5
	switch n := len(s.Parties); {
	case n == 3:
		each = 8
	case n > 3:
		each = 100
	}
	for i := range s.Parties {
		each += float64(0.5 * float64(len(s.Parties[i].Constituencies)))
	}
	n, _ := new(big.Float).SetInt(s.Size()).Float64()
	return each * n
}

// mergingWork bounds the work of summing issues of two parties that no links join,
// and of naming the outcomes of the frontier: a partial frontier has at most as many
// points as there are sums, or utilities in the first party's range.
func (n *network) mergingWork() float64 {
	work, sums := 0.0, 1.0
	width, choices := 1.0, 0.0
	for _, issue := range slices.Backward(n.issues) {
		if len(issue) == 0 {
			return 0
		}
		low, high := issue[0].gain[0], issue[0].gain[0]
		for _, c := range issue {
			low, high = min(low, c.gain[0]), max(high, c.gain[0])
		}
		size := float64(len(issue))
		work += float64(candidateWork(2) * size * min(sums, width) * float64(bits.Len(uint(len(issue)))))
		sums *= size
		width += float64(high - low)
		choices += size
	}
	return work + float64(50*choices*min(sums, width))
}

// candidateWork estimates the work for one vector that is to be merged into a frontier.
func candidateWork(parties int) float64 {
	switch parties {
	case 1, 2:
		return 5
	case 3:
		return 60 // or 20 where the parties' utilities fit in a word
	case 4:
		return 2000
	}
	return 4000
}

// scoreWork estimates the work for one score that a search reads.
const scoreWork = 5

// readable is the largest space of four parties or more whose frontier is summed
// before single solutions are looked for: a larger one has a frontier that nobody reads.
const readable = 1e10

// manyCells is the number of joint options of linked issues beyond which conditions are
// branched on before issues are summed.
const manyCells = 1 << 17

// A candidate is a method that may serve a space.
type candidate struct {
	method  Method
	why     string // for it
	work    float64
	refused string // why it cannot serve; empty when it may
	run     func() error
}

// candidates returns the methods that fit the space, in order of preference.
func (a *Analysis) candidates(s *outcome.Space, run *runner) []candidate {
	on, unfit := newGround(s, run.opt.Ratifiable)
	home := slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return len(p.Constituencies) > 0 })
	budget := float64(run.opt.Time.Nanoseconds())

	list := candidate{method: Listing, work: listingWork(s), run: func() error { return run.list(a) },
		why: "every package is visited"}
	if _, ok := s.Count(); !ok || list.work > budget {
		list.refused = fmt.Sprintf("%v packages are too many to list", s.Size())
	}
	if unfit != "" {
		none := candidate{method: Elimination, refused: "issues cannot be summed one by one, because " + unfit}
		return []candidate{list, none}
	}
	linked := on.linked()
	plain := len(on.zone) == 1 && on.agreed == nil && len(on.zone[0].floor) == len(s.Parties)
	sum := candidate{method: Merging, why: "no condition or adjustment links issues, so frontiers of single issues are summed",
		run: func() error { return run.eliminate(a, on) }}
	if linked {
		sum.method = Elimination
		sum.why = "issues are summed one by one, linked ones once for each of their joint options"
	}
	if n := len(on.zone) + len(on.agreed); n > 1 {
		sum.why += fmt.Sprintf(", for each of %d ways to agree", n)
	}
	branch := candidate{method: Branching, why: "many issues are linked, so that conditions are branched on", run: func() error { return run.branch(a, on) }}
	switch {
	case len(s.Parties) != 2:
		branch.refused = fmt.Sprintf("there are %d parties", len(s.Parties))
	case !linked:
		branch.refused = "no condition or adjustment links issues"
	case !plain:
		branch.refused = "it serves two parties who must both consent, and nobody at home"
	}
	single := candidate{method: Bounding, why: "solutions are found one by one, each with a bound that nothing surpasses",
		run: func() error { return run.bound(a, on) }}
	if linked {
		single.refused = "conditions or adjustments link issues"
	}
	switch {
	case len(s.Parties) == 2 && !linked && plain && !(home && list.refused == ""):
		if sum.work = on.zone[0].mergingWork(); sum.work < list.work || list.refused != "" {
			return []candidate{sum, list, branch, single}
		}
		list.why = "to visit every package is less work than to sum issues"
		return []candidate{list, sum, branch, single}
	case len(s.Parties) > 3 && !linked:
		if size, _ := new(big.Float).SetInt(s.Size()).Float64(); size > readable {
			return []candidate{list, single, sum, branch}
		}
	case len(s.Parties) == 2 && linked && plain:
		if p, err := newPlan(on.zone[0]); err != nil || p.cells > manyCells {
			return []candidate{list, branch, sum, single}
		}
	}
	return []candidate{list, sum, branch, single}
}
