package whatif

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/internal/pareto"
	"github.com/goodoffices/goodoffices/internal/visit"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Variant is what one of several spaces holds that differ little.
type Variant struct {
	Verdict bargain.Verdict // Unknown where the budget did not reach it
	// Full says that the fields below were looked for; a verdict alone may come from a
	// package that is known to lie in the zone.
	Full bool
	// Count and Ratifiable are the numbers of outcomes in the zone and of those that every party
	// can carry at home; nil where they are not known exactly.
	Count, Ratifiable *big.Int
	// Nash is the first of the outcomes that the Nash rule ranks first, as in [bargain.Solutions]; nil
	// where there is none, and where it is not proven.
	Nash *bargain.Point
	// Exact says that the verdict, and Nash if the variant is full, are proven.
	Exact        bool
	disagreement []int64
}

// RanksFirst reports whether the Nash rule ranks o first in the variant's space, which may be
// one of several ties. It is false for a variant without a proven Nash outcome.
func (v *Variant) RanksFirst(s *outcome.Space, o outcome.Outcome) bool {
	if v.Nash == nil {
		return false
	}
	if slices.Equal(v.Nash.Outcome, o) {
		return true
	}
	if !s.InZone(o) || s.Accepted(o) != 1<<len(s.Parties)-1 {
		return false
	}
	g := &pareto.Gauge{Disagreement: v.disagreement}
	both := &pareto.Vectors{Parties: len(s.Parties)}
	for p := range s.Parties {
		g.Scale = append(g.Scale, s.Parties[p].Units())
	}
	both.Add(s.Values(o), 0, 1)
	both.Add(v.Nash.Utilities, 1, 1)
	return g.Nash(plainFront{Vectors: both})[0] == 0
}

// plainFront lets rules rank vectors that have no outcomes.
type plainFront struct {
	*pareto.Vectors
	outcomes []outcome.Outcome
}

func (f plainFront) First(i int) (outcome.Outcome, *big.Int) {
	return f.outcomes[i], big.NewInt(f.Ties[i])
}

// VariantOptions bound [Variants]. The zero value is ready to use.
type VariantOptions struct {
	// Time bounds the work of all spaces together, in time of one core, estimated and not
	// clocked; 0 is two minutes.
	Time time.Duration
	// Memory is as in [bargain.Options].
	Memory int64
	// Witnesses are outcomes that may lie in zones: one that does proves its space's verdict.
	Witnesses []outcome.Outcome
	// Progress is told the share of the spaces that are done.
	Progress func(done float64)
}

// Variants finds the verdict, the size of the zone and the Nash outcome of every space. All must
// have the issues and parties of the first. Spaces whose conditions are the same, whose parties all must
// consent and all have no-deal values, differ only in scores and thresholds: their outcomes are
// visited once for all of them, by sets of options to which the spaces add alike. Any other space is analysed by itself: its
// verdict is looked for among witnesses and, if it is large, by a search for one outcome; then everything else,
// in the order of the list, as long as the budget lasts. Large zones are not counted. The result is the same on any number of cores.
func Variants(ctx context.Context, spaces []*outcome.Space, opt VariantOptions) ([]Variant, error) {
	v := &variants{ctx: ctx, spaces: spaces, opt: opt, out: make([]Variant, len(spaces))}
	v.opt.Time, v.opt.Memory = cmp.Or(opt.Time, budget.DefaultTime), cmp.Or(opt.Memory, budget.DefaultMemory)
	v.left, v.witnesses = float64(v.opt.Time.Nanoseconds()), slices.Clone(opt.Witnesses)
	for i, s := range spaces {
		if err := s.Check(); err != nil {
			return nil, fmt.Errorf("space %d: %w", i, err)
		}
		if len(s.Issues) != len(spaces[0].Issues) || len(s.Parties) != len(spaces[0].Parties) || !slices.EqualFunc(s.Issues, spaces[0].Issues, func(a, b outcome.Issue) bool { return a.Options == b.Options }) {
			return nil, fmt.Errorf("space %d has other issues or parties than the first", i)
		}
		v.out[i].Verdict = bargain.Unknown
	}
	var alone []int
	for _, group := range v.groups() {
		done, err := v.together(group)
		if err != nil {
			return nil, err
		}
		if !done {
			alone = append(alone, group...)
		}
		v.tell(len(group), done)
	}
	slices.Sort(alone)
	for _, i := range alone {
		if err := v.verdict(i); err != nil {
			return nil, err
		}
	}
	for _, i := range alone {
		if err := v.alone(i); err != nil {
			return nil, err
		}
		v.tell(1, true)
	}
	return v.out, nil
}

type variants struct {
	ctx    context.Context
	spaces []*outcome.Space
	opt    VariantOptions
	left   float64 // nanoseconds of work
	out    []Variant
	done   int

	witnesses []outcome.Outcome
}

func (v *variants) tell(n int, done bool) {
	if done {
		v.done += n
		if v.opt.Progress != nil {
			v.opt.Progress(float64(v.done) / float64(len(v.spaces)))
		}
	}
}

// quick reports whether a space is so small that it is best listed.
func quick(s *outcome.Space) bool {
	_, ok := s.Count()
	return ok && visit.Work(s) < budget.Quick
}

// verdict looks for the verdict of a space that is too large to list in passing: among witnesses, those
// found in other spaces included, then by a search for one outcome.
func (v *variants) verdict(i int) error {
	s, out := v.spaces[i], &v.out[i]
	if slices.ContainsFunc(v.witnesses, func(o outcome.Outcome) bool { return s.InZone(o) }) {
		out.Verdict, out.Exact = bargain.HasZone, true
		return nil
	}
	if quick(s) || v.left <= 0 {
		return nil
	}
	verdict, o, work, err := diagnose.Feasible(v.ctx, s, diagnose.Options{Time: time.Duration(min(v.left, soloWork)), Memory: v.opt.Memory})
	v.left -= float64(work)
	switch {
	case v.ctx.Err() != nil:
		return err
	case err != nil: // a space that the search does not take
	case verdict == bargain.HasZone:
		v.witnesses = append(v.witnesses, o)
		out.Verdict, out.Exact = bargain.HasZone, true
	case verdict == bargain.NoZone:
		out.Verdict, out.Full, out.Exact = bargain.NoZone, true, true
		out.Count, out.Ratifiable = new(big.Int), new(big.Int)
	}
	return nil
}

// alone analyses one space by itself, if the budget allows it and there is more to know of it.
func (v *variants) alone(i int) error {
	s, out := v.spaces[i], &v.out[i]
	work := float64(soloWork)
	if _, ok := s.Count(); ok {
		work = min(work, visit.Work(s))
	}
	if out.Full || v.left < work {
		return context.Cause(v.ctx)
	}
	a, err := bargain.Analyze(v.ctx, s, bargain.Options{Time: min(v.opt.Time, soloWork), Memory: v.opt.Memory, MaxTies: 1, MaxPoints: 1, Uncounted: true})
	if err != nil {
		v.left -= work
		if v.ctx.Err() != nil {
			return err
		}
		return nil // refused
	}
	// What was set aside and not needed is left to the others.
	if i := slices.IndexFunc(a.Considered, func(c bargain.Considered) bool { return c.Chosen && c.Work > 0 }); i >= 0 {
		work = min(work, float64(a.Considered[i].Work.Nanoseconds()))
	}
	v.left -= work
	if a.Verdict == bargain.Unknown {
		return nil
	}
	out.Verdict, out.Full, out.Exact = a.Verdict, true, a.Exact
	if a.Zone.Low != nil && a.Zone.High != nil && a.Zone.Exact() {
		out.Count, out.Ratifiable = a.Zone.Low, a.Zone.Ratifiable
	}
	for _, p := range a.Parties {
		out.disagreement = append(out.disagreement, p.Disagreement)
	}
	if n := a.Solutions.Nash; n != nil && n.Gap != nil && n.Gap.Sign() == 0 {
		out.Nash = &n.Point
	}
	return nil
}

// soloWork bounds the work of a space that is analysed by itself, in nanoseconds.
const soloWork = 3e9

// groups returns the positions of spaces whose conditions are the same, ascending, each group
// where its first stands. A space that can share its visit with none is a group of its own.
func (v *variants) groups() [][]int {
	var groups [][]int
	by := make(map[string][]int) // positions in groups
	for i, s := range v.spaces {
		key, ok := conditionsKey(s)
		if !ok {
			groups = append(groups, []int{i})
			continue
		}
		at := slices.IndexFunc(by[key], func(g int) bool { return sameConditions(v.spaces[groups[g][0]], s) })
		if at >= 0 {
			g := by[key][at]
			groups[g] = append(groups[g], i)
			continue
		}
		by[key] = append(by[key], len(groups))
		groups = append(groups, []int{i})
	}
	return groups
}

// conditionsKey names what a space's conditions are called, and whether its visit can be shared.
func conditionsKey(s *outcome.Space) (string, bool) {
	if !s.Unanimous() {
		return "", false
	}
	var b strings.Builder
	for _, c := range s.Requires {
		b.WriteString(c.ID + " ")
	}
	ok := true
	for p := range s.Parties {
		party := &s.Parties[p]
		ok = ok && party.Threshold.Set
		for _, c := range party.RedLines {
			b.WriteString(c.ID + " ")
		}
		fmt.Fprint(&b, party.Units(), " ")
		for _, a := range party.Adjustments {
			fmt.Fprint(&b, a.ID, a.Add, " ")
		}
		fmt.Fprint(&b, len(party.Constituencies), " ")
	}
	return b.String(), ok
}

// sameConditions reports whether two spaces differ in scores and thresholds alone.
func sameConditions(a, b *outcome.Space) bool {
	if !slices.EqualFunc(a.Requires, b.Requires, sameCondition) {
		return false
	}
	for p := range a.Parties {
		x, y := &a.Parties[p], &b.Parties[p]
		if x.Units() != y.Units() || !slices.EqualFunc(x.RedLines, y.RedLines, sameCondition) || !slices.EqualFunc(x.Adjustments, y.Adjustments, sameAdjustment) ||
			!x.Ratification.Equal(y.Ratification) ||
			!slices.EqualFunc(x.Constituencies, y.Constituencies, func(v, w outcome.Row) bool {
				return slices.EqualFunc(v.Adjustments, w.Adjustments, sameAdjustment)
			}) {
			return false
		}
	}
	return true
}

func sameCondition(x, y outcome.Condition) bool {
	return x.ID == y.ID && x.Kind == y.Kind && x.Forbidden.Equal(&y.Forbidden)
}

func sameAdjustment(x, y outcome.Adjustment) bool {
	return x.ID == y.ID && x.Add == y.Add && x.When.Equal(&y.When)
}

// Limits of a shared visit: cells, bins of a cell's histogram, and joint options of tables
// that are written anew for the cells.
const (
	maxVariantCells = 1 << 12
	maxVariantBins  = 1 << 20
	maxVariantTable = 1 << 27
)

// A kin is a group of spaces whose outcomes are visited once.
type kin struct {
	*variants
	at      []int // positions of the spaces
	first   *outcome.Space
	classes [][][]int // by issue, the options to which the spaces add alike, ascending
	// shift holds, by issue, class, space and row, what the space adds to the first.
	shift [][][][]int64
	cells []kinCell
}

// A kinCell is a choice of one class for every issue.
type kinCell struct {
	options [][]int   // by issue
	by      [][]int64 // by space and row, what the space adds to the first
	points  *pareto.Vectors
	lister  *outcome.Lister
}

// together visits the outcomes of a group once, if it has several spaces and that is within the
// budget; done says whether it did.
func (v *variants) together(group []int) (done bool, err error) {
	first := v.spaces[group[0]]
	n, ok := first.Count()
	if len(group) == 1 || !ok {
		return false, nil
	}
	f := &kin{variants: v, at: group, first: first}
	if !f.classify() {
		return false, nil
	}
	// A visit costs a listing and, for each outcome in some zone, a place in a histogram.
	work := float64(2*visit.Work(first)) + float64(float64(n)*10) + float64(float64(len(group))*1e5)
	if work > v.left {
		return false, nil
	}
	for _, i := range group {
		v.out[i] = Variant{Verdict: bargain.NoZone, Count: new(big.Int), Ratifiable: new(big.Int)}
	}
	for k := range f.cells {
		ok, err := f.visit(&f.cells[k])
		if err != nil || !ok {
			for _, i := range group {
				v.out[i] = Variant{Verdict: bargain.Unknown}
			}
			return false, err
		}
	}
	v.left -= work
	return true, f.rank()
}

// classify sorts the options of every issue by what the spaces add to them, and lays out the cells.
func (f *kin) classify() bool {
	rows := rowsOf(f.first)
	all := make([][]*outcome.Row, len(f.at))
	for k, i := range f.at {
		all[k] = rowsOf(f.spaces[i])
	}
	cells, tables := 1, 0
	for _, t := range tablesOf(f.first) {
		if box, _ := t.Box(); !box {
			tables += t.Size()
		}
	}
	for issue, is := range f.first.Issues {
		keys := make([][]byte, is.Options)
		for k := range all {
			for r, row := range all[k] {
				a, b := rows[r].Scores[issue], row.Scores[issue]
				if &a[0] == &b[0] {
					continue
				}
				for o := range a {
					if d := b[o] - a[o]; d != 0 {
						keys[o] = fmt.Appendf(keys[o], "%d.%d:%d ", k, r, d)
					}
				}
			}
		}
		var classes [][]int
		by := make(map[string]int)
		for o, key := range keys {
			at, ok := by[string(key)]
			if !ok {
				at = len(classes)
				by[string(key)] = at
				classes = append(classes, nil)
			}
			classes[at] = append(classes[at], o)
		}
		if cells *= len(classes); cells > maxVariantCells || cells*tables > maxVariantTable {
			return false
		}
		f.classes = append(f.classes, classes)
		shift := make([][][]int64, len(classes))
		for c, options := range classes {
			for k := range all {
				var by []int64
				for r, row := range all[k] {
					by = append(by, row.Scores[issue][options[0]]-rows[r].Scores[issue][options[0]])
				}
				shift[c] = append(shift[c], by)
			}
		}
		f.shift = append(f.shift, shift)
	}
	chosen := make([]int, len(f.classes))
	for range cells {
		cell := kinCell{options: make([][]int, len(chosen)), by: make([][]int64, len(f.at))}
		for k := range cell.by {
			cell.by[k] = make([]int64, len(rows))
		}
		for issue, c := range chosen {
			cell.options[issue] = f.classes[issue][c]
			if len(f.classes[issue]) == 1 {
				if c := f.shift[issue][0]; allZero(c) {
					continue
				}
			}
			for k, by := range f.shift[issue][c] {
				for r, d := range by {
					cell.by[k][r] += d
				}
			}
		}
		f.cells = append(f.cells, cell)
		for i := len(chosen) - 1; i >= 0; i-- {
			if chosen[i]++; chosen[i] < len(f.classes[i]) {
				break
			}
			chosen[i] = 0
		}
	}
	return true
}

func allZero(by [][]int64) bool {
	return !slices.ContainsFunc(by, func(row []int64) bool {
		return slices.ContainsFunc(row, func(d int64) bool { return d != 0 })
	})
}

func rowsOf(s *outcome.Space) []*outcome.Row {
	var rows []*outcome.Row
	s.Rows(func(_ int, r *outcome.Row) bool {
		rows = append(rows, r)
		return true
	})
	return rows
}

func tablesOf(s *outcome.Space) []*outcome.Table {
	var tables []*outcome.Table
	for i := range s.Requires {
		tables = append(tables, &s.Requires[i].Forbidden)
	}
	for p := range s.Parties {
		for i := range s.Parties[p].RedLines {
			tables = append(tables, &s.Parties[p].RedLines[i].Forbidden)
		}
	}
	for _, r := range rowsOf(s) {
		for i := range r.Adjustments {
			tables = append(tables, &r.Adjustments[i].When)
		}
	}
	return tables
}

// needs are the utilities of the first space's rows that the spaces ask for in one cell.
type needs struct {
	party [][]int64 // by party, distinct and ascending
	level [][]int   // by space and party, the position of its need
	// home holds, by party, the distinct needs of its constituencies, and homes the distinct
	// choices among those of every party; at, by space, the position in homes. Empty without
	// constituencies.
	home  [][][]outcome.Threshold
	homes [][]int
	at    []int
}

func (f *kin) needs(cell *kinCell) *needs {
	parties := len(f.first.Parties)
	n := &needs{party: make([][]int64, parties), home: make([][][]outcome.Threshold, parties)}
	need := make([][]int64, len(f.at))
	for k := range need {
		need[k] = make([]int64, parties)
	}
	any := false
	var choice []int
	var home []outcome.Threshold
	for k, i := range f.at {
		r := 0
		choice = choice[:0]
		for p := range parties {
			party := &f.spaces[i].Parties[p]
			v := party.Threshold.Value - cell.by[k][r]
			need[k][p] = v
			n.party[p] = append(n.party[p], v)
			r++
			home = home[:0]
			for c := range party.Constituencies {
				t := party.Constituencies[c].Threshold
				if t.Set {
					t.Value -= cell.by[k][r]
				}
				home = append(home, t)
				r++
			}
			at := slices.IndexFunc(n.home[p], func(h []outcome.Threshold) bool { return slices.Equal(h, home) })
			if at < 0 {
				at = len(n.home[p])
				n.home[p] = append(n.home[p], slices.Clone(home))
			}
			choice = append(choice, at)
			any = any || len(home) > 0
		}
		at := slices.IndexFunc(n.homes, func(h []int) bool { return slices.Equal(h, choice) })
		if at < 0 {
			at = len(n.homes)
			n.homes = append(n.homes, slices.Clone(choice))
		}
		n.at = append(n.at, at)
	}
	for p := range n.party {
		slices.Sort(n.party[p])
		n.party[p] = slices.Compact(n.party[p])
	}
	for k := range f.at {
		level := make([]int, parties)
		for p := range level {
			level[p], _ = slices.BinarySearch(n.party[p], need[k][p])
		}
		n.level = append(n.level, level)
	}
	if !any {
		n.home, n.homes, n.at = nil, nil, nil
	}
	return n
}

// restricted returns the first space with the options of a cell alone and the least
// thresholds that any space asks for.
func (f *kin) restricted(cell *kinCell, n *needs) (*outcome.Space, error) {
	s, err := f.first.Restrict(cell.options)
	if err != nil {
		return nil, err
	}
	for p := range s.Parties {
		s.Parties[p].Threshold = outcome.Threshold{Value: n.party[p][0], Set: true}
	}
	return s, nil
}

// visit lists a cell and adds what it holds to every space's counts; ok is false where it
// would take too many bins or too large a frontier.
func (f *kin) visit(cell *kinCell) (ok bool, err error) {
	n := f.needs(cell)
	bins := 1
	for _, needs := range n.party {
		if bins *= len(needs); bins > maxVariantBins {
			return false, nil
		}
	}
	if bins*(1+len(n.homes)) > maxVariantBins {
		return false, nil
	}
	s, err := f.restricted(cell, n)
	if err != nil {
		return false, err
	}
	sc, err := visit.New(s)
	if err != nil {
		return false, err
	}
	sc.Inside = true
	tallies, err := visit.Each(f.ctx, sc, nil, func(*visit.Scanner) *histogram { return newHistogram(s, n, bins, sc.Collector(f.ctx)) },
		func(w *visit.Scanner, t *histogram) error { return t.block(w) })
	if err != nil {
		return false, err
	}
	sum := tallies[0]
	for _, t := range tallies[1:] {
		sum.absorb(t)
	}
	if sum.zone.Err() != nil {
		return false, nil
	}
	cell.points, cell.lister = sum.zone.Result(), sc.Lister
	sum.accumulate()
	for k, i := range f.at {
		bin := sum.bin(n.level[k])
		add := func(to *big.Int, x int64) { to.Add(to, big.NewInt(x)) }
		add(f.out[i].Count, sum.bins[0][bin])
		if n.homes == nil {
			add(f.out[i].Ratifiable, sum.bins[0][bin])
		} else {
			add(f.out[i].Ratifiable, sum.bins[1+n.at[k]][bin])
		}
		if f.out[i].Count.Sign() > 0 {
			f.out[i].Verdict = bargain.HasZone
		}
	}
	return true, nil
}

// A histogram counts outcomes by the needs that their utilities meet: bins[0] all of them,
// bins[1+h] those that homes[h] would carry.
type histogram struct {
	s     *outcome.Space
	needs *needs
	bins  [][]int64
	holds [][]bool // by party and its home
	at    []worth  // of each constituency in the block, party after party
	zone  pareto.Collector
}

// A worth is what the outcomes of a block are worth to a constituency: base and what stands in the table.
type worth struct {
	base  int64
	table []int64
}

func newHistogram(s *outcome.Space, n *needs, bins int, zone pareto.Collector) *histogram {
	t := &histogram{s: s, needs: n, zone: zone}
	for range 1 + len(n.homes) {
		t.bins = append(t.bins, make([]int64, bins))
	}
	for p := range n.home {
		t.holds = append(t.holds, make([]bool, len(n.home[p])))
	}
	return t
}

// bin returns the bin of needs at the given positions, by party.
func (t *histogram) bin(level []int) int {
	at := 0
	for p, l := range level {
		at = at*len(t.needs.party[p]) + l
	}
	return at
}

func (t *histogram) absorb(o *histogram) {
	for h := range o.bins {
		for b, x := range o.bins[h] {
			t.bins[h][b] += x
		}
	}
	t.zone.Absorb(o.zone)
}

// block counts the outcomes of the block on which w stands.
func (t *histogram) block(w *visit.Scanner) error {
	if w.Hopeless() || !w.Admitted() {
		return nil
	}
	w.Values()
	if !w.InZone() {
		return nil
	}
	if t.needs.homes != nil {
		t.at = t.at[:0]
		for p := range t.s.Parties {
			for c := range t.s.Parties[p].Constituencies {
				base, table, _, _ := w.Cursor.Values(w.Lister.Row(p) + 1 + c)
				t.at = append(t.at, worth{base, table})
			}
		}
	}
	for k, word := range w.Words {
		for ; word != 0; word &= word - 1 {
			j := k<<6 | bits.TrailingZeros64(word)
			at := 0
			for p, needs := range t.needs.party {
				u := w.Bases[p] + w.Tables[p][j]
				level, met := slices.BinarySearch(needs, u)
				if !met {
					level-- // the greatest need below
				}
				at = at*len(needs) + level
			}
			t.bins[0][at]++
			if t.needs.homes != nil {
				t.home(j, at)
			}
		}
	}
	return w.Offer(t.zone)
}

// home counts an outcome for every choice of homes that would carry it.
func (t *histogram) home(j, at int) {
	first := 0
	for p := range t.holds {
		party := &t.s.Parties[p]
		rows := t.at[first:]
		first += len(party.Constituencies)
		for h, thresholds := range t.needs.home[p] {
			var yes uint64
			for c, need := range thresholds {
				if need.Accepts(rows[c].base + rows[c].table[j]) {
					yes |= 1 << c
				}
			}
			t.holds[p][h] = party.Ratification.Holds(yes, len(thresholds))
		}
	}
	for h, choice := range t.needs.homes {
		carried := true
		for p, of := range choice {
			carried = carried && t.holds[p][of]
		}
		if carried {
			t.bins[1+h][at]++
		}
	}
}

// accumulate makes every bin hold the outcomes that meet at least its needs.
func (t *histogram) accumulate() {
	for _, bins := range t.bins {
		stride := 1
		for p := len(t.needs.party) - 1; p >= 0; p-- {
			n := len(t.needs.party[p])
			for at := len(bins) - 1; at >= 0; at-- {
				if at/stride%n < n-1 {
					bins[at] += bins[at+stride]
				}
			}
			stride *= n
		}
	}
}

// rank finds the Nash outcome of every space among the frontiers of the cells: what a space adds
// to a cell's outcomes is the same for all of them, so that its frontier lies among theirs.
func (f *kin) rank() error {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(f.at)) {
		group.Go(func() {
			for f.ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(f.at) {
					return
				}
				f.nash(k)
			}
		})
	}
	group.Wait()
	return context.Cause(f.ctx)
}

func (f *kin) nash(k int) {
	s, out := f.spaces[f.at[k]], &f.out[f.at[k]]
	out.Full, out.Exact = true, true
	g := &pareto.Gauge{}
	rowAt, r := make([]int, len(s.Parties)), 0
	for p := range s.Parties {
		g.Scale = append(g.Scale, s.Parties[p].Units())
		g.Disagreement = append(g.Disagreement, s.Parties[p].Threshold.Value)
		rowAt[p] = r
		r += 1 + len(s.Parties[p].Constituencies)
	}
	out.disagreement = g.Disagreement
	if out.Verdict == bargain.NoZone {
		return
	}
	// All gains are at least 0, so that an outcome ranked first is dominated by none: one that
	// gave somebody more would have more parties gain, or a greater product.
	best := &bargain.Point{Ties: new(big.Int)}
	u := make([]int64, len(s.Parties))
	for c := range f.cells {
		cell := &f.cells[c]
		for i := range cell.points.Len() {
			in := true
			for p, v := range cell.points.At(i) {
				u[p] = v + cell.by[k][rowAt[p]]
				in = in && u[p] >= g.Disagreement[p]
			}
			if !in {
				continue
			}
			d := 1
			if best.Outcome != nil {
				d = g.CompareNash(u, best.Utilities)
			}
			if d < 0 {
				continue
			}
			o := cell.outcome(i)
			if d > 0 {
				best.Ties.SetInt64(0)
			}
			if best.Ties.Add(best.Ties, big.NewInt(cell.points.Ties[i])); d > 0 || slices.Compare(o, best.Outcome) < 0 {
				best.Outcome, best.Utilities = o, slices.Clone(u)
			}
		}
	}
	out.Nash = best
}

// outcome returns the first outcome of one of the cell's points.
func (c *kinCell) outcome(point int) outcome.Outcome {
	o := c.lister.Outcome(c.points.Rank[point])
	for issue := range o {
		o[issue] = c.options[issue][o[issue]]
	}
	return o
}

// Smallest returns the positions of the sets that hold and contain no other that does: the
// smallest by inclusion. Sets must be ascending lists, with fewer members first; all that are
// missing are taken not to hold.
func Smallest(sets [][]int, holds func(i int) bool) []int {
	var found []int
	for i, set := range sets {
		if holds(i) && !slices.ContainsFunc(found, func(j int) bool { return contains(set, sets[j]) }) {
			found = append(found, i)
		}
	}
	return found
}

// contains reports whether ascending list a contains all of b.
func contains(a, b []int) bool {
	for _, x := range b {
		if _, ok := slices.BinarySearch(a, x); !ok {
			return false
		}
	}
	return true
}
