package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/whatif"
)

// A ViewStudy sets the views of a case side by side.
type ViewStudy struct {
	*Study // Main is the case as written; every reading without a zone is diagnosed
	Pairs  []ViewPair
}

// A ViewPair is two readings of a case and the assumptions in which they differ.
type ViewPair struct {
	From, To    *Reading
	Assumptions []casefile.Assumption
	// Combinations are of the assumptions of To taken over into From.
	Combinations *whatif.Combinations
	// Verdict and Package hold the smallest sets of assumptions on which the verdict flips, and the
	// package that the Nash rule ranks first.
	Verdict, Package whatif.Flips
}

// NewViewStudy reads the case as written and under each view, with levers pulled, and compares any two of
// the readings.
func NewViewStudy(ctx context.Context, file *casefile.File, levers []string, opts bargain.Options) (*ViewStudy, error) {
	tell := opts.Progress
	if tell != nil {
		opts.Progress = func(done float64) { tell(done / 2) }
	}
	study, err := NewStudy(ctx, file, casefile.Choice{Levers: levers}, opts)
	if err != nil {
		return nil, err
	}
	for _, r := range study.Readings {
		if r.Diagnosis == nil && r.Analysis.Verdict == bargain.NoZone {
			r.Diagnosis, err = diagnose.Diagnose(ctx, r.Space, diagnose.Options{Time: opts.Time, Memory: opts.Memory, Analysis: r.Analysis})
			if err != nil {
				return nil, err
			}
		}
	}
	if tell != nil {
		opts.Progress = func(done float64) { tell(0.5 + done/2) }
	}
	s := &ViewStudy{Study: study}
	s.Pairs, err = study.Compare(ctx, opts)
	return s, err
}

// Compare finds, for any two readings of the study, the smallest sets of the assumptions in which they
// differ on which an answer flips.
func (s *Study) Compare(ctx context.Context, opts bargain.Options) ([]ViewPair, error) {
	var pairs []ViewPair
	n := len(s.Readings) * (len(s.Readings) - 1) / 2
	for i, from := range s.Readings {
		for _, to := range s.Readings[i+1:] {
			combine := whatif.CombineOptions{Time: opts.Time / time.Duration(n), Memory: opts.Memory, Witnesses: slices.Concat(winners(from), winners(to))}
			if done := float64(len(pairs)); opts.Progress != nil {
				combine.Progress = func(part float64) { opts.Progress((done + part) / float64(n)) }
			}
			k, assumptions, err := s.File.Case.CombineViews(from.View, to.View, s.Choice.Levers)
			if err != nil {
				return nil, err
			}
			p := ViewPair{From: from, To: to, Assumptions: assumptions}
			if p.Combinations, err = whatif.Combine(ctx, k.Len(), k.Compile, combine); err != nil {
				return nil, err
			}
			p.Verdict, p.Package = p.Combinations.VerdictFlips(), p.Combinations.PackageFlips()
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// sameNash reports whether the Nash package of a reading is that of another, or tied with it there; neither
// having one is the same.
func sameNash(from, to *Reading) bool {
	a, b := from.Analysis.Solutions.Nash, to.Analysis.Solutions.Nash
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return slices.Equal(a.Outcome, b.Outcome) || slices.ContainsFunc(b.Tied, func(o outcome.Outcome) bool { return slices.Equal(o, a.Outcome) })
}

// WriteViewsJSON writes the study as one JSON document. docs/formats/views.md explains each field.
func WriteViewsJSON(w io.Writer, s *ViewStudy) error {
	var b bytes.Buffer
	if err := encode(&b, s.document(), 0); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

func (s *ViewStudy) document() object {
	c := s.File.Case
	views, comparisons := list{}, list{}
	sameVerdict, samePackage := true, true
	for _, r := range s.Readings {
		views = append(views, s.column(r))
		sameVerdict = sameVerdict && r.Analysis.Verdict == s.Readings[0].Analysis.Verdict
		samePackage = samePackage && sameNash(s.Readings[0], r)
	}
	for i := range s.Pairs {
		comparisons = append(comparisons, s.comparison(&s.Pairs[i]))
	}
	return object{
		{"case", c.ID},
		{"hash", s.hash()},
		{"levers", texts(s.Choice.Levers)},
		{"parties", texts(partyIDs(s.Main.Space))},
		{"outcomes", s.Main.Analysis.Outcomes.String()},
		{"inputs_rounded", s.Main.Space.Rounded},
		{"same_verdict", sameVerdict},
		{"same_package", samePackage},
		{"views", views},
		{"comparisons", comparisons},
	}
}

// column writes what follows from one reading.
func (s *ViewStudy) column(r *Reading) object {
	c := s.File.Case
	packages := object{}
	for i := range r.Packages {
		packages = append(packages, member{r.Packages[i].ID, append(object{{"in_zone", r.Packages[i].Judgment.InZone}}, r.judged(c, &r.Packages[i])...)})
	}
	view, _ := c.Views.Get(r.View)
	var blocking, opening, complete any
	if d := r.Diagnosis; d != nil && r.Analysis.Verdict == bargain.NoZone {
		sets, relax := list{}, list{}
		for _, b := range d.BlockingSets {
			sets = append(sets, texts(b.Conditions))
		}
		for _, o := range d.OpeningSets {
			relax = append(relax, texts(o.Relax))
		}
		blocking, opening, complete = sets, relax, d.Complete
	}
	a := r.Analysis
	return object{
		{"view", textOrNull(r.View)}, {"title", viewTitle(c, r.View)}, {"after", textOrNull(clean(view.After))}, {"because", textOrNull(clean(view.Because))},
		{"exact", a.Exact}, {"verdict", string(a.Verdict)}, {"zone", r.zone()}, {"disagreement", r.disagreement()}, {"ideal", r.ideal()},
		{"solutions", r.solutions(c)}, {"packages", packages}, {"status_quo", r.judgedOrNull(c, r.StatusQuo)},
		{"blocking_sets", blocking}, {"opening_sets", opening}, {"sets_complete", complete},
	}
}

// comparison writes what two readings differ in, and what flips.
func (s *ViewStudy) comparison(p *ViewPair) object {
	assumptions := list{}
	for i := range p.Assumptions {
		a := &p.Assumptions[i]
		assumptions = append(assumptions, object{{"at", a.At}, {"from", textOrNull(clean(p.From.Case.Stands(a.At)))}, {"to", textOrNull(clean(p.To.Case.Stands(a.At)))},
			{"text", s.assumption(p, i)}})
	}
	flips := func(f *whatif.Flips) []member {
		sets := func(all [][]int, back bool) list {
			out := list{}
			for _, set := range all {
				out = append(out, s.flip(p, set, back))
			}
			return out
		}
		return []member{{"flips", sets(f.Forward, false)}, {"flips_back", sets(f.Back, true)}, {"complete", f.Complete}}
	}
	from, to := p.From.Analysis, p.To.Analysis
	return object{
		{"from", textOrNull(p.From.View)}, {"to", textOrNull(p.To.View)}, {"assumptions", assumptions},
		{"combinations", len(p.Combinations.Sets)}, {"complete", p.Combinations.Complete}, {"why", textOrNull(p.Combinations.Why)},
		{"verdict", append(object{{"from", string(from.Verdict)}, {"to", string(to.Verdict)}}, flips(&p.Verdict)...)},
		{"package", append(object{{"same", sameNash(p.From, p.To)}}, flips(&p.Package)...)},
	}
}

// flip writes a set of assumptions and what becomes of the answer when they are taken over or, back,
// given up.
func (s *ViewStudy) flip(p *ViewPair, set []int, back bool) object {
	at := list{}
	for _, i := range set {
		at = append(at, p.Assumptions[i].At)
	}
	k := p.Combinations.After(set, back)
	var nash any
	if k.Nash != nil {
		r := Reading{Space: k.Space}
		nash = r.place(s.File.Case, k.Nash.Utilities, k.Nash.Outcome)
	}
	return object{{"assumptions", at}, {"verdict", string(k.Verdict)}, {"count", countText(k.Count)}, {"nash", nash}}
}

// assumption says in words how the second reading of a pair differs from the first.
func (s *ViewStudy) assumption(p *ViewPair, i int) string {
	a := &p.Assumptions[i]
	from, to := clean(p.From.Case.Stands(a.At)), clean(p.To.Case.Stands(a.At))
	what := s.path(a.At)
	switch {
	case from == "":
		return fmt.Sprintf("%s: %s instead of none", what, to)
	case to == "":
		return fmt.Sprintf("%s: none instead of %s", what, from)
	}
	return fmt.Sprintf("%s: %s instead of %s", what, to, from)
}
