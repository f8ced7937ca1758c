package convert

import (
	"testing"

	"github.com/goodoffices/goodoffices/internal/plain"
)

// TestCellsAreNoFormulas: what a spreadsheet would compute is a text in CSV, and is read
// back as it was.
func TestCellsAreNoFormulas(t *testing.T) {
	for _, text := range []string{"=1", "\t=1", " =1", "\uff1d1", "\"=1", "'=1", "'x", "''", "-", "plain", "A=1"} {
		cell := guarded(text)
		if plain.Formula(cell) && cell[0] != '\'' {
			t.Errorf("%q is written as %q", text, cell)
		}
		if back := unguarded(cell); back != text {
			t.Errorf("%q comes back as %q", text, back)
		}
	}
}
