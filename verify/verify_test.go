package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/certify"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
	"github.com/goodoffices/goodoffices/verify"
)

// certificate analyses and certifies a space, and returns what is written.
func certificate(t testing.TB, s *outcome.Space) []byte {
	t.Helper()
	a, err := bargain.Analyze(context.Background(), s, bargain.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := certify.Analysis(context.Background(), s, a)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c)
}

func written(t testing.TB, c any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func check(s *outcome.Space, data []byte) (*verify.Certificate, *verify.Report, error) {
	c, err := verify.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	report, err := verify.Check(context.Background(), s, c)
	return c, report, err
}

// A truth is what is so of a small space, found from the definitions alone.
type truth struct {
	space        *outcome.Space
	every        []outcome.Outcome
	zone, agreed []outcome.Outcome
	from, ideal  []*big.Rat // in units
}

func newTruth(s *outcome.Space) *truth {
	t := &truth{space: s}
	o := make(outcome.Outcome, len(s.Issues))
	for more := true; more; {
		t.every = append(t.every, slices.Clone(o))
		if s.InZone(o) {
			t.zone = append(t.zone, slices.Clone(o))
			if s.Accepted(o) == 1<<len(s.Parties)-1 {
				t.agreed = append(t.agreed, slices.Clone(o))
			}
		}
		more = false
		for i := len(o) - 1; i >= 0 && !more; i-- {
			if o[i]++; o[i] < s.Issues[i].Options {
				more = true
			} else {
				o[i] = 0
			}
		}
	}
	if len(t.zone) == 0 {
		return t
	}
	for p := range s.Parties {
		least, most := s.Parties[p].Value(t.zone[0]), s.Parties[p].Value(t.zone[0])
		for _, o := range t.zone {
			least, most = min(least, s.Parties[p].Value(o)), max(most, s.Parties[p].Value(o))
		}
		if s.Parties[p].Threshold.Set {
			least = s.Parties[p].Threshold.Value
		}
		t.from = append(t.from, new(big.Rat).SetInt64(least))
		t.ideal = append(t.ideal, new(big.Rat).SetInt64(most))
	}
	return t
}

func (t *truth) utilities(o outcome.Outcome) []int64 {
	var u []int64
	for p := range t.space.Parties {
		u = append(u, t.space.Parties[p].Value(o))
	}
	return u
}

// frontier returns the distinct efficient vectors, greatest first.
func (t *truth) frontier(of []outcome.Outcome) [][]int64 {
	reaches := func(x, y []int64) bool {
		for p := range x {
			if x[p] < y[p] {
				return false
			}
		}
		return true
	}
	var front [][]int64
	for _, o := range of {
		u := t.utilities(o)
		if slices.ContainsFunc(front, func(v []int64) bool { return reaches(v, u) }) {
			continue
		}
		front = slices.DeleteFunc(front, func(v []int64) bool { return reaches(u, v) })
		front = append(front, u)
	}
	slices.SortFunc(front, func(x, y []int64) int { return slices.Compare(y, x) })
	return front
}

// value returns what a rule makes of utilities, given what gains are measured from and to.
func (t *truth) value(rule string, u []int64, from, ideal []*big.Rat) []*big.Rat {
	count, product, sum := new(big.Rat), big.NewRat(1, 1), new(big.Rat)
	var gains, shares []*big.Rat
	for p, v := range u {
		scale := new(big.Rat).SetInt64(t.space.Parties[p].Scale)
		points := new(big.Rat).SetInt64(v)
		sum.Add(sum, new(big.Rat).Quo(points, scale))
		gain := new(big.Rat).Sub(points, from[p])
		if gain.Sign() > 0 {
			count.Add(count, big.NewRat(1, 1))
			product.Mul(product, new(big.Rat).Quo(gain, scale))
		}
		gains = append(gains, new(big.Rat).Quo(gain, scale))
		if possible := new(big.Rat).Sub(ideal[p], from[p]); possible.Sign() > 0 {
			shares = append(shares, new(big.Rat).Quo(gain, possible))
		}
	}
	slices.SortFunc(gains, (*big.Rat).Cmp)
	slices.SortFunc(shares, (*big.Rat).Cmp)
	switch rule {
	case "nash":
		return []*big.Rat{count, product}
	case "kalai_smorodinsky":
		return shares
	case "egalitarian":
		return gains
	case "utilitarian":
		return []*big.Rat{sum}
	}
	if len(shares) == 0 {
		return []*big.Rat{new(big.Rat)}
	}
	return []*big.Rat{new(big.Rat).Sub(shares[0], shares[len(shares)-1])}
}

func rat(s string) *big.Rat {
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("a checked certificate has numbers: " + s)
	}
	return v
}

// lie returns a claim of the certificate that is not so, "" if all of it is.
func (t *truth) lie(c *verify.Certificate) string {
	if c.Outcomes != fmt.Sprint(len(t.every)) {
		return "outcomes"
	}
	if c.Verdict != "unknown" && (c.Verdict == "zone") != (len(t.zone) > 0) {
		return "verdict"
	}
	if c.ZoneLow != "" && rat(c.ZoneLow).Cmp(new(big.Rat).SetInt64(int64(len(t.zone)))) > 0 ||
		c.ZoneHigh != "" && rat(c.ZoneHigh).Cmp(new(big.Rat).SetInt64(int64(len(t.zone)))) < 0 {
		return "count"
	}
	inside := func(o []int, of []outcome.Outcome) bool {
		return slices.ContainsFunc(of, func(x outcome.Outcome) bool { return slices.Equal(x, o) })
	}
	if c.Witness != nil && !inside(c.Witness, t.zone) {
		return "witness"
	}
	if c.Frontier != nil {
		front := t.frontier(t.zone)
		if c.Frontier.Size != len(front) {
			return "frontier"
		}
		for i, p := range c.Frontier.Points {
			if !inside(p.Outcome, t.zone) || fmt.Sprint(t.utilities(p.Outcome)) != "["+strings.Join(p.Utilities, " ")+"]" || !slices.Equal(front[i], t.utilities(p.Outcome)) {
				return "frontier point"
			}
		}
	}
	if len(c.Parties) == 0 {
		if c.Solutions != (verify.SolutionClaims{}) {
			return "solutions of nothing"
		}
		return ""
	}
	// bounded reports whether a value holds of an outcome, and its bound of all.
	bounded := func(claim *verify.Claim, of []outcome.Outcome, value func(u []int64) []*big.Rat) string {
		if !inside(claim.Outcome, of) {
			return "outcome"
		}
		u := t.utilities(claim.Outcome)
		if fmt.Sprint(u) != "["+strings.Join(claim.Utilities, " ")+"]" {
			return "utilities"
		}
		v := value(u)
		if len(v) != len(claim.Value) {
			return "value"
		}
		for i := range v {
			if v[i].Cmp(rat(claim.Value[i])) != 0 {
				return "value"
			}
		}
		if claim.Proven == 0 && claim.Bound == "" && len(v) > 0 || claim.Bound != "" && rat(claim.Bound).Cmp(v[claim.Proven]) <= 0 {
			return "no proof"
		}
		ties := 0
		for _, o := range of {
			w := value(t.utilities(o))
			if slices.CompareFunc(w, v, (*big.Rat).Cmp) == 0 {
				ties++
			}
			if slices.CompareFunc(w[:claim.Proven], v[:claim.Proven], (*big.Rat).Cmp) > 0 {
				return "proven"
			}
			if claim.Bound != "" && slices.CompareFunc(w[:claim.Proven], v[:claim.Proven], (*big.Rat).Cmp) == 0 && w[claim.Proven].Cmp(rat(claim.Bound)) > 0 {
				return "bound"
			}
		}
		if claim.Ties != "" && claim.Ties != fmt.Sprint(ties) {
			return "ties"
		}
		return ""
	}
	for p, party := range c.Parties {
		proven := func(c *verify.Claim) bool { return c == nil || c.Proven == 1 }
		if party.FromZone == t.space.Parties[p].Threshold.Set || proven(party.Least) && rat(party.Disagreement).Cmp(t.from[p]) != 0 || proven(party.Best) && rat(party.Ideal).Cmp(t.ideal[p]) != 0 {
			return "party"
		}
		if party.Best != nil {
			if what := bounded(party.Best, t.zone, func(u []int64) []*big.Rat { return []*big.Rat{new(big.Rat).SetInt64(u[p])} }); what != "" {
				return "best " + what
			}
		}
		if party.Least != nil {
			if what := bounded(party.Least, t.zone, func(u []int64) []*big.Rat { return []*big.Rat{new(big.Rat).SetInt64(-u[p])} }); what != "" {
				return "least " + what
			}
		}
	}
	efficient := func(of []outcome.Outcome) []outcome.Outcome {
		front := t.frontier(of)
		return slices.DeleteFunc(slices.Clone(of), func(o outcome.Outcome) bool {
			return !slices.ContainsFunc(front, func(u []int64) bool { return slices.Equal(u, t.utilities(o)) })
		})
	}
	for _, rule := range []struct {
		name  string
		claim *verify.Claim
		of    []outcome.Outcome
	}{
		{"nash", c.Solutions.Nash, t.agreed}, {"kalai_smorodinsky", c.Solutions.KalaiSmorodinsky, t.agreed},
		{"egalitarian", c.Solutions.Egalitarian, t.agreed}, {"utilitarian", c.Solutions.Utilitarian, t.zone}, {"balanced", c.Solutions.Balanced, t.zone},
	} {
		if rule.claim == nil {
			continue
		}
		if rule.claim.Ties != "" || rule.name == "balanced" {
			rule.of = efficient(rule.of)
		}
		if what := bounded(rule.claim, rule.of, func(u []int64) []*big.Rat { return t.value(rule.name, u, t.from, t.ideal) }); what != "" {
			return rule.name + " " + what
		}
	}
	return t.proves(c)
}

// proves returns what the first line of a certificate of a zone says wrongly.
func (t *truth) proves(c *verify.Certificate) string {
	whole, part, not := names(c.Proves)
	said := map[string]string{}
	for extent, list := range map[string][]string{"whole": whole, "part": part, "not": not} {
		for _, name := range list {
			said[name] = extent
		}
	}
	want := func(name string, there, all bool) bool {
		extent := "not"
		if there {
			extent = "part"
			if all {
				extent = "whole"
			}
		}
		return said[name] == extent
	}
	ok := len(said) == 10 && want("verdict", true, true) && want("count", c.ZoneLow != "", c.ZoneLow == c.ZoneHigh)
	list, all := solutionClaims(c)
	for _, name := range []string{"nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "balanced"} {
		at := slices.Index(list, name)
		ok = ok && want(name, at >= 0, at >= 0 && all[at].Proven == len(all[at].Value))
	}
	ok = ok && want("frontier", c.Frontier != nil, c.Frontier != nil && c.Frontier.Size == len(c.Frontier.Points))
	for p, party := range c.Parties {
		ok = ok && (said["disagreement"] != "whole" || rat(party.Disagreement).Cmp(t.from[p]) == 0) && (said["ideal"] != "whole" || rat(party.Ideal).Cmp(t.ideal[p]) == 0)
	}
	if !ok {
		return "proves"
	}
	return ""
}

// draw returns the round-th of many shapes of spaces.
func draw(r *rand.Rand, round int) *outcome.Space {
	shape := outcometest.Shape{Coarse: round%3 == 0}
	if round%2 == 0 {
		shape.Additive, shape.Parties, shape.Issues = true, 1+round/2%5, 2+round/10%3
	}
	return outcometest.Space(r, shape)
}

func TestCertificatesOfRandomSpacesHold(t *testing.T) {
	r := rand.New(rand.NewPCG(81, 82))
	counts := map[string]int{}
	for round := range 1600 {
		s := draw(r, round)
		if n, _ := s.Count(); n > 1000 {
			continue
		}
		data := certificate(t, s)
		c, report, err := check(s, data)
		if err != nil {
			t.Fatalf("round %d: %v\n%v\n%s", round, err, report, data)
		}
		if lie := newTruth(s).lie(c); lie != "" {
			t.Fatalf("round %d: %s is not so\n%s", round, lie, data)
		}
		counts[c.Method+" "+c.Verdict]++
		if c.Method == "multipliers" && c.Verdict == "zone" {
			for _, claim := range []*verify.Claim{c.Solutions.Nash, c.Solutions.KalaiSmorodinsky, c.Solutions.Egalitarian, c.Solutions.Utilitarian} {
				if claim == nil || claim.Proven < len(claim.Value) {
					t.Fatalf("round %d: a small space is not proven whole\n%s", round, data)
				}
			}
			if gaining := c.Solutions.Nash.Value[0]; gaining != fmt.Sprint(len(s.Parties)) {
				counts["not all gain"]++
			}
		}
	}
	t.Log(counts)
	for _, kind := range []string{"multipliers zone", "multipliers no_zone", "listing zone", "listing no_zone", "not all gain"} {
		if counts[kind] < 30 {
			t.Errorf("only %d of %q: the test compares too little", counts[kind], kind)
		}
	}
}

func TestCertificatesOfTheCatalogueHold(t *testing.T) {
	for _, e := range catalog.List() {
		file, err := catalog.Open(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		views := append([]string{""}, file.Case.Views.Keys()...)
		var others []*outcome.Space
		for _, view := range views {
			s, err := file.Case.Compile(casefile.Choice{View: view})
			if err != nil {
				t.Fatal(err)
			}
			if n, ok := s.Count(); len(others) > 1 && (!ok || n > 1<<22) && trials.Of(0, 1) == 0 {
				continue // two views are enough to tell them apart
			}
			data := certificate(t, s)
			_, report, err := check(s, data)
			if err != nil {
				t.Fatalf("%s %s: %v %v", e.Name, view, err, report)
			}
			for _, other := range others {
				var refusal *verify.Refusal
				if _, _, err := check(other, data); !errors.As(err, &refusal) || refusal.Claim != "space" {
					t.Errorf("%s: a certificate of one view passes for another: %v", e.Name, err)
				}
			}
			others = append(others, s)
		}
	}
}
