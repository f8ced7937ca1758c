package report

import (
	"fmt"
	"html"
	"html/template"
	"math/bits"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// A mapFigure is the deal map with what belongs to it.
type mapFigure struct {
	Plane    template.HTML // empty where there is nothing to draw
	Parallel template.HTML // with more than two parties
	Legend   []legendRow
	Notes    []string
	Parties  []string // for the choice of axes, with more than two parties
	Data     mapData
}

type legendRow struct {
	Symbol template.HTML
	Label  string
	Name   string
	Scores []string
	Status bool
}

// mapData is what the script reads: names are short because there may be
// thousands of points.
type mapData struct {
	Parties []axisData           `json:"parties"`
	Issues  []issueData          `json:"issues"`
	Points  []pointData          `json:"points"`
	Clouds  map[string][3]string `json:"clouds"` // by "x,y": packages outside the zone, in it, and dense in it
}

type axisData struct {
	Title  string   `json:"t"`
	Low    float64  `json:"lo"`
	High   float64  `json:"hi"`
	NoDeal *float64 `json:"nd"`
	Ticks  []tick   `json:"ticks"`
}

type tick struct {
	At    float64 `json:"v"`
	Label string  `json:"s"`
}

type issueData struct {
	Title   string   `json:"t"`
	Options []string `json:"o"` // those that the points use
}

type pointData struct {
	Name    string    `json:"n"`
	Options []int     `json:"o"` // by issue, positions in issueData.Options
	Texts   []string  `json:"u"` // by party
	Values  []float64 `json:"v"` // by party
	Accepts string    `json:"a"`
}

// Geometry of the plane, in tenths of a pixel of its view box of 480 by 400.
const (
	planeLeft, planeTop     = 460, 260
	planeWidth, planeHeight = 4240, 3240
)

// maxPoints and maxCells bound what the map holds, so that a brief stays small.
const (
	maxPoints = 2000
	maxCells  = 150_000 // options over all points
	maxPairs  = 15      // pairs of parties with a cloud
)

func (s *paper) mapFigure() mapFigure {
	r, c := s.Main, s.File.Case
	var m mapFigure
	if len(r.Space.Parties) < 2 {
		m.Notes = append(m.Notes, "A map needs two parties; this case has one.")
		return m
	}
	marks := s.marks()
	frontier := s.drawn()
	points := thinned(frontier.Points, min(maxPoints, max(50, maxCells/len(r.Space.Issues))))

	grids := extents(r.Space)
	axes := make([]axis, len(grids))
	for i := range axes {
		ends := []int64{grids[i].low, grids[i].high}
		if t := r.Space.Parties[i].Threshold; t.Set {
			ends = append(ends, t.Value)
		}
		axes[i] = axisOver(grids[i].row, ends)
	}
	all := pairs(len(grids), maxPairs)
	shaded := clouds(r.Space, grids, all)
	m.Data = mapData{Clouds: map[string][3]string{}}
	for i, pair := range all {
		if shaded != nil {
			m.Data.Clouds[fmt.Sprintf("%d,%d", pair[0], pair[1])] = shaded[i].paths(grids[pair[0]], axes[pair[0]], grids[pair[1]], axes[pair[1]])
		}
	}
	s.fillData(&m.Data, axes, marks, points, r)

	m.Plane = template.HTML(s.plane(axes, marks, points, &m.Data))
	if len(axes) > 2 {
		m.Parallel = template.HTML(s.parallel(axes, marks))
		for i := range axes {
			m.Parties = append(m.Parties, partyTitle(c, i))
		}
	}
	for _, k := range marks {
		row := legendRow{Symbol: template.HTML(swatch(k.kind)), Label: k.label, Name: k.name, Status: k.kind == "status"}
		for i := range axes {
			row.Scores = append(row.Scores, points2(axes[i].row, k.judged.Judgment.Utilities[i]))
		}
		m.Legend = append(m.Legend, row)
	}
	m.Notes = s.mapNotes(frontier.Size, len(points), shaded != nil)
	return m
}

// points2 is points with a typographer's minus.
func points2(r *outcome.Row, u int64) string {
	return strings.Replace(points(r, u), "-", "−", 1)
}

func (s *paper) mapNotes(size, shown int, shaded bool) []string {
	r := s.Main
	var notes []string
	if s.open != nil {
		notes = append(notes, "There is no zone of agreement. The dots are the frontier of all packages that satisfy the requirements, thresholds and red lines ignored: what would be possible, not what would be accepted.")
	} else if s.whole {
		notes = append(notes, "The dots are the frontier of all packages that satisfy the requirements, thresholds and red lines ignored.")
	} else if size > 0 {
		notes = append(notes, plural(size, "distinct result", "distinct results")+" on the frontier.")
	}
	if shown < size {
		notes = append(notes, fmt.Sprintf("%d of them are drawn, evenly chosen along the frontier, so that the page stays readable.", shown))
	}
	if shaded {
		text := "Grey: where possible packages lie."
		if s.open == nil {
			text += " Tinted: packages in the zone, darker where there are more."
		}
		notes = append(notes, text)
	} else {
		notes = append(notes, fmt.Sprintf("The possible packages are too many (%s) to shade the map.", grouped(r.Analysis.Outcomes)))
	}
	return notes
}

func (s *paper) fillData(d *mapData, axes []axis, marks []mark, points []bargain.Point, r *study.Reading) {
	c := s.File.Case
	value := func(i int, u int64) float64 {
		f, _ := axes[i].row.Points(u).Float64()
		return f
	}
	for i, a := range axes {
		x := axisData{Title: partyTitle(c, i), Low: value(i, a.low), High: value(i, a.high)}
		if t := r.Space.Parties[i].Threshold; t.Set {
			v := value(i, t.Value)
			x.NoDeal = &v
		}
		at, labels := a.ticks(6)
		for k := range at {
			x.Ticks = append(x.Ticks, tick{value(i, at[k]), labels[k]})
		}
		d.Parties = append(d.Parties, x)
	}
	place := make([]map[int]int, len(r.Space.Issues))
	for i := range place {
		place[i] = map[int]int{}
		d.Issues = append(d.Issues, issueData{Title: issueTitle(c, i)})
	}
	add := func(name string, o outcome.Outcome, utilities []int64) {
		p := pointData{Name: name, Accepts: s.acceptance(o)}
		for i, k := range o {
			at, ok := place[i][k]
			if !ok {
				at = len(d.Issues[i].Options)
				place[i][k] = at
				d.Issues[i].Options = append(d.Issues[i].Options, optionTitle(c, i, k))
			}
			p.Options = append(p.Options, at)
		}
		for i, u := range utilities {
			p.Texts = append(p.Texts, points2(axes[i].row, u))
			p.Values = append(p.Values, value(i, u))
		}
		d.Points = append(d.Points, p)
	}
	for _, k := range marks {
		name := k.label + " · " + k.name
		add(name, k.judged.Outcome, k.judged.Judgment.Utilities)
	}
	for _, p := range points {
		add("", p.Outcome, p.Utilities)
	}
}

// acceptance says in a few words who accepts a package.
func (s *paper) acceptance(o outcome.Outcome) string {
	r := s.Main
	yes := r.Space.Accepted(o)
	n := len(r.Space.Parties)
	text := ""
	switch k := bits.OnesCount64(yes); {
	case k == n:
		text = "Accepted by every party"
	case k == 0:
		text = "Accepted by no party"
	default:
		text = "Accepted by " + sentenceList(members(s.File.Case, n, yes)) + " only"
	}
	if !r.Space.Admits(o) {
		text += ", but fails a requirement"
	}
	if r.Space.AsksHome() {
		if r.Space.Ratifiable(o) {
			text += "; carried at home"
		} else {
			text += "; not carried at home on every side"
		}
	}
	return text + "."
}

// tenth writes a length in tenths of a pixel as pixels.
func tenth(n int) string {
	if n%10 == 0 {
		return decimal(n / 10)
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return sign + decimal(n/10) + "." + decimal(n%10)
}

// paths draws the cloud in three shades as paths of horizontal runs of cells.
func (g *cloud) paths(gx, ax, gy, ay axis) [3]string {
	stepX, stepY := (gx.high-gx.low)/int64(g.columns)+1, (gy.high-gy.low)/int64(g.rows)+1
	var most int64
	for _, n := range g.zone {
		most = max(most, n)
	}
	dense := bits.Len64(uint64(most)) * 2 / 3 // about the square of the cube root
	shade := func(k int) int {
		switch n := g.zone[k]; {
		case n > 0 && bits.Len64(uint64(n)) > max(1, dense):
			return 2
		case n > 0:
			return 1
		case g.every[k] > 0:
			return 0
		}
		return -1
	}
	left := func(k int) int { return planeLeft + ax.at(min(gx.low+int64(k)*stepX, ax.high), planeWidth) }
	top := func(k int) int {
		return planeTop + planeHeight - ay.at(min(gy.low+int64(g.rows-k)*stepY, ay.high), planeHeight)
	}
	var b [3]strings.Builder
	for y := range g.rows {
		for x := 0; x < g.columns; {
			tone := shade(y*g.columns + x)
			end := x + 1
			for end < g.columns && shade(y*g.columns+end) == tone {
				end++
			}
			if tone >= 0 {
				fmt.Fprintf(&b[tone], "M%s %sH%sV%sH%sZ", tenth(left(x)), tenth(top(y)), tenth(left(end)), tenth(top(y+1)), tenth(left(x)))
			}
			x = end
		}
	}
	return [3]string{b[0].String(), b[1].String(), b[2].String()}
}

// shapes are drawn around (0, 0), one for each kind of mark.
var shapes = map[string]string{
	"solution": "M0-7L7 0L0 7L-7 0Z",
	"home":     "M0-7L7 5H-7Z",
	"record":   "M-5.5-5.5H5.5V5.5H-5.5Z",
	"status":   "M-5-5H5V5H-5ZM-5-5L5 5M5-5L-5 5",
}

func swatch(kind string) string {
	return `<svg class="swatch" viewBox="-9 -9 18 18" width="18" height="18" aria-hidden="true"><path class="shape ` + kind + `" d="` + shapes[kind] + `"/></svg>`
}

// plane draws the utilities of the first two parties; the script redraws it for
// any other two.
func (s *paper) plane(axes []axis, marks []mark, frontier []bargain.Point, d *mapData) string {
	x, y := axes[0], axes[1]
	px := func(u int64) int { return planeLeft + x.at(u, planeWidth) }
	py := func(u int64) int { return planeTop + planeHeight - y.at(u, planeHeight) }
	right, bottom := planeLeft+planeWidth, planeTop+planeHeight
	c := s.File.Case
	var b strings.Builder
	esc := html.EscapeString
	fmt.Fprintf(&b, `<svg id="plane" class="plane" viewBox="0 0 480 400" role="group" aria-labelledby="plane-title plane-desc"><title id="plane-title">Deal map</title><desc id="plane-desc">%s</desc>`,
		esc(s.mapDescription(len(marks), len(frontier))))
	cloud := d.Clouds["0,1"]
	for k, class := range []string{"every", "zone", "dense"} {
		fmt.Fprintf(&b, `<path class="cloud %s" d="%s"/>`, class, cloud[k])
	}
	b.WriteString(`<g id="ticks" class="ticks">`)
	at, labels := x.ticks(6)
	for k := range at {
		fmt.Fprintf(&b, `<path d="M%s %sV%s"/><text x="%s" y="%s" text-anchor="middle">%s</text>`, tenth(px(at[k])), tenth(planeTop), tenth(bottom), tenth(px(at[k])), tenth(bottom+160), esc(labels[k]))
	}
	at, labels = y.ticks(6)
	for k := range at {
		fmt.Fprintf(&b, `<path d="M%s %sH%s"/><text x="%s" y="%s" text-anchor="end">%s</text>`, tenth(planeLeft), tenth(py(at[k])), tenth(right), tenth(planeLeft-60), tenth(py(at[k])+40), esc(labels[k]))
	}
	b.WriteString(`</g>`)
	fmt.Fprintf(&b, `<path class="axes" d="M%s %sV%sH%s"/>`, tenth(planeLeft), tenth(planeTop), tenth(bottom), tenth(right))
	fmt.Fprintf(&b, `<text id="x-title" class="axis-title" x="%s" y="%s" text-anchor="end">%s →</text>`, tenth(right), tenth(bottom+360), esc(fit(partyTitle(c, 0), 44)))
	fmt.Fprintf(&b, `<text id="y-title" class="axis-title" x="4" y="15">↑ %s</text>`, esc(fit(partyTitle(c, 1), 44)))
	b.WriteString(`<g id="nodeal" class="nodeal">`)
	if t := s.Main.Space.Parties[0].Threshold; t.Set {
		fmt.Fprintf(&b, `<path d="M%s %sV%s"/><text x="%s" y="%s" text-anchor="%s">no deal %s</text>`, tenth(px(t.Value)), tenth(planeTop), tenth(bottom),
			tenth(px(t.Value)+side(px(t.Value))), tenth(bottom-50), anchor(px(t.Value)), esc(points2(x.row, t.Value)))
	}
	if t := s.Main.Space.Parties[1].Threshold; t.Set {
		fmt.Fprintf(&b, `<path d="M%s %sH%s"/><text x="%s" y="%s" text-anchor="end">no deal %s</text>`, tenth(planeLeft), tenth(py(t.Value)), tenth(right),
			tenth(right-30), tenth(py(t.Value)-50), esc(points2(y.row, t.Value)))
	}
	b.WriteString(`</g><g class="frontier">`)
	for k := range frontier {
		u := frontier[k].Utilities
		fmt.Fprintf(&b, `<circle class="pt" data-i="%d" cx="%s" cy="%s" r="2.6"/>`, len(marks)+k, tenth(px(u[0])), tenth(py(u[1])))
	}
	b.WriteString(`</g><g class="marks">`)
	var taken []box
	for _, m := range marks {
		u := m.judged.Judgment.Utilities
		p := [2]int{px(u[0]), py(u[1])}
		taken = append(taken, box{p[0] - 70, p[1] - 70, p[0] + 70, p[1] + 70})
	}
	for k, m := range marks {
		u := m.judged.Judgment.Utilities
		p := [2]int{px(u[0]), py(u[1])}
		lx, ly := labelPlace(p, m.label, taken)
		taken = append(taken, labelBox(p, lx, ly, m.label))
		name := m.label + ", " + m.name + ": " + partyTitle(c, 0) + " " + points2(x.row, u[0]) + ", " + partyTitle(c, 1) + " " + points2(y.row, u[1])
		fmt.Fprintf(&b, `<g class="mark" data-i="%d" transform="translate(%s %s)" tabindex="0" role="button" aria-label="%s"><path class="shape %s" d="%s"/><text class="mark-label" x="%s" y="%s">%s</text></g>`,
			k, tenth(p[0]), tenth(p[1]), esc(name), m.kind, shapes[m.kind], tenth(lx), tenth(ly), esc(m.label))
	}
	b.WriteString(`</g></svg>`)
	return b.String()
}

// side and anchor put the text of a vertical line where it has room.
func side(at int) int {
	if at > planeLeft+planeWidth*3/4 {
		return -40
	}
	return 40
}

func anchor(at int) string {
	if at > planeLeft+planeWidth*3/4 {
		return "end"
	}
	return "start"
}

type box struct{ x0, y0, x1, y1 int }

func (a box) overlaps(b box) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

func labelBox(p [2]int, dx, dy int, text string) box {
	return box{p[0] + dx, p[1] + dy - 110, p[0] + dx + 85*width(text), p[1] + dy + 20}
}

// labelPlace returns the first offset for a label that overlaps nothing placed
// before and stays on the plane; the first of all where there is none.
func labelPlace(p [2]int, text string, taken []box) (dx, dy int) {
	w := 85 * width(text)
	tries := [][2]int{{90, -50}, {90, 130}, {-90 - w, -50}, {-90 - w, 130}, {-w / 2, -110}, {-w / 2, 200}, {90, -170}, {-90 - w, -170}, {110, 250}, {-110 - w, 250}, {100, 40}, {-100 - w, 40}}
next:
	for _, t := range tries {
		b := labelBox(p, t[0], t[1], text)
		if b.x0 < planeLeft || b.y0 < planeTop || b.x1 > planeLeft+planeWidth+100 || b.y1 > planeTop+planeHeight {
			continue
		}
		for _, o := range taken {
			if b.overlaps(o) {
				continue next
			}
		}
		return t[0], t[1]
	}
	return tries[0][0], tries[0][1]
}

func (s *paper) mapDescription(marks, frontier int) string {
	c := s.File.Case
	text := fmt.Sprintf("What packages are worth, in points: %s from left to right, %s from bottom to top. ", partyTitle(c, 0), partyTitle(c, 1))
	if s.open != nil || s.whole {
		text += fmt.Sprintf("%s of the frontier with thresholds and red lines ignored", plural(frontier, "point", "points"))
	} else {
		text += fmt.Sprintf("%s of the frontier of the zone of agreement", plural(frontier, "point", "points"))
	}
	return text + fmt.Sprintf(" and %s. Dashed lines are no-deal values. The same packages are in the tables below.", plural(marks, "labelled package", "labelled packages"))
}

// parallel draws the labelled packages as lines across one axis for each party.
func (s *paper) parallel(axes []axis, marks []mark) string {
	c, r := s.File.Case, s.Main
	const left, right, top, bottom = 300, 4300, 200, 2700
	var b strings.Builder
	esc := html.EscapeString
	b.WriteString(`<svg class="parallel" viewBox="0 0 480 330" role="img" aria-labelledby="par-title par-desc"><title id="par-title">Every party’s result in each labelled package</title><desc id="par-desc">One upright axis for each party, from its least to its greatest score; a short bar marks its no-deal value. The tables below hold the same numbers.</desc>`)
	at := func(i int) int { return left + i*(right-left)/(len(axes)-1) }
	py := func(i int, u int64) int { return bottom - axes[i].at(u, bottom-top) }
	room := max(4, 2*(right-left)/(len(axes)-1)/75)
	for i := range axes {
		fmt.Fprintf(&b, `<path class="axes" d="M%s %sV%s"/>`, tenth(at(i)), tenth(top), tenth(bottom))
		anchored := "middle"
		switch i {
		case 0:
			anchored = "start"
		case len(axes) - 1:
			anchored = "end"
		}
		x := at(i)
		if i == 0 {
			x -= 250
		} else if i == len(axes)-1 {
			x += 400
		}
		fmt.Fprintf(&b, `<text class="axis-title" x="%s" y="%s" text-anchor="%s">%s</text>`, tenth(x), tenth(bottom+200+i%2*190), anchored, esc(fit(partyTitle(c, i), room)))
		if t := r.Space.Parties[i].Threshold; t.Set {
			fmt.Fprintf(&b, `<path class="bar" d="M%s %sH%s"/>`, tenth(at(i)-80), tenth(py(i, t.Value)), tenth(at(i)+80))
		}
	}
	var ends []int
	for k, m := range marks {
		u := m.judged.Judgment.Utilities
		var d strings.Builder
		for i := range axes {
			op := "L"
			if i == 0 {
				op = "M"
			}
			fmt.Fprintf(&d, "%s%s %s", op, tenth(at(i)), tenth(py(i, u[i])))
		}
		fmt.Fprintf(&b, `<path class="line %s dash%d" d="%s"><title>%s</title></path>`, m.kind, k%4, d.String(), esc(m.label+" "+m.name))
		y := py(len(axes)-1, u[len(axes)-1])
		for tries := 0; tries < 20; tries++ {
			clash := false
			for _, e := range ends {
				if max(e-y, y-e) < 125 {
					clash = true
				}
			}
			if !clash {
				break
			}
			y -= 125
			if y < top-60 {
				y = bottom
			}
		}
		ends = append(ends, y)
		fmt.Fprintf(&b, `<text class="mark-label" x="%s" y="%s">%s</text>`, tenth(right+100), tenth(y+40), esc(m.label))
	}
	b.WriteString(`</svg>`)
	return b.String()
}
