// Package report turns the results of a case into what people carry and
// programs read: a brief, a terminal summary, JSON and CSV.
//
// Start with [NewStudy], which compiles a case and every view of it, analyses
// them and judges the packages on record. [WriteBrief] writes one self-contained
// HTML file; [WriteText] the same answer in one terminal screen; [WriteJSON] and
// [WriteCSV] the numbers. [WriteCopy] needs no study: it writes, for one party, a
// page that holds nothing of the other side's.
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
