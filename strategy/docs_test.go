package strategy_test

import (
	"os"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/strategy"
)

// TestEveryStrategyIsDocumented fails when the page on strategies leaves one out, or when one
// of those of a party or mediator with a published rule names no source.
func TestEveryStrategyIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/methods/strategies.md")
	if err != nil {
		t.Fatal(err)
	}
	negotiators := 0
	for _, e := range strategy.List() {
		if !strings.Contains(string(page), "`"+e.Name+"`") && e.Name != "outside" {
			t.Errorf("docs/methods/strategies.md has no `%s`", e.Name)
		}
		if e.Rule == "" {
			t.Errorf("%s has no rule", e.Name)
		}
		if e.Role == strategy.Party && e.Source != "" {
			negotiators++
		}
		for _, p := range e.Params {
			if p.About == "" || p.Default < p.Least || p.Default > p.Most {
				t.Errorf("%s: parameter %+v", e.Name, p)
			}
		}
	}
	if negotiators < 15 {
		t.Errorf("%d negotiators with a published rule", negotiators)
	}
}
