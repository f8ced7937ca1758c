package casefile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"

	yaml "go.yaml.in/yaml/v4"
)

// Set returns the file with one value replaced, or added to a mapping that has no
// such key, and every other byte as it was: comments, order, quoting, line
// endings. f stays as it is.
//
// The path is that of problems: "parties.iran.no_deal.value", or
// "parties.iran.no_deal" where that is a bare number; items of lists go by their
// id or, without one, by their position from 1. The value is one text or number,
// and is quoted where YAML would otherwise read it as something else.
//
// Set fails where the path leads to a mapping, a list or a text over several
// lines, or to a place where a key cannot be added on a line of its own. When the
// edited file has problems they are the error, of type [Problems].
func (f *File) Set(at, value string) (*File, error) {
	if strings.ContainsFunc(value, func(c rune) bool { return hidden(c) != "" || c == '\n' || c == '\t' }) || !validText(value) {
		return nil, fmt.Errorf("cannot set %s: the value must be one line of text without control characters", at)
	}
	r := &reporter{file: f.Name, src: newSource(f.Data)}
	root := r.read()
	if root == nil {
		return nil, r.problems
	}
	s, err := splice(r.src, root, at, value)
	if err != nil {
		return nil, fmt.Errorf("cannot set %s: %w", at, err)
	}
	mark := len(f.Data) - len(r.src.data)
	data := slices.Concat(f.Data[:mark+s.from], []byte(s.text), f.Data[mark+s.to:])
	edited, err := Parse(f.Name, data)
	if err != nil {
		return nil, err
	}
	after := &reporter{file: f.Name, src: newSource(data)}
	if tree := after.read(); tree == nil || !s.onlyChange(root, tree, value) {
		return nil, fmt.Errorf("cannot set %s: the edit would change more than that value: edit the line by hand", at)
	}
	return edited, nil
}

func validText(s string) bool { return strings.ToValidUTF8(s, "") == s }

// An edit replaces the bytes from..to by text.
type edit struct {
	from, to int
	text     string
	node     *yaml.Node // the value that is replaced, nil when one is added
	parent   *yaml.Node // the mapping that gets a key
	key      string     // that it gets
	after    int        // its position among the pairs
}

// splice plans the edit that gives the field at a path its value.
func splice(src *source, root *yaml.Node, at, value string) (edit, error) {
	node, rest, flow := descend(root, at, false)
	switch {
	case rest != "":
		return add(src, node, rest, value, flow)
	case node.Kind == yaml.MappingNode:
		return edit{}, fmt.Errorf("it is a mapping: set one of its keys%s", keysOf(node))
	case node.Kind == yaml.SequenceNode:
		return edit{}, fmt.Errorf("it is a list: set one of its items, as in %s.1", at)
	}
	from, to, err := src.span(node)
	if err != nil {
		return edit{}, fmt.Errorf("it is %w: edit it by hand", err)
	}
	return edit{from: from, to: to, text: scalarText(value, node.Style, flow), node: node}, nil
}

func keysOf(n *yaml.Node) string {
	var keys []string
	for i := 0; i < len(n.Content); i += 2 {
		keys = append(keys, n.Content[i].Value)
	}
	if len(keys) == 0 {
		return ""
	}
	return ", " + list(keys, "or")
}

// descend follows a path as far as it leads, and returns what is left of it.
// Keys may hold points, so that a step may be any beginning of the path.
func descend(n *yaml.Node, at string, flow bool) (node *yaml.Node, rest string, inFlow bool) {
	flow = flow || n.Style&yaml.FlowStyle != 0
	node, rest, inFlow = n, at, flow
	if at == "" {
		return node, "", flow
	}
	try := func(name string, value *yaml.Node) bool {
		left, ok := strings.CutPrefix(at, name)
		if !ok || left != "" && left[0] != '.' {
			return false
		}
		found, further, in := descend(value, strings.TrimPrefix(left, "."), flow)
		if len(further) < len(rest) {
			node, rest, inFlow = found, further, in
		}
		return rest == ""
	}
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode && try(itemName(c, i), c):
			return node, rest, inFlow
		case n.Kind == yaml.MappingNode && i%2 == 0 && try(c.Value, n.Content[i+1]):
			return node, rest, inFlow
		}
	}
	return node, rest, inFlow
}

// add plans a new key at the end of a mapping: behind its last value in flow
// style, else on a line of its own behind the last value that stands on one line.
func add(src *source, n *yaml.Node, key, value string, flow bool) (edit, error) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return edit{}, fmt.Errorf("there is no %s", quoted(key))
	}
	pair := scalarText(key, 0, true) + ": " + scalarText(value, 0, flow)
	for i := len(n.Content) - 1; i > 0; i -= 2 {
		last := n.Content[i]
		if last.Kind != yaml.ScalarNode {
			if flow {
				break // the pair must come last
			}
			continue
		}
		_, to, err := src.span(last)
		if err != nil {
			continue
		}
		if flow {
			return edit{from: to, to: to, text: ", " + pair, parent: n, key: key, after: i/2 + 1}, nil
		}
		first := n.Content[i-1]
		if first.Line != last.Line {
			continue
		}
		line := src.data[to:]
		end := bytes.IndexByte(line, '\n')
		eol := src.newline()
		indent := eol + strings.Repeat(" ", first.Column-1)
		if end < 0 {
			return edit{from: len(src.data), to: len(src.data), text: indent + pair, parent: n, key: key, after: i/2 + 1}, nil
		}
		if end > 0 && line[end-1] == '\r' {
			end--
		}
		return edit{from: to + end, to: to + end, text: indent + pair, parent: n, key: key, after: i/2 + 1}, nil
	}
	return edit{}, fmt.Errorf("there is no %s yet, and no one-line value after which a line could be added: add it by hand", quoted(key))
}

// newline returns the line ending that the file uses first.
func (s *source) newline() string {
	if i := bytes.IndexByte(s.data, '\n'); i > 0 && s.data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// scalarText writes a value in the style given, plain where that reads back as the
// same text, else in double quotes.
func scalarText(value string, style yaml.Style, flow bool) string {
	if style&yaml.SingleQuotedStyle != 0 {
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	if style&yaml.DoubleQuotedStyle == 0 && plainSafe(value, flow) {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// plainSafe reports whether a value may stand without quotes. It is stricter than
// YAML asks, so that nobody has to know YAML to see that it is.
func plainSafe(value string, flow bool) bool {
	switch strings.ToLower(value) {
	case "", "~", "null":
		return false
	}
	if strings.TrimSpace(value) != value || strings.Contains(value, ": ") || strings.Contains(value, " #") || strings.HasSuffix(value, ":") {
		return false
	}
	for i, c := range value {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
		case i == 0 && (c == '-' || c == '+'):
			if len(value) < 2 || !isDigit(value[1]) {
				return false
			}
		case i == 0:
			return false
		case c == ',' && !flow, strings.ContainsRune(" _.-+/%()'–", c):
		case c == ':' && !flow, c == ';', c == '=':
		default:
			return false
		}
	}
	return true
}

// onlyChange reports whether the trees differ only in the edit, whose nodes
// belong to the tree before it.
func (e *edit) onlyChange(before, after *yaml.Node, value string) bool {
	if before == e.node {
		return after.Kind == yaml.ScalarNode && after.Value == value
	}
	content := after.Content
	if before == e.parent {
		i := 2 * e.after
		if len(content) != len(before.Content)+2 || i+1 >= len(content) || content[i].Value != e.key || content[i+1].Kind != yaml.ScalarNode || content[i+1].Value != value {
			return false
		}
		content = slices.Delete(slices.Clone(content), i, i+2)
	}
	if before.Kind != after.Kind || before.Value != after.Value || before.Tag != after.Tag || len(before.Content) != len(content) {
		return false
	}
	for i, b := range before.Content {
		if !e.onlyChange(b, content[i], value) {
			return false
		}
	}
	return true
}
