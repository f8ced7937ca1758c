package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

// opposed draws a space of two parties with opposed scores, of so many issues of ten
// options, with conditions over pairs of issues and a group at home that is easy to lose.
func opposed(issues int) *outcome.Space {
	r := rand.New(rand.NewPCG(1, uint64(issues)))
	s := &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 10})
	}
	condition := func(id string) outcome.Condition {
		i := r.IntN(issues - 1)
		least := 12 + r.IntN(4)
		t, err := outcome.NewTable(s.Issues, []int{i, i + 1}, func(o []int) bool { return o[0]+o[1] >= least })
		if err != nil {
			panic(err)
		}
		return outcome.Condition{ID: id, Forbidden: t}
	}
	for k := range 4 {
		s.Requires = append(s.Requires, condition(fmt.Sprint("requires.", k)))
	}
	for p := range 2 {
		party := outcome.Party{Row: outcome.Row{ID: string(rune('a' + p)), Scale: 1}}
		home := outcome.Row{ID: party.ID + ".home", Scale: 1}
		sum := int64(0)
		for range issues {
			scores, at := make([]int64, 10), make([]int64, 10)
			weight := 100 + r.Int64N(900)
			for k := range scores {
				end := int64(k)
				if p == 1 {
					end = int64(9 - k)
				}
				scores[k] = weight*end/9 + r.Int64N(20)
				at[k] = r.Int64N(100)
			}
			sum += weight
			party.Scores, home.Scores = append(party.Scores, scores), append(home.Scores, at)
		}
		party.Threshold = outcome.Threshold{Value: sum * 2 / 5, Set: true}
		home.Threshold = outcome.Threshold{Value: int64(45 * issues), Set: true}
		party.Constituencies = []outcome.Row{home}
		for k := range 3 {
			party.RedLines = append(party.RedLines, condition(fmt.Sprint(party.ID, ".red_lines.", k)))
		}
		s.Parties = append(s.Parties, party)
	}
	return s
}

// sizes are spaces that grow, and a documented case.
func sizes(b *testing.B, visit func(name string, s *outcome.Space)) {
	for issues := 5; issues <= 7; issues++ {
		visit(fmt.Sprintf("packages=1e%d", issues), opposed(issues))
	}
	visit("case=iran-us-2026", compile(b, "iran-us-2026"))
}

func BenchmarkBuild(b *testing.B) {
	sizes(b, func(name string, s *outcome.Space) {
		b.Run(name, func(b *testing.B) {
			var x *Index
			for b.Loop() {
				x = build(b, s)
			}
			report(b, x)
		})
	})
}

func build(b *testing.B, s *outcome.Space) *Index {
	x, err := New(context.Background(), s, Options{})
	if err != nil {
		b.Fatal(err)
	}
	return x
}

// report tells what an index holds.
func report(b *testing.B, x *Index) {
	stairs, shards := 0, 0
	for i := range x.groups {
		stairs += len(x.groups[i].stairs)
		shards += len(x.groups[i].shards)
	}
	b.ReportMetric(float64(len(x.groups)), "groups")
	b.ReportMetric(float64(stairs), "stairs")
	b.ReportMetric(float64(shards), "shards")
	var with, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&with)
	n, _ := x.space.Count()
	x.groups = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(with.HeapAlloc-after.HeapAlloc)/float64(n), "bytes/package")
}

// A slider moves: another threshold every time.
func BenchmarkFrontier(b *testing.B) {
	slide(b, func(x *Index, c Change) error {
		_, err := x.Frontier(context.Background(), c)
		return err
	})
}

func BenchmarkPicture(b *testing.B) {
	slide(b, func(x *Index, c Change) error {
		_, err := x.Picture(context.Background(), c)
		return err
	})
}

func slide(b *testing.B, ask func(x *Index, c Change) error) {
	sizes(b, func(name string, s *outcome.Space) {
		x := build(b, s)
		for _, drop := range []struct {
			name string
			ids  []string
		}{{"none", nil}, {"one", x.ids[len(x.ids)-1:]}, {"all", x.ids}} {
			b.Run(name+"/dropped="+drop.name, func(b *testing.B) {
				c := Change{Thresholds: []outcome.Threshold{s.Parties[0].Threshold, s.Parties[1].Threshold}, Drop: drop.ids}
				for i := 0; b.Loop(); i++ {
					c.Thresholds[0].Value = s.Parties[0].Threshold.Value - int64(i%50)
					if err := ask(x, c); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}
