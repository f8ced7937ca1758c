package report

import (
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// A plane is the utilities of two parties in characters: dots for the frontier, dotted lines
// at no-deal values, labels for what is named, those that come later on top.
type plane struct {
	cols, rows   int
	x, y         *outcome.Row
	across, up   string // titles of the axes
	frontier, at [][2]int64
	labels       []string
	legend       []string // what labels are, below the plane
}

// newPlane returns an empty plane of the first two parties, nil where there is but one.
func newPlane(s *outcome.Space, cols, rows int, title func(p int) string) *plane {
	if len(s.Parties) < 2 {
		return nil
	}
	return &plane{cols: cols, rows: rows, x: &s.Parties[0].Row, y: &s.Parties[1].Row, across: title(0), up: title(1)}
}

func (p *plane) label(text string, u, v int64) {
	p.labels, p.at = append(p.labels, text), append(p.at, [2]int64{u, v})
}

// lines draws the plane.
func (p *plane) lines(t *terminal) []line {
	var across, up []int64
	for _, all := range [][][2]int64{p.frontier, p.at} {
		for _, u := range all {
			across, up = append(across, u[0]), append(up, u[1])
		}
	}
	if p.x.Threshold.Set {
		across = append(across, p.x.Threshold.Value)
	}
	if p.y.Threshold.Set {
		up = append(up, p.y.Threshold.Value)
	}
	ax, ay := axisOver(p.x, across), axisOver(p.y, up)
	c := newCanvas(p.cols, p.rows)
	if p.x.Threshold.Set {
		for k := 0; k < c.height(); k += 2 {
			c.dot(ax.at(p.x.Threshold.Value, c.width()-1), k)
		}
	}
	if p.y.Threshold.Set {
		for k := 0; k < c.width(); k += 2 {
			c.dot(k, c.height()-1-ay.at(p.y.Threshold.Value, c.height()-1))
		}
	}
	for _, u := range p.frontier {
		c.dot(ax.at(u[0], c.width()-1), c.height()-1-ay.at(u[1], c.height()-1))
	}
	for i, u := range p.at {
		c.label(ax.at(u[0], p.cols-1), p.rows-1-ay.at(u[1], p.rows-1), p.labels[i])
	}
	head := fit(p.up, p.cols-1) + " ↑"
	out := []line{{head, t.style(dim, head)}}
	for _, text := range c.lines() {
		out = append(out, line{"│" + text, t.style(dim, "│") + t.ink(text)})
	}
	title := fit(p.across, p.cols-4)
	foot := "└" + strings.Repeat("─", max(0, p.cols-width(title)-3)) + " " + title + " →"
	out = append(out, line{foot, t.style(dim, foot)})
	for _, text := range p.legend {
		out = append(out, line{text, t.style(dim, text)})
	}
	return out
}

// ink colours the dots of a line of the map, and leaves its labels bold.
func (t *terminal) ink(s string) string {
	if !t.color {
		return s
	}
	var b strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); {
		k := i
		dots := isBraille(runes[i])
		for k < len(runes) && isBraille(runes[k]) == dots {
			k++
		}
		part := string(runes[i:k])
		if dots {
			b.WriteString(t.style(blue, part))
		} else {
			b.WriteString(t.style(bold, part))
		}
		i = k
	}
	return b.String()
}

func isBraille(r rune) bool { return r >= 0x2800 && r <= 0x28FF }

// A canvas is a grid of braille characters: two dots across and four down in each
// cell, with labels over them.
type canvas struct {
	cols, rows int
	dots       []byte
	labels     []rune
}

func newCanvas(cols, rows int) *canvas {
	return &canvas{cols, rows, make([]byte, cols*rows), make([]rune, cols*rows)}
}

func (c *canvas) width() int  { return 2 * c.cols }
func (c *canvas) height() int { return 4 * c.rows }

// braille holds the bit of each dot of a cell, by row and column.
var braille = [4][2]byte{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func (c *canvas) dot(x, y int) {
	if x >= 0 && y >= 0 && x < c.width() && y < c.height() {
		c.dots[y/4*c.cols+x/2] |= braille[y%4][x%2]
	}
}

// label writes text from cell (x, y) on, moved left where it would pass the edge.
func (c *canvas) label(x, y int, text string) {
	runes := []rune(text)
	x = max(0, min(x, c.cols-len(runes)))
	for i, r := range runes {
		if x+i < c.cols {
			c.labels[y*c.cols+x+i] = r
		}
	}
}

func (c *canvas) lines() []string {
	var out []string
	for y := range c.rows {
		var b strings.Builder
		for x := range c.cols {
			k := y*c.cols + x
			switch {
			case c.labels[k] != 0:
				b.WriteRune(c.labels[k])
			case c.dots[k] != 0:
				b.WriteRune(0x2800 + rune(c.dots[k]))
			default:
				b.WriteByte(' ')
			}
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}
