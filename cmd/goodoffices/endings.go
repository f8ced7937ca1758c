package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A product is what a command writes into a file that the user names.
type product struct {
	name    string
	format  string
	endings []string // of such files' names, the usual one first; none: any will do
}

var (
	briefPage       = product{"brief", "one HTML page", []string{".html", ".htm"}}
	certificateFile = product{"certificate", "JSON", []string{".json"}}
	transcriptFile  = product{"transcript", "plain text", []string{".txt", ".text", ".log"}}
	caseFile        = product{"case", "YAML", []string{".yaml", ".yml"}}
	keptWork        = product{name: "interrupted work"}
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

// endings are those of names that promise a format, with what writes it, empty where nothing does.
var endings = map[string]string{
	".html": writesPages, ".htm": writesPages, ".pdf": "a brief prints to PDF from a browser",
	".xlsx": writesSheets, ".xls": writesSheets, ".ods": writesSheets, ".csv": writesCSV, ".tsv": writesCSV,
	".json": writesJSON, ".yaml": writesCases, ".yml": writesCases, ".xml": writesXML,
	".txt": "", ".md": "", ".rtf": "", ".doc": "", ".docx": "", ".odt": "", ".ppt": "", ".pptx": "",
	".png": "", ".jpg": "", ".jpeg": "", ".svg": "", ".zip": "", ".gz": "",
}

// fits refuses a name that promises another format than the product has.
func (p product) fits(name string) error {
	ext := filepath.Ext(name)
	hint, known := endings[strings.ToLower(ext)]
	if !known || p.endings == nil || slices.Contains(p.endings, strings.ToLower(ext)) {
		return nil
	}
	better := p.endings[0]
	switch {
	case strings.EqualFold(ext, ".pdf") && slices.Contains(p.endings, ".html"):
		better, hint = ".html", ", and print that to PDF from a browser"
	case hint != "":
		hint = "; " + hint
	}
	return usageError{fmt.Sprintf("%s: the %s is %s: name it %s%s", name, p.name, p.format, strings.TrimSuffix(name, ext)+better, hint)}
}
