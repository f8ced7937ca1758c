package report

import (
	"io"
	"math/big"
	"strconv"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/study"
)

// WriteRobustnessJSON writes the Sureness of an assessed study as one JSON document.
// docs/formats/robustness.md explains each field.
func WriteRobustnessJSON(w io.Writer, x *study.Robustness) error {
	return writeDocument(w, robustnessPaper(x).surenessDocument())
}

// shareObject writes a share of draws, null where there were none.
func shareObject(x robust.Share) any {
	if x.Draws == 0 {
		return nil
	}
	return object{{"share", sixDigits(x.Value())}, {"low", sixDigits(x.Low)}, {"high", sixDigits(x.High)}, {"count", x.Hits}, {"draws", x.Draws}}
}

// sixDigits writes a number with six digits after the point at most.
func sixDigits(x float64) number {
	f, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 6, 64), 64)
	if err != nil || f == 0 {
		return "0"
	}
	return number(strconv.FormatFloat(f, 'f', -1, 64))
}

func (s *paper) surenessDocument() object {
	b, c, r := s.robustness, s.File.Case, s.Main
	var spread any
	if b.Spread != nil {
		spread = number(float(new(big.Rat).Mul(b.Spread, big.NewRat(100, 1))))
	}
	pkg := func(o outcome.Outcome) any {
		if o == nil {
			return nil
		}
		return optionsObject(r, c, o)
	}
	var headline, zone, nash any
	if b.Solved {
		headline, zone = b.Headline, shareObject(b.Zone)
		narrowed := list{}
		for _, n := range b.Nash.Narrowed {
			narrowed = append(narrowed, object{{"ranges", sixDigits(n.Ranges)}, {"stays", shareObject(n.Stays)}})
		}
		nash = object{
			{"different", b.Nash.Different},
			{"modal", shareObject(b.Nash.Modal)},
			{"modal_package", pkg(b.Nash.ModalPackage)},
			{"stays", shareObject(b.Nash.Stays)},
			{"package", pkg(b.Nash.Package)},
			{"narrowed", narrowed},
		}
	}
	judged := len(b.Candidates) > 0 && b.Candidates[0].Zone.Draws > 0
	candidates := list{}
	for k := range b.Candidates {
		if !judged {
			break
		}
		x := &b.Candidates[k]
		parties, groups, home := object{}, object{}, object{}
		for q, id := range partyIDs(r.Space) {
			parties = append(parties, member{id, shareObject(x.Parties[q])})
			home = append(home, member{id, shareObject(x.Home[q])})
			if len(x.Constituencies[q]) > 0 {
				of := object{}
				for j, y := range x.Constituencies[q] {
					of = append(of, member{constituencyID(&r.Space.Parties[q].Constituencies[j]), shareObject(y)})
				}
				groups = append(groups, member{id, of})
			}
		}
		candidates = append(candidates, object{
			{"ids", texts(x.IDs)},
			{"outcome", pkg(x.Outcome)},
			{"accepted_by", parties},
			{"accepted", shareObject(x.Accepted)},
			{"zone", shareObject(x.Zone)},
			{"constituencies", groups},
			{"ratified_by", home},
			{"carried", shareObject(x.Carried)},
			{"zone_and_carried", shareObject(x.ZoneCarried)},
			{"nash", shareObject(x.Nash)},
		})
	}
	var focus, most any
	if b.Focus >= 0 && judged {
		focus = b.Focus
	}
	if b.Most >= 0 {
		most = b.Most
	}
	firstRefuser := func(q int) any {
		if q < 0 {
			return nil
		}
		return r.Space.Parties[q].ID
	}
	answers := list{}
	for _, a := range b.Answers {
		answers = append(answers, object{{"question", string(a.Question)}, {"yes", shareObject(a.Share)}})
	}
	effects := list{}
	for _, e := range b.Effects {
		src := &b.Sources[e.Source]
		numbers := list{}
		for _, k := range src.Numbers {
			numbers = append(numbers, b.Uncertain.Numbers[k].ID)
		}
		parts := object{}
		for i, p := range e.Parts {
			parts = append(parts, member{string(b.Answers[i].Question), object{
				{"flips", shareObject(p.Flips)},
				{"first", sixDigits(p.First)}, {"first_error", sixDigits(p.FirstError)},
				{"total", sixDigits(p.Total)}, {"total_error", sixDigits(p.TotalError)},
			}})
		}
		effects = append(effects, object{{"source", src.ID}, {"numbers", numbers}, {"parts", parts},
			{"low", s.endObject(&e.Low)}, {"high", s.endObject(&e.High)}})
	}
	return object{
		{"case", c.ID},
		{"hash", s.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(s.Choice.Levers)},
		{"numbers", b.Numbers},
		{"spread_percent", spread},
		{"seed", number(strconv.FormatUint(b.Seed, 10))},
		{"draws", b.Draws},
		{"draws_asked", b.Asked},
		{"ended", string(b.Ended)},
		{"confidence", number("0.95")},
		{"solved", b.Solved},
		{"method", string(b.Method)},
		{"why", textOrNull(clean(b.Why))},
		{"headline_zone", headline},
		{"zone", zone},
		{"nash", nash},
		{"candidates", candidates},
		{"focus", focus},
		{"most_accepted", most},
		{"radius", object{
			{"ranges", ratOrNull(b.Radius.Ranges)}, {"ranges_party", firstRefuser(b.Radius.RangesParty)},
			{"scores", ratOrNull(b.Radius.Scores)}, {"scores_party", firstRefuser(b.Radius.ScoresParty)},
		}},
		{"egalitarian_margin", ratOrNull(b.Margin)},
		{"pairs", b.Pairs},
		{"answers", answers},
		{"effects", effects},
		{"effects_left_out", b.LeftOut},
		{"conversion", conversion(s.File)},
	}
}

func (s *paper) endObject(e *robust.End) object {
	b := s.robustness
	var zone, same, focus, carried any
	if b.Solved {
		zone = e.Zone
		if b.Nash.Package != nil {
			same = e.Same
		}
	}
	if b.Focus >= 0 {
		focus, carried = e.Focus, e.Carried
	}
	return object{{"zone", zone}, {"focus", focus}, {"focus_carried", carried}, {"same_nash", same}, {"egalitarian_margin", ratOrNull(e.Margin)}}
}

// WriteRobustnessText writes the Sureness of an assessed study for a terminal:
// sentences first, then the packages followed, then what moves the answer.
func WriteRobustnessText(w io.Writer, x *study.Robustness, o TextOptions) error {
	t, s := newTerminal(o), robustnessPaper(x)
	t.masthead(s)
	for _, text := range s.sureness() {
		t.paragraph(text)
	}
	if s.candidateGrid() != nil {
		t.candidates(s)
	}
	if at, asks := s.asks(); at >= 0 {
		movers := s.movers(at, 10)
		t.heading("What moves the answer", "")
		t.paragraph("Share of draws in which drawing one group of numbers anew turns around the answer to: " + asks + ".")
		top := 0.0
		for _, e := range movers {
			top = max(top, e.Parts[at].Flips.Value())
		}
		room := max(16, min(48, t.cols-34))
		for _, e := range movers {
			x := e.Parts[at].Flips
			bar := ""
			for range max(1, int(x.Value()/top*12+0.5)) {
				bar += "█"
			}
			t.WriteString(pad(fit(s.sourceTitle(e.Source), room), room, false) + " " + t.style(blue, pad(bar, 12, false)) + " " + shareText(x) + "\n")
			if ends := "low: " + s.endWords(&e.Low) + "; high: " + s.endWords(&e.High); ends != "low: the same; high: the same" {
				for _, part := range wrap(ends, t.cols-4) {
					t.WriteString("    " + t.style(dim, part) + "\n")
				}
			}
		}
	}
	t.WriteByte('\n')
	for _, note := range s.sureNotes() {
		t.paragraph(note)
	}
	_, err := w.Write(t.Bytes())
	return err
}

// candidates writes a line for every package followed.
func (t *terminal) candidates(s *paper) {
	b := s.robustness
	heads := []string{"in zone"}
	if s.Main.Space.AsksHome() {
		heads = append(heads, "and carried")
	}
	if b.Solved {
		heads = append(heads, "is Nash")
	}
	var rows [][]string
	widest := 0.0
	for k := range b.Candidates {
		c := &b.Candidates[k]
		shares := []robust.Share{c.Zone}
		if s.Main.Space.AsksHome() {
			shares = append(shares, c.ZoneCarried)
		}
		if b.Solved {
			shares = append(shares, c.Nash)
		}
		var row []string
		for _, x := range shares {
			row = append(row, shareText(x))
			widest = max(widest, x.High-x.Value(), x.Value()-x.Low)
		}
		rows = append(rows, row)
	}
	t.heading("Packages", "share of draws; 95 % intervals reach at most "+endText(widest, true)+" to either side")
	room := t.cols
	for _, h := range heads {
		room -= max(width(h), 12) + 2
	}
	room = max(room, 12)
	line := pad("", room, false)
	for _, h := range heads {
		line += "  " + pad(h, max(width(h), 12), true)
	}
	t.WriteString(t.style(dim, line) + "\n")
	for k, row := range rows {
		line := pad(fit(s.candidateName(k), room), room, false)
		for i, x := range row {
			line += "  " + pad(x, max(width(heads[i]), 12), true)
		}
		t.WriteString(line + "\n")
	}
}
