package certify

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

func TestDiagnosisCertificateByListing(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 12))
		s := outcometest.Troubled(r, outcometest.Shape{})
		d, err := diagnose.Diagnose(context.Background(), s, diagnose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Diagnosis(context.Background(), s, d)
		if err != nil {
			t.Fatal(err)
		}
		if c.Method != "listing" || len(c.OpeningSets) != len(d.OpeningSets) || len(c.BlockingSets) != len(d.BlockingSets) ||
			(c.Witness != nil) != (d.Verdict == bargain.HasZone) || (c.Slack != nil) != (d.Verdict == bargain.HasZone) {
			t.Fatalf("certificate %+v", c)
		}
		if c.Witness != nil {
			first := slices.IndexFunc(outcometest.EveryOutcome(s), s.InZone)
			if !slices.Equal(c.Witness, outcometest.EveryOutcome(s)[first]) {
				t.Fatalf("witness %v", c.Witness)
			}
		}
		if _, err := json.Marshal(c); err != nil {
			t.Fatal(err)
		}
	}
}

// A certificate of a large space has what shows that every blocking set excludes all.
func TestDiagnosisCertificateOfLargeSpaces(t *testing.T) {
	for _, links := range []bool{false, true} {
		s, blocking := outcometest.Planted(trials.Of(16, 24), 1, 6, links)
		d, err := diagnose.Diagnose(context.Background(), s, diagnose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Diagnosis(context.Background(), s, d)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{false: "multipliers", true: "elimination"}[links]; c.Method != want || len(c.BlockingSets) != len(blocking) {
			t.Fatalf("method %s, %d blocking sets", c.Method, len(c.BlockingSets))
		}
		for _, b := range c.BlockingSets {
			if b.Excludes == nil || b.Excludes.Refutation == nil && len(b.Excludes.Order) != len(s.Issues) {
				t.Fatalf("%v: %+v", b.Conditions, b.Excludes)
			}
		}
		if c.ConcessionsComplete || c.Slack != nil {
			t.Fatal("more is claimed than can be checked")
		}
	}
}
