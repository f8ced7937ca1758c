package convert

import (
	"context"
	"fmt"
	"math/big"
)

// negolog is the JSON of NegoLog (Doğru, Keskin, Jonker, Baarslag and Aydoğan 2024):
// a profile for each party, whose issues and values are those of the domain.
var negolog = &Format{
	Name: "negolog", Title: "NegoLog JSON", Extension: ".json",
	part: negologPart,
	read: readNegolog, write: writeNegolog,
}

func negologPart(_ string, head []byte) part {
	keys := topKeys(head)
	has := func(key string) bool { _, ok := keys[key]; return ok }
	switch {
	case has("NumberOfBids"):
		return aside // the measures that come with a domain
	case has("issueWeights"), has("reservationValue"), has("issues") && len(keys) == 1:
		return profile
	}
	return none
}

func readNegolog(ctx context.Context, files []input) (*scenario, []Note, error) {
	r := &linearReader{}
	var s *scenario
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		root, more, err := readJSON(f.name, f.data)
		if err != nil {
			return nil, nil, err
		}
		r.notes = append(r.notes, more...)
		if s == nil {
			if err := r.negologDomain(root); err != nil {
				return nil, nil, err
			}
			s = r.scenario()
		}
		p, err := r.negologProfile(root)
		if err != nil {
			return nil, nil, err
		}
		p.name = baseName(f.name)
		s.parties = append(s.parties, *p)
	}
	return s, r.notes, nil
}

// negologDomain takes the issues from the first profile, in the order of its weights.
func (r *linearReader) negologDomain(n *node) error {
	weights, err := n.want("issueWeights", object)
	if err != nil {
		return err
	}
	issues, err := n.want("issues", object)
	if err != nil {
		return err
	}
	if len(weights.keys) == 0 {
		return weights.errorf("there are no issues")
	}
	for _, name := range weights.keys {
		values, err := issues.want(name, object)
		if err != nil {
			return err
		}
		if len(values.keys) == 0 {
			return values.errorf("the issue %s has no values", short(name))
		}
		r.add(issue{name: name, values: values.keys})
	}
	return nil
}

// negologProfile reads the sum of weight × utility.
func (r *linearReader) negologProfile(n *node) (*party, error) {
	given, err := n.want("issueWeights", object)
	if err != nil {
		return nil, err
	}
	weights, err := r.weights(given)
	if err != nil {
		return nil, err
	}
	issues, err := n.want("issues", object)
	if err != nil {
		return nil, err
	}
	r.strangers(issues)
	r.unread(n, "reservationValue", "issueWeights", "issues")
	p := &party{scores: make([][]knot, len(r.issues))}
	for i := range r.issues {
		is := &r.issues[i]
		if issues.child(is.name) == nil {
			r.note(issues, "the issue %s is not there: it is worth nothing", short(is.name))
			continue
		}
		values, err := issues.want(is.name, object)
		if err != nil {
			return nil, err
		}
		if p.scores[i], err = r.table(is, values, weights[i]); err != nil {
			return nil, err
		}
	}
	if rv := n.child("reservationValue"); rv != nil && rv.kind != null {
		if p.reservation, err = rv.rat("reservationValue"); err == nil {
			r.beyond(rv, p)
		}
		return p, err
	}
	p.reservation, p.because = new(big.Rat), noReservation
	return p, nil
}

// writeNegolog writes the profiles under the names that NegoLog looks for.
func writeNegolog(s *scenario) ([]Output, []Note, error) {
	notes := append(s.unboxed(), s.undiscounted()...)
	if len(s.parties) != 2 {
		notes = append(notes, Note{"parties", fmt.Sprintf("there are %d: NegoLog negotiates between two", len(s.parties))})
	}
	if len(s.parties) > 26 {
		return nil, nil, fmt.Errorf("%d parties are more than there are letters for their profiles", len(s.parties))
	}
	for i := range s.issues {
		if is := &s.issues[i]; is.grid != nil {
			notes = append(notes, Note{"issues." + is.id, fmt.Sprintf("the range is written as %d values", is.len())})
		}
	}
	var out []Output
	for k := range s.parties {
		p := &s.parties[k]
		a := s.additive(p)
		name := "profile" + string(rune('A'+k)) + ".json"
		notes = append(notes, Note{"parties." + p.id, "its name is left out: the profile is " + name})
		notes = append(notes, a.notes("parties."+p.id)...)
		reservation := new(big.Rat)
		if a.reservation != nil {
			reservation = a.reservation
		} else {
			notes = append(notes, Note{"parties." + p.id + ".no_deal", "there is none: it is written as 0"})
		}
		var weights, issues fields
		for i := range s.issues {
			is := &s.issues[i]
			var values fields
			for o, u := range a.utilities[i] {
				values = append(values, field{is.value(o), decimal(u)})
			}
			weights = append(weights, field{is.name, decimal(a.weights[i])})
			issues = append(issues, field{is.name, values})
		}
		file, err := writeJSON(name, fields{{"reservationValue", decimal(reservation)}, {"issueWeights", weights}, {"issues", issues}})
		if err != nil {
			return nil, nil, err
		}
		out = append(out, file)
	}
	return out, notes, nil
}
