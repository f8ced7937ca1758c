package bargain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/internal/boxes"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Considered is a method that the planner looked at, in the order of preference.
type Considered struct {
	Method Method
	Chosen bool
	Why    string        // why it was chosen, or passed over
	Work   time.Duration // estimated before starting, of one core; 0 where it was not
}

const (
	sampleSeed = 1
)

// readable is the largest space of four parties or more whose frontier is summed
// before single solutions are looked for: a larger one has a frontier that nobody reads.
const readable = 1e10

// longListing is the work of listing, in nanoseconds, beyond which a proof is first
// looked for by branching on conditions.
const longListing = 1e9

// manyPoints is the number of points beyond which a frontier of four parties or more is
// not summed before single solutions are looked for.
const manyPoints = 1e6

// fewPackages is the number of packages up to which the frontier's size is not estimated.
const fewPackages = 1 << 16

// expectedPoints estimates the points on the zone's frontier, or with whole on that of all
// outcomes: from how many of a sample are efficient, and how much fewer of half of it. Nothing
// but the planner looks at it.
func expectedPoints(s *outcome.Space, whole bool) float64 {
	const draws, most = 1 << 13, 1 << 11
	r := rand.New(rand.NewPCG(sampleSeed, 0))
	o := make(outcome.Outcome, len(s.Issues))
	var sample [][]int64
	drawn := 0
	for ; drawn < draws && len(sample) < most; drawn++ {
		for i, is := range s.Issues {
			o[i] = r.IntN(is.Options)
		}
		if !s.Admits(o) || !whole && !s.InZone(o) {
			continue
		}
		u := make([]int64, len(s.Parties))
		for p := range u {
			u[p] = s.Parties[p].Value(o)
		}
		sample = append(sample, u)
	}
	points := func(list [][]int64) float64 {
		list = slices.Clone(list)
		slices.SortFunc(list, func(x, y []int64) int { return slices.Compare(y, x) })
		sweep, n := pareto.NewSweep(len(s.Parties)), 0
		for _, u := range list {
			if !sweep.Dominated(u) {
				sweep.Add(u)
				n++
			}
		}
		return float64(max(n, 1))
	}
	size := float64(len(sample))
	zone := visit.Size(s) * max(size, 1) / float64(drawn)
	n := points(sample)
	if size < 16 {
		return min(zone, n)
	}
	growth := min(max(n/points(sample[:len(sample)/2]), 1), 2)
	for ; size < zone; size *= 2 {
		n *= growth
	}
	return min(n, zone)
}

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
	on, unfit := network.NewGround(s, run.opt.Ratifiable)
	home := s.AsksHome()
	most := float64(run.opt.Time.Nanoseconds())

	points := 0.0
	if n, ok := s.Count(); ok && n > fewPackages && len(s.Parties) > 3 {
		points = expectedPoints(s, run.opt.Whole)
	}
	list := candidate{method: Listing, work: visit.Work(s) + float64(budget.Pair*points*points), run: func() error { return run.list(a) },
		why: "every package is visited"}
	if _, ok := s.Count(); !ok || visit.Work(s) > most {
		list.refused = fmt.Sprintf("%v packages are too many to list", s.Size())
	} else if list.work > most {
		list.refused = fmt.Sprintf("of %v packages about %.0f would be efficient, too many to compare with each other", s.Size(), points)
	}
	if unfit != "" {
		none := candidate{method: Elimination, refused: "issues cannot be summed one by one, because " + unfit}
		return []candidate{list, none}
	}
	linked := on.Linked()
	plain := len(on.Zone) == 1 && on.Agreed == nil && len(on.Zone[0].Floor) == len(s.Parties)
	sum := candidate{method: Merging, why: "no condition or adjustment links issues, so frontiers of single issues are summed",
		run: func() error { return run.eliminate(a, on) }}
	if linked {
		sum.method = Elimination
		sum.why = "issues are summed one by one, linked ones once for each of their joint options"
	}
	if n := len(on.Zone) + len(on.Agreed); n > 1 {
		sum.why += fmt.Sprintf(", for each of %d ways to agree", n)
	}
	branch := candidate{method: Branching, why: "many issues are linked, so that conditions are branched on",
		run: func() error { return run.branch(a, on, run.opt.Time.Nanoseconds(), false) }}
	if len(s.Parties) != 2 || !plain {
		branch.why = "many issues are linked, so that conditions are branched on, for one solution after the other"
		branch.run = func() error { return run.bound(a, on, run.opt.Time.Nanoseconds()/budget.Branch, boxes.NewProver) }
	}
	if !linked {
		branch.refused = "no condition or adjustment links issues"
	}
	single := candidate{method: Bounding, why: "solutions are found one by one, each with a bound that nothing surpasses",
		run: func() error { return run.bound(a, on, run.opt.Time.Nanoseconds()/budget.Score, prove.NewSearch) }}
	if linked || run.opt.Whole && len(network.Frame(s).Links) > 0 {
		single.refused = "conditions or adjustments link issues"
	}
	switch {
	case len(s.Parties) == 2 && !linked && plain && !(home && list.refused == ""):
		if sum.work = on.Zone[0].MergingWork(); sum.work < list.work || list.refused != "" {
			return []candidate{sum, list, branch, single}
		}
		list.why = "to visit every package is less work than to sum issues"
		return []candidate{list, sum, branch, single}
	case len(s.Parties) > 3 && !linked:
		if visit.Size(s) > readable || points > manyPoints {
			return []candidate{list, single, sum, branch}
		}
	case len(s.Parties) == 2 && linked && plain:
		if p, err := network.NewPlan(on.Zone[0]); err != nil || p.Cells > network.ManyCells {
			if list.refused == "" && list.work > longListing && !home {
				first := branch
				first.run = func() error { return run.branch(a, on, int64(list.work), true) }
				return []candidate{first, list, sum, single}
			}
			return []candidate{list, branch, sum, single}
		}
	}
	return []candidate{list, sum, branch, single}
}
