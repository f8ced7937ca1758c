package vote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goodoffices/goodoffices/internal/plain"
)

// Limits of a file of groups.
const (
	maxGroups    = 10_000
	MaxGroupFile = 4 << 20 // bytes
)

// columns maps what people call a column to its meaning.
var columns = map[string]string{
	"group": "name", "name": "name", "canton": "name", "state": "name", "member": "name", "community": "name", "country": "name", "jurisdiction": "name",
	"yes": "yes", "for": "yes", "aye": "yes", "no": "no", "against": "no", "nay": "no", "abstain": "abstain", "abstained": "abstain", "abstentions": "abstain",
	"weight": "weight", "votes": "weight", "population": "population", "people": "population", "veto": "veto", "vote": "answer", "answer": "answer",
}

// ParseGroups reads groups from a table of separated values with a first line of column
// names, or from a JSON list of objects with the same names: name; yes, no and abstain,
// the votes within the group, or vote, its one answer (yes, no, abstain, absent); weight,
// a decimal such as 0.5 (absent: 1); population; veto (yes or no). Tables may have commas,
// semicolons or tabs, decimal commas, and points, commas, apostrophes or blanks between
// thousands.
//
// Other columns are an error, since a misspelt one would otherwise be silently left out. So
// are a group that is there twice, rows that add up others, and votes that are not given.
func ParseGroups(data []byte) ([]Group, error) {
	if len(data) > MaxGroupFile {
		return nil, fmt.Errorf("more than %d bytes", MaxGroupFile)
	}
	text, _, err := plain.UTF8(data)
	if err != nil {
		return nil, err
	}
	r := &groupReader{named: make(map[string]string)}
	var rows []groupRow
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '[' {
		rows, err = readList(trimmed)
	} else {
		rows, err = r.readTable(text)
	}
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, errors.New("no groups: give a line of column names (group,yes,no or group,vote) and a line for each group")
	case len(rows) > maxGroups:
		return nil, fmt.Errorf("%d groups, more than the limit of %d", len(rows), maxGroups)
	}
	groups := make([]Group, len(rows))
	for i := range rows {
		if groups[i], err = r.read(&rows[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", rows[i].at, err)
		}
	}
	if n := len(r.named); n > 0 && n < len(groups) {
		return nil, fmt.Errorf("%s has no name: name the group, or delete the row if it adds up others", r.nameless)
	}
	if i := addsUp(groups); i >= 0 {
		return nil, fmt.Errorf("%s adds up all others, and would count as one more group: delete it", rows[i].at)
	}
	for i := range groups {
		if groups[i].Name == "" {
			groups[i].Name = fmt.Sprintf("group %d", i+1)
		}
	}
	return groups, nil
}

// A groupRow is what a file says of one group.
type groupRow struct {
	at     string // as in "line 3"
	keys   []string
	values []string
}

// A groupReader reads the groups of one file.
type groupReader struct {
	dialect  plain.Dialect
	named    map[string]string // where a name stands, in lower case with single blanks
	nameless string            // place of the first group without a name
}

// readTable reads rows of separated values. Those that begin with # are comments.
func (r *groupReader) readTable(text []byte) ([]groupRow, error) {
	isHead := func(row []string) bool { return len(row) > 0 && !strings.HasPrefix(strings.TrimSpace(row[0]), "#") }
	t, err := plain.Read(text, func(rows [][]string) int {
		fit := 0 // what is known counts first, then into how much the names come apart
		if head := slices.IndexFunc(rows, isHead); head >= 0 {
			for _, key := range rows[head] {
				if columns[words(key)] != "" {
					fit += maxGroups
				}
			}
			fit += len(rows[head])
		}
		return fit
	})
	if err != nil {
		return nil, fmt.Errorf("not a table of groups: %w", err)
	}
	r.dialect.Semicolons = t.Separator == ';'
	var head []string
	var rows []groupRow
	for i, cells := range t.Rows {
		row := groupRow{at: fmt.Sprintf("line %d", t.Lines[i])}
		switch {
		case !isHead(cells), strings.TrimSpace(strings.Join(cells, "")) == "":
			continue
		case head == nil:
			head = cells
			if err := r.headings(head); err != nil {
				return nil, fmt.Errorf("%s: %w", row.at, err)
			}
			continue
		}
		for k := range max(len(cells), len(head)) {
			cell, key := "", ""
			if k < len(cells) {
				cell = strings.TrimSpace(cells[k])
			}
			if k < len(head) {
				key = strings.TrimSpace(head[k])
			}
			r.dialect.Learn(cell)
			switch {
			case key != "":
				row.keys, row.values = append(row.keys, key), append(row.values, cell)
			case cell != "":
				return nil, fmt.Errorf("%s: %q stands in a column without a name: name the column, or put a cell with the separator in it in quotes", row.at, cell)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// headings refuses names of columns that mean nothing, or the same.
func (r *groupReader) headings(head []string) error {
	named := make(map[string]bool)
	for _, key := range head {
		if key = strings.TrimSpace(key); key == "" {
			continue
		}
		meaning, err := meaningOf(key)
		if err != nil {
			return err
		}
		if named[meaning] {
			return fmt.Errorf("two columns mean %s: keep one", meaning)
		}
		named[meaning] = true
	}
	return nil
}

// meaningOf returns what a column is by its name.
func meaningOf(key string) (string, error) {
	meaning, ok := columns[words(key)]
	if !ok {
		return "", fmt.Errorf("unknown column %q: the columns are group, yes, no, abstain or vote, weight, population, veto", key)
	}
	return meaning, nil
}

// readList reads a JSON list of objects.
func readList(text []byte) ([]groupRow, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	bad := func(err error) error { return fmt.Errorf("not a JSON list of groups: %w", err) }
	if _, err := d.Token(); err != nil {
		return nil, bad(err)
	}
	var rows []groupRow
	for d.More() {
		if len(rows) > maxGroups {
			return rows, nil // whose number is told
		}
		row := groupRow{at: fmt.Sprintf("group %d", len(rows)+1)}
		if tok, err := d.Token(); err != nil {
			return nil, bad(err)
		} else if tok != json.Delim('{') {
			return nil, bad(fmt.Errorf("%s is not an object", row.at))
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, bad(err)
			}
			value, err := d.Token()
			if err != nil {
				return nil, bad(err)
			}
			if _, nested := value.(json.Delim); nested {
				return nil, bad(fmt.Errorf("%s: %v is a list or an object", row.at, key))
			}
			if value == nil {
				value = ""
			}
			row.keys, row.values = append(row.keys, fmt.Sprint(key)), append(row.values, strings.TrimSpace(fmt.Sprint(value)))
		}
		if _, err := d.Token(); err != nil {
			return nil, bad(err)
		}
		rows = append(rows, row)
	}
	if _, err := d.Token(); err != nil {
		return nil, bad(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows the JSON list of groups")
	}
	return rows, nil
}

// addsUp returns the position of the group whose votes are those of all others together, -1 if there is none. Few
// votes may be so by chance.
func addsUp(groups []Group) int {
	const byChance = 100
	var yes, no, abstain int64
	for i := range groups {
		yes, no, abstain = yes+groups[i].Yes, no+groups[i].No, abstain+groups[i].Abstain
	}
	if len(groups) < 3 || yes+no <= 2*byChance || yes == 0 || no == 0 {
		return -1
	}
	return slices.IndexFunc(groups, func(g Group) bool { return 2*g.Yes == yes && 2*g.No == no && 2*g.Abstain == abstain })
}

// words returns a text in lower case with single blanks and without what cannot be seen, for comparison.
func words(text string) string {
	seen := strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, text)
	return strings.ToLower(strings.Join(strings.Fields(seen), " "))
}

// read reads one group.
func (r *groupReader) read(row *groupRow) (g Group, err error) {
	has := make(map[string]bool) // whether a column has a value here
	for k, key := range row.keys {
		meaning, err := meaningOf(key)
		if err != nil {
			return g, err
		}
		if _, twice := has[meaning]; twice {
			return g, fmt.Errorf("two columns mean %s: keep one", meaning)
		}
		value := row.values[k]
		if has[meaning] = value != ""; value == "" {
			continue
		}
		switch meaning {
		case "name":
			g.Name = value
		case "yes":
			g.Yes, err = whole(value)
		case "no":
			g.No, err = whole(value)
		case "abstain":
			g.Abstain, err = whole(value)
		case "population":
			g.Population, err = whole(value)
		case "weight":
			g.Weight, err = r.units(value)
		case "veto":
			g.Veto, err = veto(value)
		case "answer":
			g.Answer, err = answerOf(value)
		}
		if err != nil {
			return g, err
		}
	}
	if err := r.name(g.Name, row.at); err != nil {
		return g, err
	}
	_, answers := has["answer"]
	_, yes := has["yes"]
	_, no := has["no"]
	switch {
	case answers && (yes || no):
		return g, errors.New("both votes within the group and one answer of it: keep one")
	case !answers && !(yes && no):
		return g, errors.New("no votes: give the columns yes and no, or vote")
	case answers && !has["answer"]:
		return g, errors.New("its vote is not given: write yes, no, abstain or absent")
	case !answers && !(has["yes"] && has["no"]):
		return g, errors.New("its yes or its no votes are not given: write 0 where there were none")
	}
	return g, nil
}

// name refuses a group that is there already, and a row that adds up others.
func (r *groupReader) name(name, at string) error {
	w := words(name)
	before, twice := r.named[w]
	plainly := strings.TrimFunc(w, unicode.IsPunct)
	first, _, _ := strings.Cut(plainly, " ")
	switch {
	case name == "":
		if r.nameless == "" {
			r.nameless = at
		}
		return nil
	case twice:
		return fmt.Errorf("the group %q is there already, in %s: keep one, since each counts", name, before)
	case slices.Contains(plain.Totals, plainly), first == "total", first == "totals":
		return fmt.Errorf("%q is a row that adds up others, and would count as one more group: delete it, or rename a group that is really called so", name)
	}
	r.named[w] = at
	return nil
}

func veto(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "yes", "true", "1":
		return true, nil
	case "no", "false", "0":
		return false, nil
	}
	return false, fmt.Errorf("veto is %q: write yes or no", text)
}

func answerOf(text string) (Answer, error) {
	switch strings.ToLower(text) {
	case "yes", "for", "favour", "favor", "in favour", "aye", "true":
		return Favour, nil
	case "no", "against", "nay", "false":
		return Against, nil
	case "abstain", "abstained", "abstention", "absent", "none", "neither":
		return Neither, nil
	}
	return Neither, fmt.Errorf("vote is %q: write yes, no, abstain or absent", text)
}

// thousands matches whole numbers in groups of digits, those of India among them.
var (
	thousands = regexp.MustCompile(`^[1-9]\d{0,2}((\.\d{2,3})*\.\d{3}|(,\d{2,3})*,\d{3}|(['’]\d{2,3})*['’]\d{3}|(\p{Zs}\d{2,3})*\p{Zs}\d{3})$`)
	between   = regexp.MustCompile(`[.,'’\p{Zs}]`)
)

// whole reads a number of votes. Since it is whole, what stands between its digits parts thousands.
func whole(text string) (int64, error) {
	digits := text[:min(len(text), 64)]
	if thousands.MatchString(digits) {
		digits = between.ReplaceAllString(digits, "")
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if len(text) > 64 || !ok || n.Sign() < 0 || !n.IsInt64() || n.Int64() > maxVotes {
		return 0, fmt.Errorf("%q is no number of votes from 0 to %d", text, int64(maxVotes))
	}
	return n.Int64(), nil
}

// units reads a weight in units of 1/Per.
func (r *groupReader) units(text string) (int64, error) {
	number, err := r.dialect.Number(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("weight %w", err)
	case len(number) > 32 || strings.ContainsAny(number, "eEpPxX_"):
		return 0, fmt.Errorf("%q is no weight: write a number such as 0.5", text)
	}
	v, ok := new(big.Rat).SetString(number)
	if !ok || v.Sign() <= 0 {
		return 0, fmt.Errorf("%q is no weight: write a number above 0 such as 0.5", text)
	}
	v.Mul(v, big.NewRat(Per, 1))
	if !v.IsInt() || !v.Num().IsInt64() || v.Num().Int64() > maxVotes/maxGroups {
		return 0, fmt.Errorf("weight %s: weights are counted in sixtieths, so that halves, thirds and tenths are exact; multiply all of them", text)
	}
	return v.Num().Int64(), nil
}
