package study

import (
	"context"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
)

// A Measured scenario is one row of a collection: what kind of problem it is, and
// what the analysis found. Its JSON form is that of docs/formats/collection.md, and
// reads back as the same value.
type Measured struct {
	Scenario string   `json:"scenario"` // name in the collection
	Format   string   `json:"format"`   // "case" for a case file
	Files    []string `json:"files"`
	Case     *string  `json:"case"` // id, nil where there was no case to measure
	Hash     *string  `json:"hash"` // of the case's text
	Parties  []string `json:"parties"`
	Issues   int      `json:"issues"`
	// Outcomes is the number of packages, a decimal.
	Outcomes *string `json:"outcomes"`
	// Nonlinear says that scores are not sums over issues alone: some party has
	// adjustments, other than of single packages.
	Nonlinear bool             `json:"nonlinear"`
	NoDeal    []*float64       `json:"no_deal"` // by party; nil without a threshold
	Verdict   *bargain.Verdict `json:"verdict"`
	// Zone is the number of packages in the zone, nil where it is not known exactly.
	Zone *string `json:"zone"`
	// Frontier and FrontierWhole are the sizes of the frontier of the zone and of that
	// of all packages, nil where they are not known.
	Frontier      *int `json:"frontier"`
	FrontierWhole *int `json:"frontier_whole"`
	// The utilities of each solution, by party; nil where the rule has nothing to rank.
	Nash             []float64 `json:"nash"`
	KalaiSmorodinsky []float64 `json:"kalai_smorodinsky"`
	Egalitarian      []float64 `json:"egalitarian"`
	Utilitarian      []float64 `json:"utilitarian"`
	Balanced         []float64 `json:"balanced"`
	Opposition       *float64  `json:"opposition"`
	Distribution     *float64  `json:"distribution"`
	Exact            bool      `json:"exact"`
	InputsRounded    bool      `json:"inputs_rounded"`
	Method           *string   `json:"method"`
	// Problems are what kept the scenario from being read or measured in full.
	Problems []string `json:"problems"`
	// Lost are what was lost, repaired or could have been read otherwise.
	Lost []string `json:"lost"`
}

// Measure fills in a row from its case. Where an analysis is refused within the
// budget the row says why. The error is not nil only when ctx has ended.
func (m *Measured) Measure(ctx context.Context, file *casefile.File, o bargain.Options) error {
	id, hash := file.Case.ID, file.Hash()
	m.Case, m.Hash = &id, &hash
	m.Parties = casefile.Texts(file.Case.Parties.Keys())
	m.Issues = file.Case.Issues.Len()
	if c := file.Conversion; c != nil {
		m.Lost = append(m.Lost, c.Notes...)
	}
	space, err := file.Case.Compile(casefile.Choice{})
	if err != nil {
		m.Problems = append(m.Problems, err.Error())
		return ctx.Err()
	}
	outcomes := space.Size().String()
	m.Outcomes = &outcomes
	m.InputsRounded = space.Rounded
	for i := range space.Parties {
		row := &space.Parties[i].Row
		for k := range row.Adjustments {
			// One of a single package corrects it, as where a tool cuts utilities at 1.
			when := &row.Adjustments[k].When
			m.Nonlinear = m.Nonlinear || len(when.Issues()) < len(space.Issues) || when.Count() != 1
		}
		var threshold *float64
		if row.Threshold.Set {
			f, _ := row.Points(row.Threshold.Value).Float64()
			threshold = &f
		}
		m.NoDeal = append(m.NoDeal, threshold)
	}
	o.Measures, o.Whole = true, false
	a, err := bargain.Analyze(ctx, space, o)
	if err != nil {
		if ctx.Err() == nil {
			m.Problems = append(m.Problems, err.Error())
		}
		return ctx.Err()
	}
	m.Verdict, m.Exact = &a.Verdict, a.Exact
	method := string(a.Method)
	m.Method = &method
	if z := &a.Zone; z.Low != nil && z.High != nil && z.Exact() {
		count := z.Low.String()
		m.Zone = &count
	}
	m.Frontier = sizeOf(&a.Frontier)
	for _, rule := range []struct {
		to   *[]float64
		from *bargain.Solution
	}{
		{&m.Nash, a.Solutions.Nash}, {&m.KalaiSmorodinsky, a.Solutions.KalaiSmorodinsky}, {&m.Egalitarian, a.Solutions.Egalitarian},
		{&m.Utilitarian, a.Solutions.Utilitarian}, {&m.Balanced, a.Solutions.Balanced},
	} {
		if rule.from != nil {
			*rule.to = utilitiesOf(space, rule.from.Utilities)
		}
	}
	m.Opposition, m.Distribution = a.Measures.Opposition, a.Measures.Distribution
	if why := a.Measures.Why; why != "" {
		m.Problems = append(m.Problems, why)
	}
	if m.Zone != nil && *m.Zone == outcomes {
		m.FrontierWhole = m.Frontier // nothing was excluded
		return nil
	}
	o.Measures, o.Whole = false, true
	if a, err = bargain.Analyze(ctx, space, o); err == nil {
		m.FrontierWhole = sizeOf(&a.Frontier)
	} else if ctx.Err() == nil {
		m.Problems = append(m.Problems, "frontier of all packages: "+err.Error())
	}
	return ctx.Err()
}

// sizeOf returns the number of points of a frontier that is known in full.
func sizeOf(f *bargain.Frontier) *int {
	if f.Size < 0 {
		return nil
	}
	n := f.Size
	return &n
}

func utilitiesOf(space *outcome.Space, utilities []int64) []float64 {
	out := make([]float64, len(utilities))
	for i, u := range utilities {
		out[i], _ = space.Parties[i].Points(u).Float64()
	}
	return out
}
