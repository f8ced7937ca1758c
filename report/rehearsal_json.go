package report

import (
	"io"
	"strconv"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/rehearsal"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/study"
)

// WriteRehearsalJSON writes the rehearsal as one JSON document; docs/formats/simulate.md
// explains each field.
func WriteRehearsalJSON(w io.Writer, x *study.Rehearsal) error {
	return writeDocument(w, newRehearsalPaper(x).document())
}

func (x *rehearsalPaper) document() object {
	r, c := x.Main, x.File.Case
	strategies := object{}
	for seat, name := range x.seats() {
		strategies = append(strategies, member{clean(name), clean(x.Strategies[seat])})
	}
	doc := object{
		{"case", c.ID},
		{"hash", x.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(x.Choice.Levers)},
		{"protocol", x.Protocol},
		{"strategies", strategies},
		{"deadline", x.Setting.Rounds},
		{"seed", number(strconv.FormatUint(x.Seed, 10))},
	}
	if x.Result != nil {
		return append(doc, x.session()...)
	}
	return append(doc, x.sessions()...)
}

func (x *rehearsalPaper) packageOf(o outcome.Outcome) any {
	if o == nil {
		return nil
	}
	return optionsObject(x.Main, x.File.Case, o)
}

// A flat list stands on one line.
type flat list

// session writes what came of one session.
func (x *rehearsalPaper) session() object {
	r, res := x.Main, x.Result
	row := func(p int) *outcome.Row { return &r.Space.Parties[p].Row }
	offers := list{}
	for _, o := range x.Offers {
		offers = append(offers, flat(list{o.Round, clean(x.Setting.Name(o.Seat)), optionsObject(r, x.File.Case, o.Outcome)}))
	}
	refusers, why := list{}, list{}
	for p := range r.Space.Parties {
		if res.Refusers>>p&1 != 0 {
			refusers = append(refusers, row(p).ID)
		}
	}
	for _, text := range x.explain() {
		why = append(why, text)
	}
	var by any
	if res.By >= 0 {
		by = clean(x.Setting.Name(res.By))
	}
	solutions := object{}
	for _, rule := range study.Rules {
		s := rule.Pick(&r.Analysis.Solutions)
		if s == nil || res.Agreement == nil {
			solutions = append(solutions, member{rule.Key, nil})
			continue
		}
		solutions = append(solutions, member{rule.Key, moreObject(r.Space, res.Utilities, s.Utilities)})
	}
	return object{
		{"agreement", x.packageOf(res.Agreement)},
		{"rounds", res.Rounds},
		{"utilities", pointsObject(r.Space, res.Utilities)},
		{"discounted", byParty(x.Main.Space, func(p int) any { return sixDigits(res.Discounted[p]) })},
		{"ended", string(res.Ended)},
		{"reason", clean(res.Reason)},
		{"why", why},
		{"refused", x.packageOf(res.Refused)},
		{"refused_by", refusers},
		{"walked_out", by},
		{"against_solutions", solutions},
		{"offers", offers},
	}
}

// sessionShare returns a share of the sessions, exact where every other session would be the same.
func sessionShare(t *rehearsal.Tally, n int) robust.Share {
	s := robust.ShareOf(n, t.Sessions)
	if t.Fixed {
		s.Low, s.High = s.Value(), s.Value()
	}
	return s
}

// sessions writes what came of many.
func (x *rehearsalPaper) sessions() object {
	t := x.Tally
	endings := []protocol.Ending{protocol.Agreed, protocol.Deadline, protocol.Walkout, protocol.Breakdown, protocol.RefusedAtHome}
	ended := object{}
	for _, e := range endings {
		ended = append(ended, member{string(e), shareObject(sessionShare(t, t.Count(e)))})
	}
	agreements := list{}
	all := t.Packages()
	for _, p := range all[:min(len(all), 1000)] {
		agreements = append(agreements, object{
			{"outcome", x.packageOf(p.Outcome)},
			{"utilities", byParty(x.Main.Space, func(q int) any {
				row := &x.Main.Space.Parties[q].Row
				return number(float(row.Points(row.Value(p.Outcome))))
			})},
			{"share", shareObject(sessionShare(t, p.Sessions))},
		})
	}
	by := list{}
	last := 0
	for round, n := range t.ByRound() {
		if n != last {
			by = append(by, flat(list{round + 1, shareObject(sessionShare(t, n))}))
		}
		last = n
	}
	worth := func(t *rehearsal.Tally) object {
		w := t.Worth(x.Setting)
		return byParty(x.Main.Space, func(p int) any {
			var agreed any
			if t.Count(protocol.Agreed) > 0 {
				agreed = sixDigits(w[p].Agreed)
			}
			return object{{"agreed", agreed}, {"all", sixDigits(w[p].All)}, {"no_deal", sixDigits(w[p].NoDeal)}}
		})
	}
	firmness := list{}
	for _, f := range x.Firmness {
		firmness = append(firmness, object{
			{"party", x.Main.Space.Parties[f.Party].ID},
			{"strategy", f.Level},
			{"sessions", f.Tally.Sessions},
			{"agreed", shareObject(sessionShare(f.Tally, f.Tally.Count(protocol.Agreed)))},
			{"worth", worth(f.Tally)},
		})
	}
	return object{
		{"sessions", t.Sessions},
		{"asked", t.Asked},
		{"deterministic", t.Fixed},
		{"ended", ended},
		{"worth", worth(t)},
		{"by_round", by},
		{"different_agreements", len(all)},
		{"agreements", agreements},
		{"firmness", firmness},
	}
}
