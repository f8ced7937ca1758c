// Package boxes searches networks whose links are boxes, a set of options for each of several issues, or are
// cut into boxes: branch and bound over the conditions first, and over options where they no longer tell
// outcomes apart. [Solve] finds a frontier of two parties, [NewProver] single outcomes.
package boxes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// Limits of a boxed space. They keep its bounds in 64-bit integers, and a hostile
// one from exhausting memory.
const (
	maxBoxSides   = 1 << 16 // issues of boxes, over all boxes
	maxBoxOptions = 1 << 16 // options left over all issues
	maxBoxCells   = 1 << 22 // options left over all issues of all boxes
	maxUncutCells = 1 << 26 // and before any is dropped
	maxBoxWords   = 1 << 22 // words that say which options lie in which boxes
	maxSpan       = 1 << 44 // utilities of one party: greatest less least, nothing excluded
	maxPairwise   = 1 << 8  // options of one issue compared pair by pair
	maxComparings = 32      // times that options are compared anew, as fewer conditions tell them apart
)

// A boxed is a network whose links are all boxes, each of which pays one party when
// every one of its issues has an option of its side, or is forbidden. What pays
// outside a box pays always and takes back within; a table is cut into boxes.
//
// Of an issue's options only those are kept that no other replaces: one that pays
// every party as much by itself, and lies in every box that adds and in no further
// box that takes away or is forbidden. Exchanging one for the other can then only gain, so that
// the frontier is unchanged. What lies in a single issue is folded into its options.
type boxed struct {
	network *network.Network
	base    []int64            // by party, added always
	issues  [][]network.Choice // options kept; the least gain of an issue is 0 for every party
	boxes   []box
	low     []int64 // by party, bounds of its utility
	high    []int64
}

type box struct {
	party int   // -1: forbidden
	add   int64 // not 0; negative when forbidden
	sides []side
}

// A side is an issue of a box with its options that lie in it: some, not all.
type side struct {
	issue int
	in    []bool
}

// errNoOutcome says that conditions leave nothing.
var errNoOutcome = errors.New("the conditions leave no package")

// newBoxed writes a network as boxes. With all, only options that are alike in
// everything are taken as one. It fails with errNoOutcome, when a limit is passed, and
// when ctx ends.
func newBoxed(ctx context.Context, n *network.Network, all bool) (*boxed, error) {
	b := &boxed{network: n, base: make([]int64, len(n.Floor))}
	for _, choices := range n.Issues {
		kept := slices.Clone(choices)
		for k := range kept {
			kept[k].Gain = slices.Clone(kept[k].Gain)
		}
		b.issues = append(b.issues, kept)
	}
	for _, l := range n.Links {
		if box, inside := l.Table.Box(); box && !inside && l.Party < 0 {
			for k, i := range l.Table.Issues() {
				b.issues[i] = slices.DeleteFunc(b.issues[i], func(c network.Choice) bool { return !l.Table.Within(k, c.Option) })
			}
		}
	}
	for _, choices := range b.issues {
		if len(choices) == 0 {
			return nil, errNoOutcome
		}
	}
	cells := 0
	add := func(party int, value int64, sides []side) error {
		b.boxes = append(b.boxes, box{party, value, sides})
		for _, s := range sides {
			cells += len(s.in)
		}
		if cells > maxUncutCells {
			return fmt.Errorf("conditions over several issues pass %d options, counted in each of them", maxUncutCells)
		}
		return nil
	}
	for _, l := range n.Links {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		value := l.Add
		if l.Party < 0 {
			value = -1
		}
		box, inside := l.Table.Box()
		var err error
		switch {
		case value == 0 || box && !inside && l.Party < 0:
		case box && inside:
			err = add(l.Party, value, b.sides(l.Table))
		case box:
			b.base[l.Party] += value
			err = add(l.Party, -value, b.sides(l.Table))
		default:
			err = b.cut(l.Table, func(sides []side) error { return add(l.Party, value, sides) })
		}
		if err != nil {
			return nil, err
		}
	}
	if err := b.reduce(ctx, all); err != nil {
		return nil, err
	}
	for _, choices := range b.issues {
		for p := range b.base {
			least := slices.MinFunc(choices, func(c, d network.Choice) int { return cmp.Compare(c.Gain[p], d.Gain[p]) }).Gain[p]
			b.base[p] += least
			for c := range choices {
				choices[c].Gain[p] -= least
			}
		}
	}
	return b, b.check()
}

// sides returns those of a table made as a box.
func (b *boxed) sides(t *outcome.Table) []side {
	var sides []side
	for k, i := range t.Issues() {
		in := make([]bool, len(b.issues[i]))
		for c, choice := range b.issues[i] {
			in[c] = t.Within(k, choice.Option)
		}
		sides = append(sides, side{i, in})
	}
	return sides
}

// check bounds utilities and reports a limit that is passed.
func (b *boxed) check() error {
	sides, options, cells := 0, 0, 0
	b.low, b.high = slices.Clone(b.base), slices.Clone(b.base)
	for _, x := range b.boxes {
		sides += len(x.sides)
		for _, s := range x.sides {
			cells += len(s.in)
		}
		if x.party >= 0 {
			b.low[x.party] += min(x.add, 0)
			b.high[x.party] += max(x.add, 0)
		}
	}
	for _, choices := range b.issues {
		options += len(choices)
		for p := range b.high {
			b.high[p] += slices.MaxFunc(choices, func(c, d network.Choice) int { return cmp.Compare(c.Gain[p], d.Gain[p]) }).Gain[p]
		}
	}
	switch {
	case sides > maxBoxSides:
		return fmt.Errorf("conditions over several issues name issues %d times, more than %d", sides, maxBoxSides)
	case cells > maxBoxCells:
		return fmt.Errorf("conditions over several issues keep more than %d options, counted in each of them", maxBoxCells)
	case options > maxBoxOptions:
		return fmt.Errorf("%d options are left that conditions or scores tell apart, more than %d", options, maxBoxOptions)
	}
	for p := range b.base {
		if b.high[p]-b.low[p] > maxSpan {
			return fmt.Errorf("utilities span more than 2^44 units; scores on a coarser scale would do")
		}
	}
	return nil
}

// cut calls add with the sides of boxes that do not meet and together are the table.
// First issue outermost, options after which the rest of the table is the same make
// one side.
func (b *boxed) cut(t *outcome.Table, add func([]side) error) error {
	issues := t.Issues()
	ranks := make([]int, len(issues)+1) // by issue, the joint options of it and those after it
	ranks[len(issues)] = 1
	for k := len(issues) - 1; k >= 0; k-- {
		ranks[k] = ranks[k+1] * b.network.Space.Issues[issues[k]].Options
	}
	made := 0
	var sides []side
	var from func(k, rank int) error
	from = func(k, rank int) error {
		if k == len(issues) {
			if !t.At(rank) {
				return nil
			}
			if made++; made*k > maxBoxSides {
				return fmt.Errorf("a condition over %d issues is too irregular to be cut into boxes", k)
			}
			own := make([]side, k)
			for j, s := range sides {
				own[j] = side{s.issue, slices.Clone(s.in)}
			}
			return add(own)
		}
		var groups []side
		var first []int
		known := make(map[string]int)
		rest := make([]byte, (ranks[k+1]+7)/8)
		i := issues[k]
		for c, choice := range b.issues[i] {
			at := rank + choice.Option*ranks[k+1]
			clear(rest)
			for j := range ranks[k+1] {
				if t.At(at + j) {
					rest[j/8] |= 1 << (j % 8)
				}
			}
			g, ok := known[string(rest)]
			if !ok {
				g = len(groups)
				known[string(rest)] = g
				groups = append(groups, side{i, make([]bool, len(b.issues[i]))})
				first = append(first, at)
			}
			groups[g].in[c] = true
		}
		for g := range groups {
			sides = append(sides, groups[g])
			if err := from(k+1, first[g]); err != nil {
				return err
			}
			sides = sides[:len(sides)-1]
		}
		return nil
	}
	return from(0, 0)
}

// reduce folds what lies in a single issue and drops options that others replace,
// until nothing changes.
func (b *boxed) reduce(ctx context.Context, all bool) error {
	for round := 0; ; round++ {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		changed, err := b.fold()
		if err != nil {
			return err
		}
		touching := make([][]*side, len(b.issues))
		adds := make([][]bool, len(b.issues))
		for _, x := range b.boxes {
			for k := range x.sides {
				i := x.sides[k].issue
				touching[i] = append(touching[i], &x.sides[k])
				adds[i] = append(adds[i], x.add > 0)
			}
		}
		words := 0
		for i := range b.issues {
			if words += len(b.issues[i]) * (len(touching[i])/64 + 1); words > maxBoxWords {
				return fmt.Errorf("conditions over several issues pass %d options, counted in each of them", 64*maxBoxWords)
			}
		}
		for i := range b.issues {
			if round > maxComparings {
				break
			}
			if keep := needed(b.issues[i], touching[i], adds[i], all); slices.Contains(keep, false) {
				b.keep(i, keep, touching[i])
				changed = true
			}
		}
		if !changed {
			return nil
		}
	}
}

// keep drops the options of an issue that are not to be kept.
func (b *boxed) keep(issue int, keep []bool, touching []*side) {
	at := 0
	b.issues[issue] = slices.DeleteFunc(b.issues[issue], func(network.Choice) bool { at++; return !keep[at-1] })
	for _, s := range touching {
		at = 0
		s.in = slices.DeleteFunc(s.in, func(bool) bool { at++; return !keep[at-1] })
	}
}

// fold drops sides that every option is in and boxes that nothing is in, and
// folds boxes of one side, and of none. It reports whether it changed anything.
func (b *boxed) fold() (changed bool, err error) {
	kept := b.boxes[:0]
	barred := make([][]bool, len(b.issues))
	for _, x := range b.boxes {
		empty := false
		sides := x.sides[:0]
		for _, s := range x.sides {
			empty = empty || !slices.Contains(s.in, true)
			if slices.Contains(s.in, false) {
				sides = append(sides, s)
			}
		}
		changed = changed || len(sides) < len(x.sides)
		x.sides = sides
		switch {
		case empty:
		case len(sides) == 0 && x.party < 0:
			return false, errNoOutcome
		case len(sides) == 0:
			b.base[x.party] += x.add
		case len(sides) == 1:
			s := sides[0]
			for c, in := range s.in {
				if !in {
					continue
				}
				if x.party >= 0 {
					b.issues[s.issue][c].Gain[x.party] += x.add
					continue
				}
				if barred[s.issue] == nil {
					barred[s.issue] = make([]bool, len(s.in))
				}
				barred[s.issue][c] = true
			}
		default:
			kept = append(kept, x)
			continue
		}
		changed = true
	}
	b.boxes = kept
	for i, out := range barred {
		if out == nil {
			continue
		}
		var touching []*side
		for _, x := range b.boxes {
			for k := range x.sides {
				if x.sides[k].issue == i {
					touching = append(touching, &x.sides[k])
				}
			}
		}
		for c := range out {
			out[c] = !out[c]
		}
		if b.keep(i, out, touching); len(b.issues[i]) == 0 {
			return false, errNoOutcome
		}
	}
	return changed, nil
}

// needed tells the options that no other replaces, or with all, that are like no
// earlier one. adds says, by side, whether its box adds.
func needed(choices []network.Choice, touching []*side, adds []bool, all bool) []bool {
	n := len(choices[0].Gain)
	words := len(touching)/64 + 1
	good := make([]uint64, len(choices)*words) // by option, the boxes that it is well to be in or out of
	for k, s := range touching {
		for c, in := range s.in {
			if in == adds[k] {
				good[c*words+k/64] |= 1 << (k % 64)
			}
		}
	}
	of := func(c int) []uint64 { return good[c*words : (c+1)*words] }
	// Options in the same boxes first: only a frontier of them is needed.
	order := pareto.Places(len(choices))
	slices.SortFunc(order, func(c, d int) int {
		return cmp.Or(slices.Compare(of(c), of(d)), slices.Compare(choices[d].Gain, choices[c].Gain), cmp.Compare(c, d))
	})
	keep := make([]bool, len(choices))
	var left []int
	var sweep pareto.Sweep
	for k, c := range order {
		if k == 0 || !slices.Equal(of(order[k-1]), of(c)) {
			sweep = pareto.NewSweep(n)
		} else if slices.Equal(choices[order[k-1]].Gain, choices[c].Gain) {
			continue
		}
		if all || !sweep.Dominated(choices[c].Gain) {
			sweep.Add(choices[c].Gain)
			keep[c] = true
			left = append(left, c)
		}
	}
	if all || len(left) > maxPairwise {
		return keep
	}
	for _, c := range left {
		for _, d := range left {
			if c != d && keep[d] && pareto.AtLeast(choices[d].Gain, choices[c].Gain) && within(of(c), of(d)) {
				keep[c] = false
				break
			}
		}
	}
	return keep
}

// within reports whether every bit of x is set in y.
func within(x, y []uint64) bool {
	for w := range x {
		if x[w]&^y[w] != 0 {
			return false
		}
	}
	return true
}
