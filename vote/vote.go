// Package vote counts votes under the rules by which agreements are carried at
// home: majorities of votes cast, of those present and of all members, larger
// majorities, quorums, double majorities, vetoes, and motions whose failure is
// what lets an agreement stand.
//
// A [Tally] holds what is on record of a vote. [Lookup] finds a [Rule] by its name
// or a common alias, and [Rule.Count] says whether the tally passes it, with the
// votes to spare or missing and a sentence that explains it. [Rules] lists every
// rule with a real vote that it decided.
//
// Everything is counted in integers. "More than half" of 250 is 126, "at least two
// thirds" of 97 is 65, and half votes, as of the Swiss half cantons, are counted in
// halves.
package vote

import (
	"fmt"
	"slices"
	"strings"
)

// maxVotes is the largest number of votes in a tally; products of a share with it
// keep within 63 bits.
const maxVotes = 1_000_000_000_000_000

// A Tally is what is on record of a vote. Numbers that are zero were not stated,
// or are none.
type Tally struct {
	Yes, No int64
	Abstain int64 // present, and neither yes nor no
	Absent  int64 // members who were not there
	Members int64 // all members, seats, or registered voters
	// Present counts those who were there, voting or not. Zero: Members less Absent
	// where both are stated, else all who voted yes, no or abstained.
	Present int64
	// Vetoes counts the noes of those whose no is enough to stop a decision; -1: it is
	// not stated.
	Vetoes int64
	Groups []Group // communities, cantons, states, with their own results

	uneven bool // Yes, No and Abstain are sums of weights, their fractions cut off
}

// A Group is a part of the whole that has a result of its own.
type Group struct {
	Name             string
	Yes, No, Abstain int64 // votes within the group
	Weight           int64 // of the group's answer, in units of 1/Per; zero: one
	Population       int64
	Veto             bool // its no stops a decision
	// Answer is the group's own: Favour, Against or Neither. Where votes are given it
	// is Favour when more say yes than no, else Against.
	Answer Answer
}

// An Answer is what a group says as one.
type Answer int8

// The answers.
const (
	Neither Answer = iota // abstained, or was absent
	Favour
	Against
)

// Per is the number of units in one group's vote: weights are exact to a sixtieth, so
// that halves, thirds, quarters and tenths are.
const Per = 60

// A Condition is one of the things that a rule asks for.
type Condition struct {
	Title string // "yes votes", "cantons in favour"
	Have  int64
	Need  int64 // at least this much; where Most is set, at most
	Of    int64 // what a share was taken of; zero where none was
	Most  bool
	Unit  int64 // Have, Need and Of are in units of 1/Unit
	Text  string
}

// Margin returns what is to spare, at least 0, or what is missing, below 0, in
// units of 1/Unit.
func (c *Condition) Margin() int64 {
	if c.Most {
		return c.Need - c.Have
	}
	return c.Have - c.Need
}

// Met reports whether the condition is met.
func (c *Condition) Met() bool { return c.Margin() >= 0 }

// A Result says whether a tally passes a rule.
type Result struct {
	// Passed says that the question put is carried; under a rule of disapproval,
	// that the agreement stands.
	Passed bool
	// Decisive is the condition that margin and required speak of: the first that is
	// not met, else the first of all.
	Decisive Condition
	// Conditions are all that could be judged from the tally, in the rule's order.
	Conditions []Condition
	// Motion says, under a rule of disapproval, whether the motion to disapprove was
	// adopted: then Passed is its contrary. It is false under any other rule.
	Motion      bool
	Explanation string // one or two sentences
}

// A MissingError says which number a rule needs and the tally does not have.
type MissingError struct {
	Rule string // title of the rule
	What string // "the number of members"
	Flag string // where a person gives it: "members", "groups", "vetoes"
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s cannot be decided without %s: give it with --%s", lowerFirst(e.Rule), e.What, e.Flag)
}

// check reports contradictions in a tally.
func (t *Tally) check() error {
	for _, n := range []struct {
		name string
		n    int64
	}{{"yes votes", t.Yes}, {"no votes", t.No}, {"abstentions", t.Abstain}, {"absences", t.Absent}, {"members", t.Members}, {"those present", t.Present}} {
		if n.n < 0 {
			return fmt.Errorf("%s: %d is below 0", n.name, n.n)
		}
		if n.n > maxVotes {
			return fmt.Errorf("%s: %d is more than can be counted (%d)", n.name, n.n, int64(maxVotes))
		}
	}
	voted := t.Yes + t.No + t.Abstain
	switch {
	case t.Members > 0 && voted+t.Absent > t.Members:
		return fmt.Errorf("%s add up to %d, more than the %d members: check the numbers", sumText(t), voted+t.Absent, t.Members)
	case t.Present > 0 && voted > t.Present:
		return fmt.Errorf("%d yes, %d no and %d abstaining are %d, more than the %d present: check the numbers", t.Yes, t.No, t.Abstain, voted, t.Present)
	case t.Members > 0 && t.Present > t.Members:
		return fmt.Errorf("%d present are more than the %d members: check the numbers", t.Present, t.Members)
	case t.Vetoes > t.No:
		return fmt.Errorf("%d vetoes are more than the %d no votes: every veto is a no", t.Vetoes, t.No)
	}
	var yes, no int64
	for _, g := range t.Groups {
		if min(g.Yes, g.No, g.Abstain, g.Weight, g.Population) < 0 || max(g.Yes, g.No, g.Abstain, g.Weight, g.Population) > maxVotes {
			return fmt.Errorf("group %s: a number is below 0 or above %d", g.Name, int64(maxVotes))
		}
		yes, no = yes+g.Yes, no+g.No
		if yes > maxVotes || no > maxVotes {
			return fmt.Errorf("the groups' votes are more than can be counted (%d)", int64(maxVotes))
		}
	}
	if yes > t.Yes || no > t.No {
		return fmt.Errorf("the groups cast %d yes and %d no, the whole only %d and %d: check the numbers", yes, no, t.Yes, t.No)
	}
	return nil
}

func sumText(t *Tally) string {
	text := fmt.Sprintf("%d yes and %d no", t.Yes, t.No)
	if t.Abstain > 0 {
		text += fmt.Sprintf(", %d abstaining", t.Abstain)
	}
	if t.Absent > 0 {
		text += fmt.Sprintf(", %d absent", t.Absent)
	}
	return text
}

// present returns how many were there.
func (t *Tally) present() int64 {
	switch {
	case t.Present > 0:
		return t.Present
	case t.Members > 0 && t.Absent > 0:
		return t.Members - t.Absent
	}
	return t.Yes + t.No + t.Abstain
}

// answer returns what a group says as one.
func (g *Group) answer() Answer {
	if g.Yes+g.No > 0 {
		if g.Yes > g.No {
			return Favour
		}
		return Against
	}
	return g.Answer
}

func (g *Group) weight() int64 {
	if g.Weight == 0 {
		return Per
	}
	return g.Weight
}

// whole returns the tally with what follows from its groups where no votes of the
// whole were stated: the sums of the groups' votes or, where they have answers alone,
// of their weights.
func (t Tally) whole() Tally {
	if t.Yes > 0 || t.No > 0 || len(t.Groups) == 0 {
		return t
	}
	if !slices.ContainsFunc(t.Groups, func(g Group) bool { return g.Yes+g.No > 0 }) {
		var yes, no, neither int64
		for _, g := range t.Groups {
			switch g.answer() {
			case Favour:
				yes += g.weight()
			case Against:
				no += g.weight()
			default:
				neither += g.weight()
			}
		}
		// Fractions of a vote are left to rules that count weights.
		t.Yes, t.No, t.Abstain = yes/Per, no/Per, neither/Per
		t.uneven = yes%Per != 0 || no%Per != 0 || neither%Per != 0
		return t
	}
	for _, g := range t.Groups {
		t.Yes, t.No, t.Abstain = t.Yes+g.Yes, t.No+g.No, t.Abstain+g.Abstain
	}
	return t
}

// Count says whether the tally passes the rule. It fails, with a [MissingError],
// where the rule needs a number that is not stated and the others do not decide, and
// where the numbers contradict each other.
func (r *Rule) Count(t Tally) (*Result, error) {
	t = t.whole()
	if t.Members == 0 {
		t.Members = r.members
	}
	if t.Members == 0 && t.Absent > 0 {
		t.Members = max(t.Present, t.Yes+t.No+t.Abstain) + t.Absent
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	res := &Result{Passed: true}
	var missing error
	for _, ask := range r.asks {
		c, err := ask(r, &t)
		if err != nil {
			if missing == nil {
				missing = err
			}
			continue
		}
		res.Conditions = append(res.Conditions, c)
		if !c.Met() && res.Passed {
			res.Passed = false
			res.Decisive = c
		}
	}
	if res.Passed {
		if missing != nil {
			return nil, missing // a condition that fails decides without the rest
		}
		res.Decisive = res.Conditions[0]
	}
	var texts []string
	for _, c := range res.Conditions {
		if c.Text != "" {
			texts = append(texts, c.Text)
		}
	}
	res.Explanation = strings.Join(texts, " ")
	if r.inverted {
		c := &res.Conditions[0]
		res.Motion = !c.Met()
		return res, nil
	}
	if res.Passed {
		res.Explanation += " Passed."
	} else {
		res.Explanation += " Not passed."
		if missing != nil {
			res.Explanation += " What else the rule asks for was not needed to decide."
		}
	}
	return res, nil
}

// An ask judges one condition of a rule.
type ask func(r *Rule, t *Tally) (Condition, error)

// A base is what a share is taken of.
type base int

const (
	cast base = iota // yes and no
	present
	members
)

// share asks for more than num/den of the base, or, where it is not strict, for at
// least that.
func share(of base, num, den int64, strict bool) ask {
	return func(r *Rule, t *Tally) (Condition, error) {
		if t.uneven {
			return Condition{}, fmt.Errorf("the groups' weights add up to fractions of a vote, which %s does not count: multiply all weights, or use weighted_votes", lowerFirst(r.Title))
		}
		total, name := t.Yes+t.No, "votes cast"
		switch of {
		case present:
			total, name = t.present(), "present"
		case members:
			total, name = t.Members, "members"
			if total == 0 {
				return Condition{}, &MissingError{r.Title, "the number of members (or seats, or registered voters)", "members"}
			}
		}
		need := max(1, least(total, num, den, strict)) // of nothing, nothing is no majority
		c := Condition{Title: "yes votes", Have: t.Yes, Need: need, Of: total, Unit: 1}
		c.Text = fmt.Sprintf("%s yes of %s %s; %s, %s, %s needed: %s.",
			grouped(t.Yes), grouped(total), name, quantity(num, den, strict), grouped(need), areIs(need), spare(c.Margin()))
		if of == cast && t.Yes == t.No && strict && num*2 == den {
			c.Text += " A tie is no majority."
		}
		return c, nil
	}
}

// least returns the least whole number that is more than, or at least, num/den of total.
func least(total, num, den int64, strict bool) int64 {
	// total is at most maxVotes, num at most 100.
	if strict {
		return total*num/den + 1
	}
	return (total*num + den - 1) / den
}

// takePart asks that at least, or more than, num/den of all members take part.
func takePart(num, den int64, strict bool) ask {
	return func(r *Rule, t *Tally) (Condition, error) {
		if t.Members == 0 {
			return Condition{}, &MissingError{r.Title, "the number of members (or registered voters)", "members"}
		}
		need, have := least(t.Members, num, den, strict), t.present()
		c := Condition{Title: "taking part", Have: have, Need: need, Of: t.Members, Unit: 1}
		c.Text = fmt.Sprintf("%s of %s took part; the quorum, %s of them, is %s: %s.", grouped(have), grouped(t.Members), quantity(num, den, strict), grouped(need), spare(c.Margin()))
		return c, nil
	}
}

// number asks for a fixed number of yes votes.
func number(n int64) ask {
	return func(r *Rule, t *Tally) (Condition, error) {
		if t.uneven {
			favour, all := t.inFavour()
			c := Condition{Title: "weighted votes in favour", Have: favour, Need: n * Per, Of: all, Unit: Per}
			c.Text = fmt.Sprintf("%s of %s weighted votes are in favour; %s %s needed: %s.", fraction(c.Have, Per), fraction(c.Of, Per), grouped(n), areIs(n), spareOf(c.Margin(), Per))
			return c, nil
		}
		c := Condition{Title: "yes votes", Have: t.Yes, Need: n, Of: t.Members, Unit: 1}
		c.Text = fmt.Sprintf("%s yes; %s %s needed: %s.", grouped(t.Yes), grouped(n), areIs(n), spare(c.Margin()))
		return c, nil
	}
}

// noVeto asks that nobody who may has stopped it.
func noVeto(r *Rule, t *Tally) (Condition, error) {
	n := t.Vetoes
	known := false
	for _, g := range t.Groups {
		known = known || g.Veto
	}
	if known {
		n = 0
		for _, g := range t.Groups {
			if g.Veto && g.answer() == Against {
				n++
			}
		}
	} else if n < 0 && t.No == 0 {
		n = 0
	}
	if n < 0 {
		return Condition{}, &MissingError{r.Title, "the number of vetoes among the no votes (0 where there was none)", "vetoes"}
	}
	c := Condition{Title: "vetoes", Have: n, Need: 0, Most: true, Unit: 1, Text: "No veto was cast."}
	if n > 0 {
		c.Text = fmt.Sprintf("%s %s cast, and one is enough to stop it.", plural(n, "veto", "vetoes"), wasWere(n))
	}
	return c, nil
}

// everyVoter asks that nobody says no.
func everyVoter(_ *Rule, t *Tally) (Condition, error) {
	c := Condition{Title: "no votes", Have: t.No, Need: 0, Most: true, Unit: 1}
	c.Text = fmt.Sprintf("%s; none may be.", plural(t.No, "vote is no", "votes are no"))
	if t.Yes == 0 {
		c = Condition{Title: "yes votes", Need: 1, Unit: 1, Text: "Nobody said yes."}
	}
	return c, nil
}

// inFavour adds up the weights of the groups in favour, and of all groups.
func (t *Tally) inFavour() (favour, all int64) {
	for _, g := range t.Groups {
		if g.answer() == Favour {
			favour += g.weight()
		}
		all += g.weight()
	}
	return favour, all
}

// weights asks for more than, or at least, num/den of all groups by weight; what says what
// a weight is.
func weights(what string, num, den int64, strict bool) ask {
	return func(r *Rule, t *Tally) (Condition, error) {
		if len(t.Groups) == 0 {
			if what == "votes" && t.Yes+t.No > 0 { // sums of weights
				return share(cast, num, den, strict)(r, t)
			}
			return Condition{}, &MissingError{r.Title, "the groups' own results", "groups"}
		}
		favour, all := t.inFavour()
		step := int64(Per) // the smallest weight that all are multiples of
		for _, g := range t.Groups {
			for a := g.weight(); a != 0; {
				step, a = a, step%a
			}
		}
		if Per%step != 0 {
			step = 1
		}
		c := Condition{Title: what + " in favour", Have: favour / step, Of: all / step, Unit: Per / step}
		c.Need = max(1, least(c.Of, num, den, strict))
		c.Text = fmt.Sprintf("%s of %s %s are in favour; %s of them, %s, are needed: %s.",
			fraction(c.Have, c.Unit), fraction(c.Of, c.Unit), what, quantity(num, den, strict), fraction(c.Need, c.Unit), spareOf(c.Margin(), c.Unit))
		return c, nil
	}
}

// everyGroup asks for more yes than no in each of the groups, and names one that refuses.
func everyGroup(r *Rule, t *Tally) (Condition, error) {
	if len(t.Groups) == 0 {
		if t.Yes <= t.No {
			// Where no more say yes than no in all, some group says no.
			return Condition{Title: "yes votes", Have: t.Yes, Need: t.No + 1, Unit: 1,
				Text: fmt.Sprintf("%s yes and %s no: whatever the groups, at least one of them has no majority.", grouped(t.Yes), grouped(t.No))}, nil
		}
		return Condition{}, &MissingError{r.Title, "the groups' own results", "groups"}
	}
	var yes int64
	var against []string
	for _, g := range t.Groups {
		if g.answer() == Favour {
			yes++
		} else {
			against = append(against, g.Name)
		}
	}
	n := int64(len(t.Groups))
	c := Condition{Title: "groups in favour", Have: yes, Need: n, Of: n, Unit: 1}
	c.Text = fmt.Sprintf("%d of %d groups are in favour; every one is needed.", yes, n)
	if len(against) > 0 {
		c.Text = fmt.Sprintf("%d of %d groups are in favour; every one is needed, and %s is not.", yes, n, against[0])
		if len(against) > 1 {
			c.Text = fmt.Sprintf("%d of %d groups are in favour; every one is needed, and %s and %d more are not.", yes, n, against[0], len(against)-1)
		}
	}
	return c, nil
}

// ofEachGroup asks for more than, or at least, num/den of the votes cast in each group.
func ofEachGroup(num, den int64, strict bool) ask {
	return func(r *Rule, t *Tally) (Condition, error) {
		if len(t.Groups) == 0 {
			return Condition{}, &MissingError{r.Title, "the votes of each designation", "groups"}
		}
		var worst Condition
		for i, g := range t.Groups {
			need := least(g.Yes+g.No, num, den, strict)
			c := Condition{Title: g.Name, Have: g.Yes, Need: need, Of: g.Yes + g.No, Unit: 1}
			c.Text = fmt.Sprintf("Among %s, %d of %d votes cast are yes; %s of them, %d, %s needed: %s.", g.Name, g.Yes, g.Yes+g.No, quantity(num, den, strict), need, areIs(need), spare(c.Margin()))
			if i == 0 || c.Margin() < worst.Margin() {
				worst = c
			}
		}
		return worst, nil
	}
}

// statesAndPeople asks, as the European Union's qualified majority does, for 65 of 100
// of the population, unless fewer than four members withhold their yes.
func statesAndPeople(r *Rule, t *Tally) (Condition, error) {
	against := t.Members - t.Yes
	if against < 4 {
		return Condition{Title: "members not in favour", Have: against, Need: 3, Most: true, Unit: 1,
			Text: fmt.Sprintf("%s not in favour: a blocking minority needs four, so the population is not asked.", plural(against, "member is", "members are"))}, nil
	}
	var yes, all int64
	for _, g := range t.Groups {
		if g.answer() == Favour {
			yes += g.Population
		}
		all += g.Population
		if all > maxVotes {
			return Condition{}, fmt.Errorf("the populations add up to more than can be counted (%d)", int64(maxVotes))
		}
	}
	if all == 0 {
		return Condition{}, &MissingError{r.Title, "the members' answers and populations", "groups"}
	}
	need := least(all, 65, 100, false)
	c := Condition{Title: "population in favour", Have: yes, Need: need, Of: all, Unit: 1}
	c.Text = fmt.Sprintf("Members with %s of %s of the population are in favour; at least 65 of 100, %s, are needed: %s.", grouped(yes), grouped(all), grouped(need), spare(c.Margin()))
	return c, nil
}

// lacking asks that a motion to disapprove has fewer yes votes than another condition needs.
func lacking(inner ask) ask {
	return func(r *Rule, t *Tally) (Condition, error) {
		c, err := inner(r, t)
		if err != nil {
			return c, err
		}
		need := c.Need
		c.Need, c.Most, c.Title = need-1, true, "votes for disapproval"
		if c.Have >= need {
			c.Text = fmt.Sprintf("%s voted to disapprove and %s %s needed: the motion is adopted, and the agreement is stopped.", grouped(c.Have), grouped(need), areIs(need))
		} else {
			c.Text = fmt.Sprintf("%s voted to disapprove and %s %s needed: the motion fails by %s, and so the agreement stands.", grouped(c.Have), grouped(need), areIs(need), plural(need-c.Have, "vote", "votes"))
		}
		return c, nil
	}
}

// unadopted asks that a resolution of the Security Council is not adopted, so that what it would have stayed comes
// about.
func unadopted(r *Rule, t *Tally) (Condition, error) {
	votes, err := number(9)(r, t)
	if err != nil {
		return votes, err
	}
	if votes.Met() {
		vetoes, err := noVeto(r, t)
		if err != nil {
			return vetoes, err
		}
		if !vetoes.Met() {
			return Condition{Title: "vetoes", Have: vetoes.Have, Need: 1, Unit: 1,
				Text: fmt.Sprintf("%s voted for the resolution, enough, but %s %s cast: it is not adopted, and so the default acts.", grouped(t.Yes), plural(vetoes.Have, "veto", "vetoes"), wasWere(vetoes.Have))}, nil
		}
	}
	c := Condition{Title: "votes for the resolution", Have: t.Yes, Need: votes.Need - 1, Of: votes.Of, Most: true, Unit: 1}
	if c.Met() {
		c.Text = fmt.Sprintf("%s voted for the resolution and %s are needed: it is not adopted, %s short, and so the default acts.", grouped(t.Yes), grouped(votes.Need), plural(votes.Need-t.Yes, "vote", "votes"))
	} else {
		c.Text = fmt.Sprintf("%s voted for the resolution, %s are needed, and no veto was cast: it is adopted, and the default does not act.", grouped(t.Yes), grouped(votes.Need))
	}
	return c, nil
}

// Words.

// Shares in words: two to nine of thirds to tenths.
var (
	numerals = []string{"two", "three", "four", "five", "six", "seven", "eight", "nine"}
	parts    = []string{"thirds", "quarters", "fifths", "sixths", "sevenths", "eighths", "ninths", "tenths"}
)

func quantity(num, den int64, strict bool) string {
	var name string
	switch {
	case num == 1 && den == 2:
		name = "half"
	case den == 100:
		name = fmt.Sprintf("%d %%", num)
	case 2 <= num && num <= 9 && 3 <= den && den <= 10:
		name = numerals[num-2] + " " + parts[den-3]
	default:
		name = fmt.Sprintf("%d of %d", num, den)
	}
	if strict {
		return "more than " + name
	}
	return "at least " + name
}

func spare(margin int64) string { return spareOf(margin, 1) }

func spareOf(margin, unit int64) string {
	switch {
	case margin > 0:
		return fraction(margin, unit) + " to spare"
	case margin == 0:
		return "none to spare"
	}
	return fraction(-margin, unit) + " missing"
}

// fraction writes n/unit with decimals, as in 8.5; a third is 0.333.
func fraction(n, unit int64) string {
	if unit == 1 || n%unit == 0 {
		return grouped(n / max(1, unit))
	}
	text := fmt.Sprintf("%d.%03d", n/unit, n%unit*1000/unit)
	return strings.TrimRight(text, "0")
}

func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

func areIs(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func wasWere(n int64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func lowerFirst(s string) string {
	if s == "" || strings.HasPrefix(s, "EU") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
