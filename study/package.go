package study

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Request names a package: one on record, status_quo, or a solution by its key in
// JSON, such as nash; a package on record goes before others of the same name. Without a name it
// is the status quo. The settings then change it, and must settle what has no status quo.
type Request struct {
	Name string
	Set  []casefile.Setting
}

// A Package is what one package means to everybody under the study's choice, what
// each change of a single issue would trade, and what would be better for some and worse for
// nobody.
type Package struct {
	*Case
	Asked

	Improvements    *bargain.Improvements // nil where they were not looked for
	ImprovementsWhy string                // then: why not
	Swaps           []bargain.Swap        // nil where there are too many to list
	SwapsWhy        string                // then: how many
}

// An Asked package is one that was asked for.
type Asked struct {
	Request Request
	Left    []int // issues that stay at their status quo because nothing else was said
	Judged
}

// Package judges a package. It fails with a [RequestError] where the case cannot have
// the package that is asked for, and where a solution that is named does not exist. Where the case
// is too large for the zone or for improvements, the answer says so and holds the rest.
func (s *Study) Package(ctx context.Context, request Request, opts Options) (*Package, error) {
	c, asked, err := s.asked(ctx, &request, opts)
	if err != nil {
		return nil, err
	}
	p := &Package{Case: c, Asked: *asked}
	if p.Swaps, err = bargain.Swaps(c.Main.Space, p.Outcome); err != nil {
		p.SwapsWhy = err.Error()
	}
	opts.Progress = nil
	if p.Improvements, err = bargain.Improve(ctx, c.Main.Space, p.Outcome, opts.bargain()); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		p.ImprovementsWhy = err.Error()
	}
	return p, nil
}

// asked returns Main with the package that is asked for, judged; nil without a request. A
// request that is wrong is refused before any work.
func (s *Study) asked(ctx context.Context, request *Request, opts Options) (*Case, *Asked, error) {
	if request != nil {
		r, err := Read(s.File.Case, s.Choice)
		if err != nil {
			return nil, nil, err
		}
		if _, _, err := r.requested(request, s.File.Case); err != nil {
			return nil, nil, &RequestError{err: err}
		}
	}
	c, err := s.main(ctx, opts)
	if err != nil || request == nil {
		return c, nil, err
	}
	o, left, err := c.Main.requested(request, s.File.Case)
	if err != nil {
		return nil, nil, err
	}
	return c, &Asked{*request, left, c.Main.Judge(request.Name, o)}, nil
}

// requested returns the package of a request, and the issues that stay at their status quo
// because nothing else was said.
func (r *Reading) requested(request *Request, c *casefile.Case) (outcome.Outcome, []int, error) {
	base, err := r.base(request.Name, c)
	if err != nil {
		return nil, nil, err
	}
	return c.Outcome(base, request.Set)
}

// PackageNames lists what a package of the case can be asked for by.
func PackageNames(c *casefile.Case) []string {
	names := append(slices.Clone(c.Packages.Keys()), "status_quo")
	for _, rule := range Rules {
		names = append(names, rule.Key)
	}
	return names
}

// base returns the package that a name asks for, nil for the status quo issue by issue. Before
// the reading is solved it knows only whether a solution's name is one.
func (r *Reading) base(name string, c *casefile.Case) (outcome.Outcome, error) {
	if name == "" {
		return nil, nil
	}
	for i := range r.Packages {
		if r.Packages[i].ID == name {
			return r.Packages[i].Outcome, nil
		}
	}
	if name == "status_quo" {
		return nil, nil
	}
	for _, rule := range Rules {
		switch {
		case rule.Key != name:
		case r.Analysis == nil:
			return make(outcome.Outcome, len(r.Space.Issues)), nil
		default:
			if x := rule.Pick(&r.Analysis.Solutions); x != nil {
				return x.Outcome, nil
			}
			return nil, fmt.Errorf("there is no %s package under these assumptions: %s", rule.Name, r.whyNone(rule))
		}
	}
	names := PackageNames(c)
	text := "the choices are " + strings.Join(names, ", ")
	if near := plain.Nearest(name, names); near != "" {
		text = fmt.Sprintf("did you mean %q?", near)
	} else if len(names) > 20 {
		text = fmt.Sprintf("it has %d packages on record, status_quo and the solutions", c.Packages.Len())
	}
	return nil, fmt.Errorf("case %s has no package %q: %s", c.ID, name, text)
}

// whyNone says why a rule picks no package.
func (r *Reading) whyNone(rule Rule) string {
	a := r.Analysis
	switch {
	case a.Verdict == bargain.Unknown:
		return "whether there is a zone is not proven: " + a.Why
	case !r.HasZone() && r.Space.Consent.Everyone():
		return "no package is acceptable to all of them"
	case !r.HasZone():
		return "no package meets the consent rule"
	case rule.Key == "balanced":
		return fmt.Sprintf("it is looked for among all efficient packages, and the method %s does not list these", a.Method)
	case a.Exact:
		return "it is looked for among the packages that every party accepts, and none that meets the consent rule is one of them"
	}
	return fmt.Sprintf("the method %s did not find it within the budget", a.Method)
}
