package convert

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// parseFiles reads texts as the files of one scenario, by their names.
func parseFiles(t testing.TB, files ...[2]string) (*Scenario, error) {
	t.Helper()
	var inputs []input
	var format *Format
	for _, f := range files {
		head := []byte(f[1])
		head = head[:min(len(head), maxHead)]
		for _, candidate := range Formats() {
			if p := candidate.part(f[0], head); p != none {
				if format != nil && format != candidate {
					return nil, fmt.Errorf("%s is %s, not %s", f[0], candidate.Title, format.Title)
				}
				format = candidate
				inputs = append(inputs, input{f[0], p, []byte(f[1])})
				break
			}
		}
	}
	if len(inputs) != len(files) || format == nil {
		return nil, fmt.Errorf("not recognised")
	}
	return parse(context.Background(), format, files[0][0], inputs)
}

// worths returns what outcomes are worth to a party, as fractions.
func worths(t testing.TB, s *Scenario, party int, outcomes ...outcome.Outcome) []string {
	t.Helper()
	space, err := s.File.Case.Compile(casefile.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	row := &space.Parties[party].Row
	var got []string
	for _, o := range outcomes {
		got = append(got, row.Points(row.Value(o)).RatString())
	}
	if th := space.Parties[party].Threshold; th.Set {
		return append(got, "no deal "+row.Points(th.Value).RatString())
	}
	return append(got, "no threshold")
}

const (
	webDomain = `{"name": "flat", "issuesValues": {
 "Größe": {"values": ["small", "large & bright"]},
 "rent": {"range": {"low": "100", "high": "250", "step": 50}}}}`
	webTenant = `{"LinearAdditiveUtilitySpace": {"name": "tenant",
 "issueUtilities": {"Größe": {"discreteutils": {"valueUtilities": {"small": 0.5, "large & bright": 1, "castle": 0.3}}},
  "rent": {"numberutils": {"lowValue": 100, "lowUtility": 1.0, "highValue": 250, "highUtility": 0.25}}},
 "issueWeights": {"Größe": 0.4, "rent": 0.6},
 "reservationBid": {"issuevalues": {"Größe": "small", "rent": 250}}}}`
	webOwner = `{"LinearAdditiveUtilitySpace": {"name": "owner",
 "issueUtilities": {"rent": {"NumberValueSetUtilities": {"lowValue": 100, "lowUtility": 0, "highValue": 250, "highUtility": 1}},
  "Größe": {"DiscreteValueSetUtilities": {"valueUtilities": {"small": 1.0}}}},
 "issueWeights": {"Größe": 0.3, "rent": 0.6, "garden": 0.1},
 "domain": ` + webDomain + `}}`
)

func TestGeniusWebRead(t *testing.T) {
	for _, named := range []bool{true, false} { // without a file, the domain inside the first profile
		files := [][2]string{{"flat.json", webDomain}, {"tenant.json", webTenant}, {"owner.json", webOwner}}
		tenant := 0
		if !named {
			files, tenant = [][2]string{files[2], files[1]}, 1
		}
		s, err := parseFiles(t, files...)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := worths(t, s, tenant, outcome.Outcome{0, 0}, outcome.Outcome{1, 1}, outcome.Outcome{0, 3}), []string{"4/5", "17/20", "7/20", "no deal 7/20"}; !slices.Equal(got, want) {
			t.Errorf("worth %v, want %v", got, want)
		}
		if got, want := worths(t, s, 1-tenant, outcome.Outcome{0, 0}, outcome.Outcome{1, 3}), []string{"3/10", "3/5", "no deal 0"}; !slices.Equal(got, want) {
			t.Errorf("worth %v, want %v", got, want)
		}
		for _, want := range []string{"the domain has no value 'castle'", "the value 'large & bright' of 'Größe' has no utility, and counts as 0", "'garden' is no issue of the domain", "the weights add up to 0.9"} {
			if !mentions(s.Lost, want) {
				t.Errorf("no note says %q: %v", want, s.Lost)
			}
		}
		if s.File.Case.ID != "flat" {
			t.Errorf("id %q", s.File.Case.ID)
		}
	}
}

const (
	logA = `{"reservationValue": 0.25, "issueWeights": {"b": 0.5, "a": 0.5}, "issues": {"a": {"x": 1, "y": 0.2}, "b": {"u": 0, "v": 1e-1}}}`
	logB = `{"issues": {"a": {"y": 1, "z": 0.4}, "b": {"v": 0.7, "u": 0.1}}, "issueWeights": {"a": 0.30000000000000004, "b": 0.7}}`
)

func TestNegoLogRead(t *testing.T) {
	s, err := parseFiles(t, [2]string{"profileA.json", logA}, [2]string{"profileB.json", logB})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.File.Case.Issues.Keys(); !slices.Equal(got, []casefile.IssueID{"b", "a"}) {
		t.Errorf("issues %v, want them in the order of the weights", got)
	}
	if got, want := worths(t, s, 0, outcome.Outcome{0, 0}, outcome.Outcome{1, 1}), []string{"1/2", "3/20", "no deal 1/4"}; !slices.Equal(got, want) {
		t.Errorf("worth %v, want %v", got, want)
	}
	if got, want := worths(t, s, 1, outcome.Outcome{0, 0}, outcome.Outcome{1, 1}), []string{"7/100", "3950000000000002/5000000000000000", "no deal 0"}; len(got) != 3 || got[0] != want[0] || got[2] != want[2] {
		t.Errorf("worth %v, want %v", got, want)
	}
	if len(s.Lost) != 2 || !mentions(s.Lost, "no value 'z'") || !mentions(s.Lost, "the value 'x' of 'a' has no utility") {
		t.Errorf("notes %v", s.Lost)
	}
}

const (
	masSpace = `type: negmas.outcomes.outcome_space.DiscreteCartesianOutcomeSpace
path: __PATH__:/home/somebody/flat.yml
issues:
- {name: kind, type: CategoricalIssue, values: [house, flat, 'no']}
- {name: rooms, type: ContiguousIssue, values: [1, 4]}
- name: price
  type: DiscreteOrdinalIssue
  values: [10, 30, 35]
`
	masBuyer = `name: buyer
type: LinearAdditiveUtilityFunction
reserved_value: 1.5
stability: 65535
weights: [2, 0.5, 1]
values:
- type: TableFun
  mapping: {house: 1, flat: -0.5, 'no': 0}
- {type: AffineFun, slope: 2, bias: -1}
- {type: negmas.preferences.value_fun.QuadraticFun, a2: 0.01, a1: -1, bias: 0}
`
	masSeller = `type: ExpDiscountedUFun
discount: 0.9
factor: step
dynamic_reservation: true
reserved_value: -.inf
ufun:
  type: WeightedUtilityFunction
  weights: [2, 1]
  ufuns:
  - type: HyperRectangleUtilityFunction
    bias: 1
    outcome_ranges:
    - {0: house, 1: [1, 4]}
    - {1: [[0, 2], 4], 2: [10, 30, 35]}
    - {2: [30, 30]}
    - {}
    utilities: [10, 20, 40, 0.5]
    weights: [1, 2, 1, 4]
  - {type: ConstUtilityFunction, value: 100, reserved_value: 7}
`
)

func TestNegMASRead(t *testing.T) {
	files := [][2]string{{"flat.yml", masSpace}, {"buyer.yml", masBuyer}, {"seller.yml", masSeller}}
	s, err := parseFiles(t, files...)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := worths(t, s, 0, outcome.Outcome{0, 0, 0}, outcome.Outcome{1, 3, 2}, outcome.Outcome{2, 1, 1}), []string{"-13/2", "-81/4", "-39/2", "no deal 3/2"}; !slices.Equal(got, want) {
		t.Errorf("worth %v, want %v", got, want)
	}
	// 2·(1 + 0.5·4) + 100, and 2·10 for houses with 2 or 3 rooms, 2·40 for 1 or 4 rooms.
	if got, want := worths(t, s, 1, outcome.Outcome{0, 1, 0}, outcome.Outcome{0, 0, 0}, outcome.Outcome{1, 3, 1}, outcome.Outcome{2, 2, 2}), []string{"126", "186", "186", "106", "no threshold"}; !slices.Equal(got, want) {
		t.Errorf("worth %v, want %v", got, want)
	}
	_, seller := s.File.Case.Parties.At(1)
	if seller.Discount == nil || seller.Discount.Rat().Cmp(big.NewRat(9, 10)) != 0 {
		t.Errorf("discount %v", seller.Discount)
	}
	for _, want := range []string{"no outcome is in this range", "the reserved value is not discounted"} {
		if !mentions(s.Lost, want) {
			t.Errorf("no note says %q: %v", want, s.Lost)
		}
	}
	_, rooms := s.File.Case.Issues.At(1)
	_, price := s.File.Case.Issues.At(2)
	if rooms.Range == nil || price.Range != nil {
		t.Error("whole numbers are a range, and uneven ones are not")
	}
}

// What is wrong ends in an error with its place, and nothing that a file names is made.
func TestWebFormatsRefuse(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	many := strings.Repeat(`1,`, 300_000)
	for _, tt := range []struct{ file, old, new, want string }{
		{"tenant.json", `"small": 0.5`, `"small": 0.5, "small": 0.6`, "tenant.json:2:82: the key 'small' is there twice"},
		{"tenant.json", `"small": 0.5`, `"small": 1e999`, "tenant.json:2:77: the utility of 'small': '1e999' is too large or too small"},
		{"tenant.json", `"small": 0.5`, `"small": "a lot"`, "tenant.json:2:77: the utility of 'small': 'a lot' is not a number"},
		{"tenant.json", `"small": 0.5`, `"small": null`, "tenant.json:2:77: the utility of 'small' is nothing, not a number"},
		{"tenant.json", `"small": 0.5`, `"small": ` + deep, "tenant.json:2:135: nested more than 64 levels deep"},
		{"tenant.json", `"small": 0.5`, `"small": [` + many + `1]`, "more than 250000 values"},
		{"tenant.json", `"small": 0.5`, `"small": 0.5 0.6`, "tenant.json:2:80: not JSON"},
		{"tenant.json", `"rent": 250}}}}`, ``, "not JSON: it ends in the middle"},
		{"tenant.json", `"rent": 250}}}}`, `"rent": 260}}}}`, "tenant.json:5:63: the reservation bid has '260', which is no value of 'rent'"},
		{"tenant.json", `"rent": 250}}}}`, `"rent": 250, "pool": "yes"}}}}`, "the reservation bid names 'pool', which is no issue"},
		{"tenant.json", `LinearAdditive`, `SumOfGroups`, "tenant.json:1:1: profiles of the class 'SumOfGroupsUtilitySpace' are not known"},
		{"tenant.json", `"highValue": 250`, `"highValue": 900`, "tenant.json:3:27: the utilities of 'rent' go from 100 to 900, and the issue from 100 to 250"},
		{"tenant.json", `"issueWeights"`, `"weights"`, "'issueWeights' is missing"},
		{"tenant.json", `"Größe": 0.4`, `"Größe": -0.4`, "tenant.json:4:28: the weight of 'Größe' is below 0"},
		{"flat.json", `"step": 50`, `"step": 0`, "flat.json:3:20: the range of 'rent': its step is 0, not above 0"},
		{"flat.json", `"step": 50`, `"step": 0.0001`, "the range of 'rent': it has more than 100000 values"},
		{"flat.json", `["small"`, `["small", "small"`, "flat.json:2:32: the value 'small' of 'Größe' is there twice"},
		{"profileA.json", `"x": 1`, `"x": true`, "profileA.json:1:88: the utility of 'x' is true or false, not a number"},
		{"profileA.json", `"a": {"x": 1, "y": 0.2}, `, ``, "profileA.json:1:76: 'a' is missing"},
		{"buyer.yml", `type: TableFun`, `type: !!python/object/apply:os.system ['true']`, "buyer.yml:7:9: the tag"},
		{"buyer.yml", `type: TableFun`, `type: LambdaFun`, "buyer.yml:7:3: value functions of the class 'LambdaFun' are not known"},
		{"buyer.yml", `type: LinearAdditiveUtilityFunction`, `type: os.system.fun`, "utility functions of the class 'fun' are not known"},
		{"buyer.yml", `weights: [2, 0.5, 1]`, `weights: [2, 0.5]`, "buyer.yml:5:10: the issue 'price' has no weight"},
		{"buyer.yml", `weights: [2, 0.5, 1]`, `weights: &w [2, 0.5, 1]`, "buyer.yml:5:10: anchors and aliases are not read"},
		{"buyer.yml", `weights: [2, 0.5, 1]`, `weights: *w`, "buyer.yml:5:"},
		{"buyer.yml", `reserved_value: 1.5`, `reserved_value: .inf`, "buyer.yml:3:17: the reserved value is infinite"},
		{"buyer.yml", `reserved_value: 1.5`, `reserved_value: 1.5` + "\nname: again", "buyer.yml:4:1: the key 'name' is there twice"},
		{"buyer.yml", `mapping: {house: 1`, `mapping: {house: ` + deep, "deep"},
		{"buyer.yml", `mapping: {house: 1`, `mapping: {house: [` + many + `]`, "more than 250000 values"},
		{"buyer.yml", `slope: 2`, `slope: 1e80`, "buyer.yml:9:28: slope: '1e80' is too large or too small"},
		{"buyer.yml", `type: AffineFun`, `type: IdentityFun` + "\n", ""}, // still a function
		{"seller.yml", `utilities: [10, 20, 40, 0.5]`, `utilities: [10, 20]`, "there are 2 utilities for 4 ranges"},
		{"seller.yml", `{2: [30, 30]}`, `{7: [30, 30]}`, "'7' is neither the name nor the position of an issue"},
		{"flat.yml", `values: [1, 4]`, `values: [4, 1]`, "flat.yml:5:48: the issue 'rooms': it goes from 4 down to 1"},
		{"flat.yml", `values: [1, 4]`, `values: [1, 4000000]`, "it has more than 100000 values"},
		{"flat.yml", `type: CategoricalIssue`, `type: CallableIssue`, "flat.yml:4:3: issues of the class 'CallableIssue' are not known"},
	} {
		sets := [][][2]string{
			{{"flat.json", webDomain}, {"tenant.json", webTenant}},
			{{"profileA.json", logA}, {"profileB.json", logB}},
			{{"flat.yml", masSpace}, {"buyer.yml", masBuyer}, {"seller.yml", masSeller}},
		}
		for _, files := range sets {
			for k := range files {
				if files[k][0] != tt.file {
					continue
				}
				if !strings.Contains(files[k][1], tt.old) {
					t.Fatalf("%s has no %q", tt.file, tt.old)
				}
				files[k][1] = strings.Replace(files[k][1], tt.old, tt.new, 1)
				_, err := parseFiles(t, files...)
				if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
					t.Errorf("%s with %.60q: got %v, want %s", tt.file, tt.new, err, tt.want)
				}
			}
		}
	}
}

// What is not read is named, with its place.
func TestWebFormatsUnreadParts(t *testing.T) {
	sets := [][][2]string{
		{{"flat.json", webDomain}, {"tenant.json", webTenant}},
		{{"profileA.json", logA}, {"profileB.json", logB}},
		{{"flat.yml", masSpace}, {"buyer.yml", masBuyer}, {"seller.yml", masSeller}},
	}
	for _, tt := range []struct{ file, old, new, want string }{
		{"tenant.json", `"issueWeights"`, `"deadline": 3, "issueWeights"`, "tenant.json:4:14: 'deadline' is not read"},
		{"tenant.json", `"lowValue"`, `"middle": 3, "lowValue"`, "'middle' is not read"},
		{"tenant.json", `{"issuevalues"`, `{"time": 3, "issuevalues"`, "'time' is not read"},
		{"flat.json", `"step": 50`, `"step": 50, "unit": "EUR"`, "'unit' is not read"},
		{"flat.json", `"issuesValues"`, `"rules": [], "issuesValues"`, "'rules' is not read"},
		{"profileA.json", `"issueWeights"`, `"discount": 0.9, "issueWeights"`, "profileA.json:1:40: 'discount' is not read"},
		{"profileA.json", `"reservationValue": 0.25`, `"reservationValue": 40`, "profileA.json:1:22: the reservation value 40 is above every package"},
		{"flat.yml", `path:`, `deadline: 4` + "\npath:", "flat.yml:2:11: 'deadline' is not read"},
		{"flat.yml", `values: [house`, `order: up, values: [house`, "'order' is not read"},
		{"buyer.yml", `reserved_value: 1.5`, `constraints: [a, b]` + "\nreserved_value: 1.5", "buyer.yml:3:14: 'constraints' is not read"},
		{"buyer.yml", `reserved_value: 1.5`, `reserved_value: 150`, "buyer.yml:3:17: the reservation value 150 is above every package"},
		{"buyer.yml", `weights: [2, 0.5, 1]`, `weights: [2, 0.5, 1, 7]`, "buyer.yml:5:22: the list has 4 items where 3 are needed"},
		{"buyer.yml", `slope: 2`, `slope: 2, scale: 7`, "'scale' is not read"},
		{"seller.yml", `weights: [2, 1]`, `weights: [2, 1, 3]`, "the list has 3 items where 2 are needed"},
		{"seller.yml", `weights: [1, 2, 1, 4]`, `weights: [1, 2, 1, 4, 5]`, "the list has 5 items where 4 are needed"},
		{"seller.yml", `factor: step`, "factor: step\npower: 2", "seller.yml:4:8: 'power' is not read"},
		{"seller.yml", `value: 100`, `value: 100, values: [1]`, "'values' is not read"},
	} {
		found := false
		for _, set := range sets {
			for k := range set {
				if set[k][0] != tt.file {
					continue
				}
				found = true
				files := slices.Clone(set)
				if files[k][1] = strings.Replace(set[k][1], tt.old, tt.new, 1); files[k][1] == set[k][1] {
					t.Fatalf("%s has no %q", tt.file, tt.old)
				}
				before, err := parseFiles(t, set...)
				if err != nil {
					t.Fatal(err)
				}
				s, err := parseFiles(t, files...)
				switch {
				case err != nil:
					t.Errorf("%s with %q: %v", tt.file, tt.new, err)
				case mentions(before.Lost, tt.want) || !mentions(s.Lost, tt.want):
					t.Errorf("%s with %q: notes %v, want %q", tt.file, tt.new, s.Lost, tt.want)
				}
			}
		}
		if !found {
			t.Errorf("no file %s", tt.file)
		}
	}
	_, err := parseFiles(t, sets[0][0], [2]string{"tenant.json", strings.Replace(webTenant, "numberutils", "GridUtilities", 1)})
	if err == nil || !strings.Contains(err.Error(), "utilities of the class 'GridUtilities', for 'rent', are not known") {
		t.Errorf("a class of utilities that nobody knows: %v", err)
	}
}

// A weight that is not given is 1 in NegMAS, and a missing value function the number itself.
func TestNegMASJSON(t *testing.T) {
	s, err := parseFiles(t,
		[2]string{"d.json", `{"name": "d", "type": "CartesianOutcomeSpace", "issues": [{"name": "n", "type": "ContiguousIssue", "values": 3}, {"name": "r", "type": "ContinuousIssue", "values": [0.0, 1.0], "n_levels": 5}]}`},
		[2]string{"u.json", `{"type": "LinearAdditiveUtilityFunction", "values": {"n": {"type": "IdentityFun"}, "r": {"type": "TriangularFun", "start": 0, "middle": 0.5, "end": 1}}, "reserved_outcome": [2, 0.5]}`})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := worths(t, s, 0, outcome.Outcome{2, 1}, outcome.Outcome{0, 4}), []string{"5/2", "0", "no deal 3"}; !slices.Equal(got, want) {
		t.Errorf("worth %v, want %v", got, want)
	}
}

// The line that says which YAML a file is may stand in it.
func TestNegMASYAMLVersions(t *testing.T) {
	for version, want := range map[string]string{"1.2": "", "1.1": "flat.yml:1:1: the file says that it is YAML 1.1, and is read as YAML 1.2", "3.0": "flat.yml:1:1: YAML 3.0 is not known"} {
		s, err := parseFiles(t, [2]string{"flat.yml", "%YAML " + version + "\n---\n" + masSpace}, [2]string{"buyer.YAML", masBuyer}, [2]string{"seller.Yml", "# two\n%YAML 1.2\n---\n" + masSeller})
		switch {
		case version == "3.0":
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", version, err)
			}
		case err != nil:
			t.Errorf("%s: %v", version, err)
		case mentions(s.Lost, "YAML 1.1") != (want != ""), !mentions(s.Lost, want):
			t.Errorf("%s: notes %v", version, s.Lost)
		}
	}
}

// Files of measures are passed over, and a case is no scenario of NegMAS.
func TestPartsOfFormats(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		format     *Format
		part       part
	}{
		{"specials.json", `{"size": 3, "opposition": 0.2, "pareto_front": []}`, geniusweb, aside},
		{"specs.json", `{"Name": "x", "NumberOfBids": 125}`, negolog, aside},
		{"_info.yaml", "format: xml\nopposition_level: 0.2\n", negmas, aside},
		{"_stats.yaml", "pareto_utils: []\n", negmas, aside},
		{"case.yaml", "goodoffices: 1\nid: x\nissues: {}\nparties: {}\n", nil, none},
		{"buyer.yaml", "bias: 0\noutcome_ranges: [{}]\n", negmas, profile},
		{"a.json", `[1, 2]`, nil, none},
	} {
		var format *Format
		part := none
		for _, f := range Formats() {
			if part = f.part(tt.name, []byte(tt.text)); part != none {
				format = f
				break
			}
		}
		if format != tt.format || part != tt.part {
			t.Errorf("%s is part %d of %v", tt.name, part, format)
		}
	}
}

func FuzzWebFormats(f *testing.F) {
	f.Add(webDomain, webTenant, webOwner, ".json")
	f.Add(logA, logB, logA, ".json")
	f.Add(masSpace, masBuyer, masSeller, ".yaml")
	f.Fuzz(func(t *testing.T, a, b, c, ext string) {
		if ext != ".json" {
			ext = ".yaml"
		}
		s, err := parseFiles(t, [2]string{"a" + ext, a}, [2]string{"b" + ext, b}, [2]string{"c" + ext, c})
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
		for _, format := range []*Format{genius, geniusweb, negolog, negmas} { // what can be read can be written
			files, _, err := Write(format, s.File.Case)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if strings.HasSuffix(file.Name, ".json") && !json.Valid(file.Data) {
					t.Fatalf("%s is not JSON", file.Name)
				}
			}
		}
	})
}
