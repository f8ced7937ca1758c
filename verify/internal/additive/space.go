// Package additive checks what is said of a space in which each issue counts for itself, for package verify: that no
// package meets what a refutation refutes, and which points of two parties are efficient. The comment of verify
// holds the mathematics.
package additive

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
)

type tooLarge = exhaust.TooLarge

// maxNames bounds the parties of a consent rule that is tried on every answer.
const maxNames = 20

// unanimous reports whether an agreement needs every party.
func unanimous(s *outcome.Space) bool {
	n := len(s.Parties)
	if s.Consent.Everyone() {
		return true
	}
	if n > maxNames {
		return false
	}
	for yes := range uint64(1) << n {
		if s.Consent.Holds(yes, n) != (bits.OnesCount64(yes) == n) {
			return false
		}
	}
	return true
}

// maxScores bounds options times parties.
const maxScores = 1 << 24

// A Space is one in which every issue counts for itself: by issue the options
// that no condition rules out, and what each adds for every party. Its outcomes are
// those that break neither a requirement nor a red line. Sums over issues stay
// within 2^61, as in every space that checks.
type Space struct {
	left [][]int     // by issue, options that are left
	gain [][][]int64 // by issue, option and party
	low  []int64     // by party, the least that an outcome can be worth
	size int64       // options left times parties, the cost of summing once
}

// Fold folds conditions and adjustments about one issue into that issue; it
// fails where consent is not unanimous or where issues are linked.
func Fold(s *outcome.Space) (*Space, error) {
	if !unanimous(s) {
		return nil, fmt.Errorf("multipliers prove nothing where consent is not unanimous")
	}
	options := 0
	for _, is := range s.Issues {
		options += is.Options
	}
	if options*len(s.Parties) > maxScores {
		return nil, &tooLarge{Why: fmt.Sprintf("%d options of %d parties pass %d scores", options, len(s.Parties), maxScores)}
	}
	t := &Space{low: make([]int64, len(s.Parties))}
	for i, is := range s.Issues {
		left, gain := make([]int, is.Options), make([][]int64, is.Options)
		for o := range left {
			left[o] = o
			for p := range s.Parties {
				gain[o] = append(gain[o], s.Parties[p].Scores[i][o])
			}
		}
		t.left, t.gain = append(t.left, left), append(t.gain, gain)
	}
	conditions := slices.Clone(s.Requires)
	for p := range s.Parties {
		conditions = append(conditions, s.Parties[p].RedLines...)
		for _, a := range s.Parties[p].Adjustments {
			i, where, err := about(s, s.Parties[p].ID+" "+a.ID, &a.When)
			if err != nil {
				return nil, err
			}
			for _, o := range where {
				t.gain[i][o][p] += a.Add
			}
		}
	}
	for k := range conditions {
		i, where, err := about(s, conditions[k].ID, &conditions[k].Forbidden)
		if err != nil {
			return nil, err
		}
		t.left[i] = slices.DeleteFunc(t.left[i], func(o int) bool { _, out := slices.BinarySearch(where, o); return out })
	}
	t.measure()
	return t, nil
}

// about returns the options of one issue where a table holds, which decide alone whether it does.
func about(s *outcome.Space, id string, t *outcome.Table) (issue int, options []int, err error) {
	held := t.Count()
	everywhere := held > 0 && held == t.Size()
	if held > 0 && !everywhere && len(t.Issues()) > 1 {
		return 0, nil, fmt.Errorf("multipliers prove nothing where issues are linked, as %s does", id)
	}
	if held > 0 && !everywhere {
		issue = t.Issues()[0]
	}
	for o := range s.Issues[issue].Options {
		if everywhere || held > 0 && t.At(o) {
			options = append(options, o)
		}
	}
	return issue, options, nil
}

// measure finds what the options that are left make of the space.
func (t *Space) measure() {
	for i, left := range t.left {
		t.size += int64(len(left) * len(t.low))
		for p := range t.low {
			if len(left) > 0 {
				o := slices.MinFunc(left, func(x, y int) int { return cmp.Compare(t.gain[i][x][p], t.gain[i][y][p]) })
				t.low[p] += t.gain[i][o][p]
			}
		}
	}
}

// none reports whether some issue has no option left.
func (t *Space) none() bool {
	return slices.ContainsFunc(t.left, func(left []int) bool { return len(left) == 0 })
}

// Frontier returns the frontier of the zone of two parties, each issue counting for itself, and the number of
// sums that it took.
func (t *Space) Frontier(ctx context.Context, s *outcome.Space) (zone []exhaust.Point, sums int, err error) {
	var gains [][][]int64
	for i, left := range t.left {
		var of [][]int64
		for _, o := range left {
			of = append(of, t.gain[i][o])
		}
		gains = append(gains, of)
	}
	front, sums, err := exhaust.Merge(ctx, gains)
	for _, f := range front {
		if s.Parties[0].Threshold.Accepts(f[0]) && s.Parties[1].Threshold.Accepts(f[1]) {
			zone = append(zone, exhaust.Point{U: f[:]})
		}
	}
	return zone, sums, err
}
