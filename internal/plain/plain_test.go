package plain

import (
	"bytes"
	"encoding/csv"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// wide prefers the table whose first row has the most cells.
func wide(rows [][]string) int {
	if len(rows) == 0 {
		return 0
	}
	return len(rows[0])
}

// TestTableIsWhatWasWritten reads back what encoding/csv writes of any cells.
func TestTableIsWhatWasWritten(t *testing.T) {
	cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab ,;\t\"\nä=")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 5).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 6).Draw(t, "rows")
		sep := rapid.SampledFrom(Separators).Draw(t, "separator")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma, w.UseCRLF = rune(sep), rapid.Bool().Draw(t, "CRLF")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		want := rows
		if w.UseCRLF { // the writer's line ends inside of cells
			want = nil
			for _, row := range rows {
				row = slices.Clone(row)
				for k := range row {
					row[k] = strings.ReplaceAll(row[k], "\n", "\r\n")
				}
				want = append(want, row)
			}
		}
		got, err := split(b.Bytes(), sep)
		if err != nil || !reflect.DeepEqual(got.Rows, want) {
			t.Fatalf("%q: %+v, %v, want %q", b.String(), got, err, want)
		}
	})
}

func TestTableForms(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		rows       [][]string
		lines      []int
	}{
		{"blank lines are rows", "a,b\n\n  \nc,d", [][]string{{"a", "b"}, nil, nil, {"c", "d"}}, []int{1, 2, 3, 4}},
		{"lines inside of cells", "\"a\nb\",c\r\nd,e\r\n", [][]string{{"a\nb", "c"}, {"d", "e"}}, []int{1, 3}},
		{"quotes that are let pass", "5\" pipe,\"a \"b\" c\"\n \"d\" ,e\n", [][]string{{`5" pipe`, `a "b" c`}, {"d", "e"}}, []int{1, 2}},
		{"Excel's own first line", "sep=|\r\na|b,c\r\n", [][]string{nil, {"a", "b,c"}}, []int{1, 2}},
		{"old Macintosh lines", "a,b\rc,d\r", [][]string{{"a", "b"}, {"c", "d"}}, []int{1, 2}},
		{"a last empty cell", "a,\n,", [][]string{{"a", ""}, {"", ""}}, []int{1, 2}},
	} {
		got, err := Read([]byte(tt.text), wide)
		if err != nil || !reflect.DeepEqual(got.Rows, tt.rows) || !slices.Equal(got.Lines, tt.lines) {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}

// A quote that is never closed, or only by the next one that a careless hand left, is told
// where it opens.
func TestTableOpenQuotes(t *testing.T) {
	for text, want := range map[string]OpenQuote{
		"a,b\nc,\"d,1\n,e,2\n":            {Row: 1, Column: 1, Line: 2},
		"a,b\n\nc,\"d,1\n,\"e\",2\nf,g\n": {Row: 2, Column: 1, Line: 3},
		"\"x\ny\",b\n\"":                  {Row: 1, Column: 0, Line: 3},
	} {
		_, err := Read([]byte(text), wide)
		var open *OpenQuote
		if !errors.As(err, &open) || *open != want {
			t.Errorf("%q: %+v, %v, want %+v", text, open, err, want)
		}
	}
	for name, text := range map[string]string{
		"rows":    strings.Repeat("a\n", MaxRows+1),
		"columns": strings.Repeat(",", MaxColumns),
		"cells":   strings.Repeat(strings.Repeat(",", 9)+"\n", MaxCells/10+1),
	} {
		if _, err := split([]byte(text), ','); !errors.Is(err, ErrTooLarge) {
			t.Errorf("too many %s: %v", name, err)
		}
	}
}

// TestNumbers reads numbers in tables that have shown how they write them, or have not.
func TestNumbers(t *testing.T) {
	const ambiguous = "two ways"
	none, comma, point, both, semicolons := Dialect{}, Dialect{Comma: true}, Dialect{Point: true}, Dialect{Comma: true, Point: true}, Dialect{Semicolons: true}
	for _, tt := range []struct {
		text                                string
		none, comma, point, both, semicolon string
	}{
		{"1.125", "1.125", "1125", "1.125", ambiguous, ambiguous},
		{"1,125", ambiguous, "1.125", "1125", ambiguous, "1.125"},
		{"0.125", "0.125", "0.125", "0.125", "0.125", "0.125"},
		{"0,125", "0.125", "0.125", "0.125", "0.125", "0.125"},
		{"2.5", "2.5", "2.5", "2.5", "2.5", "2.5"},
		{"2,5", "2.5", "2.5", "2.5", "2.5", "2.5"},
		{"1.000.000", "1000000", "1000000", "1000000", "1000000", "1000000"},
		{"1,000,000.5", "1000000.5", "1000000.5", "1000000.5", "1000000.5", "1000000.5"},
		{"-1.000,5", "-1000.5", "-1000.5", "-1000.5", "-1000.5", "-1000.5"},
		{"1234,567", "1234,567", "1234.567", "1234,567", "1234,567", "1234.567"},
		{"7'000", "7000", "7000", "7000", "7000", "7000"},
		{"1\u202f000,5", "1000.5", "1000.5", "1000.5", "1000.5", "1000.5"},
		{"−3", "-3", "-3", "-3", "-3", "-3"},
		{"ten", "ten", "ten", "ten", "ten", "ten"},
	} {
		for k, d := range []Dialect{none, comma, point, both, semicolons} {
			want := []string{tt.none, tt.comma, tt.point, tt.both, tt.semicolon}[k]
			got, err := d.Number(tt.text)
			if err != nil {
				got = ambiguous
			}
			if got != want {
				t.Errorf("%+v: %s is %s, want %s", d, tt.text, got, want)
			}
		}
	}
}

func TestYAMLVersion(t *testing.T) {
	for _, tt := range []struct {
		text, plain, version string
		at                   int
	}{
		{"%YAML 1.2\n---\na: 1\n", "#YAML 1.2\n---\na: 1\n", "1.2", 0},
		{"# c\n\n%TAG ! x\n%YAML 1.1 # old\r\n---\n", "# c\n\n%TAG ! x\n#YAML 1.1 # old\r\n---\n", "1.1", 14},
		{"a: 1\n%YAML 1.2\n", "a: 1\n%YAML 1.2\n", "", 0},
		{"---\n%YAML 1.2\n", "---\n%YAML 1.2\n", "", 0},
		{"%YAML 1\n---\n", "%YAML 1\n---\n", "", 0},
	} {
		plain, version, at := YAMLVersion([]byte(tt.text))
		if string(plain) != tt.plain || version != tt.version || at != tt.at {
			t.Errorf("%q: %q, %q at %d", tt.text, plain, version, at)
		}
	}
}
