package convert

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/casefile"
)

// xlsxSheet is a score sheet in an Excel workbook (ECMA-376, Office Open XML).
var xlsxSheet = &Format{
	Name: "xlsx", Title: "score sheet in Excel", Extension: ".xlsx", Alone: true,
	part: func(name string, head []byte) part {
		ext := strings.ToLower(filepath.Ext(name))
		if (ext == ".xlsx" || ext == ".xlsm" || ext == ".xls") && (bytes.HasPrefix(head, zipMagic) || bytes.HasPrefix(head, oleMagic)) {
			return whole
		}
		return none
	},
	readCase: func(ctx context.Context, in input) (*casefile.File, []Note, error) {
		s, notes, err := readXLSX(ctx, in.name, in.data)
		if err != nil {
			return nil, nil, err
		}
		return s.toCase(ctx, in.name, notes)
	},
	writeCase: func(c *casefile.Case) ([]Output, []Note, error) {
		s, notes := sheetOf(c)
		data, err := writeXLSX(s)
		return []Output{{c.ID + ".xlsx", data}}, notes, err
	},
}

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xd0\xcf\x11\xe0") // what old and encrypted workbooks are
)

const (
	maxZipFiles = 2_000
	maxZipPart  = 64 << 20  // bytes of one part of a workbook, unpacked
	maxZipTotal = 128 << 20 // of all parts that are read
	maxXMLDepth = 32        // of a workbook's parts
	maxSheets   = 256
)

// A workbook is the parts of an XLSX file.
type workbook struct {
	name    string
	parts   map[string]*zip.File
	budget  int64 // bytes that may still be unpacked
	shared  []string
	formats []numberFormat // by style
}

// A numberFormat is what a style shows numbers as.
type numberFormat uint8

const (
	generalFormat numberFormat = iota
	percentFormat
	dateFormat
)

// readXLSX reads the sheet of a workbook that has the headings of a score sheet.
func readXLSX(ctx context.Context, name string, data []byte) (*sheet, []Note, error) {
	if bytes.HasPrefix(data, oleMagic) {
		return nil, nil, fmt.Errorf("%s is an old .xls or is locked with a password: save it as .xlsx without one", name)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, fmt.Errorf("%s is no Excel workbook: %w", name, err)
	}
	if len(z.File) > maxZipFiles {
		return nil, nil, fmt.Errorf("%s has more than %d parts, which no score sheet needs", name, maxZipFiles)
	}
	w := &workbook{name: name, parts: make(map[string]*zip.File), budget: maxZipTotal}
	for _, f := range z.File {
		w.parts[strings.ToLower(strings.TrimPrefix(path.Clean(f.Name), "/"))] = f
	}
	book := "xl/workbook.xml"
	if targets, err := w.relations("_rels/.rels", ""); err != nil {
		return nil, nil, err
	} else if t := targets.ofKind("/officeDocument"); t != "" {
		book = t
	}
	if w.parts[strings.ToLower(book)] == nil {
		return nil, nil, fmt.Errorf("%s is no Excel workbook: it has no %s", name, book)
	}
	targets, err := w.relations(path.Join(path.Dir(book), "_rels", path.Base(book)+".rels"), path.Dir(book))
	if err != nil {
		return nil, nil, err
	}
	if err := w.readShared(targets.ofKind("/sharedStrings")); err != nil {
		return nil, nil, err
	}
	date1904, err := w.readStyles(book, targets.ofKind("/styles"))
	if err != nil {
		return nil, nil, err
	}
	var found *sheet
	var names []string
	var notes []Note
	type entry struct {
		name, id string
		hidden   bool
	}
	var entries []entry
	asks := false       // to be computed when it is opened
	var computed []spot // formulas with values of the sheet that is found
	err = w.each(book, func(e xml.StartElement, _ func() (string, error)) error {
		switch e.Name.Local {
		case "calcPr":
			asks = isTrue(e, "fullCalcOnLoad")
		case "sheet":
			if len(entries) == maxSheets {
				return fmt.Errorf("%s has more than %d sheets", name, maxSheets)
			}
			entries = append(entries, entry{attrOf(e, "name"), attrOf(e, "id"), strings.HasSuffix(strings.ToLower(attrOf(e, "state")), "hidden")})
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		target := targets[e.id].target
		if target == "" || !strings.HasSuffix(targets[e.id].kind, "/worksheet") {
			continue
		}
		s, formulas, err := w.readSheet(target, plainText(e.name), date1904)
		if err != nil {
			return nil, nil, err
		}
		s.hidden = e.hidden
		shown := s.name
		if s.hidden {
			shown += " [hidden]"
		}
		switch {
		case s.headings() < 0 && len(s.rows) > 0 && s.name != explainSheet:
			notes = append(notes, Note{name + ":" + s.name, "the sheet has no headings Issue and Option, and is left out"})
		case s.headings() < 0:
		case found == nil:
			found, computed = s, formulas
			names = []string{shown}
		default:
			names = append(names, shown)
		}
	}
	switch {
	case found == nil:
		return nil, nil, noHeadings(name)
	case len(names) > 1:
		return nil, nil, fmt.Errorf("%s has several score sheets (%s): keep one to a file", name, strings.Join(names, ", "))
	case asks && len(computed) > 0:
		notes = append(notes, Note{found.place(computed[0]), fmt.Sprintf("the workbook asks to be computed when it is opened: %s with the value stored in it, which may be none that a spreadsheet has computed", several(len(computed), "formula counts", "formulas count"))})
	}
	return found, notes, nil
}

// A relation says where a part of a workbook is, and what.
type relation struct{ kind, target string }

type relations map[string]relation

// ofKind returns the first part of a kind, by id.
func (r relations) ofKind(kind string) string {
	best := ""
	for id, rel := range r {
		if strings.HasSuffix(rel.kind, kind) && (best == "" || id < best) {
			best = id
		}
	}
	return r[best].target
}

// relations reads which parts a part names, relative to a folder. None is no error.
func (w *workbook) relations(part, folder string) (relations, error) {
	out := make(relations)
	if w.parts[strings.ToLower(part)] == nil {
		return out, nil
	}
	err := w.each(part, func(e xml.StartElement, _ func() (string, error)) error {
		if e.Name.Local != "Relationship" || attrOf(e, "TargetMode") == "External" {
			return nil
		}
		target := attrOf(e, "Target")
		if t, ok := strings.CutPrefix(target, "/"); ok {
			target = path.Clean(t)
		} else {
			target = path.Join(folder, target)
		}
		out[attrOf(e, "Id")] = relation{attrOf(e, "Type"), target}
		return nil
	})
	return out, err
}

// unpack reads a part, at most as much as may still be.
func (w *workbook) unpack(part string) ([]byte, error) {
	f := w.parts[strings.ToLower(part)]
	if f == nil {
		return nil, fmt.Errorf("%s is a damaged workbook: it has no part %s", w.name, short(part))
	}
	bomb := fmt.Errorf("%s: its part %s unpacks to more than %d MiB", w.name, short(part), min(maxZipPart, w.budget)>>20)
	limit := min(maxZipPart, w.budget)
	if f.UncompressedSize64 > uint64(limit) {
		return nil, bomb
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: its part %s cannot be unpacked: %w", w.name, short(part), err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1)) // the size above is only claimed
	if err != nil {
		return nil, fmt.Errorf("%s: its part %s cannot be unpacked: %w", w.name, short(part), err)
	}
	if int64(len(data)) > limit {
		return nil, bomb
	}
	w.budget -= int64(len(data))
	return data, nil
}

// each calls see for the elements of a part in their order. The function that see
// gets returns the text of the element up to its end, elements inside of it included
// other than phonetic readings; it need not be called.
func (w *workbook) each(part string, see func(xml.StartElement, func() (string, error)) error) error {
	data, err := w.unpack(part)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	depth := 0
	next := func() (xml.Token, error) {
		tok, err := d.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				err = fmt.Errorf("%s: its part %s is not XML: %w", w.name, short(part), err)
			}
			return nil, err
		}
		switch tok.(type) {
		case xml.Directive:
			return nil, fmt.Errorf("%s: its part %s has a document type, which no workbook needs", w.name, short(part))
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return nil, fmt.Errorf("%s: its part %s has elements nested more than %d deep", w.name, short(part), maxXMLDepth)
			}
		case xml.EndElement:
			depth--
		}
		return tok, nil
	}
	text := func() (string, error) {
		var b strings.Builder
		skip := 0 // depth of a phonetic reading
		for start := depth; depth >= start; {
			tok, err := next()
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = fmt.Errorf("%s: its part %s breaks off", w.name, short(part))
				}
				return "", err
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				if tok.Name.Local == "rPh" && skip == 0 {
					skip = depth
				}
			case xml.EndElement:
				if depth < skip {
					skip = 0
				}
			case xml.CharData:
				if skip == 0 && b.Len() <= 4*maxCellText {
					b.Write(tok)
				}
			}
		}
		return b.String(), nil
	}
	for {
		tok, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := tok.(xml.StartElement); ok {
			if err := see(e, text); err != nil {
				return err
			}
		}
	}
}

// isTrue reports whether an attribute is there and true.
func isTrue(e xml.StartElement, name string) bool {
	is, err := strconv.ParseBool(attrOf(e, name))
	return err == nil && is
}

func attrOf(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// readShared reads the texts that cells share.
func (w *workbook) readShared(part string) error {
	if part == "" {
		return nil
	}
	return w.each(part, func(e xml.StartElement, text func() (string, error)) error {
		if e.Name.Local != "si" {
			return nil
		}
		if len(w.shared) == maxSheetCells {
			return tooLargeSheet(w.name)
		}
		t, err := text()
		w.shared = append(w.shared, t)
		return err
	})
}

// readStyles reads what styles show numbers as, and whether the workbook counts its
// days from 1904.
func (w *workbook) readStyles(book, part string) (date1904 bool, err error) {
	err = w.each(book, func(e xml.StartElement, _ func() (string, error)) error {
		if e.Name.Local == "workbookPr" {
			date1904 = isTrue(e, "date1904")
		}
		return nil
	})
	if err != nil || part == "" {
		return date1904, err
	}
	codes := make(map[string]string)
	within := false
	return date1904, w.each(part, func(e xml.StartElement, _ func() (string, error)) error {
		switch e.Name.Local {
		case "numFmt":
			codes[attrOf(e, "numFmtId")] = attrOf(e, "formatCode")
		case "cellXfs":
			within = true
		case "cellStyles", "dxfs":
			within = false
		case "xf":
			if within && len(w.formats) < maxSheetCells {
				id := attrOf(e, "numFmtId")
				w.formats = append(w.formats, formatOf(id, codes[id]))
			}
		}
		return nil
	})
}

// formatOf says what a number format shows (ECMA-376 part 1, 18.8.30).
func formatOf(id, code string) numberFormat {
	n, _ := strconv.Atoi(id)
	switch {
	case n == 9 || n == 10:
		return percentFormat
	case n >= 14 && n <= 22, n >= 27 && n <= 36, n >= 45 && n <= 47, n >= 50 && n <= 58:
		return dateFormat
	}
	quoted, date := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[': // colours, conditions, languages
			if end := strings.IndexByte(code[i:], ']'); end > 0 {
				date = date || end > 1 && strings.Trim(code[i+1:i+end], "hmsHMS") == "" // hours that go on
				i += end
			}
		case c == '%':
			return percentFormat
		case strings.IndexByte("dmyhsDMYHS", c) >= 0:
			date = true
		}
	}
	if date && !strings.EqualFold(code, "general") {
		return dateFormat
	}
	return generalFormat
}

// A cellReader reads the cells of a worksheet in the order of its file.
type cellReader struct {
	*sheet
	of       *workbook
	date1904 bool
	cells    int // put so far

	here, next spot // of the cell being read, and of one after it that does not say where it is
	kind       string
	format     numberFormat
	formula    string // of the cell here, as long as it has no value

	computed []spot   // cells whose formulas have values
	joined   [][4]int // areas that are one cell
	spilled  [][4]int // areas that the formula of their first cell fills
}

// readSheet reads the cells of a worksheet, and where formulas have values.
func (w *workbook) readSheet(part, name string, date1904 bool) (*sheet, []spot, error) {
	s := &sheet{file: w.name, name: name, hiddenRows: make(map[int]bool), hiddenColumns: make(map[int]bool)}
	r := &cellReader{sheet: s, of: w, date1904: date1904}
	err := w.each(part, r.element)
	if err == nil {
		err = r.endCell()
	}
	if err == nil {
		err = r.fill()
	}
	if err != nil {
		return nil, nil, err
	}
	return s, r.computed, nil
}

// element reads one element of the worksheet.
func (r *cellReader) element(e xml.StartElement, text func() (string, error)) error {
	switch e.Name.Local {
	case "col":
		from, err1 := strconv.Atoi(attrOf(e, "min"))
		to, err2 := strconv.Atoi(attrOf(e, "max"))
		if err1 == nil && err2 == nil && (isTrue(e, "hidden") || isZero(e, "width")) {
			for col := max(from, 1); col <= min(to, maxSheetColumns); col++ {
				r.hiddenColumns[col-1] = true
			}
		}
	case "row":
		if n, err := strconv.Atoi(attrOf(e, "r")); err == nil && n > 0 {
			r.next = spot{n - 1, 0}
		} else if r.next.col > 0 {
			r.next = spot{r.next.row + 1, 0}
		}
		if r.next.row < maxSheetRows && (isTrue(e, "hidden") || isZero(e, "ht")) {
			r.hiddenRows[r.next.row] = true
		}
	case "c":
		if err := r.endCell(); err != nil {
			return err
		}
		return r.startCell(e)
	case "f":
		t, err := text()
		if err != nil {
			return err
		}
		r.formula = "=" + t
		if a, ok := parseArea(attrOf(e, "ref")); ok && len(r.spilled) < maxSheetCells && (attrOf(e, "t") == "array" || attrOf(e, "t") == "dataTable") {
			r.spilled = append(r.spilled, a)
		}
	case "v", "is":
		t, err := text()
		if err != nil {
			return err
		}
		return r.value(t)
	case "mergeCell":
		if len(r.joined) == maxSheetCells {
			return tooLargeSheet(r.of.name)
		}
		if a, ok := parseArea(attrOf(e, "ref")); ok {
			r.joined = append(r.joined, a)
		}
	}
	return nil
}

// startCell moves to the cell that an element begins.
func (r *cellReader) startCell(e xml.StartElement) error {
	r.here = r.next
	if ref := attrOf(e, "r"); ref != "" {
		p, ok := parseSpot(ref)
		if !ok {
			return fmt.Errorf("%s: a cell is called %s", r.place(r.next), short(ref))
		}
		r.here = p
	}
	r.next = spot{r.here.row, r.here.col + 1}
	r.kind, r.format = attrOf(e, "t"), generalFormat
	if n, err := strconv.Atoi(attrOf(e, "s")); err == nil && n >= 0 && n < len(r.of.formats) {
		r.format = r.of.formats[n]
	}
	return nil
}

// value puts what the cell holds or its formula gave.
func (r *cellReader) value(text string) error {
	if r.formula != "" && (strings.TrimSpace(text) != "" || r.kind == "str") { // a formula may show an empty text
		r.computed, r.formula = append(r.computed, r.here), ""
	}
	c, err := r.of.cell(r.kind, text, r.format, r.date1904)
	if err != nil {
		return fmt.Errorf("%s: %w", r.place(r.here), err)
	}
	return r.putCell(c)
}

// endCell puts the formula of the cell where it has no value.
func (r *cellReader) endCell() error {
	formula := r.formula
	r.formula = ""
	return r.putCell(cell{kind: formulaCell, text: cellText(formula)})
}

func (r *cellReader) putCell(c cell) error {
	if c.blank() {
		return nil
	}
	if r.cells++; r.cells > maxSheetCells || r.here.row >= maxSheetRows || r.here.col >= maxSheetColumns {
		return tooLargeSheet(r.of.name)
	}
	r.put(r.here, c)
	return nil
}

// fill copies the first cell of an area to the rest of it: cells that are one show the same
// everywhere, and those that a formula without a value should fill are without one, too.
func (r *cellReader) fill() error {
	rows, columns := len(r.rows), r.width()
	for k, a := range slices.Concat(r.joined, r.spilled) {
		c, one := r.at(spot{a[0], a[1]}), k < len(r.joined)
		if c.blank() || !one && c.kind != formulaCell {
			continue
		}
		for row := a[0]; row <= min(a[2], rows-1); row++ {
			for col := a[1]; col <= min(a[3], columns-1); col++ {
				if r.cells++; r.cells > 2*maxSheetCells {
					return tooLargeSheet(r.of.name)
				}
				if one || r.at(spot{row, col}).blank() {
					r.put(spot{row, col}, c)
				}
			}
		}
	}
	return nil
}

// isZero reports whether an attribute is there and 0.
func isZero(e xml.StartElement, name string) bool {
	n, err := strconv.ParseFloat(attrOf(e, name), 64)
	return err == nil && n == 0
}

// parseArea reads the name of an area, as in A1:B3.
func parseArea(ref string) (area [4]int, ok bool) {
	from, to, ok := strings.Cut(ref, ":")
	a, okA := parseSpot(from)
	b, okB := parseSpot(to)
	return [4]int{a.row, a.col, b.row, b.col}, ok && okA && okB
}

// parseSpot reads the name of a cell.
func parseSpot(ref string) (spot, bool) {
	ref = strings.ReplaceAll(ref, "$", "")
	letters := strings.TrimRight(ref, "0123456789")
	if letters == "" || len(letters) > 3 || len(ref)-len(letters) > 7 {
		return spot{}, false
	}
	col := 0
	for _, c := range []byte(strings.ToUpper(letters)) {
		if c < 'A' || c > 'Z' {
			return spot{}, false
		}
		col = col*26 + int(c-'A') + 1
	}
	row, err := strconv.Atoi(ref[len(letters):])
	if err != nil || row < 1 {
		return spot{}, false
	}
	return spot{row - 1, col - 1}, true
}

// cell returns what a cell shows.
func (w *workbook) cell(kind, raw string, format numberFormat, date1904 bool) (cell, error) {
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil || n < 0 || n >= len(w.shared) {
			return cell{}, fmt.Errorf("there is no text number %s in the workbook", short(raw))
		}
		raw = w.shared[n]
		fallthrough
	case "str", "inlineStr":
		text := cellText(raw)
		if utf8.RuneCountInString(text) > maxCellText {
			return cell{}, fmt.Errorf("a text of more than %d characters", maxCellText)
		}
		return cell{text: text}, nil
	case "b":
		if strings.TrimSpace(raw) == "1" {
			return cell{text: "true"}, nil
		}
		return cell{text: "false"}, nil
	case "e":
		return cell{kind: errorCell, text: plainText(raw)}, nil
	case "d":
		day, _, _ := strings.Cut(strings.TrimSpace(raw), "T")
		return cell{kind: dateCell, text: plainText(day)}, nil
	}
	if strings.TrimSpace(raw) == "" {
		return cell{}, nil
	}
	r, err := parseNumber(raw)
	if err != nil {
		return cell{}, err
	}
	if format == dateFormat {
		if day, ok := dayOf(r, date1904); ok {
			return cell{kind: dateCell, text: day}, nil
		}
	}
	c := cell{kind: numberCell, text: shownNumber(r)}
	if format == percentFormat {
		c.kind = percentCell
	}
	return c, nil
}

// shownNumber writes a number as Excel shows it: with at most 15 significant digits,
// since the digits after those are binary noise, as in 0.30000000000000004.
func shownNumber(r *big.Rat) string {
	const significant = 15
	f, _ := r.Float64()
	text := strconv.FormatFloat(f, 'e', significant-1, 64)
	short, ok := new(big.Rat).SetString(text)
	if !ok {
		short = r
	}
	if n, ok := short.FloatPrec(); ok {
		return short.FloatString(min(n, digits))
	}
	return short.FloatString(digits)
}

// dayOf returns the date of a day's number. Excel's day 60 of 1900 never was.
func dayOf(r *big.Rat, date1904 bool) (string, bool) {
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if n.Sign() < 0 || n.Cmp(big.NewInt(3_000_000)) > 0 {
		return "", false
	}
	days := int(n.Int64())
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		days++
	}
	return epoch.AddDate(0, 0, days).Format(time.DateOnly), true
}

// explainSheet is the sheet of a workbook that says how to fill in the other.
const explainSheet = "How to fill in"

// writeXLSX writes a workbook with the table and a sheet that explains it. Same table,
// same bytes.
func writeXLSX(s *sheet) ([]byte, error) {
	explain := explanation()
	sheets := []*sheet{s, explain}
	var types, rels, list strings.Builder
	for i, sh := range sheets {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%[1]d.xml"/>`, i+1, relationshipNS)
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%[2]d"/>`, xmlText(sh.name), i+1)
	}
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relationshipNS + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + mainNS + `" xmlns:r="` + relationshipNS + `"><sheets>` + list.String() + `</sheets>` + printTitles(s) + `</workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rels.String() + `<Relationship Id="rId9" Type="` + relationshipNS + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", stylesXML},
	}
	for i, sh := range sheets {
		parts = append(parts, struct{ name, text string }{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), sh.xml()})
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		// The earliest date that the format knows: the clock is no input.
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, xml.Header+p.text); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

const (
	mainNS         = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationshipNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
)

// stylesXML has one style for each cellStyle, in their order.
var stylesXML = `<styleSheet xmlns="` + mainNS + `">` +
	`<fonts count="5"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font><font><sz val="9"/><color rgb="FF737373"/><name val="Calibri"/></font><font><b/><sz val="16"/><name val="Calibri"/></font></fonts>` +
	`<fills count="5"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF1F3A5F"/></patternFill></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFF8E5"/></patternFill></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE9EEF5"/></patternFill></fill></fills>` +
	`<borders count="2"><border/><border><left style="thin"><color rgb="FFD0D0D0"/></left><right style="thin"><color rgb="FFD0D0D0"/></right><top style="thin"><color rgb="FFD0D0D0"/></top><bottom style="thin"><color rgb="FFD0D0D0"/></bottom></border></borders>` +
	`<cellStyleXfs count="1"><xf/></cellStyleXfs>` +
	`<cellXfs count="10">` +
	`<xf borderId="1" applyBorder="1" applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>` +
	`<xf fontId="1" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>` +
	`<xf fontId="2" fillId="4" borderId="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf fillId="3" borderId="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="right" vertical="top"/></xf>` +
	`<xf borderId="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="top"/></xf>` +
	`<xf fontId="2" applyFont="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`<xf fontId="3" applyFont="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`<xf fontId="4" applyFont="1"/>` +
	`<xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf/>` +
	`</cellXfs></styleSheet>`

// xml writes the table as a worksheet. Texts stand in their cells and are never formulas.
func (s *sheet) xml() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0" showGridLines="0">`, mainNS)
	if r, c := s.frozen[0], s.frozen[1]; r > 0 {
		fmt.Fprintf(&b, `<pane xSplit="%d" ySplit="%d" topLeftCell="%s" activePane="bottomRight" state="frozen"/>`, c, r, spot{r, c})
	}
	b.WriteString(`</sheetView></sheetViews>`)
	if len(s.widths) > 0 {
		b.WriteString("<cols>")
		for i, w := range s.widths {
			fmt.Fprintf(&b, `<col min="%d" max="%[1]d" width="%s" customWidth="1"/>`, i+1, strconv.FormatFloat(w, 'f', -1, 64))
		}
		b.WriteString("</cols>")
	}
	b.WriteString("<sheetData>")
	for r, row := range s.rows {
		fmt.Fprintf(&b, `<row r="%d"`, r+1)
		if lines := s.lines(r); lines > 1 {
			fmt.Fprintf(&b, ` ht="%d" customHeight="1"`, min(2+15*lines, 92)) // longer texts are read in their cell
		}
		b.WriteString(">")
		for col, c := range row {
			switch at := (spot{r, col}); {
			case c.blank() && c.style == plainStyle:
			case c.blank():
				fmt.Fprintf(&b, `<c r="%s" s="%d"/>`, at, c.style)
			case c.kind == numberCell:
				fmt.Fprintf(&b, `<c r="%s" s="%d"><v>%s</v></c>`, at, c.style, c.text)
			default:
				fmt.Fprintf(&b, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at, c.style, xmlText(c.text))
			}
		}
		b.WriteString("</row>")
	}
	b.WriteString("</sheetData>")
	area := func(a [4]int) string {
		return spot{a[0], a[1]}.String() + ":" + spot{a[2], a[3]}.String()
	}
	if len(s.merged) > 0 {
		fmt.Fprintf(&b, `<mergeCells count="%d">`, len(s.merged))
		for _, a := range s.merged {
			fmt.Fprintf(&b, `<mergeCell ref="%s"/>`, area(a))
		}
		b.WriteString("</mergeCells>")
	}
	if len(s.prompts) > 0 {
		fmt.Fprintf(&b, `<dataValidations count="%d">`, len(s.prompts))
		for _, p := range s.prompts {
			fmt.Fprintf(&b, `<dataValidation allowBlank="1" showInputMessage="1" promptTitle="%s" prompt="%s" sqref="%s"/>`, xmlText(p.title), xmlText(p.text), area(p.at))
		}
		b.WriteString("</dataValidations>")
	}
	b.WriteString(`<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape"/></worksheet>`)
	return b.String()
}

// printTitles repeats on every page of paper the rows and columns that stay on the screen.
func printTitles(s *sheet) string {
	if s.frozen[0] == 0 {
		return ""
	}
	return fmt.Sprintf(`<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">%s!$A:$%s,%[1]s!$%[3]d:$%[3]d</definedName></definedNames>`,
		s.name, columnName(s.frozen[1]-1), s.frozen[0])
}

// lines returns how many lines the texts of a row take that wrap, about.
func (s *sheet) lines(row int) int {
	most := 1
	for col, c := range s.rows[row] {
		wraps := c.style == plainStyle || c.style == headStyle || c.style == issueStyle || c.style == textStyle
		merged := slices.ContainsFunc(s.merged, func(a [4]int) bool { return a[1] == col && a[0] <= row && row <= a[2] })
		if !wraps || merged || col >= len(s.widths) {
			continue
		}
		lines := 0
		for line := range strings.Lines(c.text) {
			lines += 1 + utf8.RuneCountInString(line)/max(1, int(s.widths[col]))
		}
		most = max(most, lines)
	}
	return most
}

// xmlText escapes a text for XML, in elements and attributes.
func xmlText(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // never fails on a Builder
	return b.String()
}

// exactInWorkbook reports whether a workbook holds a decimal number as it is written: in
// 15 significant digits.
func exactInWorkbook(text string) bool {
	n := strings.TrimLeft(strings.Replace(strings.TrimPrefix(text, "-"), ".", "", 1), "0")
	return len(strings.TrimRight(n, "0")) <= 15 && len(n) <= digits+15
}
