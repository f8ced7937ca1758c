package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/internal/trials"
)

// No text of a case becomes a formula in a spreadsheet.
func TestAttackOfFormulas(t *testing.T) {
	file := trials.Peers(t, "attacks", "csv-tab.yaml")
	for _, args := range [][]string{{"analyze", file, "--format", "csv"}, {"convert", file, "--to", "csv", "-"}} {
		out, errs, status := command(t, args...)
		if status != 0 {
			t.Fatalf("%v: %s", args, errs)
		}
		in := csv.NewReader(strings.NewReader(out))
		in.FieldsPerRecord = -1
		rows, err := in.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		texts := 0
		for _, row := range rows {
			for _, cell := range row {
				if _, err := strconv.ParseFloat(cell, 64); err == nil || cell == "" {
					continue
				}
				texts++
				if cell[0] != '\'' && plain.Formula(cell) {
					t.Errorf("%v: %q is a formula", args, cell)
				}
			}
		}
		if texts < 50 {
			t.Errorf("%v: only %d texts", args, texts)
		}
	}
}

// A transcript that is none is refused line by line, each with its place.
func TestAttackOfTranscripts(t *testing.T) {
	seed, err := os.ReadFile(trials.Peers(t, "attacks", "fuzztranscript-9712cc50f64539b5"))
	if err != nil {
		t.Fatal(err)
	}
	_, quoted, _ := strings.Cut(strings.TrimSpace(string(seed)), "string(")
	text, err := strconv.Unquote(strings.TrimSuffix(quoted, ")"))
	if err != nil {
		t.Fatal(err)
	}
	fuzzed := filepath.Join(t.TempDir(), "fuzzed.txt")
	if err := os.WriteFile(fuzzed, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fuzzed, trials.Peers(t, "attacks", "newline-seat.txt")} {
		_, errs, status := command(t, "replay", name)
		if status != 1 {
			t.Errorf("%s: status %d", name, status)
		}
		for line := range strings.Lines(strings.TrimPrefix(errs, "goodoffices: ")) {
			if !strings.HasPrefix(line, name+":") {
				t.Errorf("%s: no place in %q", name, line)
			}
		}
	}
}

// Programs that answer nothing, too much or nonsense lose their seat, and the session ends.
func TestAttackOfPrograms(t *testing.T) {
	scenario := trials.Peers(t, "attacks", "out/twenty.yaml")
	for _, name := range []string{"err.sh", "flood.sh", "table.py", "mem.py", "bomb.py", "probe.py"} {
		interpreter := "sh"
		if strings.HasSuffix(name, ".py") {
			interpreter = "python3"
		}
		if _, err := exec.LookPath(interpreter); err != nil {
			t.Logf("%s: there is no %s", name, interpreter)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, errs, status := command(t, "simulate", scenario, "--protocol", "shuttle", "--rounds", "2", "--strategy", "p=outside:"+interpreter+" "+trials.Peers(t, "attacks", "out/"+name))
			if status > 1 || strings.Contains(errs, "panic") || strings.Contains(out, "\x1b") || strings.Contains(errs, "\x1b") {
				t.Errorf("status %d\n%.2000s\n%.2000s", status, out, errs)
			}
			if !strings.Contains(out+errs, "p ") {
				t.Errorf("nothing is said of the seat:\n%.2000s\n%.2000s", out, errs)
			}
		})
	}
}

// A session that waits for a program which never answers ends on an interrupt.
func TestAttackOfWaiting(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	status := run(ctx, []string{"simulate", trials.Peers(t, "attacks", "out/twenty.yaml"), "--strategy", "p=outside:sh " + trials.Peers(t, "attacks", "out/hang.sh")},
		strings.NewReader(""), &out, &errs, func(string) string { return "" })
	if status != 130 {
		t.Errorf("status %d: %s", status, errs.String())
	}
}
