package convert_test

import (
	"context"
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

func open(t testing.TB, paths ...string) *convert.Scenario {
	t.Helper()
	s, err := convert.Open(context.Background(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compile(t testing.TB, f *casefile.File) *outcome.Space {
	t.Helper()
	space, err := f.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	return space
}

// A geniusRecord is what GENIUS 10.4 recorded of one scenario.
type geniusRecord struct {
	ID          string
	Domain      string
	Profiles    []string
	Types       []string
	Reservation []float64
	Outcomes    float64 `json:"n_outcomes"`
	Samples     []struct {
		Bid map[string]string
		U   []float64
	}
	Pareto [][]float64
}

func (r *geniusRecord) paths(t testing.TB) []string {
	paths := []string{trials.Peers(t, "genius", "scenarios", r.ID, r.Domain)}
	for _, p := range r.Profiles {
		paths = append(paths, trials.Peers(t, "genius", "scenarios", r.ID, p))
	}
	return paths
}

func geniusRecords(t testing.TB) []geniusRecord {
	t.Helper()
	var file struct{ Records []geniusRecord }
	trials.ReadJSON(t, trials.Peers(t, "genius", "genius-reference.json"), &file)
	return file.Records
}

// position returns the position of the answer that a bid of GENIUS names.
func position(t *testing.T, is *casefile.Issue, name string) int {
	t.Helper()
	for k := range is.Len() {
		id, title := is.OptionID(k), is.OptionTitle(k)
		if is.Range != nil && id == name || is.Range == nil && (title == name || title == plain(name)) {
			return k
		}
	}
	t.Fatalf("no answer %q", name)
	return 0
}

// GENIUS 10.4 gives the recorded bids the recorded utilities, in every scenario,
// nonlinear ones included.
func TestGeniusUtilities(t *testing.T) {
	nonlinear, samples := 0, 0
	for _, r := range geniusRecords(t) {
		t.Run(r.ID+" "+r.Profiles[0]+" "+r.Profiles[1], func(t *testing.T) {
			s := open(t, r.paths(t)...)
			space := compile(t, s.File)
			if size, _ := new(big.Float).SetInt(space.Size()).Float64(); math.Abs(size/r.Outcomes-1) > 1e-12 {
				t.Errorf("%v packages, theirs %v", size, r.Outcomes)
			}
			for p, rv := range r.Reservation {
				v, _ := space.Parties[p].Points(space.Parties[p].Threshold.Value).Float64()
				if math.Abs(v-rv) > 1e-12 {
					t.Errorf("reservation value %v, theirs %v", v, rv)
				}
			}
			var indexes []int
			for _, sample := range r.Samples {
				if indexes == nil {
					for k := range sample.Bid {
						n, err := strconv.Atoi(k)
						if err != nil {
							t.Fatal(err)
						}
						indexes = append(indexes, n)
					}
					slices.Sort(indexes)
				}
				o := make(outcome.Outcome, len(indexes))
				for i, k := range indexes {
					_, is := s.File.Case.Issues.At(i)
					o[i] = position(t, &is, sample.Bid[strconv.Itoa(k)])
				}
				for p, want := range sample.U {
					row := &space.Parties[p].Row
					if got, _ := row.Points(row.Value(o)).Float64(); math.Abs(got-want) > 1e-9 {
						t.Errorf("%v is worth %v, theirs %v", sample.Bid, got, want)
					}
				}
				samples++
			}
			if slices.Contains(r.Types, "NONLINEAR") {
				nonlinear++
			}
		})
	}
	if nonlinear == 0 || samples < 500 {
		t.Errorf("%d nonlinear scenarios, %d bids", nonlinear, samples)
	}
	t.Logf("%d bids", samples)
}
