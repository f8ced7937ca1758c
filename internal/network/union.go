package network

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Union is the frontier of the outcomes that belong to one of several networks, each
// summed by itself.
type Union struct {
	Parts  []*Eliminated
	points []shared // nil where there is one part
}

// A shared is a point with its place in each part, -1 where the part does not have it.
type shared struct {
	u      []int64
	places []int
}

// maxShared bounds the outcomes that are named to count those that several parts have.
const maxShared = 1 << 12

// NewUnion puts together what parts ask for of their frontiers.
func NewUnion(parts []*Eliminated) *Union {
	f := &Union{Parts: parts}
	if len(parts) < 2 {
		return f
	}
	type place struct{ part, at int }
	var all []place
	for k, e := range parts {
		for i := range e.Len() {
			all = append(all, place{k, i})
		}
	}
	vector := func(p place) []int64 { return parts[p.part].At(p.at) }
	slices.SortFunc(all, func(x, y place) int {
		return cmp.Or(slices.Compare(vector(y), vector(x)), cmp.Compare(x.part, y.part))
	})
	sweep := pareto.NewSweep(parts[0].Plan.Network.Parties)
	for _, p := range all {
		u := vector(p)
		if n := len(f.points); n > 0 && slices.Equal(f.points[n-1].u, u) {
			f.points[n-1].places[p.part] = p.at
			continue
		}
		if sweep.Dominated(u) {
			continue
		}
		sweep.Add(u)
		s := shared{u: u, places: make([]int, len(parts))}
		for k := range s.places {
			s.places[k] = -1
		}
		s.places[p.part] = p.at
		f.points = append(f.points, s)
	}
	return f
}

func (f *Union) Len() int {
	if len(f.Parts) == 1 {
		return f.Parts[0].Len()
	}
	return len(f.points)
}

func (f *Union) At(i int) []int64 {
	if len(f.Parts) == 1 {
		return f.Parts[0].At(i)
	}
	return f.points[i].u
}

// First returns the first outcome that reaches point i, and how many do. An outcome that
// several parts have is counted once; where there may be too many of them, none is.
func (f *Union) First(i int) (outcome.Outcome, *big.Int) {
	if len(f.Parts) == 1 {
		return f.Parts[0].First(i)
	}
	var first outcome.Outcome
	sum, having := new(big.Int), 0
	for k, at := range f.points[i].places {
		if at < 0 {
			continue
		}
		having++
		o, n := f.Parts[k].First(at)
		if first == nil || slices.Compare(o, first) < 0 {
			first = o
		}
		if n == nil || sum == nil {
			sum = nil
			continue
		}
		sum.Add(sum, n)
	}
	switch {
	case sum == nil || having == 1:
		return first, sum
	case sum.Cmp(big.NewInt(maxShared)) > 0:
		return first, nil
	}
	return first, big.NewInt(int64(len(f.Outcomes(i, maxShared))))
}

// Canonical reports whether the outcomes of point i come in the order of issues and options.
func (f *Union) Canonical(i int) bool {
	if len(f.Parts) == 1 {
		return f.Parts[0].canonical(i)
	}
	for k, at := range f.points[i].places {
		if at >= 0 && !f.Parts[k].canonical(at) {
			return false
		}
	}
	return true
}

// Outcomes returns the first outcomes that reach point i, up to most.
func (f *Union) Outcomes(i, most int) []outcome.Outcome {
	if len(f.Parts) == 1 {
		return f.Parts[0].Outcomes(i, most)
	}
	var all []outcome.Outcome
	for k, at := range f.points[i].places {
		if at >= 0 {
			all = append(all, f.Parts[k].Outcomes(at, most)...)
		}
	}
	slices.SortFunc(all, slices.Compare)
	all = slices.CompactFunc(all, slices.Equal[outcome.Outcome])
	return all[:min(most, len(all))]
}

// Options says, by issue and option, whether any outcome meets every floor with it; nil
// where that is not found out.
func (f *Union) Options() [][]bool {
	if len(f.Parts) != 1 || len(f.Parts[0].Flip) != 2 {
		return nil
	}
	return f.Parts[0].options()
}
