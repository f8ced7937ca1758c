package casefile

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

const (
	// finest is the size that a row's utilities keep below when its units are made
	// finer for draws, so that these are exact in floating point.
	finest = 1 << 42
	// finer is the most by which units are made finer.
	finer = 1_000_000
)

// Uncertain returns the case under a choice with the distributions of its uncertain
// numbers: scores, adjustments and thresholds written low..high or low..mode..high.
// Each varies by itself, but for the scores that a party or constituency says move
// together, and those that one number gives to every option of an issue.
//
// With a spread, every score that is not uncertain in the file becomes uniform
// between its value less and plus that share of its size. Scores between the given
// ones of a range move with them. Thresholds and adjustments keep what the file says.
//
// Rows have units up to a million times as fine as those of Compile, as far as their
// utilities keep below 2^42, and drawn values are rounded to those units; the ends of
// a range are rounded to them too.
//
// It fails where Compile does, and when there are more than [outcome.MaxNumbers]
// uncertain numbers.
func (c *Case) Uncertain(ch Choice, spread *big.Rat) (*outcome.Uncertain, error) {
	s, err := c.Compile(ch)
	if err != nil {
		return nil, err
	}
	v, err := c.With(ch)
	if err != nil {
		return nil, err
	}
	u := &outcome.Uncertain{Space: s}
	var rows []*outcome.Row
	s.Rows(func(_ int, r *outcome.Row) bool { rows = append(rows, r); return true })
	for k, r := range v.rows() {
		refine(rows[k])
		if err := v.distribute(u, k, rows[k], &r, spread); err != nil {
			return nil, err
		}
	}
	if err := u.Check(); err != nil {
		return nil, fmt.Errorf("the uncertain numbers of %s: %w", orElse(c.ID, "the case"), err)
	}
	return u, nil
}

// refine makes a row's units finer.
func refine(r *outcome.Row) {
	span := magnitude(r.Threshold.Value)
	for _, scores := range r.Scores {
		span += max(magnitude(slices.Max(scores)), magnitude(slices.Min(scores)))
	}
	for _, a := range r.Adjustments {
		span += magnitude(a.Add)
	}
	by := int64(1)
	for by < finer && span <= finest/(10*by) && r.Units() <= finest/(10*by) {
		by *= 10
	}
	r.Scale = by * r.Units()
	r.Threshold.Value *= by
	for _, scores := range r.Scores {
		for o := range scores {
			scores[o] *= by
		}
	}
	for k := range r.Adjustments {
		r.Adjustments[k].Add *= by
	}
}

func magnitude(v int64) int64 { return max(v, -v) }

// distribute adds the uncertain numbers of the row at position at.
func (c *Case) distribute(u *outcome.Uncertain, at int, to *outcome.Row, r *row, spread *big.Rat) error {
	units := new(big.Rat).SetInt64(to.Units())
	round := func(points *big.Rat) int64 { return nearestInt(new(big.Rat).Mul(points, units)) }
	// add takes in a number under the quantile and source given, -1 for new ones.
	add := func(n Number, id, source string, made outcome.Number, quantile, from int) (int, int, error) {
		if len(u.Numbers) == outcome.MaxNumbers {
			return 0, 0, fmt.Errorf("%s: more than %d uncertain numbers: give ranges to fewer options, or fewer points of a range", id, outcome.MaxNumbers)
		}
		if quantile < 0 {
			quantile = u.Quantiles
			u.Quantiles++
		}
		if from < 0 {
			from = len(u.Sources)
			u.Sources = append(u.Sources, outcome.Source{ID: source, Row: at})
		}
		u.Sources[from].Numbers = append(u.Sources[from].Numbers, len(u.Numbers))
		made.ID, made.Row, made.Quantile, made.Source = id, at, quantile, from
		made.Low, made.Mode, made.High = round(n.Low), round(n.Mode), round(n.High)
		if n.Shape == Triangular {
			made.Shape = outcome.Triangular
		}
		u.Numbers = append(u.Numbers, made)
		return quantile, from, nil
	}
	group := make(map[string]int) // by issue, the position of its list in together
	for g, issues := range r.together {
		for _, issue := range issues {
			group[issue] = g
		}
	}
	quantiles, sources := make([]int, len(r.together)), make([]int, len(r.together))
	for g := range quantiles {
		quantiles[g], sources[g] = -1, -1
	}
	for i, issue := range c.Issues.Keys() {
		is, _ := c.Issues.Get(issue)
		scores, _ := r.scores.Get(issue)
		given := scores.given(&is, spread)
		any := false
		quantile, source := -1, -1
		name := r.id + ".scores." + string(issue)
		g, together := group[string(issue)]
		if together {
			quantile, source = quantiles[g], sources[g]
			name = r.id + ".scores." + strings.Join(r.together[g], "+")
		}
		positions := make([]int, 0, len(given))
		for _, k := range given {
			positions = append(positions, k.at)
			if k.number.Shape == Certain {
				continue
			}
			any = true
			of := -1
			if together || scores.Same != nil && spread == nil {
				of = quantile
			}
			q, s, err := add(k.number, r.id+".scores."+string(issue)+"."+is.OptionID(k.at), name, outcome.Number{Kind: outcome.Score, Issue: i, At: k.at}, of, source)
			if err != nil {
				return err
			}
			quantile, source = q, s
		}
		if together && any {
			quantiles[g], sources[g] = quantile, source
		}
		if any && len(given) < is.Len() {
			u.Spans = append(u.Spans, outcome.Span{Row: at, Issue: i, Given: positions})
		}
	}
	for k, a := range r.adjustments {
		if a.Add.Shape == Certain {
			continue
		}
		id := r.id + ".adjustments." + nameOr(a.ID, k)
		if _, _, err := add(a.Add, id, id, outcome.Number{Kind: outcome.Addition, At: k}, -1, -1); err != nil {
			return err
		}
	}
	if r.threshold != nil && r.threshold.Value.Shape != Certain {
		id := r.id + ".no_deal"
		if strings.Contains(r.id, ".") {
			id = r.id + ".accepts_at"
		}
		if _, _, err := add(r.threshold.Value, id, id, outcome.Number{Kind: outcome.Level}, -1, -1); err != nil {
			return err
		}
	}
	return nil
}

// A given is a score that the file gives at a position of an issue.
type given struct {
	at     int
	number Number
}

// given returns the scores given for an issue, in the order of its options, those
// that are certain spread by a share of their size.
func (s *IssueScores) given(is *Issue, spread *big.Rat) []given {
	var all []given
	if s.Same != nil {
		for k := range is.Len() {
			if is.Range == nil || k == 0 || k == is.Len()-1 {
				all = append(all, given{k, *s.Same})
			}
		}
	}
	for id, n := range s.At.All() {
		if k, ok := is.Position(id); ok && s.Same == nil {
			all = append(all, given{k, n})
		}
	}
	slices.SortStableFunc(all, func(a, b given) int { return cmp.Compare(a.at, b.at) })
	all = slices.CompactFunc(all, func(a, b given) bool { return a.at == b.at })
	if spread == nil {
		return all
	}
	for k := range all {
		if n := &all[k].number; n.Shape == Certain && n.Headline().Sign() != 0 {
			by := new(big.Rat).Abs(n.Headline())
			by.Mul(by, spread)
			*n = Number{Uniform, new(big.Rat).Sub(n.Headline(), by), n.Headline(), new(big.Rat).Add(n.Headline(), by)}
		}
	}
	return all
}
