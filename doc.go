// Package goodoffices is the map of the module: a workbench for people who
// mediate between adversaries. Good offices is what diplomacy calls the help of a
// third party that brings two sides to talk.
//
// The packages, from the numbers up:
//
// [github.com/goodoffices/goodoffices/outcome] holds a negotiation as numbers: the
// outcomes that are possible, what each is worth to every party and
// constituency, and which conditions rule it out. It knows no texts and imports
// nothing of this module.
//
// [github.com/goodoffices/goodoffices/vote] counts votes under the rules by which
// agreements are carried at home: majorities, quorums, double majorities, vetoes.
//
// [github.com/goodoffices/goodoffices/casefile] holds it as words: it reads,
// checks, edits and compiles case files, in which issues, scores, red lines,
// statements and sources stand. Its package comment is the format.
//
// [github.com/goodoffices/goodoffices/bargain] answers the first questions about the
// numbers: is there a zone of agreement, how large is it, what is efficient in
// it, which outcomes do the bargaining solutions pick, how can divisible issues
// be split.
//
// Each further question has a package, named as the user asks it.
// [github.com/goodoffices/goodoffices/diagnose]: what blocks a zone, and what would open one.
// [github.com/goodoffices/goodoffices/whatif]: what levers and rival views change.
// [github.com/goodoffices/goodoffices/home]: who can carry what at home.
// [github.com/goodoffices/goodoffices/agenda]: which issues, in which order.
// [github.com/goodoffices/goodoffices/robust]: how far the answer hangs on uncertain numbers.
//
// [github.com/goodoffices/goodoffices/certify] writes certificates of these answers;
// [github.com/goodoffices/goodoffices/verify] checks them and shares no code with the rest. It has
// rooms of its own under verify/internal: exhaust goes through all packages of a space, additive
// checks refutations, sets finds smallest sets, exact reads and writes numbers.
//
// [github.com/goodoffices/goodoffices/protocol] holds the rules of negotiations as
// deterministic machines: moves go in, effects come out. Rehearsals with automated
// negotiators and sessions with people run on the same machine.
//
// [github.com/goodoffices/goodoffices/protocol/transcript] writes sessions down, reads
// them and plays them again.
//
// [github.com/goodoffices/goodoffices/strategy] holds automated negotiators with
// published rules; [github.com/goodoffices/goodoffices/strategy/model] estimates what the
// other side wants, [github.com/goodoffices/goodoffices/strategy/mediator] holds mediators, and
// [github.com/goodoffices/goodoffices/strategy/outside] seats programs in other languages.
//
// [github.com/goodoffices/goodoffices/rehearsal] plays one plan of talks many times and
// counts what comes of it.
//
// [github.com/goodoffices/goodoffices/catalog] holds documented cases with their
// sources, embedded in the program.
//
// [github.com/goodoffices/goodoffices/convert] reads the scenario files of other
// tools as cases, writes cases in their formats, and says what was lost.
//
// [github.com/goodoffices/goodoffices/definitions] computes what other tools of
// the field report under the names Nash, Kalai, opposition and others.
//
// [github.com/goodoffices/goodoffices/study] asks a case its questions: one case under one
// choice of view and levers, each question a method with an answer of its own.
//
// [github.com/goodoffices/goodoffices/collection] measures every scenario under a folder.
//
// [github.com/goodoffices/goodoffices/report] puts words and numbers together
// again: the brief, the summary for a terminal, JSON and CSV.
//
// Beside the questions, internal/live keeps a listed space ready for somebody who moves a
// threshold or drops a condition on a screen and waits for the whole picture.
//
// The engines below the questions know vectors and links and no negotiation: internal/budget,
// pareto, visit, network, count, prove and boxes. Below all, internal/plain reads plain text as people and spreadsheets save it, and
// internal/namedfile opens and writes the files that somebody names. internal/trials
// says how often tests repeat what they try at random. Strategies stand on internal/bestfirst, which
// ranks what a party may offer, internal/fixed, shares in fixed-point numbers, and internal/chance,
// seeded streams.
//
// The command in cmd/goodoffices offers all of this; docs/architecture.md says
// why the cuts are where they are, docs/methods.md what every result means.
//
// A program that wants the numbers alone needs three of the packages: parse or
// open a case with casefile, compile it to an outcome space, and hand that to
// bargain. The example does so.
package goodoffices
