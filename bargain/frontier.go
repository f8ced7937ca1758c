package bargain

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
)

// maxFrontier is the largest number of vectors that a frontier may hold while it
// is built.
const maxFrontier = 1 << 24

// A vectors is a list of utility vectors, each with the first outcome that
// reaches it and the number of outcomes that do.
type vectors struct {
	parties int
	u       []int64 // parties entries per vector
	rank    []int64
	ties    []int64
}

func (v *vectors) len() int         { return len(v.rank) }
func (v *vectors) at(i int) []int64 { return v.u[i*v.parties : (i+1)*v.parties] }
func (v *vectors) truncate()        { v.u, v.rank, v.ties = v.u[:0], v.rank[:0], v.ties[:0] }

func (v *vectors) add(u []int64, rank, ties int64) {
	v.u = append(v.u, u...)
	v.rank = append(v.rank, rank)
	v.ties = append(v.ties, ties)
}

// A collector keeps the frontier of the outcomes offered to it. The result does
// not depend on the order in which they come.
type collector interface {
	// offer adds outcomes: those at the places set in words, whose utilities for
	// party p are base[p] + table[p][place] and whose rank is rank + ranks[place].
	// tops holds the greatest entry of each table.
	offer(words []uint64, base []int64, table [][]int64, tops []int64, rank int64, ranks []int64)
	// result returns the frontier, greatest utility of the first party first, then
	// of the second, and so on.
	result() *vectors
	// absorb adds what another collector of the same kind has kept.
	absorb(o collector)
	// err reports that the frontier has grown past maxFrontier.
	err() error
}

func newCollector(parties int, low, high int64) collector {
	if parties == 2 {
		return newStaircase(low, high)
	}
	return &archive{parties: parties}
}

func tooLarge(n int) error {
	if n <= maxFrontier {
		return nil
	}
	return budget.TooMuch("the frontier passes %d different vectors of utilities: nearly every package is efficient, so scores coarser than the present ones, or fewer options, would tell more", maxFrontier)
}

// A staircase is the frontier of two parties.
//
// Most outcomes are turned away by one comparison: the first party's range is cut
// into equal steps, and each step knows the greatest utility of the second party
// seen on any higher step; an outcome not above that is dominated, strictly in the
// first utility. The rest are gathered and now and then sorted into the staircase.
type staircase struct {
	low   int64
	shift uint
	above []int64 // by step
	kept  []stair // first utility descending, second ascending
	fresh []stair
	spare []stair
	limit int // length of fresh at which it is sorted in
}

type stair struct{ a, b, rank, ties int64 }

const stairSteps = 1 << 12

func newStaircase(low, high int64) *staircase {
	s := &staircase{low: low, limit: stairSteps}
	for uint64(high-low)>>s.shift >= stairSteps {
		s.shift++
	}
	s.above = make([]int64, uint64(high-low)>>s.shift+1)
	for i := range s.above {
		s.above[i] = math.MinInt64
	}
	return s
}

func (s *staircase) offer(words []uint64, base []int64, table [][]int64, tops []int64, rank int64, ranks []int64) {
	baseA, baseB := base[0], base[1]
	if baseB+tops[1] <= s.above[(baseA+tops[0]-s.low)>>s.shift] {
		return
	}
	tableA, tableB := table[0], table[1]
	origin := baseA - s.low
	for w, word := range words {
		for ; word != 0; word &= word - 1 {
			j := w<<6 | bits.TrailingZeros64(word)
			b := baseB + tableB[j]
			if b <= s.above[(origin+tableA[j])>>s.shift] {
				continue
			}
			s.add(stair{baseA + tableA[j], b, rank + ranks[j], 1})
		}
	}
}

func (s *staircase) add(p stair) {
	for i := int((p.a-s.low)>>s.shift) - 1; i >= 0 && s.above[i] < p.b; i-- {
		s.above[i] = p.b
	}
	if s.fresh = append(s.fresh, p); len(s.fresh) >= s.limit {
		s.settle()
	}
}

// settle sorts the fresh points into the staircase.
func (s *staircase) settle() {
	slices.SortFunc(s.fresh, descending)
	out := s.spare[:0]
	kept, fresh := s.kept, s.fresh
	for len(kept) > 0 || len(fresh) > 0 {
		var p stair
		if len(fresh) == 0 || len(kept) > 0 && descending(kept[0], fresh[0]) < 0 {
			p, kept = kept[0], kept[1:]
		} else {
			p, fresh = fresh[0], fresh[1:]
		}
		if n := len(out); n == 0 || p.b > out[n-1].b {
			out = append(out, p)
		} else if p.a == out[n-1].a && p.b == out[n-1].b {
			out[n-1].ties += p.ties
			out[n-1].rank = min(out[n-1].rank, p.rank)
		}
	}
	s.kept, s.spare = out, s.kept
	s.fresh = s.fresh[:0]
	s.limit = max(stairSteps, len(s.kept))
}

func descending(p, q stair) int {
	if c := cmp.Compare(q.a, p.a); c != 0 {
		return c
	}
	return cmp.Compare(q.b, p.b)
}

func (s *staircase) absorb(o collector) {
	other := o.(*staircase)
	other.settle()
	for _, p := range other.kept {
		s.add(p)
	}
}

func (s *staircase) err() error { return tooLarge(len(s.kept)) }

func (s *staircase) result() *vectors {
	s.settle()
	v := &vectors{parties: 2}
	for _, p := range s.kept {
		v.add([]int64{p.a, p.b}, p.rank, p.ties)
	}
	return v
}

// An archive is the frontier of any number of parties. A few guards, the kept
// vectors that lately dominated most, turn most outcomes away; the rest are
// gathered and now and then swept into the archive.
type archive struct {
	parties int
	kept    vectors // in descending lexicographic order
	fresh   vectors
	guards  [][]int64   // latest to dominate first
	u       []int64     // scratch
	stop    func() bool // may be nil; once true, what is kept is of no use
}

const (
	archiveGuards = 16
	archiveFresh  = 1 << 12
)

func (a *archive) offer(words []uint64, base []int64, table [][]int64, tops []int64, rank int64, ranks []int64) {
	u := a.scratch()
	for p := range u {
		u[p] = base[p] + tops[p]
	}
	if a.guarded(u) {
		return
	}
	for w, word := range words {
		for ; word != 0; word &= word - 1 {
			j := w<<6 | bits.TrailingZeros64(word)
			for p := range u {
				u[p] = base[p] + table[p][j]
			}
			if !a.guarded(u) {
				a.add(u, rank+ranks[j], 1)
			}
		}
	}
}

func (a *archive) scratch() []int64 {
	if a.u == nil {
		a.u = make([]int64, a.parties)
		a.kept.parties, a.fresh.parties = a.parties, a.parties
	}
	return a.u
}

// guarded reports whether a guard dominates u, and moves that guard to the front.
func (a *archive) guarded(u []int64) bool {
	for g, guard := range a.guards {
		if dominates(guard, u) {
			copy(a.guards[1:g+1], a.guards[:g])
			a.guards[0] = guard
			return true
		}
	}
	return false
}

// dominates reports whether x is at least y everywhere and more somewhere.
func dominates(x, y []int64) bool {
	more := false
	for p, v := range x {
		if v < y[p] {
			return false
		}
		more = more || v > y[p]
	}
	return more
}

func (a *archive) add(u []int64, rank, ties int64) {
	a.fresh.add(u, rank, ties)
	if a.fresh.len() >= max(archiveFresh, a.kept.len()) {
		a.settle()
	}
}

// settle sweeps the fresh vectors into the archive: in descending lexicographic
// order a vector can be dominated only by one before it.
func (a *archive) settle() {
	a.scratch()
	order := make([]int, a.fresh.len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return slices.Compare(a.fresh.at(y), a.fresh.at(x)) })
	var out vectors
	out.parties = a.parties
	sweep := newSweep(a.parties)
	for k, step := 0, 0; k < a.kept.len() || len(order) > 0; step++ {
		if step%1024 == 0 && a.stop != nil && a.stop() {
			break
		}
		from, i := &a.kept, k
		if k == a.kept.len() || len(order) > 0 && slices.Compare(a.fresh.at(order[0]), a.kept.at(k)) > 0 {
			from, i, order = &a.fresh, order[0], order[1:]
		} else {
			k++
		}
		u := from.at(i)
		if n := out.len(); n > 0 && slices.Equal(out.at(n-1), u) {
			out.ties[n-1] += from.ties[i]
			out.rank[n-1] = min(out.rank[n-1], from.rank[i])
		} else if !sweep.dominated(u) {
			out.add(u, from.rank[i], from.ties[i])
			sweep.add(u)
		}
	}
	a.kept = out
	a.fresh.truncate()
	a.guards = a.guards[:0]
	for _, g := range sweep.strongest(archiveGuards) {
		a.guards = append(a.guards, slices.Clone(g))
	}
}

func (a *archive) absorb(o collector) {
	other := o.(*archive)
	other.settle()
	a.scratch()
	for i := range other.kept.len() {
		a.add(other.kept.at(i), other.kept.rank[i], other.kept.ties[i])
	}
}

func (a *archive) err() error { return tooLarge(a.kept.len()) }

func (a *archive) result() *vectors {
	a.settle()
	return &a.kept
}

// A sweep meets different vectors in descending lexicographic order and tells
// which are dominated by one it has kept. The first utility never needs comparing.
type sweep interface {
	dominated(u []int64) bool
	add(u []int64)
	// strongest returns up to n kept vectors that dominated most.
	strongest(n int) [][]int64
}

func newSweep(parties int) sweep {
	if parties <= 3 {
		return &planarSweep{}
	}
	return newTreeSweep(parties)
}

// A planarSweep serves three parties or fewer: of the second and third utilities
// it keeps the staircase (Kung, Luccio and Preparata 1975).
type planarSweep struct {
	stairs []planarStair // second utility descending, third ascending
	kept   []sweptPoint
}

type planarStair struct {
	b, c int64
	kept int32
}

// A sweptPoint is a kept vector with the number that it was found to dominate.
type sweptPoint struct {
	u    []int64
	hits int
}

// place returns the position of the last stair whose second utility is at least
// b, or -1. That stair has the greatest third utility of those.
func (s *planarSweep) place(b int64) int {
	n, _ := slices.BinarySearchFunc(s.stairs, b, func(p planarStair, b int64) int {
		if p.b >= b {
			return -1
		}
		return 1
	})
	return n - 1
}

func (s *planarSweep) coordinates(u []int64) (b, c int64) {
	if len(u) > 1 {
		b = u[1]
	}
	if len(u) > 2 {
		c = u[2]
	}
	return b, c
}

func (s *planarSweep) dominated(u []int64) bool {
	b, c := s.coordinates(u)
	n := s.place(b)
	if n < 0 || s.stairs[n].c < c {
		return false
	}
	s.kept[s.stairs[n].kept].hits++
	return true
}

func (s *planarSweep) add(u []int64) {
	b, c := s.coordinates(u)
	end := s.place(b) + 1
	// Stairs from end on have a smaller second utility; those whose third is not
	// greater either are no longer needed. So is one with the same second utility.
	from := end
	if end > 0 && s.stairs[end-1].b == b {
		from--
	}
	for end < len(s.stairs) && s.stairs[end].c <= c {
		end++
	}
	s.stairs = slices.Replace(s.stairs, from, end, planarStair{b, c, int32(len(s.kept))})
	s.kept = append(s.kept, sweptPoint{u: u})
}

func (s *planarSweep) strongest(n int) [][]int64 {
	kept := make([]sweptPoint, len(s.stairs))
	for i, p := range s.stairs {
		kept[i] = s.kept[p.kept]
	}
	return strongest(kept, n)
}

func strongest(kept []sweptPoint, n int) [][]int64 {
	slices.SortStableFunc(kept, func(x, y sweptPoint) int { return y.hits - x.hits })
	var out [][]int64
	for _, p := range kept[:min(n, len(kept))] {
		out = append(out, p.u)
	}
	return out
}

// A treeSweep serves four parties and more: kept vectors stand in a tree of boxes (as in
// the ND-tree of Jaszkiewicz and Lust 2018, but only ever added to), so that a box whose
// greatest utilities do not reach a vector is passed over, and one whose least do decides.
type treeSweep struct {
	parties int
	nodes   []treeNode
	corners []int64      // by node, the greatest and then the least of each utility but the first
	points  []int64      // by leaf, room for its vectors without their first utility
	of      []sweptPoint // by leaf, the same vectors
	visits  int          // nodes looked at
}

type treeNode struct {
	near, far int32 // children, the one that lately dominated first; 0 in a leaf
	leaf      int32
	held      int32 // vectors in the leaf
}

const treeLeaf = 16

func newTreeSweep(parties int) *treeSweep {
	s := &treeSweep{parties: parties}
	s.grow()
	return s
}

// grow adds an empty leaf and returns its node.
func (s *treeSweep) grow() int32 {
	n := s.parties - 1
	s.nodes = append(s.nodes, treeNode{leaf: int32(len(s.of) / treeLeaf)})
	s.of = append(s.of, make([]sweptPoint, treeLeaf)...)
	s.points = append(s.points, make([]int64, treeLeaf*n)...)
	for range n {
		s.corners = append(s.corners, math.MinInt64)
	}
	for range n {
		s.corners = append(s.corners, math.MaxInt64)
	}
	return int32(len(s.nodes) - 1)
}

func (s *treeSweep) dominated(u []int64) bool { return s.search(0, u[1:]) }

func (s *treeSweep) search(at int32, u []int64) bool {
	s.visits++
	n := len(u)
	node := &s.nodes[at]
	corner := s.corners[int(at)*2*n : (int(at)+1)*2*n]
	if !atLeast(corner[:n], u) {
		return false
	}
	if node.near == 0 {
		from := int(node.leaf) * treeLeaf
		for i := from; i < from+int(node.held); i++ {
			if atLeast(s.points[i*n:(i+1)*n], u) {
				s.of[i].hits++
				return true
			}
		}
		return false
	}
	if atLeast(corner[n:], u) || s.search(node.near, u) {
		return true
	}
	if s.search(node.far, u) {
		node.near, node.far = node.far, node.near
		return true
	}
	return false
}

func (s *treeSweep) add(u []int64) {
	n := s.parties - 1
	at := int32(0)
	for {
		corner := s.corners[int(at)*2*n : (int(at)+1)*2*n]
		for p, v := range u[1:] {
			corner[p], corner[n+p] = max(corner[p], v), min(corner[n+p], v)
		}
		node := &s.nodes[at]
		if node.near == 0 {
			if node.held < treeLeaf {
				s.put(node, sweptPoint{u: u})
				return
			}
			s.split(at)
			node = &s.nodes[at]
		}
		if s.farther(node.near, u) > s.farther(node.far, u) {
			at = node.far
		} else {
			at = node.near
		}
	}
}

func (s *treeSweep) put(node *treeNode, p sweptPoint) {
	n := s.parties - 1
	i := int(node.leaf)*treeLeaf + int(node.held)
	copy(s.points[i*n:(i+1)*n], p.u[1:])
	s.of[i] = p
	node.held++
}

// farther returns by how much a node's box would have to grow, summed over utilities.
func (s *treeSweep) farther(at int32, u []int64) (by uint64) {
	n := s.parties - 1
	corner := s.corners[int(at)*2*n : (int(at)+1)*2*n]
	for p, v := range u[1:] {
		by += uint64(max(v-corner[p], 0)) + uint64(max(corner[n+p]-v, 0))
	}
	return by
}

// split turns a full leaf into a node with two, which share its vectors out along the
// widest side of its box.
func (s *treeSweep) split(at int32) {
	n := s.parties - 1
	near, far := s.grow(), s.grow()
	node := &s.nodes[at]
	corner := s.corners[int(at)*2*n : (int(at)+1)*2*n]
	wide := 0
	for p := range n {
		if corner[p]-corner[n+p] > corner[wide]-corner[n+wide] {
			wide = p
		}
	}
	held := slices.Clone(s.of[int(node.leaf)*treeLeaf:][:treeLeaf])
	slices.SortStableFunc(held, func(x, y sweptPoint) int { return cmp.Compare(y.u[wide+1], x.u[wide+1]) })
	for k, p := range held {
		to := near
		if k >= treeLeaf/2 {
			to = far
		}
		s.put(&s.nodes[to], p)
		corner := s.corners[int(to)*2*n : (int(to)+1)*2*n]
		for q, v := range p.u[1:] {
			corner[q], corner[n+q] = max(corner[q], v), min(corner[n+q], v)
		}
	}
	clear(s.of[int(node.leaf)*treeLeaf:][:treeLeaf])
	node.near, node.far, node.held = near, far, 0
}

func (s *treeSweep) strongest(n int) [][]int64 {
	return strongest(slices.DeleteFunc(slices.Clone(s.of), func(p sweptPoint) bool { return p.u == nil }), n)
}

func atLeast(x, y []int64) bool {
	for p, v := range x {
		if v < y[p] {
			return false
		}
	}
	return true
}
