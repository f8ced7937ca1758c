package agenda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Linkage is a pair or triple of issues whose joint settlement beats separate ones.
//
// Joint is what one near-sighted [TalkStep] makes of the issues as one file, with all others open
// at their status quo. Separate is the best that they come to in smaller files, one after
// another: of a pair, in either order; of a triple, in any order of its three issues or of a pair and the
// third. Beats means better for the Nash rule, gains taken over what the parties have if the joint file is not settled; what gives
// somebody less than that counts as no settlement.
type Linkage struct {
	Issues []int // ascending
	// Joint and Separate are the outcomes and what they are worth, others at their status quo.
	// Separate is nil where talks about smaller files fail in every order.
	Joint, Separate *bargain.Point
	// Fallback is what each party has without a joint settlement: the status quo or, as NoDeal says, no deal.
	Fallback []int64
	NoDeal   bool
	// Created is what joint settlement adds for each party, in its row's units: to Separate, or else to Fallback.
	Created []int64
	// Share adds up over the parties what it creates as a share of the party's span, the
	// difference between the greatest and the least that its scores can add up to. It orders linkages and
	// depends on no party's scale.
	Share *big.Rat
}

// Linkages are those of a space: first those by which nobody has less than by separate
// settlement; then those with the greatest share, of fewer issues, and in the order of issues.
type Linkages struct {
	All []Linkage
	// Triples says that triples were looked at too; there can be too many.
	Triples bool
}

// maxTriples is the number of triples beyond which only pairs are looked at.
const maxTriples = 20_000

// FindLinkages looks for linkages among all pairs and triples of issues that have a status
// quo. It fails when s does not check, where a pair has too many joint options, and when ctx ends.
func FindLinkages(ctx context.Context, s *outcome.Space, opt Options) (*Linkages, error) {
	t, err := newAgendaTask(ctx, s, opt)
	if err != nil {
		return nil, err
	}
	if len(t.none) > 0 {
		return nil, fmt.Errorf("%s has no status quo, so that what other issues are worth beside it is not known", s.Issues[t.none[0]].ID)
	}
	b := t.newTable(t.quo, nil)
	var files [][]int
	for _, i := range t.open {
		files = append(files, []int{i})
	}
	begin, broken := b.begin(files)
	n := int64(len(t.open))
	triples := n * (n - 1) * (n - 2) / 6
	out := &Linkages{Triples: triples <= maxTriples}
	sets := appendSubsets(nil, len(t.open), min(2, len(t.open)))
	if len(t.open) < 2 || broken != nil {
		return out, nil
	}
	if out.Triples && len(t.open) > 2 {
		sets = appendSubsets(sets, len(t.open), 3)
	}
	work := 0.0
	for _, set := range sets {
		joint := 1.0
		for _, k := range set {
			joint *= float64(s.Issues[t.open[k]].Options)
		}
		work += joint * float64(30*len(s.Parties)*(len(s.Issues)+len(b.conditions)))
	}
	if work > float64(t.opt.Time.Nanoseconds()) {
		return nil, fmt.Errorf("%d pairs and triples of issues have too many joint options to look at within the budget", len(sets))
	}
	for k, set := range sets {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if l := b.linkage(begin, t.table(set)); l != nil {
			out.All = append(out.All, *l)
		}
		t.tell(float64(k+1) / float64(len(sets)))
	}
	slices.SortStableFunc(out.All, func(x, y Linkage) int {
		if a, b := x.costs(), y.costs(); a != b {
			if a {
				return 1
			}
			return -1
		}
		return cmp.Or(y.Share.Cmp(x.Share), cmp.Compare(len(x.Issues), len(y.Issues)))
	})
	return out, nil
}

// costs reports whether somebody has less by joint settlement.
func (l *Linkage) costs() bool {
	return slices.ContainsFunc(l.Created, func(d int64) bool { return d < 0 })
}

// linkage returns what joint settlement of the issues adds, nil where it adds nothing.
func (b *bargainTable) linkage(begin *standing, issues []int) *Linkage {
	c, ok := b.choose(begin, issues)
	if !ok || c.left {
		return nil
	}
	over := &pareto.Gauge{Scale: b.g.Scale, Disagreement: slices.Clone(c.fallback)}
	value := func(p *standing) *bargain.Point {
		u := b.s.Values(p.o)
		if !pareto.AtLeast(u, over.Disagreement) {
			return nil
		}
		return &bargain.Point{Utilities: u, Outcome: slices.Clone(p.o)}
	}
	l := &Linkage{Issues: issues, Joint: value(b.settle(begin, issues, c.at)), Fallback: over.Disagreement, NoDeal: c.noDeal, Share: new(big.Rat)}
splits:
	for _, files := range splits(issues) {
		p := begin
		for _, file := range files {
			if c, ok = b.choose(p, file); !ok {
				continue splits
			}
			p = b.settle(p, file, c.at)
		}
		if v := value(p); v != nil && (l.Separate == nil || over.CompareNash(v.Utilities, l.Separate.Utilities) > 0) {
			l.Separate = v
		}
	}
	from := l.Fallback
	if l.Separate != nil {
		from = l.Separate.Utilities
	}
	if over.CompareNash(l.Joint.Utilities, from) <= 0 {
		return nil
	}
	for q, u := range l.Joint.Utilities {
		l.Created = append(l.Created, u-from[q])
		if low, high := b.s.Parties[q].Span(); high > low {
			l.Share.Add(l.Share, big.NewRat(u-from[q], high-low))
		}
	}
	return l
}

// splits returns the ways to settle two or three issues in smaller files one after another.
func splits(issues []int) [][][]int {
	if len(issues) == 2 {
		a, b := issues[:1], issues[1:]
		return [][][]int{{a, b}, {b, a}}
	}
	var all [][][]int
	for k := range issues {
		one := issues[k : k+1]
		pair := slices.Delete(slices.Clone(issues), k, k+1)
		all = append(all, [][]int{one, pair}, [][]int{pair, one})
		for _, rest := range splits(pair) {
			all = append(all, append([][]int{one}, rest...))
		}
	}
	return all
}

// A Sequence is one way to take up issues: files in their order, each settled as a package. Issues in no
// file stay at their status quo, but for those that it fixes.
type Sequence struct {
	Files [][]int
	Fixed map[int]int // by issue, an option that follows from the way itself
}

// A Followed sequence is what it could and would lead to.
type Followed struct {
	// Files are ascending; those without a status quo that are in no file come first as one.
	Files [][]int
	// Together is the analysis of one package over everything in the files: its zone is what
	// the sequence could reach at all.
	Together Agenda
	// Near and Far are what parties make of the files one after another; nil where that is
	// not known, with the reason.
	Near, Far       *Talks
	NearWhy, FarWhy string
}

// Follow says what a sequence leads to. It fails when s does not check, where the files are not
// such, and when ctx ends.
func Follow(ctx context.Context, s *outcome.Space, way Sequence, opt Options) (*Followed, error) {
	t, err := newAgendaTask(ctx, s, opt)
	if err != nil {
		return nil, err
	}
	for i, k := range way.Fixed {
		if i < 0 || i >= len(s.Issues) || k < 0 || k >= s.Issues[i].Options {
			return nil, fmt.Errorf("option %d of issue %d is none", k, i)
		}
		t.quo[i] = k
		t.open = slices.DeleteFunc(t.open, func(j int) bool { return i == j })
		t.none = slices.DeleteFunc(t.none, func(j int) bool { return i == j })
	}
	files, _, err := t.files(way.Files)
	if err != nil {
		return nil, err
	}
	out := &Followed{Files: files}
	table := slices.Sorted(slices.Values(slices.Concat(files...)))
	for _, i := range table {
		if _, fixed := way.Fixed[i]; fixed {
			return nil, fmt.Errorf("%s is in a file and fixed", s.Issues[i].ID)
		}
	}
	if out.Together, err = t.analysed(table, t.opt.Time); err != nil {
		return nil, err
	}
	talks := func(sight Sight) (*Talks, error) {
		b, err := t.sit(files, sight)
		if err != nil {
			return nil, errors.Join(context.Cause(ctx), err)
		}
		return b.follow(files, pareto.Places(len(files))), nil
	}
	if out.Far, err = talks(FarSighted); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		out.FarWhy = err.Error()
	}
	if out.Near = out.Far; len(files) > 1 || out.Far == nil { // in the last step there is nothing to look ahead to
		if out.Near, err = talks(NearSighted); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			out.NearWhy = err.Error()
		}
	}
	return out, nil
}
