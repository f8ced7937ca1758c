package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/study"
)

// A Collection is a table of scenarios.
type Collection struct {
	Folder    string
	Scenarios []study.Measured
	Left      []string // what was passed over
}

// WriteJSON writes the collection as one JSON document, a scenario to a line.
func (c *Collection) WriteJSON(w io.Writer) error {
	var b strings.Builder
	encode := func(v any) error {
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	part := func(name string, v any, end string) error {
		fmt.Fprintf(&b, "  %q: ", name)
		if err := encode(v); err != nil {
			return err
		}
		text := strings.TrimSuffix(b.String(), "\n")
		b.Reset()
		b.WriteString(text + end)
		return nil
	}
	b.WriteString("{\n")
	if err := part("folder", clean(c.Folder), ",\n"); err != nil {
		return err
	}
	if err := part("left_out", cleanAll(c.Left), ",\n"); err != nil {
		return err
	}
	b.WriteString(`  "scenarios": [`)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	for i := range c.Scenarios {
		row, err := json.Marshal(cleanRow(&c.Scenarios[i]))
		if err != nil {
			return err
		}
		separator := ",\n    "
		if i == 0 {
			separator = "\n    "
		}
		if _, err := fmt.Fprintf(w, "%s%s", separator, row); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n  ]\n}\n")
	return err
}

func cleanAll(all []string) []string {
	out := make([]string, 0, len(all))
	for _, s := range all {
		out = append(out, clean(s))
	}
	return out
}

// cleanRow returns the row with its texts made safe, and lists that are never null.
func cleanRow(m *study.Measured) *study.Measured {
	c := *m
	c.Scenario = clean(c.Scenario)
	c.Files, c.Parties = cleanAll(c.Files), cleanAll(c.Parties)
	c.Problems, c.Lost = cleanAll(c.Problems), cleanAll(c.Lost)
	if c.NoDeal == nil {
		c.NoDeal = []*float64{}
	}
	return &c
}

// A collectionColumn is a column of the table for people and for spreadsheets.
type collectionColumn struct {
	name, title string // in CSV; for people
	numbers     bool
	short       bool // in the table of a terminal
	cell        func(m *study.Measured) string
}

var collectionColumns = []collectionColumn{
	{"scenario", "Scenario", false, true, func(m *study.Measured) string { return m.Scenario }},
	{"format", "Format", false, false, func(m *study.Measured) string { return m.Format }},
	{"parties", "Parties", true, true, func(m *study.Measured) string { return numberOr(len(m.Parties)) }},
	{"issues", "Issues", true, true, func(m *study.Measured) string { return numberOr(m.Issues) }},
	{"outcomes", "Packages", true, true, func(m *study.Measured) string { return textOr(m.Outcomes) }},
	{"nonlinear", "Nonlinear", false, true, func(m *study.Measured) string { return yesNo(m.Nonlinear, m.Outcomes != nil) }},
	{"verdict", "Verdict", false, false, func(m *study.Measured) string {
		if m.Verdict == nil {
			return ""
		}
		return string(*m.Verdict)
	}},
	{"zone", "Zone", true, true, func(m *study.Measured) string { return textOr(m.Zone) }},
	{"frontier", "Frontier", true, true, func(m *study.Measured) string { return intOr(m.Frontier) }},
	{"frontier_whole", "Frontier of all", true, false, func(m *study.Measured) string { return intOr(m.FrontierWhole) }},
	{"no_deal", "No deal", false, false, func(m *study.Measured) string {
		var parts []string
		for _, v := range m.NoDeal {
			if v == nil {
				parts = append(parts, "none")
			} else {
				parts = append(parts, shortFloat(*v))
			}
		}
		return strings.Join(parts, " ")
	}},
	{"nash", "Nash", false, true, func(m *study.Measured) string { return floats(m.Nash) }},
	{"kalai_smorodinsky", "Kalai–Smorodinsky", false, false, func(m *study.Measured) string { return floats(m.KalaiSmorodinsky) }},
	{"egalitarian", "Egalitarian", false, false, func(m *study.Measured) string { return floats(m.Egalitarian) }},
	{"utilitarian", "Utilitarian", false, false, func(m *study.Measured) string { return floats(m.Utilitarian) }},
	{"balanced", "Balanced", false, false, func(m *study.Measured) string { return floats(m.Balanced) }},
	{"opposition", "Opposition", true, true, func(m *study.Measured) string { return floatOr(m.Opposition) }},
	{"distribution", "Distribution", true, true, func(m *study.Measured) string { return floatOr(m.Distribution) }},
	{"exact", "Exact", false, false, func(m *study.Measured) string { return yesNo(m.Exact, m.Verdict != nil) }},
	{"inputs_rounded", "Rounded", false, false, func(m *study.Measured) string { return yesNo(m.InputsRounded, m.Outcomes != nil) }},
	{"lost", "Notes", true, false, func(m *study.Measured) string { return strconv.Itoa(len(m.Lost)) }},
	{"problems", "Problems", false, false, func(m *study.Measured) string { return strings.Join(m.Problems, "; ") }},
}

func numberOr(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func textOr(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func intOr(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func yesNo(is, known bool) string {
	switch {
	case !known:
		return ""
	case is:
		return "yes"
	}
	return "no"
}

func shortFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func floatOr(f *float64) string {
	if f == nil {
		return ""
	}
	return shortFloat(*f)
}

func floats(all []float64) string {
	var parts []string
	for _, f := range all {
		parts = append(parts, shortFloat(f))
	}
	return strings.Join(parts, " ")
}

// WriteCSV writes one row for each scenario, the columns named in the first. Several
// numbers of a cell stand in the order of the parties, with blanks between them.
func (c *Collection) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	var head []string
	for _, col := range collectionColumns {
		head = append(head, col.name)
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for i := range c.Scenarios {
		var cells []string
		for _, col := range collectionColumns {
			cells = append(cells, col.cell(&c.Scenarios[i]))
		}
		if err := out.Write(guarded(cells)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// rounded writes a cell for people: numbers with three decimals, large ones as a power of ten.
func rounded(cell string) string {
	parts := strings.Fields(cell)
	for i, p := range parts {
		if !isDecimal(p) {
			return cell
		}
		r, ok := new(big.Rat).SetString(p)
		switch {
		case !ok:
		case r.IsInt() && len(p) > 9:
			parts[i] = magnitude(p)
		case r.IsInt() && len(p) > 3:
			parts[i] = grouped(r.Num())
		case !r.IsInt():
			parts[i] = r.FloatString(3)
		}
	}
	return strings.Join(parts, " / ")
}

// magnitude writes a whole number of many digits as in 1.2e12.
func magnitude(digits string) string {
	f, _ := strconv.ParseFloat(digits, 64)
	text := strconv.FormatFloat(f, 'e', 1, 64)
	return strings.Replace(strings.Replace(text, "e+0", "e", 1), "e+", "e", 1)
}

// summary says in a sentence what the table holds.
func (c *Collection) summary() string {
	zone, none, open, bad, nonlinear := 0, 0, 0, 0, 0
	for i := range c.Scenarios {
		m := &c.Scenarios[i]
		if m.Nonlinear {
			nonlinear++
		}
		switch {
		case m.Verdict == nil:
			bad++
		case *m.Verdict == bargain.HasZone:
			zone++
		case *m.Verdict == bargain.NoZone:
			none++
		default:
			open++
		}
	}
	text := fmt.Sprintf("%s: %d with a zone of agreement, %d without", counted(big.NewInt(int64(len(c.Scenarios))), "scenario", "scenarios"), zone, none)
	if open > 0 {
		text += fmt.Sprintf(", %d not proven", open)
	}
	if bad > 0 {
		text += fmt.Sprintf(", %d not measured", bad)
	}
	return text + fmt.Sprintf("; %d nonlinear.", nonlinear)
}

// WriteText writes the table for a terminal, and below it what was found amiss.
func (c *Collection) WriteText(w io.Writer, o TextOptions) error {
	t := newTerminal(o)
	var columns []collectionColumn
	for _, col := range collectionColumns {
		if col.short {
			columns = append(columns, col)
		}
	}
	rows := [][]string{nil}
	for _, col := range columns {
		rows[0] = append(rows[0], col.title)
	}
	for i := range c.Scenarios {
		var cells []string
		for _, col := range columns {
			cells = append(cells, clean(rounded(col.cell(&c.Scenarios[i]))))
		}
		rows = append(rows, cells)
	}
	widths := make([]int, len(columns))
	for _, row := range rows {
		for k, cell := range row {
			widths[k] = max(widths[k], width(cell))
		}
	}
	rest := 2 * (len(columns) - 1)
	for _, w := range widths[1:] {
		rest += w
	}
	widths[0] = max(min(widths[0], t.cols-rest), 12)
	for r, row := range rows {
		var b strings.Builder
		for k, cell := range row {
			cell = fit(cell, widths[k])
			pad := strings.Repeat(" ", widths[k]-width(cell))
			if k > 0 {
				b.WriteString("  ")
			}
			if columns[k].numbers {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		line := strings.TrimRight(b.String(), " ")
		if r == 0 {
			line = t.style(bold, line)
		}
		t.WriteString(line + "\n")
	}
	t.WriteByte('\n')
	t.paragraph(c.summary())
	for i := range c.Scenarios {
		m := &c.Scenarios[i]
		for _, p := range m.Problems {
			t.paragraph(clean(m.Scenario + ": " + p))
		}
	}
	for _, left := range c.Left {
		t.paragraph(clean(left))
	}
	_, err := w.Write(t.Bytes())
	return err
}
