package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/vote"
)

var ratifyFormats = []string{"text", "json"}

// A ballot is what is asked of one run of ratify.
type ballot struct {
	rule, groups, format string
	list                 bool
	tally                vote.Tally
}

func newRatify(s *streams) *cobra.Command {
	var x ballot
	cmd := &cobra.Command{
		Use:   "ratify --rule RULE --yes N --no N",
		Short: "Count a vote under a named rule of ratification",
		Long: `Ratify says whether a vote passes a rule, with how many votes to spare or
missing, and why. --list explains every rule with a real vote.

required is the least number of yes votes (or, of a rule of disapproval, the
greatest number against the agreement) with which the question is carried, and
margin how far the vote is from it: 0 or more to spare, below 0 missing. Where a
rule asks for several things, both speak of the first that is not met, else of the
first of all.

--abstain counts those who were there and said neither yes nor no, --absent the
members who were not there. Those present are --present, else --members less
--absent, else all who voted or abstained. --groups names a CSV or JSON file with
a line for each community, canton or state: group, yes, no, abstain, or group,
vote; with weight (as 0.5 for a half canton), population and veto where the rule
needs them. Each line counts, so that totals and repeated groups are errors.

Under a rule of disapproval the votes are on the motion to disapprove, and passed
says whether the agreement stands; under snapback they are on a resolution to go on,
and passed says whether the measures return. A share may stand in the name of a
rule: four_fifths_of_members, 55_percent_of_votes_cast, quorum_40, weighted_85.`,
		Example: `  goodoffices ratify --rule cloture --yes 58 --no 42
  goodoffices ratify --rule two_thirds --yes 71 --no 26 --absent 3 --format json
  goodoffices ratify --list`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			rule, err := x.check(cmd)
			switch {
			case err != nil:
				return err
			case x.list:
				return listRules(s.out)
			}
			return x.count(s, cmd, &rule)
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.rule, "rule", "", "count under `RULE`, as in majority, two_thirds, cloture; see --list")
	f.Int64Var(&x.tally.Yes, "yes", 0, "`N` yes votes")
	f.Int64Var(&x.tally.No, "no", 0, "`N` no votes")
	f.Int64Var(&x.tally.Abstain, "abstain", 0, "`N` present who said neither")
	f.Int64Var(&x.tally.Absent, "absent", 0, "`N` members who were not there")
	f.Int64Var(&x.tally.Present, "present", 0, "`N` present, voting or not (default: see above)")
	f.Int64Var(&x.tally.Members, "members", 0, "`N` members, seats or registered voters in all")
	f.Int64Var(&x.tally.Vetoes, "vetoes", 0, "`N` of the no votes that are vetoes")
	f.StringVar(&x.groups, "groups", "", "results of communities, cantons or states from `FILE`, CSV or JSON; - is standard input")
	f.StringVar(&x.format, "format", "text", "`FORMAT` of the result: text or json")
	f.BoolVar(&x.list, "list", false, "explain every rule with a real vote")
	completeFlag(cmd, "format", cobra.FixedCompletions(ratifyFormats, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "rule", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var names []cobra.Completion
		for _, r := range vote.Rules() {
			names = append(names, cobra.CompletionWithDesc(r.ID, r.Title))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// check refuses what does not go together, and returns the rule that is named; none with --list.
func (x *ballot) check(cmd *cobra.Command) (vote.Rule, error) {
	flags := cmd.Flags()
	switch {
	case !slices.Contains(ratifyFormats, x.format):
		return vote.Rule{}, usagef(cmd, "no format %q%s", x.format, plain.Meant(x.format, ratifyFormats))
	case x.list && x.format == "json":
		return vote.Rule{}, usagef(cmd, "--list is text: leave --format out")
	case x.list:
		return vote.Rule{}, nil
	case x.rule == "":
		return vote.Rule{}, usagef(cmd, "which rule? name one with --rule; --list explains all of them")
	}
	rule, ok := vote.Lookup(x.rule)
	if !ok {
		return rule, usagef(cmd, "no rule %q%s", x.rule, cmp.Or(plain.Meant(x.rule, vote.Names()), "; --list explains all of them"))
	}
	for _, flag := range []string{"yes", "no"} {
		if !flags.Changed(flag) && x.groups == "" {
			return rule, usagef(cmd, "how many votes were %s? give --%s (0 where there were none)", flag, flag)
		}
	}
	if flags.Changed("vetoes") && x.tally.Vetoes < 0 {
		return rule, usagef(cmd, "%d vetoes: write 0 or more", x.tally.Vetoes)
	}
	return rule, nil
}

// count counts the vote under the rule and writes the result.
func (x *ballot) count(s *streams, cmd *cobra.Command, rule *vote.Rule) error {
	flags, tally := cmd.Flags(), x.tally
	if !flags.Changed("vetoes") {
		tally.Vetoes = -1
	}
	if flags.Changed("absent") && tally.Members > 0 && tally.Present == 0 {
		tally.Present = max(0, tally.Members-tally.Absent)
	}
	if x.groups != "" {
		data, err := s.read(cmd.Context(), x.groups, vote.MaxGroupFile)
		if err != nil {
			return err
		}
		if tally.Groups, err = vote.ParseGroups(data); err != nil {
			return fmt.Errorf("%s: %w", x.groups, err)
		}
	}
	result, err := rule.Count(tally)
	if err != nil {
		return err
	}
	if x.format == "json" {
		return ratifyJSON(s.out, rule, result)
	}
	return ratifyText(s.out, rule, result)
}

func ratifyText(w io.Writer, rule *vote.Rule, r *vote.Result) error {
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

func ratifyJSON(w io.Writer, rule *vote.Rule, r *vote.Result) error {
	out := ratified{Rule: rule.ID, Title: rule.Title, Passed: r.Passed, Explanation: clean(r.Explanation)}
	out.Margin, out.Required = units(r.Decisive.Margin(), r.Decisive.Unit), units(r.Decisive.Need, r.Decisive.Unit)
	if rule.Inverted() {
		out.Motion = &r.Motion
	}
	for _, c := range r.Conditions {
		x := ratifyCondition{What: clean(c.Title), Have: units(c.Have, c.Unit), Required: units(c.Need, c.Unit), AtMost: c.Most, Met: c.Met(), Margin: units(c.Margin(), c.Unit)}
		if c.Of > 0 {
			of := units(c.Of, c.Unit)
			x.Of = &of
		}
		out.Conditions = append(out.Conditions, x)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// units writes n/unit as a JSON number with up to six decimals.
func units(n, unit int64) json.Number {
	text := big.NewRat(n, max(1, unit)).FloatString(6)
	return json.Number(strings.TrimRight(strings.TrimRight(text, "0"), "."))
}

func listRules(w io.Writer) error {
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
