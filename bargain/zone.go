package bargain

import (
	"math/big"

	"github.com/goodoffices/goodoffices/internal/count"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// emptyZone is the zone of a space without one.
func emptyZone(s *outcome.Space) Zone {
	none := new(big.Int)
	z := Zone{Low: none, High: none, Ratifiable: none, RatifiableLow: none, RatifiableHigh: none}
	for _, is := range s.Issues {
		z.Options = append(z.Options, make([]bool, is.Options))
	}
	return z
}

// counted takes in what a list of all outcomes holds.
func (z *Zone) counted(l *visit.Listed) {
	n, home := big.NewInt(l.Count), big.NewInt(l.Ratifiable)
	z.Low, z.High, z.RatifiableLow, z.RatifiableHigh = n, n, home, home
}

// atLeast takes in that a zone has so many outcomes.
func (z *Zone) atLeast(n int64) { z.Low = count.MaxInt(z.Low, big.NewInt(n)) }

// settle makes the zone's numbers agree, whatever a method has filled in of its bounds: what
// is known otherwise is taken in, what is counted has no estimate, what is not counted is nil, and
// estimates keep within the bounds.
func (a *Analysis) settle(s *outcome.Space) {
	if a.Verdict == NoZone {
		a.Zone = emptyZone(s)
		return
	}
	z := &a.Zone
	home := s.AsksHome()
	if !home || a.Ratifiable {
		z.RatifiableLow, z.RatifiableHigh = z.Low, z.High
	}
	if home && a.Ratifiable {
		z.RatifiableEstimate = z.Estimate
	}
	for _, sol := range a.Solutions.All() {
		if sol != nil && s.Ratifiable(sol.Outcome) {
			z.RatifiableLow = count.MaxInt(z.RatifiableLow, big.NewInt(1))
		}
	}
	z.RatifiableHigh = count.MinInt(z.RatifiableHigh, z.High)
	z.Low = count.MaxInt(z.Low, z.RatifiableLow)
	z.Ratifiable = nil
	if z.RatifiableLow.Cmp(z.RatifiableHigh) == 0 {
		z.Ratifiable = z.RatifiableLow
	}
	z.Estimate = z.Estimate.within(z.Low, z.High)
	z.RatifiableEstimate = z.RatifiableEstimate.within(z.RatifiableLow, z.RatifiableHigh)
}

// within returns what of an estimate lies within proven bounds; where that is nothing, the
// sample was one of the few that mislead, and the bounds are what is known. It is nil of what is counted.
func (e *Estimate) within(low, high *big.Int) *Estimate {
	if e == nil || low.Cmp(high) == 0 {
		return nil
	}
	to := *e
	to.Low, to.High = count.MaxInt(e.Low, low), count.MinInt(e.High, high)
	if to.Low.Cmp(to.High) > 0 {
		to.Low, to.High = low, high
	}
	return &to
}
