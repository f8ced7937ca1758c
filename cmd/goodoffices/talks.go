package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
	"github.com/goodoffices/goodoffices/strategy"
	"github.com/goodoffices/goodoffices/study"
)

// talks are what simulate is asked to play. Its flags are the fields of a
// transcript's head, so that a replay is set up by the same code.
type talks struct {
	choice     casefile.Choice
	protocol   string
	strategies []string // SEAT=SPEC
	rounds     int
	seed       uint64
	breakdown  float64
	discountBy string
	clock      string
	unmet      []string // PARTY.ID
	meet       []string // ROUND:PARTY.ID
	unmeet     []string
	amend      []string // ROUND:PARTY:CONDITION
	files      []string // issues of a file, with commas
	reopen     bool
	after      int
	yeses      int
	when       string

	// What they come to on a case.
	file    *casefile.File
	numbers *casefile.Talks
	set     *protocol.Setting
	rules   protocol.Rules
	specs   []string // by seat

	rankings *strategy.Rankings // shared by all that is played; nil: the talks have their own
}

// A protocolEntry is a protocol as the command line names it.
type protocolEntry struct {
	name, about     string
	party, mediator string // their default strategies
	rules           func(t *talks) (protocol.Rules, error)
}

var protocols = []protocolEntry{
	{"alternating_offers", "in turn, each party accepts what is on the table or offers something else", "boulware", "",
		func(*talks) (protocol.Rules, error) { return protocol.AlternatingOffers{}, nil }},
	{"voting", "everybody offers at once, then everybody votes on every offer", "boulware", "",
		func(*talks) (protocol.Rules, error) { return protocol.Voting{}, nil }},
	{"single_text", "a mediator drafts, the parties criticise, the text improves, and a final text is put", "truthful", "climber",
		func(*talks) (protocol.Rules, error) { return protocol.SingleText{}, nil }},
	{"shuttle", "parties disclose to a mediator alone, who proposes; answers are blind", "truthful", "nash",
		func(*talks) (protocol.Rules, error) { return protocol.Shuttle{}, nil }},
	{"file_by_file", "one file after another by alternating offers (--file, --reopen), then the whole", "boulware", "",
		(*talks).fileByFile},
	{"indirect_then_direct", "shuttle first, alternating offers once a condition is met (--direct-after, --direct-yeses, --direct-when)", "truthful", "nash",
		func(t *talks) (protocol.Rules, error) {
			r := protocol.IndirectThenDirect{Indirect: protocol.Shuttle{}, Direct: protocol.AlternatingOffers{}, After: t.after, Yeses: t.yeses, Precondition: t.when}
			if r.After == 0 && r.Yeses == 0 && r.Precondition == "" {
				r.After = max(1, t.rounds/2)
			}
			return r, nil
		}},
}

func protocolNames() []string {
	var names []string
	for _, p := range protocols {
		names = append(names, p.name)
	}
	return names
}

// flags defines what can be asked for. Names and values are those of a transcript's
// head.
func (t *talks) flags(f *pflag.FlagSet) {
	f.StringVar(&t.protocol, "protocol", protocols[0].name, "rules of the talks, `PROTOCOL`; --list describes them")
	f.StringArrayVar(&t.strategies, "strategy", nil, "who plays what: `SEAT=STRATEGY`, once for each seat; --list describes them, and the default of each protocol")
	f.IntVar(&t.rounds, "rounds", 100, "deadline: the talks end after `N` rounds")
	f.Uint64Var(&t.seed, "seed", 1, "take chance from stream `N`")
	f.StringVar(&t.choice.View, "view", "", "use the rival assumptions of view `VIEW`")
	f.StringArrayVar(&t.choice.Levers, "lever", nil, "pull lever `LEVER` first; may be given again for others")
	f.Float64Var(&t.breakdown, "breakdown", 0, "chance `P` from 0 to 1 that the talks break down after a round")
	f.StringVar(&t.discountBy, "discount-by", "round", "apply the case's discounts per `STEP`: round or session")
	f.StringVar(&t.clock, "clock", "elapsed", "time that strategies see in round r of n, `CLOCK`: elapsed, (r-1)/n, or counting, r/(n+1)")
	f.StringArrayVar(&t.unmet, "unmet", nil, "precondition `PARTY.ID` is not met when the talks begin (otherwise it counts as met)")
	f.StringArrayVar(&t.meet, "meet", nil, "a precondition is met from a round on: `ROUND:PARTY.ID`")
	f.StringArrayVar(&t.unmeet, "unmeet", nil, "a precondition is no longer met from a round on: `ROUND:PARTY.ID`")
	f.StringArrayVar(&t.amend, "amend", nil, "a principal amends its mandate: `ROUND:PARTY:CONDITION` that packages must meet; an empty one frees the negotiators")
	f.StringArrayVar(&t.files, "file", nil, "file_by_file: the `ISSUES` of a file, with commas, in the order of the talks (default: every issue one)")
	f.BoolVar(&t.reopen, "reopen", false, "file_by_file: offers may change files settled before")
	f.IntVar(&t.after, "direct-after", 0, "indirect_then_direct: talks become direct after `N` rounds (default, without any of these: half of them)")
	f.IntVar(&t.yeses, "direct-yeses", 0, "indirect_then_direct: once `N` parties said yes to one proposal")
	f.StringVar(&t.when, "direct-when", "", "indirect_then_direct: once precondition `PARTY.ID` is met")
}

// resolve works out what the talks are on a case.
func (t *talks) resolve(file *casefile.File) error {
	wrong := func(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }
	t.file = file
	var err error
	if t.numbers, err = file.Case.Talks(t.choice); err != nil {
		return err
	}
	n := t.numbers
	t.set = &protocol.Setting{
		Space: n.Space, Options: n.Options, StatusQuo: n.StatusQuo, Outside: n.Outside, Discounts: n.Discounts,
		Rounds: t.rounds, Breakdown: t.breakdown,
	}
	if file.Case.Parties.Has("mediator") {
		t.set.Mediator = "the_mediator"
	}
	if t.rounds < 1 || t.rounds > protocol.MaxRounds {
		return wrong("--rounds %d: ask for 1 to %s", t.rounds, grouped(fmt.Sprint(protocol.MaxRounds)))
	}
	if !(t.breakdown >= 0 && t.breakdown <= 1) || math.IsNaN(t.breakdown) {
		return wrong("--breakdown %v: a chance is from 0 to 1", t.breakdown)
	}
	switch t.discountBy {
	case "round":
	case "session":
		t.set.DiscountBy = protocol.PerSession
	default:
		return wrong("--discount-by %q%s", t.discountBy, didYouMean(t.discountBy, []string{"round", "session"}))
	}
	switch t.clock {
	case "elapsed":
	case "counting":
		t.set.Clock = protocol.Counting
	default:
		return wrong("--clock %q%s", t.clock, didYouMean(t.clock, []string{"elapsed", "counting"}))
	}
	var known []string
	for _, p := range n.Preconditions {
		known = append(known, p.ID)
		t.set.Preconditions = append(t.set.Preconditions, protocol.Precondition{ID: p.ID, Text: p.Text, Unmet: slices.Contains(t.unmet, p.ID)})
	}
	for _, id := range append(slices.Clone(t.unmet), t.when) {
		if id != "" && !slices.Contains(known, id) {
			return wrong("case %s has no precondition %q%s", file.Case.ID, id, didYouMean(id, known))
		}
	}
	if err := t.events(known); err != nil {
		return err
	}
	entry := slices.IndexFunc(protocols, func(p protocolEntry) bool { return p.name == t.protocol })
	if entry < 0 {
		return wrong("no protocol %q%s", t.protocol, didYouMean(t.protocol, protocolNames()))
	}
	if t.rules, err = protocols[entry].rules(t); err != nil {
		return err
	}
	if err := t.set.Check(); err != nil {
		return err
	}
	if err := t.rules.Check(t.set); err != nil {
		return fmt.Errorf("%s cannot be played on case %s: %w", t.protocol, file.Case.ID, err)
	}
	return t.seat(&protocols[entry])
}

// seat decides who plays what.
func (t *talks) seat(entry *protocolEntry) error {
	var names []string
	for p := range t.set.Space.Parties {
		names = append(names, t.set.Name(protocol.Seat(p)))
		t.specs = append(t.specs, entry.party)
	}
	if t.rules.Mediated() {
		names = append(names, t.set.Name(protocol.Seat(len(names))))
		t.specs = append(t.specs, entry.mediator)
	}
	given := map[string]bool{}
	for _, text := range t.strategies {
		name, spec, ok := strings.Cut(text, "=")
		if !ok {
			return usageError{fmt.Sprintf("--strategy %q: write SEAT=STRATEGY, as in %s=%s", text, names[0], entry.party)}
		}
		k := slices.Index(names, name)
		if k < 0 {
			return usageError{fmt.Sprintf("nobody called %q sits at the table of %s%s", name, t.protocol, didYouMean(name, names))}
		}
		if given[name] {
			return usageError{fmt.Sprintf("two strategies for %s", name)}
		}
		given[name] = true
		if err := strategy.Check(spec); err != nil {
			return usageError{fmt.Sprintf("--strategy %s: %s", text, err)}
		}
		t.specs[k] = spec
	}
	return nil
}

// events reads what happens from outside, in the order of rounds and then of flags.
func (t *talks) events(known []string) error {
	at := func(flag, text string) (round int, rest string, err error) {
		number, rest, ok := strings.Cut(text, ":")
		round, nerr := strconv.Atoi(number)
		if !ok || nerr != nil || round < 1 {
			return 0, "", usageError{fmt.Sprintf("--%s %q: write the round first, as in 5:%s", flag, text, text)}
		}
		return round, rest, nil
	}
	for _, kind := range []struct {
		flag  string
		texts []string
		kind  protocol.EventKind
	}{{"meet", t.meet, protocol.Meet}, {"unmeet", t.unmeet, protocol.Unmeet}} {
		for _, text := range kind.texts {
			round, id, err := at(kind.flag, text)
			if err != nil {
				return err
			}
			if !slices.Contains(known, id) {
				return usageError{fmt.Sprintf("case %s has no precondition %q%s", t.file.Case.ID, id, didYouMean(id, known))}
			}
			t.set.Events = append(t.set.Events, protocol.Event{Round: round, Kind: kind.kind, Precondition: id, Party: -1})
		}
	}
	for _, text := range t.amend {
		round, rest, err := at("amend", text)
		if err != nil {
			return err
		}
		party, condition, ok := strings.Cut(rest, ":")
		parties := t.file.Case.Parties.Keys()
		k := slices.Index(parties, party)
		switch {
		case !ok:
			return usageError{fmt.Sprintf("--amend %q: write ROUND:PARTY:CONDITION; the parties are %s", text, strings.Join(parties, ", "))}
		case k < 0:
			return usageError{fmt.Sprintf("case %s has no party %q%s", t.file.Case.ID, party, didYouMean(party, parties))}
		}
		outside, err := t.outside(party, condition)
		if err != nil {
			return usageError{fmt.Sprintf("--amend %q: %s", text, err)}
		}
		what := condition
		if strings.TrimSpace(condition) == "" {
			what = "any package"
		}
		if round == 1 { // negotiators know it when they sit down
			t.set.Outside[k] = outside
		}
		t.set.Events = append(t.set.Events, protocol.Event{Round: round, Kind: protocol.Amend, Party: protocol.Seat(k), Outside: outside, Text: what})
	}
	slices.SortStableFunc(t.set.Events, func(a, b protocol.Event) int { return a.Round - b.Round })
	return nil
}

// outside compiles the condition of a mandate to what is outside it.
func (t *talks) outside(party, condition string) (outcome.Table, error) {
	if strings.TrimSpace(condition) == "" {
		return outcome.Table{}, nil
	}
	return t.file.Case.MandateOutside(party, condition)
}

func (t *talks) fileByFile() (protocol.Rules, error) {
	r := protocol.FileByFile{Reopen: t.reopen}
	issues := t.file.Case.Issues.Keys()
	for _, list := range t.files {
		var file []int
		for id := range strings.SplitSeq(list, ",") {
			k := slices.Index(issues, strings.TrimSpace(id))
			if k < 0 {
				return nil, usageError{fmt.Sprintf("case %s has no issue %q%s", t.file.Case.ID, id, didYouMean(id, issues))}
			}
			file = append(file, k)
		}
		r.Files = append(r.Files, file)
	}
	return r, nil
}

// machine returns a machine for the talks, with a maker for each seat.
func (t *talks) machine() (*protocol.Machine, []protocol.Maker, error) {
	m, err := protocol.New(t.set, t.rules)
	if err != nil {
		return nil, nil, err
	}
	makers := make([]protocol.Maker, m.Seats())
	for seat, spec := range t.specs {
		if makers[seat], err = t.maker(m, protocol.Seat(seat), spec); err != nil {
			return nil, nil, err
		}
	}
	return m, makers, nil
}

func (t *talks) maker(m *protocol.Machine, seat protocol.Seat, spec string) (protocol.Maker, error) {
	if t.rankings == nil {
		t.rankings = new(strategy.Rankings)
	}
	maker, err := t.rankings.Prepare(spec, m.Self(seat, 0))
	if err != nil {
		return nil, fmt.Errorf("%s cannot play %s: %w", t.set.Name(seat), spec, err)
	}
	return maker, nil
}

// head returns the head of the talks' transcript: the case, and every flag that says
// how they are played.
func (t *talks) head(cases []string) []transcript.Field {
	var head []transcript.Field
	for _, name := range cases {
		head = append(head, transcript.Field{Key: "case", Value: name})
	}
	head = append(head, transcript.Field{Key: "hash", Value: t.file.Hash()})
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	shown := talks{}
	shown.flags(f)
	add := func(key string, values ...string) {
		for _, v := range values {
			head = append(head, transcript.Field{Key: key, Value: v})
		}
	}
	text := func(key, value string) {
		if value != f.Lookup(key).DefValue {
			add(key, value)
		}
	}
	text("view", t.choice.View)
	add("lever", t.choice.Levers...)
	add("protocol", t.protocol)
	add("file", t.files...)
	text("reopen", strconv.FormatBool(t.reopen))
	text("direct-after", strconv.Itoa(t.after))
	text("direct-yeses", strconv.Itoa(t.yeses))
	text("direct-when", t.when)
	add("rounds", strconv.Itoa(t.rounds))
	text("breakdown", strconv.FormatFloat(t.breakdown, 'g', -1, 64))
	text("discount-by", t.discountBy)
	text("clock", t.clock)
	add("unmet", t.unmet...)
	add("meet", t.meet...)
	add("unmeet", t.unmeet...)
	add("amend", t.amend...)
	add("seed", strconv.FormatUint(t.seed, 10))
	for seat, spec := range t.specs {
		add("strategy", t.set.Name(protocol.Seat(seat))+"="+spec)
	}
	return head
}

// readHead sets the talks as a transcript's head says, and returns the names of its
// case and the case's hash.
func (t *talks) readHead(tr *transcript.Transcript) (cases []string, hash string, err error) {
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	t.flags(f)
	var keys []string
	f.VisitAll(func(flag *pflag.Flag) { keys = append(keys, flag.Name) })
	for _, field := range tr.Fields {
		bad := func(format string, args ...any) error {
			return &transcript.Error{Name: tr.Name, Line: field.Line, Column: 1, Problem: fmt.Sprintf(format, args...)}
		}
		switch {
		case field.Key == "case":
			cases = append(cases, field.Value)
		case field.Key == "hash":
			hash = field.Value
		case f.Lookup(field.Key) == nil:
			return nil, "", bad("unknown field %q%s", field.Key, didYouMean(field.Key, append(keys, "case", "hash")))
		default:
			if err := f.Set(field.Key, field.Value); err != nil {
				return nil, "", bad("%s: %s", field.Key, err)
			}
		}
	}
	return cases, hash, nil
}

// completeTalks completes the flags of the talks.
func completeTalks(s *streams, cmd *cobra.Command) {
	completeFlag(cmd, "protocol", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var all []cobra.Completion
		for _, p := range protocols {
			all = append(all, cobra.CompletionWithDesc(p.name, p.about))
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	})
	completeFlag(cmd, "strategy", completeFrom(s, func(f *casefile.File) []string {
		var all []string
		for _, seat := range append(slices.Clone(f.Case.Parties.Keys()), "mediator") {
			for _, e := range strategy.List() {
				if (e.Role == strategy.Mediator) == (seat == "mediator") {
					all = append(all, seat+"="+e.Name)
				}
			}
		}
		return all
	}))
	completeFlag(cmd, "unmet", completeFrom(s, preconditions))
	completeFlag(cmd, "direct-when", completeFrom(s, preconditions))
	completeFlag(cmd, "view", completeFrom(s, viewNames))
	completeFlag(cmd, "lever", completeFrom(s, leverNames))
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

// openTalks opens the case and works out the talks on it.
func (s *streams) openTalks(ctx context.Context, cmd *cobra.Command, t *talks, cases []string) error {
	file, err := s.openCase(ctx, cases...)
	if err != nil {
		return err
	}
	if err := knows(cmd, file, t.choice); err != nil {
		return err
	}
	return t.resolve(file)
}

// rehearse plays every protocol once with its default strategies, for the brief, and
// where mandates bind, again without them. A protocol that the case does not allow, or
// that a party cannot play, is left out.
func rehearse(ctx context.Context, of *study.Study) ([]study.Rehearsed, error) {
	var all []study.Rehearsed
	bound := false
	var names []string
	for id, p := range of.File.Case.Parties.All() {
		bound = bound || p.Mandate != nil && p.Mandate.Only != ""
		names = append(names, of.File.Case.ActorName(id))
	}
	rankings := new(strategy.Rankings)
	for _, freed := range []bool{false, true} {
		if freed && !bound {
			break
		}
		for i := range protocols {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			t := talks{rankings: rankings}
			t.flags(pflag.NewFlagSet("", pflag.ContinueOnError))
			t.choice, t.protocol = of.Choice, protocols[i].name
			if freed {
				for _, id := range of.File.Case.Parties.Keys() {
					t.amend = append(t.amend, "1:"+id+":")
				}
			}
			if err := t.resolve(of.File); err != nil {
				continue
			}
			t.set.Names = names
			m, makers, err := t.machine()
			if err != nil {
				continue
			}
			session := m.Sit(makers, t.seed)
			result, err := session.Play(ctx, nil)
			if err != nil {
				return nil, err
			}
			all = append(all, study.Rehearsed{Protocol: t.protocol, Strategies: t.specs, Setting: t.set, Freed: freed, Fixed: session.Fixed(), Result: *result})
		}
	}
	return all, nil
}
