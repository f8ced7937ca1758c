package main

import (
	"bufio"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
)

func newAgenda(s *streams) *cobra.Command {
	var (
		format     string
		choice     casefile.Choice
		files, set []string
		quiet      bool
		budget     budget
	)
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "agenda CASE",
		Short: "Say which issues to take up together, which first, and what is lost otherwise",
		Long: `Agenda compares ways to take up the issues of a case, the rest staying at the status
quo: every set of issues on the table (is there a deal, what is lost against the full
package), talks on one issue after another (best and worst order, what a single
package would add), and pairs and triples of issues that do better together. The
agendas on record in the case come out with numbers, under every view.

Issue by issue, each step is settled by the Nash rule; without a settlement the issue
stays at its status quo or, where that can no longer become a deal, there is none.
Near-sighted parties count what is open at its status quo, far-sighted ones at what one
package would make of it. docs/methods/agenda.md defines every number.

--file asks about an agenda of your own: once for each file, in order; issues in no
file stay at their status quo. --set fixes an option that the agenda implies.`,
		Example: `  goodoffices agenda catalog:iran-us-2026
  goodoffices agenda catalog:iran-us-2026 --file missiles,allies --file enrichment,relief --set agenda=sequence
  goodoffices agenda catalog:panama-canal-1974 --format json > agenda.json`,
		Args:              arguments(1, 1, oneCase),
		ValidArgsFunction: completeCases(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			write := report.WriteAgendaJSON
			switch format {
			case "json":
			case "text":
				write = func(w io.Writer, study *report.Study) error {
					return report.WriteAgendaText(w, study, s.textOptions())
				}
			default:
				return usagef(cmd, "no format %q%s", format, didYouMean(format, formats))
			}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			file, err := s.openCase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := knows(cmd, file, choice); err != nil {
				return err
			}
			way, err := wayOf(cmd, file, files, set)
			if err != nil {
				return err
			}
			p := s.newProgress("comparing agendas", quiet)
			study, err := report.NewAgendaStudy(cmd.Context(), file, choice, way,
				bargain.Options{Time: budget.time, Memory: budget.memory << 20, Progress: p.report})
			p.clear()
			if err != nil {
				return err
			}
			out := bufio.NewWriter(s.out)
			if err := write(out, study); err != nil {
				return err
			}
			return out.Flush()
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&files, "file", nil, "settle the issues `ISSUE,...` together, after the files given before")
	f.StringArrayVar(&set, "set", nil, "with --file: fix `ISSUE=OPTION`; may be given again for others")
	f.StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	f.StringVar(&choice.View, "view", "", "show the rival assumptions of view `VIEW` first")
	f.StringArrayVar(&choice.Levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	f.DurationVar(&budget.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
	f.Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	f.BoolVarP(&quiet, "quiet", "q", false, "no progress")
	completeFlag(cmd, "format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	completeFlag(cmd, "lever", completeFrom(s, leverNames))
	completeFlag(cmd, "file", completeFrom(s, func(f *casefile.File) []string { return f.Case.Issues.Keys() }))
	completeFlag(cmd, "set", completeFrom(s, settings))
	return cmd
}

// wayOf reads the agenda that the flags describe; nil where they describe none.
func wayOf(cmd *cobra.Command, file *casefile.File, files, set []string) (*casefile.Way, error) {
	if len(files) == 0 {
		if len(set) > 0 {
			return nil, usagef(cmd, "--set fixes an option of an agenda: say with --file what that takes up")
		}
		return nil, nil
	}
	var lists [][]string
	for _, text := range files {
		var list []string
		for _, id := range strings.Split(text, ",") {
			list = append(list, strings.TrimSpace(id))
		}
		lists = append(lists, list)
	}
	var fixed []casefile.Setting
	for _, text := range set {
		issue, option, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef(cmd, "--set %q fixes nothing: write --set ISSUE=OPTION", text)
		}
		fixed = append(fixed, casefile.Setting{Issue: issue, Option: option})
	}
	way, err := file.Case.Way(lists, fixed)
	if err != nil {
		return nil, usagef(cmd, "%s", err)
	}
	return &way, nil
}
