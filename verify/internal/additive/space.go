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
	out := make([][]bool, len(s.Issues))
	for i, is := range s.Issues {
		out[i] = make([]bool, is.Options)
		t.gain = append(t.gain, make([][]int64, is.Options))
		for o := range is.Options {
			for p := range s.Parties {
				t.gain[i][o] = append(t.gain[i][o], s.Parties[p].Scores[i][o])
			}
		}
	}
	each := func(id string, table *outcome.Table, do func(i, o int)) error {
		issues := table.Issues()
		switch held := table.Count(); {
		case held == 0:
		case len(issues) <= 1:
			i := 0
			if len(issues) == 1 {
				i = issues[0]
			}
			for o := range out[i] {
				if len(issues) == 0 || table.At(o) {
					do(i, o)
				}
			}
		case held == table.Size(): // it holds everywhere
			for o := range out[0] {
				do(0, o)
			}
		default:
			return fmt.Errorf("multipliers prove nothing where issues are linked, as %s does", id)
		}
		return nil
	}
	bar := func(c *outcome.Condition) error {
		return each(c.ID, &c.Forbidden, func(i, o int) { out[i][o] = true })
	}
	for k := range s.Requires {
		if err := bar(&s.Requires[k]); err != nil {
			return nil, err
		}
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		for k := range party.RedLines {
			if err := bar(&party.RedLines[k]); err != nil {
				return nil, err
			}
		}
		for _, a := range party.Adjustments {
			if err := each(party.ID+" "+a.ID, &a.When, func(i, o int) { t.gain[i][o][p] += a.Add }); err != nil {
				return nil, err
			}
		}
	}
	for i := range out {
		var left []int
		for o, gone := range out[i] {
			if !gone {
				left = append(left, o)
			}
		}
		t.left = append(t.left, left)
		t.size += int64(len(left) * len(s.Parties))
		for p := range t.low {
			if len(left) > 0 {
				o := slices.MinFunc(left, func(x, y int) int { return cmp.Compare(t.gain[i][x][p], t.gain[i][y][p]) })
				t.low[p] += t.gain[i][o][p]
			}
		}
	}
	return t, nil
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
