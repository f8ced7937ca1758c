package study

import (
	"context"
	"slices"
	"time"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/whatif"
)

// Views set the readings of a case side by side. Main is the case under the study's choice.
type Views struct {
	*Case
	// Diagnoses are those of the readings without a zone, by reading; nil for the others.
	Diagnoses []*diagnose.Diagnosis
	Pairs     []ViewPair
}

// A ViewPair is two readings of a case and the assumptions in which they differ.
type ViewPair struct {
	From, To    *Reading
	Assumptions []casefile.Assumption
	// Combinations are of the assumptions of To taken over into From.
	Combinations *whatif.Combinations
	// Verdict and Package hold the smallest sets of assumptions on which the verdict flips, and the
	// package that the Nash rule ranks first.
	Verdict, Package whatif.Flips
}

// Views reads the case as written and under each view, with the levers of the choice pulled, and compares
// any two of the readings.
func (s *Study) Views(ctx context.Context, opts Options) (*Views, error) {
	c, err := s.all(ctx, opts.part(0, 0.5))
	if err != nil {
		return nil, err
	}
	v := &Views{Case: c, Diagnoses: make([]*diagnose.Diagnosis, len(c.Readings))}
	for i, r := range c.Readings {
		if r.Analysis.Verdict == bargain.NoZone {
			if v.Diagnoses[i], err = diagnosed(ctx, r, opts); err != nil {
				return nil, err
			}
		}
	}
	v.Pairs, err = c.compare(ctx, opts.part(0.5, 1))
	return v, err
}

// compare finds, for any two readings, the smallest sets of the assumptions in which they
// differ on which an answer flips.
func (c *Case) compare(ctx context.Context, opts Options) ([]ViewPair, error) {
	var pairs []ViewPair
	n := len(c.Readings) * (len(c.Readings) - 1) / 2
	for i, from := range c.Readings {
		for _, to := range c.Readings[i+1:] {
			step := opts.part(float64(len(pairs))/float64(n), float64(len(pairs)+1)/float64(n))
			k, assumptions, err := c.File.Case.CombineViews(from.View, to.View, c.Choice.Levers)
			if err != nil {
				return nil, err
			}
			p := ViewPair{From: from, To: to, Assumptions: assumptions}
			p.Combinations, err = whatif.Combine(ctx, k.Len(), k.Compile, whatif.CombineOptions{Time: step.Time / time.Duration(n), Memory: step.Memory,
				Witnesses: slices.Concat(from.winners(), to.winners()), Progress: step.Progress})
			if err != nil {
				return nil, err
			}
			p.Verdict, p.Package = p.Combinations.VerdictFlips(), p.Combinations.PackageFlips()
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}
