package strategy_test

import (
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/strategy"
)

// Every strategy has a spec by name, of its role, whose values are its parameters in their order.
func TestSpecsByName(t *testing.T) {
	plain := map[string]func(...float64) string{
		"boulware": strategy.Boulware, "linear": strategy.Linear, "conceder": strategy.Conceder, "exponential": strategy.Exponential,
		"resource": strategy.Resource, "tft-relative": strategy.RelativeTitForTat, "tft-absolute": strategy.AbsoluteTitForTat,
		"tft-averaged": strategy.AveragedTitForTat, "tft-nice": strategy.NiceTitForTat, "micro": strategy.MiCRO, "hardliner": strategy.Hardliner,
		"random": strategy.Random, "crazyhaggler": strategy.CrazyHaggler, "truthful": strategy.Truthful, "tradeoff": strategy.TradeOff,
		"zeuthen": strategy.Zeuthen, "hardheaded": strategy.HardHeaded, "agentk": strategy.AgentK, "abines": strategy.ABiNeS,
		"gahboninho": strategy.Gahboninho, "annealer": strategy.Annealer, "nash": strategy.Nash, "kalai-smorodinsky": strategy.KalaiSmorodinsky,
		"egalitarian": strategy.Egalitarian, "nash-robust": strategy.RobustNash, "climber": strategy.Climber, "annealing": strategy.Annealing,
	}
	wraps := map[string]func(string, ...float64) string{
		"acconst": strategy.AcceptConstant, "actime": strategy.AcceptTime, "accombi": strategy.AcceptCombination, "bluff": strategy.Bluff,
		"exaggerate": strategy.Exaggerate, "withhold": strategy.Withhold, "leak": strategy.Leak, "breakdown": strategy.Breakdown,
		"home": strategy.Home, "overreach": strategy.Overreach,
	}
	for _, e := range strategy.List() {
		of := plain[e.Name]
		want := e.Name
		switch {
		case e.Name == "outside":
			of = func(...float64) string { return strategy.Outside("my program") }
			want = "outside:my program"
		case e.Role == strategy.Wrapper && wraps[e.Name] != nil:
			of = func(values ...float64) string { return wraps[e.Name](strategy.MiCRO(), values...) }
			want += "(micro)"
		}
		if of == nil {
			t.Errorf("%s has no spec by name", e.Name)
			continue
		}
		if got := of(); got != want || strategy.Check(got) != nil {
			t.Errorf("%s is %q, %v; want %q", e.Name, got, strategy.Check(got), want)
		}
		var values []float64
		for _, p := range e.Params {
			values = append(values, p.Most)
		}
		if err := strategy.Check(of(values...)); err != nil {
			t.Errorf("%s with every value: %v", e.Name, err)
		}
		if len(e.Params) == 0 || e.Name == "outside" {
			continue
		}
		if spec := of(slices.Concat(values, []float64{1})...); strategy.Check(spec) == nil {
			t.Errorf("%s with a value too many is taken", spec)
		}
	}
	if got := strategy.Bluff(strategy.Boulware(0.25), 40, 0.5); got != "bluff(boulware:e=0.25):by=40,until=0.5" {
		t.Errorf("a bluff is %q", got)
	}
}
