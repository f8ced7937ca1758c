package bargain

import (
	"context"
	"errors"
	"math/big"
	"math/bits"
	"slices"

	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/outcome"
)

// A network is a space with its structure kept: options with what they add, issue
// by issue, and factors over the few issues that a condition or adjustment links.
// What is about a single issue is folded into that issue.
//
// It has a row for every party and, behind them, one for every constituency whose
// approval is asked. Parties' rows are ranked; the others only have to meet their floor.
type network struct {
	space   *outcome.Space
	asked   asked
	parties int        // rows that are parties
	issues  [][]choice // options left, by issue
	links   []link
	size    *big.Int // outcomes of the options left, links not considered
	floor   []int64  // by row, its threshold
	hasLeft bool     // every issue has an option left
}

// A choice is an option with what it adds for each row.
type choice struct {
	option int
	gain   []int64
}

// A link is a condition over several issues: it forbids where its table holds, or
// adds to one row's utility there.
type link struct {
	table *outcome.Table
	party int // the row, mostly a party's; -1 forbids
	add   int64
}

// noFloor is below every utility, with room to subtract one.
const noFloor = -2 * outcome.MaxUtility

// newNetwork writes s as a network, or says why it cannot. With whole, red lines
// and thresholds are left out. Nobody at home is asked.
func newNetwork(s *outcome.Space, whole bool) (*network, string) {
	if !s.Unanimous() {
		return nil, "consent is not unanimous"
	}
	if whole {
		return networkAsking(s, asked{}), ""
	}
	return networkAsking(s, everyParty(s)), ""
}

// networkAsking writes as a network the outcomes that satisfy every requirement and that
// the asked accept.
func networkAsking(s *outcome.Space, who asked) *network {
	n := &network{space: s, asked: who, parties: len(s.Parties), size: big.NewInt(1), hasLeft: true}
	var rows []*outcome.Row
	for p := range s.Parties {
		rows = append(rows, &s.Parties[p].Row)
		n.floor = append(n.floor, noFloor)
		if t := s.Parties[p].Threshold; who.party(p) && t.Set {
			n.floor[p] = t.Value
		}
	}
	for p := range s.Parties {
		for c := range s.Parties[p].Constituencies {
			if row := &s.Parties[p].Constituencies[c]; who.constituency(p, c) && row.Threshold.Set {
				rows = append(rows, row)
				n.floor = append(n.floor, row.Threshold.Value)
			}
		}
	}
	all := make([][]choice, len(s.Issues))
	barred := make([][]bool, len(s.Issues))
	for i, is := range s.Issues {
		barred[i] = make([]bool, is.Options)
		for o := range is.Options {
			c := choice{o, make([]int64, len(rows))}
			for j, row := range rows {
				c.gain[j] = row.Scores[i][o]
			}
			all[i] = append(all[i], c)
		}
	}
	// fold takes in a table about at most one issue and keeps any other as a link.
	fold := func(l link) {
		apply := func(i, o int) {
			if l.party < 0 {
				barred[i][o] = true
			} else {
				all[i][o].gain[l.party] += l.add
			}
		}
		held := l.table.Count()
		switch issues := l.table.Issues(); {
		case held == 0:
		case held == l.table.Size():
			for o := range all[0] {
				apply(0, o)
			}
		case len(issues) == 1:
			for o := range all[issues[0]] {
				if l.table.At(o) {
					apply(issues[0], o)
				}
			}
		default:
			n.links = append(n.links, l)
		}
	}
	for i := range s.Requires {
		fold(link{&s.Requires[i].Forbidden, -1, 0})
	}
	for j, row := range rows {
		for k := range row.Adjustments {
			fold(link{&row.Adjustments[k].When, j, row.Adjustments[k].Add})
		}
		if j < n.parties && who.party(j) {
			for k := range s.Parties[j].RedLines {
				fold(link{&s.Parties[j].RedLines[k].Forbidden, -1, 0})
			}
		}
	}
	for i := range s.Issues {
		left := slices.DeleteFunc(all[i], func(c choice) bool { return barred[i][c.option] })
		n.issues = append(n.issues, left)
		n.size.Mul(n.size, big.NewInt(int64(len(left))))
		n.hasLeft = n.hasLeft && len(left) > 0
	}
	return n
}

// A plan is an order in which to take the issues, with the links laid where their
// last issue stands. Utilities are summed from the last position to the first; what
// earlier issues a sum still depends on is the state at its position.
type plan struct {
	network *network
	order   []int   // issue by position
	at      []int   // position by issue
	state   [][]int // by position, earlier issues that this or a later position is linked to, ascending by position
	states  []int   // by position, the number of their joint options
	cells   float64 // joint options to be summed over, in all
}

// maxStates bounds the joint options of one position's state and its own issue.
const maxStates = 1 << 22

// newPlan finds an order that keeps states small: connected issues are placed
// one after the other, each time the one that leaves the least state, starting from
// each issue in turn (a greedy search for a linear order of small vertex
// separation). Issues without links stand first, so that they are summed last.
func newPlan(n *network) (*plan, error) {
	near := make([]map[int]bool, len(n.issues))
	for _, l := range n.links {
		for _, i := range l.table.Issues() {
			if near[i] == nil {
				near[i] = make(map[int]bool)
			}
			for _, j := range l.table.Issues() {
				if i != j {
					near[i][j] = true
				}
			}
		}
	}
	var free []int
	placed := make([]bool, len(n.issues))
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
	p := &plan{network: n, order: order, at: make([]int, len(order))}
	for k, i := range order {
		p.at[i] = k
	}
	last := make([]int, len(order)) // by position, the last position linked to it
	for k, i := range order {
		last[k] = k
		for j := range near[i] {
			last[k] = max(last[k], p.at[j])
		}
	}
	for k := range order {
		var state []int
		states := 1
		for e := range k {
			if last[e] >= k {
				state = append(state, order[e])
				if states *= len(n.issues[order[e]]); states > maxStates {
					return nil, budget.TooMuch("linked issues would have to be held fixed in more than %d ways at once", maxStates)
				}
			}
		}
		p.state = append(p.state, state)
		p.states = append(p.states, states)
		if cells := states * len(n.issues[order[k]]); cells > maxStates {
			return nil, budget.TooMuch("linked issues would have to be held fixed in more than %d ways at once", maxStates)
		}
		p.cells += float64(float64(states) * float64(len(n.issues[order[k]])))
	}
	return p, nil
}

// component returns the issues linked with i directly or not, ascending.
func (n *network) component(i int, near []map[int]bool) []int {
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

func (n *network) arrange(component []int, near []map[int]bool) []int {
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
func (n *network) arrangeFrom(first int, component []int, near []map[int]bool) (order []int, cost float64) {
	open := make(map[int]int) // unplaced neighbours, by issue
	for _, i := range component {
		open[i] = len(near[i])
	}
	placed := make(map[int]bool)
	state := 1.0
	for next := first; ; {
		cost += float64(state * float64(len(n.issues[next])))
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
func (n *network) after(i int, state float64, placed map[int]bool, open map[int]int, near []map[int]bool) float64 {
	if open[i] > 0 {
		state *= float64(len(n.issues[i]))
	}
	for j := range near[i] {
		if placed[j] && open[j] == 1 {
			state /= float64(len(n.issues[j]))
		}
	}
	return state
}

// mergingWork bounds the work of summing issues of two parties that no links join,
// and of naming the outcomes of the frontier: a partial frontier has at most as many
// points as there are sums, or utilities in the first party's range.
func (n *network) mergingWork() float64 {
	work, sums := 0.0, 1.0
	width, choices := 1.0, 0.0
	for _, issue := range slices.Backward(n.issues) {
		if len(issue) == 0 {
			return 0
		}
		low, high := issue[0].gain[0], issue[0].gain[0]
		for _, c := range issue {
			low, high = min(low, c.gain[0]), max(high, c.gain[0])
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

// withoutDominated leaves out every option that adds no more for any party than another of
// its issue, the first of equals excepted. In a network without links the other can
// replace it, whatever the rest of the outcome.
func (n *network) withoutDominated(ctx context.Context) (*network, error) {
	less := *n
	less.issues = slices.Clone(n.issues)
	for i, choices := range less.issues {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if len(choices) > maxCompared {
			continue
		}
		order := slices.Clone(choices)
		slices.SortStableFunc(order, func(x, y choice) int { return slices.Compare(y.gain, x.gain) })
		sweep := newSweep(len(n.floor))
		var kept []choice
		for _, c := range order {
			if !sweep.dominated(c.gain) {
				sweep.add(c.gain)
				kept = append(kept, c)
			}
		}
		slices.SortFunc(kept, func(x, y choice) int { return x.option - y.option })
		less.issues[i] = kept
	}
	return &less, nil
}

// withSum returns the network with a row more, which is the weighted sum of the others,
// or false where that may pass the limits of a search.
func (n *network) withSum(weights []int64) (*network, bool) {
	m := *n
	span := 0.0
	m.floor = append(slices.Clone(n.floor), noFloor)
	m.issues = make([][]choice, len(n.issues))
	for i, choices := range n.issues {
		most := 0.0
		for _, c := range choices {
			sum, size := int64(0), 0.0
			for j, w := range weights {
				v := float64(float64(w) * float64(c.gain[j]))
				size += max(v, -v)
				sum += w * c.gain[j]
			}
			most = max(most, size)
			m.issues[i] = append(m.issues[i], choice{c.option, append(slices.Clone(c.gain), sum)})
		}
		span += most
	}
	m.links = slices.Clone(n.links)
	for _, l := range n.links {
		if l.party < 0 || weights[l.party] == 0 {
			continue
		}
		v := float64(float64(weights[l.party]) * float64(l.add))
		span += max(v, -v)
		m.links = append(m.links, link{l.table, len(n.floor), weights[l.party] * l.add})
	}
	return &m, span < maxBoxSpan/2
}

// negated returns the network with party p's utility taken negative and no floor for it.
func (n *network) negated(p int) *network {
	m := *n
	m.floor = slices.Clone(n.floor)
	m.floor[p] = noFloor
	m.issues = make([][]choice, len(n.issues))
	for i, choices := range n.issues {
		for _, c := range choices {
			c.gain = slices.Clone(c.gain)
			c.gain[p] = -c.gain[p]
			m.issues[i] = append(m.issues[i], c)
		}
	}
	m.links = slices.Clone(n.links)
	for k := range m.links {
		if m.links[k].party == p {
			m.links[k].add = -m.links[k].add
		}
	}
	return &m
}

// unlinked returns two networks without links. In relaxed at least the outcomes of n meet
// every floor: nothing is forbidden, and what links could add is taken off the floors. In
// strict at most those do: floors are higher by what links could take away. strict is nil
// where links forbid outcomes.
func (n *network) unlinked() (relaxed, strict *network) {
	most, least := *n, *n
	most.links, least.links = nil, nil
	most.floor, least.floor = slices.Clone(n.floor), slices.Clone(n.floor)
	relaxed, strict = &most, &least
	for _, l := range n.links {
		switch {
		case l.party < 0:
			strict = nil
		case n.floor[l.party] > noFloor:
			most.floor[l.party] -= max(0, l.add)
			least.floor[l.party] -= min(0, l.add)
		}
	}
	return relaxed, strict
}

// narrowed returns the network with nothing left of the utilities of parties that have no floor
// and are not wanted, so that frontiers are of the others alone.
func (n *network) narrowed(wanted []int) *network {
	m := *n
	counts := func(p int) bool { return n.floor[p] > noFloor || slices.Contains(wanted, p) }
	m.issues = make([][]choice, len(n.issues))
	for i, issue := range n.issues {
		for _, c := range issue {
			gain := make([]int64, len(c.gain))
			for p, v := range c.gain {
				if counts(p) {
					gain[p] = v
				}
			}
			m.issues[i] = append(m.issues[i], choice{c.option, gain})
		}
	}
	m.links = slices.DeleteFunc(slices.Clone(n.links), func(l link) bool { return l.party >= 0 && !counts(l.party) })
	return &m
}

// pointWeights returns, by row, how many units of the points' least common denominator a
// unit of the row is worth.
func (n *network) pointWeights(scale []int64) ([]int64, error) {
	common := big.NewInt(1)
	for _, v := range scale {
		d := big.NewInt(v)
		common.Div(new(big.Int).Mul(common, d), new(big.Int).GCD(nil, nil, common, d))
	}
	weights := make([]int64, len(n.floor))
	for p, v := range scale {
		w := new(big.Int).Div(common, big.NewInt(v))
		if !w.IsInt64() {
			return nil, errors.New("the parties' scales have no common denominator within 2^63")
		}
		weights[p] = w.Int64()
	}
	return weights, nil
}

// rows returns what belongs to parties as a list by row, with zeros for constituencies.
func (n *network) rows(byParty []int64) []int64 {
	return append(slices.Clone(byParty), make([]int64, len(n.floor)-len(byParty))...)
}

// totals returns the utilities of an outcome made of choices that are left.
func (n *network) totals(o outcome.Outcome) ([]int64, error) {
	u := make([]int64, len(n.floor))
	if len(o) != len(n.issues) {
		return nil, errors.New("the outcome does not fit the issues")
	}
	for i, option := range o {
		at := slices.IndexFunc(n.issues[i], func(c choice) bool { return c.option == option })
		if at < 0 {
			return nil, errors.New("the outcome has an option that is ruled out")
		}
		for p, v := range n.issues[i][at].gain {
			u[p] += v
		}
	}
	return u, nil
}

// manyCells is the number of joint options of linked issues beyond which conditions are
// branched on before issues are summed.
const manyCells = 1 << 17
