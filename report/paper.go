package report

import (
	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/study"
)

// A paper is what is known of a case when something is written about it. A writer fills in what its
// answer holds, and only its sections look at that.
type paper struct {
	*study.Case
	alone       bool // tells one answer in full, not many in brief
	whole       bool
	open        *bargain.Frontier
	division    *bargain.Division
	divisionWhy string
	diagnosed   *diagnose.Diagnosis
	certificate []byte
	definitions []*definitions.Result
	winSets     study.WinSets
	asked       *mark // the package that is asked about; nil for none
	robustness  *study.Robustness
	levers      *leverPaper
	pairs       []study.ViewPair
	taken       *study.Agenda
	takenWhy    string
	sessions    []study.Rehearsed

	copied *copied // nil: a paper for all parties
}

// analysisPaper is the paper on an analysis.
func analysisPaper(a *study.Analysis) *paper {
	return &paper{Case: a.Case, whole: a.Whole, open: a.Open, division: a.Division, divisionWhy: a.DivisionWhy,
		diagnosed: a.Diagnosis, certificate: a.Certificate, definitions: a.Definitions, winSets: a.Home}
}

// briefPaper is the paper on everything that a brief tells of.
func briefPaper(b *study.Brief) *paper {
	s := analysisPaper(b.Analysis)
	s.robustness, s.pairs, s.taken, s.takenWhy, s.sessions = b.Robustness, b.Pairs, b.Agenda, b.AgendaWhy, b.Rehearsed
	if b.Levers != nil {
		s.levers = newLeverPaper(b.Levers)
	}
	return s
}

// robustnessPaper is the paper on how far an answer hangs on uncertain numbers.
func robustnessPaper(x *study.Robustness) *paper {
	return &paper{Case: x.Case, robustness: x}
}
