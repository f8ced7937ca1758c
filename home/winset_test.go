package home

import (
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// answers returns, by party, who at home accepts o.
func answers(s *outcome.Space, o outcome.Outcome) []uint64 {
	var all []uint64
	for i := range s.Parties {
		var yes uint64
		for k := range s.Parties[i].Constituencies {
			if c := &s.Parties[i].Constituencies[k]; c.Threshold.Accepts(c.Value(o)) {
				yes |= 1 << k
			}
		}
		all = append(all, yes)
	}
	return all
}

// naiveDefections is the least number of refusals that undo one side, from all sets.
func naiveDefections(s *outcome.Space, yes []uint64) int {
	least := never
	for i := range s.Parties {
		p := &s.Parties[i]
		n := len(p.Constituencies)
		for set := range uint64(1) << n {
			if n > 0 && set&^yes[i] == 0 && !p.Ratification.Holds(yes[i]&^set, n) {
				least = min(least, bits.OnesCount64(set))
			}
		}
	}
	return least
}

// naivePivotal follows every order in which those who accept a package can say yes.
func naivePivotal(s *outcome.Space, party, group int) *big.Rat {
	p := &s.Parties[party]
	n := len(p.Constituencies)
	sum, packages := new(big.Rat), int64(0)
	for _, o := range outcometest.EveryOutcome(s) {
		if !s.InZone(o) || !p.Ratifies(o) {
			continue
		}
		packages++
		var who []int
		yes := answers(s, o)[party]
		for k := range n {
			if yes>>k&1 != 0 {
				who = append(who, k)
			}
		}
		orders := outcometest.Permutations(len(who), 0)
		for _, order := range orders {
			var said uint64
			for _, at := range order {
				before := p.Ratification.Holds(said, n)
				said |= 1 << who[at]
				if who[at] == group {
					switch after := p.Ratification.Holds(said, n); {
					case after && !before:
						sum.Add(sum, big.NewRat(1, int64(len(orders))))
					case before && !after:
						sum.Sub(sum, big.NewRat(1, int64(len(orders))))
					}
				}
			}
		}
	}
	if packages == 0 {
		return nil
	}
	return sum.Quo(sum, new(big.Rat).SetInt64(packages))
}

func TestWinSetsAgainstTheirDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 88))
	sturdy := 0
	for range 600 {
		s := outcometest.Space(r, outcometest.Shape{Coarse: r.IntN(2) == 0})
		got, err := Find(t.Context(), s, bargain.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := &WinSets{Parties: make([]WinSet, len(s.Parties))}
		for i := range s.Parties {
			want.Parties[i].Groups = make([]Pivot, len(s.Parties[i].Constituencies))
		}
		home := slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return len(p.Constituencies) > 0 })
		type ranked struct {
			o     outcome.Outcome
			least int
			slack *big.Rat
		}
		var best *ranked
		for _, o := range outcometest.EveryOutcome(s) {
			if !s.Admits(o) {
				continue
			}
			zone := s.InZone(o)
			yes := answers(s, o)
			everywhere := s.Ratifiable(o)
			add := func(n *int64, if_ bool) {
				if if_ {
					*n++
				}
			}
			add(&want.Admitted, true)
			add(&want.Zone, zone)
			add(&want.OverlapAdmitted, everywhere)
			add(&want.Overlap, everywhere && zone)
			for i := range s.Parties {
				p, w := &s.Parties[i], &want.Parties[i]
				n := len(p.Constituencies)
				carried := p.Ratifies(o)
				add(&w.Admitted, carried)
				add(&w.Zone, carried && zone)
				for k := range n {
					own := yes[i]>>k&1 != 0
					add(&w.Groups[k].Accepts, zone && own)
					add(&w.Groups[k].Decides, zone && own && carried && !p.Ratification.Holds(yes[i]&^(1<<k), n))
					add(&w.Groups[k].Blocks, zone && !own && !carried && p.Ratification.Holds(yes[i]|1<<k, n))
				}
			}
			if !home || !zone || !everywhere {
				continue
			}
			now := &ranked{o, naiveDefections(s, yes), nil}
			for i := range s.Parties {
				for k := range s.Parties[i].Constituencies {
					row := &s.Parties[i].Constituencies[k]
					if yes[i]>>k&1 == 0 || !row.Threshold.Set {
						continue
					}
					if d := row.Points(row.Value(o) - row.Threshold.Value); now.slack == nil || d.Cmp(now.slack) < 0 {
						now.slack = d
					}
				}
			}
			if best == nil || now.least > best.least || now.least == best.least && (best.slack != nil && (now.slack == nil || now.slack.Cmp(best.slack) > 0)) {
				best = now
			}
		}
		for i := range want.Parties {
			g, w := got.Parties[i], want.Parties[i]
			for k := range g.Groups {
				index := naivePivotal(s, i, k)
				if (index == nil) != (g.Groups[k].Pivotal == nil) || index != nil && index.Cmp(g.Groups[k].Pivotal) != 0 {
					t.Fatalf("party %d, constituency %d: pivotal %v, want %v", i, k, g.Groups[k].Pivotal, index)
				}
				g.Groups[k].Power, g.Groups[k].Pivotal = nil, nil
			}
			if g.Admitted != w.Admitted || g.Zone != w.Zone || !slices.Equal(g.Groups, w.Groups) {
				t.Fatalf("party %d: %+v, want %+v", i, g, w)
			}
		}
		if got.Admitted != want.Admitted || got.Zone != want.Zone || got.Overlap != want.Overlap || got.OverlapAdmitted != want.OverlapAdmitted {
			t.Fatalf("%+v, want %+v", got, want)
		}
		if (got.Sturdiest == nil) != (best == nil) {
			t.Fatalf("sturdiest %+v, want %+v", got.Sturdiest, best)
		}
		if best == nil {
			continue
		}
		sturdy++
		d := best.least
		if d == never {
			d = -1
		}
		if got.Sturdiest.Defections != d || !slices.Equal(got.Sturdiest.Outcome, best.o) || (got.Sturdiest.Slack == nil) != (best.slack == nil) || best.slack != nil && got.Sturdiest.Slack.Cmp(best.slack) != 0 {
			t.Fatalf("sturdiest %+v, want %+v", got.Sturdiest, best)
		}
	}
	if sturdy < 100 {
		t.Fatalf("only %d spaces had a package that is carried", sturdy)
	}
}

func TestMovesAgainstAllSets(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 89))
	moved := 0
	for range 600 {
		s := outcometest.Space(r, outcometest.Shape{})
		for i := range s.Parties { // more constituencies than usual
			p := &s.Parties[i]
			for len(p.Constituencies) > 0 && len(p.Constituencies) < 4 {
				c := p.Constituencies[0]
				c.Threshold = outcome.Threshold{Value: int64(r.IntN(20)), Set: r.IntN(4) > 0}
				p.Constituencies = append(p.Constituencies, c)
			}
			if n := len(p.Constituencies); n > 0 {
				p.Ratification = outcometest.Rule(r, n, 3)
			}
		}
		o := make(outcome.Outcome, len(s.Issues))
		for i := range o {
			o[i] = r.IntN(s.Issues[i].Options)
		}
		all := answers(s, o)
		for _, m := range Moves(s, o) {
			p := &s.Parties[m.Party]
			n, yes := len(p.Constituencies), all[m.Party]
			if m.Carried != p.Ratifies(o) || !m.Known {
				t.Fatal(m)
			}
			size, points := never, new(big.Rat)
			for set := range uint64(1) << n {
				total, can := new(big.Rat), true
				for k := range n {
					row := &p.Constituencies[k]
					if set>>k&1 != 0 {
						can = can && row.Threshold.Set && (yes>>k&1 != 0) == m.Carried
						d := row.Points(row.Value(o) - row.Threshold.Value)
						total.Add(total, d.Abs(d))
					}
				}
				if !can || p.Ratification.Holds(yes^set, n) == m.Carried {
					continue
				}
				if k := bits.OnesCount64(set); k < size || k == size && total.Cmp(points) < 0 {
					size, points = k, total
				}
			}
			if (size == never) != (m.Groups == nil) {
				t.Fatalf("%+v, the least set has %d", m, size)
			}
			if m.Groups == nil {
				continue
			}
			moved++
			total := new(big.Rat)
			for _, d := range m.Points {
				total.Add(total, d)
			}
			if len(m.Groups) != size || total.Cmp(points) != 0 {
				t.Fatalf("%+v, the least set has %d and %v points", m, size, points)
			}
		}
	}
	if moved < 200 {
		t.Fatalf("only %d moved", moved)
	}
}
