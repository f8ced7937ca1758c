package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
	"github.com/goodoffices/goodoffices/whatif"
)

// WriteViewsText writes the study for a terminal: the readings in columns, then what their
// differences hang on.
func WriteViewsText(w io.Writer, v *study.Views, o TextOptions) error {
	t, s := newTerminal(o), newViewPaper(v)
	t.masthead(s.paper)
	if len(s.Readings) < 2 {
		t.paragraph("The case has no views: there is nothing to set side by side.")
		t.paragraph(s.verdict())
	} else {
		t.paragraph(s.agreement())
		t.columns(s)
		for i := range s.Pairs {
			t.head(s.pairTitle(&s.Pairs[i]))
			for _, line := range s.pairLines(&s.Pairs[i]) {
				t.entry(" -", line)
			}
		}
	}
	_, err := w.Write(t.Bytes())
	return err
}

// agreement says whether the readings come to the same.
func (s *viewPaper) agreement() string {
	same, nash := true, true
	for _, r := range s.Readings {
		same = same && r.Analysis.Verdict == s.Readings[0].Analysis.Verdict
		nash = nash && sameNash(s.Readings[0], r)
	}
	text := fmt.Sprintf("Under %s assumptions and those of %s, ", possessive(s.analyst()), plural(len(s.Readings)-1, "view", "views"))
	switch {
	case same && nash:
		return text + "the verdict is the same, and so is the Nash package."
	case same:
		return text + "the verdict is the same; the Nash package is not."
	}
	return text + "the verdict differs: the answer hangs on whose assumptions hold."
}

// readingTitle names a reading in a sentence.
func (s *viewPaper) readingTitle(r *study.Reading) string {
	if r.View == "" {
		return "the case as written"
	}
	return "“" + viewTitle(s.File.Case, r.View) + "”"
}

// columns writes one column for each reading, or one block where there is no room.
func (t *terminal) columns(s *viewPaper) {
	c := s.File.Case
	var letters []outcome.Outcome // packages, by letter
	letter := func(o outcome.Outcome) string {
		at := slices.IndexFunc(letters, func(x outcome.Outcome) bool { return slices.Equal(x, o) })
		if at < 0 {
			at = len(letters)
			letters = append(letters, o)
		}
		return fmt.Sprintf("P%d", at+1)
	}
	var rows [][]string
	add := func(label string, cell func(r *study.Reading) string) {
		row := []string{label}
		for _, r := range s.Readings {
			row = append(row, cell(r))
		}
		rows = append(rows, row)
	}
	add("", func(r *study.Reading) string {
		if r.View == "" {
			return "as written"
		}
		return r.View
	})
	add("Zone of agreement", func(r *study.Reading) string {
		return map[bargain.Verdict]string{bargain.HasZone: "yes", bargain.NoZone: "no"}[r.Analysis.Verdict]
	})
	add("Packages in it", func(r *study.Reading) string {
		if n := r.ZoneCount(); n != nil {
			return grouped(n)
		}
		return "not known"
	})
	add("Of these carried", func(r *study.Reading) string {
		if n := r.ZoneCount(); n != nil && n.Sign() > 0 && r.Analysis.Zone.Ratifiable != nil {
			return percent(r.Analysis.Zone.Ratifiable, n)
		}
		return "-"
	})
	for p := range s.Main.Space.Parties {
		add(partyTitle(c, p)+", no deal", func(r *study.Reading) string {
			if party := &r.Space.Parties[p]; party.Threshold.Set {
				return points(&party.Row, party.Threshold.Value)
			}
			return "none"
		})
	}
	for _, rule := range study.Rules {
		add(capital(rule.Name), func(r *study.Reading) string {
			x := rule.Pick(&r.Analysis.Solutions)
			if x == nil {
				return "-"
			}
			var u []string
			for p := range r.Space.Parties {
				u = append(u, points(&r.Space.Parties[p].Row, x.Utilities[p]))
			}
			return letter(x.Outcome) + " " + strings.Join(u, "/")
		})
	}
	for k := range s.Main.Packages {
		add(packageTitle(c, s.Main.Packages[k].ID), func(r *study.Reading) string {
			j := &r.Packages[k].Judgment
			if j.InZone {
				return "in the zone"
			}
			if names := members(c, len(r.Space.Parties), j.Accepts); len(names) > 0 {
				return "only " + sentenceList(names)
			}
			return "nobody"
		})
	}
	label, gap := 0, 2
	for _, row := range rows {
		label = max(label, min(width(row[0]), 26))
	}
	each := (t.cols-label)/len(s.Readings) - gap
	t.WriteByte('\n')
	if each < 12 {
		for k, r := range s.Readings {
			t.WriteString(t.style(bold, fit(capital(s.readingTitle(r)), t.cols)) + "\n")
			for _, row := range rows[1:] {
				t.entry("  "+pad(fit(row[0], label), label, false), row[k+1])
			}
		}
	} else {
		for i, row := range rows {
			text := pad(fit(row[0], label), label, false)
			for _, cell := range row[1:] {
				text += strings.Repeat(" ", gap) + pad(fit(cell, each), each, true)
			}
			if i == 0 {
				text = t.style(bold, text)
			}
			t.WriteString(strings.TrimRight(text, " ") + "\n")
		}
	}
	if len(letters) > 1 {
		t.head("Where the packages named above differ")
		for i := range s.Main.Space.Issues {
			by := make(map[int][]string)
			var order []int
			for k, o := range letters {
				if by[o[i]] == nil {
					order = append(order, o[i])
				}
				by[o[i]] = append(by[o[i]], fmt.Sprintf("P%d", k+1))
			}
			if len(order) < 2 {
				continue
			}
			var parts []string
			for _, k := range order {
				parts = append(parts, sentenceList(by[k])+" “"+optionTitle(c, i, k)+"”")
			}
			t.entry(" -", issueTitle(c, i)+": "+strings.Join(parts, "; ")+".")
		}
	}
}

func (s *viewPaper) pairTitle(p *study.ViewPair) string {
	return fmt.Sprintf("From %s to %s: %s", s.readingTitle(p.From), s.readingTitle(p.To), plural(len(p.Assumptions), "assumption differs", "assumptions differ"))
}

// pairLines say what the difference of two readings hangs on.
func (s *viewPaper) pairLines(p *study.ViewPair) []string {
	var lines []string
	for i := range p.Assumptions[:min(len(p.Assumptions), maxAssumptions)] {
		lines = append(lines, s.assumption(p, i)+".")
	}
	if n := len(p.Assumptions) - maxAssumptions; n > 0 {
		lines = append(lines, fmt.Sprintf("And %d more.", n))
	}
	answer := func(what string, f *whatif.Flips, after func(*whatif.Combination) string) {
		if len(f.Forward)+len(f.Back) == 0 {
			text := fmt.Sprintf("%s stays the same whichever of these are taken over.", what)
			if !f.Complete {
				text = fmt.Sprintf("%s stays the same in all combinations of these that were searched.", what)
			}
			lines = append(lines, text)
			return
		}
		say := func(all [][]int, verb string, of *study.Reading, back bool) {
			for k, set := range all[:min(len(all), shownSets)] {
				these := "this alone is"
				if len(set) > 1 {
					these = "these are"
				}
				head := fmt.Sprintf("%s of %s flips if %s %s:", what, s.readingTitle(of), these, verb)
				if k > 0 {
					head = fmt.Sprintf("Or if %s %s:", these, verb)
				}
				lines = append(lines, fmt.Sprintf("%s %s. Then %s.", head, s.set(p, set), after(p.Combinations.After(set, back))))
			}
			if n := len(all) - shownSets; n > 0 {
				lines = append(lines, fmt.Sprintf("And %d more smallest sets; --format json has them.", n))
			}
		}
		say(f.Forward, "taken over", p.From, false)
		say(f.Back, "given up", p.To, true)
		if !f.Complete {
			lines = append(lines, "Not every combination was searched or is known: there may be other sets.")
		}
	}
	answer("The verdict", &p.Verdict, func(k *whatif.Combination) string { return lowerFirst(verdictWord(k.Verdict)) })
	answer("The Nash package", &p.Package, func(k *whatif.Combination) string {
		if k.Nash == nil {
			return "there is none"
		}
		var gets []string
		for i := range k.Space.Parties {
			gets = append(gets, partyName(s.File.Case, i)+" "+points(&k.Space.Parties[i].Row, k.Nash.Utilities[i]))
		}
		return "it gives " + sentenceList(gets)
	})
	return lines
}

// maxAssumptions is the largest number of differing assumptions that the terminal lists.
const maxAssumptions = 12

// set names assumptions by what they are about.
func (s *viewPaper) set(p *study.ViewPair, set []int) string {
	var names []string
	for _, i := range set {
		names = append(names, s.path(p.Assumptions[i].At))
	}
	return sentenceList(names)
}
