package goodoffices_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/goodoffices/goodoffices"

// layers is the order of the house: a package may import packages of lower
// layers, and only those that its row names. Every package has a row.
var layers = map[string]struct {
	layer   int
	imports []string
}{
	"internal/plain":                   {-1, nil}, // the ground, on which any package may stand
	"internal/namedfile":               {-1, nil},
	"internal/fixed":                   {-1, nil},
	"internal/chance":                  {-1, nil},
	".":                                {0, nil},
	"outcome":                          {0, nil},
	"vote":                             {0, []string{"internal/plain"}},
	"casefile":                         {1, []string{"internal/namedfile", "internal/plain", "outcome", "vote"}},
	"internal/budget":                  {0, nil},
	"internal/pareto":                  {1, []string{"internal/budget", "outcome"}},
	"internal/visit":                   {2, []string{"internal/pareto", "outcome"}},
	"internal/network":                 {2, []string{"internal/budget", "internal/pareto", "outcome"}},
	"internal/count":                   {3, []string{"internal/network", "internal/pareto", "outcome"}},
	"internal/prove":                   {3, []string{"internal/budget", "internal/network", "internal/pareto", "outcome"}},
	"internal/boxes":                   {4, []string{"internal/budget", "internal/network", "internal/pareto", "internal/prove", "outcome"}},
	"bargain":                          {5, []string{"internal/boxes", "internal/budget", "internal/count", "internal/network", "internal/pareto", "internal/prove", "internal/visit", "outcome"}},
	"internal/live":                    {6, []string{"bargain", "outcome"}},
	"home":                             {6, []string{"bargain", "internal/budget", "internal/pareto", "internal/visit", "outcome"}},
	"robust":                           {6, []string{"bargain", "internal/budget", "internal/network", "internal/pareto", "internal/visit", "outcome"}},
	"agenda":                           {6, []string{"bargain", "internal/budget", "internal/pareto", "internal/visit", "outcome"}},
	"diagnose":                         {6, []string{"bargain", "internal/budget", "internal/network", "internal/pareto", "internal/prove", "internal/visit", "outcome"}},
	"whatif":                           {7, []string{"bargain", "diagnose", "internal/budget", "internal/pareto", "internal/visit", "outcome"}},
	"certify":                          {7, []string{"bargain", "diagnose", "internal/network", "internal/pareto", "internal/prove", "outcome"}},
	"verify":                           {3, []string{"outcome", "verify/internal/additive", "verify/internal/exact", "verify/internal/exhaust", "verify/internal/sets"}},
	"protocol":                         {1, []string{"outcome"}},
	"internal/bestfirst":               {1, []string{"outcome"}},
	"protocol/transcript":              {2, []string{"outcome", "protocol"}},
	"strategy/model":                   {1, []string{"internal/fixed", "outcome"}},
	"strategy/mediator":                {6, []string{"bargain", "internal/chance", "internal/fixed", "outcome", "protocol"}},
	"strategy/outside":                 {2, []string{"internal/namedfile", "outcome", "protocol"}},
	"strategy":                         {7, []string{"bargain", "internal/bestfirst", "internal/chance", "internal/fixed", "internal/plain", "outcome", "protocol", "strategy/mediator", "strategy/model", "strategy/outside"}},
	"catalog":                          {2, []string{"casefile", "internal/namedfile", "internal/plain"}},
	"convert":                          {2, []string{"casefile", "internal/namedfile", "internal/plain", "outcome"}},
	"definitions":                      {6, []string{"bargain", "outcome"}},
	"rehearsal":                        {2, []string{"outcome", "protocol"}},
	"study":                            {8, []string{"agenda", "bargain", "casefile", "certify", "definitions", "diagnose", "home", "internal/plain", "outcome", "protocol", "protocol/transcript", "rehearsal", "robust", "strategy", "whatif"}},
	"collection":                       {9, []string{"bargain", "casefile", "convert", "internal/namedfile", "study"}},
	"report":                           {9, []string{"agenda", "bargain", "casefile", "definitions", "diagnose", "home", "internal/plain", "outcome", "protocol", "rehearsal", "robust", "study", "vote", "whatif"}},
	"cmd/goodoffices/internal/console": {0, []string{"internal/namedfile", "internal/plain"}},
	"cmd/goodoffices":                  {11, []string{"bargain", "casefile", "catalog", "cmd/goodoffices/internal/console", "collection", "convert", "definitions", "internal/namedfile", "internal/plain", "outcome", "protocol", "protocol/transcript", "rehearsal", "report", "robust", "strategy", "strategy/outside", "study", "verify", "vote"}},

	// Rooms of verify alone.
	"verify/internal/fires":    {0, nil}, // for a test alone
	"verify/internal/sets":     {0, nil},
	"verify/internal/exact":    {0, nil},
	"verify/internal/exhaust":  {1, []string{"outcome", "verify/internal/sets"}},
	"verify/internal/additive": {2, []string{"outcome", "verify/internal/exact", "verify/internal/exhaust"}},

	// Help for tests, which only tests import.
	"internal/trials":       {1, []string{"internal/budget"}},
	"outcome/outcometest":   {2, []string{"internal/trials", "outcome"}},
	"casefile/casefiletest": {0, nil},
	"protocol/protocoltest": {3, []string{"outcome", "protocol", "protocol/transcript"}},
	// Help for the page on performance.
	"internal/benchtable": {0, nil},
}

// testOnly are modules, and packages of the standard library, that belong in
// tests alone.
var testOnly = []string{
	"testing",
	module + "/internal/trials",
	module + "/outcome/outcometest",
	module + "/casefile/casefiletest",
	module + "/protocol/protocoltest",
	"github.com/chromedp",
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"github.com/santhosh-tekuri/jsonschema",
	"golang.org/x/net/html",
	"pgregory.net/rapid",
}

// A source is what the test needs to know of one package's production code.
type source struct {
	comment bool            // some file has a package comment
	imports map[string]bool // everything that its files import
}

// packages reads every package of the module, whatever its build constraints.
func packages(t *testing.T) map[string]*source {
	t.Helper()
	found := map[string]*source{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := path.Clean(filepath.ToSlash(filepath.Dir(name)))
		p := found[dir]
		if p == nil {
			p = &source{imports: map[string]bool{}}
			found[dir] = p
		}
		p.comment = p.comment || documents(file)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			p.imports[imported] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// documents reports whether the file's package comment begins as one should.
func documents(file *ast.File) bool {
	text := file.Doc.Text()
	return strings.HasPrefix(text, "Package "+file.Name.Name+" ") || strings.HasPrefix(text, "Command ")
}

// TestArrowsPointDown fails when a package imports one that its row does not
// name, when a row names one that is not below it or that the package does not import, and when
// rows and packages differ.
func TestArrowsPointDown(t *testing.T) {
	found := packages(t)
	for _, dir := range slices.Sorted(maps.Keys(layers)) {
		if found[dir] == nil {
			t.Errorf("%s has a row in layers but no code: take the row away", dir)
		}
		for _, below := range layers[dir].imports {
			if _, ok := layers[below]; !ok {
				t.Errorf("%s may import %s, which has no row", dir, below)
			} else if layers[below].layer >= layers[dir].layer {
				t.Errorf("%s (layer %d) may import %s (layer %d): arrows point down", dir, layers[dir].layer, below, layers[below].layer)
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		row, ok := layers[dir]
		if !ok {
			t.Errorf("%s has no row in layers: decide where it stands", dir)
			continue
		}
		for _, below := range row.imports {
			if !found[dir].imports[module+"/"+below] {
				t.Errorf("%s may import %s and does not: take it out of the row", dir, below)
			}
		}
		for _, imported := range slices.Sorted(maps.Keys(found[dir].imports)) {
			if imported == module {
				t.Errorf("%s imports the module's root, which is a map and nothing else", dir)
			}
			if below, ours := strings.CutPrefix(imported, module+"/"); ours && !slices.Contains(row.imports, below) {
				t.Errorf("%s imports %s: its row in layers does not allow that", dir, below)
			}
		}
	}
}

// TestPackageComments fails when a package does not say what it is.
func TestPackageComments(t *testing.T) {
	for dir, p := range packages(t) {
		if !p.comment {
			t.Errorf("%s has no package comment (a library's begins with Package NAME, a command's with Command)", dir)
		}
	}
}

// TestNoTestLibrariesInProduction fails when code outside _test.go files imports
// what only tests should need.
func TestNoTestLibrariesInProduction(t *testing.T) {
	for dir, p := range packages(t) {
		if slices.Contains(testOnly, module+"/"+dir) {
			continue
		}
		for _, imported := range slices.Sorted(maps.Keys(p.imports)) {
			for _, lib := range testOnly {
				if imported == lib || strings.HasPrefix(imported, lib+"/") {
					t.Errorf("%s imports %s, which is for tests", dir, imported)
				}
			}
		}
	}
}

// TestOutcomeNeedsOnlyTheStandardLibrary keeps the innermost package free of
// everybody's code, ours and others'.
func TestOutcomeNeedsOnlyTheStandardLibrary(t *testing.T) {
	p := packages(t)["outcome"]
	if p == nil {
		t.Fatal("package outcome is missing")
	}
	for imported := range p.imports {
		if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
			t.Errorf("outcome imports %s", imported)
		}
	}
}
