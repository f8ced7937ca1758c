// Package study asks a case its questions: what the zone holds, what blocks a deal, what levers and
// views change, who can carry what at home, which issues in which order, how far the answer hangs on uncertain
// numbers. It joins the words of package casefile to the packages that answer about numbers.
//
// [New] takes a case under one choice of view and levers. Each question is a method that takes a
// context and its options, and returns an answer of its own type, complete when it is returned; package report has a
// writer for each. What several questions need, a reading of the case solved, is solved once and kept.
//
// The same case gives the same answers on any machine, in whatever order they are asked for.
package study

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/strategy"
)

// Options bound the work of a question. The zero value is ready to use.
type Options struct {
	// Time and Memory bound each step, as in [bargain.Options].
	Time   time.Duration
	Memory int64
	// Progress is told the share of the work that is done, from 0 to 1. It may be nil.
	Progress func(done float64)
}

// part returns the options for a part of the work, from one share of it to another.
func (o Options) part(from, to float64) Options {
	if tell := o.Progress; tell != nil {
		o.Progress = func(done float64) { tell(from + float64((to-from)*done)) }
	}
	return o
}

func (o Options) bargain() bargain.Options {
	return bargain.Options{Time: o.Time, Memory: o.Memory, Progress: o.Progress}
}

// A Study is one case under one choice of view and levers. It may be asked one question after the other,
// not several at once.
type Study struct {
	File   *casefile.File
	Choice casefile.Choice

	readings map[string]*Reading // solved, by view, with the levers of Choice
	rankings strategy.Rankings   // of all talks
}

// New returns a study of a case under a choice. It fails where the case has no such view or lever.
func New(file *casefile.File, choice casefile.Choice) (*Study, error) {
	if _, err := file.Case.With(choice); err != nil {
		return nil, err
	}
	return &Study{File: file, Choice: choice, readings: make(map[string]*Reading)}, nil
}

// A Case is what every answer stands on: the case, and how it was read.
type Case struct {
	File   *casefile.File
	Choice casefile.Choice
	// Main is the case under Choice: what the answer speaks of.
	Main *Reading
	// Readings holds the case as written, then every view in the order of the file, all with the levers of
	// Choice pulled, where the question is about all of them; else Main alone.
	Readings []*Reading
}

// alone returns a case of one reading.
func (s *Study) alone(r *Reading) *Case {
	return &Case{File: s.File, Choice: s.Choice, Main: r, Readings: []*Reading{r}}
}

// main returns the case under the study's choice alone, solved. Where it passes the limits of
// the options, its verdict is unknown.
func (s *Study) main(ctx context.Context, opts Options) (*Case, error) {
	r, err := s.reading(ctx, s.Choice.View, opts.bargain())
	var over *refused
	if errors.As(err, &over) && ctx.Err() == nil {
		return s.alone(over.reading), nil
	}
	if err != nil {
		return nil, err
	}
	return s.alone(r), nil
}

// all returns every reading, solved. It fails where one passes the limits of the
// options, naming the view.
func (s *Study) all(ctx context.Context, opts Options) (*Case, error) {
	return s.analyzed(ctx, AnalyzeOptions{Options: opts})
}

// reading returns the case under a view and the levers of Choice. Where nothing but the plain
// answer is asked for, it is solved once.
func (s *Study) reading(ctx context.Context, view string, opts bargain.Options) (*Reading, error) {
	plain := !opts.Whole && !opts.Ratifiable && !opts.Measures
	if r := s.readings[view]; plain && r != nil {
		return r, nil
	}
	r, err := Read(s.File.Case, casefile.Choice{View: view, Levers: s.Choice.Levers})
	if err != nil {
		return nil, err
	}
	if err := r.solve(ctx, opts); err != nil {
		return nil, err
	}
	if plain {
		s.readings[view] = r
	}
	return r, nil
}

// inView says of which view an error is; that of the case as written stays as it is.
func inView(view string, err error) error {
	if view == "" || err == nil {
		return err
	}
	return fmt.Errorf("view %s: %w", view, err)
}

// A RequestError is a request that cannot be met: an unknown name, issue or option, an
// issue that has to be settled, a number out of range.
type RequestError struct {
	Field string // of [Talks], as in a transcript's head, where the error is about the value of one
	err   error
}

func (e *RequestError) Error() string {
	if e.Field == "" {
		return e.err.Error()
	}
	return e.Field + " " + e.err.Error()
}

func (e *RequestError) Unwrap() error { return e.err }

func wrong(field, format string, args ...any) error {
	return &RequestError{field, fmt.Errorf(format, args...)}
}
