package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
)

// TestReportedCommands runs commands on files that were once read wrongly or in silence.
func TestReportedCommands(t *testing.T) {
	folder := trials.Peers(t, "reported")
	out := t.TempDir()
	for _, tt := range []struct {
		command string // IN stands for the folder, OUT for another
		status  int
		want    []string // lines of both outputs hold these, in any order
		not     string
	}{
		{"check IN/check-silent-on-reading/percent.csv IN/check-silent-on-reading/latin1.csv IN/check-silent-on-reading/genius", 0, []string{
			"percent.csv:C2: warning: percentages are read as points",
			"percent.csv:E1: warning: the column 'Remarks of ours' has no scores and is left out",
			"percent.csv:C4: warning: no scores of 'Harbour board'",
			"percent.csv: ok: 2 issues, 2 parties",
			"latin1.csv: warning: it is not UTF-8, and was read as Latin-1",
			"a.xml:1:1: warning: the weights add up to 1.1, and are used as written",
			"a.xml:1:1: warning: 1 package is worth more than 1",
			"genius: ok: 2 issues, 2 parties",
		}, ""},
		{"check IN/yaml-1.2-directive/v12.yaml", 0, []string{"v12.yaml: ok"}, "warning"},
		{"check IN/yaml-1.2-directive/v11.yaml", 0, []string{"v11.yaml:1:1: warning: the file says that it is YAML 1.1", "v11.yaml: ok"}, ""},
		{"check IN/upper-case-yaml-extension/TALKS.YAML", 0, []string{"TALKS.YAML: ok"}, ""},
		{"collection IN/upper-case-yaml-extension/folder -q", 0, []string{"TALKS ", "other ", "2 scenarios"}, ""},
		{"convert IN/upper-case-yaml-extension/folder/other.yaml OUT/OUT.YAML", 0, []string{"wrote "}, ""},
		{"check OUT/OUT.YAML", 0, []string{"OUT.YAML: ok"}, ""},
		{"check IN/minor-messages/ampersand.yaml", 1, []string{"delete &Beyond, or quote a text that begins with &"}, ""},
		{"check IN/minor-messages/unclosed.csv", 1, []string{"unclosed.csv:B2: the quote that opens in line 2 is not closed"}, ""},
		{"check IN/minor-messages/zero-mark.csv", 0, []string{"zero-mark.csv: ok"}, ""},
		{"check IN/minor-messages/two\nlines.yaml", 1, []string{`two\nlines.yaml does not exist`}, "two\nlines"},
		{"analyze IN/minor-messages/two\nlines.yaml", 1, []string{`two\nlines.yaml does not exist`}, "two\nlines"},
		{"ratify --rule double_majority --groups IN/ratify-total-row/cantons.csv", 0, []string{"Not passed"}, ""},
		{"ratify --rule double_majority --groups IN/ratify-total-row/with-total.csv", 1, []string{`line 4: "Total" is a row that adds up others`}, "assed."},
		{"ratify --rule every_group --groups IN/ratify-total-row/twice.csv", 1, []string{`line 4: the group "A" is there already, in line 2`}, "assed."},
		{"ratify --rule double_majority --groups IN/ratify-excel-csv/semicolons.csv", 0, []string{"800"}, ""},
		{"ratify --rule double_majority --groups IN/ratify-excel-csv/half.csv", 0, []string{"1,650"}, ""},
		{"ratify --rule double_majority --groups IN/ratify-excel-csv/swiss.csv", 0, []string{"16,500"}, ""},
	} {
		var args []string
		for arg := range strings.SplitSeq(tt.command, " ") {
			args = append(args, strings.NewReplacer("IN/", folder+"/", "OUT/", out+"/").Replace(arg))
		}
		var b bytes.Buffer
		if status := run(t.Context(), args, strings.NewReader(""), &b, &b, func(string) string { return "" }); status != tt.status {
			t.Errorf("%s: status %d, want %d", tt.command, status, tt.status)
		}
		for _, want := range tt.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q in\n%s", tt.command, want, b.String())
			}
		}
		if tt.not != "" && strings.Contains(b.String(), tt.not) {
			t.Errorf("%s: %q in\n%s", tt.command, tt.not, b.String())
		}
	}
}
