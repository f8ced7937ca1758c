package outcome

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// MaxNumbers is the largest number of uncertain numbers in a space.
const MaxNumbers = 1 << 16

// An Uncertain is a space of which some numbers are known only as distributions.
// Space holds their headline values; a [Drawer] puts others in their place.
type Uncertain struct {
	Space   *Space
	Numbers []Number
	Spans   []Span
	Sources []Source
	// Quantiles is the number of independent places, from 0 to 1, that one draw takes:
	// each number is drawn at the place that its Quantile names.
	Quantiles int
}

// A Number is one uncertain score, adjustment or threshold, in its row's units.
type Number struct {
	ID       string // "iran.scores.enrichment.cap_3"
	Kind     NumberKind
	Row      int // position of its row, as [Space.Rows] visits them
	Issue    int // of a score
	At       int // option of a score; position of an adjustment
	Shape    Shape
	Low      int64
	Mode     int64 // the headline value; of a uniform number, the midpoint
	High     int64
	Quantile int // numbers of the same quantile move together, from their low ends to their high ends
	Source   int // position of its source
}

// NumberKind says what an uncertain number is.
type NumberKind uint8

// The kinds of uncertain numbers.
const (
	Score NumberKind = iota
	Addition
	Level // a threshold
)

// Shape is that of a distribution.
type Shape uint8

// The shapes.
const (
	Uniform Shape = iota
	Triangular
)

// A Source is a group of uncertain numbers that are one question to an analyst: the
// scores of one row on one issue, or on several that move together; an adjustment;
// a threshold. No two sources share a quantile.
type Source struct {
	ID  string // "iran.scores.enrichment", "iran.no_deal"
	Row int
	// Numbers are the positions of its numbers.
	Numbers []int
}

// A Span is an issue of a row whose scores between the given options are
// interpolated, so that they move with them.
type Span struct {
	Row, Issue int
	Given      []int // ascending options, the first and the last among them
}

// Check reports the ways in which the distributions do not fit the space.
func (u *Uncertain) Check() error {
	if err := u.Space.Check(); err != nil {
		return err
	}
	if len(u.Numbers) > MaxNumbers {
		return fmt.Errorf("%d uncertain numbers, more than %d", len(u.Numbers), MaxNumbers)
	}
	var rows []*Row
	u.Space.Rows(func(_ int, r *Row) bool { rows = append(rows, r); return true })
	reach := make([]uint64, len(rows)) // what a draw can add to a sum, at most
	var errs []error
	owner := make(map[int]int)
	for k := range u.Numbers {
		n := &u.Numbers[k]
		switch {
		case n.Row < 0 || n.Row >= len(rows), n.Source < 0 || n.Source >= len(u.Sources), n.Quantile < 0 || n.Quantile >= u.Quantiles,
			n.Kind == Score && (n.Issue < 0 || n.Issue >= len(u.Space.Issues) || n.At < 0 || n.At >= u.Space.Issues[n.Issue].Options),
			n.Kind == Addition && (n.At < 0 || n.At >= len(rows[n.Row].Adjustments)),
			n.Kind == Level && !rows[n.Row].Threshold.Set:
			errs = append(errs, fmt.Errorf("%s: the uncertain number does not fit the space", n.ID))
			continue
		case n.Low > n.Mode || n.Mode > n.High:
			errs = append(errs, fmt.Errorf("%s: an uncertain number from %d by %d to %d is out of order", n.ID, n.Low, n.Mode, n.High))
		}
		if s, ok := owner[n.Quantile]; ok && s != n.Source {
			errs = append(errs, fmt.Errorf("%s: its quantile belongs to another source", n.ID))
		}
		owner[n.Quantile] = n.Source
		reach[n.Row] = addSaturating(reach[n.Row], max(magnitude(n.Low), magnitude(n.High)))
	}
	for r, row := range rows {
		if reach[r] > MaxUtility {
			errs = append(errs, fmt.Errorf("%s: uncertain numbers pass the fixed-point range of 2^61", row.ID))
		}
	}
	return errors.Join(errs...)
}

// Fill sets places, one per quantile of an [Uncertain], for draw number draw of the
// stream stream of a seed: numbers from 0 to 1, 1 excluded, in steps of 2^-53. Each
// draw has a ChaCha8 generator of its own, so that it is the same in whatever order,
// and on however many cores, draws are made.
func Fill(places []float64, seed, stream, draw uint64) {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], stream)
	binary.LittleEndian.PutUint64(key[16:], draw)
	r := rand.NewChaCha8(key)
	for k := range places {
		places[k] = float64(r.Uint64()>>11) * 0x1p-53
	}
}

// A Drawer makes draws of an [Uncertain], one after the other in the same space.
type Drawer struct {
	u     *Uncertain
	space Space
	rows  []*Row
	spans [][]int // by source, positions of the spans that it moves
}

// Drawer returns a drawer with a space of its own, which has the headline values.
func (u *Uncertain) Drawer() *Drawer {
	d := &Drawer{u: u, space: *u.Space}
	own := func(r *Row) {
		r.Scores = slices.Clone(r.Scores)
		for i := range r.Scores {
			r.Scores[i] = slices.Clone(r.Scores[i])
		}
		r.Adjustments = slices.Clone(r.Adjustments)
	}
	d.space.Parties = slices.Clone(u.Space.Parties)
	for i := range d.space.Parties {
		p := &d.space.Parties[i]
		own(&p.Row)
		p.Constituencies = slices.Clone(p.Constituencies)
		for j := range p.Constituencies {
			own(&p.Constituencies[j])
		}
	}
	d.space.Rows(func(_ int, r *Row) bool { d.rows = append(d.rows, r); return true })
	type issue struct{ row, issue int }
	spans := make(map[issue]int)
	for k, s := range u.Spans {
		spans[issue{s.Row, s.Issue}] = k
	}
	d.spans = make([][]int, len(u.Sources))
	for s := range u.Sources {
		for _, k := range u.Sources[s].Numbers {
			n := &u.Numbers[k]
			at, ok := spans[issue{n.Row, n.Issue}]
			if ok && n.Kind == Score && !slices.Contains(d.spans[s], at) {
				d.spans[s] = append(d.spans[s], at)
			}
		}
	}
	return d
}

// Space returns the drawer's space, with the values set last. It must not be changed.
func (d *Drawer) Space() *Space { return &d.space }

// Draw sets every uncertain number to its value at its quantile's place, the ranges
// drawn together around the headline values to the given share: 1 leaves them as they
// are, 0 gives the headline values.
func (d *Drawer) Draw(places []float64, share float64) {
	for s := range d.u.Sources {
		d.DrawSource(s, places, share)
	}
}

// DrawSource is Draw for the numbers of one source; the others keep their values.
func (d *Drawer) DrawSource(source int, places []float64, share float64) {
	d.SetSource(source, func(n *Number) int64 {
		v := n.at01(places[n.Quantile])
		if share != 1 {
			v = n.Mode + int64(math.Round(float64(v-n.Mode)*share))
		}
		return v
	})
}

// SetSource sets the numbers of one source; the others keep their values.
func (d *Drawer) SetSource(source int, value func(n *Number) int64) {
	for _, k := range d.u.Sources[source].Numbers {
		n := &d.u.Numbers[k]
		d.put(n, value(n))
	}
	for _, at := range d.spans[source] {
		d.interpolate(&d.u.Spans[at])
	}
}

func (d *Drawer) put(n *Number, v int64) {
	r := d.rows[n.Row]
	switch n.Kind {
	case Score:
		r.Scores[n.Issue][n.At] = v
	case Addition:
		r.Adjustments[n.At].Add = v
	default:
		r.Threshold.Value = v
	}
}

// interpolate fills the scores between those that are given, rounded to the nearest.
func (d *Drawer) interpolate(s *Span) {
	scores := d.rows[s.Row].Scores[s.Issue]
	for g := 1; g < len(s.Given); g++ {
		a, b := s.Given[g-1], s.Given[g]
		for o := a + 1; o < b; o++ {
			scores[o] = scores[a] + portion(scores[b]-scores[a], uint64(o-a), uint64(b-a))
		}
	}
}

// portion returns v·k/n, 0 < k < n, rounded to the nearest, half away from 0.
func portion(v int64, k, n uint64) int64 {
	high, low := bits.Mul64(magnitude(v), 2*k)
	low, carry := bits.Add64(low, n, 0)
	q, _ := bits.Div64(high+carry, low, 2*n)
	if v < 0 {
		return -int64(q)
	}
	return int64(q)
}

// at01 returns the number's value at a place of its distribution from 0 to 1: the
// inverse of the distribution function, rounded to the nearest unit. Square roots are
// correctly rounded, and products before they are added, so that every machine finds
// the same value.
func (n *Number) at01(place float64) int64 {
	width := float64(n.High - n.Low)
	if n.Shape == Uniform {
		return n.Low + nearest(float64(place*width))
	}
	left, right := float64(n.Mode-n.Low), float64(n.High-n.Mode)
	if at := float64(place * width); at < left {
		return n.Low + nearest(math.Sqrt(float64(at*left)))
	}
	return n.High - nearest(math.Sqrt(float64(float64((1-place)*width)*right)))
}

// nearest rounds a number from 0 to 2^62 to the nearest, half up.
func nearest(x float64) int64 {
	whole := int64(x)
	if x-float64(whole) >= 0.5 {
		whole++
	}
	return whole
}

// Weight returns the part of number n that counts in its row's score of an option of
// its issue: 1 for its own option, less for one between it and the next that is given,
// 0 for any other.
func (u *Uncertain) Weight(n *Number, option int) *big.Rat {
	if n.At == option {
		return big.NewRat(1, 1)
	}
	for i := range u.Spans {
		s := &u.Spans[i]
		if s.Row != n.Row || s.Issue != n.Issue {
			continue
		}
		g, given := slices.BinarySearch(s.Given, option)
		if given || g == 0 || g == len(s.Given) {
			break
		}
		a, b := s.Given[g-1], s.Given[g]
		switch n.At {
		case a:
			return big.NewRat(int64(b-option), int64(b-a))
		case b:
			return big.NewRat(int64(option-a), int64(b-a))
		}
	}
	return new(big.Rat)
}
