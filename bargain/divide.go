package bargain

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Division is the result of Adjusted Winner: who gets its way on which issue,
// and how the one shared issue is split.
type Division struct {
	// Shares holds, by issue, the first party's share of it: 1 where the first
	// party gets its best option, 0 where the second gets its own, and a fraction
	// where the issue is split.
	Shares []*big.Rat
	// Points holds each party's points, of the 100 that it spread over the issues.
	Points [2]*big.Rat
	// Split is the position of the issue that is split, -1 when none is.
	Split int
	// Equitable says that both parties have equal points. It is false when the
	// issue that would have to be split is not divisible; the division then stops
	// before the transfer that would turn the lead around.
	Equitable bool
}

// AdjustedWinner divides the issues of a space between its two parties by the
// procedure of Brams and Taylor (1996, ch. 4). An issue is an item: a party that
// wins it gets its best option there. An item is worth to a party the difference between its own best
// option and the other's best, in percent of all items. Each item first goes to
// the party that values it more, ties to the party that is then behind; the leader then hands over
// items in increasing order of the ratio of values until points are equal,
// splitting the last if divisible says so.
//
// Conditions, adjustments and thresholds play no part in the procedure. It fails
// when there are not two parties, or when one of them has nothing at stake.
func AdjustedWinner(s *outcome.Space, divisible []int) (*Division, error) {
	if len(s.Parties) != 2 {
		return nil, fmt.Errorf("there are %d parties, and Adjusted Winner divides between two", len(s.Parties))
	}
	type item struct {
		issue int
		value [2]*big.Rat
	}
	items := make([]item, len(s.Issues))
	total := [2]*big.Rat{new(big.Rat), new(big.Rat)}
	for i := range s.Issues {
		best := [2]int{}
		for p := range best {
			best[p] = slices.Index(s.Parties[p].Scores[i], slices.Max(s.Parties[p].Scores[i]))
		}
		items[i].issue = i
		for p := range best {
			scores := s.Parties[p].Scores[i]
			items[i].value[p] = s.Parties[p].Points(scores[best[p]] - scores[best[1-p]])
			total[p].Add(total[p], items[i].value[p])
		}
	}
	for p := range total {
		if total[p].Sign() == 0 {
			return nil, fmt.Errorf("%s has nothing at stake: its best options are the other party's too", s.Parties[p].ID)
		}
		scale := new(big.Rat).Quo(big.NewRat(100, 1), total[p])
		for i := range items {
			items[i].value[p].Mul(items[i].value[p], scale)
		}
	}

	d := &Division{Shares: make([]*big.Rat, len(items)), Points: [2]*big.Rat{new(big.Rat), new(big.Rat)}, Split: -1}
	give := func(it item, to int) {
		d.Shares[it.issue] = big.NewRat(int64(1-to), 1)
		d.Points[to].Add(d.Points[to], it.value[to])
	}
	var tied []item
	for _, it := range items {
		switch it.value[0].Cmp(it.value[1]) {
		case 1:
			give(it, 0)
		case -1:
			give(it, 1)
		default:
			tied = append(tied, it)
		}
	}
	for _, it := range tied {
		to := 0
		if d.Points[0].Cmp(d.Points[1]) > 0 {
			to = 1
		}
		give(it, to)
	}

	lead := d.Points[0].Cmp(d.Points[1])
	if lead == 0 {
		d.Equitable = true
		return d, nil
	}
	from := 0
	if lead < 0 {
		from = 1
	}
	to := 1 - from
	var held []item
	for _, it := range items {
		if d.Shares[it.issue].Cmp(big.NewRat(int64(1-from), 1)) == 0 && it.value[from].Sign() > 0 {
			held = append(held, it)
		}
	}
	// a/b against c/d as a·d against c·b: b and d may be 0.
	slices.SortStableFunc(held, func(x, y item) int {
		left := new(big.Rat).Mul(x.value[from], y.value[to])
		right := new(big.Rat).Mul(y.value[from], x.value[to])
		return left.Cmp(right)
	})
	for _, it := range held {
		gap := new(big.Rat).Sub(d.Points[from], d.Points[to])
		worth := new(big.Rat).Add(it.value[from], it.value[to])
		moved := new(big.Rat).Quo(gap, worth)
		whole := moved.Cmp(big.NewRat(1, 1))
		if whole < 0 && !slices.Contains(divisible, it.issue) {
			return d, nil
		}
		if whole > 0 {
			moved.SetInt64(1)
		}
		d.Points[from].Sub(d.Points[from], new(big.Rat).Mul(moved, it.value[from]))
		d.Points[to].Add(d.Points[to], new(big.Rat).Mul(moved, it.value[to]))
		share := d.Shares[it.issue]
		if from == 0 {
			share.Sub(share, moved)
		} else {
			share.Add(share, moved)
		}
		if whole <= 0 {
			if whole < 0 {
				d.Split = it.issue
			}
			d.Equitable = true
			return d, nil
		}
	}
	return d, nil
}
