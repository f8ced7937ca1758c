// Package pareto knows vectors of utilities and no negotiation: it keeps those that are not
// dominated, and picks from a frontier what a rule of the bargaining literature ranks first.
//
// A [Collector] takes vectors in any order and holds their frontier; a [Sweep] takes them from
// the greatest down. A [Gauge] says what a vector means to each party: gains over the
// disagreement point, shares of what could be gained. Its rules decide on integers and exact fractions;
// where floating point narrows the candidates, its error bound stands beside it.
package pareto

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

// A Vectors is a list of utility vectors, each with the first outcome that
// reaches it and the number of outcomes that do.
type Vectors struct {
	Parties int
	U       []int64 // parties entries per vector
	Rank    []int64
	Ties    []int64
}

func (v *Vectors) Len() int         { return len(v.Rank) }
func (v *Vectors) At(i int) []int64 { return v.U[i*v.Parties : (i+1)*v.Parties] }
func (v *Vectors) truncate()        { v.U, v.Rank, v.Ties = v.U[:0], v.Rank[:0], v.Ties[:0] }

func (v *Vectors) Add(u []int64, rank, ties int64) {
	v.U = append(v.U, u...)
	v.Rank = append(v.Rank, rank)
	v.Ties = append(v.Ties, ties)
}

// A Collector keeps the frontier of the outcomes offered to it. The result does
// not depend on the order in which they come.
type Collector interface {
	// Offer adds outcomes: those at the places set in words, whose utilities for
	// party p are base[p] + table[p][network.place] and whose rank is rank + ranks[network.place].
	// tops holds the greatest entry of each table.
	Offer(words []uint64, base []int64, table [][]int64, tops []int64, rank int64, ranks []int64)
	// Result returns the frontier, greatest utility of the first party first, then
	// of the second, and so on.
	Result() *Vectors
	// Absorb adds what another collector of the same kind has kept.
	Absorb(o Collector)
	// Err reports that the frontier has grown past maxFrontier.
	Err() error
}

func NewCollector(parties int, low, high int64) Collector {
	if parties == 2 {
		return newStaircase(low, high)
	}
	return &Archive{Parties: parties}
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

func (s *staircase) Offer(words []uint64, base []int64, table [][]int64, tops []int64, rank int64, ranks []int64) {
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

func (s *staircase) Absorb(o Collector) {
	other := o.(*staircase)
	other.settle()
	for _, p := range other.kept {
		s.add(p)
	}
}

func (s *staircase) Err() error { return tooLarge(len(s.kept)) }

func (s *staircase) Result() *Vectors {
	s.settle()
	v := &Vectors{Parties: 2}
	for _, p := range s.kept {
		v.Add([]int64{p.a, p.b}, p.rank, p.ties)
	}
	return v
}

// An Archive is the frontier of any number of parties. A few guards, the kept
// vectors that lately dominated most, turn most outcomes away; the rest are
// gathered and now and then swept into the archive.
type Archive struct {
	Parties int
	kept    Vectors // in descending lexicographic order
	fresh   Vectors
	guards  [][]int64   // latest to dominate first
	u       []int64     // scratch
	Stop    func() bool // may be nil; once true, what is kept is of no use
}

const (
	archiveGuards = 16
	archiveFresh  = 1 << 12
)

func (a *Archive) Offer(words []uint64, base []int64, table [][]int64, tops []int64, rank int64, ranks []int64) {
	u := a.Scratch()
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
				a.Add(u, rank+ranks[j], 1)
			}
		}
	}
}

func (a *Archive) Scratch() []int64 {
	if a.u == nil {
		a.u = make([]int64, a.Parties)
		a.kept.Parties, a.fresh.Parties = a.Parties, a.Parties
	}
	return a.u
}

// guarded reports whether a guard dominates u, and moves that guard to the front.
func (a *Archive) guarded(u []int64) bool {
	for g, guard := range a.guards {
		if Dominates(guard, u) {
			copy(a.guards[1:g+1], a.guards[:g])
			a.guards[0] = guard
			return true
		}
	}
	return false
}

// Dominates reports whether x is at least y everywhere and more somewhere.
func Dominates(x, y []int64) bool {
	more := false
	for p, v := range x {
		if v < y[p] {
			return false
		}
		more = more || v > y[p]
	}
	return more
}

func (a *Archive) Add(u []int64, rank, ties int64) {
	a.fresh.Add(u, rank, ties)
	if a.fresh.Len() >= max(archiveFresh, a.kept.Len()) {
		a.settle()
	}
}

// settle sweeps the fresh vectors into the archive: in descending lexicographic
// order a vector can be dominated only by one before it.
func (a *Archive) settle() {
	a.Scratch()
	order := make([]int, a.fresh.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return slices.Compare(a.fresh.At(y), a.fresh.At(x)) })
	var out Vectors
	out.Parties = a.Parties
	sweep := NewSweep(a.Parties)
	for k, step := 0, 0; k < a.kept.Len() || len(order) > 0; step++ {
		if step%1024 == 0 && a.Stop != nil && a.Stop() {
			break
		}
		from, i := &a.kept, k
		if k == a.kept.Len() || len(order) > 0 && slices.Compare(a.fresh.At(order[0]), a.kept.At(k)) > 0 {
			from, i, order = &a.fresh, order[0], order[1:]
		} else {
			k++
		}
		u := from.At(i)
		if n := out.Len(); n > 0 && slices.Equal(out.At(n-1), u) {
			out.Ties[n-1] += from.Ties[i]
			out.Rank[n-1] = min(out.Rank[n-1], from.Rank[i])
		} else if !sweep.Dominated(u) {
			out.Add(u, from.Rank[i], from.Ties[i])
			sweep.Add(u)
		}
	}
	a.kept = out
	a.fresh.truncate()
	a.guards = a.guards[:0]
	for _, g := range sweep.strongest(archiveGuards) {
		a.guards = append(a.guards, slices.Clone(g))
	}
}

func (a *Archive) Absorb(o Collector) {
	other := o.(*Archive)
	other.settle()
	a.Scratch()
	for i := range other.kept.Len() {
		a.Add(other.kept.At(i), other.kept.Rank[i], other.kept.Ties[i])
	}
}

func (a *Archive) Err() error { return tooLarge(a.kept.Len()) }

func (a *Archive) Result() *Vectors {
	a.settle()
	return &a.kept
}

// A Sweep meets different vectors in descending lexicographic order and tells
// which are dominated by one it has kept. The first utility never needs comparing.
type Sweep interface {
	Dominated(u []int64) bool
	Add(u []int64)
	// strongest returns up to n kept vectors that dominated most.
	strongest(n int) [][]int64
}

func NewSweep(parties int) Sweep {
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

func (s *planarSweep) Dominated(u []int64) bool {
	b, c := s.coordinates(u)
	n := s.place(b)
	if n < 0 || s.stairs[n].c < c {
		return false
	}
	s.kept[s.stairs[n].kept].hits++
	return true
}

func (s *planarSweep) Add(u []int64) {
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

// A TreeSweep serves four parties and more: kept vectors stand in a tree of boxes (as in
// the ND-tree of Jaszkiewicz and Lust 2018, but only ever added to), so that a box whose
// greatest utilities do not reach a vector is passed over, and one whose least do decides.
type TreeSweep struct {
	parties int
	nodes   []treeNode
	corners []int64      // by node, the greatest and then the least of each utility but the first
	points  []int64      // by leaf, room for its vectors without their first utility
	of      []sweptPoint // by leaf, the same vectors
	Visits  int          // nodes looked at
}

type treeNode struct {
	near, far int32 // children, the one that lately dominated first; 0 in a leaf
	leaf      int32
	held      int32 // vectors in the leaf
}

const treeLeaf = 16

func newTreeSweep(parties int) *TreeSweep {
	s := &TreeSweep{parties: parties}
	s.grow()
	return s
}

// grow adds an empty leaf and returns its node.
func (s *TreeSweep) grow() int32 {
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

func (s *TreeSweep) Dominated(u []int64) bool { return s.search(0, u[1:]) }

func (s *TreeSweep) search(at int32, u []int64) bool {
	s.Visits++
	n := len(u)
	node := &s.nodes[at]
	corner := s.corners[int(at)*2*n : (int(at)+1)*2*n]
	if !AtLeast(corner[:n], u) {
		return false
	}
	if node.near == 0 {
		from := int(node.leaf) * treeLeaf
		for i := from; i < from+int(node.held); i++ {
			if AtLeast(s.points[i*n:(i+1)*n], u) {
				s.of[i].hits++
				return true
			}
		}
		return false
	}
	if AtLeast(corner[n:], u) || s.search(node.near, u) {
		return true
	}
	if s.search(node.far, u) {
		node.near, node.far = node.far, node.near
		return true
	}
	return false
}

func (s *TreeSweep) Add(u []int64) {
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

func (s *TreeSweep) put(node *treeNode, p sweptPoint) {
	n := s.parties - 1
	i := int(node.leaf)*treeLeaf + int(node.held)
	copy(s.points[i*n:(i+1)*n], p.u[1:])
	s.of[i] = p
	node.held++
}

// farther returns by how much a node's box would have to grow, summed over utilities.
func (s *TreeSweep) farther(at int32, u []int64) (by uint64) {
	n := s.parties - 1
	corner := s.corners[int(at)*2*n : (int(at)+1)*2*n]
	for p, v := range u[1:] {
		by += uint64(max(v-corner[p], 0)) + uint64(max(corner[n+p]-v, 0))
	}
	return by
}

// split turns a full leaf into a node with two, which share its vectors out along the
// widest side of its box.
func (s *TreeSweep) split(at int32) {
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

func (s *TreeSweep) strongest(n int) [][]int64 {
	return strongest(slices.DeleteFunc(slices.Clone(s.of), func(p sweptPoint) bool { return p.u == nil }), n)
}

func AtLeast(x, y []int64) bool {
	for p, v := range x {
		if v < y[p] {
			return false
		}
	}
	return true
}
