package vote

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
)

// TestExamples counts the real vote that stands beside each rule.
func TestExamples(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		got, err := r.Count(r.Example.Tally)
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		if got.Passed != r.Example.Passed {
			t.Errorf("%s: passed %v, want %v: %s", r.ID, got.Passed, r.Example.Passed, got.Explanation)
		}
		if r.Plain == "" || r.Title == "" || r.Example.Source == "" || r.Example.Date == "" {
			t.Errorf("%s: a rule has a title, an explanation, and an example with date and source", r.ID)
		}
		for _, name := range append([]string{r.ID}, r.Aliases...) {
			if seen[name] {
				t.Errorf("two rules are named %s", name)
			}
			seen[name] = true
			if found, ok := Lookup(name); !ok || found.ID != r.ID {
				t.Errorf("Lookup(%q) = %s, %v; want %s", name, found.ID, ok, r.ID)
			}
		}
	}
}

// TestKnownThresholds holds thresholds that institutions state.
func TestKnownThresholds(t *testing.T) {
	for _, c := range []struct {
		rule         string
		tally        Tally
		passed       bool
		need, margin int64
	}{
		{"two_thirds", Tally{Yes: 71, No: 26, Absent: 3}, true, 65, 6},
		{"two_thirds_of_senators_present", Tally{Yes: 48, No: 51, Abstain: 1}, false, 67, -19},
		{"cloture", Tally{Yes: 58, No: 42, Members: 100}, false, 60, -2},
		{"cloture", Tally{Yes: 56, No: 42}, false, 60, -4},
		{"cloture", Tally{Yes: 60, No: 39, Members: 99}, true, 60, 0}, // 59.4
		{"Three-Fifths of members", Tally{Yes: 59, Members: 98}, true, 59, 0},
		{"majority of present", Tally{Yes: 139, No: 100, Abstain: 12}, true, 126, 13},
		{"majority_of_present", Tally{Yes: 161, No: 59, Abstain: 13, Absent: 40, Members: 290}, true, 126, 35},
		{"majority_of_present", Tally{Yes: 126, Present: 252}, false, 127, -1},
		{"simple_majority", Tally{Yes: 50, No: 50}, false, 51, -1},
		{"absolute_majority", Tally{Yes: 60, No: 3, Members: 120}, false, 61, -1},
		{"absolute_majority", Tally{Yes: 61, No: 59, Members: 120}, true, 61, 0},
		{"two_thirds_of_members", Tally{Yes: 80, Members: 120}, true, 80, 0},
		{"two_thirds_of_members", Tally{Yes: 67, Members: 101}, false, 68, -1},
		{"three_fourths", Tally{Yes: 38, Members: 50}, true, 38, 0},
		{"security_council", Tally{Yes: 15}, true, 9, 6},
		{"security_council", Tally{Yes: 13, No: 2, Vetoes: 2}, false, 0, -2},
		{"security_council", Tally{Yes: 8, No: 3, Vetoes: -1}, false, 9, -1},
		{"disapproval_by_cloture", Tally{Yes: 58, No: 42}, true, 59, 1},
		{"disapproval_by_cloture", Tally{Yes: 60, No: 40}, false, 59, -1},
		{"eu_qualified_majority", Tally{Yes: 14, No: 13}, false, 15, -1},
		{"eu_qualified_majority", Tally{Yes: 24, No: 3}, true, 15, 9}, // three cannot block
		{"approval_quorum_40", Tally{Yes: 1230937, No: 1153502, Members: 3747112}, false, 1498845, -267908},
		{"60_of_100", Tally{Yes: 60}, true, 60, 0},
		{"at_least_9", Tally{Yes: 8}, false, 9, -1},
	} {
		r, ok := Lookup(c.rule)
		if !ok {
			t.Errorf("no rule %s", c.rule)
			continue
		}
		got, err := r.Count(c.tally)
		if err != nil {
			t.Errorf("%s %+v: %v", c.rule, c.tally, err)
			continue
		}
		if got.Passed != c.passed || got.Decisive.Need != c.need || got.Decisive.Margin() != c.margin {
			t.Errorf("%s %+v: passed %v, need %d, margin %d; want %v, %d, %d (%s)", c.rule, c.tally,
				got.Passed, got.Decisive.Need, got.Decisive.Margin(), c.passed, c.need, c.margin, got.Explanation)
		}
	}
}

// TestMissingAndContradictory holds tallies that cannot be counted.
func TestMissingAndContradictory(t *testing.T) {
	for _, c := range []struct {
		rule  string
		tally Tally
		want  string
	}{
		{"quorum", Tally{Yes: 10, No: 3}, "--members"},
		{"absolute_majority", Tally{Yes: 10, No: 3}, "--members"},
		{"majority", Tally{Yes: 70, No: 60, Members: 100}, "more than the 100 members"},
		{"majority", Tally{Yes: 70, No: 60, Members: 100, Absent: 10}, "10 absent"},
		{"majority", Tally{Yes: -1}, "below 0"},
		{"majority", Tally{Yes: 1 << 60}, "more than can be counted"},
		{"majority_of_present", Tally{Yes: 10, No: 3, Present: 12}, "more than the 12 present"},
		{"security_council", Tally{Yes: 13, No: 2, Vetoes: -1}, "--vetoes"},
		{"security_council", Tally{Yes: 13, No: 1, Vetoes: 2}, "every veto is a no"},
		{"double_majority", Tally{Yes: 13, No: 2}, "--groups"},
		{"every_group", Tally{Yes: 13, No: 2}, "--groups"},
		{"eu", Tally{Yes: 20, No: 7}, "--groups"},
		{"every_group", Tally{Yes: 13, No: 2, Groups: []Group{{Yes: 14}}}, "the whole only 13"},
	} {
		r, _ := Lookup(c.rule)
		if _, err := r.Count(c.tally); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %+v: error %v, want one with %q", c.rule, c.tally, err, c.want)
		}
	}
	// A condition that fails decides without the number that is missing.
	r, _ := Lookup("double_majority")
	if got, err := r.Count(Tally{Yes: 99976, No: 313704}); err != nil || got.Passed {
		t.Errorf("no majority of votes: %v, %v", got, err)
	}
	var missing *MissingError
	if _, err := r.Count(Tally{Yes: 2, No: 1}); !errors.As(err, &missing) || missing.Flag != "groups" {
		t.Errorf("%v", err)
	}
}

// TestRecordedVotes reproduces every vote of a table of real ones.
func TestRecordedVotes(t *testing.T) {
	f, err := os.Open(trials.Peers(t, "practice", "ratification_votes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reader := csv.NewReader(f)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	// What the table calls a rule, and its name here. The first that matches counts.
	names := []struct{ text, rule string }{
		{"cloture", "cloture"}, {"2/3 of senators present and voting", "two_thirds_of_votes_cast"},
		{"majority of present", "majority_of_present"}, {"double majority: both", "every_group"},
		{"9 affirmative and no permanent", "security_council"}, {"majority; then Guardian Council", "majority_without_veto"}, {"majority", "majority_of_votes_cast"},
	}
	stated := regexp.MustCompile(`(\d+) -> (\d+)|(\d+) of 100 members`)
	count := func(text, unit string) int64 {
		m := regexp.MustCompile(`([\d,]+) ` + unit).FindStringSubmatch(text)
		if m == nil {
			return 0
		}
		n, _ := strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64)
		return n
	}
	for _, row := range rows[1:] {
		// The columns of one row may be shifted: the rule and what follows it are found
		// from the outcome, which is the only field that is pass or fail; what stands
		// between the votes and the rule is the remark.
		at := -1
		for i, field := range row {
			if field == "pass" || field == "fail" {
				at = i
			}
		}
		if at < 5 {
			t.Errorf("no outcome in %q", row)
			continue
		}
		rule, other := row[at-1], strings.Join(row[5:at-1], "; ")
		yes, _ := strconv.ParseInt(row[3], 10, 64)
		no, _ := strconv.ParseInt(row[4], 10, 64)
		tally := Tally{Yes: yes, No: no, Abstain: count(other, "abstained"), Absent: count(other, "absent"), Members: count(other, "seats")}
		var r Rule
		for _, n := range names {
			if strings.Contains(rule, n.text) {
				r, _ = Lookup(n.rule)
				break
			}
		}
		switch r.ID {
		case "":
			t.Errorf("no rule for %q", rule)
			continue
		case "every_group": // the table has the votes of one community alone
			tally = Tally{Groups: []Group{{Name: row[1], Yes: yes, No: no}}}
		}
		got, err := r.Count(tally)
		if err != nil {
			t.Errorf("%s: %v", row[1], err)
			continue
		}
		if got.Passed != (row[at] == "pass") {
			t.Errorf("%s: passed %v, on record %s: %s", row[1], got.Passed, row[at], got.Explanation)
		}
		if m := stated.FindStringSubmatch(rule); m != nil {
			want := m[2] + m[3]
			if strconv.FormatInt(got.Decisive.Need, 10) != want {
				t.Errorf("%s: %d needed, on record %s", row[1], got.Decisive.Need, want)
			}
		}
	}
}

// TestShares compares every plain rule with its definition over all small tallies.
func TestShares(t *testing.T) {
	type plain struct {
		rule     string
		of       func(t *Tally) int64
		num, den int64
		strict   bool
	}
	cast := func(t *Tally) int64 { return t.Yes + t.No }
	there := func(t *Tally) int64 { return t.Yes + t.No + t.Abstain }
	all := func(t *Tally) int64 { return t.Members }
	for _, p := range []plain{
		{"majority_of_votes_cast", cast, 1, 2, true}, {"majority_of_present", there, 1, 2, true}, {"majority_of_members", all, 1, 2, true},
		{"two_thirds_of_votes_cast", cast, 2, 3, false}, {"two_thirds_of_present", there, 2, 3, false}, {"two_thirds_of_members", all, 2, 3, false},
		{"three_fifths_of_members", all, 3, 5, false}, {"three_quarters_of_members", all, 3, 4, false}, {"three_quarters_of_votes_cast", cast, 3, 4, false},
	} {
		r, _ := Lookup(p.rule)
		for yes := range int64(14) {
			for no := range int64(14) {
				for abstain := range int64(5) {
					tally := Tally{Yes: yes, No: no, Abstain: abstain, Members: yes + no + abstain + 2}
					got, err := r.Count(tally)
					if err != nil {
						t.Fatal(err)
					}
					base := p.of(&tally)
					passes := func(y int64) bool { return y > 0 && (p.den*y > p.num*base || !p.strict && p.den*y == p.num*base) }
					if got.Passed != passes(yes) || passes(got.Decisive.Need-1) || !passes(got.Decisive.Need) {
						t.Fatalf("%s %+v: %+v", p.rule, tally, got)
					}
				}
			}
		}
	}
}

// TestThresholdAgreesWithCount sends groups that answer as one through both.
func TestThresholdAgreesWithCount(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	tried := 0
	for range 3000 {
		rule := rules[r.IntN(len(rules))]
		var total, yes, in int64
		n := 1 + r.IntN(6)
		for range n {
			w := int64(1 + r.IntN(9))
			total += w
			if r.IntN(2) == 0 {
				yes += w
				in++
			}
		}
		votes, of, ok := rule.Threshold(total, int64(n))
		if !ok {
			continue
		}
		tried++
		tally := Tally{Yes: yes, No: total - yes, Members: total}
		if rule.inverted {
			tally.Yes, tally.No = tally.No, tally.Yes
		}
		for i := range n {
			a := Against
			if int64(i) < in {
				a = Favour
			}
			tally.Groups = append(tally.Groups, Group{Answer: a})
		}
		if rule.ID == "weighted_votes" {
			tally.Groups = nil // yes and no are the sums of weights already
		}
		got, err := rule.Count(tally)
		if err != nil {
			t.Fatalf("%s %+v: %v", rule.ID, tally, err)
		}
		if want := yes >= votes && in >= of; got.Passed != want {
			t.Fatalf("%s: %d of %d votes, %d of %d groups: counted %v, threshold %d and %d say %v", rule.ID, yes, total, in, n, got.Passed, votes, of, want)
		}
	}
	if tried < 1000 {
		t.Fatalf("only %d tried", tried)
	}
}

// TestStatedShares looks up rules whose share stands in their name.
func TestStatedShares(t *testing.T) {
	for _, c := range []struct {
		rule   string
		tally  Tally
		passed bool
		need   int64
	}{
		{"four fifths of members", Tally{Yes: 80, No: 20, Members: 100}, true, 80},
		{"4_percent_of_present", Tally{Yes: 1, No: 20, Abstain: 29}, false, 2},
		{"55% of votes cast", Tally{Yes: 54, No: 45}, false, 55},
		{"seven eighths of seats", Tally{Yes: 7, Members: 8}, true, 7},
		{"quorum_40", Tally{Yes: 30, No: 9, Members: 100}, false, 40},
		{"weighted_85", Tally{Yes: 84, No: 16}, false, 85},
		{"weighted votes", Tally{Groups: []Group{{Weight: Per / 2, Answer: Favour}, {Weight: Per / 4, Answer: Against}}}, true, 2},
		{"at_least_1", Tally{Groups: []Group{{Weight: Per / 2, Answer: Favour}, {Weight: Per / 4, Answer: Favour}}}, false, Per},
		{"two_thirds", Tally{}, false, 1},
		{"disapproval_over_veto", Tally{}, true, 0},
		{"snapback", Tally{Yes: 4, No: 9, Abstain: 2, Vetoes: -1}, true, 8},
		{"snapback", Tally{Yes: 10, No: 2, Vetoes: 2}, true, 1},
		{"snapback", Tally{Yes: 10, No: 2, Vetoes: 0}, false, 8},
		// Members, where they are not stated and absences are.
		{"majority_of_members", Tally{Yes: 61, No: 50, Abstain: 8, Absent: 1}, true, 61},
		{"majority_of_members", Tally{Yes: 61, No: 50, Abstain: 8, Absent: 3}, false, 62},
	} {
		r, ok := Lookup(c.rule)
		if !ok {
			t.Fatalf("no rule %q", c.rule)
		}
		got, err := r.Count(c.tally)
		if err != nil || got.Passed != c.passed || got.Decisive.Need != c.need {
			t.Errorf("%s %+v: %+v, %v; want %t with %d", c.rule, c.tally, got, err, c.passed, c.need)
		}
	}
	for _, name := range []string{"five fifths of members", "0_percent_of_members", "100_percent_of_members", "two_halves_of_seats", "weighted_0", "four fifths"} {
		if r, ok := Lookup(name); ok {
			t.Errorf("%q is %s", name, r.ID)
		}
	}
	r, _ := Lookup("majority")
	if _, err := r.Count(Tally{Groups: []Group{{Weight: Per / 2, Answer: Favour}}}); err == nil || !strings.Contains(err.Error(), "weighted_votes") {
		t.Errorf("half a vote: %v", err)
	}
}

func TestParseGroups(t *testing.T) {
	groups, err := ParseGroups([]byte("canton,yes,no,weight\nUri,100,200,1\nObwalden,\"3,000\",2,0.5\n"))
	if err != nil || len(groups) != 2 || groups[1].Yes != 3000 || groups[1].Weight != Per/2 || groups[0].answer() != Against {
		t.Fatalf("%+v, %v", groups, err)
	}
	groups, err = ParseGroups([]byte(`[{"member": "France", "vote": "yes", "population": 68}, {"member": "Malta", "vote": "abstain", "population": 1, "veto": false}]`))
	if err != nil || len(groups) != 2 || groups[0].Population != 68 || groups[1].answer() != Neither {
		t.Fatalf("%+v, %v", groups, err)
	}
	r, _ := Lookup("double_majority")
	got, err := r.Count(Tally{Yes: 5, No: 4, Groups: []Group{{Answer: Favour, Weight: Per / 2}, {Answer: Against, Weight: Per}, {Answer: Favour, Weight: Per}}})
	if err != nil || !got.Passed || got.Conditions[1].Unit != 2 || got.Conditions[1].Have != 3 || got.Conditions[1].Need != 3 {
		t.Fatalf("one and a half of two and a half: %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"":                                 "no groups",
		"group,yes,no\n":                   "no groups",
		"group,yess,no\na,1,2\n":           "unknown column",
		"group,yes,no\na,1.5,2\n":          "no number of votes",
		"group,vote,weight\na,yes,0\n":     "above 0",
		"group,vote,weight\na,yes,1e9\n":   "no weight",
		"group,vote,weight\na,yes,1/7\n":   "sixtieths",
		"group,vote\na,perhaps\n":          "write yes, no",
		"group,vote,yes\na,yes,3\n":        "keep one",
		"group\na\n":                       "no votes",
		"group,yes,for\na,1,1\n":           "two columns",
		`[{"name": "a", "yes": -1}]`:       "no number of votes",
		`[{"name": "a", "vote": "yes"}] 3`: "more follows",
	} {
		if _, err := ParseGroups([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// The same groups in every way in which spreadsheets of several countries save them.
func TestParseGroupsAsSpreadsheetsSaveThem(t *testing.T) {
	const want = "Ä 7000 9000 60 1234567, B 9500 8000 30 83149"
	latin := func(text string) string {
		var b []byte
		for _, r := range text {
			b = append(b, byte(r))
		}
		return string(b)
	}
	for name, text := range map[string]string{
		"commas":                      "canton,yes,no,weight,population\nÄ,7000,9000,1,1234567\nB,9500,8000,0.5,83149\n",
		"thousands in quotes":         "canton,yes,no,weight,population\nÄ,\"7,000\",9000,1,\"1,234,567\"\nB,9500,8000,0.5,83149\n",
		"semicolons, a decimal comma": "\uFEFFcanton;yes;no;weight;population\r\nÄ;7000;9000;1;1.234.567\r\nB;9500;8000;0,5;83.149\r\n",
		"semicolons, a decimal point": "canton;yes;no;weight;population\nÄ;7000;9000;1.0;1,234,567\nB;9500;8000;0.5;83,149\n",
		"tabs":                        "canton\tyes\tno\tweight\tpopulation\nÄ\t7000\t9000\t1\t1234567\nB\t9500\t8000\t0.5\t83149\n",
		"Excel's own first line":      "sep=;\ncanton;yes;no;weight;population\nÄ;7000;9000;1;1234567\nB;9500;8000;0,5;83149\n",
		"apostrophes":                 "canton,yes,no,weight,population\nÄ,7'000,9’000,1,1'234'567\nB,9'500,8'000,0.5,83'149\n",
		"blanks":                      "canton,yes,no,weight,population\nÄ,7 000,9\u202f000,1,1\u00a0234\u00a0567\nB,9500,8000,0.5,83\u2009149\n",
		"Latin-1":                     latin("canton;yes;no;weight;population\nÄ;7000;9000;1;1234567\nB;9500;8000;0,5;83149\n"),
		"old Macintosh lines":         "canton,yes,no,weight,population\rÄ,7000,9000,1,1234567\rB,9500,8000,0.5,83149\r",
		"comments and blank rows":     "# of 2024\n\ncanton, yes, no, weight, population,,\nÄ, \"7,000\", 9000, 1, 1234567,,\n,,,,,,\n# half\nB,9500,8000,0.5,83149\n\n",
		"JSON":                        `[{"canton": "Ä", "yes": 7000, "no": 9000, "weight": 1, "population": 1234567}, {"canton": "B", "yes": 9500, "no": "8'000", "weight": 0.5, "population": 83149}]`,
	} {
		groups, err := ParseGroups([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, g := range groups {
			got = append(got, fmt.Sprint(g.Name, " ", g.Yes, " ", g.No, " ", g.Weight, " ", g.Population))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
}

// What would count a vote twice, or one that nobody gave, is refused with its place.
func TestParseGroupsRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"canton,yes,no\nA,500,100\nB,100,110\nA,500,100\n", `line 4: the group "A" is there already, in line 2`},
		{"canton,yes,no\nBasel Land,5,1\nB,1,2\n\" basel  LAND \",5,1\n", `line 4: the group "basel  LAND" is there already, in line 2`},
		{"canton;yes;no\nA;500;100\n\nTotal;600;210\n", `line 4: "Total" is a row that adds up others`},
		{"canton,yes,no\nA,500,100\nTotal votes:,600,210\n", `"Total votes:" is a row that adds up others`},
		{"canton,yes,no\nA,500,100\nTotales,600,210\n", `line 3: "Totales" is a row that adds up others`},
		{"canton;yes;no\nA;500;100\nB;10;20\nLand insgesamt;510;120\n", "line 4 adds up all others"},
		{"canton;yes;no\nИтого;510;120\nA;500;100\n", `line 2: "Итого" is a row that adds up others`},
		{"canton,yes,no\nUri,500,100\nUri\u200b,1,2\n", "line 3: the group"},
		{"Kanton;Ja;Nein\nA;500;100\n", `line 1: unknown column "Kanton"`},
		{"canton,yes,no,aye\nA,500,100,3\n", "line 1: two columns mean yes"},
		{"canton,vote\nA,yes\nSum,yes\n", `"Sum" is a row that adds up others`},
		{`[{"name": "A", "vote": "yes"}, {"name": "GRAND TOTAL", "vote": "yes"}]`, `group 2: "GRAND TOTAL" is a row that adds up others`},
		{`[{"name": "A", "vote": "yes"}, {"name": " a", "vote": "yes"}]`, `group 2: the group "a" is there already, in group 1`},
		{"canton,yes,no\nA,500,100\nB,1,2\n,501,102\n", "line 4 has no name"},
		{"canton,yes,no\nA,500,\n", "line 2: its yes or its no votes are not given"},
		{"canton,yes,no\nA,500\n", "line 2: its yes or its no votes are not given"},
		{"canton,vote\nA,\n", "line 2: its vote is not given"},
		{"canton,yes\nA,500\n", "give the columns yes and no"},
		{"canton,yes,no\nA,500,100,7\n", `line 2: "7" stands in a column without a name`},
		{"canton,yes,no\nA,7,000,9,000\n", `line 2: "9" stands in a column without a name`},
		{"canton,yes,no\nA,\"500,100\nB,1,2\n", "the quote that opens in line 2 is not closed"},
		{"canton,yes,no\nA,\"1,5\",2\n", `line 2: "1,5" is no number of votes`},
		{"canton,yes,no\nA,1.234,2\nB,\"1.234,567\",2\n", `line 3: "1.234,567" is no number of votes`},
		{"canton,yes,no\nA,0.125,2\n", `"0.125" is no number of votes`},
		{"canton,yes,no,weight\nA,1,2,\"1,250\"\n", "weight '1,250' may be 1250 or 1.250"},
		{"canton;yes;no;weight\nA;1;2;1.250\n", "weight '1.250' may be 1250 or 1.250"},
		{`[{"name": "A", "yes": 1, "no": 2, "yes": 3}]`, "two columns mean yes"},
		{`[{"name": "A", "yes": [1], "no": 2}]`, "group 1: yes is a list or an object"},
		{`[{"name": "A", "yes": 1, "no": null}]`, "its yes or its no votes are not given"},
		{`[7]`, "group 1 is not an object"},
		{`[{"name": "A", "yes": 1`, "not a JSON list of groups"},
	} {
		if _, err := ParseGroups([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %s", tt.text, err, tt.want)
		}
	}
}

// A group more would turn each of these rules, as a row that adds up others once did.
func TestReportedGroups(t *testing.T) {
	folder := trials.Peers(t, "reported")
	for name, want := range map[string]string{
		"ratify-total-row/with-total.csv": `line 4: "Total" is a row that adds up others`,
		"ratify-total-row/twice.csv":      `line 4: the group "A" is there already, in line 2`,
		"ratify-total-row/cantons.csv":    "A 500 100 0, B 100 110 0",
		"ratify-excel-csv/semicolons.csv": "A 500 400 0, B 300 400 0",
		"ratify-excel-csv/swiss.csv":      "A 7000 9000 0, B 9500 8000 0",
		"ratify-excel-csv/half.csv":       "A 700 900 60, B 950 800 30",
	} {
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		groups, err := ParseGroups(data)
		var got []string
		for _, g := range groups {
			got = append(got, fmt.Sprint(g.Name, " ", g.Yes, " ", g.No, " ", g.Weight))
		}
		text := strings.Join(got, ", ")
		if err != nil {
			text = err.Error()
		}
		if !strings.HasPrefix(text, want) {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
}

func FuzzParseGroups(f *testing.F) {
	f.Add([]byte("group,yes,no\na,1,2\n"))
	f.Add([]byte("\uFEFFgroup;yes;no;weight;population\r\n\"a;b\";1'000;2;0,5;1.234.567\r\n"))
	f.Add([]byte("sep=\t\n# b\ngroup\tvote\n\"a\"\"\"\tabsent\n"))
	f.Add([]byte(`[{"name": "a", "vote": "yes", "weight": 0.5}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		groups, err := ParseGroups(data)
		if err != nil {
			return
		}
		names := make(map[string]bool)
		for _, g := range groups {
			if names[g.Name] {
				t.Fatalf("two groups are called %q", g.Name)
			}
			names[g.Name] = true
		}
		for i := range rules {
			if res, err := rules[i].Count(Tally{Groups: groups, Members: maxVotes, Vetoes: -1}); err == nil && res.Passed != (res.Decisive.Margin() >= 0) {
				t.Errorf("%s: passed %v with margin %d", rules[i].ID, res.Passed, res.Decisive.Margin())
			}
		}
	})
}
