package report

import (
	"html/template"
	"strings"
)

// tornadoRows is the largest number of bars in the tornado.
const tornadoRows = 8

// tornado draws how often each group of numbers, drawn anew by itself, turns the
// answer to a question around, the most first, with 95 percent intervals; empty where
// nothing does.
func (s *paper) tornado(question int, asks string) template.HTML {
	movers := s.movers(question, tornadoRows)
	if len(movers) == 0 {
		return ""
	}
	const length = drawingWidth - 52 // to the right of the longest bar, room for its number
	top := 0.0
	for _, e := range movers {
		top = max(top, e.Parts[question].Flips.High)
	}
	at := func(share float64) int { return int(share/top*length + 0.5) }
	var d drawing
	var said []string
	for _, e := range movers {
		x := e.Parts[question].Flips
		title := s.sourceTitle(e.Source)
		said = append(said, title+" "+shareText(x))
		d.words("", title)
		d.rect("tint edged", 1, d.y+5, max(1, at(x.Value())), 11)
		middle := d.y + 10
		d.path("whisker", "M%d %dH%dM%d %dv6M%d %dv6", at(x.Low), middle, at(x.High), at(x.Low), middle-3, at(x.High), middle-3)
		d.text("value", at(x.High)+5, middle+4, shareText(x))
		d.y += 20
	}
	return d.figure("sure", "Share of draws in which one group of numbers turns around "+asks, strings.Join(said, "; ")+".")
}
