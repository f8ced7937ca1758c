package casefile

import (
	"bytes"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// What people write who know another notation, and what they meant.
var (
	between  = regexp.MustCompile(`^\s*([-+]?[0-9.]+)\s*(?:-|–|—|to|bis|and|…|\.\.\.)\s*([0-9.]+)\s*$`)
	percent  = regexp.MustCompile(`^([-+]?[0-9.]+)\s*%$`)
	comma    = regexp.MustCompile(`^([-+]?[0-9]+),([0-9]+)$`)
	dotted   = regexp.MustCompile(`^([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})$`)
	slashed  = regexp.MustCompile(`^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})$`)
	keyOnly  = regexp.MustCompile(`^\s*(?:- )?["']?[\p{L}_][\p{L}\p{N}_. -]*["']?\s*$`)
	firstKey = regexp.MustCompile(`^(?:- )?([a-z_][a-z0-9_]*)(?:\s+=?\s*(.*))?$`)
	unspaced = regexp.MustCompile(`^(\s*(?:- )?["']?[A-Za-z_][A-Za-z0-9_.-]*["']?):([^\s:/].*)$`)
)

// meantNumber says how a number was probably meant, empty when nobody knows.
func meantNumber(text string) string {
	decimal := func(s string) bool { _, err := ParseDecimal(s); return err == nil }
	if rest, ok := strings.CutPrefix(text, "−"); ok && decimal(rest) {
		return "write -" + rest + " with a hyphen for the sign"
	}
	if m := percent.FindStringSubmatch(text); m != nil && decimal(m[1]) {
		return "write " + m[1] + ": numbers stand for points, without a sign"
	}
	if m := comma.FindStringSubmatch(text); m != nil {
		if len(m[2]) == 3 {
			return fmt.Sprintf("write %s%s, or %s.%s with a decimal point", m[1], m[2], m[1], m[2])
		}
		return fmt.Sprintf("write %s.%s with a decimal point", m[1], m[2])
	}
	return ""
}

// meantRange says how a range was probably meant, empty when nobody knows.
func meantRange(text string) string {
	if hyphens := strings.ReplaceAll(text, "−", "-"); hyphens != text {
		if _, err := ParseNumber(hyphens); err == nil {
			return "write " + hyphens + " with a hyphen for the sign"
		}
	}
	m := between.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	low, err := ParseDecimal(m[1])
	high, also := ParseDecimal(m[2])
	if err != nil || also != nil || low.Rat().Cmp(high.Rat()) > 0 {
		return ""
	}
	return fmt.Sprintf("write %s..%s for a number between the two", low, high)
}

// ascending writes numbers in order, as a range.
func ascending(values []*big.Rat) string {
	var texts []string
	for _, v := range slices.SortedFunc(slices.Values(values), (*big.Rat).Cmp) {
		texts = append(texts, decimalText(v))
	}
	return strings.Join(texts, "..")
}

// meantDate says how a date was probably meant, else how dates are written.
func meantDate(text string) string {
	const form = "write YYYY-MM-DD, YYYY-MM or YYYY"
	if m := slashed.FindStringSubmatch(text); m != nil {
		var dates []string
		for _, layout := range []string{"2/1/2006", "1/2/2006"} { // the day first, the month first
			if t, err := time.Parse(layout, m[1]+"/"+m[2]+"/"+m[3]); err == nil {
				if date := t.Format(time.DateOnly); len(dates) == 0 || dates[0] != date {
					dates = append(dates, date)
				}
			}
		}
		if len(dates) > 0 {
			return "write " + list(dates, "or")
		}
	}
	if m := dotted.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s-%02s-%02s", m[1], m[2], m[3])
	}
	for _, layout := range []string{time.DateOnly, "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "January 2 2006", "2-Jan-2006", "20060102"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return "write " + t.Format(time.DateOnly)
		}
	}
	if t, err := time.Parse("2006-01", text[:min(len(text), 7)]); err == nil && len(text) == len(time.DateOnly) {
		last := t.AddDate(0, 1, -1)
		return fmt.Sprintf("%s has %d days", last.Format("January 2006"), last.Day())
	}
	return form
}

// slip explains an error of the YAML reader at a line and column, in a block that begins in another line, by
// the slip that most often causes it. The place is where the slip is.
func (r *reporter) slip(line, column, block int) (p Problem, ok bool) {
	if at, ok := r.src.unclosed(r.src.offset(line, column)); ok {
		p.Line, p.Column = r.src.place(at)
		p.Message, p.Fix = "the quote that opens here is not closed", "end the text with "+string(r.src.data[at])
		return p, true
	}
	text := r.src.line(line)
	if p, ok := r.goesOn(line, column); ok {
		return p, true
	}
	if indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]; bytes.ContainsRune(indent, '\t') {
		p.Line, p.Column = line, 1+bytes.IndexByte(indent, '\t')
		p.Message, p.Fix = "a tab indents the line", "indent with spaces"
		return p, true
	}
	for _, n := range []int{block, line} {
		if m := unspaced.FindSubmatch(r.src.line(n)); m != nil && !bytes.Contains(r.src.line(n), []byte(": ")) {
			p.Line, p.Column = n, 2+len([]rune(string(m[1])))
			p.Message = "no space stands after the colon"
			p.Fix = fmt.Sprintf("write %s: %s", bytes.TrimSpace(m[1]), m[2])
			return p, true
		}
	}
	return p, false
}

// goesOn explains more text on a line behind the quote or bracket that closes its value.
func (r *reporter) goesOn(line, column int) (p Problem, ok bool) {
	text := []rune(string(r.src.line(line)))
	if column < 2 || column > len(text) {
		return p, false
	}
	value := strings.TrimRight(string(text[:column-1]), " ")
	more := strings.TrimSpace(string(text[column-1:]))
	if value == "" || more == "" {
		return p, false
	}
	p = Problem{Line: line, Column: column}
	switch last := value[len(value)-1]; last {
	case '\'':
		p.Message, p.Fix = "the text in quotes ends before this", "write '' for a quote or an apostrophe within single quotes, or put the whole text in double quotes"
	case '"':
		p.Message, p.Fix = "the text in quotes ends before this", "write \\\" for a quote within double quotes, or put the whole text in single quotes"
	case ']', '}':
		p.Message, p.Fix = fmt.Sprintf("more follows the bracket %c", last), "delete what follows, or put a text that begins with a bracket in quotes"
	default:
		return p, false
	}
	return p, true
}

// twoValues explains a key where no key can stand: the line above lacks its colon, or has its value already.
func (r *reporter) twoValues(line, column int) (p Problem, ok bool) {
	text := []rune(string(r.src.line(line)))
	above, least := r.above(line, 1000)
	if column > len(text) {
		return p, false
	}
	for _, n := range []int{above, line} {
		for at, c := range []rune(string(r.src.line(n))) {
			if strings.ContainsRune(`"'#`, c) {
				break
			}
			if c > 127 && unicode.In(c, unicode.Zs) || c == '\u200b' || c == '：' {
				what := map[bool]string{true: "a colon of another script", false: "a blank of another kind"}[c == '：']
				return Problem{Line: n, Column: at + 1, Message: fmt.Sprintf("U+%04X is %s", c, what), Fix: "write a plain one"}, true
			}
		}
	}
	if above == 0 || !keyOnly.MatchString(string(text[:column-1])) {
		return p, false
	}
	upper, _, _ := strings.Cut(strings.TrimSpace(string(r.src.line(above))), " #")
	holder, _ := r.above(above, least)
	if _, value, _ := strings.Cut(string(r.src.line(holder)), ": "); strings.TrimSpace(value) != "" && value[0] != '#' {
		return p, false // the line above continues a text
	}
	p = Problem{Line: above, Column: least + 1}
	m := firstKey.FindStringSubmatch(upper)
	switch glued := unspaced.FindStringSubmatch(upper); {
	case glued != nil && !strings.Contains(upper, ": "):
		p.Column = least + 2 + len([]rune(glued[1]))
		p.Message, p.Fix = "no space stands after the colon", fmt.Sprintf("write %s: %s", glued[1], glued[2])
	case m != nil:
		p.Message, p.Fix = noColon, strings.TrimSpace("write "+m[1]+": "+m[2])
	case strings.Contains(upper, ": ") && r.indent(line) > least:
		p.Line, p.Column = line, r.indent(line)+1
		p.Message, p.Fix = fmt.Sprintf("the line is indented deeper than line %d, which has its value already", above), "indent both alike, or quote a text that goes on and holds a colon and a space"
	default:
		return p, false
	}
	return p, true
}

// noColon is what is wrong with a key that is nothing but a text.
const noColon = "no colon stands in the line"

// indent returns by how many spaces a line is indented, -1 for a blank line or a comment.
func (r *reporter) indent(n int) int {
	text := bytes.TrimRight(r.src.line(n), " \r")
	if rest := bytes.TrimLeft(text, " "); len(rest) > 0 && rest[0] != '#' {
		return len(text) - len(rest)
	}
	return -1
}

// above returns the nearest line above that is indented by fewer than so many spaces, 0 if there is none, and its indentation.
func (r *reporter) above(line, spaces int) (above, indent int) {
	for n := line - 1; n > 0; n-- {
		if at := r.indent(n); at >= 0 && at < spaces {
			return n, at
		}
	}
	return 0, 0
}

// misplaced explains a line that is indented like no line of the blocks around it.
func (r *reporter) misplaced(line int) (p Problem, ok bool) {
	own := r.indent(line)
	if own < 0 {
		return p, false
	}
	var fits []string
	least := own + 1000
	for n, at := r.above(line, least); n > 0; n, at = r.above(n, at) {
		if at == own {
			return p, false
		}
		fits = append(fits, fmt.Sprintf("%d like line %d", at, n))
		if at < own {
			break
		}
	}
	fits = fits[max(0, len(fits)-2):] // the nearest
	if len(fits) == 0 {
		return p, false
	}
	spaces := func(n int) string {
		if n == 1 {
			return "1 space"
		}
		return fmt.Sprintf("%d spaces", n)
	}
	return Problem{Line: line, Column: own + 1, Message: "the line is indented by " + spaces(own) + ", and no line of its block is", Fix: "indent it by " + list(fits, "or")}, true
}

// line returns the text of a line, from 1, without its end.
func (s *source) line(n int) []byte {
	if n < 1 || n > len(s.lines) {
		return nil
	}
	text, _, _ := bytes.Cut(s.data[s.lines[n-1]:], []byte("\n"))
	return text
}

// unclosed returns the offset of a quote that opens a value, is not closed in its own line, and beyond which the
// reader found something wrong at offset failed.
func (s *source) unclosed(failed int) (at int, ok bool) {
	begin := 0 // of the line
	for i := 0; i < min(failed, len(s.data)); i++ {
		switch b := s.data[i]; {
		case b == '\n':
			begin = i + 1
		case b == '#' && (i == begin || s.data[i-1] == ' '):
			i = s.end(i) - 1
		case (b == '"' || b == '\'') && opens(s.data[begin:i]):
			n := closing(s.data[i+1:], b)
			if n < 0 {
				return i, true
			}
			end := i + 1 + n
			if last := bytes.LastIndexByte(s.data[i:end], '\n'); last >= 0 {
				rest := bytes.TrimLeft(s.data[end+1:], " ")
				if len(rest) > 0 && bytes.IndexByte([]byte("\r\n,]}:#"), rest[0]) < 0 {
					return i, true // no value ends there
				}
				begin = i + last + 1
			}
			i = end
		}
	}
	return 0, false
}

// end returns the offset at which the line of an offset ends.
func (s *source) end(at int) int {
	if n := bytes.IndexByte(s.data[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(s.data)
}

// opens reports whether a quote after this text of a line opens a value.
func opens(before []byte) bool {
	text := bytes.TrimRight(before, " ")
	if len(text) == 0 {
		return true
	}
	switch text[len(text)-1] {
	case '[', '{', ',':
		return true
	case ':', '-':
		return len(text) < len(before) && (text[len(text)-1] == ':' || len(bytes.TrimLeft(text, " ")) == 1)
	}
	return false
}

// closing returns the position of the quote that ends a text, -1 if there is none.
func closing(text []byte, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		default:
			return i
		}
	}
	return -1
}
