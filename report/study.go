package report

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/home"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Study is one case read under its own assumptions and under every view of it.
type Study struct {
	File   *casefile.File
	Choice casefile.Choice
	// Main is the case under Choice: what the reports speak of.
	Main *Reading
	// Whole says that Main's frontier is that of every package that satisfies the
	// requirements, not that of the zone.
	Whole bool
	// Readings holds the case as written, then every view in the order of the
	// file, all with the levers of Choice pulled. Main is one of them.
	Readings []*Reading
	// Certificate is that of Main's diagnosis, in JSON, for what is written of it; nil for none.
	Certificate []byte
	// Sure says how far Main hangs on uncertain numbers; nil until Assess has been called.
	Sure *Sureness
	// WinSets says what of Main's zone survives at home; nil until CountHome has been called,
	// where nobody at home has a say, and where WinSetsWhy says why it was not counted.
	WinSets    *home.WinSets
	WinSetsWhy string
	// Levers says what the case's levers do; nil until PullLevers has been called.
	Levers *LeverStudy
	// Pairs are any two readings with what their difference hangs on; empty until CompareViews
	// has been called.
	Pairs []ViewPair
	// AgendaWhy says why SetAgenda did not find the agendas of Main; empty for nothing to say.
	AgendaWhy string
	// Definitions holds what other tools report of Main, in the order asked for by Define.
	Definitions []*definitions.Result

	// Rehearsed holds sessions of rehearsed talks for the brief to tell of; nil for none.
	Rehearsed []Rehearsed

	copied *copied // nil: a study of all parties
}

// A Reading is one set of assumptions and what follows from it.
type Reading struct {
	View     string         // id of the view, empty for the case as written
	Case     *casefile.Case // with the view and the levers applied
	Space    *outcome.Space
	Analysis *bargain.Analysis
	// Open is the frontier with thresholds and red lines ignored; nil where there
	// is a zone.
	Open *bargain.Frontier
	// Packages on record, in the order of the file.
	Packages []Judged
	// StatusQuo is the package in which every issue stays as it is; nil where an
	// issue has no status quo.
	StatusQuo *Judged
	// Division splits the divisible issues of two parties; nil where there is
	// nothing to split, and DivisionWhy is then the reason, if it needs one.
	Division    *bargain.Division
	DivisionWhy string

	// Diagnosis says what blocks a zone and what would open one, or what is close to closing it;
	// of Main alone, else nil, except in a [ViewStudy].
	Diagnosis *diagnose.Diagnosis

	// Agendas say what depends on which issues are taken up, and in which order; nil until TakeUp or, of
	// Main, SetAgenda has been called.
	Agendas *Agendas

	proposals []proposal // of Main alone
}

// A Judged package is one that somebody named, with what it is worth and who
// accepts it.
type Judged struct {
	ID       string
	Outcome  outcome.Outcome
	Judgment bargain.Judgment
}

// NewStudy compiles the case under the choice and under each of its views, and
// analyses them one after the other. It fails where a reading does not compile
// or passes the limits of the options, naming the view. opts.Progress hears of
// all readings together; opts.Whole and opts.Measures concern Main alone.
func NewStudy(ctx context.Context, file *casefile.File, choice casefile.Choice, opts bargain.Options) (*Study, error) {
	s := &Study{File: file, Choice: choice, Whole: opts.Whole}
	views := append([]string{""}, file.Case.Views.Keys()...)
	tell := opts.Progress
	for i, view := range views {
		o := opts
		o.Whole = opts.Whole && view == choice.View
		o.Measures = opts.Measures && view == choice.View
		if tell != nil {
			o.Progress = func(done float64) { tell((float64(i) + done) / float64(len(views))) }
		}
		r, err := newReading(ctx, file.Case, casefile.Choice{View: view, Levers: choice.Levers}, o)
		if err != nil {
			return nil, inView(view, err)
		}
		s.Readings = append(s.Readings, r)
		if view == choice.View {
			s.Main = r
		}
	}
	if s.Main == nil {
		return nil, fmt.Errorf("no view %q in case %s: its views are %s", choice.View, file.Case.ID, orNone(sentenceList(views[1:])))
	}
	s.Main.proposals = s.Main.propose()
	var err error
	s.Main.Diagnosis, err = diagnose.Diagnose(ctx, s.Main.Space, diagnose.Options{Time: opts.Time, Memory: opts.Memory, Analysis: s.Main.Analysis})
	return s, err
}

// inView says of which view an error is; that of the case as written stays as it is.
func inView(view string, err error) error {
	if view == "" || err == nil {
		return err
	}
	return fmt.Errorf("view %s: %w", view, err)
}

func newReading(ctx context.Context, c *casefile.Case, choice casefile.Choice, opts bargain.Options) (*Reading, error) {
	space, err := c.Compile(choice)
	if err != nil {
		return nil, err
	}
	r := &Reading{View: choice.View, Space: space}
	if r.Case, err = c.With(choice); err != nil {
		return nil, err
	}
	if r.Analysis, err = bargain.Analyze(ctx, space, opts); err != nil {
		return nil, err
	}
	if r.Analysis.Verdict == bargain.NoZone {
		r.Open = &r.Analysis.Frontier
		if !opts.Whole {
			opts.Whole, opts.Progress = true, nil
			whole, err := bargain.Analyze(ctx, space, opts)
			if err != nil {
				return nil, err
			}
			r.Open = &whole.Frontier
		}
	}
	if err := r.judge(c); err != nil {
		return nil, err
	}
	if len(c.Divisible) > 0 {
		if len(space.Parties) != 2 {
			r.DivisionWhy = "Adjusted Winner divides between two parties, and this case has " + decimal(len(space.Parties))
		} else if r.Division, err = bargain.AdjustedWinner(space, divisible(c)); err != nil {
			r.DivisionWhy = err.Error()
		}
	}
	return r, nil
}

// judge fills in what the packages on record and the status quo mean to everybody.
func (r *Reading) judge(c *casefile.Case) error {
	for id := range c.Packages.All() {
		o, err := c.PackageOutcome(id)
		if err != nil {
			return fmt.Errorf("package %s: %w", id, err)
		}
		r.Packages = append(r.Packages, Judged{id, o, bargain.Judge(r.Space, o)})
	}
	if o, ok := c.StatusQuo(); ok {
		r.StatusQuo = &Judged{"status_quo", o, bargain.Judge(r.Space, o)}
	}
	return nil
}

// divisible returns the positions of the divisible issues.
func divisible(c *casefile.Case) []int {
	named := map[string]bool{}
	for _, id := range c.Divisible {
		named[id] = true
	}
	var at []int
	for i, id := range c.Issues.Keys() {
		if named[id] {
			at = append(at, i)
		}
	}
	return at
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// hasZone reports whether the reading's zone holds a package.
func (r *Reading) hasZone() bool { return r.Analysis.Verdict == bargain.HasZone }

// zoneCount returns the number of packages in the zone, nil where it is not
// known exactly.
func (r *Reading) zoneCount() *big.Int {
	z := &r.Analysis.Zone
	if z.Low == nil || z.High == nil || !z.Exact() {
		return nil
	}
	return z.Low
}

// isStatusQuo reports whether o leaves every issue as it is.
func (r *Reading) isStatusQuo(o outcome.Outcome) bool {
	return r.StatusQuo != nil && slices.Equal(r.StatusQuo.Outcome, o)
}

// A rule is a bargaining solution with the name that people read.
type rule struct {
	key, name, letter string
	pick              func(*bargain.Solutions) *bargain.Solution
}

// rules lists the solutions in the order in which reports show them.
var rules = []rule{
	{"nash", "Nash", "N", func(s *bargain.Solutions) *bargain.Solution { return s.Nash }},
	{"kalai_smorodinsky", "Kalai–Smorodinsky", "K", func(s *bargain.Solutions) *bargain.Solution { return s.KalaiSmorodinsky }},
	{"egalitarian", "egalitarian", "E", func(s *bargain.Solutions) *bargain.Solution { return s.Egalitarian }},
	{"utilitarian", "utilitarian", "U", func(s *bargain.Solutions) *bargain.Solution { return s.Utilitarian }},
	{"balanced", "balanced", "B", func(s *bargain.Solutions) *bargain.Solution { return s.Balanced }},
}
