package convert

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/goodoffices/goodoffices/internal/plain"
)

// Score sheets are tables as analysts keep them: a row for each option, a column for
// each party. docs/formats/sheet.md describes the template. Comma-separated values
// and Excel workbooks are two ways to store the same table, a [sheet].

const (
	maxSheetRows    = plain.MaxRows
	maxSheetColumns = plain.MaxColumns
	maxSheetCells   = plain.MaxCells
	maxCellText     = 32_767 // characters, what Excel allows
)

// A cellKind says how a spreadsheet holds a cell.
type cellKind uint8

const (
	textCell    cellKind = iota
	numberCell           // text is a decimal number, in full and with a point
	percentCell          // text is a decimal number, shown times 100 with a percent sign
	dateCell             // text is a date, YYYY-MM-DD
	errorCell            // text is the error of a formula, such as #REF!
	formulaCell          // text is a formula that nobody has computed
)

// A cell is what a cell of a sheet shows.
type cell struct {
	kind  cellKind
	text  string
	style cellStyle // for writing
}

// blank reports whether the cell shows nothing.
func (c cell) blank() bool { return c.text == "" }

// broken says why nobody knows what the cell holds, and the likely fix; empty when it is known.
func (c cell) broken() (message, fix string) {
	switch c.kind {
	case errorCell:
		return fmt.Sprintf("the formula shows %s", short(c.text)), "repair it, or write its value"
	case formulaCell:
		return fmt.Sprintf("the formula %s has no value yet", short(c.text)), "open the workbook in a spreadsheet and save it, or write its value"
	}
	return "", ""
}

// A cellStyle is what a cell looks like in a workbook.
type cellStyle uint8

const (
	plainStyle  cellStyle = iota
	headStyle             // headings of columns
	issueStyle            // names of issues
	scoreStyle            // numbers that somebody is to judge
	markStyle             // marks, in the middle of a cell
	keyStyle              // names of other rows
	idStyle               // ids, which may stay as they are
	titleStyle            // the title of the case
	textStyle             // long texts, which wrap
	detailStyle           // what is said of the case, on one line
)

// A sheet is a table of cells. Rows and columns are counted from 0.
type sheet struct {
	file string // of which it is, for places
	name string // of the sheet in a workbook; empty for a file that is one sheet
	rows [][]cell
	// The cells of the file are separated by semicolons.
	semicolons bool
	// What a spreadsheet does not show of a workbook.
	hidden                    bool // the sheet itself
	hiddenRows, hiddenColumns map[int]bool

	// For writing.
	frozen  [2]int    // rows and columns that stay when the rest scrolls
	merged  [][4]int  // cells that are one: first row, first column, last row, last column
	widths  []float64 // of columns, in characters
	prompts []prompt  // what a workbook says to somebody who is in a cell
}

// A prompt is shown beside cells while somebody is in one of them.
type prompt struct {
	at          [4]int // as in merged
	title, text string
}

// A spot is the place of a cell.
type spot struct{ row, col int }

// String returns the cell's name, as in B7.
func (p spot) String() string { return columnName(p.col) + fmt.Sprint(p.row+1) }

// columnName returns the letters of a column.
func columnName(col int) string {
	var name []byte
	for col++; col > 0; col = (col - 1) / 26 {
		name = append(name, byte('A'+(col-1)%26))
	}
	slices.Reverse(name)
	return string(name)
}

// place returns "FILE:CELL" or, in a workbook, "FILE:SHEET!CELL".
func (s *sheet) place(p spot) string {
	if s.name == "" {
		return s.file + ":" + p.String()
	}
	return s.file + ":" + s.name + "!" + p.String()
}

// at returns a cell, a blank one where there is none.
func (s *sheet) at(p spot) cell {
	if p.row < 0 || p.row >= len(s.rows) || p.col < 0 || p.col >= len(s.rows[p.row]) {
		return cell{}
	}
	return s.rows[p.row][p.col]
}

// put sets a cell; it must lie within the limits.
func (s *sheet) put(p spot, c cell) {
	for len(s.rows) <= p.row {
		s.rows = append(s.rows, nil)
	}
	row := s.rows[p.row]
	for len(row) <= p.col {
		row = append(row, cell{})
	}
	row[p.col] = c
	s.rows[p.row] = row
}

// width returns the number of columns.
func (s *sheet) width() int {
	n := 0
	for _, row := range s.rows {
		n = max(n, len(row))
	}
	return n
}

// cellText returns a text without what prints nothing or changes the direction of
// writing, and without blanks around it. Lines stay lines.
func cellText(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unprintable(r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// words returns a text in lower case with single blanks, for comparison.
func words(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// headings returns the row of a sheet that names its columns, or -1.
func (s *sheet) headings() int {
	return slices.IndexFunc(s.rows, func(row []cell) bool {
		texts := make([]string, len(row))
		for col, c := range row {
			texts[col] = c.text
		}
		return nameColumns(texts)
	})
}

// nameColumns reports whether a row names the columns of a score sheet: the first that has
// both an issue and an option does.
func nameColumns(texts []string) bool {
	issue, option := false, false
	for _, text := range texts {
		kind, _ := headingOf(cellText(text))
		issue = issue || kind == issueColumn
		option = option || kind == optionColumn
	}
	return issue && option
}

// A columnKind is what the column of a sheet holds.
type columnKind uint8

const (
	otherColumn columnKind = iota // a party's scores, or what is left out
	issueColumn
	optionColumn
	statusQuoColumn
	noteColumn
	issueIDColumn
	optionIDColumn
	packageColumn // where a proposal on record stands
	whyColumn     // a party's reasons
	weightColumn  // of a party or of all
)

// knownColumns are the headings that name no party.
var knownColumns = map[string]columnKind{
	"issue": issueColumn, "issues": issueColumn, "question": issueColumn, "topic": issueColumn, "agenda item": issueColumn,
	"option": optionColumn, "options": optionColumn, "answer": optionColumn, "value": optionColumn, "choice": optionColumn, "outcome": optionColumn,
	"status quo": statusQuoColumn, "today": statusQuoColumn,
	"note": noteColumn, "notes": noteColumn, "comment": noteColumn, "comments": noteColumn, "remark": noteColumn, "remarks": noteColumn,
	"issue id": issueIDColumn, "option id": optionIDColumn,
	"weight": weightColumn, "weights": weightColumn,
}

// headingOf returns what a heading says of its column, and the name in it: of a
// package, or of the party that the column is about.
func headingOf(text string) (kind columnKind, name string) {
	w := words(text)
	if kind, ok := knownColumns[w]; ok {
		return kind, ""
	}
	if before, after, ok := strings.Cut(text, ":"); ok {
		after = strings.TrimSpace(after)
		switch words(before) {
		case "package", "proposal":
			return packageColumn, after
		case "why", "reason", "reasons":
			return whyColumn, after
		case "weight", "weights":
			return weightColumn, after
		case "party": // a party whose name would say something else
			return otherColumn, after
		}
	}
	return otherColumn, text
}

// heading returns the heading of a party's column.
func heading(name string) string {
	if kind, rest := headingOf(name); kind != otherColumn || rest != name {
		return "Party: " + name
	}
	return name
}

// atHome parts the name of a party from that of its group at home in a heading.
const atHome = " > "

// A rowKind is what a row below the headings holds, where that is no option.
type rowKind uint8

const (
	optionRow rowKind = iota
	noDealRow
	votesRow
	discountRow
	ratificationRow
	redLineRow
	adjustmentRow
	requirementRow
	idRow
	totalRow
)

// knownRows are the names of rows that are no issues.
var knownRows = map[string]rowKind{
	"no deal": noDealRow, "no-deal": noDealRow, "no deal value": noDealRow, "no-deal value": noDealRow, "reservation value": noDealRow, "reservation": noDealRow, "batna": noDealRow, "accepts at": noDealRow,
	"votes": votesRow, "discount": discountRow, "ratification": ratificationRow, "ratification rule": ratificationRow,
	"red line": redLineRow, "red lines": redLineRow, "adjustment": adjustmentRow, "adjustments": adjustmentRow,
	"requirement": requirementRow, "logical requirement": requirementRow, "legal requirement": requirementRow, "political requirement": requirementRow,
	"id": idRow, "ids": idRow,
}

func init() {
	for _, name := range plain.Totals {
		knownRows[name] = totalRow
	}
}

// issueName writes the name of an issue so that it is not taken for another row.
func issueName(name string) string {
	if _, ok := knownRows[words(name)]; ok || strings.HasPrefix(words(name), "issue:") {
		return "Issue: " + name
	}
	return name
}

// A detail is what the rows above the headings say of the case.
type detail uint8

const (
	titleDetail detail = iota
	idDetail
	aboutDetail
	asOfDetail
	analystDetail
	markingDetail
	consentDetail
	divisibleDetail
	details
)

// detailNames are the names of those rows, and detailKeys the case file's.
var (
	detailNames = [details]string{"Title", "Id", "About", "As of", "Analyst", "Marking", "Consent", "Divisible"}
	detailKeys  = [details]string{"title", "id", "about", "as_of", "analyst", "marking", "consent", "divisible"}
)

// marks are the ways to mark a cell.
var marks = []string{"x", "✗", "✘", "×", "✓", "✔", "yes", "y", "true", "status quo", "red line", "never", "1"}

// unmarked reports whether a cell for a mark has none.
func unmarked(text string) bool {
	return slices.Contains([]string{"", "0", "false", "no", "n"}, words(text))
}

// isMark reports whether a text is nothing but a mark.
func isMark(text string) bool { return slices.Contains(marks, words(text)) }

// looksLikeSheet reports whether the beginning of a file of separated values has the
// headings of a score sheet.
func looksLikeSheet(head []byte) bool {
	text, _, err := utf8Text("", head)
	if err != nil {
		return false
	}
	for range 100 {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		for _, comma := range plain.Separators {
			fields := strings.Split(string(line), string(comma))
			for k := range fields {
				fields[k] = strings.Trim(fields[k], "\"' \r")
			}
			if nameColumns(fields) {
				return true
			}
		}
		if text = rest; !more {
			break
		}
	}
	return false
}
