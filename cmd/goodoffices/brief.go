package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

func newBrief(s *streams) *cobra.Command {
	q := s.question("text")
	var output, party string
	cmd := &cobra.Command{
		Use:   "brief CASE",
		Short: "Write a brief for screen and paper, and its summary here",
		Long: `Brief analyses a case and writes one HTML file that needs no network: the answer
in three sentences, the deal map, the packages worth proposing; what blocks a deal
and what would open one, or what could close it; levers, views, people at home, the
agenda, how sure; then positions with their sources, and the assumptions. Its
summary is printed here.

The file is named after the case's id and lies in the current folder unless -o
names another; -o - writes the brief to standard output and prints no summary. An
earlier brief of that name is replaced, in one step.

A brief shows what both sides are estimated to have without a deal. Think before
you pass it on.

--for PARTY writes a copy that this party may see: the public record and its own
numbers, nothing that the case assumes about another party, and nothing computed
from more than one side. It must not reach the other side, and no summary of it is
printed. Texts are copied as written: read the copy before you hand it over.`,
		Example: `  goodoffices brief catalog:iran-us-2026
  goodoffices brief catalog:panama-canal-1974 -o canal.html
  goodoffices brief catalog:iran-us-2026 --for iran`,
		Args:              arguments(1, -1, anyCase),
		ValidArgsFunction: completeCases(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := s.openCase(cmd.Context(), args...)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("for") {
				return s.copyFor(cmd, file, args, party, output)
			}
			path, err := briefPath(output, file.Case.ID+".html", args)
			if err != nil {
				return err
			}
			of, err := q.study(cmd, file)
			if err != nil {
				return err
			}
			p := s.NewProgress("weighing packages", false)
			brief, err := of.Brief(cmd.Context(), study.Options{Progress: p.Report})
			p.Clear()
			if err != nil {
				return err
			}
			var page bytes.Buffer
			if err := report.WriteBrief(&page, brief, report.BriefOptions{Version: number()}); err != nil {
				return err
			}
			if err := s.Deliver(cmd.Context(), path, page.Bytes()); err != nil {
				return fmt.Errorf("the brief was not written: %w", err)
			}
			if path == "-" {
				return nil
			}
			if err := report.WriteSummary(s.Out, brief, s.textOptions()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.Out, "\nBrief written to %s (%s)\n", console.Clean(path), console.Kilobytes(page.Len()))
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write the brief to `FILE` (default: the case's id and .html)")
	q.viewFlag(cmd)
	cmd.Flags().StringVar(&party, "for", "", "write the copy that `PARTY` may see (default name: the case's id, -for-PARTY.html)")
	completeFlag(cmd, "for", completeFrom(s, partyNames))
	return cmd
}

// copyFor writes the copy of a brief that one party may see. A party that is
// empty, as from a variable that is not set, is refused like any unknown one: the
// whole brief must not be written in its place.
func (s *streams) copyFor(cmd *cobra.Command, file *casefile.File, args []string, party, output string) error {
	if cmd.Flags().Changed("view") {
		return usagef(cmd, "--for and --view do not go together: a view makes assumptions about several sides")
	}
	if !file.Case.Parties.Has(casefile.PartyID(party)) {
		return usagef(cmd, "case %s has no party %q%s", file.Case.ID, party, plain.Meant(party, partyNames(file)))
	}
	path, err := briefPath(output, file.Case.ID+"-for-"+party+".html", args)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := report.WriteCopy(&page, file, casefile.PartyID(party), report.BriefOptions{Version: number()}); err != nil {
		return err
	}
	if err := s.Deliver(cmd.Context(), path, page.Bytes()); err != nil {
		return fmt.Errorf("the brief was not written: %w", err)
	}
	if path == "-" {
		return nil
	}
	_, err = fmt.Fprintf(s.Out, "Copy for %s written to %s (%s)\n", party, console.Clean(path), console.Kilobytes(page.Len()))
	return err
}

func partyNames(file *casefile.File) []string { return casefile.Texts(file.Case.Parties.Keys()) }

// briefPath returns where the brief of a case goes, named when no output is.
func briefPath(output, named string, inputs []string) (string, error) {
	if output == "" {
		output = named
		if info, err := os.Lstat(output); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return "", fmt.Errorf("%s is a symbolic link: to write through it, name it with -o", output)
		}
	}
	return console.OutputPath(console.BriefPage, output, inputs...)
}

func (s *streams) textOptions() report.TextOptions {
	return report.TextOptions{Width: s.Width(), Color: s.Color(), Rest: "--format json has them"}
}
