package casefile

import (
	"bytes"
	"fmt"
	"sort"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// MaxSize is the largest case file in bytes.
const MaxSize = 4 << 20

var byteOrderMark = []byte("\uFEFF")

// hidden says why a character is refused in case files, empty when it is not:
// what it prints is not what a reader sees.
func hidden(r rune) string {
	switch {
	case r == '\t' || r == '\n':
		return ""
	case r == 0:
		return "a NUL byte"
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return "a control character"
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		return "a character that reverses or isolates the direction of text and can hide what is written"
	case r == 0x2028 || r == 0x2029:
		return "a line separator that editors number differently"
	case r == 0xfeff:
		return "an invisible byte order mark inside the text"
	case r >= 0xfff0 && r <= 0xfffb || r >= 0xe0000 && r <= 0xe007f:
		return "an invisible character"
	}
	return ""
}

// A source is the text of a file with its lines, for places.
type source struct {
	data  []byte // without a byte order mark
	lines []int  // offsets at which lines begin
}

func newSource(data []byte) *source {
	s := &source{data: bytes.TrimPrefix(data, byteOrderMark), lines: []int{0}}
	for i, b := range s.data {
		if b == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// offset returns the byte offset of a line and column, both from 1, the column in characters.
func (s *source) offset(line, column int) int {
	if line < 1 || line > len(s.lines) {
		return len(s.data)
	}
	at := s.lines[line-1]
	for ; column > 1 && at < len(s.data) && s.data[at] != '\n'; column-- {
		_, n := utf8.DecodeRune(s.data[at:])
		at += n
	}
	return at
}

// place returns the line and column of a byte offset, both from 1.
func (s *source) place(offset int) (line, column int) {
	line = sort.SearchInts(s.lines, offset+1)
	return line, 1 + utf8.RuneCount(s.data[s.lines[line-1]:offset])
}

// check reports bytes that no case file may hold. Of each kind it reports the
// first few, for a binary file would have a problem in every byte.
func (s *source) check(r *reporter) {
	const most = 5
	found := 0
	report := func(at int, message, fix string) {
		if found++; found <= most {
			line, column := s.place(at)
			r.add(Problem{Line: line, Column: column, Message: message, Fix: fix})
		}
	}
	for at := 0; at < len(s.data) && found <= most; {
		c, n := utf8.DecodeRune(s.data[at:])
		switch {
		case c == utf8.RuneError && n == 1:
			report(at, fmt.Sprintf("byte 0x%02x is not UTF-8", s.data[at]), "save the file as UTF-8")
		case c == '\r' && at+1 < len(s.data) && s.data[at+1] == '\n':
		case hidden(c) != "":
			report(at, fmt.Sprintf("U+%04X is %s", c, hidden(c)), "delete it")
		}
		at += n
	}
}

// span returns the byte offsets at which a scalar that is plain or quoted begins
// and ends. It fails for block scalars and for plain ones over several lines.
func (s *source) span(n *yaml.Node) (from, to int, err error) {
	from = s.offset(n.Line, n.Column)
	rest := s.data[from:]
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 0, 0, fmt.Errorf("a block of text over several lines")
	case n.Style&yaml.SingleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\'' {
				if i+1 < len(rest) && rest[i+1] == '\'' {
					i++
					continue
				}
				return from, from + i + 1, nil
			}
		}
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case '"':
				return from, from + i + 1, nil
			}
		}
	case bytes.HasPrefix(rest, []byte(n.Value)):
		return from, from + len(n.Value), nil
	}
	return 0, 0, fmt.Errorf("a text over several lines")
}

// inside returns the place of byte at of a scalar's value, when the scalar stands
// on one line.
func (s *source) inside(n *yaml.Node, at int) (line, column int, ok bool) {
	from, to, err := s.span(n)
	if err != nil || bytes.IndexByte(s.data[from:to], '\n') >= 0 {
		return 0, 0, false
	}
	raw := from
	switch {
	case n.Style&yaml.SingleQuotedStyle != 0:
		raw++
		for left := at; left > 0 && raw < to; left-- {
			if s.data[raw] == '\'' {
				raw++
			}
			raw++
		}
	case n.Style&yaml.DoubleQuotedStyle != 0:
		raw++
		for left := at; left > 0 && raw < to; {
			c, size := utf8.DecodeRune(s.data[raw:])
			left -= size
			raw += size
			if c == '\\' {
				// Escapes other than of ASCII are rare enough to be off by some columns.
				switch s.data[raw] {
				case 'x':
					raw += 3
				case 'u':
					raw += 5
				case 'U':
					raw += 9
				default:
					raw++
				}
			}
		}
	default:
		raw += at
	}
	line, column = s.place(min(raw, to))
	return line, column, true
}
