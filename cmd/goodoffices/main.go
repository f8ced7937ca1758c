// Command goodoffices is the workbench for people who mediate between
// adversaries: it checks case files, analyses them, and writes the brief that an
// envoy carries.
//
//	goodoffices new CASE                 a commented starting file
//	goodoffices check CASE...            every problem in the file, with its place
//	goodoffices brief CASE               a brief for screen and paper, its summary in the terminal;
//	                                     with --for PARTY, the copy that one party may see
//	goodoffices analyze CASE             the same results as text, JSON or CSV
//	goodoffices home CASE                what each side could carry at home, and who must move
//	goodoffices agenda CASE              which issues to take up together, and which first
//	goodoffices robustness CASE          how far the answer hangs on uncertain numbers
//	goodoffices simulate CASE            the talks rehearsed with automated negotiators
//	goodoffices replay TRANSCRIPT        a transcript played again, and where it departs
//	goodoffices ratify --rule RULE ...   counts a vote under a named rule of ratification
//	goodoffices diagnose CASE            what blocks a deal and what would open one
//	goodoffices levers CASE              what levers open, each alone and in combination
//	goodoffices views CASE               rival assumptions side by side, and on which the answer flips
//	goodoffices package CASE NAME        any package: who accepts it, what it trades, what would be better
//	goodoffices convert FROM... TO       case files, score sheets and other tools' scenarios into one another
//	goodoffices collection DIR           every scenario under a folder, measured: a table
//	goodoffices certify CASE             a certificate that proves the results
//	goodoffices verify CERTIFICATE CASE  checks one, with code of its own
//	goodoffices schema                   the JSON Schema of the case file
//	goodoffices catalog list|show|copy   the documented cases that come with the program
//	goodoffices version
//	goodoffices completion SHELL
//
// CASE is a folder with case.yaml in it, a .yaml file, catalog:NAME, - for standard
// input, or one scenario of another tool: its files, or their folder. Results go to standard output and talk to standard error. The
// exit status is 0 when the work is done (that no deal exists is an answer), 1
// when the case or a file has problems, 2 when the command line is wrong, and
// 130 when the work was interrupted.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/plain"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run does what the arguments ask and returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	out := &console.Output{Writer: stdout}
	root := newRoot(&streams{console.Streams{In: stdin, Out: out, Err: stderr, Getenv: getenv}})
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	err := interruptible(ctx, func() error { return cmp.Or(root.ExecuteContext(ctx), out.Failed) })
	if err == nil {
		return 0
	}
	if errors.Is(err, syscall.EPIPE) {
		return 1 // the reader has gone: nobody is left to tell
	}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "goodoffices: interrupted")
		return 130
	}
	fmt.Fprintf(stderr, "goodoffices: %s\n", console.Clean(console.InOneLine(err.Error(), args...)))
	var wrong console.UsageError
	if errors.As(err, &wrong) {
		return 2
	}
	return 1
}

// interruptible does some work. When ctx ends, the work has a moment to keep what is done;
// work that does not notice is left alone, so that the first interrupt always ends the
// program.
func interruptible(ctx context.Context, work func() error) error {
	const moment = 2 * time.Second
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(moment):
		return ctx.Err()
	}
}

func usagef(cmd *cobra.Command, format string, args ...any) error {
	return console.UsageError{Message: fmt.Sprintf(format, args...) + fmt.Sprintf("\nsee: %s --help", cmd.CommandPath())}
}

// streams are what the commands read and write.
type streams struct{ console.Streams }

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "goodoffices COMMAND",
		Short: "Prepare mediation: from cited statements to a brief",
		Long: `goodoffices reads a case (who wants what, what each side has without a deal,
who at home must agree, and the statements that say so) and answers: is there a
package that every side could accept, which ones, and what the answer rests on.

CASE is a folder with case.yaml in it, a .yaml file, catalog:NAME for a case
that comes with the program, or - for standard input. Scenarios of other tools are
cases too: name their files (domain and profiles), or the folder that holds them.

Exit status: 0 done ("no package" is an answer), 1 the case or a file has
problems, 2 wrong usage, 130 interrupted.`,
		Example: `  goodoffices brief catalog:iran-us-2026
  goodoffices new my-talks
  goodoffices check my-talks`,
		SilenceErrors:         true,
		SilenceUsage:          true,
		DisableFlagsInUseLine: true,
		Args:                  noSuchCommand,
		RunE:                  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cobra.EnableCommandSorting = false // help lists commands in the order of the work
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp())
	root.AddCommand(
		newNew(s), newCheck(s), newBrief(s), newAnalyze(s), newDiagnose(s), newHome(s), newAgenda(s), newLevers(s), newViews(s), newPackage(s), newRobustness(s),
		newSimulate(s), newReplay(s),
		newConvert(s), newCollection(s),
		newRatify(s), newCatalog(s), newCertify(s), newVerify(s), newSchema(s), newVersion(s),
	)
	addCompletion(root)
	return root
}

// addCompletion adds cobra's own command for shell completion, with the house's
// errors and examples.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short = "Write the completion script of a shell"
		c.Example = "  goodoffices completion bash > goodoffices.bash"
		c.Args = noSuchCommand
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		for _, shell := range c.Commands() {
			shell.Example = fmt.Sprintf("  goodoffices completion %s > goodoffices.%[1]s", shell.Name())
			shell.Args = arguments(0, 0, "no arguments")
		}
	}
}

// newHelp is cobra's help command, except that asking for help on nothing known
// is wrong usage.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return noSuchCommand(root, args)
			}
			return about.Help()
		},
	}
}

// noSuchCommand refuses arguments of a command whose work is done by its
// subcommands.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usagef(cmd, "unknown command %q%s", args[0], plain.Meant(args[0], names))
}

func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if near := plain.Nearest(name, names); near != "" && len(name) > 1 {
			return usagef(cmd, "unknown flag --%s: did you mean --%s?", name, near)
		}
	}
	return usagef(cmd, "%s", err)
}

// arguments checks how many arguments a command got; what says what they are.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usagef(cmd, "%s needs %s", cmd.CommandPath(), what)
		case most >= 0 && len(args) > most:
			return usagef(cmd, "%s takes %s and nothing more: what is %q?", cmd.CommandPath(), what, args[most])
		}
		return nil
	}
}
