package study

import (
	"context"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Home says under the study's choice what each side could carry at home, whose
// answer decides, and who would have to move for which package.
type Home struct {
	*Case
	// Asked is the package that was asked about, nil where none was.
	Asked   *Asked
	WinSets WinSets
	// Carried bounds, by party, what of the zone its own constituencies would carry, where the
	// win-sets were not counted; nil where they were, or nothing is known.
	Carried []*bargain.Zone
}

// Home counts win-sets and judges packages at home; request may be nil. It fails with a
// [RequestError] where the case cannot have the package that is asked for.
func (s *Study) Home(ctx context.Context, request *Request, opts Options) (*Home, error) {
	c, asked, err := s.asked(ctx, request, opts)
	if err != nil {
		return nil, err
	}
	opts.Progress = nil
	h := &Home{Case: c, Asked: asked}
	if h.WinSets, err = winSets(ctx, c.Main, opts); err != nil {
		return nil, err
	}
	if h.WinSets.Why != "" && c.Main.HasZone() {
		h.Carried, err = carried(ctx, c.Main.Space, opts)
	}
	return h, err
}

// carried bounds what of the zone each party alone could carry at home; nil where nobody has a say, or
// nothing is known.
func carried(ctx context.Context, s *outcome.Space, opts Options) ([]*bargain.Zone, error) {
	zones := make([]*bargain.Zone, len(s.Parties))
	for i := range s.Parties {
		own := *s
		own.Parties = slices.Clone(own.Parties)
		if len(own.Parties[i].Constituencies) == 0 {
			continue
		}
		for q := range own.Parties {
			if q != i {
				own.Parties[q].Constituencies, own.Parties[q].Ratification = nil, outcome.Rule{}
			}
		}
		a, err := bargain.Analyze(ctx, &own, bargain.Options{Time: opts.Time, Memory: opts.Memory, MaxPoints: 1, MaxTies: 1})
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err == nil {
			zones[i] = &a.Zone
		}
	}
	return zones, nil
}
