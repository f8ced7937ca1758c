package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

func newDiagnose(s *streams) *cobra.Command {
	q := s.question("text", "json")
	var output string
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
			if err := q.check(cmd); err != nil {
				return err
			}
			path, err := console.OutputPath(console.CertificateFile, output, args...)
			if err != nil {
				return err
			}
			of, err := q.open(cmd, args...)
			if err != nil {
				return err
			}
			certify := q.format == "json" || output != ""
			return ask(q, cmd, "weighing packages", func(ctx context.Context, o study.Options) (*study.Diagnosis, error) {
				d, err := of.Diagnose(ctx, certify, o)
				if err == nil && certify {
					err = q.deliverCertificate(ctx, d, path)
				}
				return d, err
			}, report.WriteDiagnosisJSON, report.WriteDiagnosisText)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write a certificate of the diagnosis to `FILE`")
	q.formatFlag(cmd)
	q.choiceFlags(cmd)
	q.bounds.flags(cmd.Flags())
	q.quietFlag(cmd.Flags())
	return cmd
}

// deliverCertificate writes the certificate of a diagnosis where a path asks for it, and says why there is none.
func (q *question) deliverCertificate(ctx context.Context, d *study.Diagnosis, path string) error {
	switch why := d.CertificateWhy; {
	case why != nil && path != "":
		return fmt.Errorf("the certificate was not written: %w", why)
	case why != nil && !q.quiet:
		q.Say("%s", why)
	case why == nil && path != "":
		if err := q.Deliver(ctx, path, append(d.Certificate, '\n')); err != nil {
			return fmt.Errorf("the certificate was not written: %w", err)
		}
	}
	return nil
}
