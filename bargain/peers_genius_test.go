package bargain_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
)

// A node is an XML element.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
}

func readXML(t *testing.T, path string) *node {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{}
	if err := xml.Unmarshal(text, n); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return n
}

// attr returns the first of the named attributes that there is, else "".
func (n *node) attr(names ...string) string {
	for _, name := range names {
		for _, a := range n.Attrs {
			if a.Name.Local == name {
				return a.Value
			}
		}
	}
	return ""
}

// all returns the elements of a name at any depth.
func (n *node) all(name string) []*node {
	var out []*node
	for i := range n.Nodes {
		c := &n.Nodes[i]
		if c.XMLName.Local == name {
			out = append(out, c)
		}
		out = append(out, c.all(name)...)
	}
	return out
}

// bounds returns the ends of an integer issue, inclusive; ok is false for one with items.
func (n *node) bounds(t *testing.T) (low, high int, ok bool) {
	t.Helper()
	switch kind := n.attr("type", "etype", "vtype"); kind {
	case "", "discrete":
		return 0, 0, false
	case "integer":
	default:
		t.Fatalf("issue %q is of type %s, which this reader does not know", n.attr("name"), kind)
	}
	from := n
	if r := n.all("range"); len(r) > 0 {
		from = r[0]
	}
	low, err := strconv.Atoi(from.attr("lowerbound"))
	if err != nil {
		t.Fatal(err)
	}
	if high, err = strconv.Atoi(from.attr("upperbound")); err != nil {
		t.Fatal(err)
	}
	return low, high, true
}

// byIndex returns elements by their index, refusing the same one twice.
func byIndex(t *testing.T, nodes []*node) map[int]*node {
	t.Helper()
	out := make(map[int]*node)
	for _, n := range nodes {
		k, err := strconv.Atoi(n.attr("index"))
		if err != nil {
			t.Fatal(err)
		}
		if out[k] != nil {
			t.Fatalf("index %d of %s twice", k, n.XMLName.Local)
		}
		out[k] = n
	}
	return out
}

// readGenius reads a scenario of additive profiles as GENIUS does: evaluations are
// divided by the greatest of their issue, an integer's value counts from its lower
// bound and is clipped to [0, 1], and weights are used as written. indexes are the
// indexes of the issues, in order.
func readGenius(t *testing.T, folder, domain string, profiles []string) (s *scenario, indexes []int) {
	t.Helper()
	issues := byIndex(t, readXML(t, filepath.Join(folder, domain)).all("issue"))
	for k := range issues {
		indexes = append(indexes, k)
	}
	slices.Sort(indexes)
	var ids []string
	var names [][]string
	for _, k := range indexes {
		ids = append(ids, issues[k].attr("name"))
		var options []string
		if low, high, ok := issues[k].bounds(t); ok {
			for v := low; v <= high; v++ {
				options = append(options, strconv.Itoa(v))
			}
		}
		for _, item := range issues[k].all("item") {
			if v := item.attr("value"); !slices.Contains(options, v) {
				options = append(options, v)
			}
		}
		names = append(names, options)
	}
	var sheets []sheet
	for _, profile := range profiles {
		root := readXML(t, filepath.Join(folder, profile))
		weights, own := byIndex(t, root.all("weight")), byIndex(t, root.all("issue"))
		sh := sheet{reservation: new(big.Rat)}
		if r := root.all("reservation"); len(r) > 0 {
			sh.reservation = decimal(t, r[0].attr("value"))
		}
		for i, k := range indexes {
			scores, floats := evaluations(t, own[k], names[i])
			weight := "0"
			if weights[k] != nil {
				weight = strings.TrimSpace(weights[k].attr("value"))
			}
			for o, r := range scores {
				r.Mul(r, decimal(t, weight))
				floats[o] *= float(t, weight)
			}
			sh.scores, sh.floats = append(sh.scores, scores), append(sh.floats, floats)
		}
		sheets = append(sheets, sh)
	}
	return newScenario(t, ids, names, sheets), indexes
}

// evaluations returns what the options of an issue are worth, from 0 to 1, exactly and
// as GENIUS computes it.
func evaluations(t *testing.T, issue *node, names []string) ([]*big.Rat, []float64) {
	t.Helper()
	exact, floats := make([]*big.Rat, len(names)), make([]float64, len(names))
	if low, _, ok := issue.bounds(t); ok {
		e := issue.all("evaluator")[0]
		if e.attr("ftype") != "linear" {
			t.Fatalf("issue %q has an evaluator of type %s", issue.attr("name"), e.attr("ftype"))
		}
		offset, slope := e.attr("offset", "parameter0"), e.attr("slope", "parameter1")
		one := big.NewRat(1, 1)
		for k, name := range names {
			at, err := strconv.Atoi(name)
			if err != nil {
				t.Fatal(err)
			}
			v := new(big.Rat).SetInt64(int64(at - low))
			v.Mul(v, decimal(t, slope)).Add(v, decimal(t, offset))
			if v.Sign() < 0 {
				v.SetInt64(0)
			}
			if v.Cmp(one) > 0 {
				v.Set(one)
			}
			exact[k] = v
			floats[k] = min(max(float64(float(t, slope)*float64(at-low))+float(t, offset), 0), 1)
		}
		return exact, floats
	}
	greatest := "0"
	for _, item := range issue.all("item") {
		e := item.attr("evaluation")
		if at := slices.Index(names, item.attr("value")); at >= 0 && exact[at] == nil {
			exact[at], floats[at] = decimal(t, e), float(t, e)
		}
		if decimal(t, e).Cmp(decimal(t, greatest)) > 0 {
			greatest = e
		}
	}
	for k := range exact {
		switch {
		case exact[k] == nil:
			t.Fatalf("issue %q does not evaluate %q", issue.attr("name"), names[k])
		case float(t, greatest) < 1e-5:
			exact[k], floats[k] = new(big.Rat), 0
		default:
			exact[k].Quo(exact[k], decimal(t, greatest))
			floats[k] /= float(t, greatest)
		}
	}
	return exact, floats
}

func float(t *testing.T, text string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// clip lowers utilities above 1 to 1, as GENIUS does, by adjustments over all issues.
// Weights whose sum passes 1 by no more than rounding are left alone.
func (s *scenario) clip(t *testing.T) bool {
	t.Helper()
	clipped := false
	for p := range s.Parties {
		row := &s.Parties[p].Row
		top := int64(0)
		for _, column := range row.Scores {
			top += slices.Max(column)
		}
		if float64(top) <= float64(row.Scale)*(1+tolerance) {
			continue
		}
		clipped = true
		var every []int
		for i := range s.Issues {
			every = append(every, i)
		}
		var above []int64 // utilities above 1
		if _, err := outcome.NewTable(s.Issues, every, func(o []int) bool {
			if u := row.Value(o); u > row.Scale && !slices.Contains(above, u) {
				above = append(above, u)
			}
			return false
		}); err != nil {
			t.Fatal(err)
		}
		bare := *row
		for _, u := range above {
			table, err := outcome.NewTable(s.Issues, every, func(o []int) bool { return bare.Value(o) == u })
			if err != nil {
				t.Fatal(err)
			}
			row.Adjustments = append(row.Adjustments, outcome.Adjustment{ID: fmt.Sprint("clip", u), When: table, Add: row.Scale - u})
		}
	}
	return clipped
}

type geniusRecord struct {
	ID          string
	Domain      string
	Profiles    []string
	Types       []string
	Reservation []float64
	Outcomes    float64 `json:"n_outcomes"`
	Samples     []struct {
		Bid map[string]string
		U   []float64
	}
	Skipped    string
	Bids       int       `json:"pareto_points"` // bids on the frontier
	Unique     int       `json:"pareto_unique"` // different vectors of utilities on it
	Nash       []float64 // greatest product over the reservation values, of the whole frontier
	Kalai      []float64 `json:"genius_kalai"` // least difference of utilities
	Welfare    []float64 `json:"max_welfare_all"`
	MaxMin     []float64 `json:"max_min_all"`
	Opposition float64   `json:"opposition_min_dist_to_1"`
	Min        []float64
	Max        []float64
	Mean       []float64
	Pareto     [][]float64
}

// GENIUS 10.4: its frontier is that of all bids, whatever the reservation values.
func TestGenius(t *testing.T) {
	var file struct{ Records []geniusRecord }
	trials.ReadJSON(t, trials.Peers(t, "genius", "genius-reference.json"), &file)
	var c tally
	compared := 0
	for _, r := range file.Records {
		if slices.Contains(r.Types, "NONLINEAR") {
			continue
		}
		compared++
		id := r.ID + " " + strings.ReplaceAll(strings.Join(r.Profiles, " "), ".xml", "")
		c.seen = append(c.seen, id)
		t.Run(id, func(t *testing.T) { r.compare(t, id, &c) })
	}
	if compared == 0 {
		t.Error("no additive scenarios")
	}
	c.expect(t, geniusFindings)
}

func (r *geniusRecord) compare(t *testing.T, id string, c *tally) {
	s, indexes := readGenius(t, trials.Peers(t, "genius", "scenarios", r.ID), r.Domain, r.Profiles)
	if s.clip(t) {
		c.add("clipped", id)
	}
	if n, _ := s.Count(); float64(n) != r.Outcomes {
		t.Errorf("%d outcomes, theirs %v", n, r.Outcomes)
	}
	for _, sample := range r.Samples {
		var names []string
		for _, k := range indexes {
			names = append(names, sample.Bid[strconv.Itoa(k)])
		}
		if u := s.points(s.utilities(s.outcome(t, names))); !nearVector(u, sample.U) {
			t.Errorf("%v is worth %v, theirs %v", names, u, sample.U)
		}
	}
	for p, rv := range r.Reservation {
		if v, _ := s.Parties[p].Points(s.reservation[p]).Float64(); !near(v, rv) {
			t.Errorf("reservation value %v, theirs %v", v, rv)
		}
		if low, _ := s.Parties[p].Points(s.least(p)).Float64(); !near(low, r.Min[p]) || !near(s.mean(p), r.Mean[p]) {
			t.Errorf("least utility %v, mean %v; theirs %v, %v", low, s.mean(p), r.Min[p], r.Mean[p])
		}
	}

	whole := analyze(t, s.from(func(int) int64 { return 0 }))
	front := s.vectors(whole.Frontier)
	for p := range r.Max {
		if _, high := best(front, func(u []float64) float64 { return u[p] }); !near(high, r.Max[p]) {
			t.Errorf("greatest utility %v, theirs %v", high, r.Max[p])
		}
	}
	bids := new(big.Int)
	for _, p := range whole.Frontier.Points {
		bids.Add(bids, p.Ties)
	}
	if len(front) != r.Unique || bids.Cmp(big.NewInt(int64(r.Bids))) != 0 {
		c.add(fmt.Sprintf("frontier: ours %d of %v bids, theirs %d of %d, by floats", len(front), bids, r.Unique, r.Bids), id)
		vectors := s.inFloats()
		for _, u := range vectors {
			for p := range u {
				u[p] = min(u[p], 1)
			}
		}
		if size, all := floatFront(vectors); size != r.Unique || all != r.Bids || s.Rounded {
			t.Errorf("frontier of %d vectors of %v bids, theirs %d of %d; floats explain %d of %d", len(front), bids, r.Unique, r.Bids, size, all)
		}
	}

	if len(r.Pareto) > 0 || r.Unique <= 400 { // longer ones were not recorded
		compareFronts(t, front, r.Pareto, len(front) != r.Unique)
	}

	// agree checks that what they pick is best by their rule, and is what we pick.
	agree := func(name string, theirs []float64, score func(u []float64) float64, ours [][]float64) {
		_, value := best(front, score)
		if !near(score(theirs), value) {
			t.Errorf("%s: %v scores %v, ours %v", name, theirs, score(theirs), value)
		}
		if holdsNear(ours, theirs) {
			return
		}
		for _, u := range ours {
			if !near(score(u), value) {
				t.Errorf("%s: %v scores %v, theirs %v", name, u, score(u), value)
			}
		}
		if dominated(theirs, ours) {
			c.add(name+": theirs ties with ours and is dominated by it", id)
		} else {
			c.add(name+": another tie", id)
		}
	}
	nash := func(u []float64) float64 { return product(u, r.Reservation) }
	if a := analyze(t, s.reserved()); a.Verdict == bargain.HasZone {
		agree("nash", r.Nash, nash, s.picked(a.Solutions.Nash))
	} else {
		c.add("nash: no zone, theirs is the greatest product over all", id)
		top, _ := best(front, nash)
		agree("nash", r.Nash, nash, top)
		if r.Nash[0] >= r.Reservation[0] && r.Nash[1] >= r.Reservation[1] {
			t.Errorf("no zone, theirs holds %v", r.Nash)
		}
	}
	agree("welfare", r.Welfare, total, s.picked(whole.Solutions.Utilitarian))
	agree("max-min", r.MaxMin, slices.Min[[]float64], s.picked(whole.Solutions.Egalitarian))
	closeness := func(u []float64) float64 { return slices.Min(u) - slices.Max(u) }
	nearest, _ := best(front, closeness)
	agree("kalai", r.Kalai, closeness, nearest)
	ones := make([]float64, len(s.Parties))
	for p := range ones {
		ones[p] = 1
	}
	_, opposition := best(front, func(u []float64) float64 { return -toIdeal(u, ones) })
	if !near(-opposition, r.Opposition) {
		t.Errorf("opposition %v, theirs %v", -opposition, r.Opposition)
	}
}

// A negmasStats holds what NegMAS found with one reading of a file.
type negmasStats struct {
	First      []float64   `json:"first_utils"`
	Last       []float64   `json:"last_utils"`
	Reserved   []float64   `json:"reserved_values"`
	Min        []float64   `json:"u_min"`
	Max        []float64   `json:"u_max"`
	Mean       []float64   `json:"u_mean"`
	Opposition any         // a number or "inf"
	Rational   float64     `json:"rational_fraction"` // share of outcomes that give everybody more than its reservation value
	Front      int         `json:"n_pareto_utils"`
	Merged     int         `json:"n_pareto_points_tol1e-9"`
	Nash       [][]float64 // all that tie within 1e-12, as below
	Kalai      [][]float64 `json:"kalai_egalitarian"` // greatest least gain
	KS         [][]float64 // least spread of gains, as shares of those at the best outcome of all
	Welfare    [][]float64 `json:"max_welfare"`
}

// NegMAS 0.15.7 on utilities read as GENIUS reads them, unclipped.
func TestNegmas(t *testing.T) {
	var file struct {
		Records []struct {
			Path     string
			Domain   string   `json:"domain_file"`
			Profiles []string `json:"profile_files"`
			Parties  int      `json:"n_parties"`
			Outcomes float64  `json:"n_outcomes"`
			Issues   []struct{ Name string }
			First    []any        `json:"first_outcome"`
			Last     []any        `json:"last_outcome"`
			With     negmasStats  `json:"genius_semantics"`
			Without  *negmasStats `json:"genius_semantics_no_reserved"`
		}
	}
	trials.ReadJSON(t, trials.Peers(t, "genius", "negmas-reference.json"), &file)
	var c tally
	for _, r := range file.Records {
		id := fmt.Sprintf("%s of %d", r.Path, r.Parties)
		c.seen = append(c.seen, id)
		t.Run(id, func(t *testing.T) {
			s, _ := readGenius(t, trials.Peers(t, "genius", "scenarios", r.Path), r.Domain, r.Profiles[:r.Parties])
			if n, _ := s.Count(); float64(n) != r.Outcomes {
				t.Errorf("%d outcomes, theirs %v", n, r.Outcomes)
			}
			ends := [2]outcome.Outcome{}
			for k, values := range [2][]any{r.First, r.Last} {
				var names []string
				for i, v := range values {
					if r.Issues[i].Name != "DUMMY_ISSUE" { // stands for an index that the file leaves out
						names = append(names, fmt.Sprint(v))
					}
				}
				ends[k] = s.outcome(t, names)
			}
			compare := func(name string, theirs *negmasStats, space *outcome.Space) {
				t.Helper()
				for k, u := range [2][]float64{theirs.First, theirs.Last} {
					if v := s.points(s.utilities(ends[k])); !nearVector(u, v) {
						t.Errorf("%v is worth %v, theirs %v", ends[k], v, u)
					}
				}
				for p := range theirs.Min {
					if low, _ := s.Parties[p].Points(s.least(p)).Float64(); !near(low, theirs.Min[p]) || !near(s.mean(p), theirs.Mean[p]) {
						t.Errorf("least utility %v, mean %v; theirs %v, %v", low, s.mean(p), theirs.Min[p], theirs.Mean[p])
					}
				}
				theirs.compare(t, s, analyze(t, space), name, id, &c)
			}
			// Their disagreement point is the reservation value or, where that is greater,
			// the least utility. Either bounds the same zone.
			compare("reserved", &r.With, s.from(func(p int) int64 { return max(s.reservation[p], s.least(p)) }))
			r.With.compareZone(t, s, id, &c)
			if r.Without != nil {
				compare("unreserved", r.Without, s.Space)
			}
		})
	}
	if len(file.Records) == 0 {
		t.Error("no records")
	}
	c.expect(t, negmasFindings)
}

// compareZone compares the number of outcomes that give every party more than its
// reservation value. A difference must come from comparing floats.
func (r *negmasStats) compareZone(t *testing.T, s *scenario, id string, c *tally) {
	t.Helper()
	size, _ := s.Count()
	zone := analyze(t, s.from(func(p int) int64 { return s.reservation[p] + 1 })).Zone
	ours, theirs := zone.Low.Int64(), int64(math.Round(r.Rational*float64(size)))
	if !zone.Exact() {
		t.Errorf("between %v and %v outcomes in the zone", zone.Low, zone.High)
	}
	if ours == theirs {
		return
	}
	c.add(fmt.Sprintf("outcomes above reservation values: ours %d, theirs %d, by floats", ours, theirs), id)
	floats := int64(0)
	for _, u := range s.inFloats() {
		if slices.Min(gains(u, r.Reserved)) > 0 {
			floats++
		}
	}
	if floats != theirs {
		t.Errorf("%d outcomes above the reservation values, theirs %d; floats explain %d", ours, theirs, floats)
	}
}

func (r *negmasStats) compare(t *testing.T, s *scenario, a *bargain.Analysis, name, id string, c *tally) {
	t.Helper()
	front := s.vectors(a.Frontier)
	if len(front) != r.Front || len(front) != r.Merged {
		c.add(fmt.Sprintf("%s: frontier: ours %d, theirs %d, by floats", name, len(front), r.Front), id)
		vectors := s.inFloats()
		if r.Reserved != nil {
			vectors = slices.DeleteFunc(vectors, func(u []float64) bool { return slices.Min(gains(u, r.Reserved)) < 0 })
		}
		if size, _ := floatFront(vectors); len(s.Parties) != 2 || size != r.Front || len(front) != r.Merged || s.Rounded {
			t.Errorf("%s: frontier of %d, theirs %d; floats explain %d", name, len(front), r.Front, size)
		}
	}
	if a.Verdict == bargain.NoZone {
		c.add(name+": no zone", id)
		if r.Opposition != "inf" || r.Front+len(r.Nash)+len(r.Kalai)+len(r.KS)+len(r.Welfare) > 0 {
			t.Errorf("%s: no zone, theirs %v", name, r)
		}
		return
	}

	// By party: the disagreement point, the greatest utility of all and of the zone.
	var d, greatest, ideal []float64
	sameIdeal := true
	for p, b := range a.Parties {
		high := int64(0)
		for _, column := range s.Parties[p].Scores {
			high += slices.Max(column)
		}
		sameIdeal = sameIdeal && b.Ideal == high
		points := func(u int64) float64 {
			f, _ := s.Parties[p].Points(u).Float64()
			return f
		}
		d, greatest, ideal = append(d, points(b.Disagreement)), append(greatest, points(high)), append(ideal, points(b.Ideal))
		want := r.Min[p]
		if r.Reserved != nil {
			want = max(want, r.Reserved[p])
		}
		if !near(d[p], want) || !near(greatest[p], r.Max[p]) || b.FromZone != (r.Reserved == nil) {
			t.Errorf("%s: disagreement at %v, greatest utility %v; theirs %v, %v", name, d[p], greatest[p], want, r.Max[p])
		}
	}
	_, opposition := best(front, func(u []float64) float64 { return -toIdeal(u, greatest) })
	if theirs, ok := r.Opposition.(float64); !ok || !near(-opposition, theirs) {
		t.Errorf("%s: opposition %v, theirs %v", name, -opposition, r.Opposition)
	}

	// agree checks that ours and theirs are best by the same rule, and that ours are
	// among theirs: they list every tie, ours may break ties further.
	agree := func(rule string, theirs [][]float64, score func(u []float64) float64, ours [][]float64) {
		t.Helper()
		_, value := best(front, score)
		for _, u := range append(slices.Clone(theirs), ours...) {
			if !near(score(u), value) {
				t.Errorf("%s: %s: %v scores %v, and %v can be had", name, rule, u, score(u), value)
			}
		}
		for _, u := range ours {
			if !holdsNear(theirs, u) {
				t.Errorf("%s: %s: %v is not among theirs %v", name, rule, u, theirs)
			}
		}
		for _, u := range theirs {
			if !holdsNear(front, u) {
				t.Errorf("%s: %s: %v is not on our frontier", name, rule, u)
			}
		}
		if len(ours) < distinct(theirs) {
			c.add(fmt.Sprintf("%s: %s: ours %d, theirs %d tied", name, rule, len(ours), distinct(theirs)), id)
		}
	}
	agree("nash", r.Nash, func(u []float64) float64 { return product(u, d) }, s.picked(a.Solutions.Nash))
	agree("egalitarian", r.Kalai, func(u []float64) float64 { return slices.Min(gains(u, d)) }, s.picked(a.Solutions.Egalitarian))
	agree("welfare", r.Welfare, total, s.picked(a.Solutions.Utilitarian))

	// What they call KS is the most balanced point, with shares of the greatest gains
	// of all outcomes; ours are shares of the greatest gains in the zone.
	balance := func(ideal []float64) func(u []float64) float64 {
		return func(u []float64) float64 {
			shares := shares(u, d, ideal)
			return slices.Min(shares) - slices.Max(shares)
		}
	}
	theirs, _ := best(front, balance(greatest))
	agree("ks", r.KS, balance(greatest), theirs)
	balanced, _ := best(front, balance(ideal))
	ours := s.picked(a.Solutions.Balanced)
	if !subset(ours, balanced) {
		t.Errorf("%s: balanced %v, want %v", name, ours, balanced)
	}
	if sameIdeal {
		agree("balanced", r.KS, balance(greatest), ours)
	} else if !subset(ours, r.KS) {
		c.add(name+": balanced: for the ideals of the zone, another point", id)
	}
	ks := s.picked(a.Solutions.KalaiSmorodinsky)
	fair, _ := best(front, func(u []float64) float64 { return slices.Min(shares(u, d, ideal)) })
	if !subset(ks, fair) {
		t.Errorf("%s: Kalai–Smorodinsky %v, want %v", name, ks, fair)
	}
	if !subset(ks, r.KS) {
		c.add(name+": Kalai–Smorodinsky is not the most balanced point", id)
	}
}

// shares returns the gains over d as shares of those at ideal.
func shares(u, d, ideal []float64) []float64 {
	out := gains(u, d)
	for p := range out {
		out[p] /= ideal[p] - d[p]
	}
	return out
}

// What differs from GENIUS, by scenario. Every other scenario agrees in everything.
var geniusFindings = map[string][]string{
	// Weights sum to 1.00005: GENIUS lowers utilities above 1 to 1, and so does the space.
	"clipped": {
		"anac/y2011/Laptop laptop_buyer_utility laptop_seller_utility",
		"anac/y2012/LaptopA Laptop-A-prof1 Laptop-A-prof2",
		"anac/y2012/LaptopC Laptop-C-prof1 Laptop-C-prof2",
		"other/laptopdomain laptop_buyer_utility laptop_seller_utility",
		"other/laptopdomain laptop_buyer_utility laptop_test",
		"other/laptopdomain laptop_seller_utility laptop_test",
	},
	// Equal sums that differ in their last bits: dominated bids stay, and of equal bids
	// some are dropped.
	"frontier: ours 24 of 24 bids, theirs 25 of 25, by floats": {"anac/y2012/BarterB Barter-B-prof1 Barter-B-prof2"},
	"frontier: ours 39 of 39 bids, theirs 43 of 43, by floats": {"anac/y2012/SupermarketC Supermarket-C-prof1 Supermarket-C-prof2"},
	"frontier: ours 15 of 15 bids, theirs 16 of 16, by floats": {"other/inheritancedomain inheritance_Janet inheritance_Marty"},
	"frontier: ours 53 of 75 bids, theirs 53 of 73, by floats": {
		"anac/y2011/Car adg_deal adg_deal2",
		"anac/y2012/CarA Car-A-prof1 Car-A-prof2",
		"anac/y2012/CarB Car-B-prof1 Car-B-prof2",
		"anac/y2012/CarC Car-C-prof1 Car-C-prof2",
	},
	// Theirs was taken from all bids, ours is the leximin.
	"max-min: theirs ties with ours and is dominated by it": {
		"anac/y2012/SupermarketC Supermarket-C-prof1 Supermarket-C-prof2",
		"anac/y2016/AgentSmith DomainAce_util1 DomainAce_util3",
		"other/auctionwars auctionwars_distributive_A auctionwars_integrative_B",
	},
	// No bid gives both sides 0.8. GENIUS ranks the whole frontier all the same.
	"nash: no zone, theirs is the greatest product over all": {"anac/y2013/Lunch Lunch_util1 Lunch_util2"},
}

// What differs from NegMAS, by scenario and number of parties.
var negmasFindings = map[string][]string{
	"reserved: no zone": {"anac/y2013/Lunch of 2"},

	// As with GENIUS.
	"reserved: frontier: ours 24, theirs 25, by floats":                      {"anac/y2012/BarterB of 2"},
	"unreserved: frontier: ours 24, theirs 25, by floats":                    {"anac/y2012/BarterB of 2"},
	"reserved: frontier: ours 39, theirs 43, by floats":                      {"anac/y2012/SupermarketC of 2"},
	"reserved: frontier: ours 15, theirs 16, by floats":                      {"other/inheritancedomain of 2"},
	"unreserved: frontier: ours 15, theirs 16, by floats":                    {"other/inheritancedomain of 2"},
	"outcomes above reservation values: ours 12498, theirs 12501, by floats": {"anac/y2012/CarA of 2"},
	"outcomes above reservation values: ours 4, theirs 3, by floats":         {"anac/y2013/Ultimatum of 2"},

	// They list every outcome with the greatest least gain, ours the leximin.
	"reserved: egalitarian: ours 1, theirs 2 tied": {"anac/y2015/group11-car_purchase of 3", "other/journal_learning/six_issues of 3"},

	// Ideals of the zone are below those of all outcomes, which theirs are.
	"reserved: balanced: for the ideals of the zone, another point": {
		"anac/y2012/AirportSiteSelectionA of 2", "anac/y2012/EnergySmallA of 2", "anac/y2012/FitnessA of 2",
		"anac/y2012/PhoneA of 2", "anac/y2016/AgentSmith of 3",
	},

	// The greatest least share against the least difference of shares.
	"reserved: Kalai–Smorodinsky is not the most balanced point": {
		"anac/y2011/IS_BT_Acquisition of 2", "anac/y2012/AcquisitionA of 2", "anac/y2012/AcquisitionC of 2",
		"anac/y2012/AirportSiteSelectionA of 2", "anac/y2012/EnergySmallA of 2", "anac/y2012/FitnessA of 2",
		"anac/y2012/FitnessC of 2", "anac/y2012/FlightBookingA of 2", "anac/y2012/FlightBookingC of 2",
		"anac/y2016/AgentLightSmartGrid of 3", "anac/y2016/AgentSmith of 3", "anac/y2016/YXAgent of 3",
		"anac/y2016/nGent of 2", "other/journal_learning/six_issues of 2", "other/journal_learning/six_issues of 3",
	},
	"unreserved: Kalai–Smorodinsky is not the most balanced point": {
		"anac/y2011/IS_BT_Acquisition of 2", "anac/y2012/AcquisitionA of 2", "anac/y2012/AcquisitionC of 2",
		"anac/y2012/FitnessA of 2", "anac/y2012/FitnessB of 2", "anac/y2012/FitnessC of 2",
		"anac/y2012/FlightBookingA of 2", "anac/y2012/FlightBookingC of 2", "anac/y2013/cameradomain of 2",
	},
}
