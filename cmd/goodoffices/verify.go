package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify"
)

func newCertify(s *streams) *cobra.Command {
	q := s.question()
	var output string
	cmd := &cobra.Command{
		Use:   "certify CASE",
		Short: "Write a certificate that proves the results of a case",
		Long: `Certify analyses a case and writes a certificate, in JSON: what was found, and what
proves it to somebody who does not trust the search. goodoffices verify checks it.

The certificate goes to standard output, or in one step to the file that -o
names; on a terminal only -o - prints it. Where every party must consent and no condition links issues, a case of any
size has a certificate; any other has one up to 67,108,864 packages.`,
		Example: `  goodoffices certify catalog:panama-canal-1974 > canal.json
  goodoffices certify catalog:iran-us-2026 -o iran.json`,
		Args:              arguments(1, -1, anyCase),
		ValidArgsFunction: completeCases(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.SparesTerminal("certificate", output); err != nil {
				return err
			}
			path, err := console.OutputPath(console.CertificateFile, cmp.Or(output, "-"), args...)
			if err != nil {
				return err
			}
			of, err := q.open(cmd, args...)
			if err != nil {
				return err
			}
			p := s.NewProgress("weighing packages", q.quiet)
			certificate, err := of.Certify(cmd.Context(), q.options(p.Report))
			p.Clear()
			if err != nil {
				return err
			}
			if _, err := verify.Decode(bytes.NewReader(certificate)); err != nil {
				return fmt.Errorf("no certificate that could be read again: %w", err)
			}
			certificate = append(certificate, '\n')
			if err := s.Deliver(cmd.Context(), path, certificate); err != nil {
				return fmt.Errorf("the certificate was not written: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write the certificate to `FILE`")
	q.choiceFlags(cmd)
	q.quietFlag(cmd.Flags())
	return cmd
}

func newVerify(s *streams) *cobra.Command {
	q := s.question()
	cmd := &cobra.Command{
		Use:   "verify CERTIFICATE CASE",
		Short: "Check a certificate against a case",
		Long: `Verify checks what a certificate claims about a case, with a program of its own that
shares no code with the search. Of an analysis (goodoffices certify): that the packages
named are possible and worth what is claimed, and that none is better by more than is
claimed. Of a diagnosis (goodoffices diagnose -o, or what its JSON has under
certificate): that nothing survives a blocking set, that each of its members is needed, and
that each opening set opens. Its first line says what the certificate proves, and what only in
part or not at all; then it prints what it checked. It stops at the first claim that does
not hold.

A certificate is about one case file, view and set of levers; name the same here.
CERTIFICATE may be - for standard input.

The exit status is 0 if the certificate holds and 1 if it does not.`,
		Example: `  goodoffices certify catalog:panama-canal-1974 > canal.json
  goodoffices verify canal.json catalog:panama-canal-1974
  goodoffices diagnose catalog:iran-us-2026 -o why.json
  goodoffices verify why.json catalog:iran-us-2026`,
		Args: arguments(2, 2, "a CERTIFICATE and a CASE"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return completeCases(2)(cmd, args, begun)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case args[0] == "-" && args[1] == "-":
				return usagef(cmd, "standard input cannot be both the certificate and the case")
			case namesCase(args[0]) && !namesCase(args[1]):
				return usagef(cmd, "the certificate comes first: goodoffices verify %s %s", args[1], args[0])
			}
			data, err := s.Read(cmd.Context(), args[0], verify.MaxSize)
			if err != nil {
				return err
			}
			certificate, diagnosis, err := verify.DecodeAny(bytes.NewReader(data))
			var old *verify.VersionError
			if errors.As(err, &old) {
				command := "certify"
				if old.Diagnosis {
					command = "diagnose"
				}
				return fmt.Errorf("%s: %w: write a new one with goodoffices %s %s -o %s", args[0], err, command, args[1], args[0])
			}
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			file, err := s.openCase(cmd.Context(), args[1])
			if err != nil {
				return err
			}
			if err := knows(cmd, file, q.choice); err != nil {
				return err
			}
			var report *certified
			if diagnosis != nil {
				report, err = verifyDiagnosis(cmd.Context(), diagnosis, file, q.choice)
			} else {
				report, err = verifyCase(cmd.Context(), certificate, file, q.choice)
			}
			if report.proves != "" {
				report.said = slices.Insert(report.said, 0, "it proves "+report.proves)
			}
			for _, said := range report.said {
				if _, err := fmt.Fprintln(s.Out, console.Clean(said)); err != nil {
					return err
				}
			}
			var refusal *verify.Refusal
			if errors.As(err, &refusal) {
				return fmt.Errorf("%s does not hold: %w", args[0], err)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.Out, "the certificate holds")
			return err
		},
	}
	q.choiceFlags(cmd)
	return cmd
}

// namesCase reports whether an argument can only name a case.
func namesCase(name string) bool {
	return strings.HasPrefix(name, fromCatalog) || plain.IsYAML(name)
}

// A certified is what was verified of a certificate.
type certified struct {
	proves string // what it says that it proves, "" where it does not hold
	said   []string
	space  *outcome.Space
}

// verifyCase checks a certificate against a case.
func verifyCase(ctx context.Context, c *verify.Certificate, file *casefile.File, choice casefile.Choice) (*certified, error) {
	v, err := about(c.Case, c.Hash, c.View, c.Levers, file, choice)
	if err != nil {
		return v, err
	}
	return v.with(verify.Check(ctx, v.space, c))
}

// verifyDiagnosis does the same for the certificate of a diagnosis.
func verifyDiagnosis(ctx context.Context, d *verify.Diagnosis, file *casefile.File, choice casefile.Choice) (*certified, error) {
	v, err := about(d.Case, d.Hash, d.View, d.Levers, file, choice)
	if err != nil {
		return v, err
	}
	return v.with(verify.CheckDiagnosis(ctx, v.space, d))
}

func (v *certified) with(report *verify.Report, err error) (*certified, error) {
	v.proves, v.said = report.Proves, append(v.said, report.Checked...)
	return v, err
}

// about checks that a certificate is about this case, view and set of levers, and compiles them.
func about(id, hash, view string, levers []string, file *casefile.File, choice casefile.Choice) (*certified, error) {
	v := &certified{}
	wrong := func(claim, format string, args ...any) (*certified, error) {
		return v, &verify.Refusal{Claim: claim, Err: fmt.Errorf(format, args...)}
	}
	switch {
	case id != file.Case.ID:
		return wrong("case", "it is about case %q, not %s", id, file.Case.ID)
	case hash != file.Hash():
		return wrong("hash", "it is about another version of the file")
	case view != choice.View:
		return wrong("view", "it is about view %q: name the same with --view", view)
	case !slices.Equal(levers, choice.Levers):
		return wrong("levers", "it is about levers %q: name the same with --lever", levers)
	}
	v.said = []string{"case " + file.Case.ID + ", the same file"}
	space, err := file.Case.Compile(choice)
	if err != nil {
		return v, err
	}
	if space.Rounded {
		v.said = append(v.said, "some numbers of the case did not fit and were rounded; everything is about the rounded ones")
	}
	v.space = space
	return v, nil
}
