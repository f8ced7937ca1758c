package report

import (
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// An axis lays one party's utilities along a line. Positions are whole numbers,
// computed without floating point, so that every machine draws the same map.
type axis struct {
	row  *outcome.Row
	low  int64 // utilities at the ends, low < high
	high int64
}

// at returns the position of u, from 0 at the low end to length at the high end,
// rounded to the nearest.
func (a axis) at(u int64, length int) int {
	u = min(max(u, a.low), a.high)
	hi, lo := bits.Mul64(uint64(u-a.low), uint64(2*length))
	span := uint64(a.high - a.low)
	lo, carry := bits.Add64(lo, span, 0)
	q, _ := bits.Div64(hi+carry, lo, 2*span)
	return int(q)
}

// axisOver returns the axis over the utilities given, with a margin of a
// twentieth at both ends.
func axisOver(row *outcome.Row, utilities []int64) axis {
	a := axis{row: row}
	for i, u := range utilities {
		if i == 0 || u < a.low {
			a.low = u
		}
		if i == 0 || u > a.high {
			a.high = u
		}
	}
	margin := max((a.high-a.low)/20, 1)
	a.low -= margin
	a.high += margin
	return a
}

// ticks returns round utilities along the axis, at most n of them, with their labels.
func (a axis) ticks(n int) (at []int64, labels []string) {
	span := new(big.Rat).Sub(a.row.Points(a.high), a.row.Points(a.low))
	step := big.NewRat(1, 1_000_000)
	factors := []*big.Rat{big.NewRat(2, 1), big.NewRat(5, 2), big.NewRat(2, 1)} // 1, 2, 5, 10
	limit := big.NewRat(int64(n), 1)
	for k := 0; new(big.Rat).Quo(span, step).Cmp(limit) > 0; k++ {
		step.Mul(step, factors[k%3])
	}
	first := new(big.Rat).Quo(a.row.Points(a.low), step)
	whole := new(big.Int).Div(first.Num(), first.Denom()) // rounds down
	for k := 0; k <= n+1; k++ {
		value := new(big.Rat).Mul(new(big.Rat).SetInt(whole), step)
		units := new(big.Rat).Mul(value, big.NewRat(a.row.Units(), 1))
		u := new(big.Int).Div(units.Num(), units.Denom())
		if u.IsInt64() && u.Int64() >= a.low && u.Int64() <= a.high {
			at = append(at, u.Int64())
			labels = append(labels, decimals(value))
		}
		whole.Add(whole, big.NewInt(1))
	}
	return at, labels
}

// A mark is a package that the maps draw larger than a frontier point.
type mark struct {
	kind   string // "solution", "home", "record" or "status"
	label  string // short, beside the mark
	name   string // in full
	judged study.Judged
}

// marks returns the packages that the maps name: those worth proposing, those on
// record, and the status quo.
func (s *paper) marks() []mark {
	var all []mark
	r := s.Main
	for _, p := range r.Proposals() {
		kind := "solution"
		if p.Letters() == "H" || p.Letters() == "F" {
			kind = "home"
		}
		all = append(all, mark{kind, p.Letters(), s.proposalName(&p), p.Judged})
	}
	for i, p := range r.Packages {
		all = append(all, mark{"record", decimal(i + 1), packageTitle(s.File.Case, p.ID), p})
	}
	if r.StatusQuo != nil {
		all = append(all, mark{"status", "SQ", "Status quo on every issue", *r.StatusQuo})
	}
	return all
}

// drawn returns the frontier that the maps draw: the zone's or, where there is
// no zone, the one with thresholds and red lines ignored.
func (s *paper) drawn() *bargain.Frontier {
	if s.open != nil {
		return s.open
	}
	return &s.Main.Analysis.Frontier
}

// thinned returns at most n of the points, evenly by position, ends included.
func thinned(all []bargain.Point, n int) []bargain.Point {
	if len(all) <= n || n < 2 {
		return all
	}
	kept := make([]bargain.Point, n)
	for i := range kept {
		kept[i] = all[i*(len(all)-1)/(n-1)]
	}
	return kept
}

// A cloud counts the packages of a space in a grid over the utilities of two
// parties, the second party's rows from high to low.
type cloud struct {
	columns, rows int
	every, zone   []int64 // packages that satisfy the requirements; those of the zone
}

// cloudLimit is the largest number of packages that are listed for a map.
const cloudLimit = 30_000_000

// extent returns a row's least and greatest utility over every package, by
// issue and adjustment: an outer bound that may not be reached.
func extent(r *outcome.Row) axis {
	a := axis{row: r}
	for _, scores := range r.Scores {
		a.low += slices.Min(scores)
		a.high += slices.Max(scores)
	}
	for _, x := range r.Adjustments {
		a.low += min(0, x.Add)
		a.high += max(0, x.Add)
	}
	return a
}

// extents returns the extent of each party.
func extents(s *outcome.Space) []axis {
	axes := make([]axis, len(s.Parties))
	for i := range s.Parties {
		axes[i] = extent(&s.Parties[i].Row)
	}
	return axes
}

// clouds lists the space once and returns a cloud for each pair of parties, in
// the order of pairs(len(parties)); nil where the space is too large to list.
func clouds(s *outcome.Space, axes []axis, pairs [][2]int) []cloud {
	if size, ok := s.Count(); !ok || size > cloudLimit {
		return nil
	}
	l, err := outcome.NewLister(s)
	if err != nil {
		return nil
	}
	const columns, rows = 80, 80
	out := make([]cloud, len(pairs))
	for i := range out {
		out[i] = cloud{columns, rows, make([]int64, columns*rows), make([]int64, columns*rows)}
	}
	words, last := l.Places()
	c := l.Cursor()
	n := len(s.Parties)
	bases, tables, lines := make([]int64, n), make([][]int64, n), make([][]uint64, n)
	step, column := make([]int64, n), make([]int64, n)
	for p, a := range axes {
		step[p] = (a.high-a.low)/columns + 1
	}
	everyone := s.Consent.Everyone()
	for k := int64(0); k < l.Blocks(); k++ {
		c.MoveTo(k)
		if n := c.Barred(false); n > 0 {
			k += n - 1
			continue
		}
		excluded := c.Excluded()
		for p := range n {
			bases[p], tables[p], _, _ = c.Values(l.Row(p))
			lines[p] = c.RedLines(p)
		}
		for w := range words {
			admitted := ^uint64(0)
			if w == words-1 {
				admitted = last
			}
			if excluded != nil {
				admitted &^= excluded[w]
			}
			for ; admitted != 0; admitted &= admitted - 1 {
				bit := bits.TrailingZeros64(admitted)
				var yes uint64
				for p := range n {
					u := bases[p] + tables[p][w<<6|bit]
					column[p] = (u - axes[p].low) / step[p]
					if s.Parties[p].Threshold.Accepts(u) && (lines[p] == nil || lines[p][w]>>bit&1 == 0) {
						yes |= 1 << p
					}
				}
				in := everyone && yes == 1<<n-1 || !everyone && s.Consent.Holds(yes, n)
				for i, pair := range pairs {
					at := (rows-1-column[pair[1]])*columns + column[pair[0]]
					out[i].every[at]++
					if in {
						out[i].zone[at]++
					}
				}
			}
		}
	}
	return out
}

// pairs lists the pairs of n parties, (0, 1) first, at most limit of them.
func pairs(n, limit int) [][2]int {
	var all [][2]int
	for a := range n {
		for b := a + 1; b < n && len(all) < limit; b++ {
			all = append(all, [2]int{a, b})
		}
	}
	return all
}
