package report

import (
	"io"

	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

// WriteViewsJSON writes the study as one JSON document. docs/formats/views.md explains each field.
func WriteViewsJSON(w io.Writer, v *study.Views) error {
	return writeDocument(w, newViewPaper(v).document())
}

func (s *viewPaper) document() object {
	c := s.File.Case
	views, comparisons := list{}, list{}
	sameVerdict, samePackage := true, true
	for i, r := range s.Readings {
		views = append(views, s.column(r, s.Diagnoses[i]))
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
func (s *viewPaper) column(r *study.Reading, d *diagnose.Diagnosis) object {
	c := s.File.Case
	packages := object{}
	for i := range r.Packages {
		packages = append(packages, member{r.Packages[i].ID, append(object{{"in_zone", r.Packages[i].Judgment.InZone}}, judgedObject(r, c, &r.Packages[i])...)})
	}
	view, _ := c.Views.Get(r.View)
	var blocking, opening, complete any
	if d != nil {
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
		{"exact", a.Exact}, {"verdict", string(a.Verdict)}, {"zone", zoneObject(r)}, {"disagreement", disagreementObject(r)}, {"ideal", idealObject(r)},
		{"solutions", solutionsObject(r, c)}, {"packages", packages}, {"status_quo", judgedOrNull(r, c, r.StatusQuo)},
		{"blocking_sets", blocking}, {"opening_sets", opening}, {"sets_complete", complete},
	}
}

// comparison writes what two readings differ in, and what flips.
func (s *viewPaper) comparison(p *study.ViewPair) object {
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
func (s *viewPaper) flip(p *study.ViewPair, set []int, back bool) object {
	at := list{}
	for _, i := range set {
		at = append(at, p.Assumptions[i].At)
	}
	k := p.Combinations.After(set, back)
	var nash any
	if k.Nash != nil {
		r := study.Reading{Space: k.Space}
		nash = placeObject(&r, s.File.Case, k.Nash.Utilities, k.Nash.Outcome)
	}
	return object{{"assumptions", at}, {"verdict", string(k.Verdict)}, {"count", countText(k.Count)}, {"nash", nash}}
}
