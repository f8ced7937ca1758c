package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/strategy"
	"github.com/goodoffices/goodoffices/study"
)

// talkFlags define what talks can be asked for. Names and values are those of a transcript's
// head.
func talkFlags(f *pflag.FlagSet, t *study.Talks) {
	*t = study.DefaultTalks()
	f.StringVar(&t.Protocol, "protocol", t.Protocol, "rules of the talks, `PROTOCOL`; --list describes them")
	f.StringArrayVar(&t.Strategies, "strategy", nil, "who plays what: `SEAT=STRATEGY`, once for each seat; --list describes them, and the default of each protocol")
	f.IntVar(&t.Rounds, "rounds", t.Rounds, "deadline: the talks end after `N` rounds")
	f.Uint64Var(&t.Seed, "seed", t.Seed, "take chance from stream `N`")
	f.Float64Var(&t.Breakdown, "breakdown", 0, "chance `P` from 0 to 1 that the talks break down after a round")
	f.StringVar(&t.DiscountBy, "discount-by", t.DiscountBy, "apply the case's discounts per `STEP`: round or session")
	f.StringVar(&t.Clock, "clock", t.Clock, "time that outside programs see in round r of n, `CLOCK`: elapsed, (r-1)/n, or counting, r/(n+1)")
	f.StringArrayVar(&t.Unmet, "unmet", nil, "precondition `PARTY.ID` is not met when the talks begin (otherwise it counts as met)")
	f.StringArrayVar(&t.Meet, "meet", nil, "a precondition is met from a round on: `ROUND:PARTY.ID`")
	f.StringArrayVar(&t.Unmeet, "unmeet", nil, "a precondition is no longer met from a round on: `ROUND:PARTY.ID`")
	f.StringArrayVar(&t.Amend, "amend", nil, "a principal amends its mandate: `ROUND:PARTY:CONDITION` that packages must meet; an empty one frees the negotiators")
	f.StringArrayVar(&t.Files, "file", nil, "file_by_file: the `ISSUES` of a file, with commas, in the order of the talks (default: every issue one)")
	f.BoolVar(&t.Reopen, "reopen", false, "file_by_file: offers may change files settled before")
	f.IntVar(&t.DirectAfter, "direct-after", 0, "indirect_then_direct: talks become direct after `N` rounds (default, without any of these: half of them)")
	f.IntVar(&t.DirectYeses, "direct-yeses", 0, "indirect_then_direct: once `N` parties said yes to one proposal")
	f.StringVar(&t.DirectWhen, "direct-when", "", "indirect_then_direct: once precondition `PARTY.ID` is met")
}

// protocolFlags are those that only one protocol looks at.
var protocolFlags = map[string]string{
	"file_by_file":         "--file, --reopen",
	"indirect_then_direct": "--direct-after, --direct-yeses, --direct-when",
}

// completeTalks completes the flags of the talks.
func completeTalks(s *streams, cmd *cobra.Command) {
	completeFlag(cmd, "protocol", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var all []cobra.Completion
		for _, p := range study.Protocols {
			all = append(all, cobra.CompletionWithDesc(p.Name, p.About))
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	})
	completeFlag(cmd, "strategy", completeFrom(s, func(f *casefile.File) []string {
		var all []string
		for _, seat := range append(slices.Clone(f.Case.Parties.Keys()), "mediator") {
			for _, e := range strategy.List() {
				if (e.Role == strategy.Mediator) == (seat == "mediator") {
					all = append(all, string(seat+"=")+e.Name)
				}
			}
		}
		return all
	}))
	completeFlag(cmd, "unmet", completeFrom(s, preconditions))
	completeFlag(cmd, "direct-when", completeFrom(s, preconditions))
}

func preconditions(f *casefile.File) []string {
	t, err := f.Case.Talks(casefile.Choice{})
	if err != nil {
		return nil
	}
	var ids []string
	for _, p := range t.Preconditions {
		ids = append(ids, p.ID)
	}
	return ids
}

// table sets the table for talks on a case. What talks cannot ask for is wrong usage.
func (q *question) table(of *study.Study, talks study.Talks) (*study.Table, error) {
	t, err := of.Table(talks)
	var wrong *study.RequestError
	switch {
	case !errors.As(err, &wrong):
		return t, err
	case wrong.Field != "":
		return nil, console.UsageError{Message: fmt.Sprintf("--%s", wrong)}
	}
	return nil, console.UsageError{Message: wrong.Error()}
}
