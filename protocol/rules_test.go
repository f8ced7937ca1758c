package protocol_test

import (
	"fmt"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/protocoltest"
)

func allRules() []protocol.Rules {
	return []protocol.Rules{
		protocol.AlternatingOffers{},
		protocol.Voting{},
		protocol.SingleText{},
		protocol.Shuttle{},
		protocol.FileByFile{},
		protocol.FileByFile{Files: [][]int{{2, 0}, {1}}, Reopen: true},
		protocol.IndirectThenDirect{Indirect: protocol.Shuttle{}, Direct: protocol.AlternatingOffers{}, After: 3, Yeses: 1},
	}
}

func TestConformance(t *testing.T) {
	for _, rules := range allRules() {
		for _, parties := range []int{2, 3} {
			set := protocoltest.Talks(parties)
			t.Run(fmt.Sprintf("%+v/%d", rules, parties), func(t *testing.T) { protocoltest.Rules(t, rules, set) })
			set = protocoltest.Talks(parties)
			set.Space.Consent = outcome.CountOf(1<<parties-1, outcome.AtLeast, 2)
			set.Events = set.Events[:1]
			t.Run(fmt.Sprintf("%+v/any two of %d", rules, parties), func(t *testing.T) { protocoltest.Rules(t, rules, set) })
		}
	}
}
