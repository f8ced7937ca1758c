package casefile

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/goodoffices/goodoffices/outcome"
)

// The search finds what trying every joint option finds, and the culprits are few
// enough that none can be left out.
func TestSearchAgainstTryingEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		issues := make([]outcome.Issue, rapid.IntRange(1, 6).Draw(t, "issues"))
		sizes := make([]int, len(issues))
		for i := range issues {
			sizes[i] = rapid.IntRange(1, 3).Draw(t, "options")
			issues[i].Options = sizes[i]
		}
		tables := make([]outcome.Table, rapid.IntRange(1, 10).Draw(t, "tables"))
		all := make([]int, len(tables))
		for k := range tables {
			all[k] = k
			var spans []int
			for i := range issues {
				if rapid.IntRange(0, 2).Draw(t, "spans") == 0 {
					spans = append(spans, i)
				}
			}
			share := rapid.IntRange(1, 9).Draw(t, "share")
			var err error
			tables[k], err = outcome.NewTable(issues, spans, func([]int) bool { return rapid.IntRange(0, 9).Draw(t, "forbidden") < share })
			if err != nil {
				t.Fatal(err)
			}
		}
		possible := func(of []int, issue, option int) bool {
			o := make(outcome.Outcome, len(issues))
			for {
				good := issue < 0 || o[issue] == option
				for _, k := range of {
					good = good && !tables[k].Holds(o)
				}
				if good {
					return true
				}
				i := len(o) - 1
				for ; i >= 0; i-- {
					if o[i]++; o[i] < sizes[i] {
						break
					}
					o[i] = 0
				}
				if i < 0 {
					return false
				}
			}
		}
		left := maxSearch
		s := newSearch(tables, sizes, &left)
		found, known := s.find(-1, 0)
		if want := possible(all, -1, 0); !known || found != want {
			t.Fatalf("found %v, known %v, want %v", found, known, want)
		}
		for place, issue := range s.issues {
			for o := range sizes[issue] {
				if got, known := s.find(place, o); !known || got != possible(all, issue, o) {
					t.Fatalf("issue %d at %d: found %v, known %v", issue, o, got, known)
				}
			}
		}
		if found {
			return
		}
		for _, group := range groups(tables) {
			if possible(group, -1, 0) {
				continue
			}
			guilty := culprits(tables, group, sizes, &left)
			if possible(guilty, -1, 0) {
				t.Fatalf("the culprits %v leave something", guilty)
			}
			for _, k := range guilty {
				if len(guilty) > 1 && !possible(slices.DeleteFunc(slices.Clone(guilty), func(g int) bool { return g == k }), -1, 0) {
					t.Fatalf("%d of %v can be left out", k, guilty)
				}
			}
		}
	})
}
