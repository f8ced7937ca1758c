package report

import (
	"fmt"
	"strings"

	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/outcome"
)

// maxPicks is the largest number of points of one rule that are written.
const maxPicks = 16

// defined returns what other tools report, null where it was not asked for.
func (s *paper) defined() any {
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

// definitions writes what other tools report.
func (t *terminal) definitions(s *paper) {
	for _, d := range s.definitions {
		t.WriteString("\n" + t.style(bold, "As "+string(d.Tool)+" defines them") + t.style(dim, ": utilities, what the name means there") + "\n")
		longest := 0
		for _, n := range d.Points {
			longest = max(longest, width(n.Name))
		}
		for _, m := range d.Measures {
			longest = max(longest, width(m.Name))
		}
		row := func(name, value, means string) {
			for i, line := range wrap(value+": "+means, t.cols-longest-2) {
				if i > 0 {
					name = ""
				}
				t.WriteString(pad(name, longest, false) + "  " + line + "\n")
			}
		}
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
			row(n.Name, value, n.Means)
		}
		for _, m := range d.Measures {
			value := "not known"
			if m.Value != nil {
				value = fmt.Sprintf("%.4g", *m.Value)
			}
			row(m.Name, value, m.Means)
		}
		if d.Why != "" {
			t.paragraph(clean(d.Why))
		}
	}
}

// short writes points with at most four digits behind the point.
func short(r *outcome.Row, u int64) string {
	v := r.Points(u)
	if n, exact := v.FloatPrec(); exact && n <= 4 {
		return v.FloatString(n)
	}
	return v.FloatString(4)
}
