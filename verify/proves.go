package verify

import (
	"slices"
	"strings"
)

// How far a certificate proves something.
type extent int

const (
	not extent = iota
	part
	whole
)

// A proof list says of each thing that a reader may look for how far it is proven.
type proofList [3][]string // names by extent

func (l *proofList) add(name string, e extent) { l[e] = append(l[e], name) }

// String writes what is proven whole, then what in part, then what not at all.
func (l *proofList) String() string {
	text := strings.Join(l[whole], ", ")
	for _, rest := range []struct {
		what  string
		names []string
	}{{"in part: ", l[part]}, {"not: ", l[not]}} {
		if len(rest.names) > 0 {
			text += "; " + rest.what + strings.Join(rest.names, ", ")
		}
	}
	return strings.TrimPrefix(text, "; ")
}

func wholeIf(all bool) extent {
	if all {
		return whole
	}
	return not
}

// extent returns how far a claim about a package is proven.
func (c *Claim) extent() extent {
	switch {
	case c == nil:
		return not
	case c.Proven < len(c.Value):
		return part
	}
	return whole
}

// proves returns what a certificate says of itself in its first line: what a reader would look
// for, and how far it is proven.
func (c *Certificate) proves() string {
	var l proofList
	l.add("verdict", wholeIf(c.Verdict != unknown))
	if c.Verdict != hasZone {
		return l.String()
	}
	switch {
	case c.ZoneLow == "":
		l.add("count", not)
	case c.ZoneLow != c.ZoneHigh:
		l.add("count", part)
	default:
		l.add("count", whole)
	}
	disagreement, ideal := whole, whole
	for i := range c.Parties {
		p := &c.Parties[i]
		if p.Least != nil {
			disagreement = min(disagreement, p.Least.extent())
		}
		if p.Best != nil {
			ideal = min(ideal, p.Best.extent())
		}
	}
	l.add("disagreement", disagreement)
	l.add("ideal", ideal)
	l.add("nash", c.Solutions.Nash.extent())
	l.add("kalai_smorodinsky", c.Solutions.KalaiSmorodinsky.extent())
	l.add("egalitarian", c.Solutions.Egalitarian.extent())
	l.add("utilitarian", c.Solutions.Utilitarian.extent())
	l.add("balanced", c.Solutions.Balanced.extent())
	switch f := c.Frontier; {
	case f == nil:
		l.add("frontier", not)
	case len(f.Points) < f.Size:
		l.add("frontier", part)
	default:
		l.add("frontier", whole)
	}
	return l.String()
}

// proves does the same for the certificate of a diagnosis. That blocking sets are smallest is "needed".
func (c *Diagnosis) proves() string {
	var l proofList
	l.add("verdict", wholeIf(c.Verdict != unknown))
	switch {
	case c.Verdict == hasZone:
		l.add("slack", wholeIf(c.Slack != nil))
		return l.String()
	case c.Verdict == unknown:
		return l.String()
	case c.Hopeless:
		l.add("hopeless", whole)
		return l.String()
	}
	l.add("blocking_sets", whole)
	l.add("needed", wholeIf(!slices.ContainsFunc(c.BlockingSets, func(b BlockingClaim) bool {
		return slices.ContainsFunc(b.Needed, func(o []int) bool { return o == nil })
	})))
	l.add("opening_sets", whole)
	l.add("complete", wholeIf(c.Complete))
	l.add("least", wholeIf(!slices.ContainsFunc(c.OpeningSets, func(o OpeningClaim) bool { return !o.Least })))
	l.add("concessions", wholeIf(c.Method == "listing"))
	l.add("concessions_complete", wholeIf(c.ConcessionsComplete))
	return l.String()
}
