// Package network keeps the structure of a space: what options add, issue by issue, and the links
// that conditions and adjustments make between few issues.
//
// A [Network] is what some of the parties and constituencies accept; a [Ground] writes a zone as the
// networks of the least sets of them that suffice. [Eliminate] sums the issues of a network one by one, in
// the order of a [Plan], and so finds its frontier without a listing; a [Union] is that of several.
package network

import (
	"context"
	"errors"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Network is a space with its structure kept: options with what they add, issue
// by issue, and factors over the few issues that a condition or adjustment links.
// What is about a single issue is folded into that issue.
//
// It has a row for every party and, behind them, one for every constituency whose
// approval is asked. Parties' rows are ranked; the others only have to meet their floor.
type Network struct {
	Space   *outcome.Space
	Asked   Asked
	Parties int        // rows that are parties
	Issues  [][]Choice // options left, by issue
	Links   []Link
	Size    *big.Int // outcomes of the options left, links not considered
	Floor   []int64  // by row, its threshold
	HasLeft bool     // every issue has an option left
}

// A Choice is an option with what it adds for each row.
type Choice struct {
	Option int
	Gain   []int64
}

// A Link is a condition over several issues: it forbids where its table holds, or
// adds to one row's utility there.
type Link struct {
	Table *outcome.Table
	Party int // the row, mostly a party's; -1 forbids
	Add   int64
}

// NoFloor is below every utility, with room to subtract one.
const NoFloor = -2 * outcome.MaxUtility

// New writes s as a network, or says why it cannot. With whole, red lines
// and thresholds are left out. Nobody at home is asked.
func New(s *outcome.Space, whole bool) (*Network, string) {
	if !s.Unanimous() {
		return nil, "consent is not unanimous"
	}
	if whole {
		return Asking(s, Asked{}), ""
	}
	return Asking(s, EveryParty(s)), ""
}

// Asking writes as a network the outcomes that satisfy every requirement and that
// the asked accept.
func Asking(s *outcome.Space, who Asked) *Network {
	n := &Network{Space: s, Asked: who, Parties: len(s.Parties), Size: big.NewInt(1), HasLeft: true}
	var rows []*outcome.Row
	for p := range s.Parties {
		rows = append(rows, &s.Parties[p].Row)
		n.Floor = append(n.Floor, NoFloor)
		if t := s.Parties[p].Threshold; who.party(p) && t.Set {
			n.Floor[p] = t.Value
		}
	}
	for p := range s.Parties {
		for c := range s.Parties[p].Constituencies {
			if row := &s.Parties[p].Constituencies[c]; who.constituency(p, c) && row.Threshold.Set {
				rows = append(rows, row)
				n.Floor = append(n.Floor, row.Threshold.Value)
			}
		}
	}
	all := make([][]Choice, len(s.Issues))
	barred := make([][]bool, len(s.Issues))
	for i, is := range s.Issues {
		barred[i] = make([]bool, is.Options)
		for o := range is.Options {
			c := Choice{o, make([]int64, len(rows))}
			for j, row := range rows {
				c.Gain[j] = row.Scores[i][o]
			}
			all[i] = append(all[i], c)
		}
	}
	// fold takes in a table about at most one issue and keeps any other as a link.
	fold := func(l Link) {
		apply := func(i, o int) {
			if l.Party < 0 {
				barred[i][o] = true
			} else {
				all[i][o].Gain[l.Party] += l.Add
			}
		}
		held := l.Table.Count()
		switch issues := l.Table.Issues(); {
		case held == 0:
		case held == l.Table.Size():
			for o := range all[0] {
				apply(0, o)
			}
		case len(issues) == 1:
			for o := range all[issues[0]] {
				if l.Table.At(o) {
					apply(issues[0], o)
				}
			}
		default:
			n.Links = append(n.Links, l)
		}
	}
	for i := range s.Requires {
		fold(Link{&s.Requires[i].Forbidden, -1, 0})
	}
	for j, row := range rows {
		for k := range row.Adjustments {
			fold(Link{&row.Adjustments[k].When, j, row.Adjustments[k].Add})
		}
		if j < n.Parties && who.party(j) {
			for k := range s.Parties[j].RedLines {
				fold(Link{&s.Parties[j].RedLines[k].Forbidden, -1, 0})
			}
		}
	}
	for i := range s.Issues {
		left := slices.DeleteFunc(all[i], func(c Choice) bool { return barred[i][c.Option] })
		n.Issues = append(n.Issues, left)
		n.Size.Mul(n.Size, big.NewInt(int64(len(left))))
		n.HasLeft = n.HasLeft && len(left) > 0
	}
	return n
}

// A plan is an order in which to take the issues, with the links laid where their
// last issue stands. Utilities are summed from the last position to the first; what
// earlier issues a sum still depends on is the state at its position.
type plan struct {
	Network *Network
	Order   []int   // issue by position
	At      []int   // position by issue
	State   [][]int // by position, earlier issues that this or a later position is linked to, ascending by position
	States  []int   // by position, the number of their joint options
	Cells   float64 // joint options to be summed over, in all
}

// maxStates bounds the joint options of one position's state and its own issue.
const maxStates = 1 << 22

// NewPlan finds an order that keeps states small: connected issues are placed
// one after the other, each time the one that leaves the least state, starting from
// each issue in turn (a greedy search for a linear order of small vertex
// separation). Issues without links stand first, so that they are summed last.
func NewPlan(n *Network) (*plan, error) {
	near := make([]map[int]bool, len(n.Issues))
	for _, l := range n.Links {
		for _, i := range l.Table.Issues() {
			if near[i] == nil {
				near[i] = make(map[int]bool)
			}
			for _, j := range l.Table.Issues() {
				if i != j {
					near[i][j] = true
				}
			}
		}
	}
	var free []int
	placed := make([]bool, len(n.Issues))
	for i := range near {
		if len(near[i]) == 0 {
			free = append(free, i)
			placed[i] = true
		}
	}
	order := free
	for i := range near {
		if !placed[i] {
			component := n.component(i, near)
			for _, j := range component {
				placed[j] = true
			}
			order = append(order, n.arrange(component, near)...)
		}
	}
	p := &plan{Network: n, Order: order, At: make([]int, len(order))}
	for k, i := range order {
		p.At[i] = k
	}
	last := make([]int, len(order)) // by position, the last position linked to it
	for k, i := range order {
		last[k] = k
		for j := range near[i] {
			last[k] = max(last[k], p.At[j])
		}
	}
	for k := range order {
		var state []int
		states := 1
		for e := range k {
			if last[e] >= k {
				state = append(state, order[e])
				if states *= len(n.Issues[order[e]]); states > maxStates {
					return nil, budget.TooMuch("linked issues would have to be held fixed in more than %d ways at once", maxStates)
				}
			}
		}
		p.State = append(p.State, state)
		p.States = append(p.States, states)
		if cells := states * len(n.Issues[order[k]]); cells > maxStates {
			return nil, budget.TooMuch("linked issues would have to be held fixed in more than %d ways at once", maxStates)
		}
		p.Cells += float64(float64(states) * float64(len(n.Issues[order[k]])))
	}
	return p, nil
}

// component returns the issues linked with i directly or not, ascending.
func (n *Network) component(i int, near []map[int]bool) []int {
	seen := map[int]bool{i: true}
	queue := []int{i}
	for k := 0; k < len(queue); k++ {
		for j := range near[queue[k]] {
			if !seen[j] {
				seen[j] = true
				queue = append(queue, j)
			}
		}
	}
	slices.Sort(queue)
	return queue
}

// maxStarts bounds the starts that arrange tries.
const maxStarts = 24

func (n *Network) arrange(component []int, near []map[int]bool) []int {
	var best []int
	var least float64
	step := max(1, len(component)/maxStarts)
	for k := 0; k < len(component); k += step {
		order, cost := n.arrangeFrom(component[k], component, near)
		if best == nil || cost < least {
			best, least = order, cost
		}
	}
	return best
}

// arrangeFrom places the issues of a component greedily, the given one first, and
// returns the order with the joint options to be summed over.
func (n *Network) arrangeFrom(first int, component []int, near []map[int]bool) (order []int, cost float64) {
	open := make(map[int]int) // unplaced neighbours, by issue
	for _, i := range component {
		open[i] = len(near[i])
	}
	placed := make(map[int]bool)
	state := 1.0
	for next := first; ; {
		cost += float64(state * float64(len(n.Issues[next])))
		state = n.after(next, state, placed, open, near)
		order = append(order, next)
		placed[next] = true
		for j := range near[next] {
			open[j]--
		}
		if len(order) == len(component) {
			return order, cost
		}
		next = -1
		var least float64
		for _, i := range component {
			if placed[i] {
				continue
			}
			if s := n.after(i, state, placed, open, near); next < 0 || s < least {
				next, least = i, s
			}
		}
	}
}

// after returns the joint options of the state once issue i is placed too.
func (n *Network) after(i int, state float64, placed map[int]bool, open map[int]int, near []map[int]bool) float64 {
	if open[i] > 0 {
		state *= float64(len(n.Issues[i]))
	}
	for j := range near[i] {
		if placed[j] && open[j] == 1 {
			state /= float64(len(n.Issues[j]))
		}
	}
	return state
}

// MergingWork bounds the work of summing issues of two parties that no links join,
// and of naming the outcomes of the frontier: a partial frontier has at most as many
// points as there are sums, or utilities in the first party's range.
func (n *Network) MergingWork() float64 {
	work, sums := 0.0, 1.0
	width, choices := 1.0, 0.0
	for _, issue := range slices.Backward(n.Issues) {
		if len(issue) == 0 {
			return 0
		}
		low, high := issue[0].Gain[0], issue[0].Gain[0]
		for _, c := range issue {
			low, high = min(low, c.Gain[0]), max(high, c.Gain[0])
		}
		size := float64(len(issue))
		work += float64(budget.Candidate(2) * size * min(sums, width) * float64(bits.Len(uint(len(issue)))))
		sums *= size
		width += float64(high - low)
		choices += size
	}
	return work + float64(50*choices*min(sums, width))
}

// maxCompared is the number of an issue's options beyond which they are not compared with
// one another.
const maxCompared = 1 << 12

// WithoutDominated leaves out every option that adds no more for any party than another of
// its issue, the first of equals excepted. In a network without links the other can
// replace it, whatever the rest of the outcome.
func (n *Network) WithoutDominated(ctx context.Context) (*Network, error) {
	less := *n
	less.Issues = slices.Clone(n.Issues)
	for i, choices := range less.Issues {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if len(choices) > maxCompared {
			continue
		}
		order := slices.Clone(choices)
		slices.SortStableFunc(order, func(x, y Choice) int { return slices.Compare(y.Gain, x.Gain) })
		sweep := pareto.NewSweep(len(n.Floor))
		var kept []Choice
		for _, c := range order {
			if !sweep.Dominated(c.Gain) {
				sweep.Add(c.Gain)
				kept = append(kept, c)
			}
		}
		slices.SortFunc(kept, func(x, y Choice) int { return x.Option - y.Option })
		less.Issues[i] = kept
	}
	return &less, nil
}

// WithSum returns the network with a row more, which is the weighted sum of the others, and what
// that row spans at most.
func (n *Network) WithSum(weights []int64) (with *Network, span float64) {
	m := *n
	m.Floor = append(slices.Clone(n.Floor), NoFloor)
	m.Issues = make([][]Choice, len(n.Issues))
	for i, choices := range n.Issues {
		most := 0.0
		for _, c := range choices {
			sum, size := int64(0), 0.0
			for j, w := range weights {
				v := float64(float64(w) * float64(c.Gain[j]))
				size += max(v, -v)
				sum += w * c.Gain[j]
			}
			most = max(most, size)
			m.Issues[i] = append(m.Issues[i], Choice{c.Option, append(slices.Clone(c.Gain), sum)})
		}
		span += most
	}
	m.Links = slices.Clone(n.Links)
	for _, l := range n.Links {
		if l.Party < 0 || weights[l.Party] == 0 {
			continue
		}
		v := float64(float64(weights[l.Party]) * float64(l.Add))
		span += max(v, -v)
		m.Links = append(m.Links, Link{l.Table, len(n.Floor), weights[l.Party] * l.Add})
	}
	return &m, span
}

// Negated returns the network with party p's utility taken negative and no floor for it.
func (n *Network) Negated(p int) *Network {
	m := *n
	m.Floor = slices.Clone(n.Floor)
	m.Floor[p] = NoFloor
	m.Issues = make([][]Choice, len(n.Issues))
	for i, choices := range n.Issues {
		for _, c := range choices {
			c.Gain = slices.Clone(c.Gain)
			c.Gain[p] = -c.Gain[p]
			m.Issues[i] = append(m.Issues[i], c)
		}
	}
	m.Links = slices.Clone(n.Links)
	for k := range m.Links {
		if m.Links[k].Party == p {
			m.Links[k].Add = -m.Links[k].Add
		}
	}
	return &m
}

// Unlinked returns two networks without links. In relaxed at least the outcomes of n meet
// every floor: nothing is forbidden, and what links could add is taken off the floors. In
// strict at most those do: floors are higher by what links could take away. strict is nil
// where links forbid outcomes.
func (n *Network) Unlinked() (relaxed, strict *Network) {
	most, least := *n, *n
	most.Links, least.Links = nil, nil
	most.Floor, least.Floor = slices.Clone(n.Floor), slices.Clone(n.Floor)
	relaxed, strict = &most, &least
	for _, l := range n.Links {
		switch {
		case l.Party < 0:
			strict = nil
		case n.Floor[l.Party] > NoFloor:
			most.Floor[l.Party] -= max(0, l.Add)
			least.Floor[l.Party] -= min(0, l.Add)
		}
	}
	return relaxed, strict
}

// Narrowed returns the network with nothing left of the utilities of parties that have no floor
// and are not wanted, so that frontiers are of the others alone.
func (n *Network) Narrowed(wanted []int) *Network {
	m := *n
	counts := func(p int) bool { return n.Floor[p] > NoFloor || slices.Contains(wanted, p) }
	m.Issues = make([][]Choice, len(n.Issues))
	for i, issue := range n.Issues {
		for _, c := range issue {
			gain := make([]int64, len(c.Gain))
			for p, v := range c.Gain {
				if counts(p) {
					gain[p] = v
				}
			}
			m.Issues[i] = append(m.Issues[i], Choice{c.Option, gain})
		}
	}
	m.Links = slices.DeleteFunc(slices.Clone(n.Links), func(l Link) bool { return l.Party >= 0 && !counts(l.Party) })
	return &m
}

// PointWeights returns, by row, how many units of the points' least common denominator a
// unit of the row is worth.
func (n *Network) PointWeights(scale []int64) ([]int64, error) {
	common := big.NewInt(1)
	for _, v := range scale {
		d := big.NewInt(v)
		common.Div(new(big.Int).Mul(common, d), new(big.Int).GCD(nil, nil, common, d))
	}
	weights := make([]int64, len(n.Floor))
	for p, v := range scale {
		w := new(big.Int).Div(common, big.NewInt(v))
		if !w.IsInt64() {
			return nil, errors.New("the parties' scales have no common denominator within 2^63")
		}
		weights[p] = w.Int64()
	}
	return weights, nil
}

// Rows returns what belongs to parties as a list by row, with zeros for constituencies.
func (n *Network) Rows(byParty []int64) []int64 {
	return append(slices.Clone(byParty), make([]int64, len(n.Floor)-len(byParty))...)
}

// Totals returns the utilities of an outcome made of choices that are left.
func (n *Network) Totals(o outcome.Outcome) ([]int64, error) {
	u := make([]int64, len(n.Floor))
	if len(o) != len(n.Issues) {
		return nil, errors.New("the outcome does not fit the issues")
	}
	for i, option := range o {
		at := slices.IndexFunc(n.Issues[i], func(c Choice) bool { return c.Option == option })
		if at < 0 {
			return nil, errors.New("the outcome has an option that is ruled out")
		}
		for p, v := range n.Issues[i][at].Gain {
			u[p] += v
		}
	}
	return u, nil
}

// ManyCells is the number of joint options of linked issues beyond which conditions are
// branched on before issues are summed.
const ManyCells = 1 << 17
