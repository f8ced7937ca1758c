package plain

import (
	"fmt"
	"slices"
	"strings"
)

// Nearest returns the candidate that was probably meant by a text: the first with the
// least edit distance to it, or else the first that begins with it. It is empty when
// none is near.
func Nearest[T, C ~string](word T, candidates []C) C {
	const longest, most, begun = 64, 1000, 3
	text := string(word)
	if len(text) > longest {
		return ""
	}
	text, candidates = strings.ToLower(text), candidates[:min(len(candidates), most)]
	best, least := C(""), 1+max(1, (len(text)+1)/3)
	for _, c := range candidates {
		if len(c) <= longest {
			if d := distance(text, string(c)); d < least {
				best, least = c, d
			}
		}
	}
	if k := slices.IndexFunc(candidates, func(c C) bool { return strings.HasPrefix(string(c), text) }); best == "" && len(text) >= begun && k >= 0 {
		return candidates[k]
	}
	return best
}

// Meant goes on from a word that is not known: with what was probably meant or, where nothing is near,
// with what is known if that is not too much. It begins with a colon, or is empty.
func Meant[W, K ~string](word W, known []K) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	switch {
	case len(known) == 0:
		return ": it has none"
	case len(known) <= 24:
		return ": the choices are " + strings.Join(texts(known), ", ")
	}
	return ""
}

func texts[K ~string](ids []K) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}

// Grouped puts commas between the thousands of a decimal number's digits.
func Grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
