package convert

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
)

// book packs the parts of a workbook with one worksheet, as Excel lays them out.
func book(t testing.TB, worksheet string, more ...[2]string) []byte {
	t.Helper()
	parts := append([][2]string{
		{"_rels/.rels", `<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Talks" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", `<sst><si><t>Issue</t></si><si><r><t>Op</t></r><r><rPr><b/></rPr><t>tion</t></r><rPh sb="0" eb="1"><t>phonetic</t></rPh></si></sst>`},
		{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="d&quot;x&quot;mmm"/><numFmt numFmtId="165" formatCode="0.0&quot; days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="165"/></cellXfs></styleSheet>`},
		{"xl/worksheets/sheet1.xml", worksheet},
	}, more...)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, p[1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openBook(data []byte) (*Scenario, error) {
	return parse(context.Background(), xlsxSheet, "talks.xlsx", []input{{"talks.xlsx", whole, data}})
}

const headRow = `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><t>Buyer</t></is></c><c r="D2" t="inlineStr"><is><t>Seller</t></is></c></row>`

// TestWorkbookOfOthers reads what spreadsheet programs write: shared and formatted
// texts, cells that are one, binary noise in numbers, formulas with their values,
// percentages, formats that only look like dates.
func TestWorkbookOfOthers(t *testing.T) {
	_, err := openBook(book(t, `<worksheet><sheetData>`+headRow+`
		<row r="4"><c r="A4" t="inlineStr"><is><t>Price</t></is></c><c r="B4" t="str"><f>"lo"&amp;"w"</f><v>low</v></c><c r="C4"><f>0.1+0.2</f><v>0.30000000000000004</v></c><c r="D4" s="2"><v>0.6</v></c></row>
		<row><c/><c t="inlineStr"><is><t>high</t></is></c><c s="3"><v>1E1</v></c><c t="inlineStr"><is><t>8…14</t></is></c></row>
		<row r="9"><c r="A9" t="inlineStr"><is><t>No deal</t></is></c><c r="D9" t="b"><v>1</v></c></row>
		</sheetData><mergeCells><mergeCell ref="A4:A5"/><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>`))
	if err == nil || !strings.Contains(err.Error(), "talks.xlsx:Talks!D9: 'true' is not a number") {
		t.Fatalf("%v", err)
	}
	s, err := openBook(book(t, `<worksheet><sheetData>`+headRow+`
		<row r="4"><c r="A4" t="inlineStr"><is><t>Price</t></is></c><c r="B4" t="str"><v>low</v></c><c r="C4"><v>0.30000000000000004</v></c><c r="D4" s="2"><v>0.6</v></c></row>
		<row><c/><c t="inlineStr"><is><t>high</t></is></c><c s="3"><v>1E1</v></c><c t="inlineStr"><is><t>8…14</t></is></c></row>
		</sheetData><mergeCells><mergeCell ref="A4:A5"/></mergeCells></worksheet>`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"low: 0.3\n", "high: 10\n", "low: 60\n", "high: 8..14\n"} {
		if !strings.Contains(string(s.File.Data), want) {
			t.Errorf("no %q in\n%s", want, s.File.Data)
		}
	}
	if len(s.Lost) != 1 || s.Lost[0].Text != "percentages are read as points: 60% is 60" {
		t.Errorf("notes %v", s.Lost)
	}
}

func TestWorkbookProblems(t *testing.T) {
	row := func(cells string) string {
		return `<worksheet><sheetData>` + headRow + `<row r="3"><c r="A3" t="inlineStr"><is><t>Price</t></is></c><c r="B3" t="inlineStr"><is><t>low</t></is></c>` + cells + `</row></sheetData></worksheet>`
	}
	one := `<c r="C3"><v>1</v></c>`
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"a date", book(t, row(one+`<c r="D3" s="1"><v>45883</v></c></row><row><c/><c t="str"><v>high</v></c><c><v>1</v></c><c><v>2</v></c>`)), "D3: a date (2025-08-14), where a number or range is wanted: spreadsheets take 8-14 for a date: write a range as 8..14"},
		{"a broken formula", book(t, row(one+`<c r="D3" t="e"><v>#REF!</v></c>`)), "D3: the formula shows '#REF!'"},
		{"no such text", book(t, row(`<c r="C3" t="s"><v>7</v></c>`)), "Talks!C3: there is no text number '7'"},
		{"far cell", book(t, row(`<c r="XFD1048576"><v>1</v></c>`)), "more than 50000 rows"},
		{"nonsense for a cell", book(t, row(`<c r="12"><v>1</v></c>`)), "a cell is called '12'"},
		{"huge number", book(t, row(`<c r="C3"><v>1e999999999</v></c>`)), "Talks!C3: '1e999999999' is too large or too small"},
		{"document type", book(t, `<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`), "has a document type, which no workbook needs"},
		{"deep", book(t, strings.Repeat("<a>", 100)), "nested more than 32 deep"},
		{"no headings", book(t, `<worksheet/>`), "no row with the headings Issue and Option"},
		{"breaks off", book(t, `<worksheet><sheetData><row><c t="inlineStr"><is>`), "breaks off"},
		{"old workbook", append([]byte("\xd0\xcf\x11\xe0"), make([]byte, 600)...), "an old .xls or is locked with a password"},
		{"another zip", func() []byte {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			z.Create("word/document.xml")
			z.Close()
			return b.Bytes()
		}(), "has no xl/workbook.xml"},
		{"cut", book(t, row(one))[:700], "is no Excel workbook"},
		{"two sheets", book(t, row(one), [2]string{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="A" r:id="rId1"/><sheet name="B" r:id="rId1"/></sheets></workbook>`}), "several score sheets (A, B)"},
		{"bomb", bomb(t, 200<<20, 200<<20), "unpacks to more than 64 MiB"},
		{"bomb that lies", bomb(t, 200<<20, 1000), "unpack"},
	} {
		_, err := openBook(tt.data)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// bomb packs a worksheet of blanks that claims another size than it has.
func bomb(t testing.TB, size, claimed int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, 9)
	if err != nil {
		t.Fatal(err)
	}
	sum := crc32.NewIEEE()
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range size >> 20 {
		w.Write(block)
		sum.Write(block)
	}
	w.Close()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="A" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="sheet.xml"/></Relationships>`},
	} {
		f, _ := z.Create(p[0])
		io.WriteString(f, p[1])
	}
	f, err := z.CreateRaw(&zip.FileHeader{Name: "xl/sheet.xml", Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(claimed)})
	if err != nil {
		t.Fatal(err)
	}
	f.Write(packed.Bytes())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDays(t *testing.T) {
	for _, tt := range []struct {
		raw    string
		from04 bool
		want   string
	}{
		{"1", false, "1900-01-01"}, {"59", false, "1900-02-28"}, {"61", false, "1900-03-01"},
		{"45883.75", false, "2025-08-14"}, {"0", true, "1904-01-01"},
	} {
		r, _ := parseNumber(tt.raw)
		if got, _ := dayOf(r, tt.from04); got != tt.want {
			t.Errorf("day %s is %s, want %s", tt.raw, got, tt.want)
		}
	}
}

func TestCellNames(t *testing.T) {
	for col, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := columnName(col); got != want {
			t.Errorf("column %d is %s, want %s", col, got, want)
		}
		p, ok := parseSpot(want + "7")
		if !ok || p != (spot{6, col}) {
			t.Errorf("%s7 is %v", want, p)
		}
	}
}

// FuzzWorkbook reads any text as the worksheet of a workbook: it ends, and what can be
// read is a case, and its sheet reads as the same case.
func FuzzWorkbook(f *testing.F) {
	f.Add(`<worksheet><sheetData>` + headRow + `<row r="3"><c r="A3" t="inlineStr"><is><t>Price</t></is></c><c r="B3" t="inlineStr"><is><t>low</t></is></c><c r="C3"><v>1</v></c><c r="D3"><v>2</v></c></row></sheetData></worksheet>`)
	f.Add(`<worksheet><mergeCell ref="A1:XFD9999999"/></worksheet>`)
	f.Fuzz(func(t *testing.T, worksheet string) {
		again(t, xlsxSheet, book(t, worksheet))
	})
}

// FuzzSheet reads any text as a file of separated values.
func FuzzSheet(f *testing.F) {
	for _, seed := range []string{
		"Issue,Option,Status quo,A,B,A > C,Package: P,Why: A,Note\nx,1,,1,2 x,3,x,because,\n,2,x,8..14,\"1,5\",2,,,\nNo deal,,,1,2,3,,,\nRed line,x == 2,,x (high),,,,,\nAdjustment,within {x: 1..2},,,3,,,,\nPolitical requirement,if x == 1 then x == 1,,,,,,,\nVotes,,,,,5,,,\nRatification,,,c,,,,,\n",
		"sep=;\nTitle;T\nIssue;Option;A;B\nx;3 to 9 by 3;;\n;3;1.000,5;2\n;9;0;−1\n",
		"Issue\tOption\tA\tB\tWeight\nx\ta\t50%\t1/3\t0.5\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		again(t, csvSheet, data)
	})
}

// again reads a sheet and, when it makes a case, the sheet of that case.
func again(t *testing.T, format *Format, data []byte) {
	s, err := parse(t.Context(), format, "fuzz", []input{{"fuzz" + format.Extension, whole, data}})
	if err != nil {
		return
	}
	files, _, err := Write(format, s.File.Case)
	if err != nil {
		t.Fatal(err)
	}
	r, err := parse(t.Context(), format, "fuzz", []input{{"fuzz" + format.Extension, whole, files[0].Data}})
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, s.File.Data, files[0].Data)
	}
	twice, _, err := Write(format, r.File.Case)
	if err != nil || !bytes.Equal(files[0].Data, twice[0].Data) {
		t.Fatalf("another sheet (%v)\n%s\n%s\n%s", err, s.File.Data, files[0].Data, twice[0].Data)
	}
}

// BenchmarkReadWorkbook reads sheets of so many options for eight parties.
func BenchmarkReadWorkbook(b *testing.B) {
	for _, options := range []int{100, 1_000, 10_000} {
		var text strings.Builder
		text.WriteString("goodoffices: 1\nid: big\nissues:\n")
		for i := range options / 10 {
			fmt.Fprintf(&text, "  i%d: {options: {", i)
			for o := range 10 {
				fmt.Fprintf(&text, "o%d: Option %[1]d of issue %d, ", o, i)
			}
			text.WriteString("}}\n")
		}
		text.WriteString("parties:\n")
		for p := range 8 {
			fmt.Fprintf(&text, "  p%d:\n    scores:\n", p)
			for i := range options / 10 {
				fmt.Fprintf(&text, "      i%d: {o0: 1, o1: 2, o2: 3, o3: 4, o4: 5, o5: 6, o6: 7.5, o7: 8, o8: 9, o9: 10}\n", i)
			}
		}
		file, err := casefile.Parse("big", []byte(text.String()))
		if err != nil {
			b.Fatal(err)
		}
		files, _, err := Write(xlsxSheet, file.Case)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(options), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(files[0].Data)))
			for b.Loop() {
				if _, err := openBook(files[0].Data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
