package study

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/certify"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/home"
)

// An Analysis says what the zone holds under the study's choice, and under every view beside it.
type Analysis struct {
	*Case
	// Whole says that Main's frontier is that of every package that satisfies the
	// requirements, not that of the zone.
	Whole bool
	// Open is Main's frontier with thresholds and red lines ignored; nil where there is a zone.
	Open *bargain.Frontier
	// Division splits the divisible issues of two parties; nil where there is
	// nothing to split, and DivisionWhy is then the reason, if it needs one.
	Division    *bargain.Division
	DivisionWhy string
	// Diagnosis of Main says what blocks a zone and what would open one, or what is close to closing it.
	Diagnosis *diagnose.Diagnosis
	// Definitions holds what other tools report of Main, in the order asked for.
	Definitions []*definitions.Result
	// Certificate is that of Diagnosis, in JSON; nil where none was asked for or none can be had.
	Certificate []byte
	// Home says what of Main's zone survives at home; empty where it was not asked for.
	Home WinSets
}

// WinSets are the win-sets of a reading. Sets is nil where nobody at home has a say, and where Why says why it
// was not counted.
type WinSets struct {
	Sets *home.WinSets
	Why  string
}

// AnalyzeOptions direct an analysis. The zero value is ready to use.
type AnalyzeOptions struct {
	Options
	// Whole, Ratifiable and Measures are as in [bargain.Options]; Whole and Measures concern Main alone.
	Whole, Ratifiable, Measures bool
	// Tools are those whose definitions are computed too.
	Tools []definitions.Tool
	// Certified asks for the diagnosis's certificate, and Home for the win-sets.
	Certified, Home bool
}

// Analyze analyses the case under the choice and under each of its views. It fails where a reading
// passes the limits of the options, naming the view.
func (s *Study) Analyze(ctx context.Context, opts AnalyzeOptions) (*Analysis, error) {
	c, err := s.analyzed(ctx, opts)
	if err != nil {
		return nil, err
	}
	a := &Analysis{Case: c, Whole: opts.Whole}
	if err := a.complete(ctx, opts.Options); err != nil {
		return nil, err
	}
	quiet := opts.Options
	quiet.Progress = nil
	for _, tool := range opts.Tools {
		b := quiet.bargain()
		b.Whole, b.Ratifiable, b.Measures = opts.Whole, opts.Ratifiable, opts.Measures
		d, err := definitions.Compute(ctx, c.Main.Space, tool, b)
		if err != nil {
			return nil, fmt.Errorf("the definitions of %s: %w", tool, err)
		}
		a.Definitions = append(a.Definitions, d)
	}
	if opts.Certified {
		// A certificate that cannot be had is null.
		if a.Certificate, err = certified(ctx, c, a.Diagnosis); err != nil && ctx.Err() != nil {
			return nil, err
		}
	}
	if opts.Home {
		if a.Home, err = winSets(ctx, c.Main, quiet); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// analyzed returns every reading, Main with what was asked for beside.
func (s *Study) analyzed(ctx context.Context, opts AnalyzeOptions) (*Case, error) {
	c := &Case{File: s.File, Choice: s.Choice}
	views := append([]string{""}, s.File.Case.Views.Keys()...)
	for i, view := range views {
		step, main := opts.part(float64(i)/float64(len(views)), float64(i+1)/float64(len(views))), view == s.Choice.View
		b := step.bargain()
		b.Ratifiable, b.Whole, b.Measures = opts.Ratifiable, opts.Whole && main, opts.Measures && main
		r, err := s.reading(ctx, view, b)
		if err != nil {
			return nil, inView(view, err)
		}
		c.Readings = append(c.Readings, r)
		if main {
			c.Main = r
		}
	}
	return c, nil
}

// complete fills in what an analysis says of Main alone.
func (a *Analysis) complete(ctx context.Context, opts Options) error {
	r, c := a.Main, a.File.Case
	opts.Progress = nil
	var err error
	if r.Analysis.Verdict == bargain.NoZone {
		a.Open = &r.Analysis.Frontier
		if !a.Whole {
			b := opts.bargain()
			b.Whole, b.Ratifiable = true, r.Analysis.Ratifiable
			whole, err := bargain.Analyze(ctx, r.Space, b)
			if err != nil {
				return inView(r.View, err)
			}
			a.Open = &whole.Frontier
		}
	}
	if len(c.Divisible) > 0 {
		if n := len(r.Space.Parties); n != 2 {
			a.DivisionWhy = fmt.Sprintf("Adjusted Winner divides between two parties, and this case has %d", n)
		} else if a.Division, err = bargain.AdjustedWinner(r.Space, divisible(a.Case)); err != nil {
			a.DivisionWhy = err.Error()
		}
	}
	a.Diagnosis, err = diagnosed(ctx, r, opts)
	return err
}

// divisible returns the positions of the divisible issues.
func divisible(c *Case) []int {
	var at []int
	for i, id := range c.File.Case.Issues.Keys() {
		if slices.Contains(c.File.Case.Divisible, string(id)) {
			at = append(at, i)
		}
	}
	return at
}

// diagnosed diagnoses a reading.
func diagnosed(ctx context.Context, r *Reading, opts Options) (*diagnose.Diagnosis, error) {
	return diagnose.Diagnose(ctx, r.Space, diagnose.Options{Time: opts.Time, Memory: opts.Memory, Analysis: r.Analysis})
}

// winSets counts what of a reading's zone survives at home. Where the space is too large to list within the
// budget, it says why instead.
func winSets(ctx context.Context, r *Reading, opts Options) (WinSets, error) {
	if !r.Space.AsksHome() {
		return WinSets{}, nil
	}
	sets, err := home.Find(ctx, r.Space, opts.bargain())
	switch {
	case err == nil:
		return WinSets{Sets: sets}, nil
	case ctx.Err() != nil:
		return WinSets{}, err
	}
	return WinSets{Why: err.Error()}, nil
}

// A Diagnosis says what blocks a zone and what would open one, or what is close to closing it.
type Diagnosis struct {
	*Analysis
	// CertificateWhy says why there is no certificate, though one was asked for; nil where there is one.
	CertificateWhy error
}

// Diagnose says why there is a zone or none under the study's choice; certify asks for a certificate.
func (s *Study) Diagnose(ctx context.Context, certify bool, opts Options) (*Diagnosis, error) {
	a, err := s.Analyze(ctx, AnalyzeOptions{Options: opts})
	if err != nil {
		return nil, err
	}
	d := &Diagnosis{Analysis: a}
	if certify {
		if a.Certificate, d.CertificateWhy = certified(ctx, a.Case, a.Diagnosis); ctx.Err() != nil {
			return nil, d.CertificateWhy
		}
	}
	return d, nil
}

// certified returns the certificate of Main's diagnosis, in JSON.
func certified(ctx context.Context, c *Case, d *diagnose.Diagnosis) ([]byte, error) {
	to, err := certify.Diagnosis(ctx, c.Main.Space, d)
	if err != nil {
		return nil, err
	}
	to.Case, to.Hash, to.View, to.Levers = c.File.Case.ID, c.File.Hash(), c.Choice.View, append(to.Levers, c.Choice.Levers...)
	return compact(to)
}

// Certify returns the certificate of the analysis under the study's choice, in JSON. It fails where the case cannot be
// analysed within the options, and where nothing proves the result.
func (s *Study) Certify(ctx context.Context, opts Options) ([]byte, error) {
	r, err := s.reading(ctx, s.Choice.View, opts.bargain())
	if err != nil {
		return nil, err
	}
	to, err := certify.Analysis(ctx, r.Space, r.Analysis)
	if err != nil {
		return nil, err
	}
	to.Case, to.Hash, to.View, to.Levers = s.File.Case.ID, s.File.Hash(), s.Choice.View, append(to.Levers, s.Choice.Levers...)
	return compact(to)
}

func compact(certificate any) ([]byte, error) {
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(certificate); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(text.Bytes()), nil
}
