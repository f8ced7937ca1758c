package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/study"
)

// On the case of Iran and the United States, every protocol under every view plays to
// an end that the transcript explains, with the mandates on record and without them,
// and the transcript replays. A short run plays every protocol and every view,
// not every pair of them.
func TestEveryProtocolUnderEveryView(t *testing.T) {
	file, err := catalog.Open("iran-us-2026")
	if err != nil {
		t.Fatal(err)
	}
	views := append([]string{""}, file.Case.Views.Keys()...)
	for i, p := range study.Protocols {
		for k, view := range views {
			if trials.Of(0, 1) == 0 && (i-k)%min(len(study.Protocols), len(views)) != 0 {
				continue
			}
			for _, amend := range [][]string{nil, {"--amend", "1:iran:", "--amend", "1:united_states:"}} {
				out := filepath.Join(t.TempDir(), "talks.txt")
				args := append([]string{"simulate", "catalog:iran-us-2026", "--protocol", p.Name, "--rounds", "30", "-o", out, "--view", view}, amend...)
				var stdout, stderr bytes.Buffer
				if code := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, os.Getenv); code != 0 {
					t.Errorf("%v: %d, %s", args, code, stderr.String())
					continue
				}
				text, err := os.ReadFile(out)
				if err != nil {
					t.Fatal(err)
				}
				_, end, ok := strings.Cut(string(text), "\n- ended: ")
				agreed := strings.HasPrefix(end, "agreed\n")
				if !ok || !agreed && !strings.Contains(end, "\n# ") {
					t.Errorf("%v: the transcript does not explain its end:\n%s", args, end)
				}
				if amend == nil && !strings.Contains(end, "mandate") {
					t.Errorf("%v: the mandates exclude each other, and the end does not say so:\n%s", args, end)
				}
				if code := run(context.Background(), []string{"replay", out}, strings.NewReader(""), io.Discard, &stderr, os.Getenv); code != 0 {
					t.Errorf("replay after %v: %d, %s", args, code, stderr.String())
				}
				t.Logf("%s %q %v: %s", p.Name, view, amend != nil, strings.TrimSpace(end))
			}
		}
	}
}
