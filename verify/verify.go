// Package verify checks certificates: files that state what an analysis or a diagnosis of
// a case found, with what proves it. It shares no code with the packages that search and
// certify, so that a mistake there is found here, and is meant to be read by whoever
// would rather not trust the search. Everything is decided in integers and exact fractions. What a certificate claims is
// here; the mathematics of all packages, of refutations, sets and numbers stand in rooms of their own under internal.
//
// # What holds means
//
// A certificate is about the numbers of one [outcome.Space], which it names by
// their [Fingerprint]. When [Check] finds that it holds, each of these is true of that space:
//
//   - verdict zone: some package is in the zone; no_zone: none is; unknown: nothing is said.
//   - zone_low, zone_high: the zone has at least, and at most, so many packages.
//   - disagreement: the party's no-deal value; for a party without one its least utility in the
//     zone, or, where least has a bound, a utility that some package of the zone has, and no package one
//     below the bound.
//   - ideal: the party's greatest utility in the zone, or, where best has a bound, one that
//     some package of the zone has, and no package one above the bound.
//   - a solution: its package is one that the rule ranks: in the zone and, for Nash, Kalai–Smorodinsky and
//     egalitarian, accepted by every party. It has the utilities and the value stated. Of all packages that the rule
//     ranks, none surpasses the first "proven" entries of the value, and none that has those entries has
//     more than "bound" as the next. Gains are measured from true ends: a claim of Nash or egalitarian
//     stands only where every disagreement point is proven, one of Kalai–Smorodinsky only where every ideal
//     is too. A claim of which nothing is proven is refused, and so is a bound that its own package reaches.
//   - ties: so many efficient packages have the value.
//   - frontier: the zone has "size" efficient points, and "points" are the first of them, in order, each reached by its
//     package.
//
// When [CheckDiagnosis] finds that the certificate of a [Diagnosis] holds:
//
//   - hopeless: no package satisfies the logical and legal requirements.
//   - a blocking set: no package satisfies all of it; no part of it that is listed does the same. Where every
//     member has a "needed" package, no part of it at all does.
//   - an opening set: its package is possible with exactly it relaxed, and worth and short of no-deal
//     values what is stated; no part of it opens a zone. With "least", no package that is possible asks fewer points,
//     and none earlier as few.
//   - complete: there are no other smallest sets of either kind, and those listed are.
//   - a concession: its package is possible on its terms. By listing, nothing asks less of everybody.
//     With concessions_complete there are no others.
//   - slack: each number is what docs/formats/diagnosis.md says, of the whole zone.
//
// What a certificate leaves out, it does not claim; "proves" says in its first line what that is, and
// is refused where it says anything else. Whatever has one meaning has one form: a field that the method does not use is
// refused.
//
// # By multipliers
//
// Where consent is unanimous and each issue counts for itself, a package's utilities
// are sums over issues, and the greatest of any weighted sum of utilities is found
// issue by issue, however many packages there are. A [Refutation] says that no
// package meets certain floors: least utilities by party, a least weighted sum, a
// product of gains that must be passed. It is a tree, checked from its root with a
// box, at first all options of all issues. Take multipliers y ≥ 0, one per floor.
//
//   - S is the greatest Σ y·value of any package in the box: the sum over issues of
//     the greatest of each.
//   - T is what Σ y·value of any package that meets the floors is at least: Σ y·floor.
//     A floor below what its party gets anyway is taken as that.
//   - When S < T, no package in the box meets the floors (weak duality; Geoffrion 1974).
//   - Otherwise a package that does meet them cannot have an option that lies more than
//     S - T below the best of its issue. Such options leave the box.
//
// A tree goes on with what is left, or splits the options of an issue in two and
// goes on with both. It ends where a box is refuted, or holds at most 64 packages,
// which are tried. With a product P to be passed by the gains of n parties, the
// inequality of arithmetic and geometric means gives a second T: Σ y·gain is at least
// n·(Π y·(P+1))^(1/n), so at least the certificate's root z if (z-1)ⁿ < nⁿ·Π y·(P+1).
//
// How the multipliers were found does not matter: wrong ones refute nothing.
//
// From refutations follow the verdict (nothing meets the no-deal values), each
// party's ideal (nothing gives it more), and the greatest sum and product.
// Leximin takes one for each order in which parties could surpass the claimed shares
// (Imai 1983 for the rule). The frontier of two parties is merged anew, issue
// by issue; its cost, the number of sums, is reported.
//
// # By listing
//
// Any other case, of up to [MaxListing] packages, is listed again, package by package,
// and verdict, count, frontier and all solutions are found anew from their definitions.
//
// # Diagnoses
//
// By listing, blocking and opening sets are found anew from what each package
// breaks. Of a larger case, each blocking set comes with a refutation, or with an order in
// which issues are summed anew; each opening set with a package. That sets are smallest, and that none is missing,
// then follows: the smallest sets that share a condition with every blocking set are the opening sets
// (Reiter 1987), and if no blocking set is part of another, the blocking sets are the smallest that share one with
// every opening set (Berge 1989).
//
// # What is not checked
//
// Names: the case, its hash, view and levers are for the caller to compare. That the scores are anybody's; that a
// package is the first of several that tie; anything about ratification; measures.
package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify/internal/exact"
	"github.com/goodoffices/goodoffices/verify/internal/exhaust"
)

const (
	hasZone = "zone"
	noZone  = "no_zone"
	unknown = "unknown"
)

// A Report says in plain sentences what was verified.
type Report struct {
	// Proves is what the certificate proves, in part or not at all, as it says itself; "" where
	// it does not hold.
	Proves  string
	Checked []string
}

func (r *Report) say(format string, args ...any) {
	r.Checked = append(r.Checked, fmt.Sprintf(format, args...))
}

// A Refusal is a claim of a certificate that does not hold or is not shown.
type Refusal struct {
	Claim string // "nash", "frontier point 3"
	Err   error  // why
}

func (r *Refusal) Error() string { return r.Claim + ": " + r.Err.Error() }

func (r *Refusal) Unwrap() error { return r.Err }

type tooLarge = exhaust.TooLarge

// refusal is err where the check itself ended, and a [Refusal] otherwise.
func refusal(claim string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Refusal{claim, err}
}

// checking is one check under way.
type checking struct {
	space *outcome.Space
	c     *Certificate
	Report
}

// Check verifies certificate c against space s. The report holds what was verified,
// also where the error says what was not; the error is a [*Refusal], or says that ctx ended
// or that s does not check.
func Check(ctx context.Context, s *outcome.Space, c *Certificate) (*Report, error) {
	v := &checking{space: s, c: c}
	if err := s.Check(); err != nil {
		return &v.Report, err
	}
	return &v.Report, v.check(ctx)
}

func (v *checking) check(ctx context.Context) error {
	s, c := v.space, v.c
	if c.Version != Version {
		return refusal("goodoffices_certificate", &VersionError{Version: c.Version})
	}
	if own := c.proves(); c.Proves != own {
		return refusal("proves", fmt.Errorf("it proves %s, not %.200q", own, c.Proves))
	}
	said, err := about(s, c.Space, c.Outcomes)
	if err != nil {
		return err
	}
	v.say("%s", said)
	switch c.Method {
	case "listing":
		err = v.listing(ctx)
	case "multipliers":
		err = v.multipliers(ctx)
	default:
		err = refusal("method", fmt.Errorf("%.40q is none", c.Method))
	}
	if err == nil {
		v.Proves = c.Proves
	}
	return err
}

// about checks that a certificate is about the numbers of s, by their fingerprint and the number of
// packages.
func about(s *outcome.Space, space, outcomes string) (said string, err error) {
	print, err := Fingerprint(s)
	if err != nil {
		return "", refusal("space", err)
	}
	if space != print {
		return "", refusal("space", errors.New("the certificate is about other numbers: another case, view or version of it"))
	}
	if n := s.Size().String(); outcomes != n {
		return "", refusal("outcomes", fmt.Errorf("there are %s, not %.40s", n, outcomes))
	}
	return fmt.Sprintf("the certificate is about these numbers, of fingerprint %.16s…", print), nil
}

// nothing checks that nothing is said of the packages of an empty zone.
func (v *checking) nothing() error {
	c := v.c
	if len(c.Parties) > 0 || c.Witness != nil || c.Solutions != (SolutionClaims{}) || c.Frontier != nil && (c.Frontier.Size != 0 || len(c.Frontier.Points) > 0) {
		return refusal("verdict", fmt.Errorf("packages are claimed although it is %q", c.Verdict))
	}
	return nil
}

// sentence says what a claim that holds says; numbers are what its value holds.
func (c *Claim) sentence(numbers string) string {
	steps := 0
	for _, r := range c.Refutations {
		steps += len(r.Steps)
	}
	said := fmt.Sprintf("package %v; %s", c.Outcome, numbers)
	for i, s := range c.Value {
		if v, err := exact.Fraction(s); err == nil { // a value that was read
			said += []string{": ", ", "}[min(i, 1)] + exact.Decimal(v)
		}
	}
	switch {
	case c.Proven == len(c.Value):
		return said + fmt.Sprintf("; no package ranks higher (refuted in %d steps)", steps)
	case c.Bound == "":
		return said + fmt.Sprintf("; number %d and those after it have no bound (refuted in %d steps)", c.Proven+1, steps)
	}
	bound, err := exact.Fraction(c.Bound)
	if err != nil {
		return said
	}
	return said + fmt.Sprintf("; no package that has the numbers before it has more than %s as number %d (refuted in %d steps)", exact.AtMost(bound), c.Proven+1, steps)
}
