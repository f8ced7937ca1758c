package report

import "html/template"

// A section answers one question of the brief: sentences first, then lists and one
// drawing, then the tables behind them.
type section struct {
	ID, Title string
	Sentences []string
	Lists     []sectionList
	Drawing   template.HTML // empty where there is nothing to draw
	Caption   string
	More      string // what the tables are, said before they are opened
	Tables    []grid
	Limits    []limit // conditions that the section names, with their reasons
	Notes     []string
}

// A sectionList is a list with a line above it.
type sectionList struct {
	Head     string
	Numbered bool
	Items    []string
	Left     string // how many more there are; empty for none
}
