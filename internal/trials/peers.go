package trials

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Peers returns a path in the folder of other tools' files and recorded answers, which is no part of this
// repository. The environment variable GOODOFFICES_PEERS names it; without it the test is skipped.
func Peers(t testing.TB, path ...string) string {
	t.Helper()
	folder := os.Getenv("GOODOFFICES_PEERS")
	if folder == "" {
		t.Skip("set GOODOFFICES_PEERS to the folder of other tools' files and recorded answers")
	}
	return filepath.Join(folder, filepath.FromSlash(strings.Join(path, "/")))
}

// ReadJSON reads a file into what to points at.
func ReadJSON(t testing.TB, path string, to any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
