package casefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
)

// Slips of people who know another notation, made in the base of TestProblems.
func TestSlips(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"a hyphen for a range", "no_deal: 45..55", "no_deal: 45-55",
			"case.yaml:16:14: parties.fishers.no_deal: '45-55' is not a number: write 45..55 for a number between the two"},
		{"a dash for a range", "no_deal: 45..55", "no_deal: 45 – 55",
			"case.yaml:16:14: parties.fishers.no_deal: '45 – 55' is not a number: write 45..55 for a number between the two"},
		{"three dots for a range", "no_deal: 45..55", "no_deal: 45...55",
			"case.yaml:16:14: parties.fishers.no_deal: '45...55' is not a number: write 45..55 for a number between the two"},
		{"to for a range", "quota: {low: 10,", "quota: {low: 8.5 to 10,",
			"case.yaml:14:20: parties.fishers.scores.quota.low: '8.5 to 10' is not a number: write 8.5..10 for a number between the two"},
		{"a hyphen between numbers that descend", "no_deal: 45..55", "no_deal: 55-45",
			"case.yaml:16:14: parties.fishers.no_deal: '55-45' is not a number: write it as in 12, -3 or 2.5"},
		{"a decimal comma", "no_deal: 45..55", "no_deal: 45,5",
			"case.yaml:16:14: parties.fishers.no_deal: '45,5' is not a number: write 45.5 with a decimal point"},
		{"a comma that may part thousands", "no_deal: 45..55", "no_deal: 1,250",
			"case.yaml:16:14: parties.fishers.no_deal: '1,250' is not a number: write 1250, or 1.250 with a decimal point"},
		{"per cent", "no_deal: 45..55", "no_deal: 45 %",
			"case.yaml:16:14: parties.fishers.no_deal: '45 %' is not a number: write 45: numbers stand for points, without a sign"},
		{"a date with words", "date: 2026-01-02", "date: 2 January 2026",
			"case.yaml:29:16: sources.news.date: '2 January 2026' is not a date: write 2026-01-02"},
		{"a date with the day first", "date: 2026-01-02", "date: 15/03/2025",
			"case.yaml:29:16: sources.news.date: '15/03/2025' is not a date in the calendar: write 2025-03-15"},
		{"a day too many", "date: 2026-01-02", "date: 2025-02-29",
			"case.yaml:29:16: sources.news.date: '2025-02-29' is not a date in the calendar: February 2025 has 28 days"},
		{"no space after a colon", "id: bay", "id:bay",
			"case.yaml:2:4: no space stands after the colon: write id: bay"},
		{"no space after the colon of an option", "quota: {low: 10,", "quota: {low:10,",
			"case.yaml:14:15: parties.fishers.scores.quota.low: no space stands after the colon: write low: 10"},
		{"no space after the colon of a key", "{date: 2026-01-02,", "{date:2026-01-02,",
			"case.yaml:29:10: sources.news.date: no space stands after the colon: write date: 2026-01-02"},
		{"a quote that is not closed", "title: The bay", "title: \"The bay",
			"case.yaml:24:8: the quote that opens here is not closed: end the text with \""},
		{"a single quote that is not closed", "title: The bay", "title: 'The bay",
			"case.yaml:24:8: the quote that opens here is not closed: end the text with '"},
		{"an apostrophe in single quotes", "title: The bay", "title: 'The fishers' bay'",
			"case.yaml:24:22: the text in quotes ends before this: write '' for a quote or an apostrophe within single quotes, or put the whole text in double quotes"},
		{"quotes in double quotes", "title: The bay", "title: \"The \"old\" bay\"",
			"case.yaml:24:14: the text in quotes ends before this: write \\\" for a quote within double quotes, or put the whole text in single quotes"},
		{"a quoted word at the beginning", "title: The bay", "title: \"The\" bay",
			"case.yaml:24:14: the text in quotes ends before this: write \\\" for a quote within double quotes, or put the whole text in single quotes"},
		{"a bracket at the beginning of a text", "title: The bay", "title: [draft] The bay",
			"case.yaml:24:16: more follows the bracket ]: delete what follows, or put a text that begins with a bracket in quotes"},
		{"a brace too many", "divisible: [quota]", "divisible: [quota]]",
			"case.yaml:27:19: more follows the bracket ]: delete what follows, or put a text that begins with a bracket in quotes"},
		{"a text that begins a block", "title: The bay", "title: > The bay",
			"case.yaml:24:8: the text begins with > or |, which begins a text of several lines: put the text in quotes"},
		{"a text that is a comment", "title: The bay", "title: #1 of the bays",
			"case.yaml:24:7: title: has no value: give one or delete the key; quote a text that begins with #"},
		{"no colon after a key with lines below", "\n  port:\n", "\n  port\n",
			"case.yaml:20:3: no colon stands in the line: write port:"},
		{"no colon after a key", "\nissues:\n", "\nissues\n",
			"case.yaml:4:1: no colon stands in the line: write issues:"},
		{"an equals sign", "\nid: bay", "\nid = bay",
			"case.yaml:2:1: no colon stands in the line: write id: bay"},
		{"no space after a colon in a block", "    rule: boats", "    rule:boats",
			"case.yaml:18:12: no space stands after the colon: write rule: boats"},
		{"a no-break space", "\n  port:\n", "\n  port:\u00a0\n",
			"case.yaml:20:8: U+00A0 is a blank of another kind: write a plain one"},
		{"a line indented too deep", "    on: quota", "      on: quota",
			"case.yaml:34:7: the line is indented deeper than line 33, which has its value already: indent both alike, or quote a text that goes on and holds a colon and a space"},
		{"a colon in a text that goes on", "title: The bay", "title: The\n  old\n  bay: a case",
			"case.yaml:26:6: not YAML: mapping values are not allowed in this context: quote texts that hold a colon and a space, and check the indentation"},
		{"an empty condition", "never: \"quota == 'high' && season > 6\"", "never: \"\"",
			"case.yaml:23:27: parties.port.red_lines.full.never: has an empty text for its value: give one or delete the key"},
		{"an empty rule", "rule: boats", "rule: ''",
			"case.yaml:18:13: parties.fishers.ratification.rule: has an empty text for its value: give one or delete the key"},
		{"a condition that begins with !", "\"quota == 'high' && season > 6\"", "!quota == 'high'",
			"case.yaml:23:27: parties.port.red_lines.full.never: tags are not allowed: delete the tag; quote a text that begins with !"},
		{"an inequality of another language", "quota == 'high'", "quota <> 'high'",
			"case.yaml:23:35: parties.port.red_lines.full.never: unexpected '>': write != for <>"},
		{"keys of a range", "{from: 3, to: 9,", "{from: 3, highest: 9,",
			"case.yaml:9:5: issues.season.range: needs the key 'to': add to: …\ncase.yaml:9:22: issues.season.range: unknown key 'highest': the keys here are from, to, step and unit"},
		{"a key in capitals", "\nparties:", "\nParties:",
			"case.yaml:11:1: unknown key 'Parties': did you mean 'parties'?"},
		{"a list for a range", "no_deal: 45..55", "no_deal: [45, 55]",
			"case.yaml:16:14: parties.fishers.no_deal: needs a mapping, not a list: write a number, or 30..40 for one between two"},
		{"a minus sign", "no_deal: 45..55", "no_deal: −5",
			"case.yaml:16:14: parties.fishers.no_deal: '−5' is not a number: write -5 with a hyphen for the sign"},
		{"a minus sign in a range", "no_deal: 45..55", "no_deal: −5..5",
			"case.yaml:16:14: parties.fishers.no_deal: '−5..5' is not a number: write -5..5 with a hyphen for the sign"},
		{"a date with short months", "date: 2026-01-02", "date: 2026-1-2",
			"case.yaml:29:16: sources.news.date: '2026-1-2' is not a date: write 2026-01-02"},
		{"a date with slashes", "date: 2026-01-02", "date: 2026/01/02",
			"case.yaml:29:16: sources.news.date: '2026/01/02' is not a date in the calendar: write 2026-01-02"},
		{"a version with a point", "goodoffices: 1", "goodoffices: 1.0",
			"case.yaml:1:14: goodoffices: '1.0' is not a whole number: write it without quotes and without a point, as in 1"},
		{"a quote in a list that is not closed", "divisible: [quota]", "divisible: ['quota]",
			"case.yaml:27:13: the quote that opens here is not closed: end the text with '"},
		{"a line indented by one space too few", "    on: quota", "   on: quota",
			"case.yaml:34:4: the line is indented by 3 spaces, and no line of its block is: indent it by 4 like line 33 or 2 like line 31"},
		{"curly quotes", "quota == 'high'", "quota == “high”",
			"case.yaml:23:37: parties.port.red_lines.full.never: unexpected '“': write it in straight quotes: 'high'"},
		{"a sign of mathematics", "season > 6", "season ≥ 6",
			"case.yaml:23:54: parties.port.red_lines.full.never: unexpected '≥': write >="},
		{"a party in capitals", "\n  fishers:", "\n  Fishers:",
			"case.yaml:12:3: parties.Fishers: 'Fishers' is no name: write fishers"},
		{"an issue in capitals", "\n  season:\n", "\n  Season:\n",
			"case.yaml:8:3: issues.Season: 'Season' is no name: write season"},
		{"an option with a hyphen", "options: {low: 20, high: 60}", "options: {low: 20, very-high: 60, high: 1}",
			"case.yaml:7:24: issues.quota.options.very-high: 'very-high' is no name: write very_high\n" +
				"case.yaml:14:7: parties.fishers.scores.quota: no score for very_high: add very_high: …\n" +
				"case.yaml:21:14: parties.port.scores.quota: no score for very_high: add very_high: …"},
		{"a rule of nobody", "rule: boats", "rule: towns",
			"case.yaml:18:13: parties.fishers.ratification.rule: unknown constituency 'towns': use boats"},
		{"ratings swapped", "information_credibility: 2", "information_credibility: B, source_reliability: 2",
			"case.yaml:29:82: sources.news.information_credibility: unknown information credibility 'B': use 1, 2, 3, 4, 5 or 6, and see whether it is swapped with source_reliability\ncase.yaml:29:105: sources.news.source_reliability: unknown source reliability '2': use A, B, C, D, E or F, and see whether it is swapped with information_credibility"},
		{"an issue in a path without scores", "add: {fishers.no_deal: 3}", "add: {fishers.quota.low: 3}",
			"case.yaml:41:17: views.rival.add.fishers.quota.low: 'fishers.quota.low' leads nowhere: did you mean 'fishers.scores.quota.low'?"},
	} {
		if !strings.Contains(base, tt.old) {
			t.Fatalf("base has no %q", tt.old)
		}
		_, err := Parse("case.yaml", []byte(strings.Replace(base, tt.old, tt.new, 1)))
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// What can be used but can hardly be meant is a warning.
func TestHardlyMeant(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"a no-deal value out of reach", "no_deal: 45..55", "no_deal: 155",
			"case.yaml:16:14: warning: parties.fishers.no_deal: no package is worth that much: the scores add up to 100 at most: check both"},
		{"a threshold at home out of reach", "{boats: {scores:", "{boats: {accepts_at: 9, scores:",
			"case.yaml:19:44: warning: parties.fishers.ratification.constituencies.boats.accepts_at: no package is worth that much: the scores add up to 2 at most: check both"},
		{"a consequence that nothing has", "requires: []", "requires: [{id: r, if: \"quota == 'low' && season == 3\", then: \"season == 3 && season == 6\"}]",
			"case.yaml:26:63: warning: requires.r.then: no package satisfies it, so that the requirement excludes every package to which if applies: check the condition"},
	} {
		f, err := Parse("case.yaml", []byte(strings.Replace(base, tt.old, tt.new, 1)))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := f.Warnings().Error(); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// The slips in a collection of files: the place and the decisive words of the first problem of each, or of its warning.
func TestMistakes(t *testing.T) {
	want := map[string]string{
		"01-tab":                  "32:1: a tab indents the line: indent with spaces",
		"02-misspelt-key":         "33:5: issues.legal_form: unknown key 'statusquo': did you mean 'status_quo'?",
		"03-score-missing":        "86:7: parties.ethiopia.scores.legal_form: no score for guidelines: add guidelines: …",
		"04-issue-missing":        "85:5: parties.ethiopia.scores: no scores for the issue safety: add safety: {national: …, joint: …}, or safety: 0 where its options are worth the same",
		"05-single-equals":        "101:26: parties.ethiopia.red_lines.no_veto.never: unexpected '=': write == to compare",
		"06-and-word":             "105:40: parties.ethiopia.red_lines.no_quota_by_treaty.never: unexpected 'and': write && for and",
		"07-unquoted-option":      "101:29: parties.ethiopia.red_lines.no_veto.never: the option consent stands without quotes: write 'consent'",
		"08-date-dmy":             "5:8: as_of: '15/03/2026' is not a date in the calendar: write 2026-03-15",
		"09-date-impossible":      "5:8: as_of: '2026-02-30' is not a date in the calendar: February 2026 has 28 days",
		"10-date-later":           "13:11: warning: sources.ahram.date: 2026-05-15 is later than the case's as_of, 2026-03-15: leave it out, or move as_of",
		"11-duplicate-id":         "24:3: sources: key 'fana' was given before, in line 17: delete or rename one of them",
		"12-percent":              "93:26: parties.ethiopia.scores.safety.national: '3%' is not a number: write 3: numbers stand for points, without a sign",
		"13-unclosed-quote":       "11:12: the quote that opens here is not closed: end the text with \"",
		"14-colon-in-text":        "11:16: not YAML: mapping values are not allowed in this context: quote texts that hold a colon and a space, and check the indentation",
		"15-dash-range":           "97:14: parties.ethiopia.no_deal.value: '55-70' is not a number: write 55..70 for a number between the two",
		"16-comma-decimal":        "163:14: parties.sudan.no_deal: '25,5' is not a number: write 25.5 with a decimal point",
		"17-reversed":             "163:14: parties.sudan.no_deal: '40..30..25' is out of order: write 25..30..40",
		"18-option-typo":          "183:75: packages.au_text.outcome.disputes: unknown option 'mediaton': did you mean 'mediation'?",
		"19-off-grid":             "177:44: packages.washington_2020.outcome.release: 39 is not on the grid of the range: its neighbours on the grid are 38 and 40",
		"20-lever-path":           "227:11: levers.sanctions.add.ethiopia.nodeal: 'ethiopia.nodeal' leads nowhere: did you mean 'no_deal'?",
		"21-lever-quoted-path":    "222:11: levers.drought_insurance.add.ethiopia.drought.40: 'ethiopia.drought.40' leads nowhere: did you mean 'ethiopia.scores.drought.40'?",
		"22-rule-unknown":         "108:36: parties.ethiopia.ratification.rule: unknown constituency 'oromo': did you mean 'oromia'?",
		"23-rule-english":         "108:19: parties.ethiopia.ratification.rule: unexpected 'and': write && for and",
		"24-by-unknown":           "175:9: packages.washington_2020.by: unknown actor 'usa': use ethiopia, egypt, sudan, african_union, united_states or mediators",
		"25-uppercase-id":         "82:3: parties.Ethiopia: 'Ethiopia' is no name: write ethiopia",
		"26-indent":               "48:4: the line is indented by 3 spaces, and no line of its block is: indent it by 4 like line 47 or 2 like line 46",
		"27-smart-quotes":         "101:29: parties.ethiopia.red_lines.no_veto.never: unexpected '‘': write it in straight quotes: 'consent'",
		"28-stance":               "193:13: statements.sisi.stance: unknown stance 'opposed': use ask, propose, accept, conditional, reject, none_on_record or disputed",
		"29-missing-space":        "2:4: no space stands after the colon: write id: gerd",
		"30-empty-value":          "163:13: parties.sudan.no_deal: has no value: give one or delete the key",
		"31-many":                 "5:8: as_of: 'soon' is not a date in the calendar: write YYYY-MM-DD, YYYY-MM or YYYY",
		"32-accepts":              "113:11: parties.ethiopia.ratification.constituencies.hopr: unknown key 'accept_at': did you mean 'accepts_at'?",
		"33-percent-range":        "97:14: parties.ethiopia.no_deal.value: '55 to 70' is not a number: write 55..70 for a number between the two",
		"34-unreachable":          "97:7: warning: parties.ethiopia.no_deal: no package is worth that much: the scores add up to 106 at most: check both",
		"35-constituency-percent": "117:23: warning: parties.ethiopia.ratification.constituencies.amhara.accepts_at: no package is worth that much: the scores add up to 100 at most: check both",
		"36-all-caps-reliab":      "15:25: sources.ahram.source_reliability: unknown source reliability '2': use A, B, C, D, E or F, and see whether it is swapped with information_credibility",
		"37-require-if-only":      "166:5: requires.arbitration_needs_treaty: needs the key 'then': add then: …",
		"38-contradict-requires":  "169:11: warning: requires.arbitration_needs_treaty.then: no package satisfies it, so that the requirement excludes every package to which if applies: check the condition",
		"39-min":                  "1:1: needs the key 'issues': add issues: …",
		"40-empty":                ": the file is empty: begin with `goodoffices: 1`",
	}
	names, err := filepath.Glob(filepath.Join(trials.Peers(t, "mistakes"), "*.yaml"))
	if err != nil || len(names) != len(want) {
		t.Errorf("%d files, %v; want %d", len(names), err, len(want))
	}
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".yaml")
		var said string
		f, err := Open(name)
		var problems Problems
		switch {
		case err == nil:
			said = f.Warnings().Error()
		case errors.As(err, &problems):
			said = err.Error()
		default:
			t.Errorf("%s: %v", base, err)
		}
		found := false
		for line := range strings.Lines(said) {
			found = found || strings.HasSuffix(strings.TrimSuffix(line, "\n"), want[base])
		}
		if want[base] == "" || !found {
			t.Errorf("%s: got\n%s\nwant a line that ends in\n%s", base, said, want[base])
		}
	}
}
