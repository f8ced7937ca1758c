package convert_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

// Every scenario goes through every format and comes back with the same utilities, but for
// their scale and, where weights have 16 digits, for rounding.
func TestPeersThroughEveryFormat(t *testing.T) {
	var scenarios [][]string
	for _, kind := range []string{"geniusweb", "negolog"} {
		folders, err := os.ReadDir(trials.Peers(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range folders {
			scenarios = append(scenarios, []string{trials.Peers(t, kind, f.Name())})
		}
	}
	seen := make(map[string]bool)
	for _, r := range geniusRecords(t) {
		if !seen[r.ID] { // one pair of profiles of each folder
			scenarios = append(scenarios, r.paths(t))
		}
		seen[r.ID] = true
	}
	r := rand.New(rand.NewPCG(3, 4))
	every := trials.Of(4, 1)
	for i, paths := range scenarios {
		if i%every != 0 {
			continue
		}
		s := open(t, paths...)
		before := compile(t, s.File)
		for _, format := range convert.Formats() {
			if !format.Writes() || format.Alone {
				continue
			}
			files, lost, err := convert.Write(format, s.File.Case)
			if err != nil {
				t.Fatalf("%s as %s: %v", paths[0], format.Title, err)
			}
			dir := t.TempDir()
			var written []string
			for _, f := range files {
				written = append(written, filepath.Join(dir, f.Name))
				if err := os.WriteFile(written[len(written)-1], f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			back, err := convert.Open(context.Background(), written...)
			if err != nil {
				t.Fatalf("%s as %s: %v", paths[0], format.Title, err)
			}
			after := compile(t, back.File)
			for p := range before.Parties {
				a, b := &before.Parties[p].Row, &after.Parties[p].Row
				if len(a.Adjustments) > 0 && len(b.Adjustments) == 0 {
					continue // left out, which the notes say
				}
				worth := func(row *outcome.Row, o outcome.Outcome) float64 {
					f, _ := row.Points(row.Value(o)).Float64()
					return f
				}
				draw := func() outcome.Outcome {
					o := make(outcome.Outcome, len(before.Issues))
					for i := range o {
						o[i] = r.IntN(before.Issues[i].Options)
					}
					return o
				}
				first, other := draw(), draw()
				for range 50 {
					if o := draw(); math.Abs(worth(a, o)-worth(a, first)) > math.Abs(worth(a, other)-worth(a, first)) {
						other = o
					}
				}
				factor := 1.0
				if d := worth(a, other) - worth(a, first); math.Abs(d) > 1e-3 {
					factor = (worth(b, other) - worth(b, first)) / d
				}
				constant := worth(b, first) - factor*worth(a, first)
				for range 20 {
					o := draw()
					if want, got := worth(a, o)*factor+constant, worth(b, o); math.Abs(want-got) > 1e-9 {
						t.Errorf("%s as %s: %v is worth %v to %s, want %v: %v", paths[0], format.Title, o, got, a.ID, want, lost)
						break
					}
				}
			}
		}
	}
	t.Logf("%d scenarios", len(scenarios))
}
