package study

import (
	"context"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/agenda"
	"github.com/goodoffices/goodoffices/casefile"
)

// Agendas say what depends on which issues are taken up, and in which order, under the study's
// choice and every view beside it.
type Agendas struct {
	*Case
	By []*Agenda // by reading, in the order of Readings
}

// An Agenda is what one reading makes of agendas.
type Agenda struct {
	*Reading
	// Sets are the agendas, from single issues to everything.
	Sets *agenda.Agendas
	// Near and Far are talks on one issue after another, over all orders; nil where they are
	// not known, with the reason.
	Near, Far       *agenda.Orders
	NearWhy, FarWhy string
	// Linkages are pairs and triples of issues that do better together; nil with the reason.
	Linkages    *agenda.Linkages
	LinkagesWhy string
	// OnRecord are the case's agendas, in the order of the file.
	OnRecord []TakenUp
	// Asked is the agenda that was asked about, nil where none was.
	Asked *TakenUp
}

// A TakenUp agenda is one with what it leads to.
type TakenUp struct {
	ID string // of one on record
	casefile.Way
	*agenda.Followed
}

// Agendas finds the agendas of every reading. way is one to follow beside those on record, and may be nil. It
// fails where a reading does not compile, passes the limits of the options, or ctx ends.
func (s *Study) Agendas(ctx context.Context, way *casefile.Way, opts Options) (*Agendas, error) {
	quiet := opts
	quiet.Progress = nil
	c, err := s.all(ctx, quiet)
	if err != nil {
		return nil, err
	}
	a := &Agendas{Case: c}
	for i, r := range c.Readings {
		one, err := r.takeUp(ctx, s.File.Case, way, true, opts.part(float64(i)/float64(len(c.Readings)), float64(i+1)/float64(len(c.Readings))))
		if err != nil {
			return nil, inView(r.View, err)
		}
		a.By = append(a.By, one)
	}
	return a, nil
}

// takeUp finds the agendas of a reading. ahead says whether to follow every order far-sighted, which
// takes longest.
func (r *Reading) takeUp(ctx context.Context, c *casefile.Case, way *casefile.Way, ahead bool, opts Options) (*Agenda, error) {
	shared := &agenda.Ahead{}
	step := func(from, to float64) agenda.Options {
		o := opts.part(from, to)
		return agenda.Options{Time: o.Time, Memory: o.Memory, Progress: o.Progress, StatusQuo: c.StatusQuos(), Analysis: r.Analysis, Ahead: shared}
	}
	a := &Agenda{Reading: r}
	var err error
	if a.Sets, err = agenda.Find(ctx, r.Space, step(0, 0.2)); err != nil {
		return nil, err
	}
	// What cannot be answered for this case is said; only an interruption ends the work.
	why := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	a.Near, err = agenda.FindOrders(ctx, r.Space, nil, agenda.NearSighted, step(0.2, 0.3))
	a.NearWhy = why(err)
	if ahead {
		a.Far, err = agenda.FindOrders(ctx, r.Space, nil, agenda.FarSighted, step(0.3, 0.8))
		a.FarWhy = why(err)
	}
	a.Linkages, err = agenda.FindLinkages(ctx, r.Space, step(0.8, 0.85))
	a.LinkagesWhy = why(err)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	follow := func(id string, way casefile.Way) (*TakenUp, error) {
		quiet := step(0, 1)
		quiet.Progress = nil
		followed, err := agenda.Follow(ctx, r.Space, agenda.Sequence{Files: way.Files, Fixed: way.Fixed}, quiet)
		return &TakenUp{id, way, followed}, err
	}
	for i, id := range c.Agendas.Keys() {
		way, err := c.AgendaWay(id)
		if err != nil {
			return nil, err
		}
		taken, err := follow(id, way)
		if err != nil {
			return nil, err
		}
		a.OnRecord = append(a.OnRecord, *taken)
		if opts.Progress != nil {
			opts.Progress(0.85 + float64(0.15*float64(i+1)/float64(c.Agendas.Len()+1)))
		}
	}
	if way != nil {
		if a.Asked, err = follow("", *way); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Full is the agenda with every issue on the table.
func (a *Agenda) Full() *agenda.Agenda { return &a.Sets.Sets[len(a.Sets.Sets)-1] }

// Kept is the product of gains of one vector as a share of another's, over the parties that
// gain in the other; 0 where one of them does not gain, nil where nobody gains in the other.
func (a *Agenda) Kept(u, of []int64) *big.Rat {
	share, any := big.NewRat(1, 1), false
	for p, d := range a.Sets.Disagreement {
		if of[p] <= d {
			continue
		}
		any = true
		share.Mul(share, big.NewRat(max(0, u[p]-d), of[p]-d))
	}
	if !any {
		return nil
	}
	return share
}

// briefAgenda finds the agendas of a reading for a brief, where there is a zone and some issue may be
// left at its status quo. Talks over all orders are near-sighted alone: looking ahead takes too long for a
// brief. Where that does not fit the budget, why says so.
func (r *Reading) briefAgenda(ctx context.Context, c *casefile.Case, opts Options) (a *Agenda, why string, err error) {
	if !r.HasZone() || !slices.ContainsFunc(c.StatusQuos(), func(o int) bool { return o >= 0 }) {
		return nil, "", nil
	}
	opts.Progress = nil
	a, err = r.takeUp(ctx, c, nil, false, opts)
	if ctx.Err() != nil {
		return nil, "", context.Cause(ctx)
	}
	if err != nil {
		return nil, err.Error(), nil
	}
	return a, "", nil
}
