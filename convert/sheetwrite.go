package convert

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
)

// maxListed is the largest number of numbers of an issue that a sheet lists one by one;
// of more, those at which a score is given.
const maxListed = 50

// A sheetWriter lays a case out as a score sheet.
type sheetWriter struct {
	*sheet
	c       *casefile.Case
	notes   []Note
	head    int
	columns []writtenColumn
	quo     int
	note    int // columns
	issueID int
	option  int
}

// A writtenColumn is a column of the sheet beyond those of issues.
type writtenColumn struct {
	heading, id string
	kind        columnKind
	party       *casefile.Party
	group       *casefile.Constituency // nil for a party
	pack        *casefile.Package
	reasons     casefile.Map[casefile.IssueID, casefile.Reason]
	threshold   *casefile.Threshold
}

func (w *writtenColumn) scores() casefile.Map[casefile.IssueID, casefile.IssueScores] {
	if w.group != nil {
		return w.group.Scores
	}
	return w.party.Scores
}

// sheetOf lays a case out as a score sheet, and notes what the sheet has no place for.
func sheetOf(c *casefile.Case) (*sheet, []Note) {
	w := &sheetWriter{sheet: &sheet{name: "Scores"}, c: c}
	w.writeDetails()
	w.chooseColumns()
	w.writeHeadings()
	row := w.head + 1
	names := names(c.Issues.Len(), func(k int) (id, title string) {
		issue, is := c.Issues.At(k)
		return string(issue), is.Title
	})
	for k, name := range names {
		row = w.writeIssue(row, k, name)
	}
	w.writeFoot(row + 1)
	w.leftOut()
	w.look()
	return w.sheet, w.notes
}

func (w *sheetWriter) leave(place, format string, args ...any) {
	w.notes = append(w.notes, Note{place, fmt.Sprintf(format, args...)})
}

// text puts a text in a cell; what Excel cannot hold is cut and noted.
func (w *sheetWriter) text(at spot, style cellStyle, text string) {
	if runes := []rune(text); len(runes) > maxCellText {
		text = string(runes[:maxCellText-1]) + "…"
		w.leave(at.String(), "a text is cut after %d characters", maxCellText-1)
	}
	w.put(at, cell{text: text, style: style})
}

// number puts a number of the case in a cell.
func (w *sheetWriter) number(at spot, style cellStyle, n casefile.Number, mark string) {
	text := n.String()
	kind := textCell
	if n.Shape == casefile.Certain && mark == "" && !strings.Contains(text, "/") && exactInWorkbook(text) {
		kind = numberCell
	}
	w.put(at, cell{kind: kind, text: text + mark, style: style})
}

func (w *sheetWriter) writeDetails() {
	c := w.c
	texts := [details]string{c.Title, c.ID, c.About, string(c.AsOf), c.Analyst, c.Marking, c.Consent, strings.Join(c.Divisible, ", ")}
	row := 0
	for d := range details {
		if texts[d] == "" {
			continue
		}
		style := detailStyle
		if d == titleDetail {
			style = titleStyle
		}
		w.text(spot{row, 0}, keyStyle, detailNames[d])
		w.text(spot{row, 1}, style, texts[d])
		row++
	}
	w.head = row + 1
}

// chooseColumns decides which columns there are: each party and its groups at home,
// packages, then the reasons of those who have some.
func (w *sheetWriter) chooseColumns() {
	c := w.c
	partyNames := names(c.Parties.Len(), func(k int) (id, title string) {
		party, p := c.Parties.At(k)
		return string(party), withoutArrow(p.Title)
	})
	for k, name := range partyNames {
		id, p := c.Parties.At(k)
		w.columns = append(w.columns, writtenColumn{heading: heading(name), id: string(id), party: &p, reasons: p.Reasons, threshold: p.NoDeal})
		if p.Ratification == nil {
			continue
		}
		groups := p.Ratification.Constituencies
		for n, groupName := range names(groups.Len(), func(k int) (id, title string) {
			id, g := groups.At(k)
			return id, g.Title
		}) {
			id, g := groups.At(n)
			w.columns = append(w.columns, writtenColumn{heading: heading(name) + atHome + groupName, id: id, party: &p, group: &g, reasons: g.Reasons, threshold: g.AcceptsAt})
		}
	}
	scored := len(w.columns)
	for k, name := range names(c.Packages.Len(), func(k int) (id, title string) {
		id, p := c.Packages.At(k)
		return id, p.Title
	}) {
		id, p := c.Packages.At(k)
		w.columns = append(w.columns, writtenColumn{heading: "Package: " + name, id: id, kind: packageColumn, pack: &p})
	}
	for _, col := range w.columns[:scored] {
		if col.reasons.Len() > 0 || col.threshold != nil && col.threshold.Because != "" {
			col.heading, col.kind, col.id = "Why: "+strings.TrimPrefix(col.heading, "Party: "), whyColumn, ""
			w.columns = append(w.columns, col)
		}
	}
}

// withoutArrow returns a title that cannot be taken for that of a group, else none.
func withoutArrow(title string) string {
	if strings.Contains(title, atHome) {
		return ""
	}
	return title
}

// Columns before those of parties.
const (
	issueAt = iota
	optionAt
	statusQuoAt
	firstColumn
)

func (w *sheetWriter) writeHeadings() {
	w.quo, w.note = statusQuoAt, firstColumn+len(w.columns)
	w.issueID, w.option = w.note+1, w.note+2
	heads := []string{"Issue", "Option", "Status quo"}
	for _, c := range w.columns {
		heads = append(heads, c.heading)
	}
	for col, text := range append(heads, "Note", "Issue id", "Option id") {
		w.text(spot{w.head, col}, headStyle, text)
	}
}

// writeIssue writes the rows of an issue and returns the row after them.
func (w *sheetWriter) writeIssue(row, k int, name string) int {
	id, is := w.c.Issues.At(k)
	first := row
	w.text(spot{row, issueAt}, issueStyle, issueName(name))
	w.text(spot{row, w.issueID}, idStyle, string(id))
	if is.Range != nil || is.Note != "" { // a row that speaks of the issue as a whole
		if r := is.Range; r != nil {
			text := fmt.Sprintf("%s to %s by %s", r.From, r.To, r.Step)
			if r.Unit != "" {
				text += " " + r.Unit
			}
			w.text(spot{row, optionAt}, plainStyle, text)
		}
		w.text(spot{row, w.note}, textStyle, is.Note)
		row++
	}
	titles := names(is.Options.Len(), func(o int) (id, title string) {
		id, option := is.Options.At(o)
		return id, option.Title
	})
	lines := w.redLineCells(string(id))
	for o := range is.Len() {
		option := is.OptionID(o)
		if is.Range != nil && !w.listed(string(id), &is, o) {
			continue
		}
		if is.Range != nil {
			n, _ := casefile.ParseNumber(option)
			w.number(spot{row, optionAt}, plainStyle, n, "")
		} else {
			_, given := is.Options.At(o)
			w.text(spot{row, optionAt}, plainStyle, titles[o])
			w.text(spot{row, w.option}, idStyle, option)
			w.text(spot{row, w.note}, textStyle, given.Note)
		}
		w.put(spot{row, w.quo}, cell{style: markStyle})
		if is.StatusQuo == option {
			w.put(spot{row, w.quo}, cell{text: "x", style: markStyle})
		}
		for n := range w.columns {
			w.writeOption(spot{row, firstColumn + n}, &w.columns[n], string(id), option, lines)
		}
		row++
	}
	for n := range w.columns {
		if c := &w.columns[n]; c.kind == whyColumn {
			reason, _ := c.reasons.Get(id)
			w.text(spot{first, firstColumn + n}, textStyle, reason.Text)
		}
	}
	if row > first+1 {
		w.merged = append(w.merged, [4]int{first, issueAt, row - 1, issueAt})
	}
	return row
}

// writeOption writes what a column says of an option.
func (w *sheetWriter) writeOption(at spot, c *writtenColumn, issue, option string, lines map[[2]string]bool) {
	switch c.kind {
	case packageColumn:
		w.put(at, cell{style: markStyle})
		if chosen, ok := c.pack.Outcome.Get(casefile.IssueID(issue)); ok && chosen == option {
			w.put(at, cell{text: "x", style: markStyle})
		}
	case otherColumn:
		w.put(at, cell{style: scoreStyle})
		scores, ok := c.scores().Get(casefile.IssueID(issue))
		n, given := scores.At.Get(option)
		if scores.Same != nil {
			n, given = *scores.Same, true
		}
		mark := ""
		if c.group == nil && lines[[2]string{c.id, option}] {
			mark = " x"
		}
		switch {
		case ok && given:
			w.number(at, scoreStyle, n, mark)
		case mark != "":
			w.put(at, cell{text: "x", style: scoreStyle})
		}
	}
}

// listed reports whether a number of an issue has a row: every one of a short issue;
// of a long one the ends, the status quo, what packages and marks name, and where
// scores are given.
func (w *sheetWriter) listed(issue string, is *casefile.Issue, o int) bool {
	option := is.OptionID(o)
	if is.Len() <= maxListed || o == 0 || o == is.Len()-1 || option == is.StatusQuo {
		return true
	}
	for n := range w.columns {
		c := &w.columns[n]
		if c.kind == packageColumn {
			if chosen, ok := c.pack.Outcome.Get(casefile.IssueID(issue)); ok && chosen == option {
				return true
			}
			continue
		}
		if scores, ok := c.scores().Get(casefile.IssueID(issue)); ok && scores.At.Has(option) {
			return true
		}
		if c.group == nil && slices.ContainsFunc(c.party.RedLines, func(l casefile.RedLine) bool { return markOf(&l, issue, option, true) }) {
			return true
		}
	}
	return false
}

// redLineCells returns the red lines that are marks in the cells of an issue, by party
// and option.
func (w *sheetWriter) redLineCells(issue string) map[[2]string]bool {
	out := make(map[[2]string]bool)
	is, _ := w.c.Issues.Get(casefile.IssueID(issue))
	for id, p := range w.c.Parties.All() {
		for i := range p.RedLines {
			if m := equality.FindStringSubmatch(p.RedLines[i].Never); m != nil && m[1] == issue {
				option := strings.Trim(m[2], "'")
				if markOf(&p.RedLines[i], issue, option, is.Range != nil) {
					out[[2]string{string(id), option}] = true
				}
			}
		}
	}
	return out
}

// equality matches the condition of a mark.
var equality = regexp.MustCompile(`^([a-z0-9_]+) == ('[a-z0-9_]+'|-?[0-9.]+)$`)

// markOf reports whether a red line is what the mark of an option says, and no more.
func markOf(l *casefile.RedLine, issue, option string, isRange bool) bool {
	literal := "'" + option + "'"
	if isRange {
		literal = option
	}
	return l.Because == "" && l.Confidence == "" && len(l.Statements) == 0 && l.ID == markID(issue, option) && l.Never == issue+" == "+literal
}

// writeFoot writes the rows below the issues.
func (w *sheetWriter) writeFoot(row int) {
	row = w.writeNumbers(row)
	for n := range w.columns {
		if c := &w.columns[n]; c.kind == otherColumn && c.group == nil {
			row = w.writeConditions(row, firstColumn+n, c.party)
		}
	}
	row = w.writeRequirements(row)
	w.writeRow(row, "Id", func(at spot, c *writtenColumn) bool {
		w.text(at, idStyle, c.id)
		return c.id != ""
	})
}

// writeRow asks every column what it writes into a row, and returns the row after it: the
// same where no column has anything.
func (w *sheetWriter) writeRow(row int, title string, write func(at spot, c *writtenColumn) bool) int {
	any := false
	for n := range w.columns {
		any = write(spot{row, firstColumn + n}, &w.columns[n]) || any
	}
	if !any {
		return row
	}
	w.text(spot{row, issueAt}, keyStyle, title)
	return row + 1
}

// writeNumbers writes what parties and groups have one of.
func (w *sheetWriter) writeNumbers(row int) int {
	row = w.writeRow(row, "No deal", func(at spot, c *writtenColumn) bool {
		switch {
		case c.kind == whyColumn:
			if c.threshold != nil {
				w.text(at, textStyle, c.threshold.Because)
			}
		case c.kind == otherColumn:
			w.put(at, cell{style: scoreStyle})
			if c.threshold != nil {
				w.number(at, scoreStyle, c.threshold.Value, "")
			}
			return true
		}
		return false
	})
	certain := func(at spot, d *casefile.Decimal) bool {
		if d == nil {
			return false
		}
		w.number(at, scoreStyle, casefile.Number{Low: d.Rat(), Mode: d.Rat(), High: d.Rat()}, "")
		return true
	}
	row = w.writeRow(row, "Votes", func(at spot, c *writtenColumn) bool {
		return c.kind == otherColumn && c.group != nil && certain(at, c.group.Votes)
	})
	row = w.writeRow(row, "Discount", func(at spot, c *writtenColumn) bool {
		return c.kind == otherColumn && c.group == nil && certain(at, c.party.Discount)
	})
	return w.writeRow(row, "Ratification", func(at spot, c *writtenColumn) bool {
		if c.kind != otherColumn || c.group != nil || c.party.Ratification == nil || c.party.Ratification.Rule == "" {
			return false
		}
		w.text(at, textStyle, c.party.Ratification.Rule)
		return true
	})
}

// writeConditions writes a row for each condition of the party in a column.
func (w *sheetWriter) writeConditions(row, col int, p *casefile.Party) int {
	for i := range p.RedLines {
		l := &p.RedLines[i]
		if w.isMarked(l) {
			continue
		}
		w.writeCondition(row, "Red line", l.Never, l.Because, l.ID)
		mark := "x"
		if l.Confidence != "" {
			mark += " (" + l.Confidence + ")"
		}
		w.text(spot{row, col}, markStyle, mark)
		row++
	}
	for i := range p.Adjustments {
		a := &p.Adjustments[i]
		text := a.When
		if a.Within.Len() > 0 {
			text = "within " + answersText(a.Within)
		} else if a.Outside.Len() > 0 {
			text = "outside " + answersText(a.Outside)
		}
		w.writeCondition(row, "Adjustment", text, a.Because, a.ID)
		w.number(spot{row, col}, scoreStyle, a.Add, "")
		row++
	}
	return row
}

func (w *sheetWriter) writeRequirements(row int) int {
	for i := range w.c.Requires {
		q := &w.c.Requires[i]
		title, text := "Requirement", q.Then
		if q.Kind != "" {
			title = strings.ToUpper(q.Kind[:1]) + q.Kind[1:] + " requirement"
		}
		if q.If != "" {
			text = "if " + q.If + " then " + q.Then
		}
		w.writeCondition(row, title, text, q.Because, q.ID)
		row++
	}
	return row
}

// writeCondition writes a condition's words.
func (w *sheetWriter) writeCondition(row int, title, text, because, id string) {
	w.text(spot{row, issueAt}, keyStyle, title)
	w.text(spot{row, optionAt}, textStyle, text)
	w.text(spot{row, w.note}, textStyle, because)
	if id != "" && (id[0] < '0' || id[0] > '9') { // a number is a place in a list, not an id
		w.text(spot{row, w.option}, idStyle, id)
	}
}

// isMarked reports whether a red line stands as a mark in the cell of an option.
func (w *sheetWriter) isMarked(l *casefile.RedLine) bool {
	m := equality.FindStringSubmatch(l.Never)
	if m == nil {
		return false
	}
	is, ok := w.c.Issues.Get(casefile.IssueID(m[1]))
	return ok && markOf(l, m[1], strings.Trim(m[2], "'"), is.Range != nil)
}

// answersText writes answers by issue as a case file does.
func answersText(all casefile.Map[casefile.IssueID, casefile.Answers]) string {
	var parts []string
	for issue, answers := range all.All() {
		var runs []string
		for _, run := range answers {
			text := run.First
			if run.Last != run.First {
				text += ".." + run.Last
			}
			runs = append(runs, text)
		}
		text := "[" + strings.Join(runs, ", ") + "]"
		if len(runs) == 1 {
			text = runs[0]
		}
		parts = append(parts, string(issue+": ")+text)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// leftOut notes what the sheet has no place for.
func (w *sheetWriter) leftOut() {
	c := w.c
	const why = "a score sheet has no place for them"
	count := func(place string, n int, one, many string) {
		if n > 0 {
			w.leave(place, "%s left out: %s", several(n, one, many), why)
		}
	}
	for id, p := range c.Parties.All() {
		at := "parties." + id
		if p.Mandate != nil {
			w.leave(string(at+".mandate"), "left out: a score sheet has no place for it")
		}
		count(string(at), len(p.Preconditions), "precondition is", "preconditions are")
		together, links := len(p.Together), 0
		evidence := func(n int) {
			if n > 0 {
				links++
			}
		}
		for _, r := range p.Reasons.All() {
			evidence(len(r.Statements))
		}
		if p.NoDeal != nil {
			evidence(len(p.NoDeal.Statements))
		}
		for _, l := range p.RedLines {
			evidence(len(l.Statements))
		}
		for _, a := range p.Adjustments {
			evidence(len(a.Statements))
		}
		if q := p.Ratification; q != nil {
			if q.Terms != "" || len(q.Source) > 0 {
				w.leave(string(at+".ratification"), "its terms and sources are left out: a score sheet has no place for them")
			}
			for _, g := range q.Constituencies.All() {
				together += len(g.Together)
				evidence(len(g.Statements))
				for _, r := range g.Reasons.All() {
					evidence(len(r.Statements))
				}
				if g.AcceptsAt != nil {
					evidence(len(g.AcceptsAt.Statements))
				}
			}
		}
		count(string(at), together, "list of scores that move together is", "lists of scores that move together are")
		count(string(at), links, "reference to statements is", "references to statements are")
	}
	confidence := 0
	for _, q := range c.Requires {
		if q.Confidence != "" || len(q.Statements) > 0 {
			confidence++
		}
	}
	count("requires", confidence, "statement of confidence or evidence is", "statements of confidence or evidence are")
	records := 0
	for _, p := range c.Packages.All() {
		if len(p.By) > 0 || p.Date != "" || len(p.Source) > 0 || p.Note != "" {
			records++
		}
	}
	count("packages", records, "package's author, date, source or note is", "packages' authors, dates, sources or notes are")
	count("statements", c.Statements.Len(), "statement is", "statements are")
	count("sources", c.Sources.Len(), "source is", "sources are")
	count("mediators", c.Mediators.Len(), "mediator is", "mediators are")
	count("outside", c.Outside.Len(), "outside actor is", "outside actors are")
	count("events", len(c.Events), "event is", "events are")
	count("levers", len(c.Levers), "lever is", "levers are")
	count("views", c.Views.Len(), "view is", "views are")
}

// look gives the sheet its widths, what stays when it scrolls, and what it says to
// somebody who is in a cell.
func (w *sheetWriter) look() {
	w.frozen = [2]int{w.head + 1, optionAt + 1}
	w.widths = []float64{28, 34, 9}
	last := len(w.sheet.rows) - 1
	below := func(col int) [4]int { return [4]int{w.head + 1, col, last, col} }
	w.prompts = append(w.prompts,
		prompt{[4]int{w.head, issueAt, w.head, issueAt}, "Issue", "One question to settle. Its options stand in the rows beside and below."},
		prompt{below(statusQuoAt), "Status quo", "x in the row of the option in force today."})
	for n, c := range w.columns {
		width := 15.0
		switch c.kind {
		case otherColumn:
			text := "Points: a number, a range 8..14, or 8..10..14 with the most likely value. Add x for a red line: 0 x."
			if c.group != nil {
				text = "Points of the group at home. In the row No deal: the least with which it says yes."
			}
			w.prompts = append(w.prompts, prompt{below(firstColumn + n), "Points", text})
		case packageColumn:
			w.prompts = append(w.prompts, prompt{below(firstColumn + n), "Package", "x in the row of each option of the package."})
		case whyColumn:
			width = 40
		}
		w.widths = append(w.widths, width)
	}
	w.widths = append(w.widths, 40, 16, 20)
}

// explanation is the sheet that says how to fill in a score sheet.
func explanation() *sheet {
	s := &sheet{name: explainSheet, widths: []float64{26, 100}}
	for row, line := range [][2]string{
		{"How to fill in a score sheet", ""},
		{"Rows", "One row for each option. The issue stands in the first of its rows; below it the column may stay empty, or repeat the name. Empty rows do no harm."},
		{"Columns", "One for each party, headed by its name. A group at home: Party > Group. A proposal: Package: Name, with x in the rows of its options. Reasons: Why: Party. Other columns without numbers are left out, and you are told."},
		{"Points", "A number, a range 8..14 (anything between), or 8..10..14 with the most likely value. Any scale; usually 100 for the best that a party can imagine. Scores are assumptions: yours."},
		{"Red lines", "x behind the points, as in 0 x: the party never accepts this option. A condition over several issues has a row of its own named Red line, with the condition in the column of options and x for the party; conditions use the ids on the right."},
		{"Issues of numbers", "3 to 9 by 3 months in the first row, and below it the numbers with their points. Between them points lie on a straight line."},
		{"Status quo", "x in the row of the option in force today."},
		{"No deal", "The row of what each party has without a deal; of a group at home, the least with which it says yes."},
		{"Weights", "A column Weight: Party, or Weight for all, with one number in the rows of each issue, multiplies that issue's points."},
		{"Ids", "The grey columns and the row Id may be deleted for new issues, options and parties; they are then made from the names."},
		{"Read it", "goodoffices check FILE, goodoffices brief FILE, or goodoffices convert FILE case.yaml."},
	} {
		style := keyStyle
		if row == 0 {
			style = titleStyle
		}
		s.put(spot{row, 0}, cell{text: line[0], style: style})
		if line[1] != "" {
			s.put(spot{row, 1}, cell{text: line[1], style: textStyle})
		}
	}
	return s
}
