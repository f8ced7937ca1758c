package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A line break in the name of a file is shown by its escape: check lists one problem a line, and no
// name may begin a line of its own.
func TestNamesOfSeveralLines(t *testing.T) {
	folder := t.TempDir()
	good, bad, table := filepath.Join(folder, "good\nlines.yaml"), filepath.Join(folder, "bad\nlines.yaml"), filepath.Join(folder, "bad\nlines.csv")
	for path, text := range map[string]string{
		good:  "goodoffices: 1\nid: v\nissues:\n  visa: {options: {free: Free, none: None}}\nparties:\n  a: {scores: {visa: {free: 3, none: 1}}}\n",
		bad:   "goodoffices: 1\nid: v\nissues:\n  visa: {options: {free: Free, none: None}}\nparties:\n  a: {scores: {visa: {fre: 3, none: 1}}}\n",
		table: "Issue,Option,A,B\nVisa,free,ten,1\nNo deal,,3,\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Skip("no such names here: ", err)
		}
	}
	for _, tt := range []struct {
		command, path, want string
		status              int
	}{
		{"check", good, `good\nlines.yaml: ok`, 0},
		{"check", bad, `bad\nlines.yaml:6:23: `, 1},
		{"check", table, `bad\nlines.csv:C2: `, 1},
		{"check", folder + "/no\nlines.yaml", `no\nlines.yaml does not exist`, 1},
		{"analyze", folder + "/no\nlines.yaml", `no\nlines.yaml does not exist`, 1},
		{"analyze", bad, `bad\nlines.yaml:6:23: `, 1},
	} {
		var b bytes.Buffer
		status := run(t.Context(), []string{tt.command, tt.path}, strings.NewReader(""), &b, &b, func(string) string { return "" })
		if status != tt.status || strings.Contains(b.String(), "\nlines") {
			t.Errorf("%s %q: status %d\n%s", tt.command, tt.path, status, b.String())
		}
		if !strings.Contains(b.String(), tt.want) {
			t.Errorf("%s %q: no %s in\n%s", tt.command, tt.path, tt.want, b.String())
		}
	}
}
