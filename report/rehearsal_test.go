package report

import (
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/study"
)

// The section says what came of each rehearsal, apart for mandates on record and lifted.
func TestRehearsalSection(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	set := &protocol.Setting{Space: s.Main.Space, Rounds: 10}
	o := make(outcome.Outcome, len(s.Main.Space.Issues))
	strategies := make([]string, len(s.Main.Space.Parties))
	for i := range strategies {
		strategies[i] = "linear"
	}
	s.sessions = []study.Rehearsed{
		{Protocol: "alternating_offers", Strategies: strategies, Setting: set, Result: protocol.Result{Ended: protocol.Deadline, Reason: "10 rounds passed", Rounds: 10}},
		{Protocol: "shuttle", Strategies: append(strategies, "nash"), Setting: set, Freed: true, Result: protocol.Result{Ended: protocol.Agreed, Agreement: o, Rounds: 3}},
	}
	x := sectionOf(t, s, "rehearsal")
	if len(x.Tables) != 2 || len(x.Sentences) != 2 {
		t.Fatalf("%d tables, %d sentences", len(x.Tables), len(x.Sentences))
	}
	if !strings.Contains(x.Sentences[0], "0 of 1 protocols") || !strings.Contains(x.Sentences[0], "10 rounds passed") || !strings.Contains(x.Sentences[1], "1 of 1 protocols come to an agreement: shuttle") {
		t.Errorf("%q", x.Sentences)
	}
	if row := x.Tables[1].Rows[0]; row[1].Text != "all linear, mediator nash" || row[2].Text != "agreement" || row[4].Text != points(&s.Main.Space.Parties[0].Row, s.Main.Space.Parties[0].Value(o)) {
		t.Errorf("%+v", row)
	}
	page := string(brief(t, s))
	if !strings.Contains(page, `<section id="rehearsal"`) || !strings.Contains(page, "They forecast nothing.") {
		t.Error("the brief has no section on rehearsals")
	}
}

// An explanation counts what was on the table by what the other side could make of it.
func TestRehearsalExplains(t *testing.T) {
	s := paperOn(t, "harbour", casefile.Choice{}, study.AnalyzeOptions{})
	x := &study.Rehearsal{Case: s.Case, Played: study.Played{Setting: &protocol.Setting{Space: s.Main.Space, Rounds: 10}, Protocol: "alternating_offers"}}
	for range s.Main.Space.Parties {
		x.Strategies = append(x.Strategies, "linear")
	}
	best := make(outcome.Outcome, len(s.Main.Space.Issues))
	for i, scores := range s.Main.Space.Parties[0].Scores {
		for k := range scores {
			if scores[k] > scores[best[i]] {
				best[i] = k
			}
		}
	}
	x.Watch(0, nil, []protocol.Effect{
		{Kind: protocol.Show, Round: 1, Seat: 0, Message: &protocol.Message{Move: protocol.Move{Kind: protocol.Offer, Outcome: best}}},
		{Kind: protocol.Refuse, Seat: 1, Reason: "the package is outside its mandate"},
		{Kind: protocol.Refuse, Seat: 1, Reason: "the package is outside its mandate"},
	})
	x.Result = &protocol.Result{Ended: protocol.Deadline, Reason: "10 rounds passed", By: -1}
	why := strings.Join(Explain(x), "\n")
	if strings.Count(why, "outside its mandate") != 1 || !strings.Contains(why, "of 1 package that "+s.Main.Space.Parties[0].ID+" put on the table") {
		t.Errorf("%s", why)
	}
	x.Result.Agreement = best
	if Explain(x) != nil {
		t.Error("an agreement is explained away")
	}
}
