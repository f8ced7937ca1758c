package study

import (
	"bytes"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
)

// bay is a case of two parties with a mandate, preconditions and people at home.
const bay = `goodoffices: 1
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

// FuzzEvents: whatever --amend, --meet and --unmeet say is refused with the flag named, or played, written
// down and set up again the same.
func FuzzEvents(f *testing.F) {
	file, err := casefile.Parse("bay.yaml", []byte(bay))
	if err != nil {
		f.Fatal(err)
	}
	of, err := New(file, casefile.Choice{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("1:fishers:", "2:fishers.boats", "3:port.nets")
	f.Add("3:port:quota == 'low' && season > 3", "1:port.nets", "1:port.nets")
	f.Add("2:fishers:season", "0:x", "9999999999999999999:")
	f.Add("1:port:\n", "1:fishers.boats\n", "")
	f.Fuzz(func(t *testing.T, amend, meet, unmeet string) {
		talks := DefaultTalks()
		talks.Rounds, talks.Amend, talks.Unmet = 6, []string{amend}, []string{"fishers.boats"}
		if meet != "" {
			talks.Meet = []string{meet}
		}
		if unmeet != "" {
			talks.Unmeet = []string{unmeet}
		}
		x, err := of.Table(talks)
		if err != nil {
			return
		}
		m, makers, err := x.Machine()
		if err != nil {
			return
		}
		recorder := transcript.NewRecorder(x.Setting)
		result, err := m.Sit(makers, x.Seed).Play(t.Context(), recorder.Watch)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		written := transcript.Transcript{Fields: x.Head([]string{"bay.yaml"}), Lines: recorder.Lines}
		if _, err := written.WriteTo(&text); err != nil {
			t.Fatal(err)
		}
		read, err := transcript.Parse("talks.txt", text.Bytes())
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, &text)
		}
		head, err := ReadHead(read)
		if err != nil {
			t.Fatalf("%v\n%s", err, &text)
		}
		again, err := of.Table(head.Talks)
		if err != nil {
			t.Fatalf("%v\n%s", err, &text)
		}
		if m, err = protocol.New(again.Setting, again.Rules); err != nil {
			t.Fatal(err)
		}
		replay := transcript.Replay{Session: protocol.Session{Machine: m, Seed: again.Seed},
			Outside: func(condition string) (outcome.Table, error) { return again.Outside("mandate", condition) }}
		if d, err := replay.Run(read); err != nil || d != nil {
			t.Fatalf("played again it departs: %v, %v\n%s", d, err, &text)
		}
		if now := m.Result(); now.Ended != result.Ended || now.Rounds != result.Rounds || !slices.Equal(now.Agreement, result.Agreement) {
			t.Errorf("ended %v, and again %v", result, now)
		}
	})
}
