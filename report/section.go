package report

import (
	"html/template"

	"github.com/goodoffices/goodoffices/bargain"
)

// A section is the answer to one question, worded once and shown in two ways: the template in brief.html
// lays it out on a page, section_terminal.go in a terminal. Neither adds a word about the case.
//
// It is read from the top: sentences, then a drawing and lists, then the tables behind them, the conditions
// that were named, and notes. A page draws; a terminal shows what stands in for the drawing: the same as tables or in
// characters. A terminal too narrow for a table shows each row as sentences, made of its heads.
//
// A brief asks many questions and answers each in brief; a paper that is alone answers one in full. The
// builder of a section looks at that for how much it lists, and words both alike.
type section struct {
	ID, Title string
	Short     string      // the answer in one sentence, all that a summary shows; empty for none
	Shorts    [][2]string // of a summary: titles of sections and their short sentences
	Sentences []string
	Lists     []sectionList
	Drawing   template.HTML // empty where there is nothing to draw
	Caption   string
	Instead   standIn
	More      string // what the tables are, said before they are opened
	Tables    []grid
	Limits    []limit // conditions that the section names; on paper their reasons stand under Assumptions alone
	Notes     []string
}

// A standIn is what a terminal shows in place of a drawing: a plane in characters, with the first
// table beside it where there is room, and tables.
type standIn struct {
	Plane  *plane
	Tables []grid
}

// A sectionList is a list with a line above it.
type sectionList struct {
	Head     string
	About    string // goes on from the head: what the entries say
	Numbered bool
	Items    []string
	Left     string // how many more there are, without a full stop; empty for none
}

// sections answers every question that the study has the answer to, in the order in
// which they are shown: why, what then, who at home, how sure.
func (s *paper) sections() []section {
	all := s.diagnosisSections()
	if s.levers != nil {
		all = append(all, s.levers.section())
	}
	if len(s.Readings) > 1 {
		v := &viewPaper{paper: s, Pairs: s.pairs}
		all = append(all, v.section())
	}
	if s.Main.Space.AsksHome() {
		all = append(all, s.home())
	}
	if s.taken != nil {
		all = append(all, s.agenda())
	}
	if s.sessions != nil {
		all = append(all, s.rehearsed())
	}
	if s.robustness != nil {
		all = append(all, s.sure())
	}
	return all
}

// diagnosisSections say what blocks a deal and would open one, or what could close the zone.
func (s *paper) diagnosisSections() []section {
	switch d := s.diagnosed; {
	case d.Slack != nil:
		return []section{s.closing()}
	case d.Verdict == bargain.NoZone && d.Hopeless:
		return []section{s.blocked()}
	case d.Verdict == bargain.NoZone:
		return []section{s.blocked(), s.opening()}
	}
	return nil
}

// A grid is a table: a caption, column heads and rows whose first cell heads
// them. A row of one cell heads those that follow.
type grid struct {
	Caption string
	Heads   []string
	Narrow  []string // heads in fewer words, where columns are narrow; nil for the same
	About   string   // a note in place of what cells leave out there
	Rows    [][]cell
	Notes   []string
	Left    string // how many more rows there are, without a full stop; empty for none
	Numbers bool   // cells after the first are numbers
}

type cell struct {
	Text string
	More string // goes on from the text where there is room
	Mark string // "yes", "no", "changed" or empty: how the cell is drawn
	Said string // what a listener must hear with it, where the drawing alone says it
}
