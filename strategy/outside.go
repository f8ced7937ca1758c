package strategy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// Strategies in other languages run as programs of their own: one JSON object a line on
// their standard input and output. docs/formats/outside.md is the format.

const (
	outsideStarts = 30 * time.Second // for the first answer
	outsideTime   = 10 * time.Second // for any other
	outsideLine   = 1 << 20          // longest answer, in bytes
	outsideListed = 1 << 12          // joint options of a condition that are listed
	outsideTold   = 1 << 16          // joint options that the conditions in an answer may span together
	outsideFolder = "goodoffices-outside-"
)

// outsideMaker returns a maker of negotiators that a program plays. Each session has a
// process of its own, started when it is first asked.
func outsideMaker(command string, self protocol.Self) Maker {
	return func(seed uint64) protocol.Negotiator {
		self := self
		self.Seed = seed
		return &outside{command: command, self: self}
	}
}

// An outside negotiator asks a program. When the program fails, by its end, its silence or
// an answer that makes no sense, it leaves the table and says why.
type outside struct {
	command string
	self    protocol.Self
	mu      sync.Mutex // guards process and closed: a session may be closed from outside
	process *process
	closed  bool
	failed  bool
}

// Messages to the program.
type (
	outsideStart struct {
		Seat      int             `json:"seat"`
		Parties   int             `json:"parties"`
		Seats     int             `json:"seats"`
		Protocol  string          `json:"protocol"`
		Rounds    int             `json:"rounds"` // 0: no deadline
		Seed      uint64          `json:"seed"`
		Issues    []outsideIssue  `json:"issues"`
		StatusQuo []int           `json:"status_quo"`
		Requires  []outsideTable  `json:"requires"` // forbidden to everybody
		Party     string          `json:"party,omitempty"`
		Scale     int64           `json:"scale,omitempty"`
		Scores    [][]int64       `json:"scores,omitempty"`
		Adjust    []outsideAdjust `json:"adjustments,omitempty"`
		NoDeal    *int64          `json:"no_deal,omitempty"`
		RedLines  []outsideTable  `json:"red_lines,omitempty"`
		Mandate   *outsideTable   `json:"mandate,omitempty"` // what may not be agreed to
		Discount  float64         `json:"discount"`
	}
	outsideIssue struct {
		ID      string `json:"id"`
		Options int    `json:"options"`
	}
	// An outsideTable is a set of joint options of some issues.
	outsideTable struct {
		ID      string  `json:"id,omitempty"`
		Issues  []int   `json:"issues"`
		Options [][]int `json:"options"`           // where it holds; by joint option, in the order of issues
		Omitted bool    `json:"omitted,omitempty"` // too many to list
	}
	outsideAdjust struct {
		When outsideTable `json:"when"`
		Add  int64        `json:"add"`
	}
	outsideAsk struct {
		Round    int              `json:"round"`
		Rounds   int              `json:"rounds"`
		Time     float64          `json:"time"`
		Asked    []string         `json:"asked"`
		Refused  string           `json:"refused,omitempty"`
		Standing outcome.Outcome  `json:"standing"`
		By       int              `json:"by"`
		Offers   []outsideOffer   `json:"offers"`
		Settled  outcome.Outcome  `json:"settled"`
		Mandate  *outsideTable    `json:"mandate,omitempty"`
		New      []outsideMessage `json:"new"`
	}
	outsideOffer struct {
		By      int             `json:"by"`
		Outcome outcome.Outcome `json:"outcome"`
	}
	outsideMessage struct {
		Round int `json:"round"`
		From  int `json:"from"`
		outsideMove
	}
	// An outsideMove is a move, of the program or of another seat.
	outsideMove struct {
		Move       string             `json:"move"`
		Outcome    outcome.Outcome    `json:"outcome,omitempty"`
		Votes      []int              `json:"votes,omitempty"`
		Answer     string             `json:"answer,omitempty"`
		Issues     []int              `json:"issues,omitempty"`
		Disclosure *outsideDisclosure `json:"disclosure,omitempty"`
		Text       string             `json:"text,omitempty"`
	}
	outsideDisclosure struct {
		Scale  int64          `json:"scale"`
		Scores [][]int64      `json:"scores"`
		NoDeal *int64         `json:"no_deal"`
		Never  []outsideTable `json:"never,omitempty"`
	}
)

var outsideKinds = []protocol.MoveKind{protocol.Silence, protocol.Offer, protocol.Accept, protocol.Reject, protocol.Leave,
	protocol.Vote, protocol.Disclose, protocol.Draft, protocol.Criticise, protocol.Answer}

var outsideReplies = []string{protocol.No: "no", protocol.Yes: "yes", protocol.YesIfOthers: "yes_if_others"}

// Move implements [protocol.Negotiator].
func (n *outside) Move(v *protocol.View) protocol.Move {
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

func (n *outside) ask(v *protocol.View) (protocol.Move, error) {
	var lines bytes.Buffer
	most := outsideTime
	encode := json.NewEncoder(&lines)
	began, err := n.started()
	if err != nil {
		return protocol.Move{}, err
	}
	if began {
		most = outsideStarts
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
	var m outsideMove
	if err := decode.Decode(&m); err != nil {
		return protocol.Move{}, fmt.Errorf("its answer is no move: %v", err)
	}
	if _, err := decode.Token(); err != io.EOF {
		return protocol.Move{}, errors.New("its answer is no move: more follows in the line")
	}
	return m.move(issues)
}

// started starts the program where it does not run yet, and reports whether it did.
func (n *outside) started() (began bool, err error) {
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
func (n *outside) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	if n.process != nil {
		n.process.end()
	}
	return nil
}

func (n *outside) start() outsideStart {
	self := &n.self
	s := outsideStart{Seat: int(self.Seat), Parties: self.Parties, Seats: self.Seats, Protocol: self.Protocol, Rounds: self.Rounds,
		Seed: self.Seed, StatusQuo: self.StatusQuo, Discount: self.Discount, Requires: []outsideTable{}}
	for _, issue := range self.Space.Issues {
		s.Issues = append(s.Issues, outsideIssue{issue.ID, issue.Options})
	}
	for i := range self.Space.Requires {
		s.Requires = append(s.Requires, tableOf(self.Space.Requires[i].ID, &self.Space.Requires[i].Forbidden, self.Space.Issues))
	}
	if len(self.Space.Parties) == 0 {
		return s
	}
	party := &self.Space.Parties[0]
	s.Party, s.Scale, s.Scores = party.ID, party.Scale, party.Scores
	if party.Threshold.Set {
		s.NoDeal = &party.Threshold.Value
	}
	for i := range party.Adjustments {
		a := &party.Adjustments[i]
		s.Adjust = append(s.Adjust, outsideAdjust{tableOf(a.ID, &a.When, self.Space.Issues), a.Add})
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
func tableOf(id string, t *outcome.Table, issues []outcome.Issue) outsideTable {
	out := outsideTable{ID: id, Issues: append([]int{}, t.Issues()...), Options: [][]int{}}
	size := t.Size()
	if size > outsideListed {
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

func asking(v *protocol.View, issues []outcome.Issue) outsideAsk {
	a := outsideAsk{Round: v.Round, Rounds: v.Rounds, Time: v.Time, Refused: v.Refused, Standing: v.Standing, By: int(v.By), Settled: v.Settled,
		Asked: []string{}, Offers: []outsideOffer{}, New: []outsideMessage{}}
	for _, kind := range v.Asked {
		a.Asked = append(a.Asked, kind.String())
	}
	for _, o := range v.Offers {
		a.Offers = append(a.Offers, outsideOffer{int(o.By), o.Outcome})
	}
	if v.Mandate != nil {
		t := tableOf("", v.Mandate, issues)
		a.Mandate = &t
	}
	for i := v.New; i < len(v.Messages); i++ {
		m := &v.Messages[i]
		a.New = append(a.New, outsideMessage{m.Round, int(m.From), toldMove(&m.Move, issues)})
	}
	return a
}

func toldMove(m *protocol.Move, issues []outcome.Issue) outsideMove {
	t := outsideMove{Move: m.Kind.String(), Outcome: m.Outcome, Text: m.Text}
	switch m.Kind {
	case protocol.Vote:
		t.Votes = bitsOf(m.Marks)
	case protocol.Answer, protocol.Criticise:
		t.Answer = outsideReplies[min(int(m.Answer), len(outsideReplies)-1)]
		t.Issues = bitsOf(m.Marks)
	}
	if d := m.Disclosure; d != nil {
		t.Disclosure = &outsideDisclosure{Scale: d.Scale, Scores: d.Scores}
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
func (t *outsideMove) move(issues []outcome.Issue) (protocol.Move, error) {
	m := protocol.Move{Outcome: t.Outcome, Text: t.Text}
	at := slices.IndexFunc(outsideKinds, func(k protocol.MoveKind) bool { return k.String() == t.Move })
	if at < 0 {
		return m, fmt.Errorf("its answer has the move %q: there is offer, accept, reject, leave, vote, disclose, draft, criticise, answer, silence", t.Move)
	}
	m.Kind = outsideKinds[at]
	if t.Answer != "" {
		at := slices.Index(outsideReplies, t.Answer)
		if at < 0 {
			return m, fmt.Errorf("its answer is %q: it may be no, yes or yes_if_others", t.Answer)
		}
		m.Answer = protocol.Reply(at)
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
		left := outsideTold
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
func (t *outsideTable) table(issues []outcome.Issue, left *int) (outcome.Table, error) {
	size := 1
	for _, i := range t.Issues {
		if i >= 0 && i < len(issues) { // else NewTable says what is wrong
			size *= issues[i].Options
		}
		if size > *left {
			return outcome.Table{}, fmt.Errorf("they span more than %d joint options together", outsideTold)
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

// A process is a program with lines to and from it.
type process struct {
	cmd    *exec.Cmd
	folder string
	remove func() error
	in     io.WriteCloser
	out    *bufio.Reader
	said   tail
	once   sync.Once
}

// startProcess starts a program in an empty folder of its own, with nothing in its
// environment but PATH and HOME (that folder), limited and set apart as far as the
// system allows; [OutsideReach] says how far. Arguments that name files are made absolute first.
func startProcess(command string) (*process, error) {
	args, err := fields(command)
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, fmt.Errorf("it was not found: %w", err)
	}
	if args[0], err = filepath.Abs(path); err != nil {
		return nil, err
	}
	for i, arg := range args[1:] {
		if info, err := os.Stat(arg); err == nil && !info.IsDir() {
			if absolute, err := filepath.Abs(arg); err == nil {
				args[i+1] = absolute
			}
		}
	}
	folder, remove, err := namedfile.TempFolder(os.TempDir(), outsideFolder)
	if err != nil {
		return nil, err
	}
	p := &process{folder: folder, remove: remove}
	if _, err := p.start(args, system().apart); err != nil {
		remove()
		return nil, fmt.Errorf("it could not be started: %w", err)
	}
	return p, nil
}

// start starts the program and returns what it can do beyond what it should; apart asks for
// namespaces of its own.
func (p *process) start(args []string, apart bool) (reach []string, err error) {
	cmd := keep(args, p.folder, apart)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder}
	cmd.Stderr = &p.said
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if reach, err = launch(cmd); err != nil {
		return nil, err
	}
	p.cmd, p.in, p.out = cmd, in, bufio.NewReaderSize(out, 64<<10)
	return reach, nil
}

// An apartness is how far programs can be set apart on a system.
type apartness struct {
	apart bool     // namespaces of their own can be had
	reach []string // what they can do nevertheless
	err   error    // why none can be started
}

// OutsideReach says what outside programs can do on this system although they should not,
// as verbs: "reach the network". Nothing stands for set apart in full. No program is started with
// more than that.
func OutsideReach() ([]string, error) {
	s := system()
	return s.reach, s.err
}

// exchange writes lines and reads the next one, within the time.
func (p *process) exchange(lines []byte, most time.Duration) ([]byte, error) {
	type answer struct {
		line []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		if _, err := p.in.Write(lines); err != nil {
			done <- answer{nil, errEnded} // its end is gone
			return
		}
		line, err := readLine(p.out)
		done <- answer{line, err}
	}()
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.line, a.err
	case <-timer.C:
		p.end() // which ends the goroutine's reading and writing too
		return nil, fmt.Errorf("it did not answer within %v", most)
	}
}

var errEnded = errors.New("it ended without an answer")

// readLine reads a line of at most outsideLine bytes.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > outsideLine:
			return nil, fmt.Errorf("its answer is longer than %d bytes", outsideLine)
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF) && len(line) == 0, errors.Is(err, os.ErrClosed):
			return nil, errEnded
		case errors.Is(err, io.EOF):
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// end ends the program, and whatever it started, and removes its folder.
func (p *process) end() {
	p.once.Do(func() {
		p.in.Close()
		kill(p.cmd)
		p.cmd.Wait()
		p.remove()
	})
}

// complaint returns the last line that the program wrote to its standard error.
func (p *process) complaint() string {
	p.end() // so that everything has been said
	text := strings.TrimSpace(strings.ToValidUTF8(string(p.said.bytes()), ""))
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	return text
}

// A tail keeps the last bytes written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const maxTail = 2 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b[max(0, len(b)-maxTail):]...)
	t.kept = t.kept[max(0, len(t.kept)-maxTail):]
	return len(b), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.kept)
}

// fields splits a command at spaces outside single or double quotes.
func fields(command string) ([]string, error) {
	var out []string
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, in = r, true
		case r == ' ' || r == '\t':
			if in {
				out = append(out, word.String())
				word.Reset()
				in = false
			}
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quotation mark in the command %s is not closed", command)
	}
	if in {
		out = append(out, word.String())
	}
	if len(out) == 0 || out[0] == "" {
		return nil, errors.New("the command is empty")
	}
	return out, nil
}
