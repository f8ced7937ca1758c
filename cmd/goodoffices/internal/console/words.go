package console

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/internal/plain"
)

// Clean makes text from outside safe for a terminal: control characters (line
// feeds and tabs stay), bidirectional overrides and bytes that are not UTF-8 are
// shown by their codes.
func Clean(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsControl(r), directs(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// OneLine is Clean for text that must not begin a line of its own, such as the name of a file.
func OneLine(s string) string { return strings.ReplaceAll(Clean(s), "\n", `\n`) }

// InOneLine writes the names that stand in a message in one line each.
func InOneLine(message string, names ...string) string {
	for _, name := range names {
		if strings.Contains(name, "\n") {
			message = strings.ReplaceAll(message, name, strings.ReplaceAll(name, "\n", `\n`))
		}
	}
	return message
}

// directs reports whether r changes the direction in which the text after it is
// shown, so that a name can pose as another.
func directs(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// Plural writes a number with its noun: "1 party", "2 parties".
func Plural(n int, noun string) string {
	if n != 1 {
		if stem, ok := strings.CutSuffix(noun, "y"); ok {
			noun = stem + "ies"
		} else {
			noun += "s"
		}
	}
	return plain.Grouped(fmt.Sprint(n)) + " " + noun
}

// Kilobytes writes a number of bytes in thousands, rounded up.
func Kilobytes(n int) string { return plain.Grouped(fmt.Sprint((n+999)/1000)) + " kB" }
