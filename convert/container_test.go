package convert

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
)

// stored packs parts without compressing them.
func stored(t testing.TB, parts [][2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateRaw(&zip.FileHeader{Name: p[0], Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(p[1])),
			CompressedSize64: uint64(len(p[1])), UncompressedSize64: uint64(len(p[1]))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzContainer reads workbooks of any parts, packed whole and with some of their bytes
// overwritten.
func FuzzContainer(f *testing.F) {
	const (
		rels   = `<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
		links  = `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`
		books  = `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="Talks" state="hidden" sheetId="1" r:id="rId1"/></sheets><calcPr fullCalcOnLoad="1"/></workbook>`
		texts  = `<sst><si><t>Issue</t></si><si><r><t>Op</t></r><r><t>tion</t></r><rPh sb="0" eb="1"><t>p</t></rPh></si></sst>`
		styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs></styleSheet>`
	)
	for _, rows := range [][]string{
		{`<c t="s"><v>0</v></c>|<c t="s"><v>1</v></c>|A|B|Weight`, "T|cut|60|0|<c><f>1/4</f></c>", `hidden="1"§|hold|<c s="2"><v>0.1</v></c>|<c s="1"><v>45883</v></c>`, "No deal||<c t=\"str\"><f>\"\"</f><v></v></c>|5"},
		{"Issue|Option|A|B", "T|cut|<c><f t=\"array\" ref=\"C2:D3\">E2:F3</f></c>", "|hold"},
		{"Issue|Option|A|B", "T|cut|1|2", "|hold|2|<c><f>1+1</f><v>2</v></c>"},
	} {
		f.Add(rels, books, links, texts, styles, sheetXML(`<cols><col min="4" max="5" hidden="1"/></cols>`, rows...)+`<mergeCell ref="A2:A3"/>`, uint16(0), []byte(nil))
	}
	f.Add(rels, books, links, texts, styles, sheetXML("", "Issue|Option|A", "T|cut|1"), uint16(8), []byte{8, 0})
	f.Fuzz(func(t *testing.T, rels, books, links, texts, styles, sheet string, at uint16, over []byte) {
		parts := [][2]string{{"_rels/.rels", rels}, {"xl/workbook.xml", books}, {"xl/_rels/workbook.xml.rels", links}, {"xl/sharedStrings.xml", texts}, {"xl/styles.xml", styles}, {"xl/worksheets/sheet1.xml", sheet}}
		size := len(over)
		for _, p := range parts {
			size += len(p[1])
		}
		if size > 32<<10 {
			return
		}
		data := stored(t, parts)
		if len(over) > 0 {
			copy(data[int(at)%len(data):], over)
		}
		s, err := openBook(data)
		switch {
		case err != nil && (s != nil || err.Error() == ""):
			t.Fatal("an error with a scenario, or without words")
		case err != nil:
			return
		}
		if _, err := s.File.Case.Compile(casefile.Choice{}); err != nil {
			t.Fatal(err)
		}
		if s.File.Conversion == nil || len(s.File.Conversion.Notes) != len(s.Lost) {
			t.Fatal("notes are lost")
		}
	})
}
