package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// answered returns a study of a fixture with everything that a brief asks.
func answered(t *testing.T, name string) *paper {
	t.Helper()
	return answer(t, assessed(t, name))
}

func answer(t *testing.T, s *paper) *paper {
	t.Helper()
	b, err := of(t, s.File, s.Choice).Brief(t.Context(), study.Options{})
	if err != nil {
		t.Fatal(err)
	}
	full := briefPaper(b)
	full.robustness, full.sessions = s.robustness, nil
	return full
}

func sectionOf(t *testing.T, s *paper, id string) section {
	t.Helper()
	all := s.sections()
	at := slices.IndexFunc(all, func(x section) bool { return x.ID == id })
	if at < 0 {
		t.Fatalf("no section %s", id)
	}
	return all[at]
}

// Every drawing is well formed, named for listeners, and stays within its view box, the
// words as wide as a wide typeface makes them.
func TestDrawingsStayInside(t *testing.T) {
	drawn := 0
	for _, name := range append([]string{"canary"}, cases...) {
		s := answered(t, name)
		for _, x := range s.sections() {
			if x.Drawing == "" {
				continue
			}
			drawn++
			if x.Caption == "" {
				t.Errorf("%s, %s: no caption", name, x.ID)
			}
			where := name + ", " + x.ID
			checkDrawing(t, where, string(x.Drawing))
		}
	}
	if drawn < 10 {
		t.Errorf("only %d drawings", drawn)
	}
}

func checkDrawing(t *testing.T, where, drawing string) {
	t.Helper()
	const cell = 6.4 // of a wide typeface at the size of the drawing's words
	d := xml.NewDecoder(strings.NewReader(drawing))
	var height float64
	title, words := false, ""
	var x, left float64
	anchor := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			get := func(name string) (float64, bool) {
				for _, a := range e.Attr {
					if a.Name.Local == name {
						v, err := strconv.ParseFloat(a.Value, 64)
						if err != nil {
							t.Errorf("%s: %s=%q", where, name, a.Value)
						}
						return v, true
					}
				}
				return 0, false
			}
			words, anchor = "", ""
			switch e.Name.Local {
			case "svg":
				for _, a := range e.Attr {
					if a.Name.Local == "viewBox" {
						if _, err := fmt.Sscanf(a.Value, "0 0 360 %f", &height); err != nil {
							t.Errorf("%s: view box %q", where, a.Value)
						}
					}
				}
			case "title":
				title = true
			case "rect":
				x, _ = get("x")
				w, _ := get("width")
				y, _ := get("y")
				h, _ := get("height")
				if x < 0 || w < 0 || y < 0 || h < 0 || x+w > drawingWidth || y+h > height {
					t.Errorf("%s: a bar at %v, %v of %v by %v lies outside 360 by %v", where, x, y, w, h, height)
				}
			case "circle":
				x, _ := get("cx")
				y, _ := get("cy")
				if x < 0 || x > drawingWidth || y < 0 || y > height {
					t.Errorf("%s: a dot at %v, %v", where, x, y)
				}
			case "text":
				left, _ = get("x")
				y, _ := get("y")
				for _, a := range e.Attr {
					if a.Name.Local == "class" {
						anchor = a.Value
					}
				}
				if y < 0 || y > height {
					t.Errorf("%s: words at height %v of %v", where, y, height)
				}
			case "path":
				for _, a := range e.Attr {
					if a.Name.Local == "d" && regexp.MustCompile(`[^MHVZmv0-9 -]`).MatchString(a.Value) {
						t.Errorf("%s: path %q", where, a.Value)
					}
				}
			}
		case xml.CharData:
			words += string(e)
		case xml.EndElement:
			if e.Name.Local != "text" {
				continue
			}
			long := cell * float64(width(words))
			from, to := left, left+long
			if strings.Contains(anchor, "middle") {
				from, to = left-long/2, left+long/2
			} else if strings.Contains(anchor, "end") {
				from, to = left-long, left
			}
			if from < -4 || to > drawingWidth+4 {
				t.Errorf("%s: %q reaches from %v to %v", where, words, from, to)
			}
		}
	}
	if !title || height == 0 {
		t.Errorf("%s: no title or view box", where)
	}
}

// altered returns a study of a fixture whose text is changed.
func altered(t *testing.T, name string, change ...string) *paper {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := casefile.Parse(name+".yaml", []byte(strings.NewReplacer(change...).Replace(string(data))))
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, &paper{Case: &study.Case{File: f}})
}

// A case of six parties without a zone, one with levers that open a zone together, and one that
// nothing opens.
func TestDrawingsWithoutAZone(t *testing.T) {
	six := altered(t, "six", `consent: "dean && mayor && count(union, farmers, lab, press) >= 2"`, "consent: everyone", "no_deal: 35", "no_deal: 80", "no_deal: 45", "no_deal: 90")
	levers := altered(t, "nozone", "packages:", `levers:
  - {id: bridge, title: A bridge, by: mediators, cost: 1, add: {buyer.no_deal: -20}}
  - {id: loan, title: A loan, by: mediators, cost: 2, add: {seller.no_deal: -20}}
  - {id: threat, title: A threat, by: buyer, kind: pressure, add: {seller.no_deal: -60}}
packages:`)
	for name, s := range map[string]*paper{"six": six, "levers": levers} {
		for _, id := range []string{"blocks", "opens"} {
			x := sectionOf(t, s, id)
			if x.Drawing == "" || len(x.Sentences) == 0 || x.Short == "" {
				t.Errorf("%s, %s: %+v", name, id, x)
			}
			checkDrawing(t, name+", "+id, string(x.Drawing))
		}
	}
	// By hand: no deal at 50 and 50 lets the middle in; neither 50 and 70 nor 70 and 50 does, as the two
	// always get 100 together at most.
	x := sectionOf(t, levers, "levers")
	checkDrawing(t, "levers", string(x.Drawing))
	if want := "Under the analyst’s assumptions, no lever alone opens a zone of agreement; 1 smallest set of levers without pressure would."; !strings.HasPrefix(x.Sentences[0], want) {
		t.Errorf("%q", x.Sentences[0])
	}
	if want := "Mediators alone: “A bridge” and “A loan”, at a cost of 3. That is also the cheapest of all without pressure."; x.Lists[0].Items[0] != want {
		t.Errorf("%q", x.Lists[0].Items)
	}
	if got := strings.Count(string(x.Drawing), `<circle class="full"`); got != 2 {
		t.Errorf("%d levers are marked in the drawing", got)
	}
	for _, id := range []string{"home", "agenda", "closes"} {
		if slices.ContainsFunc(levers.sections(), func(x section) bool { return x.ID == id }) {
			t.Errorf("a case without a zone has the section %s", id)
		}
	}
}

// The case without a zone, by hand: 33 packages, a price and a term; what either side would
// have to accept below its no-deal value of 70.
func TestWhatBlocksAndOpens(t *testing.T) {
	s := paperOn(t, "nozone", casefile.Choice{}, study.AnalyzeOptions{})
	blocks, opens := sectionOf(t, s, "blocks"), sectionOf(t, s, "opens")
	if want := []string{"Buyer’s no-deal value of 70 points and seller’s red line “no gift”.", "Buyer’s no-deal value of 70 points and seller’s no-deal value of 70 points."}; !slices.Equal(blocks.Lists[0].Items, want) {
		t.Errorf("blocked by %q", blocks.Lists[0].Items)
	}
	if len(blocks.Limits) != 3 || blocks.Limits[0].Who != "buyer" {
		t.Errorf("conditions: %+v", blocks.Limits)
	}
	// Two columns of two conditions each.
	if got := strings.Count(string(blocks.Drawing), `class="full"`); got != 4 {
		t.Errorf("%d marks in the drawing of what blocks", got)
	}
	if want := "Under the analyst’s assumptions, the smallest change that opens a zone is this: buyer accepts 42 points less than its no-deal value of 70."; !strings.HasPrefix(opens.Sentences[0], want) {
		t.Errorf("opens: %q", opens.Sentences[0])
	}
	if want := "In points alone, everything else as it is, any of these is enough: buyer 10 points and seller 30 points below the no-deal value; or buyer 18"; !strings.HasPrefix(opens.Sentences[1], want) {
		t.Errorf("in points: %q", opens.Sentences[1])
	}
	// A dot for each concession, falling from left to right.
	dots := regexp.MustCompile(`<circle class="full" cx="(\d+)" cy="(\d+)"`).FindAllStringSubmatch(string(opens.Drawing), -1)
	if len(dots) != len(s.diagnosed.Concessions) {
		t.Errorf("%d dots for %d concessions", len(dots), len(s.diagnosed.Concessions))
	}
	for i := 1; i < len(dots); i++ {
		x0, _ := strconv.Atoi(dots[i-1][1])
		x1, _ := strconv.Atoi(dots[i][1])
		y0, _ := strconv.Atoi(dots[i-1][2])
		y1, _ := strconv.Atoi(dots[i][2])
		if x1 < x0 || y1 < y0 {
			t.Errorf("the stairs rise from %v to %v", dots[i-1], dots[i])
		}
	}
}

// With a zone, what could close it; the sections without one are not there.
func TestWhatCloses(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	for _, x := range s.sections() {
		if x.ID == "blocks" || x.ID == "opens" {
			t.Errorf("a case with a zone has the section %s", x.ID)
		}
	}
	closes := sectionOf(t, s, "closes")
	k := s.diagnosed.Slack
	for p := range s.Main.Space.Parties {
		party := &s.Main.Space.Parties[p]
		top := new(big.Rat).Add(party.Points(party.Threshold.Value), k.Raise[p])
		if want := fmt.Sprintf("%s: %s, up to %s", partyTitle(s.File.Case, p), points(&party.Row, party.Threshold.Value), decimals(top)); !strings.Contains(string(closes.Drawing), want) {
			t.Errorf("no %q in the drawing", want)
		}
	}
	if !strings.HasPrefix(closes.Sentences[0], "Under the harbour desk’s assumptions, the no-deal value nearest to closing the zone is that of ") {
		t.Errorf("%q", closes.Sentences[0])
	}
}

func TestScaled(t *testing.T) {
	for _, x := range []struct {
		part, whole string
		want        int
	}{{"0", "7", 0}, {"7", "7", 360}, {"1", "3", 120}, {"1", "720", 1}, {"1", "721", 0}, {"5/2", "5", 180}} {
		part, _ := new(big.Rat).SetString(x.part)
		whole, _ := new(big.Rat).SetString(x.whole)
		if got := scaled(part, whole, 360); got != x.want {
			t.Errorf("%s of %s is %d of 360, want %d", x.part, x.whole, got, x.want)
		}
	}
}

// What is said of win-sets agrees with judging every package.
func TestAtHomeAgainstEveryPackage(t *testing.T) {
	s := answered(t, "canary")
	space := s.Main.Space
	var zone, all int
	each := make([]int, len(space.Parties))
	l, err := outcome.NewLister(space)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := space.Count()
	for rank := range n {
		o := l.Outcome(rank)
		j := bargain.Judge(space, o)
		if !j.InZone {
			continue
		}
		zone++
		every := true
		for p, ok := range j.Ratifies {
			if ok {
				each[p]++
			}
			every = every && ok
		}
		if every {
			all++
		}
	}
	share := func(k int) string { return percent(big.NewInt(int64(k)), big.NewInt(int64(zone))) }
	text := sectionOf(t, s, "home").Sentences[0]
	want := fmt.Sprintf("%s %s and %s %s; every side at once, %s.", partyTitle(s.File.Case, 0), share(each[0]), partyTitle(s.File.Case, 1), share(each[1]), share(all))
	if !strings.HasSuffix(text, want) {
		t.Errorf("%q does not end in %q", text, want)
	}
}

// The indices of a group are the same numbers in the terminal, in the brief and in JSON, and
// Banzhaf's is the normalised one.
func TestPowerIsOneNumber(t *testing.T) {
	s := answered(t, "canary")
	h, err := of(t, s.File, casefile.Choice{}).Home(t.Context(), nil, study.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text, fields bytes.Buffer
	if err := errors.Join(WriteHomeText(&text, h, TextOptions{Width: 120}), WriteHomeJSON(&fields, h)); err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(text.String(), "What each group’s answer decides")
	plain := strings.NewReplacer("\u00a0", " ")
	told, normalised := 0, 0
	for _, row := range s.powerGrid().Rows {
		if len(row) < 6 {
			continue
		}
		for line := range strings.Lines(table) {
			rest, ok := strings.CutPrefix(line, row[0].Text+" ")
			if !ok {
				continue
			}
			told++
			var cells []string
			for _, c := range row[1:] {
				cells = append(cells, c.Text)
			}
			want := plain.Replace(strings.Join(cells, " "))
			if got := strings.Join(strings.Fields(plain.Replace(rest)), " "); !strings.HasPrefix(got, want+" ") {
				t.Errorf("%s has %q in the brief and %q in the terminal", row[0].Text, want, got)
			}
		}
	}
	groups := s.winSets.Sets.Parties[0].Groups
	for k := range groups {
		index := new(big.Rat).SetFrac(groups[k].Power.Swings, swings(groups))
		measure := new(big.Rat).SetFrac(groups[k].Power.Swings, new(big.Int).Lsh(big.NewInt(1), uint(len(groups)-1)))
		if index.Cmp(measure) != 0 {
			normalised++
		}
		for _, want := range []string{`"banzhaf": ` + float(index), `"banzhaf_absolute": ` + float(measure)} {
			if !strings.Contains(fields.String(), want) {
				t.Errorf("the JSON has no %s", want)
			}
		}
	}
	if told < 2 || normalised == 0 {
		t.Errorf("%d groups were compared; of %d the index differs from the measure", told, normalised)
	}
}

// The ladder of the harbour case: its sentences against the agendas themselves, and a bar
// for each party on every rung with a deal.
func TestAgendaLadder(t *testing.T) {
	s := answered(t, "harbour")
	x, a := sectionOf(t, s, "agenda"), s.taken.Sets
	if s.taken.Near == nil || s.taken.Linkages == nil {
		t.Fatal("no orders or linkages of a case of three issues")
	}
	rungs := 0
	for _, r := range a.Ladder {
		if r.Nash != nil {
			rungs++
		}
	}
	if got := strings.Count(string(x.Drawing), `class="value"`); rungs == 0 || got != 2*rungs {
		t.Errorf("%d bars on %d rungs", got, rungs)
	}
	if want := fmt.Sprintf("a deal needs at least %d of 3 issues on the table", len(a.Smallest[0].Table)); !strings.Contains(x.Sentences[0], want) {
		t.Errorf("no %q in %q", want, x.Sentences[0])
	}
	for _, name := range []string{"nozone", "six"} { // no zone; no status quo
		if s := answered(t, name); s.taken != nil || s.takenWhy != "" {
			t.Errorf("%s has an agenda, or misses one: %q", name, s.takenWhy)
		}
	}
}

// Whatever a table holds and however narrow the terminal, no line is wider, no word is lost, and colour
// adds nothing but colour.
func TestTablesOfAnyWidth(t *testing.T) {
	for seed := range uint64(trials.Of(300, 3000)) {
		r := rand.New(rand.NewPCG(seed, 7))
		words := func(most int) string {
			var all []string
			for range r.IntN(most + 1) {
				all = append(all, strings.Repeat("w", 1+r.IntN(9))+fmt.Sprint(r.IntN(1000)))
			}
			return strings.Join(all, " ")
		}
		g := grid{Caption: words(4), Numbers: r.IntN(2) == 0, Left: words(3)}
		for range 1 + r.IntN(7) {
			g.Heads = append(g.Heads, words(3))
		}
		want := words(0)
		for range 1 + r.IntN(5) {
			row := make([]cell, 1, len(g.Heads))
			row[0].Text = "head " + words(3)
			for len(row) < len(g.Heads) {
				row = append(row, cell{Text: words(12)})
			}
			for _, c := range row {
				want += " " + c.Text
			}
			g.Rows = append(g.Rows, row)
		}
		for _, columns := range []int{40, 80, 120} {
			plain, colored := newTerminal(TextOptions{Width: columns}), newTerminal(TextOptions{Width: columns, Color: true})
			plain.grid(&g)
			colored.grid(&g)
			if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored.String(), ""); got != plain.String() {
				t.Fatalf("seed %d: colour changes more than colour:\n%s\n%s", seed, got, plain)
			}
			for line := range strings.Lines(plain.String()) {
				if width(strings.TrimRight(line, "\n")) > columns {
					t.Fatalf("seed %d: wider than %d: %q", seed, columns, line)
				}
			}
			for _, word := range strings.Fields(want) {
				if !strings.Contains(strings.ToLower(plain.String()), word) {
					t.Fatalf("seed %d, %d columns: no %q in\n%s", seed, columns, word, plain)
				}
			}
		}
	}
}
