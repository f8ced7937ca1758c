package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Version is the version of certificates that this package reads.
const Version = 2

// Limits of a certificate.
const (
	MaxSize  = 1 << 25 // bytes
	MaxParts = 1 << 20 // objects and lists
)

// A Certificate states what an analysis found, with what proves it. Numbers that
// may pass 2^53 are decimal strings, fractions "n/d" in lowest terms. Parties, issues
// and options are positions in the case, from 0; utilities are in their row's units.
type Certificate struct {
	Version   int            `json:"goodoffices_certificate"`
	Proves    string         `json:"proves"` // what it proves whole, in part and not at all
	Case      string         `json:"case"`
	Hash      string         `json:"hash"` // SHA-256 of the case file
	View      string         `json:"view"`
	Levers    []string       `json:"levers"`
	Space     string         `json:"space"`  // fingerprint of the numbers
	Method    string         `json:"method"` // "multipliers" or "listing"
	Outcomes  string         `json:"outcomes"`
	Verdict   string         `json:"verdict"`
	Witness   []int          `json:"witness,omitempty"`   // a package in the zone
	Empty     *Refutation    `json:"empty,omitempty"`     // multipliers: that the zone is empty
	ZoneLow   string         `json:"zone_low,omitempty"`  // listing: bounds of the zone's count
	ZoneHigh  string         `json:"zone_high,omitempty"` // listing
	Parties   []PartyClaim   `json:"parties,omitempty"`
	Solutions SolutionClaims `json:"solutions"`
	Frontier  *FrontierClaim `json:"frontier,omitempty"`
}

// A PartyClaim is what a party's gains are measured from, and to.
type PartyClaim struct {
	Disagreement string `json:"disagreement"`
	FromZone     bool   `json:"from_zone"` // it is the least utility in the zone, not the no-deal value
	Ideal        string `json:"ideal"`
	Least        *Claim `json:"least,omitempty"` // multipliers, with from_zone
	Best         *Claim `json:"best,omitempty"`  // multipliers
}

// SolutionClaims are the claims about the picks of each rule; nil where nothing is claimed.
type SolutionClaims struct {
	Nash             *Claim `json:"nash,omitempty"`
	KalaiSmorodinsky *Claim `json:"kalai_smorodinsky,omitempty"`
	Egalitarian      *Claim `json:"egalitarian,omitempty"`
	Utilitarian      *Claim `json:"utilitarian,omitempty"`
	Balanced         *Claim `json:"balanced,omitempty"` // listing
}

// A VersionError is that a certificate is of a version that this package does not read.
type VersionError struct {
	Diagnosis bool // it is that of a [Diagnosis]
	Version   int
}

func (e *VersionError) Error() string {
	kind, reads := "an analysis", Version
	if e.Diagnosis {
		kind, reads = "a diagnosis", DiagnosisVersion
	}
	return fmt.Sprintf("the certificate of %s is of version %d; this program reads version %d", kind, e.Version, reads)
}

// A Claim says how good an outcome is by one rule.
type Claim struct {
	Outcome   []int    `json:"outcome"`
	Utilities []string `json:"utilities"`
	// Value is what the rule makes of the outcome; values are compared entry by entry.
	Value []string `json:"value"`
	// Proven is the number of leading entries that no outcome of the zone surpasses,
	// given the entries before.
	Proven int `json:"proven"`
	// Bound is what the next entry is at most, for outcomes that attain those.
	Bound       string       `json:"bound,omitempty"`
	Ties        string       `json:"ties,omitempty"` // listing: number of outcomes with this value
	Refutations []Refutation `json:"refutations,omitempty"`
}

// A Refutation shows that no outcome meets all that it lists.
type Refutation struct {
	Floors    []string   `json:"floors"`              // by party, least utility; "" asks nothing
	Objective []string   `json:"objective,omitempty"` // by party, weights of one more row
	Sum       string     `json:"sum,omitempty"`       // that row's floor; "" asks nothing
	Gaining   []int      `json:"gaining,omitempty"`   // parties whose gains are multiplied
	Product   string     `json:"product,omitempty"`   // what their product has to pass
	Vectors   [][]string `json:"multipliers"`         // by row
	Roots     []string   `json:"roots,omitempty"`     // by vector, with a product
	Steps     []Step     `json:"steps"`
}

// A Step is one node of a refutation's tree, parents before children.
type Step struct {
	Vector *int  `json:"y,omitempty"`     // the multipliers to apply first
	Chain  bool  `json:"chain,omitempty"` // the next step goes on with what is left
	Split  *int  `json:"split,omitempty"` // the issue whose options the next two subtrees share out
	Keep   []int `json:"keep,omitempty"`  // the first subtree's
}

// A FrontierClaim lists the zone's frontier, greatest utility of the first party
// first; Points may be its beginning only.
type FrontierClaim struct {
	Size   int          `json:"size"`
	Points []PointClaim `json:"points"`
}

// A PointClaim is a vector of utilities with an outcome that reaches it.
type PointClaim struct {
	Outcome   []int    `json:"outcome"`
	Utilities []string `json:"utilities"`
}

// Decode reads a certificate. It has one form: the fields in the order of
// [Certificate], each once, those marked so left out when empty; white space is free.
// Anything else is refused, so that no two readers can read it differently.
func Decode(r io.Reader) (*Certificate, error) {
	c, d, err := DecodeAny(r)
	if d != nil {
		return nil, errors.New("the certificate of a diagnosis, not of an analysis")
	}
	return c, err
}

// DecodeAny reads a certificate of either kind, of which it returns one, in the one form of
// [Decode].
func DecodeAny(r io.Reader) (*Certificate, *Diagnosis, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > MaxSize {
		return nil, nil, fmt.Errorf("the certificate is larger than %d MB", MaxSize>>20)
	}
	if bytes.Count(data, []byte("{"))+bytes.Count(data, []byte("[")) > MaxParts {
		return nil, nil, fmt.Errorf("the certificate has more than %d parts", MaxParts)
	}
	var version struct {
		Analysis  *int            `json:"goodoffices_certificate"`
		Diagnosis *int            `json:"goodoffices_diagnosis"`
		Within    json.RawMessage `json:"certificate"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, nil, fmt.Errorf("not a certificate: %w", err)
	}
	switch {
	case version.Analysis != nil && *version.Analysis != Version:
		return nil, nil, &VersionError{Version: *version.Analysis}
	case version.Analysis != nil:
		c := new(Certificate)
		if err := decode(data, c); err != nil {
			return nil, nil, err
		}
		return c, nil, nil
	case version.Diagnosis != nil && *version.Diagnosis != DiagnosisVersion:
		return nil, nil, &VersionError{Diagnosis: true, Version: *version.Diagnosis}
	case version.Diagnosis != nil:
		d := new(Diagnosis)
		if err := decode(data, d); err != nil {
			return nil, nil, err
		}
		return nil, d, nil
	}
	why := "it has neither goodoffices_certificate nor goodoffices_diagnosis"
	if version.Within != nil {
		why = "it is a result with one in it: save what stands under certificate alone"
	}
	return nil, nil, errors.New("not a certificate: " + why)
}

// decode reads the one form of a certificate.
func decode(data []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fmt.Errorf("not a certificate: %w", err)
	}
	var given, own bytes.Buffer
	if err := json.Compact(&given, data); err != nil {
		return fmt.Errorf("not a certificate: %w", err)
	}
	e := json.NewEncoder(&own)
	e.SetEscapeHTML(false)
	if err := e.Encode(to); err != nil {
		return err
	}
	a, b := given.Bytes(), bytes.TrimSuffix(own.Bytes(), []byte("\n"))
	if !bytes.Equal(a, b) {
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		return fmt.Errorf("not in the one form of certificates, from %.40q on", a[at:])
	}
	return nil
}
