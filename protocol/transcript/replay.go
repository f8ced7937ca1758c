package transcript

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A Replay runs a transcript again.
type Replay struct {
	// Session says who makes its moves anew; for a seat in which nobody sits
	// the moves of the transcript are made.
	protocol.Session
	// Outside compiles the condition of an amended mandate to what is outside it. It may
	// be nil where the transcript has no such event.
	Outside func(condition string) (outcome.Table, error)
}

// A Departure is the first place where a session run again differs from its transcript.
type Departure struct {
	Line     int    // of the transcript, one past its end where it is too short
	Recorded string // what stands there; empty past the end
	Now      string // what happened instead; empty for nothing
}

// Run makes the moves of the transcript in their order and compares what follows.
// It returns nil when nothing differs; rounds, and what the machine said, are
// compared only where the transcript has such lines at all. It fails, with places,
// on lines that name unknown seats, moves, issues or options.
func (r *Replay) Run(t *Transcript) (*Departure, error) {
	set := r.Machine.Setting()
	recorder, canonical := NewRecorder(set), NewRecorder(set)
	has := map[LineKind]bool{}
	for i := range t.Lines {
		has[t.Lines[i].Kind] = true
	}
	reader := lineReader{t: t, set: set, seats: r.Machine.Seats(), last: make([]outcome.Outcome, len(set.Space.Parties)+1), outside: r.Outside}
	var recorded []Line
	recorder.Watch(-1, nil, r.Machine.Start(r.Seed))
	departed := false
	for i := range t.Lines {
		l := t.Lines[i]
		switch l.Kind {
		case MoveLine:
			seat, move, ok := reader.move(&l)
			if !ok {
				continue
			}
			line := canonical.move(seat, &move)
			line.Line = l.Line
			recorded = append(recorded, line)
			if departed {
				continue
			}
			if int(seat) < len(r.Negotiators) && r.Negotiators[seat] != nil && r.Machine.Asked()>>seat&1 != 0 {
				var failed string
				if move, failed = ask(r.Negotiators[seat], r.Machine.View(seat)); failed != "" {
					recorder.Watch(seat, nil, r.Machine.Fail(seat, failed))
					departed = true
					continue
				}
			}
			recorder.Watch(seat, &move, r.Machine.Step(seat, move))
			departed = recorder.strayed(recorded)
			continue
		case FailLine:
			if seat, ok := reader.seat(&l); ok && !departed {
				recorder.Watch(seat, nil, r.Machine.Fail(seat, l.Text))
			}
		case EventLine:
			if e, ok := reader.event(&l); ok && !departed {
				effects, err := r.Machine.Happen(e)
				if err != nil {
					reader.fail(&l, 1, "%s", err)
					continue
				}
				recorder.event(&e, effects)
			}
		case TimeOutLine:
			for range l.Count {
				if !departed && !r.Machine.Over() {
					recorder.Watch(-1, nil, r.Machine.TimeOut())
				}
			}
		}
		recorded = append(recorded, l)
	}
	if err := errors.Join(reader.problems...); err != nil {
		return nil, err
	}
	got := slices.DeleteFunc(recorder.Lines, func(l Line) bool {
		return (l.Kind == SaidLine || l.Kind == RoundLine) && !has[l.Kind]
	})
	return t.departure(recorded, got), nil
}

// departure returns the first place where what happened is not what was recorded; nil without one.
func (t *Transcript) departure(recorded, got []Line) *Departure {
	for i := range max(len(recorded), len(got)) {
		d := Departure{}
		if i < len(recorded) {
			d.Line, d.Recorded = recorded[i].Line, recorded[i].String()
		} else if len(t.Lines) > 0 {
			d.Line = t.Lines[len(t.Lines)-1].Line + 1
		}
		if i < len(got) {
			d.Now = got[i].String()
		}
		if d.Recorded != d.Now {
			return &d
		}
	}
	return nil
}

// ask asks a negotiator for its move, and says how it failed if it did.
func ask(n protocol.Negotiator, v *protocol.View) (move protocol.Move, failed string) {
	defer func() {
		if p := recover(); p != nil {
			failed = fmt.Sprintf("it panicked: %v", p)
		}
	}()
	return n.Move(v), ""
}

// strayed reports whether the last move written down is not the last one recorded.
func (r *Recorder) strayed(recorded []Line) bool {
	for i := len(r.Lines) - 1; i >= 0; i-- {
		if r.Lines[i].Kind == MoveLine {
			return r.Lines[i].String() != recorded[len(recorded)-1].String()
		}
	}
	return true
}

// A lineReader gives the lines of a transcript their meaning in a setting.
type lineReader struct {
	t        *Transcript
	set      *protocol.Setting
	seats    int
	last     []outcome.Outcome // by seat, what it offered or drafted last
	outside  func(string) (outcome.Table, error)
	problems []error
}

func (r *lineReader) fail(l *Line, column int, format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, &Error{r.t.Name, l.Line, max(1, column), fmt.Sprintf(format, args...)})
	}
}

// named returns the seat of a name.
func (r *lineReader) named(l *Line, name string, column int) (protocol.Seat, bool) {
	var names []string
	for seat := range r.seats {
		if r.set.Name(protocol.Seat(seat)) == name {
			return protocol.Seat(seat), true
		}
		names = append(names, r.set.Name(protocol.Seat(seat)))
	}
	r.fail(l, column, "nobody is called %q: at the table are %s", name, strings.Join(names, ", "))
	return 0, false
}

func (r *lineReader) seat(l *Line) (protocol.Seat, bool) { return r.named(l, l.Seat, 1) }

func (r *lineReader) move(l *Line) (protocol.Seat, protocol.Move, bool) {
	seat, ok := r.seat(l)
	if !ok {
		return 0, protocol.Move{}, false
	}
	kind, ok := protocol.ParseKind(l.Word)
	if number, none := strings.CutPrefix(l.Word, "kind_"); none {
		if n, err := strconv.ParseUint(number, 10, 8); err == nil {
			kind, ok = protocol.MoveKind(n), true
		}
	}
	if !ok {
		var words []string
		for k := protocol.Silence; k <= protocol.Answer; k++ {
			words = append(words, k.String())
		}
		r.fail(l, 1, "%q is no move: the moves are %s", l.Word, strings.Join(words, ", "))
		return 0, protocol.Move{}, false
	}
	m := protocol.Move{Kind: kind, Text: l.Text}
	n := len(r.problems)
	switch m.Kind {
	case protocol.Offer, protocol.Draft:
		m.Outcome = r.readPackage(seat, l)
	case protocol.Vote:
		for _, a := range l.Args {
			v, err := strconv.Atoi(a.Name)
			if err != nil || a.HasValue || v < 1 || v > 64 {
				r.fail(l, a.Column, "a vote names offers by number, from 1 to 64")
				continue
			}
			m.Marks |= 1 << (v - 1)
		}
	case protocol.Answer, protocol.Criticise:
		r.reply(l, &m)
	case protocol.Disclose:
		if len(l.Args) > 0 {
			m.Disclosure = r.disclosure(l)
		}
	default:
		if len(l.Args) > 0 {
			r.fail(l, l.Args[0].Column, "%s takes nothing", l.Word)
		}
	}
	return seat, m, len(r.problems) == n
}

func (r *lineReader) reply(l *Line, m *protocol.Move) {
	ok := len(l.Args) > 0 && !l.Args[0].HasValue
	if ok {
		m.Answer, ok = protocol.ParseReply(l.Args[0].Name)
	}
	if !ok {
		r.fail(l, 1, "%s is followed by no, yes or yes_if_others", l.Word)
		return
	}
	for _, a := range l.Args[1:] {
		if i, ok := r.issue(l, a.Name, a.Column); ok && i < 64 && m.Kind == protocol.Criticise {
			m.Marks |= 1 << i
		} else if ok {
			r.fail(l, a.Column, "only criticisms name issues, of the first 64")
		}
	}
}

func (r *lineReader) issue(l *Line, id string, column int) (int, bool) {
	for i := range r.set.Space.Issues {
		if r.set.Space.Issues[i].ID == id {
			return i, true
		}
	}
	r.fail(l, column, "there is no issue %q", id)
	return 0, false
}

func (r *lineReader) option(l *Line, issue int, name string, column int) (int, bool) {
	if raw, ok := strings.CutPrefix(name, "#"); ok {
		if k, err := strconv.Atoi(raw); err == nil {
			return k, true
		}
	}
	for k := range r.set.Space.Issues[issue].Options {
		if r.set.Option(issue, k) == name {
			return k, true
		}
	}
	r.fail(l, column, "issue %s has no option %q", r.set.Space.Issues[issue].ID, name)
	return 0, false
}

// readPackage reads the options of a package.
func (r *lineReader) readPackage(seat protocol.Seat, l *Line) outcome.Outcome {
	o := make(outcome.Outcome, len(r.set.Space.Issues))
	given := make([]bool, len(o))
	for k, a := range l.Args {
		switch {
		case k == 0 && a.Name == "no_package" && !a.HasValue && len(l.Args) == 1:
			return nil
		case k == 0 && a.Name == "..." && !a.HasValue:
			if r.last[seat] == nil {
				r.fail(l, a.Column, "%s has offered nothing before, so ... stands for nothing", l.Seat)
				return nil
			}
			copy(o, r.last[seat])
			for i := range given {
				given[i] = true
			}
			continue
		case !a.HasValue:
			r.fail(l, a.Column, "%q settles nothing: write ISSUE=OPTION", a.Name)
			continue
		}
		if i, ok := r.issue(l, a.Name, a.Column); ok {
			o[i], _ = r.option(l, i, a.Value, a.Column+len(a.Name)+1)
			given[i] = true
		}
	}
	if i := slices.Index(given, false); i >= 0 {
		r.fail(l, 1, "the package does not settle %s; ... before the others keeps what %s offered before", r.set.Space.Issues[i].ID, l.Seat)
		return nil
	}
	r.last[seat] = o
	return o
}

func (r *lineReader) disclosure(l *Line) *protocol.Disclosure {
	d := &protocol.Disclosure{Scale: 1, Scores: make([][]int64, len(r.set.Space.Issues))}
	number := func(a Arg, text string) int64 {
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			r.fail(l, a.Column, "%q is no whole number", text)
		}
		return v
	}
	for _, a := range l.Args {
		switch {
		case !a.HasValue:
			r.fail(l, a.Column, "a disclosure is made of scale=, no_deal=, ISSUE=SCORE/SCORE/… and never=")
		case a.Name == "scale":
			d.Scale = number(a, a.Value)
		case a.Name == "no_deal":
			d.NoDeal = outcome.Threshold{Value: number(a, a.Value), Set: true}
		case a.Name == "never":
			if t, ok := r.never(l, a); ok {
				d.Never = append(d.Never, t)
			}
		default:
			if i, ok := r.issue(l, a.Name, a.Column); ok {
				for told := range strings.SplitSeq(a.Value, "/") {
					d.Scores[i] = append(d.Scores[i], number(a, told))
				}
			}
		}
	}
	return d
}

// never reads ISSUE+ISSUE:OPTION+OPTION,OPTION+OPTION.
func (r *lineReader) never(l *Line, a Arg) (outcome.Table, bool) {
	names, list, ok := strings.Cut(a.Value, ":")
	if !ok {
		r.fail(l, a.Column, "a red line is written never=ISSUE+ISSUE:OPTION+OPTION,…")
		return outcome.Table{}, false
	}
	var issues []int
	for name := range strings.SplitSeq(names, "+") {
		if i, ok := r.issue(l, name, a.Column); ok {
			issues = append(issues, i)
		}
	}
	ruled := map[string]bool{}
	for joint := range strings.SplitSeq(list, ",") {
		options := strings.Split(joint, "+")
		if len(options) != len(issues) {
			r.fail(l, a.Column, "%q names %d options for %d issues", joint, len(options), len(issues))
			return outcome.Table{}, false
		}
		at := make([]int, len(issues))
		for k, name := range options {
			at[k], _ = r.option(l, issues[k], name, a.Column)
		}
		ruled[fmt.Sprint(at)] = true
	}
	size := 1
	for _, i := range issues {
		if size *= r.set.Space.Issues[i].Options; size > protocol.MaxJoint {
			r.fail(l, a.Column, "the red line spans more than %d joint options", protocol.MaxJoint)
			return outcome.Table{}, false
		}
	}
	t, err := outcome.NewTable(r.set.Space.Issues, issues, func(o []int) bool { return ruled[fmt.Sprint(o)] })
	if err != nil {
		r.fail(l, a.Column, "%s", err)
	}
	return t, err == nil
}

func (r *lineReader) event(l *Line) (protocol.Event, bool) {
	e := protocol.Event{Text: l.Text, Party: -1}
	if len(l.Args) != 1 || l.Args[0].HasValue {
		r.fail(l, 1, "an event is: event meet PRECONDITION, event unmeet PRECONDITION, or event amend PARTY \"CONDITION\"")
		return e, false
	}
	a := l.Args[0]
	switch l.Word {
	case "meet", "unmeet":
		e.Kind, e.Precondition = protocol.Meet, a.Name
		if l.Word == "unmeet" {
			e.Kind = protocol.Unmeet
		}
		return e, true
	case "amend":
		seat, ok := r.named(l, a.Name, a.Column)
		if !ok {
			return e, false
		}
		e.Kind, e.Party = protocol.Amend, seat
		if r.outside == nil {
			r.fail(l, 1, "nothing here can read the condition of a mandate")
			return e, false
		}
		t, err := r.outside(l.Text)
		if err != nil {
			r.fail(l, 1, "%s", err)
			return e, false
		}
		e.Outside = t
		return e, true
	}
	r.fail(l, 1, "%q is no event: the events are meet, unmeet and amend", l.Word)
	return e, false
}
