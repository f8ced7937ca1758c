package convert

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// genius1 is a domain and two profiles with the quirks that files in use have.
const (
	geniusDomain = `<?xml version="1.0"?>
<negotiation_template><agent name="x"/>
<utility_space number_of_issues="4">
<objective index="1" name="Flat & more" type="objective">
<issue index="3" name="Rent" type="integer" etype="integer" lowerbound="-2" upperbound="4"/>
<issue index="2" name="Floor"><item index="1" value="ground  floor"/><item index="2" value="roof"/><item index="3" value="roof"/></issue>
<issue index="5" name="Size" vtype="real"><range lowerbound="0" upperbound="1"/></issue>
<issue index="4" name="Größe"><item index="1" value="2"/><item index="2" value="3"/></issue>
</objective></utility_space></negotiation_template>`
	geniusBuyer = `
<?xml version="1.0" encoding="UTF-8"?>
<utility_space><objective index="1">
<weight index="1" value="1.0"/>
<issue index="2" name="Floor"><item value="roof" evaluation="3"/><item value="ground  floor" evaluation="1"/></issue>
<issue index="3" name="Rent" type="integer"><evaluator ftype="linear" offset="-0.5" slope=".5"/></issue>
<issue index="4" name="Size of it"><item value="2" evaluation="1"/><item value="4" evaluation="7"/></issue>
<issue index="5" name="Size" type="real"><range lowerbound="0" upperbound="1"/><evaluator ftype="linear" parameter0="1" parameter1="-1"/></issue>
<weight index="2" value=".2"/><weight index="3" value="5e-1"/><weight index="4" value="0.1"/><weight index="5" value="0.2"/>
</objective><reservation value="0.25"/><discount_factor value="0.5"/></utility_space>`
	geniusSeller = `<utility_space>
<issue index="2"><item value="roof" evaluation="0"/><item value="ground  floor" evaluation="0"/></issue>
<issue index="3" type="integer"><evaluator ftype="linear" offset="1" slope="-0.1"/></issue>
<weight index="3" value="1"/><weight index="2" value="0.25"/></utility_space>`
)

func readText(t testing.TB, texts ...string) (*Scenario, error) {
	t.Helper()
	var inputs []input
	for i, text := range texts {
		name := []string{"domain.xml", "a.xml", "b.xml", "c.xml"}[i]
		inputs = append(inputs, input{name, genius.part(name, []byte(text)), []byte(text)})
	}
	return parse(context.Background(), genius, "domain.xml", inputs)
}

func TestGeniusQuirks(t *testing.T) {
	s, err := readText(t, geniusDomain, geniusBuyer, geniusSeller)
	if err != nil {
		t.Fatal(err)
	}
	c := s.File.Case
	if got := strings.Join(casefile.Texts(c.Issues.Keys()), " "); got != "floor rent gr_e size" {
		t.Errorf("issues %s", got) // by index, not by place
	}
	if c.IssueTitle("gr_e") != "Größe" || c.Title != "Flat & more" {
		t.Errorf("titles %q, %q", c.IssueTitle("gr_e"), c.Title)
	}
	space, err := c.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	if space.Size().Int64() != 2*7*2*21 {
		t.Errorf("%d packages", space.Size())
	}
	worth := func(p int, o ...int) string {
		row := &space.Parties[p].Row
		return row.Points(row.Value(outcome.Outcome(o))).RatString()
	}
	for _, tt := range []struct {
		party int
		o     []int
		want  string
	}{
		{0, []int{0, 0, 0, 20}, "1/15 + 0 + 1/70 + 0"}, // ground floor a third of roof; 2 is a seventh of the value that the domain lacks
		{0, []int{1, 2, 1, 0}, "1/5 + 1/4 + 0 + 1/5"},  // rent 0 is two steps from the lower bound
		{0, []int{1, 6, 0, 5}, "1/5 + 1/2 + 1/70 + 3/20"},
		{1, []int{1, 6, 0, 0}, "2/5"},
		{1, []int{0, 0, 1, 9}, "1"},
	} {
		want := new(big.Rat)
		for _, part := range strings.Split(tt.want, " + ") {
			r, _ := new(big.Rat).SetString(part)
			want.Add(want, r)
		}
		if got := worth(tt.party, tt.o...); got != want.RatString() {
			t.Errorf("%v is worth %s to party %d, want %s", tt.o, got, tt.party, want.RatString())
		}
	}
	if v := space.Parties[0].Points(space.Parties[0].Threshold.Value); v.Cmp(big.NewRat(1, 4)) != 0 {
		t.Errorf("reservation value %v", v)
	}
	if th := space.Parties[1].Threshold; !th.Set || th.Value != 0 {
		t.Errorf("no reservation value reads as %v", th)
	}
	var lost []string
	for _, n := range s.Lost {
		lost = append(lost, n.String())
	}
	want := []string{
		"domain.xml:6:100: the value 'roof' was given before",
		"domain.xml:7:1: the real numbers of 'Size' are taken at 21 equally distant values, as GENIUS does when it lists bids",
		"a.xml:7:1: the domain calls this issue 'Größe'",
		"a.xml:7:68: the domain has no value '4' of 'Größe': it is left out",
		"a.xml:7:1: the value '3' of 'Größe' is not evaluated, and counts as 0",
		"a.xml:3:1: weights of no issue are left out: index 1",
		"a.xml:10:40: the discount factor 0.5 is left out: it is for the whole time of a negotiation, and a case discounts by rounds",
		"b.xml:1:1: the issue 'Größe' is not there: it is worth nothing",
		"b.xml:1:1: the issue 'Size' is not there: it is worth nothing",
		"b.xml:1:1: the weights add up to 1.25, and are used as written",
	}
	if !slices.Equal(lost, want) {
		t.Errorf("notes\n%s\nwant\n%s", strings.Join(lost, "\n"), strings.Join(want, "\n"))
	}
}

const (
	boxDomain = `<negotiation_template><utility_space><objective index="0" name="root">
<issue index="1" name="x" type="integer" lowerbound="1" upperbound="5"/>
<issue index="2" name="y" type="integer" lowerbound="0" upperbound="9"/>
</objective></utility_space></negotiation_template>`
	boxProfile = `<utility_space type="nonlinear"><objective index="0">
<issue index="1" name="x" type="integer" lowerbound="1" upperbound="5"/>
<issue index="2" name="y" type="integer" lowerbound="0" upperbound="9"/>
<utility maxutility="30"><ufun type="PlainUfun" weight="1" aggregation="sum">
<hyperRectangle utility="10"><INCLUDES index="1" min="2" max="3"/><INCLUDES index="2" min="0" max="0"/></hyperRectangle>
<hyperRectangle utility="7"><EXCLUDES index="1" min="1" max="2"/><EXCLUDES index="2" min="5" max="99"/></hyperRectangle>
<hyperRectangle utility="5"><INCLUDES index="1" min="9" max="12"/></hyperRectangle>
<hyperRectangle utility="3"/>
</ufun></utility></objective><reservation value="0.1"/></utility_space>`
)

func TestGeniusRectangles(t *testing.T) {
	s, err := readText(t, boxDomain, boxProfile)
	if err != nil {
		t.Fatal(err)
	}
	space, err := s.File.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	row := &space.Parties[0].Row
	for x := range 5 {
		for y := range 10 {
			pays := int64(3)
			if 1 <= x && x <= 2 && y == 0 {
				pays += 10
			}
			if !(x <= 1 && y >= 5) {
				pays += 7
			}
			if got := row.Points(row.Value(outcome.Outcome{x, y})); got.Cmp(big.NewRat(pays, 30)) != 0 {
				t.Errorf("%d, %d is worth %v, want %d/30", x, y, got, pays)
			}
		}
	}
	if len(s.Lost) != 1 || !strings.Contains(s.Lost[0].Text, "no package is in this hyper-rectangle") {
		t.Errorf("notes %v", s.Lost)
	}
}

// A utility above 1 is 1, by an adjustment of each such package.
func TestGeniusClips(t *testing.T) {
	s, err := readText(t,
		`<negotiation_template><issue index="1" name="a"><item value="x"/><item value="y"/></issue><issue index="2" name="b"><item value="x"/><item value="y"/></issue></negotiation_template>`,
		`<utility_space><issue index="1"><item value="x" evaluation="1"/><item value="y" evaluation="2"/></issue><issue index="2"><item value="x" evaluation="3"/><item value="y" evaluation="4"/></issue><weight index="1" value=".5"/><weight index="2" value="0.7"/></utility_space>`)
	if err != nil {
		t.Fatal(err)
	}
	space, err := s.File.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	row := &space.Parties[0].Row
	var got []string
	for k := range 4 {
		got = append(got, row.Points(row.Value(outcome.Outcome{k / 2, k % 2})).RatString())
	}
	if want := []string{"31/40", "19/20", "1", "1"}; !slices.Equal(got, want) {
		t.Errorf("worth %v, want %v", got, want)
	}
}

// What GENIUS 10.4 does with files that are rare: its EvaluatorInteger, EvaluatorReal,
// EvaluatorDiscrete and UtilityFunction.
func TestGeniusRareForms(t *testing.T) {
	domain := `<negotiation_template><objective index="0">
<issue index="1" name="whole" type="integer" lowerbound="2" upperbound="6"/>
<issue index="2" name="real" type="real"><range lowerbound="0" upperbound="20"/></issue>
<issue index="3" name="listed" type="discrete" vtype="integer"><item value="a"/><item value="b"/></issue>
</objective></negotiation_template>`
	profile := func(whole, real, listed string) string {
		return `<utility_space><weight index="1" value="1"/><weight index="2" value="1"/><weight index="3" value="1"/>` +
			whole + real + `<issue index="3">` + listed + `</issue></utility_space>`
	}
	const (
		noWhole  = `<issue index="1" type="integer" lowerbound="2" upperbound="6"/>`
		noReal   = `<issue index="2" type="real"><evaluator ftype="constant" parameter0="0"/></issue>`
		noListed = `<item value="a" evaluation="0"/>`
	)
	for _, tt := range []struct {
		name, whole, real, listed string
		issue                     int
		want                      []string // worth of the issue's first answers
	}{
		{"an integer without evaluator", noWhole, noReal, noListed, 0, []string{"0", "0"}},
		{"a line from the profile's own lower bound", `<issue index="1" type="integer" lowerbound="0" upperbound="6"><evaluator ftype="constant" offset="0.1" slope="0.2"/></issue>`, noReal, noListed, 0, []string{"1/2", "7/10", "9/10", "1", "1"}},
		{"a constant", noWhole, `<issue index="2" type="real"><evaluator ftype="constant" parameter0="0.3"/></issue>`, noListed, 1, []string{"3/10", "3/10"}},
		{"a triangle", noWhole, `<issue index="2" type="real"><evaluator ftype="triangular" parameter0="1" parameter1="8" parameter2="3"/></issue>`, noListed, 1, []string{"0", "0", "1/2", "1", "4/5", "3/5", "2/5", "1/5", "0", "0"}},
		{"a line of real numbers", noWhole, `<issue index="2" type="real"><evaluator ftype="linear" parameter0="-0.5" parameter1="0.5"/></issue>`, noListed, 1, []string{"0", "0", "1/2", "1", "1"}},
		{"the later of two evaluations", noWhole, noReal, `<item value="a" evaluation="9"/><item value="b" evaluation="4"/><item value="a" evaluation="1"/>`, 2, []string{"1/4", "1"}},
		{"an evaluation below 0", noWhole, noReal, `<item value="a" evaluation="-3"/><item value="b" evaluation="4"/>`, 2, []string{"-3/4", "1"}},
		{"all evaluations below 0", noWhole, noReal, `<item value="a" evaluation="-3"/><item value="b" evaluation="-4"/>`, 2, []string{"0", "0"}},
		{"evaluations too small to count", noWhole, noReal, `<item value="a" evaluation="0.000009"/><item value="b" evaluation="0"/>`, 2, []string{"0", "0"}},
	} {
		s, err := readText(t, domain, profile(tt.whole, tt.real, tt.listed))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		space, err := s.File.Case.Compile(casefile.Choice{})
		if err != nil {
			t.Fatal(err)
		}
		row := &space.Parties[0].Row
		var got []string
		for k := range tt.want {
			got = append(got, row.Points(row.Scores[tt.issue][k]).RatString())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: worth %v, want %v", tt.name, got, tt.want)
		}
		if space.Size().Int64() != 5*21*2 {
			t.Errorf("%s: %v packages", tt.name, space.Size())
		}
	}
}

// Weights of rectangles and inner functions multiply; only the first function counts; and
// what passes 1 is lowered to it.
func TestGeniusFunctionsInFunctions(t *testing.T) {
	s, err := readText(t, boxDomain, `<utility_space type="nonlinear"><objective><utility maxutility="10">
<ufun weight="7" aggregation="sum"><hyperRectangle utility="2" weight="3"><INCLUDES index="1" min="1" max="1"/></hyperRectangle>
<ufun weight="0.5" aggregation="SUM"><hyperRectangle utility="4"><EXCLUDES index="2" min="1" max="8"/></hyperRectangle>
<ufun weight="2"><hyperRectangle utility="3"><INCLUDES index="2" min="9" max="9"/></hyperRectangle></ufun></ufun></ufun>
<ufun><hyperRectangle utility="100"/></ufun></utility></objective></utility_space>`)
	if err != nil {
		t.Fatal(err)
	}
	space, err := s.File.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	row := &space.Parties[0].Row
	for _, o := range outcomes(space) {
		pays := int64(0)
		if o[0] == 0 {
			pays += 6
		}
		if o[1] == 0 || o[1] == 9 {
			pays += 2
		}
		if o[1] == 9 {
			pays += 3
		}
		if want := big.NewRat(min(pays, 10), 10); row.Points(row.Value(o)).Cmp(want) != 0 {
			t.Errorf("%v is worth %v, want %v", o, row.Points(row.Value(o)), want)
		}
	}
	if !mentions(s.Lost, "only the first <ufun> counts") || !mentions(s.Lost, "1 package is worth more than 1") {
		t.Errorf("notes %v", s.Lost)
	}
}

// What is wrong ends in an error with its place.
func TestGeniusRefuses(t *testing.T) {
	deep := strings.Repeat("<objective>", 100)
	for _, tt := range []struct{ name, old, new, want string }{
		{"entity bomb", "<utility_space><objective", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><utility_space><objective`, "a.xml:3:1: a document type or entity declaration"},
		{"deep", "<weight index=\"1\"", deep + "<weight index=\"1\"", "a.xml:4:683: elements nested more than 64 deep"},
		{"wrong nesting", "</objective><reservation", "<reservation", "a.xml:10:58: not XML: </utility_space> closes nothing"},
		{"never closed", "</utility_space>", "", "a.xml:3:1: not XML: <utility_space> is never closed"},
		{"second root", "</utility_space>", "</utility_space><utility_space/>", "a.xml:10:86: not XML: a second root element"},
		{"index twice", `<weight index="1" value="1.0"/>`, `<weight index="2" value="1.0"/>`, "a.xml:9:1: index 2 of <weight> was given before, at a.xml:4:1"},
		{"index missing", `<issue index="2" name`, `<issue name`, "a.xml:5:1: <issue> has no index"},
		{"index no number", `<weight index="1"`, `<weight index="1.5"`, "a.xml:4:1: index of <weight> is '1.5', not a whole number"},
		{"huge number", `value=".2"`, `value="1e999999999"`, "a.xml:9:1: value of <weight>: '1e999999999' is too large or too small"},
		{"long number", `value=".2"`, `value="0.` + strings.Repeat("1", 500) + `"`, "a.xml:9:1: value of <weight>: '0.1111"},
		{"not a number", `evaluation="3"`, `evaluation="NaN"`, "a.xml:5:31: evaluation of 'roof': 'NaN' is not a number"},
		{"another kind", `name="Rent" type="integer"`, `name="Rent" type="real"`, "a.xml:6:1: the issue 'Rent' is real here, and integer in domain.xml:5:1"},
		{"two kinds", `name="Rent" type="integer"`, `name="Rent" type="real" vtype="integer"`, "a.xml:6:1: the issue 'Rent' is real here, and integer in domain.xml:5:1"},
		{"no evaluator", `<evaluator ftype="linear" parameter0="1" parameter1="-1"/>`, "", "a.xml:8:1: the issue 'Size' has a weight, but no <evaluator>"},
		{"unknown evaluator", `ftype="linear" parameter0`, `ftype="faratin" parameter0`, "a.xml:8:80: evaluators of type 'faratin' are not known"},
		{"a million items", `<item value="4" evaluation="7"/>`, strings.Repeat(`<item value="4" evaluation="7"/>`, 300_000), "more than 250000 elements"},
		{"a control character", `name="Floor"`, "name=\"\x01\"", "a.xml:5:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(geniusBuyer, tt.old) {
				t.Fatalf("the profile has no %q", tt.old)
			}
			_, err := readText(t, geniusDomain, strings.Replace(geniusBuyer, tt.old, tt.new, 1))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	for _, tt := range []struct{ old, new, want string }{
		{`lowerbound="1" upperbound="5"`, `lowerbound="1" upperbound="500000"`, "domain.xml:2:1: the issue 'x' has more than 100000 values"},
		{`lowerbound="1" upperbound="5"`, `lowerbound="5" upperbound="1"`, "domain.xml:2:1: the issue 'x' goes from 5 down to 1"},
		{`lowerbound="1" upperbound="5"`, ``, "domain.xml:2:1: the issue 'x' needs a lowerbound and an upperbound"},
		{`type="integer" lowerbound="1"`, `type="price" lowerbound="1"`, "domain.xml:2:1: issues of type 'price' are not known"},
	} {
		if _, err := readText(t, strings.Replace(boxDomain, tt.old, tt.new, 1), boxProfile); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	for _, tt := range []struct{ old, new, want string }{
		{`<EXCLUDES index="2"`, `<INCLUDES index="2"`, "a.xml:6:66: INCLUDES and EXCLUDES in one hyper-rectangle"},
		{`aggregation="sum"`, `aggregation="min"`, "a.xml:4:26: utilities that are aggregated by 'min' are not known"},
		{`maxutility="30"`, `maxutility="0"`, "a.xml:4:1: maxutility must be a number above 0"},
		{`index="2" min="0"`, `index="7" min="0"`, "a.xml:5:67: index 7 is no issue of the domain"},
	} {
		if _, err := readText(t, boxDomain, strings.Replace(boxProfile, tt.old, tt.new, 1)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestGeniusEncodings(t *testing.T) {
	latin := strings.Map(func(r rune) rune { return r }, geniusDomain)
	bytes := func(s string) string { // in Latin-1
		var b []byte
		for _, r := range s {
			b = append(b, byte(r))
		}
		return string(b)
	}
	utf16 := func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, r := range s {
			b = append(b, byte(r), byte(r>>8))
		}
		return string(b)
	}
	for name, text := range map[string]string{
		"Latin-1, not declared": bytes(latin),
		"Latin-1":               bytes(strings.Replace(latin, `version="1.0"`, `version="1.0" encoding="ISO-8859-1"`, 1)),
		"UTF-16":                utf16(latin),
		"UTF-8 with a mark":     "\uFEFF" + latin,
	} {
		s, err := readText(t, text, geniusBuyer, geniusSeller)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := s.File.Case.IssueTitle("gr_e"); got != "Größe" {
			t.Errorf("%s: title %q", name, got)
		}
	}
}

// FuzzGenius looks for files that crash the reader, or that it accepts and that do
// not make a case.
func FuzzGenius(f *testing.F) {
	f.Add(geniusDomain, geniusBuyer, geniusSeller)
	f.Add(boxDomain, boxProfile, boxProfile)
	f.Fuzz(func(t *testing.T, a, b, c string) {
		s, err := readText(t, a, b, c)
		if err != nil {
			if s != nil || err.Error() == "" {
				t.Fatal("an error with a scenario, or without words")
			}
			if strings.Contains(err.Error(), "does not make a case") && !strings.Contains(err.Error(), "more than") {
				t.Fatal(err)
			}
			return
		}
		if _, err := s.File.Case.Compile(casefile.Choice{}); err != nil {
			t.Fatal(err)
		}
	})
}

// What is not read is named, or refused: no part of a file is passed over in silence.
func TestGeniusUnreadParts(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"a type of its own", `<utility_space><objective`, `<utility_space type="constraint"><objective`, "a.xml:3:1: profiles of type 'constraint' are not read: linear and nonlinear are"},
		{"an unknown aggregation", `<weight index="1" value="1.0"/>`, `<utility maxutility="1"><ufun aggregation="product"><hyperRectangle utility="1"/></ufun></utility>`, "a.xml:4:25: utilities that are aggregated by 'product' are not known"},
	} {
		_, err := readText(t, geniusDomain, strings.Replace(geniusBuyer, tt.old, tt.new, 1), geniusSeller)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"another name for linear", `<utility_space><objective`, `<utility_space type="Linear"><objective`, ""},
		{"an uncertain profile", `<utility_space><objective`, `<utility_space type="UNCERTAIN"><objective`, ""},
		{"an element of a space", `<reservation value="0.25"/>`, `<reservation value="0.25"/><optout value="3"/>`, "a.xml:10:40: <optout> '3' is not read, and is left out"},
		{"an element of an objective", `</objective>`, `<rules><ranks><issue index="2"/><weight index="2" value="9"/></ranks></rules></objective>`, "a.xml:10:1: <rules> is not read, and is left out"},
		{"an element of an issue", `<item value="roof"`, `<colour name="red"/><item value="roof"`, "a.xml:5:31: <colour> 'red' is not read, and is left out"},
		{"an issue of another kind", `<weight index="1"`, `<stateissue index="9" name="Fine"/><weight index="1"`, "a.xml:4:1: <stateissue> 'Fine' is not read, and is left out"},
		{"an objective in an objective", `<weight index="1" value="1.0"/>`, `<weight index="1" value="1.0"/><objective index="7"/>`, "a.xml:4:32: an objective inside of an objective"},
		{"a second reservation value", `<reservation value="0.25"/>`, `<reservation value="0.25"/><reservation value="0.5"/>`, "a.xml:10:40: only the first <reservation> counts"},
		{"a reservation value above all", `<reservation value="0.25"/>`, `<reservation value="1.25"/>`, "a.xml:10:13: the reservation value 1.25 is above every package"},
		{"a discount that gains", `<discount_factor value="0.5"/>`, `<discount_factor value="1.5"/>`, "the discount factor 1.5 is left out"},
		{"a discount of nothing", `<discount_factor value="0.5"/>`, `<discount_factor value="0"/>`, "the discount factor 0 is left out"},
	} {
		before, err := readText(t, geniusDomain, geniusBuyer, geniusSeller)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(geniusBuyer, tt.old) {
			t.Fatalf("the profile has no %q", tt.old)
		}
		s, err := readText(t, geniusDomain, strings.Replace(geniusBuyer, tt.old, tt.new, 1), geniusSeller)
		switch {
		case err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want == "" && len(s.Lost) != len(before.Lost), !mentions(s.Lost, tt.want):
			t.Errorf("%s: notes %v, want %q", tt.name, s.Lost, tt.want)
		}
	}
}
