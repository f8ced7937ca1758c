package strategy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy"
)

// talks plays one session and returns its result; specs are the parties', then the mediator's.
func talks(t testing.TB, rules protocol.Rules, set *protocol.Setting, seed uint64, specs ...string) protocol.Result {
	t.Helper()
	m, err := protocol.New(set, rules)
	if err != nil {
		t.Fatal(err)
	}
	var seats []protocol.Negotiator
	for i, spec := range specs {
		n, err := strategy.New(spec, m.Self(protocol.Seat(i), seed))
		if err != nil {
			t.Fatal(err)
		}
		seats = append(seats, n)
	}
	result, err := protocol.Play(m, seats, seed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return *result
}

// TestTruthfulPartiesReachNash plays shuttle talks among parties that tell the truth: with
// those who say yes if the others do the first proposal, the Nash package of what they
// told, is agreed; with those who hold out for more it is agreed by the deadline.
func TestTruthfulPartiesReachNash(t *testing.T) {
	reached := 0
	for seed := range uint64(150) {
		s := outcometest.Space(rand.New(rand.NewPCG(seed, 11)), outcometest.Shape{Parties: 2 + int(seed%3), Additive: true})
		for p := range s.Parties {
			s.Parties[p].Adjustments = nil // they cannot be told as scores
		}
		a, err := bargain.Analyze(t.Context(), s, bargain.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict != bargain.HasZone {
			continue
		}
		reached++
		want := a.Solutions.Nash.Outcome
		set := &protocol.Setting{Space: s, Rounds: 10}
		for spec, rounds := range map[string]int{"truthful": 1, "linear": 10, "boulware": 10} {
			specs := slices.Repeat([]string{spec}, len(s.Parties))
			r := talks(t, protocol.Shuttle{}, set, seed, append(specs, "nash")...)
			if !slices.Equal(r.Agreement, want) || r.Rounds > rounds {
				t.Errorf("seed %d, %s: %s on %v after %d rounds, want %v within %d", seed, spec, r.Ended, r.Agreement, r.Rounds, want, rounds)
			}
		}
	}
	if reached < 50 {
		t.Errorf("only %d of the spaces have a zone", reached)
	}
}

// rivals draws an additive case of two parties with opposed and differently weighted
// interests, each with a no-deal value of a third of its range.
func rivals(seed uint64, issues, options int) *outcome.Space {
	rng := rand.New(rand.NewPCG(seed, 21))
	s := &outcome.Space{}
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: options})
	}
	for p := range 2 {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 1}
		var best int64
		for range issues {
			weight := 1 + rng.Int64N(20)
			scores := make([]int64, options)
			for o := range scores {
				at := o
				if p == 1 {
					at = options - 1 - o
				}
				scores[o] = weight * int64(10*at+rng.IntN(10))
			}
			best += slices.Max(scores)
			row.Scores = append(row.Scores, scores)
		}
		row.Threshold = outcome.Threshold{Value: best / 3, Set: true}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

// TestMisreporting measures what it brings a party to mislead the mediator in shuttle talks
// while the other tells the truth: the table of docs/methods/strategies.md. A liar's
// answers stay true to its real scores.
func TestMisreporting(t *testing.T) {
	if testing.Short() {
		t.Skip("measures at length")
	}
	cases := trials.Of(70, 200)
	type row struct {
		agreed       int
		first, other float64 // mean gain over all cases, as share of the way from no deal to best
	}
	play := func(mediator, first, second string) (r row) {
		for seed := range uint64(cases) {
			s := rivals(seed, 5, 5)
			result := talks(t, protocol.Shuttle{}, &protocol.Setting{Space: s, Rounds: 10}, seed, first, second, mediator)
			if result.Agreement == nil {
				continue
			}
			r.agreed++
			for p, gain := range []*float64{&r.first, &r.other} {
				party := &s.Parties[p]
				var best int64
				for _, scores := range party.Scores {
					best += slices.Max(scores)
				}
				*gain += float64(result.Utilities[p]-party.Threshold.Value) / float64(best-party.Threshold.Value) / float64(cases)
			}
		}
		return r
	}
	table := map[string]row{}
	for _, mediator := range []string{"nash", "nash-robust", "egalitarian", "kalai-smorodinsky"} {
		for _, first := range []string{"truthful", "exaggerate(truthful):nodeal=30", "exaggerate(truthful):nodeal=60", "exaggerate(truthful):nodeal=0,scores=80", "withhold(truthful)", "bluff(truthful)"} {
			r := play(mediator, first, "truthful")
			table[mediator+" "+first] = r
			t.Logf("%-18s %-40s agreed %3d of %d, gain %.3f, the other's %.3f", mediator, first, r.agreed, cases, r.first, r.other)
		}
		r := play(mediator, "exaggerate(truthful):nodeal=60", "exaggerate(truthful):nodeal=60")
		table[mediator+" both"] = r
		t.Logf("%-18s %-40s agreed %3d of %d, gain %.3f, the other's %.3f", mediator, "both exaggerate by 60", r.agreed, cases, r.first, r.other)
	}
	if r := table["nash truthful"]; r.agreed != cases {
		t.Errorf("truthful parties agreed in %d of %d cases", r.agreed, cases)
	}
	// Under nash a stated no-deal value moves the package towards the one who states it;
	// under nash-robust it moves nothing.
	if truth, lie := table["nash truthful"], table["nash exaggerate(truthful):nodeal=60"]; lie.first <= truth.first {
		t.Errorf("under nash exaggeration brings %.3f, the truth %.3f", lie.first, truth.first)
	}
	if truth, lie := table["nash-robust truthful"], table["nash-robust exaggerate(truthful):nodeal=60"]; lie != truth {
		t.Errorf("under nash-robust a stated no-deal value changes %v to %v", truth, lie)
	}
}

// TestSingleText lets a mediator draft for parties whose interests have many local optima, as
// in Klein, Faratin, Sayama and Bar-Yam (2003). Their findings: annealers reach more together
// than hill climbers; an annealer that faces a hill climber does worse than it, so that each is
// tempted to climb; a mediator that anneals reaches more with climbers than one that climbs.
func TestSingleText(t *testing.T) {
	if testing.Short() {
		t.Skip("measures at length")
	}
	cases := trials.Of(10, 30)
	play := func(first, second, mediator string, rounds int) (u [2]float64) {
		for seed := range uint64(cases) {
			r := talks(t, protocol.SingleText{}, &protocol.Setting{Space: rugged(seed), Rounds: rounds}, seed, first, second, mediator)
			if r.Agreement == nil {
				t.Errorf("seed %d: %s", seed, r.Reason)
			}
			u[0] += float64(r.Utilities[0]) / float64(cases)
			u[1] += float64(r.Utilities[1]) / float64(cases)
		}
		t.Logf("%-17s %-17s %-9s %3d rounds: %.0f and %.0f", first, second, mediator, rounds, u[0], u[1])
		return u
	}
	sum := func(u [2]float64) float64 { return u[0] + u[1] }
	const anneal = "annealer:heat=20"
	short := play("linear", "linear", "climber", 30)
	climbers := play("linear", "linear", "climber", 300)
	annealers := play(anneal, anneal, "climber", 300)
	mixed := play("linear", anneal, "climber", 300)
	mediated := play("linear", "linear", "annealing", 300)
	if sum(climbers) <= sum(short) {
		t.Errorf("more rounds bring climbers %v, fewer %v", climbers, short)
	}
	if sum(annealers) <= sum(climbers) {
		t.Errorf("annealers reach %v, climbers %v", annealers, climbers)
	}
	if mixed[0] <= mixed[1] || mixed[0] <= annealers[0] {
		t.Errorf("against an annealer, a climber reaches %v; two annealers reach %v", mixed, annealers)
	}
	if sum(mediated) <= sum(climbers) {
		t.Errorf("with an annealing mediator climbers reach %v, with a climbing one %v", mediated, climbers)
	}
}

// rugged draws a case with many local optima: sixteen issues of two options, with influences
// between every two of them, as Klein and others drew theirs.
func rugged(seed uint64) *outcome.Space {
	rng := rand.New(rand.NewPCG(seed, 31))
	s := &outcome.Space{}
	const issues = 16
	for i := range issues {
		s.Issues = append(s.Issues, outcome.Issue{ID: fmt.Sprint("i", i), Options: 2})
	}
	for p := range 2 {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 1}
		for range issues {
			row.Scores = append(row.Scores, []int64{0, rng.Int64N(201) - 100})
		}
		for i := range issues {
			for j := range i {
				both, err := outcome.NewTable(s.Issues, []int{j, i}, func(o []int) bool { return o[0]+o[1] == 2 })
				if err != nil {
					panic(err)
				}
				row.Adjustments = append(row.Adjustments, outcome.Adjustment{ID: fmt.Sprint(row.ID, i, j), When: both, Add: rng.Int64N(201) - 100})
			}
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

// TestFileByFile closes one issue after another. Each party keeps of every file the share
// that its no-deal value is of the whole, so that the whole is worth that to both.
func TestFileByFile(t *testing.T) {
	agreed := 0
	for seed := range uint64(40) {
		s := rivals(seed, 4, 7)
		set := &protocol.Setting{Space: s, Rounds: 60, StatusQuo: []int{3, 3, 3, 3}}
		r := talks(t, protocol.FileByFile{}, set, seed, "linear", "boulware")
		if r.Agreement == nil {
			continue
		}
		agreed++
		if !s.InZone(r.Agreement) {
			t.Errorf("seed %d: agreed on %v, outside the zone", seed, r.Agreement)
		}
	}
	if agreed < 36 {
		t.Errorf("%d of 40 agreed", agreed)
	}
}

// TestAmendedMandate widens a mandate during the talks: until then no offer lies outside it,
// and afterwards the party asks for its best, which did.
func TestAmendedMandate(t *testing.T) {
	s := rivals(3, 3, 5)
	outside, err := outcome.NewTable(s.Issues, []int{0}, func(o []int) bool { return o[0] == 4 })
	if err != nil {
		t.Fatal(err)
	}
	set := &protocol.Setting{Space: s, Rounds: 20, Outside: []outcome.Table{outside, {}}, Events: []protocol.Event{{Round: 10, Kind: protocol.Amend, Party: 0}}}
	m, err := protocol.New(set, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	var seats []protocol.Negotiator
	for seat := range 2 {
		n, err := strategy.New("hardliner", m.Self(protocol.Seat(seat), 1))
		if err != nil {
			t.Fatal(err)
		}
		seats = append(seats, n)
	}
	round, widened := 0, 0
	if _, err := protocol.Play(m, seats, 1, func(from protocol.Seat, move *protocol.Move, effects []protocol.Effect) {
		if from == 0 && move.Kind == protocol.Offer {
			round++
			if out := move.Outcome[0] == 4; out != (round >= 10) {
				t.Errorf("round %d: the offer %v", round, move.Outcome)
			} else if out {
				widened++
			}
		}
		for _, e := range effects {
			if e.Kind == protocol.Refuse {
				t.Errorf("round %d: %s", e.Round, e.Reason)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if widened != 11 {
		t.Errorf("%d offers after the mandate was widened", widened)
	}
}
