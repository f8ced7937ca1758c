package report

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean returns s without what could steer a terminal or hide text: control
// characters, bidirectional overrides, embeddings and isolates, tag characters
// and invalid UTF-8. White space of any kind becomes one space. Marks that
// right-to-left scripts need, such as the zero-width non-joiner, stay.
func clean(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case hidden(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// percentage matches a number that a line may end behind, before its per cent sign.
var percentage = regexp.MustCompile(`(\d) %`)

// unbroken holds numbers and per cent signs together.
func unbroken(s string) string { return percentage.ReplaceAllString(s, "$1\u00a0%") }

// cleanPage drops from a whole page the runes that [clean] drops, but keeps line
// breaks and tabs. It holds numbers and per cent signs of the text together.
func cleanPage(page []byte) []byte {
	if from := bytes.Index(page, []byte("<body>")); from >= 0 {
		to := bytes.LastIndex(page, []byte("<script>")) // whose hash is in the policy
		if to < from {
			to = len(page)
		}
		page = slices.Concat(page[:from], percentage.ReplaceAll(page[from:to], []byte("$1\u00a0%")), page[to:])
	}
	out := make([]byte, 0, len(page))
	for len(page) > 0 {
		r, n := utf8.DecodeRune(page)
		if r == '\n' || r == '\t' || !hidden(r) {
			out = append(out, page[:n]...)
		}
		page = page[n:]
	}
	return out
}

func hidden(r rune) bool {
	switch {
	case r == utf8.RuneError, r == 0xFEFF,
		r < 0x20, r >= 0x7F && r < 0xA0,
		r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069,
		r >= 0x2028 && r <= 0x2029, r >= 0xFFF9 && r <= 0xFFFB,
		r >= 0xE0000 && r <= 0xE007F:
		return true
	}
	return false
}

// width returns the number of terminal cells that s takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case wide(r):
		return 2
	}
	return 1
}

// wide reports whether terminals give r two cells: the East Asian wide and
// fullwidth blocks.
func wide(r rune) bool {
	return r >= 0x1100 && r <= 0x115F || r >= 0x2E80 && r <= 0xA4CF ||
		r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF ||
		r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFF60 ||
		r >= 0xFFE0 && r <= 0xFFE6 || r >= 0x1F300 && r <= 0x1FAFF ||
		r >= 0x20000 && r <= 0x3FFFD
}

// fit cuts s to at most n cells, ending in an ellipsis where it was cut.
func fit(s string, n int) string {
	if width(s) <= n {
		return s
	}
	var b strings.Builder
	used := 0
	for _, r := range s {
		w := runeWidth(r)
		if used+w > n-1 {
			break
		}
		b.WriteRune(r)
		used += w
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// wrap breaks s into lines of at most n cells, n at least 2, between words where
// it can and within a word that is longer than a line.
func wrap(s string, n int) []string {
	var lines []string
	var line strings.Builder
	used := 0
	end := func() {
		lines = append(lines, line.String())
		line.Reset()
		used = 0
	}
	// Not at a blank that holds a number and its unit together.
	for _, word := range strings.FieldsFunc(unbroken(s), func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
		w := width(word)
		switch {
		case used > 0 && used+1+w <= n:
			line.WriteByte(' ')
			used++
		case used > 0:
			end()
		}
		if w <= n {
			line.WriteString(word)
			used += w
			continue
		}
		for _, r := range word {
			w := runeWidth(r)
			if used+w > n {
				end()
			}
			line.WriteRune(r)
			used += w
		}
	}
	if line.Len() > 0 {
		end()
	}
	return lines
}
