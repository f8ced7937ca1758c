package main

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// said returns what a command prints, tags taken off and blanks made one.
func said(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, func(string) string { return "" }); code != 0 {
		t.Fatalf("%v: %d, %s", args, code, stderr.String())
	}
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(stdout.String(), " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

// A brief and the command robustness make the same draws, and say the same of them.
func TestBriefDrawsAsRobustnessDoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bay.yaml")
	if err := os.WriteFile(path, []byte(`goodoffices: 1
id: bay
issues:
  quota: {options: {low: low, high: high}}
  season: {options: {short: short, long: long}}
parties:
  fishers:
    scores: {quota: {low: 5..20, high: 60}, season: {short: 0, long: 20..60}}
    no_deal: 30..90
  port:
    scores: {quota: {low: 30..50, high: 0}, season: {short: 60, long: 10..40}}
    no_deal: 20..70
`), 0o600); err != nil {
		t.Fatal(err)
	}
	brief, command := said(t, "brief", path, "-o", "-"), said(t, "robustness", path)
	from, to := strings.Index(command, "Under "), strings.Index(command, " Share of draws in which")
	if from < 0 || to < from || !strings.Contains(command, "drawn 10,000 times") {
		t.Fatalf("it has not the form that is looked for here: %s", command)
	}
	for sentence := range strings.SplitSeq(command[from:to], ". ") {
		if !strings.Contains(brief, strings.TrimSuffix(sentence, ".")) {
			t.Errorf("the brief does not say %q", sentence)
		}
	}
	if !strings.Contains(brief, "over 1,024 pairs of draws") || !strings.Contains(said(t, "robustness", path, "--format", "json"), `"pairs": 1024`) {
		t.Error("brief and command do not measure over the same pairs of draws")
	}
}
