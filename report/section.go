package report

import (
	"html/template"

	"github.com/goodoffices/goodoffices/bargain"
)

// A section answers one question of the brief: sentences first, then lists and one
// drawing, then the tables behind them.
type section struct {
	ID, Title string
	Short     string // the answer in one sentence, for the terminal; empty for none
	Sentences []string
	Lists     []sectionList
	Drawing   template.HTML // empty where there is nothing to draw
	Caption   string
	More      string // what the tables are, said before they are opened
	Tables    []grid
	Limits    []limit // conditions that the section names; on paper their reasons stand under Assumptions alone
	Notes     []string
}

// sections answers every question that the study has the answer to, in the order in
// which they are shown: why, what then, who at home, how sure.
func (s *paper) sections() []section {
	var all []section
	switch d := s.diagnosed; {
	case d.Slack != nil:
		all = append(all, s.closing())
	case d.Verdict == bargain.NoZone:
		all = append(all, s.blocked())
		if !d.Hopeless {
			all = append(all, s.opening())
		}
	}
	if s.levers != nil {
		all = append(all, s.leversSection())
	}
	if len(s.Readings) > 1 {
		all = append(all, s.viewsSection())
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

// A sectionList is a list with a line above it.
type sectionList struct {
	Head     string
	Numbered bool
	Items    []string
	Left     string // how many more there are; empty for none
}
