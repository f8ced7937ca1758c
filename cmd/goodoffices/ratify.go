package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/vote"
)

// A ballot is what is asked of one run of ratify.
type ballot struct {
	*question
	rule, groups string
	list         bool
	tally        vote.Tally
}

func newRatify(s *streams) *cobra.Command {
	x := ballot{question: s.question("text", "json")}
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
				return report.WriteVoteRules(s.Out)
			}
			return x.count(cmd, &rule)
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
	x.formatFlag(cmd)
	f.BoolVar(&x.list, "list", false, "explain every rule with a real vote")
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
	if err := x.question.check(cmd); err != nil {
		return vote.Rule{}, err
	}
	flags := cmd.Flags()
	switch {
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
func (x *ballot) count(cmd *cobra.Command, rule *vote.Rule) error {
	flags, tally := cmd.Flags(), x.tally
	if !flags.Changed("vetoes") {
		tally.Vetoes = -1
	}
	if flags.Changed("absent") && tally.Members > 0 && tally.Present == 0 {
		tally.Present = max(0, tally.Members-tally.Absent)
	}
	if x.groups != "" {
		data, err := x.Read(cmd.Context(), x.groups, vote.MaxGroupFile)
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
		return report.WriteVoteJSON(x.Out, rule, result)
	}
	return report.WriteVoteText(x.Out, rule, result)
}
