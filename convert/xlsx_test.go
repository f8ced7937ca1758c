package convert

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
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

// sheetXML is a worksheet whose rows hold the given cells, from column A on; a cell that
// begins with < stands as it is.
func sheetXML(before string, rows ...string) string {
	var b strings.Builder
	b.WriteString("<worksheet>" + before + "<sheetData>")
	for _, row := range rows {
		attrs, cells, ok := strings.Cut(row, "§")
		if !ok {
			attrs, cells = "", row
		}
		b.WriteString("<row " + attrs + ">")
		for _, c := range strings.Split(cells, "|") {
			switch {
			case strings.HasPrefix(c, "<"):
				b.WriteString(c)
			case c == "":
				b.WriteString("<c/>")
			case strings.Trim(c, "0123456789.") == "":
				b.WriteString("<c><v>" + c + "</v></c>")
			default:
				b.WriteString(`<c t="inlineStr"><is><t>` + c + `</t></is></c>`)
			}
		}
		b.WriteString("</row>")
	}
	b.WriteString("</sheetData></worksheet>")
	return b.String()
}

// Formulas without a value are a problem wherever an empty cell has a meaning of its own, and
// nowhere else.
func TestWorkbookFormulas(t *testing.T) {
	const (
		none   = `<c><f>C2*0.5</f></c>`
		empty  = `<c><f>C2*0.5</f><v></v></c>`
		shared = `<c><f t="shared" si="0"/></c>`
		text   = `<c t="str"><f>""</f><v></v></c>` // shows an empty text, which is known
		value  = `<c><f>30+30</f><v>60</v></c>`
	)
	head := "Issue|Option|A|B|Weight|Status quo|Seen by|Note|Why: A"
	packed := strings.Replace(head, "Seen by", "Package: P", 1)
	for _, tt := range []struct {
		name string
		rows []string
		want string // cells with problems
	}{
		{"values", []string{head, "T|cut|" + value + "|0", "|hold|10|40", "No deal||" + text + "|5"}, ""},
		{"no-deal value", []string{head, "T|cut|60|0", "|hold|10|40", "No deal||" + none + "|5"}, "C4"},
		{"a stored nothing", []string{head, "T|cut|60|0", "|hold|10|40", "No deal||" + empty + "|5"}, "C4"},
		{"a score", []string{head, "T|cut|" + none + "|0", "|hold|10|40"}, "C2"},
		{"all scores of a party", []string{head, "T|cut|" + none + "|0", "|hold|" + shared + "|40"}, "C2 C3"},
		{"all scores of an issue", []string{head, "T|cut|60|0", "|hold|10|40", "U|a|" + none + "|1", "|b|" + empty + "|2"}, "C4 C5"},
		{"weight", []string{head, "T|cut|60|0|" + none, "|hold|10|40"}, "E2"},
		{"status quo", []string{head, "T|cut|60|0||" + none, "|hold|10|40"}, "F2"},
		{"package", []string{packed, "T|cut|60|0|||" + none, "|hold|10|40|||x"}, "G2"},
		{"all marks of a package", []string{packed, "T|cut|60|0|||" + none, "|hold|10|40|||" + none}, "G2 G3"},
		{"notes and reasons", []string{head, "T|cut|60|0||||" + none + "|" + none, "|hold|10|40"}, "H2 I2"},
		{"the name of an option", []string{head, "T|" + none + "|60|0", "|hold|10|40"}, "B2"},
		{"the name of an issue", []string{head, none + "|cut|60|0", "|hold|10|40"}, "A2"},
		{"a heading", []string{"Issue|Option|" + none + "|B", "T|cut|60|0", "|hold|10|40"}, "C1"},
		{"a detail", []string{"Id|" + none, head, "T|cut|60|0", "|hold|10|40"}, "B1"},
		{"a red line", []string{head, "T|cut|60|0", "|hold|10|40", "Red line|t == 'cut'|" + none}, "C4"},
		{"an adjustment", []string{head, "T|cut|60|0", "|hold|10|40", "Adjustment|t == 'cut'|" + none}, "C4"},
		{"a discount", []string{head, "T|cut|60|0", "|hold|10|40", "Discount||" + none}, "C4"},
		{"a total", []string{head, "T|cut|60|0", "|hold|10|40", "Total||" + none + "|" + none}, ""},
		{"a column that is left out", []string{head, "T|cut|60|0|||see minutes", "|hold|10|40", "No deal||20|5|||" + text}, ""},
		{"cells that a formula fills", []string{head, `T|cut|<c><f t="array" ref="C2:D3">E2:F3</f></c>|`, "|hold"}, "C2 C3 D2 D3"},
		{"an error", []string{head, `T|cut|60|0|<c t="e"><v>#REF!</v></c>`, "|hold|10|40"}, "E2"},
	} {
		s, err := openBook(book(t, sheetXML("", tt.rows...)))
		var cells []string
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				rest, ok := strings.CutPrefix(line, "talks.xlsx:Talks!")
				at, message, _ := strings.Cut(rest, ": ")
				if !ok || !strings.Contains(message, "has no value yet: open the workbook") && !strings.Contains(message, "the formula shows '#REF!'") {
					t.Errorf("%s: %s", tt.name, line)
				}
				cells = append(cells, at)
			}
		} else if tt.name == "values" {
			for _, want := range []string{"cut: 60", "b:"} {
				if !strings.Contains(string(s.File.Data), want) {
					t.Errorf("%s: no %q in\n%s", tt.name, want, s.File.Data)
				}
			}
		}
		slices.Sort(cells)
		if got := strings.Join(cells, " "); got != tt.want {
			t.Errorf("%s: problems at %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What a spreadsheet does not show, and counts, is noted with its place.
func TestWorkbookHiddenParts(t *testing.T) {
	rows := []string{"Issue|Option|A|B|Draft", "T|cut|60|0|1", "hidden=\"true\"§|hold|10|40|2", "hidden=\"1\"§|old|20|30|3", "hidden=\"0\"§|more|1|2|4", "ht=\"0\"§No deal||5|6", "hidden=\"1\"§Total||91|72", "hidden=\"1\"§"}
	const all = `<cols><col min="2" max="3" hidden="0"/><col min="4" max="5" hidden="1"/><col min="7" max="16384" hidden="1"/></cols>`
	for _, tt := range []struct {
		name, workbook, before string
		want                   []string
	}{
		{"rows and columns", "", all, []string{
			"talks.xlsx:Talks!A7: the row 'Total' is left out",
			"talks.xlsx:Talks!B3: rows 3 to 4 are hidden, and count",
			"talks.xlsx:Talks!A6: row 6 is hidden, and counts",
			"talks.xlsx:Talks!D1: column D is hidden, and counts",
			"talks.xlsx:Talks!E1: column E is hidden, and counts",
		}},
		{"a column of no width", "", `<cols><col min="4" max="4" width="0"/></cols>`, []string{
			"talks.xlsx:Talks!A7: the row 'Total' is left out",
			"talks.xlsx:Talks!B3: rows 3 to 4 are hidden, and count",
			"talks.xlsx:Talks!A6: row 6 is hidden, and counts",
			"talks.xlsx:Talks!D1: column D is hidden, and counts",
		}},
		{"the sheet", `<workbook xmlns:r="r"><sheets><sheet name="Talks" state="veryHidden" r:id="rId1"/></sheets></workbook>`, "", []string{
			"talks.xlsx:Talks!A7: the row 'Total' is left out",
			"talks.xlsx:Talks: the sheet is hidden, and counts",
			"talks.xlsx:Talks!B3: rows 3 to 4 are hidden, and count",
			"talks.xlsx:Talks!A6: row 6 is hidden, and counts",
		}},
	} {
		var more [][2]string
		if tt.workbook != "" {
			more = append(more, [2]string{"xl/workbook.xml", tt.workbook})
		}
		s, err := openBook(book(t, sheetXML(tt.before, rows...), more...))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, n := range s.Lost {
			got = append(got, n.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: notes\n%s", tt.name, strings.Join(got, "\n"))
		}
		if s.File.Case.Parties.Len() != 3 {
			t.Errorf("%s: %d parties", tt.name, s.File.Case.Parties.Len())
		}
	}
	_, err := openBook(book(t, sheetXML("", rows...), [2]string{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Old" state="hidden" r:id="rId1"/><sheet name="Now" state="visible" r:id="rId1"/></sheets></workbook>`}))
	if err == nil || !strings.Contains(err.Error(), "several score sheets (Old [hidden], Now)") {
		t.Errorf("two sheets: %v", err)
	}
}

// Formats say what a number is, whatever else stands in them.
func TestNumberFormats(t *testing.T) {
	for code, want := range map[string]numberFormat{
		"General": generalFormat, "0.00": generalFormat, `0" days"`: generalFormat, `0"%"`: generalFormat, `\d0`: generalFormat, "[Red]0.0;[Blue]-0.0": generalFormat, `#,##0\ [$€-407]`: generalFormat, "[>=1000]0.0": generalFormat,
		"0%": percentFormat, "0.0%;[Red]-0.0%": percentFormat,
		"yyyy-mm-dd": dateFormat, "d/m": dateFormat, "[$-409]d-mmm;@": dateFormat, "[h]:mm": dateFormat, "[h]": dateFormat, "[ss]": dateFormat,
	} {
		if got := formatOf("164", code); got != want {
			t.Errorf("%s is %d, want %d", code, got, want)
		}
	}
}

// A workbook that no spreadsheet has computed says so, by asking for it: its values may be
// none.
func TestWorkbookToBeComputed(t *testing.T) {
	for calc, want := range map[string]int{`<calcPr fullCalcOnLoad="1"/>`: 1, `<calcPr calcId="191029"/>`: 0} {
		s, err := openBook(book(t, sheetXML("", "Issue|Option|A|B", "T|cut|60|<c><f>1+1</f><v>0</v></c>", "|hold|10|40"),
			[2]string{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Talks" r:id="rId1"/></sheets>` + calc + `</workbook>`}))
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Lost) != want || want > 0 && !strings.HasPrefix(s.Lost[0].String(), "talks.xlsx:Talks!D2: the workbook asks to be computed") {
			t.Errorf("%s: notes %v", calc, s.Lost)
		}
	}
}
