package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/trials"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"goodoffices": main})
}

// TestScripts runs testdata/*.txtar. Beyond testscript's own commands:
//
//	status N COMMAND...   runs the command, which must exit with status N
//	json FILE             FILE (or stdout) must be one JSON value
//	names FILE TEXT...    FILE (or stdout) must hold each TEXT, verbatim
//
// Lines marked [long] are for make test-long.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
			env.Setenv("TERM", "xterm")
			env.Setenv("HOME", env.WorkDir)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "long" {
				return false, fmt.Errorf("unknown condition %s", name)
			}
			return trials.Of(0, 1) == 1, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: status N COMMAND...")
				}
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				var exit *exec.ExitError
				if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
					got = exit.ExitCode()
				} else if err != nil {
					ts.Fatalf("%v", err)
				}
				if got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
			"json": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 1 {
					ts.Fatalf("usage: json FILE")
				}
				if !json.Valid([]byte(ts.ReadFile(args[0]))) {
					ts.Fatalf("%s is not JSON", args[0])
				}
			},
			"names": func(ts *testscript.TestScript, neg bool, args []string) {
				text := ts.ReadFile(args[0])
				for _, want := range args[1:] {
					switch found := strings.Contains(text, want); {
					case found && neg:
						ts.Fatalf("%s holds %q", args[0], want)
					case !found && !neg:
						ts.Fatalf("%s does not hold %q", args[0], want)
					}
				}
			},
		},
	})
}

// TestExamples pastes each command's example into a shell, in a folder of its own.
func TestExamples(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh to paste into")
	}
	seen := make(map[string]bool) // lines that write no file which others read
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		var script []string
		for line := range strings.Lines(cmd.Example) {
			line = strings.TrimSpace(line)
			if trials.Of(0, 1) == 0 && strings.Contains(line, "iran-us-2026") && (strings.Contains(line, " brief ") || strings.Contains(line, " agenda ")) {
				continue // long, and scripts run both commands
			}
			if alone := !strings.ContainsAny(line, ">|\\") && !strings.Contains(line, " -o "); !alone || !seen[line] {
				script = append(script, line)
				seen[line] = alone
			}
		}
		t.Run(strings.ReplaceAll(cmd.CommandPath(), " ", "_"), func(t *testing.T) {
			t.Parallel()
			if cmd.Example == "" && cmd.Name() != "help" {
				t.Fatal("no example")
			}
			sh := exec.Command("sh", "-e", "-c", strings.Join(script, "\n"))
			sh.Dir = t.TempDir()
			if out, err := sh.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, cmd.Example, out)
			}
		})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(newRoot(&streams{console.Streams{Getenv: os.Getenv}}))
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain é\tline\n":   "plain é\tline\n",
		"\x1b[31mred\a":     `\u001b[31mred\u0007`,
		"abc\u202ecba":      `abc\u202ecba`,
		"\u2066x\u2069":     `\u2066x\u2069`,
		"half \xff\xc3":     `half \xff\xc3`,
		"honest \uFFFD":     "honest \uFFFD",
		"carriage\rreturns": `carriage\u000dreturns`,
		"\u009b31m":         `\u009b31m`,
	} {
		if got := console.Clean(in); got != want {
			t.Errorf("console.Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIDFrom(t *testing.T) {
	for in, want := range map[string]string{
		"my-talks":                "my-talks",
		"My Talks (2)":            "my-talks-2",
		"1974":                    "case-1974",
		"…":                       "case",
		"_x_":                     "x",
		"-rf":                     "rf",
		strings.Repeat("ab", 100): strings.Repeat("ab", 32),
	} {
		if got := idFrom(in); got != want {
			t.Errorf("idFrom(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestTheFirstInterruptEndsStuckWork: work that does not notice an interrupt is left alone, and work that does has its
// say.
func TestTheFirstInterruptEndsStuckWork(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := interruptible(ctx, func() error { select {} }); !errors.Is(err, context.Canceled) {
		t.Errorf("stuck work ends with %v", err)
	}
	kept := errors.New("kept")
	if err := interruptible(ctx, func() error { <-ctx.Done(); return kept }); err != kept {
		t.Errorf("work that notices ends with %v", err)
	}
}
