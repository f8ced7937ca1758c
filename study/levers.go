package study

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/whatif"
)

// Levers are what the levers of a case do, each alone and in combination, under the view of the
// study. Main is the case without levers.
type Levers struct {
	*Case
	// Levers, in the order of the file, like the changes of Combinations.
	Levers       []whatif.Lever
	Combinations *whatif.Combinations
	// Alone is the case with each lever pulled alone, analysed in full; nil for one that cannot be.
	Alone []*Reading
	// Package is the package asked for, without levers; nil without one.
	Package *Judged
	Goals   []LeverGoal
}

// A LeverGoal is something that levers may reach.
type LeverGoal struct {
	Kind GoalKind
	whatif.Goal
	// AlwaysBroken are conditions that the package asked for breaks under every combination; nil
	// for the other goals.
	AlwaysBroken []string
}

// A GoalKind names a goal: a zone of agreement, a package in it that is carried at home on every side, the
// package asked for, or that carried at home.
type GoalKind string

// The goals.
const (
	GoalZone           GoalKind = "zone"
	GoalCarried        GoalKind = "carried"
	GoalPackage        GoalKind = "package"
	GoalPackageCarried GoalKind = "package_carried"
)

// OfHome reports whether the goal asks people at home.
func (k GoalKind) OfHome() bool { return k == GoalCarried || k == GoalPackageCarried }

// Levers pulls the levers of the case in all combinations that are looked at; the study's choice must pull none. A
// request for a package is nil or names one as for [Study.Package], whose errors it gives too.
func (s *Study) Levers(ctx context.Context, request *Request, opts Options) (*Levers, error) {
	if len(s.Choice.Levers) > 0 {
		return nil, errors.New("levers are pulled over a case without levers, and this study pulls some already")
	}
	c := s.File.Case
	k, err := c.CombineLevers(s.Choice.View)
	if err != nil {
		return nil, err
	}
	quiet := opts
	quiet.Progress = nil
	l := &Levers{}
	if l.Case, err = s.main(ctx, quiet); err != nil {
		return nil, err
	}
	if request != nil {
		o, _, err := l.Main.requested(request, c)
		if err != nil {
			return nil, &RequestError{err: err}
		}
		asked := l.Main.Judge(request.Name, o)
		l.Package = &asked
	}
	for i := range l.Main.Case.Levers {
		from := &l.Main.Case.Levers[i]
		lever := whatif.Lever{Mediators: c.ByMediators(from), Coercive: l.Main.Case.Coercive(from)}
		if from.Cost != nil {
			lever.Cost = from.Cost.Rat()
		}
		l.Levers = append(l.Levers, lever)
	}
	if err := l.pullEach(ctx, k, opts.part(0, 0.5)); err != nil {
		return nil, err
	}
	if err := l.combine(ctx, k, opts.part(0.5, 1)); err != nil {
		return nil, err
	}
	l.goals()
	return l, nil
}

// pullEach analyses the case with each lever pulled alone.
func (l *Levers) pullEach(ctx context.Context, k *casefile.Combiner, opts Options) error {
	c, n := l.File.Case, len(l.Levers)
	single := bargain.Options{Time: cmp.Or(opts.Time, 30*time.Second) / time.Duration(1+n), Memory: opts.Memory}
	for i := range l.Levers {
		space, err := k.Compile([]int{i})
		if err != nil {
			l.Alone = append(l.Alone, nil) // the combination says why
			continue
		}
		under, err := c.With(casefile.Choice{View: l.Choice.View, Levers: []string{c.Levers[i].ID}})
		if err != nil {
			return err
		}
		r, err := readSpace(c, l.Choice.View, under, space)
		if err != nil {
			return err
		}
		if err := r.solve(ctx, single); err != nil && ctx.Err() != nil {
			return err
		}
		l.Alone = append(l.Alone, r)
		if opts.Progress != nil {
			opts.Progress(float64(i+1) / float64(n))
		}
	}
	return nil
}

// combine pulls the levers together.
func (l *Levers) combine(ctx context.Context, k *casefile.Combiner, opts Options) error {
	combine := whatif.CombineOptions{Levers: l.Levers, Time: opts.Time, Memory: opts.Memory, Progress: opts.Progress, Witnesses: l.Main.winners()}
	for _, p := range l.Main.Packages {
		combine.Witnesses = append(combine.Witnesses, p.Outcome)
	}
	for _, r := range l.Alone {
		if r != nil {
			combine.Witnesses = append(combine.Witnesses, r.winners()...)
		}
	}
	if l.Package != nil {
		combine.Package = l.Package.Outcome
	}
	var err error
	if l.Combinations, err = whatif.Combine(ctx, k.Len(), k.Compile, combine); err != nil {
		return err
	}
	// What a full analysis knows more of single levers.
	for at := range l.Combinations.Sets {
		k, r := &l.Combinations.Sets[at], l.Main
		if len(k.Set) == 1 {
			r = l.Alone[k.Set[0]]
		}
		if len(k.Set) > 1 || r == nil {
			continue
		}
		if k.Verdict == bargain.Unknown && r.Analysis.Verdict != bargain.Unknown {
			k.Verdict, k.Exact = r.Analysis.Verdict, r.Analysis.Exact
		}
		if n := r.ZoneCount(); k.Count == nil && n != nil {
			k.Count, k.Ratifiable = n, r.Analysis.Zone.Ratifiable
		}
	}
	return nil
}

func (l *Levers) goals() {
	goal := func(kind GoalKind, reach func(*whatif.Combination) whatif.Reach) {
		l.Goals = append(l.Goals, LeverGoal{Kind: kind, Goal: l.Combinations.Goal(l.Levers, reach)})
	}
	goal(GoalZone, (*whatif.Combination).OpensZone)
	goal(GoalCarried, (*whatif.Combination).Carried)
	if l.Package != nil {
		goal(GoalPackage, (*whatif.Combination).PackageAccepted)
		goal(GoalPackageCarried, (*whatif.Combination).PackageCarried)
		for i := range l.Goals[2:] {
			l.Goals[2+i].AlwaysBroken = l.Combinations.AlwaysBroken()
		}
	}
}

// Single returns the combination of one lever.
func (l *Levers) Single(i int) *whatif.Combination {
	at := slices.IndexFunc(l.Combinations.Sets, func(k whatif.Combination) bool { return len(k.Set) == 1 && k.Set[0] == i })
	return &l.Combinations.Sets[at]
}

// Ordered returns the positions of the levers, those of mediators first.
func (l *Levers) Ordered() []int {
	var first, then []int
	for i := range l.Levers {
		if l.Levers[i].Mediators && !l.Levers[i].Coercive {
			first = append(first, i)
		} else {
			then = append(then, i)
		}
	}
	return append(first, then...)
}
