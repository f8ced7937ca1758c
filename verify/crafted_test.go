package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify"
)

// A crafted certificate is false in one place, and true of its space or in good form everywhere else.
type crafted struct {
	name  string
	claim string // that is refused
	space *outcome.Space
	data  []byte
}

// tabled returns a space of one issue, with a row of scores and a no-deal value for each party; a no-deal value of -1
// is none.
func tabled(noDeal []int64, rows ...[]int64) *outcome.Space {
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "a", Options: len(rows[0])}}}
	for p, scores := range rows {
		row := outcome.Row{ID: fmt.Sprint("p", p), Scale: 1, Scores: [][]int64{scores}}
		if noDeal[p] >= 0 {
			row.Threshold = outcome.Threshold{Value: noDeal[p], Set: true}
		}
		s.Parties = append(s.Parties, outcome.Party{Row: row})
	}
	return s
}

// twoIssues returns a space in which the first options of both issues are best for everybody.
func twoIssues() *outcome.Space {
	s := tabled([]int64{1, 1}, []int64{5, 0}, []int64{3, 0})
	s.Issues = append(s.Issues, outcome.Issue{ID: "b", Options: 2})
	for p := range s.Parties {
		s.Parties[p].Scores = append(s.Parties[p].Scores, []int64{4, 1})
	}
	return s
}

// forbid returns a condition that rules out these options of the one issue.
func forbid(s *outcome.Space, id string, kind outcome.Kind, options ...int) outcome.Condition {
	table, err := outcome.NewTable(s.Issues, []int{0}, func(o []int) bool { return slices.Contains(options, o[0]) })
	if err != nil {
		panic(err) // one issue
	}
	return outcome.Condition{ID: id, Kind: kind, Forbidden: table}
}

// craft returns the crafted certificates.
func craft(t testing.TB) []crafted {
	var all []crafted
	analysed := func(name, claim string, s, of *outcome.Space, change func(c *verify.Certificate)) {
		c, err := verify.Decode(bytes.NewReader(certificate(t, of)))
		if err != nil {
			t.Fatal(err)
		}
		change(c)
		c.Space = fingerprint(t, s)
		c.State()
		all = append(all, crafted{name, claim, s, written(t, c)})
	}
	diagnosis := func(name, claim string, s, of *outcome.Space, opt diagnose.Options, change func(c *verify.Diagnosis)) {
		_, c, err := verify.DecodeAny(bytes.NewReader(diagnosed(t, of, opt)))
		if err != nil {
			t.Fatal(err)
		}
		change(c)
		c.Space = fingerprint(t, s)
		c.State()
		all = append(all, crafted{name, claim, s, written(t, c)})
	}
	three := tabled([]int64{2, 1}, []int64{9, 5, 3}, []int64{2, 5, 8})
	free := tabled([]int64{-1, 1}, []int64{9, 5, 3}, []int64{2, 5, 8})
	analysed("another disagreement point, of no consequence", "party p0", three, three, func(c *verify.Certificate) {
		c.Solutions, c.Parties[0].Disagreement = verify.SolutionClaims{}, "1"
	})
	analysed("a disagreement point apart from its package", "party p0", free, free, func(c *verify.Certificate) {
		c.Solutions, c.Parties[0].Disagreement = verify.SolutionClaims{}, "5"
	})
	analysed("an ideal apart from its package", "party p0", three, three, func(c *verify.Certificate) {
		c.Solutions, c.Parties[0].Ideal = verify.SolutionClaims{}, "8"
	})
	barren := tabled([]int64{9, 9}, []int64{9, 5, 3}, []int64{2, 5, 8})
	for _, verdict := range []string{"", "zone of agreement", "listing", "NO_ZONE"} {
		analysed("a verdict that is none, by listing", "verdict", barren, barren, func(c *verify.Certificate) {
			*c = verify.Certificate{Version: c.Version, Method: "listing", Outcomes: c.Outcomes, Verdict: verdict, ZoneLow: "0", ZoneHigh: "0"}
		})
		diagnosis("a diagnosis with a verdict that is none, by listing", "verdict", barren, barren, diagnose.Options{}, func(c *verify.Diagnosis) { c.Verdict = verdict })
	}
	// p0 has a no-deal value of 5 in one space, none in the other.
	demanding := tabled([]int64{5, 1}, []int64{9, 5, 3}, []int64{2, 5, 8})
	analysed("gains from where another space measures them", "nash", free, demanding, func(c *verify.Certificate) {
		c.Parties[0] = verify.PartyClaim{Disagreement: "5", FromZone: true, Ideal: c.Parties[0].Ideal, Best: bestOf(t, free, 0),
			Least: &verify.Claim{Outcome: []int{1}, Utilities: []string{"5", "5"}, Value: []string{"-5"}, Bound: "-3", Refutations: leastOf(t, free, 0).Refutations}}
		c.Parties[1] = partyOf(t, free, 1)
		c.Solutions, c.Frontier = verify.SolutionClaims{Nash: c.Solutions.Nash}, nil
	})
	either := tabled([]int64{2, 1}, []int64{9, 5, 3}, []int64{2, 5, 8})
	either.Consent = outcome.CountOf(0b11, outcome.AtLeast, 1)
	analysed("proofs of another consent rule", "method", either, three, func(c *verify.Certificate) {})
	apart, together := twoIssues(), twoIssues()
	table, err := outcome.NewTable(together.Issues, []int{0, 1}, func(o []int) bool { return o[0] == 1 && o[1] == 1 })
	if err != nil {
		t.Fatal(err)
	}
	together.Parties[0].RedLines = []outcome.Condition{{ID: "p0.red_lines.0", Kind: outcome.RedLine, Forbidden: table}}
	analysed("proofs of a space in which issues are not linked", "method", together, apart, func(c *verify.Certificate) {})
	twin := refusedTwin()
	analysed("a package that a party refuses", "nash", twin, twin, func(c *verify.Certificate) { c.Solutions.Nash.Outcome = []int{1} })

	poor := tabled([]int64{8, 1}, []int64{5, 3, 9}, []int64{2, 5, 8})
	poor.Requires = []outcome.Condition{forbid(poor, "requires.law", outcome.Legal, 2)}
	diagnosis("a package that the law forbids", "opening set 0", poor, poor, diagnose.Options{}, func(c *verify.Diagnosis) {
		o := &c.OpeningSets[0]
		o.Outcome, o.Utilities, o.Points, o.Least = []int{2}, []string{"9", "8"}, "0", false
		c.BlockingSets[0].Needed[0] = o.Outcome
	})
	diagnosis("points that are no units", "concessions, number 0", poor, poor, diagnose.Options{}, func(c *verify.Diagnosis) {
		c.Concessions[0].Points[0] += "/2"
	})
	namesakes := tabled([]int64{1, 1}, []int64{5, 3, 9}, []int64{2, 5, 8})
	namesakes.Requires = []outcome.Condition{forbid(namesakes, "p0.no_deal", outcome.Political, 0, 1, 2)}
	diagnosis("two conditions of one name", "conditions", namesakes, namesakes, diagnose.Options{}, func(c *verify.Diagnosis) {})
	refused := tabled([]int64{8, 1}, []int64{5, 3, 4}, []int64{2, 5, 8})
	anybody := tabled([]int64{8, 1}, []int64{5, 3, 4}, []int64{2, 5, 8})
	anybody.Consent = outcome.CountOf(0b11, outcome.AtLeast, 1)
	a, err := bargain.Analyze(context.Background(), refused, bargain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	diagnosis("exclusions of another consent rule", "method", anybody, refused, diagnose.Options{Method: diagnose.HittingSets, Analysis: a}, func(c *verify.Diagnosis) {
		c.Conditions = append(c.Conditions, "consent")
	})
	return all
}

func fingerprint(t testing.TB, s *outcome.Space) string {
	print, err := verify.Fingerprint(s)
	if err != nil {
		t.Fatal(err)
	}
	return print
}

func partyOf(t testing.TB, s *outcome.Space, p int) verify.PartyClaim {
	c, err := verify.Decode(bytes.NewReader(certificate(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	return c.Parties[p]
}

func bestOf(t testing.TB, s *outcome.Space, p int) *verify.Claim  { return partyOf(t, s, p).Best }
func leastOf(t testing.TB, s *outcome.Space, p int) *verify.Claim { return partyOf(t, s, p).Least }

// checkAny checks a certificate of either kind.
func checkAny(s *outcome.Space, data []byte) error {
	c, d, err := verify.DecodeAny(bytes.NewReader(data))
	switch {
	case err != nil:
		return err
	case d != nil:
		_, err = verify.CheckDiagnosis(context.Background(), s, d)
	default:
		_, err = verify.Check(context.Background(), s, c)
	}
	return err
}

func TestCraftedCertificatesAreRefused(t *testing.T) {
	for _, c := range craft(t) {
		err := checkAny(c.space, c.data)
		var refusal *verify.Refusal
		if !errors.As(err, &refusal) || refusal.Claim != c.claim {
			t.Errorf("%s: %v, want a refusal of %s\n%s", c.name, err, c.claim, c.data)
		}
	}
}

// malformed returns texts that are no certificate in its one form, made of one that is.
func malformed(data string) map[string]string {
	return map[string]string{
		"nothing":                 "",
		"no object":               "[1]",
		"no version":              `{"case":""}`,
		"an unknown field":        strings.Replace(data, `"case":""`, `"case":"","more":1`, 1),
		"a field twice":           strings.Replace(data, `"case":""`, `"case":"x","case":""`, 1),
		"a field in capitals":     strings.Replace(data, `"case":""`, `"CASE":""`, 1),
		"fields in another order": strings.Replace(data, `"case":"","hash":""`, `"hash":"","case":""`, 1),
		"a null":                  strings.Replace(data, `"levers":[]`, `"levers":null`, 1) + "x",
		"something after it":      data + "{}",
		"parts too many":          `{"goodoffices_certificate":2,"levers":[` + strings.Repeat("{},", verify.MaxParts),
		"deep nesting":            `{"goodoffices_certificate":2,"case":` + strings.Repeat("[", 100_000),
		"too large":               data + strings.Repeat(" ", verify.MaxSize),
	}
}

// tamperRefutation changes one place of one refutation.
func tamperRefutation(r *rand.Rand, c *verify.Certificate) {
	var all []*verify.Refutation
	_, list := solutionClaims(c)
	for p := range c.Parties {
		list = append(list, c.Parties[p].Best, c.Parties[p].Least)
	}
	for _, claim := range list {
		if claim != nil {
			for i := range claim.Refutations {
				all = append(all, &claim.Refutations[i])
			}
		}
	}
	if c.Empty != nil {
		all = append(all, c.Empty)
	}
	if len(all) == 0 {
		return
	}
	parts := places("", reflect.ValueOf(all[r.IntN(len(all))]).Elem())
	at := parts[r.IntN(len(parts))]
	if at.v.Kind() == reflect.String && r.IntN(3) == 0 {
		at.v.SetString(new(big.Int).SetInt64(r.Int64N(2000) - 200).String())
		return
	}
	tamper(r, at)
}
