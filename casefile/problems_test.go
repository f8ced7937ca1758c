package casefile

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// base is a case without problems from which the tests below make bad ones.
const base = `goodoffices: 1
id: bay
as_of: 2026-02-01
issues:
  quota:
    status_quo: high
    options: {low: 20, high: 60}
  season:
    range: {from: 3, to: 9, step: 3}
    status_quo: 9
parties:
  fishers:
    scores:
      quota: {low: 10, high: 60}
      season: {3: 0, 9: 40}
    no_deal: 45..55
    ratification:
      rule: boats
      constituencies: {boats: {scores: {quota: 1, season: {3: 0, 9: 1}}}}
  port:
    scores: {quota: {low: 40, high: 0}, season: {3: 60, 6: 50, 9: 0}}
    red_lines:
      - {id: full, never: "quota == 'high' && season > 6", statements: [s1]}
title: The bay
consent: everyone
requires: []
divisible: [quota]
sources:
  news: {date: 2026-01-02, url: https://news.example/1, information_credibility: 2}
statements:
  s1:
    actor: fishers
    source: news
    on: quota
    option: low
    stance: accept
mediators: {ministry: Ministry}
packages:
  paper: {by: fishers, outcome: {quota: low}}
views:
  rival: {add: {fishers.no_deal: 3}, drop: []}
`

func TestBaseChecks(t *testing.T) {
	f, err := Parse("case.yaml", []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	if w := f.Warnings(); len(w) > 0 {
		t.Error(w.Error())
	}
}

// ladder returns n mappings in one another, in block style.
func ladder(n int) string {
	var b strings.Builder
	for i := 1; i < n; i++ {
		b.WriteString("\n" + strings.Repeat(" ", i) + "a:")
	}
	return b.String()
}

// Each case replaces a text of base and lists exactly the lines that it must give.
var badInput = []struct{ name, old, new, want string }{
	{"unknown key",
		"    status_quo: high",
		"    status_qou: high",
		`case.yaml:6:5: issues.quota: unknown key 'status_qou': did you mean 'status_quo'?`},
	{"unknown key at the top",
		"consent: everyone",
		"consents: everyone",
		`case.yaml:25:1: unknown key 'consents': did you mean 'consent'?`},
	{"unknown key without a near one",
		"consent: everyone",
		"zzz: 1",
		`case.yaml:25:1: unknown key 'zzz': the keys here are goodoffices, id, title, about, as_of, analyst, marking, sources and 13 more`},
	{"duplicate key",
		`    no_deal: 45..55
`,
		`    no_deal: 45
    no_deal: 50
`,
		`case.yaml:17:5: parties.fishers: key 'no_deal' was given before, in line 16: delete or rename one of them`},
	{"duplicate option",
		"{low: 10, high: 60}",
		"{low: 10, low: 11, high: 60}",
		`case.yaml:14:24: parties.fishers.scores.quota: key 'low' was given before, in line 14: delete or rename one of them`},
	{"missing id",
		`id: bay
`,
		"",
		`case.yaml:1:1: needs the key 'id': add id: …`},
	{"misspelt option in scores",
		"{low: 10, high: 60}",
		"{low: 10, hihg: 60}",
		`case.yaml:14:7: parties.fishers.scores.quota: no score for high: add high: …
case.yaml:14:24: parties.fishers.scores.quota.hihg: unknown option 'hihg': did you mean 'high'?`},
	{"misspelt issue in scores",
		"      quota: {low: 10, high: 60}",
		"      qouta: {low: 10, high: 60}",
		`case.yaml:13:5: parties.fishers.scores: no scores for the issue quota: add quota: {low: …, high: …}, or quota: 0 where its options are worth the same
case.yaml:14:7: parties.fishers.scores.qouta: unknown issue 'qouta': did you mean 'quota'?`},
	{"misspelt source",
		"source: news",
		"source: newz",
		`case.yaml:33:13: statements.s1.source: unknown source 'newz': did you mean 'news'?`},
	{"misspelt statement",
		"statements: [s1]",
		"statements: [s2]",
		`case.yaml:23:73: parties.port.red_lines.full.statements.1: unknown statement 's2': did you mean 's1'?`},
	{"misspelt actor",
		"actor: fishers",
		"actor: fisher",
		`case.yaml:32:12: statements.s1.actor: unknown actor 'fisher': did you mean 'fishers'?`},
	{"misspelt party in the consent rule",
		"consent: everyone",
		"consent: fishers && prt",
		`case.yaml:25:21: consent: unknown party 'prt': did you mean 'port'?`},
	{"misspelt constituency",
		"rule: boats",
		"rule: boat",
		`case.yaml:18:13: parties.fishers.ratification.rule: unknown constituency 'boat': did you mean 'boats'?`},
	{"misspelt enum",
		"stance: accept",
		"stance: acept",
		`case.yaml:36:13: statements.s1.stance: unknown stance 'acept': did you mean 'accept'?`},
	{"rule of votes without votes",
		"rule: boats",
		"rule: two_thirds",
		`case.yaml:18:13: parties.fishers.ratification.rule: the rule two_thirds adds up votes, and boats has none: give every constituency its votes, as in votes: 54`},
	{"votes of a constituency without votes",
		"rule: boats",
		"rule: votes(boats) >= 1",
		`case.yaml:18:19: parties.fishers.ratification.rule: boats has no votes: give boats its votes, as in votes: 54`},
	{"misspelt rule",
		"rule: boats",
		"rule: two_third",
		`case.yaml:18:13: parties.fishers.ratification.rule: unknown constituency 'two_third': did you mean 'two_thirds'?`},
	{"rule that needs vetoes",
		"rule: boats",
		"rule: security_council",
		`case.yaml:18:13: parties.fishers.ratification.rule: the rule security_council needs what constituencies do not have: write it out with count, votes, && and ||`},
	{"votes that no sum reaches",
		"rule: boats\n      constituencies: {boats: {scores",
		"rule: votes(boats) > 6\n      constituencies: {boats: {votes: 5, scores",
		`case.yaml:18:28: parties.fishers.ratification.rule: these 5 votes are never compared with 6: use a whole number from 0 to 5`},
	{"half a vote",
		"constituencies: {boats: {scores",
		"constituencies: {boats: {votes: 5.5, scores",
		`case.yaml:19:39: parties.fishers.ratification.constituencies.boats.votes: 5.5 is no whole number from 1 to 1000000000000: write how many votes or seats the group has, as in 54`},
	{"votes of parties",
		"consent: everyone",
		"consent: votes(fishers, port) >= 2",
		`case.yaml:25:10: consent: parties have no votes: write count(…) >= number`},
	{"unknown credibility",
		"information_credibility: 2",
		"information_credibility: 7",
		`case.yaml:29:82: sources.news.information_credibility: unknown information credibility '7': use 1, 2, 3, 4, 5 or 6`},
	{"missing scores of an issue",
		`      season: {3: 0, 9: 40}
`,
		"",
		`case.yaml:13:5: parties.fishers.scores: no scores for the issue season: add season: {3: …, 9: …}, or season: 0 where its options are worth the same`},
	{"missing score of an option",
		"{low: 10, high: 60}",
		"{low: 10}",
		`case.yaml:14:7: parties.fishers.scores.quota: no score for high: add high: …`},
	{"score not a number",
		"{low: 10, high: 60}",
		"{low: .nan, high: .inf}",
		`case.yaml:14:20: parties.fishers.scores.quota.low: '.nan' is not a number: a number must be finite
case.yaml:14:32: parties.fishers.scores.quota.high: '.inf' is not a number: a number must be finite`},
	{"score infinite",
		"{low: 10, high: 60}",
		"{low: -.Inf, high: Infinity}",
		`case.yaml:14:20: parties.fishers.scores.quota.low: '-.Inf' is not a number: a number must be finite
case.yaml:14:33: parties.fishers.scores.quota.high: 'Infinity' is not a number: a number must be finite`},
	{"score with an exponent",
		"{low: 10, high: 60}",
		"{low: 1e999999999, high: 60}",
		`case.yaml:14:20: parties.fishers.scores.quota.low: '1e999999999' is not a number: write it out without an exponent`},
	{"score too long",
		"{low: 10, high: 60}",
		"{low: 1234567890123456789, high: 0.1234567890123456789}",
		`case.yaml:14:20: parties.fishers.scores.quota.low: '1234567890123456789' is not a number: more than 18 digits before or after the point
case.yaml:14:47: parties.fishers.scores.quota.high: '0.1234567890123456789' is not a number: more than 18 digits before or after the point`},
	{"score quoted",
		"{low: 10, high: 60}",
		"{low: '10', high: 60}",
		`case.yaml:14:20: parties.fishers.scores.quota.low: needs a number, not the text '10': delete the quotes`},
	{"score null",
		"{low: 10, high: 60}",
		"{low: , high: 60}",
		`case.yaml:14:20: parties.fishers.scores.quota.low: has no value: give one or delete the key`},
	{"score with separators",
		"{low: 10, high: 60}",
		"{low: 1_000, high: 0x10}",
		`case.yaml:14:20: parties.fishers.scores.quota.low: '1_000' is not a number: write digits with at most one decimal point, as in 12 or 2.5
case.yaml:14:33: parties.fishers.scores.quota.high: '0x10' is not a number: write it as in 12, -3 or 2.5`},
	{"uncertain number out of order",
		"no_deal: 45..55",
		"no_deal: 55..45",
		`case.yaml:16:14: parties.fishers.no_deal: '55..45' is out of order: write 45..55`},
	{"uncertain number with four parts",
		"no_deal: 45..55",
		"no_deal: 1..2..3..4",
		`case.yaml:16:14: parties.fishers.no_deal: '1..2..3..4' is not a number: write low..high or low..mode..high`},
	{"mode out of order",
		"no_deal: 45..55",
		"no_deal: 1..5..3",
		`case.yaml:16:14: parties.fishers.no_deal: '1..5..3' is out of order: write 1..3..5`},
	{"text for a mapping",
		`parties:
`,
		`x_parties: 1
parties: a
old:
`,
		`case.yaml:11:1: unknown key 'x_parties': did you mean 'parties'?
case.yaml:12:10: parties: needs a mapping from ids, not a single value: write each as ` + "`" + `id: …` + "`" + `
case.yaml:13:1: unknown key 'old': the keys here are goodoffices, id, title, about, as_of, analyst, marking, sources and 13 more`},
	{"list for a mapping of options",
		"    options: {low: 20, high: 60}",
		"    options: [low, high]",
		`case.yaml:7:14: issues.quota.options: needs a mapping from ids, not a list: write each as ` + "`" + `id: …` + "`" + ``},
	{"mapping for a list",
		`    red_lines:
      - {id: full, never: "quota == 'high' && season > 6", statements: [s1]}`,
		`    red_lines: {id: full, never: "season > 6"}`,
		`case.yaml:22:16: parties.port.red_lines: needs a list, not a mapping: begin each item with a hyphen`},
	{"mapping for a text",
		"title: The bay",
		"title: {a: 1}",
		`case.yaml:24:8: title: needs a text, not a mapping: quote a text that begins with [ or {`},
	{"version 2 of the format",
		"goodoffices: 1",
		"goodoffices: 2",
		`case.yaml:1:14: goodoffices: unknown version 2 of the format: write 1, or use a newer goodoffices`},
	{"version as a text",
		"goodoffices: 1",
		"goodoffices: one",
		`case.yaml:1:14: goodoffices: 'one' is not a whole number: write it without quotes and without a point, as in 1`},
	{"empty key",
		"title: The bay",
		"title:",
		`case.yaml:24:7: title: has no value: give one or delete the key`},
	{"status quo with an unknown option",
		"status_quo: high",
		"status_quo: hgih",
		`case.yaml:6:17: issues.quota.status_quo: unknown option 'hgih': did you mean 'high'?`},
	{"status quo off the grid",
		"status_quo: 9",
		"status_quo: 8",
		`case.yaml:10:17: issues.season.status_quo: 8 is not on the grid of the range: its neighbours on the grid are 6 and 9`},
	{"status quo beyond the range",
		"status_quo: 9",
		"status_quo: 12",
		`case.yaml:10:17: issues.season.status_quo: 12 is not on the grid of the range: the range goes from 3 to 9`},
	{"status quo of a range with a text",
		"status_quo: 9",
		"status_quo: long",
		`case.yaml:10:17: issues.season.status_quo: the range has numbers for options, not 'long': write a number from 3 to 9`},
	{"package with an unknown option",
		"outcome: {quota: low}",
		"outcome: {quota: lwo, season: 4}",
		`case.yaml:39:41: packages.paper.outcome.quota: unknown option 'lwo': did you mean 'low'?
case.yaml:39:54: packages.paper.outcome.season: 4 is not on the grid of the range: its neighbours on the grid are 3 and 6`},
	{"package with an unknown issue",
		"outcome: {quota: low}",
		"outcome: {quotas: low}",
		`case.yaml:39:34: packages.paper.outcome.quotas: unknown issue 'quotas': did you mean 'quota'?`},
	{"package that leaves out an issue",
		`    status_quo: 9
`,
		"",
		`case.yaml:38:24: packages.paper.outcome: the package leaves out season, which has no status quo: settle it in the package, or give the issue a status_quo`},
	{"package by an unknown actor",
		"by: fishers",
		"by: fishres",
		`case.yaml:39:15: packages.paper.by: unknown actor 'fishres': did you mean 'fishers'?`},
	{"agenda that names an issue twice, an unknown issue and an unknown actor",
		`packages:
`,
		`agendas:
  first: {by: prot, files: [[quota], [seasons, quota]]}
packages:
`,
		`case.yaml:39:15: agendas.first.by: unknown actor 'prot': did you mean 'port'?
case.yaml:39:38: agendas.first.files.2: issue 'quota' stands in two files: settle each issue in one file
case.yaml:39:39: agendas.first.files.2.1: unknown issue 'seasons': did you mean 'season'?`},
	{"agenda with an issue in a file and fixed",
		`packages:
`,
		`agendas:
  first: {files: [[quota]], outcome: {quota: low}}
packages:
`,
		`case.yaml:39:19: agendas.first.files.1: issue 'quota' is in a file and in outcome: take it out of the file or out of outcome`},
	{"statement with an unknown option",
		"option: low",
		"option: lo",
		`case.yaml:35:13: statements.s1.option: unknown option 'lo': did you mean 'low'?`},
	{"statement on an unknown issue",
		"on: quota",
		"on: quotas",
		`case.yaml:34:9: statements.s1.on: unknown issue 'quotas': did you mean 'quota'?`},
	{"statement with an option and no issue",
		`    on: quota
`,
		"",
		`case.yaml:34:13: statements.s1.option: an option without its issue: add on: ISSUE`},
	{"condition with a misspelt option",
		"quota == 'high' && season > 6",
		"quota == 'hihg' && season > 6",
		`case.yaml:23:37: parties.port.red_lines.full.never: quota has no option 'hihg': did you mean 'high'?`},
	{"condition with a misspelt issue",
		"quota == 'high' && season > 6",
		"quota == 'high' && seasn > 6",
		`case.yaml:23:47: parties.port.red_lines.full.never: unknown issue 'seasn': did you mean 'season'?`},
	{"condition ends too early",
		"quota == 'high' && season > 6",
		"quota == 'high' &&",
		`case.yaml:23:46: parties.port.red_lines.full.never: the condition ends too early: expected a name`},
	{"condition with an open quote",
		"quota == 'high' && season > 6",
		"quota == 'high && season > 6",
		`case.yaml:23:37: parties.port.red_lines.full.never: the quote is not closed: end the option with '`},
	{"condition with an open parenthesis",
		"quota == 'high' && season > 6",
		"(quota == 'high'",
		`case.yaml:23:44: parties.port.red_lines.full.never: the condition ends too early: expected )`},
	{"condition with a single equals sign",
		"quota == 'high' && season > 6",
		"quota = 'high'",
		`case.yaml:23:34: parties.port.red_lines.full.never: unexpected '=': write == to compare`},
	{"condition with the word and",
		"quota == 'high' && season > 6",
		"quota == 'high' and season > 6",
		`case.yaml:23:44: parties.port.red_lines.full.never: unexpected 'and': write && for and`},
	{"condition that compares options by order",
		"quota == 'high' && season > 6",
		"quota > 'low'",
		`case.yaml:23:36: parties.port.red_lines.full.never: the options of quota have no order: compare them with == or !=`},
	{"condition with an option out of quotes",
		"quota == 'high' && season > 6",
		"quota == high",
		`case.yaml:23:37: parties.port.red_lines.full.never: the option high stands without quotes: write 'high'`},
	{"condition with a number for an option",
		"quota == 'high' && season > 6",
		"quota == 60",
		`case.yaml:23:37: parties.port.red_lines.full.never: quota has options, not numbers: use low or high`},
	{"condition with a quoted option for a range",
		"quota == 'high' && season > 6",
		"season == '6'",
		`case.yaml:23:38: parties.port.red_lines.full.never: season is a range of numbers, not of options: compare it with a number, without quotes`},
	{"condition off the grid",
		"quota == 'high' && season > 6",
		"season > 7",
		`case.yaml:23:37: parties.port.red_lines.full.never: 7 is no value of season: its neighbours on the grid are 6 and 9`},
	{"condition beyond the range",
		"quota == 'high' && season > 6",
		"season <= 12",
		`case.yaml:23:38: parties.port.red_lines.full.never: 12 is no value of season: the range goes from 3 to 9`},
	{"condition that compares two issues",
		"quota == 'high' && season > 6",
		"quota == season",
		`case.yaml:23:37: parties.port.red_lines.full.never: two issues cannot be compared with each other: compare each with one of its own options`},
	{"condition that chains comparisons",
		"quota == 'high' && season > 6",
		"season > 3 < 9",
		`case.yaml:23:39: parties.port.red_lines.full.never: comparisons cannot be chained: join two comparisons with &&`},
	{"condition with the literal first",
		"quota == 'high' && season > 6",
		"6 < season",
		`case.yaml:23:28: parties.port.red_lines.full.never: a comparison begins with its issue: write the issue first, as in issue == 'option'`},
	{"condition with a bare issue",
		"quota == 'high' && season > 6",
		"quota && season",
		`case.yaml:23:28: parties.port.red_lines.full.never: an issue is compared with one of its options: write quota == 'option'
case.yaml:23:37: parties.port.red_lines.full.never: an issue is compared with one of its options: write season <= number`},
	{"condition that counts issues",
		"quota == 'high' && season > 6",
		"count(quota, season) > 1",
		`case.yaml:23:28: parties.port.red_lines.full.never: count adds up consents, not issues: compare each issue on its own`},
	{"condition behind an escape",
		`"quota == 'high' && season > 6"`,
		`"quota ==\t'hgih'"`,
		`case.yaml:23:38: parties.port.red_lines.full.never: quota has no option 'hgih': did you mean 'high'?`},
	{"condition in single quotes",
		`"quota == 'high' && season > 6"`,
		"'quota == ''hgih'' && seasn > 3'",
		`case.yaml:23:37: parties.port.red_lines.full.never: quota has no option 'hgih': did you mean 'high'?
case.yaml:23:49: parties.port.red_lines.full.never: unknown issue 'seasn': did you mean 'season'?`},
	{"condition without quotes",
		`    red_lines:
      - {id: full, never: "quota == 'high' && season > 6", statements: [s1]}`,
		`    red_lines:
      - never: quota == 'hgih'`,
		`case.yaml:23:25: parties.port.red_lines.1.never: quota has no option 'hgih': did you mean 'high'?`},
	{"condition over several lines",
		`    red_lines:
      - {id: full, never: "quota == 'high' && season > 6", statements: [s1]}`,
		`    red_lines:
      - never: >
          quota == 'hgih'`,
		`case.yaml:23:16: parties.port.red_lines.1.never: quota has no option 'hgih' at position 10 of the condition: did you mean 'high'?`},
	{"condition too deep",
		"quota == 'high' && season > 6",
		strings.Repeat("(", 65) + "true" + strings.Repeat(")", 65),
		`case.yaml:23:92: parties.port.red_lines.full.never: nested more than 64 levels deep: split it into several conditions`},
	{"consent rule with a comparison",
		"consent: everyone",
		"consent: fishers == 1",
		`case.yaml:25:10: consent: here a name is a yes, and is compared with nothing: write fishers or !fishers`},
	{"consent rule with a count too high",
		"consent: everyone",
		"consent: count(fishers, port) >= 3",
		`case.yaml:25:34: consent: a count of 2 names is never compared with 3: use a whole number from 0 to 2`},
	{"consent rule that counts a party twice",
		"consent: everyone",
		"consent: count(port, port) >= 1",
		`case.yaml:25:22: consent: 'port' is counted twice: name it once`},
	{"consent rule with a fraction",
		"consent: everyone",
		"consent: count(port) > 0.5",
		`case.yaml:25:24: consent: a count of 1 names is never compared with 0.5: use a whole number from 0 to 1`},
	{"range that does not reach its end",
		"range: {from: 3, to: 9, step: 3}",
		"range: {from: 3, to: 10, step: 3}",
		`case.yaml:9:26: issues.season.range.to: 10 is not on the grid that begins at 3 and goes by 3: end it at 9, or choose a step that divides 7`},
	{"range without a step",
		"range: {from: 3, to: 9, step: 3}",
		"range: {from: 3, to: 9}",
		`case.yaml:9:5: issues.season.range: needs the key 'step': add step: …`},
	{"range with step 0",
		"range: {from: 3, to: 9, step: 3}",
		"range: {from: 3, to: 9, step: 0}",
		`case.yaml:9:35: issues.season.range.step: the step is 0: write a number above 0`},
	{"range that goes down",
		"range: {from: 3, to: 9, step: 3}",
		"range: {from: 9, to: 3, step: 3}",
		`case.yaml:9:26: issues.season.range.to: the range goes from 9 down to 3: write the smaller number first`},
	{"range with too many values",
		"range: {from: 3, to: 9, step: 3}",
		"range: {from: 0, to: 9, step: 0.00001}",
		`case.yaml:9:35: issues.season.range.step: the range has more than 100000 values: use a longer step`},
	{"range and options",
		"range: {from: 3, to: 9, step: 3}",
		`options: {a: A}
    range: {from: 3, to: 9, step: 3}`,
		`case.yaml:10:5: issues.season.range: an issue has either options or a range: delete one of them`},
	{"issue with nothing",
		`    options: {low: 20, high: 60}
`,
		`    title: Quota
`,
		`case.yaml:6:5: issues.quota: the issue has neither options nor a range: give options: {id: title, …} or range: {from: 0, to: 12, step: 3}`},
	{"range scores without an end",
		"{3: 0, 9: 40}",
		"{3: 0, 6: 40}",
		`case.yaml:15:7: parties.fishers.scores.season: no score for 9: a range needs its ends, the rest is interpolated: add 9: …`},
	{"range scores off the grid",
		"{3: 0, 9: 40}",
		"{3: 0, 5: 3, 9: 40}",
		`case.yaml:15:22: parties.fishers.scores.season.5: 5 is not on the grid of the range: its neighbours on the grid are 3 and 6`},
	{"range scores beyond the end",
		"{3: 0, 9: 40}",
		"{3: 0, 9: 40, 12: 50}",
		`case.yaml:15:29: parties.fishers.scores.season.12: 12 is not on the grid of the range: the range goes from 3 to 9`},
	{"range scores given twice",
		"{3: 0, 9: 40}",
		"{3: 0, 9: 40, 9.0: 50}",
		`case.yaml:15:29: parties.fishers.scores.season.9.0: 9.0 is the same number as 9: delete one of them`},
	{"range scores with a text for a key",
		"{3: 0, 9: 40}",
		"{3: 0, 9: 40, long: 50}",
		`case.yaml:15:29: parties.fishers.scores.season.long: the range has numbers for options, not 'long': write a number from 3 to 9`},
	{"requirement that excludes everything",
		"requires: []",
		`requires:
  - {id: none, then: "quota == 'low' && quota == 'high'"}`,
		`case.yaml:27:5: requires.none: the requirement excludes every package: relax it`},
	{"requirements that exclude everything together",
		"requires: []",
		`requires:
  - {id: a, then: "quota == 'low'"}
  - {id: b, then: "season == 6 || season == 9"}
  - {id: c, if: "quota == 'low'", then: "season == 3"}
  - {id: d, then: "season <= 9"}`,
		`case.yaml:29:5: requires.c: the requirements a, b and c together exclude every package: relax one of them
case.yaml:30:5: warning: requires.d: the requirement rules out no package: check its conditions`},
	{"requirement of nothing",
		"requires: []",
		`requires:
  - {then: "false"}`,
		`case.yaml:27:5: requires.1: the requirement excludes every package: relax it`},
	{"alias",
		"no_deal: 45..55",
		"no_deal: *n",
		`case.yaml:16:14: aliases are not allowed: write the value out, or quote it if it is a text that begins with *`},
	{"YAML to come",
		"goodoffices: 1\n",
		"# a case\n%YAML 2.0\n---\ngoodoffices: 1\n",
		`case.yaml:2:1: the file says that it is YAML 2.0, and is read as YAML 1.2: delete the line, or write %YAML 1.2`},
	{"anchor",
		"no_deal: 45..55",
		"no_deal: &n 45..55",
		`case.yaml:16:14: parties.fishers.no_deal: anchors are not allowed: delete &n, or quote a text that begins with &`},
	{"anchor and alias",
		"no_deal: 45..55",
		`no_deal: &n 45
    discount: *n`,
		`case.yaml:16:14: parties.fishers.no_deal: anchors are not allowed: delete &n, or quote a text that begins with &
case.yaml:17:15: parties.fishers.discount: aliases are not allowed: write the value out`},
	{"merge key",
		"{low: 10, high: 60}",
		"{<<: {low: 10}, high: 60}",
		`case.yaml:14:7: parties.fishers.scores.quota: no score for low: add low: …
case.yaml:14:15: parties.fishers.scores.quota: merge keys are not allowed: write the keys out`},
	{"tag",
		"no_deal: 45..55",
		"no_deal: !!int 45",
		`case.yaml:16:14: parties.fishers.no_deal: tags are not allowed: delete the tag; quote a text that begins with !`},
	{"tag of nothing",
		"no_deal: 45..55",
		"no_deal: ! 45",
		`case.yaml:16:14: parties.fishers.no_deal: tags are not allowed: delete the tag; quote a text that begins with !`},
	{"two documents",
		"consent: everyone",
		`consent: everyone
---
a: 1`,
		`case.yaml:26:1: more than one document: put each case in a file of its own`},
	{"nested too deep",
		"title: The bay",
		"title: " + strings.Repeat("[", 33) + strings.Repeat("]", 33),
		`case.yaml:24:39: nested more than 32 levels deep: a case needs no more than ten`},
	{"nested far too deep",
		"title: The bay",
		"title: " + strings.Repeat("[", 100_000),
		`case.yaml:24:41: nested more than 32 levels deep: a case needs no more than ten`},
	{"nested too deep in blocks",
		"title: The bay",
		"title: " + ladder(40),
		`case.yaml:57:35: nested more than 32 levels deep: a case needs no more than ten`},
	{"tab for indentation",
		"    no_deal: 45..55",
		"	no_deal: 45..55",
		`case.yaml:16:1: a tab indents the line: indent with spaces`},
	{"unclosed bracket",
		"{low: 10, high: 60}",
		"{low: 10, high: 60",
		`case.yaml:14:14: the bracket that opens here is not closed, or a comma is missing, before line 15, column 13: check what stands between the two places`},
	{"NUL byte",
		"title: The bay",
		"title: The \x00bay",
		`case.yaml:24:12: U+0000 is a NUL byte: delete it`},
	{"control character",
		"title: The bay",
		"title: The \x1bbay",
		`case.yaml:24:12: U+001B is a control character: delete it`},
	{"not UTF-8",
		"title: The bay",
		"title: The b\xffy",
		`case.yaml:24:13: byte 0xff is not UTF-8: save the file as UTF-8`},
	{"Latin-1",
		"title: The bay",
		"title: B\xe9!",
		`case.yaml:24:9: byte 0xe9 is not UTF-8: save the file as UTF-8`},
	{"bidirectional override",
		"title: The bay",
		"title: The \u202ebay",
		`case.yaml:24:12: U+202E is a character that reverses or isolates the direction of text and can hide what is written: delete it`},
	{"bidirectional isolate",
		"title: The bay",
		"title: The \u2066bay",
		`case.yaml:24:12: U+2066 is a character that reverses or isolates the direction of text and can hide what is written: delete it`},
	{"bidirectional override in a comment",
		"title: The bay",
		"title: The bay # \u202d",
		`case.yaml:24:18: U+202D is a character that reverses or isolates the direction of text and can hide what is written: delete it`},
	{"bidirectional override by an escape",
		"title: The bay",
		"title: \"The \\u202Ebay\"",
		`case.yaml:24:8: title: U+202E, which an escape makes at byte 5 of the text, is a character that reverses or isolates the direction of text and can hide what is written: delete it`},
	{"NUL by an escape",
		"title: The bay",
		"title: \"The \\0bay\"",
		`case.yaml:24:8: title: U+0000, which an escape makes at byte 5 of the text, is a NUL byte: delete it`},
	{"byte order mark inside",
		"title: The bay",
		"title: The \ufeffbay",
		`case.yaml:24:12: U+FEFF is an invisible byte order mark inside the text: delete it`},
	{"line separator",
		"title: The bay",
		"title: The \u2028bay",
		`case.yaml:24:12: U+2028 is a line separator that editors number differently: delete it`},
	{"lone carriage return",
		"title: The bay",
		"title: The \rbay",
		`case.yaml:24:12: U+000D is a control character: delete it`},
	{"name with capitals and hyphens",
		"  - {id: full,",
		"  - {id: Full-Season,",
		`case.yaml:23:14: parties.port.red_lines.Full-Season.id: 'Full-Season' is no name: write full_season`},
	{"reserved name",
		`parties:
  fishers:`,
		`parties:
  count: {scores: {quota: 0, season: 0}}
  consent: {scores: {quota: 0, season: 0}}
  fishers:`,
		`case.yaml:12:3: parties.count: the name 'count' is reserved: choose another
case.yaml:13:3: parties.consent: the name 'consent' is reserved: choose another`},
	{"actor named twice",
		"mediators: {ministry: Ministry}",
		"mediators: {port: Ministry}",
		`case.yaml:37:13: mediators.port: 'port' is named in parties already: name each actor once`},
	{"red lines with the same id",
		`    red_lines:
`,
		`    red_lines:
      - {id: full, never: "season == 3"}
`,
		`case.yaml:24:9: parties.port.red_lines.full: the id 'full' is that of item 1 already: give each an id of its own`},
	{"address that is no web page",
		"url: https://news.example/1",
		"url: javascript:alert(1)",
		`case.yaml:29:33: sources.news.url: 'javascript:alert(1)' is no http or https address: begin it with https://`},
	{"address without a host",
		"url: https://news.example/1",
		"url: https:/news",
		`case.yaml:29:33: sources.news.url: 'https:/news' names no host, or a user: write https://host/path, without a user name`},
	{"date that does not exist",
		"date: 2026-01-02",
		"date: 2026-02-30",
		`case.yaml:29:16: sources.news.date: '2026-02-30' is not a date in the calendar: February 2026 has 28 days`},
	{"date in another order",
		"date: 2026-01-02",
		"date: 02.01.2026",
		`case.yaml:29:16: sources.news.date: '02.01.2026' is not a date in the calendar: write 2026-01-02 or 2026-02-01`},
	{"as_of that is no day",
		"as_of: 2026-02-01",
		"as_of: 2026-02",
		`case.yaml:3:8: as_of: 2026-02 is not a day: write YYYY-MM-DD`},
	{"discount above 1",
		"no_deal: 45..55",
		`no_deal: 45..55
    discount: 1.5`,
		`case.yaml:17:15: parties.fishers.discount: 1.5 is no discount factor: write a number above 0 and at most 1, as in 0.99`},
	{"view with an unknown path",
		"fishers.no_deal: 3",
		"fishers.nodeal: 3",
		`case.yaml:41:17: views.rival.add.fishers.nodeal: 'fishers.nodeal' leads nowhere: did you mean 'no_deal'?`},
	{"view with an unknown party",
		"fishers.no_deal: 3",
		"fisher.no_deal: 3",
		`case.yaml:41:17: views.rival.add.fisher.no_deal: unknown party 'fisher': did you mean 'fishers'?`},
	{"view with an unknown option",
		"fishers.no_deal: 3",
		"fishers.scores.quota.mid: 3",
		`case.yaml:41:17: views.rival.add.fishers.scores.quota.mid: unknown option 'mid': use low or high`},
	{"view with a value off the grid",
		"fishers.no_deal: 3",
		"fishers.scores.season.4: 3",
		`case.yaml:41:17: views.rival.add.fishers.scores.season.4: '4' is no value of season, which goes from 3 to 9 by 3`},
	{"view with an unknown adjustment",
		"fishers.no_deal: 3",
		"fishers.adjustments.x: 3",
		`case.yaml:41:40: views.rival.add.fishers.adjustments.x: 'fishers.adjustments.x' leads to nothing`},
	{"view that sets a condition",
		"fishers.no_deal: 3",
		"requires.x: 3",
		`case.yaml:41:17: views.rival.add.requires.x: requires.x holds no number: drop it instead, or add_red_lines`},
	{"view that drops nothing",
		"drop: []",
		"drop: [port.red_lines.ful]",
		`case.yaml:41:45: views.rival.drop.1: 'port.red_lines.ful' leads to nothing: did you mean 'full'?`},
	{"view that drops a score",
		"drop: []",
		"drop: [port.scores.quota.low]",
		`case.yaml:41:45: views.rival.drop.1: 'port.scores.quota.low' is no condition: drop PARTY.no_deal, PARTY.red_lines.ID, PARTY.adjustments.ID, requires.ID or consent`},
	{"view that adds to no threshold",
		"fishers.no_deal: 3",
		"port.no_deal: 3",
		`case.yaml:41:17: views.rival.add.port.no_deal: there is no number at port.no_deal to add to: set it instead`},
	{"view that adds a range",
		"fishers.no_deal: 3",
		"fishers.no_deal: 3..4",
		`case.yaml:41:34: views.rival.add.fishers.no_deal: what is added must be certain, not 3..4: write one number`},
	{"view that adds a red line that is there",
		"drop: []",
		`add_red_lines: [{party: port, id: full, never: "season > 3"}]`,
		`case.yaml:41:54: views.rival.add_red_lines.full: port has a red line 'full' already: choose another id, or drop the old line`},
	{"divisible unknown",
		"divisible: [quota]",
		"divisible: [quotas, quota, quota]",
		`case.yaml:27:13: divisible.1: unknown issue 'quotas': did you mean 'quota'?
case.yaml:27:28: divisible.3: issue 'quota' is named twice: delete one of them`},
	{"adjustments in no way or in two",
		"    no_deal: 45..55",
		"    adjustments: [{add: 1}, {when: 'true', within: {quota: low}, add: 1}, {within: {}, add: 1}]\n    no_deal: 45..55",
		`case.yaml:16:19: parties.fishers.adjustments.1: the adjustment does not say when it is added: add when: CONDITION, or within: {ISSUE: ANSWERS}
case.yaml:16:29: parties.fishers.adjustments.2: an adjustment has one of when, within and outside: keep one of them
case.yaml:16:75: parties.fishers.adjustments.3: the adjustment does not say when it is added: add when: CONDITION, or within: {ISSUE: ANSWERS}`},
	{"answers that the issue does not have",
		"    no_deal: 45..55",
		"    adjustments: [{within: {quota: [lwo, high], season: 9..3}, add: 1}, {outside: {quotas: low, season: 4..9}, add: 1}, {within: {season: {a: 1}, quota: []}, add: 1}]\n    no_deal: 45..55",
		`case.yaml:16:37: parties.fishers.adjustments.1.within.quota.1: unknown option 'lwo': did you mean 'low'?
case.yaml:16:57: parties.fishers.adjustments.1.within.season: '9' comes after '3' in the issue: write 3..9
case.yaml:16:84: parties.fishers.adjustments.2.outside.quotas: unknown issue 'quotas': did you mean 'quota'?
case.yaml:16:105: parties.fishers.adjustments.2.outside.season: 4 is not on the grid of the range: its neighbours on the grid are 3 and 6
case.yaml:16:139: parties.fishers.adjustments.3.within.season: needs answers of the issue, not a mapping: write one answer, first..last, or a list of them, as in 2..5 or [low, high]
case.yaml:16:154: parties.fishers.adjustments.3.within.quota: names no answer: write one answer, first..last, or a list of them, as in 2..5 or [low, high]`},
	{"scores that do not fit",
		`{low: 10, high: 60}
      season: {3: 0, 9: 40}
`,
		`{low: 0, high: 999999999999999999}
      season: {3: 0, 9: -999999999999999999}
    adjustments: [{when: "true", add: 999999999999999999}]
`,
		`case.yaml:13:5: parties.fishers.scores: scores, adjustments and threshold add up to 3000000000000000047 points, more than fit: divide all of them by the same number`},
}

// The line that says which YAML a file is may stand in it, and no other place moves by it.
func TestYAMLVersions(t *testing.T) {
	for _, tt := range []struct{ before, warning string }{
		{"%YAML 1.2\n---\n", ""},
		{"\uFEFF%YAML 1.2 # as ever\r\n---\r\n", ""},
		{"# a case\n\n%YAML\t1.2\n---\n", ""},
		{"%YAML 1.1\n---\n", "case.yaml:1:1: warning: the file says that it is YAML 1.1, and is read as YAML 1.2: delete the line, or write %YAML 1.2"},
		{"# a case\n%YAML 1.3\n---\n", "case.yaml:2:1: warning: the file says that it is YAML 1.3, and is read as YAML 1.2: delete the line, or write %YAML 1.2"},
		{"%TAG ! tag:example.org,2000:\n---\n", ""},
	} {
		f, err := Parse("case.yaml", []byte(tt.before+base))
		if err != nil {
			t.Errorf("%q: %v", tt.before, err)
			continue
		}
		got := ""
		for _, w := range f.Warnings() {
			got += w.String()
		}
		if got != tt.warning || string(f.Data) != tt.before+base {
			t.Errorf("%q: warnings %q, want %q", tt.before, got, tt.warning)
		}
		_, err = Parse("case.yaml", []byte(tt.before+strings.Replace(base, "goodoffices: 1", "goodoffices: one", 1)))
		line := strings.Count(tt.before, "\n") + strings.Count(base[:strings.Index(base, "goodoffices:")], "\n") + 1
		if want := fmt.Sprintf("case.yaml:%d:14: ", line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", tt.before, err, want)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, tt := range badInput {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(base, tt.old) {
				t.Fatalf("base has no %q", tt.old)
			}
			_, err := Parse("case.yaml", []byte(strings.Replace(base, tt.old, tt.new, 1)))
			if err == nil {
				t.Fatal("no problem was found")
			}
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("the error is %T", err)
			}
			if got := err.Error(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestProblemsOfWholeFiles(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "case.yaml: the file is empty: begin with `goodoffices: 1`"},
		{"only comments", "# nothing\n", "case.yaml: the file is empty: begin with `goodoffices: 1`"},
		{"a list", "- a\n- b\n", "case.yaml:1:1: a case is a mapping of keys to values, not a list: begin with `goodoffices: 1`"},
		{"a word", "word", "case.yaml:1:1: a case is a mapping of keys to values, not a single value: begin with `goodoffices: 1`"},
		{"no issues and parties", "goodoffices: 1\nid: x\n", "case.yaml:1:1: needs the key 'issues': add issues: …\ncase.yaml:1:1: needs the key 'parties': add parties: …"},
		{"too large", strings.Repeat("#", MaxSize+1), "case.yaml: the file is larger than 4 MiB: keep texts in files of their own under sources/ and cite them"},
		{"too many values", strings.Repeat("- a\n", maxValues+1), "case.yaml: more than 250000 values: give ranges fewer points: scores between them are interpolated"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("case.yaml", []byte(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got\n%v\nwant\n%s", err, tt.want)
			}
		})
	}
}

func TestByteOrderMarkIsTolerated(t *testing.T) {
	_, err := Parse("case.yaml", []byte("\uFEFF"+strings.Replace(base, "goodoffices: 1", "goodoffices: 2", 1)))
	if err == nil || !strings.HasPrefix(err.Error(), "case.yaml:1:14: ") {
		t.Errorf("got %v", err)
	}
	if _, err := Parse("case.yaml", []byte("\uFEFF"+base)); err != nil {
		t.Error(err)
	}
}

// Keys and values that YAML 1.1 or 1.2 would read as truth values and numbers are
// names like any other.
func TestRawNames(t *testing.T) {
	text := strings.NewReplacer("low", "no", "high", "on", "port", "yes", "news", "off", "title: The bay", "title: 2026").Replace(base)
	f, err := Parse("case.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	is, _ := f.Case.Issues.Get("quota")
	if is.OptionID(0) != "no" || is.OptionID(1) != "on" || f.Case.Title != "2026" {
		t.Errorf("got options %q, title %q", is.Options.Keys(), f.Case.Title)
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"later than as_of", "date: 2026-01-02", "date: 2026-03", "case.yaml:29:16: warning: sources.news.date: 2026-03 is later than the case's as_of, 2026-02-01: leave it out, or move as_of"},
		{"statement without a source", "    source: news\n", "", "case.yaml:32:5: warning: statements.s1: the statement has no source: name where it was reported"},
		{"red line that holds nowhere", "quota == 'high' && season > 6", "quota == 'high' && quota == 'low'", "case.yaml:23:27: warning: parties.port.red_lines.full.never: the red line rules out no package: check the condition"},
		{"red line that holds everywhere", "quota == 'high' && season > 6", "season >= 3", "case.yaml:23:27: warning: parties.port.red_lines.full.never: the red line rules out every package: check the condition"},
		{"option that requirements rule out", "requires: []", "requires: [{then: \"quota == 'low' || season == 3\"}, {then: \"season > 3\"}]", "case.yaml:7:30: warning: issues.quota.options.high: the requirements rule the option out in every package: delete the option or relax a requirement"},
		{"scores given for nothing", "  season:\n", "  idle: {options: {a: A, b: B}}\n  season:\n", ""},
		{"lever that sets where it would add", "title: The bay", "title: The bay\nlevers: [{id: push, by: ministry, set: {fishers.no_deal: -3}}]", "case.yaml:25:58: warning: levers.push.set.fishers.no_deal: sets the threshold to -3, but packages are worth from 10 to 100: if it moves the threshold by that much, write it under add"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(base, tt.old, tt.new, 1)
			if tt.name == "scores given for nothing" {
				text = strings.ReplaceAll(text, "      season: {3: 0, 9: 40}", "      season: {3: 0, 9: 40}\n      idle: 3")
				text = strings.ReplaceAll(text, "quota: 1, season", "quota: 1, idle: 0, season")
				text = strings.ReplaceAll(text, "scores: {quota: {low: 40", "scores: {idle: {a: 1, b: 1}, quota: {low: 40")
				text = strings.ReplaceAll(text, "outcome: {quota: low}", "outcome: {quota: low, idle: a}")
				tt.want = "case.yaml:8:9: warning: issues.idle: every party and constituency scores all its options the same: the scores are given for nothing: check the scores, or leave the issue out"
			}
			f, err := Parse("case.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Warnings().Error(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestManyProblemsAreCutShort(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	_, err := Parse("case.yaml", []byte(b.String()))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxPrinted+1 || lines[maxPrinted] != "and 901 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

// Input made to be expensive must end soon and say why.
func TestHostileInputEndsSoon(t *testing.T) {
	joined := "parties: {p: {scores: {a: 0}}}\ngoodoffices: 1\nid: x\nissues: {a: {range: {from: 0, to: 1000, step: 1}}, b: {range: {from: 0, to: 1000, step: 1}}}\n"
	for name, text := range map[string]string{
		"brackets":             strings.Repeat("[", 2<<20),
		"braces":               strings.Repeat("{a: ", 1<<20),
		"hyphens":              strings.Repeat("- ", 2<<20),
		"questions":            strings.Repeat("? ", 2<<20),
		"a long list":          "[" + strings.Repeat("a,", 2<<20-2) + "]",
		"many comments":        strings.Repeat("# x\n\n", 700_000),
		"a long key":           strings.Repeat("a", 4<<20),
		"anchors":              strings.Repeat("- &a b\n", 200_000),
		"a laugh":              "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
		"the same key":         strings.Repeat("a: b\n", 100_000),
		"unknown keys":         "parties:\n" + manyKeys(100_000),
		"unknown scores":       "goodoffices: 1\nid: x\nissues: {a: {range: {from: 0, to: 99999, step: 1}}}\nparties: {p: {scores: {a: {" + manyNumbers(100_000) + "}}}}\n",
		"conditions":           joined + "requires:\n" + strings.Repeat("- {then: \"a > 3 && b < 5\"}\n", 20_000),
		"one long condition":   joined + "requires: [{then: \"" + strings.Repeat("a > 3 && b < 5 || ", 3000) + "true\"}]\n",
		"hard requirements":    pigeons(12),
		"a condition of bangs": joined + "requires: [{then: \"" + strings.Repeat("!", 60_000) + "true\"}]\n",
	} {
		start := time.Now()
		if _, err := Parse("case.yaml", []byte(text)); err == nil {
			t.Errorf("%s: no problem was found", name)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took.Round(time.Millisecond))
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d: 1\n", i)
	}
	return b.String()
}

func manyNumbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d.5: 1,", i)
	}
	return b.String()
}

func TestWarningsNeverHideErrors(t *testing.T) {
	var b strings.Builder
	for i := range 2 * maxProblems {
		fmt.Fprintf(&b, "  x%d: {actor: port}\n", i)
	}
	text := strings.Replace(base, "statements:\n", "statements:\n"+b.String(), 1)
	f, err := Parse("case.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w := f.Warnings()
	if len(w) != maxWarnings+1 || w[maxWarnings].Message != "1800 more warnings are not listed" {
		t.Errorf("%d warnings, the last %v", len(w), w[len(w)-1])
	}
	_, err = Parse("case.yaml", []byte(strings.Replace(text, "add: {fishers.no_deal: 3}", "add: {fishers.x: 3}", 1)))
	if err == nil {
		t.Error("the error behind many warnings was lost")
	}
}

func TestTooManyJointOptions(t *testing.T) {
	text := "goodoffices: 1\nid: x\nissues: {a: {range: {from: 0, to: 1999, step: 1}}, b: {range: {from: 0, to: 999, step: 1}}, c: {options: {x: X, y: Y}}}\n" +
		"parties: {p: {scores: {a: {0: 0, 1999: 1}, b: {0: 0, 999: 1}, c: {x: 0, y: 1}}, red_lines: [{never: \"a > 3 && c == 'x' && b < 5\"}]}}\n"
	_, err := Parse("case.yaml", []byte(text))
	want := "case.yaml:4:102: parties.p.red_lines.1.never: the condition joins a (2000), b (1000) and c (2): more than 1048576 joint options: separate these issues into several conditions"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestLimits(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	head := "goodoffices: 1\nid: x\n"
	for _, tt := range []struct{ text, want string }{
		{head + "issues: {i: {options: {a: A, b: B}}}\nparties:\n" + many(65, "  p%d: {scores: {i: {a: 0, b: 1}}}\n"), "parties: 65 parties, more than the limit of 64"},
		{head + "issues: {i: {options: {a: A, b: B}}}\nparties:\n  p:\n    scores: {i: {a: 0, b: 1}}\n    ratification:\n      constituencies:\n" + many(65, "        c%d: {scores: {i: 0}}\n"), "constituencies: 65 constituencies, more than the limit of 64"},
		{head + "issues:\n" + many(4097, "  i%d: {options: {a: A}}\n") + "parties:\n  p:\n    scores:\n" + many(4097, "      i%d: 0\n"), "issues: 4097 issues, more than the limit of 4096"},
		{head + "issues:\n" + many(11, "  i%d: {range: {from: 1, to: 100000, step: 1}}\n") + "parties:\n  p:\n    scores:\n" + many(11, "      i%d: 0\n"), "issues: 1100000 options over all issues, more than the limit of 1048576"},
		{head + "issues:\n" + many(10, "  i%d: {range: {from: 1, to: 100000, step: 1}}\n") + "parties:\n" + many(17, "  p%d: {scores: {"+strings.TrimSuffix(manyIssues(10), ", ")+"}}\n"), "issues: 17 rows of scores over 1000000 options pass the limit of 16777216 scores"},
		{head + "issues: {i: {options: {a: A, b: B}}}\nparties: {p: {scores: {i: {a: 0, b: 1}}}}\nlevers:\n" + many(1025, "  - {id: l%d}\n"), "levers: 1025 views and levers, more than the limit of 1024"},
	} {
		_, err := Parse("case.yaml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %s, got %v", tt.want, err)
		}
	}
}

func manyIssues(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "i%d: 0, ", i)
	}
	return b.String()
}

// Requirements chained over many issues are decided, and the few that clash are named.
func TestCulpritsAmongMany(t *testing.T) {
	var issues, scores, requires strings.Builder
	for i := range 40 {
		fmt.Fprintf(&issues, "  i%d: {options: {a: A, b: B, c: C}}\n", i)
		fmt.Fprintf(&scores, "i%d: {a: 0, b: 1, c: 2}, ", i)
		if i > 0 {
			fmt.Fprintf(&requires, "  - {id: r%d, if: \"i%d != 'a'\", then: \"i%d != 'a'\"}\n", i, i-1, i)
		}
	}
	text := "goodoffices: 1\nid: x\nissues:\n" + issues.String() + "parties: {p: {scores: {" + strings.TrimSuffix(scores.String(), ", ") + "}}}\nrequires:\n" + requires.String() +
		"  - {id: first, then: \"i37 == 'b'\"}\n  - {id: last, then: \"i39 == 'a'\"}\n"
	_, err := Parse("case.yaml", []byte(text))
	if err == nil || !strings.Contains(err.Error(), "the requirements r38, r39, first and last together exclude every package") {
		t.Errorf("got %v", err)
	}
}

// pigeons asks twelve issues with eleven options each to differ pairwise: no
// package does, and there is no short proof of it.
func pigeons(n int) string {
	var b strings.Builder
	b.WriteString("goodoffices: 1\nid: x\nparties: {p: {scores: {a: 0}}}\nissues:\n")
	for i := range n {
		fmt.Fprintf(&b, "  i%d: {range: {from: 1, to: %d, step: 1}}\n", i, n-1)
	}
	b.WriteString("requires:\n")
	for i := range n {
		for j := range i {
			var same []string
			for k := 1; k < n; k++ {
				same = append(same, fmt.Sprintf("i%d == %d && i%d == %d", i, k, j, k))
			}
			fmt.Fprintf(&b, "  - {then: \"!(%s)\"}\n", strings.Join(same, " || "))
		}
	}
	return b.String()
}
