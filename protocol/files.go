package protocol

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
)

// FileByFile are talks that close one file after another in a given order, nothing
// being agreed until everything is (on talks issue by issue and all at once,
// Fershtman 1990; Busch and Horstmann 1997).
//
// Rules. A file is a set of issues. While one is open the parties make stacked
// alternating offers (see [AlternatingOffers]) over the whole package: in an offer,
// issues of closed files are as they were settled, and issues of files not yet
// opened at their status quo. When an offer has the consent it needs, the file is
// settled and the next one opens with the next round. File k of f has to be settled
// by round n·k/f of n; one that is not is set aside, its issues at their status quo.
// A party that has nothing to offer on a file passes, by [Reject], which leaves what
// is on the table there. With Reopen, an offer may change files opened before as well. After the last file
// each party accepts or rejects the whole, not seeing the others' answers, and the
// consent rule decides; a refusal ends the talks.
//
// Requirements and mandates that speak of an issue of a file not yet opened do not
// bind offers before it opens.
//
// Who sees what. Every offer is shown to every party at once; the answers to the
// whole when all are in.
type FileByFile struct {
	// Files are the issues of each file by position, in the order of the talks; nil: every
	// issue a file of its own, in the order of the space.
	Files [][]int
	// Reopen lets offers change files opened before.
	Reopen bool
}

// Name returns file_by_file.
func (FileByFile) Name() string { return "file_by_file" }

// Mediated reports false.
func (FileByFile) Mediated() bool { return false }

// files returns the files, one per issue where none are given.
func (r FileByFile) files(s *Setting) [][]int {
	if r.Files != nil {
		return r.Files
	}
	files := make([][]int, len(s.Space.Issues))
	for i := range files {
		files[i] = []int{i}
	}
	return files
}

// Check asks that each issue is in one file, that each has a status quo, and that
// there is a round for each file.
func (r FileByFile) Check(s *Setting) error {
	var errs []error
	files := r.files(s)
	in := make([]int, len(s.Space.Issues))
	for k, file := range files {
		if len(file) == 0 {
			errs = append(errs, fmt.Errorf("file %d has no issues", k+1))
		}
		for _, i := range file {
			if i < 0 || i >= len(in) {
				errs = append(errs, fmt.Errorf("file %d names issue %d of %d", k+1, i+1, len(in)))
				continue
			}
			in[i]++
		}
	}
	for i, n := range in {
		if id := s.Space.Issues[i].ID; n != 1 {
			errs = append(errs, fmt.Errorf("issue %s is in %d files: every issue is in one", id, n))
		} else if s.StatusQuo == nil || s.StatusQuo[i] < 0 {
			errs = append(errs, fmt.Errorf("issue %s has no status quo, at which it would stay until its file opens", id))
		}
	}
	if s.rounds() < len(files) {
		errs = append(errs, fmt.Errorf("%d rounds for %d files: each needs at least one", s.Rounds, len(files)))
	}
	return errors.Join(errs...)
}

// Start returns a session's state.
func (r FileByFile) Start(s *Setting) Course {
	n := len(s.Space.Issues)
	c := &fileByFile{
		alternating: alternating{passing: true}, files: r.files(s), reopen: r.Reopen, moves: make([]Move, len(s.Space.Parties)),
		whole: make(outcome.Outcome, n), fixed: make(outcome.Outcome, n), later: make([]bool, n),
	}
	for _, file := range c.files {
		var names []string
		for _, i := range file {
			names = append(names, s.Space.Issues[i].ID)
		}
		c.names = append(c.names, strings.Join(names, ", "))
	}
	return c
}

type fileByFile struct {
	alternating
	files  [][]int
	names  []string
	reopen bool
	file   int             // open; len(files): the whole is put
	opened int             // files opened
	agreed int             // files settled by an offer
	whole  outcome.Outcome // as settled so far
	fixed  outcome.Outcome // the same, -1 for what an offer may change
	later  []bool          // issues of files not yet opened
	moves  []Move          // answers to the whole, by party
}

func (c *fileByFile) Reset() {
	c.alternating.Reset()
	c.file, c.opened, c.agreed = 0, 0, 0
	for i := range c.later {
		c.later[i] = true
	}
}

func (c *fileByFile) Open(t *Table) {
	if c.opened == 0 {
		copy(c.whole, t.Setting().StatusQuo)
	}
	if c.opened == c.file {
		c.open(t)
	}
	c.turn(t, 0)
	c.endRound(t)
}

// open opens the next file.
func (c *fileByFile) open(t *Table) {
	if !c.reopen || c.file == 0 {
		copy(c.fixed, c.whole)
	}
	for _, i := range c.files[c.file] {
		c.fixed[i] = -1
		c.later[i] = false
	}
	c.opened++
	t.Fix(c.fixed)
	t.Postpone(c.later)
	t.Note(Agenda, fmt.Sprintf("file %d of %d opens: %s", c.file+1, len(c.files), c.names[c.file]))
}

func (c *fileByFile) Refuse(t *Table, _ Seat, m *Move) string {
	if m.Kind != Offer {
		return ""
	}
	for i, o := range c.fixed {
		if o >= 0 && m.Outcome[i] != o {
			return "the offer changes " + t.Setting().Space.Issues[i].ID + ", which is not in an open file"
		}
	}
	return ""
}

func (c *fileByFile) Move(t *Table, seat Seat, m *Move) {
	if c.file == len(c.files) {
		c.moves[seat] = *m
		if !t.Waiting() {
			c.decide(t)
		}
		return
	}
	if c.consent(t, seat, m) {
		o, _ := t.Standing()
		copy(c.whole, o)
		c.agreed++
		c.close(t, "is settled")
		return
	}
	c.turn(t, seat+1)
	c.endRound(t)
}

// endRound sets the open file aside when its last round is over.
func (c *fileByFile) endRound(t *Table) {
	if !t.Waiting() && c.file < len(c.files) && t.Round() >= t.Setting().rounds()*(c.file+1)/len(c.files) {
		c.close(t, "is set aside")
	}
}

// close closes the open file, and after the last puts the whole to the parties.
func (c *fileByFile) close(t *Table, how string) {
	t.Note(Agenda, fmt.Sprintf("file %d %s: %s", c.file+1, how, c.names[c.file]))
	t.Put(-1, nil)
	c.consents = 0
	c.file++
	if c.file < len(c.files) {
		return
	}
	if c.agreed == 0 {
		t.Stop("every file was set aside")
		return
	}
	if why := t.Broken(c.whole); why != "" {
		t.Stop("the files as settled make no package: it breaks " + why)
		return
	}
	copy(c.fixed, c.whole)
	t.Fix(c.fixed)
	t.Put(-1, t.Keep(c.whole))
	t.Note(Agenda, "the whole is put to the parties")
	clear(c.moves)
	for p := range c.moves {
		t.Ask(Seat(p), mayDecide)
	}
}

// decide counts the answers to the whole.
func (c *fileByFile) decide(t *Table) {
	var yes uint64
	var no []string
	for p := range c.moves {
		if c.moves[p].Kind != Silence {
			t.ShowAll(Seat(p), &c.moves[p])
		}
		if c.moves[p].Kind == Accept {
			yes |= 1 << p
		} else {
			no = append(no, t.Setting().Name(Seat(p)))
		}
	}
	if o, _ := t.Standing(); t.Consents(yes) {
		t.Agree(o)
		return
	}
	t.Stop("the whole was not accepted by " + strings.Join(no, " and "))
}
