package protocol_test

import (
	"fmt"
	"log"
	"os"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
)

// A negotiator that asks for less of ten loaves each round, and takes what is worth
// no less to it than its next offer.
type baker struct {
	first bool // wants many loaves for the first party
}

func (b baker) Move(v *protocol.View) protocol.Move {
	share := func(o outcome.Outcome) int {
		if b.first {
			return o[0]
		}
		return 10 - o[0]
	}
	want := 11 - 2*v.Round
	if v.Standing != nil && v.By != v.Seat && share(v.Standing) >= want {
		return protocol.Move{Kind: protocol.Accept}
	}
	if b.first {
		return protocol.Move{Kind: protocol.Offer, Outcome: outcome.Outcome{want}}
	}
	return protocol.Move{Kind: protocol.Offer, Outcome: outcome.Outcome{10 - want}}
}

func Example() {
	space, err := outcome.NewSpace([]string{"loaves"},
		outcome.NewParty("ana", []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
		outcome.NewParty("ben", []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}),
	)
	if err != nil {
		log.Fatal(err)
	}
	set := &protocol.Setting{Space: space, Rounds: 10}
	m, err := protocol.New(set, protocol.AlternatingOffers{})
	if err != nil {
		log.Fatal(err)
	}
	recorder := transcript.NewRecorder(set)
	result, err := protocol.Play(m, []protocol.Negotiator{baker{first: true}, baker{}}, 1, recorder.Watch)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Ended, result.Agreement, result.Utilities)
	transcript := transcript.Transcript{Lines: recorder.Lines}
	if _, err := transcript.WriteTo(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// agreed [5] [5 5]
	// goodoffices transcript 1
	//
	// round 1
	// ana offer loaves=9
	// ben offer loaves=1
	//
	// round 2
	// ana offer ... loaves=7
	// ben offer ... loaves=3
	//
	// round 3
	// ana offer ... loaves=5
	// ben accept
	// - ended: agreed
}
