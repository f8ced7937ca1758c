package convert

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/goodoffices/goodoffices/internal/plain"
)

// A kind says what a node is.
type kind uint8

const (
	null   kind = iota
	text        // a scalar that is in quotes or can only be a text
	number      // a scalar that is read as a number; its text may still be none
	truth       // true or false
	list
	object
)

func (k kind) String() string {
	return [...]string{"nothing", "a text", "a number", "true or false", "a list", "an object"}[k]
}

// A node is a value of a JSON or YAML document.
type node struct {
	kind      kind
	text      string         // of a scalar
	keys      []string       // of an object, each once, in the order of the file
	numbers   []bool         // which keys are numbers
	position  map[string]int // of a key
	kids      []*node        // of a list or object
	doc       *document
	at        int // offset in the document
	line, col int // instead of the offset, if line is not 0
}

func (n *node) place() string {
	if n.line > 0 {
		return fmt.Sprintf("%s:%d:%d", n.doc.name, n.line, n.col)
	}
	return n.doc.place(n.at)
}

func (n *node) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %s", n.place(), fmt.Sprintf(format, args...))
}

func (n *node) note(format string, args ...any) Note {
	return Note{n.place(), fmt.Sprintf(format, args...)}
}

// child returns the value of a key of an object, or nil.
func (n *node) child(key string) *node {
	if n == nil || n.kind != object {
		return nil
	}
	if i, ok := n.position[key]; ok {
		return n.kids[i]
	}
	return nil
}

// add appends a key of an object, whose value follows; ok is false when it was there.
func (n *node) add(key string, isNumber bool) (ok bool) {
	if _, twice := n.position[key]; twice {
		return false
	}
	if n.position == nil {
		n.position = make(map[string]int)
	}
	n.position[key] = len(n.keys)
	n.keys, n.numbers = append(n.keys, key), append(n.numbers, isNumber)
	return true
}

// want returns the value of a key, which must be of a kind.
func (n *node) want(key string, k kind) (*node, error) {
	c := n.child(key)
	switch {
	case c == nil:
		return nil, n.errorf("%s is missing", short(key))
	case c.kind != k:
		return nil, c.errorf("%s is %v, not %v", short(key), c.kind, k)
	}
	return c, nil
}

// rat returns the number of a scalar. What names it in errors.
func (n *node) rat(what string) (*big.Rat, error) {
	if n.kind != number && n.kind != text {
		return nil, n.errorf("%s is %v, not a number", what, n.kind)
	}
	r, err := parseNumber(n.text)
	if err != nil {
		return nil, n.errorf("%s: %v", what, err)
	}
	return r, nil
}

// A treeBuilder counts what it builds.
type treeBuilder struct {
	doc   *document
	nodes int
}

func (b *treeBuilder) node(k kind, at int) (*node, error) {
	if b.nodes++; b.nodes > maxElements {
		return nil, b.doc.errorf(at, "more than %d values", maxElements)
	}
	return &node{kind: k, doc: b.doc, at: at}, nil
}

// readJSON reads a JSON file into a tree. Keys that stand twice in an object, more than
// maxElements values and more than maxDepth levels are refused.
func readJSON(name string, data []byte) (*node, []Note, error) {
	utf8, notes, err := utf8Text(name, data)
	if err != nil {
		return nil, nil, err
	}
	doc := newDocument(name, utf8)
	d := json.NewDecoder(bytes.NewReader(utf8))
	d.UseNumber()
	b := &treeBuilder{doc: doc}
	var root *node
	var open []*node
	hasKey := false // the innermost object waits for the value of its last key
	for {
		at := int(d.InputOffset())
		tok, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			break
		}
		if err != nil {
			return nil, nil, doc.errorf(syntaxOffset(err, int(d.InputOffset()), len(utf8)), "not JSON: %s", syntaxText(err))
		}
		for at < len(utf8) && strings.IndexByte(" \t\r\n,:", utf8[at]) >= 0 {
			at++
		}
		if root != nil && len(open) == 0 {
			return nil, nil, doc.errorf(at, "not JSON: a second value after the end")
		}
		var over *node
		if len(open) > 0 {
			over = open[len(open)-1]
		}
		if delim, ok := tok.(json.Delim); ok && (delim == ']' || delim == '}') {
			open = open[:len(open)-1]
			continue
		}
		if over != nil && over.kind == object && !hasKey {
			key := tok.(string) // the decoder admits nothing else
			if !over.add(key, false) {
				return nil, nil, doc.errorf(at, "the key %s is there twice", short(key))
			}
			hasKey = true
			continue
		}
		n, err := b.node(null, at)
		if err != nil {
			return nil, nil, err
		}
		switch tok := tok.(type) {
		case json.Delim:
			n.kind = list
			if tok == '{' {
				n.kind = object
			}
			if len(open) >= maxDepth {
				return nil, nil, doc.errorf(at, "nested more than %d levels deep", maxDepth)
			}
			open = append(open, n)
		case string:
			n.kind, n.text = text, tok
		case json.Number:
			n.kind, n.text = number, tok.String()
		case bool:
			n.kind, n.text = truth, fmt.Sprint(tok)
		}
		hasKey = false
		if over == nil {
			root = n
		} else {
			over.kids = append(over.kids, n)
		}
	}
	if root == nil {
		return nil, nil, doc.errorf(0, "not JSON: the file is empty")
	}
	return root, notes, nil
}

func syntaxOffset(err error, at, end int) int {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return min(max(int(syntax.Offset)-1, 0), end)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return end
	}
	return at
}

func syntaxText(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends in the middle"
	}
	return plainText(err.Error())
}

// topKeys returns the keys of the object with which a JSON file begins, and the texts of
// those that are scalars, as far as the beginning shows them.
func topKeys(head []byte) map[string]string {
	utf8, _, err := utf8Text("", head)
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(utf8), []byte("{")) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(utf8))
	d.UseNumber()
	found := make(map[string]string)
	depth, key, hasKey := 0, "", false
	for {
		tok, err := d.Token()
		if err != nil {
			return found
		}
		delim, isDelim := tok.(json.Delim)
		switch {
		case isDelim && (delim == '{' || delim == '['):
			depth++
			hasKey = false
		case isDelim:
			if depth--; depth == 0 {
				return found
			}
		case depth > 1:
		case !hasKey:
			key, hasKey = fmt.Sprint(tok), true
			found[key] = ""
		default:
			found[key], hasKey = fmt.Sprint(tok), false
		}
	}
}

// maxMarks bounds the commas, colons, brackets and lines of a YAML file: its reader
// needs some hundred times the memory of the bytes that a value takes.
const maxMarks = 2 * maxElements

// yamlLimit stops the YAML reader before deep nesting costs anything.
type yamlLimit struct{}

var errTooDeep = fmt.Errorf("nested more than %d levels deep", maxDepth)

func (yamlLimit) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > maxDepth+1 {
		return errTooDeep
	}
	return nil
}

// Aliases are refused in every file, so that there is nothing to expand.
func (yamlLimit) CheckAlias(int, int) error { return nil }

// readYAML reads a YAML file into a tree of plain data. Anchors, aliases, merge keys and
// tags are refused: nothing is expanded, and nothing that a tag names is made.
func readYAML(name string, data []byte) (*node, []Note, error) {
	utf8, notes, err := utf8Text(name, data)
	if err != nil {
		return nil, nil, err
	}
	doc := newDocument(name, utf8)
	marks := 0
	for at, c := range utf8 {
		switch c {
		case ',', ':', '[', '{', '\n':
			if marks++; marks > maxMarks {
				return nil, nil, doc.errorf(at, "more than %d values", maxElements)
			}
		}
	}
	text, version, at := plain.YAMLVersion(utf8)
	switch {
	case version == "" || version == "1.2":
	case strings.HasPrefix(version, "1."):
		notes = append(notes, Note{doc.place(at), "the file says that it is YAML " + version + ", and is read as YAML 1.2"})
	default:
		return nil, nil, doc.errorf(at, "YAML %s is not known: 1.2 is", version)
	}
	var tree yaml.Node
	if err := yaml.Load(text, &tree, yaml.WithPlugin(yamlLimit{})); err != nil {
		place, message := name, err.Error()
		var e *yaml.LoadError
		if errors.As(err, &e) {
			message = strings.TrimPrefix(e.Message, "yaml: ")
			if e.Mark.Line > 0 {
				place = fmt.Sprintf("%s:%d:%d", name, e.Mark.Line, max(e.Mark.Column, 1))
			}
		}
		if strings.Contains(message, errTooDeep.Error()) {
			return nil, nil, fmt.Errorf("%s: %w", place, errTooDeep)
		}
		return nil, nil, fmt.Errorf("%s: not YAML: %s", place, plainText(message))
	}
	if tree.Kind != yaml.DocumentNode || len(tree.Content) != 1 {
		return nil, nil, doc.errorf(0, "not YAML: the file is empty")
	}
	b := &treeBuilder{doc: doc}
	root, err := b.fromYAML(tree.Content[0], 1)
	return root, notes, err
}

func (b *treeBuilder) fromYAML(y *yaml.Node, depth int) (*node, error) {
	n, err := b.node(null, 0)
	if err != nil {
		return nil, err
	}
	n.line, n.col = max(y.Line, 1), max(y.Column, 1)
	switch {
	case depth > maxDepth:
		return nil, n.errorf("%v", errTooDeep)
	case y.Kind == yaml.AliasNode, y.Anchor != "":
		return nil, n.errorf("anchors and aliases are not read: write the value out, or quote a text that begins with & or *")
	case y.Style&yaml.TaggedStyle != 0 || y.Tag == "!":
		return nil, n.errorf("the tag %s is not read: scenarios are data, and nothing that they name is made; quote a text that begins with !", short(y.Tag))
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.text = y.Value
		switch y.Tag {
		case "!!null":
		case "!!bool":
			n.kind = truth
		case "!!int", "!!float":
			n.kind = number
		default:
			n.kind = text
		}
	case yaml.SequenceNode:
		n.kind = list
		for _, c := range y.Content {
			kid, err := b.fromYAML(c, depth+1)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		}
	case yaml.MappingNode:
		n.kind = object
		for i := 0; i+1 < len(y.Content); i += 2 {
			key, err := b.fromYAML(y.Content[i], depth+1)
			if err != nil {
				return nil, err
			}
			switch {
			case y.Content[i].Tag == "!!merge":
				return nil, key.errorf("merge keys are not read: write the keys out")
			case key.kind == list || key.kind == object:
				return nil, key.errorf("a key is %v, not a text or a number", key.kind)
			case !n.add(key.text, key.kind == number):
				return nil, key.errorf("the key %s is there twice", short(key.text))
			}
			kid, err := b.fromYAML(y.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		}
	default:
		return nil, n.errorf("not YAML: a value of an unknown kind")
	}
	return n, nil
}

// fields are the keys of a JSON object, in their order.
type fields []field

type field struct {
	key   string
	value any
}

// MarshalJSON writes the fields in their order.
func (fs fields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, f := range fs {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(f.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(f.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// decimal writes a number that decimals hold.
func decimal(r *big.Rat) json.Number {
	n, _ := r.FloatPrec()
	return json.Number(r.FloatString(n))
}

// writeJSON writes a JSON file.
func writeJSON(name string, root fields) (Output, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return Output{name, b.Bytes()}, err
}
