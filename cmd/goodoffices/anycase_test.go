package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile/casefiletest"
	"github.com/goodoffices/goodoffices/internal/trials"
)

// Whatever a case holds, no command panics, and what it writes as JSON is JSON.
func TestAnyCaseIsAnswered(t *testing.T) {
	cases := trials.Of(40, 1000)
	r := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	answered := 0
	for seed := range cases {
		text := casefiletest.Example(seed)
		path := filepath.Join(dir, fmt.Sprintf("%d.yaml", seed))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		budget := []string{"1ns", "1us", "1ms", "2m"}[r.IntN(4)]
		lever := []string{"--lever", "push"}
		if r.IntN(2) == 0 {
			lever = nil
		}
		for _, args := range [][]string{
			{"analyze", path, "--format", "json", "-q", "--whole"},
			{"analyze", path, "-q", "--time", budget},
			{"agenda", path, "--format", "json", "-q"},
			{"agenda", path, "-q", "--time", budget},
			{"levers", path, "--format", "json", "-q", "--time", budget},
			{"home", path, "--format", "json", "-q", "--time", budget},
			{"diagnose", path, "--format", "json", "-q"},
			{"package", path, "nash", "--format", "json", "-q"},
			{"package", path, "status_quo", "-q", "--time", budget},
			{"robustness", path, "--format", "json", "-q", "--draws", "20"},
			{"simulate", path, "--format", "json", "-q"},
			{"brief", path, "-o", filepath.Join(dir, fmt.Sprintf("%d.html", seed))},
		} {
			if args[0] != "levers" && args[0] != "brief" {
				args = append(args, lever...)
			}
			if answers(t, text, args) {
				answered++
			}
			if t.Failed() {
				return
			}
		}
	}
	if answered < 6*cases {
		t.Errorf("%d commands of %d cases had an answer: the cases are too poor", answered, cases)
	}
}

// answers runs a command and reports whether it had an answer. What it does not answer it refuses with a reason.
func answers(t *testing.T, text string, args []string) bool {
	t.Helper()
	defer func() {
		if x := recover(); x != nil {
			t.Fatalf("%v: %v\n%s\n%s", args, x, text, debug.Stack())
		}
	}()
	out, errs, status := command(t, args...)
	switch {
	case status == 1 || status == 2:
		if strings.TrimSpace(errs) == "" {
			t.Errorf("%v: status %d without a reason\n%s", args, status, text)
		}
		return false
	case status != 0:
		t.Errorf("%v: status %d\n%s\n%s", args, status, errs, text)
	case strings.Contains(strings.Join(args, " "), "--format json") && !json.Valid([]byte(out)):
		t.Errorf("%v: not JSON\n%s", args, text)
	}
	return true
}
