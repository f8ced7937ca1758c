package study

import (
	"reflect"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
)

// TestRulesAreAllSolutions holds the rules that people read against what the analysis picks.
func TestRulesAreAllSolutions(t *testing.T) {
	var s bargain.Solutions
	fields := reflect.ValueOf(&s).Elem()
	for i := range fields.NumField() {
		fields.Field(i).Set(reflect.ValueOf(new(bargain.Solution)))
	}
	all := s.All()
	if len(all) != fields.NumField() || len(Rules) != len(all) {
		t.Fatalf("%d fields, %d in All, %d rules", fields.NumField(), len(all), len(Rules))
	}
	letters := "0123456789" + Reason{}.letter() + Reason{Close: true}.letter() + "S" // SQ is the status quo
	for i, rule := range Rules {
		if rule.Pick(&s) != all[i] || fields.Field(i).Interface() != any(all[i]) {
			t.Errorf("%s is not solution %d", rule.Key, i)
		}
		if rule.Name == "" || rule.Aim == "" {
			t.Errorf("%s is not explained", rule.Key)
		}
		if len(rule.Letter) != 1 || strings.Contains(letters, rule.Letter) {
			t.Errorf("%s: the letter %q marks something else", rule.Key, rule.Letter)
		}
		letters += rule.Letter
	}
}
