package convert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/plain"
)

// A column is a column of a score sheet that means something.
type column struct {
	at   int
	kind columnKind
	name string // heading, or the name in it
	none bool   // of a party or group: no cell of an option has a score that can be read
	id   string // from the row of ids
	of   int    // of a group, reasons or weights: position in columns of the party or group; -1: all
}

// A sheetReader turns a score sheet into a case. It goes on after a problem, so that
// all are told at once.
type sheetReader struct {
	*sheet
	head     int // row of the headings
	columns  []column
	parties  []int // positions in columns of parties, in their order
	groups   []int // of groups at home
	issues   []sheetIssue
	rows     map[rowKind][]int
	totals   map[int]bool // rows that add up others and are left out
	details  [details]spot
	has      [details]bool
	dialect  plain.Dialect
	notes    []Note
	problems []placed
}

// A placed problem is one of a cell.
type placed struct {
	at spot
	casefile.Problem
}

// A sheetIssue is the rows of an issue.
type sheetIssue struct {
	name, id  string
	key       string // its id in the case
	at        spot   // of its name
	rows      []int  // all of them
	options   []sheetOption
	grid      *grid
	unit      string
	note      string
	statusQuo int // position of an option; -1: none
}

type sheetOption struct {
	at   spot
	name string
	key  string // its id, or the number, in the case
	id   string
	note string
	pos  int // on the grid
}

// toCase reads the table as a case.
func (s *sheet) toCase(ctx context.Context, name string, notes []Note) (*casefile.File, []Note, error) {
	r := &sheetReader{sheet: s, head: s.headings(), rows: make(map[rowKind][]int), totals: make(map[int]bool), notes: notes}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	r.readDetails()
	r.readRows()
	r.dialect = r.numbers()
	r.readColumns()
	r.tellBroken()
	r.tellHidden()
	r.readIssues()
	answers := 0
	for i := range r.issues {
		answers += len(r.issues[i].options)
	}
	if rows := len(r.parties) + len(r.groups); answers > maxAnswers/(rows+1) {
		return nil, nil, fmt.Errorf("%s: %d options for %d parties and groups are more than fit a case file", name, answers, rows)
	}
	text := r.text()
	file, err := casefile.Parse(name+" as a case", []byte(text.String()))
	if problems := (casefile.Problems)(nil); errors.As(err, &problems) {
		err = r.located(text, problems)
	} else if len(r.problems) > 0 {
		err = r.located(text, nil)
	}
	return file, r.notes, err
}

// located returns the problems of the sheet with those that its text has as a case, by
// the cell from which each line of the text comes. Where the sheet has problems with
// scores, those of the text only repeat them.
func (r *sheetReader) located(text *caseText, problems casefile.Problems) casefile.Problems {
	all := slices.Clone(r.problems)
	for _, p := range problems {
		var at spot
		if p.Line > 0 && p.Line <= len(text.cells) {
			at = text.cells[p.Line-1]
		}
		told := slices.ContainsFunc(r.problems, func(q placed) bool { return q.at == at })
		if p.Warning || len(r.problems) > 0 && (told || strings.Contains(p.Path, "scores")) {
			continue
		}
		p.File, p.Line, p.Column = r.file, 0, 0
		if at != (spot{}) {
			p.File = r.place(at)
		}
		all = append(all, placed{at, p})
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at.row, b.at.row), cmp.Compare(a.at.col, b.at.col))
	})
	var out casefile.Problems
	for _, p := range all {
		out = append(out, p.Problem)
	}
	return out
}

// problem tells what is wrong with a cell. Of a cell whose formula is broken nothing else is told.
func (r *sheetReader) problem(at spot, message, fix string) {
	broken, _ := r.at(at).broken()
	told := slices.ContainsFunc(r.problems, func(p placed) bool { return p.at == at && (broken != "" || p.Message == message) })
	if !told && len(r.problems) < 1000 {
		r.problems = append(r.problems, placed{at, casefile.Problem{File: r.place(at), Message: message, Fix: fix}})
	}
}

func (r *sheetReader) note(at spot, format string, args ...any) {
	r.notes = append(r.notes, Note{r.place(at), fmt.Sprintf(format, args...)})
}

// readDetails reads the rows above the headings: a name, and to its right what it names.
func (r *sheetReader) readDetails() {
	for row := range r.head {
		for col, c := range r.sheet.rows[row] {
			if c.blank() {
				continue
			}
			value, ok := spot{}, false
			for next := col + 1; next < len(r.sheet.rows[row]); next++ {
				if v := r.at(spot{row, next}); !v.blank() && v.text != c.text {
					value, ok = spot{row, next}, true
					break
				}
			}
			k := slices.IndexFunc(detailNames[:], func(n string) bool {
				return words(n) == strings.TrimSuffix(words(c.text), ":")
			})
			switch {
			case k >= 0 && r.has[k]:
				r.problem(spot{row, col}, "a second row "+short(c.text), "keep one")
			case k >= 0 && ok:
				r.details[k], r.has[k] = value, true
			case k >= 0: // named, and left empty
			case !ok && !r.has[titleDetail] && row < 3:
				r.details[titleDetail], r.has[titleDetail] = spot{row, col}, true
			default:
				r.note(spot{row, col}, "%s above the headings is left out", short(c.text))
			}
			break
		}
	}
}

// column returns the column of a kind, or -1.
func (r *sheetReader) column(kind columnKind) int {
	for _, c := range r.columns {
		if c.kind == kind {
			return c.at
		}
	}
	return -1
}

// readRows sorts the rows below the headings. Columns of issues and options are the
// first with these headings.
func (r *sheetReader) readRows() {
	first := make(map[columnKind]int)
	for col, c := range r.sheet.rows[r.head] {
		kind, _ := headingOf(c.text)
		if _, ok := first[kind]; !ok {
			first[kind] = col
		}
	}
	issueAt, optionAt := first[issueColumn], first[optionColumn]
	idAt := func(row int, kind columnKind) string {
		if col, ok := first[kind]; ok {
			return r.at(spot{row, col}).text
		}
		return ""
	}
	began := make(map[string]spot) // where the issues of a name began, and those of a name and an id
	current := -1
	for row := r.head + 1; row < len(r.sheet.rows); row++ {
		blank := !slices.ContainsFunc(r.sheet.rows[row], func(c cell) bool { return !c.blank() })
		if blank {
			continue
		}
		label, option := r.at(spot{row, issueAt}), r.at(spot{row, optionAt})
		kind, known := knownRows[words(strings.TrimSuffix(label.text, ":"))]
		needsOption := kind == redLineRow || kind == adjustmentRow || kind == requirementRow
		switch {
		case known && needsOption, known && option.blank():
			if kind == totalRow {
				r.note(spot{row, issueAt}, "the row %s is left out", short(label.text))
				r.totals[row] = true
				continue
			}
			r.rows[kind] = append(r.rows[kind], row)
			continue
		}
		name := label.text
		if before, after, ok := strings.Cut(name, ":"); ok && words(before) == "issue" {
			name = strings.TrimSpace(after)
		}
		id := idAt(row, issueIDColumn)
		switch {
		case name == "" && current < 0:
			r.problem(spot{row, issueAt}, "an option without an issue", "write the issue's name here")
			continue
		case name == "":
		case current < 0 || words(r.issues[current].name) != words(name) || id != "" && r.issues[current].id != "" && id != r.issues[current].id:
			key := words(name)
			if id != "" {
				key += "\n" + id
			}
			if before, ok := began[key]; ok {
				r.problem(spot{row, issueAt}, fmt.Sprintf("the issue %s began in %s", short(name), before), "keep the rows of an issue together")
			}
			began[key] = spot{row, issueAt}
			r.issues = append(r.issues, sheetIssue{name: name, at: spot{row, issueAt}, statusQuo: -1})
			current = len(r.issues) - 1
		}
		is := &r.issues[current]
		if is.id == "" {
			is.id = id
		}
		is.rows = append(is.rows, row)
		if !option.blank() {
			is.options = append(is.options, sheetOption{at: spot{row, optionAt}, name: option.text, id: idAt(row, optionIDColumn)})
		}
	}
	if len(r.issues) == 0 {
		r.problem(spot{r.head, issueAt}, "no issues below the headings", "")
	}
}

// readColumns decides what each column is. A column whose heading says nothing else
// is a party when its cells say so, and otherwise left out.
func (r *sheetReader) readColumns() {
	taken := make(map[string]spot)
	for col, h := range r.sheet.rows[r.head] {
		at := spot{r.head, col}
		kind, name := headingOf(h.text)
		var cells columnCells
		if kind == otherColumn {
			cells = r.cellsOf(col)
		}
		if h.blank() {
			if cells.numbers > 0 {
				r.problem(at, "a column of numbers without a heading", "name the party, or clear the column")
			} else if cells.texts > 0 {
				r.note(cells.first, "the column has no heading and is left out")
			}
			continue
		}
		c := column{at: col, kind: kind, name: name, none: cells.scores == 0, of: -1}
		for _, row := range r.rows[idRow] {
			c.id = r.at(spot{row, col}).text
		}
		switch kind {
		case otherColumn:
			if _, ok := knownRows[words(name)]; ok && name == h.text || words(name) == "difference" || words(name) == "rank" {
				r.note(at, "the column %s is left out", short(h.text))
				continue
			}
			if cells.numbers == 0 && name == h.text && !r.namesGroup(name) && !r.hasTerms(col) {
				r.note(at, "the column %s has no scores and is left out", short(h.text))
				continue
			}
		case packageColumn, whyColumn, weightColumn: // several of them
		default:
			if other := r.column(kind); other >= 0 {
				r.note(at, "a second column %s is left out: %s is the first", short(h.text), columnName(other))
				continue
			}
		}
		key := fmt.Sprint(kind, " ", words(name))
		if before, ok := taken[key]; ok && kind != noteColumn {
			r.problem(at, fmt.Sprintf("the heading %s stands in %s, too", short(h.text), before), "give every column a name of its own")
			continue
		}
		taken[key] = at
		r.columns = append(r.columns, c)
	}
	for k := range r.columns {
		c := &r.columns[k]
		if c.kind != otherColumn {
			continue
		}
		party, group, ok := strings.Cut(c.name, atHome)
		if !ok {
			r.parties = append(r.parties, k)
			continue
		}
		of := r.partyColumn(strings.TrimSpace(party))
		if of < 0 || strings.TrimSpace(group) == "" {
			r.problem(spot{r.head, c.at}, fmt.Sprintf("%s is a group at home of %s, which has no column", short(c.name), short(party)), "name the party as in its own heading")
			continue
		}
		c.of = of
		r.groups = append(r.groups, k)
	}
	for k := range r.columns {
		c := &r.columns[k]
		if (c.kind == whyColumn || c.kind == weightColumn) && c.name != "" {
			if c.of = r.partyColumn(c.name); c.of < 0 {
				r.problem(spot{r.head, c.at}, fmt.Sprintf("the column is about %s, which has no column", short(c.name)), "name the party as in its own heading")
			}
		}
	}
	if len(r.parties) == 0 {
		r.problem(spot{r.head, 0}, "no column has scores", "give every party a column with its name as heading and a number for each option")
	}
}

// partyColumn returns the position in columns of a party or group, or -1.
func (r *sheetReader) partyColumn(name string) int {
	return slices.IndexFunc(r.columns, func(c column) bool { return c.kind == otherColumn && words(c.name) == words(name) })
}

// columnCells counts the cells of a column in rows of options.
type columnCells struct {
	scores  int  // that can be read
	numbers int  // that hold numbers, dates, truth values or formulas, the scores among them
	texts   int  // that hold something else
	first   spot // of these
}

func (r *sheetReader) cellsOf(col int) (n columnCells) {
	for _, is := range r.issues {
		for _, o := range is.options {
			at := spot{o.at.row, col}
			c := r.at(at)
			if c.blank() {
				continue
			}
			s := r.scoreAt(at)
			switch {
			case s.number:
				n.numbers++
				if s.err == "" {
					n.scores++
				}
			case n.texts == 0:
				n.first = at
				fallthrough
			default:
				n.texts++
			}
		}
	}
	return n
}

// namesGroup reports whether a heading names a group at home of a party that has a heading, too.
func (r *sheetReader) namesGroup(name string) bool {
	party, group, ok := strings.Cut(name, atHome)
	return ok && strings.TrimSpace(group) != "" && slices.ContainsFunc(r.sheet.rows[r.head], func(h cell) bool {
		kind, name := headingOf(h.text)
		return kind == otherColumn && words(name) == words(party)
	})
}

// hasTerms reports whether a column has something in the rows where only parties and groups do.
func (r *sheetReader) hasTerms(col int) bool {
	for _, kind := range []rowKind{noDealRow, votesRow, discountRow, adjustmentRow, redLineRow} {
		for _, row := range r.rows[kind] {
			at := spot{row, col}
			if r.at(at).blank() {
				continue
			}
			if s := r.scoreAt(at); s.number || kind == redLineRow && s.mark {
				return true
			}
		}
	}
	return false
}

// tellBroken tells of each formula that shows an error or nothing yet, wherever the sheet means
// something: an empty cell there would have a meaning of its own.
func (r *sheetReader) tellBroken() {
	tell := func(at spot) {
		if message, fix := r.at(at).broken(); message != "" {
			r.problem(at, message, fix)
		}
	}
	for d, has := range r.has {
		if has {
			tell(r.details[d])
		}
	}
	for row := r.head; row < len(r.sheet.rows); row++ {
		if r.totals[row] {
			continue
		}
		for _, c := range r.columns {
			tell(spot{row, c.at})
		}
	}
}

// tellHidden notes what counts and is not seen.
func (r *sheetReader) tellHidden() {
	if r.hidden {
		r.notes = append(r.notes, Note{r.file + ":" + r.name, "the sheet is hidden, and counts"})
	}
	first := func(row int) int {
		return slices.IndexFunc(r.sheet.rows[row], func(c cell) bool { return !c.blank() })
	}
	for _, rows := range runs(len(r.sheet.rows), func(row int) bool {
		return r.hiddenRows[row] && first(row) >= 0 && !r.totals[row]
	}) {
		at := spot{rows[0], first(rows[0])}
		if rows[0] == rows[1] {
			r.note(at, "row %d is hidden, and counts", rows[0]+1)
		} else {
			r.note(at, "rows %d to %d are hidden, and count", rows[0]+1, rows[1]+1)
		}
	}
	for _, c := range r.columns {
		if r.hiddenColumns[c.at] {
			r.note(spot{r.head, c.at}, "column %s is hidden, and counts", columnName(c.at))
		}
	}
}

// gridText matches what an issue of numbers says of itself.
var gridText = regexp.MustCompile(`(?i)^(.+?)\s*(?:\bto\b|\.\.|…|–)\s*(.+?)\s*,?\s*(?:\bby\b|\bstep\b|in steps of)\s*([-+]?[0-9][0-9.,]*)\s*,?\s*(.*)$`)

// readIssues gives issues and options their ids and finds the issues of numbers.
func (r *sheetReader) readIssues() {
	issueIDs := newNamer(nil)
	for i := range r.issues {
		issueIDs.used[r.issues[i].id] = true
	}
	quo, note := r.column(statusQuoColumn), r.column(noteColumn)
	for i := range r.issues {
		is := &r.issues[i]
		if is.key = is.id; is.key == "" {
			is.key = issueIDs.id(is.name, "issue")
		}
		r.readGrid(is)
		if len(is.options) == 0 && is.grid == nil {
			r.problem(is.at, "the issue has no options", "write one a row in the column of options, or delete the row if it adds up others")
			continue
		}
		ids := newNamer(nil)
		for k := range is.options {
			ids.used[is.options[k].id] = true
		}
		seen := make(map[string]spot)
		at := make(map[int]int) // position of the option of a row
		for k := range is.options {
			o := &is.options[k]
			at[o.at.row] = k
			switch {
			case is.grid != nil:
				o.key, _ = numberText(is.grid.at(o.pos))
			case o.id != "":
				o.key = o.id
			default:
				o.key = ids.id(o.name, "option")
			}
			key := words(o.name)
			if o.id != "" {
				key += "\n" + o.id
			}
			if before, ok := seen[key]; ok && is.grid == nil {
				r.problem(o.at, fmt.Sprintf("the option %s stands in %s, too", short(o.name), before), "give every option a name of its own")
			}
			seen[key] = o.at
		}
		for _, row := range is.rows {
			k, ok := at[row]
			if !ok {
				k = -1
			}
			if c := r.at(spot{row, note}); note >= 0 && !c.blank() {
				if k >= 0 && is.grid == nil {
					is.options[k].note = c.text
				} else {
					is.note = strings.TrimSpace(is.note + "\n" + c.text)
				}
			}
			c := r.at(spot{row, quo})
			if quo < 0 || unmarked(c.text) {
				continue
			}
			switch {
			case !isMark(c.text):
				r.problem(spot{row, quo}, short(c.text)+" is no mark", "write x in the row of the option in force today, and nothing in the others")
			case k < 0:
				r.problem(spot{row, quo}, "a mark in a row without an option", "mark the row of an option")
			case is.statusQuo >= 0 && is.statusQuo != k:
				r.problem(spot{row, quo}, fmt.Sprintf("a second status quo: the first is in row %d", is.options[is.statusQuo].at.row+1), "mark one option of an issue")
			default:
				is.statusQuo = k
			}
		}
	}
}

// readGrid finds out whether an issue is one of numbers: it says so in its first
// option, as in "3 to 9 by 3 months", or its options are equally distant numbers in
// ascending order, none of which has an id.
func (r *sheetReader) readGrid(is *sheetIssue) {
	if len(is.options) == 0 {
		return
	}
	options := is.options
	values := make([]*big.Rat, len(options))
	first := options[0]
	if m := gridText.FindStringSubmatch(strings.TrimSpace(first.name)); m != nil && first.id == "" {
		from, err1 := r.number(m[1])
		to, err2 := r.number(m[2])
		step, err3 := r.number(m[3])
		if err1 == nil && err2 == nil && err3 == nil {
			n := new(big.Rat)
			if step.Sign() > 0 {
				n.Quo(n.Sub(to, from), step)
			}
			if step.Sign() <= 0 || n.Sign() < 0 || !n.IsInt() || n.Cmp(big.NewRat(maxGrid-1, 1)) > 0 {
				r.problem(first.at, fmt.Sprintf("%s is no range: steps above 0 must lead from the first number to the last, at most %d of them", short(first.name), maxGrid), "write it as in 3 to 9 by 3 months")
				return
			}
			is.grid = &grid{from, step, int(n.Num().Int64()) + 1}
			is.unit = plainText(m[4])
			is.options = options[1:]
			for k := range is.options {
				o := &is.options[k]
				v, err := r.number(o.name)
				if err == nil {
					p := new(big.Rat).Sub(v, from)
					p.Quo(p, step)
					if p.IsInt() && p.Sign() >= 0 && p.Cmp(n) <= 0 {
						o.pos = int(p.Num().Int64())
						if k > 0 && o.pos <= is.options[k-1].pos {
							r.problem(o.at, fmt.Sprintf("%s does not come after the number above it", short(o.name)), "list the numbers in ascending order")
						}
						continue
					}
				}
				r.problem(o.at, fmt.Sprintf("%s is none of the numbers %s", short(o.name), short(first.name)), "")
			}
			return
		}
	}
	if len(options) < 2 {
		return
	}
	var step *big.Rat
	for k := range options {
		v, err := r.number(options[k].name)
		if err != nil || options[k].id != "" {
			return
		}
		values[k] = v
		if k == 0 {
			continue
		}
		d := new(big.Rat).Sub(v, values[k-1])
		if d.Sign() <= 0 || step != nil && d.Cmp(step) != 0 {
			return
		}
		step = d
	}
	for _, v := range append([]*big.Rat{step}, values...) {
		if text, ok := numberText(v); !ok || strings.Contains(text, "/") {
			return
		}
	}
	is.grid = &grid{values[0], step, len(values)}
	for k := range options {
		options[k].pos = k
	}
}

// text writes the case.
func (r *sheetReader) text() *caseText {
	w := &caseText{}
	w.line(spot{}, "goodoffices: 1")
	r.writeDetails(w)
	w.line(spot{}, "issues:")
	for i := range r.issues {
		is := &r.issues[i]
		w.line(is.at, "  %s:", is.key)
		w.named(is.at, "    title", is.name, is.key)
		w.text(is.at, "    note", is.note)
		if is.statusQuo >= 0 {
			w.line(is.options[is.statusQuo].at, "    status_quo: %s", is.options[is.statusQuo].key)
		}
		if g := is.grid; g != nil {
			from, _ := numberText(g.from)
			to, _ := numberText(g.at(g.n - 1))
			step, _ := numberText(g.step)
			w.line(is.at, "    range:")
			w.line(is.at, "      from: %s", from)
			w.line(is.at, "      to: %s", to)
			w.line(is.at, "      step: %s", step)
			w.text(is.at, "      unit", is.unit)
			continue
		}
		w.line(is.at, "    options:")
		for _, o := range is.options {
			if o.name == o.key && o.note == "" {
				w.line(o.at, "      %s: {}", o.key)
				continue
			}
			w.line(o.at, "      %s:", o.key)
			w.named(o.at, "        title", o.name, o.key)
			w.text(o.at, "        note", o.note)
		}
	}
	r.nameParties()
	w.line(spot{r.head, 0}, "parties:")
	for _, k := range r.parties {
		r.writeParty(w, k)
	}
	r.writeRequirements(w)
	r.writePackages(w)
	return w
}

func (r *sheetReader) writeDetails(w *caseText) {
	if r.has[idDetail] {
		w.line(r.details[idDetail], "id: %s", quote(r.at(r.details[idDetail]).text))
	} else {
		title := strings.TrimSuffix(filepath.Base(r.file), filepath.Ext(r.file))
		if r.has[titleDetail] {
			title = r.at(r.details[titleDetail]).text
		}
		id := newNamer(nil).id(title, "case")
		w.line(spot{}, "id: %s", id)
		if !r.has[titleDetail] {
			w.named(spot{}, "title", title, id)
		}
	}
	for d := range details {
		at := r.details[d]
		switch {
		case d == idDetail, !r.has[d]:
		case d == divisibleDetail:
			w.line(at, "divisible:")
			for _, id := range strings.FieldsFunc(r.at(at).text, func(c rune) bool { return strings.ContainsRune(", ;\n", c) }) {
				w.line(at, "  - %s", quote(id))
			}
		default:
			w.text(at, detailKeys[d], r.at(at).text)
		}
	}
}

// nameParties gives parties, groups and packages ids where they have none.
func (r *sheetReader) nameParties() {
	ids := newNamer(append([]string{"requires", "consent", "no_deal", "scores", "adjustments", "red_lines"}, "mediators"))
	home := make(map[int]*namer)
	packages := newNamer(nil)
	for _, c := range r.columns {
		ids.used[c.id] = true
	}
	for k := range r.columns {
		c := &r.columns[k]
		if c.id != "" {
			continue
		}
		switch {
		case c.kind == packageColumn:
			c.id = packages.id(c.name, "package")
		case c.kind == otherColumn && c.of < 0:
			c.id = ids.id(c.name, "party")
		case c.kind == otherColumn:
			if home[c.of] == nil {
				home[c.of] = newNamer(nil)
			}
			_, group, _ := strings.Cut(c.name, atHome)
			c.id = home[c.of].id(group, "group")
		}
	}
}

// writeParty writes a party: its column, those of its groups, and its rows.
func (r *sheetReader) writeParty(w *caseText, k int) {
	c := &r.columns[k]
	head := spot{r.head, c.at}
	w.line(head, "  %s:", c.id)
	w.named(head, "    title", c.name, c.id)
	redLines := r.writeScores(w, k, "    ")
	r.writeThreshold(w, k, "    no_deal")
	for _, row := range r.rows[discountRow] {
		if at := (spot{row, c.at}); !r.at(at).blank() {
			w.line(at, "    discount: %s", r.certain(at))
		}
	}
	note, id, option := r.column(noteColumn), r.column(optionIDColumn), r.column(optionColumn)
	for _, row := range r.rows[redLineRow] {
		at := spot{row, c.at}
		mark := r.at(at)
		if unmarked(mark.text) {
			continue
		}
		confidence, ok := confidenceOf(mark.text)
		if !ok {
			r.problem(at, short(mark.text)+" is no mark", "write x for the party whose red line it is, or x (high), x (medium), x (low)")
			continue
		}
		redLines = append(redLines, sheetRedLine{at: spot{row, option}, id: r.at(spot{row, id}).text, never: r.at(spot{row, option}).text,
			because: r.at(spot{row, note}).text, confidence: confidence})
	}
	for n, line := range redLines {
		if n == 0 {
			w.line(line.at, "    red_lines:")
		}
		w.line(line.at, "      - never: %s", quoteLines(line.never))
		if line.id != "" {
			w.line(line.at, "        id: %s", quote(line.id))
		}
		w.text(line.at, "        because", line.because)
		w.text(line.at, "        confidence", line.confidence)
	}
	first := true
	for _, row := range r.rows[adjustmentRow] {
		at := spot{row, c.at}
		if r.at(at).blank() {
			continue
		}
		if first {
			w.line(at, "    adjustments:")
			first = false
		}
		s := r.scoreAt(at)
		if s.err != "" || s.value == "" || s.mark {
			r.problem(at, "an adjustment is a number of points", s.err)
			continue
		}
		when := spot{row, option}
		condition := r.at(when).text
		word, box, isBox := strings.Cut(condition, " ")
		if word = strings.ToLower(word); isBox && (word == "within" || word == "outside") && boxText.MatchString(box) {
			w.line(when, "      - %s: %s", word, box)
		} else {
			w.line(when, "      - when: %s", quoteLines(condition))
		}
		if text := r.at(spot{row, id}).text; text != "" {
			w.line(spot{row, id}, "        id: %s", quote(text))
		}
		w.line(at, "        add: %s", s.value)
		w.text(spot{row, note}, "        because", r.at(spot{row, note}).text)
	}
	r.writeReasons(w, k, "    ")
	r.writeHome(w, k)
}

// boxText is what may stand in the answers of an adjustment: names and numbers.
var boxText = regexp.MustCompile(`^\{[-a-z0-9_.:, \[\]"]*\}$`)

// A sheetRedLine is a red line of one party.
type sheetRedLine struct {
	at                             spot
	id, never, because, confidence string
}

// confidenceOf reads the mark of a red line and how sure the analyst is of it.
func confidenceOf(text string) (string, bool) {
	mark, rest, _ := strings.Cut(words(text), " ")
	confidence := strings.Trim(rest, "()")
	switch {
	case isMark(text):
		return "", true
	case isMark(mark) && (confidence == "high" || confidence == "medium" || confidence == "low"):
		return confidence, true
	}
	return "", false
}

// writeScores writes what options are worth to a party or group, and returns the red
// lines that its cells mark.
func (r *sheetReader) writeScores(w *caseText, k int, indent string) []sheetRedLine {
	var redLines []sheetRedLine
	c := &r.columns[k]
	w.line(spot{r.head, c.at}, "%sscores:", indent)
	for i := range r.issues {
		is := &r.issues[i]
		if len(is.options) == 0 {
			if is.grid != nil {
				r.problem(is.at, "the issue has no rows with scores", "list at least its first and its last number below it")
			}
			continue
		}
		weight := r.weight(is, k)
		first := spot{is.options[0].at.row, c.at}
		filled := 0
		scores := make([]score, len(is.options))
		for n, o := range is.options {
			at := spot{o.at.row, c.at}
			s := r.scoreAt(at)
			scores[n] = s
			switch {
			case s.err != "":
				r.problem(at, s.err, s.fix)
			case s.value != "":
				filled++
			}
			if s.percent {
				r.percentNote(at)
			}
			if !s.mark {
				continue
			}
			if c.of >= 0 {
				r.problem(at, "a red line of a group at home", "a group has a least number of points, in the row No deal; red lines are a party's")
				continue
			}
			literal := "'" + o.key + "'"
			if is.grid != nil {
				literal = o.key
			}
			redLines = append(redLines, sheetRedLine{at: at, id: markID(is.key, o.key), never: is.key + " == " + literal})
		}
		if filled == 0 {
			switch {
			case slices.ContainsFunc(scores, func(s score) bool { return s.err != "" }): // told already
			case c.none: // nobody is indifferent about everything by leaving it empty
				for _, o := range is.options {
					r.problem(spot{o.at.row, c.at}, fmt.Sprintf("no score for %s", short(o.name)), "write 0 if it is worth nothing")
				}
			default:
				r.note(first, "no scores of %s: it is taken to be indifferent between the options of %s", short(c.name), short(is.name))
			}
			w.line(first, "%s  %s: 0", indent, is.key)
			continue
		}
		w.line(first, "%s  %s:", indent, is.key)
		for n, o := range is.options {
			at := spot{o.at.row, c.at}
			s := scores[n]
			switch {
			case s.err != "":
			case s.value != "":
				value, err := weighted(s.value, weight)
				if err != nil {
					r.problem(at, err.Error(), "")
				}
				w.line(at, "%s    %s: %s", indent, o.key, value)
			case is.grid == nil:
				r.problem(at, fmt.Sprintf("no score for %s", short(o.name)), "write 0 if it is worth nothing")
			case o.pos == 0 || o.pos == is.grid.n-1:
				r.problem(at, fmt.Sprintf("no score for the first or last number, %s", short(o.name)), "scores between are read off a straight line, those at the ends are needed")
			}
		}
		if g := is.grid; g != nil && (is.options[0].pos != 0 || is.options[len(is.options)-1].pos != g.n-1) {
			from, _ := numberText(g.from)
			to, _ := numberText(g.at(g.n - 1))
			r.problem(first, fmt.Sprintf("the numbers listed must begin with %s and end with %s", from, to), "add a row for each")
		}
	}
	return redLines
}

// percentNote says at the first of them how percentages are read.
func (r *sheetReader) percentNote(at spot) {
	const text = "percentages are read as points: 60% is 60"
	if !slices.ContainsFunc(r.notes, func(n Note) bool { return n.Text == text }) {
		r.note(at, "%s", text)
	}
}

// markID is the id of a red line that is a mark in a cell.
func markID(issue, option string) string {
	id := newNamer(nil).id("no_"+issue+"_"+strings.NewReplacer("-", "minus_", ".", "_").Replace(option), "no")
	return id
}

// weight returns what the scores of an issue are multiplied by, nil for nothing.
func (r *sheetReader) weight(is *sheetIssue, party int) *big.Rat {
	var found *big.Rat
	for _, c := range r.columns {
		if c.kind != weightColumn || c.name != "" && c.of != party {
			continue
		}
		for _, row := range is.rows {
			at := spot{row, c.at}
			v := r.at(at)
			if v.blank() {
				continue
			}
			text := strings.TrimSpace(strings.TrimSuffix(v.text, "%"))
			n, err := r.number(text)
			if err != nil {
				r.problem(at, "the weight of an issue is a number", err.Error())
				break
			}
			if text != v.text {
				n.Mul(n, big.NewRat(1, 100))
			}
			if found == nil || c.name != "" {
				found = n
			}
			break
		}
	}
	return found
}

// weighted multiplies a number, as in a case file, by a weight.
func weighted(value string, weight *big.Rat) (string, error) {
	if weight == nil {
		return value, nil
	}
	n, err := casefile.ParseNumber(value)
	if err != nil {
		return "", err
	}
	if weight.Sign() < 0 {
		return "", errors.New("the weight of the issue is below 0")
	}
	for _, v := range []*big.Rat{n.Low, n.Mode, n.High} {
		if v == nil {
			continue
		}
		if _, ok := numberText(new(big.Rat).Mul(v, weight)); !ok {
			return "", errors.New("multiplied by the weight, the score has more digits than a case file holds")
		}
	}
	times := func(r *big.Rat) *big.Rat { return new(big.Rat).Mul(r, weight) }
	return casefile.Number{Shape: n.Shape, Low: times(n.Low), Mode: times(n.Mode), High: times(n.High)}.String(), nil
}

// writeThreshold writes the least that a party or group accepts.
func (r *sheetReader) writeThreshold(w *caseText, k int, key string) {
	c := &r.columns[k]
	set := -1
	for _, row := range r.rows[noDealRow] {
		at := spot{row, c.at}
		if r.at(at).blank() {
			continue
		}
		if set >= 0 {
			r.problem(at, fmt.Sprintf("a second no-deal value: the first is in row %d", set+1), "keep one")
			continue
		}
		set = row
		s := r.scoreAt(at)
		if s.percent {
			r.percentNote(at)
		}
		if s.err != "" || s.mark {
			r.problem(at, orText(s.err, "a no-deal value is a number of points"), s.fix)
			continue
		}
		if s.value == "" {
			continue
		}
		w.line(at, "%s:", key)
		indent := key[:len(key)-len(strings.TrimLeft(key, " "))]
		w.line(at, "%s  value: %s", indent, s.value)
		for _, why := range r.columns {
			if why.kind == whyColumn && why.of == k {
				w.text(spot{row, why.at}, indent+"  because", r.at(spot{row, why.at}).text)
			}
		}
	}
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// writeReasons writes why scores are what they are.
func (r *sheetReader) writeReasons(w *caseText, k int, indent string) {
	first := true
	for i := range r.issues {
		is := &r.issues[i]
		var at spot
		var texts []string
		for _, c := range r.columns {
			if c.kind != whyColumn || c.of != k {
				continue
			}
			for _, row := range is.rows {
				text := r.at(spot{row, c.at}).text
				if text == "" || slices.Contains(texts, text) {
					continue
				}
				if len(texts) == 0 {
					at = spot{row, c.at}
				}
				texts = append(texts, text)
			}
		}
		if len(texts) == 0 {
			continue
		}
		if first {
			w.line(at, "%sreasons:", indent)
			first = false
		}
		w.text(at, indent+"  "+is.key, strings.Join(texts, "\n"))
	}
}

// writeHome writes the groups at home of a party and its rule.
func (r *sheetReader) writeHome(w *caseText, party int) {
	c := &r.columns[party]
	var rule spot
	has := false
	for _, row := range r.rows[ratificationRow] {
		if at := (spot{row, c.at}); !r.at(at).blank() {
			rule, has = at, true
		}
	}
	first := true
	for _, k := range r.groups {
		g := &r.columns[k]
		if g.of != party {
			continue
		}
		head := spot{r.head, g.at}
		if first {
			w.line(head, "    ratification:")
			if has {
				w.line(rule, "      rule: %s", quoteLines(r.at(rule).text))
			}
			w.line(head, "      constituencies:")
			first = false
		}
		_, name, _ := strings.Cut(g.name, atHome)
		w.line(head, "        %s:", g.id)
		w.named(head, "          title", strings.TrimSpace(name), g.id)
		r.writeScores(w, k, "          ")
		r.writeThreshold(w, k, "          accepts_at")
		for _, row := range r.rows[votesRow] {
			if at := (spot{row, g.at}); !r.at(at).blank() {
				w.line(at, "          votes: %s", r.certain(at))
			}
		}
		r.writeReasons(w, k, "          ")
	}
	if has && first {
		r.problem(rule, "a rule of ratification, and no column for a group at home", "head the columns of groups as in "+c.name+atHome+"Parliament")
	}
	for _, row := range r.rows[votesRow] {
		if at := (spot{row, c.at}); !r.at(at).blank() {
			r.note(at, "votes of a party are left out: groups at home have votes")
		}
	}
}

// certain returns the number of a cell that must not be a range.
func (r *sheetReader) certain(at spot) string {
	s := r.scoreAt(at)
	if s.err != "" || s.mark || s.value == "" || strings.Contains(s.value, "..") {
		r.problem(at, orText(s.err, "one number must stand here"), s.fix)
		return "0"
	}
	return s.value
}

// ifThen matches a requirement with a condition of its own.
var ifThen = regexp.MustCompile(`(?is)^if\s+(.+?)\s+then\s+(.+)$`)

func (r *sheetReader) writeRequirements(w *caseText) {
	label, option := r.column(issueColumn), r.column(optionColumn)
	note, id := r.column(noteColumn), r.column(optionIDColumn)
	for n, row := range r.rows[requirementRow] {
		at := spot{row, option}
		if n == 0 {
			w.line(at, "requires:")
		}
		text := r.at(at).text
		if m := ifThen.FindStringSubmatch(text); m != nil {
			w.line(at, "  - if: %s", quoteLines(m[1]))
			w.line(at, "    then: %s", quoteLines(m[2]))
		} else {
			w.line(at, "  - then: %s", quoteLines(text))
		}
		if kind, _, ok := strings.Cut(words(r.at(spot{row, label}).text), " "); ok {
			w.line(spot{row, label}, "    kind: %s", kind)
		}
		if text := r.at(spot{row, id}).text; text != "" {
			w.line(spot{row, id}, "    id: %s", quote(text))
		}
		w.text(spot{row, note}, "    because", r.at(spot{row, note}).text)
	}
}

func (r *sheetReader) writePackages(w *caseText) {
	first := true
	for _, c := range r.columns {
		if c.kind != packageColumn {
			continue
		}
		head := spot{r.head, c.at}
		if first {
			w.line(head, "packages:")
			first = false
		}
		w.line(head, "  %s:", c.id)
		w.named(head, "    title", c.name, c.id)
		var settled caseText
		outcome := head // or a cell with a wrong mark, of which nothing more is told
		for i := range r.issues {
			is := &r.issues[i]
			chosen := -1
			for n, o := range is.options {
				at := spot{o.at.row, c.at}
				v := r.at(at)
				switch {
				case unmarked(v.text):
				case !isMark(v.text):
					r.problem(at, short(v.text)+" is no mark", "write x in the row of each option that the package has")
					outcome = at
				case chosen >= 0:
					r.problem(at, fmt.Sprintf("the package has two options of %s: the other is in row %d", short(is.name), is.options[chosen].at.row+1), "mark one option of an issue")
				default:
					chosen = n
					settled.line(at, "      %s: %s", is.key, is.options[n].key)
				}
			}
		}
		if settled.Len() == 0 && outcome == head {
			r.problem(head, "a package without marks", "write x in the row of each option that the package has")
		}
		w.line(outcome, "    outcome:")
		w.WriteString(settled.String())
		w.cells = append(w.cells, settled.cells...)
	}
}

// A caseText is the text of a case, and for each of its lines the cell it comes from.
type caseText struct {
	strings.Builder
	cells []spot
}

// line writes a line.
func (w *caseText) line(at spot, format string, args ...any) {
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
	w.cells = append(w.cells, at)
}

// text writes a text under a key, nothing when there is none.
func (w *caseText) text(at spot, key, text string) {
	if text = cellText(text); text != "" {
		w.line(at, "%s: %s", key, quoteLines(text))
	}
}

// named writes a name where it says more than the id.
func (w *caseText) named(at spot, key, name, id string) {
	if name != id {
		w.text(at, key, name)
	}
}

// quoteLines writes a text of several lines in YAML's double quotes.
func quoteLines(text string) string { return strings.ReplaceAll(quote(text), "\n", `\n`) }
