package casefile

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yaml "go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "write generated files anew")

func TestSchemaIsCurrent(t *testing.T) {
	got := generateSchema(t)
	if *update {
		if err := os.WriteFile("schema.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, Schema()) {
		t.Error("schema.json differs from the types: run go generate ./casefile")
	}
}

// An object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := encode(m.key)
		if err != nil {
			return nil, err
		}
		value, err := encode(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode leaves < and & readable, as json.Marshal does not.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

const (
	idPattern   = `^[a-z][a-z0-9_]{0,63}$`
	exactNumber = `[-+]?[0-9]{1,18}(\.[0-9]{1,18}| */ *[0-9]{1,18})?`
	numberRange = `^` + exactNumber + `( *\.\. *` + exactNumber + `){0,2}$`
)

// named maps define or use ids for keys; the others have paths or numbers there.
var named = []string{"sources", "issues", "parties", "packages", "agendas", "statements", "mediators", "outside", "views", "options", "constituencies", "scores", "reasons", "outcome", "within"}

// A schemaWriter turns the types of the package into a JSON Schema.
type schemaWriter struct {
	comments map[string]string // of "Type" and "Type.Field"
	defs     object
	seen     map[string]bool
}

func generateSchema(t *testing.T) []byte {
	t.Helper()
	file, err := parser.ParseFile(gotoken.NewFileSet(), "types.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	w := &schemaWriter{comments: make(map[string]string), seen: make(map[string]bool)}
	clean := func(g *ast.CommentGroup) string { return strings.Join(strings.Fields(g.Text()), " ") }
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			ts, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			w.comments[ts.Name.Name] = clean(g.Doc)
			st, ok := ts.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range st.Fields.List {
				for _, n := range f.Names {
					w.comments[ts.Name.Name+"."+n.Name] = clean(f.Doc)
				}
			}
		}
	}
	root := w.structure(reflect.TypeFor[Case]())
	w.define("text", object{{"description", "A text. YAML may read it as a number or a truth value; it is taken as written."}, {"type", []string{"string", "number", "boolean"}}})
	w.define("decimal", object{{"description", "A number, read exactly, with at most 18 digits before and after the point."}, {"type", "number"}, {"examples", []any{12, 2.5}}})
	w.define("number", object{
		{"description", "A number or fraction such as 2/3, or what is known of it: low..high is uniform, low..mode..high triangular."},
		{"anyOf", []any{object{{"type", "number"}}, object{{"type", "string"}, {"pattern", numberRange}}}},
		{"examples", []any{24, "8..14", "8..10..14"}},
	})
	w.define("date", object{
		{"description", "YYYY-MM-DD, YYYY-MM or YYYY."},
		{"anyOf", []any{object{{"type", "string"}, {"pattern", `^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$`}}, object{{"type", "integer"}, {"minimum", 1}, {"maximum", 9999}}}},
		{"examples", []any{"2026-02-04"}},
	})
	w.define("refs", object{
		{"description", "One id, or a list of ids."},
		{"anyOf", []any{ref("text"), object{{"type", "array"}, {"items", ref("text")}}}},
	})
	schema := slices.Concat(object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "goodoffices case"}}, root, object{{"$defs", w.defs}})
	raw, err := encode(schema)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func ref(name string) object { return object{{"$ref", "#/$defs/" + name}} }

func (w *schemaWriter) define(name string, s object) {
	w.defs = append(w.defs, member{name, s})
}

// structure describes the mapping that a struct stands for.
func (w *schemaWriter) structure(t reflect.Type) object {
	var properties object
	var required []string
	var collect func(reflect.Type)
	collect = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, inline := strings.CutSuffix(f.Tag.Get("yaml"), ",inline")
			switch {
			case inline:
				collect(f.Type)
			case name != "":
				properties = append(properties, member{name, w.field(t, f, name)})
				if f.Tag.Get("required") == "true" {
					required = append(required, name)
				}
			}
		}
	}
	collect(t)
	s := object{{"description", w.comments[t.Name()]}, {"type", "object"}, {"properties", properties}}
	if required != nil {
		s = append(s, member{"required", required})
	}
	if t == reflect.TypeFor[Issue]() {
		s = append(s, member{"oneOf", []any{object{{"required", []string{"options"}}}, object{{"required", []string{"range"}}}}})
	}
	if t == reflect.TypeFor[Adjustment]() {
		s = append(s, member{"oneOf", []any{object{{"required", []string{"when"}}}, object{{"required", []string{"within"}}}, object{{"required", []string{"outside"}}}}})
	}
	return append(s, member{"additionalProperties", false})
}

var example = regexp.MustCompile(`(?:Example: |such as )"?([^"]+?)"?(?:\.(?: |$)|$)`)

// field describes a field's value with the field's comment.
func (w *schemaWriter) field(owner reflect.Type, f reflect.StructField, name string) object {
	s := object{{"description", w.comments[owner.Name()+"."+f.Name]}}
	switch {
	case name == "goodoffices":
		return append(s, member{"const", 1})
	case name == "id" && owner == reflect.TypeFor[Case]():
		s = append(s, object{{"type", "string"}, {"pattern", `^[a-z][a-z0-9_-]{0,63}$`}}...)
	case name == "id":
		s = append(s, object{{"type", "string"}, {"pattern", idPattern}}...)
	case name == "as_of":
		return append(s, object{{"type", "string"}, {"pattern", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`}, {"examples", []string{"2026-02-04"}}}...)
	case name == "url":
		return append(s, object{{"type", "string"}, {"format", "uri"}, {"pattern", "^[Hh][Tt][Tt][Pp][Ss]?://."}}...)
	case name == "step":
		return append(s, object{{"type", "number"}, {"exclusiveMinimum", 0}}...)
	case name == "discount":
		return append(s, object{{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 1}}...)
	case f.Tag.Get("enum") != "":
		var values []any
		for _, v := range strings.Split(f.Tag.Get("enum"), ",") {
			if n, err := strconv.Atoi(v); err == nil {
				values = append(values, n)
			} else {
				values = append(values, v)
			}
		}
		return append(s, member{"enum", values})
	default:
		s = append(s, w.value(f.Type, name)...)
	}
	if m := example.FindStringSubmatch(w.comments[owner.Name()+"."+f.Name]); m != nil && f.Type.Kind() == reflect.String {
		s = append(s, member{"examples", []string{m[1]}})
	}
	return s
}

// value describes a type.
func (w *schemaWriter) value(t reflect.Type, name string) object {
	switch t {
	case reflect.TypeFor[Decimal](), reflect.TypeFor[*Decimal]():
		return ref("decimal")
	case reflect.TypeFor[Number]():
		return ref("number")
	case reflect.TypeFor[Date]():
		return ref("date")
	case reflect.TypeFor[Refs](), reflect.TypeFor[[]string]():
		return ref("refs")
	case reflect.TypeFor[Answers]():
		return object{{"anyOf", []any{ref("text"), object{{"type", "array"}, {"minItems", 1}, {"items", ref("text")}}}}}
	case reflect.TypeFor[IssueScores]():
		return object{{"anyOf", []any{
			object{{"description", "The same for every option."}, {"$ref", "#/$defs/number"}},
			object{{"description", "Points by option id, or by number for a range."}, {"type", "object"}, {"minProperties", 1}, {"additionalProperties", ref("number")}},
		}}}
	}
	switch {
	case t.Kind() == reflect.String:
		return ref("text")
	case t.Kind() == reflect.Pointer:
		return w.value(t.Elem(), name)
	case t.Kind() == reflect.Slice:
		return object{{"type", "array"}, {"items", w.value(t.Elem(), name)}}
	case strings.HasPrefix(t.Name(), "Map["):
		f, _ := t.FieldByName("vals")
		s := object{{"type", "object"}}
		if slices.Contains(named, name) {
			s = append(s, member{"propertyNames", object{{"pattern", idPattern}}})
		}
		return append(s, member{"additionalProperties", w.value(f.Type.Elem(), "")})
	}
	if !w.seen[t.Name()] {
		w.seen[t.Name()] = true
		s := w.structure(t)
		for _, f := range fields(t) {
			if f.short {
				short := t.FieldByIndex(f.index)
				s = object{{"anyOf", []any{w.value(short.Type, ""), s}}}
			}
		}
		w.define(t.Name(), s)
	}
	return ref(t.Name())
}

// validate checks a YAML text against the schema.
func validate(t *testing.T, text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("case.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("case.json")
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Load([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	return s.Validate(jsonValue(root.Content[0]))
}

// jsonValue reads YAML as an editor does: dates are texts.
func jsonValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any)
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = jsonValue(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = jsonValue(c)
		}
		return list
	}
	switch n.Tag {
	case "!!int", "!!float":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

func TestSchemaAcceptsGoodCases(t *testing.T) {
	for name, text := range map[string]string{"base": base, "new": newCase, "small": small, "sketch": sketch} {
		if err := validate(t, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefusesBrokenCases(t *testing.T) {
	refused := 0
	for _, tt := range []struct{ old, new, at string }{
		{"status_quo: high", "status_qou: high", "/issues/quota"},
		{"id: bay", "id: Bay", "/id"},
		{"goodoffices: 1", "goodoffices: 2", "/goodoffices"},
		{"title: The bay", "title: {a: b}", "/title"},
		{"{low: 10, high: 60}", "{low: a, high: 60}", "/parties/fishers/scores/quota"},
		{"no_deal: 45..55", "no_deal: 45.55.65", "/parties/fishers/no_deal"},
		{"no_deal: 45..55", "no_deal: {because: x}", "/parties/fishers/no_deal"},
		{"range: {from: 3, to: 9, step: 3}", "range: {from: 3, to: 9}", "/issues/season/range"},
		{"range: {from: 3, to: 9, step: 3}", "range: {from: 3, to: 9, step: 0}", "/issues/season/range/step"},
		{"range: {from: 3, to: 9, step: 3}", "title: Season", "/issues/season"},
		{"stance: accept", "stance: acept", "/statements/s1/stance"},
		{"information_credibility: 2", "information_credibility: 7", "/sources/news"},
		{"url: https://news.example/1", "url: 'javascript:1'", "/sources/news/url"},
		{"date: 2026-01-02", "date: 2 January", "/sources/news/date"},
		{"    actor: fishers\n", "", "/statements/s1"},
		{"- {id: full,", "- {id: Full,", "/parties/port/red_lines/0/id"},
		{"mediators: {ministry: Ministry}", "mediators: {Ministry: x}", "'Ministry' does not match pattern"},
	} {
		if !strings.Contains(base, tt.old) {
			t.Fatalf("base has no %q", tt.old)
		}
		err := validate(t, strings.Replace(base, tt.old, tt.new, 1))
		if err == nil || !strings.Contains(err.Error(), tt.at) {
			t.Errorf("%s: want an error at %s, got %v", tt.new, tt.at, err)
			continue
		}
		refused++
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// Every field has a description, for editors show nothing else.
func TestSchemaExplainsEveryField(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	explained := 0
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for name, p := range properties {
					if text, _ := p.(map[string]any)["description"].(string); len(text) < 4 {
						t.Errorf("%s.%s has no description", at, name)
					}
					explained++
				}
			}
			for k, c := range v {
				walk(at+"/"+k, c)
			}
		case []any:
			for i, c := range v {
				walk(at+"/"+strconv.Itoa(i), c)
			}
		}
	}
	walk("", root)
	if explained < 100 {
		t.Errorf("only %d fields found", explained)
	}
}
