package main

import (
	"io"
	"reflect"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/rehearsal"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

// fuzzed is a case with a mandate, preconditions and people at home.
const fuzzed = `goodoffices: 1
id: bay
issues:
  quota: {options: {low: Low, middle: Middle, high: High}}
  season: {range: {from: 3, to: 9, step: 3}}
parties:
  fishers:
    scores: {quota: {low: 0, middle: 5, high: 9}, season: {3: 0, 9: 4}}
    no_deal: 4
    mandate: {only: "quota != 'low'"}
    preconditions: [{id: boats, text: Boats are released}]
    ratification: {constituencies: {villages: {scores: {quota: {low: 0, middle: 3, high: 4}, season: 1}, accepts_at: 2}}}
  port:
    scores: {quota: {low: 8, middle: 5, high: 0}, season: {3: 3, 9: 0}}
    no_deal: 3
    preconditions: [{id: nets, text: Nets are changed}]
`

// FuzzResume: interrupted work that somebody changed is refused, or counts what sessions can end in, and can be
// kept, gone on with and reported.
func FuzzResume(f *testing.F) {
	file, err := casefile.Parse("bay.yaml", []byte(fuzzed))
	if err != nil {
		f.Fatal(err)
	}
	of, err := study.New(file, casefile.Choice{})
	if err != nil {
		f.Fatal(err)
	}
	talks := study.DefaultTalks()
	talks.Rounds = 6
	x, err := of.Table(talks)
	if err != nil {
		f.Fatal(err)
	}
	m, makers, err := x.Machine()
	if err != nil {
		f.Fatal(err)
	}
	plan := rehearsal.Plan{Setting: x.Setting, Rules: x.Rules, Seed: 1, Sessions: 600}
	plan.Makers = makers
	tally := rehearsal.NewTally()
	if err := plan.Play(f.Context(), tally); err != nil {
		f.Fatal(err)
	}
	whole, err := tally.Keep("plan")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"plan":"plan","blocks":[0],"ends":[{"ended":2,"round":6,"package":"","by":-1,"refusers":0,"sessions":250}]}`))
	f.Add([]byte(`{"plan":"plan","blocks":[2],"ends":[{"ended":4,"round":3,"package":"AAAAAAAC","by":1,"refusers":18446744073709551615,"sessions":100}]}`))
	f.Add([]byte(`{"plan":"plan","blocks":[],"ends":null}`))
	shown, err := of.Rehearsal(f.Context(), x, study.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tally, err := plan.Resume(data, "plan")
		if err != nil {
			return
		}
		counted := 0
		for end, n := range tally.Ends {
			counted += n
			if end.Round > x.Rounds || end.Refusers>>len(x.Setting.Space.Parties) != 0 || int(end.By) >= m.Seats() {
				t.Errorf("no session ends as %+v", end)
			}
		}
		if counted != tally.Sessions || tally.Sessions > plan.Sessions {
			t.Errorf("%d ends of %d sessions", counted, tally.Sessions)
		}
		kept, err := tally.Keep("plan")
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(kept)) > plan.MaxKept("plan") {
			t.Errorf("kept in %d bytes, more than %d", len(kept), plan.MaxKept("plan"))
		}
		again, err := plan.Resume(kept, "plan")
		if err != nil || !reflect.DeepEqual(again, tally) {
			t.Fatalf("kept as %s, read as %v, %v", kept, again, err)
		}
		if tally.Sessions == 0 {
			return
		}
		shown.Tally = tally
		for _, write := range []func() error{
			func() error { return report.WriteRehearsalText(io.Discard, shown, report.TextOptions{Width: 80}) },
			func() error { return report.WriteRehearsalJSON(io.Discard, shown) },
		} {
			if err := write(); err != nil {
				t.Error(err)
			}
		}
	})
}
