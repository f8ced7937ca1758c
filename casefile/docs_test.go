package casefile

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// The example on the format's page is a case.
func TestDocumentedExampleChecks(t *testing.T) {
	page, err := os.ReadFile("../docs/formats/case.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	text, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the page has no example")
	}
	f, err := Parse("docs/formats/case.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if w := f.Warnings(); len(w) > 0 {
		t.Error(w)
	}
	if _, err := f.Case.Compile(Choice{View: "patient_port", Levers: []string{"compensation"}}); err != nil {
		t.Error(err)
	}
}

// The page names every key of the format.
func TestEveryFieldIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/formats/case.md")
	if err != nil {
		t.Fatal(err)
	}
	words := make(map[string]bool)
	for _, w := range strings.FieldsFunc(string(page), func(r rune) bool {
		return !(r == '_' || 'a' <= r && r <= 'z')
	}) {
		words[w] = true
	}
	for _, v := range []any{Case{}, Source{}, Issue{}, Option{}, Range{}, Party{}, Mandate{}, Precondition{}, Reason{}, Adjustment{}, Threshold{}, RedLine{},
		Ratification{}, Constituency{}, Requirement{}, Package{}, Statement{}, Actor{}, Event{}, AddedRedLine{}, Lever{}, View{}} {
		for _, f := range fields(reflect.TypeOf(v)) {
			if !words[f.name] {
				t.Errorf("%T: %s is missing", v, f.name)
			}
		}
	}
}

// The example in the package comment is a case too.
func TestPackageCommentExampleChecks(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(source)) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			text.WriteString(code)
		} else if text.Len() > 0 {
			break
		}
	}
	if _, err := Parse("doc.go", []byte(text.String())); err != nil {
		t.Error(err)
	}
}
