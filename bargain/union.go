package bargain

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A union is the frontier of the outcomes that belong to one of several networks, each
// summed by itself.
type union struct {
	parts  []*eliminated
	points []shared // nil where there is one part
}

// A shared is a point with its place in each part, -1 where the part does not have it.
type shared struct {
	u      []int64
	places []int
}

// maxShared bounds the outcomes that are named to count those that several parts have.
const maxShared = 1 << 12

// newUnion puts together what parts ask for of their frontiers.
func newUnion(parts []*eliminated) *union {
	f := &union{parts: parts}
	if len(parts) < 2 {
		return f
	}
	type place struct{ part, at int }
	var all []place
	for k, e := range parts {
		for i := range e.len() {
			all = append(all, place{k, i})
		}
	}
	vector := func(p place) []int64 { return parts[p.part].at(p.at) }
	slices.SortFunc(all, func(x, y place) int {
		return cmp.Or(slices.Compare(vector(y), vector(x)), cmp.Compare(x.part, y.part))
	})
	sweep := newSweep(parts[0].plan.network.parties)
	for _, p := range all {
		u := vector(p)
		if n := len(f.points); n > 0 && slices.Equal(f.points[n-1].u, u) {
			f.points[n-1].places[p.part] = p.at
			continue
		}
		if sweep.dominated(u) {
			continue
		}
		sweep.add(u)
		s := shared{u: u, places: make([]int, len(parts))}
		for k := range s.places {
			s.places[k] = -1
		}
		s.places[p.part] = p.at
		f.points = append(f.points, s)
	}
	return f
}

func (f *union) len() int {
	if len(f.parts) == 1 {
		return f.parts[0].len()
	}
	return len(f.points)
}

func (f *union) at(i int) []int64 {
	if len(f.parts) == 1 {
		return f.parts[0].at(i)
	}
	return f.points[i].u
}

// first returns the first outcome that reaches point i, and how many do. An outcome that
// several parts have is counted once; where there may be too many of them, none is.
func (f *union) first(i int) (outcome.Outcome, *big.Int) {
	if len(f.parts) == 1 {
		return f.parts[0].first(i)
	}
	var first outcome.Outcome
	sum, having := new(big.Int), 0
	for k, at := range f.points[i].places {
		if at < 0 {
			continue
		}
		having++
		o, n := f.parts[k].first(at)
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
	return first, big.NewInt(int64(len(f.outcomes(i, maxShared))))
}

// canonical reports whether the outcomes of point i come in the order of issues and options.
func (f *union) canonical(i int) bool {
	if len(f.parts) == 1 {
		return f.parts[0].canonical(i)
	}
	for k, at := range f.points[i].places {
		if at >= 0 && !f.parts[k].canonical(at) {
			return false
		}
	}
	return true
}

// outcomes returns the first outcomes that reach point i, up to most.
func (f *union) outcomes(i, most int) []outcome.Outcome {
	if len(f.parts) == 1 {
		return f.parts[0].outcomes(i, most)
	}
	var all []outcome.Outcome
	for k, at := range f.points[i].places {
		if at >= 0 {
			all = append(all, f.parts[k].outcomes(at, most)...)
		}
	}
	slices.SortFunc(all, slices.Compare)
	all = slices.CompactFunc(all, slices.Equal[outcome.Outcome])
	return all[:min(most, len(all))]
}

// options says, by issue and option, whether any outcome meets every floor with it; nil
// where that is not found out.
func (f *union) options() [][]bool {
	if len(f.parts) != 1 || len(f.parts[0].flip) != 2 {
		return nil
	}
	return f.parts[0].options()
}
