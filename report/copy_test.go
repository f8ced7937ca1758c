package report

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

const iranUS = "../catalog/cases/iran-us-2026"

// fixture opens a case of testdata by its name, or any case by its path.
func fixture(t testing.TB, name string) *casefile.File {
	t.Helper()
	if !strings.Contains(name, "/") {
		name = "testdata/" + name + ".yaml"
	}
	f, err := casefile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func copyOf(t testing.TB, f *casefile.File, party casefile.PartyID) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCopy(&b, f, party, BriefOptions{Version: "test"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// holds reports whether the token stands in the page by itself, as 1.75 does not in
// 41.75 and in 1.75rem.
func holds(page, token string) bool {
	return regexp.MustCompile(`(^|[^\d.])\b` + regexp.QuoteMeta(token) + `\b`).MatchString(page)
}

// The copy of the canary case holds every token of the public record and of its
// party, and none of the other party's or of neither's: not in text, attributes,
// style or script.
func TestCopyHoldsNoCanary(t *testing.T) {
	data, err := os.ReadFile("testdata/canary.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(data), "goodoffices: 1")
	find := func(pattern string) []string {
		found := regexp.MustCompile(pattern).FindAllString(body, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	tokens := map[string][]string{"open": find(`\bopen\d\d\b`), "both": append(find(`\bboth\d\d\b`), find(`\b\d+\.5\d\b`)...)}
	hidden := map[string][]string{}
	for party, of := range map[string]struct{ word, digit string }{"north": {"alpha", "3"}, "south": {"beta", "7"}} {
		tokens[party] = append(find(`\b`+of.word+`\d\d\b`), find(`\b[1-9]\d*\.`+of.digit+`\d\b`)...)
		tokens[party] = slices.DeleteFunc(tokens[party], func(token string) bool { // ids of constituencies are for the file alone
			return slices.Contains([]string{of.word + "15", of.word + "16", of.word + "17"}, token)
		})
		hidden[party] = find(`\b` + of.word + `x\d\d\b`)
		if len(tokens[party]) < 45 || len(hidden[party]) < 3 {
			t.Fatalf("the canary case has only %d and %d tokens of %s", len(tokens[party]), len(hidden[party]), party)
		}
	}
	if len(tokens["open"]) < 41 || len(tokens["both"]) < 22 {
		t.Fatalf("the canary case has only %d open tokens and %d of neither party", len(tokens["open"]), len(tokens["both"]))
	}
	file := fixture(t, "canary")
	full := paperOn(t, "canary", casefile.Choice{}, study.AnalyzeOptions{})
	for own, other := range map[string]string{"north": "south", "south": "north"} {
		raw := string(copyOf(t, file, casefile.PartyID(own)))
		page := strings.ToLower(raw + html.UnescapeString(raw))
		for _, want := range append(slices.Clone(tokens["open"]), tokens[own]...) {
			if !holds(page, want) {
				t.Errorf("the copy for %s lacks %s", own, want)
			}
		}
		for _, secret := range slices.Concat(tokens[other], hidden[other], tokens["both"]) {
			if word := secret[0] > '9'; word && strings.Contains(page, secret) || !word && holds(page, secret) {
				t.Errorf("the copy for %s holds %s", own, secret)
			}
		}
		// What packages are worth to the other party and to its people at home.
		k, _ := file.Case.Parties.Position(casefile.PartyID(other))
		row := &full.Main.Space.Parties[k]
		for _, p := range full.Main.Packages {
			worth := []string{points(&row.Row, p.Judgment.Utilities[k])}
			for g := range row.Constituencies {
				worth = append(worth, points(&row.Constituencies[g], p.Judgment.Constituencies[k][g]))
			}
			for _, n := range worth {
				if !strings.Contains(n, ".") {
					t.Fatalf("%s is too plain a number for a canary", n)
				}
				if holds(page, n) {
					t.Errorf("the copy for %s holds %s, which %s is worth to %s", own, n, p.ID, other)
				}
			}
		}
	}
	// The tokens are no shibboleths of the test's own: the whole brief shows them.
	whole := strings.ToLower(string(brief(t, full)))
	for _, set := range []string{"open", "both", "north", "south"} {
		for _, want := range tokens[set] {
			if set == "both" && (want == "both05" || want == "both11" || want == "both15") { // ids behind titles
				continue
			}
			if !holds(whole, want) {
				t.Errorf("the whole brief lacks %s", want)
			}
		}
	}
}

// Nothing that is assumed about another party, or about several, moves a byte of a
// party's copy.
func TestCopyDoesNotDependOnTheOtherSide(t *testing.T) {
	for _, name := range append([]string{iranUS, "canary"}, cases...) {
		file := fixture(t, name)
		c := file.Case
		for _, party := range c.Parties.Keys() {
			want := copyOf(t, file, party)
			var parties []casefile.Entry[casefile.PartyID, casefile.Party]
			for id, p := range c.Parties.All() {
				if id != party {
					p = casefile.Party{Title: p.Title, RedLines: []casefile.RedLine{{ID: "other", Never: "true"}}}
				}
				parties = append(parties, casefile.Entry[casefile.PartyID, casefile.Party]{ID: id, Value: p})
			}
			changed := *c
			changed.Parties = casefile.NewMap(parties...)
			changed.About, changed.Consent, changed.Divisible, changed.Levers, changed.Views = "another", string(party), nil, nil, casefile.Map[string, casefile.View]{}
			got := copyOf(t, &casefile.File{Name: "other.yaml", Data: file.Data, Case: &changed}, party)
			if !bytes.Equal(got, want) {
				t.Errorf("%s: the copy for %s depends on what it must not hold", name, party)
			}
		}
	}
}

// In the catalogue's case, no cell with points holds a number that stands in the
// other side's estimates alone.
func TestCopyHoldsNoPointsOfTheOtherSide(t *testing.T) {
	file := fixture(t, iranUS)
	full, err := of(t, file, casefile.Choice{}).Analyze(t.Context(), study.AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`\d+(\.\d+)?`)
	estimates := func(k int) map[string]bool {
		in := map[string]bool{}
		add := func(text string) {
			for _, n := range number.FindAllString(text, -1) {
				in[n] = true
			}
		}
		scores := func(m casefile.Map[casefile.IssueID, casefile.IssueScores]) {
			for _, is := range m.All() {
				if is.Same != nil {
					add(numberText(*is.Same))
				}
				for _, n := range is.At.All() {
					add(numberText(n))
				}
			}
		}
		party := partyAt(file.Case, k)
		scores(party.Scores)
		add(numberText(party.NoDeal.Value))
		for _, a := range party.Adjustments {
			add(numberText(a.Add))
		}
		for _, g := range party.Ratification.Constituencies.All() {
			scores(g.Scores)
			add(numberText(g.AcceptsAt.Value))
		}
		row := &full.Main.Space.Parties[k]
		for _, p := range append(slices.Clone(full.Main.Packages), *full.Main.StatusQuo) {
			add(points(&row.Row, p.Judgment.Utilities[k]))
			for g := range row.Constituencies {
				add(points(&row.Constituencies[g], p.Judgment.Constituencies[k][g]))
			}
		}
		return in
	}
	for k, party := range file.Case.Parties.Keys() {
		own, other := estimates(k), estimates(1-k)
		cells := pointCells(t, copyOf(t, file, party))
		seen, alone := 0, 0
		for n := range other {
			if !own[n] {
				alone++
			}
		}
		for _, text := range cells {
			for _, n := range number.FindAllString(text, -1) {
				if own[n] {
					seen++
				} else if other[n] {
					t.Errorf("the copy for %s holds %s in %q, which stands in the other side's estimates alone", party, n, text)
				}
			}
		}
		if len(cells) < 100 || seen < 100 || alone < 20 {
			t.Fatalf("%s: %d cells, %d of its own numbers, %d of the other's alone: too few for a test", party, len(cells), seen, alone)
		}
	}
}

// pointCells returns the texts of cells that hold points: those of tables of
// numbers, and those that say who accepts.
func pointCells(t *testing.T, page []byte) []string {
	t.Helper()
	root, err := xhtml.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	attr := func(n *xhtml.Node, key string) string {
		for _, a := range n.Attr {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	var cells []string
	var text func(n *xhtml.Node) string
	text = func(n *xhtml.Node) string {
		if n.Type == xhtml.TextNode {
			return n.Data
		}
		var b strings.Builder
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			b.WriteString(text(c))
		}
		return b.String()
	}
	var visit func(n *xhtml.Node, inside bool)
	visit = func(n *xhtml.Node, inside bool) {
		if id := attr(n, "id"); n.Data == "section" {
			inside = id == "home" || id == "record"
		}
		if n.Data == "table" && attr(n, "class") == "numbers" {
			inside = true
		}
		if n.Data == "td" && inside {
			cells = append(cells, text(n))
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c, inside)
		}
	}
	visit(root, false)
	return cells
}

func TestCopyStandsAlone(t *testing.T) {
	for _, name := range append([]string{iranUS, "canary"}, cases...) {
		file := fixture(t, name)
		for k, party := range file.Case.Parties.Keys() {
			page := copyOf(t, file, party)
			checkPage(t, page)
			text := string(page)
			for _, id := range []string{"map", "packages", "bounds", "views", "division", "symmetry", "levers", "axes-choice", "map-data"} {
				if strings.Contains(text, `id="`+id+`"`) || strings.Contains(text, `href="#`+id+`"`) {
					t.Errorf("%s for %s: %s is in the copy", name, party, id)
				}
			}
			for _, id := range []string{"answer", "positions", "mandates", "assumptions", "method"} {
				if !strings.Contains(text, `<section id="`+id+`"`) {
					t.Errorf("%s for %s: no section %s", name, party, id)
				}
			}
			if strings.Contains(text, "<script") {
				t.Errorf("%s for %s: a copy needs no script", name, party)
			}
			if !strings.Contains(text, file.Hash()) {
				t.Errorf("%s for %s: the hash of the file is missing", name, party)
			}
			if want := html.EscapeString(clean(file.Case.ActorTitle(string(file.Case.Parties.Keys()[k])))); !strings.Contains(text, "Copy for "+want) {
				t.Errorf("%s: the copy does not say that it is for %s", name, want)
			}
		}
	}
}

func TestCopySaysWhatItLeavesOut(t *testing.T) {
	s, err := newCopy(fixture(t, "harbour"), "port")
	if err != nil {
		t.Fatal(err)
	}
	p := newCopyPage(s, BriefOptions{})
	if len(p.Answer) != 2 {
		t.Fatalf("%d paragraphs: %q", len(p.Answer), p.Answer)
	}
	for _, want := range []string{"This copy is for Port authority.", "about Fishers’ union: scores, no-deal values, red lines", "whether there is a deal",
		"Port authority’s own estimated no-deal value", "must not reach Fishers’ union."} {
		if !strings.Contains(p.Answer[0], want) {
			t.Errorf("no %q in %q", want, p.Answer[0])
		}
	}
	// By hand: the paper gives 30 + 25 + 25 = 80 of at least 40; the offer gives 10 and crosses a red line.
	if want := "Under the harbour desk’s assumptions, Port authority would accept 1 of the 2 packages on record: “The board’s paper”."; p.Answer[1] != want {
		t.Errorf("%q", p.Answer[1])
	}
	if len(p.Records) != 3 || len(p.Records[0].Scores) != 1 || p.Records[0].Scores[0].Text != "80, accepts" ||
		!slices.Equal(p.Records[1].Broken, []string{"Crosses Port authority’s red line: no full season (stocks would collapse)", "Port authority gets 10 points, below its no-deal value of 40"}) {
		t.Errorf("records: %+v", p.Records)
	}
	// Whose silence is shown is no secret, and neither is who else is at the table.
	if !slices.Equal(p.Issues[2].Silent, []string{"Fishers’ union", "Port authority"}) {
		t.Errorf("silent on the quay: %q", p.Issues[2].Silent)
	}
	if len(p.Mandates) != 1 || p.Mandates[0].Party != "Port authority" || len(p.Sections) != 0 {
		t.Errorf("mandates %+v, sections %+v", p.Mandates, p.Sections)
	}
	six, err := newCopy(fixture(t, "six"), fixture(t, "six").Case.Parties.Keys()[0])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(six.warning(), "must not reach any other party") {
		t.Errorf("warning: %s", six.warning())
	}
}

// Of the sections that answer questions, a copy has the one on its own people at home
// and no other: every other rests on more than one side.
func TestCopyAnswersNothingAboutSeveralSides(t *testing.T) {
	for _, name := range append([]string{iranUS, "canary"}, cases...) {
		file := fixture(t, name)
		for i, party := range file.Case.Parties.Keys() {
			s, err := newCopy(file, party)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			if partyAt(file.Case, i).Ratification != nil {
				want = []string{"home"}
			}
			for _, section := range newCopyPage(s, BriefOptions{}).Sections {
				got = append(got, section.ID)
				for _, text := range section.Sentences {
					if strings.Contains(text, "zone") {
						t.Errorf("%s for %s: %q", name, party, text)
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("the copy of %s for %s has the sections %q, want %q", name, party, got, want)
			}
		}
	}
}

func TestCopyForNobody(t *testing.T) {
	var b bytes.Buffer
	err := WriteCopy(&b, fixture(t, "harbour"), "oda", BriefOptions{})
	if err == nil || !strings.Contains(err.Error(), "fishers and port") || b.Len() > 0 {
		t.Errorf("%d bytes, error %v", b.Len(), err)
	}
}

// savedCopy writes a copy to a folder of the test and returns its address.
func savedCopy(t *testing.T, name string, party casefile.PartyID) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), string(party)+".html")
	if err := os.WriteFile(file, copyOf(t, fixture(t, name), party), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

// A copy fits a narrow screen and leaves the console silent, in every script.
func TestBrowserCopy(t *testing.T) {
	ctx := browser(t)
	checkScreens(t, ctx, map[string]string{
		"harbour for port":    savedCopy(t, "harbour", "port"),
		"harbour for fishers": savedCopy(t, "harbour", "fishers"),
		"canary for north":    savedCopy(t, "canary", "north"),
		"rtl":                 savedCopy(t, "rtl", fixture(t, "rtl").Case.Parties.Keys()[0]),
		"six":                 savedCopy(t, "six", fixture(t, "six").Case.Parties.Keys()[0]),
	})
}

// Every printed page of a copy says whom it is for and whom it must not reach.
func TestBrowserCopyPrintWarnsOnEveryPage(t *testing.T) {
	ctx := browser(t)
	file := fixture(t, "harbour")
	checkPrint(t, ctx, savedCopy(t, "harbour", "fishers"), 2, []string{"Example, invented · Copy for Fishers’ union alone", "harbour " + file.Hash()[:8],
		"As of 2026-01-31.", "It shows Fishers’ union’s own estimated no-deal value and scores, and must not reach Port authority"})
}

func TestBrowserCopyAccessibility(t *testing.T) {
	checkAccessible(t, map[string]string{
		"canary for north":    savedCopy(t, "canary", "north"),
		"harbour for fishers": savedCopy(t, "harbour", "fishers"),
		"rtl":                 savedCopy(t, "rtl", fixture(t, "rtl").Case.Parties.Keys()[0]),
	})
}
