package certify

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/internal/network"
	"github.com/goodoffices/goodoffices/internal/prove"
	"github.com/goodoffices/goodoffices/outcome"
)

// A DiagnosisCertificate states what a diagnosis found, with what proves it, as a
// [Certificate] does for an analysis. docs/formats/diagnosis.md describes its JSON.
type DiagnosisCertificate struct {
	Version  int             `json:"goodoffices_diagnosis"`
	Proves   string          `json:"proves"` // as in a Certificate
	Case     string          `json:"case"`   // set by the caller, like the next three
	Hash     string          `json:"hash"`   // SHA-256 of the case file
	View     string          `json:"view"`   // "" for the case as written
	Levers   []string        `json:"levers"` // never nil
	Space    string          `json:"space"`  // fingerprint of the space's numbers
	Method   string          `json:"method"` // "listing", "multipliers" or "elimination"
	Outcomes string          `json:"outcomes"`
	Verdict  bargain.Verdict `json:"verdict"`
	// Complete says that the two lists of sets hold every one.
	Complete bool `json:"complete"`
	Hopeless bool `json:"hopeless"`
	// Conditions are the relaxable ones, in order. Sets name them by id.
	Conditions          []string              `json:"conditions"`
	Witness             outcome.Outcome       `json:"witness,omitempty"` // an outcome of the zone
	Empty               *Exclusion            `json:"empty,omitempty"`   // where hopeless, not by listing
	BlockingSets        []CertifiedBlocking   `json:"blocking_sets"`
	OpeningSets         []CertifiedOpening    `json:"opening_sets"`
	Concessions         []CertifiedConcession `json:"concessions"`
	ConcessionsComplete bool                  `json:"concessions_complete"`
	Slack               *CertifiedSlack       `json:"slack,omitempty"` // listing
}

// A CertifiedBlocking is a blocking set, with what shows that it excludes every outcome.
type CertifiedBlocking struct {
	Conditions []string          `json:"conditions"`
	Needed     []outcome.Outcome `json:"needed"` // by condition; null where none is known
	Excludes   *Exclusion        `json:"excludes,omitempty"`
}

// An Exclusion shows that no outcome satisfies a set of conditions together with the
// requirements that never give way: by multipliers, over the options that conditions about single
// issues leave; or with the order in which issues are summed.
type Exclusion struct {
	Refutation *Refutation `json:"refutation,omitempty"`
	Order      []int       `json:"order,omitempty"`
}

// A CertifiedOpening is an opening set and the outcome that asks the fewest points.
type CertifiedOpening struct {
	Relax       []string              `json:"relax"`
	Outcome     outcome.Outcome       `json:"outcome"`
	Utilities   []string              `json:"utilities"`
	Points      string                `json:"points"`
	Least       bool                  `json:"least"` // no other asks fewer; listing
	Concessions []CertifiedConcession `json:"concessions,omitempty"`
}

// A CertifiedConcession is a vector of points by party, with its outcome.
type CertifiedConcession struct {
	Points  []string        `json:"points"`
	Outcome outcome.Outcome `json:"outcome"`
}

// A CertifiedSlack is the slack of a zone; null is not known or without limit, as in [diagnose.Slack].
type CertifiedSlack struct {
	Raise         []*string       `json:"raise"`
	Dispensable   []bool          `json:"dispensable"`
	Margin        *string         `json:"margin"`
	MarginOutcome outcome.Outcome `json:"margin_outcome"`
	Growth        []*string       `json:"growth"` // by condition other than no-deal values
	Options       [][]bool        `json:"options"`
}

const diagnosisVersion = 2

// Diagnosis returns a certificate of what d says of s. What was found by listing up to 2^26
// outcomes is checked by listing them again, and everything is certified. Anything else needs unanimous
// consent: every blocking set comes with what shows that it excludes every outcome,
// by multipliers where no condition links issues, else with the order in which issues are
// summed anew; that outcomes ask least, that concessions are all, and slack are not
// certified there. It fails where neither is possible, and where nothing shows that a zone is empty.
func Diagnosis(ctx context.Context, s *outcome.Space, d *diagnose.Diagnosis) (*DiagnosisCertificate, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	print, err := fingerprint(s)
	if err != nil {
		return nil, err
	}
	out := &DiagnosisCertificate{Version: diagnosisVersion, Levers: []string{}, Space: print, Method: "listing",
		Outcomes: d.Outcomes.String(), Verdict: d.Verdict, Complete: d.Complete, Hopeless: d.Hopeless, Conditions: []string{},
		BlockingSets: []CertifiedBlocking{}, OpeningSets: []CertifiedOpening{}, ConcessionsComplete: d.ConcessionsComplete}
	if n := len(d.Conditions); n > diagnose.MaxConditions {
		return nil, fmt.Errorf("no certificate: %d conditions that could be relaxed are more than %d", n, diagnose.MaxConditions)
	}
	listed := d.Method == bargain.Listing && s.Size().Cmp(big.NewInt(certifyListing)) <= 0
	if !listed {
		if d.Verdict == bargain.NoZone && !d.Hopeless && len(d.BlockingSets) == 0 {
			return nil, errors.New("no certificate: no blocking set that would show that the zone is empty was found within the budget")
		}
		switch net, why := network.New(s, false); {
		case net == nil:
			return nil, fmt.Errorf("no certificate: %s, and the %v packages were not listed, or are more than the %d that can be listed again to check one", why, s.Size(), certifyListing)
		case len(net.Links) == 0:
			out.Method = "multipliers"
		default:
			out.Method = "elimination"
		}
		out.ConcessionsComplete = false
	}
	for _, r := range d.Conditions {
		out.Conditions = append(out.Conditions, r.ID)
	}
	exclude := func(set []string) (*Exclusion, error) {
		if listed {
			return nil, nil
		}
		return excludes(ctx, s, set)
	}
	if d.Hopeless {
		if out.Empty, err = exclude(nil); err != nil {
			return nil, err
		}
	}
	for i := range d.BlockingSets {
		b := &d.BlockingSets[i]
		c := CertifiedBlocking{Conditions: b.Conditions, Needed: b.Needed}
		if c.Excludes, err = exclude(b.Conditions); err != nil {
			return nil, fmt.Errorf("blocking set %v: %w", b.Conditions, err)
		}
		out.BlockingSets = append(out.BlockingSets, c)
	}
	for i := range d.OpeningSets {
		o := &d.OpeningSets[i]
		c := CertifiedOpening{Relax: o.Relax, Outcome: o.Outcome, Utilities: decimals(o.Utilities), Points: o.Points.RatString(), Least: o.Least && listed}
		if o.Concessions != nil {
			c.Concessions = certifyConcessions(o.Concessions)
		}
		out.OpeningSets = append(out.OpeningSets, c)
	}
	out.Concessions = certifyConcessions(d.Concessions)
	if k := d.Slack; k != nil {
		out.Witness = k.Witness
		if listed {
			out.Slack = certifySlack(k)
		}
	}
	out.Proves = out.proves()
	return out, nil
}

func (c *DiagnosisCertificate) proves() string {
	var whole, not []string
	add := func(name string, proven bool) {
		if proven {
			whole = append(whole, name)
		} else {
			not = append(not, name)
		}
	}
	add("verdict", c.Verdict != bargain.Unknown)
	switch {
	case c.Verdict == bargain.HasZone:
		add("slack", c.Slack != nil)
	case c.Verdict == bargain.NoZone && c.Hopeless:
		add("hopeless", true)
	case c.Verdict == bargain.NoZone:
		needed, least := true, true
		for _, b := range c.BlockingSets {
			for _, o := range b.Needed {
				needed = needed && o != nil
			}
		}
		for _, o := range c.OpeningSets {
			least = least && o.Least
		}
		add("blocking_sets", true)
		add("needed", needed)
		add("opening_sets", true)
		add("complete", c.Complete)
		add("least", least)
		add("concessions", c.Method == "listing")
		add("concessions_complete", c.ConcessionsComplete)
	}
	return extents(whole, nil, not)
}

func certifyConcessions(list []diagnose.Concession) []CertifiedConcession {
	out := []CertifiedConcession{}
	for _, c := range list {
		e := CertifiedConcession{Outcome: c.Outcome}
		for _, v := range c.Points {
			e.Points = append(e.Points, v.RatString())
		}
		out = append(out, e)
	}
	return out
}

func certifySlack(k *diagnose.Slack) *CertifiedSlack {
	fraction := func(r *big.Rat) *string {
		if r == nil {
			return nil
		}
		s := r.RatString()
		return &s
	}
	out := &CertifiedSlack{Dispensable: k.Dispensable, Margin: fraction(k.Margin), MarginOutcome: k.MarginOutcome, Growth: []*string{}, Options: k.Options}
	for _, r := range k.Raise {
		out.Raise = append(out.Raise, fraction(r))
	}
	for _, b := range k.Conditions {
		var n *string
		if b.Growth != nil {
			s := b.Growth.String()
			n = &s
		}
		out.Growth = append(out.Growth, n)
	}
	return out
}

// excludes shows that no outcome satisfies a set of conditions, named by their ids.
func excludes(ctx context.Context, s *outcome.Space, set []string) (*Exclusion, error) {
	kept := diagnose.Keeping(s, set)
	net, why := network.New(kept, false)
	if net == nil {
		return nil, errors.New(why)
	}
	if len(net.Links) > 0 {
		p, err := network.NewPlan(net)
		if err != nil {
			return nil, err
		}
		return &Exclusion{Order: p.Order}, nil
	}
	find := &prove.Search{Net: net, Budget: certifyBudget}
	found, err := find.Find(ctx)
	if err != nil {
		return nil, err
	}
	if !found.Empty() {
		return nil, errors.New("that it excludes every package is not proven within the budget")
	}
	writer := &certifier{space: kept}
	r := writer.refutation(found.Refuted[0])
	return &Exclusion{Refutation: &r}, nil
}
