// Package transcript writes sessions down as text, reads them, and runs them again. A [Recorder]
// watches a session, [Transcript.WriteTo] writes what it took down and [Parse] reads it; [Replay]
// makes the moves once more, on the same machine as any session, and says where something departs.
//
// docs/formats/transcript.md is the format.
package transcript

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// A Transcript is a session as text: what was set, what was done in which order,
// and what the machine said to it.
type Transcript struct {
	Name   string // of the file, for errors
	Fields []Field
	Lines  []Line
}

// A Field is a line of the transcript's head.
type Field struct {
	Key, Value string
	Line       int // from 1; 0 when it was not read
}

// A LineKind says what a line of a transcript is.
type LineKind uint8

// Kinds of lines.
const (
	RoundLine   LineKind = iota // a round opened: Count is its number
	MoveLine                    // a seat moves: Seat, Word, Args, Text
	FailLine                    // a seat failed, for Text
	TimeOutLine                 // the time for answers was over, Count times in a row
	EventLine                   // an event from outside: Word, Args, Text
	SaidLine                    // what the machine said: Text
)

// A Line is a line of a transcript.
type Line struct {
	Kind  LineKind
	Seat  string
	Word  string // the move's or the event's
	Args  []Arg
	Text  string
	Count int
	Line  int // from 1; 0 when it was not read
}

// An Arg is NAME, or NAME=VALUE.
type Arg struct {
	Name, Value string
	HasValue    bool
	Column      int // from 1, in characters
}

// Limits of a transcript.
const (
	MaxSize     = 64 << 20 // bytes
	maxProblems = 20       // reported at once
)

const head = "goodoffices transcript 1"

// An Error is a problem with its place.
type Error struct {
	Name         string
	Line, Column int
	Problem      string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Problem)
}

// Parse reads a transcript; name is for errors, of which it reports
// several at once. What it reads is well formed: whether seats, issues and options
// are those of a case is found out by [Replay.Run].
func Parse(name string, data []byte) (*Transcript, error) {
	if len(data) > MaxSize {
		return nil, &Error{name, 1, 1, fmt.Sprintf("a transcript of more than %d MiB", MaxSize>>20)}
	}
	p := parser{Transcript: &Transcript{Name: name}}
	text := strings.TrimPrefix(string(data), "\ufeff")
	for line := range strings.Lines(text) {
		p.at++
		p.line(strings.TrimRight(line, "\r\n"))
		if len(p.problems) >= maxProblems {
			break
		}
	}
	if !p.headed && len(p.problems) == 0 {
		p.fail(1, "a transcript begins with the line %q", head)
	}
	if err := errors.Join(p.problems...); err != nil {
		return nil, err
	}
	return p.Transcript, nil
}

type parser struct {
	*Transcript
	at       int
	headed   bool
	problems []error
}

func (p *parser) fail(column int, format string, args ...any) {
	p.problems = append(p.problems, &Error{p.Name, max(1, p.at), column, fmt.Sprintf(format, args...)})
}

func (p *parser) line(text string) {
	if !utf8.ValidString(text) {
		p.fail(1, "the line is not UTF-8 text")
		return
	}
	trimmed := strings.TrimSpace(text)
	indent := utf8.RuneCountInString(text[:len(text)-len(strings.TrimLeftFunc(text, unicode.IsSpace))])
	switch {
	case trimmed == "" || trimmed[0] == '#':
	case !p.headed:
		if trimmed != head {
			p.fail(indent+1, "a transcript begins with the line %q", head)
		}
		p.headed = true
	case trimmed[0] == '-':
		p.Lines = append(p.Lines, Line{Kind: SaidLine, Text: strings.TrimSpace(trimmed[1:]), Line: p.at})
	default:
		if key, value, ok := strings.Cut(trimmed, ":"); ok && len(p.Lines) == 0 && isKey(key) {
			p.Fields = append(p.Fields, Field{key, strings.TrimSpace(value), p.at})
			return
		}
		p.body(trimmed, indent)
	}
}

func isKey(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != '_' && r != '-' {
			return false
		}
	}
	return s != ""
}

// body reads a line after the head.
func (p *parser) body(text string, indent int) {
	args, remark, column, problem := words(text, indent)
	if problem != "" {
		p.fail(column, "%s", problem)
		return
	}
	if len(args) == 0 {
		p.fail(indent+1, "the line says nobody's move")
		return
	}
	first := args[0]
	line := Line{Line: p.at, Text: remark, Count: 1}
	number := func(least int) bool {
		if len(args) != 2 || args[1].HasValue || remark != "" {
			p.fail(first.Column, "%s is followed by one number", first.Name)
			return false
		}
		n, err := strconv.Atoi(args[1].Name)
		if err != nil || n < least || n > protocol.MaxRounds {
			p.fail(args[1].Column, "%q is no number from %d to %d", args[1].Name, least, protocol.MaxRounds)
			return false
		}
		line.Count = n
		return true
	}
	switch {
	case first.HasValue:
		p.fail(first.Column, "a line begins with a seat, round, timeout or event, not with %s=", quoteWord(first.Name))
		return
	case first.Name == "round":
		line.Kind = RoundLine
		if !number(1) {
			return
		}
	case first.Name == "timeout":
		line.Kind = TimeOutLine
		if len(args) > 1 && !number(1) {
			return
		}
	case len(args) == 1 || args[1].HasValue:
		p.fail(first.Column, "%s does what? A move is SEAT MOVE, as in: %[1]s accept", quoteWord(first.Name))
		return
	case first.Name == "event":
		line.Kind, line.Word, line.Args = EventLine, args[1].Name, args[2:]
	case args[1].Name == "fails":
		line.Kind, line.Seat = FailLine, first.Name
	default:
		line.Kind, line.Seat, line.Word, line.Args = MoveLine, first.Name, args[1].Name, args[2:]
	}
	p.Lines = append(p.Lines, line)
}

// words splits a line into its arguments and the quoted remark at its end.
func words(text string, indent int) (args []Arg, remark string, column int, problem string) {
	rest := text
	at := func() int { return indent + utf8.RuneCountInString(text[:len(text)-len(rest)]) + 1 }
	word := func() (string, bool) {
		if strings.HasPrefix(rest, `"`) {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				problem = "a text in quotes does not end, or has an unknown escape"
				return "", false
			}
			s, err := strconv.Unquote(quoted)
			if err != nil || !utf8.ValidString(s) {
				problem = "a text in quotes is not UTF-8"
				return "", false
			}
			rest = rest[len(quoted):]
			return s, true
		}
		n := strings.IndexFunc(rest, func(r rune) bool { return r == '=' || r == '"' || unicode.IsSpace(r) })
		if n < 0 {
			n = len(rest)
		}
		s := rest[:n]
		rest = rest[n:]
		return s, s != ""
	}
	for rest != "" {
		arg := Arg{Column: at()}
		quoted := rest[0] == '"'
		var ok bool
		if arg.Name, ok = word(); !ok {
			return nil, "", arg.Column, orText(problem, "a name is missing before =")
		}
		if strings.HasPrefix(rest, "=") {
			rest = rest[1:]
			column := at()
			if arg.Value, ok = word(); !ok {
				return nil, "", column, orText(problem, "a value is missing after =")
			}
			arg.HasValue = true
		}
		if rest != "" && !unicode.IsSpace(firstRune(rest)) {
			return nil, "", at(), "a space is missing"
		}
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if quoted && !arg.HasValue && rest == "" && len(args) > 0 {
			return args, arg.Name, 0, ""
		}
		args = append(args, arg)
	}
	return args, "", 0, ""
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// WriteTo writes the transcript as [Parse] reads it.
func (t *Transcript) WriteTo(w io.Writer) (int64, error) {
	b := bufio.NewWriter(w)
	n := 0
	put := func(format string, args ...any) {
		k, _ := fmt.Fprintf(b, format, args...) // the writer keeps its error for Flush
		n += k
	}
	put("%s\n", head)
	for _, f := range t.Fields {
		put("%s: %s\n", f.Key, oneLine(f.Value))
	}
	for i := range t.Lines {
		if l := &t.Lines[i]; l.Kind == RoundLine {
			put("\n%s\n", l)
		} else {
			put("%s\n", l)
		}
	}
	return int64(n), b.Flush()
}

// oneLine returns s without line breaks and other control characters.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " ")))
}

// String returns the line as it stands in a transcript.
func (l *Line) String() string {
	parts := []string{quoteWord(l.Seat)}
	switch l.Kind {
	case RoundLine:
		return "round " + strconv.Itoa(l.Count)
	case TimeOutLine:
		if l.Count == 1 {
			return "timeout"
		}
		return "timeout " + strconv.Itoa(l.Count)
	case SaidLine:
		return "- " + oneLine(l.Text)
	case FailLine:
		parts = append(parts, "fails")
	case EventLine:
		parts = []string{"event", quoteWord(l.Word)}
	default:
		parts = append(parts, quoteWord(l.Word))
	}
	for _, a := range l.Args {
		word := quoteWord(a.Name)
		if a.HasValue {
			word += "=" + quoteWord(a.Value)
		}
		parts = append(parts, word)
	}
	// A name in quotes that ends the line would be read as a remark.
	if last := parts[len(parts)-1]; l.Text != "" || strings.HasPrefix(last, `"`) {
		parts = append(parts, strconv.Quote(l.Text))
	}
	return strings.Join(parts, " ")
}

// quoteWord quotes a word that would not be read back as it is.
func quoteWord(s string) string {
	plain := s != "" && s[0] != '-' && s[0] != '#'
	for _, r := range s {
		plain = plain && r != '=' && r != '"' && unicode.IsPrint(r) && !unicode.IsSpace(r) && r != utf8.RuneError
	}
	if plain {
		return s
	}
	return strconv.Quote(s)
}

// A Recorder writes down a session. Its Watch is for [protocol.Play].
type Recorder struct {
	Lines []Line

	set     *protocol.Setting
	last    []outcome.Outcome // by seat, what it offered or drafted last
	barrier string            // why the round before did not open
}

// NewRecorder returns a recorder for one session in the setting.
func NewRecorder(s *protocol.Setting) *Recorder {
	return &Recorder{set: s, last: make([]outcome.Outcome, len(s.Space.Parties)+1)}
}

// Watch writes down what was done and what the machine said to it.
func (r *Recorder) Watch(from protocol.Seat, move *protocol.Move, effects []protocol.Effect) {
	switch {
	case move != nil:
		r.Lines = append(r.Lines, r.move(from, move))
	case from >= 0:
		r.Lines = append(r.Lines, Line{Kind: FailLine, Seat: r.set.Name(from)})
	case len(effects) > 0 && effects[0].Kind == protocol.NotOpened && len(effects) == 1 && effects[0].Reason == r.barrier:
		r.timeOut() // nothing new
		return
	case len(effects) > 0 && len(r.Lines) > 0:
		r.timeOut()
	}
	r.effects(effects)
}

// timeOut writes down that the time for answers was over.
func (r *Recorder) timeOut() {
	if n := len(r.Lines); n > 0 && r.Lines[n-1].Kind == TimeOutLine {
		r.Lines[n-1].Count++
		return
	}
	r.Lines = append(r.Lines, Line{Kind: TimeOutLine, Count: 1})
}

// event writes down an event from outside and what the machine said to it.
func (r *Recorder) event(e *protocol.Event, effects []protocol.Effect) {
	l := Line{Kind: EventLine, Text: e.Text}
	switch e.Kind {
	case protocol.Amend:
		l.Word, l.Args = "amend", []Arg{{Name: r.set.Name(e.Party)}}
	case protocol.Meet:
		l.Word, l.Args = "meet", []Arg{{Name: e.Precondition}}
	default:
		l.Word, l.Args = "unmeet", []Arg{{Name: e.Precondition}}
	}
	r.Lines = append(r.Lines, l)
	r.effects(effects)
}

func (r *Recorder) effects(effects []protocol.Effect) {
	for i := range effects {
		e := &effects[i]
		if l, ok := saidOf(r.set, e); ok {
			if e.Kind == protocol.Fault && len(r.Lines) > 0 && r.Lines[len(r.Lines)-1].Kind == FailLine && r.Lines[len(r.Lines)-1].Text == "" {
				_, r.Lines[len(r.Lines)-1].Text, _ = strings.Cut(e.Reason, " failed: ")
			}
			r.Lines = append(r.Lines, l)
		}
		switch e.Kind {
		case protocol.NotOpened:
			r.barrier = e.Reason
		case protocol.Opened:
			r.barrier = ""
		}
	}
}

// saidOf returns what a transcript says of an effect, if it says anything.
func saidOf(s *protocol.Setting, e *protocol.Effect) (l Line, ok bool) {
	l = Line{Kind: SaidLine}
	switch e.Kind {
	case protocol.Opened:
		return Line{Kind: RoundLine, Count: e.Round}, true
	case protocol.NotOpened:
		l.Text = fmt.Sprintf("round %d does not open: %s", e.Round, e.Reason)
	case protocol.Refuse:
		l.Text = "refused: " + e.Reason
	case protocol.Fault:
		l.Text = "fault: " + e.Reason
	case protocol.Changed, protocol.Agenda:
		l.Text = e.Reason
	case protocol.Happened:
		switch e.Event.Kind {
		case protocol.Amend:
			l.Text = "the mandate of " + s.Name(e.Event.Party) + " is amended"
		case protocol.Meet:
			l.Text = e.Event.Precondition + " is met"
		default:
			l.Text = e.Event.Precondition + " is no longer met"
		}
		if e.Event.Text != "" {
			l.Text += ": " + e.Event.Text
		}
	case protocol.Ended:
		l.Text = "ended: " + e.Reason
	default:
		return l, false
	}
	l.Text = oneLine(l.Text)
	return l, true
}

// move returns the line of a move.
func (r *Recorder) move(from protocol.Seat, m *protocol.Move) Line {
	l := Line{Kind: MoveLine, Seat: r.set.Name(from), Word: m.Kind.String(), Text: m.Text}
	s := r.set
	switch m.Kind {
	case protocol.Offer, protocol.Draft:
		l.Args = r.packageArgs(from, m.Outcome)
	case protocol.Vote:
		for votes := m.Marks; votes != 0; votes &= votes - 1 {
			l.Args = append(l.Args, Arg{Name: strconv.Itoa(bits.TrailingZeros64(votes) + 1)})
		}
	case protocol.Answer, protocol.Criticise:
		l.Args = append(l.Args, Arg{Name: m.Answer.String()})
		for issues := m.Marks; issues != 0 && m.Kind == protocol.Criticise; issues &= issues - 1 {
			if i := bits.TrailingZeros64(issues); i < len(s.Space.Issues) {
				l.Args = append(l.Args, Arg{Name: s.Space.Issues[i].ID})
			}
		}
	case protocol.Disclose:
		if m.Disclosure != nil {
			l.Args = disclosureArgs(s, m.Disclosure)
		}
	}
	return l
}

// packageArgs returns the options of a package; of one that differs from the seat's
// last in some issues only, "..." and those.
func (r *Recorder) packageArgs(from protocol.Seat, o outcome.Outcome) []Arg {
	s := r.set
	if len(o) != len(s.Space.Issues) {
		return []Arg{{Name: "no_package"}}
	}
	var last outcome.Outcome
	if from >= 0 && int(from) < len(r.last) {
		last = r.last[from]
	}
	var args []Arg
	if last != nil {
		args = append(args, Arg{Name: "..."})
	}
	for i, option := range o {
		name := "#" + strconv.Itoa(option) // no option of the issue
		if option >= 0 && option < s.Space.Issues[i].Options {
			name = s.Option(i, option)
		}
		if last == nil || last[i] != option {
			args = append(args, Arg{Name: s.Space.Issues[i].ID, Value: name, HasValue: true})
		}
	}
	if from >= 0 && int(from) < len(r.last) {
		r.last[from] = slices.Clone(o)
	}
	return args
}

// disclosureArgs writes a disclosure: scale, no_deal, scores by issue as
// ISSUE=SCORE/SCORE/…, and red lines as never=ISSUE+ISSUE:OPTION+OPTION,….
func disclosureArgs(s *protocol.Setting, d *protocol.Disclosure) []Arg {
	arg := func(name, value string) Arg { return Arg{Name: name, Value: value, HasValue: true} }
	args := []Arg{arg("scale", strconv.FormatInt(d.Scale, 10))}
	if d.NoDeal.Set {
		args = append(args, arg("no_deal", strconv.FormatInt(d.NoDeal.Value, 10)))
	}
	for i, scores := range d.Scores {
		if scores == nil || i >= len(s.Space.Issues) {
			continue
		}
		told := make([]string, len(scores))
		for k, v := range scores {
			told[k] = strconv.FormatInt(v, 10)
		}
		args = append(args, arg(s.Space.Issues[i].ID, strings.Join(told, "/")))
	}
	for k := range d.Never {
		t := &d.Never[k]
		var issues []string
		for _, i := range t.Issues() {
			issues = append(issues, s.Space.Issues[i].ID)
		}
		var joint []string
		for rank := range min(t.Size(), protocol.MaxJoint) {
			if !t.At(rank) {
				continue
			}
			names := make([]string, len(issues))
			rest := rank
			for j := len(issues) - 1; j >= 0; j-- {
				i := t.Issues()[j]
				names[j] = s.Option(i, rest%s.Space.Issues[i].Options)
				rest /= s.Space.Issues[i].Options
			}
			joint = append(joint, strings.Join(names, "+"))
		}
		args = append(args, arg("never", strings.Join(issues, "+")+":"+strings.Join(joint, ",")))
	}
	return args
}
