package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/certify"
	"github.com/goodoffices/goodoffices/report"
)

var diagnoseFormats = []string{"text", "json"}

func newDiagnose(s *streams) *cobra.Command {
	var (
		format, output string
		choice         casefile.Choice
		quiet          bool
		budget         budget
	)
	cmd := &cobra.Command{
		Use:   "diagnose CASE",
		Short: "Say what blocks a deal and what would open one",
		Long: `Diagnose says why no package is acceptable to all who must consent: the smallest sets
of red lines, no-deal values and political requirements that exclude every package
together. And it says what would open one: the smallest sets whose relaxation leaves
a package, whose concession each would be, and in points alone the least that
would have to be given. Logical and legal requirements are never relaxed.

Where there are acceptable packages it says how close that is to closing.

With -o it also writes a certificate of the diagnosis to a file. The same stands in the
JSON; null where the case is too large for one, and the reason is then printed.`,
		Example: `  goodoffices diagnose catalog:iran-us-2026
  goodoffices diagnose catalog:iran-us-2026 --view pillar_reardon --format json`,
		Args:              arguments(1, -1, anyCase),
		ValidArgsFunction: completeCases(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(diagnoseFormats, format) {
				return usagef(cmd, "no format %q%s", format, didYouMean(format, diagnoseFormats))
			}
			if budget.time < 0 || budget.memory < 0 {
				return usagef(cmd, "a budget below 0")
			}
			path, err := outputPath(certificateFile, output, args...)
			if err != nil {
				return err
			}
			file, err := s.openCase(cmd.Context(), args...)
			if err != nil {
				return err
			}
			study, err := s.study(cmd, file, choice, bargain.Options{Time: budget.time, Memory: budget.memory << 20}, quiet)
			if err != nil {
				return err
			}
			if format == "json" || output != "" {
				var refused error
				if study.Certificate, refused = certifyDiagnosis(cmd.Context(), study); refused != nil {
					switch {
					case cmd.Context().Err() != nil:
						return refused
					case output != "":
						return fmt.Errorf("the certificate was not written: %w", refused)
					case !quiet:
						fmt.Fprintln(s.err, clean(refused.Error()))
					}
				}
			}
			if output != "" {
				if err := s.deliver(cmd.Context(), path, append(study.Certificate, '\n')); err != nil {
					return fmt.Errorf("the certificate was not written: %w", err)
				}
			}
			return show(s, format, study, report.WriteDiagnosis, report.WriteDiagnosisText)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write a certificate of the diagnosis to `FILE`")
	choiceFlags(cmd, s, &choice)
	cmd.Flags().DurationVar(&budget.time, "time", 0, "bound each step's work by `TIME` of one core, estimated and not clocked (default 2m)")
	cmd.Flags().Int64Var(&budget.memory, "memory", 0, "bound partial results by `MIB` MiB of memory (default 4096)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "no progress and no warnings")
	completeFlag(cmd, "format", cobra.FixedCompletions(diagnoseFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// certifyDiagnosis returns the certificate of a study's diagnosis, in JSON.
func certifyDiagnosis(ctx context.Context, study *report.Study) ([]byte, error) {
	c, err := certify.Diagnosis(ctx, study.Main.Space, study.Main.Diagnosis)
	if err != nil {
		return nil, err
	}
	c.Case, c.Hash, c.View, c.Levers = study.File.Case.ID, study.File.Hash(), study.Choice.View, append(c.Levers, study.Choice.Levers...)
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(c); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(text.Bytes()), nil
}
