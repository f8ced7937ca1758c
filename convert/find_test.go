package convert

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// contents are what planted files hold, by a letter, so that what a fuzzer changes is short.
var contents = map[string]string{
	"c": "goodoffices: 1\nid: v\nissues:\n  visa: {options: {free: Free, none: None}}\nparties:\n  a: {scores: {visa: {free: 3, none: 1}}}\n  b: {scores: {visa: {free: 1, none: 2}}}\n",
	"s": "Issue,Option,A,B\nT,cut,1,2\n,hold,2,1\n",
	"d": `<negotiation_template><issue index="1" name="a"><item value="x"/><item value="y"/></issue></negotiation_template>`,
	"p": `<utility_space><issue index="1"><item value="x" evaluation="1"/><item value="y" evaluation="2"/></issue><weight index="1" value="1"/></utility_space>`,
	"w": webDomain, "t": webTenant, "o": webOwner, "l": logA, "n": logB, "m": masSpace, "b": masBuyer, "e": masSeller, "a": "pareto_utils: []\n",
}

// planted makes the files that a text lists, one a line: its path, a blank, and a letter of
// contents, or else what is in it. It returns the folder.
func planted(t testing.TB, text string) string {
	folder := t.TempDir()
	for k, line := range strings.SplitN(text, "\n", 17) {
		name, content, _ := strings.Cut(line, " ")
		if k == 16 || len(name) > 80 || strings.Count(name, "/") > 4 || !filepath.IsLocal(name) {
			continue
		}
		if known, ok := contents[content]; ok {
			content = known
		}
		path := filepath.Join(folder, name)
		if os.MkdirAll(filepath.Dir(path), 0o700) == nil {
			os.WriteFile(path, []byte(content[:min(len(content), 2_000)]), 0o600) // where the name can be a file's
		}
	}
	return folder
}

// FuzzFind looks for scenarios under folders of any files, and opens what it finds.
func FuzzFind(f *testing.F) {
	f.Add("a.yaml c\na.csv s\nb/case.yaml c\nb.yaml c\n.c.csv s\nd/X.YML c", uint8(0), uint8(0))
	f.Add("x/d.xml d\nx/a.xml p\nx/b.xml p\nx/c.xml p\nx/genius.yaml c", uint8(2), uint8(2))
	f.Add("w.json w\nt.json t\no.json o\nA.json l\nB.json n", uint8(2), uint8(9))
	f.Add("m/f.yml m\nm/b.yml b\nm/s.YAML e\nm/_s.yaml a", uint8(3), uint8(1))
	f.Fuzz(func(t *testing.T, text string, parties, perFolder uint8) {
		folder := planted(t, text)
		options := FindOptions{Parties: int(parties % 4), PerFolder: int(perFolder % 8)}
		found, notes, err := Find(t.Context(), folder, options)
		if err != nil {
			t.Fatal(err)
		}
		again, notesAgain, err := Find(t.Context(), folder, options)
		if err != nil || !reflect.DeepEqual(found, again) || !reflect.DeepEqual(notes, notesAgain) {
			t.Fatalf("another answer (%v)\n%v\n%v", err, found, again)
		}
		names := make(map[string]bool)
		opened := 0
		for _, s := range found {
			if names[s.Name] {
				t.Fatalf("two scenarios are called %q: %v", s.Name, found)
			}
			names[s.Name] = true
			if (s.Problem == "") != (len(s.Paths) > 0) {
				t.Fatalf("%+v has files and a problem, or neither", s)
			}
			if opened++; s.Problem != "" || opened > 2 {
				continue
			}
			scenario, err := Open(t.Context(), s.Paths...)
			if (err == nil) != (scenario != nil) {
				t.Fatalf("%q: %v and %v", s.Paths, scenario, err)
			}
			if err == nil && scenario.Format != s.Format {
				t.Fatalf("%q is found as %v and opened as %v", s.Paths, s.Format, scenario.Format)
			}
		}
		if scenario, err := Open(t.Context(), folder); (err == nil) != (scenario != nil) {
			t.Fatalf("the folder: %v and %v", scenario, err)
		}
	})
}

// No two scenarios have one name: where names of files differ in what they end in alone, or are
// those of folders, they stand in full.
func TestFoundNames(t *testing.T) {
	for text, want := range map[string][]string{
		"a.yaml c\na.csv s\nb.csv s":         {"a.yaml", "a.csv", "b"},
		"x.yaml c\nx/case.yaml c":            {"x.yaml", "x"},
		"x.yaml c\nx/talks.csv s":            {"x.yaml", "x/talks.csv"},
		"a.csv s\na.yml c\na.csv.yaml c":     {"a.csv.yaml", "a.yml", "a.csv"},
		"d.xml d\na.xml p\na.XML p\nb.xml p": {"a+a", "d.xml+a.XML+b.xml", "d.xml+a.xml+b.xml"},
	} {
		found, _, err := Find(t.Context(), planted(t, text), FindOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range found {
			got = append(got, s.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
