package strategy

import (
	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy/mediator"
)

var mediators = []Entry{
	{
		Name: "nash", Role: Mediator, Rule: "proposes the Nash package of the scores and no-deal values that it was told",
		Source:   "Nash 1950 (The Bargaining Problem), by bargain's solver",
		mediator: solving(nash, false),
	},
	{
		Name: "kalai-smorodinsky", Role: Mediator, Rule: "proposes the Kalai–Smorodinsky package of what it was told",
		Source:   "Kalai and Smorodinsky 1975, by bargain's solver",
		mediator: solving(func(s *bargain.Solutions) *bargain.Solution { return s.KalaiSmorodinsky }, false),
	},
	{
		Name: "egalitarian", Role: Mediator, Rule: "proposes the egalitarian package of what it was told",
		Source:   "Kalai 1977 (Proportional Solutions to Bargaining Situations), by bargain's solver",
		mediator: solving(func(s *bargain.Solutions) *bargain.Solution { return s.Egalitarian }, false),
	},
	{
		Name: "nash-robust", Role: Mediator, Rule: "as nash, but believes no stated no-deal value: it learns from refusals what a party does not take",
		mediator: solving(nash, true),
	},
	{
		Name: "climber", Role: Mediator, Rule: "changes one issue of the text in force at a time, and keeps what nobody refuses",
		Source:   "Klein, Faratin, Sayama and Bar-Yam 2003 (Negotiating Complex Contracts): hill climbing",
		Params:   []Param{{"listen", 0.5, 0, 1, "chance that the issue is one that a party wants improved"}},
		mediator: func(self protocol.Self, v values) Maker { return mediator.Drafter(self, v["listen"], 0) },
	},
	{
		Name: "annealing", Role: Mediator, Rule: "as climber, but goes on from a refused draft with a chance that falls over the rounds",
		Source: "after Klein, Faratin, Sayama and Bar-Yam 2003: mediated annealing",
		Params: []Param{
			{"listen", 0.5, 0, 1, "chance that the issue is one that a party wants improved"},
			{"heat", 0.5, 0, 1, "chance at first to go on from a draft that half the parties refused"},
		},
		mediator: func(self protocol.Self, v values) Maker { return mediator.Drafter(self, v["listen"], v["heat"]) },
	},
}

func nash(s *bargain.Solutions) *bargain.Solution { return s.Nash }

func solving(pick func(s *bargain.Solutions) *bargain.Solution, wary bool) func(protocol.Self, values) Maker {
	return func(self protocol.Self, _ values) Maker { return mediator.Solver(self, pick, wary) }
}
