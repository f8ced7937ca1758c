package casefile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewChecksClean(t *testing.T) {
	data, err := New("my-case")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse("case.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	if w := f.Warnings(); len(w) > 0 {
		t.Errorf("warnings:\n%v", w)
	}
	if f.Case.ID != "my-case" {
		t.Errorf("id is %q", f.Case.ID)
	}
	s, err := f.Case.Compile(Choice{View: "stock_recovers", Levers: []string{"compensation"}})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := s.Count(); n != 18 {
		t.Errorf("%d outcomes, want 18", n)
	}
	for _, id := range []string{"", "Case", "3rd", "a b", "../x"} {
		if _, err := New(id); err == nil {
			t.Errorf("New(%q) gave no error", id)
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good", "case.yaml"), newCase)
	file := write(t, filepath.Join(dir, "one.yml"), newCase)
	write(t, filepath.Join(dir, "elsewhere", "bay.yaml"), newCase)
	write(t, filepath.Join(dir, "notes", "notes.txt"), "")
	write(t, filepath.Join(dir, "notes", "more.txt"), "")
	write(t, filepath.Join(dir, "case.txt"), newCase)
	for _, name := range []string{"TWO.YAML", "three.YML", "four.Yaml", "capitals/CASE.YAML"} {
		write(t, filepath.Join(dir, name), newCase)
	}
	link := func(folder, target string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, folder, "case.yaml")); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	link("leaves", "../good/case.yaml")
	link("absolute", file)
	link("dangling", "nowhere.yaml")
	link("within", "kept.yaml")
	write(t, filepath.Join(dir, "within", "kept.yaml"), newCase)
	if err := os.MkdirAll(filepath.Join(dir, "folder", "case.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}

	for _, tt := range []struct{ name, want string }{
		{"good", ""},
		{"one.yml", ""},
		{"TWO.YAML", ""},
		{"three.YML", ""},
		{"four.Yaml", ""},
		{"capitals", "has no case.yaml: it has CASE.YAML: rename that to case.yaml or give its own path"},
		{"within", ""},
		{"nowhere", "does not exist: give a folder with case.yaml in it, or a .yaml file"},
		{"case.txt", "is not a case: give a folder with case.yaml in it, or a .yaml file"},
		{"empty", "has no case.yaml: the folder is empty"},
		{"elsewhere", "has no case.yaml: it has bay.yaml: rename that to case.yaml or give its own path"},
		{"notes", "has no case.yaml: it has more.txt and notes.txt"},
		{"leaves", "is a symbolic link to '../good/case.yaml', which leaves the folder or leads nowhere: copy the file into the folder"},
		{"absolute", "which leaves the folder or leads nowhere"},
		{"dangling", "which leaves the folder or leads nowhere"},
		{"folder", "is not a regular file"},
	} {
		f, err := Open(filepath.Join(dir, tt.name))
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want == "" && len(f.Hash()) != 64:
			t.Errorf("%s: hash %q", tt.name, f.Hash())
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s:\n got %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

func TestOpenBoundsWhatItReads(t *testing.T) {
	name := write(t, filepath.Join(t.TempDir(), "large.yaml"), newCase+strings.Repeat("#\n", MaxSize/2))
	_, err := Open(name)
	if err == nil || !strings.Contains(err.Error(), "larger than 4 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := write(t, filepath.Join(dir, "case.yaml"), "old")
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Parse("case.yaml", []byte(newCase))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(name); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(name)
	if !bytes.Equal(got, []byte(newCase)) {
		t.Error("the bytes differ")
	}
	if info, _ := os.Stat(name); info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
	if err := f.Write(filepath.Join(dir, "nowhere", "case.yaml")); err == nil || !strings.Contains(err.Error(), "cannot write") {
		t.Errorf("writing into a missing folder: %v", err)
	}
	if err := f.Write(dir); err == nil {
		t.Error("writing over a folder gave no error")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSet(t *testing.T) {
	for _, tt := range []struct{ at, value, old, new string }{
		{"parties.fishers.no_deal.value", "36.5", "value: 35\n", "value: 36.5\n"},
		{"parties.port.no_deal", "38..42", "no_deal: 30..40..45            #", "no_deal: 38..42            #"},
		{"parties.fishers.scores.season.9", "31", "season: {3: 0, 9: 30}       ", "season: {3: 0, 9: 31}       "},
		{"parties.fishers.scores.season.6", "21", "season: {3: 0, 9: 30}       ", "season: {3: 0, 9: 30, 6: 21}       "},
		{"parties.port.red_lines.no_full_season.never", "season == 9", `never: "quota == 'high' && season > 6"`, `never: "season == 9"`},
		{"issues.quota.options.low", "a: b", "low: 20,000 tonnes", `low: "a: b"`},
		{"title", "#1", "title: Quotas and seasons in the bay", `title: "#1"`},
		{"analyst", `A "B" \ C`, "analyst: A. Name ", `analyst: "A \"B\" \\ C" `},
		{"views.stock_recovers.set.fishers.no_deal", "46", "set: {fishers.no_deal: 45}", "set: {fishers.no_deal: 46}"},
		{"levers.compensation.add.fishers.scores.quota.low", "16", "fishers.scores.quota.low: 15", "fishers.scores.quota.low: 16"},
		{"levers.compensation.cost", "2", "    because: A cut costs less when idle boats are paid for\n", "    because: A cut costs less when idle boats are paid for\n    cost: 2\n"},
		{"parties.port.discount", "0.99", "    no_deal: 30..40..45            # low..most likely..high\n", "    no_deal: 30..40..45            # low..most likely..high\n    discount: 0.99\n"},
		{"consent", "fishers && port", "", ""},
	} {
		for _, ends := range []string{"\n", "\r\n"} {
			before := strings.ReplaceAll(newCase, "\n", ends)
			f, err := Parse("case.yaml", []byte(before))
			if err != nil {
				t.Fatal(err)
			}
			g, err := f.Set(tt.at, tt.value)
			if err != nil {
				t.Errorf("%s: %v", tt.at, err)
				continue
			}
			want := strings.Replace(before, strings.ReplaceAll(tt.old, "\n", ends), strings.ReplaceAll(tt.new, "\n", ends), 1)
			if tt.old == "" {
				want = strings.Replace(before, "marking: Invented example    # handling line, printed on every page"+ends, "marking: Invented example    # handling line, printed on every page"+ends+"consent: fishers && port"+ends, 1)
				want = strings.Replace(want, "consent: fishers && port", `consent: "fishers && port"`, 1)
			}
			if string(g.Data) != want {
				t.Errorf("%s: the edit gave\n%s", tt.at, firstDifference(string(g.Data), want))
			}
			if string(f.Data) != before {
				t.Errorf("%s: the file itself was changed", tt.at)
			}
		}
	}
}

// firstDifference shows two texts where they part.
func firstDifference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	show := func(s string) string { return s[max(0, i-30):min(len(s), i+60)] }
	return "got  …" + show(got) + "…\nwant …" + show(want) + "…"
}

func TestSetKeepsAMissingNewline(t *testing.T) {
	const text = "\uFEFFgoodoffices: 1\nid: x\nissues: {a: {options: {y: Yes, n: No}}}\nparties:\n  p:\n    scores: {a: {y: 1, n: 0}}\n    title: P"
	f, err := Parse("case.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Set("parties.p.no_deal", "0.5")
	if err != nil {
		t.Fatal(err)
	}
	if want := text + "\n    no_deal: 0.5"; string(g.Data) != want {
		t.Errorf("got %q", g.Data)
	}
}

func TestSetRefuses(t *testing.T) {
	const text = `goodoffices: 1
id: x
about: |
  Several
  lines.
analyst: A name
  over two lines
issues: {a: {options: {y: Yes, n: No}}}
parties:
  p:
    scores: {a: {y: 1, n: 0}}
`
	f, err := Parse("case.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ at, value, want string }{
		{"about", "x", "cannot set about: it is a block of text over several lines: edit it by hand"},
		{"analyst", "x", "cannot set analyst: it is a text over several lines: edit it by hand"},
		{"parties.p.scores.a", "x", "cannot set parties.p.scores.a: it is a mapping: set one of its keys, y or n"},
		{"parties.p.title", "P", "no one-line value after which a line could be added: add it by hand"},
		{"id.x", "x", "cannot set id.x: there is no 'x'"},
		{"id", "a\nb", "must be one line of text"},
		{"id", "\xff", "must be one line of text"},
		{"id", "A", "case.yaml:2:5: id: 'A' is no name of a case"},
		{"parties.p.scores.a.y", "1e9", "case.yaml:11:21: parties.p.scores.a.y: '1e9' is not a number: write it out without an exponent"},
		{"titel", "x", "case.yaml:3:1: unknown key 'titel': did you mean 'title'?"},
	} {
		if _, err := f.Set(tt.at, tt.value); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\n got %v\nwant %s", tt.at, err, tt.want)
		}
	}
}
