package report

import (
	"context"
	"math/big"

	"github.com/goodoffices/goodoffices/agenda"
	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// Agendas say, under one reading, what depends on which issues are taken up, and in which
// order.
type Agendas struct {
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

// NewAgendaStudy returns a study of the case under the choice and under each of its views, each
// reading with its Agendas. way may be nil. It fails where a reading does not compile, passes the
// limits of the options, or ctx ends.
func NewAgendaStudy(ctx context.Context, file *casefile.File, choice casefile.Choice, way *casefile.Way, opts bargain.Options) (*Study, error) {
	s := &Study{File: file, Choice: choice}
	for _, view := range append([]string{""}, file.Case.Views.Keys()...) {
		plain := opts
		plain.Progress = nil
		r, err := newReading(ctx, file.Case, casefile.Choice{View: view, Levers: choice.Levers}, plain)
		if err != nil {
			return nil, inView(view, err)
		}
		s.Readings = append(s.Readings, r)
		if view == choice.View {
			s.Main = r
		}
	}
	return s, s.TakeUp(ctx, way, agenda.Options{Time: opts.Time, Memory: opts.Memory, Progress: opts.Progress})
}

// TakeUp fills the Agendas of every reading. way may be nil; status quo and analyses are the
// study's own.
func (s *Study) TakeUp(ctx context.Context, way *casefile.Way, opts agenda.Options) error {
	tell := opts.Progress
	for i, r := range s.Readings {
		if tell != nil {
			opts.Progress = func(done float64) { tell((float64(i) + done) / float64(len(s.Readings))) }
		}
		var err error
		if r.Agendas, err = r.takeUp(ctx, s.File.Case, way, true, opts); err != nil {
			return inView(r.View, err)
		}
	}
	return nil
}

// takeUp finds the agendas of a reading. ahead says whether to follow every order far-sighted, which
// takes longest.
func (r *Reading) takeUp(ctx context.Context, c *casefile.Case, way *casefile.Way, ahead bool, opts agenda.Options) (*Agendas, error) {
	opts.StatusQuo, opts.Analysis, opts.Ahead = c.StatusQuos(), r.Analysis, &agenda.Ahead{}
	tell := opts.Progress
	step := func(from, to float64) agenda.Options {
		o := opts
		if tell != nil {
			o.Progress = func(done float64) { tell(from + float64((to-from)*done)) }
		}
		return o
	}
	a := &Agendas{}
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
		followed, err := agenda.Follow(ctx, r.Space, agenda.Sequence{Files: way.Files, Fixed: way.Fixed}, opts)
		return &TakenUp{id, way, followed}, err
	}
	opts.Progress = nil
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
		if tell != nil {
			tell(0.85 + float64(0.15*float64(i+1)/float64(c.Agendas.Len()+1)))
		}
	}
	if way != nil {
		if a.Asked, err = follow("", *way); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// full is the agenda with every issue on the table.
func (a *Agendas) full() *agenda.Agenda { return &a.Sets.Sets[len(a.Sets.Sets)-1] }

// kept is the product of gains of one vector as a share of another's, over the parties that
// gain in the other; 0 where one of them does not gain, nil where nobody gains in the other.
func (r *Reading) kept(u, of []int64) *big.Rat {
	share, any := big.NewRat(1, 1), false
	for p, d := range r.Agendas.Sets.Disagreement {
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

// difference returns, by party and in points, what u gives more than v.
func difference(s *outcome.Space, u, v []int64) []*big.Rat {
	var by []*big.Rat
	for p := range s.Parties {
		by = append(by, s.Parties[p].Points(u[p]-v[p]))
	}
	return by
}

func agendaTitle(c *casefile.Case, id string) string {
	a, _ := c.Agendas.Get(id)
	if t := name(a.Title); t != "" {
		return t
	}
	return humane(id)
}
