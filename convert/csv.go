package convert

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/plain"
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

// readCSV reads a file of separated values.
func readCSV(name string, data []byte) (*sheet, []Note, error) {
	text, notes, err := utf8Text(name, data)
	if err != nil {
		return nil, nil, err
	}
	t, err := plain.Read(text, func(rows [][]string) int {
		if slices.ContainsFunc(rows, nameColumns) {
			return 1
		}
		return 0
	})
	s := &sheet{file: name}
	if open := (*plain.OpenQuote)(nil); errors.As(err, &open) {
		return nil, nil, casefile.Problems{{File: s.place(spot{open.Row, open.Column}), Message: open.Error()}}
	}
	if err != nil {
		return nil, nil, tooLargeSheet(name)
	}
	s.semicolons = t.Separator == ';'
	for row, cells := range t.Rows {
		for col, field := range cells {
			text := unguarded(cellText(field))
			if utf8.RuneCountInString(text) > maxCellText {
				return nil, nil, fmt.Errorf("%s: a text of more than %d characters", s.place(spot{row, col}), maxCellText)
			}
			if text != "" {
				s.put(spot{row, col}, cell{text: text})
			}
		}
	}
	if s.headings() < 0 {
		return nil, nil, noHeadings(name)
	}
	return s, notes, nil
}

// noHeadings is the error of a file that is no score sheet.
func noHeadings(name string) error {
	return fmt.Errorf("%s has no row with the headings Issue and Option, so that it cannot be read as a score sheet: goodoffices convert CASE sheet.xlsx writes an example", name)
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

// guarded returns a text that no spreadsheet takes for a formula: an apostrophe before it
// says so, and one that stands there already is doubled.
func guarded(text string) string {
	if strings.HasPrefix(text, "'") || plain.Formula(text) {
		return "'" + text
	}
	return text
}

// unguarded takes away what guarded adds.
func unguarded(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && guarded(rest) != rest {
		return rest
	}
	return text
}
