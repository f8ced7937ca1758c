package report

import (
	"fmt"
	"html"
	"html/template"
	"math/big"
	"strings"
)

// Geometry of the tornado, in units of its view box, which is as wide as a narrow
// screen, so that its words stay readable there.
const (
	tornadoWidth = 360
	tornadoBar   = 12
	tornadoStep  = 36
	tornadoRows  = 8
	tornadoRoom  = 52 // to the right of the longest bar, for its number
)

// tornado draws how often each group of numbers, drawn anew by itself, turns the
// answer to a question around, the most first, with 95 percent intervals; empty where
// nothing does.
func (s *Study) tornado(question int, asks string) template.HTML {
	movers := s.movers(question, tornadoRows)
	if len(movers) == 0 {
		return ""
	}
	top := 0.0
	for _, e := range movers {
		top = max(top, e.Parts[question].Flips.High)
	}
	length := float64(tornadoWidth - tornadoRoom)
	at := func(share float64) int { return int(share/top*length + 0.5) }
	var b strings.Builder
	var said []string
	for _, e := range movers {
		said = append(said, s.sourceTitle(e.Source)+" "+shareText(e.Parts[question].Flips))
	}
	height := len(movers)*tornadoStep + 4
	fmt.Fprintf(&b, `<svg class="tornado" viewBox="0 0 %d %d" role="img" aria-label="%s">`, tornadoWidth, height,
		html.EscapeString("Share of draws in which one group of numbers turns around "+asks+": "+strings.Join(said, "; ")))
	for i, e := range movers {
		x := e.Parts[question].Flips
		y := i*tornadoStep + 12
		fmt.Fprintf(&b, `<text class="what" x="0" y="%d">%s</text>`, y, html.EscapeString(fit(s.sourceTitle(e.Source), 62)))
		fmt.Fprintf(&b, `<rect x="0" y="%d" width="%d" height="%d"/>`, y+5, max(1, at(x.Value())), tornadoBar)
		middle := y + 5 + tornadoBar/2
		fmt.Fprintf(&b, `<path class="whisker" d="M%d %dH%dM%d %dv6M%d %dv6"/>`, at(x.Low), middle, at(x.High), at(x.Low), middle-3, at(x.High), middle-3)
		fmt.Fprintf(&b, `<text class="share" x="%d" y="%d">%s</text>`, at(x.High)+5, middle+4, html.EscapeString(shareText(x)))
	}
	b.WriteString(`<path class="base" d="M0 0V` + fmt.Sprint(height) + `"/></svg>`)
	return template.HTML(b.String())
}

// A sureFigure is the section on uncertainty as the template reads it.
type sureFigure struct {
	Sentences []string
	Tornado   template.HTML
	Caption   string
	Tables    []grid
	Notes     []string
}

// sure fills the section on uncertainty, where the study has been assessed.
func (p *page) sure(s *Study) {
	if s.Sure == nil {
		return
	}
	f := &sureFigure{Sentences: s.sureness(), Notes: s.sureNotes()}
	if at, asks := s.asks(); at >= 0 {
		f.Tornado = s.tornado(at, asks)
		f.Caption = fmt.Sprintf("What moves the answer: %s. Each bar is the share of draws in which drawing this group of numbers anew, and nothing else, turns that answer around; the line across is the 95 %% interval over %s pairs of draws. Numbers that are not shown turn it around less often, or never.",
			asks, grouped(big.NewInt(int64(s.Sure.Pairs))))
	}
	for _, g := range []*grid{s.candidateGrid(), s.groupGrid(), s.moverGrid(12)} {
		if g != nil {
			f.Tables = append(f.Tables, *g)
		}
	}
	p.Sure = f
}
