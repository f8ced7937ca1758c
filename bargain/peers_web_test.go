package bargain_test

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

// A linearProfile is an additive profile: an option's score is its utility times the
// weight of its issue, both used as written.
type linearProfile struct {
	weights     map[string]json.Number
	utilities   map[string]map[string]json.Number // by issue, then option
	reservation *big.Rat
	bid         map[string]string // whose utility is the reservation value, unless nil
}

// newLinear builds the scenario of some profiles, issues and options in order of their names.
func newLinear(t *testing.T, profiles []linearProfile) *scenario {
	t.Helper()
	issues := slices.Sorted(maps.Keys(profiles[0].utilities))
	names := make([][]string, len(issues))
	for i, id := range issues {
		names[i] = slices.Sorted(maps.Keys(profiles[0].utilities[id]))
	}
	var sheets []sheet
	for _, p := range profiles {
		if len(p.weights) != len(issues) || len(p.utilities) != len(issues) {
			t.Fatalf("%d weights and %d issues, want %d", len(p.weights), len(p.utilities), len(issues))
		}
		sh := sheet{reservation: new(big.Rat)}
		if p.reservation != nil {
			sh.reservation = p.reservation
		}
		for i, id := range issues {
			if len(p.utilities[id]) != len(names[i]) {
				t.Fatalf("%s has %d options, want %d", id, len(p.utilities[id]), len(names[i]))
			}
			weight := decimal(t, p.weights[id].String())
			var scores []*big.Rat
			for _, name := range names[i] {
				u := decimal(t, p.utilities[id][name].String())
				u.Mul(u, weight)
				scores = append(scores, u)
				if p.bid[id] == name {
					sh.reservation.Add(sh.reservation, u)
				}
			}
			sh.scores = append(sh.scores, scores)
		}
		sheets = append(sheets, sh)
	}
	return newScenario(t, issues, names, sheets)
}

// bid returns the outcome that a bid names.
func (s *scenario) bid(t *testing.T, bid map[string]string) outcome.Outcome {
	t.Helper()
	var names []string
	for _, is := range s.Issues {
		names = append(names, bid[is.ID])
	}
	return s.outcome(t, names)
}

// decimals returns the number of decimals that every utility of the space has at most;
// ok is false when they are more than floating point can tell apart.
func (s *scenario) decimals() (n int, ok bool) {
	for power := int64(1); n < 14; n, power = n+1, 10*power {
		if !slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return power%p.Scale != 0 }) {
			return n, !s.Rounded
		}
	}
	return n, false
}

// published fails unless floats are the exact utilities but for their last bits: they
// must agree in all decimals that the utilities have, where those are few.
func (s *scenario) published(t *testing.T, what string, floats []float64, u []int64) {
	t.Helper()
	decimals, exact := s.decimals()
	for p, f := range floats {
		got := s.Parties[p].Points(u[p]).FloatString(decimals)
		if exact && got != strconv.FormatFloat(f, 'f', decimals, 64) || math.Abs(f-s.points(u)[p]) > 1e-14 {
			t.Errorf("%s: utility %s of party %d, theirs %v", what, got, p, f)
		}
	}
}

// picks fails unless outcome o is one of those that the solution ties.
func (s *scenario) picks(t *testing.T, rule string, sol *bargain.Solution, o outcome.Outcome) {
	t.Helper()
	if !slices.ContainsFunc(sol.Tied, func(x outcome.Outcome) bool { return slices.Equal(x, o) }) {
		t.Errorf("%s: %v, theirs %v", rule, sol.Tied, o)
	}
}

type pick struct {
	Bid     map[string]string
	Utility []float64
}

// The domains of the Automated Negotiation League 2023, in the JSON of GeniusWeb. Their
// utilities have few decimals and are compared exactly.
func TestGeniusWeb(t *testing.T) {
	folders, err := os.ReadDir(trials.Peers(t, "geniusweb"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(folder.Name(), func(t *testing.T) {
			var profiles []linearProfile
			for _, name := range []string{"profileA.json", "profileB.json"} {
				var file struct {
					LinearAdditiveUtilitySpace struct {
						IssueUtilities map[string]map[string]struct{ ValueUtilities map[string]json.Number } // the key between names the form
						IssueWeights   map[string]json.Number
						ReservationBid *struct{ IssueValues map[string]string }
					}
				}
				trials.ReadJSON(t, trials.Peers(t, "geniusweb", folder.Name(), name), &file)
				f := &file.LinearAdditiveUtilitySpace
				p := linearProfile{weights: f.IssueWeights, utilities: make(map[string]map[string]json.Number)}
				for id, forms := range f.IssueUtilities {
					for _, form := range forms {
						p.utilities[id] = form.ValueUtilities
					}
				}
				if f.ReservationBid != nil {
					p.bid = f.ReservationBid.IssueValues
				}
				profiles = append(profiles, p)
			}
			var theirs struct {
				Size         int64
				Opposition   float64 // distance of the Kalai point to (1, 1)
				Distribution float64
				Welfare      pick `json:"social_welfare"`
				Nash         pick
				Kalai        pick   // least difference of utilities on the frontier
				Front        []pick `json:"pareto_front"`
			}
			trials.ReadJSON(t, trials.Peers(t, "geniusweb", folder.Name(), "specials.json"), &theirs)

			s := newLinear(t, profiles)
			if _, ok := s.decimals(); !ok {
				t.Error("utilities have too many decimals to compare each")
			}
			if n, _ := s.Count(); n != theirs.Size {
				t.Errorf("%d outcomes, theirs %d", n, theirs.Size)
			}
			a := analyze(t, s.reserved())
			whole, err := bargain.Analyze(context.Background(), s.reserved(), bargain.Options{Whole: true, Measures: true})
			if err != nil {
				t.Fatal(err)
			}
			vectors := func(picks []pick) (out [][]int64) {
				for _, p := range picks {
					u := s.utilities(s.bid(t, p.Bid))
					s.published(t, "a bid of theirs", p.Utility, u)
					out = append(out, u)
				}
				slices.SortFunc(out, func(x, y []int64) int { return slices.Compare(y, x) })
				return out
			}
			front := vectors(theirs.Front)
			if !slices.EqualFunc(whole.Frontier.Points, front, func(p bargain.Point, u []int64) bool { return slices.Equal(p.Utilities, u) }) {
				t.Errorf("frontier of %d points, theirs %d:\n%v\n%v", whole.Frontier.Size, len(front), whole.Frontier.Points, front)
			}
			vectors([]pick{theirs.Nash, theirs.Welfare})
			kalai := vectors([]pick{theirs.Kalai})[0]
			s.picks(t, "nash", a.Solutions.Nash, s.bid(t, theirs.Nash.Bid))
			s.picks(t, "welfare", whole.Solutions.Utilitarian, s.bid(t, theirs.Welfare.Bid))
			if !slices.ContainsFunc(closest(s, whole.Frontier), func(u []int64) bool { return slices.Equal(u, kalai) }) {
				t.Errorf("least difference at %v, theirs at %v", closest(s, whole.Frontier), kalai)
			}
			ones := []float64{1, 1}
			if o := toIdeal(s.points(kalai), ones); !near(o, theirs.Opposition) {
				t.Errorf("opposition %v, theirs %v", o, theirs.Opposition)
			}
			// Utilities of both sides run from 0 to 1, so that normalising them changes nothing.
			if d := whole.Measures.Distribution; d == nil || !near(*d, theirs.Distribution) {
				t.Errorf("distribution %v, theirs %v: %s", d, theirs.Distribution, whole.Measures.Why)
			}
			_, least := best(s.vectors(whole.Frontier), func(u []float64) float64 { return -toIdeal(u, ones) })
			if o := whole.Measures.Opposition; o == nil || !near(*o, -least) {
				t.Errorf("opposition %v, want %v", o, -least)
			}
		})
	}
	if len(folders) == 0 {
		t.Error("no domains")
	}
}

// closest returns the frontier's vectors with the least difference of two parties' utilities.
func closest(s *scenario, f bargain.Frontier) (out [][]int64) {
	var least *big.Rat
	for _, p := range f.Points {
		d := new(big.Rat).Sub(s.Parties[0].Points(p.Utilities[0]), s.Parties[1].Points(p.Utilities[1]))
		d.Abs(d)
		if least == nil || d.Cmp(least) < 0 {
			least, out = d, nil
		}
		if d.Cmp(least) == 0 {
			out = append(out, p.Utilities)
		}
	}
	return out
}

// A negologBid is an object or, in some files, a string that holds one in Python's notation.
type negologBid map[string]string

func (b *negologBid) UnmarshalJSON(text []byte) error {
	var notation string
	if json.Unmarshal(text, &notation) == nil {
		text = []byte(strings.ReplaceAll(notation, "'", `"`))
	}
	return json.Unmarshal(text, (*map[string]string)(b))
}

// The domains of NegoLog. What it calls Kalai is the bid with the greatest sum, and its
// opposition that bid's distance to (1, 1).
func TestNegoLog(t *testing.T) {
	folders, err := os.ReadDir(trials.Peers(t, "negolog"))
	if err != nil {
		t.Fatal(err)
	}
	var c tally
	for _, folder := range folders {
		t.Run(folder.Name(), func(t *testing.T) {
			var profiles []linearProfile
			for _, name := range []string{"profileA.json", "profileB.json"} {
				var file struct {
					ReservationValue json.Number
					IssueWeights     map[string]json.Number
					Issues           map[string]map[string]json.Number
				}
				trials.ReadJSON(t, trials.Peers(t, "negolog", folder.Name(), name), &file)
				profiles = append(profiles, linearProfile{weights: file.IssueWeights, utilities: file.Issues, reservation: decimal(t, file.ReservationValue.String())})
			}
			var theirs struct {
				Size       int64 `json:"NumberOfBids"`
				Opposition float64
				Balance    float64 `json:"BalanceScore"` // mean of the first utility less the second
				Product    float64 `json:"Nash Product"`
				Score      float64 `json:"Product Score"` // its name in some files
				Welfare    float64 `json:"Social Welfare"`
				NashA      float64 `json:"Nash_A"`
				NashB      float64 `json:"Nash_B"`
				KalaiA     float64 `json:"Kalai_A"`
				KalaiB     float64 `json:"Kalai_B"`
				NashBid    negologBid
				KalaiBid   negologBid
				Min        float64 `json:"MinUtility"`
				Max        float64 `json:"MaxUtility"`
			}
			trials.ReadJSON(t, trials.Peers(t, "negolog", folder.Name(), "specs.json"), &theirs)

			s := newLinear(t, profiles)
			c.seen = append(c.seen, folder.Name())
			if _, ok := s.decimals(); !ok {
				c.add("utilities of too many decimals to compare each", folder.Name())
			}
			if n, _ := s.Count(); n != theirs.Size {
				t.Errorf("%d outcomes, theirs %d", n, theirs.Size)
			}
			a := analyze(t, s.reserved())
			nash, kalai := s.bid(t, theirs.NashBid), s.bid(t, theirs.KalaiBid)
			s.published(t, "nash", []float64{theirs.NashA, theirs.NashB}, s.utilities(nash))
			s.published(t, "kalai", []float64{theirs.KalaiA, theirs.KalaiB}, s.utilities(kalai))
			s.picks(t, "nash", a.Solutions.Nash, nash)
			s.picks(t, "kalai", a.Solutions.Utilitarian, kalai)
			if v := product(s.points(a.Solutions.Nash.Utilities), []float64{0, 0}); !near(v, theirs.Product+theirs.Score) {
				t.Errorf("product %v, theirs %v", v, theirs.Product+theirs.Score)
			}
			best := s.points(a.Solutions.Utilitarian.Utilities)
			if v := total(best); !near(v, theirs.Welfare) {
				t.Errorf("welfare %v, theirs %v", v, theirs.Welfare)
			}
			if v := toIdeal(best, []float64{1, 1}); !near(v, theirs.Opposition) {
				t.Errorf("opposition %v, theirs %v", v, theirs.Opposition)
			}
			if v := s.mean(0) - s.mean(1); !near(v, theirs.Balance) {
				t.Errorf("balance %v, theirs %v", v, theirs.Balance)
			}
			low := s.points([]int64{s.least(0), s.least(1)})
			first, last := a.Frontier.Points[0].Utilities, a.Frontier.Points[a.Frontier.Size-1].Utilities
			high := s.points([]int64{first[0], last[1]})
			if !near(slices.Min(low), theirs.Min) || !near(slices.Max(high), theirs.Max) {
				t.Errorf("utilities from %v to %v, theirs from %v to %v", low, high, theirs.Min, theirs.Max)
			}
		})
	}
	if len(folders) == 0 {
		t.Error("no domains")
	}
	c.expect(t, map[string][]string{
		"utilities of too many decimals to compare each": {"domainBalancedLowOpp"}, // weights such as 0.39999999999999997
	})
}
