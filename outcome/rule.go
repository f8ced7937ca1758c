package outcome

import (
	"cmp"
	"math/bits"
	"reflect"
	"slices"
)

// A Rule decides over yes and no of a few names: which parties' consent makes an
// agreement, or which constituencies carry one at home. The zero Rule asks
// everyone.
type Rule struct {
	root *ruleNode
}

type ruleNode struct {
	op    ruleOp
	name  int     // of opName
	names uint64  // of opCount and opVotes
	cmp   Compare // of opCount and opVotes
	n     int     // of opCount
	votes []int64 // of opVotes, by name
	need  int64   // of opVotes
	args  [2]*ruleNode
}

type ruleOp uint8

const (
	opTrue ruleOp = iota
	opName
	opNot
	opAnd
	opOr
	opCount
	opVotes
)

// Compare is a comparison of two numbers.
type Compare uint8

// The comparisons.
const (
	Equal Compare = iota
	NotEqual
	Less
	AtMost
	Greater
	AtLeast
)

// Holds reports whether a and b compare as c says, where order is the sign of a - b.
func (c Compare) Holds(order int) bool {
	switch c {
	case Equal:
		return order == 0
	case NotEqual:
		return order != 0
	case Less:
		return order < 0
	case AtMost:
		return order <= 0
	case Greater:
		return order > 0
	default:
		return order >= 0
	}
}

// Always is the rule that holds whatever is answered.
func Always() Rule { return Rule{&ruleNode{op: opTrue}} }

// Name is the rule that asks the one name at position i, below 64.
func Name(i int) Rule { return Rule{&ruleNode{op: opName, name: i}} }

// Not is the rule that holds where r does not.
func Not(r Rule) Rule { return Rule{&ruleNode{op: opNot, args: [2]*ruleNode{r.root}}} }

// And is the rule that holds where both do.
func And(a, b Rule) Rule { return Rule{&ruleNode{op: opAnd, args: [2]*ruleNode{a.root, b.root}}} }

// Or is the rule that holds where either does.
func Or(a, b Rule) Rule { return Rule{&ruleNode{op: opOr, args: [2]*ruleNode{a.root, b.root}}} }

// CountOf is the rule that compares the number of yeses among names, a set with
// bit i for name i, with n.
func CountOf(names uint64, c Compare, n int) Rule {
	return Rule{&ruleNode{op: opCount, names: names, cmp: c, n: n}}
}

// VotesOf is the rule that compares the votes of those who say yes with n: name i has
// votes[i] of them, 0 where it is not asked. There are at most 64 names; none of the
// numbers is below 0, and their sum is at most 2^61.
func VotesOf(votes []int64, c Compare, n int64) Rule {
	r := &ruleNode{op: opVotes, votes: slices.Clone(votes), cmp: c, need: n}
	for i, v := range votes {
		if v > 0 {
			r.names |= 1 << i
		}
	}
	return Rule{r}
}

// maxTried is the largest number of names of which every set is tried.
const maxTried = 16

// Monotone reports whether one more yes never breaks the rule, over n names. It reports false
// where that is not known: for rules over more than 16 names, other than everyone.
func (r Rule) Monotone(n int) bool {
	if r.Everyone() {
		return true
	}
	if n > maxTried {
		return false
	}
	for yes := range uint64(1) << n {
		if !r.Holds(yes, n) {
			continue
		}
		for k := range n {
			if !r.Holds(yes|1<<k, n) {
				return false
			}
		}
	}
	return true
}

// Equal reports whether two rules are written alike.
func (r Rule) Equal(o Rule) bool { return reflect.DeepEqual(r, o) }

// Everyone reports whether r is the zero Rule.
func (r Rule) Everyone() bool { return r.root == nil }

// Holds reports whether the rule holds when exactly the names in yes, of n names
// in all, say yes.
func (r Rule) Holds(yes uint64, n int) bool {
	if r.root == nil {
		return bits.OnesCount64(yes) == n
	}
	return r.root.holds(yes)
}

func (r *ruleNode) holds(yes uint64) bool {
	switch r.op {
	case opName:
		return yes>>r.name&1 != 0
	case opNot:
		return !r.args[0].holds(yes)
	case opAnd:
		return r.args[0].holds(yes) && r.args[1].holds(yes)
	case opOr:
		return r.args[0].holds(yes) || r.args[1].holds(yes)
	case opCount:
		return r.cmp.Holds(bits.OnesCount64(yes&r.names) - r.n)
	case opVotes:
		var sum int64
		for names := yes & r.names; names != 0; names &= names - 1 {
			sum += r.votes[bits.TrailingZeros64(names)]
		}
		return r.cmp.Holds(cmp.Compare(sum, r.need))
	default:
		return true
	}
}

// names returns one more than the highest position that the rule asks, 0 when it
// asks nobody by name.
func (r Rule) names() int {
	if r.root == nil {
		return 0
	}
	return r.root.highest()
}

func (r *ruleNode) highest() int {
	switch r.op {
	case opName:
		return r.name + 1
	case opCount, opVotes:
		return bits.Len64(r.names)
	}
	n := 0
	for _, a := range r.args {
		if a != nil {
			n = max(n, a.highest())
		}
	}
	return n
}

// HoldsEach decides 64 cases at once: bit k of the result is the rule's answer
// when the names that say yes are those whose word in yes has bit k. There is one
// word per name.
func (r Rule) HoldsEach(yes []uint64) uint64 {
	if r.root == nil {
		all := ^uint64(0)
		for _, w := range yes {
			all &= w
		}
		return all
	}
	return r.root.holdsEach(yes)
}

func (r *ruleNode) holdsEach(yes []uint64) uint64 {
	switch r.op {
	case opName:
		return yes[r.name]
	case opNot:
		return ^r.args[0].holdsEach(yes)
	case opAnd:
		return r.args[0].holdsEach(yes) & r.args[1].holdsEach(yes)
	case opOr:
		return r.args[0].holdsEach(yes) | r.args[1].holdsEach(yes)
	case opCount:
		return r.countEach(yes)
	case opVotes:
		return r.votesEach(yes)
	default:
		return ^uint64(0)
	}
}

// countEach adds up the yeses of every lane in bit-sliced counters: bit k of
// sum[b] is bit b of lane k's count, which is at most 64.
func (r *ruleNode) countEach(yes []uint64) uint64 {
	var sum [7]uint64
	for names := r.names; names != 0; names &= names - 1 {
		carry := yes[bits.TrailingZeros64(names)]
		for b := 0; carry != 0; b++ {
			sum[b], carry = sum[b]^carry, sum[b]&carry
		}
	}
	if r.n < 0 || r.n > 127 {
		if r.cmp.Holds(-r.n) {
			return ^uint64(0)
		}
		return 0
	}
	return compareEach(sum[:], int64(r.n), r.cmp)
}

// votesEach adds up the votes of every lane likewise: where bit b of a name's votes
// is set, its yeses are added at that place.
func (r *ruleNode) votesEach(yes []uint64) uint64 {
	var sum [62]uint64 // 2^61 has 62 bits
	top := 0
	for names := r.names; names != 0; names &= names - 1 {
		name := bits.TrailingZeros64(names)
		for votes := uint64(r.votes[name]); votes != 0; votes &= votes - 1 {
			carry := yes[name]
			b := bits.TrailingZeros64(votes)
			for ; carry != 0; b++ {
				sum[b], carry = sum[b]^carry, sum[b]&carry
			}
			top = max(top, b)
		}
	}
	if r.need < 0 || bits.Len64(uint64(r.need)) > len(sum) {
		if r.cmp.Holds(cmp.Compare(0, r.need)) {
			return ^uint64(0)
		}
		return 0
	}
	return compareEach(sum[:max(top, bits.Len64(uint64(r.need)))], r.need, r.cmp)
}

// compareEach compares every lane's number with n: bit k of sum[b] is bit b of lane k's.
func compareEach(sum []uint64, n int64, c Compare) uint64 {
	var less, greater uint64
	for b := len(sum) - 1; b >= 0; b-- {
		bit := -uint64(n >> b & 1)
		undecided := ^(less | greater)
		greater |= undecided & sum[b] &^ bit
		less |= undecided & bit &^ sum[b]
	}
	var held uint64
	if c.Holds(-1) {
		held |= less
	}
	if c.Holds(0) {
		held |= ^(less | greater)
	}
	if c.Holds(1) {
		held |= greater
	}
	return held
}
