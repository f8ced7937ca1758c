package bargain

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// golden is the hash of the analyses below, floating point measures included. It is the
// same on every machine: an architecture that fuses x*y+z, or a number of cores that
// shows, would change it.
const golden = "5ceca4a814c4c5c0f38a026d857023225cb51ebf1bb37a2f66684639b65e171d"

func TestSameBytesEverywhere(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		r := rand.New(rand.NewPCG(41, 42))
		hash := sha256.New()
		for range 150 {
			s := outcometest.Space(r, outcometest.Shape{Issues: 4 + r.IntN(3)})
			a, err := Analyze(context.Background(), s, Options{Whole: r.IntN(2) == 0, Measures: true})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(hash, a.Method, a.Verdict, a.Zone.Low, a.Zone.High, a.Zone.Ratifiable, a.Zone.Options, a.Frontier.Size, a.Frontier.Points, a.Parties)
			for _, name := range []string{"nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "balanced"} {
				if sol := named(&a.Solutions)[name]; sol != nil {
					fmt.Fprintln(hash, name, sol.Point, sol.Tied, sol.Gap)
				}
			}
			for _, m := range []*float64{a.Measures.Opposition, a.Measures.Distribution} {
				if m != nil {
					fmt.Fprintf(hash, "%x\n", math.Float64bits(*m))
				}
			}
		}
		if got := fmt.Sprintf("%x", hash.Sum(nil)); got != golden {
			t.Errorf("on %d cores: hash %s, want %s", cores, got, golden)
		}
	}
}
