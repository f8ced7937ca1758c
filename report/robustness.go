package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/study"
)

// WriteRobustnessText writes how far an answer hangs on uncertain numbers for a terminal:
// sentences first, then what moves the answer, then the packages followed.
func WriteRobustnessText(w io.Writer, x *study.Robustness, o TextOptions) error {
	s := robustnessPaper(x)
	s.alone = true
	return writeSections(w, s, o, nil, s.sure())
}

// sure is the section on uncertainty, of a study that has been assessed.
func (s *paper) sure() section {
	out := section{ID: "sure", Title: "How sure are we", Short: s.sureShort(), Sentences: s.sureness(), More: "The shares as tables", Notes: s.sureNotes()}
	if at, asks := s.asks(); at >= 0 {
		out.Drawing = s.tornado(at, asks)
		out.Instead.Tables = []grid{s.moverBars(at, asks)}
		out.Caption = fmt.Sprintf("What moves the answer: %s. Each bar is the share of draws in which drawing this group of numbers anew, and nothing else, turns that answer around; the line across is the 95\u00a0%% interval over %s pairs of draws. Numbers that are not shown turn it around less often, or never.",
			asks, grouped(big.NewInt(int64(s.robustness.Pairs))))
	}
	for _, g := range []*grid{s.candidateGrid(), s.groupGrid(), s.moverGrid(12)} {
		if g != nil {
			out.Tables = append(out.Tables, *g)
		}
	}
	return out
}

// sureShort is the answer in one sentence.
func (s *paper) sureShort() string {
	b := s.robustness
	if b.Numbers == 0 {
		return ""
	}
	var parts []string
	if b.Solved {
		parts = append(parts, shareText(b.Zone)+" of "+drawsText(b.Draws)+" have a zone")
	}
	if b.Focus >= 0 && b.Candidates[b.Focus].Zone.Draws > 0 {
		c := &b.Candidates[b.Focus]
		text := "the package to look at first is acceptable in " + shareText(c.Zone)
		if s.Main.Space.AsksHome() {
			text += " and also carried at home in " + shareText(c.ZoneCarried)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return ""
	}
	return capital(strings.Join(parts, "; ")) + "."
}

// moverBars are the drawing of what moves an answer as a table, its bars in characters.
func (s *paper) moverBars(question int, asks string) grid {
	g := grid{Caption: "Share of draws in which drawing one group of numbers anew turns around " + asks, Heads: []string{"", "", ""}}
	movers := s.movers(question, tornadoRows)
	for _, e := range movers {
		x := e.Parts[question].Flips
		g.Rows = append(g.Rows, []cell{{Text: s.sourceTitle(e.Source)}, {Text: textBar(x.Value()/movers[0].Parts[question].Flips.Value(), 12)}, {Text: shareText(x)}})
	}
	return g
}

// textBar is a bar in characters, as long as a share of so many.
func textBar(share float64, of int) string {
	return strings.Repeat("█", max(1, int(share*float64(of)+0.5)))
}

// candidateName names a candidate by every rule and record that it is.
func (s *paper) candidateName(k int) string {
	c := &s.robustness.Candidates[k]
	var names []string
	var picked []string
	for _, id := range c.IDs {
		if p, ok := strings.CutPrefix(id, "packages."); ok {
			names = append(names, "“"+packageTitle(s.File.Case, p)+"”")
			continue
		}
		for _, rule := range study.Rules {
			if rule.Key == id {
				picked = append(picked, rule.Name)
			}
		}
	}
	if len(picked) > 0 {
		names = append([]string{capital(strings.Join(picked, ", "))}, names...)
	}
	if len(names) == 0 {
		return "Nash in " + shareText(c.Nash) + " of draws"
	}
	return strings.Join(names, ", ")
}

// shareText writes a share as a percentage.
func shareText(x robust.Share) string {
	return percent(big.NewInt(int64(x.Hits)), big.NewInt(int64(x.Draws)))
}

// endText writes an end of an interval, a share in millionths, rounded outwards to a
// tenth of a percent.
func endText(x float64, up bool) string {
	n := int64(x*1e6 + 0.5)
	tenths := n / 1000
	if up && n%1000 > 0 {
		tenths++
	}
	return decimals(big.NewRat(tenths, 10)) + "\u00a0%"
}

// interval writes the interval of a share.
func interval(x robust.Share) string {
	return strings.TrimSuffix(endText(x.Low, false), "\u00a0%") + " to " + endText(x.High, true)
}

func drawsText(n int) string { return counted(big.NewInt(int64(n)), "draw", "draws") }

// rowTitle names whose row it is.
func (s *paper) rowTitle(row int) string {
	at := 0
	for q := range s.Main.Space.Parties {
		if at == row {
			return partyTitle(s.File.Case, q)
		}
		if k := row - at - 1; k < len(s.Main.Space.Parties[q].Constituencies) {
			return constituencyTitle(s.File.Case, q, k) + " (" + partyTitle(s.File.Case, q) + ")"
		}
		at += 1 + len(s.Main.Space.Parties[q].Constituencies)
	}
	return ""
}

// sourceTitle names a source: what its numbers are about, and whose they are.
func (s *paper) sourceTitle(at int) string {
	src := &s.robustness.Sources[at]
	who := s.rowTitle(src.Row)
	var on []string
	for _, k := range src.Numbers {
		n := &s.robustness.Uncertain.Numbers[k]
		what := ""
		switch {
		case n.Kind == outcome.Score:
			what = issueTitle(s.File.Case, n.Issue)
		case n.Kind == outcome.Addition:
			what = "Adjustment “" + lineName(s.File.Case, n.ID) + "”"
		case strings.HasSuffix(n.ID, ".accepts_at"):
			what = "Points at which they accept"
		default:
			what = "No-deal value"
		}
		if !slices.Contains(on, what) {
			on = append(on, what)
		}
	}
	return strings.Join(on, ", ") + " · " + who
}

// questions are the answers as people read them, in the order in which a drawing of
// one of them is chosen.
var questions = []struct {
	question robust.Question
	asks     string
}{
	{robust.QuestionZone, "whether there is a package that all could accept"},
	{robust.QuestionFocus, "whether the package to look at first is acceptable"},
	{robust.QuestionCarried, "whether the package to look at first is acceptable and carried at home on every side"},
	{robust.QuestionNash, "which package is Nash: still that of the case’s headline numbers, or another"},
}

// asks returns the position among Answers of the question that is drawn, the first
// that some source turns around, with its words; -1 where there is none.
func (s *paper) asks() (int, string) {
	for _, q := range questions {
		for i, a := range s.robustness.Answers {
			if a.Question != q.question {
				continue
			}
			for _, e := range s.robustness.Effects {
				if len(e.Parts) > i && e.Parts[i].Flips.Hits > 0 {
					return i, q.asks
				}
			}
		}
	}
	return -1, ""
}

// movers returns the effects that turn the answer to a question around, most often first.
func (s *paper) movers(question, most int) []robust.Effect {
	var all []robust.Effect
	for _, e := range s.robustness.Effects {
		if len(e.Parts) > question && e.Parts[question].Flips.Hits > 0 {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(x, y robust.Effect) int {
		return y.Parts[question].Flips.Hits - x.Parts[question].Flips.Hits
	})
	return all[:min(most, len(all))]
}

// sureness returns the answer in sentences.
func (s *paper) sureness() []string {
	r, b := s.Main, s.robustness
	if b.Numbers == 0 {
		return []string{"No number of this case is given as a range, so nothing here says how far the answer depends on the scores. Write a number as 8..14 or 8..10..14 in the case file, or vary every score by a percentage."}
	}
	var out []string
	what := "the " + counted(big.NewInt(int64(b.Numbers)), "uncertain number", "uncertain numbers")
	if b.Spread != nil {
		what += " (every score without a range varied by " + decimals(new(big.Rat).Mul(b.Spread, big.NewRat(100, 1))) + "\u00a0% to either side)"
	}
	whom := "every party could accept"
	if !unanimous(r.Space) {
		whom = "meets the consent rule"
	}
	if b.Solved {
		text := fmt.Sprintf("%s, with %s drawn %s from their ranges, there is a package that %s in %s of the draws (95\u00a0%% interval %s).",
			s.under(r), what, times(b.Draws), whom, shareText(b.Zone), interval(b.Zone))
		out = append(out, text)
	} else {
		out = append(out, fmt.Sprintf("%s, %s were drawn %s from their ranges, and packages were judged in each draw; whether other packages exist was not looked for: %s.",
			s.under(r), what, times(b.Draws), strings.TrimSuffix(clean(b.Why), ".")))
	}
	if b.Focus >= 0 {
		c := &b.Candidates[b.Focus]
		text := fmt.Sprintf("The package to look at first is acceptable in %s of them (%s)", shareText(c.Zone), interval(c.Zone))
		if r.Space.AsksHome() {
			text += fmt.Sprintf(", and also carried at home on every side in %s (%s)", shareText(c.ZoneCarried), interval(c.ZoneCarried))
		}
		out = append(out, text+".")
	}
	if n := &b.Nash; b.Solved && n.Different > 0 {
		text := ""
		switch {
		case n.Different == 1 && n.Package != nil && slices.Equal(n.ModalPackage, n.Package):
			text = "The Nash package is the same in every draw that has one."
		case n.Different == 1:
			text = "The same Nash package came up in every draw that has one, and it is not that of the headline numbers."
		case n.Package == nil:
			text = fmt.Sprintf("%d different Nash packages came up, the commonest in %s of the draws.", n.Different, shareText(n.Modal))
		default:
			text = fmt.Sprintf("The Nash package of the headline numbers is the Nash package in %s of the draws; %d different ones came up, the commonest in %s.", shareText(n.Stays), n.Different, shareText(n.Modal))
			if n.Modal.Value() < 0.5 {
				text += " Which package a rule picks is thus less certain than whether a deal is possible: read the pick as one of several."
			}
		}
		out = append(out, text)
	}
	if b.Most >= 0 && b.Most != b.Focus && b.Candidates[b.Most].Zone.Hits > 0 {
		c := &b.Candidates[b.Most]
		if b.Focus < 0 || c.Zone.Hits > b.Candidates[b.Focus].Zone.Hits {
			out = append(out, fmt.Sprintf("Of the packages followed, the one most often acceptable is %s, in %s of the draws.", s.inSentence(b.Most), shareText(c.Zone)))
		}
	}
	if text := s.radiusText(); text != "" {
		out = append(out, text)
	}
	if b.Ended == robust.Interrupted {
		out = append(out, fmt.Sprintf("The work was interrupted after %s of %s; shares are of those.", grouped(big.NewInt(int64(b.Draws))), drawsText(b.Asked)))
	}
	if b.Ended == robust.OverBudget {
		out = append(out, fmt.Sprintf("%s of %s were made: more would pass the budget of work.", grouped(big.NewInt(int64(b.Draws))), drawsText(b.Asked)))
	}
	return out
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return grouped(big.NewInt(int64(n))) + " times"
}

// inSentence names a candidate within a sentence.
func (s *paper) inSentence(k int) string {
	c := &s.robustness.Candidates[k]
	if len(c.IDs) == 0 {
		return "one that is Nash in " + shareText(c.Nash) + " of them"
	}
	if strings.HasPrefix(c.IDs[0], "packages.") {
		return s.candidateName(k)
	}
	return "the " + s.candidateName(k) + " package"
}

// radiusText says how far the focus stands, exactly.
func (s *paper) radiusText() string {
	b := s.robustness
	r := &b.Radius
	if b.Focus < 0 || b.Candidates[b.Focus].Zone.Draws == 0 {
		return ""
	}
	switch {
	case r.Ranges != nil && r.Ranges.Cmp(big.NewRat(1, 1)) >= 0:
		return fmt.Sprintf("Those who accept the package to look at first accept it wherever in their ranges the numbers lie, and would until every range were %s times as wide; then %s could refuse. That is exact.",
			decimals(r.Ranges), partyTitle(s.File.Case, r.RangesParty))
	case r.Ranges != nil:
		return fmt.Sprintf("Those who accept the package to look at first are sure to accept it only while no number is further from its headline value than %s of what its range allows; beyond that, in the worst case, %s could refuse. That is exact.",
			percentRat(r.Ranges), partyTitle(s.File.Case, r.RangesParty))
	}
	return ""
}

func percentRat(r *big.Rat) string { return percent(r.Num(), r.Denom()) }

// sureNotes say what shares and drawing mean.
func (s *paper) sureNotes() []string {
	b := s.robustness
	if b.Numbers == 0 {
		return nil
	}
	out := []string{fmt.Sprintf("Every share is a share of draws under these assumptions: the ranges are the analyst’s, and so are the shapes (uniform, or triangular around the headline value). Numbers vary independently, but for those that the case says move together. %s, seed %d.", capital(drawsText(b.Draws)), b.Seed)}
	if b.Ended == robust.Settled {
		out = append(out, fmt.Sprintf("Drawing stopped before %s because the intervals of the first three shares were at most one point of percent to either side.", drawsText(b.Asked)))
	}
	if len(b.Nash.Narrowed) > 0 {
		var parts []string
		for _, n := range b.Nash.Narrowed {
			parts = append(parts, fmt.Sprintf("%s of the draws with every range at %s of its width", shareText(n.Stays), percentRat(new(big.Rat).SetFloat64(n.Ranges))))
		}
		out = append(out, "The Nash package stays in "+sentenceList(parts)+".")
	}
	if b.LeftOut > 0 {
		out = append(out, fmt.Sprintf("%d groups of numbers with the narrowest ranges were not measured one by one.", b.LeftOut))
	}
	return out
}

// candidateGrid lists the packages followed.
func (s *paper) candidateGrid() *grid {
	b := s.robustness
	if len(b.Candidates) == 0 || b.Numbers == 0 || b.Candidates[0].Zone.Draws == 0 {
		return nil
	}
	g := &grid{Caption: "Share of draws in which each package is accepted, with 95 % intervals", Heads: []string{"Package"}, Numbers: true}
	for q := range s.Main.Space.Parties {
		g.Heads = append(g.Heads, partyTitle(s.File.Case, q)+" accepts")
	}
	g.Heads = append(g.Heads, "In the zone")
	home := s.Main.Space.AsksHome()
	if home {
		g.Heads = append(g.Heads, "And carried at home")
	}
	if b.Solved {
		g.Heads = append(g.Heads, "Is Nash")
	}
	widest := 0.0
	for k := range b.Candidates {
		c := &b.Candidates[k]
		shares := append(slices.Clone(c.Parties), c.Zone)
		if home {
			shares = append(shares, c.ZoneCarried)
		}
		if b.Solved {
			shares = append(shares, c.Nash)
		}
		row := []cell{{Text: s.candidateName(k)}}
		for _, x := range shares {
			row = append(row, cell{Text: shareText(x), More: " (" + interval(x) + ")"})
			widest = max(widest, x.High-x.Value(), x.Value()-x.Low)
		}
		g.Rows = append(g.Rows, row)
	}
	g.About = "The intervals reach at most " + endText(widest, true) + " to either side."
	return g
}

// groupGrid lists what each constituency makes of the packages followed.
func (s *paper) groupGrid() *grid {
	b := s.robustness
	if !s.Main.Space.AsksHome() || len(b.Candidates) == 0 || b.Candidates[0].Zone.Draws == 0 || b.Numbers == 0 {
		return nil
	}
	g := &grid{Caption: "Share of draws in which each group at home accepts", Heads: []string{"Package"}, Numbers: true}
	for q := range s.Main.Space.Parties {
		for k := range s.Main.Space.Parties[q].Constituencies {
			g.Heads = append(g.Heads, constituencyTitle(s.File.Case, q, k)+" ("+partyTitle(s.File.Case, q)+")")
		}
	}
	for k := range b.Candidates {
		row := []cell{{Text: s.candidateName(k)}}
		for _, of := range b.Candidates[k].Constituencies {
			for _, x := range of {
				row = append(row, cell{Text: shareText(x)})
			}
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// moverGrid is the table behind the drawing: for every question, how often each source
// turns it around; and what follows at its ends.
func (s *paper) moverGrid(most int) *grid {
	b := s.robustness
	if len(b.Effects) == 0 || b.Pairs == 0 {
		return nil
	}
	g := &grid{Caption: "What one group of numbers does by itself", Heads: []string{"Numbers"}, Narrow: []string{"Numbers"}, Numbers: true,
		About: "A question’s column is the share of draws in which its answer is turned around."}
	words := map[robust.Question]string{robust.QuestionZone: "Zone", robust.QuestionFocus: "First package acceptable", robust.QuestionCarried: "And carried at home", robust.QuestionNash: "Nash package"}
	for _, a := range b.Answers {
		g.Heads = append(g.Heads, words[a.Question]+" turned around")
		g.Narrow = append(g.Narrow, words[a.Question])
	}
	g.Heads = append(g.Heads, "At the low end", "At the high end")
	g.Narrow = append(g.Narrow, "Low end", "High end")
	for i := range b.Effects[:min(most, len(b.Effects))] {
		e := &b.Effects[i]
		row := []cell{{Text: s.sourceTitle(e.Source)}}
		for _, p := range e.Parts {
			flips := cell{Text: shareText(p.Flips)}
			if p.Flips.Hits > 0 {
				flips.More = " (" + interval(p.Flips) + ")"
			}
			row = append(row, flips)
		}
		g.Rows = append(g.Rows, append(row, cell{Text: s.endWords(&e.Low)}, cell{Text: s.endWords(&e.High)}))
	}
	if n := len(b.Effects) - most; n > 0 {
		g.Notes = append(g.Notes, plural(n, "group", "groups")+" of numbers that turn fewer answers around are left out here.")
	}
	return g
}

// endWords says what is different at an end.
func (s *paper) endWords(e *robust.End) string {
	b := s.robustness
	var parts []string
	if b.Solved && e.Zone != b.Headline {
		parts = append(parts, map[bool]string{true: "there is a zone", false: "no zone"}[e.Zone])
	}
	if b.Focus >= 0 && b.Candidates[b.Focus].Zone.Draws > 0 {
		f := bargain.Judge(s.Main.Space, b.Candidates[b.Focus].Outcome)
		if e.Focus != f.InZone {
			parts = append(parts, map[bool]string{true: "first package acceptable", false: "first package refused"}[e.Focus])
		} else if carried := !slices.Contains(f.Ratifies, false); s.Main.Space.AsksHome() && e.Focus && e.Carried != carried {
			parts = append(parts, map[bool]string{true: "carried at home", false: "not carried at home"}[e.Carried])
		}
	}
	if b.Nash.Package != nil && e.Zone && !e.Same {
		parts = append(parts, "another Nash package")
	}
	if e.Margin != nil && b.Margin != nil {
		if d := new(big.Rat).Sub(e.Margin, b.Margin); d.Sign() != 0 {
			parts = append(parts, "least gain "+signed(d))
		}
	}
	if len(parts) == 0 {
		return "the same"
	}
	return strings.Join(parts, ", ")
}
