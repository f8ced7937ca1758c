package vote

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Rule says how votes are added up.
type Rule struct {
	ID      string
	Title   string
	Plain   string   // what it asks for, in a sentence or two
	Aliases []string // other names under which Lookup finds it
	Example Example

	asks     []ask
	members  int64 // assumed where a tally states none; zero: none is
	inverted bool  // the votes are on a motion to disapprove
	// inCase returns the least votes, of the total, and the least number of groups that
	// carry the rule where every group answers as one; nil where it has no such form.
	inCase func(total, groups int64) (votes, of int64)
}

// An Example is a real vote that the rule decided.
type Example struct {
	What   string // the question, and how it went
	Date   string // YYYY-MM-DD
	Tally  Tally
	Passed bool
	Source string
}

// Threshold returns what the rule asks for where groups answer as one, none of them
// abstains, and a group's votes go the way of its answer: at least this many of the
// total of votes, and at least this many of the groups. ok is false where the rule
// needs what such a tally does not have.
func (r *Rule) Threshold(total, groups int64) (votes, of int64, ok bool) {
	if r.inCase == nil || total < 0 || total > maxVotes {
		return 0, 0, false
	}
	votes, of = r.inCase(total, groups)
	return votes, of, true
}

func votesOf(num, den int64, strict bool) func(int64, int64) (int64, int64) {
	return func(total, _ int64) (int64, int64) { return least(total, num, den, strict), 0 }
}

// standing is votesOf for a motion to disapprove: the agreement stands while the noes
// to it are too few.
func standing(num, den int64, strict bool) func(int64, int64) (int64, int64) {
	return func(total, _ int64) (int64, int64) { return max(0, total-least(total, num, den, strict)+1), 0 }
}

const fas = "Congressional Record, 13 October 1999, S12548 (fas.org/nuke/control/ctbt/text/101399ctbtvote.htm)"

var rules = []Rule{
	{
		ID: "majority_of_votes_cast", Title: "Majority of votes cast",
		Plain:   "More say yes than no. Abstentions and absences do not count, and a tie fails.",
		Aliases: []string{"majority", "simple_majority", "majority_cast", "majority_of_cast", "majority_of_voting", "majority_of_those_voting", "majority_of_votes", "majority_present_and_voting", "majority_of_present_and_voting", "majority_of_those_present_and_voting", "relative_majority", "commons", "house_of_commons", "referendum", "simple"},
		Example: Example{"Israel's Knesset approves the interim agreement with the PLO (Oslo II)", "1995-10-05", Tally{Yes: 61, No: 59, Members: 120, Vetoes: -1}, true, "CNN, 6 October 1995 (edition.cnn.com/WORLD/9510/mideast_peace/10-06)"},
		asks:    []ask{share(cast, 1, 2, true)}, inCase: votesOf(1, 2, true),
	},
	{
		ID: "majority_of_present", Title: "Majority of those present",
		Plain:   "More than half of those present say yes. To be there and abstain works like a no.",
		Aliases: []string{"majority_present", "majority_of_those_present", "majority_of_members_present", "majlis", "majlis_majority"},
		Example: Example{"Iran's Majlis passes the outline of the bill on the nuclear deal", "2015-10-11", Tally{Yes: 139, No: 100, Abstain: 12, Vetoes: -1}, true, "The Iran Primer, 13 October 2015 (iranprimer.usip.org)"},
		asks:    []ask{share(present, 1, 2, true)}, inCase: votesOf(1, 2, true),
	},
	{
		ID: "majority_of_members", Title: "Majority of all members",
		Plain:   "More than half of all members or seats say yes. To stay away works like a no.",
		Aliases: []string{"majority_of_members_or_seats", "majority_of_registered_voters", "majority_of_electorate", "majority_of_membership", "absolute_majority", "majority_of_seats", "majority_of_all_members", "overall_majority", "constructive_majority", "knesset", "knesset_majority", "majority_of_total_membership"},
		Example: Example{"The Knesset's vote on the accord with the PLO reached 61 of 120 seats, one more than half", "1993-09-23", Tally{Yes: 61, No: 50, Abstain: 8, Absent: 1, Members: 120, Vetoes: -1}, true, "JTA, 24 September 1993 (jta.org/archive/knesset-approves-accord-with-plo-in-major-boost-to-rabin-government); a majority of votes cast was enough"},
		asks:    []ask{share(members, 1, 2, true)}, inCase: votesOf(1, 2, true),
	},
	{
		ID: "two_thirds_of_votes_cast", Title: "Two thirds of those present and voting",
		Plain:   "At least two thirds of yes and no together are yes.",
		Aliases: []string{"senate_advice_and_consent", "two_thirds", "two_thirds_majority", "two_thirds_cast", "two_thirds_of_voting", "two_thirds_of_votes", "two_thirds_present_and_voting", "two_thirds_of_present_and_voting", "two_thirds_of_those_present_and_voting", "two_thirds_of_senators_present_and_voting", "senate_treaty", "treaty", "us_senate_treaty", "advice_and_consent", "supermajority"},
		Example: Example{"The United States Senate consents to New START", "2010-12-22", Tally{Yes: 71, No: 26, Absent: 3, Vetoes: -1}, true, "Congressional Digest (congressionaldigest.com/tag/nuclear-arms)"},
		asks:    []ask{share(cast, 2, 3, false)}, inCase: votesOf(2, 3, false),
	},
	{
		ID: "two_thirds_of_present", Title: "Two thirds of those present",
		Plain:   "At least two thirds of those present say yes. To be there and abstain works like a no. The Constitution of the United States words it so for treaties.",
		Aliases: []string{"two_thirds_present", "two_thirds_of_senators_present", "two_thirds_of_those_present", "two_thirds_of_members_present"},
		Example: Example{"The Senate rejects the Comprehensive Test Ban Treaty; one senator answers \"present\"", "1999-10-13", Tally{Yes: 48, No: 51, Abstain: 1, Members: 100, Vetoes: -1}, false, fas},
		asks:    []ask{share(present, 2, 3, false)}, inCase: votesOf(2, 3, false),
	},
	{
		ID: "two_thirds_of_members", Title: "Two thirds of all members",
		Plain:   "At least two thirds of all members or seats say yes.",
		Aliases: []string{"two_thirds_of_seats", "two_thirds_of_all_members", "two_thirds_of_total_membership", "constitutional_majority"},
		Example: Example{"Macedonia's parliament changes the country's name under the Prespa Agreement; the opposition stays away", "2019-01-11", Tally{Yes: 81, Members: 120, Vetoes: -1}, true, "B92, 14 January 2019 (b92.net)"},
		asks:    []ask{share(members, 2, 3, false)}, inCase: votesOf(2, 3, false),
	},
	{
		ID: "three_fifths_of_members", Title: "Three fifths of all members",
		Plain:   "At least three fifths of all members or seats say yes.",
		Aliases: []string{"three_fifths", "three_fifths_of_seats", "three_fifths_majority", "three_fifths_of_all_members"},
		Example: Example{"The Senate does not end debate on disapproving the nuclear deal with Iran", "2015-09-10", Tally{Yes: 58, No: 42, Members: 100, Vetoes: -1}, false, "US Senate roll call, 10 September 2015"},
		asks:    []ask{share(members, 3, 5, false)}, inCase: votesOf(3, 5, false),
	},
	{
		ID: "cloture", Title: "Cloture in the United States Senate",
		Plain:   "At least three fifths of the senators chosen and sworn agree to end debate: 60 of 100 where no seat is vacant. Without --members, 100 are assumed.",
		Aliases: []string{"senate_cloture", "filibuster", "us_senate_cloture", "sixty_votes"},
		Example: Example{"Second motion to end debate on disapproving the nuclear deal with Iran", "2015-09-15", Tally{Yes: 56, No: 42, Members: 100, Vetoes: -1}, false, "US Senate roll call, 15 September 2015"},
		asks:    []ask{share(members, 3, 5, false)}, members: 100, inCase: votesOf(3, 5, false),
	},
	{
		ID: "three_quarters_of_members", Title: "Three quarters of all members",
		Plain:   "At least three quarters of all members, seats or states say yes.",
		Aliases: []string{"three_quarters", "three_fourths", "three_quarters_majority", "three_quarters_of_states", "three_fourths_of_states", "three_quarters_of_seats"},
		Example: Example{"States that ratified the Equal Rights Amendment by its deadline, of the 38 that were needed", "1982-06-30", Tally{Yes: 35, Members: 50, Vetoes: -1}, false, "National Archives, Equal Rights Resolution 1972 (recordsofrights.org/records/380)"},
		asks:    []ask{share(members, 3, 4, false)}, inCase: votesOf(3, 4, false),
	},
	{
		ID: "three_quarters_of_votes_cast", Title: "Three quarters of votes cast",
		Plain:   "At least three quarters of yes and no together are yes.",
		Aliases: []string{"three_quarters_of_voting", "three_fourths_of_votes_cast", "three_quarters_cast"},
		Example: Example{"The Knesset's vote on the Camp David accords, 84 to 19 with 17 abstaining, would have passed even this; a majority was enough", "1978-09-28", Tally{Yes: 84, No: 19, Abstain: 17, Members: 120, Vetoes: -1}, true, "JTA, 29 September 1978 (jta.org)"},
		asks:    []ask{share(cast, 3, 4, false)}, inCase: votesOf(3, 4, false),
	},
	{
		ID: "unanimity", Title: "Unanimity of those voting",
		Plain:   "Somebody says yes and nobody says no. Abstentions do not stop it.",
		Aliases: []string{"unanimous", "consensus", "everyone"},
		Example: Example{"Suspension of Iran's cooperation with the IAEA in the Majlis; accounts differ on whether 221 or 223 were present", "2025-06-25", Tally{Yes: 221, Vetoes: -1}, true, "reprints of 25 June 2025; the rule in force was a majority"},
		asks:    []ask{everyVoter}, inCase: func(total, _ int64) (int64, int64) { return total, 0 },
	},
	{
		ID: "quorum", Title: "Quorum of half, and a majority of votes cast",
		Plain:   "More than half of all members or registered voters take part, and more of them say yes than no. Blank and invalid ballots are given as abstentions.",
		Aliases: []string{"turnout_quorum", "turnout", "quorum_majority", "majority_with_quorum", "participation_quorum"},
		Example: Example{"Macedonia's referendum on the Prespa Agreement: 94 % yes, but 37 % took part", "2018-09-30", Tally{Yes: 609427, No: 37687, Abstain: 19230, Members: 1806336, Vetoes: -1}, false, "results as in \"2018 Macedonian referendum\", Wikipedia"},
		asks:    []ask{share(cast, 1, 2, true), takePart(1, 2, true)}, inCase: votesOf(1, 2, true),
	},
	{
		ID: "quorum_of_two_thirds", Title: "Quorum of two thirds, and a majority of those present",
		Plain:   "At least two thirds of all members are present, and more than half of those present say yes, as Article 65 of Iran's constitution asks of the Majlis.",
		Aliases: []string{"quorum_two_thirds", "majlis_quorum", "two_thirds_quorum"},
		Example: Example{"The Majlis passes the bill on the nuclear deal in detail: 250 of 290 were there", "2015-10-13", Tally{Yes: 161, No: 59, Abstain: 13, Present: 250, Absent: 40, Members: 290, Vetoes: -1}, true, "The Iran Primer, 13 October 2015 (iranprimer.usip.org)"},
		asks:    []ask{share(present, 1, 2, true), takePart(2, 3, false)}, inCase: votesOf(1, 2, true),
	},
	{
		ID: "approval_quorum_13", Title: "Majority of votes cast, and 13 % of the electorate in favour",
		Plain:   "More say yes than no, and the yes votes are at least 13 % of all registered voters. Any whole percentage may stand in the name: approval_quorum_25, approval_quorum_40.",
		Aliases: []string{"approval_quorum", "colombia", "plebiscite", "colombia_plebiscite"},
		Example: Example{"Colombia's plebiscite on the agreement with the FARC", "2016-10-02", Tally{Yes: 6382901, No: 6438552, Abstain: 241464, Members: 34899945, Vetoes: -1}, false, "results as in \"2016 Colombian peace agreement referendum\", Wikipedia"},
		asks:    []ask{share(cast, 1, 2, true), share(members, 13, 100, false)}, inCase: votesOf(1, 2, true),
	},
	{
		ID: "double_majority", Title: "Double majority of votes and of groups",
		Plain:   "More say yes than no in all, and more than half of the groups (cantons, states) by weight do. A group is in favour where more of it say yes than no; half votes are counted as such.",
		Aliases: []string{"people_and_cantons", "people_and_states", "swiss_double_majority", "states_and_people", "majority_of_votes_and_groups", "double_majority_of_votes_and_groups"},
		Example: Example{"Switzerland votes on the European Economic Area: 7 of 23 cantons' votes in favour", "1992-12-06", Tally{Yes: 1762872, No: 1786708, Vetoes: -1, Groups: []Group{
			{Name: "six cantons", Weight: 6 * Per, Answer: Favour}, {Name: "two half cantons", Weight: Per, Answer: Favour},
			{Name: "fourteen cantons", Weight: 14 * Per, Answer: Against}, {Name: "four half cantons", Weight: 2 * Per, Answer: Against}}}, false, "results as in \"Référendum sur l'adhésion de la Suisse à l'Espace économique européen\", Wikipédia"},
		asks: []ask{share(cast, 1, 2, true), weights("groups", 1, 2, true)}, inCase: func(total, groups int64) (int64, int64) { return total/2 + 1, groups/2 + 1 },
	},
	{
		ID: "every_group", Title: "A majority in each of the groups",
		Plain:   "In every community, state or jurisdiction more say yes than no.",
		Aliases: []string{"both_communities", "concurrent_majority", "concurrent_majorities", "double_majority_of_communities", "every_community", "each_group", "all_groups", "double_majority_both_communities"},
		Example: Example{"Cyprus votes on the Annan Plan: the Greek Cypriots' no is enough", "2004-04-24", Tally{Vetoes: -1, Groups: []Group{{Name: "Greek Cypriots", Yes: 99976, No: 313704, Abstain: 14907}}}, false, "vote table of \"Referéndum sobre el Plan Annan\", Wikipedia"},
		asks:    []ask{everyGroup}, inCase: func(_, groups int64) (int64, int64) { return 0, groups },
	},
	{
		ID: "parallel_consent", Title: "Parallel consent in Northern Ireland",
		Plain:   "More than half of the votes cast are yes, and so are more than half of those cast by unionists and more than half of those cast by nationalists.",
		Aliases: []string{"northern_ireland_parallel_consent", "cross_community", "cross_community_consent"},
		Example: Example{"A vote as Strand One of the 1998 Agreement defines it (numbers made up)", "1998-04-10", Tally{Yes: 70, No: 30, Vetoes: -1, Groups: []Group{{Name: "unionists", Yes: 28, No: 30}, {Name: "nationalists", Yes: 40}}}, false, "The Agreement, 10 April 1998, Strand One, paragraph 5(d)(i)"},
		asks:    []ask{share(cast, 1, 2, true), ofEachGroup(1, 2, true)},
	},
	{
		ID: "weighted_majority_ni", Title: "Weighted majority in Northern Ireland",
		Plain:   "At least 60 % of the votes cast are yes, and at least 40 % of those cast by unionists and by nationalists.",
		Aliases: []string{"northern_ireland_weighted_majority", "weighted_majority", "northern_ireland"},
		Example: Example{"A vote as Strand One of the 1998 Agreement defines it (numbers made up)", "1998-04-10", Tally{Yes: 70, No: 30, Vetoes: -1, Groups: []Group{{Name: "unionists", Yes: 28, No: 30}, {Name: "nationalists", Yes: 40}}}, true, "The Agreement, 10 April 1998, Strand One, paragraph 5(d)(ii)"},
		asks:    []ask{share(cast, 60, 100, false), ofEachGroup(40, 100, false)},
	},
	{
		ID: "eu_qualified_majority", Title: "EU qualified majority",
		Plain:   "At least 55 % of the members of the Council are in favour, with at least 65 % of the population; fewer than four members cannot block. Without --members, 27 are assumed. --groups gives each member's answer and population.",
		Aliases: []string{"qualified_majority", "qmv", "eu", "eu_council", "eu_qmv"},
		Example: Example{"The Council adopts the Nature Restoration Law: 20 of 27 members with 66.07 % of the population", "2024-06-17", Tally{Yes: 20, No: 6, Abstain: 1, Members: 27, Vetoes: -1, Groups: []Group{
			{Name: "twenty members in favour", Population: 6607, Answer: Favour}, {Name: "seven others", Population: 3393, Answer: Against}}}, true, "Safe Food Advocacy Europe, 18 June 2024; EOS, 18 June 2024; Treaty on European Union, Article 16(4)"},
		asks: []ask{share(members, 55, 100, false), statesAndPeople}, members: 27,
	},
	{
		ID: "security_council", Title: "United Nations Security Council, substance",
		Plain:   "At least nine of the fifteen members are in favour and no permanent member is against. Abstentions do not stop it. --vetoes counts the permanent members among the noes.",
		Aliases: []string{"9_affirmative_and_no_permanent_member_veto", "unsc", "un_security_council", "nine_and_no_veto", "veto", "9_of_15_no_veto"},
		Example: Example{"Draft resolution S/2012/77 on Syria: China and the Russian Federation vote no", "2012-02-04", Tally{Yes: 13, No: 2, Members: 15, Vetoes: 2}, false, "S/PV.6711, 4 February 2012 (text at voltairenet.org/article172724.html); Charter, Article 27(3)"},
		asks:    []ask{number(9), noVeto}, members: 15,
	},
	{
		ID: "majority_without_veto", Title: "Majority of votes cast, and a body that may veto",
		Plain:   "More say yes than no, and no body with a veto (a guardian council, a president, a second chamber) stops it. --vetoes counts those that do.",
		Aliases: []string{"veto_bodies", "veto_body", "majority_and_veto_bodies", "majority_and_no_veto", "guardian_council", "majority_then_guardian_council"},
		Example: Example{"Iran's law on suspending cooperation with the IAEA: the Majlis, then the Guardian Council, which passed it", "2025-06-25", Tally{Yes: 221, Vetoes: 0}, true, "reprints of 25 June to 2 July 2025"},
		asks:    []ask{share(cast, 1, 2, true), noVeto},
	},
	{
		ID: "disapproval", Title: "Stands unless a majority disapproves",
		Plain:   "The votes are on a motion to disapprove. The agreement stands unless more say yes to the motion than no.",
		Aliases: []string{"inverted_majority", "failure_to_adopt", "inverted_default", "resolution_of_disapproval", "negative_procedure", "disapproval_majority", "inverted", "tacit_consent", "stands_unless_disapproved"},
		Example: Example{"Had the Senate reached a vote on disapproving the nuclear deal with Iran, the 58 who wanted to end debate would have been a majority", "2015-09-10", Tally{Yes: 58, No: 42, Members: 100, Vetoes: -1}, false, "US Senate roll call, 10 September 2015; Public Law 114-17"},
		asks:    []ask{lacking(share(cast, 1, 2, true))}, inverted: true, inCase: standing(1, 2, true),
	},
	{
		ID: "disapproval_by_cloture", Title: "Stands unless three fifths of all members disapprove",
		Plain:   "The votes are on ending debate about a motion to disapprove. The agreement stands unless three fifths of all members say yes to that. Without --members, 100 are assumed.",
		Aliases: []string{"disapproval_cloture", "cloture_on_disapproval", "inverted_cloture"},
		Example: Example{"The nuclear deal with Iran stands, because disapproval got 58 of the 60 votes that it needed", "2015-09-10", Tally{Yes: 58, No: 42, Members: 100, Vetoes: -1}, true, "US Senate roll call, 10 September 2015; Public Law 114-17"},
		asks:    []ask{lacking(share(members, 3, 5, false))}, inverted: true, members: 100, inCase: standing(3, 5, false),
	},
	{
		ID: "disapproval_over_veto", Title: "Stands unless two thirds disapprove",
		Plain:   "The votes are on a motion to disapprove that the executive would veto. The agreement stands unless two thirds of the votes cast are yes to the motion.",
		Aliases: []string{"veto_override", "disapproval_override", "inverted_two_thirds"},
		Example: Example{"58 to 42 would not have overridden a veto on disapproving the nuclear deal with Iran", "2015-09-10", Tally{Yes: 58, No: 42, Members: 100, Vetoes: -1}, true, "US Senate roll call, 10 September 2015; Public Law 114-17"},
		asks:    []ask{lacking(share(cast, 2, 3, false))}, inverted: true, inCase: standing(2, 3, false),
	},
	{
		ID: "weighted_votes", Title: "Majority of weighted votes",
		Plain:   "Groups that answer as one and have more than half of all votes, by weight, are in favour. --groups gives each one's answer and weight; --yes and --no may give the sums instead. Any percentage may stand in the name: weighted_85 asks for at least 85 %.",
		Aliases: []string{"weighted", "weighted_vote", "majority_of_weighted_votes", "majority_of_weights"},
		Example: Example{"The Electoral College elects a President: 306 of 538 votes, electors shown as two groups", "2020-12-14", Tally{Vetoes: -1, Groups: []Group{
			{Name: "electors for the candidate", Weight: 306 * Per, Answer: Favour}, {Name: "electors for another", Weight: 232 * Per, Answer: Against}}}, true, "National Archives, 2020 Electoral College results"},
		asks: []ask{weights("votes", 1, 2, true)}, inCase: votesOf(1, 2, true),
	},
	{
		ID: "snapback", Title: "Acts unless the Security Council decides otherwise",
		Plain:   "The votes are on a resolution that would stop something. It acts unless the resolution is adopted: by nine votes and without a veto. --vetoes counts the permanent members among the noes.",
		Aliases: []string{"inverted_security_council", "security_council_snapback", "unsc_inverted", "resolution_2231_snapback"},
		Example: Example{"The Security Council does not go on with relief for Iran under resolution 2231, so that its measures return", "2025-09-19", Tally{Yes: 4, No: 9, Abstain: 2, Members: 15, Vetoes: -1}, true, "press reports of 19 September 2025; resolution 2231 (2015), paragraphs 11 and 12"},
		asks:    []ask{unadopted}, inverted: true, members: 15,
	},
	{
		ID: "at_least_12", Title: "A fixed number of votes",
		Plain:   "At least that many yes votes, whatever the others do. Any number may stand in the name (at_least_9), also with the number of members (60_of_100).",
		Aliases: []string{"at_least"},
		Example: Example{"The Council of the European Economic Community of 1958: 12 of 17 weighted votes. Here France, Germany and Italy agree, with four votes each", "1958-01-01", Tally{Vetoes: -1, Groups: []Group{
			{Name: "France", Weight: 4 * Per, Answer: Favour}, {Name: "Germany", Weight: 4 * Per, Answer: Favour}, {Name: "Italy", Weight: 4 * Per, Answer: Favour},
			{Name: "Belgium", Weight: 2 * Per, Answer: Against}, {Name: "Netherlands", Weight: 2 * Per, Answer: Against}, {Name: "Luxembourg", Weight: Per, Answer: Against}}}, true, "Treaty establishing the EEC, Article 148"},
		asks: []ask{number(12)}, inCase: func(int64, int64) (int64, int64) { return 12, 0 },
	},
}

// Inverted reports whether the votes are on a motion to disapprove, so that its
// failure is what lets the agreement stand.
func (r *Rule) Inverted() bool { return r.inverted }

// Rules returns every rule, plain majorities first. The caller must not change them.
func Rules() []Rule { return rules }

// Names returns every name under which Lookup finds a rule.
func Names() []string {
	var names []string
	for _, r := range rules {
		names = append(names, r.ID)
		names = append(names, r.Aliases...)
	}
	return names
}

var fixed = regexp.MustCompile(`^(?:at_least_)?([1-9][0-9]{0,14})(?:_of_([1-9][0-9]{0,14})(?:_members|_votes|_seats)?)?$`)
var quorumShare = regexp.MustCompile(`^(?:turnout_)?quorum_([1-9][0-9]?)(?:_percent)?$`)
var weightShare = regexp.MustCompile(`^weighted_([1-9][0-9]?)(?:_percent)?$`)
var shareOf = regexp.MustCompile(`^(?:([1-9][0-9]?)_?(?:percent|%)|(two|three|four|five|six|seven|eight|nine)_(thirds|quarters|fourths|fifths|sixths|sevenths|eighths|ninths|tenths))_(?:of_)?(?:all_|the_|those_)?(votes_cast|cast|voting|votes|present_and_voting|present|members|seats|electorate|registered_voters)$`)

var approval = regexp.MustCompile(`^approval_quorum_([1-9][0-9]?)$`)

// Lookup finds a rule by its id or an alias. Capitals, hyphens and spaces are read
// like lower case and underscores, and 2/3, 3/5 and 3/4 like their words.
func Lookup(name string) (Rule, bool) {
	n := strings.ToLower(strings.TrimSpace(name))
	n = strings.NewReplacer("-", "_", " ", "_", "2/3", "two_thirds", "3/5", "three_fifths", "3/4", "three_quarters", "1/2", "majority").Replace(n)
	for _, r := range rules {
		if r.ID == n || slices.Contains(r.Aliases, n) {
			return r, true
		}
	}
	if m := fixed.FindStringSubmatch(n); m != nil {
		need, _ := strconv.ParseInt(m[1], 10, 64)
		of, _ := strconv.ParseInt("0"+m[2], 10, 64)
		if of > 0 && need > of {
			return Rule{}, false
		}
		r, _ := Lookup("at_least")
		r.ID, r.asks, r.members = "at_least_"+m[1], []ask{number(need)}, of
		r.inCase = func(int64, int64) (int64, int64) { return need, 0 }
		return r, true
	}
	if m := approval.FindStringSubmatch(n); m != nil {
		percent, _ := strconv.ParseInt(m[1], 10, 64)
		r, _ := Lookup("approval_quorum")
		r.ID, r.Title = n, "Majority of votes cast, and "+m[1]+" % of the electorate in favour"
		r.asks = []ask{share(cast, 1, 2, true), share(members, percent, 100, false)}
		return r, true
	}
	if m := quorumShare.FindStringSubmatch(n); m != nil {
		percent, _ := strconv.ParseInt(m[1], 10, 64)
		r, _ := Lookup("quorum")
		r.ID, r.Title = "quorum_"+m[1], "Quorum of "+m[1]+" %, and a majority of votes cast"
		r.asks = []ask{share(cast, 1, 2, true), takePart(percent, 100, false)}
		return r, true
	}
	if m := weightShare.FindStringSubmatch(n); m != nil {
		percent, _ := strconv.ParseInt(m[1], 10, 64)
		r, _ := Lookup("weighted_votes")
		r.ID, r.Title = "weighted_"+m[1], "At least "+m[1]+" % of weighted votes"
		r.asks, r.inCase = []ask{weights("votes", percent, 100, false)}, votesOf(percent, 100, false)
		return r, true
	}
	if m := shareOf.FindStringSubmatch(n); m != nil {
		return stated(m)
	}
	return Rule{}, false
}

// stated returns the rule that asks for a share in words or percent.
func stated(m []string) (Rule, bool) {
	num, den := int64(0), int64(100)
	name := m[1] + "_percent"
	if m[1] != "" {
		num, _ = strconv.ParseInt(m[1], 10, 64)
	} else {
		part := strings.Replace(m[3], "fourths", "quarters", 1)
		num, den = int64(slices.Index(numerals, m[2])+2), int64(slices.Index(parts, part)+3)
		name = m[2] + "_" + part
		if num >= den {
			return Rule{}, false
		}
	}
	of, rule := cast, "two_thirds_of_votes_cast"
	switch m[4] {
	case "present":
		of, rule = present, "two_thirds_of_present"
	case "members", "seats", "electorate", "registered_voters":
		of, rule = members, "two_thirds_of_members"
	}
	r, _ := Lookup(rule)
	suffix := strings.TrimPrefix(rule, "two_thirds")
	r.ID, r.Title = name+suffix, "At least "+strings.ReplaceAll(strings.TrimPrefix(quantity(num, den, false), "at least ")+suffix, "_", " ")
	r.asks, r.inCase = []ask{share(of, num, den, false)}, votesOf(num, den, false)
	return r, true
}
