package report

import (
	"io"
	"math/big"
	"strconv"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/study"
)

// WriteRobustnessJSON writes the Sureness of an assessed study as one JSON document.
// docs/formats/robustness.md explains each field.
func WriteRobustnessJSON(w io.Writer, x *study.Robustness) error {
	return writeDocument(w, robustnessPaper(x).surenessDocument())
}

// shareObject writes a share of draws, null where there were none.
func shareObject(x robust.Share) any {
	if x.Draws == 0 {
		return nil
	}
	return object{{"share", sixDigits(x.Value())}, {"low", sixDigits(x.Low)}, {"high", sixDigits(x.High)}, {"count", x.Hits}, {"draws", x.Draws}}
}

// sixDigits writes a number with six digits after the point at most.
func sixDigits(x float64) number {
	f, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 6, 64), 64)
	if err != nil || f == 0 {
		return "0"
	}
	return number(strconv.FormatFloat(f, 'f', -1, 64))
}

func (s *paper) surenessDocument() object {
	b, c, r := s.robustness, s.File.Case, s.Main
	var spread any
	if b.Spread != nil {
		spread = number(float(new(big.Rat).Mul(b.Spread, big.NewRat(100, 1))))
	}
	var headline, zone any
	if b.Solved {
		headline, zone = b.Headline, shareObject(b.Zone)
	}
	judged := len(b.Candidates) > 0 && b.Candidates[0].Zone.Draws > 0
	var focus, most any
	if b.Focus >= 0 && judged {
		focus = b.Focus
	}
	if b.Most >= 0 {
		most = b.Most
	}
	firstRefuser := func(q int) any {
		if q < 0 {
			return nil
		}
		return r.Space.Parties[q].ID
	}
	answers := list{}
	for _, a := range b.Answers {
		answers = append(answers, object{{"question", string(a.Question)}, {"yes", shareObject(a.Share)}})
	}
	return object{
		{"case", c.ID},
		{"hash", s.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(s.Choice.Levers)},
		{"numbers", b.Numbers},
		{"spread_percent", spread},
		{"seed", number(strconv.FormatUint(b.Seed, 10))},
		{"draws", b.Draws},
		{"draws_asked", b.Asked},
		{"ended", string(b.Ended)},
		{"confidence", number("0.95")},
		{"solved", b.Solved},
		{"method", string(b.Method)},
		{"why", textOrNull(clean(b.Why))},
		{"headline_zone", headline},
		{"zone", zone},
		{"nash", s.nashObject()},
		{"candidates", s.candidateList(judged)},
		{"focus", focus},
		{"most_accepted", most},
		{"radius", object{
			{"ranges", ratOrNull(b.Radius.Ranges)}, {"ranges_party", firstRefuser(b.Radius.RangesParty)},
			{"scores", ratOrNull(b.Radius.Scores)}, {"scores_party", firstRefuser(b.Radius.ScoresParty)},
		}},
		{"egalitarian_margin", ratOrNull(b.Margin)},
		{"pairs", b.Pairs},
		{"answers", answers},
		{"effects", s.effectList()},
		{"effects_left_out", b.LeftOut},
		{"conversion", conversion(s.File)},
	}
}

// candidatePackage writes a package that was followed.
func (s *paper) candidatePackage(o outcome.Outcome) any {
	if o == nil {
		return nil
	}
	return optionsObject(s.Main, s.File.Case, o)
}

// nashObject writes how the Nash package fares, null where draws were not solved.
func (s *paper) nashObject() any {
	b := s.robustness
	if !b.Solved {
		return nil
	}
	narrowed := list{}
	for _, n := range b.Nash.Narrowed {
		narrowed = append(narrowed, object{{"ranges", sixDigits(n.Ranges)}, {"stays", shareObject(n.Stays)}})
	}
	return object{
		{"different", b.Nash.Different},
		{"modal", shareObject(b.Nash.Modal)},
		{"modal_package", s.candidatePackage(b.Nash.ModalPackage)},
		{"stays", shareObject(b.Nash.Stays)},
		{"package", s.candidatePackage(b.Nash.Package)},
		{"narrowed", narrowed},
	}
}

// candidateList writes the packages followed, none where they were not judged.
func (s *paper) candidateList(judged bool) list {
	b, r := s.robustness, s.Main
	candidates := list{}
	for k := range b.Candidates {
		if !judged {
			break
		}
		x := &b.Candidates[k]
		parties, groups, home := object{}, object{}, object{}
		for q, id := range partyIDs(r.Space) {
			parties = append(parties, member{id, shareObject(x.Parties[q])})
			home = append(home, member{id, shareObject(x.Home[q])})
			if len(x.Constituencies[q]) > 0 {
				of := object{}
				for j, y := range x.Constituencies[q] {
					of = append(of, member{constituencyID(&r.Space.Parties[q].Constituencies[j]), shareObject(y)})
				}
				groups = append(groups, member{id, of})
			}
		}
		candidates = append(candidates, object{
			{"ids", texts(x.IDs)},
			{"outcome", s.candidatePackage(x.Outcome)},
			{"accepted_by", parties},
			{"accepted", shareObject(x.Accepted)},
			{"zone", shareObject(x.Zone)},
			{"constituencies", groups},
			{"ratified_by", home},
			{"carried", shareObject(x.Carried)},
			{"zone_and_carried", shareObject(x.ZoneCarried)},
			{"nash", shareObject(x.Nash)},
		})
	}
	return candidates
}

// effectList writes what each source does by itself.
func (s *paper) effectList() list {
	b := s.robustness
	effects := list{}
	for _, e := range b.Effects {
		src := &b.Sources[e.Source]
		numbers := list{}
		for _, k := range src.Numbers {
			numbers = append(numbers, b.Uncertain.Numbers[k].ID)
		}
		parts := object{}
		for i, p := range e.Parts {
			parts = append(parts, member{string(b.Answers[i].Question), object{
				{"flips", shareObject(p.Flips)},
				{"first", sixDigits(p.First)}, {"first_error", sixDigits(p.FirstError)},
				{"total", sixDigits(p.Total)}, {"total_error", sixDigits(p.TotalError)},
			}})
		}
		effects = append(effects, object{{"source", src.ID}, {"numbers", numbers}, {"parts", parts},
			{"low", s.endObject(&e.Low)}, {"high", s.endObject(&e.High)}})
	}
	return effects
}

func (s *paper) endObject(e *robust.End) object {
	b := s.robustness
	var zone, same, focus, carried any
	if b.Solved {
		zone = e.Zone
		if b.Nash.Package != nil {
			same = e.Same
		}
	}
	if b.Focus >= 0 {
		focus, carried = e.Focus, e.Carried
	}
	return object{{"zone", zone}, {"focus", focus}, {"focus_carried", carried}, {"same_nash", same}, {"egalitarian_margin", ratOrNull(e.Margin)}}
}
