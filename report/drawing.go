package report

import (
	"fmt"
	"html"
	"html/template"
	"math/big"
	"strings"
)

// A drawing is a figure of the brief in the making, as SVG. Its view box is as wide as
// a narrow screen, so that its words stay readable there. Positions are whole
// numbers computed without floating point, so that every machine draws the same.
type drawing struct {
	strings.Builder
	y int // where the next row begins
}

const (
	drawingWidth   = 360
	drawingColumns = 54 // cells of text across the drawing
	lineHeight     = 14
)

func (d *drawing) text(class string, x, y int, s string) {
	fmt.Fprintf(d, `<text class="%s" x="%d" y="%d">%s</text>`, class, x, y, html.EscapeString(s))
}

func (d *drawing) rect(class string, x, y, width, height int) {
	fmt.Fprintf(d, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`, class, x, y, width, height)
}

func (d *drawing) circle(class string, x, y, r int) {
	fmt.Fprintf(d, `<circle class="%s" cx="%d" cy="%d" r="%d"/>`, class, x, y, r)
}

func (d *drawing) path(class, format string, args ...any) {
	fmt.Fprintf(d, `<path class="%s" d="%s"/>`, class, fmt.Sprintf(format, args...))
}

// words writes a label over as many lines as it takes, below what stands already.
func (d *drawing) words(class, s string) {
	for _, line := range wrap(s, drawingColumns) {
		d.y += lineHeight
		d.text(class, 0, d.y, line)
	}
}

// heading begins a part of the drawing.
func (d *drawing) heading(s string) {
	if d.y > 0 {
		d.y += 8
	}
	d.words("head", s)
	d.y += 2
}

// bar draws a bar of the given length under the words before it, hollow or full, with
// a text beside its end.
func (d *drawing) bar(full bool, length int, beside string) {
	class := "full"
	if !full {
		class = "hollow"
	}
	d.rect(class, 0, d.y+5, max(1, length), 11)
	d.text("value", max(1, length)+5, d.y+15, beside)
	d.y += 22
}

// parties are drawn full, hollow and tinted, so that they differ without colour.
var partyClass = []string{"full", "hollow", "tint edged"}

// key says how the bars of a party are drawn.
func (d *drawing) key(party int, title string) {
	d.y += lineHeight
	d.rect(partyClass[party], 1, d.y-8, 22, 8)
	d.text("", 30, d.y, fit(title, drawingColumns-6))
}

// slim draws a narrow bar of a party's.
func (d *drawing) slim(party, length int, beside string) {
	d.rect(partyClass[party], 1, d.y+5, max(1, length), 7)
	d.text("value", max(1, length)+6, d.y+12, beside)
	d.y += 12
}

// figure finishes the drawing. Its name is unique on the page; a listener hears the
// title and then what it shows, in words.
func (d *drawing) figure(name, title, shows string) template.HTML {
	esc := html.EscapeString
	return template.HTML(fmt.Sprintf(`<svg class="drawing" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title" aria-describedby="%s-desc"><title id="%s-title">%s</title><desc id="%s-desc">%s</desc>%s</svg>`,
		drawingWidth, d.y+4, name, name, name, esc(title), name, esc(shows), d.String()))
}

// scaled returns part of length as part is of whole, rounded to the nearest; whole is
// positive.
func scaled(part, whole *big.Rat, length int) int {
	x := new(big.Rat).Quo(part, whole)
	x.Mul(x, big.NewRat(int64(2*length), 1))
	x.Add(x, big.NewRat(1, 1))
	return int(new(big.Int).Div(x.Num(), new(big.Int).Mul(x.Denom(), big.NewInt(2))).Int64())
}

func ratio(n *big.Int) *big.Rat { return new(big.Rat).SetInt(n) }
