package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/internal/plain"
)

const (
	maxProblems = 1000 // errors kept per file
	maxWarnings = 200  // warnings kept per file
	maxPrinted  = 100  // in Problems.Error
)

// A Problem is one thing that is wrong with a case file, or worth a second look.
type Problem struct {
	File         string // as given to Open or Parse
	Line, Column int    // from 1, in characters; 0 when the problem has no place
	Path         string // of the field, "parties.iran.scores.enrichment"; may be empty
	Message      string // what is wrong
	Fix          string // the likely fix, may be empty
	Warning      bool   // the file can be used as it stands
}

// String returns "file:line:column: path: message: fix".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Warning {
		b.WriteString("warning: ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Fix != "" {
		b.WriteString(": " + p.Fix)
	}
	return b.String()
}

// Problems are the problems of one file, in the order of their places.
type Problems []Problem

// Error returns one line per problem, at most 100, and says how many more there are.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i == maxPrinted {
			fmt.Fprintf(&b, "and %d more", len(ps)-i)
			return b.String()
		}
		b.WriteString(p.String())
		if i < len(ps)-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// quoted returns text in single quotes, shortened to stay readable in a message.
func quoted[T ~string](word T) string {
	text := string(word)
	const longest = 60
	clean := strings.Map(func(r rune) rune {
		if hidden(r) != "" || r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(clean); len(runes) > longest {
		clean = string(runes[:longest]) + "…"
	}
	return "'" + clean + "'"
}

// list joins names for a message: "a", "a and b", "a, b and c"; many are cut short.
func list(names []string, last string) string {
	const most = 8
	if len(names) > most {
		return fmt.Sprintf("%s %s %d more", strings.Join(names[:most], ", "), last, len(names)-most)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}

// didYouMean returns a question that suggests the candidate nearest to text, else
// a sentence with the candidates when they are few, else nothing.
func didYouMean[T, C ~string](text T, candidates []C) string {
	if best := plain.Nearest(text, candidates); best != "" {
		return fmt.Sprintf("did you mean '%s'?", best)
	}
	if n := len(candidates); n > 0 && n <= 8 {
		return "use " + list(Texts(candidates), "or")
	}
	return ""
}
