package transcript_test

import (
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
)

// A session written by hand is played, and departs from what somebody thought would happen.
func Example() {
	written, err := transcript.Parse("talks.txt", []byte(`goodoffices transcript 1
round 1
ana offer loaves=9
ben offer loaves=5
round 2
ana accept
- ended: the deadline passed
`))
	if err != nil {
		log.Fatal(err)
	}
	space := &outcome.Space{Issues: []outcome.Issue{{ID: "loaves", Options: 11}}}
	for _, id := range []string{"ana", "ben"} {
		space.Parties = append(space.Parties, outcome.Party{Row: outcome.Row{ID: id, Scale: 1, Scores: [][]int64{make([]int64, 11)}}})
	}
	m, err := protocol.New(&protocol.Setting{Space: space, Rounds: 10}, protocol.AlternatingOffers{})
	if err != nil {
		log.Fatal(err)
	}
	departure, err := (&transcript.Replay{Session: m.Sit(nil, 1)}).Run(written)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Result().Agreement)
	fmt.Printf("line %d: %q, in fact %q\n", departure.Line, departure.Recorded, departure.Now)
	// Output:
	// [5]
	// line 7: "- ended: the deadline passed", in fact "- ended: agreed"
}
