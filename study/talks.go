package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy"
)

// Talks are what is to be played on a case: rules, strategies, chance, and what happens from outside. They are
// what a transcript's head says.
type Talks struct {
	Protocol   string   // one of Protocols
	Strategies []string // SEAT=SPEC; seats that are not named play the protocol's default
	Rounds     int      // the talks end after these
	Seed       uint64
	Breakdown  float64  // chance that the talks break down after a round
	DiscountBy string   // round or session
	Clock      string   // elapsed or counting
	Unmet      []string // PARTY.ID: preconditions that are not met when the talks begin
	Meet       []string // ROUND:PARTY.ID
	Unmeet     []string // likewise
	Amend      []string // ROUND:PARTY:CONDITION, empty to free the negotiators
	Files      []string // file_by_file: issues of a file, with commas
	Reopen     bool     // file_by_file: offers may change files settled before
	// indirect_then_direct: when talks become direct.
	DirectAfter, DirectYeses int
	DirectWhen               string
}

// DefaultTalks are talks by alternating offers over a hundred rounds.
func DefaultTalks() Talks {
	return Talks{Protocol: Protocols[0].Name, Rounds: 100, Seed: 1, DiscountBy: "round", Clock: "elapsed"}
}

// A Protocol is one that talks can be played by.
type Protocol struct {
	Name, About     string
	Party, Mediator string // their default strategies
	rules           func(t *Table) (protocol.Rules, error)
}

// Protocols lists them. It must not be changed.
var Protocols = []Protocol{
	{"alternating_offers", "in turn, each party accepts what is on the table or offers something else", "boulware", "",
		func(*Table) (protocol.Rules, error) { return protocol.AlternatingOffers{}, nil }},
	{"voting", "everybody offers at once, then everybody votes on every offer", "boulware", "",
		func(*Table) (protocol.Rules, error) { return protocol.Voting{}, nil }},
	{"single_text", "a mediator drafts, the parties criticise, the text improves, and a final text is put", "truthful", "climber",
		func(*Table) (protocol.Rules, error) { return protocol.SingleText{}, nil }},
	{"shuttle", "parties disclose to a mediator alone, who proposes; answers are blind", "truthful", "nash",
		func(*Table) (protocol.Rules, error) { return protocol.Shuttle{}, nil }},
	{"file_by_file", "one file after another by alternating offers, then the whole", "boulware", "",
		(*Table).fileByFile},
	{"indirect_then_direct", "shuttle first, alternating offers once a condition is met", "truthful", "nash",
		func(t *Table) (protocol.Rules, error) {
			r := protocol.IndirectThenDirect{Indirect: protocol.Shuttle{}, Direct: protocol.AlternatingOffers{}, After: t.DirectAfter, Yeses: t.DirectYeses, Precondition: t.DirectWhen}
			if r.After == 0 && r.Yeses == 0 && r.Precondition == "" {
				r.After = max(1, t.Rounds/2)
			}
			return r, nil
		}},
}

// A Table is set for talks on a case: it can be sat down at.
type Table struct {
	Talks
	File     *casefile.File
	Choice   casefile.Choice
	Setting  *protocol.Setting
	Rules    protocol.Rules
	Specs    []string // strategies by seat
	rankings *strategy.Rankings
}

// An UnfitError says why talks of a kind cannot be played on a case.
type UnfitError struct{ err error }

func (e *UnfitError) Error() string { return e.err.Error() }
func (e *UnfitError) Unwrap() error { return e.err }

// Table sets the table for talks under the study's choice. It fails with a [RequestError] where the talks ask
// for what there is not, with an [UnfitError] where the case does not allow their protocol, and
// where the case's own mandates cannot be read.
func (s *Study) Table(talks Talks) (*Table, error) {
	t := &Table{Talks: talks, File: s.File, Choice: s.Choice, rankings: &s.rankings}
	n, err := s.File.Case.Talks(s.Choice)
	if err != nil {
		return nil, err
	}
	t.Setting = &protocol.Setting{
		Space: n.Space, Options: n.Options, StatusQuo: n.StatusQuo, Outside: n.Outside, Discounts: n.Discounts,
		Rounds: t.Rounds, Breakdown: t.Breakdown,
	}
	if s.File.Case.Parties.Has("mediator") {
		t.Setting.Mediator = "the_mediator"
	}
	if err := t.pace(); err != nil {
		return nil, err
	}
	if err := t.preconditions(n.Preconditions); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(Protocols, func(p Protocol) bool { return p.Name == t.Protocol })
	if at < 0 {
		var names []string
		for _, p := range Protocols {
			names = append(names, p.Name)
		}
		return nil, wrong("", "no protocol %q%s", t.Protocol, plain.Meant(t.Protocol, names))
	}
	if t.Rules, err = Protocols[at].rules(t); err != nil {
		return nil, err
	}
	if err := t.Setting.Check(); err != nil {
		return nil, &UnfitError{err}
	}
	if err := t.Rules.Check(t.Setting); err != nil {
		return nil, &UnfitError{fmt.Errorf("%s cannot be played on case %s: %w", t.Protocol, s.File.Case.ID, err)}
	}
	return t, t.seat(&Protocols[at])
}

// pace reads rounds, chance and clock.
func (t *Table) pace() error {
	if t.Rounds < 1 || t.Rounds > protocol.MaxRounds {
		return wrong("rounds", "%d: ask for 1 to %s", t.Rounds, plain.Grouped(strconv.Itoa(protocol.MaxRounds)))
	}
	if !(t.Breakdown >= 0 && t.Breakdown <= 1) || math.IsNaN(t.Breakdown) {
		return wrong("breakdown", "%v: a chance is from 0 to 1", t.Breakdown)
	}
	switch t.DiscountBy {
	case "round":
	case "session":
		t.Setting.DiscountBy = protocol.PerSession
	default:
		return wrong("discount-by", "%q%s", t.DiscountBy, plain.Meant(t.DiscountBy, []string{"round", "session"}))
	}
	switch t.Clock {
	case "elapsed":
	case "counting":
		t.Setting.Clock = protocol.Counting
	default:
		return wrong("clock", "%q%s", t.Clock, plain.Meant(t.Clock, []string{"elapsed", "counting"}))
	}
	return nil
}

// preconditions reads which preconditions are met, and what happens from outside.
func (t *Table) preconditions(all []casefile.TalksPrecondition) error {
	var known []string
	for _, p := range all {
		known = append(known, p.ID)
		t.Setting.Preconditions = append(t.Setting.Preconditions, protocol.Precondition{ID: p.ID, Text: p.Text, Unmet: slices.Contains(t.Unmet, p.ID)})
	}
	for _, id := range append(slices.Clone(t.Unmet), t.DirectWhen) {
		if id != "" && !slices.Contains(known, id) {
			return t.unknown("precondition", id, known)
		}
	}
	return t.events(known)
}

// unknown says that the case has no such thing.
func (t *Table) unknown(what, id string, known []string) error {
	return wrong("", "case %s has no %s %q%s", t.File.Case.ID, what, id, plain.Meant(id, known))
}

// seat decides who plays what.
func (t *Table) seat(p *Protocol) error {
	var names []string
	for seat := range t.Setting.Space.Parties {
		names = append(names, t.Setting.Name(protocol.Seat(seat)))
		t.Specs = append(t.Specs, p.Party)
	}
	if t.Rules.Mediated() {
		names = append(names, t.Setting.Name(protocol.Seat(len(names))))
		t.Specs = append(t.Specs, p.Mediator)
	}
	given := map[string]bool{}
	for _, text := range t.Strategies {
		name, spec, ok := strings.Cut(text, "=")
		if !ok {
			return wrong("strategy", "%q: write SEAT=STRATEGY, as in %s=%s", text, names[0], p.Party)
		}
		k := slices.Index(names, name)
		if k < 0 {
			return wrong("", "nobody called %q sits at the table of %s%s", name, t.Protocol, plain.Meant(name, names))
		}
		if given[name] {
			return wrong("", "two strategies for %s", name)
		}
		given[name] = true
		if err := strategy.Check(spec); err != nil {
			return wrong("strategy", "%s: %s", text, err)
		}
		t.Specs[k] = spec
	}
	return nil
}

// events reads what happens from outside, in the order of rounds and then as given.
func (t *Table) events(known []string) error {
	for _, kind := range []struct {
		flag  string
		texts []string
		kind  protocol.EventKind
	}{{"meet", t.Meet, protocol.Meet}, {"unmeet", t.Unmeet, protocol.Unmeet}} {
		for _, text := range kind.texts {
			round, id, err := roundOf(kind.flag, text)
			if err != nil {
				return err
			}
			if !slices.Contains(known, id) {
				return t.unknown("precondition", id, known)
			}
			t.Setting.Events = append(t.Setting.Events, protocol.Event{Round: round, Kind: kind.kind, Precondition: id, Party: -1})
		}
	}
	for _, text := range t.Amend {
		if err := t.amend(text); err != nil {
			return err
		}
	}
	slices.SortStableFunc(t.Setting.Events, func(a, b protocol.Event) int { return a.Round - b.Round })
	return nil
}

// roundOf reads the round before a colon.
func roundOf(flag, text string) (round int, rest string, err error) {
	number, rest, ok := strings.Cut(text, ":")
	round, nerr := strconv.Atoi(number)
	if !ok || nerr != nil || round < 1 {
		return 0, "", wrong(flag, "%q: write the round first, as in 5:%s", text, text)
	}
	return round, rest, nil
}

// amend reads how a principal amends its mandate.
func (t *Table) amend(text string) error {
	round, rest, err := roundOf("amend", text)
	if err != nil {
		return err
	}
	party, condition, ok := strings.Cut(rest, ":")
	parties := t.File.Case.Parties.Keys()
	k := slices.Index(parties, casefile.PartyID(party))
	switch {
	case !ok:
		return wrong("amend", "%q: write ROUND:PARTY:CONDITION; the parties are %s", text, strings.Join(casefile.Texts(parties), ", "))
	case k < 0:
		return t.unknown("party", party, casefile.Texts(parties))
	}
	outside, err := t.Outside(party, condition)
	if err != nil {
		return wrong("amend", "%q: %s", text, err)
	}
	what := condition
	if strings.TrimSpace(condition) == "" {
		what = "any package"
	}
	if round == 1 { // negotiators know it when they sit down
		t.Setting.Outside[k] = outside
	}
	t.Setting.Events = append(t.Setting.Events, protocol.Event{Round: round, Kind: protocol.Amend, Party: protocol.Seat(k), Outside: outside, Text: what})
	return nil
}

// Outside compiles the condition of a mandate to what is outside it; an empty one admits everything.
func (t *Table) Outside(party, condition string) (outcome.Table, error) {
	if strings.TrimSpace(condition) == "" {
		return outcome.Table{}, nil
	}
	return t.File.Case.MandateOutside(casefile.PartyID(party), condition)
}

func (t *Table) fileByFile() (protocol.Rules, error) {
	r := protocol.FileByFile{Reopen: t.Reopen}
	issues := t.File.Case.Issues.Keys()
	for _, list := range t.Files {
		var file []int
		for id := range strings.SplitSeq(list, ",") {
			k := slices.Index(issues, casefile.IssueID(strings.TrimSpace(id)))
			if k < 0 {
				return nil, t.unknown("issue", id, casefile.Texts(issues))
			}
			file = append(file, k)
		}
		r.Files = append(r.Files, file)
	}
	return r, nil
}

// Machine returns a machine for the talks, with a maker for each seat. It fails with an [UnfitError] where a
// party cannot play its strategy on the case.
func (t *Table) Machine() (*protocol.Machine, []protocol.Maker, error) {
	m, err := protocol.New(t.Setting, t.Rules)
	if err != nil {
		return nil, nil, &UnfitError{err}
	}
	makers := make([]protocol.Maker, m.Seats())
	for seat, spec := range t.Specs {
		if makers[seat], err = t.Maker(m, protocol.Seat(seat), spec); err != nil {
			return nil, nil, err
		}
	}
	return m, makers, nil
}

// Maker returns what makes the negotiator of one seat by a strategy.
func (t *Table) Maker(m *protocol.Machine, seat protocol.Seat, spec string) (protocol.Maker, error) {
	maker, err := t.rankings.Prepare(spec, m.Self(seat, 0))
	if err != nil {
		return nil, &UnfitError{fmt.Errorf("%s cannot play %s: %w", t.Setting.Name(seat), spec, err)}
	}
	return maker, nil
}
