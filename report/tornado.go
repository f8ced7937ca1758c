package report

import (
	"fmt"
	"html/template"
	"math/big"
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

// sure is the section on uncertainty, of a study that has been assessed.
func (s *paper) sure() section {
	out := section{ID: "sure", Title: "How sure are we", Short: s.sureShort(), Sentences: s.sureness(), More: "The shares as tables", Notes: s.sureNotes()}
	if at, asks := s.asks(); at >= 0 {
		out.Drawing = s.tornado(at, asks)
		out.Caption = fmt.Sprintf("What moves the answer: %s. Each bar is the share of draws in which drawing this group of numbers anew, and nothing else, turns that answer around; the line across is the 95\u00a0%% interval over %s pairs of draws. Numbers that are not shown turn it around less often, or never.",
			asks, grouped(big.NewInt(int64(s.robustness.Pairs))))
	}
	for _, g := range []*grid{s.candidateGrid(), s.groupGrid(), s.moverGrid(12)} {
		if g != nil {
			out.Tables = append(out.Tables, *g)
		}
	}
	return out
}

// sureShort is the answer in one sentence.
func (s *paper) sureShort() string {
	b := s.robustness
	if b.Numbers == 0 {
		return ""
	}
	var parts []string
	if b.Solved {
		parts = append(parts, shareText(b.Zone)+" of "+drawsText(b.Draws)+" have a zone")
	}
	if b.Focus >= 0 && b.Candidates[b.Focus].Zone.Draws > 0 {
		c := &b.Candidates[b.Focus]
		text := "the package to look at first is acceptable in " + shareText(c.Zone)
		if s.Main.Space.AsksHome() {
			text += " and also carried at home in " + shareText(c.ZoneCarried)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return ""
	}
	return capital(strings.Join(parts, "; ")) + "."
}
