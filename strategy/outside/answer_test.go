package outside

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// FuzzOutsideAnswer: whatever a program answers is a move or an error, and its red lines hold where
// it lists them.
func FuzzOutsideAnswer(f *testing.F) {
	for _, answer := range []string{`{"move":"offer","outcome":[0,1]}`, `{"move":"vote","votes":[0,64]}`, `{"move":"criticise","answer":"yes","issues":[1]}`,
		`{"move":"disclose","disclosure":{"scale":1,"scores":[null],"no_deal":3,"never":[{"issues":[0,1],"options":[[0],[1,1]]}]}}`,
		`{"move":"disclose","disclosure":{"scale":1,"never":[{"issues":[0,1],"options":[[2,1],[0,0]]},{"issues":[],"options":[[]]}]}}`} {
		f.Add([]byte(answer))
	}
	issues := []outcome.Issue{{ID: "a", Options: 3}, {ID: "b", Options: 2}}
	f.Fuzz(func(t *testing.T, answer []byte) {
		got, err := parseAnswer(answer, issues)
		if err != nil {
			return
		}
		if got.Kind > protocol.Answer {
			t.Errorf("%s is a move of kind %d", answer, got.Kind)
		}
		if got.Disclosure == nil {
			return
		}
		var m move
		if err := json.NewDecoder(bytes.NewReader(answer)).Decode(&m); err != nil {
			t.Fatal(err)
		}
		for i := range got.Disclosure.Never {
			told := &m.Disclosure.Never[i]
			want, err := outcome.NewTable(issues, told.Issues, func(o []int) bool {
				return slices.ContainsFunc(told.Options, func(joint []int) bool { return slices.Equal(joint, o) })
			})
			if err != nil || fmt.Sprint(want) != fmt.Sprint(got.Disclosure.Never[i]) {
				t.Errorf("%s: red line %d is %v, want %v, %v", answer, i, got.Disclosure.Never[i], want, err)
			}
		}
	})
}

// TestOutsideAnswerIsBounded: work is bounded beside bytes.
func TestOutsideAnswerIsBounded(t *testing.T) {
	var issues []outcome.Issue
	for range 20 {
		issues = append(issues, outcome.Issue{Options: 2})
	}
	answer := func(never ...string) []byte {
		return []byte(`{"move":"disclose","disclosure":{"scale":1,"never":[` + strings.Join(never, ",") + `]}}`)
	}
	all := `{"issues":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14],"options":[]}`
	if _, err := parseAnswer(answer(all, all), issues); err != nil {
		t.Error(err)
	}
	for name, line := range map[string][]byte{
		"together":     answer(all, all, `{"issues":[0],"options":[[0]]}`),
		"alone":        answer(`{"issues":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16],"options":[]}`),
		"empty lists":  answer(`{"issues":[0,1],"options":[` + strings.Repeat("[],", 1000) + `[]]}`),
		"no option":    answer(`{"issues":[0,1],"options":[[0,2]]}`),
		"below 0":      answer(`{"issues":[0,1],"options":[[0,-1]]}`),
		"no issue":     answer(`{"issues":[20],"options":[[0]]}`),
		"out of order": answer(`{"issues":[1,0],"options":[[0,0]]}`),
	} {
		if _, err := parseAnswer(line, issues); err == nil || !strings.Contains(err.Error(), "its red lines") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzFields: a command line splits into words or is refused, quoted words keep their blanks, and what is
// quoted again splits into the same.
func FuzzFields(f *testing.F) {
	for _, command := range []string{"python3 my.py", `python3 'my file.py' "a b"`, `a"b c"d`, `''`, `"`, " \t", "a\x00b", "é 'ü ß'"} {
		f.Add(command)
	}
	f.Fuzz(func(t *testing.T, command string) {
		words, err := fields(command)
		if err != nil {
			return
		}
		if len(words) == 0 || words[0] == "" {
			t.Fatalf("%q is the command %q", command, words)
		}
		var again []string
		for _, w := range words {
			quote := "'"
			if strings.Contains(w, quote) {
				quote = `"`
			}
			if strings.Contains(w, quote) {
				return // both in one word: there is no other way to write it in one piece
			}
			again = append(again, quote+w+quote)
		}
		if got, err := fields(strings.Join(again, " ")); err != nil || !slices.Equal(got, words) {
			t.Errorf("%q splits into %q, and that again into %q, %v", command, words, got, err)
		}
	})
}
