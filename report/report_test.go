package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"flag"
	"io"
	"math"
	"math/big"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// cases are the fixtures: an ordinary case, one without a zone, one in a
// right-to-left script with hostile texts, one of six parties.
var cases = []string{"harbour", "nozone", "rtl", "six"}

// of returns a study of a file.
func of(t testing.TB, file *casefile.File, choice casefile.Choice) *study.Study {
	t.Helper()
	s, err := study.New(file, choice)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// analysed returns the analysis of a fixture.
func analysed(t testing.TB, name string, choice casefile.Choice, opts study.AnalyzeOptions) *study.Analysis {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := casefile.Parse(name+".yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	a, err := of(t, f, choice).Analyze(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// paperOn returns the paper on the analysis of a fixture.
func paperOn(t testing.TB, name string, choice casefile.Choice, opts study.AnalyzeOptions) *paper {
	t.Helper()
	return analysisPaper(analysed(t, name, choice, opts))
}

func brief(t testing.TB, s *paper) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeBrief(&b, s, BriefOptions{Version: "test"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStudyReadsEveryView(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	if len(s.Readings) != 2 || s.Main != s.Readings[0] || s.Readings[1].View != "hard" {
		t.Fatalf("readings: %+v", s.Readings)
	}
	base, hard := s.Readings[0].ZoneCount(), s.Readings[1].ZoneCount()
	if base.Int64() != 7 || hard.Int64() != 3 {
		t.Errorf("zones hold %v and %v packages, want 7 and 3", base, hard)
	}
	if v := paperOn(t, "harbour", casefile.Choice{View: "hard"}, study.AnalyzeOptions{}); v.Main != v.Readings[1] {
		t.Error("the view asked for is not the main reading")
	}
	f := s.File
	if _, err := study.New(f, casefile.Choice{View: "soft"}); err == nil || !strings.Contains(err.Error(), "soft") {
		t.Errorf("unknown view: %v", err)
	}
}

func TestLeversReachEveryReading(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{Levers: []string{"loan"}}, study.AnalyzeOptions{})
	for _, r := range s.Readings {
		party := &r.Space.Parties[0]
		if got := points(&party.Row, party.Threshold.Value); got != "45" {
			t.Errorf("view %q: no-deal value of the fishers is %s after the loan, want 45", r.View, got)
		}
	}
}

func TestProgressCoversAllReadings(t *testing.T) {
	last := -1.0
	paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{Options: study.Options{Progress: func(done float64) {
		if done < last || done > 1 {
			t.Errorf("progress went from %v to %v", last, done)
		}
		last = done
	}}})
}

func TestJSONGolden(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteJSON(&b, analysed(t, name, casefile.Choice{}, study.AnalyzeOptions{})); err != nil {
				t.Fatal(err)
			}
			if !json.Valid(b.Bytes()) {
				t.Fatal("not valid JSON")
			}
			file := "testdata/" + name + ".json"
			if *update {
				if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("differs from %s (rewrite with -update):\n%s", file, b.Bytes())
			}
		})
	}
}

// The page on the format shows what is really written.
func TestFormatPage(t *testing.T) {
	page, err := os.ReadFile("../docs/formats/analyze.md")
	if err != nil {
		t.Fatal(err)
	}
	diagnosis, err := os.ReadFile("../docs/formats/diagnose.md")
	if err != nil {
		t.Fatal(err)
	}
	s := analysed(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	for fence, write := range map[string]func(io.Writer, *study.Analysis) error{"json": WriteJSON, "csv": WriteCSV} {
		var b bytes.Buffer
		if err := write(&b, s); err != nil {
			t.Fatal(err)
		}
		example := regexp.MustCompile("(?s)```" + fence + "\n.*?```\n")
		want := []byte("```" + fence + "\n" + b.String() + "```\n")
		if *update {
			page = example.ReplaceAllLiteral(page, want)
			if err := os.WriteFile("../docs/formats/analyze.md", page, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Contains(page, want) {
			t.Errorf("docs/formats/analyze.md shows another %s example (rewrite with -update)", fence)
		}
		if fence != "json" {
			continue
		}
		for _, field := range regexp.MustCompile(`"([a-z_]+)":`).FindAllSubmatch(b.Bytes(), -1) {
			if id := string(field[1]); !bytes.Contains(page, []byte("`"+id+"`")) && !bytes.Contains(diagnosis, []byte("`"+id+"`")) && !bytes.Contains(s.File.Data, []byte(id+":")) {
				t.Errorf("neither docs/formats/analyze.md nor diagnose.md explains %s", id)
			}
		}
	}
}

// The fields that programs rely on, with their types.
func TestJSONFields(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, analysed(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})); err != nil {
		t.Fatal(err)
	}
	type place struct {
		Utilities map[string]float64 `json:"utilities"`
		Outcome   map[string]any     `json:"outcome"`
		Ties      int                `json:"ties"`
	}
	var doc struct {
		Case     string
		Hash     string
		Parties  []string
		Outcomes string
		Exact    bool
		Verdict  string
		Zone     struct {
			Count           string
			CountLow        string   `json:"count_low"`
			CountHigh       string   `json:"count_high"`
			Share           *float64 `json:"share"`
			RatifiableShare *float64 `json:"ratifiable_share"`
		}
		Frontier struct {
			Size   int
			Points []place
		}
		Solutions map[string]*place
		Packages  map[string]struct {
			place
			AcceptedBy []string `json:"accepted_by"`
			Broken     []string `json:"broken"`
		}
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Outcomes != "27" || doc.Zone.Count != "7" || doc.Zone.CountLow != "7" || doc.Zone.CountHigh != "7" {
		t.Errorf("counts: %+v", doc.Zone)
	}
	if math.Abs(*doc.Zone.Share-7.0/27) > 1e-15 || math.Abs(*doc.Zone.RatifiableShare-6.0/7) > 1e-15 {
		t.Errorf("shares: %v %v", *doc.Zone.Share, *doc.Zone.RatifiableShare)
	}
	if doc.Frontier.Size != 4 || len(doc.Frontier.Points) != 4 {
		t.Errorf("frontier: %+v", doc.Frontier)
	}
	nash := doc.Solutions["nash"]
	if nash.Utilities["fishers"] != 70 || nash.Utilities["port"] != 65 || nash.Outcome["season"] != 6.0 || nash.Outcome["quay"] != "fleet" || nash.Ties != 1 {
		t.Errorf("nash: %+v", nash)
	}
	offer := doc.Packages["fleet_offer"]
	if strings.Join(offer.AcceptedBy, ",") != "fishers" || strings.Join(offer.Broken, ",") != "port.red_lines.no_full_season,port.no_deal" {
		t.Errorf("fleet_offer: %+v", offer)
	}
}

func TestJSONWithoutZone(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, analysed(t, "nozone", casefile.Choice{}, study.AnalyzeOptions{})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"verdict": "no_zone"`, `"count": "0"`, `"ratifiable_share": null`, `"nash": null`, `"disagreement": null`, `"size": 0`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

func TestFloat(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		want     string
	}{{123, 2, "61.5"}, {1, 3, "0.3333333333333333"}, {-1, 4, "-0.25"}, {0, 5, "0"}, {1, 1 << 40, "0.0000000000009094947017729282"}, {1 << 62, 1, "4611686018427388000"}} {
		if got := float(big.NewRat(c.num, c.den)); got != c.want {
			t.Errorf("float(%d/%d) = %s, want %s", c.num, c.den, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{0, 5, "0"}, {5, 5, "100"}, {1, 1_000_000, "under 0.01"}, {999_999, 1_000_000, "over 99.99"}, {1, 3, "33.3"}, {1, 200, "0.5"}, {1, 2, "50"}} {
		if got := percent(big.NewInt(c.part), big.NewInt(c.whole)); got != c.want+"\u00a0%" {
			t.Errorf("percent(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestCSV(t *testing.T) {
	s := analysed(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	var b bytes.Buffer
	if err := WriteCSV(&b, s); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 5 {
		t.Fatalf("%d rows, want a head and four points", len(rows))
	}
	if got := strings.Join(rows[0], ","); got != "point,solutions,utility.fishers,utility.port,ties,issue.quota,issue.season,issue.quay" {
		t.Errorf("head: %s", got)
	}
	if got := strings.Join(rows[2], ","); got != "2,nash kalai_smorodinsky egalitarian balanced,70,65,1,middle,6,fleet" {
		t.Errorf("second point: %s", got)
	}
}

func TestGuarded(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-12.5": "-12.5", "-": "'-", "-a": "'-a", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'=1", "\r=1": "'=1", "12": "12", "": "", "low": "low", "-1.": "'-1.", "\uff1d1": "'\uff1d1", "\"=1": "'\"=1", "'=1": "''=1",
	} {
		if got := guarded([]string{in})[0]; got != want {
			t.Errorf("guarded(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[31mb":               "a[31mb",
		"a\u202eb\u2066c\u2069":    "abc",
		"  two\n words\t":          "two words",
		"\u009b31m":                "31m",
		"\xff\xfebad":              "bad",
		"می\u200cپذیریم":           "می\u200cپذیریم",
		"flag\U000E0067\U000E007F": "flag",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b]0;x\x07\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("invalid UTF-8: %q", got)
		}
		for _, r := range got {
			if hidden(r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		if again := clean(got); again != got {
			t.Fatalf("cleaning again changes %q to %q", got, again)
		}
		for _, line := range wrap(s, 20) {
			if width(line) > 20 {
				t.Fatalf("line %q is wider than 20", line)
			}
		}
	})
}

func TestSafeLink(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org/a": "https://example.org/a", "HTTP://example.org": "HTTP://example.org",
		"javascript:alert(1)": "", "data:text/html,x": "", "//example.org": "", "https://a\" onclick=": "", "": "",
	} {
		if got := safeLink(in); got != want {
			t.Errorf("safeLink(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	var plain, colored bytes.Buffer
	if err := writeText(&plain, s, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := writeText(&colored, s, TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Error("escape sequences without colour")
	}
	if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored.String(), ""); got != plain.String() {
		t.Errorf("colour changes more than colour:\n%s\n%s", got, plain.String())
	}
	for _, want := range []string{"Under the harbour desk’s assumptions, there are packages", "7 of 27", "The board’s paper", "both accept", "Fishers’ union accepts, breaks 2"} {
		if !strings.Contains(strings.Join(strings.Fields(plain.String()), " "), want) {
			t.Errorf("no %q in\n%s", want, plain.String())
		}
	}
	lines := strings.Split(plain.String(), "\n")
	if len(lines) > 30 {
		t.Errorf("%d lines are more than a screen", len(lines))
	}
}

func TestTextStaysWithinItsWidth(t *testing.T) {
	for _, name := range cases {
		s := paperOn(t, name, casefile.Choice{}, study.AnalyzeOptions{})
		for _, columns := range []int{60, 80, 120} {
			var b bytes.Buffer
			if err := writeText(&b, s, TextOptions{Width: columns}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if w := width(strings.TrimRight(line, "\n")); w > columns && columns >= 80 {
					t.Errorf("%s at %d columns: %d cells in %q", name, columns, w, line)
				}
				for _, r := range strings.TrimRight(line, "\n") {
					if hidden(r) {
						t.Errorf("%s: %U in %q", name, r, line)
					}
				}
			}
		}
	}
}

func TestSentencesWithoutZone(t *testing.T) {
	s := paperOn(t, "nozone", casefile.Choice{}, study.AnalyzeOptions{})
	p := newPage(s, BriefOptions{})
	if !strings.HasPrefix(p.Answer[0], "Under the analyst’s assumptions, there is no package that every party could accept") {
		t.Errorf("verdict: %s", p.Answer[0])
	}
	if len(p.Answer) != 3 || !strings.Contains(p.Answer[1], "“Dear” comes closest: it breaks 1 condition") || !strings.Contains(p.Answer[2], "below its no-deal value of 70") {
		t.Errorf("answer: %q", p.Answer)
	}
	if s.open == nil || len(s.open.Points) == 0 {
		t.Error("no unrestricted frontier to draw")
	}
}

// What a view adds is known by its reason, like what the case states.
func TestViewReachesTheWords(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{View: "hard"}, study.AnalyzeOptions{})
	p := newPage(s, BriefOptions{})
	if !strings.Contains(p.Answer[0], "changed as in the view “A harder port”") {
		t.Errorf("verdict: %s", p.Answer[0])
	}
	if !strings.Contains(strings.Join(p.Changes, " "), "Port authority’s no-deal value becomes 60") {
		t.Errorf("changes: %q", p.Changes)
	}
	if got := s.gets(&s.Main.Proposals()[0].Judged); !strings.Contains(got, "against 60 without a deal") {
		t.Errorf("gets: %s", got)
	}
}

// A zone that holds the status quo says so.
func TestStatusQuoInTheZone(t *testing.T) {
	data := []byte(`
goodoffices: 1
id: idle
issues: {a: {options: {x: X, y: Y}, status_quo: x}}
parties: {p: {scores: {a: {x: 1, y: 0}}, no_deal: 0}, q: {scores: {a: {x: 1, y: 0}}, no_deal: 1}}
`)
	f, err := casefile.Parse("idle.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	a, err := of(t, f, casefile.Choice{}).Analyze(t.Context(), study.AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := newPage(analysisPaper(a), BriefOptions{})
	if !strings.Contains(p.Answer[0], "status quo, which is no deal") || !strings.Contains(p.Answer[1], "needs no agreement") {
		t.Errorf("answer: %q", p.Answer)
	}
	if !p.Packages[0].Status {
		t.Error("the card does not say that it is the status quo")
	}
}

func TestWholeFrontier(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{Whole: true})
	if got := strings.Join(s.mapFigure().Notes, " "); !strings.Contains(got, "thresholds and red lines ignored") {
		t.Errorf("notes: %s", got)
	}
	for _, p := range s.Main.Proposals() {
		if !p.Judgment.InZone {
			t.Errorf("%s is proposed outside the zone", p.Letters())
		}
	}
}

// In a left-to-right sentence a number after a right-to-left name would be drawn
// before it.
func TestNumbersAfterRightToLeftNames(t *testing.T) {
	p := newPage(paperOn(t, "rtl", casefile.Choice{}, study.AnalyzeOptions{}), BriefOptions{})
	if !strings.Contains(p.Answer[1], "بالادست\u200e 40 points") {
		t.Errorf("no mark between name and number in %q", p.Answer[1])
	}
}

func TestStatusQuoIsNotProposed(t *testing.T) {
	s := paperOn(t, "rtl", casefile.Choice{}, study.AnalyzeOptions{})
	for _, p := range s.Main.Proposals() {
		if s.Main.IsStatusQuo(p.Outcome) {
			t.Errorf("the status quo is proposed as %s", p.Letters())
		}
	}
}

func TestBoundsComeFromTheZone(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	p := newPage(s, BriefOptions{})
	want := map[string][2]string{
		"Yearly quota":         {"40,000 tonnes (30)", "60,000 tonnes (50)"},
		"Length of the season": {"3 months (0)", "9 months (20)"},
		"Use of the new quay":  {"Shared (20)", "For the fleet (30)"},
	}
	for _, row := range p.Bounds[0].Rows {
		if w := want[row[0].Text]; row[1].Text != w[0] || row[2].Text != w[1] {
			t.Errorf("%s: %q to %q, want %q to %q", row[0].Text, row[1].Text, row[2].Text, w[0], w[1])
		}
	}
}

func TestSymmetrySaysNoneOnRecord(t *testing.T) {
	p := newPage(paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{}), BriefOptions{})
	for _, row := range p.Symmetry.Rows {
		if len(row) != 3 {
			t.Fatalf("row %+v", row)
		}
		if row[0].Text == "Constituencies" && (row[1].Text != "3" || row[2].Text != "none on record") {
			t.Errorf("constituencies: %+v", row)
		}
		if row[1].Text == "0" || row[2].Text == "0" {
			t.Errorf("a bare 0 in %+v", row)
		}
	}
}

// The brief is well-formed, loads nothing, and admits only its own style and script.
func TestBriefStandsAlone(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			page := brief(t, paperOn(t, name, casefile.Choice{}, study.AnalyzeOptions{}))
			if len(page) > 1_500_000 {
				t.Errorf("%d bytes", len(page))
			}
			checkPage(t, page)
		})
	}
}

func checkPage(t *testing.T, page []byte) {
	t.Helper()
	open := map[string]int{}
	ids := map[string]bool{}
	var links []string
	policy, style, script := "", "", ""
	void := map[string]bool{"meta": true, "br": true, "hr": true, "img": true, "input": true, "link": true, "wbr": true}
	var stack []string
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		tok := z.Token()
		switch kind {
		case html.TextToken:
			if len(stack) > 0 && stack[len(stack)-1] == "style" {
				style = tok.Data
			}
			if len(stack) > 0 && stack[len(stack)-1] == "script" && open["plain script"] > 0 {
				script = tok.Data
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			attrs := map[string]string{}
			for _, a := range tok.Attr {
				attrs[a.Key] = a.Val
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "srcset" {
					t.Errorf("<%s> has the attribute %s", tok.Data, a.Key)
				}
			}
			if id := attrs["id"]; id != "" {
				if ids[id] {
					t.Errorf("id %s occurs twice", id)
				}
				ids[id] = true
			}
			switch tok.Data {
			case "link", "img", "iframe", "object", "embed", "form", "base":
				t.Errorf("<%s> in the page", tok.Data)
			case "a":
				links = append(links, attrs["href"])
				if !strings.HasPrefix(attrs["href"], "#") {
					if !strings.HasPrefix(attrs["href"], "http") || attrs["rel"] != "noreferrer noopener" {
						t.Errorf("link %v", attrs)
					}
				}
			case "meta":
				if attrs["http-equiv"] == "Content-Security-Policy" {
					policy = attrs["content"]
				}
			case "script":
				open["plain script"] = 0
				if attrs["type"] == "" {
					open["plain script"] = 1
				}
			}
			if kind == html.StartTagToken && !void[tok.Data] {
				stack = append(stack, tok.Data)
			}
		case html.EndTagToken:
			if len(stack) == 0 || stack[len(stack)-1] != tok.Data {
				t.Fatalf("</%s> closes %v", tok.Data, stack[max(0, len(stack)-5):])
			}
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) > 0 {
		t.Errorf("left open: %v", stack)
	}
	for _, href := range links {
		if strings.HasPrefix(href, "#") && !ids[href[1:]] {
			t.Errorf("link to %s, which is not in the page", href)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %s", policy)
	}
	for what, text := range map[string]string{"style": style, "script": script} {
		if what == "script" && text == "" && strings.Contains(policy, "script-src 'none'") {
			continue
		}
		sum := sha256.Sum256([]byte(text))
		if !strings.Contains(policy, what+"-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			t.Errorf("the policy does not hold the hash of the %s", what)
		}
	}
	if regexp.MustCompile(`(?i)url\(|@import`).MatchString(style) {
		t.Error("the style loads something")
	}
	for _, r := range string(page) {
		if r != '\n' && r != '\t' && hidden(r) {
			t.Fatalf("%U in the page", r)
		}
	}
}

// Texts of a hostile case arrive as text.
func TestBriefEscapes(t *testing.T) {
	page := string(brief(t, paperOn(t, "rtl", casefile.Choice{}, study.AnalyzeOptions{})))
	for _, bad := range []string{"<script>alert", "</style><b>", "<img", "<b>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	for _, good := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;/style&gt;&lt;b&gt;محرمانه", "<q dir=\"auto\">ما نصف را می\u200cپذیریم"} {
		if !strings.Contains(page, good) {
			t.Errorf("no %q in the page", good)
		}
	}
}

// Terminal escapes and overrides that a caller of the library puts past the
// parser do not reach a report either.
func TestHostileValuesAreCleaned(t *testing.T) {
	a := analysed(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	s := analysisPaper(a)
	s.File.Case.Title = "\x1b]0;owned\x07 title \u202egnp.exe"
	s.File.Case.Analyst = "\x1b[2Jdesk\u2066"
	s.File.Case.Marking = "a\"}@import 'x';\u202e"
	var b bytes.Buffer
	if err := writeText(&b, s, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	b.Write(brief(t, s))
	if err := WriteJSON(&b, a); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && r != '\t' && hidden(r) {
			t.Fatalf("%U in a report", r)
		}
	}
	checkPage(t, brief(t, s))
}

func TestBriefHoldsItsSections(t *testing.T) {
	page := string(brief(t, paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})))
	last := -1
	for _, id := range []string{"answer", "map", "packages", "closes", "views", "home", "gains", "record", "bounds", "division", "positions", "symmetry", "mandates", "lever-list", "chronology", "assumptions", "sources", "method"} {
		at := strings.Index(page, `<section id="`+id+`"`)
		if at < last || at < 0 {
			t.Errorf("section %s stands at %d, after %d", id, at, last)
		}
		last = at
	}
	for _, want := range []string{"Example, invented", "the harbour desk", "2026-01-31", "Fishers’ union nor Port authority", "No season under half a year", "A loan for the boats",
		"Twenty thousand tonnes would empty the harbour.", "stocks would collapse", "Courier, reprinting Fishing News", "it asked for “3 months”", "None on record."} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the brief", want)
		}
	}
	if strings.Contains(strings.ToLower(regexp.MustCompile(`(?s)<script>.*`).ReplaceAllString(page, "")), "probability") {
		t.Error("the brief speaks of probability")
	}
}

func TestWithoutStatusQuo(t *testing.T) {
	page := string(brief(t, paperOn(t, "six", casefile.Choice{}, study.AnalyzeOptions{})))
	if strings.Contains(page, "nothing against the status quo") || !strings.Contains(page, "of at most 50)") {
		t.Error("packages are compared with a status quo that the case does not have")
	}
}

func TestLeversOfMediatorsComeFirst(t *testing.T) {
	p := newPage(paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{}), BriefOptions{})
	if len(p.Levers) != 2 || p.Levers[0].Title != "A loan for the boats" {
		t.Errorf("levers: %+v", p.Levers)
	}
}

func TestSameBytes(t *testing.T) {
	all := func() string {
		var b bytes.Buffer
		for _, name := range cases {
			a := analysed(t, name, casefile.Choice{}, study.AnalyzeOptions{})
			s := analysisPaper(a)
			b.Write(brief(t, s))
			if err := WriteJSON(&b, a); err != nil {
				t.Fatal(err)
			}
			if err := WriteCSV(&b, a); err != nil {
				t.Fatal(err)
			}
			if err := writeText(&b, s, TextOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	first := all()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if all() != first {
		t.Error("one processor writes other bytes")
	}
}

func TestAxisIsExactAtItsEnds(t *testing.T) {
	row := &outcome.Row{Scale: 1}
	for _, a := range []axis{{row, 0, 10}, {row, -5, 5}, {row, -outcome.MaxUtility, outcome.MaxUtility}, {row, 0, 1}} {
		if got := a.at(a.low, 4240); got != 0 {
			t.Errorf("low end of %+v at %d", a, got)
		}
		if got := a.at(a.high, 4240); got != 4240 {
			t.Errorf("high end of %+v at %d", a, got)
		}
		if got := a.at(a.low+(a.high-a.low)/2, 4240); a.high-a.low > 1 && (got < 2119 || got > 2121) {
			t.Errorf("middle of %+v at %d", a, got)
		}
		at, labels := a.ticks(6)
		if len(at) < 2 || len(at) > 8 || len(at) != len(labels) {
			t.Errorf("ticks of %+v: %v %v", a, at, labels)
		}
	}
}

// The cloud holds every package once, and the zone's as often as the analysis counts.
func TestCloudCountsEveryPackage(t *testing.T) {
	for _, name := range cases {
		s := paperOn(t, name, casefile.Choice{}, study.AnalyzeOptions{})
		r := s.Main
		all := pairs(len(r.Space.Parties), maxPairs)
		admitted := int64(0)
		l, err := outcome.NewLister(r.Space)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := r.Space.Count()
		for rank := range n {
			if r.Space.Admits(l.Outcome(rank)) {
				admitted++
			}
		}
		for i, g := range clouds(r.Space, extents(r.Space), all) {
			var every, zone int64
			for k := range g.every {
				every += g.every[k]
				zone += g.zone[k]
			}
			if every != admitted || zone != r.ZoneCount().Int64() {
				t.Errorf("%s, pair %v: %d packages and %d in the zone, want %d and %v", name, all[i], every, zone, admitted, r.ZoneCount())
			}
		}
	}
}

func TestThinned(t *testing.T) {
	points := make([]bargain.Point, 5001)
	for i := range points {
		points[i].Utilities = []int64{int64(i)}
	}
	got := thinned(points, 2000)
	if len(got) != 2000 || got[0].Utilities[0] != 0 || got[1999].Utilities[0] != 5000 {
		t.Errorf("%d points from %v to %v", len(got), got[0], got[len(got)-1])
	}
	for i := 1; i < len(got); i++ {
		if got[i].Utilities[0] <= got[i-1].Utilities[0] {
			t.Fatalf("points %d and %d do not ascend", i-1, i)
		}
	}
}

// Text colours reach 4.5 to 1 on both backgrounds, in light, dark and print.
func TestContrast(t *testing.T) {
	blocks := regexp.MustCompile(`:root\{([^}]*)\}`).FindAllStringSubmatch(briefCSS, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d palettes, want light, dark and print", len(blocks))
	}
	for i, block := range blocks {
		colors := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+):(#[0-9a-f]{3,6})`).FindAllStringSubmatch(block[1], -1) {
			colors[m[1]] = m[2]
		}
		for _, ink := range []string{"ink", "soft", "accent", "warm", "yes", "no"} {
			for _, ground := range []string{"paper", "panel"} {
				if ratio := contrast(t, colors[ink], colors[ground]); ratio < 4.5 {
					t.Errorf("palette %d: %s on %s has a contrast of %.2f", i, ink, ground, ratio)
				}
			}
		}
		for _, mark := range []string{"solution", "home", "record", "status", "frontier"} {
			if ratio := contrast(t, colors[mark], colors["paper"]); ratio < 3 {
				t.Errorf("palette %d: marks %s have a contrast of %.2f", i, mark, ratio)
			}
		}
	}
}

// contrast is the ratio of relative luminances of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	luminance := func(hex string) float64 {
		hex = strings.TrimPrefix(hex, "#")
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		channel := func(v uint64) float64 {
			c := float64(v) / 255
			if c <= 0.04045 {
				return c / 12.92
			}
			return math.Pow((c+0.055)/1.055, 2.4)
		}
		return 0.2126*channel(n>>16&255) + 0.7152*channel(n>>8&255) + 0.0722*channel(n&255)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
