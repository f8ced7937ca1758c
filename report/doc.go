// Package report turns the results of a case into what people carry and
// programs read: a brief, a terminal summary, JSON and CSV.
//
// Every answer of package study has a writer here for a terminal and one for JSON: [WriteText]
// and [WriteJSON] for an analysis, [WriteDiagnosisText] and [WriteDiagnosisJSON] for a diagnosis, and so on.
// [WriteBrief] writes one self-contained HTML file that answers many questions, [WriteSummary]
// the same in one terminal screen. [WriteCopy] needs no answer: it writes, for one party, a
// page that holds nothing of the other side's.
//
// What an answer says is worded once, as a section: sentences, lists, a drawing and tables. The page and the
// terminal lay the same section out. Of an answer NAME, NAME.go holds the section, NAME_drawing.go what it
// draws, NAME_json.go its document; section.go is the model, section_terminal.go and brief.html lay it out.
//
// Results name conditions by their ids; this package joins reasons, quotes and
// sources back on. It decides nothing: every number comes from bargain or
// outcome, and is rounded only where it is shown. The same study gives the same
// bytes everywhere.
//
// A case may come from a stranger. Everything taken from it is cleaned of
// terminal controls and bidirectional overrides, escaped where it stands, and
// linked to only when its address is http or https. CSV cells that begin like a
// formula are written as text.
//
// Scores are somebody's assumptions, so every verdict begins with whose. A
// package in which every issue stays at its status quo is labelled as such and is
// not proposed while there is another.
package report
