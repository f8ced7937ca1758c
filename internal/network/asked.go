package network

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/outcome"
)

// An Asked says whose acceptance an outcome needs: bit i of parties for party i, and
// bit j of home[i] for its constituency j. A nil home asks nobody at home.
type Asked struct {
	parties uint64
	home    []uint64
}

func EveryParty(s *outcome.Space) Asked { return Asked{parties: 1<<len(s.Parties) - 1} }

func (a Asked) party(i int) bool { return a.parties>>i&1 != 0 }

func (a Asked) constituency(i, j int) bool { return a.home != nil && a.home[i]>>j&1 != 0 }

// With returns whom either asks.
func (a Asked) With(b Asked) Asked {
	out := Asked{a.parties | b.parties, slices.Clone(a.home)}
	for i, home := range b.home {
		if out.home == nil {
			out.home = make([]uint64, len(b.home))
		}
		out.home[i] |= home
	}
	return out
}

func (a Asked) Equal(b Asked) bool { return a.parties == b.parties && slices.Equal(a.home, b.home) }

const (
	// maxOpenNames bounds the names of a rule whose answers are not the same for every
	// outcome: every set of them is looked at.
	maxOpenNames = 16
	// maxWays bounds the sets of parties and constituencies of which each suffices.
	maxWaysToAgree = 64
)

// coalitions returns the least sets of names that carry a monotone rule over n names,
// given the names that say yes to every outcome and those that say no; names of the first kind
// are left out of the sets. No set means that the rule never holds. It says why where there are
// too many, or where a yes more can turn the rule's answer to no.
func coalitions(rule outcome.Rule, n int, always, never uint64, what string) (sets []uint64, why string) {
	all := ^uint64(0) >> (64 - n)
	open := all &^ always &^ never
	if rule.Everyone() {
		if never&all != 0 {
			return nil, ""
		}
		return []uint64{open}, ""
	}
	k := bits.OnesCount64(open)
	if k > maxOpenNames {
		return nil, fmt.Sprintf("%s asks %d names, more than the %d of which every set can be looked at", what, k, maxOpenNames)
	}
	var names []uint64
	for left := open; left != 0; left &= left - 1 {
		names = append(names, left&-left)
	}
	set := func(i int) uint64 {
		var s uint64
		for b, name := range names {
			if i>>b&1 != 0 {
				s |= name
			}
		}
		return s
	}
	holds := make([]bool, 1<<k)
	for i := range holds {
		holds[i] = rule.Holds(set(i)|always&all, n)
		least := holds[i]
		for b := range k {
			if i>>b&1 == 0 {
				continue
			}
			if holds[i^1<<b] {
				least = false
				if !holds[i] {
					return nil, what + " can be lost by one more yes"
				}
			}
		}
		if least {
			sets = append(sets, set(i))
		}
	}
	if len(sets) > maxWaysToAgree {
		return nil, fmt.Sprintf("%s can be met in %d ways, more than %d", what, len(sets), maxWaysToAgree)
	}
	return sets, ""
}

// A Ground is what an analysis ranks, written as networks: an outcome belongs to it that
// belongs to one of them.
type Ground struct {
	Zone   []*Network
	Agreed []*Network // what of the zone every party accepts; nil where that is the zone
}

// Linked reports whether a condition or adjustment links issues.
func (g *Ground) Linked() bool {
	return slices.ContainsFunc(slices.Concat(g.Zone, g.Agreed), func(n *Network) bool { return len(n.Links) > 0 })
}

// NewGround writes the zone, or with home the part of it that every party can carry at
// home, as networks: one for every least set of parties and constituencies that suffices. It
// says why where a rule does not come down to a few such sets.
func NewGround(s *outcome.Space, home bool) (*Ground, string) {
	carried := []Asked{{}}
	if home {
		var why string
		if carried, why = waysHome(s); why != "" {
			return nil, why
		}
	}
	g := &Ground{}
	everyone := EveryParty(s)
	if s.Unanimous() {
		for _, way := range carried {
			g.Zone = append(g.Zone, Asking(s, everyone.With(way)))
		}
		return g, ""
	}
	var always, never uint64
	for i := range s.Parties {
		p := &s.Parties[i]
		yes, no := foregone(&p.Row)
		switch {
		case no:
			never |= 1 << i
		case yes && !slices.ContainsFunc(p.RedLines, func(c outcome.Condition) bool { return c.Forbidden.Count() > 0 }):
			always |= 1 << i
		}
	}
	sets, why := coalitions(s.Consent, len(s.Parties), always, never, "the consent rule")
	if why != "" {
		return nil, why
	}
	if len(sets)*len(carried) > maxWaysToAgree {
		return nil, tooManyWays
	}
	g.Agreed = []*Network{}
	for _, way := range carried {
		for _, set := range sets {
			g.Zone = append(g.Zone, Asking(s, way.With(Asked{parties: set})))
		}
		g.Agreed = append(g.Agreed, Asking(s, everyone.With(way)))
	}
	return g, ""
}

var tooManyWays = fmt.Sprintf("consent and ratification can be met in more than %d ways together", maxWaysToAgree)

// waysHome returns the least sets of constituencies with which every party carries an
// outcome at home, none where some party never can.
func waysHome(s *outcome.Space) ([]Asked, string) {
	ways := []Asked{{home: make([]uint64, len(s.Parties))}}
	for i := range s.Parties {
		p := &s.Parties[i]
		var always, never uint64
		for j := range p.Constituencies {
			switch yes, no := foregone(&p.Constituencies[j]); {
			case yes:
				always |= 1 << j
			case no:
				never |= 1 << j
			}
		}
		sets, why := coalitions(p.Ratification, len(p.Constituencies), always, never, p.ID+"'s ratification rule")
		if why != "" {
			return nil, why
		}
		var next []Asked
		for _, way := range ways {
			for _, set := range sets {
				more := Asked{home: slices.Clone(way.home)}
				more.home[i] = set
				next = append(next, more)
			}
		}
		if ways = next; len(ways) > maxWaysToAgree {
			return nil, tooManyWays
		}
	}
	return ways, ""
}

// foregone reports whether a row accepts every outcome, or none, by what its scores and
// adjustments can come to at most.
func foregone(r *outcome.Row) (always, never bool) {
	if !r.Threshold.Set {
		return true, false
	}
	low, high := r.Span()
	return low >= r.Threshold.Value, high < r.Threshold.Value
}

// Possible leaves out the networks in which an issue has no option left, or a row's
// floor is out of reach.
func Possible(nets []*Network) []*Network {
	return slices.DeleteFunc(slices.Clone(nets), func(n *Network) bool { return !n.Reachable() })
}

// Reachable reports whether every issue has an option left, and every floor is within
// what options and links can add up to at most.
func (n *Network) Reachable() bool {
	if !n.HasLeft {
		return false
	}
	for j, floor := range n.Floor {
		var most int64
		for _, choices := range n.Issues {
			best := choices[0].Gain[j]
			for _, c := range choices {
				best = max(best, c.Gain[j])
			}
			most += best
		}
		for _, l := range n.Links {
			if l.Party == j {
				most += max(0, l.Add)
			}
		}
		if most < floor {
			return false
		}
	}
	return true
}

// Frame is the network of every outcome that no requirement about a single issue rules out.
func Frame(s *outcome.Space) *Network { return Asking(s, Asked{}) }
