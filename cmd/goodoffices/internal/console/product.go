package console

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A Product is what a command writes into a file that the user names.
type Product struct {
	Name    string
	Format  string
	Endings []string // of such files' names, the usual one first; none: any will do
}

var (
	BriefPage       = Product{"brief", "one HTML page", []string{".html", ".htm"}}
	CertificateFile = Product{"certificate", "JSON", []string{".json"}}
	TranscriptFile  = Product{"transcript", "plain text", []string{".txt", ".text", ".log"}}
	CaseFile        = Product{"case", "YAML", []string{".yaml", ".yml"}}
	KeptWork        = Product{Name: "interrupted work"}
)

// What writes files of a format, for who names one where another is written.
const (
	writesPages  = "goodoffices brief CASE -o NAME.html and goodoffices collection DIR -o NAME.html write pages"
	writesSheets = "goodoffices convert CASE NAME.xlsx writes a score sheet"
	writesCSV    = "goodoffices convert CASE NAME.csv writes a score sheet, goodoffices collection DIR -o NAME.csv a table"
	writesJSON   = "goodoffices analyze CASE --format json writes the results"
	writesCases  = "goodoffices convert CASE NAME.yaml writes a case file"
	writesXML    = "goodoffices convert CASE --to genius FOLDER writes XML"
)

// Endings are those of names that promise a format, with what writes it, empty where nothing does.
var Endings = map[string]string{
	".html": writesPages, ".htm": writesPages, ".pdf": "a brief prints to PDF from a browser",
	".xlsx": writesSheets, ".xls": writesSheets, ".ods": writesSheets, ".csv": writesCSV, ".tsv": writesCSV,
	".json": writesJSON, ".yaml": writesCases, ".yml": writesCases, ".xml": writesXML,
	".txt": "", ".md": "", ".rtf": "", ".doc": "", ".docx": "", ".odt": "", ".ppt": "", ".pptx": "",
	".png": "", ".jpg": "", ".jpeg": "", ".svg": "", ".zip": "", ".gz": "",
}

// Fits refuses a name that promises another format than the product has.
func (p Product) Fits(name string) error {
	ext := filepath.Ext(name)
	hint, known := Endings[strings.ToLower(ext)]
	if !known || p.Endings == nil || slices.Contains(p.Endings, strings.ToLower(ext)) {
		return nil
	}
	better := p.Endings[0]
	switch {
	case strings.EqualFold(ext, ".pdf") && slices.Contains(p.Endings, ".html"):
		better, hint = ".html", ", and print that to PDF from a browser"
	case hint != "":
		hint = "; " + hint
	}
	return UsageError{fmt.Sprintf("%s: the %s is %s: name it %s%s", name, p.Name, p.Format, strings.TrimSuffix(name, ext)+better, hint)}
}
