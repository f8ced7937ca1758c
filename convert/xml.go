package convert

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/internal/plain"
)

const (
	maxElements = 250_000 // of one XML file
	maxDepth    = 64
	maxAttrs    = 64 // of an element
)

// A document is the text of a file with its lines, for places.
type document struct {
	name  string
	text  []byte // in UTF-8
	lines []int  // offsets at which lines begin
	chars []int  // how many characters begin before each block of [charBlock] bytes
}

const charBlock = 1 << 10

func newDocument(name string, text []byte) *document {
	d := &document{name: name, text: text, lines: []int{0}}
	for i, b := range text {
		if b == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	n := 0
	for block := range slices.Chunk(text, charBlock) {
		d.chars = append(d.chars, n)
		n += begun(block)
	}
	d.chars = append(d.chars, n)
	return d
}

// begun returns how many characters begin in a piece of UTF-8.
func begun(text []byte) int {
	n := 0
	for _, b := range text {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

// before returns how many characters begin before an offset, in little time wherever
// it is: a file may be one line.
func (d *document) before(at int) int {
	return d.chars[at/charBlock] + begun(d.text[at/charBlock*charBlock:at])
}

// place returns FILE:LINE:COLUMN of a byte offset, the column in characters.
func (d *document) place(at int) string {
	at = min(at, len(d.text))
	line := sort.SearchInts(d.lines, at+1)
	return fmt.Sprintf("%s:%d:%d", d.name, line, 1+d.before(at)-d.before(d.lines[line-1]))
}

// errorf returns an error at a byte offset.
func (d *document) errorf(at int, format string, args ...any) error {
	return fmt.Errorf("%s: %s", d.place(at), fmt.Sprintf(format, args...))
}

// An element is an XML element without its text.
type element struct {
	name  string
	attrs []xml.Attr
	kids  []*element
	doc   *document
	at    int // offset in the document
}

// readXML reads an XML file into a tree. It is lenient where files in use are wrong:
// bare ampersands stand for themselves, the declaration may come late or be missing, and what
// is not UTF-8 is read as Latin-1. It refuses document types, so that there are no
// entities to expand, and more elements, depth or attributes than scenarios have.
func readXML(name string, data []byte) (*element, []Note, error) {
	text, note, err := utf8Text(name, data)
	if err != nil {
		return nil, nil, err
	}
	doc := newDocument(name, text)
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false // for bare ampersands; the nesting is checked here
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var root *element
	var open []*element
	elements := 0
	for {
		at := int(d.InputOffset())
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) {
				err = errors.New(syntax.Msg)
			}
			return nil, nil, doc.errorf(int(d.InputOffset()), "not XML: %v", err)
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return nil, nil, doc.errorf(at, "a document type or entity declaration: delete it, scenarios need none")
		case xml.CharData:
			if len(open) == 0 && len(bytes.TrimSpace(tok)) > 0 {
				return nil, nil, doc.errorf(at+len(tok)-len(bytes.TrimLeft(tok, " \t\r\n")), "not XML: text outside of the elements")
			}
		case xml.StartElement:
			elements++
			switch {
			case root != nil && len(open) == 0:
				return nil, nil, doc.errorf(at, "not XML: a second root element <%s>", tok.Name.Local)
			case elements > maxElements:
				return nil, nil, doc.errorf(at, "more than %d elements", maxElements)
			case len(open) >= maxDepth:
				return nil, nil, doc.errorf(at, "elements nested more than %d deep", maxDepth)
			case len(tok.Attr) > maxAttrs:
				return nil, nil, doc.errorf(at, "more than %d attributes", maxAttrs)
			}
			e := &element{name: tok.Name.Local, attrs: tok.Copy().Attr, doc: doc, at: at}
			if root == nil {
				root = e
			} else {
				over := open[len(open)-1]
				over.kids = append(over.kids, e)
			}
			open = append(open, e)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != tok.Name.Local {
				return nil, nil, doc.errorf(at, "not XML: </%s> closes nothing", tok.Name.Local)
			}
			open = open[:len(open)-1]
		}
	}
	switch {
	case root == nil:
		return nil, nil, doc.errorf(0, "not XML: it has no element")
	case len(open) > 0:
		return nil, nil, open[len(open)-1].errorf("not XML: <%s> is never closed", open[len(open)-1].name)
	}
	return root, note, nil
}

// utf8Text returns a file's text in UTF-8.
func utf8Text(name string, data []byte) ([]byte, []Note, error) {
	text, guessed, err := plain.UTF8(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	if guessed {
		return text, []Note{{name, "it is not UTF-8, and was read as Latin-1"}}, nil
	}
	return text, nil, nil
}

// rootName returns the name of the first element in the beginning of a file, empty
// when it is not XML.
func rootName(head []byte) string {
	text, _, err := utf8Text("", head)
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		return ""
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		tok, err := d.RawToken()
		if err != nil {
			return ""
		}
		if e, ok := tok.(xml.StartElement); ok {
			return e.Name.Local
		}
	}
}

func (e *element) errorf(format string, args ...any) error {
	return e.doc.errorf(e.at, format, args...)
}

func (e *element) note(format string, args ...any) Note {
	return Note{e.doc.place(e.at), fmt.Sprintf(format, args...)}
}

// attr returns the first of the named attributes that there is.
func (e *element) attr(names ...string) (string, bool) {
	for _, name := range names {
		for _, a := range e.attrs {
			if a.Name.Local == name {
				return a.Value, true
			}
		}
	}
	return "", false
}

// children returns the elements of a name directly below e, in their order.
func (e *element) children(name string) []*element {
	var out []*element
	for _, kid := range e.kids {
		if kid.name == name {
			out = append(out, kid)
		}
	}
	return out
}

// all returns the elements of a name below e, at any depth, in their order.
func (e *element) all(name string) []*element {
	var out []*element
	for _, kid := range e.kids {
		if kid.name == name {
			out = append(out, kid)
		}
		out = append(out, kid.all(name)...)
	}
	return out
}

// number reads an attribute that is a number; ok is false when it is not there.
func (e *element) number(names ...string) (r *big.Rat, ok bool, err error) {
	text, ok := e.attr(names...)
	if !ok {
		return nil, false, nil
	}
	r, err = parseNumber(text)
	if err != nil {
		return nil, true, e.errorf("%s of <%s>: %v", names[0], e.name, err)
	}
	return r, true, nil
}

// integer reads an attribute that must be a whole number.
func (e *element) integer(name string) (int64, error) {
	text, ok := e.attr(name)
	if !ok {
		return 0, e.errorf("<%s> has no %s", e.name, name)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n > 1e15 || n < -1e15 {
		return 0, e.errorf("%s of <%s> is %s, not a whole number", name, e.name, short(text))
	}
	return n, nil
}

// parseNumber reads a decimal number as other programs write them, exactly: with a
// sign, a point and an exponent, each optional.
func parseNumber(text string) (*big.Rat, error) {
	const longest, most = 400, 60 // characters, size of the exponent
	t := strings.TrimSpace(text)
	bad := fmt.Errorf("%s is not a number", short(text))
	if len(t) > longest {
		return nil, fmt.Errorf("%s has more than %d digits", short(text), longest)
	}
	mantissa, exponent, has := strings.Cut(strings.ToLower(t), "e")
	if has {
		n, err := strconv.Atoi(exponent)
		if err != nil {
			return nil, bad
		}
		if n > most || n < -most {
			return nil, fmt.Errorf("%s is too large or too small", short(text))
		}
	}
	unsigned := strings.TrimPrefix(strings.TrimPrefix(mantissa, "-"), "+")
	whole, fraction, _ := strings.Cut(unsigned, ".")
	if len(mantissa)-len(unsigned) > 1 || whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return nil, bad
	}
	r, ok := new(big.Rat).SetString(t)
	if !ok {
		return nil, bad
	}
	if r.Cmp(big.NewRat(-1e18, 1)) < 0 || r.Cmp(big.NewRat(1e18, 1)) > 0 {
		return nil, fmt.Errorf("%s is too large", short(text))
	}
	return r, nil
}

// short quotes a text for a message, cut when it is long.
func short(text string) string {
	text = plainText(text)
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:60]) + "…"
	}
	return "'" + text + "'"
}
