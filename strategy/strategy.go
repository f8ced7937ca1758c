// Package strategy holds automated negotiators with published rules. Each plays in any
// session of package protocol.
//
// A strategy is named by a spec: "boulware", "boulware:e=0.1", "random:floor=60",
// "bluff(micro)", "outside:python3 my.py"; programs may write Boulware(0.1). [List] says
// what there is. [New] makes a negotiator for one session; for many sessions of one
// party, [Prepare] does once what does not depend on the session; for many talks on
// one case, [Rankings] does once what does not depend on protocol and strategy.
//
// A strategy is given its own scores, the rules and a seed ([protocol.Self]), then
// what is shown to its seat ([protocol.View]), and never anything of the other side.
// The same self, seed and views give the same moves on every machine: utilities are
// integers, aspirations are fixed-point numbers found without the machine's floating
// point, and chance is a seeded generator.
//
// docs/methods/strategies.md states every rule, its source, and what of it is ours.
package strategy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/protocol"
)

// An Entry describes a strategy.
type Entry struct {
	Name   string
	Role   Role
	Rule   string // in one line
	Source string // where it was published; empty for our own
	Params []Param

	party    func(r *ranking, v values) (func() tactic, error)
	mediator func(self protocol.Self, v values) Maker
	wrapper  func(v values) wrapping
}

// A Role says where a strategy may sit.
type Role uint8

// Roles.
const (
	Party    Role = iota // negotiates for a party
	Mediator             // proposes, and consents to nothing
	Wrapper              // changes how another party's strategy behaves: NAME(INNER)
)

// String returns the role in lower case.
func (r Role) String() string { return [...]string{"party", "mediator", "wrapper"}[r] }

// A Param is a number that a spec may set.
type Param struct {
	Name        string
	Default     float64
	Least, Most float64
	About       string // in one line
}

// entries holds every strategy. A new one has its row here.
var entries = slices.Concat(
	timeDependent, titForTat, micro, basic, advanced, // parties'
	mediators, acceptance, conduct,
)

// List returns every strategy: parties' first, then mediators, then wrappers, each by name.
func List() []Entry {
	list := append(slices.Clone(entries), outsideEntry)
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), strings.Compare(a.Name, b.Name))
	})
	return list
}

// outsideEntry is the strategy that another program plays.
var outsideEntry = Entry{Name: "outside", Rule: "another program decides: outside:COMMAND, one JSON object a line"}

// A Maker makes a party's negotiator, or a mediator, for one session.
type Maker = protocol.Maker

// New returns a negotiator for one session. It fails when the spec does not parse,
// names no strategy or one that cannot sit there, or when the party has nothing that
// it may offer.
func New(spec string, self protocol.Self) (protocol.Negotiator, error) {
	make, err := Prepare(spec, self)
	if err != nil {
		return nil, err
	}
	return make(self.Seed), nil
}

// Prepare does once what does not depend on the session, the ranking of the party's
// outcomes above all, and returns a maker for any number of sessions. It fails as
// [New] does. The seed of self is not used.
func Prepare(spec string, self protocol.Self) (Maker, error) {
	return new(Rankings).Prepare(spec, self)
}

// Check reports what is wrong with a spec, short of what a case decides.
func Check(spec string) error {
	_, err := parse(spec)
	return err
}

// A parsed spec is an entry with its values, and what it wraps.
type parsed struct {
	entry *Entry
	values
	inner   *parsed
	command string // of outside
}

// values are the numbers of a spec by name.
type values map[string]float64

// maxSpec is the longest spec, in bytes, and maxWrapped the deepest wrapping.
const (
	maxSpec    = 4 << 10
	maxWrapped = 8
)

func parse(spec string) (*parsed, error) {
	if len(spec) > maxSpec {
		return nil, fmt.Errorf("a strategy's spec has %d bytes; at most %d are read", len(spec), maxSpec)
	}
	return parseInner(spec, maxWrapped)
}

func parseInner(spec string, depth int) (*parsed, error) {
	spec = strings.TrimSpace(spec)
	if depth == 0 {
		return nil, fmt.Errorf("strategies are wrapped more than %d deep", maxWrapped)
	}
	if command, ok := strings.CutPrefix(spec, "outside:"); ok {
		if strings.TrimSpace(command) == "" {
			return nil, fmt.Errorf("outside: needs a command, as in outside:python3 my.py")
		}
		return &parsed{entry: &outsideEntry, command: command}, nil
	}
	end := strings.IndexAny(spec, "(:")
	if end < 0 {
		end = len(spec)
	}
	name, rest := spec[:end], spec[end:]
	p := &parsed{values: values{}}
	for i := range entries {
		if entries[i].Name == name {
			p.entry = &entries[i]
		}
	}
	if p.entry == nil {
		return nil, fmt.Errorf("there is no strategy %q%s", name, cmp.Or(near(name), "; `goodoffices simulate --list` lists them"))
	}
	if strings.HasPrefix(rest, "(") {
		last := strings.LastIndexByte(rest, ')')
		if last < 0 {
			return nil, fmt.Errorf("%s: the parenthesis after %s is not closed", spec, name)
		}
		if p.entry.Role != Wrapper {
			return nil, fmt.Errorf("%s wraps no other strategy: write %s, or %s:NAME=NUMBER", name, name, name)
		}
		inner, err := parseInner(rest[1:last], depth-1)
		if err != nil {
			return nil, err
		}
		if inner.entry.Role == Mediator {
			return nil, fmt.Errorf("%s wraps a party's strategy; %s is a mediator", name, inner.entry.Name)
		}
		p.inner, rest = inner, rest[last+1:]
	} else if p.entry.Role == Wrapper {
		return nil, fmt.Errorf("%s changes how another strategy behaves: write %s(boulware), say", name, name)
	}
	return p, p.read(rest)
}

// read reads the values that stand after a strategy's name; the others are at their default.
func (p *parsed) read(rest string) error {
	name := p.entry.Name
	for _, param := range p.entry.Params {
		p.values[param.Name] = param.Default
	}
	if rest == "" {
		return nil
	}
	list, ok := strings.CutPrefix(rest, ":")
	if !ok {
		return fmt.Errorf("%q follows the parenthesis of %s: a colon and NAME=NUMBER may stand there", rest, name)
	}
	for item := range strings.SplitSeq(list, ",") {
		key, text, ok := strings.Cut(item, "=")
		at := slices.IndexFunc(p.entry.Params, func(q Param) bool { return q.Name == key })
		if !ok || at < 0 {
			return fmt.Errorf("%s: %q is none of its parameters%s", name, item, p.entry.known())
		}
		param := p.entry.Params[at]
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || v < param.Least || v > param.Most {
			return fmt.Errorf("%s: %s is a number from %g to %g, not %q", name, key, param.Least, param.Most, text)
		}
		p.values[key] = v
	}
	return nil
}

// known says which parameters there are.
func (e *Entry) known() string {
	if len(e.Params) == 0 {
		return ": it has none"
	}
	var names []string
	for _, p := range e.Params {
		names = append(names, fmt.Sprintf("%s=%g", p.Name, p.Default))
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// near suggests the name that was probably meant.
func near(name string) string {
	names := []string{outsideEntry.Name}
	for _, e := range entries {
		names = append(names, e.Name)
	}
	if meant := plain.Nearest(name, names); meant != "" {
		return fmt.Sprintf(": did you mean %q?", meant)
	}
	return ""
}
