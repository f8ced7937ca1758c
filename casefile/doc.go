// Package casefile reads, checks, edits and compiles case files: the words of a
// negotiation, from cited statements to scores. Solvers never see this package;
// it compiles a case into an [outcome.Space] of numbers, and results name
// conditions by the ids given here so that reports can join reasons, quotes and
// sources back on.
//
// Start with [Open], which takes a folder or a file and returns either a checked
// [File] or every problem at once, and with [Case.Compile].
//
// # The file
//
// A case is a folder with case.yaml in it (and sources/, when texts are kept),
// or one .yaml file. It is YAML 1.2 in UTF-8, one document, at most 4 MiB, 32
// levels deep and 250,000 commas, colons, opening brackets and lines, without
// anchors, aliases, merge keys or tags. Keys and texts are taken as written: no is
// a name, not a truth value. Control characters and characters that override or
// isolate the direction of text are refused, for they can hide what is written.
//
//	goodoffices: 1                     # the version of this format
//	id: fishing-quota
//	issues:
//	  quota:
//	    status_quo: high
//	    options:
//	      low: 20,000 tonnes
//	      high: 60,000 tonnes
//	  season:
//	    range: {from: 3, to: 9, step: 3, unit: months}
//	    status_quo: 9
//	parties:
//	  fishers:
//	    scores:
//	      quota: {low: 10, high: 60}
//	      season: {3: 0, 9: 40}
//	    no_deal: 45..55
//	  port:
//	    scores:
//	      quota: {low: 30..50, high: 0}
//	      season: {3: 60, 6: 50, 9: 0}
//	    no_deal: {value: 40, because: "the port can wait a year"}
//	    red_lines:
//	      - {id: no_full_season, never: "quota == 'high' && season > 6"}
//
// goodoffices, id, issues and parties with their scores are required. Everything
// else is optional, and its absence means something stated at its field: see
// [Case] and the types it holds. Those types are the format: their yaml names
// are the keys, their comments explain them, and the JSON Schema that
// `goodoffices schema` prints is generated from them.
//
// # Names
//
// Ids of issues, options, parties, constituencies, conditions, sources,
// statements, packages, levers and views match [a-z][a-z0-9_]* and have at most
// 64 characters. The id of the case may hold hyphens too. count, true, false,
// everyone and mediators are reserved; requires, consent, no_deal, scores,
// adjustments and red_lines cannot name actors or constituencies either. Parties,
// mediators and outside actors share one set of names: an actor is named once.
//
// # Numbers
//
// A number is a decimal, read exactly, with at most 18 digits before and 18 after
// the point, without exponents or quotes. Points may also be fractions of two whole
// numbers of at most 18 digits, such as 2/3. Where a score or threshold is
// uncertain, low..high is uniform and low..mode..high is triangular. Headline
// results use the midpoint or the mode.
//
// # Short forms
//
// A bare number may stand for a mapping with value, because and statements; a
// bare text for an option's, reason's or actor's title or text; a bare id for a
// list of one. A single number in place of a table of scores says that a party
// is indifferent between the options of that issue.
//
// # Conditions
//
// One grammar serves everywhere:
//
//	expr       = or
//	or         = and { "||" and }
//	and        = unary { "&&" unary }
//	unary      = "!" unary | "(" expr ")" | comparison | count | name | "true" | "false"
//	comparison = name ("==" | "!=" | "<" | "<=" | ">" | ">=") (text | number)
//	count      = ( "count" | "votes" ) "(" name { "," name } ")" ("==" | … | ">=") number
//
// Over packages (never, when, if, then, only) a name is an issue, compared with
// one of its options in single or double quotes (== and != only) or, for a
// range, with a number. Over consents (consent, ratification rule) a name is a
// party's or constituency's yes, count is how many say yes, and votes adds up the
// votes of the constituencies that do. In a ratification rule the name of a rule
// of package vote, such as two_thirds_of_members, stands for what it asks of all
// constituencies' votes; a constituency of that name comes first. Every name and literal is checked against the
// case and a problem says where inside the condition it stands; a number compared
// with a range lies on its grid. A condition has at most 64 KiB and 64 levels of
// parentheses and negations. It is tabulated over the issues that it names, at most
// 2^20 joint options, and 2^26 over all conditions of a case.
//
// An adjustment may instead name answers by issue: within holds where every issue
// named has one of them, outside everywhere else. These are hyper-rectangles; they
// are never multiplied out and may span any number of issues.
//
// # Paths
//
// Levers and views change a case by path: PARTY.no_deal,
// PARTY.scores.ISSUE.OPTION, PARTY.CONSTITUENCY.accepts_at,
// PARTY.CONSTITUENCY.scores.ISSUE.OPTION, PARTY.adjustments.ID. A set assigns;
// an add is added to the number that stands there (to both ends of a range). A
// drop names a condition: PARTY.no_deal, PARTY.red_lines.ID, requires.ID,
// PARTY.adjustments.ID or consent. A condition without an id has its position in
// its list, counted from 1, for an id; an added red line without one is named after
// its view or lever, as in guarantee_1.
//
// A view is laid over a case first, then levers in the order of the file; each
// sets, then adds, then drops, then adds red lines.
package casefile
