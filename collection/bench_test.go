//go:build unix

package collection

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/trials"
)

// BenchmarkCollection measures made-up scenarios of so many packages, one after the
// other: two parties with random scores.
func BenchmarkCollection(b *testing.B) {
	for _, size := range []int{2, 4, 6, 8} { // issues of ten options
		dir := b.TempDir()
		var text strings.Builder
		fmt.Fprintf(&text, "goodoffices: 1\nid: bench\nissues:\n")
		for i := range size {
			fmt.Fprintf(&text, "  i%d: {options: {a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I, j: J}}\n", i)
		}
		text.WriteString("parties:\n")
		seed := uint64(1)
		for p := range 2 {
			fmt.Fprintf(&text, "  p%d:\n    no_deal: %d\n    scores:\n", p, 30*size)
			for i := range size {
				fmt.Fprintf(&text, "      i%d: {", i)
				for o := range 10 {
					seed = seed*6364136223846793005 + 1442695040888963407
					fmt.Fprintf(&text, "%c: %d, ", 'a'+o, seed>>33%100)
				}
				text.WriteString("}\n")
			}
		}
		path := filepath.Join(dir, "case.yaml")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
		found := convert.Found{Name: "bench", Paths: []string{dir}}
		b.Run(fmt.Sprintf("packages=1e%d", size), func(b *testing.B) {
			b.ReportAllocs()
			before := trials.ProcessorTime(b)
			for b.Loop() {
				row, err := measured(b.Context(), &found, bargain.Options{})
				if err != nil || row.Verdict == nil {
					b.Fatal(err, row.Problems)
				}
			}
			spent := float64(trials.ProcessorTime(b)-before) / 1e9
			b.ReportMetric(1e3*spent/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(b.N)/spent, "scenarios/cpu-s")
		})
	}
}
