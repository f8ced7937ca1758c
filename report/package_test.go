package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

func packageStudy(t testing.TB, name string, request study.Request, choice casefile.Choice) *study.Package {
	t.Helper()
	p, err := of(t, fixture(t, name), choice).Package(t.Context(), request, study.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func packageJSON(t testing.TB, p *study.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WritePackageJSON(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packageText(t testing.TB, p *study.Package, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := WritePackageText(&b, p, TextOptions{Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The page on the format shows what is really written, and explains every field of it.
func TestPackageFormatPage(t *testing.T) {
	page, err := os.ReadFile("../docs/formats/package.md")
	if err != nil {
		t.Fatal(err)
	}
	p := packageStudy(t, "harbour", study.Request{Name: "fleet_offer"}, casefile.Choice{})
	b := packageJSON(t, p)
	want := []byte("```json\n" + string(b) + "```\n")
	if *update {
		page = regexp.MustCompile("(?s)```json\n.*?```\n").ReplaceAllLiteral(page, want)
		if err := os.WriteFile("../docs/formats/package.md", page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Contains(page, want) {
		t.Error("docs/formats/package.md shows another example (rewrite with -update)")
	}
	for _, field := range regexp.MustCompile(`"([a-z_]+)":`).FindAllSubmatch(b, -1) {
		id := string(field[1])
		if !bytes.Contains(page, []byte("`"+id+"`")) && !bytes.Contains(p.File.Data, []byte(id+":")) && !strings.Contains("kalai_smorodinsky utilitarian balanced", id) {
			t.Errorf("docs/formats/package.md does not explain %s", id)
		}
	}
}

// What a package is worth can be checked by hand.
func TestPackageOfHarbour(t *testing.T) {
	p := packageStudy(t, "harbour", study.Request{Set: []casefile.Setting{{Issue: "quota", Option: "middle"}, {Issue: "season", Option: "6"}}}, casefile.Choice{})
	// Fishers: 30 + 10 + 0 = 40 against 50; port: 30 + 25 + 0 = 55 against 40.
	var doc struct {
		Set             map[string]any
		LeftAtStatusQuo []string `json:"left_at_status_quo"`
		InZone          bool     `json:"in_zone"`
		Parties         map[string]struct{ Points, Disagreement, Gain float64 }
		AcceptedBy      []string `json:"accepted_by"`
		Broken          []struct{ ID, Text string }
		Changes         []struct{ Issue string }
		Rates           []struct{ Gives, Gets string }
		Improvements    struct {
			Nearest struct{ Differs map[string]any }
		}
	}
	if err := json.Unmarshal(packageJSON(t, p), &doc); err != nil {
		t.Fatal(err)
	}
	fishers, port := doc.Parties["fishers"], doc.Parties["port"]
	if fishers.Points != 40 || fishers.Gain != -10 || port.Points != 55 || port.Gain != 15 || doc.InZone {
		t.Errorf("%+v", doc)
	}
	if len(doc.AcceptedBy) != 1 || doc.AcceptedBy[0] != "port" || len(doc.Broken) != 1 || doc.Broken[0].ID != "fishers.no_deal" {
		t.Errorf("accepted by %v, broken %v", doc.AcceptedBy, doc.Broken)
	}
	if len(doc.LeftAtStatusQuo) != 1 || doc.LeftAtStatusQuo[0] != "quay" || doc.Set["quota"] != "middle" || doc.Set["season"] != 6.0 {
		t.Errorf("left %v, set %v", doc.LeftAtStatusQuo, doc.Set)
	}
	if len(doc.Changes) != 2+2+2 {
		t.Errorf("%d single changes, want 6", len(doc.Changes))
	}
	// Sharing the quay helps both (+20, +25); giving it to the fleet helps both less evenly (+30, +10)
	// and moves less in all, as shares of each side's span: 20/100 + 25/100 against 30/100 + 10/100.
	if n := p.Improvements.Nearest; n == nil || n.Moved.Cmp(big.NewRat(4, 10)) != 0 || doc.Improvements.Nearest.Differs["quay"] != "fleet" {
		t.Errorf("nearest %+v", n)
	}
	text := packageText(t, p, 80)
	for _, want := range []string{"Under the harbour desk’s assumptions", "by Port authority and refused", "outside the zone", "Use of the new quay.", "Fishers’ union gets 40 points, below its no-deal value of"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

func TestPackageNamesAndErrors(t *testing.T) {
	for _, name := range []string{"board_paper", "fleet_offer", "status_quo", "nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "balanced"} {
		p := packageStudy(t, "harbour", study.Request{Name: name}, casefile.Choice{})
		text := packageText(t, p, 60)
		if name == "status_quo" != strings.Contains(text, "which is no deal") {
			t.Errorf("%s:\n%s", name, text)
		}
		for _, rule := range study.Rules {
			if name == rule.Key && !strings.Contains(text, capital(rule.Name)+": this package") {
				t.Errorf("%s is not its own solution:\n%s", name, text)
			}
		}
	}
	// A view and a lever reach the judgment.
	p := packageStudy(t, "harbour", study.Request{Name: "board_paper"}, casefile.Choice{View: "hard", Levers: []string{"loan"}})
	if s := newPackagePaper(p).stake(1); s.from.Cmp(big.NewRat(60, 1)) != 0 || newPackagePaper(p).stake(0).from.Cmp(big.NewRat(45, 1)) != 0 {
		t.Errorf("no-deal value of the port %v", s.from)
	}
	for _, r := range []study.Request{{Name: "nahs"}, {Name: "nash", Set: []casefile.Setting{{Issue: "qouta", Option: "low"}}}} {
		_, err := of(t, fixture(t, "harbour"), casefile.Choice{}).Package(t.Context(), r, study.Options{})
		var wrong *study.RequestError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%+v: %v", r, err)
		}
	}
	// Without a zone there is no Nash package, and packages are still judged.
	if _, err := of(t, fixture(t, "nozone"), casefile.Choice{}).Package(t.Context(), study.Request{Name: "nash"}, study.Options{}); err == nil || !strings.Contains(err.Error(), "there is no Nash package") {
		t.Error(err)
	}
	p = packageStudy(t, "nozone", study.Request{Name: "status_quo"}, casefile.Choice{})
	if text := packageText(t, p, 80); !strings.Contains(text, "no zone of agreement") {
		t.Error(text)
	}
	for name, from := range map[string]string{"rtl": "status_quo", "six": "utilitarian"} {
		p := packageStudy(t, name, study.Request{Name: from}, casefile.Choice{})
		if text := packageText(t, p, 40); strings.ContainsAny(text, "\x1b\u202e\u2066") || !json.Valid(packageJSON(t, p)) {
			t.Errorf("%s: %q", name, text)
		}
	}
}
