package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/goodoffices/goodoffices/study"
)

// BriefOptions direct a brief. The zero value is ready to use.
type BriefOptions struct {
	// Version of the program, named in the note on method; empty: left out.
	Version string
}

//go:embed brief.html
var briefHTML string

//go:embed brief.css
var briefCSS string

//go:embed brief.js
var briefJS string

var briefTemplate = template.Must(template.New("brief").Funcs(template.FuncMap{
	"t":     clean,
	"link":  safeLink,
	"host":  linkText,
	"cap":   capital,
	"table": func(caption string, rows []limit) limits { return limits{caption, rows} },
}).Parse(briefHTML))

// WriteBrief writes the study as one self-contained HTML file that asks the
// network for nothing, reads without scripts, and prints on A4 and Letter. Its
// content security policy admits no style or script but its own, by hash.
func WriteBrief(w io.Writer, b *study.Brief, o BriefOptions) error {
	return writeBrief(w, briefPaper(b), o)
}

func writeBrief(w io.Writer, s *paper, o BriefOptions) error {
	page := newPage(s, o)
	page.Script = template.JS(briefJS)
	return writePage(w, s, page)
}

// writePage writes a filled page with its style and its content security policy.
func writePage(w io.Writer, s *paper, page *page) error {
	page.Style = template.CSS(briefCSS + pageMargins(s))
	scripts := "'none'"
	if page.Script != "" {
		scripts = hashSource(string(page.Script))
	}
	page.Policy = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'",
		hashSource(string(page.Style)), scripts)
	var b bytes.Buffer
	if err := briefTemplate.Execute(&b, page); err != nil {
		return fmt.Errorf("brief of %s: %w", s.File.Case.ID, err)
	}
	_, err := w.Write(cleanPage(b.Bytes()))
	return err
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// pageMargins returns the style that prints the marking and the case on every page.
func pageMargins(s *paper) string {
	left := s.marking()
	if s.copied != nil {
		left += " · Copy for " + partyTitle(s.File.Case, 0) + " alone"
	}
	right := s.File.Case.ID + " " + s.shortHash()
	foot := "As of " + s.asOf() + ". Assumptions of " + s.analyst() + "."
	warn := s.warning()
	return "@page{" +
		"@top-left{content:" + cssString(left) + ";font:bold 8pt sans-serif;vertical-align:bottom;padding-bottom:3mm;width:60%}" +
		"@top-right{content:" + cssString(right) + ";font:8pt sans-serif;vertical-align:bottom;padding-bottom:3mm;text-align:right}" +
		"@bottom-left{content:" + cssString(foot+" "+warn) + ";font:7pt/1.25 sans-serif;vertical-align:top;padding-top:2.5mm;width:85%;text-align:left}" +
		"@bottom-right{content:counter(page) \" / \" counter(pages);font:8pt sans-serif;vertical-align:top;padding-top:2.5mm;width:15%;text-align:right}" +
		"}\n"
}

// cssString quotes s for a style sheet: every character but letters, digits and
// spaces by its number, so that no text of a case can end the string.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r == ' ' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "\\%06x ", r) // the space ends the escape
	}
	b.WriteByte('"')
	return b.String()
}

// safeLink returns an address that may be linked to, empty for anything but http
// and https.
func safeLink(address string) string {
	address = clean(address)
	lower := strings.ToLower(address)
	if (strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://")) && !strings.ContainsAny(address, " \"<>\\^`{|}") {
		return address
	}
	return ""
}

// linkText returns an address as it is printed: without its scheme.
func linkText(address string) string {
	_, rest, _ := strings.Cut(safeLink(address), "://")
	return strings.TrimSuffix(rest, "/")
}
