package catalog_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
)

func open(t *testing.T, name string) *casefile.File {
	t.Helper()
	f, err := catalog.Open(name)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return f
}

func TestCases(t *testing.T) {
	for _, e := range catalog.List() {
		t.Run(e.Name, func(t *testing.T) {
			f := open(t, e.Name)
			for _, w := range f.Warnings() {
				t.Errorf("%v", w)
			}
			c := f.Case
			if c.ID != e.Name || c.Title != e.Title {
				t.Errorf("the list calls it %q, %q; the case itself %q, %q", e.Name, e.Title, c.ID, c.Title)
			}
			for field, text := range map[string]string{"about": c.About, "analyst": c.Analyst, "marking": c.Marking, "about in the list": e.About, "citation in the list": e.Citation} {
				if strings.TrimSpace(text) == "" {
					t.Errorf("no %s", field)
				}
			}
			if strings.Contains(e.About, "\n") {
				t.Errorf("about in the list has more than one line: %q", e.About)
			}
			space, err := c.Compile(casefile.Choice{})
			if err != nil {
				t.Fatalf("%v", err)
			}
			if size := space.Size().String(); size != e.Size {
				t.Errorf("the list says %s packages; there are %s", e.Size, size)
			}
			if space.Rounded {
				t.Error("scores were rounded: write them with fewer digits")
			}
			for id := range c.Packages.All() {
				o, err := c.PackageOutcome(id)
				if err != nil {
					t.Errorf("package %s: %v", id, err)
				} else if !space.Admits(o) {
					t.Errorf("package %s breaks a requirement", id)
				}
			}
			if c.Sources.Len() == 0 {
				t.Error("no sources")
			}
			for id, s := range c.Sources.All() {
				if s.Title == "" || s.Publisher == "" || s.Origin == "" {
					t.Errorf("source %s lacks a title, a publisher or an origin", id)
				}
				if s.URL == "" {
					continue
				}
				u, err := url.Parse(s.URL)
				if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
					t.Errorf("source %s: %q is no web address", id, s.URL)
				}
			}
			for id, s := range c.Statements.All() {
				if len(s.Source) == 0 {
					t.Errorf("statement %s has no source", id)
				}
				if s.Gist == "" || s.Stance == "" || s.Date == "" {
					t.Errorf("statement %s lacks a gist, a stance or a date", id)
				}
			}
		})
	}
}

func TestNothingAfterItsDate(t *testing.T) {
	for _, e := range catalog.List() {
		c := open(t, e.Name).Case
		check := func(what string, d casefile.Date) {
			if d.After(c.AsOf) {
				t.Errorf("%s: %s is dated %s, after %s", e.Name, what, d, c.AsOf)
			}
		}
		// reported wants no source to tell of what came after it.
		reported := func(what string, d casefile.Date, sources casefile.Refs) {
			for _, id := range sources {
				if s, _ := c.Sources.Get(id); d.After(s.Date) {
					t.Errorf("%s: %s is dated %s, after its source %s of %s", e.Name, what, d, id, s.Date)
				}
			}
		}
		for id, s := range c.Sources.All() {
			check("source "+id, s.Date)
		}
		for id, s := range c.Statements.All() {
			check("statement "+id, s.Date)
			reported("statement "+id, s.Date, s.Source)
		}
		for id, p := range c.Packages.All() {
			check("package "+id, p.Date)
		}
		for _, ev := range c.Events {
			check("event "+ev.Text, ev.Date)
			reported("event "+ev.Text, ev.Date, ev.Source)
		}
		for id, p := range c.Parties.All() {
			if p.Mandate != nil {
				check(string("mandate of "+id), p.Mandate.Date)
			}
		}
	}
}

func TestListIsTheFolders(t *testing.T) {
	folders, err := os.ReadDir("cases")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range folders {
		want = append(want, f.Name())
	}
	for _, e := range catalog.List() {
		got = append(got, e.Name)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the list has %v; the folder cases has %v", got, want)
	}
	catalog.List()[0].Name = "changed"
	if catalog.List()[0].Name == "changed" {
		t.Error("a caller changed the catalogue's own list")
	}
}

func TestUnknownNames(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"iran-us-2025", `did you mean "iran-us-2026"?`},
		{"iran-us", `did you mean "iran-us-2026"?`},
		{"panama-cannal-1974", `did you mean "panama-canal-1974"?`},
		{"six_party_exercise", `did you mean "six-party-exercise"?`},
		{"zzz", "it has iran-us-2026, panama-canal-1974, six-party-exercise"},
		{"", "it has iran-us-2026, panama-canal-1974, six-party-exercise"},
		{"../catalog.go", "it has iran-us-2026"},
		{"Ω", "it has iran-us-2026"},
	} {
		_, err := catalog.Open(tt.name)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Open(%q): %v, want a message with %s", tt.name, err, tt.want)
		}
		dir := filepath.Join(t.TempDir(), "copy")
		if err := catalog.Copy(tt.name, dir); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Copy(%q): %v, want a message with %s", tt.name, err, tt.want)
		}
		if _, err := os.Lstat(dir); err == nil {
			t.Errorf("Copy(%q) made a folder", tt.name)
		}
	}
}

func TestCopy(t *testing.T) {
	for _, e := range catalog.List() {
		parent := t.TempDir()
		dir := filepath.Join(parent, "my-case")
		if err := catalog.Copy(e.Name, dir+string(filepath.Separator)); err != nil {
			t.Fatalf("%v", err)
		}
		want := os.DirFS(filepath.Join("cases", e.Name))
		err := fs.WalkDir(want, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			original, err := fs.ReadFile(want, name)
			if err != nil {
				return err
			}
			copied := filepath.Join(dir, filepath.FromSlash(name))
			data, err := os.ReadFile(copied)
			if err != nil {
				return err
			}
			if string(data) != string(original) {
				t.Errorf("%s: %s differs from the original", e.Name, name)
			}
			info, err := os.Stat(copied)
			if err != nil {
				return err
			}
			if info.Mode().Perm()&0o200 == 0 {
				t.Errorf("%s: %s cannot be changed: %v", e.Name, name, info.Mode())
			}
			return nil
		})
		if err != nil {
			t.Errorf("%v", err)
		}
		f, err := casefile.Open(dir)
		if err != nil {
			t.Fatalf("the copy does not check: %v", err)
		}
		if f.Hash() != open(t, e.Name).Hash() {
			t.Errorf("%s: the copy has another hash", e.Name)
		}
		if left, _ := os.ReadDir(parent); len(left) != 1 {
			t.Errorf("%s: %d things beside the copy", e.Name, len(left)-1)
		}
	}
}

func TestCopyOverwritesNothing(t *testing.T) {
	parent := t.TempDir()
	folder := filepath.Join(parent, "folder")
	file := filepath.Join(parent, "file")
	link := filepath.Join(parent, "link")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	targets := []string{folder, file}
	if err := os.Symlink(filepath.Join(parent, "nowhere"), link); err == nil {
		targets = append(targets, link)
	}
	for _, dir := range targets {
		if err := catalog.Copy("panama-canal-1974", dir); err == nil || !strings.Contains(err.Error(), "nothing is overwritten") {
			t.Errorf("Copy to %s: %v", dir, err)
		}
	}
	if data, _ := os.ReadFile(file); string(data) != "mine" {
		t.Errorf("the file was changed to %q", data)
	}
	if inside, _ := os.ReadDir(folder); len(inside) != 0 {
		t.Errorf("%d things were put into a folder that stood there", len(inside))
	}
	deep := filepath.Join(parent, "not", "there")
	if err := catalog.Copy("panama-canal-1974", deep); err == nil || !strings.Contains(err.Error(), "make it first") {
		t.Errorf("Copy to %s: %v", deep, err)
	}
	if left, _ := os.ReadDir(parent); len(left) != len(targets) {
		t.Errorf("%d things are left, want %d", len(left), len(targets))
	}
}
