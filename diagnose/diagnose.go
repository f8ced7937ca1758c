// Package diagnose asks why there is no zone of agreement: the smallest sets of conditions that exclude every
// outcome together, the smallest that open a zone when they give way, and what that asks of whom. Where there is a zone,
// it says what is close to closing it. Requirements that are logical or legal never give way.
//
// Start with [Diagnose].
package diagnose

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/internal/budget"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Diagnosis says why a space has no zone of agreement and what would open one or,
// where it has one, how close that is to closing.
//
// A relaxable condition is a red line, a no-deal value, a political requirement or a
// consent rule other than everyone. Logical and legal requirements never give way. A
// set of conditions opens a zone when, with them (or some of them) relaxed, some
// outcome satisfies every other requirement and has consent: a relaxed red line or
// no-deal value no longer keeps its party from accepting, and with the consent rule relaxed it no
// longer matters who accepts. "Or some of them" matters only to a rule that somebody's
// refusal helps to meet; with it, more relaxed never opens less.
//
//   - An opening set is a smallest such set: no part of it opens a zone. It is a minimal
//     correction set of the conditions, a diagnosis in the sense of Reiter (1987).
//   - A blocking set is a smallest set of relaxable conditions that excludes every outcome
//     together with the requirements that never give way: a minimal unsatisfiable set, a conflict
//     in the sense of Reiter.
//
// Every blocking set shares a condition with every opening set, and each of the two
// families is the family of minimal hitting sets of the other (Reiter 1987).
type Diagnosis struct {
	Outcomes *big.Int       // in the whole space
	Method   bargain.Method // Listing, or HittingSets
	Verdict  bargain.Verdict
	// Complete says that BlockingSets and OpeningSets hold every such set.
	Complete bool
	// Why says, in a sentence, what is missing and why, or that nothing relaxable stands
	// in the way; else it is empty.
	Why string
	// Hopeless says that logical and legal requirements alone exclude every outcome: nothing
	// opens a zone, and there are no sets.
	Hopeless bool
	// Conditions holds the relaxable conditions in the order of [Judgment.Broken].
	Conditions []Relaxable
	// BlockingSets and OpeningSets are empty where there is a zone. Sets with fewer conditions come
	// first; then, of opening sets, those whose outcome asks fewer points; then the order of
	// Conditions.
	BlockingSets []BlockingSet
	OpeningSets  []OpeningSet
	// Concessions are the least points by which no-deal values would have to fall, with
	// everything else in force; empty where there is a zone.
	Concessions []Concession
	// ConcessionsComplete says that Concessions holds every vector, and ConcessionsWhy why there
	// are none, or what is missing.
	ConcessionsComplete bool
	ConcessionsWhy      string
	// Slack is nil where there is no zone.
	Slack *Slack
}

// A Relaxable is a condition that may give way.
type Relaxable struct {
	ID string // as in Judgment.Broken
	// Party is the position of the party whose concession it would be, -1 for a
	// requirement or the consent rule, which are nobody's alone.
	Party int
	// NoDeal says that it is the party's no-deal value.
	NoDeal bool
}

// A BlockingSet is a smallest set of conditions that exclude every outcome together.
type BlockingSet struct {
	Conditions []string
	// Needed holds, for each of Conditions, an outcome that becomes possible when it
	// alone of them is relaxed, with whatever else its opening set asks: that of the
	// first opening set that shares no other condition with this set. Nil where none is known.
	Needed []outcome.Outcome
}

// An OpeningSet is a smallest set of conditions whose relaxation opens a zone.
type OpeningSet struct {
	Relax []string
	// Outcome is, of those that become possible, the one that asks the fewest points below the
	// no-deal values that are relaxed, summed over parties; the first in order of those
	// that tie. Every outcome that becomes possible breaks all of Relax.
	Outcome   outcome.Outcome
	Utilities []int64 // by party, each in its row's units
	// Points is that sum. Least says that it is proven that no outcome asks fewer; that none
	// before this one asks as few is certain by listing alone.
	Points *big.Rat
	Least  bool
	// Concedes holds, for each of Relax, whose concession it is.
	Concedes []Concedes
	// Concessions holds, where no outcome survives red lines and political requirements, the
	// least points by which no-deal values would have to fall once those of this set are relaxed;
	// nil for any but the smallest opening sets.
	Concessions []Concession

	set condSet
}

// Concedes says what relaxing a condition for an outcome asks of whom.
type Concedes struct {
	Condition string
	Party     int      // -1: everybody's, for a requirement or the consent rule
	Points    *big.Rat // below the no-deal value; nil for any other condition
}

// A Concession is a vector of points by which no-deal values would have to fall so that
// an outcome is acceptable, every other condition being in force. No other outcome asks
// as little of everybody and less of somebody.
type Concession struct {
	Points  []*big.Rat // by party; 0 where nothing is asked
	Outcome outcome.Outcome
}

// Slack says how close a zone is to closing. A nil number is not known or has no limit; each
// comment says which.
type Slack struct {
	// Raise holds, by party, how many points its no-deal value could rise alone with the
	// zone still open: at that many it still is, at any more it is not. nil for a party without a no-deal value,
	// where the zone stays open without the party, and where it is not known.
	Raise []*big.Rat
	// Dispensable holds, by party, whether the zone stays open even if it refuses everything.
	Dispensable []bool
	// Margin is the number of points by which all no-deal values could rise together: the
	// egalitarian gain over those who have one. nil where no rise closes the zone, and where it is not known.
	Margin        *big.Rat
	MarginOutcome outcome.Outcome // the first outcome still possible then
	// Conditions holds, for each red line, political requirement and consent rule of
	// Diagnosis.Conditions, what the zone is without it.
	Conditions []Binding
	// Options says, by issue and option, whether an outcome of the zone has the option; nil
	// where it is not known.
	Options [][]bool
	// Exact says that everything above is known.
	Exact bool
	Why   string // what is not known and why; empty otherwise

	Witness outcome.Outcome // in the zone
}

// A Binding is a condition and the number of outcomes by which the zone grows without it.
type Binding struct {
	Condition string
	// Growth is nil where it is not known. It is negative where a consent rule is met by refusal.
	Growth *big.Int
}

// HittingSets names the method that finds opening and blocking sets in turn.
const HittingSets bargain.Method = "hitting_sets"

// Options bound a diagnosis. The zero value is ready to use.
type Options struct {
	// Time and Memory bound the work as in [bargain.Options].
	Time   time.Duration
	Memory int64
	// MaxSets is the largest number of blocking sets, of opening sets and of concessions
	// returned; 0 is 10,000. What is cut off is said.
	MaxSets int
	// Analysis of the same space, if there is one: its verdict is not looked for again.
	Analysis *bargain.Analysis
	// Method asks for one method; empty lets the size decide.
	Method bargain.Method
	// Progress is told the share of the work that is done, as in [bargain.Options].
	Progress func(done float64)
}

const defaultSets = 10_000

// Diagnose says what blocks a zone of agreement and what would open one or, where there
// is one, what is close to closing it. It fails when s does not check and when ctx ends;
// what does not fit the budget is left out, and the diagnosis says so.
//
// A space that can be listed within the budget is visited outcome by outcome: the
// minimal sets of conditions broken are the opening sets. A larger one to which everybody has to
// consent is asked for feasibility under one set of conditions after the other, opening and
// blocking sets found in turn as hitting sets of each other (Reiter 1987; for the enumeration of
// such sets in general, Liffiton, Previti, Malik and Marques-Silva 2016).
func Diagnose(ctx context.Context, s *outcome.Space, opt Options) (*Diagnosis, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	opt.Time = cmp.Or(opt.Time, budget.DefaultTime)
	opt.Memory = cmp.Or(opt.Memory, budget.DefaultMemory)
	opt.MaxSets = cmp.Or(opt.MaxSets, defaultSets)
	d := &diagnosing{ctx: ctx, s: s, opt: opt, out: &Diagnosis{Outcomes: s.Size(), Verdict: bargain.Unknown}}
	d.conditions = conditionsOf(s)
	d.out.Conditions = d.conditions.list
	if opt.Analysis != nil {
		d.out.Verdict = opt.Analysis.Verdict
	}
	if err := d.run(); err != nil {
		return nil, err
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return d.out, nil
}

// A diagnosing is one diagnosis under way.
type diagnosing struct {
	ctx        context.Context
	s          *outcome.Space
	opt        Options
	conditions *conditions
	out        *Diagnosis
}

func (d *diagnosing) run() error {
	listed, refused := d.canList()
	switch {
	case d.opt.Method == HittingSets:
		listed, refused = false, "another method was asked for"
	case d.opt.Method == bargain.Listing && !listed:
		d.why("%s", refused)
		return nil
	}
	if len(d.conditions.list) > MaxConditions {
		d.why("there are %d conditions that could be relaxed, and no more than %d can be told apart", len(d.conditions.list), MaxConditions)
		return d.slackOnly()
	}
	if listed {
		d.out.Method = bargain.Listing
		return d.list()
	}
	d.out.Method = HittingSets
	return d.hit(refused)
}

// slackOnly reads what it can off the analysis.
func (d *diagnosing) slackOnly() error {
	d.out.Method = HittingSets
	if d.out.Verdict == bargain.HasZone {
		return d.readSlack()
	}
	return nil
}

// why adds a sentence, without its full stop, to what is missing.
func (d *diagnosing) why(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if strings.Contains(d.out.Why, text) {
		return
	}
	if d.out.Why != "" {
		d.out.Why += "; "
	}
	d.out.Why += text
}

// conditions holds the relaxable conditions of a space.
type conditions struct {
	list []Relaxable
	// kept holds the positions, in the space's requirements, of those that never give way,
	// and at, by condition, the position of a requirement or of a red line of its party.
	kept    []int
	at      []int
	of      []condSet // by party, its conditions
	public  condSet   // political requirements
	consent int       // position of the consent rule, -1 where it is everyone
}

func conditionsOf(s *outcome.Space) *conditions {
	c := &conditions{consent: -1}
	add := func(r Relaxable, at int) int {
		c.list, c.at = append(c.list, r), append(c.at, at)
		return len(c.list) - 1
	}
	for k := range s.Requires {
		if s.Requires[k].Kind != outcome.Political {
			c.kept = append(c.kept, k)
			continue
		}
		c.public.add(add(Relaxable{ID: s.Requires[k].ID, Party: -1}, k))
	}
	for p := range s.Parties {
		var own condSet
		for k := range s.Parties[p].RedLines {
			own.add(add(Relaxable{ID: s.Parties[p].RedLines[k].ID, Party: p}, k))
		}
		if s.Parties[p].Threshold.Set {
			own.add(add(Relaxable{ID: s.Parties[p].ID + ".no_deal", Party: p, NoDeal: true}, -1))
		}
		c.of = append(c.of, own)
	}
	if !s.Consent.Everyone() {
		c.consent = add(Relaxable{ID: "consent", Party: -1}, -1)
	}
	return c
}

// ids returns the names of a set.
func (c *conditions) ids(set condSet) []string {
	ids := []string{}
	for _, k := range set.members() {
		ids = append(ids, c.list[k].ID)
	}
	return ids
}

// noDeal returns the no-deal values of a set.
func (c *conditions) noDeal(set condSet) condSet {
	var out condSet
	for _, k := range set.members() {
		if c.list[k].NoDeal {
			out.add(k)
		}
	}
	return out
}

// conclude writes down the opening sets, the first outcome that each opens, and the
// blocking sets.
func (d *diagnosing) conclude(opening []opener, blocking []condSet) {
	slices.SortFunc(opening, func(x, y opener) int {
		return cmp.Or(cmp.Compare(x.set.len(), y.set.len()), x.points.Cmp(y.points), x.set.compare(y.set))
	})
	slices.SortFunc(blocking, func(x, y condSet) int { return cmp.Or(cmp.Compare(x.len(), y.len()), x.compare(y)) })
	d.out.BlockingSets = []BlockingSet{}
	for _, set := range blocking[:min(len(blocking), d.opt.MaxSets)] {
		b := BlockingSet{Conditions: d.conditions.ids(set)}
		for _, k := range set.members() {
			var one condSet
			one.add(k)
			var needed outcome.Outcome
			if i := slices.IndexFunc(opening, func(o opener) bool { return o.set.and(set) == one }); i >= 0 {
				needed = opening[i].outcome
			}
			b.Needed = append(b.Needed, needed)
		}
		d.out.BlockingSets = append(d.out.BlockingSets, b)
	}
	d.out.OpeningSets = []OpeningSet{}
	for _, o := range opening[:min(len(opening), d.opt.MaxSets)] {
		d.out.OpeningSets = append(d.out.OpeningSets, d.openingSet(o))
	}
	if most := d.opt.MaxSets; len(opening) > most || len(blocking) > most {
		d.out.Complete = false
		d.why("there are %d opening and %d blocking sets, and the first %d of each are listed", len(opening), len(blocking), most)
	}
}

// An opener is an opening set with its best outcome.
type opener struct {
	set     condSet
	outcome outcome.Outcome
	points  *big.Rat
	least   bool
}

func (d *diagnosing) openingSet(o opener) OpeningSet {
	out := OpeningSet{Relax: d.conditions.ids(o.set), Outcome: o.outcome, Points: o.points, Least: o.least, set: o.set}
	for p := range d.s.Parties {
		out.Utilities = append(out.Utilities, d.s.Parties[p].Value(o.outcome))
	}
	for _, k := range o.set.members() {
		c := Concedes{Condition: d.conditions.list[k].ID, Party: d.conditions.list[k].Party}
		if d.conditions.list[k].NoDeal {
			c.Points = d.short(c.Party, out.Utilities[c.Party])
		}
		out.Concedes = append(out.Concedes, c)
	}
	return out
}

// short returns how many points utility u of party p lies below its no-deal value.
func (d *diagnosing) short(p int, u int64) *big.Rat {
	party := &d.s.Parties[p]
	if party.Threshold.Accepts(u) {
		return new(big.Rat)
	}
	return party.Points(party.Threshold.Value - u)
}

// points returns what an outcome asks below the no-deal values of a set, in all.
func (d *diagnosing) points(set condSet, o outcome.Outcome) *big.Rat {
	sum := new(big.Rat)
	for _, k := range d.conditions.noDeal(set).members() {
		p := d.conditions.list[k].Party
		sum.Add(sum, d.short(p, d.s.Parties[p].Value(o)))
	}
	return sum
}

// sortConcessions puts concessions in order: fewest points in all, then by party, then
// by outcome.
func sortConcessions(list []Concession) {
	sum := func(c *Concession) *big.Rat {
		s := new(big.Rat)
		for _, v := range c.Points {
			s.Add(s, v)
		}
		return s
	}
	slices.SortFunc(list, func(x, y Concession) int {
		return cmp.Or(sum(&x).Cmp(sum(&y)), slices.CompareFunc(x.Points, y.Points, (*big.Rat).Cmp), slices.Compare(x.Outcome, y.Outcome))
	})
}
