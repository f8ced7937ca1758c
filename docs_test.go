package goodoffices_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	mdLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	mdHeading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	notInSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestDocumentLinks fails when a page links to a file of this repository that is
// not there, or to a heading that its page does not have.
func TestDocumentLinks(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if filepath.Ext(name) != ".md" {
			return nil
		}
		page, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, m := range mdLink.FindAllStringSubmatch(string(page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, heading, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), filepath.FromSlash(file))
			}
			text, err := os.ReadFile(target)
			if err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			} else if heading != "" && !hasHeading(string(text), heading) {
				t.Errorf("%s links to %s: no such heading there", name, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hasHeading reports whether the page has a heading whose anchor is slug.
func hasHeading(page, slug string) bool {
	for _, m := range mdHeading.FindAllStringSubmatch(page, -1) {
		anchor := notInSlug.ReplaceAllString(strings.ToLower(m[1]), "")
		if strings.ReplaceAll(anchor, " ", "-") == slug {
			return true
		}
	}
	return false
}

// TestMapNamesEveryPackage fails when doc.go, the map of the module, leaves out a
// package that others can import.
func TestMapNamesEveryPackage(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for dir := range packages(t) {
		if dir == "." || strings.Contains(dir, "internal") || strings.HasSuffix(dir, "test") {
			continue
		}
		if !strings.Contains(string(doc), dir) {
			t.Errorf("doc.go has no paragraph for %s", dir)
		}
	}
}
