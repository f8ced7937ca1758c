package bargain

import (
	"cmp"
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
// option and the other's best, in percent of all items; of several best options of the other, the one
// that is worth least to the party counts, so that an item that only one wants is worth all of it to that one. Each
// item first goes to the party that values it more; then those that both value alike go to the party that is then behind,
// the most valuable first and those that may be split last. The leader then hands over
// items in increasing order of the ratio of values until points are equal,
// splitting the last if divisible says so. Of items with the same ratio those that may not be split come first,
// the most valuable first, and one that would turn the lead around is passed over. No points depend
// on the order of options or issues.
//
// Conditions, adjustments and thresholds play no part in the procedure. It fails
// when there are not two parties, or when one of them has nothing at stake.
func AdjustedWinner(s *outcome.Space, divisible []int) (*Division, error) {
	if len(s.Parties) != 2 {
		return nil, fmt.Errorf("there are %d parties, and Adjusted Winner divides between two", len(s.Parties))
	}
	items, err := worthOfItems(s, divisible)
	if err != nil {
		return nil, err
	}
	d := &Division{Shares: make([]*big.Rat, len(items)), Points: [2]*big.Rat{new(big.Rat), new(big.Rat)}, Split: -1}
	var tied []item
	for _, it := range items {
		switch it.value[0].Cmp(it.value[1]) {
		case 1:
			d.give(it, 0)
		case -1:
			d.give(it, 1)
		default:
			tied = append(tied, it)
		}
	}
	slices.SortStableFunc(tied, func(x, y item) int { return x.before(y, 0) })
	for _, it := range tied {
		to := 0
		if d.Points[0].Cmp(d.Points[1]) > 0 {
			to = 1
		}
		d.give(it, to)
	}
	switch d.Points[0].Cmp(d.Points[1]) {
	case 0:
		d.Equitable = true
	case 1:
		d.even(items, 0)
	case -1:
		d.even(items, 1)
	}
	return d, nil
}

// An item is an issue with what it is worth to each party.
type item struct {
	issue     int
	value     [2]*big.Rat
	divisible bool
}

// before orders items of which one party's values are in the same ratio to the other's: those that
// may not be split first, then by value to party p.
func (x item) before(y item, p int) int {
	if x.divisible != y.divisible {
		if x.divisible {
			return 1
		}
		return -1
	}
	return y.value[p].Cmp(x.value[p])
}

// worthOfItems spreads 100 points of each party over the issues.
func worthOfItems(s *outcome.Space, divisible []int) ([]item, error) {
	items := make([]item, len(s.Issues))
	total := [2]*big.Rat{new(big.Rat), new(big.Rat)}
	for i := range items {
		items[i].issue, items[i].divisible = i, slices.Contains(divisible, i)
		for p := range total {
			own, other := s.Parties[p].Scores[i], s.Parties[1-p].Scores[i]
			most, least := slices.Max(own), slices.Max(own)
			for o, best := 0, slices.Max(other); o < len(other); o++ {
				if other[o] == best {
					least = min(least, own[o])
				}
			}
			items[i].value[p] = s.Parties[p].Points(most - least)
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
	return items, nil
}

// give lets a party win an item.
func (d *Division) give(it item, to int) {
	d.Shares[it.issue] = big.NewRat(int64(1-to), 1)
	d.Points[to].Add(d.Points[to], it.value[to])
}

// even lets the leader hand over items until both have the same points, or until that would take
// splitting one that may not be split.
func (d *Division) even(items []item, from int) {
	to := 1 - from
	var held []item
	for _, it := range items {
		if d.Shares[it.issue].Cmp(big.NewRat(int64(1-from), 1)) == 0 && it.value[from].Sign() > 0 {
			held = append(held, it)
		}
	}
	// a/b against c/d as a·d against c·b: b and d may be 0.
	ratio := func(x, y item) int {
		left := new(big.Rat).Mul(x.value[from], y.value[to])
		return left.Cmp(new(big.Rat).Mul(y.value[from], x.value[to]))
	}
	slices.SortStableFunc(held, func(x, y item) int { return cmp.Or(ratio(x, y), x.before(y, from)) })
	whole := big.NewRat(1, 1)
	var passed *item
	for k := range held {
		it := &held[k]
		if passed != nil && ratio(*passed, *it) != 0 {
			return
		}
		gap := new(big.Rat).Sub(d.Points[from], d.Points[to])
		moved := gap.Quo(gap, new(big.Rat).Add(it.value[from], it.value[to]))
		if moved.Cmp(whole) < 0 && !it.divisible {
			passed = it
			continue
		}
		if moved.Cmp(whole) > 0 {
			moved = whole
		}
		d.move(it, from, moved)
		if d.Points[0].Cmp(d.Points[1]) == 0 {
			d.Equitable = true
			if moved.Cmp(whole) < 0 {
				d.Split = it.issue
			}
			return
		}
	}
}

// move hands over a part of an item that the party from holds.
func (d *Division) move(it *item, from int, part *big.Rat) {
	d.Points[from].Sub(d.Points[from], new(big.Rat).Mul(part, it.value[from]))
	d.Points[1-from].Add(d.Points[1-from], new(big.Rat).Mul(part, it.value[1-from]))
	share := d.Shares[it.issue]
	if from == 0 {
		share.Sub(share, part)
	} else {
		share.Add(share, part)
	}
}
