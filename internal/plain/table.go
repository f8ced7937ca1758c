package plain

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Limits of a table.
const (
	MaxRows    = 50_000
	MaxColumns = 1_000
	MaxCells   = 250_000
)

// ErrTooLarge is the error of a table beyond the limits.
var ErrTooLarge = fmt.Errorf("more than %d rows, %d columns or %d cells", MaxRows, MaxColumns, MaxCells)

// Separators are what may stand between the cells of a line, in the order in which they
// are tried.
var Separators = []byte{',', ';', '\t'}

// A Table holds the cells of a file of separated values (RFC 4180), as written.
type Table struct {
	Rows      [][]string // as a spreadsheet counts them: a blank line is a row without cells
	Lines     []int      // of the file, from 1, in which each row begins
	Separator byte
}

// An OpenQuote is the error of a quote that swallows what follows.
type OpenQuote struct {
	Row, Column int // from 0
	Line        int // from 1
}

func (e *OpenQuote) Error() string {
	return fmt.Sprintf("the quote that opens in line %d is not closed: close it, and double quotes that belong to a text", e.Line)
}

// Read reads a table. The separator is the one that Excel's own first line names or else
// the one for which fit returns the most; 0 says that the rows are none of a table that is
// looked for. A quote that is not closed is an *[OpenQuote].
func Read(text []byte, fit func(rows [][]string) int) (*Table, error) {
	if !bytes.ContainsRune(text, '\n') { // as old Macintoshes end lines
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	tries := Separators
	if rest, ok := bytes.CutPrefix(text, []byte("sep=")); ok && len(rest) > 0 {
		if line, after, _ := bytes.Cut(rest[1:], []byte("\n")); len(bytes.TrimSpace(line)) == 0 && strings.IndexByte(",;\t|", rest[0]) >= 0 {
			tries, text = rest[:1], append([]byte("\n"), after...)
		}
	}
	var best *Table
	var failed error
	most := 0
	for _, sep := range tries {
		t, err := split(text, sep)
		n := fit(t.Rows) // of those before an error, too
		if best == nil || n > most || n == most && failed != nil && err == nil {
			best, most, failed = t, n, err
		}
	}
	return best, failed
}

// split reads the cells that a separator makes, those before an error, too.
func split(text []byte, sep byte) (*Table, error) {
	s := &scanner{text: text, sep: sep, line: 1}
	t := &Table{Separator: sep}
	cells := 0
	for s.at < len(text) {
		line := s.line
		row, err := s.row()
		if open := (*OpenQuote)(nil); errors.As(err, &open) {
			open.Row = len(t.Rows)
		}
		if cells += len(row); err == nil && (len(t.Rows) == MaxRows || cells > MaxCells) {
			err = ErrTooLarge
		}
		if err != nil {
			return t, err
		}
		t.Rows, t.Lines = append(t.Rows, row), append(t.Lines, line)
	}
	return t, nil
}

// A scanner reads one cell after another.
type scanner struct {
	text     []byte
	sep      byte
	at, line int
}

// row reads the cells up to the end of a line.
func (s *scanner) row() ([]string, error) {
	var row []string
	for {
		cell, err := s.cell()
		if open := (*OpenQuote)(nil); errors.As(err, &open) {
			open.Column = len(row)
		}
		if err != nil {
			return nil, err
		}
		if row = append(row, cell); len(row) > MaxColumns {
			return nil, ErrTooLarge
		}
		last := s.at == len(s.text) || s.text[s.at] != s.sep
		s.at++
		if last {
			break
		}
	}
	s.line++
	if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
		return nil, nil
	}
	return slices.Clip(row), nil
}

// cell reads a cell and stops at what ends it.
func (s *scanner) cell() (string, error) {
	from := s.at
	for from < len(s.text) && s.text[from] == ' ' {
		from++
	}
	if from < len(s.text) && s.text[from] == '"' {
		return s.quoted(from + 1)
	}
	from = s.at
	for s.at < len(s.text) && s.text[s.at] != s.sep && s.text[s.at] != '\n' {
		s.at++
	}
	return strings.TrimSuffix(string(s.text[from:s.at]), "\r"), nil
}

// quoted reads a cell in quotes, whose text begins at from. Quotes inside that are not
// doubled are let pass in a cell of one line. In one of several lines they show that its quote
// was not meant to reach so far.
func (s *scanner) quoted(from int) (string, error) {
	var b []byte
	opened, strange := s.line, false
	for i := from; i < len(s.text); i++ {
		c := s.text[i]
		if c == '"' && i+1 < len(s.text) && s.text[i+1] == '"' {
			i++
		} else if c == '"' {
			if end := i + 1 + blanks(s.text[i+1:]); end == len(s.text) || s.text[end] == s.sep || s.text[end] == '\n' {
				if strange && s.line > opened {
					break
				}
				s.at = end
				return string(b), nil
			}
			strange = true
		} else if c == '\n' {
			s.line++
		}
		b = append(b, c)
	}
	return "", &OpenQuote{Line: opened}
}

// blanks counts the blanks with which a text begins, and the half of a line's end.
func blanks(text []byte) int {
	n := 0
	for n < len(text) && text[n] == ' ' {
		n++
	}
	if n < len(text) && text[n] == '\r' {
		n++
	}
	return n
}

// Totals are names, in lower case, of rows and columns that add up others.
var Totals = []string{"total", "totals", "grand total", "subtotal", "sub-total", "sum", "max", "maximum", "min", "minimum", "mean", "average", "check",
	"summe", "gesamt", "insgesamt", "gesamtsumme", "zwischensumme", "endsumme", "mittelwert", "durchschnitt", // German
	"total général", "sous-total", "somme", "moyenne", // French
	"totale", "somma", "totales", "suma", "subtotales", "total general", "promedio", "soma", "totaal", "summa", "i alt", "yhteensä", "razem", "celkem", "toplam", // other languages in Latin letters
	"итого", "всего", "сумма", "разом", "σύνολο", "المجموع", "الإجمالي", "مجموع", "جمع", "סה\"כ", "合计", "總計", "总计", "合計", "합계", "कुल", "σ", "∑"}
