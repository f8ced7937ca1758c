package outcome

import (
	"encoding/binary"
	"math/big"
	"math/bits"
	"slices"
)

const (
	// maxEnumerated is the largest number of names whose coalitions are visited one by
	// one: 2^24 bits of answers are 2 MiB.
	maxEnumerated = 24
	// maxStates bounds the distinct sums of votes where coalitions are counted instead.
	maxStates = 1 << 18
	// maxFlips bounds the choices that Fewest visits.
	maxFlips = 1 << 20
)

// Power is what a name's yes is worth under a rule before anybody's scores are known.
type Power struct {
	// Swings is the number of sets of other names with which the name's yes makes the
	// rule hold that would not hold without it (Banzhaf 1965). Sets in which it undoes
	// the rule, as under a negation, are taken off.
	Swings *big.Int
	// ShapleyShubik is the share of the orders in which all names can say yes, one
	// after another, in which the name's is the one that decides (Shapley and Shubik
	// 1954); undoing the rule is taken off likewise.
	ShapleyShubik *big.Rat
}

// Power returns the power of each of n names over all their coalitions. It is exact.
// Up to 24 names are enumerated; more are counted by generating functions over the
// distinct sums of votes that the rule compares, names of the same votes together. ok is
// false where more than 2^18 such sums stand side by side.
func (r Rule) Power(n int) (powers []Power, ok bool) {
	if n < 1 || n > 64 || r.names() > n {
		return nil, false
	}
	var swings [][]*big.Int // by name, then number of others who say yes
	if n <= maxEnumerated {
		swings = r.enumerate(n)
	} else if swings = r.generate(n); swings == nil {
		return nil, false
	}
	// The weight of a set of k others in the orders is k! (n-1-k)! / n!.
	weights := make([]*big.Rat, n)
	whole := new(big.Int).MulRange(1, int64(n))
	for k := range weights {
		orders := new(big.Int).MulRange(1, int64(k))
		orders.Mul(orders, new(big.Int).MulRange(1, int64(n-1-k)))
		weights[k] = new(big.Rat).SetFrac(orders, whole)
	}
	powers = make([]Power, n)
	for i := range powers {
		p := Power{new(big.Int), new(big.Rat)}
		for k, s := range swings[i] {
			p.Swings.Add(p.Swings, s)
			p.ShapleyShubik.Add(p.ShapleyShubik, new(big.Rat).Mul(weights[k], new(big.Rat).SetInt(s)))
		}
		powers[i] = p
	}
	return powers, true
}

// lanes has, for each of six names, the lanes of a word whose coalition holds it.
var lanes = [6]uint64{0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000}

// enumerate counts swings over all coalitions, 64 in a word.
func (r Rule) enumerate(n int) [][]*big.Int {
	words, used := 1, ^uint64(0)
	if n > 6 {
		words = 1 << (n - 6)
	} else if n < 6 {
		used = 1<<(1<<n) - 1
	}
	holds := make([]uint64, words)
	yes := make([]uint64, n)
	copy(yes, lanes[:])
	for w := range holds {
		for i := 6; i < n; i++ {
			yes[i] = -uint64(w >> (i - 6) & 1)
		}
		holds[w] = r.HoldsEach(yes)
	}
	var size [7]uint64 // lanes by the number of the first six names in their coalition
	for lane := range 64 {
		size[bits.OnesCount(uint(lane))] |= 1 << lane
	}
	out := make([][]*big.Int, n)
	for i := range out {
		count := make([]int64, n)
		for w := range holds {
			var with, without uint64
			if i < 6 {
				without = holds[w] &^ lanes[i]
				with = holds[w] >> (1 << i) &^ lanes[i]
			} else if bit := 1 << (i - 6); w&bit == 0 {
				without, with = holds[w], holds[w|bit]
			} else {
				continue
			}
			if i < 6 {
				with, without = with&used, without&used
			}
			more, less := with&^without&used, without&^with&used
			if more|less == 0 {
				continue
			}
			outer := bits.OnesCount(uint(w))
			for k, in := range size {
				if outer+k < n {
					count[outer+k] += int64(bits.OnesCount64(more&in) - bits.OnesCount64(less&in))
				}
			}
		}
		for _, c := range count {
			out[i] = append(out[i], big.NewInt(c))
		}
	}
	return out
}

// leaves returns what a rule compares: for each leaf, the votes that each of n names
// adds to it.
func (r Rule) leaves(n int) (root *ruleNode, nodes []*ruleNode, votes [][]int64) {
	root = r.root
	if root == nil {
		root = CountOf(^uint64(0)>>(64-n), Equal, n).root
	}
	var visit func(*ruleNode)
	visit = func(node *ruleNode) {
		switch node.op {
		case opName, opCount, opVotes:
			of := make([]int64, n)
			for i := range of {
				switch {
				case node.op == opName && i == node.name, node.op == opCount && node.names>>i&1 != 0:
					of[i] = 1
				case node.op == opVotes && i < len(node.votes):
					of[i] = node.votes[i]
				}
			}
			nodes, votes = append(nodes, node), append(votes, of)
		}
		for _, a := range node.args {
			if a != nil {
				visit(a)
			}
		}
	}
	visit(root)
	return root, nodes, votes
}

// decide evaluates the rule when its leaves, taken in the order of leaves, have the sums.
func (r *ruleNode) decide(sums []int64, next *int) bool {
	leaf := func() int64 { *next++; return sums[*next-1] }
	switch r.op {
	case opName:
		return leaf() > 0
	case opNot:
		return !r.args[0].decide(sums, next)
	case opAnd, opOr:
		a := r.args[0].decide(sums, next)
		b := r.args[1].decide(sums, next)
		return a && b || r.op == opOr && (a || b)
	case opCount:
		return r.cmp.Holds(int(leaf()) - r.n)
	case opVotes:
		sum := leaf()
		switch {
		case sum < r.need:
			return r.cmp.Holds(-1)
		case sum > r.need:
			return r.cmp.Holds(1)
		}
		return r.cmp.Holds(0)
	}
	return true
}

// A class is a set of names that add the same votes to every leaf of a rule, so that
// it matters only how many of them say yes.
type class struct {
	names []int
	votes []int64 // by leaf
}

func classes(n int, votes [][]int64, in uint64) []class {
	var out []class
next:
	for i := range n {
		if in>>i&1 == 0 {
			continue
		}
		of := make([]int64, len(votes))
		for k := range votes {
			of[k] = votes[k][i]
		}
		for c := range out {
			if slices.Equal(out[c].votes, of) {
				out[c].names = append(out[c].names, i)
				continue next
			}
		}
		out = append(out, class{[]int{i}, of})
	}
	return out
}

// generate counts swings by the number of coalitions of each size that have the same
// sums at every leaf. It returns nil where the sums are too many.
func (r Rule) generate(n int) [][]*big.Int {
	root, _, votes := r.leaves(n)
	all := classes(n, votes, ^uint64(0)>>(64-n))
	out := make([][]*big.Int, n)
	type state struct {
		sums  []int64
		size  int
		count *big.Int
	}
	for c, one := range all {
		states := []state{{make([]int64, len(votes)), 0, big.NewInt(1)}}
		for d, other := range all {
			m := len(other.names)
			if d == c {
				m--
			}
			at := make(map[string]int)
			var next []state
			for _, s := range states {
				for j := range m + 1 {
					sums := slices.Clone(s.sums)
					for k := range sums {
						sums[k] += int64(j) * other.votes[k]
					}
					var key []byte
					for _, v := range append(sums, int64(s.size+j)) {
						key = binary.AppendVarint(key, v)
					}
					ways := new(big.Int).Binomial(int64(m), int64(j))
					ways.Mul(ways, s.count)
					if i, ok := at[string(key)]; ok {
						next[i].count.Add(next[i].count, ways)
						continue
					}
					if len(next) == maxStates {
						return nil
					}
					at[string(key)] = len(next)
					next = append(next, state{sums, s.size + j, ways})
				}
			}
			states = next
		}
		count := make([]*big.Int, n)
		for k := range count {
			count[k] = new(big.Int)
		}
		for _, s := range states {
			at := 0
			without := root.decide(s.sums, &at)
			for k := range s.sums {
				s.sums[k] += one.votes[k]
			}
			at = 0
			switch with := root.decide(s.sums, &at); {
			case with && !without:
				count[s.size].Add(count[s.size], s.count)
			case without && !with:
				count[s.size].Sub(count[s.size], s.count)
			}
		}
		for _, i := range one.names {
			out[i] = count
		}
	}
	return out
}

// Fewest returns a smallest set of the movable names whose change of answer makes the
// rule, which has n names of which those in yes say yes, answer want. Among names that
// the rule does not tell apart those early in prefer move first; among sets of the same
// size the one that less puts first is returned, and without less the first met. found is
// false where no change of the movable names brings about want. ok is false where there are
// more than 2^20 choices to visit, and then nothing is known. prefer may be nil.
func (r Rule) Fewest(yes, movable uint64, n int, want bool, prefer []int, less func(a, b uint64) bool) (set uint64, found, ok bool) {
	if n < 1 || n > 64 || r.names() > n {
		return 0, false, false
	}
	root, _, votes := r.leaves(n)
	sums := make([]int64, len(votes))
	for i := range n {
		if yes>>i&1 != 0 {
			for k := range sums {
				sums[k] += votes[k][i]
			}
		}
	}
	// Those who go from yes to no and those who go from no to yes are different classes.
	all := classes(n, votes, movable&yes&(^uint64(0)>>(64-n)))
	down := len(all)
	all = append(all, classes(n, votes, movable&^yes&(^uint64(0)>>(64-n)))...)
	choices := 1
	for c := range all {
		if choices *= len(all[c].names) + 1; choices > maxFlips {
			return 0, false, false
		}
		if prefer != nil {
			slices.SortStableFunc(all[c].names, func(a, b int) int { return slices.Index(prefer, a) - slices.Index(prefer, b) })
		}
	}
	best := 65
	var visit func(c, size int, flipped uint64)
	visit = func(c, size int, flipped uint64) {
		if size > best || size == best && less == nil {
			return
		}
		if c == len(all) {
			at := 0
			if root.decide(sums, &at) == want && (size < best || less(flipped, set)) {
				set, best = flipped, size
			}
			return
		}
		of := &all[c]
		sign := int64(1)
		if c < down {
			sign = -1
		}
		before := flipped
		for j := range len(of.names) + 1 {
			if j > 0 {
				flipped |= 1 << of.names[j-1]
				for k := range sums {
					sums[k] += sign * of.votes[k]
				}
			}
			visit(c+1, size+j, flipped)
		}
		for k := range sums {
			sums[k] -= sign * int64(len(of.names)) * of.votes[k]
		}
		flipped = before
	}
	visit(0, 0, 0)
	return set, best < 65, true
}
