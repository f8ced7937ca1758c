package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
)

// Every check is needed: for each there is a changed certificate that it alone refuses. The package is built
// once more, with its rooms, with all checks numbered, so that each can be left out, and the test of the build tag
// "numbered" runs on that.
func TestEveryCheckIsNeeded(t *testing.T) {
	if trials.Of(0, 1) == 0 {
		t.Skip("tries every forgery on every check: make test-long does")
	}
	dir := t.TempDir()
	replace := map[string]string{}
	var checks []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := filepath.Glob("internal/*/*.go")
	if err != nil || len(rooms) == 0 {
		t.Fatalf("%d files of the rooms, %v", len(rooms), err)
	}
	for at, name := range append(files, rooms...) {
		if strings.HasSuffix(name, "_test.go") || name == filepath.FromSlash("internal/fires/fires.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		numbered := number(t, name, src, &checks)
		to := filepath.Join(dir, fmt.Sprint(at, ".go"))
		if err := os.WriteFile(to, numbered, 0o600); err != nil {
			t.Fatal(err)
		}
		replace[absolute(t, name)] = to
	}
	overlay := filepath.Join(dir, "overlay.json")
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, data, 0o600); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "needed")
	cmd := exec.Command("go", "test", "-vet=off", "-overlay", overlay, "-tags", "numbered", "-run", "^TestNumberedChecks$", ".")
	cmd.Env = append(os.Environ(), "GOODOFFICES_NEEDED="+list, fmt.Sprint("GOODOFFICES_CHECKS=", len(checks)))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	needed, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	alone := strings.Fields(string(needed))
	for n, check := range checks {
		if !slices.Contains(alone, fmt.Sprint(n+1)) {
			t.Errorf("no forgery is refused by this alone: %s", check)
		}
	}
	t.Logf("%d checks", len(checks))
}

func absolute(t *testing.T, name string) string {
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// number puts the condition of every check, an if or a case that makes an error of its own, into a call with its
// number. Limits of what is too large to check are none, nor is what only passes an error on.
func number(t *testing.T, name string, src []byte, checks *[]string) []byte {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	type edit struct {
		at   int
		text string
	}
	var edits []edit
	wrap := func(conditions []ast.Expr, body []ast.Stmt) {
		if !refuses(body) || len(conditions) == 0 {
			return
		}
		first := set.Position(conditions[0].Pos())
		end := set.Position(conditions[len(conditions)-1].End()).Offset
		if text := string(src[first.Offset:end]); text == "err != nil" || limit.MatchString(text) {
			return
		}
		*checks = append(*checks, fmt.Sprintf("%s:%d: %s", name, first.Line, src[first.Offset:end]))
		edits = append(edits, edit{first.Offset, fmt.Sprintf("fires.At(%d, ", len(*checks))}, edit{end, ")"})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			wrap([]ast.Expr{n.Cond}, n.Body.List)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, c := range n.Body.List {
					c := c.(*ast.CaseClause)
					wrap(c.List, c.Body)
				}
			}
		}
		return true
	})
	if len(edits) > 0 {
		edits = append(edits, edit{set.Position(file.Name.End()).Offset, "\nimport \"github.com/goodoffices/goodoffices/verify/internal/fires\"\n"})
	}
	slices.SortStableFunc(edits, func(x, y edit) int { return y.at - x.at })
	for _, e := range edits {
		src = slices.Concat(src[:e.at], []byte(e.text), src[e.at:])
	}
	return bytes.Clone(src)
}

// limit matches a condition about a limit.
var limit = regexp.MustCompile(`> [mM]ax[A-Z]`)

// refuses reports whether statements make an error, other than that something is too large.
func refuses(body []ast.Stmt) bool {
	found := false
	for _, statement := range body {
		switch s := statement.(type) {
		case *ast.ReturnStmt, *ast.AssignStmt:
			ast.Inspect(s, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.CompositeLit:
					if id, ok := n.Type.(*ast.Ident); ok && id.Name == "tooLarge" {
						found = false
						return false
					}
				case *ast.CallExpr:
					if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Errorf" || sel.Sel.Name == "New") {
						if pkg, ok := sel.X.(*ast.Ident); ok && (pkg.Name == "fmt" || pkg.Name == "errors") {
							found = true
						}
					}
				}
				return true
			})
		}
	}
	return found
}
