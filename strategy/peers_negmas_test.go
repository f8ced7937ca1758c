package strategy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A trace file holds sessions that NegMAS played, every offer as step, party and rank of
// the outcome.
type traceFile struct {
	Scenario  string
	Outcomes  int        `json:"n_outcomes"`
	Steps     int        `json:"n_steps"`
	Reserved  []*float64 `json:"reserved_values"`
	Utilities [][]float64
	Order     [][]int `json:"inverter_order_ascending"`
	Runs      []struct {
		Negotiators   []string
		Deterministic bool
		Offers        [][3]int
		Agreement     *int
		FinalStep     int `json:"final_step"`
		Broken        bool
	}
}

// negmas is what a NegMAS negotiator knows: utilities as NegMAS has them, and the outcomes in
// its order.
type negmas struct {
	*ranking
	u       []float64 // by rank
	order   []int     // ascending, rational ones only
	whole   []int     // ascending, all
	low, hi float64   // of all outcomes
	floor   float64   // the least that is rational
	steps   int
	unit    float64 // integer units per unit of utility
}

// TestNegMASTraces replays every deterministic session of NegMAS, offer for offer. MiCRO and
// the time-dependent offers are this package's own code on NegMAS' targets and order of
// equals; what only NegMAS does is in this file.
func TestNegMASTraces(t *testing.T) {
	folder := trials.Peers(t, "traces", "negmas")
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no sessions in %s: %v", folder, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".json"), func(t *testing.T) { replayNegMAS(t, name) })
	}
}

func replayNegMAS(t *testing.T, name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var file traceFile
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	// One issue whose options are the outcomes. Utilities become integers by a power of two, which
	// keeps them as they are but for the last digits of the smallest.
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "outcome", Options: file.Outcomes}}}
	largest := 1.0
	for _, us := range file.Utilities {
		for _, u := range us {
			largest = max(largest, math.Abs(u))
		}
	}
	unit := math.Exp2(math.Floor(math.Log2(outcome.MaxUtility/2) - math.Log2(largest)))
	for p, us := range file.Utilities {
		row := outcome.Row{ID: fmt.Sprintf("p%d", p), Scale: 1, Scores: make([][]int64, 1)}
		for _, u := range us {
			row.Scores[0] = append(row.Scores[0], int64(math.Round(u*unit)))
		}
		if rv := file.Reserved[p]; rv != nil && !math.IsInf(*rv, 0) {
			row.Threshold = outcome.Threshold{Value: int64(math.Round(*rv * unit)), Set: true}
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	set := &protocol.Setting{Space: s, Rounds: file.Steps}
	m, err := protocol.New(set, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	var players []*negmas
	for p := range s.Parties {
		players = append(players, newNegmas(t, m.Self(protocol.Seat(p), 0), &file, p, unit))
	}
	played := 0
	for _, run := range file.Runs {
		title := strings.Join(run.Negotiators, " ")
		if !run.Deterministic {
			t.Logf("%s: chance plays a part, not replayed", title)
			continue
		}
		played++
		var seats []protocol.Negotiator
		for p, kind := range run.Negotiators {
			make := players[p].maker(kind)
			if make == nil {
				t.Fatalf("%s: there is no rule for it here", kind)
			}
			st := &staff{whole: making{players[p].ranking, make}}
			seats = append(seats, st.sit(0))
		}
		offers, result := play(t, m, seats, 0)
		got := make([][3]int, len(offers))
		for i, o := range offers {
			got[i] = [3]int{o.Round - 1, int(o.From), o.Move.Outcome[0]}
		}
		for i := range max(len(got), len(run.Offers)) {
			if i >= len(got) || i >= len(run.Offers) || got[i] != run.Offers[i] {
				t.Errorf("%s: %d offers, want %d; at %d: %v, want %v", title, len(got), len(run.Offers), i, got[min(i, len(got)):min(i+3, len(got))], run.Offers[min(i, len(run.Offers)):min(i+3, len(run.Offers))])
				break
			}
		}
		switch {
		case (result.Agreement == nil) != (run.Agreement == nil),
			run.Agreement != nil && result.Agreement[0] != *run.Agreement:
			t.Errorf("%s: agreed on %v, want %v", title, result.Agreement, run.Agreement)
		case result.Rounds != run.FinalStep:
			t.Errorf("%s: ended after %d rounds, want %d", title, result.Rounds, run.FinalStep)
		}
	}
	t.Logf("%d sessions replayed", played)
}

func newNegmas(t *testing.T, self protocol.Self, file *traceFile, p int, unit float64) *negmas {
	r, err := new(Rankings).of(self)
	if err != nil {
		t.Fatal(err)
	}
	u := file.Utilities[p]
	n := &negmas{ranking: r, u: u, whole: file.Order[p], low: slices.Min(u), hi: slices.Max(u), steps: file.Steps, unit: unit}
	n.floor = n.low
	reserved := math.Inf(-1)
	if rv := file.Reserved[p]; rv != nil {
		reserved = *rv
	}
	n.floor = max(n.low, reserved)
	for _, rank := range n.whole {
		if u[rank] >= reserved {
			n.order = append(n.order, rank)
		}
	}
	if len(n.order) != r.Len() {
		t.Fatalf("party %d: %d outcomes are rational, %d are ranked", p, len(n.order), r.Len())
	}
	// The file leaves irrational outcomes unsorted.
	n.whole = slices.Clone(n.whole)
	slices.SortStableFunc(n.whole, func(a, b int) int {
		if x, y := u[a] >= reserved, u[b] >= reserved; x && y {
			return 0
		}
		return cmp.Compare(u[a], u[b])
	})
	// The ranking takes NegMAS' order of equals.
	for i, rank := range n.order {
		r.List.Rank[len(n.order)-1-i] = int32(rank)
		r.Utility[len(n.order)-1-i] = self.Space.Parties[0].Scores[0][rank]
	}
	r.Index()
	r.settle()
	return n
}

// maker returns how to make a NegMAS negotiator's tactic.
func (n *negmas) maker(kind string) func() tactic {
	switch kind {
	case "BoulwareTBNegotiator":
		return n.timeBased(4, 1e-4)
	case "LinearTBNegotiator":
		return n.timeBased(1, 1e-4)
	case "ConcederTBNegotiator":
		return n.timeBased(0.25, 1e-4)
	case "AspirationNegotiator":
		return n.timeBased(4, 1e-3)
	case "ToughNegotiator":
		return func() tactic { return tough{n: n} }
	case "MiCRONegotiator":
		make, err := micro[0].party(n.ranking, nil)
		if err != nil {
			return nil
		}
		return make
	case "NaiveTitForTatNegotiator":
		return func() tactic { return &naive{n: n, pointer: len(n.order)} }
	}
	return nil
}

// timeBased tabulates the time-based targets of NegMAS: 1 - t^e of the way from the floor, less
// eps, with t = step/(steps+1) counting steps from 1. Its negotiators accept whatever meets
// the target, whatever they would offer themselves.
func (n *negmas) timeBased(e, eps float64) func() tactic {
	c := &concession{rounds: n.steps, target: make([]int64, n.steps), positions: make([]int32, n.steps)}
	for step := range n.steps {
		a := 1 - math.Pow(float64(step+1)/float64(n.steps+1), e)
		level := min(max(n.floor+float64(a*(n.hi-n.floor))-eps, n.floor), n.hi)
		c.target[step] = int64(math.Round(level * n.unit))
		c.positions[step] = int32(len(n.order) - 1 - n.worst(n.order, level))
	}
	return func() tactic { return meeting{timeTactic{c}} }
}

// worst returns the place in an ascending order of the worst outcome worth at least level;
// one that misses it by up to 1e-6 is taken if it is nearer. The last where there is none.
func (n *negmas) worst(order []int, level float64) int {
	at := 0
	for at < len(order) && n.u[order[at]] < level {
		at++
	}
	if at == len(order) {
		return len(order) - 1
	}
	nearest, best := at, math.Abs(n.u[order[at]]-level)
	for i := at - 1; i >= 0 && n.u[order[i]] >= level-1e-6; i-- {
		if d := math.Abs(n.u[order[i]] - level); d < best || d == best && nearest < at {
			nearest, best = i, d
		}
	}
	return nearest
}

// A meeting accepts what meets the target of the round.
type meeting struct{ timeTactic }

func (m meeting) accepts(s *state, h heard, _ int64) bool {
	target := m.at(s)
	return h.u >= target
}

// A tough insists on its best, the last of equals.
type tough struct {
	n *negmas
}

func (t tough) next(s *state) bid {
	// Of equals it takes the last in the order of issues and values.
	best := 0
	for rank, u := range t.n.u {
		if u >= t.n.u[best] {
			best = rank
		}
	}
	return bid{outcome: outcome.Outcome{best}}
}

func (t tough) accepts(_ *state, h heard, _ int64) bool {
	return t.n.u[h.outcome[0]] >= t.n.hi-1e-10
}

// A naive is NegMAS' naive tit for tat, which concedes as much as the last offer alone is
// worth. In its second and third steps it walks down its outcomes, two at each evaluation.
type naive struct {
	n       *negmas
	pointer int
	last    float64 // offer heard
	// The concession worked out for answering it; the next offer has one of its own.
	responding float64
	pending    bool
}

func (t *naive) hear(_ *state, h heard) {
	t.last, t.pending = t.n.u[h.outcome[0]], true
}

func (t *naive) gain() float64 { return (t.last - t.n.floor) / (t.n.hi - t.n.floor) }

func (t *naive) concession(s *state) float64 {
	n := t.n
	switch step := s.round - 1; {
	case step == 0:
		return 0
	case step <= 2:
		t.pointer -= 2
		first, second := n.order[max(t.pointer+1, 0)], n.order[max(t.pointer, 0)]
		return (n.u[first] - n.u[second] + 1e-12) / (n.hi - n.low)
	}
	if g := t.gain(); g >= -1e-6 && g <= 1+1e-7 {
		return g
	}
	return 0
}

func (t *naive) next(s *state) bid {
	if t.pending {
		t.responding, t.pending = t.concession(s), false
	}
	level := t.n.low + (1-t.concession(s))*(t.n.hi-t.n.low)
	rank := t.n.whole[t.n.worst(t.n.whole, level)]
	return bid{outcome: outcome.Outcome{rank}}
}

func (t *naive) accepts(_ *state, _ heard, _ int64) bool { return t.gain() >= 1-t.responding }
