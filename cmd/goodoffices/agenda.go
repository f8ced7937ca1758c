package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

func newAgenda(s *streams) *cobra.Command {
	q := s.question("text", "json")
	var files []string
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
			if err := q.check(cmd); err != nil {
				return err
			}
			of, err := q.open(cmd, args[0])
			if err != nil {
				return err
			}
			way, err := q.wayOf(cmd, of.File, files)
			if err != nil {
				return err
			}
			return ask(q, cmd, "comparing agendas", func(ctx context.Context, o study.Options) (*study.Agendas, error) { return of.Agendas(ctx, way, o) },
				report.WriteAgendaJSON, report.WriteAgendaText)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&files, "file", nil, "settle the issues `ISSUE,...` together, after the files given before")
	completeFlag(cmd, "file", completeFrom(s, func(f *casefile.File) []string { return casefile.Texts(f.Case.Issues.Keys()) }))
	q.setFlag(cmd)
	q.formatFlag(cmd)
	q.choiceFlags(cmd)
	q.bounds.flags(f)
	q.quietFlag(f)
	return cmd
}

// wayOf reads the agenda that the flags describe; nil where they describe none.
func (q *question) wayOf(cmd *cobra.Command, file *casefile.File, files []string) (*casefile.Way, error) {
	if len(files) == 0 {
		if len(q.set) > 0 {
			return nil, usagef(cmd, "--set fixes an option of an agenda: say with --file what that takes up")
		}
		return nil, nil
	}
	var lists [][]casefile.IssueID
	for _, text := range files {
		var list []casefile.IssueID
		for _, id := range strings.Split(text, ",") {
			list = append(list, casefile.IssueID(strings.TrimSpace(id)))
		}
		lists = append(lists, list)
	}
	fixed, err := q.settings(cmd)
	if err != nil {
		return nil, err
	}
	way, err := file.Case.Way(lists, fixed)
	if err != nil {
		return nil, usagef(cmd, "%s", err)
	}
	return &way, nil
}
