package outcometest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// A Kind is a family of spaces: how far the parties' wishes are apart.
type Kind string

const (
	Independent Kind = "independent"   // scores of their own
	Opposed     Kind = "opposed"       // opposite ends of every issue, with noise
	NearZeroSum Kind = "near zero-sum" // about what one gains the others lose
	ZeroSum     Kind = "zero-sum"      // exactly
)

// Drawn returns a space of issues of ten options in which a party gets at most about grid
// units; its threshold, of three tenths of that, or a tenth where wishes sum to about the
// same, leaves a zone. Issues have exponential weights.
func Drawn(k Kind, seed uint64, parties, issues int, grid int64) *outcome.Space {
	var s *outcome.Space
	share := int64(3)
	switch {
	case k == Independent || k == Opposed:
		s = scored(seed, parties, issues, k == Opposed, grid)
	case parties == 2:
		s = traded(seed, issues, k == ZeroSum, grid)
	case k == NearZeroSum:
		s, share = Pie(seed, parties, issues, 0.1, grid), 1
	default:
		s, share = Pie(seed, parties, issues, 0, grid), 1
	}
	return Demanding(s, share*grid/10)
}

// Family draws a space whose utilities are of about 0 to 10,000 units a party, with
// thresholds in the middle.
func Family(seed uint64, parties, issues int, opposed bool) *outcome.Space {
	return scored(seed, parties, issues, opposed, 10_000)
}

func scored(seed uint64, parties, issues int, opposed bool, grid int64) *outcome.Space {
	r := rand.New(rand.NewPCG(seed, uint64(issues)))
	s := &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: max(1, grid/100), Threshold: outcome.Threshold{Value: grid / 2, Set: true}}
		weights, sum := weigh(r, issues)
		for i := range weights {
			scores := make([]int64, 10)
			for o := range scores {
				v := r.Float64()
				if opposed {
					at := float64(o) / 9
					if p%2 == 1 {
						at = 1 - at
					}
					v = (v + 4*at) / 5
				}
				scores[o] = int64(v * float64(grid) * weights[i] / sum)
			}
			row.Scores = append(row.Scores, scores)
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

func weigh(r *rand.Rand, issues int) (weights []float64, sum float64) {
	weights = make([]float64, issues)
	for i := range weights {
		weights[i] = r.ExpFloat64()
		sum += weights[i]
	}
	return weights, sum
}

// traded draws a space of two parties whose scores rise and fall in equal steps: by the
// same amount, or by amounts within a tenth of each other.
func traded(seed uint64, issues int, zero bool, grid int64) *outcome.Space {
	s := scored(seed, 2, issues, true, grid)
	r := rand.New(rand.NewPCG(seed, uint64(issues)))
	weights, sum := weigh(r, issues)
	for i, w := range weights {
		for o := range s.Issues[i].Options {
			mine := int64(float64(o) / 9 * float64(grid) * w / sum)
			s.Parties[0].Scores[i][o], s.Parties[1].Scores[i][9-o] = mine, mine
		}
		if zero { // what rounding down takes from one it must not take from both
			most := s.Parties[0].Scores[i][9]
			for o, v := range s.Parties[0].Scores[i] {
				s.Parties[1].Scores[i][o] = most - v
			}
			continue
		}
		by := 0.9 + float64(0.2*r.Float64())
		for o, v := range s.Parties[1].Scores[i] {
			s.Parties[1].Scores[i][o] = int64(float64(v) * by)
		}
	}
	return s
}

// Pie draws a space in which every option shares out the same number of units among the
// parties; with noise, about that number.
func Pie(seed uint64, parties, issues int, noise float64, grid int64) *outcome.Space {
	r := rand.New(rand.NewPCG(seed, uint64(issues)))
	s := scored(seed, parties, issues, false, grid)
	weights, sum := weigh(r, issues)
	for i, w := range weights {
		for o := range s.Issues[i].Options {
			cut, all := make([]float64, parties), 0.0
			for p := range cut {
				cut[p] = r.ExpFloat64()
				all += cut[p]
			}
			rest := int64(float64(grid) * w / sum)
			for p, v := range cut {
				share := int64((v/all*(1-noise) + float64(noise*r.Float64())) * float64(grid) * w / sum)
				if noise == 0 && p == parties-1 {
					share = rest
				}
				rest -= share
				s.Parties[p].Scores[i][o] = share
			}
		}
	}
	return s
}

// Conditioned adds two red lines and two adjustments a party, and three
// requirements, each over two neighbouring issues.
func Conditioned(s *outcome.Space) *outcome.Space {
	r := rand.New(rand.NewPCG(99, 1))
	at := 0
	pair := func(share float64) outcome.Table {
		i := at % (len(s.Issues) - 1)
		at++
		t, err := outcome.NewTable(s.Issues, []int{i, i + 1}, func([]int) bool { return r.Float64() < share })
		if err != nil {
			panic(err)
		}
		return t
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		for range 2 {
			party.RedLines = append(party.RedLines, outcome.Condition{ID: "red", Kind: outcome.RedLine, Forbidden: pair(0.05)})
			party.Adjustments = append(party.Adjustments, outcome.Adjustment{ID: "adj", When: pair(0.2), Add: -300})
		}
	}
	for range 3 {
		s.Requires = append(s.Requires, outcome.Condition{ID: "req", Forbidden: pair(0.05)})
	}
	return s
}

// Represented gives every party three constituencies, all of which must agree.
func Represented(s *outcome.Space) *outcome.Space {
	for p := range s.Parties {
		for _, c := range Family(uint64(10+p), 3, len(s.Issues), false).Parties {
			s.Parties[p].Constituencies = append(s.Parties[p].Constituencies, c.Row)
		}
	}
	return s
}

// Band draws a space of two parties whose issues of five options are linked with
// the next width issues: by an adjustment for either party and, for a tenth of the
// joint options of neighbours, by a requirement.
func Band(issues, width int) *outcome.Space {
	return Banded(Family(3, 2, issues, true), 5, width)
}

// Banded links the issues of s and keeps the first five options of each.
func Banded(s *outcome.Space, seed uint64, width int) *outcome.Space {
	r := rand.New(rand.NewPCG(seed, uint64(width)))
	for i := range s.Issues {
		s.Issues[i].Options = 5
		for p := range s.Parties {
			s.Parties[p].Scores[i] = s.Parties[p].Scores[i][:5]
		}
	}
	link := func(i, j int, share float64) outcome.Table {
		t, err := outcome.NewTable(s.Issues, []int{i, j}, func([]int) bool { return r.Float64() < share })
		if err != nil {
			panic(err)
		}
		return t
	}
	for i := range s.Issues {
		for j := i + 1; j <= min(i+width, len(s.Issues)-1); j++ {
			for p := range s.Parties {
				s.Parties[p].Adjustments = append(s.Parties[p].Adjustments,
					outcome.Adjustment{ID: "adj", When: link(i, j, 0.5), Add: (r.Int64N(100) - 50) * s.Parties[p].Scale / 100})
			}
			s.Requires = append(s.Requires, outcome.Condition{ID: "req", Forbidden: link(i, j, 0.1)})
		}
	}
	return s
}

// Coarser divides every score and floor.
func Coarser(s *outcome.Space, by int64) *outcome.Space {
	for p := range s.Parties {
		row := &s.Parties[p].Row
		row.Threshold.Value /= by
		for _, scores := range row.Scores {
			for o := range scores {
				scores[o] /= by
			}
		}
	}
	return s
}

// Finer multiplies every score and floor of s, and adds noise below the factor, so that
// no coarser grid holds the scores exactly.
func Finer(s *outcome.Space, factor int64) *outcome.Space {
	r := rand.New(rand.NewPCG(17, uint64(factor)))
	for p := range s.Parties {
		row := &s.Parties[p].Row
		row.Scale *= factor
		row.Threshold.Value *= factor
		for _, scores := range row.Scores {
			for o := range scores {
				scores[o] = scores[o]*factor + r.Int64N(factor)
			}
		}
	}
	return s
}

// Demanding sets every party's threshold.
func Demanding(s *outcome.Space, threshold int64) *outcome.Space {
	for p := range s.Parties {
		s.Parties[p].Threshold = outcome.Threshold{Value: threshold, Set: true}
	}
	return s
}

// Permutations returns every order of 0…n-1, the first few fixed, in lexicographic order.
func Permutations(n, first int) [][]int {
	all := [][]int{{}}
	for depth := range n {
		var next [][]int
		for _, order := range all {
			for k := range n {
				if !slices.Contains(order, k) && (depth >= first || k == depth) {
					next = append(next, append(slices.Clone(order), k))
				}
			}
		}
		all = next
	}
	return all
}

// Planted makes a space of issues with ten options in which groups of three conditions, each
// on issues of its own, exclude every outcome, and two no-deal values do. With links the conditions of a
// group are about two issues. Red lines, political requirements and parties take turns; others condition
// much and exclude nothing.
func Planted(issues, groups, idle int, links bool) (s *outcome.Space, blocking [][]string) {
	s = &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	const parties = 2
	for p := range parties {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 10}
		for i := range issues {
			scores := make([]int64, 10)
			for o := range scores {
				scores[o] = int64((o*(7+i%5) + i) % 23)
				if p == 1 {
					scores[o] = 40 - scores[o] - int64((o+i)%2)
				}
			}
			row.Scores = append(row.Scores, scores)
		}
		low, high := row.Span()
		row.Threshold = outcome.Threshold{Value: low + (high-low)*4/5, Set: true}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	blocking = append(blocking, []string{"p0.no_deal", "p1.no_deal"})
	add := func(k int, name string, forbidden outcome.Table) string {
		if k%3 == 0 {
			s.Requires = append(s.Requires, outcome.Condition{ID: "requires." + name, Kind: outcome.Political, Forbidden: forbidden})
			return "requires." + name
		}
		p := &s.Parties[k%parties]
		id := p.ID + ".red_lines." + name
		p.RedLines = append(p.RedLines, outcome.Condition{ID: id, Kind: outcome.RedLine, Forbidden: forbidden})
		return id
	}
	table := func(on []int, holds func(o []int) bool) outcome.Table {
		t, err := outcome.NewTable(s.Issues, on, holds)
		if err != nil {
			panic(err)
		}
		return t
	}
	for g := range groups {
		on := []int{g}
		if links {
			on = []int{2 * g, 2*g + 1}
		}
		var set []string
		for k := range 3 {
			set = append(set, add(g+k, fmt.Sprintf("g%d_%d", g, k), table(on, func(o []int) bool {
				sum := 0
				for _, v := range o {
					sum += v
				}
				return sum%3 == k
			})))
		}
		blocking = append(blocking, set)
	}
	for k := range idle {
		at := issues - 1 - k
		add(k, fmt.Sprint("idle", k), table([]int{at}, func(o []int) bool { return o[0] >= 8 }))
	}
	return s, blocking
}

// Troubled draws a space of few outcomes and conditions, mostly without a zone.
func Troubled(r *rand.Rand, shape Shape) *outcome.Space {
	for {
		s := Space(r, shape)
		for p := range s.Parties {
			s.Parties[p].Threshold.Value += int64(r.IntN(40))
		}
		for k := range s.Requires {
			s.Requires[k].Kind = []outcome.Kind{outcome.Logical, outcome.Legal, outcome.Political, outcome.Political}[r.IntN(4)]
		}
		if n, _ := s.Count(); n <= 200 && len(ConditionIDs(s)) <= 8 {
			return s
		}
	}
}

func ConditionIDs(s *outcome.Space) []string {
	var ids []string
	for _, c := range s.Requires {
		if c.Kind == outcome.Political {
			ids = append(ids, c.ID)
		}
	}
	for p := range s.Parties {
		for _, c := range s.Parties[p].RedLines {
			ids = append(ids, c.ID)
		}
		if s.Parties[p].Threshold.Set {
			ids = append(ids, s.Parties[p].ID+".no_deal")
		}
	}
	if !s.Consent.Everyone() {
		ids = append(ids, "consent")
	}
	return ids
}
