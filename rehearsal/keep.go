package rehearsal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/goodoffices/goodoffices/protocol"
)

// kept is a tally as it is kept in a file between two runs.
type kept struct {
	Plan   string    `json:"plan"` // what was played: a tally is not gone on with under another plan
	Blocks []int     `json:"blocks"`
	Ends   []keptEnd `json:"ends"`
}

type keptEnd struct {
	Ended    protocol.Ending `json:"ended"`
	Round    int             `json:"round"`
	Package  string          `json:"package"`
	By       protocol.Seat   `json:"by"`
	Refusers uint64          `json:"refusers"`
	Sessions int             `json:"sessions"`
}

// Keep returns the tally as bytes that [Resume] reads. plan says what was played. A session that
// stands for all is not kept: it is soon played again.
func (t *Tally) Keep(plan string) ([]byte, error) {
	k := kept{Plan: plan, Blocks: slices.Sorted(maps.Keys(t.blocks))}
	for _, e := range t.sorted() {
		if t.Fixed {
			break
		}
		k.Ends = append(k.Ends, keptEnd{e.Ended, e.Round, base64.StdEncoding.EncodeToString([]byte(e.Package)), e.By, e.Refusers, t.Ends[e]})
	}
	return json.MarshalIndent(k, "", " ")
}

// MaxKept returns more bytes than the tally of a plan is kept in.
func (p *Plan) MaxKept(plan string) int64 {
	end := 256 + 4*len(p.Setting.Space.Issues) // bytes, and as many for its block
	return int64(4096 + 6*len(plan) + p.Sessions*2*end)
}

// Resume returns the tally that was kept. It fails when it was kept of another plan,
// or does not fit this one.
func (p *Plan) Resume(data []byte, plan string) (*Tally, error) {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return nil, fmt.Errorf("it holds no interrupted work: %w", err)
	}
	if k.Plan != plan {
		return nil, errors.New("it holds the interrupted work of another case, protocol, strategy, seed or number of sessions")
	}
	t := NewTally()
	for _, b := range k.Blocks {
		if b < 0 || b >= (p.Sessions+blockSize-1)/blockSize || t.blocks[b] {
			return nil, fmt.Errorf("it counts block %d, which is none or counted twice", b)
		}
		t.add(p, b, nil)
	}
	counted := 0
	for _, e := range k.Ends {
		raw, err := base64.StdEncoding.DecodeString(e.Package)
		end := End{e.Ended, e.Round, string(raw), e.By, e.Refusers}
		if err != nil || e.Sessions < 1 || e.Sessions > t.Sessions || !p.possible(&end) {
			return nil, errors.New("it counts an end that no session of this case has")
		}
		t.Ends[end] += e.Sessions
		if counted += e.Sessions; counted > t.Sessions {
			break
		}
	}
	if counted != t.Sessions {
		return nil, fmt.Errorf("it counts %d ends of %d sessions", counted, t.Sessions)
	}
	return t, nil
}

// possible reports whether an end is one of a session under the plan.
func (p *Plan) possible(e *End) bool {
	switch e.Ended {
	case protocol.Agreed, protocol.RefusedAtHome:
		o := e.Outcome()
		if len(o) != len(p.Setting.Space.Issues) || 3*len(o) != len(e.Package) {
			return false
		}
		for i, k := range o {
			if k >= p.Setting.Space.Issues[i].Options {
				return false
			}
		}
	case protocol.Deadline, protocol.Walkout, protocol.Breakdown:
		if e.Package != "" {
			return false
		}
	default:
		return false
	}
	if e.Refusers>>len(p.Setting.Space.Parties) != 0 || (e.Refusers != 0) != (e.Ended == protocol.RefusedAtHome) {
		return false
	}
	return e.Round >= 1 && e.Round <= p.Setting.Rounds && e.By >= -1 && int(e.By) < len(p.Makers) && (e.By >= 0) == (e.Ended == protocol.Walkout)
}
