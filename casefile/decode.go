package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/goodoffices/goodoffices/internal/plain"
)

const (
	maxDepth = 32
	// maxValues bounds the commas, colons, brackets and lines of a file: the YAML
	// reader needs some hundred times the memory of the bytes that a value takes.
	maxValues = 250_000
)

// A path leads to a field from the top of the file: keys of mappings, and ids or
// positions from 1 of items of lists.
type path []string

func (p path) to(keys ...string) path { return slices.Concat(p, keys) }

func (p path) String() string { return strings.Join(p, ".") }

// A reporter collects the problems of one file with their places.
type reporter struct {
	file     string
	src      *source
	root     *yaml.Node // nil while the file has not been read as YAML
	problems Problems
	warnings int // among the problems
	more     int // errors beyond maxProblems
	muted    int // warnings beyond maxWarnings
}

func (r *reporter) add(p Problem) {
	if r.full(p.Warning) {
		return
	}
	if p.Warning {
		r.warnings++
	}
	p.File = r.file
	r.problems = append(r.problems, p)
}

// full reports whether no further problem is kept, and counts an error then:
// finding the places of very many would take longer than reading the file.
// Warnings never take the place of errors.
func (r *reporter) full(warning bool) bool {
	if warning {
		if r.warnings < maxWarnings {
			return false
		}
		r.muted++
		return true
	}
	if len(r.problems)-r.warnings < maxProblems {
		return false
	}
	r.more++
	return true
}

// at reports a problem of node n, the field at p.
func (r *reporter) at(n *yaml.Node, p path, fix, format string, args ...any) {
	r.add(Problem{Line: n.Line, Column: n.Column, Path: p.String(), Message: fmt.Sprintf(format, args...), Fix: fix})
}

// value reports a problem of the value that stands at p.
func (r *reporter) value(p path, fix, format string, args ...any) {
	if r.full(false) {
		return
	}
	_, n := r.find(p)
	r.at(n, p, fix, format, args...)
}

// key reports a problem of the key that leads to p.
func (r *reporter) key(p path, fix, format string, args ...any) {
	if r.full(false) {
		return
	}
	n, _ := r.find(p)
	r.at(n, p, fix, format, args...)
}

// warn reports something at p that is worth a second look.
func (r *reporter) warn(p path, fix, format string, args ...any) {
	if r.full(true) {
		return
	}
	_, n := r.find(p)
	r.add(Problem{Line: n.Line, Column: n.Column, Path: p.String(), Message: fmt.Sprintf(format, args...), Fix: fix, Warning: true})
}

// failed reports whether a problem has been found at p or below.
func (r *reporter) failed(p path) bool {
	at := p.String()
	for _, problem := range r.problems {
		if rest, ok := strings.CutPrefix(problem.Path, at); ok && !problem.Warning && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// find returns the key and value at p, or those of the nearest field above it.
func (r *reporter) find(p path) (key, value *yaml.Node) {
	if r.root == nil {
		n := &yaml.Node{}
		return n, n
	}
	key, value = r.root, r.root
	for _, step := range p {
		k, v := child(value, step)
		if v == nil {
			break
		}
		key, value = k, v
	}
	return key, value
}

// child returns what a step of a path leads to: a key's value, or the item of a
// list that has the step for its id or, without an id, its position from 1.
func child(n *yaml.Node, step string) (key, value *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			if itemName(item, i) == step {
				return item, item
			}
		}
	}
	return nil, nil
}

// itemName returns the name of a list's item in paths.
func itemName(item *yaml.Node, position int) string {
	if item.Kind == yaml.MappingNode {
		if _, id := child(item, "id"); id != nil && id.Kind == yaml.ScalarNode && id.Value != "" {
			return id.Value
		}
	}
	return strconv.Itoa(position + 1)
}

// swapped returns the other rating of a source where each has a value of the other.
func (r *reporter) swapped(n *yaml.Node, name, value string) string {
	letter := func(s string) bool { return len(s) == 1 && strings.Contains("ABCDEF", s) }
	digit := func(s string) bool { return len(s) == 1 && strings.Contains("123456", s) }
	of := map[string]struct {
		other     string
		own, that func(string) bool
	}{
		"source_reliability":      {"information_credibility", digit, letter},
		"information_credibility": {"source_reliability", letter, digit},
	}[name]
	if of.other == "" || !of.own(value) {
		return ""
	}
	if _, v := child(n, of.other); v == nil || !of.that(v.Value) {
		return ""
	}
	return of.other
}

// depthLimit stops the YAML reader before deep nesting costs anything.
type depthLimit struct{}

var errTooDeep = fmt.Errorf("nested more than %d levels deep", maxDepth)

func (depthLimit) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > maxDepth+1 {
		return errTooDeep
	}
	return nil
}

// Aliases are refused in every file, so that there is nothing to expand.
func (depthLimit) CheckAlias(int, int) error { return nil }

// read reads the file as YAML and reports what no case file may hold. It returns
// nil when there is nothing to go on with.
func (r *reporter) read() *yaml.Node {
	if r.src.check(r); len(r.problems) > 0 {
		return nil
	}
	values := 0
	for _, b := range r.src.data {
		switch b {
		case ',', ':', '[', '{', '\n':
			values++
		}
	}
	if values > maxValues {
		r.add(Problem{Message: fmt.Sprintf("more than %d values", maxValues), Fix: "give ranges fewer points: scores between them are interpolated"})
		return nil
	}
	var doc yaml.Node
	if err := yaml.Load(r.version(), &doc, yaml.WithPlugin(depthLimit{})); err != nil {
		r.add(r.syntax(err))
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		r.add(Problem{Message: "the file is empty", Fix: "begin with `goodoffices: 1`"})
		return nil
	}
	root := doc.Content[0]
	if !r.plain(root, nil, 1) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		r.at(root, nil, "begin with `goodoffices: 1`", "a case is a mapping of keys to values, not %s", kindName(root))
		return nil
	}
	r.rename(root)
	r.root = root
	return root
}

// spaced reports a key such as low:10, which lacks the space that parts key and value, and goes on with both.
func (r *reporter) spaced(key, value *yaml.Node, p path) {
	m := unspaced.FindStringSubmatch(key.Value)
	if m == nil || key.Style != 0 || value.Kind != yaml.ScalarNode || value.Value != "" {
		return
	}
	r.at(key, p.to(m[1]), fmt.Sprintf("write %s: %s", m[1], m[2]), "no space stands after the colon")
	key.Value = m[1]
	*value = yaml.Node{Kind: yaml.ScalarNode, Value: m[2], Line: key.Line, Column: key.Column}
}

// rename reports keys that name something and are no names, and goes on under the names that were meant: so what refers
// to them is not reported too.
func (r *reporter) rename(root *yaml.Node) {
	names := func(p path, n *yaml.Node) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if better := properID(key.Value); !validID(key.Value, false) && better != "" {
				if _, twice := child(n, better); twice == nil {
					r.at(key, p.to(key.Value), "write "+better, "%s is no name", quoted(key.Value))
					key.Value = better
				}
			}
		}
	}
	for _, at := range []string{"sources", "issues", "parties", "packages", "agendas", "statements", "mediators", "outside", "views"} {
		_, n := child(root, at)
		names(path{at}, n)
		if n == nil || n.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			p, v := path{at, n.Content[i].Value}, n.Content[i+1]
			switch at {
			case "issues":
				_, options := child(v, "options")
				names(p.to("options"), options)
			case "parties":
				if _, rule := child(v, "ratification"); rule != nil {
					_, groups := child(rule, "constituencies")
					names(p.to("ratification", "constituencies"), groups)
				}
			}
		}
	}
}

// version returns the text without the line that says which YAML it is, having checked that.
func (r *reporter) version() []byte {
	text, version, at := plain.YAMLVersion(r.src.data)
	if version != "" && version != "1.2" {
		line, column := r.src.place(at)
		r.add(Problem{Line: line, Column: column, Message: "the file says that it is YAML " + version + ", and is read as YAML 1.2", Fix: "delete the line, or write %YAML 1.2",
			Warning: strings.HasPrefix(version, "1.")})
	}
	return text
}

// syntax turns an error of the YAML reader into a problem.
func (r *reporter) syntax(err error) Problem {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return Problem{Message: err.Error()}
	}
	p := Problem{Line: e.Mark.Line, Column: e.Mark.Column}
	message := strings.TrimPrefix(e.Message, "yaml: ")
	slip, slipped := Problem{}, false
	if strings.HasPrefix(message, "could not find") || strings.HasPrefix(message, "did not find") || strings.HasPrefix(message, "found character") ||
		strings.HasPrefix(message, "found unexpected end") || strings.HasPrefix(message, "mapping values") {
		slip, slipped = r.slip(e.Mark.Line, e.Mark.Column, e.ContextMark.Line)
		if !slipped && strings.HasPrefix(message, "did not find expected key") {
			slip, slipped = r.misplaced(e.Mark.Line)
		}
		if !slipped && strings.HasPrefix(message, "mapping values") {
			slip, slipped = r.twoValues(e.Mark.Line, e.Mark.Column)
		}
	}
	switch {
	case slipped:
		p = slip
	case strings.Contains(e.ContextMsg, "parsing a flow"):
		p.Message = fmt.Sprintf("the bracket that opens here is not closed, or a comma is missing, before line %d, column %d", e.Mark.Line, e.Mark.Column)
		p.Line, p.Column, p.Fix = e.ContextMark.Line, e.ContextMark.Column, "check what stands between the two places"
	case strings.Contains(message, errTooDeep.Error()):
		p.Message, p.Fix = errTooDeep.Error(), "a case needs no more than ten"
	case strings.Contains(message, "found multiple"):
		p.Message, p.Fix = "more than one document", "put each case in a file of its own"
		p.Line, p.Column = r.secondDocument()
	case strings.Contains(message, "no documents"):
		p.Message, p.Fix = "the file is empty", "begin with `goodoffices: 1`"
	case strings.HasPrefix(message, "unknown anchor"):
		p.Message, p.Fix = "aliases are not allowed", "write the value out, or quote it if it is a text that begins with *"
	case strings.HasPrefix(message, "could not find expected ':'") && firstKey.Match(bytes.TrimSpace(r.src.line(e.ContextMark.Line))):
		m := firstKey.FindStringSubmatch(string(bytes.TrimSpace(r.src.line(e.ContextMark.Line))))
		p.Line, p.Column = e.ContextMark.Line, e.ContextMark.Column
		p.Message, p.Fix = noColon, strings.TrimSpace("write "+m[1]+": "+m[2])
	case strings.Contains(e.ContextMsg, "scanning a block scalar"):
		p.Message, p.Fix = "the text begins with > or |, which begins a text of several lines", "put the text in quotes"
		p.Line, p.Column = e.ContextMark.Line, e.ContextMark.Column
	case strings.Contains(message, "cannot start any token"):
		p.Message = "not YAML: " + message
		p.Fix = "indent with spaces, not tabs, and quote texts that begin with @, ` or %"
	case strings.Contains(message, "mapping values are not allowed"):
		p.Message = "not YAML: " + message
		p.Fix = "quote texts that hold a colon and a space, and check the indentation"
	default:
		p.Message = "not YAML: " + message
		if e.ContextMsg != "" {
			p.Message += " " + e.ContextMsg
			if e.ContextMark.Line > 0 {
				p.Message += fmt.Sprintf(" that begins at %d:%d", e.ContextMark.Line, e.ContextMark.Column)
			}
		}
		p.Fix = "check the indentation, brackets and quotes"
	}
	return p
}

// secondDocument returns the place of the marker after which a further document
// begins, as far as lines tell.
func (r *reporter) secondDocument() (line, column int) {
	content := false
	for i, at := range r.src.lines {
		text, _, _ := bytes.Cut(r.src.data[at:], []byte("\n"))
		text = bytes.TrimSpace(text)
		switch {
		case bytes.HasPrefix(text, []byte("---")) && content, bytes.HasPrefix(text, []byte("...")):
			return i + 1, 1
		case len(text) > 0 && text[0] != '#' && text[0] != '%':
			content = true
		}
	}
	return 0, 0
}

// plain reports anchors, aliases, merge keys, tags and depth below n, and characters that escapes
// have made. It returns false when the tree is too deep to go on.
func (r *reporter) plain(n *yaml.Node, p path, depth int) bool {
	if depth > maxDepth {
		r.at(n, nil, "a case needs no more than ten", "%v", errTooDeep)
		return false
	}
	switch {
	case n.Kind == yaml.AliasNode:
		r.at(n, p, "write the value out", "aliases are not allowed")
		return true
	case n.Anchor != "":
		r.at(n, p, "delete &"+n.Anchor+", or quote a text that begins with &", "anchors are not allowed")
	}
	if n.Style&yaml.TaggedStyle != 0 || n.Tag == "!" {
		r.at(n, p, "delete the tag; quote a text that begins with !", "tags are not allowed")
	}
	if n.Kind == yaml.ScalarNode {
		for at, c := range n.Value {
			if why := hidden(c); why != "" {
				r.at(n, p, "delete it", "U+%04X, which an escape makes at byte %d of the text, is %s", c, at+1, why)
				break
			}
		}
	}
	for i, c := range n.Content {
		switch n.Kind {
		case yaml.MappingNode:
			key := n.Content[i-i%2]
			if i%2 == 0 {
				r.spaced(key, n.Content[i+1], p)
			}
			if i%2 == 0 && isMerge(key) {
				r.at(key, p, "write the keys out", "merge keys are not allowed")
			}
			if !r.plain(c, p.to(key.Value), depth+1) {
				return false
			}
		default:
			if !r.plain(c, p.to(itemName(c, i)), depth+1) {
				return false
			}
		}
	}
	return true
}

func isMerge(key *yaml.Node) bool { return key.Tag == "!!merge" }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func isQuoted(n *yaml.Node) bool {
	return n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

func kindName(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return "a single value"
}

// A decodable type reads itself from a node that is not null.
type decodable interface {
	decode(r *reporter, n *yaml.Node, p path)
}

// decode reads n into v by the tags of its type and reports what does not fit.
func (r *reporter) decode(v reflect.Value, n *yaml.Node, p path) {
	if n.Kind == yaml.AliasNode {
		return // reported
	}
	if isNull(n) {
		fix := "give one or delete the key"
		if rest := []rune(string(r.src.line(n.Line))); n.Column <= len(rest) && strings.HasPrefix(strings.TrimSpace(string(rest[n.Column-1:])), "#") {
			fix += "; quote a text that begins with #"
		}
		r.at(n, p, fix, "has no value")
		return
	}
	if d, ok := v.Addr().Interface().(decodable); ok {
		d.decode(r, n, p)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.decode(v.Elem(), n, p)
	case reflect.Struct:
		r.decodeStruct(v, n, p)
	case reflect.Slice:
		r.decodeList(v, n, p)
	case reflect.String:
		switch text, ok := r.scalar(n, p, "a text"); {
		case ok && strings.TrimSpace(text) == "" && decisive(p):
			r.at(n, p, "give one or delete the key", "has an empty text for its value")
		case ok:
			v.SetString(text)
		}
	case reflect.Int:
		text, ok := r.scalar(n, p, "a whole number")
		if !ok {
			return
		}
		if i, err := strconv.Atoi(text); err != nil || isQuoted(n) || len(text) > maxDigits {
			r.at(n, p, "write it without quotes and without a point, as in 1", "%s is not a whole number", quoted(text))
		} else {
			v.SetInt(int64(i))
		}
	default:
		panic("casefile: no way to decode " + v.Type().String())
	}
}

// decisive reports whether a text decides something, so that an empty one would silently count as none.
func decisive(p path) bool {
	if len(p) > 1 && p[len(p)-2] == "outcome" {
		return true
	}
	return len(p) > 0 && slices.Contains([]string{"if", "then", "never", "when", "rule", "consent", "status_quo", "id", "option"}, p[len(p)-1])
}

// scalar returns the text of a single value.
func (r *reporter) scalar(n *yaml.Node, p path, want string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		r.at(n, p, "quote a text that begins with [ or {", "needs %s, not %s", want, kindName(n))
		return "", false
	}
	return n.Value, true
}

func (r *reporter) decodeList(v reflect.Value, n *yaml.Node, p path) {
	text := v.Type().Elem().Kind() == reflect.String
	switch {
	case n.Kind == yaml.SequenceNode:
		for i, item := range n.Content {
			e := reflect.New(v.Type().Elem()).Elem()
			r.decode(e, item, p.to(itemName(item, i)))
			v.Set(reflect.Append(v, e))
		}
	case text && n.Kind == yaml.ScalarNode:
		e := reflect.New(v.Type().Elem()).Elem()
		r.decode(e, n, p)
		v.Set(reflect.Append(v, e))
	case text:
		r.at(n, p, "write [a, b]", "needs a list, not %s", kindName(n))
	default:
		r.at(n, p, "begin each item with a hyphen", "needs a list, not %s", kindName(n))
	}
}

// A field is a key of a struct's mapping.
type field struct {
	name     string
	index    []int
	required bool
	short    bool // a bare value may stand for the whole mapping
	enum     []string
}

// fields returns the keys of a struct in the order of its fields.
func fields(t reflect.Type) []field {
	var fs []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, inline := strings.CutSuffix(f.Tag.Get("yaml"), ",inline")
		if inline {
			for _, in := range fields(f.Type) {
				in.index = append([]int{i}, in.index...)
				fs = append(fs, in)
			}
			continue
		}
		if name == "" {
			continue
		}
		g := field{name: name, index: []int{i}, required: f.Tag.Get("required") == "true", short: f.Tag.Get("short") == "true"}
		if enum := f.Tag.Get("enum"); enum != "" {
			g.enum = strings.Split(enum, ",")
		}
		fs = append(fs, g)
	}
	return fs
}

func (r *reporter) decodeStruct(v reflect.Value, n *yaml.Node, p path) {
	fs := fields(v.Type())
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.name
	}
	if n.Kind != yaml.MappingNode {
		short := slices.IndexFunc(fs, func(f field) bool { return f.short })
		if n.Kind == yaml.ScalarNode && short >= 0 {
			r.decode(v.FieldByIndex(fs[short].index), n, p)
			return
		}
		fix := "its keys are " + list(names, "and")
		if short >= 0 && v.FieldByIndex(fs[short].index).Type() == reflect.TypeFor[Number]() {
			fix = "write a number, or 30..40 for one between two"
		}
		r.at(n, p, fix, "needs a mapping, not %s", kindName(n))
		return
	}
	seen := make([]bool, len(fs))
	for key, value := range r.pairs(n, p) {
		i := slices.Index(names, key.Value)
		if i < 0 {
			fix := "the keys here are " + list(names, "and")
			if best := plain.Nearest(key.Value, names); best != "" {
				fix = "did you mean '" + best + "'?"
				seen[slices.Index(names, best)] = true // one slip, one problem
			}
			r.at(key, p, fix, "unknown key %s", quoted(key.Value))
			continue
		}
		seen[i] = true
		f := fs[i]
		at := p.to(f.name)
		if f.enum != nil && value.Kind == yaml.ScalarNode && !isNull(value) && !slices.Contains(f.enum, value.Value) {
			fix := "use " + list(f.enum, "or")
			if other := r.swapped(n, f.name, value.Value); other != "" {
				fix += ", and see whether it is swapped with " + other
			}
			if best := plain.Nearest(value.Value, f.enum); best != "" && len(value.Value) > 1 {
				fix = "did you mean '" + best + "'?"
			}
			r.at(value, at, fix, "unknown %s %s", strings.ReplaceAll(f.name, "_", " "), quoted(value.Value))
			continue
		}
		r.decode(v.FieldByIndex(f.index), value, at)
	}
	for i, f := range fs {
		if f.required && !seen[i] {
			at := n
			if key, _ := r.find(p); len(p) > 0 {
				at = key
			}
			r.at(at, p, fmt.Sprintf("add %s: …", f.name), "needs the key '%s'", f.name)
		}
	}
}

// pairs visits the keys of a mapping with their values, and reports keys that are
// not a single value or come twice.
func (r *reporter) pairs(n *yaml.Node, p path) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		first := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if isMerge(key) || key.Kind == yaml.AliasNode {
				continue // reported
			}
			if key.Kind != yaml.ScalarNode {
				r.at(key, p, "write a name", "a key must be a single value, not %s", kindName(key))
				continue
			}
			if line, twice := first[key.Value]; twice {
				r.at(key, p, "delete or rename one of them", "key %s was given before, in line %d", quoted(key.Value), line)
				continue
			}
			first[key.Value] = key.Line
			if !yield(key, value) {
				return
			}
		}
	}
}

func (m *Map[K, V]) decode(r *reporter, n *yaml.Node, p path) {
	if n.Kind != yaml.MappingNode {
		r.at(n, p, "write each as `id: …`", "needs a mapping from ids, not %s", kindName(n))
		return
	}
	for key, value := range r.pairs(n, p) {
		var v V
		r.decode(reflect.ValueOf(&v).Elem(), value, p.to(key.Value))
		m.put(K(key.Value), v)
	}
}

func (d *Decimal) decode(r *reporter, n *yaml.Node, p path) {
	if text, ok := r.number(n, p); ok {
		var err error
		if *d, err = ParseDecimal(text); err != nil {
			r.at(n, p, "", "%v", err)
		}
	}
}

func (v *Number) decode(r *reporter, n *yaml.Node, p path) {
	if text, ok := r.number(n, p); ok {
		var err error
		if *v, err = ParseNumber(text); err != nil {
			r.at(n, p, "", "%v", err)
		}
	}
}

func (a *Answers) decode(r *reporter, n *yaml.Node, p path) {
	const example = "write one answer, first..last, or a list of them, as in 2..5 or [low, high]"
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for i, item := range items {
		at := p
		if n.Kind == yaml.SequenceNode {
			at = p.to(strconv.Itoa(i + 1))
		}
		if item.Kind != yaml.ScalarNode || isNull(item) {
			r.at(item, at, example, "needs answers of the issue, not %s", kindName(item))
			continue
		}
		first, last, ok := strings.Cut(item.Value, "..")
		if first = strings.TrimSpace(first); ok {
			last = strings.TrimSpace(last)
		} else {
			last = first
		}
		*a = append(*a, Run{first, last})
	}
	if len(items) == 0 {
		r.at(n, p, example, "names no answer")
	}
}

// number returns the text of a number, which must not be quoted.
func (r *reporter) number(n *yaml.Node, p path) (string, bool) {
	text, ok := r.scalar(n, p, "a number")
	if ok && isQuoted(n) {
		r.at(n, p, "delete the quotes", "needs a number, not the text %s", quoted(text))
		return "", false
	}
	return text, ok
}

func (d *Date) decode(r *reporter, n *yaml.Node, p path) {
	if text, ok := r.scalar(n, p, "a date"); ok {
		var err error
		if *d, err = parseDate(text); err != nil {
			r.at(n, p, "", "%v", err)
		}
	}
}

func (s *IssueScores) decode(r *reporter, n *yaml.Node, p path) {
	if n.Kind == yaml.ScalarNode {
		s.Same = new(Number)
		s.Same.decode(r, n, p)
		return
	}
	if n.Kind != yaml.MappingNode {
		r.at(n, p, "write {option: points, …}, or one number for all options", "needs a score per option, not %s", kindName(n))
		return
	}
	s.At.decode(r, n, p)
}
