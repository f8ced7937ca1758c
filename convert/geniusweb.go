package convert

import (
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
)

// geniusweb is the JSON of GeniusWeb, the successor of GENIUS: a domain, and a
// profile for each party.
var geniusweb = &Format{
	Name: "geniusweb", Title: "GeniusWeb JSON", Extension: ".json",
	part: geniuswebPart,
	read: readGeniusweb, write: writeGeniusweb,
}

func geniuswebPart(_ string, head []byte) part {
	keys := topKeys(head)
	has := func(key string) bool { _, ok := keys[key]; return ok }
	switch {
	case has("issuesValues"):
		return domain
	case has("pareto_front"), has("size") && has("opposition"):
		return aside // the measures that come with the domains of the ANL
	}
	for key := range keys {
		if strings.HasSuffix(key, "UtilitySpace") || strings.HasSuffix(key, "PartialOrdering") {
			return profile
		}
	}
	return none
}

// A labelled issue knows where its answers are.
type labelled struct {
	issue
	position map[string]int // of its values
}

// answer returns the position of the answer that a node names; ok is false when there
// is none.
func (l *labelled) answer(n *node) (k int, ok bool) {
	if l.grid == nil {
		k, ok = l.position[n.text]
		return k, ok && n.kind != list && n.kind != object
	}
	v, err := parseNumber(n.text)
	if err != nil {
		return 0, false
	}
	return l.grid.position(v)
}

// position returns where a number stands; ok is false when it is not on the grid.
func (g *grid) position(v *big.Rat) (k int, ok bool) {
	at := new(big.Rat).Sub(v, g.from)
	at.Quo(at, g.step)
	if !at.IsInt() || at.Sign() < 0 || !at.Num().IsInt64() || at.Num().Int64() >= int64(g.n) {
		return 0, false
	}
	return int(at.Num().Int64()), true
}

// newGrid returns the numbers from low by step up to high, which need not be one of them.
func newGrid(low, high, step *big.Rat) (*grid, error) {
	span := new(big.Rat).Sub(high, low)
	switch {
	case span.Sign() < 0:
		return nil, fmt.Errorf("it goes from %s down to %s", low.RatString(), high.RatString())
	case span.Sign() == 0:
		return &grid{low, big.NewRat(1, 1), 1}, nil
	case step.Sign() <= 0:
		return nil, fmt.Errorf("its step is %s, not above 0", step.RatString())
	}
	span.Quo(span, step)
	if span.Cmp(big.NewRat(maxGrid-1, 1)) > 0 {
		return nil, fmt.Errorf("it has more than %d values", maxGrid)
	}
	n := new(big.Int).Quo(span.Num(), span.Denom()).Int64()
	return &grid{low, step, int(n) + 1}, nil
}

// A linearReader reads additive profiles of one scenario.
type linearReader struct {
	issues []labelled
	known  map[string]bool // names of the issues
	notes  []Note
}

func (r *linearReader) add(is issue) {
	l := labelled{is, make(map[string]int, len(is.values))}
	for k, v := range is.values {
		l.position[v] = k
	}
	r.issues = append(r.issues, l)
	if r.known == nil {
		r.known = make(map[string]bool)
	}
	r.known[is.name] = true
}

func (r *linearReader) note(n *node, format string, args ...any) {
	r.notes = append(r.notes, n.note(format, args...))
}

// scenario returns what was read, but for the parties.
func (r *linearReader) scenario() *scenario {
	s := &scenario{}
	for _, l := range r.issues {
		s.issues = append(s.issues, l.issue)
	}
	return s
}

// strangers notes the keys of an object that are no issues.
func (r *linearReader) strangers(n *node) {
	for i, key := range n.keys {
		if !r.known[key] {
			r.note(n.kids[i], "%s is no issue of the domain: it is left out", short(key))
		}
	}
}

// unread notes the keys of an object that its format does not read.
func (r *linearReader) unread(n *node, known ...string) {
	for i, key := range n.keys {
		if !slices.Contains(known, key) {
			r.note(n.kids[i], "%s is not read, and is left out", short(key))
		}
	}
}

// beyond notes a reservation value that no sum of scores reaches.
func (r *linearReader) beyond(n *node, p *party) {
	if most := p.most(); p.reservation.Cmp(most) > 0 {
		r.note(n, "the reservation value %s is above every package, for none is worth more than %s: the party accepts nothing", shortest(p.reservation), shortest(most))
	}
}

// weights reads the weights of the issues, 0 where there is none.
func (r *linearReader) weights(n *node) ([]*big.Rat, error) {
	weights := make([]*big.Rat, len(r.issues))
	sum := new(big.Rat)
	for i := range r.issues {
		weights[i] = new(big.Rat)
		at := n.child(r.issues[i].name)
		if at == nil {
			r.note(n, "the issue %s has no weight: it is worth nothing", short(r.issues[i].name))
			continue
		}
		w, err := at.rat("the weight of " + short(r.issues[i].name))
		if err != nil {
			return nil, err
		}
		if w.Sign() < 0 {
			return nil, at.errorf("the weight of %s is below 0", short(r.issues[i].name))
		}
		weights[i] = w
		sum.Add(sum, w)
	}
	r.strangers(n)
	if !nearOne(sum) {
		f, _ := sum.Float64()
		r.note(n, "the weights add up to %v, and are used as written", f)
	}
	return weights, nil
}

// table reads what the values of an issue are worth from an object of value to
// utility, and weighs it. Values that are missing count as 0.
func (r *linearReader) table(is *labelled, n *node, weight *big.Rat) ([]knot, error) {
	worth := make([]*big.Rat, is.len())
	outside := 0
	for k, key := range n.keys {
		at, ok := is.answer(&node{kind: text, text: key})
		if !ok {
			r.note(n.kids[k], "the domain has no value %s of %s: it is left out", short(key), short(is.name))
			continue
		}
		u, err := n.kids[k].rat("the utility of " + short(key))
		if err != nil {
			return nil, err
		}
		if u.Sign() < 0 || u.Cmp(big.NewRat(1, 1)) > 0 {
			outside++
		}
		worth[at] = u.Mul(u, weight)
	}
	if outside > 0 {
		r.note(n, "%s of %s not between 0 and 1, and used as written", several(outside, "utility is", "utilities are"), short(is.name))
	}
	ks := make([]knot, len(worth))
	for k, w := range worth {
		if w == nil {
			r.note(n, "the value %s of %s has no utility, and counts as 0", short(is.value(k)), short(is.name))
			w = new(big.Rat)
		}
		ks[k] = knot{k, w}
	}
	return ks, nil
}

func baseName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

func readGeniusweb(ctx context.Context, files []input) (*scenario, []Note, error) {
	var notes []Note
	var base *node
	var profiles []*node
	var names []string
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		root, more, err := readJSON(f.name, f.data)
		if err != nil {
			return nil, nil, err
		}
		notes = append(notes, more...)
		switch {
		case f.part == profile:
			space, err := utilitySpace(root)
			if err != nil {
				return nil, nil, err
			}
			profiles, names = append(profiles, space), append(names, baseName(f.name))
		case base != nil:
			return nil, nil, fmt.Errorf("%s and %s are both domains: name one, with its profiles", base.doc.name, f.name)
		default:
			base = root
		}
	}
	if len(profiles) == 0 {
		return nil, nil, fmt.Errorf("%s is a domain without profiles: name the profile of each party, too", base.doc.name)
	}
	if base == nil {
		if base = profiles[0].child("domain"); base == nil {
			return nil, nil, fmt.Errorf("%s has no domain in it: name the domain's file, too", profiles[0].doc.name)
		}
	}
	r := &linearReader{notes: notes}
	if err := r.geniuswebDomain(base); err != nil {
		return nil, nil, err
	}
	r.unread(base, "name", "issuesValues")
	s := r.scenario()
	if name := base.child("name"); name != nil {
		s.title = name.text
	}
	for k, space := range profiles {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p, err := r.geniuswebProfile(space)
		if err != nil {
			return nil, nil, err
		}
		p.name = names[k]
		s.parties = append(s.parties, *p)
	}
	return s, r.notes, nil
}

// utilitySpace returns what a profile wraps in the name of its class.
func utilitySpace(root *node) (*node, error) {
	if root.kind != object || len(root.keys) != 1 {
		return nil, root.errorf("a profile is one object, whose key is the name of its class")
	}
	if root.keys[0] != "LinearAdditiveUtilitySpace" {
		return nil, root.errorf("profiles of the class %s are not known: LinearAdditiveUtilitySpace is", short(root.keys[0]))
	}
	return root.want(root.keys[0], object)
}

func (r *linearReader) geniuswebDomain(n *node) error {
	values, err := n.want("issuesValues", object)
	if err != nil {
		return err
	}
	if len(values.keys) == 0 {
		return values.errorf("there are no issues")
	}
	for i, name := range values.keys {
		is, err := geniuswebIssue(name, values.kids[i])
		if err != nil {
			return err
		}
		r.add(is)
		r.unread(values.kids[i], "values", "range")
		if span := values.kids[i].child("range"); span != nil {
			r.unread(span, "low", "high", "step")
		}
	}
	return nil
}

func geniuswebIssue(name string, n *node) (issue, error) {
	is := issue{name: name}
	if span := n.child("range"); span != nil {
		var ends [3]*big.Rat
		for k, key := range []string{"low", "high", "step"} {
			c := span.child(key)
			if c == nil {
				return is, span.errorf("the range of %s has no %s", short(name), key)
			}
			var err error
			if ends[k], err = c.rat(key); err != nil {
				return is, err
			}
		}
		g, err := newGrid(ends[0], ends[1], ends[2])
		if err != nil {
			return is, span.errorf("the range of %s: %v", short(name), err)
		}
		is.grid = g
		return is, nil
	}
	values, err := n.want("values", list)
	if err != nil {
		return is, err
	}
	seen := make(map[string]bool, len(values.kids))
	for _, v := range values.kids {
		switch {
		case v.kind != text && v.kind != number:
			return is, v.errorf("a value of %s is %v, not a text", short(name), v.kind)
		case seen[v.text]:
			return is, v.errorf("the value %s of %s is there twice", short(v.text), short(name))
		}
		seen[v.text] = true
		is.values = append(is.values, v.text)
	}
	if len(is.values) == 0 {
		return is, values.errorf("the issue %s has no values", short(name))
	}
	return is, nil
}

// geniuswebProfile reads a LinearAdditiveUtilitySpace: the sum of weight × utility. No
// agreement is worth what the reservation bid is; without one, any agreement is better.
func (r *linearReader) geniuswebProfile(space *node) (*party, error) {
	r.unread(space, "name", "domain", "issueUtilities", "issueWeights", "reservationBid")
	given, err := space.want("issueWeights", object)
	if err != nil {
		return nil, err
	}
	weights, err := r.weights(given)
	if err != nil {
		return nil, err
	}
	utilities, err := space.want("issueUtilities", object)
	if err != nil {
		return nil, err
	}
	r.strangers(utilities)
	p := &party{scores: make([][]knot, len(r.issues))}
	for i := range r.issues {
		is := &r.issues[i]
		n := utilities.child(is.name)
		if n == nil {
			r.note(utilities, "the issue %s is not there: it is worth nothing", short(is.name))
			continue
		}
		if n, err = utilitiesOf(is, n); err != nil {
			return nil, err
		}
		if n.child("valueUtilities") != nil {
			r.unread(n, "valueUtilities")
			table, err := n.want("valueUtilities", object)
			if err != nil {
				return nil, err
			}
			p.scores[i], err = r.table(is, table, weights[i])
			if err != nil {
				return nil, err
			}
			continue
		}
		if p.scores[i], err = r.numberUtilities(is, n, weights[i]); err != nil {
			return nil, err
		}
	}
	return p, r.reservationBid(space, p)
}

// utilitiesOf returns what the utilities of an issue wrap in the name of their class, which
// older files write as discreteutils and numberutils.
func utilitiesOf(is *labelled, n *node) (*node, error) {
	if n.kind != object || len(n.keys) != 1 || n.keys[0] == "valueUtilities" {
		return n, nil
	}
	switch strings.ToLower(n.keys[0]) {
	case "discretevaluesetutilities", "discreteutils", "numbervaluesetutilities", "numberutils":
		return n.kids[0], nil
	}
	return nil, n.errorf("utilities of the class %s, for %s, are not known: DiscreteValueSetUtilities and NumberValueSetUtilities are", short(n.keys[0]), short(is.name))
}

// numberUtilities reads a straight line from the lowest number of an issue to the highest.
func (r *linearReader) numberUtilities(is *labelled, n *node, weight *big.Rat) ([]knot, error) {
	var v [4]*big.Rat
	keys := []string{"lowValue", "highValue", "lowUtility", "highUtility"}
	r.unread(n, keys...)
	for k, key := range keys {
		c := n.child(key)
		if c == nil {
			return nil, n.errorf("the utilities of %s are neither valueUtilities nor those of a range: %s is missing", short(is.name), key)
		}
		var err error
		if v[k], err = c.rat(key); err != nil {
			return nil, err
		}
	}
	low, high := v[0], v[1]
	if is.grid == nil {
		return nil, n.errorf("the issue %s has values, but its utilities are those of a range", short(is.name))
	}
	last := is.grid.at(is.grid.n - 1)
	past := new(big.Rat).Add(last, is.grid.step) // the range may end between two steps
	if low.Cmp(is.grid.from) != 0 || high.Cmp(last) < 0 || is.grid.n > 1 && high.Cmp(past) >= 0 {
		return nil, n.errorf("the utilities of %s go from %s to %s, and the issue from %s to %s", short(is.name), low.RatString(), high.RatString(), is.grid.from.RatString(), last.RatString())
	}
	slope := new(big.Rat)
	if low.Cmp(high) != 0 {
		slope.Quo(new(big.Rat).Sub(v[3], v[2]), new(big.Rat).Sub(high, low))
	}
	at := func(k int) knot {
		u := new(big.Rat).Sub(is.grid.at(k), low)
		u.Mul(u, slope).Add(u, v[2])
		return knot{k, u.Mul(u, weight)}
	}
	if is.grid.n == 1 {
		return []knot{at(0)}, nil
	}
	return []knot{at(0), at(is.grid.n - 1)}, nil
}

func (r *linearReader) reservationBid(space *node, p *party) error {
	p.reservation = new(big.Rat)
	bid := space.child("reservationBid")
	if bid == nil || bid.kind == null {
		p.because = "the profile names no reservation bid: any agreement is better than none"
		return nil
	}
	values, err := bid.want("issuevalues", object)
	if err != nil {
		return err
	}
	r.unread(bid, "issuevalues")
	var words []string
	for i := range r.issues {
		is := &r.issues[i]
		n := values.child(is.name)
		if n == nil {
			r.note(values, "the reservation bid leaves %s out, which counts as 0", short(is.name))
			continue
		}
		k, ok := is.answer(n)
		if !ok {
			return n.errorf("the reservation bid has %s, which is no value of %s", short(n.text), short(is.name))
		}
		words = append(words, is.name+": "+is.value(k))
		p.reservation.Add(p.reservation, p.worth(i, k))
	}
	for i, key := range values.keys {
		if !r.known[key] {
			return values.kids[i].errorf("the reservation bid names %s, which is no issue of the domain", short(key))
		}
	}
	p.because = "worth of the reservation bid (" + strings.Join(words, ", ") + ")"
	return nil
}

// writeGeniusweb writes a domain, and a profile for each party.
func writeGeniusweb(s *scenario) ([]Output, []Note, error) {
	notes := slices.Concat(s.unboxed(), s.undiscounted(), s.unordered())
	values := make([]any, len(s.issues))
	lines := make([]bool, len(s.issues)) // issues that stay ranges
	var byIssue fields
	for i := range s.issues {
		is := &s.issues[i]
		if lines[i] = s.straight(i); lines[i] {
			g := is.grid
			values[i] = fields{{"range", fields{{"low", decimal(g.from)}, {"high", decimal(g.at(g.n - 1))}, {"step", decimal(g.step)}}}}
		} else {
			var names []string
			for k := range is.len() {
				names = append(names, is.value(k))
			}
			values[i] = fields{{"values", names}}
			if is.grid != nil {
				notes = append(notes, Note{"issues." + is.id, fmt.Sprintf("the range is written as %d values: ranges there are worth a straight line", is.len())})
			}
		}
		byIssue = append(byIssue, field{is.name, values[i]})
	}
	domainOf := fields{{"name", simpleName(s.id)}, {"issuesValues", byIssue}}
	file, err := writeJSON(s.id+"_domain.json", domainOf)
	if err != nil {
		return nil, nil, err
	}
	out := []Output{file}
	for k := range s.parties {
		p := &s.parties[k]
		a := s.additive(p)
		notes = append(notes, a.notes("parties."+p.id)...)
		var weights, utilities fields
		for i := range s.issues {
			is, us := &s.issues[i], a.utilities[i]
			var worth fields
			if lines[i] {
				last := is.grid.n - 1
				worth = fields{{"NumberValueSetUtilities", fields{
					{"lowValue", decimal(is.grid.from)}, {"lowUtility", decimal(us[0])},
					{"highValue", decimal(is.grid.at(last))}, {"highUtility", decimal(us[last])},
				}}}
			} else {
				var table fields
				for o, u := range us {
					table = append(table, field{is.value(o), decimal(u)})
				}
				worth = fields{{"DiscreteValueSetUtilities", fields{{"valueUtilities", table}}}}
			}
			weights = append(weights, field{is.name, decimal(a.weights[i])})
			utilities = append(utilities, field{is.name, worth})
		}
		space := fields{{"name", simpleName(p.id)}, {"domain", domainOf}, {"issueUtilities", utilities}, {"issueWeights", weights}}
		bid, more := s.bidWorth(p)
		notes = append(notes, more...)
		if bid != nil {
			var bids fields
			for i, o := range bid {
				if is := &s.issues[i]; lines[i] {
					bids = append(bids, field{is.name, decimal(is.grid.at(o))})
				} else {
					bids = append(bids, field{is.name, is.value(o)})
				}
			}
			space = append(space, field{"reservationBid", fields{{"issuevalues", bids}}})
		}
		file, err := writeJSON(p.id+".json", fields{{"LinearAdditiveUtilitySpace", space}})
		if err != nil {
			return nil, nil, err
		}
		out = append(out, file)
	}
	return out, notes, nil
}

// simpleName is an id as GeniusWeb wants names: of letters and digits.
func simpleName(id string) string { return strings.NewReplacer("_", "", "-", "").Replace(id) }

// straight reports whether an issue is a range that is worth a straight line to every
// party, and has more than one number.
func (s *scenario) straight(i int) bool {
	is := &s.issues[i]
	if is.grid == nil || is.grid.n < 2 {
		return false
	}
	for k := range s.parties {
		ks := s.parties[k].scores[i]
		for _, kn := range ks[1 : len(ks)-1] { // on the line from end to end?
			first, last := ks[0], ks[len(ks)-1]
			rise := new(big.Rat).Sub(last.worth, first.worth)
			rise.Mul(rise, big.NewRat(int64(kn.at), int64(is.grid.n-1)))
			if rise.Add(rise, first.worth).Cmp(kn.worth) != 0 {
				return false
			}
		}
	}
	return true
}

// maxBids bounds the bids of half of the issues that a reservation bid is looked for among.
const maxBids = 200_000

// bidWorth returns the bid that is worth a party's no-deal value, or the least that is
// worth more: the same packages are then at least as good. It is nil where there is no
// no-deal value, or one that every package reaches.
func (s *scenario) bidWorth(p *party) ([]int, []Note) {
	at := "parties." + p.id + ".no_deal"
	if p.reservation == nil {
		return nil, nil
	}
	tables := s.tables(p)
	// Bids of the first issues and of the last, each sorted by worth.
	half, bids := 0, 1
	for half < len(tables) && bids*len(tables[half]) <= maxBids {
		bids *= len(tables[half])
		half++
	}
	rest := 1
	for _, table := range tables[half:] {
		if rest *= len(table); rest > maxBids {
			return nil, []Note{{at, "left out: no agreement is worth a bid there, and there are too many bids to look for one"}}
		}
	}
	first, last := partialBids(tables[:half]), partialBids(tables[half:])
	var bestFirst, bestLast *partialBid
	var best *big.Rat
	i, sum := 0, new(big.Rat)
	for j := len(last) - 1; j >= 0; j-- { // as the last get worse, the first must get better
		for ; i < len(first); i++ {
			if sum.Add(first[i].worth, last[j].worth).Cmp(p.reservation) >= 0 {
				break
			}
		}
		if i == len(first) {
			break
		}
		if best == nil || sum.Cmp(best) < 0 {
			best, bestFirst, bestLast = new(big.Rat).Set(sum), &first[i], &last[j]
		}
	}
	if best == nil {
		return nil, []Note{{at, "left out: it is worth more than every bid, and no agreement is worth a bid there"}}
	}
	var notes []Note
	if best.Cmp(p.reservation) != 0 {
		least := new(big.Rat).Add(first[0].worth, last[0].worth)
		if best.Cmp(least) == 0 {
			return nil, []Note{{at, "left out: every bid is worth more, and no agreement is worth a bid there"}}
		}
		notes = append(notes, Note{at, fmt.Sprintf("%s becomes %s, the least bid above it: no agreement is worth a bid there", shortest(p.reservation), shortest(best))})
	}
	bid := make([]int, len(tables))
	copy(bid[copy(bid, bestFirst.answers(tables[:half])):], bestLast.answers(tables[half:]))
	return bid, notes
}

// A partialBid is a bid on some issues, by its rank among them.
type partialBid struct {
	rank  int
	worth *big.Rat
}

// partialBids returns all bids on some issues by ascending worth, then rank.
func partialBids(tables [][]*big.Rat) []partialBid {
	bids := []partialBid{{0, new(big.Rat)}}
	for _, table := range tables {
		var more []partialBid
		for _, b := range bids {
			for k, v := range table {
				more = append(more, partialBid{b.rank*len(table) + k, new(big.Rat).Add(b.worth, v)})
			}
		}
		bids = more
	}
	slices.SortStableFunc(bids, func(a, b partialBid) int { return a.worth.Cmp(b.worth) })
	return bids
}

func (b *partialBid) answers(tables [][]*big.Rat) []int {
	out := make([]int, len(tables))
	rank := b.rank
	for i := len(tables) - 1; i >= 0; i-- {
		out[i], rank = rank%len(tables[i]), rank/len(tables[i])
	}
	return out
}
