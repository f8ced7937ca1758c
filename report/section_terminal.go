package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// TextOptions say how an answer is laid out in a terminal.
type TextOptions struct {
	Width int  // columns, from 40; 0 is 80
	Color bool // use ANSI colours
	// Explain adds which method was chosen and why, and what the others would have taken.
	Explain bool
	// Rest says where the entries are that a shortened list leaves out, to stand after their
	// number: "and 7 more; Rest". Empty: nothing is said.
	Rest string
}

// A terminal lays sections out in cells of one width.
type terminal struct {
	bytes.Buffer
	cols  int
	color bool
	rest  string
}

func newTerminal(o TextOptions) *terminal {
	t := &terminal{cols: o.Width, color: o.Color, rest: o.Rest}
	if t.cols == 0 {
		t.cols = 80
	}
	t.cols = max(t.cols, 40)
	return t
}

// writeSections writes which case this is, what leads, and sections.
func writeSections(w io.Writer, s *paper, o TextOptions, lead []string, all ...section) error {
	t := newTerminal(o)
	t.masthead(s)
	for _, text := range lead {
		t.paragraph(text)
	}
	for i := range all {
		t.section(&all[i])
	}
	_, err := w.Write(t.Bytes())
	return err
}

// masthead says which case this is.
func (t *terminal) masthead(s *paper) {
	t.WriteString(t.style(bold, fit(s.title(), t.cols)) + "\n")
	about := fmt.Sprintf("%s  %s %s  as of %s  %s", s.marking(), s.File.Case.ID, s.shortHash(), s.asOf(), s.analyst())
	t.WriteString(t.style(dim, fit(about, t.cols)) + "\n\n")
}

// section lays a section out.
func (t *terminal) section(x *section) {
	if x.Title != "" {
		t.head(x.Title, "")
	}
	for _, text := range x.Sentences {
		t.paragraph(capital(text))
	}
	if len(x.Shorts) > 0 {
		t.blank()
	}
	for _, short := range x.Shorts {
		for i, line := range wrap(short[0]+": "+short[1], t.cols) {
			if i == 0 {
				line = t.style(bold, short[0]) + strings.TrimPrefix(line, short[0])
			}
			t.WriteString(line + "\n")
		}
	}
	t.standIn(&x.Instead)
	for i := range x.Lists {
		t.list(&x.Lists[i])
	}
	for i := range x.Tables {
		t.grid(&x.Tables[i])
	}
	if len(x.Limits) > 0 {
		t.head("What these conditions rest on", "")
		for i := range x.Limits {
			t.entry(" -", x.Limits[i].sentences())
		}
	}
	if len(x.Notes) > 0 {
		t.blank()
	}
	for _, text := range x.Notes {
		t.paragraph(text)
	}
}

// ANSI styles.
const (
	bold = "1"
	dim  = "2"
	blue = "34"
)

func (t *terminal) style(code, s string) string {
	if !t.color || s == "" || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// blank leaves a line empty, unless one is.
func (t *terminal) blank() {
	if t.Len() > 0 && !bytes.HasSuffix(t.Bytes(), []byte("\n\n")) {
		t.WriteByte('\n')
	}
}

func (t *terminal) paragraph(s string) {
	for _, line := range wrap(s, t.cols) {
		t.WriteString(line + "\n")
	}
}

// head writes the line above a list or table, and what that is about.
func (t *terminal) head(text, about string) {
	t.blank()
	if about != "" && width(text)+2+width(about) <= t.cols {
		t.WriteString(t.style(bold, text) + t.style(dim, ": "+about) + "\n")
		return
	}
	for _, line := range wrap(text, t.cols) {
		t.WriteString(t.style(bold, line) + "\n")
	}
	t.aside(about)
}

// aside writes what is beside the point.
func (t *terminal) aside(text string) {
	for _, line := range wrap(text, t.cols) {
		t.WriteString(t.style(dim, line) + "\n")
	}
}

// entry writes an entry of a list, its lines after the first set in.
func (t *terminal) entry(label, text string) {
	for i, line := range wrap(text, t.cols-width(label)-1) {
		head := strings.Repeat(" ", width(label))
		if i == 0 {
			head = label
		}
		t.WriteString(head + " " + line + "\n")
	}
}

func (t *terminal) list(l *sectionList) {
	t.head(l.Head, l.About)
	for i, text := range l.Items {
		label := " -"
		if l.Numbered {
			label = decimal(i+1) + "."
		}
		t.entry(label, capital(text))
	}
	t.left(l.Left)
}

// left says how much more there is, and where.
func (t *terminal) left(text string) {
	if text == "" {
		return
	}
	if t.rest != "" {
		text += "; " + t.rest
	}
	for _, line := range wrap(text+".", t.cols-3) {
		t.WriteString("   " + t.style(dim, line) + "\n")
	}
}

// A line is a line of text as it stands and as it is shown.
type line struct{ plain, styled string }

func (t *terminal) lines(all []line) {
	for _, l := range all {
		t.WriteString(l.styled + "\n")
	}
}

// standIn shows what stands in for a drawing, the first table beside the plane where there is room.
func (t *terminal) standIn(x *standIn) {
	tables := x.Tables
	if x.Plane != nil {
		t.blank()
		plane := x.Plane.lines(t)
		if len(tables) > 0 && t.beside(plane, &tables[0]) {
			tables = tables[1:]
		} else {
			t.lines(plane)
		}
	}
	for i := range tables {
		t.grid(&tables[i])
	}
}

// beside writes lines with a table next to them, and reports whether there is room.
func (t *terminal) beside(left []line, g *grid) bool {
	at := columnGap + 1
	for _, l := range left {
		at = max(at, width(l.plain)+columnGap+1)
	}
	right := t.table(g, t.cols-at)
	if right == nil {
		return false
	}
	for i := range max(len(left), len(right)) {
		used := 0
		if i < len(left) {
			t.WriteString(left[i].styled)
			used = width(left[i].plain)
		}
		if i < len(right) && right[i].plain != "" {
			t.WriteString(strings.Repeat(" ", at-used) + right[i].styled)
		}
		t.WriteByte('\n')
	}
	return true
}

// grid writes a table or, where its columns have no room or become long and thin, its rows as sentences.
func (t *terminal) grid(g *grid) {
	if g.Caption != "" {
		t.head(g.Caption, "")
	} else {
		t.blank()
	}
	columns := g
	if !g.fits(t.cols) {
		columns = g.narrow()
	}
	rows := newTerminal(TextOptions{Width: t.cols, Color: t.color})
	rows.records(g)
	if table := t.table(columns, t.cols); table != nil && len(table) <= 2*bytes.Count(rows.Bytes(), []byte("\n")) {
		t.lines(table)
		g = columns
	} else {
		t.Write(rows.Bytes())
	}
	t.left(g.Left)
	for _, note := range g.Notes {
		t.aside(note)
	}
}

// fits reports whether every row has room on one line.
func (g *grid) fits(room int) bool {
	used := -columnGap
	for k, head := range g.Heads {
		widest := width(head)
		for _, row := range g.Rows {
			if len(row) > 1 && k < len(row) {
				widest = max(widest, width(row[k].shown()))
			}
		}
		used += widest + columnGap
	}
	return used <= room
}

// narrow returns the table with short heads, and cells that say no more than they must.
func (g *grid) narrow() *grid {
	n := *g
	if g.Narrow != nil {
		n.Heads = g.Narrow[:len(g.Heads)]
	}
	n.Rows = make([][]cell, len(g.Rows))
	for i, row := range g.Rows {
		n.Rows[i] = slices.Clone(row)
		for k := range row {
			n.Rows[i][k].More = ""
		}
	}
	if g.About != "" {
		n.Notes = append([]string{g.About}, g.Notes...)
	}
	return &n
}

// shown is a cell's text with what its drawing says.
func (c *cell) shown() string {
	text := c.Text + c.More
	switch c.Said {
	case "yes":
		text += " ✓"
	case "no":
		text += " ✕"
	}
	return text
}

// records writes the rows of a table as sentences.
func (t *terminal) records(g *grid) {
	for _, row := range g.Rows {
		if len(row) == 1 {
			t.paragraph(row[0].shown())
			continue
		}
		var parts []string
		for k := range row {
			text := row[k].shown()
			if head := g.Heads[k]; k > 0 && head != "" && text != "" {
				text = head + ": " + text
			}
			if text != "" {
				parts = append(parts, strings.TrimSuffix(text, "."))
			}
		}
		t.entry(" -", capital(strings.Join(parts, ". "))+".")
	}
}

const (
	columnGap   = 2
	columnWords = 14 // a column of longer texts is not made narrower
)

// table lays a table out in columns, nil where it has no room within so many cells. Long texts take several lines.
func (t *terminal) table(g *grid, room int) []line {
	widths := g.widths(room)
	if widths == nil {
		return nil
	}
	var out []line
	row := func(cells []cell, style string, numbers bool) {
		wrapped := make([][]string, len(widths))
		height := 1
		for k := range cells {
			if k < len(widths) {
				wrapped[k] = wrap(cells[k].shown(), widths[k])
				height = max(height, len(wrapped[k]))
			}
		}
		for i := range height {
			var plain, styled strings.Builder
			blank := 0
			for k := range widths {
				text := ""
				if i < len(wrapped[k]) {
					text = wrapped[k][i]
				}
				space := widths[k] - width(text)
				if k > 0 {
					blank += columnGap
				}
				before := 0
				if numbers && k > 0 {
					before = space
				}
				if text != "" {
					fmt.Fprintf(&plain, "%*s%s", blank+before, "", text)
					fmt.Fprintf(&styled, "%*s%s", blank+before, "", t.style(style, text))
					blank = space - before
				} else {
					blank += space
				}
			}
			out = append(out, line{plain.String(), styled.String()})
		}
	}
	if slices.ContainsFunc(g.Heads, func(h string) bool { return h != "" }) {
		var heads []cell
		for _, h := range g.Heads {
			heads = append(heads, cell{Text: h})
		}
		row(heads, dim, g.Numbers)
	}
	for _, cells := range g.Rows {
		if len(cells) == 1 {
			for _, text := range wrap(cells[0].Text, room) {
				out = append(out, line{text, t.style(bold, text)})
			}
			continue
		}
		row(cells, "", g.Numbers)
	}
	return out
}

// widths returns the widths of the columns, long texts made to take several lines until all fit into the room;
// nil where they cannot.
func (g *grid) widths(room int) []int {
	n := len(g.Heads)
	widths, body, least := make([]int, n), make([]int, n), make([]int, n)
	longest := func(s string) (most int) {
		for _, word := range strings.FieldsFunc(unbroken(s), func(r rune) bool { return r == ' ' }) {
			most = max(most, width(word))
		}
		return most
	}
	for k, head := range g.Heads {
		least[k] = longest(head)
	}
	for _, row := range g.Rows {
		if len(row) == 1 {
			continue
		}
		for k := range row {
			text := row[k].shown()
			body[k] = max(body[k], width(text))
			least[k] = max(least[k], min(width(text), columnWords), longest(text))
		}
	}
	over := (n-1)*columnGap - room
	for k, head := range g.Heads {
		widths[k] = max(width(head), body[k])
		body[k] = max(least[k], body[k])
		over += widths[k]
	}
	for _, floor := range [][]int{body, least} { // heads give way first
		for ; over > 0; over-- {
			at := -1
			for k := range widths {
				if widths[k] > floor[k] && (at < 0 || widths[k] > widths[at]) {
					at = k
				}
			}
			if at < 0 {
				break
			}
			widths[at]--
		}
	}
	if over > 0 {
		return nil
	}
	return widths
}

// sentences say what a condition is and rests on.
func (l *limit) sentences() string {
	because := "No reason is stated."
	if l.Because != "" {
		because = strings.TrimSuffix(l.Because, ".") + "."
	}
	parts := []string{strings.TrimSuffix(l.What, ".") + ".", because}
	for _, c := range l.Refs {
		parts = append(parts, capital(strings.TrimSuffix(c.Text+c.Said, "."))+".")
	}
	if len(l.Refs) == 0 {
		parts = append(parts, "No statement is cited.")
	}
	if l.Confidence != "" {
		parts = append(parts, "Confidence: "+l.Confidence+".")
	}
	return strings.Join(parts, " ")
}
