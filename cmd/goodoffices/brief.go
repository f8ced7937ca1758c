package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
)

func newBrief(s *streams) *cobra.Command {
	var output, view string
	cmd := &cobra.Command{
		Use:   "brief CASE",
		Short: "Write a brief for screen and paper, and its summary here",
		Long: `Brief analyses a case and writes one HTML file that needs no network: the answer
in three sentences, the deal map, the packages worth proposing, positions with
their sources, and the assumptions. Its summary is printed here.

The file is named after the case's id and lies in the current folder unless -o
names another; -o - writes the brief to standard output and prints no summary. An
earlier brief of that name is replaced, in one step.

A brief shows what both sides are estimated to have without a deal. Think before
you pass it on.`,
		Example: `  goodoffices brief catalog:iran-us-2026
  goodoffices brief catalog:panama-canal-1974 -o canal.html`,
		Args:              arguments(1, 1, oneCase),
		ValidArgsFunction: completeCases(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := s.openCase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			path, err := briefPath(output, file)
			if err != nil {
				return err
			}
			study, err := s.study(cmd, file, casefile.Choice{View: view}, bargain.Options{}, false)
			if err != nil {
				return err
			}
			var page bytes.Buffer
			if err := report.WriteBrief(&page, study, report.BriefOptions{Version: number()}); err != nil {
				return err
			}
			if path == "-" {
				_, err := s.out.Write(page.Bytes())
				return err
			}
			if err := replaceFile(cmd.Context(), path, page.Bytes()); err != nil {
				return fmt.Errorf("the brief was not written: %w", err)
			}
			if err := report.WriteText(s.out, study, s.textOptions()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "\nBrief written to %s (%s kB)\n", clean(path), grouped(fmt.Sprint((page.Len()+999)/1000)))
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write the brief to `FILE` (default: the case's id and .html)")
	cmd.Flags().StringVar(&view, "view", "", "use the rival assumptions of view `VIEW`")
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	return cmd
}

// briefPath returns where the brief goes, and refuses before any work is done
// what could not be written afterwards.
func briefPath(output string, file *casefile.File) (string, error) {
	if output == "-" {
		return output, nil
	}
	if output == "" {
		output = file.Case.ID + ".html"
		if info, err := os.Lstat(output); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return "", fmt.Errorf("%s is a symbolic link: to write through it, name it with -o", output)
		}
	}
	if info, err := os.Stat(output); err == nil && info.IsDir() {
		return "", fmt.Errorf("%s is a folder: name a file in it", output)
	}
	if _, err := os.Stat(filepath.Dir(output)); err != nil {
		return "", fmt.Errorf("the brief cannot be written to %s: %w", output, err)
	}
	return output, nil
}

func (s *streams) textOptions() report.TextOptions {
	return report.TextOptions{Width: s.width(), Color: s.color()}
}
