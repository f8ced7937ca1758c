package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math/big"
	"strings"
)

//go:embed collection.html
var collectionHTML string

//go:embed collection.js
var collectionJS string

// collectionCSS is what the table of a collection adds to the brief's style.
const collectionCSS = `
header.title,main{max-width:none}
#scenarios{width:auto;min-width:100%}
#scenarios th,#scenarios td{white-space:nowrap;min-width:0;padding-inline:.5rem}
#scenarios tbody th{position:sticky;left:0;background:var(--paper);white-space:normal;min-width:9rem;max-width:40vw}
#scenarios .n{text-align:end;font-variant-numeric:tabular-nums}
#scenarios button{font:inherit;font-weight:650;color:inherit;background:none;border:0;padding:.3rem 0;cursor:pointer;white-space:nowrap}
#scenarios [aria-sort=ascending] button::after{content:" ▲"}
#scenarios [aria-sort=descending] button::after{content:" ▼"}
@media print{@page{size:landscape}#scenarios th,#scenarios td{white-space:normal;font-size:7pt}#scenarios tbody th{position:static}}
`

var collectionTemplate = template.Must(template.New("collection").Parse(collectionHTML))

type collectionPage struct {
	Policy   string
	Style    template.CSS
	Script   template.JS
	Title    string
	Summary  string
	Heads    []collectionCell
	Rows     [][]collectionCell
	Problems []remarks
	Lost     []remarks
	Left     []string
}

type collectionCell struct {
	Text, Key string // as shown, and the number by which to sort
	Number    bool
}

// remarks are what there is to say about a scenario.
type remarks struct {
	Name  string
	Texts []string
}

// WriteHTML writes the collection as one self-contained page that asks the network for
// nothing and reads without scripts; with them its table can be sorted.
func (c *Collection) WriteHTML(w io.Writer) error {
	p := collectionPage{
		Style: template.CSS(briefCSS + collectionCSS), Script: template.JS(collectionJS),
		Title: clean(c.Folder), Summary: c.summary(), Left: cleanAll(c.Left),
	}
	p.Policy = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hashSource(string(p.Style)), hashSource(string(p.Script)))
	for _, col := range collectionColumns {
		p.Heads = append(p.Heads, collectionCell{Text: col.title, Number: col.numbers})
	}
	for i := range c.Scenarios {
		m := &c.Scenarios[i]
		var row []collectionCell
		for _, col := range collectionColumns {
			text := clean(col.cell(m))
			cell := collectionCell{Text: rounded(text), Number: col.numbers}
			switch col.name {
			case "problems":
				cell.Text = ""
				if n := len(m.Problems); n > 0 {
					cell.Text = counted(big.NewInt(int64(n)), "problem", "problems")
				}
			case "scenario":
				cell.Text = text
			case "verdict":
				cell.Text = strings.ReplaceAll(text, "_", " ")
			}
			if cell.Text != text && col.numbers {
				cell.Key = text
			}
			row = append(row, cell)
		}
		p.Rows = append(p.Rows, row)
		if len(m.Problems) > 0 {
			p.Problems = append(p.Problems, remarks{clean(m.Scenario), cleanAll(m.Problems)})
		}
		if len(m.Lost) > 0 {
			p.Lost = append(p.Lost, remarks{clean(m.Scenario), cleanAll(m.Lost)})
		}
	}
	var b bytes.Buffer
	if err := collectionTemplate.Execute(&b, p); err != nil {
		return fmt.Errorf("collection of %s: %w", c.Folder, err)
	}
	_, err := w.Write(cleanPage(b.Bytes()))
	return err
}

// CollectionFormats are the names of the formats that [Collection.Write] knows.
var CollectionFormats = []string{"text", "csv", "json", "html"}

// Write writes the collection in one of [CollectionFormats].
func (c *Collection) Write(w io.Writer, format string, o TextOptions) error {
	switch strings.ToLower(format) {
	case "text":
		return c.WriteText(w, o)
	case "csv":
		return c.WriteCSV(w)
	case "json":
		return c.WriteJSON(w)
	case "html":
		return c.WriteHTML(w)
	}
	return fmt.Errorf("no format %q", format)
}
