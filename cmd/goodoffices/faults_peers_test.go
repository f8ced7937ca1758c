package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
)

// command runs the command in this process and returns its output, errors and status.
func command(t testing.TB, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	return out.String(), errs.String(), status
}

// analysed returns the JSON of an analysis.
func analysed(t testing.TB, args ...string) map[string]any {
	t.Helper()
	out, errs, status := command(t, append([]string{"analyze", "--format", "json", "-q"}, args...)...)
	if status != 0 {
		t.Fatalf("%v: %s", args, errs)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at returns the value at a path of names, written as JSON.
func at(doc map[string]any, path string) string {
	var v any = doc
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return "null"
		}
		v = m[name]
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// Cases that were once answered wrongly, with the right answers.
func TestReportedFaults(t *testing.T) {
	for _, test := range []struct {
		file, time string
		want       map[string]string
	}{
		{"faults/ratifiable-zero.yaml", "1us", map[string]string{"zone.count": "null", "zone.ratifiable": "null", "zone.ratifiable_share": "null"}},
		{"faults/ratifiable-zero.yaml", "1ns", map[string]string{"zone.count": "null", "zone.ratifiable": "null"}},
		{"faults/ratifiable-zero-default-budget.yaml", "", map[string]string{"zone.count": "null", "zone.ratifiable": "null"}},
		{"faults/ratifiable-zero-home.yaml", "100ns", map[string]string{"zone.count": `"64"`, "zone.ratifiable": "null", "zone.ratifiable_share": "null"}},
		{"faults/ratifiable-zero-home.yaml", "", map[string]string{"zone.count": `"64"`, "zone.ratifiable": `"57"`}},
		{"faults/ratifiable-zero-home-default-budget.yaml", "", map[string]string{"zone.ratifiable": "null", "zone.ratifiable_low": `"6048343646"`}},
		{"faults/estimate-inverted.yaml", "100ns", map[string]string{"zone.ratifiable_estimate.low": `"47"`, "zone.ratifiable_estimate.high": `"48"`}},
		{"faults/estimate-inverted.yaml", "", map[string]string{"zone.ratifiable": `"48"`}},
		{"faults/nash-null-when-nobody-gains.yaml", "1ns", map[string]string{"exact": "true", "solutions.nash.utilities": `{"p0":1,"p1":1}`}},
		{"faults/nash-null-when-nobody-gains-default-budget.yaml", "", map[string]string{"exact": "true", "solutions.nash.gap": "0"}},
		{"faults/agenda-panic.yaml", "", map[string]string{"verdict": `"zone"`}},
		{"faults/package-nash-message.yaml", "", map[string]string{"solutions.nash": "null", "exact": "true"}},
		{"reported/adjusted-winner-option-order/ana-first.yaml", "", map[string]string{"adjusted_winner.points": `{"ana":52.63157894736842,"ben":52.63157894736842}`, "adjusted_winner.split": `"field"`}},
		{"reported/adjusted-winner-option-order/ben-first.yaml", "", map[string]string{"adjusted_winner.points": `{"ana":52.63157894736842,"ben":52.63157894736842}`, "adjusted_winner.split": `"field"`}},
		{"reported/adjusted-winner-option-order/each-wants-one.yaml", "", map[string]string{"adjusted_winner.points": `{"ana":100,"ben":100}`, "adjusted_winner.split": "null"}},
		{"reported/adjusted-winner-option-order/three-sold-second.yaml", "", map[string]string{"adjusted_winner.points": `{"her":54.54545454545455,"him":54.54545454545455}`}},
		{"reported/adjusted-winner-option-order/three-sold-last.yaml", "", map[string]string{"adjusted_winner.points": `{"her":54.54545454545455,"him":54.54545454545455}`}},
	} {
		args := []string{trials.Peers(t, test.file)}
		if test.time != "" {
			args = append(args, "--time", test.time)
		}
		doc := analysed(t, args...)
		for path, want := range test.want {
			if got := at(doc, path); got != want {
				t.Errorf("%s within %q: %s is %s, want %s", test.file, test.time, path, got, want)
			}
		}
	}
	for _, test := range []struct {
		args   string
		status int
		out    string
		not    string
	}{
		{"agenda faults/agenda-panic.yaml -q", 0, "", "goroutine"},
		{"brief faults/agenda-panic.yaml", 0, "", "goroutine"},
		{"package faults/package-nash-message.yaml nash -q", 1, "none that meets the consent rule", "method"},
		{"analyze faults/ratifiable-zero-home.yaml -q --time 100ns", 0, "", "none of them"},
		{"analyze faults/ratifiable-zero.yaml -q --time 1us", 0, "", "at home"},
	} {
		args := strings.Fields(test.args)
		args[1] = trials.Peers(t, args[1])
		if args[0] == "brief" {
			args = []string{"brief", args[1], "-o", filepath.Join(t.TempDir(), "brief.html")}
		}
		out, errs, status := command(t, args...)
		if status != test.status || !strings.Contains(out+errs, test.out) || strings.Contains(out+errs, test.not) {
			t.Errorf("%s: status %d\n%s%s", test.args, status, out, errs)
		}
	}
}
