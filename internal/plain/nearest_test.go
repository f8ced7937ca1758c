package plain

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"cap3_67", "cap_3_67"},
		{"CAP_3_67", "cap_3_67"},
		{"zreo", "zero"},
		{"nothing_like_it", ""},
		{strings.Repeat("a", 1000), ""},
		{strings.Repeat("é", 40), ""},
		{"no_cpa", "no_cap"},
		{"", ""},
		{"cap", "cap_3_67"}, // it begins so
		{"ca", ""},
	} {
		if got := Nearest(tt.text, []string{"zero", "cap_3_67", "no_cap"}); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
