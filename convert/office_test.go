package convert

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fods is a spreadsheet as LibreOffice keeps it in one file: formulas, a percentage, a date,
// merged cells, a hidden row, a hidden column and a hidden sheet.
const fods = `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles>
<number:percentage-style style:name="N1"><number:number number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>
<style:style style:name="percent" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="Talks"><table:table-column table:number-columns-repeated="4"/><table:table-column table:visibility="collapse"/>
<table:table-row>{Issue}{Option}{A}{B}{Draft}</table:table-row>
<table:table-row><table:table-cell table:number-rows-spanned="3" office:value-type="string"><text:p>Tariff</text:p></table:table-cell>{cut}<table:table-cell table:formula="of:=10+50"/><table:table-cell table:style-name="percent" office:value-type="percentage" office:value="0.4"/>[1]</table:table-row>
<table:table-row><table:covered-table-cell/>{hold}[10][40][2]</table:table-row>
<table:table-row table:visibility="filter"><table:covered-table-cell/>{old}[20][30][3]</table:table-row>
<table:table-row>{No deal}<table:table-cell/><table:table-cell table:formula="of:=[.C2]/2"/>NODEAL<table:table-cell/></table:table-row>
</table:table>
<table:table table:name="Notes" table:style-name="gone"><table:table-column/><table:table-row>{seen}</table:table-row></table:table>
</office:spreadsheet></office:body></office:document>`

var update = flag.Bool("update", false, "write the workbooks in testdata anew; needs LibreOffice's soffice")

// TestWorkbookOfLibreOffice reads workbooks as LibreOffice writes them. Those in testdata are of LibreOffice 7.4.7.
func TestWorkbookOfLibreOffice(t *testing.T) {
	open := func(name, noDeal string) (*Scenario, error) {
		file := filepath.Join("testdata", name)
		if *update {
			text := strings.NewReplacer("{", `<table:table-cell office:value-type="string"><text:p>`, "}", "</text:p></table:table-cell>",
				"[.C2]", "[.C2]", "[", `<table:table-cell office:value-type="float" office:value="`, "]", `"/>`).Replace(strings.Replace(fods, "NODEAL", noDeal, 1))
			writeWorkbook(t, text, file)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return openBook(data)
	}
	s, err := open("libreoffice.xlsx", `[5]`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"cut: 60\n", "cut: 40\n", "value: 30\n", "value: 5\n", "old: 20\n"} {
		if !strings.Contains(string(s.File.Data), want) {
			t.Errorf("no %q in\n%s", want, s.File.Data)
		}
	}
	for _, want := range []string{"talks.xlsx:Talks!A4: row 4 is hidden", "E1: column E is hidden", "D2: percentages are read as points", "talks.xlsx:Notes: the sheet has no headings"} {
		if !mentions(s.Lost, want) {
			t.Errorf("no note says %q: %v", want, s.Lost)
		}
	}
	_, err = open("libreoffice-date.xlsx", `<table:table-cell office:value-type="date" office:date-value="2026-08-14"/>`)
	if err == nil || err.Error() != "talks.xlsx:Talks!D5: a date (2026-08-14), where a number or range is wanted: "+dateFix {
		t.Errorf("a date: %v", err)
	}
}

// writeWorkbook lets LibreOffice write a flat document as a workbook.
func writeWorkbook(t *testing.T, text, file string) {
	folder := t.TempDir()
	flat := filepath.Join(folder, "talks.fods")
	if err := os.WriteFile(flat, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+folder+"/profile", "--headless", "--convert-to", "xlsx", "--outdir", folder, flat)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(folder, "talks.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
