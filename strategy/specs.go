package strategy

import (
	"slices"
	"strconv"
	"strings"
)

// Specs by name, for programs: Boulware(0.25) is "boulware:e=0.25" and Bluff(MiCRO(), 50) is
// "bluff(micro):by=50". Values are those of the strategy's parameters in the order of
// [Entry.Params]; what is left out is at its default. As with any spec, [Check] and [Prepare] say what is
// wrong with it.
var (
	Boulware          = named("boulware")
	Linear            = named("linear")
	Conceder          = named("conceder")
	Exponential       = named("exponential")
	Resource          = named("resource")
	RelativeTitForTat = named("tft-relative")
	AbsoluteTitForTat = named("tft-absolute")
	AveragedTitForTat = named("tft-averaged")
	NiceTitForTat     = named("tft-nice")
	MiCRO             = named("micro")
	Hardliner         = named("hardliner")
	Random            = named("random")
	CrazyHaggler      = named("crazyhaggler")
	Truthful          = named("truthful")
	TradeOff          = named("tradeoff")
	Zeuthen           = named("zeuthen")
	HardHeaded        = named("hardheaded")
	AgentK            = named("agentk")
	ABiNeS            = named("abines")
	Gahboninho        = named("gahboninho")
	Annealer          = named("annealer")

	// Mediators.
	Nash             = named("nash")
	KalaiSmorodinsky = named("kalai-smorodinsky")
	Egalitarian      = named("egalitarian")
	RobustNash       = named("nash-robust")
	Climber          = named("climber")
	Annealing        = named("annealing")

	// Wrappers.
	AcceptConstant    = wraps("acconst")
	AcceptTime        = wraps("actime")
	AcceptCombination = wraps("accombi")
	Bluff             = wraps("bluff")
	Exaggerate        = wraps("exaggerate")
	Withhold          = wraps("withhold")
	Leak              = wraps("leak")
	Breakdown         = wraps("breakdown")
	Home              = wraps("home")
	Overreach         = wraps("overreach")
)

// Outside is the spec of a program in another language; see package outside.
func Outside(command string) string { return outsideEntry.Name + ":" + command }

func named(name string) func(values ...float64) string {
	return func(values ...float64) string { return specOf(name, "", values) }
}

func wraps(name string) func(inner string, values ...float64) string {
	return func(inner string, values ...float64) string { return specOf(name, "("+inner+")", values) }
}

func specOf(name, inner string, values []float64) string {
	entry := entries[slices.IndexFunc(entries, func(e Entry) bool { return e.Name == name })]
	var list []string
	for i, v := range values {
		param := strconv.Itoa(i + 1) // too many values: no parameter has this name
		if i < len(entry.Params) {
			param = entry.Params[i].Name
		}
		list = append(list, param+"="+strconv.FormatFloat(v, 'g', -1, 64))
	}
	if list == nil {
		return name + inner
	}
	return name + inner + ":" + strings.Join(list, ",")
}
