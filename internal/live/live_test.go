package live

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// without returns a space with a change made to it.
func without(s *outcome.Space, thresholds []outcome.Threshold, drop ...string) *outcome.Space {
	to := *s
	kept := func(from []outcome.Condition) (list []outcome.Condition) {
		for _, c := range from {
			if !slices.Contains(drop, c.ID) {
				list = append(list, c)
			}
		}
		return list
	}
	to.Requires = kept(s.Requires)
	to.Parties = nil
	for p, party := range s.Parties {
		if thresholds != nil {
			party.Threshold = thresholds[p]
		}
		party.RedLines = kept(party.RedLines)
		to.Parties = append(to.Parties, party)
	}
	return &to
}

// ids returns the conditions of a space.
func ids(s *outcome.Space) (all []string) {
	for _, c := range s.Requires {
		all = append(all, c.ID)
	}
	for _, p := range s.Parties {
		for _, c := range p.RedLines {
			all = append(all, c.ID)
		}
	}
	return all
}

// draw draws a change to a space.
func draw(r *rand.Rand, s *outcome.Space) (c Change) {
	if r.IntN(4) > 0 {
		for p := range s.Parties {
			t := s.Parties[p].Threshold
			switch r.IntN(4) {
			case 0:
				t = outcome.Threshold{}
			case 1:
				o := make(outcome.Outcome, len(s.Issues))
				for i, is := range s.Issues {
					o[i] = r.IntN(is.Options)
				}
				t = outcome.Threshold{Value: s.Parties[p].Value(o) + int64(r.IntN(3)-1), Set: true}
			case 2:
				t.Value += int64(r.IntN(21) - 10)
			}
			c.Thresholds = append(c.Thresholds, t)
		}
	}
	share := r.IntN(3)
	for _, id := range ids(s) {
		if r.IntN(3) < share {
			c.Drop = append(c.Drop, id)
		}
	}
	return c
}

// agrees fails unless a picture is what an analysis of the changed space says.
func agrees(t *testing.T, x *Index, s *outcome.Space, c Change) *Picture {
	t.Helper()
	ctx := context.Background()
	got, err := x.Picture(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	changed := without(s, c.Thresholds, c.Drop...)
	want, err := bargain.Analyze(ctx, changed, bargain.Options{MaxPoints: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Zone) != want.Zone.Low.String() || !want.Zone.Exact() || fmt.Sprint(got.Ratifiable) != want.Zone.Ratifiable.String() {
		t.Fatalf("%+v: zone of %d, carried %d; want %v, %v", c, got.Zone, got.Ratifiable, want.Zone.Low, want.Zone.Ratifiable)
	}
	points := func(f Frontier) (all []bargain.Point) {
		for i := range f.Len() {
			p := bargain.Point{Utilities: f.At(i)}
			p.Outcome, p.Ties = f.First(i)
			all = append(all, p)
		}
		return all
	}
	alone, err := x.Frontier(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Frontier{got.Frontier, alone} {
		if !reflect.DeepEqual(points(f), want.Frontier.Points) {
			t.Fatalf("%+v: frontier %v, want %v", c, points(f), want.Frontier.Points)
		}
	}
	if !reflect.DeepEqual(got.Parties, want.Parties) {
		t.Fatalf("%+v: parties %v, want %v", c, got.Parties, want.Parties)
	}
	for _, sol := range want.Solutions.All() {
		if sol != nil {
			sol.Tied = nil
		}
	}
	if !reflect.DeepEqual(got.Solutions, want.Solutions) {
		t.Fatalf("%+v: solutions %+v, want %+v", c, got.Solutions, want.Solutions)
	}
	var dropped []Dropped
	for _, id := range ids(s) {
		if slices.Contains(c.Drop, id) {
			continue
		}
		a, err := bargain.Analyze(ctx, without(changed, nil, id), bargain.Options{})
		if err != nil {
			t.Fatal(err)
		}
		dropped = append(dropped, Dropped{id, a.Zone.Low.Int64()})
	}
	if !slices.Equal(got.Without, dropped) {
		t.Fatalf("%+v: without %v, want %v", c, got.Without, dropped)
	}
	return got
}

// Whatever is changed in whatever space, a picture is an analysis of the changed space.
func TestPictureIsTheAnalysisOfTheChangedSpace(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	live, zones, carried := 0, 0, 0
	n := trials.Of(400, 4000)
	for i := range n {
		shape := outcometest.Shape{Coarse: i%3 == 0, Boxes: i%5 == 0}
		if i%4 > 0 {
			shape.Parties = 2
		}
		s := outcometest.Space(r, shape)
		if i%4 == 1 || i%4 == 2 {
			s.Consent = outcome.Rule{}
		}
		if i%7 == 0 {
			widen(s)
		}
		x, err := New(context.Background(), s, Options{shard: 1 + r.IntN(100)})
		if err != nil {
			t.Fatal(err)
		}
		if x.Live() {
			live++
		}
		for range 4 {
			p := agrees(t, x, s, draw(r, s))
			if p.Zone > 0 {
				zones++
			}
			if p.Ratifiable > 0 && p.Ratifiable < p.Zone {
				carried++
			}
		}
	}
	if live < n/3 || n-live < n/5 || zones < n || carried < n/4 {
		t.Errorf("of %d spaces %d are live, %d zones, %d carried in part", n, live, zones, carried)
	}
}

// The documented cases are answered like any other space.
func TestPictureOfCatalogue(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	for _, c := range catalog.List() {
		s := compile(t, c.Name)
		x, err := New(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		agrees(t, x, s, Change{})
		for range trials.Of(1, 10) {
			agrees(t, x, s, draw(r, s))
		}
	}
}

func compile(t testing.TB, name string) *outcome.Space {
	f, err := catalog.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// widen moves the scores of a space far apart, as a fine scale does.
func widen(s *outcome.Space) {
	for p := range s.Parties {
		row := &s.Parties[p].Row
		row.Threshold.Value <<= 40
		for i := range row.Scores {
			for o := range row.Scores[i] {
				row.Scores[i][o] = row.Scores[i][o]<<40 + int64(o)
			}
		}
	}
}

// More groups than an index keeps are listed for every question, and answered the same.
func TestPictureOfManyGroups(t *testing.T) {
	s := &outcome.Space{Parties: []outcome.Party{{Row: outcome.Row{ID: "a", Scale: 1}}, {Row: outcome.Row{ID: "b", Scale: 1}}}}
	const issues = 17
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 2})
		for p := range s.Parties {
			s.Parties[p].Scores = append(s.Parties[p].Scores, []int64{int64(p * i), int64((1 - p) * i)})
		}
	}
	for i := range issues {
		table, err := outcome.NewTable(s.Issues, []int{i}, func(o []int) bool { return o[0] == 1 })
		if err != nil {
			t.Fatal(err)
		}
		s.Requires = append(s.Requires, outcome.Condition{ID: fmt.Sprint("requires.", i), Forbidden: table})
	}
	for _, few := range []bool{true, false} {
		of := *s
		if few {
			of.Requires = s.Requires[:5]
		}
		x, err := New(context.Background(), &of, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if x.Live() != few {
			t.Errorf("%d conditions: live is %v", len(of.Requires), x.Live())
		}
		agrees(t, x, &of, Change{Drop: []string{"requires.1", "requires.4"}})
	}
}

// Conditions of one id are dropped together, and there may be more of them than bits in a word.
func TestPictureOfManyConditions(t *testing.T) {
	r := rand.New(rand.NewPCG(65, 66))
	for range trials.Of(10, 100) {
		s := outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 4})
		s.Consent = outcome.Rule{}
		for k := range 100 {
			o := make([]int, len(s.Issues))
			for i, is := range s.Issues {
				o[i] = r.IntN(is.Options)
			}
			table, err := outcome.NewTable(s.Issues, []int{0, 1, 2, 3}, func(at []int) bool { return slices.Equal(at, o) })
			if err != nil {
				t.Fatal(err)
			}
			s.Requires = append(s.Requires, outcome.Condition{ID: fmt.Sprint("requires.more", k), Forbidden: table})
		}
		x, err := New(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		agrees(t, x, s, draw(r, s))
		last := len(s.Requires) - 1
		s.Requires[last].ID = s.Requires[last-1].ID
		if x, err = New(context.Background(), s, Options{}); err != nil {
			t.Fatal(err)
		}
		p, err := x.Picture(context.Background(), Change{Drop: []string{s.Requires[last].ID}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := bargain.Analyze(context.Background(), without(s, nil, s.Requires[last].ID), bargain.Options{})
		if err != nil || fmt.Sprint(p.Zone) != a.Zone.Low.String() {
			t.Fatalf("zone of %d, want %v (%v)", p.Zone, a.Zone.Low, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	s := opposed(5)
	x, err := New(ctx, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	huge := outcome.Threshold{Value: 1 << 61, Set: true}
	for _, test := range []struct {
		change Change
		want   string
	}{
		{Change{Drop: []string{"a.red_lines.9"}}, `there is no condition "a.red_lines.9" to drop`},
		{Change{Thresholds: make([]outcome.Threshold, 3)}, "3 thresholds for 2 parties"},
		{Change{Thresholds: []outcome.Threshold{{}, huge}}, "b: a threshold of 2305843009213693952 passes"},
		{Change{Thresholds: []outcome.Threshold{{Value: math.MinInt64, Set: true}, {}}}, "a: a threshold of -9223372036854775808 passes"},
	} {
		if _, err := x.Picture(ctx, test.change); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want %q", err, test.want)
		}
		if _, err := x.Frontier(ctx, test.change); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want %q", err, test.want)
		}
	}
	if _, err := New(ctx, s, Options{Memory: 1 << 20}); err == nil || !strings.Contains(err.Error(), "1048576 bytes of memory hold 6553") {
		t.Errorf("%v", err)
	}
	if _, err := New(ctx, opposed(20), Options{}); err == nil || !strings.Contains(err.Error(), "100000000000000000000 packages are too many to keep at hand") {
		t.Errorf("%v", err)
	}
	either := opposed(10)
	either.Consent = outcome.Or(outcome.Name(0), outcome.Name(1))
	if _, err := New(ctx, either, Options{}); err == nil || !strings.Contains(err.Error(), "too many to list for every question") {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := New(ended, s, Options{}); err != context.Canceled {
		t.Errorf("%v after the end", err)
	}
}

// Several people may ask one index at a time.
func TestPicturesAtOnce(t *testing.T) {
	s := opposed(4)
	x, err := New(context.Background(), s, Options{shard: 100})
	if err != nil {
		t.Fatal(err)
	}
	want, err := x.Picture(context.Background(), Change{})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for k := range 8 {
		group.Go(func() {
			for i := range 20 {
				c := Change{}
				if (i+k)%2 == 0 {
					c = Change{Thresholds: make([]outcome.Threshold, 2), Drop: x.ids[:k]}
				}
				got, err := x.Picture(context.Background(), c)
				if err != nil || c.Drop == nil && c.Thresholds == nil && !reflect.DeepEqual(got, want) {
					t.Errorf("%v (%v), want %v", got, err, want)
				}
			}
		})
	}
	group.Wait()
}
