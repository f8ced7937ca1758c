package outcometest

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

// scenario reads a nonlinear scenario of two parties: the folder's domain and
// first two profiles. Utilities are in units of one, unnormalised; worth holds what
// each party's file divides by.
func scenario(folder string) (s *outcome.Space, worth []float64, err error) {
	type side struct {
		Index int `xml:"index,attr"`
		Min   int `xml:"min,attr"`
		Max   int `xml:"max,attr"`
	}
	type issue struct {
		Index int    `xml:"index,attr"`
		Name  string `xml:"name,attr"`
		Lower int    `xml:"lowerbound,attr"`
		Upper int    `xml:"upperbound,attr"`
	}
	s = &outcome.Space{}
	for p := range 2 {
		data, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("profile-%d.xml", p+1)))
		if err != nil {
			return nil, nil, err
		}
		var profile struct {
			Issues  []issue `xml:"objective>issue"`
			Utility struct {
				Max   float64 `xml:"maxutility,attr"`
				Boxes []struct {
					Utility  float64 `xml:"utility,attr"`
					Includes []side  `xml:"INCLUDES"`
					Excludes []side  `xml:"EXCLUDES"`
				} `xml:"ufun>hyperRectangle"`
			} `xml:"objective>utility"`
		}
		if err := xml.Unmarshal(data, &profile); err != nil {
			return nil, nil, fmt.Errorf("%s, profile %d: %w", folder, p+1, err)
		}
		slices.SortFunc(profile.Issues, func(a, b issue) int { return a.Index - b.Index })
		if p == 0 {
			for _, i := range profile.Issues {
				s.Issues = append(s.Issues, outcome.Issue{ID: i.Name, Options: i.Upper - i.Lower + 1})
			}
		}
		row := outcome.Row{ID: fmt.Sprint("p", p+1), Scale: 1}
		for _, i := range s.Issues {
			row.Scores = append(row.Scores, make([]int64, i.Options))
		}
		for k, b := range profile.Utility.Boxes {
			sides := append(b.Includes, b.Excludes...)
			slices.SortFunc(sides, func(a, b side) int { return a.Index - b.Index })
			var issues []int
			var sets [][]int
			for _, x := range sides {
				at := slices.IndexFunc(profile.Issues, func(i issue) bool { return i.Index == x.Index })
				var set []int
				for v := x.Min; v <= x.Max; v++ {
					set = append(set, v-profile.Issues[at].Lower)
				}
				issues, sets = append(issues, at), append(sets, set)
			}
			when, err := outcome.NewBox(s.Issues, issues, sets, len(b.Includes) > 0)
			if err != nil {
				return nil, nil, fmt.Errorf("%s, profile %d, box %d: %w", folder, p+1, k, err)
			}
			if b.Utility != math.Trunc(b.Utility) {
				return nil, nil, fmt.Errorf("%s: utility %v is no integer", folder, b.Utility)
			}
			row.Adjustments = append(row.Adjustments, outcome.Adjustment{ID: fmt.Sprint("box", k), When: when, Add: int64(b.Utility)})
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
		worth = append(worth, profile.Utility.Max)
	}
	return s, worth, s.Check()
}

// Peers opens a nonlinear scenario of GENIUS.
func Peers(t testing.TB, name string) (s *outcome.Space, worth []float64, folder string) {
	folder = trials.Peers(t, "genius", "scenarios", name)
	s, worth, err := scenario(folder)
	if err != nil {
		t.Fatal(err)
	}
	return s, worth, folder
}

// BoxFamily draws a space of two parties and issues of ten options, each party with
// twice as many boxes as issues: intervals of one to four issues, worth 1 to 100, as
// in the scenarios of ANAC 2014.
func BoxFamily(seed uint64, issues int) *outcome.Space { return BoxFamilyOf(seed, 2, issues) }

func BoxFamilyOf(seed uint64, parties, issues int) *outcome.Space {
	r := rand.New(rand.NewPCG(seed, uint64(issues)))
	s := &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 1}
		for range s.Issues {
			row.Scores = append(row.Scores, make([]int64, 10))
		}
		for k := range 2 * issues {
			named := r.Perm(issues)[:1+r.IntN(4)]
			slices.Sort(named)
			var sets [][]int
			for range named {
				a, b := r.IntN(10), r.IntN(10)
				var set []int
				for o := min(a, b); o <= max(a, b); o++ {
					set = append(set, o)
				}
				sets = append(sets, set)
			}
			when, err := outcome.NewBox(s.Issues, named, sets, true)
			if err != nil {
				panic(err)
			}
			row.Adjustments = append(row.Adjustments, outcome.Adjustment{ID: fmt.Sprint("box", k), When: when, Add: 1 + r.Int64N(100)})
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}
