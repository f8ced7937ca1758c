package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/study"
)

// In a brief, and in full, lists end after so many.
const (
	shownSets        = 5
	shownWeak        = 8
	briefWeak        = 3
	briefConcessions = 3
)

// WriteDiagnosisText writes the diagnosis of the main reading for a terminal: what blocks a deal and would open
// one, or what could close the zone, and what the conditions named rest on.
func WriteDiagnosisText(w io.Writer, d *study.Diagnosis, o TextOptions) error {
	s := analysisPaper(d.Analysis)
	s.alone = true
	lead, all := []string{s.verdict()}, s.diagnosisSections()
	if why := s.diagnosed.Why; why != "" && (all == nil || len(s.diagnosed.BlockingSets) > 0 || s.diagnosed.Hopeless) {
		lead = append(lead, capital(clean(why))+".")
	}
	return writeSections(w, s, o, lead, all...)
}

// blocked is the section on the smallest sets of conditions that exclude every package.
func (s *paper) blocked() section {
	d := s.diagnosed
	out := section{ID: "blocks", Title: "What blocks a deal"}
	if d.Hopeless {
		out.Sentences = []string{fmt.Sprintf("%s, the logical and legal requirements alone exclude every package. Nothing that a party could concede opens a zone.", s.under(s.Main))}
		return out
	}
	n := len(d.BlockingSets)
	if n == 0 {
		out.Sentences = []string{capital(clean(d.Why)) + "."}
		return out
	}
	text := fmt.Sprintf("%s, there are %d smallest sets of conditions that no package satisfies together. As long as one of them stands in full, there is no deal.", s.under(s.Main), n)
	if n == 1 {
		text = fmt.Sprintf("%s, one smallest set of conditions blocks every deal: no package satisfies all of it.", s.under(s.Main))
	}
	if !d.Complete {
		text = fmt.Sprintf("%s, no package satisfies the following conditions together. There may be more such sets than the %d found.", s.under(s.Main), n)
	}
	out.Sentences = []string{text}
	out.Short = strings.TrimSuffix(s.blockedBy(&d.BlockingSets[0]), ".")
	if n > 1 {
		out.Short += fmt.Sprintf("; and %s", plural(n-1, "other set", "other sets"))
	}
	out.Short += "."
	reasons := sectionList{Head: "The shortest reasons", Numbered: true, Left: left(n-shownSets, d.Complete)}
	var sets [][]string
	var said []string
	for i := range d.BlockingSets[:min(n, shownSets)] {
		text := s.blockedBy(&d.BlockingSets[i])
		reasons.Items = append(reasons.Items, text)
		sets = append(sets, d.BlockingSets[i].Conditions)
		said = append(said, fmt.Sprintf("%d: %s", i+1, text))
	}
	out.Lists = append(out.Lists, reasons)
	if lines := s.weakLines(); len(lines) > 0 {
		most := briefWeak
		if s.alone {
			most = shownWeak
		}
		out.Lists = append(out.Lists, sectionList{Head: "What the verdict hangs on and is weakly supported", Items: lines[:min(len(lines), most)], Left: left(len(lines)-most, true)})
	}
	out.Drawing = s.conditionDrawing("blocks", "Which conditions block a deal together", strings.Join(said, " "), sets, nil)
	out.Caption = "Each column is one reason, with its number above: no package satisfies the conditions marked in it together."
	if !s.alone { // else the next section has them
		out.Limits = s.conditionRows(sets)
	}
	return out
}

// opening is the section on the smallest changes that open a zone.
func (s *paper) opening() section {
	d := s.diagnosed
	out := section{ID: "opens", Title: "What would open one"}
	n := len(d.OpeningSets)
	if n > 0 {
		s.changesThatOpen(&out)
	} else {
		out.Sentences = []string{"No change that would open a zone was found within the budget of work."}
	}
	if text := s.inPoints(); text != "" {
		out.Sentences = append(out.Sentences, text)
	}
	if d.ConcessionsWhy != "" {
		out.Sentences = append(out.Sentences, capital(clean(d.ConcessionsWhy))+".")
	}
	if n > 0 && len(s.Main.Space.Parties) == 2 && len(d.Concessions) > 1 {
		out.Drawing = s.stairs(out.Sentences[1])
		out.Caption = "Points that each side would accept below its no-deal value, everything else as it is. Every dot is a smallest pair that is enough; so is anything in the tinted part."
	}
	if s.alone {
		var sets [][]string
		for i := range d.BlockingSets[:min(len(d.BlockingSets), shownSets)] {
			sets = append(sets, d.BlockingSets[i].Conditions)
		}
		for i := range d.OpeningSets[:min(n, shownSets)] {
			sets = append(sets, d.OpeningSets[i].Relax)
		}
		out.Limits = s.conditionRows(sets)
	}
	return out
}

// changesThatOpen says and draws the smallest changes that open a zone.
func (s *paper) changesThatOpen(out *section) {
	d := s.diagnosed
	n, first := len(d.OpeningSets), &d.OpeningSets[0]
	var parts []string
	for i := range first.Concedes {
		parts = append(parts, s.concedes(&first.Concedes[i]))
	}
	out.Short = capital(sentenceList(parts)) + "."
	text := fmt.Sprintf("%s, the smallest change that opens a zone is this: %s.", s.under(s.Main), sentenceList(parts))
	if n > 1 {
		text += " Changes are ordered by the number of conditions, then by points, and by nothing else."
	}
	out.Sentences = []string{text}
	changes := sectionList{Head: "The smallest changes, each with a package that it opens", Numbered: true, Left: left(n-shownSets, d.Complete)}
	var sets [][]string
	var said, asked []string
	for i := range d.OpeningSets[:min(n, shownSets)] {
		o := &d.OpeningSets[i]
		text := s.openedBy(o)
		changes.Items = append(changes.Items, text)
		sets = append(sets, o.Relax)
		said = append(said, fmt.Sprintf("%d: %s", i+1, text))
		points := ""
		if o.Points.Sign() > 0 {
			points = decimals(o.Points)
		}
		asked = append(asked, points)
	}
	out.Lists = append(out.Lists, changes)
	out.Drawing = s.conditionDrawing("opens", "Which changes open a zone", strings.Join(said, " "), sets, asked)
	out.Caption = "Each column is one change, with its number above: the conditions marked in it give way together. Below: points asked below no-deal values, where any are."
}

// inPoints says what would be enough in points alone; empty where that is not known.
func (s *paper) inPoints() string {
	d, most := s.diagnosed, briefConcessions
	if s.alone {
		most = shownSets
	}
	all := d.Concessions
	if len(all) == 0 {
		return ""
	}
	var enough []string
	for i := range all[:min(len(all), most)] {
		enough = append(enough, s.conceding(&all[i]))
	}
	text := "In points alone, everything else as it is, this is enough: " + enough[0]
	if len(enough) > 1 {
		text = "In points alone, everything else as it is, any of these is enough: " + strings.Join(enough, "; or ")
	}
	if n := len(all) - len(enough); n > 0 {
		text += fmt.Sprintf("; and %d more", n)
		if !d.ConcessionsComplete {
			text += " that are known"
		}
	}
	return text + "."
}

// left says how many entries are not shown, without its full stop.
func left(n int, complete bool) string {
	switch {
	case n <= 0:
		return ""
	case complete:
		return fmt.Sprintf("And %d more", n)
	}
	return fmt.Sprintf("And %d more that are known", n)
}

// inOrder returns the conditions of sets in the order of the diagnosis.
func (s *paper) inOrder(sets [][]string) []named {
	var out []named
	for i := range s.diagnosed.Conditions {
		c := &s.diagnosed.Conditions[i]
		if slices.ContainsFunc(sets, func(set []string) bool { return slices.Contains(set, c.ID) }) {
			out = append(out, s.named(c))
		}
	}
	return out
}

// conditionRows are the conditions of sets with their reasons.
func (s *paper) conditionRows(sets [][]string) []limit {
	var rows []limit
	for _, n := range s.inOrder(sets) {
		row := limit{Who: "Everybody", What: capital(n.Name), Because: n.Because, Confidence: n.Confidence, Refs: s.cite(n.Statements)}
		if n.Party >= 0 {
			row.Who = partyTitle(s.File.Case, n.Party)
		}
		if n.Text != "" && n.Kind != "no_deal" {
			row.What += ": " + n.rule()
		}
		rows = append(rows, row)
	}
	return rows
}

// closing is the section on how close a zone is to closing.
func (s *paper) closing() section {
	k := s.diagnosed.Slack
	out := section{ID: "closes", Title: "What could close the zone"}
	out.Short, out.Sentences = s.closest()
	if lines := s.withdrawLines(); len(lines) > 0 {
		out.Lists = append(out.Lists, sectionList{Head: "What could still be withdrawn", Items: lines})
	}
	out.Drawing, out.Caption = s.slackDrawing(k)
	out.Instead.Tables = s.slackGrids()
	var binding []string
	for _, b := range k.Conditions {
		if b.Growth != nil && b.Growth.Sign() != 0 {
			binding = append(binding, b.Condition)
		}
	}
	if binding != nil {
		out.Limits = s.conditionRows([][]string{binding})
	}
	if k.Why != "" {
		out.Notes = append(out.Notes, "Not known: "+clean(k.Why)+".")
	}
	return out
}

// closest says first, and in short, what is nearest to closing the zone.
func (s *paper) closest() (short string, out []string) {
	r, k := s.Main, s.diagnosed.Slack
	c := s.File.Case
	var least *big.Rat
	at := -1
	for p := range r.Space.Parties {
		if raise := k.Raise[p]; raise != nil && (least == nil || raise.Cmp(least) < 0) {
			least, at = raise, p
		}
	}
	if at >= 0 {
		party := &r.Space.Parties[at]
		text := fmt.Sprintf("%s, the no-deal value nearest to closing the zone is that of %s: it could rise by %s, from %s to %s, before no package is left.",
			s.under(r), partyName(c, at), pointsOf(least), points(&party.Row, party.Threshold.Value), decimals(new(big.Rat).Add(party.Points(party.Threshold.Value), least)))
		if nd := partyAt(r.Case, at).NoDeal; nd != nil && nd.Value.High != nil && nd.Value.Low.Cmp(nd.Value.High) != 0 {
			top := new(big.Rat).Add(party.Points(party.Threshold.Value), least)
			if nd.Value.High.Cmp(top) > 0 {
				text += fmt.Sprintf(" It is assumed to be as high as %s, which would close the zone.", decimals(nd.Value.High))
			} else {
				text += fmt.Sprintf(" Even the highest that it is assumed to be, %s, would not close it.", decimals(nd.Value.High))
			}
		}
		short = fmt.Sprintf("%s no-deal value, if it rose by more than %s.", possessive(partyName(c, at)), pointsOf(least))
		if k.Margin != nil && len(r.Space.Parties) > 1 {
			text += fmt.Sprintf(" All no-deal values could rise together by %s each.", pointsOf(k.Margin))
		}
		out = append(out, text)
	}
	var spared []string
	for p := range r.Space.Parties {
		if k.Dispensable != nil && k.Dispensable[p] && r.Space.Parties[p].Threshold.Set {
			spared = append(spared, partyName(c, p))
		}
	}
	if len(spared) > 0 {
		out = append(out, fmt.Sprintf("There are packages with consent whatever %s makes of them.", orList(spared)))
	}
	var most *diagnose.Binding
	for i := range k.Conditions {
		if b := &k.Conditions[i]; b.Growth != nil && b.Growth.Sign() > 0 && (most == nil || b.Growth.Cmp(most.Growth) > 0) {
			most = b
		}
	}
	if most != nil {
		text := fmt.Sprintf("The condition that keeps out most is %s: without it there would be %s more packages", s.names()[most.Condition].Name, grouped(most.Growth))
		if n := r.ZoneCount(); n != nil {
			text += fmt.Sprintf(", beside the %s in the zone", grouped(n))
		}
		out = append(out, text+".")
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("%s, no condition by itself is known to be close to closing the zone.", s.under(r)))
	}
	return short, out
}

// slackGrids are how far each no-deal value could rise, and what each condition keeps out.
func (s *paper) slackGrids() []grid {
	r, k := s.Main, s.diagnosed.Slack
	raise := grid{Caption: "How far each no-deal value could rise alone before no package is left", Heads: []string{"Party", "No-deal value", "Could rise by"}}
	for p := range r.Space.Parties {
		party := &r.Space.Parties[p]
		by := "not known"
		switch {
		case !party.Threshold.Set:
			by = ""
		case k.Dispensable != nil && k.Dispensable[p]:
			by = "any number: there is consent without it"
		case k.Raise[p] != nil:
			by = pointsOf(k.Raise[p])
		}
		raise.Rows = append(raise.Rows, []cell{{Text: partyTitle(s.File.Case, p)}, {Text: noDealText(party)}, {Text: by}})
	}
	without := grid{Caption: "Packages more or fewer without each condition, by itself", Heads: []string{"Condition", "Packages"}}
	all := s.names()
	for _, b := range k.Conditions {
		if b.Growth != nil {
			without.Rows = append(without.Rows, []cell{{Text: capital(all[b.Condition].Name)}, {Text: signedCount(b.Growth)}})
		}
	}
	if without.Rows == nil {
		return []grid{raise}
	}
	return []grid{raise, without}
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

func (s *paper) conceding(c *diagnose.Concession) string {
	var parts []string
	for p, points := range c.Points {
		if points.Sign() > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", partyName(s.File.Case, p), pointsOf(points)))
		}
	}
	return sentenceList(parts) + " below the no-deal value"
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
