package convert

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/casefile"
)

// csvSheet is a score sheet in comma-separated values (RFC 4180), or with semicolons
// or tabs in the place of commas.
var csvSheet = &Format{
	Name: "csv", Title: "score sheet in CSV", Extension: ".csv", Alone: true,
	part: func(name string, head []byte) part {
		switch ext := strings.ToLower(filepath.Ext(name)); {
		case ext != ".csv" && ext != ".tsv":
			return none
		case looksLikeSheet(head):
			return whole
		}
		return aside
	},
	readCase: func(ctx context.Context, in input) (*casefile.File, []Note, error) {
		s, notes, err := readCSV(in.name, in.data)
		if err != nil {
			return nil, nil, err
		}
		return s.toCase(ctx, in.name, notes)
	},
	writeCase: func(c *casefile.Case) ([]Output, []Note, error) {
		s, notes := sheetOf(c)
		data, err := s.csv()
		return []Output{{c.ID + ".csv", data}}, notes, err
	},
}

// separators are what may stand between the cells of a line.
var separators = []rune{',', ';', '\t'}

// readCSV reads a file of separated values. The separator is the one that makes two
// headings of a line.
func readCSV(name string, data []byte) (*sheet, []Note, error) {
	text, notes, err := utf8Text(name, data)
	if err != nil {
		return nil, nil, err
	}
	if !bytes.ContainsRune(text, '\n') {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	tries := separators
	if rest, ok := bytes.CutPrefix(text, []byte("sep=")); ok && len(rest) > 0 { // Excel's own first line
		sep, n := utf8.DecodeRune(rest)
		if line, _, _ := bytes.Cut(rest[n:], []byte("\n")); len(bytes.TrimSpace(line)) == 0 && strings.ContainsRune(",;\t|", sep) {
			tries = []rune{sep}
			text = append([]byte("\n"), text[bytes.IndexByte(text, '\n')+1:]...)
		}
	}
	var first error
	for _, sep := range tries {
		s, err := csvTable(name, text, sep)
		switch {
		case err != nil && first == nil:
			first = err
		case err == nil && s.headings() >= 0:
			s.decimalComma = sep == ';'
			return s, notes, nil
		}
	}
	if first == nil {
		first = noHeadings(name)
	}
	return nil, nil, first
}

// noHeadings is the error of a file that is no score sheet.
func noHeadings(name string) error {
	return fmt.Errorf("%s has no row with the headings Issue and Option, so that it cannot be read as a score sheet: goodoffices convert CASE sheet.xlsx writes an example", name)
}

// csvTable reads the cells that a separator makes. Rows are counted as a spreadsheet
// does, blank lines among them.
func csvTable(name string, text []byte, sep rune) (*sheet, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = sep, -1, true, true
	s := &sheet{file: name}
	cells, within := 0, 0 // within: line breaks inside of cells so far
	for {
		before := r.InputOffset()
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		row := line - 1 - within
		breaks := bytes.Count(text[before:r.InputOffset()], []byte("\n"))
		blank := 0
		for _, b := range text[before:r.InputOffset()] { // lines that were skipped
			if b != '\n' && b != '\r' {
				break
			}
			if b == '\n' {
				blank++
			}
		}
		within += max(0, breaks-blank-1)
		if cells += len(record); row >= maxSheetRows || len(record) > maxSheetColumns || cells > maxSheetCells {
			return nil, tooLargeSheet(name)
		}
		for col, field := range record {
			if text := unguarded(cellText(field)); text != "" {
				if utf8.RuneCountInString(text) > maxCellText {
					return nil, fmt.Errorf("%s: a text of more than %d characters", s.place(spot{row, col}), maxCellText)
				}
				s.put(spot{row, col}, cell{text: text})
			}
		}
	}
}

func tooLargeSheet(name string) error {
	return fmt.Errorf("%s has more than %d rows, %d columns or %d cells, which is more than a score sheet needs: keep results and data in files of their own", name, maxSheetRows, maxSheetColumns, maxSheetCells)
}

// csv writes the table in comma-separated values.
func (s *sheet) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	width := s.width()
	for _, row := range s.rows {
		record := make([]string, width)
		for col, c := range row {
			record[col] = c.text
			if c.kind != numberCell {
				record[col] = guarded(c.text)
			}
		}
		if err := w.Write(record); err != nil {
			return nil, err
		}
	}
	w.Flush()
	text := b.Bytes()
	if bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		text = append([]byte("\uFEFF"), text...) // Excel takes a file without the mark for Latin-1
	}
	return text, w.Error()
}

// formulaSigns begin cells that a spreadsheet takes for formulas; the apostrophe, by
// which it is told not to, stands for itself when it is doubled.
const formulaSigns = "=+-@'"

// guarded returns a text that no spreadsheet takes for a formula.
func guarded(text string) string {
	if text != "" && strings.ContainsRune(formulaSigns, rune(text[0])) {
		return "'" + text
	}
	return text
}

// unguarded takes away what guarded adds.
func unguarded(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune(formulaSigns, rune(text[1])) {
		return text[1:]
	}
	return text
}
