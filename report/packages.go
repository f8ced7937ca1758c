package report

import (
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// A card is a package worth proposing.
type card struct {
	Label   string
	Name    string
	Ties    string
	Status  bool // every issue at its status quo
	Parties []cardParty
}

type cardParty struct {
	Party    string
	Score    string
	Versus   string
	Gains    []string
	Gives    []string
	Gets     []string // where there is no status quo to compare with
	Explains []string
	Home     string
}

type recordRow struct {
	Label    string
	Title    string
	By       string
	Date     string
	Note     string
	Status   bool
	Scores   []cell
	Accepted string
	Home     string
	Broken   []string
	Terms    []string
	Sources  []ref
}

// packages fills the table of terms and the cards.
func (p *page) packages(s *paper) {
	r, c := s.Main, s.File.Case
	found := r.Proposals()
	if len(found) == 0 {
		return
	}
	terms := &grid{Caption: "What each package settles, issue by issue", Heads: []string{"Issue"}}
	for k := range found {
		terms.Heads = append(terms.Heads, packageHead(&found[k]))
	}
	if r.StatusQuo != nil {
		terms.Heads = append(terms.Heads, "Status quo")
	}
	for i := range r.Space.Issues {
		row := []cell{{Text: issueTitle(c, i)}}
		for k := range found {
			text := optionTitle(c, i, found[k].Outcome[i])
			mark := ""
			if r.StatusQuo != nil && r.StatusQuo.Outcome[i] != found[k].Outcome[i] {
				mark = "changed"
			}
			row = append(row, cell{Text: text, Mark: mark})
		}
		if r.StatusQuo != nil {
			row = append(row, cell{Text: optionTitle(c, i, r.StatusQuo.Outcome[i])})
		}
		terms.Rows = append(terms.Rows, row)
	}
	p.Terms = terms
	for k := range found {
		f := &found[k]
		card := card{Label: f.Letters(), Name: s.proposalName(f), Status: r.IsStatusQuo(f.Outcome)}
		if f.Ties != nil && f.Ties.Cmp(big.NewInt(1)) > 0 {
			card.Ties = "One of " + grouped(f.Ties) + " packages that the rule ranks alike; shown is the first in the order of the file."
		}
		for i := range r.Space.Parties {
			card.Parties = append(card.Parties, s.cardParty(f, i))
		}
		p.Packages = append(p.Packages, card)
	}
}

func packageHead(p *study.Proposal) string { return p.Letters() + " · " + proposalLabel(p) }

func (s *paper) cardParty(f *study.Proposal, i int) cardParty {
	r, c := s.Main, s.File.Case
	party := &r.Space.Parties[i]
	u := f.Judgment.Utilities[i]
	out := cardParty{Party: partyTitle(c, i), Score: points(&party.Row, u)}
	if party.Threshold.Set {
		margin := party.Points(u - party.Threshold.Value)
		out.Versus = fmt.Sprintf("%s without a deal, %s", points(&party.Row, party.Threshold.Value), signed(margin))
	} else {
		out.Versus = "no no-deal value is stated"
	}
	if r.StatusQuo != nil {
		for k := range r.Space.Issues {
			was, is := r.StatusQuo.Outcome[k], f.Outcome[k]
			if was == is {
				continue
			}
			d := party.Scores[k][is] - party.Scores[k][was]
			text := fmt.Sprintf("%s: %s", issueTitle(c, k), optionTitle(c, k, is))
			switch {
			case d > 0:
				out.Gains = append(out.Gains, text+" ("+signed(party.Points(d))+")")
			case d < 0:
				out.Gives = append(out.Gives, text+" ("+signed(party.Points(d))+")")
			}
		}
		var together int64
		for _, a := range party.Adjustments {
			if a.When.Holds(f.Outcome) {
				together += a.Add
			}
			if a.When.Holds(r.StatusQuo.Outcome) {
				together -= a.Add
			}
		}
		switch {
		case together > 0:
			out.Gains = append(out.Gains, "Taken together ("+signed(party.Points(together))+")")
		case together < 0:
			out.Gives = append(out.Gives, "Taken together ("+signed(party.Points(together))+")")
		}
	}
	if r.StatusQuo == nil {
		for k := range r.Space.Issues {
			scores := party.Scores[k]
			out.Gets = append(out.Gets, fmt.Sprintf("%s: %s (%s of at most %s)", issueTitle(c, k), optionTitle(c, k, f.Outcome[k]),
				points2(&party.Row, scores[f.Outcome[k]]), points2(&party.Row, slices.Max(scores))))
		}
	}
	out.Explains = s.explains(f, i)
	out.Home = s.homeVerdict(&f.Judgment, i)
	return out
}

// signed writes a difference of points with its sign.
func signed(d *big.Rat) string {
	if d.Sign() > 0 {
		return "+" + decimals(d)
	}
	return strings.Replace(decimals(d), "-", "−", 1)
}

// homeVerdict says whether a party's constituencies carry a package.
func (s *paper) homeVerdict(j *bargain.Judgment, i int) string {
	party := &s.Main.Space.Parties[i]
	n := len(party.Constituencies)
	if n == 0 {
		return "no constituencies in the case"
	}
	yes := bits.OnesCount64(j.ConstituencyAccepts[i])
	text := fmt.Sprintf("%d of %d groups accept", yes, n)
	if j.Ratifies[i] {
		return "carried: " + text
	}
	return "not carried: " + text
}

// explains lists what a party must explain at home: groups that refuse, its own
// statements against what the package settles, other options it asked for, and a
// mandate that does not cover the package.
func (s *paper) explains(f *study.Proposal, i int) []string {
	r, c := s.Main, s.File.Case
	party := &r.Space.Parties[i]
	var out []string
	for k := range party.Constituencies {
		row := &party.Constituencies[k]
		if f.Judgment.ConstituencyAccepts[i]>>k&1 == 0 {
			out = append(out, fmt.Sprintf("%s would refuse: %s points, below the %s at which they accept", constituencyTitle(c, i, k),
				points(row, f.Judgment.Constituencies[i][k]), points(row, row.Threshold.Value)))
		}
	}
	for _, id := range f.Judgment.Broken {
		if strings.HasPrefix(id, party.ID+".") {
			out = append(out, capital(s.against(r, id, &f.Judgment)))
		}
	}
	own := c.Parties.Keys()[i]
	for k, issue := range c.Issues.Keys() {
		is := issueAt(c, k)
		chosen := is.OptionID(f.Outcome[k])
		var asked []string
		met := false
		for _, st := range c.Statements.All() {
			if st.Actor != string(own) || st.On != issue || st.Option == "" {
				continue
			}
			switch st.Stance {
			case "reject":
				if st.Option == chosen {
					text := fmt.Sprintf("%s: it rejected “%s”", issueTitle(c, k), optionTitle(c, k, f.Outcome[k]))
					if d := clean(string(st.Date)); d != "" {
						text += " (" + d + ")"
					}
					out = append(out, text)
				}
			case "ask":
				if st.Option == chosen {
					met = true
				} else if at, ok := is.Position(st.Option); ok {
					if title := "“" + optionTitle(c, k, at) + "”"; !slices.Contains(asked, title) {
						asked = append(asked, title)
					}
				}
			}
		}
		if !met && len(asked) > 0 {
			out = append(out, fmt.Sprintf("%s: it asked for %s", issueTitle(c, k), strings.Join(asked, " or ")))
		}
	}
	if s.beyondMandate(own, f.Outcome) {
		out = append(out, "The package goes beyond the mandate of its negotiators")
	}
	return out
}

// records fills the table of packages on record.
func (p *page) records(s *paper) {
	r, c := s.Main, s.File.Case
	row := func(label, title string, j *study.Judged) recordRow {
		out := recordRow{Label: label, Title: title}
		for i := range r.Space.Parties {
			party := &r.Space.Parties[i]
			mark, verb := "no", "refuses"
			if j.Judgment.Accepts>>i&1 != 0 {
				mark, verb = "yes", "accepts"
			}
			out.Scores = append(out.Scores, cell{Text: points(&party.Row, j.Judgment.Utilities[i]) + ", " + verb, Mark: mark})
		}
		var home []string
		for i := range r.Space.Parties {
			if len(r.Space.Parties[i].Constituencies) > 0 {
				home = append(home, partyTitle(c, i)+": "+s.homeVerdict(&j.Judgment, i))
			}
		}
		out.Home = strings.Join(home, "; ")
		for _, id := range j.Judgment.Broken {
			out.Broken = append(out.Broken, capital(s.against(r, id, &j.Judgment)))
		}
		for i := range r.Space.Issues {
			if r.StatusQuo == nil || r.StatusQuo.Outcome[i] != j.Outcome[i] {
				out.Terms = append(out.Terms, issueTitle(c, i)+": "+optionTitle(c, i, j.Outcome[i]))
			}
		}
		return out
	}
	for n := range r.Packages {
		j := &r.Packages[n]
		pk, _ := c.Packages.Get(j.ID)
		out := row(decimal(n+1), packageTitle(c, j.ID), j)
		out.By = s.actors(pk.By)
		out.Date, out.Note, out.Sources = clean(string(pk.Date)), clean(pk.Note), s.refs(pk.Source)
		p.Records = append(p.Records, out)
	}
	if r.StatusQuo != nil {
		out := row("SQ", "Status quo on every issue", r.StatusQuo)
		out.Status = true
		out.Terms = nil
		p.Records = append(p.Records, out)
	}
}

// closest picks the packages on record that come closest to acceptance, where no
// package is accepted.
func (p *page) closest(s *paper) {
	r, c := s.Main, s.File.Case
	if p.NoZone {
		for _, near := range r.Closest() {
			for _, rec := range p.Records {
				if !rec.Status && rec.Title == packageTitle(c, near.ID) {
					p.Closest = append(p.Closest, rec)
					break
				}
			}
		}
	}
}

// bounds fills the minimum–maximum tables.
func (p *page) bounds(s *paper) {
	r, c := s.Main, s.File.Case
	if !r.HasZone() || r.Analysis.Zone.Options == nil {
		return
	}
	for i := range r.Space.Parties {
		party := &r.Space.Parties[i]
		g := grid{Caption: "Minimum and maximum for " + partyTitle(c, i), Heads: []string{"Issue", "Acceptable minimum", "Practical maximum"}}
		for k, uses := range r.Analysis.Zone.Options {
			least, most := -1, -1
			for o, occurs := range uses {
				if !occurs {
					continue
				}
				if least < 0 || party.Scores[k][o] < party.Scores[k][least] {
					least = o
				}
				if most < 0 || party.Scores[k][o] > party.Scores[k][most] {
					most = o
				}
			}
			if least < 0 {
				continue
			}
			name := func(at int) string {
				var names []string
				more := 0
				for o, occurs := range uses {
					if !occurs || party.Scores[k][o] != party.Scores[k][at] {
						continue
					}
					if len(names) == 3 {
						more++
						continue
					}
					names = append(names, optionTitle(c, k, o))
				}
				text := strings.Join(names, " or ")
				if more > 0 {
					text += fmt.Sprintf(" or %d more", more)
				}
				return text + " (" + decimals(party.Points(party.Scores[k][at])) + ")"
			}
			row := []cell{{Text: issueTitle(c, k)}}
			if party.Scores[k][least] == party.Scores[k][most] {
				row = append(row, cell{Text: "indifferent: " + name(least)}, cell{Text: "the same"})
			} else {
				row = append(row, cell{Text: name(least)}, cell{Text: name(most)})
			}
			g.Rows = append(g.Rows, row)
		}
		p.Bounds = append(p.Bounds, g)
	}
}

func (p *page) division(s *paper) {
	r, c := s.Main, s.File.Case
	p.DivWhy = s.divisionWhy
	d := s.division
	if d == nil {
		return
	}
	g := &grid{Caption: "Adjusted Winner", Heads: []string{"Issue"}, Numbers: true}
	for i := range r.Space.Parties {
		g.Heads = append(g.Heads, partyTitle(c, i))
	}
	one := big.NewRat(1, 1)
	for i := range r.Space.Issues {
		share := d.Shares[i]
		other := new(big.Rat).Sub(one, share)
		g.Rows = append(g.Rows, []cell{{Text: issueTitle(c, i)}, {Text: share.RatString()}, {Text: other.RatString()}})
	}
	g.Rows = append(g.Rows, []cell{{Text: "Points out of 100"}, {Text: decimals(d.Points[0])}, {Text: decimals(d.Points[1])}})
	if !d.Equitable {
		g.Notes = append(g.Notes, "The points are not equal: the issue that would have to be split is not divisible.")
	}
	p.Division = g
}

// beyondMandate reports whether a package goes beyond what the party's
// negotiators may agree to.
func (s *paper) beyondMandate(party casefile.PartyID, o outcome.Outcome) bool {
	table, limited, err := s.File.Case.MandateTable(party)
	return err == nil && limited && !table.Holds(o)
}
