package study

import (
	"context"
	"time"
)

// briefTime bounds each step of a brief beyond its analysis, so that it is quick whatever the case.
const briefTime = 4 * time.Second

// A Brief holds the answers that a brief tells of.
type Brief struct {
	*Analysis
	Robustness *Robustness
	// Levers is nil where the case has none, or the study's choice pulls some.
	Levers *Levers
	// Pairs are any two readings with what their difference hangs on.
	Pairs []ViewPair
	// Agenda is nil where there is no zone or no issue has a status quo, and where AgendaWhy says
	// that it did not fit the budget.
	Agenda    *Agenda
	AgendaWhy string
	Rehearsed []Rehearsed
}

// Brief asks everything that a brief tells of: within opts for the analysis, and for the rest within
// four seconds a step.
func (s *Study) Brief(ctx context.Context, opts Options) (*Brief, error) {
	b := &Brief{}
	var err error
	if b.Analysis, err = s.Analyze(ctx, AnalyzeOptions{Options: opts.part(0, 0.3)}); err != nil {
		return nil, err
	}
	step := func(from, to float64) Options {
		o := opts.part(from, to)
		o.Time, o.Memory = briefTime, 0
		return o
	}
	if b.Robustness, err = s.Robustness(ctx, RobustnessOptions{Options: step(0.3, 0.4), Seed: DefaultSeed}); err != nil {
		return nil, err
	}
	if len(s.File.Case.Levers) > 0 && len(s.Choice.Levers) == 0 {
		var request *Request
		if near := b.Main.Closest(); len(near) > 0 && !near[0].Judgment.InZone {
			request = &Request{Name: near[0].ID}
		}
		if b.Levers, err = s.Levers(ctx, request, step(0.4, 0.5)); err != nil {
			return nil, err
		}
	}
	if b.Pairs, err = b.compare(ctx, step(0.5, 0.6)); err != nil {
		return nil, err
	}
	quiet := step(0, 1)
	quiet.Progress = nil
	if b.Home, err = winSets(ctx, b.Main, quiet); err != nil {
		return nil, err
	}
	if b.Agenda, b.AgendaWhy, err = b.Main.briefAgenda(ctx, s.File.Case, step(0.6, 0.7)); err != nil {
		return nil, err
	}
	b.Rehearsed, err = s.rehearsed(ctx, step(0.7, 1))
	return b, err
}
