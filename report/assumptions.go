package report

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

type mandate struct {
	Party         string
	Lines         []string
	Sources       []ref
	Preconditions []reasoned
}

type reasoned struct {
	Text    string
	Sources []ref
}

type lever struct {
	Title, By, Cost, Because string
	Changes                  []string
	Pulled                   bool
}

type limit struct {
	Who, What, Because, Confidence string
	Refs                           []citation
}

// limits is a table of assumptions that are not scores.
type limits struct {
	Caption string
	Rows    []limit
}

func verdictWord(v bargain.Verdict) string {
	switch v {
	case bargain.HasZone:
		return "There is a zone of agreement"
	case bargain.NoZone:
		return "No zone of agreement"
	}
	return "Not proven"
}

// changes says in words what a view or lever changes.
func (s *paper) changes(ch *casefile.Change) []string {
	var out []string
	with := func(text, because string) string {
		if b := clean(because); b != "" {
			text += " (" + strings.TrimSuffix(b, ".") + ")"
		}
		return text
	}
	for path, t := range ch.Set.All() {
		out = append(out, with(s.path(path)+" becomes "+numberText(t.Value), t.Because))
	}
	for path, t := range ch.Add.All() {
		n := numberText(t.Value)
		if !strings.HasPrefix(n, "−") {
			n = "+" + n
		}
		out = append(out, with(s.path(path)+" "+n, t.Because))
	}
	for _, path := range ch.Drop {
		out = append(out, s.path(path)+" is dropped")
	}
	for _, l := range ch.AddRedLines {
		out = append(out, with("New red line of "+actorName(s.File.Case, string(l.Party))+": never "+clean(s.File.Case.InWords(l.Never)), l.Because))
	}
	return out
}

// path says in words what a path of a change names.
func (s *paper) path(path string) string {
	c := s.File.Case
	parts := strings.Split(path, ".")
	if path == "consent" {
		return "The consent rule"
	}
	at, ok := c.Parties.Position(casefile.PartyID(parts[0]))
	if !ok || len(parts) < 2 {
		return "Requirement: " + lineName(c, path)
	}
	who := possessive(partyName(c, at))
	rest := parts[1:]
	if r := partyAt(c, at).Ratification; r != nil {
		if k, ok := r.Constituencies.Position(rest[0]); ok && len(rest) > 1 {
			who = possessive(constituencyTitle(c, at, k) + " (" + partyTitle(c, at) + ")")
			rest = rest[1:]
		}
	}
	switch rest[0] {
	case "no_deal":
		return who + " no-deal value"
	case "accepts_at":
		return who + " acceptance threshold"
	case "red_lines":
		return who + " red line “" + lineName(c, path) + "”"
	case "adjustments":
		return who + " adjustment “" + lineName(c, path) + "”"
	case "scores":
		if len(rest) == 3 {
			if k, ok := c.Issues.Position(casefile.IssueID(rest[1])); ok {
				option := humane(rest[2])
				if o, ok := issueAt(c, k).Position(rest[2]); ok {
					option = optionTitle(c, k, o)
				}
				return who + " score for “" + option + "” (" + issueTitle(c, k) + ")"
			}
		}
	}
	return who + " " + humane(strings.Join(rest, " "))
}

// numberText writes a number of the case as people read it, its uncertainty shown.
func numberText(n casefile.Number) string {
	if n.Low == nil || n.High == nil {
		return ""
	}
	minus := func(s string) string { return strings.Replace(s, "-", "−", 1) }
	low, high := minus(decimals(n.Low)), minus(decimals(n.High))
	if n.Low.Cmp(n.High) == 0 {
		return low
	}
	head := minus(decimals(n.Headline()))
	return head + " (" + low + " to " + high + ")"
}

func (p *page) mandates(s *paper) {
	c := s.File.Case
	for i := range c.Parties.Len() {
		party := partyAt(c, i)
		m := mandate{Party: partyTitle(c, i)}
		if x := party.Mandate; x != nil {
			for _, line := range []struct{ head, text string }{
				{"Given by", clean(x.GivenBy)}, {"Held by", clean(x.HeldBy)}, {"Date", clean(string(x.Date))},
				{"Terms", clean(x.Terms)}, {"Covers only packages in which", clean(c.InWords(x.Only))},
			} {
				if line.text != "" {
					m.Lines = append(m.Lines, line.head+": "+line.text)
				}
			}
			m.Sources = s.refs(x.Source)
		}
		for _, pre := range party.Preconditions {
			sources := slices.Clone(pre.Source)
			for _, id := range pre.Statements {
				if st, ok := c.Statements.Get(id); ok {
					sources = append(sources, st.Source...)
				}
			}
			m.Preconditions = append(m.Preconditions, reasoned{clean(pre.Text), s.refs(sources)})
		}
		p.Mandates = append(p.Mandates, m)
	}
}

// levers lists levers, those of mediators first, otherwise in the order of the file.
func (p *page) levers(s *paper) {
	c := s.File.Case
	mediators := func(l *casefile.Lever) bool {
		for _, id := range l.By {
			if id != "mediators" && !c.Mediators.Has(id) {
				return false
			}
		}
		return len(l.By) > 0
	}
	for _, first := range []bool{true, false} {
		for k := range c.Levers {
			l := &c.Levers[k]
			if mediators(l) != first {
				continue
			}
			cost := ""
			if l.Cost != nil {
				cost = l.Cost.String()
			}
			p.Levers = append(p.Levers, lever{leverTitle(c, l.ID), s.actors(l.By), cost, clean(l.Because),
				s.changes(&l.Change), slices.Contains(s.Choice.Levers, l.ID)})
		}
	}
}

// maxScoreRows is the largest number of options of one issue shown in the tables
// of scores; of a longer range, the numbers given in the case are shown.
const maxScoreRows = 40

// scoreColumn is whose scores a column of a table of scores holds.
type scoreColumn struct {
	name   string
	scores casefile.Map[casefile.IssueID, casefile.IssueScores]
}

// text writes the score of an option.
func (col *scoreColumn) text(issue casefile.IssueID, option string) string {
	is, ok := col.scores.Get(issue)
	if !ok {
		return ""
	}
	if is.Same != nil {
		return numberText(*is.Same)
	}
	n, ok := is.At.Get(option)
	if !ok {
		return "in between"
	}
	return numberText(n)
}

// scoreTable is the table of what every answer is worth.
func scoreTable(c *casefile.Case, caption string, columns []scoreColumn) grid {
	g := grid{Caption: caption, Heads: []string{"Option"}, Numbers: true}
	for _, col := range columns {
		g.Heads = append(g.Heads, col.name)
	}
	skipped := 0
	for i, id := range c.Issues.Keys() {
		is := issueAt(c, i)
		g.Rows = append(g.Rows, []cell{{Text: issueTitle(c, i)}})
		for k := range is.Len() {
			option := is.OptionID(k)
			given := slices.ContainsFunc(columns, func(col scoreColumn) bool {
				scores, ok := col.scores.Get(id)
				return ok && scores.At.Has(option)
			})
			if is.Len() > maxScoreRows && !given {
				skipped++
				continue
			}
			row := []cell{{Text: optionTitle(c, i, k)}}
			if option == is.StatusQuo {
				row[0].Text += " (status quo)"
			}
			for _, col := range columns {
				row = append(row, cell{Text: col.text(id, option)})
			}
			g.Rows = append(g.Rows, row)
		}
	}
	if skipped > 0 {
		g.Notes = append(g.Notes, plural(skipped, "further answer is", "further answers are")+" not shown; between the numbers given, scores are interpolated in a straight line.")
	}
	return g
}

func (p *page) assumptions(s *paper) {
	c := s.File.Case
	var parties []scoreColumn
	for k := range c.Parties.Len() {
		parties = append(parties, scoreColumn{partyTitle(c, k), partyAt(c, k).Scores})
	}
	caption := "What each answer is worth to each party"
	if len(parties) == 1 {
		caption = "What each answer is worth to " + parties[0].name
	}
	p.Scores = append(p.Scores, scoreTable(c, caption, parties))
	for k := range c.Parties.Len() {
		p.thresholds(s, k)
	}
	for n, q := range c.Requires {
		what := clean(c.InWords(q.Then))
		if cond := clean(c.InWords(q.If)); cond != "" {
			what = "if " + cond + ", then " + what
		}
		p.Requires = append(p.Requires, limit{capital(lineName(c, "requires."+orText(q.ID, decimal(n+1)))) + " (" + orText(clean(q.Kind), "logical") + ")", capital(what), clean(q.Because), clean(q.Confidence), s.cite(q.Statements)})
	}
	if rule := clean(c.Consent); rule != "" && rule != "everyone" {
		p.Requires = append(p.Requires, limit{"Consent", capital(clean(c.RuleInWords("", rule))), "", "", nil})
	}
}

// thresholds fills in what a party and its people at home are assumed to accept.
func (p *page) thresholds(s *paper, k int) {
	c := s.File.Case
	party := partyAt(c, k)
	name, id := partyTitle(c, k), c.Parties.Keys()[k]
	if party.NoDeal != nil {
		p.Limits = append(p.Limits, limit{name, "No-deal value: " + numberText(party.NoDeal.Value), clean(party.NoDeal.Because), "", s.cite(party.NoDeal.Statements)})
	} else {
		p.Limits = append(p.Limits, limit{name, "No-deal value: none stated, so nothing is too little", "", "", nil})
	}
	for n, l := range party.RedLines {
		p.Limits = append(p.Limits, limit{name, "Red line “" + lineName(c, string(id)+".red_lines."+orText(l.ID, decimal(n+1))) + "”: never " + clean(c.InWords(l.Never)), clean(l.Because), clean(l.Confidence), s.cite(l.Statements)})
	}
	for n, a := range party.Adjustments {
		p.Adjusted = append(p.Adjusted, limit{name, numberText(a.Add) + " points when " + clean(a.InWords(c)) + " (“" + lineName(c, string(id)+".adjustments."+orText(a.ID, decimal(n+1))) + "”)", clean(a.Because), "", s.cite(a.Statements)})
	}
	if party.Ratification == nil {
		return
	}
	var groups []scoreColumn
	for n, id := range party.Ratification.Constituencies.Keys() {
		group, _ := party.Ratification.Constituencies.Get(id)
		title := constituencyTitle(c, k, n)
		groups = append(groups, scoreColumn{title, group.Scores})
		text := "Accepts everything"
		because := ""
		var refs []string
		if t := group.AcceptsAt; t != nil {
			text, because, refs = "Accepts at "+numberText(t.Value), clean(t.Because), t.Statements
		}
		p.Limits = append(p.Limits, limit{title + " (" + name + ")", text, because, "", s.cite(append(slices.Clone(refs), group.Statements...))})
	}
	p.Groups = append(p.Groups, scoreTable(c, "What each answer is worth at home: "+name, groups))
}

// method says how the answer was computed and what its words mean.
func (s *paper) method(o BriefOptions) []string {
	r := s.Main
	a := r.Analysis
	var out []string
	how := map[bargain.Method]string{
		bargain.Listing:     "Every possible package was visited.",
		bargain.Merging:     "Frontiers of single issues were merged, which loses nothing for scores that add up.",
		bargain.Elimination: "Issues were summed one by one, linked ones once for each of their joint options, which loses nothing.",
		bargain.Branching:   "Conditions were branched on, with bounds that show what no package can reach.",
		bargain.Bounding:    "Each solution was found by itself, with bounds that show what no package can surpass; the frontier was not listed.",
	}[a.Method]
	out = append(out, how+" "+capital(clean(a.Why)))
	if a.Exact {
		out = append(out, "The verdict, the frontier and the packages picked are exact for the numbers of the case: they are computed in whole numbers and fractions, and equal values count as equal.")
	} else {
		out = append(out, "The verdict, the frontier and the packages picked are not proven in full.")
		if e := a.Frontier.Epsilon; e != nil {
			out = append(out, "No package gives everybody more than some point of the frontier shown does with "+decimals(new(big.Rat).Mul(e, big.NewRat(100, 1)))+"\u00a0% of each party’s range added.")
		}
		for _, rule := range study.Rules {
			if x := rule.Pick(&a.Solutions); x != nil && x.Gap != nil && x.Gap.Sign() > 0 {
				out = append(out, "The "+rule.Name+" package may be surpassed, but by no more than "+x.Gap.FloatString(6)+rule.Gap+".")
			}
		}
	}
	if r.Space.Rounded {
		out = append(out, roundedNote)
	}
	out = append(out,
		uncertainNote,
		acceptsNote+" The zone of agreement holds the packages that satisfy every requirement and that all parties, or those whom the consent rule asks, accept. Ratification at home never shrinks the zone.",
		"The frontier holds the packages of the zone that cannot be improved for one party without loss to another. Gains are measured from the no-deal values or, for a party without one, from its least score in the zone.",
		"Nash: greatest product of gains. Kalai–Smorodinsky: largest equal shares of each party’s greatest possible gain. Egalitarian: largest equal gains in points, the least first. Utilitarian: greatest sum of points; it compares points between parties, which nothing in the case warrants. Balanced: least difference between shares of possible gain among frontier packages.",
		"A share of packages says how many combinations of options fall in the zone. It is not a likelihood of agreement.")
	if m := a.Measures; m.Opposition != nil {
		text := "Opposition " + fmt.Sprintf("%.3f", *m.Opposition)
		if m.Distribution != nil {
			text += fmt.Sprintf(", distribution %.3f", *m.Distribution)
		}
		out = append(out, text+": the least distance of any package to full satisfaction of every party, and the mean distance of a package to the frontier, on scores scaled from 0 to 1, thresholds and red lines ignored.")
	}
	return append(out, s.written(o))
}

// Sentences on method that briefs and copies share.
const (
	roundedNote   = "Some numbers of the case did not fit the fixed-point range and were rounded first; results are exact for the rounded numbers."
	uncertainNote = "An uncertain number enters with its mode, or its midpoint where it has none. Points are shown with at most two digits after the point."
	acceptsNote   = "A party accepts a package that crosses none of its red lines and gives it at least its no-deal value."
)

// written says from which file, and by which version of the program.
func (s *paper) written(o BriefOptions) string {
	text := "Case " + s.File.Case.ID + ", SHA-256 of its file " + s.hash()
	if o.Version != "" {
		text += ", written by goodoffices " + clean(o.Version)
	}
	return text + "."
}
