package plain

import "testing"

func TestFormula(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "Quota": false, "A-1": false, "'t Harde": false, "\"Low\" quota": false, "３": false, "…": false, " x": false,
		"=1": true, "+1": true, "-1": true, "@SUM(1)": true, "−1": true,
		" =1": true, "\t=1": true, "\tx": true, "\rx": true, "\nx": true, "\u00a0=1": true, "\u200b=1": true, "\ufeff=1": true, "\x00=1": true, "\u202e=1": true,
		"＝1": true, "＋1": true, "－1": true, "＠x": true, "\u3000＝1": true,
		"\"=1": true, "'=1": true, "“=1": true, "\" =1": true,
	} {
		if got := Formula(text); got != want {
			t.Errorf("Formula(%q) = %v, want %v", text, got, want)
		}
	}
}
