package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/study"
)

// Lists in the terminal and in the brief end after so many, and say how many more there are.
const (
	shownSets = 5
	shownWeak = 8
)

// WriteDiagnosisText writes the diagnosis of the main reading for a terminal: sentences, the
// shortest reasons or what is close to closing, then the evidence behind each condition named.
func WriteDiagnosisText(w io.Writer, d *study.Diagnosis, o TextOptions) error {
	t, s := newTerminal(o), analysisPaper(d.Analysis)
	t.WriteString(t.style(bold, fit(s.title(), t.cols)) + "\n")
	about := fmt.Sprintf("%s  %s %s  as of %s  %s", s.marking(), s.File.Case.ID, s.shortHash(), s.asOf(), s.analyst())
	t.WriteString(t.style(dim, fit(about, t.cols)) + "\n\n")
	t.paragraph(s.verdict())
	t.diagnosis(s)
	_, err := w.Write(t.Bytes())
	return err
}

func (t *terminal) diagnosis(s *paper) {
	d := s.diagnosed
	if d.Why != "" {
		t.paragraph(capital(clean(d.Why)) + ".")
	}
	var cited []string // ids of conditions named
	cite := func(ids []string) {
		for _, id := range ids {
			if !slices.Contains(cited, id) {
				cited = append(cited, id)
			}
		}
	}
	if len(d.BlockingSets) > 0 {
		t.head("The shortest reasons: no package satisfies these together")
		for i := range d.BlockingSets[:min(len(d.BlockingSets), shownSets)] {
			t.entry(fmt.Sprintf("%d.", i+1), s.blockedBy(&d.BlockingSets[i]))
			cite(d.BlockingSets[i].Conditions)
		}
		t.more(len(d.BlockingSets)-shownSets, d.Complete)
	}
	if len(d.OpeningSets) > 0 {
		t.head("The smallest changes that would open one")
		for i := range d.OpeningSets[:min(len(d.OpeningSets), shownSets)] {
			t.entry(fmt.Sprintf("%d.", i+1), s.openedBy(&d.OpeningSets[i]))
			cite(d.OpeningSets[i].Relax)
		}
		t.more(len(d.OpeningSets)-shownSets, d.Complete)
	}
	if lines, more := s.concessionLines(shownSets); len(lines) > 0 {
		t.head("In points alone, everything else as it is")
		for _, line := range lines {
			t.entry(" -", line)
		}
		t.more(more, d.ConcessionsComplete)
	}
	if d.ConcessionsWhy != "" && !d.Hopeless && d.Verdict == bargain.NoZone {
		t.paragraph(capital(clean(d.ConcessionsWhy)) + ".")
	}
	if lines := s.weakLines(); len(lines) > 0 {
		t.head("What the verdict hangs on and is weakly supported")
		for _, line := range lines[:min(len(lines), shownWeak)] {
			t.entry(" -", line)
		}
		t.more(len(lines)-shownWeak, true)
	}
	if d.Slack != nil {
		t.head("What is close to closing it")
		for _, line := range s.closeLines() {
			t.entry(" -", line)
		}
		if lines := s.withdrawLines(); len(lines) > 0 {
			t.head("What could still be withdrawn")
			for _, line := range lines {
				t.entry(" -", line)
			}
		}
		for _, b := range d.Slack.Conditions {
			if b.Growth != nil && b.Growth.Sign() != 0 {
				cite([]string{b.Condition})
			}
		}
	}
	if len(cited) == 0 {
		return
	}
	t.head("The conditions named above, and what they rest on")
	all := s.names()
	for _, id := range cited {
		n := all[id]
		t.entry(" -", capital(n.Name)+". "+n.evidence())
	}
}

func (t *terminal) more(n int, complete bool) {
	if n <= 0 {
		return
	}
	text := fmt.Sprintf("and %d more", n)
	if !complete {
		text += " that are known"
	}
	t.WriteString(t.style(dim, "   "+text+"; --format json has them") + "\n")
}

// rule says what a condition asks for.
func (n *named) rule() string {
	if n.Kind == "red_line" {
		return "never " + n.Words
	}
	return n.Words
}

// evidence says what a condition says and rests on.
func (n *named) evidence() string {
	var parts []string
	if n.Text != "" && n.Kind != "no_deal" {
		parts = append(parts, capital(strings.TrimSuffix(n.rule(), "."))+".")
	}
	if n.Because != "" {
		parts = append(parts, strings.TrimSuffix(n.Because, ".")+".")
	} else if n.Kind != "consent" {
		parts = append(parts, "No reason is stated.")
	}
	for _, said := range n.Said {
		text := said.Who
		if said.Speaker != "" {
			text += " (" + said.Speaker + ")"
		}
		if said.Date != "" {
			text += ", " + said.Date
		}
		switch {
		case said.Quote != "":
			text += ": “" + said.Quote + "”"
		case said.Gist != "":
			text += ": " + strings.TrimSuffix(said.Gist, ".")
		}
		parts = append(parts, strings.TrimSuffix(text, ".")+".")
	}
	if len(n.Said) == 0 && n.Kind != "consent" {
		parts = append(parts, "No statement is cited.")
	}
	if n.Confidence != "" {
		parts = append(parts, "Confidence: "+n.Confidence+".")
	}
	return strings.Join(parts, " ")
}

// blockedBy is a blocking set as a sentence.
func (s *paper) blockedBy(b *diagnose.BlockingSet) string {
	all := s.names()
	var names []string
	for _, id := range b.Conditions {
		names = append(names, all[id].Name)
	}
	text := capital(sentenceList(names))
	if len(names) == 1 {
		return text + " alone."
	}
	return text + "."
}

// openedBy is an opening set as a sentence, with what its package gives.
func (s *paper) openedBy(o *diagnose.OpeningSet) string {
	var parts []string
	for i := range o.Concedes {
		parts = append(parts, s.concedes(&o.Concedes[i]))
	}
	return fmt.Sprintf("%s. Then, for one, a package would give %s.", capital(sentenceList(parts)), s.worth(o.Utilities))
}

// concedes is one concession as a clause.
func (s *paper) concedes(c *diagnose.Concedes) string {
	r := s.Main
	name := s.names()[c.Condition]
	switch {
	case c.Points != nil:
		party := &r.Space.Parties[c.Party]
		return fmt.Sprintf("%s accepts %s less than its no-deal value of %s", partyName(s.File.Case, c.Party), pointsOf(c.Points), points(&party.Row, party.Threshold.Value))
	case c.Party >= 0:
		return fmt.Sprintf("%s gives up its red line “%s”", partyName(s.File.Case, c.Party), lineName(r.Case, c.Condition))
	}
	return name.Name + " is set aside"
}

// worth says what utilities are to each party.
func (s *paper) worth(u []int64) string {
	var parts []string
	for p := range s.Main.Space.Parties {
		parts = append(parts, partyName(s.File.Case, p)+" "+pointsOf(s.Main.Space.Parties[p].Points(u[p])))
	}
	return sentenceList(parts)
}

// concessionLines are the first concessions as clauses, and the number of the others.
func (s *paper) concessionLines(most int) (lines []string, more int) {
	all := s.diagnosed.Concessions
	for i := range all[:min(len(all), most)] {
		lines = append(lines, s.conceding(&all[i])+".")
	}
	return lines, len(all) - len(lines)
}

func (s *paper) conceding(c *diagnose.Concession) string {
	var parts []string
	for p, points := range c.Points {
		if points.Sign() > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", partyName(s.File.Case, p), pointsOf(points)))
		}
	}
	return sentenceList(parts) + " below the no-deal value"
}

// weakLines are the weak points as sentences, those first that would open a zone.
func (s *paper) weakLines() []string {
	all := s.names()
	var opens, others []string
	for _, w := range s.weakPoints() {
		var names []string
		for _, id := range w.Conditions {
			names = append(names, all[id].Name)
		}
		what := sentenceList(names)
		text := ""
		switch w.Kind {
		case "statement":
			said := "one statement"
			if st, ok := s.File.Case.Statements.Get(w.Statement); ok {
				said += " (" + s.sayer(&st) + ")"
			}
			verb := "rests"
			if len(names) > 1 {
				verb = "rest"
			}
			text = fmt.Sprintf("%s %s on %s alone: %s", what, verb, said, w.Why)
		case "together":
			text = fmt.Sprintf("taken together, what is weakly supported is %s", what)
		default:
			text = fmt.Sprintf("%s: %s", what, w.Why)
		}
		it := "it"
		if len(names) > 1 {
			it = "them"
		}
		switch {
		case w.Opening != nil:
			opens = append(opens, fmt.Sprintf("%s. Without %s there would be a package.", capital(text), it))
		case w.Sure:
			others = append(others, fmt.Sprintf("%s. Without %s there would still be none.", capital(text), it))
		default:
			others = append(others, fmt.Sprintf("%s. Whether there would be a package without %s is not known.", capital(text), it))
		}
	}
	return append(opens, others...)
}

// closeLines say by how much no-deal values could rise, and which conditions bind.
func (s *paper) closeLines() []string {
	r, k := s.Main, s.diagnosed.Slack
	var lines []string
	for p := range r.Space.Parties {
		title := partyTitle(s.File.Case, p)
		party := &r.Space.Parties[p]
		switch {
		case !party.Threshold.Set:
			lines = append(lines, title+" has no no-deal value.")
		case k.Dispensable != nil && k.Dispensable[p]:
			lines = append(lines, fmt.Sprintf("There are packages with consent whatever %s makes of them, so that its no-deal value closes nothing by itself.", title))
		case k.Raise[p] == nil:
			lines = append(lines, fmt.Sprintf("By how much %s no-deal value could rise is not known.", possessive(title)))
		default:
			lines = append(lines, fmt.Sprintf("%s no-deal value could rise alone by %s, from %s, before no package is left.", possessive(title), pointsOf(k.Raise[p]), points(&party.Row, party.Threshold.Value)))
		}
	}
	if k.Margin != nil {
		lines = append(lines, fmt.Sprintf("All no-deal values could rise together by %s each.", pointsOf(k.Margin)))
	}
	all := s.names()
	var idle []string
	for _, b := range k.Conditions {
		name := all[b.Condition].Name
		switch {
		case b.Growth == nil:
		case b.Growth.Sign() == 0:
			idle = append(idle, name)
		case b.Growth.Sign() > 0:
			lines = append(lines, fmt.Sprintf("Without %s there would be %s more packages.", name, grouped(b.Growth)))
		default:
			lines = append(lines, fmt.Sprintf("Without %s there would be %s fewer packages.", name, strings.TrimPrefix(grouped(b.Growth), "-")))
		}
	}
	if len(idle) > 0 {
		lines = append(lines, fmt.Sprintf("Without %s the packages would be the same.", strings.Join(idle, " or ")))
	}
	if k.Why != "" {
		lines = append(lines, "Not known: "+clean(k.Why)+".")
	}
	return lines
}

// withdrawLines say which answers every package shares.
func (s *paper) withdrawLines() []string {
	c := s.File.Case
	if s.diagnosed.Slack.Options == nil {
		return nil
	}
	var lines []string
	for _, x := range s.shared() {
		line := fmt.Sprintf("%s: every acceptable package has “%s”. Whoever refuses it closes the zone.", issueTitle(c, x.issue), optionTitle(c, x.issue, x.option))
		var by []string
		for _, p := range x.by {
			by = append(by, partyName(c, p))
		}
		if len(by) > 0 {
			line += " Another answer would be worth more to " + sentenceList(by) + "."
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = append(lines, "On every issue the acceptable packages leave a choice: no single answer can be withdrawn that closes the zone by itself.")
	}
	return lines
}
