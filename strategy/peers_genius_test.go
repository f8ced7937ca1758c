package strategy

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A geniusRun is a session that GENIUS played: moves in turn, the first by party A.
type geniusRun struct {
	Domain        string
	A, B          string
	Rounds        int
	Status        string
	Deterministic *bool
	Agreement     map[string]string
	U             []float64
	Trace         []geniusMove
}

// A geniusMove is ["Offer", {issue: value}].
type geniusMove struct {
	Kind string
	Bid  map[string]string
}

func (m *geniusMove) UnmarshalJSON(data []byte) error {
	parts := []any{&m.Kind, &m.Bid}
	return json.Unmarshal(data, &parts)
}

// A geniusProfile is a party's preferences as GENIUS computes with them.
type geniusProfile struct {
	weight map[string]float64
	value  map[string]map[string]float64
}

type geniusItem struct {
	Value      string  `xml:"value,attr"`
	Evaluation float64 `xml:"evaluation,attr"`
}

type geniusIssue struct {
	Index string       `xml:"index,attr"`
	Lower string       `xml:"lowerbound,attr"`
	Upper string       `xml:"upperbound,attr"`
	Items []geniusItem `xml:"item"`
	Line  *struct {
		Offset float64 `xml:"offset,attr"`
		Slope  float64 `xml:"slope,attr"`
		First  float64 `xml:"parameter0,attr"`
		Second float64 `xml:"parameter1,attr"`
	} `xml:"evaluator"`
}

// geniusNodes returns the issues and weights of a file, at whatever depth, and its root's name.
func geniusNodes(path string) (issues []geniusIssue, weights map[string]float64, root string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, "", err
	}
	defer file.Close()
	weights = map[string]float64{}
	for d := xml.NewDecoder(file); ; {
		token, err := d.Token()
		if err != nil {
			return issues, weights, root, nil // pareto.xml and the like end early
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if root == "" {
			root = start.Name.Local
		}
		switch start.Name.Local {
		case "issue":
			var issue geniusIssue
			if err := d.DecodeElement(&issue, &start); err != nil {
				return nil, nil, "", err
			}
			issues = append(issues, issue)
		case "weight":
			var w struct {
				Index string  `xml:"index,attr"`
				Value float64 `xml:"value,attr"`
			}
			if err := d.DecodeElement(&w, &start); err != nil {
				return nil, nil, "", err
			}
			weights[w.Index] = w.Value
		}
	}
}

// options returns the values of an issue, in file order.
func (i *geniusIssue) options() []string {
	var out []string
	low, err := strconv.Atoi(i.Lower)
	high, err2 := strconv.Atoi(i.Upper)
	if err == nil && err2 == nil {
		for v := low; v <= high; v++ {
			out = append(out, strconv.Itoa(v))
		}
	}
	for _, item := range i.Items {
		if !slices.Contains(out, item.Value) {
			out = append(out, item.Value)
		}
	}
	return out
}

func (i *geniusIssue) values() map[string]float64 {
	out := map[string]float64{}
	if i.Line != nil {
		low, _ := strconv.Atoi(i.Lower)
		for _, o := range i.options() {
			v, _ := strconv.Atoi(o)
			out[o] = min(max(i.Line.Offset+i.Line.First+(i.Line.Slope+i.Line.Second)*float64(v-low), 0), 1)
		}
		return out
	}
	most := 0.0
	for _, item := range i.Items {
		most = max(most, item.Evaluation)
	}
	for _, item := range i.Items {
		if most >= 1e-5 {
			out[item.Value] = item.Evaluation / most
		}
	}
	return out
}

// A geniusDomain is a scenario: its bids, row-major with the last issue fastest, and profiles by file.
type geniusDomain struct {
	issues   []string // indexes, ascending
	bids     []map[string]string
	names    []string
	profiles map[string]geniusProfile
}

func openGenius(t *testing.T, path string) *geniusDomain {
	issues, _, _, err := geniusNodes(path)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(issues, func(a, b geniusIssue) int {
		x, _ := strconv.Atoi(a.Index)
		y, _ := strconv.Atoi(b.Index)
		return x - y
	})
	d := &geniusDomain{profiles: map[string]geniusProfile{}, bids: []map[string]string{{}}}
	for _, issue := range issues {
		d.issues = append(d.issues, issue.Index)
		var longer []map[string]string
		for _, bid := range d.bids {
			for _, option := range issue.options() {
				more := map[string]string{issue.Index: option}
				for k, v := range bid {
					more[k] = v
				}
				longer = append(longer, more)
			}
		}
		d.bids = longer
	}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		own, weights, root, err := geniusNodes(name)
		if name == path || err != nil || root != "utility_space" || len(own) < len(d.issues) {
			continue
		}
		p := geniusProfile{weights, map[string]map[string]float64{}}
		for _, issue := range own {
			p.value[issue.Index] = issue.values()
		}
		d.names = append(d.names, name)
		d.profiles[name] = p
	}
	return d
}

// utility is a bid's, added up in the order of the issues.
func (d *geniusDomain) utility(name string, bid map[string]string) float64 {
	var u float64
	p := d.profiles[name]
	for _, k := range d.issues {
		u += float64(p.weight[k] * p.value[k][bid[k]])
	}
	return min(u, 1)
}

// TestGENIUSSessions replays the sessions of GENIUS's Boulware and Conceder parties offer
// for offer. Their rule (after Fatima, Wooldridge and Jennings 2001): the target falls from 1
// to 0, whatever the reservation value, as 1 - t^(1/e), with e of 0.2 and 2 and t = (round-1)/(rounds+1); the
// offer is the bid nearest to the target, above or below; an offer that is worth more
// than the own next one is accepted, one worth the same is not.
func TestGENIUSSessions(t *testing.T) {
	var runs []geniusRun
	trials.ReadJSON(t, trials.Peers(t, "traces", "genius-saop.json"), &runs)
	by := map[string][]geniusRun{}
	for _, run := range runs {
		by[run.Domain] = append(by[run.Domain], run)
	}
	played := 0
	for domain, runs := range by {
		path := trials.Peers(t, "genius", "scenarios", domain)
		if _, err := os.Stat(path); err != nil {
			t.Logf("%s is not there: its %d sessions are not replayed", domain, len(runs))
			continue
		}
		t.Run(domain, func(t *testing.T) { played += replayGENIUS(t, openGenius(t, path), runs) })
	}
	t.Logf("%d sessions replayed", played)
}

// geniusUnit turns utilities up to 1 into integers without loss but for the last digits.
const geniusUnit = 1 << 58

func replayGENIUS(t *testing.T, d *geniusDomain, runs []geniusRun) (played int) {
	seats := d.seats(runs)
	if seats == nil {
		t.Fatal("no pair of profiles gives the agreements the utilities that they are said to have")
	}
	rank := map[string]int{}
	for i, bid := range d.bids {
		rank[fmt.Sprint(bid)] = i
	}
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "outcome", Options: len(d.bids)}}}
	for p, name := range seats {
		row := outcome.Row{ID: fmt.Sprintf("p%d", p), Scale: 1, Scores: make([][]int64, 1)}
		for _, bid := range d.bids {
			row.Scores[0] = append(row.Scores[0], int64(math.Round(d.utility(name, bid)*geniusUnit)))
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	for _, run := range runs {
		title := fmt.Sprintf("%s against %s, %d rounds", run.A, run.B, run.Rounds)
		if run.Status != "ok" || run.Deterministic != nil && !*run.Deterministic {
			t.Logf("%s: not deterministic, not replayed", title)
			continue
		}
		played++
		m, err := protocol.New(&protocol.Setting{Space: s, Rounds: run.Rounds}, protocol.AlternatingOffers{})
		if err != nil {
			t.Fatal(err)
		}
		var negotiators []protocol.Negotiator
		for p, kind := range []string{run.A, run.B} {
			e, ok := map[string]float64{"Boulware": 0.2, "Conceder": 2, "Linear": 1, "Hardliner": 0}[strings.TrimSuffix(kind[strings.LastIndex(kind, ".")+1:], "NegotiationParty")]
			if !ok {
				t.Fatalf("%s: there is no rule for it here", kind)
			}
			ranking, err := new(Rankings).of(m.Self(protocol.Seat(p), 0))
			if err != nil {
				t.Fatal(err)
			}
			make := d.party(ranking, seats[p], run.Rounds, e)
			st := &staff{whole: making{ranking, make}}
			negotiators = append(negotiators, st.sit(0))
		}
		offers, result := play(t, m, negotiators, 0)
		var want []int
		accepted := false
		for _, move := range run.Trace {
			switch move.Kind {
			case "Offer":
				want = append(want, rank[fmt.Sprint(move.Bid)])
			case "Accept":
				accepted = true
			}
		}
		got := make([]int, len(offers))
		for i, o := range offers {
			got[i] = o.Move.Outcome[0]
		}
		if !slices.Equal(got, want) {
			i := 0
			for i < min(len(got), len(want)) && got[i] == want[i] {
				i++
			}
			t.Errorf("%s: %d offers, want %d; the first that differs is offer %d", title, len(got), len(want), i)
		}
		if accepted != (result.Agreement != nil) || accepted && result.Agreement[0] != rank[fmt.Sprint(run.Agreement)] {
			t.Errorf("%s: agreed on %v, want %v", title, result.Agreement, run.Agreement)
		}
	}
	return played
}

// seats finds the profiles of the two parties: those for which agreements are worth what
// GENIUS says.
func (d *geniusDomain) seats(runs []geniusRun) []string {
	for _, a := range d.names {
		for _, b := range d.names {
			if a != b && !slices.ContainsFunc(runs, func(r geniusRun) bool {
				return r.Agreement != nil && (math.Abs(d.utility(a, r.Agreement)-r.U[0]) > 1e-9 || math.Abs(d.utility(b, r.Agreement)-r.U[1]) > 1e-9)
			}) {
				return []string{a, b}
			}
		}
	}
	return nil
}

// party returns how to make a GENIUS party's tactic: its targets and the bids nearest to them.
func (d *geniusDomain) party(r *ranking, name string, rounds int, e float64) func() tactic {
	// Best first; of equals, by hash.
	u := make([]float64, len(d.bids))
	order := make([]int, len(d.bids))
	for i, bid := range d.bids {
		u[i], order[i] = d.utility(name, bid), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(u[b], u[a]), cmp.Compare(geniusHash(d.bids[a], u[a]), geniusHash(d.bids[b], u[b])))
	})
	for i, rank := range order {
		r.List.Rank[i], r.Utility[i] = int32(rank), r.row.Scores[0][rank]
	}
	r.Index()
	r.settle()
	c := &concession{rounds: rounds, target: make([]int64, rounds), positions: make([]int32, rounds)}
	for i := range rounds {
		target := 1.0
		if e > 0 {
			target = 1 - math.Pow(float64(i)/float64(rounds+1), 1/e)
		}
		c.target[i] = int64(math.Round(target * geniusUnit))
		at := geniusSearch(order, u, target)
		if at+1 < len(order) && math.Abs(u[order[at+1]]-target) < math.Abs(u[order[at]]-target) {
			at++
		}
		c.positions[i] = int32(at)
	}
	return func() tactic { return exceeding{timeTactic{c}} }
}

// geniusSearch halves its way to the last bid above the target, or to whichever equal one it meets.
func geniusSearch(order []int, u []float64, target float64) int {
	low, high, middle, last := 0, len(order)-1, -1, 0
	for last != middle {
		last, middle = middle, (low+high)/2
		switch v := u[order[middle]]; {
		case v == target:
			return middle
		case v < target:
			high = middle
		default:
			low = middle
		}
	}
	return middle
}

// geniusHash is the hash of a bid with its utility, by which GENIUS orders equals: Java's of the
// values' strings, of the utility, and of the time -1 that stands for none.
func geniusHash(bid map[string]string, u float64) int32 {
	var sum int32
	for _, value := range bid {
		var h int32
		for _, unit := range value {
			h = 31*h + unit
		}
		sum += h
	}
	double := func(x float64) int32 {
		bits := math.Float64bits(x)
		return int32(uint32(bits ^ bits>>32))
	}
	return 31*(31*(31+sum)+double(u)) + double(-1)
}

// An exceeding accepts only what is worth more than its next offer.
type exceeding struct{ timeTactic }

func (exceeding) accepts(_ *state, h heard, next int64) bool { return h.u > next }
