package agenda

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// A naiveAgenda follows the definitions of agendas outcome by outcome.
type naiveAgenda struct {
	*outcometest.Naive
	quo []int
	d   []*big.Rat // disagreement point; nil without a zone and a no-deal value for everybody
}

func newNaiveAgenda(s *outcome.Space, quo []int) *naiveAgenda {
	n := &naiveAgenda{Naive: outcometest.NewNaive(s), quo: quo}
	if len(n.Zone) > 0 {
		n.d, _ = n.Ends()
		return n
	}
	for p := range s.Parties {
		// Without a zone nothing is a deal; the numbers stand for no deal all the same.
		n.d = append(n.d, s.Parties[p].Points(s.Parties[p].Threshold.Value))
	}
	return n
}

// drawQuo draws a status quo; some issues have none where holes says so.
func drawQuo(r *rand.Rand, s *outcome.Space, holes bool) []int {
	var quo []int
	for _, is := range s.Issues {
		q := r.IntN(is.Options)
		if holes && r.IntN(4) == 0 {
			q = -1
		}
		quo = append(quo, q)
	}
	return quo
}

func (n *naiveAgenda) points(o outcome.Outcome) []*big.Rat {
	var u []*big.Rat
	for p := range n.Space.Parties {
		u = append(u, n.Space.Parties[p].Points(n.Space.Parties[p].Value(o)))
	}
	return u
}

// key is what the Nash rule ranks by, gains taken over d.
func nashKey(u, d []*big.Rat) []*big.Rat {
	gaining, product := new(big.Rat), big.NewRat(1, 1)
	for p := range u {
		if g := new(big.Rat).Sub(u[p], d[p]); g.Sign() > 0 {
			gaining.Add(gaining, big.NewRat(1, 1))
			product.Mul(product, g)
		}
	}
	return []*big.Rat{gaining, product}
}

func compareKeys(x, y []*big.Rat) int { return slices.CompareFunc(x, y, (*big.Rat).Cmp) }

// within reports whether only issues on the table, and those without a status quo, move.
func (n *naiveAgenda) within(o outcome.Outcome, table []int) bool {
	for i, k := range o {
		if n.quo[i] >= 0 && k != n.quo[i] && !slices.Contains(table, i) {
			return false
		}
	}
	return true
}

func (n *naiveAgenda) check(t *testing.T, name string, a *Agenda) {
	t.Helper()
	zone, carried := 0, 0
	var first outcome.Outcome
	for _, o := range n.Zone {
		if !n.within(o, a.Table) {
			continue
		}
		zone++
		if n.Space.Ratifiable(o) {
			carried++
		}
		if slices.ContainsFunc(n.Agreed, func(x outcome.Outcome) bool { return slices.Equal(x, o) }) &&
			(first == nil || compareKeys(nashKey(n.points(o), n.d), nashKey(n.points(first), n.d)) > 0) {
			first = o
		}
	}
	if (a.Verdict == bargain.HasZone) != (zone > 0) || a.Count.Int64() != int64(zone) || a.Ratifiable.Int64() != int64(carried) {
		t.Fatalf("%s %v: %+v, want %d and %d carried", name, a.Table, a, zone, carried)
	}
	if (first == nil) != (a.Nash == nil) || first != nil && (!slices.Equal(a.Nash.Outcome, first) || !slices.Equal(a.Nash.Utilities, n.Utilities(first))) {
		t.Fatalf("%s %v: nash %v, want %v", name, a.Table, a.Nash, first)
	}
	var blocked []string
	for _, list := range (&agendaTask{s: n.Space}).conditions() {
		for _, c := range list {
			if !slices.ContainsFunc(outcometest.EveryOutcome(n.Space), func(o outcome.Outcome) bool { return n.within(o, a.Table) && !c.Forbidden.Holds(o) }) {
				blocked = append(blocked, c.ID)
			}
		}
	}
	if !slices.Equal(a.Blocked, blocked) {
		t.Fatalf("%s %v: blocked %v, want %v", name, a.Table, a.Blocked, blocked)
	}
}

func TestAgendasAgreeWithDefinitions(t *testing.T) {
	zones, rungs, smallest := 0, 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 501))
		s := outcometest.Space(r, outcometest.Shape{Coarse: seed%2 == 0, Boxes: seed%3 == 0})
		if s.Size().Cmp(big.NewInt(400)) > 0 {
			continue
		}
		quo := drawQuo(r, s, seed%4 == 0)
		n := newNaiveAgenda(s, quo)
		got, err := Find(t.Context(), s, Options{StatusQuo: quo})
		if err != nil {
			t.Fatal(seed, err)
		}
		if !got.Complete || !got.Exact || len(got.Sets) != 1<<len(got.Open) || got.Method != bargain.Listing {
			t.Fatalf("seed %d: %d sets of %d issues", seed, len(got.Sets), len(got.Open))
		}
		by := make(map[string]*Agenda)
		for i := range got.Sets {
			n.check(t, fmt.Sprint("seed ", seed), &got.Sets[i])
			by[fmt.Sprint(got.Sets[i].Table)] = &got.Sets[i]
			if got.Sets[i].Verdict == bargain.HasZone {
				zones++
			}
		}
		for k := range got.Ladder {
			rungs++
			rung := &got.Ladder[k]
			if len(rung.Table) != k+1 {
				t.Fatalf("seed %d: rung %d has %v", seed, k, rung.Table)
			}
			for i := range got.Sets {
				if a := &got.Sets[i]; len(a.Table) == k+1 && a.Nash != nil &&
					(rung.Nash == nil || compareKeys(nashKey(n.points(a.Nash.Outcome), n.d), nashKey(n.points(rung.Nash.Outcome), n.d)) > 0) {
					t.Fatalf("seed %d: %v is a better rung than %v", seed, a.Table, rung.Table)
				}
			}
		}
		var least []string
		for i := range got.Sets {
			a := &got.Sets[i]
			if a.Verdict == bargain.HasZone && !slices.ContainsFunc(got.Sets, func(b Agenda) bool {
				return b.Verdict == bargain.HasZone && len(b.Table) < len(a.Table) && !slices.ContainsFunc(b.Table, func(i int) bool { return !slices.Contains(a.Table, i) })
			}) {
				least = append(least, fmt.Sprint(a.Table))
				smallest++
			}
		}
		var found []string
		for _, a := range got.Smallest {
			found = append(found, fmt.Sprint(a.Table))
		}
		if !slices.Equal(found, least) {
			t.Fatalf("seed %d: smallest %v, want %v", seed, found, least)
		}
		if len(n.Zone) == 0 && slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return !p.Threshold.Set }) {
			continue
		}
		// Each agenda by itself says the same.
		task, err := newAgendaTask(t.Context(), s, Options{StatusQuo: quo})
		if err != nil {
			t.Fatal(err)
		}
		sets, _ := task.classes()
		alone := &Agendas{Open: task.open, Always: task.none, Exact: true, Complete: true}
		if err := task.alone(alone, sets); err != nil {
			t.Fatal(err)
		}
		for i := range alone.Sets {
			a, b := &alone.Sets[i], &got.Sets[i]
			if a.Verdict != b.Verdict || fmt.Sprint(a.Count, a.Ratifiable) != fmt.Sprint(b.Count, b.Ratifiable) || a.Nash != nil && b.Nash == nil || a.Nash == nil && b.Nash != nil && task.growing ||
				a.Nash != nil && !slices.Equal(a.Nash.Outcome, b.Nash.Outcome) {
				t.Fatalf("seed %d, %v: alone %+v, listed %+v", seed, a.Table, a, b)
			}
		}
		for k := range alone.Ladder {
			if task.growing && fmt.Sprint(alone.Ladder[k].Nash == nil) != fmt.Sprint(got.Ladder[k].Nash == nil) {
				t.Fatalf("seed %d: rungs differ: %v and %v", seed, alone.Ladder[k], got.Ladder[k])
			}
		}
	}
	t.Logf("%d agendas with a zone, %d rungs, %d smallest", zones, rungs, smallest)
	if zones < 500 || rungs < 300 || smallest < 150 {
		t.Error("too little was compared")
	}
}

// A naiveStanding is where talks stand: settled issues, and everything else at the status quo.
type naiveStanding struct {
	o       outcome.Outcome
	settled map[int]bool
}

// deal reports whether o is in the zone with everybody's acceptance.
func (n *naiveAgenda) deal(o outcome.Outcome) bool {
	return slices.ContainsFunc(n.Agreed, func(x outcome.Outcome) bool { return slices.Equal(x, o) })
}

// counted is what the parties count o at, and whether it is open, with the issues of settled settled.
func (n *naiveAgenda) counted(o outcome.Outcome, settled map[int]bool, far bool) ([]*big.Rat, bool) {
	if far {
		var first outcome.Outcome
		for _, x := range n.Agreed {
			fits := true
			for i := range settled {
				fits = fits && x[i] == o[i]
			}
			if fits && (first == nil || compareKeys(nashKey(n.points(x), n.d), nashKey(n.points(first), n.d)) > 0) {
				first = x
			}
		}
		if first == nil {
			return nil, false
		}
		return n.points(first), true
	}
	if len(settled) == len(o) {
		return n.points(o), n.deal(o)
	}
	for _, list := range (&agendaTask{s: n.Space}).conditions() {
		for _, c := range list {
			known := true
			for _, i := range c.Forbidden.Issues() {
				known = known && settled[i]
			}
			if known && c.Forbidden.Holds(o) {
				return nil, false
			}
		}
	}
	return n.points(o), true
}

// settle takes one file, and reports whether something was settled.
func (n *naiveAgenda) settle(at naiveStanding, file []int, far bool) (next naiveStanding, fallback []*big.Rat, ok bool) {
	next = naiveStanding{settled: make(map[int]bool)}
	for i := range at.settled {
		next.settled[i] = true
	}
	for _, i := range file {
		next.settled[i] = true
	}
	var options []outcome.Outcome
	quo := slices.Clone(at.o)
	for _, o := range outcometest.EveryOutcome(n.Space) {
		fits := true
		for i := range o {
			fits = fits && (o[i] == at.o[i] || slices.Contains(file, i) || at.o[i] < 0)
		}
		if !fits {
			continue
		}
		o = slices.Clone(o)
		for i := range o {
			if at.o[i] < 0 && !slices.Contains(file, i) {
				o[i] = -1
			}
		}
		options = append(options, o)
	}
	fallback = n.d
	if u, open := n.open(quo, next.settled, far); open {
		fallback, next.o, ok = u, quo, true
	}
	var top []*big.Rat
	if ok {
		top = nashKey(fallback, fallback)
	}
	for _, o := range options {
		u, open := n.open(o, next.settled, far)
		if !open {
			continue
		}
		loses := false
		for p := range u {
			loses = loses || u[p].Cmp(fallback[p]) < 0
		}
		if key := nashKey(u, fallback); !loses && (!ok || compareKeys(key, top) > 0) {
			next.o, top, ok = o, key, true
		}
	}
	return next, fallback, ok
}

// open is counted, where the settled issues are settled at all.
func (n *naiveAgenda) open(o outcome.Outcome, settled map[int]bool, far bool) ([]*big.Rat, bool) {
	for i := range settled {
		if o[i] < 0 {
			return nil, false
		}
	}
	return n.counted(o, settled, far)
}

// talk follows one order; nil where it fails.
func (n *naiveAgenda) talk(files [][]int, order []int, far bool) outcome.Outcome {
	at := n.begin(files)
	for _, list := range (&agendaTask{s: n.Space}).conditions() {
		for _, c := range list {
			known := true
			for _, i := range c.Forbidden.Issues() {
				known = known && at.settled[i]
			}
			if known && c.Forbidden.Holds(at.o) {
				return nil // what is off the table breaks it
			}
		}
	}
	for _, f := range order {
		next, _, ok := n.settle(at, files[f], far)
		if !ok {
			return nil
		}
		at = next
	}
	if !n.deal(at.o) {
		return nil
	}
	return at.o
}

func (n *naiveAgenda) begin(files [][]int) naiveStanding {
	at := naiveStanding{o: slices.Clone(n.quo), settled: make(map[int]bool)}
	for i := range n.quo {
		at.settled[i] = true
	}
	for _, file := range files {
		for _, i := range file {
			delete(at.settled, i)
		}
	}
	return at
}

func TestOrdersAgreeWithDefinitions(t *testing.T) {
	compared, failing, several := 0, 0, 0
	for seed := range uint64(700) {
		r := rand.New(rand.NewPCG(seed, 502))
		s := outcometest.Space(r, outcometest.Shape{Coarse: seed%2 == 0, Boxes: seed%3 == 0, Issues: 2 + int(seed%3)})
		if s.Size().Cmp(big.NewInt(150)) > 0 {
			continue
		}
		quo := drawQuo(r, s, seed%5 == 0)
		for i, is := range s.Issues {
			if is.Options == 1 {
				quo[i] = 0
			}
		}
		n := newNaiveAgenda(s, quo)
		if len(n.Zone) == 0 && slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return !p.Threshold.Set }) {
			continue
		}
		opt := Options{StatusQuo: quo}
		for _, sight := range []Sight{NearSighted, FarSighted} {
			var files [][]int
			if seed%7 == 0 && len(s.Issues) > 2 && !slices.Contains(quo, -1) {
				files = [][]int{{0, 2}, {1}}
			}
			got, err := FindOrders(t.Context(), s, files, sight, opt)
			if err != nil {
				if len(slices.DeleteFunc(slices.Clone(s.Issues), func(is outcome.Issue) bool { return is.Options == 1 })) == 0 {
					continue
				}
				t.Fatal(seed, err)
			}
			fail := 0
			ends := make(map[string]int)
			key := func(o outcome.Outcome) []*big.Rat {
				if o == nil {
					return []*big.Rat{big.NewRat(-1, 1)}
				}
				return nashKey(n.points(o), n.d)
			}
			var best, worst, worstDeal []int
			var bestKey, worstKey, dealKey []*big.Rat
			orders := outcometest.Permutations(len(got.Files), got.First)
			for _, order := range orders {
				end := n.talk(got.Files, order, sight == FarSighted)
				k := key(end)
				if best == nil || compareKeys(k, bestKey) > 0 {
					best, bestKey = order, k
				}
				if worst == nil || compareKeys(k, worstKey) < 0 {
					worst, worstKey = order, k
				}
				if end == nil {
					fail++
					continue
				}
				ends[fmt.Sprint(end)]++
				if worstDeal == nil || compareKeys(k, dealKey) < 0 {
					worstDeal, dealKey = order, k
				}
			}
			name := fmt.Sprintf("seed %d, %s", seed, sight)
			if !got.Exact || got.Total.Int64() != int64(len(orders)) || got.Fail.Int64() != int64(fail) || len(got.Ends) != len(ends) {
				t.Fatalf("%s: %v of %v fail, %d ends; want %d of %d and %v", name, got.Fail, got.Total, len(got.Ends), fail, len(orders), ends)
			}
			for k, end := range got.Ends {
				if end.Orders.Int64() != int64(ends[fmt.Sprint(end.Outcome)]) {
					t.Fatalf("%s: %v orders end in %v, want %v", name, end.Orders, end.Outcome, ends)
				}
				if k > 0 && compareKeys(key(got.Ends[k-1].Outcome), key(end.Outcome)) < 0 {
					t.Fatalf("%s: ends are not in order", name)
				}
			}
			check := func(what string, talks *Talks, order []int, want []*big.Rat) {
				if (talks == nil) != (order == nil) {
					t.Fatalf("%s: %s %v, want %v", name, what, talks, order)
				}
				if order == nil {
					return
				}
				var end outcome.Outcome
				if talks.End != nil {
					end = talks.End.Outcome
				}
				if compareKeys(key(end), want) != 0 || compareKeys(key(n.talk(got.Files, talks.Order, sight == FarSighted)), want) != 0 {
					t.Fatalf("%s: %s %v ends in %v, want one like %v", name, what, talks.Order, end, order)
				}
				if fail == 0 && !slices.Equal(talks.Order, order) {
					t.Fatalf("%s: %s %v, the first is %v", name, what, talks.Order, order)
				}
				at := n.begin(got.Files)
				for _, step := range talks.Steps {
					next, fallback, _ := n.settle(at, got.Files[step.File], sight == FarSighted)
					if !slices.Equal(next.o, step.Outcome) {
						t.Fatalf("%s: step %+v, want %v", name, step, next.o)
					}
					for p := range fallback {
						if fallback[p].Cmp(s.Parties[p].Points(step.Fallback[p])) != 0 {
							t.Fatalf("%s: fallback %v, want %v", name, step.Fallback, fallback)
						}
					}
					at = next
				}
			}
			check("best", got.Best, best, bestKey)
			check("worst", got.Worst, worst, worstKey)
			check("worst deal", got.WorstDeal, worstDeal, dealKey)
			compared++
			failing += min(1, fail)
			if len(ends) > 1 {
				several++
			}
		}
	}
	t.Logf("%d compared, %d with failing orders, %d with several ends", compared, failing, several)
	if compared < 400 || failing < 100 || several < 30 {
		t.Error("too little was compared")
	}
}

func TestLinkagesAgreeWithDefinitions(t *testing.T) {
	pairs, triples := 0, 0
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 503))
		s := outcometest.Space(r, outcometest.Shape{Coarse: seed%2 == 0, Parties: 2, Issues: 3 + int(seed%2)})
		if s.Size().Cmp(big.NewInt(200)) > 0 {
			continue
		}
		quo := drawQuo(r, s, false)
		n := newNaiveAgenda(s, quo)
		if len(n.Zone) == 0 && slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return !p.Threshold.Set }) {
			continue
		}
		got, err := FindLinkages(t.Context(), s, Options{StatusQuo: quo})
		if err != nil {
			t.Fatal(seed, err)
		}
		var open []int
		for i, is := range s.Issues {
			if is.Options > 1 {
				open = append(open, i)
			}
		}
		found := make(map[string]*Linkage)
		for i := range got.All {
			found[fmt.Sprint(got.All[i].Issues)] = &got.All[i]
			if i > 0 && got.All[i-1].costs() == got.All[i].costs() && got.All[i-1].Share.Cmp(got.All[i].Share) < 0 || i > 0 && got.All[i-1].costs() && !got.All[i].costs() {
				t.Fatalf("seed %d: linkages are not in order", seed)
			}
		}
		var sets [][]int
		for _, size := range []int{2, 3} {
			if size <= len(open) {
				for _, set := range appendSubsets(nil, len(open), size) {
					var issues []int
					for _, k := range set {
						issues = append(issues, open[k])
					}
					sets = append(sets, issues)
				}
			}
		}
		for _, set := range sets {
			begin := naiveStanding{o: slices.Clone(quo), settled: make(map[int]bool)}
			for i := range quo {
				if !slices.Contains(open, i) {
					begin.settled[i] = true
				}
			}
			joint, fallback, ok := n.settle(begin, set, false)
			l := found[fmt.Sprint(set)]
			keyOver := func(o outcome.Outcome) []*big.Rat {
				u := n.points(o)
				for p := range u {
					if u[p].Cmp(fallback[p]) < 0 {
						return []*big.Rat{big.NewRat(-1, 1)}
					}
				}
				return nashKey(u, fallback)
			}
			if !ok {
				if l != nil {
					t.Fatalf("seed %d: linkage %v that cannot be settled", seed, set)
				}
				continue
			}
			// Every ordered partition into smaller files.
			top := nashKey(fallback, fallback)
			var walk func(at naiveStanding, left []int)
			walk = func(at naiveStanding, left []int) {
				if len(left) == 0 {
					if k := keyOver(at.o); compareKeys(k, top) > 0 {
						top = k
					}
					return
				}
				for mask := 1; mask < 1<<len(left); mask++ {
					var file, rest []int
					for k, i := range left {
						if mask>>k&1 != 0 {
							file = append(file, i)
						} else {
							rest = append(rest, i)
						}
					}
					if len(file) == len(set) {
						continue
					}
					if next, _, ok := n.settle(at, file, false); ok {
						walk(next, rest)
					}
				}
			}
			walk(begin, set)
			want := compareKeys(keyOver(joint.o), top) > 0
			if (l != nil) != want {
				t.Fatalf("seed %d: %v is a linkage: %t, want %t", seed, set, l != nil, want)
			}
			if l == nil {
				continue
			}
			if !slices.Equal(l.Joint.Outcome, joint.o) || l.Separate != nil && compareKeys(keyOver(l.Separate.Outcome), top) != 0 {
				t.Fatalf("seed %d: %v: %+v, want %v", seed, set, l, joint.o)
			}
			if len(set) == 2 {
				pairs++
			} else {
				triples++
			}
		}
	}
	t.Logf("%d pairs, %d triples", pairs, triples)
	if pairs < 100 || triples < 30 {
		t.Error("too little was compared")
	}
}

// Beyond twelve issues classes are whole, and what is said of them is still so.
func TestAgendasOfManyIssues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 504))
	s := outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 24, Additive: true})
	s.Requires, s.Parties[0].RedLines, s.Parties[1].RedLines = nil, nil, nil
	quo := make([]int, len(s.Issues))
	for p := range s.Parties {
		row := &s.Parties[p].Row
		row.Adjustments = nil
		row.Threshold = outcome.Threshold{Value: row.Value(quo), Set: true}
	}
	got, err := Find(t.Context(), s, Options{StatusQuo: quo})
	if err != nil {
		t.Fatal(err)
	}
	n := len(got.Open)
	if n <= 12 || got.Complete || got.LadderExact || len(got.Ladder) != n || len(got.Sets) > maxAgendas {
		t.Fatalf("%d issues, %d sets, %d rungs, complete %t", n, len(got.Sets), len(got.Ladder), got.Complete)
	}
	g := &pareto.Gauge{Scale: []int64{s.Parties[0].Scale, s.Parties[1].Scale}, Disagreement: got.Disagreement}
	for k := 1; k < n; k++ {
		if a, b := got.Ladder[k-1], got.Ladder[k]; a.Nash != nil && g.CompareNash(a.Nash.Utilities, b.Nash.Utilities) > 0 {
			t.Errorf("rung %d is worth more than the next", k)
		}
	}
	orders, err := FindOrders(t.Context(), s, nil, NearSighted, Options{StatusQuo: quo})
	if err != nil {
		t.Fatal(err)
	}
	// Without links every order settles every issue alike; there are too many sets to follow all.
	if orders.Exact || len(orders.Ends) != 1 || orders.Best.End == nil || !slices.Equal(orders.Best.End.Outcome, orders.Worst.End.Outcome) {
		t.Errorf("%d ends, exact %t", len(orders.Ends), orders.Exact)
	}
	if _, err := FindOrders(t.Context(), s, nil, FarSighted, Options{StatusQuo: quo}); err == nil {
		t.Error("looked ahead over a space that cannot be listed")
	}
}

func TestAgendaSameOnAnyCores(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 505))
	s := outcometest.Space(r, outcometest.Shape{Parties: 3, Issues: 5, Coarse: true})
	quo := drawQuo(r, s, false)
	var before string
	for _, cores := range []int{1, 2, 5} {
		old := runtime.GOMAXPROCS(cores)
		a, err := Find(t.Context(), s, Options{StatusQuo: quo})
		o, err2 := FindOrders(t.Context(), s, nil, FarSighted, Options{StatusQuo: quo})
		runtime.GOMAXPROCS(old)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		text := ""
		for _, set := range a.Sets {
			text += fmt.Sprintln(set.Table, set.Count, set.Nash)
		}
		for _, e := range o.Ends {
			text += fmt.Sprintln(e.Outcome, e.Orders)
		}
		text += fmt.Sprint(o.Best.Order, o.Worst.Order)
		if before != "" && text != before {
			t.Errorf("%d cores: another result", cores)
		}
		before = text
	}
}

// Each way of taking issues up ends near- and far-sighted as the definitions say, whether or not calls
// share what they look ahead at.
func TestFollowedWaysAgreeWithDefinitions(t *testing.T) {
	compared, deals, fixing := 0, 0, 0
	for seed := range uint64(trials.Of(1500, 15000)) {
		r := rand.New(rand.NewPCG(seed, 506))
		s := outcometest.Space(r, outcometest.Shape{Coarse: seed%2 == 0, Boxes: seed%3 == 0, Issues: 3 + int(seed%3)})
		if s.Size().Cmp(big.NewInt(150)) > 0 {
			continue
		}
		quo := drawQuo(r, s, false)
		n := newNaiveAgenda(s, quo)
		if len(n.Zone) == 0 && slices.ContainsFunc(s.Parties, func(p outcome.Party) bool { return !p.Threshold.Set }) {
			continue
		}
		for i, is := range s.Issues {
			if is.Options == 1 {
				quo[i] = 0
			}
		}
		opt := Options{StatusQuo: quo}
		if seed%3 > 0 {
			opt.Ahead = &Ahead{}
		}
		for range 3 {
			way := Sequence{Fixed: make(map[int]int)}
			held := slices.Clone(quo)
			for issues := r.Perm(len(s.Issues)); len(issues) > 0; {
				size := 1 + r.IntN(min(3, len(issues)))
				if i := issues[0]; r.IntN(4) > 0 || len(way.Files) == 0 {
					way.Files = append(way.Files, issues[:size])
				} else if r.IntN(2) == 0 {
					way.Fixed[i] = r.IntN(s.Issues[i].Options)
					held[i] = way.Fixed[i]
				}
				issues = issues[size:]
			}
			got, err := Follow(t.Context(), s, way, opt)
			if err != nil {
				t.Fatal(seed, err)
			}
			n.quo = held
			for sight, talks := range map[Sight]*Talks{NearSighted: got.Near, FarSighted: got.Far} {
				want := n.talk(got.Files, pareto.Places(len(got.Files)), sight == FarSighted)
				if (want == nil) != (talks.End == nil) || want != nil && !slices.Equal(want, talks.End.Outcome) {
					t.Fatalf("seed %d, %+v, %s: %+v, want %v", seed, way, sight, talks, want)
				}
				if compared++; want != nil {
					deals++
				}
			}
			fixing += min(1, len(way.Fixed))
		}
	}
	t.Logf("%d compared, %d deals, %d with fixed options", compared, deals, fixing)
	if compared < 1000 || deals < 300 || fixing < 100 {
		t.Error("too little was compared")
	}
}

// An issue of so many options that they are not indexed is looked ahead at like any other.
func TestLookingAheadOverManyOptions(t *testing.T) {
	deals := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 507))
		s := &outcome.Space{Issues: []outcome.Issue{{ID: "many", Options: maxIndexed + 1 + r.IntN(20)}, {ID: "few", Options: 3}, {ID: "two", Options: 2}}}
		quo := drawQuo(r, s, false)
		for range 2 {
			row := outcome.Row{Scale: 1}
			for _, is := range s.Issues {
				row.Scores = append(row.Scores, nil)
				for range is.Options {
					row.Scores[len(row.Scores)-1] = append(row.Scores[len(row.Scores)-1], r.Int64N(12))
				}
			}
			row.Threshold = outcome.Threshold{Value: row.Value(quo), Set: r.IntN(4) > 0}
			s.Parties = append(s.Parties, outcome.Party{Row: row})
		}
		n := newNaiveAgenda(s, quo)
		got, err := FindOrders(t.Context(), s, nil, FarSighted, Options{StatusQuo: quo})
		if err != nil {
			t.Fatal(err)
		}
		ends := make(map[string]int64)
		for _, order := range outcometest.Permutations(3, 0) {
			if end := n.talk(got.Files, order, true); end != nil {
				ends[fmt.Sprint(end)]++
			}
		}
		for _, end := range got.Ends {
			deals++
			if end.Orders.Int64() != ends[fmt.Sprint(end.Outcome)] {
				t.Fatalf("seed %d: %v orders end in %v, want %v", seed, end.Orders, end.Outcome, ends)
			}
		}
		if len(got.Ends) != len(ends) {
			t.Fatalf("seed %d: %d ends, want %v", seed, len(got.Ends), ends)
		}
	}
	if deals < 60 {
		t.Errorf("only %d deals were compared", deals)
	}
}

// An issue without a status quo has no option that a condition about it could be looked up at. What cannot
// be answered then says so, and the rest is answered.
func TestAgendaConditionWithoutStatusQuo(t *testing.T) {
	r := rand.New(rand.NewPCG(81, 82))
	refused := 0
	for range 200 {
		s := outcometest.Space(r, outcometest.Shape{Issues: 2 + r.IntN(2), Coarse: true, Boxes: r.IntN(3) == 0})
		quo := drawQuo(r, s, true)
		missing := slices.ContainsFunc(pareto.Places(len(quo)), func(i int) bool { return quo[i] < 0 && s.Issues[i].Options > 1 })
		opt := Options{StatusQuo: quo}
		if _, err := Find(t.Context(), s, opt); err != nil {
			t.Fatal(err)
		}
		for _, sight := range []Sight{NearSighted, FarSighted} {
			if _, err := FindOrders(t.Context(), s, nil, sight, opt); err != nil && err.Error() != "no issue can be settled" {
				t.Fatal(err)
			}
		}
		_, err := FindLinkages(t.Context(), s, opt)
		if (err != nil) != missing || missing && !strings.Contains(err.Error(), "has no status quo") {
			t.Fatalf("status quo %v: %v", quo, err)
		}
		if missing {
			refused++
		}
	}
	if refused < 50 {
		t.Errorf("only %d spaces with an issue without a status quo", refused)
	}
}
