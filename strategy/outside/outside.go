// Package outside lets programs in other languages negotiate: each session has a process of its own,
// which is told and answers one JSON object a line. The program is set apart as far as the system
// allows ([Reach]), and when it fails, it leaves the table.
//
// docs/formats/outside.md is the format.
package outside

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

const (
	startsWithin  = 30 * time.Second // for the first answer
	answersWithin = 10 * time.Second // for any other
	maxLine       = 1 << 20          // longest answer, in bytes
	maxListed     = 1 << 12          // joint options of a condition that are listed
	maxTold       = 1 << 16          // joint options that the conditions in an answer may span together
	folderPrefix  = "goodoffices-outside-"
)

// Maker returns a maker of negotiators that a program plays for a party or as the mediator. The
// program is started when a negotiator is first asked, and ends with its Close.
func Maker(command string, self protocol.Self) protocol.Maker {
	return func(seed uint64) protocol.Negotiator {
		self := self
		self.Seed = seed
		return &negotiator{command: command, self: self}
	}
}

// A negotiator asks a program. When the program fails, by its end, its silence or
// an answer that makes no sense, it leaves the table and says why.
type negotiator struct {
	command string
	self    protocol.Self
	mu      sync.Mutex // guards process and closed: a session may be closed from outside
	process *process
	closed  bool
	failed  bool
}

// Messages to the program.
type (
	start struct {
		Seat      int          `json:"seat"`
		Parties   int          `json:"parties"`
		Seats     int          `json:"seats"`
		Protocol  string       `json:"protocol"`
		Rounds    int          `json:"rounds"` // 0: no deadline
		Seed      uint64       `json:"seed"`
		Issues    []issue      `json:"issues"`
		StatusQuo []int        `json:"status_quo"`
		Requires  []table      `json:"requires"` // forbidden to everybody
		Party     string       `json:"party,omitempty"`
		Scale     int64        `json:"scale,omitempty"`
		Scores    [][]int64    `json:"scores,omitempty"`
		Adjust    []adjustment `json:"adjustments,omitempty"`
		NoDeal    *int64       `json:"no_deal,omitempty"`
		RedLines  []table      `json:"red_lines,omitempty"`
		Mandate   *table       `json:"mandate,omitempty"` // what may not be agreed to
		Discount  float64      `json:"discount"`
	}
	issue struct {
		ID      string `json:"id"`
		Options int    `json:"options"`
	}
	// An table is a set of joint options of some issues.
	table struct {
		ID      string  `json:"id,omitempty"`
		Issues  []int   `json:"issues"`
		Options [][]int `json:"options"`           // where it holds; by joint option, in the order of issues
		Omitted bool    `json:"omitted,omitempty"` // too many to list
	}
	adjustment struct {
		When table `json:"when"`
		Add  int64 `json:"add"`
	}
	ask struct {
		Round    int             `json:"round"`
		Rounds   int             `json:"rounds"`
		Time     float64         `json:"time"`
		Asked    []string        `json:"asked"`
		Refused  string          `json:"refused,omitempty"`
		Standing outcome.Outcome `json:"standing"`
		By       int             `json:"by"`
		Offers   []offer         `json:"offers"`
		Settled  outcome.Outcome `json:"settled"`
		Mandate  *table          `json:"mandate,omitempty"`
		New      []message       `json:"new"`
	}
	offer struct {
		By      int             `json:"by"`
		Outcome outcome.Outcome `json:"outcome"`
	}
	message struct {
		Round int `json:"round"`
		From  int `json:"from"`
		move
	}
	// An move is a move, of the program or of another seat.
	move struct {
		Move       string          `json:"move"`
		Outcome    outcome.Outcome `json:"outcome,omitempty"`
		Votes      []int           `json:"votes,omitempty"`
		Answer     string          `json:"answer,omitempty"`
		Issues     []int           `json:"issues,omitempty"`
		Disclosure *disclosure     `json:"disclosure,omitempty"`
		Text       string          `json:"text,omitempty"`
	}
	disclosure struct {
		Scale  int64     `json:"scale"`
		Scores [][]int64 `json:"scores"`
		NoDeal *int64    `json:"no_deal"`
		Never  []table   `json:"never,omitempty"`
	}
)

// Move implements [protocol.Negotiator].
func (n *negotiator) Move(v *protocol.View) protocol.Move {
	if n.failed {
		return protocol.Move{Kind: protocol.Leave}
	}
	move, err := n.ask(v)
	if err != nil {
		n.failed = true
		text := fmt.Sprintf("The program %s failed: %v.", n.command, err)
		if n.process != nil {
			if said := n.process.complaint(); said != "" {
				text += " It said: " + said
			}
		}
		n.Close()
		return protocol.Move{Kind: protocol.Leave, Text: strings.ToValidUTF8(text[:min(len(text), protocol.MaxText)], "")}
	}
	return move
}

func (n *negotiator) ask(v *protocol.View) (protocol.Move, error) {
	var lines bytes.Buffer
	most := answersWithin
	encode := json.NewEncoder(&lines)
	began, err := n.started()
	if err != nil {
		return protocol.Move{}, err
	}
	if began {
		most = startsWithin
		if err := encode.Encode(map[string]any{"start": n.start()}); err != nil {
			return protocol.Move{}, err
		}
	}
	if err := encode.Encode(map[string]any{"ask": asking(v, n.self.Space.Issues)}); err != nil {
		return protocol.Move{}, err
	}
	answer, err := n.process.exchange(lines.Bytes(), most)
	if err != nil {
		return protocol.Move{}, err
	}
	return parseAnswer(answer, n.self.Space.Issues)
}

// parseAnswer reads the line that a program answered.
func parseAnswer(line []byte, issues []outcome.Issue) (protocol.Move, error) {
	decode := json.NewDecoder(bytes.NewReader(line))
	decode.DisallowUnknownFields()
	var m move
	if err := decode.Decode(&m); err != nil {
		return protocol.Move{}, fmt.Errorf("its answer is no move: %v", err)
	}
	if _, err := decode.Token(); err != io.EOF {
		return protocol.Move{}, errors.New("its answer is no move: more follows in the line")
	}
	return m.move(issues)
}

// started starts the program where it does not run yet, and reports whether it did.
func (n *negotiator) started() (began bool, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return false, errEnded
	}
	if n.process != nil {
		return false, nil
	}
	if n.process, err = startProcess(n.command); err != nil {
		return false, err
	}
	// A driver that forgets to close the negotiator leaves no process behind.
	runtime.AddCleanup(n, func(p *process) { p.end() }, n.process)
	return true, nil
}

// Close ends the program, also while it is waited for, and removes its folder.
func (n *negotiator) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	if n.process != nil {
		n.process.end()
	}
	return nil
}

func (n *negotiator) start() start {
	self := &n.self
	s := start{Seat: int(self.Seat), Parties: self.Parties, Seats: self.Seats, Protocol: self.Protocol, Rounds: self.Rounds,
		Seed: self.Seed, StatusQuo: self.StatusQuo, Discount: self.Discount, Requires: []table{}}
	for _, i := range self.Space.Issues {
		s.Issues = append(s.Issues, issue{i.ID, i.Options})
	}
	for i := range self.Space.Requires {
		s.Requires = append(s.Requires, tableOf(self.Space.Requires[i].ID, &self.Space.Requires[i].Forbidden, self.Space.Issues))
	}
	if len(self.Space.Parties) == 0 {
		return s
	}
	party := &self.Space.Parties[0]
	s.Party, s.Scale, s.Scores = party.ID, party.Units(), party.Scores
	if party.Threshold.Set {
		s.NoDeal = &party.Threshold.Value
	}
	for i := range party.Adjustments {
		a := &party.Adjustments[i]
		s.Adjust = append(s.Adjust, adjustment{tableOf(a.ID, &a.When, self.Space.Issues), a.Add})
	}
	for i := range party.RedLines {
		s.RedLines = append(s.RedLines, tableOf(party.RedLines[i].ID, &party.RedLines[i].Forbidden, self.Space.Issues))
	}
	if self.Mandate.Count() > 0 {
		t := tableOf("", &self.Mandate, self.Space.Issues)
		s.Mandate = &t
	}
	return s
}

// tableOf lists the joint options for which a table holds.
func tableOf(id string, t *outcome.Table, issues []outcome.Issue) table {
	out := table{ID: id, Issues: append([]int{}, t.Issues()...), Options: [][]int{}}
	size := t.Size()
	if size > maxListed {
		out.Omitted = true
		return out
	}
	for rank := range size {
		if !t.At(rank) {
			continue
		}
		joint := make([]int, len(out.Issues))
		left := rank
		for k := len(joint) - 1; k >= 0; k-- {
			n := issues[out.Issues[k]].Options
			joint[k], left = left%n, left/n
		}
		out.Options = append(out.Options, joint)
	}
	return out
}

func asking(v *protocol.View, issues []outcome.Issue) ask {
	a := ask{Round: v.Round, Rounds: v.Rounds, Time: v.Time, Refused: v.Refused, Standing: v.Standing, By: int(v.By), Settled: v.Settled,
		Asked: []string{}, Offers: []offer{}, New: []message{}}
	for _, kind := range v.Asked {
		a.Asked = append(a.Asked, kind.String())
	}
	for _, o := range v.Offers {
		a.Offers = append(a.Offers, offer{int(o.By), o.Outcome})
	}
	if v.Mandate != nil {
		t := tableOf("", v.Mandate, issues)
		a.Mandate = &t
	}
	for i := v.New; i < len(v.Messages); i++ {
		m := &v.Messages[i]
		a.New = append(a.New, message{m.Round, int(m.From), toldMove(&m.Move, issues)})
	}
	return a
}

func toldMove(m *protocol.Move, issues []outcome.Issue) move {
	t := move{Move: m.Kind.String(), Outcome: m.Outcome, Text: m.Text}
	switch m.Kind {
	case protocol.Vote:
		t.Votes = bitsOf(m.Marks)
	case protocol.Answer, protocol.Criticise:
		t.Answer = min(m.Answer, protocol.YesIfOthers).String()
		t.Issues = bitsOf(m.Marks)
	}
	if d := m.Disclosure; d != nil {
		t.Disclosure = &disclosure{Scale: d.Scale, Scores: d.Scores}
		if d.NoDeal.Set {
			t.Disclosure.NoDeal = &d.NoDeal.Value
		}
		for i := range d.Never {
			t.Disclosure.Never = append(t.Disclosure.Never, tableOf("", &d.Never[i], issues))
		}
	}
	return t
}

// bitsOf lists the places set in a word.
func bitsOf(word uint64) []int {
	var out []int
	for i := range 64 {
		if word>>i&1 != 0 {
			out = append(out, i)
		}
	}
	return out
}

// wordOf sets the places listed.
func wordOf(places []int) (word uint64, err error) {
	for _, i := range places {
		if i < 0 || i > 63 {
			return 0, fmt.Errorf("its answer names position %d: positions are from 0 to 63", i)
		}
		word |= 1 << i
	}
	return word, nil
}

// move returns the program's move; whether it is in order is the machine's to say.
func (t *move) move(issues []outcome.Issue) (protocol.Move, error) {
	m := protocol.Move{Outcome: t.Outcome, Text: t.Text}
	var ok bool
	if m.Kind, ok = protocol.ParseKind(t.Move); !ok {
		return m, fmt.Errorf("its answer has the move %q: there is offer, accept, reject, leave, vote, disclose, draft, criticise, answer, silence", t.Move)
	}
	if t.Answer != "" {
		if m.Answer, ok = protocol.ParseReply(t.Answer); !ok {
			return m, fmt.Errorf("its answer is %q: it may be no, yes or yes_if_others", t.Answer)
		}
	}
	votes, err := wordOf(t.Votes)
	issuesWanted, err2 := wordOf(t.Issues)
	if err := errors.Join(err, err2); err != nil {
		return m, err
	}
	if m.Marks = votes; m.Kind == protocol.Criticise {
		m.Marks = issuesWanted
	}
	if d := t.Disclosure; d != nil {
		m.Disclosure = &protocol.Disclosure{Scale: d.Scale, Scores: d.Scores}
		if d.NoDeal != nil {
			m.Disclosure.NoDeal = outcome.Threshold{Value: *d.NoDeal, Set: true}
		}
		left := maxTold
		for i := range d.Never {
			table, err := d.Never[i].table(issues, &left)
			if err != nil {
				return m, fmt.Errorf("its red lines: %w", err)
			}
			m.Disclosure.Never = append(m.Disclosure.Never, table)
		}
	}
	return m, nil
}

// table makes a table of the joint options listed. It takes its size from the joint options that
// are left, so that an answer cannot cost more than its place on the line lets one expect.
func (t *table) table(issues []outcome.Issue, left *int) (outcome.Table, error) {
	size := 1
	for _, i := range t.Issues {
		if i >= 0 && i < len(issues) { // else NewTable says what is wrong
			size *= issues[i].Options
		}
		if size > *left {
			return outcome.Table{}, fmt.Errorf("they span more than %d joint options together", maxTold)
		}
	}
	*left -= size
	holds := make(map[int]bool, len(t.Options))
	for _, joint := range t.Options {
		if len(joint) != len(t.Issues) {
			return outcome.Table{}, fmt.Errorf("%v is no joint option of issues %v", joint, t.Issues)
		}
		rank := 0
		for k, o := range joint {
			i := t.Issues[k]
			if i < 0 || i >= len(issues) || o < 0 || o >= issues[i].Options {
				return outcome.Table{}, fmt.Errorf("%v is no joint option of issues %v", joint, t.Issues)
			}
			rank = rank*issues[i].Options + o
		}
		holds[rank] = true
	}
	rank := -1
	return outcome.NewTable(issues, t.Issues, func([]int) bool { rank++; return holds[rank] })
}
