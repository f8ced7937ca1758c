package verify

import (
	"context"
	"errors"
	"fmt"
)

// multipliers checks a certificate by multipliers.
func (v *checking) multipliers(ctx context.Context) error {
	s, c := v.space, v.c
	k, err := newProver(s)
	if err != nil {
		return refusal("method", err)
	}
	if c.ZoneLow != "" || c.ZoneHigh != "" || c.Solutions.Balanced != nil {
		return refusal("method", errors.New("multipliers prove neither counts nor the balanced solution"))
	}
	switch {
	case c.Verdict == unknown && c.Empty == nil:
		v.say("verdict unknown: nothing is claimed")
		return v.nothing()
	case c.Verdict == noZone && c.Empty != nil:
		if err := k.empty(ctx, c.Empty); err != nil {
			return refusal("verdict", err)
		}
		v.say("verdict no_zone: no package that breaks no requirement and no red line reaches every no-deal value (%d steps)", len(c.Empty.Steps))
		return v.nothing()
	case c.Verdict != hasZone || c.Empty != nil:
		return refusal("verdict", fmt.Errorf("%.40q does not go with what is to show it", c.Verdict))
	}
	if err := inZone(s, c.Witness); err != nil {
		return refusal("witness", err)
	}
	v.say("verdict zone: package %v is acceptable to every party", c.Witness)
	if len(c.Parties) != len(s.Parties) {
		return refusal("parties", fmt.Errorf("%d of %d", len(c.Parties), len(s.Parties)))
	}
	for p := range c.Parties {
		said, err := k.party(ctx, p, &c.Parties[p])
		if err != nil {
			return refusal("party "+s.Parties[p].ID, err)
		}
		v.say("%s", said)
	}
	if err := v.proven(ctx, k); err != nil {
		return err
	}
	return v.merged(ctx, k)
}

// proven checks the claims about solutions.
func (v *checking) proven(ctx context.Context, k *prover) error {
	for _, rule := range v.rules(k.ends) {
		if rule.name == "balanced" {
			continue // refused above where it is claimed
		}
		if rule.claim == nil {
			v.say("%s: nothing is claimed", rule.name)
			continue
		}
		err := v.unproven(&rule)
		switch {
		case err != nil:
		case rule.scale != nil:
			err = k.leximin(ctx, &rule)
		case rule.agreed:
			err = k.nash(ctx, &rule)
		default:
			err = k.utilitarian(ctx, rule.claim)
		}
		if err != nil {
			return refusal(rule.name, err)
		}
		v.say("%s: %s", rule.name, rule.claim.sentence(rule.numbers))
	}
	return nil
}

// merged checks the frontier of two parties.
func (v *checking) merged(ctx context.Context, k *prover) error {
	if v.c.Frontier == nil {
		return v.frontier(nil)
	}
	if len(v.space.Parties) != 2 {
		return refusal("frontier", errors.New("only that of two parties can be checked beside multipliers"))
	}
	points, sums, err := k.Frontier(ctx, v.space)
	if err != nil {
		return refusal("frontier", err)
	}
	v.say("the frontier was merged anew, with %d sums", sums)
	return v.frontier(points)
}

// unproven returns an error that names a party from or to which a rule measures gains, and of which that is not
// proven.
func (v *checking) unproven(r *rule) error {
	for p := range v.c.Parties {
		claim, id := &v.c.Parties[p], v.space.Parties[p].ID
		if r.agreed && claim.FromZone && claim.Least.extent() != whole {
			return fmt.Errorf("it rests on the least utility of %s in the zone, which is not proven", id)
		}
		if r.ideals && claim.Best.extent() != whole {
			return fmt.Errorf("it rests on the ideal of %s, which is not proven", id)
		}
	}
	return nil
}
