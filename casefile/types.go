package casefile

// A Case is a whole case file.
type Case struct {
	// Version of the format: 1.
	Format int `yaml:"goodoffices" required:"true"`
	// Name of the case, in lower case with digits, hyphens and underscores. Example: iran-us-2026.
	ID string `yaml:"id" required:"true"`
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// One paragraph: what the case is and what it is for.
	About string `yaml:"about"`
	// The date that the case speaks of, YYYY-MM-DD. Nothing later may feed it.
	AsOf Date `yaml:"as_of"`
	// Whose assumptions the scores are. Absent: "the analyst".
	Analyst string `yaml:"analyst"`
	// Handling line, printed on every page. Absent: "Not marked".
	Marking string `yaml:"marking"`
	// Where statements were reported, by id.
	Sources Map[string, Source] `yaml:"sources"`
	// The questions to settle, by id, in the order in which they are shown.
	Issues Map[IssueID, Issue] `yaml:"issues" required:"true"`
	// The sides that must consent, by id.
	Parties Map[PartyID, Party] `yaml:"parties" required:"true"`
	// Conditions that every package must satisfy.
	Requires []Requirement `yaml:"requires"`
	// Whose consent makes an agreement: everyone, or a rule over parties such as "a && b && count(c, d, e) >= 2". Absent: everyone.
	Consent string `yaml:"consent"`
	// Issues that may be split between the parties (Adjusted Winner).
	Divisible []string `yaml:"divisible"`
	// Named proposals on record, by id.
	Packages Map[string, Package] `yaml:"packages"`
	// Ways on record to take up the issues, by id.
	Agendas Map[string, Agenda] `yaml:"agendas"`
	// Who said what, by id: the evidence behind scores.
	Statements Map[string, Statement] `yaml:"statements"`
	// Those who help, propose and carry, and consent to nothing, by id.
	Mediators Map[string, Actor] `yaml:"mediators"`
	// Stakeholders outside the talks, by id: they neither consent nor mediate.
	Outside Map[string, Actor] `yaml:"outside"`
	// What happened when.
	Events []Event `yaml:"events"`
	// What a party or mediator can do to change no-deal values, scores or red lines.
	Levers []Lever `yaml:"levers"`
	// Named sets of rival assumptions laid over the same case, by id.
	Views Map[string, View] `yaml:"views"`
}

// A Source is a publication in which something was reported.
type Source struct {
	// Title of the publication.
	Title string `yaml:"title"`
	// Who published it.
	Publisher string `yaml:"publisher"`
	// The outlet that first reported it, when the publisher reprints. Absent: the publisher's own.
	Original string `yaml:"original"`
	// Whose side the source comes from: a party's, mediator's or outside actor's id, or "independent". Absent: not stated.
	Origin string `yaml:"origin"`
	// Date of publication: YYYY-MM-DD, YYYY-MM or YYYY.
	Date Date `yaml:"date"`
	// Address, http or https only.
	URL string `yaml:"url"`
	// Reliability of the source, A (completely reliable) to F (cannot be judged).
	Reliability string `yaml:"source_reliability" enum:"A,B,C,D,E,F"`
	// Credibility of the information, 1 (confirmed by others) to 6 (cannot be judged).
	Credibility int `yaml:"information_credibility" enum:"1,2,3,4,5,6"`
	// Anything a reader should know about the source.
	Note string `yaml:"note"`
}

// An Issue is one question to settle. It has either options or a range.
type Issue struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// What the question is about, in a sentence or two.
	Note string `yaml:"note"`
	// The option in force today: what stays if the issue is left off the agenda. Absent: none, and every named package must settle the issue.
	StatusQuo string `yaml:"status_quo"`
	// The possible answers, by id.
	Options Map[string, Option] `yaml:"options"`
	// The possible answers when they are numbers.
	Range *Range `yaml:"range"`
}

// An Option is one possible answer to an issue. A bare text is its title.
type Option struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title" short:"true"`
	// Anything that must be known about the option.
	Note string `yaml:"note"`
}

// A Range lists from, from + step, and so on to to, which must lie on that grid.
type Range struct {
	// First number.
	From Decimal `yaml:"from" required:"true"`
	// Last number, on the grid.
	To Decimal `yaml:"to" required:"true"`
	// Distance between neighbours, above 0.
	Step Decimal `yaml:"step" required:"true"`
	// What the numbers count. Example: months.
	Unit string `yaml:"unit"`
}

// A Party is a side that must consent.
type Party struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// The article that the title takes within a sentence.
	Article string `yaml:"article" enum:"the"`
	// What the negotiators may agree to, and who said so.
	Mandate *Mandate `yaml:"mandate"`
	// What must hold before the party talks.
	Preconditions []Precondition `yaml:"preconditions"`
	// What each option is worth to the party, in points: issue, then option or number. Every option needs a score; a range needs its ends, and scores between the points given are interpolated linearly.
	Scores Map[IssueID, IssueScores] `yaml:"scores" required:"true"`
	// Why the scores of an issue are what they are, by issue.
	Reasons Map[IssueID, Reason] `yaml:"reasons"`
	// Issues whose uncertain scores move together, in lists: the options of one issue, or of all issues of a list, are all high or all low at once. Absent: every uncertain number varies by itself.
	Together []Refs `yaml:"together"`
	// Points added when a condition over several issues holds.
	Adjustments []Adjustment `yaml:"adjustments"`
	// What the party has without a deal, in points: it accepts nothing worth less. Absent: no threshold.
	NoDeal *Threshold `yaml:"no_deal"`
	// Factor by which a deal loses value each round, above 0 and at most 1. Absent: 1.
	Discount *Decimal `yaml:"discount"`
	// What the party never accepts, whatever it is offered in return.
	RedLines []RedLine `yaml:"red_lines"`
	// Who at home must carry the result, and how their answers are added up. Absent: nobody.
	Ratification *Ratification `yaml:"ratification"`
}

// A Mandate is what a party's negotiators may agree to.
type Mandate struct {
	// Who gave it.
	GivenBy string `yaml:"given_by"`
	// Who holds it.
	HeldBy string `yaml:"held_by"`
	// When it was given.
	Date Date `yaml:"date"`
	// The packages that it admits, as a condition over issues. Absent: every package. It binds offers at the table; it does not shrink the zone of agreement.
	Only string `yaml:"only"`
	// Its terms in words.
	Terms string `yaml:"terms"`
	// Sources, by id.
	Source Refs `yaml:"source"`
}

// A Precondition is something that must hold before a party talks.
type Precondition struct {
	// Name of the condition.
	ID string `yaml:"id"`
	// What must hold, in words.
	Text string `yaml:"text" required:"true"`
	// Sources, by id.
	Source Refs `yaml:"source"`
	// Statements, by id.
	Statements Refs `yaml:"statements"`
}

// IssueScores says what each answer to one issue is worth. A single number means
// the same for every answer.
type IssueScores struct {
	Same *Number             // nil when there is a table
	At   Map[string, Number] // by option id; of a range, by number in its shortest form
}

// A Reason explains scores. A bare text is its text.
type Reason struct {
	// The reason, in the analyst's words.
	Text string `yaml:"text" short:"true"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
}

// An Adjustment is added to a party's points when its condition holds. It has
// exactly one of when, within and outside.
type Adjustment struct {
	// Name of the adjustment.
	ID string `yaml:"id"`
	// Title for people, to stand in quotation marks in a sentence. Absent: the name, in words.
	Title string `yaml:"title"`
	// Condition over issues.
	When string `yaml:"when"`
	// Answers by issue: the adjustment is added to the packages that have one of them on every issue named. It may name any number of issues.
	Within Map[IssueID, Answers] `yaml:"within"`
	// Answers by issue: the adjustment is added to all other packages.
	Outside Map[IssueID, Answers] `yaml:"outside"`
	// Points added, below 0 to take away.
	Add Number `yaml:"add" required:"true"`
	// Why.
	Because string `yaml:"because"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
}

// Answers are some of the answers to an issue: one of them, first..last in the
// order of the issue with both ends included, or a list of such.
type Answers []Run

// A Run is every answer from First to Last, both included. They are equal for a
// single answer.
type Run struct{ First, Last string }

// A Threshold is the least number of points that is accepted. A bare number is its value.
type Threshold struct {
	// Points.
	Value Number `yaml:"value" short:"true" required:"true"`
	// Why.
	Because string `yaml:"because"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
}

// A RedLine is what a party never accepts.
type RedLine struct {
	// Name of the red line.
	ID string `yaml:"id"`
	// Title for people, to stand in quotation marks in a sentence. Absent: the name, in words.
	Title string `yaml:"title"`
	// Condition over issues that a package must not meet.
	Never string `yaml:"never" required:"true"`
	// Why.
	Because string `yaml:"because"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
	// How sure the analyst is that the line is real.
	Confidence string `yaml:"confidence" enum:"high,medium,low"`
}

// A Ratification says who at home must carry the result.
type Ratification struct {
	// Condition over constituencies such as "clerics && count(reformists, business) >= 1". It may add up their votes, as in votes(majority, opposition) >= 60, and name a rule that goodoffices ratify knows, as in two_thirds_of_members. Absent: all of them.
	Rule string `yaml:"rule"`
	// How it is done, in words.
	Terms string `yaml:"terms"`
	// Sources, by id.
	Source Refs `yaml:"source"`
	// People at home whose answer counts, by id.
	Constituencies Map[string, Constituency] `yaml:"constituencies" required:"true"`
}

// A Constituency is a group at home with its own scores.
type Constituency struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// What each option is worth to the group, as for a party.
	Scores Map[IssueID, IssueScores] `yaml:"scores" required:"true"`
	// Why the scores of an issue are what they are, by issue.
	Reasons Map[IssueID, Reason] `yaml:"reasons"`
	// Issues whose uncertain scores move together, in lists: the options of one issue, or of all issues of a list, are all high or all low at once. Absent: every uncertain number varies by itself.
	Together []Refs `yaml:"together"`
	// The least number of points at which the group says yes. Absent: it says yes to everything.
	AcceptsAt *Threshold `yaml:"accepts_at"`
	// Votes or seats that go the way of the group's answer, for rules that add up votes. Absent: not stated.
	Votes *Decimal `yaml:"votes"`
	// Statements that place the group, by id.
	Statements Refs `yaml:"statements"`
}

// A Requirement is a condition that every package must satisfy: then holds
// whenever if does.
type Requirement struct {
	// Name of the requirement.
	ID string `yaml:"id"`
	// Title for people, to stand in quotation marks in a sentence. Absent: the name, in words.
	Title string `yaml:"title"`
	// logical and legal are never relaxed, political may be in answers to "what would open a deal". Absent: logical.
	Kind string `yaml:"kind" enum:"logical,legal,political"`
	// When it applies, as a condition over issues. Absent: always.
	If string `yaml:"if"`
	// What must then hold, as a condition over issues.
	Then string `yaml:"then" required:"true"`
	// Why.
	Because string `yaml:"because"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
	// How sure the analyst is.
	Confidence string `yaml:"confidence" enum:"high,medium,low"`
}

// A Package is a named proposal on record.
type Package struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// Who proposed it: ids of actors, or mediators for all of them.
	By Refs `yaml:"by"`
	// When it was proposed.
	Date Date `yaml:"date"`
	// The option of every issue. An issue left out stays at its status quo.
	Outcome Map[IssueID, string] `yaml:"outcome" required:"true"`
	// Sources, by id.
	Source Refs `yaml:"source"`
	// What was simplified to write the proposal in the case's options.
	Note string `yaml:"note"`
}

// An Agenda is a way on record to take up the issues: files that are settled one
// after another, each as a package.
type Agenda struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// Who asks for it: ids of actors, or mediators for all of them.
	By Refs `yaml:"by"`
	// When it was asked for.
	Date Date `yaml:"date"`
	// The files in their order, each a list of issues. An issue in no file stays at its status quo.
	Files []Refs `yaml:"files" required:"true"`
	// Options that follow from the agenda itself, by issue. Such an issue is in no file.
	Outcome Map[IssueID, string] `yaml:"outcome"`
	// Sources, by id.
	Source Refs `yaml:"source"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
	// What was simplified to write the agenda in the case's issues.
	Note string `yaml:"note"`
}

// A Statement is something somebody said, or was reported to hold.
type Statement struct {
	// Whose it is: a party, a mediator or an outside actor.
	Actor string `yaml:"actor" required:"true"`
	// The person who spoke.
	Speaker string `yaml:"speaker"`
	// When: YYYY-MM-DD, YYYY-MM or YYYY.
	Date Date `yaml:"date"`
	// Sources, by id.
	Source Refs `yaml:"source"`
	// The issue it is about. Absent: the talks as a whole.
	On IssueID `yaml:"on"`
	// The option it is about. Absent: the issue as a whole.
	Option string `yaml:"option"`
	// What the actor does with the option.
	Stance string `yaml:"stance" enum:"ask,propose,accept,conditional,reject,none_on_record,disputed"`
	// What was said, in our words.
	Gist string `yaml:"gist"`
	// What was said, word for word.
	Quote string `yaml:"quote"`
}

// An Actor is a mediator or an outside stakeholder. A bare text is its title.
type Actor struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title" short:"true"`
	// The article that the title takes within a sentence.
	Article string `yaml:"article" enum:"the"`
	// What it does in or around the talks.
	Role string `yaml:"role"`
	// Sources, by id.
	Source Refs `yaml:"source"`
}

// An Event is a line of the chronology.
type Event struct {
	// When: YYYY-MM-DD, YYYY-MM or YYYY.
	Date Date `yaml:"date" required:"true"`
	// What happened.
	Text string `yaml:"text" required:"true"`
	// Sources, by id.
	Source Refs `yaml:"source"`
}

// A Change is what levers and views do to a case.
type Change struct {
	// Numbers assigned, by path. Example: iran.no_deal: 30.
	Set Map[string, Threshold] `yaml:"set"`
	// Numbers added to what stands there, by path. Example: iran.no_deal: -3.
	Add Map[string, Threshold] `yaml:"add"`
	// Conditions taken away, by path. Example: iran.red_lines.no_zero_enrichment.
	Drop []string `yaml:"drop"`
	// Red lines that harden.
	AddRedLines []AddedRedLine `yaml:"add_red_lines"`
}

// An AddedRedLine is a red line that a lever or view adds to a party.
type AddedRedLine struct {
	// Whose red line it is.
	Party   PartyID `yaml:"party" required:"true"`
	RedLine `yaml:",inline"`
}

// A Lever is something that a party or mediator can do to change the case.
type Lever struct {
	// Name of the lever.
	ID string `yaml:"id" required:"true"`
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// Who can pull it: ids of actors, or mediators for all of them.
	By Refs `yaml:"by"`
	// Whether it assures, gives, or makes no deal worse for somebody. Absent: pressure where somebody other than mediators lowers a party's no-deal value from outside, else not stated.
	Kind string `yaml:"kind" enum:"guarantee,inducement,pressure"`
	// What it costs those who pull it, in the analyst's own unit; not below 0. Absent: not stated.
	Cost   *Decimal `yaml:"cost"`
	Change `yaml:",inline"`
	// Why it works, or backfires.
	Because string `yaml:"because"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
}

// A View is a named set of rival assumptions.
type View struct {
	// Title for people. Absent: the id.
	Title string `yaml:"title"`
	// Author, work and year that the assumptions follow.
	After  string `yaml:"after"`
	Change `yaml:",inline"`
	// What the view disputes, and why.
	Because string `yaml:"because"`
	// Statements it rests on, by id.
	Statements Refs `yaml:"statements"`
	// Sources, by id.
	Source Refs `yaml:"source"`
}
