package goodoffices_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/goodoffices/goodoffices/agenda"
	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/certify"
	"github.com/goodoffices/goodoffices/definitions"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/home"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/robust"
	"github.com/goodoffices/goodoffices/strategy"
	"github.com/goodoffices/goodoffices/verify"
	"github.com/goodoffices/goodoffices/whatif"
)

// TestNoScaleIsWholePoints asks everything of a space whose rows have scale 1, and of one whose
// rows have none.
func TestNoScaleIsWholePoints(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 1))
	zones := 0
	for range trials.Of(60, 600) {
		s := outcometest.Space(r, outcometest.Shape{Parties: 2 + r.IntN(2), Unlinked: r.IntN(2) == 0})
		var answers [2][]any
		for scale := range answers {
			s.Rows(func(_ int, row *outcome.Row) bool { row.Scale = int64(scale); return true })
			answers[scale] = askEverything(t, s)
		}
		for i := range answers[0] {
			if !reflect.DeepEqual(answers[0][i], answers[1][i]) {
				t.Fatalf("without a scale\n%+v\nwith scale 1\n%+v", answers[0][i], answers[1][i])
			}
		}
		if answers[0][0].(*bargain.Analysis).Verdict == bargain.HasZone {
			zones++
		}
	}
	if zones == 0 {
		t.Error("no space had a zone")
	}
}

// askEverything returns the answers of every package that reads utilities as points.
func askEverything(t *testing.T, s *outcome.Space) (answers []any) {
	t.Helper()
	ctx := t.Context()
	keep := func(answer any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	analysis, err := bargain.Analyze(ctx, s, bargain.Options{Measures: true})
	keep(analysis, err)
	diagnosis, err := diagnose.Diagnose(ctx, s, diagnose.Options{})
	keep(diagnosis, err)
	certificate, err := certify.Analysis(ctx, s, analysis)
	keep(certificate, err)
	written, err := json.Marshal(certificate)
	if err != nil {
		t.Fatal(err)
	}
	read, err := verify.Decode(bytes.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	keep(verify.Check(ctx, s, read))
	keep(home.Find(ctx, s, bargain.Options{}))
	keep(whatif.Variants(ctx, []*outcome.Space{s}, whatif.VariantOptions{}))
	quo := make([]int, len(s.Issues))
	keep(agenda.Find(ctx, s, agenda.Options{StatusQuo: quo}))
	keep(agenda.FindLinkages(ctx, s, agenda.Options{StatusQuo: quo}))
	for _, tool := range definitions.Tools() {
		keep(definitions.Compute(ctx, s, tool, bargain.Options{}))
	}
	least := s.Parties[0].Threshold
	if least.Set {
		keep(robust.Measure(ctx, &outcome.Uncertain{
			Space: s, Quantiles: 1,
			Numbers: []outcome.Number{{ID: "no_deal", Kind: outcome.Level, Low: least.Value - 2, Mode: least.Value, High: least.Value + 2}},
			Sources: []outcome.Source{{ID: "no_deal", Numbers: []int{0}}},
		}, robust.Options{Draws: 50}))
	}
	m, err := protocol.New(&protocol.Setting{Space: s, Rounds: 5}, protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	makers := make([]protocol.Maker, m.Seats())
	for seat := range makers {
		if makers[seat], err = strategy.Prepare(strategy.Linear(), m.Self(protocol.Seat(seat), 0)); err != nil {
			return append(answers, err.Error()) // nothing that it may offer
		}
	}
	keep(m.Sit(makers, 1).Play(ctx, nil))
	return answers
}
