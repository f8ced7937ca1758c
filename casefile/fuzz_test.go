package casefile

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

// FuzzParse looks for files that crash the reader, or that check and then do not
// compile, or that an edit does not survive.
func FuzzParse(f *testing.F) {
	f.Add([]byte(base))
	f.Add([]byte(newCase))
	f.Add([]byte(strings.Replace(base, "    no_deal: 45..55", "    adjustments: [{within: {quota: [low..high], season: 3..6}, add: -2/3}, {outside: {season: [3, 6..9]}, add: 1/3..1}]\n    no_deal: 45..55", 1)))
	for i, tt := range badInput {
		if i%7 == 0 && len(tt.new) < 200 {
			f.Add([]byte(strings.Replace(base, tt.old, tt.new, 1)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("case.yaml", data)
		if err != nil {
			if file != nil || err.Error() == "" {
				t.Fatal("a file with problems was returned, or a problem says nothing")
			}
			return
		}
		s, err := file.Case.Compile(Choice{})
		if err != nil {
			t.Fatalf("checks but does not compile: %v", err)
		}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		for view := range file.Case.Views.All() {
			if _, err := file.Case.Compile(Choice{View: view}); err != nil && !strings.Contains(err.Error(), "more than fit") {
				t.Fatalf("view %s: %v", view, err)
			}
		}
		for _, lever := range file.Case.LeverIDs() {
			if _, err := file.Case.Compile(Choice{Levers: []string{lever}}); err != nil && !strings.Contains(err.Error(), "more than fit") {
				t.Fatalf("lever %s: %v", lever, err)
			}
		}
		for id := range file.Case.Packages.All() {
			if _, err := file.Case.PackageOutcome(id); err != nil {
				t.Fatal(err)
			}
		}
		if edited, err := file.Set("id", "other"); err == nil && edited.Case.ID != "other" {
			t.Fatal("the edit was lost")
		}
	})
}

// FuzzCondition looks for conditions that crash, or whose table differs from
// reading the tree option by option.
func FuzzCondition(f *testing.F) {
	for _, text := range []string{
		"quota == 'high' && season > 6", "!(quota != \"low\" || season <= 3)", "true", "!false && season == 9",
		"count(a, b) >= 1", "a || !b && c", "((((", "quota == 'high' &", "season < -1e9", "quota = 'x'", "'", "season > 3 < 9",
	} {
		f.Add(text)
	}
	file, err := Parse("case.yaml", []byte(base))
	if err != nil {
		f.Fatal(err)
	}
	issues := file.Case.Issues
	names := []string{"a", "b", "c"}
	v := voters{what: "name", names: names, votes: []int64{5, 3, 2}}
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := parseCondition(text)
		if err != nil {
			if tree != nil || err.At < 0 || err.At > len(text) || err.Message == "" {
				t.Fatalf("bad error %+v", err)
			}
			return
		}
		problems := 0
		tree.checkConsents(v, func(e *ConditionError) {
			problems++
			if e.At < 0 || e.At >= len(text) {
				t.Fatalf("bad place %+v", e)
			}
		})
		if problems == 0 {
			rule := tree.rule(v)
			for yes := range uint64(8) {
				if rule.Holds(yes, 3) != tree.consents(yes, v) {
					t.Fatalf("rule for %b", yes)
				}
			}
		}
		table, terr := tree.checkedTable(issues)
		if terr != nil {
			return
		}
		for quota := range 2 {
			for season := range 3 {
				o := outcome.Outcome{quota, season}
				if table.Holds(o) != tree.holds(issues, o) {
					t.Fatalf("table for %v", o)
				}
			}
		}
	})
}

// holds reads a condition over packages for one outcome.
func (c *condition) holds(issues Map[IssueID, Issue], o outcome.Outcome) bool {
	switch c.op {
	case opTrue:
		return true
	case opNot:
		return !c.args[0].holds(issues, o)
	case opAnd, opOr:
		for _, a := range c.args {
			if a.holds(issues, o) == (c.op == opOr) {
				return c.op == opOr
			}
		}
		return c.op == opAnd
	case opCompare:
		i, _ := issues.Position(IssueID(c.name))
		_, is := issues.At(i)
		at, _ := is.Position(c.literal.text)
		return c.cmp.Holds(o[i] - at)
	}
	return false
}

// consents reads a condition over consents for one set of answers.
func (c *condition) consents(yes uint64, v voters) bool {
	names := v.names
	says := func(name string) bool {
		for i, n := range names {
			if n == name {
				return yes>>i&1 == 1
			}
		}
		return false
	}
	switch c.op {
	case opTrue:
		return true
	case opNot:
		return !c.args[0].consents(yes, v)
	case opAnd, opOr:
		for _, a := range c.args {
			if a.consents(yes, v) == (c.op == opOr) {
				return c.op == opOr
			}
		}
		return c.op == opAnd
	case opName:
		if form, ok := v.form(c.name); ok {
			votes, of, _ := form.Threshold(v.total(), int64(len(names)))
			for i, n := range names {
				if says(n) {
					votes -= v.votes[i]
					of--
				}
			}
			return votes <= 0 && of <= 0
		}
		return says(c.name)
	case opVotes:
		sum := new(big.Rat)
		for _, name := range c.names {
			if says(name.text) {
				sum.Add(sum, big.NewRat(v.votes[slices.Index(names, name.text)], 1))
			}
		}
		d, _ := ParseDecimal(c.literal.text)
		return c.cmp.Holds(sum.Cmp(d.Rat()))
	case opCount:
		n := 0
		for _, name := range c.names {
			if says(name.text) {
				n++
			}
		}
		d, _ := ParseDecimal(c.literal.text)
		return c.cmp.Holds(n - int(d.Rat().Num().Int64()))
	}
	return false
}
