package catalog_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
)

const iranUS = "iran-us-2026"

// TestSameDepth counts what each side of the case on a live conflict has.
func TestSameDepth(t *testing.T) {
	c := open(t, iranUS).Case
	depth := func(id string) map[string]int {
		p, _ := c.Parties.Get(casefile.PartyID(id))
		d := map[string]int{
			"preconditions":  len(p.Preconditions),
			"issues scored":  p.Scores.Len(),
			"reasons":        p.Reasons.Len(),
			"adjustments":    len(p.Adjustments),
			"red lines":      len(p.RedLines),
			"constituencies": p.Ratification.Constituencies.Len(),
		}
		for _, k := range p.Ratification.Constituencies.All() {
			d["issues scored at home"] += k.Scores.Len()
			if k.AcceptsAt != nil && k.AcceptsAt.Because != "" && len(k.AcceptsAt.Statements) > 0 {
				d["thresholds at home with reason and statements"]++
			}
			if k.Reasons.Len() >= 4 {
				d["constituencies with four reasons or more"]++
			}
		}
		return d
	}
	iran, us := depth("iran"), depth("united_states")
	if !maps.Equal(iran, us) {
		t.Errorf("Iran has %v, the United States %v", iran, us)
	}
	for what, want := range map[string]int{"issues scored": c.Issues.Len(), "reasons": c.Issues.Len(), "constituencies": 4, "constituencies with four reasons or more": 4, "thresholds at home with reason and statements": 4} {
		if iran[what] != want {
			t.Errorf("%d %s, want %d", iran[what], what, want)
		}
	}
	if iran["preconditions"] == 0 || iran["red lines"] == 0 || iran["adjustments"] == 0 {
		t.Errorf("something is missing on both sides: %v", iran)
	}
	for id, p := range c.Parties.All() {
		m := p.Mandate
		if m == nil || m.GivenBy == "" || m.HeldBy == "" || m.Date == "" || m.Only == "" || m.Terms == "" || len(m.Source) == 0 {
			t.Errorf("the mandate of %s is not whole", id)
		}
		if p.Ratification.Rule == "" || p.Ratification.Terms == "" || len(p.Ratification.Source) == 0 {
			t.Errorf("the ratification of %s is not whole", id)
		}
		if p.NoDeal == nil || p.NoDeal.Because == "" || len(p.NoDeal.Statements) == 0 {
			t.Errorf("the no-deal value of %s lacks its reason or its statements", id)
		} else if p.NoDeal.Value.Low.Cmp(p.NoDeal.Value.High) >= 0 {
			t.Errorf("the no-deal value of %s is certain", id)
		}
		for _, r := range p.RedLines {
			if r.Because == "" || len(r.Statements) == 0 || r.Confidence == "" {
				t.Errorf("red line %s of %s lacks its reason, statements or confidence", r.ID, id)
			}
		}
		for _, pre := range p.Preconditions {
			if len(pre.Source) == 0 || len(pre.Statements) == 0 {
				t.Errorf("precondition %s of %s lacks sources or statements", pre.ID, id)
			}
		}
		for _, a := range p.Adjustments {
			if a.Because == "" || len(a.Statements) == 0 {
				t.Errorf("adjustment %s of %s lacks its reason or statements", a.ID, id)
			}
		}
	}
}

// TestEverySideHasSpokenOrIsSaidToBeSilent wants of each party a statement on
// each issue, none_on_record if need be, and of each issue a status quo.
func TestEverySideHasSpokenOrIsSaidToBeSilent(t *testing.T) {
	c := open(t, iranUS).Case
	spoken := map[string]bool{}
	for _, s := range c.Statements.All() {
		spoken[s.Actor+" "+string(s.On)] = true
	}
	for issue, is := range c.Issues.All() {
		for party := range c.Parties.All() {
			if !spoken[string(party)+" "+string(issue)] {
				t.Errorf("%s: no statement of %s, not even none_on_record", issue, party)
			}
		}
		if is.StatusQuo == "" {
			t.Errorf("%s has no status quo", issue)
		}
	}
	for _, actors := range []casefile.Map[string, casefile.Actor]{c.Mediators, c.Outside} {
		for id, a := range actors.All() {
			if a.Title == "" || a.Role == "" || len(a.Source) == 0 {
				t.Errorf("%s lacks a title, a role or a source", id)
			}
		}
	}
	for id, s := range c.Sources.All() {
		if s.Reliability == "" || s.Credibility == 0 {
			t.Errorf("source %s is not rated", id)
		}
	}
	if len(c.Mediators.Keys()) != 4 || c.Outside.Len() < 8 {
		t.Errorf("%d mediators and %d others", c.Mediators.Len(), c.Outside.Len())
	}
}

// TestSizes keeps the case within what the rules of the catalogue and of its
// readers' patience allow.
func TestSizes(t *testing.T) {
	c := open(t, iranUS).Case
	space, err := c.Compile(casefile.Choice{})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if n, ok := space.Count(); !ok || n < 1_000_000 || n > 20_000_000 {
		t.Errorf("%v packages, want 1 to 20 million", space.Size())
	}
	if c.Issues.Len() < 10 {
		t.Errorf("%d issues, want 10 or more", c.Issues.Len())
	}
	ranges := 0
	for _, is := range c.Issues.All() {
		if is.Range != nil {
			ranges++
		}
	}
	if ranges == 0 {
		t.Error("no issue is a range")
	}
	for _, id := range []string{"mediators_paper", "jcpoa_2015"} {
		if !c.Packages.Has(id) {
			t.Errorf("no package %s", id)
		}
	}
	if c.Views.Len() < 2 {
		t.Errorf("%d views, want 2 or more", c.Views.Len())
	}
}

// TestViewsAndLevers: views change the no-deal values of both parties alike and
// nothing else; the mediators' own levers stand first; both parties have
// inducement and pressure of the same size.
func TestViewsAndLevers(t *testing.T) {
	c := open(t, iranUS).Case
	for id, v := range c.Views.All() {
		iran, ok1 := v.Add.Get("iran.no_deal")
		us, ok2 := v.Add.Get("united_states.no_deal")
		if !ok1 || !ok2 || iran.Value.Headline().Cmp(us.Value.Headline()) != 0 {
			t.Errorf("view %s treats the parties differently", id)
		}
		if v.Add.Len() != 2 || v.Set.Len() != 0 || len(v.Drop) != 0 || len(v.AddRedLines) != 0 {
			t.Errorf("view %s changes more than its authors dispute", id)
		}
		if v.After == "" || len(v.Source) == 0 || v.Because == "" {
			t.Errorf("view %s lacks its authors, source or reason", id)
		}
	}
	first := true // while levers are the mediators'
	for _, l := range c.Levers {
		byMediators := !slices.ContainsFunc(l.By, func(id string) bool { return id != "mediators" && !c.Mediators.Has(id) })
		if byMediators && !first {
			t.Errorf("lever %s of the mediators stands after others", l.ID)
		}
		first = first && byMediators
		if l.Because == "" || len(l.Statements) == 0 || l.Cost == nil {
			t.Errorf("lever %s lacks its reason, statements or cost", l.ID)
		}
		if _, err := c.Compile(casefile.Choice{Levers: []string{l.ID}}); err != nil {
			t.Errorf("lever %s: %v", l.ID, err)
		}
	}
	size := func(id string) []string {
		k := slices.IndexFunc(c.Levers, func(l casefile.Lever) bool { return l.ID == id })
		if k < 0 {
			t.Fatalf("no lever %s", id)
		}
		var sizes []string
		for _, add := range c.Levers[k].Add.All() {
			sizes = append(sizes, add.Value.Headline().RatString())
		}
		return append(sizes, c.Levers[k].Cost.String())
	}
	for _, kind := range []string{"inducement", "pressure"} {
		if a, b := size("us_"+kind), size("iran_"+kind); !slices.Equal(a, b) {
			t.Errorf("%s: %v of the United States, %v of Iran", kind, a, b)
		}
	}
}

// The classes and shares below are what the rule at the top of the case reads
// from the record. They stand here a second time so that no score can drift away
// from the rule unnoticed.

// classes of the issues, doubled: 18 central, 12 repeated, 6 once, 2 silent;
// agenda and venue halved, relief_months half of relief.
var classes = map[string]string{
	"iran":          "enrichment 18, stockpile 12, inspection 12, relief 18, relief_months 9, security 12, missiles 18, allies 12, human_rights 2, detainees_funds 6, agenda 6, venue 6",
	"united_states": "enrichment 18, stockpile 6, inspection 12, relief 12, relief_months 6, security 2, missiles 18, allies 18, human_rights 6, detainees_funds 2, agenda 6, venue 3",
}

// shares of the options in their order: f all, l lesser ask, c on condition or on
// its own paper, o once agreed to, d disputed, 0 ruled out or the far end,
// i interpolated. The range has its points at 3, 12 and 24 months.
var shares = map[string]string{
	"iran":          "enrichment 0ddiocf, stockpile docf, inspection 0ocf, relief 0iif, relief_months fi0, security 0lf, missiles fi00, allies fi0, human_rights fi0, detainees_funds 0iof, agenda fi0, venue 0f",
	"united_states": "enrichment ficcoi0, stockpile foi0, inspection fci0, relief fcio, relief_months 0if, security fi0, missiles 0ilf, allies 0if, human_rights 0if, detainees_funds fio0, agenda 0if, venue fd",
}

// constituencies: the party, what no deal changes in the status quo, the four
// concerns, and the shares in which the group differs from its party.
var constituencies = map[string]struct {
	party    string
	net      int
	concerns string
	differs  string
}{
	"reformists_business":    {"iran", -35 - 10, "relief relief_months security detainees_funds", ""},
	"hardliners":             {"iran", -35 + 10, "enrichment inspection missiles allies", "stockpile 0ocf"},
	"clerics":                {"iran", -35, "enrichment stockpile missiles allies", ""},
	"majlis":                 {"iran", -35, "enrichment inspection relief security", ""},
	"congress_majority":      {"united_states", -10 + 10, "enrichment stockpile inspection relief", "enrichment f000000"},
	"congress_opposition":    {"united_states", -10 - 10, "enrichment inspection relief security", "enrichment ficcci0, relief fccc, security 0lf"},
	"base":                   {"united_states", -10, "enrichment stockpile relief security", "security 0lf"},
	"security_establishment": {"united_states", -10, "stockpile inspection missiles allies", ""},
}

var noDeal = map[string]int{"iran": -35, "united_states": -10}

func pairs(text string) map[string]string {
	m := map[string]string{}
	for _, pair := range strings.Split(text, ", ") {
		if issue, value, ok := strings.Cut(pair, " "); ok {
			m[issue] = value
		}
	}
	return m
}

// weights shares 100 whole points by class, largest remainder, ties to the issue listed first.
func weights(issues []string, classes map[string]string) map[string]int {
	class, sum := map[string]int{}, 0
	for _, issue := range issues {
		n := 0
		for _, digit := range classes[issue] {
			n = 10*n + int(digit-'0')
		}
		class[issue] = n
		sum += n
	}
	w, left := map[string]int{}, 100
	for _, issue := range issues {
		w[issue] = 100 * class[issue] / sum
		left -= w[issue]
	}
	order := slices.Clone(issues)
	slices.SortStableFunc(order, func(a, b string) int { return 100*class[b]%sum - 100*class[a]%sum })
	for _, issue := range order[:left] {
		w[issue]++
	}
	return w
}

// number writes the score of share code k of codes, for an issue of w points.
func number(codes string, at []int64, k, w int) string {
	share := func(code byte) *big.Rat {
		switch code {
		case 'f':
			return big.NewRat(1, 1)
		case 'l':
			return big.NewRat(4, 5)
		case 'c':
			return big.NewRat(3, 5)
		case 'o':
			return big.NewRat(2, 5)
		case 'd':
			return big.NewRat(3, 10)
		}
		return new(big.Rat)
	}
	// points rounds half a tenth up.
	points := func(share *big.Rat) string {
		n := new(big.Rat).Mul(share, big.NewRat(int64(10*w), 1))
		n.Add(n, big.NewRat(1, 2))
		tenths := new(big.Int).Quo(n.Num(), n.Denom())
		return strings.TrimSuffix(new(big.Rat).SetFrac(tenths, big.NewInt(10)).FloatString(1), ".0")
	}
	around := func(v, by *big.Rat) (string, string) {
		return points(new(big.Rat).Sub(v, by)), points(new(big.Rat).Add(v, by))
	}
	wide := big.NewRat(3, 20)
	switch code := codes[k]; code {
	case 'd':
		return "0.." + points(big.NewRat(3, 5))
	case 'c', 'o':
		low, high := around(share(code), wide)
		return low + ".." + points(share(code)) + ".." + high
	case 'i':
		a, b := k-1, k+1
		for codes[a] == 'i' {
			a--
		}
		for codes[b] == 'i' {
			b++
		}
		v := new(big.Rat).Sub(share(codes[b]), share(codes[a]))
		v.Mul(v, big.NewRat(at[k]-at[a], at[b]-at[a]))
		v.Add(v, share(codes[a]))
		by := wide
		for _, end := range []*big.Rat{v, new(big.Rat).Sub(big.NewRat(1, 1), v)} {
			if end.Cmp(by) < 0 {
				by = end
			}
		}
		low, high := around(v, by)
		return low + ".." + high
	default:
		return points(share(code))
	}
}

func TestScoresFollowTheRule(t *testing.T) {
	c := open(t, iranUS).Case
	// check compares one table of scores with the rule and returns what the status quo is worth.
	check := func(row string, scores casefile.Map[casefile.IssueID, casefile.IssueScores], w map[string]int, share map[string]string) *big.Rat {
		worth, sum := new(big.Rat), 0
		for issue, is := range c.Issues.All() {
			got, _ := scores.Get(issue)
			codes := share[string(issue)]
			keys := is.Options.Keys()
			var at []int64
			if is.Range != nil {
				keys, at = []string{"3", "12", "24"}, []int64{3, 12, 24}
			} else {
				for k := range keys {
					at = append(at, int64(k))
				}
			}
			if !slices.Equal(got.At.Keys(), keys) || len(codes) != len(keys) {
				t.Errorf("%s, %s: scores for %v, options %v, shares %s", row, issue, got.At.Keys(), keys, codes)
				continue
			}
			sum += w[string(issue)]
			for k, option := range keys {
				n, _ := got.At.Get(option)
				if want := number(codes, at, k, w[string(issue)]); n.String() != want {
					t.Errorf("%s, %s, %s: %s, by the rule %s", row, issue, option, n, want)
				}
				if option == is.StatusQuo {
					worth.Add(worth, n.Headline())
				}
			}
		}
		if sum != 100 {
			t.Errorf("%s: weights add up to %d", row, sum)
		}
		return worth
	}
	threshold := func(row string, got *casefile.Threshold, statusQuo *big.Rat, net int, least int64) {
		mode := new(big.Rat).Add(statusQuo, big.NewRat(int64(2*net+1), 2))
		whole := new(big.Int).Div(mode.Num(), mode.Denom()).Int64()
		whole = max(whole, least)
		if want := fmt.Sprintf("%d..%d..%d", whole-10, whole, whole+10); got.Value.String() != want {
			t.Errorf("%s: threshold %s, by the rule %s", row, got.Value, want)
		}
	}
	groups := 0
	for id, p := range c.Parties.All() {
		w := weights(casefile.Texts(c.Issues.Keys()), pairs(classes[string(id)]))
		threshold(string(id), p.NoDeal, check(string(id), p.Scores, w, pairs(shares[string(id)])), noDeal[string(id)], 0)
		for _, a := range p.Adjustments {
			var smaller int
			for issue := range c.Issues.All() {
				if strings.Contains(a.When, string(issue+" ")) && (smaller == 0 || w[string(issue)] < smaller) {
					smaller = w[string(issue)]
				}
			}
			if want := big.NewRat(int64(-smaller), 2); a.Add.Headline().Cmp(want) != 0 {
				t.Errorf("%s, %s: %s points, by the rule %s", id, a.ID, a.Add.Headline().RatString(), want.RatString())
			}
		}
		for group, k := range p.Ratification.Constituencies.All() {
			groups++
			rule, ok := constituencies[group]
			if !ok || rule.party != string(id) {
				t.Errorf("no rule for %s of %s", group, id)
				continue
			}
			at, share := map[string]int{}, pairs(shares[string(id)])
			maps.Copy(share, pairs(rule.differs))
			for issue := range c.Issues.All() {
				at[string(issue)] = 5
				if slices.Contains(strings.Fields(rule.concerns), string(issue)) {
					at[string(issue)] = 15
				}
				if at[string(issue)] == 15 && !k.Reasons.Has(issue) {
					t.Errorf("%s: no reason for its concern %s", group, issue)
				}
			}
			threshold(group, k.AcceptsAt, check(group, k.Scores, at, share), rule.net, 10)
		}
	}
	if groups != len(constituencies) {
		t.Errorf("%d constituencies, the rule has %d", groups, len(constituencies))
	}
}

// TestWording keeps one side's names for the other out of our own words.
func TestWording(t *testing.T) {
	c := open(t, iranUS).Case
	loaded := []string{"regime", "terror", "rogue", "zionis", "martyr", "aggressor", "hawk", "mullah", "satan", "massacre", "obliterat"}
	check := func(where, text string) {
		for _, word := range loaded {
			if strings.Contains(strings.ToLower(text), word) {
				t.Errorf("%s: %q is not neutral", where, word)
			}
		}
	}
	for id, s := range c.Statements.All() {
		check("statement "+id, s.Gist)
	}
	for _, e := range c.Events {
		check("event", e.Text)
	}
	for id, is := range c.Issues.All() {
		check("issue "+string(id), is.Title+" "+is.Note)
		for o, option := range is.Options.All() {
			check("option "+o, option.Title+" "+option.Note)
		}
	}
	for id, p := range c.Parties.All() {
		check("party "+string(id), p.Title+" "+p.NoDeal.Because+" "+p.Mandate.Terms+" "+p.Ratification.Terms)
		for issue, r := range p.Reasons.All() {
			check("reason "+string(issue), r.Text)
		}
		for _, r := range p.RedLines {
			check("red line "+r.ID, r.Because)
		}
		for group, k := range p.Ratification.Constituencies.All() {
			check("constituency "+group, k.Title+" "+k.AcceptsAt.Because)
			for issue, r := range k.Reasons.All() {
				check("reason "+group+" "+string(issue), r.Text)
			}
		}
	}
	for _, l := range c.Levers {
		check("lever "+l.ID, l.Title+" "+l.Because)
	}
	for id, a := range c.Outside.All() {
		check("actor "+id, a.Title+" "+a.Role)
	}
}
