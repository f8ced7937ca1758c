package rehearsal_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
	"github.com/goodoffices/goodoffices/rehearsal"
	"github.com/goodoffices/goodoffices/strategy"
)

func plan(tb testing.TB, sessions int, specs ...string) *rehearsal.Plan {
	tb.Helper()
	space := rivals(true, 5, 6, 4)
	space.Parties[1].Threshold = outcome.Threshold{Value: 100, Set: true}
	set := &protocol.Setting{Space: space, Rounds: 20, Breakdown: 0.03, Discounts: []float64{0.99, 1}}
	_, makers := table(tb, space, 20, specs...)
	p := &rehearsal.Plan{Setting: set, Rules: protocol.AlternatingOffers{}, Seed: 7, Sessions: sessions}
	p.Makers = makers
	return p
}

func played(tb testing.TB, p *rehearsal.Plan) *rehearsal.Tally {
	tb.Helper()
	t := rehearsal.NewTally()
	if err := p.Play(context.Background(), t); err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestSameOnAnyNumberOfCores(t *testing.T) {
	p := plan(t, 3000, "random:floor=70", "random:floor=70")
	p.Workers = 1
	one := played(t, p)
	p.Workers = 7
	seven := played(t, p)
	if !reflect.DeepEqual(one.Ends, seven.Ends) || one.Sessions != 3000 || seven.Sessions != 3000 {
		t.Errorf("one worker counts %v, seven %v", one.Ends, seven.Ends)
	}
	if len(one.Ends) < 10 {
		t.Errorf("the sessions are too much alike to tell: %v", one.Ends)
	}
}

// Each session is the one that its seed plays alone.
func TestSessionsAreThoseOfTheirSeeds(t *testing.T) {
	p := plan(t, 600, "random:floor=60", "linear")
	sum := map[rehearsal.End]int{}
	for k := range p.Sessions {
		alone := *p
		alone.Seed, alone.Sessions = p.Seed+uint64(k), 1
		for e, n := range played(t, &alone).Ends {
			sum[e] += n
		}
	}
	if all := played(t, p); !reflect.DeepEqual(all.Ends, sum) {
		t.Errorf("together %v, one by one %v", all.Ends, sum)
	}
}

func TestInterruptedWorkGoesOn(t *testing.T) {
	p := plan(t, 5000, "random:floor=70", "linear")
	whole := played(t, p)
	ctx, cancel := context.WithCancel(context.Background())
	p.Progress = func(done float64) {
		if done > 0.3 {
			cancel()
		}
	}
	part := rehearsal.NewTally()
	if err := p.Play(ctx, part); err == nil || part.Sessions == 0 || part.Sessions >= 5000 {
		t.Fatalf("%v after %d sessions", err, part.Sessions)
	}
	kept, err := part.Keep("plan")
	if err != nil {
		t.Fatal(err)
	}
	p.Progress = nil
	again, err := p.Resume(kept, "plan")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Play(context.Background(), again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(whole, again) {
		t.Errorf("gone on with: %v, at once: %v", again.Ends, whole.Ends)
	}
	if _, err := p.Resume(kept, "another plan"); err == nil {
		t.Error("the work of another plan was gone on with")
	}
	for _, bad := range []string{"", "{}x", `{"plan":"plan","blocks":[0]}`, `{"plan":"plan","blocks":[99]}`, `{"plan":"plan","blocks":[0],"ends":[{"ended":"agreed","round":1,"package":"AAAA","by":-1,"sessions":250}]}`} {
		if _, err := p.Resume([]byte(bad), "plan"); err == nil {
			t.Errorf("%q was gone on with", bad)
		}
	}
}

// Worth, agreement by round and packages are those of the ends, added up by hand.
func TestCounts(t *testing.T) {
	p := plan(t, 500, "random:floor=60", "linear")
	y := played(t, p)
	agreed, sum, discounted := 0, 0.0, 0.0
	byRound := map[int]int{}
	for e, n := range y.Ends {
		if e.Ended != protocol.Agreed {
			continue
		}
		u := float64(p.Setting.Space.Parties[0].Value(e.Outcome()))
		agreed += n
		sum += u * float64(n)
		discounted += u * math.Pow(0.99, float64(e.Round-1)) * float64(n)
		byRound[e.Round] += n
	}
	if agreed == 0 || agreed == 500 || y.Count(protocol.Agreed) != agreed {
		t.Fatalf("%d agreements of 500, counted %d", agreed, y.Count(protocol.Agreed))
	}
	w := y.Worth(p.Setting)
	if math.Abs(w[0].Agreed-sum/float64(agreed)) > 1e-9 || math.Abs(w[0].All-discounted/500) > 1e-9 || w[1].NoDeal != 100 {
		t.Errorf("%+v: want %v and %v", w, sum/float64(agreed), discounted/500)
	}
	before := 0
	for i, n := range y.ByRound() {
		if n-before != byRound[i+1] {
			t.Errorf("round %d: %d more, want %d", i+1, n-before, byRound[i+1])
		}
		before = n
	}
	packages := 0
	for _, a := range y.Packages() {
		packages += a.Sessions
	}
	if packages != agreed {
		t.Errorf("packages add up to %d of %d", packages, agreed)
	}
}

// Of every strategy, under every protocol: where a session has drawn nothing by chance, every
// other seed gives the same moves.
func TestFixedSessionsAreTheSame(t *testing.T) {
	rules := []protocol.Rules{protocol.AlternatingOffers{}, protocol.Voting{}, protocol.SingleText{}, protocol.Shuttle{},
		protocol.IndirectThenDirect{Indirect: protocol.Shuttle{}, Direct: protocol.AlternatingOffers{}, After: 4}}
	space := rivals(false, 4, 3, 5)
	space.Parties[0].Constituencies = []outcome.Row{{ID: "a.home", Scale: 1, Scores: space.Parties[0].Scores}}
	fixed := map[string]bool{}
	for _, e := range strategy.List() {
		spec := e.Name
		switch {
		case e.Name == "outside":
			continue // see TestPlayedOnce
		case e.Role == strategy.Wrapper:
			spec += "(boulware)"
		}
		for _, r := range rules {
			if e.Role == strategy.Mediator && !r.Mediated() {
				continue
			}
			set := &protocol.Setting{Space: space, Rounds: 30}
			m, err := protocol.New(set, r)
			if err != nil {
				t.Fatal(err)
			}
			specs := []string{spec, "linear", "nash"}
			if e.Role == strategy.Mediator {
				specs = []string{"conceder", "linear", spec}
			}
			first := ""
			for seed := range uint64(6) {
				var seats []protocol.Negotiator
				for seat := range m.Seats() {
					n, err := strategy.New(specs[seat], m.Self(protocol.Seat(seat), seed))
					if err != nil {
						t.Fatal(err)
					}
					seats = append(seats, n)
				}
				recorder := transcript.NewRecorder(set)
				if _, err := protocol.Play(m, seats, seed, recorder.Watch); err != nil {
					t.Fatal(err)
				}
				lines := fmt.Sprint(recorder.Lines)
				switch {
				case seed == 0 && !protocol.Session{Machine: m, Negotiators: seats}.Fixed():
				case seed == 0:
					first, fixed[spec] = lines, true
				case first != "" && lines != first:
					t.Errorf("%s under %s drew nothing by chance, and goes otherwise with seed %d", spec, r.Name(), seed)
				}
			}
		}
	}
	for _, spec := range []string{"boulware", "conceder", "hardliner", "linear", "bluff(boulware)", "home(boulware)", "nash"} {
		if !fixed[spec] {
			t.Errorf("%s leaves something to chance", spec)
		}
	}
	for _, spec := range []string{"random", "climber"} {
		if fixed[spec] {
			t.Errorf("%s leaves nothing to chance", spec)
		}
	}
}

// A plan that leaves nothing to chance is played once, whatever is asked for; any other is
// played in full.
func TestPlayedOnce(t *testing.T) {
	for _, tt := range []struct {
		specs     []string
		breakdown float64
		fixed     bool
	}{
		{[]string{"boulware", "linear"}, 0, true},
		{[]string{"boulware", "linear"}, 0.01, false},
		{[]string{"random:floor=60", "linear"}, 0, false},
		{[]string{"breakdown(boulware)", "linear"}, 0, false},
		{[]string{"boulware", "outside:no such program"}, 0, false},
		{[]string{"leak(outside:no such program)", "linear"}, 0, false},
	} {
		p := plan(t, 40, tt.specs...)
		p.Setting.Breakdown = tt.breakdown
		y := played(t, p)
		if want := map[bool]int{true: 1, false: 40}[tt.fixed]; y.Fixed != tt.fixed || y.Sessions != want || y.Asked != 40 {
			t.Errorf("%v, breakdown %v: fixed %v, %d of %d played", tt.specs, tt.breakdown, y.Fixed, y.Sessions, y.Asked)
		}
		kept, err := y.Keep("plan")
		if err != nil {
			t.Fatal(err)
		}
		again, err := p.Resume(kept, "plan")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Play(context.Background(), again); err != nil || !reflect.DeepEqual(again, y) {
			t.Errorf("%v: gone on with, %+v, %v; at once %+v", tt.specs, again, err, y)
		}
		n := 0
		for _, k := range y.Ends {
			n += k
		}
		if n != y.Sessions {
			t.Errorf("%v: %d ends of %d sessions", tt.specs, n, y.Sessions)
		}
	}
	p := plan(t, 40, "boulware", "linear")
	p.Setting.Breakdown = 0
	p.Makers[1] = func(uint64) protocol.Negotiator { return broken{} } // says nothing of chance
	if y := played(t, p); y.Fixed || y.Sessions != 40 {
		t.Errorf("a negotiator that does not say whether it draws: fixed %v, %d played", y.Fixed, y.Sessions)
	}
}

func TestPlanRefuses(t *testing.T) {
	for _, n := range []int{0, -1, rehearsal.MaxSessions + 1} {
		p := plan(t, n, "linear", "linear")
		if err := p.Play(context.Background(), rehearsal.NewTally()); err == nil {
			t.Errorf("%d sessions were played", n)
		}
	}
	p := plan(t, 10, "linear", "linear")
	p.Makers[1] = func(uint64) protocol.Negotiator { return broken{} }
	if y := played(t, p); y.Count(protocol.Walkout) != 10 {
		t.Error(fmt.Sprint("a negotiator that panics did not end its sessions: ", y.Ends))
	}
}

type broken struct{}

func (broken) Move(*protocol.View) protocol.Move { panic("broken") }
