package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/goodoffices/goodoffices/vote"
)

// WriteVoteText writes the result of a vote under a rule for a terminal.
func WriteVoteText(w io.Writer, rule *vote.Rule, r *vote.Result) error {
	_, err := fmt.Fprintf(w, "%s\n%s\n", rule.Title, clean(r.Explanation))
	return err
}

// A ratified is a result as JSON; docs/formats/ratify.md explains the fields.
type ratified struct {
	Rule        string      `json:"rule"`
	Title       string      `json:"title"`
	Passed      bool        `json:"passed"`
	Margin      json.Number `json:"margin"`
	Required    json.Number `json:"required"`
	Explanation string      `json:"explanation"`
	// Motion is there under rules of disapproval alone.
	Motion     *bool             `json:"motion_adopted,omitempty"`
	Conditions []ratifyCondition `json:"conditions"`
}

type ratifyCondition struct {
	What     string       `json:"what"`
	Have     json.Number  `json:"have"`
	Required json.Number  `json:"required"`
	AtMost   bool         `json:"at_most"`
	Of       *json.Number `json:"of"`
	Met      bool         `json:"met"`
	Margin   json.Number  `json:"margin"`
}

// WriteVoteJSON writes the result of a vote under a rule as one JSON document.
func WriteVoteJSON(w io.Writer, rule *vote.Rule, r *vote.Result) error {
	out := ratified{Rule: rule.ID, Title: rule.Title, Passed: r.Passed, Explanation: clean(r.Explanation)}
	out.Margin, out.Required = votesNumber(r.Decisive.Margin(), r.Decisive.Unit), votesNumber(r.Decisive.Need, r.Decisive.Unit)
	if rule.Inverted() {
		out.Motion = &r.Motion
	}
	for _, c := range r.Conditions {
		x := ratifyCondition{What: clean(c.Title), Have: votesNumber(c.Have, c.Unit), Required: votesNumber(c.Need, c.Unit), AtMost: c.Most, Met: c.Met(), Margin: votesNumber(c.Margin(), c.Unit)}
		if c.Of > 0 {
			of := votesNumber(c.Of, c.Unit)
			x.Of = &of
		}
		out.Conditions = append(out.Conditions, x)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// votesNumber writes n/unit as a JSON number with up to six decimals.
func votesNumber(n, unit int64) json.Number {
	text := big.NewRat(n, max(1, unit)).FloatString(6)
	return json.Number(strings.TrimRight(strings.TrimRight(text, "0"), "."))
}

// WriteVoteRules explains every rule with a real vote.
func WriteVoteRules(w io.Writer) error {
	var b strings.Builder
	for i, r := range vote.Rules() {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n  %s: %s\n", r.ID, r.Title, r.Plain)
		if n := min(5, len(r.Aliases)); n > 0 {
			fmt.Fprintf(&b, "  Also: %s\n", strings.Join(r.Aliases[:n], ", "))
		}
		result, err := r.Count(r.Example.Tally)
		if err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
		fmt.Fprintf(&b, "  Example, %s: %s.\n    %s\n    Source: %s\n", r.Example.Date, r.Example.What, result.Explanation, r.Example.Source)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
