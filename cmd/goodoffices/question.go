package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

// A question is what a command asks a case with. Its flags are defined here once, so that
// they mean the same everywhere; a command takes those that it can use.
type question struct {
	*streams
	formats []string // the first is the default
	format  string
	choice  casefile.Choice
	name    string   // of a package
	set     []string // ISSUE=OPTION
	bounds
	quiet bool
}

// question returns a question with an answer in the given formats.
func (s *streams) question(formats ...string) *question {
	return &question{streams: s, formats: formats}
}

// formatFlag defines the format of the result.
func (q *question) formatFlag(cmd *cobra.Command) {
	n := len(q.formats) - 1
	cmd.Flags().StringVar(&q.format, "format", q.formats[0], "`FORMAT` of the result: "+strings.Join(q.formats[:n], ", ")+" or "+q.formats[n])
	completeFlag(cmd, "format", cobra.FixedCompletions(q.formats, cobra.ShellCompDirectiveNoFileComp))
}

// choiceFlags define the view and the levers.
func (q *question) choiceFlags(cmd *cobra.Command) {
	q.viewFlag(cmd)
	q.leverFlag(cmd)
}

func (q *question) viewFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&q.choice.View, "view", "", "use the rival assumptions of view `VIEW`")
	completeFlag(cmd, "view", completeFrom(q.streams, viewNames))
}

func (q *question) leverFlag(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&q.choice.Levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	completeFlag(cmd, "lever", completeFrom(q.streams, leverNames))
}

// packageFlag defines the name of a package; use says what is asked about it.
func (q *question) packageFlag(cmd *cobra.Command, use string) {
	cmd.Flags().StringVar(&q.name, "package", "", use+" `NAME`: on record, status_quo, or a solution")
	completeFlag(cmd, "package", completeFrom(q.streams, func(f *casefile.File) []string { return study.PackageNames(f.Case) }))
}

// setFlag defines the issues that are settled.
func (q *question) setFlag(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&q.set, "set", nil, "settle an issue: `ISSUE=OPTION`; may be given again for others")
	completeFlag(cmd, "set", completeFrom(q.streams, settings))
}

func (q *question) quietFlag(f *pflag.FlagSet) {
	f.BoolVarP(&q.quiet, "quiet", "q", false, "no progress and no warnings")
}

// bounds bound the work of an answer; zeros leave it to the library.
type bounds struct {
	time   time.Duration
	memory int64 // MiB
}

// flags define the bounds of work and memory.
func (b *bounds) flags(f *pflag.FlagSet) {
	b.timeFlag(f)
	f.Int64Var(&b.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
}

func (b *bounds) timeFlag(f *pflag.FlagSet) {
	f.DurationVar(&b.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
}

// options are the bounds as a study takes them.
func (b *bounds) options(progress func(done float64)) study.Options {
	return study.Options{Time: b.time, Memory: b.memory << 20, Progress: progress}
}

// check refuses bounds that bound nothing.
func (b *bounds) check(cmd *cobra.Command) error {
	if b.time < 0 || b.memory < 0 {
		return usagef(cmd, "a budget below 0")
	}
	return nil
}

// check refuses what cannot be asked, before any work.
func (q *question) check(cmd *cobra.Command) error {
	if !slices.Contains(q.formats, q.format) {
		return usagef(cmd, "no format %q%s", q.format, plain.Meant(q.format, q.formats))
	}
	return q.bounds.check(cmd)
}

// open returns the study of a case that arguments name, with what there is to say of the file.
func (q *question) open(cmd *cobra.Command, args ...string) (*study.Study, error) {
	file, err := q.openCase(cmd.Context(), args...)
	if err != nil {
		return nil, err
	}
	return q.study(cmd, file)
}

// study returns the study of a case.
func (q *question) study(cmd *cobra.Command, file *casefile.File) (*study.Study, error) {
	if err := knows(cmd, file, q.choice); err != nil {
		return nil, err
	}
	if !q.quiet {
		q.sayConversion(file)
		if n := len(file.Warnings()); n > 0 {
			q.Say("%s: %s; goodoffices check lists them", file.Name, console.Plural(n, "warning"))
		}
	}
	return study.New(file, q.choice)
}

// request reads the package that is asked about, nil where none is.
func (q *question) request(cmd *cobra.Command) (*study.Request, error) {
	set, err := q.settings(cmd)
	if err != nil {
		return nil, err
	}
	if q.name == "" && cmd.Flags().Changed("package") {
		return nil, usagef(cmd, "an empty NAME of a package")
	}
	if q.name == "" && len(set) == 0 {
		return nil, nil
	}
	return &study.Request{Name: q.name, Set: set}, nil
}

// settings reads the values of --set.
func (q *question) settings(cmd *cobra.Command) ([]casefile.Setting, error) {
	var all []casefile.Setting
	for _, text := range q.set {
		issue, option, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef(cmd, "--set %q settles nothing: write --set ISSUE=OPTION", text)
		}
		all = append(all, casefile.Setting{Issue: casefile.IssueID(issue), Option: option})
	}
	return all, nil
}

// ask asks a question and shows the answer. A request that the case cannot meet is wrong usage.
func ask[T any](q *question, cmd *cobra.Command, doing string, of func(context.Context, study.Options) (T, error),
	asJSON func(io.Writer, T) error, asText func(io.Writer, T, report.TextOptions) error) error {
	p := q.NewProgress(doing, q.quiet)
	answer, err := of(cmd.Context(), q.options(p.Report))
	p.Clear()
	if err != nil {
		return asUsage(cmd, err)
	}
	return show(q.streams, q.format, answer, asJSON, asText)
}

// show writes an answer to standard output, as JSON or as text.
func show[T any](s *streams, format string, answer T, asJSON func(io.Writer, T) error, asText func(io.Writer, T, report.TextOptions) error) error {
	out := bufio.NewWriter(s.Out)
	write := func() error { return asText(out, answer, s.textOptions()) }
	if format == "json" {
		write = func() error { return asJSON(out, answer) }
	}
	if err := write(); err != nil {
		return err
	}
	return out.Flush()
}

// asUsage tells a request that the case cannot meet from other errors: it is a wrong
// command line.
func asUsage(cmd *cobra.Command, err error) error {
	var wrong *study.RequestError
	if errors.As(err, &wrong) {
		return usagef(cmd, "%s", wrong)
	}
	return err
}
