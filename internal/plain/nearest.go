package plain

import (
	"slices"
	"strings"
)

// Nearest returns the candidate that was probably meant by a text: the first with the
// least edit distance to it, or else the first that begins with it. It is empty when
// none is near.
func Nearest(text string, candidates []string) string {
	const longest, most, begun = 64, 1000, 3
	if len(text) > longest {
		return ""
	}
	text, candidates = strings.ToLower(text), candidates[:min(len(candidates), most)]
	best, least := "", 1+max(1, (len(text)+1)/3)
	for _, c := range candidates {
		if len(c) <= longest {
			if d := distance(text, c); d < least {
				best, least = c, d
			}
		}
	}
	if k := slices.IndexFunc(candidates, func(c string) bool { return strings.HasPrefix(c, text) }); best == "" && len(text) >= begun && k >= 0 {
		return candidates[k]
	}
	return best
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
