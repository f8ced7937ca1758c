package definitions_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

func open(t testing.TB, paths ...string) *outcome.Space {
	t.Helper()
	s, err := convert.Open(context.Background(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	space, err := s.File.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	return space
}

func compute(t testing.TB, s *outcome.Space, tool definitions.Tool) *definitions.Result {
	t.Helper()
	r, err := definitions.Compute(context.Background(), s, tool, bargain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a)) }

// picks returns the points of a rule, in points.
func picks(s *outcome.Space, r *definitions.Result, name string) [][]float64 {
	var out [][]float64
	for _, n := range r.Points {
		if n.Name != name {
			continue
		}
		for _, p := range n.Picks {
			var u []float64
			for k, v := range p.Utilities {
				f, _ := s.Parties[k].Points(v).Float64()
				u = append(u, f)
			}
			out = append(out, u)
		}
	}
	return out
}

func holds(all [][]float64, u []float64) bool {
	return slices.ContainsFunc(all, func(v []float64) bool { return slices.EqualFunc(u, v, near) })
}

func measureOf(t testing.TB, r *definitions.Result, name string) float64 {
	t.Helper()
	for _, m := range r.Measures {
		if m.Name == name {
			if m.Value == nil {
				return math.Inf(1)
			}
			return *m.Value
		}
	}
	t.Fatalf("no measure %s", name)
	return 0
}

// A tally collects what differs, by kind, and compares it with what is known to.
type tally map[string][]string

func (c tally) add(what, id string) {
	if !slices.Contains(c[what], id) {
		c[what] = append(c[what], id)
	}
}

func (c tally) expect(t *testing.T, want tally) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(c)) {
		for _, id := range c[what] {
			if !slices.Contains(want[what], id) {
				t.Errorf("%s: %s", what, id)
			}
		}
	}
	for what, ids := range want {
		for _, id := range ids {
			if !slices.Contains(c[what], id) {
				t.Errorf("no longer: %s: %s", what, id)
			}
		}
	}
}

// GENIUS 10.4 reports the same frontier, Nash, "Kalai–Smorodinsky", welfare and opposition
// of every linear scenario, but for what the tally says.
func TestGenius(t *testing.T) {
	var file struct {
		Records []struct {
			ID       string
			Domain   string
			Profiles []string
			Types    []string
			Pareto   [][]float64
			Unique   int       `json:"pareto_unique"`
			Nash     []float64 `json:"nash"`
			Kalai    []float64 `json:"genius_kalai"`
			Welfare  []float64 `json:"max_welfare_all"`
			Oppose   float64   `json:"opposition_min_dist_to_1"`
		}
	}
	trials.ReadJSON(t, trials.Peers(t, "genius", "genius-reference.json"), &file)
	c := tally{}
	linear := 0
	for _, r := range file.Records {
		if slices.Contains(r.Types, "NONLINEAR") {
			continue
		}
		linear++
		var names []string
		paths := []string{trials.Peers(t, "genius", "scenarios", r.ID, r.Domain)}
		for _, p := range r.Profiles {
			paths = append(paths, trials.Peers(t, "genius", "scenarios", r.ID, p))
			names = append(names, strings.TrimSuffix(p, ".xml"))
		}
		id := r.ID + " " + strings.Join(names, " ")
		t.Run(id, func(t *testing.T) {
			s := open(t, paths...)
			got := compute(t, s, definitions.GENIUS)
			a, err := bargain.Analyze(context.Background(), s, bargain.Options{Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			if a.Frontier.Size != r.Unique {
				c.add(fmt.Sprintf("frontier: ours %d, theirs %d", a.Frontier.Size, r.Unique), id)
			}
			for rule, theirs := range map[string][]float64{"nash": r.Nash, "kalai_smorodinsky": r.Kalai, "social_welfare": r.Welfare} {
				ours := picks(s, got, rule)
				switch {
				case len(ours) == 0:
					t.Errorf("no %s", rule)
				case slices.EqualFunc(ours[0], theirs, near):
				case rule == "social_welfare" && holds(ours, theirs): // recorded without saying which of them is first
				default:
					c.add(fmt.Sprintf("%s: ours %v, theirs %v", rule, ours, theirs), id)
				}
			}
			if o := measureOf(t, got, "opposition"); !near(o, r.Oppose) {
				c.add(fmt.Sprintf("opposition: ours %v, theirs %v", o, r.Oppose), id)
			}
		})
	}
	if linear < 100 {
		t.Errorf("%d linear scenarios", linear)
	}
	t.Logf("%d scenarios", linear)
	c.expect(t, geniusDiffers)
}

// Equal sums that differ in their last bits leave dominated bids on their frontier.
var geniusDiffers = tally{
	"frontier: ours 15, theirs 16": {"other/inheritancedomain inheritance_Janet inheritance_Marty"},
	"frontier: ours 24, theirs 25": {"anac/y2012/BarterB Barter-B-prof1 Barter-B-prof2"},
	"frontier: ours 39, theirs 43": {"anac/y2012/SupermarketC Supermarket-C-prof1 Supermarket-C-prof2"},
}

// NegMAS 0.15.7, on utilities read as GENIUS reads them, reports the same points and
// measures, but for what the tally says.
func TestNegmas(t *testing.T) {
	type stats struct {
		Opposition any
		Rational   float64     `json:"rational_fraction"`
		Front      int         `json:"n_pareto_utils"`
		Nash       [][]float64 `json:"nash"`
		Kalai      [][]float64 `json:"kalai_egalitarian"`
		Modified   [][]float64 `json:"modified_kalai"`
		KS         [][]float64 `json:"ks"`
		ModifiedKS [][]float64 `json:"modified_ks"`
		Welfare    [][]float64 `json:"max_welfare"`
		Relative   [][]float64 `json:"max_relative_welfare"`
	}
	var file struct {
		Records []struct {
			Path     string
			Domain   string   `json:"domain_file"`
			Profiles []string `json:"profile_files"`
			Parties  int      `json:"n_parties"`
			With     *stats   `json:"genius_semantics"`
			Without  *stats   `json:"genius_semantics_no_reserved"`
		}
	}
	trials.ReadJSON(t, trials.Peers(t, "genius", "negmas-reference.json"), &file)
	c := tally{}
	compared := 0
	for _, r := range file.Records {
		if r.With == nil {
			continue
		}
		id := fmt.Sprintf("%s of %d", r.Path, r.Parties)
		t.Run(id, func(t *testing.T) {
			paths := []string{trials.Peers(t, "genius", "scenarios", r.Path, r.Domain)}
			for _, p := range r.Profiles[:r.Parties] {
				paths = append(paths, trials.Peers(t, "genius", "scenarios", r.Path, p))
			}
			s := open(t, paths...)
			for p := range s.Parties { // theirs was recorded without lowering utilities to 1
				s.Parties[p].Adjustments = nil
			}
			compare := func(name string, s *outcome.Space, theirs *stats) {
				compared++
				got := compute(t, s, definitions.NegMAS)
				for rule, points := range map[string][][]float64{"nash": theirs.Nash, "kalai": theirs.Kalai, "modified_kalai": theirs.Modified,
					"ks": theirs.KS, "modified_ks": theirs.ModifiedKS, "max_welfare": theirs.Welfare, "max_relative_welfare": theirs.Relative} {
					ours := picks(s, got, rule)
					missing, more := 0, 0
					for _, u := range points {
						if !holds(ours, u) {
							missing++
						}
					}
					for _, u := range ours {
						if !holds(points, u) {
							more++
						}
					}
					if missing+more > 0 {
						c.add(fmt.Sprintf("%s %s: %d of theirs are not ours, %d of ours not theirs: %v %v", name, rule, missing, more, ours, points), id)
					}
				}
				o := measureOf(t, got, "opposition")
				if f, ok := theirs.Opposition.(float64); ok && !near(o, f) || !ok && !math.IsInf(o, 1) {
					c.add(fmt.Sprintf("%s opposition: ours %v, theirs %v", name, o, theirs.Opposition), id)
				}
				if name == "reserved" {
					if f := measureOf(t, got, "rational_fraction"); !near(f, theirs.Rational) {
						n, _ := s.Count()
						c.add(fmt.Sprintf("outcomes above reservation values: ours %v, theirs %v", math.Round(f*float64(n)), math.Round(theirs.Rational*float64(n))), id)
					}
				}
			}
			compare("reserved", s, r.With)
			if r.Without != nil {
				free := *s
				free.Parties = slices.Clone(s.Parties)
				for p := range free.Parties {
					free.Parties[p].Threshold = outcome.Threshold{}
				}
				compare("unreserved", &free, r.Without)
			}
		})
	}
	t.Logf("%d comparisons", compared)
	c.expect(t, negmasDiffers)
}

// Floating-point sums that fall on either side of a reservation value.
var negmasDiffers = tally{
	"outcomes above reservation values: ours 12498, theirs 12501": {"anac/y2012/CarA of 2"},
	"outcomes above reservation values: ours 4, theirs 3":         {"anac/y2013/Ultimatum of 2"},
}

// The domains of the ANL 2023 come with their measures.
func TestGeniusWeb(t *testing.T) {
	folders, err := os.ReadDir(trials.Peers(t, "geniusweb"))
	if err != nil {
		t.Fatal(err)
	}
	type pick struct{ Utility []float64 }
	for _, f := range folders {
		t.Run(f.Name(), func(t *testing.T) {
			var theirs struct {
				Size         float64
				Opposition   float64
				Distribution float64
				Welfare      pick `json:"social_welfare"`
				Nash         pick
				Kalai        pick
				Front        []pick `json:"pareto_front"`
			}
			trials.ReadJSON(t, trials.Peers(t, "geniusweb", f.Name(), "specials.json"), &theirs)
			s := open(t, trials.Peers(t, "geniusweb", f.Name()))
			got := compute(t, s, definitions.GeniusWeb)
			if n, _ := s.Count(); float64(n) != theirs.Size {
				t.Errorf("%d bids, theirs %v", n, theirs.Size)
			}
			for rule, u := range map[string][]float64{"social_welfare": theirs.Welfare.Utility, "nash": theirs.Nash.Utility, "kalai": theirs.Kalai.Utility} {
				if ours := picks(s, got, rule); !holds(ours, u) {
					t.Errorf("%s: %v, theirs %v", rule, ours, u)
				}
			}
			for name, v := range map[string]float64{"opposition": theirs.Opposition, "distribution": theirs.Distribution} {
				if ours := measureOf(t, got, name); !near(ours, v) {
					t.Errorf("%s: %v, theirs %v", name, ours, v)
				}
			}
			a, err := bargain.Analyze(context.Background(), s, bargain.Options{Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			if a.Frontier.Size != len(theirs.Front) {
				t.Errorf("frontier of %d, theirs %d", a.Frontier.Size, len(theirs.Front))
			}
		})
	}
	if len(folders) == 0 {
		t.Error("no domains")
	}
}

// So do those of NegoLog.
func TestNegoLog(t *testing.T) {
	folders, err := os.ReadDir(trials.Peers(t, "negolog"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		t.Run(f.Name(), func(t *testing.T) {
			var theirs struct {
				Size       float64 `json:"NumberOfBids"`
				Opposition float64
				Balance    float64 `json:"BalanceScore"`
				Product    float64 `json:"Nash Product"`
				Score      float64 `json:"Product Score"` // its name in some files
				Welfare    float64 `json:"Social Welfare"`
				NashA      float64 `json:"Nash_A"`
				NashB      float64 `json:"Nash_B"`
				KalaiA     float64 `json:"Kalai_A"`
				KalaiB     float64 `json:"Kalai_B"`
			}
			trials.ReadJSON(t, trials.Peers(t, "negolog", f.Name(), "specs.json"), &theirs)
			s := open(t, trials.Peers(t, "negolog", f.Name()))
			got := compute(t, s, definitions.NegoLog)
			if n, _ := s.Count(); float64(n) != theirs.Size {
				t.Errorf("%d bids, theirs %v", n, theirs.Size)
			}
			for rule, u := range map[string][]float64{"nash": {theirs.NashA, theirs.NashB}, "kalai": {theirs.KalaiA, theirs.KalaiB}} {
				ours := picks(s, got, rule)
				if f.Name() == "domain3" && rule == "nash" && len(ours) == 2 {
					slices.Reverse(ours) // two bids with their utilities exchanged, of which floating point prefers the other
				}
				if len(ours) == 0 || !slices.EqualFunc(ours[0], u, near) {
					t.Errorf("%s: %v, theirs %v", rule, ours, u)
				}
			}
			for name, v := range map[string]float64{"opposition": theirs.Opposition, "balance_score": theirs.Balance,
				"nash_product": theirs.Product + theirs.Score, "social_welfare": theirs.Welfare} {
				if ours := measureOf(t, got, name); !near(ours, v) {
					t.Errorf("%s: %v, theirs %v", name, ours, v)
				}
			}
		})
	}
	if len(folders) == 0 {
		t.Error("no domains")
	}
}
