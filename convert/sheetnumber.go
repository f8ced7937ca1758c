package convert

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/plain"
)

// numbers finds out from all cells of the sheet how it writes numbers. Numbers that a
// workbook holds as numbers say nothing about that.
func (r *sheetReader) numbers() plain.Dialect {
	d := plain.Dialect{Semicolons: r.semicolons}
	for _, row := range r.sheet.rows[r.head+1:] {
		for _, c := range row {
			if c.kind != textCell || len(c.text) > 100 {
				continue
			}
			for _, part := range ends(c.text) {
				d.Learn(part)
			}
		}
	}
	return d
}

// number reads one number exactly, with decimals and thousands as people write them.
func (r *sheetReader) number(text string) (*big.Rat, error) {
	t, err := r.dialect.Number(text)
	if err != nil {
		return nil, err
	}
	n, err := casefile.ParseNumber(t)
	if err != nil {
		return nil, err
	}
	if n.Shape != casefile.Certain {
		return nil, fmt.Errorf("%s is a range, where one number is wanted", short(text))
	}
	return n.Mode, nil
}

// A score is what a cell says that an option is worth.
type score struct {
	value    string // as in a case file; empty when the cell has none
	number   bool   // the cell holds a number, a date, a truth value or a formula, readable or not
	mark     bool   // the option is a red line
	percent  bool
	err, fix string
}

var (
	markAfter  = regexp.MustCompile(`(?i)^(.*?)\s*(?:✗|✘|×|\bx|\bnever|\bred line)$`)
	markBefore = regexp.MustCompile(`(?i)^(?:✗|✘|×|x\b|never\b|red line\b)\s*:?\s*(.*)$`)
	unitAfter  = regexp.MustCompile(`(?i)\s*(points?|pts?\.?)$`)
	hyphen     = regexp.MustCompile(`(\d)\s*[-–—]\s*(\d)`)
	wordTo     = regexp.MustCompile(`(?i)\s+to\s+`)

	// What a spreadsheet shows or writes in a cell that is to hold a number: an error, a formula, a sum of money.
	meantNumber = regexp.MustCompile(`^(?:#(?:REF!|N/A|NAME\?|DIV/0!|VALUE!|NUM!|NULL!)|=.+|-?\p{Sc}\s*-?\d.*|-?\d[\d.,'’\p{Zs}]*\p{Sc})$`)

	dotted = strings.NewReplacer("…", "..", "...", "..", "−", "-")
)

var isoDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

const dateFix = "spreadsheets take 8-14 for a date: write a range as 8..14, or head a column of dates Note"

// nothing are the texts that say that there is no number.
var nothing = map[string]bool{"": true, "-": true, "–": true, "—": true, "n/a": true, "na": true, "none": true, "?": true}

// ends returns the numbers of a text such as 8..14, 8 – 14 or 8 to 14, as written.
func ends(text string) []string {
	text = unitAfter.ReplaceAllString(strings.TrimSpace(text), "")
	text = dotted.Replace(text)
	text = wordTo.ReplaceAllString(text, "..")
	for hyphen.MatchString(text) {
		text = hyphen.ReplaceAllString(text, "$1..$2")
	}
	parts := strings.Split(text, "..")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// scoreAt reads a cell as a score.
func (r *sheetReader) scoreAt(at spot) score {
	c := r.at(at)
	var s score
	if message, fix := c.broken(); message != "" {
		return score{number: true, err: message, fix: fix}
	}
	switch c.kind {
	case numberCell:
		return score{number: true, value: c.text}
	case percentCell:
		n, err := parseNumber(c.text)
		if err != nil {
			return score{number: true, err: err.Error()}
		}
		s.value, _ = numberText(n.Mul(n, big.NewRat(100, 1)))
		s.number, s.percent = true, true
		return s
	case dateCell:
		return score{number: true, err: fmt.Sprintf("a date (%s), where a number or range is wanted", c.text), fix: dateFix}
	}
	text := c.text
	if m := markAfter.FindStringSubmatch(text); m != nil {
		s.mark, text = true, m[1]
	} else if m := markBefore.FindStringSubmatch(text); m != nil {
		s.mark, text = true, m[1]
	}
	if nothing[words(text)] {
		return s
	}
	percent := strings.HasSuffix(text, "%")
	text = strings.TrimSuffix(text, "%")
	s.percent = percent
	const fix = "write a number such as 12.5, a range 8..14, or 8..10..14 with the most likely value"
	if isoDate.MatchString(text) {
		return score{err: fmt.Sprintf("a date (%s), where a number or range is wanted", text), fix: dateFix}
	}
	var parts []string
	if strings.Contains(text, "/") && !strings.Contains(text, "..") { // a fraction
		parts = []string{strings.TrimSpace(text)}
	} else {
		parts = ends(text)
	}
	for i, part := range parts {
		n, err := r.number(part)
		if err != nil && strings.Contains(err.Error(), "is not a number") {
			return score{number: words(text) == "true" || words(text) == "false" || meantNumber.MatchString(text), mark: s.mark, err: short(part) + " is not a number", fix: fix}
		}
		if err != nil {
			return score{number: true, mark: s.mark, err: err.Error()}
		}
		number, ok := numberText(n)
		if !ok {
			return score{number: true, mark: s.mark, err: fmt.Sprintf("%s has more digits than a case file holds", short(part)), fix: "round it"}
		}
		parts[i] = number
	}
	s.value, s.number = strings.Join(parts, ".."), true
	if _, err := casefile.ParseNumber(s.value); err != nil {
		return score{number: true, mark: s.mark, err: err.Error()}
	}
	return s
}
