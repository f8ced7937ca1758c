package plain

import (
	"strings"
	"unicode"
)

// Formula reports whether some spreadsheet may take a text for a formula: one that begins
// with =, +, - or @, also full-width, whatever blanks, invisible characters or quotation marks
// come before; or with a tab or line break, which some drop with the cell's beginning.
func Formula(text string) bool {
	if text != "" && strings.ContainsRune("\t\r\n", rune(text[0])) {
		return true
	}
	text = strings.TrimLeftFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || unicode.Is(unicode.Quotation_Mark, r)
	})
	return strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20\u2212", r) }) == 0
}
