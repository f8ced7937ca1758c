package report

import (
	"fmt"
	"strings"

	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/outcome"
)

// maxPicks is the largest number of points of one rule that are written.
const maxPicks = 16

// definitionsObject writes what other tools report, null where it was not asked for.
func (s *paper) definitionsObject() any {
	if len(s.definitions) == 0 {
		return nil
	}
	r, c := s.Main, s.File.Case
	tools := object{}
	for _, d := range s.definitions {
		found := object{}
		for _, n := range d.Points {
			picks := list{}
			for _, p := range n.Picks[:min(len(n.Picks), maxPicks)] {
				picks = append(picks, append(placeObject(r, c, p.Utilities, p.Outcome), member{"ties", count(p.Ties)}))
			}
			found = append(found, member{n.Name, object{{"size", len(n.Picks)}, {"points", picks}}})
		}
		measures := object{}
		for _, m := range d.Measures {
			measures = append(measures, member{m.Name, measure(m.Value)})
		}
		packages := object{}
		for _, p := range r.Packages {
			packages = append(packages, member{p.ID, distances(d, p.Outcome)})
		}
		tools = append(tools, member{string(d.Tool), object{
			{"points", found}, {"measures", measures}, {"packages", packages}, {"why", textOrNull(clean(d.Why))},
		}})
	}
	return tools
}

func distances(d *definitions.Result, o outcome.Outcome) object {
	all := object{}
	for _, at := range d.Distances(o) {
		all = append(all, member{at.Name, object{{"distance", measure(&at.Distance)}, {"optimality", measure(at.Optimality)}}})
	}
	return all
}

// defined are the sections on what other tools report.
func (s *paper) defined() []section {
	var all []section
	for _, d := range s.definitions {
		g := grid{Caption: "As " + string(d.Tool) + " defines them: utilities, what the name means there", Heads: []string{"", "", ""}}
		for _, n := range d.Points {
			value := "none"
			if len(n.Picks) > 0 {
				var u []string
				for p, v := range n.Picks[0].Utilities {
					u = append(u, short(&s.Main.Space.Parties[p].Row, v))
				}
				value = strings.Join(u, " / ")
			}
			if more := len(n.Picks) - 1; more > 0 {
				value += fmt.Sprintf(" (and %d more)", more)
			}
			g.Rows = append(g.Rows, []cell{{Text: n.Name}, {Text: value}, {Text: n.Means}})
		}
		for _, m := range d.Measures {
			value := "not known"
			if m.Value != nil {
				value = fmt.Sprintf("%.4g", *m.Value)
			}
			g.Rows = append(g.Rows, []cell{{Text: m.Name}, {Text: value}, {Text: m.Means}})
		}
		out := section{Tables: []grid{g}}
		if d.Why != "" {
			out.Notes = []string{clean(d.Why)}
		}
		all = append(all, out)
	}
	return all
}

// short writes points with at most four digits behind the point.
func short(r *outcome.Row, u int64) string {
	v := r.Points(u)
	if n, exact := v.FloatPrec(); exact && n <= 4 {
		return v.FloatString(n)
	}
	return v.FloatString(4)
}
