package report

import (
	"encoding/csv"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/study"
)

// WriteCSV writes one row for each frontier point of the main reading, the first
// party's best first: its number, the rules that pick it, every party's
// utility, its ties and its option on every issue. Columns are named in the first
// row. A rule's pick that is not among the points returned has a row of its own
// at the end. Texts that a spreadsheet would take for a formula begin with an
// apostrophe.
func WriteCSV(w io.Writer, s *study.Analysis) error {
	r, c := s.Main, s.File.Case
	out := csv.NewWriter(w)
	head := []string{"point", "solutions"}
	for i := range r.Space.Parties {
		head = append(head, "utility."+r.Space.Parties[i].ID)
	}
	head = append(head, "ties")
	for _, id := range c.Issues.Keys() {
		head = append(head, "issue."+string(id))
	}
	if err := out.Write(guarded(head)); err != nil {
		return err
	}
	a := r.Analysis
	listed := map[string]bool{}
	row := func(id, flags string, utilities []int64, o []int, ties string) error {
		cells := []string{id, flags}
		for i := range r.Space.Parties {
			cells = append(cells, float(r.Space.Parties[i].Points(utilities[i])))
		}
		cells = append(cells, ties)
		for i := range o {
			cells = append(cells, issueAt(c, i).OptionID(o[i]))
		}
		return out.Write(guarded(cells))
	}
	for i := range a.Frontier.Points {
		p := &a.Frontier.Points[i]
		var flags []string
		for _, rule := range study.Rules {
			if x := rule.Pick(&a.Solutions); x != nil && slices.Equal(x.Utilities, p.Utilities) {
				flags = append(flags, rule.Key)
				listed[rule.Key] = true
			}
		}
		if err := row(decimal(i+1), strings.Join(flags, " "), p.Utilities, p.Outcome, tiesText(p.Ties)); err != nil {
			return err
		}
	}
	for _, rule := range study.Rules {
		if x := rule.Pick(&a.Solutions); x != nil && !listed[rule.Key] {
			if err := row("", rule.Key, x.Utilities, x.Outcome, tiesText(x.Ties)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// tiesText leaves the cell empty where ties were not counted.
func tiesText(ties *big.Int) string {
	if ties == nil {
		return ""
	}
	return ties.String()
}

// guarded returns cells that no spreadsheet takes for a formula. Numbers stay numbers.
func guarded(cells []string) []string {
	for i, cell := range cells {
		cell = clean(cell)
		if !isDecimal(cell) && plain.Formula(cell) {
			cell = "'" + cell
		}
		cells[i] = cell
	}
	return cells
}

// isDecimal reports whether s is a plain decimal, such as -12.5.
func isDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, part, dotted := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!dotted || digits(part))
}
